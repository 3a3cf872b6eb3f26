"""Silent poles: worst cases, random response by enumeration, and how different they would have to be."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from printed_figures import PUBLISHED, fact, share
from ptce_analysis.analysis.emergence.silent import (
    COLUMN_TYPES,
    Silent,
    finite_exact,
    manski,
    non_response,
    silent_odds_ratio,
)
from ptce_analysis.analysis.proportions.records import Rate
from ptce_analysis.errors import InputError
from ptce_analysis.published import read_published


def test_worst_cases_by_hand() -> None:
    """10 of 52 answers, 75 poles: between 10/75 and (10 + 23)/75; all answered: the share itself."""
    found = manski((10, 52), 75)
    assert (found.low, found.high, found.estimate) == (10 / 75, 33 / 75, None)
    everybody = manski((10, 52), 52)
    assert everybody.low == everybody.high == 10 / 52


def test_without_a_population_nothing_is_said() -> None:
    """2013: the population is not published, so each function gives the reason instead of a number."""
    for found in (manski((13, 42), None), finite_exact((13, 42), None)):
        assert (found.low, found.high, found.reason) == (None, None, "population_not_found")
        assert found.estimate in (None, 13 / 42)
    assert finite_exact((13, 42), None).estimate == 13 / 42
    assert silent_odds_ratio((13, 42), None, 0.2) == Silent(None, None, None, "population_not_found")


def test_the_odds_ratio_of_the_silent_by_hand() -> None:
    """13/42 of 75 is 23.214: 13.214 of the 23 silent, odds 13.214/9.786 against 10/42 among those who answered."""
    found = silent_odds_ratio((10, 52), 75, 13 / 42)
    needed = 75 * 13 / 42 - 10
    assert (found.silent, found.reason) == (23, "")
    assert found.count == pytest.approx(needed) and found.share == pytest.approx(needed / 23)
    assert found.odds_ratio == pytest.approx((needed / (23 - needed)) / (10 / 42))


@pytest.mark.parametrize(
    ("rate", "population", "target", "expected"),
    [
        ((10, 20), 20, 0.5, Silent(0, None, None, "nobody_silent")),
        ((10, 20), 30, 0.9, Silent(10, None, None, "out_of_reach")),
        ((10, 20), 30, 0.2, Silent(10, None, None, "out_of_reach")),
        ((0, 20), 40, 0.25, Silent(20, 10.0, None, "zero_cell")),
        ((20, 20), 40, 0.75, Silent(20, 10.0, None, "zero_cell")),
        ((10, 20), 40, 0.75, Silent(20, 20.0, None, "zero_cell")),
        ((10, 20), 40, 0.25, Silent(20, 0.0, 0.0)),
        ((10, 20), 40, 0.5, Silent(20, 10.0, 1.0)),
    ],
)
def test_edges_of_the_silent(rate: Rate, population: int, target: float, expected: Silent) -> None:
    """By hand: nobody silent, a share out of reach, no odds to compare, and like answers with odds ratio 1."""
    assert silent_odds_ratio(rate, population, target) == expected


def tails(k: int, n: int, total: int, whole: int) -> tuple[Fraction, Fraction]:
    """P(X >= k) and P(X <= k) when n of `whole` units answer, `total` of which are successes, in whole numbers."""
    ways = {
        x: math.comb(total, x) * math.comb(whole - total, n - x)
        for x in range(max(0, n - whole + total), min(n, total) + 1)
    }
    all_ways = math.comb(whole, n)
    upper, lower = (sum(way for x, way in ways.items() if keep(x)) for keep in (lambda x: x >= k, lambda x: x <= k))
    return Fraction(upper, all_ways), Fraction(lower, all_ways)


finite = st.integers(1, 40).flatmap(
    lambda whole: st.integers(1, whole).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n), st.just(whole)))
)


@settings(deadline=None)
@given(finite, st.sampled_from([0.8, 0.9, 0.95]))
def test_the_exact_interval_is_every_plausible_population(case: tuple[int, int, int], confidence: float) -> None:
    """Every possible number of successes in the population is tried, with whole binomial coefficients."""
    k, n, whole = case
    tail = (1 - Fraction(str(confidence))) / 2
    plausible = [K for K in range(k, whole - n + k + 1) if min(tails(k, n, K, whole)) > tail]
    found = finite_exact((k, n), whole, confidence)
    assert (found.low, found.high) == (plausible[0] / whole, plausible[-1] / whole)


def test_the_exact_interval_is_that_of_r() -> None:
    """R, K = 10:33: min(K[phyper(9, K, 75-K, 52, lower=F) > .025]) is 11, max(K[phyper(10, K, 75-K, 52) > .025]) 20."""
    found = finite_exact((10, 52), 75)
    assert (found.low, found.high, found.estimate) == (11 / 75, 20 / 75, 10 / 52)


def test_the_exact_interval_covers_what_it_promises() -> None:
    """30 of 45 units answer: whatever the population, the interval holds it with at least the stated probability."""
    n, whole = 30, 45
    intervals = [finite_exact((k, n), whole, 0.9) for k in range(n + 1)]
    for total in range(whole + 1):
        covered = sum(
            math.comb(total, k) * math.comb(whole - total, n - k)
            for k in range(max(0, n - whole + total), min(n, total) + 1)
            if (intervals[k].low or 0) <= total / whole <= (intervals[k].high or 0)
        )
        assert covered / math.comb(whole, n) >= 0.9


def test_a_whole_population_leaves_no_doubt() -> None:
    """Everybody answered: the interval is the share itself; one pole of one too."""
    for rate, whole in (((10, 52), 52), ((1, 1), 1), ((0, 1), 1)):
        share = rate[0] / rate[1]
        found = finite_exact(rate, whole)
        assert (found.low, found.high) == pytest.approx((share, share), abs=1e-15)


def test_each_reading_of_2015_has_its_own_bounds() -> None:
    """Eleven readings against the two of 2013: 75 poles, the silent by subtraction, bounds of each function."""
    found = non_response(read_published(PUBLISHED), 2015, 2013)
    assert list(found.columns) == list(COLUMN_TYPES)
    assert len(found) == 22
    assert (found["identified"] == 75).all() and (found["origin"] == "assumption").all()
    assert (found["silent"] == 75 - found["n"]).all()
    row = found.iloc[0]
    assert (row["reading"], row["basis"], row["target_reading"]) == ("10/52", "respondents", "13/42")
    assert (row["worst_low"], row["worst_high"]) == (10 / 75, 33 / 75)
    assert (row["random_low"], row["random_high"]) == (11 / 75, 20 / 75)
    assert row["silent_odds_ratio"] == silent_odds_ratio((10, 52), 75, 13 / 42).odds_ratio
    assert (row["reason"], row["silent_reason"], row["confidence"]) == ("", "", 0.95)
    majority = found.iloc[1]
    assert (majority["target_reading"], majority["silent_reason"]) == ("≥ 22/42", "out_of_reach")
    everybody = found[found["reading"] == "15/75"].iloc[0]
    assert (everybody["silent"], everybody["silent_reason"]) == (0, "nobody_silent")
    assert everybody["worst_low"] == everybody["worst_high"] == everybody["share"] == 0.2


def test_the_silent_would_have_to_emerge_more_than_half_of_the_time() -> None:
    """By hand, of all respondents: (75 x 13/42 - 10)/23 = 57.5 % for 10/52, (75 x 13/42 - 11)/23 = 53.1 % for 11/52."""
    found = non_response(read_published(PUBLISHED), 2015, 2013)
    told = found[(found["basis"] == "respondents") & (found["target_reading"] == "13/42")]
    assert list(told["reading"]) == ["10/52", "11/52"]
    assert list(told["silent_share"]) == pytest.approx([(75 * 13 / 42 - 10) / 23, (75 * 13 / 42 - 11) / 23])
    whole = told["n"] * told["share"] + told["silent"] * told["silent_share"]
    assert list(whole / 75) == pytest.approx([13 / 42, 13 / 42])


def test_nothing_bounds_2013_and_the_reason_is_given() -> None:
    """No population is published for 2013: every bound is empty and says why."""
    found = non_response(read_published(PUBLISHED), 2013, 2015)
    assert (found["reason"] == "population_not_found").all()
    assert (found["silent_reason"] == "population_not_found").all()
    assert found[["worst_low", "random_high", "silent_share", "silent_odds_ratio"]].isna().all(axis=None)
    assert found["identified"].isna().all()


def test_the_population_of_another_source_or_wave_is_not_borrowed() -> None:
    """Only the source of the share says how many poles there were, for that wave."""
    known = (
        share("emergence_share", "0.25", base_n=52),
        share("emergence_share", "0.31", wave=2013, base_n=42),
        fact("poles_identified", 100, "count", "count", 1, source="S6"),
        fact("poles_identified", 90, "count", "count", 1, wave=2013),
    )
    facts = {one.id: one for one in known}
    assert non_response(facts, 2015, 2013)["identified"].isna().all()
    assert list(non_response(facts, 2013, 2015, 0.9)["identified"]) == [90]


def test_a_population_below_those_who_answered_bounds_nothing() -> None:
    """38 poles identified and 52 answers contradict each other: no bound, and the reason says so."""
    facts = read_published(PUBLISHED)
    few = {**facts, "poles_identified_2015": replace(facts["poles_identified_2015"], value=Fraction(38))}
    table = non_response(few, 2015, 2013)
    assert set(table["reason"]) == set(table["silent_reason"]) == {"population_below_base"}
    assert table["worst_low"].isna().all() and set(table["identified"]) == {38}


@pytest.mark.parametrize("population", [51, 1_000_001, 75.0, True])
def test_an_impossible_population_is_refused(population: object) -> None:
    """Fewer than those who answered, or no whole number: the message says what is legal."""
    for function in (manski, finite_exact):
        with pytest.raises(InputError, match=r"population: value .* a whole number from 52 \(those who answered\)"):
            function((10, 52), population)  # type: ignore[operator]
    with pytest.raises(InputError, match="population: value"):
        silent_odds_ratio((10, 52), population, 0.3)  # type: ignore[arg-type]


def test_bad_input_is_refused_by_name() -> None:
    """Counts and confidence are checked before the population."""
    with pytest.raises(InputError, match="rate: count 60"):
        manski((60, 52), 75)
    with pytest.raises(InputError, match="confidence: value 95"):
        finite_exact((10, 52), 75, 95)
