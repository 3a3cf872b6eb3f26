"""`ptce check-site`: from raw answers to a folder that may be handed over, or not."""

import json
import shutil
from html import escape
from pathlib import Path

import pytest
import yaml

from conftest import REPOSITORY
from ptce_analysis.cli import main
from ptce_analysis.protect.cells import Measure
from ptce_analysis.protect.suppress import protect
from ptce_analysis.publish.exhibit import TEXTS, Column, Exhibit, csv_text, data_html
from ptce_analysis.publish.language import Words
from ptce_analysis.survey.clean import clean
from ptce_analysis.survey.tables import write
from ptce_analysis.survey.waves import READ_FROM

STAGES = ("émergence", "création", "fonctionnement")
HOSTILE = "<script>alert('CANARI-9Z8Y')</script> =HYPERLINK(\"x\")"


@pytest.fixture
def waves(tmp_path: Path) -> Path:
    """The raw answers of thirty poles, with names, contacts and free text that must never be seen again."""
    folder = tmp_path / "waves" / "2015"
    folder.mkdir(parents=True)
    lines = ["Pôle;Stade;Remarque;Contact;Courriel;SIRET"]
    for i in range(30):
        siret = "73282932000074" if i == 7 else ""
        remark = (
            HOSTILE if i == 3 else f"Notre projet numéro {i} attend encore une réponse de la mairie de Canariville {i}"
        )
        lines.append(f"Pôle Canari {i:03};{STAGES[i % 3]};{remark};Camille Témoin-{i:03};c{i}@exemple.fr;{siret}")
    (folder / "export.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    book = {
        "wave": 2015,
        "origin": "survey",
        "variables": {
            "pole_id": {"header": "Pôle"},
            "stage": {"header": "Stade"},
            "remark": {"header": "Remarque", "kind": "text"},
        },
        "not_asked": [
            "members", "employees", "budget_eur", "cell_budget_eur", "cell_self_financed_share", "cell_fte",
            "legal_form",        ],
        "supports": [],
    }  # fmt: skip
    (folder / "codebook.yml").write_text(yaml.safe_dump(book, allow_unicode=True), encoding="utf-8")
    return tmp_path / "waves"


def published(waves: Path, site: Path) -> Path:
    """A page and a download made of these answers, as the library makes them."""
    poles = clean(waves / "2015" / "export.csv", waves / "2015" / "codebook.yml").poles
    table = protect(Measure("poles", poles, by=(("stage",), ())))["poles"].table
    words = Words("fr")
    text = words("Poles")
    exhibit = Exhibit(
        "stages", dict.fromkeys(TEXTS, text), "survey", table,
        (Column("stage", "Stade"), Column("units", "Pôles", "count")),
    )  # fmt: skip
    mark = '<p><span class="origin survey protected">réponses à l’enquête</span></p>'
    (site / "data").mkdir(parents=True)
    page = f'<html lang="fr"><figure id="stages">{mark}{data_html(words, exhibit, "Tableau 1")}</figure></html>'
    (site / "page.html").write_text(page, encoding="utf-8")
    (site / "data" / "stages.csv").write_text(csv_text(words, exhibit), encoding="utf-8")
    return site


