"""What the printed rows (n, sum, median) of the funding table determine, by one procedure and no table made by hand.

Each row leaves a quantity (a total, a mean, a maximum, a Gini index...) between two limits, both attained by amounts
that round to the row. Rows do not constrain each other, so that the difference of two levels lies between the lowest of
one less the highest of the other, and the reverse, and can be anything in between. A comparison of two levels is then

- `decided` when the limits leave only one answer: one level has more, whatever the amounts were;
- `bounded` when either may have more, within limits that are known;
- `open` when some level has no limits: what it takes was not found, or cannot be true, or nothing printed bears on it.

A row that contradicts itself counts for its number, its total and their ratio, and for nothing else; of one that is not
printed whole, each figure counts alone. The printed number is that of supported projects, and one of them may have
given no amount: a mean lies between the total over the projects and the total over one project fewer. A claim on
funding that is not decided here is a bug.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations

import pandas as pd

from ptce_analysis.analysis.amounts import bounds
from ptce_analysis.analysis.rows import Row, printed_rows, row_figures, scenario_rows
from ptce_analysis.published import Fact, Facts
from ptce_analysis.vocabulary import FUNDING_LEVELS

# What a quantity can be: its lowest and its highest value.
Limits = tuple[float, float]

# Bounds are computed once for a row; these are the statistics of `feasible.bounds` that statements are about.
SPREADS = ("max", "sd", "gini", "top_half_share")


def _total(row: Row) -> Limits | None:
    return _rounded(row.total)


def _mean(row: Row) -> Limits | None:
    return _mean_amount(row.total, row.n, row.n_projects - 1)


# Assumption (03, 07): At most one project of each row gave no amount. Source: the row of communes, consistent with one
# amount fewer. If wrong: more tiers cannot be ranked by their mean.
def _mean_amount(total: Fact | None, n: int, fewest: int) -> Limits | None:
    """The mean of the amounts that add up to a total: as many as n, or as few as `fewest` (never none)."""
    return (float(total.band[0] / n), float(total.band[1] / max(1, min(n, fewest)))) if total and n else None


def _median(row: Row) -> Limits | None:
    return _rounded(row.median) if row.n and row.possible else None


def _rounded(figure: Fact | None) -> Limits | None:
    """What rounds to a printed figure; nothing without one."""
    return (float(figure.band[0]), float(figure.band[1])) if figure else None


def _spreads(row: Row) -> dict[str, Limits | None]:
    if not row.n or not row.possible:
        return dict.fromkeys(SPREADS)
    found = bounds(row.bands)
    return {name: _limits(found[name].low, found[name].high) for name in SPREADS}


def _limits(low: float | None, high: float | None) -> Limits | None:
    return None if low is None or high is None else (low, high)


# The quantities read straight from a row; those of SPREADS follow from its amounts.
PRINTED: dict[str, Callable[[Row], Limits | None]] = {"total": _total, "mean": _mean, "median": _median}
QUANTITIES = (*PRINTED, *SPREADS)
# The mean if every supported project gave an amount: only asked when the order of two means is not decided.
ALL_GAVE = "mean_if_all_gave"


# Statements that no row of the table bears on, whatever its figures: they are open under every scenario.
OUTSIDE = ("mean_beyond_chance", "amount_per_pole", "change_between_waves")

PAIR_COLUMNS = {"scenario": "str", "statement": "str", "level": "str", "other": "str", "verdict": "str", "more": "str",
                "low": "float", "high": "float", "reason": "str"}  # fmt: skip


def limits_by_level(facts: Facts, wave: int, scenario: str) -> dict[str, dict[str, Limits | None]]:
    """Return, for each funding level and quantity, what the printed row leaves possible; None for no limits."""
    rows = scenario_rows(printed_rows(facts, wave, FUNDING_LEVELS), scenario)
    return {
        level: _limits_of(rows[level]) if level in rows else _limits_of_parts(facts, wave, level)
        for level in FUNDING_LEVELS
    }


def _limits_of_parts(facts: Facts, wave: int, level: str) -> dict[str, Limits | None]:
    """What a row that was not found whole leaves possible: each figure says what it says alone."""
    projects, total, median = row_figures(facts, wave, level)
    n = int(projects.value) if projects else 0
    means = {"mean": _mean_amount(total, n, n - 1), ALL_GAVE: _mean_amount(total, n, n)}
    return dict.fromkeys(QUANTITIES) | {"total": _rounded(total), "median": _rounded(median)} | means


def _limits_of(row: Row) -> dict[str, Limits | None]:
    printed = {name: limits(row) for name, limits in PRINTED.items()}
    return printed | {ALL_GAVE: _mean_amount(row.total, row.n, row.n)} | _spreads(row)


def comparisons(facts: Facts, wave: int, scenario: str) -> pd.DataFrame:
    """Return the verdict on "this level has more than that one", for every quantity and every pair of levels.

    Columns: `scenario`; `statement` (a quantity, or one of `OUTSIDE`), `level`, `other`, `verdict`, `more` (the level
    that has more when it is decided, `neither` when both are equal, else empty), `low` and `high` (limits of the
    difference, level less other), `reason` (`amount_missing` for means whose order one project without an amount can
    turn, else empty).
    """
    limits = limits_by_level(facts, wave, scenario)
    pairs = list(combinations(FUNDING_LEVELS, 2))
    found = [_compared(name, pair, limits) for name in QUANTITIES for pair in pairs]
    found += [(name, *pair, "open", "", None, None, "") for name in OUTSIDE for pair in pairs]
    return _table([(scenario, *row) for row in found], PAIR_COLUMNS)


def _table(rows: list[tuple[object, ...]], columns: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(columns)).astype(columns)


def _compared(
    name: str, pair: tuple[str, str], limits: Mapping[str, Mapping[str, Limits | None]]
) -> tuple[object, ...]:
    one, other = (limits[level][name] for level in pair)
    if one is None or other is None:
        return name, *pair, "open", "", None, None, ""
    low, high = one[0] - other[1], one[1] - other[0]
    if one[0] > other[1]:
        return name, *pair, "decided", pair[0], low, high, ""
    if one[1] < other[0]:
        return name, *pair, "decided", pair[1], low, high, ""
    if one == other and one[0] == one[1]:
        return name, *pair, "decided", "neither", low, high, ""
    turned = name == "mean" and "decided" in _compared(ALL_GAVE, pair, limits)
    return name, *pair, "bounded", "", low, high, "amount_missing" if turned else ""
