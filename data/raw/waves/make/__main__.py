"""Write the fictitious waves: exports invented so that the published figures hold, and the list of those that cannot.

`ptce fictitious --out DIR`, or `python data/raw/waves/make DIR`. Synthesised from printed margins, not learned from
data: plausible at most. They exercise the whole chain until real exports stand in their place, and say nothing about
any real pole.

2013 is a CSV in cp1252, semicolons and decimal commas, as survey software writes it. Dirty in it: a `sep=` line, a
trial, a questionnaire never submitted, two that were begun again, units and spellings that vary, several ways of giving
no answer, blank lines and a note under the answers. 2015 is an Excel workbook, as a research team keeps one by hand.
Dirty in it: a title, two header lines with merged cells, numbers as text and amounts with their own units in a column
in thousands, formulas, dates of two kinds, two poles entered twice, a trial, an empty line, a total line and notes
under the table, spellings that vary, a funder whose initials have two meanings.
"""

import csv
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random

import recipe
import spellings
from poles import Answers, answers_2013, answers_2015
from workbook import Cell, Day, Formula, Percent, column_name, workbook

WAVES = Path(__file__).resolve().parents[1]

HEADER_2013 = (
    "id", "submitdate", "Q01. Identifiant du pôle", "Q02. Où en est votre projet ?",
    "Q03. Nombre de structures membres", "Q04. Nombre de salariés du groupement",
    "Q05. Budget consolidé du groupement (en euros)", "Q06. Budget annuel de la cellule d’animation (en euros)",
    "Q07. Part autofinancée de ce budget (en %)", "Q08. Effectif de la cellule d’animation (en ETP)",
    "Q09. La Région soutient-elle votre projet ?", "Avertissement",
)  # fmt: skip
WARNING_2013, BEGUN_AGAIN = "données fictives / fictitious data", (6, 25)

TITLE = "Enquête PTCE 2015 – DONNÉES FICTIVES / fictitious data – aucune réponse réelle, pôles inventés"
# Header groups, each with its columns.
COLUMNS_2015 = (
    ("Pôle", ("Identifiant", "Réponse du", "Avertissement", "Stade du projet", "Âge (années)")),
    ("Groupement", ("Structures membres", "Salariés", "Budget consolidé")),
    ("Cellule d’animation", ("Statut juridique", "Budget annuel (k€)", "Part autofinancée (%)", "ETP")),
    ("Relation aux collectivités", ("Évolution",)),
    ("En lien avec", ("Communes", "EPCI", "Départements", "Régions", "PNR / PETR")),
    ("Montant 2015 (k€)", ("Communes", "EPCI", "Départements", "Régions", "État", "Europe", "Total")),
    ("Autres", ("Autre financeur (préciser)",)),
)
WARNING_2015, FIRST_DAY, ENTERED_TWICE = "données fictives", 42_065, (3, 30)
OTHER_FUNDERS = ("", "", "", "Fondation", "CDC", "France Active", "CRESS")


def wave_files() -> dict[str, bytes]:
    """Return every file of the fictitious waves by its name below the folder of waves: the same bytes each time."""
    said = {name: (WAVES / name).read_bytes() for name in ("README.md", "2013/codebook.yml", "2015/codebook.yml")}
    return said | {"2013/reponses_2013.csv": export_2013(), "2015/reponses_2015.xlsx": export_2015()}


def write_waves(out_dir: Path) -> list[Path]:
    """Write the fictitious waves below a folder and return their paths. Raises `OSError` when it cannot be written."""
    written = {out_dir / name: data for name, data in wave_files().items()}
    for path, data in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.part")
        temporary.write_bytes(data)
        temporary.replace(path)
    return list(written)


def given(answer: Answers, name: str, rng: Random, keur: bool = False) -> Cell:
    """Return what a pole writes for a quantity, or one of the ways of not answering."""
    if name not in answer.numbers:
        return rng.choice(spellings.SILENCES)
    value = answer.numbers[name]
    if name == "cell_budget_eur":
        in_euros = spellings.amounts_in_keur if keur else spellings.amounts_in_euros
        return rng.choice(in_euros(1_000 * value))
    return rng.choice(spellings.SPELLED[name](value))


def export_2013() -> bytes:
    """Return the first export."""
    rng = Random(recipe.SEED - 2)
    lines = [_line_2013(place, answer, rng) for place, answer in enumerate(answers_2013(), start=11)]
    drafts = []  # earlier answers of the same poles, with fewer figures
    for number, _, pole, stage, members, *_ in (lines[place] for place in BEGUN_AGAIN):
        started = f"2013-05-01 0{rng.randint(7, 9)}:30:00"
        drafts.append([str(int(number) - 8), started, pole, stage, members, *[""] * 6, WARNING_2013])
    trial = ["1", "2013-05-02 09:12:00", "test", "création", "3", "", "1000", "", "", "1", "Oui", WARNING_2013]
    unsent = ["97", "", "FICTIF-2013-043", "en émergence", "8", "", "", "", "", "", "", WARNING_2013]
    blank = [""] * len(HEADER_2013)
    note = ["Note : " + WARNING_2013 + ". Aucune réponse réelle ; pôles inventés."]
    rows = [HEADER_2013, trial, drafts[0], *lines[:20], blank, drafts[1], *lines[20:], unsent, blank, note]
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(rows)
    return ("sep=;\r\n" + out.getvalue()).encode("cp1252")


