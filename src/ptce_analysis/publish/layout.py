"""Room for every label: text is measured, axes give way, and a figure read on a phone names its lines above them.

Works on a finished figure, so that the drawings say what is drawn and nothing about margins.
"""

from __future__ import annotations

from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text
from matplotlib.ticker import MaxNLocator

from ptce_analysis.publish.style import NARROW_IN, legend_above

NAME_SHARE = 0.36  # of the figure's width, at most, for the names of its lines
LABEL_SHARE = 0.5  # of the axes' width, at most, for a label beside its mark
SLACK_PT = 3.0
MARK_PT, LINE_PT = 20.0, 12.5  # height of a mark with its air, and of a line of text above it
MOST_TICKS, TICK_GAP_PT = 6, 8.0


def fit(figure: Figure) -> None:
    """Give every label of a figure its room: long names are broken, axes widened, ticks spaced, legends folded."""
    for axes in figure.axes:
        _break_names(figure, axes)
        _fold_legend(figure, axes)
        for label in _labels(axes):
            # One beside its mark gets its room from the axes (below); one above the axes, from the layout.
            label.set(in_layout=label.get_verticalalignment() != "center", gid="halo")
    _lay_out(figure)
    for axes in figure.axes:
        _break_labels(axes)
        _widen(axes)
        _space_ticks(axes)


def narrow(figure: Figure) -> bool:
    """Turn a figure of named lines into one for a phone, names and labels above the marks; return whether it can be."""
    if len(figure.axes) != 1 or not _is_of_lines(figure.axes[0]):
        return False
    (axes,) = figure.axes
    names = {round(tick.get_position()[1]): tick.get_text() for tick in axes.get_yticklabels()}
    for text in (text for text in figure.texts if text.get_gid() == "watermark"):
        text.set_fontsize(float(text.get_fontsize()) * NARROW_IN / figure.get_figwidth())
    figure.set_figwidth(NARROW_IN)
    axes.set_yticks([])
    above_pt = LINE_PT * _above(axes, names)
    row_pt = above_pt + MARK_PT
    axes.set_ylim(len(names) - 1 + 0.5 * MARK_PT / row_pt, -(above_pt + 0.5 * MARK_PT) / row_pt)
    _all_for_data(axes)
    _fold_legend(figure, axes)
    figure.set_figheight(row_pt * len(names) / 72 + _outside_in(figure, axes))
    fit(figure)
    return True


def _lay_out(figure: Figure) -> None:
    """Give the axes the place they will have, without drawing anything."""
    engine = figure.get_layout_engine()
    if engine:
        engine.execute(figure)


def width_pt(text: Text) -> float:
    """Return the width of a text as it will be drawn, in points."""
    return float(text.get_window_extent().width)


def broken(text: Text, most_pt: float) -> str:
    """Return a text broken at its spaces into lines no wider than `most_pt`; a single long word stays whole."""
    kept, lines = text.get_text(), [""]
    for word in kept.replace("\n", " ").split(" "):
        text.set_text(f"{lines[-1]} {word}".strip())
        if lines[-1] and width_pt(text) > most_pt:
            lines.append(word)
        else:
            lines[-1] = text.get_text()
    text.set_text(kept)
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
    room = float(NARROW_IN * 72 - 4 * SLACK_PT)
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
    """Give the whole width to the data: no room is needed beside the marks."""
    data = axes.dataLim
    axes.set_xlim(min(axes.get_xlim()[0], data.x0), data.x1 + 0.03 * data.width)
    axes.xaxis.set_major_locator(MaxNLocator())
