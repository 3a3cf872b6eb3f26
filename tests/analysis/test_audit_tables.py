"""Tables of the audit: the published figures, and reports that lack some."""

import math
import statistics
from dataclasses import replace
from fractions import Fraction

import pandas as pd
import pytest

from printed_figures import PUBLISHED, count, euros, report, row, share
from ptce_analysis.analysis.audit.tables import (
    attainability_map,
    common_bases,
    forced_concentrations,
    median_permutations,
    minimum_sums,
    subset_sums,
)
from ptce_analysis.errors import InputError
from ptce_analysis.published import read_published
from ptce_analysis.vocabulary import FUNDING_LEVELS, LOCAL_LEVELS

FACTS = read_published(PUBLISHED)


def test_the_map_says_where_percentages_can_occur() -> None:
    """20% occurs on 40 and 75, not on 37 nor 52; a median of shares is no row of the map."""
    table = attainability_map(FACTS, 2015, [37, 40, 52, 75])
    assert table.loc["emergence_share_2015"].tolist() == [False, True, False, True]
    assert table.columns.tolist() == [37, 40, 52, 75]
    assert len(table) == 15 and "cell_self_financed_share_median_2015" not in table.index


def test_the_map_of_a_wave_without_percentages_is_empty() -> None:
    """No row, and still one column of truth values per base."""
    table = attainability_map(FACTS, 1999, range(1, 4))
    assert table.shape == (0, 3) and set(table.dtypes) == {pd.api.types.pandas_dtype("bool")}


def test_no_single_base_holds_all_percentages_of_the_deck() -> None:
    """All 15 percentages of 2015 need a base of 80 at least, more than the 75 poles identified."""
    table = common_bases(FACTS, 2015).set_index("source")
    assert table.loc["DECK", "n_figures"] == 15
    assert table.loc["DECK", "bases"][0] == 80
    assert common_bases(FACTS, 2015, 75).loc[0, "bases"] == ()
    assert common_bases(FACTS, 1999).empty


def test_minimum_sums_of_the_funding_table() -> None:
    """Communes: 9 × 30 = 270 (265.5 to 274.5) > 246; median 27 or number 15 at the most; the others hold."""
    table = minimum_sums(FACTS, 2015).set_index("level")
    assert list(table.index) == list(FUNDING_LEVELS)
    communes = table.loc["commune"]
    assert (communes["minimum_sum_low_eur"], communes["minimum_sum_eur"], communes["minimum_sum_high_eur"]) == (
        265_500,
        270_000,
        274_500,
    )
    assert (communes["highest_median_eur"], communes["largest_n"]) == (27_000, 15)
    assert table["verdict"].tolist() == ["impossible"] + ["consistent"] * 5
    assert table["largest_n"].tolist() == [15, 95, 23, 259, 61, 21]


def test_minimum_sums_without_a_limit_or_a_row() -> None:
    """A median of zero allows any number; rows in other units, without a number, or of another wave are left out."""
    table = minimum_sums(report(*row(9, 100, 0)), 2015)
    assert table["largest_n"].isna().tolist() == [True]
    assert minimum_sums(report(*row(9, 100, 0)), 2013).empty
    amount, _, median = row(9, 100, 0)
    assert minimum_sums(report(amount, median), 2015).empty


def test_subset_sums_around_the_printed_total() -> None:
    """Of the 63 choices, the nearest to 3,250 is 3,269, then 3,289 and 3,159 (in thousands); none fits."""
    table = subset_sums(FACTS, 2015)
    assert (len(table), table["fits"].any()) == (63, False)
    assert table.loc[0, "parts"] == ("commune", "region", "etat", "europe")
    assert table["distance_eur"].tolist()[:3] == [19_000, 39_000, -91_000]
    assert table["distance_eur"].abs().is_monotonic_increasing
    assert table.loc[table["n_parts"] == 6, "sum_eur"].tolist() == [4_398_000]


def test_subset_sums_that_fit_or_cannot_be_listed() -> None:
    """Parts of no level go by their indicator; thirteen parts are refused; a missing total gives no choice."""
    parts = [euros(f"part{i}_gift", 10, part_of="gifts_total") for i in range(13)]
    total = euros("gifts_total", 10)
    table = subset_sums(report(total, *parts[:2]), 2015, "gifts_total")
    assert table.loc[table["fits"], "parts"].tolist() == [("part0_gift",), ("part1_gift",)]
    with pytest.raises(InputError, match="gifts_total_2015 has 13 parts: every choice is listed for 12 or fewer"):
        subset_sums(report(total, *parts), 2015, "gifts_total")
    assert subset_sums(report(*parts), 2015, "gifts_total").empty
    assert subset_sums(report(total, *parts), 2013, "gifts_total").empty


def test_the_concentration_forced_by_the_totals() -> None:
    """Jobs: 21 poles at 88.5, which rounds to 88, and 19 with the rest of 21,500, which rounds to 22,000."""
    table = forced_concentrations(FACTS, 2015).set_index("indicator")
    assert table.index.tolist() == ["jobs_total", "enterprises_total", "budget_total"]
    jobs = table.loc["jobs_total"]
    assert (jobs["total"], jobs["median"]) == (22_000, 88)
    assert (jobs["n_low"], jobs["low"], jobs["n_high"]) == (21, 88.5, 19)
    assert jobs["high"] == pytest.approx((21_500 - 21 * 88.5) / 19)
    assert jobs["gini"] == pytest.approx(21 / 40 - 21 * 88.5 / 21_500)
    assert jobs["top_half_share"] == pytest.approx(1 - 20 * 88.5 / 21_500)
    assert forced_concentrations(FACTS, 2013).empty


