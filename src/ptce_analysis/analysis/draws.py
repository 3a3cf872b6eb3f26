"""Random amounts behind a printed row (references, never confidence intervals), and how many data sets there are.

`uniform` is the uniform law on the feasible set, drawn exactly: no Markov chain, no rejection. `maximum_entropy` is an
exponential on each side of the median with one rate, whose sum is that of the row on average only. Why, and what they
cost: `docs/feasible-sets.md`.

The uniform law: n sorted amounts between limits taken as 0 and 1 are a mixture, with flat weights, of the n + 1 points
"the j largest are 1, the others 0", on two rows of a plane (sum, median), one midway when there is a middle pair. A
draw goes from a corner of the mixtures with a given mean, a triangle of points around its place, down to a facet chosen
with its share of the volume (Micchelli's recurrence for simplex splines, 1980), and starts again. Which side of a line
the place is on is found in fractions; the rest uses only +, -, x, / and comparisons.
"""

import math
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ptce_analysis.analysis.amounts import AmountsRow, amounts, evened, largest_sum, obstacle, smallest_sum, whole
from ptce_analysis.errors import InputError, nearest

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
# How many uniforms one draw needs, and the function that turns rows of uniforms into rows of sorted amounts.
Plan = tuple[int, Callable[[Floats], Floats]]
# All states with one number of points left (columns) and, for each vertex of their triangle (rows): which point it is,
# its weight at the apex, and the state of the next layer without it; then the chance that the first vertex is taken
# away, and that one of the first two is (before chances are known: the width of the triangle).
Layer = tuple[Whole, Floats, Whole, Floats]

LARGEST_N_DRAWN = 2_000
LARGEST_VALUES = 50_000_000
LARGEST_STATES = 3_000_000
# Steps of the power series that count data sets; twenty million take about a second.
LARGEST_WORK = 20_000_000
# A block of about this many uniforms stays in the processor's cache; another size gives the same draws, more slowly.
BLOCK = 2**17
# The power of two that stands beside a volume of zero: below any that a volume can reach.
EMPTY = -(10**7)

# What may be taken away, as changes of a state: an end of the lower row, of the upper row, the midway point. A state is
# the two ends of the lower row, the two of the upper row, and 1 while the midway point is there.
FIRST, LAST, UPPER_FIRST, UPPER_LAST, MIDWAY = range(5)
TAKEN = np.diag([1, -1, 1, -1, -1])
# The triangles that may hold the place. Without the midway point: two ends of the lower row, or of the upper row. With
# it: two ends of the lower row, or one end of each row, on either side.
TRIANGLES = np.array(
    [
        [FIRST, UPPER_FIRST, LAST],
        [LAST, UPPER_FIRST, UPPER_LAST],
        [FIRST, MIDWAY, LAST],
        [FIRST, MIDWAY, UPPER_FIRST],
        [LAST, MIDWAY, UPPER_LAST],
    ]
)


class Standing(NamedTuple):
    """Where the sum and the median of a row stand among the points: not above the height of the midway point.

    `below` and `above` of the `n` amounts stand on each side of the median, or of the middle pair (`pair` = 1).
    """

    n: int
    below: int
    above: int
    pair: int
    total: Fraction
    median: Fraction


