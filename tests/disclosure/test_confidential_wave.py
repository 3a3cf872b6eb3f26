"""A wave of confidential and hostile answers, through the whole chain: nothing of it is public, nothing of it acts."""

import csv
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page

from hostile_answers import ACTIVE, CANARIES, HOSTILE, POLES, canary, write_waves
from ptce_analysis.cli import main
from ptce_analysis.protect.leaks import needles
from ptce_analysis.protect.scan import scan
from ptce_analysis.publish import survey_page
from ptce_analysis.publish.exhibit import FOLDER
from ptce_analysis.publish.language import Words
from ptce_analysis.publish.survey_tables import shown
from ptce_analysis.survey.waves import READ_FROM, read_waves
from ptce_analysis.vocabulary import LANGUAGES
from survey_pages import project_of_the_page


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the wave, outside the project."""
    return write_waves(tmp_path_factory.mktemp("raw") / "waves")


@pytest.fixture(scope="module")
def public(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything a team might hand over after one build: site, executed notebooks, figures, the log."""
    folder = project_of_the_page(tmp_path_factory.mktemp("whole") / "project")
    done = built(folder, PTCE_WAVES=str(raw))
    assert done.returncode == 0, done.stdout + done.stderr
    (folder / "build" / "build.log").write_text(done.stdout + done.stderr, encoding="utf-8")
    shutil.copytree(folder / "figures", folder / "build" / "committed figures")
    (folder / READ_FROM).unlink()  # where the answers are, for check-site on this machine
    return folder / "build"


def built(folder: Path, **asked: str) -> subprocess.CompletedProcess[str]:
    """Build a project, as somebody who sets some variables."""
    command = [sys.executable, "-m", "ptce_analysis", "build", "--verbose", "--project", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **asked})


