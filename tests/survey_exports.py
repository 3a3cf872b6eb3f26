"""Small exports and codebooks for the tests of `survey/`, written out where they are read."""

import copy
import csv
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from ptce_analysis.survey.clean import clean
from ptce_analysis.survey.codebook import Codebook, checked
from ptce_analysis.survey.tables import Cleaned

# A codebook of a small wave: the variables of every wave, one level with a link, one without, one column of funders.
SMALL: dict[str, Any] = {
    "wave": "2015",
    "origin": "fictitious",
    "variables": {
        "pole_id": {"header": "id"},
        "stage": {"header": "Stade"},
        "cell_budget_eur": {"header": "Budget (k€)", "unit": "keur"},
        "cell_fte": {"header": "ETP"},
    },
    "not_asked": ["members", "employees", "budget_eur", "cell_self_financed_share", "legal_form"],
    "supports": [
        {"level": "region", "link": "Région", "amount": "Montant Région"},
        {"level": "epci", "amount": "EPCI"},
        {"funder": "Autres"},
    ],
}
HEADER = "id;Stade;Budget (k€);ETP;Région;Montant Région;EPCI;Autres"
ROW = "P1;création;10;1;Oui;5;;"


def book(**changes: Any) -> Codebook:
    """Return the small codebook with other top-level entries."""
    return checked(copy.deepcopy(SMALL) | changes, "codebook.yaml")


def table(name: str) -> list[dict[str, str]]:
    """Return the rows of a table beside the tests."""
    return list(csv.DictReader(io.StringIO(Path(__file__).with_name("survey").joinpath(name).read_text("utf-8"))))


def saved(folder: Path, content: str | bytes, name: str = "export.csv") -> Path:
    """Return the path of an export holding that content."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def lines(*rows: str, header: str = HEADER) -> str:
    """Return a CSV text of the small wave."""
    return "\n".join((header, *rows)) + "\n"


def cleaned(folder: Path, *rows: str, header: str = HEADER, **changes: Any) -> Cleaned:
    """Return the clean tables of rows of the small wave."""
    return clean(saved(folder, lines(*rows, header=header)), book(**changes))


def finished(draft: str, *decided: tuple[str, str], wave: str = "2015") -> str:
    """Return a draft finished as the guide says: its list done and deleted, the year, what was `decided` instead."""
    text = re.sub(r"to_finish:\n(  - .*\n)+", "", draft).replace("wave: \n", f"wave: {wave}\n")
    for before, after in decided:
        assert text.count(before) == 1, (before, text)
        text = text.replace(before, after)
    return text


def pole(result: Cleaned, name: str) -> dict[str, Any]:
    """Return the row of one pole."""
    return result.poles.set_index("pole_id").loc[name].to_dict()


def reasons(result: Cleaned) -> list[tuple[int, str]]:
    """Return the lines set aside whole, with the name of the rule."""
    whole = result.quarantine[result.quarantine["column"] == ""]
    return [(row, str(reason).split(":")[0]) for row, reason in zip(whole["row"], whole["reason"], strict=True)]


def set_cells(result: Cleaned) -> list[tuple[int, str, str, str]]:
    """Return the cells set aside."""
    frame = result.quarantine[result.quarantine["column"] != ""]
    return [tuple(row) for row in frame[["row", "column", "raw_value", "reason"]].astype(object).to_numpy()]


def xlsx(rows: list[list[Any]], change: Any = None) -> bytes:
    """Return a workbook of those rows; `change(sheet)` may then merge, hide or format."""
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(row)
    if change:
        change(workbook.active)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def ods(rows: list[list[Any]]) -> bytes:
    """Return a spreadsheet of those rows: texts, floats, or ready-made cells (attributes, shown text)."""
    document, sheet = OpenDocumentSpreadsheet(), Table(name="Feuille")
    for cells in rows:
        row = TableRow()
        for cell in cells:
            attributes, shown = cell if isinstance(cell, tuple) else ({"valuetype": "string"}, str(cell))
            made = TableCell(**attributes)
            for line in shown.split("\n") if shown else []:
                made.addElement(P(text=line))
            row.addElement(made)
        sheet.addElement(row)
    document.spreadsheet.addElement(sheet)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def zipped(parts: dict[str, str | bytes]) -> bytes:
    """Return a zip file of those parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def sheet_xlsx(sheet: str, **parts: str) -> bytes:
    """Return a minimal workbook around the XML of one sheet, other parts given by name (`styles`, `sharedStrings`)."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    since = f'<workbookPr date1904="{parts.pop("date1904", "0")}"/>'
    first = '<sheets><sheet name="F" sheetId="1" r:id="rId1"/></sheets>'
    related = '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>'
    made: dict[str, str | bytes] = {f"xl/{name}.xml": text for name, text in parts.items()}
    made["xl/workbook.xml"] = f'<workbook {main} xmlns:r="{relation}">{since}{first}</workbook>'
    made["xl/_rels/workbook.xml.rels"] = related
    made["xl/worksheets/sheet1.xml"] = f"<worksheet {main}>{sheet}</worksheet>"
    return zipped(made)


def sheet_ods(tables: str) -> bytes:
    """Return a minimal spreadsheet around the XML of its tables."""
    said = "urn:oasis:names:tc:opendocument:xmlns"
    names = " ".join(f'xmlns:{short}="{said}:{short}:1.0"' for short in ("office", "table", "text", "style"))
    body = f"<office:body>{tables}</office:body>"
    return zipped({"content.xml": f"<office:document-content {names}>{body}</office:document-content>"})