def _triangles(place: Standing) -> Callable[[Whole], tuple[Whole, Floats, Floats, npt.NDArray[np.bool_]]]:
    """Return what gives the triangle around a place in each state: which one, the weights of its vertices, its width
    (an area, up to a factor that all states with as many points share), whether it exists.
    """
    total, median, row, centre = place.total, place.median, range(place.above + 1), place.above + 1
    height = float(median)
    # Of each point of the lower row: its distance to the place, the last point of the upper row whose line leaves the
    # place on its right, and whether the line to the midway point does.
    offset = np.array([float(total - point) for point in row])
    reach = np.array([min(max(math.floor((total - (1 - median) * point) / median), -1), place.n) for point in row])
    past = np.array([total >= point + 2 * median * (centre - point) for point in row])

    def of(state: Whole) -> tuple[Whole, Floats, Floats, npt.NDArray[np.bool_]]:
        first, last, upper_first, upper_last, midway = state
        one, other = np.minimum(first, place.above), np.maximum(last, 0)
        left, right = upper_first <= reach[one], upper_last > reach[other]
        with_midway = np.where(past[other], 4, np.where(past[one], 2, 3))
        kind = np.where(midway, with_midway, upper_first <= reach[other])
        exists = np.choose(kind, [left, right, True, left, right]) & (first <= last)
        exists &= (upper_first <= upper_last) | (kind == 2)
        base, sides = np.where(kind % 3 == 1, other, one), (last - first, upper_last - upper_first)
        width = np.choose(kind, [*sides, sides[0], upper_first + one - 2 * centre, upper_last + other - 2 * centre])
        lean = np.where(midway, 2 * (base - centre), base - upper_first)
        far = (offset[base] + height * lean) / np.where(exists, width, 1)
        between = np.choose(kind, [height, height - far, 2 * height, 2 * (height - far), 2 * (height - far)])
        near = np.choose(kind, [1 - height - far, 1 - height, 1 - 2 * height - far, *[1 - 2 * height + far] * 2])
        return kind, np.maximum([near, between, far], 0), np.abs(width) / (1 + midway), exists

    return of


def _layers(place: Standing) -> list[Layer]:
    """The states that a draw can go through, from all the points to the last three, with their chances.

    Volumes of sections, found from the last states on, are kept as fraction x 2^power, so that they neither overflow
    nor vanish; the one of no state is zero.
    """
    triangles, made, found = _triangles(place), list[Layer](), list[Layer]()
    state, size = np.array([[0], [place.above], [place.n - place.below], [place.n], [place.pair]]), 0
    for _ in range(place.n - 1):
        size += state.shape[1]
        if size > LARGEST_STATES:
            raise InputError(f"n = {place.n}: too many amounts to draw them below a maximum; about 120 can always be.")
        kind, weights, width, exists = triangles(state)
        taken = TRIANGLES[kind].T
        points = np.take_along_axis(np.vstack([state[:4], np.full_like(kind, place.above + 1)]), taken, axis=0)
        left = (state[:, None] + TAKEN[:, taken]).reshape(5, -1)
        kept = triangles(left)[3] & np.tile(exists, 3)
        codes = np.ravel_multi_index(tuple(left[:, kept] + 1), (place.n + 3,) * 4 + (3,))
        states, places = np.unique(codes, return_inverse=True)
        after = np.full(left.shape[1], len(states))
        after[kept] = places
        made.append((points, weights, after.reshape(3, -1), width))
        state = np.array(np.unravel_index(states, (place.n + 3,) * 4 + (3,))) - 1
    volume, power = np.zeros(1), np.full(1, EMPTY)
    for points, weights, after, width in reversed(made):
        parts, powers = _normal(weights * volume[after], power[after])
        high = powers.max(axis=0)
        parts = np.ldexp(parts, powers - high)
        total = parts.sum(axis=0)
        if not found:
            total, high = 1 / width, np.zeros_like(high)
        chances = np.divide(parts.cumsum(axis=0), total, out=np.zeros_like(parts), where=total > 0)
        found.append((points, weights, after, chances[:2]))
        volume, power = _normal(np.append(total, 0.0), np.append(high, EMPTY))
    return found[::-1]


def _normal(fraction: Floats, power: Whole) -> tuple[Floats, Whole]:
    fraction, more = np.frexp(fraction)
    return fraction, np.where(fraction > 0, power + more, EMPTY)


