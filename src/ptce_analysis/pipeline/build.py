"""The build: from published figures to processed tables, executed notebooks, figures and pages. Only what is stale."""

from __future__ import annotations

import errno
import gc
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from ptce_analysis.errors import InputError
from ptce_analysis.pipeline.runs import FOLDERS, INDEX, SITE, TABLES, Place, Run
from ptce_analysis.pipeline.stale import SUPPLIED, Inputs, made_by, one_at_a_time, publish, recorded, stale_because
from ptce_analysis.protect.leaks import UNIT_COLUMN, all_marked
from ptce_analysis.survey.waves import CODEBOOKS, READ_FROM, WAVES, stated_origins, supplied_folder, wave_files

if TYPE_CHECKING:
    from ptce_analysis.pipeline.execute import Failure

# What must not differ between two machines: hash order, encodings, time zone, language of messages; one thread for
# linear algebra (the same sums everywhere, no thread alive when children are forked); figures drawn inline, whatever
# the reader's own matplotlib settings.
FIXED = {
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "MATPLOTLIBRC": os.devnull,
}
# What makes Python print more, or drop the docstrings that libraries read (PYTHONOPTIMIZE=2 moves marks of figures).
NOT_SET = ("PYTHONASYNCIODEBUG", "PYTHONDEVMODE", "PYTHONINSPECT", "PYTHONOPTIMIZE", "PYTHONPROFILEIMPORTTIME",
           "PYTHONTRACEMALLOC", "PYTHONVERBOSE", "PYTHONWARNINGS")  # fmt: skip

# What git keeps of the folder of waves, in a project that is not a git repository (yet): the fictitious ones.
OURS = ("2013/reponses_2013.csv", "2013/codebook.yml", "2015/reponses_2015.xlsx", "2015/codebook.yml")
WHAT_TO_DO = (
    "Move them to a folder that git ignores, such as data/raw/waves/NAME, or keep them elsewhere: make WAVES=DIR."
    " If they were committed already, remove them from the history before anything is pushed."
)


@dataclass(frozen=True)
class Options:
    """How to build: runs at a time, whether to start new runs after a failure, seconds that a cell may take."""

    jobs: int = 1
    keep_going: bool = False
    verbose: bool = False
    timeout: int = 300
    stream: TextIO = field(default_factory=lambda: sys.stdout)


@dataclass(frozen=True)
class Outcome:
    """What a build did: runs with why they were built, those that failed, those it did not start; files removed.

    `page` is to be opened first, if the site is whole; `waiting` counts the texts without a translation.
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
        return not self.failed and not self.clashes

    def complaints(self, verbose: bool = False) -> list[str]:
        return [failure.text(verbose) for failure in self.failed] + self.clashes

    def summary(self) -> str:
        """Return the last lines of a build: what was done, where its pages are, what they wait for."""
        counts = {"built": self.built, "up to date": self.up_to_date, "failed": self.failed}
        counts |= {"not started": self.not_started, "outdated files removed": self.removed}
        done = [f"tables built ({self.tables})"] if self.tables else []
        done += [f"{len(some)} {name}" for name, some in counts.items() if some or name == "built"]
        lines = [", ".join(done), *([f"open {self.page}"] if self.page else [])]
        waiting = (
            "text waits for its translation and is" if self.waiting == 1 else "texts wait for their translation and are"
        )
        return "\n".join(lines + [f"{self.waiting} {waiting} shown in English: make texts"] * bool(self.waiting))


def settle(restart: bool = False) -> None:
    """Fix the surroundings of this process and of its children.

    Python reads some of them only as it starts: with `restart`, this very command is started again where they differ.
    """
    differ = any(os.environ.get(name) != value for name, value in FIXED.items())
    for name in NOT_SET:
        differ |= bool(os.environ.pop(name, ""))
    os.environ.update(FIXED)
    time.tzset()
    if restart and differ:
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def processors() -> int:
    """Return the number of processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def stale_runs(place: Place, inputs: Inputs, runs: Sequence[Run]) -> dict[Run, str]:
    """Return the runs to build again, with why."""
    found = {run: stale_because(place.stamp(run.id), place.project, inputs.of_run(run)) for run in runs}
    return {run: reason for run, reason in found.items() if reason}


