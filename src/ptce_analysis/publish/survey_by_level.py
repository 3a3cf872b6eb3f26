"""Emergence among the poles linked with a level and among the others, where no respondent can be recognised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from ptce_analysis.analysis.emergence.by_level import STAGE, emergence_by_level
from ptce_analysis.analysis.survey_levels import linked_with, staged
from ptce_analysis.publish.disclosure.release import Protected, ledger_table, released
from ptce_analysis.publish.disclosure.rules import MARK, Contributions, Rule, failed
from ptce_analysis.survey.tables import Cleaned

FIGURES = ("count_linked", "base_linked", "count_others", "base_others", "difference", "low", "high", "fisher")
# What a pole said of its stage and of its link with a level.
UNTOLD = "untold"


def by_level(waves: Sequence[Cleaned], tables: Mapping[str, Protected], rules: Sequence[Rule]) -> Protected:
    """Return, for each wave and level asked about, emergence among linked poles and among the others.

    Columns: `wave`, `level`, then `FIGURES` as `emergence_by_level` says them. A level is shown or hidden as a whole.
    With what `tables` show (poles, stages, links), its counts give every group of poles by stage and link, those that
    told neither included: each group must pass the rules, and those other counts be shown. No other table of a page is
    about stages and links together, so that nothing else tells these counts.
    """
    rows, ledger = list[dict[str, Any]](), list[tuple[str, ...]]()
    for wave in waves:
        year = str(wave.poles["wave"].iloc[0])
        for row in emergence_by_level(wave).to_dict("records"):
            level = str(row["level"])
            rule = _hiding(groups(wave, level), rules) or _untold_elsewhere(tables, year, level)
            rows.append({"wave": year, "level": level} | {name: MARK if rule else row[name] for name in FIGURES})
            ledger += [("emergence_by_level", f"{year}, {level}", "units", rule, "")] * bool(rule)
    table = pd.DataFrame(rows, columns=["wave", "level", *FIGURES], dtype=object)
    return released(table, ledger_table(ledger))


def groups(wave: Cleaned, level: str) -> pd.DataFrame:
    """Return the number of poles by stage (`emergence`, `other`, `untold`) and link (`yes`, `no`, `untold`), if any."""
    stage = staged(wave).set_index("pole_id")["stage"].eq(STAGE).map({True: STAGE, False: "other"})
    link = linked_with(wave, level).set_index("pole_id")["linked"].map({True: "yes", False: "no"})
    poles = wave.poles["pole_id"]
    told = [poles.map(one.astype(object)).fillna(UNTOLD) for one in (stage, link)]
    return pd.crosstab(*told)


def _hiding(table: pd.DataFrame, rules: Sequence[Rule]) -> str:
    """The rule that hides a level: one that a group fails against its stage or its link, or that two are needed."""
    if not {STAGE, "other"} <= set(table.index) or not {"yes", "no"} <= set(table.columns):
        return "withheld"
    found = (failed(cell, rules, "units") for cell in _cells(table))
    return next((rule.name for rule in found if rule), "")


def _cells(table: pd.DataFrame) -> Iterator[Contributions]:
    counts = table.to_numpy()
    for at, n in ((at, int(counts[at])) for at in zip(*counts.nonzero(), strict=True)):
        for whole in (counts[at[0], :].sum(), counts[:, at[1]].sum()):
            yield Contributions(n, others=int(whole) - n)
    if not counts.all():
        # An empty group says of everybody in its row, or column, what they did not answer.
        yield Contributions(0, others=1)


def _untold_elsewhere(tables: Mapping[str, Protected], year: str, level: str) -> str:
    """Why a level is hidden although its groups pass: a count that it would give is hidden elsewhere on the page."""
    places = {"told": {}, "stages": {"stage": STAGE}, "said": {"level": level}, "links": {"level": level}}
    cells = [_cell(tables[name].table, {"wave": year} | place) for name, place in places.items()]
    return "recoverable" if MARK in cells else ""


def _cell(table: pd.DataFrame, place: Mapping[str, str]) -> Any:
    rows = table
    for name, value in place.items():
        rows = rows[rows[name].astype(str) == value]
    return rows["units"].iloc[0] if len(rows) else MARK
