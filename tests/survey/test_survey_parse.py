"""Answers as people and software write them, each with what a careful reader takes from it, and what holds of all.

The values of `readings.csv` were written by hand from what the words say: a number, a code, several joined by « + »,
bounds as « low..high ». An empty value is none, an empty rule any; `\\u....` is a character that no editor shows. A
word after the kind is the unit of the column, what three digits after a mark are, or the year of the wave.
"""

import csv
import math
import re
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ptce_analysis.errors import InputError
from ptce_analysis.survey.parse.amounts import amount, header_rule
from ptce_analysis.survey.parse.choices import day, months_first, yes_no
from ptce_analysis.survey.parse.kinds import KINDS, institutional_breaks, parse_rows
from ptce_analysis.survey.parse.levels import DEPARTEMENTS, PLACES, codes, level, level_parts, place_name
from ptce_analysis.survey.parse.staffs import share, staff
from ptce_analysis.survey.parse.words import STATUSES, Reading, acronym, plain, table, tidy
from ptce_analysis.vocabulary import LEVELS, STAGES
from survey_texts import answers

HERE = Path(__file__).parent
ROWS = list(csv.DictReader((HERE / "readings.csv").read_text(encoding="utf-8").splitlines()))
READERS: dict[str, Callable[[str], Reading]] = {
    **KINDS, "yes_no": yes_no, "day": day,
    "amount keur": partial(amount, unit_hint="keur"), "amount meur": partial(amount, unit_hint="meur"),
    "amount thousands": partial(amount, three_digits="thousands"),
    "amount decimals": partial(amount, three_digits="decimals"),
    "share percent": partial(share, unit_hint="percent"), "share share": partial(share, unit_hint="share"),
    "level 2013": partial(level, wave=2013), "level 2014": partial(level, wave=2014),
    "level 2015": partial(level, wave=2015),
}  # fmt: skip
UNITS = {"amount": "eur", "share": "share", "staff": "fte", "count": "count"}


def written(value: object) -> str:
    """Return a value as the file writes it, numbers to fifteen digits."""
    if isinstance(value, tuple):
        return "+".join(value)
    return "" if value is None else f"{value:.15g}" if isinstance(value, (int, float)) else str(value)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['kind']}: {row['text']}")
def test_an_answer_is_read_as_a_careful_reader_would(row: dict[str, str]) -> None:
    """What is stated is read, what is approximate says so, what has two meanings has no value; the rule is named."""
    text = re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), row["text"])
    found = READERS[row["kind"]](text)
    assert (found.status, found.text) == (row["status"], text)
    assert found.rule == (row["rule"] or found.rule) != ""
    if ".." in row["value"]:
        assert (found.value, f"{written(found.low)}..{written(found.high)}") == (None, row["value"])
    else:
        number = re.fullmatch(r"-?[0-9.]+", row["value"])
        assert written(found.value) == (written(float(row["value"])) if number else row["value"])
    bounds = found.value is not None or found.low is not None or found.high is not None
    assert found.unit == (UNITS.get(row["kind"].split()[0]) if bounds else None)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("piece", [
    "1 ou 2 et ", "3 / ", "un million ", "(1 ", "2 x ", "en 2014, ", "de 1 a ", "et ", "- ", "cent ", "CC et ",
    "région ", "cg ", "1/", "9", "1 ", "une ", "(", "k€ ", "+1", "a.",
])  # fmt: skip
def test_a_long_repetitive_answer_ends(kind: str, piece: str) -> None:
    """No rule tries every way of cutting a text: that would not end within the life of this test."""
    for length in (16, 190, 480, 20_000):
        assert KINDS[kind]((piece * length)[:length]).status in STATUSES
    assert KINDS[kind]("9" * 501).status == "unreadable"


def test_rows_have_the_five_public_fields_and_lists_of_levels() -> None:
    """The command prints exactly these keys; an unknown kind names the legal ones and the nearest."""
    rows = parse_rows("level", ["Région + CG", "CDC"])
    assert rows[0] == {"text": "Région + CG", "value": ["departement", "region"], "unit": None, "status": "exact",
                       "rule": "several_levels"}  # fmt: skip
    assert rows[1]["value"] is None and rows[1]["status"] == "ambiguous"
    with pytest.raises(InputError, match=r"'ammount'. Legal kinds: amount, level, share.*Did you mean 'amount'"):
        parse_rows("ammount", ["1"])
    assert list(STATUSES) == ["exact", "approximate", "range", "zero", "unknown", "not_applicable", "ambiguous",
                              "unreadable"]  # fmt: skip


