"""The forked kernel gives what a real kernel gives, cell by cell, and survives what cells do to it."""

import json
import os
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import nbformat
import pytest
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError

from conftest import REPOSITORY, cell_of
from ptce_analysis.pipeline import execute as under_test
from ptce_analysis.pipeline.engine import FORKED
from ptce_analysis.pipeline.execute import INJECTED_ID, normalised, read_notebook
from ptce_analysis.pipeline.runs import Run, declared_runs
from ptce_analysis.publish.language import translated_notebook

pytestmark = [pytest.mark.filterwarnings("default")]

KERNEL = "nbclient"  # papermill's name for an engine with a kernel of its own
NO_LIMIT = 0

# Every kind of output a cell can give, and what notebooks do besides computing.
CELLS = {
    "stdout": "print('a'); print('b', flush=True); print('c')",
    "both streams": "import sys\nprint('out'); print('err', file=sys.stderr); print('out again')",
    "stream around a display": "from IPython.display import display\nprint(1); display('two'); print(3)",
    "accents": "print('pôle — « oui » 1\\u202f239 €')",
    "a program's output": "import os, subprocess\nprint(1, flush=True); done = subprocess.run(['echo', 'two'])",
    "shell": "!echo from a shell",
    "result": "6 * 7",
    "result hidden": "6 * 7;",
    "last result": "_ + 1",
    "table": "import pandas as pd\npd.DataFrame({'a': [1, 2]})",
    "display": "display({'text/html': '<b>x</b>', 'text/plain': 'x'}, raw=True, metadata={'key': {'n': 1}})",
    "update": "handle = display('before', display_id='shown'); handle.update('after')",
    "update later": "handle.update('much after')",
    "clear": "from IPython.display import clear_output\nprint('gone'); clear_output(); print('kept')",
    "clear when next": "print('gone'); clear_output(wait=True); display('kept')",
    "inline figure": "import matplotlib.pyplot as plt\nplt.figure(figsize=(1, 1)); plt.plot([1, 2]); plt.show()",
    "figure left open": "fig, ax = plt.subplots(figsize=(1, 1)); lines = ax.plot([2, 1])",
    "warning": "import warnings\nwarnings.warn('careful')",
    "captured": "%%capture kept\nprint('hidden')",
    "captured, shown": "kept.stdout",
    "line magic": "%precision 2\n0.123456",
    "await": "import asyncio\nawait asyncio.sleep(0, 'awaited')",
    "running loop": "asyncio.get_running_loop().is_running()",
    "which shell": "type(get_ipython()).__name__, __name__",
    "nothing to type into": "sys.stdout.isatty(), sys.stdin is None or sys.stdin.isatty()",
    "folder": "os.path.basename(os.getcwd())",
    "markdown": "from IPython.display import Markdown, SVG\nMarkdown('*x*')",
    "an object": "object()",
    "comment only": "# nothing",
    "blank": "   ",
}

# A cell that fails stops a notebook, unless it is tagged.
FAILING = {
    "raise": "print('before')\nraise ValueError('two\\nlines')",
    "in a function": "def inner(n):\n    return 1 / n\n\ninner(0)",
    "syntax": "1 +",
    "bad magic": "%nosuchmagic",
    "input": "input('name? ')",
    "asyncio.run": "import asyncio\nasync def nothing(): ...\nmain = nothing()\nasyncio.run(main)",
    "close the coroutine": "main.close()",
    "system exit": "import sys\nsys.exit(3)",
    "repr fails": "class Bad:\n    def __repr__(self):\n        raise RuntimeError('no repr')\n\nBad()",
    "interrupted": "raise KeyboardInterrupt",
}


