"""Files as a site holds them: pictures, notebooks and pages of a few bytes, clean or with something planted."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path
from typing import Any


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*chunks: bytes, tail: bytes = b"") -> bytes:
    """A picture of one pixel, with other chunks."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\0\0"))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + pixels + chunk(b"IEND", b"") + tail


def saved(folder: Path, **files: str | bytes) -> Path:
    """A folder with these files; in a name, two underscores are a dot and three a slash."""
    for name, content in files.items():
        path = folder / name.replace("___", "/").replace("__", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def notebook(*outputs: dict[str, Any], **metadata: Any) -> str:
    cells = [{"cell_type": "code", "id": "a", "metadata": {}, "source": "", "outputs": list(outputs)}]
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def output(origin: str, html: str = "<p>9</p>", **about: Any) -> dict[str, Any]:
    """An output of ours of that origin, as a notebook file holds it: its text in lines."""
    metadata = {"ptce": {"kind": "head", "key": "a", "origin": origin, **about}}
    return {"output_type": "display_data", "metadata": metadata, "data": {"text/html": html.splitlines(True)}}


def page(*figures: str) -> str:
    return f'<!doctype html><html lang="en"><body><p>13 of 42 poles</p>{"".join(figures)}</body></html>'
