"""Drafts of codebooks: headers on several lines, the year of the wave, and the exports of survey tools."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ptce_analysis.errors import InputError
from ptce_analysis.survey.clean import clean
from ptce_analysis.survey.codebook import STANDARD, Codebook, read_codebook
from ptce_analysis.survey.draft import draft_codebook
from survey_exports import book, finished, reasons, saved, table, xlsx
from survey_tools import TOOLS, export


def drafted(folder: Path, content: str | bytes, name: str = "export.csv") -> tuple[Path, Codebook]:
    """Return an export and the codebook drafted from it, finished."""
    export = saved(folder, content, name)
    return export, read_codebook(saved(folder, finished(draft_codebook(export)), "draft.yaml"))


ROWS: list[list[Any]] = [["A", "création", 10, 20, 30], ["B", "émergence", 1, 2, 3]]
GROUPS: dict[str, str | bytes] = {
    "names merged down": xlsx(
        [["Pôle", "Stade", "Montants (k€)"], [None, None, "Région", "Commune", "EPCI"], *ROWS],
        lambda sheet: [*map(sheet.merge_cells, ["C1:E1", "A1:A2", "B1:B2"])]),
    "in a CSV": "Pôle;Stade;Montants (k€);;\n;;Région;Commune;EPCI\nA;création;10;20;30\nB;émergence;1;2;3\n",
    "in a CSV, names below": ";;Montants (k€);;\nPôle;Stade;Région;Commune;EPCI\nA;création;10;20;30\n"
    "B;émergence;1;2;3\n",
}  # fmt: skip


@pytest.mark.parametrize("shape", GROUPS)
def test_a_header_on_two_lines_is_drafted_with_the_unit_of_its_groups(tmp_path: Path, shape: str) -> None:
    """The draft cleans as it is: each amount has its group's unit, each name its variable."""
    export, book = drafted(tmp_path, GROUPS[shape], "export")
    assert book.layout.header_rows == 2 and [v.name for v in book.variables] == ["pole_id", "stage"]
    result = clean(export, book)
    assert result.supports.pivot(index="pole_id", columns="level", values="amount_eur").to_numpy().tolist() == [
        [20_000, 30_000, 10_000], [2_000, 3_000, 1_000]]  # fmt: skip


MERGED = [["Pôle", "Stade", "Contact", None], ["Alpha", "création", "Jeanne", "Dijon"], ["Bêta", "émergence", "Paul"]]


@pytest.mark.parametrize("content", [
    "Pôle;Stade;;Budget de la cellule\nA;création;x;10\nB;émergence;;12\n", "Pôle;Stade\nA;création\n",
    "Enquête PTCE\nPôle;Stade\nA;création\nB;émergence\n", xlsx(MERGED, lambda sheet: sheet.merge_cells("C1:D1")),
])  # fmt: skip
def test_a_first_answer_is_not_taken_for_a_second_line_of_header(tmp_path: Path, content: str | bytes) -> None:
    """A column without a name, a title, a question merged over two columns: the header has one line."""
    export, book = drafted(tmp_path, content, "export")
    assert book.layout.header_rows == 1 and clean(export, book).rows_kept >= 1


def test_a_group_of_years_and_titles_of_thousands_are_headers(tmp_path: Path) -> None:
    """Years may be names of columns; a title states the unit of the amounts under it."""
    _, book = drafted(tmp_path, "Pôle;Budget (k€);\n;2013;2014\nA;10;20\nB;1;2\n")
    assert [(v.name, v.headers[0], v.unit) for v in book.variables][1] == ("budget_eur", "Budget (k€) / 2013", "keur")


def test_a_line_of_units_under_the_questions_is_part_of_the_header(tmp_path: Path) -> None:
    """Each amount and share is drafted with the unit written under it."""
    export, book = drafted(tmp_path, "Pôle;Région;Commune;Part autofinancée;ETP\n;k€;€;en %;nb\nA;10;20;32;1\n")
    assert book.layout.header_rows == 2
    result = clean(export, book)
    assert sorted(result.supports["amount_eur"]) == [20, 10_000]
    assert result.poles[["cell_self_financed_share", "cell_fte"]].to_numpy().tolist() == [[0.32, 1]]


