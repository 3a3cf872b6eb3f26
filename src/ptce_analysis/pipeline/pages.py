"""What one run publishes, as bytes: its executed notebook, its figures and its page."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import nbformat

from ptce_analysis.errors import InputError
from ptce_analysis.pipeline.execute import executed_notebook
from ptce_analysis.pipeline.place import PACKAGE, Place
from ptce_analysis.pipeline.run import Run
from ptce_analysis.pipeline.stamps import digest_of_value
from ptce_analysis.pipeline.versions import VERSIONS, versions
from ptce_analysis.publish.appendix import PtceExporter
from ptce_analysis.publish.disclosure.pages import check_page, shows_answers

SUPPLIED = "Declare the run with parameters = { waves = 'supplied' }: its figures then stay in build."


def page_files(place: Place, run: Run, inputs: Mapping[str, str], timeout_s: int) -> dict[Path, bytes]:
    """Return every file of a run by its path. Raises `RunFailed`."""
    executed = executed_notebook(run, place, timeout_s)
    node = with_provenance(executed, provenance(run, inputs))
    named = {"unique_key": run.name}  # for figures that the notebook did not name
    html, resources = exporter().from_notebook_node(node, named)
    check_page(run.id, node, html)
    if shows_answers(node) and place.figures_of(run).is_relative_to(place.figures):
        raise InputError(f"run {run.id}: figures made of real answers in a path that git commits. {SUPPLIED}")
    figures = {place.figures_of(run) / name: data for name, data in resources["outputs"].items()}
    notebook = nbformat.writes(node) + "\n"  # type: ignore[no-untyped-call]
    return {**figures, place.notebook(run): notebook.encode(), place.page(run): html.encode()}


@cache
def exporter() -> PtceExporter:
    """Return what writes pages: its templates are compiled once, before children are forked."""
    return PtceExporter()  # type: ignore[no-untyped-call]


def provenance(run: Run, inputs: Mapping[str, str]) -> dict[str, str]:
    """Return where a page comes from: digests of its data, code and notebook, versions, and what rebuilds it."""
    notebook = f"notebooks/{run.notebook.name}"
    parts = {
        "data": {name: found for name, found in inputs.items() if name.startswith("data/")},
        "library": {name: found for name, found in inputs.items() if name.startswith(f"{PACKAGE}/")},
        "notebook": {notebook: inputs[notebook]},
    }
    stated = ", ".join(f"{name} {number}" for name, number in versions().items() if name in VERSIONS)
    short = {name: digest_of_value(part)[:16] for name, part in parts.items()}
    return {**short, "versions": stated, "command": "make"}


def with_provenance(node: Any, about: Mapping[str, str]) -> Any:
    """Return the notebook with where it comes from in its metadata."""
    metadata = {**node.metadata, "ptce": {**node.metadata["ptce"], "provenance": dict(about)}}
    return nbformat.from_dict({**node, "metadata": metadata})  # type: ignore[no-untyped-call]
