"""Every page of the site in real Chromium: accessible, reachable by keyboard, narrow, printed, offline."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from pages import REPOSITORY, code, exported, shown, site
from ptce_analysis.pipeline.runs import declared_runs
from ptce_analysis.publish import plots, show
from ptce_analysis.vocabulary import LANGUAGES

pytestmark = pytest.mark.browser

RUNS = declared_runs(REPOSITORY)
PLACES = {run.id: f"{run.lang}/{run.address.removesuffix('.html')}" for run in RUNS}
PAGES = ["index", *PLACES.values()]
EVERY_PAGE = pytest.mark.parametrize("name", PAGES)
# The pages of one notebook differ by their texts only: one of each, in both languages, shows its keys and its print.
FIRST_OF_EACH = {(run.lang, run.notebook): PLACES[run.id] for run in reversed(RUNS)}
ONE_OF_EACH = pytest.mark.parametrize("name", ["index", *sorted(FIRST_OF_EACH.values())])
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

# Text of drawings: contrast of its colour with the paper (WCAG 2), and its size on the screen.
DRAWN_TEXT = """() => {
  const channels = colour => colour.match(/[\\d.]+/g).slice(0, 3).map(value => value / 255)
    .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const light = colour => { const [r, g, b] = channels(colour); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const paper = light(getComputedStyle(document.documentElement).backgroundColor);
  return [...document.querySelectorAll('.drawing svg text')]
    .filter(text => text.getClientRects().length && !text.closest('.watermark'))
    .map(text => {
      const style = getComputedStyle(text), drawing = text.ownerSVGElement, ink = light(style.fill);
      const scale = drawing.getBoundingClientRect().width / drawing.viewBox.baseVal.width;
      return {text: text.textContent, size: parseFloat(style.fontSize) * scale,
              contrast: (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05)};
    });
}"""
UNFOLD = "document.querySelectorAll('details').forEach(fold => { fold.open = true })"
FOCUSED = """() => {
  const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
  return {what: at.tagName + ' ' + at.textContent.slice(0, 40), body: at === document.body,
          skip: at.className === 'skip',
          outlined: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
          inside: box.right > 0 && box.left < innerWidth && box.width > 0};
}"""
FOCUSABLE = """() => [...document.querySelectorAll('a[href], summary, [tabindex="0"]')]
  .filter(at => at.checkVisibility({visibilityProperty: true})).length"""


def address(name: str) -> str:
    """Where a page lies on the disk."""
    return (site() / f"{name}.html").as_uri()


def check_accessible(tab: Page, url: str) -> None:
    """No violation of axe's rules with everything unfolded, text of drawings 4.5:1, no request but the page itself."""
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(url)
    tab.evaluate(UNFOLD)
    for scheme in SCHEMES:
        tab.emulate_media(color_scheme=scheme)
        assert [said for said in tab.evaluate(DRAWN_TEXT) if said["contrast"] < 4.5] == [], scheme
        found = Axe().run(tab, options={"resultTypes": ["violations"]}).response["violations"]
        assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == [], scheme
    assert [url for url in asked if not url.startswith("data:")] == [url]


def check_fits_a_phone(tab: Page, url: str) -> None:
    """At 320 pixels nothing but a marked region scrolls sideways; at 390 the letters of drawings can be read."""
    tab.set_viewport_size({"width": 320, "height": 640})
    tab.goto(url)
    tab.evaluate(UNFOLD)
    wide = """() => [...document.querySelectorAll('main *')].filter(at => at.getBoundingClientRect().right > 321
      && !at.closest('.scroll, .line, pre, .skip, math')).map(at => at.outerHTML.slice(0, 80))"""
    assert tab.evaluate("document.documentElement.scrollWidth") <= 320, tab.evaluate(wide)[:3]
    tab.set_viewport_size({"width": 390, "height": 844})
    assert [said for said in tab.evaluate(DRAWN_TEXT) if said["size"] < 9] == []


def check_keyboard(tab: Page, url: str) -> None:
    """The skip link comes first and works; every stop is on the screen and outlined; none is left out; folds open."""
    tab.set_viewport_size({"width": 1280, "height": 800})
    tab.goto(url)
    tab.keyboard.press("Tab")
    stops = [tab.evaluate(FOCUSED)]
    assert stops[0]["inside"] and stops[0]["skip"]
    while len(stops) < 400:
        tab.keyboard.press("Tab")
        stop = tab.evaluate(FOCUSED)
        if stop["body"] or stop["skip"]:
            break
        stops.append(stop)
    assert [stop["what"] for stop in stops if not (stop["outlined"] and stop["inside"])] == []
    assert len(stops) == tab.evaluate(FOCUSABLE)
    fold = tab.locator("summary").first
    if fold.count():
        fold.focus()
        tab.keyboard.press("Enter")
        assert tab.evaluate("document.activeElement.parentElement.open")
    tab.goto(url)
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**#main")


def check_print(tab: Page, url: str) -> None:
    """A4 pages, tagged for screen readers, in light colours whatever the screen's scheme."""
    tab.emulate_media(color_scheme="dark", media="print")
    tab.goto(url)
    assert tab.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    data = tab.pdf(prefer_css_page_size=True, tagged=True)
    assert all(
        part in data for part in (b"/StructTreeRoot", b"/MarkInfo", b"/MediaBox [0 0 594.95996 841.91998]", b"/Lang")
    )


def test_a_page_of_every_kind_of_output_is_whole(tab: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The checks of every page, on one written here: a sentence, a figure, a table and what another library shows."""
    outputs: list[Any] = []
    monkeypatch.setattr(show, "display", lambda data, metadata, **_: outputs.append(shown(data, **metadata)))
    page = show.open_page("p", lang="fr")
    data = pd.DataFrame({"label": ["Régions", "État"], "amount_eur": [1_239_000.0, 1_008_000.0]})
    texts = {"title": "Titre", "reading": "{amount_eur:keur}.", "source": "RTES.", "population": "Pôles."}
    alt = "Deux barres\u00a0: les Régions, {amount_eur:keur}, et l’État."
    columns = {"label": "Échelon", "amount_eur:keur": "Montant"}
    page.say("**Oui**\u00a0: {amount_eur:keur}.", data, answer=True)
    drawn = plots.bars(data, "amount_eur", "label", "keur", xlabel="k€")
    page.figure("fig", data, drawn, columns=columns, alt=alt, **texts)
    page.table("tab", data, columns, **texts)
    outputs.append(shown({"text/html": data.to_html()}))
    section = "## S\n\n| a |\n|---|\n| 1 |\n\n$x$"
    text = exported("# T", code("x", *outputs), section, ptce={"parameters": {"lang": "fr"}})
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    for check in (check_accessible, check_fits_a_phone, check_keyboard, check_print):
        check(tab, (tmp_path / "page.html").as_uri())


@pytest.mark.thorough
@pytest.mark.parametrize("check", [check_accessible, check_fits_a_phone])
@EVERY_PAGE
def test_every_page_is_accessible_and_fits_a_phone(tab: Page, name: str, check: Callable[[Page, str], None]) -> None:
    """In both schemes, with everything unfolded."""
    check(tab, address(name))


@pytest.mark.thorough
@pytest.mark.parametrize("check", [check_keyboard, check_print])
@ONE_OF_EACH
def test_a_page_can_be_read_used_and_printed(tab: Page, name: str, check: Callable[[Page, str], None]) -> None:
    """The path of the keyboard, sheets of paper."""
    check(tab, address(name))


@pytest.mark.thorough
@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 800)])
@EVERY_PAGE
def test_the_answer_is_whole_in_the_first_screen(tab: Page, name: str, width: int, height: int) -> None:
    """Of a phone and of a laptop: a page is read in ten seconds."""
    tab.set_viewport_size({"width": width, "height": height})
    tab.goto(address(name))
    boxes = [box for answer in tab.locator(".answer").all() if (box := answer.bounding_box())]
    assert len(boxes) == (name != "index") or name.endswith("09_methods")
    assert all(box["y"] >= 0 and box["y"] + box["height"] <= height for box in boxes)


@pytest.mark.thorough
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_of_invented_answers_says_so_wherever_one_reads(tab: Page, lang: str) -> None:
    """The band stays at the top of the screen down to the last line."""
    tab.goto(address(f"{lang}/demonstration/index"))
    for share in (0, 0.5, 1):
        tab.evaluate(f"scrollTo(0, {share} * document.documentElement.scrollHeight)")
        box = tab.locator(".band").bounding_box()
        assert box and box["y"] == pytest.approx(0, abs=1)
