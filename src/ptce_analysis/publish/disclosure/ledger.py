"""What the survey pages hide of some waves, rule by rule: for the team that holds the answers, never for readers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from ptce_analysis.errors import InputError
from ptce_analysis.publish.disclosure.release import ledger_labels
from ptce_analysis.publish.survey_tables import shown
from ptce_analysis.published import Facts
from ptce_analysis.survey.codebook import read_codebook
from ptce_analysis.survey.tables import neutralised
from ptce_analysis.survey.waves import CODEBOOKS, read_waves


def ledger(folder: Path, facts: Facts, rules: str = "standard") -> pd.DataFrame:
    """Return what is hidden of the waves of a folder: each figure, its rule and, for a further one, what it protects.

    The columns are those of `ledger_table`, and `origin`.

    Raises
    ------
    InputError
        If the folder holds no wave (an export and its codebook), or one cannot be cleaned.
    """
    books = [path for name in CODEBOOKS for path in sorted(folder.glob(f"*/{name}"))]
    if not books:
        raise InputError(f"{folder}: no wave in it. A wave is a folder with an export and its {CODEBOOKS[0]}.")
    origins = dict.fromkeys(read_codebook(path).origin for path in books)
    made = ((origin, shown(read_waves(folder, origin), facts, rules)) for origin in origins)
    parts = [one.protected.ledger.assign(origin=origin) for origin, one in made]
    return pd.concat(parts, ignore_index=True)


def by_rule(found: pd.DataFrame) -> list[dict[str, Any]]:
    """Return how many figures each rule hides: `rule`, `label`, `n`, the most frequent first."""
    labels = ledger_labels(0)
    counts = found["rule"].value_counts(sort=False).sort_values(ascending=False, kind="stable")
    return [{"rule": str(rule), "label": labels[str(rule)], "n": int(n)} for rule, n in counts.items()]


def write_ledger(found: pd.DataFrame, path: Path, site: Path) -> None:
    """Write the ledger as CSV, beside the site and never in it: it tells more than the marks do.

    Raises `InputError` for a path inside the site.
    """
    if path.resolve().is_relative_to(site.resolve()):
        raise InputError(f"{path}: the ledger is for the team that holds the answers. Write it outside {site}.")
    path.write_text(found.map(lambda cell: neutralised(str(cell))).to_csv(index=False), encoding="utf-8")
