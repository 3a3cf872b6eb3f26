"""What clean answers say: poles, stages, links and supports by level, and the published figures computed again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from ptce_analysis.published import Fact, Facts, indicator
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
TOLERANCE = 1e-9


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
        whole = wave.quarantine[wave.quarantine["column"] == ""]
        aside = Counter(reason.split(":")[0] for reason in whole["reason"])
        fates = [("in", wave.rows_in), *aside.items(), ("kept", wave.rows_kept)]
        rows += [(wave.year, fate, n) for fate, n in fates]
    return pd.DataFrame(rows, columns=["wave", "fate", "n"])


@dataclass(frozen=True)
class Marginal:
    """A figure computed from answers: its value, or the verdict that says why there is none.

    `n`: how many values it rests on. `parts`: those values (for a share, 1 or 0), to protect it. `units`: whose each
    of them is: a pole may have several.
    """

    value: float | None
    n: int
    reason: str = ""
    parts: tuple[float, ...] = field(default=(), repr=False)
    units: tuple[str, ...] = field(default=(), repr=False)


# The printed indicators that are the median or the sum of a column of the poles.
COLUMN_OF = {
    "age_median": "age_years", "cell_budget_median": "cell_budget_eur", "cell_fte_median": "cell_fte",
    "cell_self_financed_share_median": "cell_self_financed_share", "members_median": "members",
    "employees_median": "employees", "budget_median": "budget_eur", "jobs_total": "employees",
    "enterprises_total": "members", "budget_total": "budget_eur",
}  # fmt: skip
# Those that are the share of some answers among all answers to a question.
SHARES: dict[str, tuple[str, tuple[str, ...]]] = {
    "emergence_share": ("stage", ("emergence",)),
    "creation_share": ("stage", ("creation",)),
    "relation_widened_share": ("relation", ("widened",)),
    "relation_stable_share": ("relation", ("stable",)),
    "relation_weakened_share": ("relation", ("weakened",)),
    "association_or_scic_share": ("legal_form", ("association", "scic")),
    "scic_share": ("legal_form", ("scic",)),
}


def marginal(wave: Cleaned, fact: Fact) -> Marginal:
    """Return what a wave gives for a printed figure."""
    values = _values(wave, fact.indicator, fact.level)
    if isinstance(values, str):
        return Marginal(None, 0, values)
    known, statistic = values.astype("float64").dropna(), indicator(fact.indicator).statistic
    if known.empty and statistic != "count":
        return Marginal(None, 0, "no_answer")
    computed = {"share": known.mean, "median": known.median}.get(statistic, known.sum)()
    return Marginal(float(computed), len(known), "", tuple(known), tuple(known.index.astype(str)))


def _values(wave: Cleaned, name: str, level: str) -> pd.Series | str:
    """Return the values whose statistic a printed indicator is, by pole, or the verdict that says why not."""
    poles, given = wave.poles.set_index("pole_id"), amounts(wave).set_index("pole_id")
    column = {"established_share": "relation", "cell_fte_below_1_share": "cell_fte"} | COLUMN_OF
    column |= {share: question for share, (question, _) in SHARES.items()}
    levels = {"aid_per_collectivity_median": LOCAL_LEVELS, "funding_total": FUNDING_LEVELS}.get(name, (level,))
    if name in column:
        if column[name] not in poles or (poles.get(f"{column[name]}_status", pd.Series("")) == "not_asked").all():
            return "not_asked"
        told = poles[column[name]]
        if name in COLUMN_OF:
            return told
        if name == "established_share":
            return told.notna()
        return told.dropna() < 1 if name == "cell_fte_below_1_share" else told.dropna().isin(SHARES[name][1])
    match name:
        case "respondents":
            return pd.Series(1.0, poles.index)
        case "link_share":
            return linked_with(wave, level).set_index("pole_id")["linked"] if asks_links(wave, level) else "not_asked"
        case "link_2_to_6_share" | "collectivities_involved_median":
            links = _n_links(wave)
            return "not_asked" if links is None else links.between(2, 6) if name == "link_2_to_6_share" else links
        case "aid_per_collectivity_median" | "funding_amount" | "funding_median" | "funding_total" | "funding_projects":
            if not any(asks_amounts(wave, one) for one in levels):
                return "not_asked"
            if name == "funding_projects":
                rows = supported(wave).set_index("pole_id")
                return pd.Series(1.0, rows.index[rows["level"] == level])
            known = given["amount_eur"][given["level"].isin(levels)]
            # The amounts of all levels are added up by pole: the base is the poles that receive some.
            return known.groupby(level=0).sum() if name == "funding_total" else known
    return "not_in_answers"  # the figure counts something that respondents do not answer


def _n_links(wave: Cleaned) -> pd.Series | None:
    """Return with how many levels of collectivity a pole is linked, by pole; None unless the wave asked about each.

    A pole that left out one of them has no number: it may be linked with it.
    """
    # Assumption: a level counts for one collectivity. Source: none; the printed figure may count several of one level.
    # If wrong: numbers of collectivities are too low.
    if not all(asks_links(wave, level) for level in COLLECTIVITIES):
        return None
    rows = linked(wave)
    told = rows[rows["level"].isin(COLLECTIVITIES)].groupby("pole_id")["linked"]
    return told.sum()[told.size() == len(COLLECTIVITIES)]


def deviations(wave: Cleaned, facts: Facts) -> pd.DataFrame:
    """Return every figure printed about the year of a wave beside what its answers give.

    Columns: `id`, `indicator`, `level`, `unit`, `printed`, `value` (empty where there is none), `n` units behind it,
    `verdict`.
    """
    found = [(fact, marginal(wave, fact)) for fact in facts.values() if fact.wave == wave.year]
    rows = [
        (fact.id, fact.indicator, fact.level, fact.unit, float(fact.value), got.value, got.n, verdict(fact, got))
        for fact, got in found
    ]
    names = ["id", "indicator", "level", "unit", "printed", "value", "n", "verdict"]
    return pd.DataFrame(rows, columns=names).astype({"value": "float64"})


def verdict(fact: Fact, got: Marginal) -> str:
    """Return what becomes of a printed figure that is computed again.

    `reproduced` (within its rounding), `differs`, `other_base` (reproduced, on another number of answers); or why it is
    not: `not_asked`, `no_answer`, `not_in_answers` (it counts something that respondents do not answer).
    """
    if got.value is None:
        return got.reason
    if not _holds(fact, got.value):
        return "differs"
    # Respondents are counted out of a frame: their base is not a number of answers.
    same_base = fact.base_n in (None, got.n) or fact.indicator == "respondents"
    return "reproduced" if same_base else "other_base"


def _holds(fact: Fact, value: float) -> bool:
    """Whether a value rounds to the printed one, or is beyond it where the source only gives a limit in words."""
    low, high = (float(end) for end in fact.band)
    if fact.limit:
        # Assumption: such words (« plus de 130 », « en majorité ») exclude the limit itself. Source: ordinary French
        # usage. If wrong: a value equal to the limit is said to differ.
        return value > float(fact.value) if fact.limit == "minimum" else value < float(fact.value)
    return low - TOLERANCE <= value <= high + TOLERANCE
