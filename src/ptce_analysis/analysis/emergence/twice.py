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
    first: Rate, second: Rate, confidence: float = 0.95, n_common: Iterable[int] | None = None, n_correlations: int = 5
) -> pd.DataFrame:
    """Return the interval of the change (second - first) by number of common units and likeness of their two answers.

    One row per number of common units (all from 0 to the smaller group, unless given) and per correlation:
    `n_correlations` values from the lowest to the highest that the two shares allow (Fréchet's limits), and 0.

    - `n_common`: units that answered twice.
    - `correlation`: of a unit's two answers. `case`: `worst` at the lower limit, `best` at the upper one, `independent`
      at 0, else empty. Not even the best case is two like answers from all: shares that differ forbid it.
    - `share_correlation`: of the two shares, n_common correlation / sqrt(n1 n2).
    - `se`: standard error of the change.
    - `change_low`, `change_high`: Newcombe's interval with that correlation, fractions; `with_zero`: it contains zero.
    - `confidence`, `origin`.
    """
    first, second = checked_rate(first, "first"), checked_rate(second, "second")
    n1, n2 = first[1], second[1]
    # Assumption (02): The clusters that answered both surveys have the shares of their whole group. Source: none. If
    # wrong: the interval is only an order of magnitude.
    v1, v2 = (k * (n - k) / n**3 for k, n in (first, second))
    lowest, highest = frechet_limits(first, second)
    cases = {lowest: "worst", highest: "best", 0.0: "independent"}
    rows = []
    for m in _checked_overlaps(n_common, min(n1, n2)):
        for phi in sorted({0.0, *(float(phi) for phi in np.linspace(lowest, highest, n_correlations))}):
            correlation = m * phi / math.sqrt(n1 * n2) + 0.0  # no minus zero
            se = math.sqrt(max(v1 + v2 - 2 * correlation * math.sqrt(v1 * v2), 0.0))
            found = newcombe(second, first, confidence, correlation)
            rows.append((m, phi, cases.get(phi, ""), correlation, se, found.low, found.high))
    names = ["n_common", "correlation", "case", "share_correlation", "se", "change_low", "change_high"]
    table = pd.DataFrame(rows, columns=names)
    with_zero = (table["change_low"] <= 0) & (table["change_high"] >= 0)
    return table.assign(with_zero=with_zero, confidence=confidence, origin="assumption")


def mcnemar_range(first: Rate, second: Rate, n_common: Iterable[int] | None = None) -> pd.DataFrame:
    """Return, for each number of common units, the p-values an exact McNemar test of them could give.

    The test is two-sided, on the units that changed: twice the smaller binomial tail, at most 1. Columns: `n_common`,
    `largest_fall` and `largest_rise` (units that could have changed in that direction with none in the other),
    `smallest_p_fall`, `smallest_p_rise` (empty when no common unit can have changed so), `largest_p`.
    """
    first, second = checked_rate(first, "first"), checked_rate(second, "second")
    rows = [_mcnemar(first, second, m) for m in _checked_overlaps(n_common, min(first[1], second[1]))]
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


def _checked_overlaps(n_common: Iterable[int] | None, largest: int) -> list[int]:
    found = list(range(largest + 1) if n_common is None else n_common)
    for m in found:
        if isinstance(m, bool) or not isinstance(m, int) or not 0 <= m <= largest:
            raise InputError(f"n_common: value {m!r}: legal numbers of common units are 0 to {largest}.")
    return found
