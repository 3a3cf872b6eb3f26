"""The guides of `docs/`, each followed to the letter in a copy of the project."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po
from bs4 import BeautifulSoup

from conftest import REPOSITORY
from guides import DOCS, blocks, copied_project, follow, run, write

GUIDES = sorted(path.name for pattern in ("a*-*.md", "changing*.md") for path in DOCS.glob(pattern))


@pytest.mark.parametrize("guide", GUIDES)
def test_every_guide_is_listed_for_newcomers(guide: str) -> None:
    """README and LISEZMOI lead to each guide."""
    for name in ("README.md", "LISEZMOI.md"):
        assert f"(docs/{guide})" in (REPOSITORY / name).read_text(encoding="utf-8"), name


def page(project: Path, lang: str, name: str) -> BeautifulSoup:
    """A built page."""
    return BeautifulSoup(
        (project / "build" / "site" / lang / f"{name}.html").read_text(encoding="utf-8"), "html.parser"
    )


@pytest.mark.thorough
def test_a_page_is_changed_by_its_guide(tmp_path: Path) -> None:
    """Sentence, claim, table, figure and French as written there: each is on the page, and only its numbers move."""
    project = copied_project(tmp_path, "05_profile")
    run(project, "git init -q .")
    printed = follow(project, "changing-a-page.md", "")
    for lang, said in (("en", ("recent cluster", "Mean per cluster", "Budget per job")),
                       ("fr", ("pôle récent", "Moyenne par pôle", "Budget par emploi"))):  # fmt: skip
        assert (project / "figures" / lang / "05_profile-budget_per_job.svg").is_file()
        shown = page(project, lang, "05_profile")
        assert shown.find("figure", id="budget_per_job").find("svg")
        assert all(text in shown.get_text() for text in said)
    moved = [line for line in printed.splitlines() if line.startswith(("<", ">"))]
    assert all('"page": "05_profile"' in line for line in moved) and any("budget_per_job" in line for line in moved)
    assert "nothing found that could expose a respondent" in printed
    assert "05_profile.ipynb" not in run(project, "make texts")


@pytest.mark.thorough
def test_a_notebook_of_one_s_own_becomes_a_page_by_its_guide(tmp_path: Path) -> None:
    """With pandas and seaborn alone, then with its answer in both languages: listed, drawn, its numbers sourced."""
    project = copied_project(tmp_path)
    first, *_ = (place for place, block in enumerate(blocks("a-page-of-your-own.md")) if block.text == "make\n")
    follow(project, "a-page-of-your-own.md", "", upto=first + 1)
    plain = page(project, "en", "10_response")
    assert plain.find("table") and plain.find("img") and "sns.barplot" in plain.get_text()
    follow(project, "a-page-of-your-own.md", "", since=first + 1)
    for lang, answer, title in (("en", "69%", "How many clusters"), ("fr", "69\u00a0%", "Combien de pôles")):
        shown = page(project, lang, "10_response")
        assert title in shown.h1.get_text() and answer in shown.find(class_="answer").get_text()
        assert shown.find("figure", id="counts").find("svg")
        assert page(project, lang, "index").find("a", href="10_response.html")
    assert "10_response.ipynb" not in run(project, "make texts")


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


@pytest.mark.thorough
def test_a_language_is_added_by_its_guide(tmp_path: Path) -> None:
    """One line and one catalogue: pages in German beside the others, its own numbers, units, lists, labels and CSV."""
    project = copied_project(tmp_path, "05_profile", "07_level")
    *before, last = blocks("adding-a-language.md")
    for block in before:  # the build waits until the catalogue is finished
        run(project, block.text.strip()) if block.kind == "sh" else write(project, block)
    assert last.text.splitlines() == ["make", "make test"]
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


def test_a_report_is_audited_by_its_guide(tmp_path: Path) -> None:
    """The commands print the lines that the guide shows."""
    printed = follow(tmp_path, "auditing-a-report.md", "")
    assert "other_base_only" in printed and "impossible" in printed
