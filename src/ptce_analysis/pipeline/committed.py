"""Real answers are never committed: a build stops before anything when some stand where git would keep them."""

from __future__ import annotations

import csv
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from ptce_analysis.errors import InputError
from ptce_analysis.pipeline.place import Place
from ptce_analysis.survey.waves import CODEBOOKS, WAVES, stated_origins, supplied_folder, wave_files

# What git keeps of the folder of waves, in a project that is not a git repository (yet): the fictitious ones.
OURS = ("2013/reponses_2013.csv", "2013/codebook.yml", "2015/reponses_2015.xlsx", "2015/codebook.yml")
# Columns that only rows of respondents have, as in the tables that `ptce clean` writes.
UNIT_COLUMNS = {"pole_id", "raw_value"}
TABLES = (".csv", ".tsv", ".txt")
WHAT_TO_DO = (
    "Move them to a folder that git ignores, such as data/raw/waves/NAME, or keep them elsewhere: make WAVES=DIR."
    " If they were committed already, remove them from the history before anything is pushed."
)


def refuse_committed_answers(place: Place) -> None:
    """Raise `InputError` naming the first file of real answers in a path that git keeps, and what to do."""
    for name in _kept_by_git(place.project, _answers(place)):
        raise InputError(f"{name}: answers of respondents in a path that git commits. {WHAT_TO_DO}")


def _answers(place: Place) -> Iterator[Path]:
    """The files of the project that hold real answers: waves whose codebook says so, and rows of respondents."""
    for folder in dict.fromkeys((place.project / WAVES, supplied_folder(place.project))):
        for files in _waves(folder):
            if any("survey" in stated_origins(path) for path in files if path.name in CODEBOOKS):
                yield from files
    for folder in (place.figures, place.processed, place.project / "data" / "raw" / "published"):
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in TABLES and path.is_file() and _holds_respondents(path):
                yield path


def _waves(folder: Path) -> Iterator[list[Path]]:
    """The files of each wave of a folder."""
    files = wave_files(folder) if folder.is_dir() else ()
    for where in dict.fromkeys(path.parent for path in files):
        yield [path for path in files if path.parent == where]


def _holds_respondents(path: Path) -> bool:
    """Whether a table has a row per respondent, one of whom at least is not said to be fictitious."""
    lines = path.read_bytes().decode("utf-8-sig", "replace").splitlines()
    separator = max(";,\t", key=lines[0].count) if lines else ","
    header, *rows = [*csv.reader(lines, delimiter=separator)] or [[]]
    named = UNIT_COLUMNS & {name.strip(" '") for name in header}
    fictitious = [("origin", "fictitious") in zip(header, row, strict=False) for row in rows]
    return bool(named) and not (fictitious and all(fictitious))


def _kept_by_git(project: Path, files: Iterable[Path]) -> list[str]:
    """Return those of some files, by their name in the project, that git keeps or would add."""
    root = project.resolve()
    inside = [path.resolve().relative_to(root).as_posix() for path in files if path.resolve().is_relative_to(root)]
    ignored = _ignored(root, inside) if inside else set()
    if ignored is None:
        waves = {(WAVES / name).as_posix() for name in OURS}
        return [name for name in inside if name in waves or not name.startswith((f"{WAVES.as_posix()}/", "build/"))]
    return [name for name in inside if name not in ignored]


def _ignored(root: Path, names: list[str]) -> set[str] | None:
    """The files that git ignores; None without git, or outside a repository. Files it has already are not ignored."""
    command = ["git", "-C", str(root), "check-ignore", "-z", "--stdin"]
    try:
        done = subprocess.run(command, input="\0".join(names).encode(), capture_output=True, check=False)
    except OSError:
        return None
    return set(filter(None, done.stdout.decode().split("\0"))) if done.returncode in (0, 1) else None
