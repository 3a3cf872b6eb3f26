"""A wave nobody has seen, added with three files of data and no code, by following the guide to the letter."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from conftest import REPOSITORY, build_quietly, contents, results, write_project
from ptce_analysis.cli import main
from ptce_analysis.survey.clean import clean
from ptce_analysis.survey.draft import draft_codebook
from survey_exports import finished
from survey_tools import TOOLS

GUIDE = (REPOSITORY / "docs" / "adding-a-wave.md").read_text(encoding="utf-8")
HEADER = ("Horodateur", "Nom du pôle", "Où en est votre projet ?", "Nombre de structures membres",
          "Qui vous soutient ? (plusieurs réponses)", "Montant de la Région (€)")  # fmt: skip
SECRET = "Pôle Confidentiel"


def export() -> bytes:
    """A format neither wave has: UTF-16, tabs, whole questions as headers, answers joined by commas, Google's dates."""
    stages = ["émergence", "création", "phase d'amorçage", "En fonctionnement"]
    rows = [HEADER]
    for n in range(24):
        funders = "Région, Ville" if n % 4 else "Département, Europe"
        rows.append((f"{1 + n:02}/03/2017 10:{n:02}:00", f"{SECRET} {n}", stages[n % 4], str(5 + n), funders,
                     f"{10 + n} 000 €" if n % 4 else ""))  # fmt: skip
    rows.append(("25/03/2017 11:00:00", "test", "création", "1", "", ""))
    return "\r\n".join("\t".join(row) for row in rows).encode("utf-16")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The collection with its fictitious waves and one run."""
    folder = write_project(tmp_path / "project", {})
    shutil.copytree(REPOSITORY / "data" / "raw" / "waves", folder / "data" / "raw" / "waves")
    (folder / "notebooks").mkdir()
    shutil.copy(REPOSITORY / "notebooks" / "06_survey.ipynb", folder / "notebooks")
    (folder / "runs.toml").write_text('[[runs]]\nnotebook = "06_survey"\n', encoding="utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.delenv("PTCE_WAVES", raising=False)
    return folder


def command(text: str) -> list[str]:
    """The arguments of a command of the guide."""
    (line,) = re.findall(rf"^ +\.venv/bin/ptce ({text} .*)$", GUIDE, re.MULTILINE)
    return str(line).split()


CODES = """id,submitdate,lastpage,Q1,Q2,Q3,Q7[SQ001],Q8[SQ001]
1,1980-01-01 00:00:00,4,Alpha,A1,12,Y,25000
2,,2,Bêta,A2,N/A,,N/A
3,1980-01-01 00:00:00,4,Gamma,A2,8,Y,1500
"""


def test_the_guide_shows_the_draft_of_question_codes_and_finishes_it(tmp_path: Path) -> None:
    """What the guide says is drafted is what is drafted; finished as it says, it reads the answers."""
    export = tmp_path / "answers.csv"
    export.write_text(CODES, encoding="utf-8")
    drafted, done = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    assert draft_codebook(export).endswith(f"title: ''\n{drafted}")
    (tmp_path / "codebook.yml").write_text(f"wave: 2017\norigin: survey\ntitle: ''\n{done}", encoding="utf-8")
    result = clean(export, tmp_path / "codebook.yml")
    assert result.poles[["pole_id", "stage", "members"]].to_numpy().tolist() == [
        ["Alpha", "emergence", 12], ["Gamma", "creation", 8]]  # fmt: skip
    assert result.supports["amount_eur"].tolist() == [25_000, 1_500] and result.rows_quarantined == 1


@pytest.mark.usefixtures("restored_environment")
def test_a_third_wave_can_be_added_with_three_data_files_and_no_code(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Export, codebook, runs entry: a page of its own, the fictitious one unchanged, nothing outside `build`."""
    before = contents(project)
    wave = project / "data" / "raw" / "waves" / "2017"
    wave.mkdir()
    (wave / "answers.csv").write_bytes(export())

    drafting, target = command("codebook")[:2], wave / "codebook.yml"
    assert main(drafting) == 0
    target.write_text(finished(capsys.readouterr().out, wave="2017"), encoding="utf-8")
    assert "origin: survey" in target.read_text(encoding="utf-8")

    assert main([*command("clean"), "--json"]) == 0
    assert '"rows_in": 25' in (counts := capsys.readouterr().out) and '"rows_kept": 24' in counts

    (entry,) = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
    with (project / "runs.toml").open("a", encoding="utf-8") as stream:
        stream.write("\n" + re.sub(r"^ +", "", entry, flags=re.MULTILINE))
    added = {name for name, data in contents(project).items() if before.get(name) != data}
    assert {Path(name).name for name in added - {name for name in added if "/build/" in name}} == {
        "answers.csv", "codebook.yml", "runs.toml"
    }  # fmt: skip
    assert build_quietly(project).succeeded

    made = results(project)
    page = made["site/en/survey/index.html"].decode()
    assert "survey answers" in page and "2017" in page and "watermark" not in page
    figures = {path.name for path in (project / "build" / "figures").rglob("*.svg")}
    assert "06_survey_supplied-emergence.svg" in figures
    assert not [name for name in made if name.startswith("figures/") and "supplied" in name]
    assert not [name for name, data in made.items() if SECRET.encode() in data]
    assert "fictitious data" in made["site/en/demonstration/index.html"].decode()


@pytest.mark.thorough
@pytest.mark.usefixtures("restored_environment")
def test_the_exports_of_every_survey_tool_are_a_page(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the commands of the guide, one wave for each tool: all are on the page of `make WAVES=`, and no pole is."""
    waves = tmp_path / "waves"
    for year, tool in enumerate(TOOLS, 2001):
        made, folder = tool(), waves / str(year)
        folder.mkdir(parents=True)
        content = made.content.encode() if isinstance(made.content, str) else made.content
        (folder / made.name).write_bytes(content)
        assert main(["codebook", str(folder / made.name)]) == 0
        (folder / "codebook.yml").write_text(finished(capsys.readouterr().out, *made.decided), encoding="utf-8")
        asked = ["--codebook", str(folder / "codebook.yml"), "--out", str(tmp_path / "clean")]
        assert main(["clean", str(folder / made.name), *asked]) == 0 and capsys.readouterr()
    monkeypatch.setenv("PTCE_WAVES", str(waves))
    assert build_quietly(project).succeeded
    page = results(project)["site/en/survey/index.html"].decode()
    assert all(str(year) in page for year, _ in enumerate(TOOLS, 2001))
    assert not [name for name in ("Alpha", "Bêta", "Gamma", "Jeanne") if name in page]
