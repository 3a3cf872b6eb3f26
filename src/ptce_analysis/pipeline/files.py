"""Files that are whole or absent: written beside their final name, then renamed; leftovers are removed."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

PART = re.compile(r"\..+\.\d+\.part")


def write_together(files: Mapping[Path, bytes], dropped: Iterable[Path] = ()) -> None:
    """Write files, and only once all of them are on the disk give them their final names, in order.

    `dropped` are removed in between. Raises `OSError` naming the final path; when space lacks, nothing has changed.
    """
    parts = {path: path.with_name(f".{path.name}.{os.getpid()}.part") for path in files}
    try:
        for path, part in parts.items():
            with _blaming(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                # Not forced to the disk: after a power cut, what was not wholly written no longer matches its stamp.
                part.write_bytes(files[path])
        for path in dropped:
            path.unlink(missing_ok=True)
        for path, part in parts.items():
            with _blaming(path):
                part.replace(path)
    finally:
        for part in parts.values():
            with suppress(OSError):
                part.unlink(missing_ok=True)


@contextmanager
def _blaming(path: Path) -> Iterator[None]:
    """Let an error name the file that somebody asked for, not its temporary neighbour."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None


def remove_leftovers(folders: Iterable[Path], scratch: Path) -> None:
    """Remove what a killed build left beside final names, and where its runs were at work."""
    if scratch.is_dir():
        shutil.rmtree(scratch, ignore_errors=True)
    for folder in folders:
        for path in folder.rglob(".*.part"):
            if PART.fullmatch(path.name):
                path.unlink(missing_ok=True)
