"""Levels: one code, several, or none; institutional names are read as they were on the day of the wave."""

from __future__ import annotations

import pytest

from ptce_analysis.survey.breaks import BREAKS
from ptce_analysis.survey.parse import levels as geography
from ptce_analysis.survey.parse.levels import codes, level, level_parts

ONE = {
    "commune": ["Mairie", "Ville", "Municipalité", "Commune de Tarnos", "Ville de Paris", "les communes", "CCAS",
        "Mairies",
                "Mairie de Saint-Étienne et Saint-Chamond"],
    "epci": ["CC", "ComCom", "Com com", "CdC", "CdC du Val", "CU", "Agglo", "Communauté d'agglo",
        "Cté de communes du Y",
             "Communauté d'agglomération de Z", "Grand Lyon", "Grand Dijon", "Métropole", "Lille Métropole", "SAN",
             "Interco",
             "intercommunalité", "Plaine Commune", "Sicoval", "EPCI", "Communautés de communes", "CC Pays de Redon",
             "communauté urbaine de Lyon", "CA (agglo)", "Grand-Lyon", "Grand-Dijon"],
    "departement": ["CG", "CG 93", "CG93", "CG-93", "C.G.", "Conseil général", "Conseils généraux", "Conseil Gal",
        "CD", "CD93",
                    "Conseil départemental de la Loire", "Département", "dpt", "dépt.", "Gironde", "la Gironde",
                    "Loir et Cher", "Indre-et-Loire", "Indre et Loire", "Département de Paris", "Côtes d'Armor",
                    "Conseil Général de Seine-Saint-Denis (93)"],
    "region": ["CR", "C.R.", "Conseil régional", "Région", "la Région", "CTC", "Rhône-Alpes", "PACA", "Région PACA",
               "CR Aquitaine", "Pays de la Loire", "Provence-Alpes-Côte d’Azur", "Grand Est", "Hauts-de-France",
               "Centre",
               "Conseil régional d'Île-de-France", "RÉGION"],
    "etat": ["État", "l’État (DIRECCTE)", "Préfecture", "Préfecture de région", "DIRECCTE", "DIRRECTE", "DRAC",
        "DRJSCS",
             "ministère de la Ville", "Acsé", "CGET", "DATAR", "FNADT", "AAP PTCE", "Caisse des Dépôts",
             "Caisse des dépôts et consignations", "ADEME", "Agence de l'eau", "CDC (Caisse des Dépôts)"],
    "europe": ["FSE", "FEDER", "FEADER", "LEADER (GAL)", "Interreg", "UE", "Union Européenne", "Europe",
        "GAL Pays de Y"],
    "pnr_petr": ["PNR", "PETR", "Pays", "Pays de Redon", "parc naturel régional des Ardennes",
        "syndicat mixte du Pays X"],
    "autre": ["CRESS", "DLA", "France Active", "fondation", "banque", "CAF", "syndicat mixte", "pôle métropolitain",
        "Autres"],
    "inconnu": ["collectivités locales", "subventions publiques", "pouvoirs publics"],
}  # fmt: skip
SEVERAL = {
    "Région + CG": ("departement", "region"), "Région et interco": ("epci", "region"), "Région & Europe": ("region",
        "europe"),
    "Etat, Région, CG et ville": ("commune", "departement", "region", "etat"), "Commune / Interco": ("commune", "epci"),
    "Région - Département": ("departement", "region"), "Région\nDépartement": ("departement", "region"),
    "CC de X et Région": ("epci", "region"), "Métropole de Lyon": ("epci", "departement"), "Région, région": "region",
    "Collectivités (Région, CG)": ("departement", "region"),
}  # fmt: skip
DOUBTFUL = {
    "ambiguous": ["CDC", "cdc", "CDC du Pays X", "CA", "CA du Pays X", "CUCS", "contrat de ville", "Paris",
        "La Réunion", "Mayotte",
                  "93", "bloc communal", "FSE via la Région", "Région (FEDER)", "Région, CDC", "Région + ?",
                  "Région ou Département", "CPER"],
    "unreadable": ["xyz", "#N/A", "=A1", "12 000", "légion", "?!a", "x" * 600],
    "unknown": ["", "NC", "nsp", "-"], "not_applicable": ["sans objet"], "zero": ["aucune", "néant",
        "aucune collectivité"],
}  # fmt: skip


@pytest.mark.parametrize(("text", "code"), [(text, code) for code, texts in ONE.items() for text in texts])
def test_a_name_of_one_collectivity_gives_its_level(text: str, code: str) -> None:
    """The level is that of the coding table of the study."""
    assert (level(text).value, level(text).status) == (code, "exact")


