"""What the amounts behind a printed row (n, sum, median) could be: `ptce feasible`, and by level and scenario.

Bounds hold whatever the amounts were; reference draws depend on the measure chosen and are no confidence intervals.
"""

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from ptce_analysis.analysis.amounts import (
    Amount,
    AmountsRow,
    amount,
    amounts,
    bounds,
    highest_median,
    largest_n,
    not_estimable,
    obstacle,
    printed_row,
    smallest_sum,
)
from ptce_analysis.analysis.draws import Floats, datasets, draws, refuse
from ptce_analysis.analysis.funding import FundingRow, level_rows
from ptce_analysis.errors import InputError
from ptce_analysis.published import Facts
from ptce_analysis.vocabulary import FUNDING_LEVELS

Record = dict[str, Any]

CONVENTION = "sd: divisor n - 1; gini: no small-sample correction; top half: the floor(n/2) largest amounts"

# Statistics shown for a level, and whether they are amounts.
SHOWN = {"max": True, "gini": False, "sd": True, "top_half_share": False}

# References, not estimates: see the assumption in `draws`.
MEASURES = {"uniform": "uniform", "entropy": "maximum_entropy"}
N_DRAWS, SEED = 10_000, 1

# The quantiles of the draws that are kept, and the share of the draws between the outer two.
SUMMARY = ("mean", "q025", "q500", "q975")
QUANTILES = {"low": "q025", "mid": "q500", "high": "q975"}
CENTRAL_SHARE = 0.975 - 0.025


