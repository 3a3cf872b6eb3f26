"""What the page of methods lists: the hypotheses that bear on results, read where the code makes them.

`# Assumption (02, 03): … Source: … If wrong: …` is one that these pages rest on. `# Assumption: …`, without pages,
bears on no published figure (how an answer is read, say), and `# Limit: …` bounds time or memory: both are for whoever
reads the code.
"""

import re
from pathlib import Path
from typing import NamedTuple

LIBRARY = Path(__file__).parents[1]
COMMENT = re.compile(r"^[ \t]*# Assumption \(.*(?:\n[ \t]*#.*)*", re.MULTILINE)
PARTS = re.compile(r"Assumption \(([\d, ]+)\):\s*(.*?)\s*Source:\s*(.*?)\s*If wrong:\s*(.*)")


class Assumption(NamedTuple):
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
        module = ".".join(path.relative_to(library.parent).with_suffix("").parts).removesuffix(".__init__")
        for comment in COMMENT.findall(path.read_text(encoding="utf-8")):
            for pages, *parts in PARTS.findall(" ".join(line.strip("# \t") for line in comment.split("\n"))):
                found.append(Assumption(tuple(pages.split(", ")), module, *parts))
    return sorted(found, key=lambda one: one.pages)
