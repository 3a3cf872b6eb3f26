"""What the amounts behind a published row (n, sum, median) could be: `ptce feasible`.

Bounds first: they hold whatever the amounts were. Then how many data sets of whole units there are. Then, if asked,
reference draws inside the bounds: they depend on the measure chosen and are not confidence intervals.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ptce_analysis.analysis.feasible.bounds import CONVENTION, STATISTICS, Bound, Runs, bounds, not_estimable
from ptce_analysis.analysis.feasible.counts import datasets
from ptce_analysis.analysis.feasible.draws import draws, no_draws, refuse
from ptce_analysis.analysis.feasible.row import (
    Number,
    Row,
    amount,
    highest_median,
    largest_n,
    obstacle,
    printed_row,
    smallest_sum,
)
from ptce_analysis.analysis.feasible.section import Floats
from ptce_analysis.errors import InputError

Record = dict[str, Any]


def _gini(sample: Floats) -> Floats:
    n = sample.shape[1]
    ranks = 2.0 * np.arange(1, n + 1) - n - 1
    return np.asarray((sample * ranks).sum(axis=1) / (n * sample.sum(axis=1)))


def _top_share(sample: Floats, units: int) -> Floats:
    return np.asarray(sample[:, sample.shape[1] - units :].sum(axis=1) / sample.sum(axis=1))


# The statistics of the bounds, for rows of sorted amounts.
_OF_SAMPLE: dict[str, Callable[[Floats], Floats]] = {
    "max": lambda sample: sample[:, -1],
    "min": lambda sample: sample[:, 0],
    "gini": _gini,
    "sd": lambda sample: np.asarray(sample.std(axis=1, ddof=1)),
    "top_half_share": lambda sample: _top_share(sample, sample.shape[1] // 2),
    "top_1_share": lambda sample: _top_share(sample, 1),
}


def _interval(bound: Bound) -> Record:
    interval: Record = {"low": bound.low, "high": bound.high}
    return interval if bound.reason is None else interval | {"reason": bound.reason}


def _listed(runs: Runs) -> list[list[float]]:
    return [[float(value), count] for value, count in runs]


def _bounds_record(found: dict[str, Bound] | None) -> Record:
    """Return the bounds, and the amounts that attain them as [value, how many] pairs; None for an impossible row."""
    if found is None:
        return {"bounds": None, "examples": None}
    examples = {name: {"low": _listed(b.low_data), "high": _listed(b.high_data)} for name, b in found.items()}
    return {"bounds": {name: _interval(b) for name, b in found.items()}, "examples": examples}


def _datasets_record(exact: Row) -> Record:
    try:
        return {"datasets": datasets(exact), "datasets_reason": None}
    except InputError as error:
        return {"datasets": None, "datasets_reason": str(error)}


def _summary(name: str, sample: Floats) -> Record:
    """Return the mean, the median and the central 95 % of a statistic over draws."""
    keys = ("mean", "q025", "q500", "q975")
    reason = not_estimable(name, sample.shape[1], float(sample.max()))
    if reason:
        return dict.fromkeys(keys) | {"reason": reason}
    values = _OF_SAMPLE[name](sample)
    numbers = (values.mean(), *np.quantile(values, (0.025, 0.5, 0.975)))
    return dict(zip(keys, map(float, numbers), strict=True))


def _draws_record(exact: Row, n_draws: int, seed: int, measure: str) -> Record:
    """Return the summary of each statistic over reference draws, or None with the reason."""
    try:
        reason = no_draws(exact, measure) if n_draws else "no draws were asked for"
        sample = None if reason else draws(exact, n_draws, seed, measure)
    except InputError as error:
        sample, reason = None, str(error)
    summary = None if sample is None else {name: _summary(name, sample) for name in STATISTICS}
    return {"draws": summary, "draws_reason": reason}


def _row_record(row: Row) -> Record:
    """Return whether the row can hold, and how far from holding: smallest sum, highest median, largest n."""
    reason = obstacle(row)
    return {
        "possible": reason is None,
        "reason": reason,
        "min_sum": float(smallest_sum(row)),
        "max_median": float(highest_median(row)),
        "max_n": largest_n(row),
    }


def feasible(
    n: int,
    total: Number,
    median: Number,
    grain: Number = 1,
    n_draws: int = 0,
    seed: int = 1,
    measure: str = "uniform",
    minimum: Number = 0,
    maximum: Number | None = None,
    even_median: str = "mean",
) -> Record:
    """Return what n amounts with a published total and median can be, ready for JSON.

    Each amount is `minimum` or more and `maximum` or less; `even_median` says which median an even number has (see
    `Row`). Bounds cover every sum and median that round to those printed (grain 0: exactly those); the number of data
    sets of whole units and the draws are for the printed values. What has no value is None, with a reason beside it.

    Raises `InputError` when an argument cannot be used, naming it.

    >>> found = feasible(16, 246, 30)
    >>> found["possible"], found["min_sum"], found["datasets"], found["bounds"]
    (False, 265.5, 0, None)
    """
    refuse(n, n_draws, seed, measure)
    row, exact = (printed_row(n, total, median, g, minimum, maximum, even_median) for g in (grain, 0))
    record = _row_record(row)
    figures = {"total": total, "median": median, "grain": grain, "minimum": minimum}
    asked = {"n": int(n)} | {name: float(amount(name, value)) for name, value in figures.items()}
    limits = {"maximum": None if row.maximum is None else float(row.maximum), "even_median": even_median}
    made = {"n_draws": int(n_draws), "seed": int(seed), "measure": measure, "draws_origin": "assumption"}
    return {
        **(asked | limits | record | {"origin": "derived", "convention": CONVENTION}),
        **_bounds_record(bounds(row) if record["possible"] else None),
        **_datasets_record(exact),
        **(_draws_record(exact, n_draws, seed, measure) | made),
    }
