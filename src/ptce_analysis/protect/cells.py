"""From micro-data to cells: who stands behind each figure of a table, its margins and the cells they add up."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product

import pandas as pd

from ptce_analysis.protect.rules import least_of

# Each statistic, and what a measure must name for it.
STATISTICS = {"units": "unit", "share": "base", "total": "value", "median": "value"}
ALL = "total"
# Where a cell stands: (column, value) pairs; a margin has no pair for what it adds up.
Place = tuple[tuple[str, str], ...]


@dataclass(frozen=True, eq=False)
class Measure:
    """What is shown of some micro-data: counts, shares, totals or medians, by one or several sets of columns.

    `rows` has a line per unit and place. `by` lists the tables: `(("level", "wave"), ("level",), ())` is a table by
    level and wave, the margin of the levels, and the whole. Everything that will ever be shown of a column stands in
    one measure. `base` names the measure whose units are the base of shares; `within`, measures that this one's units
    are known to belong to. `grain` is what totals are rounded to, in the unit of the values. `known`: everybody knows
    how many units it has, as of the poles that answered a survey; its counts are never hidden. `spare`: the tables of
    `by` whose figures are given up first, before those of the others.
    """

    name: str
    rows: pd.DataFrame = field(repr=False)
    by: tuple[tuple[str, ...], ...] = ((),)
    statistics: tuple[str, ...] = ("units",)
    unit: str = "pole_id"
    value: str = ""
    grain: float = 1.0
    base: str = ""
    within: tuple[str, ...] = ()
    known: bool = False
    spare: tuple[tuple[str, ...], ...] = ()

    @cached_property
    def dims(self) -> tuple[str, ...]:
        """The columns of all its tables, in the order they are first named."""
        return tuple(dict.fromkeys(name for names in self.by for name in names))

    @cached_property
    def records(self) -> tuple[tuple[str, Place, float], ...]:
        """Each known contribution: the unit, its full place, its value (1 where units are only counted)."""
        known = self.rows.dropna(subset=[self.value]) if self.value else self.rows
        numbers = known[self.value].astype(float).tolist() if self.value else [1.0] * len(known)
        cells = zip(*(known[name].astype(str) for name in self.dims), strict=True) if self.dims else [()] * len(known)
        places = (tuple(zip(self.dims, row, strict=True)) for row in cells)
        return tuple(zip(known[self.unit].astype(str), places, numbers, strict=True))

    @cached_property
    def least(self) -> float:
        """What readers may guess that each value is at least, and a multiple of (`rules.least_of`)."""
        return least_of((value for _, _, value in self.records), self.grain) if self.value else 0.0

    @cached_property
    def shared(self) -> frozenset[str]:
        """The columns in which a unit may stand several times: its counts do not add up along them."""
        stands = {(unit, *pair) for unit, place, _ in self.records for pair in place}
        found = Counter((unit, name) for unit, name, _ in stands)
        return frozenset(name for (_, name), n in found.items() if n > 1)

    @property
    def bases(self) -> tuple[str, ...]:
        """The measures that hold all its units."""
        return tuple(dict.fromkeys(filter(None, (self.base, *self.within))))

    def tables(self) -> list[tuple[tuple[str, ...], bool]]:
        """Return the sets of columns of its tables, and, not shown, that of its finest cells where no table has it."""
        finest = [] if set(self.dims) in map(set, self.by) else [(self.dims, False)]
        return [*((names, True) for names in self.by), *finest]

    def kept(self, names: Iterable[str]) -> frozenset[str]:
        """Return the columns kept by the counts that add up to a table's: its own, and those without repeated units."""
        return frozenset(names) | (frozenset(self.dims) - self.shared)

    def places(self, names: Collection[str]) -> list[Place]:
        """Return the places of a table, margins aside: every combination of values, in the order of categories."""
        columns = {name: self.rows[name] for name in self.dims if name in names}
        values = (one.cat.categories if hasattr(one, "cat") else sorted(set(one)) for one in columns.values())
        return [tuple(zip(columns, map(str, row), strict=True)) for row in product(*values)]

    def contributions(self, names: Collection[str]) -> dict[Place, dict[str, float]]:
        """Return what each unit contributes to each place of a table; places without a unit are left out."""
        found: dict[Place, dict[str, float]] = {}
        for unit, where, value in self.records:
            cell = found.setdefault(shortened(where, names), {})
            cell[unit] = cell.get(unit, 0.0) + value
        return found


def shortened(place: Place, names: Collection[str]) -> Place:
    """Return a place with only some of its columns."""
    return tuple((name, value) for name, value in place if name in names)


def place_text(place: Place) -> str:
    """Return a place as the ledger writes it."""
    return ", ".join(f"{name} {value}" for name, value in place) or ALL


def misfits(measures: Sequence[Measure], by_name: Mapping[str, Measure]) -> Iterator[str]:
    """Yield why measures cannot be protected together: each base must show what shares are of, and hold every unit."""
    yield from (f"measure {measure.name!r}: {fault}" for measure in measures for fault in _faults(measure))
    for what in ("name", "value"):
        given = [getattr(measure, what) for measure in measures if getattr(measure, what)]
        for twice in sorted({text for text in given if given.count(text) > 1}):
            yield f"two measures have the {what} {twice!r}: give every table of it in one measure's `by`."
    for measure in measures:
        for name in measure.bases:
            dims = tuple(dim for dim in measure.dims if dim in by_name[name].dims)
            inside = by_name[name].contributions(dims)
            for place, units in measure.contributions(dims).items():
                if strange := set(units) - set(inside.get(place, ())):
                    where = f"measure {measure.name!r}, {place_text(place)}: {len(strange)} units are not in {name!r}"
                    yield f"{where}, which is said to hold them all. Count the same units in both."
        for names in measure.by if measure.base else ():
            needed = {name for name in names if name in by_name[measure.base].dims}
            if needed not in map(set, by_name[measure.base].by):
                by = ", ".join(sorted(needed)) or "no column"
                yield f"measure {measure.name!r}: shares need a table of {measure.base!r} by {by}: add it to `by`."


def _faults(measure: Measure) -> Iterator[str]:
    """Yield what is wrong with a measure, the first thing first."""
    for name in (measure.unit, *measure.dims):
        if measure.rows[name].isna().any():
            yield f"column {name!r} has missing values: name them (a category such as 'not known') before protecting."
    for statistic in measure.statistics:
        if statistic not in STATISTICS:
            yield f"statistic {statistic!r} is not shown: {', '.join(STATISTICS)}."
        elif not getattr(measure, STATISTICS[statistic]):
            yield f"statistic {statistic!r} needs `{STATISTICS[statistic]}`."
    for value in measure.rows[measure.value].dropna() if measure.value else ():
        if not 0 <= value < float("inf"):
            yield f"value {value:g}: contributions must be finite and not negative to be protected."
