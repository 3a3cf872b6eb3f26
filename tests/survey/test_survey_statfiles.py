"""Files of SPSS and Stata, and old workbooks: labels are the answers, what is declared missing never is one."""

import datetime
import io
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest
import xlwt

from ptce_analysis.errors import InputError
from ptce_analysis.survey import statfiles
from ptce_analysis.survey.clean import clean
from ptce_analysis.survey.codebook import checked
from ptce_analysis.survey.draft import draft_codebook
from ptce_analysis.survey.grid import Limits
from ptce_analysis.survey.read import read, read_bytes
from survey_exports import SMALL, pole, set_cells, table

DAY, OLD = datetime.date(2015, 3, 12), datetime.date(1900, 1, 1)
SAV: dict[str, Any] = {
    "Q1": ["P1", "P2", "P3", "NSP", ""], "Q2": [1.0, 2.0, 99.0, 3.0, None], "Q3": [25.5, 98.0, 1.125, 0.0, None],
    "Q4": [DAY, OLD, DAY, None, None], "Q5": [32.0, 0.5, None, None, None],
    "Q6": [7.0, 8.0, None, None, None], "Q7": [12.0, None, None, None, None],
}  # fmt: skip
QUESTIONS = {"Q1": "Nom du pôle", "Q2": "Soutien de la Région ?", "Q3": "Montant (k€)"}


def spss(day: datetime.date) -> float:
    """The number that SPSS stores for a day: seconds since the first of the calendar."""
    return (day - datetime.date(1582, 10, 14)).days * 86_400.0


def sav(path: Path) -> Path:
    """An invented SPSS file: value labels, declared missing values and ranges, formats of percentages and money."""
    pyreadstat.write_sav(
        pd.DataFrame(SAV), path, column_labels=QUESTIONS,
        variable_value_labels={"Q2": {1: "Oui", 2: "Non", 99: "Sans réponse"}, "Q3": {0: "Aucun"},
                               "Q6": {7: "autre", 8: "autre"}},
        missing_ranges={"Q1": ["NSP"], "Q2": [99], "Q3": [{"lo": 97, "hi": 99}], "Q4": [spss(OLD)]},
        variable_format={"Q5": "PCT8.1", "Q7": "DOLLAR8"},
    )  # fmt: skip
    return path


def dta(path: Path) -> Path:
    """An invented Stata file with a missing value of its own (.a)."""
    frame = pd.DataFrame({"q1": ["P1", "P2", "a"], "q2": [1, 2, 1], "q3": pd.Series([25.5, "a", 3.0], dtype=object)})
    pyreadstat.write_dta(
        frame.assign(q4=[DAY] * 3), path, column_labels=["Nom du pôle", "Soutien de la Région ?", "Montant (k€)", ""],
        variable_value_labels={"q2": {1: "Oui", 2: "Non"}, "q3": {"a": "Refus"}}, missing_user_values={"q3": ["a"]},
    )  # fmt: skip
    return path


def test_spss_cells_are_labels_and_declared_missing_values_are_blank(tmp_path: Path) -> None:
    """Names and questions are two lines of header; two codes of one label are read by no rule; cases count from 1."""
    grid = read(sav(tmp_path / "f.sav"))
    assert grid.header_rows == 2 and grid.rows[1] == [*QUESTIONS.values(), "", "", "", ""]
    assert dict(zip(grid.numbers[2:], grid.rows[2:], strict=True)) == {
        1: ["P1", "Oui", "25.5", "2015-03-12", "32 %", "autre [7]", "$ 12"],
        2: ["P2", "Non", "", "", "0.5 %", "autre [8]", ""],
        3: ["P3", "", "1.1250", "2015-03-12", "", "", ""], 4: ["", "3", "Aucun", "", "", "", ""]}  # fmt: skip
    assert [(note.row, note.column, note.raw_value) for note in grid.notes if note.rule == "declared_missing"] == [
        (4, 0, "NSP"), (3, 1, "99 (Sans réponse)"), (2, 2, "98"), (2, 3, "1900-01-01")]  # fmt: skip


def test_stata_cells_are_labels_and_its_letters_are_missing_values(tmp_path: Path) -> None:
    """A text `a` is an answer; `.a` of a number is none, whatever its label says."""
    grid = read(dta(tmp_path / "f.dta"))
    assert grid.rows == [["q1", "q2", "q3", "q4"], ["Nom du pôle", "Soutien de la Région ?", "Montant (k€)", ""],
                         ["P1", "Oui", "25.5", "2015-03-12"], ["P2", "Non", "", "2015-03-12"],
                         ["a", "Oui", "3", "2015-03-12"]]  # fmt: skip
    assert [(note.row, note.column, note.raw_value) for note in grid.notes] == [(2, 2, ".a (Refus)")]


@pytest.mark.parametrize("row", table("stat_formats.csv"), ids=lambda row: f"{row['stored']}: {row['format']}")
def test_a_format_says_what_a_person_sees(row: dict[str, str]) -> None:
    """Dates by their days, percentages and money with their sign; what another format shows is read by no rule."""
    assert statfiles._shown(float(row["stored"]), row["format"]) == row["shown"]


BOOK: dict[str, Any] = {
    "wave": "2015", "origin": "fictitious", "variables": {"pole_id": {"header": "Nom du pôle"}}, "supports": [
        {"level": "region", "link": "Q2", "amount": "Montant (k€)", "unit": "keur"}],
    "not_asked": [*SMALL["not_asked"], "stage", "cell_budget_eur", "cell_fte"],
}  # fmt: skip


