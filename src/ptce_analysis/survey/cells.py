"""The cells of a column as what they state: each text by the kind of answer its codebook says, within its bounds."""

from dataclasses import replace

import numpy as np
import pandas as pd

from ptce_analysis.survey import codebook as books
from ptce_analysis.survey.codebook import SILENT, Codebook, Variable
from ptce_analysis.survey.grid import number_text
from ptce_analysis.survey.parse import choices, levels, words
from ptce_analysis.survey.parse.words import Reading, plain, tidy

SET_ASIDE = ("range", "ambiguous", "unreadable", "implausible")


def read_column(cells: list[str], variable: Variable, book: Codebook) -> pd.DataFrame:
    """Return what each cell of a column states, as `survey.tables` says; each different text is read once.

    A column of funders also has `levels`, those it names (`inconnu` for one that cannot be placed), and `answered`.
    """
    at, texts = pd.factorize(np.array(cells, object))
    month_first = variable.kind == "date" and choices.months_first(texts)
    readings = [read_cell(text, variable, book, month_first) for text in texts]
    found = pd.DataFrame(
        {
            "raw": texts,
            "number": np.array([r.value if isinstance(r.value, (int, float)) else np.nan for r in readings], float),
            "word": [_written(reading) for reading in readings],
            "status": [reading.status for reading in readings],
            "rule": [reading.rule for reading in readings],
            "reason": [f"{one.status}: {one.rule}" if one.status in SET_ASIDE else "" for one in readings],
        }
    )
    if variable.kind == "level":
        named = [funders(text, variable, book) for text in texts]
        found["levels"] = pd.Series([_placed(parts) for parts in named], dtype=object)
        nobody = [any(part.status in ("zero", "not_applicable") for part in parts) for parts in named]
        found["answered"] = found["levels"].astype(bool) | np.array(nobody, bool)
    return found.take(at).reset_index(drop=True)


def _written(reading: Reading) -> str:
    """The value of a reading as the clean tables write it, "" for none."""
    if isinstance(reading.value, tuple):
        return "|".join(reading.value)
    return number_text(repr(reading.value)) if isinstance(reading.value, (int, float)) else reading.value or ""


def read_cell(text: str, variable: Variable, book: Codebook, month_first: bool | None = False) -> Reading:
    """Return what one cell states: a silence, what the codebook decides, or what its kind of answer reads in it.

    `month_first`: the dates of the column are read so, None if in no one order.
    """
    if not tidy(text):
        return Reading(text, None, None, "not_answered", "blank")
    if variable.kind != "id" and plain(text) in book.layout.not_shown:
        return Reading(text, None, None, "not_asked", "not_shown")
    chosen = variable.answers.get(plain(text), variable.decisions.get(plain(text)))
    if variable.kind == "date" and chosen is None:
        return choices.day(text, month_first)
    if chosen is None or variable.kind == "level":
        return _bounded(_as_kind(text, variable, book), variable)
    if chosen in SILENT:
        return Reading(text, None, None, chosen, "codebook_decision")
    if variable.kind in ("choice", "multi", "text", "id"):
        return Reading(text, chosen, None, "exact", "codebook_decision")
    plainly = replace(variable, answers={}, decisions={}, unit="" if variable.kind == "amount" else variable.unit)
    reading = _bounded(_as_kind(chosen, plainly, book), plainly)
    stated = reading.status in ("exact", "approximate", "zero")
    return replace(reading, text=text, rule="codebook_decision" if stated else reading.rule)


def _as_kind(text: str, variable: Variable, book: Codebook) -> Reading:
    """Read a text as its kind of answer."""
    kind = variable.kind
    if kind in books.NUMERIC:
        return books.READERS[kind](text, variable.unit or None, variable.three_digits)
    if kind == "level":
        return levels.together(text, funders(text, variable, book))
    if kind in books.READERS:
        return books.READERS[kind](text)
    if kind == "multi" or (kind == "choice" and variable.answers):
        parts = choices.split_labels(text, variable.answers, variable.separator) if kind == "multi" else [text]
        listed = {plain(code): code for code in variable.answers.values()} | dict(variable.answers)
        found = tuple(dict.fromkeys(listed.get(plain(part), "") for part in parts)) if variable.answers else (*parts,)
        if not all(found):
            return words.no_value(text) or Reading(text, None, None, "unreadable", "answer_not_in_the_codebook")
        value, rule = (found, "several_answers") if kind == "multi" else (found[0], "answer_code")
        return Reading(text, value, None, "exact", rule)
    return Reading(text, tidy(text) if kind == "id" else text.strip(), None, "exact", "spaces")


def _bounded(reading: Reading, variable: Variable) -> Reading:
    """The reading without its value if that is outside the bounds. Nothing is rescaled."""
    value, low, high = reading.value, variable.low, variable.high
    if not isinstance(value, (int, float)) or ((low is None or value >= low) and (high is None or value <= high)):
        return reading
    least, most = ("…" if bound is None else f"{bound:.15g}" for bound in (low, high))
    return replace(reading, value=None, status="implausible", rule=f"{value:.15g} is outside {least} to {most}")


def funders(text: str, variable: Variable, book: Codebook) -> list[Reading]:
    """Return the reading of each funder a cell names."""
    if not tidy(text) or plain(text) in book.layout.not_shown:
        return []
    decisions = {**variable.decisions, **variable.answers}
    parts = choices.split_labels(text, decisions, variable.separator) if variable.separator else [text]
    read = [reading for part in parts for reading in levels.level_parts(part, book.wave or None, decisions)]
    return [one for one in read if one.rule != "codebook_decision" or one.value] or read  # who is no funder is nothing


def _placed(readings: list[Reading]) -> tuple[str, ...]:
    """The levels some readings name, `inconnu` for a funder that cannot be placed."""
    unplaced = any(reading.status in ("ambiguous", "unreadable") for reading in readings)
    named = (code for reading in readings for code in levels.codes(reading))
    return levels.in_order([*named, *["inconnu"] * unplaced])