def test_raw_answers_are_not_in_what_the_library_publishes_and_are_found_once_planted(
    waves: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """From export to page, every raw name, contact, id and text is looked for: exit 0; with one, 1, and where it is."""
    page = published(waves, tmp_path / "site") / "page.html"
    text, command = page.read_text(encoding="utf-8"), ["check-site", str(page.parent), "--raw", str(waves)]
    assert "10" in text and main(command) == 0
    said = capsys.readouterr().out
    assert "nothing found that could expose a respondent" in said
    assert int(said.split("none, of ")[1].split()[0]) > 90
    for rule, planted in {"raw_value": escape(HOSTILE), "email": "c5@exemple.fr", "siren": "732 829 320 00074"}.items():
        page.write_text(text.replace("</figure>", f"<p>{planted}</p></figure>"), encoding="utf-8")
        assert main([*command, "--json"]) == 1
        found = json.loads(capsys.readouterr().out)
        leaks = {one["rule"]: one["findings"] for one in found["rules"] if one["verdict"] == "leak"}
        assert not found["safe"] and {finding["file"] for finding in leaks[rule]} == {"page.html"}
    page.write_text(f"{text} <b>Camille</b> Témoin-004, c5@exemple.fr", encoding="utf-8")
    assert main(command) == 1
    said = capsys.readouterr().out
    for line in (
        "leak        names, ids and free text of the raw answers: 2 found\n",
        "            - page.html > without tags: ca…04 (18 characters) = export.csv, row 6, column Contact\n",
        "leak        e-mail addresses: 1 found\n            - page.html: c5…fr (13 characters)\n",
        "safe        files that cannot be looked into: none in 2 files\nNOT to be published as it is\n",
    ):
        assert line in said
    assert "camille" not in said.lower()


def test_the_tables_of_the_cleaner_are_not_for_publication(
    waves: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Clean tables, ledger and quarantine hold respondents: a site with any of them is refused."""
    site = published(waves, tmp_path / "site")
    project = ["--project", str(tmp_path)]
    write(clean(waves / "2015" / "export.csv", waves / "2015" / "codebook.yml"), site / "data")
    assert main(["check-site", str(site), "--json", *project]) == 1
    rules = {one["rule"]: one for one in json.loads(capsys.readouterr().out)["rules"]}
    files = {finding["file"] for finding in rules["micro_data"]["findings"]}
    assert files == {f"data/{name}.csv" for name in ("poles", "supports", "ledger", "quarantine")}
    assert rules["raw_value"]["verdict"] == "not_checked"


@pytest.mark.parametrize("where", ["project", "variable", "build", "gone", "elsewhere"])
def test_the_raw_answers_are_found_when_they_can_be(
    waves: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """In the project, where PTCE_WAVES says or the build read them; else the last line does not call it safe."""
    site, project = published(waves, tmp_path / "site"), tmp_path / "project"
    (site / "note.txt").write_text("Pôle Canari 011", encoding="utf-8")
    shutil.copytree(REPOSITORY / "data" / "raw" / "waves", project / "data" / "raw" / "waves")
    if where == "project":
        shutil.copytree(waves / "2015", project / "data" / "raw" / "waves" / "2017")
    if where == "variable":
        monkeypatch.setenv("PTCE_WAVES", str(waves))
    if where in ("build", "gone"):
        (project / READ_FROM).parent.mkdir()
        (project / READ_FROM).write_text(str(waves if where == "build" else tmp_path / "gone"), encoding="utf-8")
    if where == "gone":  # whatever else is real in the project
        shutil.copytree(waves / "2015", project / "data" / "raw" / "waves" / "2017")
        (site / "note.txt").write_text("x", encoding="utf-8")
    code = main(["check-site", str(site), "--project", str(project)])
    said = capsys.readouterr().out.splitlines()
    if where in ("elsewhere", "gone"):
        # The waves of the project are fictitious, and the page shows real answers: those are somewhere else.
        assert code == 0 and said[0].startswith("not checked") and said[-1].startswith("NOT known to be safe")
    else:
        assert code == 1 and any("note.txt" in line and "export.csv" in line for line in said)
    monkeypatch.delenv("PTCE_WAVES", raising=False)
    assert main(["check-site", str(site), "--project", str(site), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["raw_values"] is None


def test_the_ledger_says_which_rule_hides_what(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For the team: each hidden figure of its waves with its rule, in a file outside the site, and a line per rule."""
    site, raw, file = tmp_path / "site", REPOSITORY / "data" / "raw" / "waves", tmp_path / "ledger.csv"
    site.mkdir()
    (site / "page.html").write_text("<p>13 of 42 poles</p>", encoding="utf-8")
    common = ["check-site", str(site), "--raw", str(raw), "--project", str(REPOSITORY)]
    assert main([*common, "--ledger", str(file)]) == 0
    assert "hidden      " in (said := capsys.readouterr().out) and "units of the base are outside" in said
    rows = file.read_text(encoding="utf-8").splitlines()
    assert rows[0] == "measure,cell,statistic,rule,protects,origin"
    assert 'links,"wave 2013, level region",units,few_others,,fictitious' in rows
    assert main([*common, "--ledger", str(file), "--rules", "strict"]) == 0
    assert "under_10_units" in file.read_text(encoding="utf-8") and "under_10_units" not in "".join(rows)
    assert main([*common, "--ledger", str(site / "ledger.csv")]) == 2
    assert "Write it outside" in capsys.readouterr().err and not (site / "ledger.csv").exists()
    assert main(["check-site", str(site), "--ledger", str(file)]) == 2
    assert "--ledger needs --raw DIR" in capsys.readouterr().err
    (tmp_path / "export.csv").write_text("id\nPole Sud-Est\n", encoding="utf-8")
    bare = ["check-site", str(site), "--raw", str(tmp_path), "--ledger", str(file), "--project", str(REPOSITORY)]
    assert main(bare) == 2
    assert "no wave in it" in capsys.readouterr().err
