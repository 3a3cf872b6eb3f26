"""Two proportions compared: the door to intervals, tests and Bayesian comparison, and all of them at once (`rates`).

A difference is first - second; a ratio is second over first.
"""

from __future__ import annotations

from typing import Any

from ptce_analysis.analysis.proportions.bayes import Posterior, beta_binomial, prob_decrease
from ptce_analysis.analysis.proportions.intervals import (
    agresti_caffo,
    clopper_pearson,
    conditional_odds_ratio,
    jeffreys,
    koopman,
    miettinen_nurminen,
    newcombe,
    sample_odds_ratio,
    wilson,
)
from ptce_analysis.analysis.proportions.records import (
    METHODS,
    Estimate,
    Rate,
    Test,
    checked_fraction,
    checked_rate,
    is_finite,
    parse_rate,
)
from ptce_analysis.analysis.proportions.tests import barnard, boschloo, fisher, mid_p, pearson

__all__ = ["DIFFERENCES", "TESTS", "Rate", "fisher", "newcombe", "parse_rate", "prob_decrease", "rates", "wilson"]

SINGLES = (wilson, clopper_pearson, jeffreys)
DIFFERENCES = (newcombe, agresti_caffo, miettinen_nurminen)
TESTS = (fisher, mid_p, barnard, boschloo, pearson)
COMPARED = (
    *(method.__name__ for method in SINGLES + DIFFERENCES),
    "koopman", "sample_odds_ratio", "conditional_odds_ratio",
    *(test.__name__ for test in TESTS),
    "beta_binomial",
)  # fmt: skip


def rates(first: Rate, second: Rate, confidence: float = 0.95) -> dict[str, Any]:
    """Return everything about two groups as one mapping of plain values (numbers, text, `None`), ready for JSON.

    Keys: `first` and `second` (count, base, share and its intervals), `confidence`, `difference`, `intervals`,
    `risk_ratio`, `odds_ratio`, `tests`, `bayes`; `conventions` by method; `reasons`, the key of `REASONS` for every
    value that is `None` and every bound that has no finite value, by its place, such as `risk_ratio.koopman`.

    >>> rates((13, 42), (10, 52))["tests"]["fisher"]  # doctest: +ELLIPSIS
    0.2309...
    """
    first, second = checked_rate(first, "first"), checked_rate(second, "second")
    checked_fraction(confidence, "confidence")
    ratio, odds = koopman(first, second, confidence), conditional_odds_ratio(first, second, confidence)
    tests = [test(first, second) for test in TESTS]
    sample = sample_odds_ratio(first, second)
    posterior = beta_binomial(first, second, confidence)
    return {
        "first": _group(first, confidence),
        "second": _group(second, confidence),
        "confidence": confidence,
        "difference": first[0] / first[1] - second[0] / second[1],
        "intervals": {method.__name__: _interval(method(first, second, confidence)) for method in DIFFERENCES},
        "risk_ratio": {"estimate": ratio.estimate, "koopman": _interval(ratio)},
        "odds_ratio": {"sample": sample.estimate, "conditional": odds.estimate, "exact": _interval(odds)},
        "tests": {test.method: test.p_value for test in tests},
        "bayes": _bayes(posterior),
        "conventions": {name: METHODS[name].convention for name in COMPARED},
        "reasons": _reasons(ratio, sample, odds, tests, posterior),
    }


def _group(rate: Rate, confidence: float) -> dict[str, Any]:
    intervals = {method.__name__: _interval(method(rate, confidence)) for method in SINGLES}
    return {"count": rate[0], "base": rate[1], "share": rate[0] / rate[1], **intervals}


def _interval(found: Estimate) -> list[float | None] | None:
    """Low and high; `None` for a bound that is not finite, and for the pair when neither can be stated."""
    if found.low is None:
        return None
    return [found.low, found.high if is_finite(found.high) else None]


def _bayes(found: Posterior) -> dict[str, Any]:
    return {
        "prob_decrease": found.prob_decrease,
        "interval": [found.low, found.high],
        "difference": found.estimate,
        "bayes_factor": found.bayes_factor if is_finite(found.bayes_factor) else None,
        "prior": {"name": found.prior, "parameters": list(found.parameters)},
    }


def _reasons(
    ratio: Estimate, sample: Estimate, odds: Estimate, tests: list[Test], posterior: Posterior
) -> dict[str, str]:
    places = {
        "risk_ratio.estimate": ratio.reason,
        "risk_ratio.koopman": ratio.reason,
        "odds_ratio.sample": sample.reason,
        "odds_ratio.conditional": odds.reason,
        "odds_ratio.exact": odds.reason,
        "bayes.bayes_factor": "" if is_finite(posterior.bayes_factor) else "beyond_numbers",
        **{f"tests.{test.method}": test.reason for test in tests},
    }
    return {place: reason for place, reason in places.items() if reason}
