"""Tests that two proportions are equal, two-sided: Fisher, mid-p, Barnard, Boschloo and Pearson.

Given the number m of successes in both groups together, the successes of the first group are hypergeometric, whatever
the common share p. An exact unconditional test therefore rejects with probability

    sum over m of P(Binomial(N, p) = m) x s(m),    s(m) = probability of its critical tables given m,

so that its p-value, the maximum of this sum over p, costs one pass over the margins and a search in one variable.
By symmetry s(m) = s(N - m), and the sum is the same at p and 1 - p.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from ptce_analysis.analysis.proportions.records import Rate, Test, checked_rate

Floats = NDArray[np.float64]

# Probabilities closer than this, relatively, are equal: sums of logarithms cannot tell them apart. R uses the same.
TIE = 1e-7

# Limit: groups of a survey on poles are far smaller. Source: computing time, a fifth of a second at this size.
# If wrong: raise it; the method is the same, only slower.
LARGEST_UNCONDITIONAL = 10_000


def fisher(first: Rate, second: Rate) -> Test:
    """Return Fisher's exact test.

    >>> round(fisher((3, 4), (1, 4)).p_value, 4)
    0.4857
    """
    return Test("fisher", _conditional(checked_rate(first, "first"), checked_rate(second, "second"))[0])


def mid_p(first: Rate, second: Rate) -> Test:
    """Return Fisher's test with mid-p; not estimable when only one table has these margins."""
    one, two = checked_rate(first, "first"), checked_rate(second, "second")
    if _no_variation(one, two):
        return Test("mid_p", None, "no_variation")
    return Test("mid_p", _conditional(one, two)[1])


def pearson(first: Rate, second: Rate) -> Test:
    """Return Pearson's chi-square test without correction; not estimable when all units have the same answer."""
    one, two = checked_rate(first, "first"), checked_rate(second, "second")
    if _no_variation(one, two):
        return Test("pearson", None, "no_variation")
    return Test("pearson", math.erfc(math.sqrt(_chi_square(one, two) / 2)))


def barnard(first: Rate, second: Rate) -> Test:
    """Return the exact unconditional test on the pooled score statistic (not Barnard's own ordering, CSM).

    `scipy.stats.barnard_exact` can miss the maximum over the common share: it gives 0.0045 where 1/128 is attained.

    >>> round(128 * barnard((1, 7), (4, 4)).p_value, 9)
    1.0
    """
    one, two = checked_rate(first, "first"), checked_rate(second, "second")
    (k1, n1), (k2, n2) = one, two
    total = n1 + n2
    if max(n1, n2) > LARGEST_UNCONDITIONAL:
        return Test("barnard", None, "group_too_large")
    if _no_variation(one, two) or k1 * n2 == k2 * n1:
        return Test("barnard", 1.0)
    chi_square = _chi_square(one, two)
    limit = chi_square * n1 * n2 / total * (1 - TIE)

    def size(m: int, counts: Floats, pmf: Floats) -> float:
        return float(pmf[(counts * total - m * n1) ** 2 >= limit * m * (total - m)].sum())

    return Test("barnard", _unconditional(n1, n2, size, chi_square / 2))


def boschloo(first: Rate, second: Rate) -> Test:
    """Return the exact unconditional test on Fisher's two-sided p-value; never above that p-value."""
    one, two = checked_rate(first, "first"), checked_rate(second, "second")
    if max(one[1], two[1]) > LARGEST_UNCONDITIONAL:
        return Test("boschloo", None, "group_too_large")
    level = _conditional(one, two)[0]
    if level in (0.0, 1.0):
        return Test("boschloo", level)

    def size(m: int, counts: Floats, pmf: Floats) -> float:  # noqa: ARG001
        ascending = np.sort(pmf, kind="stable")
        sums = np.append(0.0, np.cumsum(ascending))
        n_critical = int(np.searchsorted(sums, level * (1 + TIE), side="right")) - 1
        # Tables as likely as one that is not critical are not critical either.
        while 0 < n_critical < pmf.size and ascending[n_critical] <= ascending[n_critical - 1] * (1 + TIE):
            n_critical -= 1
        return float(sums[n_critical])

    return Test("boschloo", _unconditional(one[1], two[1], size, -math.log(level)))


def conditional_p_values(pmf: Floats) -> tuple[Floats, Floats]:
    """Return Fisher's p-value and the mid-p of every table of a margin, from the probabilities of its tables."""
    order = np.argsort(pmf, kind="stable")
    exact, before = _tail_sums(pmf[order])
    back = np.argsort(order, kind="stable")
    return exact[back], ((exact + before) / 2)[back]


