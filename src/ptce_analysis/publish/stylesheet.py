"""The style of a page: the rules of the collection's one sheet that the page has a use for, and its colours."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from ptce_analysis.publish.edition import Edition
from ptce_analysis.publish.style import COLOURS, recoloured

TEMPLATES = Path(__file__).parent / "templates"

# What in a selector names no element: pseudo-classes with what they hold, and conditions on attributes.
CONDITIONS = re.compile(r"::?[\w-]+(?:\([^)]*\))?|\[[^\]]*\]")
NAMES = re.compile(r"([.]?)([a-zA-Z][\w-]*)")


def stylesheet(body: str, title: str, edition: Edition, address: str = "") -> str:
    """Return the CSS of a page with this body: what nothing in it needs is left out, and colours are declared once.

    On paper every sheet bears the title, the edition with its date, the address if there is one, and its number.
    """
    drawn = recoloured(body) if "<svg" in body else ""
    text = "".join(line.replace("/*drawing*/", drawn) for line in _lines() if _is_used(line, body))
    used = {name: pair for name, pair in COLOURS.items() if f"var(--{name})" in text or f"var(--{name})" in body}
    light, dark = (";".join(f"--{name}:{pair[i]}" for name, pair in used.items()) for i in (0, 1))
    dated = f"ptce-analysis {edition.version}" + (f" ({edition.date})" if edition.date else "")
    foot = _quoted(" – ".join(filter(None, (title, dated, address))))
    return text.replace("/*light*/", light).replace("/*dark*/", dark).replace("/*foot*/", foot)


def _quoted(text: str) -> str:
    """A text as a string of CSS, which ends neither the string nor the style."""
    return '"' + re.sub(r"[\"\\<>&\n]", lambda found: f"\\{ord(found[0]):x} ", text) + '"'


@cache
def _lines() -> tuple[str, ...]:
    """The sheet, a rule or a condition per line."""
    text = (TEMPLATES / "ptce" / "style.css").read_text(encoding="utf-8")
    return tuple(line.strip() for line in text.splitlines())


def _is_used(line: str, body: str) -> bool:
    """Whether the body has what one of a rule's selectors names; conditions and their ends are always kept."""
    selectors = CONDITIONS.sub("", line.partition("{")[0])
    if line.startswith(("@", "}", "/*", ":root", "html")):
        return True
    return any(all(_has(body, *name) for name in NAMES.findall(one)) for one in selectors.split(","))


def _has(body: str, dot: str, name: str) -> bool:
    if dot:
        return re.search(rf'class="[^"]*(?<![\w-]){re.escape(name)}(?![\w-])', body) is not None
    return f"<{name}" in body
