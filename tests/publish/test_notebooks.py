"""What a notebook says holds for the published figures: change one, and the sentence it makes false stops the build."""

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import REPOSITORY
from ptce_analysis.errors import InputError
from ptce_analysis.publish import show

# A published figure, what it is changed to (as typed in figures.csv), and how the sentence that is then false begins.
CHANGES = [
    ("01_consistency", "funding_total_2015", "4398000", "Not all: the aid"),
    ("02_emergence", "emergence_share_2015", "0.40", "We cannot tell."),
    ("03_funding", "funding_amount_region_2015", "300000", "Regions and central government provide half"),
    ("04_feasible", "funding_amount_region_2015", "170000", "Almost nothing for certain."),
    ("05_profile", "cell_budget_median_2015", "200000", "There is no evidence of it."),
    ("07_level", "funding_median_commune_2015", "15000", "€246k, 16 projects and a median of €15k do not fit"),
    ("09_methods", "emergence_share_2015", "0.02", "The published shares"),
]


def run(stem: str, parameters: dict[str, Any]) -> None:
    """Run a notebook's cells in order, its parameters changed after the cell that has them."""
    notebook = json.loads((REPOSITORY / "notebooks" / f"{stem}.ipynb").read_text(encoding="utf-8"))
    names: dict[str, Any] = {}
    for cell in (cell for cell in notebook["cells"] if cell["cell_type"] == "code"):
        exec("".join(cell["source"]), names)
        names |= parameters if "parameters" in cell["metadata"].get("tags", []) else {}


@pytest.fixture
def change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A function that opens the notebooks in a copy of the published figures where some are typed otherwise."""
    published = tmp_path / show.PUBLISHED
    shutil.copytree(REPOSITORY / show.PUBLISHED, published)
    shutil.copy(REPOSITORY / "runs.toml", tmp_path)
    monkeypatch.setenv(show.PROJECT_VARIABLE, str(tmp_path))

    def use(**values: str) -> None:
        with (published / "figures.csv").open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        assert values.keys() <= {row["id"] for row in rows}
        with (published / "figures.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, fieldnames=rows[0].keys())
            writer.writeheader()
            writer.writerows(row | {"value": values.get(row["id"], row["value"])} for row in rows)

    return use


@pytest.fixture(autouse=True)
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that a page shows."""
    texts: list[str] = []
    monkeypatch.setattr(show, "display", lambda data, **_: texts.append(data["text/plain"]))
    return texts


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("stem", "parameters"), [("02_emergence", {"confidence": 0.9}), ("03_funding", {"scenario": "communes_15"})]
)
def test_a_notebook_holds_under_other_parameters(
    stem: str, parameters: dict[str, Any], change: Callable[..., None], shown: list[str]
) -> None:
    """Than those of the pages, which are built."""
    change()
    run(stem, parameters | {"lang": "fr"})
    assert shown


@pytest.mark.parametrize(("stem", "figure", "value", "sentence"), CHANGES)
def test_a_figure_that_makes_a_sentence_false_stops_its_notebook(
    stem: str, figure: str, value: str, sentence: str, change: Callable[..., None], shown: list[str]
) -> None:
    """The error quotes the sentence, which is not shown."""
    change(**{figure: value})
    with pytest.raises(InputError) as stopped:
        run(stem, {"lang": "en"})
    said = str(stopped.value).replace("**", "")
    assert said.startswith(f"this no longer holds: “{sentence}")
    assert not [text for text in shown if text.startswith(sentence)]
