"""How many data sets of whole units have a published sum and median: an exact integer.

Sorted amounts between l and u, with j of them below the lower middle amount a and k above the upper middle amount b
(one and the same, unless the median is the mean of two). The lower wing, measured from l, is a partition into at most j
parts, none larger than a - l; the upper wing, measured from b, one into at most k parts, none larger than u - b. With
`excess` what the sum leaves to both wings, their number is the coefficient of q^excess in the product of two Gaussian
binomials

    [a - l + j over j]_q [u - b + k over k]_q,   [x + j over j]_q = product over i = 1..j of (1 - q^(x+i)) / (1 - q^i).

Where the median is a mean, a and b move apart one unit at a time, and each binomial changes by one factor above and one
below.
"""

from __future__ import annotations

import math

from ptce_analysis.analysis.feasible.row import Row, shown
from ptce_analysis.errors import InputError

# Steps of the power series; twenty million take about a second.
LARGEST_WORK = 20_000_000


def _times(series: list[int], j: int) -> list[int]:
    """Return a power series multiplied by 1 - q^j."""
    return series[:j] + [later - earlier for later, earlier in zip(series[j:], series, strict=False)]


def _over(series: list[int], j: int) -> list[int]:
    """Return a power series divided by 1 - q^j."""
    quotient = list(series)
    for i in range(j, len(series)):
        quotient[i] += quotient[i - j]
    return quotient


def _binomial(series: list[int], x: int, j: int) -> list[int]:
    """Return a power series multiplied by [x + j over j]_q."""
    for i in range(1, min(j, len(series) - 1) + 1):
        series = _over(_times(series, x + i), i)
    return series


def _refuse_long(row: Row, excess: int, apart: int) -> None:
    """Raise `InputError` when the count would take more than some seconds."""
    passes = 2 * (min(row.below, excess) + min(row.above, excess)) + 4 * apart
    if (excess + 1) * passes > LARGEST_WORK:
        raise InputError(
            f"n = {row.n}, total = {shown(row.sum_low)}: too many data sets to count one unit at a time; "
            "give the total and the median in a larger unit."
        )


def datasets(row: Row) -> int:
    """Return how many multisets of whole units, within the limits of an exact row (grain 0), have its sum and median.

    Zero when the sum is not whole, or the median neither whole nor (for the mean of two) half-whole: no whole units
    give them. The time grows with n times the sum.

    Raises `InputError` when the count would take more than some seconds.

    >>> from ptce_analysis.analysis.feasible.row import printed_row
    >>> [datasets(printed_row(*figures, 0)) for figures in ((3, 6, 2), (4, 6, 1.5), (16, 246, 30))]
    [3, 3, 0]
    """
    if row.sum_low.denominator > 1 or row.median_low.denominator > 1 + row.pair:
        return 0
    least, most, twice = math.ceil(row.minimum), math.floor(row.top), int(2 * row.median_low)
    a, b = twice // 2, twice - twice // 2
    excess = int(row.sum_low) - row.below * least - b - row.pair * a - row.above * b
    if excess < 0 or a < least or b > most:
        return 0
    room = min(a - least, most - b, excess // row.above if row.above else a)
    apart = room * row.pair
    _refuse_long(row, excess, apart)
    series, count = [1] + [0] * excess, 0
    series = _binomial(_binomial(series, a - least, row.below), most - b, row.above)
    for step in range(apart + 1):
        count += series[excess - step * row.above]
        low, high = a - least - step, most - b - step
        if step < apart:
            series = _over(_times(series, low), low + row.below)
            series = _over(_times(series, high), high + row.above)
    return count