def build(place: Place, runs: Sequence[Run], chosen: Sequence[Run], options: Options) -> Outcome:
    """Build the tables, the chosen runs that are stale, and the indexes once every run is there."""
    refuse_committed_answers(place)
    refuse_unwritable(place, runs)
    with one_at_a_time(place):
        inputs = Inputs(place)
        withdrawn = _withdraw(place, inputs, runs)
        (place.project / READ_FROM).unlink(missing_ok=True)
        if any(run.waves == "supplied" for run in runs):
            (place.project / READ_FROM).write_text(str(supplied_folder(place.project).resolve()), encoding="utf-8")
        tables = _build_tables(place, inputs)
        stale = stale_runs(place, inputs, chosen)
        stale |= {run: "other answers or rules" for run in stale if place.stamp(run.id) in withdrawn}
        ended = build_runs(place, inputs, stale, options)
        failed = [failure for failure in ended.values() if failure]
        clashes = _clashes(place, runs)
        whole = not failed and not clashes and all(place.notebook(run).is_file() for run in runs)
        made_from = inputs.of_site(runs) if whole else {}
        if whole and stale_because(place.stamp(SITE), place.project, made_from):
            from ptce_analysis.pipeline.site import site_files

            publish(place.stamp(SITE), place.project, made_from, site_files(place, runs))
        # The page to open first is that of the answers a reader supplies, else the index of the first language.
        supplied = (place.page(run) for run in runs if run.folder == FOLDERS["supplied"])
        page = next(supplied, place.site / runs[0].lang / INDEX).relative_to(place.project).as_posix()
        pages = [path for run in runs if (path := place.page(run)).is_file()]
        return Outcome(
            built={run.id: stale[run] for run, failure in ended.items() if not failure},
            up_to_date=[run.id for run in chosen if run not in stale],
            failed=failed,
            not_started=[run.id for run in stale if run not in ended],
            removed=_remove_orphans(place, runs) if whole else [],
            tables=tables,
            clashes=clashes,
            page=page if whole else "",
            waiting=sum(path.read_bytes().count(b'class="untranslated"') for path in pages),
        )


def build_data(place: Place) -> str:
    """Build the processed tables only; return why they were stale."""
    refuse_committed_answers(place)
    refuse_unwritable(place, [])
    with one_at_a_time(place):
        return _build_tables(place, Inputs(place))


def _build_tables(place: Place, inputs: Inputs) -> str:
    reason = stale_because(place.stamp(TABLES), place.project, inputs.of_tables())
    if reason:
        from ptce_analysis.pipeline.site import processed_tables

        files = {place.processed / name: data for name, data in processed_tables(place.project).items()}
        publish(place.stamp(TABLES), place.project, inputs.of_tables(), files)
    return reason


def build_runs(place: Place, inputs: Inputs, stale: dict[Run, str], options: Options) -> dict[Run, Failure | None]:
    """Build runs, each with a line as it ends; return how those that were started ended."""
    ended: dict[Run, Failure | None] = {}
    if not stale:
        return ended
    gc.disable()  # what is imported is never garbage; looking for some takes a fifth of the time
    from ptce_analysis.pipeline.engine import each
    from ptce_analysis.pipeline.execute import failure_of, page_files

    def attempt(run: Run) -> tuple[Failure | None, float]:
        started, failure = time.monotonic(), None
        gc.enable()
        try:
            publish(place.stamp(run.id), place.project, made_from[run], page_files(place, run, made_from[run], limit))
        except Exception as error:
            failure = failure_of(run, error, place)
        return failure, time.monotonic() - started

    def say(line: str) -> None:
        with suppress(BrokenPipeError):  # a reader who leaves (`make | head`) does not stop the build
            print(line, file=options.stream, flush=True)

    total, limit = len(stale), options.timeout
    made_from = {run: inputs.of_run(run) for run in stale}
    # What is made from most comes first, as it is likely to take longest: the processors then end together.
    order = sorted(stale, key=lambda run: (-len(made_from[run]), -run.notebook.stat().st_size))
    say(f"building {total} run{'s' * (total > 1)}, {min(options.jobs, total)} at a time")
    for run, answer in each(attempt, order, options.jobs, lambda: options.keep_going or not any(ended.values())):
        ended[run], seconds = (failure_of(run, answer, place), 0.0) if isinstance(answer, RuntimeError) else answer
        took = f", {seconds:.1f} s" if options.verbose else ""
        say(f"[{len(ended)}/{total}] {run.id} ({stale[run]}{took}): {'FAILED' if ended[run] else 'done'}")
    gc.enable()
    return ended


def _clashes(place: Place, runs: Sequence[Run]) -> list[str]:
    makers = defaultdict[str, list[str]](list)
    for run in runs:
        for name in recorded(place.stamp(run.id))["outputs"]:
            makers[name].append(run.id)
    advice = "Give the figures of each run names of their own."
    return [f"{name}: made by {' and by '.join(ids)}. {advice}" for name, ids in makers.items() if len(ids) > 1]


