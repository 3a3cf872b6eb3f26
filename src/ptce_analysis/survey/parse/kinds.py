"""The kinds of answers that `ptce parse` reads: one strict reader of one text for each; nothing is ever guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ptce_analysis.errors import InputError, nearest
from ptce_analysis.survey.parse.amounts import amount
from ptce_analysis.survey.parse.choices import legal_form, stage
from ptce_analysis.survey.parse.levels import level
from ptce_analysis.survey.parse.staffs import count, share, staff
from ptce_analysis.survey.parse.words import Reading

KINDS: dict[str, Callable[[str], Reading]] = {
    reader.__name__: reader for reader in (amount, level, share, staff, stage, count, legal_form)
}


def parse_rows(kind: str, texts: Iterable[str]) -> list[dict[str, Any]]:
    """Return, for each text, what it states: text, value, unit, status, rule.

    Raises
    ------
    InputError
        If the kind is not one of `KINDS`.
    """
    if kind not in KINDS:
        raise InputError(f"nothing reads the kind {kind!r}. Legal kinds: {', '.join(KINDS)}.{nearest(kind, KINDS)}")
    fields = ("text", "value", "unit", "status", "rule")
    rows = [{name: getattr(reading, name) for name in fields} for reading in map(KINDS[kind], texts)]
    return [row | {"value": list(row["value"])} if isinstance(row["value"], tuple) else row for row in rows]
