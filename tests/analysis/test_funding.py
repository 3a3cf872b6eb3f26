"""Funding by level: totals, shares and means with their rounding, and what was not found."""

import dataclasses
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from ptce_analysis.analysis.funding import (
    PERIMETERS,
    funding_by_level,
    pooled_local_median,
    totals,
)
from ptce_analysis.published import read_published
from ptce_analysis.vocabulary import FUNDING_LEVELS

PUBLISHED = Path(__file__).parents[2] / "data" / "raw" / "published"


@pytest.fixture(scope="module")
def facts():
    return read_published(PUBLISHED)


def changed(facts, **values):
    """The same figures with some other values."""
    return {id: dataclasses.replace(f, value=Fraction(values[id])) if id in values else f for id, f in facts.items()}


def test_every_level_is_returned_in_order(facts):
    """All levels stand in the table, in the order of the vocabulary, published or not."""
    assert list(funding_by_level(facts, 2015)["level"]) == list(FUNDING_LEVELS)
    assert list(funding_by_level(facts, 2013)["level"]) == list(FUNDING_LEVELS)


def test_a_wave_without_amounts_stays_empty(facts):
    """No amount by level was found for 2013: nothing is imputed, nothing is zero."""
    table = funding_by_level(facts, 2013)
    assert set(table["status"]) == {"not found"}
    assert table[["amount_eur", "share", "n_projects", "mean_eur", "median_eur"]].isna().all(axis=None)


def test_medians_are_those_of_the_scenario(facts):
    """As printed from Communes to Régions, then in reverse order; the State's and Europe's stay."""
    medians = [
        funding_by_level(facts, 2015, name)["median_eur"].tolist() for name in ("as_printed", "local_medians_reversed")
    ]
    printed = [30_000, 17_000, 28_000, 10_000, 33_000, 70_000]
    assert medians == [printed, [*printed[3::-1], *printed[4:]]]


def test_about_twenty_projects_and_at_least_an_amount_are_not_computed_with(facts):
    """A number in tens makes no mean and no row; a limit makes no amount, no total, and no share of any level."""
    projects, amount = (facts[f"funding_{part}_epci_2015"] for part in ("projects", "amount"))
    about = facts | {projects.id: dataclasses.replace(projects, grain=Fraction(10))}
    row = funding_by_level(about, 2015).set_index("level").loc["epci"]
    assert row["status"] == "not found" and row["amount_eur"] == amount.value and row["share"] > 0
    assert row[["n_projects", "n_amounts", "mean_eur"]].isna().all()
    at_least = facts | {amount.id: dataclasses.replace(amount, statistic="minimum")}
    table = funding_by_level(at_least, 2015).set_index("level")
    assert pd.isna(table.loc["epci", "amount_eur"]) and table["share"].isna().all()
    assert list(totals(at_least, 2015)["perimeter"]) == ["printed"]


def test_a_row_that_is_not_printed_whole_says_what_it_does(facts):
    """Without their median, 20 projects and 322 k€ still make a mean of 16.1 k€ and a share; no row can be judged."""
    partly = {id: fact for id, fact in facts.items() if id != "funding_median_epci_2015"}
    row, before = (funding_by_level(some, 2015).set_index("level").loc["epci"] for some in (partly, facts))
    assert (row["status"], row["n_projects"], row["mean_eur"]) == ("not found", 20, before["amount_eur"] / 20)
    assert row["share"] == before["share"] and row[["median_eur", "n_amounts", "median_usable"]].isna().all()
    assert list(totals(partly, 2015)["total_eur"]) == list(totals(facts, 2015)["total_eur"])


def test_no_share_of_six_levels_without_all_six_amounts(facts):
    """A share of what is left would not be that of the table; the sums that need the missing amount are left out."""
    partly = {id: fact for id, fact in facts.items() if id != "funding_amount_europe_2015"}
    table = funding_by_level(partly, 2015).set_index("level")
    assert table["share"].isna().all() and table["amount_eur"].notna().sum() == 5
    assert table.loc["europe", "n_projects"] == facts["funding_projects_europe_2015"].value
    assert list(totals(partly, 2015)["perimeter"]) == ["local", "local_and_state", "printed"]


def test_amounts_of_nothing_have_shares_of_nothing(facts):
    """Six exact zeros: no division by their sum."""
    none = {
        id: dataclasses.replace(f, value=Fraction(0), grain=Fraction(0)) if f.indicator == "funding_amount" else f
        for id, f in facts.items()
    }
    assert set(funding_by_level(none, 2015)["share"]) == {0.0}


def test_shares_add_up_to_one(facts):
    """Shares are those of the six levels' money."""
    assert funding_by_level(facts, 2015)["share"].sum() == pytest.approx(1)


def test_rounding_bands_hold_every_table_that_rounds_to_the_printed_one(facts):
    """Route: the extreme tables, one level at one end of its rounding and the others at the other end."""
    table = funding_by_level(facts, 2015).set_index("level")
    half = 500
    for level in FUNDING_LEVELS:
        amount, others = table.loc[level, "amount_eur"], table["amount_eur"].drop(level)
        low = (amount - half) / (amount - half + (others + half).sum())
        high = (amount + half) / (amount + half + (others - half).sum())
        assert table.loc[level, ["share_low", "share_high"]].tolist() == pytest.approx([low, high])
        assert low < table.loc[level, "share"] < high


