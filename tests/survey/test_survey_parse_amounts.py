"""Amounts: every written form is read, left undecided, or refused; expected values are what the words say."""

from __future__ import annotations

import pytest

from ptce_analysis.survey.parse.amounts import amount

STATED = {
    "25 k€": 25_000, "25k€": 25_000, "25 K€": 25_000, "25 KE": 25_000, "25 ke": 25_000, "25K": 25_000, "25 k": 25_000,
    "25 keuros": 25_000, "25 k euros": 25_000, "152 K Euros": 152_000, "25 kilo-euros": 25_000, "25 mille": 25_000,
    "25 mille euros": 25_000, "15 milliers d'euros": 15_000, "25 000": 25_000, "25\u00a0000": 25_000,
    "25\u202f000": 25_000, "25\u2009000": 25_000, "25'000": 25_000, "25’000": 25_000, "25.000 €": 25_000,
    "25,000 €": 25_000, "25 000,50 €": 25_000.5, "2 500.00 €": 2_500, "1.500,00": 1_500, "1,500.00": 1_500,
    "1.500.000": 1_500_000, "1,500,000": 1_500_000, "1 500": 1_500, "1,2 M€": 1_200_000, "1.2 M€": 1_200_000,
    "0,25M€": 250_000, "0,250 M€": 250_000, "1,2M": 1_200_000, "1,2 ME": 1_200_000, "1,2 Meuros": 1_200_000,
    "2 millions d'euros": 2_000_000, "1 million d’euros": 1_000_000, "un million": 1_000_000, "1 Md€": 10**9,
    "2 milliards d'euros": 2 * 10**9, "25 000 EUR": 25_000, "EUR 25 000": 25_000, "€ 25 000": 25_000,
    "k€ 25": 25_000, "25 000 euros": 25_000, "25 000e": 25_000, "25000.": 25_000, "0.25": 0.25, ".5": 0.5, "5,": 5,
    "1.2345": 1.2345, "2015 €": 2_015, "+5000": 5_000, "-5000": -5_000, "−5 000": -5_000, "２５ ０００ €": 25_000,
    "  25 000\t€ ": 25_000, "25\u200b000": 25_000, "deux mille euros": 2_000, "trente": 30, "mille": 1_000,
    "un million deux cent mille": 1_200_000, "trois millions cinq cent mille euros": 3_500_000,
    "deux mille k€": 2_000_000,
    "vingt-cinq mille euros": 25_000, "15 000 HT": 15_000, "15 000 € TTC": 15_000, "15 k€ (HT)": 15_000,
    "25 000 €/an": 25_000, "25 000 par an": 25_000, "25 000 en 2015": 25_000, "25 000 (2015)": 25_000,
    "2015 : 25 000": 25_000, "30 000 par an pendant 3 ans": 30_000, "30 000 sur 1 an": 30_000,
    "15 000 + 5 000": 20_000, "15 000 + 5 k€": 20_000, "2 x 15 000": 30_000, "15 000 € x 2": 30_000,
    "2*15 k€": 30_000, "2 fois 15 000": 30_000, "2 x 15 000 + 5 000": 35_000,
}  # fmt: skip
APPROXIMATE = {
    "env. 30 000": 30_000, "environ 30 000": 30_000, "env 30k": 30_000, "~30k": 30_000, "≈ 30 000": 30_000,
    "30 000 ?": 30_000, "30 000 (estimation)": 30_000, "30 000 environ": 30_000, "près de 30 000": 30_000,
    "ca. 5000": 5_000, "une vingtaine de k€": 20_000, "2 centaines d'euros": 200, "1E+05": 100_000,
    "15 000 € + locaux": 15_000, "15 000 € et mise à disposition de locaux": 15_000,
}  # fmt: skip
RANGES = {
    "10-15 k€": (10_000, 15_000), "10 – 15 k€": (10_000, 15_000), "entre 10 et 15 k€": (10_000, 15_000),
    "de 10 à 15 k€": (10_000, 15_000), "10 000 à 15 000": (10_000, 15_000), "environ 10-15 k€": (10_000, 15_000),
    "900 à 1,2 k€": (900, 1_200), "< 10 000": (None, 10_000), "≤ 10 000": (None, 10_000), "> 50 k€": (50_000, None),
    "moins de 10 000": (None, 10_000), "plus de 50 k€": (50_000, None), "jusqu'à 30 000": (None, 30_000),
    "15 000 maximum": (None, 15_000), "15 000 et plus": (15_000, None), "au moins 5 k€": (5_000, None),
}  # fmt: skip
NO_VALUE = {
    "unknown": ["", "  ", "\u00a0", "-", "–", "NC", "n.c.", "N.C", "nsp", "NSP", "n.s.p.", "Ne sait pas", "?", "???",
        "NR",
                "x", "X", "oui", "en cours", "à définir", "A DÉFINIR", "ND", "null", "None", "nan", "non renseigné",
                "mise à disposition de locaux", "bénévolat", "gratuit", "…", "/", "confidentiel", "Non réponse"],
    "not_applicable": ["sans objet", "SO", "s.o.", "NA", "N/A", "n/a", "non applicable", "non concerné", "non"],
    "ambiguous": ["1.500", "12,500", "15.000", "1 500.500", "1.500 k€", "1,250 M€", "25 m€", "15 + 5 k€", "(5 000)",
                  "- 5 000", "15000 - 5000", "10 000 ou 15 000", "30 000 sur 3 ans", "30 000€ sur deux ans",
                  "25 000 (2014-2016)", "2 000 € par mois", "15 000 € (en nature)", "1.500 + 2 000",
                  "12 000 en 2014, 15 000 en 2015", "2015", "1998", "un million deux", "un million deux cents"],
    "unreadable": ["#N/A", "#REF!", "#VALEUR!", "#DIV/0!", "=SUM(A1:A3)", "=SOMME(A1)", "@a", "12/03/2015",
        "2015-03-12",
                   "mars 2015", "2013-2014", "10 %", "25 000 F", "$25", "25 £", "1 5000", "01 23 45 67 89", "15000²",
                   "½",
                   "1/2", "€", "k€", "E", "abc", "25 000 (CR)", "5 000 oui", "+",
                   "quelques milliers d'euros", "9" * 50, "1" + " 000" * 6, "12 €" * 200, "1\u202e000", "١٢"],
}  # fmt: skip


