"""Work in forked children: a process for each run, and a papermill engine that runs a notebook's cells in another.

What the parent has imported is not imported again, and nothing of one notebook reaches the next. The shell is
ipykernel's, and its messages become outputs in nbclient, so that outputs are a real kernel's. What a cell prints,
through Python or not, goes to two files shared with the parent: nothing of it is lost when the kernel dies.
"""

import asyncio
import ctypes
import gc
import io
import multiprocessing
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from multiprocessing.connection import Connection, wait
from types import SimpleNamespace
from typing import Any, BinaryIO, NoReturn, TypeVar, cast

from ipykernel.compiler import XCachingCompiler
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.pylabtools import activate_matplotlib
from jupyter_client.session import Session
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.engines import Engine, papermill_engines
from traitlets.config import Config

Task = TypeVar("Task")
Result = TypeVar("Result")

FORKED = "ptce"  # the name that papermill has for this engine
STREAMS = ("stdout", "stderr")
PR_SET_PDEATHSIG = 1

FORK: Any = multiprocessing.get_context("fork")


def each(
    work: Callable[[Task], Result], tasks: Sequence[Task], jobs: int, may_start: Callable[[], bool] = lambda: True
) -> Iterator[tuple[Task, Result | RuntimeError]]:
    """Yield each task and what its work returned, as they end; at most `jobs` at a time, each in a child of its own.

    A child that dies gives a `RuntimeError`, which says how. When nobody asks for more, those at work are stopped.
    """
    waiting, running = list(tasks), dict[Connection, tuple[Task, Any]]()
    try:
        while running or (waiting and may_start()):
            while waiting and len(running) < jobs and may_start():
                task = waiting.pop(0)
                receiver, sender = FORK.Pipe(duplex=False)
                child = FORK.Process(target=_report, args=(work, task, sender))
                running[receiver] = task, child
                _start(child)
                sender.close()
            for ready in cast("list[Connection]", wait(list(running))):
                task, child = running.pop(ready)
                try:
                    answer = ready.recv()
                    child.join()
                except EOFError:
                    child.join()
                    answer = RuntimeError(f"the process that built it ended early ({_ending(child)})")
                yield task, answer
    finally:
        for child in (child for _, child in running.values() if child.pid):
            child.kill()
            child.join()


def _start(child: Any) -> None:
    """Start a child that hears no Ctrl-C until it ignores it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        child.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _report(work: Callable[[Task], Result], task: Task, sender: Connection) -> None:
    _end_with_parent()
    gc.freeze()  # what the parent made is never garbage here; looking through it would copy it
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent stops its children
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    sender.send(work(task))


def _end_with_parent() -> None:
    """Ask Linux to end this process when its parent ends, however that happens: no cell goes on for nobody."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _ending(child: Any) -> str:
    return signal.Signals(-child.exitcode).name if child.exitcode < 0 else f"exit code {child.exitcode}"


