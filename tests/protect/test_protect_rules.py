"""The rules, at and around their thresholds, and figures that stand alone, shown by them or not."""

import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptce_analysis.protect.rules import (
    RULES_OF,
    STANDARD,
    STRICT,
    Contributions,
    Shown,
    failed,
    least_of,
    median_class,
    protected_median,
)

VALUES = st.lists(st.integers(0, 10**7).map(float), min_size=1, max_size=15)


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
    assert failed(Contributions(cell[0], others=cell[1]), STANDARD, "units") == COUNTS[cell]


@given(VALUES)
def test_a_total_is_shown_only_if_no_unit_can_be_seen_in_it(values: list[float]) -> None:
    """By an independent route: sort, count, divide with whole numbers."""
    numbers = sorted(map(int, values))
    expected = len(numbers) >= 3 and sum(numbers) > 0 and 100 * numbers[-1] <= 85 * sum(numbers)
    assert (failed(Contributions(len(values), tuple(values)), STANDARD, "total") == "") == expected


@given(VALUES)
def test_the_stricter_rules_hide_whatever_the_standard_ones_hide(values: list[float]) -> None:
    """Choosing the stricter set never shows more; it needs 10 units and looks at the two largest."""
    cell = Contributions(len(values), tuple(values))
    first, second = [*sorted(values)[::-1], 0.0][:2]
    rest = sum(values) - first - second
    strictly = len(values) >= 10 and first + second <= 0.9 * sum(values) and rest >= 0.1 * first
    assert (failed(cell, STRICT, "total") == "") == (strictly and failed(cell, STANDARD, "total") == "")


@given(st.integers(0, 60), st.integers(0, 60))
def test_a_share_is_shown_when_three_are_in_it_and_three_outside(k: int, others: int) -> None:
    """Enumerated: both sides of a share have three units or more, or it is hidden; of none, nothing is hidden."""
    shown = failed(Contributions(k, others=others), STANDARD, "units") == ""
    assert shown == (min(k, others) >= 3 or k + others == 0)


# By hand, in thousands. Classes end at 1, 3, 9, 27, 81, 243. 20 is in 9 to 27, with 10 and 23; so is the mean of 23 and
# 24. Only two units have amounts in it; or all amounts in it are one; or the total leaves no other number than 30.
MEDIANS = {
    (10, 20, 23, 60, 90): 9,
    (10, 20, 23, 24, 60, 90): 9,
    (2, 10, 20, 60, 90): None,
    (1, 20, 20, 20, 90): None,
    (1, 1, 1, 30, 30, 31, 34): None,
    (0, 0, 0, 0, 9): None,
}


@pytest.mark.parametrize("values", MEDIANS)
def test_a_median_is_a_class_of_several_units_or_hidden(values: tuple[float, ...]) -> None:
    """Its ends are fixed beforehand, and it holds different values of three units that the total leaves possible."""
    found = protected_median(1000.0 * np.array(values), 1000.0)
    low = MEDIANS[values]
    assert (found.value, found.below) == ((None, None) if low is None else (1000.0 * low, 3000.0 * low))
    assert found.rule == ("median_alike" if low is None else "")


def test_a_median_needs_five_units_however_many_amounts() -> None:
    """By hand: four are too few, and so are ten amounts of four; two fail the rule of any figure, none has none."""
    assert protected_median([1, 2, 3, 4]) == Shown(None, "median_of_few")
    assert protected_median([1, 2]) == Shown(None, "few_units")
    assert protected_median([]) == Shown(None)
    values = range(1, 11)
    assert protected_median(values, units="aaabbbccdd") == Shown(None, "median_of_few")
    assert protected_median(values, units="aaaaabbbbb").rule == "few_units"
    assert protected_median(values, units="abcdefghij") == protected_median(values) == Shown(3.0, "", 9.0)
    assert protected_median(values, rules=STRICT, units="aabcdefghi").rule == "under_10_units"
    assert protected_median(values, rules=STRICT, units="abcdefghij").value == 3.0
    # 10, 12 and 20 of one unit are not those of three.
    values = (1, 2, 10, 12, 20, 40, 50)
    assert [protected_median(values, units=units).value for units in ("abccced", "abcdefg")] == [None, 9]
    # 9 is of the next class: only 4 and 5 are within 3 to under 9, and two units are too few.
    assert [protected_median([1, 1, 4, 5, last, 12, 30]).value for last in (8, 9)] == [3, None]


def test_what_a_class_says_of_others_must_not_give_the_largest() -> None:
    """By hand: the ten smallest give 33, of which a class from 3 leaves 11; 90 and 100 make 95 % of what is left."""
    values = [1000.0 * value for value in (1, 1, 1, 1, 1, 4, 4, 5, 5, 6, 90, 100)]
    assert protected_median(values, 1000.0).value == 3000
    assert protected_median(values, 1000.0, STRICT).rule == "median_alike"


@given(st.lists(st.integers(1, 400), min_size=5, max_size=30), st.sampled_from(["standard", "strict"]))
def test_a_shown_median_leaves_several_numbers_of_thousands(values: list[int], rules: str) -> None:
    """By enumeration of every whole number of thousands: with the total and one's own amount, two or more medians
    are possible to each respondent, and not all within 10 % of one number."""
    amounts = [1000.0 * value for value in values]
    found = protected_median(amounts, 1000.0, RULES_OF[rules])
    if found.value is None:
        return
    n, total, half = len(values), sum(values), len(values) // 2
    assert found.value <= 1000 * statistics.median(values) < found.below
    for own in (0, *set(values)):
        possible = []
        for median in range(int(found.value / 1000), int(found.below / 1000)):
            # The least that the others give: 1 below the median, the median from it on.
            seats = [1] * (n - 1 - half) + [median] * (n - (n - 1 - half))
            seats[-1 if own >= median else 0] = own or seats[0]
            if sum(seats) <= total:
                possible.append(median)
        assert len(possible) >= 2 and max(possible) * 0.9 >= min(possible) * 1.1 - 1e-9, own


def test_classes_and_least_values_by_hand() -> None:
    """Powers of three times the grain, at and beside their ends; whole thousands, tens of thousands, neither, zeros."""
    assert [median_class(m, 1000.0)[0] for m in (1000, 2999, 3000, 26_999, 27_000, 243_000)] == [
        1000, 1000, 3000, 9000, 27_000, 243_000
    ]  # fmt: skip
    assert median_class(0.5, 1.0) == (pytest.approx(1 / 3), 1.0) and median_class(0, 1.0) == (0, 0)
    given = ([3000, 8000], [20_000, 50_000], [3000, 8500], [0, 3000], [])
    assert [least_of(values, 1000.0) for values in given] == [1000, 10_000, 0, 0, 0]
