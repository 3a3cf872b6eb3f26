"""The cleaning chain: every line is kept or quarantined, every repair is listed, and nothing is guessed."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from ptce_analysis.errors import InputError
from ptce_analysis.survey.clean import clean, clean_summary
from ptce_analysis.survey.codebook import yaml_mapping
from ptce_analysis.survey.tables import TABLES, check, csv_text, neutralised, write
from ptce_analysis.vocabulary import LEVELS
from survey_exports import HEADER, ROW, SMALL, book, cleaned, pole, reasons, saved, set_cells, table


def with_variables(**variables: dict[str, Any]) -> dict[str, Any]:
    """The changes of a codebook that has more variables, or others."""
    not_asked = [name for name in SMALL["not_asked"] if name not in variables]
    return {"variables": SMALL["variables"] | variables, "not_asked": not_asked}


DATED: dict[str, Any] = {"header": HEADER + ";Date"} | with_variables(answered_on={"header": "Date", "kind": "date"})


def test_a_row_becomes_a_pole_with_values_statuses_and_its_raw_stage(tmp_path: Path) -> None:
    """Values are in euros, shares and full-time equivalents; what was not asked is empty and says so."""
    found = pole(cleaned(tmp_path, "P1;Création;10,5;2 pers. (1,6 ETP);Oui;5 000;;"), "P1")
    stated = [found[name] for name in ("wave", "origin", "stage", "stage_raw", "cell_budget_eur", "cell_fte")]
    assert stated == [2015, "fictitious", "creation", "Création", 10_500, 1.6]
    assert found["cell_budget_eur_status"] == "exact"
    assert pd.isna(found["members"]) and found["members_status"] == "not_asked"


def test_not_asked_not_answered_and_unknown_are_three_things(tmp_path: Path) -> None:
    """A blank, a refusal, a question that was not put, and one whose filter left a respondent out differ."""
    changes = with_variables(cell_fte={"header": "ETP", "asked_if": {"stage": ["creation"]}})
    rows = ("P1;création;;NC;;;;", "P2;émergence;n/a;;;;;", "P3;émergence;1;2;;;;", "P4;?;1;;;;;", "P5;création;1;;;;;")
    result = cleaned(tmp_path, *rows, layout={"not_shown": "N/A"}, **changes)
    assert list(result.poles["cell_budget_eur_status"][:2]) == ["not_answered", "not_asked"]
    assert list(result.poles["cell_fte_status"]) == ["unknown", "not_asked", "exact", "not_answered", "not_answered"]
    assert set(result.poles["members_status"]) == {"not_asked"}


def test_a_question_for_who_gave_one_of_several_answers_is_asked_of_them(tmp_path: Path) -> None:
    """Whatever else they answered; of who gave others it was not asked."""
    aims = {"header": "Buts", "kind": "multi", "separator": ",", "answers": {"Culture": "culture", "Emploi": "emploi"}}
    changes = with_variables(aims=aims, cell_fte={"header": "ETP", "asked_if": {"aims": "culture"}})
    rows = [f"P{n};création;1;;;;;;{said}" for n, said in enumerate(["Culture, Emploi", "Emploi", "Culture"])]
    found = cleaned(tmp_path, *rows, header=HEADER + ";Buts", **changes).poles
    assert list(found["cell_fte_status"]) == ["not_answered", "not_asked", "not_answered"]


def test_what_cannot_be_used_is_set_aside_with_its_reason_and_its_row_stays(tmp_path: Path) -> None:
    """A range, an ambiguity, nonsense, an illegal value and an implausible one: no value, never rescaled."""
    changes = with_variables(
        members={"header": "Membres"},
        cell_self_financed_share={"header": "Part", "unit": "percent"},
        secteur={"header": "Secteur", "kind": "choice", "answers": {"A1": "culture", "A2": "alimentation"}},
        n_sites={"header": "Sites", "kind": "count", "min": "2"},
    )
    rows = ("P1;projet;1.500;1 à 2;NC;NC;abc;CDC + Région;3,5;132;A9;1",
            "P2;création;12500;-1;;;;;3;4/3;A1;9999999")  # fmt: skip
    result = cleaned(tmp_path, *rows, header=HEADER + ";Membres;Part;Secteur;Sites", **changes)
    assert [(row, column, reason) for row, column, _, reason in set_cells(result)] == [
        (2, "Stade", "ambiguous: near_stage"),
        (2, "Budget (k€)", "ambiguous: three_digits_after_a_mark"),
        (2, "ETP", "range: between"),
        (2, "EPCI", "unreadable: no_rule"),
        (2, "Autres", "ambiguous: cdc_two_meanings"),
        (2, "Membres", "unreadable: not_whole"),
        (2, "Part", "unreadable: out_of_range"),
        (2, "Secteur", "unreadable: answer_not_in_the_codebook"),
        (2, "Sites", "implausible: 1 is outside 2 to …"),
        (3, "Budget (k€)", "implausible: 12500000 is outside 0 to 5000000"),
        (3, "ETP", "unreadable: negative"),
        (3, "Part", "unreadable: more_than_the_whole"),
    ]
    assert result.rows_kept == 2 and pd.isna(pole(result, "P2")["cell_budget_eur"])
    assert pole(result, "P2")["n_sites"] == 9_999_999  # a bound that is not stated is open
    assert ["NC", ""] in result.ledger[["raw_value", "value"]].astype(object).to_numpy().tolist()


def test_the_codebook_decides_spellings(tmp_path: Path) -> None:
    """By kind for the wave, by variable first; a decision may be a silence; an implausible one stays set aside."""
    decided = {"projet": "emergence", "à voir": "unknown"}
    stage = {"header": "Stade", "answers": {"A1": "emergence"}, "decisions": decided}
    money = {"header": "Budget (k€)", "unit": "keur", "decisions": {"1.500": "1500", "beaucoup": "99999999"}}
    rows = ("P1;A1;1.500;1;;;;CDC", "P2;Projet;beaucoup;1;;;;", "P3;à voir;1;NC;;;;")
    decisions = {"level": {"CDC": "epci"}, "staff": {"NC": "0"}}
    result = cleaned(tmp_path, *rows, **with_variables(stage=stage, cell_budget_eur=money), decisions=decisions)
    one, two, three = (pole(result, name) for name in ("P1", "P2", "P3"))
    assert (one["stage"], two["stage"], three["stage_status"]) == ("emergence", "emergence", "unknown")
    assert (one["cell_budget_eur"], two["cell_budget_eur_status"]) == (1_500, "implausible")
    assert (three["cell_fte_status"], one["link_epci"]) == ("zero", "involved")
    assert "codebook_decision" in set(result.ledger["rule"])


def test_choices_multiple_answers_texts_and_dates_are_kept_as_the_codebook_says(tmp_path: Path) -> None:
    """Labels become codes, even those that hold the separator; a label nobody listed is set aside."""
    buts = {"Emploi, insertion": "emploi", "Culture": "culture"}
    changes = with_variables(
        form={"header": "Forme", "kind": "choice", "answers": {"Association, loi 1901": "asso"}},
        aims={"header": "Buts", "kind": "multi", "answers": buts, "separator": ", "},
        free={"header": "Libre", "kind": "choice"},
        many={"header": "Liste", "kind": "multi"},
        word={"header": "Mot", "kind": "text", "decisions": {"oui mais": "oui"}},
        agreed={"header": "Accord", "kind": "yes_no"},
    )
    rows = (
        ROW + ';association, LOI 1901;Culture, Emploi, insertion;x ;"a;b";oui mais;X',
        ROW.replace("P1", "P2") + ";asso;culture;;;=1+1;non",
        ROW.replace("P1", "P3") + ";autre;Culture, Sport;;;;nsp",
        ROW.replace("P1", "P4") + ";NC;NC;;;;",
    )
    result = cleaned(tmp_path, *rows, header=HEADER + ";Forme;Buts;Libre;Liste;Mot;Accord", **changes)
    names = ("form", "aims", "free", "many", "word", "agreed")
    assert [pole(result, "P1")[name] for name in names] == ["asso", "culture|emploi", "x", "a|b", "oui", "oui"]
    two = [pole(result, "P2")[name] for name in ("form", "aims", "word", "agreed")]
    assert two == ["asso", "culture", "=1+1", "non"]
    assert [(row, column) for row, column, *_ in set_cells(result)] == [(4, "Forme"), (4, "Buts")]
    assert pole(result, "P4")["form_status"] == pole(result, "P4")["aims_status"] == "unknown"


def test_row_order_does_not_matter(tmp_path: Path) -> None:
    """Other orders of the same lines give the same poles and supports."""
    rows = ("P2;projet;1;1;Oui;5;;FSE", "P1;création;1.500;;Non;;7;", "P3;création;2;1;;;;CG + Région",
            "P3;création;2;;;;;", "Total;;9;;;;;")  # fmt: skip
    first, *others = (cleaned(tmp_path, *order) for order in (rows, rows[::-1], rows[2:] + rows[:2]))
    for again in others:
        pd.testing.assert_frame_equal(again.poles, first.poles)
        pd.testing.assert_frame_equal(again.supports, first.supports)


def test_clean_data_come_through_unchanged(tmp_path: Path) -> None:
    """Written as the tables write them, answers have an empty ledger; the export is only ever read."""
    variables = {"pole_id": {"header": "id"}, "cell_budget_eur": {"header": "b"}, "cell_fte": {"header": "f"}}
    supports = [{"level": "region", "link": "r", "amount": "ra"}, {"level": "epci", "amount": "e"}, {"funder": "o"}]
    text = "id,b,f,r,ra,e,o\nP1,10000,1.1250,oui,5000,0,departement|europe\nP2,2500,0.5,non,,12000,\n"
    export = saved(tmp_path, text)
    result = clean(export, book(variables=variables, supports=supports, not_asked=[*SMALL["not_asked"], "stage"]))
    assert export.read_text() == text and len(result.ledger) == len(result.quarantine) == 0
    assert result.poles["cell_fte"].tolist() == [1.125, 0.5]


def test_tables_that_break_the_schema_are_refused(tmp_path: Path) -> None:
    """A wrong stage, a negative amount, a pole twice and a lost line are named."""
    good = cleaned(tmp_path, ROW)
    for poles, supports, n_in, message in (
        (good.poles.assign(stage="projet"), good.supports, 1, r"poles: .*'stage'.*isin.*"),
        (good.poles, good.supports.assign(amount_eur=-1.0), 1, r"supports: .*'amount_eur'.*greater_than"),
        (pd.concat([good.poles] * 2, ignore_index=True), good.supports, 2, r"poles: .*\('pole_id',\)' not unique"),
        (good.poles, good.supports, 3, "rows: 3 in, 1 kept, 0 quarantined"),
    ):
        with pytest.raises(InputError, match=rf"(?s)fault\(s\):.*{message}") as told:
            check(replace(good, poles=poles, supports=supports, rows_in=n_in))
        assert not re.search("projet|-1|P1", str(told.value))  # no answer


# Lines.


def test_lines_that_are_not_answers_are_set_aside_with_their_reason(tmp_path: Path) -> None:
    """Totals, notes, trials, empty questionnaires, repeated headers, excluded poles; the codebook's words."""
    rows = ("TOTAL :;;10;1;;5;;", ";création;1;1;;;;", "P2;;;;;;;", "test 2;création;1;1;;;;", "P9;création;1;1;;;;",
            HEADER.upper(), "id;création;1;1;;;;", "Source : RTES")  # fmt: skip
    layout = {"total_rows": ["Total", "Cumul 2015"], "test_rows": "bidon"}
    rows = ("cumul 2015;;1;;;;;", "Bidon;;1;;;;;", *rows)
    result = cleaned(tmp_path, ROW, *rows, exclude={"P9": "doublon signalé"}, layout=layout)
    assert reasons(result) == [
        (3, "total_row"), (4, "test_row"), (5, "total_row"), (6, "no_identifier"), (7, "no_answer"), (8, "test_row"),
        (9, "excluded_by_the_codebook"), (10, "header_again"), (12, "no_answer"),
    ]  # fmt: skip
    assert list(result.poles["pole_id"]) == ["P1", "id"]
    assert "doublon signalé" in result.quarantine["reason"].iloc[6]
    assert result.quarantine["raw_value"].iloc[2] == "TOTAL : | 10 | 1 | 5"
    counts = {"rows_in": 11, "rows_kept": 2, "rows_quarantined": 9}
    assert clean_summary(result) == counts | {"repairs": len(result.ledger)}


