"""Faults, odd places and odd readers that must do no harm: what was published is intact, the next build finishes."""

import errno
import os
import random
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from conftest import (
    FIGURE,
    NOTEBOOKS,
    REPOSITORY,
    RUNS,
    build_quietly,
    results,
    write_files,
    write_notebook,
    write_project,
)
from guides import script
from ptce_analysis.pipeline import engine
from ptce_analysis.pipeline.runs import Place
from ptce_analysis.pipeline.stale import one_at_a_time

pytestmark = [pytest.mark.usefixtures("restored_environment"), pytest.mark.filterwarnings("default")]

BUILD = [sys.executable, "-m", "ptce_analysis", "build"]


@pytest.fixture(scope="session")
def trial(built_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A built project of which both notebooks were edited since, and what it will be."""
    folder = tmp_path_factory.mktemp("kills")
    start = Path(shutil.copytree(built_once, folder / "start"))
    write_notebook(start / "notebooks" / "plain.ipynb", ["print('edited')"])
    write_notebook(start / "notebooks" / "drawn.ipynb", [FIGURE % "redrawn"])
    return script("kills", "benchmarks").trial(start, folder)


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.thorough) for seed in range(1, 8))])
def test_a_kill_at_any_moment_loses_nothing(seed: int, trial: Any, tmp_path: Path) -> None:
    """Killed without warning, a build leaves each file as it was or as it shall be, and the next one finishes."""
    assert not trial.kill_once(tmp_path, random.Random(seed)).startswith("LOST")


BAD_CELLS = {
    "raises": "1 / 0",
    "dies": "import os\nos._exit(1)",
    "hangs": "while True: pass",
    "kills the process that runs it": "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nsignal.pause()",
}


@pytest.mark.parametrize("what", BAD_CELLS)
def test_a_bad_cell_changes_nothing_published(what: str, built_project: Path, built_once: Path) -> None:
    """The run fails and is named; what was published stays; once mended, the same bytes are made."""
    before = results(built_project)
    write_notebook(built_project / "notebooks" / "plain.ipynb", [BAD_CELLS[what]])
    outcome = build_quietly(built_project, only="fr/plain", timeout=1)
    assert [failure.run for failure in outcome.failed] == ["fr/plain"]
    assert results(built_project) == before
    assert [f.run for f in build_quietly(built_project, only="fr/plain", timeout=1).failed] == ["fr/plain"]
    shutil.copy(built_once / "notebooks" / "plain.ipynb", built_project / "notebooks" / "plain.ipynb")
    assert build_quietly(built_project).succeeded and results(built_project) == before


@pytest.mark.parametrize(
    ("name", "number"), [("plain.html", errno.ENOSPC), ("plain.ipynb", errno.EROFS), ("plain.json", errno.EACCES)]
)
def test_a_disk_that_refuses_changes_nothing_published(
    number: int, name: str, built_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page, a notebook or a stamp that cannot be written fails the run, in one line with the path."""
    before, whole = results(built_project), Path.write_bytes
    write_notebook(built_project / "notebooks" / "plain.ipynb", ["print('edited')"])

    def refusing(path: Path, data: bytes) -> int:
        if name in path.name:
            whole(path, data[: len(data) // 2])
            raise OSError(number, os.strerror(number))
        return whole(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", refusing)
        outcome = build_quietly(built_project, only="fr/plain")
    (complaint,) = (failure.error for failure in outcome.failed)
    assert complaint.endswith(f"{name}: {os.strerror(number)}") and "\n" not in complaint
    assert results(built_project) == before
    assert not list(built_project.rglob("*.part"))
    assert build_quietly(built_project).succeeded


def test_a_second_build_waits_and_says_so(built_project: Path) -> None:
    """While another holds the lock, a build says that it waits; then it goes on."""
    with one_at_a_time(Place(built_project)):
        second = subprocess.Popen(BUILD, cwd=built_project, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert second.stderr is not None
        assert second.stderr.readline() == b"another build is at work in this project: waiting until it ends\n"
    assert second.communicate()[0].startswith(b"0 built, %d up to date\n" % RUNS) and second.returncode == 0


SURROUNDINGS = {
    "turkish, far away": {
        "LC_ALL": "tr_TR.UTF-8", "TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "7", "MPLBACKEND": "TkAgg",
        "HOME": "/dev/null/nobody", "OMP_NUM_THREADS": "3", "OPENBLAS_CORETYPE": "Prescott",  # another processor's sums
    },
    "bare": {
        "LC_ALL": "C", "PYTHONUTF8": "0", "TZ": "America/St_Johns", "PYTHONHASHSEED": "random", "COLUMNS": "20",
        "PYTHONOPTIMIZE": "2", "PYTHONDEVMODE": "1", "PYTHONWARNINGS": "always",
    },
}  # fmt: skip
# Settings of a reader's own, which change what is shown elsewhere.
AT_HOME = {
    ".config/matplotlib/matplotlibrc": "font.size: 30",
    ".ipython/profile_default/startup/first.py": "print('hello')",
    ".ipython/profile_default/ipython_config.py": "get_config().InteractiveShell.ast_node_interactivity = 'all'",
    ".jupyter/jupyter_nbconvert_config.py": "get_config().TemplateExporter.exclude_input = True",
}


@pytest.mark.thorough
def test_surroundings_change_nothing(tmp_path: Path) -> None:
    """Names of folders, home, locale, time zone, hash order, display, mask, jobs and settings: the same bytes."""
    write_files(tmp_path / "home", AT_HOME)
    made = []
    for number, settings in enumerate(SURROUNDINGS.values()):
        folder = write_project(tmp_path / f'l’été à "B\'ançon", 100 % $HOME #{number} {{lang}}', {"03_funding": []})
        shutil.copy(REPOSITORY / "notebooks" / "03_funding.ipynb", folder / "notebooks")
        kept = {key: value for key, value in os.environ.items() if key in ("PATH", "PYTHONPATH", "TMPDIR")}
        env = kept | {"HOME": str(tmp_path / "home")} | settings
        done = made_with([*BUILD, "--jobs", str(number + 1)], folder, env=env, umask=0o077 * number)
        assert done.returncode == 0, done.stderr
        made.append(results(folder))
    assert made[0] == made[1] and any(name.endswith(".svg") for name in made[0])


def test_all_processors_are_used() -> None:
    """Two tasks that wait for each other end only if both run at once."""
    barrier = engine.multiprocessing.get_context("fork").Barrier(2)
    assert len(list(engine.each(lambda _: barrier.wait(600) >= 0, ["a", "b"], jobs=2))) == 2


def made_with(command: list[str], project: Path, **how: object) -> subprocess.CompletedProcess[str]:
    """Run a command in a project and return how it ended."""
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False, **how)  # type: ignore[call-overload,no-any-return]


@pytest.mark.thorough
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
    probe = "print-waves:\n\t@printenv PTCE_WAVES PTCE_RULES PTCE_PREVIOUS PYTHONPATH\n"
    (project / "probe.mk").write_text("include Makefile\n" + probe)
    given = [f"WAVES={waves}", "RULES=strict", "PREVIOUS=old"]
    done = made_with(["make", "-s", "-f", "probe.mk", "print-waves", "PYTHON=p", *given], project)
    assert done.stdout.splitlines() == [str(waves), "strict", "old", f"{project}/src"]


def test_what_a_crash_of_the_machine_leaves_is_made_again(built_project: Path) -> None:
    """After a power cut a file may be empty, short or zeroes under its final name: it is found and built again."""
    before = results(built_project)
    for number, path in enumerate(sorted((built_project / "build").rglob("*.*"))):
        path.write_bytes([b"", b"half", b"\x00" * 4096][number % 3])
    build_quietly(built_project)
    assert results(built_project) == before


@pytest.mark.thorough
def test_a_reader_who_leaves_does_not_stop_the_build(project: Path, built_once: Path) -> None:
    """`make | head -1`: what is left is built, and the exit code tells how that went."""
    reading, writing = os.pipe()
    build = subprocess.Popen(BUILD, cwd=project, stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    os.close(reading)
    complaints = build.communicate()[1]
    assert (build.returncode, complaints) == (0, b"")
    assert results(project) == results(built_once)


IMPATIENCE = {
    "Ctrl-C": [signal.SIGINT],
    "Ctrl-C twice": [signal.SIGINT] * 2,
    "Ctrl-C five times": [signal.SIGINT] * 5,
    "terminated": [signal.SIGTERM],
    "Ctrl-C, then terminated": [signal.SIGINT, signal.SIGTERM],
}


@pytest.mark.parametrize(
    "how", ["Ctrl-C", *(pytest.param(how, marks=pytest.mark.thorough) for how in IMPATIENCE if how != "Ctrl-C")]
)
def test_impatience_does_no_harm(how: str, project: Path, tmp_path: Path, built_once: Path) -> None:
    """However a build is asked to end, no child stays at work, no traceback is printed and nothing is half done."""
    # A cell that tells its process through a pipe, then never ends.
    os.mkfifo(pipe := tmp_path / "pipe")
    tell = f"import os, signal\nwith open({str(pipe)!r}, 'w') as stream:\n    print(os.getpid(), file=stream)"
    write_notebook(project / "notebooks" / "plain.ipynb", [f"{tell}\nsignal.pause()"])
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # whoever runs the tests may not hear Ctrl-C
    quiet: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "start_new_session": True}
    build = subprocess.Popen(BUILD, cwd=project, **quiet, preexec_fn=heard)
    cells = [os.pidfd_open(int(pid)) for pid in pipe.read_text().split()]  # readable once its process has ended
    for number in IMPATIENCE[how]:
        os.killpg(build.pid, number)
    complaints = build.communicate()[1].decode()
    assert build.returncode != 0 and "Traceback" not in complaints, complaints
    if how == "Ctrl-C":
        assert build.returncode == 130 and complaints.startswith("ptce: interrupted; nothing is left half done")
    for cell in cells:  # of one language, or of both at once
        assert select.select([cell], [], [], 600)[0]
        os.close(cell)
    shutil.copy(built_once / "notebooks" / "plain.ipynb", project / "notebooks" / "plain.ipynb")
    assert build_quietly(project).succeeded
    assert results(project) == results(built_once)
    assert not list(project.rglob("*.part"))


@pytest.mark.parametrize("name", ["site/fr/plain.html", "stamps/fr/plain.json"])
def test_a_folder_in_place_of_a_result_is_named(name: str, built_project: Path) -> None:
    """What somebody put there stays; nothing is run, the path is named, and all is built once the way is free."""
    before, path = results(built_project), built_project / "build" / name
    path.unlink()
    write_files(path, {"mine.txt": "mine"})
    with pytest.raises(OSError, match=r"a folder stands where the build writes a file\. Move it away\.") as raised:
        build_quietly(built_project)
    assert raised.value.filename == path and (path / "mine.txt").read_text() == "mine"
    shutil.rmtree(path)
    assert build_quietly(built_project).succeeded and results(built_project) == before


def test_a_link_in_place_of_a_result_is_replaced(built_project: Path, tmp_path: Path) -> None:
    """The page comes back; what the link led to is not written."""
    before, page = results(built_project), built_project / "build" / "site" / "fr" / "plain.html"
    for target in (tmp_path / "precious", tmp_path / "nowhere"):
        (tmp_path / "precious").write_text("precious")
        page.unlink()
        page.symlink_to(target)
        assert list(build_quietly(built_project).built) == ["fr/plain"]
        assert (tmp_path / "precious").read_text() == "precious" and not (tmp_path / "nowhere").exists()
        assert not page.is_symlink() and results(built_project) == before


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
    """Exit code 1, what cannot be written and what to do, before anything runs; what was published stays."""
    before = results(read_only)
    done = made_with(BUILD, read_only, preexec_fn=_without_privileges)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert done.stderr.startswith(f"ptce: {read_only}/figures: {os.strerror(errno.EACCES)}. Make it yours")
    assert done.stdout == "" and results(read_only) == before


def _without_privileges() -> None:
    """Let root be refused what permissions forbid."""
    if os.geteuid() == 0:
        import ctypes

        for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
            ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP: gone once a program is started
