"""A folder of waves: one folder each, holding an export and its codebook. Adding a wave is adding a folder."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from ptce_analysis.errors import InputError

if TYPE_CHECKING:
    from ptce_analysis.survey.codebook import Codebook
    from ptce_analysis.survey.tables import Cleaned

# Where a survey team says its waves are, and where the project keeps waves otherwise.
WAVES_VARIABLE = "PTCE_WAVES"
# Where the site is that was made from earlier answers of these waves.
PREVIOUS_VARIABLE = "PTCE_PREVIOUS"
WAVES = Path("data", "raw", "waves")
# Where a build notes the folder that its pages of answers were made from: outside the site.
READ_FROM = Path("build", "waves-read-from.txt")

CODEBOOKS = ("codebook.yml", "codebook.yaml")
ORIGIN = re.compile(r"^\s*[\"']?origin[\"']?\s*:\s*[\"']?(survey|fictitious)\b", re.MULTILINE)
EXPORTS = (".csv", ".tsv", ".txt", ".xlsx", ".ods", ".xls", ".sav", ".dta")


def supplied_folder(project: Path) -> Path:
    """Return the folder of the waves a survey team supplies: `$PTCE_WAVES` (from `project`), else the project's own."""
    return project / (os.environ.get(WAVES_VARIABLE) or WAVES)


def earlier_tables(project: Path, lang: str, page: str) -> dict[str, bytes]:
    """Return the tables of a page in the earlier site, by file name: `$PTCE_PREVIOUS`; none if it is not set.

    Raises `InputError` if that site has no such page.
    """
    if not (given := os.environ.get(PREVIOUS_VARIABLE)):
        return {}
    paths = sorted((project / given / lang).glob(f"*/data/{page}-*.csv"))
    if not paths:
        raise InputError(
            f"{PREVIOUS_VARIABLE}={given}: no table of an earlier page there. Give the folder of a site that"
            f" `make WAVES=DIR` made, which holds {lang}/survey/data, or unset it."
        )
    return {path.name: path.read_bytes() for path in paths}


def read_waves(folder: Path, origin: str) -> tuple[Cleaned, ...]:
    """Return the clean waves of a folder whose codebook states that origin, the oldest first.

    Raises `InputError` if there is none, two are of one year, one lacks its export or has two, or cannot be cleaned.
    """
    from ptce_analysis.survey.clean import clean
    from ptce_analysis.survey.codebook import read_codebook  # a build with nothing to do reads no codebook

    asked = (path for path in codebooks(folder) if origin in (stated_origins(path) or [origin]))
    found = [(book, path.parent) for path in asked if (book := read_codebook(path)).origin == origin]
    if not found:
        raise InputError(
            f"{folder.name}: no wave of origin {origin!r}. A wave is a folder with an export and its {CODEBOOKS[0]}, "
            f"which says `origin: {origin}`; `ptce codebook EXPORT` drafts one."
        )
    waves: dict[int, tuple[Path, Codebook]] = {}
    for book, where in found:
        if len(exports := _exports(where)) != 1:
            listed = ", ".join(path.name for path in exports) or "none"
            raise InputError(f"{where.name}: one export is expected beside the codebook, found {listed}. Keep one.")
        if book.wave in waves:
            other = waves[book.wave][0].parent.name
            raise InputError(f"{where.name}/{book.file}: wave {book.wave} is already in {other}. Keep one.")
        waves[book.wave] = exports[0], book
    return tuple(clean(*waves[year]) for year in sorted(waves))


def has_wave(folder: Path, origin: str) -> bool:
    """Return whether a folder has a wave of that origin, or one that does not say its origin."""
    return any(origin in (stated_origins(path) or [origin]) for path in codebooks(folder))


def stated_origins(codebook: Path) -> list[str]:
    """Return the origins that a codebook states, however it is written, finished or not: one, unless it is faulty."""
    import yaml

    data = codebook.read_bytes()[:1_000_000]
    try:
        found = list(yaml.load_all(data, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except (yaml.YAMLError, ValueError, RecursionError):  # not finished
        return ORIGIN.findall(data.decode("utf-8", "replace"))
    stated = (item for one in found if isinstance(one, dict) for item in one.items())
    return [str(value).strip().casefold() for key, value in stated if str(key).strip().casefold() == "origin"]


def wave_files(folder: Path) -> tuple[Path, ...]:
    """Return every file of the waves of a folder that `read_waves` reads, in order."""
    return tuple(path for book in codebooks(folder) for path in (book, *_exports(book.parent)))


def codebooks(folder: Path) -> list[Path]:
    """Return the codebooks of the waves of a folder, in order."""
    return sorted(path for name in CODEBOOKS for path in folder.glob(f"*/{name}"))


def _exports(where: Path) -> list[Path]:
    names = sorted(path for path in where.iterdir() if path.suffix.lower() in EXPORTS)
    return [path for path in names if not path.name.startswith((".", "~"))]
