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


def presence_map(
    words: Words, data: pd.DataFrame, bases: Sequence[int], marked: int, names: tuple[str, str, str]
) -> Figure:
    """Return a map of figures (lines) by bases (across): bars over the bases where each can occur.

    The base `marked` has a line, crossed where a figure cannot occur on it. `names`: those of bars, cross and line.
    """
    figure, axes = lines_of(data, extra_in=1.0)
    axes.grid(visible=False)
    for line, row in enumerate(data.to_dict("records")):
        starts, ends = _runs([base for base in bases if row[base]])
        axes.hlines([line] * len(starts), starts, ends, color=LIGHT["accent"], linewidth=5, label=names[0] * (not line))
    missing = [line for line, held in enumerate(data[marked]) if not held]
    crosses = axes.plot([marked] * len(missing), missing, "x", color=LIGHT["second"], label=names[1], linestyle="none")
    crosses[0].set(markersize=8, markeredgewidth=2)
    axes.axvline(marked, color=LIGHT["second"], linewidth=1, zorder=0, label=names[2])
    axes.set_xlim(min(bases) - 1, max(bases) + 1)
    legend_above(axes, 3)
    axes.xaxis.set_major_formatter(numbers(words, "count"))
    return figure


def _runs(held: Sequence[int]) -> tuple[list[float], list[float]]:
    """Where bars over whole numbers start and end: numbers that follow each other share one."""
    starts = [one - RUN_END for one in held if one - 1 not in held]
    return starts, [one + RUN_END for one in held if one + 1 not in held]


def bounds_and_value(
    words: Words,
    data: pd.DataFrame,
    *,
    low: tuple[str, str],
    value: tuple[str, str],
    kind: str,
    flagged: Sequence[bool],
) -> Figure:
    """Return per row a lower bound (a bar end) and the value that must not lie below it; `flagged` rows stand out."""
    figure, axes = lines_of(data, extra_in=1.0)
    for line, (row, wrong) in enumerate(zip(data.to_dict("records"), flagged, strict=True)):
        colour = LIGHT["second"] if wrong else LIGHT["accent"]
        axes.hlines(line, 0, row[low[0]], color=LIGHT["muted"], linewidth=4, alpha=0.45)
        axes.plot(row[low[0]], line, "|", color=LIGHT["muted"], markersize=16, markeredgewidth=2)
        axes.plot(row[value[0]], line, "X" if wrong else "o", color=colour, markersize=9)
    axes.plot([], [], "|", color=LIGHT["muted"], markersize=14, markeredgewidth=2, label=low[1])
    axes.plot([], [], "o", color=LIGHT["accent"], markersize=8, label=value[1])
    legend_above(axes, 2)
    axes.set_xlim(left=0)


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


def points_by_line(
    words: Words, data: pd.DataFrame, *, x: str, kind: str, reference: tuple[float, str], labels: Sequence[str]
) -> Figure:
    """Return one labelled point per row against a named line: how far each lies from it, and on which side."""
    figure, axes = lines_of(data, extra_in=1.0)
    place, name = reference
    axes.axvline(place, color=LIGHT["second"], linewidth=1.5, label=name)
    legend_above(axes, 1)
    axes.plot(data[x], range(len(data)), "o", color=LIGHT["accent"], markersize=7)
    for line, (value, label) in enumerate(zip(data[x], labels, strict=True)):
        axes.annotate(label, (value, line), (8, 0), textcoords="offset points", va="center", fontsize=8.5)
    span = float(max(data[x].max(), place) - min(data[x].min(), place))
    axes.set_xlim(min(data[x].min(), place) - 0.08 * span, max(data[x].max(), place) + 0.35 * span)
    number_axis(words, axes, kind)
    return figure


def ranked(words: Words, data: pd.DataFrame, *, x: str, y: str, marked: Sequence[tuple[int, str]], kind: str) -> Figure:
    """Return all rows as points by rank, a few of them (place, name) marked and named."""
    figure = new_figure(3.0)
    axes = figure.add_subplot()
    possible = data["all_possible"].to_numpy(dtype=bool)
    axes.plot(data.loc[possible, x], data.loc[possible, y], "o", color=LIGHT["accent"], markersize=6)
    axes.plot(data.loc[~possible, x], data.loc[~possible, y], "o", color=LIGHT["muted"], markersize=6, fillstyle="none")
    for place, name in marked:
        row = data.iloc[place]
        axes.plot(row[x], row[y], "o", color=LIGHT["second"], markersize=11, fillstyle="none", markeredgewidth=2)
        side = "left" if place < len(data) / 2 else "right"
        axes.annotate(name, (row[x], row[y]), (12 if side == "left" else -4, 12), textcoords="offset points", ha=side)
    axes.set_ylim(0, 1.15 * float(data[y].max()))
    axes.grid(axis="y")
    axes.yaxis.set_major_formatter(numbers(words, kind))
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
