"""Answers as people write them, each with what a careful reader takes from it: a value, or the reason for none."""

from __future__ import annotations

import pytest

from ptce_analysis.survey.parse.kinds import KINDS
from ptce_analysis.survey.parse.words import STATUSES

# One line each: the answer | the value, with its status if it is not exact, or the status alone.
AMOUNTS = """
25 kE|25000
152 K Euros|152000
25 k€uros|25000
25 kilos euros|25000
1,5 M d'euros|1500000
10 000 €uros|10000
10.000,- €|10000
10 000.-|10000
« 25 000 »|25000
"25 000 €"|25000
25 000 €;|25000
25 000 € de subvention|25000
Subvention : 25 000 €|25000
subvention annuelle de 25 000 €|25000
25 000 € (fonctionnement)|25000
25 000 € versés|25000
soit 25 000 €|25000
montant total : 25 000 €|25000
25 000 € fonctionnement + 10 000 € investissement|35000
15 000 + 5 000 = 20 000|20000
15 000 + 5 000 (20 000)|20000
20 000 (15 000 + 5 000)|20000
150 000 € (cent cinquante mille euros)|150000
3 millions 500 000 €|3500000
1 million et demi|1500000
un million et demi d'euros|1500000
30 000 € par an pendant 3 ans|30000
90 000 € sur 3 ans, soit 30 000 € par an|30000
90 000 € sur 3 ans (30 000/an)|30000
12 000 sur 12 mois|12000
1 000 x 12 mois|ambiguous
25 000 par an x 3|ambiguous
25 000 €/an (x 3)|ambiguous
3 x 25 000 € par an|ambiguous
25 000 € / an x 3 ans|25000
1 million 5|ambiguous
3 millions 500|ambiguous
3 millions 500 k€|3500000
5 000 € x 1 an|ambiguous
10 000 (2014), 12 000 (2015)|ambiguous
0 (pas de financement)|zero
30 000 € estimés|30000 approximate
30 000 prévus|30000 approximate
quasi 30 000 €|30000 approximate
locaux + 10 000 €|10000 approximate
mise à disposition de locaux + 10 000 €|10000 approximate
+ de 50 k€|range
- de 10 000 €|range
moins d'1 M€|range
20 000+|range
[10 000 ; 15 000]|range
10/15 k€|ambiguous
15 000 et 5 000|ambiguous
10 000, 15 000|ambiguous
20 000 € (10 000 €)|ambiguous
15 000 + 5 000 = 25 000|ambiguous
20 000 dont 5 000 de FSE|ambiguous
25 000 € demandés|ambiguous
25 000 € (refusé)|ambiguous
25 000 € sollicités|ambiguous
30 000 sur 36 mois|ambiguous
30 000 pour 18 mois|ambiguous
10 000 € x 3 ans|ambiguous
3 ans x 10 000 €|ambiguous
30 000 € sur la période 2013-2015|ambiguous
2013 : 15 000 ; 2014 : 20 000|ambiguous
15 000 (2013) + 20 000 (2014)|ambiguous
15 000 en 2013, 20 000 en 2014|ambiguous
90 000 € sur 3 ans, soit 40 000 € par an|ambiguous
2 500 € mensuels|ambiguous
en cours de demande|unknown
demandé|unknown
dossier déposé|unknown
en attente de réponse|unknown
non connu à ce jour|unknown
selon les projets|unknown
appui technique|unknown
ingénierie|unknown
25 000 € FSE|unreadable
idem|unreadable
"""
SHARES = """
trente-deux pour cent|0.32
vingt %|0.2
32 % du budget|0.32
32 % d'autofinancement|0.32
32 % en 2014|0.32
quasi 100 %|1 approximate
+ de 50 %|range
50/50|ambiguous
60/60|ambiguous
30/40|ambiguous
20 % (2013) et 30 % (2014)|ambiguous
70/30|unreadable
01/03|ambiguous
1/0|unreadable
25/100|0.25
"""
STAFF = """
1 ETPT|1
1 temps complet|1
2 salariés à temps plein|2
1 personne à mi-temps|0.5
une chargée de mission à 80 %|0.8
2 postes à 80 %|1.6
à 80 %|0.8
4/5ème|0.8
un demi-ETP|0.5
un demi-poste|0.5
1 ETP 1/2|1.5
un quart temps|0.25
1/3 d'ETP|0.3333333333333333
1,6 ETP pour 2 salariés|1.6
3 (2,5 ETP)|2.5
ETP : 1,5|1.5
1,5 équiv. temps plein|1.5
2,5 ETP en 2014|2.5
une dizaine d'ETP|10 approximate
1 ETP (+ 1 service civique)|1 approximate
1,5 ETP + bénévolat|1.5 approximate
moins d'un ETP|range
1,5 bénévoles|unreadable
1,5 ETP et demi|ambiguous
que des bénévoles|ambiguous
2 jours par semaine|ambiguous
1 contrat aidé|ambiguous
3 salariés dont 1 à mi-temps|ambiguous
10/12|ambiguous
deux mille mi-temps|unreadable
1 poste vacant à 3 fois rien|unreadable
2 et 1/2|2.5
un ETP et un mi-temps|1.5
2 postes à 4/5|1.6
1 1/2 ETP|ambiguous
2 4/5e|ambiguous
1 poste 1/2|unreadable
2 personnes 3/4|unreadable
un mi-temps et demi|ambiguous
2 et 3|ambiguous
1 et 2 ETP|ambiguous
1 ETP en 2014 et 2 en 2015|ambiguous
1 ETP (2014) + 1,5 ETP (2015)|ambiguous
0,8 %|ambiguous
"""
STAGES = """
PTCE en émergence|emergence
le pôle est en émergence|emergence
amorçage du projet|amorcage
en activité depuis 2010|fonctionnement
opérationnelle|fonctionnement
création du PTCE|creation
1 - Emergence|emergence
émmergence|emergence approximate
émergance|emergence approximate
en fonctionement|fonctionnement approximate
émergence ?|ambiguous
émergence?|ambiguous
créé en 2012|ambiguous
création en 2013|ambiguous
fin d'émergence|ambiguous
pas encore créé|ambiguous
pré-création|ambiguous
création-amorçage|ambiguous
création (émergence)|ambiguous
en réflexion|ambiguous
étude de faisabilité|ambiguous
autre chose|unreadable
"""
COUNTS = """
20+|range
+ de 20|range
14 (2014)|14
5 ans|5
14 dont 3 collectivités|ambiguous
88 ETP|ambiguous
12 bénévoles|ambiguous
14 mois|ambiguous
14 membres à venir|ambiguous
14 emplois supprimés|ambiguous
12/13|ambiguous
14 cent|unreadable
cent vingt salariés|120
mille deux cents|1200
quatre vingt dix adhérents|90
vingt et une structures|21
une seule|1
une petite centaine|unreadable
un bon millier d'adhérents|unreadable
un certain nombre|ambiguous
une partie des membres|ambiguous
12 locaux neufs|12
deux trois|unreadable
12 vingt|unreadable
2e|unreadable
12ème|unreadable
1er|unreadable
10aine|unreadable
12 en 2014 + 14 en 2015|ambiguous
"""
LEVELS = """
Conseil municipal|commune
com-com|epci
structure intercommunale|epci
Communauté d'Agglo. de Lens|epci
GAL Leader|europe
Région Nord-Pas-de-Calais|region
Nord - Pas de Calais|region
Mairie de Pas-en-Artois|commune
Communauté de communes des Deux Sources|epci
Région non|ambiguous
Région (refusé)|ambiguous
Région (en cours)|ambiguous
Région ?|ambiguous
Région?|ambiguous
CG (demandé)|ambiguous
Ville de Romans sollicitée|ambiguous
Région sauf 2014|ambiguous
FSE (via la Région)|ambiguous
FSE (via Région)|ambiguous
Département (ville de Lyon)|ambiguous
pas la région|unreadable
Région abandonnée|ambiguous
Région arrêtée en 2013|ambiguous
Région jusqu'en 2013|ambiguous
CG (terminé)|ambiguous
Région probable|ambiguous
Région négatif|ambiguous
Conseil général régional|ambiguous
Conseil général et régional|('departement', 'region')
Région et CDC|ambiguous
Région et Paris|ambiguous
Mairie & CA|ambiguous
Conseil général du Lot et Garonne|departement
Pays de Bray|pnr_petr
Pays du Centre Bretagne|pnr_petr
Syndicat mixte du Pays de Retz|pnr_petr
Pays de la Loire|region
Région Pays de Loire|region
pays de Loire|ambiguous
Pays-de-Loire|ambiguous
Pays Loire|ambiguous
Pays de Rhône|ambiguous
Pays d'Alsace|ambiguous
"""
EXPECTED = {
    "amount": AMOUNTS, "share": SHARES, "staff": STAFF, "stage": STAGES, "count": COUNTS, "level": LEVELS,
}  # fmt: skip
CASES = [(kind, *line.rpartition("|")[::2]) for kind, lines in EXPECTED.items() for line in lines.strip().split("\n")]


@pytest.mark.parametrize(("kind", "text", "expected"), CASES)
def test_an_answer_is_read_as_a_careful_reader_would(kind: str, text: str, expected: str) -> None:
    """What is stated is read, what is approximate says so, and what has two meanings has no value."""
    found = KINDS[kind](text)
    value = "" if found.value is None or found.status == "zero" else str(found.value)
    assert f"{value} {'' if found.status == 'exact' else found.status}".strip() == expected


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "piece", ["1 ou 2 et ", "3 / ", "un million ", "(1 ", "2 x ", "en 2014, ", "de 1 a ", "et ", "- "]
)
def test_a_long_repetitive_answer_ends(kind: str, piece: str) -> None:
    """No rule tries every way of cutting a text: that would not end within the life of this test."""
    text = (piece * 200)[:190]
    assert KINDS[kind](text).status in STATUSES
