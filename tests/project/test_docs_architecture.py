"""The page and the picture of the architecture say what the code does."""

from __future__ import annotations

import ast
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from conftest import REPOSITORY
from guides import script
from ptce_analysis.pipeline.runs import LIBRARY, PACKAGE
from ptce_analysis.survey.waves import read_waves
from survey_pages import survey_page

PAGE = (REPOSITORY / "docs" / "architecture.md").read_text(encoding="utf-8")


DRAWING = script("architecture")
PICTURE = (REPOSITORY / "docs" / "architecture.svg").read_text(encoding="utf-8")


def parts_by_hand() -> dict[str, str]:
    """Each module's part, by another route than the script's: the first part of its path, without what follows `_`."""
    found = {}
    for path in LIBRARY.rglob("*.py"):
        first = path.relative_to(LIBRARY).parts[0].removesuffix(".py")
        found[str(path)] = first if first.startswith("__") else first.split("_")[0]
    return {path: name for path, name in found.items() if not name.startswith("__")}


def imported_by_hand(path: str) -> set[str]:
    """The parts a file imports, read from its whole syntax tree."""
    nodes = ast.walk(ast.parse(Path(path).read_text(encoding="utf-8")))
    names = {
        node.module for node in nodes if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PACKAGE)
    }
    return {re.split(r"[._]", name.removeprefix(f"{PACKAGE}."))[0] for name in names if name != PACKAGE}


def test_the_picture_is_the_one_the_script_draws() -> None:
    """A change of imports asks for `python docs/architecture.py`."""
    assert DRAWING.picture(DRAWING.import_graph(LIBRARY)) == PICTURE


def test_arcs_are_the_imports_of_the_code() -> None:
    """Every arc is an import and every import an arc; all go downwards."""
    arcs = {
        (path.get("data-from"), path.get("data-to")) for path in ET.fromstring(PICTURE).iter() if path.get("data-from")
    }
    parts = parts_by_hand()
    pairs = {(one, other) for path, one in parts.items() for other in imported_by_hand(path) if other != one}
    assert arcs == pairs
    order = DRAWING.ORDER
    assert all(order.index(other) < order.index(one) for one, other in arcs)


def test_every_module_is_counted_in_the_picture() -> None:
    """The numbers in the boxes add up to the modules of the library, but the package itself and `__main__`."""
    counted = [int(n) for n in re.findall(r">(\d+) modules?<", PICTURE)]
    assert sum(counted) == len(parts_by_hand())


def rows() -> dict[str, str]:
    """The table of parts."""
    return dict(re.findall(r"^\| `([\w.]+)` \| (.+) \|$", PAGE.split("## Where to change")[0], re.MULTILINE))


def file_of(part: str) -> Path:
    """The file whose docstring speaks for a part."""
    stem = LIBRARY / part.replace(".", "/")
    return stem / "__init__.py" if stem.is_dir() else stem.with_suffix(".py")


@pytest.mark.parametrize("part", rows())
def test_a_part_is_said_to_do_what_its_docstring_says(part: str) -> None:
    """The page copies the first line of the docstring, whole."""
    docstring = ast.get_docstring(ast.parse(file_of(part).read_text(encoding="utf-8"))) or ""
    assert rows()[part] == docstring.splitlines()[0]


def test_every_part_and_package_is_in_the_table() -> None:
    """Each box of the picture and each package of the library has its line."""
    packages = {
        path.parent.relative_to(LIBRARY).as_posix().replace("/", ".") for path in LIBRARY.rglob("*/__init__.py")
    }
    assert set(rows()) == (packages - {"."}) | set(DRAWING.ORDER)


def test_the_files_to_open_are_there() -> None:
    """What the page tells a reader to open exists."""
    table = PAGE.split("## Where to change")[1].split("## From")[0]
    named = re.findall(r"`([\w./-]+/[\w./-]+|[\w-]+\.(?:py|toml))`", table)
    assert named and all((LIBRARY / name).exists() or (REPOSITORY / name).exists() for name in named), named


def test_the_first_hop_leads_from_the_page_to_the_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    """The claim named on the page is made by the notebook's cell, and shows that share."""
    waves = read_waves(REPOSITORY / "data" / "raw" / "waves", "fictitious")
    claims = {claim["id"]: claim for claim in survey_page(waves, monkeypatch)["claims"]}
    assert "`emergence.reading.share`" in PAGE and "the cell `emergence` of `notebooks/06_survey.ipynb`" in PAGE
    assert claims["emergence.reading.share"]["shown"] == "31.0%" and "share of 31.0% for 2013" in PAGE
