"""What is found is counted by groups of figures, each with its members and its premises."""

import itertools
import statistics
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from printed_figures import PUBLISHED, count, euros, report, row, share
from ptce_analysis.analysis.audit import VERDICTS, audit, audit_json, contradictions
from ptce_analysis.analysis.audit_shares import Finding as Contradiction
from ptce_analysis.analysis.audit_words import Reason
from ptce_analysis.published import Fact, read_published

FACTS = read_published(PUBLISHED)
HALF = Fraction(1, 2)
LEVELS = ("commune", "epci", "region")
SIX = ("commune", "epci", "departement", "region", "etat", "europe")


def found(*facts: Fact) -> list[Contradiction]:
    """What is found in a report."""
    return list(contradictions(audit(report(*facts))))


def groups(some: list[Contradiction] | tuple[Contradiction, ...], verdict: str) -> set[frozenset[str]]:
    """The members of what is found of one kind; none stands twice."""
    members = [frozenset(one.members) for one in some if one.verdict == verdict]
    assert len(members) == len(set(members))
    return set(members)


def premises(one: Contradiction) -> set[Reason]:
    """What the arithmetic rests on."""
    return {premise.key for premise in one.premises}


def of(one: str) -> Contradiction:
    """What is found in the published figures about one of them, first."""
    return next(each for each in contradictions(audit(FACTS)) if one in each.members)


def test_three_groups_of_the_slides_do_not_agree() -> None:
    """Counted by hand: the total against six rows, the Communes row, three shares said of three quarters."""
    total = {"funding_total_2015", *(f"funding_amount_{level}_2015" for level in SIX)}
    communes = {f"funding_{part}_commune_2015" for part in ("amount", "projects", "median")}
    quarters = {"established_share_2015", *(f"relation_{how}_share_2015" for how in ("widened", "stable", "weakened"))}
    assert groups(contradictions(audit(FACTS)), "impossible") == {*map(frozenset, (total, communes, quarters))}


def test_four_percentages_and_four_pairs_of_sources_stand_apart() -> None:
    """20, 41, 45 and 20% of 52; 31% or a majority, 180 or 183, 37 or 34, 18 or 21. Fifty and 52 agree."""
    some = contradictions(audit(FACTS))
    shares = ("emergence_share", "cell_fte_below_1_share", "relation_widened_share", "relation_weakened_share")
    assert groups(some, "other_base_only") == {frozenset({f"{name}_2015"}) for name in shares}
    twice = (("emergence_share_2013", "s3"), ("call_applications_2013", "s7"), ("laureates_both_calls_2016", "s17"),
             ("pilot_poles_2012", "s19"))  # fmt: skip
    assert groups(some, "sources_differ") == {frozenset({name, f"{name}_{source}"}) for name, source in twice}
    verdicts = {one.id: one.verdict for one in audit(FACTS)}
    assert verdicts["respondents_2015_s6"] == "consistent"
    assert {verdicts[f"emergence_share_2013{end}"] for end in ("", "_s3")} == {"sources_differ"}


def test_the_most_telling_come_first_and_figures_lead_to_them() -> None:
    """Verdicts never become more telling down the list; JSON gives each figure the numbers of its findings."""
    some = contradictions(audit(FACTS))
    order = [VERDICTS.index(one.verdict) for one in some]
    assert order == sorted(order, reverse=True)
    numbers = {row["id"]: row["contradictions"] for row in audit_json(FACTS)}
    assert numbers == {id_: [n for n, one in enumerate(some, 1) if id_ in one.members] for id_ in FACTS}
    assert len(numbers["funding_amount_commune_2015"]) == 2 and numbers["respondents_2013"] == []


