"""One level among the six: its places against enumeration, presence beside funding, and what is not known."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from fractions import Fraction
from itertools import product

import pandas as pd
import pytest

from printed_figures import PUBLISHED
from ptce_analysis.analysis.identification import QUANTITIES, comparisons, limits_by_level
from ptce_analysis.analysis.level_gaps import Gap, Known, gaps
from ptce_analysis.analysis.level_place import places, places_by_scenario, presence
from ptce_analysis.published import Fact, read_published
from ptce_analysis.published_roles import read_roles
from ptce_analysis.vocabulary import FUNDING_LEVELS, SCENARIOS

FACTS = read_published(PUBLISHED)
ROLES = read_roles(PUBLISHED)


def changed(**values: float) -> dict[str, Fact]:
    """The same figures with some other values."""
    return {i: dataclasses.replace(f, value=Fraction(values[i])) if i in values else f for i, f in FACTS.items()}


def without(*ids: str) -> dict[str, Fact]:
    """The figures but some."""
    return {i: fact for i, fact in FACTS.items() if i not in ids}


def unknown(level: str, facts: Mapping[str, Fact] = FACTS, scenario: str = "as_printed") -> dict[str, Gap]:
    """The gaps of a level by their kind."""
    return {gap.kind: gap for gap in gaps(Known(facts, level, 2015, 2013, scenario, ROLES))}


@pytest.mark.parametrize("level", FUNDING_LEVELS)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_places_are_those_of_all_corners_of_the_limits(level: str, scenario: str) -> None:
    """Route: every level at its lowest or highest (64 corners), ranked by hand; rows do not constrain one another.

    A level without limits can be anywhere: it is taken once below and once above everything.
    """
    table = places(FACTS, 2015, level, scenario).set_index("quantity")
    limits = limits_by_level(FACTS, 2015, scenario)
    for quantity in QUANTITIES:
        own = limits[level][quantity]
        if own is None:
            assert pd.isna(table.loc[quantity, "best"]) and table.loc[quantity, "verdict"] == "open"
            continue
        others = [limits[name][quantity] or (-1.0, 1e12) for name in FUNDING_LEVELS if name != level]
        ranks = {1 + sum(other > value for other in corner) for value in own for corner in product(*others)}
        assert (table.loc[quantity, "best"], table.loc[quantity, "worst"]) == (min(ranks), max(ranks)), quantity


def test_the_number_of_projects_gives_an_exact_place_and_ties_share_one() -> None:
    """Worked by hand from 29, 24, 20, 16, 15, 7; two levels with 16 hold the fourth and fifth place together."""
    found = {level: places(FACTS, 2015, level).iloc[0] for level in FUNDING_LEVELS}
    assert [int(row["best"]) for row in found.values()] == [4, 3, 5, 1, 2, 6]
    tied = places(changed(funding_projects_departement_2015=16), 2015, "commune").iloc[0]
    assert (tied["best"], tied["worst"], tied["verdict"]) == (4, 5, "bounded")


def test_two_levels_with_the_same_row_are_above_neither() -> None:
    """Départements given the row of the State: what is surely equal counts for neither side."""
    names = ("funding_amount", "funding_projects", "funding_median")
    same = changed(**{f"{name}_departement_2015": FACTS[f"{name}_etat_2015"].value for name in names})
    ours, theirs = (places(same, 2015, level).set_index("quantity") for level in ("departement", "etat"))
    assert ours[["n_above", "n_below"]].equals(theirs[["n_above", "n_below"]])
    assert (ours.loc["projects", "best"], ours.loc["projects", "worst"]) == (2, 3)


def test_a_level_that_was_not_published_has_no_place() -> None:
    """2013: nothing is known, by any quantity."""
    assert set(places(FACTS, 2013, "region")["verdict"]) == {"open"}


def test_a_place_by_projects_needs_no_more_than_their_number() -> None:
    """Without its amount, a level keeps its place by projects; without the number, it has none, others' widen."""
    partly = {id: fact for id, fact in FACTS.items() if id != "funding_amount_region_2015"}
    assert places(partly, 2015, "region").iloc[0]["best"] == 1
    missing = {id: fact for id, fact in FACTS.items() if id != "funding_projects_region_2015"}
    assert places(missing, 2015, "region").iloc[0]["verdict"] == "open"
    row = places(missing, 2015, "etat").iloc[0]
    assert (row["best"], row["worst"], row["n_either"]) == (1, 2, 1)


def test_the_scenarios_move_the_median_only_where_they_say() -> None:
    """The Communes median: not used, then 30 k€ on 15 amounts, then the Régions' 10 k€."""
    ranks = [table.set_index("quantity").loc["median"] for table in places_by_scenario(FACTS, 2015, "commune")]
    assert [row["verdict"] for row in ranks] == ["open", "decided", "decided"]
    assert [row["best"] for row in ranks[1:]] == [3, 6]


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


