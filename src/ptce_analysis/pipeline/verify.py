"""Proof of reproducibility: everything is built from nothing elsewhere and compared byte for byte with what is here."""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ptce_analysis.pipeline.runs import LIBRARY, PACKAGE, Place

# How much is shown of a line that differs, before and after the difference.
BEFORE, AFTER = 20, 60
# Where readers keep notebooks of their own: nothing is made from them.
OWN = "explorations"
# Another machine, as far as one machine can be another: what a build must not depend on.
ELSEWHERE = {"TZ": "Pacific/Auckland", "LANG": "C", "LC_ALL": "C", "PYTHONHASHSEED": "1", "COLUMNS": "40"}
if platform.machine() in ("x86_64", "AMD64"):  # sums in the order of an older processor: other last digits
    ELSEWHERE["OPENBLAS_CORETYPE"] = "Prescott"
INHERITED = ("PATH", "TMPDIR", "LD_LIBRARY_PATH")


def verify(project: Path) -> dict[str, Any]:
    """Return how a project's results compare with the same results built from nothing, elsewhere.

    How many were `compared` and their `differences`; `failure` is what the build said if it could not make everything.
    """
    with tempfile.TemporaryDirectory(prefix="ptce verify ") as folder:
        elsewhere, home = Path(folder) / "élsewhere", Path(folder) / "home"
        copy_inputs(project, elsewhere)
        home.mkdir()
        there = {name: os.environ[name] for name in INHERITED if name in os.environ} | ELSEWHERE
        there |= {"HOME": str(home), "PYTHONPATH": str(elsewhere / "src")}
        command = [sys.executable, "-m", PACKAGE, "build", "--keep-going"]
        done = subprocess.run(command, cwd=elsewhere, env=there, umask=0o077, capture_output=True)
        if done.returncode:
            said = (done.stdout + done.stderr).decode(errors="replace").strip()
            return {"compared": 0, "differences": [], "failure": said}
        return compare(Place(project), Place(elsewhere))


def report_lines(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield what `verify` found, in lines for people."""
    if found["failure"]:
        yield f"could not rebuild everything elsewhere:\n{found['failure']}"
        return
    for one in found["differences"]:
        yield f"{one['file']}: {one['kind']}" + (f" first at {one['where']}" if one["where"] else "")
        yield from (f"  {side + ':':<9}{one[side]}" for side in ("here", "rebuilt") if one["where"])
    yield f"{found['compared'] - len(found['differences'])} of {found['compared']} files are the same"


def copy_inputs(project: Path, folder: Path) -> None:
    """Copy a project without anything that was made, and the library that runs now."""

    def not_an_input(parent: str, names: list[str]) -> list[str]:
        made = [path.name for path in Place(project).made if path.parent == Path(parent)]
        return [name for name in names if name in (*made, "__pycache__", OWN) or name.startswith(".")]

    shutil.copytree(project, folder, ignore=not_an_input)
    shutil.copytree(LIBRARY, folder / "src" / PACKAGE, ignore=not_an_input, dirs_exist_ok=True)


def compare(here: Place, rebuilt: Place) -> dict[str, Any]:
    """Return every difference between what is committed, or built, here and what was rebuilt, as `verify` does."""

    def names(place: Place, *folders: Path) -> set[str]:
        found = (path for folder in folders for path in folder.rglob("*") if path.is_file())
        results = (one for one in found if one.name[0] != "." and (one.suffix != ".md" or place.site in one.parents))
        return {one.relative_to(place.project).as_posix() for one in results}

    committed = names(here, here.figures, here.processed) | names(rebuilt, rebuilt.figures, rebuilt.processed)
    built = {name for name in names(here, here.site, here.notebooks) if (rebuilt.project / name).is_file()}
    found = []
    for name in sorted(committed | built):
        paths = here.project / name, rebuilt.project / name
        ours, theirs = (path.read_bytes() if path.is_file() else None for path in paths)
        if ours is None or theirs is None:
            kind = "is built but not here" if ours is None else "is here but no run makes it"
            found.append({"file": name, "kind": kind, "where": "", "here": "", "rebuilt": ""})
        elif ours != theirs:
            found.append({"file": name, "kind": "differs", **first_difference(ours, theirs)})
    return {"compared": len(committed | built), "differences": found, "failure": ""}


def first_difference(ours: bytes, theirs: bytes) -> dict[str, str]:
    """Return where two contents first differ, line and column, and what stands there in each."""
    texts = [data.decode(errors="backslashreplace") for data in (ours, theirs)]
    same = os.path.commonprefix(texts)  # noqa: RUF071 (by character, as wanted)
    line = same.rfind("\n") + 1
    shown = slice(max(line, len(same) - BEFORE), len(same) + AFTER)
    here, rebuilt = (repr(text[shown].partition("\n")[0]) for text in texts)
    where = f"line {same.count(chr(10)) + 1}, column {len(same) - line + 1}"
    return {"where": where, "here": here, "rebuilt": rebuilt}
