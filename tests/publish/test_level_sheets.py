"""The six sheets of levels, as those who receive one read it, on the screen and on paper."""

import re

import pytest
from bs4 import Tag
from playwright.sync_api import Page

from pages import site, soup
from printed_figures import PUBLISHED
from ptce_analysis.published import read_roles
from ptce_analysis.vocabulary import FUNDING_LEVELS, LANGUAGES

pytestmark = pytest.mark.thorough
TITLES = {
    "fr": ("Les communes", "Les EPCI", "Les départements", "Les Régions", "L’État", "L’Europe"),
    "en": ("Communes", "Groupings of communes (EPCI)", "Départements", "Regions", "Central government", "Europe"),
}
AFTER = {"fr": " et les PTCE\u00a0: l’essentiel", "en": " and PTCE: the essentials"}
SHEETS = [(lang, level) for lang in LANGUAGES for level in FUNDING_LEVELS]
EVERY_SHEET = pytest.mark.parametrize(("lang", "level"), SHEETS)


def sheet(lang: str, level: str) -> Tag:
    """What a sheet shows: drawings, ways to other pages and what is folded left out."""
    page = soup(site() / lang / f"07_level-{level}.html").main
    assert page
    for part in page.select("details, svg, nav, .tools"):
        part.decompose()
    return page


@EVERY_SHEET
def test_a_sheet_says_the_essential_of_its_level(lang: str, level: str) -> None:
    """Its title has the level with its article; one short answer below it; levers or lessons; a question to copy."""
    page = sheet(lang, level)
    assert page.h1 and page.h1.get_text() == TITLES[lang][FUNDING_LEVELS.index(level)] + AFTER[lang]
    assert "{" not in page.get_text()
    executed = (site().parent / "notebooks" / lang / f"07_level-{level}.ipynb").read_text(encoding="utf-8")
    assert f"# {page.h1.get_text()}" in executed
    (answer,) = page.select(".answer")
    assert answer.find_previous_sibling() == page.h1
    # Local authorities read the eight levers of the slides, numbered as there; the others, what the survey taught.
    roles = read_roles(PUBLISHED)
    listed = [item.get_text() for item in page.select("ol.say li, ul.say li")]
    kind = "lever" if any(role.kind == "lever" and level in role.levels for role in roles) else "lesson"
    assert listed == [role.text[lang == "fr"] for role in roles if role.kind == kind]
    question = page.select("blockquote")[-1].get_text()
    last = "(un montant, «\u00a0rien\u00a0», «\u00a0je ne sais pas\u00a0»)" if lang == "fr" else "“I do not know”)"
    assert question.count("?") == 1 and question.endswith(last)


@pytest.mark.browser
@EVERY_SHEET
def test_a_sheet_prints_on_one_page(tab: Page, lang: str, level: str) -> None:
    """A4, whole: what is put on a table at a meeting."""
    tab.goto((site() / lang / f"07_level-{level}.html").as_uri())
    printed = tab.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1 and b"/MediaBox [0 0 594.95996 841.91998]" in printed
