"""Exports in the layouts that survey tools write, and what their drafts leave to people.

Each holds the same invented answers: three poles, one of which answered twice, and the later answer counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pandas as pd
import pyreadstat

from survey_exports import xlsx

LEVELS = ("Commune", "EPCI", "Région")
QUESTIONS = ("Nom du pôle", "Où en est votre projet ?", "Nombre de structures membres")
WHO, HOW_MUCH = "Qui vous soutient ?", "Montant de l'aide de la Région (€)"


class Answer(NamedTuple):
    """One answer: its number and moment, the questions on the pole, which levels are ticked, the Region's amount."""

    n: int
    at: datetime
    pole: tuple[str, str, int]
    ticks: tuple[bool, bool, bool]
    amount: str = ""

    def boxes(self, yes: Sequence[Any], no: Any = "") -> list[Any]:
        """One cell for each level."""
        return [one if tick else no for one, tick in zip(yes, self.ticks, strict=True)]

    def listed(self, mark: str = ", ", names: Sequence[str] = LEVELS) -> str:
        """The levels ticked, in one cell."""
        return mark.join(filter(None, self.boxes(names)))


ANSWERS = [
    Answer(1, datetime(2024, 3, 11, 9, 0, 0), ("Alpha", "émergence", 12), (True, False, False)),  # noqa: DTZ001
    Answer(2, datetime(2024, 3, 12, 14, 5, 33), ("Bêta", "émergence", 5), (False, True, False)),  # noqa: DTZ001
    Answer(3, datetime(2024, 3, 13, 8, 30, 0), ("Gamma", "fonctionnement", 8), (True, False, True), "1 500"),  # noqa: DTZ001
    Answer(4, datetime(2024, 3, 14, 16, 45, 0), ("Alpha", "création", 12), (True, False, True), "25 000"),  # noqa: DTZ001
]


class Export(NamedTuple):
    """A file, and what the draft leaves to people: texts of the draft and what they write in their place."""

    name: str
    content: str | bytes
    decided: tuple[tuple[str, str], ...] = ()


def text(lines: Iterable[Iterable[Any]], mark: str = ",", quote: str = '"') -> str:
    """Return lines as separated text, every cell between quotes."""
    cells = ([quote + str(cell).replace('"', '""' if quote else '"') + quote for cell in line] for line in lines)
    return "".join(mark.join(line) + "\n" for line in cells)


def limesurvey_codes() -> Export:
    """Codes of questions and of answers, `N/A` where the amount was not asked."""
    codes = {"émergence": "A1", "création": "A2", "fonctionnement": "A3"}
    header = ["id", "submitdate", "lastpage", "startlanguage", "Q1", "Q2", "Q3", "Q7[SQ001]",
              "Q7[SQ002]", "Q7[SQ003]", "Q7[other]", "Q8[SQ001]"]  # fmt: skip
    lines = [[a.n, a.at, 5, "fr", a.pole[0], codes[a.pole[1]], a.pole[2], *a.boxes("YYY"), "", a.amount or "N/A"]
             for a in ANSWERS]  # fmt: skip
    unfinished = [5, "", 2, "fr", "Delta", "A1", *[""] * 5, "N/A"]
    entries = (
        "supports:\n  - {level: commune, link: 'Q7[SQ001]'}\n  - {level: epci, link: 'Q7[SQ002]'}\n"
        "  - {level: region, link: 'Q7[SQ003]', amount: 'Q8[SQ001]', unit: eur}"
    )
    stage = "stage: {header: Q2, answers: {A1: emergence, A2: creation, A3: fonctionnement}}"
    decided = [
        ('pole_id: {header: "id"', 'pole_id: {header: "Q1"'), ('  q1: {header: "Q1", kind: text}\n', ""),
        ('q2: {header: "Q2", kind: choice}', stage), ('q3: {header: "Q3", kind: text}', "members: {header: Q3}"),
        *((f'  q7_sq00{n}: {{header: "Q7[SQ00{n}]", kind: yes_no}}\n', "") for n in (1, 2, 3)),
        ('  q8_sq001: {header: "Q8[SQ001]", kind: text}\n', ""), ("[stage, members, ", "["), ("supports: []", entries),
    ]  # fmt: skip
    return Export("results-survey.csv", text([header, *lines, unfinished]), tuple(decided))


