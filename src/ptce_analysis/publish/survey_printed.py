"""Printed figures computed again from answers, with nothing but what the rules of disclosure release.

The verdict on a printed figure is worked out from the figure that may be shown, not from the answers: it tells no more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ptce_analysis.analysis.survey_levels import COLLECTIVITIES
from ptce_analysis.analysis.survey_marginals import Marginal, marginal, verdict
from ptce_analysis.publish.disclosure import ALL
from ptce_analysis.publish.disclosure.release import Protected, derived, gathered, public
from ptce_analysis.publish.disclosure.rules import MARK, STANDARD, Rule, threshold
from ptce_analysis.publish.disclosure.single import (
    Shown,
    protected_median,
    protected_share,
    protected_total,
    shown_median,
)
from ptce_analysis.published import Fact, Facts, indicator
from ptce_analysis.survey.tables import Cleaned
from ptce_analysis.vocabulary import LOCAL_LEVELS, WAVES

Tables = Mapping[str, Protected]
COUNTED = ("reproduced", "as_far_as_shown", "differs", "other_base", "hidden")
COLUMNS = ("id", "wave", "given", "base", "grain")

# Where the tables of a page hold a printed figure, or what it could be subtracted from: table, column, value, figure.
# A figure that one of them hides is hidden here too.
Held = tuple[tuple[str, str, str, str], ...]
HELD_BY: Mapping[str, Callable[[str], Held]] = {
    "emergence_share": lambda _: (("stages", "stage", "emergence", "share"),),
    "creation_share": lambda _: (("stages", "stage", "creation", "share"),),
    "link_share": lambda level: (("links", "level", level, "share"),),
    "funding_projects": lambda level: (("supported", "level", level, "units"),),
    "funding_amount": lambda level: (("amounts", "level", level, "total"),),
    "funding_median": lambda level: (("amounts", "level", level, "median"),),
    "aid_per_collectivity_median": lambda _: (("aided", "", "", "median"),),
    "funding_total": lambda _: (("amounts", "level", ALL, "total"),),
    "established_share": lambda _: (("told_relation", "", "", "share"),),
    "relation_widened_share": lambda _: (("relation", "relation", "widened", "share"),),
    "relation_stable_share": lambda _: (("relation", "relation", "stable", "share"),),
    "relation_weakened_share": lambda _: (("relation", "relation", "weakened", "share"),),
    "scic_share": lambda _: (("legal_form", "legal_form", "scic", "share"),),
    "association_or_scic_share": lambda _: (
        ("legal_form", "legal_form", "association", "share"),
        ("legal_form", "legal_form", "scic", "share"),
    ),
}
# Figures that stand alone but are made of what the cells of a table add up to: they say how much that is at least.
# Indicator: table, levels whose cells add up, what is added.
ADDED_UP: Mapping[str, tuple[str, tuple[str, ...], str]] = {
    "aid_per_collectivity_median": ("amounts", LOCAL_LEVELS, "total"),
    "link_2_to_6_share": ("links", COLLECTIVITIES, "units"),
    "collectivities_involved_median": ("links", COLLECTIVITIES, "units"),
}
# Amounts are shown to the thousand euros: a printed figure never shows them finer than the tables do.
GRAIN_EUR = 1_000.0
# The fewest levels that a pole counted by this share is linked with.
FEWEST_LINKS = 2


def compared(waves: Sequence[Cleaned], tables: Tables, facts: Facts, rules: Sequence[Rule] = STANDARD) -> Protected:
    """Return the printed figures that answers can give: `COLUMNS`, and `verdict`, `hidden` where it may not be shown.

    `given` is what may be shown; `grain` is what it was rounded to, 0 where it is exact.
    """
    years = [(wave, int(wave.poles["wave"].iloc[0])) for wave in waves]
    about = [(wave, fact) for wave, year in years for fact in facts.values() if fact.wave == year and year in WAVES]
    given = [(fact, marginal(wave, fact)) for wave, fact in about]
    rows = [_row(fact, got, tables, rules) for fact, got in given if got.value is not None]
    found = gathered(rows) if rows else public(pd.DataFrame(columns=list(COLUMNS)))
    return derived(
        lambda table: table.assign(verdict=[_verdict(row, facts) for row in table.to_dict("records")]), found
    )


def _row(fact: Fact, got: Marginal, tables: Tables, rules: Sequence[Rule]) -> dict[str, str | Shown]:
    """A figure as a row of `COLUMNS`: what is hidden takes its base and its rounding with it."""
    given, grain = _alone(fact, got, rules)
    hiding = next((rule for held in _held(fact) if (rule := _hidden(tables, fact.wave, held))), "")
    hiding = hiding or _tells(fact, given, grain, got.n, tables, threshold(rules))
    given = Shown(None, hiding, given.n) if hiding else given
    base, rounding = (Shown(float(n)) if given.value is not None else given for n in (got.n, grain))
    return dict(zip(COLUMNS, (fact.id, str(fact.wave), given, base, rounding), strict=True))


def _held(fact: Fact) -> Held:
    return HELD_BY[fact.indicator](fact.level) if fact.indicator in HELD_BY else ()


def _alone(fact: Fact, got: Marginal, rules: Sequence[Rule]) -> tuple[Shown, float]:
    """A figure under the rules of those that stand alone, and what it is rounded to."""
    statistic = indicator(fact.indicator).statistic
    grain = max(float(fact.grain), GRAIN_EUR) if fact.unit == "eur" else float(fact.grain)
    if statistic == "count":
        # Tables show their zeros: nobody stands behind one.
        return protected_total(got.parts, rules=rules) if got.parts else Shown(0.0), 0.0
    if statistic == "share":
        return protected_share(int(sum(got.parts)), got.n, rules), 0.0
    if statistic == "median":
        return protected_median(got.parts, grain, rules, got.units), shown_median(got.parts, grain, got.units)[1]
    return protected_total(got.parts, grain, rules), grain


def _hidden(tables: Tables, wave: int, held: tuple[str, str, str, str]) -> str:
    """Why a table of the page hides a figure; nothing when it shows it, or has no place for it."""
    name, column, value, statistic = held
    return "recoverable" if MARK in _cells(tables, wave, name, column, (value,), statistic) else ""


def _cells(tables: Tables, wave: int, name: str, column: str, values: tuple[str, ...], statistic: str) -> list[Any]:
    """The figures of a table about some values of a column, marks included; none when the page has no such table."""
    if name not in tables:
        return []
    table = tables[name].table
    rows = table[(table["wave"] == str(wave)) & (table[column].isin(values) if column else True)]
    return list(rows[statistic])


def _tells(fact: Fact, given: Shown, grain: float, n: int, tables: Tables, fewest: int) -> str:
    """Why a figure of what several cells add up to is hidden: it says more of hidden cells than that they exist.

    It says what all cells add up to, at least and at most. It tells nothing of the hidden ones where the shown ones
    reach the least alone, and the most leaves each hidden one the units of a figure that may be shown. Links of poles
    that left out a level are in the cells and not in the most: more is then hidden than need be.
    """
    if fact.indicator not in ADDED_UP or given.value is None:
        return ""
    name, levels, statistic = ADDED_UP[fact.indicator]
    cells = _cells(tables, fact.wave, name, "level", levels, statistic)
    shown, n_hidden = sum(float(cell) for cell in cells if cell != MARK and not pd.isna(cell)), cells.count(MARK)
    largest = len(levels) if statistic == "units" else np.inf
    is_share = indicator(fact.indicator).statistic == "share"
    least, most = _links(given.value * n, n, largest) if is_share else _values(given.value, grain, n, largest)
    return "recoverable" if n_hidden and (least > shown or most < shown + fewest * n_hidden) else ""


def _links(k: float, n: int, largest: float) -> tuple[float, float]:
    """What the links of n poles add up to at least and at most, where k of them have two or more."""
    return FEWEST_LINKS * k, k * largest + (n - k)


def _values(median: float, grain: float, n: int, largest: float) -> tuple[float, float]:
    """What n values add up to at least and at most: half of them, and one more, lie on each side of their median."""
    half = n // 2 + 1
    return half * (median - grain / 2), half * (median + grain / 2) + largest * (n - half)


def _verdict(row: Mapping[str, Any], facts: Facts) -> str:
    """What a figure that is shown says of the printed one: any true value that rounds to it could be the answers'."""
    fact = facts[row["id"]]
    if row["given"] == MARK:
        return "hidden"
    told = verdict(fact, Marginal(float(row["given"]), int(row["base"])))
    if row["grain"] <= float(fact.grain) or told == "other_base":
        return told
    low, high = (float(end) for end in fact.band)
    near = low - row["grain"] / 2 <= row["given"] <= high + row["grain"] / 2
    return "as_far_as_shown" if near else "differs"


def counts(found: Protected) -> Protected:
    """Return in one row how many printed figures are compared (`n`) and how many have each verdict."""

    def row(table: pd.DataFrame) -> pd.DataFrame:
        told = table["verdict"].tolist()
        return pd.DataFrame([{"n": len(told)} | {name: told.count(name) for name in COUNTED}])

    return derived(row, found)
