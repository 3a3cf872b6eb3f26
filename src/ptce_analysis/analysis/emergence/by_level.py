"""Emergence by collectivity level, from survey answers: are poles linked with a level less often in emergence?"""

from __future__ import annotations

import pandas as pd

from ptce_analysis.analysis.proportions import Rate, fisher, newcombe
from ptce_analysis.analysis.survey import linked, staged
from ptce_analysis.survey.tables import Cleaned

STAGE = "emergence"
COLUMNS = ("level", "count_linked", "base_linked", "count_others", "base_others",
           "difference", "low", "high", "fisher", "reason")  # fmt: skip


def emergence_by_level(wave: Cleaned, confidence: float = 0.95) -> pd.DataFrame:
    """Return, for each level asked about, emergence among the poles linked with it and among the others.

    Only poles that told both their stage and whether they are linked with the level count. Columns: counts in emergence
    and bases of both groups; `difference` (linked - others) with Newcombe's interval, Fisher's two-sided p-value; empty
    with a `reason` where one of the groups has no pole. The table is a base for protected tables: counts can be small.
    """
    told = linked(wave).merge(staged(wave), on=["wave", "pole_id"])
    rows = [_row(str(level), group, confidence) for level, group in told.groupby("level", sort=False)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(level: str, told: pd.DataFrame, confidence: float) -> dict[str, object]:
    yes, no = (_rate(told[told["linked"] == side]) for side in (True, False))
    row = {"level": level, "count_linked": yes[0], "base_linked": yes[1], "count_others": no[0], "base_others": no[1]}
    if not (yes[1] and no[1]):
        return row | {"reason": "no_pole_linked" if not yes[1] else "every_pole_linked"}
    found = newcombe(yes, no, confidence)
    interval = {"difference": found.estimate, "low": found.low, "high": found.high}
    return row | interval | {"fisher": fisher(yes, no).p_value, "reason": ""}


def _rate(group: pd.DataFrame) -> Rate:
    return int((group["stage"] == STAGE).sum()), len(group)
