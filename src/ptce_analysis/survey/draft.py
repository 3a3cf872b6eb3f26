"""A codebook drafted from an export's headers: it loads, and says what is to be finished by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ptce_analysis.errors import InputError
from ptce_analysis.survey.codebook import STANDARD, UNITS, is_unit, not_of_a_year, stated_units
from ptce_analysis.survey.parse import amounts, choices, levels
from ptce_analysis.survey.parse.words import plain
from ptce_analysis.survey.read import SEARCHED, Grid, Limits, header_texts, read
from ptce_analysis.vocabulary import LEVELS

# How a header usually names a variable. First come, first served: the more telling patterns are above.
_HEADERS: tuple[tuple[str, str], ...] = (
    ("pole_id", r"^(id|identifiant|code|n°|numero|pole_id|id_.*|identifiant .*|pole|ptce|nom)$|"
                r"\b(nom|intitule) (du |de la |de votre |de l')?(pole|ptce|projet|structure|groupement)\b"),
    ("answered_on", r"horodateur|submitdate|submission_time|timestamp|^date\b|date (de )?(soumission|reponse|saisie)"),
    ("cell_self_financed_share", r"autofinanc|self_financed"),
    ("cell_fte", r"\betp\b|equivalents? temps|cell_fte"),
    ("legal_form", r"statut|forme juridique|legal_form"),
    ("cell_budget_eur", r"budget.*(cellule|animation|fonctionnement)|cellule.*budget|cell_budget"),
    ("budget_eur", r"budget|chiffre d'affaires"),
    ("stage", r"\b(stade|phase|avancement|stage|maturite)\b|ou en est"),
    ("employees", r"salarie|employees|\bemplois\b"),
    ("members", r"membres|adherents|members|structures (membres|adherentes)"),
)  # fmt: skip
_MONEY = re.compile(r"montant|subvention|€|\beuros?\b|\bk ?e(ur)?\b|amount|financement|aide")
_FUNDERS = re.compile(r"financ|subventionn|collectivite|soutien|soutenu|partenaires publi|funder")
# How a question names the level it is about, unless it is called by its name alone.
_LEVELS = {
    "commune": r"\b(?:communes?|villes?|mairies?)\b", "epci": r"\bepci\b|intercommunal|communaute",
    "departement": r"departement|conseil general", "region": r"\bregion", "etat": r"\betat\b",
    "europe": r"europ|\bfeder\b|\bfse\b", "pnr_petr": r"\bpnr\b|\bpetr\b",
}  # fmt: skip
# What survey software adds is never a question, and an address or a token would say who answered.
_ADDED = re.compile(
    r"(?:last|derniere) ?page|start ?language|langue de .*|seed|datestamp|ip ?addr.*|refurl|token|.*[a-z]time"
)
_SUBMITTED = re.compile(r"submitdate|date de soumission")
_NUMBER = re.compile(r"id|id de la reponse|reponse id|response id")
_CODE = re.compile(r"[A-Z]{1,2}[0-9]{1,4}(?:\[[A-Za-z0-9_]+\])*|-oth-")
# What heads no column: a number (but a year), a tick, a silence.
_ANSWER = re.compile(r"(?!(?:19|20)[0-9]{2}$)[-+~<>]?[0-9].*|x|oui|non|nc|nr|n/a|nsp", re.I)
_TO_FINISH = (
    "check every line below against the questionnaire, then delete this list",
    "say which variables were not asked, and who was asked (asked_if)",
    "decide the ambiguous spellings that the quarantine lists (decisions)",
)


@dataclass(frozen=True)
class _Question:
    """A column: its header, the lowest line of it, and its first answers."""

    header: str
    label: str
    cells: list[str]

    def entry(self, part: str, kind: str) -> str:
        """Return what a codebook says of the column: its header, and the unit if that states one alone."""
        units = stated_units(kind, self.header)
        return f"{part}: {_quoted(self.header)}" + (f", unit: {units[0]}" if len(units) == 1 else "")


def draft_codebook(export: Path | str, limits: Limits | None = None) -> str:
    """Return the text of a codebook drafted from an export, to be finished by hand.

    Raises
    ------
    InputError
        If the export cannot be read, or holds no header.
    """
    grid = read(export, limits=limits)
    sheets = {"": grid.rows, **grid.sheets}  # the answers are on the widest: the first may be a cover
    if sheet := max(sheets, key=lambda name: max(map(len, sheets[name]), default=0)):
        grid = read(export, sheet=sheet, limits=limits)
    start, n_rows = (0, grid.header_rows) if grid.header_rows else _header_place(grid)
    every = dict[str, _Question]()
    to_finish, layout = [*_TO_FINISH], [f"header_rows: {n_rows}"] if n_rows > 1 else []
    layout += [f"sheet: {_quoted(sheet)}"] if sheet else []
    for column in _questions(grid, start, n_rows):
        if every.setdefault(plain(column.header), column) is not column:
            to_finish.append(f"rename in the export, where another column has the same name: {column.header}")
    added = [column for name, column in every.items() if _ADDED.fullmatch(name)]
    columns = [column for column in every.values() if column not in added]
    columns.sort(key=lambda column: bool(_NUMBER.fullmatch(plain(column.header))))  # it identifies if nothing else does
    found, supports, others = _sorted_out(columns)
    years = {Path(export).absolute().parent.name} & {str(year) for year in range(2000, 2100)}
    years = years or set(re.findall(r"(?<![0-9])20[0-9]{2}(?![0-9])", grid.file))
    if len(years) != 1:
        to_finish.append("fill in the year of the wave (wave:)")
    for column in columns:
        if len(stated_units("amount", column.header)) > 1:
            to_finish.append(f"say the unit (unit: eur, keur or meur) of: {column.header}")
        if not_of_a_year(column.header):
            to_finish.append(f"kept as text, as its header says of money that is not euros of a year: {column.header}")
    if submitted := next((column for name, column in every.items() if _SUBMITTED.fullmatch(name)), None):
        layout.append(f"complete: {_quoted(submitted.header)}")
        to_finish.append("answers without a submission date are set aside (layout: complete): delete it to keep them")
    if any(cell == "N/A" for column in columns for cell in column.cells):
        layout.append("not_shown: [N/A]")
    if added:
        to_finish.append(f"left out, as the software adds them: {', '.join(column.header for column in added)}")
    if any(_CODE.fullmatch(column.header) for column in others.values()):
        to_finish.append(
            "headers are codes of questions: call each variable by what was asked, with its kind, its unit and the "
            "meaning of its answers (answers: {A1: …}), and move those on a collectivity to the supports, for example "
            '- {level: region, link: "Q7[SQ001]"}'
        )
    lines = [
        f"# Drafted from {_quoted(grid.file)}, to be finished by hand.",
        *("to_finish:", *(f"  - {_quoted(text)}" for text in to_finish)),
        *(f"wave: {years.pop() if len(years) == 1 else ''}", "origin: survey", "title: ''"),
        *((f"layout: {{{', '.join(layout)}}}",) if layout else ()),
        "variables:",
    ]
    kinds = {name: STANDARD[name].kind if name in STANDARD else "date" for name in found}
    kinds |= {name: _kind_shown(column) for name, column in others.items()}
    for name, column in (found | others).items():
        lines.append(f"  {name}: {{{column.entry('header', kinds[name])}, kind: {kinds[name]}}}")
    entries = list(_support_lines(supports))
    lines += [f"not_asked: [{', '.join(name for name in STANDARD if name not in found)}]", "supports:", *entries]
    return "\n".join(lines) + "\n" if entries else "\n".join(lines) + " []\n"


def _header_place(grid: Grid) -> tuple[int, int]:
    """Return the first line of the header, the first that is as wide as most are, and its number of lines."""
    filled = [[i for i, cell in enumerate(row) if cell.strip()] for row in grid.rows]
    likely = max(map(len, filled[:SEARCHED]), default=0)
    start = next((i for i, cells in enumerate(filled) if len(cells) >= max(1, 0.7 * likely)), None)
    if start is None:
        raise InputError(f"{grid.file}: no line looks like a header. The questions must be on the first line.")
    # Two lines are one header if there are groups above, more than a title, names below, and answers under these.
    for first in range(max(0, start - 2), min(start + 1, len(filled) - 2)):
        names = [i for i in filled[first + 1] if i not in filled[first]]
        under = [row[i].strip() for row in grid.rows[first + 2 : first + 200] for i in names if i < len(row)]
        named = not any(map(_ANSWER.fullmatch, map(str.strip, grid.rows[first + 1])))
        grouped = filled[first] not in ([], [0]) and any(map(_ANSWER.fullmatch, under))
        units = any(is_unit(kind, cell) for cell in grid.rows[first + 1] for kind in UNITS)
        if named and (grouped or (units and 0 not in filled[first + 1])):
            return first, 2
    return start, 1


def _questions(grid: Grid, start: int, n_rows: int) -> Iterator[_Question]:
    """Yield the named columns under a header."""
    for position, texts in enumerate(header_texts(grid, start, n_rows)):
        cells = [row[position].strip() for row in grid.rows[start + n_rows :][:200] if position < len(row)]
        if texts[0]:
            yield _Question(texts[0], texts[min(1, len(texts) - 1)], [cell for cell in cells if cell])


def _sorted_out(
    columns: list[_Question],
) -> tuple[dict[str, _Question], list[tuple[str, str, _Question]], dict[str, _Question]]:
    """Return the variables of every wave, the supports (level, part, column), and the variables of this one."""
    found, others = dict[str, _Question](), dict[str, _Question]()
    supports = list[tuple[str, str, _Question]]()
    for column in columns:
        header, known = plain(column.header), not not_of_a_year(column.header)
        of_level = _MONEY.search(header) and _level_named(column) not in ("", "autre")
        texts = (plain(column.label), header) if known and not of_level else ()
        if name := next((n for text in texts for n, p in _HEADERS if n not in found and re.search(p, text)), ""):
            found[name] = column
        elif known and (support := _support(column)):
            supports.append((*support, column))
        else:
            others[_own_name(header, others)] = column
    if "pole_id" not in found and not others:
        raise InputError("no column is left to identify the poles: a codebook needs one. Add an identifier.")
    first = found["pole_id"] if "pole_id" in found else others.pop(next(iter(others)))
    return {"pole_id": first} | found, supports, others


def _level_named(column: _Question) -> str:
    """Return the one level a header names, or nothing."""
    for text in (plain(column.label), plain(column.header)):
        alone = levels.level(text).value
        found = [alone] if alone in LEVELS else [name for name, said in _LEVELS.items() if re.search(said, text)]
        if len(found) == 1:
            return str(found[0])
    return ""


def _support(column: _Question) -> tuple[str, str] | None:
    """Return the level and the part (link, amount, funder) of a question on support; None for any other column."""
    header, cells = plain(column.header), column.cells
    if _FUNDERS.search(header) and any(r.value for cell in cells for r in levels.level_parts(cell)):
        return "", "funder"
    alone, money = levels.level(column.label).value, _MONEY.search(header)
    where = cells and all(cell.zfill(2) in levels.DEPARTEMENTS for cell in cells)  # « Département »: 93, 59
    if not (level := _level_named(column)) or (where and not money):
        return None
    if cells and all(choices.yes_no(cell).status == "exact" for cell in cells):
        return level, "link"
    stated = any(amounts.amount(cell).status in ("exact", "approximate", "zero", "range") for cell in cells)
    if stated and (money or alone):
        return level, "amount"
    return (level, "link") if alone and not stated else None


def _support_lines(supports: list[tuple[str, str, _Question]]) -> Iterator[str]:
    """Yield the lines of the supports; one link and one amount of a level make one entry."""
    for level in LEVELS:
        same = [(part, column) for code, part, column in supports if code == level]
        pair = sorted(part for part, _ in same) == ["amount", "link"]
        for entry in [same] if pair else [[one] for one in same]:
            parts = [column.entry(part, part) for part, column in entry]
            yield f"  - {{level: {level}, {', '.join(parts)}}}"
    yield from (f"  - {{{column.entry(part, part)}}}" for _, part, column in supports if part == "funder")


def _own_name(header: str, taken: Mapping[str, _Question]) -> str:
    """Return a legal name for a variable of the codebook's own."""
    name = re.sub("[^a-z0-9]+", "_", header).strip("_")[:40]
    name = f"q_{name}" if not re.match("[a-z]", name) or name in STANDARD or name.startswith("link_") else name
    name = f"{name}_text" if re.fullmatch(r"wave|origin|answered_on|.*_(status|raw|)", name) else name
    while name in taken:
        name += "_2"
    return name


def _kind_shown(column: _Question) -> str:
    """Return what the answers to another question show: ticks, codes of answers, or text."""
    cells = [cell for cell in dict.fromkeys(column.cells) if plain(cell) != "n/a"][:20]
    if not cells or re.search(r"(?:other|comment)\]$", column.header):  # what is written beside a choice
        return "text"
    if all(map(_CODE.fullmatch, cells)):
        return "choice"
    return "yes_no" if all(choices.yes_no(cell).status == "exact" for cell in cells) else "text"


def _quoted(text: str) -> str:
    """Return a text as YAML writes it between quotes."""
    return json.dumps(text, ensure_ascii=False)