def _settled(place: Standing, found: list[Layer], uniforms: Floats) -> Floats:
    """Draws as rows of sorted amounts in the unit of the limits: half of a row of uniforms makes its weights, the other
    half its choices of a point to take away.
    """
    size, gaps = len(uniforms), len(found) - 1
    scale = np.hstack([np.ones((size, 1)), np.sort(uniforms[:, :gaps])[:, ::-1], np.zeros((size, 1))]).T.copy()
    luck = np.vstack([uniforms[:, gaps:].T, np.ones(size)])
    held, draw, state = np.zeros((place.n + 1, size)), np.arange(size), np.zeros(size, np.intp)
    for step, (points, weights, after, thresholds) in enumerate(found):
        weight = scale[step] - scale[step + 1]
        for vertex in range(3):
            held[points[vertex, state], draw] += weight * weights[vertex, state]
        state = after[sum(luck[step] >= one[state] for one in thresholds), state]
    return held[:0:-1].cumsum(axis=0).T


def _sections(place: Standing) -> Plan:
    """The plan of amounts between 0 and 1, the median one of them or midway between two."""
    n, k = place.n, place.below
    if place.median > Fraction(1, 2):
        width, made = _sections(Standing(n, place.above, k, place.pair, n - place.total, 1 - place.median))
        return width, lambda uniforms: 1 - made(uniforms)[:, ::-1]
    if place.median == 0:
        # All up to the median are 0, and those above have no other condition: the lower limit may as well be -1.
        m = place.above
        width, made = _sections(Standing(m + 1, 0, m, 0, (place.total + m + 1) / 2, Fraction(1, 2)))
        zeros = n - m
        return width, lambda uniforms: np.hstack([np.zeros((len(uniforms), zeros)), 2 * made(uniforms)[:, 1:] - 1])
    found = _layers(place)
    return 2 * (len(found) - 1), partial(_settled, place, found)


def _uniform(row: AmountsRow) -> Plan:
    low, unit, median = float(row.minimum), row.top - row.minimum, row.median_low
    if row.n == 2 and row.pair:  # one below the median, uniformly, the other as far above it
        room = float(min(median - row.minimum, row.top - median))
        return 1, lambda uniforms: np.asarray(float(median) + room * uniforms * np.array([-1.0, 1.0]))
    if row.sum_low in (smallest_sum(row), largest_sum(row)):
        only = np.array(amounts(evened(row, row.sum_low)))
        return 0, lambda uniforms: np.tile(only, (len(uniforms), 1))
    total = (row.sum_low - row.n * row.minimum) / unit
    width, made = _sections(Standing(row.n, row.below, row.above, row.pair, total, (median - row.minimum) / unit))

    def within(uniforms: Floats) -> Floats:
        """Without what rounding leaves outside the limits, or on the wrong side of an amount that is known."""
        ends = [(low, float(row.top))] * row.n
        if not row.pair:
            middle = float(median)
            ends = [(low, middle)] * row.below + [(middle, middle)] + [(middle, float(row.top))] * row.above
        least, most = np.transpose(ends)
        return np.clip(low + float(unit) * made(uniforms), least, most)

    return width, within


def _rate(ratio: float, spare: float) -> float:
    """The rate, in 1 / median, for which an upper amount and `ratio` lower ones average 1 + spare, by bisection."""
    if spare == 0:
        return math.inf
    low, high = 1 / spare, (1 + ratio) / spare
    for _ in range(60):
        rate = (low + high) / 2
        too_low = (1 + ratio) / rate + ratio * math.exp(-rate) / math.expm1(-rate) > spare
        low, high = (rate, high) if too_low else (low, rate)
    return low


def _entropy(row: AmountsRow) -> Plan:
    lower, upper, median = row.below + row.pair, row.above + row.pair, row.median_low - row.minimum
    if upper == 0:
        return _uniform(row)
    each = (row.sum_low - row.n * row.minimum - (1 - row.pair) * median) / upper
    rate = _rate(lower / upper, float(each / median - 1)) if median else 0.0
    unit, slope = float(median), float(median) / rate if median else float(each)

    def made(uniforms: Floats) -> Floats:
        below = np.minimum(slope * np.abs(np.log1p(uniforms[:, :lower] * math.expm1(-rate))), unit)
        above = unit + slope * np.abs(np.log1p(-uniforms[:, lower:]))
        middle = np.full((len(uniforms), 1 - row.pair), unit)
        return float(row.minimum) + np.hstack([np.sort(below), middle, np.sort(above)])

    return lower + upper, made


