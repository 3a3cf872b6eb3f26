"""Tests of equality: exact enumeration, R, published examples, brute force over all tables, and symmetry."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.stats import barnard_exact, binom, chi2_contingency

from ptce_analysis.analysis.proportions.records import Rate
from ptce_analysis.analysis.proportions.tests import (
    barnard,
    boschloo,
    conditional_p_values,
    fisher,
    mid_p,
    pearson,
)
from ptce_analysis.errors import InputError

TESTS = (fisher, mid_p, barnard, boschloo, pearson)
small = st.integers(1, 12).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def exact_conditional(first: Rate, second: Rate) -> tuple[Fraction, Fraction]:
    """Fisher's p-value and mid-p in whole numbers: every table with these margins, ties exact."""
    (k1, n1), (k2, n2) = first, second
    m = k1 + k2
    weights = [math.comb(n1, x) * math.comb(n2, m - x) for x in range(max(0, m - n2), min(n1, m) + 1)]
    seen = math.comb(n1, k1) * math.comb(n2, k2)
    smaller, ties = sum(w for w in weights if w < seen), sum(w for w in weights if w == seen)
    return Fraction(smaller + ties, sum(weights)), Fraction(2 * smaller + ties, 2 * sum(weights))


@given(small, small)
@example((13, 42), (10, 52))
@example((31, 100), (29, 100))
def test_conditional_tests_equal_enumeration_in_whole_numbers(first: Rate, second: Rate) -> None:
    """Every table with the observed margins, weighed by whole binomial coefficients."""
    exact, mid = exact_conditional(first, second)
    assert fisher(first, second).p_value == pytest.approx(float(exact), rel=1e-11)
    if not varies(first, second):
        assert mid_p(first, second).reason == "no_variation"
    else:
        assert mid_p(first, second).p_value == pytest.approx(float(mid), rel=1e-11)


def varies(first: Rate, second: Rate) -> bool:
    return first[0] + second[0] not in (0, first[1] + second[1])


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        # R 4.2.2: fisher.test(matrix(c(k1, n1 - k1, k2, n2 - k2), 2))$p.value
        ((13, 42), (10, 52), 0.230938209172644),
        ((56, 70), (48, 80), 0.0125211297492091),
        ((22, 42), (10, 52), 0.00100032408804679),
        ((0, 10), (7, 12), 0.0053475935828877),
        ((3100, 10000), (2900, 10000), 0.00213466985466969),
        ((5200, 10000), (4100, 10000), 7.68932579369162e-55),
    ],
)
def test_fisher_is_that_of_r(first: Rate, second: Rate, expected: float) -> None:
    """Up to 10,000 units a group and down to 1e-54."""
    assert fisher(first, second).p_value == pytest.approx(expected, rel=1e-8)


def test_the_lady_tasting_tea() -> None:
    """Fisher 1935; Agresti 2013, Categorical Data Analysis, 3.5.2: 17/35 = 0.486 with three of four cups right."""
    assert fisher((3, 4), (1, 4)).p_value == pytest.approx(17 / 35)
    # Fagerland, Lydersen & Laake 2017, ch. 4: mid-p 0.25714, Suissa-Shuster 0.28916 with gamma = 0.0001 added.
    assert mid_p((3, 4), (1, 4)).p_value == pytest.approx(9 / 35)
    assert barnard((3, 4), (1, 4)).p_value == pytest.approx(0.28906, abs=2e-5)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        # Fagerland, Lydersen & Laake 2017, ch. 4, and the tests of their R package contingencytables
        ((7, 34), (1, 34), 0.02966),
        ((9, 13), (4, 14), 0.03914),
        ((0, 16), (15, 72), 0.04466),
        ((745, 748), (127, 129), 0.09193139),
    ],
)
def test_mid_p_is_that_of_lydersen_and_fagerland(first: Rate, second: Rate, expected: float) -> None:
    """Tables as likely as the observed one are counted by half, all of them (7/34 and 1/34 has two)."""
    assert mid_p(first, second).p_value == pytest.approx(expected, abs=5.1e-6)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        # R: prop.test(c(k1, k2), c(n1, n2), correct = FALSE)$p.value
        ((13, 42), (10, 52), 0.188755473128061),
        ((56, 70), (48, 80), 0.00804508138071863),
        ((3100, 10000), (2900, 10000), 0.00202823114845208),
    ],
)
def test_pearson_is_that_of_r(first: Rate, second: Rate, expected: float) -> None:
    """The uncorrected chi-square test."""
    assert pearson(first, second).p_value == pytest.approx(expected, rel=1e-7)


@given(small, small)
def test_pearson_is_that_of_scipy(first: Rate, second: Rate) -> None:
    """scipy.stats.chi2_contingency without correction, where the margins allow one."""
    (k1, n1), (k2, n2) = first, second
    if varies(first, second):
        expected = chi2_contingency([[k1, n1 - k1], [k2, n2 - k2]], correction=False).pvalue
        assert pearson(first, second).p_value == pytest.approx(expected, rel=1e-9)


