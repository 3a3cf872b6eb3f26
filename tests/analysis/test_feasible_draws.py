"""Reference draws: they satisfy the row, are reproducible, and refuse what cannot be drawn."""

from __future__ import annotations

import hashlib
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ptce_analysis.analysis.amounts import EVEN_MEDIANS, obstacle, printed_row
from ptce_analysis.analysis.draws import BLOCK, LARGEST_VALUES
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
@given(
    st.integers(1, 60), st.fractions(0, 50, max_denominator=20), st.fractions(0, 500, max_denominator=7), st.integers(0)
)
def test_every_draw_has_the_sum_and_the_median(n, median, excess, seed):
    """Whatever the row, odd or even, tight or wide, every draw is non-negative with the sum and median of the row."""
    total = (n // 2 + 1) * median + (excess if n > 2 else 0)
    check_row(draws(n, total, median, 20, seed % 2**63), n, float(total), float(median))


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


@pytest.mark.parametrize("row", [*ROWS, (3, 10, 2), (4, 10, 2), (9, 35.001, 7), (10, 42, 7), (2, 10, 5)])
def test_maximum_entropy_has_the_sum_on_average(row):
    """Half the amounts each side of the median, the median itself for odd n, and the sum within 4.5 standard errors."""
    n, total, median = row
    sample = draws(*row, 20_000, 6, "maximum_entropy")
    assert (sample[:, : n // 2] <= median).all()
    assert (sample[:, -(n // 2) :] >= median).all()
    assert n % 2 == 0 or (sample[:, n // 2] == median).all()
    sums = sample.sum(axis=1)
    assert abs(sums.mean() - total) <= 4.5 * sums.std() / np.sqrt(len(sums)) + 1e-9 * total


def test_maximum_entropy_is_exponential_each_side_with_one_rate():
    """The rate read from the upper side (mean) and from the lower side (half-interval odds) is the same, within 3 %.

    On [0, m] the odds of the lower half against the upper half are exp(rate m / 2).
    """
    sample = draws(9, 60, 5, 60_000, 6, "maximum_entropy")
    upper = 1 / (sample[:, 5:] - 5).mean()
    in_low_half = (sample[:, :4] < 2.5).mean()
    assert 2 / 5 * log(in_low_half / (1 - in_low_half)) == pytest.approx(upper, rel=0.03)


@pytest.mark.parametrize("even", EVEN_MEDIANS)
@pytest.mark.parametrize("row", [(7, 776, 70), (8, 776, 70), (2, 150, 70), (6, 300, 40)])
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


def test_maximum_entropy_of_a_row_with_nothing_free_is_that_row():
    """An infinite rate: lower amounts 0, upper ones the median."""
    assert draws(5, 21, 7, 1, 1, "maximum_entropy").tolist() == [[0, 0, 7, 7, 7]]
    assert not np.signbit(draws(5, 21, 7, 1, 1, "maximum_entropy")).any()


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
