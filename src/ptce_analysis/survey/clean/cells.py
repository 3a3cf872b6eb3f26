"""Columns to readings: each different text is read once, by a tuple of named rules, then given back to its rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ptce_analysis.survey.codebook import NUMERIC, SILENT, Codebook, Variable
from ptce_analysis.survey.parse import amounts, choices, levels, staffs, words
from ptce_analysis.survey.parse.levels import together
from ptce_analysis.survey.parse.words import plain, tidy
from ptce_analysis.survey.read.archive import number_text

Reading = words.Reading
# The statuses of a cell: those of the parser, and what only the questionnaire and the codebook can say.
CELL_STATUSES = words.STATUSES | {
    "not_answered": "the cell is blank",
    "not_asked": "the questionnaire did not ask, or did not ask this respondent",
    "implausible": "the value is outside the bounds of the codebook",
}
STATED = ("exact", "approximate", "zero")
SET_ASIDE = ("range", "ambiguous", "unreadable", "implausible")


@dataclass(frozen=True)
class CellRule:
    """A rule about one text of one column: its name, what it does, and what it makes of the text (None: nothing)."""

    name: str
    does: str
    reads: Callable[[str, Variable, Codebook], Reading | None]


@dataclass(frozen=True)
class Column:
    """A column read: its different texts, the reading of each, and for each row the position of its text."""

    variable: Variable
    header: str
    codes: npt.NDArray[np.int32]
    texts: list[str]
    readings: list[Reading]

    def statuses(self) -> npt.NDArray[np.object_]:
        """Return the status of each row."""
        return np.array([reading.status for reading in self.readings] or [""], object)[self.codes]

    def numbers(self) -> npt.NDArray[np.float64]:
        """Return the number each row states, NaN where none is."""
        values = [float(r.value) if isinstance(r.value, (int, float)) else np.nan for r in self.readings]
        return np.array(values or [np.nan])[self.codes]

    def words(self) -> npt.NDArray[np.object_]:
        """Return the code or text each row states, "" where none is."""
        return np.array([written(reading) for reading in self.readings] or [""], object)[self.codes]


def read_column(cells: list[str], header: str, variable: Variable, codebook: Codebook) -> Column:
    """Return a column read by the codebook: linear in rows, each different text parsed once."""
    import pandas as pd

    codes, texts = pd.factorize(np.array(cells, object), use_na_sentinel=False)
    readings = [read_cell(str(text), variable, codebook) for text in texts]
    return Column(variable, header, codes.astype(np.int32), [str(text) for text in texts], readings)


def read_cell(text: str, variable: Variable, codebook: Codebook) -> Reading:
    """Return what one cell states: the first rule that knows the text, then the plausibility bounds."""
    for rule in CELL_RULES:
        if (reading := rule.reads(text, variable, codebook)) is not None:
            return reading
    return Reading(text, None, None, "unreadable", "no_rule")


def repeated(text: str, n: int) -> npt.NDArray[np.object_]:
    """Return one text n times: one object, where `np.full` would make n of them."""
    return np.repeat(np.array([text], object), n)


def written(reading: Reading) -> str:
    """Return the value of a reading as the clean tables write it, "" for none."""
    if isinstance(reading.value, tuple):
        return "|".join(reading.value)
    return number_text(repr(reading.value)) if isinstance(reading.value, (int, float)) else reading.value or ""


def _blank(text: str, variable: Variable, codebook: Codebook) -> Reading | None:  # noqa: ARG001 (one signature)
    return None if tidy(text) else Reading(text, None, None, "not_answered", "blank")


def _not_shown(text: str, variable: Variable, codebook: Codebook) -> Reading | None:
    shown = variable.kind in ("id", "text") or plain(text) not in codebook.layout.not_shown
    return None if shown else Reading(text, None, None, "not_asked", "not_shown")


def _decided(text: str, variable: Variable, codebook: Codebook) -> Reading | None:
    """Read the codebook's reading of a spelling in the place of the spelling."""
    chosen = variable.answers.get(plain(text), variable.decisions.get(plain(text)))
    if chosen is None or variable.kind == "level":
        return None
    if chosen in SILENT:
        return Reading(text, None, None, chosen, "codebook_decision")
    if variable.kind in ("choice", "multi", "text", "id"):
        return Reading(text, chosen, None, "exact", "codebook_decision")
    plainly = replace(variable, answers={}, decisions={}, unit="" if variable.kind == "amount" else variable.unit)
    reading = _bounded(_as_kind(chosen, plainly, codebook), plainly)
    return replace(reading, text=text, rule="codebook_decision" if reading.status in STATED else reading.rule)


def _as_kind(text: str, variable: Variable, codebook: Codebook) -> Reading:
    """Read a text as its kind of answer."""
    if variable.kind == "level":
        return together(text, funders(text, variable, codebook))
    if variable.kind in NUMERIC:
        return _NUMBERS[variable.kind](text, variable.unit or None, variable.three_digits)
    return _WORDS[variable.kind](text, variable)


