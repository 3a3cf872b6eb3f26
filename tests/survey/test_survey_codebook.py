"""The codebook: every fault is listed at once with the legal values; nothing in the file is executed or expanded."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ptce_analysis.errors import InputError
from ptce_analysis.survey.clean import clean
from ptce_analysis.survey.codebook import checked, read_codebook, title_fault, unit_fault, yaml_mapping
from ptce_analysis.survey.draft import draft_codebook
from ptce_analysis.survey.parse.kinds import stated_units
from survey_exports import SMALL, book, lines, saved, table, xlsx

WRITTEN = """
wave: 2017
origin: survey
title: Troisième vague
layout: {encoding: cp1252, separator: "\\\\t", header_rows: 2, complete: Terminé,
         not_shown: [N/A], sheet: Réponses, respondent: pole_name}
decisions: {level: {CDC: "epci,etat"}, amount: {NC: not_applicable}}
variables:
  pole_id: {header: [id, Identifiant], kind: id}
  pole_name: {header: Nom, kind: text}
  stage: {header: Stade, answers: {A1: emergence}}
  cell_fte: {header: ETP, asked_if: {stage: [creation]}, max: 12.5, three_digits: thousands}
not_asked: [members, employees, budget_eur, cell_budget_eur, cell_self_financed_share, legal_form]
supports:
  - {level: region, link: L, amount: M, unit: keur, min: 100}
  - {funder: F, separator: ",", answers: {"Région, ville": region}}