NAMES = ("None", "NA", "nan", "null", "N/A", "0", "-", "=1+1", "Total PTCE", "Testeurs", "#1", "# Pôle")
ERRORS = ("#N/A", "#REF!", " #VALEUR! ", "#nom?", "#DIV/0 !", "Err:502", "#PROPAGATION!", "#####")


def test_a_pole_may_be_called_anything_but_a_spreadsheet_error(tmp_path: Path) -> None:
    """No name is taken for a silence, a formula or a total; a lookup that failed names nobody."""
    result = cleaned(tmp_path, *[f"{name};création;1;1;;;;" for name in (*NAMES, *ERRORS)])
    assert set(result.poles["pole_id"]) == set(NAMES)
    assert reasons(result) == [(len(NAMES) + 2 + n, "no_identifier") for n in range(len(ERRORS))]


def test_of_several_answers_the_latest_then_the_fullest_is_kept(tmp_path: Path) -> None:
    """Dates decide first, then the number of cells filled; identical answers leave one, other ties none."""
    rows = (
        "P1;création;1;1;;;;;02/03/2015", "p1 ;amorçage;;;;;;;03/03/2015", "P2;création;1;1;;;;;",
        "P2;création;1;;;;;;", "P3;création;1;1;;;;;", "P3;CRÉATION ;1;1;;;;;", "P4;création;1;1;;;;;",
        "P4;création;2;1;;;;;",
    )  # fmt: skip
    result = cleaned(tmp_path, *rows, **DATED)
    assert reasons(result) == [(row, "duplicate_respondent") for row in (2, 5, 7, 8, 9)]
    assert pole(result, "p1")["stage"] == "amorcage" and pole(result, "P2")["cell_fte"] == 1