def test_json_carries_grain_and_premises() -> None:
    """The step a figure was typed with; premises in words, none where nothing was tested."""
    rows = {row["id"]: row for row in audit_json(FACTS)}
    assert rows["emergence_share_2015"]["grain"] == 0.01 and rows["jobs_total_2015"]["grain"] == 1000
    assert rows["age_median_2015"]["premises"] == []
    said = rows["funding_median_commune_2015"]["premises"]
    assert "16 is the number of amounts the median rests on and the total adds up: none of them is missing." in said
    assert "The median of an even number of amounts is the mean of the middle two." in said
    assert "Each figure is rounded to the nearest step (€1k): not cut down, and no more coarsely." in said
    assert rows["funding_total_2015"]["premises"][:2] == [
        "The parts cover the total’s base, 37: they are of the same units, though no base is published beside them.",
        "Nothing but these parts enters the total, though DECK names what has no row among them: PNR / PETR.",
    ]
    assert "verdict_at_inferred_grain" in rows["jobs_total_2015"]


def prints(amounts: list[Fraction], median: Fraction, total: int, middle: int) -> bool:
    """Whether amounts print as a total and a median, both rounded to the unit."""
    return abs(sum(amounts) - total) <= HALF and abs(median - middle) <= HALF


def test_without_any_one_premise_the_communes_row_holds() -> None:
    """Amounts that print as (16; 246; 30) once a premise is dropped, each checked with Python's own medians."""
    assert premises(of("funding_median_commune_2015")) == {
        Reason.AMOUNTS, Reason.MIDDLE_TWO, Reason.NOT_NEGATIVE, Reason.ROUNDED}  # fmt: skip
    fifteen = [Fraction(0)] * 7 + [Fraction(30)] * 8
    assert prints([*fifteen[:6], Fraction(6), *fifteen[7:]], statistics.median(fifteen), 246, 30)
    upper = [Fraction(0)] * 7 + [Fraction(10)] + [Fraction("29.5")] * 8
    assert len(upper) == 16 and prints(upper, statistics.median_high(upper), 246, 30)
    negative = [Fraction(-24)] + [Fraction(0)] * 6 + [Fraction(30)] * 9
    assert len(negative) == 16 and prints(negative, statistics.median(negative), 246, 30)
    coarse = [Fraction(0)] * 7 + [Fraction(27)] * 9  # printed 30, had it been rounded to the ten
    assert abs(sum(coarse) - 246) <= 5 and abs(statistics.median(coarse) - 30) <= 5


def test_without_its_premises_the_shares_and_the_total_hold() -> None:
    """43 + 14 + 18 = 75 print as 45, 15 and 20 to five points; 636 from elsewhere and four rows make 3,250."""
    assert {Reason.ONE_ANSWER, Reason.ROUNDED} < premises(of("established_share_2015"))
    assert [5 * round(Fraction(points) / 5) for points in (43, 14, 18)] == [45, 15, 20] and 43 + 14 + 18 == 75
    assert {Reason.COVER_BASE, Reason.NO_ROW} < premises(of("funding_total_2015"))
    assert 246 + 796 + 333 + 1239 + 636 == 3250


@pytest.fixture(scope="module")
def printable() -> dict[int, set[tuple[int, int]]]:
    """Every (total to 7, median to 5) that up to three amounts print, by their number: all data sets in half units."""
    seen: dict[int, set[tuple[int, int]]] = {}
    for n in (1, 2, 3):
        sets = itertools.combinations_with_replacement([Fraction(k, 2) for k in range(17)], n)
        ends = [(sum(amounts), statistics.median(amounts)) for amounts in sets]
        seen[n] = {(s, m) for total, median in ends for s in range(8) for m in range(6)
                   if abs(s - total) <= HALF and abs(m - median) <= HALF}  # fmt: skip
    return seen


rows_of_amounts = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 7), st.integers(0, 5)), min_size=1, max_size=3)


