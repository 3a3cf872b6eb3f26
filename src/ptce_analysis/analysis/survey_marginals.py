"""The published figures computed again from clean answers: what the answers give, and whether it prints the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial

import pandas as pd

from ptce_analysis.analysis.survey_levels import COLLECTIVITIES, amounts, asks_amounts, linked, linked_with, supported
from ptce_analysis.published import Fact, Facts
from ptce_analysis.survey.tables import Cleaned
from ptce_analysis.vocabulary import FUNDING_LEVELS, LOCAL_LEVELS

# What becomes of a printed figure when it is computed again.
VERDICTS = {
    "reproduced": "the answers give the printed figure, within its rounding",
    "differs": "the answers give another figure",
    "other_base": "the answers give the printed figure, on another number of units than the printed one",
    "not_asked": "the questionnaire did not ask",
    "no_answer": "nobody answered",
    "not_in_answers": "the figure counts something that respondents do not answer",
}
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Marginal:
    """A figure computed from answers: its value, or the verdict that says why there is none.

    `n`: how many values it rests on. `parts`: those values (for a share, 1 or 0), to protect it. `units`: whose each
    of them is, where a pole may have several.
    """

    value: float | None
    n: int
    reason: str = ""
    parts: tuple[float, ...] = field(default=(), repr=False)
    units: tuple[str, ...] = field(default=(), repr=False)


Measured = Callable[[Cleaned, str], Marginal]
_NOT_ASKED = Marginal(None, 0, "not_asked")


def marginal(wave: Cleaned, fact: Fact) -> Marginal:
    """Return what a wave gives for a printed figure."""
    measured = MEASURES.get(fact.indicator)
    return measured(wave, fact.level) if measured else Marginal(None, 0, "not_in_answers")


def deviations(wave: Cleaned, facts: Facts) -> pd.DataFrame:
    """Return every figure printed about the year of a wave beside what its answers give.

    Columns: `id`, `indicator`, `level`, `unit`, `printed`, `value` (empty where there is none), `n` units behind it,
    `verdict` (a key of `VERDICTS`).
    """
    year = int(wave.poles["wave"].iloc[0])
    found = [(fact, marginal(wave, fact)) for fact in facts.values() if fact.wave == year]
    rows = [
        (fact.id, fact.indicator, fact.level, fact.unit, float(fact.value), got.value, got.n, verdict(fact, got))
        for fact, got in found
    ]
    names = ["id", "indicator", "level", "unit", "printed", "value", "n", "verdict"]
    return pd.DataFrame(rows, columns=names).astype({"value": "float64"})


def verdict(fact: Fact, got: Marginal) -> str:
    """Return what becomes of a printed figure: a key of `VERDICTS`."""
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


def _of(values: Iterable[float], statistic: Callable[[pd.Series], float]) -> Marginal:
    known = pd.Series(list(values), dtype="float64").dropna()
    if known.empty:
        return Marginal(None, 0, "no_answer")
    return Marginal(float(statistic(known)), len(known), "", tuple(known))


def _column(wave: Cleaned, name: str) -> pd.Series | None:
    """Return a column of the poles, or None when the wave did not ask."""
    status = wave.poles.get(f"{name}_status")
    return (
        None if name not in wave.poles or (status is not None and (status == "not_asked").all()) else wave.poles[name]
    )


def _number(wave: Cleaned, _: str, *, name: str, statistic: Callable[[pd.Series], float]) -> Marginal:
    column = _column(wave, name)
    return _NOT_ASKED if column is None else _of(column.astype("float64"), statistic)


def _share(wave: Cleaned, _: str, *, name: str, codes: tuple[str, ...]) -> Marginal:
    """The share of some answers among all answers to a question."""
    column = _column(wave, name)
    return _NOT_ASKED if column is None else _of(column.dropna().isin(codes).astype("float64"), pd.Series.mean)


def _answered(wave: Cleaned, _: str, *, name: str) -> Marginal:
    """The share of poles that answered a question."""
    column = _column(wave, name)
    return _NOT_ASKED if column is None else _of(column.notna().astype("float64"), pd.Series.mean)


def _below_one(wave: Cleaned, _: str) -> Marginal:
    column = _column(wave, "cell_fte")
    return _NOT_ASKED if column is None else _of((column.dropna() < 1).astype("float64"), pd.Series.mean)


def _link_share(wave: Cleaned, level: str) -> Marginal:
    if f"link_{level}" not in wave.poles or (wave.poles[f"link_{level}"] == "not_asked").all():
        return _NOT_ASKED
    return _of(linked_with(wave, level)["linked"].astype("float64"), pd.Series.mean)


def _n_links(wave: Cleaned) -> pd.Series | None:
    """Return with how many levels of collectivity a pole is linked, by pole; None unless the wave asked about each.

    A pole that left out one of them has no number: it may be linked with it.
    """
    # Assumption: a level counts for one collectivity. Source: none; the printed figure may count several of one level.
    # If wrong: numbers of collectivities are too low.
    if any((wave.poles[f"link_{level}"] == "not_asked").all() for level in COLLECTIVITIES):
        return None
    rows = linked(wave)
    told = rows[rows["level"].isin(COLLECTIVITIES)].groupby("pole_id")["linked"]
    return told.sum()[told.size() == len(COLLECTIVITIES)]


def _two_to_six(wave: Cleaned, _: str) -> Marginal:
    n = _n_links(wave)
    return _NOT_ASKED if n is None else _of(n.between(2, 6).astype("float64"), pd.Series.mean)


def _involved(wave: Cleaned, _: str) -> Marginal:
    n = _n_links(wave)
    return _NOT_ASKED if n is None else _of(n, pd.Series.median)


def _amounts(
    wave: Cleaned, level: str, *, statistic: Callable[[pd.Series], float], levels: tuple[str, ...] = ()
) -> Marginal:
    """A statistic of the amounts above zero of one level, or of several."""
    wanted = levels or (level,)
    if not any(asks_amounts(wave, one) for one in wanted):
        return _NOT_ASKED
    rows = amounts(wave)
    rows = rows[rows["level"].isin(wanted)]
    return replace(_of(rows["amount_eur"], statistic), units=tuple(rows["pole_id"].astype(str)))


def _mobilised(wave: Cleaned, _: str) -> Marginal:
    """The amounts of all levels added up, by pole: the base is the poles that receive some."""
    if not any(asks_amounts(wave, level) for level in FUNDING_LEVELS):
        return _NOT_ASKED
    return _of(amounts(wave).groupby("pole_id")["amount_eur"].sum(), pd.Series.sum)


def _projects(wave: Cleaned, level: str) -> Marginal:
    if not asks_amounts(wave, level):
        return _NOT_ASKED
    rows = supported(wave)
    n = int((rows["level"] == level).sum())
    return Marginal(float(n), n, "", (1.0,) * n)


def _respondents(wave: Cleaned, _: str) -> Marginal:
    return Marginal(float(len(wave.poles)), len(wave.poles), "", (1.0,) * len(wave.poles))


_median, _sum = pd.Series.median, pd.Series.sum
# How each printed indicator is computed from the clean tables; one that is not here counts something else than answers.
MEASURES: dict[str, Measured] = {
    "respondents": _respondents,
    "emergence_share": partial(_share, name="stage", codes=("emergence",)),
    "creation_share": partial(_share, name="stage", codes=("creation",)),
    "established_share": partial(_answered, name="relation"),
    "relation_widened_share": partial(_share, name="relation", codes=("widened",)),
    "relation_stable_share": partial(_share, name="relation", codes=("stable",)),
    "relation_weakened_share": partial(_share, name="relation", codes=("weakened",)),
    "association_or_scic_share": partial(_share, name="legal_form", codes=("association", "scic")),
    "scic_share": partial(_share, name="legal_form", codes=("scic",)),
    "age_median": partial(_number, name="age_years", statistic=_median),
    "cell_budget_median": partial(_number, name="cell_budget_eur", statistic=_median),
    "cell_self_financed_share_median": partial(_number, name="cell_self_financed_share", statistic=_median),
    "cell_fte_median": partial(_number, name="cell_fte", statistic=_median),
    "cell_fte_below_1_share": _below_one,
    "members_median": partial(_number, name="members", statistic=_median),
    "employees_median": partial(_number, name="employees", statistic=_median),
    "budget_median": partial(_number, name="budget_eur", statistic=_median),
    "jobs_total": partial(_number, name="employees", statistic=_sum),
    "enterprises_total": partial(_number, name="members", statistic=_sum),
    "budget_total": partial(_number, name="budget_eur", statistic=_sum),
    "link_share": _link_share,
    "link_2_to_6_share": _two_to_six,
    "collectivities_involved_median": _involved,
    "aid_per_collectivity_median": partial(_amounts, statistic=_median, levels=LOCAL_LEVELS),
    "funding_total": _mobilised,
    "funding_amount": partial(_amounts, statistic=_sum),
    "funding_projects": _projects,
    "funding_median": partial(_amounts, statistic=_median),
}
