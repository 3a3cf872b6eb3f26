"""Two proportions compared: every interval of `intervals`, five tests of equality, all at once (`rates`); their power.

Given the number m of successes in both groups, those of the first are hypergeometric, whatever the common share p. An
exact unconditional test therefore rejects with probability

    sum over m of P(Binomial(N, p) = m) x s(m),    s(m) = s(N - m) = probability of its critical tables given m,

and its p-value is the maximum of this sum over p. Scipy's Barnard can miss that maximum (0.0045 for 1/7 and 4/4, where
1/128 is attained), and its Boschloo doubles one side: its tests are not used.

Power is the exact probability, over all pairs of binomial counts, that the mid-p test rejects: of the exact conditional
tests the one whose rejections of a true equality come closest to its level.
"""

import math
import re
from bisect import bisect_left
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax, xlogy

from ptce_analysis.analysis import intervals
from ptce_analysis.analysis.intervals import Counts, Estimate, Floats, Rate, checked_pair, log_binomials, margin
from ptce_analysis.errors import InputError
from ptce_analysis.vocabulary import rows


class Method(NamedTuple):
    """What a method does where methods differ (its convention), and where it comes from."""

    convention: str
    source: str


METHODS = {row["method"]: Method(row["convention"], row["source"]) for row in rows("methods.csv")}

# Why a value is not estimable, or why a bound has no finite value.
REASONS: dict[str, str] = {
    "no_success": "neither group has a success: a ratio of shares has no meaning",
    "no_success_in_first": "the first group has no success: the ratio has no finite estimate and no upper bound",
    "zero_cell": "a count of zero makes the odds ratio infinite: no finite estimate and no upper bound",
    "no_variation": "every unit of both groups has the same answer: the data cannot tell the groups apart",
    "beyond_numbers": "the Bayes factor is larger than a number can hold",
    "group_too_large": "a group is larger than this exact test is computed for; use the other tests",
}

# Probabilities closer than this, relatively, are equal: sums of logarithms cannot tell them apart. R uses the same.
TIE = 1e-7

# Limit: groups of a survey on poles are far smaller. Source: computing time, a tenth of a second at this size.
# If wrong: raise it; the method is the same, only slower.
LARGEST_UNCONDITIONAL = 2_000


def fisher(first: Rate, second: Rate) -> float:
    """Return the two-sided p-value of Fisher's exact test."""
    return _conditional(*checked_pair(first, second))[0]


def mid_p(first: Rate, second: Rate) -> float | None:
    """Return the p-value of Fisher's test with mid-p; `None` when all units have the same answer."""
    one, two = checked_pair(first, second)
    return None if _no_variation(one, two) else _conditional(one, two)[1]


def pearson(first: Rate, second: Rate) -> float | None:
    """Return the p-value of Pearson's chi-square test, not corrected; `None` when all units have the same answer."""
    one, two = checked_pair(first, second)
    return None if _no_variation(one, two) else math.erfc(math.sqrt(_chi_square(one, two) / 2))


def barnard(first: Rate, second: Rate) -> float | None:
    """Return the p-value of the exact unconditional test on the pooled score statistic (not Barnard's ordering, CSM).

    `None` for groups above `LARGEST_UNCONDITIONAL`.
    """
    (k1, n1), (k2, n2) = one, two = checked_pair(first, second)
    total = n1 + n2
    if max(n1, n2) > LARGEST_UNCONDITIONAL:
        return None
    if _no_variation(one, two) or k1 * n2 == k2 * n1:
        return 1.0
    limit = _chi_square(one, two) * n1 * n2 / total * (1 - TIE)

    def size(m: int, counts: Counts, pmf: Floats) -> float:
        return float(pmf[(counts * total - m * n1) ** 2 >= limit * m * (total - m)].sum())

    return _unconditional(n1, n2, size)


def boschloo(first: Rate, second: Rate) -> float | None:
    """Return the p-value of the exact unconditional test on Fisher's two-sided p-value; never above that p-value.

    `None` for groups above `LARGEST_UNCONDITIONAL`.
    """
    one, two = checked_pair(first, second)
    if max(one[1], two[1]) > LARGEST_UNCONDITIONAL:
        return None
    level = _conditional(one, two)[0]
    if level in (0.0, 1.0):
        return level

    def size(m: int, counts: Counts, pmf: Floats) -> float:  # noqa: ARG001
        return float(pmf[conditional_p_values(pmf)[0] <= level * (1 + TIE)].sum())

    return _unconditional(one[1], two[1], size)


TESTS = (fisher, mid_p, barnard, boschloo, pearson)


