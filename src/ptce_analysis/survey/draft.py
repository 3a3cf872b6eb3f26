"""A codebook drafted from an export's headers: it loads, and says what is to be finished by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ptce_analysis.errors import InputError
from ptce_analysis.survey.codebook import STANDARD
from ptce_analysis.survey.parse import amounts, choices, levels, words
from ptce_analysis.survey.parse.levels import DEPARTEMENTS
from ptce_analysis.survey.parse.words import plain, tidy
from ptce_analysis.survey.read import SEARCHED, Grid, Limits, above_texts, header_texts, read
from ptce_analysis.survey.units import UNITS, is_unit, stated_units
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
    r"\b(?:montants?|subventions?|aides?|financements?|soutiens?|participations?|contributions?|dotations?|budgets?|"
    r"amounts?|recue?s?|versee?s?|accordee?s?|obtenue?s?|percue?s?|apportee?s?|annuel(?:le)?s?|tota(?:l|le|ux)|"
    r"financi(?:er|ere)s?|en|de|du|des|par|pour|la|le|les|20[0-9]{2}|k?€|euros?|k ?euros?|ke|keur|meur|milliers)\b|"
    r"\b[ld]'|[k€]€?$",
    re.I,
)
# LimeSurvey: what it adds is never a question, and an address or a token would say who answered.
_SUBMITTED = re.compile(r"submitdate|date de soumission")
_NUMBER = re.compile(r"id|id de la reponse|reponse id|response id")
_ADDED = re.compile(
    r"lastpage|derniere page|startlanguage|langue de .*|start language|last page|seed|tete de serie|startdate|"
    r"date (?:de lancement|de debut|started|last action)|datestamp|date (?:de la )?derniere action|ip ?addr.*|"
    r"adresse ip|refurl|url .*|referrer url|token|(?:code|jeton) d'.*|access code|temps total|groupe? ?time.*|.*time"
)
_CODE = re.compile(r"(?=.*[0-9\[])[A-Za-z][A-Za-z0-9_.]{0,29}(?:\[[A-Za-z0-9_]+\](?:\[[A-Za-z0-9_]+\])?)?")
_ANSWER_CODE = re.compile(r"[A-Z]{1,2}[0-9]{1,4}|-oth-")
_CODES_TO_FINISH = (
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
    """A column: its header, the lowest line of it, the titles above, its first answers, and if its name is taken."""

    header: str
    label: str
    titles: tuple[str, ...]
    cells: list[str]
    doubled: bool

    @property
    def texts(self) -> tuple[str, str]:
        """What the column may be known by, fit for comparison: its own line first, then the whole header."""
        return plain(self.label), plain(self.header)

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
    every = list(_questions(grid, start, n_rows))
    columns = [column for column in every if not column.doubled]
    numbers, added, submitted = (
        [column for column in columns if pattern.fullmatch(plain(column.header))]
        for pattern in (_NUMBER, _ADDED, _SUBMITTED)
    )
    lime = bool(numbers and (submitted or added))
    if lime:  # the number of the answer identifies the poles only if nothing else does
        columns = [column for column in columns if column not in (*added, *numbers)] + numbers
    found, supports, others = _sorted_out(columns)
    coded = {name: column for name, column in others.items() if lime and _CODE.fullmatch(column.header)}
    year = _wave_year(Path(export).absolute().parent.name, grid, start)
    layout = [f"header_rows: {n_rows}"] if n_rows > 1 else []
    to_finish = [*_TO_FINISH, *([] if year else ["fill in the year of the wave (wave:)"])]
    if unsure := [column.header for column in columns if len(stated_units("amount", column.header)) > 1]:
        to_finish.append(f"say the unit (unit: eur, keur or meur) of: {', '.join(unsure)}")
    if doubled := [column.header for column in every if column.doubled]:
        to_finish.append(f"rename in the export, where another column has the same name: {', '.join(doubled)}")
    if lime and found["pole_id"] in numbers:
        to_finish.append("pole_id is the number of the answer: give the header of the question that names the pole")
    if lime and submitted and submitted[0].cells:
        layout.append(f"complete: {_quoted(submitted[0].header)}")
        to_finish.append(
            "answers without a submission date are set aside (layout: complete): delete that line to keep them"
        )
    if lime and any(cell.strip() == "N/A" for column in columns for cell in column.cells):
        layout.append("not_shown: [N/A]")
    if lime and added:
        to_finish.append(f"left out, as the software adds them: {', '.join(column.header for column in added)}")
    to_finish += _CODES_TO_FINISH if coded else ()
    lines = [
        f"# Drafted from {_quoted(grid.file)}, to be finished by hand.",
        *("to_finish:", *(f"  - {_quoted(text)}" for text in to_finish)),
        *(f"wave: {year}", "origin: survey", "title: ''"),
        *((f"layout: {{{', '.join(layout)}}}",) if layout else ()),
        "variables:",
    ]
    for name, column in found.items():
        kind = STANDARD[name].kind if name in STANDARD else "date"
        lines.append(f"  {name}: {{header: {_quoted(column.header)}, kind: {kind}{column.unit(kind)}}}")
    for name, column in others.items():
        kind = _code_kind(column) if name in coded else "text"
        lines.append(f"  {name}: {{header: {_quoted(column.header)}, kind: {kind}}}")
    lines.append(f"not_asked: [{', '.join(name for name in STANDARD if name not in found)}]")
    entries = list(_support_lines(supports))
    return "\n".join([*lines, *(["supports:", *entries] if entries else ["supports: []"])]) + "\n"


def _header_place(grid: Grid) -> tuple[int, int]:
    """Return the first line of the header and its number of lines: the first that is as wide as most are."""
    widths = [sum(1 for cell in row if cell.strip()) for row in grid.rows]
    likely = max(widths[:SEARCHED], default=0)
    start = next((i for i, width in enumerate(widths) if width >= max(1, 0.7 * likely)), None)
    if start is None:
        raise InputError(f"{grid.file}: no line looks like a header. The questions must be on the first line.")
    first = next((i for i in (start - 2, start - 1, start) if i >= 0 and _on_two_lines(grid, i)), None)
    return (start, 1) if first is None else (first, 2)


def _on_two_lines(grid: Grid, first: int) -> bool:
    """Return whether a line and the next are one header: groups above, or cells merged across, and names below."""
    if first + 2 >= len(grid.rows):
        return False
    (upper, lower), numbers = grid.rows[first : first + 2], grid.numbers[first : first + 2]
    above, names = ([i for i, cell in enumerate(row) if cell.strip()] for row in (upper, lower))
    if not all(_is_name(lower[i]) for i in names):
        return False
    if any(top == numbers[0] and bottom == numbers[1] for top, _, bottom, _ in grid.merged):
        return True
    if not lower[0].strip() and any(is_unit(kind, cell) for cell in lower for kind in UNITS):
        return True
    if above in ([], [0]):  # a title
        return False
    covered = {
        i for top, left, _, right in grid.merged if top == numbers[0] and left < right for i in range(left, right + 1)
    }
    if covered and {*above} & {*names} <= covered:  # a column that both fill has a header and an answer
        return True
    gaps = [i for i in names if i not in above]
    under = ([row[i] for row in grid.rows[first + 2 :][:200] if i < len(row) and row[i].strip()] for i in gaps)
    return any(2 * sum(amounts.amount(cell).value is not None for cell in cells) > len(cells) for cells in under)


def _is_name(cell: str) -> bool:
    """Return whether a text may head a column: it is no number (but a year), date, tick or silence."""
    text = tidy(cell)
    stated = amounts.amount(text).value is not None or choices.day(text).status == "exact"
    is_year = re.fullmatch(r"(?:19|20)[0-9]{2}", text) is not None
    return is_year or not (stated or words.no_value(text) or choices.yes_no(text).value is not None)


def _questions(grid: Grid, start: int, n_rows: int) -> Iterator[_Question]:
    """Yield the named columns under a header."""
    headers, seen = header_texts(grid, start, n_rows), set[str]()
    above = above_texts(grid, start, len(headers))
    for position, (texts, (over, titles)) in enumerate(zip(headers, above, strict=True)):
        if name := plain(texts[0]):
            body = grid.rows[start + n_rows :][:200]
            cells = [row[position] for row in body if position < len(row) and row[position].strip()]
            yield _Question(texts[0], texts[min(1, len(texts) - 1)], (*over, *titles), cells, name in seen)
            seen.add(name)


def _wave_year(folder: str, grid: Grid, start: int) -> str:
    """Return the year the folder is called by, else the only one the file's name or else the titles give, or "".

    Neither questions nor answers count: they tell of other years, and anonymised dates of 1980.
    """
    if re.fullmatch(r"20[0-9]{2}", folder):
        return folder
    for text in (grid.file, " ".join(cell for row in grid.rows[:start] for cell in row)):
        years = set(re.findall(r"(?<![0-9])20[0-9]{2}(?![0-9])", text))
        if len(years) == 1:
            return str(years.pop())
    return ""


def _sorted_out(
    columns: list[_Question],
) -> tuple[dict[str, _Question], list[tuple[str, str, _Question]], dict[str, _Question]]:
    """Return the variables of every wave, the supports (level, part, column), and the variables of this one."""
    found, others = dict[str, _Question](), dict[str, _Question]()
    supports = list[tuple[str, str, _Question]]()
    for column in columns:
        header = plain(column.header)
        of_level = _MONEY.search(header) and _level_in(header) not in ("", "autre")
        named = [] if of_level else [n for text in column.texts for n, p in _HEADERS if re.search(p, text)]
        if name := next((name for name in named if name not in found), ""):
            found[name] = column
        elif support := _support(column):
            supports.append((*support, column))
        else:
            others[_own_name(column.header, others)] = column
    if "pole_id" not in found and others:
        found["pole_id"] = others.pop(next(iter(others)))
    if "pole_id" not in found:
        raise InputError(
            "no column is left to identify the poles: a codebook needs one. Add an identifier to the export."
        )
    return {"pole_id": found["pole_id"]} | found, supports, others


def _support(column: _Question) -> tuple[str, str] | None:
    """Return the level and the part (link, amount, funder) of a question on support; None for any other column."""
    header, cells = plain(column.header), column.cells
    if _FUNDERS.search(header) and any(r.value for cell in cells for r in levels.level_parts(cell)):
        return "", "funder"
    level = next((found for text in dict.fromkeys(column.texts) if (found := _level_in(text))), "")
    money = any(map(_MONEY.search, (header, *map(plain, column.titles))))
    if not level or (not money and cells and all(cell.strip().zfill(2) in DEPARTEMENTS for cell in cells)):
        return None  # « Département »: 93, 59 says where the pole is
    stated = any(amounts.amount(cell).status in ("exact", "approximate", "zero", "range") for cell in cells)
    ticks = cells and all(choices.yes_no(cell).status == "exact" for cell in cells)
    return (level, "link") if ticks or not (stated or money) else (level, "amount")


def _level_in(header: str) -> str:
    """Return the level a header names alone or after a separator, or nothing; what is longer than a question is not."""
    text = header[:1_000]
    pieces = re.split(r"[\[\](){}:/|–—?]| - |\bmontant\b|\bpar (?:la |le |l'|les )?", text, flags=re.I)
    for piece in dict.fromkeys((text, *pieces)):
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
    name = re.sub("[^a-z0-9]+", "_", plain(header)).strip("_")[:40]
    name = f"q_{name}" if not re.match("[a-z]", name) or name in STANDARD or name.startswith("link_") else name
    name = f"{name}_text" if re.fullmatch(r"wave|origin|answered_on|.*_(status|raw|)", name) else name
    while name in taken:
        name += "_2"
    return name


def _code_kind(column: _Question) -> str:
    """Return what the answers to a question known by a code show: ticks, codes of answers, or text."""
    cells = [cell for cell in dict.fromkeys(column.cells) if plain(cell) != "n/a"][:20]
    if re.search(r"(?:other|comment)\]$", column.header):  # what is written beside a choice
        return "text"
    if cells and all(_ANSWER_CODE.fullmatch(cell.strip()) for cell in cells):
        return "choice"
    return "yes_no" if cells and all(choices.yes_no(cell).status == "exact" for cell in cells) else "text"


def _quoted(text: str) -> str:
    """Return a text as YAML writes it between quotes."""
    return json.dumps(text, ensure_ascii=False)
