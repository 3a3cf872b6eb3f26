"""Exact power of comparing two proportions: what a design can detect, and how many units a next wave needs.

Power is the probability, over all pairs of counts two independent binomial samples can give, that the test rejects.
The test is mid-p: of the exact conditional tests the one whose rejections of a true equality come closest to its level.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import softmax, xlogy

from ptce_analysis.analysis.intervals import Floats, boundary, checked_fraction, log_binomials, margin
from ptce_analysis.analysis.rates import conditional_p_values
from ptce_analysis.errors import InputError

# Limit: no wave of this survey has more units. Source: 75 poles identified in 2015. If wrong: raise it; all pairs
# of counts are enumerated, so time and memory grow with the product of the sizes.
LARGEST_SIZE = 2_000

# Exact power rises by steps and falls back between them: a size is kept when none of this many larger ones fails.
STEADY = 10


@dataclass(frozen=True)
class Detectable:
    """The fall of a share that two groups of some `sizes` find with a `power`, by the test at a `level`.

    `fall`: the share after at or below which it is found, `None` when not even a fall to 0 is.
    """

    sizes: tuple[int, int]
    level: float
    power: float
    fall: float | None


def power(shares: tuple[float, float], sizes: tuple[int, int], level: float = 0.05) -> float:
    """Return the probability that the test rejects at `level` when the two shares are the true ones.

    Raises `InputError`, naming it, for a share or a level out of range, or a size above `LARGEST_SIZE`.
    """
    if not all(0 <= share <= 1 for share in shares):
        raise InputError(f"shares: value {shares!r}: legal values lie between 0 and 1; write 0.2 for 20 %.")
    if not all(1 <= size <= LARGEST_SIZE for size in sizes):
        raise InputError(f"sizes: value {sizes!r}: legal sizes are the whole numbers 1 to {LARGEST_SIZE}.")
    critical = _critical(*sizes, checked_fraction(level, "level"))
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


def power_curve(share: float, sizes: tuple[int, int], others: Iterable[float], level: float = 0.05) -> pd.DataFrame:
    """Return the `power` for each share after the change (`share_after`), one row each; `share` is the one before."""
    rows = [(other, power((share, other), sizes, level)) for other in others]
    return pd.DataFrame(rows, columns=["share_after", "power"])


def detectable(share: float, sizes: tuple[int, int], wanted: float = 0.8, level: float = 0.05) -> Detectable:
    """Return the smallest fall from `share` that two groups of these sizes detect with power `wanted`.

    Power is taken to grow with the distance between the shares.
    """

    def missed(other: float) -> bool:
        return power((share, other), sizes, level) < wanted

    return Detectable(sizes, level, wanted, None if missed(0.0) else boundary(missed, share, 0.0))


def sample_size(shares: tuple[float, float], wanted: float = 0.8, level: float = 0.05) -> int | None:
    """Return the units that each of two groups needs to tell two shares apart with power `wanted`.

    The size, found by bisection, reaches the power, and so do the ten that follow it (exact power is not monotone in
    the size). `None` when no size up to the largest is enough, as when the shares are equal.
    """

    def enough(n: int) -> bool:
        return power(shares, (n, n), level) >= wanted

    sizes = range(1, LARGEST_SIZE + 1)
    n = LARGEST_SIZE + 1 if shares[0] == shares[1] else bisect_left(sizes, True, key=enough) + 1
    while failing := [size for size in range(n, min(n + STEADY, LARGEST_SIZE) + 1) if not enough(size)]:
        n = failing[-1] + 1
    return n if n <= LARGEST_SIZE else None
