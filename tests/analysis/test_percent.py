"""Percentages and bases: exact arithmetic against enumeration."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptce_analysis.analysis.percent import (
    attainable_bases,
    attainable_counts,
    joint_bases,
    nearest_counts,
    percent,
    smallest_base,
)
from ptce_analysis.errors import InputError

POINT = Fraction(1, 100)
shares = st.fractions(0, 1, max_denominator=400)
grains = st.sampled_from([Fraction(0), Fraction(1, 1000), POINT, Fraction(5, 100), Fraction(1, 3)])


@given(shares, st.integers(1, 60), grains)
def test_counts_are_those_within_half_a_grain(share: Fraction, base: int, grain: Fraction) -> None:
    """A count is attainable exactly when |k/n - share| <= grain/2: every k from 0 to n is tried."""
    expected = tuple(k for k in range(base + 1) if abs(Fraction(k, base) - share) <= grain / 2)
    assert attainable_counts(share, base, grain) == expected


@given(shares, grains)
def test_bases_are_those_with_a_count(share: Fraction, grain: Fraction) -> None:
    """The list of bases, computed in whole numbers, is that of trying every base with `attainable_counts`."""
    expected = tuple(n for n in range(1, 121) if attainable_counts(share, n, grain))
    assert attainable_bases(share, grain) == expected


@given(shares, grains)
def test_smallest_base_is_the_first_that_holds(share: Fraction, grain: Fraction) -> None:
    """The Stern-Brocot denominator is the first base found by trying 1, 2, 3 and so on."""
    found = smallest_base(share, grain)
    assert attainable_bases(share, grain, found) == (found,)


def test_ties_hold_either_way() -> None:
    """1/8 = 12.5% prints as 12% or 13%."""
    assert attainable_counts(Fraction(12, 100), 8, POINT) == (1,)
    assert attainable_counts(Fraction(13, 100), 8, POINT) == (1,)


def test_the_ends_are_always_attainable() -> None:
    """0% is 0 out of n and 100% is n out of n, on every base and whatever the grain."""
    for grain in (Fraction(0), POINT):
        assert attainable_bases(Fraction(0), grain) == tuple(range(1, 121))
        assert attainable_bases(Fraction(1), grain) == tuple(range(1, 121))


def test_the_base_of_the_published_percentages() -> None:
    """20% and 41% share the bases 41, 44, 46, 49 and 51 up to 52 (worked out by hand from a table of k/n)."""
    pair = [(Fraction(20, 100), POINT), (Fraction(41, 100), POINT)]
    assert joint_bases(pair, 52) == (41, 44, 46, 49, 51)


def test_no_percentage_leaves_every_base() -> None:
    """With nothing to hold, every base will do."""
    assert joint_bases([], 3) == (1, 2, 3)


def test_nearest_counts_stay_within_the_base() -> None:
    """An exact count stands alone, and 100% has nothing above it."""
    assert nearest_counts(Fraction(1, 2), 52) == (26,)
    assert nearest_counts(Fraction(999, 1000), 10) == (9, 10)


def test_percent_of_the_command_line() -> None:
    """20% of 52 cannot occur: 10/52 is 19.23% and 11/52 is 21.15%; 15/75 could."""
    found = percent("20", 52)
    assert (found["possible"], found["counts"], found["nearest"]) == (False, [], [10, 11])
    assert found["nearest_percent"] == [19.2308, 21.1538]
    assert {5, 40, 75} <= set(found["bases"]) and 52 not in found["bases"]


def test_percent_takes_what_a_reader_types() -> None:
    """A decimal comma, a percent sign and a coarse grain are read as such; 31% of 42 can only be 13."""
    assert percent("31 %", 42)["counts"] == [13]
    assert percent("100", 42)["counts"] == [42] and percent("0", 42)["counts"] == [0]
    assert percent("8,2", 61, "0,1")["counts"] == [5]
    assert percent(20, 52, 5)["counts"] == [10, 11]


@pytest.mark.parametrize("value", ["", "abc", "-1", "1e3", "nan", "٢٠", "1/3", "101"])
def test_percent_refuses_what_is_no_percentage(value: str) -> None:
    """The message names what was given and what is expected."""
    with pytest.raises(InputError, match=f"^value '{value}': .*percentage points|^value {value}: .*percentage points"):
        percent(value, 52)
    with pytest.raises(InputError, match=r"^grain "):
        percent("20", 52, value)


@pytest.mark.parametrize("base", [0, -5, 10**7])
def test_percent_refuses_what_is_no_base(base: int) -> None:
    """A base is a whole number above zero, small enough for its counts to be listed."""
    with pytest.raises(InputError, match=f"base {base}: a whole number from 1"):
        percent("20", base)
