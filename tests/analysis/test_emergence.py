"""Readings of the emergence shares: which counts the printed figures can stand for, and their comparison."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType

import pandas as pd
import pytest

from printed_figures import PUBLISHED, fact, share
from ptce_analysis.analysis.emergence import COLUMN_TYPES, readings, wave_readings
from ptce_analysis.analysis.proportions import boschloo, miettinen_nurminen, prob_decrease, rates, wilson
from ptce_analysis.errors import InputError
from ptce_analysis.published import Fact, Facts, read_published


def facts_of(*known: Fact) -> Facts:
    return MappingProxyType({one.id: one for one in known})


def counts(facts: Facts, wave: int = 2015) -> list[tuple[str, int, int]]:
    return [(one.status, one.count, one.base) for one in wave_readings(facts, wave)]


@pytest.fixture(scope="module")
def published() -> Facts:
    return read_published(PUBLISHED)


@pytest.fixture(scope="module")
def table(published: Facts) -> pd.DataFrame:
    return readings(published)


def test_the_2015_share_has_ten_readings(published: Facts) -> None:
    """By hand: k/n rounds to 20 % for these bases from 37 (the smallest the deck prints) to 51, and for none of 52."""
    assert counts(published) == [
        ("nearest_count", 10, 52),
        ("nearest_count", 11, 52),
        ("smaller_base", 10, 51),
        ("smaller_base", 10, 50),
        ("smaller_base", 10, 49),
        ("smaller_base", 9, 46),
        ("smaller_base", 9, 45),
        ("smaller_base", 9, 44),
        ("smaller_base", 8, 41),
        ("smaller_base", 8, 40),
    ]


def test_the_2013_share_has_one_count_and_one_told_in_words(published: Facts) -> None:
    """31 % of 42 can only be 13; « en majorité » is 22 or more of 42, a lower bound, from another source."""
    first, second = wave_readings(published, 2013)
    assert (first.status, first.rate, first.at_least, first.attainable, first.source) == (
        "as_printed", (13, 42), False, True, "DECK",
    )  # fmt: skip
    assert (second.status, second.rate, second.at_least, second.attainable, second.source) == (
        "in_words", (22, 42), True, True, "S3",
    )  # fmt: skip


def test_never_on_the_poles_that_did_not_answer() -> None:
    """A share said of the 75 identified poles is still read on the 52 that answered, never as 15 of 75."""
    facts = facts_of(share("emergence_share", "0.20", base_n=75), fact("respondents", 52, "count", "count", 1))
    assert counts(facts) == [("nearest_count", 10, 52), ("nearest_count", 11, 52)]


def test_an_attainable_base_is_not_questioned() -> None:
    """25 % of 52 is 13: no smaller base is tried, although 10 of 40 would do."""
    facts = facts_of(share("emergence_share", "0.25", base_n=52), share("other_share", "0.5", base_n=40))
    assert counts(facts) == [("as_printed", 13, 52)]


def test_every_count_of_a_large_base_is_a_reading() -> None:
    """20 % of 250, rounded to the point, is 49, 50 or 51: by hand from 19.5 % and 20.5 %."""
    facts = facts_of(share("emergence_share", "0.20", base_n=250))
    assert counts(facts) == [("as_printed", count, 250) for count in (49, 50, 51)]


def test_smaller_bases_stop_at_the_smallest_the_source_prints() -> None:
    """Without another base only the nearest counts are left; bases of a level, another wave or source are no limit."""
    lone = share("emergence_share", "0.20", base_n=52)
    others = (
        share("link_share", "0.5", level="region", base_n=12),
        share("other_share", "0.5", wave=2013, base_n=12),
        share("third_share", "0.5", source="S9", base_n=12),
    )
    assert counts(facts_of(lone, *others)) == [("nearest_count", 10, 52), ("nearest_count", 11, 52)]
    limited = facts_of(lone, *others, share("fourth_share", "0.5", base_n=50))
    assert counts(limited)[2:] == [("smaller_base", 10, 51), ("smaller_base", 10, 50)]


def test_respondents_stand_in_for_a_base_that_is_not_printed() -> None:
    """31 % without a base, 42 respondents in the same source: 13 of 42."""
    facts = facts_of(share("emergence_share", "0.31"), fact("respondents", 42, "count", "count", 1))
    assert counts(facts) == [("as_printed", 13, 42)]


def test_more_than_a_share_starts_above_it() -> None:
    """Strictly more than half: 22 of 42, and 21 of 41."""
    for base, count in ((42, 22), (41, 21)):
        facts = facts_of(fact("emergence_share", "0.5", "minimum", "share", 0, base_n=base))
        assert counts(facts) == [("in_words", count, base)]


def test_shares_by_level_are_no_reading_of_the_whole() -> None:
    """Only the figure of all poles counts."""
    facts = facts_of(
        share("emergence_share", "0.25", base_n=52), share("emergence_share", "0.5", level="region", base_n=10)
    )
    assert counts(facts) == [("as_printed", 13, 52)]


def test_the_table_pairs_all_readings(table: pd.DataFrame) -> None:
    """Two readings of 2013 by ten of 2015, the earlier wave first, in the order of the facts, and no empty cell."""
    assert list(table.columns) == list(COLUMN_TYPES)
    assert len(table) == 20
    assert (table["wave_first"] == 2013).all() and (table["wave_second"] == 2015).all()
    assert list(table["count_first"]) == [13] * 10 + [22] * 10
    assert list(table["base_second"][:10]) == [52, 52, 51, 50, 49, 46, 45, 44, 41, 40]
    assert not table.isna().any(axis=None)
    assert (table["reasons"] == "").all()
    assert list(table["attainable_second"][:3]) == [False, False, True]


def test_a_row_holds_the_comparison_of_its_counts(table: pd.DataFrame) -> None:
    """Each number is that of its function for 13/42 and 9/45 (row 6)."""
    row, first, second = table.iloc[6], (13, 42), (9, 45)
    found = rates(first, second)
    assert (row["count_second"], row["base_second"], row["share_second"]) == (9, 45, 0.2)
    assert (row["wilson_low_second"], row["wilson_high_second"]) == (wilson(second).low, wilson(second).high)
    assert row["wilson_high_first"] == wilson(first).high
    assert row["difference"] == found["difference"] == pytest.approx(13 / 42 - 0.2)
    assert row["miettinen_nurminen_low"] == miettinen_nurminen(first, second).low
    assert [row["newcombe_low"], row["newcombe_high"]] == found["intervals"]["newcombe"]
    assert row["boschloo"] == boschloo(first, second).p_value
    assert row["prob_decrease"] == found["bayes"]["prob_decrease"]
    assert row["prob_decrease_jeffreys"] == prob_decrease(first, second, "jeffreys")
    assert [row["bayes_low"], row["bayes_high"]] == found["bayes"]["interval"]
    assert row["bayes_factor"] == found["bayes"]["bayes_factor"]
    assert (row["fact_first"], row["source_first"]) == ("emergence_share_2013", "DECK")


def test_the_confidence_is_passed_on(published: Facts, table: pd.DataFrame) -> None:
    """At 80 % every interval is narrower, and the table says so."""
    narrow = readings(published, 0.8)
    assert (narrow["confidence"] == 0.8).all()
    assert (narrow["newcombe_low"] > table["newcombe_low"]).all()


def test_only_printed_counts_are_derived() -> None:
    """25 % of 52 and 31 % of 42 follow from print; anything else rests on an assumption."""
    sure = share("emergence_share", "0.31", wave=2013, base_n=42)
    derived = readings(facts_of(sure, share("emergence_share", "0.25", base_n=52)))
    assumed = readings(facts_of(sure, share("emergence_share", "0.20", base_n=52)))
    assert list(derived["origin"]) == ["derived"]
    assert list(assumed["origin"]) == ["assumption", "assumption"]


def test_other_waves_and_indicators_are_read_alike() -> None:
    """A later wave or another share needs no code: waves and indicator are arguments."""
    facts = facts_of(share("creation_share", "0.25", base_n=52), share("creation_share", "0.10", wave=2017, base_n=30))
    found = readings(facts, waves=(2015, 2017), indicator="creation_share")
    assert list(found[["count_first", "base_first", "count_second", "base_second"]].iloc[0]) == [13, 52, 3, 30]


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
