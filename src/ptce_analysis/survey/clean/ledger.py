"""The two lists that make every repair visible: the ledger, and the quarantine.

A large export has millions of repairs that say the same few things: the texts are kept once, as categories.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ptce_analysis.survey.clean.cells import SET_ASIDE, Column, written
from ptce_analysis.survey.clean.layout import Table
from ptce_analysis.survey.codebook import Variable
from ptce_analysis.survey.parse.words import Reading

if TYPE_CHECKING:
    import pandas as pd

LEDGER = ("file", "row", "column", "raw_value", "value", "rule")
QUARANTINE = ("file", "row", "column", "raw_value", "reason")
Rows = npt.NDArray[np.int64]
# What is legal where a rule refuses a value that was understood.
_LEGAL = {
    "out_of_range": "a share is from 0 to 1, that is from 0 % to 100 %",
    "more_than_the_whole": "a share is from 0 to 1, that is from 0 % to 100 %",
    "not_whole": "a count is a whole number",
    "answer_not_in_the_codebook": "legal: {}",
}


@dataclass(frozen=True)
class Entries:
    """Entries of one list about one column: the rows, and for each the position of its texts among the different ones.

    `texts` holds the different texts of every other field: file, column, raw value, then value and rule, or reason.
    """

    rows: Rows
    codes: npt.NDArray[np.int32]
    texts: tuple[Sequence[str], ...]


def repairs(column: Column, file: str, rows: Rows) -> Entries:
    """Return the cells of a column that the clean tables do not write as the export does, with the rule."""
    values = [written(reading) for reading in column.readings]
    changed = [
        reading.status not in SET_ASIDE and text != value
        for reading, text, value in zip(column.readings, column.texts, values, strict=True)
    ]
    return _chosen(column, file, rows, changed, values, [reading.rule for reading in column.readings])


def doubts(column: Column, file: str, rows: Rows) -> Entries:
    """Return the cells of a column that could not be used, with the reason; their rows are kept."""
    aside = [reading.status in SET_ASIDE for reading in column.readings]
    return _chosen(column, file, rows, aside, [_reason(reading, column.variable) for reading in column.readings])


def _reason(reading: Reading, variable: Variable) -> str:
    """Return why a cell could not be used: its status, the rule and, where a rule has legal values, which they are."""
    reason = f"{reading.status}: {reading.rule}"
    legal = _LEGAL.get(reading.rule, "").format(", ".join(dict.fromkeys(variable.answers.values())) or "none")
    return f"{reason} ({legal}; the codebook may decide the spelling: decisions)" if legal else reason


def _chosen(column: Column, file: str, rows: Rows, chosen: list[bool], *said: list[str]) -> Entries:
    """Return the entries of the rows whose text is among the chosen ones."""
    here = np.flatnonzero(np.array(chosen, bool)[column.codes])
    n = len(column.texts)
    return Entries(rows[here], column.codes[here], ([file] * n, [column.header] * n, column.texts, *said))


def at_rows(column: Column, file: str, rows: Rows, here: npt.NDArray[np.intp], reason: str) -> Entries:
    """Return entries of the quarantine for some rows of a column, all for one reason."""
    n = len(column.texts)
    return Entries(rows[here], column.codes[here], ([file] * n, [column.header] * n, column.texts, [reason] * n))


def listed(entries: Sequence[tuple[int, tuple[str, ...]]], n_texts: int) -> Entries:
    """Return entries written one by one: the row, then the texts of the other fields."""
    rows = np.array([row for row, _ in entries], np.int64)
    texts = tuple([said[field] for _, said in entries] for field in range(n_texts))
    return Entries(rows, np.arange(len(entries), dtype=np.int32), texts)


def notes(table: Table) -> Entries:
    """Return what was done to the file while reading it, as entries of the ledger."""

    def named(column: int | None) -> str:
        return table.names[column] if column is not None and column < len(table.names) else ""

    said = [(n.row, (table.file, named(n.column), n.raw_value, n.value, n.rule)) for n in table.notes]
    return listed(said, len(LEDGER) - 1)


def joined(parts: Iterable[Entries], columns: tuple[str, ...], order: Sequence[str]) -> pd.DataFrame:
    """Return entries in the order of the file: by row, then by column of the export (`order`: their headers)."""
    import pandas as pd

    parts = list(parts)
    rows = np.concatenate([part.rows for part in parts])
    at = np.lexsort((_places(parts, columns, order), rows)).astype(np.int32)
    made: dict[str, object] = {"row": rows[at]}
    for position, name in enumerate(field for field in columns if field != "row"):
        codes, texts = _field([(part.codes, part.texts[position]) for part in parts])
        made[name] = pd.Categorical.from_codes(codes[at], pd.Index(texts, dtype="str"))
    return pd.DataFrame({name: made[name] for name in columns})


def _places(parts: Sequence[Entries], columns: tuple[str, ...], order: Sequence[str]) -> npt.NDArray[np.int32]:
    """Return, for each entry, the position of its column in the export, -1 for the whole row or file."""
    position = [field for field in columns if field != "row"].index("column")
    codes, headers = _field([(part.codes, part.texts[position]) for part in parts])
    rank = {name: place for place, name in reversed(list(enumerate(order)))}
    return np.array([rank.get(header, -1) for header in headers] or [-1], np.int32)[codes]


def _field(parts: Sequence[tuple[npt.NDArray[np.int32], Sequence[str]]]) -> tuple[npt.NDArray[np.int32], list[str]]:
    """Return one field of all entries as positions in one list of different texts."""
    pool: dict[str, int] = {}
    codes = []
    for taken, texts in parts:
        used = np.zeros(len(texts), bool)
        used[taken] = True
        here = [pool.setdefault(text, len(pool)) if use else 0 for text, use in zip(texts, used.tolist(), strict=True)]
        codes.append(np.array(here or [0], np.int32)[taken])
    return np.concatenate(codes), list(pool)
