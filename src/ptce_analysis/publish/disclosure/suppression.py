"""What is hidden: first what a rule forbids, then whatever would let an attacker work that out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ptce_analysis.publish.disclosure.bounds import Goal, Points, cheapest_way, farthest, fitting, met
from ptce_analysis.publish.disclosure.system import System, goals

# By how little two figures of one value differ in cost: which is hidden must not depend on the solver.
TIES = 1e5


@dataclass(frozen=True)
class Hidden:
    """Why a figure is hidden: the name of the rule, and the position of the figure that this protects."""

    rule: str
    protects: int


def hidden_figures(system: System, within: float, already: Collection[int] = ()) -> dict[int, Hidden]:
    """Return the figures to hide, by position, those that are hidden `already` among them.

    Figures are hidden until every goal stays possible, each time those whose move costs least (their own value); then
    each that turns out not to be needed is shown again, the largest first. Nothing is drawn at random.
    """
    forbidden = {at: Hidden("recoverable", at) for at in already}
    forbidden |= {at: Hidden(f.rule.name, at) for at, f in enumerate(system.figures) if f.rule and f.shown}
    wanted = goals(system, within)
    added, seen = _added(system, wanted, forbidden)
    needed = _needed(system, wanted, forbidden, added, seen)
    left = set(_costs(system, {*forbidden, *needed}))
    rule = "recoverable" if left else "withheld"
    return forbidden | {at: Hidden(rule, protects) for at, protects in needed.items()}


def _added(system: System, wanted: Sequence[Goal], forbidden: Collection[int]) -> tuple[dict[int, int], Points]:
    """The figures hidden to keep every goal possible, with what each protects; and data sets that show it."""
    added, seen = dict[int, int](), system.unknowns.truth[None, :]
    for goal in wanted:
        while not met(system.unknowns, goal, seen):
            lines = system.lines({*forbidden, *added})
            seen = np.vstack([seen, farthest(system.unknowns, lines, goal)])
            if not met(system.unknowns, goal, seen):
                more = _more(system, goal, {*forbidden, *added})
                if not more:
                    break
                added |= dict.fromkeys(more, goal.figure)
    return added, seen


def _more(system: System, goal: Goal, hidden: Collection[int]) -> list[int]:
    """The figures to hide next: those the goal would move at the least cost, else the cheapest; none once all are."""
    costs = _costs(system, hidden)
    found = cheapest_way(system.unknowns, system.lines(hidden), goal, costs) if costs else []
    return found or sorted(costs, key=lambda at: (costs[at], at))[:1]


def _costs(system: System, hidden: Collection[int]) -> dict[int, float]:
    """What it costs to hide each figure that still can be: its value, and a trifle by its place.

    An empty cell protects nothing and stays; so does what is known anyway.
    """
    can_be = ((at, f) for at, f in enumerate(system.figures) if f.shown and f.units and not f.known)
    return {at: max(f.value, 1.0) * (1 + at / TIES) for at, f in can_be if at not in hidden}


def _needed(
    system: System, wanted: Sequence[Goal], forbidden: Collection[int], added: Mapping[int, int], seen: Points
) -> dict[int, int]:
    """The added figures without those that can be shown again."""
    needed = dict(added)
    for at in sorted(added, key=lambda at: (-system.figures[at].value, at)):
        lines = system.lines({*forbidden, *needed} - {at})
        points = fitting(system.unknowns, lines, seen)
        for goal in wanted:
            if not met(system.unknowns, goal, points):
                points = np.vstack([points, farthest(system.unknowns, lines, goal)])
                if not met(system.unknowns, goal, points):
                    break
        else:
            del needed[at]
            seen = points
    return needed
