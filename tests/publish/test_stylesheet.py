"""The style of a page: only what it needs, and everything it needs."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup

from pages import pages
from ptce_analysis.publish.edition import Edition
from ptce_analysis.publish.style import COLOURS
from ptce_analysis.publish.stylesheet import stylesheet


@pytest.mark.parametrize(
    ("body", "kept", "left"),
    [
        ('<p class="say">a</p>', "p{margin", "ul.say{"),
        ('<ul class="say"><li>a</li></ul>', "ul.say{", "blockquote{"),
        ('<p class="says">a</p>', "p{margin", ".say>.origin"),
        ('<td class="t long">', "td,tbody th{", "th.long{"),
        ('<th class="t long">', "th.long{", ".answer{"),
    ],
)
def test_rules_for_what_a_page_does_not_have_are_left_out(body: str, kept: str, left: str) -> None:
    """A rule stays when the page has an element and every class that one of its selectors names."""
    css = stylesheet(body, "T", Edition())
    assert kept in css
    assert left not in css


def test_conditions_and_what_has_no_name_always_stay() -> None:
    """An empty page keeps its box model, focus ring, print sheet and balanced braces."""
    css = stylesheet("", "T", Edition())
    assert all(
        text in css for text in ("*{box-sizing", ":is(a,summary,[tabindex]):focus-visible{", "@media print{@page")
    )
    assert css.count("{") == css.count("}")


def test_a_page_declares_the_colours_it_uses_and_no_other() -> None:
    """Every name that a page's style asks for has a value in both schemes; a level that is not drawn has none."""
    for path in pages():
        text = path.read_text(encoding="utf-8")
        css = BeautifulSoup(text, "html.parser").style.get_text()
        asked, declared = set(re.findall(r"var\(--([\w-]+)\)", text)), re.findall(r"--([\w-]+):", css)
        assert set(declared) - {"soft", "shade"} == asked - {"soft", "shade"}, path.name
        assert all(declared.count(name) == 2 for name in asked & set(COLOURS)), path.name
