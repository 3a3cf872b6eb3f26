"""What a run is made from, down to the file: editing anything else leaves it alone."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import REPOSITORY, write_notebook
from ptce_analysis.pipeline import inputs
from ptce_analysis.pipeline.imports import import_graph, imported_names, modules_used, notebook_imports
from ptce_analysis.pipeline.inputs import Inputs
from ptce_analysis.pipeline.place import LIBRARY, PACKAGE, Place
from ptce_analysis.pipeline.runs import Run, declared_runs

NOTEBOOKS = sorted({run.notebook for run in declared_runs(REPOSITORY)})


def run_of(notebook: str, lang: str = "fr", project: Path = REPOSITORY, reads: tuple[str, ...] = ()) -> Run:
    """A run of a notebook with its defaults."""
    return Run(notebook, project / "notebooks" / f"{notebook}.ipynb", lang, (("lang", lang),), reads)


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A copy of the library that can be edited."""
    return Path(shutil.copytree(LIBRARY, tmp_path / PACKAGE, ignore=shutil.ignore_patterns("__pycache__")))


def changed_by(library: Path, name: str, run: Run, project: Path = REPOSITORY) -> set[str]:
    """The inputs of a run that change when a file of the library is edited."""
    before = Inputs(Place(project), library).of_run(run)
    path = library / name
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    after = Inputs(Place(project), library).of_run(run)
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


USED = ("analysis/funding.py", "publish/plots.py", "vocabulary.py", "pipeline/kernel.py", "__init__.py")
USED += ("publish/templates/ptce/style.css", "pipeline/entry.py", "pipeline/engine.py")
USED += ("publish/locale/fr.po",)


@pytest.mark.parametrize("name", USED)
def test_code_that_a_run_uses_makes_it_stale(library: Path, name: str) -> None:
    """Analysis, figures, words, kernel, template and catalogue of a page count, each by its own name."""
    assert changed_by(library, name, run_of("03_funding")) == {f"{PACKAGE}/{name}"}


UNUSED = (
    "analysis/emergence.py",
    "pipeline/verify.py",
    "pipeline/build.py",
    "cli/study.py",
    "publish/survey_tables.py",
    "survey/parse/amounts.py",
    "pipeline/runs.py",
)


@pytest.mark.parametrize("name", UNUSED)
def test_code_that_a_run_does_not_use_leaves_it_alone(library: Path, name: str) -> None:
    """Editing another analysis, another page or the build itself rebuilds nothing."""
    assert changed_by(library, name, run_of("03_funding")) == set()


def test_english_pages_do_not_depend_on_french_words(library: Path) -> None:
    """The catalogue counts for its own language only."""
    assert changed_by(library, "publish/locale/fr.po", run_of("03_funding", "en")) == set()


def test_what_tables_are_made_from(project: Path) -> None:
    """Tables depend on raw data, on the analyses they name and on the lock, not on notebooks."""
    names = set(Inputs(Place(project)).of_tables())
    assert {
        "data/raw/published/figures.csv",
        f"{PACKAGE}/pipeline/tables.py",
        f"{PACKAGE}/analysis/funding.py",
    } <= names
    assert not any(name.startswith("notebooks/") for name in names)


def test_answers_count_where_answers_are_read() -> None:
    """A changed wave makes stale the tables and the page on the waves, not the pages of published figures."""
    waves = {"data/raw/waves/2013/reponses_2013.csv", "data/raw/waves/2015/reponses_2015.xlsx"}
    found = Inputs(Place(REPOSITORY))
    for notebook in NOTEBOOKS:
        assert bool(waves & found.of_run(run_of(notebook.stem)).keys()) is (notebook.stem == "06_survey"), notebook.stem
    assert waves <= found.of_run(run_of("06_survey")).keys() & found.of_tables().keys()
    cleaned = "data/processed/waves/poles.csv"
    assert cleaned in found.of_run(run_of("08_explore")) and cleaned not in found.of_run(run_of("03_funding"))


