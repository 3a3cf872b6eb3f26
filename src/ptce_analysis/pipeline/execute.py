"""One run: its notebook executed through papermill and put in the form in which it is kept, its figures, its page."""

import json
import logging
import os
import re
import sysconfig
import tempfile
import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby, takewhile
from pathlib import Path, PurePosixPath
from typing import Any

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError
from papermill.exceptions import PapermillExecutionError

from ptce_analysis.errors import InputError
from ptce_analysis.pipeline.engine import FORKED
from ptce_analysis.pipeline.runs import FOLDERS, INDEX, LIBRARY, PACKAGE, Place, Run
from ptce_analysis.pipeline.stale import VERSIONS, digest_of_value, versions
from ptce_analysis.protect.scan import check_page, shows_answers
from ptce_analysis.publish.appendix import LAB_TAG, Frame, PtceExporter, shows_fictitious
from ptce_analysis.publish.exhibit import contradicted, page_downloads, role
from ptce_analysis.publish.language import Words, translated_notebook
from ptce_analysis.publish.show import PROJECT_VARIABLE
from ptce_analysis.publish.site import Whereabouts, read_edition, to_runs
from ptce_analysis.survey.waves import earlier_tables

HOW = "Declare the run with parameters = { waves = '%s' }."
# What to do when answers have changed since a site was handed over.
SUBTRACTED = (
    "Who kept that site could subtract. Publish what it was made from again; or, where an answer must go, take it down"
    " wherever it is, and build without PREVIOUS (PTCE_PREVIOUS): nothing calls back what was read."
)
INJECTED_ID = "injected-parameters"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
# What a person cannot use and a machine makes differ: the file that stands for a cell, the address of an object.
CELL_FILE = re.compile(r"[^\s\"'<>]*[/\\]ipykernel_\d+[/\\](\d+)\.py")
ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


@dataclass(frozen=True)
class Failure:
    """A run that failed: the last line of the error, the place in its notebook when a cell is to blame, the copy."""

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
        supplied = dict(self.parameters).get("waves") == "supplied"
        again = f"{'PTCE_WAVES=DIR ' * supplied}.venv/bin/ptce build {self.run} --verbose"
        if self.cell:
            lines += [f"  section: {self.section}", f"  cell: {self.cell}"]
            lines += [f"    {line}" for line in self.source.strip().splitlines()]
            values = ", ".join(f"{name} = {json.dumps(value)}" for name, value in self.parameters)
            again = f"make lab{' WAVES=DIR' * supplied}, open {self.notebook}, set {values}, run all cells"
        lines += [f"  executed copy: {self.copy}"] if self.copy else []
        lines += [f"    {line}" for line in self.traceback.splitlines()] if verbose else []
        return "\n".join([*lines, f"  to reproduce: {again}"])


def failure_of(run: Run, error: Exception, place: Place) -> Failure:
    """Return the failure of a run, as far as an exception and the copy of its notebook, if it was executed, tell."""
    told = ": ".join([type(error).__name__, *str(error).strip().splitlines()[-1:]])
    whole = "".join(traceback.format_exception(error))
    if isinstance(error, OSError) and error.strerror is not None:
        told = f"{error.filename or 'output'}: {error.strerror}"
    elif isinstance(error, CellTimeoutError):
        told = f"CellTimeoutError: {str(error).splitlines()[0]}"
    elif isinstance(error, PapermillExecutionError):
        told = ": ".join([error.ename, *COLOUR.sub("", str(error.evalue)).strip().splitlines()[-1:]])
        whole = COLOUR.sub("", "\n".join(error.traceback))
    failure = Failure(run.id, f"notebooks/{run.notebook.name}", told, traceback=whole, parameters=run.parameters)
    copy = place.failed(run)
    executed = nbformat.read(copy, as_version=4) if copy.is_file() else nbformat.v4.new_notebook()  # type: ignore[no-untyped-call]
    cells = [cell for cell in executed.cells if "papermill-error-cell-tag" not in cell.metadata.get("tags", [])]
    started = [cell for cell in cells if cell.metadata.get("papermill", {}).get("start_time")]
    if not started:
        return failure
    cell = cells[error.cell_index] if isinstance(error, PapermillExecutionError) else started[-1]
    name = INJECTED_ID if INJECTED_ID in cell.metadata.get("tags", []) else cell.id
    before = takewhile(lambda one: one["id"] != name, read_notebook(run.notebook)["cells"])
    texts = ["".join(one["source"]) for one in before if one["cell_type"] == "markdown"]
    section = (re.findall(r"(?m)^#+ *(.*)", "\n".join(texts)) or ["(before any heading)"])[-1]
    kept = copy.relative_to(place.project).as_posix()
    return replace(failure, section=section, cell=name, source=cell.source, copy=kept)


