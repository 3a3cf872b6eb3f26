"""A row (n, sum, median): which can hold, and how it is read."""

from __future__ import annotations

import re
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from itertools import combinations_with_replacement
from statistics import median, median_high, median_low

import numpy as np
import pytest

from ptce_analysis.analysis.amounts import (
    EVEN_MEDIANS,
    highest_median,
    largest_n,
    obstacle,
    possible,
    printed_row,
    smallest_sum,
)
from ptce_analysis.errors import InputError


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 6])
def test_smallest_sum_is_that_of_enumeration(n):
    """For each whole median, the smallest sum over all multisets of 0..6 is the closed form, for odd and even n."""
    smallest: dict[Fraction, int] = defaultdict(lambda: 10**9)
    for data in combinations_with_replacement(range(7), n):
        m = Fraction(median(map(Fraction, data)))
        smallest[m] = min(smallest[m], sum(data))
    whole_medians = {m: total for m, total in smallest.items() if m.denominator == 1}
    assert len(whole_medians) == 7
    for m, expected in whole_medians.items():
        assert smallest_sum(printed_row(n, 0, m, 0)) == expected
        assert highest_median(printed_row(n, expected, 0, 0)) == m


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_possible_exactly_when_enumeration_finds_one(n):
    """At grain 0, a row in whole units is possible exactly when a multiset of whole units has it.

    Its emptiest data sets are whole too, so whole units miss nothing; for even n the median may be a half.
    """
    found = {(sum(d), median(map(Fraction, d))) for d in combinations_with_replacement(range(13), n)}
    for total in range(13):
        for twice in range(0, 13, 1 + n % 2):
            assert possible(n, total, Fraction(twice, 2), 0) == ((total, Fraction(twice, 2)) in found)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 6])
@pytest.mark.parametrize("even", EVEN_MEDIANS)
@pytest.mark.parametrize(("minimum", "maximum"), [(0, 4), (1, None), (1, 5), (3, 3)])
def test_possible_within_limits_exactly_when_enumeration_finds_one(n, even, minimum, maximum):
    """At grain 0, with whole limits and figures, a row is possible exactly when whole amounts within them have it."""
    top = 14 if maximum is None else maximum
    listed = [data for data in combinations_with_replacement(range(minimum, top + 1), n) if sum(data) <= 14]
    middle = {"mean": median, "low": median_low, "high": median_high}[even]
    found = {(sum(data), Fraction(middle(list(map(Fraction, data))))) for data in listed}
    for total in range(15):
        for m in range(15):
            row = printed_row(n, total, m, 0, minimum, maximum, even)
            assert (obstacle(row) is None) == ((total, m) in found)


@pytest.mark.parametrize("even", EVEN_MEDIANS)
@pytest.mark.parametrize(("total", "m"), [(246, 30), (11, 5), (4, 5), (20, 1.5), (60, 6)])
@pytest.mark.parametrize(("minimum", "maximum"), [(0, 31), (1, None), (1.5, 8), (0, 5)])
@pytest.mark.parametrize("grain", [0, 2])
def test_largest_n_within_limits_is_the_last_possible(total, m, minimum, maximum, even, grain):
    """With limits, the largest n is the last one found possible by trying all n up to 90, and 0 when none is."""
    rows = [printed_row(n, total, m, grain, minimum, maximum, even) for n in range(1, 91)]
    assert largest_n(rows[0]) == max((row.n for row in rows if obstacle(row) is None), default=0)


@pytest.mark.parametrize("n", [1, 2, 3, 4])
@pytest.mark.parametrize("grain", [2, 4])
def test_rounding_bands_are_those_of_enumeration(n, grain):
    """With a grain, a row is possible exactly when a multiset in half units rounds to it, ties either way (n <= 4)."""
    found = {(sum(d), Fraction(median(map(Fraction, d)))) for d in combinations_with_replacement(range(15), n)}
    for total in range(0, 9, grain):
        for m in range(0, 9, grain):
            near = any(abs(s - total) * 2 <= grain and abs(x - m) * 2 <= grain for s, x in found)
            assert possible(n, total, m, grain) == near


def test_row_reads_floats_as_printed():
    """0.1 is one tenth: three amounts with sum 0.2 and median 0.1 exist exactly, whichever type carries the figures."""
    for total, m in [(0.2, 0.1), (Decimal("0.2"), Decimal("0.1")), (np.float64(0.2), Fraction(1, 10)), ("0.2", " 0.1")]:
        assert possible(3, total, m, 0)
    assert not possible(3, 0.1999999, 0.1, 0)
    assert possible(np.int64(5), np.int64(9), 3, 0)


@pytest.mark.parametrize("n", [0, -1, 2.0, True, "3", None, 1_000_001])
def test_bad_n_is_named(n):
    """What is not a whole number of amounts is refused with its value and the legal ones."""
    with pytest.raises(InputError, match=re.escape(f"n = {n!r}: give a whole number from 1 to 1000000.")):
        possible(n, 10, 2)


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), "ten", "3,25", "", "inf", None, True, Decimal("NaN"), 1 + 2j]
)
@pytest.mark.parametrize("name", ["total", "median", "grain"])
def test_figure_that_is_no_number_is_named(name, value):
    """A figure that is not a finite number is refused by name."""
    with pytest.raises(InputError, match=f"^{name} = .* is not a finite number: give 0 or a number from 1e-9 to 1e15"):
        possible(3, **({"total": 10, "median": 2, "grain": 1} | {name: value}))


@pytest.mark.parametrize("value", [-1, -0.5, 1e16, 10**400, 1e-10, "1e999999999", Decimal("1e-999999999")])
@pytest.mark.parametrize("name", ["total", "median", "grain"])
def test_figure_out_of_range_is_named(name, value):
    """A negative figure, or one too large or too small to be an amount, is refused by name."""
    with pytest.raises(InputError, match=f"^{name} = .* is out of range: give 0 or a number from 1e-9 to 1e15"):
        possible(3, **({"total": 10, "median": 2, "grain": 1} | {name: value}))
