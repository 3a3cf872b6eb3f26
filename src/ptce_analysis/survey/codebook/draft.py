"""A codebook drafted from an export's headers: it loads, and says what is to be finished by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ptce_analysis.errors import InputError
from ptce_analysis.survey.codebook import KINDS, STANDARD
from ptce_analysis.survey.codebook.draft_codes import (
    ANSWER_NUMBER,
    code_kind,
    is_code,
    layout_lines,
    left_to_finish,
    software,
)
from ptce_analysis.survey.codebook.draft_header import Column, drafted_columns, header_place, wave_year
from ptce_analysis.survey.codebook.units import stated_units
from ptce_analysis.survey.parse import amounts, choices, levels
from ptce_analysis.survey.parse.levels import DEPARTEMENTS
from ptce_analysis.survey.parse.words import plain
from ptce_analysis.survey.read import Limits, read
from ptce_analysis.vocabulary import LEVELS

# How a header usually names a variable. First come, first served: the more telling patterns are above.
_HEADERS: tuple[tuple[str, str], ...] = (
    ("pole_id", r"^(id|identifiant|code|n°|numero|pole_id|id_.*|identifiant .*|pole|ptce|nom)$|"
                r"\b(nom|intitule) (du |de la |de votre |de l')?(pole|ptce|projet|structure|groupement)\b"),
    ("answered_on", r"horodateur|submitdate|timestamp|^date\b.*|date (de )?(soumission|reponse|saisie)"),
    ("cell_self_financed_share", r"autofinanc|self_financed"),
    ("cell_fte", r"\betp\b|equivalents? temps|cell_fte"),
    ("legal_form", r"statut|forme juridique|legal_form"),
    ("cell_budget_eur", r"budget.*(cellule|animation|fonctionnement)|cell_budget"),
    ("budget_eur", r"budget|chiffre d'affaires"),
    ("stage", r"\b(stade|phase|avancement|stage|maturite)\b|ou en est"),
    ("employees", r"salarie|employees|\bemplois\b"),
    ("members", r"membres|adherents|members|structures (membres|adherentes)"),
)  # fmt: skip
_MONEY = re.compile(r"montant|subvention|€|\beuros?\b|\bk ?e(ur)?\b|amount|financement|aide")
_FUNDERS = re.compile(r"financ|subventionn|collectivite|soutien|soutenu|partenaires publi|funder")
# What a question on a level says beside its name.
_BESIDE_A_LEVEL = re.compile(
    r"\b(?:montants?|subventions?|aides?|financements?|soutiens?|participations?|contributions?|dotations?|budgets?|"
    r"amounts?|recue?s?|versee?s?|accordee?s?|obtenue?s?|percue?s?|apportee?s?|annuel(?:le)?s?|tota(?:l|le|ux)|"
    r"financi(?:er|ere)s?|en|de|du|des|par|pour|la|le|les|20[0-9]{2}|k?€|euros?|k ?euros?|ke|keur|meur|milliers)\b|"
    r"\b[ld]'|[k€]€?$",
    re.I,
)
_LONGEST = 1_000
_TO_FINISH = (
    "check every line below against the questionnaire, then delete this list",
    "say which variables were not asked, and who was asked (asked_if)",
    "decide the ambiguous spellings that the quarantine lists (decisions)",
)


@dataclass(frozen=True)
class _Support:
    """A column taken for a support: the level, what the column holds (link, amount, funder), and its unit."""

    level: str
    part: str
    column: Column
    unit: str = ""


def drafted(export: Path | str, limits: Limits | None = None) -> str:
    """Return the text of a codebook drafted from an export.

    Raises
    ------
    InputError
        If the export cannot be read, or holds no header.
    """
    grid = read(export, limits=limits)
    start, n_rows = header_place(grid)
    columns = drafted_columns(grid, start, n_rows)
    added = software(columns)
    found, supports, others = _sorted_out(added.questions if added else columns, added is not None)
    year = wave_year(Path(export).absolute().parent.name, grid.file, grid, start)
    coded = {name: column for name, column in others.items() if added and is_code(column)}
    layout = [*([f"header_rows: {n_rows}"] if n_rows > 1 else []), *(layout_lines(added) if added else [])]
    to_finish = [
        *_TO_FINISH,
        *(() if year else ("fill in the year of the wave (wave:)",)),
        *_units_to_finish([*found.values(), *(support.column for support in supports)]),
        *(left_to_finish(added, coded, found["pole_id"]) if added else ()),
    ]
    lines = [
        f"# Drafted from {json.dumps(grid.file, ensure_ascii=False)}, to be finished by hand.",
        *("to_finish:", *(f"  - {_quoted(text)}" for text in to_finish)),
        *(f"wave: {year}", "origin: survey", "title: ''"),
        *((f"layout: {{{', '.join(layout)}}}",) if layout else ()),
        *_written_variables(found, others, coded),
        *(("supports:", *_written_supports(supports)) if supports else ("supports: []",)),
    ]
    return "\n".join(lines) + "\n"


def _written_variables(
    found: Mapping[str, Column], others: Mapping[str, Column], coded: Mapping[str, Column]
) -> list[str]:
    """Return the lines of the variables: those of every wave, the codebook's own, and those that were not asked."""
    own = (f"  {name}: {{header: {_quoted(c.header)}, kind: {_kind(name, coded)}}}" for name, c in others.items())
    not_asked = ", ".join(name for name in STANDARD if name not in found)
    return [
        "variables:",
        *(f"  {name}: {_entry(c, name)}" for name, c in found.items()),
        *own,
        f"not_asked: [{not_asked}]",
    ]


