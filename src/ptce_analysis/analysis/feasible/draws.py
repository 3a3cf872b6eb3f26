"""Random non-negative amounts behind a published row: reference draws, never confidence intervals.

Two measures. `uniform` is the uniform law on the feasible set {x >= 0 : sum = S, median = m}, drawn exactly: no
Markov chain, no rejection; every draw has the sum and the median (see `feasible.pieces`). Uniform on the set of all
orderings or of sorted amounts is the same law once sorted.

`maximum_entropy` is a model of many units, not a law on the feasible set: of all laws on [0, inf) with half the mass
each side of m and the right mean, the one of largest entropy, an exponential on each side with one rate. A draw takes
floor(n/2) amounts from each side, and the median itself when n is odd. Its sum is S on average only, and for even n
its median is only near m. Were both imposed, its density would be constant on the feasible set: the uniform law
again. So the two measures differ by letting the sum vary or not. The model exists for some rows that no n amounts can
have: these are refused first.

The uniform measure costs a table of n^2 / 2 volumes once (below 1 s at n = 2,000, the limit), then n small steps a
draw.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np

from ptce_analysis.analysis.feasible.pieces import Floats, chances_of, piece_of, placed, settled, table_of
from ptce_analysis.analysis.feasible.row import Number, Row, obstacle, printed_row, whole
from ptce_analysis.errors import InputError, nearest

# How many uniforms one draw needs, and the function that turns rows of uniforms into rows of sorted amounts.
Plan = tuple[int, Callable[[Floats], Floats]]

LARGEST_N_DRAWN = 2_000
LARGEST_VALUES = 50_000_000
# A block of about this many uniforms stays in the processor's cache; another size gives the same draws, more slowly.
BLOCK = 2**17


def _pair(row: Row, uniforms: Floats) -> Floats:
    """Return two amounts: one below the median, uniformly, the other as far above it."""
    return np.asarray(float(row.median_low) * (1 + uniforms * np.array([-1.0, 1.0])))


def _above_zero(row: Row, uniforms: Floats) -> Floats:
    """Return amounts whose median is zero: the upper wing is a flat simplex, the gaps between sorted uniforms."""
    gaps = np.diff(np.sort(uniforms), axis=1, prepend=0.0, append=1.0)
    zeros = np.zeros((len(uniforms), row.n - row.wing))
    return np.hstack([zeros, np.sort(gaps) * float(row.sum_low)])


def _uniform(row: Row) -> Plan:
    """Return the plan of the uniform law on the feasible set."""
    if row.n == 1:
        return 0, lambda uniforms: np.full((len(uniforms), 1), float(row.median_low))
    if row.n == 2:
        return 1, partial(_pair, row)
    if row.median_low == 0:
        return row.wing - 1, partial(_above_zero, row)
    piece = piece_of(row)
    table = table_of(piece)
    chances, unit = chances_of(piece, table), float(row.median_low)
    return 2 * (piece.steps - 1), lambda uniforms: placed(piece, *settled(piece, table, chances, uniforms)) * unit


def _rate(spare: float) -> float:
    """Return the common rate, in 1 / median, for which a lower and an upper amount average 1 + spare medians together.

    They average 1 + 2 / rate - 1 / (exp(rate) - 1), which falls with the rate and lies between 1 + 1 / rate and
    1 + 2 / rate: hence the first interval, halved until its ends meet.
    """
    if spare == 0:
        return math.inf
    low, high = 1 / spare, 2 / spare
    for _ in range(60):
        rate = (low + high) / 2
        too_low = 2 / rate + math.exp(-rate) / math.expm1(-rate) > spare
        low, high = (rate, high) if too_low else (low, rate)
    return low


def _sides(row: Row, rate: float, slope: float, uniforms: Floats) -> Floats:
    """Return amounts drawn either side of the median from exponentials of mean `slope` (cut at the median below it)."""
    half, unit = row.n // 2, float(row.median_low)
    below = np.minimum(slope * np.abs(np.log1p(uniforms[:, :half] * math.expm1(-rate))), unit)
    above = unit + slope * np.abs(np.log1p(-uniforms[:, half:]))
    middle = np.full((len(uniforms), row.n % 2), unit)
    return np.hstack([np.sort(below), middle, np.sort(above)])


def _entropy(row: Row) -> Plan:
    """Return the plan of the maximum-entropy model, whose mean sum is the sum of the row."""
    half, odd, median = row.n // 2, row.n % 2, row.median_low
    if half == 0:
        return _uniform(row)
    both = (row.sum_low - odd * median) / half
    if median == 0:
        return 2 * half, partial(_sides, row, 0.0, float(both))
    rate = _rate(float(both / median - 1))
    return 2 * half, partial(_sides, row, rate, float(median) / rate)


# Assumption: nothing is known of the amounts beyond the row, so that drawing any takes a measure. Source: none, it is a
# reference, shown under two measures. If wrong: the draws describe another law; the bounds still hold.
MEASURES: dict[str, Callable[[Row], Plan]] = {"uniform": _uniform, "maximum_entropy": _entropy}


def refuse(n: int, size: int, seed: int, measure: str) -> None:
    """Raise `InputError` for a measure that does not exist, an unusable seed, or more draws than memory would hold."""
    if measure not in MEASURES:
        raise InputError(f"measure = {measure!r}: give one of {', '.join(MEASURES)}.{nearest(measure, MEASURES)}")
    whole("seed", seed, 0, 2**63 - 1)
    if whole("number of draws", size, 0, LARGEST_VALUES):
        n = whole("n (for draws)", n, 1, LARGEST_N_DRAWN)
        whole("number of draws", size, 1, LARGEST_VALUES // n)


def draws(n: int, total: Number, median: Number, size: int, seed: int, measure: str = "uniform") -> Floats:
    """Return random non-negative amounts behind a row taken exactly as printed: one draw a row, each sorted.

    Shape (size, n). The same seed gives the same draws, and more draws begin with the same ones.

    Raises `InputError` when no amounts have this sum and median, or when n, size, seed or measure is out of range.

    >>> bool((draws(5, 20, 3, size=4, seed=1)[:, 2] == 3).all())
    True
    """
    refuse(n, size, seed, measure)
    row = printed_row(n, total, median, grain=0)
    reason = obstacle(row)
    if reason:
        raise InputError(f"n = {n}, total = {total}, median = {median} has no draws: {reason}")
    width, made = MEASURES[measure](row)
    rng = np.random.Generator(np.random.PCG64(seed))
    sample, block = np.empty((size, n)), max(1, BLOCK // max(width, 1))
    for start in range(0, size, block):
        rows = min(block, size - start)
        sample[start : start + rows] = made(rng.random((rows, width)))
    return sample
