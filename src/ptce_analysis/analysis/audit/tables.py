"""Tables behind the figures of the audit: numbers and codes only, one row per figure, level or choice of levels."""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Iterable, Sequence

import pandas as pd

from ptce_analysis.analysis.audit.grains import documents
from ptce_analysis.analysis.audit.records import Printed
from ptce_analysis.analysis.audit.rows import (
    Amounts,
    highest_median,
    printed_rows_of_amounts,
    printed_totals,
)
from ptce_analysis.analysis.audit.shares import is_percentage
from ptce_analysis.analysis.audit.sums import Parts, parts_by_whole
from ptce_analysis.analysis.feasible.bounds import bounds
from ptce_analysis.analysis.feasible.row import largest_n, minimum_sum
from ptce_analysis.analysis.percent import LARGEST_BASE, count_range, joint_bases
from ptce_analysis.analysis.subset_sum import meet, total_band
from ptce_analysis.errors import InputError
from ptce_analysis.published import Fact, Facts, respondents, stated
from ptce_analysis.vocabulary import LEVELS

MOST_LISTED_PARTS = 12
MOST_PERMUTED = 6
# Where a map of bases begins: among fewer poles, few whole percentages can occur at all.
LEAST_MAPPED = 20


def attainability_map(facts: Facts, wave: int, bases: Iterable[int] | None = None) -> pd.DataFrame:
    """Return whether each percentage of a wave (rows, by id) can occur on each base (columns).

    Unless they are given, the bases go from a small one to all the poles, the respondents always among them.
    """
    bases = list(_map_bases(facts, wave) if bases is None else bases)
    shares = [fact for fact in facts.values() if fact.wave == wave and is_percentage(fact)]
    cells = [[bool(count_range(fact.value, base, fact.grain)) for base in bases] for fact in shares]
    index = pd.Index([fact.id for fact in shares], name="id", dtype="str")
    return pd.DataFrame(cells, index=index, columns=pd.Index(bases, name="base"), dtype="bool")


def _map_bases(facts: Facts, wave: int) -> range:
    poles = stated(facts, f"poles_identified_{wave}")
    known = [n for n in (respondents(facts, wave), int(poles.value) if poles else None) if n]
    return range(min([LEAST_MAPPED, *known]), max([LEAST_MAPPED, *known]) + 1)


def common_bases(facts: Facts, wave: int, largest: int | None = None) -> pd.DataFrame:
    """Return, per source of a wave, the bases on which all its percentages can occur at once.

    They go up to `largest`, or to `LARGEST_BASE` when nothing says how many poles there can be.

    Columns: `source`, `n_figures`, `bases` (a tuple, empty when no single base will do).
    """
    by_source: dict[str, list[Fact]] = {}
    for fact in facts.values():
        if fact.wave == wave and is_percentage(fact):
            by_source.setdefault(fact.source, []).append(fact)
    rows = [
        {
            "source": source,
            "n_figures": len(some),
            "bases": joint_bases([(f.value, f.grain) for f in some], largest or LARGEST_BASE),
        }
        for source, some in by_source.items()
    ]
    return pd.DataFrame(rows, columns=["source", "n_figures", "bases"])


def inferred_grains(facts: Facts) -> pd.DataFrame:
    """Return, per source and wave that prints percentages, how many are multiples of 5 points (or 10, if they heap so).

    Columns: `source`, `wave`; `n` percentages that can show it and `k` multiples of `step`; `probability` of so many by
    chance, and `probability_on_bases` where counts out of the stated bases are as likely as one another; `grain`, the
    step inferred, missing where there is none.
    """
    rows = [
        (one.source, one.wave, one.n, one.k, float(one.step), one.probability, one.probability_on_bases,
         float(one.grain) if one.grain else None)
        for one in documents(Printed(facts))
    ]  # fmt: skip
    columns = ["source", "wave", "n", "k", "step", "probability", "probability_on_bases", "grain"]
    return pd.DataFrame(rows, columns=columns).astype({"grain": "float64"})


