"""The form in which an executed notebook is kept: without what differs between two executions, machines or kernels.

Removed: times, papermill's paths, random cell ids, version of the interpreter, and what cells show that are meant for
JupyterLab only: nobody looked at it before it is handed over. Replaced in outputs: folders of this
machine, temporary names, addresses of objects. Streams that follow each other are joined, what was printed before what
was reported as an error: a kernel sends them in pieces, as time allows. Links lead to the other executed notebooks.
"""

from __future__ import annotations

import re
import sysconfig
import tempfile
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import nbformat

from ptce_analysis.pipeline.place import LIBRARY
from ptce_analysis.pipeline.run import Run
from ptce_analysis.publish.appendix import LAB_TAG
from ptce_analysis.publish.site import to_runs

INJECTED_ID = "injected-parameters"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")

# What a person cannot use and a machine makes differ: the file that stands for a cell, the address of an object. Each
# pattern is tried only on texts that hold its first words: the longest texts are images.
REPLACED = (
    ("ipykernel_", re.compile(r"[^\s\"'<>]*[/\\]ipykernel_\d+[/\\](\d+)\.py"), r"cell-\1.py"),
    (" at 0x", re.compile(r" at 0x[0-9a-fA-F]+"), " at 0x0"),
)


def normalised(node: Any, run: Run, project: Path) -> Any:
    """Return an executed notebook in the form in which it is kept."""
    folders = _folders(project)
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "ptce": {"name": run.name, "notebook": run.notebook.stem, "parameters": dict(run.parameters)},
    }
    cells = [_cell(cell, folders) for cell in node.cells]
    return nbformat.from_dict({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})  # type: ignore[no-untyped-call]


def _cell(cell: Any, folders: tuple[str, ...]) -> dict[str, Any]:
    tags = list(cell.metadata.get("tags", []))
    kept = {"cell_type": cell.cell_type, "source": cell.source, "metadata": {"tags": tags} if tags else {}}
    if cell.cell_type == "markdown":
        kept["source"] = to_runs(cell.source)
    kept["id"] = INJECTED_ID if INJECTED_ID in tags else cell.id
    if cell.cell_type == "code":
        shown = [] if LAB_TAG in tags else _joined(cell.outputs)
        outputs = [_settled(_plain(output), folders) for output in shown]
        kept |= {"execution_count": cell.execution_count, "outputs": outputs}
    return kept


def _joined(outputs: Iterable[Any]) -> Iterator[Any]:
    for is_stream, group in groupby(outputs, lambda output: output["output_type"] == "stream"):
        if not is_stream:
            yield from group
            continue
        streams = list(group)
        for name in ("stdout", "stderr"):
            text = "".join(output["text"] for output in streams if output["name"] == name)
            if text:
                yield {"output_type": "stream", "name": name, "text": text}


def _settled(value: Any, folders: tuple[str, ...]) -> Any:
    """Return an output with every text in it freed from this machine."""
    if isinstance(value, str):
        return _settled_text(value, folders)
    if isinstance(value, dict):
        return {key: _settled(inner, folders) for key, inner in value.items()}
    return [_settled(inner, folders) for inner in value] if isinstance(value, list) else value


def _settled_text(text: str, folders: tuple[str, ...]) -> str:
    if "ipykernel_" in text:  # the folder may hold spaces, at which the pattern stops
        text = text.replace(tempfile.gettempdir(), "")
    for words, pattern, replacement in REPLACED:
        text = pattern.sub(replacement, text) if words in text else text
    for folder in folders:
        text = text.replace(folder, "")
    return text


def _plain(output: Any) -> dict[str, Any]:
    plain = dict(output)
    if plain["output_type"] == "error":
        plain["traceback"] = [without_colour(line) for line in plain["traceback"]]
    return plain


def without_colour(text: str) -> str:
    """Return a text without the escapes that colour it in a terminal."""
    return COLOUR.sub("", text)


def _folders(project: Path) -> tuple[str, ...]:
    """The folders of this machine that a message may name, innermost first."""
    found = {str(project), str(LIBRARY.parent), *(sysconfig.get_paths()[name] for name in ("purelib", "stdlib"))}
    return tuple(f"{folder}/" for folder in sorted(found, key=len, reverse=True))
