"""The processed tables: each committed CSV of `data/processed` and what makes it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ptce_analysis.analysis import funding
from ptce_analysis.publish.survey_page import fictitious_waves
from ptce_analysis.published import Facts, read_published
from ptce_analysis.survey.tables import csv_text
from ptce_analysis.survey.waves import WAVES, has_wave
from ptce_analysis.vocabulary import SCENARIOS

TABLE_WAVE = 2015
# Cleaned, of one row per pole and of one per support; every row says in `origin` that it is fictitious.
OF_WAVES = ("poles", "supports")


def processed_tables(project: Path) -> dict[str, bytes]:
    """Return every processed table as the bytes of its CSV: UTF-8, `,`, at most ten significant digits.

    The tables of the fictitious waves are those that `ptce clean` writes, one wave below the other.
    """
    facts = read_published(project / "data" / "raw" / "published")
    waves = _waves(project / WAVES)
    return {
        "funding_by_level.csv": csv_bytes(_funding_by_level(facts)),
        "funding_totals.csv": csv_bytes(funding.totals(facts, TABLE_WAVE)),
        **{f"waves/{name}.csv": csv_text(table).encode() for name, table in waves.items()},
    }


def _funding_by_level(facts: Facts) -> pd.DataFrame:
    tables = [funding.funding_by_level(facts, TABLE_WAVE, name).assign(scenario=name) for name in SCENARIOS]
    return pd.concat(tables, ignore_index=True)


def _waves(folder: Path) -> dict[str, pd.DataFrame]:
    """The tables of the fictitious waves of a folder, if it has any; what one wave did not ask says so there."""
    cleaned = fictitious_waves(folder) if has_wave(folder, "fictitious") else ()
    tables = {name: pd.concat([getattr(wave, name) for wave in cleaned]) for name in OF_WAVES if cleaned}
    return {
        name: table.fillna({column: "not_asked" for column in table if column.endswith("_status")})
        for name, table in tables.items()
    }


def csv_bytes(table: pd.DataFrame) -> bytes:
    """Return a table as CSV bytes that do not depend on the processor's last digits."""
    return str(table.to_csv(index=False, lineterminator="\n", float_format="%.10g")).encode()
