"""The grid every export becomes: rows of text with their numbers in the file, within limits, under header lines."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from math import isfinite

from ptce_analysis.errors import InputError, if_shown
from ptce_analysis.survey.parse.words import tidy

# The header is one of the first lines: what is above it is a title.
SEARCHED = 40
NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:E[-+]?[0-9]+)?", re.I)


@dataclass(frozen=True)
class Limits:
    """How much an export may hold. They are checked while reading, before the memory is spent."""

    n_bytes: int = 100_000_000
    n_inflated: int = 100_000_000
    n_rows: int = 120_000
    n_columns: int = 2_000
    n_cells: int = 10_000_000
    n_characters: int = 32_767
    n_merged: int = 10_000


@dataclass(frozen=True)
class Note:
    """Something done to the file while reading it: row 0 is the whole file, no column is the whole row."""

    row: int
    column: int | None
    raw_value: str
    value: str
    rule: str


@dataclass(frozen=True)
class Grid:
    """The non-blank rows of an export as text, with their row numbers in the file.

    `merged` lists merged cells as (first row, first column, last row, last column): rows of the file, columns from 0.
    `sparse`: blank cells at the end of a row are not stored (workbooks); otherwise a short row is a fault.
    `header_rows`: how many lines of header the file itself has, 0 where only the codebook can say.
    `sheets`: the first rows of the sheets that were not read, where nothing says which one to read.
    """

    file: str
    rows: list[list[str]]
    numbers: list[int]
    notes: tuple[Note, ...] = ()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    sparse: bool = False
    header_rows: int = 0
    sheets: Mapping[str, list[list[str]]] = field(default_factory=dict)


@contextmanager
def refusing(fault: str, advice: str) -> Iterator[None]:
    """Make one `InputError` of whatever a damaged or hostile file makes a library raise, which may repeat an answer."""
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        raise InputError(f"{fault} ({type(error).__name__}{if_shown(f': {error}')}). {advice}") from error


def at_most(limit: int, n: int, what: str, where: str) -> None:
    """Raise `InputError` if there are more things of a kind than the limit."""
    if n > limit:
        raise InputError(f"{where}: more than {limit} {what}. A survey export is smaller: check the file.")


def gathered(file: str, records: Iterable[tuple[int, list[str]]], limits: Limits) -> tuple[list[list[str]], list[int]]:
    """Return the rows that hold something and their numbers; a file is refused as soon as it passes a limit."""
    rows, numbers, n_cells = list[list[str]](), list[int](), 0
    for number, cells in records:
        if not any(cell and not cell.isspace() for cell in cells):
            continue
        n_cells += len(cells)
        where = f"{file}, row {number}"
        at_most(limits.n_rows, len(rows) + 1, "rows", where)
        at_most(limits.n_columns, len(cells), "columns", where)
        at_most(limits.n_cells, n_cells, "cells", where)
        at_most(limits.n_characters, max(map(len, cells)), "characters in one cell", where)
        rows.append(cells)
        numbers.append(number)
    return rows, numbers


def number_text(value: str) -> str:
    """Return a stored number as text a reader cannot take for grouped thousands: 15 digits, never three decimals.

    >>> number_text("1.125"), number_text("12500.0"), number_text("1.7500000000000002"), number_text("1E+5")
    ('1.1250', '12500', '1.75', '100000')
    """
    if not NUMBER.fullmatch(value) or not isfinite(number := float(value)):
        return value
    text = format(Decimal(format(number, ".15g")).normalize(), "f")
    return text + "0" if len(text.partition(".")[2]) == 3 else text


def shape(text: str) -> str:
    """Return how a text is made, to tell whether it is like others.

    >>> shape("Pôle 12"), shape("P-2013")
    ('a 9', 'a-9')
    """
    return re.sub(r"[^\W\d_]+", "a", re.sub("[0-9]+", "9", tidy(text)))


# What the columns of a grid are called, over one or several header lines.


def header_texts(grid: Grid, start: int, n_rows: int) -> list[list[str]]:
    """Return, for each column, what it may be called: its header lines joined by ` / `, then each, the lowest first."""
    block = grid.rows[start : start + n_rows]
    width = max(map(len, block), default=0)
    filled = [_spread(grid, start + i, width, i < len(block) - 1) for i in range(len(block))]
    texts = []
    for column in range(width):
        lines = list(dict.fromkeys(text for row in filled if (text := tidy(row[column]))))
        texts.append(list(dict.fromkeys([" / ".join(lines), *reversed(lines)])) if lines else [""])
    return texts


def above_texts(grid: Grid, start: int, width: int) -> list[tuple[list[str], list[str]]]:
    """Return, for each column of a header, what the lines above say over it, and the titles, which say it of none."""
    texts: list[tuple[list[str], list[str]]] = [([], []) for _ in range(width)]
    for position in range(start):
        filled = [text for cell in grid.rows[position] if (text := tidy(cell))]
        alone = len(filled) == 1 and bool(grid.rows[position][0].strip())
        spread = _spread(grid, position, max(len(grid.rows[position]), width), upper=not (alone or grid.sparse))
        for (over, titles), cell in zip(texts, spread, strict=False):
            (over if tidy(cell) else titles).append(tidy(cell) or " | ".join(filled))
    return texts


def _spread(grid: Grid, position: int, width: int, upper: bool) -> list[str]:
    """Return a header line, merged cells spread over all they cover; an upper line without any fills to the right."""
    row = [*grid.rows[position], *[""] * (width - len(grid.rows[position]))]
    number, positions = grid.numbers[position], {n: i for i, n in enumerate(grid.numbers[: 2 * SEARCHED])}
    merged = [one for one in grid.merged if one[0] <= number <= one[2] and one[0] in positions]
    for top, left, _, right in merged:
        text = grid.rows[positions[top]][left : left + 1]
        for column in range(left, min(right + 1, width)) if text else ():
            row[column] = row[column] or text[0]
    if upper and not merged:
        for column in range(1, width):
            row[column] = row[column] or row[column - 1]
    return row
