"""Odd places, odd readers: a build works, or says in a line why not, wherever it stands and whoever looks at it."""

from __future__ import annotations

import errno
import io
import json
import os
import pty
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from ptce_analysis.pipeline.progress import Progress

from conftest import NOTEBOOKS, REPOSITORY, RUNS, build_quietly, results, write_notebook, write_project
from ptce_analysis.vocabulary import LANGUAGES

pytestmark = [pytest.mark.usefixtures("restored_environment"), pytest.mark.filterwarnings("default")]

BUILD = [sys.executable, "-m", "ptce_analysis", "build"]
NAMES = ["with spaces", "l’été à Besançon", "quotes ' and \" too", "100 % $HOME #1 {lang}", "-n", "colon:here"]


def made_with(command: list[str], project: Path, **how: object) -> subprocess.CompletedProcess[str]:
    """Run a command in a project and return how it ended."""
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False, **how)  # type: ignore[call-overload,no-any-return]


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_the_folder_does_not_count(name: str, tmp_path: Path, built_once: Path) -> None:
    """Spaces, accents, quotes and signs that shells and formats know: the same bytes."""
    project = write_project(tmp_path / name, NOTEBOOKS)
    done = made_with(BUILD, project)
    assert done.returncode == 0, done.stderr
    assert results(project) == results(built_once)


def test_make_works_in_a_folder_with_spaces(tmp_path: Path, built_once: Path) -> None:
    """`make -j8 WAVES=…` finds its library and its waves where names hold spaces and quotes."""
    project = write_project(tmp_path / "l'été à deux", NOTEBOOKS)
    shutil.copy(REPOSITORY / "Makefile", project)
    shutil.copytree(REPOSITORY / "src", project / "src", ignore=shutil.ignore_patterns("__pycache__"))
    waves = project / "mes réponses"
    waves.mkdir()
    done = made_with(["make", "-j8", f"PYTHON={sys.executable}", f"WAVES={waves.name}"], project)
    assert done.returncode == 0, done.stderr
    assert results(project) == results(built_once)
    probe = "print-waves:\n\t@printenv PTCE_WAVES PTCE_RULES PYTHONPATH\n"
    (project / "probe.mk").write_text("include Makefile\n" + probe)
    done = made_with(
        ["make", "-s", "-f", "probe.mk", "print-waves", "PYTHON=p", f"WAVES={waves}", "RULES=strict"], project
    )
    assert done.stdout.splitlines() == [str(waves), "strict", f"{project}/src"]


def test_a_linked_project_is_the_same_project(built_project: Path, tmp_path: Path) -> None:
    """Reached through a link, nothing is stale and no second lock exists."""
    (tmp_path / "link").symlink_to(built_project)
    done = made_with([*BUILD, "--project", str(tmp_path / "link")], tmp_path)
    assert done.stdout.startswith(f"0 built, {RUNS} up to date\n"), done.stderr


def test_a_clock_that_jumps_changes_nothing(built_project: Path) -> None:
    """Results from the future and inputs from the past, or the reverse, are up to date."""
    for ahead, behind in (("build", "notebooks"), ("notebooks", "build")):
        for folder, date in ((ahead, 4e9), (behind, 0.0)):
            for path in (built_project / folder).rglob("*"):
                os.utime(path, (date, date))
        assert build_quietly(built_project).built == {}


STAMPS = {
    "empty": b"",
    "cut": b'{"inputs": {"noteb',
    "binary": bytes(range(256)),
    "another shape": b"[1, 2]",
    "values of another kind": json.dumps(
        {"inputs": {"parameters": 1}, "outputs": {"build/site/fr/plain.html": 3}}
    ).encode(),
    "names nothing": json.dumps({"inputs": {}, "outputs": {}}).encode(),
    "names a folder": json.dumps({"inputs": {}, "outputs": {"build": "0"}}).encode(),
}


@pytest.mark.parametrize("what", STAMPS)
def test_a_damaged_stamp_only_costs_time(what: str, built_project: Path) -> None:
    """A run whose stamp cannot be trusted is built again, to the same bytes; nothing else is touched."""
    before = results(built_project)
    (stamp,) = (built_project / "build").rglob("fr/plain.json")
    stamp.write_bytes(STAMPS[what])
    assert list(build_quietly(built_project).built) == ["fr/plain"]
    assert results(built_project) == before


@pytest.mark.parametrize("data", [b"", b"half", b"\x00" * 4096], ids=["empty", "half", "zeroes"])
def test_what_a_crash_of_the_machine_leaves_is_made_again(data: bytes, built_project: Path) -> None:
    """After a power cut a file may be empty, short or zeroes under its final name: it is found and built again."""
    before = results(built_project)
    for path in (built_project / "build" / "site").rglob("*.html"):
        path.write_bytes(data)
    build_quietly(built_project)
    assert results(built_project) == before


