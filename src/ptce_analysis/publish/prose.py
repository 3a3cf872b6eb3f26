"""The prose and the outputs of a page as HTML: ours as we wrote them, all others inert, none left out.

Markdown in, HTML out: formulas in MathML, headings in order, references by number. Anchors are the ids of the
notebook's cells: the same in every language.
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from html import escape, unescape
from typing import Any
from xml.etree import ElementTree

import bleach  # type: ignore[import-untyped]
import mistune
from latex2mathml.converter import convert_to_element

from ptce_analysis.errors import InputError
from ptce_analysis.publish.exhibit import role
from ptce_analysis.publish.language import ENGLISH, Words, plain_text
from ptce_analysis.publish.site import Whereabouts, to_page
from ptce_analysis.publish.style import in_page
from ptce_analysis.vocabulary import GLOSSARY

# What is kept of another library's HTML: no headings, since the page's outline is that of its prose.
KEPT = frozenset((
    "b", "blockquote", "br", "caption", "code", "dd", "del", "div", "dl", "dt", "em", "hr", "i", "kbd", "li", "ol",
    "p", "pre", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
    "u", "ul", "var",
))  # fmt: skip
ATTRIBUTES = {"td": ["colspan", "rowspan"], "th": ["colspan", "rowspan", "scope"], "ol": ["start"]}
# What is no text of it, with all it holds.
NO_TEXT = re.compile(r"(?is)<(script|style|iframe|object|noscript|svg|math|form|select|head|title)\b.*?(?:</\1\s*>|$)")
PICTURES = ("image/svg+xml", "image/png", "image/jpeg")
ESCAPE_CODES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07")

# The attributes of a formula that say more than how it looks: none is kept.
NOT_MATH = frozenset(["href", "style", "class", "id"])

# The anchors that every page has around its notebook.
FURNITURE = frozenset(["main", "about", "answers", "cite", "downloads", "accessibility", "demonstration"])

TAG = re.compile(r"(<[^>]*>)")
NOT_EXPLAINED = {"abbr", "code", "details", "math", "pre", "summary", "svg", *(f"h{n}" for n in range(1, 7))}
# What a page of a language quotes from the other one; in italics, as in print, stand the other's terms and titles.
QUOTED = {"en": ("fr", re.compile(r"«[^«»<>]*»")), "fr": ("en", re.compile(r"“[^“”<>]*”"))}


@dataclass
class Outline:
    """The headings and anchors of a page while it is written; on a `site`, links to notebooks lead to pages."""

    exhibits: Mapping[str, str]
    site: Whereabouts | None = None
    headings: list[tuple[int, str, str]] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    explained: set[str] = field(default_factory=set)

    def place(self, level: int, text: str, cell: str) -> tuple[int, str]:
        """Return the level and id of a heading of a cell: one first-level heading, no level skipped, no id twice."""
        before = self.headings[-1][0] if self.headings else 0
        level = min(max(level, 2) if self.headings else 1, before + 1)
        taken = {key for _, key, _ in self.headings} | set(self.exhibits) | FURNITURE
        key = next(name for name in (cell, *(f"{cell}-{n}" for n in range(2, len(taken) + 3))) if name not in taken)
        self.headings.append((level, key, text))
        return level, key


class _Renderer(mistune.HTMLRenderer):
    """Escapes raw HTML, keeps the outline, and lets nothing be fetched: a picture is a link."""

    def __init__(self, outline: Outline, cell: str) -> None:
        super().__init__(escape=True)
        self.outline, self.cell = outline, cell

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
        return self.link(text or url, url, title)

    def block_html(self, html: str) -> str:
        return html if html.strip() in ENGLISH else super().block_html(html)

    def inline_math(self, text: str) -> str:
        return formula(text, "inline")

    def block_math(self, text: str) -> str:
        return formula(text, "block")


def prose_html(source: str, words: Words, outline: Outline, cell: str = "section") -> str:
    """Return Markdown as HTML and enter its headings and references into the outline; `cell` is the id of its cell."""
    markdown = mistune.create_markdown(renderer=_Renderer(outline, cell), plugins=["math", "strikethrough", "table"])
    html = str(markdown(source)).strip()
    # What can be wide scrolls, and can be reached by keyboard: no other element of the text starts like these.
    region = f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(str(words("Table")))}"><table>'
    html = html.replace("<table>", region).replace("</table>", "</table></div>")
    return html.replace("<pre>", '<pre tabindex="0">')


@cache
def terms(lang: str) -> tuple[re.Pattern[str], dict[str, str]]:
    """Return what finds the terms of the glossary in a text of a language, and what each form of them stands for.

    A form in capitals is an abbreviation; any other may begin a sentence.
    """
    words, known = Words(lang), dict[str, str]()
    for term in GLOSSARY:
        forms, text = words.label(term["forms"]).split("|"), plain_text(words.label(term["text"]))
        known |= dict.fromkeys(forms, text)
        known |= {form[:1].upper() + form[1:]: text for form in forms}
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(known, key=len, reverse=True)))})\b"), known


def explained(html: str, words: Words, outline: Outline) -> str:
    """Return some HTML whose words of another language are marked, and where a term new to the page says its meaning.

    No term is explained in titles, code and what is folded away.
    """
    found, known = terms(words.lang)

    def term(form: re.Match[str]) -> str:
        text = known[form[0]]
        if text in outline.explained:
            return form[0]
        outline.explained.add(text)
        return f'<abbr title="{escape(text)}">{form[0]}</abbr>'

    parts, closed, (other, quoted) = TAG.split(html), 0, QUOTED.get(words.lang, QUOTED["en"])
    for place, part in enumerate(parts):
        if part.startswith("<"):
            kind = re.split(r"\W+", part)[1] in NOT_EXPLAINED
            closed += kind * (-1 if part.startswith("</") else 1)
            parts[place] = f'<em lang="{other}">' if part == "<em>" else part
        else:
            pieces = TAG.split(quoted.sub(rf'<span lang="{other}">\g<0></span>', part))
            kept = [piece if closed or piece.startswith("<") else found.sub(term, piece) for piece in pieces]
            parts[place] = "".join(kept)
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
    tree.set("alttext", source.strip())
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
    return str(output.data["text/html"]) if kind else _foreign_html(output.data, words, outline)


def plain_html(text: str, name: str = "") -> str:
    """Return text as it would appear in a terminal, without its colour codes; `name` is a class."""
    of = f' class="{name}"' if name else ""
    return f'<pre tabindex="0"{of}>{escape(ESCAPE_CODES.sub("", text))}</pre>'


def _foreign_html(data: Mapping[str, Any], words: Words, outline: Outline) -> str:
    """What any other library showed, in the richest form that can be made inert; plain text describes a picture."""
    plain = str(data.get("text/plain", ""))
    alt = plain if plain and not plain.startswith("<") else words("A picture that the notebook does not describe")
    if html := inert_html(str(data.get("text/html", ""))):
        return html
    if "text/markdown" in data:
        return prose_html(str(data["text/markdown"]), words, outline, "output")
    for kind in (kind for kind in PICTURES if kind in data):
        # Base64, or the text of an SVG, which is inert in an image.
        text = str(data[kind])
        encoded = b64encode(text.encode()).decode() if kind == "image/svg+xml" else "".join(text.split())
        return f'<img alt="{escape(str(alt))}" src="data:{kind};base64,{encoded}">'
    with suppress(InputError):  # a document that is no formula: its plain text is shown
        if "text/latex" in data:
            block = formula(str(data["text/latex"]).strip().strip("$"), "block")
            return f'<div class="scroll" tabindex="0">{block}</div>'
    return plain_html(plain or str(words("An output that a page cannot show: {kinds}", kinds=", ".join(data))))


def inert_html(text: str) -> str:
    """Return HTML with its text and tables, and nothing else; an empty text when none is left."""
    html = bleach.clean(NO_TEXT.sub("", text), tags=KEPT, attributes=ATTRIBUTES, strip=True).strip()
    html = re.sub(r"<th[^>]*></th>", "<td></td>", html)  # the corner of a pandas table heads nothing
    html = html.replace("<table>", '<div class="scroll" tabindex="0"><table>').replace("</table>", "</table></div>")
    return f'<div class="foreign">{html}</div>' if re.sub(r"<[^>]*>|\s", "", html) else ""