@settings(max_examples=150, deadline=None)
@given(rows=rows_of_amounts, total=st.integers(1, 24))
def test_groups_are_those_of_every_data_set_and_every_choice(
    printable: dict[int, set[tuple[int, int]]], rows: list[tuple[int, int, int]], total: int
) -> None:
    """A report of invented rows and a total: groups expected by enumerating data sets and choices of rows."""
    levels = LEVELS[: len(rows)]
    figures = [each for level, (n, s, m) in zip(levels, rows, strict=True) for each in row(n, s, m, level)]
    expected = {
        frozenset(f"loans_{part}_{level}_2015" for part in ("amount", "projects", "median"))
        for level, (n, s, m) in zip(levels, rows, strict=True)
        if (s, m) not in printable[n]
    }
    choices = [c for size in range(1, len(rows) + 1) for c in itertools.combinations([s for _, s, _ in rows], size)]
    if not any(abs(sum(choice) - total) <= Fraction(len(choice) + 1, 2) for choice in choices):
        expected.add(frozenset({"loans_total_2015", *(f"loans_amount_{level}_2015" for level in levels)}))
    assert groups(found(*figures, euros("loans_total", total)), "impossible") == expected


counted = st.lists(st.tuples(st.integers(0, 40), st.sampled_from([0, 1, 5, 10])), min_size=2, max_size=5)


@given(counted)
def test_sources_that_differ_are_those_that_no_number_can_join(numbers: list[tuple[int, int]]) -> None:
    """One finding for one figure, whose members are the sources that do not meet some other, by listing the counts."""
    figures = [
        count("beds", value, grain, source=f"S{place}", second=True) for place, (value, grain) in enumerate(numbers)
    ]
    # A whole number that another half-unit away would round to is not one of them: 180 beds are 180.
    counts = {
        one.id: {n for n in range(100) if abs(n - one.value) <= one.grain / 2 * (one.grain > 1)} for one in figures
    }
    apart = {
        each.id
        for one, other in itertools.combinations(figures, 2)
        if not counts[one.id] & counts[other.id]
        for each in (one, other)
    }
    some = found(*figures)
    assert groups(some, "sources_differ") == ({frozenset(apart)} if apart else set())
    verdicts = {one.id: one.verdict for one in audit(report(*figures))}
    assert {id_ for id_, verdict in verdicts.items() if verdict == "sources_differ"} == apart


def test_one_source_may_print_a_figure_over_two_bases() -> None:
    """20% of the 52 and 26% of the 40 who answered are two figures; 20% and 26% of the same 50 are not."""
    two = [share("a_share", "0.20", base_n=50), share("a_share", "0.26", base_n=40, second=True)]
    assert groups(found(*two), "impossible") == set()
    same = [two[0], replace(two[1], base_n=50)]
    assert groups(found(*same), "impossible") == {frozenset({"a_share_2015", "a_share_2015_r"})}


def test_a_total_printed_over_another_base_than_its_parts_is_not_compared() -> None:
    """Over 37 and 52 units, 10 and 20 need not make 50; where they make it, or no base is printed, they are."""
    parts = [euros("gifts_amount", 10, level="epci", base_n=52), euros("gifts_amount", 20, level="region", base_n=52)]
    (verdict, *_) = audit(report(euros("gifts_total", 50, base_n=37), *parts))
    assert (verdict.verdict, verdict.findings[0].premises) == ("unverifiable", ())
    assert "the whole is over 37 and the parts over 52: they are not said of the same units" in verdict.reason
    assert audit(report(euros("gifts_total", 30, base_n=37), *parts))[0].verdict == "consistent"
    assert audit(report(euros("gifts_total", 50, base_n=52), *parts))[0].verdict == "impossible"
    assert audit(report(euros("gifts_total", 50), *parts))[0].verdict == "impossible"


def test_premises_name_what_has_no_row_only_where_something_has_none() -> None:
    """A level of which the source prints another figure; without one, nothing else is said to enter the total."""
    figures = [euros("gifts_amount", 10, level="epci"), euros("gifts_total", 50, base_n=9)]
    (one,) = found(*figures)
    assert premises(one) == {Reason.COVER_BASE, Reason.NOTHING_ELSE, Reason.ROUNDED}
    (one,) = found(*figures, count("gifts_projects", 3, level="europe"))
    assert premises(one) == {Reason.COVER_BASE, Reason.NO_ROW, Reason.ROUNDED}
    assert (
        "names what has no row among them: Europe."
        in audit_json(report(figures[1], figures[0], count("gifts_projects", 3, level="europe")))[0]["premises"][1]
    )  # type: ignore[index]