def _kind(name: str, coded: Mapping[str, Column]) -> str:
    """Return the kind of a variable of the codebook's own: text, unless the answers to a coded question say more."""
    kind = code_kind(coded[name]) if name in coded else "text"
    return kind if kind in KINDS else "text"


def _units_to_finish(columns: Iterable[Column]) -> Iterable[str]:
    """Yield the columns whose unit must be chosen: their header may state one or another."""
    unsure = [column.header for column in columns if len(stated_units("amount", column.header)) > 1]
    if unsure:
        yield f"say the unit (unit: eur, keur or meur) of: {', '.join(unsure)}"


def _sorted_out(columns: list[Column], numbered: bool) -> tuple[dict[str, Column], list[_Support], dict[str, Column]]:
    """Return the columns taken for variables of every wave, those taken for supports, and the others.

    `numbered`: a column called `id` holds the number of the answer, and identifies the poles only if nothing else does.
    """
    found: dict[str, Column] = {}
    supports: list[_Support] = []
    others: dict[str, Column] = {}
    late = [column for column in columns if numbered and ANSWER_NUMBER.fullmatch(plain(column.header))]
    for column in (*(column for column in columns if column not in late), *late):
        if name := _variable_name(column, found):
            found[name] = column
        elif support := _support(column):
            supports.append(support)
        else:
            others[_own_name(column.header, others)] = column
    if "pole_id" not in found and others:
        found = {"pole_id": others.pop(next(iter(others)))} | found
    if "pole_id" not in found:
        raise InputError(
            "no column is left to identify the poles: a codebook needs one. Add an identifier to the export."
        )
    return {"pole_id": found["pole_id"]} | found, supports, others


def _written_supports(supports: list[_Support]) -> list[str]:
    """Return the lines of the supports; one link and one amount of a level make one entry."""
    lines, level_of = [], {level: [s for s in supports if s.level == level] for level in LEVELS}
    for same in level_of.values():
        pair = len(same) == 2 and {support.part for support in same} == {"link", "amount"}
        for entry in [same] if pair else [[support] for support in same]:
            parts = [f"{support.part}: {_quoted(support.column.header)}{support.unit}" for support in entry]
            lines.append(f"  - {{level: {entry[0].level}, {', '.join(parts)}}}")
    return [*lines, *(f"  - {{funder: {_quoted(s.column.header)}}}" for s in supports if s.part == "funder")]


def _variable_name(column: Column, taken: Mapping[str, Column]) -> str:
    """Return the variable of every wave a column is, by its own line or by its whole header, or nothing."""
    if _MONEY.search(plain(column.header)) and _level_in(plain(column.header)) not in ("", "autre"):
        return ""
    named = (n for text in column.texts() for n, pattern in _HEADERS if n not in taken and re.search(pattern, text))
    return next(named, "")


def _support(column: Column) -> _Support | None:
    """Return a column of funders, or of the link or the amount of a level; None for any other column."""
    header = plain(column.header)
    if _FUNDERS.search(header) and any(r.value for cell in column.cells for r in levels.level_parts(cell)):
        return _Support("", "funder", column)
    code = next((found for text in dict.fromkeys(column.texts()) if (found := _level_in(text))), "")
    money = any(map(_MONEY.search, (header, *map(plain, column.titles))))
    if not code or (not money and column.cells and all(cell.strip().zfill(2) in DEPARTEMENTS for cell in column.cells)):
        return None  # « Département »: 93, 59 says where the pole is
    stated = any(amounts.amount(cell).status in ("exact", "approximate", "zero", "range") for cell in column.cells)
    ticks = all(choices.yes_no(cell).status == "exact" for cell in column.cells)
    if (ticks and column.cells) or not (stated or money):
        return _Support(code, "link", column)
    return _Support(code, "amount", column, _unit("amount", column))


def _level_in(header: str) -> str:
    """Return the level a header names alone or after a separator, or nothing; what is longer than a question is not."""
    text = header[:_LONGEST]
    pieces = re.split(r"[\[\](){}:/|–—?]| - |\bmontant\b|\bpar (?:la |le |l'|les )?", text, flags=re.I)
    for piece in dict.fromkeys((text, *pieces)):
        for words in (piece, " ".join(_BESIDE_A_LEVEL.sub(" ", piece).split())):
            found = levels.level(name).value if (name := words.strip(" .,;:'")) else None
            if isinstance(found, str) and found in LEVELS:
                return found
    return ""


def _entry(column: Column, name: str) -> str:
    """Return how a variable is read, its unit where the header says one."""
    kind = "date" if name == "answered_on" else STANDARD[name].kind
    return f"{{header: {_quoted(column.header)}, kind: {kind}{_unit(kind, column)}}}"


def _unit(kind: str, column: Column) -> str:
    """Return the entry of the unit that a header, or else a line above it, states alone; nothing where none does."""
    said = (stated_units(kind, text) for text in (column.header, *column.titles))
    units = next((units for units in said if units), ())
    return f", unit: {units[0]}" if len(units) == 1 else ""


def _own_name(header: str, taken: Mapping[str, Column]) -> str:
    """Return a legal name for a variable of the codebook's own."""
    name = re.sub("[^a-z0-9]+", "_", plain(header)).strip("_")[:40]
    name = f"q_{name}" if not re.match("[a-z]", name) or name in STANDARD or name.startswith("link_") else name
    name = f"{name}_text" if re.fullmatch(r"wave|origin|answered_on|.*_(status|raw|)", name) else name
    while name in taken:
        name += "_2"
    return name


def _quoted(text: str) -> str:
    """Return a text as YAML writes it between quotes."""
    return json.dumps(text, ensure_ascii=False)
