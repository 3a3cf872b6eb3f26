"""Bayesian comparison of two proportions: independent Beta priors, binomial counts, one-dimensional integrals.

No simulation: the integrals are computed on a fixed grid (double exponential rule), so the same counts give the same
figures everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincc, betainccinv, betaincinv, betaln, xlogy

from ptce_analysis.analysis.proportions.records import (
    Rate,
    boundary,
    checked_choice,
    checked_fraction,
    checked_rate,
)

Floats = NDArray[np.float64]
Beta = tuple[float, float]

# Assumption (02): Before the surveys, all shares are equally likely, each year separately. Source: usual choice;
# Jeffreys’ prior is computed beside it. If wrong: the probability of a fall hardly moves.
DEFAULT_PRIOR = "uniform"
PRIORS: dict[str, Beta] = {"uniform": (1.0, 1.0), "jeffreys": (0.5, 0.5)}

# Share of a posterior left out on each side of an integral.
NEGLIGIBLE = 1e-20

# Bounds of a difference are found to 2/2^40.
HALVINGS = 40

# Where an integral is evaluated, from 0 to 2: points crowd at both ends. What one point stands for is cosh / SPREAD.
STEPS = np.linspace(-3.5, 3.5, 181)
CROWDED = 1 + np.tanh(math.pi / 2 * np.sinh(STEPS))
SPREAD = np.cosh(math.pi / 2 * np.sinh(STEPS)) ** 2


@dataclass(frozen=True)
class Posterior:
    """What the counts say under a prior, shares of the groups being independent.

    `prob_decrease`: probability that the share of the second group is lower. `estimate`, `low`, `high`: mean and
    equal-tailed credible interval of the difference first - second. `bayes_factor`: how many times likelier the counts
    are when the shares differ than when they are one share (the same prior on it); below 1 it speaks for no change.
    """

    prior: str
    parameters: Beta
    prob_decrease: float
    estimate: float
    low: float
    high: float
    bayes_factor: float
    confidence: float


def beta_binomial(first: Rate, second: Rate, confidence: float = 0.95, prior: str = DEFAULT_PRIOR) -> Posterior:
    """Return the posterior comparison of two groups under a named prior (`uniform` or `jeffreys`)."""
    tail = (1 - checked_fraction(confidence, "confidence")) / 2
    one, two = posterior(first, prior, "first"), posterior(second, prior, "second")
    return Posterior(
        prior=prior,
        parameters=PRIORS[prior],
        prob_decrease=prob_decrease(first, second, prior),
        estimate=_mean(one) - _mean(two),
        low=boundary(lambda gap: _prob_gap_below(one, two, gap) <= tail, -1.0, 1.0, HALVINGS),
        high=boundary(lambda gap: _prob_gap_below(two, one, -gap) <= tail, 1.0, -1.0, HALVINGS),
        bayes_factor=bayes_factor(first, second, prior),
        confidence=confidence,
    )


def prob_decrease(first: Rate, second: Rate, prior: str = DEFAULT_PRIOR) -> float:
    """Return the posterior probability that the share of the second group is lower than that of the first."""
    one, two = posterior(first, prior, "first"), posterior(second, prior, "second")
    return _prob_gap_below(two, one, 0.0)


def bayes_factor(first: Rate, second: Rate, prior: str = DEFAULT_PRIOR) -> float:
    """Return the Bayes factor of two shares against one, `math.inf` beyond what a number can hold.

    >>> round(bayes_factor((0, 1), (1, 1)), 4)
    1.5
    """
    a, b = PRIORS[checked_choice(prior, "prior", tuple(PRIORS))]
    (k1, n1), (k2, n2) = checked_rate(first, "first"), checked_rate(second, "second")
    apart = betaln(a + k1, b + n1 - k1) + betaln(a + k2, b + n2 - k2) - betaln(a, b)
    log_factor = float(apart - betaln(a + k1 + k2, b + n1 + n2 - k1 - k2))
    return math.exp(log_factor) if log_factor < 700 else math.inf


def posterior(rate: Rate, prior: str, name: str = "rate") -> Beta:
    """Return the parameters of the posterior Beta distribution of a share."""
    a, b = PRIORS[checked_choice(prior, "prior", tuple(PRIORS))]
    k, n = checked_rate(rate, name)
    return a + k, b + n - k


def _mean(beta: Beta) -> float:
    return beta[0] / sum(beta)


def _variance(beta: Beta) -> float:
    a, b = beta
    return a * b / ((a + b) ** 2 * (a + b + 1))


def _prob_gap_below(one: Beta, two: Beta, gap: float) -> float:
    """P(X - Y <= gap) for independent X ~ Beta(one), Y ~ Beta(two), integrated over the less spread of the two.

    For positive gaps a part is certain: where X <= gap, or where Y >= 1 - gap.
    """
    if _variance(one) < _variance(two):
        sure = float(betainc(*one, max(gap, 0.0)))
        rest = _mean_over(one, max(gap, 0.0), min(1.0 + gap, 1.0), lambda x: betaincc(*two, np.clip(x - gap, 0, 1)))
    else:
        sure = float(betaincc(*two, min(1.0 - gap, 1.0)))
        rest = _mean_over(two, max(-gap, 0.0), min(1.0 - gap, 1.0), lambda y: betainc(*one, np.clip(y + gap, 0, 1)))
    return min(max(sure + rest, 0.0), 1.0)


def _mean_over(beta: Beta, low: float, high: float, value: Callable[[Floats], Floats]) -> float:
    """The integral from `low` to `high` of `value` under a Beta density, on the scale p = sin^2(angle).

    On that scale the density is bounded; the rule crowds its points at both ends, where `value` may have a root.
    """
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