@pytest.mark.parametrize(("text", "found"), SEVERAL.items())
def test_a_cell_that_names_several_gives_them_in_the_study_order(text: str, found: object) -> None:
    """A list has each level once, in the order of every table."""
    assert (level(text).value, level(text).status) == (found, "exact")


@pytest.mark.parametrize(("text", "status"), [(text, status) for status, texts in DOUBTFUL.items() for text in texts])
def test_a_doubtful_or_silent_cell_gives_no_level(text: str, status: str) -> None:
    """Nothing is guessed: CDC, CA, Paris and their like wait for the codebook."""
    assert (level(text).value, level(text).status) == (None, status)


@pytest.mark.parametrize(("text", "code"), [("Réigon", "region"), ("Départment", "departement"),
    ("communne", "commune"),
                                            ("Conseil régoinal", "region"), ("Préfectre", "etat")])  # fmt: skip
def test_one_slip_of_the_keyboard_is_read_as_approximate(text: str, code: str) -> None:
    """A misspelt keyword is read, and said to be."""
    assert (level(text).value, level(text).status, level(text).rule) == (code, "approximate", "misspelling")


def test_a_misspelt_part_makes_the_list_approximate() -> None:
    """The status of a list is that of its least certain part."""
    assert (level("Réigon + CG").value, level("Réigon + CG").status) == (("departement", "region"), "approximate")


def test_the_codebook_decides_an_ambiguous_spelling_alone_or_in_a_list() -> None:
    """A decision names the spelling, whatever its capitals."""
    assert level("cdc", decisions={"cdc": "epci"}).value == "epci"
    assert level("CDC, Région", decisions={"cdc": "etat"}).value == ("region", "etat")
    assert level("région et interco", decisions={"region et interco": "inconnu"}).value == "inconnu"


def test_parts_keep_what_is_sure_beside_what_is_not() -> None:
    """A doubtful part does not hide the others."""
    assert [codes(part) for part in level_parts("Région, CDC et mairie")] == [("region",), (), ("commune",)]


@pytest.mark.parametrize(("text", "wave", "found"), [("PETR", 2013, None), ("PETR", 2015, "pnr_petr"),
    ("Grand Lyon", 2013, "epci"),
    ("Métropole de Lyon", 2013, "epci"), ("Grand Lyon", 2015, ("epci", "departement")),
    ("Pays", 2013, "pnr_petr")])  # fmt: skip
def test_names_are_dated(text: str, wave: int, found: object) -> None:
    """A PETR cannot answer in 2013; Lyon's grouping is two levels from 2015 (laws of 2014, see `BREAKS`)."""
    assert level(text, wave).value == found


@pytest.mark.parametrize(("text", "rule"), [("Pays", "pays_petr"), ("Conseil général", "conseil_general"),
    ("Métropole de Lyon", "metropole_de_lyon"),
    ("Lille Métropole", "metropole"), ("Picardie", "region_of_2015"), ("Occitanie", "region_of_2016"),
    ("FSE", "european_fund")])  # fmt: skip
def test_rules_about_institutions_have_a_date_and_a_source(text: str, rule: str) -> None:
    """The rule of a reading is the key of the break that explains it."""
    assert level(text).rule == rule
    assert BREAKS[rule].date and BREAKS[rule].source


def test_places_are_those_of_the_official_lists() -> None:
    """101 départements, 22 regions and 5 overseas in 2015, 13 and 5 in 2016, each old region inside one new (INSEE)."""
    assert (len(geography.DEPARTEMENTS), len(geography.REGIONS_2015), len(geography.REGIONS_2016)) == (101, 27, 18)
    assert set(geography.REGION_OF_2016.values()) == set(geography.REGIONS_2016)
    assert set(geography.REGION_OF_DEPARTEMENT.values()) == set(geography.REGIONS_2015)
    assert geography.REGION_OF_2016["22"] == "32" and geography.REGION_OF_DEPARTEMENT["93"] == "11"


@pytest.mark.parametrize(
    "text",
    ["Conseil général et régional", "conseils départementaux et régionaux", "Conseil régional & départemental"],
)
def test_a_word_said_once_opens_both_names(text: str) -> None:
    """« conseil général et régional » names two councils, and neither is lost."""
    assert level(text).value == ("departement", "region")


@pytest.mark.parametrize("text", ["Conseil général de Seine et Marne", "Communauté de communes et d’agglomération"])
def test_one_level_named_in_two_words_stays_one(text: str) -> None:
    """« et » inside a name, or between two kinds of one level, adds none."""
    assert isinstance(level(text).value, str)
