"""Whole waves in the layouts survey software writes, and one in a format of its own: data files only."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ptce_analysis.survey.clean import clean
from survey_exports import SMALL, book, lines, ods, pole, reasons, saved, xlsx


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_a_third_wave_in_another_format_needs_data_only(tmp_path: Path, form: str) -> None:
    """A wave of 2017 with two pairs of funder and amount, in a workbook: its export and its codebook are enough."""
    rows = [["Enquête 2017"], ["Nom", "Avancement", "Financeur 1", "Montant 1", "Financeur 2", "Montant 2"],
            ["A", "croisière", "Région", "10 k€", "CC du Val", 5000], ["B", "amorçage", "CG et ville", 9000, "Région",
                "NC"], ["Total", None, None, 19000]]  # fmt: skip
    rows = [["" if cell is None else cell for cell in row] for row in rows]
    data = xlsx(rows) if form == "xlsx" else ods([[str(cell) for cell in row] for row in rows])
    changes = {"wave": "2017", "origin": "survey", "variables": {"pole_id": {"header": "Nom"},
        "stage": {"header": "Avancement"}},
               "not_asked": [*SMALL["not_asked"], "cell_budget_eur", "cell_fte"],
               "supports": [{"funder": "Financeur 1", "amount": "Montant 1"}, {"funder": "Financeur 2",
                   "amount": "Montant 2"}]}  # fmt: skip
    result = clean(saved(tmp_path, data, f"w.{form}"), book(**changes))
    found = {(r.pole_id, r.level): (r.amount_eur, r.amount_status) for r in result.supports.itertuples()}
    assert found.pop(("B", "commune"))[1] == found.pop(("B", "departement"))[1] == "shared"
    assert found == {
        ("A", "region"): (10_000, "exact"),
        ("A", "epci"): (5_000, "exact"),
        ("B", "region"): (pytest.approx(np.nan, nan_ok=True), "unknown"),
    }
    assert reasons(result) == [(5, "total_row")] and set(result.poles["origin"]) == {"survey"}


def test_lime_survey_codes_are_read_through_the_codebook(tmp_path: Path) -> None:
    """Answer codes, sub-question headers, Y or nothing, N/A for what was not shown, no date for a draft."""
    text = ('"id","submitdate","Q1","Q7[SQ001]","Q7[SQ002]","Q8[SQ001]"\n'
            '"1","2015-03-01 10:00:00","A1","Y","","1500.50"\n'
            '"2","2015-03-02 10:00:00","A2","","Y","N/A"\n"3","","A1","","",""\n')  # fmt: skip
    changes = {"variables": {"pole_id": {"header": "id"}, "stage": {"header": "Q1", "answers": {"A1": "emergence",
        "A2": "creation"}}},
               "layout": {"complete": "submitdate", "not_shown": "N/A"}, "not_asked": [*SMALL["not_asked"],
                   "cell_budget_eur", "cell_fte"],
               "supports": [{"level": "region", "link": "Q7[SQ001]", "amount": "Q8[SQ001]"}, {"level": "epci",
                   "link": "Q7[SQ002]"}]}  # fmt: skip
    result = clean(saved(tmp_path, text), book(**changes))
    assert [(r.pole_id, r.level, r.amount_status) for r in result.supports.itertuples()] == [
        ("1", "region", "exact"),
        ("2", "epci", "not_asked"),
    ]
    assert (
        result.supports["amount_eur"].iloc[0] == 1500.5
        and pole(result, "2")["link_region"] == "not_involved"
        and reasons(result) == [(4, "incomplete")]
    )


def test_google_forms_answers_are_split_on_their_labels(tmp_path: Path) -> None:
    """A whole question as header, answers joined by commas, a label that holds one."""
    text = (
        'Horodateur,"Nom du\npôle","Qui vous soutient ?\n(plusieurs réponses)"\n'
        '01/02/2015 09:00:00,A,"Région, Ville, bourg ou village, État"\n02/02/2015 09:00:00,B,Autre chose\n'
    )
    changes = {"variables": {"pole_id": {"header": "Nom du pôle"}, "answered_on": {"header": "Horodateur",
        "kind": "date"}},
               "not_asked": [*SMALL["not_asked"], "stage", "cell_budget_eur", "cell_fte"],
               "supports": [{"funder": "Qui vous soutient ? (plusieurs réponses)", "separator": ",",
                   "answers": {"Ville, bourg ou village": "commune"}}]}  # fmt: skip
    result = clean(saved(tmp_path, text), book(**changes))
    assert [(r.pole_id, r.level) for r in result.supports.itertuples()] == [
        ("A", "commune"),
        ("A", "region"),
        ("A", "etat"),
        ("B", "inconnu"),
    ]
    assert pole(result, "B")["link_region"] == "undecided"


def test_sphinx_answers_in_cp1252_keep_their_non_answers(tmp_path: Path) -> None:
    """« Non réponse » is a silence, and answers joined by semicolons inside quotes are several."""
    text = lines('P1;Non réponse;1;1;;;;"Région ; Département"').encode("cp1252")
    result = clean(saved(tmp_path, text), book())
    assert pole(result, "P1")["stage_status"] == "unknown"
    assert [r.level for r in result.supports.itertuples()] == ["departement", "region"]