def limesurvey_questions() -> Export:
    """Full questions as headers and full answers, an « Other » box beside those of the levels."""
    own = ["ID de la réponse", "Date de soumission", "Dernière page", "Langue de départ", "Tête de série"]
    header = [*own, *QUESTIONS, *(f"{WHO} [{name}]" for name in (*LEVELS, "Autre")), HOW_MUCH]
    other = ["", "", "Fondation Exemple", "", ""]
    lines = [[a.n, a.at, 5, "fr", 123456, *a.pole, *a.boxes(["Oui"] * 3, "Non"), other[a.n], a.amount or "N/A"]
             for a in ANSWERS]  # fmt: skip
    return Export("resultats.csv", text([header, *lines], ";"))


def limesurvey_vv() -> Export:
    """The VV format: tabs, a line of questions, a line of codes, a word for what was not shown."""
    codes = ["id", "token", "submitdate", "lastpage", "startlanguage", "Q1", "Q2", "Q3",
             "Q7_SQ001", "Q7_SQ002", "Q7_SQ003", "Q8"]  # fmt: skip
    own = ["Response ID", "Access code", "Date submitted", "Last page", "Start language"]
    header = [*own, *QUESTIONS, *(f"{WHO} [{name}]" for name in LEVELS), HOW_MUCH]
    lines = [[a.n, "k", a.at, 5, "fr", *a.pole, *a.boxes("YYY"), a.amount or "{question_not_shown}"] for a in ANSWERS]
    return Export("vvexport_123.csv", text([header, codes, *lines], "\t", ""))


def google_forms() -> Export:
    """Google's moments, answers joined by commas."""
    moments = ["11 9:00:00 AM", "12 2:05:33 PM", "13 8:30:00 AM", "14 4:45:00 PM"]
    lines = [[f"2024/03/{at} UTC+1", *a.pole, a.listed(), a.amount] for at, a in zip(moments, ANSWERS, strict=True)]
    return Export("Enquête.csv", text([["Horodateur", *QUESTIONS, WHO, HOW_MUCH], *lines]))


def google_sheet() -> Export:
    """The sheet of answers: another form of moments, in a workbook."""
    lines = [[f"{a.at:%d/%m/%Y %H:%M:%S}", *a.pole, a.listed(), a.amount] for a in ANSWERS]
    return Export("Enquête.xlsx", xlsx([["Horodateur", *QUESTIONS, WHO, HOW_MUCH], *lines]))


def kobo(questions: Sequence[str], names: Sequence[str], *, both: bool = True, zone: str = "") -> list[list[Any]]:
    """Return Kobo's columns: a question of several answers as one column, and as one more for each answer."""
    who, how_much = questions[3:]
    boxes = [f"{who}/{name}" for name in names if both]
    own = ["_id", "_uuid", "_submission_time", "_validation_status", "_notes", "_status",
           "_submitted_by", "__version__", "_tags", "_index"]  # fmt: skip
    lines = [["start", "end", *questions[:4], *boxes, how_much, *own]]
    for a in ANSWERS:
        at = f"{a.at.isoformat()}{zone}" if zone else a.at
        added = [500 + a.n, f"a-{a.n}", at, "", "", "submitted_via_web", "", "v1", "", a.n]
        ticks = a.boxes([1, 1, 1], 0) if both else []
        lines.append([at, at, *a.pole, a.listed(" ", names), *ticks, a.amount.replace(" ", ""), *added])
    return lines