def squared_score(k1: int, n1: int, k2: int, n2: int) -> Fraction:
    """The squared pooled score statistic, exact; 0 without variation."""
    m, total = k1 + k2, n1 + n2
    return Fraction((k1 * n2 - k2 * n1) ** 2 * total, n1 * n2 * m * (total - m)) if m % total else Fraction(0)


def brute_force(first: Rate, second: Rate, statistic: str) -> float:
    """The largest rejection probability on 4,001 common shares, all tables enumerated and compared exactly."""
    (k1, n1), (k2, n2) = first, second
    critical = np.zeros((n1 + 1, n2 + 1))
    for x in range(n1 + 1):
        for y in range(n2 + 1):
            if statistic == "score":
                critical[x, y] = squared_score(x, n1, y, n2) >= squared_score(k1, n1, k2, n2)
            else:
                critical[x, y] = exact_conditional((x, n1), (y, n2))[0] <= exact_conditional(first, second)[0]
    shares = np.linspace(0, 1, 4001)[:, None]
    one, two = binom.pmf(np.arange(n1 + 1), n1, shares), binom.pmf(np.arange(n2 + 1), n2, shares)
    return float(((one @ critical) * two).sum(axis=1).max())


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((0, 1), (1, 1)),
        ((1, 1), (1, 6)),
        ((0, 5), (4, 9)),
        ((5, 5), (2, 8)),
        ((3, 7), (1, 11)),
        ((6, 13), (1, 8)),
        ((2, 3), (3, 20)),
        ((13, 42), (10, 52)),
        ((22, 42), (10, 52)),
        ((1, 34), (7, 34)),
        ((7, 15), (12, 15)),
        ((0, 16), (15, 72)),
    ],
)
@pytest.mark.parametrize(("test", "statistic"), [(barnard, "score"), (boschloo, "fisher")])
def test_unconditional_tests_equal_brute_force(first: Rate, second: Rate, test: object, statistic: str) -> None:
    """Never below the maximum on a fine grid of common shares, and above it by no more than the grid can miss."""
    found, least = test(first, second).p_value, brute_force(first, second, statistic)  # type: ignore[operator]
    assert least * (1 - 1e-9) <= found <= least * (1 + 2e-5)


@pytest.mark.parametrize(("first", "second"), [((7, 15), (8, 11)), ((13, 42), (10, 52)), ((20, 70), (9, 60))])
def test_barnard_is_that_of_scipy(first: Rate, second: Rate) -> None:
    """scipy.stats.barnard_exact, pooled, the groups being its columns.

    Not for every table: for 7/15 and 12/15 scipy 1.17.1 stops at a lower hump (0.06815; enumeration gives 0.06822).
    """
    (k1, n1), (k2, n2) = first, second
    expected = barnard_exact([[k1, k2], [n1 - k1, n2 - k2]], pooled=True).pvalue
    assert barnard(first, second).p_value == pytest.approx(expected, rel=1e-4)


def test_barnard_finds_the_maximum_that_scipy_misses() -> None:
    """1/7 and 4/4: at a common share of 1/2, 16 of 2^11 outcomes are as extreme (0 or 1 and 4; 7 or 6 and 0), 1/128."""
    assert barnard((1, 7), (4, 4)).p_value == pytest.approx(1 / 128, rel=1e-12)


def test_barnard_in_the_literature() -> None:
    """Mehta & Senchaudhuri 2003, vaccine trial, 7/15 and 12/15: one-sided 0.0341, twice that for two sides."""
    assert barnard((7, 15), (12, 15)).p_value == pytest.approx(2 * 0.0341, abs=1e-4)


def large_rejection(first: Rate, second: Rate, share: float) -> float:
    """The probability, at one common share, of all tables whose score is as large: the whole matrix of tables."""
    (k1, n1), (k2, n2) = first, second
    x, y = np.arange(n1 + 1.0)[:, None], np.arange(n2 + 1.0)[None, :]
    m, total = x + y, n1 + n2
    spread = np.maximum(m * (total - m), 0.5)
    seen = (k1 * n2 - k2 * n1) ** 2 / ((k1 + k2) * (total - k1 - k2))
    critical = (x * n2 - y * n1) ** 2 / spread >= seen * (1 - 1e-9)
    return float(binom.pmf(x.ravel(), n1, share) @ critical @ binom.pmf(y.ravel(), n2, share))


@pytest.mark.parametrize(("first", "second"), [((310, 1000), (200, 800)), ((5, 1500), (0, 900)), ((400, 500), (3, 4))])
def test_barnard_stays_right_for_large_groups(first: Rate, second: Rate) -> None:
    """No common share tried, each with the whole matrix of tables, beats the p-value, and one comes close."""
    found = barnard(first, second).p_value
    tried = [large_rejection(first, second, share) for share in np.sin(np.linspace(0.004, 0.785, 160)) ** 2]
    assert found is not None
    assert max(tried) <= found * (1 + 1e-7)
    assert max(tried) >= found * 0.98


