"""Which choices of parts can add up to a total, when the parts and the total are known within rounding bands.

Exact: bands are compared as whole multiples of one small step. Up to `MOST_NAMED` parts, every choice is tried by
halves (the sums of one half are sorted, those of the other looked up), so that 20 parts cost 2 x 2**10 sums, and a
choice can be named. Beyond, a dynamic programme over the reachable multiples of the step only says whether one fits.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate

from ptce_analysis.vocabulary import Band

Whole = tuple[int, int]
# Lowest sum, highest sum and parts (one bit each) of a choice.
Choice = tuple[int, int, int]

MOST_NAMED = 20
# Limit: nobody needs a total of more steps than this tried against more than 20 parts. If wrong: raise it; the
# cost of the dynamic programme grows with the number of parts times this.
MOST_STEPS = 1_000_000


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
    """Return the positions of some parts (at least one) whose sum can meet the target; empty when none can.

    For `MOST_NAMED` parts or fewer.
    """
    whole, (low, high) = _in_steps(parts, target)
    if low <= 0:  # The empty choice would meet it: the smallest part is the first to.
        first = min(range(len(whole)), key=lambda i: whole[i])
        return (first,) if whole[first][0] <= high else ()
    left, right = _halves(whole)
    right.sort()
    lows = [choice[0] for choice in right]
    highest = list(accumulate(right, _higher))
    for some_low, some_high, some in left:
        place = bisect_right(lows, high - some_low)
        if place and highest[place - 1][1] >= low - some_high:
            return _positions(some | highest[place - 1][2])
    return ()


def nearest_choices(parts: Sequence[Band], target: Band) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the choices of parts whose sums come nearest below and nearest above the target; empty when there is none.

    For `MOST_NAMED` parts or fewer, none of whose choices meets the target.
    """
    whole, (low, high) = _in_steps(parts, target)
    mirrored = [(-part_high, -part_low) for part_low, part_high in whole]
    return _nearest_below(whole, low), _nearest_below(mirrored, -high)


def _nearest_below(whole: Sequence[Whole], limit: int) -> tuple[int, ...]:
    """The choice with the greatest highest sum strictly below a limit; the empty choice does not count."""
    left, right = _halves(whole)
    right.sort(key=lambda choice: choice[1])
    highs = [choice[1] for choice in right]
    best: tuple[int, int] | None = None
    for _, some_high, some in left:
        for place in _below(highs, limit - some_high):
            found = some | right[place][2]
            if found and (best is None or some_high + highs[place] > best[0]):
                best = some_high + highs[place], found
    return _positions(best[1]) if best else ()


def _below(ordered: Sequence[int], limit: int) -> list[int]:
    """The two last places below a limit: the second stands in when the first is the empty choice."""
    place = bisect_left(ordered, limit)
    return list(range(max(place - 2, 0), place))


def some_choice_fits(parts: Sequence[Band], target: Band) -> bool | None:
    """Return whether some parts (at least one) can add up to the target; `None` when the steps are too many to try.

    Bit s of `reached` says that s steps can be reached; a part moves every bit by each multiple in its band.
    """
    whole, (low, high) = _in_steps(parts, target)
    step = math.gcd(*(edge for band in (*whole, (low, high)) for edge in band)) or 1
    last = high // step
    if low <= 0:
        return min(whole)[0] <= high
    if last > MOST_STEPS:
        return None
    reached, kept = 1, (1 << (last + 1)) - 1
    for part_low, part_high in whole:
        if part_low <= high:
            moved = (reached << part_low // step) & kept
            reached |= _widened(moved, min((part_high - part_low) // step, last)) & kept
    return bool(reached >> low // step)


def _widened(bits: int, width: int) -> int:
    """Bits moved by every number from 0 to `width`, by doubling."""
    done = 0
    while done < width:
        move = min(done + 1, width - done)
        bits |= bits << move
        done += move
    return bits


def _in_steps(parts: Sequence[Band], target: Band) -> tuple[list[Whole], Whole]:
    """Bands as whole numbers of the same small step."""
    unit = math.lcm(*(edge.denominator for band in (*parts, target) for edge in band))
    whole = [(int(low * unit), int(high * unit)) for low, high in (*parts, target)]
    return whole[:-1], whole[-1]


def _halves(whole: Sequence[Whole]) -> tuple[list[Choice], list[Choice]]:
    middle = len(whole) // 2
    return _choices(whole, range(middle)), _choices(whole, range(middle, len(whole)))


def _choices(whole: Sequence[Whole], places: range) -> list[Choice]:
    """Every choice among some parts, the empty one first."""
    found: list[Choice] = [(0, 0, 0)]
    for place in places:
        low, high = whole[place]
        found += [(some_low + low, some_high + high, some | 1 << place) for some_low, some_high, some in found]
    return found


def _higher(one: Choice, other: Choice) -> Choice:
    return other if other[1] > one[1] else one


def _positions(bits: int) -> tuple[int, ...]:
    return tuple(place for place in range(bits.bit_length()) if bits >> place & 1)
