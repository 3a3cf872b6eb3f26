"""Workbooks: cells as a person saw them, and hostile files refused before the memory is spent."""

from __future__ import annotations

import datetime
import io
import zipfile
from typing import Any

import openpyxl
import pytest

from ptce_analysis.errors import InputError
from ptce_analysis.survey.read import Grid, Limits, read_bytes
from survey_exports import ods, sheet_ods, sheet_xlsx, xlsx, zipped


def grid(data: bytes, **options: Any) -> Grid:
    """Return the grid of a workbook."""
    return read_bytes(data, "f.xlsx", **options)


def ods_cell(cell: str) -> bytes:
    """Return a spreadsheet of one cell, given as XML."""
    return sheet_ods(f"<table:table><table:table-row>{cell}</table:table-row></table:table>")


def test_excel_cells_are_the_text_a_person_saw() -> None:
    """Percentages, units, dates and three decimals cannot be misread afterwards; a formula never computed stays one."""
    rows = [["id", "k", "pct", "n", "date", "yes", "f", "eur", "std"],
            ["P1", 12500.5, 0.32, 1.125, datetime.date(2015, 3, 12), True, "=SUM(B2:B2)", 1750, 7]]  # fmt: skip

    def shaped(sheet: Any) -> None:
        for cell, shape in {"B2": '#,##0" k€"', "C2": "0.0%", "H2": "#,##0 [$€-40C]", "I2": "#,##0.00\\ _€"}.items():
            sheet[cell].number_format = shape

    assert grid(xlsx(rows, shaped)).rows[1] == [
        "P1",
        "12500.5 k€",
        "32 %",
        "1.1250",
        "2015-03-12",
        "VRAI",
        "=SUM(B2:B2)",
        "1750 €",
        "7",
    ]


@pytest.mark.parametrize(("shape", "shown"), [("yyyy\\-mm\\-dd", "2015-01-01"), ('0" ans"', "42005 ans"),
    ("0%", "4200500 %"),
    ('#,##0.00 "€"', "42005 €"), ("General", "42005"), ("#,##0.00\\ €", "42005 €"), ("[h]:mm", "2015-01-01"),
    ('0"."', "42005")])  # fmt: skip
def test_the_number_format_says_what_the_number_is(shape: str, shown: str) -> None:
    """42005 is the first of January 2015 in a date format, itself otherwise."""
    styles = f"""<styleSheet><numFmts><numFmt numFmtId="164" formatCode='{shape}'/></numFmts>
        <cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs>
        </styleSheet>"""
    assert grid(sheet_xlsx('<sheetData><row><c s="1"><v>42005</v></c></row></sheetData>', styles=styles)).rows == [
        [shown]
    ]


def test_built_in_formats_errors_rich_text_and_guides_are_read() -> None:
    """Built-in 9 is per cent and 14 a date; phonetic guides are not text; line ends are unescaped."""
    styles = '<styleSheet><cellXfs><xf numFmtId="9"/><xf numFmtId="14"/></cellXfs></styleSheet>'
    shared = (
        "<sst><si><r><t>Ré</t></r><r><t>gion</t></r><rPh><t>NO</t></rPh></si><si><t>a_x000D_b_x0009_c</t></si></sst>"
    )
    sheet = """<cols><col min="2" max="3" hidden="1"/></cols><sheetData><row r="2" hidden="1">
        <c r="A2" t="s"><v>0</v></c><c t="s"><v>1</v></c><c r="D2" s="0"><v>0.5</v></c><c s="1"><v>42005.5</v></c>
        <c t="e"><v>#N/A</v></c><c t="inlineStr"><is><t>x</t><rPh><t>NO</t></rPh></is></c>
        <c t="str"><f>A1</f><v>y</v></c>
        <c s="1"><v>oops</v></c><c s="0"><v>oops</v></c><c t="b"><v>0</v></c><c><v></v></c></row></sheetData>
        <mergeCells><mergeCell ref="A1:B2"/><mergeCell ref="A1"/></mergeCells>"""
    found = grid(sheet_xlsx(sheet, styles=styles, sharedStrings=shared))
    assert found.rows == [
        ["Région", "a\nb\tc", "", "50 %", "2015-01-01T12:00:00", "#N/A", "x", "y", "oops", "oops %", "FAUX"]
    ]
    assert found.numbers == [2] and found.merged == ((1, 0, 2, 1),)
    assert [(n.row, n.column, n.raw_value, n.rule) for n in found.notes] == [
        (0, None, "2-3", "hidden_columns"), (2, None, "hidden", "hidden_row"),
        (2, 7, "=A1", "formula_as_stored")]  # fmt: skip


