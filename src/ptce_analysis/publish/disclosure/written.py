"""A protected table as it is written: each figure or the mark that hides it, and the ledger of the marks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ptce_analysis.publish.disclosure.cells import ALL, STATISTICS, Measure, Place, place_text, shortened
from ptce_analysis.publish.disclosure.rules import MARK, MEDIAN_UNITS, rounded
from ptce_analysis.publish.disclosure.single import shown_median

# A figure: its measure, its statistic (`units` or `total`), its place.
Key = tuple[str, str, Place]
# The rule that hides it, and in words what this protects.
Reason = tuple[str, str]


@dataclass(frozen=True)
class Cell:
    """What the statistics of a cell are worked out from: its own values, and the two wholes it may be a part of."""

    values: tuple[float, ...]
    grain: float
    whole: float
    base: int

    @property
    def total(self) -> float:
        """The total as it is shown."""
        return rounded(sum(self.values), self.grain)


STATISTIC_OF: Mapping[str, Callable[[Cell], float | None]] = {
    "units": lambda cell: len(cell.values),
    "share": lambda cell: len(cell.values) / cell.base if cell.base else None,
    "total": lambda cell: cell.total if cell.values else None,
    "part": lambda cell: cell.total / cell.whole if cell.values and cell.whole else None,
    "mean": lambda cell: cell.total / len(cell.values) if cell.values else None,
    "median": lambda cell: shown_median(cell.values, cell.grain)[0] if cell.values else None,
}


def written(
    measure: Measure, base: Measure | None, hidden: Mapping[Key, Reason]
) -> tuple[list[dict[str, Any]], list[tuple[str, ...]]]:
    """Return the rows of a measure's table and those of its ledger."""
    rows, ledger = list[dict[str, Any]](), list[tuple[str, ...]]()
    statistics = [name for name in STATISTICS if name == "units" or name in measure.statistics]
    for names in measure.by:
        for place in measure.places(names):
            cell = _cell(measure, base, place)
            row: dict[str, Any] = {name: dict(place).get(name, ALL) for name in measure.dims}
            for statistic in statistics:
                why = _why(measure, base, place, statistic, len(cell.values), hidden)
                row[statistic] = MARK if why else STATISTIC_OF[statistic](cell)
                ledger += [(measure.name, place_text(place), statistic, *why)] if why else []
            rows.append(row)
    return rows, ledger


def _cell(measure: Measure, base: Measure | None, place: Place) -> Cell:
    own = tuple(_at(measure, place).values())
    whole = rounded(sum(_at(measure, _whole(measure, place)).values()), measure.grain)
    return Cell(own, measure.grain, whole, len(_at(base, shortened(place, base.dims))) if base else 0)


def _at(measure: Measure, place: Place) -> Mapping[str, float]:
    return measure.contributions([name for name, _ in place]).get(place, {})


def _whole(measure: Measure, place: Place) -> Place:
    """The place whose total is the whole of a part: the same one, all values of the first column together."""
    return shortened(place, measure.dims[1:])


def _why(
    measure: Measure, base: Measure | None, place: Place, statistic: str, n: int, hidden: Mapping[Key, Reason]
) -> tuple[str, str] | None:
    """The rule that hides a statistic of a cell and what it protects: that of a figure it is worked out from."""
    units, total = (measure.name, "units", place), (measure.name, "total", place)
    needed = {
        "units": [units],
        "share": [units] + ([(base.name, "units", shortened(place, base.dims))] if base else []),
        "total": [total] if n else [units],
        "part": [total if n else units, (measure.name, "total", _whole(measure, place))],
        "mean": [units, total],
        "median": [units, total],
    }[statistic]
    few = ("median_of_few", "") if statistic == "median" and 0 < n < MEDIAN_UNITS else None
    return next((hidden[key] for key in needed if key in hidden), few)
