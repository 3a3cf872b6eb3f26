"""A codebook drafted from an export's headers: it loads, and says what is to be finished by hand."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from ptce_analysis.errors import InputError
from ptce_analysis.survey import parse
from ptce_analysis.survey.codebook import STANDARD
from ptce_analysis.survey.parse.wording import plain
from ptce_analysis.survey.read import Grid, Limits, read
from ptce_analysis.survey.read.header import SEARCHED, header_texts
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
_THOUSANDS = re.compile(r"k ?€|k ?euros?|\bke\b|\bkeur\b|milliers d'euros")
_FUNDERS = re.compile(r"financeur|collectivite|soutien|soutenu|partenaires publi|funder")
_TO_FINISH = (
    "check every line below against the questionnaire, then delete this list",
    "say which variables were not asked, and who was asked (asked_if)",
    "decide the ambiguous spellings that the quarantine lists (decisions)",
)


@dataclass(frozen=True)
class _Column:
    """A column of the export: its header and its first filled cells."""

    header: str
    cells: list[str]


@dataclass(frozen=True)
class _Support:
    """A column taken for a support: the level, what the column holds (link, amount, funder), its header and unit."""

    level: str
    part: str
    header: str
    unit: str = ""


def drafted(export: Path | str, limits: Limits | None = None) -> str:
    """Return the text of a codebook drafted from an export.

    Raises
    ------
    InputError
        If the export cannot be read, or holds no header.
    """
    grid = read(export, limits=limits)
    found, supports, others = _sorted_out(_drafted_columns(grid))
    top = " ".join(cell for row in grid.rows[:3] for cell in row)
    wave = re.search(r"(?:19|20)[0-9]{2}", f"{grid.file} {top[:2000]}")
    to_finish = (*_TO_FINISH, *(() if wave else ("fill in the year of the wave (wave:)",)))
    not_asked = [name for name in STANDARD if name not in found]
    written = _written_supports(supports)
    lines = [
        f"# Drafted from {json.dumps(grid.file, ensure_ascii=False)}, to be finished by hand.",
        *("to_finish:", *(f"  - {_quoted(text)}" for text in to_finish)),
        *(f"wave: {wave[0] if wave else ''}", "origin: survey", "title: ''"),
        *("variables:", *(f"  {name}: {_entry(column, name)}" for name, column in found.items())),
        *(f"  {name}: {{header: {_quoted(column.header)}, kind: text}}" for name, column in others.items()),
        f"not_asked: [{', '.join(not_asked)}]",
        *(("supports:", *written) if written else ("supports: []",)),
    ]
    return "\n".join(lines) + "\n"


def _drafted_columns(grid: Grid) -> list[_Column]:
    """Return the columns under the most likely header: the first line as wide as most lines are."""
    widths = [sum(1 for cell in row if cell.strip()) for row in grid.rows]
    likely = max(widths[:SEARCHED], default=0)
    start = next((i for i, width in enumerate(widths) if width >= max(1, 0.7 * likely)), None)
    if start is None:
        raise InputError(f"{grid.file}: no line looks like a header. The questions must be on the first line.")
    headers = [texts[0] for texts in header_texts(grid, start, 1)]
    body = grid.rows[start + 1 : start + 201]
    found, seen = [], set[str]()
    for position, header in enumerate(headers):
        if plain(header) and plain(header) not in seen:
            found.append(
                _Column(header, [row[position] for row in body if position < len(row) and row[position].strip()])
            )
            seen.add(plain(header))
    return found


def _sorted_out(columns: list[_Column]) -> tuple[dict[str, _Column], list[_Support], dict[str, _Column]]:
    """Return the columns taken for variables of every wave, those taken for supports, and the others."""
    found: dict[str, _Column] = {}
    supports: list[_Support] = []
    others: dict[str, _Column] = {}
    for column in columns:
        if name := _variable_name(plain(column.header), found):
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
    return found, supports, others


def _written_supports(supports: list[_Support]) -> list[str]:
    """Return the lines of the supports; one link and one amount of a level make one entry."""
    lines, level_of = [], {level: [s for s in supports if s.level == level] for level in LEVELS}
    for same in level_of.values():
        pair = len(same) == 2 and {support.part for support in same} == {"link", "amount"}
        for entry in [same] if pair else [[support] for support in same]:
            parts = [f"{support.part}: {_quoted(support.header)}{support.unit}" for support in entry]
            lines.append(f"  - {{level: {entry[0].level}, {', '.join(parts)}}}")
    return [*lines, *(f"  - {{funder: {_quoted(s.header)}}}" for s in supports if s.part == "funder")]


def _variable_name(header: str, taken: dict[str, _Column]) -> str:
    if _MONEY.search(header) and _level_in(header) not in ("", "autre"):
        return ""
    return next((name for name, pattern in _HEADERS if name not in taken and re.search(pattern, header)), "")


def _support(column: _Column) -> _Support | None:
    """Return a column of funders, or of the link or the amount of a level; None for any other column."""
    header = plain(column.header)
    if _FUNDERS.search(header) and any(r.value for cell in column.cells for r in parse.level_parts(cell)):
        return _Support("", "funder", column.header)
    code = _level_in(column.header)
    if not code:
        return None
    stated = any(parse.amount(cell).status in ("exact", "approximate", "zero", "range") for cell in column.cells)
    ticks = all(parse.yes_no(cell).status == "exact" for cell in column.cells)
    if (ticks and column.cells) or not (stated or _MONEY.search(header)):
        return _Support(code, "link", column.header)
    return _Support(code, "amount", column.header, ", unit: keur" if _THOUSANDS.search(header) else "")


def _level_in(header: str) -> str:
    """Return the level a header names alone or after a separator, or nothing."""
    for piece in (
        header,
        *re.split(r"[\[\](){}:/|–—?]| - |\bmontant\b|\bpar (?:la |le |l'|les )?", header, flags=re.I),
    ):
        words = re.sub(
            r"(?i)\b(montant|subventions?|aide|financement|en|de|du|des|k?€|euros?|k ?euros?|ke)\b|[k€]€?$", " ", piece
        )
        found = parse.level(words.strip(" .,;:'")).value if words.strip() else None
        if isinstance(found, str) and found in LEVELS:
            return found
    return ""


def _entry(column: _Column, name: str) -> str:
    """Return how a variable is read, its unit where the header says one."""
    kind = "date" if name == "answered_on" else STANDARD[name].kind
    unit = ", unit: keur" if kind == "amount" and _THOUSANDS.search(plain(column.header)) else ""
    if kind == "share" and "%" in column.header:
        unit = ", unit: percent"
    return f"{{header: {_quoted(column.header)}, kind: {kind}{unit}}}"


def _own_name(header: str, taken: dict[str, _Column]) -> str:
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
