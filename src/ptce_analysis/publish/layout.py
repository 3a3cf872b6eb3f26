"""Room for every label: text is measured, axes give way, and a figure read on a phone names its lines above them.

Works on a finished figure, so that the drawings say what is drawn and nothing about margins.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Bbox

from ptce_analysis.publish.canvas import extent, measuring
from ptce_analysis.publish.style import NARROW_IN, legend_above

NAME_SHARE = 0.36  # of the figure's width, at most, for the names of its lines
LABEL_SHARE = 0.5  # of the axes' width, at most, for a label beside its mark
SLACK_PT, AIR_PT = 3.0, 3.0
SIDES: tuple[Literal["left", "center", "right"], ...] = ("left", "center", "right")
MARK_PT, LINE_PT = 20.0, 12.5  # height of a mark with its air, and of a line of text above it
MOST_TICKS, TICK_GAP_PT = 6, 8.0


def fit(figure: Figure) -> None:
    """Give every label of a figure its room: long names are broken, axes widened, ticks spaced, legends folded."""
    for axes in figure.axes:
        _break_names(figure, axes)
        _fold_legend(figure, axes)
    _lay_out(figure)
    _fill(figure)


def _fill(figure: Figure) -> None:
    """Use the width that the axes have: labels are broken, limits and ticks moved; then the axes take what is left."""
    for axes in figure.axes:
        _break_labels(axes)
        _widen(axes)
        _space_ticks(axes)
    _lay_out(figure)


def narrow(figure: Figure) -> bool:
    """Turn a figure into one for a phone, names and labels of its lines above the marks; return whether it can be."""
    of_lines = len(figure.axes) == 1 and _is_of_lines(figure.axes[0])
    if len(figure.axes) != 1 or (figure.axes[0].get_label() == "lines" and not of_lines):
        return False
    for text in (text for text in figure.texts if text.get_gid() == "watermark"):
        text.set_fontsize(float(text.get_fontsize()) * NARROW_IN / figure.get_figwidth())
    figure.set_figwidth(NARROW_IN)
    if of_lines:
        _name_above(figure, figure.axes[0])
    _fold_legend(figure, figure.axes[0])
    _lay_out(figure)
    _fill(figure)
    return True


def _name_above(figure: Figure, axes: Axes) -> None:
    """Write the names of the lines above their marks, and give each line the height this takes."""
    names = {round(tick.get_position()[1]): tick.get_text() for tick in axes.get_yticklabels()}
    axes.set_yticks([])
    above_pt = LINE_PT * _above(axes, names)
    row_pt = above_pt + MARK_PT
    axes.set_ylim(len(names) - 1 + 0.5 * MARK_PT / row_pt, -(above_pt + 0.5 * MARK_PT) / row_pt)
    _all_for_data(axes)
    _fold_legend(figure, axes)
    figure.set_figheight(row_pt * len(names) / 72 + _outside_in(figure, axes))


def _lay_out(figure: Figure) -> None:
    """Give the axes the place they will have, without drawing anything.

    A label beside its mark, or above the marks of a phone, has its room inside the axes; one above the axes takes it
    from what surrounds them. One pair of axes without a title takes what its labels leave: matplotlib's solver, which
    does more, costs three times as much, several times a figure.
    """
    for label in (label for axes in figure.axes for label in _labels(axes)):
        around = label.get_verticalalignment() != "center" and label.xycoords == "data"
        label.set(in_layout=around, gid="halo")
    engine = figure.get_layout_engine()
    if engine and (len(figure.axes) > 1 or any(axes.get_title(side) for axes in figure.axes for side in SIDES)):
        engine.execute(figure)
        return
    figure.set_layout_engine("none")
    for axes in figure.axes:
        _take_what_is_left(axes, figure)


def _take_what_is_left(axes: Axes, figure: Figure) -> None:
    """Move the frame of the axes so that what stands around it reaches the edges of the figure, up to some air."""
    (width, height), frame, whole = figure.bbox.size, axes.bbox, _with_labels(figure, axes)
    left, right = frame.x0 - whole.x0 + AIR_PT, whole.x1 - frame.x1 + AIR_PT
    below, above = frame.y0 - whole.y0 + AIR_PT + _foot(figure), whole.y1 - frame.y1 + AIR_PT
    place = Bbox([[left / width, below / height], [1 - right / width, 1 - above / height]])
    if place.width > 0 and place.height > 0:
        axes.set_position(place)


def _with_labels(figure: Figure, axes: Axes) -> Bbox:
    """The frame of some axes and all around it that needs room: ticks, names, legend, labels above."""
    renderer, legend = measuring(figure), axes.get_legend()
    boxes = [axis.get_tightbbox(renderer, for_layout_only=True) for axis in (axes.xaxis, axes.yaxis)]
    boxes += [text.get_window_extent(renderer) for text in axes.texts if text.get_in_layout()]
    boxes += [legend.get_window_extent(renderer)] if legend else []
    return Bbox.union([axes.bbox, *(box for box in boxes if box and box.width + box.height > 0)])


def _foot(figure: Figure) -> float:
    """Put the words that belong to the whole figure at its foot; return the height they need."""
    words = [text for text in figure.texts if text.get_in_layout()]
    for text in words:
        text.set_y(AIR_PT / figure.bbox.height)
    return max((float(text.get_window_extent().height) + 2 * AIR_PT for text in words), default=0.0)


def width_pt(text: Text, words: str = "") -> float:
    """Return the width of a text, or of other words written like it, as it will be drawn: in points."""
    font = text.get_fontproperties()
    return max(extent(line, font)[0] for line in (words or text.get_text()).split("\n"))


def broken(text: Text, most_pt: float) -> str:
    """Return a text broken at its spaces into lines no wider than `most_pt`; a single long word stays whole."""
    lines = [""]
    for word in text.get_text().replace("\n", " ").split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width_pt(text, longer) > most_pt:
            lines.append(word)
        else:
            lines[-1] = longer
    return "\n".join(lines)


def _labels(axes: Axes) -> list[Annotation]:
    """The texts that stand beside a mark, a fixed distance away."""
    return [text for text in axes.texts if isinstance(text, Annotation) and text.anncoords == "offset points"]


def _beside(axes: Axes) -> list[Annotation]:
    """The labels whose mark is a place in the data; those of a narrow figure stand above their mark instead."""
    return [label for label in _labels(axes) if label.xycoords == "data"]


def _is_of_lines(axes: Axes) -> bool:
    """Whether the axes hold named lines and no other text than one label beside the mark of a line."""
    rows = [label.xy[1] for label in _labels(axes)]
    named = axes.get_label() == "lines" and len(rows) == len(axes.texts)
    return named and all(row == round(row) for row in rows) and len(set(rows)) == len(rows)


def _break_names(figure: Figure, axes: Axes) -> None:
    if axes.get_label() == "lines" and len(axes.get_yticks()):
        most = NAME_SHARE * figure.get_figwidth() * 72
        axes.set_yticks(axes.get_yticks(), [broken(tick, most) for tick in axes.get_yticklabels()])


def _break_labels(axes: Axes) -> None:
    most = LABEL_SHARE * axes.get_window_extent().width
    for label in _beside(axes):
        if width_pt(label) > most:
            label.set_text(broken(label, most))


def _widen(axes: Axes) -> None:
    """Move the limits of x until every label beside a mark stands inside the axes; ticks stay where data are."""
    labels = _beside(axes)
    if not labels or axes.get_xscale() != "linear":
        return
    width = float(axes.get_window_extent().width) - SLACK_PT
    low, high = map(float, axes.get_xlim())
    for label in labels:
        start, end = _reach(label)
        place = float(label.xy[0])
        high = max(high, low + (place - low) * width / (width - end)) if end > 0 else high
        low = min(low, high - (high - place) * width / (width - start)) if start > 0 else low
    axes.set_xlim(low, high)


def _space_ticks(axes: Axes) -> None:
    """Leave as many ticks on x as can be read, none beyond the first that the data do not reach."""
    locator = axes.xaxis.get_major_locator()
    if not isinstance(locator, MaxNLocator):
        return
    low, high = map(float, axes.get_xlim())
    for most in range(MOST_TICKS, 1, -1):
        ticks = MaxNLocator(most).tick_values(low, min(high, float(axes.dataLim.x1)))
        axes.set_xticks([tick for tick in ticks if low <= tick <= high])
        boxes = [tick.get_window_extent() for tick in axes.get_xticklabels()]
        if all(one.x1 + TICK_GAP_PT < other.x0 for one, other in pairwise(boxes)):
            return


def _reach(label: Annotation) -> tuple[float, float]:
    """How far a label reaches to the left and to the right of its mark, in points."""
    shift, width = float(label.get_position()[0]), width_pt(label)
    before = {"left": 0.0, "center": 0.5, "right": 1.0}[label.get_horizontalalignment()] * width
    return before - shift, width - before + shift


def _fold_legend(figure: Figure, axes: Axes) -> None:
    """Put a legend that is wider than the axes can be into one column of short lines, before it squeezes them."""
    legend, named = axes.get_legend(), axes.get_label() == "lines" and len(axes.get_yticks()) > 0
    room = figure.get_figwidth() * 72 * (1 - NAME_SHARE if named else 1) - SLACK_PT
    if legend and legend.get_window_extent().width > room:
        for text in legend_above(axes, 1).get_texts():
            text.set_text(broken(text, room - 3 * LINE_PT))


def _above(axes: Axes, names: dict[int, str]) -> int:
    """Write names above their lines, labels at the right of all names or below all; return the most lines of text."""
    room = float(NARROW_IN * 72 - 7 * SLACK_PT)
    titles = {place: _title(axes, place, name, room) for place, name in names.items()}
    labels = {round(label.xy[1]): label for label in _beside(axes)}
    for label in labels.values():
        label.set_text(label.get_text().replace("\n", " "))
    beside = all(width_pt(titles[place]) + width_pt(label) + LINE_PT < room for place, label in labels.items())
    below = {place: 0 if beside else _place_below(label, room) for place, label in labels.items()}
    for place, label in labels.items():
        label.xy, label.xycoords = (1 if beside else 0, place), ("axes fraction", "data")
        label.xyann = (0, MARK_PT / 2 - 2)
        label.set(horizontalalignment="right" if beside else "left", verticalalignment="bottom")
    for place, title in titles.items():
        title.xyann = (0, MARK_PT / 2 - 2 + below.get(place, 0) * LINE_PT)
    return max(_lines(title) + below.get(place, 0) for place, title in titles.items())


def _title(axes: Axes, place: int, name: str, room: float) -> Annotation:
    title = axes.annotate(name, (0, place), (0, 0), ("axes fraction", "data"), "offset points", va="bottom")
    title.set_text(broken(title, room))
    return title


def _place_below(label: Annotation, room: float) -> int:
    label.set_text(broken(label, room))
    return _lines(label)


def _lines(text: Text) -> int:
    return int(text.get_text().count("\n")) + 1


def _outside_in(figure: Figure, axes: Axes) -> float:
    """Height of what stands above and below the axes, in inches: ticks, labels, legend."""
    _lay_out(figure)
    return float(figure.get_figheight() - axes.get_window_extent().height / 72)


def _all_for_data(axes: Axes) -> None:
    """Give the whole width to the data, if they have one: no room is needed beside the marks."""
    data, (low, high) = axes.dataLim, axes.get_xlim()
    axes.set_xlim(min(low, data.x0), data.x1 + 0.03 * data.width if data.width > 0 else high)
    axes.xaxis.set_major_locator(MaxNLocator())
