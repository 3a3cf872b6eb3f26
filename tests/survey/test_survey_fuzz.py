"""Whatever is written or broken: a typed error, or a result that adds up. Never a traceback, a shift, a lost line."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ptce_analysis.errors import InputError
from ptce_analysis.survey.clean import clean, cleaned, laid_out
from ptce_analysis.survey.codebook import read_codebook
from ptce_analysis.survey.draft import draft_codebook
from ptce_analysis.survey.read import Limits, read_bytes
from ptce_analysis.survey.tables import TABLES, Cleaned, csv_text, write
from survey_exports import HEADER, book, lines, ods, saved, xlsx
from survey_texts import answers, safe

QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LONG = settings(QUICK, max_examples=250)


def adds_up(result: Cleaned, n_lines: int | None = None) -> None:
    """Check that every line is a pole or a quarantined line, once, and that the tables agree."""
    whole = result.quarantine[result.quarantine["column"] == ""]
    assert result.rows_in == result.rows_kept + result.rows_quarantined
    assert (len(result.poles), len(whole)) == (result.rows_kept, result.rows_quarantined)
    assert result.poles["pole_id"].is_unique and set(result.supports["pole_id"]) <= set(result.poles["pole_id"])
    assert n_lines is None or result.rows_in == n_lines
    for name in TABLES:
        rows = list(csv.reader(io.StringIO(csv_text(getattr(result, name)), newline="")))
        assert {len(row) for row in rows} == {len(rows[0])} and len(rows) == len(getattr(result, name)) + 1
        assert not any(cell.startswith(("=", "+", "@", "\t", "\r")) for row in rows for cell in row)


ROWS = st.lists(st.lists(st.one_of(answers, safe), min_size=8, max_size=8), min_size=1, max_size=6)


def kept_or_quarantined(rows: list[list[str]], separator: str, encoding: str) -> None:
    """Check that every non-blank line of a well-formed CSV is counted, whatever it says."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="\r\n").writerows([HEADER.split(";"), *rows])
    n_lines = sum(1 for row in rows if any(cell.strip() for cell in row))
    try:
        data = out.getvalue().encode(encoding)
        result = cleaned(laid_out(read_bytes(data, "f.csv", separator=separator), book()), book())
    except (InputError, UnicodeEncodeError):  # control characters
        return
    adds_up(result, n_lines)


EXPORT = lines(
    "P1;création;10,5;1,75;Oui;5 000 €;1.500;CG + Région",
    "P2;émergence;NC;2 pers. (1,6 ETP);Non;;;",
    'P3;"a;b";1;;;;;',
    "Total;;11;;;;;",
)
BASES = [EXPORT.encode(), EXPORT.encode("cp1252"), ("\ufeffsep=;\r\n" + EXPORT.replace("\n", "\r\n")).encode(),
         xlsx([line.split(";") for line in EXPORT.splitlines()]),
         ods([line.split(";") for line in EXPORT.splitlines()])]  # fmt: skip
JUNK = [b"\n", b";", b'"', b"\0", b"\xe9", b"\xc3", b"=", b",", b"\x81", b"PK", b"<"]
NO_EXPORT = st.one_of(
    st.binary(max_size=200),
    st.binary(max_size=100).map(lambda b: b"PK\x03\x04" + b),
    st.binary(max_size=80).map(lambda b: HEADER.encode() + b"\n" + b),
)


@st.composite
def mutated(draw: Any) -> bytes:
    """Draw an export with a few bytes changed, removed, doubled or cut off."""
    data = bytearray(draw(st.sampled_from(BASES)))
    for _ in range(draw(st.integers(1, 4))):
        where, length = draw(st.integers(0, max(0, len(data) - 1))), draw(st.sampled_from([0, 1, 20, len(data)]))
        data[where : where + length] = draw(st.sampled_from([b"", *JUNK, bytes(data[where : where + 30])]))
    return bytes(data)


def survives(data: bytes) -> None:
    """Check that a file is a typed error or a result that adds up, its values being those of a line of the file."""
    small = Limits(n_inflated=3_000_000, n_rows=5_000, n_cells=50_000)
    try:
        found = laid_out(read_bytes(data, "f.csv", limits=small), book())
        result = cleaned(found, book())
    except InputError:
        return
    adds_up(result, len(found.numbers))
    assert all(len(row) == len(found.whole[0]) for row in found.whole)


def survives_with_files(data: bytes) -> None:
    """Check that drafting a codebook, cleaning and writing raise typed errors only, and leave the export untouched."""
    with tempfile.TemporaryDirectory() as name:
        export = saved(Path(name), data)
        for make in (book, lambda: read_codebook(saved(Path(name), draft_codebook(export), "c.yaml"))):
            try:
                result = clean(export, make())
            except InputError:
                continue
            write(result, Path(name) / "out")
            adds_up(result)
        assert export.read_bytes() == data


FORMATS = (st.sampled_from([";", ",", "\t"]), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
test_any_answers_are_kept_or_quarantined = QUICK(given(ROWS, *FORMATS)(kept_or_quarantined))
test_a_mutated_export_is_an_error_or_adds_up = QUICK(given(mutated())(survives))
test_random_bytes_are_an_error_or_add_up = QUICK(given(NO_EXPORT)(survives))
test_the_whole_chain_survives_with_files = settings(QUICK, max_examples=8)(given(mutated())(survives_with_files))


@pytest.mark.thorough
@LONG
@given(ROWS, *FORMATS)
def test_many_answers_are_kept_or_quarantined(rows: list[list[str]], separator: str, encoding: str) -> None:
    """The same, ten times as many."""
    kept_or_quarantined(rows, separator, encoding)


@pytest.mark.thorough
@LONG
@given(st.one_of(mutated(), NO_EXPORT))
def test_many_broken_exports_are_errors_or_add_up(data: bytes) -> None:
    """The same, ten times as many."""
    survives(data)
    survives_with_files(data)
