"""An export and its codebook to clean tables, with the list of every repair and of everything set aside."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path

import pandas as pd

from ptce_analysis.errors import InputError, if_shown, nearest
from ptce_analysis.survey import codebook as books
from ptce_analysis.survey import tables
from ptce_analysis.survey.cells import read_cell, read_column
from ptce_analysis.survey.codebook import COMPLETE, Codebook, read_codebook
from ptce_analysis.survey.grid import SEARCHED, Grid, Limits, Note, above_texts, header_texts, shape
from ptce_analysis.survey.parse import words
from ptce_analysis.survey.parse.kinds import is_unit, names_columns
from ptce_analysis.survey.parse.words import SPREADSHEET_ERROR, plain, tidy
from ptce_analysis.survey.read import read
from ptce_analysis.survey.tables import Cleaned
from ptce_analysis.vocabulary import ROW_RULES

_TEST = re.compile(r"(?:test|tests|essai|pilote|toto|azerty|qsdf|asdf|exemple|demo|aaa+|xxx+)[ _.-]*[0-9]*")
_NUMBER = re.compile(" #[0-9]+$")  # of one of several columns of one name
_NUMBERS = re.compile(r"[0-9 \u00a0\u202f.,/:-]+")
_NOT_SUBMITTED = ("", "n", "non", "no", "na", "n/a", "0", "false", "faux", "null")
# A line holds answers if one of them states something, and not of a kind that any text can be.
_ANY_TEXT = ("id", "text", "choice", "multi")
_STATED = ("exact", "approximate", "zero", "range", "not_applicable")


def clean(export: Path | str, codebook: Codebook | Path | str, limits: Limits | None = None) -> Cleaned:
    """Return the clean tables of an export; the export itself is only ever read.

    Raises `InputError` if the export or the codebook cannot be used, or the tables they give are not fit for the study.
    """
    book = codebook if isinstance(codebook, Codebook) else read_codebook(codebook)
    if not book.wave:
        raise InputError(f"{book.file}: the year of the wave is not filled in (wave:). Finish the drafted codebook.")
    if left := "".join(f"\n- {text}" for text in book.to_finish):
        raise InputError(f"{book.file}: not finished. Do what its list to_finish asks, then delete the list:{left}")
    layout = book.layout
    grid = read(export, encoding=layout.encoding, separator=layout.separator, sheet=layout.sheet, limits=limits)
    kind, keys = ("a workbook", ("encoding", "separator")) if grid.sparse else ("no workbook", ("sheet",))
    if unused := [f"layout.{key}" for key in keys if getattr(layout, key)]:
        raise InputError(f"{book.file}: nothing makes use of {', '.join(unused)}: {grid.file} is {kind}. Delete it.")
    answers = laid_out(grid, book)
    poles = {plain(cell).rstrip(" :.") for cell in answers.cells["pole_id"]}
    if absent := [f"{n}{if_shown(f' ({one})')}" for n, one in enumerate(book.exclude, 1) if plain(one) not in poles]:
        raise InputError(f"{book.file}, exclude: no line of {grid.file} is of its pole {', '.join(absent)}. Delete it.")
    return tables.check(cleaned(answers, book))


def clean_summary(result: Cleaned) -> dict[str, int]:
    """Return the counts a command prints: rows in, kept, quarantined, and repairs."""
    counts = {name: getattr(result, name) for name in ("rows_in", "rows_kept", "rows_quarantined")}
    return counts | {"repairs": len(result.ledger)}


@dataclass(frozen=True)
class Answers:
    """The answers as text: `headers` and `cells` by variable; `names`, `numbers` and `whole` rows are the file's."""

    file: str
    names: tuple[str, ...]
    headers: dict[str, str]
    cells: dict[str, list[str]]
    numbers: list[int]
    whole: list[list[str]]
    notes: tuple[Note, ...]


