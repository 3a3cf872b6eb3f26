"""The drawing of one level among the others, where some quantities are only enclosed. No text of its own."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ptce_analysis.publish.drawings import AXIS_KINDS
from ptce_analysis.publish.language import Number, Words
from ptce_analysis.publish.style import LIGHT, legend_above, lines_axes, new_figure

LINE_IN = 0.42


def point_and_limits(
    words: Words,
    data: pd.DataFrame,
    *,
    point: tuple[str, str],
    limits: tuple[str, str, str],
    kind: str,
    colours: Sequence[str],
    labels: Sequence[str],
) -> Figure:
    """Return a point per row (`point`: column, name) and, where known, limits (low column, high column, name).

    Each row is labelled at its right end; the axis begins at zero.
    """
    figure = new_figure(1.0 + LINE_IN * len(data))
    axes = lines_axes(figure, list(data["name"]))
    rows = zip(data.to_dict("records"), colours, labels, strict=True)
    for line, (row, colour, label) in enumerate(rows):
        known, edge = pd.notna(row[limits[0]]), row[point[0]]
        if known:
            axes.hlines(line, row[limits[0]], row[limits[1]], color=LIGHT[colour], linewidth=4)
            edge = max(edge, row[limits[1]])
        axes.plot(row[point[0]], line, "o", color=LIGHT[colour], markersize=6.5)
        axes.annotate(label, (edge, line), (9, 0), textcoords="offset points", va="center")
    axes.plot([], [], "o", color=LIGHT["ink"], markersize=6.5, label=point[1])
    axes.plot([], [], "-", color=LIGHT["ink"], linewidth=4, label=limits[2])
    axes.set_xlim(left=0)
    legend_above(axes, 2)
    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda value, _: words.number(Number(value, AXIS_KINDS.get(kind, kind))))
    )
    axes.xaxis.set_major_locator(MaxNLocator(5))
    return figure
