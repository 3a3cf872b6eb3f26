"""The assumptions of the code, read from its comments: what is assumed, on what ground, what happens if it is wrong.

A comment that starts `Assumption:` bears on results; a bound on time or memory starts `Limit:`, and is not listed.
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

LIBRARY = Path(__file__).parents[1]
# The modules about answers to a survey; all others are about published figures. Those that invent answers assume
# nothing of the study.
ABOUT_ANSWERS = re.compile(r"\.(survey|publish\.disclosure|analysis\.survey_\w+)\b")
INVENTING = re.compile(r"\.fictitious\b")

MARK = "Assumption:"
PARTS = re.compile(rf"{MARK}\s*(?P<text>.*?)(?:\s*Source:\s*(?P<source>.*?))?(?:\s*If wrong:\s*(?P<if_wrong>.*))?")


@dataclass(frozen=True)
class Assumption:
    """One judgement: the module that makes it, and its three parts; a part that the comment leaves out is empty."""

    module: str
    text: str
    source: str
    if_wrong: str


def assumptions(library: Path) -> list[Assumption]:
    """Return every comment `# Assumption: … Source: … If wrong: …` of a package, in the order of its modules."""
    found: list[Assumption] = []
    for path in sorted(library.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if MARK not in source:  # finding comments costs much more than finding a word
            continue
        module = ".".join(path.relative_to(library.parent).with_suffix("").parts).removesuffix(".__init__")
        found += _made_in(module, source)
    return found


def assumptions_table(words: Words) -> pd.DataFrame:
    """Return the assumptions that bear on results, in the reader's language and the order of the modules.

    Columns: `about` (`published` figures or `answers` to a survey), `text`, `source`, `if_wrong`, `module`.
    """
    rows = [
        {
            "about": "answers" if ABOUT_ANSWERS.search(one.module) else "published",
            **{part: str(words(getattr(one, part))) for part in ("text", "source", "if_wrong")},
            "module": one.module,
        }
        for one in assumptions(LIBRARY)
        if not INVENTING.search(one.module)
    ]
    return pd.DataFrame(rows, columns=["about", "text", "source", "if_wrong", "module"])


@cache
def _made_in(module: str, source: str) -> tuple[Assumption, ...]:
    """The assumptions of one module; asked for once per language."""
    found = (_read(module, comment) for comment in comments(source))
    return tuple(assumption for assumption in found if assumption)


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


def _read(module: str, comment: str) -> Assumption | None:
    start = comment.find(MARK)
    found = PARTS.fullmatch(comment[start:]) if start >= 0 else None
    return Assumption(module, *(part or "" for part in found.group("text", "source", "if_wrong"))) if found else None