@pytest.mark.parametrize(("one", "two", "kept"), [
    ("2024/03/12 2:05:33 PM UTC+1", "2024/03/11 8:00:00 AM UTC+1", "P1"),  # Google Forms
    ("2015-03-12T14:05:00.000+01:00", "2015-03-12T14:05:00.000+02:00", "P1"),  # Kobo
    ("12/03/15 14:05", "04/12/14 09:00", "P1"), ("13-03-15", "12/03/2015", None),
    ("12/03/2015 - 14:05", "04/12/2014 - 09:00", "P1"), ("42075.5", "42075.25", "P1"),  # Framaforms; a serial
    ("03/12/2015", "12/31/2014", "P1"), ("12 mars 2015", "1er février 2015", "P1"),
    ("jadis", "12/03/2015", None), ("13/13/2015", "12/03/2015", None), ("", "12/03/2015", "p1")])  # fmt: skip
def test_the_latest_answer_is_told_by_dates_that_tools_write(
    tmp_path: Path, one: str, two: str, kept: str | None
) -> None:
    """The second is fuller. Where one of a respondent's dates cannot be read, no answer is preferred over another."""
    rows = (f"P1;création;;;;;;;{one}", f"p1;création;1;1;;;;;{two}", "P2;création;1;1;;;;;jadis")
    result = cleaned(tmp_path, *rows, **DATED)
    assert list(result.poles["pole_id"]) == ([kept] if kept == "P1" else []) + ["P2"] + (["p1"] if kept == "p1" else [])
    assert {rule for _, rule in reasons(result)} == {"duplicate_respondent"} and result.rows_in == 3