def test_dates_of_old_macintosh_workbooks_count_from_1904() -> None:
    """The same day is 1,462 less in the calendar of 1904 (Excel's documentation)."""
    styles = '<styleSheet><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>'
    sheet = '<sheetData><row><c s="0"><v>40543</v></c></row></sheetData>'
    assert grid(sheet_xlsx(sheet, styles=styles, date1904="1")).rows == [["2015-01-01"]]


def test_the_first_shown_sheet_is_read_unless_one_is_named() -> None:
    """Hidden sheets are skipped; an unknown name lists the sheets."""
    workbook = openpyxl.Workbook()
    workbook.active.title, workbook.active.sheet_state = "Cachée", "hidden"
    workbook.active["A1"] = "non"
    workbook.create_sheet("Réponses")["A1"] = "oui"
    out = io.BytesIO()
    workbook.save(out)
    assert grid(out.getvalue()).rows == [["oui"]]
    assert grid(out.getvalue(), sheet="Cachée").rows == [["non"]]
    with pytest.raises(
        InputError, match=r"no sheet 'Reponses'\. Its sheets: Cachée, Réponses\. Did you mean 'Réponses'"
    ):
        grid(out.getvalue(), sheet="Reponses")


def test_sheets_that_are_not_read_are_named() -> None:
    """Answers may be on another sheet: the ledger says which there are, whatever the format and the sheet asked for."""
    workbook = openpyxl.Workbook()
    workbook.active.title = "Notice"
    workbook.active["A1"] = "lisez-moi"
    for name in ("Réponses", "Listes"):
        workbook.create_sheet(name)["A1"] = name
    out = io.BytesIO()
    workbook.save(out)
    three = "".join(f'<table:table table:name="{name}"/>' for name in ("Notice", "Réponses", "Listes"))
    for data in (out.getvalue(), sheet_ods(three)):
        for sheet, others in (("", "Réponses, Listes"), ("Réponses", "Notice, Listes")):
            notes = grid(data, sheet=sheet).notes
            assert [(n.row, n.raw_value) for n in notes if n.rule == "other_sheets"] == [(0, others)]
    assert not grid(xlsx([["a"]])).notes and not grid(ods([["a"]])).notes


def test_hidden_rows_of_an_open_document_are_read_and_noted() -> None:
    """Collapsed by hand or by a filter, once or repeated; a hidden blank row is nothing."""
    rows = "".join(
        f"<table:table-row{shape}><table:table-cell><text:p>{text}</text:p></table:table-cell></table:table-row>"
        for shape, text in (("", "a"), (' table:visibility="collapse"', "b"), (' table:visibility="visible"', "c"),
                            (' table:visibility="filter" table:number-rows-repeated="2"', "d"),
                            (' table:visibility="collapse"', ""))
    )  # fmt: skip
    found = grid(sheet_ods(f"<table:table>{rows}</table:table>"))
    assert found.rows == [["a"], ["b"], ["c"], ["d"], ["d"]]
    assert [(n.row, n.rule) for n in found.notes] == [(2, "hidden_row"), (4, "hidden_row"), (5, "hidden_row")]


def test_letters_read_twice_are_put_right_in_workbooks_too() -> None:
    """A CSV opened with the wrong table and saved as a workbook keeps `RÃ©gion`; each cell put right is noted."""
    rows = [["id", "RÃ©gion"], ["Ãa", "crÃ©ation"], ["é", "crÃ©ation"]]
    for data in (xlsx(rows), ods(rows)):
        found = grid(data)
        assert found.rows == [["id", "Région"], ["Ãa", "création"], ["é", "création"]]
        assert [(n.row, n.column, n.raw_value, n.value) for n in found.notes if n.rule == "mojibake"] == [
            (1, 1, "RÃ©gion", "Région"), (2, 1, "crÃ©ation", "création"), (3, 1, "crÃ©ation", "création")]  # fmt: skip


@pytest.mark.parametrize(("stored", "shown"), [("42005.583333333336", "2015-01-01T14:00:00"),
    ("42004.99999999", "2015-01-01"), ("42005.5416666665", "2015-01-01T13:00:00"), ("1e400", "1e400"),
    ("nan", "nan"), ("9e9", "9e9")])  # fmt: skip
