"""The regions and départements of France by name, those of the waves and those that followed.

Source: INSEE, Code officiel géographique (lists of 2015 and 2016); public facts.
"""

from __future__ import annotations

import re

from ptce_analysis.survey.parse.wording import plain

# Code, name, and the code of the region that followed on 1 January 2016.
_REGIONS_2015 = """
01 Guadeloupe 01|02 Martinique 02|03 Guyane 03|04 La Réunion 04|06 Mayotte 06|11 Île-de-France 11
21 Champagne-Ardenne 44|22 Picardie 32|23 Haute-Normandie 28|24 Centre 24|25 Basse-Normandie 28|26 Bourgogne 27
31 Nord-Pas-de-Calais 32|41 Lorraine 44
42 Alsace 44|43 Franche-Comté 27|52 Pays de la Loire 52|53 Bretagne 53|54 Poitou-Charentes 75
72 Aquitaine 75|73 Midi-Pyrénées 76|74 Limousin 75|82 Rhône-Alpes 84|83 Auvergne 84|91 Languedoc-Roussillon 76
93 Provence-Alpes-Côte d'Azur 93|94 Corse 94
"""
_REGIONS_2016 = """
01 Guadeloupe|02 Martinique|03 Guyane|04 La Réunion|06 Mayotte|11 Île-de-France|24 Centre-Val de Loire
27 Bourgogne-Franche-Comté|28 Normandie|32 Hauts-de-France|44 Grand Est|52 Pays de la Loire|53 Bretagne
75 Nouvelle-Aquitaine|76 Occitanie|84 Auvergne-Rhône-Alpes|93 Provence-Alpes-Côte d'Azur|94 Corse
"""
# Code, name, and the code of its region of 2015.
_DEPARTEMENTS = """
01 Ain 82|02 Aisne 22|03 Allier 83|04 Alpes-de-Haute-Provence 93|05 Hautes-Alpes 93|06 Alpes-Maritimes 93|07 Ardèche 82
08 Ardennes 21|09 Ariège 73|10 Aube 21|11 Aude 91|12 Aveyron 73|13 Bouches-du-Rhône 93|14 Calvados 25|15 Cantal 83
16 Charente 54|17 Charente-Maritime 54|18 Cher 24|19 Corrèze 74|2A Corse-du-Sud 94|2B Haute-Corse 94|21 Côte-d'Or 26
22 Côtes-d'Armor 53|23 Creuse 74|24 Dordogne 72|25 Doubs 43|26 Drôme 82|27 Eure 23|28 Eure-et-Loir 24|29 Finistère 53
30 Gard 91|31 Haute-Garonne 73|32 Gers 73|33 Gironde 72|34 Hérault 91|35 Ille-et-Vilaine 53|36 Indre 24
37 Indre-et-Loire 24|38 Isère 82|39 Jura 43|40 Landes 72|41 Loir-et-Cher 24|42 Loire 82|43 Haute-Loire 83
44 Loire-Atlantique 52|45 Loiret 24|46 Lot 73|47 Lot-et-Garonne 72|48 Lozère 91|49 Maine-et-Loire 52|50 Manche 25
51 Marne 21|52 Haute-Marne 21|53 Mayenne 52|54 Meurthe-et-Moselle 41|55 Meuse 41|56 Morbihan 53|57 Moselle 41
58 Nièvre 26|59 Nord 31|60 Oise 22|61 Orne 25|62 Pas-de-Calais 31|63 Puy-de-Dôme 83|64 Pyrénées-Atlantiques 72
65 Hautes-Pyrénées 73|66 Pyrénées-Orientales 91|67 Bas-Rhin 42|68 Haut-Rhin 42|69 Rhône 82|70 Haute-Saône 43
71 Saône-et-Loire 26|72 Sarthe 52|73 Savoie 82|74 Haute-Savoie 82|75 Paris 11|76 Seine-Maritime 23|77 Seine-et-Marne 11
78 Yvelines 11|79 Deux-Sèvres 54|80 Somme 22|81 Tarn 73|82 Tarn-et-Garonne 73|83 Var 93|84 Vaucluse 93|85 Vendée 52
86 Vienne 54|87 Haute-Vienne 74|88 Vosges 41|89 Yonne 26|90 Territoire de Belfort 43|91 Essonne 11|92 Hauts-de-Seine 11
93 Seine-Saint-Denis 11|94 Val-de-Marne 11|95 Val-d'Oise 11|971 Guadeloupe 01|972 Martinique 02|973 Guyane 03
974 La Réunion 04|976 Mayotte 06
"""


