"""The kinds of drawing: every row drawn, every label inside the figure, in any language and with any names."""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from matplotlib.axes import Axes

from ptce_analysis.publish import plots
from ptce_analysis.publish.language import Words
from ptce_analysis.publish.style import LIGHT, drawing, in_page, png, svg

SHORT = ("Regions", "Europe", "EPCI")
LONG = ("Annual budget of the coordinating team", "Combined budget of all the members", "Staff")
NUMBERS = pd.DataFrame({"x": [1_239_000.0, 776_000.0, 3_000.0], "low": [77_200.0, 1.0, 0.0], "high": [1.1e6, 8e5, 4e3]})

DRAWINGS: dict[str, Callable[[pd.DataFrame], Axes]] = {
    "bars": lambda data: plots.bars(data, "x", "name", "keur", xlabel="k€", also=("high", "keur")),
    "intervals": lambda data: plots.intervals(
        data, "x", "low", "high", "name", "keur", xlabel="k€", reference=5e5, sides=("less", "more")
    ),
    "pairs": lambda data: plots.pairs(data, "low", "high", "name", "keur", names=("first", "second"), xlabel="k€"),
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
def test_every_text_stands_inside_its_figure(kind: str, names: tuple[str, ...]) -> None:
    """Names, labels and titles of axes are whole, at any length of name."""
    axes = drawn(kind, names)
    paper = axes.figure.bbox
    texts = [*axes.texts, *axes.get_yticklabels(), axes.xaxis.label]
    boxes = {text.get_text(): text.get_window_extent() for text in texts if text.get_text()}
    out = {said: box for said, box in boxes.items() if box.x0 < paper.x0 - 1 or box.x1 > paper.x1 + 1}
    assert set(names) <= set(boxes) and not out


@pytest.mark.parametrize("kind", DRAWINGS)
def test_ticks_can_be_read(kind: str) -> None:
    """Two or more on the axis of values, none over another, and an axis that says what it counts."""
    axes = drawn(kind, SHORT)
    boxes = [tick.get_window_extent() for tick in axes.get_xticklabels()]
    assert len(boxes) > 1 and axes.get_xlabel()
    assert all(one.x1 < other.x0 for one, other in itertools.pairwise(boxes))


@pytest.mark.parametrize("kind", ["bars", "bands", "pairs"])
def test_the_first_row_stands_at_the_top(kind: str) -> None:
    """Rows keep the order of the table."""
    axes = drawn(kind, SHORT)
    named = [tick.get_text() for tick in axes.get_yticklabels()]
    heights = [axes.transData.transform((0, place))[1] for place in axes.get_yticks()]
    assert named == list(SHORT) and heights == sorted(heights, reverse=True)


@pytest.mark.parametrize(("lang", "expected"), [("fr", "1\u202f239\u00a0k€"), ("en", "€1,239k")])
def test_labels_are_written_in_the_reader_s_language(lang: str, expected: str) -> None:
    """That of the page that is open."""
    assert any(expected in text.get_text() for text in drawn("bars", SHORT, lang).texts)


def test_bars_start_at_zero_and_highlight_what_is_asked() -> None:
    """Their lengths are the values; the others have the second colour."""
    with drawing():
        axes = plots.bars(NUMBERS.assign(name=SHORT), "x", "name", "keur", xlabel="k€", highlight=[True, False, False])
    assert sorted(bar.get_width() for bar in axes.patches) == sorted(NUMBERS["x"])
    assert axes.get_xlim()[0] == 0
    colours = {bar.get_width(): bar.get_facecolor() for bar in axes.patches}
    assert colours[1_239_000.0] != colours[776_000.0] == colours[3_000.0]


def test_ends_of_bands_are_written_outwards() -> None:
    """77.2 k€ is said as 77, the upper end never below itself."""
    said = [text.get_text() for text in drawn("bands", SHORT, "en").texts]
    assert "€77k" in said and "€1,100k" in said


def test_a_dashed_arrow_is_one_without_a_sure_direction() -> None:
    """It has another line and another colour."""
    lines = [text.arrow_patch.get_linestyle() for text in drawn("arrows", SHORT).texts if text.arrow_patch]
    assert len(lines) == 3 and len(set(lines)) == 2


def test_squares_count_what_they_show() -> None:
    """One for each unit, and one in the key of each row."""
    counts = pd.DataFrame({"n": [33, 8, 0], "label": ["agree", "disagree", "no base"]})
    with drawing():
        axes = plots.waffle(counts, "n", "label", colours=[plots.ACCENT, plots.SECOND, plots.OTHER])
    assert sum(len(group.get_offsets()) for group in axes.collections) == 33 + 8 + 3
    assert [text.get_text() for text in axes.texts] == ["33 agree", "8 disagree", "0 no base"]


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


def test_the_same_figure_has_the_same_bytes() -> None:
    """As SVG and as PNG."""
    with drawing():
        assert svg(figure_of(), "T", "D", "a") == svg(figure_of(), "T", "D", "a")
        assert png(figure_of()) == png(figure_of())
    stream = io.BytesIO(png(figure_of()))
    assert stream.read(8) == b"\x89PNG\r\n\x1a\n"


def test_in_a_page_a_drawing_takes_its_colours_and_its_width() -> None:
    """Every colour of the palette is a variable of the page's scheme; no size is fixed; the paper is the page's."""
    with drawing():
        image = in_page(svg(figure_of(), "T", "D", "a"))
    assert "var(--accent)" in image and not any(value in image for value in LIGHT.values())
    assert not re.search(r'<svg[^>]* width="', image) and "<title>" not in image
