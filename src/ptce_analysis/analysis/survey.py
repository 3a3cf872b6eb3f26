"""What clean answers say: poles, stages, links and supports by level."""

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
    all_ = wave.supports[wave.supports["level"].isin(FUNDING_LEVELS)]
    told = (all_["amount_eur"] > 0) | all_["amount_status"].isin(SUPPORT_WITHOUT_AMOUNT)
    return all_.loc[told, ["wave", "pole_id", "level"]].reset_index(drop=True)


def linked(wave: Cleaned) -> pd.DataFrame:
    """Return who said, level by level, whether it is linked: `wave`, `pole_id`, `level`, `linked` (true or false)."""
    levels = dict.fromkeys((*FUNDING_LEVELS, *COLLECTIVITIES))
    return pd.concat([linked_with(wave, level) for level in levels], ignore_index=True)


def linked_with(wave: Cleaned, level: str) -> pd.DataFrame:
    """Return the rows of `linked` about one level."""
    said = wave.poles[wave.poles[f"link_{level}"].isin(TELLING_LINKS)]
    yes = said[f"link_{level}"].isin(("involved", "contradictory"))
    return pd.DataFrame({"wave": said["wave"], "pole_id": said["pole_id"], "level": level, "linked": yes})


def asked_for_amounts(wave: Cleaned) -> pd.DataFrame:
    """Return every pole with every level whose amount was asked: `wave`, `pole_id`, `level`."""
    # Assumption: who leaves an amount blank, and says nothing else, is not supported. Source: the printed table counts
    # projects supported among all respondents. If wrong: shares of poles supported are too low.
    levels = pd.DataFrame({"level": [level for level in wave.amounts if level in FUNDING_LEVELS]}, dtype="str")
    return wave.poles[["wave", "pole_id"]].merge(levels, how="cross")


def staged(wave: Cleaned) -> pd.DataFrame:
    """Return the poles that told their stage: `wave`, `pole_id`, `stage`."""
    return wave.poles.loc[wave.poles["stage"].notna(), ["wave", "pole_id", "stage"]].reset_index(drop=True)


def lines_set_aside(waves: Iterable[Cleaned]) -> pd.DataFrame:
    """Return the lines that are no answer: `wave`, `fate` (the name of the rule that sets them aside), `n`."""
    found = []
    for wave in waves:
        whole = wave.quarantine[wave.quarantine["column"] == ""]
        found += [(wave.year, *one) for one in Counter(reason.split(":")[0] for reason in whole["reason"]).items()]
    return pd.DataFrame(found, columns=["wave", "fate", "n"])
