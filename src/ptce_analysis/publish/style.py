"""The look of pages and figures: colours, letters, the bytes of an SVG, the style sheet, the templates."""

import io
import re
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.image
from jinja2 import Environment, FileSystemLoader
from matplotlib.figure import Figure

TEMPLATES = Path(__file__).parent / "templates"
ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES / "ptce"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)

# Every colour has a name and two values: a figure is drawn in the first, a page shows either (`in_page`). Measured:
# text stands out from the paper (tests/publish/test_pages_browser.py), series are far apart for normal sight and for
# three kinds of colour blindness (tests/publish/test_plots.py).
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

COLOUR = re.compile("|".join(LIGHT.values()))
NAMES = {value: name for name, value in reversed(LIGHT.items())}

BAND_IN = 0.55  # what the words of a watermark take above and below a drawing
TITLE_PT, NOTE_PT, DOTS = 11, 7.5, 200  # of the letters of a file, and its dots an inch
NOTHING_ABOUT_THE_FILE = dict.fromkeys(("Date", "Creator", "Format", "Type"))
PLACES = re.compile(r' (?:d|x|y|width|height|points|transform|viewBox)="[^"]*"')
LONG_NUMBER = re.compile(r"(-?\d+\.\d)\d+")
FONT_STACK = "'DejaVu Sans', Verdana, Geneva, sans-serif"


def theme() -> None:
    """Give figures the theme of the study, whatever the reader's own matplotlib configuration says."""
    mpl.rc_file(TEMPLATES / "ptce.mplstyle")


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


def svg(figure: Figure, title: str, description: str, stem: str, described: str = "") -> str:
    """Return a figure as the text of an SVG file with ids of its own; `described` is the stem that describes it."""
    stream = io.StringIO()
    figure.savefig(stream, format="svg", metadata=NOTHING_ABOUT_THE_FILE)
    body = stream.getvalue()
    body = re.sub(r"(?s)^.*?(?=<svg)|<metadata>.*?</metadata>|<!--.*?-->|<style[^>]*>.*?</style>", "", body)
    used = set(re.findall(r"#([\w-]+)", body))
    body = re.sub(r' id="([^"]+)"', lambda found: f' id="{stem}-{found[1]}"' if found[1] in used else "", body)
    body = re.sub(r"(url\(|href=\")#", rf"\1#{stem}-", body)
    body = re.sub(r"font: ([\d.]+px) [^;\"]*", rf"font: \1 {FONT_STACK}", body)
    body = re.sub(r"font-family: '[^;\"]*", f"font-family: {FONT_STACK}", body)
    body = PLACES.sub(lambda found: LONG_NUMBER.sub(r"\1", found[0]), re.sub(r"\s*\n\s*", "\n", body))
    view: Any = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', body)
    spoken = f'<desc id="{stem}-alt">{escape(description)}</desc>' if described in ("", stem) else ""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{view[1]}pt" height="{view[2]}pt" viewBox="0 0 {view[1]} {view[2]}" role="img" '
        f'aria-labelledby="{described or stem}-alt">'
        f"<title>{escape(title)}</title>{spoken}"
    )
    return re.sub(r"<svg[^>]*>", lambda _: head, body, count=1).strip() + "\n"


def framed(
    figure: Figure, title: str, source: str, description: str, stem: str, described: str = ""
) -> tuple[str, bytes]:
    """Return a figure as files that travel alone, an SVG and a PNG (200 dots an inch): title above, source below.

    The drawing itself stands in an element of its own, which is what a page shows (`in_page`).
    """
    image = svg(figure, title, description, stem, described)
    width, height = (72 * inches for inches in figure.get_size_inches())
    # A letter of DejaVu takes some 0.58 (bold) and 0.54 of its size.
    most = (int(width / (0.58 * TITLE_PT)), int(width / (0.54 * NOTE_PT)))
    above, below = map(textwrap.wrap, (title, source), most)
    top, bottom = 1.3 * TITLE_PT * len(above) + 10, 1.3 * NOTE_PT * len(below) + 8
    whole = Figure(figsize=(width / 72, (top + height + bottom) / 72), dpi=DOTS)
    edge = 4 / (72 * whole.get_figheight())
    look: Any = {"fontsize": TITLE_PT, "fontweight": "bold", "va": "top"}
    whole.text(6 / width, 1 - edge, "\n".join(above), **look)
    whole.text(6 / width, edge, "\n".join(below), fontsize=NOTE_PT, color=LIGHT["muted"], va="bottom")
    frame = svg(whole, title, description, f"{stem}-frame", described or stem).strip()
    inner = re.sub(r"<title>.*?</title>", "", image, count=1, flags=re.DOTALL).strip()
    inner = re.sub(r' width="([\d.]+)pt" height="([\d.]+)pt"', rf' y="{top:g}" width="\1" height="\2"', inner, count=1)
    drawn, picture = io.BytesIO(), io.BytesIO()
    how: Any = {"format": "png", "dpi": DOTS}
    figure.savefig(drawn, **how)
    drawn.seek(0)
    whole.figimage(mpl.image.imread(drawn), 0, round(bottom * DOTS / 72))
    whole.savefig(picture, **how, metadata={"Software": None})
    return frame.removesuffix("</svg>") + inner + "\n</svg>\n", picture.getvalue()


def in_page(image: str) -> str:
    """Return the drawing of a file for a page that gives its title: its colours follow the page, as does its width."""
    image = image[image.rindex("<svg ") : image.index("</svg>") + len("</svg>")]
    image = re.sub(r"<title>.*?</title>", "", image, count=1, flags=re.DOTALL)
    image = re.sub(r"<svg[^>]*>", lambda head: re.sub(r' (?:y|width|height)="[^"]*"', "", head[0]), image, count=1)
    # The paper is the page's own.
    image = re.sub(rf'<path [^>]*style="fill: {LIGHT["paper"]}[^"]*"/>', "", image, count=1)
    return COLOUR.sub(lambda found: f"var(--{NAMES[found[0]]})", image).strip()


def stylesheet(foot: str) -> str:
    """Return the CSS of a page. On paper every sheet bears this foot and a number."""
    light, dark = (";".join(f"--{name}:{pair[i]}" for name, pair in COLOURS.items()) for i in (0, 1))
    # A string of CSS, which ends neither the string nor the style.
    foot = re.sub(r"[\"\\<>&\n]", lambda found: f"\\{ord(found[0]):x} ", foot)
    sheet = "".join(map(str.strip, (TEMPLATES / "ptce" / "style.css").read_text(encoding="utf-8").splitlines()))
    return sheet.replace("/*light*/", light).replace("/*dark*/", dark).replace("/*foot*/", f'"{foot}"')


def rendered(template: str, **values: Any) -> str:
    """Return a template of the study filled with values, which are escaped unless they are `Markup`."""
    return ENVIRONMENT.get_template(template).render(**values)
