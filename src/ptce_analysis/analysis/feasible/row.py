"""A published row (how many amounts, their sum, their median) and whether any amounts within limits can have it.

Sort the amounts. With `h = floor(n/2)`, the `h + 1` largest amounts add up to at least `(h + 1) * median`, for odd
and even n alike: for odd n each of them is at least the median; for even n the two middle ones add up to twice the
median and the `h - 1` above them are each at least the median. The others can be the minimum, and those above the
median can reach the maximum (with none, the largest can be as large as one likes): the sums of a given median fill an
interval, and the row can hold when it meets the printed one. The lower or the upper of two middle amounts for median
only moves one amount from one side to the other.

Figures are read as printed: the float 0.1, or the text "0.1", means one tenth. All of it is exact rational arithmetic.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from numbers import Integral, Rational, Real

from ptce_analysis.errors import InputError, nearest
from ptce_analysis.vocabulary import Band

Number = int | float | Fraction | Decimal | str

LARGEST_N = 1_000_000
LARGEST_N_BELOW = 10_000  # with a maximum: bounds take a step per amount
SMALLEST_AMOUNT, LARGEST_AMOUNT = "1e-9", "1e15"


EVEN_MEDIANS = ("mean", "low", "high")


@dataclass(frozen=True)
class Row:
    """A published row: the number of amounts, then the bands of sums and of medians that round to what was printed.

    Each amount is `minimum` or more and, if there is one, `maximum` or less: bounds on the amounts themselves, without
    rounding. `even_median` says what the median of an even number is: the `mean` of the middle two, the lower (`low`)
    or the upper (`high`).
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
        return self.n // 2 if self.n % 2 or self.even_median == "high" else self.n // 2 - 1

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
    """Return a whole number between two limits.

    Raises `InputError` for anything else (a fraction, a truth value, a text, a number out of range).
    """
    if isinstance(value, bool) or not isinstance(value, Integral) or not low <= int(value) <= high:
        raise InputError(f"{name} = {value!r}: give a whole number from {low} to {high}.")
    return int(value)


def _number(value: object) -> Fraction | Decimal | None:
    """Return a finite number exactly as it is printed, or None for anything else."""
    if isinstance(value, bool) or not isinstance(value, Real | Decimal | str):
        return None
    if isinstance(value, Rational):
        return Fraction(value)
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def amount(name: str, value: object) -> Fraction:
    """Return a figure as printed, exactly (the float 0.1 is one tenth, and so is the text "0.1").

    Raises `InputError` for what is not a finite number, is negative, or is too small or too large to be an amount.
    """
    number = _number(value)
    legal = "give 0 or a number from 1e-9 to 1e15 with a decimal point, in the unit of the row (for instance k€)."
    if number is None:
        raise InputError(f"{name} = {value!r} is not a finite number: {legal}")
    limit = type(number)
    if number != 0 and not limit(SMALLEST_AMOUNT) <= number <= limit(LARGEST_AMOUNT):
        raise InputError(f"{name} = {value!r} is out of range: {legal}")
    return Fraction(number)


def printed_row(
    n: int,
    total: Number,
    median: Number,
    grain: Number = 1,
    minimum: Number = 0,
    maximum: Number | None = None,
    even_median: str = "mean",
) -> Row:
    """Return the row with its bands: half a grain either side of the sum and of the median, never below zero.

    Both ends of a band belong to it, because sources round halves either way. Grain 0 means exactly the figures given.

    Raises `InputError` when an argument cannot be used, naming it.

    >>> row = printed_row(16, 246, 30)
    >>> float(row.sum_high), float(row.median_low)
    (246.5, 29.5)
    """
    n = whole("n", n, 1, LARGEST_N if maximum is None else LARGEST_N_BELOW)
    s, m, half = amount("total", total), amount("median", median), amount("grain", grain) / 2
    least, most = amount("minimum", minimum), None if maximum is None else amount("maximum", maximum)
    if most is not None and most < least:
        raise InputError(f"maximum = {maximum!r}: give a number not below the minimum, {shown(least)}.")
    if even_median not in EVEN_MEDIANS:
        legal = ", ".join(EVEN_MEDIANS)
        raise InputError(f"even_median = {even_median!r}: give one of {legal}.{nearest(even_median, EVEN_MEDIANS)}")
    zero = Fraction(0)
    return Row(n, max(zero, s - half), s + half, max(zero, m - half), m + half, least, most, even_median)


