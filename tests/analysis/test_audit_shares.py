"""Rules on percentages, counts and links: small reports, expected verdicts worked out by hand."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from printed_figures import count, fact, report, share
from ptce_analysis.analysis.audit import Verdict, audit
from ptce_analysis.published import Fact


def first(*facts: Fact) -> Verdict:
    """The verdict on the first figure of a report."""
    return audit(report(*facts))[0]


def test_a_printed_base_can_make_a_percentage_impossible() -> None:
    """12.34% has no count on any base up to 120: 1234/10000 = 617/5000, and 19/154 = 12.338% comes first."""
    verdict = first(share("a_share", "0.1234", "0.0001", base_n=52))
    assert (verdict.verdict, verdict.attainable_bases) == ("impossible", ())
    assert verdict.reason.startswith("12.34% of 52 is 6.4168, but 6/52 = 11.54%, 7/52 = 13.46%")
    assert "on any base from 1 to 120" in verdict.reason


def test_a_larger_printed_base_is_searched_to_its_end() -> None:
    """Fewer than the 200 asked may have answered: 19/154 would do, so 12.34% is not impossible."""
    verdict = first(share("a_share", "0.1234", "0.0001", base_n=200))
    assert verdict.verdict == "other_base_only"
    assert "The smallest base where it can occur is 154" in verdict.reason


def test_no_base_at_all_is_unverifiable() -> None:
    """Neither a base nor a number of respondents is printed by that source for that wave."""
    verdict = first(share("a_share", "0.20"), count("respondents", 52, source="S"), count("respondents", 42, wave=2013))
    assert verdict.verdict == "unverifiable"
    assert verdict.reason.startswith("No base was found, nor the number of respondents of R")
    assert 5 in verdict.attainable_bases


def test_the_base_of_the_same_units_comes_before_the_respondents() -> None:
    """24% of « structures (several answers) » is tested on the 187 printed elsewhere for « structures »."""
    figure = share("a_share", "0.24", base_label="structures (several answers)")
    same = count("others", 72, base_n=187, base_label="structures")
    verdict = first(figure, same, count("respondents", 24))
    assert verdict.reason.startswith("45/187 = 24.06%") and "for the same units" in verdict.reason


def test_respondents_printed_as_about_are_a_range() -> None:
    """About 25 to the nearest 5 is 23 to 27: 16/23 = 69.57%; none of them gives 2%."""
    about = count("respondents", 25, 5)
    assert first(share("a_share", "0.70"), about).reason == (
        "16/23 = 69.57%, which rounds to 70%. Base: 23 to 27 (no base found; assumed: the respondents of R, about 25)."
    )
    assert first(share("a_share", "0.02"), about).verdict == "other_base_only"


def test_respondents_printed_too_coarsely_are_no_base() -> None:
    """About 1,000 to the nearest thousand says nothing of a percentage; nor do zero respondents."""
    assert first(share("a_share", "0.02"), count("respondents", 1000, 1000)).verdict == "unverifiable"
    assert first(share("a_share", "0.02"), count("respondents", 0)).verdict == "unverifiable"


def test_medians_and_limits_of_shares_are_not_counts() -> None:
    """A median, a mean or a minimum of shares is not out of a base."""
    for statistic in ("median", "mean", "minimum"):
        verdict = first(fact("a_share", "0.2", statistic, "share", "0.01", base_n=52))
        assert (verdict.verdict, verdict.attainable_bases) == ("unverifiable", ())
        assert verdict.reason.startswith(f"A {statistic} of shares")


@given(st.integers(1, 150), st.sampled_from(["0.01", "0.05", "0.001", "0"]), st.data())
def test_a_percentage_of_real_counts_always_holds(n: int, grain: str, data: st.DataObject) -> None:
    """k out of n, printed with any grain, is consistent on its true base, printed or assumed."""
    exact = Fraction(data.draw(st.integers(0, n)), n)
    step = Fraction(grain)
    printed = round(exact / step) * step if step else exact
    assert first(share("a_share", printed, grain, base_n=n)).verdict == "consistent"
    assert first(share("a_share", printed, grain), count("respondents", n)).verdict == "consistent"


@given(st.integers(0, 100), st.integers(1, 99))
def test_a_percentage_without_a_count_is_never_consistent(points: int, n: int) -> None:
    """Brute force over every count: consistent exactly when one prints as the percentage."""
    fits = any(abs(Fraction(100 * k, n) - points) <= Fraction(1, 2) for k in range(n + 1))
    verdict = first(share("a_share", Fraction(points, 100), base_n=n))
    assert verdict.verdict == ("consistent" if fits else "other_base_only")


def test_a_count_stays_within_its_base() -> None:
    """52 of 75 can be, 76 cannot; about 80 to the nearest 10 can be 75."""
    assert first(count("respondents", 52, base_n=75)).verdict == "consistent"
    assert first(count("respondents", 76, base_n=75)).verdict == "impossible"
    assert first(count("respondents", 80, 10, base_n=75)).verdict == "consistent"


def links(linked: str, projects: int, *, base_n: int | None = 52, projects_base: int | None = None) -> list[Fact]:
    """A link share and a number of supported projects of one level, and 60 poles asked something else."""
    return [
        count("loans_projects", projects, level="epci", base_n=projects_base),
        share("link_share", linked, level="epci", base_n=base_n),
        count("others", 1, base_n=60),
        count("respondents", 52),
    ]


def finding(figures: list[Fact]) -> tuple[str, str, str]:
    """What the rule on links says of the projects and of the links (the same), and its origin."""
    verdicts = audit(report(*figures))[:2]
    (projects, link) = ([f for f in one.findings if f.rule == "links"] for one in verdicts)
    assert [f.verdict for f in projects] == [f.verdict for f in link]
    return (projects[0].verdict, projects[0].reason, projects[0].origin) if projects else ("", "", "")


def test_a_level_cannot_fund_more_than_it_is_linked_with() -> None:
    """50% of 52 is 26 linked (50.5% of 52 is 26.3): 26 projects can be, 27 take a base of 54 (27 / 0.505 = 53.5)."""
    assert finding(links("0.5", 26))[0] == "consistent"
    verdict, reason, _ = finding(links("0.5", 27))
    assert verdict == "other_base_only"
    assert "27 > 26. It takes a base of at least 54. Base: 52" in reason


def test_links_on_a_printed_base_can_be_impossible() -> None:
    """31 projects take a base of 62 (31 / 0.505 = 61.4): neither 52 nor 60; an assumed base only says so much."""
    assert finding(links("0.5", 31))[0] == "impossible"
    assert finding(links("0.5", 31, base_n=None))[0::2] == ("other_base_only", "assumption")


def test_nobody_linked_nobody_funded() -> None:
    """A share of exactly zero allows no project, on any base; no project asks for nothing."""
    none = [share("link_share", 0, 0, level="epci", base_n=52)]
    assert finding([count("loans_projects", 1, level="epci"), *none])[0] == "impossible"
    assert finding([count("loans_projects", 0, level="epci"), *none])[0] == "consistent"


def test_links_and_projects_of_different_bases_are_not_compared() -> None:
    """Projects printed out of 200 say nothing against links out of 52; nor do links without any base."""
    assert finding(links("0.5", 40, projects_base=200)) == ("", "", "")
    assert finding(links("0.5", 40, base_n=None)[:2]) == ("", "", "")
