"""One archive of the study: `ptce release` (`make release`) writes it, once nothing is stale.

It has the same bytes on any machine, and a record of each of its files (RO-Crate 1.1).
"""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from pdf import NAME, STAMP, stale_pages
from ptce_analysis.errors import InputError
from ptce_analysis.pipeline.build import refuse_committed_answers
from ptce_analysis.pipeline.runs import SITE, TABLES, Place, Run
from ptce_analysis.pipeline.stale import (
    PACKAGE_FILE,
    digest,
    made_by,
    one_at_a_time,
    recorded,
    stale_because,
    write_together,
)
from ptce_analysis.pipeline.verify import report_lines, verify
from ptce_analysis.protect.scan import scan, zipped
from ptce_analysis.publish.exhibit import LICENCE
from ptce_analysis.publish.site import read_edition
from ptce_analysis.survey.waves import WAVES_VARIABLE

SUMS = "SHA256SUMS"
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
    found = verify(place.project)
    if found["differences"] or found["failure"]:
        raise InputError("\n".join(["nothing is released: `ptce verify` fails.", *report_lines(found)]))
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
