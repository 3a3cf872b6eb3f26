"""Subset sums with rounding bands, against trying every choice."""

import itertools
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from ptce_analysis.analysis.subset_sum import (
    Band,
    fitting_choice,
    meet,
    nearest_choices,
    some_choice_fits,
    total_band,
)

halves = st.integers(0, 24).map(lambda n: Fraction(n, 2))
bands = st.tuples(halves, st.integers(0, 4)).map(lambda pair: (pair[0], pair[0] + Fraction(pair[1], 2)))
parts = st.lists(bands, min_size=1, max_size=7)


def every_choice(some: list[Band]) -> list[tuple[int, ...]]:
    """Every choice of one part or more, by position."""
    places = range(len(some))
    return [choice for size in places for choice in itertools.combinations(places, size + 1)]


def band_of(some: list[Band], choice: tuple[int, ...]) -> Band:
    """The band of the sum of a choice."""
    return total_band([some[place] for place in choice])


@settings(max_examples=300)
@given(parts, bands)
def test_a_fitting_choice_is_found_when_there_is_one(some: list[Band], target: Band) -> None:
    """Trying every choice and searching by halves agree, and the choice named does fit."""
    expected = any(meet(band_of(some, choice), target) for choice in every_choice(some))
    found = fitting_choice(some, target)
    assert bool(found) is expected
    assert not found or meet(band_of(some, found), target)


@settings(max_examples=300)
@given(parts, bands)
def test_dynamic_programming_agrees_with_every_choice(some: list[Band], target: Band) -> None:
    """Reached steps and tried choices say the same."""
    expected = any(meet(band_of(some, choice), target) for choice in every_choice(some))
    assert some_choice_fits(some, target) is expected


@settings(max_examples=300)
@given(parts, bands)
def test_nearest_choices_are_the_nearest(some: list[Band], target: Band) -> None:
    """No other choice ends between the one named below (or above) and the target."""
    reaches = {choice: band_of(some, choice) for choice in every_choice(some)}
    if any(meet(band, target) for band in reaches.values()):
        return
    below, above = nearest_choices(some, target)
    highest = max((band[1] for band in reaches.values() if band[1] < target[0]), default=None)
    lowest = min((band[0] for band in reaches.values() if band[0] > target[1]), default=None)
    assert (reaches[below][1] if below else None) == highest
    assert (reaches[above][0] if above else None) == lowest


def test_nothing_chosen_is_no_choice() -> None:
    """A total of zero is not explained by choosing no part."""
    zero, five = (Fraction(0), Fraction(0)), (Fraction(5), Fraction(5))
    assert fitting_choice([five], zero) == ()
    assert fitting_choice([five, zero], zero) == (1,)
    assert some_choice_fits([five], zero) is False
    assert some_choice_fits([five, zero], zero) is True


def test_twenty_parts_are_searched_exactly() -> None:
    """Powers of three: only one choice reaches a sum, that of its digits in base three."""
    powers = [(Fraction(3**i), Fraction(3**i)) for i in range(20)]
    wanted = (1, 4, 9, 16, 19)
    target = Fraction(sum(3**i for i in wanted))
    assert fitting_choice(powers, (target, target)) == wanted
    assert fitting_choice(powers, (target + 1, target + 1)) == (0, *wanted)
    assert fitting_choice(powers, (target + 2, target + 2)) == ()


def test_too_many_steps_are_not_tried() -> None:
    """Beyond a million steps the answer is "not known" rather than a long wait."""
    some = [(Fraction(1, 1000), Fraction(1, 1000))] * 3
    assert some_choice_fits(some, (Fraction(10**6), Fraction(10**6))) is None
