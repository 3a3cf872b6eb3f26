"""The few kinds of drawing the collection uses: a table in, a matplotlib figure out. No text of its own."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ptce_analysis.publish.language import Number, Words
from ptce_analysis.publish.style import LIGHT, new_figure

LINE_IN = 0.42


def _lines(data: pd.DataFrame, extra_in: float = 0.7) -> tuple[Figure, Axes]:
    """A figure with one line per row of `data`, read from the top, named by its `name`."""
    figure = new_figure(extra_in + LINE_IN * len(data))
    axes = figure.add_subplot()
    axes.set_ylim(len(data) - 0.5, -0.5)
    axes.set_yticks(range(len(data)), list(data["name"]))
    axes.grid(axis="x")
    return figure, axes


def _number_axis(words: Words, axes: Axes, kind: str) -> None:
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: words.number(Number(value, kind))))
    axes.xaxis.set_major_locator(MaxNLocator(6))


def stems(
    words: Words, data: pd.DataFrame, *, x: str, kind: str, colours: Sequence[str], labels: Sequence[str]
) -> Figure:
    """Return points on stems from zero, one line per row, each labelled directly."""
    figure, axes = _lines(data)
    for line, (value, colour, label) in enumerate(zip(data[x], colours, labels, strict=True)):
        if pd.notna(value):
            axes.hlines(line, 0, value, color=LIGHT[colour], linewidth=2.5)
            axes.plot(value, line, "o", color=LIGHT[colour], markersize=8)
            axes.annotate(label, (value, line), (9, 0), textcoords="offset points", va="center")
    axes.set_xlim(0, float(data[x].max()) * 1.75)
    _number_axis(words, axes, kind)
    return figure


def pairs(
    words: Words,
    data: pd.DataFrame,
    *,
    first: tuple[str, str],
    second: tuple[str, str],
    kind: str,
    missing: str,
) -> Figure:
    """Return two points per row joined by a line; `first` and `second` are (column, name); `missing` marks a lone one."""
    figure, axes = _lines(data, extra_in=1.0)
    marks = ((first, "D", "second"), (second, "o", "accent"))
    for line, row in enumerate(data.to_dict("records")):
        ends = [row[first[0]], row[second[0]]]
        if all(pd.notna(end) for end in ends):
            axes.hlines(line, min(ends), max(ends), color=LIGHT["muted"], linewidth=1.5, zorder=1)
        elif pd.notna(ends[1]):
            axes.annotate(missing, (ends[1], line), (9, 0), textcoords="offset points", va="center", color=LIGHT["muted"])
    for (column, name), marker, colour in marks:
        axes.plot(data[column], range(len(data)), marker, color=LIGHT[colour], markersize=8, linestyle="none", label=name)
    axes.set_xlim(left=0)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False, borderaxespad=0, handletextpad=0.2)
    _number_axis(words, axes, kind)
    return figure


def forest(
    words: Words,
    data: pd.DataFrame,
    *,
    x: str,
    low: str,
    high: str,
    kind: str,
    colours: Sequence[str],
    labels: Sequence[str],
    reference: float = 0.0,
) -> Figure:
    """Return a point and its interval per row, each labelled directly, with a reference line."""
    figure, axes = _lines(data)
    axes.axvline(reference, color=LIGHT["ink"], linewidth=1)
    rows = zip(data[x], data[low], data[high], colours, labels, strict=True)
    for line, (value, start, end, colour, label) in enumerate(rows):
        axes.hlines(line, start, end, color=LIGHT[colour], linewidth=2.5)
        axes.plot(value, line, "o", color=LIGHT[colour], markersize=7)
        axes.annotate(label, (end, line), (7, 0), textcoords="offset points", va="center", fontsize=8.5)
    span = float(data[high].max() - data[low].min())
    axes.set_xlim(float(data[low].min()) - 0.04 * span, float(data[high].max()) + 0.42 * span)
    _number_axis(words, axes, kind)
    return figure