def laid_out(grid: Grid, book: Codebook) -> Answers:
    """Return the answers of a grid, by the codebook. Columns are found by name and never shift.

    Raises `InputError` if the header, a column or the data are missing, one is doubled, or a row has another width.
    """
    if grid.header_rows:
        book = replace(book, layout=replace(book.layout, header_rows=grid.header_rows))
    start, spellings = _header(grid, book)
    spellings = books.told_apart(spellings)
    after = start + book.layout.header_rows
    shown = [texts[0] for texts in spellings]
    columns = _columns(grid, book, start, spellings)
    above = zip(grid.numbers[:start], grid.rows, strict=False)
    notes = [*grid.notes, *(Note(n, None, _written_out(row), "", "line_above_the_header") for n, row in above)]
    unused = ((n, text) for n, text in enumerate(shown) if text and n not in columns.values())
    notes += [Note(grid.numbers[after - 1], n, text, "", "column_not_in_the_codebook") for n, text in unused]
    below = dict(zip(grid.numbers[after:], grid.rows[after:], strict=True))
    for top, left, bottom, right in grid.merged:  # what such cells hold is read in the first, the others are blank
        if text := "".join(below.get(top, [])[left : left + 1]).strip():
            notes.append(Note(top, left, text, f"first of {(bottom - top + 1) * (right - left + 1)}", "merged_cells"))
    rows, more = _fitted(grid, len(spellings), after)
    if not rows:
        raise InputError(f"{grid.file}: a header and no answers under it. Export the answers again.")
    return Answers(
        file=grid.file,
        names=tuple(shown),
        headers={name: shown[column] for name, column in columns.items()},
        cells={name: [row[column] for row in rows] for name, column in columns.items()},
        numbers=grid.numbers[after:],
        whole=rows,
        notes=(*notes, *more),
    )


def _written_out(row: list[str]) -> str:
    return " | ".join(cell.strip() for cell in row if cell.strip())


def _header(grid: Grid, book: Codebook) -> tuple[int, list[list[str]]]:
    """Return the first line of the header, which has the most headers of the codebook, and what its columns say."""
    scores = _scores(grid, book)
    _refuse_other_sheets(grid, book, max(scores, default=0))
    if not any(scores):
        first = "".join(f" First line: {_written_out(row)[:200]!r}." for row in grid.rows[:1])
        where = "".join(f" Other sheets: {one.raw_value}." for one in grid.notes if one.rule == "other_sheets")
        raise InputError(
            f"{grid.file}: no line holds a header of {book.file} (for example {book.columns()[0].headers[0]!r})."
            f"{if_shown(first)} Check the codebook, its header_rows, its sheet and, for a CSV, its separator.{where}"
        )
    best = scores.index(max(scores))
    return best, header_texts(grid, best, book.layout.header_rows)


def _scores(grid: Grid, book: Codebook) -> list[int]:
    """Return how many headers of the codebook each of the first lines of a sheet holds."""
    wanted, scores = [{*map(plain, variable.headers)} for variable in book.columns()], []
    for start in range(min(SEARCHED, len(grid.rows))):
        known = {plain(text) for texts in header_texts(grid, start, book.layout.header_rows) for text in texts}
        scores.append(sum(1 for headers in wanted if headers & known))
    return scores


def _refuse_other_sheets(grid: Grid, book: Codebook, score: int) -> None:
    """Refuse a workbook whose answers are on another sheet, or on several, where the codebook names none."""
    scores = dict.fromkeys(grid.sheets, 0)
    for name, rows in grid.sheets.items():
        found = _scores(replace(grid, rows=rows, numbers=[*range(len(rows))], merged=()), book)
        scores[name] = max(found[: len(rows) - book.layout.header_rows], default=0)  # answers are under a header
    most = max(score, *scores.values(), 1)
    if not (fitting := [name for name, n in scores.items() if 2 * n >= most]):
        return
    said = "not the first sheet but" if 2 * score < most else "more than the first sheet, also"
    rest = ", ".join(name for name in scores if name not in fitting)
    raise InputError(
        f"{grid.file}: {said} {' and '.join(map(repr, fitting))} has the headers of {book.file}. Name the one to read "
        f"(layout: {{sheet: {fitting[0]}}}), or join them on one sheet.{f' The other sheets: {rest}.' if rest else ''}"
    )


