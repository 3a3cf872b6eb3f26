"""The site around the pages: links, sizes, register, downloads."""

import gzip
import json
import re
from itertools import pairwise, permutations
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from pages import pages, project, site, soup
from ptce_analysis.pipeline.runs import Place, declared_runs
from ptce_analysis.pipeline.site import site_files
from ptce_analysis.publish.language import Words, plain_text
from ptce_analysis.published import read_published
from ptce_analysis.vocabulary import BASES, FUNDING_LEVELS, GLOSSARY, LANGUAGES, PLACES

# What makes claims: sentences, titles, readings and populations; a note may define ("0 when all are equal").
SAID = ".say, .answer, .title, .notes div:nth-of-type(2) dd, .notes div:nth-of-type(3) dd"
# Where whoever changes the language stays.
PLACE_OF_A_PAGE = "h1[id], h2[id], h3[id], figure[id]"
GZIPPED = 25_000
# Folders of a language: the study's own, and that of invented answers.
FOLDERS = ("", "demonstration")


def test_every_page_is_light() -> None:
    """25 kB gzipped: read in a moment on a slow line."""
    sizes = {path.relative_to(site()).as_posix(): len(gzip.compress(path.read_bytes(), 9, mtime=0)) for path in pages()}
    assert {name: size for name, size in sizes.items() if size > GZIPPED} == {}


# The words in sight of each French page, at most; folds, figures' letters and the page's foot are not counted.
PAGES = ("index", "01_consistency", "02_emergence", "03_funding", "04_feasible", "05_profile")
WORDS = dict(zip(PAGES, (600, 1000, 700, 800, 700, 600), strict=True))
WORDS |= {f"07_level-{level}": 450 for level in FUNDING_LEVELS}
LONG = {"09_methods": 2500, "demonstration/index": 1500}
MOST_WORDS = 8500  # of all of them but these


def number_of_words(text: str) -> int:
    """How many words a text has; a number with its unit is one."""
    return len(re.sub(r"(?<=\S)[\u00a0\u202f](?=\S)", "", text).split())


def test_pages_are_short() -> None:
    """A reader has time for each page, and for all of them."""
    found = {}
    for name in WORDS | LONG:
        page = soup(site() / "fr" / f"{name}.html").main
        for hidden in page.find_all(["svg", "details", "style"]):
            hidden.decompose()
        found[name] = number_of_words(page.get_text(" "))
    assert {name: n for name, n in found.items() if n > (WORDS | LONG)[name]} == {}
    assert sum(found[name] for name in WORDS) <= MOST_WORDS


def test_every_link_of_the_site_resolves() -> None:
    """Files exist and anchors are there; what lies outside is a document on the web."""
    ids = {path.resolve(): {tag["id"] for tag in soup(path).find_all(id=True)} for path in pages()}
    broken = []
    for path in pages():
        for link in soup(path).find_all(["a", "link"], href=True):
            parts = urlsplit(str(link["href"]))
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path.resolve()
            if parts.scheme in ("http", "https", "data"):
                continue
            if not target.is_file() or (parts.fragment and unquote(parts.fragment) not in ids[target]):
                broken.append(f"{path.name}: {link['href']}")
    assert broken == []


def test_ids_are_unique_headings_in_order_and_nothing_is_asked_for() -> None:
    """On every page: one first-level heading, no level skipped, no id twice, a language and a title.

    No script but data, no frame, no address in a place that loads: what the policy forbids is not even tried.
    """
    for path in pages():
        page, text = soup(path), path.read_text(encoding="utf-8")
        ids = [str(tag["id"]) for tag in page.find_all(id=True)]
        levels = [int(tag.name[1]) for tag in page.find_all(re.compile("^h[1-6]$"))]
        assert len(ids) == len(set(ids)), path
        assert levels.count(1) == 1 and levels[0] == 1, path
        assert all(after - before <= 1 for before, after in pairwise(levels)), path
        assert page.html["lang"] in LANGUAGES and page.title.get_text(), path
        assert not page.select("script:not([type='application/ld+json'])"), path
        assert not page.find_all(["iframe", "object", "embed", "base"]), path
        assert not re.search(r'(src|srcset|poster)="(?!data:)|@import|url\((?!#)', text), path
        assert page.find("meta", attrs={"http-equiv": "Content-Security-Policy"}), path