def test_a_column_of_dates_is_read_in_one_order(tmp_path: Path) -> None:
    """One day above twelve, or PM, says that the month comes first, also in an answer set aside; if both, none."""
    for last, expected in (
        ("03/31/2015", "2015-03-12"), ("31/03/2015", "2015-12-03"), ("03/03/2015", "2015-12-03"),
        ("03/03/2015 2:05:33 PM", "2015-03-12"), ("03/31/15", "2015-03-12"), ("31/03/15", "2015-12-03"),
        ("03/31/2015\ntest;création;1;1;;;;;31/03/2015", None),
    ):  # fmt: skip
        result = cleaned(tmp_path, ROW + ";03/12/2015", f"test;création;1;1;;;;;{last}", **DATED)
        found = pole(result, "P1")["answered_on"]
        assert pd.isna(found) if expected is None else found == expected


def test_respondents_may_be_told_apart_by_name_and_ids_stay_unique(tmp_path: Path) -> None:
    """The response number is not the pole; two poles never share an id; a decision joins two spellings."""
    name = {"header": "Nom", "kind": "text", "decisions": {"Pole Sud Aquitaine": "Pôle Sud Aquitain"}}
    rows = ("1;création;1;1;;;;;Pôle Sud Aquitain", "2;création;1;;;;;;pôle  sud aquitaine", "3;création;1;1;;;;;A",
            "3;création;1;;;;;;B", "4;création;1;;;;;;", "5;création;1;;;;;;")  # fmt: skip
    changes = with_variables(pole_name=name)
    result = cleaned(tmp_path, *rows, header=HEADER + ";Nom", layout={"respondent": "pole_name"}, **changes)
    assert reasons(result) == [(3, "duplicate_respondent"), (5, "duplicate_identifier")]
    assert list(result.poles["pole_id"]) == ["1", "3", "4", "5"]


