"""The style of a page."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup

from pages import pages
from ptce_analysis.publish.edition import Edition
from ptce_analysis.publish.style import COLOURS
from ptce_analysis.publish.stylesheet import stylesheet


def test_the_sheet_is_whole() -> None:
    """Box model, focus ring, print, balanced braces; what a printed sheet says at its foot is escaped."""
    css = stylesheet('T "t" </style>', Edition())
    assert all(text in css for text in ("*{box-sizing", ":focus-visible{", "@media print{"))
    assert css.count("{") == css.count("}") and "</style>" not in css


def test_every_colour_a_page_asks_for_is_declared_in_both_schemes() -> None:
    """A drawing and a rule find each name they use."""
    for path in pages():
        text = path.read_text(encoding="utf-8")
        css = BeautifulSoup(text, "html.parser").style.get_text()
        asked, declared = set(re.findall(r"var\(--([\w-]+)\)", text)), re.findall(r"--([\w-]+):", css)
        assert all(declared.count(name) >= 2 for name in asked & set(COLOURS)), path.name
        assert asked <= set(declared), path.name
