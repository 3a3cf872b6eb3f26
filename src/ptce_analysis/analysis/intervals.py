"""Estimates of shares with their intervals: of one group, of the difference, the ratio and the odds ratio of two.

A difference is first - second; ratios are second over first. Bayesian integrals are on a fixed grid: the same counts
give the same figures everywhere. Scipy's conditional odds ratio has four digits only where a count is zero: not used.
"""

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincc, betainccinv, betaincinv, betaln, gammaln, softmax, xlogy

from ptce_analysis.errors import InputError

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Rate = tuple[int, int]
Beta = tuple[float, float]

LARGEST_GROUP = 1_000_000

# Assumption (02): Before the surveys, all shares are equally likely, each year separately. Source: usual choice;
# Jeffreys’ prior is computed beside it. If wrong: the probability of a fall hardly moves.
UNIFORM: Beta = (1.0, 1.0)
JEFFREYS: Beta = (0.5, 0.5)

# Share of a posterior left out on each side of an integral.
NEGLIGIBLE = 1e-20

# Where an integral is evaluated, from 0 to 2 (double exponential rule); what one point stands for is cosh / SPREAD.
STEPS = np.linspace(-3.5, 3.5, 181)
CROWDED = 1 + np.tanh(math.pi / 2 * np.sinh(STEPS))
SPREAD = np.cosh(math.pi / 2 * np.sinh(STEPS)) ** 2


@dataclass(frozen=True)
class Estimate:
    """An estimate with its interval. `None` where nothing can be stated, with a `reason` (a key of `rates.REASONS`).

    `high` is `math.inf` when the data set no upper bound.
    """

    estimate: float | None
    low: float | None
    high: float | None
    reason: str = ""


def checked_rate(rate: Rate, name: str) -> Rate:
    """Return the rate as two Python whole numbers, 0 <= count <= base, 1 <= base <= `LARGEST_GROUP`; or refuse it."""
    try:
        count, base = (operator.index(part) for part in rate if not isinstance(part, bool))
    except (TypeError, ValueError):
        raise InputError(f"{name}: value {rate!r}: two whole numbers (count, base) are expected.") from None
    if base == 0:
        raise InputError(f"{name}: value {count}/0: a group without units has no share; leave it out and say why.")
    if not 1 <= base <= LARGEST_GROUP:
        raise InputError(f"{name}: base {base}: legal bases are 1 to {LARGEST_GROUP}.")
    if not 0 <= count <= base:
        raise InputError(f"{name}: count {count}: legal counts are 0 to {base}, the base; is it count/base?")
    return count, base


def checked_pair(first: Rate, second: Rate) -> tuple[Rate, Rate]:
    """Return two rates, each checked under its own name."""
    return checked_rate(first, "first"), checked_rate(second, "second")


def checked_fraction(value: float, name: str) -> float:
    """Return a number strictly between 0 and 1 (a confidence, a level); raises `InputError` for any other."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 1:
        raise InputError(f"{name}: value {value!r}: legal values lie strictly between 0 and 1; write 0.95 for 95 %.")
    return float(value)


def boundary(inside: Callable[[float], bool], inner: float, outer: float, halvings: int = 64) -> float:
    """Return where a condition that holds at `inner` stops holding on the way to `outer`, by bisection, or `outer`."""
    if inside(outer):
        return outer
    for _ in range(halvings):
        middle = (inner + outer) / 2
        if middle in (inner, outer):  # no number lies between them
            break
        inner, outer = (middle, outer) if inside(middle) else (inner, middle)
    return inner


def _normal_quantile(confidence: float) -> float:
    return NormalDist().inv_cdf((1 + checked_fraction(confidence, "confidence")) / 2)


def _tail(confidence: float) -> float:
    return (1 - checked_fraction(confidence, "confidence")) / 2


def wilson(rate: Rate, confidence: float = 0.95) -> Estimate:
    """Return the share of one group with Wilson's score interval."""
    return Estimate(*_score_bounds(checked_rate(rate, "rate"), _normal_quantile(confidence)))


