"""`ptce verify`: what is rebuilt elsewhere is compared with what is here."""

from pathlib import Path

import pytest

from conftest import results, write_files
from ptce_analysis.pipeline.runs import Place
from ptce_analysis.pipeline.verify import compare, copy_inputs, first_difference, report_lines, verify

pytestmark = pytest.mark.usefixtures("restored_environment")


def test_everything_is_the_same_elsewhere(built_project: Path) -> None:
    """Another folder, home, time zone, locale, hash order and file mask give the same bytes; nothing here changes."""
    before = results(built_project)
    found = verify(built_project)
    assert list(report_lines(found)) == [f"{found['compared']} of {found['compared']} files are the same"]
    assert found["compared"] >= len([name for name in before if not name.startswith("site/index")])
    assert results(built_project) == before


def test_each_difference_is_named(tmp_path: Path) -> None:
    """Differing, missing and superfluous files are found; pages count only where they were built here."""
    here = write_files(tmp_path / "here", {
        "figures/fr/a.svg": "<svg>\n1 239 k€\n", "figures/fr/old.svg": "x", "figures/README.md": "x",
        "data/processed/t.csv": "same", "build/site/fr/a.html": "here", "build/site/fr/mine.html": "x",
    })  # fmt: skip
    rebuilt = write_files(tmp_path / "rebuilt", {
        "figures/fr/a.svg": "<svg>\n1 240 k€\n", "figures/fr/new.svg": "x",
        "data/processed/t.csv": "same", "build/site/fr/a.html": "there", "build/site/fr/b.html": "x",
    })  # fmt: skip
    assert list(report_lines(compare(Place(here), Place(rebuilt))))[-9:] == [
        "build/site/fr/a.html: differs first at line 1, column 1",
        "  here:    'here'",
        "  rebuilt: 'there'",
        "figures/fr/a.svg: differs first at line 2, column 4",
        "  here:    '1 239 k€'",
        "  rebuilt: '1 240 k€'",
        "figures/fr/new.svg: is built but not here",
        "figures/fr/old.svg: is here but no run makes it",
        "1 of 5 files are the same",
    ]


def test_the_first_difference_is_found() -> None:
    """Line and column are counted from one, also where one file ends, or is no text."""
    assert first_difference(b"a\n", b"a\nb")["where"] == "line 2, column 1"
    assert first_difference(b"a\r\n", b"a\n")["where"] == "line 1, column 2"
    assert first_difference(b"\xff\x00", b"\xff\x01")["where"] == "line 1, column 5"


def test_only_inputs_are_copied(built_project: Path, tmp_path: Path) -> None:
    """The copy holds the notebooks, the raw data and the library that runs, and nothing that was made."""
    (built_project / ".venv").mkdir()
    copy_inputs(built_project, tmp_path / "copy")
    names = {path.relative_to(tmp_path / "copy").as_posix() for path in (tmp_path / "copy").rglob("*")}
    assert {"runs.toml", "notebooks/plain.ipynb", "data/raw/published/figures.csv"} <= names
    assert "src/ptce_analysis/pipeline/verify.py" in names
    assert not {name for name in names if name.startswith(("build", "figures", "data/processed", "."))}
