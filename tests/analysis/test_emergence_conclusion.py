"""What the readings say together: true of the published figures, and different for other figures."""

from __future__ import annotations

import pandas as pd
import pytest

from printed_figures import PUBLISHED, fact, share
from ptce_analysis.analysis.emergence import readings
from ptce_analysis.analysis.emergence.conclusion import Conclusion, conclusion
from ptce_analysis.published import Fact, read_published


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return readings(read_published(PUBLISHED))


def of(*known: Fact) -> Conclusion:
    return conclusion(readings({one.id: one for one in known}))


def test_the_printed_shares_are_lower_and_say_nothing_of_change(table: pd.DataFrame) -> None:
    """All ten readings are lower, all forty intervals hold zero: R gives 0.097985 (13/42 - 11/52) to 0.117216."""
    printed = conclusion(table).printed
    assert printed is not None
    assert (printed.n_readings, printed.n_lower, printed.all_lower) == (10, 10, True)
    assert (printed.n_intervals, printed.n_intervals_with_zero, printed.all_intervals_with_zero) == (40, 40, True)
    assert printed.smallest_difference == pytest.approx(13 / 42 - 11 / 52)
    assert printed.largest_difference == pytest.approx(13 / 42 - 10 / 52)
    assert not printed.fall_beyond_chance and not printed.rise_beyond_chance


def test_the_ranges_are_those_of_the_table(table: pd.DataFrame) -> None:
    """The widest rise and fall, the extreme p-values and probabilities, cell by cell over the ten rows."""
    rows, printed = table.iloc[:10], conclusion(table).printed
    assert printed is not None
    names = ("newcombe", "agresti_caffo", "miettinen_nurminen", "bayes")
    assert printed.largest_rise == -min(row[f"{name}_low"] for _, row in rows.iterrows() for name in names) > 0
    assert printed.largest_fall == max(row[f"{name}_high"] for _, row in rows.iterrows() for name in names)
    p_values = [
        row[name] for _, row in rows.iterrows() for name in ("fisher", "mid_p", "barnard", "boschloo", "pearson")
    ]
    assert (printed.smallest_p, printed.largest_p) == (min(p_values), max(p_values))
    chances = [row[name] for _, row in rows.iterrows() for name in ("prob_decrease", "prob_decrease_jeffreys")]
    assert (printed.smallest_prob_decrease, printed.largest_prob_decrease) == (min(chances), max(chances))


def test_a_majority_in_2013_would_be_a_fall_beyond_chance(table: pd.DataFrame) -> None:
    """22/42 against every reading of 2015: no interval holds zero, so the conclusion rests on the definition."""
    found = conclusion(table)
    assert found.in_words is not None
    assert (found.in_words.n_readings, found.in_words.n_intervals_with_zero) == (10, 0)
    assert found.in_words.fall_beyond_chance and not found.in_words.rise_beyond_chance
    assert found.in_words.largest_rise == 0
    assert found.in_words.largest_p < 0.005
    assert found.depends_on_definition
    assert found.confidence == 0.95


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
    assert (found.printed.n_lower, found.printed.all_lower, found.printed.largest_fall) == (0, False, 0)
    assert found.printed.rise_beyond_chance and not found.printed.fall_beyond_chance


def test_an_equal_share_is_not_lower() -> None:
    """20 % of 50 twice: a difference of zero is neither a fall nor beyond chance."""
    found = of(share("emergence_share", "0.20", wave=2013, base_n=50), share("emergence_share", "0.20", base_n=50))
    assert found.printed is not None
    assert (found.printed.n_lower, found.printed.all_lower) == (0, False)
    assert found.printed.all_intervals_with_zero


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
    assert found.in_words.n_intervals_with_zero == 0
    assert not found.in_words.fall_beyond_chance


def test_a_lower_bound_on_the_earlier_wave_certifies_no_rise() -> None:
    """« More than 10 % » then 90 %: the smallest count shows a rise, larger ones need not."""
    found = of(
        fact("emergence_share", "0.1", "minimum", "share", 0, wave=2013, base_n=50),
        share("emergence_share", "0.90", base_n=50),
    )
    assert found.in_words is not None
    assert found.in_words.largest_fall == 0
    assert not found.in_words.rise_beyond_chance
