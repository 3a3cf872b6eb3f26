"""Sharp bounds on what a published row (n, sum, median) leaves open, each with amounts that attain it.

No statistic here falls when a richer unit takes from a poorer one (except the minimum, which mirrors the maximum), and
each is convex, or a ratio of two weighted sums of sorted amounts. Therefore:

- **most equal.** With the sum and median fixed, taking from the upper wing for the lower one, and evening out each
  wing, leads to one data set that is more equal than every other. Over the bands, the best median is the one nearest
  the mean.
- **most unequal.** With the middle amounts `median - d`, `median + d` fixed (d = 0 unless the median is their mean),
  giving the excess to one upper unit after the other, as much as each can hold, then to one lower unit after the
  other, leads to one data set that is less equal than every other. It moves linearly with the sum, the median and d as
  long as no unit is filled, so a convex statistic, or a ratio, is largest at a corner of the polytopes between.

A data set is written as runs `(value, how many)`, in increasing order: no bound needs more than six distinct values.
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

from ptce_analysis.analysis.feasible.row import Number, Row, amount, largest_sum, obstacle, smallest_sum
from ptce_analysis.errors import InputError
from ptce_analysis.vocabulary import Band

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


def evened(row: Row, total: Fraction) -> Runs:
    """Return the most equal amounts with a given sum, at the median of the band that is nearest their mean."""
    median = min(max(total / row.n, row.medians[0]), row.medians[1])
    excess = total - row.heavy * median
    low = min(excess / row.below, median) if row.below else median
    high = median + (excess - row.below * low) / row.above if row.above else median
    return _runs((low, row.below), (median, row.n - row.below - row.above), (high, row.above))


def _most_equal(row: Row) -> Iterator[Runs]:
    """Yield the candidates for the equal end: at the smallest sum, the largest, and the first where all can be equal.

    Where no sum lets all be equal, the mean stays on one side of the medians, and one end of the sums is best.
    """
    low, high = max(row.sum_low, smallest_sum(row)), min(row.sum_high, largest_sum(row))
    yield from (evened(row, total) for total in (low, high, min(max(row.n * row.medians[0], low), high)))


def _filled(row: Row, total: Fraction, median: Fraction, d: Fraction) -> Runs:
    """Return the least equal amounts with a given sum and middle: the excess fills the upper units, then the lower.

    Where the excess is less than nothing, or more than they hold, the values are out of order.
    """
    parts, excess = [], total - row.below * row.minimum - (1 + row.pair) * median - row.above * (median + d)
    for count, floor, top in ((row.above, median + d, row.top), (row.below, row.minimum, median - d)):
        full = min(count, max(0, math.floor(excess / (top - floor)))) if top > floor else count
        excess -= full * (top - floor)
        last = min(1, count - full)
        parts += [(top, full), (floor + excess, last), (floor, count - full - last)]
        excess -= excess * last
    middle = [(median + d, 1), (median - d, row.pair)]
    return _runs(*reversed([*parts[:3], *middle, *parts[3:]]))


def _steps(row: Row) -> Iterator[tuple[Fraction, Fraction, Fraction]]:
    """Yield the planes where some units of `_filled` are just full, as (a, b, c) of: sum = a + b median + c d."""
    for full in range(row.n - row.pair):
        upper = min(full, row.above)
        lower = full - upper
        if full and row.n * row.minimum + upper * (row.top - row.minimum) >= row.sum_high:
            return
        base = (row.below - lower) * row.minimum + upper * row.top
        yield base, Fraction(row.n - row.below - upper + lower), Fraction(row.above - full)


def _corners(row: Row) -> Iterator[tuple[Fraction, Fraction, Fraction]]:
    """Yield points (sum, median, d) among which are all corners of what the bands and the order of the amounts allow.

    d, where it is free, goes from nothing to the minimum or to the maximum: it is then `e + f median`.
    """
    sums, medians, none = (row.sum_low, row.sum_high), row.medians, Fraction(0)
    sides = [(none, none), (-row.minimum, Fraction(1)), (row.top, Fraction(-1))][: 1 + 2 * row.pair]
    for (e, f), m in product(sides, medians):
        yield from ((s, m, e + f * m) for s in sums)
    for a, b, c in _steps(row):
        for e, f in sides:
            yield from ((a + c * e + (b + c * f) * m, m, e + f * m) for m in medians)
            if b + c * f:
                found = [(s, (s - a - c * e) / (b + c * f)) for s in sums]
                yield from ((s, m, e + f * m) for s, m in found)
        if row.pair and c:
            yield from ((s, m, (s - a - b * m) / c) for s, m in product(sums, medians))
    if row.pair:
        centre = (row.minimum + row.top) / 2
        yield row.n * centre, centre, row.top - centre


def _most_unequal(row: Row) -> Iterator[Runs]:
    """Yield the candidates for the unequal end: the least equal amounts at every corner that is allowed."""
    for total, median, d in _corners(row):
        inside = row.sum_low <= total <= row.sum_high and row.medians[0] <= median <= row.medians[1]
        if inside and 0 <= d <= min(median - row.minimum, row.top - median):
            runs = _filled(row, total, median, d)
            values = [value for value, _ in runs]
            if values == sorted(values) and row.minimum <= values[0] and values[-1] <= row.top and _sum(runs) == total:
                yield runs


def _bound(name: str, row: Row, equal: Iterable[Runs], unequal: Iterable[Runs]) -> Bound:
    reason = not_estimable(name, row.n, min(row.sum_high, largest_sum(row)))
    if reason:
        return Bound(reason=reason)
    value = STATISTICS[name]
    ends = [[runs for runs in end if name not in _RELATIVE or _sum(runs) > 0] for end in (equal, unequal)]
    lows, highs = reversed(ends) if name == "min" else ends
    low, high = min(lows, key=value), max(highs, key=value)
    scale = math.sqrt if name == "sd" else float
    return Bound(scale(value(low)), scale(value(high)), low, high)


def bounds(row: Row) -> dict[str, Bound]:
    """Return the sharp bounds of each statistic over all amounts that round to a published row, within its limits.

    Each is attained, by the amounts it carries. Where the total itself may be zero, shares are those of positive
    totals. With a maximum, the time grows with n.

    Raises `InputError` when no amounts can have the row.

    >>> from ptce_analysis.analysis.feasible.row import printed_row
    >>> exact = bounds(printed_row(3, 10, 2, grain=0))
    >>> exact["max"].low, exact["max"].high, amounts(exact["max"].low_data)
    (6.0, 8.0, [2.0, 2.0, 6.0])
    """
    reason = obstacle(row)
    if reason:
        raise InputError(f"the row has no bounds: {reason}")
    equal, unequal = list(_most_equal(row)), list(_most_unequal(row))
    return {name: _bound(name, row, equal, unequal) for name in STATISTICS}


def least(row: Row) -> dict[str, Fraction]:
    """Return, exactly, the least that each statistic of a row can be; 0 for one that no amounts have.

    Raises `InputError` when no amounts can have the row.
    """
    found = bounds(row)
    return {name: STATISTICS[name](one.low_data) if one.low_data else Fraction(0) for name, one in found.items()}


def outward(low: float, high: float, step: Number) -> Band:
    """Return the ends of an interval on whole steps, the lower one down and the upper one up; as they are at step 0.

    A float stands for the number it is written as, so that 0.3 in steps of 0.1 stays where it is.

    >>> [float(end) for end in outward(77.2143, 1106.5, 1)]
    [77.0, 1107.0]
    """
    grain, ends = amount("step", step), (Fraction(repr(low)), Fraction(repr(high)))
    return (ends[0] // grain * grain, -(-ends[1] // grain) * grain) if grain else ends
