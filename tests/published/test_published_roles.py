"""Statements on roles and levers: short, cited, addressed to a known level, and refused with every fault at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from printed_figures import PUBLISHED
from ptce_analysis.errors import InputError
from ptce_analysis.published import ROLE_COLUMNS, read_roles, roles_of
from ptce_analysis.vocabulary import FUNDING_LEVELS

SOURCES = "id,author,title,year,kind,address,read,note\nDECK,RTES,T,2015,slides,,full,\n"


def written(folder: Path, *rows: str, header: str = ",".join(ROLE_COLUMNS)) -> Path:
    """A published folder with these statements."""
    (folder / "sources.csv").write_text(SOURCES, encoding="utf-8")
    (folder / "roles.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return folder


LESSONS = """
Renforcer les aides à l'amorçage sur un temps long
Un appel au décloisonnement, à la simplification et à la promotion de l'ESS
Des logiques de coopération à faire vivre dans la durée
Un effort de structuration administrative, financière et démocratique à accompagner
Une démonstration de l'utilité sociale qui reste à faire
"""
TESTIMONIES = """
TETRIS Grasse (Alpes Maritimes)
Ecopôle Alimentaire de la région d'Audruicq (Pas-de-Calais)
Ôkhra Roussillon (Vaucluse)
Le Périscope Sicoval
Les Ateliers Castres
"""


@pytest.mark.parametrize(("kind", "printed"), [("lesson", LESSONS), ("testimony", TESTIMONIES)])
def test_lessons_and_testimonies_are_those_of_the_deck_in_its_words_and_order(kind: str, printed: str) -> None:
    """Copied whole, not shortened; the text of the slides was copied here once more, from the deck itself."""
    found = [role.text[1].replace("’", "'") for role in read_roles(PUBLISHED) if role.kind == kind]
    assert [text.replace(",", "") for text in found] == [line.replace(",", "") for line in printed.strip().splitlines()]


def test_only_a_name_that_is_a_level_s_own_makes_a_testimony_that_level_s() -> None:
    """The deck addresses its lessons and testimonies to nobody; Sicoval alone is the name of a local authority."""
    roles = read_roles(PUBLISHED)
    unaddressed = [role for role in roles if not role.levels]
    assert {role.kind for role in unaddressed} == {"lesson", "testimony"}
    assert not any(role.general or role.stated for role in unaddressed)
    (addressed,) = {role for role in roles if role.kind in ("lesson", "testimony")} - set(unaddressed)
    assert (addressed.levels, addressed.stated) == (("epci",), False) and "Sicoval" in addressed.text[1]
    assert addressed in roles_of(roles, "epci") and addressed not in roles_of(roles, "commune")


def test_statements_for_one_level_come_before_those_for_all() -> None:
    """The slides name the regional plans for Régions, the programmes for Europe, and nothing for the State."""
    roles = read_roles(PUBLISHED)
    own = {level: [role.id for role in roles_of(roles, level) if not role.general] for level in FUNDING_LEVELS}
    assert own["region"] == ["srdeii", "sraddt"] and own["europe"] == ["sri", "programmes"]
    assert own["departement"] == own["etat"] == []
    assert [role.id for role in roles_of(roles, "region")][:2] == own["region"]
    assert roles_of(roles, "etat") == ()


def test_a_statement_may_name_several_levels(tmp_path: Path) -> None:
    """Levels are separated by spaces; whoever reads semicolons or commas gets the same."""
    row = "a,region europe,stated,role,Un texte,A text,DECK,slide 1,"
    (role,) = read_roles(written(tmp_path, row))
    assert (role.levels, role.general, role.stated) == (("region", "europe"), False, True)
    assert role.text == ("A text", "Un texte")
    semicolons = written(tmp_path, row.replace(",", ";"), header=";".join(ROLE_COLUMNS))
    assert read_roles(semicolons) == (role,)


REFUSED = {
    "A,local,stated,role,t,t,DECK,l,": "column 'id': value 'A': a name in lower case",
    "a,regon,stated,role,t,t,DECK,l,": "column 'levels': value 'regon': local, or some of commune, .*, region",
    "a,local region,stated,role,t,t,DECK,l,": "column 'levels': value 'local region': local, or some of",
    "a,,stated,role,t,t,DECK,l,": "column 'addressee': value 'stated': it stands beside levels, or neither does",
    "a,local,,role,t,t,DECK,l,": "column 'addressee': value '': it stands beside levels, or neither does",
    "a,local,said,role,t,t,DECK,l,": r"column 'addressee': value 'said': legal values: \(empty\), stated, read",
    "a,local,stated,idea,t,t,DECK,l,": "column 'kind': value 'idea': legal values: lever, role",
    f"a,local,stated,role,{' '.join(['mot'] * 15)},t,DECK,l,": "column 'text_fr': .*from 1 to 14 words .* found 15",
    "a,local,stated,role,« : »,t,DECK,l,": "column 'text_fr': value '« : »': from 1 to 14 words are expected, found 0",
    "a,local,stated,role,t,,DECK,l,": "column 'text_en': value '': a translation is expected",
    "a,local,stated,role,t,t,S9,l,": "column 'source': value 'S9': legal values: DECK",
}


@pytest.mark.parametrize("row", REFUSED)
def test_an_illegal_statement_is_refused(tmp_path: Path, row: str) -> None:
    """File, row, column, value and what is legal."""
    with pytest.raises(InputError, match=f"roles.csv, row 2, {REFUSED[row]}"):
        read_roles(written(tmp_path, row))
