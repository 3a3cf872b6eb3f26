"""What clean answers say: poles, stages, links and supports by level, and the published figures computed again."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from ptce_analysis.published import Fact, indicator
from ptce_analysis.survey.tables import Cleaned
from ptce_analysis.vocabulary import FUNDING_LEVELS, LOCAL_LEVELS, rows

# The levels that are collectivities; the State and Europe are not.
COLLECTIVITIES = (*LOCAL_LEVELS, "pnr_petr")
# Links that tell whether a level is involved; the others (`not_asked`, `not_answered`, `undecided`) tell nothing.
TELLING_LINKS = ("involved", "not_involved", "declared_zero", "contradictory")
# Assumption: a project is supported by a level when an amount above zero is given, or when the answer about it is
# something else than a number, a blank, a zero or « sans objet » (`NC`, `en cours`, a range…). Source: the column asks
# how much. If wrong: numbers of supported projects are too high; amounts are not touched.
SUPPORT_WITHOUT_AMOUNT = ("unknown", "range", "ambiguous", "unreadable", "implausible", "shared")
TOLERANCE = 1e-9


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


@dataclass(frozen=True)
class Marginal:
    """A figure computed from answers. `parts`: the values it rests on (for a share, 1 or 0); `units`: whose each is."""

    value: float
    parts: tuple[float, ...] = field(repr=False)
    units: tuple[str, ...] = field(repr=False)


# The column of the poles that a printed figure comes from and, for shares of some answers, these answers.
ASKED = rows("asked.csv")
COLUMN_OF = {row["indicator"]: row["column"] for row in ASKED}
SHARES = {row["indicator"]: (row["column"], tuple(row["answers"].split())) for row in ASKED if row["answers"]}


def marginal(wave: Cleaned, fact: Fact) -> Marginal | None:
    """Return what a wave gives for a printed figure; None if it was not asked or answered, or cannot be."""
    values = _values(wave, fact.indicator, fact.level)
    known = None if values is None else values.astype("float64").dropna()
    statistic = indicator(fact.indicator).statistic
    if known is None or (known.empty and statistic != "count"):
        return None
    computed = {"share": known.mean, "median": known.median}.get(statistic, known.sum)()
    return Marginal(float(computed), tuple(known), tuple(known.index.astype(str)))


def _values(wave: Cleaned, name: str, level: str) -> pd.Series | None:
    """The values whose statistic a printed indicator is, by pole; None if it was not asked."""
    poles, given = wave.poles.set_index("pole_id"), amounts(wave).set_index("pole_id")
    if column := COLUMN_OF.get(name):
        if column not in poles or (poles.get(f"{column}_status", pd.Series("")) == "not_asked").all():
            return None
        if name == "established_share":
            return poles[column].notna()
        told = poles[column].dropna()
        return told.isin(SHARES[name][1]) if name in SHARES else told < 1 if name == "cell_fte_below_1_share" else told
    if name == "respondents":
        return pd.Series(1.0, poles.index)
    if name == "link_share":
        return linked_with(wave, level).set_index("pole_id")["linked"] if level in wave.links else None
    if name in ("link_2_to_6_share", "collectivities_involved_median"):
        links = _n_links(wave)
        return links.between(2, 6) if links is not None and name == "link_2_to_6_share" else links
    levels = {"aid_per_collectivity_median": LOCAL_LEVELS, "funding_total": FUNDING_LEVELS}.get(name, (level,))
    if not name.startswith(("aid_", "funding_")) or not set(levels) & set(wave.amounts):
        return None
    if name == "funding_projects":
        said = supported(wave).set_index("pole_id")
        return pd.Series(1.0, said.index[said["level"] == level])
    known = given["amount_eur"][given["level"].isin(levels)]
    # The amounts of all levels are added up by pole: the base is the poles that receive some.
    return known.groupby(level=0).sum() if name == "funding_total" else known


def _n_links(wave: Cleaned) -> pd.Series | None:
    """With how many levels of collectivity a pole that told of all is linked; None unless the wave asked about each."""
    # Assumption: a level counts for one collectivity. Source: none; the printed figure may count several of one level.
    # If wrong: numbers of collectivities are too low.
    if not set(COLLECTIVITIES) <= set(wave.links):
        return None
    links = linked(wave)
    told = links[links["level"].isin(COLLECTIVITIES)].groupby("pole_id")["linked"]
    return told.sum()[told.size() == len(COLLECTIVITIES)]


def verdict(fact: Fact, value: float, n: int) -> str:
    """Return what becomes of a printed figure for which n answers give a value.

    `reproduced` (within its rounding), `differs`, or `other_base` (reproduced, on another number of answers).
    """
    low, high = (float(end) for end in fact.band)
    holds = low - TOLERANCE <= value <= high + TOLERANCE
    if fact.limit:
        # Assumption: such words (« plus de 130 », « en majorité ») exclude the limit itself. Source: ordinary French
        # usage. If wrong: a value equal to the limit is said to differ.
        holds = value > float(fact.value) if fact.limit == "minimum" else value < float(fact.value)
    # Respondents are counted out of a frame: their base is not a number of answers.
    same_base = fact.base_n in (None, n) or fact.indicator == "respondents"
    return ("reproduced" if same_base else "other_base") if holds else "differs"