def test_what_is_not_known_follows_the_data() -> None:
    """Each gap appears where its rule finds it and goes away when the figure is supplied."""
    assert unknown("commune")["row"].verdict == "impossible" and unknown("commune")["amounts"].verdict == "open"
    assert "row" not in unknown("region") and unknown("region")["amounts"].verdict == "bounded"
    assert "row" not in unknown("commune", changed(funding_median_commune_2015=15_000))
    assert unknown("etat")["presence"].verdict == "missing" and "presence" not in unknown("epci")
    assert unknown("epci")["presence_joint"].levels == ("region",)
    assert "roles" in unknown("etat") and "roles" not in unknown("europe")
    assert unknown("etat")["total"].values == {"total": 3_250_000}
    assert "total" not in unknown("etat", changed(funding_total_2015=4_400_000))
    based = {i: dataclasses.replace(f, base_n=37) if "projects" in i else f for i, f in FACTS.items()}
    assert "base" in unknown("region") and "base" not in unknown("region", based)


def test_a_first_survey_that_is_supplied_is_no_gap() -> None:
    """2013 is missing for every level until its rows are typed; without 2015, that is missing too."""
    rows = {
        name.replace("2015", "2013"): dataclasses.replace(fact, id=name.replace("2015", "2013"), wave=2013)
        for name, fact in FACTS.items()
        if fact.indicator.startswith("funding_")
    }
    earlier = [unknown(level)["earlier"] for level in FUNDING_LEVELS]
    assert all((gap.verdict, gap.values) == ("missing", {"wave": 2013}) for gap in earlier)
    assert "earlier" not in unknown("region", {**FACTS, **rows})
    assert unknown("region", without("funding_amount_region_2015"))["current"].values == {"wave": 2015}


def test_an_amount_without_its_median_is_known_and_its_single_amounts_are_not() -> None:
    """What the level gave is no gap; that nothing bounds each project's amount is one, for want of a whole row."""
    found = unknown("region", without("funding_median_region_2015"))
    assert "current" not in found
    assert (found["amounts"].verdict, unknown("commune")["amounts"].verdict) == ("missing", "open")


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("level", FUNDING_LEVELS)
def test_an_undecided_order_is_bounded_when_one_comparison_is(level: str, scenario: str) -> None:
    """Route: every comparison of the level with another, counted one by one; `open` when none has a bound."""
    table = comparisons(FACTS, 2015, scenario).to_dict("records")
    own = [row for row in table if level in (row["level"], row["other"]) and row["statement"] in QUANTITIES]
    verdicts = [row["verdict"] for row in own if row["verdict"] != "decided"]
    verdict = "bounded" if verdicts.count("bounded") else "open"
    expected = Gap("order", verdict, {"n": len(verdicts), "all": len(own)}) if verdicts else None
    assert unknown(level, scenario=scenario).get("order") == expected


def test_an_order_without_any_bound_is_open() -> None:
    """With no other row printed, nothing bounds the comparisons of a level."""
    alone = {i: f for i, f in FACTS.items() if not i.startswith("funding_") or f.level in ("region", None, "")}
    order = unknown("region", alone)["order"]
    assert order.verdict == "open" and order.values["n"] == order.values["all"] > 0


def test_exact_rows_of_one_amount_leave_nothing_about_amounts() -> None:
    """One amount, exactly printed, is known; what lies outside the table stays open."""
    exact = {}
    for place, level in enumerate(FUNDING_LEVELS, start=1):
        for part, value in (("projects", 1), ("amount", 1000 * place), ("median", 1000 * place)):
            name = f"funding_{part}_{level}_2015"
            exact[name] = dataclasses.replace(FACTS[name], value=Fraction(value), grain=Fraction(0))
    found = unknown("region", {**FACTS, **exact})
    assert not {"amounts", "row"} & set(found)
    assert {"mean_beyond_chance", "amount_per_pole", "change_between_waves"} <= set(found)


def test_a_place_by_mean_that_a_missing_amount_turns_is_not_known() -> None:
    """Régions and State are second or third by mean amount, one project without an amount decides; Europe is first."""
    for level, ends, reason in (
        ("region", [2, 3], "amount_missing"),
        ("etat", [2, 3], "amount_missing"),
        ("europe", [1, 1], ""),
    ):
        table = places(FACTS, 2015, level).set_index("quantity")
        assert (table.loc["mean", ["best", "worst"]].tolist(), table.loc["mean", "reason"]) == (ends, reason)
        assert set(table["reason"].drop("mean")) == {""}
