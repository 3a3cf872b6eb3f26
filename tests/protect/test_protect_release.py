"""Only what the rules released can be shown, whatever was done to its table since."""

from types import SimpleNamespace

import pandas as pd
import pytest

from ptce_analysis.errors import InputError
from ptce_analysis.protect.cells import Measure
from ptce_analysis.protect.release import (
    Protected,
    derived,
    protection,
    public,
    released,
    unreleased,
)
from ptce_analysis.protect.suppress import protect

ANSWERS = pd.DataFrame(
    {
        "pole_id": [f"pole-{i}" for i in range(9)],
        "level": ["region"] * 5 + ["epci"] * 4,
        "amount_eur": [1000.0, 2000, 3000, 4000, 5500, 700, 800, 900, 1000],
    }
)


@pytest.fixture
def amounts() -> Protected:
    """The totals by level: 15,500 and 3,400."""
    return protect(Measure("m", ANSWERS, by=(("level",),), value="amount_eur", statistics=("total",)))["m"]


@pytest.mark.parametrize("origin", ["survey", "fictitious"])
def test_answers_are_refused_unless_they_were_protected(origin: str, amounts: Protected) -> None:
    """A table of answers without its release is refused, so is the raw one beside a release; not what is printed."""
    assert unreleased("published", None, ANSWERS, [12.0]) == []
    assert unreleased(origin, None, amounts.table) == [
        f"data of origin {origin} come from answers: give the table that protect returns"
    ]
    found = unreleased(origin, amounts, ANSWERS)
    assert "column 'pole_id' names a respondent" in found
    assert any(fault.startswith("column 'amount_eur' holds a number, 1000, that was not released") for fault in found)


def test_a_protected_table_may_be_chosen_from_ordered_and_labelled(amounts: Protected) -> None:
    """Rows and columns move freely, words are added, missing values are no numbers."""
    table = amounts.table.iloc[::-1].rename(columns={"total": "Total"}).assign(label="Région", nothing=None)
    assert unreleased("survey", amounts, table) == []
    assert unreleased("survey", amounts, numbers=[15_500.0, 4.0, None]) == []


def test_a_number_worked_out_elsewhere_is_refused(amounts: Protected) -> None:
    """One changed number, in a cell, in a sentence or inside a text, is seen."""
    changed, worded = amounts.table.assign(total=[15_500.0, 3401.0]), amounts.table.assign(text="about 3401 €")
    why = "holds a number, 3401, that was not released: protect it, or derive it from what is"
    assert unreleased("survey", amounts, changed) == [f"column 'total' {why}"]
    assert unreleased("survey", amounts, numbers=[3401.0]) == [f"a sentence {why}"]
    assert unreleased("survey", amounts, worded) == [
        "column 'text' holds a text with a number that was not released: keep it apart"
    ]
    assert unreleased("survey", amounts, amounts.table.assign(text="exactly 15500 €")) == []


def test_a_respondent_is_recognised_in_a_sentence_however_written(amounts: Protected) -> None:
    """Another case, other signs between the words, names of several words; part of a longer word is no name."""
    named = released(amounts.table, amounts.ledger, ["Pôle Sud-Est", "pole-3", "7", "12345678", "region", "A"])
    for text in ("with POLE SUD EST here", "Pôle\u00a0Sud‑Est", "pole 3", "no 12345678"):
        assert unreleased("survey", named, texts=["One.", text]) == ["a sentence names a respondent"], text
    for text in ("7 poles of the region A", "pôle sud-ester", "pole-33", ""):
        assert unreleased("survey", named, texts=[text]) == []


def test_what_is_worked_out_from_released_figures_is_released(amounts: Protected) -> None:
    """A function that sees nothing but protected tables may compute: here 15,500 − 3,400."""
    ratio = derived(lambda table: pd.DataFrame({"difference": [table["total"].max() - table["total"].min()]}), amounts)
    assert ratio.table["difference"].tolist() == [12_100.0]
    assert unreleased("survey", ratio, ratio.table, [12_100.0, 15_500.0]) == []
    assert unreleased("survey", amounts, ratio.table) != []
    assert ratio.units == amounts.units
    with pytest.raises(InputError, match="derived needs a protected table"):
        derived(lambda: ANSWERS)


def test_a_page_finds_the_release_of_what_it_is_given(amounts: Protected) -> None:
    """Among arguments of any kind, protected tables and what holds one: printed figures are public beside answers."""
    other = public(pd.DataFrame({"printed": [1_239_000.0], "source": ["deck 2015"]}))
    found = protection("words", amounts, SimpleNamespace(protected=other), None)
    assert found is not None and found.table is amounts.table
    assert unreleased("survey", found, numbers=[1_239_000.0, 15_500.0]) == []
    assert unreleased("survey", found, pd.DataFrame({"source": ["deck 2015"]})) == []
    assert protection("words", ANSWERS) is None
