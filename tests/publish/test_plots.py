"""The kinds of drawing, whole in any language and with any names; the palette, measured; the style of a page."""

import itertools
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

from ptce_analysis.publish import plots
from ptce_analysis.publish.language import Words
from ptce_analysis.publish.style import COLOURS, LIGHT, drawing, in_page, svg

SHORT = ("Regions", "Europe", "EPCI")
LONG = ("Annual budget of the coordinating team", "Combined budget of all the members", "Staff")
NUMBERS = pd.DataFrame({"x": [1_239_000.0, 776_000.0, 3_000.0], "low": [77_200.0, 1.0, 0.0], "high": [1.1e6, 8e5, 4e3]})

DRAWINGS: dict[str, Callable[[pd.DataFrame], Axes]] = {
    "bars": lambda data: plots.bars(data, "x", "name", "keur", xlabel="k€", also=("high", "keur")),
    "intervals": lambda data: plots.intervals(
        data, "x", "low", "high", "name", "keur", xlabel="k€", reference=5e5, sides=("less", "more")
    ),
    "arrows": lambda data: plots.arrows(
        data, "high", "x", "name", kinds=["keur"] * 3, dashed=[True, False, False], names=("2013", "2015"), xlabel="%"
    ),
    "bands": lambda data: plots.bands(data, "low", "high", "name", "keur", xlabel="k€"),
}


def drawn(kind: str, names: tuple[str, ...], lang: str = "fr", data: pd.DataFrame = NUMBERS) -> Axes:
    """A drawing of three rows with these names."""
    plots.reader = Words(lang)
    with drawing():
        axes = DRAWINGS[kind](data.assign(name=names))
        axes.figure.draw_without_rendering()
    return axes


@pytest.mark.parametrize("names", [SHORT, LONG], ids=["short", "long"])
@pytest.mark.parametrize("kind", DRAWINGS)
def test_every_text_stands_inside_its_figure_and_ticks_can_be_read(kind: str, names: tuple[str, ...]) -> None:
    """Names, labels and titles of axes are whole, at any length of name; two ticks or more, none over another."""
    axes = drawn(kind, names)
    paper = axes.figure.bbox
    texts = [*axes.texts, *axes.get_yticklabels(), axes.xaxis.label]
    boxes = {text.get_text(): text.get_window_extent() for text in texts if text.get_text()}
    out = {said: box for said, box in boxes.items() if box.x0 < paper.x0 - 1 or box.x1 > paper.x1 + 1}
    assert {*names, axes.get_xlabel()} <= set(boxes) and not out
    ticks = [tick.get_window_extent() for tick in axes.get_xticklabels()]
    assert len(ticks) > 1 and all(one.x1 < other.x0 for one, other in itertools.pairwise(ticks))


def test_bands_are_written_outwards_and_an_arrow_without_a_sure_direction_is_dashed() -> None:
    """77.2 k€ is said as 77, the upper end never below itself; the arrow has another line and another colour."""
    said = [text.get_text() for text in drawn("bands", SHORT, "en").texts]
    assert "€77k" in said and "€1,100k" in said
    lines = [text.arrow_patch.get_linestyle() for text in drawn("arrows", SHORT).texts if text.arrow_patch]
    assert len(lines) == 3 and len(set(lines)) == 2


def test_bars_start_at_zero_and_highlight_what_is_asked() -> None:
    """Their lengths are the values; the others have the second colour."""
    with drawing():
        axes = plots.bars(NUMBERS.assign(name=SHORT), "x", "name", "keur", xlabel="k€", highlight=[True, False, False])
    assert sorted(bar.get_width() for bar in axes.patches) == sorted(NUMBERS["x"])
    assert axes.get_xlim()[0] == 0
    colours = {bar.get_width(): bar.get_facecolor() for bar in axes.patches}
    assert colours[1_239_000.0] != colours[776_000.0] == colours[3_000.0]


def figure_of(label: str = "label") -> Any:
    """A small figure with a label."""
    with drawing():
        axes = plots.axes(2)
        axes.barh(["a", "b"], [1, 2.123456], color=LIGHT["accent"])
        axes.annotate(label, (1, 0))
    return axes.figure


def test_an_svg_has_its_text_its_description_and_ids_of_its_own() -> None:
    """Texts stay texts, numbers in them whole; two figures of a page share no id, and nothing tells when or where."""
    with drawing():
        one, other = (svg(figure_of("3.25 & <b>"), "T & t", "D", stem) for stem in ("one", "other"))
    assert "3.25 &amp; &lt;b&gt;" in one and "<title>T &amp; t</title>" in one
    assert '<desc id="one-alt">D</desc>' in one and 'aria-labelledby="one-alt"' in one
    ids = [set(re.findall(r' id="([^"]+)"', image)) for image in (one, other)]
    assert not ids[0] & ids[1]
    assert all(f"#{name}" not in one or name in ids[0] for name in re.findall(r"#([\w-]+-[\w-]+)", one))
    assert "<metadata" not in one and "<!--" not in one and "DOCTYPE" not in one


def test_in_a_page_a_drawing_takes_its_colours_and_its_width() -> None:
    """Every colour of the palette is a variable of the page's scheme; no size is fixed; the paper is the page's."""
    with drawing():
        image = in_page(svg(figure_of(), "T", "D", "a"))
    assert "var(--accent)" in image and not any(value in image for value in LIGHT.values())
    assert not re.search(r'<svg[^>]* width="', image) and "<title>" not in image


SCHEMES = {"light": 0, "dark": 1}
SERIES = ("accent", "second", "third")

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


def lab(colour: str, sight: str) -> np.ndarray:
    """CIE L*a*b* of a colour as somebody with that sight sees it."""
    ratios = XYZ @ np.clip(np.array(SIGHT[sight]) @ linear(colour), 0, 1)
    x, y, z = np.where(ratios > 216 / 24389, np.cbrt(ratios), (24389 / 27 * ratios + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_colours_that_meet_in_a_figure_are_told_apart(scheme: str, sight: str) -> None:
    """At least 20 units of CIE76 apart (2.3 is just noticeable) for every kind of sight, in both schemes."""
    seen = {name: lab(COLOURS[name][SCHEMES[scheme]], sight) for name in SERIES}
    distances = {
        pair: float(np.linalg.norm(seen[pair[0]] - seen[pair[1]])) for pair in itertools.combinations(SERIES, 2)
    }
    assert {pair: distance for pair, distance in distances.items() if distance < 20} == {}
