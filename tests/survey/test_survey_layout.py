"""From a grid to answers: headers in one or two lines, columns found by name, widths that never shift."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from ptce_analysis.errors import InputError
from ptce_analysis.survey.clean import Answers, laid_out
from ptce_analysis.survey.read import read_bytes
from survey_exports import HEADER, ROW, book, lines, xlsx

ETP: dict[str, Any] = {
    "variables": {"pole_id": {"header": "id"}, "cell_fte": {"header": "ETP"}},
    "not_asked": [
        "stage", "members", "employees", "budget_eur", "cell_budget_eur", "cell_self_financed_share", "legal_form",
    ],
    "supports": [],
}  # fmt: skip
TWO_LINES = ETP | {
    "supports": [{"level": name.lower(), "amount": f"Financement / {name}"} for name in ("Region", "EPCI")],
    "layout": {"header_rows": "2"},
}


def laid(content: str | bytes, **changes: Any) -> Answers:
    """The answers of an export of the small wave."""
    return laid_out(read_bytes(content.encode() if isinstance(content, str) else content, "f.csv"), book(**changes))


def notes(found: Answers, rule: str) -> list[tuple[int, str]]:
    """What was done to the file by a rule: where, and to what."""
    return [(note.row, note.raw_value) for note in found.notes if note.rule == rule]


def test_columns_are_found_by_header_whatever_their_order_accents_or_spaces() -> None:
    """No-break spaces, capitals and line breaks in a header do not matter; what is not read is said to be."""
    header = '"ETP\u00a0";  ID;Stade;Budget\u202f(K€);"Région\n";montant région;EPCI;Autres;Commentaire'
    found = laid(f"Enquête PTCE;2015\n\n{header}\n1;P1;c;2;;;;;x\n")
    assert (found.cells["pole_id"], found.cells["cell_fte"], found.cells["cell_budget_eur"]) == (["P1"], ["1"], ["2"])
    assert notes(found, "line_above_the_header") == [(1, "Enquête PTCE | 2015")]
    assert notes(found, "column_not_in_the_codebook") == [(3, "Commentaire")] and found.numbers == [5]


def test_two_header_lines_are_joined_across_merged_cells() -> None:
    """The top text covers its merged cells in a workbook, and everything to its right in a CSV; a line may do alone."""
    rows = [["id", "ETP", "Financement", None], [None, None, "Région", "EPCI"], ["P1", 1, 5, 7]]

    def merged(sheet: Any) -> None:
        sheet.merge_cells("C1:D1")
        sheet.merge_cells("A1:A2")

    for content in (xlsx(rows, merged), "id;ETP;Financement;\n;;Région;EPCI\nP1;1;5;7\n"):
        found = laid(content, **TWO_LINES)
        assert found.headers["supports[1].amount"] == "Financement / Région"
        assert found.cells["supports[2].amount"] == ["7"]
        alone = laid(content, **TWO_LINES | {"supports": [{"level": "region", "amount": "Région"}]})
        assert alone.cells["supports[1].amount"] == ["5"]


def test_rows_of_workbooks_are_filled_and_cells_beyond_the_header_listed() -> None:
    """Workbooks do not store blank cells at the end; a note beside the table is not an answer."""
    names = HEADER.split(";")
    found = laid(xlsx([names, ["P1", "création"], ["P2", *[None] * 8, "à revoir"]]))
    assert [len(row) for row in found.whole] == [8, 8] and notes(found, "cell_beyond_the_header") == [(3, "à revoir")]


def test_separators_at_the_end_of_every_line_are_dropped_and_listed_once() -> None:
    """Software adds them to each line; they hold nothing. Notes under the answers of a CSV need none."""
    found = laid(lines(ROW + ";;", ROW + ";;", "Source : RTES", "* provisoire"))
    assert notes(found, "blank_cells_beyond_the_header") == [(2, "2 rows")]
    assert found.cells["pole_id"] == ["P1", "P1", "Source : RTES", "* provisoire"]


def test_merged_cells_among_the_answers_are_listed() -> None:
    """A value over two lines belongs to the first only; titles and absent rows may be merged without a word."""

    def merged(sheet: Any) -> None:
        for cells in ("A1:B1", "B3:B4", "C3:C4", "A6:A7"):
            sheet.merge_cells(cells)

    found = laid(xlsx([["Titre"], ["id", "ETP"], ["P1", 1], ["P2", None]], merged), **ETP)
    assert notes(found, "merged_cells") == [(3, "1")] and found.cells["cell_fte"] == ["1", ""]


def test_a_header_that_is_on_another_sheet_is_looked_for_there() -> None:
    """The message names the other sheets and the entry of the codebook that chooses one."""
    workbook, out = openpyxl.Workbook(), io.BytesIO()
    workbook.active["A1"] = "Notice"
    workbook.create_sheet("Réponses").append(HEADER.split(";"))
    workbook.save(out)
    with pytest.raises(InputError, match=r"no line holds a header .* other sheets \(Réponses\): .* \(layout: sheet\)"):
        laid(out.getvalue())


@pytest.mark.parametrize(("content", "message"), [
    (lines(ROW, "P2;création;10", ROW), "line 3: 3 cells where the header has 8"),
    (lines(ROW, ROW + ";x"), "line 3: 9 cells where"),
    # A separator inside an answer moves those after it, even if the last is blank; so does a decimal comma.
    (lines(ROW, "P2;création;10;5;1;Oui;5;;"), "line 3: 9 cells where the header has 8"),
    (lines("P1,création,10,1,5,Oui,,,", header=HEADER.replace(";", ",")), "line 2: 9 cells where the header has 8"),
    (lines(), "a header and no answers under it"),
    ("a;b\n1;2\n", r"no line holds a header of codebook.yaml \(for example 'id'\)\. Check the codebook"),
    ("id;Stdae\nP1;x\n", r"(?s)stage: no column is called 'Stade'. Did you mean 'Stdae'.*cell_fte.*supports\[3\]"),
    (lines(ROW + ";x", header=HEADER + ";stade"), r"are called 'Stade'\. Write which: 'Stade #1', 'stade #2'"),
])  # fmt: skip
def test_what_would_shift_or_lose_a_column_is_an_error(content: str, message: str) -> None:
    """Ragged rows are named with their line; missing and doubled columns all at once."""
    with pytest.raises(InputError, match=message):
        laid(content)
