"""Counts are checked at the door, and every result says its method and convention."""

from __future__ import annotations

import numpy as np
import pytest

from ptce_analysis.analysis.proportions.records import (
    METHODS,
    REASONS,
    boundary,
    checked_choice,
    checked_fraction,
    checked_rate,
    is_finite,
    normal_quantile,
    parse_rate,
)
from ptce_analysis.errors import InputError


@pytest.mark.parametrize("text", ["13/42", " 13 / 42 ", "013/42"])
def test_a_rate_is_read_with_its_base(text: str) -> None:
    """Spaces and leading zeros do not matter."""
    assert parse_rate(text) == (13, 42)


@pytest.mark.parametrize("text", ["13", "13/", "/42", "13/42/2", "1.5/3", "-1/3", "13:42", "٣/٤", ""])
def test_a_text_that_is_no_rate_is_refused_with_an_example(text: str) -> None:
    """The message repeats the text and shows a legal one."""
    with pytest.raises(InputError, match=r"a count, a slash and a base .* such as 13/42"):
        parse_rate(text)


def test_a_rate_read_backwards_is_named_whole() -> None:
    """The message repeats what was typed and says what is legal."""
    with pytest.raises(InputError, match=r"rate '42/13': count 42: legal counts are 0 to 13"):
        parse_rate("42/13")


@pytest.mark.parametrize(
    ("rate", "message"),
    [
        ((3, 0), r"second: value 3/0: a group without units has no share; leave it out"),
        ((0, -4), r"second: base -4: legal bases are 1 to 1000000"),
        ((0, 1_000_001), r"second: base 1000001: legal bases are 1 to 1000000"),
        ((-1, 4), r"second: count -1: legal counts are 0 to 4"),
        ((5, 4), r"second: count 5: legal counts are 0 to 4"),
        ((1.0, 4), r"second: value \(1.0, 4\): two whole numbers"),
        ((True, 4), r"second: value \(True, 4\): two whole numbers"),
        ((1, 2, 3), r"second: value \(1, 2, 3\): two whole numbers"),
        (7, r"second: value 7: two whole numbers"),
    ],
)
def test_an_impossible_rate_is_refused_by_name(rate: object, message: str) -> None:
    """The message names the argument, the value and what is legal."""
    with pytest.raises(InputError, match=message):
        checked_rate(rate, "second")  # type: ignore[arg-type]


def test_whole_numbers_of_arrays_become_plain_ones() -> None:
    """A table's cells are whole numbers too, and the result is ready for JSON."""
    found = checked_rate((np.int64(3), np.int64(4)), "first")  # type: ignore[arg-type]
    assert found == (3, 4)
    assert all(type(part) is int for part in found)


def test_the_largest_group_is_accepted() -> None:
    """The limit itself is legal, and so is a group of one."""
    assert checked_rate((1_000_000, 1_000_000), "first") == (1_000_000, 1_000_000)
    assert checked_rate((0, 1), "first") == (0, 1)


@pytest.mark.parametrize("value", [0, 1, 95, -0.1, True, "0.95", None])
def test_a_confidence_outside_0_to_1_is_refused(value: object) -> None:
    """95 is the likeliest slip, so the message says how to write it."""
    with pytest.raises(InputError, match=r"confidence: value .* strictly between 0 and 1; write 0.95 for 95 %"):
        checked_fraction(value, "confidence")  # type: ignore[arg-type]


def test_a_wrong_choice_is_answered_with_the_legal_ones() -> None:
    """The nearest legal value is offered."""
    with pytest.raises(InputError, match=r"test: value 'fischer': legal values: fisher, mid_p\. Did you mean 'fisher'"):
        checked_choice("fischer", "test", ("fisher", "mid_p"))
    assert checked_choice("mid_p", "test", ("fisher", "mid_p")) == "mid_p"


def test_the_normal_quantile_is_the_tables() -> None:
    """1.959964 and 2.575829, from any printed table of the normal distribution."""
    assert normal_quantile(0.95) == pytest.approx(1.959964, abs=1e-6)
    assert normal_quantile(0.99) == pytest.approx(2.575829, abs=1e-6)


def test_a_boundary_is_found_on_either_side() -> None:
    """x^2 <= 2 stops holding at the square root of 2, whichever way one walks."""
    assert boundary(lambda x: x * x <= 2, 0, 10) == pytest.approx(2**0.5, rel=1e-15)
    assert boundary(lambda x: x * x <= 2, 0, -10) == pytest.approx(-(2**0.5), rel=1e-15)
    assert boundary(lambda x: x * x <= 2, 0, 1) == 1


def test_every_method_and_reason_is_explained() -> None:
    """A convention and a publication for each method, a sentence for each reason."""
    assert all(method.convention and method.source for method in METHODS.values())
    assert all(REASONS.values())


@pytest.mark.parametrize(("value", "finite"), [(1.5, True), (0, True), (None, False), (float("inf"), False)])
def test_only_finite_bounds_are_printed_as_numbers(value: float | None, finite: bool) -> None:
    """A missing or unlimited bound has no figure."""
    assert is_finite(value) is finite
