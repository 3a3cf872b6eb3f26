"""What poles that answered in both waves would change: the two groups are then not independent.

How many answered twice, and how alike their two answers are, was not found. A paired conclusion needs the answers
themselves; these tables only show how far the comparison of independent groups could be off.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy.special import bdtr

from ptce_analysis.analysis.proportions import newcombe
from ptce_analysis.analysis.proportions.records import Rate, checked_rate
from ptce_analysis.errors import InputError


def frechet_limits(first: Rate, second: Rate) -> tuple[float, float]:
    """Return the lowest and highest correlation two yes/no answers with these shares can have; 0, 0 without variation.

    >>> frechet_limits((1, 2), (1, 2))
    (-1.0, 1.0)
    """
    (k1, n1), (k2, n2) = checked_rate(first, "first"), checked_rate(second, "second")
    p1, p2 = k1 / n1, k2 / n2
    spread = math.sqrt(p1 * (1 - p1) * p2 * (1 - p2))
    if spread == 0:
        return 0.0, 0.0
    return (max(0.0, p1 + p2 - 1) - p1 * p2) / spread, (min(p1, p2) - p1 * p2) / spread


def overlap(
    first: Rate, second: Rate, overlaps: Iterable[int] | None = None, n_phi: int = 5, confidence: float = 0.95
) -> pd.DataFrame:
    """Return the difference first - second for each number of common units and correlation of their two answers.

    One row per number of common units (all from 0 to the smaller group, unless given) and per correlation `phi`:
    `n_phi` values from the lower to the upper Fréchet limit, and 0. Columns: `n_common`, `phi`, `correlation` (of the
    two sample shares, n_common phi / sqrt(n1 n2)), `variance` and `se` of the difference, `low` and `high` (Newcombe
    with that correlation), `with_zero` (whether the interval contains zero).
    """
    first, second = checked_rate(first, "first"), checked_rate(second, "second")
    n1, n2 = first[1], second[1]
    # Assumption: the units common to both waves have the shares of their whole group. Source: none; only margins were
    # found. If wrong: the correlation they can have is other, the table stays the order of magnitude.
    v1, v2 = (k * (n - k) / n**3 for k, n in (first, second))
    rows = []
    for n_common in _checked_overlaps(overlaps, min(n1, n2)):
        for phi in _phis(first, second, n_phi):
            correlation = n_common * phi / math.sqrt(n1 * n2) + 0.0  # no minus zero
            variance = max(v1 + v2 - 2 * correlation * math.sqrt(v1 * v2), 0.0)
            found = newcombe(first, second, confidence, correlation)
            rows.append((n_common, phi, correlation, variance, math.sqrt(variance), found.low, found.high))
    names = ["n_common", "phi", "correlation", "variance", "se", "low", "high"]
    table = pd.DataFrame(rows, columns=names)
    with_zero = (table["low"] <= 0) & (table["high"] >= 0)
    return table.assign(with_zero=with_zero, confidence=confidence, origin="assumption")


def _phis(first: Rate, second: Rate, n_phi: int) -> list[float]:
    low, high = frechet_limits(first, second)
    return sorted({0.0, *(float(phi) for phi in np.linspace(low, high, n_phi))})


def mcnemar_range(first: Rate, second: Rate, overlaps: Iterable[int] | None = None) -> pd.DataFrame:
    """Return, for each number of common units, the p-values an exact McNemar test of them could give.

    The test is two-sided, on the units that changed: twice the smaller binomial tail, at most 1. Columns: `n_common`,
    `largest_fall` and `largest_rise` (units that could have changed in that direction with none in the other),
    `smallest_p_fall`, `smallest_p_rise` (empty when no common unit can have changed so), `largest_p`.
    """
    first, second = checked_rate(first, "first"), checked_rate(second, "second")
    rows = [_mcnemar(first, second, m) for m in _checked_overlaps(overlaps, min(first[1], second[1]))]
    names = ["n_common", "largest_fall", "largest_rise", "smallest_p_fall", "smallest_p_rise", "largest_p"]
    return pd.DataFrame(rows, columns=names).assign(origin="assumption")


def _mcnemar(first: Rate, second: Rate, m: int) -> tuple[int, int, int, float, float, float]:
    """The extremes over every table of m common units that both margins allow.

    The p-value is smallest when as many units as possible changed in one direction and none in the other; largest when
    the numbers that changed in each direction are as near as they can be, and as many as possible changed.
    """
    (low1, high1), (low2, high2) = _among_common(first, m), _among_common(second, m)
    fall, rise = max(high1 - low2, 0), max(high2 - low1, 0)
    one = min(max(low2, low1), high1)
    two = min(max(one, low2), high2)
    both = max(0, one + two - m)
    largest = exact_mcnemar(one - both, two - both)
    p_fall, p_rise = (exact_mcnemar(changed, 0) if changed else math.nan for changed in (fall, rise))
    return m, fall, rise, p_fall, p_rise, largest


def exact_mcnemar(n_fell: int, n_rose: int) -> float:
    """Return the two-sided exact p-value when so many units changed in each direction; 1 when none did.

    >>> exact_mcnemar(5, 0)
    0.0625
    """
    return min(1.0, 2 * float(bdtr(min(n_fell, n_rose), n_fell + n_rose, 0.5)))


def _among_common(rate: Rate, m: int) -> tuple[int, int]:
    """The fewest and the most successes among m of the units of a group."""
    k, n = rate
    return max(0, k - (n - m)), min(k, m)


def _checked_overlaps(overlaps: Iterable[int] | None, largest: int) -> list[int]:
    found = list(range(largest + 1) if overlaps is None else overlaps)
    for m in found:
        if isinstance(m, bool) or not isinstance(m, int) or not 0 <= m <= largest:
            raise InputError(f"overlaps: value {m!r}: legal numbers of common units are 0 to {largest}.")
    return found
