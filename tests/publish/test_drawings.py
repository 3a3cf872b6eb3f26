"""Drawings, their layout and their bytes: nothing clipped, nothing lost, small."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from ptce_analysis.publish.layout import fit, narrow, width_pt
from ptce_analysis.publish.svg import svg, svg_again

from ptce_analysis.publish import drawings
from ptce_analysis.publish.language import Words
from ptce_analysis.publish.style import LIGHT, NARROW_IN, drawing, new_figure, watermark

FR = Words("fr")
LONG = "Établissements publics de coopération intercommunale à fiscalité propre"
DATA = pd.DataFrame(
    {"name": ["Communes", LONG, "État"], "x": [246e3, 796e3, 1008e3], "low": [1e5, 5e5, 9e5], "high": [4e5, 9e5, 1.2e6]}
)
LABELS = ["246 k€ · 5,6 % · 16 projets soutenus", "796 k€ · 18,1 % · 20 projets soutenus par les EPCI", "1 008 k€"]
COLOURS = ["commune", "epci", "etat"]


def stems(data: pd.DataFrame = DATA) -> Figure:
    """Points on stems, with long labels."""
    return drawings.stems(FR, data, x="x", kind="keur", colours=COLOURS, labels=LABELS)


def forest(data: pd.DataFrame = DATA) -> Figure:
    """Intervals, with long labels at their end."""
    return drawings.forest(FR, data, x="x", low="low", high="high", kind="keur", colours=COLOURS, labels=LABELS)


def pairs(data: pd.DataFrame = DATA) -> Figure:
    """Two points a row, one of them missing in a row."""
    table = data.assign(low=[None, 5e5, 9e5])
    return drawings.pairs(
        FR, table, first=("low", "Médiane"), second=("x", "Moyenne"), kind="keur", missing="non connue"
    )


ALL = pytest.mark.parametrize("draw", [stems, forest, pairs])


def drawn(draw: Callable[[], Figure], *, phone: bool = False) -> Figure:
    """A figure ready to be written."""
    with drawing():
        figure = draw()
        fit(figure)
        if phone:
            assert narrow(figure)
        figure.draw_without_rendering()
    return figure


def texts_outside(figure: Figure) -> list[str]:
    """Texts that are not entirely on the paper."""
    axes = figure.axes[0]
    texts = [*axes.texts, *axes.get_xticklabels(), *axes.get_yticklabels()]
    texts += axes.get_legend().get_texts() if axes.get_legend() else []
    paper = figure.bbox.padded(0.5)
    boxes = {text.get_text(): text.get_window_extent() for text in texts if text.get_text()}
    held = {text: paper.x0 <= box.x0 and box.x1 <= paper.x1 for text, box in boxes.items()}
    held |= {text: held[text] and paper.y0 <= box.y0 and box.y1 <= paper.y1 for text, box in boxes.items()}
    return [text for text, whole in held.items() if not whole]


@ALL
@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_no_label_is_clipped(draw: Callable[[], Figure], phone: bool) -> None:
    """Every text lies on the paper, long French labels included, on a desk and on a phone."""
    assert texts_outside(drawn(draw, phone=phone)) == []


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.text("abcdé -%", min_size=1, max_size=90), min_size=3, max_size=3),
    st.lists(st.floats(1, 1e7), min_size=3, max_size=3),
)
def test_room_is_found_for_any_label(labels: list[str], values: list[float]) -> None:
    """Whatever the label and the value, a label of words that can be broken stays on the paper."""
    labels = [" ".join(label.split()) or "x" for label in labels]
    broken = [" ".join(word[:20] for word in label.split(" ")) for label in labels]

    def draw() -> Figure:
        data = DATA.assign(x=values)
        return drawings.stems(FR, data, x="x", kind="keur", colours=COLOURS, labels=broken)

    assert texts_outside(drawn(draw)) == []


@ALL
def test_ticks_do_not_touch(draw: Callable[[], Figure]) -> None:
    """Two neighbouring ticks leave a gap between their labels."""
    for phone in (False, True):
        boxes = [tick.get_window_extent() for tick in drawn(draw, phone=phone).axes[0].get_xticklabels()]
        assert all(one.x1 < other.x0 for one, other in pairwise(boxes))


def test_every_row_is_drawn_and_labelled() -> None:
    """A stem, a point and a label per row; a value that is not known has none, and its row stays."""
    figure = drawn(lambda: stems(DATA.assign(x=[246e3, None, 1008e3])))
    axes = figure.axes[0]
    assert [text.get_text().replace("\n", " ") for text in axes.texts] == [LABELS[0], LABELS[2]]
    assert len(axes.get_yticks()) == 3


def test_a_lone_value_of_a_pair_says_why() -> None:
    """The row without a first value carries the words for it."""
    assert [text.get_text() for text in drawn(pairs).axes[0].texts] == ["non connue"]


def test_a_phone_reads_names_and_labels_above_the_marks() -> None:
    """The narrow form keeps every name and label, needs no axis of names, and is as narrow as a phone."""
    figure = drawn(stems, phone=True)
    said = {text.get_text().replace("\n", " ") for text in figure.axes[0].texts}
    assert said == {*DATA["name"], *LABELS}
    assert figure.get_figwidth() == NARROW_IN
    assert len(figure.axes[0].get_yticks()) == 0


def test_short_labels_stand_at_the_right_of_the_name_on_a_phone() -> None:
    """When every label fits beside its name, no second line is spent."""
    table = DATA.assign(name=["A", "B", "C"])
    colours = ["accent"] * 3
    figure = drawn(
        lambda: drawings.stems(FR, table, x="x", kind="keur", colours=colours, labels=["1", "2", "3"]), phone=True
    )
    sides = {text.get_text(): text.get_horizontalalignment() for text in figure.axes[0].texts}
    assert (sides["1"], sides["A"]) == ("right", "left")


def test_a_figure_of_several_axes_and_lines_with_a_second_label_keep_their_one_form() -> None:
    """No narrow form is invented where labels would not find their line."""
    with drawing():
        several = new_figure(2)
        several.subplots(1, 2)
        figure = stems()
        figure.axes[0].annotate("twice", (1, 0), (9, 0), textcoords="offset points", va="center")
        for one in (several, figure):
            width = one.get_figwidth()
            assert not narrow(one)
            assert one.get_figwidth() == width


def test_a_wide_legend_is_folded() -> None:
    """A legend wider than the axes stands in one column."""

    def draw() -> Figure:
        names = {"first": ("low", LONG), "second": ("x", LONG + " aussi")}
        return drawings.pairs(FR, DATA, kind="keur", missing="", **names)

    figure = drawn(draw)
    boxes = [text.get_window_extent() for text in figure.axes[0].get_legend().get_texts()]
    assert boxes[0].x0 == pytest.approx(boxes[1].x0)
    assert texts_outside(figure) == []


def written(draw: Callable[[], Figure]) -> str:
    """The file of a figure."""
    with drawing():
        figure = draw()
        fit(figure)
        return svg(figure, "A <title>", "A description & more", "key")


@ALL
def test_the_file_holds_every_text_as_text(draw: Callable[[], Figure]) -> None:
    """Words can be searched, copied and spoken; the title and the description are in it."""
    image = written(draw)
    said = " ".join(ElementTree.fromstring(image).itertext())
    assert "A <title>" in said and "A description & more" in said
    for name in DATA["name"]:
        assert all(word in said for word in name.split())


@ALL
def test_the_file_is_small_and_the_same_each_time(draw: Callable[[], Figure]) -> None:
    """A figure of three lines weighs less than 6 kB, and drawing it twice gives the same bytes."""
    image = written(draw)
    assert len(image.encode()) < 6_000
    assert image == written(draw)


@ALL
def test_the_file_uses_only_the_colours_of_the_palette(draw: Callable[[], Figure]) -> None:
    """A page can give each of them its value in its scheme."""
    assert set(re.findall(r"#[0-9a-f]{6}", written(draw))) <= set(LIGHT.values())


def test_two_forms_of_a_figure_share_no_id() -> None:
    """The second form refers to the description of the first and defines nothing of the same name."""
    with drawing():
        figure = stems()
        fit(figure)
        first = svg(figure, "t", "d", "key")
        narrow(figure)
        again = svg_again(figure, "key")
    ids = re.findall(r' id="([^"]+)"', first + again)
    assert len(ids) == len(set(ids))
    assert 'aria-labelledby="key-alt"' in again and "<desc" not in again


def test_what_lies_outside_the_axes_stays_clipped_and_marks_at_the_edge_are_whole() -> None:
    """A line that leaves the axes keeps its frame; a point at zero loses it."""

    def draw() -> Figure:
        figure = new_figure(2)
        axes = figure.add_subplot()
        axes.plot([0, 2], [0, 2], color=LIGHT["accent"])
        axes.plot([0], [0.5], "o", color=LIGHT["second"])
        axes.set(xlim=(0, 1), ylim=(0, 1))
        return figure

    image = written(draw)
    assert image.count("clip-path=") == 1
    assert image.count("<clipPath") == 1


def test_a_line_that_is_nowhere_in_sight_leaves_nothing() -> None:
    """A reference outside the axes has no path: the figure is written without it."""

    def draw() -> Figure:
        figure = new_figure(2)
        axes = figure.add_subplot()
        axes.axvline(5, color=LIGHT["second"])
        axes.plot([0, 1], [0, 1], color=LIGHT["accent"])
        axes.set(xlim=(0, 1), ylim=(0, 1))
        return figure

    image = written(draw)
    assert LIGHT["second"] not in image and LIGHT["accent"] in image


@pytest.mark.parametrize(
    "prepare",
    [lambda axes: axes.set_title("A title of its own"), lambda axes: axes.figure.add_subplot(2, 1, 2)],
    ids=["title", "two axes"],
)
def test_a_figure_that_is_not_of_our_kinds_keeps_its_room(prepare: Callable[[Any], object]) -> None:
    """A title, or axes one above the other, are laid out by matplotlib: nothing touches or leaves the paper."""
    with drawing():
        figure = new_figure(3)
        axes = figure.add_subplot(2, 1, 1, xlabel="across", ylabel="up")
        prepare(axes)
        fit(figure)
        figure.draw_without_rendering()
    boxes = [part.get_tightbbox() for part in figure.axes]
    assert all(figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1 for box in boxes)
    assert all(figure.bbox.y0 <= box.y0 and box.y1 <= figure.bbox.y1 for box in boxes)
    assert all(upper.y0 >= lower.y1 for upper, lower in pairwise(boxes))


def test_a_text_is_as_wide_as_it_is_said_to_be() -> None:
    """The measure used for breaking words is that of the renderer which draws them, line by line."""
    with drawing():
        figure = new_figure(2)
        text = figure.text(0, 0, "une ligne assez longue\net une autre", fontsize=11, fontweight="bold")
        assert width_pt(text) == pytest.approx(text.get_window_extent().width)
        assert width_pt(text, "une ligne") < width_pt(text)


@pytest.mark.parametrize(("marker", "part"), [("o", "<circle "), ("s", "<path "), ("D", "<path "), ("X", "<path ")])
def test_one_marker_is_drawn_where_it_stands(marker: str, part: str) -> None:
    """A circle is a circle, any other marker its path; nothing is referred to."""

    def draw() -> Figure:
        figure = new_figure(2)
        figure.add_subplot().plot([0.5], [0.5], marker, color=LIGHT["third"])
        return figure

    image = written(draw)
    assert "<use" not in image
    assert part in re.findall(rf"<[a-z]+ [^>]*{LIGHT['third']}", image)[0]


def test_open_markers_of_one_look_start_where_they_stand() -> None:
    """A cross does not end where it starts: each of them has its own start."""

    def draw() -> Figure:
        figure = new_figure(2)
        figure.add_subplot().plot([0, 1, 2], [0.5] * 3, "x", color=LIGHT["third"])
        return figure

    (path,) = re.findall(rf'<path d="([^"]+)"[^>]*{LIGHT["third"]}', written(draw))
    assert path.count("M") == 3 and path.count("m") == 3


@pytest.mark.parametrize("marker", ["o", "s"])
def test_many_markers_of_one_look_are_one_path(marker: str) -> None:
    """Fifty marks cost a start and a few steps each, and stand where matplotlib puts them."""

    def draw() -> Figure:
        figure = new_figure(2)
        axes = figure.add_subplot()
        axes.plot(range(50), [0.5] * 50, marker, color=LIGHT["third"], markersize=4)
        axes.set(xlim=(0, 49), ylim=(0, 1))
        return figure

    image = written(draw)
    (path,) = re.findall(rf'<path d="([^"]+)"[^>]*fill="{LIGHT["third"]}"', image)
    first, *steps = [float(x) for x in re.findall(r"m([-\d.]+) ", path)]
    assert len(steps) == 49
    assert max(steps) - min(steps) < 0.11
    assert 0 < first < first + sum(steps) < 520


def test_turned_and_broken_texts_and_pictures_are_kept() -> None:
    """Rotation, line breaks and images of a figure survive the lean form."""

    def draw() -> Figure:
        figure = new_figure(2)
        axes = figure.add_subplot()
        axes.text(0.2, 0.2, "turned", rotation=90)
        axes.text(0.5, 0.5, "two\nlines")
        axes.imshow([[0, 1]], extent=(0, 1, 0, 1))
        return figure

    image = written(draw)
    assert re.search(r"<text[^>]*rotate\(-90\)[^>]*>turned", image)
    assert ">two</text>" in image and ">lines</text>" in image
    assert "<image " in image and 'href="data:image/png;base64,' in image


def test_the_watermark_fits_a_phone() -> None:
    """Both texts lie on the paper in either form."""

    def draw() -> Figure:
        figure = stems()
        watermark(figure, "données fictives")
        return figure

    for phone in (False, True):
        figure = drawn(draw, phone=phone)
        boxes = [text.get_window_extent() for text in figure.texts]
        assert len(boxes) == 2
        assert all(box.x0 >= -1 and box.x1 <= figure.bbox.x1 + 1 for box in boxes)


def test_the_watermark_is_recognisable() -> None:
    """The words across are in a group of their own class, so that they can be told from text to be read."""

    def draw() -> Figure:
        figure = stems()
        watermark(figure, "données fictives")
        return figure

    image = written(draw)
    assert re.search(r'<g class="watermark"><text[^>]*>données fictives</text></g>', image)
    assert image.count("données fictives") == 2


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("values", [[0.0, 0.0, 0.0], [None, None, None], [0.0, None, 2.0]])
def test_amounts_that_are_all_zero_or_unknown_have_an_axis(values: list[float | None]) -> None:
    """A warning of the drawing would be an output no rule of disclosure looked at: the page would not be published."""
    data = DATA.assign(x=pd.array(values, "Float64").to_numpy(float, na_value=float("nan")))
    low, high = stems(data).axes[0].get_xlim()
    assert low == 0 and high == pytest.approx(max((value or 0) for value in values) * 1.03 or 1)
    low, high = drawn(lambda: stems(data), phone=True).axes[0].get_xlim()
    assert low == 0 < high
