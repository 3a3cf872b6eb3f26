"""A build makes everything once, then only what changed, and removes what is no longer made."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from conftest import FIGURE, REPOSITORY, RUNS, build_quietly, results, write_notebook, write_project
from ptce_analysis.errors import InputError
from ptce_analysis.pipeline import build as building
from ptce_analysis.pipeline import environment
from ptce_analysis.pipeline.build import Options, build, stale_runs
from ptce_analysis.pipeline.inputs import Inputs
from ptce_analysis.pipeline.place import Place
from ptce_analysis.pipeline.progress import Progress
from ptce_analysis.pipeline.runs import declared_runs
from ptce_analysis.vocabulary import LANGUAGES

pytestmark = [pytest.mark.usefixtures("restored_environment"), pytest.mark.filterwarnings("default")]


def test_everything_is_made(project: Path) -> None:
    """The first build makes tables, executed notebooks, figures, pages and indexes, in each language."""
    outcome = build_quietly(project)
    assert outcome.succeeded and len(outcome.built) == RUNS
    assert set(outcome.built.values()) == {"never built"} and outcome.tables == "never built"
    names = {name for name in results(project) if not name.startswith("processed/")}
    runs = [f"{lang}/{name}" for lang in LANGUAGES for name in ("plain", "drawn")]
    pages = {
        "site/index.html",
        *(f"site/{lang}/index.html" for lang in LANGUAGES),
        *(f"site/{run}.html" for run in runs),
    }
    assert names >= pages | {f"notebooks/{run}.ipynb" for run in runs} | {
        f"figures/{lang}/drawn.svg" for lang in LANGUAGES
    }
    assert any(name.startswith("processed/") for name in results(project))


def test_what_cells_show_for_jupyterlab_only_leaves_no_trace(tmp_path: Path) -> None:
    """They run, since others may need what they name; what they show is in no file, and a fault of theirs stops."""
    folder = write_project(tmp_path / "project", {"one": ["named = 6; print('aside')", "named * 7"]})
    path = folder / "notebooks" / "one.ipynb"
    path.write_text(
        path.read_text().replace(
            '"id": "cell-0", "metadata": {"tags": []', '"id": "cell-0", "metadata": {"tags": ["lab"]'
        )
    )
    assert build_quietly(folder, only="en/one").succeeded
    executed = (folder / "build" / "notebooks" / "en" / "one.ipynb").read_text()
    assert '"42"' in executed and executed.count("aside") == 1  # its source
    assert "aside" not in (folder / "build" / "site" / "en" / "one.html").read_text()


def test_a_second_build_makes_nothing(built_project: Path) -> None:
    """With nothing changed, no file is written again."""
    before = {path: path.stat().st_mtime_ns for path in built_project.rglob("*") if path.is_file()}
    outcome = build_quietly(built_project)
    assert outcome.built == {} and outcome.tables == "" and len(outcome.up_to_date) == RUNS
    assert {path: path.stat().st_mtime_ns for path in built_project.rglob("*") if path.is_file()} == before


def test_a_touch_or_a_move_makes_nothing(built_project: Path, tmp_path: Path) -> None:
    """Dates and the place of the built_project do not count."""
    for path in built_project.rglob("*"):
        os.utime(path, (0, 0))
    moved = tmp_path / "moved élsewhere"
    shutil.copytree(built_project, moved)
    assert build_quietly(built_project).built == build_quietly(moved).built == {}


def test_a_clone_builds_what_git_does_not_keep(built_project: Path) -> None:
    """Committed figures without `build/` are built again, to the same bytes."""
    before = results(built_project)
    shutil.rmtree(built_project / "build")
    assert set(build_quietly(built_project).built.values()) == {"never built"}
    assert results(built_project) == before


def test_an_edited_notebook_rebuilds_its_own_runs(built_project: Path) -> None:
    """Other runs are left alone, and the reason names the notebook."""
    write_notebook(built_project / "notebooks" / "plain.ipynb", ["print('edited')"])
    outcome = build_quietly(built_project)
    assert outcome.built == dict.fromkeys([f"{lang}/plain" for lang in LANGUAGES], "notebooks/plain.ipynb changed")
    assert "edited" in (built_project / "build" / "site" / "fr" / "plain.html").read_text()


def test_a_changed_parameter_rebuilds_the_run(tmp_path: Path) -> None:
    """A run with another parameter is another page."""
    project = write_project(tmp_path / "p", {"plain": ["1"]})
    path = project / "notebooks" / "plain.ipynb"
    path.write_text(path.read_text().replace('lang = \\"en\\"', 'lang = \\"en\\"\\nscenario = \\"as_printed\\"'))
    build_quietly(project, only="fr/plain")
    with (project / "runs.toml").open("a") as stream:
        stream.write('parameters = {scenario = "communes_15"}\n')
    assert build_quietly(project, only="fr/plain").built == {"fr/plain": "parameters changed"}


@pytest.mark.parametrize("name", ["site/fr/plain.html", "notebooks/fr/plain.ipynb"])
def test_a_missing_or_altered_result_is_made_again(built_project: Path, name: str) -> None:
    """What is not there as it was made is stale, and comes back with the same bytes."""
    path, before = built_project / "build" / name, results(built_project)
    path.unlink()
    assert build_quietly(built_project).built == {"fr/plain": f"build/{name} is missing"}
    path.write_bytes(b"altered")
    assert build_quietly(built_project).built == {"fr/plain": f"build/{name} was altered"}
    assert results(built_project) == before


def test_an_altered_table_is_made_again_before_the_runs(built_project: Path) -> None:
    """Tables edited by hand come back; runs, which may read them, see the right ones."""
    table = next((built_project / "data" / "processed").glob("*.csv"))
    before = table.read_bytes()
    table.write_bytes(before + b"1\n")
    outcome = build_quietly(built_project)
    assert outcome.tables == f"data/processed/{table.name} was altered"
    assert table.read_bytes() == before and outcome.built == {}


def test_only_what_was_asked_for_is_built(project: Path) -> None:
    """A chosen run is built alone; indexes wait until every page is there."""
    outcome = build_quietly(project, only="fr/plain")
    assert list(outcome.built) == ["fr/plain"]
    assert not (project / "build" / "site" / "index.html").exists()


def test_a_figure_no_longer_made_is_removed(built_project: Path) -> None:
    """When a notebook renames its figure, the old file goes."""
    write_notebook(built_project / "notebooks" / "drawn.ipynb", [FIGURE % "renamed"])
    build_quietly(built_project)
    assert sorted(path.name for path in (built_project / "figures" / "fr").iterdir()) == ["renamed.svg"]


def test_what_an_undeclared_run_made_is_removed(built_project: Path) -> None:
    """Its page, notebook, figures and stamp go; the outcome lists them."""
    (built_project / "runs.toml").write_text('[[runs]]\nnotebook = "plain"\n')
    outcome = build_quietly(built_project)
    gone = {f"build/site/{lang}/drawn.html" for lang in LANGUAGES}
    gone |= {f"build/notebooks/{lang}/drawn.ipynb" for lang in LANGUAGES}
    gone |= {f"figures/{lang}/drawn.svg" for lang in LANGUAGES}
    assert set(outcome.removed) == gone and not any((built_project / name).exists() for name in gone)
    assert "drawn" not in (built_project / "build" / "site" / "fr" / "index.html").read_text()
    assert build_quietly(built_project).removed == []


def test_only_what_we_made_is_removed(built_project: Path) -> None:
    """A file somebody altered, or added, is never removed."""
    altered, added = built_project / "figures" / "fr" / "drawn.svg", built_project / "figures" / "fr" / "mine.svg"
    altered.write_text("mine"), added.write_text("mine")
    (built_project / "runs.toml").write_text('[[runs]]\nnotebook = "plain"\n')
    build_quietly(built_project)
    assert altered.read_text() == added.read_text() == "mine"


def test_a_renamed_run_keeps_its_figure(built_project: Path) -> None:
    """What the new name makes is not removed with the old name."""
    (built_project / "runs.toml").write_text(
        '[[runs]]\nnotebook = "plain"\n[[runs]]\nname = "new"\nnotebook = "drawn"\n'
    )
    outcome = build_quietly(built_project)
    assert (built_project / "figures" / "fr" / "drawn.svg").is_file()
    assert "build/site/fr/drawn.html" in outcome.removed and "figures/fr/drawn.svg" not in outcome.removed


def test_two_runs_cannot_make_the_same_file(tmp_path: Path) -> None:
    """The build fails and names the file and both runs."""
    project = write_project(tmp_path / "p", {"one": [FIGURE % "same"], "two": [FIGURE % "same"]})
    outcome = build_quietly(project)
    assert not outcome.succeeded
    assert "figures/fr/same.svg: made by fr/one and by fr/two." in outcome.complaints()[0]


def test_figures_without_a_name_are_told_apart(tmp_path: Path) -> None:
    """A researcher's own SVG gets the name of its run."""
    plain = (FIGURE % "").replace(", metadata={'filename': '.svg'}", "")
    project = write_project(tmp_path / "p", {"one": [plain], "two": [plain]})
    assert build_quietly(project).succeeded
    assert sorted(path.name[:4] for path in (project / "figures" / "fr").iterdir()) == ["one_", "two_"]


