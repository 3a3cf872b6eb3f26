"""The cleaning chain: every line is kept or quarantined, every repair is listed, and nothing is guessed."""

from __future__ import annotations

from itertools import islice, permutations
from pathlib import Path

import pandas as pd
import pytest

from ptce_analysis.errors import InputError
from ptce_analysis.survey.clean import ROW_RULES, Cleaned, clean, schemas
from ptce_analysis.survey.clean.cells import CELL_RULES, CELL_STATUSES, split_labels
from survey_exports import HEADER, ROW, SMALL, book, cleaned, pole, saved, set_cells


def test_a_row_becomes_a_pole_with_values_statuses_and_its_raw_stage(tmp_path: Path) -> None:
    """Values are in euros, shares and full-time equivalents; what was not asked is empty and says so."""
    found = pole(cleaned(tmp_path, "P1;Création;10,5;2 pers. (1,6 ETP);Oui;5 000;;"), "P1")
    assert (found["wave"], found["origin"], found["stage"], found["stage_raw"]) == (
        2015,
        "fictitious",
        "creation",
        "Création",
    )
    assert (found["cell_budget_eur"], found["cell_fte"], found["cell_budget_eur_status"]) == (10_500, 1.6, "exact")
    assert pd.isna(found["members"]) and found["members_status"] == "not_asked"


def test_not_asked_not_answered_and_unknown_are_three_things(tmp_path: Path) -> None:
    """A blank, a refusal and a question that was not put differ."""
    result = cleaned(tmp_path, "P1;création;;NC;;;;", "P2;;n/a;1;;;;", layout={"not_shown": "N/A"})
    assert (
        pole(result, "P1")["cell_budget_eur_status"] == "not_answered"
        and pole(result, "P1")["cell_fte_status"] == "unknown"
    )
    assert (
        pole(result, "P2")["cell_budget_eur_status"] == "not_asked"
        and pole(result, "P2")["members_status"] == "not_asked"
    )


def test_who_was_asked_is_data(tmp_path: Path) -> None:
    """A blank is not asked where the filter says so; an answer given all the same is kept; no filter, no skip."""
    variables = SMALL["variables"] | {"cell_fte": {"header": "ETP", "asked_if": {"stage": ["creation"]}}}
    result = cleaned(
        tmp_path,
        "P1;création;1;;;;;",
        "P2;émergence;1;;;;;",
        "P3;émergence;1;2;;;;",
        "P4;?;1;;;;;",
        variables=variables,
    )
    assert [pole(result, p)["cell_fte_status"] for p in ("P1", "P2", "P3", "P4")] == [
        "not_answered",
        "not_asked",
        "exact",
        "not_answered",
    ]


def test_a_value_that_is_understood_but_not_legal_says_what_is(tmp_path: Path) -> None:
    """The reason gives the legal values and what to do; every line of the file keeps its own."""
    variables = SMALL["variables"] | {
        "members": {"header": "Membres"},
        "cell_self_financed_share": {"header": "Part", "unit": "percent"},
        "secteur": {"header": "Secteur", "kind": "choice", "answers": {"A1": "culture", "A2": "alimentation"}},
    }
    not_asked = [name for name in SMALL["not_asked"] if name not in variables]
    result = cleaned(tmp_path, ROW + ";3,5;132;A9", ROW.replace("P1", "P2") + ";3;4/3;A1",
                     header=HEADER + ";Membres;Part;Secteur", variables=variables, not_asked=not_asked)  # fmt: skip
    end = "; the codebook may decide the spelling: decisions)"
    share = f"(a share is from 0 to 1, that is from 0 % to 100 %{end}"
    assert set_cells(result) == [
        (2, "Membres", "3,5", f"unreadable: not_whole (a count is a whole number{end}"),
        (2, "Part", "132", f"unreadable: out_of_range {share}"),
        (2, "Secteur", "A9", f"unreadable: answer_not_in_the_codebook (legal: culture, alimentation{end}"),
        (3, "Part", "4/3", f"unreadable: more_than_the_whole {share}"),
    ]


def test_an_implausible_figure_is_set_aside_never_rescaled(tmp_path: Path) -> None:
    """Euros under a header in k€ are 12.5 M€: above the bound, hence no value at all."""
    result = cleaned(tmp_path, "P1;création;12500;1;;;;", "P2;création;1;-1;;;;")
    assert (
        pd.isna(pole(result, "P1")["cell_budget_eur"]) and pole(result, "P1")["cell_budget_eur_status"] == "implausible"
    )
    assert set_cells(result) == [(2, "Budget (k€)", "12500", "implausible: 12500000 is outside 0 to 5000000"),
                                 (3, "ETP", "-1", "unreadable: negative")]  # fmt: skip