@pytest.mark.parametrize(("folder", "wave"), [("2017", "2017"), ("x", "")])
def test_the_year_of_the_wave_is_said_by_the_folder_not_by_answers(tmp_path: Path, folder: str, wave: str) -> None:
    """Else it is to be filled in."""
    (tmp_path / folder).mkdir()
    text = draft_codebook(saved(tmp_path / folder, "Enquête 2015\nid;Montant 2014\n1;5\n"))
    assert f"\nwave: {wave}\n" in text and ("fill in the year" in text) == (not wave)


@pytest.mark.parametrize("row", table("support_headers.csv"), ids=lambda row: row["header"])
def test_a_question_on_a_level_is_known_whatever_is_said_around_its_name(tmp_path: Path, row: dict[str, str]) -> None:
    """Its amount with the unit, its link or its funders; a département's number says where the pole is."""
    _, book = drafted(tmp_path, f"Pôle;{row['header']}\nA;{row['cell']}\n")
    found = [(s.level, part, column.unit) for s in book.supports
             for part, column in (("funder", s.funder), ("link", s.link), ("amount", s.amount)) if column]  # fmt: skip
    assert found == ([(row["level"], row["part"], row["unit"])] if row["part"] else [])


EXPORT = """Enquête PTCE 2015
Identifiant;Horodateur;Stade;Structures membres;Salariés;Budget consolidé (k€);Budget de la cellule;\
Autofinancement (%);ETP;Statut;Région;Montant Région (k€);\
EPCI (en euros);Financeurs publics;Commentaire;2e question;2e question
P1;12/03/2015;création;12;50;300;10 000;20;1,5;SCIC;Oui;25;1000;FSE + CDC;bla;;
"""


def test_a_draft_loads_says_what_is_to_be_finished_and_cleans(tmp_path: Path) -> None:
    """Headers become variables, units and supports; the rest is kept as text; it cleans once its list is deleted."""
    export = saved(tmp_path, EXPORT, "ptce.csv")
    text = draft_codebook(export)
    found = read_codebook(saved(tmp_path, text, "draft.yaml"))
    assert found.to_finish and "2e question" in text
    assert {v.name: (v.headers[0], v.unit) for v in found.variables if v.unit} == {
        "budget_eur": ("Budget consolidé (k€)", "keur"), "cell_self_financed_share": ("Autofinancement (%)",
            "percent")}  # fmt: skip
    assert [(s.level, bool(s.link), s.amount.unit if s.amount else "", bool(s.funder)) for s in found.supports] == [
        ("epci", False, "eur", False), ("region", True, "keur", False), ("", False, "", True)]  # fmt: skip
    assert found.not_asked == ()
    with pytest.raises(InputError, match=r"draft.yaml: not finished.*to_finish.*:\n- check each line"):
        clean(export, replace(found, wave=2015))
    result = clean(export, saved(tmp_path, finished(text), "draft.yaml"))
    assert (result.rows_in, result.rows_kept) == (1, 1)


def test_what_the_draft_cannot_choose_is_left_to_be_finished(tmp_path: Path) -> None:
    """« m€ » is thousands or millions, an amount says no unit, answers are codes, the year is not said: it says so."""
    export = saved(tmp_path, "Pôle;Stade;Budget en m€;wave;a_status;Aide Région\nA;1;10;x;y;5\n")
    text = draft_codebook(export)
    for said in ("which these do not: Budget en m€, Aide Région", "answers mean (answers: {A1: …}) of: Stade",
                 "the year of the wave", "wave_text", "a_status_text"):  # fmt: skip
        assert said in text
    with pytest.raises(InputError, match="the year of the wave is not filled in"):
        clean(export, saved(tmp_path, text, "draft.yaml"))


@pytest.mark.parametrize("content", [
    "P1;création;12\nP2;émergence;5\n", "oui;non;Alpha\nnon;oui;Bêta\n",
    "12/03/2024;P1;x\n13/03/2024;P2;y\n", ",\n,\n ",
])  # fmt: skip
def test_answers_and_blanks_are_never_drafted_as_headers(tmp_path: Path, content: str) -> None:
    """An export without a header is refused, and so is one of supports only, which has no poles to describe."""
    with pytest.raises(InputError, match="no line looks like a header"):
        draft_codebook(saved(tmp_path, content))
    with pytest.raises(InputError, match="no column is left to identify the poles"):
        draft_codebook(saved(tmp_path, "Région;Commune\nOui;Non\n"))