def _withdraw(place: Place, inputs: Inputs, runs: Sequence[Run]) -> list[Path]:
    """Take away pages made of other answers, or under other rules, than those of this build; return their stamps."""

    def answers(made_from: Mapping[str, str]) -> dict[str, str]:
        read = {name: found for name, found in made_from.items() if name.startswith(SUPPLIED)}
        return {**read, "parameters": made_from["parameters"]} if read else {}

    found, declared = list[Path](), {place.stamp(run.id): run for run in runs}
    for stamp in sorted((place.build / "stamps").rglob("*.json")):
        record = recorded(stamp)
        now = inputs.of_run(declared[stamp]) if stamp in declared and answers(record["inputs"]) else {}
        if answers(record["inputs"]) != answers(now):
            found.append(stamp)
            for path in (*(place.project / name for name in record["outputs"]), stamp):
                path.unlink(missing_ok=True)
    return found


def _remove_orphans(place: Place, runs: Sequence[Run]) -> list[str]:
    stamps = {place.stamp(name) for name in (TABLES, SITE, *(run.id for run in runs))}
    orphans = sorted(set((place.build / "stamps").rglob("*.json")) - stamps)
    made = {path for stamp in orphans for path in made_by(stamp, place.project)}
    kept = {path for stamp in stamps if made for path in made_by(stamp, place.project)}
    for path in (*made - kept, *orphans):
        path.unlink(missing_ok=True)
    return sorted(path.relative_to(place.project).as_posix() for path in made - kept)


def refuse_unwritable(place: Place, runs: Sequence[Run]) -> None:
    """Raise `OSError` naming the first place where the build cannot write, and what to do, before anything is run."""
    files = [path for run in runs for path in (place.page(run), place.notebook(run), place.stamp(run.id))]
    files += [place.lock, place.stamp(TABLES), place.stamp(SITE)]
    for path in (path for path in files if path.is_dir()):
        raise OSError(errno.EISDIR, "a folder stands where the build writes a file. Move it away.", path)
    for path in (path for path in place.made if path.exists() and not path.is_dir()):
        raise OSError(errno.ENOTDIR, "a file stands where the build keeps a folder. Move it away.", path)
    top = [next(one for one in (folder, *folder.parents) if one.exists()) for folder in (*place.made, place.lock)]
    for path in dict.fromkeys((*top, *sorted(one for made in place.made for one in made.rglob("*/")))):
        if not os.access(path, os.W_OK):
            advice = "Make it yours, with all it holds: sudo chown -R $USER and chmod -R u+w."
            raise OSError(errno.EACCES, f"{os.strerror(errno.EACCES)}. {advice}", path)


def refuse_committed_answers(place: Place) -> None:
    """Raise `InputError` naming the first file of real answers in a path that git keeps, and what to do."""
    for name in _kept_by_git(place.project, _answers(place)):
        raise InputError(f"{name}: answers of respondents in a path that git commits. {WHAT_TO_DO}")


def _answers(place: Place) -> Iterator[Path]:
    """The files that may hold real answers: waves whose codebook does not say otherwise, and rows of respondents."""
    for folder in {place.project / WAVES, supplied_folder(place.project)}:
        files = wave_files(folder) if folder.is_dir() else ()
        books = [path for path in files if path.name in CODEBOOKS and stated_origins(path) != ["fictitious"]]
        yield from (path for path in files if path.parent in {book.parent for book in books})
    for folder in (place.figures, place.processed, place.published):
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in (".csv", ".tsv", ".txt") and path.is_file():
                text = path.read_bytes().decode("utf-8-sig", "replace")
                # One of them at least is not said to be fictitious.
                if UNIT_COLUMN.search(text.partition("\n")[0]) and not all_marked(path.suffix.lower(), text):
                    yield path


def _kept_by_git(project: Path, files: Iterable[Path]) -> list[str]:
    """Those of some files, by name, that git has or would add; outside a repository, those it would keep in one."""
    root = project.resolve()
    names = [path.resolve().relative_to(root).as_posix() for path in files if path.resolve().is_relative_to(root)]
    with suppress(OSError):  # there is no git
        command = ["git", "-C", str(root), "check-ignore", "-z", "--stdin"]
        done = subprocess.run(command, input="\0".join(names).encode(), capture_output=True) if names else None
        if done is None or done.returncode in (0, 1):
            return [name for name in names if done and name not in done.stdout.decode().split("\0")]
    waves = {(WAVES / name).as_posix() for name in OURS}
    return [name for name in names if name in waves or not name.startswith((f"{WAVES.as_posix()}/", "build/"))]
