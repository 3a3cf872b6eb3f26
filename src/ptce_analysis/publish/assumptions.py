"""The hypotheses that bear on results, read from the comments of the code that makes them.

`# Assumption (02, 03): … Source: … If wrong: …` is a hypothesis that these pages rest on: the page of methods lists it.
`# Assumption: …`, without pages, bears on no published figure (how an answer is read, say), and `# Limit: …` bounds
time or memory: both are for whoever reads the code.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ptce_analysis.publish.language import Sentence, Words
from ptce_analysis.vocabulary import Label

LIBRARY = Path(__file__).parents[1]
MARK = "Assumption ("
PARTS = re.compile(
    r"Assumption \((?P<pages>[\d, ]+)\):\s*(?P<text>.*?)\s*Source:\s*(?P<source>.*?)\s*If wrong:\s*(?P<if_wrong>.*)"
)

# What the pages are called in the line of links (`menu` of `runs.toml`), by the number of their notebook.
PAGES: dict[str, Label] = {
    "01": ("Consistency", "Concordance"),
    "02": ("Emergence", "Émergence"),
    "03": ("Funders", "Financeurs"),
    "04": ("Grants", "Subventions"),
    "05": ("Median cluster", "Pôle médian"),
    "07": ("By tier", "Par échelon"),
    "09": ("Methods", "Méthodes"),
}


@dataclass(frozen=True)
class Assumption:
    """One hypothesis: the pages it bears on, the module that makes it, and its three parts, the first a sentence."""

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


def hypotheses(words: Words) -> list[Sentence]:
    """Return each hypothesis as the line of a list: its pages by name, what is assumed, its ground, if it is wrong."""
    return [
        words.fill(
            "**{pages}.** {text} Ground: {source} If wrong: {if_wrong}",
            {
                "pages": Sentence(", ".join(words.label(PAGES[page]) for page in one.pages)),
                "text": words(one.text),
                "source": words(one.source),
                "if_wrong": words(one.if_wrong),
            }.get,
        )
        for one in assumptions()
    ]


@cache
def _made_in(module: str, source: str) -> tuple[Assumption, ...]:
    """The hypotheses of one module; asked for once per language."""
    found = (PARTS.search(comment) for comment in comments(source))
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
