"""Drawings of shares told by answers: a table in, a matplotlib figure out. No text of its own."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ptce_analysis.publish.language import Number, Words
from ptce_analysis.publish.style import LIGHT, lines_axes, new_figure

LINE_IN = 0.5


def rates(words: Words, data: pd.DataFrame, *, labels: Sequence[str]) -> Figure:
    """Return a share and its interval per row (`name`, `share`, `low`, `high`) on an axis of shares from zero."""
    figure = new_figure(0.7 + LINE_IN * len(data))
    axes = lines_axes(figure, list(data["name"]))
    for line, (row, label) in enumerate(zip(data.to_dict("records"), labels, strict=True)):
        axes.hlines(line, row["low"], row["high"], color=LIGHT["accent"], linewidth=2.5)
        axes.plot(row["share"], line, "o", color=LIGHT["accent"], markersize=8)
        axes.annotate(label, (row["high"], line), (9, 0), textcoords="offset points", va="center")
    axes.set_xlim(0, float(data["high"].max()) * 1.03)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: words.number(Number(value, "share"))))
    axes.xaxis.set_major_locator(MaxNLocator(5))
    return figure
