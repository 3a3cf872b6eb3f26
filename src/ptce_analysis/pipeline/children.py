"""Tasks in forked children: imports are paid once by the parent, and nothing of one task reaches the next."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from typing import TypeVar

Task = TypeVar("Task")

CAN_FORK = hasattr(os, "fork")


def results(work: Callable[[Task], str], tasks: Sequence[Task], jobs: int) -> Iterator[tuple[Task, str]]:
    """Yield each task and the text its work returned, as they end; a child that dies returns why.

    At most `jobs` run at a time, each in a child of its own. Where fork is missing they run here, one by one.
    """
    if not CAN_FORK:
        yield from ((task, work(task)) for task in tasks)
        return
    context = multiprocessing.get_context("fork")
    waiting, running = list(tasks), {}
    while waiting or running:
        while waiting and len(running) < jobs:
            task = waiting.pop(0)
            receiver, sender = context.Pipe(duplex=False)
            child = context.Process(target=_report, args=(work, task, sender))
            child.start()
            sender.close()
            running[receiver] = task, child
        for receiver in wait(list(running)):
            task, child = running.pop(receiver)  # type: ignore[index]
            yield task, _received(receiver, child)  # type: ignore[arg-type]


def _report(work: Callable[[Task], str], task: Task, sender: Connection) -> None:
    sender.send(work(task))


def _received(receiver: Connection, child: multiprocessing.Process) -> str:
    try:
        text = str(receiver.recv())
    except EOFError:
        child.join()
        return f"the process that built it ended early (exit code {child.exitcode})"
    child.join()
    return text
