"""One run: its notebook executed through papermill and put in the form in which it is kept, its figures, its page."""

from __future__ import annotations

import json
import logging
import os
import re
import sysconfig
import tempfile
import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Any

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from ptce_analysis.errors import InputError
from ptce_analysis.pipeline import engine as engines
from ptce_analysis.pipeline.runs import FOLDERS, INDEX, LIBRARY, PACKAGE, Place, Run
from ptce_analysis.pipeline.stale import VERSIONS, digest_of_value, versions, write_together
from ptce_analysis.protect.scan import check_page, shows_answers
from ptce_analysis.publish.appendix import LAB_TAG, Frame, PtceExporter, shows_fictitious, untranslated
from ptce_analysis.publish.exhibit import role
from ptce_analysis.publish.language import translated_notebook
from ptce_analysis.publish.show import PROJECT_VARIABLE
from ptce_analysis.publish.site import Whereabouts, read_edition, to_runs

SUPPLIED = "Declare the run with parameters = { waves = 'supplied' }: its figures then stay in build."
INVENTED = "Declare the run with parameters = { waves = 'fictitious' }: its page then stands apart."

INJECTED_ID = "injected-parameters"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
# What a person cannot use and a machine makes differ: the file that stands for a cell, the address of an object. Each
# pattern is tried only on texts that hold its first words: the longest texts are images.
REPLACED = (
    ("ipykernel_", re.compile(r"[^\s\"'<>]*[/\\]ipykernel_\d+[/\\](\d+)\.py"), r"cell-\1.py"),
    (" at 0x", re.compile(r" at 0x[0-9a-fA-F]+"), " at 0x0"),
)


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
        """Return the lines to print; the last says what shows the failure again."""
        lines = [f"{self.run}: {self.error}", f"  notebook: {self.notebook}"]
        given = dict(self.parameters)
        supplied, strict = given.get("waves") == "supplied", given.get("rules") == "strict"
        asked = "PTCE_WAVES=DIR " * supplied + "PTCE_RULES=strict " * (supplied and strict)
        again = f"{asked}.venv/bin/ptce build {self.run} --verbose"
        if self.cell:
            lines += [f"  section: {self.section}", f"  cell: {self.cell}"]
            lines += [f"    {line}" for line in self.source.strip().splitlines()]
            values = ", ".join(f"{name} = {json.dumps(value)}" for name, value in self.parameters)
            again = f"make lab{' WAVES=DIR' * supplied}, open {self.notebook}, set {values}, run all cells"
        lines += [f"  executed copy: {self.copy}"] if self.copy else []
        lines += [f"    {line}" for line in self.traceback.splitlines()] if verbose else []
        return "\n".join([*lines, f"  to reproduce: {again}"])


def failure_of(run: Run, error: Exception) -> Failure:
    """Return the failure of a run, as far as an exception tells: its kind and the last line of its message."""
    if isinstance(error, RunFailed):
        return error.failure
    last = str(error).strip().splitlines()[-1:]
    told = ": ".join([type(error).__name__, *last])
    if isinstance(error, OSError) and error.strerror is not None:
        told = f"{error.filename or 'output'}: {error.strerror}"
    whole = "".join(traceback.format_exception(error))
    return Failure(run.id, f"notebooks/{run.notebook.name}", told, traceback=whole, parameters=run.parameters)


