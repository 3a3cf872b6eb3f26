"""A papermill engine that runs a notebook's cells in this very process, without starting a kernel.

Imports are then paid once: the build preloads them and forks a child per run. The outputs are those of a real kernel
(`tests/test_engine.py` compares both on every notebook); use papermill's default engine where fork is missing.
"""

from __future__ import annotations

import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import nbformat
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from papermill.engines import Engine
from traitlets import Type
from traitlets.config import Config


class _Stream:
    """A standard stream that writes into the outputs of the running cell, joining what follows directly."""

    encoding = "utf-8"

    def __init__(self, name: str, outputs: list[Any]) -> None:
        self.name, self.outputs = name, outputs

    def write(self, text: str) -> int:
        last = self.outputs[-1] if self.outputs else None
        if text and last is not None and last.output_type == "stream" and last.name == self.name:
            last.text += text
        elif text:
            self.outputs.append(nbformat.v4.new_output("stream", name=self.name, text=text))
        return len(text)

    def flush(self) -> None:
        """Nothing waits."""

    def isatty(self) -> bool:
        return False


class _Publisher(DisplayPublisher):  # type: ignore[misc]
    """Keeps what `display()` shows."""

    def publish(self, data: Any, metadata: Any = None, **_: Any) -> None:  # type: ignore[override]
        found = nbformat.v4.new_output("display_data", data=dict(data), metadata=dict(metadata or {}))
        self.shell.cell_outputs.append(found)


class _Hook(DisplayHook):  # type: ignore[misc]
    """Keeps the value of a cell's last expression."""

    def write_output_prompt(self) -> None:
        """No prompt in a notebook."""

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        result = nbformat.v4.new_output("execute_result", data=dict(format_dict), metadata=dict(md_dict or {}))
        result["execution_count"] = self.shell.execution_count
        self.shell.cell_outputs.append(result)

    def finish_displayhook(self) -> None:
        """Nothing to print."""


class _Shell(InteractiveShell):  # type: ignore[misc]
    """An IPython shell whose outputs are those of a notebook."""

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)
    cell_outputs: list[Any]

    def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
        error = nbformat.v4.new_output("error", ename=etype.__name__, evalue=str(evalue), traceback=list(stb))
        self.cell_outputs.append(error)

    def enable_gui(self, gui: Any = None) -> None:
        """No event loop."""


class InProcessEngine(Engine):  # type: ignore[misc]
    """Executes the cells in an IPython shell of this process; meant for a child forked for one run only."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, _kernel_name: str, execution_timeout: int = 0, **_: Any) -> None:
        """Run the code cells of the notebook in order; stop at the first error, as papermill expects."""
        with tempfile.TemporaryDirectory(prefix="ptce-ipython-") as folder:
            shell = _new_shell(folder)
            for index, cell in enumerate(nb_man.nb.cells):
                if cell.cell_type == "code" and not _run(nb_man, shell, index, cell, execution_timeout):
                    return


def _new_shell(folder: str) -> _Shell:
    settings = Config()
    settings.HistoryManager.enabled = False
    settings.InteractiveShell.colors = "nocolor"
    _Shell.clear_instance()
    return _Shell.instance(config=settings, ipython_dir=folder)  # type: ignore[no-any-return]


def _run(nb_man: Any, shell: _Shell, index: int, cell: Any, timeout_s: int) -> bool:
    """Run one cell; return whether the notebook may go on."""
    nb_man.cell_start(cell, index)
    cell.outputs = shell.cell_outputs = []
    cell.execution_count = shell.execution_count
    with _captured(cell.outputs), _limited(timeout_s):
        result = shell.run_cell(cell.source, store_history=True)
    nb_man.cell_complete(cell, index) if result.success else nb_man.cell_exception(cell, index)
    return bool(result.success)


@contextmanager
def _captured(outputs: list[Any]) -> Iterator[None]:
    kept = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = _Stream("stdout", outputs), _Stream("stderr", outputs)  # type: ignore[assignment]
    try:
        yield
    finally:
        sys.stdout, sys.stderr = kept


@contextmanager
def _limited(seconds: int) -> Iterator[None]:
    """Interrupt a cell that runs longer than allowed, with the error a kernel's time limit would give."""

    def stop(*_: object) -> None:
        raise TimeoutError(f"the cell ran longer than {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
