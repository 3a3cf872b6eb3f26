"""A kernel in a forked child: IPython's own notebook shell, told what to run through a pipe instead of sockets.

The shell, its display hook and its publisher are those of ipykernel, so that outputs are a real kernel's. What a cell
prints, through Python or not, goes to two files shared with the parent: nothing of it is lost when the child dies.
"""

from __future__ import annotations

import asyncio
import builtins
import getpass
import io
import os
import sys
from multiprocessing.connection import Connection
from types import SimpleNamespace
from typing import Any, BinaryIO, NoReturn

from ipykernel.compiler import XCachingCompiler
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.error import StdinNotImplementedError
from IPython.core.pylabtools import activate_matplotlib
from jupyter_client.session import Session
from traitlets import Any as AnyTrait
from traitlets.config import Config

from ptce_analysis.pipeline import children, lock
from ptce_analysis.pipeline.children import die_with_parent
from ptce_analysis.pipeline.environment import INLINE

STREAMS = ("stdout", "stderr")


class _Pipe(Session):
    """Sends what a kernel would send, each message with how far the streams had come when it left."""

    connection = AnyTrait()

    def send(self, _socket: Any, message: Any, content: Any = None, *_: Any, **__: Any) -> None:  # type: ignore[override]
        if os.getpid() != self.pid:  # a process that a cell forked: it may print, but the cell is not its own
            return
        whole = message if isinstance(message, dict) else self.msg(message, content)
        self.connection.send((self.unpack(self.pack(whole)), _written()))


def serve(connection: Connection, other_end: Connection, files: tuple[BinaryIO, BinaryIO], folder: str) -> NoReturn:
    """Run the cells that come through the pipe until its other end closes; never return."""
    other_end.close()
    _leave_the_build()
    die_with_parent()
    _print_into(files)
    _start_afresh()
    shell = _new_shell(connection, folder)
    asyncio.run(_serve(shell, connection))
    os._exit(0)


def _leave_the_build() -> None:
    """Hold nothing that the build waits for, in a group of its own: what a cell starts may outlive it."""
    os.setsid()
    for descriptor in (*(stream.fileno() for stream in lock.held), *(end.fileno() for end in children.reporting)):
        os.close(descriptor)


async def _serve(shell: Any, connection: Connection) -> None:
    # A kernel's loop is running while a cell runs: `await` works in cells, and their tasks go on in later ones.
    while not shell.exit_now:
        try:
            source = connection.recv()
        except EOFError:
            return
        kernel = os.getpid()
        result = await _run(shell, source)
        if os.getpid() != kernel:  # the cell forked and let the child go on: there is one kernel, and this is not it
            os._exit(0)
        connection.send((_reply(shell, result), _written()))


async def _run(shell: Any, source: str) -> Any:
    """Run one cell as ipykernel does, and let what waits for its end happen: inline figures are shown then."""
    shell._last_traceback = None
    shell._last_traceback_during_displayhook = False
    try:
        transformed, fault = shell.transform_cell(source), None
    except Exception:
        transformed, fault = source, sys.exc_info()
    arguments = {"store_history": True, "transformed_cell": transformed, "preprocessing_exc_tuple": fault}
    result = await shell.run_cell_async(source, **arguments)
    shell.events.trigger("post_execute")
    shell.events.trigger("post_run_cell", result)
    await asyncio.sleep(0)
    return result


def _reply(shell: Any, result: Any) -> dict[str, Any]:
    """Return the end of a cell, and whether it succeeded."""
    return {"msg_type": "reply", "succeeded": result.success and not shell._last_traceback_during_displayhook}


def _new_shell(connection: Connection, folder: str) -> Any:
    settings = Config({"HistoryManager": {"enabled": False}})
    stub = SimpleNamespace(eventloop=None)
    shell: Any = ZMQInteractiveShell.instance(
        config=settings, ipython_dir=folder, compiler_class=XCachingCompiler, kernel=stub
    )
    _draw_inline(shell)
    session = _Pipe(key=b"", connection=connection)
    shell.displayhook.session = shell.display_pub.session = session
    shell.displayhook.topic = b"execute_result"
    return shell


def _draw_inline(shell: Any) -> None:
    """Let figures be shown in the notebook, though matplotlib was imported before there was one."""
    backend = os.environ.setdefault("MPLBACKEND", INLINE)
    if "matplotlib" in sys.modules:
        sys.modules["matplotlib"].use(backend)
    if inline := sys.modules.get("matplotlib_inline.backend_inline"):  # which looked for a shell when it was imported
        activate_matplotlib(backend)  # type: ignore[no-untyped-call]
        inline.configure_inline_support(shell, backend)


def _print_into(files: tuple[BinaryIO, BinaryIO]) -> None:
    """Let both streams, and what programs started by a cell print, go to the files; nobody answers who asks."""
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123 (a descriptor is what counts)
        os.dup2(nothing.fileno(), 0)
    for descriptor, (name, file) in enumerate(zip(STREAMS, files, strict=True), start=1):
        os.dup2(file.fileno(), descriptor)
        raw = io.FileIO(descriptor, "w", closefd=False)
        setattr(sys, name, io.TextIOWrapper(raw, "utf-8", errors="backslashreplace", write_through=True))
    builtins.input = getpass.getpass = _no_input


def _no_input(*_: object, **__: object) -> NoReturn:
    raise StdinNotImplementedError("raw_input was called, but this frontend does not support input requests.")


def _written() -> tuple[int, ...]:
    return tuple(os.fstat(descriptor).st_size for descriptor in (1, 2))


def _start_afresh() -> None:
    """Leave what the parent was doing: its random numbers, its own folder in the import path."""
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    if not sys.flags.safe_path:
        sys.path[0] = ""
