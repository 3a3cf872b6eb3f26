"""What a notebook says holds for the published figures: change one, and the sentence it makes false stops the build."""

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ptce_analysis.errors import InputError
from ptce_analysis.publish import show
from ptce_analysis.vocabulary import FUNDING_LEVELS, LANGUAGES

PROJECT = Path(__file__).parents[2]
# The notebooks whose sentences state what they claim, each with the parameters that choose what it reads.
RUNS: dict[str, tuple[dict[str, Any], ...]] = {
    "00_index": ({},),
    "01_consistency": ({},),
    "02_emergence": ({}, {"confidence": 0.9}),
    "03_funding": ({}, {"scenario": "communes_15"}),
    "04_feasible": ({},),
    "05_profile": ({},),
    "07_level": tuple({"level": level} for level in FUNDING_LEVELS),
    "09_methods": ({},),
}
# A published figure, what it is changed to (as typed in figures.csv), and how the sentence that is then false begins.
# The first of each notebook is among the quick tests.
CHANGES = [
    ("01_consistency", "funding_total_2015", "4398000", "Not all: the aid"),
    ("01_consistency", "emergence_share_2013_s3", "0.20", "For 2013, the slides put"),
    ("02_emergence", "emergence_share_2015", "0.40", "We cannot tell."),
    ("02_emergence", "respondents_2015", "50", "The slides give no counts."),
    ("03_funding", "funding_amount_region_2015", "300000", "Regions and central government provide half"),
    ("03_funding", "funding_total_2015", "4398000", "No grouping of the rows gives"),
    ("04_feasible", "funding_amount_region_2015", "170000", "Almost nothing for certain."),
    ("05_profile", "cell_budget_median_2015", "200000", "There is no evidence of it."),
    ("07_level", "funding_amount_commune_2015", "400000", "Communes provided €400k"),
    ("07_level", "funding_median_commune_2015", "15000", "€246k, 16 projects and a median of €15k do not fit"),
    ("09_methods", "emergence_share_2015", "0.02", "The published shares"),
]


def run(stem: str, parameters: dict[str, Any]) -> None:
    """Run a notebook's cells in order, its parameters changed after the cell that has them."""
    notebook = json.loads((PROJECT / "notebooks" / f"{stem}.ipynb").read_text(encoding="utf-8"))
    names: dict[str, Any] = {}
    for cell in (cell for cell in notebook["cells"] if cell["cell_type"] == "code"):
        exec("".join(cell["source"]), names)
        names |= parameters if "parameters" in cell["metadata"].get("tags", []) else {}


@pytest.fixture
def change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A function that opens the notebooks in a copy of the published figures where some are typed otherwise."""
    published = tmp_path / show.PUBLISHED
    shutil.copytree(PROJECT / show.PUBLISHED, published)
    shutil.copy(PROJECT / "runs.toml", tmp_path)
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


@pytest.mark.thorough  # in French and by their own parameters all run in the quick test of the translations
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("stem", "parameters"), [(stem, parameters) for stem, runs in RUNS.items() for parameters in runs]
)
def test_a_notebook_holds_for_the_figures_that_are_published(
    stem: str, parameters: dict[str, Any], lang: str, change: Callable[..., None], shown: list[str]
) -> None:
    """Every sentence holds, under each parameter, and no number in it is none."""
    change()
    run(stem, parameters | {"lang": lang})
    assert shown
    assert not [text for text in shown if any(word in text.split() for word in ("nan", "NaN", "<NA>"))]


@pytest.mark.parametrize(
    ("stem", "figure", "value", "sentence"),
    [
        pytest.param(*one, marks=[pytest.mark.thorough] * (one[0] in (before[0] for before in CHANGES[:rank])))
        for rank, one in enumerate(CHANGES)
    ],
)
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