def test_a_statistical_file_is_cleaned_by_names_or_questions(tmp_path: Path) -> None:
    """The codebook may name a variable or its question; a draft finds both; a unit in the question is heard."""
    path = sav(tmp_path / "2015.sav")
    result = clean(path, checked(BOOK, "codebook.yaml"))
    amounts = result.supports.set_index("pole_id")["amount_eur"]
    assert (result.rows_in, result.rows_kept, amounts["P1"]) == (4, 3, 25_500)
    assert pole(result, "P2")["link_region"] == "not_involved" and not set_cells(result)
    assert 'header: "Q1 / Nom du pôle"' in draft_codebook(path) and '"Q3 / Montant (k€)"' in draft_codebook(path)
    wrong = BOOK | {"supports": [{"level": "region", "amount": "Q3"}]}
    with pytest.raises(InputError, match="states thousands of euros and the codebook no unit"):
        clean(path, checked(wrong, "codebook.yaml"))


def test_damage_limits_and_the_missing_extra_are_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of a damaged file is read; the message without the libraries names their extra."""
    files = [sav(tmp_path / "f.sav"), dta(tmp_path / "f.dta")]
    for data in map(Path.read_bytes, files):
        for part, limits, message in (
            (data[:300], Limits(), "f: truncated, damaged or in another encoding"),
            (data, Limits(n_rows=2), "f: more than 2 rows"), (data, Limits(n_columns=2), "f: more than 2 columns"),
        ):  # fmt: skip
            with pytest.raises(InputError, match=message):
                read_bytes(part, "f", limits=limits)
    with monkeypatch.context() as ended:  # the library may end its process: it did
        ended.setattr(statfiles.sys, "executable", "false")
        with pytest.raises(InputError, match="truncated, damaged"):
            read(files[0])
    monkeypatch.setattr(statfiles, "import_module", lambda name: (_ for _ in ()).throw(ImportError(name)))
    for data in (*map(Path.read_bytes, files), xls(lambda sheet: sheet.write(0, 0, "x"))):
        with pytest.raises(InputError, match=r"^f: reading it needs (pyreadstat|xlrd), of the extra `stats`"):
            read_bytes(data, "f")


def xls(write: Any, date1904: bool = False) -> bytes:
    """Return an old workbook; `write(sheet)` fills its first sheet."""
    book, out = xlwt.Workbook(), io.BytesIO()
    book.dates_1904 = date1904
    write(book.add_sheet("F"))
    book.add_sheet("Listes").write(0, 0, "x")
    book.save(out)
    return out.getvalue()


def style(code: str = "General", **font: Any) -> Any:
    """Return a style of cells: the format of numbers, the font."""
    made = xlwt.XFStyle()
    made.num_format_str = code
    for name, value in font.items():
        setattr(made.font, name, value)
    return made


def test_cells_of_an_old_workbook_are_the_text_a_person_saw() -> None:
    """Formats, dates, raised digits, struck-out words, truth values and merged cells, as in an .xlsx."""
    raised, plain = xlwt.Font(), xlwt.Font()
    raised.escapement = 1

    def write(sheet: Any) -> None:
        cells = ((250_000, '#,##0,"k€"'), (0.32, "0.0%"), (DAY, "[$-40C]d mmmm yyyy"), ("25", '@" k€"'),
                 (1.125, "0.00"), (12, "0 douzaines"), (5, '"$"#,##0_);("$"#,##0)'), (True, "General"),
                 ("oui", "General"))  # fmt: skip
        for column, (value, code) in enumerate(cells):
            sheet.write(0, column, value, style(code))
        sheet.write(1, 0, 25, style(struck_out=True))
        sheet.write_rich_text(1, 1, [("12", plain), ("2", raised), " oui"])
        sheet.write_merge(2, 3, 0, 1, "m")

    found = read_bytes(xls(write), "f.xls")
    assert found.rows[0] == ["250 k€", "32 %", "2015-03-12", "25 k€", "1.1250", "12 [0 douzaines]",
                             "5 [$#,##0_);($#,##0)]", "VRAI", "oui"]  # fmt: skip
    assert found.rows[1][:2] == ["~~25~~", "12² oui"] and found.merged == ((3, 0, 4, 1),) and found.sparse
    assert found.sheets == {"Listes": [["x"]]} and read_bytes(xls(write), "f.xls", sheet="Listes").rows == [["x"]]
    assert read_bytes(xls(write, date1904=True), "f.xls").rows[0][2] == "2015-03-12"


def test_a_damaged_or_protected_old_workbook_is_refused() -> None:
    """A Word file, or a workbook with a password, has the same first bytes."""
    data = xls(lambda sheet: sheet.write(0, 0, "x"))
    for damaged in (data[:100], data[:2_000], data[:8] + b"x" * 3_000, b"\xd0\xcf\x11\xe0abc"):
        with pytest.raises(InputError, match=r"^f\.xls: an old workbook \(\.xls\), damaged or protected"):
            read_bytes(damaged, "f.xls")
    with pytest.raises(InputError, match=r"no sheet 'Rep'\. Its sheets: F, Listes"):
        read_bytes(data, "f.xls", sheet="Rep")
