"""One family of figures: colours, fonts, frame, and the bytes of an SVG."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend import Legend

from ptce_analysis.publish.canvas import Canvas

# Every colour has a name and two values: a figure's file is drawn in the first, a page shows either (`recoloured`).
# Chosen by search and measured (tests/publish/test_style.py): against the paper, text 4.5:1 and marks 3:1; levels among
# themselves, and series among themselves, far apart for normal sight and for three kinds of colour blindness.
COLOURS = {
    "paper": ("#ffffff", "#14181f"),
    "ink": ("#1b2230", "#e8ebf1"),
    "muted": ("#566072", "#a5afbf"),
    "soft_mark": ("#8d9bb0", "#68768c"),
    "rule": ("#d5dae3", "#3a4352"),
    "accent": ("#0a5f8a", "#6cc1ec"),
    "second": ("#b3470b", "#f39a5d"),
    "third": ("#099d5f", "#c9edba"),
    "commune": ("#490864", "#cbc2fc"),
    "epci": ("#00816c", "#8ff5db"),
    "departement": ("#5f1b03", "#d05f39"),
    "region": ("#66659b", "#1294fa"),
    "etat": ("#222d37", "#74838d"),
    "europe": ("#926c0f", "#fac045"),
}
LIGHT = {name: light for name, (light, _) in COLOURS.items()}

WIDTH_IN = 7.2
NARROW_IN = 3.6  # a phone: text drawn at this width keeps its size on a screen of 320 pixels
BAND_IN = 0.55  # what the words of a watermark take above and below a drawing
FONT_STACK = "'DejaVu Sans', Verdana, Geneva, sans-serif"

RC = {
    "svg.fonttype": "none",
    "svg.hashsalt": "ptce-analysis",
    "font.family": ["DejaVu Sans"],
    "font.size": 9.5,
    "text.color": LIGHT["ink"],
    "axes.edgecolor": LIGHT["rule"],
    "axes.labelcolor": LIGHT["muted"],
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.titlelocation": "left",
    "axes.axisbelow": True,
    "grid.color": LIGHT["rule"],
    "grid.linewidth": 0.8,
    "xtick.color": LIGHT["muted"],
    "ytick.color": LIGHT["ink"],
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "figure.facecolor": LIGHT["paper"],
    "savefig.facecolor": LIGHT["paper"],
    "text.hinting": "none",
    "path.snap": False,
    "path.simplify": True,
}


# What the figures of notebooks are drawn with: seaborn's white theme in the study's colours and letters.
THEME = RC | {
    "font.size": 11,
    "axes.labelsize": 10.5,
    "xtick.labelsize": 10.5,
    "ytick.labelsize": 11,
    "axes.spines.left": False,
    "axes.grid": False,
    "xtick.major.size": 3,
    "xtick.direction": "out",
    "lines.solid_capstyle": "butt",
}


def theme() -> None:
    """Give figures the theme of the study, whatever the reader's own matplotlib configuration says."""
    with warnings.catch_warnings():
        # Matplotlib warns of its own deprecated settings when it resets them.
        warnings.simplefilter("ignore", mpl.MatplotlibDeprecationWarning)
        backend = mpl.get_backend()
        mpl.rcdefaults()
        mpl.rcParams["backend"] = backend
    mpl.rcParams.update(THEME)  # type: ignore[arg-type]


@contextmanager
def drawing(themed: bool = False) -> Iterator[None]:
    """Draw inside this: the family's settings and nothing of the reader's own matplotlib configuration."""
    with mpl.rc_context():
        with warnings.catch_warnings():
            # Matplotlib warns of its own deprecated settings when it resets them.
            warnings.simplefilter("ignore", mpl.MatplotlibDeprecationWarning)
            mpl.rcdefaults()
        mpl.rcParams.update(THEME if themed else RC)  # type: ignore[arg-type]
        yield


def new_figure(height_in: float) -> Figure:
    """Return an empty figure of the family's width; no window, no pyplot state, and a dot is a point."""
    figure = Figure(figsize=(WIDTH_IN, height_in), dpi=72, layout="constrained")
    Canvas(figure)
    return figure


def lines_axes(figure: Figure, names: Sequence[str]) -> Axes:
    """Return axes with one named line per row, read from the top; a phone shows the names above the lines."""
    axes: Axes = figure.add_subplot(label="lines")
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks(range(len(names)), list(names))
    axes.grid(axis="x")
    return axes


def legend_above(axes: Axes, columns: int) -> Legend:
    """Name the marks above the axes, from the left, and return the legend."""
    handles, names = axes.get_legend_handles_labels()
    look: dict[str, Any] = {"frameon": False, "borderaxespad": 0, "handletextpad": 0.4, "ncols": columns}
    return axes.legend(handles, names, loc="lower left", bbox_to_anchor=(0, 1), **look)


def watermark(figure: Figure, words: str) -> None:
    """Write on a figure what its data are: above the drawing and in a corner below, where no label stands."""
    figure.set_figheight(figure.get_figheight() + BAND_IN)
    look: dict[str, Any] = {"fontsize": "medium", "fontweight": "bold", "color": LIGHT["second"]}
    figure.suptitle(words, gid="watermark", **look)
    figure.supxlabel(words, x=1, ha="right", **look)


def recoloured(page: str) -> str:
    """Return the CSS that gives the colours of the drawings of a page their value in its scheme, and their letters."""
    colours = ((name, f'{part}="{light}"', part) for name, light in LIGHT.items() for part in ("fill", "stroke"))
    rules = [f".drawing [{stated}]{{{part}:var(--{name})}}" for name, stated, part in colours if stated in page]
    return "".join([f".drawing svg{{font:{RC['font.size']}px {FONT_STACK};stroke-linejoin:round}}", *rules])
