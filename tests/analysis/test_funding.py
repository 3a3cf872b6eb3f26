"""Funding by level: rows and scenarios, totals and means with their rounding, what rows decide; and paired medians."""

import dataclasses
import statistics
from fractions import Fraction
from itertools import combinations, pairwise, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from printed_figures import PUBLISHED, changed, fact, measured, report, row
from ptce_analysis.analysis import funding
from ptce_analysis.analysis.amounts import AmountsRow, obstacle, printed_row
from ptce_analysis.analysis.funding import comparisons, funding_by_level, level_rows, limits_by_level, totals
from ptce_analysis.analysis.profile import paired_medians
from ptce_analysis.published import read_published
from ptce_analysis.vocabulary import FUNDING_LEVELS, LOCAL_LEVELS, SCENARIOS

FACTS = read_published(PUBLISHED)


def test_a_wave_without_amounts_stays_empty():
    """No amount by level was found for 2013: nothing is imputed, nothing is zero, nothing is decided."""
    table = funding_by_level(FACTS, 2013)
    assert list(table["level"]) == list(funding_by_level(FACTS, 2015)["level"]) == list(FUNDING_LEVELS)
    assert set(table["status"]) == {"not found"} and set(table["wave"]) == {2013}
    assert table[["amount_eur", "share", "n_projects", "mean_eur", "median_eur"]].isna().all(axis=None)
    assert set(comparisons(FACTS, 2013, "as_printed")["verdict"]) == {"open"}
    assert limits_by_level(FACTS, 2013, "as_printed") == {
        level: dict.fromkeys(funding.QUANTITIES) for level in FUNDING_LEVELS
    }


def test_about_twenty_projects_and_at_least_an_amount_are_not_computed_with():
    """A number in tens makes no mean and no row; a limit makes no amount, no total, and no share of any level."""
    projects, amount = (FACTS[f"funding_{part}_epci_2015"] for part in ("projects", "amount"))
    about = FACTS | {projects.id: dataclasses.replace(projects, grain=Fraction(10))}
    row = funding_by_level(about, 2015).set_index("level").loc["epci"]
    assert row["status"] == "not found" and row["amount_eur"] == amount.value and row["share"] > 0
    assert row[["n_projects", "n_amounts", "mean_eur"]].isna().all()
    at_least = FACTS | {amount.id: dataclasses.replace(amount, statistic="minimum")}
    table = funding_by_level(at_least, 2015).set_index("level")
    assert pd.isna(table.loc["epci", "amount_eur"]) and table["share"].isna().all()
    assert list(totals(at_least, 2015)["perimeter"]) == ["printed"]


def test_of_a_row_that_is_not_printed_whole_each_figure_counts_alone():
    """Without a median there are a mean and a share; without an amount no share at all; without a number no mean."""
    partly, alone = changed(FACTS, funding_median_epci_2015=None), changed(FACTS, funding_projects_epci_2015=None)
    row, before = (funding_by_level(some, 2015).set_index("level").loc["epci"] for some in (partly, FACTS))
    assert (row["status"], row["n_projects"], row["mean_eur"]) == ("not found", 20, before["amount_eur"] / 20)
    assert row["share"] == before["share"] and row[["median_eur", "n_amounts", "median_usable"]].isna().all()
    whole, found, no_number = (limits_by_level(some, 2015, "as_printed")["epci"] for some in (FACTS, partly, alone))
    assert found == dict.fromkeys(funding.QUANTITIES) | {name: whole[name] for name in ("total", "mean")}
    assert no_number == dict.fromkeys(funding.QUANTITIES) | {name: whole[name] for name in ("total", "median")}
    table = funding_by_level(changed(FACTS, funding_amount_epci_2015=None), 2015).set_index("level")
    assert table["share"].isna().all() and table["amount_eur"].notna().sum() == 5
    without = totals(changed(FACTS, funding_amount_europe_2015=None), 2015)
    assert list(without["perimeter"]) == ["local", "local_and_state", "printed"]
    assert pd.isna(totals(alone, 2015)["n_supports"].iloc[0])
    amounts = {id: f for id, f in FACTS.items() if f.indicator == "funding_amount"}
    none = {id: dataclasses.replace(f, value=Fraction(0), grain=Fraction(0)) for id, f in amounts.items()}
    assert set(funding_by_level(FACTS | none, 2015)["share"]) == {0.0}  # six exact zeros: no division by their sum


