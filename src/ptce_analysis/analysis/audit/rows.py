"""Rules on a number, a total and a median of the same amounts: what they allow together, what they force."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from ptce_analysis.analysis.audit.reasons import Phrase, Quantity, Reason
from ptce_analysis.analysis.audit.records import Finding, Printed, ids, quantity, rounded, whole_numbers
from ptce_analysis.analysis.audit.shares import Values
from ptce_analysis.analysis.feasible import row as feasible_row
from ptce_analysis.analysis.feasible.bounds import least
from ptce_analysis.analysis.feasible.row import can_hold, largest_n, smallest_sum
from ptce_analysis.published import Fact, indicator
from ptce_analysis.vocabulary import Band


@dataclass(frozen=True)
class Amounts:
    """What a source prints of the same amounts: total, median, and the numbers of them that its count can stand for.

    `projects` is the printed count, when it is a figure of its own; `numbers` is empty when no number is printed.
    """

    total: Fact
    median: Fact
    projects: Fact | None
    numbers: range

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The printed figures, the number last when it is one."""
        return (self.total, self.median) + ((self.projects,) if self.projects else ())

    @property
    def same_units(self) -> bool:
        """False when total and median are printed over different bases."""
        return None in (self.total.base_n, self.median.base_n) or self.total.base_n == self.median.base_n

    @property
    def n(self) -> int:
        """The number to reason with: the first that the total and median allow, else the smallest."""
        # From three amounts on, one more never helps: the smallest total only grows.
        return next((n for n in self.numbers[:4] if self.allows(n, self.median)), self.numbers[0])

    def allows(self, n: int, median: Fact) -> bool:
        """Return whether n amounts can have this total and that median, roundings included."""
        return can_hold(n, self.total.band, median.band)

    @property
    def bands(self) -> feasible_row.Row:
        """The number to reason with, and the totals and medians that round to those printed."""
        return feasible_row.Row(self.n, *self.total.band, *self.median.band)


# How the name of a figure ends, by its statistic, after that of the quantity it is said of.
ENDINGS = {
    "count": ("_projects",), "sum": ("_amount", "_total"), "mean": ("_mean",), "median": ("_median",),
    "minimum": ("_minimum",), "maximum": ("_maximum",),
}  # fmt: skip


def stem(fact: Fact) -> str:
    """Return the quantity that a figure is said of, declared in the vocabulary or read in its name; empty without one.

    Total, mean and median may bear its very name. A minimum under that name is what the source says "at least" of it.
    """
    if declared := indicator(fact.indicator).quantity:
        return declared
    names = [
        fact.indicator.removesuffix(end) for end in ENDINGS.get(fact.statistic, ()) if fact.indicator.endswith(end)
    ]
    return next(iter(names), fact.indicator if fact.statistic in ("sum", "mean", "median") else "")


def printed_rows_of_amounts(printed: Printed) -> Iterator[Amounts]:
    """Yield the rows `<name>_amount`, `<name>_median` and `<name>_projects` (or a printed base) of one level."""
    for total in printed.figures.values():
        stem = total.indicator.removesuffix("_amount")
        median = _median_of(printed, total, f"{stem}_median") if stem != total.indicator else None
        if median:
            projects = printed.beside(total, f"{stem}_projects")
            numbers = whole_numbers(projects) if projects else _base_numbers(total, median)
            yield Amounts(total, median, projects, numbers)


def printed_totals(printed: Printed) -> Iterator[Amounts]:
    """Yield the totals said with the median of the same quantity (declared, or `<name>_total` and `<name>_median`)."""
    for total in printed.figures.values():
        median = _median_of(printed, total, f"{stem(total)}_median")
        if median and not total.indicator.endswith("_amount"):
            yield Amounts(total, median, None, _base_numbers(total, median))


def refuted_rows(printed: Printed) -> Iterator[Amounts]:
    """Yield the rows and totals whose number, total and median no amounts have."""
    for row in (*printed_rows_of_amounts(printed), *printed_totals(printed)):
        if row.numbers and row.same_units and not row.allows(row.n, row.median):
            yield row


def _median_of(printed: Printed, total: Fact, name: str) -> Fact | None:
    median = printed.beside(total, name)
    fits = median and (total.statistic, median.statistic, total.unit) == ("sum", "median", median.unit)
    return median if fits else None


def _base_numbers(total: Fact, median: Fact) -> range:
    base = total.base_n or median.base_n
    return range(base, base + 1) if base else range(0)


def rows(printed: Printed) -> Iterator[Finding]:
    """n non-negative amounts with median m total at least (floor(n/2) + 1) × m, roundings of both included.

    (One amount is its own total, and two total twice their median.) Which figure of an impossible row is wrong cannot
    be known: total, median and number all carry the verdict.
    """
    tables: dict[tuple[str, int, str], list[Amounts]] = defaultdict(list)
    for row in printed_rows_of_amounts(printed):
        tables[row.total.indicator, row.total.wave, row.total.source].append(row)
    for table in tables.values():
        medians = [row.median for row in table]
        for row in table:
            yield from _row(row, medians) if row.numbers and row.same_units else _untestable(row)


