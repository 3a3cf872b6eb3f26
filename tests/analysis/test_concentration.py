"""The concentration a total and a median force, against every data set of small whole amounts."""

import itertools
import statistics
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptce_analysis.analysis.concentration import forced_concentration, mildest
from ptce_analysis.analysis.feasible.row import can_hold
from ptce_analysis.errors import InputError


def gini(amounts: tuple[int, ...]) -> Fraction:
    """Half the mean absolute difference over the mean, by its definition over all pairs."""
    differences = sum(abs(one - other) for one, other in itertools.product(amounts, repeat=2))
    return Fraction(differences, 2 * len(amounts) * sum(amounts))


@pytest.mark.parametrize("n", [3, 4, 5, 6])
def test_no_data_set_is_less_concentrated(n: int) -> None:
    """Every data set of n whole amounts up to 7 is at least as unequal, by three measures, as the extreme one."""
    for amounts in itertools.combinations_with_replacement(range(8), n):
        if sum(amounts):
            forced = forced_concentration(n, Fraction(sum(amounts)), Fraction(statistics.median(amounts)))
            assert max(amounts) >= forced.maximum
            assert gini(amounts) >= forced.gini
            assert Fraction(sum(amounts[-(n // 2) :]), sum(amounts)) >= forced.top_half_share


@given(st.integers(1, 30), st.integers(0, 500), st.integers(0, 40))
def test_the_extreme_data_set_is_one_of_them(n: int, total: int, median: int) -> None:
    """It has the number, the total and the median asked for, and its measures are those announced."""
    if not can_hold(n, (Fraction(total), Fraction(total)), (Fraction(median), Fraction(median))):
        with pytest.raises(InputError, match=f"{n} amounts with median {median} cannot total {total}"):
            forced_concentration(n, Fraction(total), Fraction(median))
        return
    forced = forced_concentration(n, Fraction(total), Fraction(median))
    assert (len(forced.amounts), sum(forced.amounts)) == (n, total)
    assert statistics.median(forced.amounts) == median and min(forced.amounts) >= 0
    assert forced.maximum == max(forced.amounts)
    if total:
        assert forced.gini == gini(forced.amounts)
        assert forced.top_half_share == Fraction(sum(sorted(forced.amounts)[n - n // 2 :]), total)


def test_amounts_of_zero_are_not_unequal() -> None:
    """A total of zero has no inequality to measure."""
    forced = forced_concentration(4, Fraction(0), Fraction(0))
    assert (forced.gini, forced.top_half_share, forced.maximum) == (0, 0, 0)


def test_no_amount_has_no_concentration() -> None:
    """Zero amounts are refused."""
    with pytest.raises(InputError):
        forced_concentration(0, Fraction(0), Fraction(0))


def test_a_huge_number_is_not_listed() -> None:
    """The measures do not spell out a data set of a hundred million amounts."""
    assert forced_concentration(10**8, Fraction(10**9), Fraction(10)).gini == 0


@given(*[st.integers(0, 60).map(lambda n: Fraction(n, 2)) for _ in range(4)], st.integers(1, 9))
def test_roundings_are_used_to_force_the_least(a: Fraction, b: Fraction, c: Fraction, d: Fraction, n: int) -> None:
    """No total and median within the bands force less than the pair chosen: a grid of halves and the ends is tried."""
    total, median = (min(a, b), max(a, b)), (min(c, d), max(c, d))
    if not can_hold(n, total, median):
        return
    chosen_total, chosen_median = mildest(n, total, median)
    assert total[0] <= chosen_total <= total[1] and median[0] <= chosen_median <= median[1]
    least = forced_concentration(n, chosen_total, chosen_median)
    for some_total, some_median in itertools.product((*total, sum(total) / 2), (*median, sum(median) / 2)):
        if can_hold(n, (some_total, some_total), (some_median, some_median)) and some_total:
            other = forced_concentration(n, some_total, some_median)
            assert other.gini >= least.gini and other.maximum >= least.maximum
            assert other.top_half_share >= least.top_half_share or not chosen_total
