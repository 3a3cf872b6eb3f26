"""Whole numbers with a stated sum and median, or a stated median: what answers behind a printed row can look like."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from ptce_analysis.analysis.amounts import printed_row
from ptce_analysis.analysis.draws import draws


def whole_amounts(n: int, total: int, median: int, seed: int, size: int = 1) -> list[list[int]]:
    """Return `size` data sets of n whole numbers from 1 on, sorted, with exactly that sum and that median.

    Reference draws, uniform on all such amounts, moved to whole numbers: at most a unit away, but for the sum.

    Raises `InputError` when no numbers from 1 on have this sum and median.

    >>> amounts = whole_amounts(15, 333, 28, seed=1)[0]
    >>> sum(amounts), amounts[7]
    (333, 28)
    """
    # A support of nothing is no support.
    sample = draws(printed_row(n, total, median, 0, minimum=1), size, seed)
    return [_whole(list(map(float, row)), total, median) for row in sample]


def _whole(sample: Sequence[float], total: int, median: int) -> list[int]:
    """Return one draw moved to whole numbers: the upper wing takes what the others leave of the sum."""
    n, wing = len(sample), (len(sample) - 1) // 2
    spread = 0 if n % 2 else round(median - sample[wing])
    middle = [median] if n % 2 else [median - spread, median + spread]
    lower, edge = [min(round(value), middle[0]) for value in sample[:wing]], middle[-1]
    room = total - sum(middle) - edge * wing
    while sum(lower) > room:  # rounding took more than there is: the largest of the lower wing give it back
        lower[lower.index(max(lower))] -= 1
    above = apportioned(room - sum(lower), [max(value - edge, 0.0) for value in sample[n - wing :]])
    return sorted([*lower, *middle, *(edge + more for more in above)])


def apportioned(total: int, weights: Sequence[float]) -> list[int]:
    """Return whole numbers that add up to a total, as nearly proportional to weights as can be (largest remainders).

    >>> apportioned(10, [1.0, 1.0, 2.0])
    [3, 2, 5]
    """
    if not weights:
        return []
    scale = sum(weights)
    quotas = [total * weight / scale if scale else total / len(weights) for weight in weights]
    shares = [int(quota) for quota in quotas]
    order = sorted(range(len(quotas)), key=lambda place: (shares[place] - quotas[place], place))
    for place in order[: total - sum(shares)]:
        shares[place] += 1
    return shares


def numbers_around(n: int, median: int, low: int, high: int, rng: Random) -> list[int]:
    """Return n whole numbers from `low` to `high` with exactly that median, many small and few large.

    >>> numbers_around(3, 14, 1, 100, Random(1))[1]
    14
    """
    half = n // 2
    below = [rng.randint(low, median) for _ in range(half)]
    above = [median + round((high - median) * rng.random() ** 3) for _ in range(half)]
    if n % 2 == 0:
        below[below.index(max(below))] = above[above.index(min(above))] = median
    return sorted([*below, *([median] * (n % 2)), *above])