def minimum_sums(facts: Facts, wave: int) -> pd.DataFrame:
    """Return one row per printed row of amounts in euros, by level: what its median asks of its total.

    `n`, `sum_eur` and its band, `median_eur`; `minimum_sum_eur` for the median as printed, `..._low_eur` and
    `..._high_eur` for the lowest and highest median that round to it; `highest_median_eur` and `largest_n` still
    possible (`largest_n` is missing when there is no limit); `verdict`.
    """
    rows = [_minimum(row) for row in _rows(facts, wave) if row.total.unit == "eur" and row.numbers]
    table = pd.DataFrame(rows, columns=MINIMUM_COLUMNS)
    return table.astype({"largest_n": "Int64"})


MINIMUM_COLUMNS = (
    "level", "source", "n", "sum_eur", "sum_low_eur", "sum_high_eur", "median_eur", "minimum_sum_eur",
    "minimum_sum_low_eur", "minimum_sum_high_eur", "highest_median_eur", "largest_n", "verdict",
)  # fmt: skip


def _minimum(row: Amounts) -> dict[str, object]:
    (low, high), (total_low, total_high), n = row.median.band, row.total.band, row.n
    return {
        "level": row.total.level,
        "source": row.total.source,
        "n": n,
        "sum_eur": float(row.total.value),
        "sum_low_eur": float(total_low),
        "sum_high_eur": float(total_high),
        "median_eur": float(row.median.value),
        "minimum_sum_eur": float(minimum_sum(n, row.median.value)),
        "minimum_sum_low_eur": float(minimum_sum(n, low)),
        "minimum_sum_high_eur": float(minimum_sum(n, high)),
        "highest_median_eur": float(highest_median(n, row.total.band, row.median)),
        "largest_n": largest_n(row.bands),
        "verdict": "consistent" if row.allows(n, row.median) else "impossible",
    }


def subset_sums(facts: Facts, wave: int, whole: str = "funding_total") -> pd.DataFrame:
    """Return every choice of the parts of a printed total with its sum, nearest to the total first.

    Columns: `parts` (a tuple of levels, or of indicators for parts of no level), `n_parts`, `sum_eur`, `distance_eur`
    (the sum less the printed total), `fits` (whether, roundings included, it can be the total).

    Raises `InputError` for more than twelve parts.
    """
    found = ((total, parts) for total, parts in parts_by_whole(Printed(facts)) if total.indicator == whole)
    rows = [row for total, parts in found if total.wave == wave for row in _choices(total, parts)]
    table = pd.DataFrame(rows, columns=["parts", "n_parts", "sum_eur", "distance_eur", "fits"])
    return table.sort_values("distance_eur", key=abs, kind="stable", ignore_index=True)


def _choices(total: Fact, parts: Parts) -> list[dict[str, object]]:
    if len(parts) > MOST_LISTED_PARTS:
        raise InputError(f"{total.id} has {len(parts)} parts: every choice is listed for {MOST_LISTED_PARTS} or fewer.")
    sizes = range(1, len(parts) + 1)
    return [_choice(total, some) for size in sizes for some in itertools.combinations(parts, size)]


def _choice(total: Fact, some: Parts) -> dict[str, object]:
    added = sum(part.value for part in some)
    return {
        "parts": tuple(part.level or part.indicator for part in some),
        "n_parts": len(some),
        "sum_eur": float(added),
        "distance_eur": float(added - total.value),
        "fits": meet(total_band([part.band for part in some]), total.band),
    }


