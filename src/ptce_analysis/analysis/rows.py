"""Rows of a funding table as printed, (n, sum, median), under a scenario, and the first question to ask of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from ptce_analysis.analysis.amounts import AmountsRow, can_hold, highest_median, minimum_sum
from ptce_analysis.published import Fact, Facts, stated
from ptce_analysis.vocabulary import LOCAL_LEVELS, Band


@dataclass(frozen=True)
class Row:
    """One level's printed row: number of supported projects, their total and their median, in euros.

    `n` is the number of projects that gave an amount (the printed number, unless a scenario says otherwise).
    """

    level: str
    n_projects: int
    n: int
    total: Fact
    median: Fact

    @property
    def minimum_sum(self) -> Band:
        """The smallest total the median allows, for the lowest and the highest median that round to the printed one."""
        low, high = self.median.band
        return minimum_sum(self.n, low), minimum_sum(self.n, high)

    @property
    def least(self) -> Fraction:
        """The least amount of a supported project: half the unit in which the row is printed."""
        # Assumption (04, 07): Each supported project received at least half the unit in which amounts are printed.
        # Source: none; it received more than nothing, and this is the least amount that prints as one. If wrong: limits
        # that rest on the smallest amounts are a little wider.
        return min(self.total.grain, self.median.grain) / 2

    @property
    def bands(self) -> AmountsRow:
        """The number of amounts, the bands of totals and medians that round to the printed ones, the least amount."""
        return AmountsRow(self.n, *self.total.band, *self.median.band, self.least)

    @property
    def exact(self) -> AmountsRow:
        """The same for the total and the median exactly as printed."""
        total, median = self.total.value, self.median.value
        return AmountsRow(self.n, total, total, median, median, self.least)

    @property
    def bands_without_median(self) -> AmountsRow:
        """The same when the median is not used: any median that the number and the total allow."""
        return replace(self.bands, median_low=Fraction(0), median_high=highest_median(self.bands))

    @property
    def possible_without_median(self) -> bool:
        """Whether the total is enough for that number of amounts above zero, roundings included."""
        return self.n * self.least <= self.total.band[1]

    @property
    def possible(self) -> bool:
        """Whether any amounts above zero can have this number, total and median, roundings included."""
        return can_hold(self.n, self.total.band, self.median.band, self.least)


def row_figures(facts: Facts, wave: int, level: str) -> tuple[Fact | None, Fact | None, Fact | None]:
    """Return the number of projects, the total and the median of a level's row; None for one that is not stated."""
    names = (f"funding_{part}_{level}_{wave}" for part in ("projects", "amount", "median"))
    projects, total, median = (stated(facts, name) for name in names)
    return projects, total, median


def printed_rows(facts: Facts, wave: int, levels: Sequence[str]) -> dict[str, Row]:
    """Return the rows of a wave that are fully printed, by level, in the order of `levels`."""
    found = {}
    for level in levels:
        projects, total, median = row_figures(facts, wave, level)
        if projects and total and median:
            # Assumption (01, 03, 04, 07): Each supported project gave an amount, and the median of an even number of
            # amounts is the mean of the middle two. Source: usual definitions, not stated on the slides. If wrong: the
            # row of communes can be consistent, and the limits of the other rows change.
            found[level] = Row(level, int(projects.value), int(projects.value), total, median)
    return found


def scenario_rows(rows: dict[str, Row], scenario: str) -> dict[str, Row]:
    """Return the rows under a named scenario; see `SCENARIO_RULES` for what each one changes."""
    return SCENARIO_RULES[scenario](rows)


def _as_printed(rows: dict[str, Row]) -> dict[str, Row]:
    return dict(rows)


def _one_amount_missing(rows: dict[str, Row]) -> dict[str, Row]:
    # Assumption (03, 04, 07): Variant with one amount fewer: one project supported by communes gave no amount. Source:
    # none; it is the smallest change that makes their row consistent. If wrong: their median cannot be used.
    return {level: row if row.possible or row.n < 2 else replace(row, n=row.n - 1) for level, row in rows.items()}


def _local_medians_reversed(rows: dict[str, Row]) -> dict[str, Row]:
    # Assumption (03, 04, 07): Variant with medians reversed: the four local medians were printed in reverse order.
    # Source: none; found after looking at the figures. If wrong: these medians are those of other tiers.
    local = [level for level in LOCAL_LEVELS if level in rows]
    swapped = dict(zip(local, reversed([rows[level].median for level in local]), strict=True))
    return {level: replace(row, median=swapped.get(level, row.median)) for level, row in rows.items()}


SCENARIO_RULES = {
    "as_printed": _as_printed,
    "communes_15": _one_amount_missing,
    "local_medians_reversed": _local_medians_reversed,
}
