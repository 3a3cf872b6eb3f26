"""Percentages and bases: exact arithmetic against enumeration."""

import itertools
from collections import defaultdict
from decimal import ROUND_DOWN, ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from printed_figures import sampled
from ptce_analysis.analysis.percent import attainable_counts, joint_bases, percent, percentages, smallest_base
from ptce_analysis.errors import InputError

POINT = Fraction(1, 100)
shares = st.fractions(0, 1, max_denominator=400)
grains = st.sampled_from([Fraction(0), Fraction(1, 1000), POINT, Fraction(5, 100), Fraction(1, 3)])
WAYS = {"nearest": (ROUND_HALF_UP, ROUND_HALF_DOWN), "down": (ROUND_DOWN,)}


@pytest.mark.parametrize("rounding", WAYS)
@pytest.mark.parametrize("grain", sampled(["10", "5", "1", "0.1", "0.01"], 4))
def test_counts_and_bases_are_those_that_print_as_the_percentage(grain: str, rounding: str) -> None:
    """Every k of every n up to 60, printed by `decimal` at that grain: each percentage has those counts, no other."""
    step, printed = Decimal(grain), defaultdict[tuple[int, int], set[int]](set)
    for n, way in itertools.product(range(1, 61), WAYS[rounding]):
        for k in range(n + 1):
            printed[int((Decimal(100 * k) / n / step).quantize(Decimal(1), way)), n].add(k)
    for steps in range(int(100 / step) + 1):
        share, unit = Fraction(step * steps) / 100, Fraction(grain) / 100
        counts = {n: sorted(printed[steps, n]) for n in range(1, 61)}
        assert {n: list(attainable_counts(share, n, unit, rounding)) for n in counts} == counts
        assert joint_bases([(share, unit)], 60, rounding) == tuple(n for n in counts if counts[n])


@settings(deadline=None)
@given(shares, grains)
def test_smallest_base_is_the_first_that_holds(share: Fraction, grain: Fraction) -> None:
    """The Stern-Brocot denominator is the first base found by trying 1, 2, 3 and so on."""
    for rounding in ("nearest", "down") if grain else ("nearest",):
        found = smallest_base(share, grain, rounding)
        assert joint_bases([(share, grain)], found, rounding) == (found,)


@settings(deadline=None)
@given(st.lists(st.tuples(shares, grains.filter(bool)), min_size=1, max_size=4), st.sampled_from(["nearest", "down"]))
def test_the_smallest_common_base_is_the_first_of_all(some: list[tuple[Fraction, Fraction]], rounding: str) -> None:
    """It is the first base in which the bases of each share, found one by one, meet."""
    (found,) = joint_bases(some, 10**6, rounding, most=1)
    assert joint_bases(some, found, rounding) == (found,)


def test_a_base_is_whole_and_a_rounding_nearest_or_down() -> None:
    """Others are refused with the legal ones; without a step nothing is cut down."""
    for base in (0, -5, 10**7):
        with pytest.raises(InputError, match=f"base {base}: a whole number from 1"):
            percent("20", base)
    with pytest.raises(InputError, match="rounding 'up': legal values: nearest, down"):
        percent("20", 52, rounding="up")
    with pytest.raises(InputError, match=r"grain 0: .* a grain above 0 is expected, such as 1 or 0\.1"):
        percent("20", 52, 0, "down")


# By hand: 4/50 = 8.0% and 5/50 = 10.0%; 10/50 = 20.0%; 4/50 is within half a point of 8.2%.
@pytest.mark.parametrize(
    ("typed", "given", "counts", "grain"),
    [
        ("8.2", None, [], 0.1),
        ("8,2 %", None, [], 0.1),
        (8.2, None, [], 0.1),
        ("8,20%", None, [], 0.01),
        ("8.2", 1, [4], 1),
        ("8.2", "0,5", [4], 0.5),
        (" 20\u00a0", None, [10], 1),
        ("20", "5", [9, 10, 11], 5),
        ("20", 0, [10], 0),
        ("100.0", None, [50], 0.1),
    ],
)
def test_the_decimals_written_are_the_grain(
    typed: str | float, given: str | int | None, counts: list[int], grain: float
) -> None:
    """Unless another is given, which the answer says; commas, signs and spaces that do not break change nothing."""
    found = percent(typed, 50, given)
    assert (found["counts"], found["possible"], found["grain"]) == (counts, bool(counts), grain)
    assert found["grain_from"] == ("decimals written" if given is None else "given")


def test_the_answer_says_what_is_read() -> None:
    """The percentages that print as the value, an end that is excluded, and a value its grain never writes."""
    read = [percent("8.2"), percent("20", grain=0), percent("8.2", rounding="down"), percent("100", rounding="down")]
    said = ["8.15 to 8.25", "20 exactly", "8.2 to 8.3, 8.3 excluded", "100 exactly"]
    assert [one["reads_as"] for one in read] == said
    assert percent("0")["reads_as"] == "0 to 0.5" and percent("100")["reads_as"] == "99.5 to 100"
    notes = [percent("41", grain=5)["note"], percent("40", grain=5)["note"], percent("41", grain=0)["note"]]
    assert notes == ["not written at a grain of 5", None, None]


def test_a_percentage_without_a_base_has_bases() -> None:
    """By hand: 11/134 = 8.209% is the first to print as 8.21; no base up to 120 does."""
    found = percent("8.21")
    assert (found["possible"], found["bases"], found["smallest_base"]) == (False, [], 134)
    assert found["counts"] is found["nearest"] is found["nearest_percent"] is found["base"] is None
    assert percent("20")["possible"] and percent("20")["bases"] == percent("20", 52)["bases"]


def test_several_percentages_are_of_one_base() -> None:
    """Of 23: 16, 13, 11, 10 and 4; each is what it is alone, and with 41% of 52 all fail together."""
    found = percentages(["70", "57", "48", "43", "17"], 23)
    assert [one["counts"] for one in found["percentages"]] == [[16], [13], [11], [10], [4]]
    assert found["percentages"][0] == percent("70", 23)
    assert (found["possible"], found["common_bases"][:3], found["smallest_common_base"]) == (True, [23, 40, 46], 23)
    assert not percentages(["50", "41"], 52)["possible"] and percentages(["50", "41"])["possible"]
    # Exactly 1/1009 and 1/1013 need a base that both primes divide: 1,022,117.
    assert joint_bases([(Fraction(1, 1009), Fraction(0)), (Fraction(1, 1013), Fraction(0))], 10**6, most=1) == ()


@pytest.mark.parametrize(
    "value",
    ["", "abc", "-1", "-8,2", "1e2", "nan", "٢٠", "1/3", "101", "8.", ".5", "8.2.1", "20 %%", "1.0000000000001"],
)
def test_percent_refuses_what_is_no_percentage(value: str) -> None:
    """The message names what was given and what is expected."""
    with pytest.raises(InputError, match=rf"^value '{value}': percentage points from 0 to 100 .* such as 20 or 8\.2"):
        percentages(["20", value], 52)
    with pytest.raises(InputError, match=rf"^grain '{value}': percentage points from 0 to 100 .* such as 1, 0\.1 or 5"):
        percent("20", 52, value)
