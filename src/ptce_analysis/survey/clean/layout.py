"""A grid to a table: where the header is, which column is which variable, which lines are data. Columns never shift."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ptce_analysis.errors import InputError, nearest
from ptce_analysis.survey.codebook import COMPLETE, Codebook, Variable
from ptce_analysis.survey.codebook.units import is_unit, title_fault, unit_fault
from ptce_analysis.survey.parse.words import plain
from ptce_analysis.survey.read import Grid, Note
from ptce_analysis.survey.read.header import SEARCHED, above_texts, header_texts


@dataclass(frozen=True)
class Table:
    """The answers as text: for each variable its header and its cells, and the row of the file each answer is on.

    `whole` holds every cell of each row, for the quarantine.
    """

    file: str
    header: dict[str, str]
    cells: dict[str, list[str]]
    numbers: list[int]
    whole: list[list[str]]
    notes: tuple[Note, ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class _Header:
    """The header found: its first line, the one after it, and for each column the texts it may be called by."""

    start: int
    after: int
    spellings: list[list[str]]

    def shown(self, column: int) -> str:
        return self.spellings[column][0] if column < len(self.spellings) else ""


def table(grid: Grid, codebook: Codebook) -> Table:
    """Return the answers of a grid, by the codebook.

    Raises
    ------
    InputError
        If the header, a column or the data are missing, a column is doubled, or a row does not have the header's width.
    """
    header = _found_header(grid, codebook)
    columns = _columns(grid, header, codebook)
    notes = [*grid.notes, *_above(grid, header), *_unused(grid, header, set(columns.values())), *_merged(grid, header)]
    rows, more = _fitted(grid, header)
    if not rows:
        raise InputError(f"{grid.file}: a header and no answers under it. Export the answers again.")
    return Table(
        file=grid.file,
        header={name: header.shown(column) for name, column in columns.items()},
        cells={name: [row[column] for row in rows] for name, column in columns.items()},
        numbers=grid.numbers[header.after :][: len(rows)],
        whole=rows,
        notes=(*notes, *more),
        names=tuple(header.shown(column) for column in range(len(header.spellings))),
    )


def _found_header(grid: Grid, codebook: Codebook) -> _Header:
    """Return the header: the first lines, among those at the top, that hold the most headers of the codebook."""
    wanted = [{*map(plain, variable.headers)} for variable in codebook.columns()]
    n_rows = codebook.layout.header_rows
    best, best_score = None, 0
    for start in range(min(SEARCHED, len(grid.rows))):
        spellings = header_texts(grid, start, n_rows)
        known = {plain(text) for texts in spellings for text in texts}
        score = sum(1 for headers in wanted if headers & known)
        if score > best_score:
            best, best_score = _Header(start, start + n_rows, spellings), score
    if best is None:
        first = " | ".join(text for text in (grid.rows[0] if grid.rows else []) if text)[:200]
        expected = codebook.columns()[0].headers[0]
        raise InputError(
            f"{grid.file}: no line holds a header of {codebook.file} (for example {expected!r}). "
            f"First line: {first!r}. Check the codebook, its header_rows and, for a CSV, the separator."
            f"{_elsewhere(grid)}"
        )
    return best


def _elsewhere(grid: Grid) -> str:
    """Return where else in a workbook the answers may be."""
    others = next((note.raw_value for note in grid.notes if note.rule == "other_sheets"), "")
    where = f" The workbook has other sheets ({others}): the codebook names the one to read (layout: sheet)."
    return where if others else ""


def _columns(grid: Grid, header: _Header, codebook: Codebook) -> dict[str, int]:
    """Return the column of each variable; the missing, the doubled and those of a doubtful unit are named at once."""
    found, faults = dict[str, int](), list[str]()
    for variable in codebook.columns():
        columns = _matching(header, variable)
        if len(columns) == 1:
            found[variable.name] = columns[0]
        else:
            faults.append(_column_fault(header, variable, columns))
    twice = [header.shown(column) for column, n in _claims(found).items() if n > 1]
    above = above_texts(grid, header.start, len(header.spellings))
    faults += [
        f"{v.name}, column {header.shown(found[v.name])!r}: {fault}"
        for v in codebook.columns()
        if v.name in found
        and (fault := _unit_fault(v, _with_unit_below(grid, header, v, found), *above[found[v.name]]))
    ]
    faults += [f"the column {name!r} is claimed by two variables." for name in twice]
    if faults:
        raise InputError(f"{grid.file}: the header does not fit {codebook.file}:\n- " + "\n- ".join(faults))
    return found


def _with_unit_below(grid: Grid, header: _Header, variable: Variable, found: dict[str, int]) -> str:
    """Return the header of a column, with its unit where the line below is one of units and no answer."""
    column = found[variable.name]
    below = "".join("".join(row[column : column + 1]) for row in grid.rows[header.after : header.after + 1])
    return " / ".join([header.shown(column), *([below.strip()] if is_unit(variable.kind, below) else [])])


def _unit_fault(variable: Variable, shown: str, over: list[str], titles: list[str]) -> str:
    """Return what is wrong with the unit of a column, by its header or by the lines above, which may be part of it."""
    whole = " / ".join([*over, shown])
    return unit_fault(variable.kind, whole, variable.unit) or title_fault(variable.kind, titles, variable.unit)


def _claims(found: dict[str, int]) -> Counter[int]:
    """Return how many variables read each column; the completion column may be read by another as well."""
    return Counter(column for name, column in found.items() if name != COMPLETE)


def _matching(header: _Header, variable: Variable) -> list[int]:
    """Return the columns a variable's headers name: by the whole header if any is, else by one of its lines."""
    wanted = {plain(text) for text in variable.headers}
    whole = [c for c, texts in enumerate(header.spellings) if plain(texts[0]) in wanted]
    return whole or [c for c, texts in enumerate(header.spellings) if wanted & set(map(plain, texts))]