class RunFailed(RuntimeError):
    """A notebook could not be executed to its end."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.text())
        self.failure = failure


def page_files(place: Place, run: Run, inputs: Mapping[str, str], timeout_s: int) -> dict[Path, bytes]:
    """Return every file of a run by its path; the page of the index is written with the site. Raises `RunFailed`."""
    node = executed_notebook(run, place, timeout_s)
    node.metadata["ptce"]["provenance"] = provenance(run, inputs)
    html, outputs = written_page(place, run, node)
    if shows_answers(node) and place.figures_of(run).is_relative_to(place.figures):
        raise InputError(f"run {run.id}: figures made of real answers in a path that git commits. {SUPPLIED}")
    if shows_fictitious(node) and run.folder != FOLDERS["fictitious"]:
        raise InputError(f"run {run.id}: fictitious answers on a page of the study. {INVENTED}")
    files = {place.figures_of(run) / name: data for name, data in outputs.items() if name.endswith(".svg")}
    # Those that a page offers for download; any other picture is in the page itself.
    shown = (output for cell in node.cells for output in cell.get("outputs", ()) if role(output) == "drawing")
    drawn = {output.metadata.filename for output in shown}
    files |= {place.pictures(run) / name: data for name, data in outputs.items() if PurePosixPath(name).stem in drawn}
    files[place.notebook(run)] = (nbformat.writes(node) + "\n").encode()  # type: ignore[no-untyped-call]
    return files if run.address == INDEX else {**files, place.page(run): html}


def written_page(place: Place, run: Run, node: Any, sections: str = "") -> tuple[bytes, dict[str, bytes]]:
    """Return the page of an executed notebook, followed by `sections` of the site, and its figures by file name."""
    frame = Frame(
        Whereabouts(run.pages, run.address),
        run.name,
        run.family,
        read_edition(place.project),
        untranslated(read_notebook(run.notebook), run.lang) if run.notebook.is_file() else frozenset(),
        sections,
    )
    # Figures that the notebook did not name are named after the run.
    given = {"unique_key": run.name, "frame": frame, "output_files_dir": place.pictures(run).name}
    html, resources = exporter().from_notebook_node(node, given)
    check_page(run.id, node, html)
    return html.encode(), {PurePosixPath(name).name: data for name, data in resources["outputs"].items()}


@cache
def exporter() -> PtceExporter:
    """Return what writes pages: its templates are compiled once, before children are forked."""
    return PtceExporter()  # type: ignore[no-untyped-call]


def provenance(run: Run, inputs: Mapping[str, str]) -> dict[str, str]:
    """Return where a page comes from: digests of its data, library and notebook, versions, and what rebuilds it."""
    notebook = f"notebooks/{run.notebook.name}"
    parts = {
        "data": {name: found for name, found in inputs.items() if name.startswith("data/")},
        "library": {PACKAGE: inputs[PACKAGE]},
        "notebook": {notebook: inputs[notebook]},
    }
    stated = ", ".join(f"{name} {number}" for name, number in versions().items() if name in VERSIONS)
    short = {name: digest_of_value(part)[:16] for name, part in parts.items()}
    return {**short, "versions": stated, "command": "make"}


def executed_notebook(run: Run, place: Place, timeout_s: int) -> Any:
    """Return the executed, normalised notebook of a run; on failure keep the executed copy aside and raise.

    Raises `RunFailed` when a cell raises, runs longer than `timeout_s`, ends the notebook early or kills its kernel.
    """
    source, parameters = read_notebook(run.notebook), dict(run.parameters)
    prose = translated_notebook(source, run.lang, str(parameters.get("level", "")))
    node = nbformat.from_dict(prose)  # type: ignore[no-untyped-call]
    place.scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.scratch) as folder:
        # No start-up files of the reader's own; the notebook finds its data whatever the folder.
        os.environ |= {"IPYTHONDIR": folder, PROJECT_VARIABLE: str(place.project)}
        copy = Path(folder) / "executed.ipynb"
        try:
            done = with_papermill(node, copy, parameters, place.sources, timeout_s)
            code = (cell for cell in done.cells if cell.cell_type == "code" and cell.source.strip())
            if any(cell.execution_count is None for cell in code):  # half a page looks like a page
                raise RuntimeError("the notebook ended itself before its last cell")
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
        engine_name=engine or (engines.FORKED if engines.CAN_FORK else engines.KERNEL),
        progress_bar=False,
        cwd=str(folder),
        execution_timeout=timeout_s,
        config=Config({"KernelManager": {"transport_encryption": "auto"}}),
    )


def _failure(run: Run, source: dict[str, Any], error: Exception, copy: Path, place: Place) -> Failure:
    """What a person needs to know: of a cell's error the last line, of a time limit the first; the copy kept aside."""
    told = failure_of(run, error)
    if isinstance(error, CellTimeoutError):
        told = replace(told, error=f"CellTimeoutError: {str(error).splitlines()[0]}")
    elif isinstance(error, PapermillExecutionError):
        lines = [error.ename, *COLOUR.sub("", str(error.evalue)).strip().splitlines()[-1:]]
        told = replace(told, error=": ".join(lines), traceback=COLOUR.sub("", "\n".join(error.traceback)))
    if not copy.is_file():
        return told
    executed = nbformat.read(copy, as_version=4)  # type: ignore[no-untyped-call]
    cells = [cell for cell in executed.cells if "papermill-error-cell-tag" not in cell.metadata.get("tags", [])]
    started = [cell for cell in cells if cell.metadata.get("papermill", {}).get("start_time")]
    cell = cells[error.cell_index] if isinstance(error, PapermillExecutionError) else started[-1]
    name = INJECTED_ID if INJECTED_ID in cell.metadata.get("tags", []) else cell.id
    try:
        write_together({place.failed(run): copy.read_bytes()})
        kept = place.failed(run).relative_to(place.project).as_posix()
    except OSError as refused:
        kept = f"could not be kept: {refused.filename}: {refused.strerror}"
    return replace(told, section=section_of(source, name), cell=name, source=cell.source, copy=kept)


