"""Feasible sets: the command, the funding table by level; draws follow their law (closed forms, lists, rejection)."""

import hashlib
import json
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

from printed_figures import PUBLISHED, changed, sampled
from ptce_analysis.analysis import feasible as sets
from ptce_analysis.analysis.amounts import EVEN_MEDIANS, printed_row
from ptce_analysis.analysis.draws import BLOCK, LARGEST_VALUES, datasets, draws
from ptce_analysis.analysis.feasible import feasible
from ptce_analysis.errors import InputError
from ptce_analysis.published import read_published
from ptce_analysis.vocabulary import FUNDING_LEVELS

STATISTICS = {"max", "min", "gini", "sd", "top_half_share", "top_1_share"}
FACTS = read_published(PUBLISHED)
SUMMARY = {"mean", "q025", "q500", "q975"}


def test_record_of_a_row_has_every_promised_key():
    """The keys of the command, and those that say how, by which convention and from what kind of input."""
    record = feasible(29, 1239, 10, n_draws=100)
    assert set(record) == {
        "possible", "reason", "min_sum", "max_median", "max_n", "bounds", "examples", "datasets", "datasets_reason",
        "draws", "draws_reason", "n_draws", "seed", "measure", "draws_origin", "origin", "convention",
        "n", "total", "median", "grain", "minimum", "maximum", "even_median",
    }  # fmt: skip
    assert set(record["bounds"]) == set(record["draws"]) == set(record["examples"]) == STATISTICS
    assert all(set(interval) == {"low", "high"} for interval in record["bounds"].values())
    assert all(set(summary) == SUMMARY for summary in record["draws"].values())
    assert (record["origin"], record["draws_origin"]) == ("derived", "assumption")
    assert (record["reason"], record["draws_reason"], record["datasets_reason"]) == (None, None, None)


def test_record_within_limits_of_each_amount():
    """Three ages from 1 on with median 30 and sum 132 (Garfinkel, Abowd and Martindale): 30 sets, 72 to 101 at most."""
    record = feasible(3, 132, 30, grain=0, minimum=1, maximum=120, even_median="high", n_draws=10)
    assert [record[key] for key in ("minimum", "maximum", "even_median", "datasets")] == [1, 120, "high", 30]
    assert record["bounds"]["max"] == {"low": 72, "high": 101}
    assert 72 <= record["draws"]["max"]["q025"] <= record["draws"]["max"]["q975"] <= 101
    assert feasible(3, 132, 30, maximum=60)["reason"] == (
        "3 non-negative amounts of 60 or less with a median of at most 30.5 add up to at most 2 x 30.5 + 1 x 60 = 121;"
        " the printed total needs at least 131.5."
    )
    assert feasible(3, 132, 30, minimum=31)["reason"] == "amounts of 31 or more have no median between 29.5 and 30.5."


@pytest.mark.parametrize("measure", ["uniform", "maximum_entropy"])
def test_impossible_row_has_nothing_but_its_reason(measure):
    """Communes as printed: no bounds, no data set, no draws of either measure, and the arithmetic that says why."""
    record = feasible(16, 246, 30, n_draws=10, measure=measure)
    assert record["possible"] is False
    assert (record["bounds"], record["examples"], record["datasets"], record["draws"]) == (None, None, 0, None)
    assert record["reason"].endswith("9 x 29.5 = 265.5; the printed total allows at most 246.5.")
    assert record["draws_reason"].endswith("9 x 30 = 270; the printed total allows at most 246.")
    # Possible when rounded, but nothing has exactly these figures; a model without a largest amount.
    record, limited = feasible(16, 269, 30, n_draws=10), feasible(7, 776, 70, 1, 5, 1, "maximum_entropy", maximum=300)
    assert (record["possible"], record["bounds"]["max"]["low"], record["draws"]) == (True, 29.5, None)
    assert record["draws_reason"].endswith("the printed total allows at most 269.")
    assert limited["bounds"] and "the maximum-entropy model has no largest amount" in limited["draws_reason"]


