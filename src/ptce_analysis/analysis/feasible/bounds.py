"""Sharp bounds on what a published row (n, sum, median) leaves open, each with amounts that attain it.

No statistic here falls when a richer unit takes from a poorer one (except the minimum, which mirrors the maximum), and
each is convex, or a ratio of two weighted sums of sorted amounts. Therefore:

- **most equal.** With the sum and median fixed, taking from the upper wing for the lower one, and evening out each
  wing, leads to one data set that is more equal than every other. Over the bands, the best median is the one nearest
  the mean.
- **most unequal.** With the middle amounts `median - d`, `median + d` fixed (d = 0 for odd n), emptying the lower
  wing and leaving all the excess to one unit leads to one data set that is less equal than every other. It moves
  linearly with the sum, the median and d, so a convex statistic, or a ratio, is largest at a corner of their small
  polytope.

A data set is written as runs `(value, how many)`, in increasing order: no bound needs more than four distinct values.
Conventions: sample standard deviation (n - 1); Gini = sum of (2 i - n - 1) x_i over n times the sum, without
small-sample correction; the top half is the floor(n/2) largest amounts, so the middle amount of an odd n belongs to
neither half.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from ptce_analysis.analysis.feasible.row import Number, Row, obstacle, printed_row, smallest_sum
from ptce_analysis.errors import InputError

Runs = tuple[tuple[Fraction, int], ...]

CONVENTION = "sd: divisor n - 1; gini: no small-sample correction; top half: the floor(n/2) largest amounts"


@dataclass(frozen=True)
class Bound:
    """The smallest and largest value of a statistic, with amounts that attain each; or the reason why there is none."""

    low: float | None = None
    high: float | None = None
    low_data: Runs = ()
    high_data: Runs = ()
    reason: str | None = None


def amounts(runs: Runs) -> list[float]:
    """Return the amounts written as runs, one by one and in increasing order.

    >>> amounts(((Fraction(0), 2), (Fraction(5, 2), 1)))
    [0.0, 0.0, 2.5]
    """
    return [float(value) for value, count in runs for _ in range(count)]


def _runs(*parts: tuple[Fraction, int]) -> Runs:
    """Return runs without the empty ones, equal neighbours joined."""
    joined: list[tuple[Fraction, int]] = []
    for value, count in parts:
        if joined and joined[-1][0] == value:
            count += joined.pop()[1]
        if count:
            joined.append((value, count))
    return tuple(joined)


def _size(runs: Runs) -> int:
    return sum(count for _, count in runs)


def _sum(runs: Runs) -> Fraction:
    return sum((value * count for value, count in runs), Fraction(0))


def _gini(runs: Runs) -> Fraction:
    n, before, ranked = _size(runs), 0, Fraction(0)
    for value, count in runs:
        ranked += value * count * (2 * before + count - n)
        before += count
    return ranked / (n * _sum(runs))


def _variance(runs: Runs) -> Fraction:
    n = _size(runs)
    squares = sum((value * value * count for value, count in runs), Fraction(0))
    return (squares - _sum(runs) ** 2 / n) / (n - 1)


def _top_share(runs: Runs, units: int) -> Fraction:
    held, left = Fraction(0), units
    for value, count in reversed(runs):
        held += value * min(count, left)
        left -= min(count, left)
    return held / _sum(runs)


# In the order of the tables. The standard deviation is compared through its square, which is exact.
STATISTICS: dict[str, Callable[[Runs], Fraction]] = {
    "max": lambda runs: runs[-1][0],
    "min": lambda runs: runs[0][0],
    "gini": _gini,
    "sd": _variance,
    "top_half_share": lambda runs: _top_share(runs, _size(runs) // 2),
    "top_1_share": lambda runs: _top_share(runs, 1),
}
_RELATIVE = ("gini", "top_half_share", "top_1_share")


def not_estimable(name: str, n: int, highest_sum: float | Fraction) -> str | None:
    """Return why a statistic has no value for any amounts of a row, or None when it has one."""
    if n == 1 and name in ("sd", "top_half_share"):
        return "not estimable: it takes two amounts"
    if highest_sum == 0 and name in _RELATIVE:
        return "not estimable: every amount is zero, so there is no share of the total"
    return None


def _evened(row: Row, total: Fraction) -> Runs:
    """Return the most equal amounts with a given sum, at the median of the band that is nearest their mean."""
    k = row.wing
    median = min(max(total / row.n, row.median_low), row.median_high)
    excess = total - row.heavy * median
    if k == 0:
        return _runs((median, row.n))
    low = min(excess / k, median)
    return _runs((low, k), (median, row.n - 2 * k), (median + excess / k - low, k))


def _most_equal(row: Row) -> Iterator[Runs]:
    """Yield the candidates for the equal end: at the smallest sum, and at the largest.

    No sum between them does better: the band of sums is less than n times as wide as that of medians, so either the
    mean is on one side of the medians throughout, or one end can have all amounts equal.
    """
    yield _evened(row, max(row.sum_low, smallest_sum(row)))
    yield _evened(row, row.sum_high)


def _gathered(row: Row, total: Fraction, median: Fraction, d: Fraction) -> Runs:
    """Return the least equal amounts with a given sum and middle: nothing below, all the excess held by one."""
    k, pair = row.wing, row.n - 2 * row.wing - 1
    last = total - pair * (median - d) - k * (median + d)
    return _runs((Fraction(0), k), (median - d, pair), (median + d, k), (last, 1))


def _corners(row: Row) -> Iterator[tuple[Fraction, Fraction, Fraction]]:
    """Yield points (sum, median, d) among which are all corners of what the bands and the order of the amounts allow.

    The order asks that the last amount of `_gathered` reach `median + d`; `tight` is the sum where it just does.
    """
    pair = row.n - 2 * row.wing - 1
    slope = row.wing + 1 - pair
    sums, medians = (row.sum_low, row.sum_high), (row.median_low, row.median_high)
    for share in (Fraction(0), Fraction(1))[: 1 + pair]:
        tight = row.heavy + slope * share
        yield from ((s, m, share * m) for s, m in product(sums, medians))
        yield from ((tight * m, m, share * m) for m in medians)
        yield from ((s, s / tight, share * s / tight) for s in sums)
    if pair and slope:
        yield from ((s, m, (s - row.heavy * m) / slope) for s, m in product(sums, medians))


def _most_unequal(row: Row) -> Iterator[Runs]:
    """Yield the candidates for the unequal end: the least equal amounts at every corner that is allowed."""
    for total, median, d in _corners(row):
        inside = row.sum_low <= total <= row.sum_high and row.median_low <= median <= row.median_high
        runs = _gathered(row, total, median, d)
        if inside and 0 <= d <= median and runs[-1][0] >= median + d and (row.n > 2 or total == row.n * median):
            yield runs


def _bound(name: str, row: Row, equal: Iterable[Runs], unequal: Iterable[Runs]) -> Bound:
    reason = not_estimable(name, row.n, row.sum_high)
    if reason:
        return Bound(reason=reason)
    value = STATISTICS[name]
    ends = [[runs for runs in end if name not in _RELATIVE or _sum(runs) > 0] for end in (equal, unequal)]
    lows, highs = reversed(ends) if name == "min" else ends
    low, high = min(lows, key=value), max(highs, key=value)
    scale = math.sqrt if name == "sd" else float
    return Bound(scale(value(low)), scale(value(high)), low, high)


def bounds(n: int, total: Number, median: Number, grain: Number = 1) -> dict[str, Bound]:
    """Return the sharp bounds of each statistic over all non-negative amounts that round to a published row.

    Each is attained, by the amounts it carries. Where the total itself may be zero, shares are those of positive
    totals.

    Raises `InputError` when no amounts can have the row.

    >>> exact = bounds(3, 10, 2, grain=0)
    >>> exact["max"].low, exact["max"].high, amounts(exact["max"].low_data)
    (6.0, 8.0, [2.0, 2.0, 6.0])
    """
    row = printed_row(n, total, median, grain)
    reason = obstacle(row)
    if reason:
        raise InputError(f"n = {n}, total = {total}, median = {median} has no bounds: {reason}")
    equal, unequal = list(_most_equal(row)), list(_most_unequal(row))
    return {name: _bound(name, row, equal, unequal) for name in STATISTICS}
