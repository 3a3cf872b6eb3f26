"""How the median pole differs between two waves: what is printed, its rounding, and what this leaves of a direction."""

import pandas as pd

from ptce_analysis.published import INDICATORS, Facts, stated
from ptce_analysis.vocabulary import WAVES


def paired_medians(facts: Facts, waves: tuple[int, int] = WAVES) -> pd.DataFrame:
    """Return one row per median printed for both waves, in the order of the vocabulary.

    Columns: `indicator`; `first` and `second` value; `change`, the second over the first less one; `direction`: `lower`
    or `higher` where roundings leave no other, `equal` when both are exact and the same, else `rounding`.
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
