"""Rules on rows, totals, parts and pairs: against every small data set or choice, and by hand."""

import itertools
import statistics
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from printed_figures import count, euros, fact, report, row, share
from ptce_analysis.analysis.amounts import largest_n
from ptce_analysis.analysis.audit import Verdict, audit
from ptce_analysis.analysis.audit_rows import choices, rows_of_amounts
from ptce_analysis.analysis.audit_shares import Finding, Printed
from ptce_analysis.published import Fact

HALF = Fraction(1, 2)


def verdict(*facts: Fact) -> Verdict:
    """The verdict on the first figure of a report."""
    return audit(report(*facts))[0]


def every_data_set(n: int, highest: int) -> list[tuple[Fraction, ...]]:
    """All multisets of n amounts in half units: the ends of every rounding band are among their sums and medians."""
    return list(itertools.combinations_with_replacement([Fraction(k, 2) for k in range(2 * highest + 1)], n))


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_rows_match_every_small_data_set(n: int) -> None:
    """A row is consistent exactly when some data set of n amounts prints so: all totals to 6, all medians to 5."""
    seen = set()
    for amounts in every_data_set(n, 7):
        total, median = sum(amounts), statistics.median(amounts)
        sums = [s for s in range(7) if abs(s - total) <= HALF]
        seen |= {(s, m) for s in sums for m in range(6) if abs(m - median) <= HALF}
    for total, median in itertools.product(range(7), range(6)):
        expected = "consistent" if (total, median) in seen else "impossible"
        assert {one.verdict for one in audit(report(*row(n, total, median)))} == {expected}, (total, median)


def test_one_amount_is_its_own_total_and_two_are_twice_their_median() -> None:
    """A single amount of 30 cannot total 100, nor can two; three can. Of no amount nothing is said."""
    assert verdict(*row(1, 100, 30)).reason == (
        "1 × median €30 = €30 (€29.5 to €30.5 with roundings), but the total is €100 (€99.5 to €100.5)."
    )
    assert [verdict(*row(n, 100, 30)).verdict for n in (1, 2, 3)] == ["impossible", "impossible", "consistent"]
    assert verdict(*row(2, 60, 30)).verdict == "consistent"
    assert "no number of values above zero was found" in verdict(*row(0, 5, 0)).reason


def test_a_number_printed_as_about_is_a_range() -> None:
    """About 20 to the nearest 5 is 18 to 22: 10 × 9.5 = 95 holds within 100, where 20 would need 104.5."""
    amount, _, median = row(20, 100, 10)
    about = count("loans_projects", 20, 5, level="commune")
    assert verdict(amount, about, median).verdict == "consistent"
    assert verdict(*row(20, 100, 10)).verdict == "impossible"


def test_the_base_stands_in_for_a_number() -> None:
    """Without `_projects`, the base printed beside the amount or the median is the number."""
    amount, median = (euros("loans_amount", 246, base_n=16), euros("loans_median", 30, 1, "median", base_n=16))
    assert verdict(amount, median).verdict == "impossible"
    assert verdict(euros("loans_amount", 246), median).verdict == "impossible"
    alone = verdict(euros("loans_amount", 246), euros("loans_median", 30, 1, "median"))
    assert (alone.verdict, "no number of values above zero was found" in alone.reason) == ("unverifiable", True)


def test_only_sums_and_medians_of_one_unit_make_a_row() -> None:
    """A mean in place of the median, or another unit, is no row."""
    for other in (fact("loans_median", 30, "mean", "eur", 1), fact("loans_median", 30, "median", "count", 1)):
        assert verdict(euros("loans_amount", 246, base_n=16), other).reason == "No other published figure bears on it."


@settings(deadline=None)
@given(st.integers(3, 40), st.integers(0, 300), st.integers(0, 60), st.sampled_from([0, 1, 5]))
def test_limits_are_the_last_that_hold(n: int, total: int, median: int, grain: int) -> None:
    """The highest median and the largest number hold; one rounding step or one or two amounts more do not."""
    figures = row(n, total, median, grain=grain)
    (printed,) = rows_of_amounts(Printed(report(*figures)))
    highest = printed.highest_median
    step = grain or Fraction(1, 10**6)
    assert not grain or (highest - median) % grain == 0
    assert [verdict(*row(n, total, value, grain=grain)).verdict for value in (highest, highest + step)] == [
        "consistent",
        "impossible",
    ]
    most = largest_n(printed.bands)
    if most is None:
        assert printed.median.band[0] == 0
    elif most > 2:
        assert verdict(*row(most, total, median, grain=grain)).verdict == "consistent"
        assert verdict(*row(most + 1, total, median, grain=grain)).verdict == "impossible"
    else:
        assert verdict(*row(3, total, median, grain=grain)).verdict == "impossible"


