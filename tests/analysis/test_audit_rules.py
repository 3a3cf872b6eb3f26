"""The rules of the audit: each by hand, against every small data set or choice, and never against real values."""

import itertools
import statistics
from collections.abc import Iterable
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from printed_figures import PUBLISHED, audited, count, euros, fact, report, row, share
from ptce_analysis.analysis.amounts import largest_n
from ptce_analysis.analysis.audit import Verdict, audit, audit_json
from ptce_analysis.analysis.audit_rows import rows_of_amounts
from ptce_analysis.analysis.audit_shares import Finding, Printed, documents
from ptce_analysis.published import Fact, read_published
from ptce_analysis.vocabulary import FUNDING_LEVELS

HALF = Fraction(1, 2)


def first(*facts: Fact) -> Verdict:
    """The verdict on the first figure of a report."""
    return audit(report(*facts))[0]


def said(facts: Iterable[Fact]) -> set[str]:
    """The verdicts of a report."""
    return {one.verdict for one in audited(*facts).values()}


ABOUT_25 = count("respondents", 25, 5)


@pytest.mark.parametrize(
    ("facts", "verdict", "words"),
    [
        # 12.34% has no count on any base up to 120: 1234/10000 = 617/5000, and 19/154 = 12.338% comes first. Of the 200
        # asked fewer may have answered.
        ([share("a_share", "0.1234", "0.0001", base_n=52)], "impossible",
         "12.34% of 52 is 6.4168, but 6/52 = 11.54%, 7/52 = 13.46%: none rounds to 12.34%. The smallest base where it"
         " can occur is 154"),
        ([share("a_share", "0.1234", "0.0001", base_n=200)], "other_base_only", "where it can occur is 154"),
        # The base printed elsewhere for the same units comes before the respondents.
        ([share("a_share", "0.24", base_label="structures (several answers)"),
          count("others", 72, base_n=187, base_label="structures"), count("respondents", 24)], "consistent",
         "45/187 = 24.06%, which rounds to 24%. Base: 187 (published elsewhere in R for the same units)"),
        # About 25 to the nearest 5 is 23 to 27: 16/23 = 69.57%; none of them gives 2%. About 1,000, or 0, is no base.
        ([share("a_share", "0.70"), ABOUT_25], "consistent",
         "16/23 = 69.57%, which rounds to 70%. Base: 23 to 27 (no base found; assumed: the respondents of R"),
        ([share("a_share", "0.02"), ABOUT_25], "other_base_only", "2%"),
        ([share("a_share", "0.02"), count("respondents", 1000, 1000)], "unverifiable", "No base was found"),
        ([share("a_share", "0.02"), count("respondents", 0)], "unverifiable", "No base was found"),
        # A median, a mean or a minimum of shares is not out of a base.
        *(([fact("a_share", "0.2", name, "share", "0.01", base_n=52)], "unverifiable", f"A {name} of shares")
          for name in ("median", "mean", "minimum")),
        # A count stays within its base; about 80 to the nearest 10 can be 75.
        ([count("respondents", 52, base_n=75)], "consistent", "52 out of 75: 52 ≤ 75."),
        ([count("respondents", 76, base_n=75)], "impossible", "76 out of 75: 76 > 75."),
        ([count("respondents", 80, 10, base_n=75)], "consistent", "80 out of 75"),
    ],
)  # fmt: skip
def test_percentages_and_counts_by_hand(facts: list[Fact], verdict: str, words: str) -> None:
    """On a base that is printed, said of the same units, or assumed; as an exact number or about."""
    found = first(*facts)
    assert found.verdict == verdict and words in found.reason


def points(*values: int | str, grain: str = "0.01", **known: object) -> list[Fact]:
    """Percentages of a report, in points."""
    return [share(f"s{i}_share", Fraction(v) / 100, grain, **known) for i, v in enumerate(values)]


FIVES = (20, 15, 25, 45, 15, 20, 90, 35, 75, 50, 65, 5)
PLAIN = (21, 13, 25, 47, 16, 20, 91, 33, 78, 52, 64, 7)


