"""Readings of the emergence shares: the counts they can stand for, their comparison, and what it says together."""

import itertools
import math
from dataclasses import replace
from fractions import Fraction

import pandas as pd
import pytest
from scipy.stats import fisher_exact

from printed_figures import PUBLISHED, count, fact, report, share
from ptce_analysis.analysis import emergence
from ptce_analysis.analysis.emergence import conclusion, non_response, overlap, readings, wave_readings
from ptce_analysis.analysis.intervals import JEFFREYS, newcombe, prob_decrease
from ptce_analysis.analysis.rates import METHODS, boschloo, power, rates
from ptce_analysis.errors import InputError
from ptce_analysis.published import Fact, Facts, read_published

FACTS = read_published(PUBLISHED)


def readings_of(facts: Facts) -> list[tuple[str, int, int]]:
    return list(wave_readings(facts, 2015)[["basis", "count", "n"]].itertuples(index=False, name=None))


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return readings(FACTS)


def test_the_2015_share_has_eleven_readings() -> None:
    """By hand: k/n rounds to 20 % for these bases from 37 (the smallest the deck prints) to 51, not for 52, for 75."""
    fewer = ((10, 51), (10, 50), (10, 49), (9, 46), (9, 45), (9, 44), (8, 41), (8, 40))
    expected = [("respondents", 10, 52), ("respondents", 11, 52), *(("fewer_answers", *one) for one in fewer)]
    assert readings_of(FACTS) == [*expected, ("identified", 15, 75)]
    found = wave_readings(FACTS, 2015)
    assert list(found.loc[~found["prints"], "reading"]) == ["10/52", "11/52"]
    assert set(found["printed"]) == {0.2} and set(found["identified"]) == {75}


def test_the_2013_share_has_one_count_and_one_told_in_words() -> None:
    """31 % of 42 can only be 13; « en majorité » is 22 or more of 42, a lower bound, from another source."""
    found = wave_readings(FACTS, 2013)
    assert list(found["reading"]) == ["13/42", "≥ 22/42"] and list(found["basis"]) == ["respondents", "printed_base"]
    assert list(found["at_least"]) == [False, True] and found["prints"].all() and found["identified"].isna().all()
    assert readings_of(report(fact("emergence_share", "0.5", "minimum", "share", 0, base_n=41))) == [
        ("printed_base", 21, 41)
    ]


def test_the_poles_identified_are_another_base_unless_one_is_printed() -> None:
    """25 % of 80 is 20, of 90 neither 22 (24.4 %) nor 23 (25.6 %); a base printed beside the share settles it."""
    told = report(share("emergence_share", "0.20", base_n=75), count("respondents", 52))
    assert readings_of(told) == [("respondents", 10, 52), ("respondents", 11, 52), ("identified", 15, 75)]
    respondents, silent = count("respondents", 52), share("emergence_share", "0.25")
    for identified, extra in ((80, [("identified", 20, 80)]), (90, [])):
        known = count("poles_identified", identified)
        assert readings_of(report(silent, respondents, known)) == [("respondents", 13, 52), *extra]
        assert readings_of(report(replace(silent, base_n=52), respondents, known)) == [("printed_base", 13, 52)]
    about, elsewhere = replace(known, value=Fraction(80), grain=Fraction(10)), replace(known, id="x", source="S9")
    assert readings_of(report(silent, respondents, about, elsewhere)) == [("respondents", 13, 52)]


def test_smaller_bases_stop_at_the_smallest_the_source_prints() -> None:
    """Without another base only the nearest counts are left; bases of a level, another wave or source are no limit."""
    large = report(share("emergence_share", "0.20", base_n=250))  # attainable: not questioned
    assert readings_of(large) == [("printed_base", count, 250) for count in (49, 50, 51)]
    lone = share("emergence_share", "0.20", base_n=52)
    unlike = {"link": {"level": "region"}, "other": {"wave": 2013}, "third": {"source": "S9"}}
    others = [share(f"{name}_share", "0.5", base_n=12, **how) for name, how in unlike.items()]
    assert readings_of(report(lone, *others)) == [("printed_base", 10, 52), ("printed_base", 11, 52)]
    limited = report(lone, *others, share("fourth_share", "0.5", base_n=50))
    assert readings_of(limited)[2:] == [("fewer_answers", 10, 51), ("fewer_answers", 10, 50)]


def test_the_table_pairs_all_readings(table: pd.DataFrame) -> None:
    """Two readings of 2013 by eleven of 2015, in the order of the facts; only the population of 2013 is not known."""
    assert (table["wave_before"] == 2013).all() and (table["wave_after"] == 2015).all()
    assert list(table["count_before"]) == [13] * 11 + [22] * 11
    assert list(table.columns[table.isna().any()]) == ["identified_before"]
    assert list(table["prints_after"][:3]) == [False, False, True]
    assert list(table["in_words"]) == [False] * 11 + [True] * 11
    assert list(table["reading"].iloc[[0, 10, 11]]) == ["13/42 → 10/52", "13/42 → 15/75", "≥ 22/42 → 10/52"]
    assert emergence.first_pair(table) == ((13, 42), (10, 52))


