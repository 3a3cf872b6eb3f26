"""A run: one page to build. What declares runs is in `runs.py`, so that a page does not depend on it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Run:
    """One page to build: its name, its notebook, its language and all parameters the notebook receives.

    `reads` names, as patterns below the project, the files its notebook opens besides `data/`. `family` lists the runs
    that make one page for each level from the same notebook, by name and level, this one among them.
    """

    name: str
    notebook: Path
    lang: str
    parameters: tuple[tuple[str, Any], ...]
    reads: tuple[str, ...] = ()
    family: tuple[tuple[str, str], ...] = ()

    @property
    def id(self) -> str:
        """`lang/name`, which also says where its page is."""
        return f"{self.lang}/{self.name}"