def page_files(place: Place, run: Run, inputs: Mapping[str, str], timeout_s: int) -> dict[Path, bytes]:
    """Return every file of a run by its path, but the index; raises `InputError` where answers are out of place."""
    node = executed_notebook(run, place, timeout_s)
    node.metadata["ptce"]["provenance"] = provenance(run, inputs)
    html, outputs = written_page(place, run, node)
    if shows_answers(node) and place.figures_of(run).is_relative_to(place.figures):
        raise InputError(f"run {run.id}: figures made of real answers in a path that git commits. {HOW % 'supplied'}")
    if shows_fictitious(node) and run.folder != FOLDERS["fictitious"]:
        raise InputError(f"run {run.id}: fictitious answers on a page of the study. {HOW % 'fictitious'}")
    earlier = earlier_tables(place.project, run.lang, run.name) if run.waves == "supplied" else {}
    if earlier and (fault := contradicted(Words(run.lang), page_downloads(node, run.name), earlier)):
        raise InputError(f"run {run.id}: {fault} from those of the earlier site. {SUBTRACTED}")
    files = {place.figures_of(run) / name: data for name, data in outputs.items() if name.endswith(".svg")}
    # Those that a page offers for download; any other picture is in the page itself.
    shown = (output for cell in node.cells for output in cell.get("outputs", ()) if role(output) == "drawing")
    drawn = {output.metadata.filename for output in shown}
    files |= {place.pictures(run) / name: data for name, data in outputs.items() if PurePosixPath(name).stem in drawn}
    files[place.notebook(run)] = (nbformat.writes(node) + "\n").encode()  # type: ignore[no-untyped-call]
    return files if run.address == INDEX else {**files, place.page(run): html}


def written_page(place: Place, run: Run, node: Any, sections: str = "") -> tuple[bytes, dict[str, bytes]]:
    """Return the page of an executed notebook, followed by `sections` of the site, and its figures by file name."""
    at = Whereabouts(run.pages, run.address)
    frame = Frame(at, run.name, run.family, read_edition(place.project), sections)
    # Figures that the notebook did not name are named after the run.
    given = {"unique_key": run.name, "frame": frame, "output_files_dir": place.pictures(run).name}
    html, resources = PtceExporter().from_notebook_node(node, given)  # type: ignore[no-untyped-call]
    check_page(run.id, node, html)
    return html.encode(), {PurePosixPath(name).name: data for name, data in resources["outputs"].items()}


def provenance(run: Run, inputs: Mapping[str, str]) -> dict[str, str]:
    """Return where a page comes from: digests of its data, library and notebook, versions, and what rebuilds it.

    Of answers no digest is given, as who guesses them could confirm it; the page names their export and its date.
    """
    notebook = f"notebooks/{run.notebook.name}"
    answers = ("data/supplied/", "data/raw/waves/")
    data = {name: one for name, one in inputs.items() if name.startswith("data/") and not name.startswith(answers)}
    parts = {"data": data, "library": {PACKAGE: inputs[PACKAGE]}, "notebook": {notebook: inputs[notebook]}}
    stated = ", ".join(f"{name} {number}" for name, number in versions().items() if name in VERSIONS)
    short = {name: digest_of_value(part)[:16] for name, part in parts.items()}
    return {**short, "versions": stated, "command": "make"}


