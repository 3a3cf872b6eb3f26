"""Drawings of what is known only between limits: a table in, a matplotlib figure out. No text of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ptce_analysis.publish.drawings import lines_of, number_axis
from ptce_analysis.publish.language import Words
from ptce_analysis.publish.style import LIGHT, legend_above

LINE_IN = 0.5
BAND_PT = 12.0
STACK = 0.11  # of a line, between two dots at one place


@dataclass(frozen=True)
class Inner:
    """A bar drawn inside a band: its columns are `<stem>_low`, `<stem>_mid` and `<stem>_high`."""

    stem: str
    name: str
    colour: str
    marker: str


def _bars(axes: Axes, data: pd.DataFrame, ends: tuple[str, str], shift: float, **look: Any) -> None:
    """Draw a bar between two columns on every line where both are known."""
    known = data.reset_index(drop=True).dropna(subset=list(ends))
    axes.hlines(known.index + shift, known[ends[0]], known[ends[1]], **look)


def bands_with_inner(
    words: Words,
    data: pd.DataFrame,
    *,
    band: tuple[str, str, str],
    inner: Sequence[Inner],
    kind: str,
    labels: Sequence[str],
    start: float = 0.0,
) -> Figure:
    """Return a wide band per row (`band`: low column, high column, name) with bars inside it, and a label beside it.

    The axis begins at `start`, where a row without a band shows its label alone.
    """
    figure, axes = lines_of(data, 1.0, LINE_IN)
    low, high, name = band
    _bars(axes, data, (low, high), 0.0, color=LIGHT["rule"], linewidth=BAND_PT, label=name)
    for place, one in enumerate(inner):
        shift = 0.22 * (place - (len(inner) - 1) / 2)
        _bars(axes, data, (f"{one.stem}_low", f"{one.stem}_high"), shift, color=LIGHT[one.colour], linewidth=2.2)
        lines = [line + shift for line in range(len(data))]
        axes.plot(data[f"{one.stem}_mid"], lines, one.marker, color=LIGHT[one.colour], markersize=5.5, label=one.name)
    ends = [high, *(f"{one.stem}_high" for one in inner)]
    reached = data[ends].max(axis=1)
    for line, (edge, label) in enumerate(zip(reached, labels, strict=True)):
        colour = LIGHT["muted" if pd.isna(edge) else "ink"]
        beside = (start if pd.isna(edge) else float(edge), line)
        axes.annotate(label, beside, (9, 0), textcoords="offset points", va="center", color=colour)
    axes.set_xlim(left=start)
    legend_above(axes, 1 + len(inner))
    number_axis(words, axes, kind)
    return figure


def dots(
    words: Words,
    data: pd.DataFrame,
    *,
    values: str,
    marked: tuple[str, str],
    kind: str,
    colours: Sequence[str],
    labels: Sequence[str],
) -> Figure:
    """Return one dot per amount of each row (column `values`: a tuple), equal ones stacked, and a label after the last.

    `marked` is the column of a value shown as a line across its row, and its name.
    """
    figure, axes = lines_of(data, 0.9, LINE_IN)
    for line, (row, colour, label) in enumerate(zip(data.to_dict("records"), colours, labels, strict=True)):
        for value, times in Counter(row[values]).items():
            heights = [line + STACK * (place - (times - 1) / 2) for place in range(times)]
            axes.plot([value] * times, heights, "o", color=LIGHT[colour], markersize=5.5)
        last = max(row[values])
        axes.annotate(label, (last, line), (10, 0), textcoords="offset points", va="center")
    column, name = marked
    tops, feet = ([line + shift for line in range(len(data))] for shift in (-0.27, 0.27))
    axes.vlines(data[column], tops, feet, color=LIGHT["muted"], linewidth=1.2, zorder=0, label=name)
    axes.set_xlim(left=-0.02 * float(max(max(row) for row in data[values])))
    legend_above(axes, 1)
    number_axis(words, axes, kind)
    return figure