def test_each_percentage_of_the_deck_has_a_verdict_at_both_grains() -> None:
    """At ± 2.5 points 20% of 52 is 10 or 11, 45 + 15 + 20 may be 75, and only 41% has no count out of 52."""
    rows = {row["id"]: row for row in audit_json(read_published(PUBLISHED))}
    deck = [row for row in rows.values() if row["wave"] == 2015 and row["sources"][0] == "DECK"]
    again = {row["id"]: row["verdict_at_inferred_grain"] for row in deck if row["attainable_bases"]}
    assert len(again) == 15 and again["emergence_share_2015"] == again["established_share_2015"] == "consistent"
    assert [id_ for id_, said in again.items() if said != "consistent"] == ["cell_fte_below_1_share_2015"]
    assert rows["emergence_share_2015"]["inferred_grain"] == 0.05
    assert rows["cell_fte_below_1_share_2015"]["inferred_grain"] == 0.01
    assert {rows[id_]["verdict_at_inferred_grain"] for id_ in ("emergence_share_2013", "aim_1_share_2020")} == {None}
    note = next(told for told in rows["emergence_share_2015"]["findings"] if told["rule"] == "heaped")["reason"]
    assert note.startswith("12 of the 13 percentages that DECK gives for 2015") and "to 5 points" in note


@pytest.mark.parametrize(
    ("facts", "grain"),
    [
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
        (points(*FIVES, base_n=52), "0.05"),
        ([*points(*FIVES), count("respondents", 20)], None),
        # Half the counts out of 40 are multiples of 5: eight of eight are one chance in 300.
        (points(*FIVES[:8], base_n=40), None),
        (points(*FIVES, base_n=40), "0.05"),
        # Some figures say more of the base than of the rounding: those on 20 count for nothing.
        ([*points(*FIVES[:8], base_n=20), *(share(f"t{i}_share", Fraction(i, 20)) for i in (1, 5, 7))], None),
    ],
)
def test_a_heap_is_seen_where_neither_chance_nor_bases_explain_it(facts: list[Fact], grain: str | None) -> None:
    """Fives, tens and plain ones; fewer; other grains; 0 and 100%; bases that explain them or do not."""
    (document,) = documents(Printed(report(*facts))).values()
    assert document.grain == (None if grain is None else Fraction(grain))


def test_words_and_odd_percentages_keep_their_own_grain() -> None:
    """« Three quarters » keeps its own grain where the others are rounded to 5; 41% cannot be rounded to 5."""
    facts = [*points(*FIVES, base_n=52), share("words_share", "0.75", "0.5", base_n=52)]
    assert audited(*facts)["words_share_2015"].inferred.fact.grain == HALF
    odd = audited(*points(*FIVES, base_n=52), share("odd_share", "0.41", base_n=52))["odd_share_2015"]
    assert (odd.verdict, odd.inferred.verdict) == ("other_base_only", "other_base_only")
    assert odd.inferred.fact == odd.fact


STATISTICS = {"sum": sum, "mean": statistics.mean, "median": statistics.median, "minimum": min, "maximum": max}


def visits(values: dict[str, object], grain: object = 1, unit: str = "eur", **known: object) -> list[Fact]:
    """Figures of one quantity, the visits of a report, by statistic; of whole numbers, only mean and median round."""
    grains = {name: 1 if unit == "count" and name not in ("mean", "median") else grain for name in values}
    names = {name: f"visits_{'total' if name == 'sum' else name}" for name in values}
    return [fact(names[name], value, name, unit, grains[name], **known) for name, value in values.items()]


def number(n: int, grain: int = 1) -> Fact:
    """How many visits there were."""
    return count("visits_projects", n, grain)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.integers(0, 60), min_size=1, max_size=12),
    st.sets(st.sampled_from(list(STATISTICS)), min_size=1),
    st.sampled_from(["0", "0.01", "0.1", "1", "5"]),
    st.sampled_from(["count", "eur", "fte"]),
    st.booleans(),
)
def test_figures_of_real_values_are_never_refused(
    values: list[int], names: set[str], grain: str, unit: str, beside: bool
) -> None:
    """Computed from values and rounded, figures hold, whether their number is a figure or a base printed beside."""
    exact = {name: STATISTICS[name](list(map(Fraction, values))) for name in names}
    steps = {one.statistic: one.grain for one in visits(exact, Fraction(grain), unit)}
    rounded = {name: round(v / steps[name]) * steps[name] if steps[name] else v for name, v in exact.items()}
    facts = visits(rounded, Fraction(grain), unit, **({"base_n": len(values)} if beside else {}))
    assert not said(facts if beside else [*facts, number(len(values))]) & {"impossible", "other_base_only"}


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 30), st.integers(0, 900), st.integers(0, 900))
def test_a_mean_of_whole_numbers_is_refused_exactly_when_no_total_has_it(n: int, mean: int, total: int) -> None:
    """Brute force over every whole total: one that rounds to the mean, and the one printed among them."""
    near = [k for k in range(31 * n) if abs(Fraction(k, n) - Fraction(mean, 30)) <= Fraction(1, 60)]
    some, grain = {"mean": Fraction(mean, 30)}, Fraction(1, 30)
    assert ("impossible" in said([*visits(some, grain, "count"), number(n)])) == (n < 30 and not near)
    both = [*visits(some, grain), *visits({"sum": total})]
    holds = abs(Fraction(mean * n, 30) - total) <= Fraction(n, 60) + HALF and 2 * mean <= 60 * total + 31
    assert said([*both, number(n)]) == ({"consistent"} if holds else {"impossible"})


