"""Exact power of comparing two proportions: what a design can detect, and how many units a next wave needs.

Power is the probability, over all pairs of counts two independent binomial samples can give, that the test rejects.
Fisher's test rejects a true equality less often than its level says; with mid-p it comes closer, at times just above.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import xlogy

from ptce_analysis.analysis.proportions.records import boundary, checked_choice, checked_fraction
from ptce_analysis.analysis.proportions.tests import conditional_p_values, log_binomials, margin_pmf
from ptce_analysis.errors import InputError

Floats = NDArray[np.float64]

POWER_TESTS = ("fisher", "mid_p")

# Limit: no wave of this survey has more units. Source: 75 poles identified in 2015. If wrong: raise it; all pairs
# of counts are enumerated, so time and memory grow with the product of the sizes.
LARGEST_SIZE = 2_000

# Where a curve of power is computed unless told otherwise: every second hundredth.
SHARES = tuple(step / 50 for step in range(51))

# Exact power rises by steps and falls back between them: a size is kept when none of this many larger ones fails.
STEADY = 10


@dataclass(frozen=True)
class Detectable:
    """The smallest fall and rise of a share that a design finds with the wanted power; `None` when none does.

    `fall` and `rise` are the second share; the change is its distance to `share`. `reason_fall`, `reason_rise`: keys of
    `REASONS`.
    """

    share: float
    sizes: tuple[int, int]
    test: str
    level: float
    power: float
    fall: float | None
    rise: float | None
    reason_fall: str = ""
    reason_rise: str = ""


@dataclass(frozen=True)
class SampleSize:
    """How many units are needed: `n_first` (given, or equal to `n_second`) and `n_second`, `None` if never enough."""

    shares: tuple[float, float]
    test: str
    level: float
    power: float
    n_first: int | None
    n_second: int | None
    attained: float | None
    reason: str = ""


def power(shares: tuple[float, float], sizes: tuple[int, int], test: str = "mid_p", level: float = 0.05) -> float:
    """Return the probability that the test rejects at `level` when the two shares are the true ones.

    >>> round(power((0.5, 0.5), (1, 1)), 4)
    0.0
    """
    one, two = (_checked_share(share) for share in shares)
    checked_choice(test, "test", POWER_TESTS)
    n1, n2 = _checked_sizes(sizes)
    critical = _critical(n1, n2, test, checked_fraction(level, "level"))
    return float(_binomial(n1, one) @ critical @ _binomial(n2, two))


def power_curve(
    share: float,
    sizes: tuple[int, int],
    others: Iterable[float] = SHARES,
    test: str = "mid_p",
    level: float = 0.05,
) -> pd.DataFrame:
    """Return the power for each second share: `share_before`, `share_after`, `change`, `power`, `test`, `level`."""
    rows = [(share, other, other - share, power((share, other), sizes, test, level), test, level) for other in others]
    return pd.DataFrame(rows, columns=["share_before", "share_after", "change", "power", "test", "level"])


def detectable(
    share: float, sizes: tuple[int, int], wanted: float = 0.8, test: str = "mid_p", level: float = 0.05
) -> Detectable:
    """Return the smallest fall and the smallest rise from `share` that the design detects with power `wanted`.

    Power is taken to grow with the distance between the shares.
    """
    checked_fraction(wanted, "wanted")

    def missed(other: float) -> bool:
        return power((share, other), sizes, test, level) < wanted

    fall, rise = (None if missed(end) else boundary(missed, share, end) for end in (0.0, 1.0))
    reasons = ["not_detectable" if found is None else "" for found in (fall, rise)]
    return Detectable(share, sizes, test, level, wanted, fall, rise, *reasons)


def sample_size(
    shares: tuple[float, float],
    wanted: float = 0.8,
    n_first: int | None = None,
    test: str = "mid_p",
    level: float = 0.05,
    largest: int = LARGEST_SIZE,
) -> SampleSize:
    """Return the units needed to tell two shares apart with power `wanted`.

    `n_first`: the size of a first wave that is over; without it both waves have the same size. The size returned, found
    by bisection, reaches the power, and so do the ten that follow it (exact power is not monotone in the size). It is
    `None` with a `reason` when the two shares are equal (no size detects no change) or no size up to `largest` does.
    """
    checked_fraction(wanted, "wanted")
    one, two = (_checked_share(share) for share in shares)
    if one == two:
        return SampleSize(shares, test, level, wanted, n_first, None, None, "equal_shares")

    def attained(n: int) -> float:
        return power(shares, (n if n_first is None else n_first, n), test, level)

    found = _smallest_steady(lambda n: attained(n) >= wanted, largest)
    if found is None:
        return SampleSize(shares, test, level, wanted, n_first, None, None, "beyond_largest")
    return SampleSize(shares, test, level, wanted, n_first or found, found, attained(found))


def _smallest_steady(enough: Callable[[int], bool], largest: int) -> int | None:
    """Bisection between a size that is too small and one that is enough, then on to a size whose followers all are."""
    high = 1
    while not enough(high):
        if high >= largest:
            return None
        high = min(2 * high, largest)
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    while failing := [n for n in range(high, min(high + STEADY, largest) + 1) if not enough(n)]:
        high = failing[-1] + 1
    return high if high <= largest else None


def _checked_share(share: float) -> float:
    if isinstance(share, bool) or not isinstance(share, (int, float)) or not 0 <= share <= 1:
        raise InputError(f"share: value {share!r}: legal values lie between 0 and 1; write 0.2 for 20 %.")
    return float(share)


def _checked_sizes(sizes: tuple[int, int]) -> tuple[int, int]:
    for size in sizes:
        if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= LARGEST_SIZE:
            raise InputError(f"sizes: value {size!r}: legal sizes are the whole numbers 1 to {LARGEST_SIZE}.")
    return sizes


@lru_cache(maxsize=16)
def _critical(n1: int, n2: int, test: str, level: float) -> NDArray[np.bool_]:
    """Whether the test rejects, for every pair of counts: n1 + 1 rows, n2 + 1 columns."""
    found = np.zeros((n1 + 1, n2 + 1), dtype=np.bool_)
    one, two = log_binomials(n1), log_binomials(n2)
    for m in range(n1 + n2 + 1):
        low, high = max(0, m - n2), min(n1, m)
        values = conditional_p_values(margin_pmf(one, two, low, high, m))[POWER_TESTS.index(test)]
        x = np.arange(low, high + 1)
        found[x, m - x] = values <= level
    found.flags.writeable = False
    return found


def _binomial(n: int, share: float) -> Floats:
    x = np.arange(n + 1)
    found: Floats = np.exp(log_binomials(n) + xlogy(x, share) + xlogy(n - x, 1 - share))
    return found
