"""One archive of the study: site, executed notebooks, figures, tables, claims, and the digest of each file.

The same bytes each time, on any machine: files in order, nothing of dates, owners or modes, and no compression, which
differs between versions of the same library. It holds what the declared runs made, and files that are named here.
"""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ptce_analysis import __version__
from ptce_analysis.errors import InputError
from ptce_analysis.pipeline.build import stale_runs, stale_tables
from ptce_analysis.pipeline.committed import refuse_committed_answers
from ptce_analysis.pipeline.files import write_together
from ptce_analysis.pipeline.inputs import Inputs, files_below
from ptce_analysis.pipeline.lock import one_at_a_time
from ptce_analysis.pipeline.place import SITE, TABLES, Place
from ptce_analysis.pipeline.run import Run
from ptce_analysis.pipeline.stamps import digest, made_by, stale_because
from ptce_analysis.pipeline.verify import verify
from ptce_analysis.protect.scan import scan
from ptce_analysis.survey.waves import WAVES_VARIABLE

NAME = f"ptce-analysis-{__version__}"
SUMS = "SHA256SUMS"
# What is released besides results and `docs`: how to read, cite and reuse them, and the figures typed from the sources.
DOCUMENTS = (
    "README.md", "LISEZMOI.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md",
    "CITATION.cff", "codemeta.json", "datapackage.json", "LICENSE", "LICENSES/DATA.md",
    "data/processed/README.md", "data/raw/published/README.md",
    "data/raw/published/figures.csv", "data/raw/published/roles.csv", "data/raw/published/sources.csv",
)  # fmt: skip
# The earliest date a zip archive can hold.
NO_DATE = (1980, 1, 1, 0, 0, 0)
SHOWN = 8


@dataclass(frozen=True)
class Release:
    """An archive that was written: where it is, its SHA-256, and how many files it holds."""

    archive: Path
    sha256: str
    n_files: int


def release(place: Place, runs: Sequence[Run]) -> Release:
    """Write the archive and its digest in `build/release`, or refuse and leave what is there alone.

    Raises `InputError` when answers of respondents are near, anything is stale, foreign, unsafe to publish, or not the
    same when it is built again elsewhere.
    """
    _refuse_answers(place, runs)
    with one_at_a_time(place.lock):
        _refuse("not up to date: run `make`", _stale(place, runs))
        made = {path for stamp in _stamps(place, runs) for path in made_by(stamp, place.project)}
        _refuse("made by no declared run: remove it, or run `make`", _foreign(place, made))
        _refuse("not safe to publish: see `ptce check-site build/site`", [one.file for one in scan(place.site)])
        files = _contents(place, made)
    report = verify(place.project)
    if not report.succeeded:
        raise InputError(f"nothing is released: `ptce verify` fails.\n{report.text()}")
    return _written(place, archive(files))


def archive(files: Mapping[str, bytes]) -> bytes:
    """Return a zip archive of files by name, with their digests; the same bytes for the same files."""
    sums = "".join(f"{digest(data)}  {name}\n" for name, data in sorted(files.items())).encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as whole:
        for name, data in sorted({**files, SUMS: sums}.items()):
            entry = zipfile.ZipInfo(f"{NAME}/{name}", NO_DATE)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            whole.writestr(entry, data)
    return stream.getvalue()


def _refuse_answers(place: Place, runs: Sequence[Run]) -> None:
    refuse_committed_answers(place)
    supplied = [run.id for run in runs if dict(run.parameters).get("waves") == "supplied"]
    if supplied or os.environ.get(WAVES_VARIABLE):
        raise InputError(
            f"nothing is released while answers are supplied ({', '.join(supplied) or WAVES_VARIABLE}): unset"
            f" {WAVES_VARIABLE}, run `make`, then `make release`. Pages made of real answers are handed over by hand,"
            " after `ptce check-site DIR --raw DIR`."
        )


def _refuse(why: str, found: Sequence[str]) -> None:
    """Refuse to release when something was found, naming the first of it."""
    named = dict.fromkeys(found)
    if named:
        more = f"\n... and {len(named) - SHOWN} more" if len(named) > SHOWN else ""
        raise InputError(f"nothing is released: {why}.\n" + "\n".join([*named][:SHOWN]) + more)


def _stale(place: Place, runs: Sequence[Run]) -> list[str]:
    """What `make` would build, with why."""
    inputs = Inputs(place)
    found = {"tables": stale_tables(place, inputs)}
    found |= {run.id: reason for run, reason in stale_runs(place, inputs, runs).items()}
    if not any(found.values()):
        found |= {"indexes": stale_because(place.stamp(SITE), place.project, inputs.of_site(runs))}
    return [f"{name} ({reason})" for name, reason in found.items() if reason]


def _stamps(place: Place, runs: Sequence[Run]) -> Iterator[Path]:
    yield from (place.stamp(name) for name in (TABLES, SITE, *(run.id for run in runs)))


def _foreign(place: Place, made: set[Path]) -> list[str]:
    """Files of the site or among the figures that no declared run made."""
    there = [*files_below(place.site), *files_below(place.figures)]
    return sorted(path.relative_to(place.project).as_posix() for path in there if path not in made)


def _contents(place: Place, made: set[Path]) -> dict[str, bytes]:
    """The files of the archive by their names there: those below `build` stand at the top."""
    missing = [name for name in DOCUMENTS if not (place.project / name).is_file()]
    _refuse("a file that goes with every release is missing", missing)
    paths = [*made, *(place.project / name for name in DOCUMENTS), *sorted((place.project / "docs").rglob("*.md"))]
    inside = {
        path: path.relative_to(place.build if path.is_relative_to(place.build) else place.project) for path in paths
    }
    return {name.as_posix(): path.read_bytes() for path, name in inside.items()}


def _written(place: Place, data: bytes) -> Release:
    path = place.build / "release" / f"{NAME}.zip"
    write_together({path: data, path.with_name(SUMS): f"{digest(data)}  {path.name}\n".encode()})
    with zipfile.ZipFile(io.BytesIO(data)) as whole:
        return Release(path, digest(data), len(whole.namelist()))
