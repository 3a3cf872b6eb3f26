"""Exports of LimeSurvey in a draft: the columns the software adds, and headers that are codes of questions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ptce_analysis.survey.codebook.draft_header import Column
from ptce_analysis.survey.parse import amounts, choices
from ptce_analysis.survey.parse.words import plain

SUBMITTED = re.compile(r"submitdate|date de soumission")
ANSWER_NUMBER = re.compile(r"id|id de la reponse|reponse id|response id")
# What the software adds: never a question, and an address or a token would say who answered.
_ADDED = re.compile(
    r"lastpage|derniere page|startlanguage|langue de (?:depart|demarrage|base)|start language|last page|seed|"
    r"tete de serie|startdate|date (?:de lancement|de debut)|date started|datestamp|date (?:de la )?derniere action|"
    r"date last action|ipaddr|adresse ip|ip address|refurl|url (?:de reference|referente)|referrer url|token|"
    r"(?:code|jeton) d'(?:acces|invitation)|access code|interviewtime|temps total|total time|"
    r"grouptime ?[0-9]+|groupe? ?time ?[0-9]+|.*time"
)
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,29}(?:\[[A-Za-z0-9_]+\](?:\[[A-Za-z0-9_]+\])?)?")
_ANSWER_CODE = re.compile(r"[A-Z]{1,2}[0-9]{1,4}|-oth-")
_ANONYMISED = "1980-01-01"
_NOT_SHOWN = "N/A"
_LOOKED_AT = 20


@dataclass(frozen=True)
class Software:
    """What LimeSurvey put in an export: the column of submission, those it adds, and whether headers are codes."""

    submitted: Column | None
    added: tuple[Column, ...]
    questions: list[Column]


def software(columns: list[Column]) -> Software | None:
    """Return what LimeSurvey put in an export, or None for an export of other software."""
    submitted = next((column for column in columns if SUBMITTED.fullmatch(plain(column.header))), None)
    added = tuple(column for column in columns if _ADDED.fullmatch(plain(column.header)))
    numbered = any(ANSWER_NUMBER.fullmatch(plain(column.header)) for column in columns)
    if not (numbered and (submitted or added)):
        return None
    return Software(submitted, added, [column for column in columns if column not in added])


def is_code(column: Column) -> bool:
    """Return whether a header is the code of a question or of a part of it: `Q7[SQ002]`, `Q7[other]`."""
    header = column.header
    return bool(_CODE.fullmatch(header)) and (any(c.isdigit() for c in header) or "[" in header)


def code_kind(column: Column) -> str:
    """Return what the answers to a coded question are: `yes_no`, `choice` (codes of answers), `numbers` or `text`.

    What is written beside a choice (`[other]`, `[SQ002comment]`) is text.
    """
    if re.search(r"(?:other|comment)\]$", column.header):
        return "text"
    cells = [cell for cell in dict.fromkeys(column.cells) if plain(cell) != plain(_NOT_SHOWN)][:_LOOKED_AT]
    if cells and all(_ANSWER_CODE.fullmatch(cell.strip()) for cell in cells):
        return "choice"
    if cells and all(amounts.amount(cell).value is not None for cell in cells):
        return "numbers"
    return "yes_no" if cells and all(choices.yes_no(cell).value for cell in cells) else "text"


def layout_lines(found: Software) -> Iterable[str]:
    """Yield the entries of `layout` that the software's own columns and marks call for."""
    if found.submitted and found.submitted.cells:
        yield f"complete: {json.dumps(found.submitted.header, ensure_ascii=False)}"
    if any(cell.strip() == _NOT_SHOWN for column in found.questions for cell in column.cells):
        yield f"not_shown: [{_NOT_SHOWN}]"


def left_to_finish(found: Software, coded: Mapping[str, Column], pole_id: Column) -> Iterable[str]:
    """Yield what is to be finished by hand; `coded` are the variables whose header is the code of a question."""
    if ANSWER_NUMBER.fullmatch(plain(pole_id.header)):
        yield "pole_id is the number of the answer: give the header of the question that names the pole"
    if found.submitted and found.submitted.cells:
        yield "answers without a submission date are set aside (layout: complete): delete that line to keep them"
        if all(cell.startswith(_ANONYMISED) for cell in found.submitted.cells):
            yield "the dates are anonymised: of two answers of one pole, they do not say which is the later"
    if found.added:
        yield f"left out, as the software adds them: {', '.join(column.header for column in found.added)}"
    if coded:
        yield from _codes_to_finish(coded)


def _codes_to_finish(coded: Mapping[str, Column]) -> Iterable[str]:
    """Yield what codes of questions leave to be said: what each asks, and which are supports."""
    by_kind: dict[str, list[str]] = {}
    for name, column in coded.items():
        by_kind.setdefault(code_kind(column), []).append(name)
    yield "headers are codes of questions: call each variable by what the questionnaire asks, with its kind and unit"
    if names := by_kind.get("numbers"):
        yield f"numbers, kept as text until their kind is known (count, amount, share or staff): {', '.join(names)}"
    if names := by_kind.get("choice"):
        yield f"codes of answers, to be given their meaning (answers: {{A1: …}}): {', '.join(names)}"
    ticked = [coded[name].header for name in by_kind.get("yes_no", ())]
    example = ticked[0] if ticked else "Q7[SQ001]"
    yield (
        "supports: move each question on a collectivity there from the variables, for example "
        f'- {{level: region, link: "{example}"}}, or amount: and unit: for one that holds money'
    )