def test_each_page_has_its_twin_in_every_other_language() -> None:
    """The same pages in all languages, each leading to the others, and to the same place: ids are those of cells."""
    names = {lang: {path.relative_to(site() / lang) for path in (site() / lang).rglob("*.html")} for lang in LANGUAGES}
    assert all(found == names["fr"] for found in names.values())
    for lang, other in permutations(LANGUAGES, 2):
        for name in names[lang]:
            page, twin = (soup(site() / one / name) for one in (lang, other))
            assert page.find("a", hreflang=other)["href"] == f"{'../' * len(name.parts)}{other}/{name.as_posix()}"
            keys, theirs = ({tag["id"] for tag in one.main.select(PLACE_OF_A_PAGE)} for one in (page, twin))
            assert keys == theirs and all(key.isascii() for key in keys), name


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_claim_can_be_reached_from_the_register(lang: str, folder: str) -> None:
    """Each entry has value, unit, origin and a source or computation, and stands in its page as it says."""
    claims = json.loads((site() / lang / folder / "claims.json").read_text(encoding="utf-8"))
    assert {claim["origin"] == "fictitious" for claim in claims} >= {bool(folder)}
    assert folder or not [claim for claim in claims if claim["origin"] == "fictitious"]
    found = {path.name: soup(path) for path in (site() / lang / folder).glob("*.html")}
    for claim in claims:
        name, _, anchor = claim["href"].partition("#")
        place = found[name].find(id=anchor)
        assert place is not None and claim["shown"] in place.get_text(), claim
        assert claim["unit"] and claim["origin"] and (claim["source"] or claim["computed_by"]), claim


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_number_of_a_sentence_is_in_the_register(lang: str) -> None:
    """In sentences, titles, readings and populations, a digit belongs to a registered value or to a year."""
    loose = []
    for path in sorted((site() / lang).rglob("*.html")):
        for said in soup(path).select(SAID):
            for value in said.select("data, span, a[href^='#']"):  # what a link to a row says stands in that row
                value.decompose()
            # "half + 1" and "100 %" are part of an arithmetic, not values of the study.
            rest = re.sub(r"\b(19|20)(\d\d\b|\.\.)|\+ 1\b|\b100\s?%", "", said.get_text())
            loose += [f"{lang}/{path.name}: {said.get_text()[:90]}"] if re.search(r"\d", rest) else []
    assert not loose, f"{len(loose)} sentences with numbers that are not registered:\n" + "\n".join(loose)


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_files_of_the_site_are_those_its_pages_offer(lang: str, folder: str) -> None:
    """Every download of a page is a file too, byte for byte, and described in the data package of its folder."""
    offered = {}
    for path in (site() / lang / folder).glob("*.html"):
        for link in soup(path).find_all("a", class_="download"):
            offered[link["download"]] = unquote(str(link["href"]).partition(",")[2]).encode()
    files = {path.name: path.read_bytes() for path in (site() / lang / folder / "data").glob("*.csv")}
    typed = {path.name: path.read_bytes() for path in Place(project()).published.glob("*.csv") if not folder}
    assert files == offered | typed
    assert all(data.startswith("\ufeff".encode()) == (lang == "fr") for name, data in files.items() if name in offered)
    package = json.loads((site() / lang / folder / "datapackage.json").read_text(encoding="utf-8"))
    assert sorted(resource["path"] for resource in package["resources"]) == sorted(f"data/{name}" for name in files)
    if not folder:
        listed = {str(link["href"]) for link in soup(site() / lang / "index.html").select("a[href^='data/']")}
        assert listed == {path.relative_to(site() / lang).as_posix() for path in (site() / lang / "data").iterdir()}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_drawing_can_be_downloaded_as_svg_and_png(lang: str) -> None:
    """From a folder beside its page; those of invented answers say so in their names."""
    for folder in FOLDERS:
        place = site() / lang / folder
        found = {link["href"] for path in place.glob("*.html") for link in soup(path).select(".tools a[download]")}
        linked = {str(one) for one in found if not str(one).startswith("data:")}
        files = {path.relative_to(place).as_posix() for path in (place / "figures").iterdir()}
        assert linked == files and {Path(name).suffix for name in files} == {".svg", ".png"}
        assert all((f"-{'fictif' if lang == 'fr' else 'fictitious'}" in name) == bool(folder) for name in files)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_index_leads_to_every_page(lang: str) -> None:
    """Its notebook, a card per question with its answer, the sheets in a line, the demonstration at its foot."""
    page = soup(site() / lang / "index.html")
    linked = {str(link["href"]) for link in page.main.select(".card a, .sheets a")}
    assert linked == {path.name for path in (site() / lang).glob("*.html")} - {"index.html"}
    assert all(card.h3 and card.p for card in page.select(".card"))
    assert page.find(id="accessibility") and page.select_one("#demonstration a")["href"] == "demonstration/index.html"
    assert not (site() / lang / "00_index.html").exists()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_invented_answers_stand_apart_and_say_so(lang: str) -> None:
    """A band and no search engine on each of their pages; nothing of them in what the study gives away."""
    for path in sorted((site() / lang).rglob("*.html")):
        page, apart = soup(path), path.parent.name == "demonstration"
        assert bool(page.find(class_="band")) == bool(page.find("meta", attrs={"name": "robots"})) == apart, path
        assert bool(page.select(".origin.fictitious")) == apart, path
    fictitious = "données fictives" if lang == "fr" else "fictitious data"
    package = json.loads((site() / lang / "datapackage.json").read_text(encoding="utf-8"))
    assert not [one for one in package["resources"] if fictitious in one["description"]]
    for path in (site() / lang / "demonstration" / "data").iterdir():
        _, *rows = path.read_text(encoding="utf-8-sig").splitlines()
        assert rows and all(row.endswith(fictitious) for row in rows), path.name


