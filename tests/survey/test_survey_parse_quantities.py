"""Shares, staff and counts; expected values are what the words say."""

from __future__ import annotations

import pytest

from ptce_analysis.errors import InputError
from ptce_analysis.survey.parse.kinds import KINDS, parse_rows
from ptce_analysis.survey.parse.numbers import number, rounded, spelled
from ptce_analysis.survey.parse.staffs import count, share, staff
from ptce_analysis.survey.parse.words import STATUSES

SHARES = {
    "32 %": 0.32, "32%": 0.32, "32,5 %": 0.325, "0,32 %": 0.0032, "32 pour cent": 0.32, "0,32": 0.32, "0.320": 0.32,
    "32": 0.32,
    "100": 1, "100 %": 1, "1/4": 0.25, "3/4": 0.75, "½": 0.5, "un quart": 0.25, "trois quarts": 0.75, "la moitié": 0.5,
    "3 sur 4": 0.75, "tout": 1, "30 + 10 %": 0.4,
}  # fmt: skip
SHARES_WITHOUT = {
    "1": "ambiguous", "1.500": "ambiguous", "132 %": "unreadable", "-5 %": "unreadable", "250": "unreadable",
    "1/0": "unreadable",
    "5/4": "unreadable", "trois": "unreadable", "30-40 %": "range",
    "entre 30 et 40 %": "range",
    "> 50 %": "range", "nsp": "unknown", "": "unknown", "sans objet": "not_applicable",
}  # fmt: skip
STAFF = {
    "1,75": 1.75, "1.75": 1.75, "1/2": 0.5, "½": 0.5, "80 %": 0.8, "150 %": 1.5, "2 pers. (1,6 ETP)": 1.6,
    "mi-temps": 0.5,
    "un mi-temps": 0.5, "2 mi-temps": 1, "temps plein": 1, "1 ETP": 1, "1etp": 1, "1,5 E.T.P.": 1.5, "un ETP": 1,
    "deux ETP": 2,
    "1 ETP et demi": 1.5, "3/4 temps": 0.75, "trois quarts temps": 0.75, "4/5e temps": 0.8,
    "1 temps plein et 1 mi-temps": 1.5,
    "0,5 + 0,8 ETP": 1.3, "2 x 0,5": 1, "1 équivalent temps plein": 1, "3 salariés soit 2,5 ETP": 2.5,
    "2 ETP (3 personnes)": 2,
    "demi": 0.5, "un": 1, "1.7500": 1.75,
}  # fmt: skip
STAFF_WITHOUT = {
    "2 personnes": "ambiguous", "2 salariés": "ambiguous", "1 poste": "ambiguous", "35 h": "ambiguous",
    "17h30": "ambiguous",
    "temps partiel": "ambiguous", "1 service civique": "ambiguous", "1.500": "ambiguous",
    "1 ETP + 2 personnes": "unreadable",
    "1 à 2 ETP": "range", "< 1 ETP": "range", "NC": "unknown", "abc": "unreadable", "douze fois ETP": "unreadable",
}  # fmt: skip
COUNTS = {
    "14": 14,
    "14 structures": 14,
    "1 200 salariés": 1200,
    "douze": 12,
    "14.0": 14,
    "3 ans": 3,
    "1\u202f200": 1200,
}
COUNTS_WITHOUT = {"3,5": "unreadable", "12 k": "unreadable", "12 millions": "unreadable", "12 dont 3 CDI": "ambiguous",
                  "30 par structure": "unreadable", "12 associations et 3 SCIC": "ambiguous", "1.500": "ambiguous",
                  "100-120": "range", "dix à douze": "range", "> 50": "range", "?": "unknown"}  # fmt: skip


@pytest.mark.parametrize(("text", "value"), SHARES.items())
def test_a_stated_share_is_between_zero_and_one(text: str, value: float) -> None:
    """Per cent, fractions and bare numbers give the same share."""
    assert share(text).value == pytest.approx(value, abs=1e-15)
    assert share(text).unit == "share"


@pytest.mark.parametrize(("text", "status"), SHARES_WITHOUT.items())
def test_a_share_that_is_not_sure_has_no_value(text: str, status: str) -> None:
    """1 may be 1 % or the whole; above 100 % is no share."""
    assert (share(text).value, share(text).status) == (None, status)


@pytest.mark.parametrize(("text", "hint", "status", "value"), [("32", "percent", "exact", 0.32),
    ("1", "percent", "exact", 0.01),
    ("0,32", "percent", "ambiguous", None), ("0,32", "share", "exact", 0.32), ("32", "share", "ambiguous", None),
    ("1", "share", "exact", 1), ("0", "percent", "zero", 0), ("0,5 %", "percent", "exact", 0.005)])  # fmt: skip
def test_the_unit_of_a_column_of_shares_decides_or_contradicts(
    text: str, hint: str, status: str, value: float | None
) -> None:
    """A number that contradicts its column's unit stays undecided."""
    assert (share(text, hint).status, share(text, hint).value) == (status, value)