def test_a_moment_is_rounded_to_the_second_as_the_spreadsheet_shows_it(stored: str, shown: str) -> None:
    """Fourteen hours are 0.58333… of a day: cut instead of rounded, they would be 13:59:59. What is no day is kept."""
    styles = '<styleSheet><cellXfs><xf numFmtId="22"/></cellXfs></styleSheet>'
    sheet = f'<sheetData><row><c s="0"><v>{stored}</v></c></row></sheetData>'
    assert grid(sheet_xlsx(sheet, styles=styles)).rows == [[shown]]


def test_open_document_cells_are_the_text_a_person_saw() -> None:
    """Stored values, units shown, dates, truth values, several lines, repeated cells and a million blank rows."""
    rows = [["id", "b"],
            [({"valuetype": "string", "numbercolumnsrepeated": "2"}, "x"),
                ({"valuetype": "float", "value": "25"}, "25 k€"),
             ({"valuetype": "percentage", "value": "0.32"}, "32%"),
             ({"valuetype": "date", "datevalue": "2015-03-12"}, "12/03/15"),
             ({"valuetype": "boolean", "booleanvalue": "true"}, "VRAI"),
             ({"valuetype": "currency", "value": "1750.5"}, "1 750,50 €"),
             ({"valuetype": "float", "value": "1.125"}, "1,13"), ({"valuetype": "string"}, "a\nb"),
             ({"formula": "of:=SUM(A1)"}, "")]]  # fmt: skip
    found = grid(ods(rows)).rows
    assert found[1] == ["x", "x", "25 k€", "32 %", "2015-03-12", "VRAI", "1750.5 €", "1.1250", "a\nb", "=SUM(A1)"]


def test_a_million_repeated_blank_rows_cost_nothing_and_are_counted() -> None:
    """The row after them keeps its number; spaces, tabs, line breaks, notes and hidden columns are seen."""
    table = """<table:table table:name="F">
      <table:table-column table:visibility="collapse" table:number-columns-repeated="2"/>
      <table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="16000"/>
      </table:table-row><table:table-row table:number-rows-repeated="2">
      <table:table-cell table:number-columns-spanned="2">
      <office:annotation><text:p>NO</text:p></office:annotation>
      <text:p>a<text:s text:c="2"/>b<text:tab/>c<text:line-break/>d</text:p></table:table-cell>
      <table:covered-table-cell/><table:table-cell office:string-value="z"/></table:table-row></table:table>
      <table:table table:name="G"/>"""
    found = grid(sheet_ods(table))
    assert found.numbers == [1_000_001, 1_000_002]
    assert found.rows == [["a  b\tc\nd", "", "z"]] * 2
    assert found.merged[0] == (1_000_001, 0, 1_000_001, 1)
    assert [(n.raw_value, n.rule) for n in found.notes] == [("G", "other_sheets"), ("1-2", "hidden_columns")]


def test_an_open_document_sheet_that_is_not_there_is_told() -> None:
    """The sheets are listed."""
    with pytest.raises(InputError, match=r"no sheet 'X'\. Its sheets: Feuille"):
        grid(ods([["a"]]), sheet="X")


BOMB = zipped({"xl/workbook.xml": b"0" * 20_000_000})
ENTITY = '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'


