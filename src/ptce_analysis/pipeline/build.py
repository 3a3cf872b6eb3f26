"""The build: from published figures to processed tables, executed notebooks, figures and pages. Only what is stale."""

from __future__ import annotations

import fcntl
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ptce_analysis.pipeline.runs import Run
from ptce_analysis.pipeline.stamps import digest_of_files, digest_of_value, stale_because, write_atomically, write_stamp

LIBRARY = Path(__file__).parents[1]


@dataclass(frozen=True)
class Place:
    """Where things are in a project; every path of the build is written here once."""

    project: Path

    @property
    def figures(self) -> Path:
        """Committed figures, one folder per language."""
        return self.project / "figures"

    @property
    def processed(self) -> Path:
        """Committed tables."""
        return self.project / "data" / "processed"

    @property
    def notebooks(self) -> Path:
        """Executed notebooks."""
        return self.project / "build" / "notebooks"

    @property
    def site(self) -> Path:
        """The HTML site."""
        return self.project / "build" / "site"

    def stamp(self, name: str) -> Path:
        """The record of what a result was made from."""
        return self.project / "build" / "stamps" / f"{name}.json"

    def failed(self, run: Run) -> Path:
        """The executed copy of a run that failed."""
        return self.project / "build" / "failed" / f"{run.id}.ipynb"

    @cached_property
    def shared_inputs(self) -> dict[str, str]:
        """Digests of what every result depends on: data, library (code, catalogue, templates), locked versions."""
        kinds = {".py", ".po", ".j2", ".css", ".json", ".yml", ".toml"}
        library = [path for path in LIBRARY.rglob("*") if path.suffix in kinds]
        data = list((self.project / "data" / "raw" / "published").glob("*.csv"))
        lock = [path for path in [self.project / "requirements.lock"] if path.is_file()]
        return {
            "data": digest_of_files(self.project, data),
            "library": digest_of_files(LIBRARY, library),
            "locked versions": digest_of_files(self.project, lock),
        }

    def inputs(self, run: Run) -> dict[str, str]:
        """Digests of everything a run depends on."""
        own = {"notebook": digest_of_files(self.project, [run.notebook]), "parameters": digest_of_value(run.parameters)}
        return self.shared_inputs | own


def stale_runs(place: Place, runs: Sequence[Run]) -> dict[Run, str]:
    """Return the runs to build again, with why."""
    found = {run: stale_because(place.stamp(run.id), place.project, place.inputs(run)) for run in runs}
    return {run: reason for run, reason in found.items() if reason}


@contextmanager
def one_build_at_a_time(place: Place) -> Iterator[None]:
    """Wait until no other build works in this project."""
    path = place.project / "build" / "lock"
    path.parent.mkdir(exist_ok=True)
    with path.open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("another build is working in this project: waiting for it to finish", file=sys.stderr)
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def build_tables(place: Place) -> bool:
    """Write the processed tables if they are stale; return whether they were."""
    inputs, stamp = place.shared_inputs, place.stamp("tables")
    if not stale_because(stamp, place.project, inputs):
        return False
    from ptce_analysis.pipeline.tables import processed_tables

    tables = processed_tables(place.project)
    for name, data in tables.items():
        write_atomically(place.processed / name, data)
    write_stamp(stamp, place.project, inputs, [place.processed / name for name in tables])
    return True


def build_runs(place: Place, stale: dict[Run, str], jobs: int) -> list[str]:
    """Build runs, `jobs` at a time, with a line each as they end; return the reports of those that failed."""
    if not stale:
        return []
    from ptce_analysis.pipeline import children

    _preload()
    failures, start = [], time.monotonic()
    ended = children.results(lambda run: _attempt(place, run), list(stale), jobs)
    for number, (run, failure) in enumerate(ended, start=1):
        left = (time.monotonic() - start) / number * (len(stale) - number)
        state = "FAILED" if failure else f"about {left:.0f} s left" if number < len(stale) else "done"
        print(f"[{number}/{len(stale)}] {run.id} ({stale[run]}): {state}", flush=True)
        failures += [failure if failure.startswith(run.id) else f"{run.id}: {failure}"] if failure else []
    return failures


def _preload() -> None:
    """Import once, before the children are forked, what every run needs."""
    import ptce_analysis.pipeline.execute
    import ptce_analysis.publish.appendix
    import ptce_analysis.publish.show
    import ptce_analysis.publish.topics  # noqa: F401


def _attempt(place: Place, run: Run) -> str:
    """Build one run; return why it failed, or nothing."""
    from ptce_analysis.pipeline.execute import RunFailed

    try:
        build_run(place, run)
    except RunFailed as failure:
        return str(failure)
    except OSError as error:
        return f"{error.filename or 'output'}: {error.strerror}"
    place.failed(run).unlink(missing_ok=True)
    return ""


def build_run(place: Place, run: Run) -> None:
    """Execute one run and write its notebook, its figures and its page, then its stamp."""
    import nbformat

    from ptce_analysis.pipeline.execute import executed_notebook, with_provenance
    from ptce_analysis.publish.appendix import PtceExporter

    inputs = place.inputs(run)
    provenance = {"Data": inputs["data"][:16], "Library": inputs["library"][:16], "Notebook": inputs["notebook"][:16]}
    node = with_provenance(executed_notebook(run, place.project, place.failed(run)), provenance)
    html, resources = PtceExporter().from_notebook_node(node)
    files = {place.figures / run.lang / name: data for name, data in resources["outputs"].items()}
    files[place.notebooks / f"{run.id}.ipynb"] = (nbformat.writes(node) + "\n").encode()  # type: ignore[no-untyped-call]
    files[place.site / f"{run.id}.html"] = html.encode()
    for path, data in files.items():
        write_atomically(path, data)
    write_stamp(place.stamp(run.id), place.project, inputs, files)


def build_index(place: Place, runs: Sequence[Run]) -> None:
    """Write the site's indexes once every page is there."""
    inputs = {run.id: digest_of_files(place.project, [place.notebooks / f"{run.id}.ipynb"]) for run in runs}
    inputs |= place.shared_inputs
    stamp = place.stamp("site")
    if not stale_because(stamp, place.project, inputs):
        return
    from ptce_analysis.pipeline.site import language_choice, site_index

    langs = sorted({run.lang for run in runs})
    pages = {place.site / lang / "index.html": site_index(tuple(runs), lang, place.notebooks) for lang in langs}
    pages[place.site / "index.html"] = language_choice()
    for path, data in pages.items():
        write_atomically(path, data)
    write_stamp(stamp, place.project, inputs, pages)
