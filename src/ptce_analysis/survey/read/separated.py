"""Text files of separated values: CSV as French and English software write it."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ptce_analysis.errors import InputError
from ptce_analysis.survey.read.encoding import MOJIBAKE, decoded, scrambled_cells, unscrambled
from ptce_analysis.survey.read.grid import Grid, Keeper, Limits, Note, is_blank

# In this order when the evidence is equal: French software first.
SEPARATORS = (";", "\t", ",", "|")
_SEP_LINE = re.compile(r'"?sep=(.)"?[^\S\n]*\n', re.I)
_TRIED = 30


@dataclass(frozen=True)
class _Opened:
    """A text ready to be cut into cells: without its `sep=` line, with one kind of line end."""

    text: str
    separator: str
    first_line: int
    notes: tuple[Note, ...]


def read_separated(data: bytes, file: str, limits: Limits, encoding: str = "", separator: str = "") -> Grid:
    """Return the grid of a separated file; the encoding and the separator are recognised unless given.

    Raises
    ------
    InputError
        If the bytes are not text, a quote is never closed, or a limit is passed; the message names the line.
    """
    text, notes = decoded(data, file, encoding)
    opened = _opened(text, separator)
    keeper, rows, numbers, repairs = Keeper(file, limits), [], [], list[Note]()
    scrambled = MOJIBAKE.search(opened.text) is not None
    for number, cells in _records(opened, file):
        if not is_blank(cells):
            right = [unscrambled(cell) for cell in cells] if scrambled else cells
            repairs += scrambled_cells(number, cells, right) if scrambled else ()
            rows.append(keeper.keep(number, right))
            numbers.append(number)
    return Grid(file, rows, numbers, (*notes, *opened.notes, *repairs))


def _opened(text: str, separator: str) -> _Opened:
    """Return the text with its line ends and `sep=` line dealt with, and the separator."""
    notes = []
    if "\r" in text:
        if len({match[0] for match in re.finditer("\r\n|\r|\n", text)}) > 1 and not _quoted_ends(text):
            notes.append(Note(0, None, "mixed line ends", "\\n", "line_ends"))
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    stated = _SEP_LINE.match(text)
    if stated:
        text = text[stated.end() :]
        notes.append(Note(1, None, stated[0].strip(), "", "separator_line"))
    found = separator or (stated[1] if stated else sniffed(text))
    if found != ",":
        notes.append(Note(0, None, found.replace("\t", "\\t"), ",", "separator"))
    return _Opened(text, found, 2 if stated else 1, tuple(notes))


def _quoted_ends(text: str) -> bool:
    """Return whether the lone line feeds are all inside quotes, as in a spreadsheet's cell with several lines."""
    outside = re.sub(r'"[^"]*"', "", text)
    return len({match[0] for match in re.finditer("\r\n|\r|\n", outside)}) <= 1


def sniffed(text: str) -> str:
    """Return the separator of a text: the one that cuts its first records into the same number of cells, the most.

    The header counts: a decimal comma in a file of semicolons is not a separator.

    >>> sniffed("id;Budget, en k€;stage\\n1;25,5;création\\n")
    ';'
    """
    scores = {separator: _score(text, separator) for separator in SEPARATORS}
    best = max(SEPARATORS, key=lambda separator: scores[separator])
    return best if scores[best][2] > 0 else ","


def _score(text: str, separator: str) -> tuple[bool, int, float]:
    """Return whether most first records have one width, how few titles precede them, how many cells."""
    start = "\n".join(text[:200_000].split("\n")[:_TRIED])
    try:
        records = list(csv.reader(start.splitlines(keepends=True), delimiter=separator))
    except csv.Error:  # the reading itself names the line
        return False, 0, 0
    widths = [len(cells) for cells in records if not is_blank(cells)]
    titles = next((position for position, width in enumerate(widths) if width > 1), 0)
    width, n = Counter(widths[titles:]).most_common(1)[0] if widths else (1, 0)
    return n >= 0.7 * len(widths[titles:]) and width > 1, -titles, n * (width - 1)


def _records(opened: _Opened, file: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each record with the line it starts on."""
    reader = csv.reader(_lines(opened.text), delimiter=opened.separator, strict=True)
    start = opened.first_line
    try:
        for cells in reader:
            following = opened.first_line + reader.line_num
            if following - start > 1 and any(_swallowed(cell, len(cells), opened.separator) for cell in cells):
                raise InputError(
                    f"{file}, line {start}: a quoted cell holds what looks like whole rows. "
                    "A quote is missing or in excess: mend the export, or export it again."
                )
            yield start, cells
            start = following
    except csv.Error as error:
        raise InputError(
            f"{file}, line {start}: the quotes of this row do not close properly ({error}). "
            "The file is truncated or was edited by hand: export it again."
        ) from error


def _swallowed(cell: str, width: int, separator: str) -> bool:
    """Return whether a cell holds row ends: two stray quotes join rows into one of the same width, and lose them.

    Rows of w cells joined at k line ends leave k × (w - 1) separators inside the cell.
    """
    return width > 2 and "\n" in cell and cell.count(separator) == cell.count("\n") * (width - 1)


def _lines(text: str) -> Iterator[str]:
    """Yield the lines of a text one by one: a list of them would hold a second copy of the file."""
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield text[start : end + 1]
        start = end + 1
    yield text[start:] + "\n"
