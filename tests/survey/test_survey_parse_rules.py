"""Every rule by an example, and every word of the tables by an independent list."""

from __future__ import annotations

import pytest

from ptce_analysis.survey.parse.amounts import amount
from ptce_analysis.survey.parse.choices import day, stage, yes_no
from ptce_analysis.survey.parse.kinds import KINDS
from ptce_analysis.survey.parse.levels import level
from ptce_analysis.survey.parse.numbers import number, rounded, spelled
from ptce_analysis.survey.parse.staffs import share, staff
from ptce_analysis.survey.parse.words import STATUSES, plain, tidy
from ptce_analysis.vocabulary import LEVELS

EXAMPLES = {
    "amount": {
        "25": "digits", "25 000": "grouped_digits", "1.500,00": "grouped_digits", "1.500.000": "grouped_digits",
        "12,5": "decimal",
        "25 k€": "thousands_of_euros", "1 M€": "millions_of_euros", "1 Md€": "billions_of_euros",
        "25.000 €": "mark_of_thousands",
        "1E5": "scientific", "-5": "negative", "1.500": "three_digits_after_a_mark", "1 m€": "small_m",
        "deux": "spelled_out",
        "une vingtaine": "round_number", "env. 5": "approximate", "< 5": "bound", "5-6": "between",
        "6-5": "difference_or_range",
        "5 ou 6": "alternatives", "1 + 2": "sum", "1 + 2 k€": "sum_of_unlike_terms",
        "1.500 + 2": "sum_of_unlike_terms", "2 x 3": "product",
        "(5)": "brackets", "- 5": "dash_or_minus", "1/2/2015": "date", "5 %": "share", "5 F": "other_currency",
        "x": "ticked", "non": "answered_no",
        "5 par mois": "per_month", "5 sur 2 ans": "several_years", "5 par an sur 2 ans": "per_year",
        "locaux": "in_kind",
        "5 + locaux": "money_beside_kind", "5 € et locaux et matériel": "money_beside_kind",
        "un million deux": "millions_and_what", "5 en nature": "in_kind_and_figures", "abc": "no_rule", "=1": "formula",
        "#N/A": "spreadsheet_error",
        "9" * 201: "too_long", "": "blank", "-": "no_answer", "NC": "not_disclosed", "nsp": "does_not_know",
        "ND": "not_available",
        "en cours": "pending", "null": "software_blank", "SO": "not_applicable", "néant": "nothing_declared",
        "aucune aide": "nothing_declared",
    },
    "share": {"5 %": "percent", "0,5": "bare_share", "50": "bare_percent", "1": "share_or_percent", "1/2": "fraction",
        "200 %": "out_of_range",
              "1.500": "three_digits_after_a_mark"},
    "staff": {"1 ETP": "fte_stated", "mi-temps": "part_time", "150 mi-temps": "no_rule",
        "80 %": "percent_of_a_post", "1/2": "fraction",
        "un": "spelled_out", "1,5": "decimal",
              "pas de salarié": "nothing_declared", "2 personnes": "heads_not_fte", "35 h": "hours",
              "temps partiel": "part_time_unsaid",
              "1 stagiaire": "volunteers_only", "1 + 1 stagiaire": "volunteers_not_counted",
              "1 pers. (mi-temps)": "part_time",
              "1 pers. (80 %)": "percent_of_a_post", "2 pers. (3)": "no_rule"},
    "count": {"14": "digits", "une vingtaine": "round_number", "3,5": "not_whole", "douze": "spelled_out"},
    "stage": {"création": "stage_word", "projet": "near_stage", "fonctionement creation": "near_stage",
        "création et projet": "several_stages",
        "foo": "no_rule", "NC": "not_disclosed"},
    "legal_form": {"SCIC": "legal_form_word", "foo": "no_rule", "": "blank"},
    "level": {
        "PETR": "pays_petr", "PNR": "park", "Pays": "pays_petr", "CRESS": "not_a_level", "CG": "conseil_general",
        "dpt": "departement_word",
        "CR": "region_word", "Ville": "municipality_word", "CC": "grouping_word", "CdC": "grouping_word",
        "Métropole": "metropole",
        "DRAC": "state_word", "ADEME": "state_operator", "FSE": "european_fund", "Autre": "not_a_level",
        "collectivités": "level_not_said",
        "Sicoval": "grouping_name", "Grand Dijon": "grouping_name", "Alès Agglo": "grouping_name",
        "Lille Métropole": "metropole",
        "CDC": "cdc_two_meanings", "CA": "ca_three_meanings", "CUCS": "contract_of_several",
        "bloc communal": "commune_or_grouping",
        "93": "number_alone", "Grand Lyon": "metropole_de_lyon", "Paris": "place_of_two_levels",
        "Gironde": "departement_name",
        "Alsace": "region_of_2015", "Occitanie": "region_of_2016", "Réigon": "misspelling",
        "CR + CG": "several_levels", "CG/CD": "conseil_general",
        "FSE via CR": "several_levels_unseparated", "Région (FSE)": "another_level_in_brackets",
        "CDC (Caisse des Dépôts)": "explained_in_brackets",
        "foo": "no_rule", "#N/A": "spreadsheet_error", "x" * 501: "too_long",
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "text", "rule"), [(k, t, rule) for k, texts in EXAMPLES.items() for t, rule in texts.items()]
)
def test_each_rule_is_named_as_documented(kind: str, text: str, rule: str) -> None:
    """The name of a rule is what the ledger and the command print."""
    assert KINDS[kind](text).rule == rule


