"""How the typical pole differs between two waves: paired medians, and what totals over the same poles force.

Medians cannot be tested without the answers, nor added up: what is returned is what is printed, its rounding, and the
direction of a difference when rounding leaves only one.
"""

from __future__ import annotations

import pandas as pd

from ptce_analysis.analysis.audit import forced_concentrations
from ptce_analysis.published import INDICATORS, Fact, Facts, stated
from ptce_analysis.vocabulary import WAVES

FIRST_TO_SECOND = (WAVES[0], WAVES[-1])

PAIR_COLUMNS = {
    "indicator": "str", "first": "float", "second": "float", "first_id": "str", "second_id": "str",
    "first_source": "str", "second_source": "str", "change": "float", "change_low": "float", "change_high": "float",
    "direction": "str",
}  # fmt: skip


def paired_medians(facts: Facts, waves: tuple[int, int] = FIRST_TO_SECOND) -> pd.DataFrame:
    """Return one row per median printed for both waves, in the order of the vocabulary.

    Columns: `indicator`; `first` and `second` value with their ids and sources; `change`, the second over the
    first less one, and its limits over all values that round to the printed ones; `direction`: `lower` or `higher` when
    the limits leave no other, `equal` when both are exact and the same, else `rounding`.
    """
    rows = []
    for name in (name for name, known in INDICATORS.items() if known.statistic == "median"):
        first, second = (stated(facts, f"{name}_{wave}") for wave in waves)
        if first and second:
            values = name, float(first.value), float(second.value), first.id, second.id, first.source, second.source
            (low, high), (least, most) = first.band, second.band
            pairs = (second.value, first.value), (least, high), (most, low)
            changes = [float(over / under - 1) if under else None for over, under in pairs]
            rows.append((*values, *changes, _direction(first, second)))
    return pd.DataFrame(rows, columns=list(PAIR_COLUMNS)).astype(PAIR_COLUMNS)


def _direction(first: Fact, second: Fact) -> str:
    if second.band[1] < first.band[0]:
        return "lower"
    if second.band[0] > first.band[1]:
        return "higher"
    return "equal" if first.band == second.band and first.band[0] == first.band[1] else "rounding"


TOTAL_COLUMNS = {
    "indicator": "str", "n": "Int64", "total": "float", "median": "float", "mean": "float", "mean_to_median": "float",
    "n_half": "Int64", "top_half_share": "float", "gini": "float",
}  # fmt: skip


def totals_and_medians(facts: Facts, wave: int = FIRST_TO_SECOND[1]) -> pd.DataFrame:
    """Return, for each printed total said with a median, what both force if they are those of the same poles.

    Columns: `indicator` (of the total), `n` poles, `total`, `median`, `mean`, `mean_to_median`; then the least that is
    possible, roundings included: `top_half_share` held by the `n_half` largest, `gini`. A total without a number of
    poles, or that no amounts could have with its median, is left out.
    """
    # Assumption (01, 05): A total and the median beside it concern the same clusters. Source: none. If wrong: nothing
    # follows on how unequal the clusters are.
    table = forced_concentrations(facts, wave)
    table = table[table["median"] > 0].reset_index(drop=True)
    mean = table["total"] / table["n"]
    table = table.assign(mean=mean, mean_to_median=mean / table["median"], n_half=table["n"] // 2)
    return table[list(TOTAL_COLUMNS)].astype(TOTAL_COLUMNS)


def euros_per_job(facts: Facts, waves: tuple[int, int] = FIRST_TO_SECOND) -> pd.DataFrame:
    """Return the budget that stands beside one job, from totals and from medians, as far as each is printed.

    Columns: `kind` (`totals`, `medians`), `wave`, `value_eur` and its limits. A ratio of medians is no median of
    ratios: the two kinds agree only when poles are alike.
    """
    names = {"totals": ("budget_total", "jobs_total"), "medians": ("budget_median", "employees_median")}
    found = []
    for kind, (money, jobs) in names.items():
        for wave in waves:
            over, under = stated(facts, f"{money}_{wave}"), stated(facts, f"{jobs}_{wave}")
            if over and under and under.band[0]:
                low, high = over.band[0] / under.band[1], over.band[1] / under.band[0]
                found.append((kind, wave, float(over.value / under.value), float(low), float(high)))
    return pd.DataFrame(found, columns=["kind", "wave", "value_eur", "low_eur", "high_eur"])
