"""The rules, at and around their thresholds, and figures that stand alone, shown by them or not."""

from __future__ import annotations

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptce_analysis.errors import InputError
from ptce_analysis.protect.rules import (
    STANDARD,
    STRICT,
    Contributions,
    Shown,
    checked_values,
    failed,
    protected_median,
    protected_share,
    protected_total,
    shown_median,
)

VALUES = st.lists(st.integers(0, 10**7).map(float), min_size=1, max_size=15)


def name_of(cell: Contributions, statistic: str, rules: tuple = STANDARD) -> str:
    rule = failed(cell, rules, statistic)
    return rule.name if rule else ""


# By hand: (units, units of the base outside).
COUNTS = {
    (1, None): "few_units",
    (2, None): "few_units",
    (3, None): "",
    (0, None): "",
    (3, 3): "",
    (3, 2): "few_others",
    (50, 1): "few_others",
    (2, 50): "few_units",
    (52, 0): "same_answer",
    (0, 52): "same_answer",
    (0, 0): "",
}


@pytest.mark.parametrize("cell", COUNTS)
def test_a_count_and_its_complement_obey_the_same_threshold(cell: tuple[int, int | None]) -> None:
    """A count is hidden when it is 1 or 2, when its base has 1 or 2 others, and when all answered the same."""
    assert name_of(Contributions(cell[0], others=cell[1]), "units") == COUNTS[cell]


@given(VALUES)
def test_a_total_is_shown_only_if_no_unit_can_be_seen_in_it(values: list[float]) -> None:
    """By an independent route: sort, count, divide with whole numbers."""
    numbers = sorted(map(int, values))
    expected = len(numbers) >= 3 and sum(numbers) > 0 and 100 * numbers[-1] <= 85 * sum(numbers)
    assert (name_of(Contributions(len(values), tuple(values)), "total") == "") == expected


@given(VALUES)
def test_the_stricter_rules_hide_whatever_the_standard_ones_hide(values: list[float]) -> None:
    """Choosing the stricter set never shows more; it needs 10 units and looks at the two largest."""
    cell = Contributions(len(values), tuple(values))
    first, second = [*sorted(values)[::-1], 0.0][:2]
    rest = sum(values) - first - second
    strictly = len(values) >= 10 and first + second <= 0.9 * sum(values) and rest >= 0.1 * first
    assert (name_of(cell, "total", STRICT) == "") == (strictly and name_of(cell, "total") == "")


def test_unknown_values_are_left_out_and_impossible_ones_refused() -> None:
    """NA is no contribution; a negative or infinite one cannot be protected."""
    assert checked_values([1, float("nan"), 2], "x") == (1.0, 2.0)
    for bad in (-1.0, float("inf")):
        with pytest.raises(InputError, match=f"amounts: value {bad:g}: contributions must be finite and not negative"):
            checked_values([1.0, bad], "amounts")


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
    assert protected_total([40, 60, float("nan"), float("nan")]).rule == "few_units"
    with pytest.raises(InputError, match="share 5/4: the count must lie between 0 and its base"):
        protected_share(5, 4)


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


def test_a_median_needs_five_units_however_many_amounts() -> None:
    """By hand: four are too few, and so are ten amounts of four; two fail the rule of any figure, none has none."""
    assert protected_median([1, 2, 3, 4]) == Shown(None, "median_of_few", 4)
    assert protected_median([1, 2]) == Shown(None, "few_units", 2)
    assert protected_median([]) == Shown(None, "", 0)
    assert protected_median([1, 2, 3, 4, 5]).value is not None
    values = range(1, 11)
    assert protected_median(values, units="aaabbbccdd") == Shown(None, "median_of_few", 10)
    assert protected_median(values, units="aaaaabbbbb").rule == "few_units"
    assert protected_median(values, units="abcdefghij") == protected_median(values) == Shown(6.0, "", 10)
    assert protected_median(values, rules=STRICT, units="aabcdefghi").rule == "under_10_units"
    assert protected_median(values, rules=STRICT, units="abcdefghij").value == 6.0


def test_a_median_that_one_unit_holds_is_rounded() -> None:
    """By hand: 32 thrice one unit's is its own (5 % of it hides within 5); 31 and 33 of one unit too, of two they are
    nobody's: 32 to the unit."""
    thrice, two = (10, 20, 32, 32, 32, 40, 50), (10, 20, 31, 33, 40, 50)
    assert [protected_median(thrice, units=units).value for units in ("abccced", "abcdefg")] == [30, 32]
    assert [protected_median(two, units=units).value for units in ("abccde", "abcdef")] == [30, 32]


@given(st.lists(st.integers(1, 10**6), min_size=5, max_size=30), st.sampled_from([1.0, 1000.0]))
def test_a_shown_median_is_near_the_median_but_not_it(values: list[int], grain: float) -> None:
    """It is a multiple of the grain that is said, half a grain away at most; the grain hides an own value by 5 %."""
    shown, used = shown_median(values, grain)
    median = statistics.median(values)
    assert abs(shown - median) <= used / 2
    assert used >= grain
    if 0 < values.count(median) < 3:
        assert used / 2 >= 0.05 * median * (1 - 1e-9)