@pytest.mark.parametrize(("text", "value"), STAFF.items())
def test_stated_staff_is_in_full_time_equivalents(text: str, value: float) -> None:
    """Fractions, percentages and part-time posts are full-time equivalents."""
    assert (staff(text).value, staff(text).unit, staff(text).status) == (pytest.approx(value), "fte", "exact")


@pytest.mark.parametrize(("text", "status"), STAFF_WITHOUT.items())
def test_people_and_hours_are_not_full_time_equivalents(text: str, status: str) -> None:
    """Heads, posts and hours leave the value out."""
    assert (staff(text).value, staff(text).status) == (None, status)


@pytest.mark.parametrize("text", ["1 ETP + 1 service civique", "1 ETP et 2 stagiaires", "1 temps plein + un bénévole"])
def test_volunteers_beside_staff_are_not_counted(text: str) -> None:
    """The staff is stated; that something beside it is left out makes it approximate."""
    assert (staff(text).value, staff(text).status, staff(text).rule) == (1, "approximate", "volunteers_not_counted")


@pytest.mark.parametrize("text", ["0", "aucun salarié", "pas de salarié", "néant"])
def test_nobody_is_a_zero(text: str) -> None:
    """A declared absence of staff is a value."""
    assert (staff(text).value, staff(text).status) == (0, "zero")


@pytest.mark.parametrize(("text", "value"), COUNTS.items())
def test_a_count_may_name_what_it_counts(text: str, value: int) -> None:
    """The noun after the number changes nothing."""
    assert (count(text).value, count(text).unit) == (value, "count")


@pytest.mark.parametrize(("text", "status"), COUNTS_WITHOUT.items())
def test_a_count_with_a_qualifying_word_is_not_read(text: str, status: str) -> None:
    """Thousands, "per" and "of which" change the number: it is not stated."""
    assert (count(text).value, count(text).status) == (None, status)


@pytest.mark.parametrize(
    ("text", "value"), [("une vingtaine", 20), ("environ 100", 100), ("2 dizaines de salariés", 20)]
)
def test_a_round_count_is_approximate(text: str, value: int) -> None:
    """« une vingtaine » is a number, not an exact one."""
    assert (count(text).value, count(text).status) == (value, "approximate")


@pytest.mark.parametrize(("text", "value"), [("zéro", None), ("zero", 0), ("dix-sept", 17), ("vingt et un", 21),
    ("soixante-dix", 70),
    ("quatre-vingts", 80), ("quatre-vingt-dix-sept", 97), ("septante-deux", 72), ("cent deux", 102),
    ("deux cents", 200),
    ("mille", 1000), ("deux mille cinq cents", 2500), ("un million deux cent mille", 1_200_000), ("deux trois", None),
    ("vingt douze", None), ("mille mille", None), ("cent cent", None), ("et un", None), ("", None),
    ("onze un", None)])  # fmt: skip
def test_numbers_spelled_out_follow_french_grammar(text: str, value: int | None) -> None:
    """Words that do not follow each other in French are not a number."""
    assert spelled(text) == value


@pytest.mark.parametrize(
    "text", ["1 0", "1.50.000", "1,5,0", "1 500 00", "1''500", "1..5", "--1", "", "1_000", "1e", "0x10", "1." * 30]
)
def test_a_badly_grouped_number_is_no_number(text: str) -> None:
    """Digits are grouped by three or not at all."""
    assert number(text) is None


def test_a_round_number_needs_its_singular_or_its_count() -> None:
    """« des centaines » states nothing."""
    assert rounded("des centaines") is None
    assert rounded("centaines") is None
    assert rounded("zero dizaine") is None


def test_rows_have_the_five_public_fields_and_lists_of_levels() -> None:
    """The command prints exactly these keys."""
    rows = parse_rows("level", ["Région + CG", "CDC"])
    assert rows[0] == {
        "text": "Région + CG",
        "value": ["departement", "region"],
        "unit": None,
        "status": "exact",
        "rule": "several_levels",
    }
    assert rows[1]["value"] is None and rows[1]["status"] == "ambiguous"


def test_an_unknown_kind_names_the_legal_ones() -> None:
    """The error lists the kinds and the nearest."""
    with pytest.raises(InputError, match=r"'ammount'. Legal kinds: amount, level, share.*Did you mean 'amount'"):
        parse_rows("ammount", ["1"])


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_reads_a_blank_as_silence(kind: str) -> None:
    """A blank is unknown for every kind, never zero."""
    found = KINDS[kind]("")
    assert (found.value, found.status, found.rule) == (None, "unknown", "blank")
    assert found.status in STATUSES


@pytest.mark.parametrize("text", ["pas de salarié", "aucun salarié", "0 ETP", "aucun emploi permanent", "zéro salarié"])
def test_no_staff_is_a_declared_zero(text: str) -> None:
    """Nobody employed is the number 0, not an unknown one."""
    found = staff(text)
    assert (found.value, found.status) == (0, "zero")
