"""The surroundings of a build: what must not differ between two machines, and how many runs at a time."""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

INLINE = "module://matplotlib_inline.backend_inline"

# Hash order, encodings, time zone, language of messages; one thread for linear algebra (the same sums everywhere, no
# thread alive when children are forked); figures drawn inline, whatever the reader's own matplotlib settings.
FIXED = {
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MPLBACKEND": INLINE,
    "MATPLOTLIBRC": os.devnull,
}

# What makes Python print more, or drop the docstrings that libraries read (PYTHONOPTIMIZE=2 moves marks of figures).
NOT_SET = (
    "PYTHONASYNCIODEBUG",
    "PYTHONDEVMODE",
    "PYTHONINSPECT",
    "PYTHONOPTIMIZE",
    "PYTHONPROFILEIMPORTTIME",
    "PYTHONTRACEMALLOC",
    "PYTHONVERBOSE",
    "PYTHONWARNINGS",
)

# How long one cell of a notebook may take, unless somebody says otherwise.
CELL_TIMEOUT_S = 300

# Children are forked where that is safe; elsewhere each run has a kernel of its own.
CAN_FORK = hasattr(os, "fork") and sys.platform != "darwin"


def settle(restart: bool = False) -> None:
    """Fix the surroundings of this process and of its children.

    Python reads some of them only as it starts: with `restart`, this very command is started again where they differ,
    and a second Ctrl-C does not disturb what the first one began.
    """
    _open_streams()
    differ = any(os.environ.get(name) != value for name, value in FIXED.items())
    for name in NOT_SET:
        differ |= bool(os.environ.pop(name, ""))
    os.environ.update(FIXED)
    if hasattr(time, "tzset"):
        time.tzset()
    if restart and differ and CAN_FORK:
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
    if restart:
        signal.signal(signal.SIGINT, _interrupt_once)


def _interrupt_once(*_: object) -> NoReturn:
    """Ctrl-C ends a command; while it puts things away, which takes no time, another one would only leave a mess."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


def _open_streams() -> None:
    """Give a process that was started without output or input (`>&-`) streams that lead nowhere.

    Otherwise the first file it opens would be taken for its output.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 (open to the end)


@contextmanager
def unswept() -> Iterator[None]:
    """Let nothing look for garbage while modules are imported: they hold none; looking takes a fifth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def processors() -> int:
    """Return the number of processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