# Supports.


@pytest.mark.parametrize("row", table("supports.csv"), ids=lambda row: row["cells"])
def test_a_link_and_the_amounts_of_a_level(tmp_path: Path, row: dict[str, str]) -> None:
    """The links of the levels that the table names, then of all others; each support with its amount and status.

    Of a level with a link and an amount, of one with an amount only, of funders that one cell names, and of pairs of a
    funder and an amount: they add up, are unknown, or shared; a funder nobody can place is counted as `inconnu`.
    """
    asked = yaml_mapping(f"supports: {row['supports']}\nlayout: {{not_shown: '#'}}", "codebook.yaml")
    result = cleaned(tmp_path, f"P1;création;1;1;{row['cells']}", **asked)
    links, (*named, others) = result.poles.iloc[0], row["links"].split()
    expected = dict.fromkeys(LEVELS, others) | dict(one.split("=") for one in named)
    assert {level: links[f"link_{level}"] for level in LEVELS} == expected
    amounts = zip(*(result.supports[name] for name in ("level", "amount_eur", "amount_status")), strict=True)
    assert [f"{level}={amount:.0f}:{status}" for level, amount, status in amounts] == row["amounts"].split()
    assert row["aside"] in "".join(result.quarantine["reason"]) and len(result.quarantine) == bool(row["aside"])