OPENING = (
    "import pandas as pd\npd.read_csv('answers.csv')",
    "from pandas import read_pickle as given\ngiven('answers.pkl')",
    "import numpy as np\nnp.loadtxt('answers.txt')",
    "import csv",
    "from pathlib import Path",
    "open('../data/raw/waves/2013/reponses_2013.csv').read()",
    "!cat ../data/raw/waves/2013/reponses_2013.csv",
    "%run other.py",
    "from ptce_analysis.survey.read import read",
    "from ptce_analysis.publish.show import project_folder\n[*project_folder().rglob('*.csv')]",
    "from ptce_analysis.publish.show import project_folder\n(project_folder() / 'data' / 'raw' / 'waves')",
)


@pytest.mark.parametrize(
    "source", ["from ptce_analysis.analysis import funding", "import pandas as pd\npd.DataFrame({'n': [1]})", *OPENING]
)
def test_a_notebook_that_opens_files_depends_on_all_data(source: str, project: Path) -> None:
    """Answers count unless a notebook asks the library only, and nothing of it that reads answers."""
    (project / "data" / "raw" / "waves").mkdir()
    (project / "data" / "raw" / "waves" / "answers.csv").write_text("1")
    write_notebook(project / "notebooks" / "plain.ipynb", [source])
    names = Inputs(Place(project)).of_run(run_of("plain", project=project))
    assert ("data/raw/waves/answers.csv" in names) is (source in OPENING)


DATA = (
    "data/raw/published/figures.csv",
    "data/raw/new.csv",
    "data/processed/some.csv",
    "requirements.lock",
    "extra.txt",
    "notebooks/helper.py",
    "notebooks/deep/er/table.csv",
)


@pytest.mark.parametrize("name", DATA)
def test_data_and_locked_versions_count(project: Path, name: str) -> None:
    """Raw data, processed tables, the lock, what stands beside notebooks and files a run says it reads are inputs."""
    run = run_of("plain", project=project, reads=("extra.*",))
    before = Inputs(Place(project)).of_run(run)
    (project / name).parent.mkdir(parents=True, exist_ok=True)
    (project / name).write_text("changed")
    after = Inputs(Place(project)).of_run(run)
    assert {key for key in after if before.get(key) != after[key]} == {name}


def test_explanations_beside_data_do_not_count(project: Path) -> None:
    """A README or a hidden file of the system is not data."""
    before = Inputs(Place(project)).of_run(run_of("plain", project=project))
    (project / "data" / "raw" / "README.md").write_text("x")
    (project / "data" / "raw" / ".DS_Store").write_text("x")
    assert Inputs(Place(project)).of_run(run_of("plain", project=project)) == before


def test_what_tools_leave_beside_notebooks_does_not_count(project: Path) -> None:
    """Checkpoints of JupyterLab, caches and other notebooks are not what a notebook opens."""
    before = Inputs(Place(project)).of_run(run_of("plain", project=project))
    for name in (".ipynb_checkpoints/a.py", "__pycache__/a.pyc", ".DS_Store", "other.ipynb"):
        (project / "notebooks" / name).parent.mkdir(exist_ok=True)
        (project / "notebooks" / name).write_text("x")
    assert Inputs(Place(project)).of_run(run_of("plain", project=project)) == before


PICTURES = {
    "plt.savefig('mine.png')": False,
    "figure.savefig(\n    'mine.png', dpi=200)": False,
    "1": False,
    "Image('mine.png')": True,
    "plt.imread('mine.png')\nplt.savefig('mine.png')": True,
}


@pytest.mark.parametrize("source", PICTURES)
def test_a_picture_beside_a_notebook_counts_if_the_notebook_opens_it(source: str, project: Path) -> None:
    """What is only saved there, by this notebook or by another, makes no page stale."""
    write_notebook(project / "notebooks" / "plain.ipynb", [source])
    before = Inputs(Place(project)).of_run(run_of("plain", project=project))
    (project / "notebooks" / "mine.png").write_bytes(b"x")
    after = Inputs(Place(project)).of_run(run_of("plain", project=project))
    assert (after != before) is PICTURES[source]


def test_data_behind_a_link_count(project: Path, tmp_path: Path) -> None:
    """A linked folder is read like any other, so what it holds is an input; a link to a folder above ends nowhere."""
    (tmp_path / "kept elsewhere").mkdir()
    (project / "data" / "raw" / "linked").symlink_to(tmp_path / "kept elsewhere")
    (project / "data" / "raw" / "round").symlink_to(project / "data" / "raw")
    before = Inputs(Place(project)).of_run(run_of("plain", project=project))
    (tmp_path / "kept elsewhere" / "answers.csv").write_text("changed")
    after = Inputs(Place(project)).of_run(run_of("plain", project=project))
    assert after.keys() - before.keys() == {"data/raw/linked/answers.csv"}


