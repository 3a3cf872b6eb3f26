"""Silent poles: worst cases, random response by enumeration, and how different they would have to be."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from printed_figures import PUBLISHED, fact, share
from ptce_analysis.analysis.emergence.sensitivity import (
    STOCK_TYPES,
    SilentOdds,
    finite_exact,
    finite_wilson,
    manski,
    silent_odds_ratio,
    stock,
)
from ptce_analysis.analysis.proportions.intervals import wilson
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
    """2013: the population was not found, so each function gives the reason instead of a number."""
    for found in (manski((13, 42), None), finite_wilson((13, 42), None), finite_exact((13, 42), None)):
        assert (found.low, found.high, found.reason) == (None, None, "population_not_found")
        assert found.estimate in (None, 13 / 42)
    assert finite_exact((13, 42), None).estimate == finite_wilson((13, 42), None).estimate == 13 / 42
    assert silent_odds_ratio((13, 42), None, 0.2) == SilentOdds(None, None, None, "population_not_found")


def test_the_odds_ratio_of_the_silent_by_hand() -> None:
    """13/42 of 75 is 23.214: 13.214 of the 23 silent, odds 13.214/9.786 against 10/42 among those who answered."""
    found = silent_odds_ratio((10, 52), 75, 13 / 42)
    needed = 75 * 13 / 42 - 10
    assert (found.silent, found.reason) == (23, "")
    assert found.needed == pytest.approx(needed)
    assert found.odds_ratio == pytest.approx((needed / (23 - needed)) / (10 / 42))


@pytest.mark.parametrize(
    ("rate", "population", "target", "expected"),
    [
        ((10, 20), 20, 0.5, SilentOdds(0, None, None, "nobody_silent")),
        ((10, 20), 30, 0.9, SilentOdds(10, None, None, "out_of_reach")),
        ((10, 20), 30, 0.2, SilentOdds(10, None, None, "out_of_reach")),
        ((0, 20), 40, 0.25, SilentOdds(20, 10.0, None, "zero_cell")),
        ((20, 20), 40, 0.75, SilentOdds(20, 10.0, None, "zero_cell")),
        ((10, 20), 40, 0.75, SilentOdds(20, 20.0, None, "zero_cell")),
        ((10, 20), 40, 0.25, SilentOdds(20, 0.0, 0.0)),
        ((10, 20), 40, 0.5, SilentOdds(20, 10.0, 1.0)),
    ],
)
def test_edges_of_the_silent(rate: Rate, population: int, target: float, expected: SilentOdds) -> None:
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


def test_the_score_interval_solves_its_equation() -> None:
    """A root-finder on (p - P)^2 = z^2 P(1 - P)/n (N - n)/(N - 1): the variance of sampling without replacement."""
    k, n, whole, z = 10, 52, 75, 1.959963984540054

    def excess(share: float) -> float:
        return (k / n - share) ** 2 - z * z * share * (1 - share) / n * (whole - n) / (whole - 1)

    found = finite_wilson((k, n), whole)
    assert found.low == pytest.approx(brentq(excess, 1e-9, k / n), rel=1e-9)
    assert found.high == pytest.approx(brentq(excess, k / n, 1 - 1e-9), rel=1e-9)


def test_a_whole_population_leaves_no_doubt() -> None:
    """Everybody answered: both intervals are the share itself; one pole of one too."""
    for rate, whole in (((10, 52), 52), ((1, 1), 1), ((0, 1), 1)):
        share = rate[0] / rate[1]
        for found in (finite_wilson(rate, whole), finite_exact(rate, whole)):
            assert (found.low, found.high) == pytest.approx((share, share), abs=1e-15)


def test_a_vast_population_is_no_correction() -> None:
    """With a million units the score interval is Wilson's."""
    far = finite_wilson((10, 52), 1_000_000)
    near = wilson((10, 52))
    assert (far.low, far.high) == pytest.approx((near.low, near.high), abs=1e-4)


def test_the_stock_of_2015() -> None:
    """Ten readings against the two of 2013: 75 poles, the silent by subtraction, bounds of each function."""
    found = stock(read_published(PUBLISHED), 2015, 2013)
    assert list(found.columns) == list(STOCK_TYPES)
    assert len(found) == 20
    assert list(found["silent"][:4]) == [23, 23, 23, 23]
    assert (found["population"] == 75).all() and (found["origin"] == "assumption").all()
    assert (found["silent"] == 75 - found["base"]).all()
    row = found.iloc[0]
    assert (row["count"], row["base"], row["target_count"], row["target_base"]) == (10, 52, 13, 42)
    assert (row["manski_low"], row["manski_high"]) == (10 / 75, 33 / 75)
    assert (row["finite_exact_low"], row["finite_exact_high"]) == (11 / 75, 20 / 75)
    assert row["finite_wilson_low"] == finite_wilson((10, 52), 75).low
    assert row["silent_odds_ratio"] == silent_odds_ratio((10, 52), 75, 13 / 42).odds_ratio
    assert (row["reason"], row["silent_reason"], row["confidence"]) == ("", "", 0.95)
    majority = found.iloc[1]
    assert (majority["target_count"], majority["silent_reason"]) == (22, "out_of_reach")


def test_the_stock_of_2013_is_refused_with_its_reason() -> None:
    """No population is published for 2013: every bound is empty and says why."""
    found = stock(read_published(PUBLISHED), 2013, 2015)
    assert (found["reason"] == "population_not_found").all()
    assert (found["silent_reason"] == "population_not_found").all()
    assert found[["manski_low", "finite_wilson_high", "finite_exact_low", "silent_odds_ratio"]].isna().all(axis=None)
    assert found["population"].isna().all()


def test_the_population_of_another_source_or_wave_is_not_borrowed() -> None:
    """Only the source of the share says how many poles there were, for that wave."""
    known = (
        share("emergence_share", "0.25", base_n=52),
        share("emergence_share", "0.31", wave=2013, base_n=42),
        fact("poles_identified", 100, "count", "count", 1, source="S6"),
        fact("poles_identified", 90, "count", "count", 1, wave=2013),
    )
    facts = {one.id: one for one in known}
    assert stock(facts, 2015, 2013)["population"].isna().all()
    assert list(stock(facts, 2013, 2015, 0.9)["population"]) == [90]


def test_a_population_below_those_who_answered_bounds_nothing() -> None:
    """38 poles identified and 52 answers contradict each other: no bound, and the reason says so."""
    facts = read_published(PUBLISHED)
    few = {**facts, "poles_identified_2015": replace(facts["poles_identified_2015"], value=Fraction(38))}
    table = stock(few, 2015, 2013)
    assert set(table["reason"]) == set(table["silent_reason"]) == {"population_below_base"}
    assert table["manski_low"].isna().all() and set(table["population"]) == {38}


@pytest.mark.parametrize("population", [51, 1_000_001, 75.0, True])
def test_an_impossible_population_is_refused(population: object) -> None:
    """Fewer than those who answered, or no whole number: the message says what is legal."""
    for function in (manski, finite_wilson, finite_exact):
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
    with pytest.raises(InputError, match="confidence: value 95"):
        finite_wilson((10, 52), 75, 95)
