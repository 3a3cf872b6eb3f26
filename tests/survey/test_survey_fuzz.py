"""Whatever is written or broken: a typed error, or a result that adds up. Never a traceback, a shift, a lost line."""

import csv
import io
import os
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ptce_analysis.errors import InputError
from ptce_analysis.survey.clean import clean, cleaned, laid_out
from ptce_analysis.survey.codebook import read_codebook
from ptce_analysis.survey.draft import draft_codebook
from ptce_analysis.survey.grid import Limits
from ptce_analysis.survey.read import read_bytes
from ptce_analysis.survey.tables import TABLES, Cleaned, csv_text, write
from survey_exports import HEADER, book, saved
from survey_mutants import CANARY, mutant
from survey_texts import answers, safe

QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


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


BEGINNINGS = st.sampled_from([b"", b"PK\x03\x04", HEADER.encode() + b"\n"])
NO_EXPORT = st.tuples(BEGINNINGS, st.binary(max_size=150)).map(b"".join)
# The amounts that answers state, whatever became of their rows.
WRITTEN = re.compile("91[0-9]7|7301|91370{3}|1|2|5|73[0-9]1")
SMALL = Limits(n_inflated=3_000_000, n_rows=5_000, n_cells=50_000)


def survives(data: bytes) -> Cleaned | InputError:
    """Check that a file is a typed error or a result that adds up, its values being those of a line of the file."""
    try:
        found = laid_out(read_bytes(data, "f.csv", limits=SMALL), book())
        result = cleaned(found, book())
    except InputError as error:
        return error
    adds_up(result, len(found.numbers))
    assert all(len(row) == len(found.whole[0]) for row in found.whole)
    return result


def judged(seed: int) -> str:
    """Check a broken export: an error that repeats no answer, or every answer counted and nothing that was not written.

    Returns what it was: `error`, `adds up`.
    """
    made = mutant(seed)
    result = survives(made.data)
    if isinstance(result, InputError):
        said = str(result)
        assert said.startswith("f.csv") and not CANARY.search(said), (seed, made.how, said)
        return "error"
    assert made.n_answers is None or result.rows_in in made.n_answers, (seed, made.how, result.rows_in, made.n_answers)
    money = result.supports["amount_eur"].dropna()
    written = {f"{value:.0f}" for value in money} - {"0"}
    assert made.n_answers is None or all(map(WRITTEN.fullmatch, written)), (seed, made.how, written)
    return "adds up"


@QUICK
@given(ROWS, st.sampled_from([";", ",", "\t"]), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_any_answers_are_kept_or_quarantined(rows: list[list[str]], separator: str, encoding: str) -> None:
    """Whatever the cells of a well-formed export hold, no line of it is lost."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="\r\n").writerows([HEADER.split(";"), *rows])
    n_lines = sum(1 for row in rows if any(cell.strip() for cell in row))
    try:
        data = out.getvalue().encode(encoding)
        result = cleaned(laid_out(read_bytes(data, "f.csv", separator=separator), book()), book())
    except (InputError, UnicodeEncodeError):  # control characters
        return
    adds_up(result, n_lines)


@QUICK
@given(NO_EXPORT | st.integers(1_000, 10**9).map(lambda seed: mutant(seed).data))
def test_random_bytes_are_an_error_or_add_up(data: bytes) -> None:
    """Neither a traceback nor a lost line."""
    survives(data)


MUTANTS = int(os.environ.get("PTCE_MUTANTS", "2000"))  # how many broken exports the thorough test looks at


# Headers damaged so that they hold an answer; rows joined by two stray quotes.
FOUND = (4968, 6470, 7207, 18851)


@pytest.mark.parametrize(
    "seeds", [(*FOUND, *range(150)), pytest.param(range(150, MUTANTS), marks=pytest.mark.thorough)]
)
def test_a_broken_export_is_an_error_or_every_answer_is_counted(seeds: Sequence[int]) -> None:
    """Of each kind of file; many are errors and many are read, so that both are looked at."""
    found = Counter(map(judged, seeds))
    assert min(found["error"], found["adds up"]) > len(seeds) / 10


@pytest.mark.parametrize("seed", range(12))
def test_the_whole_chain_survives_with_files(tmp_path: Path, seed: int) -> None:
    """Whatever is broken: drafting, cleaning and writing raise typed errors, and the export is as it was."""
    export = saved(tmp_path, data := mutant(seed).data)
    for make in (book, lambda: read_codebook(saved(tmp_path, draft_codebook(export), "c.yaml"))):
        with suppress(InputError):
            result = clean(export, make())
            write(result, tmp_path / "out")
            adds_up(result)
    assert export.read_bytes() == data
