"""An export as it was read: cells of text, the row each came from, and what had to be done to read it."""

from __future__ import annotations

from dataclasses import dataclass

from ptce_analysis.errors import InputError

# How many different texts are held at a time to recognise repeated ones.
HELD = 500_000


@dataclass(frozen=True)
class Limits:
    """How much an export may hold. They are checked while reading, before the memory is spent."""

    n_bytes: int = 300_000_000
    n_inflated: int = 600_000_000
    ratio: int = 200
    n_rows: int = 1_048_576
    n_columns: int = 2_000
    n_cells: int = 40_000_000
    n_characters: int = 32_767


class Growing:
    """A text that arrives in pieces, refused as soon as it is longer than a cell can be."""

    def __init__(self, file: str, limits: Limits) -> None:
        self._file, self._limits, self._size = file, limits, 0
        self.pieces: list[str] = []

    def add(self, piece: str) -> None:
        """Add a piece.

        Raises
        ------
        InputError
            If the text has more characters than the limit.
        """
        self._size += len(piece)
        if self._size > self._limits.n_characters:
            raise InputError(
                f"{self._file}: a cell of more than {self._limits.n_characters} characters. Check the file."
            )
        self.pieces.append(piece)

    def __str__(self) -> str:
        return "".join(self.pieces)


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
    """

    file: str
    rows: list[list[str]]
    numbers: list[int]
    notes: tuple[Note, ...] = ()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    sparse: bool = False


class Keeper:
    """Keep one copy of each repeated text, and refuse a file as soon as it passes a limit."""

    def __init__(self, file: str, limits: Limits) -> None:
        self.file, self.limits = file, limits
        self.n_rows = self.n_cells = 0
        self._known: dict[str, str] = {}

    def keep(self, row: int, cells: list[str]) -> list[str]:
        """Return the cells of one more row, each text held once.

        Raises
        ------
        InputError
            If the file has too many rows, columns, cells, or too long a cell.
        """
        self.n_rows += 1
        self.n_cells += len(cells)
        for what, n, limit in (
            ("rows", self.n_rows, self.limits.n_rows),
            ("columns", len(cells), self.limits.n_columns),
            ("cells", self.n_cells, self.limits.n_cells),
            ("characters in one cell", max(map(len, cells), default=0), self.limits.n_characters),
        ):
            if n > limit:
                raise self.too_many(row, what, limit)
        known = self._known
        if len(known) > HELD:
            known.clear()
        return [known.setdefault(cell, cell) if len(cell) < 64 else cell for cell in cells]

    def too_many(self, row: int, what: str, limit: int) -> InputError:
        """Return the error of a limit that is passed."""
        return InputError(
            f"{self.file}, row {row}: more than {limit} {what}. A survey export is smaller: check the file."
        )


def other_sheets(names: list[str]) -> tuple[Note, ...]:
    """Return what says that a workbook has sheets which were not read."""
    return (Note(0, None, ", ".join(names), "not read", "other_sheets"),) if names else ()


def is_blank(cells: list[str]) -> bool:
    """Return whether a row holds nothing but spaces."""
    return not any(cell and not cell.isspace() for cell in cells)
