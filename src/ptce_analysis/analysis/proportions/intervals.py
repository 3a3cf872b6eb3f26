"""Estimates with their intervals: of one proportion; of two, their difference (first - second), ratio and odds ratio.

Ratios are second over first.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, gammaln

from ptce_analysis.analysis.proportions.records import (
    Estimate,
    Rate,
    boundary,
    checked_fraction,
    checked_rate,
    normal_quantile,
)

Floats = NDArray[np.float64]

# Log odds beyond which no bound lies, for groups and confidences that can be asked for.
FARTHEST_LOG_ODDS = 700.0


def wilson(rate: Rate, confidence: float = 0.95) -> Estimate:
    """Return the share of one group with Wilson's score interval.

    >>> result = wilson((13, 42))
    >>> round(result.low, 4), round(result.high, 4)
    (0.1907, 0.4603)
    """
    share, low, high = score_bounds(checked_rate(rate, "rate"), normal_quantile(confidence))
    return Estimate("wilson", share, low, high, confidence)


def score_bounds(rate: Rate, z: float) -> tuple[float, float, float]:
    """Return the share and the two shares whose score statistic is z in absolute value."""
    k, n = rate
    middle = (k + z * z / 2) / (n + z * z)
    reach = z * math.sqrt(k * (n - k) / n + z * z / 4) / (n + z * z)
    low = 0.0 if k == 0 else max(middle - reach, 0.0)
    high = 1.0 if k == n else min(middle + reach, 1.0)
    return k / n, low, high


def clopper_pearson(rate: Rate, confidence: float = 0.95) -> Estimate:
    """Return the share of one group with the exact binomial interval."""
    k, n = checked_rate(rate, "rate")
    tail = (1 - checked_fraction(confidence, "confidence")) / 2
    low = float(betaincinv(k, n - k + 1, tail)) if k > 0 else 0.0
    high = float(betaincinv(k + 1, n - k, 1 - tail)) if k < n else 1.0
    return Estimate("clopper_pearson", k / n, low, high, confidence)


def jeffreys(rate: Rate, confidence: float = 0.95) -> Estimate:
    """Return the share of one group with Jeffreys' interval."""
    k, n = checked_rate(rate, "rate")
    tail = (1 - checked_fraction(confidence, "confidence")) / 2
    low = float(betaincinv(k + 0.5, n - k + 0.5, tail)) if k > 0 else 0.0
    high = float(betaincinv(k + 0.5, n - k + 0.5, 1 - tail)) if k < n else 1.0
    return Estimate("jeffreys", k / n, low, high, confidence)


# Assumption (02): Respondents are a random draw, independent from one survey to the other. Source: none; those of the
# first survey were chosen. If wrong: intervals and tests say nothing of the other clusters.
def newcombe(first: Rate, second: Rate, confidence: float = 0.95, correlation: float = 0.0) -> Estimate:
    """Return the difference first - second with Newcombe's hybrid score interval.

    `correlation`: of the two sample shares; 0 for independent groups. Other values are for sensitivity only.

    Source of the correlated form: Zou & Donner 2008, Statistics in Medicine 27:1693-1702 (MOVER).
    """
    one, two = _pair(first, second)
    (p1, l1, u1), (p2, l2, u2) = (score_bounds(rate, normal_quantile(confidence)) for rate in (one, two))
    difference = p1 - p2
    low = difference - _reach(p1 - l1, u2 - p2, correlation)
    high = difference + _reach(u1 - p1, p2 - l2, correlation)
    return Estimate("newcombe", difference, max(low, -1.0), min(high, 1.0), confidence)


def _reach(one: float, two: float, correlation: float) -> float:
    return math.sqrt(max(one * one + two * two - 2 * correlation * one * two, 0.0))


def agresti_caffo(first: Rate, second: Rate, confidence: float = 0.95) -> Estimate:
    """Return the difference first - second with the interval of Agresti and Caffo.

    Its centre is drawn towards 0: below a confidence of 0.92 it can leave out the difference of very small groups.
    """
    (k1, n1), (k2, n2) = _pair(first, second)
    z = normal_quantile(confidence)
    p1, p2 = (k1 + 1) / (n1 + 2), (k2 + 1) / (n2 + 2)
    reach = z * math.sqrt(p1 * (1 - p1) / (n1 + 2) + p2 * (1 - p2) / (n2 + 2))
    low, high = max(p1 - p2 - reach, -1.0), min(p1 - p2 + reach, 1.0)
    return Estimate("agresti_caffo", k1 / n1 - k2 / n2, low, high, confidence)


def miettinen_nurminen(first: Rate, second: Rate, confidence: float = 0.95) -> Estimate:
    """Return the difference first - second with the score interval of Miettinen and Nurminen.

    A gap g is inside when (difference - g)^2 <= z^2 V N/(N - 1), V being the variance of the difference at the
    likeliest shares that lie g apart.
    """
    (k1, n1), (k2, n2) = one, two = _pair(first, second)
    difference = k1 / n1 - k2 / n2
    factor = normal_quantile(confidence) ** 2 * (n1 + n2) / (n1 + n2 - 1)

    def inside(gap: float) -> bool:
        p1, p2 = _likeliest(one, two, gap)
        return (difference - gap) ** 2 <= factor * (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)

    low, high = boundary(inside, difference, -1.0), boundary(inside, difference, 1.0)
    return Estimate("miettinen_nurminen", difference, low, high, confidence)