@pytest.mark.parametrize(
    ("facts", "name", "verdict", "words"),
    [
        # 9 × 12.5 = 112.5 is more than 100.5; 9 × 10.5 = 94.5 is not.
        ([*visits({"sum": 100, "mean": 13}), number(9)], "mean", "impossible",
         "9 × mean €13 = €117 (€112.5 to €121.5 with roundings), but the total is €100 (€99.5 to €100.5). Number: 9"
         " (visits projects)."),
        ([*visits({"sum": 100, "mean": 11}), number(9)], "mean", "consistent", "and the total is €100"),
        (visits({"sum": 100, "mean": 11}), "mean", "unverifiable", "no number of values above zero was found"),
        # 16 × 29.5 = 472 > 246.5; 8 × 30.5 = 244 < 245.5.
        ([*visits({"sum": 246, "minimum": 30}), number(16)], "total", "impossible",
         "16 × minimum €30 = €480 (€472 to €488 with roundings), but the total is €246"),
        ([*visits({"sum": 246, "maximum": 30}), number(8)], "maximum", "impossible",
         "8 × maximum €30 = €240 (€236 to €244 with roundings), but the total is"),
        # A median above the maximum says nothing of 10 × 12 = 120.
        ([*visits({"median": 40, "maximum": 20, "sum": 120, "mean": 12}), number(10)], "mean", "consistent", ""),
        # GRIM: 28 × 5.19 = 145.32, from 145.18 to 145.46; 145/28 = 5.18 can be, in euros anything can.
        (visits({"mean": "5.19"}, "0.01", "count", base_n=28), "mean", "other_base_only",
         "28 × mean 5.19 = 145.32 (145.18 to 145.46 with roundings), no whole number, as whole numbers total. Number:"
         " 28 (published beside the figure)."),
        ([*visits({"mean": "5.19"}, "0.01", "count"), number(28)], "mean", "impossible", "no whole number"),
        ([*visits({"mean": "5.18"}, "0.01", "count"), number(28)], "mean", "consistent", "which can be a whole number"),
        ([*visits({"mean": "5.19"}, "0.01"), number(28)], "mean", "unverifiable", "No test"),
        # A number that is assumed refutes nothing by itself: 52 × 5.19 = 269.88 holds, 50 × 5.19 is 259.5.
        ([*visits({"mean": "5.19"}, "0.01", "count"), count("respondents", 52)], "mean", "consistent", "whole number"),
        ([*visits({"mean": "5.19"}, "0.01", "count"), count("respondents", 50)], "mean", "other_base_only", ""),
        # 12.5 is no median of 7 whole numbers but one of about 6 (4 to 8); 12.3 is not, and 10,000 are too many to try.
        *(([*visits({"median": median}, "0.1", "count"), number(n, grain)], "median", verdict, "")
          for median, n, grain, verdict in (
              ("12.5", 7, 1, "impossible"), ("12.5", 6, 4, "consistent"), ("12.3", 6, 4, "impossible"),
              ("12.5", 0, 1, "unverifiable"), ("12.5", 10_000, 5000, "unverifiable"))),
        # A mean of shares may be weighted: it is put in order and no further; figures over two bases are left alone.
        *((visits({"minimum": "0.2", "mean": "0.1", "maximum": "0.5"}, "0.01", "share", base_n=4), name, verdict, "")
          for name, verdict in (("mean", "impossible"), ("maximum", "consistent"))),
        ([*visits({"minimum": 30}, base_n=4), *visits({"mean": 20}, base_n=5)], "mean", "unverifiable", "bases (4, 5)"),
        # Total and mean may bear the name of the quantity; a minimum under it is "at least", not a smallest value.
        *(([euros("visits", 100), fact("visits", value, name, "eur", 1, second=True), number(9)], "visits", verdict, "")
          for value, name, verdict in ((13, "mean", "impossible"), (50, "minimum", "unverifiable"))),
    ],
)  # fmt: skip
def test_means_by_hand(facts: list[Fact], name: str, verdict: str, words: str) -> None:
    """The arithmetic that decides, on the figures that carry it."""
    found = next(one for one in audit(report(*facts)) if one.fact.indicator in (name, f"visits_{name}"))
    assert found.verdict == verdict and words in found.reason


