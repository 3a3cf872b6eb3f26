"""The number of whole-unit data sets behind a row."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import combinations_with_replacement
from statistics import median, median_high, median_low

import pytest

from ptce_analysis.analysis.amounts import EVEN_MEDIANS, printed_row
from ptce_analysis.analysis.draws import datasets as datasets_of
from ptce_analysis.errors import InputError


def datasets(n, total, median, **limits):
    """The count of a row given by its figures."""
    return datasets_of(printed_row(n, total, median, 0, **limits))


def partitions(total: int, parts: int) -> int:
    """Partitions of a total into at most so many parts, by the recursion p(t, k) = p(t, k - 1) + p(t - k, k)."""
    row = [1] + [0] * total
    for k in range(1, parts + 1):
        for t in range(k, total + 1):
            row[t] += row[t - k]
    return row[total]


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 6, 7])
def test_count_is_that_of_enumeration(n):
    """For every sum up to 10 and every whole or half median, the count is that of listing the multisets."""
    listed = Counter(
        (sum(data), Fraction(median(map(Fraction, data))))
        for data in combinations_with_replacement(range(11), n)
        if sum(data) <= 10
    )
    for total in range(11):
        for twice in range(23):
            assert datasets(n, total, Fraction(twice, 2)) == listed[total, Fraction(twice, 2)]


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 6])
@pytest.mark.parametrize("even", EVEN_MEDIANS)
@pytest.mark.parametrize(("minimum", "maximum"), [(0, 4), (1, None), (1.5, 5), (2, 3.5), (3, 3)])
def test_count_within_limits_is_that_of_enumeration(n, even, minimum, maximum):
    """With a least and a greatest amount, and each median of an even number, the count is that of listing."""
    top = 12 if maximum is None else maximum
    listed = Counter(
        (
            sum(data),
            {"mean": Fraction(median(map(Fraction, data))), "low": median_low(data), "high": median_high(data)}[even],
        )
        for data in combinations_with_replacement(range(13), n)
        if minimum <= data[0] and data[-1] <= top and sum(data) <= 12
    )
    for total in range(13):
        for twice in range(25):
            limits = {"minimum": minimum, "maximum": maximum, "even_median": even}
            assert datasets(n, total, Fraction(twice, 2), **limits) == listed[total, Fraction(twice, 2)]


def test_three_ages_have_thirty_solutions():
    """Garfinkel, Abowd and Martindale (2018): count 3, median 30, mean 44, whole ages from 1: 30 solutions."""
    assert datasets(3, 132, 30, minimum=1) == 30


@pytest.mark.parametrize(("n", "total"), [(8, 40), (15, 90), (16, 90), (29, 150), (60, 50), (61, 50)])
def test_counts_over_all_medians_add_up_to_partitions(n, total):
    """Every multiset has one median: over all medians the counts add up to the partitions into at most n parts."""
    counts = [datasets(n, total, Fraction(twice, 2)) for twice in range(2 * total + 1)]
    assert sum(counts) == partitions(total, n)


@pytest.mark.parametrize("row", [(3, 6.5, 2), (3, 6, 1.5), (4, 6, 1.25), (4, 6, Fraction(4, 3))])
def test_sum_or_median_that_whole_units_cannot_have_counts_zero(row):
    """A fractional sum, a half median for odd n, or a third of a unit cannot come from whole units."""
    assert datasets(*row) == 0


@pytest.mark.parametrize("row", [(10_000, 10**6, 20), (2, 10**9, 5 * 10**8)])
def test_count_that_would_never_end_is_refused(row):
    """A count of millions of units times thousands of amounts is refused with what to do."""
    with pytest.raises(InputError, match=f"n = {row[0]}, total = {row[1]}: too many .* in a larger unit"):
        datasets(*row)
