"""Proof of reproducibility, everything built from nothing elsewhere and compared byte for byte; the PDF; one archive.

The archive has the same bytes on any machine, and a record of each of its files (RO-Crate 1.1).
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from ptce_analysis import __version__
from ptce_analysis.errors import InputError
from ptce_analysis.pipeline.build import refuse_committed_answers, stale_runs
from ptce_analysis.pipeline.runs import LIBRARY, PACKAGE, SITE, TABLES, Place, Run
from ptce_analysis.pipeline.stale import (
    PACKAGE_FILE,
    Inputs,
    digest,
    made_by,
    one_at_a_time,
    recorded,
    stale_because,
    write_together,
)  # fmt: skip
from ptce_analysis.protect.scan import scan, zipped
from ptce_analysis.publish.exhibit import LICENCE
from ptce_analysis.publish.site import read_edition
from ptce_analysis.survey.waves import WAVES_VARIABLE

EXCERPT = 60
# Where readers keep notebooks of their own: nothing is made from them.
OWN = "explorations"
# Another machine, as far as one machine can be another: what a build must not depend on.
ELSEWHERE = {"TZ": "Pacific/Auckland", "LANG": "C", "LC_ALL": "C", "PYTHONHASHSEED": "1", "COLUMNS": "40"}
if platform.machine() in ("x86_64", "AMD64"):  # sums in the order of an older processor: other last digits
    ELSEWHERE["OPENBLAS_CORETYPE"] = "Prescott"
INHERITED = ("PATH", "TMPDIR", "LD_LIBRARY_PATH")

NAME = f"ptce-analysis-{__version__}"
SUMS = "SHA256SUMS"
# What the PDF of the study was made from, beside it (docs/pdf.py).
STAMP = "stamp.json"
# What is released besides results and `docs`: how to read, cite and reuse them, and the figures typed from the sources.
DOCUMENTS = (
    "README.md", "LISEZMOI.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md",
    "CITATION.cff", ".zenodo.json", "codemeta.json", "datapackage.json", "LICENSE", "LICENSES/DATA.md",
    "data/processed/README.md", "data/raw/published/README.md", "data/raw/published/figures.csv",
    "data/raw/published/indicators.csv", "data/raw/published/roles.csv", "data/raw/published/sources.csv",
)  # fmt: skip
CRATE, CRATES = "ro-crate-metadata.json", "https://w3id.org/ro/crate/1.1"
# What kind of file a name says; any other is plain text.
TYPES = {".html": "text/html", ".svg": "image/svg+xml", ".png": "image/png", ".csv": "text/csv", ".md": "text/markdown",
         ".json": "application/json", ".ipynb": "application/x-ipynb+json", ".pdf": "application/pdf",
         ".zip": "application/zip", ".cff": "application/yaml", ".bib": "application/x-bibtex",
         ".ris": "application/x-research-info-systems"}  # fmt: skip
SHOWN = 8


@dataclass(frozen=True)
class Difference:
    """A file that is not the same here and rebuilt: what is wrong, where it first differs, and both sides of it."""

    file: str
    kind: str
    where: str = ""
    here: str = ""
    rebuilt: str = ""


@dataclass(frozen=True)
class Report:
    """What a comparison found; `failure` holds what the build said when it could not rebuild everything."""

    compared: int
    differences: list[Difference]
    failure: str = ""

    @property
    def succeeded(self) -> bool:
        return not self.differences and not self.failure

    def text(self) -> str:
        if self.failure:
            return f"could not rebuild everything elsewhere:\n{self.failure}"
        lines = []
        for one in self.differences:
            sides = [f"  here:    {one.here}", f"  rebuilt: {one.rebuilt}"] if one.where else []
            lines += [f"{one.file}: {one.kind}" + f" first at {one.where}" * bool(one.where), *sides]
        same = self.compared - len(self.differences)
        return "\n".join([*lines, f"{same} of {self.compared} files are the same"])


def verify(project: Path) -> Report:
    """Return how a project's results compare with the same results built from nothing, elsewhere."""
    with tempfile.TemporaryDirectory(prefix="ptce verify ") as folder:
        elsewhere, home = Path(folder) / "élsewhere", Path(folder) / "home"
        copy_inputs(project, elsewhere)
        home.mkdir()
        there = {name: os.environ[name] for name in INHERITED if name in os.environ} | ELSEWHERE
        there |= {"HOME": str(home), "PYTHONPATH": str(elsewhere / "src")}
        command = [sys.executable, "-m", PACKAGE, "build", "--keep-going"]
        done = subprocess.run(command, cwd=elsewhere, env=there, umask=0o077, capture_output=True)
        if done.returncode:
            return Report(0, [], (done.stdout + done.stderr).decode(errors="replace").strip())
        return compare(Place(project), Place(elsewhere))


