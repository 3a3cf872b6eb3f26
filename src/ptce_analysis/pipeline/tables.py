"""The processed tables: each committed CSV of `data/processed` and the analysis that makes it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from ptce_analysis.analysis import funding
from ptce_analysis.published import Facts, read_published
from ptce_analysis.vocabulary import SCENARIOS

TABLE_WAVE = 2015


def _funding_by_level(facts: Facts) -> pd.DataFrame:
    tables = [funding.funding_by_level(facts, TABLE_WAVE, name).assign(scenario=name) for name in SCENARIOS]
    return pd.concat(tables, ignore_index=True)


def _funding_totals(facts: Facts) -> pd.DataFrame:
    return funding.totals(facts, TABLE_WAVE)


TABLES: dict[str, Callable[[Facts], pd.DataFrame]] = {
    "funding_by_level.csv": _funding_by_level,
    "funding_totals.csv": _funding_totals,
}


def processed_tables(project: Path) -> dict[str, bytes]:
    """Return every processed table as the bytes of its CSV: UTF-8, `,`, at most ten significant digits."""
    facts = read_published(project / "data" / "raw" / "published")
    return {name: csv_bytes(table(facts)) for name, table in TABLES.items()}


def csv_bytes(table: pd.DataFrame) -> bytes:
    """Return a table as CSV bytes that do not depend on the processor's last digits."""
    return str(table.to_csv(index=False, lineterminator="\n", float_format="%.10g")).encode()
