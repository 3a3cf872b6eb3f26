"""The palette, measured; the family of figures; the style of a page."""

from __future__ import annotations

import itertools
import re

import matplotlib as mpl
import numpy as np
import pytest
from bs4 import BeautifulSoup

from pages import pages
from ptce_analysis.publish import plots
from ptce_analysis.publish.site import Edition
from ptce_analysis.publish.style import COLOURS, drawing, stylesheet, watermark

SCHEMES = {"light": 0, "dark": 1}
MARKS = ("accent", "second", "third", "soft_mark", "muted")
SERIES = ("accent", "second", "third")
TEXT = ("ink", "muted", "accent", "second")

# Simulation of dichromacy in linear RGB at severity 1: Machado, Oliveira and Fernandes (2009), "A physiologically-based
# model for simulation of color vision deficiency", IEEE TVCG 15(6), table of precomputed matrices.
SIGHT = {
    "normal": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
# sRGB to XYZ under D65 (IEC 61966-2-1), rows scaled by the white point.
XYZ = np.array([[0.43394, 0.37621, 0.18984], [0.21267, 0.71515, 0.07218], [0.01775, 0.10947, 0.87294]])


def linear(colour: str) -> np.ndarray:
    """Linear RGB of a hexadecimal colour."""
    values = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours by the definition of WCAG 2."""
    low, high = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def lab(colour: str, sight: str) -> np.ndarray:
    """CIE L*a*b* of a colour as somebody with that sight sees it."""
    ratios = XYZ @ np.clip(np.array(SIGHT[sight]) @ linear(colour), 0, 1)
    x, y, z = np.where(ratios > 216 / 24389, np.cbrt(ratios), (24389 / 27 * ratios + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_contrast_is_that_of_the_definition() -> None:
    """Black on white is 21:1; #767676 on white is the lightest grey of 4.5:1 (WCAG's own example)."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_and_marks_stand_out_from_the_paper(scheme: str) -> None:
    """Text 4.5:1 and marks 3:1 in both schemes (WCAG 1.4.3 and 1.4.11)."""
    values = {name: pair[SCHEMES[scheme]] for name, pair in COLOURS.items()}
    ratios = {name: contrast(value, values["paper"]) for name, value in values.items()}
    assert {name: ratios[name] for name in TEXT if ratios[name] < 4.5} == {}
    assert {name: ratios[name] for name in MARKS if ratios[name] < 3} == {}


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_colours_that_meet_in_a_figure_are_told_apart(scheme: str, sight: str) -> None:
    """At least 20 units of CIE76 apart (2.3 is just noticeable) for every kind of sight, in both schemes."""
    seen = {name: lab(COLOURS[name][SCHEMES[scheme]], sight) for name in SERIES}
    distances = {
        pair: float(np.linalg.norm(seen[pair[0]] - seen[pair[1]])) for pair in itertools.combinations(SERIES, 2)
    }
    assert {pair: distance for pair, distance in distances.items() if distance < 20} == {}


def test_drawing_ignores_and_restores_the_reader_s_configuration() -> None:
    """Settings of the reader's matplotlibrc neither reach the figure nor are lost."""
    with mpl.rc_context({"font.size": 40}):
        with drawing():
            assert mpl.rcParams["font.size"] == 11
        assert mpl.rcParams["font.size"] == 40


def test_a_watermark_says_the_words_twice() -> None:
    """Above the drawing and in a corner below, each in room of its own: no label of the drawing is crossed."""
    with drawing():
        axes = plots.axes(2)
        axes.barh(["a", "b"], [1, 2])
        axes.set_xlabel("so many")
        watermark(axes.figure, "données fictives")
        axes.figure.draw_without_rendering()
    above, below = axes.figure.texts
    assert above.get_text() == below.get_text() == "données fictives"
    drawn = axes.get_tightbbox()
    assert above.get_window_extent().y0 >= drawn.y1 and below.get_window_extent().y1 <= drawn.y0


def test_the_sheet_is_whole() -> None:
    """Box model, focus ring, print, balanced braces; what a printed sheet says at its foot is escaped."""
    css = stylesheet('T "t" </style>', Edition())
    assert all(text in css for text in ("*{box-sizing", ":focus-visible{", "@media print{"))
    assert css.count("{") == css.count("}") and "</style>" not in css


@pytest.mark.thorough
def test_every_colour_a_page_asks_for_is_declared_in_both_schemes() -> None:
    """A drawing and a rule find each name they use."""
    for path in pages():
        text = path.read_text(encoding="utf-8")
        css = BeautifulSoup(text, "html.parser").style.get_text()
        asked, declared = set(re.findall(r"var\(--([\w-]+)\)", text)), re.findall(r"--([\w-]+):", css)
        assert all(declared.count(name) >= 2 for name in asked & set(COLOURS)), path.name
        assert asked <= set(declared), path.name
