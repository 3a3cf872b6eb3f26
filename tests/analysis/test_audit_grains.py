"""To what step a document rounded its percentages: against scipy, by simulation, and on reports worked out by hand."""

import itertools
import math
import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from printed_figures import PUBLISHED, count, euros, report, share
from ptce_analysis.analysis.audit import Verdict, audit, audit_json, inferred_grains
from ptce_analysis.analysis.audit_shares import Document, Printed, documents, tail
from ptce_analysis.published import Fact, read_published


def points(*values: int | str, grain: str = "0.01", **known: object) -> list[Fact]:
    """Percentages of a report, in points."""
    return [share(f"s{i}_share", Fraction(v) / 100, grain, **known) for i, v in enumerate(values)]


def document(*facts: Fact) -> Document:
    """What is said of the only document of a report."""
    (found,) = documents(Printed(report(*facts)))
    return found


def verdicts(*facts: Fact) -> dict[str, Verdict]:
    """The verdicts on a report, by figure."""
    return {one.id: one for one in audit(report(*facts))}


FIVES = (20, 15, 25, 45, 15, 20, 90, 35, 75, 50, 65, 5)
PLAIN = (21, 13, 25, 47, 16, 20, 91, 33, 78, 52, 64, 7)


@settings(max_examples=30)
@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=9), st.integers(0, 9))
def test_unequal_chances_are_added_up_over_every_outcome(chances: list[float], k: int) -> None:
    """Every one of the 2**n outcomes, with the product of its chances."""
    outcomes = itertools.product((0, 1), repeat=len(chances))
    expected = sum(
        math.prod(p if one else 1 - p for p, one in zip(chances, outcome, strict=True))
        for outcome in outcomes
        if sum(outcome) >= k
    )
    assert tail(chances, k) == pytest.approx(expected, abs=1e-12)


def test_each_percentage_of_the_deck_has_a_verdict_at_both_grains() -> None:
    """At ± 2.5 points 20% of 52 is 10 or 11, 45 + 15 + 20 may be 75, and only 41% has no count out of 52."""
    rows = {row["id"]: row for row in audit_json(read_published(PUBLISHED))}
    deck = {
        id_: row["verdict_at_inferred_grain"]
        for id_, row in rows.items()
        if row["wave"] == 2015 and row["sources"][0] == "DECK" and "share" in row["indicator"] and "median" not in id_
    }
    assert len(deck) == 15
    assert {id_ for id_, said in deck.items() if said != "consistent"} == {"cell_fte_below_1_share_2015"}
    assert rows["emergence_share_2015"]["verdict"] == "other_base_only"
    assert rows["established_share_2015"]["verdict"] == "impossible"
    assert rows["emergence_share_2015"]["inferred_grain"] == 0.05
    assert rows["cell_fte_below_1_share_2015"]["inferred_grain"] == 0.01
    assert {rows[id_]["verdict_at_inferred_grain"] for id_ in ("emergence_share_2013", "aim_1_share_2020")} == {None}


def test_the_sentence_gives_the_count_and_the_odds() -> None:
    """12 of 12 multiples of 5: 5 to the 12th is 244,140,625; cut to two figures."""
    note = next(f for f in verdicts(*points(*FIVES))["s0_share_2015"].findings if f.rule == "heaped")
    assert note.reason == (
        "12 of the 12 percentages that R gives for 2015, typed with a finer rounding, are multiples of 5 points; by"
        " chance, so many would be less than once in 240,000,000. They were most likely rounded to 5 points."
    )
    assert (note.verdict, note.origin) == ("unverifiable", "assumption")


@pytest.mark.parametrize(
    ("facts", "grain"),
    [
        (points(*FIVES), "0.05"),
        (points(*PLAIN), None),
        (points(*FIVES[:8]), "0.05"),
        (points(*FIVES[:7]), None),
        # At 0.1 point one in fifty is a multiple of 5; written in fives, they are evidence of nothing more.
        (points(*FIVES, grain="0.001"), "0.05"),
        (points(*FIVES, grain="0.05"), None),
        # Nobody and everybody are multiples of all steps; exact figures are not rounded at all.
        (points(*[0, 100] * 6), None),
        (points(*FIVES, grain="0"), None),
        # On a base of 20 every percentage is a multiple of 5; on 52 about one in five is.
        (points(*FIVES, base_n=20), None),
        (points(*FIVES, base_n=52), "0.05"),
        ([*points(*FIVES), count("respondents", 20)], None),
        ([*points(*FIVES, base_label="projects"), count("others", 3, base_n=20, base_label="projects")], None),
        # Half the counts out of 40 are multiples of 5: eight of eight are one chance in 300.
        (points(*FIVES[:8], base_n=40), None),
        (points(*FIVES, base_n=40), "0.05"),
        # Some figures say more of the base than of the rounding: those on 20 count for nothing.
        ([*points(*FIVES[:8], base_n=20), *(share(f"t{i}_share", Fraction(i, 20)) for i in (1, 5, 7))], None),
    ],
)
def test_a_heap_is_seen_where_neither_chance_nor_bases_explain_it(facts: list[Fact], grain: str | None) -> None:
    """Twelve fives, tens and plain ones; fewer; other grains; 0 and 100%; bases that explain them or do not."""
    assert document(*facts).grain == (None if grain is None else Fraction(grain))


