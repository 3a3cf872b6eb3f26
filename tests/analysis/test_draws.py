"""Reference draws follow their law (closed forms, exact cells, enumeration, plain rejection); data sets are counted."""

from __future__ import annotations

import hashlib
from collections import Counter
from fractions import Fraction
from itertools import combinations_with_replacement
from math import comb
from statistics import median, median_high, median_low

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2

from printed_figures import sampled
from ptce_analysis.analysis.amounts import EVEN_MEDIANS, obstacle, printed_row
from ptce_analysis.analysis.draws import BLOCK, LARGEST_VALUES
from ptce_analysis.analysis.draws import datasets as datasets_of
from ptce_analysis.analysis.draws import draws as draws_of
from ptce_analysis.errors import InputError

ROWS = [(20, 796, 17), (15, 333, 28), (29, 1239, 10), (24, 1008, 33), (7, 776, 70), (15, 246, 30), (16, 246, 10)]


RARE = 1e-4


def draws(n, total, median, size, seed, measure="uniform", **limits):
    """The draws of a row given by its figures."""
    return draws_of(printed_row(n, total, median, 0, **limits), size, seed, measure)


def check_row(sample: np.ndarray, n: int, total: float, median: float) -> None:
    """Fail unless draws are sorted, non-negative, and have the sum and median to a part in 10^12."""
    assert sample.shape[1] == n
    assert (sample >= 0).all()
    assert (np.diff(sample, axis=1) >= 0).all()
    np.testing.assert_allclose(sample.sum(axis=1), total, rtol=1e-12)
    np.testing.assert_allclose(np.median(sample, axis=1), median, rtol=1e-12)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=14), st.sampled_from(EVEN_MEDIANS), st.integers(0, 99))
