"""The bytes of a figure: a lean SVG whose text stays text and which speaks to screen readers.

matplotlib writes one group per artist, a style on every element and a definition per marker. What is drawn is kept, the
wrapping is not: styles become attributes, default values and empty groups go, coordinates keep a tenth of a point,
and neighbours that look alike say once how they look.
Colours are the light ones of the palette; a page maps them to its scheme by their value (`style.recoloured`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from xml.etree import ElementTree

from matplotlib.artist import Artist
from matplotlib.figure import Figure

from ptce_analysis.publish.canvas import written
from ptce_analysis.publish.style import FONT_STACK, LIGHT, RC
from ptce_analysis.publish.svg_neighbours import gathered

SVG, HREF = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"

# Written once on the root, where every element inherits it.
INHERITED = {"stroke-linejoin": "round", "stroke-linecap": "butt", "font-size": f"{RC['font.size']}px"}
# What an artist asks for by its `gid`: to be recognised, or to be read over the lines it crosses.
NAMED_GROUPS = {
    "watermark": {"class": "watermark"},
    "halo": {"paint-order": "stroke", "stroke": LIGHT["paper"], "stroke-width": "3"},
}
KEPT = ("x", "y", "width", "height", "transform", "class")

# What makes a marker of matplotlib a circle: eight curves from its lowest point.
CIRCLE = re.compile(r"M 0 ([\d.]+) *(?:C [-\d. ]+){8}z *")
Definitions = Mapping[str, ElementTree.Element]


def svg(figure: Figure, title: str, description: str, stem: str) -> str:
    """Return the figure as the text of an SVG file; ids start with `stem`, so that figures can stand in one page."""
    return _image(
        figure, f'<title>{escape(title)}</title><desc id="{stem}-alt">{escape(description)}</desc>', stem, stem
    )


def svg_again(figure: Figure, stem: str) -> str:
    """Return another form of a figure that is already in the page, whose description it shares."""
    return _image(figure, "", f"{stem}-again", stem)


def _image(figure: Figure, spoken: str, stem: str, alt_of: str) -> str:
    _unclip(figure)
    root = ElementTree.fromstring(written(figure))
    defined = {node.attrib["id"]: node for node in root.iter() if "id" in node.attrib}
    body = gathered("".join(_element(node, defined, stem) for node in root))
    width, height = (_rounded(number) for number in root.attrib["viewBox"].split()[2:])
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}pt" height="{height}pt"'
        f' role="img" aria-labelledby="{alt_of}-alt" font-family="{FONT_STACK}" font-size="{RC["font.size"]}px"'
        f' stroke-linejoin="round">'
    )
    return f"{head}{spoken}{_clips(body, defined, stem)}{body}</svg>\n"


def _unclip(figure: Figure) -> None:
    """Let marks at the edge of the axes be drawn whole; what lies outside stays clipped."""
    for axes in figure.axes:
        frame = axes.get_window_extent().padded(1)
        grid = [*axes.get_xgridlines(), *axes.get_ygridlines()]
        for artist in (*axes.lines, *axes.collections, *axes.patches, *axes.images, *axes.texts, *grid):
            if artist.get_clip_on() and _holds(frame, artist.get_window_extent(), artist):
                artist.set_clip_on(False)


def _holds(frame: object, box: object, artist: Artist) -> bool:
    """Whether a box lies in the frame, up to the size of a mark centred inside it."""
    size = getattr(artist, "get_markersize", lambda: 0.0)()
    wide = frame.padded(size)  # type: ignore[attr-defined]
    return bool(wide.x0 <= box.x0 and box.x1 <= wide.x1 and wide.y0 <= box.y0 and box.y1 <= wide.y1)  # type: ignore[attr-defined]


def _element(node: ElementTree.Element, defined: Definitions, stem: str) -> str:
    """One element and what it holds; nothing for what draws nothing."""
    name = node.tag.removeprefix(SVG)
    if name == "g":
        return _group(node, defined, stem)
    if name == "use":
        return _marker(node, defined, stem)
    if name == "path":
        return _path(
            _numbers(node.attrib.get("d", "")), _attributes(node, stem)
        )  # none, when nothing of it is in sight
    if name == "text":
        inside = escape(node.text or "", quote=False) + "".join(_element(child, defined, stem) for child in node)
        return f"<text{_written(_attributes(node, stem))}>{inside}</text>" if inside.strip() else ""
    if name == "image":
        shown = _attributes(node, stem) | {"href": node.attrib[HREF]}
        return f"<image{_written(shown)}/>"
    return ""


def _group(node: ElementTree.Element, defined: Definitions, stem: str) -> str:
    same = (
        len(node) > 1 and {child.tag for child in node} == {f"{SVG}use"} and len({_look(child) for child in node}) == 1
    )
    inside = _markers(node, defined, stem) if same else "".join(_element(child, defined, stem) for child in node)
    attributes = _attributes(node, stem) | NAMED_GROUPS.get(node.attrib.get("id", ""), {})
    return f"<g{_written(attributes)}>{inside}</g>" if inside and attributes else inside


def _look(use: ElementTree.Element) -> tuple[str, str]:
    """What two markers share when only their place differs."""
    return use.attrib[HREF], use.attrib.get("style", "")


def _marker(use: ElementTree.Element, defined: Definitions, stem: str) -> str:
    """A marker, drawn where it stands instead of referred to: a circle as one, any other shape as its path."""
    shape = defined[use.attrib[HREF].removeprefix("#")]
    attributes = _attributes(shape, stem) | _attributes(use, stem)
    x, y = attributes.pop("x", "0"), attributes.pop("y", "0")
    circle = CIRCLE.fullmatch(" ".join(shape.attrib["d"].split()) + " ")
    if circle:
        return f'<circle cx="{x}" cy="{y}" r="{_rounded(circle[1])}"{_written(attributes)}/>'
    return _path(_numbers(shape.attrib["d"]), attributes | {"transform": f"translate({x} {y})"})


def _markers(group: ElementTree.Element, defined: Definitions, stem: str) -> str:
    """Markers that differ by their place only, as one path: a move and the same steps for each."""
    shape = defined[group[0].attrib[HREF].removeprefix("#")]
    attributes = _attributes(shape, stem) | _attributes(group[0], stem)
    del attributes["x"], attributes["y"]
    start, steps = _relative(" ".join(shape.attrib["d"].split()) + " ")
    places = [(float(use.attrib["x"]) + start[0], float(use.attrib["y"]) + start[1]) for use in group]
    if not steps.endswith(("z", " 0")):  # an open shape does not end where it starts: every start is absolute
        return _path("".join(f"M{_rounded(x)} {_rounded(y)}{steps}" for x, y in places), attributes)
    return _path("".join(move + steps for move in _moves(places)), attributes)


def _moves(places: Sequence[tuple[float, float]]) -> Iterator[str]:
    """Each place by its distance from the one before, as rounded: no error adds up."""
    before = (0.0, 0.0)
    for x, y in ((round(x, 1), round(y, 1)) for x, y in places):
        yield f"m{_rounded(x - before[0])} {_rounded(y - before[1])}"
        before = (x, y)


def _relative(d: str) -> tuple[tuple[float, float], str]:
    """The start of a marker's path and the steps from there; a circle in two arcs.

    >>> _relative("M -2 2 L 2 2 L 2 -2 z ")
    ((-2.0, 2.0), 'h4v-4z')
    """
    circle = CIRCLE.fullmatch(d)
    if circle:
        r, width = _rounded(circle[1]), _rounded(2 * float(circle[1]))
        return (-float(r), 0.0), f"a{r} {r} 0 1 0 {width} 0a{r} {r} 0 1 0 -{width} 0"
    steps, place, start = [], (0.0, 0.0), None
    for letter, numbers in re.findall(r"([MLCQz]) ?([-\d. e]*)", d):
        values = [float(number) for number in numbers.split()]
        points = list(zip(values[::2], values[1::2], strict=True))
        if start is None:
            start = place = points[0]
            continue
        moves = [(_rounded(x - place[0]), _rounded(y - place[1])) for x, y in points]
        steps.append(_step(letter.lower(), moves))
        place = points[-1] if points else place
    return start or place, "".join(steps)


def _step(letter: str, moves: Sequence[tuple[str, str]]) -> str:
    """A step of a path; a line along an axis needs one number."""
    if letter == "l" and "0" in moves[0]:
        return f"h{moves[0][0]}" if moves[0][1] == "0" else f"v{moves[0][1]}"
    return letter + " ".join(f"{x} {y}" for x, y in moves)


def _path(d: str, attributes: dict[str, str]) -> str:
    visible = attributes.get("fill") != "none" or attributes.get("stroke", "none") != "none"
    return f'<path d="{d}"{_written(attributes)}/>' if visible and d else ""


def _attributes(node: ElementTree.Element, stem: str) -> dict[str, str]:
    """The attributes an element needs: its style taken apart, without what the root already says."""
    style = dict(part.split(": ", 1) for part in node.attrib.get("style", "").split("; ") if part)
    style.pop("font-family", None)
    kept = {name: value for name, value in style.items() if INHERITED.get(name) != value}
    kept |= {name: _numbers(node.attrib[name]) for name in KEPT if name in node.attrib}
    if re.fullmatch(r"rotate\(-?0[ )].*", kept.get("transform", "")):
        del kept["transform"]
    if "clip-path" in node.attrib:
        kept["clip-path"] = node.attrib["clip-path"].replace("#", f"#{stem}-")
    return kept


def _clips(body: str, defined: Definitions, stem: str) -> str:
    """The clipping frames that something drawn still needs."""
    needed = sorted(set(re.findall(rf"url\(#{re.escape(stem)}-(\w+)\)", body)))
    frames = [
        f'<clipPath id="{stem}-{key}"><rect{_written(_attributes(defined[key][0], stem))}/></clipPath>'
        for key in needed
    ]
    return f"<defs>{''.join(frames)}</defs>" if frames else ""


def _written(attributes: Mapping[str, str]) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())


def _rounded(number: str | float) -> str:
    text = f"{float(number):.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _numbers(text: str) -> str:
    """Numbers to a tenth, no space around the letters of a path.

    >>> _numbers("M 127.228912 20.736805 \\nL 171.26905 20.736805 \\n")
    'M127.2 20.7H171.3'
    """
    short = re.sub(r"-?\d+\.?\d*(?:e-?\d+)?", lambda m: _rounded(m[0]), " ".join(text.split()))
    if not short.startswith("M"):
        return short
    path = re.sub(r" ?([A-Za-z]) ?", r"\1", short)
    return re.sub(r"^M(\S+) (\S+)L(?:\1 ([-\d.]+)|([-\d.]+) \2)$", _straight, path)


def _straight(line: re.Match[str]) -> str:
    return f"M{line[1]} {line[2]}" + (f"V{line[3]}" if line[3] else f"H{line[4]}")