@pytest.mark.parametrize(
    ("values", "lower", "upper"),
    [
        ({"minimum": 30, "median": 20}, "minimum €30", "median €20"),
        ({"minimum": 30, "mean": 20}, "minimum €30", "mean €20"),
        ({"median": 30, "maximum": 20}, "median €30", "maximum €20"),
        ({"mean": 30, "maximum": 20}, "mean €30", "maximum €20"),
        ({"sum": 20, "maximum": 30}, "maximum €30", "total €20"),
    ],
)
def test_figures_out_of_order_need_no_number(values: dict[str, object], lower: str, upper: str) -> None:
    """29.5 > 20.5: a minimum is not above a mean, nor anything above the maximum, nor a maximum above the total."""
    found = audited(*visits(values)).values()
    reason = f"€29.5 > €20.5, roundings included: {lower} is above {upper}."
    assert {(one.verdict, one.reason) for one in found} == {("impossible", reason)}
    assert said(visits(dict.fromkeys(values, 30))) <= {"consistent", "unverifiable"}


def test_the_calls_for_projects_are_tested() -> None:
    """23 × €130k is €3m, to the million, and 23 × €200k is not."""
    calls = [one for one in read_published(PUBLISHED).values() if one.indicator.startswith("call_")]
    for grant, verdict in ((130_000, "consistent"), (200_000, "impossible")):
        mean = euros("call_grant", grant, 10_000, "mean", wave=2013, source="S9")
        assert audited(*calls, mean)[mean.id].verdict == verdict


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_rows_match_every_small_data_set(n: int) -> None:
    """A row is consistent exactly when some data set of n amounts prints so: all totals to 6, all medians to 5.

    In half units, so that the ends of every rounding band are among their sums and medians.
    """
    seen = set()
    for amounts in itertools.combinations_with_replacement([Fraction(k, 2) for k in range(15)], n):
        total, median = sum(amounts), statistics.median(amounts)
        sums = [s for s in range(7) if abs(s - total) <= HALF]
        seen |= {(s, m) for s in sums for m in range(6) if abs(m - median) <= HALF}
    for total, median in itertools.product(range(7), range(6)):
        expected = "consistent" if (total, median) in seen else "impossible"
        assert said(row(n, total, median)) == {expected}, (total, median)


ABOUT_20 = count("loans_projects", 20, 5, level="commune")
MEDIAN, TOTAL = euros("loans_median", 30, 1, "median", base_n=16), euros("loans_amount", 246)
FEW = "no number of values above zero was found"
ONE = "1 × median €30 = €30 (€29.5 to €30.5 with roundings), but the total is €100 (€99.5 to €100.5)."