def notebook(sources: Iterable[str], tags: Sequence[str] = ()) -> Any:
    """A notebook of these code cells."""
    cells = [cell_of(f"cell-{number}", "code", source, tags) for number, source in enumerate(sources)]
    return nbformat.from_dict({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def outputs(node: Any, folder: Path) -> list[tuple[str, Any, Any]]:
    """Each code cell's source, number and outputs, normalised."""
    done = normalised(node, Run("n", folder / "n.ipynb", "en", ()), folder)
    return [(cell.source, cell.execution_count, cell.outputs) for cell in done.cells if cell.cell_type == "code"]


def execute(node: Any, folder: Path, kind: str = FORKED, timeout_s: int = NO_LIMIT) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTEST_CURRENT_TEST")  # ipykernel does not capture what programs print when it sees this
        patch.setattr(warnings, "showwarning", shown)
        return done_with(kind, node, folder / "copy.ipynb", {}, folder, timeout_s)


def done_with(kind: str, *how: Any) -> Any:
    """What the library's call of papermill gives with an engine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(under_test, "FORKED", kind)
        return under_test.with_papermill(*how)


def shown(message: Warning, category: type[Warning], filename: str, line: int, *_: object) -> None:
    """Show a warning as Python does when pytest does not keep it for itself."""
    sys.stderr.write(warnings.formatwarning(message, category, filename, line))


def copied(folder: Path) -> Any:
    """The copy papermill kept, without the marks it adds to a failure."""
    node = nbformat.read(folder / "copy.ipynb", as_version=4)
    node.cells = [cell for cell in node.cells if cell.cell_type == "code"]
    return node


@pytest.fixture
def untouched() -> Iterator[None]:
    """Matplotlib as a program that imports it has it: other tests of this process may have given it the theme."""
    with mpl.rc_context():
        mpl.rcdefaults()
        yield


@pytest.mark.usefixtures("untouched")
def test_every_kind_of_output_is_a_kernels(tmp_path: Path) -> None:
    """Cell by cell, outputs and numbers equal those of papermill's own engine with a real kernel."""
    forked, real = (outputs(execute(notebook(CELLS.values()), tmp_path, kind), tmp_path) for kind in (FORKED, KERNEL))
    for name, ours, theirs in zip(CELLS, forked, real, strict=True):
        # A real kernel hears programs in a thread of its own, which a busy machine lets come too late.
        said = [{"output_type": "stream", "name": "stdout", "text": "1\ntwo\n"}]
        assert ours[2] == said if name == "a program's output" else ours == theirs, name


def test_every_kind_of_error_is_a_kernels(tmp_path: Path) -> None:
    """Errors, with their tracebacks, equal those of a real kernel; a tagged cell lets the notebook go on."""
    found = []
    for kind in (FORKED, KERNEL):
        with pytest.raises(PapermillExecutionError):
            execute(notebook(FAILING.values(), ["raises-exception"]), tmp_path, kind)
        found.append(outputs(copied(tmp_path), tmp_path))
    for name, ours, theirs in zip(FAILING, *found, strict=True):
        if name == "input":  # nobody answers; each says so in words of its own
            assert ours[2][-1]["output_type"] == theirs[2][0]["output_type"] == "error"
        else:
            assert ours == theirs, name


# The last declared run of each notebook, in French: translated, and with parameters where it has some.
DECLARED = {run.notebook.stem: run for run in declared_runs(REPOSITORY) if run.lang == "fr"}
QUICK = "05_profile"


@pytest.mark.parametrize(
    "run", [run if name == QUICK else pytest.param(run, marks=pytest.mark.thorough) for name, run in DECLARED.items()],
    ids=list(DECLARED),
)  # fmt: skip
def test_declared_runs_are_executed_as_a_kernel_does(run: Run, tmp_path: Path) -> None:
    """Every notebook, translated and with the parameters of a run, is the same with both engines."""
    notebook = nbformat.from_dict(translated_notebook(read_notebook(run.notebook), run.lang))
    given, copy, folder = dict(run.parameters), tmp_path / "copy.ipynb", REPOSITORY / "notebooks"
    done = (done_with(kind, notebook, copy, given, folder, NO_LIMIT) for kind in (FORKED, KERNEL))
    forked, real = (normalised(node, run, REPOSITORY) for node in done)
    assert forked == real
    injected = next(cell.source for cell in real.cells if cell.id == INJECTED_ID)
    assert all(f"{name} = " in injected for name, _ in run.parameters)


ENDINGS = {
    "import ctypes, faulthandler\nfaulthandler.disable()\nprint('said', flush=True)\nctypes.string_at(0)": "SIGSEGV",
    "import os\nprint('said', flush=True)\nos._exit(7)": "exit code 7",
}


@pytest.mark.parametrize("source", ENDINGS)
def test_a_kernel_that_dies_says_how(source: str, tmp_path: Path) -> None:
    """The error names how the process ended; the copy keeps what had been printed, and the cells before."""
    with pytest.raises(DeadKernelError, match=ENDINGS[source]):
        execute(notebook(["'done'", source, "'never'"]), tmp_path)
    first, dying, never = copied(tmp_path).cells
    assert first.outputs[0].data["text/plain"] == "'done'"
    assert dying.outputs[0].text == "said\n"
    assert never.execution_count is None


def test_a_cell_that_never_ends_is_stopped(tmp_path: Path) -> None:
    """A time limit ends even a cell that catches every exception."""
    source = "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
    with pytest.raises(CellTimeoutError, match="1 seconds"):
        execute(notebook([source]), tmp_path, timeout_s=1)


def test_nothing_of_a_notebook_reaches_the_next(tmp_path: Path) -> None:
    """Variables, patched modules, environment, folder and figures of a notebook die with its process."""
    spoiling = "import os, json, sys\njson.dumps = None\nos.environ['SPOILT'] = '1'\nos.chdir('/')\nleft = 1"
    execute(notebook([spoiling]), tmp_path)
    asking = "import os, json\n'left' in dir(), json.dumps is None, os.environ.get('SPOILT'), os.getcwd() == '/'"
    done = execute(notebook([asking]), tmp_path)
    assert done.cells[0].outputs[0].data["text/plain"] == "(False, False, None, False)"
    assert json.dumps is not None and "SPOILT" not in os.environ
