"""Folders of waves: found by their codebooks, read once each, refused with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import REPOSITORY
from ptce_analysis.errors import InputError
from ptce_analysis.publish.waves import open_waves
from ptce_analysis.survey.waves import read_waves, supplied_folder, wave_files

BOOK = (
    "wave: {year}\norigin: {origin}\nvariables:\n  pole_id: {{header: id}}\n  stage: {{header: Stade}}\n"
    "not_asked: [members, employees, budget_eur, cell_budget_eur, cell_self_financed_share, cell_fte, legal_form]\n"
)


def wave(folder: Path, name: str, year: int = 2017, origin: str = "survey") -> Path:
    """A folder of waves with one more wave: one pole in emergence."""
    (folder / name).mkdir(parents=True)
    (folder / name / "codebook.yml").write_text(BOOK.format(year=year, origin=origin), encoding="utf-8")
    (folder / name / "answers.csv").write_text("id;Stade\nP1;émergence\n", encoding="utf-8")
    return folder


def test_waves_come_the_oldest_first(tmp_path: Path) -> None:
    """The year is the codebook's, whatever the folder is called; other origins are left alone."""
    folder = wave(wave(wave(tmp_path, "a", 2017), "b", 2015), "c", 2013, "fictitious")
    (folder / "note.txt").write_text("not a wave")
    assert [int(one.poles["wave"].iloc[0]) for one in read_waves(folder, "survey")] == [2015, 2017]
    assert [int(one.poles["wave"].iloc[0]) for one in read_waves(folder, "fictitious")] == [2013]
    names = [path.relative_to(folder).as_posix() for path in wave_files(folder)]
    assert names[:2] == ["a/codebook.yml", "a/answers.csv"]


def test_a_folder_without_waves_is_refused(tmp_path: Path) -> None:
    """The message says what a wave is."""
    with pytest.raises(InputError, match=r"no wave of origin 'survey'\. A wave is a folder .* `origin: survey`"):
        read_waves(tmp_path, "survey")


def test_one_export_stands_beside_a_codebook(tmp_path: Path) -> None:
    """Two, or none, are refused by name; hidden and lock files do not count."""
    folder = wave(tmp_path, "a")
    (folder / "a" / "~lock.csv").write_text("x")
    assert len(read_waves(folder, "survey")) == 1
    (folder / "a" / "other.ods").write_text("x")
    with pytest.raises(InputError, match=r"a: one export is expected .*, found answers.csv, other.ods"):
        read_waves(folder, "survey")
    for name in ("other.ods", "answers.csv"):
        (folder / "a" / name).unlink()
    with pytest.raises(InputError, match=r"found none\. Keep one\."):
        read_waves(folder, "survey")


def test_one_year_has_one_wave(tmp_path: Path) -> None:
    """The second folder is named, with the first."""
    with pytest.raises(InputError, match=r"b/codebook.yml: wave 2017 is already in a/codebook.yml"):
        read_waves(wave(wave(tmp_path, "a"), "b"), "survey")


def test_fictitious_waves_are_those_of_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever supplied ones are."""
    monkeypatch.setenv("PTCE_PROJECT", str(REPOSITORY))
    monkeypatch.setenv("PTCE_WAVES", "/nowhere")
    assert [len(one.poles) for one in open_waves("fictitious")] == [42, 52]


def test_supplied_waves_are_those_the_environment_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An absolute folder, one relative to the project, or the project's own; a missing one is named."""
    published = tmp_path / "data" / "raw" / "published"
    published.mkdir(parents=True)
    monkeypatch.setenv("PTCE_PROJECT", str(tmp_path))
    monkeypatch.delenv("PTCE_WAVES", raising=False)
    assert supplied_folder(tmp_path) == tmp_path / "data" / "raw" / "waves"
    with pytest.raises(InputError, match=r"waves: no such folder of waves\. Give one: make WAVES=DIR\."):
        open_waves("supplied")
    wave(tmp_path / "mine", "a")
    monkeypatch.setenv("PTCE_WAVES", "mine")
    assert [len(one.poles) for one in open_waves("supplied")] == [1]
    monkeypatch.setenv("PTCE_WAVES", str(tmp_path / "mine"))
    assert [len(one.poles) for one in open_waves("supplied")] == [1]