@pytest.mark.parametrize(("text", "value"), STATED.items())
def test_a_stated_amount_is_read_exactly(text: str, value: float) -> None:
    """The value is the one the words state, in euros, and the text is kept as written."""
    found = amount(text)
    assert (found.value, found.unit, found.status, found.text) == (value, "eur", "exact", text)


@pytest.mark.parametrize(("text", "value"), APPROXIMATE.items())
def test_an_approximate_amount_keeps_its_number_and_says_so(text: str, value: float) -> None:
    """An approximation states a number and is never exact."""
    assert (amount(text).value, amount(text).status) == (value, "approximate")


@pytest.mark.parametrize(("text", "bounds"), RANGES.items())
def test_a_range_states_bounds_and_no_value(text: str, bounds: tuple[float | None, float | None]) -> None:
    """A range has no value, never a midpoint; its bounds are kept."""
    found = amount(text)
    assert (found.value, found.status, (found.low, found.high)) == (None, "range", bounds)


@pytest.mark.parametrize(("text", "status"), [(text, status) for status, texts in NO_VALUE.items() for text in texts])
def test_a_text_without_a_sure_value_gives_none(text: str, status: str) -> None:
    """Silence, inapplicability, ambiguity and nonsense are told apart, and none has a value."""
    assert (amount(text).value, amount(text).status) == (None, status)


@pytest.mark.parametrize(
    "text", ["0", "0 €", "0,00", "néant", "Néant.", "aucun", "aucune aide", "pas de subvention", "zéro"]
)
def test_a_declared_nothing_is_a_zero(text: str) -> None:
    """Zero is a value of its own, different from every silence."""
    assert (amount(text).value, amount(text).status) == (0, "zero")


@pytest.mark.parametrize(("text", "hint", "value"), [("25", "keur", 25_000), ("12,5", "keur", 12_500),
    ("3", "meur", 3_000_000),
                                                     ("25 €", "keur", 25), ("3 M€", "keur", 3_000_000),
                                                     ("25", None, 25)])  # fmt: skip
def test_the_unit_of_the_column_serves_bare_numbers_only(text: str, hint: str | None, value: float) -> None:
    """A unit written in the text wins over that of the header; nothing is rescaled."""
    assert amount(text, hint).value == value


@pytest.mark.parametrize(("text", "mark", "value"), [("1.500", "thousands", 1_500), ("1.500", "decimals", 1.5),
    ("12,500", "decimals", 12.5),
                                                     ("1.500 k€", "decimals", 1_500)])  # fmt: skip
def test_the_codebook_decides_what_three_digits_after_a_mark_are(text: str, mark: str, value: float) -> None:
    """Only a stated decision reads `1.500`."""
    assert amount(text, None, mark).value == value


def test_a_total_over_several_years_keeps_its_bounds() -> None:
    """The part of one year is between nothing and the whole."""
    found = amount("30 000 sur 3 ans")
    assert (found.low, found.high, found.rule) == (0, 30_000, "several_years")


@pytest.mark.parametrize(("text", "rule"), [("25 k€", "thousands_of_euros"), ("1.500", "three_digits_after_a_mark"),
    ("=A1", "formula"),
                                            ("25", "digits"), ("x", "ticked"), ("2 x 3", "product"),
                                            ("1 + 2", "sum")])  # fmt: skip
def test_each_reading_names_the_rule_that_made_it(text: str, rule: str) -> None:
    """The rule shows a reader why."""
    assert amount(text).rule == rule
