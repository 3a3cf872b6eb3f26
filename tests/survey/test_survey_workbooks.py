"""Workbooks: cells as a person saw them, and hostile or damaged files refused before the memory is spent."""

import csv
import datetime
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from ptce_analysis.errors import InputError
from ptce_analysis.survey.grid import Grid, Limits
from ptce_analysis.survey.parse import amounts, choices, levels, staffs
from ptce_analysis.survey.read import read_bytes
from ptce_analysis.survey.workbooks import as_seen, worded
from survey_exports import ods, sheet_ods, sheet_xlsx, xlsx, zipped

DAY_0 = datetime.datetime(1899, 12, 30)  # noqa: DTZ001


def grid(data: bytes, **options: Any) -> Grid:
    """Return the grid of a workbook."""
    return read_bytes(data, "f.xlsx", **options)


def ods_cell(cell: str, styles: str = "") -> bytes:
    """Return a spreadsheet of one cell, given as XML."""
    return sheet_ods(f"{styles}<table:table><table:table-row>{cell}</table:table-row></table:table>")


FORMATS = Path(__file__).with_name("number_formats.csv").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("row", list(csv.DictReader(FORMATS)), ids=lambda row: f"{row['stored']}: {row['format']}")
def test_a_number_format_says_what_a_person_sees(row: dict[str, str]) -> None:
    """Route: each format typed into a spreadsheet. The stored precision is kept; what is not understood is None."""
    assert as_seen(row["stored"], row["format"], DAY_0) == (row["shown"] or None)


@pytest.mark.parametrize(("code", "text"), [
    ('@" k€"', "25 k€"), ('0;-0;0;"env. "@', "env. 25"), ('0.0;@" M€"', "25 M€"), ("0.00", "25"), ("General", "25"),
    ("@", "25"), ('0;-0;0;"oui"', "oui"), (";;;", "25 [;;;]"), ('0;0;0;@0" k€"', '25 [0;0;0;@0" k€"]'), ("", "25"),
])  # fmt: skip
def test_a_format_may_add_words_to_a_text(code: str, text: str) -> None:
    """A typed « 25 » shown as « 25 k€ » is 25 k€; what a format hides is read by no rule."""
    assert worded("25", code) == text
    assert worded("", code) == "" and worded("25", "@" * 300).startswith("25 [@")


@pytest.mark.parametrize("code", ["[$", '"', "[", "\\", "[$-", "_", "*", "0.", "#,", ";", "%", '"";', "[$a-"])
def test_a_crafted_format_costs_no_more_than_its_length(code: str) -> None:
    """Excel's own limit is 255 characters: beyond it nothing is looked at."""
    long = code * 2_000_000
    assert as_seen("25", long, DAY_0) is None and worded("25", long).startswith("25 [")


@given(st.integers(1, 999), st.sampled_from([("€", 1), ("k€", 1_000), ("M€", 1_000_000)]), st.integers(0, 2))
def test_the_amount_read_is_the_amount_seen(thousands: int, unit: tuple[str, int], commas: int) -> None:
    """A format of n commas and a unit shows the stored number over 1000 to the n, in that unit."""
    text = as_seen(str(thousands * 1_000), "#,##0" + "," * commas + f'"{unit[0]}"', DAY_0)
    assert text and amounts.amount(text).value == pytest.approx(thousands * 1_000 / 1_000**commas * unit[1])


@settings(deadline=None)
@given(st.text('0#?.,%;@_*\\"[]$€-+/ kEedmyhsGeneral<>=1', max_size=14), st.floats(-1e9, 1e9))
def test_any_format_is_understood_or_left_undecided(code: str, number: float) -> None:
    """No format makes the reader fail; General shows the number itself."""
    assert isinstance(as_seen(repr(number), code, DAY_0), str | None)
    assert float(as_seen(repr(number), "General", DAY_0) or "x") == pytest.approx(number)