def test_the_codebook_says_that_an_answer_is_no_funder(tmp_path: Path) -> None:
    """Alone or beside a funder; « Non » and « pas encore » need no decision."""
    decisions = {"le maire": "not_applicable", "à voir": "unknown"}
    said = ("Le maire", "Région, le maire", "à voir", "Non", "pas encore")
    rows = [f"P{n};création;1;1;;;;{cell}" for n, cell in enumerate(said)]
    found = cleaned(tmp_path, *rows, supports=[{"funder": "Autres", "decisions": decisions}])
    assert list(found.poles["link_region"]) == ["not_involved", "involved", "not_answered", *["not_involved"] * 2]
    assert set(found.poles["link_inconnu"]) == {"not_involved", "not_answered"} and found.quarantine.empty


def test_an_unticked_box_is_a_no_only_for_who_ticked_another(tmp_path: Path) -> None:
    """In a column of ticks a blank is no answer from somebody who ticked nothing."""
    boxes = [{"level": "region", "link": "Région"}, {"level": "epci", "link": "EPCI"}]
    rows = ("P1;création;1;1;X;;;", "P2;création;1;1;;;;", "P3;création;1;1;;;X;")
    found = cleaned(tmp_path, *rows, supports=boxes).poles
    assert list(found["link_epci"]) == ["not_involved", "not_answered", "involved"]
    words = cleaned(tmp_path, *rows, "P4;création;1;1;;;Non;", supports=boxes).poles
    assert words["link_epci"].iloc[0] == "not_answered"


# Files.

CHOKING = ("NA;création;1,125;1;Oui;5 000;1.500;FSE", "=cmd|'/C calc'!A0;émergence;NC;2;;;7;", 'None;@x;3;;Non;;;"a,b"')


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "＝", "\u00a0@"])
def test_a_text_that_could_be_a_formula_is_neutralised(start: str) -> None:
    """The signs of the OWASP list, also after blanks and in full width; nothing else is touched."""
    assert neutralised(f"{start}1") == f"'{start}1" and neutralised(f"a{start}1") == f"a{start}1"


def test_tables_are_written_the_same_each_time_and_read_back(tmp_path: Path) -> None:
    """Missing values and a pole called NA survive; only what could be a formula has changed; nothing is left over."""
    made = cleaned(tmp_path, *CHOKING)
    paths = [path for name in ("a", "b") for path in write(cleaned(tmp_path, *CHOKING), tmp_path / name)]
    assert [path.name for path in paths[:4]] == [f"{name}.csv" for name in TABLES]
    assert {path.name for path in (tmp_path / "a").iterdir()} == {f"{name}.csv" for name in TABLES}
    assert [path.read_bytes() for path in paths[:4]] == [path.read_bytes() for path in paths[4:]]
    poles = pd.read_csv(paths[0], keep_default_na=False, na_values=[""], dtype=made.poles.dtypes.to_dict())
    assert list(poles["pole_id"]) == ["'=cmd|'/C calc'!A0", "NA", "None"]
    changed = ["pole_id", "stage_raw"]
    pd.testing.assert_frame_equal(poles.drop(columns=changed), made.poles.drop(columns=changed))
    text = csv_text(pd.DataFrame({"a_eur": [5000.0, 1.125, None], "n": pd.array([1, None, 3], dtype="Int64")}))
    assert text == "a_eur,n\n5000,1\n1.1250,\n,3\n"  # no number has exactly three decimals: 1125 k€ is not 1.125


def test_a_failure_leaves_no_table_of_an_earlier_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is one line, and no file stays; so is a file in the place of the folder."""
    made, out, real = cleaned(tmp_path, *CHOKING), tmp_path / "out", Path.write_bytes
    write(made, out)

    def full(path: Path, data: bytes) -> int:
        if "ledger" in path.name:
            raise OSError(28, "No space left on device")
        return real(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(InputError, match=r"out: the tables cannot be written here \(No space left on device"):
        write(made, out)
    monkeypatch.undo()
    assert not [*out.iterdir()]
    with pytest.raises(InputError, match="the tables cannot be written here"):
        write(made, saved(tmp_path, "x", "file"))
