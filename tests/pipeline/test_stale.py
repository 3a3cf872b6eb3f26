"""What is stale and why, down to the file; files are whole or absent."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import REPOSITORY, write_files, write_notebook
from ptce_analysis.pipeline.runs import LIBRARY, PACKAGE, Place, Run, declared_runs
from ptce_analysis.pipeline.stale import (
    Inputs,
    digest,
    made_by,
    one_at_a_time,
    publish,
    recorded,
    stale_because,
)

INPUTS = {"a.csv": digest(b"a"), "b.csv": digest(b"b")}
NOTEBOOKS = sorted({run.notebook for run in declared_runs(REPOSITORY)})


@pytest.fixture
def stamp(tmp_path: Path) -> Path:
    """The stamp of one published file, `made.txt`."""
    path = tmp_path / "stamps" / "s.json"
    publish(path, tmp_path, INPUTS, {tmp_path / "made.txt": b"made"})
    return path


REASONS = {
    "": INPUTS,
    "a.csv changed": {**INPUTS, "a.csv": "x"},
    "c.csv changed": {**INPUTS, "c.csv": "x"},
    "b.csv changed": {"a.csv": INPUTS["a.csv"]},
    "a.csv and 2 more changed": {"a.csv": "x", "c.csv": "x"},
}


@pytest.mark.parametrize("reason", REASONS)
def test_a_changed_input_is_named(stamp: Path, tmp_path: Path, reason: str) -> None:
    """An input that changed, came or went makes the result stale, and is named; nothing else does."""
    assert stale_because(stamp, tmp_path, REASONS[reason]) == reason


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"{}", b'{"inputs": [1], "outputs": {}}', b"\x00\xff"])
def test_a_stamp_that_cannot_be_read_is_stale(stamp: Path, tmp_path: Path, text: bytes) -> None:
    """A truncated or foreign stamp means building again, never an error."""
    stamp.write_bytes(text)
    assert stale_because(stamp, tmp_path, INPUTS) == "stamp unreadable"
    assert recorded(stamp) == {"inputs": {}, "outputs": {}} and made_by(stamp, tmp_path) == []


@pytest.mark.parametrize("altered", [False, True])
def test_a_result_no_longer_made_is_removed(stamp: Path, tmp_path: Path, altered: bool) -> None:
    """Publishing another file removes the old one, unless somebody altered it: then it is not ours to remove."""
    (tmp_path / "made.txt").write_text("mine" if altered else "made")
    publish(stamp, tmp_path, INPUTS, {tmp_path / "x" / "other.txt": b"other"})
    assert (tmp_path / "made.txt").exists() is altered
    assert (tmp_path / "x" / "other.txt").read_bytes() == b"other"


def test_only_our_leftovers_are_removed(tmp_path: Path) -> None:
    """The temporary neighbours of a killed build and its scratch folder go; anything else stays."""
    place, names = Place(tmp_path), (".page.html.123.part", "page.html", ".hidden", ".x.part", "notes.123.part")
    write_files(place.site, dict.fromkeys(names, "x"))
    write_files(place.scratch, {"tmp1/executed.ipynb": "half"})
    with one_at_a_time(place):
        assert sorted(path.name for path in place.site.iterdir()) == sorted(names[1:]) and not place.scratch.exists()


def run_of(notebook: str, lang: str = "fr", project: Path = REPOSITORY) -> Run:
    """A run of a notebook with its defaults."""
    return Run(notebook, project / "notebooks" / f"{notebook}.ipynb", lang, (("lang", lang),))


def test_the_library_counts_as_a_whole(tmp_path: Path) -> None:
    """Any file of it: one name, for tables, pages in any language and indexes."""
    library = Path(shutil.copytree(LIBRARY, tmp_path / PACKAGE, ignore=shutil.ignore_patterns("__pycache__")))
    before = Inputs(Place(REPOSITORY), library)
    (library / "publish" / "new.po").write_text("\n")
    after = Inputs(Place(REPOSITORY), library)
    page = run_of("03_funding", "en")
    for made_from in (Inputs.of_tables, lambda found: found.of_run(page), lambda found: found.of_site([])):
        assert {name for name, _ in made_from(before).items() ^ made_from(after).items()} == {PACKAGE}


def test_answers_count_where_answers_are_read() -> None:
    """A changed wave makes stale the tables and the page on the waves, not the pages of published figures."""
    waves = {"data/raw/waves/2013/reponses_2013.csv", "data/raw/waves/2015/reponses_2015.xlsx"}
    found = Inputs(Place(REPOSITORY))
    for notebook in NOTEBOOKS:
        assert bool(waves & found.of_run(run_of(notebook.stem)).keys()) is (notebook.stem == "06_survey"), notebook.stem
    assert waves <= found.of_run(run_of("06_survey")).keys() & found.of_tables().keys()
    cleaned = "data/processed/waves/poles.csv"
    assert cleaned in found.of_run(run_of("08_explore")) and cleaned not in found.of_run(run_of("03_funding"))


def changed_by(project: Path, name: str, run: Run) -> set[str]:
    """The inputs of a run that change when a file is written."""
    before = Inputs(Place(project)).of_run(run)
    after = Inputs(Place(write_files(project, {name: "changed"}))).of_run(run)
    return {key for key, _ in before.items() ^ after.items()}


COUNTS = ("data/raw/published/figures.csv", "data/raw/new.csv", "data/processed/some.csv", "requirements.lock",
          "notebooks/helper.py", "notebooks/deep/er/table.csv")  # fmt: skip
DOES_NOT = ("data/raw/README.md", "data/raw/.DS_Store", "data/raw/make/make.py", "notebooks/other.ipynb",
            "notebooks/.ipynb_checkpoints/a.py", "notebooks/__pycache__/a.pyc", "notebooks/.DS_Store")  # fmt: skip


@pytest.mark.parametrize("name", [*COUNTS, *DOES_NOT])
def test_what_a_run_is_made_from(project: Path, name: str) -> None:
    """Data, the lock, and what stands beside notebooks; not explanations, not scratch."""
    assert changed_by(project, name, run_of("plain", project=project)) == ({name} if name in COUNTS else set())


READS = {
    "data/raw/waves/answers.csv": {
        "from ptce_analysis.analysis import funding": False,
        "import pandas as pd\npd.DataFrame({'n': [1]})": False,
        "import pandas as pd\npd.read_csv('../data/raw/waves/answers.csv')": True,
        "!cat ../data/raw/*/*": True,
        "%run other.py": True,
        "from ptce_analysis.publish.show import project_folder\n[*project_folder().rglob('*.csv')]": True,
        "import helper": True,
    },
    "notebooks/mine.png": {
        "plt.savefig('mine.png')": False,
        "figure.savefig(\n    'mine.png', dpi=200)": False,
        "1": False,
        "Image('mine.png')": True,
        "plt.imread('mine.png')\nplt.savefig('mine.png')": True,
    },
}


@pytest.mark.parametrize(("name", "source"), [(name, source) for name, sources in READS.items() for source in sources])
def test_a_notebook_is_made_from_what_it_can_come_to(name: str, source: str, project: Path) -> None:
    """Answers: named, looked for through folders, or read by a module beside it; a picture: opened, not only saved."""
    write_notebook(project / "notebooks" / "plain.ipynb", [source])
    if "helper" in source:
        (project / "notebooks" / "helper.py").write_text("open('../data/raw/waves/answers.csv')")
    assert bool(changed_by(project, name, run_of("plain", project=project))) is READS[name][source]


# Runs the code cells of a notebook in a fresh Python and prints what it opened.
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
print("\\n" + json.dumps(sorted(opened)))
"""


@pytest.mark.thorough
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_opens_nothing_but_its_inputs(notebook: Path) -> None:
    """Every file of the project that a notebook opens is among its inputs, or in the library."""
    run = next(run for run in declared_runs(REPOSITORY) if run.notebook == notebook and run.lang == "en")
    known = {REPOSITORY / name for name in Inputs(Place(REPOSITORY)).of_run(run)}
    arguments = [sys.executable, "-c", WATCH, str(REPOSITORY), str(notebook)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    used = {Path(name) for name in json.loads(done.stdout.splitlines()[-1]) if name.startswith(str(REPOSITORY))}
    apart = {".venv", "__pycache__"}
    assert {p for p in used - known if p.is_file() and not (apart & set(p.parts) or p.is_relative_to(LIBRARY))} == set()
