"""Emergence by level from survey answers: who counts, in which group, and what cannot be estimated."""

from types import SimpleNamespace

import pandas as pd
import pytest
from scipy.stats import fisher_exact

from ptce_analysis.analysis.emergence.by_level import emergence_by_level
from ptce_analysis.analysis.survey import COLLECTIVITIES
from ptce_analysis.vocabulary import FUNDING_LEVELS

LEVELS = tuple(dict.fromkeys((*FUNDING_LEVELS, *COLLECTIVITIES)))


def wave(stages, region):
    """A cleaned wave in which only the Région was asked about."""
    poles = pd.DataFrame({"wave": 2015, "pole_id": [str(i) for i in range(len(stages))], "stage": stages})
    poles = poles.assign(**{f"link_{level}": "not_asked" for level in LEVELS})
    return SimpleNamespace(poles=poles.assign(link_region=region))


def test_poles_that_told_both_are_compared():
    """Worked by hand: 1 of 3 linked poles and 2 of 2 others are in emergence; route of the p-value: scipy."""
    stages = ["emergence", "creation", "creation", "emergence", "emergence", "emergence", None]
    links = ["involved", "involved", "involved", "not_involved", "not_involved", "not_answered", "involved"]
    row = emergence_by_level(wave(stages, links)).iloc[0]
    assert [row["count_linked"], row["base_linked"], row["count_others"], row["base_others"]] == [1, 3, 2, 2]
    assert row["difference"] == pytest.approx(1 / 3 - 1)
    assert row["low"] < row["difference"] < row["high"]
    assert row["fisher"] == pytest.approx(fisher_exact([[1, 2], [2, 0]]).pvalue)


def test_levels_that_were_not_asked_about_have_no_row():
    """Not asked is not a no: only the Région stands in the table."""
    table = emergence_by_level(wave(["emergence", "creation"], ["involved", "not_involved"]))
    assert list(table["level"]) == ["region"]


@pytest.mark.parametrize(("links", "reason"), [("involved", "every_pole_linked"), ("not_involved", "no_pole_linked")])
def test_one_group_alone_is_not_estimable(links, reason):
    """Without a second group there is no difference, and the table says why."""
    row = emergence_by_level(wave(["emergence", "creation"], [links, links])).iloc[0]
    assert pd.isna(row["difference"])
    assert row["reason"] == reason
