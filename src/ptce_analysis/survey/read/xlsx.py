"""Excel workbooks (.xlsx): one sheet as text, streamed."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from ptce_analysis.errors import InputError, nearest
from ptce_analysis.survey.read.archive import Archive, Handler, local, number_text
from ptce_analysis.survey.read.grid import Grid, Growing, Keeper, Limits, Note, is_blank, other_sheets
from ptce_analysis.survey.read.xlsx_parts import Elements, Styles, Texts, unescaped

_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


def read_xlsx(data: bytes, file: str, limits: Limits, sheet: str = "") -> Grid:
    """Return the grid of one sheet: the one named, or the first that is not hidden.

    Raises
    ------
    InputError
        If the workbook is damaged, hostile or too large, or has no such sheet.
    """
    archive = Archive(data, file, limits)
    part, base, others = _sheet_part(archive, sheet)
    names = set(archive.names())
    shared, styles = Texts(limits, file), Styles()
    for name, handler in (("xl/sharedStrings.xml", shared), ("xl/styles.xml", styles)):
        if name in names:
            archive.parse(name, handler)
    reader = _Sheet(Keeper(file, limits), shared.texts, styles.formats, base)
    archive.parse(part, reader)
    return Grid(
        file, reader.rows, reader.numbers, (*other_sheets(others), *reader.notes), tuple(reader.merged), sparse=True
    )


def _sheet_part(archive: Archive, wanted: str) -> tuple[str, datetime, list[str]]:
    """Return the part that holds the sheet, the day its dates count from, and the names of the other sheets."""
    book, links = Elements(), Elements()
    archive.parse("xl/workbook.xml", book)
    archive.parse("xl/_rels/workbook.xml.rels", links)
    sheets = [a for name, a in book.found if name == "sheet"]
    shown = [a for a in sheets if a.get("state", "visible") == "visible"] or sheets
    chosen = next((a for a in sheets if a.get("name") == wanted), None) if wanted else next(iter(shown), None)
    if chosen is None:
        known = [a.get("name", "") for a in sheets]
        raise InputError(
            f"{archive.file}: no sheet {wanted!r}. Its sheets: {', '.join(known) or 'none'}.{nearest(wanted, known)}"
        )
    targets = {a.get("Id", ""): a.get("Target", "") for name, a in links.found if name == "Relationship"}
    target = targets.get(chosen.get("id", ""), "")
    old = any(a.get("date1904", "") in ("1", "true") for name, a in book.found if name == "workbookPr")
    part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    base = datetime(1904, 1, 1) if old else datetime(1899, 12, 30)  # noqa: DTZ001 (a calendar day, no time zone)
    return part, base, [a.get("name", "") for a in sheets if a is not chosen]


class _Sheet(Handler):
    """The rows of a sheet as they stream by."""

    def __init__(self, keeper: Keeper, shared: list[str], formats: list[str], base: datetime) -> None:
        self.rows: list[list[str]] = []
        self.numbers: list[int] = []
        self.notes: list[Note] = []
        self.merged: list[tuple[int, int, int, int]] = []
        self._keeper, self._shared, self._formats, self._base = keeper, shared, formats, base
        self._row, self._cells, self._at = 0, dict[int, str](), -1
        self._cell: dict[str, str] = {}
        self._texts: dict[str, Growing] = {}
        self._tag, self._guide = "", False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "c":
            self._cell, self._texts, self._at = attributes, {}, self._column(attributes.get("r", ""))
        elif name == "row":
            self._open_row(attributes)
        elif name == "col" and attributes.get("hidden") in ("1", "true"):
            self.notes.append(
                Note(0, None, f"{attributes.get('min')}-{attributes.get('max')}", "read", "hidden_columns")
            )
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))
        self._guide = self._guide or name == "rPh"
        self._tag = name

    def data(self, text: str) -> None:
        if self._tag in ("v", "t", "f") and not self._guide:
            self._texts.setdefault(self._tag, Growing(self._keeper.file, self._keeper.limits)).add(text)

    def end(self, tag: str) -> None:
        name = local(tag)
        if name == "rPh":
            self._guide = False
        elif name == "c":
            self._close_cell()
        elif name == "row":
            self._close_row()
        self._tag = ""

    def _open_row(self, attributes: dict[str, str]) -> None:
        """Take the row's number, which must go up: a row never replaces or jumps before another."""
        written = attributes.get("r", str(self._row + 1))
        number = int(written) if re.fullmatch("[1-9][0-9]{0,6}", written) else 0
        if number <= self._row or number > self._keeper.limits.n_rows:
            raise InputError(f"{self._keeper.file}, row {written}: row numbers do not go up, or pass the limit.")
        self._row, self._cells, self._at = number, {}, -1
        if attributes.get("hidden") in ("1", "true"):
            self.notes.append(Note(number, None, "hidden", "read", "hidden_row"))

    def _column(self, reference: str) -> int:
        """Return the column of a cell, which must come after the one before it, in its own row."""
        if not reference:
            return self._at + 1
        match = _CELL.fullmatch(reference)
        column = _column_index(match[1]) if match else -1
        if match is None or int(match[2]) != self._row or column <= self._at or column >= self._keeper.limits.n_columns:
            raise InputError(
                f"{self._keeper.file}, row {self._row}: the cell {reference!r} is out of place or out of bounds."
            )
        return column

    def _close_cell(self) -> None:
        """Keep the text of a cell: what a person saw, a formula never computed as it is written."""
        texts = {name: str(text) for name, text in self._texts.items()}
        kind, stored = self._cell.get("t", "n"), texts.get("v", "")
        if "f" in texts and "v" not in texts:
            text = f"={texts['f']}"
        elif kind == "s":
            text = self._shared_text(stored)
        elif kind == "inlineStr":
            text = unescaped(texts.get("t", ""))
        elif kind == "b":
            text = "VRAI" if stored == "1" else "FAUX"
        else:
            text = self._number(stored) if kind == "n" else unescaped(stored)
        if "f" in texts and "v" in texts:
            self.notes.append(Note(self._row, self._at, f"={texts['f']}", text, "formula_as_stored"))
        if text:
            self._cells[self._at] = text

    def _shared_text(self, stored: str) -> str:
        if stored.isascii() and stored.isdigit() and int(stored) < len(self._shared):
            return self._shared[int(stored)]
        raise InputError(
            f"{self._keeper.file}, row {self._row}: a cell points to the text {stored!r}, which is missing."
        )

    def _number(self, stored: str) -> str:
        """Return a number as its format shows it: a date, a percentage, an amount with its unit."""
        style = self._cell.get("s", "0")
        shape = self._formats[int(style)] if style.isdigit() and int(style) < len(self._formats) else ""
        if not stored or not shape:
            return number_text(stored) if stored else ""
        if shape == "date":
            return self._date(stored)
        return f"{_percent(stored)} %" if shape == "%" else f"{number_text(stored)} {shape}"

    def _date(self, stored: str) -> str:
        try:
            moment = self._base + timedelta(seconds=round(float(stored) * 86_400))
        except (ValueError, OverflowError):
            return stored
        return moment.isoformat(timespec="seconds").removesuffix("T00:00:00")

    def _merge(self, reference: str) -> None:
        corners = [_CELL.fullmatch(corner) for corner in reference.split(":")]
        if len(corners) == 2 and corners[0] and corners[1]:
            (a, b) = corners[0], corners[1]
            self.merged.append((int(a[2]), _column_index(a[1]), int(b[2]), _column_index(b[1])))

    def _close_row(self) -> None:
        cells = [self._cells.get(position, "") for position in range(max(self._cells, default=-1) + 1)]
        if not is_blank(cells):
            self.rows.append(self._keeper.keep(self._row, cells))
            self.numbers.append(self._row)


def _column_index(letters: str) -> int:
    """Return the position of a column, `A` being 0.

    >>> _column_index("A"), _column_index("AB")
    (0, 27)
    """
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def _percent(stored: str) -> str:
    try:
        return number_text(repr(float(stored) * 100))
    except (ValueError, OverflowError):
        return stored
