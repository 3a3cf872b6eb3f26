"""Paired medians and totals: what is printed, what rounding allows, what totals force."""

from __future__ import annotations

import pytest

from printed_figures import PUBLISHED, count, euros, fact, report
from ptce_analysis.analysis.profile import euros_per_job, paired_medians, totals_and_medians
from ptce_analysis.published import read_published

FACTS = read_published(PUBLISHED)


def members(value, wave, grain=1):
    """A printed median number of member structures."""
    return fact("members_median", value, "median", "count", grain, wave=wave)


def test_six_medians_are_printed_for_both_waves():
    """Those of one wave only, such as age, are left out."""
    table = paired_medians(FACTS)
    assert list(table["indicator"]) == [
        "cell_budget_median",
        "cell_self_financed_share_median",
        "cell_fte_median",
        "members_median",
        "employees_median",
        "budget_median",
    ]


def test_changes_and_their_rounding_worked_by_hand():
    """Budgets: 3/5 − 1 = −40 %. Staff: rounding leaves 1.755/1.5, a rise, possible."""
    table = paired_medians(FACTS).set_index("indicator")
    budget, staff = table.loc["budget_median"], table.loc["cell_fte_median"]
    assert budget["change"] == pytest.approx(-0.4)
    assert table["direction"].value_counts().to_dict() == {"lower": 4, "rounding": 1, "higher": 1}
    assert (table.loc["members_median", "direction"], staff["direction"]) == ("higher", "rounding")


@pytest.mark.parametrize(
    ("second", "grain", "direction"),
    [(11, 0, "equal"), (11, 1, "rounding"), (12, 1, "rounding"), (13, 1, "higher"), (9, 1, "lower")],
)
def test_directions_at_the_edges_of_rounding(second, grain, direction):
    """Bands that touch, 10.5–11.5 and 11.5–12.5, could hold one number; exact equal figures are equal.

    Nothing can be divided by zero: there the change is missing, the direction is not.
    """
    zero = paired_medians(report(members(0, 2013, 0), members(5, 2015, 0)))
    assert zero["change"].isna().all() and list(zero["direction"]) == ["higher"]
    table = paired_medians(report(members(11, 2013, grain), members(second, 2015, grain)))
    assert list(table["direction"]) == [direction]


def test_totals_force_concentration():
    """Jobs: 21 poles at 88.5 and 19 others share 21,500 − 21 × 88.5: the upper twenty hold at least 91.8 %.

    Route: the most equal data set, written out with the roundings most favourable to equality.
    """
    table = totals_and_medians(FACTS).set_index("indicator")
    total, median = 21_500, 88.5
    high = (total - 21 * median) / 19
    assert table.loc["jobs_total", "top_half_share"] == pytest.approx((19 * high + median) / total)
    assert table.loc["jobs_total", "mean_to_median"] == pytest.approx(550 / 88)
    assert list(table["n"]) == [40, 40, 40]


def test_euros_per_job_worked_by_hand():
    """235 M€ / 22,000 = 10,682 €, from 234.5/22.5 to 235.5/21.5; 3 M€ / 88 = 34,091 €; 5 M€ / 110 = 45,455 €."""
    table = euros_per_job(FACTS).set_index(["kind", "wave"])
    assert table.loc[("totals", 2015)].tolist() == pytest.approx([235e6 / 22e3, 234.5e6 / 22.5e3, 235.5e6 / 21.5e3])
    assert table.loc[("medians", 2015), "value_eur"] == pytest.approx(3e6 / 88)
    assert table.loc[("medians", 2013), "value_eur"] == pytest.approx(5e6 / 110)
    assert ("totals", 2013) not in table.index
    assert euros_per_job(report(euros("budget_total", 100), count("jobs_total", 1, 2))).empty  # perhaps over none


def test_totals_without_poles_or_that_cannot_hold_are_left_out():
    """No number of poles, no median, one of zero, or a total that the median excludes: nothing is forced."""
    for total, median, n, rows in ((22_000, 88, 40, 1), (22_000, 88, None, 0), (500, 88, 40, 0), (5, 0, 4, 0)):
        jobs = fact("jobs_total", total, "sum", "count", 1, base_n=n)
        half = fact("employees_median", median, "median", "count", 0)
        assert (len(totals_and_medians(report(half, jobs))), totals_and_medians(report(jobs)).empty) == (rows, True)
