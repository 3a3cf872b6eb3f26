"""A wave nobody has seen, added with three files of data and no code, by following the guide to the letter."""

import re
import shutil
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from conftest import REPOSITORY, build_quietly, contents, results, write_project
from ptce_analysis.cli import main
from ptce_analysis.errors import InputError
from ptce_analysis.survey.clean import clean
from ptce_analysis.survey.codebook import SILENT, STANDARD, TYPES, Layout, checked, yaml_mapping
from ptce_analysis.survey.draft import draft_codebook
from ptce_analysis.survey.parse.choices import day, yes_no
from ptce_analysis.survey.parse.kinds import UNITS
from ptce_analysis.survey.parse.words import plain, table
from ptce_analysis.vocabulary import LEVELS, STAGES
from survey_exports import finished
from survey_tools import TOOLS
from survey_tools import export as export_of

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
    draft = draft_codebook(export)
    assert draft.endswith(f"title: ''\n{drafted}")
    assert "\n# Left out, as the software adds them or they repeat others: lastpage\n" in draft
    doubts = draft.partition("\nwave:")[0]
    assert "id numbers the answers" in doubts and "headers are codes of questions" in doubts and "link: " in doubts
    assert "what the answers mean (answers: {A1: …}) of: Q2" in doubts
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
        made, folder = export_of(tool), waves / str(year)
        folder.mkdir(parents=True)
        (folder / made.name).write_bytes(made.content)
        assert main(["codebook", str(folder / made.name)]) == 0
        (folder / "codebook.yml").write_text(finished(capsys.readouterr().out, *made.decided), encoding="utf-8")
        asked = ["--codebook", str(folder / "codebook.yml"), "--out", str(tmp_path / "clean")]
        assert main(["clean", str(folder / made.name), *asked]) == 0 and capsys.readouterr()
    monkeypatch.setenv("PTCE_WAVES", str(waves))
    assert build_quietly(project).succeeded
    page = results(project)["site/en/survey/index.html"].decode()
    assert all(str(year) in page for year, _ in enumerate(TOOLS, 2001))
    assert not [name for name in ("Alpha", "Bêta", "Gamma", "Jeanne") if name in page]


def test_the_guide_lists_the_values_that_are_legal() -> None:
    """Of each entry those of the code, no more and no fewer; its words of yes and no, and its dates, are read so."""
    listed = {row[0]: [*map(str.lower, re.findall(r"`([^`]+)`", row[1]))]
              for row in re.findall(r"^\| (.+?) \| (`.+) \|$", GUIDE, re.MULTILINE)}  # fmt: skip
    kinds = [word for word in listed["`kind` of another question"] if not word.startswith(("n_", "_"))]
    assert (listed["variables of every wave"], kinds) == ([*STANDARD], [*TYPES])
    assert (listed["`level`"], listed["`stage`"]) == ([*LEVELS], [*STAGES])
    words = [(row["kind"], row["code"], re.split(r"\|(?![^(]*\))", row["words"])) for row in table("words.csv")]
    assert listed["`legal_form`"] == [*dict.fromkeys(code for kind, code, _ in words if kind == "legal_form")]
    assert listed["`unit` of an amount, of a share"] == [unit for units in UNITS.values() for unit in units]
    assert listed["`decisions`, besides a value"] == [*SILENT]
    for name, code in (("yes", "oui"), ("no", "non")):
        assert {yes_no(word).value for word in listed[name]} == {code}
        alike = [one for kind, said, spelt in words if (kind, said) == ("yes_no", code) for one in spelt]
        assert all(any(re.fullmatch(one, plain(word)) for word in listed[name]) for one in alike)
    assert {day(text, month_first=False).status for text in listed["dates"]} == {"exact"}
    assert [key for key in listed["`layout`"] if not key.isdigit()] == [field.name for field in fields(Layout)]
    wrong: dict[str, Any] = {"variables": {"x": {"?": "1"}}, "supports": [{"?": "1"}], "layout": {"?": "1"}, "?": "1"}
    with pytest.raises(InputError) as told:
        checked(wrong, "guide")
    keys = {key for keys in re.findall(r"not a legal key\. Legal: (.+)\.", str(told.value)) for key in keys.split(", ")}
    assert (
        {"funder", "three_digits", "sheet", "title"} < keys == {key for key in keys if re.search(rf"\b{key}\b", GUIDE)}
    )
    book = GUIDE.partition("## What a codebook says\n\n```\n")[2].partition("```")[0]
    entries = yaml_mapping(f"wave: 2017\norigin: survey\n{book}", "guide")
    entries["variables"]["pole_id"] = {"header": "Pôle"}
    left = [name for name in STANDARD if name not in entries["variables"]]
    assert checked(entries | {"not_asked": left}, "guide").supports[1].funder
