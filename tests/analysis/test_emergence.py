"""Readings of the emergence shares: which counts the printed figures can stand for, and their comparison."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from statistics import NormalDist
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest

from printed_figures import PUBLISHED, fact, share
from ptce_analysis.analysis.emergence import by_method, first_pair, readings, wave_readings
from ptce_analysis.analysis.emergence.comparison import COLUMN_TYPES
from ptce_analysis.analysis.proportions import newcombe, prob_decrease, rates
from ptce_analysis.analysis.proportions.records import METHODS
from ptce_analysis.analysis.proportions.tests import boschloo
from ptce_analysis.errors import InputError
from ptce_analysis.published import Fact, Facts, read_published


def facts_of(*known: Fact) -> Facts:
    return MappingProxyType({one.id: one for one in known})


def counts(facts: Facts, wave: int = 2015) -> list[tuple[str, int, int]]:
    return [(one.basis, one.count, one.n) for one in wave_readings(facts, wave)]


@pytest.fixture(scope="module")
def published() -> Facts:
    return read_published(PUBLISHED)


@pytest.fixture(scope="module")
def table(published: Facts) -> pd.DataFrame:
    return readings(published)


def test_the_2015_share_has_eleven_readings(published: Facts) -> None:
    """By hand: k/n rounds to 20 % for these bases from 37 (the smallest the deck prints) to 51, not for 52, for 75."""
    assert counts(published) == [
        ("respondents", 10, 52),
        ("respondents", 11, 52),
        ("fewer_answers", 10, 51),
        ("fewer_answers", 10, 50),
        ("fewer_answers", 10, 49),
        ("fewer_answers", 9, 46),
        ("fewer_answers", 9, 45),
        ("fewer_answers", 9, 44),
        ("fewer_answers", 8, 41),
        ("fewer_answers", 8, 40),
        ("identified", 15, 75),
    ]
    readings = wave_readings(published, 2015)
    assert [str(one) for one in readings if not one.prints] == ["10/52", "11/52"]
    assert {one.printed for one in readings} == {0.2} and {one.identified for one in readings} == {75}


def test_the_2013_share_has_one_count_and_one_told_in_words(published: Facts) -> None:
    """31 % of 42 can only be 13; « en majorité » is 22 or more of 42, a lower bound, from another source."""
    first, second = wave_readings(published, 2013)
    assert (str(first), first.basis, first.prints, first.fact) == ("13/42", "respondents", True, "emergence_share_2013")
    assert (str(second), second.basis, second.at_least) == ("≥ 22/42", "printed_base", True)
    assert (second.fact, second.identified) == ("emergence_share_2013_s3", None)


def test_a_share_said_of_more_poles_than_answered_is_read_on_both() -> None:
    """A share said of 75 poles of which 52 answered: on the 52 first, then as 15 of 75, marked as such."""
    facts = facts_of(share("emergence_share", "0.20", base_n=75), fact("respondents", 52, "count", "count", 1))
    assert counts(facts) == [("respondents", 10, 52), ("respondents", 11, 52), ("identified", 15, 75)]


def test_the_poles_identified_are_another_base_unless_one_is_printed() -> None:
    """25 % of 80 is 20, of 90 neither 22 (24.4 %) nor 23 (25.6 %); a base printed beside the share settles it."""
    respondents, silent = fact("respondents", 52, "count", "count", 1), share("emergence_share", "0.25")
    for identified, extra in ((80, [("identified", 20, 80)]), (90, [])):
        known = fact("poles_identified", identified, "count", "count", 1)
        assert counts(facts_of(silent, respondents, known)) == [("respondents", 13, 52), *extra]
        assert counts(facts_of(replace(silent, base_n=52), respondents, known)) == [("printed_base", 13, 52)]
    rounded = fact("poles_identified", 80, "count", "count", 10)
    elsewhere = fact("poles_identified", 80, "count", "count", 1, source="S9")
    assert counts(facts_of(silent, respondents, rounded, elsewhere)) == [("respondents", 13, 52)]


def test_an_attainable_base_is_not_questioned() -> None:
    """25 % of 52 is 13: no smaller base is tried, although 10 of 40 would do."""
    facts = facts_of(share("emergence_share", "0.25", base_n=52), share("other_share", "0.5", base_n=40))
    assert counts(facts) == [("printed_base", 13, 52)]


def test_every_count_of_a_large_base_is_a_reading() -> None:
    """20 % of 250, rounded to the point, is 49, 50 or 51: by hand from 19.5 % and 20.5 %."""
    facts = facts_of(share("emergence_share", "0.20", base_n=250))
    assert counts(facts) == [("printed_base", count, 250) for count in (49, 50, 51)]


def test_smaller_bases_stop_at_the_smallest_the_source_prints() -> None:
    """Without another base only the nearest counts are left; bases of a level, another wave or source are no limit."""
    lone = share("emergence_share", "0.20", base_n=52)
    others = (
        share("link_share", "0.5", level="region", base_n=12),
        share("other_share", "0.5", wave=2013, base_n=12),
        share("third_share", "0.5", source="S9", base_n=12),
    )
    assert counts(facts_of(lone, *others)) == [("printed_base", 10, 52), ("printed_base", 11, 52)]
    limited = facts_of(lone, *others, share("fourth_share", "0.5", base_n=50))
    assert counts(limited)[2:] == [("fewer_answers", 10, 51), ("fewer_answers", 10, 50)]


def test_respondents_stand_in_for_a_base_that_is_not_printed() -> None:
    """31 % without a base, 42 respondents in the same source: 13 of 42, and the base is said not to be printed."""
    facts = facts_of(share("emergence_share", "0.31"), fact("respondents", 42, "count", "count", 1))
    assert counts(facts) == [("respondents", 13, 42)]


def test_more_than_a_share_starts_above_it() -> None:
    """Strictly more than half: 22 of 42, and 21 of 41."""
    for base, count in ((42, 22), (41, 21)):
        facts = facts_of(fact("emergence_share", "0.5", "minimum", "share", 0, base_n=base))
        assert counts(facts) == [("printed_base", count, base)]


def test_shares_by_level_are_no_reading_of_the_whole() -> None:
    """Only the figure of all poles counts."""
    facts = facts_of(
        share("emergence_share", "0.25", base_n=52), share("emergence_share", "0.5", level="region", base_n=10)
    )
    assert counts(facts) == [("printed_base", 13, 52)]


def test_the_table_pairs_all_readings(table: pd.DataFrame) -> None:
    """Two readings of 2013 by eleven of 2015, in the order of the facts; only the population of 2013 is not known."""
    assert list(table.columns) == list(COLUMN_TYPES)
    assert len(table) == 22
    assert (table["wave_before"] == 2013).all() and (table["wave_after"] == 2015).all()
    assert list(table["count_before"]) == [13] * 11 + [22] * 11
    assert list(table["n_after"][:11]) == [52, 52, 51, 50, 49, 46, 45, 44, 41, 40, 75]
    assert list(table.columns[table.isna().any()]) == ["identified_before"]
    assert (table["reasons"] == "").all()
    assert list(table["prints_after"][:3]) == [False, False, True]
    assert list(table["in_words"]) == [False] * 11 + [True] * 11
    assert list(table["reading"].iloc[[0, 10, 11]]) == ["13/42 → 10/52", "13/42 → 15/75", "≥ 22/42 → 10/52"]
    assert first_pair(table) == ((13, 42), (10, 52))


def test_a_row_holds_the_comparison_of_its_counts_second_wave_less_first(table: pd.DataFrame) -> None:
    """Each number is that of its function for 13/42 and 9/45 (row 6), with the groups exchanged where signs matter.

    All intervals of a difference turn exactly when the groups are exchanged.
    """
    row, first, second = table.iloc[6], (13, 42), (9, 45)
    found, turned = rates(first, second), rates(second, first)
    assert (row["reading"], row["share_before"], row["share_after"]) == ("13/42 → 9/45", 13 / 42, 0.2)
    assert row["change"] == pytest.approx(0.2 - 13 / 42) and row["change"] < 0
    for method, ends in turned["intervals"].items():
        assert [row[f"{method}_low"], row[f"{method}_high"]] == pytest.approx(ends, abs=1e-12), method
    assert [row["bayes_low"], row["bayes_high"]] == pytest.approx(turned["bayes"]["interval"], abs=1e-9)
    assert row["boschloo"] == boschloo(first, second).p_value
    assert row["prob_fall"] == found["bayes"]["prob_decrease"] > 0.5
    assert row["prob_fall_jeffreys"] == prob_decrease(first, second, "jeffreys")
    assert row["bayes_factor"] == found["bayes"]["bayes_factor"]
    assert (row["printed_before"], row["printed_after"]) == (0.31, 0.2)
    assert (row["fact_before"], row["basis_before"], row["basis_after"]) == (
        "emergence_share_2013", "respondents", "fewer_answers",
    )  # fmt: skip


def test_fifteen_of_all_poles_identified_says_the_same(table: pd.DataFrame) -> None:
    """13/42 then 15/75: Newcombe by his formula, each score bound a root of n (p - k/n)^2 = z^2 p (1 - p)."""
    row = table[table["basis_after"] == "identified"].iloc[0]
    z = NormalDist().inv_cdf(0.975)
    (l1, u1), (l2, u2) = (
        sorted(map(float, np.roots([n + z * z, -2 * k - z * z, k * k / n]))) for k, n in ((13, 42), (15, 75))
    )
    p1, p2 = 13 / 42, 15 / 75
    assert row["change"] == pytest.approx(p2 - p1)
    assert row["newcombe_low"] == pytest.approx(p2 - p1 - math.hypot(p2 - l2, u1 - p1))
    assert row["newcombe_low"] < 0 < row["newcombe_high"]
    assert row["newcombe_high"] == pytest.approx(p2 - p1 + math.hypot(u2 - p2, p1 - l1))


def test_the_best_case_is_newcombe_at_the_highest_correlation(table: pd.DataFrame) -> None:
    """All 42 poles of 2013 among the 52 of 2015 (row 0): correlation of the shares = 0.7288 sqrt(42/52)."""
    row = table.iloc[0]
    assert row["best_case_correlation"] == pytest.approx((10 / 42 * 29 / 13) ** 0.5)
    best = newcombe((10, 52), (13, 42), 0.95, row["best_case_correlation"] * (42 / 52) ** 0.5)
    assert (row["best_case_low"], row["best_case_high"]) == (best.low, best.high)
    assert (best.low, best.high) == pytest.approx((-0.232, -0.015), abs=5e-4)


def test_the_confidence_is_passed_on(published: Facts, table: pd.DataFrame) -> None:
    """At 80 % every interval is narrower, and the table says so."""
    narrow = readings(published, 0.8)
    assert (narrow["confidence"] == 0.8).all()
    for name in ("newcombe", "agresti_caffo", "miettinen_nurminen", "bayes", "best_case"):
        assert (narrow[f"{name}_low"] > table[f"{name}_low"]).all(), name
        assert (narrow[f"{name}_high"] < table[f"{name}_high"]).all(), name


def test_methods_are_a_table_with_the_change_turned() -> None:
    """One row per method, with its convention and source; the exchanged groups give the change, the same the rest."""
    found, turned = rates((13, 42), (10, 52)), rates((10, 52), (13, 42))
    table = by_method(found).set_index("method")
    assert list(table.loc[["newcombe"], ["estimate", "low", "high"]].iloc[0]) == pytest.approx(
        [turned["difference"], *turned["intervals"]["newcombe"]]
    )
    assert table.loc["beta_binomial", "low"] == pytest.approx(turned["bayes"]["interval"][0])
    assert list(table.loc["koopman", ["estimate", "low", "high"]]) == [
        found["risk_ratio"]["estimate"], *found["risk_ratio"]["koopman"],
    ]  # fmt: skip
    assert table["p_value"].dropna().to_dict() == found["tests"]
    assert set(table["quantity"]) == {"share_before", "share_after", "change", "ratio", "odds_ratio", "test"}
    assert list(table["convention"]) == [METHODS[name].convention for name in table.index]


def test_only_printed_counts_are_derived() -> None:
    """25 % of 52 and 31 % of 42 follow from print; anything else rests on an assumption."""
    sure = share("emergence_share", "0.31", wave=2013, base_n=42)
    derived = readings(facts_of(sure, share("emergence_share", "0.25", base_n=52)))
    assumed = readings(facts_of(sure, share("emergence_share", "0.20", base_n=52)))
    unsaid = readings(facts_of(sure, share("emergence_share", "0.25"), fact("respondents", 52, "count", "count", 1)))
    assert list(derived["origin"]) == ["derived"]
    assert list(assumed["origin"]) == ["assumption", "assumption"] and list(unsaid["origin"]) == ["assumption"]


def test_other_waves_and_indicators_are_read_alike() -> None:
    """A later wave or another share needs no code: waves and indicator are arguments."""
    facts = facts_of(share("creation_share", "0.25", base_n=52), share("creation_share", "0.10", wave=2017, base_n=30))
    found = readings(facts, waves=(2015, 2017), indicator="creation_share")
    assert list(found[["count_before", "n_before", "count_after", "n_after"]].iloc[0]) == [13, 52, 3, 30]


def test_a_cell_that_cannot_be_stated_is_empty_with_its_reason() -> None:
    """Nobody in either wave: chi-square and mid-p are 0/0, the other tests say 1, and the row says why."""
    facts = facts_of(
        share("emergence_share", 0, grain=0, wave=2013, base_n=42), share("emergence_share", 0, grain=0, base_n=52)
    )
    row = readings(facts).iloc[0]
    assert pd.isna(row["pearson"]) and pd.isna(row["mid_p"])
    assert (row["fisher"], row["barnard"]) == (1.0, 1.0)
    assert row["reasons"] == "no_success no_variation"


def test_a_wave_that_prints_no_share_is_refused(published: Facts) -> None:
    """The message names the waves that print it."""
    with pytest.raises(InputError, match=r"emergence_share, wave 2017: no figure is printed. .*\[2013, 2015\]"):
        readings(published, waves=(2015, 2017))
    with pytest.raises(InputError, match=r"growth_share, wave 2013: no figure is printed. .*none"):
        readings(published, indicator="growth_share")


def test_a_share_without_any_base_is_refused() -> None:
    """The message says which figure and what to add."""
    with pytest.raises(InputError, match=r"emergence_share_2015: no base is printed. Give base_n, or a figure"):
        wave_readings(facts_of(share("emergence_share", "0.20")), 2015)


def test_a_statistic_without_counts_is_refused() -> None:
    """A median is not read as a count."""
    with pytest.raises(InputError, match=r"emergence_share_2015: statistic 'median': a share or a minimum"):
        wave_readings(facts_of(fact("emergence_share", "0.2", "median", "share", "0.01", base_n=52)), 2015)


def test_more_than_everybody_is_refused() -> None:
    """More than 100 % of 42 has no count: an error where nothing else is printed, left out where a share is."""
    everybody = fact("emergence_share", Fraction(1), "minimum", "share", 0, base_n=42)
    with pytest.raises(InputError, match="emergence_share_2015: value 1: no count of its base is more than that share"):
        wave_readings(facts_of(everybody), 2015)
    printed = replace(everybody, id="printed", statistic="share", value=Fraction(1, 2), grain=Fraction(1, 100))
    assert {reading.fact for reading in wave_readings(facts_of(everybody, printed), 2015)} == {"printed"}
