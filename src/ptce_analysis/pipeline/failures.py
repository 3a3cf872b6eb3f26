"""What a person needs to know about a run that failed: where, what, and how to see it again."""

from __future__ import annotations

import json
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from ptce_analysis.pipeline.run import Run

BEFORE_ANY = "(before any heading)"


@dataclass(frozen=True)
class Failure:
    """A run that failed: the place in its notebook, the last line of the error, the executed copy.

    `cell`, `section` and `source` are empty when no cell is to blame.
    """

    run: str
    notebook: str
    error: str
    section: str = ""
    cell: str = ""
    source: str = ""
    copy: str = ""
    traceback: str = ""
    parameters: tuple[tuple[str, Any], ...] = ()

    def text(self, verbose: bool = False) -> str:
        """Return the lines to print."""
        lines = [f"{self.run}: {self.error}", f"  notebook: {self.notebook}"]
        if self.cell:
            lines += [f"  section: {self.section}", f"  cell: {self.cell}"]
            lines += [f"    {line}" for line in self.source.strip().splitlines()]
        lines += [f"  executed copy: {self.copy}"] if self.copy else []
        lines += [f"    {line}" for line in self.traceback.splitlines()] if verbose else []
        return "\n".join([*lines, f"  to reproduce: {self._how_to_reproduce()}"])

    def _how_to_reproduce(self) -> str:
        """What shows the failure again: in JupyterLab if a cell is to blame, else another build."""
        parameters = dict(self.parameters)
        supplied, strict = parameters.get("waves") == "supplied", parameters.get("rules") == "strict"
        if not self.cell:
            asked = "PTCE_WAVES=DIR " * supplied + "PTCE_RULES=strict " * (supplied and strict)
            return f"{asked}.venv/bin/ptce build {self.run} --verbose"
        given = ", ".join(f"{name} = {json.dumps(value)}" for name, value in self.parameters)
        return f"make lab{' WAVES=DIR' * supplied}, open {self.notebook}, set {given}, run all cells"


def blamed_cell(executed: Any, index: int | None) -> Any:
    """Return the cell that failed: the one papermill names, otherwise the last one started."""
    cells = [cell for cell in executed.cells if "papermill-error-cell-tag" not in cell.metadata.get("tags", [])]
    if index is not None:
        return cells[index]
    started = [cell for cell in cells if cell.metadata.get("papermill", {}).get("start_time")]
    return started[-1] if started else None


def section_of(notebook: Mapping[str, Any], cell_id: str) -> str:
    """Return the heading above a cell, in the notebook as committed."""
    section = BEFORE_ANY
    for cell in notebook["cells"]:
        if cell["id"] == cell_id:
            return section
        if cell["cell_type"] == "markdown":
            headings = [line for line in "".join(cell["source"]).splitlines() if line.startswith("#")]
            section = headings[-1].lstrip("# ") if headings else section
    return BEFORE_ANY


def failure_of(run: Run, error: Exception) -> Failure:
    """Return the failure of a run, as far as an exception tells."""
    told = f"{error.filename or 'output'}: {error.strerror}" if _of_the_system(error) else last_line(error)
    whole = "".join(traceback.format_exception(error))
    return Failure(run.id, f"notebooks/{run.notebook.name}", told, traceback=whole, parameters=run.parameters)


def last_line(error: Exception) -> str:
    """Return the kind of an error and the last line of its message."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[-1]}" if lines else type(error).__name__


def _of_the_system(error: Exception) -> TypeGuard[OSError]:
    return isinstance(error, OSError) and error.strerror is not None