def test_every_draw_within_limits_has_the_row(data, even, seed):
    """Limits that just hold some amounts: every draw is within them, with the sum and the median of the convention."""
    data = sorted(data)
    n, (low, high) = len(data), (data[(len(data) - 1) // 2], data[len(data) // 2])
    median = {"mean": (low + high) / 2, "low": low, "high": high}[even]
    sample = draws(n, sum(data), median, 20, seed, minimum=data[0], maximum=data[-1], even_median=even)
    assert (sample >= data[0]).all() and (sample <= data[-1]).all() and (np.diff(sample, axis=1) >= 0).all()
    np.testing.assert_allclose(sample.sum(axis=1), sum(data), rtol=1e-12, atol=1e-12)
    lower, upper = sample[:, (n - 1) // 2], sample[:, n // 2]
    found = {"mean": (lower + upper) / 2, "low": lower, "high": upper}[even]
    np.testing.assert_allclose(found, float(median), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    "row",
    [
        *ROWS, (1, 5, 5), (2, 10, 5), (3, 7, 0), (10, 7, 0), (11, 0, 0), (9, 35, 7), (10, 42, 7), (9, 36, 7),
        (10, 70, 7), (11, 6.0000001, 1), (50, 1e15, 1e-9), (51, 1e15, 1e-9), (200, 10**6, 1), (1000, 600_000, 1000),
        (2000, 1_001_000, 999),
    ],
)  # fmt: skip
def test_rows_at_the_edges_are_drawn(row):
    """One amount, two, median zero, nothing free, whole excesses, a speck of excess, a thousand amounts: all hold."""
    check_row(draws(*row, size=50, seed=1), *row)


def test_same_seed_gives_the_same_bytes():
    """The draws of a seed are pinned byte by byte: no step depends on the processor or on a mathematical library."""
    sample = np.hstack([draws(29, 1239, 10, 300, 7), draws(20, 796, 17, 300, 7), draws(12, 10, 0, 300, 7)])
    assert hashlib.sha256(sample.tobytes()).hexdigest() == (
        "5a5e242700abb3b08be10929fef7195ff0e449104acc85e166b33ec36b72373b"
    )
    assert not np.array_equal(draws(7, 776, 70, 5, 1), draws(7, 776, 70, 5, 2))


@pytest.mark.parametrize("measure", ["uniform", "maximum_entropy"])
@pytest.mark.parametrize("row", [(29, 1239, 10), (20, 796, 17), (2, 10, 5), (1, 3, 3)])
def test_more_draws_begin_with_the_same_ones(row, measure):
    """Asking for more draws, beyond one block, does not change the first ones."""
    many = draws(*row, BLOCK // 30, 3, measure)
    np.testing.assert_array_equal(draws(*row, 7, 3, measure), many[:7])


@pytest.mark.parametrize("even", EVEN_MEDIANS)
@pytest.mark.parametrize("row", [(7, 776, 70), (8, 776, 70), (2, 150, 70), (6, 300, 40), (29, 2000, 40)])
def test_maximum_entropy_keeps_a_minimum_and_any_even_median(row, even):
    """Above the minimum, the median itself where it is an amount, and the sum on average within 4.5 standard errors."""
    if row[0] == 2 and even != "low":
        row = (2, 140 if even == "mean" else 120, 70)
    sample = draws(*row, 20_000, 6, "maximum_entropy", minimum=30, even_median=even)
    place = {"mean": row[0] // 2, "low": (row[0] - 1) // 2, "high": row[0] // 2}[even]
    assert (sample >= 30).all() and (np.diff(sample, axis=1) >= 0).all()
    assert (even == "mean" and row[0] % 2 == 0) or (sample[:, place] == row[2]).all()
    sums = sample.sum(axis=1)
    assert abs(sums.mean() - row[1]) <= 4.5 * sums.std() / np.sqrt(len(sums)) + 1e-9 * row[1]


@pytest.mark.parametrize("measure", ["uniform", "maximum_entropy"])
@pytest.mark.parametrize("row", [(16, 246, 30), (15, 223, 28), (2, 11, 5), (1, 4, 5)])
def test_impossible_row_has_no_draws(row, measure):
    """Communes as printed is refused by both measures, though the maximum-entropy model exists: 246 > 16 x 30 / 2."""
    with pytest.raises(InputError, match=f"the row has no draws: {row[0]} "):
        draws(*row, 10, 1, measure)
    assert obstacle(printed_row(*row, 0))


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"seed": -1}, "seed = -1: give a whole number from 0"),
        ({"seed": 1.5}, r"seed = 1\.5: give a whole number from 0"),
        ({"size": -1}, "number of draws = -1: give a whole number from 0"),
        ({"size": LARGEST_VALUES // 3 + 1}, f"number of draws = .* from 1 to {LARGEST_VALUES // 3}"),
        ({"n": 2001, "total": 10**6}, r"n \(for draws\) = 2001: give a whole number from 1 to 2000"),
    ],
)
def test_request_that_cannot_be_met_is_named(asked, message):
    """Seeds, numbers of draws and rows out of range are refused by name, with the legal values."""
    with pytest.raises(InputError, match=message):
        draws(**({"n": 3, "total": 10, "median": 2, "size": 5, "seed": 1} | asked))


def mean_of_largest(n: int, total, median) -> float:
    """E[max] of an odd row by Irwin-Hall, in exact fractions: m (1 + E[sum of k upper excesses] (1 + ... + 1/k) / k).

    Lower amounts are in [0, 1]^k, in medians, and the excess that remains for k upper ones is rho: given their sum, the
    excesses are a flat simplex, whose largest part averages the harmonic number over k, and the sum averages half the
    ratio of the truncated powers 2k and 2k - 1.
    """
    k, rho = n // 2, Fraction(total - (n // 2 + 1) * median) / Fraction(median)
    powers = [
        sum((-1) ** i * comb(k, i) * max(rho - i, 0) ** power for i in range(k + 1)) for power in (2 * k, 2 * k - 1)
    ]
    return float(median * (1 + powers[0] / powers[1] / 2 * sum(Fraction(1, j) for j in range(1, k + 1)) / k))


CLOSED_FORM = [(15, 333, 28), (29, 1239, 10), (7, 776, 70), (15, 246, 30), (3, 10, 2), (101, 5000, 60), (9, 40, 7),
               (3, 5, 2), (5, 20, 3), (199, 20_000, 150)]  # fmt: skip


@pytest.mark.parametrize("row", sampled(CLOSED_FORM, 8))
def test_mean_of_largest_is_the_closed_form(row):
    """The largest amount averages the Irwin-Hall closed form, found in exact fractions, within 4.5 standard errors.

    With 20,000 draws the standard error is below 1 % of the mean, and below 0.3 % from n = 7.
    """
    largest = draws(*row, size=20_000, seed=11)[:, -1]
    error = largest.std() / np.sqrt(len(largest))
    assert abs(largest.mean() - mean_of_largest(*row)) < 4.5 * error


def rejection(n, total, median, minimum, maximum, even, size=20_000) -> np.ndarray:
    """Sorted amounts by brute force: all but one spread flat between their limits, kept when the last has its place.

    Its place is above the median (or below, where nothing is above): given the others, the sum fixes it.
    """
    pair = int(n % 2 == 0 and even == "mean")
    below = n // 2 if n % 2 or even == "high" else n // 2 - 1
    above, rng = n - 1 - pair - below, np.random.Generator(np.random.PCG64(2))
    made: list[np.ndarray] = []
    while sum(map(len, made)) < size:
        d = rng.uniform(0, min(median - minimum, maximum - median), (400_000, 1)) * pair
        low = rng.uniform(minimum, median, (400_000, below))
        high = rng.uniform(median, maximum, (400_000, above))
        middle = np.hstack([median - d, median + d][: 1 + pair])
        part, other = (high, low) if above else (low, high)
        part[:, 0] = total - middle.sum(axis=1) - other.sum(axis=1) - part[:, 1:].sum(axis=1)
        keep = (low >= minimum).all(axis=1) & (low <= median - d).all(axis=1)
        keep &= (high >= median + d).all(axis=1) & (high <= maximum).all(axis=1)
        made.append(np.hstack([np.sort(low[keep]), middle[keep], np.sort(high[keep])]))
    return np.vstack(made)[:size]


@pytest.mark.parametrize(
    "case",
    sampled(
        [
            ((3, 30, 10), 2, 16), ((4, 40, 9), 1, 15), ((5, 60, 10), 0, 25), ((5, 50, 12), 3, 14), ((6, 80, 12), 0, 24),
            ((6, 60, 11), 4, 13), ((7, 60, 8), 2, 12), ((7, 75, 12), 0, 16), ((8, 90, 10), 1, 22),
            ((8, 100, 14), 2, 17),
        ],
        4,
    ),
)  # fmt: skip
@pytest.mark.parametrize("even", EVEN_MEDIANS)
def test_draws_within_limits_agree_with_plain_rejection(case, even):
    """With a least and a greatest amount, below and above mid-height, every amount has the law of brute force.

    Chi-square of two samples of 20,000 over ten equal cells of each sorted amount, and of the pair (smallest, largest).
    """
    row, minimum, maximum = case
    brute = rejection(*row, minimum, maximum, even)
    exact = draws(*row, 20_000, 4, minimum=minimum, maximum=maximum, even_median=even)
    for place in range(row[0]):
        assert alike(exact[:, place], brute[:, place]) > RARE / 20
    assert alike(exact[:, 0] + exact[:, -1], brute[:, 0] + brute[:, -1]) > RARE / 20
    assert alike(exact[:, 0] * exact[:, -1], brute[:, 0] * brute[:, -1]) > RARE / 20


def alike(one: np.ndarray, other: np.ndarray) -> float:
    """The chi-square probability that two samples of one size come from one law; 1 for two constants that agree."""
    if np.ptp(other) < 1e-9:
        return float(np.abs(one - other[0]).max() < 1e-9)
    edges = np.quantile(other, np.linspace(0, 1, 11)[1:-1])
    counts = np.array([np.bincount(np.searchsorted(edges, some), minlength=10) for some in (one, other)])
    return float(chi2.sf(((counts[0] - counts[1]) ** 2 / counts.sum(axis=0)).sum(), 9))


def test_too_many_states_are_refused():
    """Hundreds of amounts below a maximum that binds would take more memory than there is; the message says so."""
    with pytest.raises(InputError, match="n = 400: too many amounts to draw them below a maximum"):
        draws(400, 8000, 15, 1, 1, maximum=60)


def datasets(n, total, median, **limits):
    """The count of a row given by its figures."""
    return datasets_of(printed_row(n, total, median, 0, **limits))


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 6])
@pytest.mark.parametrize("even", EVEN_MEDIANS)
@pytest.mark.parametrize(("minimum", "maximum"), [(0, 4), (0, None), (1, None), (1.5, 5), (2, 3.5)])
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


@pytest.mark.parametrize("row", [(3, 6.5, 2), (3, 6, 1.5), (4, 6, 1.25), (4, 6, Fraction(4, 3))])
def test_sum_or_median_that_whole_units_cannot_have_counts_zero(row):
    """A fractional sum, a half median for odd n, or a third of a unit cannot come from whole units."""
    assert datasets(*row) == 0


@pytest.mark.parametrize("row", [(10_000, 10**6, 20), (2, 10**9, 5 * 10**8)])
def test_count_that_would_never_end_is_refused(row):
    """A count of millions of units times thousands of amounts is refused with what to do."""
    with pytest.raises(InputError, match=f"n = {row[0]}, total = {row[1]}: too many .* in a larger unit"):
        datasets(*row)
