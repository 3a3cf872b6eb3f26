"""A codebook drafted from an export's headers: it loads, and says what is to be finished by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ptce_analysis.errors import InputError
from ptce_analysis.survey.codebook import STANDARD, UNITS, is_unit, stated_units
from ptce_analysis.survey.parse import amounts, choices, levels, words
from ptce_analysis.survey.parse.words import plain, tidy
from ptce_analysis.survey.read import SEARCHED, Grid, Limits, above_texts, header_texts, read
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
# What a question on a level says beside its name.
_BESIDE_A_LEVEL = re.compile(
    r"\b(?:montants?|subventions?|aides?|financements?|soutiens?|participations?|contributions?|budgets?|amounts?|"
    r"recue?s?|versee?s?|accordee?s?|en|de|du|des|par|pour|la|le|les|20[0-9]{2}|k?€|euros?|k ?euros?|ke|keur|meur)\b|"
    r"\b[ld]'|[k€]€?$",
    re.I,
)
# What survey software adds is never a question, and an address or a token would say who answered.
_SUBMITTED = re.compile(r"submitdate|date de soumission")
_NUMBER = re.compile(r"id|id de la reponse|reponse id|response id")
_ADDED = re.compile(
    r"(?:last|derniere) ?page|start ?language|langue de .*|seed|startdate|datestamp|ip ?addr.*|adresse ip|refurl|token|"
    r"jeton d'.*|date (?:de lancement|de (?:la )?derniere action)|.*time"
)
_CODE = re.compile(r"[A-Z]{1,2}[0-9]{1,3}(?:\[[A-Za-z0-9_]+\])*")
_ANSWER_CODE = re.compile(r"[A-Z]{1,2}[0-9]{1,4}|-oth-")
_TO_FINISH = (
    "headers are codes of questions: call each variable by what the questionnaire asks, with its kind and unit",
    "codes of answers are to be given their meaning (answers: {A1: …})",
    "move each question on a collectivity from the variables to the supports, for example "
    '- {level: region, link: "Q7[SQ001]"}, or amount: and unit: for one that holds money',
)
_TO_FINISH = (
    "check every line below against the questionnaire, then delete this list",
    "say which variables were not asked, and who was asked (asked_if)",
    "decide the ambiguous spellings that the quarantine lists (decisions)",
)


@dataclass(frozen=True)
class _Question:
    """A column: its header, the lowest line of it, the titles above, and its first answers."""

    header: str
    label: str
    titles: tuple[str, ...]
    cells: list[str]

    def unit(self, kind: str) -> str:
        """Return the entry of the unit that the header, or else a line above it, states alone."""
        units = next((u for text in (self.header, *self.titles) if (u := stated_units(kind, text))), ())
        return f", unit: {units[0]}" if len(units) == 1 else ""


def draft_codebook(export: Path | str, limits: Limits | None = None) -> str:
    """Return the text of a codebook drafted from an export, to be finished by hand.

    Raises
    ------
    InputError
        If the export cannot be read, or holds no header.
    """
    grid = read(export, limits=limits)
    start, n_rows = _header_place(grid)
    every = dict[str, _Question]()
    to_finish, layout = [*_TO_FINISH], [f"header_rows: {n_rows}"] if n_rows > 1 else []
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
        if amounts.header_rule(column.header):
            to_finish.append(f"kept as text, as its header says of money that is not euros of a year: {column.header}")
    if submitted := next((column for name, column in every.items() if _SUBMITTED.fullmatch(name)), None):
        layout.append(f"complete: {_quoted(submitted.header)}")
        to_finish.append("answers without a submission date are set aside (layout: complete): delete it to keep them")
    if any(cell.strip() == "N/A" for column in columns for cell in column.cells):
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
    for name, column in found.items():
        kind = STANDARD[name].kind if name in STANDARD else "date"
        lines.append(f"  {name}: {{header: {_quoted(column.header)}, kind: {kind}{column.unit(kind)}}}")
    for name, column in others.items():
        lines.append(f"  {name}: {{header: {_quoted(column.header)}, kind: {_kind_shown(column)}}}")
    entries = list(_support_lines(supports))
    lines += [f"not_asked: [{', '.join(name for name in STANDARD if name not in found)}]", "supports:", *entries]
    return "\n".join(lines) + "\n" if entries else "\n".join(lines) + " []\n"


def _header_place(grid: Grid) -> tuple[int, int]:
    """Return the first line of the header and its number of lines: the first that is as wide as most are."""
    widths = [sum(1 for cell in row if cell.strip()) for row in grid.rows]
    likely = max(widths[:SEARCHED], default=0)
    start = next((i for i, width in enumerate(widths) if width >= max(1, 0.7 * likely)), None)
    if start is None:
        raise InputError(f"{grid.file}: no line looks like a header. The questions must be on the first line.")
    first = next((i for i in (start - 2, start - 1, start) if i >= 0 and _on_two_lines(grid.rows[i:])), None)
    return (start, 1) if first is None else (first, 2)


def _on_two_lines(rows: list[list[str]]) -> bool:
    """Return whether the first two lines are one header: groups and names of columns of figures, or names and units."""
    if len(rows) < 3:
        return False
    above, names = ([i for i, cell in enumerate(row) if cell.strip()] for row in rows[:2])
    if not all(_is_name(rows[1][i]) for i in names):
        return False
    if not rows[1][0].strip() and any(is_unit(kind, cell) for cell in rows[1] for kind in UNITS):
        return True
    under = [row[i] for i in names if i not in above for row in rows[2:200] if i < len(row) and row[i].strip()]
    return above not in ([], [0]) and any(not _is_name(cell) for cell in under)  # one cell alone is a title


def _is_name(cell: str) -> bool:
    """Return whether a text may head a column: it is no number (but a year), date, tick or silence."""
    text = tidy(cell)
    stated = amounts.amount(text).value is not None or choices.day(text).status == "exact"
    is_year = re.fullmatch(r"(?:19|20)[0-9]{2}", text) is not None
    return is_year or not (stated or words.no_value(text) or choices.yes_no(text).value is not None)


def _questions(grid: Grid, start: int, n_rows: int) -> Iterator[_Question]:
    """Yield the named columns under a header."""
    headers = header_texts(grid, start, n_rows)
    for position, (texts, above) in enumerate(zip(headers, above_texts(grid, start, len(headers)), strict=True)):
        cells = [row[position] for row in grid.rows[start + n_rows :][:200] if "".join(row[position : position + 1])]
        if texts[0]:
            yield _Question(texts[0], texts[min(1, len(texts) - 1)], (*above[0], *above[1]), cells)


def _sorted_out(
    columns: list[_Question],
) -> tuple[dict[str, _Question], list[tuple[str, str, _Question]], dict[str, _Question]]:
    """Return the variables of every wave, the supports (level, part, column), and the variables of this one."""
    found, others = dict[str, _Question](), dict[str, _Question]()
    supports = list[tuple[str, str, _Question]]()
    for column in columns:
        header, known = plain(column.header), not amounts.header_rule(column.header)
        of_level = _MONEY.search(header) and _level_in(header) not in ("", "autre")
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


def _support(column: _Question) -> tuple[str, str] | None:
    """Return the level and the part (link, amount, funder) of a question on support; None for any other column."""
    header, cells = plain(column.header), column.cells
    if _FUNDERS.search(header) and any(r.value for cell in cells for r in levels.level_parts(cell)):
        return "", "funder"
    level = _level_in(plain(column.label)) or _level_in(header)
    money = any(map(_MONEY.search, (header, *map(plain, column.titles))))
    if not level or (not money and cells and all(cell.strip().zfill(2) in levels.DEPARTEMENTS for cell in cells)):
        return None  # « Département »: 93, 59 says where the pole is
    stated = any(amounts.amount(cell).status in ("exact", "approximate", "zero", "range") for cell in cells)
    ticks = cells and all(choices.yes_no(cell).status == "exact" for cell in cells)
    return (level, "link") if ticks or not (stated or money) else (level, "amount")


def _level_in(header: str) -> str:
    """Return the level a header names alone or after a separator, or nothing; what is longer than a question is not."""
    text = header[:1_000]
    pieces = re.split(r"[\[\](){}:/|–—?]| - |\bmontant\b|\bpar (?:la |le |l'|les )?", text, flags=re.I)
    for piece in (text, *pieces):
        for words_of in (piece, " ".join(_BESIDE_A_LEVEL.sub(" ", piece).split())):
            found = levels.level(name).value if (name := words_of.strip(" .,;:'")) else None
            if isinstance(found, str) and found in LEVELS:
                return found
    return ""


def _support_lines(supports: list[tuple[str, str, _Question]]) -> Iterator[str]:
    """Yield the lines of the supports; one link and one amount of a level make one entry."""
    for level in LEVELS:
        same = [(part, column) for code, part, column in supports if code == level]
        pair = sorted(part for part, _ in same) == ["amount", "link"]
        for entry in [same] if pair else [[one] for one in same]:
            parts = [f"{part}: {_quoted(c.header)}{c.unit('amount') if part == 'amount' else ''}" for part, c in entry]
            yield f"  - {{level: {level}, {', '.join(parts)}}}"
    yield from (f"  - {{funder: {_quoted(column.header)}}}" for _, part, column in supports if part == "funder")


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
    if re.search(r"(?:other|comment)\]$", column.header):  # what is written beside a choice
        return "text"
    if cells and all(_ANSWER_CODE.fullmatch(cell.strip()) for cell in cells):
        return "choice"
    return "yes_no" if cells and all(choices.yes_no(cell).status == "exact" for cell in cells) else "text"


def _quoted(text: str) -> str:
    """Return a text as YAML writes it between quotes."""
    return json.dumps(text, ensure_ascii=False)