def kobo_values() -> Export:
    """Names of groups and questions, moments with their zone; nothing says the unit of the amount."""
    questions = ["pole/nom", "pole/stade", "pole/membres", "soutien/financeurs", "soutien/montant_region"]
    lines = kobo(questions, ("commune", "epci", "region"), zone=".000+01:00")
    unit = ('"soutien/montant_region"', '"soutien/montant_region", unit: eur')
    return Export("PTCE_2024.csv", text(lines, ";"), (unit,))


def kobo_one_column() -> Export:
    """The question of several answers as one column only, its answers by codes."""
    questions = ["nom", "stade", "membres", "financeurs", "montant_region_eur"]
    return Export("PTCE_2024.csv", text(kobo(questions, ("la_commune", "epci", "conseil_regional"), both=False), ";"))


def kobo_labels() -> Export:
    """Labels, in a workbook."""
    return Export("PTCE_2024.xlsx", xlsx(kobo((*QUESTIONS, WHO, HOW_MUCH), LEVELS)))


def framaforms() -> Export:
    """Three lines above the answers: a title, the groups, the questions."""
    own = ["Numéro de série", "SID", "Heure de soumission", "Heure d'achèvement", "Heure de modification", "Brouillon",
           "Adresse IP", "UID", "Nom d'utilisateur"]  # fmt: skip
    groups = [["Enquête PTCE", *[""] * 15], ["Détails de la soumission", *[""] * 11, WHO, "", "", ""]]
    lines = [[a.n, 100 + a.n, *[f"{a.at:%d/%m/%Y - %H:%M}"] * 3, 0, "10.0.0.1", 0, "Anonyme", *a.pole, *a.boxes("XXX"),
              a.amount] for a in ANSWERS]  # fmt: skip
    return Export("enquete.csv", text([*groups, [*own, *QUESTIONS, *LEVELS, HOW_MUCH], *lines]))


def sphinx() -> Export:
    """Semicolons, Windows-1252, several answers in one cell."""
    own = ["CLE", "DATE_SAISIE", "DATE_ENREG", "TEMPS_SAISIE", "ORIGINE_SAISIE", "PROGRESSION"]
    lines = [[f"k{a.n}", *[f"{a.at:%d/%m/%Y %H:%M}"] * 2, 312, "WEB", 100, *a.pole, a.listed(";"), a.amount]
             for a in ANSWERS]  # fmt: skip
    return Export("sphinx.csv", text([[*own, *QUESTIONS, WHO, HOW_MUCH], *lines], ";").encode("cp1252"))


def spss() -> Export:
    """Variables with labels, answers as numbers with labels, a number declared missing."""
    names = ["ID", "DATE", "NOM", "STADE", "MEMB", "FIN1", "FIN2", "FIN3", "MONTANT"]
    stages = {1.0: "émergence", 2.0: "création", 3.0: "fonctionnement"}
    codes = {label: code for code, label in stages.items()}
    lines = [[a.n, a.at, a.pole[0], codes[a.pole[1]], a.pole[2], *a.boxes([1.0] * 3, 0.0),
              float(a.amount.replace(" ", "") or -9)] for a in ANSWERS]  # fmt: skip
    labels = ["Numéro", "Date de réponse", *QUESTIONS, *(f"{WHO} - {name}" for name in LEVELS), HOW_MUCH]
    meant = {"STADE": stages} | {name: {0.0: "Non", 1.0: "Oui"} for name in names[5:8]}
    frame, about = pd.DataFrame(lines, columns=names), {"column_labels": labels, "variable_value_labels": meant}
    with TemporaryDirectory() as folder:
        path = Path(folder, "base.sav")
        pyreadstat.write_sav(frame, path, missing_ranges={"MONTANT": [-9.0]}, **about)
        return Export("base.sav", path.read_bytes())


