"""A small project that builds in a second, a quiet place to build it, and a browser to look at what is built."""

from __future__ import annotations

import io
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from ptce_analysis.pipeline.build import Options, Outcome, build, settle
from ptce_analysis.pipeline.runs import Place, declared_runs
from ptce_analysis.vocabulary import LANGUAGES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# Whatever else the machine does meanwhile, a test says the same.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

REPOSITORY = Path(__file__).parents[1]

PARAMETERS = 'lang = "en"  # language of the page'
ON_WAVES = 'lang = "en"\nwaves = "fictitious"\nrules = "standard"'  # of a notebook that reads answers
FIGURE = (
    "from IPython.display import display\n"
    "svg = '<svg xmlns=\"http://www.w3.org/2000/svg\"><text>' + lang + '</text></svg>'\n"
    "display({'image/svg+xml': svg, 'text/plain': 'a figure'}, raw=True, metadata={'filename': '%s.svg'})"
)


NOTEBOOKS = {"plain": ["print(lang)", "6 * 7"], "drawn": [FIGURE % "drawn"]}
RUNS = len(NOTEBOOKS) * len(LANGUAGES)  # of the small project


def write_notebook(path: Path, cells: Sequence[str], parameters: str = PARAMETERS) -> None:
    """Write a notebook: a title, a cell of parameters, a heading, and these code cells, named cell-0, cell-1, ..."""
    head = [
        cell_of("title", "markdown", f"# Title of {path.stem}"),
        cell_of("parameters", "code", parameters, ["parameters"]),
        cell_of("heading", "markdown", "## The answer"),
    ]
    write_cells(path, head + [cell_of(f"cell-{number}", "code", source) for number, source in enumerate(cells)])


def write_cells(path: Path, cells: Sequence[dict[str, Any]]) -> None:
    """Write a notebook of these cells."""
    language = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    whole = {"cells": cells, "metadata": language, "nbformat": 4, "nbformat_minor": 5}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(whole), encoding="utf-8")


def cell_of(key: str, kind: str, source: str, tags: Sequence[str] = ()) -> dict[str, Any]:
    """A cell as a notebook file holds it: `markdown`, or `code` that has not run."""
    cell: dict[str, Any] = {"cell_type": kind, "id": key, "metadata": {"tags": list(tags)}, "source": source}
    return cell | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def write_project(folder: Path, notebooks: Mapping[str, Sequence[str]]) -> Path:
    """Write a project with the published figures and these notebooks, one run each."""
    published = REPOSITORY / "data" / "raw" / "published"
    shutil.copytree(published, folder / "data" / "raw" / "published")
    for name, cells in notebooks.items():
        write_notebook(folder / "notebooks" / f"{name}.ipynb", cells)
    declared = "\n".join(f'[[runs]]\nnotebook = "{name}"\n' for name in notebooks)
    (folder / "runs.toml").write_text(declared, encoding="utf-8")
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two notebooks in each language: one prints, one shows a figure."""
    return write_project(tmp_path / "project", NOTEBOOKS)


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small project, built once; only to be copied."""
    folder = write_project(tmp_path_factory.mktemp("once") / "project", NOTEBOOKS)
    with kept_environment():
        assert build_quietly(folder).succeeded
    return folder


@pytest.fixture
def built_project(built_once: Path, tmp_path: Path) -> Path:
    """The small project with everything built."""
    return Path(shutil.copytree(built_once, tmp_path / "project"))


@pytest.fixture
def restored_environment() -> Iterator[None]:
    """Commands that build fix the environment of their process; tests get theirs back."""
    with kept_environment():
        yield


@contextmanager
def kept_environment() -> Iterator[None]:
    """Give the environment back as it was."""
    before = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        time.tzset()


def build_quietly(project: Path, *, only: str = "", **how: Any) -> Outcome:
    """Build a project in this process; `only` a run or a name, or everything."""
    settle()
    runs = declared_runs(project)
    chosen = [run for run in runs if only in (run.id, run.name, "")]
    return build(Place(project), runs, chosen, Options(**{"jobs": 2, "stream": io.StringIO()} | how))


def write_files(folder: Path, files: Mapping[str, str]) -> Path:
    """Write files below a folder, each with this text."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def contents(*folders: Path) -> dict[str, bytes]:
    """Every file below some folders, by its name there."""
    return {
        f"{folder.name}/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def results(project: Path) -> dict[str, bytes]:
    """Everything a build publishes in a project."""
    made = ("figures", "data/processed", "build/notebooks", "build/site")
    return contents(*(project / folder for folder in made))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, where there is one; its absence is a failure in CI."""
    from browsers import chromium

    with chromium() as started:
        yield started


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """An empty tab, as wide as a small desktop."""
    with browser.new_context(viewport={"width": 1100, "height": 900}, accept_downloads=True) as context:
        context.set_default_timeout(0)
        yield context.new_page()
