"""Links between notebooks lead somewhere in JupyterLab, among the executed notebooks and on the site."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

from conftest import REPOSITORY
from pages import project
from ptce_analysis.pipeline.runs import Place, declared_runs
from ptce_analysis.publish.language import translated_notebook
from ptce_analysis.publish.links import SitePage, Whereabouts, to_page, to_runs
from ptce_analysis.vocabulary import LANGUAGES

NOTEBOOKS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))
LINK = re.compile(r"\]\(([^)#]*)(#[^)]*)?\)")
RUNS = declared_runs(REPOSITORY)


def links(path: Path, lang: str = "") -> list[tuple[str, str]]:
    """The links of a notebook's prose that leave it, each with its fragment; outside links are left out."""
    notebook = nbformat.read(path, as_version=4)
    cells = (translated_notebook(notebook, lang) if lang else notebook)["cells"]
    prose = "\n".join(cell["source"] for cell in cells if cell["cell_type"] == "markdown")
    return [(file, fragment) for file, fragment in LINK.findall(prose) if file and ":" not in file]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_links_to_notebooks_beside_it(path: Path, lang: str) -> None:
    """What JupyterLab opens exists, in each language; the parameter after it is one of a declared run."""
    for file, fragment in links(path, lang):
        assert (path.parent / file).is_file(), file
        if "=" in fragment:
            key, value = fragment.removeprefix("#").split("=")
            made = [run for run in RUNS if run.notebook.name == file and (key, value) in run.parameters]
            assert {run.name for run in made} == {f"{Path(file).stem}-{value}"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_executed_notebooks_and_pages_link_to_the_same(lang: str) -> None:
    """An executed notebook links to executed ones of its language, its page to their pages."""
    folder = project() / "build" / "notebooks" / lang
    linked = {path.stem: links(path) for path in folder.glob("*.ipynb")}
    assert any(linked.values())
    for name, found in linked.items():
        assert all((folder / file).is_file() for file, _ in found), name
        run = next(run for run in RUNS if run.id == f"{lang}/{name}")
        page = BeautifulSoup(Place(project()).page(run).read_text(encoding="utf-8"), "html.parser")
        pages = {str(link["href"]) for link in page.main.find_all("a", href=True)}
        where = Whereabouts(run.pages, run.address)
        assert {to_page(f"{file}{fragment}", where) for file, fragment in found} <= pages, name


def test_only_addresses_of_notebooks_beside_this_one_change() -> None:
    """A notebook elsewhere, another file and a text about a notebook stay as they are."""
    kept = ("https://e.org/a.ipynb", "../other/a.ipynb", "/a.ipynb", "a.csv", "#a", "a.ipynb.html", "")
    pages = [SitePage("a", "a.html"), SitePage("c-d-e", "c-d-e.html"), SitePage("s", "apart/index.html")]
    assert [to_page(address, Whereabouts(pages, "a.html")) for address in kept] == list(kept)
    ways = {"a.ipynb#b": "../a.html#b", "c.ipynb#level=d-e": "../c-d-e.html", "s.ipynb": "index.html"}
    assert {address: to_page(address, Whereabouts(pages, "apart/t.html")) for address in ways} == ways
    prose = "[x](https://e.org/a.ipynb#level=b) [y](a.ipynb#A-b) `a.ipynb#level=b` [z](a.csv#level=b)"
    assert to_runs(prose) == prose
    assert to_runs("[x](a_b.ipynb#wave=2013), [y](c.ipynb#level=d-e)") == "[x](a_b-2013.ipynb), [y](c-d-e.ipynb)"
