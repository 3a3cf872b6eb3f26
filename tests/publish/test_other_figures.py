"""The notebooks on other printed figures: whatever a source leaves out or prints otherwise, every page is made."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from ptce_analysis.publish import show
from ptce_analysis.published import Fact, Facts, read_published
from ptce_analysis.vocabulary import FUNDING_LEVELS, SCENARIOS

PROJECT = Path(__file__).parents[2]
FACTS = read_published(PROJECT / show.PUBLISHED)
# The notebooks that read printed figures and no answers, each with the parameters that choose what it reads.
RUNS: dict[str, tuple[dict[str, str], ...]] = {
    "00_index": ({},),
    "02_emergence": ({},),
    "03_funding": tuple({"scenario": name} for name in SCENARIOS),
    "04_feasible": ({},),
    "05_profile": ({},),
    "07_level": tuple({"level": level} for level in FUNDING_LEVELS),
}


def without(*ends: str) -> Facts:
    """The figures but for those whose id begins so."""
    return {id: fact for id, fact in FACTS.items() if not id.startswith(ends)}


def times(factor: Fraction, *starts: str) -> Facts:
    """The figures, those whose id begins so multiplied, in whole grains."""

    def changed(fact: Fact) -> Fact:
        value = Fraction(round(fact.value * factor / fact.grain)) * fact.grain if fact.grain else fact.value * factor
        return replace(fact, value=min(value, Fraction(1)) if fact.unit == "share" else value)

    return {id: changed(fact) if id.startswith(starts) else fact for id, fact in FACTS.items()}


def found_for_2013(*parts: str) -> Facts:
    """The figures, with those of the funding table that a researcher found for 2013."""
    table = {id: fact for id, fact in FACTS.items() if id.startswith(tuple(f"funding_{part}_" for part in parts))}
    moved = {id.replace("_2015", "_2013"): fact for id, fact in table.items()}
    return FACTS | {id: replace(fact, id=id, wave=2013) for id, fact in moved.items()}


def said_loosely(*starts: str, **changes: Any) -> Facts:
    """The figures, those whose id begins so said in words: as limits, or in tens."""
    return {id: replace(fact, **changes) if id.startswith(starts) else fact for id, fact in FACTS.items()}


OTHERS: dict[str, Facts] = {
    "no median by level": without("funding_median"),
    "one amount by level": without(*(f"funding_amount_{level}" for level in FUNDING_LEVELS[1:])),
    "three amounts by level": without(*(f"funding_amount_{level}" for level in FUNDING_LEVELS[3:])),
    "two amounts that round alike": said_loosely("funding_amount_re", "funding_amount_et", grain=Fraction(500_000)),
    "no number of projects": without("funding_projects"),
    "no funding at all": without("funding", "aid_per"),
    "a base beside the share, no respondents, no poles": without("respondents_2015", "poles_identified")
    | {"emergence_share_2015": replace(FACTS["emergence_share_2015"], base_n=52)},
    "no medians of the poles": without("members", "employees", "budget", "cell", "jobs", "turnover"),
    "no links": without("link_share"),
    "nothing but the two shares": {id: f for id, f in FACTS.items() if id.startswith(("emergence", "respondents"))},
    "amounts of 2013 only": found_for_2013("amount"),
    "the whole table of 2013": found_for_2013("amount", "projects", "median"),
    "no projects": times(Fraction(0), "funding_projects"),
    "amounts of nothing": times(Fraction(0), "funding_amount", "funding_median"),
    "ten times the projects": times(Fraction(10), "funding_projects"),
    "more respondents than poles were mapped to": times(Fraction(3), "respondents_2015", "poles_identified"),
    "fewer poles than respondents": times(Fraction(1, 2), "poles_identified_2015"),
    "everybody was emerging": times(Fraction(10), "emergence_share_2013_s3"),
    "about so many projects": said_loosely("funding_projects", grain=Fraction(10)),
    "amounts of at least": said_loosely("funding_amount", "funding_total", statistic="minimum"),
    "medians of at most": said_loosely("funding_median", "budget", "members", statistic="maximum"),
    "about so many poles": said_loosely("poles_identified", grain=Fraction(10)),
    "hardly any respondents": times(Fraction(1, 10), "respondents_2015"),
}


def cells(stem: str) -> list[str]:
    """The code of a notebook, cell by cell."""
    notebook = json.loads((PROJECT / "notebooks" / f"{stem}.ipynb").read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]


def run(stem: str, parameters: dict[str, str]) -> None:
    """Run a notebook's cells in order, its parameters changed after the first one."""
    names: dict[str, Any] = {}
    first, *others = cells(stem)
    exec(first, names)
    names |= parameters
    for cell in others:
        exec(cell, names)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Facts], list[str]]]:
    """A function that gives the pages other figures, and returns the texts they will show."""
    texts: list[str] = []
    monkeypatch.chdir(PROJECT)
    monkeypatch.setattr(show, "display", lambda data, **_: texts.append(data["text/plain"]))

    def use(facts: Facts) -> list[str]:
        monkeypatch.setattr(show, "read_published", lambda _: facts)
        return texts

    yield use


def all_runs() -> Iterable[tuple[str, dict[str, str]]]:
    """Every notebook with each of its parameters."""
    return ((stem, parameters) for stem, runs in RUNS.items() for parameters in runs)


@pytest.mark.parametrize("name", OTHERS)
def test_every_page_is_made_of_other_figures(name: str, shown: Callable[[Facts], list[str]]) -> None:
    """Nothing fails, nothing is drawn of what is missing, and no sentence shows a number that is none."""
    texts = shown(OTHERS[name])
    for stem, parameters in all_runs():
        run(stem, parameters | {"lang": "fr"})
    assert texts
    assert [text for text in texts if " nan" in text or "NaN" in text or "<NA>" in text or "None" in text] == []