def test_documents_are_sources_and_waves() -> None:
    """One source rounds to 5 points and another does not; the figures of the second keep one verdict."""
    others = [share(f"o{i}_share", Fraction(v, 100), source="S", base_n=52) for i, v in enumerate(PLAIN)]
    earlier = [share(f"e{i}_share", Fraction(v, 100), wave=2013, base_n=52) for i, v in enumerate(PLAIN)]
    found = verdicts(*points(*FIVES, base_n=52), *others, *earlier)
    assert {one.id for one in found.values() if one.inferred} == {f"s{i}_share_2015" for i in range(12)}
    table = inferred_grains(report(*others, *earlier))
    assert list(table["n"]) == [12, 12] and table["grain"].isna().all()
    assert inferred_grains({}).empty


def test_words_and_odd_percentages_keep_their_own_grain() -> None:
    """« Three quarters » keeps its own grain where the others are rounded to 5; 41% cannot be rounded to 5."""
    facts = [*points(*FIVES, base_n=52), share("words_share", "0.75", "0.5", base_n=52)]
    assert verdicts(*facts)["words_share_2015"].inferred.fact.grain == Fraction(1, 2)
    odd = verdicts(*points(*FIVES, base_n=52), share("odd_share", "0.41", base_n=52))["odd_share_2015"]
    assert (odd.verdict, odd.inferred.verdict) == ("other_base_only", "other_base_only")
    assert odd.inferred.fact == odd.fact


def test_links_and_the_counts_set_against_them_are_read_again() -> None:
    """50% of 52 is at most 26 to the point (50.5%: 26.26), 27 to 5 points (52.5%: 27.3); 28 are too many for both."""
    heap = points(*FIVES, base_n=52)
    for supported, verdict in ((27, "consistent"), (28, "impossible")):
        link = share("link_share", "0.5", level="region", base_n=52)
        found = verdicts(*heap, link, count("loans_projects", supported, level="region"))
        for id_ in ("link_share_region_2015", "loans_projects_region_2015"):
            assert (found[id_].verdict, found[id_].inferred.verdict) == ("impossible", verdict)
    assert verdicts(*heap, euros("gifts_total", 10))["gifts_total_2015"].inferred is None


@settings(max_examples=25, deadline=None)
@given(st.integers(21, 400), st.sampled_from([Fraction(1, 100), Fraction(1, 1000)]), st.randoms(use_true_random=False))
def test_answers_rounded_to_the_point_rarely_look_heaped(base: int, grain: Fraction, source: random.Random) -> None:
    """Counts drawn at random out of a base, rounded as typed: over 40 documents a heap is seen at most once."""
    seen = 0
    for _ in range(40):
        drawn = [Fraction(source.randint(0, base), base) for _ in range(10)]
        facts = [share(f"s{i}_share", round(v / grain) * grain, grain, base_n=base) for i, v in enumerate(drawn)]
        seen += document(*facts).grain is not None
    assert seen <= 1


@settings(max_examples=40, deadline=None)
@given(st.integers(30, 400), st.lists(st.floats(0, 1), min_size=12, max_size=20))
def test_a_document_rounded_to_a_step_is_never_refuted_at_the_step_inferred(base: int, shares: list[float]) -> None:
    """Counts out of a base, rounded to 5 points and typed to the point: at the inferred grain nothing is refuted."""
    rounded = [Fraction(round(100 * Fraction(round(s * base), base) / 5) * 5, 100) for s in shares]
    facts = [share(f"s{i}_share", value, base_n=base) for i, value in enumerate(rounded)]
    if document(*facts).grain == Fraction(1, 20):
        assert {one.inferred.verdict for one in verdicts(*facts).values()} == {"consistent"}