def test_a_bound_may_be_open(tmp_path: Path) -> None:
    """A variable of the codebook's own has the bounds it states, and none otherwise."""
    variables = SMALL["variables"] | {"n_sites": {"header": "Sites", "kind": "count", "min": "2"}}
    result = cleaned(
        tmp_path, ROW + ";1", ROW.replace("P1", "P2") + ";9999999", header=HEADER + ";Sites", variables=variables
    )
    assert (
        set_cells(result) == [(2, "Sites", "1", "implausible: 1 is outside 2 to …")]
        and pole(result, "P2")["n_sites"] == 9_999_999
    )


def test_doubtful_cells_go_to_the_quarantine_and_their_rows_stay(tmp_path: Path) -> None:
    """A range, an ambiguity and nonsense are cells set aside; a silence is a line of the ledger."""
    result = cleaned(tmp_path, "P1;projet;1.500;1 à 2;NC;NC;abc;CDC + Région")
    assert [(column, reason) for _, column, _, reason in set_cells(result)] == [
        ("Stade", "ambiguous: near_stage"), ("Budget (k€)", "ambiguous: three_digits_after_a_mark"),
        ("ETP", "range: between"),
        ("EPCI", "unreadable: no_rule"), ("Autres", "ambiguous: cdc_two_meanings")]  # fmt: skip
    assert result.rows_kept == 1
    assert ["NC", ""] in result.ledger[["raw_value", "value"]].astype(object).to_numpy().tolist()


def test_the_codebook_decides_spellings(tmp_path: Path) -> None:
    """By kind for the wave, by variable first; a decision may be a silence; an implausible one stays set aside."""
    variables = SMALL["variables"] | {
        "stage": {"header": "Stade", "answers": {"A1": "emergence"}, "decisions": {"projet": "emergence",
            "à voir": "unknown"}},
        "cell_budget_eur": {"header": "Budget (k€)", "unit": "keur", "decisions": {"1.500": "1500",
            "beaucoup": "99999999"}},
    }  # fmt: skip
    result = cleaned(tmp_path, "P1;A1;1.500;1;;;;CDC", "P2;Projet;beaucoup;1;;;;", "P3;à voir;1;NC;;;;",
        variables=variables,
                     decisions={"level": {"CDC": "epci"}, "staff": {"NC": "0"}})  # fmt: skip
    assert [pole(result, p)["stage"] for p in ("P1", "P2")] == ["emergence", "emergence"] and pole(result, "P3")[
        "stage_status"
    ] == "unknown"
    assert (
        pole(result, "P1")["cell_budget_eur"] == 1_500 and pole(result, "P2")["cell_budget_eur_status"] == "implausible"
    )
    assert pole(result, "P3")["cell_fte_status"] == "zero" and pole(result, "P1")["link_epci"] == "involved"
    assert "codebook_decision" in set(result.ledger["rule"])


def test_choices_multiple_answers_texts_and_dates_are_kept_as_the_codebook_says(tmp_path: Path) -> None:
    """Labels become codes, even those that hold the separator; a label nobody listed is set aside."""
    variables = SMALL["variables"] | {
        "form": {"header": "Forme", "kind": "choice", "answers": {"Association, loi 1901": "asso"}},
        "aims": {"header": "Buts", "kind": "multi", "answers": {"Emploi, insertion": "emploi", "Culture": "culture"},
            "separator": ", "},
        "free": {"header": "Libre", "kind": "choice"}, "many": {"header": "Liste", "kind": "multi"},
        "word": {"header": "Mot", "kind": "text", "decisions": {"oui mais": "oui"}}, "agreed": {"header": "Accord",
            "kind": "yes_no"},
    }  # fmt: skip
    header = HEADER + ";Forme;Buts;Libre;Liste;Mot;Accord"
    rows = (ROW + ';association, LOI 1901;Culture, Emploi, insertion;x ;"a;b";oui mais;X', ROW.replace("P1",
        "P2") + ";asso;culture;;;=1+1;non",
            ROW.replace("P1", "P3") + ";autre;Culture, Sport;;;;nsp", ROW.replace("P1",
                "P4") + ";NC;NC;;;;")  # fmt: skip
    result = cleaned(tmp_path, *rows, header=header, variables=variables)
    one, two = pole(result, "P1"), pole(result, "P2")
    assert [one[name] for name in ("form", "aims", "free", "many", "word", "agreed")] == [
        "asso",
        "culture|emploi",
        "x",
        "a|b",
        "oui",
        "oui",
    ]
    assert [two[name] for name in ("form", "aims", "word", "agreed")] == ["asso", "culture", "=1+1", "non"]
    assert [(row, column) for row, column, *_ in set_cells(result)] == [(4, "Forme"), (4, "Buts")]
    assert pole(result, "P4")["form_status"] == pole(result, "P4")["aims_status"] == "unknown"