def copy_inputs(project: Path, folder: Path) -> None:
    """Copy a project without anything that was made, and the library that runs now."""

    def not_an_input(parent: str, names: list[str]) -> list[str]:
        made = [path.name for path in Place(project).made if path.parent == Path(parent)]
        return [name for name in names if name in (*made, "__pycache__", OWN) or name.startswith(".")]

    shutil.copytree(project, folder, ignore=not_an_input)
    shutil.copytree(LIBRARY, folder / "src" / PACKAGE, ignore=not_an_input, dirs_exist_ok=True)


def compare(here: Place, rebuilt: Place) -> Report:
    """Return every difference between what is committed, or built, here and what was rebuilt."""

    def names(place: Place, *folders: Path) -> set[str]:
        found = (path for folder in folders for path in folder.rglob("*") if path.is_file())
        results = (one for one in found if one.name[0] != "." and (one.suffix != ".md" or place.site in one.parents))
        return {one.relative_to(place.project).as_posix() for one in results}

    committed = names(here, here.figures, here.processed) | names(rebuilt, rebuilt.figures, rebuilt.processed)
    built = {name for name in names(here, here.site, here.notebooks) if (rebuilt.project / name).is_file()}
    found = []
    for name in sorted(committed | built):
        ours, theirs = here.project / name, rebuilt.project / name
        if not (ours.is_file() and theirs.is_file()):
            kind = "is here but no run makes it" if ours.is_file() else "is built but not here"
            found.append(Difference(name, kind))
        elif ours.read_bytes() != theirs.read_bytes():
            found.append(Difference(name, "differs", *first_difference(ours.read_bytes(), theirs.read_bytes())))
    return Report(len(committed | built), found)


