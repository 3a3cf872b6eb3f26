"""An executed notebook is kept without what differs between machines, and a failure says where it happened."""

import re
import sysconfig
from pathlib import Path
from typing import Any

import nbformat
import pytest
from papermill.exceptions import PapermillExecutionError

from conftest import REPOSITORY, write_project
from ptce_analysis.pipeline.execute import (
    Failure,
    executed_notebook,
    failure_of,
    normalised,
    read_notebook,
    with_papermill,
)
from ptce_analysis.pipeline.runs import LIBRARY, Place, Run, declared_runs

pytestmark = [pytest.mark.usefixtures("restored_environment"), pytest.mark.filterwarnings("default")]


def executed(tmp_path: Path, cells: list[str]) -> Any:
    """The executed notebook of a project with this notebook only, in French."""
    project = write_project(tmp_path / "p", {"note": cells})
    return executed_notebook(declared_runs(project)[0], Place(project), 0)


def settled(output: dict[str, Any], project: Path = Path("/somewhere/project")) -> Any:
    """One output in the form in which it is kept."""
    cell = nbformat.v4.new_code_cell("1", outputs=[nbformat.from_dict(output)])
    node = nbformat.v4.new_notebook(cells=[cell])
    return normalised(node, Run("n", Path("n.ipynb"), "en", ()), project).cells[0].outputs[0]


def test_an_executed_notebook_holds_results_and_parameters(tmp_path: Path) -> None:
    """Outputs, numbers, fixed ids, the run's name and parameters; no times and no paths."""
    node = executed(tmp_path, ["print(lang)", "6 * 7"])
    assert [cell.id for cell in node.cells] == [
        "title", "parameters", "injected-parameters", "heading", "cell-0", "cell-1",
    ]  # fmt: skip
    assert node.cells[4].outputs == [{"output_type": "stream", "name": "stdout", "text": "fr\n"}]
    assert node.cells[5].execution_count == 4
    assert node.metadata["ptce"] == {"name": "note", "notebook": "note", "parameters": {"lang": "fr"}}
    assert set(node.metadata) == {"kernelspec", "language_info", "ptce"}
    assert str(tmp_path) not in nbformat.writes(node) and "papermill" not in nbformat.writes(node)


FOLDERS = {
    "the project": ("/somewhere/project/data/x.csv", "data/x.csv"),
    "the library": (f"{LIBRARY}/published.py:3: UserWarning", "ptce_analysis/published.py:3: UserWarning"),
    "installed packages": (f"{sysconfig.get_paths()['purelib']}/pandas/core/frame.py", "pandas/core/frame.py"),
    "the cell's own file": ("/tmp/ipykernel_1234/987.py:1: UserWarning", "cell-987.py:1: UserWarning"),
    "an address": ("<Line2D at 0x7f00AAbb12>", "<Line2D at 0x0>"),
}


@pytest.mark.parametrize("what", FOLDERS)
def test_what_names_this_machine_is_replaced(what: str) -> None:
    """Folders, temporary names and addresses leave printed text, results and tracebacks."""
    before, after = FOLDERS[what]
    printed = settled({"output_type": "stream", "name": "stderr", "text": before})
    data = {"text/plain": before, "application/json": {"n": [1, before]}}
    shown = settled({"output_type": "display_data", "metadata": {}, "data": data})
    raised = settled({"output_type": "error", "ename": "E", "evalue": before, "traceback": [before]})
    assert printed.text == after and shown.data == {"text/plain": after, "application/json": {"n": [1, after]}}
    assert raised.evalue == after and raised.traceback == [after]


def test_a_notebook_that_ends_itself_early_fails(tmp_path: Path) -> None:
    """`sys.exit()` would publish half a page that looks whole."""
    with pytest.raises(RuntimeError, match="ended itself before its last cell") as raised:
        executed(tmp_path, ["import sys\nsys.exit()", "1"])
    place = Place(tmp_path / "p")
    assert failure_of(declared_runs(place.project)[0], raised.value, place).cell == "cell-0"


def test_what_shows_a_failure_again() -> None:
    """A cell fails again in JupyterLab, with the answers it read; what fails after the cells, in another build."""
    given = (("lang", "fr"), ("waves", "supplied"))
    told = Failure("fr/n", "notebooks/n.ipynb", "E", cell="c", parameters=given).text()
    in_lab = 'make lab WAVES=DIR, open notebooks/n.ipynb, set lang = "fr", waves = "supplied", run all cells'
    assert told.endswith(f"  to reproduce: {in_lab}")
    told = Failure("fr/n", "notebooks/n.ipynb", "E", parameters=given).text()
    assert told.endswith("  to reproduce: PTCE_WAVES=DIR .venv/bin/ptce build fr/n --verbose")


MISSPELT = {
    "parameter 'confidense' is unknown. Legal names: lang, confidence. Did you mean 'confidence'?": {"confidense": 0.9},
    "parameter 'confidence': value 2: a number from 0.5 to 0.999 is expected": {"confidence": 2},
    "parameter 'lang': value 'frr': legal values:": {"lang": "frr"},
}


@pytest.mark.parametrize("said", MISSPELT)
def test_a_misspelt_parameter_stops_a_notebook_in_its_first_cell(said: str, tmp_path: Path) -> None:
    """`papermill -p` lets any name pass; nothing is computed under another value than was asked for."""
    node = nbformat.from_dict(read_notebook(REPOSITORY / "notebooks" / "02_emergence.ipynb"))
    with pytest.raises(PapermillExecutionError, match=re.escape(said)) as raised:
        with_papermill(node, tmp_path / "copy.ipynb", MISSPELT[said], tmp_path, 0)
    assert "open_page" in raised.value.source
