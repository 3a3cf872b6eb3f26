"""Rules on means, medians and extremes: against every small data set, and by hand."""

import itertools
import statistics
from collections.abc import Iterable
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from printed_figures import PUBLISHED, count, euros, fact, report
from ptce_analysis.analysis.audit import Verdict, audit
from ptce_analysis.analysis.audit_means import possible
from ptce_analysis.published import Fact, read_published

STATISTICS = {
    "sum": sum,
    "mean": lambda values: Fraction(sum(values), len(values)),
    "median": lambda values: Fraction(statistics.median(map(Fraction, values))),
    "minimum": min,
    "maximum": max,
}
ENDINGS = {"sum": "total", "mean": "mean", "median": "median", "minimum": "minimum", "maximum": "maximum"}
REFUSED = {"impossible", "other_base_only"}


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


# Of each statistic that is printed: what it may be printed as.
PRINTED = {
    "sum": [0, 1, 4, 7],
    "mean": ["0.5", "1.3", "1.7", "2.0"],
    "median": ["0.5", "1.0", "1.5", "2.5"],
    "minimum": [0, 1, 2],
    "maximum": [1, 2, 4],
}
STEPS = {"sum": 1, "mean": "0.1", "median": "0.1", "minimum": 1, "maximum": 1}


def refused(n: int, printed: dict[str, int | str], unit: str, grains: dict[str, int | str] = STEPS) -> bool:
    """Whether no n values have these figures, by the function under the rule."""
    bands = {one.statistic: one.band for one in figures(printed, grains, unit)}
    return not possible(n, bands, whole=unit == "count")


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("names", [c for k in (1, 2, 3, 5) for c in itertools.combinations(STATISTICS, k)])
def test_whole_numbers_are_refused_exactly_when_no_multiset_has_them(n: int, names: tuple[str, ...]) -> None:
    """Brute force: every multiset of n whole numbers up to 7, the largest total printed here, or 2.05 × 5 = 10."""
    seen = set()
    for values in itertools.combinations_with_replacement(range(8 if "sum" in names else 11), n):
        half = {name: 0 if STEPS[name] == 1 else Fraction(STEPS[name]) / 2 for name in names}
        true = {name: STATISTICS[name](values) for name in names}
        prints = [[t for t in PRINTED[name] if abs(Fraction(t) - true[name]) <= half[name]] for name in names]
        seen |= set(itertools.product(*prints))
    for printed in itertools.product(*(PRINTED[name] for name in names)):
        figures_ = dict(zip(names, printed, strict=True))
        assert refused(n, figures_, "count") == (printed not in seen), (n, figures_)


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_amounts_are_refused_exactly_when_no_data_set_has_them(n: int) -> None:
    """Brute force over halves, where the ends of every band of figures printed to the unit lie: real amounts."""
    names, top = ("sum", "minimum", "median", "maximum"), 4
    seen = set()
    for values in itertools.combinations_with_replacement([Fraction(k, 2) for k in range(2 * top)], n):
        exact = [STATISTICS[name](values) for name in names]
        seen |= set(itertools.product(*([m for m in range(9) if abs(m - v) <= Fraction(1, 2)] for v in exact)))
    for printed in itertools.product(range(9), range(3), range(3), range(3)):
        figures_ = dict(zip(names, printed, strict=True))
        assert refused(n, figures_, "eur", dict.fromkeys(names, 1)) == (printed not in seen), (n, figures_)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 6),
    st.fixed_dictionaries({}, optional={name: st.sampled_from(texts) for name, texts in PRINTED.items()}),
    st.sampled_from(["count", "eur"]),
)
def test_a_verdict_of_the_audit_is_that_of_the_arithmetic(n: int, printed: dict[str, int | str], unit: str) -> None:
    """Whatever is printed, some figure is impossible exactly when no values have them all, and each has a sentence."""
    found = verdicts([*figures(printed, STEPS, unit), count("visits_projects", n)])
    assert ("impossible" in {one.verdict for one in found.values()}) == refused(n, printed, unit)
    assert all("\n" not in one.reason for one in found.values())


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
    base = {"base_n": len(values)} if beside else {}
    facts = figures(rounded, steps, unit, **base)
    assert not REFUSED & said(facts if beside else [*facts, count("visits_projects", len(values))])


def test_a_mean_times_its_number_is_the_total() -> None:
    """By hand: 9 × 12.5 = 112.5 is more than 100.5; the three figures carry the verdict, with the arithmetic."""
    wrong = verdicts([*figures({"sum": 100, "mean": 13}, unit="eur"), count("visits_projects", 9)])
    assert {one.verdict for one in wrong.values()} == {"impossible"}
    assert wrong["mean"].reason == (
        "9 × €13 = €117 (€112.5 to €121.5 with roundings), but the total is €100 (€99.5 to €100.5). Number: 9 (visits"
        " projects)."
    )
    assert said([*figures({"sum": 100, "mean": 11}, unit="eur"), count("visits_projects", 9)]) == {"consistent"}


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
    """16 × 29.5 = 472 > 246.5; 8 × 30.5 = 244 < 245.5; a total alone with extremes is bounded from both sides."""
    number = count("visits_projects", 16)
    low = verdicts([*figures({"sum": 246, "minimum": 30}, unit="eur"), number])
    assert low["total"].reason.startswith("16 × €29.5 = €472 > €246.5: 16 values with minimum €30 have more than total")
    high = verdicts([*figures({"sum": 246, "maximum": 30}, unit="eur"), count("visits_projects", 8)])
    assert high["maximum"].reason.startswith(
        "8 × €30.5 = €244 < €245.5: 8 values with maximum €30 have less than total"
    )