class ForkEngine(Engine):  # type: ignore[misc]
    """Executes the cells of a notebook, in order, in one forked child."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, _kernel_name: str, execution_timeout: int = 0, **_: Any) -> None:
        """Run the code cells, each for `execution_timeout` seconds at most (0: no limit); stop at the first error."""
        # Papermill writes its copy once, at the end, instead of twice for each cell.
        nb_man.output_path, copy = None, nb_man.output_path
        client = NotebookClient(nb_man.nb)
        client.reset_execution_trackers()
        try:
            with _Kernel(client) as kernel:
                for index, cell in enumerate(nb_man.nb.cells):
                    nb_man.cell_start(cell, index)
                    fine = False
                    try:
                        fine = kernel.run(index, cell, execution_timeout)
                    finally:
                        (nb_man.cell_complete if fine else nb_man.cell_exception)(cell, index)
                    if not fine:
                        return
        finally:
            nb_man.output_path = copy


papermill_engines.register(FORKED, ForkEngine)


class _Kernel(ExitStack):
    """The process that runs cells, the pipe to it, the files it prints into and how far they have been read."""

    def __init__(self, client: Any) -> None:
        super().__init__()
        self.client, self.read = client, [0, 0]
        self.files = tuple(self.enter_context(tempfile.TemporaryFile()) for _ in STREAMS)  # noqa: SIM115
        self.connection, theirs = FORK.Pipe()
        self.process = FORK.Process(target=_serve, args=(theirs, self.connection, self.files))
        _start(self.process)
        theirs.close()
        self.callback(self._end)

    def _end(self) -> None:
        with suppress(ProcessLookupError, PermissionError):  # it died before it had a group, or nobody is left in it
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.join()
        self.connection.close()

    def run(self, index: int, cell: Any, timeout_s: int) -> bool:
        """Run one cell; return whether the notebook may go on. Raises `DeadKernelError` or `CellTimeoutError`."""
        if cell.cell_type != "code" or not cell.source.strip():
            return True
        self.client.code_cells_executed += 1
        self.client.clear_before_next_output = False
        cell.outputs, cell.execution_count = [], self.client.code_cells_executed
        try:
            for message, written in self._messages(cell, timeout_s):
                self._printed(index, cell, written)
                if message["msg_type"] == "reply":
                    return message["succeeded"] or "raises-exception" in cell.metadata.get("tags", [])
                self.client.process_message(message, cell, index)
        finally:
            self._printed(index, cell, _sizes(self.files))
        self.process.join()
        raise DeadKernelError(f"Kernel died ({_ending(self.process)})")

    def _messages(self, cell: Any, timeout_s: int) -> Iterator[Any]:
        """Yield what the kernel says while it runs a cell, with how far the streams had come; end early if it dies."""
        deadline = time.monotonic() + timeout_s
        try:
            self.connection.send(cell.source)
            while self.connection.poll(max(0.0, deadline - time.monotonic()) if timeout_s else None):
                yield self.connection.recv()
        except (EOFError, OSError):
            return
        raise CellTimeoutError.error_from_timeout_and_cell("Cell execution timed out", timeout_s, cell)

    def _printed(self, index: int, cell: Any, upto: Sequence[int]) -> None:
        for place, (name, file) in enumerate(zip(STREAMS, self.files, strict=True)):
            data = os.pread(file.fileno(), upto[place] - self.read[place], self.read[place])
            self.read[place] += len(data)
            if data:
                about, text = {"msg_type": "stream"}, data.decode("utf-8", errors="replace")
                message = {**about, "header": about, "parent_header": {}, "content": {"name": name, "text": text}}
                self.client.process_message(message, cell, index)


def _sizes(files: Sequence[BinaryIO | int]) -> list[int]:
    return [os.fstat(file if isinstance(file, int) else file.fileno()).st_size for file in files]


def _serve(connection: Connection, other_end: Connection, files: Sequence[BinaryIO]) -> NoReturn:
    """Run the cells that come through the pipe until its other end closes, in a group of its own; never return."""
    other_end.close()
    os.setsid()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    _end_with_parent()
    for descriptor, (name, file) in enumerate(zip(STREAMS, files, strict=True), start=1):
        os.dup2(file.fileno(), descriptor)
        raw = io.FileIO(descriptor, "w", closefd=False)
        setattr(sys, name, io.TextIOWrapper(raw, "utf-8", errors="backslashreplace", write_through=True))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # nobody answers who asks
    if not sys.flags.safe_path:
        sys.path[0] = ""
    with suppress(EOFError):
        asyncio.run(_run_cells(_new_shell(connection), connection))
    os._exit(0)


def _new_shell(connection: Connection) -> Any:
    """IPython's notebook shell, which sends what it shows through the pipe, after how far the streams had come."""

    class Pipe(Session):
        def send(self, _socket: Any, message: Any, content: Any = None, *_: Any, **__: Any) -> None:  # type: ignore[override]
            whole = message if isinstance(message, dict) else self.msg(message, content)
            connection.send((self.unpack(self.pack(whole)), _sizes((1, 2))))

    kernel, config = SimpleNamespace(eventloop=None), Config({"HistoryManager": {"enabled": False}})
    shell: Any = ZMQInteractiveShell.instance(config=config, compiler_class=XCachingCompiler, kernel=kernel)
    backend = os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    if "matplotlib" in sys.modules:
        sys.modules["matplotlib"].use(backend)
    if inline := sys.modules.get("matplotlib_inline.backend_inline"):  # which looked for a shell when it was imported
        activate_matplotlib(backend)  # type: ignore[no-untyped-call]
        inline.configure_inline_support(shell, backend)
    shell.displayhook.session = shell.display_pub.session = Pipe(key=b"")
    shell.displayhook.topic = b"execute_result"
    return shell


async def _run_cells(shell: Any, connection: Connection) -> None:
    """Run cells as ipykernel does: its loop is running meanwhile, and figures are shown when a cell has ended."""
    while not shell.exit_now:
        source = connection.recv()
        shell._last_traceback, shell._last_traceback_during_displayhook = None, False
        try:
            transformed, fault = shell.transform_cell(source), None
        except Exception:
            transformed, fault = source, sys.exc_info()
        arguments = {"store_history": True, "transformed_cell": transformed, "preprocessing_exc_tuple": fault}
        result = await shell.run_cell_async(source, **arguments)
        shell.events.trigger("post_execute")
        shell.events.trigger("post_run_cell", result)
        await asyncio.sleep(0)
        succeeded = result.success and not shell._last_traceback_during_displayhook
        connection.send(({"msg_type": "reply", "succeeded": succeeded}, _sizes((1, 2))))
