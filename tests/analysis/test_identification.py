"""What the printed rows decide between levels: sound, sharp, and the same under every scenario or not at all."""

from __future__ import annotations

import dataclasses
import statistics
from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from printed_figures import PUBLISHED, report, row
from ptce_analysis.analysis import identification
from ptce_analysis.analysis.amounts import amounts, bounds
from ptce_analysis.analysis.identification import (
    OUTSIDE,
    QUANTITIES,
    comparisons,
    limits_by_level,
)
from ptce_analysis.published import read_published
from ptce_analysis.vocabulary import FUNDING_LEVELS, SCENARIOS


@pytest.fixture(scope="module")
def facts():
    return read_published(PUBLISHED)


def changed(facts, **values):
    """The same figures with some other values."""
    return {id: dataclasses.replace(f, value=Fraction(values[id])) if id in values else f for id, f in facts.items()}


def printed(*sets, grain=1000):
    """The funding figures that these sets of amounts print as, the first for communes, the next for EPCI."""
    facts = []
    for level, values in zip(("commune", "epci"), sets, strict=False):
        figures = (rounded(sum(values), grain), rounded(statistics.median(values), grain))
        facts += row(len(values), *figures, level, "funding", grain)
    return report(*facts)


def rounded(value, grain):
    """The nearest multiple of the grain, halves up."""
    return grain * int((value + Fraction(grain, 2)) // grain)


def measured(values):
    """Every quantity from its definition: Gini as half the relative mean difference, numpy for the rest."""
    x = np.sort(np.asarray(values, float))
    n = len(x)
    return {
        "total": x.sum(),
        "mean": x.mean(),
        "median": float(np.median(x)),
        "max": x[-1],
        "sd": float(np.std(x, ddof=1)),
        "gini": np.abs(x[:, None] - x).sum() / (2 * n * x.sum()),
        "top_half_share": x[n - n // 2 :].sum() / x.sum(),
    }


def verdict(table, statement, level="commune", other="epci"):
    """The verdict on one statement and pair."""
    found = table[(table["statement"] == statement) & (table["level"] == level) & (table["other"] == other)]
    return found.iloc[0]


# From half of the widest rounding on: a supported project has an amount that prints as more than nothing.
AMOUNTS = st.lists(st.integers(5_000, 90_000), min_size=2, max_size=8)


@settings(max_examples=150, deadline=None)
@given(AMOUNTS, AMOUNTS, st.sampled_from([1000, 10_000]))
def test_no_amounts_contradict_a_verdict(one, other, grain):
    """Route: measure any two sets of amounts; what their printed rows decide, they must obey, and so do the limits."""
    table = comparisons(printed(one, other, grain=grain), 2015, "as_printed")
    first, second = measured(one), measured(other)
    for name in QUANTITIES:
        said, difference = verdict(table, name), first[name] - second[name]
        slack = 1e-9 * max(abs(first[name]), abs(second[name]), 1)
        assert said["low"] - slack <= difference <= said["high"] + slack
        assert said["verdict"] in ("decided", "bounded")
        if said["verdict"] == "decided":
            assert said["more"] == ("commune" if difference > 0 else "epci")


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_bounded_comparison_goes_both_ways(facts, scenario):
    """Route: the amounts that attain the bounds of each level, measured anew, put one level above, then the other."""
    table = comparisons(facts, 2015, scenario)
    rows = identification.scenario_rows(identification.printed_rows(facts, 2015, FUNDING_LEVELS), scenario)
    bounded = table[(table["verdict"] == "bounded") & (table["statement"] != "mean")]
    assert len(bounded) > 30
    for said in bounded.to_dict("records"):
        ends = [attained(rows[said[side]], said["statement"]) for side in ("level", "other")]
        assert ends[0][1] > ends[1][0]
        assert ends[1][1] > ends[0][0]


def attained(row, name):
    """The lowest and highest value of a statistic, measured on the amounts that attain its bounds."""
    bound = bounds(row.bands)[name]
    return [measured(amounts(runs))[name] for runs in (bound.low_data, bound.high_data)]


def test_totals_are_all_decided(facts):
    """Roundings are far smaller than the gaps between printed totals."""
    table = comparisons(facts, 2015, "as_printed")
    assert set(table.loc[table["statement"] == "total", "verdict"]) == {"decided"}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_means_are_decided_when_no_missing_amount_turns_them(facts, scenario):
    """Route: each order of the means for as many amounts as projects, or one fewer, on either side, roundings included.

    Régions 1,239 / 29 = 42.7 k€ and State 1,008 / 24 = 42.0, but 1,008 / 23 = 43.8: only that pair turns, and says why.
    """
    table = comparisons(facts, 2015, scenario)
    rows = identification.scenario_rows(identification.printed_rows(facts, 2015, FUNDING_LEVELS), scenario)
    for one, other in combinations(FUNDING_LEVELS, 2):
        sides = []
        for side in (rows[one], rows[other]):
            numbers = {side.n, side.n_projects - 1}
            sides.append([end / n for end in side.total.band for n in numbers])
        orders = {first > second for first, second in product(*sides)}
        said = verdict(table, "mean", one, other)
        assert said["verdict"] == ("decided" if len(orders) == 1 else "bounded")
        assert said["more"] == ({True: one, False: other}[orders.pop()] if len(orders) == 1 else "")
        assert said["reason"] == ("amount_missing" if {one, other} == {"region", "etat"} else "")
    assert set(table.loc[table["statement"] != "mean", "reason"]) == {""}


def test_means_that_rounding_alone_leaves_open_name_no_missing_amount():
    """3 amounts and 60 k€ on both sides: the order is open whether or not an amount is missing."""
    table = comparisons(printed([10_000, 20_000, 30_000], [10_000, 20_000, 30_000]), 2015, "as_printed")
    assert (verdict(table, "mean")["verdict"], verdict(table, "mean")["reason"]) == ("bounded", "")


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("name", ["gini", "top_half_share"])
def test_no_level_is_known_to_be_more_unequal(facts, scenario, name):
    """A claim on which level's amounts are more unequal would be outside the identified set, with one exception.

    With 15 amounts for Communes, all above zero, their 7 largest hold at most (246.5 - 29.5 - 3.5) / 246.5 = 86.6 %,
    and the 14 largest of Régions at least 87.2 %. No other scenario says so.
    """
    table = comparisons(facts, 2015, scenario)
    decided = table[(table["statement"] == name) & (table["verdict"] == "decided")]
    exception = [("commune", "region", "region")] if (scenario, name) == ("communes_15", "top_half_share") else []
    assert list(decided[["level", "other", "more"]].itertuples(index=False, name=None)) == exception


def test_the_largest_amounts_worked_by_hand(facts):
    """Europe: (775.5 − 4 × 70.5) / 3 = 164.5 k€ at least for one project. Départements: 333.5 − 7 × 27.5 − 7 × 0.5 =
    137.5 at most, since each of the 15 projects received something.

    With the local medians reversed, 333.5 − 7 × 16.5 − 7 × 0.5 = 214.5 k€: no longer decided.
    """
    printed_as = verdict(comparisons(facts, 2015, "as_printed"), "max", "departement", "europe")
    assert (printed_as["verdict"], printed_as["more"]) == ("decided", "europe")
    assert printed_as["high"] == pytest.approx(137_500 - 164_500)
    assert (
        verdict(comparisons(facts, 2015, "local_medians_reversed"), "max", "departement", "europe")["verdict"]
        == "bounded"
    )


def test_an_impossible_row_decides_nothing_but_totals_and_means(facts):
    """The Communes row as printed contradicts itself: its number and total count, its amounts do not."""
    table = comparisons(facts, 2015, "as_printed")
    communes = table[table["level"] == "commune"]
    kept = communes["statement"].isin(["total", "mean"])
    assert set(communes.loc[kept, "verdict"]) == {"decided"}
    assert set(communes.loc[~kept, "verdict"]) == {"open"}
    assert communes.loc[~kept, ["low", "high"]].isna().all(axis=None)


def test_questions_the_table_cannot_answer_stay_open(facts):
    """No figure of the table, whatever its value, bears on a test, on poles without support, or on a change."""
    table = comparisons(facts, 2015, "as_printed")
    assert set(table.loc[table["statement"].isin(OUTSIDE), "verdict"]) == {"open"}


def test_of_a_row_that_is_not_printed_whole_each_figure_counts_alone(facts):
    """Régions without a median: total and mean as before, no limits on single amounts; without a number, no mean."""
    whole = limits_by_level(facts, 2015, "as_printed")["region"]
    partly = {id: fact for id, fact in facts.items() if id != "funding_median_region_2015"}
    found = limits_by_level(partly, 2015, "as_printed")["region"]
    assert {name for name in QUANTITIES if found[name] is not None} == {"total", "mean"}
    assert (found["total"], found["mean"]) == (whole["total"], whole["mean"])
    alone = {id: fact for id, fact in facts.items() if id != "funding_projects_region_2015"}
    found = limits_by_level(alone, 2015, "as_printed")["region"]
    assert (found["total"], found["mean"], found["median"]) == (whole["total"], None, whole["median"])


def test_a_level_without_projects_has_no_mean(facts):
    """Zero projects give no mean, median or amounts to compare; the total stays."""
    limits = limits_by_level(changed(facts, funding_projects_europe_2015=0), 2015, "as_printed")["europe"]
    assert limits["total"] == (775_500, 776_500)
    assert {name for name in QUANTITIES if limits[name] is None} == set(QUANTITIES) - {"total"}


def test_a_single_amount_has_no_standard_deviation():
    """One amount is its own maximum; a spread takes two."""
    limits = limits_by_level(printed([5_000], [5_000, 6_000]), 2015, "as_printed")["commune"]
    assert limits["sd"] is limits["top_half_share"] is None
    assert limits["max"] == (4_500, 5_500)


def test_equal_exact_figures_are_decided_to_be_equal():
    """Without rounding, the same total on both sides leaves one answer: neither has more; a tie of bands does not."""
    same = {
        id: dataclasses.replace(f, grain=Fraction(0)) for id, f in printed([10, 20, 30], [10, 20, 30], grain=1).items()
    }
    exact = verdict(comparisons(same, 2015, "as_printed"), "total")
    assert (exact["verdict"], exact["more"]) == ("decided", "neither")
    rounded_ones = comparisons(printed([10, 20, 30], [10, 20, 30], grain=1), 2015, "as_printed")
    assert verdict(rounded_ones, "total")["verdict"] == "bounded"


def test_each_figure_has_its_own_rounding():
    """A median rounded to 10 k€ beside a total rounded to 1 k€: at most 90.5 - 15 - 0.5 = 75 k€ for one of three."""
    facts = printed([10_000, 20_000, 60_000], [10_000, 20_000, 60_000])
    wide = {id: dataclasses.replace(f, grain=Fraction(10_000)) if "median" in id else f for id, f in facts.items()}
    low, high = limits_by_level(wide, 2015, "as_printed")["commune"]["max"]
    assert low <= 60_000 <= high == 75_000


def test_a_wave_without_amounts_leaves_everything_open(facts):
    """Nothing was found for 2013: no verdict, no limits."""
    assert set(comparisons(facts, 2013, "as_printed")["verdict"]) == {"open"}
    assert all(
        limits is None for level in limits_by_level(facts, 2013, "as_printed").values() for limits in level.values()
    )
