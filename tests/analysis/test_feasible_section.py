"""Uniform draws follow the uniform law: closed forms, exact cells, enumeration, plain rejection."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import comb

import numpy as np
import pytest
from scipy.stats import chi2, kstest, ncx2

from ptce_analysis.analysis.amounts import EVEN_MEDIANS, printed_row
from ptce_analysis.analysis.draws import draws as draws_of
from ptce_analysis.errors import InputError

ROWS = [(20, 796, 17), (15, 333, 28), (29, 1239, 10), (24, 1008, 33), (7, 776, 70), (15, 246, 30), (16, 246, 10)]
RARE = 1e-4


def draws(n, total, median, size, seed, measure="uniform", **limits):
    """The draws of a row given by its figures."""
    return draws_of(printed_row(n, total, median, 0, **limits), size, seed, measure)


def power_integral(a: Fraction, b: Fraction, p: int, end: Fraction, moment: int = 0) -> Fraction:
    """The integral over d in [0, end] of d^moment (a - b d)_+^p, moment 0 or 1, exactly (by parts)."""
    zero = Fraction(0)
    if b == 0:
        return max(a, zero) ** p * end ** (moment + 1) / (moment + 1)
    low, high = (zero, min(end, a / b)) if b > 0 else (max(zero, a / b), end)
    if high <= low:
        return zero
    first = [(a - b * d) ** (p + 1) / (b * (p + 1)) for d in (low, high)]
    second = [(a - b * d) ** (p + 2) / (b * b * (p + 1) * (p + 2)) for d in (low, high)]
    return first[0] - first[1] if moment == 0 else low * first[0] - high * first[1] + second[0] - second[1]


def scaled(n: int, total, median) -> tuple[int, Fraction]:
    """The number of units a side and the excess in medians."""
    return (n - 1) // 2, Fraction(total - (n // 2 + 1) * median) / Fraction(median)


def volume(n: int, total, median, power: int, moment: int = 0) -> Fraction:
    """The alternating sum of truncated powers for the volume, with exact fractions: no rounding, so no cancellation.

    Lower amounts are in [0, 1 - d]^k and the excess that remains for k upper ones is rho - k d; for odd n, d is 0.
    """
    k, rho = scaled(n, total, median)
    terms = [(-1) ** i * comb(k, i) for i in range(k + 1)]
    if n % 2:
        return sum((c * max(rho - i, 0) ** power for i, c in enumerate(terms)), Fraction(0))
    integrals = [power_integral(rho - i, Fraction(k - i), power, Fraction(1), moment) for i in range(k + 1)]
    return sum((c * part for c, part in zip(terms, integrals, strict=True)), Fraction(0))


def mean_of_largest(n: int, total, median) -> float:
    """E[max] by Irwin-Hall: m (1 + E[d] + E[sum of the k upper excesses] (1 + 1/2 + ... + 1/k) / k).

    Given their sum, the excesses are a flat simplex, whose largest part averages the harmonic number over k. The sum of
    excesses averages half the ratio of the truncated powers 2k and 2k - 1.
    """
    k, _ = scaled(n, total, median)
    base = volume(n, total, median, 2 * k - 1)
    away = 0 if n % 2 else volume(n, total, median, 2 * k - 1, moment=1) / base
    upper = volume(n, total, median, 2 * k) / base / 2
    return float(median * (1 + away + upper * sum(Fraction(1, j) for j in range(1, k + 1)) / k))


CLOSED_FORM = [
    *ROWS, (3, 10, 2), (3, 5, 2), (4, 10, 3), (4, 100, 3), (5, 20, 3), (6, 17, 4), (6, 26, 4), (8, 45, 8), (9, 40, 7),
    (10, 64, 10), (101, 5000, 60), (100, 5000, 60), (199, 20_000, 150), (200, 16_000, 150), (200, 10**6, 3),
]  # fmt: skip


@pytest.mark.parametrize("row", CLOSED_FORM)
def test_mean_of_largest_is_the_closed_form(row):
    """The largest amount averages the Irwin-Hall closed form, found in exact fractions, within 4.5 standard errors.

    With 20,000 draws the standard error is below 1 % of the mean, and below 0.3 % from n = 7.
    """
    largest = draws(*row, size=20_000, seed=11)[:, -1]
    error = largest.std() / np.sqrt(len(largest))
    assert abs(largest.mean() - mean_of_largest(*row)) < 4.5 * error


def corner_chance(n: int, total, median, least: Fraction, most: Fraction) -> float:
    """P(smallest > least, largest <= most), in medians: inclusion and exclusion on both wings, in exact fractions."""
    k, rho = scaled(n, total, median)
    p, end = 2 * k - 1, min(1 - least, most - 1)
    found = Fraction(0)
    for i in range(k + 1):
        for j in range(k + 1):
            a = rho - k * least - i * (1 - least) - j * (most - 1)
            part = max(a, 0) ** p if n % 2 else power_integral(a, Fraction(k - i - j), p, end)
            found += (-1) ** (i + j) * comb(k, i) * comb(k, j) * part
    return float(found / volume(n, total, median, p))


def misfit(counts: np.ndarray, chances: np.ndarray) -> float:
    """The chi-square probability of counts as far from their chances, cells that expect fewer than five merged."""
    expected = chances.ravel() * counts.sum()
    rare = expected < 5
    observed = np.append(counts.ravel()[~rare], counts.ravel()[rare].sum())
    expected = np.append(expected[~rare], expected[rare].sum())
    observed, expected = observed[expected > 1e-9], expected[expected > 1e-9]
    return float(chi2.sf(((observed - expected) ** 2 / expected).sum(), len(expected) - 1))


@pytest.mark.parametrize(
    "row", [(3, 9, 3), (4, 10, 3), (4, 12, 3), (5, 14, 3), (6, 16, 3), (6, 30, 4), (7, 30, 4), (7, 21, 4), (8, 25, 4)]
)
def test_smallest_and_largest_follow_their_exact_joint_law(row):
    """Chi-square of (smallest, largest) over 25 cells, against exact inclusion-exclusion, at level 1e-4.

    Power: with 20,000 draws, cells that are 8 % off (Cohen's w = 0.08) are caught with probability above 0.99.
    """
    sample = draws(*row, size=20_000, seed=5) / row[2]
    ends = [
        [Fraction(float(np.quantile(sample[:, c], q))).limit_denominator(50) for q in (0.2, 0.4, 0.6, 0.8)]
        for c in (0, -1)
    ]
    lows, highs = [Fraction(0), *ends[0], Fraction(1)], [Fraction(1), *ends[1], scaled(*row)[1] + 2]
    corner = np.array([[corner_chance(*row, low, high) for high in highs] for low in lows])
    chances = np.diff(-np.diff(corner, axis=0), axis=1)
    counts = np.histogram2d(sample[:, 0], sample[:, -1], [[float(e) for e in lows], [float(e) for e in highs]])[0]
    assert counts.sum() == 20_000
    assert misfit(counts, np.maximum(chances, 0)) > RARE


def test_chi_square_has_the_power_announced():
    """Noncentral chi-square: 20,000 draws, 25 cells, level 1e-4, w = 0.08."""
    assert ncx2.sf(chi2.isf(RARE, 24), 24, 20_000 * 0.08**2) > 0.99


def test_chi_square_catches_a_plausible_wrong_law():
    """A law with the right support is caught: a lower sum that is uniform instead of Irwin-Hall x power (n = 7)."""
    right = draws(7, 30, 4, 20_000, 5)
    rng = np.random.Generator(np.random.PCG64(8))
    low_sum = rng.uniform(0, 12, 20_000)
    counts = np.histogram(low_sum, np.linspace(0, 12, 9))[0]
    chances = np.histogram(right[:, :3].sum(axis=1), np.linspace(0, 12, 9))[0] / 20_000
    assert misfit(counts, chances) < 1e-12


@pytest.mark.parametrize(("n", "rho"), [(4, 1), (4, 3), (5, 1), (5, 2), (5, 3)])
def test_cells_follow_a_fine_enumeration(n, rho):
    """Chi-square of draws in small cells, against counting the points of a fine grid of the set (level 1e-4).

    n = 5: points (y1, y2, e1), e2 being what remains; n = 4: points (y, d), e being what remains. The grid has 60 or
    400 steps a median, so its cells are right to a fraction of a percent; power as above.
    """
    steps = 400 if n == 4 else 60
    grid = (np.arange(steps) + 0.5) / steps
    if n == 4:
        y, d = (a.ravel() for a in np.meshgrid(grid, grid))
        keep = (y <= 1 - d) & (y + d <= rho)
        cells = cells_of(y[keep], 1 + d[keep] + rho - y[keep] - d[keep])
    else:
        upper = (np.arange(steps * rho) + 0.5) / steps
        y1, y2, e = (a.ravel() for a in np.meshgrid(grid, grid, upper))
        keep = y1 + y2 + e <= rho
        cells = cells_of(np.minimum(y1, y2)[keep], 1 + np.maximum(e, rho - y1 - y2 - e)[keep])
    sample = draws(n, n // 2 + 1 + rho, 1, 20_000, 3)
    counts = np.bincount(cells_of(sample[:, 0], sample[:, -1]), minlength=40)
    chances = np.bincount(cells, minlength=40) / len(cells)
    assert misfit(counts, chances) > RARE


def cells_of(smallest: np.ndarray, largest: np.ndarray) -> np.ndarray:
    """The number of a cell: quarters of the smallest amount, halves of what the largest has above one median."""
    return (4 * smallest).astype(int) * 10 + np.minimum((2 * (largest - 1)).astype(int), 9)


@pytest.mark.parametrize("row", [(4, 20, 3), (6, 17, 4), (6, 30, 4), (8, 60, 5), (7, 30, 4)])
def test_draws_agree_with_plain_rejection(row):
    """Every ordered amount has the mean and mean square of brute force, within 4.5 standard errors (20,000 draws each).

    Brute force: amounts spread flat over the sum, kept when those meant to be below the middle are.
    """
    n, median = row[0], row[2]
    k, rho = scaled(*row)
    rng = np.random.Generator(np.random.PCG64(2))
    flat = rng.standard_exponential((1_000_000, 2 * k))
    flat *= float(rho) / flat.sum(axis=1, keepdims=True)
    d = rng.random(len(flat)) * (1 - n % 2)
    low, high = flat[:, :k], flat[:, k:]
    keep = (low <= 1).all(axis=1) & (d <= low.min(axis=1))
    low, high, d = (part[keep][:20_000] for part in (low, high, d[:, None]))
    brute = np.sort(np.hstack([low - d, 1 - d, 1 + d, 1 + d + high] if n % 2 == 0 else [low, 1 + d, 1 + high])) * median
    assert len(brute) > 5_000
    exact = draws(*row, size=20_000, seed=4)
    for power in (1, 2):
        error = np.sqrt((exact**power).var(axis=0) / len(exact) + (brute**power).var(axis=0) / len(brute))
        assert (np.abs((exact**power).mean(axis=0) - (brute**power).mean(axis=0)) <= 4.5 * error + 1e-9).all()


def rejection(n, total, median, minimum, maximum, even, size=20_000) -> np.ndarray:
    """Sorted amounts by brute force: all but one spread flat between their limits, kept when the last has its place.

    Its place is above the median (or below, where nothing is above): given the others, the sum fixes it.
    """
    pair = int(n % 2 == 0 and even == "mean")
    below = n // 2 if n % 2 or even == "high" else n // 2 - 1
    above, rng = n - 1 - pair - below, np.random.Generator(np.random.PCG64(2))
    made: list[np.ndarray] = []
    while sum(map(len, made)) < size:
        d = rng.uniform(0, min(median - minimum, maximum - median), (400_000, 1)) * pair
        low = rng.uniform(minimum, median, (400_000, below))
        high = rng.uniform(median, maximum, (400_000, above))
        middle = np.hstack([median - d, median + d][: 1 + pair])
        part, other = (high, low) if above else (low, high)
        part[:, 0] = total - middle.sum(axis=1) - other.sum(axis=1) - part[:, 1:].sum(axis=1)
        keep = (low >= minimum).all(axis=1) & (low <= median - d).all(axis=1)
        keep &= (high >= median + d).all(axis=1) & (high <= maximum).all(axis=1)
        made.append(np.hstack([np.sort(low[keep]), middle[keep], np.sort(high[keep])]))
    return np.vstack(made)[:size]


@pytest.mark.parametrize(
    ("row", "minimum", "maximum"),
    [((3, 30, 10), 2, 16), ((4, 40, 9), 1, 15), ((5, 60, 10), 0, 25), ((5, 50, 12), 3, 14), ((6, 80, 12), 0, 24),
     ((6, 60, 11), 4, 13), ((7, 60, 8), 2, 12), ((7, 75, 12), 0, 16), ((8, 90, 10), 1, 22), ((8, 100, 14), 2, 17)],
)  # fmt: skip
@pytest.mark.parametrize("even", EVEN_MEDIANS)
def test_draws_within_limits_agree_with_plain_rejection(row, minimum, maximum, even):
    """With a least and a greatest amount, below and above mid-height, every amount has the law of brute force.

    Chi-square of two samples of 20,000 over ten equal cells of each sorted amount, and of the pair (smallest, largest).
    """
    brute = rejection(*row, minimum, maximum, even)
    exact = draws(*row, 20_000, 4, minimum=minimum, maximum=maximum, even_median=even)
    for place in range(row[0]):
        assert alike(exact[:, place], brute[:, place]) > RARE / 20
    assert alike(exact[:, 0] + exact[:, -1], brute[:, 0] + brute[:, -1]) > RARE / 20
    assert alike(exact[:, 0] * exact[:, -1], brute[:, 0] * brute[:, -1]) > RARE / 20


def alike(one: np.ndarray, other: np.ndarray) -> float:
    """The chi-square probability that two samples of one size come from one law; 1 for two constants that agree."""
    if np.ptp(other) < 1e-9:
        return float(np.abs(one - other[0]).max() < 1e-9)
    edges = np.quantile(other, np.linspace(0, 1, 11)[1:-1])
    counts = np.array([np.bincount(np.searchsorted(edges, some), minlength=10) for some in (one, other)])
    return float(chi2.sf(((counts[0] - counts[1]) ** 2 / counts.sum(axis=0)).sum(), 9))


@pytest.mark.parametrize(
    ("n", "total", "median", "maximum", "even"),
    [(5, 13, 3, 5, "mean"), (5, 14, 2, 6, "mean"), (4, 11, 3, 5, "mean"), (4, 13, 3, 6, "low"), (4, 9, 3, 4, "high")],
)  # fmt: skip
def test_cells_within_limits_follow_a_fine_enumeration(n, total, median, maximum, even):
    """Chi-square of (smallest, largest) over 16 cells, against counting the points of a fine grid (level 1e-4).

    The grid is over d, the amounts below and those above but one, which takes what is left.
    """
    fine = {4: 60, 5: 24}[n]
    pair = int(n % 2 == 0 and even == "mean")
    below = n // 2 if n % 2 or even == "high" else n // 2 - 1
    above = n - 1 - pair - below
    grid = [np.arange(fine * size) + 0.5 for size in (median, maximum - median)]
    axes = [np.arange(fine * min(median, maximum - median)) + 0.5] * pair + [grid[0]] * below + [grid[1]] * (above - 1)
    points = [axis.ravel() / fine for axis in np.meshgrid(*axes, indexing="ij")]
    d = points[0] if pair else 0.0 * points[0]
    low, high = points[pair : pair + below], [median + e for e in points[pair + below :]]
    last = total - (1 + pair) * median - sum(low) - sum(high)
    high = np.array([*high, last])
    keep = (np.array(low) <= median - d).all(axis=0) & (high >= median + d).all(axis=0) & (high <= maximum).all(axis=0)
    ends = np.array(low)[:, keep].min(axis=0), high[:, keep].max(axis=0)
    sample = draws(n, total, median, 20_000, 3, maximum=maximum, even_median=even)
    edges = [np.linspace(0, median, 5), np.linspace(median, maximum, 5)]
    counts = np.histogram2d(sample[:, 0], sample[:, -1], edges)[0]
    chances = np.histogram2d(*ends, edges)[0] / keep.sum()
    rare = chances < 0.004  # cells cut by the edge of the set, where the grid is too coarse
    counts, chances = np.append(counts[~rare], counts[rare].sum()), np.append(chances[~rare], chances[rare].sum())
    assert misfit(counts, chances) > RARE


@pytest.mark.parametrize("even", EVEN_MEDIANS)
@pytest.mark.parametrize(("minimum", "top"), [(0, 12), (2, None)])
def test_a_known_law_within_limits(even, minimum, top):
    """Two wings of one amount: given the sum, the smallest is flat between the ends that its limits leave (level 1e-4).

    n = 3, sum 24, median 8: the largest is 16 less the smallest, at most 12, and the smallest is at least the minimum.
    """
    sample = draws(3, 24, 8, 20_000, 3, minimum=minimum, maximum=top, even_median=even)[:, 0]
    low = max(minimum, 16 - (top or 16))
    assert kstest((sample - low) / (8 - low), "uniform").pvalue > RARE


def test_draws_upside_down_have_the_same_law():
    """Amounts, or 20 less the amounts of the row that mirrors this one: each sorted amount has the same law."""
    row = draws(6, 45, 6, 20_000, 5, minimum=1, maximum=19, even_median="low")
    mirror = 20 - draws(6, 75, 14, 20_000, 6, minimum=1, maximum=19, even_median="high")[:, ::-1]
    assert min(alike(row[:, place], mirror[:, place]) for place in (0, 1, 3, 4, 5)) > RARE / 20


def test_mean_of_largest_of_a_shifted_row_is_the_closed_form():
    """With a minimum of 2, the largest is 2 more than that of the row whose amounts all have 2 less."""
    largest = draws(29, 1239 + 58, 12, 20_000, 11, minimum=2)[:, -1]
    assert abs(largest.mean() - 2 - mean_of_largest(29, 1239, 10)) < 4.5 * largest.std() / np.sqrt(len(largest))


def test_a_maximum_that_binds_nothing_changes_nothing():
    """A maximum at the most that the largest can be leaves the law as it is without one."""
    free, bound = draws(9, 100, 7, 20_000, 1), draws(9, 100, 7, 20_000, 2, maximum=72)
    assert min(alike(free[:, place], bound[:, place]) for place in (0, 3, 5, 8)) > RARE / 20


def test_too_many_states_are_refused():
    """Hundreds of amounts below a maximum that binds would take more memory than there is; the message says so."""
    with pytest.raises(InputError, match="n = 400: too many amounts to draw them below a maximum"):
        draws(400, 8000, 15, 1, 1, maximum=60)


def test_uniform_law_is_the_maximum_entropy_model_given_sum_and_median():
    """Maximum-entropy draws (n = 5) with a sum within 2 % of the row's have the mean largest amount of uniform draws.

    Tolerance: 4.5 standard errors, about 0.05; without the condition on the sum the two means are 0.12 apart.
    """
    wide = draws(5, 20, 3, 400_000, 9, "maximum_entropy")
    expected = mean_of_largest(5, 20, 3)
    near = wide[np.abs(wide.sum(axis=1) - 20) < 0.4, -1]
    assert len(near) > 5_000
    assert abs(near.mean() - expected) < 4.5 * near.std() / np.sqrt(len(near))
    assert abs(wide[:, -1].mean() - expected) > 0.1


def test_closed_form_agrees_with_a_case_done_by_hand():
    """n = 3, sum 10, median 2: the lower amount is uniform on [0, 2], so the largest averages 8 - 1 = 7."""
    assert mean_of_largest(3, 10, 2) == 7
    steps = [corner_chance(3, 10, 2, Fraction(0), Fraction(c)) for c in (3, Fraction(7, 2), 4)]
    assert [b - a for a, b in pairwise(steps)] == [0.5, 0.5]