# The statistics of the bounds, for rows of sorted amounts.
_OF_SAMPLE: dict[str, Callable[[Floats], Floats]] = {
    "max": lambda x: x[:, -1],
    "min": lambda x: x[:, 0],
    "gini": lambda x: (x * (2.0 * np.arange(1, x.shape[1] + 1) - x.shape[1] - 1)).sum(1) / (x.shape[1] * x.sum(1)),
    "sd": lambda x: x.std(axis=1, ddof=1),
    "top_half_share": lambda x: x[:, x.shape[1] - x.shape[1] // 2 :].sum(axis=1) / x.sum(axis=1),
    "top_1_share": lambda x: x[:, -1:].sum(axis=1) / x.sum(axis=1),
}


def _draws_record(exact: AmountsRow, n_draws: int, seed: int, measure: str) -> Record:
    """The mean, median and central 95 % of each statistic over reference draws, or None with the reason."""
    if not n_draws:
        return {"draws": None, "draws_reason": "no draws were asked for"}
    try:
        sample = draws(exact, n_draws, seed, measure)
    except InputError as error:
        return {"draws": None, "draws_reason": str(error).removeprefix("the row has no draws: ")}
    found: Record = {}
    for name, statistic in _OF_SAMPLE.items():
        found[name] = dict.fromkeys(SUMMARY)
        if reason := not_estimable(name, exact.n, float(sample.max())):
            found[name]["reason"] = reason
        else:
            values = statistic(sample)
            numbers = (values.mean(), *np.quantile(values, (0.025, 0.5, 0.975)))
            found[name] = dict(zip(SUMMARY, map(float, numbers), strict=True))
    return {"draws": found, "draws_reason": None}


def _bounds_record(row: AmountsRow) -> Record:
    ends, examples = dict[str, Record](), dict[str, Record]()
    for name, found in bounds(row).items():
        ends[name] = {"low": found.low, "high": found.high} | ({"reason": found.reason} if found.reason else {})
        data = {"low": found.low_data, "high": found.high_data}
        examples[name] = {end: [[float(value), count] for value, count in runs] for end, runs in data.items()}
    return {"bounds": ends, "examples": examples}


def _datasets_record(exact: AmountsRow) -> Record:
    try:
        return {"datasets": datasets(exact), "datasets_reason": None}
    except InputError as error:
        return {"datasets": None, "datasets_reason": str(error)}


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

    Bounds cover every sum and median that round to those printed, and `examples` attain them, as [value, how many]; the
    number of data sets of whole units and the draws are for the printed values. `min_sum`, `max_median` and `max_n` say
    how far the row is from holding. What has no value is None, with a reason beside it.

    Raises `InputError` when an argument (those of `printed_row`) cannot be used, naming it.
    """
    refuse(n, n_draws, seed, measure)
    row, exact = (printed_row(n, total, median, g, minimum, maximum, even_median) for g in (grain, 0))
    figures = {"total": total, "median": median, "grain": grain, "minimum": minimum}
    reason = obstacle(row)
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
        **(_bounds_record(row) if reason is None else {"bounds": None, "examples": None}),
        **_datasets_record(exact),
        **_draws_record(exact, n_draws, seed, measure),
        "n_draws": int(n_draws),
        "seed": int(seed),
        "measure": measure,
        "draws_origin": "assumption",
    }


def feasible_levels(
    facts: Facts, wave: int, scenario: str = "as_printed", n_draws: int = N_DRAWS, seed: int = SEED
) -> pd.DataFrame:
    """Return one row per funding level and statistic: its sharp bounds, and where the reference draws fall.

    Columns, money in euros: `level`, `statistic`, `n`, `status` (`possible`, `impossible`, `not found`), the bounds
    `low` and `high`, for each measure `..._low`, `..._mid`, `..._high` (2.5 %, 50 % and 97.5 % of the draws, taken
    exactly as printed), `wave`, `scenario`. What does not exist is empty.
    """
    rows = level_rows(facts, wave, scenario)
    found = [cells for level in FUNDING_LEVELS for cells in _level_cells(level, rows.get(level), n_draws, seed)]
    drawn = [f"{measure}_{end}" for measure in MEASURES for end in QUANTILES]
    table = pd.DataFrame(found, columns=["level", "statistic", "n", "status", "low", "high", *drawn])
    table = table.astype({"n": "Int64"} | dict.fromkeys(["low", "high", *drawn], "float"))
    return table.assign(wave=wave, scenario=scenario)


def _level_cells(level: str, row: FundingRow | None, n_draws: int, seed: int) -> Iterator[Record]:
    said: Record = {"level": level, "n": row.n if row else None, "status": "impossible" if row else "not found"}
    if row is None or not (row.n and row.possible):
        yield from ({**said, "statistic": name} for name in SHOWN)
        return
    # What the figures exactly as printed leave possible, in the unit of the row: its rounding, or the euro.
    unit, ends = row.total.grain or Fraction(1), bounds(row.bands)
    exact = printed_row(row.n, row.total.value / unit, row.median.value / unit, 0, row.least / unit)
    drawn = {short: _draws_record(exact, n_draws, seed, measure)["draws"] or {} for short, measure in MEASURES.items()}
    for name, is_amount in SHOWN.items():
        cell = said | {"status": "possible", "statistic": name}
        cell |= {end: _rounded(getattr(ends[name], end)) for end in ("low", "high")}
        for short, record in drawn.items():
            known, scale = record.get(name, {}), float(unit) if is_amount else 1.0
            cell |= {f"{short}_{end}": _rounded(known.get(key), scale) for end, key in QUANTILES.items()}
        yield cell


def _rounded(value: float | None, scale: float = 1.0) -> float | None:
    """Nine decimals of the unit: more than is shown, and the same on every processor."""
    return None if value is None else round(value, 9) * scale


ALIKE_COLUMNS = ("level", "kind", "amounts", "total_eur", "median_eur", "max_eur")


def data_sets_alike(facts: Facts, wave: int, scenario: str = "as_printed", seed: int = SEED) -> pd.DataFrame:
    """Return sets of amounts with exactly the printed row of a level: the most equal, random ones, the least equal.

    The level is the one with the fewest amounts, three or more, not all zero, that can have its figures exactly.
    Columns: `level`, `kind` (`most_equal`, `draw`, `least_equal`), `amounts` (a tuple in euros, increasing),
    `total_eur`, `median_eur`, `max_eur`; no row without such a level.
    """
    rows = [row for row in level_rows(facts, wave, scenario).values() if row.n > 2 and row.total.value > 0]
    row = min((row for row in rows if obstacle(row.exact) is None), key=lambda row: row.n, default=None)
    if row is None:
        return pd.DataFrame(columns=ALIKE_COLUMNS)
    ends, sample = bounds(row.exact)["gini"], draws(row.exact, size=2, seed=seed)
    sets = [("most_equal", amounts(ends.low_data)), *(("draw", one) for one in sample.tolist())]
    found = []
    for kind, values in (*sets, ("least_equal", amounts(ends.high_data))):
        median = (values[(row.n - 1) // 2] + values[row.n // 2]) / 2
        sums = round(math.fsum(values), 6), round(median, 6), values[-1]
        found.append((row.total.level, kind, tuple(values), *sums))
    return pd.DataFrame(found, columns=ALIKE_COLUMNS)