def _rows(table: str) -> list[re.Match[str]]:
    """Return the entries of a table written above."""
    matches = (re.fullmatch(r"(\w+) (.+?)(?: (\d\d))?", entry) for entry in table.strip().replace("\n", "|").split("|"))
    return [match for match in matches if match]


REGIONS_2015 = {row[1]: row[2] for row in _rows(_REGIONS_2015)}
REGION_OF_2016 = {row[1]: row[3] for row in _rows(_REGIONS_2015)}
REGIONS_2016 = {row[1]: row[2] for row in _rows(_REGIONS_2016)}
DEPARTEMENTS = {row[1]: row[2] for row in _rows(_DEPARTEMENTS)}
REGION_OF_DEPARTEMENT = {row[1]: row[3] for row in _rows(_DEPARTEMENTS)}
_OTHER_NAMES = {
    "region_of_2015": ("paca", "idf", "npdc", "region centre",
                       "centre val de loire", "ctc"),
    "region_of_2016": ("alsace champagne ardenne lorraine", "aura", "nord pas de calais picardie", "region sud",
                       "languedoc roussillon midi pyrenees", "aquitaine limousin poitou charentes"),
}  # fmt: skip


def place_name(text: str) -> str:
    """Return a name of a place fit for comparison: no accents, capitals, hyphens, apostrophes or leading article.

    >>> place_name("Les Côtes-d’Armor") == place_name("cotes d armor")
    True
    """
    words = re.sub("[-' ]+", " ", plain(text)).strip()
    return re.sub(r"^(?:le|la|les|l) ", "", words)


def _by_name() -> dict[str, tuple[str, ...]]:
    """Return, for each name of a place, the rules that may read it: two of them make it ambiguous."""
    found: dict[str, tuple[str, ...]] = {}
    for rule, names in (
        ("departement_name", DEPARTEMENTS.values()),
        ("region_of_2015", (*REGIONS_2015.values(), *_OTHER_NAMES["region_of_2015"])),
        ("region_of_2016", (*REGIONS_2016.values(), *_OTHER_NAMES["region_of_2016"])),
    ):
        for name in map(place_name, names):
            known = found.get(name, ())
            if rule not in known and not (rule == "region_of_2016" and "region_of_2015" in known):
                found[name] = (*known, rule)
    return found


# Paris is a commune and a département; five overseas names are a region and a département. They stay undecided.
PLACES: dict[str, tuple[str, ...]] = _by_name() | {"paris": ("commune_name", "departement_name")}

# Words that name no place by themselves.
_LITTLE = frozenset(("de", "la", "le", "les", "l", "d", "du", "des", "et"))
_REGION_WORDS = tuple(
    frozenset(place_name(name).split()) - _LITTLE for name in (*REGIONS_2015.values(), *REGIONS_2016.values())
)


def part_of_a_region(text: str) -> bool:
    """Return whether all the words of a name stand in the name of one region.

    >>> part_of_a_region("Loire"), part_of_a_region("Centre Bretagne"), part_of_a_region("Bray")
    (True, False, False)
    """
    words = frozenset(place_name(text).split()) - _LITTLE
    return bool(words) and any(words <= region for region in _REGION_WORDS)
