"""The strict check of the columns a codebook describes: the variables of the poles and the sources of the supports."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ptce_analysis.errors import nearest
from ptce_analysis.survey import codebook as cb
from ptce_analysis.survey.codebook.faults import Faults
from ptce_analysis.survey.codebook.units import stated_units, unit_fault
from ptce_analysis.survey.parse.words import plain
from ptce_analysis.vocabulary import LEVELS, STAGES

THREE_DIGITS = ("thousands", "decimals")
_VARIABLE = (
    "header",
    "kind",
    "unit",
    "answers",
    "decisions",
    "min",
    "max",
    "asked_if",
    "three_digits",
    "separator",
    "note",
)
_SUPPORT = (
    "level",
    "funder",
    "link",
    "amount",
    "unit",
    "decisions",
    "answers",
    "min",
    "max",
    "three_digits",
    "separator",
    "note",
)
_RESERVED = re.compile(r"wave|origin|link_.*|.*_status|.*_raw")


def spellings(value: Any, where: str, kind: str, faults: Faults) -> dict[str, str]:
    """Return spellings and what they are read as; a level or a stage must be one of the study's."""
    found = {plain(key): faults.text(v, f"{where}.{key}") for key, v in faults.mapping(value, where).items()}
    legal = {"level": tuple(LEVELS), "stage": (*STAGES, *cb.SILENT)}.get(kind, ())
    for key, chosen in found.items() if legal else ():
        for code in re.split(r"[ ,+;]+", chosen) if chosen else ():
            if code not in legal:
                faults.add(
                    f"{where}.{key}",
                    f"{code!r} is not legal. Legal: {', '.join(legal)}.{nearest(code, legal)}",
                )
    return found


def variables(top: Mapping[str, Any], shared: Mapping[str, dict[str, str]], faults: Faults) -> tuple[cb.Variable, ...]:
    """Return the variables of a codebook, in its order; what is wrong with them is added to `faults`."""
    entries = faults.mapping(top.get("variables"), "variables")
    if "pole_id" not in entries:
        faults.add("variables.pole_id", "missing. Say which column identifies the pole (kind: id).")
    return tuple(_variable(name, value, shared, faults) for name, value in entries.items())


def _variable(name: str, value: Any, shared: Mapping[str, dict[str, str]], faults: Faults) -> cb.Variable:
    """Return one variable of the poles."""
    where = f"variables.{name}"
    entry = faults.mapping(value, where, _VARIABLE)
    standard = cb.STANDARD.get(name)
    kind = faults.choice(entry.get("kind"), f"{where}.kind", cb.KINDS, standard.kind if standard else "")
    if standard and kind != standard.kind:
        faults.add(f"{where}.kind", f"must be {standard.kind}.")
    if not standard and not kind:
        faults.add(f"{where}.kind", f"missing. Legal: {', '.join(cb.KINDS)}.")
    if not re.fullmatch("[a-z][a-z0-9_]*", name) or _RESERVED.fullmatch(name):
        faults.add(where, "not a legal name: small letters, digits and _, and not a column the tables add themselves.")
    if not name.endswith(cb.SUFFIXES.get(kind, "")):
        faults.add(where, f"a variable of kind {kind} ends in {cb.SUFFIXES[kind]}.")
    if kind == "count" and not standard and not (name.startswith("n_") or name.endswith("_years")):
        faults.add(where, "a count of the codebook's own starts with n_ (or ends in _years).")
    bounds = (standard.low, standard.high) if standard else (None, None)
    return _column(name, kind, entry, where, bounds, shared, faults)


