"""Rules on means, medians and extremes: never against real values, and each by hand."""

import statistics
from collections.abc import Iterable
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from printed_figures import PUBLISHED, count, euros, fact, report
from ptce_analysis.analysis.audit import Verdict, audit
from ptce_analysis.published import Fact, read_published

STATISTICS = {
    "sum": sum,
    "mean": lambda values: Fraction(sum(values), len(values)),
    "median": lambda values: Fraction(statistics.median(map(Fraction, values))),
    "minimum": min,
    "maximum": max,
}
ENDINGS = {"sum": "total", "mean": "mean", "median": "median", "minimum": "minimum", "maximum": "maximum"}


def figures(
    values: dict[str, int | str | Fraction],
    grains: dict[str, int | str | Fraction] | None = None,
    unit: str = "count",
    **known: object,
) -> list[Fact]:
    """Figures of one quantity (the visits of a report), by statistic."""
    grains = grains or {}
    return [
        fact(f"visits_{ENDINGS[name]}", value, name, unit, grains.get(name, 1), **known)
        for name, value in values.items()
    ]


def verdicts(facts: Iterable[Fact]) -> dict[str, Verdict]:
    """The verdicts on a report, by the last part of the names of figures."""
    return {one.fact.indicator.removeprefix("visits_"): one for one in audit(report(*facts))}


def said(facts: Iterable[Fact]) -> set[str]:
    """The verdicts of a report."""
    return {one.verdict for one in verdicts(facts).values()}


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
    step = Fraction(grain)
    printed = {name: Fraction(STATISTICS[name](values)) for name in names}
    steps = {name: 1 if unit == "count" and name not in ("mean", "median") else step for name in names}
    rounded = {name: round(v / steps[name]) * steps[name] if steps[name] else v for name, v in printed.items()}
    facts = figures(rounded, steps, unit, **({"base_n": len(values)} if beside else {}))
    found = said(facts if beside else [*facts, count("visits_projects", len(values))])
    assert not found & {"impossible", "other_base_only"}


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 30), st.integers(0, 900), st.integers(0, 900))
def test_a_mean_of_whole_numbers_is_refused_exactly_when_no_total_has_it(n: int, mean: int, total: int) -> None:
    """Brute force over every whole total: one that rounds to the mean, and the one printed among them."""
    near = [k for k in range(31 * n) if abs(Fraction(k, n) - Fraction(mean, 30)) <= Fraction(1, 60)]
    some = {"mean": Fraction(mean, 30)}
    number = count("visits_projects", n)
    assert ("impossible" in said([*figures(some, {"mean": Fraction(1, 30)}), number])) == (n < 30 and not near)
    both = figures(some | {"sum": total}, {"mean": Fraction(1, 30)}, "eur")
    holds = abs(Fraction(mean * n, 30) - total) <= Fraction(n, 60) + Fraction(1, 2) and 2 * mean <= 60 * total + 31
    assert said([*both, number]) == ({"consistent"} if holds else {"impossible"})


def test_a_mean_times_its_number_is_the_total() -> None:
    """By hand: 9 × 12.5 = 112.5 is more than 100.5; the three figures carry the verdict, with the arithmetic."""
    wrong = verdicts([*figures({"sum": 100, "mean": 13}, unit="eur"), count("visits_projects", 9)])
    assert {one.verdict for one in wrong.values()} == {"impossible"}
    assert wrong["mean"].reason == (
        "9 × mean €13 = €117 (€112.5 to €121.5 with roundings), but the total is €100 (€99.5 to €100.5). Number: 9"
        " (visits projects)."
    )
    assert said([*figures({"sum": 100, "mean": 11}, unit="eur"), count("visits_projects", 9)]) == {"consistent"}
    assert said(figures({"sum": 100, "mean": 11}, unit="eur")) == {"unverifiable"}


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
def test_figures_out_of_order_need_no_number(values: dict[str, int], lower: str, upper: str) -> None:
    """29.5 > 20.5: a minimum is not above a mean, nor anything above the maximum, nor a maximum above the total."""
    found = verdicts(figures(values, unit="eur"))
    assert {one.verdict for one in found.values()} == {"impossible"}
    reason = f"€29.5 > €20.5, roundings included: {lower} is above {upper}."
    assert {one.reason for one in found.values()} == {reason}
    assert said(figures(dict.fromkeys(values, 30), unit="eur")) <= {"consistent", "unverifiable"}


