"""The systems of some measures: their finest cells as unknowns, and every figure of every table over them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from ptce_analysis.errors import InputError
from ptce_analysis.publish.disclosure.bounds import Attacker, Line, Terms, Unknowns
from ptce_analysis.publish.disclosure.cells import Measure, Place, place_text, shortened
from ptce_analysis.publish.disclosure.rules import MEDIAN_UNITS, Contributions, Rule, failed, threshold
from ptce_analysis.publish.disclosure.single import shown_median
from ptce_analysis.publish.disclosure.system import FAR, Figure, System

Kept = frozenset[str]


@dataclass(frozen=True)
class Grid:
    """The counts of a measure that are unknowns: for each set of columns that a count keeps, each place's position."""

    measure: Measure
    positions: Mapping[Kept, Mapping[Place, int]]

    def terms(self, place: Place) -> Terms:
        """Return the unknowns that add up to the count of a place."""
        kept = self.measure.kept([name for name, _ in place])
        return _matching(self.positions[kept], place)


def _matching(positions: Mapping[Place, int], place: Place) -> Terms:
    return {at: 1.0 for where, at in positions.items() if set(place) <= set(where)}


def counts_system(measures: Sequence[Measure], rules: Sequence[Rule]) -> System:
    """Return the system of every count of some measures: their units, those of their bases, and what ties them."""
    grids, truth = dict[str, Grid](), list[float]()
    for measure in measures:
        positions: dict[Kept, dict[Place, int]] = {}
        for kept in sorted({measure.kept(names) for names in _asked(measure, measures)}, key=sorted):
            cells, places = measure.contributions(kept), measure.atoms(kept)
            positions[kept] = {place: len(truth) + at for at, place in enumerate(places)}
            truth += [float(len(cells.get(place, ()))) for place in places]
        grids[measure.name] = Grid(measure, positions)
    unknowns = Unknowns(np.array(truth), FAR * max(truth, default=0.0) + threshold(rules), whole=True)
    figures = [figure for measure in measures for figure in _counts(grids, measure, unknowns, rules)]
    always = [line for measure in measures for line in _always(grids, measure)]
    return System(unknowns, tuple(figures), tuple(always), least=threshold(rules))


def _asked(measure: Measure, measures: Sequence[Measure]) -> list[tuple[str, ...]]:
    """The sets of columns whose counts are needed: of its tables, its finest cells, and as a base of the others."""
    others = [other for other in measures if measure.name in other.bases]
    as_base = [tuple(n for n in names if n in measure.dims) for other in others for names in (*other.by, other.dims)]
    return [*measure.by, measure.dims, *as_base]


def _counts(grids: Mapping[str, Grid], measure: Measure, unknowns: Unknowns, rules: Sequence[Rule]) -> Iterator[Figure]:
    """The counts of a measure: those of its tables, then those of its finest cells when no table shows them."""
    # Assumption: that nobody chose one of several exclusive answers tells little of anybody: it has a mark, which may
    # be worked out from the others. Source: none; more would hide answers that were given. If wrong: drop this.
    exclusive = any(_is_shared_out(measure, grids[base].measure) for base in measure.bases)
    zero_is_hidden = bool(failed(Contributions(0, others=threshold(rules)), rules, "units"))
    for names, shown in measure.tables():
        cells = measure.contributions(names)
        for place in measure.places(names) if shown else measure.atoms(names):
            units, terms = cells.get(place, {}), grids[measure.name].terms(place)
            others = _others(grids, measure, place, terms) if measure.base and shown else None
            n_others = round(float(unknowns.row(others) @ unknowns.truth)) if others is not None else None
            rule = None if measure.known else failed(Contributions(len(units), others=n_others), rules, "units")
            can_be_zero = others is not None and zero_is_hidden
            yield Figure(
                measure.name, "units", place, terms, float(len(units)), units, rule, shown, others,
                can_be_zero=can_be_zero, may_be_found=exclusive and not units, known=measure.known,
            )  # fmt: skip


def _others(grids: Mapping[str, Grid], measure: Measure, place: Place, terms: Terms) -> Terms:
    """The units of the base that are not in a cell."""
    base = grids[measure.base]
    return _difference(base.terms(shortened(place, base.measure.dims)), terms)


def _difference(whole: Terms, part: Terms) -> Terms:
    return {at: whole.get(at, 0.0) - part.get(at, 0.0) for at in {**whole, **part}}


def _always(grids: Mapping[str, Grid], measure: Measure) -> Iterator[Line]:
    """What is true of counts whatever the answers: a union is at least each part and at most their sum."""
    grid = grids[measure.name]
    for fine, coarse in permutations(grid.positions, 2):
        if coarse < fine:
            for place, at in grid.positions[coarse].items():
                parts = _matching(grid.positions[fine], place)
                yield Line(_difference(parts, {at: 1.0}), 0.0, np.inf)
                yield from (Line({at: 1.0, part: -1.0}, 0.0, np.inf) for part in parts)
    yield from _shared_out(grids, measure)
    for base in measure.bases:
        for place in sorted({place for names, _ in measure.tables() for place in measure.atoms(names)}):
            whole = grids[base].terms(shortened(place, grids[base].measure.dims))
            yield Line(_difference(whole, grid.terms(place)), 0.0, np.inf)


