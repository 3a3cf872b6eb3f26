"""The codebook: every fault is listed at once with the legal values; nothing in the file is executed or expanded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ptce_analysis.errors import InputError
from ptce_analysis.survey.clean import clean
from ptce_analysis.survey.codebook import draft_codebook, read_codebook
from ptce_analysis.survey.codebook.yaml_text import yaml_text_mapping
from survey_exports import SMALL, book, lines, saved, xlsx

WRITTEN = """
wave: 2017
origin: survey
title: Troisième vague
layout: {encoding: cp1252, separator: "\\\\t", header_rows: 2, complete: Terminé,
         not_shown: [N/A], sheet: Réponses, respondent: pole_name}
numbers: {three_digits: thousands}
decisions: {level: {CDC: "epci,etat"}, amount: {NC: not_applicable}}
variables:
  pole_id: {header: [id, Identifiant], kind: id}
  pole_name: {header: Nom, kind: text}
  stage: {header: Stade, answers: {A1: emergence}}
  cell_fte: {header: ETP, asked_if: {stage: [creation]}, max: 12.5}
not_asked: [members, employees, budget_eur, cell_budget_eur, cell_self_financed_share, legal_form]
supports:
  - {level: region, link: L, amount: M, unit: keur, min: 100}
  - {funder: F, separator: ",", answers: {"Région, ville": region}}
