"""Where an export's header is, on one line or two, and the columns under it, for a draft."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ptce_analysis.errors import InputError
from ptce_analysis.survey.codebook import UNITS
from ptce_analysis.survey.codebook.units import is_unit
from ptce_analysis.survey.parse import amounts, choices, words
from ptce_analysis.survey.parse.words import plain, tidy
from ptce_analysis.survey.read import Grid
from ptce_analysis.survey.read.header import SEARCHED, above_texts, header_texts

_SHOWN = 200
_YEAR = re.compile(r"(?<![0-9])20[0-9]{2}(?![0-9])")


@dataclass(frozen=True)
class Column:
    """A column of the export: its header, the lowest line of it, the titles above, and its first filled cells."""

    header: str
    label: str
    titles: tuple[str, ...]
    cells: list[str]

    def texts(self) -> tuple[str, str]:
        """Return what the column may be known by, fit for comparison: its own line first, then the whole header."""
        return plain(self.label), plain(self.header)


def header_place(grid: Grid) -> tuple[int, int]:
    """Return the first line of the header and its number of lines.

    Raises
    ------
    InputError
        If no line looks like a header.
    """
    widths = [sum(1 for cell in row if cell.strip()) for row in grid.rows]
    likely = max(widths[:SEARCHED], default=0)
    start = next((i for i, width in enumerate(widths) if width >= max(1, 0.7 * likely)), None)
    if start is None:
        raise InputError(f"{grid.file}: no line looks like a header. The questions must be on the first line.")
    first = next((i for i in (start - 2, start - 1, start) if i >= 0 and _on_two_lines(grid, i)), None)
    return (start, 1) if first is None else (first, 2)


def _on_two_lines(grid: Grid, first: int) -> bool:
    """Return whether a line and the next are one header: groups above, or cells merged across, and names below."""
    if first + 2 >= len(grid.rows):
        return False
    upper, lower = grid.rows[first], grid.rows[first + 1]
    names = [position for position, cell in enumerate(lower) if cell.strip()]
    if not all(_is_name(lower[position]) for position in names):
        return False
    if _merged_down(grid, first):
        return True
    titled = [position for position, cell in enumerate(upper) if cell.strip()] in ([], [0])
    if _of_units(lower) or (not titled and _merged_across(grid, first)):
        return True
    gaps = [position for position in names if position >= len(upper) or not upper[position].strip()]
    return not titled and len(gaps) > 0 and any(_numbers_under(grid, first + 2, position) for position in names)


def _of_units(lower: list[str]) -> bool:
    """Return whether a line of no pole states units, as one below the questions does."""
    return not lower[0].strip() and any(is_unit(kind, cell) for cell in lower for kind in UNITS)


def _merged_down(grid: Grid, first: int) -> bool:
    """Return whether a cell of a line is merged with the line below."""
    number, following = grid.numbers[first : first + 2]
    return any(top == number and bottom == following for top, _, bottom, _ in grid.merged)


def _merged_across(grid: Grid, first: int) -> bool:
    """Return whether cells of a line are merged across columns that the line below names.

    A column outside them that both lines fill has a header and an answer, not two lines of header.
    """
    number, (upper, lower) = grid.numbers[first], grid.rows[first : first + 2]
    merges = [(left, right) for top, left, _, right in grid.merged if top == number and left < right]
    covered = {column for left, right in merges for column in range(left, right + 1)}
    both = {i for i, (one, other) in enumerate(zip(upper, lower, strict=False)) if one.strip() and other.strip()}
    return bool(covered) and both <= covered


def _is_name(cell: str) -> bool:
    """Return whether a text may head a column: it is no number (but a year), date, tick or silence."""
    text = tidy(cell)
    if re.fullmatch(r"(?:19|20)[0-9]{2}", text):
        return True
    stated = amounts.amount(text).value is not None or choices.day(text).status == "exact"
    return not (stated or words.no_value(text) or choices.yes_no(text).value is not None)


def _numbers_under(grid: Grid, start: int, position: int) -> bool:
    """Return whether most answers of a column are numbers."""
    cells = [
        row[position] for row in grid.rows[start : start + _SHOWN] if position < len(row) and row[position].strip()
    ]
    return 2 * sum(1 for cell in cells if amounts.amount(cell).value is not None) > len(cells)


def drafted_columns(grid: Grid, start: int, n_rows: int) -> list[Column]:
    """Return the named columns under a header, the first of each name."""
    body = grid.rows[start + n_rows :][:_SHOWN]
    found: dict[str, Column] = {}
    headers = header_texts(grid, start, n_rows)
    above = above_texts(grid, start, len(headers))
    for position, (texts, (over, titles)) in enumerate(zip(headers, above, strict=True)):
        if plain(texts[0]):
            cells = [row[position] for row in body if position < len(row) and row[position].strip()]
            column = Column(texts[0], texts[min(1, len(texts) - 1)], (*over, *titles), cells)
            found.setdefault(plain(texts[0]), column)
    return list(found.values())


def wave_year(folder: str, file: str, grid: Grid, start: int) -> str:
    """Return the year the folder is called by, else the only one the file's name or else the titles give, or "".

    Neither questions nor answers count: they tell of other years, and anonymised dates of 1980.
    """
    if re.fullmatch(r"20[0-9]{2}", folder):
        return folder
    for text in (file, " ".join(cell for row in grid.rows[:start] for cell in row)):
        years = {match[0] for match in _YEAR.finditer(text)}
        if len(years) == 1:
            return years.pop()
    return ""
