"""Whole numbers with exact sums and medians, tables with exact margins, spellings that state exactly their value."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from statistics import median
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ptce_analysis.fictitious import recipe, spellings
from ptce_analysis.fictitious.incidence import funded, linked
from ptce_analysis.fictitious.wave_2013 import _text
from ptce_analysis.fictitious.whole import _whole, apportioned, numbers_around, whole_amounts
from ptce_analysis.fictitious.workbook import Day, Formula, Percent, column_name, workbook

from ptce_analysis.errors import InputError
from ptce_analysis.survey import parse
from ptce_analysis.survey.read import read_bytes


@settings(max_examples=60, deadline=None)
@given(n=st.integers(3, 40), middle=st.integers(1, 60), more=st.integers(0, 3_000), seed=st.integers(0, 99))
def test_whole_amounts_have_exactly_their_sum_and_median(n: int, middle: int, more: int, seed: int) -> None:
    """From 1 on, whatever the row: the smallest sum that allows the median, plus anything."""
    total = (n // 2 + 1) * middle + (n - n // 2 - 1) + more
    (found,) = whole_amounts(n, total, middle, seed)
    assert (len(found), sum(found), median(found), min(found) >= 1) == (n, total, middle, True)


def test_what_rounding_takes_too_much_is_given_back() -> None:
    """0.6 twice rounds to 1 twice, one more than 4 - 1 - 2 leaves: the first gives it back."""
    assert _whole([0.6, 0.6, 1.0, 1.0, 1.0], 4, 1) == [0, 1, 1, 1, 1]


def test_an_impossible_row_has_no_whole_amounts() -> None:
    """Sixteen amounts with a median of 30 add up to 270 at least: the printed 246 is refused."""
    with pytest.raises(InputError, match="has no draws"):
        whole_amounts(16, 246, 30, 1)


def test_draws_come_several_at_a_time() -> None:
    """Each is a data set of its own, and the first ones do not change when more are drawn."""
    three = whole_amounts(15, 333, 28, 1, size=3)
    assert len({tuple(one) for one in three}) == 3 and whole_amounts(15, 333, 28, 1) == three[:1]


@given(total=st.integers(0, 500), weights=st.lists(st.floats(0, 100), min_size=1, max_size=9))
def test_apportioning_gives_the_whole_total_away(total: int, weights: list[float]) -> None:
    """Each share is the whole part of its quota or one more (Hamilton’s rule), and they add up."""
    found, scale = apportioned(total, weights), sum(weights)
    assert sum(found) == total
    if scale > 1e-6:
        assert all(0 <= share - int(total * w / scale + 1e-9) <= 1 or abs(share - total * w / scale) < 1
                   for share, w in zip(found, weights, strict=True))  # fmt: skip


def test_nothing_is_apportioned_to_nobody() -> None:
    """No weight, no share."""
    assert apportioned(5, []) == []


@given(n=st.integers(2, 30), middle=st.integers(2, 50), seed=st.integers(0, 99))
def test_numbers_around_a_median(n: int, middle: int, seed: int) -> None:
    """Exactly that median, within the range, for odd and even numbers."""
    found = numbers_around(n, middle, 1, 90, Random(seed))
    assert (len(found), median(found)) == (n, middle) and found == sorted(found) and 1 <= found[0] <= found[-1] <= 90


def test_links_have_exact_margins() -> None:
    """Poles by number of links and links by level, both as wanted."""
    rows = [3, 3, 2, 1, 0, 1]
    found = linked(rows, {"a": 4, "b": 3, "c": 3}, Random(1))
    assert [len(one) for one in found] == rows
    assert {level: sum(level in one for one in found) for level in "abc"} == {"a": 4, "b": 3, "c": 3}


def test_links_whose_margins_cannot_meet_are_refused() -> None:
    """Two poles cannot hold three links of one level."""
    with pytest.raises(InputError, match="no table of links"):
        linked([2, 0], {"a": 1}, Random(1))


def test_funded_poles_are_linked_ones() -> None:
    """A level with known links funds among them; another may fund anybody; every funded pole has a funder."""
    links = [frozenset("a"), frozenset("a"), frozenset("b"), frozenset()]
    found = funded(links, {"a": 2, "c": 1}, 3, Random(1))
    assert sum(map(bool, found)) == 3 and all(
        ("a" in one) <= ("a" in link) for one, link in zip(found, links, strict=True)
    )
    with pytest.raises(InputError, match="no choice of funded poles"):
        funded(links, {"a": 3}, 3, Random(1))


def test_the_recipe_adds_up() -> None:
    """Links counted by pole and by level are the same, and so are the stages and the respondents."""
    assert sum(n * poles for n, poles in recipe.POLES_BY_LINKS_2015.items()) == sum(recipe.LINKS_2015.values())
    for year, counts in ((2013, recipe.STAGES_2013), (2015, recipe.STAGES_2015)):
        assert sum(counts.values()) == recipe.WAVE_SIZES[year]


def read(kind: str, cell: Any, unit: str = "") -> Any:
    """What the parser makes of a cell of a text file."""
    reader: Callable[..., parse.Reading] = getattr(parse, kind)
    return reader(_text(cell), unit or None).value if unit else reader(_text(cell)).value


@pytest.mark.parametrize("euros", [200, 1_000, 12_000, 25_000, 30_100, 262_000])
def test_amounts_in_thousands_state_their_value(euros: int) -> None:
    """Every spelling is read as the same amount by the parser, in a column in k€."""
    assert {read("amount", cell, "keur") for cell in spellings.amounts_in_keur(euros)} == {euros}


@pytest.mark.parametrize("euros", [120_000, 152_000, 3_000_000, 1_245_000])
def test_amounts_in_euros_state_their_value(euros: int) -> None:
    """The same for a column in euros."""
    assert {read("amount", cell, "eur") for cell in spellings.amounts_in_euros(euros)} == {euros}


@pytest.mark.parametrize("percent", [0, 1, 20, 25, 32, 50, 75, 100])
def test_shares_state_their_value(percent: int) -> None:
    """The same for a share in a column in per cent."""
    assert {read("share", cell, "percent") for cell in spellings.shares(percent)} == {percent / 100}


@pytest.mark.parametrize("hundredths", [20, 50, 80, 100, 175, 600])
def test_staff_states_its_value(hundredths: int) -> None:
    """The same for full-time equivalents."""
    assert {read("staff", cell) for cell in spellings.staff(hundredths)} == {hundredths / 100}


@pytest.mark.parametrize("value", [1, 2, 3, 10, 20, 30, 1_451])
def test_counts_state_their_value(value: int) -> None:
    """The same for numbers of things."""
    assert {read("count", cell) for cell in spellings.counts("structures")(value)} == {value}


def test_words_state_their_code() -> None:
    """Each spelling of a stage, a legal form, a yes or a no is read as its code, and a silence as nothing."""
    for kind, table in (("stage", spellings.STAGES), ("legal_form", spellings.LEGAL_FORMS)):
        for code, words in table.items():
            assert {read(kind, word) for word in words} == {code}
    assert {read("yes_no", word) for word in spellings.YES} == {"oui"}
    assert {read("yes_no", word) for word in spellings.NO} == {"non"}
    assert {read("amount", word) for word in spellings.SILENCES} == {None}


def test_a_workbook_is_read_as_written() -> None:
    """Texts, numbers, percentages, days and the stored values of formulas come back as a reader sees them."""
    rows = [["a & <b>", "", 3], [], [Percent(0.2), Day(42_005), Formula("1+1", 2.0), 1.75]]
    grid = read_bytes(workbook("Feuille", "titre", rows, ["A1:B1"]), "x.xlsx")
    assert grid.rows == [["a & <b>", "", "3"], ["20 %", "2015-01-01", "2", "1.75"]] and grid.numbers == [1, 3]
    assert grid.merged == ((1, 0, 1, 1),) and column_name(27) == "AB"