@pytest.mark.parametrize(
    ("facts", "verdict", "words"),
    [
        # One amount of 30 cannot total 100, nor can two; three can. Of no amount nothing is said.
        (row(1, 100, 30), "impossible", ONE),
        (row(3, 100, 30), "consistent", ""),
        (row(0, 5, 0), "unverifiable", FEW),
        # About 20 to the nearest 5 is 18 to 22: 10 × 9.5 = 95 holds within 100, where 20 would need 104.5.
        ([row(20, 100, 10)[0], ABOUT_20, row(20, 100, 10)[2]], "consistent", "18 amounts"),
        (row(20, 100, 10), "impossible", ""),
        # Without `_projects`, the base printed beside the amount or the median is the number.
        ([euros("loans_amount", 246, base_n=16), MEDIAN], "impossible", "16 amounts"),
        ([TOTAL, MEDIAN], "impossible", "16 amounts"),
        ([TOTAL, euros("loans_median", 30, 1, "median")], "unverifiable", FEW),
        # A mean in place of the median, or another unit, is no row.
        ([TOTAL, fact("loans_median", 3, "median", "count", 1, base_n=16)], "unverifiable", "No test"),
        # (2350 - 21 × 30.5) / 19 = 89.97; 1 - 20 × 30.5 / 2350 = 74.04%; an index of 0.252: all cut down.
        ([fact("staff_total", 2350, "sum", "count", 1, base_n=40), fact("staff_median", 30, "median", "count", 1)],
         "consistent", "at least: one unit with 89, 74% held by the largest 20, a Gini index of 0.25."),
    ],
)  # fmt: skip
def test_rows_by_hand(facts: list[Fact], verdict: str, words: str) -> None:
    """Their number may be a figure, about, or a base; a total of its own forces concentration."""
    found = first(*facts)
    assert found.verdict == verdict and words in found.reason


@settings(deadline=None)
@given(st.integers(3, 40), st.integers(0, 300), st.integers(0, 60), st.sampled_from([0, 1, 5]))
def test_limits_are_the_last_that_hold(n: int, total: int, median: int, grain: int) -> None:
    """The highest median and the largest number hold; one rounding step or one or two amounts more do not."""
    (printed,) = rows_of_amounts(Printed(report(*row(n, total, median, grain=grain))))
    highest, step = printed.highest_median, grain or Fraction(1, 10**6)
    assert not grain or (highest - median) % grain == 0
    holds = [first(*row(n, total, value, grain=grain)).verdict for value in (highest, highest + step)]
    assert holds == ["consistent", "impossible"]
    most = largest_n(printed.bands)
    if most is None:
        assert printed.median.band[0] == 0
    else:
        for some, verdict in ((most, "consistent"), (max(most + 1, 3), "impossible")):
            assert some < 3 or first(*row(some, total, median, grain=grain)).verdict == verdict


def loans(total: int, *amounts: int | Fraction, grain: int = 1) -> dict[str, Verdict]:
    """The verdicts on a total and on amounts lent, one level each."""
    of = zip(FUNDING_LEVELS, amounts, strict=False)
    parts = (euros("loans_amount", one, grain, level=level) for level, one in of)
    return audited(*parts, euros("loans_total", total, grain))


def test_the_total_carries_the_verdict_and_names_the_parts_that_make_it() -> None:
    """Of 100, 20 and 40, only 100 and 40 make 140; the parts of one that does not add up are referred to it."""
    some = loans(140, 100, 20, 40)["loans_total_2015"]
    assert some.verdict == "other_base_only" and "only some of them do: Communes + Départements = €140" in some.reason
    part = loans(500, 100, 20)["loans_amount_commune_2015"]
    assert (part.verdict, part.findings[0].related) == ("unverifiable", ("loans_total_2015",))
    assert part.reason == "A part of €500, which the 2 parts do not add up to: see that figure."


def test_parts_are_declared_or_named_and_of_one_level() -> None:
    """A `part_of` prevails over the name; a total of no level has two sets of parts, by level and of none."""
    gifts = [euros("gifts_cash", 10, part_of="means_total"), euros("gifts_kind", 20, part_of="means_total")]
    found = audited(*gifts, euros("means_total", 10), euros("gifts_total", 999))
    assert found["means_total_2015"].verdict == "other_base_only"
    assert "some of them do: gifts cash = €10" in found["means_total_2015"].reason
    assert found["gifts_total_2015"].verdict == "unverifiable"
    parts = euros("gifts_cash", 10, level="epci", part_of="gifts_total"), euros("gifts_kind", 5, part_of="gifts_total")
    found = audited(*parts, euros("gifts_total", 10, level="epci"), euros("gifts_total", 10))
    assert found["gifts_total_epci_2015"].verdict == "consistent"
    assert [f.verdict for f in found["gifts_total_2015"].findings] == ["impossible", "consistent"]


def test_what_does_not_add_up_is_left_alone() -> None:
    """A mean, another unit, and a figure declared part of itself are no parts."""
    others = [fact("loans_amount", 5, *kind, 1, level="epci") for kind in (("mean", "eur"), ("sum", "count"))]
    for part in (*others, euros("loans_total", 5, part_of="loans_total", second=True)):
        assert not findings("sums", part, euros("loans_total", 999))


