"""Tasks in forked children: imports are paid once by the parent, and nothing of one task reaches the next."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar, cast

Task = TypeVar("Task")
Result = TypeVar("Result")

PR_SET_PDEATHSIG = 1

# Where this process, a child, reports to: its parent waits until nobody holds the other end any more.
reporting: list[Connection] = []


class ChildDied(RuntimeError):
    """A child ended without an answer; the message says how."""


def results(
    work: Callable[[Task], Result], tasks: Sequence[Task], jobs: int, may_start: Callable[[], bool] = lambda: True
) -> Iterator[tuple[Task, Result | ChildDied]]:
    """Yield each task and what its work returned, as they end; at most `jobs` at a time, each in a child of its own.

    A child that dies gives a `ChildDied`. No task starts once `may_start` says no. When nobody asks for more results,
    the children still at work are stopped.
    """
    waiting, running = list(tasks), dict[Connection, tuple[Task, Any]]()
    try:
        while running or (waiting and may_start()):
            while waiting and len(running) < jobs and may_start():
                task = waiting.pop(0)
                with _uninterrupted():
                    receiver, child = _started(work, task)
                    running[receiver] = task, child
            for ready in wait(list(running)):
                task, child = running.pop(cast(Connection, ready))
                yield task, _received(cast(Connection, ready), child)
    finally:
        for _, child in running.values():
            child.kill()
            child.join()


def results_here(
    work: Callable[[Task], Result], tasks: Sequence[Task], _jobs: int, may_start: Callable[[], bool] = lambda: True
) -> Iterator[tuple[Task, Result | ChildDied]]:
    """Yield the same one by one, in this process: for systems where children cannot be forked."""
    for task in tasks:
        if may_start():
            yield task, work(task)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold Ctrl-C back for a moment: one that comes while Python forks would be lost, and the child not be stopped."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _started(work: Callable[[Task], Result], task: Task) -> tuple[Connection, Any]:
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_report, args=(work, task, sender))
    child.start()
    sender.close()
    return receiver, child


def _report(work: Callable[[Task], Result], task: Task, sender: Connection) -> None:
    """Work in the child. An interruption by the keyboard is the parent's business: it stops its children."""
    gc.freeze()  # what the parent made is never garbage here; looking through it would copy it
    die_with_parent()
    reporting.append(sender)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    sender.send(work(task))


def _received(receiver: Connection, child: Any) -> Any:
    try:
        return receiver.recv()
    except EOFError:
        child.join()
        return ChildDied(f"the process that built it ended early ({ending(child.exitcode)})")
    finally:
        receiver.close()
        child.join()


def ending(exit_code: int) -> str:
    """Return how a process ended, in words."""
    return signal.Signals(-exit_code).name if exit_code < 0 else f"exit code {exit_code}"


def die_with_parent() -> None:
    """Ask Linux to end this process when its parent ends, however that happens."""
    if sys.platform != "linux":
        return
    import ctypes

    parent = multiprocessing.parent_process()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if parent is not None and os.getppid() != parent.pid:  # it had ended before we could ask
        os._exit(1)
