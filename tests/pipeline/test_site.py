"""The site around the pages: links, sizes, register, downloads."""

from __future__ import annotations

import gzip
import json
import re
from itertools import pairwise, permutations
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

from pages import code, notebook, pages, project, shown, site
from ptce_analysis.pipeline.place import Place
from ptce_analysis.pipeline.runs import Run, declared_runs
from ptce_analysis.pipeline.site import Entry, _families, language_choice, language_files, site_files
from ptce_analysis.publish.downloads import Download, data_package, page_downloads
from ptce_analysis.publish.language import Words
from ptce_analysis.publish.trust import sealed
from ptce_analysis.vocabulary import LANGUAGES

# What makes claims: sentences, titles, readings and populations; a note may define ("0 when all are equal").
SAID = ".say, .answer, .title, .notes div:nth-of-type(2) dd, .notes div:nth-of-type(3) dd"
PAGE, GZIPPED, MORE_PAGE, MORE_GZIPPED = 60_000, 15_000, 20_000, 5_000


def soup(path: Path) -> BeautifulSoup:
    """A page of the site, parsed."""
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def test_every_page_is_light() -> None:
    """60 kB and 15 kB gzipped with two drawings, 20 kB and 5 kB more for each further one; tables give no room."""
    heavy = {}
    for path in pages():
        data = path.read_bytes()
        more = max(len(re.findall(rb'<div class="drawing (?:wide|only)"', data)) - 2, 0)
        size, zipped = len(data), len(gzip.compress(data, 9, mtime=0))
        if size > PAGE + more * MORE_PAGE or zipped > GZIPPED + more * MORE_GZIPPED:
            heavy[path.relative_to(site()).as_posix()] = (size, zipped, more + 2)
    assert heavy == {}


def test_every_link_of_the_site_resolves() -> None:
    """Files exist and anchors are there; outside links are the licence's, and nothing is fetched."""
    ids = {path.resolve(): {tag["id"] for tag in soup(path).find_all(id=True)} for path in pages()}
    broken = []
    for path in pages():
        for link in soup(path).find_all(["a", "link"], href=True):
            parts = urlsplit(str(link["href"]))
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path.resolve()
            if parts.scheme in ("https", "data"):
                continue
            if not target.is_file() or (parts.fragment and unquote(parts.fragment) not in ids[target]):
                broken.append(f"{path.name}: {link['href']}")
    assert broken == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_prose_refers_to_figures_and_tables_by_their_number(lang: str) -> None:
    """A link to an exhibit of the page reads as the number in its caption, and most pages have one."""
    seen = set()
    for path in sorted((site() / lang).glob("0*.html")):
        page = soup(path)
        numbers = {
            f"#{one['id']}": one.select_one(".number").find(string=True).strip() for one in page.find_all("figure")
        }
        for link in page.select("main > p a[href^='#']"):
            assert link.get_text() == numbers[str(link["href"])], path.name
            seen.add(path.name.partition("_")[0])
    assert seen >= {"01", "02", "03", "04", "05", "07"}


def test_ids_are_unique_and_headings_in_order() -> None:
    """On every page: one first-level heading, no level skipped, no id twice, a language and a title."""
    for path in pages():
        page = soup(path)
        ids = [str(tag["id"]) for tag in page.find_all(id=True)]
        levels = [int(tag.name[1]) for tag in page.find_all(re.compile("^h[1-6]$"))]
        assert len(ids) == len(set(ids)), path
        assert levels.count(1) == 1 and levels[0] == 1, path
        assert all(after - before <= 1 for before, after in pairwise(levels)), path
        assert page.html["lang"] in LANGUAGES and page.title.get_text(), path


def test_no_page_asks_for_anything() -> None:
    """No script, no frame, no address in a place that loads: what the policy forbids is not even tried."""
    for path in pages():
        page, text = soup(path), path.read_text(encoding="utf-8")
        assert not page.find_all(["script", "iframe", "object", "embed", "base"]), path
        assert not re.search(r'(src|srcset|poster)="(?!data:)|@import|url\((?!#)', text), path
        assert page.find("meta", attrs={"http-equiv": "Content-Security-Policy"}), path