@pytest.mark.parametrize(("header", "rule"), [("Région (€/mois)", "per_month"), ("Salaire mensuel", "per_month"),
    ("Aide par semestre", "per_month"), ("Versement trimestriel (€)", "per_month"),
    ("Montant (F CFA)", "other_currency"), ("Budget en $", "other_currency"), ("Aide en kF", "other_currency"),
    ("Budget sur 3 ans", "several_years"), ("Aides 2013-2015", "several_years"), ("Région (€)", None),
    ("Financement FSE", None), ("Budget 2014", None), ("Moisson (€)", None)])  # fmt: skip
def test_a_header_may_say_that_amounts_are_not_euros_of_a_year(header: str, rule: str | None) -> None:
    """Its words are heard by the rules of the cells."""
    assert header_rule(header) == rule


def test_a_column_of_american_dates_is_read_month_first() -> None:
    """Only where one of its dates can be read no other way; a month in words and an ISO date are never turned."""
    assert months_first(["3/12/2024", "3/13/2024 9:05:00 AM", "", "foo"])
    assert not months_first(["13/3/2024", "3/13/2024"]) and not months_first(["3/12/2024"]) and not months_first([])
    texts = ("3/13/2024 9:05:00 PM", "3/12/2024", "3/12/24", "2024-03-12", "12 mars 2024", "13/3/2024")
    found = ["2024-03-13T21:05:00", "2024-03-12", "2024-03-12", "2024-03-12", "2024-03-12", None]
    assert [day(text, month_first=True).value for text in texts] == found


def test_two_spellings_compare_equal_without_accents_spaces_or_capitals() -> None:
    """From the tables of Unicode: every kind of space, dash, apostrophe and full-width sign is one; ² stays a mark."""
    for space in map(chr, [0x09, 0x0A, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000]):
        assert tidy(f"a{space}b") == "a b", hex(ord(space))
    for dash in map(chr, [*range(0x2010, 0x2016), 0x2212]):
        assert tidy(f"a{dash}b") == "a-b"
    assert [plain(text) for text in ("œuf", "Œuf", "æ", "Æ", "ＡＢ１")] == ["oeuf", "oeuf", "ae", "ae", "ab1"]
    assert {plain(f"l{mark}a") for mark in "'‘’ʼ′´`"} == {"l'a"} and plain("e\u0301te\u0301") == plain("été")
    assert tidy("\ufeff a\u3000\u202fb\u200b ") == "a b" and plain("15000²") == "15000²"
    assert [acronym(text) for text in ("n. c.", "1.5", "a.b", "sans objet !")] == ["nc", "1.5", "ab", "sans objet"]


def test_the_codebook_decides_an_ambiguous_spelling_alone_or_in_a_list() -> None:
    """A decision names the spelling, whatever its capitals, and may name two levels."""
    assert level("cdc", decisions={"cdc": "epci"}).value == "epci"
    assert level("CDC, Région", decisions={"cdc": "etat"}).value == ("region", "etat")
    assert level("région et interco", decisions={"region et interco": "inconnu"}).value == "inconnu"
    assert level("x", decisions={"x": "europe, region"}).value == ("region", "europe")
    assert level("CG", decisions={"cg": "region"}).rule == "codebook_decision"


def test_parts_keep_what_is_sure_beside_what_is_not() -> None:
    """A doubtful part does not hide the others; a list is as sure as its least sure part, in the study's order."""
    assert [codes(part) for part in level_parts("Région, CDC et mairie")] == [("region",), (), ("commune",)]
    assert (level("Réigon + CG").value, level("Réigon + CG").status) == (("departement", "region"), "approximate")
    everything = "collectivités locales + fondation + PNR + FSE + Etat + Région + CG + CC + ville"
    assert level(everything).value == tuple(LEVELS)
    assert level("x" * 501).rule == level("Région + ?" + "x" * 500).rule == "too_long"


def test_rules_about_institutions_have_a_date_and_a_source() -> None:
    """The rule of a reading is the key of the break that explains it."""
    breaks = institutional_breaks()
    assert set(breaks) <= {row["rule"] for row in ROWS}
    assert all(one["date"] and one["source"] for one in breaks.values())


