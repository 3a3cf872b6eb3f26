"""Execution of one run through papermill, and the form in which the executed notebook is kept."""

from __future__ import annotations

import json
import logging
import os
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat
import papermill
from papermill.exceptions import PapermillExecutionError

from ptce_analysis.pipeline.runs import Run
from ptce_analysis.publish.language import translated_notebook
from ptce_analysis.publish.show import PROJECT_VARIABLE

INJECTED_ID = "injected-parameters"
VERSIONS = ("matplotlib", "nbconvert", "numpy", "pandas", "papermill", "scipy")
CELL_TIMEOUT_S = 300

# Our own engine where a child can be forked for each run, papermill's with a real kernel elsewhere.
ENGINE = "ptce" if hasattr(os, "fork") else None

# What must not depend on the machine: hash order, drawing backend, time zone, language of messages.
FIXED_ENVIRONMENT = {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8"}


class RunFailed(RuntimeError):
    """A notebook could not be executed; the message names notebook, section, cell and last error line."""


def executed_notebook(run: Run, project: Path, kept_aside: Path) -> Any:
    """Return the executed, normalised notebook of a run; on failure keep the executed copy aside and raise.

    Raises `RunFailed` when a cell raises, times out or its kernel dies.
    """
    source = json.loads(run.notebook.read_text(encoding="utf-8"))
    node = nbformat.from_dict(translated_notebook(source, run.lang))  # type: ignore[no-untyped-call]
    os.environ |= {**FIXED_ENVIRONMENT, PROJECT_VARIABLE: str(project)}
    logging.getLogger("papermill").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="ptce-") as folder:
        copy = Path(folder) / "executed.ipynb"
        try:
            done = _papermill(node, copy, dict(run.parameters), project)
        except Exception as error:
            _keep(copy, kept_aside)
            raise RunFailed(_report(run, source, error, kept_aside, project)) from error
    return normalised(done, run)


def _papermill(node: Any, copy: Path, parameters: dict[str, Any], project: Path) -> Any:
    return papermill.execute_notebook(
        node,
        str(copy),
        parameters=parameters,
        kernel_name="python3",
        engine_name=ENGINE,
        progress_bar=False,
        cwd=str(project / "notebooks"),
        execution_timeout=CELL_TIMEOUT_S,
    )


def _keep(copy: Path, kept_aside: Path) -> None:
    if copy.is_file():
        kept_aside.parent.mkdir(parents=True, exist_ok=True)
        kept_aside.write_bytes(copy.read_bytes())


def _report(run: Run, source: dict[str, Any], error: Exception, kept_aside: Path, project: Path) -> str:
    """Return the lines a person needs: which notebook, which section, which cell, what it said, how to see it."""
    lines = [f"{run.id}: notebook {run.notebook.name} failed."]
    if isinstance(error, PapermillExecutionError):
        section, cell_id = _place(source, error.source)
        lines += [f"  section: {section}", f"  cell: {cell_id}"]
        lines += [f"    {line}" for line in error.source.strip().splitlines()]
        lines += [f"  {error.ename}: {error.evalue.strip().splitlines()[-1] if error.evalue.strip() else ''}"]
    else:
        lines += [f"  {type(error).__name__}: {str(error).strip().splitlines()[0] if str(error).strip() else ''}"]
    if kept_aside.is_file():
        lines += [f"  executed copy: {kept_aside.relative_to(project)}"]
    return "\n".join([*lines, f"  to reproduce: make lab, open notebooks/{run.notebook.name}, run all cells."])


def _place(source: dict[str, Any], cell_source: str) -> tuple[str, str]:
    """The heading above a cell and the cell's id, in the notebook as committed."""
    section = "(before any heading)"
    for cell in source["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            section = next((line.lstrip("# ") for line in text.splitlines() if line.startswith("#")), section)
        elif text.strip() == cell_source.strip():
            return section, cell["id"]
    return section, INJECTED_ID


def normalised(node: Any, run: Run) -> Any:
    """Return the executed notebook without what differs between two executions: times, paths, random ids, versions."""
    cells = [_normalised_cell(cell) for cell in node.cells]
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "ptce": {"name": run.name, "parameters": dict(run.parameters)},
    }
    return nbformat.from_dict({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})  # type: ignore[no-untyped-call]


def _normalised_cell(cell: Any) -> dict[str, Any]:
    tags = list(cell.metadata.get("tags", []))
    kept = {"cell_type": cell.cell_type, "source": cell.source, "metadata": {"tags": tags} if tags else {}}
    kept["id"] = INJECTED_ID if INJECTED_ID in tags else cell.id
    if cell.cell_type == "code":
        kept |= {"execution_count": cell.execution_count, "outputs": [dict(output) for output in cell.outputs]}
    return kept


def with_provenance(node: Any, provenance: dict[str, str]) -> Any:
    """Return the notebook with where it comes from: digests of what made it, versions, the command that rebuilds it."""
    versions = ", ".join(f"{name} {version(name)}" for name in VERSIONS)
    about = {**provenance, "Versions": versions, "Command": "make"}
    metadata = {**node.metadata, "ptce": {**node.metadata["ptce"], "provenance": about}}
    return nbformat.from_dict({**node, "metadata": metadata})  # type: ignore[no-untyped-call]
