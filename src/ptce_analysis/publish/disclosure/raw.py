"""What to look for that only the raw answers hold: every distinctive name, id, contact and piece of free text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ptce_analysis.errors import InputError
from ptce_analysis.publish.disclosure.leaks import folded
from ptce_analysis.publish.disclosure.words import own_words
from ptce_analysis.survey.clean import laid_out
from ptce_analysis.survey.codebook import Codebook, Layout, read_codebook
from ptce_analysis.survey.read import Grid, read

EXPORTS = (".csv", ".tsv", ".txt", ".xlsx", ".ods")
# Kinds of answers that a questionnaire closes, or that are numbers: they name nobody.
CLOSED_KINDS = (
    "choice",
    "multi",
    "yes_no",
    "date",
    "stage",
    "legal_form",
    "count",
    "amount",
    "share",
    "staff",
    "level",
)

# Assumption: a cell names somebody when it has 5 letters or 9 digits and stands in at most 2 rows; a longer text is
# quoted when 8 words of it follow each other. Source: the fields of survey exports. If wrong: some respondent's short
# name or quotation is not searched for; the report says how many cells were too short.
LEAST_LETTERS, LEAST_DIGITS, MOST_ROWS, QUOTED_WORDS = 5, 9, 2, 8


@dataclass(frozen=True)
class Needle:
    """Something to look for: the words, folded, and the raw cell that they come from."""

    words: str
    where: str


def needles(folder: Path) -> list[Needle]:
    """Return what to look for from every export below a folder; a codebook beside an export says what its columns are.

    Raises
    ------
    InputError
        If there is no export, or one cannot be read.
    """
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in EXPORTS and path.is_file())
    if not paths:
        raise InputError(f"{folder}: no export ({', '.join(EXPORTS)}) to take raw values from. Give their folder.")
    return given(cell for path in paths for cell in _open_cells(path))


def given(cells: Iterable[tuple[str, str]]) -> list[Needle]:
    """Return what to look for from cells given as (where, text)."""
    cells = list(cells)
    rows = Counter(folded(text) for _, text in cells)
    found = {
        words: Needle(words, where)
        for where, text in cells
        if rows[folded(text)] <= MOST_ROWS
        for words in _distinctive(text)
    }
    return [needle for words, needle in found.items() if words not in own_words()]


def _distinctive(text: str) -> Iterator[str]:
    """The words of a cell that name somebody: the whole, each quotation of a long one, and codes inside it."""
    whole = folded(text)
    words = whole.split()
    if _names(whole):
        yield whole
    for start in range(len(words) - QUOTED_WORDS + 1):
        yield f" {' '.join(words[start : start + QUOTED_WORDS])} "
    for code in re.findall(r"[^\W_]+(?:[-_./@][^\W_]+)*", text):
        if len(words) > 1 and len(code) > LEAST_LETTERS and re.search(r"\d", code) and re.search(r"[^\W\d]", code):
            yield folded(code)


def _names(words: str) -> bool:
    letters, digits = sum(map(str.isalpha, words)), sum(map(str.isdigit, words))
    return letters >= LEAST_LETTERS or digits >= LEAST_DIGITS or (letters > 0 and letters + digits >= LEAST_LETTERS)


def _open_cells(path: Path) -> Iterator[tuple[str, str]]:
    """The cells of an export that no question closes, each with where it stands."""
    book = _codebook(path.parent)
    layout = book.layout if book else Layout()
    grid = read(path, encoding=layout.encoding, separator=layout.separator, sheet=layout.sheet)
    headers, rows, numbers = _laid_out(grid, book)
    closed = _closed_columns(headers, book)
    for number, row in zip(numbers, rows, strict=True):
        for column, text in enumerate(row):
            if column not in closed and text.strip():
                name = headers[column] if column < len(headers) else ""
                yield f"{path.name}, row {number}, column {name or column + 1}", text


def _codebook(folder: Path) -> Codebook | None:
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in (".yml", ".yaml"))
    return read_codebook(found[0]) if found else None


def _laid_out(grid: Grid, book: Codebook | None) -> tuple[list[str], list[list[str]], list[int]]:
    if book is None:
        return (list(grid.rows[0]), grid.rows[1:], grid.numbers[1:]) if grid.rows else ([], [], [])
    answers = laid_out(grid, book)
    return list(answers.names), answers.whole, answers.numbers


def _closed_columns(headers: Collection[str], book: Codebook | None) -> set[int]:
    if book is None:
        return set()
    closed = {folded(h) for variable in book.columns() if variable.kind in CLOSED_KINDS for h in variable.headers}
    return {column for column, name in enumerate(headers) if folded(name) in closed}