def test_a_header_may_be_shorter_than_its_answers_and_hold_an_x(tmp_path: Path) -> None:
    """Its columns are drafted, and no answer is."""
    answers = [["Alpha", "création", 12, "oui", "note"], ["Bêta", "émergence", 5, "non", "note"]]
    book = draft_codebook(saved(tmp_path, xlsx([["Pôle", "X", "18-25 ans"], *answers]), "wide.xlsx"))
    assert '"Pôle"' in book and '"18-25 ans"' in book and "Alpha" not in book


def test_a_line_of_codes_or_labels_under_the_header_is_no_pole(tmp_path: Path) -> None:
    """Of a VV export, a workbook of Kobo or one of SurveyMonkey, whose codebook counts one line of header too few."""
    vv = "Pôle\tDate submitted\tResponse ID\nQ1\tsubmitdate\tid\nA\t2024-03-12 14:05:00\t1\n"
    kobo = "nom,_id,_uuid,_submission_time\nNom du pôle,_id,_uuid,_submission_time\nA,1,u,2024-03-12T14:05:00\n"
    monkey = "Respondent ID,Pôle,Stade\n,Open-Ended Response,Response\n1,A,création\n"
    for content, header, other in ((vv, "Pôle", "Date submitted"), (kobo, "nom", "_id"), (monkey, "Pôle", "Stade")):
        variables = {"pole_id": {"header": header}, "other": {"header": other, "kind": "text"}}
        made = book(variables=variables, not_asked=[*STANDARD][1:], supports=[])
        result = clean(saved(tmp_path, content), made)
        assert list(result.poles["pole_id"]) == ["A"] and reasons(result) == [(2, "header_again")]


def test_columns_of_one_name_are_all_drafted_and_each_can_be_called(tmp_path: Path) -> None:
    """By its place among them; their name alone says which there are."""
    export, book = drafted(tmp_path, "Pôle;Région;Région;Avis;Avis\nA;oui;5 000 €;bon;moyen\nB;non;;;\n")
    assert [(s.link and s.link.headers, s.amount and s.amount.headers) for s in book.supports] == [
        (("Région #1",), ("Région #2",))]  # fmt: skip
    again = saved(tmp_path, export.read_text("utf-8") + "Pôle;Région;Région;Avis;Avis\n", "again.csv")
    result = clean(again, book)
    assert result.supports["amount_eur"].tolist() == [5_000] and reasons(result) == [(4, "header_again")]
    assert result.poles["avis_2"].tolist()[0] == "moyen"
    text = draft_codebook(export).replace("Avis #2", "Avis")
    with pytest.raises(InputError, match=r"columns are called 'Avis'\. Write which: 'Avis #1', 'Avis #2'"):
        clean(export, saved(tmp_path, finished(text), "draft.yaml"))


@pytest.mark.parametrize("tool", TOOLS)
def test_the_export_of_a_survey_tool_is_read_right_by_its_draft(tmp_path: Path, tool: str) -> None:
    """The draft leaves only what its header does not say; the answers come out as given, and nobody's name."""
    made = export(tool)
    path = saved(tmp_path, made.content, made.name)
    result = clean(path, saved(tmp_path, finished(draft_codebook(path), *made.decided), "codebook.yml"))
    poles = result.poles.set_index("pole_id")
    assert poles["stage"].to_dict() == {"Alpha": "creation", "Bêta": "emergence", "Gamma": "fonctionnement"}
    assert poles["members"].tolist() == [12, 5, 8] and poles.loc["Alpha", "answered_on"].startswith("2024-03-14T1")
    linked = poles[["link_commune", "link_epci", "link_region"]] == "involved"
    assert linked.to_numpy().tolist() == [[True, False, True], [False, True, False], [True, False, True]]
    given = result.supports.query("level == 'region'").set_index("pole_id")["amount_eur"]
    assert given.to_dict() == {"Alpha": 25_000, "Gamma": 1_500} and not result.quarantine["column"].any()
    assert not any(name in poles.to_csv() for name in ("Jeanne", "anonymous", "10.0.0.1", "R_1", "submitted_via"))
