"""Everything published of some measures as linear systems: one for their counts, one for the totals of each.

The unknowns are the finest cells; a margin is a sum of them. Where a unit may stand in several cells, its counts do
not add up: the number of units of the margin is an unknown of its own, tied to the cells by what is always true.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from ptce_analysis.publish.disclosure.bounds import Attacker, Goal, Line, Terms, Unknowns, anybody
from ptce_analysis.publish.disclosure.cells import Place
from ptce_analysis.publish.disclosure.rules import Rule, rounded

# How far beyond the largest figure an attacker would look, as a multiple of it.
FAR = 4.0


@dataclass(frozen=True)
class Figure:
    """A count or a total of a cell: its terms, its value, who stands behind it, and the rule that hides it, if any.

    `shown`: whether a table has a place for it. `others`: the terms of the units of its base that are not in it.
    `least`: what the median shown beside a total says of it. `can_be_zero`: whether a hidden count may be 0;
    `may_be_found`: whether it is hidden without being protected; `known`: whether it cannot be hidden.
    """

    measure: str
    statistic: str
    place: Place
    terms: Terms
    value: float
    units: Mapping[str, float]
    rule: Rule | None
    shown: bool = True
    others: Terms | None = None
    least: float = -np.inf
    can_be_zero: bool = False
    may_be_found: bool = False
    known: bool = False


@dataclass(frozen=True)
class System:
    """The unknowns, the figures over them, what is always true, who attacks, and what counts as recovered.

    `grain`: what totals are rounded to (0 for counts). `least`: the fewest units of a count that may be shown.
    """

    unknowns: Unknowns
    figures: tuple[Figure, ...]
    always: tuple[Line, ...] = ()
    attackers: tuple[Attacker, ...] = ()
    grain: float = 0.0
    least: int = 0

    def lines(self, hidden: Iterable[int]) -> list[Line]:
        """Return everything known once some figures are hidden."""
        aside = set(hidden)
        told = [self._line(at, figure, at in aside) for at, figure in enumerate(self.figures) if figure.shown]
        return [*self.always, *(line for line in told if line)]

    def _line(self, at: int, figure: Figure, hidden: bool) -> Line | None:
        """What a figure tells: its rounding band; hidden, that it is not 0 wherever zeros would be shown."""
        if hidden:
            empty = self.grain > 0 or figure.can_be_zero or not figure.units
            return None if empty else Line(figure.terms, 1.0, np.inf)
        if not self.grain or not figure.units:
            return Line(figure.terms, figure.value, figure.value, at)
        shown = rounded(figure.value, self.grain)
        return Line(figure.terms, max(shown - self.grain / 2, figure.least), shown + self.grain / 2, at)


def goals(system: System, within: float) -> list[Goal]:
    """Return what must stay possible for every attacker so that no sensitive figure is recovered."""
    sensitive = [(at, figure) for at, figure in enumerate(system.figures) if figure.rule]
    if not system.grain:
        protected = ((at, figure) for at, figure in sensitive if not figure.may_be_found)
        return [goal for at, figure in protected for goal in _count_goals(system, at, figure)]
    floor = within * _mean_contribution(system) or system.grain
    return [
        goal
        for attacker in (anybody(system.unknowns), *system.attackers)
        for at, figure in sensitive
        for goal in _total_goals(at, figure, attacker, within, floor)
    ]


def _count_goals(system: System, at: int, figure: Figure) -> list[Goal]:
    """A count below the threshold must look as if it could reach it; so must what is left of its base."""
    outsider, truth = anybody(system.unknowns), system.unknowns.truth
    sides = [figure.terms] + ([figure.others] if figure.others else [])
    small = [terms for terms in sides if system.unknowns.row(terms) @ truth < system.least]
    return [Goal(at, outsider, terms, 1, float(system.least)) for terms in small]


def _total_goals(at: int, figure: Figure, attacker: Attacker, within: float, floor: float) -> list[Goal]:
    """A total must stay uncertain by a share of what the others contribute, upwards and downwards."""
    theirs = {unit: value for unit, value in figure.units.items() if unit != attacker.name}
    if not theirs:
        return []
    margin = within * sum(theirs.values())
    up = Goal(at, attacker, figure.terms, 1, figure.value + max(margin, floor))
    down = Goal(at, attacker, figure.terms, -1, figure.value - margin)
    return [up, down] if margin > 0 else [up]


def _mean_contribution(system: System) -> float:
    given = [value for attacker in system.attackers for value in attacker.least if value > 0]
    return float(np.mean(given)) if given else 0.0