def test_a_figure_cannot_leave_its_folder(tmp_path: Path) -> None:
    """A figure named with a path keeps its name only."""
    project = write_project(tmp_path / "p", {"one": [FIGURE % "../../escaped"]})
    build_quietly(project, only="fr/one")
    assert list(tmp_path.rglob("escaped*")) == [project / "figures" / "fr" / "escaped.svg"]


FAILING = {"a_bad": ["print('seen')", "1 / 0"], "b_good": ["1"], "c_good": ["2"]}


def test_after_a_failure_nothing_new_starts(tmp_path: Path) -> None:
    """One at a time, the run after a failure is not started; the outcome says so."""
    outcome = build_quietly(write_project(tmp_path / "p", FAILING), jobs=1)
    assert [failure.run for failure in outcome.failed] == ["fr/a_bad"]
    assert outcome.built == {} and len(outcome.not_started) == 3 * len(LANGUAGES) - 1
    started = f"1 failed, {len(outcome.not_started)} not started"
    assert outcome.summary() == f"tables built (never built), 0 built, {started}"


def test_keep_going_builds_all_it_can(tmp_path: Path) -> None:
    """With `keep_going`, every other run is built; the next build tries the failed ones again."""
    project = write_project(tmp_path / "p", FAILING)
    outcome = build_quietly(project, keep_going=True)
    assert len(outcome.built) == RUNS and len(outcome.failed) == len(LANGUAGES) and not outcome.succeeded
    assert not (project / "build" / "site" / "index.html").exists()
    write_notebook(project / "notebooks" / "a_bad.ipynb", ["1"])
    assert set(build_quietly(project).built) == {f"{lang}/a_bad" for lang in LANGUAGES}
    assert (project / "build" / "site" / "index.html").is_file()


