"""Figures that stand alone, each shown or hidden by name."""

from __future__ import annotations

import statistics
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptce_analysis.errors import InputError
from ptce_analysis.protect.rules import (
    STRICT,
    Shown,
    protected_median,
    protected_share,
    protected_total,
    shown_median,
)


@given(st.integers(0, 60), st.integers(0, 60))
def test_a_share_is_shown_when_three_are_in_it_and_three_outside(k: int, others: int) -> None:
    """Enumerated: both sides of a share have three units or more, or nothing is shown."""
    found = protected_share(k, k + others)
    assert (found.value is None) == (min(k, others) < 3)
    assert found.value is None or found.value == k / (k + others)
    assert found.n == k + others


def test_a_share_of_nothing_is_not_a_hidden_share() -> None:
    """Without a base there is no value, and no rule either."""
    assert protected_share(0, 0) == Shown(None, "", 0)
    with pytest.raises(InputError, match="share 5/4: the count must lie between 0 and its base"):
        protected_share(5, 4)


def test_unknown_contributions_do_not_count_as_units() -> None:
    """Two known values are too few, however many are unknown."""
    assert protected_total([40, 60, float("nan"), float("nan")]).rule == "few_units"


@pytest.mark.parametrize("protected", [protected_total, protected_median])
def test_an_impossible_contribution_is_refused_by_name(protected: Callable[..., Shown]) -> None:
    """The message says which figure it was for."""
    name = protected.__name__.removeprefix("protected_")
    with pytest.raises(InputError, match=f"^{name}: value -1: contributions must be finite and not negative"):
        protected([1.0, 2.0, -1.0])


def test_the_stricter_rules_can_be_asked_for() -> None:
    """Nine units are shown by default and not in the stricter set."""
    nine = [10.0] * 9
    assert protected_total(nine).value == 90
    assert protected_total(nine, rules=STRICT).rule == "under_10_units"
    assert protected_median(nine, rules=STRICT).rule == "under_10_units"
    assert protected_share(9, 30, rules=STRICT).rule == "under_10_units"


# By hand. 23 is one unit's own: rounded to 5 (10 % of 23 is 2.3, the next of 1, 2, 5 is 5). 25 falls between two
# values. 30 is held by three units, so it is nobody's.
MEDIANS = {
    (10, 20, 23, 60, 90): 25,
    (10, 20, 24, 26, 60, 90): 25,
    (10, 30, 30, 30, 90): 30,
    (10, 31, 31, 40, 90): 30,
    (0, 0, 0, 0, 9): 0,
}


@pytest.mark.parametrize("values", MEDIANS)
def test_a_median_is_nobodys_own_value(values: tuple[float, ...]) -> None:
    """A median that one or two units hold is rounded to hide 5 % of it on each side."""
    assert protected_median(values).value == MEDIANS[values]


def test_a_median_needs_five_units() -> None:
    """Four units: their median is hidden; two: the threshold of any figure hides it; none: there is none."""
    assert protected_median([1, 2, 3, 4]) == Shown(None, "median_of_few", 4)
    assert protected_median([1, 2]) == Shown(None, "few_units", 2)
    assert protected_median([]) == Shown(None, "", 0)
    assert protected_median([1, 2, 3, 4, 5]).value is not None


def test_a_median_counts_units_not_amounts() -> None:
    """By hand: ten amounts of four units are too few, of ten they are not; stricter rules ask for ten."""
    values = range(1, 11)
    assert protected_median(values, units="aaabbbccdd") == Shown(None, "median_of_few", 10)
    assert protected_median(values, units="aaaaabbbbb").rule == "few_units"
    assert protected_median(values, units="abcdefghij") == protected_median(values) == Shown(6.0, "", 10)
    assert protected_median(values, rules=STRICT, units="aabcdefghi").rule == "under_10_units"
    assert protected_median(values, rules=STRICT, units="abcdefghij").value == 6.0


# By hand. Whose: 30 thrice one unit's is its own (5 % of it hides within 5); 31 and 33 of one unit are its own too, of
# two they are nobody's: 32 to the unit.
OWNERS = {
    (((10, 20, 30, 30, 30, 40, 50), "abccced")): 30,
    (((10, 20, 32, 32, 32, 40, 50), "abccced")): 30,
    (((10, 20, 32, 32, 32, 40, 50), "abcdefg")): 32,
    (((10, 20, 31, 33, 40, 50), "abccde")): 30,
    (((10, 20, 31, 33, 40, 50), "abcdef")): 32,
}


@pytest.mark.parametrize(("values", "units"), OWNERS)
def test_a_median_that_one_unit_holds_is_rounded(values: tuple[float, ...], units: str) -> None:
    """Several amounts of one unit at the middle are one holder."""
    assert protected_median(values, units=units).value == OWNERS[values, units]


@given(st.lists(st.integers(1, 10**6), min_size=5, max_size=30), st.sampled_from([1.0, 1000.0]))
def test_a_shown_median_is_near_the_median_but_not_it(values: list[int], grain: float) -> None:
    """It is a multiple of the grain that is said, half a grain away at most; the grain hides an own value by 5 %."""
    shown, used = shown_median(values, grain)
    median = statistics.median(values)
    assert abs(shown - median) <= used / 2
    assert used >= grain
    if 0 < values.count(median) < 3:
        assert used / 2 >= 0.05 * median * (1 - 1e-9)