def _score_bounds(rate: Rate, z: float) -> tuple[float, float, float]:
    k, n = rate
    middle = (k + z * z / 2) / (n + z * z)
    reach = z * math.sqrt(k * (n - k) / n + z * z / 4) / (n + z * z)
    return k / n, 0.0 if k == 0 else max(middle - reach, 0.0), 1.0 if k == n else min(middle + reach, 1.0)


def clopper_pearson(rate: Rate, confidence: float = 0.95) -> Estimate:
    """Return the share of one group with the exact binomial interval."""
    return _from_beta(rate, confidence, 0, 1)


def jeffreys(rate: Rate, confidence: float = 0.95) -> Estimate:
    """Return the share of one group with Jeffreys' interval."""
    return _from_beta(rate, confidence, 0.5, 0.5)


def _from_beta(rate: Rate, confidence: float, low_added: float, high_added: float) -> Estimate:
    """Between quantiles of Beta(k + added, n - k + 1 - added); 0 without success, 1 without failure."""
    (k, n), tail = checked_rate(rate, "rate"), _tail(confidence)
    low = float(betaincinv(k + low_added, n - k + 1 - low_added, tail)) if k > 0 else 0.0
    high = float(betaincinv(k + high_added, n - k + 1 - high_added, 1 - tail)) if k < n else 1.0
    return Estimate(k / n, low, high)


# Assumption (02): Respondents are a random draw, independent from one survey to the other. Source: none; those of the
# first survey were chosen. If wrong: intervals and tests say nothing of the other clusters.
def newcombe(first: Rate, second: Rate, confidence: float = 0.95, correlation: float = 0.0) -> Estimate:
    """Return the difference first - second with Newcombe's hybrid score interval.

    `correlation`: of the two sample shares, for sensitivity (Zou & Donner 2008, Statistics in Medicine 27:1693-1702).
    """
    z = _normal_quantile(confidence)
    (p1, l1, u1), (p2, l2, u2) = (_score_bounds(rate, z) for rate in checked_pair(first, second))

    def reach(one: float, two: float) -> float:
        return math.sqrt(max(one * one + two * two - 2 * correlation * one * two, 0.0))

    low, high = p1 - p2 - reach(p1 - l1, u2 - p2), p1 - p2 + reach(u1 - p1, p2 - l2)
    return Estimate(p1 - p2, max(low, -1.0), min(high, 1.0))


def agresti_caffo(first: Rate, second: Rate, confidence: float = 0.95) -> Estimate:
    """Return the difference first - second with the interval of Agresti and Caffo.

    Its centre is drawn towards 0: below a confidence of 0.92 it can leave out the difference of very small groups.
    """
    (k1, n1), (k2, n2) = checked_pair(first, second)
    p1, p2 = (k1 + 1) / (n1 + 2), (k2 + 1) / (n2 + 2)
    reach = _normal_quantile(confidence) * math.sqrt(p1 * (1 - p1) / (n1 + 2) + p2 * (1 - p2) / (n2 + 2))
    low, high = max(p1 - p2 - reach, -1.0), min(p1 - p2 + reach, 1.0)
    return Estimate(k1 / n1 - k2 / n2, low, high)


def miettinen_nurminen(first: Rate, second: Rate, confidence: float = 0.95) -> Estimate:
    """Return the difference first - second with the score interval of Miettinen and Nurminen.

    A gap g is inside when (difference - g)^2 <= z^2 V N/(N - 1), V being the variance of the difference at the
    likeliest shares that lie g apart.
    """
    (k1, n1), (k2, n2) = checked_pair(first, second)
    difference = k1 / n1 - k2 / n2
    factor = _normal_quantile(confidence) ** 2 * (n1 + n2) / (n1 + n2 - 1)

    def inside(gap: float) -> bool:
        def rising(p2: float) -> bool:  # the (decreasing) score: the likeliest shares are where it changes sign
            p1 = p2 + gap
            return (k1 - n1 * p1) * p2 * (1 - p2) + (k2 - n2 * p2) * p1 * (1 - p1) > 0

        p2 = boundary(rising, max(0.0, -gap), min(1.0, 1.0 - gap))
        p1 = min(max(p2 + gap, 0.0), 1.0)
        return (difference - gap) ** 2 <= factor * (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)

    low, high = boundary(inside, difference, -1.0), boundary(inside, difference, 1.0)
    return Estimate(difference, low, high)