def conditional_p_values(pmf: Floats) -> tuple[Floats, Floats]:
    """Return Fisher's p-value and the mid-p of every table of a margin, from the probabilities of its tables."""
    order = np.argsort(pmf, kind="stable")
    ascending = pmf[order]
    sums = np.append(0.0, np.cumsum(ascending))
    starts = np.append(True, ascending[1:] > ascending[:-1] * (1 + TIE))  # of tables that are as likely
    group = np.cumsum(starts) - 1
    edges = np.append(np.flatnonzero(starts), ascending.size)
    exact, before = sums[edges[group + 1]] / sums[-1], sums[edges[group]] / sums[-1]
    back = np.argsort(order, kind="stable")
    return exact[back], ((exact + before) / 2)[back]


def _conditional(first: Rate, second: Rate) -> tuple[float, float]:
    (k1, n1), (k2, n2) = first, second
    counts, weights = margin(n1, n2, k1 + k2)
    exact, mid = conditional_p_values(softmax(weights))
    return float(exact[k1 - counts[0]]), float(mid[k1 - counts[0]])


def _no_variation(first: Rate, second: Rate) -> bool:
    return first[0] + second[0] in (0, first[1] + second[1])


def _chi_square(first: Rate, second: Rate) -> float:
    (k1, n1), (k2, n2) = first, second
    m, total = k1 + k2, n1 + n2
    return (k1 * n2 - k2 * n1) ** 2 * total / (n1 * n2 * m * (total - m))


