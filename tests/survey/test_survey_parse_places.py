"""Names of places: which levels each may be, and where each département and region of the waves went in 2016."""

from __future__ import annotations

from collections import Counter

import pytest

from ptce_analysis.survey.parse.levels import (
    DEPARTEMENTS,
    PLACES,
    place_name,
)

# The number of départements in each region of 2015 (INSEE, "Régions, départements et cantons", 2015), typed here.
N_DEPARTEMENTS = {
    "Alsace": 2, "Aquitaine": 5, "Auvergne": 4, "Basse-Normandie": 3, "Bourgogne": 4, "Bretagne": 4, "Centre": 6,
    "Champagne-Ardenne": 4, "Corse": 2, "Franche-Comté": 4, "Haute-Normandie": 2, "Île-de-France": 8,
    "Languedoc-Roussillon": 5, "Limousin": 3, "Lorraine": 4, "Midi-Pyrénées": 8, "Nord-Pas-de-Calais": 2,
    "Pays de la Loire": 5, "Picardie": 3, "Poitou-Charentes": 4, "Provence-Alpes-Côte d'Azur": 6, "Rhône-Alpes": 8,
    "Guadeloupe": 1, "Martinique": 1, "Guyane": 1, "La Réunion": 1, "Mayotte": 1,
}  # fmt: skip
# The mergers of 1 January 2016 (law 2015-29, article 1), typed here from the law.
MERGERS = {
    "Grand Est": {"Alsace", "Champagne-Ardenne", "Lorraine"},
    "Nouvelle-Aquitaine": {"Aquitaine", "Limousin", "Poitou-Charentes"},
    "Auvergne-Rhône-Alpes": {"Auvergne", "Rhône-Alpes"},
    "Bourgogne-Franche-Comté": {"Bourgogne", "Franche-Comté"},
    "Occitanie": {"Languedoc-Roussillon", "Midi-Pyrénées"},
    "Hauts-de-France": {"Nord-Pas-de-Calais", "Picardie"},
    "Normandie": {"Basse-Normandie", "Haute-Normandie"},
}


def test_each_region_of_2015_has_its_departements() -> None:
    """Counted against the published numbers: 96 in metropolitan France and five overseas."""
    counted = Counter(REGIONS_2015[region] for region in REGION_OF_DEPARTEMENT.values())
    assert dict(counted) == N_DEPARTEMENTS
    assert set(REGION_OF_DEPARTEMENT) == set(DEPARTEMENTS) and len(DEPARTEMENTS) == 101


def test_regions_merged_as_the_law_says_and_others_stayed() -> None:
    """Seven new regions come from sixteen; eleven keep their name but for the Centre, renamed Centre-Val de Loire."""
    merged = {new: {REGIONS_2015[old] for old, code in REGION_OF_2016.items() if REGIONS_2016[code] == new}
              for new in REGIONS_2016.values()}  # fmt: skip
    assert {new: olds for new, olds in merged.items() if len(olds) > 1} == MERGERS
    stayed = {new: olds for new, olds in merged.items() if len(olds) == 1}
    assert {new for new, olds in stayed.items() if olds != {new}} == {"Centre-Val de Loire"} and len(stayed) == 11


@pytest.mark.parametrize(("code", "departement", "region"), [("2A", "Corse-du-Sud", "Corse"),
    ("42", "Loire", "Rhône-Alpes"), ("44", "Loire-Atlantique", "Pays de la Loire"),
    ("59", "Nord", "Nord-Pas-de-Calais"),
    ("75", "Paris", "Île-de-France"), ("974", "La Réunion", "La Réunion"), ("90", "Territoire de Belfort",
    "Franche-Comté")])  # fmt: skip
def test_a_code_is_that_of_its_departement(code: str, departement: str, region: str) -> None:
    """Codes of départements and regions are alike (75 is Paris, and later Nouvelle-Aquitaine): they never mix."""
    assert (DEPARTEMENTS[code], REGIONS_2015[REGION_OF_DEPARTEMENT[code]]) == (departement, region)


@pytest.mark.parametrize("text", ["Côtes-d’Armor", "cotes d armor", "LES CÔTES D'ARMOR", " côtes  d'armor "])
def test_a_name_is_one_name_however_it_is_written(text: str) -> None:
    """Accents, capitals, hyphens, apostrophes, spaces and a leading article do not matter."""
    assert place_name(text) == "cotes d armor" and PLACES[place_name(text)] == ("departement_name",)


def test_every_name_of_the_tables_is_known_and_those_of_two_levels_are_undecided() -> None:
    """Paris is a commune and a département; the five overseas names are a region and a département; no other is two."""
    names = {*DEPARTEMENTS.values(), *REGIONS_2015.values(), *REGIONS_2016.values()}
    assert {place_name(name) for name in names} <= set(PLACES)
    assert {name for name, rules in PLACES.items() if len(rules) > 1} == {
        "paris", "guadeloupe", "martinique", "guyane", "reunion", "mayotte"}  # fmt: skip


@pytest.mark.parametrize(("name", "rule"), [("paca", "region_of_2015"), ("idf", "region_of_2015"),
    ("occitanie", "region_of_2016"), ("centre val de loire", "region_of_2015"), ("bretagne", "region_of_2015"),
    ("nord pas de calais picardie", "region_of_2016"), ("nord", "departement_name"),
    ("loire", "departement_name")])  # fmt: skip
def test_a_name_is_that_of_the_wave_where_both_have_it(name: str, rule: str) -> None:
    """A region that did not change is one of 2015; what only the merger named is one of 2016."""
    assert PLACES[name] == (rule,)


@pytest.mark.parametrize(("name", "expected"), [("Loire", True), ("la Loire", True), ("Val de Loire", True),
    ("d'Azur", True), ("Bretagne", True), ("Centre Bretagne", False), ("Loire Atlantique", False), ("Bray", False),
    ("Auge", False), ("de la", False), ("", False)])  # fmt: skip
def test_part_of_a_region_is_words_of_one_region(name: str, expected: bool) -> None:
    """All the words stand in one name; little words alone are none."""
    assert part_of_a_region(name) is expected
