"""The page and the picture of the architecture say what the code does."""

import ast
import re

import pytest

from conftest import REPOSITORY
from guides import script
from ptce_analysis.pipeline.runs import LIBRARY
from ptce_analysis.survey.waves import read_waves
from survey_pages import survey_page

PAGE = (REPOSITORY / "docs" / "architecture.md").read_text(encoding="utf-8")
DRAWING = script("architecture")
PICTURE = (REPOSITORY / "docs" / "architecture.svg").read_text(encoding="utf-8")


def test_the_picture_is_the_one_the_script_draws() -> None:
    """A change of imports asks for `python docs/architecture.py`."""
    assert DRAWING.picture(DRAWING.import_graph(LIBRARY)) == PICTURE


def test_the_table_says_what_each_part_does() -> None:
    """A line for each box of the picture and each package, with the first line of its docstring, whole."""
    inside = {path.parent.relative_to(LIBRARY).as_posix().replace("/", ".") for path in LIBRARY.rglob("*/__init__.py")}
    parts = (inside - {"."}) | set(DRAWING.ORDER)
    stems = {part: LIBRARY / part.replace(".", "/") for part in parts}
    files = {part: stem / "__init__.py" if stem.is_dir() else stem.with_suffix(".py") for part, stem in stems.items()}
    said = {part: ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) for part, path in files.items()}
    rows = re.findall(r"^\| `([\w.]+)` \| (.+) \|$", PAGE.split("## Where to change")[0], re.MULTILINE)
    assert dict(rows) == {part: str(text).splitlines()[0] for part, text in said.items()}


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
