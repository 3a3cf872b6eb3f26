"""The files written: whole, the same bytes each time, and inert in a spreadsheet."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from ptce_analysis.errors import InputError
from ptce_analysis.survey.clean import Cleaned, clean
from ptce_analysis.survey.tables import TABLES, csv_text, load, neutralised, write
from survey_exports import book, lines, saved

ROWS = ("NA;création;1,125;1;Oui;5 000;1.500;FSE", "=cmd|'/C calc'!A0;émergence;NC;2;;;7;", 'None;@x;3;;Non;;;"a,b"')


def result(folder: Path) -> Cleaned:
    """Return small clean tables with everything a file can choke on."""
    return clean(saved(folder, lines(*ROWS)), book())


@pytest.mark.parametrize(("text", "safe"), [("=1", "'=1"), ("+1", "'+1"), ("-1", "'-1"), ("@a", "'@a"),
    ("\ta", "'\ta"), ("\ra", "'\ra"), ("\na", "'\na"),
    (" =1", "' =1"), ("＝1", "'＝1"), ("a=1", "a=1"), ("", ""), ("'=1", "'=1")])  # fmt: skip
def test_a_text_that_could_be_a_formula_is_neutralised(text: str, safe: str) -> None:
    """The signs of the OWASP list, also after blanks and in full width."""
    assert neutralised(text) == safe


def test_tables_come_back_as_they_were_written(tmp_path: Path) -> None:
    """Types, missing values and a pole called NA survive; only what could be a formula has changed."""
    made = result(tmp_path)
    assert [path.name for path in write(made, tmp_path / "out")] == [f"{name}.csv" for name in TABLES]
    found = load(tmp_path / "out")
    pd.testing.assert_frame_equal(found["supports"].iloc[1:], made.supports.iloc[1:])
    assert list(found["poles"]["pole_id"]) == ["'=cmd|'/C calc'!A0", "NA", "None"]
    pd.testing.assert_frame_equal(
        found["poles"].drop(columns=["pole_id", "stage_raw"]), made.poles.drop(columns=["pole_id", "stage_raw"])
    )
    assert found["ledger"]["raw_value"].astype(str).tolist() == [
        neutralised(str(text)) for text in made.ledger["raw_value"]
    ]


def test_numbers_are_written_so_that_they_read_back_alike() -> None:
    """Whole euros have no decimals and no number has exactly three: 1125 k€ is not 1.125."""
    text = csv_text(pd.DataFrame({"a_eur": [5000.0, 1.125, None], "n": pd.array([1, None, 3], dtype="Int64")}))
    assert text == "a_eur,n\n5000,1\n1.1250,\n,3\n"


def test_the_bytes_are_the_same_each_time(tmp_path: Path) -> None:
    """Two runs, two directories, one content; nothing temporary is left."""
    for name in ("a", "b"):
        write(result(tmp_path), tmp_path / name)
    for table in TABLES:
        assert (tmp_path / "a" / f"{table}.csv").read_bytes() == (tmp_path / "b" / f"{table}.csv").read_bytes()
    assert len(list((tmp_path / "a").iterdir())) == len(TABLES)


def test_a_failure_leaves_the_earlier_files_and_nothing_temporary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk is one line, and the tables of the last run stay."""
    out = tmp_path / "out"
    write(result(tmp_path), out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    real = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        if "ledger" in path.name:
            raise OSError(28, "No space left on device")
        return real(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(InputError, match=r"out: the tables cannot be written here \(No space left on device"):
        write(result(tmp_path / "."), out)
    monkeypatch.undo()
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_a_missing_table_or_a_file_in_the_place_of_a_directory_is_told(tmp_path: Path) -> None:
    """Both are one line with the path."""
    with pytest.raises(InputError, match=r"poles\.csv: no such table"):
        load(tmp_path)
    with pytest.raises(InputError, match="the tables cannot be written here"):
        write(result(tmp_path), saved(tmp_path, "x", "file"))