def test_excel_cells_are_the_text_a_person_saw() -> None:
    """A formula never computed stays one; a format that is not understood leaves a text no rule reads, and a note."""
    day = datetime.date(2015, 3, 12)
    rows = [["id"], ["P1", 12500.5, 0.32, 1.125, day, True, "=SUM(B2:B2)", 1750, 12, " ", "a_x000D_b"]]

    def shaped(sheet: Any) -> None:
        for cell, code in {"B2": '#,##0" k€"', "C2": "0.0%", "H2": "#,##0 [$€-40C]", "I2": "0 douzaines"}.items():
            sheet[cell].number_format = code
        sheet.merge_cells("A3:B4")

    found = grid(xlsx(rows, shaped))
    assert found.rows[1] == ["P1", "12500.5 k€", "32 %", "1.1250", "2015-03-12", "VRAI", "=SUM(B2:B2)", "1750 €",
                             "12 [0 douzaines]", " ", "a\nb"]  # fmt: skip
    assert found.merged == ((3, 0, 4, 1),) and found.sparse
    for read in (amounts.amount, staffs.share, staffs.staff, staffs.count, choices.yes_no, levels.level):
        assert read("12 [0 douzaines]").value is None


def test_raised_digits_and_struck_out_words_are_not_read_as_others() -> None:
    """A footnote mark is no digit, what is struck out is no answer; raised letters and plain runs are words."""
    raised, struck = InlineFont(vertAlign="superscript"), InlineFont(strike=True)
    rows = [[CellRichText("12", TextBlock(raised, "2")), CellRichText(TextBlock(struck, "15"), " 20"), 25, "oui",
             CellRichText("1", TextBlock(raised, "er"), TextBlock(InlineFont(b=True), " pôle"))]]  # fmt: skip

    def strike(sheet: Any) -> None:
        sheet["C1"].font = Font(strike=True)

    (cells,) = grid(xlsx(rows, strike)).rows
    assert cells == ["12²", "~~15~~ 20", "~~25~~", "oui", "1er pôle"]
    assert all(amounts.amount(cell).value is None for cell in cells[:3])
    style = '<style:style style:name="{}"><style:text-properties style:text-{}/></style:style>'
    cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
    span = '<text:span text:style-name="{}">{}</text:span>'
    row = cell.format("12" + span.format("s", 2)) + cell.format(span.format("x", 15) + " 20")
    document = sheet_ods(
        style.format("s", 'position="super 58%"')
        + style.format("x", 'line-through-style="solid"')
        + f"<table:table><table:table-row>{row}</table:table-row></table:table>"
    )
    assert grid(document).rows == [["12²", "~~15~~ 20"]]


def test_what_stands_in_the_file_in_other_ways_is_read_too() -> None:
    """Built-in 9 is per cent and 14 a date, counted from 1904 on old Macintoshes; the euro or dollar of 44 is not said.

    Phonetic guides are not text; a formula's stored value is read, and noted; errors stay.
    """
    styles = '<styleSheet><cellXfs><xf numFmtId="9"/><xf numFmtId="14"/><xf numFmtId="44"/></cellXfs></styleSheet>'
    shared = "<sst><si><r><t>Ré</t></r><r><t>gion</t></r><rPh><t>NO</t></rPh></si></sst>"
    sheet = """<sheetData><row r="2"><c r="A2" t="s"><v>0</v></c><c r="C2" s="0"><v>0.5</v></c><c s="1"><v>40543</v></c>
        <c t="e"><v>#N/A</v></c><c t="inlineStr"><is><t>x</t><rPh><t>NO</t></rPh></is></c>
        <c t="str"><f>A1</f><v>y</v></c><c t="str"><f>B1</f><v></v></c><c t="b"><v>0</v></c><c s="2"><v>5</v></c>
        <c t="inlineStr"/><extLst/></row></sheetData>
        <mergeCells><mergeCell ref="A1:B2"/><mergeCell ref="A1"/></mergeCells>"""
    found = grid(sheet_xlsx(sheet, styles=styles, sharedStrings=shared, date1904="1"))
    assert found.rows == [["Région", "", "50 %", "2015-01-01", "#N/A", "x", "y", "", "FAUX", "5 [?]"]]
    assert found.numbers == [2] and found.merged == ((1, 0, 2, 1),)
    assert ("=A1", "formula_as_stored") in [(n.raw_value, n.rule) for n in found.notes]


