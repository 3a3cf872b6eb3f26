"""Random amounts behind a published row: reference draws, never confidence intervals.

Two measures. `uniform` is the uniform law on the feasible set (amounts within their limits, with this sum and median),
drawn exactly: no Markov chain, no rejection; every draw has the sum and the median (see `feasible.section`). Uniform on
the set of all orderings or of sorted amounts is the same law once sorted.

`maximum_entropy` is a model of many units, not a law on the feasible set: of all laws above the minimum with half the
mass each side of m and the right mean, the one of largest entropy, an exponential on each side with one rate. A draw
takes from each side as many amounts as stand there, and the median itself when it is one of the amounts. Its sum is S
on average only and, when the median is a mean of two, its median is only near m. Were both imposed, its density would
be constant on the feasible set: the uniform law again. So the two measures differ by letting the sum vary or not. The
model exists for some rows that no n amounts can have: these are refused first. It is not offered with a maximum.

The uniform measure costs a table of about n^2 / 2 states once (a few seconds at n = 2,000, the limit), then n small
steps a draw; with a maximum, up to n^4 / 64 states.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import partial

import numpy as np

from ptce_analysis.analysis.feasible.bounds import amounts, evened
from ptce_analysis.analysis.feasible.row import Row, largest_sum, obstacle, smallest_sum, whole
from ptce_analysis.analysis.feasible.section import Floats, Place, layers, settled
from ptce_analysis.errors import InputError, nearest

# How many uniforms one draw needs, and the function that turns rows of uniforms into rows of sorted amounts.
Plan = tuple[int, Callable[[Floats], Floats]]

LARGEST_N_DRAWN = 2_000
LARGEST_VALUES = 50_000_000
# A block of about this many uniforms stays in the processor's cache; another size gives the same draws, more slowly.
BLOCK = 2**17


def _pair(row: Row, uniforms: Floats) -> Floats:
    """Return two amounts: one below the median, uniformly, the other as far above it."""
    room = min(row.median_low - row.minimum, row.top - row.median_low)
    return np.asarray(float(row.median_low) + float(room) * uniforms * np.array([-1.0, 1.0]))


def _between(row: Row) -> Place:
    """Return the place of an exact row, with the limits of its amounts as 0 and 1."""
    unit = row.top - row.minimum
    total, median = (row.sum_low - row.n * row.minimum) / unit, (row.median_low - row.minimum) / unit
    return Place(row.below, row.above, row.pair, total, median)


def _within(row: Row, sample: Floats) -> Floats:
    """Return draws without what rounding left outside the limits, or on the wrong side of an amount that is known."""
    sample, median = np.clip(sample, float(row.minimum), float(row.top)), float(row.median_low)
    if not row.pair:
        sample[:, row.below] = median
        sample[:, : row.below] = np.minimum(sample[:, : row.below], median)
        sample[:, row.below :] = np.maximum(sample[:, row.below :], median)
    return sample


def _uniform(row: Row) -> Plan:
    """Return the plan of the uniform law on the feasible set."""
    if row.n == 2 and row.pair:
        return 1, partial(_pair, row)
    if row.sum_low in (smallest_sum(row), largest_sum(row)):
        only = np.array(amounts(evened(row, row.sum_low)))
        return 0, lambda uniforms: np.tile(only, (len(uniforms), 1))
    width, made = _sections(_between(row))
    low, unit = float(row.minimum), float(row.top - row.minimum)
    return width, lambda uniforms: _within(row, low + unit * made(uniforms))


def _sections(place: Place) -> Plan:
    """Return the plan of amounts between 0 and 1, the median one of them or midway between two."""
    n, k = place.n, place.below
    if place.median > Fraction(1, 2):
        width, made = _sections(Place(place.above, k, place.pair, n - place.total, 1 - place.median))
        return width, lambda uniforms: 1 - made(uniforms)[:, ::-1]
    if place.median == 0:
        # All up to the median are 0, and those above have no other condition: the lower limit may as well be -1.
        m = place.above
        width, made = _sections(Place(0, m, 0, (place.total + m + 1) / 2, Fraction(1, 2)))
        zeros = n - m
        return width, lambda uniforms: np.hstack([np.zeros((len(uniforms), zeros)), 2 * made(uniforms)[:, 1:] - 1])
    found = layers(place)
    return 2 * (len(found) - 1), lambda uniforms: settled(place, found, uniforms)


def _rate(ratio: float, spare: float) -> float:
    """Return the common rate, in 1 / median, for which an upper amount and `ratio` lower ones average 1 + spare.

    Together they average 1 + (1 + ratio) / rate - ratio / (exp(rate) - 1), which falls with the rate and lies between
    1 + 1 / rate and 1 + (1 + ratio) / rate: hence the first interval, halved until its ends meet.
    """
    if spare == 0:
        return math.inf
    low, high = 1 / spare, (1 + ratio) / spare
    for _ in range(60):
        rate = (low + high) / 2
        too_low = (1 + ratio) / rate + ratio * math.exp(-rate) / math.expm1(-rate) > spare
        low, high = (rate, high) if too_low else (low, rate)
    return low


def _sides(row: Row, rate: float, slope: float, uniforms: Floats) -> Floats:
    """Return amounts drawn either side of the median from exponentials of mean `slope` (cut at the median below it)."""
    lower, unit = row.below + row.pair, float(row.median_low - row.minimum)
    below = np.minimum(slope * np.abs(np.log1p(uniforms[:, :lower] * math.expm1(-rate))), unit)
    above = unit + slope * np.abs(np.log1p(-uniforms[:, lower:]))
    middle = np.full((len(uniforms), 1 - row.pair), unit)
    return float(row.minimum) + np.hstack([np.sort(below), middle, np.sort(above)])


def _entropy(row: Row) -> Plan:
    """Return the plan of the maximum-entropy model, whose mean sum is the sum of the row."""
    lower, upper, median = row.below + row.pair, row.above + row.pair, row.median_low - row.minimum
    if upper == 0:
        return _uniform(row)
    each = (row.sum_low - row.n * row.minimum - (1 - row.pair) * median) / upper
    if median == 0:
        return lower + upper, partial(_sides, row, 0.0, float(each))
    rate = _rate(lower / upper, float(each / median - 1))
    return lower + upper, partial(_sides, row, rate, float(median) / rate)


# Assumption (09): Nothing is known of amounts beyond their row: to draw them takes a choice, and two are shown. Source:
# none. If wrong: the draws follow another law; the limits hold.
MEASURES: dict[str, Callable[[Row], Plan]] = {"uniform": _uniform, "maximum_entropy": _entropy}


def refuse(n: int, size: int, seed: int, measure: str) -> None:
    """Raise `InputError` for a measure that does not exist, an unusable seed, or more draws than memory would hold."""
    if measure not in MEASURES:
        raise InputError(f"measure = {measure!r}: give one of {', '.join(MEASURES)}.{nearest(measure, MEASURES)}")
    whole("seed", seed, 0, 2**63 - 1)
    if whole("number of draws", size, 0, LARGEST_VALUES):
        n = whole("n (for draws)", n, 1, LARGEST_N_DRAWN)
        whole("number of draws", size, 1, LARGEST_VALUES // n)


def no_draws(row: Row, measure: str) -> str | None:
    """Return why a row has no draws of a measure, or None when it has."""
    if measure == "maximum_entropy" and row.maximum is not None:
        return "the maximum-entropy model has no largest amount: give no maximum, or take the uniform measure."
    return obstacle(row)


def draws(row: Row, size: int, seed: int, measure: str = "uniform") -> Floats:
    """Return random amounts behind an exact row (grain 0), within its limits: one draw a row, each sorted.

    Shape (size, n). The same seed gives the same draws, and more draws begin with the same ones.

    Raises `InputError` when no amounts have this row, or when n, size, seed or measure is out of range.

    >>> from ptce_analysis.analysis.feasible.row import printed_row
    >>> bool((draws(printed_row(5, 20, 3, grain=0), size=4, seed=1)[:, 2] == 3).all())
    True
    """
    refuse(row.n, size, seed, measure)
    reason = no_draws(row, measure)
    if reason:
        raise InputError(f"the row has no draws: {reason}")
    width, made = MEASURES[measure](row)
    rng = np.random.Generator(np.random.PCG64(seed))
    sample, block = np.empty((size, row.n)), max(1, BLOCK // max(width, 1))
    for start in range(0, size, block):
        rows = min(block, size - start)
        sample[start : start + rows] = made(rng.random((rows, width)))
    return sample
