"""The second fictitious wave as a file: an Excel workbook, as a research team keeps one by hand.

What is dirty in it: a title, two header lines with merged cells, numbers as text and amounts with their own units in a
column in thousands, formulas, dates of two kinds, two poles entered twice, a trial, an empty line, a total line and
notes under the table, spellings that vary, a funder whose initials have two meanings.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from ptce_analysis.fictitious import recipe, spellings
from ptce_analysis.fictitious.answers import Answers, answers_2015
from ptce_analysis.fictitious.workbook import Cell, Day, Formula, column_name, workbook

NAME = "reponses_2015.xlsx"
WARNING = "données fictives"
TITLE = "Enquête PTCE 2015 – DONNÉES FICTIVES / fictitious data – aucune réponse réelle, pôles inventés"
# Header groups, each with its columns.
COLUMNS = (
    ("Pôle", ("Identifiant", "Réponse du", "Avertissement", "Stade du projet", "Âge (années)")),
    ("Groupement", ("Structures membres", "Salariés", "Budget consolidé")),
    ("Cellule d’animation", ("Statut juridique", "Budget annuel (k€)", "Part autofinancée (%)", "ETP")),
    ("Relation aux collectivités", ("Évolution",)),
    ("En lien avec", ("Communes", "EPCI", "Départements", "Régions", "PNR / PETR")),
    ("Montant 2015 (k€)", ("Communes", "EPCI", "Départements", "Régions", "État", "Europe", "Total")),
    ("Autres", ("Autre financeur (préciser)",)),
)
_FIRST_DAY, _ENTERED_TWICE = 42_065, (3, 30)
_OTHER_FUNDERS = ("", "", "", "Fondation", "CDC", "France Active", "CRESS")
_SPELLED: dict[str, Callable[[int], spellings.Spellings]] = {
    "age_years": spellings.counts("ans"),
    "members": spellings.counts("structures"),
    "employees": spellings.counts("salariés"),
    "budget_eur": lambda keur: spellings.amounts_in_euros(1_000 * keur),
    "cell_budget_eur": lambda keur: spellings.amounts_in_keur(1_000 * keur),
    "cell_self_financed_share": spellings.shares,
    "cell_fte": spellings.staff,
}


def export_2015() -> bytes:
    """Return the export, the same bytes each time."""
    rng = Random(recipe.SEED + 1)
    answers = answers_2015()
    lines = [_line(place, answer, rng) for place, answer in enumerate(answers)]
    twice = [_draft(lines[place]) for place in _ENTERED_TWICE]
    trial: list[Cell] = ["TEST", Day(_FIRST_DAY - 9), WARNING, "création", 1, 1, 1, "1 €"]
    top: list[list[Cell]] = [[TITLE], [], *_header()]
    written: list[list[Cell]] = [*top, trial, *twice[:1], *lines[:28], *twice[1:], *lines[28:], ["FICTIF-2015-053"]]
    rows = _with_totals(written)
    total: list[Cell] = ["Total", "", "", "", "", *_sums(rows)]
    notes: list[list[Cell]] = [[], [f"Note : {WARNING} ; montants en k€ sauf mention contraire dans la cellule."]]
    return workbook("Réponses 2015", TITLE, [*rows, total, *notes], ["A1:L1", *_merged()])


def _header() -> list[list[Cell]]:
    """Return the two header lines; a group stands over the first of its columns, which are merged."""
    upper = [cell for group, names in COLUMNS for cell in (group, *[""] * (len(names) - 1))]
    return [list(upper), [name for _, names in COLUMNS for name in names]]


def _merged() -> list[str]:
    """Return the merged cells of the upper header line, which is the third line of the sheet."""
    found, start = [], 0
    for _, names in COLUMNS:
        end = start + len(names) - 1
        found += [f"{column_name(start)}3:{column_name(end)}3"] if end > start else []
        start = end + 1
    return found


def _line(place: int, answer: Answers, rng: Random) -> list[Cell]:
    day = _FIRST_DAY + place % 45
    when: Cell = Day(day) if place % 4 else f"{1 + place % 28:02}/04/2015"
    stage, form = (rng.choice(spellings.STAGES[answer.stage]), rng.choice(spellings.LEGAL_FORMS[answer.legal_form]))
    age, *pole = (_given(answer, name, rng) for name in ("age_years", "members", "employees", "budget_eur"))
    cell = (_given(answer, name, rng) for name in ("cell_budget_eur", "cell_self_financed_share", "cell_fte"))
    relation = rng.choice(spellings.RELATIONS[answer.relation]) if answer.relation else ""
    links = [rng.choice(spellings.YES if level in answer.links else spellings.NO) for level in recipe.LINKS_2015]
    amounts = [_amount(answer, level, rng) for level in recipe.AMOUNTS_2015]
    head: list[Cell] = [answer.pole_id if place % 9 else f" {answer.pole_id} ", when, WARNING, stage, age]
    return [*head, *pole, form, *cell, relation, *links, *amounts, "", rng.choice(_OTHER_FUNDERS)]


def _given(answer: Answers, name: str, rng: Random) -> Cell:
    """Return what a pole writes for a quantity, or one of the ways of not answering."""
    if name not in answer.numbers:
        return rng.choice(spellings.SILENCES)
    return rng.choice(_SPELLED[name](answer.numbers[name]))


def _amount(answer: Answers, level: str, rng: Random) -> Cell:
    """Return an amount; « NC » for a support whose amount is kept back; nothing, a dash or a zero for no support."""
    if level in answer.amounts:
        return rng.choice(spellings.amounts_in_keur(answer.amounts[level]))
    if level in answer.funders:
        return "NC"
    nothing: tuple[Cell, ...] = ("", "", 0, "néant")
    return rng.choice(nothing if level in answer.links else (*nothing, "-"))


def _draft(line: Sequence[Cell]) -> list[Cell]:
    """Return an earlier answer of the same pole, unfinished."""
    return [line[0], Day(_FIRST_DAY - 3), *line[2:5], *[""] * (len(line) - 5)]


def _with_totals(rows: Sequence[Sequence[Cell]]) -> list[list[Cell]]:
    """Return lines with the formula of their total in its column, computed as a spreadsheet would: numbers only."""
    start = sum(len(names) for _, names in COLUMNS[:5])
    found = []
    for number, row in enumerate(rows, start=1):
        made = list(row)
        if number > 4 and len(made) > start + 6:
            formula = f"SUM({column_name(start)}{number}:{column_name(start + 5)}{number})"
            made[start + 6] = Formula(formula, _added(made[start : start + 6]))
        found.append(made)
    return found


def _sums(rows: Sequence[Sequence[Cell]]) -> list[Cell]:
    """Return the total line: under each column of numbers, the formula that adds them up."""
    width = sum(len(names) for _, names in COLUMNS)
    last = len(rows)
    summed = {5, 6, *range(width - 8, width - 1)}
    found: list[Cell] = []
    for column in range(5, width):
        values = [row[column] for row in rows[4:] if column < len(row)]
        name = column_name(column)
        found.append(Formula(f"SUM({name}5:{name}{last})", _added(values)) if column in summed else "")
    return found


def _added(cells: Sequence[Cell]) -> float:
    """Return the sum a spreadsheet shows: texts count for nothing."""
    numbers = (cell.value if isinstance(cell, Formula) else cell for cell in cells)
    return float(sum(number for number in numbers if isinstance(number, (int, float))))
