"""From a grid to answers: headers in one or two lines, columns found by name, widths that never shift."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from ptce_analysis.survey.clean.layout import Table, table

from ptce_analysis.errors import InputError
from ptce_analysis.survey.clean import clean
from ptce_analysis.survey.read import read_bytes
from survey_exports import HEADER, ROW, book, lines, ods, saved, xlsx


def laid(content: str | bytes, **changes: Any) -> Table:
    """Return the answers of an export of the small wave."""
    return table(read_bytes(content.encode() if isinstance(content, str) else content, "f.csv"), book(**changes))


VARIABLES = {"pole_id": {"header": "id"}, "cell_fte": {"header": "ETP"}}
NOT_ASKED = ["stage", "members", "employees", "budget_eur", "cell_budget_eur", "cell_self_financed_share", "legal_form"]


def two_lines() -> dict[str, Any]:
    """Return the changes of a codebook whose header is on two lines."""
    supports = [
        {"level": "region", "amount": "Financement / Région"},
        {"level": "epci", "amount": "Financement / EPCI"},
    ]
    return {"variables": VARIABLES, "not_asked": NOT_ASKED, "supports": supports, "layout": {"header_rows": "2"}}


def test_columns_are_found_by_header_whatever_their_order_accents_or_spaces() -> None:
    """No-break spaces, capitals and line breaks in a header do not matter."""
    found = laid(
        '"ÉTP\u00a0";  ID;Stade;Budget\u202f(K€);"Région\n";montant région;EPCI;Autres\n1;P1;c;2;;;;\n'.replace(
            "É", "E"
        )
    )
    assert (found.cells["pole_id"], found.cells["cell_fte"], found.cells["cell_budget_eur"]) == (["P1"], ["1"], ["2"])


def test_lines_above_the_header_and_unused_columns_are_listed() -> None:
    """What is not read is said to be."""
    found = laid("Enquête PTCE;2015\n\n" + lines(ROW + ";x", header=HEADER + ";Commentaire"))
    assert [(n.row, n.raw_value, n.rule) for n in found.notes if n.rule != "separator"] == [
        (1, "Enquête PTCE | 2015", "line_above_the_header"),
        (3, "Commentaire", "column_not_in_the_codebook")]  # fmt: skip
    assert found.numbers == [4]


def test_two_header_lines_are_joined_across_merged_cells() -> None:
    """The top text covers its merged cells in a workbook, and everything to its right in a CSV."""
    rows = [["id", "ETP", "Financement", None], [None, None, "Région", "EPCI"], ["P1", 1, 5, 7]]

    def merged(sheet: Any) -> None:
        sheet.merge_cells("C1:D1")
        sheet.merge_cells("A1:A2")

    for content in (xlsx(rows, merged), "id;ETP;Financement;\n;;Région;EPCI\nP1;1;5;7\n"):
        found = laid(content, **two_lines())
        assert found.header == {
            "pole_id": "id",
            "cell_fte": "ETP",
            "supports[1].amount": "Financement / Région",
            "supports[2].amount": "Financement / EPCI",
        }
        assert found.cells["supports[2].amount"] == ["7"]


def test_one_line_of_a_double_header_is_enough_when_it_is_alone() -> None:
    """A label that only one column has may be given without its group."""
    changes = two_lines() | {"supports": [{"level": "region", "amount": "Région"}]}
    assert laid("id;ETP;Financement;\n;;Région;EPCI\nP1;1;5;7\n", **changes).cells["supports[1].amount"] == ["5"]


def test_rows_of_workbooks_are_filled_and_cells_beyond_the_header_listed() -> None:
    """Workbooks do not store blank cells at the end; a note beside the table is not an answer."""
    names = HEADER.split(";")
    found = laid(xlsx([names, ["P1", "création"], ["P2", *[None] * 8, "à revoir"]]))
    assert [len(row) for row in found.whole] == [8, 8]
    assert [(n.row, n.raw_value) for n in found.notes if n.rule == "cell_beyond_the_header"] == [(3, "à revoir")]
    assert laid(ods([names, ["P1", "création"]])).cells["stage"] == ["création"]


def test_separators_at_the_end_of_every_line_are_dropped_and_listed_once() -> None:
    """Software adds them to each line; they hold nothing. A note under the answers needs none."""
    found = laid(lines(ROW + ";;", ROW + ";;", "* provisoire"))
    assert [(n.row, n.raw_value) for n in found.notes if n.rule == "blank_cells_beyond_the_header"] == [(2, "2 rows")]
    assert found.cells["pole_id"] == ["P1", "P1", "* provisoire"]


def test_a_line_longer_than_others_has_shifted_even_if_it_ends_in_blanks() -> None:
    """A separator inside an answer moves the answers after it; the last being blank does not show it."""
    with pytest.raises(InputError, match="line 3: 9 cells where the header has 8"):
        laid(lines(ROW, "P2;création;10;5;1;Oui;5;;"))
    with pytest.raises(InputError, match="line 2: 10 cells where the header has 8"):
        laid(lines(ROW + ";;", ROW + ";"))


def test_decimal_commas_that_cut_numbers_in_every_line_are_no_ends_of_lines() -> None:
    """`1,5` without quotes is two cells in a file of commas; texts before the blank ends are not."""
    header = HEADER.replace(";", ",")
    with pytest.raises(InputError, match="line 2: 9 cells where the header has 8"):
        laid(lines("P1,création,10,1,5,Oui,,,", header=header))
    found = laid(lines("P1,création,10,,Oui,5,,,", "P2,création,10,,Non,,,,", header=header))
    assert found.cells["pole_id"] == ["P1", "P2"]


def test_merged_cells_among_the_answers_are_listed() -> None:
    """A value over two lines belongs to the first only; titles and headers may be merged without a word."""

    def merged(sheet: Any) -> None:
        for cells in ("A1:B1", "B3:B4", "C3:C4"):
            sheet.merge_cells(cells)

    found = laid(
        xlsx([["Titre"], ["id", "ETP"], ["P1", 1], ["P2", None]], merged),
        variables=VARIABLES,
        not_asked=NOT_ASKED,
        supports=[],
    )
    assert [(n.row, n.column, n.raw_value, n.value) for n in found.notes if n.rule == "merged_cells"] == [
        (3, 1, "1", "first of 2 cells")
    ]
    assert found.cells["cell_fte"] == ["1", ""]


def test_a_header_that_is_on_another_sheet_is_looked_for_there() -> None:
    """The message names the other sheets and the entry of the codebook that chooses one."""
    workbook = openpyxl.Workbook()
    workbook.active["A1"] = "Notice"
    workbook.create_sheet("Réponses").append(HEADER.split(";"))
    out = io.BytesIO()
    workbook.save(out)
    with pytest.raises(InputError, match=r"no line holds a header .* other sheets \(Réponses\): .* \(layout: sheet\)"):
        laid(out.getvalue())


def test_notes_under_a_csv_are_rows_to_set_aside_not_faults() -> None:
    """A line of one cell after the last answer cannot have shifted anything."""
    assert laid(lines(ROW, "Source : RTES", "* provisoire")).numbers == [2, 3, 4]


@pytest.mark.parametrize(("content", "message"), [
    (lines(ROW, "P2;création;10", ROW), "line 3: 3 cells where the header has 8"),
    (lines(ROW, "P2", ROW), "line 3: 1 cells where"),
    (lines(ROW, ROW + ";x"), "line 3: 9 cells where"), (lines('"P\n1";a;b;c;d;e;f;g', "P2;x"), "line 4: 2 cells"),
    (lines(), "a header and no answers under it"),
    ("a;b\n1;2\n", r"no line holds a header of codebook.yaml \(for example 'id'\). First line: 'a | b'"),
    ("id;Stdae\nP1;x\n", "stage: no column is called 'Stade'. Did you mean 'Stdae'"),
    (lines(ROW + ";x", header=HEADER + ";stade"), "stage: 2 columns are called 'Stade'"),
])  # fmt: skip
def test_what_would_shift_or_lose_a_column_is_an_error(content: str, message: str) -> None:
    """Ragged rows, missing and doubled columns are named with their line."""
    with pytest.raises(InputError, match=message):
        laid(content)


def test_every_missing_column_is_named_at_once() -> None:
    """One error lists all that is missing."""
    with pytest.raises(InputError, match=r"(?s)cell_budget_eur.*cell_fte.*supports\[1\].link.*supports\[3\].funder"):
        laid("id;Stade\nP1;x\n")


def test_one_column_cannot_be_two_variables() -> None:
    """Two spellings that meet in one column are a fault of the codebook; the completion column may be shared."""
    changes = {"variables": {"pole_id": {"header": "id"}, "cell_fte": {"header": "G"}, "n_x": {"header": "H",
        "kind": "count"}}, "not_asked": NOT_ASKED,
               "supports": [], "layout": {"header_rows": "2", "complete": "id"}}  # fmt: skip
    with pytest.raises(InputError, match="the column 'G / H' is claimed by two variables"):
        laid("id;G\n;H\nP1;1\n", **changes)


def test_a_merge_that_starts_outside_the_header_is_ignored() -> None:
    """A merged title above, or a cell of a row that is not there, names nothing."""
    rows = [["Titre", None], [], ["id", "ETP"], ["P1", 1]]
    found = laid(
        xlsx(rows, lambda sheet: [sheet.merge_cells("A1:B2"), sheet.merge_cells("A4:A5")]),
        variables=VARIABLES,
        not_asked=NOT_ASKED,
        supports=[],
    )
    assert found.cells["cell_fte"] == ["1"]


def test_the_file_is_the_same_after_cleaning(tmp_path: Path) -> None:
    """The input is only read."""
    export = saved(tmp_path, lines(ROW))
    before = (export.read_bytes(), export.stat().st_mtime_ns)
    clean(export, book())
    assert (export.read_bytes(), export.stat().st_mtime_ns) == before
