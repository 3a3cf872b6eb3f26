"""OpenDocument spreadsheets (.ods): one sheet as text, streamed; what is repeated never expands beyond the limits."""

from __future__ import annotations

import re

from ptce_analysis.errors import InputError, nearest
from ptce_analysis.survey.read.archive import Archive, Handler, local, local_attributes, number_text
from ptce_analysis.survey.read.grid import Grid, Growing, Keeper, Limits, Note, is_blank, other_sheets

_UNIT_SHOWN = re.compile(r"[^\d\s.,'+()-]\D*$")


def read_ods(data: bytes, file: str, limits: Limits, sheet: str = "") -> Grid:
    """Return the grid of one sheet: the one named, or the first.

    Raises
    ------
    InputError
        If the document is damaged, hostile or too large, or has no such sheet.
    """
    archive = Archive(data, file, limits)
    reader = _Tables(Keeper(file, limits), sheet)
    archive.parse("content.xml", reader)
    if not reader.found:
        known = ", ".join(reader.sheets) or "none"
        raise InputError(f"{file}: no sheet {sheet!r}. Its sheets: {known}.{nearest(sheet, reader.sheets)}")
    others = [name for position, name in enumerate(reader.sheets) if position != reader.read]
    return Grid(
        file, reader.rows, reader.numbers, (*other_sheets(others), *reader.notes), tuple(reader.merged), sparse=True
    )


class _Tables(Handler):
    """The rows of the wanted sheet as they stream by."""

    def __init__(self, keeper: Keeper, wanted: str) -> None:
        self.rows: list[list[str]] = []
        self.numbers: list[int] = []
        self.notes: list[Note] = []
        self.merged: list[tuple[int, int, int, int]] = []
        self.sheets: list[str] = []
        self.found = self._open = False
        self.read = -1
        self._keeper, self._wanted = keeper, wanted
        self._row, self._row_times, self._cells = 0, 1, list[str]()
        self._cell: dict[str, str] = {}
        self._lines: Growing | None = None
        self._note_depth = self._columns = 0
        self._hidden = False
        self._pending = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "table":
            self._start_table(local_attributes(attributes).get("name", ""))
        elif name == "annotation":
            self._note_depth += 1
        elif self._open and not self._note_depth:
            self._start_inside(name, local_attributes(attributes))

    def _start_table(self, name: str) -> None:
        self.sheets.append(name)
        self._open = not self.found and self._wanted in ("", name)
        self.read = len(self.sheets) - 1 if self._open else self.read
        self.found = self.found or self._open

    def _start_inside(self, name: str, attributes: dict[str, str]) -> None:
        """Open a row, a cell or a paragraph of the wanted sheet."""
        if name == "table-row":
            self._cells, self._pending, self._row_times = [], 0, self._times(attributes, "number-rows-repeated")
            self._hidden = attributes.get("visibility", "visible") != "visible"
        elif name in ("table-cell", "covered-table-cell"):
            self._cell, self._lines = attributes, None
        elif name == "table-column":
            self._start_columns(attributes)
        elif name == "p":
            self._open_line()
        elif name in ("s", "tab", "line-break") and self._lines:
            n = min(self._times(attributes, "c"), self._keeper.limits.n_characters)
            self._lines.add({"s": " " * n, "tab": "\t"}.get(name, "\n"))

    def _open_line(self) -> None:
        """Open a paragraph: the second of a cell and those after it start a new line."""
        if self._lines:
            self._lines.add("\n")
        else:
            self._lines = Growing(self._keeper.file, self._keeper.limits)

    def _start_columns(self, attributes: dict[str, str]) -> None:
        first, self._columns = self._columns + 1, self._columns + self._times(attributes, "number-columns-repeated")
        if attributes.get("visibility") == "collapse":
            self.notes.append(Note(0, None, f"{first}-{self._columns}", "read", "hidden_columns"))

    def data(self, text: str) -> None:
        if self._open and not self._note_depth and self._lines:
            self._lines.add(text)

    def end(self, tag: str) -> None:
        name = local(tag)
        if name == "annotation":
            self._note_depth -= 1
        elif name == "table":
            self._open = False
        elif self._open and not self._note_depth:
            if name in ("table-cell", "covered-table-cell"):
                self._close_cell()
            elif name == "table-row":
                self._close_row()

    def _times(self, attributes: dict[str, str], name: str) -> int:
        """Return how often something is repeated, at least once."""
        written = attributes.get(name, "1")
        return max(1, int(written)) if re.fullmatch("[0-9]{1,9}", written) else 1

    def _close_cell(self) -> None:
        """Add a cell as often as it is repeated; blank ones only count until a filled one follows."""
        text, times = self._text(str(self._lines or "")), self._times(self._cell, "number-columns-repeated")
        self._lines = None
        if not text or text.isspace():
            self._pending += times
            return
        width = len(self._cells) + self._pending + times
        if width > self._keeper.limits.n_columns:
            raise self._keeper.too_many(self._row + 1, "columns", self._keeper.limits.n_columns)
        self._merge(len(self._cells) + self._pending)
        self._cells += [""] * self._pending + [text] * times
        self._pending = 0

    def _text(self, shown: str) -> str:
        """Return what a cell states: the stored number with the unit shown, the stored date, or the text."""
        kind, stored = self._cell.get("value-type", ""), self._cell.get("value", "")
        if "formula" in self._cell and not kind:
            return self._cell["formula"].partition(":")[2] or "="
        if kind == "percentage" and stored:
            return f"{number_text(str(_times_100(stored)))} %"
        if kind in ("float", "currency") and stored:
            unit = _UNIT_SHOWN.search(shown.strip())
            return f"{number_text(stored)} {unit[0]}" if unit else number_text(stored)
        if kind == "boolean":
            return "VRAI" if self._cell.get("boolean-value") == "true" else "FAUX"
        return self._cell.get("date-value", "") if kind == "date" else shown or self._cell.get("string-value", "")

    def _merge(self, column: int) -> None:
        down, right = (self._times(self._cell, f"number-{what}-spanned") for what in ("rows", "columns"))
        if down > 1 or right > 1:
            self.merged.append((self._row + 1, column, self._row + down, column + right - 1))

    def _close_row(self) -> None:
        """Add a row as often as it is repeated: a million blank ones cost nothing, filled ones meet the limits."""
        if is_blank(self._cells):
            self._row += self._row_times
            return
        if self._keeper.n_rows + self._row_times > self._keeper.limits.n_rows:
            raise self._keeper.too_many(self._row + 1, "rows", self._keeper.limits.n_rows)
        for _ in range(self._row_times):
            self._row += 1
            if self._hidden:
                self.notes.append(Note(self._row, None, "hidden", "read", "hidden_row"))
            self.rows.append(self._keeper.keep(self._row, self._cells))
            self.numbers.append(self._row)


def _times_100(stored: str) -> float | str:
    try:
        return float(stored) * 100
    except ValueError:
        return stored