def test_rounding_bands_hold_every_table_that_rounds_to_the_printed_one():
    """Route: the extreme tables, one level at one end of its rounding and the others at the other end."""
    table = funding_by_level(FACTS, 2015).set_index("level")
    assert table["share"].sum() == pytest.approx(1)
    half = 500
    for level in FUNDING_LEVELS:
        amount, others = table.loc[level, "amount_eur"], table["amount_eur"].drop(level)
        low = (amount - half) / (amount - half + (others + half).sum())
        high = (amount + half) / (amount + half + (others - half).sum())
        assert table.loc[level, ["share_low", "share_high"]].tolist() == pytest.approx([low, high])
        assert low < table.loc[level, "share"] < high


def test_an_impossible_row_is_found_by_rule_and_its_median_not_usable():
    """By hand: 9 × 29.5 = 265.5 k€ and 9 × 27.5 = 247.5 k€ are more than 246.5, 9 × 26.5 = 238.5 k€ is not.

    776 k€ over 7 projects is 110,857 €, 246 k€ over 16 is 15,375 €; over none, the mean is not estimable.
    """
    table = funding_by_level(FACTS, 2015).set_index("level")
    assert list(table.index[table["status"] == "impossible"]) == ["commune"]
    assert table.loc["commune", "minimum_sum_eur"] == 265_500
    assert not table.loc["commune", "median_usable"]
    for median, status in ((27_000, "possible"), (28_000, "impossible")):
        found = funding_by_level(changed(FACTS, funding_median_commune_2015=median), 2015).set_index("level")
        assert found.loc["commune", "status"] == status
    assert table.loc[["europe", "commune"], "mean_eur"].tolist() == pytest.approx([776000 / 7, 15375])
    none = funding_by_level(changed(FACTS, funding_projects_europe_2015=0), 2015).set_index("level")
    assert pd.isna(none.loc["europe", "mean_eur"])
    other = funding_by_level(FACTS, 2015, "communes_15").set_index("level")
    assert (set(other["scenario"]), other.loc["commune", "n_amounts"]) == ({"communes_15"}, 15)


def test_totals_over_each_perimeter():
    """Worked by hand: 246 + 796 + 333 + 1239 = 2614; + 1008 = 3622; + 776 = 4398 k€; 80, 104 and 111 supports."""
    table = totals(FACTS, 2015).set_index("perimeter")
    assert table.loc[list(funding.PERIMETERS), "total_eur"].tolist() == [2_614_000, 3_622_000, 4_398_000]
    assert table.loc[list(funding.PERIMETERS), "n_supports"].tolist() == [80, 104, 111]
    assert table.loc["printed", "total_eur"] == 3_250_000
    assert table.loc["local", ["total_low_eur", "total_high_eur"]].tolist() == [2_612_000, 2_616_000]
    assert totals(FACTS, 2013).empty


@pytest.mark.parametrize(
    ("scenario", "limits"),
    [("as_printed", (500, 28_500)), ("communes_15", (9_500, 28_500)), ("local_medians_reversed", (9_500, 30_500))],
)
def test_the_pooled_local_median_is_an_interval(scenario, limits):
    """The printed 25 k€ lies within; where the Communes median is not used, limits begin at half a unit."""
    found = funding.pooled_local_median(FACTS, 2015, scenario)
    assert (found.low_eur, found.high_eur) == limits
    assert found.holds_printed
    assert found.n == (79 if scenario == "communes_15" else 80)


