"""Whatever is written or broken: a typed error, or a result that adds up. Never a traceback, a shift, a lost line."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ptce_analysis.survey.clean.layout import table

from ptce_analysis.errors import InputError
from ptce_analysis.survey.clean import Cleaned, clean, cleaned
from ptce_analysis.survey.codebook import draft_codebook, read_codebook
from ptce_analysis.survey.read import Limits, read_bytes
from ptce_analysis.survey.tables import csv_text, write
from survey_exports import HEADER, book, lines, ods, saved, xlsx
from survey_texts import answers, safe


def adds_up(result: Cleaned, n_lines: int | None = None) -> None:
    """Check that every line is a pole or a quarantined line, once, and that the tables agree."""
    whole = result.quarantine[result.quarantine["column"] == ""]
    assert result.rows_in == result.rows_kept + result.rows_quarantined
    assert (len(result.poles), len(whole)) == (result.rows_kept, result.rows_quarantined)
    assert result.poles["pole_id"].is_unique and set(result.supports["pole_id"]) <= set(result.poles["pole_id"])
    assert n_lines is None or result.rows_in == n_lines
    for name in ("poles", "supports", "ledger", "quarantine"):
        rows = list(csv.reader(io.StringIO(csv_text(getattr(result, name)), newline="")))
        assert {len(row) for row in rows} == {len(rows[0])} and len(rows) == len(getattr(result, name)) + 1
        assert not any(cell.startswith(("=", "+", "@", "\t", "\r")) for row in rows for cell in row)


ROWS = st.lists(st.lists(st.one_of(answers, safe), min_size=8, max_size=8), min_size=1, max_size=6)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ROWS, st.sampled_from([";", ",", "\t"]), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_any_answers_in_a_well_formed_file_are_kept_or_quarantined(
    rows: list[list[str]], separator: str, encoding: str
) -> None:
    """Written by a CSV writer, every non-blank line is counted, whatever it says; controls are a typed error."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    writer.writerows([HEADER.split(";"), *rows])
    n_lines = sum(1 for row in rows if any(cell.strip() for cell in row))
    try:
        data = out.getvalue().encode(encoding)
        result = cleaned(table(read_bytes(data, "f.csv", separator=separator), book()), book())
    except (InputError, UnicodeEncodeError):
        return
    adds_up(result, n_lines)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(safe, min_size=8, max_size=8), min_size=1, max_size=4), st.booleans())
def test_workbooks_hold_the_cells_that_were_put_in(rows: list[list[str]], excel: bool) -> None:
    """The grid of a workbook is the text of its cells, blank ends and blank rows aside."""
    if excel:
        rows = [[f"x{cell}" if cell.startswith("=") else cell for cell in row] for row in rows]
    try:
        data = xlsx(rows) if excel else ods(rows)
        found = read_bytes(data, "f").rows
    except (InputError, ValueError):  # openpyxl and odfpy refuse some characters themselves
        return
    if excel:
        kept = [row for row in rows if any(cell.strip() for cell in row)]
        padded = [[*row, *[""] * (8 - len(row))] for row in found]
        assert [[cell.strip() for cell in row] for row in padded] == [[cell.strip() for cell in row] for row in kept]


EXPORT = lines(
    "P1;création;10,5;1,75;Oui;5 000 €;1.500;CG + Région",
    "P2;émergence;NC;2 pers. (1,6 ETP);Non;;;",
    'P3;"a;b";1;;;;;',
    "Total;;11;;;;;",
)
BASES = [EXPORT.encode(), EXPORT.encode("cp1252"), ("\ufeffsep=;\r\n" + EXPORT.replace("\n", "\r\n")).encode(),
         xlsx([line.split(";") for line in EXPORT.splitlines()]),
         ods([line.split(";") for line in EXPORT.splitlines()])]  # fmt: skip


@st.composite
def mutated(draw: Any) -> bytes:
    """Draw an export with a few bytes changed, removed, doubled or cut off."""
    data = bytearray(draw(st.sampled_from(BASES)))
    for _ in range(draw(st.integers(1, 4))):
        where = draw(st.integers(0, max(0, len(data) - 1)))
        how = draw(st.sampled_from(["set", "delete", "insert", "cut", "double"]))
        if how == "set":
            data[where : where + 1] = draw(st.binary(min_size=1, max_size=1))
        elif how == "delete":
            del data[where : where + draw(st.integers(1, 20))]
        elif how == "insert":
            data[where:where] = draw(
                st.sampled_from([b"\n", b";", b'"', b"\0", b"\xe9", b"\xc3", b"=", b",", b"\x81", b"PK", b"<"])
            )
        elif how == "cut":
            del data[where:]
        else:
            data[where:where] = data[where : where + 30]
    return bytes(data)


def survives(data: bytes) -> None:
    """Check that a file is a typed error or a result that adds up, its values being those of a line of the file."""
    small = Limits(n_inflated=3_000_000, n_rows=5_000, n_cells=50_000)
    try:
        answers = table(read_bytes(data, "f.csv", limits=small), book())
        result = cleaned(answers, book())
    except InputError:
        return
    adds_up(result, len(answers.numbers))
    assert all(len(row) == len(answers.whole[0]) for row in answers.whole)


@settings(max_examples=250, deadline=None)
@given(mutated())
def test_a_mutated_export_is_an_error_or_adds_up(data: bytes) -> None:
    """Bytes changed, removed, doubled or cut off anywhere."""
    survives(data)


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.binary(max_size=100).map(lambda b: b"PK\x03\x04" + b),
        st.binary(max_size=80).map(lambda b: HEADER.encode() + b"\n" + b),
    )
)
def test_random_bytes_are_an_error_or_add_up(data: bytes) -> None:
    """Bytes that were never an export."""
    survives(data)


@settings(max_examples=25, deadline=None)
@given(mutated())
def test_the_whole_command_survives_with_files(data: bytes) -> None:
    """Drafting a codebook, cleaning and writing: typed errors only, and the export is untouched."""
    with tempfile.TemporaryDirectory() as name:
        export = saved(Path(name), data)
        for make in (lambda: book(), lambda: read_codebook(saved(Path(name), draft_codebook(export), "c.yaml"))):
            try:
                result = clean(export, make())
            except InputError:
                continue
            write(result, Path(name) / "out")
            adds_up(result)
        assert export.read_bytes() == data