def test_installed_versions_count(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same lock in another environment gives other pages: they state what is installed."""
    before = Inputs(Place(project)).of_run(run_of("plain", project=project))
    monkeypatch.setattr(inputs, "versions", lambda: {"pandas": "0.1"})
    after = Inputs(Place(project)).of_run(run_of("plain", project=project))
    assert {key for key in after if before.get(key) != after[key]} == {"installed versions"}


def test_import_lines_are_those_of_the_whole_source() -> None:
    """Reading import lines alone gives what parsing every module whole with `ast` gives."""
    for name, (path, names) in import_graph(LIBRARY).items():
        expected = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                expected |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                expected |= {f"{node.module}.{alias.name}" for alias in node.names}
        assert set(names) == expected, name


ODD = {
    "from a import (  # one (of two)\n    b,\n)": {"a.b"},
    "from a import b, \\\n    c": {"a.b", "a.c"},
    "import a.b; import c": {"a.b", "c"},
    "def f():\n    from a import b": {"a.b"},
    '"""\nfrom the table, nothing.\n"""\nimport a': {"a"},
    "import a as b": {"a"},
    "not python at all (": set(),
    "import (": set(),
    "from . import a": set(),
}


@pytest.mark.parametrize("source", ODD)
def test_odd_imports_are_seen(source: str) -> None:
    """Comments, continuations, prose and nested imports do not hide a module."""
    assert set(imported_names(source)) == ODD[source]


def test_packages_and_what_they_import_are_used(tmp_path: Path) -> None:
    """Importing `p.a.f` loads p, p.a and what both import; a name inside a module adds nothing."""
    files = {"__init__.py": "", "a.py": f"from {PACKAGE}.b import g", "b.py": "import os", "c.py": ""}
    library = tmp_path / PACKAGE
    library.mkdir()
    for name, text in files.items():
        (library / name).write_text(text)
    assert modules_used(import_graph(library), [f"{PACKAGE}.a.f"]) == {PACKAGE, f"{PACKAGE}.a", f"{PACKAGE}.b"}


def test_magic_lines_do_not_hide_imports(tmp_path: Path) -> None:
    """A cell with IPython's own lines is read all the same."""
    path = tmp_path / "n.ipynb"
    cells = [
        {"cell_type": "code", "source": "%matplotlib inline\n!ls\nimport a.b"},
        {"cell_type": "raw", "source": "import c"},
    ]
    path.write_text(json.dumps({"cells": cells}))
    assert notebook_imports(path) == ["a.b"]


# Runs the code cells of a notebook in a fresh Python and prints what it opened, and the modules it loaded.
WATCH = """
import json, os, sys
from pathlib import Path
project, notebook = Path(sys.argv[1]), Path(sys.argv[2])
opened = set()
sys.addaudithook(lambda event, found: opened.add(str(found[0])) if event == "open" else None)
os.chdir(project / "notebooks")
namespace = {"__name__": "__main__"}
for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
    if cell["cell_type"] == "code":
        exec("".join(cell["source"]), namespace)
loaded = {getattr(module, "__file__", None) or "" for module in list(sys.modules.values())}
print("\\n" + json.dumps(sorted(opened | loaded)))
"""


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_opens_nothing_but_its_inputs(notebook: Path) -> None:
    """Every file of the project that a notebook opens, and every module it loads, is among its inputs."""
    run = next(run for run in declared_runs(REPOSITORY) if run.notebook == notebook and run.lang == "en")
    known = {REPOSITORY / name for name in Inputs(Place(REPOSITORY)).of_run(run)}
    known |= {LIBRARY.parent / name for name in Inputs(Place(REPOSITORY)).of_run(run)}
    arguments = [sys.executable, "-c", WATCH, str(REPOSITORY), str(notebook)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    used = {Path(name) for name in json.loads(done.stdout.splitlines()[-1]) if name.startswith(str(REPOSITORY))}
    apart = {".venv", "__pycache__"}
    strange = {path for path in used - known if path.is_file() and not apart & set(path.parts)}
    assert strange == set()
