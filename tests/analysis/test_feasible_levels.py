"""The feasible sets of the funding table, by level and scenario."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import pytest

from printed_figures import PUBLISHED
from ptce_analysis.analysis import feasible as sets
from ptce_analysis.analysis.feasible import feasible
from ptce_analysis.published import read_published
from ptce_analysis.vocabulary import FUNDING_LEVELS


@pytest.fixture(scope="module")
def facts():
    return read_published(PUBLISHED)


def changed(facts, **values):
    """The same figures with some other values."""
    return {id: dataclasses.replace(f, value=Fraction(values[id])) if id in values else f for id, f in facts.items()}


def test_every_level_and_statistic_has_a_row(facts):
    """All levels stand in the table, in order, each with every statistic shown."""
    table = sets.feasible_levels(facts, 2015, n_draws=0)
    pairs = [(level, name) for level in FUNDING_LEVELS for name in sets.SHOWN]
    assert list(table[["level", "statistic"]].itertuples(index=False, name=None)) == pairs


def test_an_impossible_row_has_neither_bounds_nor_draws(facts):
    """Communes as printed is refused; under each other scenario it has bounds."""
    table = sets.feasible_levels(facts, 2015, n_draws=20)
    communes = table[table["level"] == "commune"]
    assert set(communes["status"]) == {"impossible"}
    assert communes.drop(columns=["wave", "scenario", "level", "statistic", "n", "status"]).isna().all(axis=None)
    other = sets.feasible_levels(facts, 2015, "communes_15", n_draws=20)
    assert set(other.loc[other["level"] == "commune", "n"]) == {15}
    assert other["low"].notna().all()


def test_a_wave_without_amounts_has_no_feasible_sets(facts):
    """2013 printed no row: every cell is empty, nothing is imputed."""
    table = sets.feasible_levels(facts, 2013)
    assert set(table["status"]) == {"not found"}
    assert table[["n", "low", "high", "uniform_mid"]].isna().all(axis=None)
    assert sets.example_level(facts, 2013) is None


def test_money_is_in_euros(facts):
    """Route: the command's own record in k€, times a thousand for amounts, unchanged for shares."""
    table = sets.feasible_levels(facts, 2015, n_draws=200, seed=3).set_index(["level", "statistic"])
    record = feasible(7, 776, 70, n_draws=200, seed=3, minimum=0.5)
    entropy = feasible(7, 776, 70, n_draws=200, seed=3, measure="maximum_entropy", minimum=0.5)
    for name, scale in (("max", 1000), ("sd", 1000), ("gini", 1), ("top_half_share", 1)):
        found = table.loc[("europe", name)]
        assert found["low"] == pytest.approx(record["bounds"][name]["low"] * scale)
        assert found["high"] == pytest.approx(record["bounds"][name]["high"] * scale)
        assert found["uniform_mid"] == pytest.approx(record["draws"][name]["q500"] * scale)
        assert found["entropy_high"] == pytest.approx(entropy["draws"][name]["q975"] * scale)


def test_a_row_that_only_rounding_makes_possible_has_bounds_and_no_draws(facts):
    """16 amounts, 269 k€, median 30 k€: 9 × 30 = 270 > 269, but 9 × 29.5 = 265.5 is not."""
    near = changed(facts, funding_amount_commune_2015=269_000)
    table = sets.feasible_levels(near, 2015, n_draws=10).set_index(["level", "statistic"])
    assert table.loc[("commune", "max"), "low"] == 29_500
    assert table.loc[("commune", "max"), ["uniform_mid", "entropy_mid"]].isna().all()


def test_no_supported_project_received_nothing(facts):
    """Half a unit is the least amount: at most 1239.5 − 14 × 9.5 − 14 × 0.5 = 1,099.5 k€ for one in Régions."""
    table = sets.feasible_levels(facts, 2015, n_draws=0).set_index(["level", "statistic"])
    assert table.loc[("region", "max"), "high"] == 1_099_500


def test_the_example_is_the_smallest_possible_level(facts):
    """Europe supports seven projects; without it, the level with the fewest amounts that exist is shown."""
    assert sets.example_level(facts, 2015) == "europe"
    others = {id: f for id, f in facts.items() if f.level != "europe"}
    assert sets.example_level(others, 2015) == "departement"


def test_sets_alike_have_the_printed_row_and_differ(facts):
    """Route: add up and take the middle; the largest runs from (776 − 280) / 3 to 776 − 3 × 70 − 3 × 0.5."""
    table = sets.data_sets_alike(facts, 2015, "as_printed", "europe")
    for amounts in table["amounts"]:
        assert sum(amounts) == pytest.approx(776_000)
        assert sorted(amounts)[3] == 70_000
        assert list(amounts) == sorted(amounts)
    assert list(table["kind"]) == ["most_equal", "draw", "draw", "least_equal"]
    assert table["max_eur"].iloc[0] == pytest.approx(496_000 / 3)
    assert table["max_eur"].iloc[-1] == 564_500
    assert table["total_eur"].tolist() == [776_000] * 4
    assert table["median_eur"].tolist() == [70_000] * 4
    assert table["top_half_share"].tolist() == pytest.approx(
        [sum(sorted(one)[4:]) / 776_000 for one in table["amounts"]]
    )


def test_three_amounts_can_be_shown_and_two_cannot(facts):
    """Two amounts hardly differ from their median: three are the fewest that can be seen to."""
    three = changed(facts, funding_projects_europe_2015=3)
    assert sets.example_level(three, 2015) == "europe"
    assert len(sets.data_sets_alike(three, 2015, "as_printed", "europe")) == 4
    two = changed(facts, funding_projects_europe_2015=2, funding_median_europe_2015=388_000)
    assert sets.example_level(two, 2015) == "departement"
    assert sets.data_sets_alike(two, 2015, "as_printed", "europe").empty


@pytest.mark.parametrize("level", ["commune", "pnr_petr", None])
def test_a_row_without_exact_amounts_has_no_sets_alike(facts, level):
    """An impossible row, or one not found, cannot be illustrated, nor the example where there is none."""
    whole, none = (sets.data_sets_alike(facts, 2015, "as_printed", one) for one in ("europe", level))
    assert none.empty and list(none) == list(whole)
