"""An export and its codebook to clean tables, with the list of every repair and of everything set aside."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ptce_analysis.errors import InputError
from ptce_analysis.survey.clean import ledger
from ptce_analysis.survey.clean.cells import Column, read_column
from ptce_analysis.survey.clean.layout import Table, table
from ptce_analysis.survey.clean.poles import poles_table
from ptce_analysis.survey.clean.rows import ROW_RULES, set_aside
from ptce_analysis.survey.clean.supports import contradictions, supports_tables
from ptce_analysis.survey.codebook import COMPLETE, Codebook, read_codebook
from ptce_analysis.survey.read import Limits, read

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd


@dataclass(frozen=True)
class Cleaned:
    """The four tables of one wave. Every line of the export is either a row of `poles` or quarantined whole."""

    poles: pd.DataFrame
    supports: pd.DataFrame
    ledger: pd.DataFrame
    quarantine: pd.DataFrame
    rows_in: int
    rows_kept: int
    rows_quarantined: int


def clean(export: Path | str, codebook: Codebook | Path | str, limits: Limits | None = None) -> Cleaned:
    """Return the clean tables of an export; the export itself is only ever read.

    Raises
    ------
    InputError
        If the export or the codebook cannot be used, or the tables they give are not fit for the study.
    """
    from ptce_analysis.survey.clean.schemas import check

    book = codebook if isinstance(codebook, Codebook) else read_codebook(codebook)
    if not book.wave:
        raise InputError(f"{book.file}: the year of the wave is not filled in (wave:). Finish the drafted codebook.")
    layout = book.layout
    grid = read(export, encoding=layout.encoding, separator=layout.separator, sheet=layout.sheet, limits=limits)
    return check(cleaned(table(grid, book), book))


def cleaned(answers: Table, codebook: Codebook) -> Cleaned:
    """Return the clean tables of answers already laid out: lines set aside first, then cells, then tables."""
    aside = set_aside(answers, codebook)
    kept = np.flatnonzero(aside < 0)
    columns, order = _by_pole(_read_columns(answers, codebook, kept))
    rows = np.array(answers.numbers, np.int64)[kept][order]
    supports, links = supports_tables(columns, codebook)
    return Cleaned(
        poles=poles_table(columns, links, codebook, len(kept)),
        supports=supports,
        ledger=_ledger(answers, columns, codebook, rows),
        quarantine=_quarantine(answers, columns, codebook, aside, rows),
        rows_in=len(aside),
        rows_kept=len(kept),
        rows_quarantined=len(aside) - len(kept),
    )


def _by_pole(columns: dict[str, Column]) -> tuple[dict[str, Column], npt.NDArray[np.intp]]:
    """Return the columns with their rows in the order of the poles' ids, and that order: lines may come in any."""
    order = np.argsort(columns["pole_id"].words(), kind="stable")
    return {name: replace(column, codes=column.codes[order]) for name, column in columns.items()}, order


def clean_summary(result: Cleaned) -> dict[str, int]:
    """Return the counts a command prints: rows in, kept, quarantined, and repairs."""
    return {
        "rows_in": result.rows_in,
        "rows_kept": result.rows_kept,
        "rows_quarantined": result.rows_quarantined,
        "repairs": len(result.ledger),
    }


def _read_columns(answers: Table, codebook: Codebook, kept: npt.NDArray[np.intp]) -> dict[str, Column]:
    """Return every column of the codebook, read, for the lines kept."""
    variables = {variable.name: variable for variable in codebook.columns() if variable.name != COMPLETE}
    positions = kept.tolist()
    everything = len(positions) == len(answers.numbers)
    columns = {}
    for name, variable in variables.items():
        cells = answers.cells[name]
        chosen = cells if everything else [cells[position] for position in positions]
        columns[name] = read_column(chosen, answers.header[name], variable, codebook)
    return columns


def _ledger(
    answers: Table, columns: dict[str, Column], codebook: Codebook, rows: npt.NDArray[np.int64]
) -> pd.DataFrame:
    """Return every repair, and what a drafted codebook still leaves to be finished."""
    unfinished = [(0, (codebook.file, "", text, "", "codebook_to_finish")) for text in codebook.to_finish]
    parts = [ledger.listed(unfinished, 5), ledger.notes(answers)]
    parts += [ledger.repairs(column, answers.file, rows) for column in columns.values()]
    return ledger.joined(parts, ledger.LEDGER, answers.names)


def _quarantine(
    answers: Table,
    columns: dict[str, Column],
    codebook: Codebook,
    aside: npt.NDArray[np.int8],
    rows: npt.NDArray[np.int64],
) -> pd.DataFrame:
    """Return the lines set aside (no column), and the cells set aside in the lines kept."""
    parts = [ledger.listed(_lines(answers, codebook, aside), 4)]
    parts += [ledger.doubts(column, answers.file, rows) for column in columns.values()]
    reason = "contradictory: an amount is given where the link says no"
    for support in codebook.supports:
        if support.link and support.amount:
            here = np.flatnonzero(contradictions(support, columns))
            parts.append(ledger.at_rows(columns[support.amount.name], answers.file, rows, here, reason))
    return ledger.joined(parts, ledger.QUARANTINE, answers.names)


def _lines(answers: Table, codebook: Codebook, aside: npt.NDArray[np.int8]) -> list[tuple[int, tuple[str, ...]]]:
    """Return one entry for each line set aside: all it holds, and the rule."""
    found: list[tuple[int, tuple[str, ...]]] = []
    for position in np.flatnonzero(aside >= 0).tolist():
        rule = ROW_RULES[aside[position]]
        why = codebook.exclude.get(answers.cells["pole_id"][position].strip(), rule.sets_aside)
        text = " | ".join(cell.strip() for cell in answers.whole[position] if cell.strip())
        found.append((answers.numbers[position], (answers.file, "", text, f"{rule.name}: {why}")))
    return found
