"""What clean answers say: how many lines are poles, at which stage, linked with and supported by which level."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pandas as pd

from ptce_analysis.survey.tables import Cleaned
from ptce_analysis.vocabulary import FUNDING_LEVELS, LOCAL_LEVELS

# The levels that are collectivities; the State and Europe are not.
COLLECTIVITIES = (*LOCAL_LEVELS, "pnr_petr")
# Links that tell whether a level is involved; the others (`not_asked`, `not_answered`, `undecided`) tell nothing.
TELLING_LINKS = ("involved", "not_involved", "declared_zero", "contradictory")

# Assumption: a project is supported by a level when an amount above zero is given, or when the answer about it is
# something else than a number, a blank, a zero or « sans objet » (`NC`, `en cours`, a range…). Source: the column asks
# how much. If wrong: numbers of supported projects are too high; amounts are not touched.
SUPPORT_WITHOUT_AMOUNT = ("unknown", "range", "ambiguous", "unreadable", "implausible", "shared")


def amounts(wave: Cleaned) -> pd.DataFrame:
    """Return the amounts above zero: `wave`, `pole_id`, `level`, `amount_eur`, for the levels of the funding table."""
    known = wave.supports[(wave.supports["amount_eur"] > 0) & wave.supports["level"].isin(FUNDING_LEVELS)]
    return known[["wave", "pole_id", "level", "amount_eur"]].reset_index(drop=True)


def supported(wave: Cleaned) -> pd.DataFrame:
    """Return the supports, their amount known or not: `wave`, `pole_id`, `level`."""
    rows = wave.supports
    told = (rows["amount_eur"] > 0) | rows["amount_status"].isin(SUPPORT_WITHOUT_AMOUNT)
    return rows.loc[told & rows["level"].isin(FUNDING_LEVELS), ["wave", "pole_id", "level"]].reset_index(drop=True)


def linked(wave: Cleaned) -> pd.DataFrame:
    """Return who said, level by level, whether it is linked: `wave`, `pole_id`, `level`, `linked` (true or false).

    A pole that was not asked about a level, or did not answer, has no row: it is in no base.
    """
    levels = dict.fromkeys((*FUNDING_LEVELS, *COLLECTIVITIES))
    return pd.concat([linked_with(wave, level) for level in levels], ignore_index=True)


def linked_with(wave: Cleaned, level: str) -> pd.DataFrame:
    """Return the rows of `linked` about one level."""
    said = wave.poles[wave.poles[f"link_{level}"].isin(TELLING_LINKS)]
    yes = said[f"link_{level}"].isin(("involved", "contradictory"))
    return pd.DataFrame({"wave": said["wave"], "pole_id": said["pole_id"], "level": level, "linked": yes})


def asks_amounts(wave: Cleaned, level: str) -> bool:
    """Return whether the questionnaire of a wave asked how much a level gives."""
    rows = wave.supports[wave.supports["level"] == level]
    return bool((rows["amount_status"] != "not_asked").any())


def asks_links(wave: Cleaned, level: str) -> bool:
    """Return whether the questionnaire of a wave said anything about a level."""
    return bool((wave.poles[f"link_{level}"] != "not_asked").any())


def staged(wave: Cleaned) -> pd.DataFrame:
    """Return the poles that told their stage: `wave`, `pole_id`, `stage`."""
    return wave.poles.loc[wave.poles["stage"].notna(), ["wave", "pole_id", "stage"]].reset_index(drop=True)


def lines_by_fate(waves: Iterable[Cleaned]) -> pd.DataFrame:
    """Return the lines of each wave: `wave`, `fate` (`in`, the name of the rule that sets aside, `kept`), `n`."""
    rows = []
    for wave in waves:
        year = int(wave.poles["wave"].iloc[0])
        whole = wave.quarantine[wave.quarantine["column"] == ""]
        aside = Counter(str(reason).split(":")[0] for reason in whole["reason"])
        rows += [
            (year, "in", wave.rows_in),
            *((year, rule, n) for rule, n in aside.items()),
            (year, "kept", wave.rows_kept),
        ]
    return pd.DataFrame(rows, columns=["wave", "fate", "n"])
