"""Pages for the tests: the collection's own, built once by the real pipeline, and small notebooks written by hand."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, TextIO

import nbformat
from bs4 import BeautifulSoup

from ptce_analysis.publish.appendix import PtceExporter

REPOSITORY = Path(__file__).parents[1]


@cache
def project() -> Path:
    """Return a copy of the project with everything built; the workers of one test run share it."""
    session = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    folder = Path(tempfile.gettempdir()) / f"ptce-pages-{session}"
    folder.mkdir(exist_ok=True)
    _reading(folder, fcntl.LOCK_SH)
    with (folder / "building").open("w") as building:
        fcntl.flock(building, fcntl.LOCK_EX)
        if not (folder / "built").exists():
            _remove_left_over(folder)
            _build(folder)
            (folder / "built").touch()
    return folder


@cache
def _reading(folder: Path, how: int) -> TextIO:
    """A lock on a copy, held until this process ends."""
    stream = (folder / "reading").open("w")
    fcntl.flock(stream, how)
    return stream


def _remove_left_over(folder: Path) -> None:
    """Remove the copies of earlier test runs that nobody reads any more."""
    for other in set(folder.parent.glob("ptce-pages-*")) - {folder}:
        with suppress(OSError), (other / "reading").open("w") as stream:  # another person's, or read now
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(other)


def _build(folder: Path) -> None:
    for name in ("notebooks", "data", "LICENSES"):
        shutil.copytree(REPOSITORY / name, folder / name)
    for name in ("runs.toml", "requirements.lock", "CITATION.cff", "datapackage.json"):
        shutil.copy(REPOSITORY / name, folder)
    command = [sys.executable, "-m", "ptce_analysis", "build", "--project", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def site() -> Path:
    """Return the folder of the built site."""
    return project() / "build" / "site"


def pages() -> list[Path]:
    """Return every page of the site."""
    return sorted(site().rglob("*.html"))


def soup(page: str | Path) -> BeautifulSoup:
    """Return a page, or the file of one, parsed."""
    return BeautifulSoup(page.read_text(encoding="utf-8") if isinstance(page, Path) else page, "html.parser")


def notebook(*cells: Any, **metadata: Any) -> Any:
    """Return a notebook of these cells: a text is a cell of prose."""
    written = [nbformat.v4.new_markdown_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    return nbformat.v4.new_notebook(cells=written, metadata=metadata)


def code(source: str, *outputs: Any, tags: Sequence[str] = ()) -> Any:
    """Return a cell of code with its outputs."""
    return nbformat.v4.new_code_cell(source, outputs=list(outputs), metadata={"tags": list(tags)} if tags else {})


def shown(data: dict[str, Any], **metadata: Any) -> Any:
    """Return an output that a library displayed."""
    return nbformat.v4.new_output("display_data", data=data, metadata=metadata)


def exported(*cells: Any, **metadata: Any) -> str:
    """Return the page of a notebook of these cells."""
    text, _ = PtceExporter().from_notebook_node(notebook(*cells, **metadata), {"metadata": {"name": "by-hand"}})
    return str(text)
