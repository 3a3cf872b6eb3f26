"""How the typical pole differs between two waves: paired medians, and what totals over the same poles force.

Medians cannot be tested without the answers, nor added up: what is returned is what is printed, its rounding, and the
direction of a difference when rounding leaves only one.
"""

from __future__ import annotations

from fractions import Fraction

import pandas as pd

from ptce_analysis.analysis.audit.tables import forced_concentrations
from ptce_analysis.published import INDICATORS, Fact, Facts, stated
from ptce_analysis.vocabulary import WAVES, Band

Waves = tuple[int, int]

FIRST_TO_SECOND: Waves = (WAVES[0], WAVES[-1])

PAIR_COLUMNS = {
    "indicator": "str", "first": "float", "second": "float", "first_id": "str", "second_id": "str",
    "first_source": "str", "second_source": "str", "change": "float", "change_low": "float", "change_high": "float",
    "direction": "str",
}  # fmt: skip


def paired_medians(facts: Facts, waves: Waves = FIRST_TO_SECOND) -> pd.DataFrame:
    """Return one row per median printed for both waves, in the order of the vocabulary.

    Columns: `indicator`; `first` and `second` value with their ids and sources; `change`, the second over the
    first less one, and its limits over all values that round to the printed ones; `direction`: `lower` or `higher` when
    the limits leave no other, `equal` when both are exact and the same, else `rounding`.
    """
    names = [name for name, known in INDICATORS.items() if known.statistic == "median"]
    pairs = [(name, stated(facts, f"{name}_{waves[0]}"), stated(facts, f"{name}_{waves[1]}")) for name in names]
    rows = [_paired(name, first, second) for name, first, second in pairs if first and second]
    return pd.DataFrame(rows, columns=list(PAIR_COLUMNS)).astype(PAIR_COLUMNS)


def _paired(name: str, first: Fact, second: Fact) -> dict[str, object]:
    return {
        "indicator": name,
        "first": float(first.value),
        "second": float(second.value),
        "first_id": first.id,
        "second_id": second.id,
        "first_source": first.source,
        "second_source": second.source,
        "change": _ratio(second.value, first.value),
        "change_low": _ratio(second.band[0], first.band[1]),
        "change_high": _ratio(second.band[1], first.band[0]),
        "direction": _direction(first.band, second.band),
    }


def _ratio(over: Fraction, under: Fraction) -> float | None:
    return float(over / under - 1) if under else None


def _direction(first: Band, second: Band) -> str:
    if second[1] < first[0]:
        return "lower"
    if second[0] > first[1]:
        return "higher"
    return "equal" if first == second and first[0] == first[1] else "rounding"


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


def euros_per_job(facts: Facts, waves: Waves = FIRST_TO_SECOND) -> pd.DataFrame:
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
