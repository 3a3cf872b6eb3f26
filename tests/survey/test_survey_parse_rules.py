"""What holds of all answers of a kind: words against independent lists and writers, places, names that are dated."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from ptce_analysis.errors import InputError
from ptce_analysis.survey.parse.amounts import amount, header_rule
from ptce_analysis.survey.parse.choices import day, months_first, yes_no
from ptce_analysis.survey.parse.kinds import KINDS, institutional_breaks, parse_rows
from ptce_analysis.survey.parse.levels import DEPARTEMENTS, PLACES, codes, level, level_parts, place_name
from ptce_analysis.survey.parse.numbers import number, rounded, spelled, spelled_start
from ptce_analysis.survey.parse.words import STATUSES, acronym, doubtful, misspelt, no_value, plain, table, tidy
from ptce_analysis.vocabulary import LEVELS

HERE = Path(__file__).parent
UNITS = ["zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze",
         "treize", "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf"]  # fmt: skip
TENS = {20: "vingt", 30: "trente", 40: "quarante", 50: "cinquante", 60: "soixante", 80: "quatre-vingt"}


def french(n: int) -> str:
    """Return a number in words, by the school rules: seventy from sixty, ninety from eighty, « et un », « cents »."""
    if n < 20:
        return UNITS[n]
    if n < 100:
        base = next(ten for ten in (80, 60, 50, 40, 30, 20) if n >= ten)
        rest = n - base
        if not rest:
            return "quatre-vingts" if n == 80 else TENS[base]
        link = " et " if rest in (1, 11) and base != 80 else "-"
        return TENS[base] + link + french(rest)
    if n < 1_000:
        hundreds = "cent" if n < 200 else f"{UNITS[n // 100]} cent{'s' if n % 100 == 0 else ''}"
        return hundreds + (f" {french(n % 100)}" if n % 100 else "")
    thousands = "mille" if n < 2_000 else f"{french(n // 1_000)} mille"
    return thousands + (f" {french(n % 1_000)}" if n % 1_000 else "")


def test_every_number_in_words_below_two_thousand_reads_back() -> None:
    """The reader undoes a writer made from the school rules alone."""
    for n in [*range(2_000), 2_015, 25_000, 80_080, 91_077, 999_999]:
        words = plain(french(n))
        assert (spelled(words), spelled_start(f"{words} salaries")) == (n, words), words


def test_amounts_in_words_read_back_with_and_without_euros() -> None:
    """« Mille » and « million » belong to the number before the unit, however long it is."""
    for millions in (0, 1, 2, 12, 80):
        for rest in (0, 1_000, 5_500, 80_000, 91_077, 200_000, 999_000):
            parts = [f"{french(millions)} million{'s' if millions > 1 else ''}"] * (millions > 0)
            text = " ".join([*parts, *[french(rest)] * (rest > 0 or not millions)])
            expected = millions * 10**6 + rest
            assert [amount(text).value, amount(f"{text} euros").value] == [expected] * 2, text
            assert amount(f"{text} k€").value == expected * 1_000, text


@pytest.mark.parametrize("text", ["zéro", "deux trois", "vingt douze", "mille mille", "cent cent", "et un", "",
                                  "onze un", "dix-", "deux virgule cinq", "moins deux", "12 mille"])  # fmt: skip
def test_words_that_do_not_follow_each_other_are_no_number(text: str) -> None:
    """An accent left in, a sign, a decimal, or two numbers side by side."""
    assert spelled(text) is None


ROUND = {"dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30, "quarantaine": 40,
         "cinquantaine": 50, "soixantaine": 60, "centaine": 100, "millier": 1_000}  # fmt: skip


def test_round_numbers_are_what_their_word_says() -> None:
    """Alone, with an article, with a number, and before a unit; a plural without its count states nothing."""
    for word, value in ROUND.items():
        assert rounded(f"une {word}") == rounded(word) == (value, "")
        assert rounded(f"3 {word}s de k€") == (3 * value, "k€") and rounded(f"deux {word}s d'euros") == (
            2 * value,
            "euros",
        )
    assert {rounded(text) for text in ("des centaines", "centaines", "zero dizaine", "vingt")} == {None}


@pytest.mark.parametrize("text", ["1 0", "1.50.000", "1,5,0", "1 500 00", "1''500", "1..5", "--1", "", "-", "1_000",
                                  "1e", "0x10", "1." * 30, "1" + "0" * 15, "1E20", "1," + "1" * 40, "١٢"])  # fmt: skip
def test_a_badly_grouped_or_endless_number_is_no_number(text: str) -> None:
    """Digits are grouped by three or not at all, and beyond fifteen nobody wrote a figure."""
    assert number(text) is None


def test_long_numbers_keep_all_their_digits() -> None:
    """Values are exact up to the last digit that is read."""
    for text, value in (("999 999 999 999 999", 999_999_999_999_999), ("1E9", 10**9), ("-0", 0), ("1,5E3", 1_500)):
        found = number(text)
        assert found is not None and found.value == value
    assert amount("0,1234567890123456").value == 0.1234567890123456
    assert amount("999 999 999 999 999").value == 999_999_999_999_999


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "piece",
    ["1 ou 2 et ", "3 / ", "un million ", "(1 ", "2 x ", "en 2014, ", "de 1 a ", "et ", "- ", "cent ", "CC et "],
)
def test_a_long_repetitive_answer_ends(kind: str, piece: str) -> None:
    """No rule tries every way of cutting a text: that would not end within the life of this test."""
    assert KINDS[kind]((piece * 200)[:190]).status in STATUSES
    assert KINDS[kind]("9" * 501).status == "unreadable"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_reads_a_blank_as_silence(kind: str) -> None:
    """A blank is unknown for every kind, never zero."""
    for text in ("", "  ", "\u00a0", "\u200b"):
        assert (KINDS[kind](text).value, KINDS[kind](text).status) == (None, "unknown")
    assert KINDS[kind]("").rule == "blank"


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


def test_no_value_tells_silences_apart() -> None:
    """None where a text may give a value; a zero is a silence that says so."""
    found = {text: reading and (reading.status, reading.rule) for text in ("25", "N.S.P.", "néant", "=A1", "#NOM ?")
             for reading in [no_value(text)]}  # fmt: skip
    assert found == {"25": None, "N.S.P.": ("unknown", "does_not_know"), "néant": ("zero", "nothing_declared"),
                     "=A1": ("unreadable", "formula"), "#NOM ?": ("unreadable", "spreadsheet_error")}  # fmt: skip


def test_a_total_over_several_years_keeps_its_bounds() -> None:
    """The part of one year is between nothing and the whole; times a number of months, the total is above it."""
    assert [(one.low, one.high, one.rule) for one in map(amount, ("30 000 sur 3 ans", "1 000 x 12 mois"))] == [
        (0, 30_000, "several_years"), (0, None, "several_years")]  # fmt: skip


@pytest.mark.parametrize(("header", "rule"), [("Région (€/mois)", "per_month"), ("Salaire mensuel", "per_month"),
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
    texts = ("3/13/2024 9:05:00 PM", "3/12/2024", "2024-03-12", "12 mars 2024", "13/3/2024")
    found = ["2024-03-13T21:05:00", "2024-03-12", "2024-03-12", "2024-03-12", None]
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


@pytest.mark.parametrize(("words", "expected"), [("regoin", "region"), ("regio", "region"), ("reggion", "region"),
    ("redion", "region"), ("legion", ""), ("rgn", ""), ("region", ""), ("regionnn", ""), ("communs", "")])  # fmt: skip
def test_one_slip_is_an_insertion_a_deletion_a_change_or_a_swap(words: str, expected: str) -> None:
    """Two slips, a short word, another first letter, or a word near two known ones are not put right."""
    assert misspelt(words, ("region", "commune", "communa")) == expected


def test_denials_are_heard_but_not_in_names_of_places() -> None:
    """« Pas-de-Calais » denies nothing."""
    texts = (
        "refusee",
        "pas la region",
        "region ?",
        "region 0",
        "sans suite",
        "nord-pas-de-calais",
        "ville de saint-pas",
    )
    assert [doubtful(text) for text in texts] == [True] * 5 + [False] * 2


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


@pytest.mark.parametrize(("text", "rule"), [("Pays", "pays_petr"), ("Conseil général", "conseil_general"),
    ("Métropole de Lyon", "metropole_de_lyon"), ("Lille Métropole", "metropole"), ("Picardie", "region_of_2015"),
    ("Occitanie", "region_of_2016"), ("FSE", "european_fund")])  # fmt: skip
def test_rules_about_institutions_have_a_date_and_a_source(text: str, rule: str) -> None:
    """The rule of a reading is the key of the break that explains it; before its date, a PETR is none."""
    assert level(text).rule == rule and institutional_breaks()[rule]["date"] and institutional_breaks()[rule]["source"]
    assert (level("PETR", 2013).rule, level("PETR", 2014).value) == ("petr_before_2014", "pnr_petr")


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


def test_ticks_and_words_give_yes_or_no() -> None:
    """What is written otherwise is not read, and says why."""
    assert [(yes_no(text).value, yes_no(text).rule) for text in ("oui", "non", "foo", "nsp")] == [
        ("oui", "yes_no"), ("non", "yes_no"), (None, "no_rule"), (None, "does_not_know")]  # fmt: skip
