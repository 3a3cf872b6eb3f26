"""The proof of the fictitious waves: their files read back through the real cleaner, and every printed figure again."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd

from ptce_analysis.analysis.survey_marginals import deviations
from ptce_analysis.fictitious import write_waves
from ptce_analysis.published import Facts
from ptce_analysis.survey.clean import Cleaned
from ptce_analysis.survey.waves import read_waves


def fictitious_waves() -> tuple[Cleaned, ...]:
    """Return the fictitious waves, written to files and cleaned as any export is."""
    with tempfile.TemporaryDirectory(prefix="ptce-") as folder:
        write_waves(Path(folder))
        return read_waves(Path(folder), "fictitious")


def verified(facts: Facts) -> pd.DataFrame:
    """Return every figure printed about the years of the fictitious waves, beside what their files give.

    The columns are those of `survey_marginals.deviations`.
    """
    return pd.concat([deviations(wave, facts) for wave in fictitious_waves()], ignore_index=True)