@pytest.mark.parametrize(("text", "labels", "separator", "parts"), [
    ("a, b", (), ",", ["a", "b"]), ("a;b\nc|d", (), "", ["a", "b", "c", "d"]),
    ("A, b, c", ("a, b",), "", ["A, b", "c"]),
    ("a, bc, d", ("a, b",), ",", ["a", "bc", "d"]), ("", ("a, b",), ",", []), (",,a", (), ",", ["a"]),
    ("É,  Ô, x", ("é, ô",), ",", ["É,  Ô", "x"])])  # fmt: skip
def test_known_labels_are_not_cut_by_the_separator_they_hold(
    text: str, labels: tuple[str, ...], separator: str, parts: list[str]
) -> None:
    """A label counts only where it ends at a separator."""
    assert split_labels(text, labels, separator) == parts


def test_row_order_does_not_matter(tmp_path: Path) -> None:
    """Seven orders of the same lines give the same poles and supports."""
    rows = (
        "P2;projet;1;1;Oui;5;;FSE",
        "P1;création;1.500;;Non;;7;",
        "P3;création;2;1;;;;CG + Région",
        "P3;création;2;;;;;",
        "Total;;9;;;;;",
    )
    first = cleaned(tmp_path, *rows)
    for order in islice(permutations(rows), 7, None, 17):
        again = cleaned(tmp_path, *order)
        pd.testing.assert_frame_equal(again.poles, first.poles)
        pd.testing.assert_frame_equal(again.supports, first.supports)


def test_clean_data_come_through_unchanged(tmp_path: Path) -> None:
    """Written as the tables write them, answers have an empty ledger and give the same tables."""
    result = cleaned(tmp_path, "P1;création;10;1,1250;Oui;5 000;0;FSE + CG", "P2;projet;2,5 k€;mi-temps;Non;;12 k€;")
    variables = {
        "pole_id": {"header": "id"},
        "stage": {"header": "stage"},
        "cell_budget_eur": {"header": "b"},
        "cell_fte": {"header": "f"},
    }
    supports = [{"level": "region", "link": "r", "amount": "ra"}, {"level": "epci", "amount": "e"}, {"funder": "o"}]
    text = "id,stage,b,f,r,ra,e,o\nP1,creation,10000,1.1250,oui,5000,0,departement|europe\nP2,,2500,0.5,non,,12000,\n"
    again = clean(saved(tmp_path, text), book(variables=variables, supports=supports))
    assert len(again.ledger) == len(again.quarantine) == 0
    columns = ["cell_budget_eur", "cell_fte", "link_region", "link_epci", "link_departement"]
    pd.testing.assert_frame_equal(again.poles[columns], result.poles[columns])
    pd.testing.assert_frame_equal(again.supports, result.supports)


def test_tables_that_break_the_schema_are_refused_with_every_fault() -> None:
    """A wrong stage, a negative amount and a lost line are all named."""
    result = Cleaned(
        poles=pd.DataFrame({"wave": [2015, 2015], "pole_id": ["a", "a"], "origin": "x"}),
        supports=pd.DataFrame({"amount_eur": [-1.0]}),
        ledger=pd.DataFrame(), quarantine=pd.DataFrame(), rows_in=3, rows_kept=1, rows_quarantined=0)  # fmt: skip
    with pytest.raises(
        InputError,
        match=r"(?s)fault\(s\):.*poles: .*supports: .*ledger: .*quarantine: .*rows: 3 in, 1 kept, 0 quarantined",
    ):
        schemas.check(result)


def test_every_rule_says_what_it_does() -> None:
    """The list of rules is the documentation: each has a name and a sentence."""
    rules = [(rule.name, rule.sets_aside) for rule in ROW_RULES] + [(rule.name, rule.does) for rule in CELL_RULES]
    assert len({name for name, _ in rules}) == len(rules) and all(len(text) > 15 for _, text in rules)
    assert all(CELL_STATUSES.values())
