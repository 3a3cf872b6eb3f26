"""Exports in the layouts that survey tools write (`survey/exports`), and what their drafts leave to people.

Each holds the same invented answers: three poles, one of which answered twice, and the later answer counts.
"""

import csv
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pandas as pd
import pyreadstat

from survey_exports import xlsx

FOLDER = Path(__file__).with_name("survey") / "exports"
# Those that are workbooks, written here as CSV.
WORKBOOKS = ("excel", "google_sheet", "kobo_labels", "microsoft_forms", "surveymonkey_workbook")
TOOLS = sorted({path.stem for path in FOLDER.glob("*.csv")}.union(WORKBOOKS))

SUPPORTS = (
    "supports:\n  - {level: commune, link: 'Q7[SQ001]'}\n  - {level: epci, link: 'Q7[SQ002]'}\n"
    "  - {level: region, link: 'Q7[SQ003]', amount: 'Q8[SQ001]', unit: eur}"
)
STAGE = "stage: {header: Q2, answers: {A1: emergence, A2: creation, A3: fonctionnement}}"
# Texts of a draft that its header leaves open, and what people write in their place.
DECIDED: dict[str, list[tuple[str, str]]] = {
    "limesurvey_codes": [
        ('pole_id: {header: "id"', 'pole_id: {header: "Q1"'), ('  q1: {header: "Q1", kind: text}\n', ""),
        ('q2: {header: "Q2", kind: choice}', STAGE), ('q3: {header: "Q3", kind: text}', "members: {header: Q3}"),
        *((f'  q7_sq00{n}: {{header: "Q7[SQ00{n}]", kind: yes_no}}\n', "") for n in (1, 2, 3)),
        ('  q8_sq001: {header: "Q8[SQ001]", kind: text}\n', ""), ("[stage, members, ", "["), ("supports: []", SUPPORTS),
    ],
    "kobo_values": [('"soutien/montant_region"', '"soutien/montant_region", unit: eur')],
}  # fmt: skip


class Export(NamedTuple):
    """A file, and what the draft leaves to people."""

    name: str
    content: bytes
    decided: list[tuple[str, str]]


def export(tool: str) -> Export:
    """Return the export of a tool, as the kind of file that the tool writes."""
    text = (FOLDER / f"{tool.removesuffix('_workbook')}.csv").read_text("utf-8")
    rows = [[typed(cell) for cell in row] for row in csv.reader(text.splitlines())]
    if tool == "spss":
        return Export("spss.sav", sav(*rows), [])
    if tool in WORKBOOKS:
        return Export(f"{tool}.xlsx", xlsx(rows), [])
    return Export(f"{tool}.csv", text.encode("cp1252" if tool == "sphinx" else "utf-8"), DECIDED.get(tool, []))


def typed(cell: str) -> Any:
    """Return a cell as a workbook stores it: nothing, a number, a moment or a text."""
    for read in (int, float, datetime.fromisoformat):
        try:
            return read(cell)
        except ValueError:
            continue
    return cell or None


def sav(names: list[str], labels: list[str], *rows: list[Any]) -> bytes:
    """Return a file of SPSS: variables and answers with labels, a number declared missing."""
    meant = {"STADE": {1: "émergence", 2: "création", 3: "fonctionnement"}}
    meant |= {name: {0: "Non", 1: "Oui"} for name in ("FIN1", "FIN2", "FIN3")}
    about: dict[str, Any] = {"column_labels": labels, "variable_value_labels": meant}
    with TemporaryDirectory() as folder:
        path = Path(folder, "base.sav")
        pyreadstat.write_sav(pd.DataFrame(rows, columns=names), path, missing_ranges={"MONTANT": [-9]}, **about)
        return path.read_bytes()