def test_a_failure_says_all_a_person_needs(tmp_path: Path) -> None:
    """Notebook, section, cell, source, last line of the error, executed copy, and what to do in JupyterLab."""
    project = write_project(tmp_path / "p", {"bad": ["print('seen')", "n = 0\n1 / n"]})
    failure = build_quietly(project, jobs=1).failed[0]
    assert failure.text().splitlines() == [
        "fr/bad: ZeroDivisionError: division by zero",
        "  notebook: notebooks/bad.ipynb",
        "  section: The answer",
        "  cell: cell-1",
        "    n = 0",
        "    1 / n",
        "  executed copy: build/failed/fr/bad.ipynb",
        '  to reproduce: make lab, open notebooks/bad.ipynb, set lang = "fr", run all cells',
    ]
    assert "Cell In[4], line 2" in failure.text(verbose=True)
    assert "seen" in (project / failure.copy).read_text()


def test_a_mended_run_leaves_no_failed_copy(tmp_path: Path) -> None:
    """The executed copy of a failure goes when the run succeeds."""
    project = write_project(tmp_path / "p", {"bad": ["1 / 0"]})
    build_quietly(project)
    write_notebook(project / "notebooks" / "bad.ipynb", ["1"])
    build_quietly(project)
    assert not list((project / "build" / "failed").rglob("*.ipynb"))


