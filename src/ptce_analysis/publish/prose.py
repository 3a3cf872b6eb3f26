"""The prose and the outputs of a page as HTML: ours as we wrote them, all others inert, none left out.

Markdown in, HTML out: formulas in MathML, headings in order, references by number. Anchors are the ids of the
notebook's cells: the same in every language.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from html import escape, unescape
from typing import Any
from xml.etree import ElementTree

import bleach  # type: ignore[import-untyped]
import mistune
from latex2mathml.converter import convert_to_element

from ptce_analysis.errors import InputError
from ptce_analysis.publish.claims import role
from ptce_analysis.publish.language import Words
from ptce_analysis.publish.site import Whereabouts, to_page
from ptce_analysis.publish.style import in_page
from ptce_analysis.vocabulary import ABBREVIATIONS

# What is kept of another library's HTML; its headings become paragraphs, since the page's outline is that of its prose.
KEPT = frozenset((
    "b", "blockquote", "br", "caption", "code", "dd", "del", "div", "dl", "dt", "em", "hr", "i", "img", "kbd", "li",
    "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead",
    "tr", "u", "ul", "var",
))  # fmt: skip
ATTRIBUTES = {"td": ["colspan", "rowspan"], "th": ["colspan", "rowspan", "scope"], "ol": ["start"]}
# What is no text of it, with all it holds.
NO_TEXT = re.compile(
    r"<(script|style|iframe|object|template|noscript|svg|math|form|button|select|textarea|head|title)\b.*?"
    r"(?:</\1\s*>|$)",
    re.DOTALL | re.IGNORECASE,
)
PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+")
PICTURES = ("image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp")
ESCAPE_CODES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07")

# The attributes of a formula that say more than how it looks: none is kept.
NOT_MATH = frozenset(["href", "style", "class", "id"])

# The anchors that every page has around its notebook.
FURNITURE = frozenset(["main", "about", "answers", "downloads", "accessibility", "demonstration"])

TAG = re.compile(r"(<[^>]*>)")
ABBREVIATED = re.compile(rf"\b(?:{'|'.join(sorted(ABBREVIATIONS, key=len, reverse=True))})\b")
NOT_EXPLAINED = frozenset((
    "a", "abbr", "code", "h1", "h2", "h3", "h4", "h5", "h6", "math", "pre", "summary", "svg", "table",
))  # fmt: skip


@dataclass
class Outline:
    """The headings and anchors of a page while it is written.

    On the site, links to notebooks lead to their pages.
    """

    exhibits: Mapping[str, str]
    site: Whereabouts | None = None
    headings: list[tuple[int, str, str]] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    abbreviations: set[str] = field(default_factory=set)

    def place(self, level: int, text: str, cell: str) -> tuple[int, str]:
        """Return the level and id of a heading of a cell: one first-level heading, no level skipped, no id twice."""
        before = self.headings[-1][0] if self.headings else 0
        level = min(max(level, 2) if self.headings else 1, before + 1)
        taken = {key for _, key, _ in self.headings} | set(self.exhibits) | FURNITURE
        key = next(name for name in (cell, *(f"{cell}-{n}" for n in range(2, len(taken) + 3))) if name not in taken)
        self.headings.append((level, key, text))
        return level, key


class _Renderer(mistune.HTMLRenderer):
    """Escapes raw HTML, keeps the outline, and lets nothing be fetched."""

    def __init__(self, outline: Outline, cell: str, attachments: Mapping[str, Any]) -> None:
        super().__init__(escape=True)
        self.outline, self.cell, self.attachments = outline, cell, attachments

    def heading(self, text: str, level: int, **_: Any) -> str:
        level, key = self.outline.place(level, text, self.cell)
        return f'<h{level} id="{escape(key)}">{text}</h{level}>\n'

    def link(self, text: str, url: str, title: str | None = None) -> str:
        if url.startswith("#"):
            key = url.removeprefix("#")
            self.outline.references.append(key)
            text = escape(self.outline.exhibits.get(key, "")) or text
        return str(super().link(text, to_page(url, self.outline.site), title))

    def image(self, text: str, url: str, title: str | None = None) -> str:
        kind, data = next(iter(self.attachments.get(url.removeprefix("attachment:"), {}).items()), ("", ""))
        address = f"data:{kind};base64,{''.join(data.split())}" if kind else url
        if PICTURE.fullmatch(address):
            return f'<img alt="{escape(text)}" src="{escape(address)}">'
        return self.link(text or url, url, title)

    def inline_math(self, text: str) -> str:
        return formula(text, "inline")

    def block_math(self, text: str) -> str:
        return formula(text, "block")


def prose_html(
    source: str, words: Words, outline: Outline, cell: str = "section", attachments: Mapping[str, Any] | None = None
) -> str:
    """Return Markdown as HTML and enter its headings and references into the outline; `cell` is the id of its cell."""
    renderer = _Renderer(outline, cell, attachments or {})
    html = str(mistune.create_markdown(renderer=renderer, plugins=["math", "strikethrough", "table"])(source)).strip()
    # What can be wide scrolls, and can be reached by keyboard: no other element of the text starts like these.
    region = f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(str(words("Table")))}"><table>'
    html = html.replace("<table>", region).replace("</table>", "</table></div>")
    return html.replace("<pre>", '<pre tabindex="0">')


def explained(html: str, words: Words, outline: Outline) -> str:
    """Return some HTML where each abbreviation that is new to the page says what it stands for.

    Titles, links, tables, drawings and code keep theirs as they are: a later place of the page explains it.
    """

    def abbreviation(found: re.Match[str]) -> str:
        if found[0] in outline.abbreviations:
            return found[0]
        outline.abbreviations.add(found[0])
        return f'<abbr title="{escape(words.label(ABBREVIATIONS[found[0]]))}">{found[0]}</abbr>'

    parts, closed = TAG.split(html), 0
    for place, part in enumerate(parts):
        if place % 2:
            name = re.match(r"</?(\w*)", part)
            if name and name[1] in NOT_EXPLAINED:
                closed += -1 if part.startswith("</") else 1
        elif not closed:
            parts[place] = ABBREVIATED.sub(abbreviation, part)
    return "".join(parts)


def formula(source: str, display: str) -> str:
    """Return a LaTeX formula as MathML; text in it stays text. Raises `InputError` when it cannot be read."""
    try:
        tree = convert_to_element(source.strip(), display=display)
    except Exception as error:
        reason = f"{type(error).__name__} {error}".strip()
        raise InputError(f"the formula ${source.strip()}$ cannot be read ({reason}). Mend its LaTeX.") from error
    for node in tree.iter():
        node.text = unescape(node.text or "")
        node.attrib = {name: value for name, value in node.attrib.items() if name not in NOT_MATH}
    return ElementTree.tostring(tree, encoding="unicode")


def output_html(output: Any, words: Words, outline: Outline) -> str:
    """Return one output as HTML: ours as it is, a drawing in the colours of the page, what others showed made inert."""
    if output.output_type == "stream":
        return plain_html(output.text, "stderr" if output.name == "stderr" else "")
    if output.output_type == "error":
        return plain_html(f"{output.ename}: {output.evalue}", "error")
    kind = role(output)
    if kind == "drawing":
        return f'<div class="drawing">{in_page(output.data["image/svg+xml"])}</div>'
    return str(output.data["text/html"]) if kind else _foreign_html(output, words, outline)


def plain_html(text: str, name: str = "") -> str:
    """Return text as it would appear in a terminal, without its colour codes; `name` is a class."""
    of = f' class="{name}"' if name else ""
    return f'<pre tabindex="0"{of}>{escape(ESCAPE_CODES.sub("", text))}</pre>'


def _foreign_html(output: Any, words: Words, outline: Outline) -> str:
    """What any other library showed, in the richest form that can be made inert.

    A picture bears the description that an author gave, or the plain text of the output when it says more than
    matplotlib's own.
    """
    data, plain = output.data, str(output.data.get("text/plain", ""))
    described = output.get("metadata", {}).get("alt") or ("" if plain.startswith("<") else plain)
    alt = str(described or words("A picture that the notebook does not describe"))

    def picture(kind: str, data: Any) -> str:
        # Base64, or the text of an SVG, which is inert in an image.
        encoded = b64encode(str(data).encode()).decode() if kind == "image/svg+xml" else "".join(str(data).split())
        return f'<img alt="{escape(alt)}" src="data:{kind};base64,{encoded}">'

    def latex(text: Any) -> str:
        with suppress(InputError):  # a document that is no formula: its plain text is shown
            return f'<div class="scroll" tabindex="0">{formula(str(text).strip().strip("$"), "block")}</div>'
        return ""

    forms: dict[str, Callable[[Any], str]] = {
        "text/html": lambda text: inert_html(str(text), alt),
        "text/markdown": lambda text: prose_html(str(text), words, outline, "output"),
        **{kind: partial(picture, kind) for kind in PICTURES},
        "text/latex": latex,
        "text/plain": lambda text: plain_html(str(text)),
    }
    written = (write(data[kind]) for kind, write in forms.items() if kind in data)
    nothing = words("An output that a page cannot show: {kinds}", kinds=", ".join(data))
    return next(filter(None, written), plain_html(str(nothing)))


def inert_html(text: str, picture_alt: str) -> str:
    """Return HTML with its text, tables and embedded pictures, and nothing else; an empty text when none is left."""

    def allowed(tag: str, name: str, value: str) -> bool:
        picture = name == "alt" or (name == "src" and bool(PICTURE.fullmatch(value)))
        return picture if tag == "img" else name in ATTRIBUTES.get(tag, ()) and value.isalnum()

    text = re.sub(r"<(/?)h[1-6]\b", r"<\1p", NO_TEXT.sub("", text), flags=re.IGNORECASE)
    html = bleach.clean(text, tags=KEPT, attributes=allowed, protocols=["data"], strip=True).strip()
    html = re.sub(r"<img(?![^>]* src=)[^>]*>", "", html)
    html = re.sub(r"<th[^>]*></th>", "<td></td>", html)  # the corner of a pandas table heads nothing
    html = re.sub(r"<img(?![^>]* alt=)", f'<img alt="{escape(picture_alt)}"', html)
    html = html.replace("<table>", '<div class="scroll" tabindex="0"><table>').replace("</table>", "</table></div>")
    return f'<div class="foreign">{html}</div>' if "<img" in html or re.sub(r"<[^>]*>|\s", "", html) else ""
