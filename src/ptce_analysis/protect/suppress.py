"""Tables made from answers, with what could expose a respondent hidden; nothing else of a survey may be shown.

The rules hide cells, then more cells are hidden until no attacker, a respondent included, can work a hidden one out.
The unknowns are the finest cells, a margin a sum of them; where a unit may stand in several, its count is an unknown of
its own. Published figures are lines over the unknowns, taken as exact, since what people write is round.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp

from ptce_analysis.errors import InputError
from ptce_analysis.protect.cells import ALL, STATISTICS, Measure, Place, misfits, place_text, shortened
from ptce_analysis.protect.release import Protected, ledger_table, released
from ptce_analysis.protect.rules import (
    MARK,
    STANDARD,
    WITHIN,
    Contributions,
    Rule,
    failed,
    protected_median,
    rounded,
    threshold,
)

Vector = npt.NDArray[np.float64]
# A figure: its measure, its statistic (`units` or `total`), its place. Why it is hidden: the rule, what it protects.
Key = tuple[str, str, Place]
Reason = tuple[str, str]

# How far beyond the largest figure an attacker would look, as a multiple of it.
FAR = 4.0
# Limit: an attack in whole numbers not solved after so many steps counts as one that succeeds: more is suppressed.
STEPS = 2_000
NEAR = 1e-6
SPARE = 1e-6  # what it costs to hide a figure that is given up first, as a share of what another one would
TIES = 1e5  # by how little two figures of one value differ in cost: what is hidden must not depend on the solver


def protect(*measures: Measure, rules: tuple[Rule, ...] = STANDARD) -> dict[str, Protected]:
    """Return the tables of some measures, by name, that can be shown together.

    Everything that will ever be published of these answers goes through one call: what is shown elsewhere cannot be
    taken into account. A hidden figure has the mark `MARK`; a margin has `ALL` in its column.

    Raises `InputError` if a measure cannot be protected, or measures do not fit together.
    """
    by_name = {measure.name: measure for measure in measures}
    for fault in misfits(measures, by_name):
        raise InputError(fault)
    hidden = dict[Key, Reason]()
    # What the usual rules hide, stricter ones hide too: a page made under each would give, together, what both hide.
    for some in dict.fromkeys((STANDARD, rules)):
        found = _reasons(counts_system(measures, some), hidden)
        for measure in measures:
            if "total" in measure.statistics:
                places = {place for name, statistic, place in found if (name, statistic) == (measure.name, "units")}
                found |= _reasons(totals_system(measure, some, places), hidden)
        hidden = {**found, **hidden}
    return {name: _protected(measure, by_name.get(measure.base), hidden, rules) for name, measure in by_name.items()}


def _reasons(system: System, already: Collection[Key]) -> dict[Key, Reason]:
    """Why each figure is hidden: the rule, and in words what it protects."""
    keys, found = [figure.key for figure in system.figures], dict[Key, Reason]()
    for at, (rule, protects) in sorted(hidden_figures(system, already).items()):
        measure, statistic, place = keys[protects]
        found[keys[at]] = rule, "" if protects == at else f"{measure}, {place_text(place)}, {statistic}"
    return found


def _protected(
    measure: Measure, base: Measure | None, hidden: Mapping[Key, Reason], rules: Sequence[Rule]
) -> Protected:
    """The table of one measure as it is written, each figure or the mark that hides it, and the ledger of the marks."""
    rows, ledger = list[dict[str, Any]](), list[tuple[str, ...]]()
    for names in measure.by:
        inside = measure.contributions(names)
        asked = base.contributions([name for name in names if name in base.dims]) if base else {}
        for place in measure.places(names):
            own, place_of_base = list(inside.get(place, {}).values()), shortened(place, base.dims if base else ())
            n, n_base = len(own), len(asked.get(place_of_base, ()))
            units, total = (measure.name, "units", place), (measure.name, "total", place)
            median = protected_median(own if "median" in measure.statistics else (), measure.grain, rules)
            # What each statistic is, and the figures that it is worked out from: it is hidden with any of them.
            found: dict[str, tuple[dict[str, float | None], list[Key]]] = {
                "units": ({"units": n}, [units]),
                "share": ({"share": n / n_base if n_base else None}, [units, (measure.base, "units", place_of_base)]),
                "total": ({"total": rounded(sum(own), measure.grain) if n else None}, [total if n else units]),
                "median": ({"median_from": median.value, "median_below": median.below}, [units, total]),
            }
            row: dict[str, Any] = {name: dict(place).get(name, ALL) for name in measure.dims}
            for statistic in (name for name in STATISTICS if name in ("units", *measure.statistics)):
                values, needed = found[statistic]
                alone = (median.rule, "") if statistic == "median" and median.rule else None
                why = next((hidden[key] for key in needed if key in hidden), alone)
                row |= dict.fromkeys(values, MARK) if why else values
                ledger += [(measure.name, place_text(place), statistic, *why)] if why else []
            rows.append(row)
    return released(pd.DataFrame(rows, dtype=object), ledger_table(ledger), {unit for unit, _, _ in measure.records})


class Line(NamedTuple):
    """Something known: a sum of unknowns (a coefficient each) lies between two numbers; the figure that says it."""

    terms: Vector
    low: float
    high: float
    figure: int = -1


class Attacker(NamedTuple):
    """Who attacks ("" is anybody), and the least and the most that each unknown can be for them."""

    name: str
    low: Vector
    high: Vector


class Goal(NamedTuple):
    """What must stay possible for an attacker, to protect a figure: a sum is at least (`sign` 1) or at most `level`."""

    figure: int
    attacker: Attacker
    terms: Vector
    sign: int
    level: float


@dataclass(frozen=True, eq=False)
class Figure:
    """A count or a total of a cell: its terms, its value, who stands behind it, and the rule that hides it, if any.

    `shown`: whether a table has a place for it. `others`: the terms of the units of its base not in it. `not_zero`:
    whether readers know it of a hidden one; `spare`: whether it is given up first. `floor`: what a total must be able
    to reach, so that as many units as the threshold asks for could be behind a hidden count.
    """

    key: Key
    terms: Vector
    value: float
    units: Mapping[str, float]
    rule: str
    shown: bool = True
    others: Vector | None = None
    not_zero: bool = False
    spare: bool = False
    floor: float = 0.0


@dataclass(frozen=True, eq=False)
class System:
    """The true values of the unknowns, the figures over them, what is always true, and who attacks, anybody first.

    `usual`: what a unit gives on average, 0 for counts; `fewest`: the fewest units of a count that may be shown.
    """

    truth: Vector
    figures: Sequence[Figure]
    attackers: Sequence[Attacker]
    always: Sequence[Line] = ()
    usual: float = 0.0
    fewest: int = 0

    def lines(self, hidden: Collection[int]) -> list[Line]:
        """Return everything known once some figures are hidden: those shown, and which hidden ones are not 0."""
        told = list(self.always)
        for at, figure in enumerate(self.figures):
            if figure.shown and at not in hidden:
                told.append(Line(figure.terms, figure.value, figure.value, at))
            elif figure.shown and figure.not_zero:
                told.append(Line(figure.terms, 1.0, np.inf))
        return told

    def fitting(self, lines: Sequence[Line], points: Vector) -> Vector:
        """Return those of some data sets (one a row) that agree with everything published."""
        terms, low, high = self._told(lines)
        sums = points @ terms.T
        return points[np.all((sums >= low - NEAR) & (sums <= high + NEAR), axis=1)]

    def could_be(self, goal: Goal, hidden: Collection[int]) -> bool:
        """Return whether a count of 0 could be something else if every figure were hidden that can be."""
        lines = self.lines({*hidden, *_costs(self, ())})
        return bool((self.farthest(lines, goal) @ goal.terms > NEAR).any())

    def farthest(self, lines: Sequence[Line], goal: Goal) -> Vector:
        """Return the data set that fits the lines and goes farthest towards a goal, as one row; or no row."""
        _, low, high = goal.attacker
        if (found := self._solved(-goal.sign * goal.terms, [self._told(lines)], low, high)) is None:
            return np.zeros((0, len(low)))
        return (np.clip(found, low, high) if self.usual else np.rint(found))[None, :]

    def cheapest_way(self, lines: Sequence[Line], goal: Goal, costs: Mapping[int, float]) -> list[int]:
        """Return the figures that would have to change for a goal to be met, at the least cost; none if it cannot be.

        Each figure of `costs` may move away from the truth at its cost per unit; every other line must hold as it is.
        """
        paid, kept = ([line for line in lines if (line.figure in costs) == pays] for pays in (True, False))
        (moves, now, _), (rows, low, high), aim = self._told(paid), self._told(kept), goal.sign * goal.terms
        free, none = np.full(len(paid), np.inf), np.zeros(len(paid))
        blocks = [
            (np.hstack([moves, -np.eye(len(paid))]), -free, now),
            (np.hstack([moves, np.eye(len(paid))]), now, free),
            (np.hstack([rows, np.zeros((len(kept), len(paid)))]), low, high),
            (np.hstack([aim, none])[None, :], [goal.sign * goal.level], [np.inf]),
        ]
        price = np.hstack([np.zeros(len(self.truth)), [costs[line.figure] for line in paid]])
        box = np.hstack([goal.attacker.low, none]), np.hstack([goal.attacker.high, free])
        found = self._solved(price, [block for block in blocks if len(block[0])], *box)
        moved = none if found is None else found[len(self.truth) :]
        return sorted({line.figure for line, move in zip(paid, moved, strict=True) if move > NEAR})

    def _told(self, lines: Sequence[Line]) -> tuple[Vector, Vector, Vector]:
        """The coefficients of some lines, a row each, and their lower and upper ends."""
        terms = np.array([line.terms for line in lines]).reshape(len(lines), len(self.truth))
        return terms, np.array([line.low for line in lines]), np.array([line.high for line in lines])

    def _solved(self, price: Vector, blocks: Sequence[tuple[Any, ...]], low: Vector, high: Vector) -> Vector | None:
        """The cheapest point within some constraints; where the data are counts, they are whole numbers."""
        options = {} if self.usual else {"node_limit": STEPS}
        whole = np.zeros(len(price)) if self.usual else np.arange(len(price)) < len(self.truth)
        ties = [LinearConstraint(*block) for block in blocks]
        found = milp(price, constraints=ties, bounds=Bounds(low, high), integrality=whole, options=options)
        return found.x  # type: ignore[no-any-return]


def met(goal: Goal, points: Vector) -> bool:
    """Return whether one of some data sets, all of which fit what is published, meets a goal for its attacker."""
    far = goal.sign * (points @ goal.terms) >= goal.sign * goal.level - NEAR * max(1.0, abs(goal.level))
    _, low, high = goal.attacker
    return bool((far & ((points >= low - NEAR) & (points <= high + NEAR)).all(axis=1)).any())


def goals(system: System) -> list[Goal]:
    """Return what must stay possible for every attacker so that no sensitive figure is recovered.

    A count below the threshold, or its base's rest, must look as if it could reach it; a total must stay uncertain by a
    share `WITHIN` of what others than the attacker contribute, upwards and downwards.
    """
    sensitive, found = [(at, figure) for at, figure in enumerate(system.figures) if figure.rule], list[Goal]()
    if not system.usual:
        for at, figure in sensitive:
            for terms in (figure.terms, figure.others):
                if terms is not None and terms @ system.truth < system.fewest:
                    found.append(Goal(at, system.attackers[0], terms, 1, float(system.fewest)))
        return found
    for attacker in system.attackers:
        for at, figure in sensitive:
            theirs = [value for unit, value in figure.units.items() if unit != attacker.name]
            margin = WITHIN * sum(theirs)
            if theirs:
                level = max(figure.value + max(margin, WITHIN * system.usual), figure.floor)
                found.append(Goal(at, attacker, figure.terms, 1, level))
            # What each unit is known to give at least, nothing can hide.
            if margin > 0 and figure.terms @ attacker.low <= figure.value - margin:
                found.append(Goal(at, attacker, figure.terms, -1, figure.value - margin))
    return found


def hidden_figures(system: System, already: Collection[Key]) -> dict[int, tuple[str, int]]:
    """Return the figures to hide, those hidden `already` included, by position: a rule, the figure that it protects.

    Figures are hidden until every goal stays possible, each time those whose move costs least (their own value); then
    each that turns out not to be needed is shown again, the largest first. Nothing is drawn at random.
    """
    forbidden = {at: ("recoverable", at) for at, figure in enumerate(system.figures) if figure.key in already}
    forbidden |= {at: (f.rule, at) for at, f in enumerate(system.figures) if f.rule and f.shown}
    wanted, added, seen = list[Goal](), dict[int, int](), system.truth[None, :]
    for goal in goals(system):
        # Where nobody could be, as a count that holds it is 0, nothing hides that nobody is: it is shown.
        if system.figures[goal.figure].units or system.could_be(goal, forbidden):
            wanted.append(goal)
        else:
            forbidden.pop(goal.figure, None)
    for goal in wanted:
        while not met(goal, seen):
            lines = system.lines({*forbidden, *added})
            seen = np.vstack([seen, system.farthest(lines, goal)])
            if not met(goal, seen):
                costs = _costs(system, {*forbidden, *added})
                if not costs:
                    break
                # Those the goal would move at the least cost, else the cheapest.
                more = system.cheapest_way(lines, goal, costs) or [min(costs, key=lambda at: (costs[at], at))]
                added |= dict.fromkeys(more, goal.figure)
    for at in sorted(added, key=lambda at: (system.figures[at].spare, -system.figures[at].value, at)):
        lines = system.lines({*forbidden, *added} - {at})
        points = system.fitting(lines, seen)
        for goal in wanted:
            if not met(goal, points):
                points = np.vstack([points, system.farthest(lines, goal)])
                if not met(goal, points):
                    break
        else:
            del added[at]
            seen = points
    rule = "recoverable" if _costs(system, {*forbidden, *added}) else "withheld"
    return forbidden | {at: (rule, protects) for at, protects in added.items()}


def _costs(system: System, hidden: Collection[int]) -> dict[int, float]:
    """What it costs to hide each figure that can be: its value, and a trifle by its place; never an empty cell."""
    can_be = ((at, f) for at, f in enumerate(system.figures) if f.shown and f.units and at not in hidden)
    return {at: max(f.value, 1.0) * (1 + at / TIES) * (SPARE if f.spare else 1.0) for at, f in can_be}


def _sum(n: int, positions: Iterable[int]) -> Vector:
    """The terms of the sum of some of `n` unknowns."""
    return np.isin(np.arange(n), list(positions)).astype(float)


def _at(positions: Mapping[Place, int], place: Place) -> list[int]:
    """The positions of the unknowns that add up to a place."""
    return [at for where, at in positions.items() if set(place) <= set(where)]


class Counts:
    """The counts of measures that are unknowns: for each measure and set of columns, the position of each place."""

    def __init__(self, measures: Sequence[Measure]) -> None:
        self.measures = {measure.name: measure for measure in measures}
        self.positions: dict[str, dict[frozenset[str], dict[Place, int]]] = {}
        truth = list[float]()
        for measure in measures:
            # Those of its tables, of its finest cells, and as a base of the others.
            others = [other for other in measures if measure.name in other.bases]
            as_base = [[n for n in names if n in measure.dims] for other in others for names in (*other.by, other.dims)]
            mine = self.positions.setdefault(measure.name, {})
            for kept in sorted({measure.kept(names) for names in (*measure.by, measure.dims, *as_base)}, key=sorted):
                cells, places = measure.contributions(kept), measure.places(kept)
                mine[kept] = {place: len(truth) + at for at, place in enumerate(places)}
                truth += [float(len(cells.get(place, ()))) for place in places]
        self.truth = np.array(truth)

    def terms(self, name: str, place: Place) -> Vector:
        """Return the terms of the count of a place, of which only the columns of that measure are looked at."""
        measure = self.measures[name]
        place = shortened(place, measure.dims)
        return _sum(len(self.truth), _at(self.positions[name][measure.kept(n for n, _ in place)], place))


def counts_system(measures: Sequence[Measure], rules: Sequence[Rule]) -> System:
    """Return the system of every count of some measures: their units, those of their bases, and what ties them."""
    counts, fewest = Counts(measures), threshold(rules)
    most = np.full(len(counts.truth), FAR * max(counts.truth, default=0.0) + fewest)
    figures = [figure for measure in measures for figure in _count_figures(counts, measure, rules)]
    always = [line for measure in measures for line in _always(counts, measure)]
    return System(counts.truth, figures, [Attacker("", 0 * most, most)], always, fewest=fewest)


def _count_figures(counts: Counts, measure: Measure, rules: Sequence[Rule]) -> Iterator[Figure]:
    """The counts of a measure: those of its tables, then those of its finest cells when no table shows them."""
    # Assumption: that nobody chose one of several exclusive answers tells little of anybody, and the others would give
    # it: it is shown, unless all chose one. Source: none. If wrong: drop `exclusive`, and much more is hidden.
    exclusive = any(is_shared_out(measure, counts.measures[base]) for base in measure.bases)
    asked = counts.measures[measure.base].dims if measure.base else ()
    for names, shown in measure.tables():
        cells = measure.contributions(names)
        for place in measure.places(names):
            units, terms = cells.get(place, {}), counts.terms(measure.name, place)
            others = counts.terms(measure.base, place) - terms if measure.base and shown else None
            n_others = None if others is None else round(float(others @ counts.truth))
            base = shortened(place, asked)
            beside = [len(some) for where, some in cells.items() if shortened(where, asked) == base]
            free = measure.known or (exclusive and not units and n_others not in beside)
            rule = "" if free else failed(Contributions(len(units), others=n_others), rules, "units")
            key, not_zero = (measure.name, "units", place), bool(units) and (others is None or exclusive)
            behind = {} if measure.known else units
            yield Figure(key, terms, len(units), behind, rule, shown, others, not_zero, names in measure.spare)


def _always(counts: Counts, measure: Measure) -> Iterator[Line]:
    """What is true of counts whatever the answers: unions lie between parts and their sum, a part is at most its base.

    Where each unit of a base stands in one cell of the measure, its cells add up to the base without any margin:
    readers know it of a question with one answer. Where it only happens to be so, nobody knows it and more is hidden.
    """
    n, grids = len(counts.truth), counts.positions[measure.name]
    for fine, coarse in permutations(grids, 2):
        for place, at in grids[coarse].items() if coarse < fine else ():
            whole, parts = _sum(n, [at]), _at(grids[fine], place)
            yield Line(_sum(n, parts) - whole, 0.0, np.inf)
            yield from (Line(whole - _sum(n, [part]), 0.0, np.inf) for part in parts)
    for base in (counts.measures[name] for name in measure.bases):
        for place in base.places(base.dims) if is_shared_out(measure, base) else ():
            cells = _at(grids[frozenset(measure.dims)], place)
            if len(cells) > 1:
                yield Line(counts.terms(base.name, place) - _sum(n, cells), 0.0, 0.0)
    for name in measure.bases:
        for place in sorted({place for names, _ in measure.tables() for place in measure.places(names)}):
            yield Line(counts.terms(name, place) - counts.terms(measure.name, place), 0.0, np.inf)


def is_shared_out(measure: Measure, base: Measure) -> bool:
    """Return whether each unit of a base stands in exactly one of several cells of a measure."""
    stands = sorted((shortened(place, base.dims), unit) for unit, place in {(u, p) for u, p, _ in measure.records})
    return set(base.dims) < set(measure.dims) and stands == sorted({(place, unit) for unit, place, _ in base.records})


def totals_system(measure: Measure, rules: Sequence[Rule], hidden_counts: Collection[Place]) -> System:
    """Return the system of the totals of a measure; an empty cell tells its total, 0, where its count is shown."""
    cells, figures, fewest = measure.contributions(measure.dims), list[Figure](), threshold(rules)
    positions = {place: at for at, place in enumerate(measure.places(measure.dims))}
    truth = np.array([sum(cells.get(place, {}).values()) for place in positions])
    for names, shown in measure.tables():
        inside = measure.contributions(names)
        for place in measure.places(names):
            units, hidden, values = inside.get(place, {}), place in hidden_counts, tuple(inside.get(place, {}).values())
            rule = failed(Contributions(len(units), values, least=measure.least), rules, "total")
            if units or (shown and not hidden):
                key, terms = (measure.name, "total", place), _sum(len(truth), _at(positions, place))
                floor = fewest * measure.least if hidden and len(units) < fewest else 0.0
                spare = names in measure.spare
                figures.append(Figure(key, terms, sum(values), units, rule, shown, spare=spare, floor=floor))
    far = np.full(len(truth), FAR * max(float(truth.sum()), measure.grain, fewest * measure.least))
    # Each unit gives at least so much; of a hidden count, readers know that there is one.
    known = {place: 1 if place in hidden_counts else len(units) for place, units in cells.items()}
    least = measure.least * np.array([known.get(place, 0) for place in positions])
    attackers = [Attacker("", least, far)]
    # A respondent knows what it gave to each cell, and all of those that it makes up alone.
    for unit in sorted({unit for units in cells.values() for unit in units}):
        low, high = least.copy(), far.copy()
        for place, units in ((place, units) for place, units in cells.items() if unit in units):
            low[positions[place]] = units[unit] + measure.least * (known[place] - 1)
            if set(units) == {unit}:
                high[positions[place]] = units[unit]
        attackers.append(Attacker(unit, low, high))
    given = [value for units in cells.values() for value in units.values() if value > 0]
    return System(truth, figures, attackers, usual=float(np.mean(given)) if given else measure.grain)