@pytest.mark.parametrize(("data", "message"), [
    (xlsx([["a"]])[:300], "truncated or damaged"), (b"PK\x03\x04oops", "truncated or damaged"),
    (zipped({"a.txt": "x"}), "neither .xlsx nor .ods"), (BOMB, "xl/workbook.xml inflates beyond"),
    (zipped({"content.xml": ENTITY}), "content.xml defines entities"),
    (zipped({"xl/workbook.xml": ENTITY, "xl/_rels/workbook.xml.rels": "<a/>"}), "defines entities"),
    (zipped({"content.xml": "<a>"}), "not well-formed XML"),
    (zipped({"content.xml": b'<?xml version="1.0" encoding="shift-jis"?><a/>'}), "not well-formed"),
    (zipped({"xl/workbook.xml": "<a/>"}), "has no part xl/_rels/workbook.xml.rels"),
    (zipped({"xl/workbook.xml": "<a/>", "xl/_rels/workbook.xml.rels": "<a/>"}), "no sheet ''. Its sheets: none"),
    (sheet_xlsx('<sheetData><row r="2"/><row r="1"/></sheetData>'), "row 1: row numbers do not go up"),
    (sheet_xlsx('<sheetData><row r="9999999"/></sheetData>'),
    "row 9999999: row numbers do not go up, or pass the limit"),
    (sheet_xlsx('<sheetData><row r="x"/></sheetData>'), "row x: row numbers"),
    (sheet_xlsx('<sheetData><row r="1"><c r="B1"/><c r="A1"/></row></sheetData>'), "the cell 'A1' is out of place"),
    (sheet_xlsx('<sheetData><row r="1"><c r="A2"/></row></sheetData>'), "the cell 'A2' is out of place"),
    (sheet_xlsx('<sheetData><row r="1"><c r="ZZZ1"/></row></sheetData>'), "'ZZZ1' is out of place or out of bounds"),
    (sheet_xlsx('<sheetData><row r="1"><c r="1A"/></row></sheetData>'), "'1A' is out of place"),
    (sheet_xlsx('<sheetData><row><c t="s"><v>7</v></c></row></sheetData>'), "points to the text '7', which is missing"),
    (ods_cell('<table:table-cell table:number-columns-repeated="99999"><text:p>x</text:p></table:table-cell>'),
     "more than 2000 columns"),
    (sheet_ods('<table:table><table:table-row table:number-rows-repeated="9999999"><table:table-cell><text:p>x</text:p>'
               "</table:table-cell></table:table-row></table:table>"), "more than 1048576 rows"),
])  # fmt: skip
def test_a_hostile_or_damaged_workbook_is_refused(data: bytes, message: str) -> None:
    """Inflation, entities, repetition and pieces out of place end in one typed error."""
    with pytest.raises(InputError, match=message):
        grid(data)


def test_inflation_is_counted_while_reading_whatever_the_file_declares() -> None:
    """A part within the ratio still stops at the limit."""
    data = xlsx([["a" * 50, n] for n in range(2_000)])
    with pytest.raises(InputError, match="inflates beyond"):
        grid(data, limits=Limits(n_inflated=20_000))


def test_a_part_that_lies_about_its_size_stops_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The declared sizes are not trusted."""
    data = xlsx([["a"]])
    monkeypatch.setattr(zipfile.ZipFile, "infolist", lambda _: [])
    with pytest.raises(InputError, match="inflates beyond"):
        grid(data, limits=Limits(n_inflated=100))


def test_a_damaged_part_is_told_from_a_missing_one() -> None:
    """A wrong checksum is damage."""
    data = bytearray(zipped({"content.xml": "<a>" + "x" * 500 + "</a>"}))
    data[45] ^= 255
    with pytest.raises(InputError, match="truncated or damaged"):
        grid(bytes(data))


def test_doubled_names_passwords_and_too_many_texts_are_refused() -> None:
    """Two parts of one name could show one thing and hold another."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("content.xml", "<a/>")
        archive.writestr("content.xml", "<b/>")
    with pytest.raises(InputError, match="two under one name"):
        grid(out.getvalue())
    data = bytearray(zipped({"content.xml": "<a/>"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(InputError, match="protected by a password"):
        grid(bytes(data))
    with pytest.raises(InputError, match="more than 1 shared texts"):
        grid(
            sheet_xlsx("<a/>", sharedStrings="<sst><si><t>a</t></si><si><t>b</t></si></sst>"), limits=Limits(n_cells=1)
        )


@pytest.mark.parametrize("data", [
    sheet_xlsx("<a/>", sharedStrings=f"<sst><si><t>{'a' * 90_000}</t></si></sst>"),
    sheet_xlsx(f"<sheetData><row><c t='inlineStr'><is><t>{'a' * 90_000}</t></is></c></row></sheetData>"),
    ods_cell(f"<table:table-cell><text:p>{'a' * 90_000}</text:p></table:table-cell>"),
])  # fmt: skip
def test_an_endless_cell_is_refused_while_it_arrives(data: bytes) -> None:
    """A cell holds at most what Excel allows: 32,767 characters (its documentation)."""
    with pytest.raises(InputError, match="a cell of more than 32767 characters"):
        grid(data)


def test_numbers_no_float_holds_are_kept_as_written() -> None:
    """An impossible stored number stays text for the parser to refuse."""
    sheet = "<sheetData><row><c><v>oops</v></c><c><v>1e400</v></c></row></sheetData>"
    assert grid(sheet_xlsx(sheet)).rows == [["oops", "1e400"]]
    cell = "<table:table-cell office:value-type='percentage' office:value='x'/>"
    assert grid(ods_cell(cell)).rows == [["x %"]]
