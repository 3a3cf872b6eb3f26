"""What the amounts behind a printed row (n, sum, median) could be: `ptce feasible`.

Bounds first: they hold whatever the amounts were. Then how many data sets of whole units there are. Then, if asked,
reference draws inside the bounds: they depend on the measure chosen and are not confidence intervals.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ptce_analysis.analysis.amounts import (
    CONVENTION,
    STATISTICS,
    Amount,
    AmountsRow,
    amount,
    bounds,
    highest_median,
    largest_n,
    not_estimable,
    obstacle,
    printed_row,
    smallest_sum,
)
from ptce_analysis.analysis.draws import Floats, datasets, draws, refuse
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


def _bounds_record(row: AmountsRow) -> Record:
    """Return the bounds, and the amounts that attain them as [value, how many] pairs."""
    ends, examples = {}, {}
    for name, found in bounds(row).items():
        ends[name] = {"low": found.low, "high": found.high} | ({"reason": found.reason} if found.reason else {})
        data = {"low": found.low_data, "high": found.high_data}
        examples[name] = {end: [[float(value), count] for value, count in runs] for end, runs in data.items()}
    return {"bounds": ends, "examples": examples}


def _summary(name: str, sample: Floats) -> Record:
    """Return the mean, the median and the central 95 % of a statistic over draws."""
    keys = ("mean", "q025", "q500", "q975")
    reason = not_estimable(name, sample.shape[1], float(sample.max()))
    if reason:
        return dict.fromkeys(keys) | {"reason": reason}
    values = _OF_SAMPLE[name](sample)
    numbers = (values.mean(), *np.quantile(values, (0.025, 0.5, 0.975)))
    return dict(zip(keys, map(float, numbers), strict=True))


def _draws_record(exact: AmountsRow, n_draws: int, seed: int, measure: str) -> Record:
    """Return the summary of each statistic over reference draws, or None with the reason."""
    if not n_draws:
        return {"draws": None, "draws_reason": "no draws were asked for"}
    try:
        sample = draws(exact, n_draws, seed, measure)
    except InputError as error:
        return {"draws": None, "draws_reason": str(error).removeprefix("the row has no draws: ")}
    return {"draws": {name: _summary(name, sample) for name in STATISTICS}, "draws_reason": None}


def feasible(
    n: int,
    total: Amount,
    median: Amount,
    grain: Amount = 1,
    n_draws: int = 0,
    seed: int = 1,
    measure: str = "uniform",
    minimum: Amount = 0,
    maximum: Amount | None = None,
    even_median: str = "mean",
) -> Record:
    """Return what n amounts with a printed total and median can be, ready for JSON.

    Each amount is `minimum` or more and `maximum` or less; `even_median` says which median an even number has (see
    `AmountsRow`). Bounds cover every sum and median that round to those printed (grain 0: exactly those); the number of
    data sets of whole units and the draws are for the printed values. `min_sum`, `max_median` and `max_n` say how far
    the row is from holding. What has no value is None, with a reason beside it.

    Raises `InputError` when an argument cannot be used, naming it.

    >>> found = feasible(16, 246, 30)
    >>> found["possible"], found["min_sum"], found["datasets"], found["bounds"]
    (False, 265.5, 0, None)
    """
    refuse(n, n_draws, seed, measure)
    row, exact = (printed_row(n, total, median, g, minimum, maximum, even_median) for g in (grain, 0))
    figures = {"total": total, "median": median, "grain": grain, "minimum": minimum}
    reason = obstacle(row)
    try:
        counted: Record = {"datasets": datasets(exact), "datasets_reason": None}
    except InputError as error:
        counted = {"datasets": None, "datasets_reason": str(error)}
    return {
        "n": int(n),
        **{name: float(amount(name, value)) for name, value in figures.items()},
        "maximum": None if row.maximum is None else float(row.maximum),
        "even_median": even_median,
        "possible": reason is None,
        "reason": reason,
        "min_sum": float(smallest_sum(row)),
        "max_median": float(highest_median(row)),
        "max_n": largest_n(row),
        "origin": "derived",
        "convention": CONVENTION,
        **({"bounds": None, "examples": None} if reason else _bounds_record(row)),
        **counted,
        **_draws_record(exact, n_draws, seed, measure),
        **{"n_draws": int(n_draws), "seed": int(seed), "measure": measure, "draws_origin": "assumption"},
    }
