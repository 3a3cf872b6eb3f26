"""`ptce audit`: findings first, each with figures and premises, then every figure; sources named or noticed."""

import json
import re
from pathlib import Path

import pytest

from conftest import REPOSITORY
from ptce_analysis.cli import main

HEADER = "id,wave,indicator,level,statistic,value,unit,grain,base_n,base_label,source,locator,note\n"
BEDS = HEADER + (
    "beds_2020,2020,beds,,count,180,count,1,,,A,p. 1,\n"
    "beds_2020_b,2020,beds,,count,183,count,1,,,B,p. 2,\n"
    "rooms_share_2020,2020,rooms_share,,share,0.50,share,0.01,10,,B,p. 2,\n"
)
SOURCES = "id,author,title,year,kind,address,read,note\nA,An office,Beds of the year,2021,report,,full,\n"


def audited(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """The exit code of the command, what it prints and what it notices."""
    code = main(["audit", *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.fixture
def beds(tmp_path: Path) -> Path:
    """A report of a town's hotels: two sources that differ, and a share that holds."""
    (tmp_path / "beds.csv").write_text(BEDS, encoding="utf-8")
    return tmp_path / "beds.csv"


def test_the_published_figures_are_summed_up_before_they_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """By subject and verdict; three, four and four findings, numbered on; every figure once in the table."""
    code, out, err = audited(capsys, "--project", str(REPOSITORY))
    assert (code, err) == (1, "")
    assert re.search(r"^sources_differ +4 +4$", out, re.MULTILINE)
    assert re.findall(r"^(\d+) findings?:", out, re.MULTILINE) == ["3", "4", "4"]
    assert re.findall(r"^(\d+)\. ", out, re.MULTILINE) == [str(n) for n in range(1, 12)]
    ids = [row["id"] for row in json.loads(audited(capsys, "--project", str(REPOSITORY), "--json")[1])]
    assert [line.split()[0] for line in out.splitlines()[-len(ids) :]] == ids
    told = out.split("\n\n")  # after the findings: the heap of percentages, and the figures of the slides it clears
    heap = next(place for place, text in enumerate(told) if text.startswith("12 of the 13 percentages that DECK"))
    cleared = [line.split()[:2] for line in told[heap + 1].splitlines()[2:]]
    assert ["emergence_share_2015", "consistent"] in cleared and len(cleared) == 5


def test_each_finding_names_its_figures_as_printed_and_its_premises(capsys: pytest.CaptureFixture[str]) -> None:
    """31% against « en majorité », each with its source; the Communes row with the number its median rests on."""
    out = audited(capsys, "--project", str(REPOSITORY))[1]
    assert "figure   emergence_share_2013 (DECK): 31 % en 2013\n" in out
    assert "figure   emergence_share_2013_s3 (S3): « en majorité au stade d’émergence »\n" in out
    assert "premise  16 is the number of amounts the median rests on" in out
    assert "Which figure is wrong, or which premise, is not for the audit to say." in out
    assert "S3: COORACE, Le rôle des collectivités locales dans les dynamiques de PTCE, 2014" in out


def test_another_report_is_called_by_the_sources_as_typed(capsys: pytest.CaptureFixture[str], beds: Path) -> None:
    """Without a sources file nothing is noticed, and one subject makes no second column."""
    code, out, err = audited(capsys, "--facts", str(beds))
    assert (code, err) == (0, "")
    assert "figure   beds_2020 (A): 180\n" in out and "figure   beds_2020_b (B): 183\n" in out
    assert "0 findings: figures that do not agree" in out and "1 finding: figures that sources print" in out
    assert "calls" not in out


def test_a_source_without_a_row_is_named_with_its_figures(capsys: pytest.CaptureFixture[str], beds: Path) -> None:
    """A is said in full; of B, file, row, column, value, figure and what to do; the audit goes on."""
    (beds.parent / "sources.csv").write_text(SOURCES, encoding="utf-8")
    code, out, err = audited(capsys, "--facts", str(beds))
    assert code == 0 and "A: An office, Beds of the year, 2021" in out
    listed = beds.parent / "sources.csv"
    assert err.splitlines() == [
        f"beds.csv, row {row}, column 'source': value 'B': the source of {id_} has no row in {listed}."
        " Add one, to say what it is."
        for row, id_ in ((3, "beds_2020_b"), (4, "rooms_share_2020"))
    ]


def test_the_audit_outside_a_project_says_what_to_give_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without the printed figures of a project, `ptce audit` asks for a file of figures."""
    said = "published: not found. Give --facts FILE, or run the command inside the project."
    code, _, err = audited(capsys, "--project", str(tmp_path))
    assert code == 2 and said in err
