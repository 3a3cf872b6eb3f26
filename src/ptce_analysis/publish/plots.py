"""The few kinds of drawing of the study: seaborn on a table, one accent colour, labels beside the marks.

Each function draws a table and returns matplotlib's axes, which can be drawn on and changed like any others. Give them
to `page.figure`. Numbers are written in the reader's language; axes say their unit once, in their title.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, TypeAlias

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ptce_analysis.publish.language import KINDS, Number, Words, kind_of
from ptce_analysis.publish.style import LIGHT, theme

# Wide enough for a page and narrow enough that the letters can be read on a phone, where it shrinks least.
WIDTH_IN, ROW_IN = 5.6, 0.44
LONG_NAME = 18  # characters: a longer name of a row stands above its marks
ACCENT, OTHER, MUTED, INK, SECOND, THIRD = (
    LIGHT[name] for name in ("accent", "soft_mark", "muted", "ink", "second", "third")
)

# Which rows have a mark of their own; a second column to state, and its kind; axes to draw on in place of new ones.
Table: TypeAlias = pd.DataFrame
Flags: TypeAlias = Sequence[bool] | None
Also: TypeAlias = tuple[str, str] | None
Drawn: TypeAlias = Axes | None
# Whose language numbers on axes and labels are written in: that of the page that is open.
reader = Words("en")


def axes(rows: float, *, width_in: float = WIDTH_IN, extra_in: float = 0.75, title: str = "") -> Axes:
    """Return empty axes for so many rows of marks; a panel among several has a title. No pyplot state is touched."""
    theme()
    made: Axes = Figure(figsize=(width_in, extra_in + ROW_IN * rows), layout="constrained").subplots()
    sns.despine(ax=made, left=True, bottom=False)
    if title:
        made.set_title(title, fontsize=12, fontweight="bold", pad=20, loc="left")
    return made


def number(value: Any, kind: str) -> str:
    """Return a number as the reader's language writes that kind (`language.KINDS`)."""
    return reader.number(Number(None if pd.isna(value) else float(value), kind))


def ticks(axis: Axis, kind: str) -> None:
    """Let an axis count in a few round numbers of a kind, without their unit, which the axis's title says."""
    found = kind_of(kind)
    bare = replace(found[0], pattern="", least=0, most=max(found[0].most, 1)) if found else KINDS["number2"]
    axis.set_major_formatter(FuncFormatter(lambda value, _: bare.write(value, reader.lang)))
    axis.set_major_locator(MaxNLocator(5))


def rows_of(ax: Axes, names: Sequence[str]) -> None:
    """Name the rows of some axes, the first at the top: at the left, or above the marks where a name is long."""
    long = max(map(len, map(str, names))) > LONG_NAME
    ax.set_yticks(range(len(names)), ["" if long else str(name) for name in names])
    for place, name in enumerate(names if long else ()):
        beside(ax, str(name), (0, place), (0, 11), xycoords=("axes fraction", "data"), va="bottom")
    ax.set_ylim(len(names) - 0.5, -1.0 if long else -0.5)
    ax.tick_params(axis="y", length=0)
    ax.set_ylabel("")


def finished(ax: Axes, xlabel: str, kind: str) -> Axes:
    """Return axes widened until each label beside a mark stands inside; they say what they count, where data are."""
    ax.set_xlabel(xlabel)
    ticks(ax.xaxis, kind)
    figure: Any = ax.figure
    for _ in range(3):
        figure.draw_without_rendering()
        (low, high), frame = ax.get_xlim(), ax.get_window_extent()
        boxes = [text.get_window_extent() for text in ax.texts if text.get_text()]
        over = max([0.0, *(box.x1 - frame.x1 for box in boxes)])
        under = max([0.0, *(frame.x0 - box.x0 for box in boxes)])
        if max(over, under) <= 0.5:
            break
        step = (high - low) / (frame.width - under - over)
        ax.set_xlim(low - step * under, high + step * over)
    low, high = ax.get_xlim()
    for most in range(5, 1, -1):
        marks = MaxNLocator(most).tick_values(max(low, ax.dataLim.x0), min(high, ax.dataLim.x1))
        ax.set_xticks([mark for mark in marks if low <= mark <= high])
        figure.draw_without_rendering()
        boxes = [tick.get_window_extent() for tick in ax.get_xticklabels()]
        if all(one.x1 + 6 < other.x0 for one, other in pairwise(boxes)):
            break
    return ax


def beside(ax: Axes, text: str, at: tuple[Any, float], shift_pt: tuple[float, float], **look: Any) -> None:
    """Write a text beside a place of the data: to its right unless `look` (matplotlib's `ha`, `va`) says otherwise."""
    ax.annotate(text, at, shift_pt, textcoords="offset points", **{"va": "center", **look})


def _rows(data: Table, highlight: Flags, other: str) -> Iterator[tuple[int, Any, str]]:
    """The place, the values and the colour of each row: rows that are not `highlight` have the `other` one."""
    marked = highlight if highlight is not None else [True] * len(data)
    for place, (row, one) in enumerate(zip(data.to_dict("records"), marked, strict=True)):
        yield place, row, ACCENT if one else other