def _likeliest(first: Rate, second: Rate, gap: float) -> tuple[float, float]:
    """The two shares, `gap` apart, under which the counts are likeliest: where the (decreasing) score changes sign."""
    (k1, n1), (k2, n2) = first, second

    def rising(p2: float) -> bool:
        p1 = p2 + gap
        return (k1 - n1 * p1) * p2 * (1 - p2) + (k2 - n2 * p2) * p1 * (1 - p1) > 0

    p2 = boundary(rising, max(0.0, -gap), min(1.0, 1.0 - gap))
    return min(max(p2 + gap, 0.0), 1.0), p2


def koopman(first: Rate, second: Rate, confidence: float = 0.95) -> Estimate:
    """Return the ratio of shares, second over first, with Koopman's score interval.

    The ratio is handled as t = ratio/(1 + ratio), from 0 to 1, so that both groups play the same part.
    """
    (k1, n1), (k2, n2) = one, two = _pair(first, second)
    z = normal_quantile(confidence)
    if k1 + k2 == 0:
        return Estimate("koopman", None, None, None, confidence, "no_success")
    p1, p2 = k1 / n1, k2 / n2

    def inside(t: float) -> bool:
        q1, q2 = _likeliest_in_ratio(one, two, t)
        variance = t * t * q1 * (1 - q1) / n1 + (1 - t) ** 2 * q2 * (1 - q2) / n2
        return ((1 - t) * p2 - t * p1) ** 2 <= z * z * variance

    middle = p2 / (p1 + p2)
    low, high = _ratio(boundary(inside, middle, 0.0)), _ratio(boundary(inside, middle, 1.0))
    if k1 == 0:
        return Estimate("koopman", None, low, math.inf, confidence, "no_success_in_first")
    return Estimate("koopman", p2 / p1, low, high, confidence)


def _likeliest_in_ratio(first: Rate, second: Rate, t: float) -> tuple[float, float]:
    """The likeliest shares (1 - t)s and t s: the smaller root s of a quadratic, in its stable form."""
    (k1, n1), (k2, n2) = first, second
    successes = k1 + k2
    middle = successes + (n1 - k1) * (1 - t) + (n2 - k2) * t
    root = math.sqrt(max(middle * middle - 4 * t * (1 - t) * (n1 + n2) * successes, 0.0))
    s = 2 * successes / (middle + root)
    return min((1 - t) * s, 1.0), min(t * s, 1.0)


def _ratio(t: float) -> float:
    return t / (1 - t) if t < 1 else math.inf


def _pair(first: Rate, second: Rate) -> tuple[Rate, Rate]:
    return checked_rate(first, "first"), checked_rate(second, "second")


def sample_odds_ratio(first: Rate, second: Rate) -> Estimate:
    """Return the odds ratio of the sample, second over first, without an interval.

    >>> sample_odds_ratio((1, 4), (3, 4)).estimate
    9.0
    """
    (k1, n1), (k2, n2) = checked_rate(first, "first"), checked_rate(second, "second")
    if reason := _no_odds((k1, n1), (k2, n2)):
        return Estimate("sample_odds_ratio", None, None, None, reason=reason)
    return Estimate("sample_odds_ratio", k2 * (n1 - k1) / (k1 * (n2 - k2)), None, None)


def conditional_odds_ratio(first: Rate, second: Rate, confidence: float = 0.95) -> Estimate:
    """Return the conditional maximum likelihood odds ratio, second over first, with its exact interval.

    Given both margins, the successes of the second group follow Fisher's noncentral hypergeometric distribution. The
    estimate makes their mean equal to the observed count; each bound leaves (1 - confidence)/2 beyond that count.
    (`scipy.stats.contingency.odds_ratio` gives the same, but does not end for the largest groups.)
    """
    one, two = checked_rate(first, "first"), checked_rate(second, "second")
    tail, k, reason = (1 - checked_fraction(confidence, "confidence")) / 2, two[0], _no_odds(one, two)
    if reason == "no_variation":
        return Estimate("conditional_odds_ratio", None, None, None, confidence, reason)
    counts, weights = _margin(one, two)

    def share(log_odds: float, counted: NDArray[np.bool_]) -> float:
        return float(_tilted(counts, weights, log_odds)[counted].sum())

    far = FARTHEST_LOG_ODDS
    low, estimate, high = 0.0, 0.0, math.inf
    if k > counts[0]:
        low = math.exp(boundary(lambda x: share(x, counts >= k) <= tail, -far, far))
    if k < counts[-1]:
        high = math.exp(boundary(lambda x: share(x, counts <= k) <= tail, far, -far))
    if counts[0] < k < counts[-1]:
        estimate = math.exp(boundary(lambda x: float(_tilted(counts, weights, x) @ counts) <= k, -far, far))
    return Estimate("conditional_odds_ratio", None if reason else estimate, low, high, confidence, reason)


def _no_odds(first: Rate, second: Rate) -> str:
    (k1, n1), (k2, n2) = first, second
    if k1 + k2 in (0, n1 + n2):
        return "no_variation"
    return "zero_cell" if k1 == 0 or k2 == n2 else ""


def _margin(first: Rate, second: Rate) -> tuple[Floats, Floats]:
    """Counts the second group can have given both margins, and their log weights when the groups are alike."""
    (k1, n1), (k2, n2) = first, second
    x = np.arange(max(0, k1 + k2 - n1), min(n2, k1 + k2) + 1, dtype=np.float64)
    y = k1 + k2 - x
    return x, -(gammaln(x + 1) + gammaln(n2 - x + 1) + gammaln(y + 1) + gammaln(n1 - y + 1))


def _tilted(counts: Floats, weights: Floats, log_odds: float) -> Floats:
    logs = weights + log_odds * counts
    values = np.exp(logs - logs.max())
    found: Floats = values / values.sum()
    return found