def totals(total: int, median: int, base_n: int | None = 40, median_base: int | None = None) -> list[Fact]:
    """A total of jobs over some poles and their median, as in a report of its own."""
    return [
        fact("staff_total", total, "sum", "count", 1, base_n=base_n),
        fact("staff_median", median, "median", "count", 1, base_n=median_base),
    ]


def test_a_total_forces_concentration() -> None:
    """By hand: (2350 - 21 × 30.5) / 19 = 89.97; 1 - 20 × 30.5 / 2350 = 74.04%; an index of 0.252: all cut down."""
    found = verdict(*totals(2350, 30))
    assert found.verdict == "consistent"
    assert "at least: one unit with 89, 74% held by the largest 20, a Gini index of 0.25." in found.reason


LEVELS = ("commune", "epci", "departement", "region", "etat", "europe")


def verdicts(*facts: Fact) -> dict[str, Verdict]:
    """The verdicts on a report, by figure."""
    return {one.id: one for one in audit(report(*facts))}


def loans(*amounts: int | Fraction, grain: int = 1) -> list[Fact]:
    """Amounts lent, one level each."""
    return [euros("loans_amount", amount, grain, level=level) for level, amount in zip(LEVELS, amounts, strict=False)]


def total_verdict(total: int, *amounts: int, grain: int = 1) -> Verdict:
    """The verdict on a total printed above amounts by level."""
    return verdicts(*loans(*amounts, grain=grain), euros("loans_total", total, grain))["loans_total_2015"]


def test_some_parts_make_the_total() -> None:
    """Of 100, 20 and 40, only 100 and 40 make 140: the reason names them."""
    verdict = total_verdict(140, 100, 20, 40)
    assert verdict.verdict == "other_base_only"
    assert "only some of them do: Communes + Départements = €140" in verdict.reason


def test_the_total_carries_the_verdict() -> None:
    """The parts of a total that does not add up are referred to it, not refuted."""
    found = verdicts(*loans(100, 20), euros("loans_total", 500))
    part = found["loans_amount_commune_2015"]
    assert (part.verdict, part.findings[0].related) == ("unverifiable", ("loans_total_2015",))
    assert part.reason == "A part of €500, which the 2 parts do not add up to: see that figure."


def test_parts_are_declared_or_named() -> None:
    """A `part_of` prevails over the name; parts of no level are named by their indicator."""
    gifts = [euros("gifts_cash", 10, part_of="means_total"), euros("gifts_kind", 20, part_of="means_total")]
    found = verdicts(*gifts, euros("means_total", 10), euros("gifts_total", 999))
    assert found["means_total_2015"].verdict == "other_base_only"
    assert "some of them do: gifts cash = €10" in found["means_total_2015"].reason
    assert found["gifts_total_2015"].verdict == "unverifiable"


def test_a_total_of_a_level_takes_the_parts_of_that_level() -> None:
    """The total of one level is that of its own parts; a total of no level has two sets of parts, each must fit."""
    parts = [
        euros("gifts_cash", 10, level="epci", part_of="gifts_total"),
        euros("gifts_kind", 5, part_of="gifts_total"),
    ]
    found = verdicts(*parts, euros("gifts_total", 10, level="epci"), euros("gifts_total", 10))
    assert found["gifts_total_epci_2015"].verdict == "consistent"
    assert [f.verdict for f in found["gifts_total_2015"].findings] == ["impossible", "consistent"]


@pytest.mark.parametrize(
    "part",
    [
        fact("loans_amount", 5, "mean", "eur", 1, level="epci"),
        fact("loans_amount", 5, "sum", "count", 1, level="epci"),
        euros("loans_total", 5, part_of="loans_total", second=True),
    ],
)
def test_what_does_not_add_up_is_left_alone(part: Fact) -> None:
    """A mean, another unit, and a figure declared part of itself are no parts."""
    found = verdicts(part, euros("loans_total", 999))
    assert all(f.rule != "sums" for one in found.values() for f in one.findings)