def test_a_minimum_times_the_number_is_within_the_total() -> None:
    """16 × 29.5 = 472 > 246.5; 8 × 30.5 = 244 < 245.5; a median above the maximum says nothing of 10 × 12 = 120."""
    low = verdicts([*figures({"sum": 246, "minimum": 30}, unit="eur"), count("visits_projects", 16)])
    assert low["total"].reason.startswith(
        "16 × minimum €30 = €480 (€472 to €488 with roundings), but the total is €246"
    )
    high = verdicts([*figures({"sum": 246, "maximum": 30}, unit="eur"), count("visits_projects", 8)])
    assert high["maximum"].reason.startswith("8 × maximum €30 = €240 (€236 to €244 with roundings), but the total is")
    facts = figures({"median": 40, "maximum": 20, "sum": 120, "mean": 12}, unit="eur")
    found = verdicts([*facts, count("visits_projects", 10)])
    refuted = {name for name, one in found.items() if one.verdict == "impossible"}
    assert (refuted, found["mean"].verdict) == ({"median", "maximum"}, "consistent")


def test_a_mean_of_whole_numbers_is_a_whole_number_over_their_number() -> None:
    """GRIM, by hand: 28 × 5.19 = 145.32, from 145.18 to 145.46; 145/28 = 5.18 can be, in euros anything can."""
    for mean, unit, verdict in (
        ("5.19", "count", "impossible"),
        ("5.18", "count", "consistent"),
        ("5.19", "eur", "unverifiable"),
    ):
        facts = [*figures({"mean": mean}, {"mean": "0.01"}, unit), count("visits_projects", 28)]
        assert verdicts(facts)["mean"].verdict == verdict
    assert verdicts(figures({"mean": "5.19"}, {"mean": "0.01"}, base_n=28))["mean"].reason == (
        "28 × mean 5.19 = 145.32 (145.18 to 145.46 with roundings), no whole number, as whole numbers total. Number: 28"
        " (published beside the figure)."
    )


def test_a_median_of_whole_numbers_is_whole_or_a_half() -> None:
    """12.5 is no median of 7 whole numbers but one of 8; 12.3 is one of neither, nor of about 6 (4 to 8)."""
    for median, n, grain, verdict in (
        ("12.5", 7, 1, "impossible"),
        ("12.5", 8, 1, "consistent"),
        ("12.5", 6, 4, "consistent"),
        ("12.3", 8, 1, "impossible"),
        ("12.3", 6, 4, "impossible"),
        ("12.5", 0, 1, "unverifiable"),
        ("12.5", 10_000, 5000, "unverifiable"),
    ):
        found = verdicts([*figures({"median": median}, {"median": "0.1"}), count("visits_projects", n, grain)])
        assert found["median"].verdict == verdict, (median, n)


def test_an_assumed_number_refutes_nothing_by_itself() -> None:
    """Respondents stand in for a number that is not printed: 52 × 5.19 = 269.88 holds, 50 × 5.19 is 259.5."""
    for n, verdict in ((52, "consistent"), (50, "other_base_only")):
        mean = verdicts([*figures({"mean": "5.19"}, {"mean": "0.01"}), count("respondents", n)])["mean"]
        assert (mean.verdict, mean.findings[0].origin) == (verdict, "assumption")


def test_what_is_not_said_of_the_same_values_is_not_compared() -> None:
    """A mean of shares may be weighted: it is put in order and no further; figures over two bases are left alone."""
    shares = {"minimum": "0.2", "mean": "0.1", "maximum": "0.5"}
    found = verdicts(figures(shares, dict.fromkeys(shares, "0.01"), "share", base_n=4))
    assert (found["mean"].verdict, found["maximum"].verdict) == ("impossible", "consistent")
    apart = [*figures({"minimum": 30}, unit="eur", base_n=4), *figures({"mean": 20}, unit="eur", base_n=5)]
    assert said(apart) == {"unverifiable"}


def test_figures_of_one_name_and_a_limit_in_words() -> None:
    """Total and mean may bear the name of the quantity; a minimum under it is "at least", not a smallest value."""
    total, number = euros("visits", 100), count("visits_projects", 9)
    mean = fact("visits", 13, "mean", "eur", 1, second=True)
    assert {one.verdict for one in audit(report(total, mean, number))} == {"impossible"}
    limit = fact("visits", 50, "minimum", "eur", 1, second=True)
    assert "impossible" not in {one.verdict for one in audit(report(total, limit, number))}


def test_the_calls_for_projects_are_tested() -> None:
    """14 grants of €26k to €290k can total €2.75m; 23 × €130k is €3m, to the million, and 23 × €200k is not."""
    calls = {id_: one for id_, one in read_published(PUBLISHED).items() if one.indicator.startswith("call_")}
    found = {one.id: one for one in audit(calls)}
    for part in ("laureates", "budget", "grant_minimum", "grant_maximum"):
        assert found[f"call_{part}_2015"].verdict == "consistent"
    for grant, verdict in ((130_000, "consistent"), (200_000, "impossible")):
        mean = euros("call_grant", grant, 10_000, "mean", wave=2013, source="S9")
        assert {one.id: one for one in audit({**calls, mean.id: mean})}[mean.id].verdict == verdict
