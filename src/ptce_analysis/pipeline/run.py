"""A run: one page to build. What declares runs is in `runs.py`, so that a page does not depend on it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ptce_analysis.publish.site import SitePage

# The page of a folder of the site that is shown when no page is named; at the top, that of this run.
INDEX, INDEX_RUN = "index.html", "00_index"

# Pages made of answers stand apart from those of the published figures, and invented answers from supplied ones.
FOLDERS = {"fictitious": "demonstration", "supplied": "survey"}


@dataclass(frozen=True)
class Run:
    """One page to build: its name, its notebook, its language and all parameters the notebook receives.

    `reads` names, as patterns below the project, the files its notebook opens besides `data/`. `family` lists the runs
    that make one page for each level from the same notebook, by name and level, this one among them. `address` is that
    of its page in the folder of its language, `pages` are all those of its language.
    """

    name: str
    notebook: Path
    lang: str
    parameters: tuple[tuple[str, Any], ...]
    reads: tuple[str, ...] = ()
    family: tuple[tuple[str, str], ...] = ()
    menu: str = ""
    address: str = ""
    pages: tuple[SitePage, ...] = ()

    @property
    def id(self) -> str:
        """`lang/name`: where its executed notebook is."""
        return f"{self.lang}/{self.name}"

    @property
    def folder(self) -> str:
        """The folder of the site that its page stands in: none, or that of pages made of such answers."""
        return FOLDERS.get(str(dict(self.parameters).get("waves")), "")