def xlsx_cell(cell: str) -> bytes:
    """Return a workbook of one cell, given as XML."""
    return sheet_xlsx(f"<sheetData><row>{cell}</row></sheetData>")


STYLES = '<style:style style:name="k" style:data-style-name="N104"/><style:style style:name="n"/>'


def valued(kind: str, rest: str) -> bytes:
    """Return a spreadsheet of one cell of a kind of value: its other attributes, and what it shows."""
    return ods_cell(f'<table:table-cell office:value-type="{kind}" {rest}</table:table-cell>', STYLES)


@pytest.mark.parametrize(("data", "text"), [
    (xlsx_cell('<c t="z"><v>25</v></c>'), "25 [?]"), (xlsx_cell("<c><is><t>25</t></is></c>"), "25 [?]"),
    (xlsx_cell("<c><w>25</w></c>"), "25 [?]"), (xlsx_cell('<c t="d"><v>2015-03-12</v></c>'), "2015-03-12"),
    (xlsx_cell('<c t="e"><v>#REF!</v></c>'), "#REF!"), (xlsx_cell("<c><v>1_0</v></c>"), "1_0"),
    (xlsx_cell('<c t="str" s="0"><v>25</v></c>'), "25"), (xlsx_cell('<c t="inlineStr"><v>25</v></c>'), "25 [?]"),
    (valued("float", 'office:value="250000" table:style-name="k">'), "250000 [float]"),
    (valued("float", 'office:value="250000" table:style-name="n">'), "250000"),
    (valued("currency", 'office:value="25" office:currency="USD">'), "25 [USD]"),
    (valued("time", 'office:time-value="PT2H">'), "PT2H [time]"), (valued("void", 'office:value="25">'), "25 [void]"),
    (valued("boolean", 'office:boolean-value="x">'), "x [?]"), (valued("string", "><text:h>25</text:h>"), "25"),
    (valued("string", "><text:list><text:p>25</text:p></text:list>"), "25"),
])  # fmt: skip
def test_what_a_cell_holds_is_never_dropped(data: bytes, text: str) -> None:
    """A cell of an unknown kind, whose value is not where its kind has it, or whose format says nothing of it."""
    assert grid(data).rows == [[text]]
    assert "[" not in text or amounts.amount(text).value is None


def test_parts_may_have_any_name() -> None:
    """Relations say where the parts are; capitals, backslashes and a leading slash are those of other software."""
    book = zipfile.ZipFile(io.BytesIO(xlsx([["id", "Région"], ["P1", 3]])))
    for old, new in (("workbook.xml", "workbook22.xml"), ("/", "\\"), ("sharedStrings", "SharedStrings")):
        linked = (b"xl/workbook.xml", b"xl/workbook22.xml" if old == "workbook.xml" else b"xl/workbook.xml")
        parts = {name.replace(old, new): book.read(name).replace(*linked) for name in book.namelist()}
        assert grid(zipped(parts)).rows == [["id", "Région"], ["P1", "3"]]


def test_the_first_shown_sheet_is_read_unless_one_is_named_and_the_others_are_told() -> None:
    """Hidden sheets are skipped; an unknown name lists the sheets; the ledger says which were not read."""

    def filled(hidden: Any) -> None:
        hidden.title, hidden.sheet_state = "Cachée", "hidden"
        for name in ("Réponses", "Listes"):
            hidden.parent.create_sheet(name)["A1"] = name

    cell = "<table:table-row><table:table-cell><text:p>{0}</text:p></table:table-cell></table:table-row>"
    tables = f'<table:table table:name="{{0}}">{cell}</table:table>'
    document = sheet_ods("".join(tables.format(name) for name in ("Réponses", "Cachée", "Listes")))
    for data in (xlsx([["Cachée"]], filled), document):
        assert grid(data).rows == [["Réponses"]] and grid(data, sheet="Cachée").rows == [["Cachée"]]
        (note,) = grid(data, sheet="Réponses").notes
        assert (note.rule, note.raw_value) == ("other_sheets", "Cachée, Listes")
        with pytest.raises(InputError, match=r"no sheet 'Reponses'\. Its sheets: .*Did you mean 'Réponses'"):
            grid(data, sheet="Reponses")
    assert not grid(xlsx([["a"]])).notes and not grid(ods([["a"]])).notes