def test_the_statuses_are_the_eight_of_the_study() -> None:
    """The list is closed."""
    assert list(STATUSES) == [
        "exact",
        "approximate",
        "range",
        "zero",
        "unknown",
        "not_applicable",
        "ambiguous",
        "unreadable",
    ]


def test_rules_of_dates_ticks_and_dated_names() -> None:
    """The names of the rules that the command does not print, and statuses beside them."""
    assert [day(text).rule for text in ("12/03/2015", "42005", "foo", "", "=1")] == [
        "date",
        "spreadsheet_date",
        "no_rule",
        "blank",
        "formula",
    ]
    assert [yes_no(text).rule for text in ("oui", "foo")] == ["yes_no", "no_rule"]
    assert (day("foo").status, yes_no("foo").status, stage("foo").status) == ("unreadable",) * 3
    assert (level("PETR", 2013).rule, level("PETR", 2013).status) == ("petr_before_2014", "ambiguous")
    assert level("PETR", 2014).value == "pnr_petr"
    assert level("CG", decisions={"cg": "region"}).rule == "codebook_decision"
    assert level("x" * 501).status == "unreadable" and level("Région + ?" + "x" * 500).rule == "too_long"


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
        assert spelled(plain(french(n))) == n, french(n)


def test_amounts_in_words_read_back_with_and_without_euros() -> None:
    """« Mille » and « million » belong to the number before the unit, however long it is."""
    for millions in (0, 1, 2, 12, 80):
        for rest in (0, 1_000, 5_500, 80_000, 91_077, 200_000, 999_000):
            parts = [f"{french(millions)} million{'s' if millions > 1 else ''}"] * (millions > 0)
            text = " ".join([*parts, *[french(rest)] * (rest > 0 or not millions)])
            expected = millions * 10**6 + rest
            assert [amount(text).value, amount(f"{text} euros").value] == [expected] * 2, text
            assert amount(f"{text} k€").value == expected * 1_000, text


@pytest.mark.parametrize(("word", "value"), [("dizaine", 10), ("douzaine", 12), ("quinzaine", 15), ("vingtaine", 20),
    ("trentaine", 30),
    ("quarantaine", 40), ("cinquantaine", 50), ("soixantaine", 60), ("centaine", 100), ("millier", 1_000)])  # fmt: skip
