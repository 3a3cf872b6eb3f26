"""The guides of `docs/`, each followed to the letter in a copy of the project."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po
from bs4 import BeautifulSoup

from conftest import REPOSITORY
from guides import DOCS, blocks, copied_project, follow, run, write

GUIDES = [*sorted(path.name for path in DOCS.glob("add*.md")), "auditing-a-report.md", "first-hour.md"]


@pytest.mark.parametrize("guide", GUIDES)
def test_every_guide_is_listed_for_newcomers(guide: str) -> None:
    """README and LISEZMOI lead to each guide."""
    for name in ("README.md", "LISEZMOI.md"):
        assert f"(docs/{guide})" in (REPOSITORY / name).read_text(encoding="utf-8"), name


@pytest.mark.parametrize("guide", GUIDES)
def test_files_that_a_guide_names_are_there(guide: str) -> None:
    """A file named in a guide exists, is written by the guide, or is made by its commands."""
    text = (DOCS / guide).read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:src|tests|notebooks|data/raw/published|docs)/[\w./-]+\.\w+)`", text))
    written = {block.path for block in blocks(guide) if re.search(r"Write `|Make `", block.asked)} if named else set()
    made = {"src/ptce_analysis/publish/locale/de.po", "notebooks/08_response.ipynb"}
    assert {name for name in named - written - made if not (REPOSITORY / name).exists()} == set()


def linted(project: Path, guide: str) -> None:
    """What a guide asks to write passes `make check` as the library does: lint and format."""
    written = [block.path for block in blocks(guide) if block.kind == "python" and block.path.endswith(".py")]
    assert written
    for how in (["check"], ["format", "--check"]):
        ruff = [sys.executable, "-m", "ruff", *how, "--no-cache", *written]
        done = subprocess.run(ruff, cwd=project, capture_output=True, text=True, check=False)
        assert not done.returncode, done.stdout


def page(project: Path, lang: str, name: str) -> BeautifulSoup:
    """A built page."""
    return BeautifulSoup(
        (project / "build" / "site" / lang / f"{name}.html").read_text(encoding="utf-8"), "html.parser"
    )


def test_a_question_is_added_by_its_guide(tmp_path: Path) -> None:
    """Table, sentence, notebook, run, French and test as written: a page in each language, listed, tests green."""
    project = copied_project(tmp_path)
    printed = follow(project, "adding-a-question.md", "analysis/test_response.py")
    assert "2 passed" in printed
    linted(project, "adding-a-question.md")
    assert "69%" in page(project, "en", "08_response").find(class_="answer").get_text()
    french = page(project, "fr", "08_response")
    assert "Combien de pôles ont répondu" in french.h1.get_text()
    assert "soit 69\u00a0%" in french.find(class_="answer").get_text()
    assert page(project, "fr", "index").find("a", href="08_response.html")
    gaps = run(project, "make texts")
    assert ", 0 to fill in" in gaps


def test_a_figure_is_added_by_its_guide(tmp_path: Path) -> None:
    """Exhibit, cell, French and test as written there: the figure is on the page in each language, with its data."""
    project = copied_project(tmp_path, "05_profile")
    printed = follow(project, "adding-a-figure.md", "publish/test_budget_per_job.py")
    assert "3 passed" in printed
    linted(project, "adding-a-figure.md")
    for lang, said in (("en", "Budget beside one job"), ("fr", "Budget par emploi")):
        assert (project / "figures" / lang / "05_profile-budget_per_job.svg").is_file()
        figure = page(project, lang, "05_profile").find("figure", id="budget_per_job")
        assert figure.find("svg") and said in figure.get_text()
    assert ", 0 to fill in" in run(project, "make texts")


def pseudo_translated(project: Path, lang: str) -> None:
    """Finish a catalogue as a translator would, here by a mark around every text that the guide left empty."""
    path = project / "src" / "ptce_analysis" / "publish" / "locale" / f"{lang}.po"
    with path.open("rb") as stream:
        catalogue = read_po(stream, locale=lang)
    for message in catalogue:
        if message.id and not message.string:
            head = re.match(r"(?:#+ |\[)?", str(message.id))[0]
            message.string = f"{head}Ü{str(message.id)[len(head) :]}"
    with path.open("wb") as stream:
        write_po(stream, catalogue)


def test_a_language_is_added_by_its_guide(tmp_path: Path) -> None:
    """One line and one catalogue: pages in German beside the others, its own numbers, units, lists, labels and CSV."""
    project = copied_project(tmp_path, "05_profile", "07_level")
    follow_until_pages(project)
    pseudo_translated(project, "de")
    run(project, "make")
    assert " passed" in run(project, "make test", "publish/test_language.py")
    german = page(project, "de", "05_profile")
    assert german.html["lang"] == "de" and german.h1.get_text().startswith("Ü")
    text = german.get_text(" ")
    assert "\u00a0Tsd.\u00a0€" in text and "\u00a0%" in text and not re.search(r"€\d|\d%", text)
    links = {link["hreflang"]: link["href"] for link in german.header.find_all("a", hreflang=True)}
    assert links == {"fr": "../fr/05_profile.html", "en": "../en/05_profile.html"}
    names = {link["hreflang"]: link.get_text() for link in page(project, "fr", "05_profile").header("a", hreflang=True)}
    assert names == {"en": "English", "de": "Deutsch"}
    choice = BeautifulSoup((project / "build/site/index.html").read_text(encoding="utf-8"), "html.parser")
    assert [link["href"] for link in choice("a", hreflang=True)] == [f"{c}/index.html" for c in ("fr", "en", "de")]
    (data, *_) = sorted((project / "build" / "site" / "de" / "data").glob("*.csv"))
    assert ";" in data.read_text(encoding="utf-8-sig").splitlines()[0]
    # Headings of columns and labels of the vocabulary, which name the rows: none is left in English.
    names = [cell.get_text() for cell in german.main("th") if re.search("[a-z]{3}", cell.get_text())]
    assert len(names) > 10 and not [name for name in names if "Ü" not in name]


def follow_until_pages(project: Path) -> None:
    """The guide up to its pages, whose build waits until the catalogue is finished."""
    for block in blocks("adding-a-language.md")[:-1]:
        if block.kind == "sh":
            run(project, block.text.strip())
        else:
            write(project, block)
    assert blocks("adding-a-language.md")[-1].text.splitlines() == ["make", "make test"]


def test_a_report_is_audited_by_its_guide(tmp_path: Path) -> None:
    """The commands print the lines that the guide shows."""
    printed = follow(tmp_path, "auditing-a-report.md", "")
    assert "other_base_only" in printed and "impossible" in printed


def test_the_first_hour_goes_as_told(tmp_path: Path) -> None:
    """Built, verified, a rule changed: only the pages that use it are built again, and only their numbers move."""
    project, text = copied_project(tmp_path, "03_funding", "05_profile"), (DOCS / "first-hour.md").read_text("utf-8")
    lines = [line for block in blocks("first-hour.md") for line in block.text.splitlines()]
    assert lines.index("make test") == 6 and len(lines) == 8
    assert "2 built" not in run(project, lines[0]) and run(project, lines[1])
    for command in (
        "git init -q .",
        "git add -A -f figures data",
        "git -c user.name=a -c user.email=a@b commit -qm first",
    ):
        run(project, command)
    run(project, lines[2])
    path, before, after = re.findall(r"In\s+`(\S+)`, change `(.+?)` to `(.+?)`", text)[0]
    source = (project / path).read_text(encoding="utf-8")
    assert source.count(before) == 1
    (project / path).write_text(source.replace(before, after), encoding="utf-8")
    built = run(project, lines[3])
    assert "2 built, 2 up to date" in built and f"03_funding ({path.removeprefix('src/')} changed)" in built
    moved = [line for line in run(project, lines[4]).splitlines() if line.startswith(">")]
    assert (
        moved
        and all('"page": "03_funding"' in line for line in moved)
        and any('"shown": "€80k"' in line for line in moved)
    )
    run(project, lines[5])
    assert " failed" in run(project, lines[6], "analysis/test_identification.py", fine=(1,))
    assert "safe" in run(project, lines[7])
