"""Rules on a number, a total and a median: against every small data set, and by hand."""

import itertools
import statistics
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from printed_figures import count, euros, fact, report, row
from ptce_analysis.analysis.amounts import largest_n
from ptce_analysis.analysis.audit import Verdict, audit
from ptce_analysis.analysis.audit_rows import rows_of_amounts
from ptce_analysis.analysis.audit_shares import Printed
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
    """A single amount of 30 cannot total 100, nor can two; three can."""
    assert verdict(*row(1, 100, 30)).reason == (
        "1 amounts with median €30 total 1 × €30, €29.5 to €30.5 with roundings, but €100 is published."
    )
    assert [verdict(*row(n, 100, 30)).verdict for n in (1, 2, 3)] == ["impossible", "impossible", "consistent"]
    assert verdict(*row(2, 60, 30)).verdict == "consistent"


def test_no_amount_totals_nothing() -> None:
    """A number of zero goes with a total of zero and no median, printed 0."""
    assert verdict(*row(0, 0, 0)).verdict == "consistent"
    assert verdict(*row(0, 5, 0)).verdict == "impossible"
    assert verdict(*row(0, 0, 5)).reason.startswith("No amount at all (0) has no median and totals nothing")


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
    assert (alone.verdict, "no number of values was found" in alone.reason) == ("unverifiable", True)


def test_only_sums_and_medians_of_one_unit_make_a_row() -> None:
    """A mean in place of the median, or another unit, is no row."""
    for other in (fact("loans_median", 30, "mean", "eur", 1), fact("loans_median", 30, "median", "count", 1)):
        assert verdict(euros("loans_amount", 246, base_n=16), other).reason == "No other published figure bears on it."


def test_the_medians_a_row_could_hold_are_named() -> None:
    """Of the printed medians 30, 17 and 10, sixteen amounts that total 246 could have 17 or 10."""
    rows = [*row(16, 246, 30), *row(20, 796, 17, "epci"), *row(29, 1239, 10, "region")]
    assert "published medians it could hold: €17, €10." in verdict(*rows).reason


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


def test_totals_without_a_number_or_of_other_units_are_unverifiable() -> None:
    """No base beside the total, or another beside the median."""
    assert verdict(*totals(600, 30, base_n=None)).verdict == "unverifiable"
    assert verdict(*totals(600, 30, median_base=52)).verdict == "unverifiable"
    assert verdict(*totals(600, 30, base_n=None, median_base=40)).verdict == "impossible"


def test_the_pairing_of_total_and_median_is_an_assumption_unless_printed() -> None:
    """When the median prints the same base, nothing is assumed."""
    assert verdict(*totals(2350, 30)).findings[0].origin == "assumption"
    assert verdict(*totals(2350, 30, median_base=40)).findings[0].origin == "derived"