exclude: {P9: doublon signalé par le pôle}
"""


def test_a_codebook_says_where_each_column_is_and_how_it_is_read(tmp_path: Path) -> None:
    """Every entry of the file is in the record; `no`-like and number-like texts stay texts."""
    found = read_codebook(saved(tmp_path, WRITTEN, "wave.yaml"))
    assert (found.wave, found.origin, found.title, found.exclude) == (
        2017,
        "survey",
        "Troisième vague",
        {"P9": "doublon signalé par le pôle"},
    )
    assert found.layout.separator == "\t" and found.layout.header_rows == 2 and found.layout.not_shown == ("n/a",)
    pole, name, stage, fte = found.variables
    assert pole.headers == ("id", "Identifiant") and stage.answers == {"a1": "emergence"}
    assert (fte.asked_if, fte.high, fte.low, fte.three_digits) == (("stage", ("creation",)), 12.5, 0, "thousands")
    link, amount = found.supports[0].link, found.supports[0].amount
    assert link and amount and (link.kind, amount.unit, amount.low, amount.high) == ("yes_no", "keur", 100, 5_000_000)
    assert amount.decisions == {"nc": "not_applicable"} and link.decisions == {}
    funder = found.supports[1].funder
    assert funder and funder.decisions == {"cdc": "epci,etat"} and funder.answers == {"region, ville": "region"}
    assert [v.name for v in found.columns()][-1] == "layout.complete" and name.kind == "text"


@pytest.mark.parametrize(("change", "message"), [
    ({"wave": ""}, "wave: '' is not a year"), ({"wave": "deux mille"}, "wave: 'deux mille' is not a year"),
    ({"origin": ""}, "origin: missing. Legal: fictitious, survey"), ({"origin": "real"}, "origin: 'real' is not legal"),
    ({"vague": "x"}, "vague: not a legal key. Legal: wave, origin"), ({"title": ["x"]}, "title: must be one text"),
    ({"layout": "x"}, "layout: must be a mapping"),
    ({"layout": {"header_rows": "9"}}, "layout.header_rows: '9' is not legal"),
    ({"layout": {"separator": ";;"}}, "layout.separator: ';;' is not one character"),
    ({"layout": {"respondent": "nom"}}, "layout.respondent: 'nom' is not legal. Legal: pole_id, stage"),
    ({"variables": {}}, "variables.pole_id: missing. Say which column"),
    ({"not_asked": ["members", "stadge"]}, "'stadge': not a variable of every wave. Did you mean 'stage'"),
    ({"not_asked": ["stage"]}, "'stage': it has a column"),
    ({"not_asked": []}, "variables.members: neither described nor listed under not_asked"),
    ({"supports": {"a": "b"}}, "supports: must be a list"),
    ({"supports": [{"level": "region"}]}, r"supports\[1\]: give the column of the link"),
    ({"supports": [{"level": "regon", "link": "x"}]},
    r"supports\[1\].level: 'regon' is not legal.*Did you mean 'region'"),
    ({"supports": [{"level": "region", "funder": "x"}]}, "give either level .* or funder"),
    ({"supports": [{"link": "x"}]}, "give either level .* or funder"),
    ({"supports": [{"level": "region", "link": "id"}]}, "the header 'id' is already that of pole_id"),
    ({"decisions": {"niveau": {}}}, "decisions.niveau: not a legal key. Legal: id"),
    ({"decisions": {"level": {"CDC": "comune"}}},
    "decisions.level.cdc: 'comune' is not legal. .*Did you mean 'commune'"),
    ({"numbers": {"three_digits": "x"}}, "numbers.three_digits: 'x' is not legal. Legal: thousands, decimals"),
    ({"exclude": {"P1": ["x"]}}, "exclude.P1: must be one text"), ({"exclude": ["P1"]}, "exclude: must be a mapping"),
])  # fmt: skip
def test_each_fault_of_a_codebook_has_its_message(change: dict[str, Any], message: str) -> None:
    """The message names the place, the value, the legal values and the nearest."""
    with pytest.raises(InputError, match=message):
        book(**change)


@pytest.mark.parametrize(("name", "entry", "message"), [
    ("stage", {"header": "S", "kind": "amount"}, "variables.stage.kind: must be stage"),
    ("extra", {"header": "x"}, "variables.extra.kind: missing. Legal: id, text"),
    ("extra", {"header": "x", "kind": "txt"}, "'txt' is not legal"),
    ("extra", {"kind": "text"}, "variables.extra.header: missing"),
    ("Extra", {"header": "x", "kind": "text"}, "not a legal name"),
    ("a_status", {"header": "x", "kind": "text"}, "not a legal name"),
    ("aid", {"header": "x", "kind": "amount"}, "of kind amount ends in _eur"),
    ("jobs", {"header": "x", "kind": "count"}, "a count of the codebook's own starts with n_"),
    ("cell_fte", {"header": "x", "min": "a"}, "cell_fte.min: 'a' is not a number"),
    ("cell_fte", {"header": "x", "min": "9", "max": "2"}, "min 9 is above max 2"),
    ("cell_fte", {"header": "x", "unit": "keur"}, "cell_fte.unit: 'keur' is not legal"),
    ("cell_fte", "x", "variables.cell_fte: must be a mapping"),
    ("cell_fte", {"header": "x", "asked_if": {"a": "b", "c": "d"}}, "asked_if: one variable only"),
    ("cell_fte", {"header": "x", "asked_if": {"nom": "b"}}, "asked_if: no variable 'nom'"),
    ("stage", {"header": "S", "answers": {"A1": "emergance"}},
    "variables.stage.answers.a1: 'emergance' is not legal.*'emergence'"),
    ("cell_fte", {"header": "x", "titel": "y"}, "variables.cell_fte.titel: not a legal key"),
])  # fmt: skip
def test_each_fault_of_a_variable_has_its_message(name: str, entry: Any, message: str) -> None:
    """The same, for one variable."""
    with pytest.raises(InputError, match=message):
        book(variables=SMALL["variables"] | {name: entry})


def test_all_faults_are_listed_at_once() -> None:
    """One run of the check is enough to mend a codebook."""
    with pytest.raises(
        InputError, match=r"codebook.yaml: 3 fault\(s\) in the codebook:\n- wave.*\n- origin.*\n- title"
    ):
        book(wave="x", origin="y", title=["z"])


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"


@pytest.mark.parametrize(("text", "message"), [
    (BOMB, "line 1: anchors and aliases"), ("a: 1\na: 2\n", "line 2: the key 'a' is given twice"),
    ("a: {b: 1, b: 2}\n", "'b' is given twice"),
    ("? [x]\n: y\n", "line 1: a key must be a text"), ("[" * 30 + "]" * 30, "nested more than 20 deep"),
    ("- a\n", "a codebook is a mapping"),
    ("", "a codebook is a mapping"), ("a: [", "line 1: expected"), ("a: \x00", "not readable as YAML"),
    ("a: b: c", "line 1"), ("a: 1\n---\nb: 2\n", "not readable as YAML"),
])  # fmt: skip
def test_a_hostile_or_broken_yaml_is_refused(text: str, message: str) -> None:
    """Aliases, doubled keys, depth and broken syntax have their line."""
    with pytest.raises(InputError, match=message):
        yaml_text_mapping(text, "c.yaml")


def test_tags_build_nothing() -> None:
    """A tag that would build a Python object is a plain text."""
    assert yaml_text_mapping("a: !!python/object/apply:os.getcwd []\nb: !!int 3", "c.yaml") == {"a": [], "b": "3"}


def test_a_codebook_file_is_small_utf8_and_there(tmp_path: Path) -> None:
    """Each has its message."""
    for name, content, message in (
        ("big.yaml", b"#" * 1_000_001, "more than 1000000 bytes"),
        ("latin.yaml", b"a: \xe9", "byte 3: not UTF-8"),
    ):
        with pytest.raises(InputError, match=message):
            read_codebook(saved(tmp_path, content, name))
    with pytest.raises(InputError, match=r"no such codebook\. `ptce codebook EXPORT` drafts one"):
        read_codebook(tmp_path / "none.yaml")


EXPORT = """Enquête PTCE 2015
Identifiant;Horodateur;Stade;Structures membres;Salariés;Budget consolidé (k€);Budget de la cellule;\
Autofinancement (%);ETP;Statut;Région;Montant Région (k€);\
EPCI (en euros);Financeurs publics;Commentaire;2e question;2e question
P1;12/03/2015;création;12;50;300;10 000;20;1,5;SCIC;Oui;25;1000;FSE + CDC;bla;;
"""


def test_a_draft_loads_says_what_is_to_be_finished_and_cleans(tmp_path: Path) -> None:
    """Headers become variables, units and supports; the rest is kept as text; the ledger says it is a draft."""
    export = saved(tmp_path, EXPORT)
    text = draft_codebook(export)
    found = read_codebook(saved(tmp_path, text, "draft.yaml"))
    assert found.wave == 2015 and found.to_finish and "2e question" in text
    assert {v.name: (v.headers[0], v.unit) for v in found.variables if v.unit} == {
        "budget_eur": ("Budget consolidé (k€)", "keur"), "cell_self_financed_share": ("Autofinancement (%)",
            "percent")}  # fmt: skip
    assert [(s.level, bool(s.link), s.amount.unit if s.amount else "", bool(s.funder)) for s in found.supports] == [
        ("epci", False, "eur", False), ("region", True, "keur", False), ("", False, "", True)]  # fmt: skip
    assert found.not_asked == ()
    result = clean(saved(tmp_path, EXPORT.replace(";2e question\n", ";\n")), found)
    assert (result.rows_in, result.rows_kept) == (1, 1)
    assert "codebook_to_finish" in set(result.ledger["rule"])


def test_a_draft_without_a_year_must_be_finished(tmp_path: Path) -> None:
    """The year of the wave is never guessed."""
    export = saved(tmp_path, "wave,a_status,é,é2,origin,wave\nx,y,z,t,u,v\n")
    text = draft_codebook(export)
    assert "fill in the year of the wave" in text
    with pytest.raises(InputError, match="the year of the wave is not filled in"):
        clean(export, saved(tmp_path, text, "draft.yaml"))


def test_a_draft_of_a_workbook_skips_the_title(tmp_path: Path) -> None:
    """The header is the first line as wide as most."""
    text = draft_codebook(
        saved(tmp_path, xlsx([["Enquête 2013"], [], ["Nom du pôle", "Commune", "ADEME"], ["A", "x", None]]), "e.xlsx")
    )
    assert 'pole_id: {header: "Nom du pôle", kind: id}' in text and "wave: 2013" in text
    assert '- {level: commune, link: "Commune"}' in text


@pytest.mark.parametrize(
    ("content", "message"),
    [("Région;Commune\nOui;Non\n", "no column is left to identify the poles"), (",\n,\n\x20", "looks like a header")],
)
def test_what_cannot_be_drafted_is_told(tmp_path: Path, content: str, message: str) -> None:
    """A file of supports only, or of blanks, has no poles to describe."""
    with pytest.raises(InputError, match=message):
        draft_codebook(saved(tmp_path, content))


def test_a_small_codebook_reads_its_export(tmp_path: Path) -> None:
    """The codebook of these tests is a legal one."""
    assert clean(saved(tmp_path, lines("P1;création;10;1;Oui;5;;")), book()).rows_kept == 1