def test_open_document_cells_are_the_text_a_person_saw() -> None:
    """What is stored is read where nothing is shown, and for dates and truth values."""
    number = {"valuetype": "float", "value": "250000"}
    rows = [[({"valuetype": "string", "numbercolumnsrepeated": "2"}, "x"), (number, "250 k€"), (number, "~250 000"),
             (number, "néant"), ({"valuetype": "percentage", "value": "0.32"}, "32%"),
             ({"valuetype": "date", "datevalue": "2015-03-12"}, "12/03/15"),
             ({"valuetype": "boolean", "booleanvalue": "true"}, "VRAI"),
             ({"valuetype": "currency", "value": "1750.5"}, "1 750,50 €"), ({"valuetype": "string"}, "a\nb"),
             ({"formula": "of:=SUM(A1)"}, "")]]  # fmt: skip
    assert grid(ods(rows)).rows[0] == ["x", "x", "250 k€", "~250 000", "néant", "32%", "2015-03-12", "VRAI",
                                       "1 750,50 €", "a\nb", "=SUM(A1)"]  # fmt: skip
    bare = "<table:table-cell office:value-type='{}' office:value='{}'/>"
    assert grid(ods_cell(bare.format("percentage", "0.5") + bare.format("float", "1.125"))).rows == [["50 %", "1.1250"]]
    assert grid(ods_cell(bare.format("float", "x"))).rows == [["x"]]


def test_a_million_repeated_blank_rows_cost_nothing_and_are_counted() -> None:
    """The row after them keeps its number; spaces, tabs, line breaks and comments are seen."""
    table = """<table:table table:name="F">
      <table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="16000"/>
      </table:table-row><table:table-row table:number-rows-repeated="2" table:visibility="filter">
      <table:table-cell table:number-columns-spanned="2">
      <office:annotation><text:p>NO</text:p></office:annotation>
      <text:p>a<text:s text:c="2"/>b<text:tab/>c<text:line-break/>d</text:p></table:table-cell>
      <table:covered-table-cell/><table:table-cell office:string-value="z"/></table:table-row></table:table>"""
    found = grid(sheet_ods(table))
    assert found.numbers == [1_000_001, 1_000_002] and found.rows == [["a  b\tc\nd", "", "z"]] * 2
    assert found.merged[0] == (1_000_001, 0, 1_000_001, 1)


ENTITY = '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
LONG = "a" * 90_000