def test_a_broken_template_fails_each_run(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error after the cells fails the run, not the build, and nothing is published."""
    monkeypatch.setattr("ptce_analysis.pipeline.pages.exporter", None)
    outcome = build_quietly(project, keep_going=True)
    assert len(outcome.failed) == RUNS and results(project).keys() == {
        name for name in results(project) if name.startswith("processed/")
    }
    assert outcome.failed[0].error.startswith("TypeError")


def test_without_fork_each_run_has_a_kernel(
    built_project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where children cannot be forked, papermill's own engine gives the same bytes."""
    other = tmp_path / "other"
    shutil.copytree(built_project, other, ignore=shutil.ignore_patterns("build", "figures", "processed"))
    monkeypatch.setattr(environment, "CAN_FORK", False)
    assert len(build_quietly(other, only="drawn").built) == len(LANGUAGES)
    for name in ("figures/fr/drawn.svg", "build/notebooks/fr/drawn.ipynb", "build/site/fr/drawn.html"):
        assert (other / name).read_bytes() == (built_project / name).read_bytes(), name


def test_without_fork_a_failure_also_stops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process too, nothing starts after a failure."""
    monkeypatch.setattr(environment, "CAN_FORK", False)
    outcome = build_quietly(write_project(tmp_path / "p", {"a_bad": ["1 / 0"], "b_good": ["1"]}))
    assert len(outcome.failed) == 1 and len(outcome.not_started) == RUNS - 1


@pytest.mark.parametrize("jobs", [1, 4])
def test_the_number_of_jobs_changes_nothing(built_project: Path, tmp_path: Path, jobs: int) -> None:
    """Any number of runs at a time gives the same bytes."""
    other = tmp_path / "other"
    shutil.copytree(built_project, other)
    build_quietly(other, jobs=jobs)
    assert results(other) == results(built_project)


def test_progress_is_plain_without_a_terminal(project: Path) -> None:
    """A line per run, with its number, why it is built and the time left."""
    stream = io.StringIO()
    environment.settle()
    runs = declared_runs(project)
    build(Place(project), runs, runs, Options(stream=stream, verbose=True))
    first, *lines = stream.getvalue().splitlines()
    assert first == f"building {RUNS} runs, 1 at a time"
    assert [line.split(" ")[0] for line in lines] == [f"[{number}/{RUNS}]" for number in range(1, RUNS + 1)]
    assert lines[0].startswith(f"[1/{RUNS}] fr/plain (never built, ") and lines[0].endswith(" s left")
    assert lines[-1].endswith("): done") and "\x1b" not in stream.getvalue()


def test_the_time_left_is_that_of_the_runs_to_come_on_all_processors() -> None:
    """Four runs, two at a time, the first took 6 s: three times 6 s for two processors, then two times 4 s."""
    stream = io.StringIO()
    progress = Progress(total=4, jobs=2, stream=stream)
    progress.end("a", "never built", failed=False, seconds=6)
    progress.end("b", "never built", failed=False, seconds=2)
    assert [line.rpartition(": ")[2] for line in stream.getvalue().splitlines()] == [
        "about 9 s left",
        "about 4 s left",
    ]


class Terminal(io.StringIO):
    """Something that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_progress_redraws_one_line_on_a_terminal(project: Path) -> None:
    """A terminal shows a last line that is replaced, and is left clean."""
    stream = Terminal()
    environment.settle()
    runs = declared_runs(project)
    build(Place(project), runs, runs[:1], Options(stream=stream))
    assert "\r\x1b[K[1/1] fr/plain (never built): done\n" in stream.getvalue()
    assert stream.getvalue().endswith("\r\x1b[K")


def test_nothing_alive_is_forked(project: Path) -> None:
    """When the first child is forked, the parent has one thread, no ZMQ context, no shell and no figure."""
    script = """
import threading, sys
from pathlib import Path
from ptce_analysis.pipeline import build, children, environment
from ptce_analysis.pipeline.place import Place
from ptce_analysis.pipeline.runs import declared_runs
environment.settle()
first = children._started
def started(work, task):
    import numpy, zmq, matplotlib
    from matplotlib._pylab_helpers import Gcf
    from IPython.core.interactiveshell import InteractiveShell
    threads = len(list(Path("/proc/self/task").iterdir()))
    print(threads, zmq.Context._instance, InteractiveShell.initialized(), Gcf.figs, matplotlib.rcParams["svg.hashsalt"])
    return first(work, task)
children._started = started
runs = declared_runs(Path.cwd())
build.build(Place(Path.cwd()), runs, runs[:1], build.Options(stream=sys.stderr))
"""
    settled = {**os.environ, **environment.FIXED}
    done = subprocess.run([sys.executable, "-c", script], cwd=project, env=settled, capture_output=True, text=True)
    assert done.stdout.splitlines() == ["1 None False OrderedDict() None"], done.stderr


def test_warming_up_leaves_no_state() -> None:
    """In a new Python: what runs need is imported, nothing is random, drawn or set, and nothing fails unseen."""
    script = """
import sys
import matplotlib, numpy
before = dict(matplotlib.rcParams), numpy.random.get_state()[1].tolist()
from ptce_analysis.pipeline.warm import warm_up
from ptce_analysis.vocabulary import LANGUAGES
warm_up(["ptce_analysis.analysis.funding", "scipy.stats", "pandas.DataFrame", "no.such.module"], LANGUAGES)
from matplotlib._pylab_helpers import Gcf
after = dict(matplotlib.rcParams), numpy.random.get_state()[1].tolist()
print(before == after, Gcf.figs)
wanted = ("ptce_analysis.analysis.funding", "scipy.stats", "matplotlib.backends.backend_svg", "papermill", "ipykernel")
print([name for name in wanted if name not in sys.modules])
"""
    settled = {**os.environ, **environment.FIXED}
    done = subprocess.run([sys.executable, "-c", script], env=settled, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["True OrderedDict()", "[]"]


def test_hardly_anything_is_imported_twice() -> None:
    """In a new Python, what a run of the survey still loads after warming up is a handful of small modules."""
    script = """
import sys
import tempfile
from pathlib import Path
from ptce_analysis.pipeline import build, children
from ptce_analysis.pipeline.inputs import Inputs
from ptce_analysis.pipeline.place import Place
from ptce_analysis.pipeline.runs import declared_runs
project = Path(sys.argv[1])
run = next(run for run in declared_runs(project) if run.id == "en/06_survey")
build._warm_up(Inputs(Place(project)), [run])
before = set(sys.modules)
from ptce_analysis.pipeline.execute import read_notebook, with_papermill
import nbformat
node = nbformat.from_dict(read_notebook(run.notebook))
ask = "import sys, json\\nprint(json.dumps(sorted(sys.modules)))"
node.cells.append(nbformat.v4.new_code_cell(ask))
done = with_papermill(node, Path(sys.argv[2]), {}, project / "notebooks", 300)
import json
print(json.dumps(sorted(set(json.loads(done.cells[-1].outputs[0].text)) - before)))
"""
    settled = {**os.environ, **environment.FIXED}
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", script, str(REPOSITORY), f"{folder}/copy.ipynb"]
        done = subprocess.run(command, env=settled, capture_output=True, text=True, check=True)
    assert len(json.loads(done.stdout.splitlines()[-1])) < 15, done.stdout


def test_what_is_made_from_most_is_built_first(tmp_path: Path) -> None:
    """The longest run must not be the last one to start: processors end together."""
    project = write_project(tmp_path / "p", {"a_small": ["1"], "b_big": ["import ptce_analysis.analysis.funding"]})
    built = [run.partition("/")[2] for run in build_quietly(project, jobs=1).built]
    assert built == ["b_big"] * len(LANGUAGES) + ["a_small"] * len(LANGUAGES)


def test_reasons_are_listed_without_building(project: Path) -> None:
    """The runs that would be built, with why, are known beforehand."""
    runs = declared_runs(project)
    assert set(stale_runs(Place(project), Inputs(Place(project)), runs).values()) == {"never built"}


def test_data_can_be_built_alone(project: Path) -> None:
    """The processed tables are built without any notebook, and once."""
    assert building.build_data(Place(project)) == "never built"
    assert building.build_data(Place(project)) == ""
    assert not (project / "build" / "site").exists()


def test_wrong_data_stop_the_build(project: Path) -> None:
    """A typing error in the data is refused before any notebook runs."""
    path = project / "data" / "raw" / "published" / "figures.csv"
    path.write_text(path.read_text() + "nonsense\n")
    with pytest.raises(InputError, match=r"figures\.csv"):
        build_quietly(project)
