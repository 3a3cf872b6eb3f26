"""One family of figures: colours, fonts, frame, and the bytes of an SVG."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape

import matplotlib as mpl
from matplotlib.figure import Figure

# Every colour has a name; pages redefine the names for dark schemes, files keep the light value.
# Measured against white and against the dark paper: text 4.5:1, marks 3:1 (tests/test_style.py).
COLOURS = {
    "paper": ("#ffffff", "#14181f"),
    "ink": ("#1b2230", "#e8ebf1"),
    "muted": ("#566072", "#a5afbf"),
    "rule": ("#d5dae3", "#3a4352"),
    "accent": ("#0a5f8a", "#6cc1ec"),
    "second": ("#b3470b", "#f39a5d"),
    "third": ("#2f7d5b", "#6fce9f"),
    "commune": ("#8a4f9e", "#cf9be0"),
    "epci": ("#0b6e75", "#5cc8cf"),
    "departement": ("#a5510c", "#eda05f"),
    "region": ("#1f56a8", "#86b3f5"),
    "etat": ("#5b6475", "#aab4c4"),
    "europe": ("#7f6a00", "#d8bf4a"),
}
LIGHT = {name: light for name, (light, _) in COLOURS.items()}

WIDTH_IN = 7.2
FONT_STACK = "'DejaVu Sans', Verdana, Geneva, sans-serif"

RC = {
    "svg.fonttype": "none",
    "svg.hashsalt": "ptce-analysis",
    "font.family": ["DejaVu Sans"],
    "font.size": 9.5,
    "text.color": LIGHT["ink"],
    "axes.edgecolor": LIGHT["rule"],
    "axes.labelcolor": LIGHT["muted"],
    "axes.facecolor": LIGHT["paper"],
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
    "path.snap": False,
    "path.simplify": True,
}


@contextmanager
def drawing() -> Iterator[None]:
    """Draw inside this: the family's settings and nothing of the reader's own matplotlib configuration."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(RC)
        yield


def new_figure(height_in: float) -> Figure:
    """Return an empty figure of the family's width; no window, no pyplot state."""
    return Figure(figsize=(WIDTH_IN, height_in), layout="constrained")


def svg(figure: Figure, title: str, description: str, stem: str) -> str:
    """Return the figure as SVG text: text stays text, colours carry their names, and it speaks to screen readers."""
    stream = io.StringIO()
    figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = stream.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"\s*<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = _named_colours(text).replace("'DejaVu Sans'", FONT_STACK)
    text = re.sub(r'(id|xlink:href|clip-path)="(#|url\(#)?', rf'\1="\2{stem}-', text)
    text = re.sub(r'url\(#(?!' + re.escape(stem) + ")", f"url(#{stem}-", text)
    text = re.sub(r"\n\s+", "\n", text)
    return _spoken(text, title, description, stem)


def _named_colours(text: str) -> str:
    names = {value: name for name, value in reversed(LIGHT.items())}
    return re.sub(r"#[0-9a-f]{6}\b", lambda m: f"var(--{names[m[0]]}, {m[0]})" if m[0] in names else m[0], text)


def _spoken(text: str, title: str, description: str, stem: str) -> str:
    head, body = text.split(">", 1)
    head = re.sub(r' (width|height)="[^"]*"', "", head)
    names = f'role="img" aria-labelledby="{stem}-title {stem}-desc"'
    spoken = f'<title id="{stem}-title">{escape(title)}</title>\n<desc id="{stem}-desc">{escape(description)}</desc>'
    return f"{head} {names}>\n{spoken}{body}"