def _column_fault(header: _Header, variable: Variable, columns: Sequence[int]) -> str:
    if columns:
        return (
            f"{variable.name}: {len(columns)} columns are called {header.shown(columns[0])!r}. Keep one, or rename it."
        )
    shown = [texts[0] for texts in header.spellings]
    return f"{variable.name}: no column is called {variable.headers[0]!r}.{nearest(variable.headers[0], shown)}"


def _above(grid: Grid, header: _Header) -> Iterator[Note]:
    """Yield the lines above the header, which are set aside."""
    for position in range(header.start):
        text = " | ".join(cell.strip() for cell in grid.rows[position] if cell.strip())
        yield Note(grid.numbers[position], None, text, "", "line_above_the_header")


def _unused(grid: Grid, header: _Header, used: set[int]) -> Iterator[Note]:
    """Yield the columns no variable reads: they are left alone, and said to be."""
    number = grid.numbers[header.after - 1]
    for column, texts in enumerate(header.spellings):
        if column not in used and texts[0]:
            yield Note(number, column, texts[0], "", "column_not_in_the_codebook")


def _merged(grid: Grid, header: _Header) -> Iterator[Note]:
    """Yield the merged cells among the answers: what they hold is read in the first of them, the others are blank."""
    tops = {top for top, _, _, _ in grid.merged}
    body = zip(grid.numbers[header.after :], grid.rows[header.after :], strict=True)
    rows = {number: row for number, row in body if number in tops} if tops else {}
    for top, left, bottom, right in grid.merged:
        text = "".join(rows.get(top, [])[left : left + 1])
        if text.strip():
            value = f"first of {(bottom - top + 1) * (right - left + 1)} cells"
            yield Note(top, left, text, value, "merged_cells")


def _fitted(grid: Grid, header: _Header) -> tuple[list[list[str]], list[Note]]:
    """Return the rows under the header, each with the header's width, and what was cut or filled to get there."""
    width, body = len(header.spellings), range(header.after, len(grid.rows))
    last_full = max((i for i in body if len(grid.rows[i]) > 1), default=-1)
    fitting = _fitting_widths(grid, width, range(header.after, last_full + 1))
    rows, notes, trimmed = [], list[Note](), list[int]()
    for position in body:
        row, number = grid.rows[position], grid.numbers[position]
        beyond = [cell for cell in row[width:] if cell.strip()]
        note_line = len(row) == 1 and position > last_full
        if not grid.sparse and (beyond or len(row) not in fitting) and not note_line:
            raise _ragged(grid.file, number, len(row), width)
        notes += [Note(number, None, cell, "", "cell_beyond_the_header") for cell in beyond]
        if len(row) > width and not beyond:
            trimmed.append(number)
        rows.append(row if len(row) == width else [*row[:width], *[""] * (width - len(row))])
    if trimmed and not grid.sparse:
        notes.append(Note(trimmed[0], None, f"{len(trimmed)} rows", "", "blank_cells_beyond_the_header"))
    return rows, notes


def _fitting_widths(grid: Grid, width: int, answers: range) -> set[int]:
    """Return the widths a row may have: the header's, or the one that all rows have because each ends in separators.

    A row longer than others has shifted, even if what is beyond the header is blank: its last answer may be blank too.
    So have all the rows of a file of commas in which decimal commas cut numbers (`25,5` is then two cells).
    """
    widths = {len(grid.rows[i]) for i in answers}
    longer = len(widths) == 1 and min(widths) > width
    return {width} | widths if longer and not _cut_numbers(grid, answers) else {width}


def _cut_numbers(grid: Grid, answers: range) -> bool:
    """Return whether decimal commas without quotes may have cut numbers: neighbouring cells of digits."""
    if any(note.rule == "separator" for note in grid.notes):
        return False
    return any(a.strip().isdigit() and b.strip().isdigit() for i in answers for a, b in pairwise(grid.rows[i]))


def _ragged(file: str, number: int, n_cells: int, width: int) -> InputError:
    return InputError(
        f"{file}, line {number}: {n_cells} cells where the header has {width}. A separator, a quote or a line break is "
        "missing or in excess: mend the export, or export it again."
    )