amounts = st.lists(st.integers(0, 40), min_size=1, max_size=6)


@settings(deadline=None)
@given(amounts, st.integers(0, 120))
def test_verdicts_on_totals_match_every_choice(parts: list[int], total: int) -> None:
    """Trying every choice with its rounding gives the same verdict."""
    fits = {
        choice: abs(sum(choice) - total) <= Fraction(len(choice) + 1, 2)
        for size in range(1, len(parts) + 1)
        for choice in itertools.combinations(parts, size)
    }
    # An amount printed 0 cannot have been rounded up: its band is 0 to 1/2 and the enumeration says otherwise.
    if 0 in (*parts, total):
        return
    expected = "consistent" if fits[tuple(parts)] else "other_base_only" if any(fits.values()) else "impossible"
    assert total_verdict(total, *parts).verdict == expected


def shares(whole: str, *parts: str) -> list[Verdict]:
    """Verdicts on a share and the shares said of it, without any base."""
    said = [share(f"kind{i}_share", part, part_of="whole_share") for i, part in enumerate(parts)]
    return list(audit(report(share("whole_share", whole), *said)))


def test_shares_said_of_a_share_add_up_to_it() -> None:
    """45 + 15 + 20 = 80: within the rounding of 81 and 82 (4 halves), not of 83."""
    for whole in ("0.80", "0.82"):
        assert {one.verdict for one in shares(whole, "0.45", "0.15", "0.20")} == {"consistent"}
    assert {one.verdict for one in shares("0.83", "0.45", "0.15", "0.20")} == {"impossible"}


def test_shares_may_be_given_as_shares_of_the_part() -> None:
    """60 + 25 + 15 = 100: they divide the 75% themselves."""
    found = shares("0.75", "0.60", "0.25", "0.15")
    assert {one.verdict for one in found} == {"consistent"}
    assert "not 75% but 100%: they are given as shares of it" in found[0].reason


def test_counts_have_no_rounding_to_spare() -> None:
    """Ten parts of 1 are 10, and not 15; typed to the nearest 5, each is 3 to 7: they can be 50 or 45."""
    for total, parts, grain, verdict in ((15, 1, 1, "impossible"), (10, 1, 1, "consistent"), (45, 5, 5, "consistent")):
        some = [count(f"kind{i}_sites", parts, grain, part_of="sites") for i in range(10)]
        assert verdicts(count("sites", total), *some)["sites_2015"].verdict == verdict


def test_twelve_parts_are_tried_and_no_more() -> None:
    """Powers of three: one choice reaches a sum, that of its digits in base three; of 13 parts nothing is said."""
    powers = [(Fraction(3**i), Fraction(3**i)) for i in range(12)]
    wanted = (1, 4, 9, 11)
    target = Fraction(sum(3**i for i in wanted))
    assert choices(powers, (target, target))[0] == wanted
    assert choices(powers, (target + 2, target + 2))[0] == ()
    parts = [euros(f"part{i}_gift", 100, part_of="gifts_total") for i in range(13)]
    for some, verdict in ((12, "impossible"), (13, "unverifiable")):
        assert verdicts(euros("gifts_total", 9999), *parts[:some])["gifts_total_2015"].verdict == verdict


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


def test_at_least_and_at_most_are_read_as_such() -> None:
    """« More than 130 » meets 150, not 120; « at most 130 » the reverse."""
    for statistic, meets in (("minimum", {150: True, 120: False}), ("maximum", {150: False, 120: True})):
        for value, expected in meets.items():
            limit = fact("answers", 130, statistic, "count", 1, source="S", second=True)
            found = findings("sources", count("answers", value), limit)
            assert {f.verdict == "consistent" for f in found.values()} == {expected}


def test_one_source_cannot_print_two_numbers_for_one_figure() -> None:
    """52 and 50 respondents in the same source: impossible, both; the same number twice is not."""
    found = findings("sources", count("respondents", 52), count("respondents", 50, second=True))
    assert {f.verdict for f in found.values()} == {"impossible"}
    assert found["respondents_2015"].reason.startswith("R gives 52 and also 50")
    assert [set(f.related) for f in found.values()] == [set(found) - {name} for name in found]
    assert findings("sources", count("respondents", 52), count("respondents", 52, second=True)) == {}
    assert (
        findings("sources", share("a_share", "0.2", base_n=50), share("a_share", "0.26", base_n=40, second=True)) == {}
    )