def minimum_sum(n: int, median: Fraction) -> Fraction:
    """Return the smallest sum of n non-negative amounts with that median: (floor(n/2) + 1) times the median.

    For odd n the median and the (n-1)/2 amounts above it are at least the median. For even n the two middle amounts add
    up to twice the median and the n/2 - 1 above them are at least the upper one. A single amount is its own sum.

    >>> minimum_sum(16, Fraction(30))
    Fraction(270, 1)
    """
    return (n // 2 + 1) * median


def smallest_sum(row: Row) -> Fraction:
    """Return the smallest sum that the number of amounts and some median of the band allow."""
    return row.below * row.minimum + row.heavy * row.medians[0]


def largest_sum(row: Row) -> Fraction:
    """Return the largest sum of amounts that are none above `row.top`, with some median of the band."""
    return (row.n - row.above) * row.medians[1] + row.above * row.top


def highest_median(row: Row) -> Fraction:
    """Return the highest median that the number of amounts, their limits and some sum of the band allow."""
    by_sum = (row.sum_high - row.below * row.minimum) / row.heavy
    return by_sum if row.maximum is None else min(by_sum, row.maximum)


def largest_n(row: Row) -> int | None:
    """Return the largest number of amounts for which the sum and median can hold together; 0 if none, None if any can.

    >>> largest_n(printed_row(16, 246, 30, grain=0))
    15
    """
    median = row.medians[0]
    if median == 0:
        return None
    half = math.floor((row.sum_high - median) / (median + row.minimum))
    tried = (n for n in (2 * half + 2, 2 * half + 1) if n > 0)
    return next((n for n in tried if obstacle(replace(row, n=n)) is None), 0)


def shown(value: Fraction) -> str:
    """Return a figure for a sentence, with at most ten digits."""
    return f"{float(value):.10g}"


def obstacle(row: Row) -> str | None:
    """Return the sentence that says why no amounts within their limits can have this row, or None when some can."""
    low, high = row.medians
    least, most = row.minimum, row.maximum
    if low > high:
        limits = f"of {shown(least)} or more" if most is None else f"between {shown(least)} and {shown(most)}"
        return f"amounts {limits} have no median between {shown(row.median_low)} and {shown(row.median_high)}."
    if smallest_sum(row) > row.sum_high:
        kind = f"amounts of {shown(least)} or more" if least else "non-negative amounts"
        rest = f"{row.below} x {shown(least)} + " if least and row.below else ""
        return (
            f"{row.n} {kind} with a median of at least {shown(low)} add up to at least "
            f"{rest}{row.heavy} x {shown(low)} = {shown(smallest_sum(row))}; "
            f"the printed total allows at most {shown(row.sum_high)}."
        )
    if largest_sum(row) < row.sum_low:
        kind = "amount(s)" if most is None else f"amount(s) of {shown(most)} or less"
        above = f"{row.n - row.above} x {shown(high)} + {row.above} x {shown(row.top)} = " if row.above else ""
        return (
            f"{row.n} {kind} with a median of at most {shown(high)} add up to at most "
            f"{above}{shown(largest_sum(row))}; the printed total needs at least {shown(row.sum_low)}."
        )
    return None


def can_hold(n: int, total: Band, median: Band, minimum: Fraction = Fraction(0)) -> bool:
    """Return whether some n amounts have a total and a median within these bands; none total nothing."""
    if n == 0:
        return total[0] == median[0] == 0
    return obstacle(Row(n, *total, *median, minimum)) is None


def possible(n: int, total: Number, median: Number, grain: Number = 1) -> bool:
    """Return whether some non-negative amounts have this number, sum and median, up to rounding to the grain.

    >>> possible(16, 246, 30), possible(15, 246, 30)
    (False, True)
    """
    return obstacle(printed_row(n, total, median, grain)) is None
