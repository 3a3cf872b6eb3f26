"""From a grid to answers: headers in one or two lines, columns found by name, widths that never shift."""

from typing import Any

import pytest

from ptce_analysis.errors import InputError
from ptce_analysis.survey.clean import Answers, cleaned, laid_out
from ptce_analysis.survey.codebook import yaml_mapping
from ptce_analysis.survey.read import read_bytes
from survey_exports import HEADER, ROW, SMALL, book, lines, table, xlsx

ETP: dict[str, Any] = {
    "variables": {"pole_id": {"header": "id"}, "cell_fte": {"header": "ETP"}},
    "not_asked": [*SMALL["not_asked"], "stage", "cell_budget_eur"], "supports": [],
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


def sheets(**rows: list[list[Any]]) -> bytes:
    """A workbook of several sheets."""

    def filled(first: Any) -> None:
        for name, cells in rows.items():
            sheet = first.parent.create_sheet(name)
            for row in cells:
                sheet.append(row)
        first.parent.remove(first)

    return xlsx([], filled)


NAMES, ANSWERS = HEADER.split(";"), [["P1", "création", 10, 1, "Oui", 5], ["P2", "émergence", 12, 2, "Non"]]


@pytest.mark.parametrize(("others", "message"), [
    # A cover: the sheet with the answers is proposed, the others are named.
    ({"Notice": [["Enquête"]], "Données": [NAMES, *ANSWERS], "Listes": [["Région"], ["EPCI"]]},
     r"not the first sheet but 'Données' has .* \(layout: \{sheet: Données\}\).* other sheets: Listes"),
    ({"Notice": [["Enquête"]], "Modèle": [NAMES]}, "no line holds a header .* Other sheets: Modèle"),
    # Answers on two sheets: each with its header, or the second without.
    ({"A": [NAMES, *ANSWERS], "B": [NAMES, *ANSWERS]}, "more than the first sheet, also 'B' has the headers"),
    ({"A": [NAMES, *ANSWERS], "Suite": ANSWERS}, "sheet 'Suite': it reads as answers"),
])  # fmt: skip
def test_answers_on_another_sheet_are_never_left_out(others: dict[str, list[list[Any]]], message: str) -> None:
    """One clear error, until the codebook says which sheet to read."""
    data = sheets(**others)
    with pytest.raises(InputError, match=message):
        laid(data)
    for name in (name for name, rows in others.items() if rows[1:] == ANSWERS):
        assert laid_out(read_bytes(data, "f.xlsx", sheet=name), book()).cells["pole_id"] == ["P1", "P2"]


def test_lists_and_summaries_on_other_sheets_are_no_answers() -> None:
    """They are noted, and the first sheet is read."""
    others = {"Listes": [["Stade", "Région"], ["création", "Oui"]], "Synthèse": [["Région", 12], ["EPCI", 5]]}
    found = laid(sheets(A=[NAMES, *ANSWERS], **others))
    assert found.numbers == [2, 3] and notes(found, "other_sheets") == [(0, "Listes, Synthèse")]


@pytest.mark.parametrize("row", table("layout_faults.csv"), ids=lambda row: row["content"])
def test_what_would_shift_lose_or_add_an_answer_is_a_fault(row: dict[str, str]) -> None:
    """Each export of the table has its message: its line, and what to do. In a workbook rows without shifts are alike.

    A sheet sorted with its header, or where a line of two cells is a yes, a stage or an amount with its unit; a second
    table under the answers; ragged rows; missing and doubled columns, all at once.
    """
    content = row["content"].replace("HEADER", HEADER).replace("ROW", ROW)
    rows = [line.split(";") for line in content.split("\n")]
    for written in (content, *([xlsx(rows)] if row["in a workbook"] else [])):
        with pytest.raises(InputError, match=rf"(?s)f\.csv.*{row['fault']}"):
            laid(written, **yaml_mapping(row["codebook"] or "{}", "codebook.yaml"))


@pytest.mark.parametrize("titles", ["Enquête PTCE;2015\n", "Nombre de réponses;42\n", ";;;;;(euros);;\n",
                                    "Identité;;Moyens;;Soutiens;;;\n"])  # fmt: skip
def test_titles_units_and_groups_above_the_header_are_noted(titles: str) -> None:
    """They are no answers: a label and its number, the units of columns, the groups of questions."""
    found = laid(titles + lines(ROW))
    assert found.numbers == [3] and len(notes(found, "line_above_the_header")) == 1


def test_blank_lines_and_headers_again_are_no_second_table() -> None:
    """Nor lines of an answer; a header of two lines is told on each page."""
    found = laid(lines(ROW, "", "P2;création;10;1;Oui;5;;", '"P3\n(suite)";création;10;1;Oui;5;;', "Nord;projet;;;;;;"))
    assert found.numbers == [2, 4, 5, 7]
    header = "id;ETP;Financement;\n;;Région;EPCI\n"
    made = book(**TWO_LINES)
    again = laid_out(read_bytes(f"{header}P1;1;5;7\n{header}P2;1;5;7\n".encode(), "f.csv"), made)
    assert list(cleaned(again, made).poles["pole_id"]) == ["P1", "P2"]


def test_a_vv_export_is_read_as_it_was_typed() -> None:
    """LimeSurvey writes out what would break its lines; older ones end the header in a tab, and write NULL."""
    text = "id\tETP\tFini\t\nP1{newline}{tab}(Nord)\t1\t2024-03-11\nP2\t1\tNULL\nP3\t1\t{question_not_shown}\n"
    made = book(**ETP | {"layout": {"complete": "Fini", "not_shown": "{question_not_shown}"}})
    found = laid_out(read_bytes(text.encode(), "f.csv"), made)
    assert notes(found, "limesurvey_sign") == [(2, "P1{newline}{tab}(Nord)")] and found.cells["cell_fte"] == ["1"] * 3
    assert list(cleaned(found, made).poles["pole_id"]) == ["P1 (Nord)"]
