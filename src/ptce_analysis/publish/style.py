"""One family of figures: colours, fonts, frame, and the bytes of an SVG."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

# Every colour has a name and two values: a figure is drawn in the first, a page shows either (`picture.in_page`).
# Measured (tests/publish/test_style.py): against the paper, text 4.5:1 and marks 3:1; series far apart for normal sight
# and for three kinds of colour blindness.
COLOURS = {
    "paper": ("#ffffff", "#14181f"),
    "ink": ("#1b2230", "#e8ebf1"),
    "muted": ("#566072", "#a5afbf"),
    "soft_mark": ("#8290a6", "#68768c"),
    "rule": ("#d5dae3", "#3a4352"),
    "accent": ("#0a5f8a", "#6cc1ec"),
    "second": ("#b3470b", "#f39a5d"),
    "third": ("#099d5f", "#c9edba"),
}
LIGHT = {name: light for name, (light, _) in COLOURS.items()}

BAND_IN = 0.55  # what the words of a watermark take above and below a drawing
FONT_STACK = "'DejaVu Sans', Verdana, Geneva, sans-serif"

# What figures are drawn with: seaborn's white theme in the study's colours and letters.
THEME = {
    "svg.fonttype": "none",
    "svg.hashsalt": "ptce-analysis",
    "font.family": ["DejaVu Sans"],
    "font.size": 11,
    "axes.labelsize": 10.5,
    "xtick.labelsize": 10.5,
    "ytick.labelsize": 11,
    "axes.grid": False,
    "xtick.direction": "out",
    "lines.solid_capstyle": "butt",
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
    "xtick.major.size": 3,
    "ytick.major.size": 0,
    "figure.facecolor": LIGHT["paper"],
    "savefig.facecolor": LIGHT["paper"],
    "text.hinting": "none",
    "path.snap": False,
    "path.simplify": True,
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
def drawing() -> Iterator[None]:
    """Draw inside this: the theme of the study, and the reader's own settings afterwards."""
    with mpl.rc_context():
        theme()
        yield


def watermark(figure: Figure, words: str) -> None:
    """Write on a figure what its data are: above the drawing and in a corner below, where no label stands."""
    figure.set_figheight(figure.get_figheight() + BAND_IN)
    look: dict[str, Any] = {"fontsize": "medium", "fontweight": "bold", "color": LIGHT["second"]}
    figure.suptitle(words, gid="watermark", **look)
    figure.supxlabel(words, x=1, ha="right", **look)
