"""Tables of the audit: the published figures, and reports that lack some."""

import pytest

from printed_figures import PUBLISHED, euros, report
from ptce_analysis.analysis.audit import (
    VERDICTS,
    attainability_map,
    audit_json,
    forced_concentrations,
    minimum_sums,
    verdict_counts,
)
from ptce_analysis.analysis.audit_shares import at_inferred_grains
from ptce_analysis.published import read_published
from ptce_analysis.vocabulary import FUNDING_LEVELS, WAVES

FACTS = read_published(PUBLISHED)


def test_the_map_says_where_percentages_can_occur() -> None:
    """20% occurs on 40 and 75, not on 37 nor 52; a median of shares is no row of the map."""
    table = attainability_map(FACTS, 2015, [37, 40, 52, 75])
    assert table.loc["emergence_share_2015"].tolist() == [False, True, False, True]
    assert table.columns.tolist() == [37, 40, 52, 75]
    assert len(table) == 15 and "cell_self_financed_share_median_2015" not in table.index


def test_multiples_of_a_coarser_grain_are_read_as_rounded_to_it() -> None:
    """To 5 points, 20% of 52 is 10 or 11 (9.1 to 11.7) and 41%, no multiple, stays 41%: 21 and 22 are 40.4 and 42.3."""
    table = attainability_map(at_inferred_grains(FACTS), 2015, [52])
    assert table.index[~table[52]].tolist() == ["cell_fte_below_1_share_2015"]


def test_minimum_sums_of_the_funding_table() -> None:
    """Communes: 9 × 30 = 270 (265.5 to 274.5) > 246; median 27 or number 15 at the most; the others hold."""
    table = minimum_sums(FACTS, 2015).set_index("level")
    assert list(table.index) == list(FUNDING_LEVELS)
    communes = table.loc["commune"]
    assert (communes["minimum_sum_low_eur"], communes["minimum_sum_eur"], communes["minimum_sum_high_eur"]) == (
        265_500,
        270_000,
        274_500,
    )
    assert (communes["highest_median_eur"], communes["largest_n"]) == (27_000, 15)
    assert table["verdict"].tolist() == ["impossible"] + ["consistent"] * 5
    assert table["largest_n"].tolist() == [15, 95, 23, 259, 61, 21]


def test_the_concentration_forced_by_the_totals() -> None:
    """Jobs: 21 poles at 88.5, which rounds to 88, and 19 with the rest of 21,500, which rounds to 22,000."""
    table = forced_concentrations(FACTS, 2015).set_index("indicator")
    assert table.index.tolist() == ["jobs_total", "enterprises_total", "budget_total"]
    jobs = table.loc["jobs_total"]
    assert (jobs["total"], jobs["median"]) == (22_000, 88)
    assert jobs["gini"] == pytest.approx(21 / 40 - 21 * 88.5 / 21_500)
    assert jobs["top_half_share"] == pytest.approx(1 - 20 * 88.5 / 21_500)
    assert forced_concentrations(FACTS, 2013).empty


@pytest.mark.parametrize(
    ("n", "total", "median", "values"),
    [
        (3, 100, 30, [30.5, 30.5, 38.5]),
        (1, 30, 30, [29.5]),
        (3, 59, 30, [0.5, 29.5, 29.5]),
        (3, 10, 30, None),
    ],
)
def test_totals_that_no_data_set_can_have_are_left_out(n: int, total: int, median: int, values: list | None) -> None:
    """The most equal values, written by hand, give the index; 10 holds no two amounts that round to 30."""
    figures = report(euros("loans_total", total, base_n=n), euros("loans_median", median, 1, "median"))
    table = forced_concentrations(figures, 2015)
    if values is None:
        assert table.empty
    else:
        gaps = sum(abs(one - other) for one in values for other in values)
        assert table["gini"].tolist() == [pytest.approx(gaps / (2 * n * sum(values)), abs=1e-9)]


def test_survey_figures_are_counted_by_verdict() -> None:
    """Counted again from the command's own list: 60 survey figures of 2013 and 2015, the calls apart."""
    table = verdict_counts(FACTS).set_index("verdict")["n"]
    listed = [one for one in audit_json(FACTS) if one["wave"] in WAVES and one["subject"] == "survey"]
    assert table.to_dict() == {name: sum(one["verdict"] == name for one in listed) for name in table.index}
    assert set(table.index) == set(VERDICTS) and table.sum() == len(listed) == 60
    assert verdict_counts({}, WAVES)["n"].tolist() == [0] * len(VERDICTS)