def _untestable(row: Amounts) -> Iterator[Finding]:
    values: Values = {"total": quantity(row.total), "median": quantity(row.median)}
    phrase = Phrase(Reason.ROW_NO_NUMBER, values)
    if not row.same_units:
        bases: Values = {"n": Quantity(row.total.base_n), "other": Quantity(row.median.base_n)}
        phrase = Phrase(Reason.ROW_OTHER_BASE, bases)
    yield from _each(row, "unverifiable", phrase)


def _each(row: Amounts, verdict: str, phrase: Phrase, origin: str = "derived") -> Iterator[Finding]:
    for fact in row.facts:
        related = tuple(id_ for id_ in ids(row.facts) if id_ != fact.id)
        yield Finding(fact.id, verdict, phrase, related, origin, premises=_premises(row))


def _premises(row: Amounts) -> tuple[Phrase, ...]:
    """What a row must be for its arithmetic to hold; nothing where none was done."""
    if not (row.numbers and row.same_units):
        return ()
    middle = () if row.n % 2 else (Phrase(Reason.MIDDLE_TWO),)
    amounts = Phrase(Reason.AMOUNTS, {"n": Quantity(row.n)})
    return (amounts, *middle, Phrase(Reason.NOT_NEGATIVE), rounded(row.total, row.median))


def _row(row: Amounts, medians: list[Fact]) -> Iterator[Finding]:
    if row.allows(row.n, row.median):
        yield from _each(row, "consistent", Phrase(Reason.ROW_HOLDS, row_values(row)))
    else:
        yield from _each(row, "impossible", refusal(row, medians))


def refusal(row: Amounts, medians: list[Fact]) -> Phrase:
    """Return why a row is impossible: its smallest total, or what no, one or two amounts must total."""
    known: Values = {"n": Quantity(row.n), "median": quantity(row.median), "total": quantity(row.total)}
    if row.n == 0:
        return Phrase(Reason.ROW_EMPTY, known)
    if smallest_sum(row.bands) > row.total.band[1]:
        held = tuple(median.value for median in medians if row.allows(row.n, median))
        values = row_values(row) | {"held": Quantity(held, row.median.unit)}
        return Phrase(Reason.ROW_FAILS, values)
    low, high = (row.n * edge for edge in row.median.band)
    unit = row.total.unit
    return Phrase(Reason.ROW_FEW, known | {"low": Quantity(low, unit), "high": Quantity(high, unit)})


def row_values(row: Amounts) -> Values:
    """Return the numbers of the arithmetic of a row, by their names in the sentences."""
    n, unit, lowest = row.n, row.total.unit, row.median.band[0]
    highest = highest_median(n, row.total.band, row.median)
    # No median is higher: where it has no last decimal, it is shown rounded up.
    shown = highest if row.median.grain else -rounded_down(-highest, Fraction(1, 100))
    return {
        "n": Quantity(n),
        "h": Quantity(n // 2),
        "total": quantity(row.total),
        "median": quantity(row.median),
        "median_low": Quantity(lowest, unit),
        "minimum": Quantity(smallest_sum(row.bands), unit),
        "total_high": Quantity(row.total.band[1], unit),
        "highest_median": Quantity(shown, unit),
        "largest_n": Quantity(largest_n(row.bands)),
    }


def highest_median(n: int, total: Band, median: Fact) -> Fraction:
    """Return the highest median, printed in the steps of `median`, that n amounts with this total can have.

    For 16 amounts printed 246 in whole units: (246 + 1/2) / 9 = 27.4, which prints as 27.
    """
    limit = feasible_row.highest_median(feasible_row.Row(n, *total, *median.band))
    if not median.grain:
        return limit
    offset = median.value % median.grain
    return (limit + median.grain / 2 - offset) // median.grain * median.grain + offset


def totals(printed: Printed) -> Iterator[Finding]:
    """A total over n units with median m forces concentration, and at least (floor(n/2) + 1) × m.

    The smallest maximum, top-half share and Gini index that are still possible come with it. That total and median are
    said of the same units is an assumption where the median prints no base.
    """
    for row in printed_totals(printed):
        if not (row.numbers and row.same_units):
            yield from _untestable(row)
            continue
        origin = "derived" if row.median.base_n else "assumption"
        holds = row.allows(row.n, row.median)
        phrase = _concentration(row) if holds else refusal(row, [])
        yield from _each(row, "consistent" if holds else "impossible", phrase, origin)


def _concentration(row: Amounts) -> Phrase:
    forced = least(row.bands)
    unit = row.total.unit
    # Said to be the least possible: cut to what is shown, never rounded above it.
    largest = Fraction(forced["max"])
    step = Fraction(1000 if unit == "eur" and largest >= 1000 else 1)
    measures: Values = {
        "largest": Quantity(rounded_down(largest, step), unit),
        "share": Quantity(rounded_down(Fraction(forced["top_half_share"]), Fraction(1, 100)), "share"),
        "gini": Quantity(rounded_down(Fraction(forced["gini"]), Fraction(1, 100))),
    }
    return Phrase(Reason.CONCENTRATION, row_values(row) | measures)


def rounded_down(value: Fraction, step: Fraction) -> Fraction:
    """Return the largest multiple of a step that is not above a value."""
    return value // step * step