def test_what_one_amount_cannot_have_is_null_with_a_reason():
    """One amount has no standard deviation; a million data sets of ten thousand amounts are not counted."""
    assert "in a larger unit" in feasible(10_000, 10**6, 20)["datasets_reason"]
    record = feasible(1, 5, 5, n_draws=3)
    reason = "not estimable: it takes two amounts"
    assert record["bounds"]["sd"] == {"low": None, "high": None, "reason": reason}
    assert record["draws"]["sd"] == dict.fromkeys(SUMMARY) | {"reason": reason}
    assert record["draws"]["max"]["mean"] == 5


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"measure": "flat"}, "measure = 'flat': give one of uniform, maximum_entropy"),
        ({"maximum": "much"}, "maximum = 'much' is not a finite number"),
        ({"minimum": 5, "maximum": 4}, "maximum = 4: give a number not below the minimum, 5"),
        ({"even_median": "hig"}, "even_median = 'hig': give one of mean, low, high. Did you mean 'high'"),
        ({"n": 20_000, "maximum": 9}, "n = 20000: give a whole number from 1 to 10000"),
    ],
)
def test_argument_that_cannot_be_used_is_named(asked, message):
    """Each argument is refused by name, with its value and the legal ones, whether or not the row can hold."""
    with pytest.raises(InputError, match=message):
        feasible(**({"n": 3, "total": 1, "median": 2} | asked))


@settings(max_examples=100, deadline=None)
@given(
    st.integers(1, 40),
    st.decimals(0, 3000, places=1),
    st.decimals(0, 60, places=1),
    st.sampled_from([0, 0.1, 1, 10]),
    st.sampled_from(["uniform", "maximum_entropy"]),
)
def test_any_row_has_a_record_without_nan(n, total, median, grain, measure):
    """Whatever the row, the record is strict JSON, and draws exist exactly when the printed figures themselves hold."""
    record = feasible(n, total, median, grain=grain, n_draws=3, measure=measure)
    json.dumps(record, allow_nan=False)
    assert (record["draws"] is None) == (not feasible(n, total, median, grain=0)["possible"])
    assert (record["reason"] is None) == record["possible"] == (record["bounds"] is not None)
    for interval in (record["bounds"] or {}).values():
        assert "reason" in interval or interval["low"] <= interval["high"]


def test_an_impossible_row_has_neither_bounds_nor_draws():
    """Communes as printed is refused; under each other scenario it has bounds."""
    table = sets.feasible_levels(FACTS, 2015, n_draws=20)
    pairs = [(level, name) for level in FUNDING_LEVELS for name in sets.SHOWN]
    assert list(table[["level", "statistic"]].itertuples(index=False, name=None)) == pairs
    communes = table[table["level"] == "commune"]
    assert set(communes["status"]) == {"impossible"}
    assert communes.drop(columns=["wave", "scenario", "level", "statistic", "n", "status"]).isna().all(axis=None)
    other = sets.feasible_levels(FACTS, 2015, "communes_15", n_draws=20)
    assert set(other.loc[other["level"] == "commune", "n"]) == {15}
    assert other["low"].notna().all()


def test_a_wave_without_amounts_has_no_feasible_sets():
    """2013 printed no row: every cell is empty, nothing is imputed, and there is no set to show."""
    table = sets.feasible_levels(FACTS, 2013)
    assert set(table["status"]) == {"not found"}
    assert table[["n", "low", "high", "uniform_mid"]].isna().all(axis=None)
    none = sets.data_sets_alike(FACTS, 2013)
    assert none.empty and list(none) == list(sets.data_sets_alike(FACTS, 2015))


def test_money_is_in_euros():
    """Route: the command's own record in k€, times a thousand for amounts, unchanged for shares."""
    table = sets.feasible_levels(FACTS, 2015, n_draws=200, seed=3).set_index(["level", "statistic"])
    record = feasible(7, 776, 70, n_draws=200, seed=3, minimum=0.5)
    entropy = feasible(7, 776, 70, n_draws=200, seed=3, measure="maximum_entropy", minimum=0.5)
    for name, scale in (("max", 1000), ("sd", 1000), ("gini", 1), ("top_half_share", 1)):
        found = table.loc[("europe", name)]
        assert found["low"] == pytest.approx(record["bounds"][name]["low"] * scale)
        assert found["high"] == pytest.approx(record["bounds"][name]["high"] * scale)
        assert found["uniform_mid"] == pytest.approx(record["draws"][name]["q500"] * scale)
        assert found["entropy_high"] == pytest.approx(entropy["draws"][name]["q975"] * scale)


