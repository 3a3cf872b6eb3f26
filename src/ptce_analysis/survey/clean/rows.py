"""Which lines are answers: a tuple of named rules, each of which sets lines aside with its reason."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ptce_analysis.survey.clean.layout import Table
from ptce_analysis.survey.codebook import COMPLETE, Codebook
from ptce_analysis.survey.parse.choices import day
from ptce_analysis.survey.parse.words import SPREADSHEET_ERROR, plain, tidy

Mask = npt.NDArray[np.bool_]

_TOTALS = (
    "total", "totaux", "total general", "sous-total", "sous total", "ensemble", "somme", "moyenne", "moyennes",
    "mediane", "minimum", "maximum", "ecart-type", "nb", "nombre", "nombre de reponses", "effectif", "cumul",
    "total / moyenne",
)  # fmt: skip
_TEST = re.compile(r"(?:test|tests|essai|pilote|toto|azerty|qsdf|asdf|exemple|demo|aaa+|xxx+)[ _.-]*[0-9]*")


@dataclass(frozen=True)
class RowRule:
    """A rule about lines: its name (the reason in the quarantine), what it sets aside, and the lines it concerns."""

    name: str
    sets_aside: str
    concerns: Callable[[Table, Codebook, Mask], Mask]


def _total(table: Table, codebook: Codebook, kept: Mask) -> Mask:  # noqa: ARG001 (one signature for all rules)
    marks = {*(codebook.layout.total_rows or _TOTALS)}
    first = [next((cell for cell in row if cell.strip()), "") for row in table.whole]
    return np.logical_or(_spelt(first, marks), _spelt(table.cells["pole_id"], marks))


def _spelt(cells: list[str], marks: set[str]) -> Mask:
    """Return which cells are one of the marks, each spelling being looked at once."""
    if not marks:
        return np.zeros(len(cells), bool)
    known = {cell: plain(cell).rstrip(" :.") in marks for cell in set(cells)}
    return np.fromiter((known[cell] for cell in cells), bool, len(cells))


def _header_again(table: Table, codebook: Codebook, kept: Mask) -> Mask:  # noqa: ARG001
    names = [plain(name) for name in table.names]
    likely = _spelt(table.cells["pole_id"], {plain(table.header["pole_id"])})
    for position in np.flatnonzero(likely).tolist():
        row = table.whole[position]
        likely[position] = all(not cell.strip() or plain(cell) == name for cell, name in zip(row, names, strict=True))
    return likely


def _unanswered(table: Table, codebook: Codebook, kept: Mask) -> Mask:  # noqa: ARG001
    identity = {"pole_id", codebook.layout.respondent}
    aside = {v.name for v in codebook.variables if v.kind in ("id", "date")} | identity
    answers = [cells for name, cells in table.cells.items() if name not in aside]
    blank = np.ones(len(table.numbers), bool)
    for cells in answers:
        blank &= np.fromiter((not cell or cell.isspace() for cell in cells), bool, len(cells))
    return blank


def _test(table: Table, codebook: Codebook, kept: Mask) -> Mask:  # noqa: ARG001
    marks = {*codebook.layout.test_rows}
    masks = np.zeros(len(table.numbers), bool)
    for name in {"pole_id", codebook.layout.respondent}:
        cells = table.cells[name]
        known = {cell: plain(cell) in marks or bool(_TEST.fullmatch(plain(cell))) for cell in set(cells)}
        masks |= np.fromiter((known[cell] for cell in cells), bool, len(cells))
    return masks


def _incomplete(table: Table, codebook: Codebook, kept: Mask) -> Mask:  # noqa: ARG001
    if not codebook.layout.complete:
        return np.zeros(len(table.numbers), bool)
    cells = table.cells[COMPLETE]
    return np.fromiter((plain(cell) in ("", "n", "non", "no", "na", "n/a") for cell in cells), bool, len(cells))


def _excluded(table: Table, codebook: Codebook, kept: Mask) -> Mask:  # noqa: ARG001
    return _spelt(table.cells["pole_id"], {plain(pole) for pole in codebook.exclude})


def _nameless(table: Table, codebook: Codebook, kept: Mask) -> Mask:  # noqa: ARG001
    cells = table.cells["pole_id"]
    known = {cell: not tidy(cell) or bool(SPREADSHEET_ERROR.fullmatch(tidy(cell))) for cell in set(cells)}
    return np.fromiter((known[cell] for cell in cells), bool, len(cells))


def _same_respondent(table: Table, codebook: Codebook, kept: Mask) -> Mask:
    return _replaced(table, codebook, kept, codebook.layout.respondent)


def _same_identifier(table: Table, codebook: Codebook, kept: Mask) -> Mask:
    return _replaced(table, codebook, kept, "pole_id")


def _replaced(table: Table, codebook: Codebook, kept: Mask, name: str) -> Mask:
    """Return all answers of one respondent but the latest; where nothing says which is the latest, all of them."""
    # Assumption: a later answer replaces an earlier one. Source: survey software lets a respondent answer again.
    # If wrong: a corrected identifier (decisions), or the codebook's `exclude` list, decides.
    groups, keys = defaultdict[str, list[int]](list), _keys(table, codebook, name)
    positions = np.flatnonzero(kept).tolist()
    n_lines = Counter(keys[position] for position in positions)
    for position in positions:
        if n_lines[keys[position]] > 1 and keys[position]:
            groups[keys[position]].append(position)
    mask = np.zeros(len(table.numbers), bool)
    for same in groups.values():
        best = _kept_answer(table, codebook, same)
        mask[[position for position in same if position != best]] = True
    return mask


def _keys(table: Table, codebook: Codebook, name: str) -> list[str]:
    """Return what identifies the respondent of each line, the spelling aside."""
    decisions = next(v.decisions for v in codebook.variables if v.name == name)
    known = {cell: decisions.get(plain(cell), cell) for cell in set(table.cells[name])}
    known = {cell: plain(chosen) or tidy(chosen) for cell, chosen in known.items()}
    return [known[cell] for cell in table.cells[name]]


def _kept_answer(table: Table, codebook: Codebook, positions: list[int]) -> int | None:
    """Return the answer to keep: the latest, else the fullest, else any if they are all the same, else none."""
    dates = [v.name for v in codebook.variables if v.kind == "date"]
    identity = {"pole_id", *dates, COMPLETE}
    answers = [name for name in table.cells if name not in identity]

    def rank(position: int) -> tuple[str, int]:
        when = max((str(day(table.cells[name][position]).value or "") for name in dates), default="")
        return when, sum(1 for name in answers if table.cells[name][position].strip())

    best = max(map(rank, positions))
    first = [position for position in positions if rank(position) == best]
    contents = {tuple(plain(table.cells[name][position]) for name in answers) for position in first}
    return first[0] if len(contents) == 1 else None


ROW_RULES = (
    RowRule("total_row", "a total, mean or count under the answers", _total),
    RowRule("header_again", "the header, repeated among the answers", _header_again),
    RowRule("no_identifier", "a line without the pole's identifier: a note, or an answer from nobody", _nameless),
    RowRule("no_answer", "a line with an identifier and no answer: a note, or an empty questionnaire", _unanswered),
    RowRule("test_row", "a trial of the questionnaire", _test),
    RowRule("excluded_by_the_codebook", "a pole the codebook leaves out, with its reason", _excluded),
    RowRule("incomplete", "an answer never submitted, by the codebook's completion column", _incomplete),
    RowRule("duplicate_respondent", "an answer replaced by a later or fuller one, or not ranked", _same_respondent),
    RowRule("duplicate_identifier", "the same, for two lines with one identifier of the pole", _same_identifier),
)  # fmt: skip


def set_aside(table: Table, codebook: Codebook) -> npt.NDArray[np.int8]:
    """Return, for each line, the position of the first rule that sets it aside, -1 for the lines kept."""
    found = np.full(len(table.numbers), -1, np.int8)
    for position, rule in enumerate(ROW_RULES):
        kept = found < 0
        found[rule.concerns(table, codebook, kept) & kept] = position
    return found