def texts(folder: Path) -> Iterator[tuple[Path, str]]:
    """Each file as a reader and as a machine see it: its bytes as text, and without escapes of pages and addresses."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        text = path.read_bytes().decode("utf-8", "replace")
        yield path, text
        plain = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text)
        yield path, unquote(unescape(plain))


@pytest.mark.thorough
def test_no_canary_is_anywhere_public(public: Path) -> None:
    """Names, ids, contacts, free text: looked for here by plain search, without the scan of the library."""
    wanted = {kind: [canary(kind, i) for i in range(POLES)] for kind in CANARIES}
    wanted["word"] = ["Canari", "Zéphyr", "Témoin-Quartz", "Canariville", "73282932000074", "exemple.invalid"]
    files = list(texts(public))
    assert {path.suffix for path, _ in files} >= {".html", ".ipynb", ".svg", ".csv", ".json", ".log"}
    found = [(path.name, kind) for path, text in files for kind, some in wanted.items() if any(w in text for w in some)]
    assert found == []


@pytest.mark.thorough
def test_the_one_command_says_rule_by_rule_why_it_is_safe(
    public: Path, raw: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 0, a line for each rule, and how many raw values were searched for: five a pole at least."""
    assert main(["check-site", str(public), "--raw", str(raw), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    # It is no empty page that is safe: stages, links and amounts of sixty poles are told, under the rules.
    text = (public / "site" / "fr" / "survey" / "index.html").read_text(encoding="utf-8")
    assert "Réponses à l’enquête, 2015" in text and "60</data> pôles" in text and text.count("<figure") >= 4
    assert found["safe"] and {rule["verdict"] for rule in found["rules"]} == {"safe"}
    assert found["raw_values"] > 5 * POLES and len(found["rules"]) == 15


@pytest.mark.thorough
def test_a_page_that_an_earlier_one_would_be_subtracted_from_is_not_published(
    public: Path, raw: Path, tmp_path: Path
) -> None:
    """One respondent withdrew: the build stops, and says what to do. The same answers, more strictly, may follow."""
    earlier, fewer = tmp_path / "earlier", tmp_path / "fewer"
    shutil.copytree(public / "site", earlier)
    shutil.copytree(raw, fewer)
    lines = (fewer / "2015" / "export.csv").read_bytes().splitlines(keepends=True)
    (fewer / "2015" / "export.csv").write_bytes(b"".join(lines[:-1]))
    project, page = tmp_path / "project", Path("build", "site", "en", "survey", "index.html")
    shutil.copytree(public.parent, project)
    done = built(project, PTCE_WAVES=str(fewer), PTCE_PREVIOUS=str(earlier))
    assert done.returncode == 1
    assert "rows of its tables differ from those of the earlier site" in done.stdout + done.stderr
    assert not (project / page).exists()  # it was made of other answers
    done = built(project, PTCE_WAVES=str(raw), PTCE_RULES="strict", PTCE_PREVIOUS=str(earlier))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.thorough
def test_no_digest_of_the_answers_is_public(public: Path, raw: Path) -> None:
    """Neither whole nor short, of any file of the waves: who guesses the answers could confirm it."""
    folders = [public / name for name in ("site", "notebooks", "figures")]
    texts_of = [text for folder in folders for _, text in texts(folder)]
    for path in raw.rglob("*.*"):
        for algorithm in ("md5", "sha1", "sha256"):
            digest = hashlib.new(algorithm, path.read_bytes()).hexdigest()
            assert not [text for text in texts_of if digest[:12] in text]


@pytest.mark.parametrize("kind", CANARIES)
def test_a_canary_planted_on_purpose_is_found(raw: Path, tmp_path: Path, kind: str) -> None:
    """Each kind of canary, for poles all over the wave; `test_protect_scan` has every kind of file."""
    wanted, page = needles(raw), tmp_path / "page.html"
    for i in range(2 if kind == "id" else 1, POLES, 12):
        page.write_text(f"<p>avant {canary(kind, i)} après</p>", encoding="utf-8")
        assert {one.rule for one in scan(tmp_path, wanted)} & {"raw_value", "email", "phone"}, (kind, i)
    page.write_text("<p>avant rien après</p>", encoding="utf-8")
    assert scan(tmp_path, wanted) == []


@pytest.mark.browser
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.thorough
def test_the_pages_of_a_hostile_wave_do_nothing_in_chromium(tab: Page, public: Path, lang: str, tmp_path: Path) -> None:
    """No dialog, no request, no script, no error: pages made from hostile answers only show text."""
    for name in ("survey/index", "index"):
        assert_inert(tab, public / "site" / lang / f"{name}.html")
    (tmp_path / "bare.html").write_text("<html><body>" + ACTIVE[2] + "</body></html>", encoding="utf-8")
    with pytest.raises(AssertionError):  # as it is, the corpus acts: the browser would notice
        assert_inert(tab, tmp_path / "bare.html")


def assert_inert(tab: Page, path: Path) -> None:
    """Open a page and assert that nothing in it acts; a block of data about the site does not."""
    dialogs, asked, popups = list[str](), list[str](), list[str]()
    tab.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("popup", lambda popup: popups.append(popup.url))
    tab.goto(path.as_uri())
    tab.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
    tab.wait_for_timeout(200)
    assert (dialogs, popups) == ([], [])
    assert [url for url in asked if not url.startswith("data:")] == [path.as_uri()]
    assert tab.evaluate("window.hostile") is None
    assert tab.url == path.as_uri()
    active = """() => [...document.querySelectorAll(
      '*:not(script[type="application/ld+json"])')].filter(at => ['SCRIPT', 'IFRAME', 'OBJECT', 'EMBED', 'FORM',
      'BASE', 'INPUT'].includes(at.tagName) || [...at.attributes].some(one => one.name.startsWith('on')
      || /^\\s*javascript:/i.test(one.value))).map(at => at.outerHTML.slice(0, 80))"""
    assert tab.evaluate(active) == []


@pytest.mark.thorough
def test_cells_of_every_export_are_text_in_a_spreadsheet(public: Path, raw: Path, tmp_path: Path) -> None:
    """Downloads of the site and the tables of `ptce clean`: no cell starts as a formula does, blanks aside."""
    wave = raw / "2015"
    assert (
        main(["clean", str(wave / "export.csv"), "--codebook", str(wave / "codebook.yml"), "--out", str(tmp_path)]) == 0
    )
    downloads = list((public / "site").rglob("*.csv"))
    assert len(downloads) >= 20 and all(path.parent.name == FOLDER for path in downloads)
    cells = list[str]()
    for path in [*downloads, *tmp_path.glob("*.csv")]:
        text = path.read_text(encoding="utf-8-sig")
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=";" if "/fr/" in path.as_posix() else ","):
            cells += row
    started = [cell for cell in cells if re.match(r"[\s\u00a0]*[=+@＝＋＠－]|[\t\r\n]|-(?!\d+([.,]\d+)?$)", cell)]
    assert started == []
    assert sum(cell.startswith("'") for cell in cells) > 20


def test_what_is_shown_of_the_wave_is_released_row_by_row(raw: Path) -> None:
    """Every hostile answer that is no code of the questionnaire counts as not answered, and names no row of a table."""
    tables = shown(read_waves(raw, "survey"))
    for name, one in tables.tables.items():
        held = {str(cell) for cell in one.table.to_numpy().ravel()}
        assert not held & set(HOSTILE) - {"0", "None"}, name
    assert not set(survey_page.told(Words("fr"), tables, "stage").table["label"]) & set(HOSTILE)