def test_a_renamed_notebook_takes_its_page_along(built_project: Path) -> None:
    """The page, the notebook and the indexes of the old name go; links lead to the new one, also its neighbour's."""
    (built_project / "notebooks" / "plain.ipynb").rename(built_project / "notebooks" / "simple.ipynb")
    declared = (built_project / "runs.toml").read_text().replace("plain", "simple")
    (built_project / "runs.toml").write_text(declared)
    outcome = build_quietly(built_project)
    assert set(outcome.built) == {f"{lang}/{name}" for lang in LANGUAGES for name in ("simple", "drawn")}
    assert not [name for name in results(built_project) if "plain" in name]
    index = (built_project / "build" / "site" / "fr" / "index.html").read_text()
    assert "simple.html" in index and "plain.html" not in index


def test_a_reader_who_leaves_does_not_stop_the_build(project: Path, built_once: Path) -> None:
    """`make | head -1`: what is left is built, and the exit code tells how that went."""
    reading, writing = os.pipe()
    build = subprocess.Popen(BUILD, cwd=project, stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    os.close(reading)
    complaints = build.communicate()[1]
    assert (build.returncode, complaints) == (0, b"")
    assert results(project) == results(built_once)


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_build_without_streams_is_a_build(closed: str, project: Path, built_once: Path) -> None:
    """Started with closed input, output or both, a build writes its results into its files only."""
    command = f'exec "{sys.executable}" -m ptce_analysis build {closed}'
    assert made_with(["sh", "-c", command], project).returncode == 0
    assert results(project) == results(built_once)


class Terminal(io.StringIO):
    """Something that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("term", "escapes"), [("dumb", False), ("xterm", True)])
def test_a_dumb_terminal_gets_plain_lines(term: str, escapes: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that cannot erase is not asked to."""
    monkeypatch.setenv("TERM", term)
    stream = Terminal()
    progress = Progress(1, 1, stream)
    progress.start()
    progress.end("fr/plain", "never built", failed=False, seconds=1)
    progress.stop()
    assert ("\x1b" in stream.getvalue()) is escapes
    assert "[1/1] fr/plain (never built): done\n" in stream.getvalue()


@pytest.fixture
def hanging(project: Path, tmp_path: Path) -> Path:
    """A project of which a cell tells its process through a pipe, then never ends; the pipe's path."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    tell = f"import os, signal\nwith open({str(pipe)!r}, 'w') as stream:\n    print(os.getpid(), file=stream)"
    write_notebook(project / "notebooks" / "plain.ipynb", [f"{tell}\nsignal.pause()"])
    return pipe


def test_a_terminal_that_goes_away_takes_the_build_along(hanging: Path, project: Path, built_once: Path) -> None:
    """Closing the window ends the build and its children, and the next build finishes."""
    ours, theirs = pty.openpty()
    build = subprocess.Popen(BUILD, cwd=project, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    cell = os.pidfd_open(int(hanging.read_text()))
    os.killpg(build.pid, signal.SIGHUP)
    build.wait()
    os.close(ours), os.close(theirs)
    assert ends(cell)
    finishes(project, built_once)


IMPATIENCE = {
    "Ctrl-C twice": [signal.SIGINT] * 2,
    "Ctrl-C five times": [signal.SIGINT] * 5,
    "terminated": [signal.SIGTERM],
    "Ctrl-C, then terminated": [signal.SIGINT, signal.SIGTERM],
}


def test_ctrl_c_while_a_child_is_forked_is_not_lost() -> None:
    """Python swallows what is raised in its hooks of a fork: the build would go on, deaf to any other Ctrl-C."""
    code = """
import os, signal, sys, time
from ptce_analysis.pipeline import children, environment
signal.signal(signal.SIGINT, environment._interrupt_once)
os.register_at_fork(after_in_parent=lambda: os.kill(os.getpid(), signal.SIGINT))
try:
    list(children.results(time.sleep, [5], jobs=1))
except KeyboardInterrupt:
    sys.exit(130)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "")


@pytest.mark.parametrize("how", IMPATIENCE)
def test_impatience_does_no_harm(how: str, hanging: Path, project: Path, built_once: Path) -> None:
    """However a build is asked to end, no child stays at work, no traceback is printed and nothing is half done."""
    build = subprocess.Popen(
        BUILD, cwd=project, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )
    cell = os.pidfd_open(int(hanging.read_text()))
    for number in IMPATIENCE[how]:
        os.killpg(build.pid, number)
    complaints = build.communicate()[1].decode()
    assert build.returncode != 0 and "Traceback" not in complaints, complaints
    assert ends(cell)
    finishes(project, built_once)


