"""The feasible sets of the funding table: bounds, reference draws and sets of grants alike, by level and scenario.

A supported project received an amount: each is at least half the unit of its row (`rows.Row.least`).
"""

from __future__ import annotations

import math
from fractions import Fraction

import pandas as pd

from ptce_analysis.analysis.amounts import amounts, bounds, obstacle
from ptce_analysis.analysis.draws import draws
from ptce_analysis.analysis.feasible import feasible
from ptce_analysis.analysis.rows import Row, printed_rows, scenario_rows
from ptce_analysis.published import Facts
from ptce_analysis.vocabulary import FUNDING_LEVELS

# Statistics shown for a level, and those of them that are amounts.
SHOWN = ("max", "gini", "sd", "top_half_share")
IN_EUROS = ("max", "sd")

# References, not estimates: see the assumption in `draws`.
MEASURES = {"uniform": "uniform", "entropy": "maximum_entropy"}
N_DRAWS, SEED = 10_000, 1

# The quantiles of the draws that are kept, and the share of the draws between the outer two.
QUANTILES = {"low": "q025", "mid": "q500", "high": "q975"}
CENTRAL_SHARE = 0.975 - 0.025


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


def _level_cells(level: str, row: Row | None, n_draws: int, seed: int) -> list[dict[str, object]]:
    said: dict[str, object] = {"level": level, "n": row.n if row else None, "status": "not found"}
    if row is None or not (row.n and row.possible):
        said["status"] = "impossible" if row else "not found"
        return [{**said, "statistic": name} for name in SHOWN]
    # What the figures exactly as printed leave possible, in the unit of the row: its rounding, or the euro.
    unit, ends = row.total.grain or Fraction(1), bounds(row.bands)
    figures = row.n, row.total.value / unit, row.median.value / unit, 0, n_draws, seed
    drawn = {
        short: feasible(*figures, measure, minimum=row.least / unit)["draws"] or {}
        for short, measure in MEASURES.items()
    }
    cells = []
    for name in SHOWN:
        scale = float(unit) if name in IN_EUROS else 1.0
        cell = {**said, "status": "possible", "statistic": name}
        cell |= {"low": _rounded(ends[name].low), "high": _rounded(ends[name].high)}
        for short, record in drawn.items():
            summary = record.get(name, {})
            cell |= {f"{short}_{end}": _rounded(summary.get(key), scale) for end, key in QUANTILES.items()}
        cells.append(cell)
    return cells


def _rounded(value: float | None, scale: float = 1.0) -> float | None:
    """Nine decimals of the unit: more than is shown, and the same on every processor."""
    return None if value is None else round(value, 9) * scale


def example_level(facts: Facts, wave: int, scenario: str = "as_printed") -> str | None:
    """Return the possible level with the fewest amounts (three or more, whose sets can be seen whole), or None."""
    rows = scenario_rows(printed_rows(facts, wave, FUNDING_LEVELS), scenario)
    sizes = {level: row.n for level, row in rows.items() if _can_be_seen(row)}
    return min(sizes, key=lambda level: sizes[level], default=None)


def _can_be_seen(row: Row) -> bool:
    """Whether three amounts or more, not all zero, have the printed figures exactly, without their roundings."""
    return row.n > 2 and row.total.value > 0 and obstacle(row.exact) is None


ALIKE_COLUMNS = ("level", "scenario", "kind", "amounts", "total_eur", "median_eur", "max_eur", "top_half_share")


def data_sets_alike(facts: Facts, wave: int, scenario: str, level: str | None, seed: int = SEED) -> pd.DataFrame:
    """Return sets of amounts with exactly the printed row of a level: the most equal, random ones, the least equal.

    Columns: `level`, `scenario`, `kind` (`most_equal`, `draw`, `least_equal`), `amounts` (a tuple in euros,
    increasing), `total_eur`, `median_eur`, `max_eur`, `top_half_share`. No row without a level, or where no three
    amounts or more, above zero, have exactly its row.
    """
    row = scenario_rows(printed_rows(facts, wave, FUNDING_LEVELS), scenario).get(level or "")
    if row is None or not _can_be_seen(row):
        return pd.DataFrame(columns=ALIKE_COLUMNS)
    ends, sample = bounds(row.exact)["gini"], draws(row.exact, size=2, seed=seed)
    sets = [("most_equal", amounts(ends.low_data)), *(("draw", list(one)) for one in sample)]
    sets.append(("least_equal", amounts(ends.high_data)))
    found = []
    for kind, values in sets:
        n, total = len(values), math.fsum(values)
        median = round((values[(n - 1) // 2] + values[n // 2]) / 2, 6)
        half = math.fsum(values[n - n // 2 :]) / total
        found.append(
            (level, scenario, kind, tuple(map(float, values)), round(total, 6), median, float(values[-1]), half)
        )
    return pd.DataFrame(found, columns=ALIKE_COLUMNS)