def test_a_row_holds_the_comparison_of_its_counts_second_wave_less_first(table: pd.DataFrame) -> None:
    """Each number is that of its function for 13/42 and 9/45 (row 6), with the groups exchanged where signs matter."""
    row, first, second = table.iloc[6], (13, 42), (9, 45)
    found, turned = rates(first, second), rates(second, first)
    assert (row["reading"], row["share_before"], row["share_after"]) == ("13/42 → 9/45", 13 / 42, 0.2)
    assert row["change"] == pytest.approx(0.2 - 13 / 42) and row["change"] < 0
    for method, ends in turned["intervals"].items():
        assert [row[f"{method}_low"], row[f"{method}_high"]] == pytest.approx(ends, abs=1e-12), method
    assert [row["bayes_low"], row["bayes_high"]] == pytest.approx(turned["bayes"]["interval"], abs=1e-9)
    assert row["boschloo"] == boschloo(first, second)
    assert row["prob_fall"] == found["bayes"]["prob_decrease"] > 0.5
    assert row["prob_fall_jeffreys"] == prob_decrease(first, second, JEFFREYS)
    assert (row["printed_before"], row["printed_after"]) == (0.31, 0.2)
    assert (row["basis_before"], row["basis_after"]) == ("respondents", "fewer_answers")


def test_the_confidence_is_passed_on(table: pd.DataFrame) -> None:
    """At 80 % every interval is narrower, a smaller fall is found, and fewer respondents are needed."""
    narrow = readings(FACTS, 0.8)
    usual, loose = conclusion(table), conclusion(narrow)
    assert loose.level == 0.2 and loose.fall > usual.fall and loose.needed < usual.needed
    for name in ("newcombe", "bayes"):
        assert (narrow[f"{name}_low"] > table[f"{name}_low"]).all(), name


def test_methods_are_a_table_with_the_change_turned() -> None:
    """One row per method, with its convention and source; the exchanged groups give the change, the same the rest."""
    found, turned = rates((13, 42), (10, 52)), rates((10, 52), (13, 42))
    table = emergence.by_method(found).set_index("method")
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


def test_what_cannot_be_read_is_refused_and_says_so() -> None:
    """The waves that print a share; what to add where a base is missing; more than everybody is no count."""
    later = report(share("emergence_share", "0.25", base_n=52), share("emergence_share", "0.10", wave=2017, base_n=30))
    assert list(readings(later, waves=(2015, 2017))["reading"]) == ["13/52 → 3/30"]
    with pytest.raises(InputError, match=r"emergence_share, wave 2017: no figure is printed. .*\[2013, 2015\]"):
        readings(FACTS, waves=(2015, 2017))
    with pytest.raises(InputError, match=r"emergence_share_2015: no base is printed. Give base_n, or a figure"):
        wave_readings(report(share("emergence_share", "0.20")), 2015)
    everybody = fact("emergence_share", Fraction(1), "minimum", "share", 0, base_n=42)
    with pytest.raises(InputError, match="emergence_share_2015: value 1: no count of its base is more than that share"):
        wave_readings(report(everybody), 2015)
    printed = replace(everybody, id="printed", statistic="share", value=Fraction(1, 2), grain=Fraction(1, 100))
    assert list(wave_readings(report(everybody, printed), 2015)["reading"]) == ["21/42"]


def test_the_printed_shares_are_lower_and_say_nothing_of_change(table: pd.DataFrame) -> None:
    """All eleven readings are lower, all intervals hold zero; extremes taken cell by cell over the eleven rows."""
    found = conclusion(table)
    printed = found.printed
    assert (found.share_before, found.share_after, printed.n_readings, printed.all_lower) == (0.31, 0.2, 11, True)
    assert printed.zero_inside and not printed.fall_beyond_chance
    rows = table.iloc[:11].to_dict("records")
    names = ("newcombe", "agresti_caffo", "miettinen_nurminen", "bayes")
    assert printed.interval_low == min(row[f"{name}_low"] for row in rows for name in names)
    assert printed.interval_high == max(row[f"{name}_high"] for row in rows for name in names) > 0
    p_values = [row[name] for row in rows for name in ("fisher", "mid_p", "barnard", "boschloo", "pearson")]
    assert (printed.p_low, printed.p_high) == (min(p_values), max(p_values))
    chances = [row[name] for row in rows for name in ("prob_fall", "prob_fall_jeffreys")]
    assert (printed.prob_fall_low, printed.prob_fall_high) == (min(chances), max(chances))