def test_each_page_has_its_twin_in_every_other_language() -> None:
    """The same pages in all languages, each leading to the others."""
    names = {lang: {path.name for path in (site() / lang).glob("*.html")} for lang in LANGUAGES}
    assert all(found == names["fr"] for found in names.values())
    for lang, other in permutations(LANGUAGES, 2):
        for name in names[lang]:
            link = soup(site() / lang / name).find("a", hreflang=other)
            assert link["href"] == f"../{other}/{name}"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_claim_can_be_reached_from_the_register(lang: str) -> None:
    """Each entry has value, unit, origin and a source or computation, and stands in its page as it says."""
    claims = json.loads((site() / lang / "claims.json").read_text(encoding="utf-8"))
    assert claims
    found = {path.name: soup(path) for path in (site() / lang).glob("*.html")}
    for claim in claims:
        name, _, anchor = claim["href"].partition("#")
        place = found[name].find(id=anchor)
        assert place is not None and claim["shown"] in place.get_text(), claim
        assert claim["unit"] and claim["origin"] and (claim["source"] or claim["computed_by"]), claim


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_number_of_a_sentence_is_in_the_register(lang: str) -> None:
    """In sentences, titles, readings and populations, a digit belongs to a registered value or to a year."""
    loose = []
    for path in sorted((site() / lang).glob("*.html")):
        for said in soup(path).select(SAID):
            for value in said.find_all(["data", "span"]):
                value.decompose()
            # "half + 1" and "100 %" are part of an arithmetic, not values of the study.
            rest = re.sub(r"\b(19|20)\d\d\b|\+ 1\b|\b100\s?%", "", said.get_text())
            loose += [f"{lang}/{path.name}: {said.get_text()[:90]}"] if re.search(r"\d", rest) else []
    assert not loose, f"{len(loose)} sentences with numbers that are not registered:\n" + "\n".join(loose)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_files_of_the_site_are_those_its_pages_offer(lang: str) -> None:
    """Every download of a page is a file too, byte for byte, listed on the index and described in the data package."""
    offered = {}
    for path in (site() / lang).glob("*.html"):
        for link in soup(path).find_all("a", class_="download"):
            offered[link["download"]] = unquote(str(link["href"]).partition(",")[2]).encode()
    files = {path.name: path.read_bytes() for path in (site() / lang / "data").glob("*.csv")}
    assert files == offered
    assert all(data.startswith("\ufeff".encode()) == (lang == "fr") for data in files.values())
    package = json.loads((site() / lang / "datapackage.json").read_text(encoding="utf-8"))
    assert sorted(resource["path"] for resource in package["resources"]) == sorted(f"data/{name}" for name in files)
    listed = {str(link["href"]) for link in soup(site() / lang / "index.html").find_all("a", download=True)}
    assert listed == {f"data/{name}" for name in files}


def test_the_index_says_what_every_page_answers() -> None:
    """One card per question, with its answer; every page of the language can be reached from it."""
    for lang in LANGUAGES:
        page = soup(site() / lang / "index.html")
        linked = {str(link["href"]) for link in page.select(".card a")}
        assert linked == {path.name for path in (site() / lang).glob("*.html")} - {"index.html"}
        assert all(card.h3 and card.p for card in page.select(".card"))
        assert page.find(id="accessibility") and page.select("#assumptions ~ details tbody tr")