# Assumption (09): Nothing is known of amounts beyond their row: to draw them takes a choice, and two are shown. Source:
# none. If wrong: the draws follow another law; the limits hold.
MEASURES: dict[str, Callable[[AmountsRow], Plan]] = {"uniform": _uniform, "maximum_entropy": _entropy}


def refuse(n: int, size: int, seed: int, measure: str) -> None:
    """Raise `InputError` for a measure that does not exist, an unusable seed, or more draws than memory would hold."""
    if measure not in MEASURES:
        raise InputError(f"measure = {measure!r}: give one of {', '.join(MEASURES)}.{nearest(measure, MEASURES)}")
    whole("seed", seed, 0, 2**63 - 1)
    if whole("number of draws", size, 0, LARGEST_VALUES):
        n = whole("n (for draws)", n, 1, LARGEST_N_DRAWN)
        whole("number of draws", size, 1, LARGEST_VALUES // n)


def draws(row: AmountsRow, size: int, seed: int, measure: str = "uniform") -> Floats:
    """Return random amounts behind an exact row (grain 0): sorted draws, of shape (size, n).

    The same seed gives the same draws, and more draws begin with the same ones. Raises `InputError` when no amounts
    have this row, or when n, size, seed or measure is out of range.
    """
    refuse(row.n, size, seed, measure)
    reason = obstacle(row)
    if measure == "maximum_entropy" and row.maximum is not None:
        reason = "the maximum-entropy model has no largest amount: give no maximum, or take the uniform measure."
    if reason:
        raise InputError(f"the row has no draws: {reason}")
    width, made = MEASURES[measure](row)
    rng = np.random.Generator(np.random.PCG64(seed))
    sample, block = np.empty((size, row.n)), max(1, BLOCK // max(width, 1))
    for start in range(0, size, block):
        rows = min(block, size - start)
        sample[start : start + rows] = made(rng.random((rows, width)))
    return sample


def _times_over(series: list[int], above: int, below: int) -> list[int]:
    """A power series multiplied by 1 - q^above and divided by 1 - q^below."""
    found = series[:above] + [later - earlier for later, earlier in zip(series[above:], series, strict=False)]
    for i in range(below, len(found)):
        found[i] += found[i - below]
    return found


def datasets(row: AmountsRow) -> int:
    """Return how many multisets of whole units, within the limits of an exact row (grain 0), have its sum and median.

    It is the coefficient of q^excess in the product of two Gaussian binomials (`docs/feasible-sets.md`). Where the
    median is a mean, the middle two move apart one unit at a time, and each binomial changes by one factor above and
    one below. Raises `InputError` when the count would take more than some seconds.
    """
    if row.sum_low.denominator > 1 or row.median_low.denominator > 1 + row.pair:
        return 0
    low, high, twice = math.ceil(row.minimum), math.floor(row.top), int(2 * row.median_low)
    a, b = twice // 2, twice - twice // 2
    excess = int(row.sum_low) - row.below * low - b - row.pair * a - row.above * b
    if excess < 0 or a < low or b > high:
        return 0
    apart = min(a - low, high - b, excess // row.above if row.above else a) * row.pair
    if (excess + 1) * (2 * (min(row.below, excess) + min(row.above, excess)) + 4 * apart) > LARGEST_WORK:
        raise InputError(
            f"n = {row.n}, total = {int(row.sum_low)}: too many data sets to count one unit at a time; "
            "give the total and the median in a larger unit."
        )
    series, count = [1] + [0] * excess, 0
    for x, j in ((a - low, row.below), (high - b, row.above)):
        for i in range(1, min(j, excess) + 1):
            series = _times_over(series, x + i, i)
    for step in range(apart + 1):
        count += series[excess - step * row.above]
        for x, j in ((a - low - step, row.below), (high - b - step, row.above)) if step < apart else ():
            series = _times_over(series, x, x + j)
    return count