@settings(deadline=None)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=6), st.integers(1, 120))
def test_verdicts_on_totals_match_every_choice(parts: list[int], total: int) -> None:
    """Trying every choice with its rounding gives the same verdict."""
    fits = {
        choice: abs(sum(choice) - total) <= Fraction(len(choice) + 1, 2)
        for size in range(1, len(parts) + 1)
        for choice in itertools.combinations(parts, size)
    }
    expected = "consistent" if fits[tuple(parts)] else "other_base_only" if any(fits.values()) else "impossible"
    assert loans(total, *parts)["loans_total_2015"].verdict == expected


@pytest.mark.parametrize(
    ("whole", "parts", "verdict", "words"),
    [
        # 45 + 15 + 20 = 80: within the rounding of 82 (4 halves), not of 83. 60 + 25 + 15 divide the 75% themselves.
        ("0.80", ("0.45", "0.15", "0.20"), "consistent", ""),
        ("0.82", ("0.45", "0.15", "0.20"), "consistent", ""),
        ("0.83", ("0.45", "0.15", "0.20"), "impossible", "said of 83%"),
        ("1", ("0.45", "0.15", "0.20"), "impossible", "not 100%."),
        ("0.75", ("0.60", "0.25", "0.15"), "consistent", "not 75% but 100%: they are given as shares of it"),
    ],
)
def test_shares_said_of_a_share_add_up_to_it_or_to_all_of_it(
    whole: str, parts: tuple, verdict: str, words: str
) -> None:
    """All of them carry the verdict, without any base."""
    some = [share(f"kind{i}_share", part, part_of="whole_share") for i, part in enumerate(parts)]
    found = list(audited(share("whole_share", whole), *some).values())
    assert {one.verdict for one in found} == {verdict} and words in found[0].reason


def test_counts_have_no_rounding_to_spare_and_twelve_parts_are_tried() -> None:
    """Ten parts of 1 are 10, and not 15; typed to the nearest 5, each is 3 to 7. Of 13 parts nothing is said."""
    for total, parts, grain, verdict in ((15, 1, 1, "impossible"), (10, 1, 1, "consistent"), (45, 5, 5, "consistent")):
        some = [count(f"kind{i}_sites", parts, grain, part_of="sites") for i in range(10)]
        assert audited(count("sites", total), *some)["sites_2015"].verdict == verdict
    parts = [euros(f"part{i}_gift", 100, part_of="gifts_total") for i in range(13)]
    for some, verdict in ((12, "impossible"), (13, "unverifiable")):
        assert first(euros("gifts_total", 9999), *parts[:some]).verdict == verdict


def findings(rule: str, *facts: Fact) -> dict[str, Finding]:
    """What one rule says of a report, by figure."""
    return {one.id: f for one in audit(report(*facts)) for f in one.findings if f.rule == rule}


def test_at_least_and_at_most_are_read_as_such() -> None:
    """« More than 130 » meets 150, not 120; « at most 130 » the reverse."""
    for statistic, meets in (("minimum", {150: True, 120: False}), ("maximum", {150: False, 120: True})):
        for value, expected in meets.items():
            limit = fact("answers", 130, statistic, "count", 1, source="S", second=True)
            found = findings("sources", count("answers", value), limit)
            assert {f.verdict == "consistent" for f in found.values()} == {expected}


def test_two_numbers_for_one_figure_differ_between_sources_and_not_in_one() -> None:
    """180 and 183 cannot be one number, neither is refuted; in one source both are. On two bases, or alike, nothing."""
    found = findings("sources", count("applications", 180), count("applications", 183, source="S", second=True))
    assert {f.verdict for f in found.values()} == {"sources_differ"}
    assert found["applications_2015"].reason == (
        "R gives 180 but S 183: not the same number; perhaps not the same population."
    )
    found = findings("sources", count("respondents", 52), count("respondents", 50, second=True))
    assert {f.verdict for f in found.values()} == {"impossible"}
    assert found["respondents_2015"].reason.startswith("R gives 52 and also 50")
    assert [set(f.related) for f in found.values()] == [set(found) - {name} for name in found]
    assert findings("sources", count("respondents", 52), count("respondents", 52, second=True)) == {}
    other = share("a_share", "0.26", base_n=40, second=True)
    assert findings("sources", share("a_share", "0.2", base_n=50), other) == {}
