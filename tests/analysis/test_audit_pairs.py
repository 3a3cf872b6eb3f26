"""Two figures side by side: ratios of totals, two sources, one source twice."""

from ptce_analysis.analysis.audit.records import Finding

from printed_figures import count, euros, fact, report
from ptce_analysis.analysis.audit import audit
from ptce_analysis.published import Fact


def findings(rule: str, *facts: Fact) -> dict[str, Finding]:
    """What one rule says of a report, by figure."""
    return {one.id: f for one in audit(report(*facts)) for f in one.findings if f.rule == rule}


def pair(stem: str, total: int, median: int, base_n: int | None = 40, grain: int = 0) -> tuple[Fact, Fact]:
    """A total and the median of the same quantity."""
    return (
        fact(f"{stem}_total", total, "sum", "count", grain, base_n=base_n),
        fact(f"{stem}_median", median, "median", "count", grain),
    )


def test_a_ratio_of_totals_far_from_that_of_medians_is_noted() -> None:
    """22,000 / 235 is 93.6 but 88 / 3 is 29.3: 3.19 times apart, at least 3.1; the note changes no verdict."""
    found = findings("ratios", *pair("posts", 22_000, 88), *pair("means", 235, 3))
    assert set(found) == {"posts_total_2015", "means_total_2015"}
    note = found["posts_total_2015"]
    assert note.reason.startswith("22,000 / 235 = 93.62, but the medians give 88 / 3 = 29.33: 3.1 times apart")
    assert (note.verdict, note.related) == (
        "unverifiable",
        ("means_total_2015", "posts_median_2015", "means_median_2015"),
    )


def test_each_total_is_set_beside_the_furthest() -> None:
    """Totals 10, 30 and 90 times their median: the middle one is 3 times from both, the others 9 times apart."""
    found = findings("ratios", *pair("a1", 100, 10), *pair("b1", 300, 10), *pair("c1", 900, 10))
    assert found["a1_total_2015"].related[0] == "c1_total_2015"
    assert found["c1_total_2015"].related[0] == "a1_total_2015"
    assert "3.0 times apart" in found["b1_total_2015"].reason


def test_a_ratio_within_a_factor_of_two_is_not_noted() -> None:
    """Totals of 100 and 190 with the same median: inequality alone explains it."""
    assert findings("ratios", *pair("a1", 100, 10), *pair("b1", 190, 10)) == {}


def test_roundings_can_explain_a_ratio() -> None:
    """Medians 1 and 2 may both be 1.5: totals of 100 and 100 are not remarkable."""
    assert findings("ratios", *pair("a1", 100, 1, grain=1), *pair("b1", 100, 2, grain=1)) == {}


def test_totals_over_different_units_or_of_nothing_are_not_compared() -> None:
    """Another base, no base, and zeros are left alone."""
    posts = pair("posts", 22_000, 88)
    for other in (pair("means", 235, 3, 39), pair("means", 235, 3, None), pair("means", 235, 0), pair("means", 0, 3)):
        assert findings("ratios", *posts, *other) == {}


def test_two_sources_that_differ_are_named_on_both_sides() -> None:
    """180 and 183 applications cannot be one number; neither is refuted."""
    found = findings("sources", count("applications", 180), count("applications", 183, source="S", second=True))
    assert {f.verdict for f in found.values()} == {"sources_differ"}
    assert found["applications_2015"].reason == (
        "R gives 180 but S 183: not the same number; perhaps not the same population."
    )


def test_two_sources_whose_roundings_meet_agree() -> None:
    """2.75 rounded to the hundredth and 2.7 rounded to the tenth can both be 2.75."""
    found = findings("sources", euros("budget", 2750, 10), euros("budget", 2700, 100, source="S", second=True))
    assert {f.verdict for f in found.values()} == {"consistent"}


def test_among_three_sources_each_is_set_against_one_it_cannot_meet() -> None:
    """37, 34 and about 35 (33 to 37): the first two differ, the third meets both."""
    found = findings(
        "sources",
        count("laureates", 37),
        count("laureates", 34, source="S", second=True),
        count("laureates", 35, 5, source="T", second=True),
    )
    assert [f.verdict for f in found.values()] == ["sources_differ", "sources_differ", "consistent"]
    assert found["laureates_2015"].related == ("laureates_2015_s",)
    assert found["laureates_2015_s"].related == ("laureates_2015",)


def test_at_least_and_at_most_are_read_as_such() -> None:
    """« More than 130 » meets 150, not 120; « at most 130 » the reverse."""
    for statistic, meets in (("minimum", {150: True, 120: False}), ("maximum", {150: False, 120: True})):
        for value, expected in meets.items():
            limit = fact("answers", 130, statistic, "count", 1, source="S", second=True)
            found = findings("sources", count("answers", value), limit)
            assert {f.verdict == "consistent" for f in found.values()} == {expected}


def test_two_minima_are_compared_as_figures() -> None:
    """The smallest grant of a call is a figure like another."""
    minima = [
        fact("grant_minimum", v, "minimum", "eur", 1, source=s, second=s == "S") for v, s in ((26, "R"), (30, "S"))
    ]
    assert {f.verdict for f in findings("sources", *minima).values()} == {"sources_differ"}


def test_two_limits_in_words_leave_room_for_each_other() -> None:
    """« More than half » and « more than a third » can both be true; more than half and at most a third cannot."""
    for statistic, value, expected in (("minimum", 0.33, True), ("maximum", 0.33, False)):
        half = fact("emergence_share", 0.5, "minimum", "share", 0)
        other = fact("emergence_share", value, statistic, "share", 0, source="S", second=True)
        found = findings("sources", half, other)
        assert {f.verdict == "consistent" for f in found.values()} == {expected}
        assert "at least 50%" in found["emergence_share_2015"].reason


def test_a_mean_and_a_median_or_two_units_are_not_compared() -> None:
    """Different statistics of the same quantity may differ."""
    mean = fact("budget", 10, "mean", "eur", 1)
    for other in (
        fact("budget", 99, "median", "eur", 1, source="S", second=True),
        fact("budget", 99, "mean", "count", 1, source="S", second=True),
    ):
        assert findings("sources", mean, other) == {}


def test_one_source_cannot_print_two_numbers_for_one_figure() -> None:
    """52 and 50 respondents in the same source: impossible, both; the same number twice is not."""
    found = findings("repeated", count("respondents", 52), count("respondents", 50, second=True))
    assert {f.verdict for f in found.values()} == {"impossible"}
    assert found["respondents_2015"].reason.startswith("R gives 52 and also 50")
    assert [set(f.related) for f in found.values()] == [set(found) - {name} for name in found]
    assert findings("repeated", count("respondents", 52), count("respondents", 52, second=True)) == {}