def test_places_are_those_of_the_official_lists() -> None:
    """INSEE: 101 départements, 27 regions in 2015, 18 in 2016, seven of which are new; Paris and five overseas names
    are of two levels, no other.
    """
    coded = Counter(row["rule"] for row in table("places.csv") if row["code"])
    assert coded == {"departement_name": 101, "region_of_2015": 27, "region_of_2016": 7}
    assert [DEPARTEMENTS[code] for code in ("2A", "42", "59", "75", "974")] == [
        "Corse-du-Sud", "Loire", "Nord", "Paris", "La Réunion"]  # fmt: skip
    assert {name for name, rules in PLACES.items() if len(rules) > 1} == {
        "paris", "guadeloupe", "martinique", "guyane", "reunion", "mayotte"}  # fmt: skip
    spellings = ("Côtes-d’Armor", "cotes d armor", "LES CÔTES D'ARMOR", " côtes  d'armor ")
    assert {place_name(text) for text in spellings} == {"cotes d armor"}


def test_a_grouping_of_communes_is_never_read_as_another_level() -> None:
    """Names of the lists of the DGCL of 2013 and 2015: those that another level's words cut, and one in 45 of all."""
    names = [row["name"] for row in csv.DictReader((HERE / "groupings.csv").read_text(encoding="utf-8").splitlines())]
    found = [level(name, wave) for name in names for wave in (2013, 2015) if "lyon" not in plain(name)]
    parts = [part for name in names for part in level_parts(name, 2013)]
    assert {codes(one) for one in (*found, *parts)} == {("epci",), ()}
    assert sum(one.value == "epci" for one in found) > 0.8 * len(found)


@settings(max_examples=500, deadline=None)
@given(answers, st.sampled_from(sorted(READERS)))
def test_a_parser_always_answers_within_its_contract(text: str, kind: str) -> None:
    """A value only with a status that states one, in range; the text is given back; the same text reads alike twice."""
    found = READERS[kind](text)
    assert found == READERS[kind](text) and found.text == text and found.status in STATUSES and found.rule
    states = found.status in ("exact", "approximate", "zero")
    if kind.split()[0] in UNITS:
        assert (found.value is not None) == states and (found.value is None or math.isfinite(found.value))
        assert found.low is None or found.high is None or found.low <= found.high
    legal = {"level": LEVELS, "stage": STAGES, "yes_no": ("oui", "non")}.get(kind.split()[0])
    assert (found.value is not None) <= states and (legal is None or set(codes(found)) <= set(legal))
    assert not kind.startswith("share") or found.value is None or 0 <= found.value <= 1
    assert {code for part in level_parts(text, 2013) for code in codes(part)} <= set(LEVELS)


@settings(max_examples=200, deadline=None)
@given(
    st.integers(0, 10**9) | st.integers(1980, 2050),
    st.sampled_from(["", " ", "\u00a0", "\u202f", "'"]),
    st.sampled_from(["", " €", "€", " EUR", " euros"]),
)
def test_a_grouped_whole_amount_reads_back(value: int, mark: str, unit: str) -> None:
    """Any whole number of euros, grouped by three with any usual mark, is that number (Python's format undone).

    Bare digits from 1990 to 2039 may be a year, but for the round 2000.
    """
    found = amount(f"{value:,}".replace(",", mark) + unit)
    year = 1990 <= value < 2040 and value != 2000 and not mark + unit
    expected = (None, "ambiguous") if year else (value, "exact" if value else "zero")
    assert (found.value, found.status) == expected


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 10**7), st.sampled_from([("k€", 1_000), ("M€", 1_000_000), ("", 1)]))
def test_an_amount_with_decimals_and_a_unit_reads_back(cents: int, unit: tuple[str, int]) -> None:
    """Two decimals and a unit multiply exactly (integer arithmetic on cents)."""
    found = amount(f"{cents // 100},{cents % 100:02} {unit[0]}".strip())
    assert found.value is not None and math.isclose(found.value * 100, cents * unit[1], rel_tol=1e-12)


@given(st.integers(0, 100))
def test_shares_and_staff_read_their_own_percentages(percent: int) -> None:
    """A percentage is its hundredth for both."""
    assert [share(f"{percent} %").value, staff(f"{percent} %").value] == [pytest.approx(percent / 100)] * 2