def test_round_numbers_are_what_their_word_says(word: str, value: int) -> None:
    """Alone, with an article, with a number, and before a unit."""
    assert (
        rounded(f"une {word}") == (value, "")
        and rounded(f"3 {word}s de k€") == (3 * value, "k€")
        and rounded(word) == (value, "")
    )
    assert rounded(f"deux {word}s d'euros") == (2 * value, "euros")


@pytest.mark.parametrize(("text", "value"), [("un demi", 1 / 2), ("un tiers", 1 / 3), ("deux tiers", 2 / 3),
    ("le quart", 1 / 4), ("la moitié", 1 / 2),
    ("trois quarts", 3 / 4), ("un cinquième", 1 / 5), ("quatre cinquièmes", 4 / 5), ("un dixième", 0.1),
    ("sept dixièmes", 0.7), ("neuf dixièmes", 0.9),
    ("½", 1 / 2), ("⅓", 1 / 3), ("⅔", 2 / 3), ("¼", 1 / 4), ("¾", 3 / 4), ("⅕", 1 / 5), ("⅖", 2 / 5), ("⅗", 3 / 5),
    ("⅘", 4 / 5), ("moitié", 1 / 2),
    ("la totalité", 1), ("totalité", 1), ("en totalité", 1), ("tout", 1), ("1 / 8", 1 / 8), ("la demi", 1 / 2),
    ("5 p. 100", 0.05), ("5 pct", 0.05)])  # fmt: skip
def test_fractions_in_words_and_signs(text: str, value: float) -> None:
    """Each is what it says."""
    assert share(text).value == pytest.approx(value, abs=1e-15)


@pytest.mark.parametrize(("text", "code"), [("Départemant", "departement"), ("Conseil régionnal", "region"),
    ("Conseil départemantal", "departement"),
    ("Conseil genéral de X", "departement"), ("Conseil génral", "departement"), ("Consil régional", "region"),
    ("Comune de X", "commune"), ("Mairrie", "commune"),
    ("Municipalité", "commune"), ("Municpalité", "commune"), ("Comunauté de communes", "epci"),
    ("Communauté de comunes", "epci"), ("Aglomération", "epci"),
    ("Intercomunalité", "epci"), ("Métropolle", "epci"), ("Préfécture", "etat"), ("Préfeture", "etat"),
    ("Minstère du travail", "etat"), ("DIRECTE", "etat"),
    ("Eurpe", "europe"), ("Union européene", "europe"), ("Colectivités", None)])  # fmt: skip
def test_each_keyword_may_be_misspelt(text: str, code: str | None) -> None:
    """One slip in a word of a level is read; two are not."""
    assert level(text).value == code


def test_every_departement_and_region_is_known_by_its_name() -> None:
    """Names typed here from memory of the map, in the shapes people write."""
    departements = ["Ain", "l'Aisne", "Alpes Maritimes", "Bouches du Rhône", "Cotes d'Armor", "Côte d'Or",
        "Corse du Sud", "Haute Corse", "Drôme", "Hérault",
                    "Seine-et-Marne", "Val d'Oise", "les Yvelines", "Territoire de Belfort", "Nord", "Pas-de-Calais",
                    "Tarn et Garonne", "Vaucluse", "Lot"]  # fmt: skip
    regions = ["Alsace", "Aquitaine", "Auvergne", "Basse-Normandie", "Bourgogne", "Bretagne", "Centre",
        "Champagne-Ardenne", "Corse", "Franche Comté",
               "Haute-Normandie", "Ile-de-France", "Languedoc-Roussillon", "Limousin", "Lorraine", "Midi-Pyrénées",
               "Nord-Pas de Calais", "NPDC", "IDF",
               "Picardie", "Poitou-Charentes", "Normandie", "Nouvelle Aquitaine", "AURA", "Centre-Val de Loire",
               "Région Sud", "PACA",
               "Alsace-Champagne-Ardenne-Lorraine", "Nord-Pas-de-Calais-Picardie",
               "Bourgogne-Franche-Comté"]  # fmt: skip
    assert {name: level(name).value for name in departements} == dict.fromkeys(departements, "departement")
    assert {name: level(name).value for name in regions} == dict.fromkeys(regions, "region")
    overseas = ["Guadeloupe", "Martinique", "Guyane", "La Réunion", "Mayotte"]
    assert {level(name).status for name in overseas} == {"ambiguous"}


