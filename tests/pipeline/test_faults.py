"""Faults that must do no harm: what was published is intact, and the next build finishes to the same bytes."""

from __future__ import annotations

import errno
import gc
import importlib.util
import io
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from conftest import FIGURE, REPOSITORY, RUNS, build_quietly, results, write_notebook, write_project
from ptce_analysis import cli
from ptce_analysis.errors import InputError
from ptce_analysis.pipeline import children, lock
from ptce_analysis.pipeline.runs import Place
from ptce_analysis.pipeline.stale import one_at_a_time

pytestmark = [pytest.mark.usefixtures("restored_environment"), pytest.mark.filterwarnings("default")]

BUILD = [sys.executable, "-m", "ptce_analysis", "build"]


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write files below a folder, each with this text."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def kills() -> ModuleType:
    """The tool that kills builds, which also does it a hundred times by hand."""
    spec = importlib.util.spec_from_file_location("kills", REPOSITORY / "benchmarks" / "kills.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["kills"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def trial(built_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A built project of which both notebooks were edited since, and what it will be."""
    folder = tmp_path_factory.mktemp("kills")
    start = Path(shutil.copytree(built_once, folder / "start"))
    write_notebook(start / "notebooks" / "plain.ipynb", ["print('edited')"])
    write_notebook(start / "notebooks" / "drawn.ipynb", [FIGURE % "redrawn"])
    return kills().trial(start, folder)


@pytest.mark.parametrize("seed", range(8))
def test_a_kill_at_any_moment_loses_nothing(seed: int, trial: Any, tmp_path: Path) -> None:
    """Killed without warning, a build leaves each file as it was or as it shall be, and the next one finishes."""
    assert not trial.kill_once(tmp_path, random.Random(seed)).startswith("LOST")


def test_the_trial_would_notice_a_loss(trial: Any, tmp_path: Path) -> None:
    """A file cut short under its final name is found."""
    project = Path(shutil.copytree(trial.start, tmp_path / "project"))
    page = project / "build" / "site" / "fr" / "plain.html"
    page.write_bytes(page.read_bytes()[:100])
    assert kills().partial(project, trial.before, trial.after) == ["build/site/fr/plain.html"]


def test_an_interruption_by_the_keyboard_is_clean(project: Path, built_once: Path) -> None:
    """Ctrl-C ends the build and its children, says so in a line, and the next build goes on."""
    write_notebook(project / "notebooks" / "plain.ipynb", ["import signal, os", "signal.pause()"])
    build = subprocess.Popen(
        [*BUILD, "--jobs", "1"], cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    assert build.stdout is not None and build.stdout.readline().startswith(b"building %d runs" % RUNS)
    os.killpg(build.pid, signal.SIGINT)
    complaints = build.communicate()[1].decode()
    assert build.returncode == 130 and complaints.startswith("ptce: interrupted; nothing is left half done")
    shutil.copy(built_once / "notebooks" / "plain.ipynb", project / "notebooks" / "plain.ipynb")
    assert build_quietly(project).succeeded
    assert results(project) == results(built_once)


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
    outcome = build_quietly(built_project, only="fr/plain", timeout_s=1)
    assert [failure.run for failure in outcome.failed] == ["fr/plain"]
    assert results(built_project) == before
    assert [f.run for f in build_quietly(built_project, only="fr/plain", timeout_s=1).failed] == ["fr/plain"]
    shutil.copy(built_once / "notebooks" / "plain.ipynb", built_project / "notebooks" / "plain.ipynb")
    assert build_quietly(built_project).succeeded and results(built_project) == before


def refuse(monkeypatch: pytest.MonkeyPatch, name: str, number: int) -> None:
    """Let the disk refuse the end of every file whose name holds `name`."""
    whole = Path.write_bytes

    def refusing(path: Path, data: bytes) -> int:
        if name in path.name:
            whole(path, data[: len(data) // 2])
            raise OSError(number, os.strerror(number))
        return whole(path, data)

    monkeypatch.setattr(Path, "write_bytes", refusing)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES], ids=errno.errorcode.get)
@pytest.mark.parametrize("name", ["plain.html", "plain.ipynb", "plain.json"])
def test_a_disk_that_refuses_changes_nothing_published(
    number: int, name: str, built_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page, a notebook or a stamp that cannot be written fails the run, in one line with the path."""
    before = results(built_project)
    write_notebook(built_project / "notebooks" / "plain.ipynb", ["print('edited')"])
    with monkeypatch.context() as patch:
        refuse(patch, name, number)
        outcome = build_quietly(built_project, only="fr/plain")
    (complaint,) = (failure.error for failure in outcome.failed)
    assert complaint.endswith(f"{name}: {os.strerror(number)}") and "\n" not in complaint
    assert results(built_project) == before
    assert not list(built_project.rglob("*.part"))
    assert build_quietly(built_project).succeeded


def test_a_system_that_refuses_large_files_is_one_line(project: Path, built_once: Path) -> None:
    """A limit of the system's own, met in the middle of a file: exit code 1, the path, and nothing cut short."""
    limit = max(map(len, results(built_once).values())) - 1  # the largest file does not pass
    refused = subprocess.run(
        [*BUILD, "--keep-going"], cwd=project, capture_output=True, text=True, check=False,
        # What measures the tests writes files too: it is left out.
        env={name: value for name, value in os.environ.items() if not name.startswith("COV")},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )  # fmt: skip
    assert refused.returncode == 1 and os.strerror(errno.EFBIG) in refused.stderr, refused.stderr
    assert "Traceback" not in refused.stderr
    whole = results(built_once)
    assert all(whole[name] == data for name, data in results(project).items())
    assert not list(project.rglob("*.part"))
    assert build_quietly(project).succeeded and results(project) == whole


@pytest.mark.parametrize("name", ["site/fr/plain.html", "stamps/fr/plain.json"])
def test_a_folder_in_place_of_a_result_is_named(name: str, built_project: Path) -> None:
    """What somebody put there stays; the run fails with the path, and is built once the way is free."""
    before, path = results(built_project), built_project / "build" / name
    path.unlink()
    write_files(path, {"mine.txt": "mine"})
    (failure,) = build_quietly(built_project).failed
    assert failure.error == f"{path}: {os.strerror(errno.EISDIR)}" and (path / "mine.txt").read_text() == "mine"
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


def test_a_build_folder_removed_in_the_middle_is_made_again(project: Path, built_once: Path) -> None:
    """Whatever was lost, the next build finishes to the same bytes."""
    write_notebook(project / "notebooks" / "plain.ipynb", ["import shutil\nshutil.rmtree('../build')"])
    build_quietly(project, jobs=1, keep_going=True)
    shutil.copy(built_once / "notebooks" / "plain.ipynb", project / "notebooks" / "plain.ipynb")
    assert build_quietly(project).succeeded and results(project) == results(built_once)


@pytest.mark.parametrize("name", ["funding", "index.html"])
def test_a_disk_that_refuses_tables_or_indexes_is_one_line(
    name: str, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1 and the path, without a traceback."""
    refuse(monkeypatch, name, errno.ENOSPC)
    assert cli.main(["build", "--project", str(project)]) == 1
    complaint = capsys.readouterr().err
    assert complaint.count("\n") == 1 and name in complaint and complaint.endswith(": No space left on device\n")


def test_a_build_folder_that_cannot_be_made_is_one_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file where the folder should be gives exit code 1 and its path."""
    (project / "build").write_text("in the way")
    assert cli.main(["build", "--project", str(project)]) == 1
    assert str(project / "build") in capsys.readouterr().err


def test_two_builds_at_once_are_both_right(project: Path, built_once: Path) -> None:
    """Started together, both succeed, and the results are those of one."""
    both = [subprocess.Popen(BUILD, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    said = [build.communicate() for build in both]
    assert [build.returncode for build in both] == [0, 0], said
    assert results(project) == results(built_once)


def test_a_second_build_waits_and_says_so(built_project: Path) -> None:
    """While another holds the lock, a build says that it waits; then it goes on."""
    with one_at_a_time(Place(built_project).lock):
        second = subprocess.Popen(BUILD, cwd=built_project, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert second.stderr is not None
        assert second.stderr.readline() == b"another build is at work in this project: waiting until it ends\n"
    assert second.communicate()[0].startswith(b"0 built, %d up to date\n" % RUNS) and second.returncode == 0


def test_a_lock_left_behind_locks_nothing(built_project: Path) -> None:
    """The file of a killed build is no obstacle."""
    Place(built_project).lock.write_text("123456")
    assert build_quietly(built_project).succeeded


def test_without_system_locks_the_file_is_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second build is refused, naming the file to remove; the file goes with the build."""
    monkeypatch.setattr(lock, "fcntl", None)
    path = tmp_path / "build" / "lock"
    with (
        one_at_a_time(path),
        pytest.raises(InputError, match=r"lock\.held: another build .* remove this file"),
        one_at_a_time(path),
    ):
        raise AssertionError("never both")
    with one_at_a_time(path):
        assert path.with_suffix(".held").exists()
    assert not path.with_suffix(".held").exists()


def test_the_build_can_be_imported_without_system_locks() -> None:
    """On a system without `fcntl`, importing the commands works."""
    script = "import sys; sys.modules['fcntl'] = None; import ptce_analysis.pipeline.lock as lock; print(lock.fcntl)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "None\n"


def test_leftovers_of_a_killed_build_are_removed(built_project: Path) -> None:
    """Temporary neighbours go at the next build, even one with nothing to do."""
    leftovers = [
        built_project / folder / ".page.html.99.part" for folder in ("figures", "data/processed", "build/site")
    ]
    for path in leftovers:
        path.write_text("half")
    build_quietly(built_project)
    assert not any(path.exists() for path in leftovers)


SURROUNDINGS = {
    "turkish, far away, private": {
        "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "7",
        "MPLBACKEND": "TkAgg", "HOME": "/dev/null/nobody", "SOURCE_DATE_EPOCH": "0", "OMP_NUM_THREADS": "3",
        "OPENBLAS_CORETYPE": "Prescott",  # the arithmetic of another processor
    },
    "bare": {
        "LC_ALL": "C", "PYTHONUTF8": "0", "TZ": "America/St_Johns", "PYTHONHASHSEED": "random", "COLUMNS": "20",
        "PYTHONOPTIMIZE": "2", "PYTHONDEVMODE": "1", "PYTHONWARNINGS": "always", "PYTHONASYNCIODEBUG": "1",
    },
}  # fmt: skip

# Settings of a reader's own, which change what is shown elsewhere.
AT_HOME = {
    ".config/matplotlib/matplotlibrc": "font.size: 30",
    ".ipython/profile_default/startup/first.py": "print('hello'); import numpy; numpy.set_printoptions(precision=1)",
    ".ipython/profile_default/ipython_config.py": "get_config().InteractiveShell.ast_node_interactivity = 'all'",
    ".jupyter/jupyter_nbconvert_config.py": "get_config().TemplateExporter.exclude_input = True",
    ".local/share/jupyter/nbconvert/templates/ptce/index.html.j2": "nothing",
    ".local/share/jupyter/kernels/python3/kernel.json": '{"argv": ["false"], "display_name": "", "language": "python"}',
}
SHOWN = ("02_emergence", "03_funding", "04_feasible")


def test_surroundings_change_nothing(tmp_path: Path) -> None:
    """Folder, home, locale, time zone, hash order, display, mask, jobs, arithmetic and settings: the same bytes."""
    write_files(tmp_path / "home", AT_HOME)
    made = []
    for number, (name, settings) in enumerate(SURROUNDINGS.items()):
        folder = write_project(tmp_path / f"{name} é", {"printed": ["print({'b', 'a', 'c'}, 'é')", "object()"]})
        for notebook in SHOWN:
            shutil.copy(REPOSITORY / "notebooks" / f"{notebook}.ipynb", folder / "notebooks")
        with (folder / "runs.toml").open("a") as stream:
            stream.writelines(f'[[runs]]\nnotebook = "{notebook}"\n' for notebook in SHOWN)
        (folder / "notebooks" / "matplotlibrc").write_text("font.size: 30\n" * number)
        kept = {key: value for key, value in os.environ.items() if key in ("PATH", "PYTHONPATH", "TMPDIR")}
        done = subprocess.run(
            [*BUILD, "fr/printed", *(f"fr/{notebook}" for notebook in SHOWN), "--jobs", str(number + 1)],
            cwd=folder, env=kept | {"HOME": str(tmp_path / "home")} | settings, umask=0o077 * number,
            capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode()
        made.append(results(folder))
    assert made[0].keys() == made[1].keys()
    assert [name for name, data in made[0].items() if made[1][name] != data] == []
    assert any(name.endswith(".svg") for name in made[0])


def test_a_child_that_dies_is_reported() -> None:
    """A task whose process ends without an answer gives the way it ended; the others go on."""
    ways = {"answers": lambda: "here", "dies": lambda: os._exit(4), "raises": lambda: 1 / 0}
    found = dict(children.results(lambda name: ways[name](), list(ways), jobs=2))
    assert found["answers"] == "here"
    assert str(found["dies"]) == "the process that built it ended early (exit code 4)"
    assert isinstance(found["raises"], children.ChildDied)


def test_children_end_when_nobody_wants_more() -> None:
    """Leaving the results early stops the tasks still at work."""
    tasks = children.results(lambda name: "now" if name == "quick" else signal.pause(), ["quick", "never"], jobs=2)
    assert next(tasks) == ("quick", "now")
    tasks.close()  # type: ignore[attr-defined]
    assert children.multiprocessing.active_children() == []


def test_children_do_not_look_for_garbage_in_what_they_inherit() -> None:
    """Garbage is looked for in a child, but not among what the parent made: that would copy all of it."""
    (found,) = children.results(lambda _: (gc.isenabled(), gc.get_freeze_count() > 1000), ["one"], jobs=1)
    assert found == ("one", (True, True))
    assert gc.get_freeze_count() == 0


def test_all_processors_are_used() -> None:
    """Two tasks that wait for each other end only if both run at once."""
    barrier = children.multiprocessing.get_context("fork").Barrier(2)
    assert len(list(children.results(lambda _: barrier.wait(30) >= 0, ["a", "b"], jobs=2))) == 2


def test_a_build_uses_one_thread(project: Path) -> None:
    """Building in this process starts no thread of its own."""
    before = threading.active_count()
    build_quietly(project, only="fr/plain", stream=io.StringIO())
    assert threading.active_count() == before
