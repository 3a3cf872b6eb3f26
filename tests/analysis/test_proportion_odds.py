"""Odds ratios: R's fisher.test, scipy, the defining equations by enumeration in exact fractions, and symmetry."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats.contingency import odds_ratio

from ptce_analysis.analysis.proportions.intervals import conditional_odds_ratio, sample_odds_ratio
from ptce_analysis.analysis.proportions.records import Rate
from ptce_analysis.errors import InputError

small = st.integers(1, 25).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("first", "second", "estimate", "low", "high"),
    [
        # R 4.2.2, the defining equations with d = dhyper(x, n2, n1, m) and w = d * psi^x / sum(d * psi^x), solved by
        # uniroot(tol = 1e-14): sum(w * x) = k2, sum(w[x >= k2]) = .025, sum(w[x <= k2]) = .025. (fisher.test solves
        # the same with tol = 1.2e-4 and is right to three digits only.)
        ((13, 42), (10, 52), 0.534798574674, 0.182385704016, 1.524307597978),
        ((22, 42), (10, 52), 0.220350987590, 0.0771832412501, 0.5909909850373),
        ((3, 4), (1, 4), 0.15604714704275, 0.00159682288304, 4.72287145621815),
        ((7, 34), (1, 34), 0.12005747798507, 0.00251892974335, 1.02746028065966),
    ],
)
def test_the_conditional_odds_ratio_is_that_of_r(
    first: Rate, second: Rate, estimate: float, low: float, high: float
) -> None:
    """Second over first, estimate and exact bounds."""
    found = conditional_odds_ratio(first, second)
    assert (found.estimate, found.low, found.high) == pytest.approx((estimate, low, high), rel=1e-9)


def test_a_count_of_zero_sets_one_bound_only() -> None:
    """R: fisher.test gives 0 to 0.55006 when the second group has no success, 1.81798 to Inf the other way round."""
    none_second = conditional_odds_ratio((7, 12), (0, 10))
    assert (none_second.estimate, none_second.low, none_second.reason) == (0.0, 0.0, "")
    assert none_second.high == pytest.approx(0.55006220, abs=1.3e-4)
    none_first = conditional_odds_ratio((0, 10), (7, 12))
    assert (none_first.estimate, none_first.high, none_first.reason) == (None, math.inf, "zero_cell")
    assert none_first.low == pytest.approx(1.817976, abs=1e-3)


def test_it_agrees_with_fisher_test_for_large_groups() -> None:
    """R: fisher.test(matrix(c(2900, 7100, 3100, 6900), 2, byrow = TRUE)), to the tolerance of its root-finder."""
    found = conditional_odds_ratio((3100, 10_000), (2900, 10_000))
    assert (found.estimate, found.low, found.high) == pytest.approx((0.909137, 0.855344, 0.966282), abs=1.3e-4)


@pytest.mark.parametrize("pair", [((0, 4), (0, 7)), ((4, 4), (7, 7))])
def test_groups_without_variation_have_no_odds_ratio(pair: tuple[Rate, Rate]) -> None:
    """One table only has these margins: neither an estimate nor an interval."""
    for found in (conditional_odds_ratio(*pair), sample_odds_ratio(*pair)):
        assert (found.estimate, found.low, found.high, found.reason) == (None, None, None, "no_variation")


def test_the_sample_odds_ratio_is_the_cross_product() -> None:
    """(10 x 29)/(13 x 42) by hand; a zero in the denominator gives a reason, one in the numerator gives 0."""
    found = sample_odds_ratio((13, 42), (10, 52))
    assert found.estimate == pytest.approx(290 / 546)
    assert sample_odds_ratio((3, 5), (0, 5)).estimate == 0
    assert sample_odds_ratio((5, 5), (2, 5)).estimate == 0
    for first, second in [((0, 5), (2, 5)), ((2, 5), (5, 5))]:
        found = sample_odds_ratio(first, second)
        assert (found.estimate, found.reason) == (None, "zero_cell")


def tail_shares(first: Rate, second: Rate, psi: float) -> tuple[float, float, float]:
    """P(X >= k), P(X <= k) and E(X) of the second group's successes given the margins, in exact fractions."""
    (k1, n1), (k2, n2) = first, second
    m = k1 + k2
    weights = {
        x: math.comb(n2, x) * math.comb(n1, m - x) * Fraction(psi) ** x for x in range(max(0, m - n1), min(n2, m) + 1)
    }
    total = sum(weights.values())
    upper = sum(weight for x, weight in weights.items() if x >= k2)
    lower = sum(weight for x, weight in weights.items() if x <= k2)
    return float(upper / total), float(lower / total), float(sum(x * w for x, w in weights.items()) / total)


@settings(deadline=None, max_examples=60)
@given(small, small, st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_bounds_and_estimate_solve_their_equations(first: Rate, second: Rate, confidence: float) -> None:
    """Each bound leaves (1 - confidence)/2, and the estimate makes the mean the count: enumeration in fractions."""
    found = conditional_odds_ratio(first, second, confidence)
    tail = (1 - confidence) / 2
    if found.low:
        assert tail_shares(first, second, found.low)[0] == pytest.approx(tail, rel=1e-9)
    if found.high is not None and math.isfinite(found.high):
        assert tail_shares(first, second, found.high)[1] == pytest.approx(tail, rel=1e-9)
    if found.estimate:
        assert tail_shares(first, second, found.estimate)[2] == pytest.approx(second[0], rel=1e-9)
        assert found.low is not None and found.high is not None
        assert found.low < found.estimate < found.high


@settings(deadline=None, max_examples=40)
@given(small, small)
def test_it_agrees_with_scipy(first: Rate, second: Rate) -> None:
    """scipy.stats.contingency.odds_ratio, its first row being the second group."""
    found = conditional_odds_ratio(first, second)
    if found.estimate:
        (k1, n1), (k2, n2) = first, second
        other = odds_ratio([[k2, n2 - k2], [k1, n1 - k1]], kind="conditional")
        interval = other.confidence_interval(0.95)
        expected = (other.statistic, interval.low, interval.high)
        assert (found.estimate, found.low, found.high) == pytest.approx(expected, rel=1e-6)


@settings(deadline=None)
@given(small, small)
def test_swapping_groups_or_answers_inverts_it(first: Rate, second: Rate) -> None:
    """Swapping groups, or success and failure, turns estimate and bounds into their inverses."""
    (k1, n1), (k2, n2) = first, second
    found = conditional_odds_ratio(first, second)
    for other in (
        conditional_odds_ratio(second, first),
        conditional_odds_ratio((n1 - k1, n1), (n2 - k2, n2)),
    ):
        if found.low and other.high is not None:
            assert found.low * other.high == pytest.approx(1, rel=1e-9)
        if found.estimate:
            assert other.estimate is not None
            assert found.estimate * other.estimate == pytest.approx(1, rel=1e-9)


def test_bad_input_is_refused_by_name() -> None:
    """The group and the value are named."""
    with pytest.raises(InputError, match="first: count 5"):
        conditional_odds_ratio((5, 4), (1, 4))
    with pytest.raises(InputError, match="second: value 0/0"):
        sample_odds_ratio((1, 4), (0, 0))
    with pytest.raises(InputError, match="confidence: value 0"):
        conditional_odds_ratio((1, 4), (1, 4), 0)
