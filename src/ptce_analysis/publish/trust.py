"""What a page believes: outputs the library sealed, provided that nothing in them can act.

A seal is a digest of what was shown. It keeps an output that was edited afterwards, or that merely looks like one of
ours, from being taken for an exhibit; such an output is shown as any other, made inert.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any

CSV_ADDRESS = "data:text/csv;charset=utf-8,"

# Everything the library writes into an output, and no more.
OUR_TAGS = frozenset(
    (
        "a", "caption", "circle", "clippath", "data", "dd", "defs", "desc", "details", "div", "dl", "dt", "g", "h3",
        "image", "li", "p", "strong", "use", "path", "rect", "span", "summary", "svg", "table", "tbody", "td", "text",
        "th", "thead", "title", "tr", "tspan", "ul",
    )
)  # fmt: skip
OUR_ADDRESSES = ("#", CSV_ADDRESS, "data:image/png;base64,")


# Where a link of ours may lead: a page of the site, a document on the web.
LEADS = re.compile(r"https?://[^\s\"'<>]+|[\w.-]+\.html(#[^\s\"'<>]*)?")
# How a drawing says its colours and widths: nothing that could load anything.
STYLE = re.compile(r"(?!.*url\((?!#))(?:[a-z-]+: ?[\w#.,%()' -]+;? ?)*")


def sealed(about: dict[str, Any], *shown: str) -> dict[str, Any]:
    """Return the metadata of an output of ours, with the seal of what it shows."""
    return {"ptce": {**about, "seal": _seal(about["kind"], about["key"], *shown)}}


def is_ours(output: Any) -> bool:
    """Whether an output was written by this library, is unchanged since, and holds nothing that could act."""
    about = output.get("metadata", {}).get("ptce") or {}
    data = output.get("data") or {}
    shown = [data[kind] for kind in ("text/html", "image/svg+xml") if kind in data]
    shown += [about["narrow"]] if about.get("narrow") else []
    seal = _seal(str(about.get("kind")), str(about.get("key")), *map(str, shown))
    return about.get("seal") == seal and not any(map(active_content, shown))


def _seal(*parts: str) -> str:
    return hashlib.sha256("\n".join(("ptce-analysis", *parts)).encode()).hexdigest()[:16]


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
