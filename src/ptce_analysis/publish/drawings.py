"""The few kinds of drawing the collection uses: a table in, a matplotlib figure out. No text of its own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ptce_analysis.publish.language import Number, Words
from ptce_analysis.publish.style import LIGHT, legend_above, lines_axes, new_figure

LINE_IN = 0.42

# Ticks are round numbers: they need fewer decimals than a value.
AXIS_KINDS = {"points": "points0", "share1": "share2", "keur1": "keur2", "meur": "meur2"}


def lines_of(data: pd.DataFrame, extra_in: float = 0.7, line_in: float = LINE_IN) -> tuple[Figure, Axes]:
    """Return a figure with one line per row of `data`, read from the top, named by its `name`."""
    figure = new_figure(extra_in + line_in * len(data))
    return figure, lines_axes(figure, list(data["name"]))


def number_axis(words: Words, axes: Axes, kind: str) -> None:
    """Let the axis across count in round numbers, a few of them, written as the reader's language does."""
    axes.xaxis.set_major_formatter(numbers(words, AXIS_KINDS.get(kind, kind)))
    axes.xaxis.set_major_locator(MaxNLocator(5))


def numbers(words: Words, kind: str) -> FuncFormatter:
    """Return what writes the ticks of an axis; each number is written once, however often its place is measured."""
    write = cache(lambda value: words.number(Number(value, kind)))
    return FuncFormatter(lambda value, _: write(value))


def from_zero(axes: Axes, values: pd.Series) -> None:
    """Start the axis of values at zero and end it beyond the largest: at one where all are zeros, or none is known."""
    largest = float(values.max()) if values.notna().any() else 0.0
    axes.set_xlim(0, largest * 1.03 if largest > 0 else 1)


def stems(
    words: Words, data: pd.DataFrame, *, x: str, kind: str, colours: Sequence[str], labels: Sequence[str]
) -> Figure:
    """Return points on stems from zero, one line per row, each labelled directly."""
    figure, axes = lines_of(data)
    for line, (value, colour, label) in enumerate(zip(data[x], colours, labels, strict=True)):
        if pd.notna(value):
            axes.hlines(line, 0, value, color=LIGHT[colour], linewidth=2.5)
            axes.plot(value, line, "o", color=LIGHT[colour], markersize=8)
            axes.annotate(label, (value, line), (9, 0), textcoords="offset points", va="center")
    from_zero(axes, data[x])
    number_axis(words, axes, kind)
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
    """Return two points per row joined by a line; `first`, `second` are (column, name); `missing` marks a lone one."""
    figure, axes = lines_of(data, extra_in=1.0)
    marks = ((first, "D", "second"), (second, "o", "accent"))
    for line, row in enumerate(data.to_dict("records")):
        ends = [row[first[0]], row[second[0]]]
        if all(pd.notna(end) for end in ends):
            axes.hlines(line, min(ends), max(ends), color=LIGHT["muted"], linewidth=1.5, zorder=1)
        elif pd.notna(ends[1]):
            axes.annotate(
                missing, (ends[1], line), (9, 0), textcoords="offset points", va="center", color=LIGHT["muted"]
            )
    for (column, name), marker, colour in marks:
        axes.plot(
            data[column], range(len(data)), marker, color=LIGHT[colour], markersize=8, linestyle="none", label=name
        )
    axes.set_xlim(left=0)
    legend_above(axes, 2)
    number_axis(words, axes, kind)
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
    figure, axes = lines_of(data)
    axes.axvline(reference, color=LIGHT["ink"], linewidth=1)
    rows = zip(data[x], data[low], data[high], colours, labels, strict=True)
    for line, (value, start, end, colour, label) in enumerate(rows):
        axes.hlines(line, start, end, color=LIGHT[colour], linewidth=2.5)
        axes.plot(value, line, "o", color=LIGHT[colour], markersize=7)
        axes.annotate(label, (end, line), (7, 0), textcoords="offset points", va="center")
    span = float(data[high].max() - data[low].min())
    axes.set_xlim(float(data[low].min()) - 0.04 * span, float(data[high].max()) + 0.04 * span)
    number_axis(words, axes, kind)
    return figure


