"""The build: from published figures to processed tables, executed notebooks, figures and pages. Only what is stale."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from ptce_analysis.pipeline import environment
from ptce_analysis.pipeline.committed import refuse_committed_answers
from ptce_analysis.pipeline.failures import Failure, failure_of
from ptce_analysis.pipeline.files import remove_leftovers
from ptce_analysis.pipeline.inputs import Inputs
from ptce_analysis.pipeline.lock import one_at_a_time
from ptce_analysis.pipeline.place import SITE, TABLES, Place
from ptce_analysis.pipeline.progress import Progress
from ptce_analysis.pipeline.run import FOLDERS, INDEX, Run
from ptce_analysis.pipeline.stamps import made_by, publish, recorded, stale_because


@dataclass(frozen=True)
class Options:
    """How to build: runs at a time, whether to start new runs after a failure, how long a cell may take."""

    jobs: int = 1
    keep_going: bool = False
    verbose: bool = False
    timeout_s: int = environment.CELL_TIMEOUT_S
    stream: TextIO = field(default_factory=lambda: sys.stdout)


@dataclass(frozen=True)
class Outcome:
    """What a build did: runs with why they were built, those that failed, those it did not start; files removed.

    `page` is the one to open first, empty when the site is not whole; `waiting` counts the texts of all pages that are
    shown in English for want of a translation.
    """

    built: dict[str, str]
    up_to_date: list[str]
    failed: list[Failure]
    not_started: list[str]
    removed: list[str]
    tables: str
    clashes: list[str]
    page: str = ""
    waiting: int = 0

    @property
    def succeeded(self) -> bool:
        """Whether everything asked for is there."""
        return not self.failed and not self.clashes

    def complaints(self, verbose: bool = False) -> list[str]:
        """Return what went wrong, in words for people."""
        return [failure.text(verbose) for failure in self.failed] + self.clashes

    def summary(self) -> str:
        """Return the last lines of a build: what was done, where its pages are, what they wait for."""
        counts = {"built": self.built, "up to date": self.up_to_date, "failed": self.failed}
        counts |= {"not started": self.not_started, "outdated files removed": self.removed}
        tables = [f"tables built ({self.tables})"] if self.tables else []
        lines = [
            ", ".join(tables + [f"{len(some)} {name}" for name, some in counts.items() if some or name == "built"])
        ]
        lines += [f"open {self.page}"] if self.page else []
        one = self.waiting == 1
        waiting = "text waits for its translation and is" if one else "texts wait for their translation and are"
        lines += [f"{self.waiting} {waiting} shown in English: make texts"] if self.waiting else []
        return "\n".join(lines)


def stale_runs(place: Place, inputs: Inputs, runs: Sequence[Run]) -> dict[Run, str]:
    """Return the runs to build again, with why."""
    found = {run: stale_because(place.stamp(run.id), place.project, inputs.of_run(run)) for run in runs}
    return {run: reason for run, reason in found.items() if reason}


def stale_tables(place: Place, inputs: Inputs) -> str:
    """Return why the processed tables must be built again, or nothing."""
    return stale_because(place.stamp(TABLES), place.project, inputs.of_tables())


def build(place: Place, runs: Sequence[Run], chosen: Sequence[Run], options: Options) -> Outcome:
    """Build the tables, the chosen runs that are stale, and the indexes once every run is there."""
    refuse_committed_answers(place)
    with one_at_a_time(place.lock):
        remove_leftovers(place.made, place.scratch)
        inputs = Inputs(place)
        tables = build_tables(place, inputs)
        stale = stale_runs(place, inputs, chosen)
        ended = build_runs(place, inputs, stale, options)
        failed = [failure for failure in ended.values() if failure]
        clashes = clashing_outputs(place, runs)
        whole = not failed and not clashes and all(place.notebook(run).is_file() for run in runs)
        if whole:
            build_indexes(place, inputs, runs)
        return Outcome(
            built={run.id: stale[run] for run, failure in ended.items() if not failure},
            up_to_date=[run.id for run in chosen if run not in stale],
            failed=failed,
            not_started=[run.id for run in stale if run not in ended],
            removed=remove_orphans(place, runs) if whole else [],
            tables=tables,
            clashes=clashes,
            page=first_page(place, runs).relative_to(place.project).as_posix() if whole else "",
            waiting=waiting_texts(place, runs),
        )


def first_page(place: Place, runs: Sequence[Run]) -> Path:
    """Return the page to open first: that of the answers a reader supplies, else the index of the first language."""
    supplied = (place.page(run) for run in runs if run.folder == FOLDERS["supplied"])
    return next(supplied, place.site / runs[0].lang / INDEX)


def waiting_texts(place: Place, runs: Sequence[Run]) -> int:
    """Return how many texts of the pages that are there wait for their translation."""
    pages = (place.page(run) for run in runs)
    return sum(page.read_bytes().count(b'class="untranslated"') for page in pages if page.is_file())


def build_data(place: Place) -> str:
    """Build the processed tables only; return why they were stale."""
    refuse_committed_answers(place)
    with one_at_a_time(place.lock):
        remove_leftovers(place.made, place.scratch)
        return build_tables(place, Inputs(place))


def build_tables(place: Place, inputs: Inputs) -> str:
    """Write the processed tables if they are stale; return why they were."""
    reason = stale_tables(place, inputs)
    if reason:
        with environment.unswept():
            from ptce_analysis.pipeline.tables import processed_tables

        tables = processed_tables(place.project)
        files = {place.processed / name: data for name, data in tables.items()}
        publish(place.stamp(TABLES), place.project, inputs.of_tables(), files)
    return reason


def build_runs(place: Place, inputs: Inputs, stale: dict[Run, str], options: Options) -> dict[Run, Failure | None]:
    """Build runs, each with a line as it ends; return how those that were started ended."""
    ended: dict[Run, Failure | None] = {}
    if not stale:
        return ended
    from ptce_analysis.pipeline import children

    progress = Progress(len(stale), options.jobs, options.stream, options.verbose)
    made_from = {run: inputs.of_run(run) for run in stale}
    progress.start()
    _warm_up(inputs, stale)
    start = children.results if environment.CAN_FORK else children.results_here
    attempts = start(
        lambda run: _attempt(place, run, made_from[run], options.timeout_s),
        # What is made from most comes first, as it is likely to take longest: the processors then end together.
        sorted(stale, key=lambda run: -len(made_from[run])),
        options.jobs,
        lambda: options.keep_going or not any(ended.values()),
    )
    for run, answer in attempts:
        ended[run], seconds = (failure_of(run, answer), 0.0) if isinstance(answer, children.ChildDied) else answer
        progress.end(run.id, stale[run], ended[run] is not None, seconds)
    progress.stop()
    return ended


def _warm_up(inputs: Inputs, stale: Iterable[Run]) -> None:
    """Pay once for what every run needs; whatever fails here is left to the runs, which will say so."""
    with suppress(Exception), environment.unswept():
        from ptce_analysis.pipeline.warm import warm_up

        warm_up(inputs.imports(stale), {run.lang for run in stale})


def _attempt(place: Place, run: Run, inputs: dict[str, str], timeout_s: int) -> tuple[Failure | None, float]:
    """Build one run; return why it failed, if it did, and how long it took."""
    started, failure = time.monotonic(), None
    try:
        from ptce_analysis.pipeline.pages import page_files

        publish(place.stamp(run.id), place.project, inputs, page_files(place, run, inputs, timeout_s))
        place.failed(run).unlink(missing_ok=True)
    except Exception as error:
        failure = getattr(error, "failure", None) or failure_of(run, error)
    return failure, time.monotonic() - started


def clashing_outputs(place: Place, runs: Sequence[Run]) -> list[str]:
    """Return a line for each file that two runs make: the second has replaced the first."""
    makers: dict[str, list[str]] = {}
    for run in runs:
        for name in recorded(place.stamp(run.id))["outputs"]:
            makers.setdefault(name, []).append(run.id)
    advice = "Give the figures of each run names of their own."
    return [f"{name}: made by {' and by '.join(ids)}. {advice}" for name, ids in makers.items() if len(ids) > 1]


def build_indexes(place: Place, inputs: Inputs, runs: Sequence[Run]) -> None:
    """Write the site's indexes if they are stale."""
    stamp, made_from = place.stamp(SITE), inputs.of_site(runs)
    if stale_because(stamp, place.project, made_from):
        from ptce_analysis.pipeline.site import site_files

        publish(stamp, place.project, made_from, site_files(place, runs))


def remove_orphans(place: Place, runs: Sequence[Run]) -> list[str]:
    """Remove what runs that are no longer declared made, as their stamps say; return its names."""
    names = {TABLES, SITE, *(run.id for run in runs)}
    orphans = [stamp for name, stamp in place.stamps() if name not in names]
    made = {path for stamp in orphans for path in made_by(stamp, place.project)}
    kept = {path for name in names if made for path in made_by(place.stamp(name), place.project)}
    for path in (*made - kept, *orphans):
        path.unlink(missing_ok=True)
    return sorted(path.relative_to(place.project).as_posix() for path in made - kept)