def executed_notebook(run: Run, place: Place, timeout_s: int) -> Any:
    """Return the executed, normalised notebook of a run; when it fails, its copy stays for `failure_of` to read.

    Raises what papermill and nbclient do, and `RuntimeError` when the notebook ended itself early.
    """
    copy, parameters = place.failed(run), dict(run.parameters)
    copy.unlink(missing_ok=True)
    prose = translated_notebook(read_notebook(run.notebook), run.lang, str(parameters.get("level", "")), marked=True)
    node = nbformat.from_dict(prose)  # type: ignore[no-untyped-call]
    for folder in (place.scratch, copy.parent):
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.scratch) as settings:
        # No start-up files of the reader's own; the notebook finds its data whatever the folder.
        os.environ |= {"IPYTHONDIR": settings, PROJECT_VARIABLE: str(place.project)}
        done = with_papermill(node, copy, parameters, place.sources, timeout_s)
    code = (cell for cell in done.cells if cell.cell_type == "code" and cell.source.strip())
    if any(cell.execution_count is None for cell in code):  # half a page looks like a page
        raise RuntimeError("the notebook ended itself before its last cell")
    copy.unlink()
    return normalised(done, run, place.project)


def read_notebook(path: Path) -> dict[str, Any]:
    """Return a notebook as parsed JSON; cells without an id, which would get a random one, are numbered."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells = [{"id": f"cell-{number}", **cell} for number, cell in enumerate(notebook["cells"], start=1)]
    return {**notebook, "cells": cells, "nbformat": 4, "nbformat_minor": 5}


def with_papermill(node: Any, copy: Path, parameters: dict[str, Any], folder: Path, timeout_s: int) -> Any:
    """Return a notebook executed by papermill in `folder`, which also keeps its own `copy`."""
    logging.getLogger("papermill").setLevel(logging.ERROR)
    return papermill.execute_notebook(
        node,
        str(copy).replace("{", "{{").replace("}", "}}"),  # papermill fills in what stands in braces
        parameters=parameters,
        kernel_name="python3",
        engine_name=FORKED,
        progress_bar=False,
        cwd=str(folder),
        execution_timeout=timeout_s,
    )


def normalised(node: Any, run: Run, project: Path) -> Any:
    """Return an executed notebook without what differs between two executions, machines or kernels.

    Times, paths, random ids, what is meant for JupyterLab only and addresses of objects go; streams that follow each
    other are joined, as a kernel sends them in pieces; links lead to the other executed notebooks.
    """
    found = {str(project), str(LIBRARY.parent), *(sysconfig.get_paths()[name] for name in ("purelib", "stdlib"))}
    folders = [f"{folder}/" for folder in sorted(found, key=len, reverse=True)]  # innermost first
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "ptce": {"name": run.name, "notebook": run.notebook.stem, "parameters": dict(run.parameters)},
    }
    cells = []
    for cell in node.cells:
        tags = list(cell.metadata.get("tags", []))
        kept = {"cell_type": cell.cell_type, "metadata": {"tags": tags} if tags else {}}
        kept["source"] = to_runs(cell.source) if cell.cell_type == "markdown" else cell.source
        kept["id"] = INJECTED_ID if INJECTED_ID in tags else cell.id
        if cell.cell_type == "code":
            shown = [] if LAB_TAG in tags else _joined(cell.outputs)
            kept |= {"execution_count": cell.execution_count, "outputs": [_settled(one, folders) for one in shown]}
        cells.append(kept)
    return nbformat.from_dict({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})  # type: ignore[no-untyped-call]


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
    if "ipykernel_" in value:  # in no image; the folder may hold spaces, at which the pattern stops
        value = CELL_FILE.sub(r"cell-\1.py", value.replace(tempfile.gettempdir(), ""))
    value = ADDRESS.sub(" at 0x0", value)
    for folder in folders:
        value = value.replace(folder, "")
    return value
