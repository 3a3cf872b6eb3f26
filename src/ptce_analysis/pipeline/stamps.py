"""Staleness by content: what a result was made from, what it made, and whether either has changed since.

Modification times are never looked at: a clone or a `touch` changes them all and changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

Digests = Mapping[str, str]


def digest(data: bytes) -> str:
    """Return the SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def digest_of_files(root: Path, paths: Iterable[Path]) -> str:
    """Return one digest for the names (below `root`) and contents of files, whatever their order."""
    lines = sorted(f"{path.relative_to(root).as_posix()} {digest(path.read_bytes())}" for path in paths)
    return digest("\n".join(lines).encode())


def digest_of_value(value: Any) -> str:
    """Return a digest of a JSON-like value."""
    return digest(json.dumps(value, sort_keys=True, ensure_ascii=False).encode())


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that its final name only ever holds the whole of it: temporary neighbour, then rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_stamp(stamp: Path, root: Path, inputs: Digests, outputs: Iterable[Path]) -> None:
    """Record what some outputs were made from; written last, so that an interrupted build has no stamp."""
    made = {path.relative_to(root).as_posix(): digest(path.read_bytes()) for path in sorted(outputs)}
    write_atomically(stamp, json.dumps({"inputs": dict(inputs), "outputs": made}, indent=1, sort_keys=True).encode())


def stale_because(stamp: Path, root: Path, inputs: Digests) -> str:
    """Return why outputs must be made again, in a few words; an empty string when they are up to date."""
    try:
        recorded = json.loads(stamp.read_bytes())
        made, outputs = recorded["inputs"], recorded["outputs"]
    except FileNotFoundError:
        return "never built"
    except (ValueError, KeyError, TypeError):
        return "stamp unreadable"
    changed = sorted(name for name in made.keys() | inputs.keys() if made.get(name) != inputs.get(name))
    if changed:
        return f"{', '.join(changed)} changed"
    return next((f"{name} {state}" for name in outputs if (state := _state(root / name, outputs[name]))), "")


def _state(path: Path, expected: str) -> str:
    if not path.is_file():
        return "is missing"
    return "" if digest(path.read_bytes()) == expected else "was altered"