def _unconditional(n1: int, n2: int, size: Callable[[int, Counts, Floats], float]) -> float:
    """The maximum over p in (0, 1/2] of the probability of the critical tables.

    It is smooth at the scale 1/(2 sqrt(N)) of arcsin(sqrt(p)): a grid five times finer sees every hump, and the highest
    are searched closer, on both sides at half the distance each time.
    """
    total = n1 + n2
    sizes, binomials, every = np.zeros(total + 1), log_binomials(total), np.arange(total + 1.0)
    for m in range(1, total // 2 + 1):
        counts, weights = margin(n1, n2, m)
        sizes[m] = sizes[total - m] = size(m, counts, softmax(weights))

    def mixture(angle: float) -> float:
        p = math.sin(angle) ** 2
        return float(np.exp(binomials + every * math.log(p) + every[::-1] * math.log1p(-p)) @ sizes)

    angles = np.linspace(0, math.pi / 4, 64 + 8 * math.ceil(math.sqrt(total)))[1:]
    values = np.array([mixture(angle) for angle in angles])
    humps = np.flatnonzero((values >= np.append(0, values[:-1])) & (values >= np.append(values[1:], 0)))
    tops = []
    for centre in angles[humps[np.argsort(-values[humps], kind="stable")][:5]].tolist():
        for halving in range(1, 15):
            step = float(angles[1] - angles[0]) / 2**halving
            centre = max((centre, centre - step, centre + step), key=mixture)
        tops.append(mixture(centre))
    return min(max(tops), 1.0)


def parse_rate(text: str) -> Rate:
    """Return the count and the base written as `13/42`; raises `InputError` for any other text."""
    found = re.fullmatch(r"\s*(\d{1,9})\s*/\s*(\d{1,9})\s*", text, flags=re.ASCII)
    if not found:
        raise InputError(f"rate {text!r}: a count, a slash and a base are expected, in whole numbers, such as 13/42.")
    return intervals.checked_rate((int(found[1]), int(found[2])), f"rate {text!r}")


def rates(first: Rate, second: Rate, confidence: float = 0.95) -> dict[str, Any]:
    """Return everything about two groups as one mapping of plain values, ready for JSON.

    `reasons` has the key of `REASONS` for every value that is `None` and every bound that has no finite value, by its
    place, such as `risk_ratio.koopman`.
    """
    first, second = checked_pair(first, second)
    ratio = intervals.koopman(first, second, confidence)
    odds = intervals.conditional_odds_ratio(first, second, confidence)
    (k1, n1), (k2, n2) = first, second
    sample = None if odds.reason else k2 * (n1 - k1) / (k1 * (n2 - k2))
    belief, factor = intervals.beta_binomial(first, second, confidence), intervals.bayes_factor(first, second)
    tests = {test.__name__: test(first, second) for test in TESTS}
    reasons = dict.fromkeys(("risk_ratio.estimate", "risk_ratio.koopman"), ratio.reason)
    reasons |= dict.fromkeys(("odds_ratio.sample", "odds_ratio.conditional", "odds_ratio.exact"), odds.reason)
    reasons |= {"bayes.bayes_factor": "" if math.isfinite(factor) else "beyond_numbers"}
    for name in (name for name, p_value in tests.items() if p_value is None):
        reasons[f"tests.{name}"] = "no_variation" if name in ("mid_p", "pearson") else "group_too_large"
    return {
        **{
            name: {"count": rate[0], "base": rate[1], "share": rate[0] / rate[1]}
            | {method.__name__: _interval(method(rate, confidence)) for method in intervals.SINGLES}
            for name, rate in (("first", first), ("second", second))
        },
        "confidence": confidence,
        "difference": k1 / n1 - k2 / n2,
        "intervals": {
            method.__name__: _interval(method(first, second, confidence)) for method in intervals.DIFFERENCES
        },
        "risk_ratio": {"estimate": ratio.estimate, "koopman": _interval(ratio)},
        "odds_ratio": {"sample": sample, "conditional": odds.estimate, "exact": _interval(odds)},
        "tests": tests,
        "bayes": {
            "prob_decrease": intervals.prob_decrease(first, second),
            "interval": _interval(belief),
            "difference": belief.estimate,
            "bayes_factor": factor if math.isfinite(factor) else None,
            "prior": {"name": "uniform", "parameters": list(intervals.UNIFORM)},
        },
        "conventions": {name: method.convention for name, method in METHODS.items()},
        "reasons": {place: reason for place, reason in reasons.items() if reason},
    }


def _interval(found: Estimate) -> list[float | None] | None:
    """Low and high, `None` if not finite; `None` for the pair when neither can be stated."""
    if found.low is None or found.high is None:
        return None
    return [found.low, found.high if math.isfinite(found.high) else None]


# Limit: no wave of this survey has more units. Source: 75 poles identified in 2015. If wrong: raise it; all pairs
# of counts are enumerated, so time and memory grow with the product of the sizes.
LARGEST_SIZE = 2_000

# Exact power rises by steps and falls back between them: a size is kept when none of this many larger ones fails.
STEADY = 10
# How often a change that is there should be found.
POWER = 0.8


def power(shares: tuple[float, float], sizes: tuple[int, int], level: float = 0.05) -> float:
    """Return the probability that the test rejects at `level` when the two shares are the true ones.

    Raises `InputError`, naming it, for a share or a level out of range, or a size above `LARGEST_SIZE`.
    """
    if not all(0 <= share <= 1 for share in shares):
        raise InputError(f"shares: value {shares!r}: legal values lie between 0 and 1; write 0.2 for 20 %.")
    if not all(1 <= size <= LARGEST_SIZE for size in sizes):
        raise InputError(f"sizes: value {sizes!r}: legal sizes are the whole numbers 1 to {LARGEST_SIZE}.")
    critical = _critical(*sizes, intervals.checked_fraction(level, "level"))
    return float(_binomial(sizes[0], shares[0]) @ critical @ _binomial(sizes[1], shares[1]))


@lru_cache(maxsize=16)
def _critical(n1: int, n2: int, level: float) -> NDArray[np.bool_]:
    """Whether the test rejects, for every pair of counts: n1 + 1 rows, n2 + 1 columns."""
    found = np.zeros((n1 + 1, n2 + 1), dtype=np.bool_)
    for m in range(n1 + n2 + 1):
        x, weights = margin(n1, n2, m)
        found[x, m - x] = conditional_p_values(softmax(weights))[1] <= level
    found.flags.writeable = False
    return found


def _binomial(n: int, share: float) -> Floats:
    x = np.arange(n + 1)
    found: Floats = np.exp(log_binomials(n) + xlogy(x, share) + xlogy(n - x, 1 - share))
    return found


def detectable(share: float, sizes: tuple[int, int], wanted: float = POWER, level: float = 0.05) -> float | None:
    """Return the share at or below which two groups of these sizes detect a fall from `share` with power `wanted`.

    `None` when not even a fall to 0 is detected. Power is taken to grow with the distance between the shares.
    """

    def missed(other: float) -> bool:
        return power((share, other), sizes, level) < wanted

    return None if missed(0.0) else intervals.boundary(missed, share, 0.0)


def sample_size(shares: tuple[float, float], wanted: float = POWER, level: float = 0.05) -> int | None:
    """Return the units that each of two groups needs to tell two shares apart with power `wanted`, found by bisection.

    The ten sizes that follow reach it too. `None` when no size is enough, as when the shares are equal.
    """

    def enough(n: int) -> bool:
        return power(shares, (n, n), level) >= wanted

    sizes = range(1, LARGEST_SIZE + 1)
    n = LARGEST_SIZE + 1 if shares[0] == shares[1] else bisect_left(sizes, True, key=enough) + 1
    while failing := [size for size in range(n, min(n + STEADY, LARGEST_SIZE) + 1) if not enough(size)]:
        n = failing[-1] + 1
    return n if n <= LARGEST_SIZE else None
