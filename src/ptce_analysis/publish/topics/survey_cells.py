"""Cells of the survey page that may be a number, a mark or a word, and what may be stated of them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ptce_analysis.publish.disclosure.release import Protected, joined, public
from ptce_analysis.publish.exhibit import Column
from ptce_analysis.publish.survey_tables import Shown
from ptce_analysis.vocabulary import Label

Row = dict[str, Any]
SILENT: dict[str, Label] = {
    "not_asked": ("not asked", "non demandé"),
    "nobody": ("nobody", "personne"),
}


def is_number(cell: object) -> bool:
    """Whether a cell holds a number that is shown: neither a mark, nor a word, nor nothing."""
    return isinstance(cell, (int, float)) and cell == cell


def shown_columns(data: pd.DataFrame, main: str, *columns: Column) -> tuple[Column, ...]:
    """Return columns as they can be shown: one in which every number is hidden holds words, and all do with `main`."""
    numeric = {column.name for column in columns if data[column.name].map(is_number).any()}
    numeric = numeric if main in numeric else set()
    return tuple(column if column.name in numeric else Column(column.name, column.heading) for column in columns)


def first_shown(data: pd.DataFrame, column: str) -> Row:
    """Return the first row whose number is shown, else the first one: what the reader is shown how to read."""
    known = data[data[column].map(is_number)]
    return dict((known if len(known) else data).iloc[0])


def with_lines(tables: Shown, drawn: pd.DataFrame, *counted: int) -> Protected:
    """What may be stated, and how many lines are drawn or counted: whoever sees the released figures can count them."""
    return joined(tables.protected, public(pd.DataFrame({"n": [len(drawn), *counted]})))


def money_only(tables: Shown) -> set[tuple[str, str]]:
    """Waves and levels asked about through amounts alone: who is not funded did not say whether it is linked."""
    return {pair for pair in tables.asks("amounts") if pair[1] in ("etat", "europe")}