def test_the_example_is_the_smallest_possible_level():
    """Europe supports seven projects; without it, the level with the fewest amounts that exist is shown."""
    assert set(sets.data_sets_alike(FACTS, 2015)["level"]) == {"europe"}
    without = changed(FACTS, funding_median_europe_2015=None)
    assert set(sets.data_sets_alike(without, 2015)["level"]) == {"departement"}


def test_sets_alike_have_the_printed_row_and_differ():
    """Route: add up and take the middle; the largest runs from (776 − 280) / 3 to 776 − 3 × 70 − 3 × 0.5."""
    table = sets.data_sets_alike(FACTS, 2015)
    for amounts in table["amounts"]:
        assert sum(amounts) == pytest.approx(776_000) and amounts[3] == 70_000 and list(amounts) == sorted(amounts)
    assert list(table["kind"]) == ["most_equal", "draw", "draw", "least_equal"]
    assert table["max_eur"].iloc[0] == pytest.approx(496_000 / 3)
    assert table["max_eur"].iloc[-1] == 564_500
    assert table[["total_eur", "median_eur"]].to_numpy().tolist() == [[776_000, 70_000]] * 4


ROWS = [(20, 796, 17), (15, 333, 28), (29, 1239, 10), (24, 1008, 33), (7, 776, 70), (15, 246, 30), (16, 246, 10)]
RARE = 1e-4


def drawn(n, total, median, size, seed, measure="uniform", **limits):
    """The draws of a row given by its figures."""
    return draws(printed_row(n, total, median, 0, **limits), size, seed, measure)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=14), st.sampled_from(EVEN_MEDIANS), st.integers(0, 99))
