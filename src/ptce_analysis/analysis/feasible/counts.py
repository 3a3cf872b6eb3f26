"""How many data sets of whole units have a published sum and median: an exact integer.

Sorted amounts with k = floor((n-1)/2) units on each side: the lower wing is a partition into at most k parts, none
larger than the lower middle amount a; the upper wing, measured from the upper middle amount b, is a partition into at
most k parts. With `excess` what the sum leaves to both wings, their number is the coefficient of q^excess in

    product over j = 1..k of (1 - q^(a+j)) / (1 - q^j)^2
        = sum over r of (-1)^r q^(r(r+1)/2 + r a) [k over r]_q / product of (1 - q^j)^2

(the q-binomial theorem). The right-hand side separates a from the series, so each series is computed once for all a.
"""

from __future__ import annotations

from collections.abc import Iterator

from ptce_analysis.analysis.feasible.row import Number, Row, printed_row
from ptce_analysis.errors import InputError

# Steps of the power series; five million take about a second.
LARGEST_WORK = 5_000_000


def _middles(row: Row, total: int, twice: int) -> Iterator[tuple[int, int]]:
    """Yield each lower middle amount, from the highest, with the excess left to the wings, while there is one.

    `twice` is twice the median: the sum of the two middle amounts when n is even.
    """
    odd = row.n % 2
    for a in range(twice // 2, twice // 2 - 1 if odd else -1, -1):
        upper = twice - a
        excess = total - (a if odd else twice) - row.wing * upper
        if excess < 0:
            return
        yield a, excess


def _times(series: list[int], j: int) -> list[int]:
    """Return a power series multiplied by 1 - q^j."""
    return series[:j] + [later - earlier for later, earlier in zip(series[j:], series, strict=False)]


def _over(series: list[int], j: int) -> list[int]:
    """Return a power series divided by 1 - q^j."""
    quotient = list(series)
    for i in range(j, len(series)):
        quotient[i] += quotient[i - j]
    return quotient


def _series(k: int, degree: int) -> Iterator[list[int]]:
    """Yield [k over r]_q / product of (1 - q^j)^2 up to a degree, for r = 0, 1, ... while it can matter."""
    series = [1] + [0] * degree
    for j in range(1, min(k, degree) + 1):
        series = _over(_over(series, j), j)
    r = 0
    while r <= k and r * (r + 1) // 2 <= degree:
        yield series
        series = _over(_times(series, k - r), r + 1)
        r += 1


def _refuse_long(row: Row, total: int, twice: int) -> None:
    """Raise `InputError` when the count would take more than some seconds."""
    excess = max(0, total - row.heavy * twice // 2)
    if (excess + twice * (1 - row.n % 2)) * (min(row.wing, excess) + 1) > LARGEST_WORK:
        raise InputError(
            f"n = {row.n}, total = {total}: too many data sets to count one unit at a time; "
            "give the total and the median in a larger unit."
        )


def datasets(n: int, total: Number, median: Number) -> int:
    """Return how many multisets of n whole non-negative units have exactly this sum and median.

    Zero when the sum is not whole, or the median neither whole nor (for even n) half-whole: no whole units give them.
    The time grows with n times the sum.

    Raises `InputError` when the count would take more than some seconds.

    >>> datasets(3, 6, 2), datasets(4, 6, 1.5), datasets(16, 246, 30)
    (3, 3, 0)
    """
    row = printed_row(n, total, median, grain=0)
    if row.sum_low.denominator > 1 or row.median_low.denominator > 2 - n % 2:
        return 0
    exact, twice = int(row.sum_low), int(2 * row.median_low)
    _refuse_long(row, exact, twice)
    middles = list(_middles(row, exact, twice))
    count = 0
    for r, series in enumerate(_series(row.wing, max((excess for _, excess in middles), default=0))):
        powers = (excess - r * (r + 1) // 2 - r * a for a, excess in middles)
        count += (-1) ** r * sum(series[power] for power in powers if power >= 0)
    return count
