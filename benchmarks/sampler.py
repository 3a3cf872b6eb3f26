"""What one exact draw costs, as ratios measured side by side: `python benchmarks/sampler.py [ROW]...`.

For each printed level and scenario: one uniform draw against numpy's standard exponentials for as many amounts; one
SPRITE reconstruction (pysprite; it needs a standard deviation, taken from a draw, and ignores the median) against one
draw; one data set by plain rejection against one draw. Each time is the best of a few repeats.
"""

import json
import math
import sys
import time
import warnings
from collections.abc import Callable, Sequence

import numpy as np
from pysprite import Sprite

from ptce_analysis.analysis.amounts import printed_row
from ptce_analysis.analysis.draws import draws

# Figures of the 2015 table in k€ (n, sum, median), then the rows that two scenarios put in place of some of them.
ROWS = {
    "epci": (20, 796, 17),
    "departement": (15, 333, 28),
    "region": (29, 1239, 10),
    "etat": (24, 1008, 33),
    "europe": (7, 776, 70),
    "commune, 15 amounts": (15, 246, 30),
    "commune, medians reversed": (16, 246, 10),
    "epci, medians reversed": (20, 796, 28),
    "departement, medians reversed": (15, 333, 17),
    "region, medians reversed": (29, 1239, 30),
}
N_DRAWS, N_SPRITE, N_TRIED, REPEATS = 20_000, 5, 200_000, 5

Row = tuple[int, float, float]


def seconds(work: Callable[[], object]) -> float:
    """Return the shortest time of a few runs of some work."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def sprite_seconds(row: Row) -> float:
    """Return the mean time of one SPRITE reconstruction from the mean and the sd of draws rounded to whole amounts."""
    n, total, median = row
    spent = 0.0
    for seed in range(N_SPRITE):
        data = np.floor(draws(printed_row(n, total, median, 0), 1, seed)[0]).astype(int)
        data[-1] += round(total) - data.sum()
        sprite = Sprite(n, round(total / n, 2), round(data.std(ddof=1), 2), 2, 2, 0, int(data[-1]))
        start = time.perf_counter()
        outcome = sprite.find_possible_distribution()[0]
        spent += time.perf_counter() - start
        assert outcome == "Success"
    return spent / N_SPRITE


def from_simplex(n: int, excess: float, rng: np.random.Generator) -> np.ndarray:
    """Return which proposals are kept when the excess is spread flat and the lower amounts have to be low enough."""
    k = (n - 1) // 2
    flat = rng.standard_exponential((N_TRIED, 2 * k))
    low = flat[:, :k] * (excess / flat.sum(axis=1, keepdims=True))
    d = rng.random(N_TRIED) * (1 - n % 2)
    return np.asarray((low.max(axis=1) <= 1) & (low.min(axis=1) >= d))


def from_box(n: int, excess: float, rng: np.random.Generator) -> np.ndarray:
    """Return which proposals are kept when lower amounts are spread flat and what remains is weighed by its volume."""
    k = (n - 1) // 2
    d = rng.random(N_TRIED) * (1 - n % 2)
    left = excess - k * d - rng.random((N_TRIED, k)).sum(axis=1) * (1 - d)
    return np.asarray(rng.random(N_TRIED) < (1 - d) ** k * (np.maximum(left, 0) / excess) ** (k - 1))


def rejection_seconds(row: Row) -> tuple[float, float]:
    """Return the time of one data set by the better of two plain rejections, and the share of proposals it keeps."""
    n, total, median = row
    excess, found = total / median - n // 2 - 1, []
    for propose in (from_simplex, from_box):
        kept = propose(n, excess, np.random.default_rng(1)).sum()
        spent = seconds(lambda propose=propose: propose(n, excess, np.random.default_rng(1)))
        found.append((spent / kept if kept else float("inf"), kept / N_TRIED))
    return min(found)


def ratios(row: Row) -> dict[str, float]:
    """Return the cost of one draw in units of n exponentials, and of its rivals in units of one draw."""
    n, total, median = row
    draw = seconds(lambda: draws(printed_row(n, total, median, 0), N_DRAWS, 1)) / N_DRAWS
    rng = np.random.default_rng(1)
    exponentials = seconds(lambda: rng.standard_exponential((N_DRAWS, n))) / N_DRAWS
    rejection, kept = rejection_seconds(row)
    return {
        "draw / exponentials": draw / exponentials,
        "sprite / draw": sprite_seconds(row) / draw,
        "rejection / draw": rejection / draw,
        "accepted share": kept,
    }


def benchmark(names: Sequence[str]) -> dict[str, dict[str, float | None]]:
    """Return the ratios of some rows, to three digits; none where plain rejection keeps no proposal at all."""
    warnings.simplefilter("ignore")
    return {name: {what: shortened(value) for what, value in ratios(ROWS[name]).items()} for name in names}


def shortened(value: float) -> float | None:
    """Return a number to three digits; nothing for one without end, which JSON cannot hold."""
    return float(f"{value:.3g}") if math.isfinite(value) else None


if __name__ == "__main__":
    print(json.dumps(benchmark(sys.argv[1:] or list(ROWS)), indent=2, allow_nan=False))