def median_permutations(facts: Facts, wave: int, levels: Sequence[str], stem: str = "funding") -> pd.DataFrame:
    """Return every way of giving the printed medians to these rows, the most spread out first.

    To be presented as a hypothesis found after looking at the data, never as a correction: a small spread only says
    that rows would look more alike.

    Columns: `median_<level>_eur`; `n_possible` (rows that can hold their median) and `all_possible`; `spread`, the
    standard deviation over the rows of log(mean / median), as printed; `spread_range`, the largest less the smallest;
    `rank` of the spread (1 for the largest); `is_printed`, `is_reversed`. No row where a level has a figure that is not
    printed, or is zero.

    Raises `InputError` for more than six levels, or none.
    """
    rows = _rows_of(facts, wave, levels, stem)
    if not rows:
        return pd.DataFrame(columns=PERMUTATION_COLUMNS)
    printed = tuple(row.median for row in rows)
    table = pd.DataFrame([_permuted(rows, order, printed) for order in itertools.permutations(printed)])
    table["rank"] = table["spread"].round(12).rank(ascending=False, method="min").astype(int)
    return table.sort_values("rank", kind="stable", ignore_index=True)


PERMUTATION_COLUMNS = (
    "n_possible", "all_possible", "spread", "spread_range", "is_printed", "is_reversed", "rank",
)  # fmt: skip


def _permuted(rows: Sequence[Amounts], order: tuple[Fact, ...], printed: tuple[Fact, ...]) -> dict[str, object]:
    pairs = list(zip(rows, order, strict=True))
    skews = [math.log(float(row.total.value / row.n / median.value)) for row, median in pairs]
    held = [row.allows(row.n, median) for row, median in pairs]
    return {
        **{f"median_{row.total.level}_eur": float(median.value) for row, median in pairs},
        "n_possible": sum(held),
        "all_possible": all(held),
        "spread": statistics.pstdev(skews),
        "spread_range": max(skews) - min(skews),
        "is_printed": order == printed,
        "is_reversed": order == printed[::-1],
    }


def _rows_of(facts: Facts, wave: int, levels: Sequence[str], stem: str) -> list[Amounts]:
    if not 1 <= len(levels) <= MOST_PERMUTED:
        raise InputError(f"{len(levels)} levels: 1 to {MOST_PERMUTED} can be permuted.")
    printed = [row for row in reversed(_rows(facts, wave)) if row.total.indicator == f"{stem}_amount" and row.numbers]
    found = {row.total.level: row for row in printed if row.n * row.total.value * row.median.value}
    return [found[level] for level in levels] if all(level in found for level in levels) else []


def _rows(facts: Facts, wave: int) -> list[Amounts]:
    """The rows of amounts of a wave, in the order of the levels."""
    rows = (row for row in printed_rows_of_amounts(Printed(facts)) if row.total.wave == wave)
    places = {level: place for place, level in enumerate(("", *LEVELS))}
    return sorted(rows, key=lambda row: places[row.total.level])


def forced_concentrations(facts: Facts, wave: int) -> pd.DataFrame:
    """Return, per printed total said with a median, the most equal data set that rounds to both.

    Columns: `indicator`, `n`, `total`, `median` (stored units, as printed), `n_low` units at `low` and `n_high` at
    `high`, and what this data set implies, the least possible: `gini`, `top_half_share`. Totals that no data set can
    have are left out.
    """
    rows = (row for row in printed_totals(Printed(facts)) if row.total.wave == wave and row.numbers and row.same_units)
    kept = [row for row in rows if row.allows(row.n, row.median)]
    return pd.DataFrame([_forced(row) for row in kept], columns=FORCED_COLUMNS)


FORCED_COLUMNS = (
    "indicator", "n", "total", "median", "n_low", "low", "n_high", "high", "gini", "top_half_share",
)  # fmt: skip


def _forced(row: Amounts) -> dict[str, object]:
    forced = bounds(row.bands)
    runs = forced["gini"].low_data or forced["max"].low_data
    (low, n_low), (high, n_high) = runs if len(runs) == 2 else (*runs, (runs[0][0], 0))
    return {
        "indicator": row.total.indicator,
        "n": row.n,
        "total": float(row.total.value),
        "median": float(row.median.value),
        "n_low": n_low,
        "low": float(low),
        "n_high": n_high,
        "high": float(high),
        "gini": forced["gini"].low or 0.0,
        "top_half_share": forced["top_half_share"].low or 0.0,
    }
