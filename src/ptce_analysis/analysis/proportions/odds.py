"""Odds ratio of two groups, second over first: of the sample, and by conditional likelihood with its exact interval."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from ptce_analysis.analysis.proportions.records import Estimate, Rate, boundary, checked_fraction, checked_rate

Floats = NDArray[np.float64]

# Log odds beyond which no bound lies, for groups and confidences that can be asked for.
FARTHEST_LOG_ODDS = 700.0


def sample_odds_ratio(first: Rate, second: Rate) -> Estimate:
    """Return the odds ratio of the sample, second over first, without an interval.

    >>> sample_odds_ratio((1, 4), (3, 4)).estimate
    9.0
    """
    (k1, n1), (k2, n2) = checked_rate(first, "first"), checked_rate(second, "second")
    if reason := _reason((k1, n1), (k2, n2)):
        return Estimate("sample_odds_ratio", None, None, None, reason=reason)
    return Estimate("sample_odds_ratio", k2 * (n1 - k1) / (k1 * (n2 - k2)), None, None)


def conditional_odds_ratio(first: Rate, second: Rate, confidence: float = 0.95) -> Estimate:
    """Return the conditional maximum likelihood odds ratio, second over first, with its exact interval.

    Given both margins, the successes of the second group follow Fisher's noncentral hypergeometric distribution. The
    estimate makes their mean equal to the observed count; each bound leaves (1 - confidence)/2 beyond that count.
    """
    one, two = checked_rate(first, "first"), checked_rate(second, "second")
    tail, k, reason = (1 - checked_fraction(confidence, "confidence")) / 2, two[0], _reason(one, two)
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


def _reason(first: Rate, second: Rate) -> str:
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
