"""The first fictitious wave as a file: a CSV in cp1252, semicolons and decimal commas, as survey software writes it.

What is dirty in it: a `sep=` line, a trial, a questionnaire never submitted, two that were begun again, units and
spellings that vary, several ways of giving no answer, blank lines and a note under the answers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from random import Random

from ptce_analysis.fictitious import recipe, spellings
from ptce_analysis.fictitious.answers import Answers, answers_2013
from ptce_analysis.fictitious.workbook import Cell, Formula, Percent

NAME = "reponses_2013.csv"
WARNING = "données fictives / fictitious data"
HEADER = (
    "id", "submitdate", "Q01. Identifiant du pôle", "Q02. Où en est votre projet ?",
    "Q03. Nombre de structures membres", "Q04. Nombre de salariés du groupement",
    "Q05. Budget consolidé du groupement (en euros)", "Q06. Budget annuel de la cellule d’animation (en euros)",
    "Q07. Part autofinancée de ce budget (en %)", "Q08. Effectif de la cellule d’animation (en ETP)",
    "Q09. La Région soutient-elle votre projet ?", "Avertissement",
)  # fmt: skip
_BEGUN_AGAIN = (6, 25)


def export_2013() -> bytes:
    """Return the export, the same bytes each time."""
    rng = Random(recipe.SEED - 2)
    answers = answers_2013()
    lines = [_line(place, answer, rng) for place, answer in enumerate(answers, start=11)]
    drafts = [_draft(lines[place], rng) for place in _BEGUN_AGAIN]
    trial = ["1", "2013-05-02 09:12:00", "test", "création", "3", "", "1000", "", "", "1", "Oui", WARNING]
    unsent = ["97", "", "FICTIF-2013-043", "en émergence", "8", "", "", "", "", "", "", WARNING]
    blank = [""] * len(HEADER)
    rows = [list(HEADER), trial, *drafts[:1], *lines[:20], blank, *drafts[1:], *lines[20:], unsent, blank]
    note = ["Note : " + WARNING + ". Aucune réponse réelle ; pôles inventés."]
    return ("sep=;\r\n" + _csv([*rows, note])).encode("cp1252")


def _line(number: int, answer: Answers, rng: Random) -> list[str]:
    day = f"2013-{5 + number % 2:02}-{1 + number % 28:02} {9 + number % 9:02}:{number % 60:02}:00"
    numbers = (_given(answer, name, rng) for name in (*recipe.NUMBERS_2013, "cell_fte"))
    link = spellings.YES if "region" in answer.links else spellings.NO
    return [
        str(number),
        day,
        answer.pole_id,
        rng.choice(spellings.STAGES[answer.stage]),
        *numbers,
        rng.choice(link),
        WARNING,
    ]


_SPELLED = {
    "members": spellings.counts("structures"),
    "employees": spellings.counts("salariés"),
    "budget_eur": lambda keur: spellings.amounts_in_euros(1_000 * keur),
    "cell_budget_eur": lambda keur: spellings.amounts_in_euros(1_000 * keur),
    "cell_self_financed_share": spellings.shares,
    "cell_fte": spellings.staff,
}


def _given(answer: Answers, name: str, rng: Random) -> str:
    """Return what a pole writes for a quantity, or one of the ways of not answering."""
    if name not in answer.numbers:
        return rng.choice(spellings.SILENCES)
    return _text(rng.choice(_SPELLED[name](answer.numbers[name])))


def _text(cell: Cell) -> str:
    """Return a cell as a text file holds it."""
    if isinstance(cell, Percent):
        return f"{spellings.french(100 * cell.value)} %"
    if isinstance(cell, Formula):
        return spellings.french(cell.value)
    return spellings.french(cell) if isinstance(cell, (int, float)) else str(cell)


def _draft(line: Sequence[str], rng: Random) -> list[str]:
    """Return an earlier answer of the same pole, with fewer and other figures."""
    number, _, pole, stage, members, *_ = line
    started = f"2013-05-01 0{rng.randint(7, 9)}:30:00"
    return [str(int(number) - 8), started, pole, stage, members, *[""] * 6, WARNING]


def _csv(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(rows)
    return out.getvalue()