def excel() -> Export:
    """A sheet somebody keeps: titles above, one of which states thousands; a total below."""
    header = ["Identifiant", "Répondu le", QUESTIONS[0], "Stade", "Membres", *LEVELS, "Montant Région"]
    given = {"": None, "1 500": 1.5, "25 000": 25}
    lines = [[a.n, a.at, *a.pole, *a.boxes(["oui"] * 3, "non"), given[a.amount]] for a in ANSWERS]
    titles = [["Enquête auprès des PTCE"], ["Montants en k€"], []]
    return Export("suivi.xlsx", xlsx([*titles, header, *lines, ["Total", *[None] * 7, 26.5]]))


def microsoft_forms() -> Export:
    """A workbook with the name of whoever was signed in, and answers that each end in a semicolon."""
    own = ["ID", "Heure de début", "Heure de fin", "Adresse de messagerie", "Nom", "Heure de la dernière modification"]
    lines = [[a.n, a.at, a.at, "anonymous", "Jeanne Exemple", None, *a.pole, a.listed(";") + ";", a.amount]
             for a in ANSWERS]  # fmt: skip
    return Export("Enquête(1-4).xlsx", xlsx([[*own, *QUESTIONS, WHO, HOW_MUCH], *lines]))


def surveymonkey() -> Export:
    """Two lines: questions, then answers; what is ticked is written out; months first."""
    own = ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "Email Address", "First Name",
           "Last Name", "Custom Data 1"]  # fmt: skip
    free = "Open-Ended Response"
    below = [*[""] * 9, free, "Response", free, *LEVELS, "Other (please specify)", free]
    other = ["", "", "Fondation Exemple", "", ""]
    lines = [[9000 + a.n, 7, *[f"{a.at:%m/%d/%Y %I:%M:%S %p}"] * 2, "10.0.0.1", *[""] * 4, *a.pole, *a.boxes(LEVELS),
              other[a.n], a.amount] for a in ANSWERS]  # fmt: skip
    return Export("survey.csv", text([[*own, *QUESTIONS, WHO, "", "", "", HOW_MUCH], below, *lines]))


def surveymonkey_workbook() -> Export:
    """The same in a workbook, whose first line merges nothing."""
    lines = [line.strip('"').split('","') for line in str(surveymonkey().content).splitlines()]
    return Export("survey.xlsx", xlsx([[cell or None for cell in line] for line in lines]))


def qualtrics() -> Export:
    """Three lines: codes, questions, how to import each again; `Finished` says what was submitted."""
    codes = ["StartDate", "EndDate", "Status", "IPAddress", "Progress", "Duration (in seconds)", "Finished",
             "RecordedDate", "ResponseId", "Q1", "Q2", "Q3", "Q4_1", "Q4_2", "Q4_3", "Q5"]  # fmt: skip
    own = ["Start Date", "End Date", "Response Type", "IP Address", *codes[4:7], "Recorded Date", "Response ID"]
    asked = [*own, *QUESTIONS, *(f"{WHO} - Selected Choice - {name}" for name in LEVELS), HOW_MUCH]
    lines = [[a.at, a.at, "IP Address", "10.0.0.1", 100, 60, "True", a.at, f"R_{a.n}", *a.pole, *a.boxes(LEVELS),
              a.amount] for a in ANSWERS]  # fmt: skip
    unfinished = [*lines[0][:6], "False", *lines[0][7:9], "Delta", *lines[0][10:]]
    again = [f'{{"ImportId":"{code}"}}' for code in codes]
    return Export("PTCE.csv", text([codes, asked, again, *lines, unfinished]))


TOOLS = (
    limesurvey_codes, limesurvey_questions, limesurvey_vv, google_forms, google_sheet, kobo_values, kobo_one_column,
    kobo_labels, framaforms, sphinx, spss, excel, microsoft_forms, surveymonkey, surveymonkey_workbook,
    qualtrics,
)  # fmt: skip