def _refuse_answers_elsewhere(grid: Grid, book: Codebook, start: int, columns: Mapping[str, int]) -> None:
    """Refuse answers above those that are read, or on a sheet that is not read."""
    after, at = start + book.layout.header_rows, columns["pole_id"]
    known = {shape(row[at]) for row in grid.rows[after:] if at < len(row)}
    labels = set[str]().union(*_labels(header for one in book.columns() for header in one.headers))

    def reads_as_answers(row: list[str], least: int) -> bool:
        cells = [text for column in columns.values() if (text := _cell(row, column))]
        n_labels, name = sum(plain(text) in labels for text in cells), shape(_cell(row, at))
        is_named = name in known and "9" in name
        # A line of labels is another header, or a part of it; one may also stand among answers by mistake.
        if not name or 2 * n_labels >= len(cells) or (n_labels and not is_named):
            return False
        stated = [text for text, status in _statuses(row, book, columns) if status in _STATED]
        # A title may be a label and its number, or its year.
        like = len(cells) >= least or name in known or any(not _NUMBERS.fullmatch(text) for text in stated)
        return is_named or (like and bool(stated))

    above = [n for n in range(min(after, len(grid.rows))) if n != start]
    lines = [(f"line {grid.numbers[n]}", grid.rows[n], 3) for n in above]
    lines += [(f"sheet {name!r}", row, max(3, len(columns) // 2)) for name, rows in grid.sheets.items() for row in rows]
    if where := next((where for where, row, least in lines if reads_as_answers(row, least)), ""):
        raise InputError(
            f"{grid.file}, {where}: it reads as answers, and only those under the header of one sheet are read. Put "
            "all there (a sheet may have been sorted together with its header), or mend layout: header_rows or sheet."
        )


def _refuse_second_table(grid: Grid, book: Codebook, after: int, columns: Mapping[str, int], shown: list[str]) -> None:
    """Refuse another table under the answers: one that names their columns otherwise, or labels after a blank line.

    The same header again, as on printed pages, is a line that `set_aside` knows.
    """
    own = _labels(shown)
    labels = set[str]().union(*own) - {""}
    for at in range(after + 1, len(grid.rows)):
        row, n_lines = grid.rows[at], 1 if grid.sparse else 1 + sum(cell.count("\n") for cell in grid.rows[at - 1])
        apart = grid.numbers[at] - grid.numbers[at - 1] > n_lines
        named = plain(_cell(row, columns["pole_id"])) in labels
        if not (named or apart):
            continue
        said = {n: plain(cell) for n, cell in enumerate(row) if cell.strip()}
        again = all(n < len(own) and text in own[n] for n, text in said.items())
        others = named and not again and 2 * sum(text in labels for text in said.values()) >= max(len(said), 4)
        words = apart and len(said) > 1 and not any(map(str.isdigit, "".join(said.values())))
        if others or (words and {status for _, status in _statuses(row, book, columns)} == {"unreadable"}):
            raise InputError(
                f"{grid.file}, line {grid.numbers[at]}: a second table stands under the answers, and one is read. Put "
                "it on a sheet (layout: sheet) or in a file of its own; answers stand together, without a blank line."
            )


def _cell(row: list[str], column: int) -> str:
    return "".join(row[column : column + 1]).strip()


def _statuses(row: list[str], book: Codebook, columns: Mapping[str, int]) -> list[tuple[str, str]]:
    """Return the cells of a line that not any text can be, each with the status of what it states."""
    typed = [(_cell(row, columns[v.name]), v) for v in book.columns() if v.name in columns and v.kind not in _ANY_TEXT]
    return [(text, read_cell(text, variable, book).status) for text, variable in typed if text]


def _labels(names: Iterable[str]) -> list[set[str]]:
    """Return what each column is called: its name, and each of the lines of header it is made of."""
    return [{one, *one.split(" / ")} for one in (_NUMBER.sub("", plain(name)) for name in names)]


def _columns(grid: Grid, book: Codebook, start: int, spellings: list[list[str]]) -> dict[str, int]:
    """Return the column of each variable; the missing, the doubled and those of a doubtful unit are named at once."""
    found, faults, units = dict[str, int](), list[str](), list[str]()
    shown, above = [texts[0] for texts in spellings], above_texts(grid, start, len(spellings))
    after = start + book.layout.header_rows
    for variable in book.columns():
        wanted = {plain(text) for text in variable.headers}
        whole = [n for n, text in enumerate(shown) if plain(text) in wanted]
        columns = whole or [n for n, texts in enumerate(spellings) if wanted & set(map(plain, texts))]
        first = variable.headers[0]
        if not columns:
            near, sure = (nearest(first, names) for names in (shown, [one for one in shown if _is_slip(one, first)]))
            faults.append(f"{variable.name}: no column is called {first!r}.{sure or if_shown(near)}")
        elif len(columns) > 1:
            which = f" Write which: {', '.join(repr(shown[column]) for column in columns)}."
            alike = all(_NUMBER.sub("", plain(shown[column])) in wanted for column in columns)
            how = which if alike else if_shown(which) or " Write all its lines of header, joined by ' / '."
            faults.append(f"{variable.name}: {len(columns)} columns are called {first!r}.{how}")
        else:
            column = found[variable.name] = columns[0]
            below = "".join(_cell(row, column) for row in grid.rows[after : after + 1])
            over, titles = above[column]
            named = " / ".join([*over, shown[column], *[below] * is_unit(variable.kind, below)])
            kind, unit = variable.kind, variable.unit
            fault = books.unit_fault(kind, named, unit) or books.title_fault(kind, titles, unit)
            for text in (*titles, *([] if plain(named) in wanted else [named])):
                fault = fault.replace(f" {text!r}", if_shown(f" {text!r}"))
            units += [f"{variable.name}, column {first!r}: {fault}"] if fault else []
    if "pole_id" in found:
        _refuse_answers_elsewhere(grid, book, start, found)
        _refuse_second_table(grid, book, after, found, shown)
    if faults := faults + units:
        raise InputError(f"{grid.file}: the header does not fit {book.file}:\n- " + "\n- ".join(faults))
    return found


def _is_slip(text: str, header: str) -> bool:
    """Return whether a text is a header with a slip of typing: in a damaged file, more of it may be an answer."""
    written, wanted = plain(text), plain(header)
    more = Counter(written) - Counter(wanted)
    alike = SequenceMatcher(None, written, wanted).ratio() >= 0.75
    return alike and more.total() < 3 and not any(map(str.isdigit, more))


def _fitted(grid: Grid, width: int, after: int) -> tuple[list[list[str]], list[Note]]:
    """Return the rows under the header, each with the header's width, and what was cut or filled to get there.

    A row may be longer where all are, because each ends in separators. One longer than others has shifted.
    """
    rows, numbers = grid.rows[after:], grid.numbers[after:]
    n_full = 1 + max((at for at, row in enumerate(rows) if len(row) > 1), default=-1)  # a cell alone below is a note
    named = max((n for n, cell in enumerate(grid.rows[after - 1], 1) if cell.strip()), default=width)
    widths = {len(row) for row in rows[:n_full]}
    spare = not grid.sparse and len(widths) == 1 and min(widths) > width
    notes = [Note(numbers[0], None, f"{n_full} rows", "", "blank_cells_beyond_the_header")] if spare else []
    for at, row in enumerate(rows):
        beyond = [cell for cell in row[width:] if cell.strip()]
        if not grid.sparse and (beyond or (at < n_full and len(row) not in (named, width) and not spare)):
            raise InputError(
                f"{grid.file}, line {numbers[at]}: {len(row)} cells where the header has {width}. A separator, a quote "
                "or a line break is missing or in excess: mend the export, or export it again."
            )
        notes += [Note(numbers[at], None, cell, "", "cell_beyond_the_header") for cell in beyond]
    return [[*row[:width], *[""] * (width - len(row))] for row in rows], notes


def cleaned(answers: Answers, book: Codebook) -> Cleaned:
    """Return the clean tables of answers already laid out: lines set aside first, then cells, then tables."""
    variables = [variable for variable in book.columns() if variable.name != COMPLETE]
    read = {one.name: read_column(answers.cells[one.name], one, book) for one in variables}
    aside = set_aside(answers, read, book)
    order = [at for at in read["pole_id"]["word"].argsort(kind="stable") if not aside[at]]  # lines may come in any
    columns = {name: found.take(order).reset_index(drop=True) for name, found in read.items()}
    supports, links = tables.supports_tables(columns, book)
    repairs, doubts = (
        found.assign(file=answers.file, column=found["column"].map(answers.headers))
        for found in tables.repairs_and_doubts(columns, [answers.numbers[at] for at in order], book)
    )
    names: dict[int | None, str] = dict(enumerate(answers.names))
    notes = [(answers.file, n.row, names.get(n.column, ""), n.raw_value, n.value, n.rule) for n in answers.notes]
    said = pd.DataFrame(notes, columns=list(tables.LEDGER))
    whys = [book.exclude.get(pole.strip(), "") for pole in answers.cells["pole_id"]]
    every = zip(aside, answers.numbers, answers.whole, whys, strict=True)
    whole = [(answers.file, n, "", _written_out(row), f"{r}: {w or ROW_RULES[r][0]}") for r, n, row, w in every if r]
    lines = pd.DataFrame(whole, columns=list(tables.QUARANTINE))
    asked_links, asked_amounts = tables.levels_asked(columns, book)
    return Cleaned(
        year=book.wave,
        origin=book.origin,
        poles=tables.poles_table(columns, links, book),
        supports=supports,
        ledger=tables.listed(pd.concat([said, repairs]), tables.LEDGER, answers.names),
        quarantine=tables.listed(pd.concat([lines, doubts]), tables.QUARANTINE, answers.names),
        rows_in=len(aside),
        rows_kept=len(order),
        rows_quarantined=len(aside) - len(order),
        links=asked_links,
        amounts=asked_amounts,
        title=book.title,
        date=book.date,
    )


def set_aside(answers: Answers, read: tables.Columns, book: Codebook) -> list[str]:
    """Return, for each line, the first of `ROW_RULES` that sets it aside, "" for the lines kept.

    `read`: what each column states (`read_column`).
    """
    layout, cells, labels = book.layout, answers.cells, _labels(answers.names)
    totals, excluded = layout.total_rows, {plain(pole) for pole in book.exclude}
    not_submitted = (*_NOT_SUBMITTED, *layout.not_shown)
    identity = {v.name for v in book.variables if v.kind in ("id", "date")} | {"pole_id", layout.respondent}
    said = [name for name in cells if name not in identity]

    def rule(at: int) -> str:
        row, pole, name = answers.whole[at], tidy(cells["pole_id"][at]), plain(cells["pole_id"][at])
        first = plain(next((cell for cell in row if cell.strip()), ""))
        respondent, spelt = plain(cells[layout.respondent][at]), name.rstrip(" :.")
        if any(one in totals if totals else words.chosen("total", one) for one in (first.rstrip(" :."), spelt)):
            return "total_row"
        repeats = (plain(cell) in own for cell, own in zip(row, labels, strict=True) if cell.strip())
        if (at < 2 and names_columns(row)) or (pole and all(repeats)):
            return "header_again"
        if not pole or SPREADSHEET_ERROR.fullmatch(pole):
            return "no_identifier"
        if not any(cells[name][at].strip() for name in said):
            return "no_answer"
        if any(text in layout.test_rows or _TEST.fullmatch(text) for text in (name, respondent)):
            return "test_row"
        if spelt in excluded:
            return "excluded_by_the_codebook"
        return "incomplete" if layout.complete and plain(cells[COMPLETE][at]) in not_submitted else ""

    found = [rule(at) for at in range(len(answers.numbers))]
    for name, column in (("duplicate_respondent", layout.respondent), ("duplicate_identifier", "pole_id")):
        for at in _replaced(answers, read, book, [at for at, one in enumerate(found) if not one], column):
            found[at] = name
    return found


def _replaced(answers: Answers, read: tables.Columns, book: Codebook, kept: list[int], name: str) -> list[int]:
    """Return all answers of one respondent but the latest; where nothing says which is the latest, all of them."""
    # Assumption: a later answer replaces an earlier one, and where a date cannot be read none is known to be later.
    # Source: survey software lets a respondent answer again. If wrong: a corrected identifier (decisions), or the
    # codebook's `exclude` list, decides.
    dates = [variable.name for variable in book.variables if variable.kind == "date"]
    said = [cells for one, cells in answers.cells.items() if one not in ("pole_id", COMPLETE, *dates)]
    days, doubts = ([list(read[date][field]) for date in dates] for field in ("word", "reason"))
    names, groups = list(read[name]["word"]), defaultdict[str, list[int]](list)
    for at in kept:
        groups[plain(names[at]) or tidy(names[at])].append(at)

    def rank(at: int) -> tuple[str, int]:
        return max((day[at] for day in days), default=""), sum(1 for cells in said if cells[at].strip())

    found = []
    for same in (same for key, same in groups.items() if key and len(same) > 1):
        unread, best = any(doubt[at] for doubt in doubts for at in same), max(map(rank, same))
        first = same if unread else [at for at in same if rank(at) == best]
        known = len({tuple(plain(cells[at]) for cells in said) for at in first}) == 1
        found += [at for at in same if not known or at != first[0]]
    return found