def test_the_files_around_the_pages_come_from_the_executed_notebooks() -> None:
    """Made again from them, every file has the bytes of the build."""
    files = site_files(Place(project()), declared_runs(project()))
    assert {path for path in files if path.read_bytes() != files[path]} == set()
    kept = {path for path in site().rglob("*.*") if path.is_file() and path.parent.name != "figures"} - set(pages())
    assert kept <= set(files)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_pages_lead_to_the_questions_to_their_family_and_to_their_neighbours(lang: str) -> None:
    """In the order of their declaration; a sheet names its level and marks itself in the line of its family."""
    runs = [run for run in declared_runs(project()) if run.lang == lang and not run.folder and run.name != "00_index"]
    for place, run in enumerate(runs):
        page = soup(site() / lang / run.address)
        assert [str(link["href"]) for link in page.select("header .line a")] == [
            one.address for one in runs if one.menu
        ]
        around = {"prev": runs[place - 1] if place else None, "next": next(iter(runs[place + 1 :]), None)}
        turns = {str(link["rel"][0]): str(link["href"]) for link in page.select("nav.turn a")}
        assert turns == {rel: one.address for rel, one in around.items() if one}
        links = page.select("nav.family a")
        assert [str(link["href"]) for link in links] == [f"{name}.html" for name, _ in run.family]
        if run.family:
            (own,) = page.select("nav.family [aria-current]")
            assert own["href"] == run.address and page.title.get_text().startswith(page.h1.get_text())
    titles = [soup(site() / lang / run.address).title.get_text() for run in runs]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_glossary_has_the_terms_that_pages_use_and_no_other(lang: str) -> None:
    """Each is explained on some page where it first stands, in its language, and all of them on the page of methods."""
    said = {str(tag["title"]) for path in (site() / lang).rglob("*.html") for tag in soup(path).find_all("abbr")}
    meant = {plain_text(Words(lang).label(term["text"])) for term in GLOSSARY}
    listed = soup(site() / lang / "09_methods.html").select("#glossary-heading + ul li")
    assert said == meant and len(listed) == len(GLOSSARY)
    for path in (site() / lang).rglob("*.html"):
        titles = [tag["title"] for tag in soup(path).find_all("abbr")]
        assert len(titles) == len(set(titles)), path.name


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_published_figure_that_a_page_states_leads_to_its_row(lang: str) -> None:
    """The table has a row for every figure, with its value, source and verdict, whatever the order of the rows."""
    facts, said = read_published(Place(project()).published), 0
    assert {fact.base_label for fact in facts.values()} <= {"", *BASES}
    assert {fact.locator for fact in facts.values()} <= {*PLACES}
    for order in ("", "-source", "-verdict"):
        page = soup(site() / lang / f"10_figures{order}.html")
        lines = page.select("#figures tr[id]")
        rows = {row["id"]: [cell.get_text() for cell in row.find_all(["th", "td"])] for row in lines}
        assert rows.keys() == facts.keys()
        assert all(name and value and source and verdict for name, value, _, source, verdict in rows.values())
        assert {str(link["href"]) for link in page.select("#figures th a")} == {f"#{name}" for name in facts}
    for path in (site() / lang).glob("0*.html"):
        for link in soup(path).select("data > a"):
            assert str(link["href"]).removeprefix("10_figures.html#") in facts, path.name
            said += 1
    assert said > 20