def test_a_majority_in_2013_would_be_a_fall_beyond_chance(table: pd.DataFrame) -> None:
    """22/42 against every reading of 2015: no interval holds zero, so the conclusion rests on the definition."""
    found = conclusion(table)
    words = found.in_words
    assert (words.n_readings, words.zero_inside, words.fall_beyond_chance) == (11, False, True)
    assert words.interval_high < 0 and words.p_high < 0.005 and found.depends_on_definition


def test_two_surveys_of_this_size_see_only_a_very_large_fall(table: pd.DataFrame) -> None:
    """Power at the share found is 80 %, and less above it; telling 31 % from 20 % takes more than the 75 poles."""
    found = conclusion(table)
    assert power((0.31, found.fall), (42, 52)) == pytest.approx(0.8, abs=1e-6)
    assert power((0.31, found.fall + 0.02), (42, 52)) < 0.8
    assert power((0.31, 0.2), (found.needed, found.needed)) >= 0.8 > power((0.31, 0.2), (75, 75))
    assert found.identified == 75 and found.needs_more_than_identified


def change(before: str, after: str, words: int = 0, *known: Fact) -> pd.Series:
    """The conclusion on two shares out of 50, that of a wave (or none) told as "more than", with its origin."""
    figures = [share("emergence_share", value, wave=wave, base_n=50) for wave, value in ((2013, before), (2015, after))]
    told = [replace(one, statistic="minimum") if one.wave == words else one for one in figures]
    table = readings(report(*told, *known))
    return pd.concat([conclusion(table), table.iloc[0][["origin"]]])


def test_enough_poles_and_an_unknown_population_are_not_said_to_be_too_few() -> None:
    """90 % to 10 % takes far fewer than 75; nothing is above a number not printed; no size shows no change."""
    poles = count("poles_identified", 75)
    assert not change("0.9", "0.1", 0, poles).needs_more_than_identified
    alone, same = change("0.9", "0.1"), change("0.1", "0.1", 0, poles)
    assert alone.identified is None and not alone.needs_more_than_identified
    assert (same.needed, same.needs_more_than_identified) == (None, True)


def test_what_a_change_says_follows_every_method_and_words_are_kept_apart() -> None:
    """80 % to 20 %, back, and 20 % twice: a fall, a rise, neither. « More than 90 % », « more than 30 % ».

    A fall from a lower bound is a fall; the smallest count after it shows one, larger ones need not.
    """
    fall, rise, same = change("0.8", "0.2"), change("0.2", "0.8"), change("0.2", "0.2")
    assert fall.printed.fall_beyond_chance and not fall.depends_on_definition
    assert (fall.origin, fall.in_words) == ("derived", None)
    assert rise.printed.interval_low > 0 and not rise.printed.all_lower and not rise.printed.fall_beyond_chance
    assert same.printed.zero_inside and not same.printed.all_lower
    words, bound = change("0.9", "0.3", 2013), change("0.9", "0.3", 2015)
    assert words.printed is None and words.in_words.fall_beyond_chance
    assert words.origin == "assumption" and not words.depends_on_definition
    assert bound.in_words.interval_high < 0 and not bound.in_words.zero_inside
    assert not bound.in_words.fall_beyond_chance


def test_worst_cases_of_each_reading_of_2015() -> None:
    """By hand: 10 of 52 answers, 75 poles: from 10/75 to (10 + 23)/75; eleven readings against the two of 2013.

    As many as in 2013 if (75 x 13/42 - 10)/23 = 57.5 % of the silent are in emergence for 10/52, 53.1 % for 11/52.
    """
    found = non_response(FACTS, 2015, 2013)
    assert len(found) == 22
    assert (found["identified"] == 75).all()
    assert (found["silent"] == 75 - found["n"]).all() and str(found["silent"].dtype) == "Int64"
    row, majority = found.iloc[0], found.iloc[1]
    assert (row["reading"], row["basis"], row["target_reading"], row["wave"]) == ("10/52", "respondents", "13/42", 2015)
    assert (row["worst_low"], row["worst_high"]) == (10 / 75, 33 / 75)
    told = found[(found["basis"] == "respondents") & (found["target_reading"] == "13/42")]
    assert list(told["silent_share"]) == pytest.approx([(75 * 13 / 42 - 10) / 23, (75 * 13 / 42 - 11) / 23])
    assert majority["target_reading"] == "≥ 22/42" and pd.isna(majority["silent_share"])
    everybody = found[found["reading"] == "15/75"].iloc[0]
    assert pd.isna(everybody["silent_share"])
    assert everybody["worst_low"] == everybody["worst_high"] == everybody["share"] == 0.2


