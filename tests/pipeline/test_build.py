"""A build makes everything once, then only what changed, and removes what is no longer made."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import FIGURE, ON_WAVES, RUNS, build_quietly, results, write_notebook, write_project
from ptce_analysis.errors import InputError
from ptce_analysis.pipeline import build as building
from ptce_analysis.vocabulary import LANGUAGES

pytestmark = [pytest.mark.usefixtures("restored_environment"), pytest.mark.filterwarnings("default")]


def test_everything_is_made(project: Path) -> None:
    """The first build makes tables, executed notebooks, figures, pages and indexes, in each language."""
    outcome = build_quietly(project)
    assert outcome.succeeded and len(outcome.built) == RUNS
    assert set(outcome.built.values()) == {"never built"} and outcome.tables == "never built"
    expected = {"site/index.html", *(f"site/{lang}/index.html" for lang in LANGUAGES)}
    for run in (f"{lang}/{name}" for lang in LANGUAGES for name in ("plain", "drawn")):
        expected |= {f"site/{run}.html", f"notebooks/{run}.ipynb"}
    expected |= {f"figures/{lang}/drawn.svg" for lang in LANGUAGES}
    names = set(results(project))
    assert names >= expected and any(name.startswith("processed/") for name in names)


def test_what_cells_show_for_jupyterlab_only_leaves_no_trace(tmp_path: Path) -> None:
    """They run, since others may need what they name; what they show is in no file, and a fault of theirs stops."""
    folder = write_project(tmp_path / "project", {"one": ["named = 6; print('aside')", "named * 7"]})
    path = folder / "notebooks" / "one.ipynb"
    untagged = '"cell-0", "metadata": {"tags": ['
    path.write_text(path.read_text().replace(untagged, f'{untagged}"lab"'))
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


def test_an_edited_notebook_rebuilds_its_own_runs(built_project: Path) -> None:
    """Other runs are left alone, and the reason names the notebook."""
    write_notebook(built_project / "notebooks" / "plain.ipynb", ["print('edited')"])
    outcome = build_quietly(built_project)
    assert outcome.built == dict.fromkeys([f"{lang}/plain" for lang in LANGUAGES], "notebooks/plain.ipynb changed")
    assert "edited" in (built_project / "build" / "site" / "fr" / "plain.html").read_text()


@pytest.mark.parametrize("name", ["site/fr/plain.html", "notebooks/fr/plain.ipynb"])
def test_a_missing_or_altered_result_is_made_again(built_project: Path, name: str) -> None:
    """What is not there as it was made is stale, and comes back with the same bytes."""
    path, before = built_project / "build" / name, results(built_project)
    path.unlink()
    assert build_quietly(built_project).built == {"fr/plain": f"build/{name} is missing"}
    path.write_bytes(b"altered")
    assert build_quietly(built_project).built == {"fr/plain": f"build/{name} was altered"}
    assert results(built_project) == before


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


def test_a_failed_build_leaves_no_page_of_other_answers_or_rules(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is taken away first, also where no answers are given; pages of the study, and of the same answers, stay."""
    for name in ("a", "b"):
        (tmp_path / name / "2017").mkdir(parents=True)
        (tmp_path / name / "2017" / "codebook.yml").write_text(f"wave: 2017\norigin: survey # {name}\n")
    study, page = (project / "build" / "site" / "fr" / name for name in ("drawn.html", "survey/index.html"))

    def pages_after(answers: str, rules: str, source: str) -> list[bool]:
        monkeypatch.setenv("PTCE_WAVES", str(tmp_path / answers) if answers else "")
        monkeypatch.setenv("PTCE_RULES", rules)
        write_notebook(project / "notebooks" / "plain.ipynb", [source], ON_WAVES)
        build_quietly(project, keep_going=True)
        return [one.is_file() for one in (study, page)]

    sound, failing = "6 * 7", "1 / 0"
    assert pages_after("a", "", sound) == [True, True]
    assert pages_after("a", "", failing) == [True, True]
    assert pages_after("a", "strict", failing) == [True, False]
    assert pages_after("a", "", sound) == [True, True]
    assert pages_after("b", "", failing) == [True, False]
    assert pages_after("b", "", sound) == [True, True]
    assert pages_after("", "", failing) == [True, False]
    assert not list((project / "build").rglob("*supplied*.ipynb"))


def test_two_runs_cannot_make_the_same_file(tmp_path: Path) -> None:
    """The build fails and names the file and both runs."""
    project = write_project(tmp_path / "p", {"one": [FIGURE % "same"], "two": [FIGURE % "same"]})
    outcome = build_quietly(project)
    assert not outcome.succeeded
    assert "figures/fr/same.svg: made by fr/one and by fr/two." in outcome.complaints()[0]


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
    assert not list((project / "build" / "failed").rglob("*.ipynb"))


def test_a_failure_says_all_a_person_needs(tmp_path: Path) -> None:
    """Notebook, section, cell, source, last line of the error, executed copy, and what to do in JupyterLab."""
    project = write_project(tmp_path / "p", {"bad": ["print('seen')", "n = 0\nraise ValueError('first\\nlast')"]})
    failure = build_quietly(project, jobs=1).failed[0]
    assert failure.text().splitlines() == [
        "fr/bad: ValueError: last",
        "  notebook: notebooks/bad.ipynb",
        "  section: The answer",
        "  cell: cell-1",
        "    n = 0",
        "    raise ValueError('first\\nlast')",
        "  executed copy: build/failed/fr/bad.ipynb",
        '  to reproduce: make lab, open notebooks/bad.ipynb, set lang = "fr", run all cells',
    ]
    assert "Cell In[4], line 2" in failure.text(verbose=True) and "\x1b" not in failure.text(verbose=True)
    assert "seen" in (project / failure.copy).read_text()


def test_wrong_data_stop_the_build(project: Path) -> None:
    """A typing error in the data is refused before any notebook runs."""
    path = project / "data" / "raw" / "published" / "figures.csv"
    path.write_text(path.read_text() + "nonsense\n")
    with pytest.raises(InputError, match=r"figures\.csv"):
        build_quietly(project)


def test_nothing_alive_is_forked(project: Path) -> None:
    """In a new Python, once tables are built: one thread, no socket; what dies with a thread would hang a child."""
    script = """
import sys
from pathlib import Path
import zmq
from ptce_analysis.pipeline import build, engine
from ptce_analysis.pipeline.runs import Place, declared_runs
def each(*_):
    print(len(list(Path("/proc/self/task").iterdir())), zmq.Context._instance)
    return ()
engine.each = each
runs = declared_runs(Path.cwd())
build.build(Place(Path.cwd()), runs, runs[:1], build.Options(stream=sys.stderr))
"""
    settled = {**os.environ, **building.FIXED}
    done = subprocess.run([sys.executable, "-c", script], cwd=project, env=settled, capture_output=True, text=True)
    assert done.stdout == "1 None\n", done.stderr


def test_a_figure_cannot_leave_its_folder(tmp_path: Path) -> None:
    """A figure named with a path keeps its name only."""
    project = write_project(tmp_path / "p", {"one": [FIGURE % "../../escaped"]})
    build_quietly(project, only="fr/one")
    assert list(tmp_path.rglob("escaped*")) == [project / "figures" / "fr" / "escaped.svg"]
