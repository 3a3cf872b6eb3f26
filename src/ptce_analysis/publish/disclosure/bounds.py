"""What an attacker can work out: how far a hidden figure may be from the truth, given everything published.

Published figures are lines of a linear system, each within its rounding band; counts are whole numbers. A respondent
attacks with its own answers, and knows the figures that it alone makes up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp

Vector = npt.NDArray[np.float64]
# Data sets, one a row.
Points = npt.NDArray[np.float64]
Terms = Mapping[int, float]

# Limit: an attack in whole numbers that is not solved after so many steps counts as one that succeeds.
# Source: none needed, it errs on the safe side. If wrong: more is suppressed than necessary.
STEPS = 2_000
NEAR = 1e-6


@dataclass(frozen=True)
class Line:
    """Something known: a sum of unknowns lies between two numbers. `figure`: the published figure that says it."""

    terms: Terms
    low: float
    high: float
    figure: int = -1


@dataclass(frozen=True)
class Unknowns:
    """What an attacker looks for: the true values, the most one would believe, whether they are whole numbers."""

    truth: Vector
    most: float
    whole: bool

    def row(self, terms: Terms) -> Vector:
        """Return the coefficients of a sum of unknowns."""
        made = np.zeros(len(self.truth))
        made[list(terms)] = list(terms.values())
        return made

    def rows(self, lines: Sequence[Line]) -> Points:
        """Return the coefficients of some lines, one row each."""
        return np.array([self.row(line.terms) for line in lines]).reshape(len(lines), len(self.truth))

    def options(self) -> dict[str, int]:
        """Return how long the solver may try."""
        return {"node_limit": STEPS} if self.whole else {}


@dataclass(frozen=True)
class Attacker:
    """Who attacks: "" is anybody; a respondent knows the least each unknown can be, and those it makes up alone."""

    name: str
    least: Vector
    known: npt.NDArray[np.bool_]

    def bounds(self, unknowns: Unknowns) -> tuple[Vector, Vector]:
        """Return the least and the most that each unknown can be for this attacker."""
        low = np.where(self.known, unknowns.truth, self.least)
        return low, np.where(self.known, unknowns.truth, unknowns.most)


def anybody(unknowns: Unknowns) -> Attacker:
    """Return the attacker who knows nothing but what is published."""
    n = len(unknowns.truth)
    return Attacker("", np.zeros(n), np.zeros(n, bool))


@dataclass(frozen=True)
class Goal:
    """What must stay possible for an attacker: that a sum of unknowns is at least (`sign` 1) or at most (-1) `level`.

    `figure` is the hidden figure that this protects.
    """

    figure: int
    attacker: Attacker
    terms: Terms
    sign: int
    level: float


def fitting(unknowns: Unknowns, lines: Sequence[Line], points: Points) -> Points:
    """Return those of some data sets that agree with everything published."""
    low, high = _ends(lines)
    sums = points @ unknowns.rows(lines).T
    return points[np.all((sums >= low - NEAR) & (sums <= high + NEAR), axis=1)]


def _ends(lines: Sequence[Line]) -> tuple[Vector, Vector]:
    return np.array([line.low for line in lines]), np.array([line.high for line in lines])


def met(unknowns: Unknowns, goal: Goal, points: Points) -> bool:
    """Return whether one of some data sets, all of which fit what is published, meets the goal for its attacker."""
    low, high = goal.attacker.bounds(unknowns)
    wanted = goal.sign * goal.level - NEAR * max(1.0, abs(goal.level))
    far = goal.sign * (points @ unknowns.row(goal.terms)) >= wanted
    believed = (points >= low - NEAR).all(axis=1) & (points <= high + NEAR).all(axis=1)
    return bool((far & believed).any())


def farthest(unknowns: Unknowns, lines: Sequence[Line], goal: Goal) -> Points:
    """Return the data set that fits the lines and goes farthest towards the goal; none if the solver finds none."""
    low, high = goal.attacker.bounds(unknowns)
    found = milp(
        -goal.sign * unknowns.row(goal.terms),
        constraints=LinearConstraint(unknowns.rows(lines), *_ends(lines)),
        bounds=Bounds(low, high),
        integrality=np.full(len(low), int(unknowns.whole)),
        options=unknowns.options(),
    )
    if found.x is None:
        return np.zeros((0, len(low)))
    point: Vector = np.rint(found.x) if unknowns.whole else np.clip(found.x, low, high)
    return point[None, :]


def cheapest_way(unknowns: Unknowns, lines: Sequence[Line], goal: Goal, costs: Mapping[int, float]) -> list[int]:
    """Return the figures that would have to change for the goal to be met, at the least cost; none if it cannot be.

    Each figure of `costs` may move away from the truth at its cost per unit; every other line must hold as it is.
    The unknowns of this problem are the moves of the data, then how far each of those figures moves.
    """
    paid = [line for line in lines if line.figure in costs]
    low, high = goal.attacker.bounds(unknowns)
    n, m = len(low), len(paid)
    found = milp(
        np.hstack([np.zeros(n), [costs[line.figure] for line in paid]]),
        constraints=_moves(unknowns, paid, [line for line in lines if line.figure not in costs], goal),
        bounds=Bounds(
            np.hstack([low - unknowns.truth, np.zeros(m)]), np.hstack([high - unknowns.truth, np.full(m, np.inf)])
        ),
        integrality=np.hstack([np.full(n, int(unknowns.whole)), np.zeros(m)]),
        options=unknowns.options(),
    )
    moved = found.x[n:] if found.x is not None else np.zeros(m)
    return sorted({line.figure for line, move in zip(paid, moved, strict=True) if move > NEAR})


def _moves(unknowns: Unknowns, paid: Sequence[Line], kept: Sequence[Line], goal: Goal) -> list[LinearConstraint]:
    """How the data may move: as far as the paid figures do, within the kept lines, and far enough for the goal."""
    m, moves, rows = len(paid), unknowns.rows(paid), unknowns.rows(kept)
    now, aim = rows @ unknowns.truth, goal.sign * unknowns.row(goal.terms)
    low, high = (end - now for end in _ends(kept))
    blocks = [
        (np.hstack([moves, -np.eye(m)]), np.full(m, -np.inf), np.zeros(m)),
        (np.hstack([moves, np.eye(m)]), np.zeros(m), np.full(m, np.inf)),
        (np.hstack([rows, np.zeros((len(kept), m))]), low, high),
        (np.hstack([aim, np.zeros(m)])[None, :], [goal.sign * goal.level - aim @ unknowns.truth], [np.inf]),
    ]
    return [LinearConstraint(*block) for block in blocks if len(block[0])]