def test_whether_the_printed_median_lies_within_the_limits_is_told():
    """Their own rounding counts, at both ends; without a printed one there is nothing to compare."""
    for value, holds in ((1_000, False), (9_000, True), (29_000, True), (40_000, False)):
        other = changed(FACTS, aid_per_collectivity_median_2015=value)
        assert funding.pooled_local_median(other, 2015, "communes_15").holds_printed is holds
    silent = funding.pooled_local_median(changed(FACTS, aid_per_collectivity_median_2015=None), 2015)
    assert silent.printed is None and not silent.holds_printed


def interleavings(sizes):
    """Every order in which the sorted amounts of several groups can follow each other."""
    if not sum(sizes):
        yield ()
    for group, size in enumerate(sizes):
        if size:
            left = [size - 1 if place == group else other for place, other in enumerate(sizes)]
            yield from ((group, *rest) for rest in interleavings(left))


def by_programming(rows):
    """The limits by linear programming: once one order of all amounts is fixed, the pooled median is linear."""
    sizes = [row.n for row in rows]
    starts, n = np.concatenate([[0], np.cumsum(sizes)]), sum(sizes)
    unit, values = np.eye(n), []
    for order in interleavings(sizes):
        ranks = [starts[group] + order[:place].count(group) for place, group in enumerate(order)]
        limits = [(unit[one] - unit[other], 0.0) for one, other in pairwise(ranks)]
        for one, start in zip(rows, starts, strict=False):
            total = unit[start : start + one.n].sum(axis=0)
            middle = (unit[start + (one.n - 1) // 2] + unit[start + one.n // 2]) / 2
            ends = (total, one.sum_low, one.sum_high), (middle, one.median_low, one.median_high)
            limits += [(-unit[start], -float(one.minimum))]
            limits += [pair for line, low, high in ends for pair in ((line, float(high)), (-line, -float(low)))]
        middle, (lines, sides) = (unit[ranks[(n - 1) // 2]] + unit[ranks[n // 2]]) / 2, zip(*limits, strict=True)
        for sign in (1, -1):
            found = linprog(sign * middle, A_ub=np.array(lines), b_ub=np.array(sides))
            values += [sign * found.fun] if found.status == 0 else []
    return min(values), max(values)


def small_row(n, median, more, grain, least, free):
    """A small group with a printed total and median, or without its median."""
    total = (n // 2 + 1) * median + more if n > 2 else n * median
    one = printed_row(n, total, median, grain, least)
    return dataclasses.replace(one, median_low=Fraction(0), median_high=one.sum_high) if free else one


COUNTS, SUMS = st.integers(1, 4), (st.integers(0, 8), st.integers(0, 12), st.sampled_from([0, 1, 2]))
SMALL_ROWS = st.lists(
    st.builds(small_row, COUNTS, *SUMS, st.sampled_from([0, 0.5, 1]), st.booleans()), min_size=1, max_size=3
).filter(lambda rows: sum(one.n for one in rows) <= 6 and not any(map(obstacle, rows)))


@settings(max_examples=25, deadline=None)
@given(SMALL_ROWS)
def test_limits_are_those_of_linear_programming_over_every_order(rows):
    """Route: one linear programme for every order in which the groups' sorted amounts can follow each other."""
    assert funding.pooled_median(rows) == pytest.approx(by_programming(rows), abs=1e-7)


def test_a_missing_local_row_leaves_no_pooled_median():
    """Not one of the four local rows may be missing, be of no project, or have less money than projects need."""
    assert funding.pooled_local_median(FACTS, 2013) is None
    assert funding.pooled_local_median(changed(FACTS, funding_projects_epci_2015=0), 2015) is None
    # 20 projects that received something total 10 k€ or more: 9 k€, median aside, cannot be theirs.
    assert funding.pooled_local_median(changed(FACTS, funding_amount_epci_2015=9_000), 2015) is None
    assert funding.pooled_local_median(changed(FACTS, funding_amount_epci_2015=10_000), 2015).n == 80


def test_each_scenario_changes_what_its_name_says():
    """One amount fewer where a row is impossible; the four local medians in reverse order; all else as printed."""
    rows, partly = level_rows(FACTS, 2015), level_rows(changed(FACTS, funding_median_epci_2015=None), 2015)
    assert list(rows) == list(FUNDING_LEVELS) and "epci" not in partly  # nothing is imputed
    fewer = {"commune": dataclasses.replace(rows["commune"], n=15)}
    assert level_rows(FACTS, 2015, "communes_15") == rows | fewer
    medians = {x: rows[y].median for x, y in zip(LOCAL_LEVELS, reversed(LOCAL_LEVELS), strict=True)}
    turned = {x: dataclasses.replace(rows[x], median=median) for x, median in medians.items()}
    assert level_rows(FACTS, 2015, "local_medians_reversed") == rows | turned
    alone = changed(FACTS, funding_projects_europe_2015=1)  # impossible, but it is not left without any amount
    assert level_rows(alone, 2015, "communes_15")["europe"].n == 1
    ends = map(Fraction, (775_500, 776_500, 69_500, 70_500, 500))
    assert rows["europe"].bands == AmountsRow(7, *ends)
    assert rows["europe"].exact == AmountsRow(7, *map(Fraction, (776_000, 776_000, 70_000, 70_000, 500)))


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


def verdict(table, statement, level="commune", other="epci"):
    """The verdict on one statement and pair."""
    found = table[(table["statement"] == statement) & (table["level"] == level) & (table["other"] == other)]
    return found.iloc[0]


# From half of the widest rounding on: a supported project has an amount that prints as more than nothing.
AMOUNTS = st.lists(st.integers(5_000, 90_000), min_size=2, max_size=8)


@settings(max_examples=40, deadline=None)
@given(AMOUNTS, AMOUNTS, st.sampled_from([1000, 10_000]))
def test_no_amounts_contradict_a_verdict(one, other, grain):
    """Route: measure any two sets of amounts; what their printed rows decide, they must obey, and so do the limits."""
    given = printed(one, other, grain=grain)
    table, limits = comparisons(given, 2015, "as_printed"), limits_by_level(given, 2015, "as_printed")
    first, second = measured(one), measured(other)
    for name in funding.QUANTITIES:
        said, difference = verdict(table, name), first[name] - second[name]
        for level, value in (("commune", first[name]), ("epci", second[name])):
            low, high = limits[level][name]
            assert low - 1e-9 * max(value, 1) <= value <= high + 1e-9 * max(value, 1)
        assert said["verdict"] in ("decided", "bounded")
        if said["verdict"] == "decided":
            assert said["more"] == ("commune" if difference > 0 else "epci")


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_means_are_decided_when_no_missing_amount_turns_them(scenario):
    """Route: each order of the means for as many amounts as projects, or one fewer, on either side, with roundings."""
    table = comparisons(FACTS, 2015, scenario)
    rows = level_rows(FACTS, 2015, scenario)
    for one, other in combinations(FUNDING_LEVELS, 2):
        sides = []
        for side in (rows[one], rows[other]):
            numbers = {side.n, FACTS[f"funding_projects_{side.total.level}_2015"].value - 1}
            sides.append([end / n for end in side.total.band for n in numbers])
        orders = {first > second for first, second in product(*sides)}
        said = verdict(table, "mean", one, other)
        assert said["verdict"] == ("decided" if len(orders) == 1 else "bounded")
        assert said["more"] == ({True: one, False: other}[orders.pop()] if len(orders) == 1 else "")
        assert (said["verdict"] == "bounded") == ({one, other} == {"region", "etat"})


def test_the_largest_amounts_worked_by_hand():
    """Europe: (775.5 − 4 × 70.5) / 3 = 164.5 k€ at least for one project. Départements: 333.5 − 7 × 27.5 − 7 × 0.5 =
    137.5 at most, since each of the 15 projects received something.

    With the local medians reversed, 333.5 − 7 × 16.5 − 7 × 0.5 = 214.5 k€: no longer decided.
    """
    as_told = ("as_printed", "local_medians_reversed")
    printed_as, turned = (verdict(comparisons(FACTS, 2015, one), "max", "departement", "europe") for one in as_told)
    assert (printed_as["verdict"], printed_as["more"], turned["verdict"]) == ("decided", "europe", "bounded")
    limits = limits_by_level(FACTS, 2015, "as_printed")
    assert (limits["departement"]["max"][1], limits["europe"]["max"][0]) == (137_500, 164_500)


def test_an_impossible_row_decides_nothing_but_totals_and_means():
    """The Communes row as printed contradicts itself: its number and total count, its amounts do not."""
    table = comparisons(FACTS, 2015, "as_printed")
    assert set(table.loc[table["statement"] == "total", "verdict"]) == {"decided"}
    communes = table[table["level"] == "commune"]
    kept = communes["statement"].isin(["total", "mean"])
    assert set(communes.loc[kept, "verdict"]) == {"decided"}
    assert set(communes.loc[~kept, "verdict"]) == {"open"}


def test_what_a_row_of_no_or_one_amount_limits():
    """Zero projects give no mean, median or amounts to compare; the total stays. One amount is its own maximum.

    Each figure has its own rounding: a median rounded to 10 k€ leaves at most 90.5 - 15 - 0.5 = 75 k€ for one of three.
    """
    one = limits_by_level(printed([5_000], [5_000, 6_000]), 2015, "as_printed")["commune"]
    assert (one["sd"], one["top_half_share"], one["max"]) == (None, None, (4_500, 5_500))
    three = printed([10_000, 20_000, 60_000], [10_000, 20_000, 60_000])
    wide = {id: dataclasses.replace(f, grain=Fraction(10_000)) if "median" in id else f for id, f in three.items()}
    assert limits_by_level(wide, 2015, "as_printed")["commune"]["max"][1] == 75_000
    limits = limits_by_level(changed(FACTS, funding_projects_europe_2015=0), 2015, "as_printed")["europe"]
    assert limits["total"] == (775_500, 776_500)
    assert {name for name in funding.QUANTITIES if limits[name] is None} == set(funding.QUANTITIES) - {"total"}


def test_equal_exact_figures_are_decided_to_be_equal():
    """Without rounding, the same total on both sides leaves one answer: neither has more; a tie of bands does not."""
    bands = printed([10, 20, 30], [10, 20, 30], grain=1)
    same = {id: dataclasses.replace(f, grain=Fraction(0)) for id, f in bands.items()}
    exact, tied = (verdict(comparisons(some, 2015, "as_printed"), "total") for some in (same, bands))
    assert (exact["verdict"], exact["more"], tied["verdict"]) == ("decided", "neither", "bounded")


def test_the_medians_of_both_waves_are_paired():
    """Those of one wave only, such as age, are left out. Budgets: 3/5 − 1 = −40 %; rounding leaves staff a rise."""
    table = paired_medians(FACTS).set_index("indicator")
    names = "cell_budget cell_self_financed_share cell_fte members employees budget"
    assert list(table.index) == [f"{name}_median" for name in names.split()]
    assert list(table["direction"]) == ["lower", "lower", "rounding", "higher", "lower", "lower"]
    assert table.loc["budget_median", ["first", "second", "change"]].tolist() == pytest.approx([5e6, 3e6, -0.4])


def members(value, wave, grain=1):
    """A printed median number of member structures."""
    return fact("members_median", value, "median", "count", grain, wave=wave)


@pytest.mark.parametrize(
    ("second", "grain", "direction"),
    [(11, 0, "equal"), (11, 1, "rounding"), (12, 1, "rounding"), (13, 1, "higher"), (9, 1, "lower")],
)
def test_directions_at_the_edges_of_rounding(second, grain, direction):
    """Bands that touch, 10.5–11.5 and 11.5–12.5, could hold one number; exact equal figures are equal.

    Nothing can be divided by zero: there the change is missing, the direction is not.
    """
    zero = paired_medians(report(members(0, 2013, 0), members(5, 2015, 0)))
    assert zero["change"].isna().all() and list(zero["direction"]) == ["higher"]
    table = paired_medians(report(members(11, 2013, grain), members(second, 2015, grain)))
    assert list(table["direction"]) == [direction]
