"""The style of a page: the one sheet of the site, its colours, and what stands at the foot of a printed sheet."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from ptce_analysis.publish.edition import Edition
from ptce_analysis.publish.style import COLOURS

TEMPLATES = Path(__file__).parent / "templates"


def stylesheet(title: str, edition: Edition, address: str = "") -> str:
    """Return the CSS of a page. On paper every sheet bears the title, the edition, its address and a number."""
    light, dark = (";".join(f"--{name}:{pair[i]}" for name, pair in COLOURS.items()) for i in (0, 1))
    dated = f"ptce-analysis {edition.version}" + (f" ({edition.date})" if edition.date else "")
    foot = _quoted(" – ".join(filter(None, (title, dated, address))))
    return _sheet().replace("/*light*/", light).replace("/*dark*/", dark).replace("/*foot*/", foot)


def _quoted(text: str) -> str:
    """A text as a string of CSS, which ends neither the string nor the style."""
    return '"' + re.sub(r"[\"\\<>&\n]", lambda found: f"\\{ord(found[0]):x} ", text) + '"'


@cache
def _sheet() -> str:
    text = (TEMPLATES / "ptce" / "style.css").read_text(encoding="utf-8")
    return "".join(line.strip() for line in text.splitlines())
