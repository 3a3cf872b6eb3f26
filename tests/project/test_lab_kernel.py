"""Cells run again and again in a real kernel, as JupyterLab, VS Code or any other front end asks for it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.manager import KernelManager

from conftest import REPOSITORY

OPEN = """
import pandas as pd
from ptce_analysis.publish import plots
from ptce_analysis.publish.show import open_page

page = open_page("own", lang="en")
data = pd.DataFrame({"level": ["region", "etat"], "amount_eur": [2e6, 1e6]})
texts = {"title": "Two levels", "reading": "The first gave {amount_eur:keur}.", "source": "RTES.", "population": "Two."}
columns = {"level": "Level", "amount_eur:keur": "Amount"}
alt = "Two bars; the longer one, of regions, stands at {amount_eur:keur}."
"""
FIGURE = """figure = page.figure(
    "amounts", data, plots.bars(data, "amount_eur", "level", "keur", xlabel="k€"), columns=columns, alt=alt, **texts
)
"""
TABLE = 'page.table("rows", data, columns, **texts)'


class Notebook:
    """A kernel that is asked to run cells by their ids, or, by older front ends, without any."""

    def __init__(self, folder: Path) -> None:
        self.manager = KernelManager(kernel_name="python3", transport="ipc", ip=str(folder / "kernel"))
        self.manager.transport_encryption = "auto"
        environment = os.environ | {"PYTHONPATH": str(REPOSITORY / "src"), "PTCE_PROJECT": str(REPOSITORY)}
        self.manager.start_kernel(env=environment | {"IPYTHONDIR": str(folder)})
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=600)

    def run(self, code: str, cell: str = "", answering: bool = True) -> list[dict[str, Any]]:
        """What a cell shows: the data of each output, an error as the text of its message."""
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": answering}
        message = self.client.session.msg("execute_request", {**content, "user_expressions": {}, "stop_on_error": True})
        message["metadata"] = {"cellId": cell} if cell else {}
        self.client.shell_channel.send(message)
        shown: list[dict[str, Any]] = []
        while True:
            got = self.client.get_iopub_msg(timeout=600)
            if got["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            if got["msg_type"] in ("display_data", "execute_result"):
                shown.append(got["content"]["data"])
            if got["msg_type"] == "error":
                shown.append({"error": got["content"]["evalue"]})
            if got["msg_type"] == "stream":
                shown.append({"stream": got["content"]["text"]})
            if got["content"].get("execution_state") == "idle":
                return shown


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Notebook]:
    """One kernel for the tests of this file."""
    notebook = Notebook(tmp_path_factory.mktemp("k"))
    yield notebook
    notebook.client.stop_channels()
    notebook.manager.shutdown_kernel(now=True)


@pytest.fixture
def notebook(kernel: Notebook) -> Notebook:
    """A page that was just opened."""
    assert kernel.run(OPEN, "setup") == []
    return kernel


def number(shown: list[dict[str, Any]]) -> str:
    """The number that an exhibit bears, or the error in its place."""
    return str(shown[0].get("error") or shown[0]["text/plain"].split("(")[0].strip().replace("\u00a0", " "))


@pytest.mark.parametrize("cells", [("one", "two"), ("", "")], ids=["with ids", "without"])
def test_a_cell_run_again_keeps_the_number_of_its_figure(notebook: Notebook, cells: tuple[str, str]) -> None:
    """Whether the front end says which cell runs or not, and though the cell was edited in between."""
    first, second = cells
    assert number(notebook.run(FIGURE, first)) == "Figure 1"
    assert number(notebook.run(FIGURE.replace("amounts", "again"), second)) == "Figure 2"
    assert number(notebook.run(TABLE, "three" if first else "")) == "Table 1"
    for _ in range(2):
        assert number(notebook.run(f"# edited\n{FIGURE}", first)) == "Figure 1"


def test_two_cells_do_not_share_a_key(notebook: Notebook) -> None:
    """Where the front end says which cell runs; and always twice in one cell, or where nobody sits, as in a build."""
    fault = "exhibit 'amounts' cannot be shown: another exhibit of the page has this key: amounts."
    assert number(notebook.run(FIGURE, "one")) == "Figure 1"
    assert number(notebook.run(FIGURE, "two")) == fault
    assert notebook.run(FIGURE + FIGURE.replace("amounts", "same") * 2, "one")[-1]["error"].startswith("exhibit 'same'")
    notebook.run(OPEN)
    assert number(notebook.run(FIGURE, answering=False)) == "Figure 1"
    assert number(notebook.run(FIGURE, answering=False)) == fault


def test_a_figure_is_shown_once_then_again_as_it_was_changed(notebook: Notebook) -> None:
    """As the last line of its own cell it is not repeated; changed, there or in another cell, it is shown anew."""
    assert len(notebook.run(f"{FIGURE}figure", "one")) == 3
    (*_, changed) = shown = notebook.run(f'{FIGURE}figure.axes[0].set_xscale("log")\nfigure', "one")
    assert len(shown) == 4 and "image/png" in changed
    (seen,) = notebook.run("figure", "two")
    assert "image/png" in seen
    saved = 'import io\nfile = io.BytesIO()\nfigure.savefig(file, format="png")\nlen(file.getvalue()) > 1000'
    assert notebook.run(saved, "three") == [{"text/plain": "True"}]


def test_published_figures_and_tables_are_seen_as_tables(notebook: Notebook) -> None:
    """The figures of the project, with labels beside codes, and what a table returns: never a wall of records."""
    (facts,) = notebook.run("page.facts", "one")
    assert "<table" in facts["text/html"] and len(facts["text/plain"]) < 100
    (labels,) = notebook.run("page.facts.table().query(\"level == 'epci'\").level_label.iloc[0]", "two")
    assert "EPCI (groupings of communes)" in labels["text/plain"]
    assert notebook.run(TABLE, "three") and len(notebook.run(TABLE, "three")) == 2
    (fact,) = notebook.run('page.facts["respondents_2013"]', "four")
    assert fact == {"text/plain": "<respondents_2013: 42 count, DECK>"}
