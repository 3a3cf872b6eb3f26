"""A rebuild from nothing, elsewhere, is compared byte for byte with what is here."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import results
from ptce_analysis.pipeline.release import Difference, Report, compare, copy_inputs, first_difference, verify
from ptce_analysis.pipeline.runs import Place


def place(folder: Path, files: dict[str, str]) -> Place:
    """A project that holds these files."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return Place(folder)


def test_everything_is_the_same_elsewhere(built_project: Path) -> None:
    """Another folder, home, time zone, locale, hash order and file mask give the same bytes; nothing here changes."""
    before = results(built_project)
    report = verify(built_project)
    assert report.succeeded, report.text()
    assert report.compared >= len([name for name in before if not name.startswith("site/index")])
    assert report.text() == f"{report.compared} of {report.compared} files are the same"
    assert results(built_project) == before


@pytest.mark.thorough
def test_a_project_that_cannot_be_rebuilt_says_why(project: Path) -> None:
    """The build's own words are given."""
    path = project / "notebooks" / "plain.ipynb"
    path.write_text(path.read_text().replace("6 * 7", "1 / 0"))
    report = verify(project)
    assert not report.succeeded and "ZeroDivisionError" in report.failure
    assert report.text().startswith("could not rebuild everything elsewhere:")


def test_each_difference_is_named(tmp_path: Path) -> None:
    """Differing, missing and superfluous files are found; pages count only where they were built here."""
    here = place(tmp_path / "here", {
        "figures/fr/a.svg": "<svg>\n1 239 k€\n", "figures/fr/old.svg": "x", "figures/README.md": "x",
        "data/processed/t.csv": "same", "build/site/fr/a.html": "here", "build/site/fr/mine.html": "x",
    })  # fmt: skip
    rebuilt = place(tmp_path / "rebuilt", {
        "figures/fr/a.svg": "<svg>\n1 240 k€\n", "figures/fr/new.svg": "x",
        "data/processed/t.csv": "same", "build/site/fr/a.html": "there", "build/site/fr/b.html": "x",
    })  # fmt: skip
    report = compare(here, rebuilt)
    assert report.compared == 5 and not report.succeeded
    assert [(one.file, one.kind) for one in report.differences] == [
        ("build/site/fr/a.html", "differs"),
        ("figures/fr/a.svg", "differs"),
        ("figures/fr/new.svg", "is built but not here"),
        ("figures/fr/old.svg", "is here but no run makes it"),
    ]
    assert report.differences[1].text() == (
        "figures/fr/a.svg: differs first at line 2, column 4\n"
        "  here:    '1 239 k€\\n'\n"
        "  rebuilt: '1 240 k€\\n'"
    )  # fmt: skip
    assert report.differences[2].text() == "figures/fr/new.svg: is built but not here"
    assert report.text().endswith("1 of 5 files are the same")


PLACES = {
    "a later line": (b"a\nb\n", b"a\nc\n", "line 2, column 1"),
    "a longer line": (b"ab", b"abc", "line 1, column 3"),
    "a line more": (b"a\n", b"a\nb", "line 2, column 1"),
    "line ends": (b"a\r\n", b"a\n", "line 1, column 2"),
    "a last line end": (b"a", b"a\n", "line 1, column 2"),
    "not text": (b"\xff\x00", b"\xff\x01", "line 1, column 5"),
}


@pytest.mark.parametrize("what", PLACES)
def test_the_first_difference_is_found(what: str) -> None:
    """Line and column are counted from one."""
    ours, theirs, where = PLACES[what]
    assert first_difference(ours, theirs)[0] == where


def test_only_the_surroundings_of_a_difference_are_shown() -> None:
    """A long line is cut around the place."""
    _, ours, theirs = first_difference(b"x" * 5000 + b"a" + b"z" * 5000, b"x" * 5000 + b"b" + b"z" * 5000)
    assert len(ours) == len(theirs) < 100 and "a" in ours and "b" in theirs


def test_equal_contents_have_no_difference() -> None:
    """Asking for the first difference of equal contents is an error."""
    with pytest.raises(ValueError, match="the same"):
        first_difference(b"a", b"a")


def test_only_inputs_are_copied(built_project: Path, tmp_path: Path) -> None:
    """The copy holds the notebooks, the raw data and the library that runs, and nothing that was made."""
    (built_project / ".venv").mkdir()
    copy_inputs(built_project, tmp_path / "copy")
    names = {path.relative_to(tmp_path / "copy").as_posix() for path in (tmp_path / "copy").rglob("*")}
    assert {"runs.toml", "notebooks/plain.ipynb", "data/raw/published/figures.csv"} <= names
    assert "src/ptce_analysis/pipeline/release.py" in names
    assert not {name for name in names if name.startswith(("build", "figures", "data/processed", "."))}


def test_a_report_without_differences_succeeds() -> None:
    """Nothing to compare is a success; a failure or a difference is not."""
    assert Report(0, []).succeeded
    assert not Report(0, [], "said").succeeded and not Report(1, [Difference("a", "differs")]).succeeded