def _line_2013(number: int, answer: Answers, rng: Random) -> list[str]:
    day = f"2013-{5 + number % 2:02}-{1 + number % 28:02} {9 + number % 9:02}:{number % 60:02}:00"
    stage = rng.choice(spellings.STAGES[answer.stage])
    numbers = [_text(given(answer, name, rng)) for name in (*recipe.NUMBERS_2013, "cell_fte")]
    link = rng.choice(spellings.YES if "region" in answer.links else spellings.NO)
    return [str(number), day, answer.pole_id, stage, *numbers, link, WARNING_2013]


def _text(cell: Cell) -> str:
    """A cell as a text file holds it."""
    if isinstance(cell, Percent):
        return f"{spellings.french(100 * cell.value)} %"
    number = cell.value if isinstance(cell, Formula) else cell
    return spellings.french(number) if isinstance(number, (int, float)) else str(number)


def export_2015() -> bytes:
    """Return the second export."""
    rng = Random(recipe.SEED + 1)
    lines = [_line_2015(place, answer, rng) for place, answer in enumerate(answers_2015())]
    # Earlier answers of the same poles, unfinished.
    again = [lines[place] for place in ENTERED_TWICE]
    twice = [[line[0], Day(FIRST_DAY - 3), *line[2:5], *[""] * (len(line) - 5)] for line in again]
    trial: list[Cell] = ["TEST", Day(FIRST_DAY - 9), WARNING_2015, "création", 1, 1, 1, "1 €"]
    # A group stands over the first of its columns, which are merged.
    upper, merged, start = [], ["A1:L1"], 0
    for group, names in COLUMNS_2015:
        upper += [group, *[""] * (len(names) - 1)]
        end = start + len(names) - 1
        merged += [f"{column_name(start)}3:{column_name(end)}3"] if end > start else []
        start = end + 1
    top: list[list[Cell]] = [[TITLE], [], upper, [name for _, names in COLUMNS_2015 for name in names]]
    rows = [*top, trial, twice[0], *lines[:28], twice[1], *lines[28:], ["FICTIF-2015-053"]]
    first = sum(len(names) for _, names in COLUMNS_2015[:5])
    for number, row in enumerate(rows[4:], start=5):
        if len(row) > first + 6:
            formula = f"SUM({column_name(first)}{number}:{column_name(first + 5)}{number})"
            row[first + 6] = Formula(formula, _added(row[first : first + 6]))
    width = sum(len(names) for _, names in COLUMNS_2015)
    total: list[Cell] = ["Total", "", "", "", ""]
    for column, name in ((column, column_name(column)) for column in range(5, width)):
        values = [row[column] for row in rows[4:] if column < len(row)]
        summed = column in (5, 6, *range(width - 8, width - 1))
        total.append(Formula(f"SUM({name}5:{name}{len(rows)})", _added(values)) if summed else "")
    note: list[Cell] = [f"Note : {WARNING_2015} ; montants en k€ sauf mention contraire dans la cellule."]
    return workbook("Réponses 2015", TITLE, [*rows, total, [], note], merged)


def _line_2015(place: int, answer: Answers, rng: Random) -> list[Cell]:
    when: Cell = Day(FIRST_DAY + place % 45) if place % 4 else f"{1 + place % 28:02}/04/2015"
    stage, form = (rng.choice(spellings.STAGES[answer.stage]), rng.choice(spellings.LEGAL_FORMS[answer.legal_form]))
    age, *pole = [given(answer, name, rng) for name in ("age_years", "members", "employees", "budget_eur")]
    relation = rng.choice(spellings.RELATIONS[answer.relation]) if answer.relation else ""
    links = [rng.choice(spellings.YES if level in answer.links else spellings.NO) for level in recipe.LINKS_2015]
    amounts = [_amount(answer, level, rng) for level in recipe.AMOUNTS_2015]
    asked = ("cell_budget_eur", "cell_self_financed_share", "cell_fte")
    cell = [given(answer, name, rng, keur=True) for name in asked]
    head: list[Cell] = [answer.pole_id if place % 9 else f" {answer.pole_id} ", when, WARNING_2015, stage, age]
    return [*head, *pole, form, *cell, relation, *links, *amounts, "", rng.choice(OTHER_FUNDERS)]


def _amount(answer: Answers, level: str, rng: Random) -> Cell:
    """An amount; « NC » for a support whose amount is kept back; nothing, a dash or a zero for no support."""
    if level in answer.amounts:
        return rng.choice(spellings.amounts_in_keur(answer.amounts[level]))
    if level in answer.funders:
        return "NC"
    nothing: tuple[Cell, ...] = ("", "", 0, "néant")
    return rng.choice(nothing if level in answer.links else (*nothing, "-"))


def _added(cells: Sequence[Cell]) -> float:
    """The sum a spreadsheet shows: texts count for nothing."""
    numbers = (cell.value if isinstance(cell, Formula) else cell for cell in cells)
    return float(sum(number for number in numbers if isinstance(number, (int, float))))


if __name__ == "__main__":
    print("\n".join(map(str, write_waves(Path(sys.argv[1])))))
