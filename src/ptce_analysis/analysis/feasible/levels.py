"""The feasible sets of the funding table: bounds, reference draws and numbers of data sets, by level and scenario.

A supported project received an amount: each is at least half the unit of its row (`funding.FundingRow.least`).
"""

from __future__ import annotations

import math
from fractions import Fraction

import pandas as pd

from ptce_analysis.analysis.feasible import Record, feasible
from ptce_analysis.analysis.feasible.bounds import Bound, amounts, bounds
from ptce_analysis.analysis.feasible.draws import draws
from ptce_analysis.analysis.feasible.row import obstacle
from ptce_analysis.analysis.funding import FundingRow, printed_rows, scenario_rows
from ptce_analysis.published import Facts
from ptce_analysis.vocabulary import FUNDING_LEVELS

# Statistics shown for a level, and those of them that are amounts.
SHOWN = ("max", "gini", "sd", "top_half_share")
IN_EUROS = ("max", "sd")

# References, not estimates: see the assumption in `feasible.draws`.
MEASURES = {"uniform": "uniform", "entropy": "maximum_entropy"}
N_DRAWS, SEED = 10_000, 1

# The quantiles of the draws that are kept, and the share of the draws between the outer two.
QUANTILES = {"low": "q025", "mid": "q500", "high": "q975"}
PROBABILITIES = {"low": 0.025, "mid": 0.5, "high": 0.975}
CENTRAL_SHARE = PROBABILITIES["high"] - PROBABILITIES["low"]


def feasible_levels(
    facts: Facts, wave: int, scenario: str = "as_printed", n_draws: int = N_DRAWS, seed: int = SEED
) -> pd.DataFrame:
    """Return one row per funding level and statistic: its sharp bounds, and where the reference draws fall.

    Columns: `wave`, `scenario`, `level`, `statistic`, `n`, `status` (`possible`, `impossible`, `not found`), `low`
    and `high` (bounds over all figures that round to the printed ones), and for each measure `..._low`, `..._mid`,
    `..._high` (2.5 %, 50 % and 97.5 % of the draws, taken exactly as printed). Money in euros. What does not exist is
    empty.
    """
    rows = scenario_rows(printed_rows(facts, wave, FUNDING_LEVELS), scenario)
    found = [cells for level in FUNDING_LEVELS for cells in _level_cells(level, rows.get(level), n_draws, seed)]
    drawn = [f"{measure}_{end}" for measure in MEASURES for end in QUANTILES]
    table = pd.DataFrame(found, columns=["level", "statistic", "n", "status", "low", "high", *drawn])
    table = table.astype({"n": "Int64"} | dict.fromkeys(["low", "high", *drawn], "float"))
    return table.assign(wave=wave, scenario=scenario)


def status(row: FundingRow | None) -> str:
    """Return whether a row is `possible`, `impossible` or `not found`."""
    if row is None:
        return "not found"
    return "possible" if row.n and row.possible else "impossible"


def _level_cells(level: str, row: FundingRow | None, n_draws: int, seed: int) -> list[dict[str, object]]:
    said = {"level": level, "n": row.n if row else None, "status": status(row)}
    if row is None or said["status"] != "possible":
        return [{**said, "statistic": name} for name in SHOWN]
    ends = bounds(row.bands)
    found = {short: _record(row, n_draws, seed, measure)["draws"] or {} for short, measure in MEASURES.items()}
    return [{**said, "statistic": name, **_cells(name, row, ends[name], found)} for name in SHOWN]


def unit_of(row: FundingRow) -> Fraction:
    """Return the unit in which a row is counted: the rounding of its total, or the euro."""
    return row.total.grain or Fraction(1)


def _record(row: FundingRow, n_draws: int, seed: int, measure: str) -> Record:
    """What the figures exactly as printed leave possible, in the unit of the row."""
    unit = unit_of(row)
    figures = row.total.value / unit, row.median.value / unit
    return feasible(row.n, *figures, 0, n_draws, seed, measure, minimum=row.least / unit)


def _cells(name: str, row: FundingRow, ends: Bound, found: dict[str, Record]) -> dict[str, object]:
    scale = float(unit_of(row)) if name in IN_EUROS else 1.0
    cells: dict[str, object] = {"low": _rounded(ends.low), "high": _rounded(ends.high)}
    for short, record in found.items():
        summary = record.get(name, {})
        cells |= {f"{short}_{end}": _rounded(summary.get(key), scale) for end, key in QUANTILES.items()}
    return cells


def _rounded(value: float | None, scale: float = 1.0) -> float | None:
    """Nine decimals of the unit: more than is shown, and the same on every processor."""
    return None if value is None else round(value, 9) * scale


def example_level(facts: Facts, wave: int, scenario: str = "as_printed") -> str | None:
    """Return the possible level with the fewest amounts (three or more, whose sets can be seen whole), or None."""
    rows = scenario_rows(printed_rows(facts, wave, FUNDING_LEVELS), scenario)
    sizes = {level: row.n for level, row in rows.items() if row.n > 2 and _exact(row)}
    return min(sizes, key=lambda level: sizes[level], default=None)


def _exact(row: FundingRow) -> bool:
    """Whether some amounts, not all zero, have the printed figures exactly, without their roundings."""
    return row.total.value > 0 and obstacle(row.exact) is None


ALIKE_COLUMNS = ("level", "scenario", "kind", "amounts", "total_eur", "median_eur", "max_eur", "top_half_share")


def data_sets_alike(facts: Facts, wave: int, scenario: str, level: str | None, seed: int = SEED) -> pd.DataFrame:
    """Return sets of amounts with exactly the printed row of a level: the most equal, random ones, the least equal.

    Columns: `level`, `scenario`, `kind` (`most_equal`, `draw`, `least_equal`), `amounts` (a tuple in euros,
    increasing), `total_eur`, `median_eur`, `max_eur`, `top_half_share`. No row without a level, or where no three
    amounts or more, above zero, have exactly its row.
    """
    row = scenario_rows(printed_rows(facts, wave, FUNDING_LEVELS), scenario).get(level or "")
    if row is None or row.n < 3 or not _exact(row):
        return pd.DataFrame(columns=ALIKE_COLUMNS)
    ends, sample = bounds(row.exact)["gini"], draws(row.exact, size=2, seed=seed)
    sets = [("most_equal", amounts(ends.low_data)), *(("draw", list(one)) for one in sample)]
    sets.append(("least_equal", amounts(ends.high_data)))
    found = [{"level": level, "scenario": scenario, **_alike(kind, values)} for kind, values in sets]
    return pd.DataFrame(found, columns=ALIKE_COLUMNS)


def _alike(kind: str, values: list[float]) -> dict[str, object]:
    n, total = len(values), math.fsum(values)
    return {
        "kind": kind,
        "amounts": tuple(map(float, values)),
        "total_eur": round(total, 6),
        "median_eur": round((values[(n - 1) // 2] + values[n // 2]) / 2, 6),
        "max_eur": float(values[-1]),
        "top_half_share": math.fsum(values[n - n // 2 :]) / total,
    }