def test_unconditional_tests_at_ten_thousand() -> None:
    """At the limit they agree with Pearson's test within three percent, shares being in the middle, and stop there."""
    first, second = (5200, 10_000), (5000, 10_000)
    expected = pearson(first, second).p_value
    assert barnard(first, second).p_value == pytest.approx(expected, rel=0.03)
    assert boschloo(first, second).p_value == pytest.approx(expected, rel=0.03)
    for test in (barnard, boschloo):
        found = test((5200, 10_001), (5000, 10_000))
        assert (found.p_value, found.reason) == (None, "group_too_large")


@pytest.mark.parametrize("base", [1, 2, 7, 40])
def test_equal_groups_give_no_evidence_at_all(base: int) -> None:
    """The observed table is the least extreme one: p = 1, except mid-p, which counts ties by half."""
    first, second = (base, 2 * base), (2 * base, 4 * base)
    for test in (fisher, barnard, boschloo, pearson):
        assert test(first, second).p_value == 1
    assert 0.5 < (mid_p(first, second).p_value or 0) < 1


@pytest.mark.parametrize("pair", [((0, 3), (0, 9)), ((3, 3), (9, 9)), ((0, 1), (0, 1))])
def test_groups_without_variation(pair: tuple[Rate, Rate]) -> None:
    """Only one table has these margins: p = 1 where that is the definition, no value where it would be 0/0."""
    for test in (fisher, barnard, boschloo):
        assert test(*pair).p_value == 1
    for test in (mid_p, pearson):
        found = test(*pair)
        assert (found.p_value, found.reason) == (None, "no_variation")


@settings(deadline=None)
@given(small, small)
def test_p_values_follow_swaps_and_order(first: Rate, second: Rate) -> None:
    """Swapping groups, or success and failure, changes no p-value; mid-p and Boschloo never exceed Fisher."""
    (k1, n1), (k2, n2) = first, second
    for test in TESTS:
        found = test(first, second).p_value
        if found is not None:
            assert 0 < found <= 1
            assert test(second, first).p_value == pytest.approx(found, rel=1e-9)
            assert test((n1 - k1, n1), (n2 - k2, n2)).p_value == pytest.approx(found, rel=1e-9)
    exact = fisher(first, second).p_value or 0
    assert (mid_p(first, second).p_value or 0) < exact
    assert (boschloo(first, second).p_value or 0) <= exact * (1 + 1e-12)


@pytest.mark.parametrize(("n1", "n2"), [(5, 8), (12, 12), (20, 7)])
def test_more_distant_counts_are_less_likely(n1: int, n2: int) -> None:
    """Against no success in the second group, each further success of the first lowers every p-value or keeps it."""
    for test in (barnard, boschloo, pearson, fisher):
        values = [test((k, n1), (0, n2)).p_value or 0 for k in range(1, n1 + 1)]
        assert all(later <= earlier * (1 + 1e-9) for earlier, later in pairwise(values))


def test_unconditional_tests_are_exact() -> None:
    """Their size never exceeds the level, whatever the common share: all tables of 9 and 6, thirty shares."""
    n1, n2, level = 9, 6, 0.1
    for test in (fisher, barnard, boschloo):
        critical = np.array(
            [[(test((x, n1), (y, n2)).p_value or 0) <= level for y in range(n2 + 1)] for x in range(n1 + 1)]
        )
        for share in np.linspace(0.01, 0.99, 30):
            one, two = binom.pmf(np.arange(n1 + 1), n1, share), binom.pmf(np.arange(n2 + 1), n2, share)
            assert one @ critical @ two <= level


def test_equal_probabilities_are_one_group() -> None:
    """By hand: 0.1, 0.1, 0.3, 0.5 give 0.2, 0.2, 0.5, 1 and, by half, 0.1, 0.1, 0.35, 0.75."""
    exact, mid = conditional_p_values(np.array([0.1, 0.5, 0.3, 0.1]))
    assert exact == pytest.approx([0.2, 1, 0.5, 0.2])
    assert mid == pytest.approx([0.1, 0.75, 0.35, 0.1])


def test_a_p_value_beyond_all_numbers_is_zero() -> None:
    """9,999 of 10,000 against 1 of 10,000: smaller than a number can hold, 0 and no fault."""
    assert fisher((9_999, 10_000), (1, 10_000)).p_value == 0
    assert boschloo((9_999, 10_000), (1, 10_000)).p_value == 0


@pytest.mark.parametrize("test", TESTS)
def test_bad_input_is_refused_by_name(test: object) -> None:
    """The group and the value are named."""
    with pytest.raises(InputError, match="first: count 5"):
        test((5, 4), (1, 4))  # type: ignore[operator]
    with pytest.raises(InputError, match="second: value 0/0"):
        test((1, 4), (0, 0))  # type: ignore[operator]


@pytest.mark.parametrize("test", TESTS)
def test_each_result_says_its_method(test: object) -> None:
    """The method's name travels with the p-value."""
    found = test((1, 4), (3, 4))  # type: ignore[operator]
    assert found.method == test.__name__  # type: ignore[attr-defined]
