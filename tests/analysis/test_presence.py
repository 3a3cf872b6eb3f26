"""How many clusters each level works with, beside how many it funds."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import pandas as pd

from printed_figures import PUBLISHED
from ptce_analysis.analysis.presence import presence
from ptce_analysis.published import Fact, read_published
from ptce_analysis.vocabulary import FUNDING_LEVELS

FACTS = read_published(PUBLISHED)


def changed(**values: float) -> dict[str, Fact]:
    """The same figures with some other values."""
    return {i: dataclasses.replace(f, value=Fraction(values[i])) if i in values else f for i, f in FACTS.items()}


def without(*ids: str) -> dict[str, Fact]:
    """The figures but some."""
    return {i: fact for i, fact in FACTS.items() if i not in ids}


def test_presence_is_told_with_the_levels_it_is_printed_with() -> None:
    """One figure for Région and interco, one for Départements and Villes, none for State and Europe."""
    table = presence(FACTS, 2015).set_index("level")
    assert {level: table.loc[level, "joint"] for level in ("region", "epci", "commune", "etat")} == {
        "region": ("epci",), "epci": ("region",), "commune": ("departement",), "etat": ()
    }  # fmt: skip
    assert table["link_share"].isna().to_dict() == {level: level in ("etat", "europe") for level in FUNDING_LEVELS}
    assert table.loc["epci", "supported_low"] == 20 / 52 and table.loc["epci", "supported_high"] == 20 / 37


def test_the_share_supported_needs_a_base_and_stays_a_share() -> None:
    """Without printed bases there is none, with one there is one, with two that contradict each other none."""
    silent = presence(without("funding_total_2015", "respondents_2015"), 2015)
    assert silent["supported_low"].isna().all() and silent["base_high"].isna().all()
    one = presence(without("funding_total_2015"), 2015).set_index("level").loc["epci"]
    assert one["supported_low"] == 20 / 52 and pd.isna(one["supported_high"]) and pd.isna(one["base_low"])
    fewer = presence(changed(respondents_2015=30), 2015)  # than the 37 poles of the printed total
    assert fewer["supported_low"].isna().all() and fewer["supported_high"].isna().all()
    crowded = presence(changed(funding_projects_region_2015=40), 2015).set_index("level").loc["region"]
    assert pd.isna(crowded["supported_high"]) and crowded["supported_low"] == 40 / 52
