"""What a written answer states. One strict reader of one text for each kind of answer; nothing is ever guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ptce_analysis.errors import InputError, nearest
from ptce_analysis.survey.parse.amounts import amount
from ptce_analysis.survey.parse.choices import day, legal_form, no_value, stage, yes_no
from ptce_analysis.survey.parse.levels import level, level_parts
from ptce_analysis.survey.parse.reading import STATUSES, Reading
from ptce_analysis.survey.parse.shares import share
from ptce_analysis.survey.parse.staffs import count, staff

__all__ = [
    "KINDS", "STATUSES", "Reading", "amount", "count", "day", "legal_form", "level", "level_parts", "no_value",
    "parse_rows", "share", "staff", "stage", "yes_no",
]  # fmt: skip

KINDS: dict[str, Callable[[str], Reading]] = {
    "amount": amount, "level": level, "share": share, "staff": staff, "stage": stage, "count": count,
    "legal_form": legal_form,
}  # fmt: skip


def parse_rows(kind: str, texts: Iterable[str]) -> list[dict[str, Any]]:
    """Return, for each text, what it states: text, value, unit, status, rule.

    >>> parse_rows("amount", ["1,2 M€"])
    [{'text': '1,2 M€', 'value': 1200000, 'unit': 'eur', 'status': 'exact', 'rule': 'millions_of_euros'}]

    Raises
    ------
    InputError
        If the kind is not one of `KINDS`.
    """
    if kind not in KINDS:
        raise InputError(f"nothing reads the kind {kind!r}. Legal kinds: {', '.join(KINDS)}.{nearest(kind, KINDS)}")
    return [KINDS[kind](text).row() for text in texts]