def first_difference(ours: bytes, theirs: bytes) -> tuple[str, str, str]:
    """Return where two contents first differ, line and column, and what stands there in each."""
    texts = [data.decode(errors="backslashreplace") for data in (ours, theirs)]
    same = os.path.commonprefix(texts)  # noqa: RUF071 (by character, as wanted)
    column = len(same) - (same.rfind("\n") + 1)
    shown = slice(len(same) - min(column, EXCERPT // 3), len(same) + EXCERPT)
    a, b = (repr("".join(text[shown].splitlines(keepends=True)[:1])) for text in texts)
    return f"line {same.count(chr(10)) + 1}, column {column + 1}", a, b


def release(place: Place, runs: Sequence[Run]) -> dict[str, str | int]:
    """Write the archive and its digest in `build/release`, or refuse; return where, its SHA-256, how many files.

    Raises `InputError` when answers of respondents are near, anything is stale, foreign, unsafe to publish, or not the
    same when it is built again elsewhere.
    """
    refuse_committed_answers(place)
    supplied = [run.id for run in runs if run.waves == "supplied"]
    if supplied or os.environ.get(WAVES_VARIABLE):
        raise InputError(
            f"nothing is released while answers are supplied ({', '.join(supplied) or WAVES_VARIABLE}): unset"
            f" {WAVES_VARIABLE}, run `make`, then `make release`. Pages made of real answers are handed over by hand,"
            " after `ptce check-site DIR --raw DIR`."
        )
    with one_at_a_time(place):
        _refuse("not up to date: run `make`", stale_pages(place, runs))
        stamps = [place.stamp(name) for name in (TABLES, SITE, *(run.id for run in runs))]
        made = {path for stamp in stamps for path in made_by(stamp, place.project)}
        there = {path for folder in (place.site, place.figures) for path in folder.rglob("*") if not path.is_dir()}
        foreign = sorted(path.relative_to(place.project).as_posix() for path in there - made)
        _refuse("made by no declared run: remove it, or run `make`", foreign)
        _refuse("not safe to publish: see `ptce check-site build/site`", [one.file for one in scan(place.site)])
        stamps.append(place.pdf / STAMP)
        now = {name: digest(place.project.joinpath(name).read_bytes()) for name in recorded(stamps[-1])["inputs"]
               if (place.project / name).is_file()}  # fmt: skip
        reason = stale_because(stamps[-1], place.project, now)
        _refuse("the PDF is not that of the pages: run `make pdf`", [reason] if reason else [])
        missing = [name for name in DOCUMENTS if not (place.project / name).is_file()]
        _refuse("a file that goes with every release is missing", missing)
        made |= {*made_by(stamps[-1], place.project)}
        paths = [*made, *(place.project / name for name in DOCUMENTS), *sorted((place.project / "docs").rglob("*.md"))]
        # Those below `build` stand at the top.
        tops = {path: place.build if path.is_relative_to(place.build) else place.project for path in paths}
        files = {path.relative_to(top).as_posix(): path.read_bytes() for path, top in tops.items()}
    report = verify(place.project)
    if not report.succeeded:
        raise InputError(f"nothing is released: `ptce verify` fails.\n{report.text()}")
    files[CRATE] = crate(place.project, files)
    files[SUMS] = "".join(f"{digest(data)}  {name}\n" for name, data in sorted(files.items())).encode()
    data, path = zipped(NAME, files), place.build / "release" / f"{NAME}.zip"
    write_together({path: data, path.with_name(SUMS): f"{digest(data)}  {path.name}\n".encode()})
    name = path.relative_to(place.project).as_posix()
    return {"archive": name, "sha256": digest(data), "files": len(files)}


def crate(project: Path, files: Mapping[str, bytes]) -> bytes:
    """Return the record of a folder of files (RO-Crate 1.1): the study, who made it, its licence, and each file."""
    parts = [{"@id": quote(name)} for name in sorted(files)]
    study = read_edition(project).record(license={"@id": LICENCE["path"]}, hasPart=parts)
    people = [{"@id": f"#author-{rank}", **one} for rank, one in enumerate(study.get("author", ()), start=1)]
    study |= {"@id": "./", "@type": "Dataset", "author": [{"@id": one["@id"]} for one in people]}
    record = {"@id": CRATE, "@type": "CreativeWork", "about": {"@id": "./"}, "conformsTo": {"@id": CRATES}}
    licence = {"@id": LICENCE["path"], "@type": "CreativeWork", "name": LICENCE["title"]}
    resources = json.loads((project / PACKAGE_FILE).read_text(encoding="utf-8"))["resources"]
    described = {one["path"]: {"name": one["title"], "description": one["description"]} for one in resources}
    graph = [record, study, *people, licence]
    for name, data in sorted(files.items()):
        kind = {"encodingFormat": TYPES.get(Path(name).suffix, "text/plain"), "contentSize": str(len(data))}
        graph.append({"@id": quote(name), "@type": "File", **kind, **described.get(name, {})})
    return (
        json.dumps({"@context": f"{CRATES}/context", "@graph": graph}, ensure_ascii=False, indent=1) + "\n"
    ).encode()


def _refuse(why: str, found: Sequence[str]) -> None:
    named = list(dict.fromkeys(found))
    if named:
        more = f"\n... and {len(named) - SHOWN} more" if len(named) > SHOWN else ""
        raise InputError(f"nothing is released: {why}.\n" + "\n".join(named[:SHOWN]) + more)


def stale_pages(place: Place, runs: Sequence[Run]) -> list[str]:
    """Return why tables, runs or indexes must be made again, one line each."""
    inputs = Inputs(place)
    found = {"tables": stale_because(place.stamp(TABLES), place.project, inputs.of_tables())}
    found |= {run.id: reason for run, reason in stale_runs(place, inputs, runs).items()}
    if not any(found.values()):
        found["indexes"] = stale_because(place.stamp(SITE), place.project, inputs.of_site(runs))
    return [f"{name} ({reason})" for name, reason in found.items() if reason]
