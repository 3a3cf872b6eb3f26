"""Proof of reproducibility: everything is built from nothing in another folder and compared byte for byte."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from ptce_analysis.pipeline.place import LIBRARY, PACKAGE, Place

EXCERPT = 60
# Where readers keep notebooks of their own: nothing is made from them.
OWN = "explorations"

# Another machine, as far as one machine can be another: what a build must not depend on.
ELSEWHERE = {"TZ": "Pacific/Auckland", "LANG": "C", "LC_ALL": "C", "PYTHONHASHSEED": "1", "COLUMNS": "40"}
if platform.machine() in ("x86_64", "AMD64"):  # sums in the order of an older processor: other last digits
    ELSEWHERE["OPENBLAS_CORETYPE"] = "Prescott"
INHERITED = ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP", "LD_LIBRARY_PATH")


@dataclass(frozen=True)
class Difference:
    """A file that is not the same here and rebuilt: what is wrong, where it first differs, and both sides of it."""

    file: str
    kind: str
    where: str = ""
    here: str = ""
    rebuilt: str = ""

    def text(self) -> str:
        """Return the lines to print."""
        if not self.where:
            return f"{self.file}: {self.kind}"
        return f"{self.file}: {self.kind} first at {self.where}\n  here:    {self.here}\n  rebuilt: {self.rebuilt}"


@dataclass(frozen=True)
class Report:
    """What a comparison found; `failure` holds what the build said when it could not rebuild everything."""

    compared: int
    differences: list[Difference]
    failure: str = ""

    @property
    def succeeded(self) -> bool:
        """Whether every file is the same."""
        return not self.differences and not self.failure

    def text(self) -> str:
        """Return the lines to print."""
        if self.failure:
            return f"could not rebuild everything elsewhere:\n{self.failure}"
        same = self.compared - len(self.differences)
        return "\n".join([*(one.text() for one in self.differences), f"{same} of {self.compared} files are the same"])


def verify(project: Path) -> Report:
    """Return how a project's results compare with the same results built from nothing, elsewhere."""
    with tempfile.TemporaryDirectory(prefix="ptce verify ") as folder:
        elsewhere = Path(folder) / "élsewhere"
        copy_inputs(project, elsewhere)
        done = _build(elsewhere, Path(folder) / "home")
        if done.returncode:
            return Report(0, [], done.stdout.decode(errors="replace").strip())
        return compare(Place(project), Place(elsewhere))


def copy_inputs(project: Path, folder: Path) -> None:
    """Copy a project without anything that was made, and the library that runs now."""

    def not_an_input(parent: str, names: list[str]) -> list[str]:
        made = [path.name for path in Place(project).made if path.parent == Path(parent)]
        return [name for name in names if name in (*made, "__pycache__", OWN) or name.startswith(".")]

    shutil.copytree(project, folder, ignore=not_an_input)
    shutil.copytree(LIBRARY, folder / "src" / PACKAGE, ignore=not_an_input, dirs_exist_ok=True)


def _build(folder: Path, home: Path) -> subprocess.CompletedProcess[bytes]:
    home.mkdir()
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    there = {**inherited, **ELSEWHERE, "HOME": str(home), "PYTHONPATH": str(folder / "src")}
    return subprocess.run(
        [sys.executable, "-m", PACKAGE, "build", "--keep-going"],
        cwd=folder,
        env=there,
        umask=0o077 if os.name == "posix" else -1,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )


def compare(here: Place, rebuilt: Place) -> Report:
    """Return every difference between what is committed, or built, here and what was rebuilt."""
    committed = {name for folder in (here.figures, here.processed) for name in _names(here.project, folder)}
    made = {name for folder in (rebuilt.figures, rebuilt.processed) for name in _names(rebuilt.project, folder)}
    built = {name for folder in (here.site, here.notebooks) for name in _names(here.project, folder)}
    names = committed | made | {name for name in built if (rebuilt.project / name).is_file()}
    found = (difference(here.project, rebuilt.project, name) for name in sorted(names))
    return Report(len(names), [one for one in found if one])


def _names(project: Path, folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix != ".md" and not path.name.startswith("."):
            yield path.relative_to(project).as_posix()


def difference(here: Path, rebuilt: Path, name: str) -> Difference | None:
    """Return how one file differs between two folders; nothing when it is the same."""
    if not (here / name).is_file():
        return Difference(name, "is built but not here")
    if not (rebuilt / name).is_file():
        return Difference(name, "is here but no run makes it")
    ours, theirs = (here / name).read_bytes(), (rebuilt / name).read_bytes()
    return None if ours == theirs else Difference(name, "differs", *first_difference(ours, theirs))


def first_difference(ours: bytes, theirs: bytes) -> tuple[str, str, str]:
    """Return where two contents first differ, line and column, and what stands there in each.

    Raises `ValueError` when they are the same.
    """
    mine, other = (re.split(r"(?<=\n)", data.decode(errors="backslashreplace")) for data in (ours, theirs))
    for number, (a, b) in enumerate(zip_longest(mine, other, fillvalue=""), start=1):
        if a != b:
            column = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
            shown = slice(max(0, column - EXCERPT // 3), column + EXCERPT)
            return f"line {number}, column {column + 1}", repr(a[shown]), repr(b[shown])
    raise ValueError("the contents are the same")
