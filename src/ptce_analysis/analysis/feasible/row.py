"""A published row (how many amounts, their sum, their median) and whether any non-negative amounts can have it.

Sort the amounts. With `h = floor(n/2)`, the `h + 1` largest amounts add up to at least `(h + 1) * median`, for odd
and even n alike: for odd n each of them is at least the median; for even n the two middle ones add up to twice the
median and the `h - 1` above them are each at least the median. The others can be zero, and from n = 3 the largest can
be as large as one likes, so the sum only has to reach that floor. One amount is its own median; two add up to twice
theirs exactly.

Figures are read as printed: the float 0.1, or the text "0.1", means one tenth. All of it is exact rational arithmetic.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from numbers import Integral, Rational, Real

from ptce_analysis.errors import InputError
from ptce_analysis.vocabulary import Band

Number = int | float | Fraction | Decimal | str

LARGEST_N = 1_000_000
SMALLEST_AMOUNT, LARGEST_AMOUNT = "1e-9", "1e15"


@dataclass(frozen=True)
class Row:
    """A published row: the number of amounts, then the bands of sums and of medians that round to what was printed."""

    n: int
    sum_low: Fraction
    sum_high: Fraction
    median_low: Fraction
    median_high: Fraction

    @property
    def wing(self) -> int:
        """The number of amounts below the middle one (odd n) or the middle two (even n), and as many above."""
        return (self.n - 1) // 2

    @property
    def heavy(self) -> int:
        """The number of largest amounts that carry at least the median each, on average: floor(n/2) + 1."""
        return self.n // 2 + 1


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


def printed_row(n: int, total: Number, median: Number, grain: Number = 1) -> Row:
    """Return the row with its bands: half a grain either side of the sum and of the median, never below zero.

    Both ends of a band belong to it, because sources round halves either way. Grain 0 means exactly the figures given.

    >>> row = printed_row(16, 246, 30)
    >>> float(row.sum_high), float(row.median_low)
    (246.5, 29.5)
    """
    n = whole("n", n, 1, LARGEST_N)
    s, m, half = amount("total", total), amount("median", median), amount("grain", grain) / 2
    zero = Fraction(0)
    return Row(n, max(zero, s - half), s + half, max(zero, m - half), m + half)


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
    return minimum_sum(row.n, row.median_low)


def highest_median(row: Row) -> Fraction:
    """Return the highest median that the number of amounts and some sum of the band allow."""
    return row.sum_high / row.heavy


def largest_n(row: Row) -> int | None:
    """Return the largest number of amounts for which the sum and median can hold together; 0 if none, None if any can.

    >>> largest_n(printed_row(16, 246, 30, grain=0))
    15
    """
    if row.median_low == 0:
        return None
    half = math.floor(row.sum_high / row.median_low) - 1
    if half >= 1:
        return 2 * half + 1
    alone = Row(1, row.sum_low, row.sum_high, row.median_low, row.median_high)
    return 1 if obstacle(alone) is None else 0


def shown(value: Fraction) -> str:
    """Return a figure for a sentence, with at most ten digits."""
    return f"{float(value):.10g}"


def obstacle(row: Row) -> str | None:
    """Return the sentence that says why no non-negative amounts can have this row, or None when some can."""
    if smallest_sum(row) > row.sum_high:
        return (
            f"{row.n} non-negative amounts with a median of at least {shown(row.median_low)} add up to at least "
            f"{row.heavy} x {shown(row.median_low)} = {shown(smallest_sum(row))}; "
            f"the printed total allows at most {shown(row.sum_high)}."
        )
    if row.n <= 2 and row.heavy * row.median_high < row.sum_low:
        return (
            f"{row.n} amount(s) with a median of at most {shown(row.median_high)} add up to at most "
            f"{shown(row.heavy * row.median_high)}; the printed total needs at least {shown(row.sum_low)}."
        )
    return None


def can_hold(n: int, total: Band, median: Band) -> bool:
    """Return whether some n non-negative amounts have a total and a median within these bands; none total nothing."""
    if n == 0:
        return total[0] == median[0] == 0
    return obstacle(Row(n, *total, *median)) is None


def possible(n: int, total: Number, median: Number, grain: Number = 1) -> bool:
    """Return whether some non-negative amounts have this number, sum and median, up to rounding to the grain.

    >>> possible(16, 246, 30), possible(15, 246, 30)
    (False, True)
    """
    return obstacle(printed_row(n, total, median, grain)) is None
