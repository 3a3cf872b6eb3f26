"""Which lines are answers: totals, notes, trials, drafts and doubles are set aside with their reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from ptce_analysis.survey.clean import clean_summary
from survey_exports import HEADER, ROW, SMALL, cleaned, pole, reasons


def test_lines_that_are_not_answers_are_set_aside_with_their_reason(tmp_path: Path) -> None:
    """Totals, notes, trials, empty questionnaires and excluded poles are quarantined whole, with all they hold."""
    result = cleaned(
        tmp_path, ROW, "TOTAL :;;10;1;;5;;", ";création;1;1;;;;", "P2;;;;;;;", "test 2;création;1;1;;;;",
        "P9;création;1;1;;;;",
        "Source : RTES", exclude={"P9": "doublon signalé"})  # fmt: skip
    assert reasons(result) == [
        (3, "total_row"),
        (4, "no_identifier"),
        (5, "no_answer"),
        (6, "test_row"),
        (7, "excluded_by_the_codebook"),
        (8, "no_answer"),
    ]
    assert (
        "doublon signalé" in result.quarantine["reason"].iloc[4]
        and result.quarantine["raw_value"].iloc[0] == "TOTAL : | 10 | 1 | 5"
    )
    assert clean_summary(result) == {"rows_in": 7, "rows_kept": 1, "rows_quarantined": 6, "repairs": len(result.ledger)}


def test_a_header_repeated_among_the_answers_is_set_aside(tmp_path: Path) -> None:
    """Exports joined or printed page by page repeat it; a pole called like the first header is one if it answers."""
    result = cleaned(tmp_path, ROW, HEADER.upper(), "id;création;1;1;;;;")
    assert reasons(result) == [(3, "header_again")] and list(result.poles["pole_id"]) == ["P1", "id"]


def test_the_codebook_may_name_its_totals_and_trials(tmp_path: Path) -> None:
    """Its words replace the usual totals and add to the usual trials."""
    layout = {"total_rows": ["Cumul 2015"], "test_rows": "bidon"}
    result = cleaned(tmp_path, ROW, "cumul 2015;;1;;;;;", "Bidon;;1;;;;;", "Total;;1;;;;;", layout=layout)
    assert reasons(result) == [(3, "total_row"), (4, "test_row")]


@pytest.mark.parametrize(
    "name", ["None", "NA", "nan", "null", "N/A", "NULL", "0", "-", "=1+1", "Total PTCE", "Testeurs", "#1", "# Pôle"]
)
def test_a_pole_may_be_called_anything(tmp_path: Path, name: str) -> None:
    """No name is taken for a silence, a formula or a total."""
    assert list(cleaned(tmp_path, f"{name};création;1;1;;;;").poles["pole_id"]) == [name]


@pytest.mark.parametrize(
    "error", ["#N/A", "#REF!", " #VALEUR! ", "#nom?", "#NOM ?", "#DIV/0 !", "Err:502", "#PROPAGATION!", "#####"]
)
def test_a_spreadsheet_error_is_no_name_of_a_pole(tmp_path: Path, error: str) -> None:
    """A lookup that failed names nobody, however many lines it fails on."""
    result = cleaned(tmp_path, ROW, *[f"{error};création;{n};1;;;;" for n in (1, 2)])
    assert reasons(result) == [(3, "no_identifier"), (4, "no_identifier")]


def test_an_answer_never_submitted_is_set_aside(tmp_path: Path) -> None:
    """The codebook's completion column decides; it may be the date of another variable."""
    variables = SMALL["variables"] | {"answered_on": {"header": "submitdate", "kind": "date"}}
    result = cleaned(tmp_path, ROW + ";2015-03-01", ROW.replace("P1", "P2") + ";", header=HEADER + ";submitdate",
                     variables=variables, layout={"complete": "submitdate"})  # fmt: skip
    assert reasons(result) == [(3, "incomplete")] and pole(result, "P1")["answered_on"] == "2015-03-01"


def test_of_several_answers_the_latest_then_the_fullest_is_kept(tmp_path: Path) -> None:
    """Dates decide first, then the number of cells filled; identical answers leave one."""
    variables = SMALL["variables"] | {"answered_on": {"header": "Date", "kind": "date"}}
    rows = (
        "P1;création;1;1;;;;;02/03/2015",
        "p1 ;amorçage;;;;;;;03/03/2015",
        "P2;création;1;1;;;;;",
        "P2;création;1;;;;;;",
        "P3;création;1;1;;;;;",
        "P3;CRÉATION ;1;1;;;;;",
    )
    result = cleaned(tmp_path, *rows, header=HEADER + ";Date", variables=variables)
    assert reasons(result) == [(2, "duplicate_respondent"), (5, "duplicate_respondent"), (7, "duplicate_respondent")]
    assert pole(result, "p1")["stage"] == "amorcage" and pole(result, "P2")["cell_fte"] == 1


def test_two_answers_nothing_ranks_are_both_set_aside(tmp_path: Path) -> None:
    """Choosing one would be a guess."""
    result = cleaned(tmp_path, "P1;création;1;1;;;;", "P1;création;2;1;;;;")
    assert result.rows_kept == 0 and len(result.poles) == len(result.supports) == 0 and result.rows_quarantined == 2


def test_respondents_may_be_told_apart_by_name_and_ids_stay_unique(tmp_path: Path) -> None:
    """The response number is not the pole; two poles never share an id; a decision joins two spellings."""
    variables = SMALL["variables"] | {
        "pole_name": {"header": "Nom", "kind": "text", "decisions": {"Pole Sud Aquitaine": "Pôle Sud Aquitain"}}
    }
    rows = (
        "1;création;1;1;;;;;Pôle Sud Aquitain",
        "2;création;1;;;;;;pôle  sud aquitaine",
        "3;création;1;1;;;;;A",
        "3;création;1;;;;;;B",
        "4;création;1;;;;;;",
        "5;création;1;;;;;;",
    )
    result = cleaned(tmp_path, *rows, header=HEADER + ";Nom", variables=variables, layout={"respondent": "pole_name"})
    assert reasons(result) == [(3, "duplicate_respondent"), (5, "duplicate_identifier")]
    assert list(result.poles["pole_id"]) == ["1", "3", "4", "5"]
