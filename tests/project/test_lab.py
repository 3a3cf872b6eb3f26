"""What JupyterLab opens and saves, without JupyterLab: languages, copies, the form that git keeps."""

import json
import re
import subprocess
import tempfile
from pathlib import Path

import pytest

from conftest import REPOSITORY, write_project
from lab_notebooks import committed_form, kernel_transport, reader_language, reader_notebooks
from ptce_analysis.publish.language import translated_prose

ASKED = [
    ({}, "en"),
    ({"LANG": "FR-fr"}, "fr"),
    ({"LANG": "fro_FR"}, "en"),
    ({"LANG": "de_DE.UTF-8"}, "en"),
    ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "fr_FR@euro"}, "fr"),
    ({"LANG": "fr_FR.UTF-8", "LC_ALL": "C"}, "en"),
    ({"LANG": "en_US.UTF-8", "LANGUAGE": "fr:en"}, "fr"),
]


@pytest.mark.parametrize(("environment", "lang"), ASKED)
def test_the_terminal_says_the_reader_s_language(environment: dict[str, str], lang: str) -> None:
    """LANGUAGE, LC_ALL, LC_MESSAGES, LANG: the first that says something; English for what we do not speak."""
    assert reader_language(environment) == lang


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of one notebook."""
    return write_project(tmp_path, {"one": ["lang"]})


# A heading that has a French translation.
LIMITS = "## What this page cannot say"


def cells(path: Path) -> dict[str, str]:
    """The cells of a notebook by id."""
    return {cell["id"]: "".join(cell["source"]) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]}


def test_an_english_reader_opens_the_notebooks_themselves(project: Path) -> None:
    """No copy is made of what is English already."""
    assert reader_notebooks(project, "en") == project / "notebooks"
    assert not (project / "build").exists()


def test_a_french_reader_opens_copies_that_speak_french(project: Path) -> None:
    """Prose is translated, the parameter asks for French pages, other code is left alone; the notebook stays."""
    path = project / "notebooks" / "one.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("## The answer", LIMITS), encoding="utf-8")
    before = path.read_bytes()
    copy = cells(reader_notebooks(project, "fr") / "one.ipynb")
    assert copy["heading"] == translated_prose(LIMITS, "fr") != LIMITS
    assert copy["parameters"] == 'lang = "fr"  # language of the page'
    assert copy["cell-0"] == "lang"
    assert (project / "notebooks" / "one.ipynb").read_bytes() == before


def test_copies_follow_the_notebooks_unless_their_reader_changed_them(project: Path) -> None:
    """What a reader wrote is never lost; a copy that nobody changed is made again; one whose notebook went, goes."""
    write_project(project / "more", {"two": ["1"], "three": ["1"]})
    for name in ("two", "three"):
        (project / "more" / "notebooks" / f"{name}.ipynb").rename(project / "notebooks" / f"{name}.ipynb")
    folder = reader_notebooks(project, "fr")
    mine = (folder / "one.ipynb").read_text(encoding="utf-8").replace('"lang"', '"my own"')
    (folder / "one.ipynb").write_text(mine, encoding="utf-8")
    (project / "notebooks" / "three.ipynb").unlink()
    for name in ("one", "two"):
        path = project / "notebooks" / f"{name}.ipynb"
        path.write_text(path.read_text(encoding="utf-8").replace("Title of", "New title of"), encoding="utf-8")
    assert reader_notebooks(project, "fr") == folder
    assert (folder / "one.ipynb").read_text(encoding="utf-8") == mine
    assert cells(folder / "two.ipynb")["title"] == "# New title of two"
    assert sorted(path.name for path in folder.glob("*.ipynb")) == ["one.ipynb", "two.ipynb"]
    assert reader_notebooks(project, "fr") == folder
    assert (folder / "one.ipynb").read_text(encoding="utf-8") == mine


def test_kernels_are_reached_through_files_where_a_folder_can_hold_them(tmp_path: Path) -> None:
    """A folder is made when it is missing, and nothing is left in it; a name too long for a socket asks for ports."""
    with tempfile.TemporaryDirectory(dir="/tmp") as short:
        assert kernel_transport(Path(short) / "new") == "ipc"
        assert list((Path(short) / "new").iterdir()) == []
    assert kernel_transport(tmp_path / ("x" * 100)) == "tcp"
    (tmp_path / "file").touch()
    assert kernel_transport(tmp_path / "file") == "tcp"


def test_saving_keeps_cells_and_drops_what_a_session_adds() -> None:
    """Outputs, counts, times, the kernel's version, unknown metadata: gone. Source, ids, tags and folds: kept."""
    code = {"cell_type": "code", "id": "a", "source": "1", "execution_count": 3, "outputs": [{"output_type": "x"}]}
    code["metadata"] = {"tags": ["setup"], "jupyter": {"source_hidden": True}, "execution": {"iopub": "2026"}}
    prose = {"cell_type": "markdown", "id": "b", "source": "t", "metadata": {"editable": True}}
    metadata = {"kernelspec": {"name": "mine"}, "language_info": {"name": "python", "version": "3.13"}, "widgets": {}}
    saved = {"cells": [code, prose], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    kept = committed_form(saved)
    remaining = {"tags": ["setup"], "jupyter": {"source_hidden": True}}
    left = {**code, "execution_count": None, "outputs": [], "metadata": remaining}
    assert kept["cells"] == [left, {**prose, "metadata": {}}]
    assert kept["metadata"]["language_info"] == {"name": "python"}
    assert kept["metadata"].keys() == {"kernelspec", "language_info"}
    assert saved["cells"][0]["outputs"]  # type: ignore[index]


@pytest.mark.parametrize("path", sorted((REPOSITORY / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_committed_notebooks_have_no_outputs_and_readable_cell_names(path: Path) -> None:
    """A notebook is as JupyterLab saves it here: nothing of a machine; each cell has a name of its own, of words."""
    written, names = json.loads(path.read_text(encoding="utf-8")), list(cells(path))
    assert written == committed_form(written) and len(names) == len(written["cells"])
    assert all(name.replace("-", "").isalpha() and name.islower() for name in names), names


def test_copies_outlive_a_build_that_is_removed(project: Path) -> None:
    """They stand beside the notebooks, where paths are the same: `make clean` leaves them, and git ignores them."""
    folder = reader_notebooks(project, "fr")
    assert folder.parent == project and not (project / "build").exists()
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    assert re.findall(r"^clean:.*\n\trm -rf (.*)$", makefile, re.MULTILINE) == ["build mutants"]
    for name in (f"{folder.name}/one.ipynb", "explorations/mine.ipynb", "explorations/figure.png"):
        assert not subprocess.run(["git", "check-ignore", "-q", name], cwd=REPOSITORY, check=False).returncode, name
