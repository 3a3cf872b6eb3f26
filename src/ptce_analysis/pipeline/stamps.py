"""Staleness by content: what a result was made from, what it made, and whether either has changed since.

Modification times are never looked at: a clone or a `touch` changes them all and changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from ptce_analysis.pipeline.files import write_together

# What something was made from: the name of each file or value, and its digest.
Inputs = Mapping[str, str]


def digest(data: bytes) -> str:
    """Return the SHA-256 of some bytes, in hexadecimal."""
    return sha256(data).hexdigest()


def digest_of_value(value: Any) -> str:
    """Return a digest of a JSON-like value."""
    return digest(json.dumps(value, sort_keys=True, ensure_ascii=False).encode())


def publish(stamp: Path, root: Path, inputs: Inputs, files: Mapping[Path, bytes]) -> None:
    """Write results, remove those made last time and no longer made, and record what they were made from.

    The stamp comes last: after an interruption it does not match, and everything is made again.
    """
    made = {path.relative_to(root).as_posix(): digest(data) for path, data in files.items()}
    record = json.dumps({"inputs": dict(inputs), "outputs": made}, indent=1, sort_keys=True).encode()
    write_together({**files, stamp: record}, [path for path in made_by(stamp, root) if path not in files])


def made_by(stamp: Path, root: Path) -> list[Path]:
    """Return the files a stamp says were made, and that nobody has altered since."""
    outputs = recorded(stamp)["outputs"].items()
    return [root / name for name, expected in outputs if not state_of(root / name, expected)]


def recorded(stamp: Path) -> dict[str, dict[str, str]]:
    """Return the `inputs` and `outputs` of a stamp; both empty when there is none that can be read."""
    nothing: dict[str, dict[str, str]] = {"inputs": {}, "outputs": {}}
    try:
        found = json.loads(stamp.read_bytes())
    except (OSError, ValueError):
        return nothing
    whole = isinstance(found, dict) and all(isinstance(found.get(key), dict) for key in nothing)
    return found if whole else nothing


def stale_because(stamp: Path, root: Path, inputs: Inputs) -> str:
    """Return why results must be made again, in a few words; an empty string when they are up to date."""
    record = recorded(stamp)
    if not record["outputs"]:
        return "stamp unreadable" if stamp.exists() else "never built"
    made = record["inputs"]
    changed = sorted(name for name in made.keys() | inputs.keys() if made.get(name) != inputs.get(name))
    if changed:
        others = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        return f"{changed[0]}{others} changed"
    states = ((name, state_of(root / name, expected)) for name, expected in record["outputs"].items())
    return next((f"{name} {state}" for name, state in states if state), "")


def state_of(path: Path, expected: str) -> str:
    """Return what is wrong with a result: missing, altered, or nothing."""
    if not path.is_file():
        return "is missing"
    return "" if digest(path.read_bytes()) == expected else "was altered"