def _tail_sums(ascending: Floats) -> tuple[Floats, Floats]:
    """For each probability, in ascending order: the sum of those no larger, and of those smaller."""
    sums = np.append(0.0, np.cumsum(ascending))
    starts = np.append(True, ascending[1:] > ascending[:-1] * (1 + TIE))
    group = np.cumsum(starts) - 1
    edges = np.append(np.flatnonzero(starts), ascending.size)
    return sums[edges[group + 1]] / sums[-1], sums[edges[group]] / sums[-1]


def log_binomials(n: int) -> Floats:
    """Return the logarithms of the binomial coefficients of n, from 0 to n."""
    x = np.arange(n + 1.0)
    found: Floats = gammaln(n + 1.0) - gammaln(x + 1) - gammaln(n - x + 1)
    return found


def margin_pmf(one: Floats, two: Floats, low: int, high: int, m: int) -> Floats:
    """Return the probabilities that the first group has `low` .. `high` of m successes; `one`, `two`: log binomials."""
    logs = one[low : high + 1] + two[m - high : m - low + 1][::-1]
    weights = np.exp(logs - logs.max())
    found: Floats = weights / weights.sum()
    return found


def _conditional(first: Rate, second: Rate) -> tuple[float, float]:
    (k1, n1), (k2, n2) = first, second
    m = k1 + k2
    low, high = max(0, m - n2), min(n1, m)
    exact, mid = conditional_p_values(margin_pmf(log_binomials(n1), log_binomials(n2), low, high, m))
    return float(exact[k1 - low]), float(mid[k1 - low])


def _no_variation(first: Rate, second: Rate) -> bool:
    return first[0] + second[0] in (0, first[1] + second[1])


def _chi_square(first: Rate, second: Rate) -> float:
    (k1, n1), (k2, n2) = first, second
    m, total = k1 + k2, n1 + n2
    return (k1 * n2 - k2 * n1) ** 2 * total / (n1 * n2 * m * (total - m))


def _unconditional(n1: int, n2: int, size: Callable[[int, Floats, Floats], float], depth: float) -> float:
    """The maximum over p of the probability of the critical tables; `depth`: about -log of the p-value.

    Tables whose probability given their margin is below about exp(-depth - 37) are left out.
    """
    one, two, total = log_binomials(n1), log_binomials(n2), n1 + n2
    reach = math.sqrt(2 * (37 + depth))
    sizes = np.zeros(total + 1)
    for m in range(1, total // 2 + 1):
        mean = m * n1 / total
        sd = math.sqrt(mean * n2 * (total - m) / (total * (total - 1)))
        low = max(0, m - n2, math.floor(mean - reach * sd) - 40)
        high = min(n1, m, math.ceil(mean + reach * sd) + 40)
        counts = np.arange(low, high + 1.0)
        sizes[m] = sizes[total - m] = size(m, counts, margin_pmf(one, two, low, high, m))
    return min(_largest_mixture(sizes), 1.0)


def _largest_mixture(sizes: Floats) -> float:
    """The maximum over p in (0, 1/2] of the mean of `sizes` under Binomial(N, p).

    On the scale of arcsin(sqrt(p)) that mean is smooth at the scale 1/(2 sqrt(N)), so a grid five times finer sees
    every hump; the humps that can matter are then searched closer.
    """
    total = sizes.size - 1
    binomials = log_binomials(total)

    def mixture(angle: float) -> float:
        p = math.sin(angle) ** 2
        width = 9 * math.sqrt(total * p * (1 - p)) + 40
        low, high = max(0, math.floor(total * p - width)), min(total, math.ceil(total * p + width))
        m = np.arange(low, high + 1.0)
        weights = np.exp(binomials[low : high + 1] + m * math.log(p) + (total - m) * math.log1p(-p))
        return float(weights @ sizes[low : high + 1])

    angles = np.linspace(0, math.pi / 4, 64 + 8 * math.ceil(math.sqrt(total)))[1:]
    values = np.array([mixture(angle) for angle in angles])
    humps = np.flatnonzero((values >= np.append(0, values[:-1])) & (values >= np.append(values[1:], 0)))
    best = humps[np.argsort(-values[humps], kind="stable")][:5]
    step = float(angles[1] - angles[0])
    return max(_top(mixture, float(angles[i]), step) for i in best)


def _top(value: Callable[[float], float], centre: float, step: float) -> float:
    """The largest value within one step of `centre`, looked for on both sides at half the distance each time."""
    for _ in range(14):
        step /= 2
        centre = max((centre, centre - step, centre + step), key=value)
    return value(centre)
