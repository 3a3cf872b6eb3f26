"""The prose of a page: Markdown in, HTML out; formulas in MathML, headings in order, references by number.

Anchors are the ids of the notebook's cells: the same in every language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Any
from xml.etree import ElementTree

import mistune
from latex2mathml.converter import convert_to_element

from ptce_analysis.errors import InputError
from ptce_analysis.publish.inert import PICTURE
from ptce_analysis.publish.language import Words
from ptce_analysis.publish.links import Whereabouts, to_page
from ptce_analysis.vocabulary import ABBREVIATIONS

# The attributes that say how a formula looks; none that leads anywhere.
MATH_ATTRIBUTES = (
    "accent", "accentunder", "columnalign", "columnlines", "columnspacing", "depth", "display", "displaystyle",
    "fence", "form", "height", "linethickness", "lspace", "mathsize", "mathvariant", "maxsize", "minsize",
    "movablelimits", "notation", "rowlines", "rowspacing", "rspace", "scriptlevel", "separator", "stretchy",
    "voffset", "width", "xmlns",
)  # fmt: skip

# The anchors that every page has around its notebook.
FURNITURE = frozenset(("main", "about", "answers", "downloads", "accessibility", "demonstration"))

TAG = re.compile(r"(<[^>]*>)")
ABBREVIATED = re.compile(rf"\b(?:{'|'.join(sorted(ABBREVIATIONS, key=len, reverse=True))})\b")
NOT_EXPLAINED = frozenset(
    ("a", "abbr", "code", "h1", "h2", "h3", "h4", "h5", "h6", "math", "pre", "summary", "svg", "table")
)


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

    def way(self, address: str) -> str:
        """Return where a link leads: on the site, to the page of a notebook."""
        return to_page(address, self.site) if self.site else address


class _Renderer(mistune.HTMLRenderer):
    """Escapes raw HTML, keeps the outline, and lets nothing be fetched."""

    def __init__(self, words: Words, outline: Outline, cell: str, attachments: Mapping[str, Any]) -> None:
        super().__init__(escape=True)
        self.words, self.outline, self.cell, self.attachments = words, outline, cell, attachments

    def heading(self, text: str, level: int, **_: Any) -> str:
        level, key = self.outline.place(level, text, self.cell)
        return f'<h{level} id="{escape(key)}">{text}</h{level}>\n'

    def link(self, text: str, url: str, title: str | None = None) -> str:
        if url.startswith("#"):
            key = url.removeprefix("#")
            self.outline.references.append(key)
            text = escape(self.outline.exhibits.get(key, "")) or text
        return str(super().link(text, self.outline.way(url), title))

    def image(self, text: str, url: str, title: str | None = None) -> str:
        kind, data = next(iter(self.attachments.get(url.removeprefix("attachment:"), {}).items()), ("", ""))
        address = f"data:{kind};base64,{''.join(data.split())}" if kind else url
        if PICTURE.fullmatch(address):
            return f'<img alt="{escape(text)}" src="{escape(address)}">'
        return self.link(text or url, url, title)

    def block_code(self, code: str, info: str | None = None) -> str:
        return str(super().block_code(code, info)).replace("<pre>", '<pre tabindex="0">', 1)

    def table(self, text: str) -> str:
        name = escape(str(self.words("Table")))
        return f'<div class="scroll" tabindex="0" role="region" aria-label="{name}"><table>{text}</table></div>\n'

    def inline_math(self, text: str) -> str:
        return formula(text, "inline")

    def block_math(self, text: str) -> str:
        return formula(text, "block")


def prose_html(
    source: str, words: Words, outline: Outline, cell: str = "section", attachments: Mapping[str, Any] | None = None
) -> str:
    """Return Markdown as HTML and enter its headings and references into the outline; `cell` is the id of its cell."""
    renderer = _Renderer(words, outline, cell, attachments or {})
    markdown = mistune.create_markdown(renderer=renderer, plugins=["math", "strikethrough"])
    # The table plugin writes its own elements; ours only adds the region in which a wide one scrolls.
    table = renderer.table
    mistune.plugins.import_plugin("table")(markdown)
    renderer.register("table", lambda _, text: table(text))
    return str(markdown(source)).strip()


def explained(html: str, words: Words, outline: Outline) -> str:
    """Return some HTML where each abbreviation that is new to the page says what it stands for.

    Titles, links, tables, drawings and code keep theirs as they are: a later place of the page explains it.
    """
    parts, closed = TAG.split(html), 0
    for place, part in enumerate(parts):
        if place % 2:
            name = re.match(r"</?(\w*)", part)
            if name and name[1] in NOT_EXPLAINED:
                closed += -1 if part.startswith("</") else 1
        elif not closed:
            parts[place] = ABBREVIATED.sub(lambda found: _abbreviation(found[0], words, outline), part)
    return "".join(parts)


def _abbreviation(short: str, words: Words, outline: Outline) -> str:
    if short in outline.abbreviations:
        return short
    outline.abbreviations.add(short)
    return f'<abbr title="{escape(words.label(ABBREVIATIONS[short]))}">{short}</abbr>'


def check_references(outline: Outline, anchors: set[str]) -> None:
    """Refuse a reference inside the page that leads nowhere.

    Raises `InputError` that lists what the page has.
    """
    legal = anchors | set(outline.exhibits) | {key for _, key, _ in outline.headings}
    broken = [key for key in outline.references if key not in legal]
    if broken:
        exhibits = ", ".join(outline.exhibits) or "none: has the notebook been executed?"
        raise InputError(
            f"the reference #{broken[0]} leads to nothing in this page. Its figures and tables: {exhibits}."
        )


def formula(source: str, display: str) -> str:
    """Return a LaTeX formula as MathML; text in it stays text.

    Raises `InputError` when the formula cannot be read.
    """
    try:
        tree = convert_to_element(source.strip(), display=display)
    except Exception as error:
        reason = f"{type(error).__name__} {error}".strip()
        raise InputError(f"the formula ${source.strip()}$ cannot be read ({reason}). Mend its LaTeX.") from error
    for node in tree.iter():
        node.text = unescape(node.text or "")
        node.attrib = {name: value for name, value in node.attrib.items() if name in MATH_ATTRIBUTES}
    return ElementTree.tostring(tree, encoding="unicode")
