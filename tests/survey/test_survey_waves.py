"""Whole waves in the layouts survey software writes, and folders of waves: data files only."""

from pathlib import Path
from typing import Any

import pytest

from ptce_analysis.errors import InputError
from ptce_analysis.publish.survey_page import open_waves
from ptce_analysis.survey.clean import clean
from ptce_analysis.survey.waves import read_waves, supplied_folder, wave_files
from survey_exports import SMALL, book, reasons, saved, xlsx

NOT_ASKED = [*SMALL["not_asked"], "cell_budget_eur", "cell_fte"]


def test_a_third_wave_in_another_format_needs_data_only(tmp_path: Path) -> None:
    """A wave of 2017 with two pairs of funder and amount, in a workbook: its export and its codebook are enough."""
    rows: list[list[Any]] = [
        ["Enquête 2017"], ["Nom", "Avancement", "Financeur 1", "Montant 1", "Financeur 2", "Montant 2"],
        ["A", "croisière", "Région", "10 k€", "CC du Val", 5000],
        ["B", "amorçage", "CG et ville", 9000, "Région", "NC"],
        ["Total", "", "", 19000],
    ]  # fmt: skip
    variables = {"pole_id": {"header": "Nom"}, "stage": {"header": "Avancement"}}
    supports = [{"funder": f"Financeur {n}", "amount": f"Montant {n}"} for n in (1, 2)]
    changes = {"wave": "2017", "origin": "survey", "variables": variables, "supports": supports}
    result = clean(saved(tmp_path, xlsx(rows), "w.xlsx"), book(**changes, not_asked=NOT_ASKED))
    found = result.supports.fillna({"amount_eur": -1})[["pole_id", "level", "amount_eur", "amount_status"]]
    assert found.to_numpy().tolist() == [
        ["A", "epci", 5_000, "exact"], ["A", "region", 10_000, "exact"], ["B", "commune", -1, "shared"],
        ["B", "departement", -1, "shared"], ["B", "region", -1, "unknown"],
    ]  # fmt: skip
    assert reasons(result) == [(5, "total_row")] and set(result.poles["origin"]) == {"survey"}


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
    assert [one.year for one in read_waves(folder, "survey")] == [2015, 2017]
    assert [*wave_files(folder)][:2] == [folder / "a" / "codebook.yml", folder / "a" / "answers.csv"]


def test_folders_that_are_no_waves_are_refused_with_what_to_do(tmp_path: Path) -> None:
    """No wave; two exports, or none, hidden and lock files aside; two waves of one year."""
    with pytest.raises(InputError, match=r"no wave of origin 'survey'\. A wave is a folder .* `origin: survey`"):
        read_waves(tmp_path, "survey")
    folder = wave(tmp_path, "a")
    (folder / "a" / "~lock.csv").write_text("x")
    assert len(read_waves(folder, "survey")) == 1
    (folder / "a" / "other.ods").write_text("x")
    with pytest.raises(InputError, match=r"a: one export is expected .*, found answers.csv, other.ods"):
        read_waves(folder, "survey")
    with pytest.raises(InputError, match=r"y/codebook.yml: wave 2017 is already in x"):
        read_waves(wave(wave(tmp_path / "twice", "x"), "y"), "survey")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project without waves, which commands run in."""
    (tmp_path / "data" / "raw" / "published").mkdir(parents=True)
    monkeypatch.setenv("PTCE_PROJECT", str(tmp_path))
    return tmp_path


def test_supplied_waves_are_those_the_environment_names(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An absolute folder, one relative to the project, or the project's own; a missing one is named."""
    monkeypatch.delenv("PTCE_WAVES", raising=False)
    assert supplied_folder(project) == project / "data" / "raw" / "waves"
    with pytest.raises(InputError, match=r"waves: no such folder of waves\. Give one: make WAVES=DIR\."):
        open_waves("supplied")
    wave(project / "mine", "a")
    for folder in ("mine", str(project / "mine")):
        monkeypatch.setenv("PTCE_WAVES", folder)
        assert [len(one.poles) for one in open_waves("supplied")] == [1]


def test_fictitious_waves_have_ids_that_say_so(project: Path) -> None:
    """Real answers under a codebook that calls them fictitious are refused; the id is not repeated."""
    wave(project / "data" / "raw" / "waves", "a", origin="fictitious")
    with pytest.raises(InputError, match=r"wave 2017: 1 of 1 poles have no id such as FICTIF-2015-001") as caught:
        open_waves("fictitious")
    assert "P1" not in str(caught.value)
