"""What the readings say together: true of the published figures, and different for other figures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from printed_figures import PUBLISHED, fact, share
from ptce_analysis.analysis.emergence import Conclusion, conclusion, readings
from ptce_analysis.analysis.proportions.power import power
from ptce_analysis.published import Fact, read_published


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return readings(read_published(PUBLISHED))


def of(*known: Fact) -> Conclusion:
    return conclusion(readings({one.id: one for one in known}))


def test_the_printed_shares_are_lower_and_say_nothing_of_change(table: pd.DataFrame) -> None:
    """All eleven readings are lower, all 44 intervals hold zero; 10/52 and 11/52 less 13/42 are the extremes."""
    printed = conclusion(table).printed
    assert printed is not None
    assert (printed.n_readings, printed.all_lower) == (11, True)
    assert (printed.n_intervals, printed.n_with_zero, printed.zero_inside) == (44, 44, True)
    assert printed.change_low == pytest.approx(10 / 52 - 13 / 42)
    assert printed.change_high == pytest.approx(11 / 52 - 13 / 42)
    assert not printed.fall_beyond_chance and not printed.rise_beyond_chance


def test_a_reader_is_told_both_shares_and_the_probability_of_a_fall(table: pd.DataFrame) -> None:
    """31 % then 20 %, and 86 % (11/52) to 91 % (15/75) for a fall: a million draws from each posterior."""
    found = conclusion(table)
    assert (found.share_before, found.share_after) == (0.31, 0.2)
    assert found.printed is not None
    draws = np.random.default_rng(1).beta
    before = draws(1 + 13, 1 + 29, 1_000_000)
    least, most = ((draws(1 + k, 1 + n - k, 1_000_000) < before).mean() for k, n in ((11, 52), (15, 75)))
    assert found.printed.prob_fall_low == pytest.approx(least, abs=2e-3) == pytest.approx(0.86, abs=5e-3)
    assert found.printed.prob_fall_high == pytest.approx(most, abs=2e-3) == pytest.approx(0.91, abs=5e-3)


def test_the_ranges_are_those_of_the_table(table: pd.DataFrame) -> None:
    """The envelope of the intervals, the extreme p-values and probabilities, cell by cell over the eleven rows."""
    rows, printed = [row for _, row in table.iloc[:11].iterrows()], conclusion(table).printed
    assert printed is not None
    names = ("newcombe", "agresti_caffo", "miettinen_nurminen", "bayes")
    assert printed.interval_low == min(row[f"{name}_low"] for row in rows for name in names)
    assert printed.interval_high == max(row[f"{name}_high"] for row in rows for name in names) > 0
    assert (printed.best_case_low, printed.best_case_high) == (
        min(row["best_case_low"] for row in rows), max(row["best_case_high"] for row in rows),
    )  # fmt: skip
    p_values = [row[name] for row in rows for name in ("fisher", "mid_p", "barnard", "boschloo", "pearson")]
    assert (printed.p_low, printed.p_high) == (min(p_values), max(p_values))
    chances = [row[name] for row in rows for name in ("prob_fall", "prob_fall_jeffreys")]
    assert (printed.prob_fall_low, printed.prob_fall_high) == (min(chances), max(chances))


def test_a_majority_in_2013_would_be_a_fall_beyond_chance(table: pd.DataFrame) -> None:
    """22/42 against every reading of 2015: no interval holds zero, so the conclusion rests on the definition."""
    found = conclusion(table)
    assert found.printed is not None and found.in_words is not None
    assert (found.in_words.n_readings, found.in_words.n_with_zero, found.in_words.zero_inside) == (11, 0, False)
    assert found.in_words.fall_beyond_chance and not found.in_words.rise_beyond_chance
    assert found.in_words.interval_low < found.printed.interval_low
    assert found.in_words.interval_high < 0 < found.printed.interval_high
    assert found.in_words.p_high < 0.005
    assert found.depends_on_definition
    assert found.confidence == 0.95


def test_two_surveys_of_this_size_see_only_a_very_large_fall(table: pd.DataFrame) -> None:
    """Power at the share found is 80 %, and less above it; telling 31 % from 20 % takes more than the 75 poles."""
    found = conclusion(table)
    fall, needed = found.detectable.fall, found.needed.n
    assert fall is not None and needed is not None
    assert power((0.31, fall), (42, 52)) == pytest.approx(0.8, abs=1e-6)
    assert power((0.31, fall + 0.02), (42, 52)) < 0.8
    assert power((0.31, 0.2), (needed, needed)) >= 0.8 > power((0.31, 0.2), (75, 75))
    assert found.identified == 75 and found.needs_more_than_identified


def test_enough_poles_and_an_unknown_population_are_not_said_to_be_too_few() -> None:
    """90 % to 10 % takes far fewer than 75; nothing is above a number not printed; no size shows no change."""
    before, after = share("emergence_share", "0.90", wave=2013, base_n=50), share("emergence_share", "0.10", base_n=50)
    poles = fact("poles_identified", 75, "count", "count", 1)
    assert not of(before, after, poles).needs_more_than_identified
    alone = of(before, after)
    assert alone.identified is None and not alone.needs_more_than_identified
    same = of(replace(before, value=after.value), after, poles)
    assert (same.needed.n, same.needed.reason, same.needs_more_than_identified) == (None, "equal_shares", True)


def test_power_is_that_of_tests_at_the_confidence_of_the_intervals(table: pd.DataFrame) -> None:
    """At 90 % a smaller fall is found, and fewer respondents are needed."""
    usual, loose = conclusion(table), conclusion(readings(read_published(PUBLISHED), 0.9))
    assert loose.detectable.level == 0.1
    assert (loose.detectable.fall or 0) > (usual.detectable.fall or 0)
    assert (loose.needed.n or 0) < (usual.needed.n or 0)


def test_a_large_printed_fall_is_beyond_chance() -> None:
    """80 % of 50 to 20 % of 50: every method agrees, and no words are needed."""
    found = of(share("emergence_share", "0.80", wave=2013, base_n=50), share("emergence_share", "0.20", base_n=50))
    assert found.printed is not None and found.in_words is None
    assert found.printed.fall_beyond_chance and not found.printed.rise_beyond_chance
    assert not found.depends_on_definition


def test_a_large_printed_rise_is_beyond_chance() -> None:
    """20 % of 50 to 80 % of 50: no reading is lower, and the rise is certain."""
    found = of(share("emergence_share", "0.20", wave=2013, base_n=50), share("emergence_share", "0.80", base_n=50))
    assert found.printed is not None
    assert found.printed.change_low > 0 and found.printed.interval_low > 0 and not found.printed.all_lower
    assert found.printed.rise_beyond_chance and not found.printed.fall_beyond_chance


def test_an_equal_share_is_not_lower() -> None:
    """20 % of 50 twice: a difference of zero is neither a fall nor beyond chance."""
    found = of(share("emergence_share", "0.20", wave=2013, base_n=50), share("emergence_share", "0.20", base_n=50))
    assert found.printed is not None
    assert (found.printed.change_low, found.printed.change_high, found.printed.all_lower) == (0, 0, False)
    assert found.printed.zero_inside


def test_only_words_leave_no_printed_verdict() -> None:
    """A source that says « a majority » alone: the printed verdict is missing, and nothing depends on it."""
    found = of(
        fact("emergence_share", "0.5", "minimum", "share", 0, wave=2013, base_n=42),
        share("emergence_share", "0.10", base_n=50),
    )
    assert found.printed is None and found.in_words is not None
    assert found.in_words.fall_beyond_chance
    assert not found.depends_on_definition


def test_a_lower_bound_on_the_later_wave_certifies_no_fall() -> None:
    """90 % then « more than 30 % »: the smallest count shows a fall, larger ones would not."""
    found = of(
        share("emergence_share", "0.90", wave=2013, base_n=50),
        fact("emergence_share", "0.3", "minimum", "share", 0, base_n=50),
    )
    assert found.in_words is not None
    assert found.in_words.n_with_zero == 0
    assert not found.in_words.fall_beyond_chance


def test_a_lower_bound_on_the_earlier_wave_certifies_no_rise() -> None:
    """« More than 10 % » then 90 %: the smallest count shows a rise, larger ones need not."""
    found = of(
        fact("emergence_share", "0.1", "minimum", "share", 0, wave=2013, base_n=50),
        share("emergence_share", "0.90", base_n=50),
    )
    assert found.in_words is not None
    assert found.in_words.interval_low > 0
    assert not found.in_words.rise_beyond_chance
