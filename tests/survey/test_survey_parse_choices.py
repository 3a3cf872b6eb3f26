"""Stages, legal forms, yes or no, dates; and how texts are compared."""

from __future__ import annotations

import pytest

from ptce_analysis.survey.parse.choices import day, legal_form, stage, yes_no
from ptce_analysis.survey.parse.words import acronym, misspelt, plain, tidy

STAGES = {
    "emergence": ["émergence", "En émergence", "phase d'émergence", "Emergent", "1 - Emergence", "stade de l'émergence",
                  "Projet en émergence", "L’émergence", "emergence"],
    "amorcage": ["amorçage", "2. Amorçage", "En cours d'amorçage", "démarrage"],
    "creation": ["création", "en cours de création", "au stade de la création", "En création"],
    "fonctionnement": ["en fonctionnement", "opérationnel", "en activité", "phase de fonctionnement",
        "activité / fonctionnement"],
    None: ["projet", "consolidation", "développement", "réflexion", "émergence / amorçage", "foo", "A1", "", "NC",
        "#N/A",
           "émergence puis projet"],
}  # fmt: skip
FORMS = {
    "association": ["Asso loi 1901", "association loi 1908", "Association loi de 1901", "loi 1901", "asso.",
        "association"],
    "scic": ["SCIC SA", "Scic SARL", "S.C.I.C.", "scic"], "informel": ["collectif informel", "sans statut juridique",
        "informel"],
    "societe": ["SARL"], "cooperative": ["SCOP"], "groupement": ["GIP", "groupement"], "public": ["commune", "public"],
    "autre": ["fondation"], None: ["xyz", "", "nsp", "=1"],
}  # fmt: skip
DAYS = {
    "12/03/2015": "2015-03-12", "1/2/2015 9:05": "2015-02-01T09:05:00", "2015-03-12 10:11:12": "2015-03-12T10:11:12",
    "2015-03-12T10:11:12.000": "2015-03-12T10:11:12", "12.03.2015": "2015-03-12", "42005": "2015-01-01",
    "42005.5": "2015-01-01",
    "31/02/2015": None, "12/13/2015": None, "12/03/2015 25:00": None, "foo": None, "": None, "2015": None,
}  # fmt: skip


@pytest.mark.parametrize(("text", "code"), [(text, code) for code, texts in STAGES.items() for text in texts])
def test_a_stage_is_read_only_from_its_own_words(text: str, code: str | None) -> None:
    """Near words (projet, consolidation) are not synonyms: the printed shares of two of them differ."""
    assert stage(text).value == code


def test_near_and_double_stages_are_ambiguous() -> None:
    """What the codebook can decide is told from what nobody can read."""
    assert [stage(text).status for text in ("projet", "émergence / amorçage", "foo")] == [
        "ambiguous",
        "ambiguous",
        "unreadable",
    ]


@pytest.mark.parametrize(("text", "code"), [(text, code) for code, texts in FORMS.items() for text in texts])
def test_a_legal_form_gives_its_family(text: str, code: str | None) -> None:
    """Associations of 1901 and 1908 are one family, and a code reads as itself."""
    assert legal_form(text).value == code


@pytest.mark.parametrize(("text", "iso"), DAYS.items())
def test_dates_are_french_iso_or_spreadsheet_numbers(text: str, iso: str | None) -> None:
    """The day comes first; 42005 is how spreadsheets store 1 January 2015."""
    assert day(text).value == iso


@pytest.mark.parametrize(("text", "value"), [("Oui", "oui"), ("Y", "oui"), ("x", "oui"), ("☑", "oui"), ("1", "oui"),
    ("Non.", "non"),
                                             ("0", "non"), ("FAUX", "non"), ("N/A", None), ("", None),
                                             ("peut-être", None)])  # fmt: skip
def test_ticks_and_words_give_yes_or_no(text: str, value: str | None) -> None:
    """A blank says nothing."""
    assert yes_no(text).value == value


def test_two_spellings_compare_equal_without_accents_spaces_or_capitals() -> None:
    """Every kind of space, apostrophe, dash and full-width sign is one."""
    assert tidy("\ufeff a\u3000\u202fb\u200b ") == "a b"
    assert plain("L’ÉTAT  –  Œuvre") == plain("l'etat - oeuvre")
    assert plain("e\u0301te\u0301") == plain("été")
    assert tidy("`a") == "'a"


def test_a_footnote_mark_never_becomes_a_digit() -> None:
    """Superscripts and circled digits stay what they are."""
    assert plain("15000²") == "15000²"


def test_abbreviations_lose_their_dots_only_when_they_are_letters() -> None:
    """`n.c.` is an abbreviation, `1.5` is not."""
    assert [acronym(text) for text in ("n. c.", "1.5", "a.b", "sans objet !")] == ["nc", "1.5", "ab", "sans objet"]


@pytest.mark.parametrize(("words", "expected"), [("regoin", "region"), ("regio", "region"), ("reggion", "region"),
    ("redion", "region"),
                                                 ("legion", ""), ("rgn", ""), ("region", ""),
                                                 ("regionnn", "")])  # fmt: skip
def test_one_slip_is_an_insertion_a_deletion_a_change_or_a_swap(words: str, expected: str) -> None:
    """Two slips, a short word or another first letter are not put right."""
    assert misspelt(words, ("region",)) == expected


def test_a_word_near_two_known_ones_is_left_alone() -> None:
    """Nothing is guessed between two."""
    assert misspelt("communs", ("commune", "communa")) == ""