def test_the_mean_is_the_total_over_the_projects(facts):
    """Worked by hand: 776 k€ over 7 projects is 110,857 €; 246 k€ over 16 is 15,375 €."""
    means = funding_by_level(facts, 2015).set_index("level")["mean_eur"]
    assert means["europe"] == pytest.approx(776000 / 7)
    assert means["commune"] == 15375


def test_an_impossible_row_is_found_by_rule_and_its_median_not_usable(facts):
    """16 amounts with a median of at least 29.5 k€ add up to 265.5 k€ or more; 246 k€ is printed."""
    table = funding_by_level(facts, 2015).set_index("level")
    assert list(table.index[table["status"] == "impossible"]) == ["commune"]
    assert table.loc["commune", "minimum_sum_eur"] == 265_500
    assert not table.loc["commune", "median_usable"]


@pytest.mark.parametrize(("median", "status"), [(15_000, "possible"), (27_000, "possible"), (28_000, "impossible")])
def test_another_median_changes_the_verdict(facts, median, status):
    """Worked by hand: 9 × 26.5 = 238.5 k€ fits in 246.5 k€, 9 × 27.5 = 247.5 k€ does not."""
    table = funding_by_level(changed(facts, funding_median_commune_2015=median), 2015).set_index("level")
    assert table.loc["commune", "status"] == status


def test_a_level_that_supports_no_project_has_no_mean(facts):
    """Zero projects: the mean is not estimable, not infinite."""
    table = funding_by_level(changed(facts, funding_projects_europe_2015=0), 2015).set_index("level")
    assert table["mean_eur"].isna()["europe"]


def test_totals_over_each_perimeter(facts):
    """Worked by hand: 246 + 796 + 333 + 1239 = 2614; + 1008 = 3622; + 776 = 4398 k€; 80, 104 and 111 supports."""
    table = totals(facts, 2015).set_index("perimeter")
    assert table.loc[list(PERIMETERS), "total_eur"].tolist() == [2_614_000, 3_622_000, 4_398_000]
    assert table.loc[list(PERIMETERS), "n_supports"].tolist() == [80, 104, 111]
    assert table.loc["printed", "total_eur"] == 3_250_000


def test_totals_of_a_wave_without_amounts_are_not_zero(facts):
    """A wave that printed nothing has no total at all."""
    assert totals(facts, 2013).empty


def test_the_table_says_its_wave_and_scenario(facts):
    """A table can be read alone: its rows carry the wave and the scenario they were computed for."""
    table = funding_by_level(facts, 2015, "communes_15")
    assert set(table["wave"]) == {2015}
    assert set(table["scenario"]) == {"communes_15"}


@pytest.mark.parametrize(
    ("scenario", "limits"),
    [("as_printed", (500, 28_500)), ("communes_15", (9_500, 28_500)), ("local_medians_reversed", (9_500, 30_500))],
)
def test_the_pooled_local_median_is_an_interval(facts, scenario, limits):
    """Sharp limits (their route: linear programming, in tests of `pooled_median`); the printed 25 k€ lies within.

    Where the Communes median is not used, they begin at half a unit: a supported project received something.
    """
    found = pooled_local_median(facts, 2015, scenario)
    assert (found.low_eur, found.high_eur) == limits
    assert found.holds_printed
    assert found.n == (79 if scenario == "communes_15" else 80)
    assert found.without_median == (("commune",) if scenario == "as_printed" else ())


def test_a_printed_median_outside_the_limits_is_told(facts):
    """40 k€ cannot be the pooled local median; without a printed one there is nothing to compare."""
    assert not pooled_local_median(changed(facts, aid_per_collectivity_median_2015=40_000), 2015).holds_printed
    assert not pooled_local_median(
        changed(facts, aid_per_collectivity_median_2015=1_000), 2015, "communes_15"
    ).holds_printed
    edges = [changed(facts, aid_per_collectivity_median_2015=value) for value in (29_000, 9_000)]
    assert all(pooled_local_median(one, 2015, "communes_15").holds_printed for one in edges)
    silent = {id: f for id, f in facts.items() if id != "aid_per_collectivity_median_2015"}
    assert pooled_local_median(silent, 2015).printed is None
    assert not pooled_local_median(silent, 2015).holds_printed


def test_a_missing_local_row_leaves_no_pooled_median(facts):
    """Not one of the four local rows may be missing, be of no project, or have less money than projects need."""
    assert pooled_local_median(facts, 2013) is None
    assert pooled_local_median(changed(facts, funding_projects_epci_2015=0), 2015) is None
    # 20 projects that received something total 10 k€ or more: 9 k€, median aside, cannot be theirs.
    assert pooled_local_median(changed(facts, funding_amount_epci_2015=9_000), 2015) is None
    assert pooled_local_median(changed(facts, funding_amount_epci_2015=10_000), 2015).without_median[-1] == "epci"
