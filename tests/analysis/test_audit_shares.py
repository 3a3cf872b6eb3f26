"""Rules on percentages, counts and links, and the step a document rounded to: by hand, by scipy, by simulation."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from printed_figures import PUBLISHED, count, fact, report, share
from ptce_analysis.analysis.audit import Verdict, audit, audit_json
from ptce_analysis.analysis.audit_shares import Document, Printed, documents
from ptce_analysis.published import Fact, read_published


def first(*facts: Fact) -> Verdict:
    """The verdict on the first figure of a report."""
    return audit(report(*facts))[0]


def test_a_printed_base_can_make_a_percentage_impossible() -> None:
    """12.34% has no count on any base up to 120: 1234/10000 = 617/5000, and 19/154 = 12.338% comes first."""
    verdict = first(share("a_share", "0.1234", "0.0001", base_n=52))
    assert (verdict.verdict, verdict.attainable_bases) == ("impossible", ())
    assert verdict.reason.startswith("12.34% of 52 is 6.4168, but 6/52 = 11.54%, 7/52 = 13.46%")
    assert "The smallest base where it can occur is 154" in verdict.reason


def test_a_larger_printed_base_is_searched_to_its_end() -> None:
    """Fewer than the 200 asked may have answered: 19/154 would do, so 12.34% is not impossible."""
    verdict = first(share("a_share", "0.1234", "0.0001", base_n=200))
    assert verdict.verdict == "other_base_only"
    assert "The smallest base where it can occur is 154" in verdict.reason


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


@settings(deadline=None)
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


def test_the_sentence_gives_the_count() -> None:
    """12 of 12 multiples of 5."""
    note = next(f for f in verdicts(*points(*FIVES))["s0_share_2015"].findings if f.rule == "heaped")
    assert note.reason == (
        "12 of the 12 percentages that R gives for 2015, typed with a finer rounding, are multiples of 5 points, more"
        " than chance explains: they were most likely rounded to 5 points."
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


def test_words_and_odd_percentages_keep_their_own_grain() -> None:
    """« Three quarters » keeps its own grain where the others are rounded to 5; 41% cannot be rounded to 5."""
    facts = [*points(*FIVES, base_n=52), share("words_share", "0.75", "0.5", base_n=52)]
    assert verdicts(*facts)["words_share_2015"].inferred.fact.grain == Fraction(1, 2)
    odd = verdicts(*points(*FIVES, base_n=52), share("odd_share", "0.41", base_n=52))["odd_share_2015"]
    assert (odd.verdict, odd.inferred.verdict) == ("other_base_only", "other_base_only")
    assert odd.inferred.fact == odd.fact
