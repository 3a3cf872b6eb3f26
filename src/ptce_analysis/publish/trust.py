"""What a page shows as its own: outputs with the library's metadata, provided that nothing in them can act.

Any other output, and one of ours that holds something active, is shown as another library's: made inert.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any

CSV_ADDRESS = "data:text/csv;charset=utf-8,"

# What an output of ours can be, and the form it is shown in.
FORMS = {
    "say": "text/html", "answer": "text/html", "head": "text/html", "notes": "text/html", "drawing": "image/svg+xml",
}  # fmt: skip

# Everything the library writes into an output, and no more.
OUR_TAGS = frozenset(
    (
        "a", "blockquote", "caption", "circle", "clippath", "data", "dd", "defs", "desc", "details", "div", "dl", "dt",
        "em", "g", "h3", "image", "li", "ol", "p", "strong", "use", "path", "rect", "span", "summary", "svg", "table",
        "tbody", "td", "text", "th", "thead", "title", "tr", "tspan", "ul",
    )
)  # fmt: skip
OUR_ADDRESSES = ("#", CSV_ADDRESS, "data:image/png;base64,")


# Where a link of ours may lead: a notebook, which has a page on the site, or a document on the web.
LEADS = re.compile(r"https?://[^\s\"'<>]+|[\w.-]+\.(?:ipynb|html)(#[^\s\"'<>]*)?")
# How a drawing says its colours and widths: nothing that could load anything.
STYLE = re.compile(r"(?!.*url\((?!#))(?:[a-z-]+: ?[\w#.,%()' -]+;? ?)*")


def is_ours(output: Any) -> bool:
    """Whether an output has the metadata of this library, in the form it writes, and holds nothing that could act."""
    about = output.get("metadata", {}).get("ptce") or {}
    data = output.get("data") or {}
    if "key" not in about or FORMS.get(str(about.get("kind"))) not in data:
        return False
    shown = [data[kind] for kind in ("text/html", "image/svg+xml") if kind in data]
    return not any(map(active_content, map(str, shown)))


@lru_cache(maxsize=256)
def active_content(text: str) -> tuple[str, ...]:
    """Return what in some HTML the library would never have written; nothing for its own outputs.

    >>> active_content('<p onclick="x()">a</p><script>')
    ('attribute onclick', 'element script')
    """
    found = _Found()
    found.feed(text)
    found.close()
    return tuple(found.faults)


class _Found(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.faults += [] if tag in OUR_TAGS else [f"element {tag}"]
        for name, value in attrs:
            outside = name.endswith(("href", "src")) and not (value or "").startswith(OUR_ADDRESSES)
            outside = outside and not (tag == "a" and LEADS.fullmatch(value or ""))
            if name.startswith("on") or (name == "style" and not STYLE.fullmatch(value or "")) or outside:
                self.faults.append(f"attribute {name}")
