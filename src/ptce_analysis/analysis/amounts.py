"""The amounts behind a printed row (how many, their sum, their median): whether any exist, and their sharp bounds.

Every statistic has one end of its bounds at the most equal amounts of some sum, the other at the least equal ones, at a
corner of the polytopes between the points where a unit is just full. Proofs: `docs/feasible-sets.md`. All of it is
exact; figures are read as printed (the float 0.1 is one tenth).
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from itertools import product
from numbers import Integral

from ptce_analysis.errors import InputError, nearest
from ptce_analysis.vocabulary import Band

Amount = int | float | Fraction | Decimal | str
# Amounts as (value, how many), in increasing order: no bound needs more than six distinct values.
Runs = tuple[tuple[Fraction, int], ...]

LARGEST_N = 1_000_000
LARGEST_N_BELOW = 10_000  # with a maximum: bounds take a step per amount
EVEN_MEDIANS = ("mean", "low", "high")


@dataclass(frozen=True)
class AmountsRow:
    """A printed row: the number of amounts, then the bands of sums and of medians that round to what was printed.

    Each amount is `minimum` or more and, if there is one, `maximum` or less, without rounding. `even_median` says what
    the median of an even number is: the `mean` of the middle two, the lower (`low`) or the upper (`high`).
    """

    n: int
    sum_low: Fraction
    sum_high: Fraction
    median_low: Fraction
    median_high: Fraction
    minimum: Fraction = Fraction(0)
    maximum: Fraction | None = None
    even_median: str = "mean"

    @property
    def pair(self) -> int:
        """1 when the median is the mean of two middle amounts, else 0."""
        return int(self.n % 2 == 0 and self.even_median == "mean")

    @property
    def below(self) -> int:
        """The number of amounts below the one that is the median, or below the middle two."""
        return (self.n - 1) // 2 + int(self.n % 2 == 0 and self.even_median == "high")

    @property
    def above(self) -> int:
        """The number of amounts above the one that is the median, or above the middle two."""
        return self.n - 1 - self.pair - self.below

    @property
    def heavy(self) -> int:
        """The number of largest amounts that carry at least the median each, on average."""
        return self.n - self.below

    @property
    def top(self) -> Fraction:
        """The most that one amount can be: the maximum, or the whole sum when the others are the minimum."""
        return self.sum_high - (self.n - 1) * self.minimum if self.maximum is None else self.maximum

    @property
    def medians(self) -> Band:
        """The medians of the band that amounts within their limits can have (its ends cross when there are none)."""
        high = self.median_high if self.maximum is None else min(self.median_high, self.maximum)
        return max(self.median_low, self.minimum), high


def whole(name: str, value: object, low: int, high: int) -> int:
    """Return a whole number between two limits; raises `InputError` for anything else, a truth value too."""
    if isinstance(value, bool) or not isinstance(value, Integral) or not low <= int(value) <= high:
        raise InputError(f"{name} = {value!r}: give a whole number from {low} to {high}.")
    return int(value)


def amount(name: str, value: object) -> Fraction:
    """Return a figure as printed, exactly; raises `InputError` for what is no amount: negative, say, or too large."""
    legal = "give 0 or a number from 1e-9 to 1e15 with a decimal point, in the unit of the row (for instance k€)."
    try:
        number = value if isinstance(value, Fraction) else Decimal("" if isinstance(value, bool) else str(value))
    except InvalidOperation:
        number = Decimal("nan")
    if isinstance(number, Decimal) and not number.is_finite():
        raise InputError(f"{name} = {value!r} is not a finite number: {legal}")
    # Compared before it is made a fraction: 1e999999999 would never be one.
    if number != 0 and not type(number)("1e-9") <= number <= type(number)("1e15"):
        raise InputError(f"{name} = {value!r} is out of range: {legal}")
    return Fraction(number)


def printed_row(
    n: int,
    total: Amount,
    median: Amount,
    grain: Amount = 1,
    minimum: Amount = 0,
    maximum: Amount | None = None,
    even_median: str = "mean",
) -> AmountsRow:
    """Return the row with its bands: half a grain (both ends included) either side of sum and median, never below zero.

    Raises `InputError` when an argument cannot be used, naming it.
    """
    n = whole("n", n, 1, LARGEST_N if maximum is None else LARGEST_N_BELOW)
    s, m, half = amount("total", total), amount("median", median), amount("grain", grain) / 2
    least, most = amount("minimum", minimum), None if maximum is None else amount("maximum", maximum)
    if most is not None and most < least:
        raise InputError(f"maximum = {maximum!r}: give a number not below the minimum, {brief(least)}.")
    if even_median not in EVEN_MEDIANS:
        legal = ", ".join(EVEN_MEDIANS)
        raise InputError(f"even_median = {even_median!r}: give one of {legal}.{nearest(even_median, EVEN_MEDIANS)}")
    zero = Fraction(0)
    return AmountsRow(n, max(zero, s - half), s + half, max(zero, m - half), m + half, least, most, even_median)


def smallest_sum(row: AmountsRow) -> Fraction:
    """Return the smallest sum that the number of amounts and some median of the band allow."""
    return row.below * row.minimum + row.heavy * row.medians[0]


def largest_sum(row: AmountsRow) -> Fraction:
    """Return the largest sum of amounts that are none above `row.top`, with some median of the band."""
    return (row.n - row.above) * row.medians[1] + row.above * row.top


def highest_median(row: AmountsRow) -> Fraction:
    """Return the highest median that the number of amounts, their limits and some sum of the band allow."""
    by_sum = (row.sum_high - row.below * row.minimum) / row.heavy
    return by_sum if row.maximum is None else min(by_sum, row.maximum)


def largest_n(row: AmountsRow) -> int | None:
    """Return the largest number of amounts for which sum and median can hold together; 0 if none, None if any can.

    >>> largest_n(printed_row(16, 246, 30, grain=0))
    15
    """
    median = row.medians[0]
    if median == 0:
        return None
    half = math.floor((row.sum_high - median) / (median + row.minimum))
    return next((n for n in (2 * half + 2, 2 * half + 1) if n > 0 and obstacle(replace(row, n=n)) is None), 0)


def brief(value: Fraction) -> str:
    """Return a figure for a sentence, with at most ten digits."""
    return f"{float(value):.10g}"


def obstacle(row: AmountsRow) -> str | None:
    """Return the sentence that says why no amounts within their limits can have this row, or None when some can."""
    (low, high), least, most = row.medians, row.minimum, row.maximum
    kind = f"amounts of {brief(least)} or more" if least else "non-negative amounts"
    kind += "" if most is None else f" of {brief(most)} or less"
    if low > high:
        return f"{kind} have no median between {brief(row.median_low)} and {brief(row.median_high)}."
    if smallest_sum(row) > row.sum_high:
        limits, sides = ("at least", low, smallest_sum(row)), ((row.below, least), (row.heavy, low))
        end = f"allows at most {brief(row.sum_high)}"
    elif largest_sum(row) < row.sum_low:
        limits, sides = ("at most", high, largest_sum(row)), ((row.n - row.above, high), (row.above, row.top))
        end = f"needs at least {brief(row.sum_low)}"
    else:
        return None
    terms = " + ".join(f"{count} x {brief(value)}" for count, value in sides if count and value)
    way, median, total = limits
    added = f"{terms} = {brief(total)}" if terms else "0"
    return f"{row.n} {kind} with a median of {way} {brief(median)} add up to {way} {added}; the printed total {end}."


@dataclass(frozen=True)
class Bound:
    """The smallest and largest value of a statistic, with amounts that attain each; or the reason why there is none."""

    low: float | None = None
    high: float | None = None
    low_data: Runs = ()
    high_data: Runs = ()
    reason: str | None = None


def amounts(runs: Runs) -> list[float]:
    """Return the amounts written as runs, one by one and in increasing order."""
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


def _sum(runs: Runs, power: int = 1) -> Fraction:
    """The sum of a power of the amounts; their number for 0."""
    return sum((value**power * count for value, count in runs), Fraction(0))


def _gini(runs: Runs) -> Fraction:
    n, before, ranked = int(_sum(runs, 0)), 0, Fraction(0)
    for value, count in runs:
        ranked += value * count * (2 * before + count - n)
        before += count
    return ranked / (n * _sum(runs))


def _top_share(runs: Runs, units: int) -> Fraction:
    held, left = Fraction(0), units
    for value, count in reversed(runs):
        held += value * min(count, left)
        left -= min(count, left)
    return held / _sum(runs)


# In the order of the tables; the variance stands for its root, being exact.
STATISTICS: dict[str, Callable[[Runs], Fraction]] = {
    "max": lambda runs: runs[-1][0],
    "min": lambda runs: runs[0][0],
    "gini": _gini,
    "sd": lambda runs: (_sum(runs, 2) - _sum(runs) ** 2 / _sum(runs, 0)) / (_sum(runs, 0) - 1),
    "top_half_share": lambda runs: _top_share(runs, int(_sum(runs, 0)) // 2),
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


def evened(row: AmountsRow, total: Fraction) -> Runs:
    """Return the most equal amounts with a given sum, at the median of the band that is nearest their mean."""
    median = min(max(total / row.n, row.medians[0]), row.medians[1])
    excess = total - row.heavy * median
    low = min(excess / row.below, median) if row.below else median
    high = median + (excess - row.below * low) / row.above if row.above else median
    return _runs((low, row.below), (median, row.n - row.below - row.above), (high, row.above))


def _filled(row: AmountsRow, total: Fraction, median: Fraction, d: Fraction) -> Runs:
    """The least equal amounts with a sum and middle ones `median - d`, `median + d`; out of order if there are none."""
    parts, excess = [], total - row.below * row.minimum - (1 + row.pair) * median - row.above * (median + d)
    for count, floor, top in ((row.above, median + d, row.top), (row.below, row.minimum, median - d)):
        full = min(count, max(0, math.floor(excess / (top - floor)))) if top > floor else count
        excess -= full * (top - floor)
        last = min(1, count - full)
        parts += [(top, full), (floor + excess, last), (floor, count - full - last)]
        excess -= excess * last
    middle = [(median + d, 1), (median - d, row.pair)]
    return _runs(*reversed([*parts[:3], *middle, *parts[3:]]))


def _corners(row: AmountsRow) -> Iterator[tuple[Fraction, Fraction, Fraction]]:
    """Points (sum, median, d) among which are all corners of what is allowed; d goes from nothing to either limit."""
    sums, medians, none = (row.sum_low, row.sum_high), row.medians, Fraction(0)
    sides = [(none, none), (-row.minimum, Fraction(1)), (row.top, Fraction(-1))][: 1 + 2 * row.pair]
    for (e, f), m in product(sides, medians):
        yield from ((s, m, e + f * m) for s in sums)
    # The planes where some units of `_filled` are just full: sum = a + b median + c d.
    for full in range(row.n - row.pair):
        upper = min(full, row.above)
        lower = full - upper
        if full and row.n * row.minimum + upper * (row.top - row.minimum) >= row.sum_high:
            break
        a = (row.below - lower) * row.minimum + upper * row.top
        b, c = Fraction(row.n - row.below - upper + lower), Fraction(row.above - full)
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


def bounds(row: AmountsRow) -> dict[str, Bound]:
    """Return the sharp bounds of each statistic over all amounts that round to a printed row, within its limits.

    Each is attained, by the amounts it carries. Shares are those of positive totals. With a maximum, the time grows
    with n. Raises `InputError` when no amounts can have the row.
    """
    reason = obstacle(row)
    if reason:
        raise InputError(f"the row has no bounds: {reason}")
    low, high = max(row.sum_low, smallest_sum(row)), min(row.sum_high, largest_sum(row))
    # At the smallest sum, the largest, and the first where all can be equal. Where none lets all be equal, the mean
    # stays on one side of the medians, and one end of the sums is best.
    equal = [evened(row, total) for total in (low, high, min(max(row.n * row.medians[0], low), high))]
    unequal, found = [], {}
    for total, median, d in _corners(row):
        inside = row.sum_low <= total <= row.sum_high and row.medians[0] <= median <= row.medians[1]
        if inside and 0 <= d <= min(median - row.minimum, row.top - median):
            runs = _filled(row, total, median, d)
            values = [value for value, _ in runs]
            if values == sorted(values) and row.minimum <= values[0] and values[-1] <= row.top and _sum(runs) == total:
                unequal.append(runs)
    for name, value in STATISTICS.items():
        if reason := not_estimable(name, row.n, high):
            found[name] = Bound(reason=reason)
            continue
        ends = (unequal, equal) if name == "min" else (equal, unequal)
        lows, highs = ([runs for runs in end if name not in _RELATIVE or _sum(runs) > 0] for end in ends)
        first, last, scale = min(lows, key=value), max(highs, key=value), math.sqrt if name == "sd" else float
        found[name] = Bound(scale(value(first)), scale(value(last)), first, last)
    return found


def outward(low: float, high: float, step: Amount) -> Band:
    """Return the ends of an interval, each as written, on whole steps outwards; as they are at step 0."""
    grain, ends = amount("step", step), (Fraction(repr(low)), Fraction(repr(high)))
    return (ends[0] // grain * grain, -(-ends[1] // grain) * grain) if grain else ends
