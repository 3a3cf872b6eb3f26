"""A report computed from random data is never refuted; one with a false figure never passes for consistent."""

import statistics
from dataclasses import replace
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from printed_figures import count, euros, fact, report, share
from ptce_analysis.analysis.audit import audit
from ptce_analysis.published import Fact

LEVELS = ("commune", "epci", "region")
amounts = st.fractions(0, 100, max_denominator=4)
# Each pole: what it got from each level (nothing, or an amount), and a stage.
poles = st.lists(
    st.tuples(*[st.none() | amounts for _ in LEVELS], st.sampled_from(["emergence", "operation"])),
    min_size=1,
    max_size=14,
)


def rounded(value: Fraction, grain: Fraction) -> Fraction:
    """A value as a source prints it."""
    return round(value / grain) * grain if grain else value


def figures(answers: list[tuple], grain: Fraction, points: Fraction) -> dict[str, Fact]:
    """A report of these answers: respondents, stages, links, and per level a number, an amount and a median."""
    n, all_given, printed = len(answers), [], [count("respondents", len(answers))]
    for stage in ("emergence", "operation"):
        part = Fraction(sum(answer[-1] == stage for answer in answers), n)
        printed.append(share(f"{stage}_part", rounded(part, points), points, part_of="any_part"))
    printed.append(share("any_part", 1, 0))
    for place, level in enumerate(LEVELS):
        given_ = [answer[place] for answer in answers if answer[place] is not None]
        all_given += given_
        printed.append(share("link_share", rounded(Fraction(len(given_), n), points), points, level=level, base_n=n))
        printed.append(count("loans_projects", len(given_), level=level))
        printed.append(euros("loans_amount", rounded(sum(given_, Fraction(0)), grain), grain, level=level))
        median = statistics.median(given_) if given_ else Fraction(0)
        printed.append(euros("loans_median", rounded(median, grain), grain, "median", level=level))
    total = rounded(sum(all_given, Fraction(0)), grain)
    printed.append(euros("loans_total", total, grain, base_n=len(all_given) or None))
    overall = statistics.median(all_given) if all_given else Fraction(0)
    printed.append(fact("loans_median", rounded(overall, grain), "median", "eur", grain))
    return report(*printed)


grains = st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(1), Fraction(10)])
points = st.sampled_from([Fraction(0), Fraction(1, 1000), Fraction(1, 100), Fraction(1, 20)])


@settings(max_examples=40, deadline=None)
@given(poles, grains, points)
def test_a_report_of_real_answers_is_never_refuted(answers: list[tuple], grain: Fraction, step: Fraction) -> None:
    """Whatever the data and the roundings, no figure is impossible, nor said to need another base."""
    found = {one.id: (one.verdict, one.reason) for one in audit(figures(answers, grain, step))}
    assert not {id_: said for id_, said in found.items() if said[0] in ("impossible", "other_base_only")}


@settings(max_examples=25, deadline=None)
@given(poles, st.integers(1, 50))
def test_a_false_total_is_never_consistent(answers: list[tuple], excess: int) -> None:
    """A total beyond its parts and all roundings is refuted, whatever else holds."""
    true = figures(answers, Fraction(1), Fraction(1, 100))
    total = true["loans_total_2015"]
    false = replace(total, value=total.value + 2 + len(LEVELS) + excess, base_n=None)
    verdicts = {one.id: one.verdict for one in audit({**true, false.id: false})}
    assert verdicts["loans_total_2015"] == "impossible"


@settings(max_examples=25, deadline=None)
@given(poles, st.sampled_from(LEVELS), st.integers(1, 50))
def test_a_false_median_is_never_consistent(answers: list[tuple], level: str, excess: int) -> None:
    """A median above what its total can hold refutes its row, by the definition: half the amounts reach the median."""
    true = figures(answers, Fraction(1), Fraction(1, 100))
    n = int(true[f"loans_projects_{level}_2015"].value)
    amount = true[f"loans_amount_{level}_2015"]
    at_least_median = n // 2 + 1
    value = amount.band[1] / at_least_median + Fraction(1, 2) + excess
    median = replace(true[f"loans_median_{level}_2015"], value=value)
    verdicts = {one.id: one.verdict for one in audit({**true, median.id: median})}
    for part in ("amount", "projects", "median"):
        assert verdicts[f"loans_{part}_{level}_2015"] == "impossible"
