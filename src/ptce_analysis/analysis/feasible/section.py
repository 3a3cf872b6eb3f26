"""The geometry behind exact uniform draws: sorted amounts as a section of a simplex, settled one vertex at a time.

Take the distance between the limits of an amount as unit. n sorted amounts between 0 and 1 are a mixture, with weights
that add up to one, of the n + 1 points "the j largest are 1, the others 0", j = 0..n, and a uniform law on them is a
flat law on the weights. Point j has sum j, and median 0, 1 or, between the two when the median is the mean of a middle
pair, 1/2. So the points stand on two rows of a plane, with one point midway between the rows when there is a pair, and
amounts with a given sum and median are the mixtures whose mean is one place of that plane: a section of the simplex.

Any triangle of points around the place is such a mixture: a corner of the section, the apex. The section is the union
of the pyramids from the apex to its facets, and the facets that miss it are those where one point of the triangle has
no weight. A draw chooses a pyramid with its share of the volume, goes down to its base, which is the same problem with
one point fewer, and starts again. Volumes follow Micchelli's recurrence for simplex splines (1980): the sum, over the
triangle, of a point's weight times the volume without it; all its terms are positive, so nothing cancels. The weights
of the apexes are those of a flat simplex: the gaps between sorted uniforms.

The triangle is made of ends of the rows (and of the midway point while it is there), so the points that remain are two
runs. Without a maximum one run shrinks after the other, and there are about n^2 / 2 states in all; with one, up to
n^4 / 64. On which side of a line the place stands is found in exact fractions, a place on a line being on its right;
the rest uses only +, -, x, / and comparisons of doubles, so the same uniforms give the same draws on any machine.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from ptce_analysis.errors import InputError

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

LARGEST_STATES = 3_000_000
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


@dataclass(frozen=True)
class Place:
    """Where the sum and the median of a row stand among the points: not above the height of the midway point.

    `below` and `above` amounts stand on each side of the median, or of the middle pair (`pair` = 1).
    """

    below: int
    above: int
    pair: int
    total: Fraction
    median: Fraction

    @property
    def n(self) -> int:
        """The number of amounts: the point where all are 1."""
        return self.below + 1 + self.pair + self.above


@dataclass(frozen=True)
class Lines:
    """For each point of the lower row: its distance to the place, and on which side of its lines the place stands.

    reach: the last point of the upper row whose line leaves the place on its right. past: whether the line to the
    midway point does.
    """

    offset: Floats
    reach: Whole
    past: Flags


@dataclass(frozen=True)
class Layer:
    """All states with one number of points left (columns) and, for each vertex of their triangle (rows), what follows.

    points: which point it is. weights: its weight at the apex. after: the state of the next layer without it.
    thresholds: the chance that the first vertex is taken away, and that one of the first two is.
    """

    points: Whole
    weights: Floats
    after: Whole
    thresholds: Floats


def _lines(place: Place) -> Lines:
    row, total, median = range(place.above + 1), place.total, place.median
    reach = [math.floor((total - (1 - median) * point) / median) for point in row]
    return Lines(
        np.array([float(total - point) for point in row]),
        np.array([min(max(point, -1), place.n) for point in reach]),
        np.array([total >= point + 2 * median * (place.above + 1 - point) for point in row]),
    )


def _triangles(place: Place, lines: Lines, state: Whole) -> tuple[Whole, Floats, Floats, Flags]:
    """Return the triangle around the place in each state, the weights of its vertices, its width, whether it exists.

    Its width is its area, up to a factor that all states with as many points share.
    """
    first, last, upper_first, upper_last, midway = state
    height, centre = float(place.median), place.above + 1
    one, other = np.minimum(first, place.above), np.maximum(last, 0)
    left, right = upper_first <= lines.reach[one], upper_last > lines.reach[other]
    with_midway = np.where(lines.past[other], 4, np.where(lines.past[one], 2, 3))
    kind = np.where(midway, with_midway, upper_first <= lines.reach[other])
    exists = np.choose(kind, [left, right, True, left, right]) & (first <= last)
    exists &= (upper_first <= upper_last) | (kind == 2)
    base, sides = np.where(kind % 3 == 1, other, one), (last - first, upper_last - upper_first)
    width = np.choose(kind, [*sides, sides[0], upper_first + one - 2 * centre, upper_last + other - 2 * centre])
    lean = np.where(midway, 2 * (base - centre), base - upper_first)
    far = (lines.offset[base] + height * lean) / np.where(exists, width, 1)
    between = np.choose(kind, [height, height - far, 2 * height, 2 * (height - far), 2 * (height - far)])
    near = np.choose(kind, [1 - height - far, 1 - height, 1 - 2 * height - far, *[1 - 2 * height + far] * 2])
    return kind, np.maximum([near, between, far], 0), np.abs(width) / (1 + midway), exists


def _normal(fraction: Floats, power: Whole) -> tuple[Floats, Whole]:
    """Return fraction x 2^power with the fraction in [1/2, 1), and zero as 0 x 2^EMPTY."""
    fraction, more = np.frexp(fraction)
    return fraction, np.where(fraction > 0, power + more, EMPTY)


def layers(place: Place) -> list[Layer]:
    """Return the states that a draw can go through, from all the points to the last three.

    Raises `InputError` when there are too many of them to be kept.
    """
    lines = _lines(place)
    state = np.array([[0], [place.above], [place.n - place.below], [place.n], [place.pair]])
    size, made = 0, []
    for _ in range(place.n - 1):
        size += state.shape[1]
        if size > LARGEST_STATES:
            raise InputError(f"n = {place.n}: too many amounts to draw them below a maximum; about 120 can always be.")
        kind, weights, width, exists = _triangles(place, lines, state)
        taken = TRIANGLES[kind].T
        points = np.take_along_axis(np.vstack([state[:4], np.full_like(kind, place.above + 1)]), taken, axis=0)
        left = (state[:, None] + TAKEN[:, taken]).reshape(5, -1)
        kept = _triangles(place, lines, left)[3] & np.tile(exists, 3)
        codes = np.ravel_multi_index(tuple(left[:, kept] + 1), (place.n + 3,) * 4 + (3,))
        found, places = np.unique(codes, return_inverse=True)
        after = np.full(left.shape[1], len(found))
        after[kept] = places
        made.append((points, weights, after.reshape(3, -1), width))
        state = np.array(np.unravel_index(found, (place.n + 3,) * 4 + (3,))) - 1
    return _with_chances(made)


def _with_chances(made: list[tuple[Whole, Floats, Whole, Floats]]) -> list[Layer]:
    """Return the layers with the chances of each way on, from the volumes of the sections, the last ones first.

    Volumes are kept as fraction x 2^power, so that they neither overflow nor vanish; the one of no state is zero.
    """
    found: list[Layer] = []
    volume, power = np.zeros(1), np.full(1, EMPTY)
    for points, weights, after, width in reversed(made):
        parts, powers = _normal(weights * volume[after], power[after])
        high = powers.max(axis=0)
        parts = np.ldexp(parts, powers - high)
        whole = parts.sum(axis=0)
        if not found:
            whole, high = 1 / width, np.zeros_like(high)
        chances = np.divide(parts.cumsum(axis=0), whole, out=np.zeros_like(parts), where=whole > 0)
        found.append(Layer(points, weights, after, chances[:2]))
        volume, power = _normal(np.append(whole, 0.0), np.append(high, EMPTY))
    return found[::-1]


def settled(place: Place, found: list[Layer], uniforms: Floats) -> Floats:
    """Return draws as rows of sorted amounts in the unit of the limits, one for each row of uniforms.

    The first half of a row of uniforms makes its weights, the second half its choices of a point to take away.
    """
    size, gaps = len(uniforms), len(found) - 1
    scale = np.hstack([np.ones((size, 1)), np.sort(uniforms[:, :gaps])[:, ::-1], np.zeros((size, 1))]).T.copy()
    luck = np.vstack([uniforms[:, gaps:].T, np.ones(size)])
    held, draw, state = np.zeros((place.n + 1, size)), np.arange(size), np.zeros(size, np.intp)
    for step, layer in enumerate(found):
        weight = scale[step] - scale[step + 1]
        for vertex in range(3):
            held[layer.points[vertex, state], draw] += weight * layer.weights[vertex, state]
        vertex = (luck[step] >= layer.thresholds[:, state]).sum(axis=0)
        state = layer.after[vertex, state]
    return held[:0:-1].cumsum(axis=0).T