@pytest.mark.parametrize(("data", "message"), [
    (xlsx([["a"]])[:300], "truncated or damaged"), (b"PK\x03\x04oops", "truncated or damaged"),
    (zipped({"a.txt": "x"}), "neither .xlsx nor .ods"), (zipped({"xl/workbook.bin": "x"}), "neither .xlsx nor .ods"),
    (zipped({"xl/workbook.xml": b"0" * 20_000_000}), "xl/workbook.xml inflates beyond"),
    (zipped({"content.xml": ENTITY}), "DTDForbidden"),
    (zipped({"content.xml": "<a/>", "CONTENT.xml": "<b/>"}), "two parts under one name"),
    (zipped({"content.xml": "<a/>"}), "no sheet ''.*none"),
    (zipped({"content.xml": b'<?xml version="1.0" encoding="shift-jis"?><a/>'}), "truncated or damaged"),
    (zipped({"xl/workbook.xml": "<a><sheet name='F'/></a>"}), "has no part xl/_rels/workbook.xml.rels"),
    (zipped({"xl/workbook.xml": "<a/>", "xl/_rels/workbook.xml.rels": "<a/>"}), "no sheet ''. Its sheets: none"),
    (sheet_xlsx('<sheetData><row r="2"><c/></row><row r="1"><c/></row></sheetData>'), "row 1: it is out of place"),
    (sheet_xlsx('<sheetData><row r="9999999"><c/></row></sheetData>'), "row 9999999: .* out of bounds"),
    (sheet_xlsx('<sheetData><row r="1"><c r="B1"/><c r="A1"/></row></sheetData>'), "row 1: A1 is out of place"),
    (sheet_xlsx('<sheetData><row r="1"><c r="ZZZ1"/></row></sheetData>'), "ZZZ1 is out of place or out of bounds"),
    (xlsx_cell('<c t="s"><v>7</v></c>'), "truncated or damaged"),
    # Python counts -1 from the end, and reads 1_0: neither is a place in a list.
    (sheet_xlsx('<sheetData><row><c t="s"><v>-1</v></c></row></sheetData>', sharedStrings="<sst><si/></sst>"),
     r"truncated or damaged \(ValueError\)"),
    (sheet_xlsx('<sheetData><row r="1_0"><c/></row></sheetData>'), "truncated or damaged"),
    (xlsx_cell('<c t="b"><v>Alpha</v></c>'), r"damaged \(KeyError\)"),
    (xlsx_cell("<d><v>5</v></d>"), "row 1: it is no cell of a row"),
    (ods_cell("<table:table-sell office:value='5'/>"), "row 1: it holds what is no cell"),
    (ods_cell('<table:table-cell table:number-columns-repeated="2x"><text:p>x</text:p></table:table-cell>'),
     "truncated or damaged"),
    (sheet_xlsx(f"<sheetData/><mergeCells>{'<mergeCell ref=~A1:B2~/>' * 10_001}</mergeCells>".replace("~", '"')),
     "more than 10000 merged cells"),
    (ods_cell('<table:table-cell table:number-columns-repeated="99999"><text:p>x</text:p></table:table-cell>'),
     "more than 2000 columns"),
    (xlsx_cell(f"<c t='inlineStr'><is><t>{LONG}</t></is></c>"), "more than 32767"),
    (ods_cell(f"<table:table-cell><text:p>{LONG}</text:p></table:table-cell>"), "more than 32767 characters"),
    (ods_cell(f"<table:table-cell>{'<text:p>' * 3_000}{'</text:p>' * 3_000}</table:table-cell>"), "truncated or dam"),
])  # fmt: skip
def test_a_hostile_or_damaged_workbook_is_refused(data: bytes, message: str) -> None:
    """Inflation, entities, repetition and pieces out of place end in one typed error."""
    with pytest.raises(InputError, match=message):
        grid(data)


def test_sizes_and_passwords_are_looked_at_before_anything_is_read() -> None:
    """Other compressions than the usual one do not stop where they say."""
    with pytest.raises(InputError, match="inflates beyond"):
        grid(xlsx([["a" * 50, n] for n in range(2_000)]), limits=Limits(n_inflated=20_000))
    repeated = '<table:table-row table:number-rows-repeated="9999999"><table:table-cell office:string-value="x"/>'
    with pytest.raises(InputError, match="row 51: more than 50 rows"):
        grid(sheet_ods(f"<table:table>{repeated}</table:table-row></table:table>"), limits=Limits(n_rows=50))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("content.xml", "<a/>")
    with pytest.raises(InputError, match="inflates beyond"):
        grid(out.getvalue())
    data = bytearray(zipped({"content.xml": "<a/>"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(InputError, match="protected by a password"):
        grid(bytes(data))
    damaged = bytearray(zipped({"content.xml": "<a>" + "x" * 500 + "</a>"}))
    damaged[45] ^= 255
    with pytest.raises(InputError, match="truncated or damaged"):
        grid(bytes(damaged))
