"""Who funds PTCE, by collectivity level, as far as printed totals, numbers and medians say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from ptce_analysis.analysis.pooled_median import pooled_median
from ptce_analysis.analysis.rows import Row, printed_rows, row_figures, scenario_rows
from ptce_analysis.published import Fact, Facts, stated
from ptce_analysis.vocabulary import FUNDING_LEVELS, LOCAL_LEVELS, Band

# Perimeters over which the levels are added, from the closest to the poles to all six.
PERIMETERS: dict[str, tuple[str, ...]] = {
    "local": LOCAL_LEVELS,
    "local_and_state": (*LOCAL_LEVELS, "etat"),
    "all": FUNDING_LEVELS,
}

COLUMN_TYPES = {
    "wave": "int", "scenario": "str", "level": "str", "status": "str",
    "amount_eur": "float", "amount_low_eur": "float", "amount_high_eur": "float",
    "share": "float", "share_low": "float", "share_high": "float",
    "n_projects": "Int64", "n_amounts": "Int64",
    "mean_eur": "float", "mean_low_eur": "float", "mean_high_eur": "float",
    "median_eur": "float", "median_usable": "boolean", "minimum_sum_eur": "float",
}  # fmt: skip


def funding_by_level(facts: Facts, wave: int, scenario: str = "as_printed") -> pd.DataFrame:
    """Return one row per funding level, in order; what was not found of it has empty cells.

    Columns, money in euros: `wave`, `scenario`; `amount_eur` and its rounding band, `share` of the six levels and its
    band (empty unless all six amounts are printed), `n_projects` supported, `mean_eur` and its band, `median_eur`;
    then, for a row that is printed whole, under the scenario: `n_amounts` (the projects taken to have given an amount),
    `median_usable` (false when no amounts can have this number, total and median), `minimum_sum_eur` (the smallest
    total the median allows, roundings included), `status` (`possible`, `impossible`; `not found` for a row that is
    not found whole).
    """
    rows = scenario_rows(printed_rows(facts, wave, FUNDING_LEVELS), scenario)
    printed = {level: stated(facts, f"funding_amount_{level}_{wave}") for level in FUNDING_LEVELS}
    amounts = {level: amount for level, amount in printed.items() if amount}
    alone = [{"level": level, **_alone(facts, wave, level), **_amount(level, amounts)} for level in FUNDING_LEVELS]
    found = [
        cells | (_whole(rows[level]) if level in rows else {})
        for level, cells in zip(FUNDING_LEVELS, alone, strict=True)
    ]
    table = pd.DataFrame(found, columns=list(COLUMN_TYPES))
    return table.assign(wave=wave, scenario=scenario).astype(COLUMN_TYPES)


def _alone(facts: Facts, wave: int, level: str) -> dict[str, object]:
    """What each figure of a row says by itself: a row that was not found whole is said as far as it is."""
    projects, total, median = row_figures(facts, wave, level)
    n = int(projects.value) if projects else None
    known = {"n_projects": n, "median_eur": float(median.value) if median else None, "status": "not found"}
    return known | (_mean(total, n) if total and n else {})


def _amount(level: str, amounts: Mapping[str, Fact]) -> dict[str, object]:
    """The amount of a level, and its share where all six are printed."""
    if level not in amounts:
        return {}
    low, high = amounts[level].band
    cells = {"amount_eur": amounts[level].value, "amount_low_eur": low, "amount_high_eur": high}
    others = [amount for name, amount in amounts.items() if name != level]
    if len(amounts) == len(FUNDING_LEVELS):
        cells["share"] = _part(amounts[level].value, sum((other.value for other in others), Fraction(0)))
        cells["share_low"], cells["share_high"] = _part(low, _edge(others, 1)), _part(high, _edge(others, 0))
    return {name: float(value) for name, value in cells.items()}


def _part(one: Fraction, others: Fraction) -> Fraction:
    """What one amount is of all; nothing is no part, even of nothing."""
    return one / (one + others) if one else Fraction(0)


def _whole(row: Row) -> dict[str, object]:
    """What a row that is printed whole says under a scenario."""
    return {
        "n_amounts": row.n,
        **(_mean(row.total, row.n) if row.n else {}),
        "median_eur": float(row.median.value),
        "median_usable": row.possible,
        "minimum_sum_eur": float(row.minimum_sum[0]),
        "status": "possible" if row.possible else "impossible",
    }


def _mean(total: Fact, n: int) -> dict[str, object]:
    low, high = total.band
    ends = {"mean_eur": total.value, "mean_low_eur": low, "mean_high_eur": high}
    return {name: float(end / n) for name, end in ends.items()}


def _edge(amounts: Iterable[Fact], side: int) -> Fraction:
    """Sum of the lower (0) or upper (1) ends of the rounding bands."""
    return sum((amount.band[side] for amount in amounts), Fraction(0))


def totals(facts: Facts, wave: int) -> pd.DataFrame:
    """Return the total of the table over each perimeter beside the total printed for the wave, in euros.

    Columns: `perimeter` (a key of `PERIMETERS`, or `printed`), `total_eur` and its rounding band, `n_supports` (level ×
    project supports added; empty where a number was not found, and for the printed total, which names none). A
    perimeter with an amount that was not found has no row.
    """
    found = []
    for perimeter, levels in PERIMETERS.items():
        amounts, projects = (_parts(facts, f"funding_{part}", levels, wave) for part in ("amount", "projects"))
        if amounts:
            total = sum((amount.value for amount in amounts), Fraction(0))
            n_supports = sum(int(number.value) for number in projects) if projects else None
            found.append(_total(perimeter, total, (_edge(amounts, 0), _edge(amounts, 1)), n_supports))
    printed = stated(facts, f"funding_total_{wave}")
    if printed:
        found.append(_total("printed", printed.value, printed.band, None))
    columns = ["perimeter", "total_eur", "total_low_eur", "total_high_eur", "n_supports"]
    return pd.DataFrame(found, columns=columns).astype({"n_supports": "Int64"})


def _parts(facts: Facts, indicator: str, levels: tuple[str, ...], wave: int) -> list[Fact]:
    """The figure of every one of some levels, or none when one of them was not found."""
    found = [fact for level in levels if (fact := stated(facts, f"{indicator}_{level}_{wave}"))]
    return found if len(found) == len(levels) else []


def _total(name: str, value: Fraction, band: Band, n: int | None) -> tuple[object, ...]:
    return name, float(value), float(band[0]), float(band[1]), n


@dataclass(frozen=True)
class Pooled:
    """Between which limits the median of the local levels' amounts taken together lies, and the printed overall median.

    `n` amounts; `without_median` lists the levels whose own median is not used (their rows cannot be true). `printed`
    is the aid per collectivity, if it is printed: not the same quantity, since several collectivities of one level may
    support one project.
    """

    n: int
    low_eur: float
    high_eur: float
    without_median: tuple[str, ...]
    printed: Fact | None

    @property
    def holds_printed(self) -> bool:
        """Whether some true value of the printed median lies within the limits."""
        return (
            self.printed is not None and self.printed.band[0] <= self.high_eur and self.printed.band[1] >= self.low_eur
        )


def pooled_local_median(facts: Facts, wave: int, scenario: str = "as_printed") -> Pooled | None:
    """Return the sharp limits of the pooled local median, or None where some local row was not found whole.

    None too where a row is of no amount, or of a total too small for its number of amounts above zero. An average of
    medians would be no median: see `pooled_median`. A row that cannot be true counts for its number and total only.
    """
    rows = scenario_rows(printed_rows(facts, wave, LOCAL_LEVELS), scenario)
    if len(rows) < len(LOCAL_LEVELS) or not all(row.n and row.possible_without_median for row in rows.values()):
        return None
    dropped = tuple(level for level, row in rows.items() if not row.possible)
    low, high = pooled_median([row.bands if row.possible else row.bands_without_median for row in rows.values()])
    n, printed = sum(row.n for row in rows.values()), stated(facts, f"aid_per_collectivity_median_{wave}")
    return Pooled(n, float(low), float(high), dropped, printed)
