"""Whatever is written in a cell: an answer within the contract, and numbers that read back."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ptce_analysis.survey.parse.amounts import amount
from ptce_analysis.survey.parse.choices import day, yes_no
from ptce_analysis.survey.parse.kinds import KINDS
from ptce_analysis.survey.parse.levels import level, level_parts
from ptce_analysis.survey.parse.staffs import share, staff
from ptce_analysis.survey.parse.words import STATUSES
from ptce_analysis.vocabulary import LEVELS, STAGES
from survey_texts import answers


@settings(max_examples=400, deadline=None)
@given(answers, st.sampled_from(sorted(KINDS)))
def test_a_parser_always_answers_within_its_contract(text: str, kind: str) -> None:
    """A value only with a status that states one, in range; the text is given back; the same text reads alike twice."""
    found = KINDS[kind](text)
    assert found == KINDS[kind](text) and found.text == text and found.status in STATUSES and found.rule
    assert (found.value is not None) <= (found.status in ("exact", "approximate", "zero"))
    if kind not in ("level", "stage", "legal_form"):
        assert (found.value is not None) == (found.status in ("exact", "approximate", "zero"))
        assert found.value is None or math.isfinite(found.value)
    if kind == "share" and found.value is not None:
        assert 0 <= found.value <= 1
    if kind == "stage" and found.value is not None:
        assert found.value in STAGES
    if found.low is not None and found.high is not None:
        assert found.low <= found.high


@settings(max_examples=150, deadline=None)
@given(answers)
def test_levels_dates_and_ticks_never_fail(text: str) -> None:
    """Parts are as many as the collectivities named, and every code is one of the study's."""
    for part in level_parts(text, 2013):
        codes = part.value if isinstance(part.value, tuple) else (part.value,) if part.value else ()
        assert set(codes) <= set(LEVELS)
    assert level(text, 2015).status in STATUSES
    assert day(text).status in STATUSES and yes_no(text).value in ("oui", "non", None)


@pytest.mark.parametrize("text", ["région ", "cg ", "1/", "9", "1 ", "et ", "une ", "(", "k€ ", "+1", "a.", "- "])
def test_a_long_text_ends_soon(text: str) -> None:
    """What repeats at length is read within the contract too: names inside names, digits without end."""
    for kind, reader in KINDS.items():
        for length in (16, 190, 480, 20_000):
            assert reader((text * length)[:length]).status in STATUSES, kind


@settings(max_examples=200, deadline=None)
@given(
    st.integers(0, 10**9),
    st.sampled_from(["", " ", "\u00a0", "\u202f", "'"]),
    st.sampled_from(["", " €", "€", " EUR", " euros"]),
)
def test_a_grouped_whole_amount_reads_back(value: int, mark: str, unit: str) -> None:
    """Any whole number of euros, grouped by three with any usual mark, is that number (Python's format undone)."""
    found = amount(f"{value:,}".replace(",", mark) + unit)
    assert found.value == value and found.status == ("exact" if value else "zero")


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 10**7), st.sampled_from([("k€", 1_000), ("M€", 1_000_000), ("", 1)]))
def test_an_amount_with_decimals_and_a_unit_reads_back(cents: int, unit: tuple[str, int]) -> None:
    """Two decimals and a unit multiply exactly (integer arithmetic on cents)."""
    found = amount(f"{cents // 100},{cents % 100:02} {unit[0]}".strip())
    assert found.value is not None and math.isclose(found.value * 100, cents * unit[1], rel_tol=1e-12)


@given(st.integers(0, 100))
def test_shares_and_staff_read_their_own_percentages(percent: int) -> None:
    """A percentage is its hundredth for both."""
    assert share(f"{percent} %").value == staff(f"{percent} %").value == percent / 100 or math.isclose(
        share(f"{percent} %").value, percent / 100
    )