SINGLES = (wilson, clopper_pearson, jeffreys)
DIFFERENCES = (newcombe, agresti_caffo, miettinen_nurminen)


def koopman(first: Rate, second: Rate, confidence: float = 0.95) -> Estimate:
    """Return the ratio of shares, second over first, with Koopman's score interval, by t = ratio/(1 + ratio)."""
    (k1, n1), (k2, n2) = checked_pair(first, second)
    p1, p2, successes, z = k1 / n1, k2 / n2, k1 + k2, _normal_quantile(confidence)
    if successes == 0:
        return Estimate(None, None, None, "no_success")

    def inside(t: float) -> bool:
        # The likeliest shares are (1 - t)s and t s: the smaller root s of a quadratic, in its stable form.
        middle = successes + (n1 - k1) * (1 - t) + (n2 - k2) * t
        root = math.sqrt(max(middle * middle - 4 * t * (1 - t) * (n1 + n2) * successes, 0.0))
        s = 2 * successes / (middle + root)
        q1, q2 = min((1 - t) * s, 1.0), min(t * s, 1.0)
        variance = t * t * q1 * (1 - q1) / n1 + (1 - t) ** 2 * q2 * (1 - q2) / n2
        return ((1 - t) * p2 - t * p1) ** 2 <= z * z * variance

    ends = (boundary(inside, p2 / (p1 + p2), outer) for outer in (0.0, 1.0))
    low, high = (t / (1 - t) if t < 1 else math.inf for t in ends)
    if k1 == 0:
        return Estimate(None, low, math.inf, "no_success_in_first")
    return Estimate(p2 / p1, low, high)


@lru_cache(maxsize=8)
def log_binomials(n: int) -> Floats:
    """Return the logarithms of the binomial coefficients of n, from 0 to n."""
    x = np.arange(n + 1.0)
    found: Floats = gammaln(n + 1.0) - gammaln(x + 1) - gammaln(n - x + 1)
    found.flags.writeable = False
    return found


def margin(n1: int, n2: int, m: int) -> tuple[Counts, Floats]:
    """Return the counts that the first group can have of m successes in both, and the log number of tables of each."""
    counts = np.arange(max(0, m - n2), min(n1, m) + 1)
    return counts, log_binomials(n1)[counts] + log_binomials(n2)[m - counts]


def conditional_odds_ratio(first: Rate, second: Rate, confidence: float = 0.95) -> Estimate:
    """Return the conditional maximum likelihood odds ratio, second over first, with its exact interval.

    Given both margins, the second group's successes are noncentral hypergeometric. The estimate makes their mean the
    observed count; each bound leaves (1 - confidence)/2 beyond that count.
    """
    (k1, n1), (k, n2) = checked_pair(first, second)
    tail, far = _tail(confidence), 700.0  # log odds beyond which no bound lies
    if k1 + k in (0, n1 + n2):
        return Estimate(None, None, None, "no_variation")
    x, weights = margin(n2, n1, k1 + k)

    def mean(log_odds: float, of: NDArray[np.generic]) -> float:
        return float(softmax(weights + log_odds * x) @ of)

    low, estimate, high = 0.0, 0.0, math.inf
    if k > x[0]:
        low = math.exp(boundary(lambda log_odds: mean(log_odds, x >= k) <= tail, -far, far))
    if k == x[-1]:
        return Estimate(None, low, high, "zero_cell")
    high = math.exp(boundary(lambda log_odds: mean(log_odds, x <= k) <= tail, far, -far))
    if k > x[0]:
        estimate = math.exp(boundary(lambda log_odds: mean(log_odds, x) <= k, -far, far))
    return Estimate(estimate, low, high)