def bars(
    data: Table, x: str, y: str, kind: str, *, xlabel: str, also: Also = None, highlight: Flags = None, ax: Drawn = None
) -> Axes:
    """Return bars from zero, one for each row in the order of the table, labelled; those of `highlight` stand out."""
    long = max(map(len, map(str, data[y]))) > LONG_NAME  # such a name stands between two bars
    ax = axes(len(data) * (1.6 if long else 1)) if ax is None else ax
    place = [str(rank) for rank in range(len(data))]  # two rows may bear one name
    look = {"palette": [colour for _, _, colour in _rows(data, highlight, OTHER)], "width": 0.4 if long else 0.62}
    sns.barplot(x=data[x].to_numpy(), y=place, hue=place, legend=False, saturation=1, ax=ax, **look)
    rows_of(ax, list(data[y]))
    for rank, row, _ in _rows(data, None, OTHER):
        text = number(row[x], kind) + (f" · {number(row[also[0]], also[1])}" if also else "")
        beside(ax, text, (row[x], rank), (5, 0))
    ax.set_xlim(0, 1.02 * float(data[x].max() or 1))
    return finished(ax, xlabel, kind)


def intervals(
    data: Table,
    x: str,
    low: str,
    high: str,
    y: str,
    kind: str,
    *,
    xlabel: str,
    reference: float | None = None,
    sides: tuple[str, str] = ("", ""),
    label: str = "{x} ({low} – {high})",
    highlight: Flags = None,
    ax: Drawn = None,
) -> Axes:
    """Return a point and a thick bar for each row, labelled above; a line at `reference`, and what its `sides` mean."""
    ax = axes(len(data) * 1.5, extra_in=1.0) if ax is None else ax
    for place, row, colour in _rows(data, highlight, MUTED):
        ax.hlines(place, row[low], row[high], color=colour, linewidth=7, alpha=0.45)
        ax.plot(row[x], place, "o", color=colour, markersize=9)
        ends = {"low": number(row[low], f"{kind}_down"), "high": number(row[high], f"{kind}_up")}
        beside(ax, label.format(x=number(row[x], kind), **ends), (row[x], place), (0, 11), ha="center", va="bottom")
    rows_of(ax, list(data[y]))
    if reference is not None:
        ax.axvline(reference, color=INK, linewidth=1, zorder=0)
        look: Any = {"va": "baseline", "xycoords": ("data", "axes fraction"), "color": MUTED}
        for text, shift, side in zip(sides, (-6, 6), ("right", "left"), strict=True):
            beside(ax, text, (reference, 1), (shift, 4), ha=side, **look)
    return finished(ax, xlabel, kind)


def arrows(
    data: Table, *columns: str, kinds: Sequence[str], xlabel: str, dashed: Any, names: tuple[str, str], ax: Drawn = None
) -> Axes:
    """Return an arrow for each row from its first value, taken as 100, to its second, with both values as they are.

    `columns` are those of the two values and of the rows' names. The first row says the `names` of the two; `kinds`
    says how each row, in its own unit, is written. A `dashed` arrow has no sure direction.
    """
    first, second, y = columns
    ax = axes(len(data) * 1.4, extra_in=0.8) if ax is None else ax
    for (place, row, _), kind, unsure in zip(_rows(data, None, MUTED), kinds, dashed, strict=True):
        end = 100 * row[second] / row[first]
        look = {"color": MUTED if unsure else ACCENT, "linewidth": 2.2, "linestyle": "--" if unsure else "-"}
        shape: dict[str, Any] = {"arrowstyle": "-|>", "shrinkA": 0, "shrinkB": 0, "mutation_scale": 14, **look}
        ax.annotate("", (end, place), (100, place), arrowprops=shape)
        ax.plot([100, end], [place, place], alpha=0)  # the axis counts what is drawn
        for value, at, other, name in ((row[first], 100, end, names[0]), (row[second], end, 100, names[1])):
            text = number(value, kind) if place else f"{name} · {number(value, kind)}"
            side, shift = ("right", -8) if at < other else ("left", 8)
            beside(ax, text, (at, place), (shift, 0), ha=side)
    rows_of(ax, list(data[y]))
    ax.axvline(100, color=LIGHT["rule"], linewidth=1, zorder=0)
    return finished(ax, xlabel, "count")


def bands(
    data: Table, low: str, high: str, y: str, kind: str, *, xlabel: str, highlight: Flags = None, ax: Drawn = None
) -> Axes:
    """Return, for each row, all that is possible as a band whose ends are said, rounded outwards."""
    ax = axes(len(data) * 1.1) if ax is None else ax
    for place, row, look in _rows(data, highlight, OTHER):
        ax.barh(place, row[high] - row[low], left=row[low], height=0.5, color=look)
        for end, way, shift, side in ((low, "down", -5, "right"), (high, "up", 5, "left")):
            beside(ax, number(row[end], f"{kind}_{way}"), (row[end], place), (shift, 0), ha=side)
    rows_of(ax, list(data[y]))
    ax.set_xlim(left=0)
    return finished(ax, xlabel, kind)