def _shared_out(grids: Mapping[str, Grid], measure: Measure) -> Iterator[Line]:
    """Where each unit of a base stands in one cell of the measure, its cells add up to the base without any margin.

    Readers know it of a question with one answer. Where it only happens to be so, nobody knows it and more is hidden.
    """
    finest = grids[measure.name].positions[frozenset(measure.dims)]
    for base in (grids[name] for name in measure.bases):
        if _is_shared_out(measure, base.measure):
            for place in base.measure.atoms(base.measure.dims):
                cells = _matching(finest, place)
                if len(cells) > 1:
                    yield Line(_difference(base.terms(place), cells), 0.0, 0.0)


def _is_shared_out(measure: Measure, base: Measure) -> bool:
    """Whether each unit of a base stands in exactly one of several cells of the measure."""
    if not set(base.dims) < set(measure.dims):
        return False
    found: dict[Place, list[str]] = {}
    for place, units in measure.contributions(measure.dims).items():
        found.setdefault(shortened(place, base.dims), []).extend(units)
    asked = base.contributions(base.dims)
    return {place: sorted(units) for place, units in found.items()} == {p: sorted(u) for p, u in asked.items()}


def check_bases(measures: Sequence[Measure]) -> None:
    """Raise `InputError` unless each base exists, shows what shares are of, and holds every unit of its measure."""
    by_name = {measure.name: measure for measure in measures}
    for measure in measures:
        for name in measure.bases:
            if name not in by_name:
                raise InputError(f"measure {measure.name!r}: no measure is called {name!r}: {', '.join(by_name)}.")
            _check_units(measure, by_name[name])
        if measure.base:
            _check_tables(measure, by_name[measure.base])


def _check_tables(measure: Measure, base: Measure) -> None:
    for names in measure.by:
        needed = {name for name in names if name in base.dims}
        if needed not in map(set, base.by):
            by = ", ".join(sorted(needed)) or "no column"
            raise InputError(f"measure {measure.name!r}: shares need a table of {base.name!r} by {by}: add it to `by`.")


def _check_units(measure: Measure, base: Measure) -> None:
    common = tuple(name for name in measure.dims if name in base.dims)
    inside = base.contributions(common)
    for place, units in measure.contributions(common).items():
        strange = set(units) - set(inside.get(place, ()))
        if strange:
            raise InputError(
                f"measure {measure.name!r}, {place_text(place)}: {len(strange)} units are not in {base.name!r}, "
                "which is said to hold them all. Count the same units in both."
            )


def totals_system(measure: Measure, rules: Sequence[Rule], hidden_counts: Collection[Place]) -> System:
    """Return the system of the totals of a measure; an empty cell tells its total, 0, where its count is shown."""
    cells = measure.contributions(measure.dims)
    positions = {place: at for at, place in enumerate(measure.atoms(measure.dims))}
    truth = np.array([sum(cells.get(place, {}).values()) for place in positions])
    figures = [
        figure
        for figure in _totals(measure, positions, rules, hidden_counts)
        if figure.units or (figure.shown and figure.place not in hidden_counts)
    ]
    most = FAR * max(float(truth.sum()), measure.grain)
    attackers = tuple(_attackers(cells, positions))
    return System(Unknowns(truth, most, whole=False), tuple(figures), (), attackers, grain=measure.grain)


def _totals(
    measure: Measure, positions: Mapping[Place, int], rules: Sequence[Rule], hidden: Collection[Place]
) -> Iterator[Figure]:
    for names, shown in measure.tables():
        cells = measure.contributions(names)
        for place in measure.places(names) if shown else measure.atoms(names):
            units = cells.get(place, {})
            rule = failed(Contributions(len(units), tuple(units.values())), rules, "total")
            least = _least(measure, units) if place not in hidden else -np.inf
            total = float(sum(units.values()))
            yield Figure(
                measure.name, "total", place, _matching(positions, place), total, units, rule, shown, least=least
            )


def _least(measure: Measure, units: Mapping[str, float]) -> float:
    """What a median says of the total: half of the units, and one more, are at least as large as it."""
    if "median" not in measure.statistics or len(units) < MEDIAN_UNITS:
        return -np.inf
    median, grain = shown_median(list(units.values()), measure.grain)
    return (len(units) // 2 + 1) * (median - grain / 2)


def _attackers(cells: Mapping[Place, Mapping[str, float]], positions: Mapping[Place, int]) -> Iterator[Attacker]:
    """Each respondent: the least of each unknown is what it gave, and it knows those that it makes up alone."""
    given: dict[str, dict[int, float]] = {}
    alone: dict[str, set[int]] = {}
    for place, units in cells.items():
        for unit, value in units.items():
            given.setdefault(unit, {})[positions[place]] = value
            if len(units) == 1:
                alone.setdefault(unit, set()).add(positions[place])
    for unit in sorted(given):
        least, known = np.zeros(len(positions)), np.zeros(len(positions), bool)
        least[list(given[unit])] = list(given[unit].values())
        known[list(alone.get(unit, ()))] = True
        yield Attacker(unit, least, known)