@pytest.mark.parametrize(
    ("n", "total", "median", "runs"),
    [
        (3, 100, 30, [(2, 30.5, 1, 38.5)]),
        (1, 30, 30, [(1, 29.5, 0, 29.5)]),
        (3, 59, 30, [(1, 0.5, 2, 29.5)]),
        (3, 10, 30, []),
    ],
)
def test_totals_that_no_data_set_can_have_are_left_out(
    n: int, total: int, median: int, runs: list[tuple[int, ...]]
) -> None:
    """One amount is one run; 59 holds twice 29.5 by its rounding; 10 holds no two amounts that round to 30."""
    figures = report(euros("loans_total", total, base_n=n), euros("loans_median", median, 1, "median"))
    table = forced_concentrations(figures, 2015)
    assert list(table[["n_low", "low", "n_high", "high"]].itertuples(index=False, name=None)) == runs


@pytest.mark.parametrize(
    ("respondents", "poles", "ends"),
    [(52, 75, (20, 75)), (12, 75, (12, 75)), (140, 75, (20, 140)), (None, None, (20, 20))],
)
def test_a_map_goes_from_a_small_base_to_all_poles_through_the_respondents(respondents, poles, ends) -> None:
    """The respondents are always on it, be they few or more than the poles identified."""
    printed = {"respondents_2015": respondents, "poles_identified_2015": poles}
    kept = {id: fact for id, fact in FACTS.items() if printed.get(id, 0) is not None}
    altered = {id: replace(fact, value=Fraction(printed[id])) if id in printed else fact for id, fact in kept.items()}
    found = list(attainability_map(altered, 2015))
    assert (found[0], found[-1]) == ends


def test_printed_medians_are_the_most_spread_out_and_their_reverse_the_least() -> None:
    """Of the 24 orders of the four local medians: first as printed, last in reverse; no tie at either end."""
    table = median_permutations(FACTS, 2015, LOCAL_LEVELS)
    assert len(table) == 24
    assert (table["is_printed"].tolist().index(True), table["is_reversed"].tolist().index(True)) == (0, 23)
    assert table["rank"].iloc[[0, 1, 22, 23]].tolist() == [1, 2, 23, 24]
    assert (bool(table.loc[0, "all_possible"]), table.loc[0, "n_possible"]) == (False, 3)
    assert table.loc[23, "median_commune_eur"] == 10_000 and table.loc[23, "all_possible"]


def test_the_spread_is_the_standard_deviation_of_log_mean_over_median() -> None:
    """Computed again from the printed row, by its definition."""
    table = median_permutations(FACTS, 2015, LOCAL_LEVELS)
    skews = [math.log(s / n / m) for s, n, m in [(246, 16, 30), (796, 20, 17), (333, 15, 28), (1239, 29, 10)]]
    assert table.loc[0, "spread"] == pytest.approx(statistics.pstdev(skews))
    assert table.loc[0, "spread_range"] == pytest.approx(max(skews) - min(skews))


def test_the_hypothesis_disappears_with_the_data() -> None:
    """Had Régions printed a median of 40, the printed order would not be the most spread out."""
    id_ = "funding_median_region_2015"
    altered = {**FACTS, id_: replace(FACTS[id_], value=Fraction(40_000))}
    assert not median_permutations(altered, 2015, LOCAL_LEVELS).loc[0, "is_printed"]


def test_permutations_of_another_table() -> None:
    """One row has one order, printed and reversed at once; equal medians share a rank."""
    assert median_permutations(report(*row(3, 90, 30)), 2015, ["commune"], "loans")["rank"].tolist() == [1]
    two = report(*row(3, 90, 30), *row(5, 90, 30, "epci"))
    assert median_permutations(two, 2015, ["commune", "epci"], "loans")["rank"].tolist() == [1, 1]


@pytest.mark.parametrize("broken", [row(0, 0, 0), row(3, 90, 0), row(3, 90, 30)[:1]])
def test_permutations_need_complete_rows(broken: tuple) -> None:
    """A missing or zero number, amount or median has no ratio of mean to median: there is no order to rank."""
    table = median_permutations(report(*broken), 2015, ["commune"], "loans")
    assert table.empty and {"spread", "rank", "is_printed", "is_reversed", "all_possible"} <= set(table)


def test_permutations_are_limited() -> None:
    """Seven rows would have 5,040 orders."""
    for levels in ([], [*FUNDING_LEVELS, "autre"]):
        with pytest.raises(InputError, match="levels: 1 to 6 can be permuted"):
            median_permutations(FACTS, 2015, levels)


def test_other_figures_do_not_enter_the_tables() -> None:
    """A report of counts and percentages has no row of amounts."""
    figures = report(count("respondents", 52), share("a_share", "0.2"))
    assert minimum_sums(figures, 2015).empty