def test_french_pages_keep_double_signs_to_their_word() -> None:
    """No colon, semicolon, mark or per cent after a plain space or glued to a word, in anything a page says."""
    loose = []
    for path in sorted((site() / "fr").rglob("*.html")):
        page = soup(path)
        for abbreviation in page.find_all("abbr"):
            abbreviation.unwrap()
        page.smooth()
        for tag in page.select("pre, code, style, [lang=en], .provenance"):
            tag.decompose()
        for said in page.stripped_strings:
            loose += [f"{path.name}: {said[:80]}"] if re.search(r"[^\W\d_]: | [:;!?%»]|« ", said) else []
    assert not loose, f"{len(loose)} texts:\n" + "\n".join(loose[:20])


def test_an_answer_has_45_words_at_most() -> None:
    """The first thing on a page can be read in ten seconds."""
    for path in (path for path in pages() if path.parent != site()):
        said = [number_of_words(answer.get_text()) for answer in soup(path).select(".answer")]
        assert len(said) == 1 and said[0] <= 45, (path.name, said)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_prose_refers_to_figures_and_tables_by_their_number(lang: str) -> None:
    """A link to an exhibit of the page reads as the number in its caption."""
    for path in sorted((site() / lang).glob("0*.html")):
        page = soup(path)
        numbers = {
            f"#{one['id']}": one.select_one(".number").find(string=True).strip() for one in page.find_all("figure")
        }
        for link in page.select("main > p a[href^='#']"):
            assert link.get_text() == numbers[str(link["href"])], path.name


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_table_is_cards_on_a_phone(lang: str) -> None:
    """Each cell of an exhibit names its column."""
    for path in sorted((site() / lang).rglob("*.html")):
        for table in soup(path).select("figure table.cards"):
            headings = [heading.get_text() for heading in table.thead.find_all("th")]
            for row in table.tbody.find_all("tr"):
                assert [cell["data-label"] for cell in row.find_all("td")] == headings[1:], path.name


def test_every_page_of_the_study_says_how_to_cite_it() -> None:
    """By a link at its foot; a page of answers does not."""
    for path in (site() / "fr").rglob("*.html"):
        link = soup(path).select_one("footer a[href$='#cite']")
        assert bool(link) != bool(soup(path).find(class_="band")), path.name


def test_figures_are_committed_files_of_each_language() -> None:
    """Each drawing of a page is a file of its language's folder, with its title and source and in the light colours."""
    for path in (project() / "figures").rglob("*.svg"):
        text = path.read_text(encoding="utf-8")
        drawn = soup(path).svg
        title, said = (" ".join(one.get_text(" ").split()) for one in (drawn.title, drawn))
        assert title in said.removeprefix(title) and "Source" in said, path.name
        # The panels of a figure after the first are described with it.
        assert text.startswith("<svg xmlns=") and "<title>" in text
        assert "<desc" in text or re.search(r"-\d+$", path.stem), path.name
        assert "var(" not in text and "<style" not in text
