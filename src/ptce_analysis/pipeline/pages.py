"""What one run publishes, as bytes: its executed notebook, its figures and its page."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

import nbformat

from ptce_analysis.errors import InputError
from ptce_analysis.pipeline.execute import executed_notebook, read_notebook
from ptce_analysis.pipeline.place import PACKAGE, Place
from ptce_analysis.pipeline.run import FOLDERS, INDEX, Run
from ptce_analysis.pipeline.stamps import digest_of_value
from ptce_analysis.pipeline.versions import VERSIONS, versions
from ptce_analysis.protect.scan import check_page, shows_answers
from ptce_analysis.publish.appendix import Frame, PtceExporter, shows_fictitious, untranslated
from ptce_analysis.publish.claims import role
from ptce_analysis.publish.site import Whereabouts, read_edition

SUPPLIED = "Declare the run with parameters = { waves = 'supplied' }: its figures then stay in build."
INVENTED = "Declare the run with parameters = { waves = 'fictitious' }: its page then stands apart."


def page_files(place: Place, run: Run, inputs: Mapping[str, str], timeout_s: int) -> dict[Path, bytes]:
    """Return every file of a run by its path; the page of the index is written with the site. Raises `RunFailed`."""
    executed = executed_notebook(run, place, timeout_s)
    node = with_provenance(executed, provenance(run, inputs))
    html, outputs = written_page(place, run, node)
    if shows_answers(node) and place.figures_of(run).is_relative_to(place.figures):
        raise InputError(f"run {run.id}: figures made of real answers in a path that git commits. {SUPPLIED}")
    if shows_fictitious(node) and run.folder != FOLDERS["fictitious"]:
        raise InputError(f"run {run.id}: fictitious answers on a page of the study. {INVENTED}")
    notebook = nbformat.writes(node) + "\n"  # type: ignore[no-untyped-call]
    files = {place.figures_of(run) / name: data for name, data in outputs.items() if name.endswith(".svg")}
    # Those that a page offers for download; any other picture is in the page itself.
    shown = (output for cell in node.cells for output in cell.get("outputs", ()) if role(output) == "drawing")
    drawn = {output.metadata.filename for output in shown}
    files |= {place.pictures(run) / name: data for name, data in outputs.items() if PurePosixPath(name).stem in drawn}
    files[place.notebook(run)] = notebook.encode()
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