def test_every_draw_within_limits_has_the_row(data, even, seed):
    """Limits that just hold some amounts: every draw is within them, with the sum and the median of the convention."""
    data = sorted(data)
    n, (low, high) = len(data), (data[(len(data) - 1) // 2], data[len(data) // 2])
    median = {"mean": (low + high) / 2, "low": low, "high": high}[even]
    sample = drawn(n, sum(data), median, 20, seed, minimum=data[0], maximum=data[-1], even_median=even)
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
    sample = drawn(*row, size=50, seed=1)
    assert sample.shape == (50, row[0]) and (sample >= 0).all() and (np.diff(sample, axis=1) >= 0).all()
    np.testing.assert_allclose(sample.sum(axis=1), row[1], rtol=1e-12)
    np.testing.assert_allclose(np.median(sample, axis=1), row[2], rtol=1e-12)


def test_same_seed_gives_the_same_bytes():
    """The draws of a seed are pinned byte by byte: no step depends on the processor or on a mathematical library."""
    sample = np.hstack([drawn(29, 1239, 10, 300, 7), drawn(20, 796, 17, 300, 7), drawn(12, 10, 0, 300, 7)])
    pinned = "5a5e242700abb3b08be10929fef7195ff0e449104acc85e166b33ec36b72373b"
    assert hashlib.sha256(sample.tobytes()).hexdigest() == pinned
    assert not np.array_equal(drawn(7, 776, 70, 5, 1), drawn(7, 776, 70, 5, 2))


@pytest.mark.parametrize("measure", ["uniform", "maximum_entropy"])
@pytest.mark.parametrize("row", [(29, 1239, 10), (20, 796, 17), (2, 10, 5), (1, 3, 3)])
def test_more_draws_begin_with_the_same_ones(row, measure):
    """Asking for more draws, beyond one block, does not change the first ones."""
    many = drawn(*row, BLOCK // 30, 3, measure)
    np.testing.assert_array_equal(drawn(*row, 7, 3, measure), many[:7])


@pytest.mark.parametrize("even", EVEN_MEDIANS)
@pytest.mark.parametrize("row", [(7, 776, 70), (8, 776, 70), (2, 150, 70), (6, 300, 40), (29, 2000, 40)])
def test_maximum_entropy_keeps_a_minimum_and_any_even_median(row, even):
    """Above the minimum, the median itself where it is an amount, and the sum on average within 4.5 standard errors."""
    if row[0] == 2 and even != "low":
        row = (2, 140 if even == "mean" else 120, 70)
    sample = drawn(*row, 20_000, 6, "maximum_entropy", minimum=30, even_median=even)
    place = {"mean": row[0] // 2, "low": (row[0] - 1) // 2, "high": row[0] // 2}[even]
    assert (sample >= 30).all() and (np.diff(sample, axis=1) >= 0).all()
    assert (even == "mean" and row[0] % 2 == 0) or (sample[:, place] == row[2]).all()
    sums = sample.sum(axis=1)
    assert abs(sums.mean() - row[1]) <= 4.5 * sums.std() / np.sqrt(len(sums)) + 1e-9 * row[1]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        # Hundreds of amounts below a maximum that binds would take more memory than there is.
        ({"n": 400, "total": 8000, "median": 15, "maximum": 60}, "n = 400: too many amounts to draw them below a max"),
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
        drawn(**({"n": 3, "total": 10, "median": 2, "size": 5, "seed": 1} | asked))


def mean_of_largest(n: int, total, median) -> float:
    """E[max] of an odd row by Irwin-Hall, in exact fractions: m (1 + E[sum of k upper excesses] (1 + ... + 1/k) / k).

    Lower amounts are in [0, 1]^k, in medians, and the excess that remains for k upper ones is rho: given their sum, the
    excesses are a flat simplex, whose largest part averages the harmonic number over k, and the sum averages half the
    ratio of the truncated powers 2k and 2k - 1.
    """
    k, rho = n // 2, Fraction(total - (n // 2 + 1) * median) / Fraction(median)

    def truncated(power: int) -> Fraction:
        return sum((-1) ** i * comb(k, i) * max(rho - i, 0) ** power for i in range(k + 1))

    mean = truncated(2 * k) / truncated(2 * k - 1) / 2
    return float(median * (1 + mean * sum(Fraction(1, j) for j in range(1, k + 1)) / k))


CLOSED_FORM = [(15, 333, 28), (29, 1239, 10), (7, 776, 70), (15, 246, 30), (3, 10, 2), (101, 5000, 60), (9, 40, 7),
               (3, 5, 2), (5, 20, 3), (199, 20_000, 150)]  # fmt: skip


@pytest.mark.parametrize("row", sampled(CLOSED_FORM, 8))
def test_mean_of_largest_is_the_closed_form(row):
    """The largest amount averages the Irwin-Hall closed form, found in exact fractions, within 4.5 standard errors.

    With 20,000 draws the standard error is below 1 % of the mean, and below 0.3 % from n = 7.
    """
    largest = drawn(*row, size=20_000, seed=11)[:, -1]
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
    exact = drawn(*row, 20_000, 4, minimum=minimum, maximum=maximum, even_median=even)
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


def counted(n, total, median, **limits):
    """The count of a row given by its figures."""
    return datasets(printed_row(n, total, median, 0, **limits))


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 6])
@pytest.mark.parametrize("even", EVEN_MEDIANS)
@pytest.mark.parametrize(("minimum", "maximum"), [(0, 4), (0, None), (1, None), (1.5, 5), (2, 3.5)])
def test_count_within_limits_is_that_of_enumeration(n, even, minimum, maximum):
    """With a least and a greatest amount, and each median of an even number, the count is that of listing."""
    top = 12 if maximum is None else maximum
    middle = {"mean": lambda data: median(map(Fraction, data)), "low": median_low, "high": median_high}[even]
    listed = Counter(
        (sum(data), Fraction(middle(data)))
        for data in combinations_with_replacement(range(13), n)
        if minimum <= data[0] and data[-1] <= top and sum(data) <= 12
    )
    for total in range(13):
        for twice in range(25):
            limits = {"minimum": minimum, "maximum": maximum, "even_median": even}
            assert counted(n, total, Fraction(twice, 2), **limits) == listed[total, Fraction(twice, 2)]


def test_counts_that_are_zero_or_would_never_end():
    """A fractional sum, a half median for odd n, a third of a unit; millions of units times thousands of amounts."""
    assert [counted(*row) for row in ((3, 6.5, 2), (3, 6, 1.5), (4, 6, 1.25), (4, 6, Fraction(4, 3)))] == [0] * 4
    for row in ((10_000, 10**6, 20), (2, 10**9, 5 * 10**8)):
        with pytest.raises(InputError, match=f"n = {row[0]}, total = {row[1]}: too many .* in a larger unit"):
            counted(*row)