LEAVES_WORKERS = """
import multiprocessing, os, signal
context = multiprocessing.get_context("fork")
worker = context.Process(target=signal.pause)
worker.start()
with open({pipe!r}, "w") as stream:
    print(worker.pid, file=stream)
"""


def test_what_a_cell_leaves_at_work_ends_with_its_kernel(hanging: Path, project: Path, built_once: Path) -> None:
    """A worker that a cell forked and forgot is ended, and keeps neither the lock nor the build waiting."""
    write_notebook(project / "notebooks" / "plain.ipynb", [LEAVES_WORKERS.format(pipe=str(hanging))])
    build = subprocess.Popen([*BUILD, "fr/plain"], cwd=project, stdout=subprocess.DEVNULL, start_new_session=True)
    worker = os.pidfd_open(int(hanging.read_text()))
    assert build.wait(60) == 0
    assert ends(worker)
    finishes(project, built_once)


def test_a_worker_that_outlives_a_killed_build_keeps_nothing(hanging: Path, project: Path, built_once: Path) -> None:
    """Killed with a forgotten worker at work, a run is missed at once, and the next build need not wait."""
    kill = "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nsignal.pause()"
    write_notebook(project / "notebooks" / "plain.ipynb", [LEAVES_WORKERS.format(pipe=str(hanging)) + kill])
    build = subprocess.Popen([*BUILD, "fr/plain"], cwd=project, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    worker = int(hanging.read_text())
    try:
        complaints = build.communicate(timeout=60)[1].decode()
        assert "fr/plain: ChildDied: the process that built it ended early (SIGKILL)" in complaints
        finishes(project, built_once)
    finally:
        os.kill(worker, signal.SIGKILL)


def ends(process: int) -> bool:
    """Whether a process comes to its end, as its descriptor tells; wait for it."""
    try:
        return bool(select.select([process], [], [], 60)[0])
    finally:
        os.close(process)


def finishes(project: Path, built_once: Path) -> None:
    """The next build of a project gives what one that was left in peace gives."""
    shutil.copy(built_once / "notebooks" / "plain.ipynb", project / "notebooks" / "plain.ipynb")
    assert build_quietly(project).succeeded
    assert results(project) == results(built_once)
    assert not list(project.rglob("*.part"))


def test_memory_that_runs_out_is_a_failure_like_others(built_project: Path) -> None:
    """A cell that asks for more than the process may have fails its run; one that the system kills is said to be."""
    before = results(built_project)
    cell = "import resource\nresource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31))\nwhole = bytearray(2**40)"
    write_notebook(built_project / "notebooks" / "plain.ipynb", [cell])
    (failure,) = build_quietly(built_project, only="fr/plain").failed
    assert failure.error.startswith("MemoryError") and failure.cell == "cell-0"
    write_notebook(
        built_project / "notebooks" / "plain.ipynb", ["import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"]
    )
    (failure,) = build_quietly(built_project, only="fr/plain").failed
    assert "SIGKILL" in failure.error and failure.cell == "cell-0"
    assert results(built_project) == before


def test_two_projects_can_share_a_home(tmp_path: Path, built_once: Path) -> None:
    """Two clones built at once by one person, in a home without any cache yet, do not disturb each other."""
    (tmp_path / "home").mkdir()
    settings = {**os.environ, "HOME": str(tmp_path / "home"), "MPLCONFIGDIR": "", "XDG_CACHE_HOME": ""}
    projects = [write_project(tmp_path / name, NOTEBOOKS) for name in ("one", "two")]
    both = [subprocess.Popen(BUILD, cwd=project, env=settings, stdout=subprocess.DEVNULL) for project in projects]
    assert [build.wait(120) for build in both] == [0, 0]
    assert [results(project) == results(built_once) for project in projects] == [True, True]


@pytest.fixture
def read_only(built_project: Path) -> Iterator[Path]:
    """A project with something to build, in which nothing may be written by whoever obeys permissions."""
    write_notebook(built_project / "notebooks" / "plain.ipynb", ["print('edited')"])
    everything = [built_project, *built_project.rglob("*")]
    for path in everything:
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield built_project
    for path in everything:
        path.chmod(0o755)


def test_a_project_that_cannot_be_written_is_one_line(read_only: Path) -> None:
    """Exit code 1, and the name of what cannot be written; what was published stays."""
    before = results(read_only)
    done = made_with(BUILD, read_only, preexec_fn=_without_privileges)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert done.stderr.startswith(f"ptce: {read_only}") and done.stderr.endswith(f": {os.strerror(errno.EACCES)}\n")
    assert results(read_only) == before


def _without_privileges() -> None:
    """Let root be refused what permissions forbid."""
    if os.geteuid() == 0:
        import ctypes

        for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
            ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP: gone once a program is started
