"""The bytes of a figure: matplotlib's SVG without what differs between two machines, its text as text, its ids its own.

Colours are the light ones of the palette; in a page they become variables of its scheme (`in_page`).
"""

from __future__ import annotations

import io
import re
from html import escape

from matplotlib.figure import Figure

from ptce_analysis.publish.style import FONT_STACK, LIGHT

NOTHING_ABOUT_THE_FILE = dict.fromkeys(("Date", "Creator", "Format", "Type"))
PLACES = re.compile(r' (?:d|x|y|width|height|points|transform|viewBox)="[^"]*"')
LONG_NUMBER = re.compile(r"(-?\d+\.\d)\d+")
COLOUR = re.compile("|".join(LIGHT.values()))
NAMES = {value: name for name, value in reversed(LIGHT.items())}


def svg(figure: Figure, title: str, description: str, stem: str, described: str = "") -> str:
    """Return the figure as the text of an SVG file; ids start with `stem`, so that figures can stand in one page.

    `described` is the stem of the figure that holds the description of several: in a page the others point to it.
    """
    stream = io.StringIO()
    figure.savefig(stream, format="svg", metadata=NOTHING_ABOUT_THE_FILE)
    body = stream.getvalue()
    body = re.sub(r"(?s)^.*?(?=<svg)|<metadata>.*?</metadata>|<!--.*?-->|<style[^>]*>.*?</style>", "", body)
    used = set(re.findall(r"#([\w-]+)", body))
    body = re.sub(r' id="([^"]+)"', lambda found: f' id="{stem}-{found[1]}"' if found[1] in used else "", body)
    body = re.sub(r"(url\(|href=\")#", rf"\1#{stem}-", body)
    body = re.sub(r"font: ([\d.]+px) [^;\"]*", rf"font: \1 {FONT_STACK}", body)
    body = PLACES.sub(lambda found: LONG_NUMBER.sub(r"\1", found[0]), re.sub(r"\s*\n\s*", "\n", body))
    view = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', body)
    size = f'width="{view[1]}pt" height="{view[2]}pt" ' if view else ""
    spoken = f'<desc id="{stem}-alt">{escape(description)}</desc>' if described in ("", stem) else ""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {size}'
        f'viewBox="{f"0 0 {view[1]} {view[2]}" if view else ""}" role="img" aria-labelledby="{described or stem}-alt">'
        f"<title>{escape(title)}</title>{spoken}"
    )
    return re.sub(r"<svg[^>]*>", lambda _: head, body, count=1).strip() + "\n"


def png(figure: Figure) -> bytes:
    """Return the figure as a PNG that can be put into a document."""
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=200, metadata={"Software": None})
    return stream.getvalue()


def in_page(image: str) -> str:
    """Return a drawing for a page that gives its title: its colours follow the page, it fills the width it has."""
    image = re.sub(r"<title>.*?</title>", "", image, count=1, flags=re.DOTALL)
    image = re.sub(r' (?:width|height)="[\d.]+pt"', "", image, count=2)
    # The paper is the page's own.
    image = re.sub(rf'<path [^>]*style="fill: {LIGHT["paper"]}[^"]*"/>', "", image, count=1)
    return COLOUR.sub(lambda found: f"var(--{NAMES[found[0]]})", image).strip()
