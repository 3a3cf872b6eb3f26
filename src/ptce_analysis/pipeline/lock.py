"""One build at a time in a project."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from ptce_analysis.errors import InputError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

# The lock files this process holds. Who is forked holds them too, and must close them if it may outlive the build.
held: list[TextIO] = []


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Hold a lock file while the body runs; wait for whoever holds it already.

    The lock is the system's and ends with the processes that hold it: a file left behind locks nothing.
    Where the system has no such lock, the file itself is the lock, and one that is left behind must be removed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if fcntl is None:
        with _held_by_existing(path.with_suffix(".held")):
            yield
        return
    with path.open("a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("another build is at work in this project: waiting until it ends", file=sys.stderr, flush=True)
            fcntl.flock(stream, fcntl.LOCK_EX)
        held.append(stream)
        try:
            yield
        finally:
            held.remove(stream)


@contextmanager
def _held_by_existing(path: Path) -> Iterator[None]:
    try:
        path.touch(exist_ok=False)
    except FileExistsError:
        raise InputError(f"{path}: another build is at work in this project. If none is, remove this file.") from None
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
