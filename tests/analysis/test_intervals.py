"""Intervals: published examples, R, closed forms, equations solved in fractions, and adaptive quadrature."""

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import beta
from scipy.stats.contingency import odds_ratio

from ptce_analysis.analysis import intervals
from ptce_analysis.analysis.intervals import JEFFREYS, Estimate, Rate, beta_binomial, koopman, newcombe, prob_decrease
from ptce_analysis.errors import InputError

Z = 1.959963984540054  # from any table of the normal distribution
WITH_INTERVAL = (*intervals.DIFFERENCES, koopman, intervals.conditional_odds_ratio, beta_binomial)


small = st.integers(1, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def bounds(found: Estimate) -> tuple[float, float]:
    assert found.low is not None and found.high is not None
    return found.low, found.high


@pytest.mark.parametrize(
    ("rate", "message"),
    [
        ((3, 0), r"second: value 3/0: a group without units has no share; leave it out"),
        ((0, 1_000_001), r"second: base 1000001: legal bases are 1 to 1000000"),
        ((-1, 4), r"second: count -1: legal counts are 0 to 4"),
        ((5, 4), r"second: count 5: legal counts are 0 to 4"),
        ((1.0, 4), r"second: value \(1.0, 4\): two whole numbers"),
        ((True, 4), r"second: value \(True, 4\): two whole numbers"),
    ],
)
def test_an_impossible_rate_is_refused_by_name(rate: object, message: str) -> None:
    """The message names the argument, the value and what is legal, whatever the comparison."""
    for compared in (*WITH_INTERVAL, prob_decrease, intervals.bayes_factor):
        with pytest.raises(InputError, match=message):
            compared((1, 4), rate)
    with pytest.raises(InputError, match="first: count 5"):
        newcombe((5, 4), (1, 4))
    for single in intervals.SINGLES:
        with pytest.raises(InputError, match="rate: count 5"):
            single((5, 4))
    found = intervals.checked_rate((np.int64(3), np.int64(4)), "first")  # cells of a table are legal
    assert found == (3, 4) and all(type(part) is int for part in found)


@pytest.mark.parametrize("value", [0, 1, 95, -0.1, True, "0.95", None])
def test_a_confidence_outside_0_to_1_is_refused(value: object) -> None:
    """95 is the likeliest slip, so the message says how to write it."""
    for method in (*intervals.SINGLES, *WITH_INTERVAL):
        rates = ((1, 4),) if method in intervals.SINGLES else ((1, 4), (2, 4))
        with pytest.raises(InputError, match=r"confidence: value .* strictly between 0 and 1; write 0.95 for 95 %"):
            method(*rates, value)


@pytest.mark.parametrize(
    ("method", "rate", "expected"),
    [
        # R 4.2.2: prop.test(13, 42, correct = FALSE)$conf.int; binom.test(13, 42)$conf.int;
        # qbeta(c(.025, .975), 13.5, 29.5)
        (intervals.wilson, (13, 42), (0.190711028587949, 0.460259939360891)),
        (intervals.clopper_pearson, (13, 42), (0.176221082641955, 0.470860628932117)),
        (intervals.jeffreys, (13, 42), (0.185894065907175, 0.458400536207558)),
        # R: prop.test(0, 10, correct = FALSE)$conf.int; binom.test(0, 10)$conf.int
        (intervals.wilson, (0, 10), (0, 0.277532799862889)),
        (intervals.clopper_pearson, (0, 10), (0, 0.308497107818761)),
        # Brown, Cai & DasGupta 2001: the bound is 0 without success, 1 without failure; R: qbeta(.975, .5, 10.5)
        (intervals.jeffreys, (0, 10), (0, 0.217196267511)),
        (intervals.jeffreys, (10, 10), (1 - 0.217196267511, 1)),
        # Newcombe 1998a, Statistics in Medicine 17:857-872, Table I, methods 3 and 5
        (intervals.wilson, (81, 263), (0.2553, 0.3662)),
        (intervals.clopper_pearson, (15, 148), (0.0578, 0.1617)),
    ],
)
def test_single_intervals_agree_with_r_and_newcombe(
    method: Callable[[Rate], Estimate], rate: Rate, expected: tuple[float, float]
) -> None:
    """R's values to twelve digits, the printed examples to the four digits they have."""
    tolerance = 6e-5 if 0 < expected[1] == round(expected[1], 4) < 1 else 1e-11
    assert bounds(method(rate)) == pytest.approx(expected, abs=tolerance)
    assert method(rate).estimate == rate[0] / rate[1] and method(rate).reason == ""


# Newcombe 1998b, Statistics in Medicine 17:873-890, Table II: examples (a) to (h) with methods 10 and 6; the bounds of
# Agresti and Caffo for the same examples are recomputed by other programs (SAS PROC FREQ, as printed in WUSS 2016-127).
TABLE_II = [
    ((56, 70), (48, 80), (0.0524, 0.3339), (0.0525, 0.3358), (0.0528, 0.3382)),
    ((9, 10), (3, 10), (0.1705, 0.8090), (0.1600, 0.8400), (0.1700, 0.8406)),
    ((6, 7), (2, 7), (0.0582, 0.8062), (0.0338, 0.8551), (0.0342, 0.8534)),
    ((5, 56), (0, 29), (-0.0381, 0.1926), (-0.0289, 0.1712), (-0.0326, 0.1933)),
    ((0, 10), (0, 20), (-0.1611, 0.2775), (-0.1411, 0.2168), (-0.1658, 0.2844)),
    ((0, 10), (0, 10), (-0.2775, 0.2775), (-0.2212, 0.2212), (-0.2879, 0.2879)),
    ((10, 10), (0, 20), (0.6791, 1.0), (0.6922, 1.0), (0.7156, 1.0)),
    ((10, 10), (0, 10), (0.6075, 1.0), (0.6122, 1.0), (0.6636, 1.0)),
    # R: Epi::ci.pd(13, 10, 29, 42, method = "Nc" and "AC"); Miettinen and Nurminen: a root-finder
    ((13, 42), (10, 52), (-0.056463, 0.289947), (-0.060106, 0.289062), (-0.058295, 0.295581)),
]


@pytest.mark.parametrize("example", TABLE_II)
def test_differences_agree_with_newcombes_table(example: tuple[tuple[float, float], ...]) -> None:
    """Every example of the table, extreme ones included, to its four printed digits."""
    first, second, *printed = example
    for method, expected in zip(intervals.DIFFERENCES, printed, strict=True):
        found = method(first, second)
        assert bounds(found) == pytest.approx(expected, abs=6e-5)
        assert (found.estimate, found.reason) == (first[0] / first[1] - second[0] / second[1], "")


def test_koopman_agrees_with_published_examples_and_closed_forms() -> None:
    """Koopman 1984 (36/40 over 16/80: 2.94 to 7.15); Fagerland et al. 2017 (7/34 over 1/34: 1.2209 to 42.5757)."""
    assert bounds(koopman((16, 80), (36, 40))) == pytest.approx((2.94, 7.15), abs=5e-3)
    assert bounds(koopman((1, 34), (7, 34))) == pytest.approx((1.2209, 42.5757), abs=5e-5)
    assert koopman((16, 80), (36, 40)).estimate == pytest.approx(4.5)
    # All successes: m/(m + z^2) to (n + z^2)/n. No success in one group, or in both.
    assert bounds(koopman((8, 8), (5, 5))) == pytest.approx((5 / (5 + Z * Z), (8 + Z * Z) / 8))
    ends = koopman((0, 10), (3, 10)), koopman((3, 10), (0, 10)), koopman((0, 10), (0, 7))
    assert (ends[0].estimate, ends[0].high, ends[0].reason) == (None, math.inf, "no_success_in_first")
    assert (ends[1].estimate, ends[1].low, ends[2]) == (0.0, 0.0, Estimate(None, None, None, "no_success"))


def test_correlated_newcombe_narrows_and_widens() -> None:
    """Zou & Donner 2008 by hand: p = 1/2, n = 4, reach r = p - low; 2r^2 - 2 phi r^2 is 0 for 1 and 3r^2 for -1/2."""
    assert bounds(newcombe((2, 4), (2, 4), 0.95, 1.0)) == pytest.approx((0.0, 0.0), abs=1e-7)
    reach = 0.5 - bounds(intervals.wilson((2, 4)))[0]
    assert bounds(newcombe((2, 4), (2, 4), 0.95, -0.5)) == pytest.approx((-reach * 3**0.5, reach * 3**0.5))


def test_a_count_of_zero_sets_one_bound_only() -> None:
    """R: fisher.test gives 0 to 0.55006 when the second group has no success, 1.81798 to Inf the other way round."""
    exact = intervals.conditional_odds_ratio
    none_second = exact((7, 12), (0, 10))
    assert (none_second.estimate, none_second.low, none_second.reason) == (0.0, 0.0, "")
    assert none_second.high == pytest.approx(0.55006220, abs=1.3e-4)
    for none_first in (exact((0, 10), (7, 12)), exact((5, 12), (10, 10))):
        assert (none_first.estimate, none_first.high, none_first.reason) == (None, math.inf, "zero_cell")
        assert none_first.low == pytest.approx(1.817976, abs=1e-3)
    for pair in (((0, 4), (0, 7)), ((4, 4), (7, 7))):
        assert exact(*pair) == Estimate(None, None, None, "no_variation")


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


@settings(deadline=None, max_examples=40)
@given(small, small, st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_odds_bounds_and_estimate_solve_their_equations(first: Rate, second: Rate, confidence: float) -> None:
    """Each bound leaves (1 - confidence)/2, the estimate makes the mean the count (fractions); scipy; exact swaps."""
    (k1, n1), (k2, n2) = first, second
    found, tail = intervals.conditional_odds_ratio(first, second, confidence), (1 - confidence) / 2
    if found.low:
        assert tail_shares(first, second, found.low)[0] == pytest.approx(tail, rel=1e-9)
    if found.high is not None and math.isfinite(found.high):
        assert tail_shares(first, second, found.high)[1] == pytest.approx(tail, rel=1e-9)
    if found.estimate:
        assert tail_shares(first, second, found.estimate)[2] == pytest.approx(second[0], rel=1e-9)
        scipys = odds_ratio([[k2, n2 - k2], [k1, n1 - k1]], kind="conditional")
        ends = scipys.confidence_interval(confidence)
        assert (found.estimate, *bounds(found)) == pytest.approx((scipys.statistic, ends.low, ends.high), rel=1e-5)
        for swapped in ((second, first), ((n1 - k1, n1), (n2 - k2, n2))):
            other = intervals.conditional_odds_ratio(*swapped, confidence)
            assert found.low * other.high == pytest.approx(1, rel=1e-9)
            assert found.estimate * other.estimate == pytest.approx(1, rel=1e-9)


def exact_decrease(first: Rate, second: Rate) -> Fraction:
    """P(p2 < p1) under uniform priors, in whole numbers.

    With a = k + 1 and N = n + 1, P(p2 < x) = P(Binomial(N2, x) >= a2); its mean over Beta(a1, n1 - k1 + 1) is a sum of
    ratios of factorials (the beta-binomial distribution).
    """
    (k1, n1), (k2, n2) = first, second
    total = Fraction(0)
    for j in range(k2 + 1, n2 + 2):
        numerator = math.comb(n2 + 1, j) * math.factorial(k1 + j) * math.factorial(n1 - k1 + n2 + 1 - j)
        numerator *= math.factorial(n1 + 1)
        total += Fraction(numerator, math.factorial(n1 + n2 + 2) * math.factorial(k1) * math.factorial(n1 - k1))
    return total


def exact_factor(first: Rate, second: Rate) -> Fraction:
    """Marginal likelihood of two shares over that of one, uniform priors: inverses of binomial coefficients."""
    (k1, n1), (k2, n2) = first, second
    apart = Fraction(1, (n1 + 1) * math.comb(n1, k1)) * Fraction(1, (n2 + 1) * math.comb(n2, k2))
    return apart * (n1 + n2 + 1) * math.comb(n1 + n2, k1 + k2)


@settings(deadline=None)
@given(small, small)
@example((300, 1000), (260, 1000))
@example((2, 3), (499, 800))
@example((0, 900), (1, 2))
def test_bayesian_figures_are_their_closed_forms(first: Rate, second: Rate) -> None:
    """The finite sum of the beta-binomial distribution, and the factor of counts that are all equally likely."""
    assert prob_decrease(first, second) == pytest.approx(float(exact_decrease(first, second)), abs=1e-10)
    assert intervals.bayes_factor(first, second) == pytest.approx(float(exact_factor(first, second)), rel=1e-9)


def below(first: Rate, second: Rate, gap: float) -> float:
    """P(p1 - p2 <= gap), uniform priors, by adaptive quadrature over p2, the inner probability by scipy.stats."""
    (a1, b1), (a2, b2) = ((k + 1, n - k + 1) for k, n in (first, second))

    def integrand(angle: float) -> float:
        p = math.sin(angle) ** 2
        return float(beta.pdf(p, a2, b2) * beta.cdf(p + gap, a1, b1) * math.sin(2 * angle))

    points = sorted(math.asin(math.sqrt(x)) for x in (beta.mean(a2, b2), -gap, 1 - gap) if 0 < x < 1)
    return float(quad(integrand, 1e-9, math.pi / 2 - 1e-9, points=points, limit=1000, epsabs=1e-12, epsrel=1e-11)[0])


@pytest.mark.parametrize(
    ("first", "second", "confidence"),
    [
        ((13, 42), (10, 52), 0.95),
        ((22, 42), (10, 52), 0.99),
        ((0, 5), (0, 30), 0.9),
        ((4, 4), (1, 60), 0.95),
        ((300, 1000), (2, 9), 0.95),
    ],
)
def test_the_credible_interval_cuts_equal_tails(first: Rate, second: Rate, confidence: float) -> None:
    """Each bound leaves (1 - confidence)/2 of the posterior of the difference, by adaptive quadrature."""
    found, tail = beta_binomial(first, second, confidence), (1 - confidence) / 2
    assert below(first, second, found.low) == pytest.approx(tail, abs=1e-8)
    assert below(first, second, found.high) == pytest.approx(1 - tail, abs=1e-8)


def test_bayesian_figures_by_hand() -> None:
    """Two different answers are 1/4 likely with two shares, 1/6 with one; two like ones 1/4 and 1/3.

    Posterior means 14/44 and 11/54. Jeffreys' prior, by
    R 4.2.2: integrate(function(p) dbeta(p, k1+.5, 42-k1+.5) * pbeta(p, 10.5, 42.5), 0, 1, rel.tol = 1e-12).
    """
    for first, expected in (((13, 42), 0.905408800750047), ((22, 42), 0.999653771800425)):
        assert prob_decrease(first, (10, 52), JEFFREYS) == pytest.approx(expected, abs=1e-10)
    factors = [intervals.bayes_factor(one, (1, 1)) for one in ((0, 1), (1, 1))]
    assert factors == pytest.approx([1.5, 0.75])
    assert beta_binomial((13, 42), (10, 52)).estimate == pytest.approx(14 / 44 - 11 / 54)