def _column(
    name: str,
    kind: str,
    entry: Mapping[str, Any],
    where: str,
    bounds: tuple[float | None, float | None],
    shared: Mapping[str, dict[str, str]],
    faults: Faults,
) -> cb.Variable:
    """Return how one column is found and read."""
    headers = faults.texts(entry.get("header"), f"{where}.header")
    if not any(headers):
        faults.add(f"{where}.header", "missing. Give the header of the column, or several spellings of it.")
    low, high = _bounds(entry, where, bounds, faults)
    mark = faults.choice(entry.get("three_digits"), f"{where}.three_digits", THREE_DIGITS)
    own = spellings(entry.get("decisions"), f"{where}.decisions", kind, faults)
    return cb.Variable(
        name=name,
        headers=headers,
        kind=kind,
        unit=_unit(kind, headers, entry, where, faults),
        answers=spellings(entry.get("answers"), f"{where}.answers", kind, faults),
        decisions=shared.get(kind, {}) | own,
        low=low,
        high=high,
        asked_if=_asked_if(entry.get("asked_if"), where, faults),
        three_digits=mark or shared["numbers"]["three_digits"],
        separator=entry.get("separator", "") if isinstance(entry.get("separator", ""), str) else "",
    )


def _bounds(
    entry: Mapping[str, Any], where: str, usual: tuple[float | None, float | None], faults: Faults
) -> tuple[float | None, float | None]:
    """Return the least and the most that are plausible, the usual ones where the codebook gives none."""
    low, high = (faults.number(entry.get(n), f"{where}.{n}", b) for n, b in zip(("min", "max"), usual, strict=True))
    if low is not None and high is not None and low > high:
        faults.add(where, f"min {low:g} is above max {high:g}.")
    return low, high


def _unit(kind: str, headers: tuple[str, ...], entry: Mapping[str, Any], where: str, faults: Faults) -> str:
    """Return the unit of bare numbers; a header that states another one is a fault."""
    unit = faults.choice(entry.get("unit"), f"{where}.unit", cb.UNITS.get(kind, ()))
    for header in headers:  # a header of two units is left to the export: a draft that cannot choose still loads
        if len(stated_units(kind, header)) == 1 and (wrong := unit_fault(kind, header, unit)):
            faults.add(f"{where}.unit", wrong)
    return unit


def _asked_if(value: Any, where: str, faults: Faults) -> tuple[str, tuple[str, ...]] | None:
    """Return the variable and the values for which the question was asked."""
    entry = faults.mapping(value, f"{where}.asked_if")
    if len(entry) > 1:
        faults.add(f"{where}.asked_if", "one variable only (variable: [values]).")
    return next(((k, faults.texts(v, f"{where}.asked_if.{k}")) for k, v in entry.items()), None)


def supports(top: Mapping[str, Any], shared: Mapping[str, dict[str, str]], faults: Faults) -> tuple[cb.Support, ...]:
    """Return the questions on support of a codebook, in its order; what is wrong with them is added to `faults`."""
    entries = top.get("supports") or []
    if not isinstance(entries, list):
        faults.add("supports", "must be a list (- level: …).")
        return ()
    return tuple(_support(entry, f"supports[{i}]", shared, faults) for i, entry in enumerate(entries, 1))


def _support(value: Any, where: str, shared: Mapping[str, dict[str, str]], faults: Faults) -> cb.Support:
    """Return one source of supports: a level or a column of funders, with a link and an amount where there are some."""
    entry = faults.mapping(value, where, _SUPPORT)
    level = faults.choice(entry.get("level"), f"{where}.level", LEVELS)
    if bool(entry.get("level")) == bool(entry.get("funder")):
        faults.add(where, "give either level (one of the study's) or funder (the column that names them).")
    if entry.get("level") and not (entry.get("link") or entry.get("amount")):
        faults.add(where, "give the column of the link (yes/no), of the amount, or both.")
    parts = {}
    for part, kind in (("funder", "level"), ("link", "yes_no"), ("amount", "amount")):
        if entry.get(part):
            own = {k: v for k, v in entry.items() if k in _VARIABLE and _concerns(k, part)} | {"header": entry[part]}
            bounds = cb.SUPPORT_BOUNDS if part == "amount" else (None, None)
            name = f"{where}.{part}"
            parts[part] = _column(name, kind, own, name, bounds, shared, faults)
    return cb.Support(level, parts.get("funder"), parts.get("link"), parts.get("amount"))


def _concerns(key: str, part: str) -> bool:
    """Return whether a key of a support says how this one of its columns is read."""
    of_amount = key in ("unit", "min", "max", "three_digits")
    of_funder = key in ("separator", "answers")
    if key == "decisions":
        return part != "link"
    return part == "amount" if of_amount else part == "funder" if of_funder else False
