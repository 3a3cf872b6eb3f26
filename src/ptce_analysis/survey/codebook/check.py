"""The strict check of a codebook: every fault is listed at once, with the legal values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ptce_analysis.errors import InputError, nearest
from ptce_analysis.survey import codebook as cb
from ptce_analysis.survey.codebook import columns
from ptce_analysis.survey.codebook.faults import Faults
from ptce_analysis.survey.parse.words import plain

_TOP = (
    "wave",
    "origin",
    "title",
    "layout",
    "variables",
    "supports",
    "not_asked",
    "decisions",
    "numbers",
    "exclude",
    "to_finish",
)
_LAYOUT = (
    "encoding",
    "separator",
    "sheet",
    "header_rows",
    "complete",
    "not_shown",
    "total_rows",
    "test_rows",
    "respondent",
)


def checked(raw: Mapping[str, Any], file: str) -> cb.Codebook:
    """Return the codebook a mapping describes.

    Raises
    ------
    InputError
        Listing every fault at once.
    """
    faults = Faults(file)
    top = faults.mapping(dict(raw), "", _TOP)
    shared = _shared(top, faults)
    variables = columns.variables(top, shared, faults)
    to_finish = faults.texts(top.get("to_finish"), "to_finish")
    found = cb.Codebook(
        file=file,
        wave=_wave(top, bool(to_finish), faults),
        origin=faults.choice(top.get("origin"), "origin", cb.ORIGINS) or _missing("origin", cb.ORIGINS, faults),
        title=faults.text(top.get("title"), "title"),
        layout=_layout(top, variables, faults),
        variables=variables,
        supports=columns.supports(top, shared, faults),
        not_asked=_not_asked(top, variables, faults),
        exclude={k: faults.text(v, f"exclude.{k}") for k, v in faults.mapping(top.get("exclude"), "exclude").items()},
        to_finish=to_finish,
    )
    _check_headers(found, faults)
    if faults.found:
        raise InputError(f"{file}: {len(faults.found)} fault(s) in the codebook:\n- " + "\n- ".join(faults.found))
    return found


def _missing(where: str, legal: Iterable[str], faults: Faults) -> str:
    if not any(fault.startswith(f"{where}:") for fault in faults.found):
        faults.add(where, f"missing. Legal: {', '.join(legal)}.")
    return ""


def _wave(top: Mapping[str, Any], unfinished: bool, faults: Faults) -> int:
    """Return the year of the wave; 0 when a draft leaves it to be finished."""
    text = faults.text(top.get("wave"), "wave")
    if re.fullmatch(r"(19|20)[0-9]{2}", text):
        return int(text)
    if text or not unfinished:
        faults.add("wave", f"{text!r} is not a year. Write the year of the survey, for example 2015.")
    return 0


def _shared(top: Mapping[str, Any], faults: Faults) -> dict[str, dict[str, str]]:
    """Return the decisions on spellings by kind, plain text to reading; `numbers` gives what a mark means."""
    legal = (*cb.KINDS, "level")
    by_kind = faults.mapping(top.get("decisions"), "decisions", legal)
    found = {kind: columns.spellings(value, f"decisions.{kind}", kind, faults) for kind, value in by_kind.items()}
    numbers = faults.mapping(top.get("numbers"), "numbers", ("three_digits",))
    mark = faults.choice(numbers.get("three_digits"), "numbers.three_digits", columns.THREE_DIGITS)
    return found | {"numbers": {"three_digits": mark}}


def _layout(top: Mapping[str, Any], variables: tuple[cb.Variable, ...], faults: Faults) -> cb.Layout:
    entry = faults.mapping(top.get("layout"), "layout", _LAYOUT)
    names = [variable.name for variable in variables] or ["pole_id"]
    separator = entry.get("separator", "")
    if separator and (not isinstance(separator, str) or len(separator.replace("\\t", "\t")) != 1):
        faults.add("layout.separator", f"{separator!r} is not one character.")
        separator = ""
    return cb.Layout(
        encoding=faults.text(entry.get("encoding"), "layout.encoding"),
        separator=str(separator).replace("\\t", "\t"),
        sheet=faults.text(entry.get("sheet"), "layout.sheet"),
        header_rows=int(faults.choice(entry.get("header_rows"), "layout.header_rows", ("1", "2", "3"), "1")),
        complete=faults.texts(entry.get("complete"), "layout.complete"),
        not_shown=tuple(map(plain, faults.texts(entry.get("not_shown"), "layout.not_shown"))),
        total_rows=tuple(map(plain, faults.texts(entry.get("total_rows"), "layout.total_rows"))),
        test_rows=tuple(map(plain, faults.texts(entry.get("test_rows"), "layout.test_rows"))),
        respondent=faults.choice(entry.get("respondent"), "layout.respondent", names, "pole_id"),
    )


def _not_asked(top: Mapping[str, Any], variables: tuple[cb.Variable, ...], faults: Faults) -> tuple[str, ...]:
    """Return the standard variables the wave did not ask: each is either read from a column or listed here."""
    listed = faults.texts(top.get("not_asked"), "not_asked")
    names = {variable.name for variable in variables}
    for name in listed:
        if name not in cb.STANDARD or name in names:
            what = "it has a column" if name in names else f"not a variable of every wave.{nearest(name, cb.STANDARD)}"
            faults.add("not_asked", f"{name!r}: {what}")
    for name in cb.STANDARD:
        if name not in names and name not in listed and name != "pole_id":
            faults.add(f"variables.{name}", "neither described nor listed under not_asked. Say which.")
    return tuple(name for name in listed if name in cb.STANDARD)


def _check_headers(found: cb.Codebook, faults: Faults) -> None:
    """Refuse one header for two variables, and a filter on a variable that does not exist."""
    seen: dict[str, str] = {}
    for variable in found.columns():
        for header in dict.fromkeys(map(plain, variable.headers)):
            if header and header in seen and variable.name != cb.COMPLETE:
                faults.add(variable.name, f"the header {header!r} is already that of {seen[header]}.")
            seen.setdefault(header, variable.name)
    names = [variable.name for variable in found.variables]
    for variable in found.variables:
        if variable.asked_if and variable.asked_if[0] not in names:
            faults.add(f"variables.{variable.name}.asked_if", f"no variable {variable.asked_if[0]!r}.")
