"""A papermill engine that runs a notebook's cells in a child forked from this very process.

What the parent has imported is not imported again, and each notebook still has a process of its own. Messages become
outputs in nbclient, as for any kernel; `tests/pipeline/test_engine.py` compares both on every notebook.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from typing import Any, BinaryIO

from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.engines import Engine

from ptce_analysis.pipeline.children import ending

STREAMS = ("stdout", "stderr")

# A page of this collection shows less than 0.1 MB; without any limit, a cell that prints for ever fills the disk.
MOST_OUTPUT_MB = 100


class TooMuchOutput(RuntimeError):
    """A notebook printed or showed more than anybody reads."""


@dataclass
class _Child:
    """The kernel's process, the pipe to it, the files it prints into and how far they have been read."""

    process: Any
    connection: Connection
    files: tuple[BinaryIO, BinaryIO]
    read: list[int] = field(default_factory=lambda: [0, 0])
    received: int = 0

    def waits(self, deadline: float | None) -> bool:
        """Return whether a message comes in time. Raises `TooMuchOutput` as soon as that is so."""
        while not self.connection.poll(min(1, max(0, deadline - time.monotonic())) if deadline else 1):
            self.refuse_floods()
            if deadline and time.monotonic() >= deadline:
                return False
        return True

    def message(self) -> Any:
        """Return the next message, with how far the streams had come."""
        data = self.connection.recv_bytes()
        self.received += len(data)
        self.refuse_floods()
        return ForkingPickler.loads(data)

    def refuse_floods(self) -> None:
        """Raise `TooMuchOutput` when what was printed and shown so far is too much."""
        if self.received + sum(os.fstat(file.fileno()).st_size for file in self.files) > MOST_OUTPUT_MB * 10**6:
            raise TooMuchOutput(f"the notebook gave more than {MOST_OUTPUT_MB} MB of output")

    def printed(self, upto: tuple[int, int] | None = None) -> Iterator[tuple[str, str]]:
        """Yield what each stream received since the last time, by its name."""
        for index, (name, file) in enumerate(zip(STREAMS, self.files, strict=True)):
            end = upto[index] if upto else os.fstat(file.fileno()).st_size
            data = os.pread(file.fileno(), min(end - self.read[index], MOST_OUTPUT_MB * 10**6), self.read[index])
            self.read[index] += len(data)
            if data:
                yield name, data.decode("utf-8", errors="replace")

    def last_words(self) -> str:
        """Return how the process ended, in parentheses."""
        self.process.join()
        return f" ({ending(self.process.exitcode)})"


class ForkEngine(Engine):  # type: ignore[misc]
    """Executes the cells of a notebook, in order, in one forked child."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, _kernel_name: str, execution_timeout: int = 0, **_: Any) -> None:
        """Run the code cells of the notebook; stop at the first error, as papermill expects.

        Raises `CellTimeoutError` when a cell runs longer than `execution_timeout` seconds (0: as long as it needs),
        `DeadKernelError` when the child dies, and `TooMuchOutput`.
        """
        client = NotebookClient(nb_man.nb)
        client.reset_execution_trackers()
        with _saved_at_the_end(nb_man), _kernel() as child:
            for index, cell in enumerate(nb_man.nb.cells):
                if not _cell(nb_man, client, child, index, cell, execution_timeout):
                    return


@contextmanager
def _saved_at_the_end(nb_man: Any) -> Iterator[None]:
    """Let papermill write its copy once, at the end, instead of twice for each cell."""
    path, nb_man.output_path = nb_man.output_path, None
    try:
        yield
    finally:
        nb_man.output_path = path


@contextmanager
def _kernel() -> Iterator[_Child]:
    from ptce_analysis.pipeline.kernel import serve

    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    with (
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
        tempfile.TemporaryDirectory(prefix="ipython-", dir=os.environ.get("IPYTHONDIR")) as folder,
        ours,
    ):
        process = context.Process(target=serve, args=(theirs, ours, (out, err), folder))
        process.start()
        theirs.close()
        try:
            yield _Child(process, ours, (out, err))
        finally:
            _end(process)


def _end(process: Any) -> None:
    """End the kernel and what its cells left at work."""
    with suppress(ProcessLookupError, PermissionError):  # it died before it had a group, or nobody is left in it
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.join()


def _cell(nb_man: Any, client: Any, child: _Child, index: int, cell: Any, timeout_s: int) -> bool:
    """Run one cell; return whether the notebook may go on."""
    nb_man.cell_start(cell, index)
    try:
        may_go_on = _executed(client, child, index, cell, timeout_s)
    except Exception:
        nb_man.cell_exception(cell, index)
        raise
    else:
        if not may_go_on:
            nb_man.cell_exception(cell, index)
        return may_go_on
    finally:
        nb_man.cell_complete(cell, index)


def _executed(client: Any, child: _Child, index: int, cell: Any, timeout_s: int) -> bool:
    if cell.cell_type != "code" or not cell.source.strip():
        return True
    client.code_cells_executed += 1
    client.clear_before_next_output = False
    cell.outputs, cell.execution_count = [], client.code_cells_executed
    try:
        for message in _messages(child, cell, timeout_s):
            if message["msg_type"] == "reply":
                return message["succeeded"] or "raises-exception" in cell.metadata.get("tags", [])
            client.process_message(message, cell, index)
    finally:
        for stream in child.printed():
            client.process_message(_stream(*stream), cell, index)
    raise DeadKernelError(f"Kernel died{child.last_words()}")


def _messages(child: _Child, cell: Any, timeout_s: int) -> Iterator[dict[str, Any]]:
    """Yield what the kernel says while it runs a cell, printed text in its place; end early if it dies."""
    deadline = time.monotonic() + timeout_s if timeout_s else None
    try:
        child.connection.send(cell.source)
        while child.waits(deadline):
            message, written = child.message()
            yield from (_stream(*stream) for stream in child.printed(written))
            yield message
    except (EOFError, OSError):
        return
    raise CellTimeoutError.error_from_timeout_and_cell("Cell execution timed out", timeout_s, cell)


def _stream(name: str, text: str) -> dict[str, Any]:
    about = {"msg_type": "stream"}
    return {**about, "header": about, "parent_header": {}, "content": {"name": name, "text": text}}