def test_figures_are_committed_files_of_each_language() -> None:
    """Each drawing of a page is a file of its language's folder, whole and in the light colours."""
    for path in (project() / "figures").rglob("*.svg"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith("<svg xmlns=") and "<title>" in text and "<desc" in text
        assert "var(" not in text and "<style" not in text


def test_the_choice_of_language_names_each_in_its_own_words() -> None:
    """The root page leads to both indexes."""
    page = BeautifulSoup(language_choice().decode(), "html.parser")
    assert [(link["href"], link.get_text()) for link in page.main.find_all("a")] == [
        (f"{lang}/index.html", Words(lang).label(name).capitalize()) for lang, name in LANGUAGES.items()
    ]
    assert {"Français", "English"} <= {link.get_text() for link in page.main.find_all("a")}


def entry(name: str, stem: str, **parameters: str) -> Entry:
    """A page of the index."""
    run = Run(name, Path(f"{stem}.ipynb"), "en", ())
    answer = f"{parameters['Level']}: Answer." if stem == "07" else "Answer."
    return Entry(run, f"Title of {name}", f"Title of {stem}", answer, tuple(parameters.items()), (), ())


def test_runs_of_one_notebook_are_one_family() -> None:
    """They share a heading; each is named by the parameters that tell it from the others, with its answer."""
    sheets = [entry(f"07_{level}", "07", Level=level, Confidence="95%") for level in ("commune", "region")]
    alone, together = _families([entry("01", "01", Level="x"), *sheets])
    assert alone["pages"] == []
    assert together["pages"] == [
        ("07_commune.html", "commune", "Answer."),
        ("07_region.html", "region", "Answer."),
    ]
    assert together["first"].family == "Title of 07"


def test_the_data_package_describes_each_column() -> None:
    """Numbers with the decimal sign of the language, words as strings."""
    data = "\ufeffNiveau;Montant\r\nRégions;15375,5\r\nÉtat;\r\n".encode()
    download = Download("x.csv", "03", "Tableau 1", "Titre", "derived", data)
    (resource,) = json.loads(data_package(Words("fr"), [download]))["resources"]
    assert resource["dialect"] == {"delimiter": ";"}
    assert resource["schema"]["fields"] == [
        {"name": "Niveau", "type": "string"},
        {"name": "Montant", "type": "number", "decimalChar": ","},
    ]


def test_downloads_are_read_from_what_a_page_offers() -> None:
    """Only from outputs that are ours, with the number and title of their exhibit."""
    link = '<a class="download" download="x.csv" href="data:text/csv;charset=utf-8,a%0D%0A1%0D%0A">CSV</a>'
    head = {"kind": "head", "key": "k", "number": "Table 1", "title": "T", "origin": "derived"}
    notes = {"kind": "notes", "key": "k", "file": "x.csv"}
    ours = [
        shown({"text/html": "<p>h</p>"}, **sealed(head, "<p>h</p>")),
        shown({"text/html": link}, **sealed(notes, link)),
    ]
    forged = shown({"text/html": link + " "}, **sealed(notes, link))
    (found,) = page_downloads(notebook(code("x", *ours, forged)), "03")
    assert found == Download("x.csv", "03", "Table 1", "T", "derived", b"a\r\n1\r\n")


def test_the_files_around_the_pages_come_from_the_executed_notebooks() -> None:
    """Made again from them, every file has the bytes of the build."""
    files = site_files(Place(project()), declared_runs(project()))
    assert {path for path in files if path.read_bytes() != files[path]} == set()
    kept = {path for path in site().rglob("*.*") if path.is_file()} - set(pages())
    assert kept <= set(files)


def test_files_of_a_language_have_no_page_missing() -> None:
    """An empty site still has its index, register and package."""
    assert set(language_files("en", [])) == {"index.html", "claims.json", "datapackage.json"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_sheets_of_one_notebook_lead_to_one_another(lang: str) -> None:
    """Each names its level, marks itself, lists the others in order, and turns to the one before and after."""
    runs = [run for run in declared_runs(project()) if run.lang == lang and run.family]
    assert runs
    for run in runs:
        page = soup(site() / lang / f"{run.name}.html")
        links = page.select("nav.family a")
        assert [str(link["href"]) for link in links] == [f"{name}.html" for name, _ in run.family]
        (own,) = page.select("nav.family [aria-current]")
        assert own["href"] == f"{run.name}.html"
        assert page.h1.get_text().startswith(own.get_text()) and page.title.get_text() == page.h1.get_text()
        place = [name for name, _ in run.family].index(run.name)
        turns = {str(link["rel"][0]): str(link["href"]) for link in page.select("nav.turn a")}
        around = {"prev": place - 1, "next": place + 1}
        names = dict(enumerate(f"{name}.html" for name, _ in run.family))
        assert turns == {rel: names[at] for rel, at in around.items() if at in names}


def test_french_pages_keep_double_signs_to_their_word() -> None:
    """No colon, semicolon, mark or per cent after a plain space or glued to a word, in anything a page says."""
    loose = []
    for path in sorted((site() / "fr").glob("*.html")):
        page = soup(path)
        for tag in page.select("pre, code, style, [lang=en], .provenance"):
            tag.decompose()
        for said in page.stripped_strings:
            loose += [f"{path.name}: {said[:80]}"] if re.search(r"[^\W\d_]: | [:;!?%»]|« ", said) else []
    assert not loose, f"{len(loose)} texts:\n" + "\n".join(loose[:20])


def test_files_of_fictitious_data_say_so_on_every_row() -> None:
    """A CSV that leaves its page carries its origin; those of other origins are not burdened with it."""
    for lang, label in (("fr", "données fictives"), ("en", "fictitious data")):
        package = json.loads((site() / lang / "datapackage.json").read_text(encoding="utf-8"))
        fictitious = {one["path"] for one in package["resources"] if one["description"].endswith(label)}
        assert fictitious
        for resource in package["resources"]:
            _, *rows = (site() / lang / resource["path"]).read_text(encoding="utf-8-sig").splitlines()
            marked = bool(rows) and all(row.endswith(label) for row in rows)
            assert marked == (resource["path"] in fictitious), resource["path"]