exclude: {P9: doublon signalé par le pôle}
"""


def test_a_codebook_says_where_each_column_is_and_how_it_is_read(tmp_path: Path) -> None:
    """Every entry of the file is in the record; `no`-like and number-like texts stay texts."""
    found = read_codebook(saved(tmp_path, WRITTEN, "wave.yaml"))
    assert (found.wave, found.title, found.exclude) == (2017, "Troisième vague", {"P9": "doublon signalé par le pôle"})
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


@pytest.mark.parametrize("row", table("faults.csv"), ids=lambda row: row["codebook"])
def test_each_fault_of_a_codebook_has_its_message(row: dict[str, str]) -> None:
    """The message (a pattern) names the place, the value, the legal values and the nearest."""
    changes = yaml_mapping(row["codebook"], "codebook.yaml")
    if changes.get("variables"):
        changes["variables"] = SMALL["variables"] | changes["variables"]
    with pytest.raises(InputError, match=row["fault"]):
        book(**changes)


@pytest.mark.parametrize(("change", "message"), [
    ({"layout": {"sheet": "Réponses"}}, "nothing makes use of layout.sheet: export.csv is no workbook"),
    ({"exclude": {"P1": "essai", "P9": "doublon"}}, r"exclude: no line of export.csv is of its pole 2\. Delete it"),
    ({"to_finish": ["say the unit"]}, r"(?s)not finished\..*list to_finish.*\n- say the unit"),
])  # fmt: skip
def test_what_has_no_effect_on_an_export_or_is_not_done_is_a_fault(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    """A sheet of a CSV, an excluded pole that is not there, a list to finish; no pole is named."""
    with pytest.raises(InputError, match=message) as told:
        clean(saved(tmp_path, lines("P1;création;10;1;Oui;5;;")), book(**change))
    assert "P9" not in str(told.value)


def test_all_faults_are_listed_at_once() -> None:
    """One run of the check is enough to mend a codebook."""
    said = r"codebook.yaml: 3 fault\(s\) in the codebook:\n- wave.*\n- origin.*\n- title"
    with pytest.raises(InputError, match=said):
        book(wave="x", origin="y", title=["z"])


@pytest.mark.parametrize(("text", "message"), [
    ("a: 1\na: 2\n", "line 2: the key 'a' is given twice"),
    ("a: {b: 1, b: 2}\n", "'b' is given twice"), ("? [x]\n: y\n", "line 1: found unhashable key"),
    ("[" * 500 + "]" * 500, "not readable as YAML"), ("- a\n", "a codebook is a mapping"),
    ("", "a codebook is a mapping"), ("a: [", "line 1: expected"), ("a: \x00", "not readable as YAML"),
])  # fmt: skip
def test_a_hostile_or_broken_yaml_is_refused(text: str, message: str) -> None:
    """Aliases, doubled keys, depth and broken syntax are one error with its line."""
    with pytest.raises(InputError, match=rf"c\.yaml.*{message}"):
        yaml_mapping(text, "c.yaml")


def test_tags_build_nothing_and_aliases_do_not_grow() -> None:
    """A tag that would build a Python object is a plain text; ten lines of aliases are told, not written out."""
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))
    with pytest.raises(InputError, match="wave: must be one text") as error:
        checked(yaml_mapping(f"{bomb}wave: *a29\ntitle: [*a29]\nlayout: {{sheet: *a29}}", "c.yaml"), "c.yaml")
    assert len(str(error.value)) < 10_000
    assert yaml_mapping("a: !!python/object/apply:os.getcwd []\nb: !!int 3", "c.yaml") == {"a": [], "b": "3"}


def test_a_codebook_file_is_utf8_and_there(tmp_path: Path) -> None:
    """Each has its message; the codebook of these tests is a legal one and reads its export."""
    with pytest.raises(InputError, match="byte 3: not UTF-8"):
        read_codebook(saved(tmp_path, b"a: \xe9", "latin.yaml"))
    with pytest.raises(InputError, match=r"no such codebook\. `ptce codebook EXPORT` drafts one"):
        read_codebook(tmp_path / "none.yaml")
    export = saved(tmp_path, lines("P1;création;10;1;Oui;5;;"))
    assert clean(export, book()).rows_kept == 1
    with pytest.raises(InputError, match="nothing is known of the encoding 'undefined'"):
        clean(export, book(layout={"encoding": "undefined"}))


VALUES: Any = st.recursive(
    st.text(max_size=8),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)),
    max_leaves=6,
)


TOP = sorted({*SMALL, "layout", "decisions", "exclude", "title", "to_finish"})
KEYS = ("header", "kind", "unit", "answers", "decisions", "min", "asked_if", "three_digits", "separator", "level",
        "funder", "link", "amount")  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(TOP), st.sampled_from(KEYS), VALUES)
def test_any_value_in_a_codebook_is_an_error_or_legal(top: str, key: str, value: Any) -> None:
    """The check of a codebook, of a variable and of a support never fails otherwise."""
    for change in (
        {top: value},
        {"variables": SMALL["variables"] | {"cell_fte": {"header": "ETP"} | {key: value}}},
        {"supports": [{"level": "region", "link": "x"} | {key: value}]},
    ):
        try:
            book(**change)
        except InputError as error:
            assert "fault(s) in the codebook" in str(error)


# What a header says of units, periods and currencies: thousands read as euros are a thousand times too small.


@pytest.mark.parametrize("row", table("header_units.csv"), ids=lambda row: row["header"])
def test_a_header_states_its_unit(row: dict[str, str]) -> None:
    """However it is written; a threshold of the question, or what answers are rounded to, is no unit of theirs."""
    assert {*stated_units(row["kind"], row["header"])} == {*row["units"].split()}
    assert stated_units("staff", row["header"]) == ()


def test_a_contradiction_is_told_and_an_agreement_is_not() -> None:
    """Euros are what no unit means: only a header that states them may go without one."""
    for kind, header, unit, write in (
        ("amount", "Budget (k€)", "keur", ""), ("amount", "Budget (€)", "", ""), ("amount", "Budget", "keur", ""),
        ("amount", "Budget (en euros, pas en k€)", "eur", ""), ("count", "Budget (k€)", "", ""),
        ("amount", "Budget (k€)", "eur", "thousands of euros and the codebook eur: write `unit: keur`."),
        ("amount", "Budget (€)", "keur", "states euros and the codebook keur: write `unit: eur`."),
        ("amount", "Budget (m€)", "", "write `unit: keur` or `unit: meur`."),
        ("share", "Part (%)", "share", "states per cent and the codebook share: write `unit: percent`."),
    ):  # fmt: skip
        assert unit_fault(kind, header, unit).endswith(write) and bool(unit_fault(kind, header, unit)) == bool(write)
    assert title_fault("amount", ["Montants en euros"], "") == title_fault("amount", ["en k€"], "eur") == ""


VARIABLES: dict[str, Any] = {"pole_id": {"header": "id"}}
NOT_ASKED = ["stage", "members", "employees", "budget_eur", "cell_budget_eur", "cell_self_financed_share", "cell_fte",
             "legal_form"]  # fmt: skip


def one_amount(amount: str, unit: str = "", header_rows: str = "1") -> Any:
    """Return a codebook of one amount, that of the Region."""
    entry = {"level": "region", "amount": amount} | ({"unit": unit} if unit else {})
    return book(variables=VARIABLES, not_asked=NOT_ASKED, supports=[entry], layout={"header_rows": header_rows})


@pytest.mark.parametrize("content", [
    "id;Région;EPCI\n;(k€);(k€)\nP1;25;3\n", "Montants en k€\nid;Région\nP1;25\n", ";Montants (k€)\nid;Région\nP1;25\n",
    "id;Région\n;m€\nP1;25\n",  # thousands or millions: the codebook says which
    xlsx([[None, "En milliers d'euros", None], ["id", "Région", "EPCI"], ["P1", 25, 3]],
         lambda sheet: sheet.merge_cells("B1:C1")),
])  # fmt: skip
def test_an_export_whose_header_states_thousands_needs_their_unit(tmp_path: Path, content: str | bytes) -> None:
    """Below, in a title or in a group above: named with its column and what to write; with the unit, read."""
    export = saved(tmp_path, content, "export")
    with pytest.raises(InputError, match=r"export: .*\n- supports\[1\].amount, column .*Région.*`unit: keur`"):
        clean(export, one_amount("Région"))
    assert clean(export, one_amount("Région", "keur")).supports["amount_eur"].tolist() == [25_000]


@pytest.mark.parametrize(("header", "said"), [
    ("Région (€/mois)", "a part of a year"), ("montant_par_mois", "a part of a year"), ("Aide ($)", "another currency"),
    ("Subvention (kF)", "another currency"), ("Montant sur 3 ans (€)", "several years"),
    ("Aide 2013-2015 / Région", "several years"),
])  # fmt: skip
def test_money_that_is_not_euros_of_a_year_is_a_fault_even_with_a_unit(tmp_path: Path, header: str, said: str) -> None:
    """Of the codebook, and of the export where the codebook has the second line only; the draft keeps it as text."""
    with pytest.raises(InputError, match=rf"supports\[1\]\.amount\.header: .* speaks of {said}.*kind: text"):
        one_amount(header, "eur")
    export = saved(tmp_path, f"id;{header}\n;Europe\nP1;5\n")
    with pytest.raises(InputError, match=f"column '.*Europe': .* speaks of {said}"):
        clean(export, one_amount("Europe", "eur", "2"))
    drafted = draft_codebook(saved(tmp_path, f"id;{header}\nP1;5\n"))
    assert f'{{header: "{header}", kind: text}}' in drafted and f"not euros of a year: {header}" in drafted


@pytest.mark.parametrize(("title", "said"), [
    ("Montants mensuels en euros", "a part of a year"), ("Aides (en dollars)", "another currency"),
    ("Subventions 2013-2015", "several years"),
])  # fmt: skip
def test_a_title_that_speaks_of_other_money_is_heard(tmp_path: Path, title: str, said: str) -> None:
    """Of every amount under it, with a unit too; the draft keeps them as text."""
    export = saved(tmp_path, f"{title}\nid;Région (€)\nP1;5\n")
    with pytest.raises(InputError, match=rf"column 'Région \(€\)': the line above the header .*speaks of {said}"):
        clean(export, one_amount("Région (€)", "eur"))
    assert "supports: []" in (draft := draft_codebook(export)) and "kept as text" in draft


def test_the_years_of_a_title_are_not_those_of_an_amount(tmp_path: Path) -> None:
    """« Enquête 2013-2015 », above the questions or merged over them, is about the survey."""
    rows = [["Enquête 2013-2015", None], ["id", "Région (€)"], ["P1", 25]]
    export = saved(tmp_path, xlsx(rows, lambda sheet: sheet.merge_cells("A1:B1")), "export.xlsx")
    assert clean(export, one_amount("Région (€)")).supports["amount_eur"].tolist() == [25]
    assert unit_fault("count", "Postes 2013-2015", "") == unit_fault("amount", "Budget 2015 (€ par an)", "") == ""
