"""What others wrote, made inert: nothing in it runs, loads, redirects or reorders the reader's text."""

from __future__ import annotations

import re
from base64 import b64encode
from html import escape

from bs4 import BeautifulSoup, Comment
from bs4.element import PreformattedString, Tag

# Kept, without their attributes; headings become paragraphs, since the page's outline is that of its prose.
KEPT = frozenset(
    (
        "b", "blockquote", "br", "caption", "code", "dd", "del", "div", "dl", "dt", "em", "hr", "i", "kbd", "li",
        "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th",
        "thead", "tr", "u", "ul", "var",
    )
)  # fmt: skip
KEPT_ATTRIBUTES = {"td": ("colspan", "rowspan"), "th": ("colspan", "rowspan", "scope"), "ol": ("start",)}
REMOVED = [
    "script", "style", "iframe", "object", "embed", "template", "noscript", "svg", "math", "form", "input",
    "button", "select", "textarea", "head", "title",
]  # fmt: skip
HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+")

# Marks that reverse or override the order of text can make a page show what it does not say: they are shown instead.
REORDERING = {
    code: f"[U+{code:04X}]" for code in (0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
}
ESCAPE_CODES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07")
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def visible(text: str) -> str:
    """Return a page's text with every mark that reorders text written out.

    >>> visible("a\\u202eb")
    'a[U+202E]b'
    """
    return UNWRITABLE.sub("\ufffd", text.translate(REORDERING))


def plain_html(text: str, name: str = "") -> str:
    """Return text as it would appear in a terminal, without its colour codes; `name` is a class."""
    of = f' class="{name}"' if name else ""
    return f'<pre tabindex="0"{of}>{escape(ESCAPE_CODES.sub("", text))}</pre>'


def picture_html(kind: str, data: str, alt: str) -> str:
    """Return a picture held by the page itself; `data` is base64, or the text of an SVG, which is inert in an image."""
    if kind == "image/svg+xml":
        data = b64encode(data.encode()).decode()
    return f'<img alt="{escape(alt)}" src="data:{kind};base64,{escape("".join(data.split()))}">'


def inert_html(text: str, picture_alt: str) -> str:
    """Return HTML with its text, tables and embedded pictures, and nothing else; an empty text when none is left."""
    soup = BeautifulSoup(text, "html.parser")
    for node in soup.find_all(string=lambda string: isinstance(string, Comment | PreformattedString)):
        node.extract()
    for tag in soup.find_all(REMOVED):
        tag.decompose()
    for tag in soup.find_all(True):
        _reduce(tag, picture_alt)
    for table in soup.find_all("table"):
        if not table.find_parent("table"):
            table.wrap(soup.new_tag("div", attrs={"class": "scroll", "tabindex": "0"}))
    if not soup.get_text(strip=True) and not soup.find("img"):
        return ""
    return f'<div class="foreign">{soup.decode(formatter="minimal").strip()}</div>'


def _reduce(tag: Tag, picture_alt: str) -> None:
    attributes = dict(tag.attrs)
    tag.attrs = {
        name: attributes[name] for name in KEPT_ATTRIBUTES.get(tag.name, ()) if _is_plain(attributes.get(name))
    }
    if tag.name == "img" and PICTURE.fullmatch(str(attributes.get("src", ""))):
        tag.attrs = {"alt": str(attributes.get("alt") or picture_alt), "src": attributes["src"]}
    elif tag.name in HEADINGS:
        tag.name = "p"
    elif tag.name not in KEPT:
        tag.unwrap()


def _is_plain(value: object) -> bool:
    return isinstance(value, str) and value.isalnum()