def intervals(
    words: Words, data: pd.DataFrame, *, x: str, methods: Sequence[tuple[str, str, str, str]], kind: str
) -> Figure:
    """Return a point and several intervals per row; `methods` are (low column, high column, name, colour)."""
    figure, axes = lines_of(data, extra_in=1.0)
    axes.axvline(0, color=LIGHT["ink"], linewidth=1)
    step = 0.22
    for place, (low, high, name, colour) in enumerate(methods):
        lines = [line + step * (place - (len(methods) - 1) / 2) for line in range(len(data))]
        axes.hlines(lines, data[low], data[high], color=LIGHT[colour], linewidth=2, label=name)
        axes.plot(data[x], lines, "o", color=LIGHT[colour], markersize=3.5)
    legend_above(axes, len(methods))
    number_axis(words, axes, kind)
    return figure


def bands(
    words: Words,
    data: pd.DataFrame,
    *,
    x: str,
    wide: tuple[str, str, str],
    narrow: tuple[str, str, str],
    reference: tuple[float, str],
    kind: str,
) -> Figure:
    """Return a wide band, a narrow band and a point per row, with a reference line; each is named by its last part."""
    figure, axes = lines_of(data, extra_in=1.0)
    lines = range(len(data))
    for (low, high, name), colour, width in ((wide, "rule", 11), (narrow, "accent", 3)):
        axes.hlines(lines, data[low], data[high], color=LIGHT[colour], linewidth=width, label=name)
    axes.plot(data[x], lines, "o", color=LIGHT["accent"], markersize=7)
    axes.axvline(reference[0], color=LIGHT["second"], linewidth=1.5, label=reference[1])
    axes.set_xlim(0, 1.08 * float(max(data[wide[1]].max(), reference[0])))
    legend_above(axes, 3)
    number_axis(words, axes, kind)
    return figure


def limits(
    words: Words, data: pd.DataFrame, *, x: str, low: str, high: str, by: str, kind: str, name: str, across: str
) -> Figure:
    """Return the two limits of an interval as lines over `x`, one pair per value of `by`, named at their ends."""
    figure = new_figure(3.6)
    axes = figure.add_subplot()
    groups = [group.sort_values(x) for _, group in data.groupby(by)]
    shades = ["second", "muted", "accent"]
    for group in (groups[0], groups[len(groups) // 2], groups[-1]):
        colour = LIGHT[shades[0 if group is groups[0] else 2 if group is groups[-1] else 1]]
        axes.plot(group[x], group[low], color=colour, linewidth=2)
        axes.plot(group[x], group[high], color=colour, linewidth=2)
        label = f"{name} {words.number(Number(float(group[by].iloc[0]), 'number'))}"
        axes.annotate(
            label,
            (group[x].iloc[-1], group[high].iloc[-1]),
            (6, 0),
            textcoords="offset points",
            va="center",
            color=colour,
        )
    axes.axhline(0, color=LIGHT["ink"], linewidth=1)
    axes.set_xlim(0, 1.42 * float(data[x].max()))
    axes.set_xlabel(across)
    axes.grid(axis="y")
    axes.yaxis.set_major_formatter(numbers(words, kind))
    return figure


def curve(
    words: Words, data: pd.DataFrame, *, x: str, y: str, kind: str, reference: float, marked: float | None
) -> Figure:
    """Return a curve of shares with a horizontal reference and, where given, the place it is reached."""
    figure = new_figure(3.2)
    axes = figure.add_subplot()
    axes.axhline(reference, color=LIGHT["second"], linewidth=1)
    axes.plot(data[x], data[y], color=LIGHT["accent"], linewidth=2.2)
    if marked is not None:
        axes.plot(marked, reference, "o", color=LIGHT["second"], markersize=8)
        label = words.number(Number(marked, "share1"))
        axes.annotate(label, (marked, reference), (8, 6), textcoords="offset points", color=LIGHT["second"])
    axes.set_ylim(0, 1.02)
    axes.grid(axis="y")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(numbers(words, kind))
    return figure
