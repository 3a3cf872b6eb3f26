"""Drawings of shares told by answers: a table in, a matplotlib figure out. No text of its own."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from ptce_analysis.publish.drawings import from_zero, lines_of, number_axis
from ptce_analysis.publish.language import Words
from ptce_analysis.publish.style import LIGHT

LINE_IN = 0.5


def rates(words: Words, data: pd.DataFrame, *, labels: Sequence[str]) -> Figure:
    """Return a share and its interval per row (`name`, `share`, `low`, `high`) on an axis of shares from zero."""
    figure, axes = lines_of(data, line_in=LINE_IN)
    for line, (row, label) in enumerate(zip(data.to_dict("records"), labels, strict=True)):
        axes.hlines(line, row["low"], row["high"], color=LIGHT["accent"], linewidth=2.5)
        axes.plot(row["share"], line, "o", color=LIGHT["accent"], markersize=8)
        axes.annotate(label, (row["high"], line), (9, 0), textcoords="offset points", va="center")
    from_zero(axes, data["high"])
    number_axis(words, axes, "share")
    return figure