@pytest.mark.parametrize(("text", "value"), [("999 999 999 999 999", 999_999_999_999_999), ("1" + "0" * 15, None),
    ("1E9", 10**9), ("1E20", None),
    ("0,1234567890123456", 0.1234567890123456), ("1," + "1" * 40, None), ("1,5E3", 1_500), ("-0", 0)])  # fmt: skip
def test_numbers_have_a_sane_size(text: str, value: float | None) -> None:
    """Beyond fifteen digits nobody wrote a figure."""
    found = number(text)
    assert (None if found is None or found.value is None else float(found.value)) == (
        None if value is None else float(value)
    )


def test_sums_keep_the_least_certain_status_and_decisions_may_name_two_levels() -> None:
    """An approximate term makes an approximate sum."""
    assert (amount("1E5 + 1").value, amount("1E5 + 1").status) == (100_001, "approximate")
    assert spelled("un milliard") == spelled("milliard") == 10**9 and amount("deux milliards").value == 2 * 10**9
    assert level("x", decisions={"x": "europe, region"}).value == ("region", "europe")


def test_ranges_of_equal_bounds_and_units_of_one_bound() -> None:
    """Equal bounds are a range; a unit serves the first number only where the order allows."""
    assert (amount("5-5").low, amount("5-5").status) == (5, "range")
    assert (amount("900-1 k€").low, amount("900-1 k€").high) == (900, 1_000)
    assert (amount("10 k€-15 k€").low, amount("2 à 3 M€").low) == (10_000, 2_000_000)
    assert (amount("< 5").unit, amount("> 5").unit, amount("abc").unit) == ("eur", "eur", None)


def test_part_time_posts_count_their_number() -> None:
    """Each post is its part of a full time."""
    assert [
        staff(text).value
        for text in ("3 mi-temps", "trois mi-temps", "2 3/4 temps", "2 x 3/4 temps", "poste à mi-temps")
    ] == [1.5, 1.5, 1.5, 1.5, 0.5]


def test_every_kind_of_space_and_dash_is_one() -> None:
    """From the tables of Unicode: the spaces of U+2000 to U+200A, dashes of U+2010 to U+2015."""
    spaces = "".join(
        map(chr, [0x09, 0x0A, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000])
    )
    for space in spaces:
        assert tidy(f"a{space}b") == "a b", hex(ord(space))
    for dash in map(chr, [*range(0x2010, 0x2016), 0x2212]):
        assert tidy(f"a{dash}b") == "a-b"
    assert [plain(text) for text in ("œuf", "Œuf", "æ", "Æ", "ＡＢ１")] == ["oeuf", "oeuf", "ae", "ae", "ab1"]
    assert {plain(f"l{mark}a") for mark in "'‘’ʼ′´`"} == {"l'a"}


def test_levels_come_in_the_order_of_the_study() -> None:
    """A cell that names all of them, last first."""
    text = "Trucs divers de collectivités locales + fondation + PNR + FSE + Etat + Région + CG + CC + ville"
    assert level(text.removeprefix("Trucs divers de ")).value == tuple(reversed(
        ["inconnu", "autre", "pnr_petr", "europe", "etat", "region", "departement", "epci",
            "commune"])) == tuple(LEVELS)  # fmt: skip