def funders(text: str, variable: Variable, codebook: Codebook) -> list[Reading]:
    """Return the reading of each funder a cell names."""
    if _blank(text, variable, codebook) or _not_shown(text, variable, codebook):
        return []
    decisions = {**variable.decisions, **variable.answers}
    parts = split_labels(text, tuple(decisions), variable.separator) if variable.separator else [text]
    return [reading for part in parts for reading in levels.level_parts(part, codebook.wave or None, decisions)]


def _plausible(text: str, variable: Variable, codebook: Codebook) -> Reading | None:
    return _bounded(_as_kind(text, variable, codebook), variable)


def _bounded(reading: Reading, variable: Variable) -> Reading:
    """Return a reading without its value if that is outside the bounds. Nothing is rescaled."""
    value = reading.value
    if not isinstance(value, (int, float)):
        return reading
    low, high = variable.low, variable.high
    if (low is None or value >= low) and (high is None or value <= high):
        return reading
    bounds = (
        f"{value:.15g} is outside {'…' if low is None else f'{low:.15g}'} to {'…' if high is None else f'{high:.15g}'}"
    )
    return replace(reading, value=None, status="implausible", rule=bounds)


def _kept(text: str, variable: Variable) -> Reading:  # noqa: ARG001
    return Reading(text, tidy(text), None, "exact", "spaces")


def _as_written(text: str, variable: Variable) -> Reading:  # noqa: ARG001
    return Reading(text, text.strip(), None, "exact", "spaces")


def _choice(text: str, variable: Variable) -> Reading:
    """Read one answer out of the codebook's list; without a list, any text."""
    if not variable.answers:
        return _as_written(text, variable)
    codes = {plain(code): code for code in variable.answers.values()}
    code = codes.get(plain(text))
    quiet = words.no_value(text)
    return Reading(text, code, None, "exact", "answer_code") if code else quiet or _unlisted(text)


def _multi(text: str, variable: Variable) -> Reading:
    """Read several answers in one cell, split on the labels the codebook knows."""
    parts = split_labels(text, tuple(variable.answers), variable.separator)
    found = [
        variable.answers.get(plain(part)) or {plain(v): v for v in variable.answers.values()}.get(plain(part))
        for part in parts
    ]
    if variable.answers and not all(found):
        return words.no_value(text) or _unlisted(text)
    codes = [code for code in found if code] if variable.answers else parts
    return Reading(text, tuple(dict.fromkeys(codes)), None, "exact", "several_answers")


def _unlisted(text: str) -> Reading:
    return Reading(text, None, None, "unreadable", "answer_not_in_the_codebook")


def split_labels(text: str, labels: tuple[str, ...], separator: str = "") -> list[str]:
    """Return the answers in one cell: known labels first, because a label may hold the separator itself.

    >>> split_labels("Région, ville ou agglo, Europe", ("region, ville ou agglo",), ",")
    ['Région, ville ou agglo', 'Europe']
    """
    mark = re.escape(separator.strip() or separator) if separator else r"[;|\n]" if not labels else r"[;,|\n]"
    rest, parts = text, list[str]()
    known = sorted((label for label in map(plain, labels) if re.search(mark, label)), key=len, reverse=True)
    while rest.strip():  # not `tidy`: it would read the whole rest again for each part
        label = next((n for n in known if _starts(rest, n, mark)), "")
        end = re.search(rf"{mark}|\Z", rest)
        size = _length(rest, label) if label else end.start() if end else len(rest)
        parts.append(rest[:size].strip())
        rest = re.sub(rf"^\s*(?:{mark})?", "", rest[size:], count=1)
    return [part for part in parts if part]


def _starts(text: str, label: str, mark: str) -> bool:
    """Return whether a text opens with a label that ends there or at a separator."""
    size = _length(text, label)
    return size > 0 and re.match(rf"\s*(?:{mark}|$)", text[size:]) is not None


def _length(text: str, label: str) -> int:
    """Return how many characters of a text spell a label, 0 if none do."""
    for size in range(min(len(text), len(label) + 12), 0, -1):
        if plain(text[:size]) == label and not text[:size].endswith(" "):
            return size
    return 0


_NUMBERS: dict[str, Callable[[str, str | None, str], Reading]] = {
    "amount": amounts.amount, "share": staffs.share, "staff": staffs.staff, "count": staffs.count,
}  # fmt: skip
_WORDS: dict[str, Callable[[str, Variable], Reading]] = {
    "id": _kept,
    "text": _as_written,
    "choice": _choice,
    "multi": _multi,
    "stage": lambda text, _: choices.stage(text),
    "legal_form": lambda text, _: choices.legal_form(text),
    "yes_no": lambda text, _: choices.yes_no(text),
    "date": lambda text, _: choices.day(text),
}
CELL_RULES = (
    CellRule("blank", "a blank cell is not answered", _blank),
    CellRule("not_shown", "a question the software did not show is not asked", _not_shown),
    CellRule("codebook_decision", "a spelling the codebook decides is read as it says", _decided),
    CellRule("read", "a text is read as its kind of answer; a value outside its bounds is set aside", _plausible),
)
