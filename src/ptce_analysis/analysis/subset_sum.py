"""Which choices of parts can add up to a total, when the parts and the total are known within rounding bands.

Exact: bands are compared as whole multiples of one small step. Up to `MOST_NAMED` parts, every choice is tried, and can
be named. Beyond, the different sums of the choices only say whether one fits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from ptce_analysis.vocabulary import Band

MOST_NAMED = 20
# Limit: nobody needs a total tried against more than 20 parts with more different sums than this. If wrong: raise it.
MOST_SUMS = 1_000_000


def total_band(bands: Sequence[Band]) -> Band:
    """Return the band of the sum of figures, each known within its band.

    >>> total_band([(Fraction(1), Fraction(2)), (Fraction(3), Fraction(5))])
    (Fraction(4, 1), Fraction(7, 1))
    """
    return sum((low for low, _ in bands), Fraction(0)), sum((high for _, high in bands), Fraction(0))


def meet(one: Band, other: Band) -> bool:
    """Return whether two bands share a value."""
    return one[0] <= other[1] and other[0] <= one[1]


def fitting_choice(parts: Sequence[Band], target: Band) -> tuple[int, ...]:
    """Return the positions of parts (at least one) whose sum can meet the target; empty when none can.

    As many of them as can; for `MOST_NAMED` parts or fewer.
    """
    *bands, (low, high) = _in_steps(parts, target)
    lows, highs = _sums(bands)
    fits = np.flatnonzero((lows <= high) & (highs >= low))
    return max((_positions(int(place)) for place in fits), key=len, default=())


def nearest_choices(parts: Sequence[Band], target: Band) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the choices of parts whose sums come nearest below and nearest above the target; empty when there is none.

    For `MOST_NAMED` parts or fewer, none of whose choices meets the target.
    """
    *bands, (low, high) = _in_steps(parts, target)
    lows, highs = _sums(bands)
    below, above = np.flatnonzero(highs < low), np.flatnonzero(lows > high)
    return (
        _positions(int(below[np.argmax(highs[below])])) if below.size else (),
        _positions(int(above[np.argmin(lows[above])])) if above.size else (),
    )


def some_choice_fits(parts: Sequence[Band], target: Band) -> bool | None:
    """Return whether some parts (at least one) can add up to the target; `None` when there are too many sums to try."""
    *bands, (low, high) = _in_steps(parts, target)
    if low <= 0:  # no part at all would meet it: the smallest part is the first to
        return min(bands)[0] <= high
    sums = {(0, 0)}
    for part in bands:
        sums |= {(lows + part[0], highs + part[1]) for lows, highs in sums if lows + part[0] <= high}
        if len(sums) > MOST_SUMS:
            return None
    return any(highs >= low for _, highs in sums)


def _in_steps(parts: Sequence[Band], target: Band) -> list[tuple[int, int]]:
    """The bands of the parts, then that of the target, as whole numbers of the same small step."""
    unit = math.lcm(*(edge.denominator for band in (*parts, target) for edge in band))
    return [(int(low * unit), int(high * unit)) for low, high in (*parts, target)]


def _sums(bands: Sequence[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest sum of every choice of one part or more: at place p, the parts of the bits of p + 1."""
    lows = highs = np.array([0], dtype=object)  # whole numbers of Python, of any size
    for low, high in bands:
        lows, highs = np.append(lows, lows + low), np.append(highs, highs + high)
    return lows[1:], highs[1:]


def _positions(place: int) -> tuple[int, ...]:
    return tuple(part for part in range(MOST_NAMED) if (place + 1) >> part & 1)