def section_of(notebook: Mapping[str, Any], cell_id: str) -> str:
    """Return the heading above a cell, in the notebook as committed."""
    before_any = section = "(before any heading)"
    for cell in notebook["cells"]:
        if cell["id"] == cell_id:
            return section
        if cell["cell_type"] == "markdown":
            headings = [line for line in "".join(cell["source"]).splitlines() if line.startswith("#")]
            section = headings[-1].lstrip("# ") if headings else section
    return before_any


def normalised(node: Any, run: Run, project: Path) -> Any:
    """Return an executed notebook without what differs between two executions, machines or kernels.

    Removed: times, papermill's paths, random cell ids, version of the interpreter, and what cells show that are meant
    for JupyterLab only. Replaced in outputs: folders of this machine, temporary names, addresses of objects. Streams
    that follow each other are joined, what was printed before what was reported as an error: a kernel sends them in
    pieces, as time allows. Links lead to the other executed notebooks.
    """
    found = {str(project), str(LIBRARY.parent), *(sysconfig.get_paths()[name] for name in ("purelib", "stdlib"))}
    folders = [f"{folder}/" for folder in sorted(found, key=len, reverse=True)]  # innermost first
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "ptce": {"name": run.name, "notebook": run.notebook.stem, "parameters": dict(run.parameters)},
    }
    cells = [_cell(cell, folders) for cell in node.cells]
    return nbformat.from_dict({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})  # type: ignore[no-untyped-call]


def _cell(cell: Any, folders: list[str]) -> dict[str, Any]:
    tags = list(cell.metadata.get("tags", []))
    kept = {"cell_type": cell.cell_type, "source": cell.source, "metadata": {"tags": tags} if tags else {}}
    if cell.cell_type == "markdown":
        kept["source"] = to_runs(cell.source)
    kept["id"] = INJECTED_ID if INJECTED_ID in tags else cell.id
    if cell.cell_type == "code":
        shown = [] if LAB_TAG in tags else _joined(cell.outputs)
        kept |= {"execution_count": cell.execution_count, "outputs": [_settled(output, folders) for output in shown]}
    return kept


def _joined(outputs: Iterable[Any]) -> Iterator[Any]:
    for kind, group in groupby(outputs, lambda output: output["output_type"]):
        if kind != "stream":
            yield from group
            continue
        streams = list(group)
        for name in ("stdout", "stderr"):
            text = "".join(output["text"] for output in streams if output["name"] == name)
            if text:
                yield {"output_type": "stream", "name": name, "text": text}


def _settled(value: Any, folders: list[str]) -> Any:
    """Return an output with every text in it freed from this machine, and tracebacks from the colours of a terminal."""
    if isinstance(value, dict):
        if value.get("output_type") == "error":
            value = {**value, "traceback": [COLOUR.sub("", line) for line in value["traceback"]]}
        return {key: _settled(inner, folders) for key, inner in value.items()}
    if isinstance(value, list):
        return [_settled(inner, folders) for inner in value]
    if not isinstance(value, str):
        return value
    if "ipykernel_" in value:  # the folder may hold spaces, at which the pattern stops
        value = value.replace(tempfile.gettempdir(), "")
    for words, pattern, replacement in REPLACED:
        value = pattern.sub(replacement, value) if words in value else value
    for folder in folders:
        value = value.replace(folder, "")
    return value
