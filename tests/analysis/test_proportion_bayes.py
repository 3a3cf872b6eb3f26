"""Bayesian comparison: closed forms in exact fractions, adaptive quadrature, R, and symmetry."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import beta

from ptce_analysis.analysis.proportions.bayes import PRIORS, bayes_factor, beta_binomial, posterior, prob_decrease
from ptce_analysis.analysis.proportions.records import Rate
from ptce_analysis.errors import InputError

drawn = st.integers(1, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


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


@settings(deadline=None)
@given(drawn, drawn)
def test_the_probability_of_a_decrease_is_the_closed_form(first: Rate, second: Rate) -> None:
    """The finite sum of the beta-binomial distribution, in exact fractions."""
    assert prob_decrease(first, second) == pytest.approx(float(exact_decrease(first, second)), abs=1e-11)


@pytest.mark.parametrize(
    ("first", "second"),
    [((300, 1000), (260, 1000)), ((2, 3), (499, 800)), ((0, 900), (1, 2)), ((900, 900), (400, 400))],
)
def test_the_closed_form_holds_for_unequal_and_large_groups(first: Rate, second: Rate) -> None:
    """The same sum, a thousand units or two."""
    assert prob_decrease(first, second) == pytest.approx(float(exact_decrease(first, second)), abs=1e-10)


@pytest.mark.parametrize(
    ("first", "prior", "expected"),
    [
        # R 4.2.2: integrate(function(p) dbeta(p, k1+a, 42-k1+a) * pbeta(p, 10+a, 42+a), 0, 1, rel.tol = 1e-12)
        ((13, 42), "uniform", 0.90359324730026),
        ((22, 42), "uniform", 0.999602658031304),
        ((13, 42), "jeffreys", 0.905408800750047),
        ((22, 42), "jeffreys", 0.999653771800425),
    ],
)
def test_the_probability_of_a_decrease_is_that_of_r(first: Rate, prior: str, expected: float) -> None:
    """The readings of the study, both priors."""
    assert prob_decrease(first, (10, 52), prior) == pytest.approx(expected, abs=1e-10)


def below(first: Rate, second: Rate, prior: str, gap: float) -> float:
    """P(p1 - p2 <= gap) by adaptive quadrature over p2 (scipy.integrate.quad), the inner probability by scipy.stats."""
    one, two = posterior(first, prior), posterior(second, prior)

    def integrand(angle: float) -> float:
        p = math.sin(angle) ** 2
        return float(beta.pdf(p, *two) * beta.cdf(p + gap, *one) * math.sin(2 * angle))

    peak = math.asin(math.sqrt(beta.mean(*two)))
    points = sorted({peak, *(math.asin(math.sqrt(x)) for x in (-gap, 1 - gap) if 0 < x < 1)})
    return float(quad(integrand, 1e-9, math.pi / 2 - 1e-9, points=points, limit=1000, epsabs=1e-12, epsrel=1e-11)[0])


@pytest.mark.parametrize("prior", PRIORS)
@pytest.mark.parametrize(
    ("first", "second", "confidence"),
    [
        ((13, 42), (10, 52), 0.95),
        ((22, 42), (10, 52), 0.99),
        ((0, 5), (0, 30), 0.9),
        ((4, 4), (1, 60), 0.95),
        ((1, 1), (0, 1), 0.8),
        ((300, 1000), (2, 9), 0.95),
        ((5000, 10_000), (4900, 10_000), 0.95),
    ],
)
def test_the_credible_interval_cuts_equal_tails(first: Rate, second: Rate, confidence: float, prior: str) -> None:
    """Each bound leaves (1 - confidence)/2 of the posterior of the difference, by adaptive quadrature."""
    found = beta_binomial(first, second, confidence, prior)
    tail = (1 - confidence) / 2
    assert below(first, second, prior, found.low) == pytest.approx(tail, abs=1e-8)
    assert below(first, second, prior, found.high) == pytest.approx(1 - tail, abs=1e-8)


def exact_factor(first: Rate, second: Rate) -> Fraction:
    """Marginal likelihood of two shares over that of one, uniform priors: inverses of binomial coefficients."""
    (k1, n1), (k2, n2) = first, second
    apart = Fraction(1, (n1 + 1) * math.comb(n1, k1)) * Fraction(1, (n2 + 1) * math.comb(n2, k2))
    return apart * (n1 + n2 + 1) * math.comb(n1 + n2, k1 + k2)


@given(drawn, drawn)
def test_the_bayes_factor_is_the_closed_form(first: Rate, second: Rate) -> None:
    """Under uniform priors every count is equally likely, which gives it in whole numbers."""
    assert bayes_factor(first, second) == pytest.approx(float(exact_factor(first, second)), rel=1e-10)


def test_the_bayes_factor_of_one_unit_each() -> None:
    """By hand: two different answers are 1/4 likely with two shares, 1/6 with one; two like ones 1/4 and 1/3."""
    assert bayes_factor((0, 1), (1, 1)) == pytest.approx(1.5)
    assert bayes_factor((1, 1), (1, 1)) == pytest.approx(0.75)
    # Jeffreys' prior by hand: (1/2 x 1/2)/(1/8) for different answers.
    assert bayes_factor((0, 1), (1, 1), "jeffreys") == pytest.approx(2)


def test_a_bayes_factor_beyond_all_numbers_is_infinite() -> None:
    """No overflow, no fault."""
    assert bayes_factor((0, 10_000), (10_000, 10_000)) == math.inf


def test_the_estimate_is_the_posterior_mean() -> None:
    """By hand: 14/44 - 11/54 under uniform priors; the record names the prior and its parameters."""
    found = beta_binomial((13, 42), (10, 52))
    assert found.estimate == pytest.approx(14 / 44 - 11 / 54)
    assert (found.prior, found.parameters, found.confidence) == ("uniform", (1.0, 1.0), 0.95)


@settings(deadline=None, max_examples=40)
@given(drawn, drawn, st.sampled_from([0.5, 0.9, 0.99]), st.sampled_from(list(PRIORS)))
def test_it_follows_swaps(first: Rate, second: Rate, confidence: float, prior: str) -> None:
    """Swapping groups, or success and failure, mirrors the interval and the probability, and keeps the factor."""
    (k1, n1), (k2, n2) = first, second
    found = beta_binomial(first, second, confidence, prior)
    assert -1 < found.low < found.high < 1
    for other in (
        beta_binomial(second, first, confidence, prior),
        beta_binomial((n1 - k1, n1), (n2 - k2, n2), confidence, prior),
    ):
        assert (other.low, other.high) == pytest.approx((-found.high, -found.low), abs=1e-8)
        assert other.prob_decrease == pytest.approx(1 - found.prob_decrease, abs=1e-10)
        assert other.bayes_factor == pytest.approx(found.bayes_factor, rel=1e-9)


def test_like_groups_say_nothing() -> None:
    """Equal counts: a fall is as probable as a rise, and the factor speaks for no change."""
    found = beta_binomial((4, 20), (4, 20))
    assert found.prob_decrease == pytest.approx(0.5, abs=1e-12)
    assert found.low == pytest.approx(-found.high, abs=1e-9)
    assert found.bayes_factor < 1


@settings(deadline=None, max_examples=25)
@given(drawn, drawn)
def test_more_confidence_never_narrows(first: Rate, second: Rate) -> None:
    """The interval at 99 % holds the one at 90 %."""
    narrow, wide = beta_binomial(first, second, 0.9), beta_binomial(first, second, 0.99)
    assert wide.low < narrow.low < narrow.high < wide.high


def test_bad_input_is_refused_by_name() -> None:
    """The argument, the value and what is legal."""
    with pytest.raises(InputError, match="first: count 5"):
        beta_binomial((5, 4), (1, 4))
    with pytest.raises(InputError, match="second: value 0/0"):
        bayes_factor((1, 4), (0, 0))
    with pytest.raises(InputError, match="confidence: value 2"):
        beta_binomial((1, 4), (1, 4), 2)
    with pytest.raises(InputError, match="prior: value 'flat': legal values: uniform, jeffreys"):
        prob_decrease((1, 4), (1, 4), "flat")