def test_only_figures_that_contradict_each_other_are_refuted() -> None:
    """A median above the maximum says nothing against 10 × 12 = 120; a minimum beside them has nothing else."""
    facts = figures({"median": 40, "maximum": 20, "sum": 120, "mean": 12}, unit="eur")
    found = verdicts([*facts, count("visits_projects", 10)])
    refuted = {name for name, one in found.items() if one.verdict == "impossible"}
    assert (refuted, found["mean"].verdict) == ({"median", "maximum"}, "consistent")
    beside = verdicts(figures({"minimum": 1, "median": 40, "maximum": 20}, unit="eur"))["minimum"]
    assert (beside.verdict, beside.reason) == (
        "unverifiable",
        "Printed with median €40, maximum €20, which cannot hold together: nothing is left to test it against.",
    )


def test_a_mean_of_whole_numbers_is_a_whole_number_over_their_number() -> None:
    """GRIM, by hand: 28 × 5.19 = 145.32, from 145.18 to 145.46; 145/28 = 5.18 can be, in euros anything can."""
    people = count("visits_projects", 28)
    wrong = verdicts([*figures({"mean": "5.19"}, {"mean": "0.01"}), people])["mean"]
    assert (wrong.verdict, "145.32 (145.18 to 145.46 with roundings), no whole number" in wrong.reason) == (
        "impossible",
        True,
    )
    right = verdicts([*figures({"mean": "5.18"}, {"mean": "0.01"}), people])["mean"]
    assert (right.verdict, right.reason[:34]) == ("consistent", "5.18 can be the mean of 28 whole n")
    money = verdicts([*figures({"mean": "5.19"}, {"mean": "0.01"}, "eur"), people])["mean"]
    assert money.reason == "No other published figure bears on it."


def test_a_median_of_whole_numbers_is_whole_or_a_half() -> None:
    """12.5 is no median of 7 whole numbers but one of 8; 12.3 is one of neither."""
    for median, n, verdict in (("12.5", 7, "impossible"), ("12.5", 8, "consistent"), ("12.3", 8, "impossible")):
        found = verdicts([*figures({"median": median}, {"median": "0.1"}), count("visits_projects", n)])
        assert found["median"].verdict == verdict, (median, n)


def test_an_assumed_number_refutes_nothing_by_itself() -> None:
    """Respondents stand in for a number that is not printed: 52 × 5.19 = 269.88 holds, 50 × 5.19 is 259.5."""
    for n, verdict in ((52, "consistent"), (50, "other_base_only")):
        facts = [*figures({"mean": "5.19"}, {"mean": "0.01"}), count("respondents", n)]
        mean = verdicts(facts)["mean"]
        assert (mean.verdict, mean.findings[0].origin) == (verdict, "assumption")
    assert "Of the numbers up to 120, it can be: 16," in mean.reason


def test_shares_are_put_in_order_and_no_further() -> None:
    """A mean of shares may be weighted: it lies between the extremes, and is not multiplied by a number."""
    shares = {"minimum": "0.2", "mean": "0.1", "maximum": "0.5"}
    found = verdicts(figures(shares, dict.fromkeys(shares, "0.01"), "share", base_n=4))
    assert (found["mean"].verdict, found["maximum"].reason[:16]) == ("impossible", "Printed with min")


def test_figures_of_one_name_and_a_limit_in_words() -> None:
    """Total and mean may bear the name of the quantity; a minimum under it is "at least", not a smallest value."""
    total, number = euros("visits", 100), count("visits_projects", 9)
    mean = fact("visits", 13, "mean", "eur", 1, second=True)
    assert {one.verdict for one in audit(report(total, mean, number))} == {"impossible"}
    limit = fact("visits", 50, "minimum", "eur", 1, second=True)
    assert "impossible" not in {one.verdict for one in audit(report(total, limit, number))}


CALL = {id_: one for id_, one in read_published(PUBLISHED).items() if one.indicator.startswith("call_")}


def test_the_calls_for_projects_are_tested() -> None:
    """14 grants of €26k to €290k can total €2.75m; 23 × €130k is €3m, to the million, and 23 × €200k is not."""
    found = {one.id: one for one in audit(CALL)}
    for part in ("laureates", "budget", "grant_minimum", "grant_maximum"):
        assert found[f"call_{part}_2015"].verdict == "consistent"
        assert "13 × €25.5k + 1 × €289.5k = €621k ≤ €2,755k" in found[f"call_{part}_2015"].reason
    for grant, verdict in ((130_000, "consistent"), (200_000, "impossible")):
        mean = euros("call_grant", grant, 10_000, "mean", wave=2013, source="S9")
        assert {one.id: one for one in audit({**CALL, mean.id: mean})}[mean.id].verdict == verdict


@pytest.mark.parametrize(
    "printed", [{"maximum": "2.5"}, {"minimum": "2.5", "maximum": 4}, {"maximum": "2.5", "sum": 9}]
)
def test_an_extreme_that_no_whole_number_has_is_refused(printed: dict[str, int | str]) -> None:
    """Exactly 2.5 visits is nobody's number: said of 9 people with the figures printed beside it, in one sentence."""
    facts = [*figures(printed, dict.fromkeys(printed, 0)), count("visits_projects", 9)]
    found = verdicts(facts)["maximum" if len(printed) == 1 or "sum" in printed else "minimum"]
    assert found.verdict == "impossible" and "\n" not in found.reason
