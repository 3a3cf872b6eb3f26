"""Two figures side by side: ratios of totals, two sources, one source twice."""

from printed_figures import count, fact, report
from ptce_analysis.analysis.audit import audit
from ptce_analysis.analysis.audit_shares import Finding
from ptce_analysis.published import Fact


def findings(rule: str, *facts: Fact) -> dict[str, Finding]:
    """What one rule says of a report, by figure."""
    return {one.id: f for one in audit(report(*facts)) for f in one.findings if f.rule == rule}


def test_two_sources_that_differ_are_named_on_both_sides() -> None:
    """180 and 183 applications cannot be one number; neither is refuted."""
    found = findings("sources", count("applications", 180), count("applications", 183, source="S", second=True))
    assert {f.verdict for f in found.values()} == {"sources_differ"}
    assert found["applications_2015"].reason == (
        "R gives 180 but S 183: not the same number; perhaps not the same population."
    )


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
