"""A codebook drafted from an export's headers: it loads, and says what is to be finished by hand."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ptce_analysis.errors import InputError
from ptce_analysis.survey.codebook import STANDARD, told_apart
from ptce_analysis.survey.parse import amounts, choices, levels
from ptce_analysis.survey.parse.kinds import UNITS, header_words, is_unit, not_of_a_year, stated_units
from ptce_analysis.survey.parse.words import plain
from ptce_analysis.survey.read import SEARCHED, Grid, Limits, above_texts, header_texts, read
from ptce_analysis.vocabulary import LEVELS

_MONEY, _FUNDERS, _OTHER = (words for *_, words in header_words("support"))
_LINE = next(words for _, means, words in header_words() if means == "line")
_CODE = re.compile(r"[A-Z]{1,2}[0-9]{1,4}(?:\[[A-Za-z0-9_]+\])*|-oth-")
# What heads no column: a number (but a year), a tick, a silence.
_ANSWER = re.compile(
    r"(?!(?:19|20)[0-9]{2}$)[-+~<>≈]? ?[0-9][\d\W]*[a-z]{0,4}|x|oui|non|nc|nr|n/a|nsp|vrai|faux|true|false"
)
_NUMBERED = re.compile(r"^(?:q(?:uestion)? ?)?[0-9]{1,3}[a-z]? ?[.):-] ?")
# A question and one of its answers or lines: « Qui ? [Région] », « groupe/région », « Qui ? - Région ».
_PARTS = (re.compile(r"(.*\S) ?\[(.+)\]"), re.compile(r"(.+)/(.+)"), re.compile(r"(.+) [-:–] (.+)"))
_NOT_SHOWN = ("N/A", "{question_not_shown}")


@dataclass(frozen=True)
class _Question:
    """A column: the header that calls it, what this says (the narrowest part first), its first answers, the titles.

    `lines`: its header lines, plain. `grouped`: it is one answer, or one line, of a question with several columns.
    """

    header: str
    lines: tuple[str, ...]
    said: tuple[str, ...]
    cells: list[str]
    titles: tuple[str, ...]
    grouped: bool

    def entry(self, part: str, kind: str) -> str:
        """Return what a codebook says of the column: its header, the unit if that or a title states one, ticks."""
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
        return self.grouped and {*map(plain, self.cells)} == {plain(self.said[0])}

    def undated(self) -> str:
        """Return why its amounts would not be euros of a year, "" if they are."""
        titles = [f"{title} / " for title in self.titles if _MONEY.search(plain(title))]
        return next(filter(None, map(not_of_a_year, [self.header, *titles])), "")

    def of_the_pole(self) -> bool:
        """Return whether it may be a variable of every wave: it is no money of a level, nor of several years."""
        money = _MONEY.search(plain(self.header)) and _level_named(self) not in ("", "autre")
        return not money and not self.undated()


@dataclass(frozen=True)
class _Sorted:
    """The columns of an export: the variables of every wave, the supports, the variables of this one, and the rest."""

    every: list[_Question]
    software: Mapping[str, list[_Question]]
    found: dict[str, _Question]
    supports: list[tuple[str, str, _Question]]
    others: dict[str, _Question]

    def unused(self) -> list[str]:
        """Return the headers of the columns that no line of the codebook calls."""
        complete = self.software["complete"][:1]
        used = [*self.found.values(), *self.others.values(), *(column for *_, column in self.supports), *complete]
        return [column.header for column in self.every if column not in used]


def draft_codebook(export: Path | str, limits: Limits | None = None) -> str:
    """Return the text of a codebook drafted from an export, to be finished by hand.

    Raises
    ------
    InputError
        If the export cannot be read, or holds no header.
    """
    grid = read(export, limits=limits)
    start, n_rows = _header_place(grid)
    columns = _sorted_out(_questions(grid, start, n_rows))
    years = {Path(export).absolute().parent.name} & {str(year) for year in range(2000, 2100)}
    years = years or set(re.findall(r"(?<![0-9])20[0-9]{2}(?![0-9])", grid.file))
    year = years.pop() if len(years) == 1 else ""
    kinds = {name: STANDARD[name].kind if name in STANDARD else "date" for name in columns.found}
    kinds |= {name: _kind_shown(column) for name, column in columns.others.items()}
    named = columns.found | columns.others
    entries, layout, unused = list(_support_lines(columns.supports)), _layout(columns, n_rows), columns.unused()
    lines = [
        f"# Drafted from {_quoted(grid.file)}, to be finished by hand.",
        *([f"# Left out, as the software adds them or they repeat others: {', '.join(unused)}"] if unused else ()),
        *("to_finish:", *(f"  - {_quoted(text)}" for text in _to_finish(columns, year))),
        *(f"wave: {year}", "origin: survey", "title: ''"),
        *((f"layout: {{{', '.join(layout)}}}",) if layout else ()),
        *(
            "variables:",
            *(f"  {name}: {{{one.entry('header', kinds[name])}, kind: {kinds[name]}}}" for name, one in named.items()),
        ),
        f"not_asked: [{', '.join(name for name in STANDARD if name not in columns.found)}]",
        *(("supports:", *entries) if entries else ("supports: []",)),
    ]
    return "\n".join(lines) + "\n"


def _layout(columns: _Sorted, n_rows: int) -> list[str]:
    """Return what the codebook says of the layout: lines of header, answers never submitted, questions not shown."""
    cells = {cell for column in columns.every for cell in column.cells}
    silent = [_quoted(text) if "{" in text else text for text in _NOT_SHOWN if text in cells]
    return [
        *([f"header_rows: {n_rows}"] if n_rows > 1 else ()),
        *(f"complete: {_quoted(column.header)}" for column in columns.software["complete"][:1]),
        *([f"not_shown: [{', '.join(silent)}]"] if silent else ()),
    ]


def _to_finish(columns: _Sorted, year: str) -> Iterator[str]:
    """Yield what only somebody who has the questionnaire can decide."""
    yield "check each line below against the questionnaire, and say who was asked (asked_if) or not asked (not_asked)"
    if not year:
        yield "fill in the year of the wave (wave:)"
    if columns.found["pole_id"] in columns.software["number"]:
        yield f"say which column names the pole: {columns.found['pole_id'].header} numbers the answers"
    every = [(STANDARD[name].kind, column) for name, column in columns.found.items() if name in STANDARD]
    every += [(part, column) for _, part, column in columns.supports]
    if unsure := [column.header for kind, column in every if kind in UNITS and len(column.units(kind)) != 1]:
        yield f"say the unit (unit: eur, keur, meur; of a share: percent, share), which these do not: {', '.join(unsure)}"
    if undated := [
        column.header for column in columns.every if column.undated() and _MONEY.search(plain(column.header))
    ]:
        yield f"kept as text, as they say of money that is not euros of a year: {', '.join(undated)}"
    if any(_CODE.fullmatch(column.header) for column in columns.others.values()):
        yield (
            "headers are codes of questions: call each variable by what was asked, with its kind, its unit and the "
            "meaning of its answers (answers: {A1: …}), and move those on a collectivity to the supports, for example "
            '- {level: region, link: "Q7[SQ001]"}'
        )


def _header_place(grid: Grid) -> tuple[int, int]:
    """Return the first line of the header, the first that is as wide as most above the answers, and its lines."""
    filled = [[i for i, cell in enumerate(row) if cell.strip()] for row in grid.rows]
    widest = max(map(len, filled[:SEARCHED]), default=0)
    answers = (i for i, row in enumerate(grid.rows) if len(filled[i]) >= 0.5 * widest and any(map(_is_answer, row)))
    above = filled[: min(next(answers, SEARCHED), SEARCHED)]
    likely = max(map(len, above), default=0)
    start = next((i for i, cells in enumerate(above) if len(cells) >= max(1, 0.7 * likely)), None)
    if start is None:
        raise InputError(f"{grid.file}: no line looks like a header. The questions must be on the first line.")
    first, n_rows = start, 1
    # Two lines are one header if there are groups above, more than a title, names below, and answers under these.
    for upper in range(max(0, start - 2), min(start + 1, len(filled) - 2)):
        names = {i: grid.rows[upper + 1][i] for i in filled[upper + 1] if i not in filled[upper]}
        under = [
            (row[i].strip(), name)
            for row in grid.rows[upper + 2 : upper + 200]
            for i, name in names.items()
            if i < len(row)
        ]
        grouped = filled[upper] not in ([], [0]) and any(
            _is_answer(cell) or plain(cell) == plain(name) for cell, name in under
        )
        units = any(is_unit(kind, cell) for cell in grid.rows[upper + 1] for kind in UNITS)
        if not any(map(_is_answer, grid.rows[upper + 1])) and (grouped or (units and 0 not in filled[upper + 1])):
            first, n_rows = upper, 2
            break
    while n_rows < 3 and first + n_rows < len(grid.rows) - 1 and _of_software(grid.rows[first + n_rows]):
        n_rows += 1
    return first, n_rows


def _is_answer(cell: str) -> bool:
    text = plain(cell)
    return bool(text) and (bool(_ANSWER.fullmatch(text)) or choices.day(text).status == "exact")


def _of_software(row: list[str]) -> bool:
    """Return whether a line is one more header: codes or labels of the columns that survey software adds."""
    known = sum(any(words.fullmatch(plain(cell)) for *_, words in header_words()) for cell in row)
    return any(cell.startswith('{"ImportId"') for cell in row) or (known > 1 and not any(map(_is_answer, row)))


def _questions(grid: Grid, start: int, n_rows: int) -> list[_Question]:
    """Return the named columns under a header.

    Of lines that each name every column (codes, questions), the codebook calls a column by the longest that is its own.
    """
    texts = told_apart(header_texts(grid, start, n_rows))
    above = above_texts(grid, start, len(texts))
    if n_rows > 1 and all(sum(map(bool, row)) >= 0.9 * len(texts) for row in grid.rows[start : start + n_rows]):
        texts = [[text for text in one[1:] if not text.startswith("{")] or one for one in texts]
        often = Counter(plain(text) for one in texts for text in one)
        texts = [sorted(one, key=lambda text: (often[plain(text)] > 1, -len(text))) for one in texts]
    parts = Counter(match[1] for one in texts for match in _parts(plain(one[0])))
    every, found = {plain(one[0]) for one in texts}, list[_Question]()
    for position, one in enumerate(texts):
        cells = [row[position].strip() for row in grid.rows[start + n_rows :][:200] if position < len(row)]
        lines = tuple(text for text in map(plain, one[1:] or one) if not _LINE.fullmatch(text))
        matches = [
            match for match in _parts(plain(one[0])) if parts[match[1]] > 1 or match[1] in every or match[0][-1] == "]"
        ]
        said = [
            _NUMBERED.sub("", text.replace("_", " ")) for text in (*(m[2] for m in matches[:1]), *lines, plain(one[0]))
        ]
        if one[0]:
            found.append(
                _Question(
                    one[0],
                    lines,
                    tuple(said),
                    [cell for cell in cells if cell],
                    (*above[position][1],),
                    bool(matches),
                )
            )
    return found


def _parts(text: str) -> list[re.Match[str]]:
    return [match for pattern in _PARTS if (match := pattern.fullmatch(text))]


def _software(questions: list[_Question]) -> dict[str, list[_Question]]:
    """Return the columns that the one survey software recognised adds, by what they are; no other adds any.

    It is recognised by two columns that number, date or close its answers: « Nom » alone is a question.
    """
    seen = defaultdict[str, dict[str, list[_Question]]](lambda: defaultdict(list))
    for of, means, words in header_words():
        for column in questions:
            if any(words.fullmatch(line) for line in column.lines) and column not in sum(seen[of].values(), []):
                for one in means.split():
                    seen[of][one].append(column)
    known = {of: sum(len(seen[of][means]) for means in ("number", "answered_on", "complete")) for of in seen}
    best = max(known, key=lambda of: known[of], default="")
    return seen[best] if known.get(best, 0) > 1 else defaultdict(list)


def _sorted_out(every: list[_Question]) -> _Sorted:
    """Return the columns sorted, each variable going to the first column that its most telling words fit."""
    software, found, supports = _software(every), dict[str, _Question](), list[tuple[str, str, _Question]]()
    groups = {match[1] for column in every for match in _parts(plain(column.header)) if "/" in match[0]}
    free = [one for one in every if one not in sum(software.values(), []) and plain(one.header) not in groups]
    if software["answered_on"]:
        found["answered_on"] = software["answered_on"][0]
    for _, name, words in header_words("variable"):
        fits = (one for one in free if name not in found and one.of_the_pole() and any(map(words.search, one.said)))
        if column := next(fits, None):
            found[name] = column
            free.remove(column)
    others = dict[str, _Question]()
    for column in free:
        if not column.undated() and (support := _support(column)):
            supports.append((*support, column))
        else:
            others[_own_name(plain(column.header), others)] = column
    if "pole_id" not in found:
        numbers = software["number"] or [others.pop(name) for name in list(others)[:1]]
        if not numbers:
            raise InputError("no column is left to identify the poles: a codebook needs one. Add an identifier.")
        found["pole_id"] = numbers[0]
    return _Sorted(every, software, {"pole_id": found.pop("pole_id")} | found, supports, others)


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
    named = any(reading.value for cell in cells for reading in levels.level_parts(cell.replace("_", " ")))
    if _FUNDERS.search(header) and not ticks and (named or _separated(cells)):
        return "", "funder"
    alone, money = levels.level(column.said[0]).value, _MONEY.search(header)
    where = cells and all(cell.zfill(2) in levels.DEPARTEMENTS for cell in cells)  # « Département »: 93, 59
    if not (level := _level_named(column)) or (where and not money and not column.grouped):
        return None
    if ticks:
        return level, "link"
    stated = any(amounts.amount(cell).status in ("exact", "approximate", "zero", "range") for cell in cells)
    if stated and (money or alone):
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
