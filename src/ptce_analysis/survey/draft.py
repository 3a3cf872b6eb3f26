"""A codebook drafted from an export's headers: it loads, and says what is to be finished by hand."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

from ptce_analysis.errors import InputError
from ptce_analysis.survey.codebook import RESERVED, STANDARD, told_apart
from ptce_analysis.survey.grid import SEARCHED, Grid, Limits, above_texts, header_texts
from ptce_analysis.survey.parse import amounts, choices, levels
from ptce_analysis.survey.parse.kinds import UNITS, header_words, is_unit, names_columns, not_of_a_year, stated_units
from ptce_analysis.survey.parse.words import plain
from ptce_analysis.survey.read import read
from ptce_analysis.vocabulary import LEVELS

_MONEY, _FUNDERS = (words for *_, words in header_words("support"))
_BELOW = next(words for _, means, words in header_words() if means == "line")
_CODE = re.compile(r"[A-Z]{1,2}[0-9]{1,4}(?:\[[A-Za-z0-9_]+\])*|-oth-")
# What heads no column: a number (but a year), a tick, a silence.
_ANSWER = re.compile(
    r"(?!(?:19|20)[0-9]{2}$)[-+~<>≈]? ?[0-9][\d\W]*(?:[km]|k?e?euros?|etp)?[\d\W]*|x|oui|non|nc|nr|n/a|nsp|vrai|faux"
)
# What stands before a question: « 3) », « Q12. », « G1Q2[SQ001]. ».
_NUMBERED = re.compile(r"^(?:(?:q(?:uestion)? ?)?[0-9]{1,3}[a-z]? ?[.):-]|[a-z][a-z0-9_]*(?:\[\w+\])?\.) ?")
# A question and one of its answers or lines: « Qui ? [Région] », « groupe/région », « Qui ? - Région ».
_PARTS = (re.compile(r"(.*\S) ?\[(.+)\]"), re.compile(r"(.+)/(.+)"), re.compile(r"(.+) [-:–] (.+)"))
_quoted = partial(json.dumps, ensure_ascii=False)  # as YAML writes a text between quotes
_NOT_SHOWN = ("N/A", "{question_not_shown}")
_CHECK = "check each line below against the questionnaire, and say who was asked (asked_if) or not asked (not_asked)"


@dataclass(frozen=True)
class _Question:
    """A column: the header that calls it, what this says (the narrowest part first), its answers, the titles.

    `lines`: its header lines, plain. `grouped`: it is one answer, or one line, of a question with several columns.
    """

    header: str
    lines: list[str]
    said: list[str]
    cells: list[str]
    titles: list[str]
    grouped: bool

    def entry(self, part: str, kind: str) -> str:
        """Return what a codebook says of the column: its header, its unit if it states one, what its ticks are."""
        units = self.units(kind)
        unit = f", unit: {units[0]}" if len(units) == 1 else ""
        ticks = f", answers: {{{_quoted(self.cells[0])}: oui}}" if part == "link" and self.ticked() else ""
        return f"{part}: {_quoted(self.header)}{unit}{ticks}{_separated(self.cells) if part == 'funder' else ''}"

    def units(self, kind: str) -> list[str]:
        """Return the units that the header states, else that of thousands or millions a title states."""
        above = [unit for title in self.titles for unit in stated_units(kind, title) if unit != "eur"]
        return [*stated_units(kind, self.header)] or above[:1]

    def ticked(self) -> bool:
        """Return whether a tick is written out: « Région » in the column of the Region."""
        return {*map(plain, self.cells)} == {plain(self.said[0])}

    def of_money(self) -> bool:
        """Return whether it asks for money."""
        return bool(_MONEY.search(plain(self.header)))

    def undated(self) -> bool:
        """Return whether its amounts would not be euros of a year."""
        titles = (f"{title} / " for title in self.titles if _MONEY.search(plain(title)))
        return any(map(not_of_a_year, [self.header, *titles]))


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
    every = _questions(grid, start, n_rows)
    software = _software(every)
    variables, supports = _sorted_out(every, software)
    kinds = {name: _kind(name, column) for name, column in variables.items()}
    folder = Path(export).absolute().parent.name  # called after the year, as the guide asks
    year = folder if re.fullmatch("20[0-9]{2}", folder) else ""
    layout = _layout(every, 1 if grid.header_rows else n_rows, sheet, software)
    asked = [*((kinds[name], column) for name, column in variables.items()), *(one[1:] for one in supports)]
    closing = {header for header, means in software.items() if "complete" in means}
    unused = [one.header for one in every if one not in [column for _, column in asked] and one.header not in closing]
    doubts = [] if year else ["fill in the year of the wave (wave:)"]
    if software.get(first := variables["pole_id"].header) == "number":
        doubts.append(f"say which column names the pole: {first} numbers the answers")
    lines = [
        f"# Drafted from {_quoted(grid.file)}, to be finished by hand.",
        *([f"# Left out, as the software adds them or they repeat others: {', '.join(unused)}"] if unused else ()),
        *("to_finish:", *(f"  - {_quoted(text)}" for text in (_CHECK, *doubts, *_doubts(asked)))),
        *(f"wave: {year}", "origin: survey", "date: ''", "title: ''", *layout, "variables:"),
        *(f"  {name}: {{{variables[name].entry('header', kind)}, kind: {kind}}}" for name, kind in kinds.items()),
        f"not_asked: [{', '.join(name for name in STANDARD if name not in variables)}]",
        *(("supports:", *_support_lines(supports)) if supports else ("supports: []",)),
    ]
    return "\n".join(lines) + "\n"


def _layout(every: list[_Question], n_rows: int, sheet: str, software: Mapping[str, str]) -> list[str]:
    """Return the line on the layout: lines of header, the sheet, which column closes an answer, what was not shown."""
    shown = {cell for column in every for cell in column.cells}
    silent = [_quoted(text) if "{" in text else text for text in _NOT_SHOWN if text in shown]
    complete = [_quoted(one.header) for one in every if "complete" in software.get(one.header, "")]
    said = {"header_rows": n_rows if n_rows > 1 else "", "complete": "".join(complete[:1])}
    said |= {"sheet": sheet and _quoted(sheet), "not_shown": f"[{', '.join(silent)}]" if silent else ""}
    told = ", ".join(f"{key}: {value}" for key, value in said.items() if value)
    return [f"layout: {{{told}}}"] if told else []


def _doubts(asked: list[tuple[str, _Question]]) -> Iterator[str]:
    """Yield what only somebody who has the questionnaire can decide of columns, with their kinds."""
    if unsure := [one.header for kind, one in asked if kind in UNITS and len(one.units(kind)) != 1]:
        yield f"say the unit (eur, keur or meur; of a share, percent or share), which these do not: {', '.join(unsure)}"
    if undated := [one.header for _, one in asked if one.undated() and one.of_money()]:
        yield f"kept as text, as they say of money that is not euros of a year: {', '.join(undated)}"
    by_code = [one for kind, one in asked if kind in ("stage", "legal_form", "choice")]
    if coded := [one.header for one in by_code if any(cell.isdigit() or _CODE.fullmatch(cell) for cell in one.cells)]:
        yield f"say what the answers mean (answers: {{A1: …}}) of: {', '.join(coded)}"
    if any(_CODE.fullmatch(one.header) for _, one in asked):
        yield (
            "headers are codes of questions: call each variable by what was asked, with its kind and its unit, and "
            'move those on a collectivity to the supports, for example - {level: region, link: "Q7[SQ001]"}'
        )


def _header_place(grid: Grid) -> tuple[int, int]:
    """Return the first line of the header, the first that is as wide as most above the answers, and its lines."""
    filled = [[i for i, cell in enumerate(row) if cell.strip()] for row in grid.rows[: SEARCHED + 5]]
    least = max(map(len, filled[:SEARCHED]), default=0) / 2
    answers = (i for i, row in enumerate(grid.rows[:SEARCHED]) if len(filled[i]) >= least and _holds_answers(row))
    above = filled[: next(answers, SEARCHED)]
    likely = max(map(len, above), default=0)
    start = next((i for i, cells in enumerate(above) if len(cells) >= max(1, 0.7 * likely)), None)
    if start is None:
        raise InputError(f"{grid.file}: no line looks like a header. The questions must be on the first line.")
    pairs = range(max(0, start - 2), min(start + 1, len(filled) - 2))
    first = next((upper for upper in pairs if _of_two_lines(grid, upper, filled)), None)
    start, n_rows = (start, 1) if first is None else (first, 2)
    while n_rows < 3 and start + n_rows < len(grid.rows) - 1 and names_columns(grid.rows[start + n_rows]):
        n_rows += 1
    return start, n_rows


def _of_two_lines(grid: Grid, upper: int, filled: list[list[int]]) -> bool:
    """Return whether two lines are one header: groups, more than a title, above names with answers; or units below."""
    below, names = grid.rows[upper + 1], [i for i in filled[upper + 1] if i not in filled[upper]]
    under = ((row[i], below[i]) for row in grid.rows[upper + 2 : upper + 200] for i in names if i < len(row))
    grouped = filled[upper] not in ([], [0]) and any(_is_answer(cell) or cell == name for cell, name in under)
    units = 0 not in filled[upper + 1] and any(is_unit(kind, cell) for cell in below for kind in UNITS)
    return (grouped or units) and not any(map(_is_answer, below))


def _holds_answers(row: list[str]) -> bool:
    """Return whether a line holds a number or a date, or several ticks: « X » alone may be a header."""
    answers = [cell for cell in row if _is_answer(cell)]
    return len(answers) > 1 or any(any(map(str.isdigit, cell)) for cell in answers)


def _is_answer(cell: str) -> bool:
    text = plain(cell)
    return bool(_ANSWER.fullmatch(text)) or choices.day(text).status == "exact"


def _questions(grid: Grid, start: int, n_rows: int) -> list[_Question]:
    """Return the named columns under a header, each called by the longest of its lines that is its own."""
    texts, rows = told_apart(header_texts(grid, start, n_rows)), grid.rows[start + n_rows :][:200]
    if n_rows > 1 and all(sum(map(bool, row)) >= 0.9 * len(texts) for row in grid.rows[start : start + n_rows]):
        texts = [[text for text in one[1:] if not text.startswith("{")] or one for one in texts]
        often = Counter(plain(text) for one in texts for text in one)
        texts = [sorted(one, key=lambda text: (often[plain(text)] > 1, -len(text))) for one in texts]
    often = Counter(match[1] for one in texts for match in _parts(one[0])) + Counter(plain(one[0]) for one in texts)
    found = list[_Question]()
    for position, (one, (over, titles)) in enumerate(zip(texts, above_texts(grid, start, len(texts)), strict=True)):
        asked = (text for line in map(plain, one[1:] or one) for text in (_NUMBERED.sub("", line), line))
        lines = [text for text in dict.fromkeys(asked) if not _BELOW.fullmatch(text)]
        parts = [match[2] for match in _parts(one[0]) if often[match[1]] > 1 or match[0].endswith("]")][:1]
        said = [text.replace("_", " ") for text in (*parts, *lines, plain(one[0]))]
        cells = [*dict.fromkeys(cell for row in rows if (cell := "".join(row[position : position + 1]).strip()))]
        found += [_Question(one[0], lines, said, cells, [*over, *titles], bool(parts))] if one[0] else []
    return found


def _parts(header: str) -> list[re.Match[str]]:
    return [match for pattern in _PARTS if (match := pattern.fullmatch(plain(header)))]


def _software(every: list[_Question]) -> dict[str, str]:
    """Return what survey software adds, by header: two columns tell it, since « Nom » alone is a question."""
    seen = defaultdict[str, dict[str, str]](dict)
    for of, means, words in header_words():
        for column in every:
            if any(map(words.fullmatch, column.lines)):
                seen[of].setdefault(column.header, means)
    telling = Counter(of for of, known in seen.items() for means in known.values() if means != "added")
    best = max(telling, key=telling.__getitem__, default="")
    private = (one for one in every for *_, words in header_words("any") if any(map(words.fullmatch, one.lines)))
    return {one.header: "added" for one in private} | (seen[best] if telling[best] > 1 else {})


_Supports = list[tuple[str, str, _Question]]  # level, part, column


def _sorted_out(every: list[_Question], software: Mapping[str, str]) -> tuple[dict[str, _Question], _Supports]:
    """Return the variables, those of every wave first, and the supports: the columns that their words fit best."""
    repeated = Counter(match[1] for one in every for match in _parts(one.header) if "/" in match[0])
    free = [one for one in every if one.header not in software and repeated[plain(one.header)] < 2]
    dates = [one for one in every if "answered_on" in software.get(one.header, "")]
    found = dict(zip(["answered_on"], dates, strict=False))
    aids = [one for one in free if one.of_money() and _level_named(one) not in ("", "autre")]
    of_poles = [one for one in free if one not in aids and not one.undated()]
    for _, name, words in header_words("variable"):
        fits = (one for one in of_poles if name not in found and any(map(words.search, one.said)))
        if column := next(fits, None):
            found[name] = column
            free.remove(column)
            of_poles.remove(column)
    supports, others = _Supports(), dict[str, _Question]()
    for column in free:
        if not column.undated() and (part := _support(column)):
            supports.append((*part, column))
        else:
            others[_own_name(plain(column.header), others)] = column
    if "pole_id" not in found:
        numbers = [one for one in every if software.get(one.header) == "number"]
        if not (firsts := numbers or [others.pop(name) for name in list(others)[:1]]):
            raise InputError("no column is left to identify the poles: a codebook needs one. Add an identifier.")
        found["pole_id"] = firsts[0]
    return {"pole_id": found.pop("pole_id")} | found | others, supports


def _level_named(column: _Question) -> str:
    """Return the one level a header names, or nothing."""
    for text in column.said:
        alone = levels.level(text).value
        found = [alone] if alone in LEVELS else [name for _, name, words in header_words("level") if words.search(text)]
        if len(found) == 1:
            return str(found[0])
    return ""


def _support(column: _Question) -> tuple[str, str] | None:
    """Return the level and the part (link, amount, funder) of a question on support; None for any other column."""
    header, cells = plain(column.header), column.cells
    ticks = column.ticked() or (bool(cells) and all(choices.yes_no(cell).status == "exact" for cell in cells))
    if _FUNDERS.search(header) and not ticks:
        named = (reading.value for cell in cells for reading in levels.level_parts(cell.replace("_", " ")))
        if any(named) or _separated(cells):
            return "", "funder"
    alone, money = levels.level(column.said[0]).value, column.of_money()
    where = cells and all(cell.zfill(2) in levels.DEPARTEMENTS for cell in cells)  # « Département »: 93, 59
    if not (level := _level_named(column)) or (where and not money and not column.grouped):
        return None
    if ticks:
        return level, "link"
    stated = any(amounts.amount(cell).status in ("exact", "approximate", "zero", "range") for cell in cells)
    if (stated and alone) or (money and (stated or not cells)):
        return level, "amount"
    return (level, "link") if alone and not cells else None


def _separated(cells: list[str]) -> str:
    """Return what reads codes of funders, as KoboToolbox joins them by spaces: their separator, and those with a _."""
    parts = {part for cell in cells for part in cell.split()}
    known = {part: levels.level(part.replace("_", " ")).value for part in parts}
    if not any(known.values()) or not all(re.fullmatch("[a-z0-9_-]+", part) for part in parts):
        return ""
    codes = [f"{_quoted(part)}: {value}" for part, value in sorted(known.items()) if "_" in part and value in LEVELS]
    spaced = ', separator: " "' if any(" " in cell for cell in cells) else ""
    return spaced + (f", answers: {{{', '.join(codes)}}}" if codes else "")


def _support_lines(supports: _Supports) -> Iterator[str]:
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
    if not re.match("[a-z]", name) or name in (*STANDARD, "answered_on") or RESERVED.fullmatch(name):
        name = f"q_{name}_text"
    return next(one for n in count() if (one := name + "_2" * n) not in taken)


def _kind(name: str, column: _Question) -> str:
    """Return the kind of a variable; of a question of this wave only, what its answers show: ticks, codes, or text."""
    if name in STANDARD or name == "answered_on":
        return STANDARD[name].kind if name in STANDARD else "date"
    cells = [cell for cell in column.cells if cell not in _NOT_SHOWN][:20]
    if not cells or re.search(r"(?:other|comment)\]$", column.header):  # what is written beside a choice
        return "text"
    if all(map(_CODE.fullmatch, cells)):
        return "choice"
    return "yes_no" if all(choices.yes_no(cell).status == "exact" for cell in cells) else "text"
