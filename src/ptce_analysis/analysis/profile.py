"""How the typical pole differs between two waves: paired medians, and what totals over the same poles force.

Medians cannot be tested without the answers, nor added up: what is returned is what is printed, its rounding, and the
direction of a difference when rounding leaves only one.
"""

import pandas as pd

from ptce_analysis.analysis.amounts import bounds
from ptce_analysis.analysis.audit_rows import rows_of_amounts
from ptce_analysis.analysis.audit_shares import Printed
from ptce_analysis.published import INDICATORS, Facts, stated
from ptce_analysis.vocabulary import WAVES


def paired_medians(facts: Facts, waves: tuple[int, int] = WAVES) -> pd.DataFrame:
    """Return one row per median printed for both waves, in the order of the vocabulary.

    Columns: `indicator`; `first` and `second` value; `change`, the second over the first less one; `direction`: `lower`
    or `higher` when the values that round to the printed ones leave no other, `equal` when both are exact and the same,
    else `rounding`.
    """
    rows = []
    for name in (name for name, known in INDICATORS.items() if known.statistic == "median"):
        first, second = (stated(facts, f"{name}_{wave}") for wave in waves)
        if first and second:
            change = float(second.value / first.value - 1) if first.value else None
            (low, high), (least, most) = first.band, second.band
            direction = "lower" if most < low else "higher" if least > high else "rounding"
            if low == high == least == most:
                direction = "equal"
            rows.append((name, float(first.value), float(second.value), change, direction))
    columns = {"indicator": "str", "first": "float", "second": "float", "change": "float", "direction": "str"}
    return pd.DataFrame(rows, columns=list(columns)).astype(columns)


def totals_and_medians(facts: Facts, wave: int = WAVES[1]) -> pd.DataFrame:
    """Return, for each printed total said with a median, what both force if they are those of the same poles.

    Columns: `indicator` (of the total), `n` poles, `total`, `median`, `mean`, `mean_to_median`; then the least share
    that the larger half can hold, roundings included, `top_half_share`. A total without a number of poles, or that no
    amounts could have with its median, is left out.
    """
    # Assumption (01, 05): A total and the median beside it concern the same clusters. Source: none. If wrong: nothing
    # follows on how unequal the clusters are.
    found = []
    for row in rows_of_amounts(Printed(facts)):
        name, n, total, median = row.total.indicator, row.n, float(row.total.value), float(row.median.value)
        if n and row.holds and median and row.total.wave == wave and not name.endswith("_amount"):
            least = bounds(row.bands)["top_half_share"].low
            found.append((name, n, total, median, total / n, total / n / median, least))
    columns = ["indicator", "n", "total", "median", "mean", "mean_to_median", "top_half_share"]
    return pd.DataFrame(found, columns=columns).astype(dict.fromkeys(columns[4:], "float"))


def euros_per_job(facts: Facts, waves: tuple[int, int] = WAVES) -> pd.DataFrame:
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