def beta_binomial(first: Rate, second: Rate, confidence: float = 0.95) -> Estimate:
    """Return the posterior mean of the difference with its equal-tailed credible interval (uniform priors)."""
    tail = _tail(confidence)
    one, two = (_posterior(rate, UNIFORM) for rate in checked_pair(first, second))
    # Bounds are found to 2/2^40.
    low = boundary(lambda gap: _prob_gap_below(one, two, gap) <= tail, -1.0, 1.0, 40)
    high = boundary(lambda gap: _prob_gap_below(two, one, -gap) <= tail, 1.0, -1.0, 40)
    return Estimate(one[0] / sum(one) - two[0] / sum(two), low, high)


def prob_decrease(first: Rate, second: Rate, prior: Beta = UNIFORM) -> float:
    """Return the posterior probability that the share of the second group is lower than that of the first."""
    one, two = (_posterior(rate, prior) for rate in checked_pair(first, second))
    return _prob_gap_below(two, one, 0.0)


def bayes_factor(first: Rate, second: Rate) -> float:
    """Return how many times likelier the counts are when the shares differ than when they are one share.

    Uniform priors; below 1 it speaks for no change; `math.inf` beyond what a number can hold.

    >>> round(bayes_factor((0, 1), (1, 1)), 4)
    1.5
    """
    (a1, b1), (a2, b2) = (_posterior(rate, UNIFORM) for rate in checked_pair(first, second))
    log_factor = float(betaln(a1, b1) + betaln(a2, b2) - betaln(a1 + a2 - 1, b1 + b2 - 1))
    return math.exp(log_factor) if log_factor < 700 else math.inf


def _posterior(rate: Rate, prior: Beta) -> Beta:
    return prior[0] + rate[0], prior[1] + rate[1] - rate[0]


def _prob_gap_below(one: Beta, two: Beta, gap: float) -> float:
    """P(X - Y <= gap) for X ~ Beta(one), Y ~ Beta(two): where X <= gap, or Y >= 1 - gap, it is certain."""
    if sum(one) > sum(two):
        sure = float(betainc(*one, max(gap, 0.0)))
        rest = _mean_over(one, max(gap, 0.0), min(1.0 + gap, 1.0), lambda x: betaincc(*two, np.clip(x - gap, 0, 1)))
    else:
        sure = float(betaincc(*two, min(1.0 - gap, 1.0)))
        rest = _mean_over(two, max(-gap, 0.0), min(1.0 - gap, 1.0), lambda y: betainc(*one, np.clip(y + gap, 0, 1)))
    return min(max(sure + rest, 0.0), 1.0)


def _mean_over(beta: Beta, low: float, high: float, value: Callable[[Floats], Floats]) -> float:
    """The integral from `low` to `high` of `value` under a Beta density, bounded by the scale p = sin^2(angle)."""
    a, b = beta
    low, high = max(low, float(betaincinv(a, b, NEGLIGIBLE))), min(high, float(betainccinv(a, b, NEGLIGIBLE)))
    if low >= high:
        return 0.0
    start, end = math.asin(math.sqrt(low)), math.asin(math.sqrt(high))
    angles = start + (end - start) * CROWDED / 2
    weights = (end - start) * math.pi / 4 * np.cosh(STEPS) / SPREAD * (STEPS[1] - STEPS[0])
    sine, cosine = np.sin(angles), np.cos(angles)
    logs = math.log(2) + xlogy(2 * a - 1, sine) + xlogy(2 * b - 1, cosine) - betaln(a, b)
    return float(weights @ (np.exp(logs) * value(sine**2)))
