"""The hypotheses that bear on results, read from the comments of the code that makes them.

`# Assumption (02, 03): … Source: … If wrong: …` is a hypothesis of the study, of these pages. `# Assumption: …`, without
pages, is a limit of the program: it is for whoever reads the code, and shown nowhere.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from ptce_analysis.publish.language import Words
from ptce_analysis.vocabulary import Label

LIBRARY = Path(__file__).parents[1]
MARK = "Assumption ("
PARTS = re.compile(
    r"Assumption \((?P<pages>[\d, ]+)\):\s*(?P<text>.*?)\s*Source:\s*(?P<source>.*?)\s*If wrong:\s*(?P<if_wrong>.*)"
)

# What a reader calls the pages, by the number of their notebook.
PAGES: dict[str, Label] = {
    "01": ("Agreement", "Concordance"),
    "02": ("Emergence", "Émergence"),
    "03": ("Funding", "Financement"),
    "04": ("Grants", "Subventions"),
    "05": ("Median cluster", "Pôle médian"),
    "07": ("Tiers", "Échelons"),
    "09": ("Methods", "Méthodes"),
}


@dataclass(frozen=True)
class Assumption:
    """One hypothesis: the pages it bears on, the module that makes it, and its three parts, each a sentence."""

    pages: tuple[str, ...]
    module: str
    text: str
    source: str
    if_wrong: str


def assumptions(library: Path = LIBRARY) -> list[Assumption]:
    """Return every hypothesis of a package, in the order of the pages they bear on."""
    found: list[Assumption] = []
    for path in sorted(library.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if MARK not in source:  # finding comments costs much more than finding a word
            continue
        module = ".".join(path.relative_to(library.parent).with_suffix("").parts).removesuffix(".__init__")
        found += _made_in(module, source)
    return sorted(found, key=lambda one: one.pages)


def hypotheses(words: Words) -> pd.DataFrame:
    """Return the hypotheses in the reader's language: `pages` (their names), `text`, `source`, `if_wrong`."""
    rows = [
        (
            ", ".join(words.label(PAGES[page]) for page in one.pages),
            *(str(words(part)) for part in (one.text, one.source, one.if_wrong)),
        )
        for one in assumptions()
    ]
    return pd.DataFrame(rows, columns=["pages", "text", "source", "if_wrong"])


@cache
def _made_in(module: str, source: str) -> tuple[Assumption, ...]:
    """The hypotheses of one module; asked for once per language."""
    found = (PARTS.fullmatch(comment) for comment in comments(source))
    parts = ("text", "source", "if_wrong")
    return tuple(Assumption(tuple(one["pages"].split(", ")), module, *one.group(*parts)) for one in found if one)


def comments(source: str) -> Iterator[str]:
    """Yield the comments of some code, each block of comment lines as one text."""
    block, last = "", 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            if block and token.start[0] != last + 1:
                yield block
                block = ""
            block = f"{block} {token.string.lstrip('# ')}".strip()
            last = token.start[0]
    if block:
        yield block
