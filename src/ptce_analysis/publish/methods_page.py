"""What the page of methods lists: the hypotheses that bear on results, read where the code makes them.

`# Assumption (02, 03): … Source: … If wrong: …` is one that these pages rest on. `# Assumption: …`, without pages,
bears on no published figure (how an answer is read, say), and `# Limit: …` bounds time or memory: both are for whoever
reads the code.
"""

import re
from operator import itemgetter
from pathlib import Path
from typing import Any

import pandas as pd

LIBRARY = Path(__file__).parents[1]
COMMENT = re.compile(r"^[ \t]*# Assumption \(.*(?:\n[ \t]*#.*)*", re.MULTILINE)
PARTS = re.compile(r"Assumption \(([\d, ]+)\):\s*(.*?)\s*Source:\s*(.*?)\s*If wrong:\s*(.*)")


def assumptions(library: Path = LIBRARY) -> pd.DataFrame:
    """Return every hypothesis of a package, in the order of the pages they bear on.

    Columns: `pages` (numbers of notebooks), `module` that makes it, its three parts: `text`, `source`, `if_wrong`.
    """
    found = list[tuple[Any, ...]]()
    for path in sorted(library.rglob("*.py")):
        module = ".".join(path.relative_to(library.parent).with_suffix("").parts).removesuffix(".__init__")
        for comment in COMMENT.findall(path.read_text(encoding="utf-8")):
            for pages, *parts in PARTS.findall(" ".join(line.strip("# \t") for line in comment.split("\n"))):
                found.append((tuple(pages.split(", ")), module, *parts))
    return pd.DataFrame(sorted(found, key=itemgetter(0)), columns=["pages", "module", "text", "source", "if_wrong"])
