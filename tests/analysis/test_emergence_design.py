"""The comparison of two waves as a design: each question is put to the module that answers it, in the right order."""

from __future__ import annotations

import pandas as pd
import pytest

from ptce_analysis.analysis import proportions
from ptce_analysis.analysis.emergence import overlap
from ptce_analysis.analysis.emergence.design import Design, design_of
from ptce_analysis.analysis.proportions import power

FIRST, SECOND = (13, 42), (10, 52)
DESIGN = Design(FIRST, SECOND)


def test_shares_and_sizes_follow_the_order_of_the_waves() -> None:
    """By hand: 13 of 42 in the first wave, 10 of 52 in the second."""
    assert DESIGN.shares == (13 / 42, 10 / 52) and DESIGN.sizes == (42, 52)


@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_comparisons_are_those_of_the_two_groups(confidence: float) -> None:
    """The first group is never the second, and the confidence is the one asked for."""
    assert DESIGN.rates(confidence) == proportions.rates(FIRST, SECOND, confidence)
    expected = overlap.overlap(FIRST, SECOND, confidence=confidence)
    pd.testing.assert_frame_equal(DESIGN.overlap(confidence), expected)


def test_what_common_respondents_could_show_is_asked_of_both_waves() -> None:
    """Exact McNemar tests of the pair; with the waves exchanged, the discordant counts are exchanged too."""
    pd.testing.assert_frame_equal(DESIGN.mcnemar(), overlap.mcnemar_range(FIRST, SECOND))
    assert not DESIGN.mcnemar().equals(Design(SECOND, FIRST).mcnemar())


def test_power_starts_from_the_share_of_the_first_wave() -> None:
    """51 second shares, by two hundredths from 0 to 1, and the sizes of both waves."""
    curve = DESIGN.power_curve()
    pd.testing.assert_frame_equal(curve, power.power_curve(13 / 42, [step / 50 for step in range(51)], (42, 52)))
    assert len(curve) == 51
    assert DESIGN.detectable() == power.detectable(13 / 42, (42, 52))
    assert DESIGN.sample_size() == power.sample_size((13 / 42, 10 / 52))


def test_a_design_is_that_of_the_first_pair_of_readings() -> None:
    """Counts and bases are taken from the first row, each from its own wave."""
    readings = pd.DataFrame(
        {"count_first": [1, 9], "base_first": [2, 9], "count_second": [3, 9], "base_second": [4, 9]}
    )
    assert design_of(readings) == Design((1, 2), (3, 4))
