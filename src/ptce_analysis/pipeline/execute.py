"""Execution of one run through papermill: the executed notebook, or who is to blame."""

from __future__ import annotations

import json
import logging
import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from ptce_analysis.pipeline import environment
from ptce_analysis.pipeline.failures import Failure, blamed_cell, failure_of, section_of
from ptce_analysis.pipeline.files import write_together
from ptce_analysis.pipeline.normalise import INJECTED_ID, normalised, without_colour
from ptce_analysis.pipeline.place import Place
from ptce_analysis.pipeline.run import Run
from ptce_analysis.publish.language import translated_notebook
from ptce_analysis.publish.show import PROJECT_VARIABLE

# Our own engine forks the notebook's process from this one; elsewhere papermill's starts a kernel.
FORKED, KERNEL = "ptce", "nbclient"


class RunFailed(RuntimeError):
    """A notebook could not be executed to its end."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.text())
        self.failure = failure


def executed_notebook(run: Run, place: Place, timeout_s: int) -> Any:
    """Return the executed, normalised notebook of a run; on failure keep the executed copy aside and raise.

    Raises `RunFailed` when a cell raises, runs longer than `timeout_s`, ends the notebook early or kills its kernel.
    """
    source = read_notebook(run.notebook)
    parameters = dict(run.parameters)
    prose = translated_notebook(source, run.lang, str(parameters.get("level", "")))
    node = nbformat.from_dict(prose)  # type: ignore[no-untyped-call]
    place.scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.scratch) as folder:
        # No start-up files of the reader's own; the notebook finds its data whatever the folder.
        os.environ |= {"IPYTHONDIR": folder, PROJECT_VARIABLE: str(place.project)}
        copy = Path(folder) / "executed.ipynb"
        try:
            done = with_papermill(node, copy, parameters, place.sources, timeout_s)
            _require_whole(done)
        except Exception as error:
            raise RunFailed(_failure(run, source, error, copy, place)) from error
    return normalised(done, run, place.project)


def read_notebook(path: Path) -> dict[str, Any]:
    """Return a notebook as parsed JSON; cells without an id, which would get a random one, are numbered."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells = [{"id": f"cell-{number}", **cell} for number, cell in enumerate(notebook["cells"], start=1)]
    return {**notebook, "cells": cells, "nbformat": 4, "nbformat_minor": 5}


def with_papermill(
    node: Any, copy: Path, parameters: dict[str, Any], folder: Path, timeout_s: int, engine: str = ""
) -> Any:
    """Return a notebook executed by papermill in `folder`, which also keeps its own `copy`."""
    logging.getLogger("papermill").setLevel(logging.ERROR)
    return papermill.execute_notebook(
        node,
        str(copy).replace("{", "{{").replace("}", "}}"),  # papermill fills in what stands in braces
        parameters=parameters,
        kernel_name="python3",
        engine_name=engine or (FORKED if environment.CAN_FORK else KERNEL),
        progress_bar=False,
        cwd=str(folder),
        execution_timeout=timeout_s,
        config=Config({"KernelManager": {"transport_encryption": "auto"}}),
    )


class _Unfinished(RuntimeError):
    """The notebook stopped without an error before its last cell."""


def _require_whole(node: Any) -> None:
    """Refuse a notebook of which a part was not executed: half a page looks like a page."""
    code = (cell for cell in node.cells if cell.cell_type == "code" and cell.source.strip())
    if any(cell.execution_count is None for cell in code):
        raise _Unfinished("the notebook ended itself before its last cell")


def _failure(run: Run, source: dict[str, Any], error: Exception, copy: Path, place: Place) -> Failure:
    """Keep the executed copy aside and return what a person needs to know."""
    told = _told(run, error)
    if not copy.is_file():
        return told
    executed = nbformat.read(copy, as_version=4)  # type: ignore[no-untyped-call]
    cell = blamed_cell(executed, error.cell_index if isinstance(error, PapermillExecutionError) else None)
    name = INJECTED_ID if INJECTED_ID in cell.metadata.get("tags", []) else cell.id
    where = {"section": section_of(source, name), "cell": name, "source": cell.source}
    return replace(told, **where, copy=_kept(copy, run, place))


def _told(run: Run, error: Exception) -> Failure:
    """What an error says by itself: of a cell's, the last line; of a time limit, the first."""
    told = failure_of(run, error)
    if isinstance(error, CellTimeoutError):
        return replace(told, error=f"CellTimeoutError: {str(error).splitlines()[0]}")
    if not isinstance(error, PapermillExecutionError):
        return told
    lines = [error.ename, *without_colour(str(error.evalue)).strip().splitlines()[-1:]]
    return replace(told, error=": ".join(lines), traceback=without_colour("\n".join(error.traceback)))


def _kept(copy: Path, run: Run, place: Place) -> str:
    """Keep the executed copy where a person finds it, if the disk lets us."""
    try:
        write_together({place.failed(run): copy.read_bytes()})
    except OSError as error:
        return f"could not be kept: {error.filename}: {error.strerror}"
    return place.failed(run).relative_to(place.project).as_posix()
