"""Uniform draws follow the uniform law: closed forms, exact cells, enumeration, plain rejection."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import comb

import numpy as np
import pytest
from scipy.stats import chi2, ncx2

from ptce_analysis.analysis.feasible.draws import draws
from ptce_analysis.analysis.feasible.pieces import piece_of, placed
from ptce_analysis.analysis.feasible.row import printed_row

ROWS = [(20, 796, 17), (15, 333, 28), (29, 1239, 10), (24, 1008, 33), (7, 776, 70), (15, 246, 30), (16, 246, 10)]
RARE = 1e-4


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


def test_round_off_above_the_median_is_cut():
    """A lower value that rounding left above 1 counts as 1, so that the middle amount is the median exactly."""
    piece = piece_of(printed_row(3, 10, 2, 0))
    values, uppers = np.array([[1 + 1e-15], [2.0]]), np.array([[False], [True]])
    assert placed(piece, values, uppers).tolist() == [[1, 1, 3]]


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
