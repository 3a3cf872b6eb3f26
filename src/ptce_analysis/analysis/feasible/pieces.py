"""The geometry behind exact uniform draws: one flat piece of {x >= 0 : sum = S, median = m}, settled value by value.

The set is made of congruent flat pieces, one for each choice of which units are below and above the middle, so its
uniform law is the uniform law on one piece, shuffled. With the median as unit, k units on each side, z = lower
amounts, e = upper amounts less the upper middle one:

- n odd: z in [0, 1]^k, e >= 0, sum z + sum e = rho, where rho m = S - (k + 1) m;
- n even, middle 1 - d and 1 + d: the same with z = lower amounts + d, 0 <= d <= min z and rho m = S - (k + 2) m. So d
  is simply the smallest of k + 1 lower values, and takes no part of the sum.

Such a polytope is the union of the pyramids that join one of its points, the apex, to its facets. A draw picks a
pyramid with its share of the volume, goes down to its base, and starts again there: one value is settled at each
step. The apex is

- while uppers are left: all the excess in one upper, everything else 0. Bases: that upper settled, or a lower value
  at 1;
- when none is left: all lower values equal (and d). Bases: a lower value at 1, or one at the common floor (d first).

(The second half is the fixed-sum method of Stafford's `randfixedsum`.) The number of lower values at 1 is the only
state. Volumes obey a recursion whose terms are all positive, so nothing cancels, for any n. The weights of the apexes
are those of a flat simplex: the gaps between sorted uniforms. Only +, -, x, / and comparisons of doubles are used, so
the same uniforms give the same draws on any machine.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ptce_analysis.analysis.feasible.row import Row, smallest_sum

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Powers = npt.NDArray[np.int32]

# The power of two that stands beside a volume of zero: below any that a volume can reach.
EMPTY = -(10**7)


@dataclass(frozen=True)
class Piece:
    """One flat piece of the feasible set in units of the median: k units a side, `pair` = 1 when d is free (n even).

    `left[i]` is the excess that remains when i lower values are at 1 (d, the last of them, takes none of it).
    """

    k: int
    pair: int
    left: Floats

    @property
    def steps(self) -> int:
        """The number of values to settle: k lower ones, k upper ones, and d if it is free."""
        return 2 * self.k + self.pair


@dataclass(frozen=True)
class Table:
    """What each step (row) does in each state (column: the number of lower values settled at 1).

    early: uppers are left. pour, lift: how far the apex is along the current upper, and along the unsettled lower
    values. to_one: distance to the bases where a lower value is at 1, times their number. to_rest: the same for the
    other bases.
    """

    early: Flags
    pour: Floats
    lift: Floats
    to_one: Floats
    to_rest: Floats


def piece_of(row: Row) -> Piece:
    """Return the piece of an exact row with a positive median, with the states that leave no negative excess."""
    k, pair = row.wing, 1 - row.n % 2
    rho = float((row.sum_low - smallest_sum(row)) / row.median_low)
    last = min(math.floor(rho), k) + (pair if rho >= k else 0)
    return Piece(k, pair, rho - np.minimum(np.arange(last + 1), k))


def table_of(piece: Piece) -> Table:
    """Return the geometry of every step and state: the value settled k-th among those not at 1 is the last upper.

    Just after it (`meeting`), a free d is settled with the lower values: at distance left / lows, in one way. Where the
    lower values cannot take what is left, `to_one` is negative but the volume beside it is zero.
    """
    step, state = np.arange(piece.steps)[:, None], np.arange(len(piece.left))
    early = step - state < piece.k
    meeting = (step - state == piece.k) & (piece.pair == 1)
    lows = np.where(early, 1, np.maximum(piece.steps - step - meeting, 1))
    at_one = np.where(state < piece.k, piece.k - state, piece.pair)
    lift = np.where(early, 0.0, piece.left / lows)
    return Table(
        early,
        np.where(early, piece.left, 0.0),
        lift,
        np.where(early, at_one, lows - piece.left),
        np.where(meeting, lift, piece.left),
    )


def _normal(fraction: Floats, power: Powers) -> tuple[Floats, Powers]:
    """Return fraction x 2^power with the fraction in [1/2, 1), and zero as 0 x 2^EMPTY."""
    fraction, more = np.frexp(fraction)
    return fraction, np.where(fraction > 0, power + more, EMPTY)


def chances_of(piece: Piece, table: Table) -> Floats:
    """Return the chance, at each step and state, that the next value settled is a lower one at 1 (0 at the last step).

    Volumes run from the last step to the first as fraction x 2^power, so that they neither overflow nor vanish. A
    last point exists if it is an upper, a free d that follows the lower values, or a lower value between 0 and 1 (1
    excluded: when the excess is whole, two bases that are the same face count once).
    """
    last, chances = piece.steps - 1, np.zeros((piece.steps, len(piece.left)))
    late = (last - np.arange(len(piece.left)) >= piece.k + piece.pair) & (piece.left < 1)
    volume, power = _normal(np.where(table.early[last] | late, 1.0, 0.0), np.zeros(len(piece.left), np.int32))
    for step in range(last - 1, -1, -1):
        one, one_power = _normal(table.to_one[step] * np.append(volume[1:], 0.0), np.roll(power, -1))
        rest, rest_power = _normal(table.to_rest[step] * volume, power)
        high = np.maximum(one_power, rest_power)
        one = np.ldexp(one, one_power - high)
        both = one + np.ldexp(rest, rest_power - high)
        chances[step] = np.divide(one, both, out=np.zeros_like(one), where=both > 0)
        volume, power = _normal(both, high)
    return chances


def settled(piece: Piece, table: Table, chances: Floats, uniforms: Floats) -> tuple[Floats, Flags]:
    """Return the values settled at each step (rows) in each draw (columns), and which of them are uppers.

    Each row of `uniforms` makes one draw: the first half its simplex weights, the second half its choices of a base.
    """
    size, gaps = len(uniforms), piece.steps - 1
    ends = np.ones((size, 1)), np.sort(uniforms[:, :gaps])[:, ::-1], np.zeros((size, 1))
    scale, luck = np.hstack(ends).T.copy(), np.hstack([uniforms[:, gaps:], ends[0]]).T.copy()
    values, uppers = np.empty((piece.steps, size)), np.empty((piece.steps, size), bool)
    state, floor, heap = np.zeros(size, np.intp), np.zeros(size), np.zeros(size)
    for step in range(piece.steps):
        weight = scale[step] - scale[step + 1]
        heap = heap + weight * table.pour[step].take(state)
        floor = floor + weight * table.lift[step].take(state)
        one = luck[step] < chances[step].take(state)
        uppers[step] = table.early[step].take(state) & ~one
        values[step] = np.where(uppers[step], heap, floor + one * scale[step + 1])
        heap = np.where(uppers[step], 0.0, heap)
        state = state + one
    return values, uppers


def placed(piece: Piece, values: Floats, uppers: Flags) -> Floats:
    """Return draws as rows of sorted amounts in units of the median, from the settled values."""
    d = np.where(uppers, np.inf, values).min(axis=0) * piece.pair
    rest = np.sort(np.where(uppers, 1 + d + values, np.minimum(values, 1) - d).T)[:, piece.pair :]
    middle = [1 - d, 1 + d] if piece.pair else [1 - d]
    return np.column_stack([rest[:, : piece.k], *middle, rest[:, piece.k :]])