def test_only_the_source_of_the_share_says_how_many_poles_there_were() -> None:
    """Another source or wave is not borrowed; 38 poles identified and 52 answers contradict each other."""
    shares = share("emergence_share", "0.25", base_n=52), share("emergence_share", "0.31", wave=2013, base_n=42)
    poles = count("poles_identified", 100, source="S6"), count("poles_identified", 90, wave=2013)
    facts = report(*shares, *poles)
    assert non_response(facts, 2015, 2013)["identified"].isna().all()
    assert list(non_response(facts, 2013, 2015)["identified"]) == [90]
    few = {**FACTS, "poles_identified_2015": replace(FACTS["poles_identified_2015"], value=Fraction(38))}
    for table in (non_response(few, 2015, 2013), non_response(FACTS, 2013, 2015)):
        assert table[["worst_low", "worst_high", "silent_share", "silent"]].isna().all(axis=None)


def joint(p1: float, p2: float, phi: float) -> dict[tuple[int, int], float]:
    """The four joint probabilities of two yes/no answers with these shares and this correlation."""
    both = p1 * p2 + phi * math.sqrt(p1 * (1 - p1) * p2 * (1 - p2))
    return {(1, 1): both, (1, 0): p1 - both, (0, 1): p2 - both, (0, 0): 1 - p1 - p2 + both}


def test_the_correlation_of_the_shares_is_that_of_every_outcome() -> None:
    """Two units a wave, one common and alike: all outcomes with their probabilities; each share has variance 1/8."""
    pairs, covariance = joint(0.5, 0.5, 1.0), 0.0
    for (x, y), alone_first, alone_second in itertools.product(pairs, (0, 1), (0, 1)):
        covariance += pairs[x, y] * 0.25 * ((x + alone_first) / 2 - 0.5) * ((y + alone_second) / 2 - 0.5)
    row = overlap((1, 2), (1, 2)).query("n_common == 1 and case == 'best'").iloc[0]
    alike = newcombe((1, 2), (1, 2), correlation=covariance / 0.125)
    assert [row["change_low"], row["change_high"]] == pytest.approx([alike.low, alike.high])


def test_agreement_narrows_and_opposition_widens() -> None:
    """For each number of common units the interval shrinks as the correlation grows; without any it is independent."""
    found = overlap((13, 42), (10, 52), confidence=0.9)
    free = newcombe((10, 52), (13, 42), 0.9)
    none, thirty = found[found["n_common"] == 0], found[found["n_common"] == 30]
    assert (none["change_low"] == free.low).all() and (none["change_high"] == free.high).all()
    assert list(thirty["case"]) == ["worst", "independent", "best"]
    assert (thirty["change_high"] - thirty["change_low"]).is_monotonic_decreasing
    assert list(overlap((0, 3), (2, 5))["correlation"]) == [0.0] * 4  # without variation, one row each


def test_the_best_case_is_the_upper_limit_and_not_two_like_answers() -> None:
    """13 of 42 and 10 of 52: 10/52 of the common poles say yes twice at most, so that the correlation stops at 0.73.

    By hand, from p1 = 13/42 > p2 = 10/52: sqrt(p2 (1 - p1) / (p1 (1 - p2))) = sqrt(10/42 x 29/13) = 0.7288.
    """
    best = overlap((13, 42), (10, 52)).iloc[-1]
    assert (best["case"], best["n_common"]) == ("best", 42)
    assert best["correlation"] == pytest.approx(math.sqrt(10 / 42 * 29 / 13)) and best["correlation"] < 0.73
    assert (best["change_low"], best["change_high"]) == pytest.approx((-0.232, -0.015), abs=5e-4)


def test_poles_that_told_both_are_compared_level_by_level() -> None:
    """Worked by hand: 1 of 3 linked poles and 2 of 2 others are in emergence; route of the p-value: scipy."""
    told = pd.DataFrame({"level": "region", "linked": [True, True, True, False, False]})
    told["stage"] = ["emergence", "creation", "creation", "emergence", "emergence"]
    one = told.iloc[:2].assign(level="etat")
    table = emergence.emergence_by_link(pd.concat([told, one, one.assign(level="epci", linked=False)]))
    assert list(table["level"]) == ["region", "etat", "epci"]
    row = table.iloc[0]
    assert [row["count_linked"], row["base_linked"], row["count_others"], row["base_others"]] == [1, 3, 2, 2]
    assert row["difference"] == pytest.approx(1 / 3 - 1)
    assert (row["low"], row["high"]) == (newcombe((1, 3), (2, 2)).low, newcombe((1, 3), (2, 2)).high)
    assert row["fisher"] == pytest.approx(fisher_exact([[1, 2], [2, 0]]).pvalue)
    assert table.loc[1:, ["difference", "low", "high", "fisher"]].isna().all(axis=None)
    assert list(table["base_linked"]) == [3, 2, 0] and list(table["count_others"]) == [2, 0, 1]
