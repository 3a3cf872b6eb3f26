"""An export as text: every cell is text and keeps the row it came from, whatever the file it was in."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise
from math import isfinite
from pathlib import Path

from ptce_analysis.errors import InputError, if_shown
from ptce_analysis.survey.parse.words import tidy

# The header is one of the first lines: what is above it is a title.
SEARCHED = 40
# In this order when the evidence is equal: French software first.
SEPARATORS = (";", "\t", ",", "|")
# SPSS, then Stata since 13 and before: its version, the order of bytes, the kind of file.
_STATISTICS = re.compile(rb"\$FL[23]|<stata_dta>|[\x66-\x73][\x01\x02]\x01")
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# French letters as UTF-8: never seen as two or three neighbouring letters of a single-byte French text.
_UTF8_LETTERS = re.compile(rb"\xc3[\x80-\xbf]|\xc2[\xa0-\xbf]|\xe2\x80[\x80-\xbf]|\xe2\x82\xac|\xc5[\x92\x93\xb8]")
# What may follow a small letter in any text, beside another one.
_SIGNS = set("’‘“”«»–—…€°²³½¼¾ª·•™®©§´¹×\u00a0\u202f")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_MOJIBAKE = re.compile("[ÃÂâÅ][\u0080-\uffff]")
_SEP_LINE = re.compile(r'"?sep=(.)"?[^\S\n]*\n', re.I)
_SAMPLE = 4_000_000  # bytes that are enough to tell
# ISO-8859-15 writes € where cp1252 has ¤, œ where it has ½: no word holds either.
_LATIN_9 = re.compile(rb"\xa4|[a-z]\xbd[a-z]|\xbduvr")
NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:E[-+]?[0-9]+)?", re.I)
# `1` and `2 M€` side by side: an amount of 1,2 M€ that a comma may have cut.
_CUT = (re.compile(r"\s*-?[0-9][0-9 \u00a0\u202f]*"), re.compile(r"[0-9]"))


@dataclass(frozen=True)
class Limits:
    """How much an export may hold. They are checked while reading, before the memory is spent."""

    n_bytes: int = 100_000_000
    n_inflated: int = 100_000_000
    n_rows: int = 200_000
    n_columns: int = 2_000
    n_cells: int = 10_000_000
    n_characters: int = 32_767
    n_merged: int = 10_000


@dataclass(frozen=True)
class Note:
    """Something done to the file while reading it: row 0 is the whole file, no column is the whole row."""

    row: int
    column: int | None
    raw_value: str
    value: str
    rule: str


@dataclass(frozen=True)
class Grid:
    """The non-blank rows of an export as text, with their row numbers in the file.

    `merged` lists merged cells as (first row, first column, last row, last column): rows of the file, columns from 0.
    `sparse`: blank cells at the end of a row are not stored (workbooks); otherwise a short row is a fault.
    `header_rows`: how many lines of header the file itself has, 0 where only the codebook can say.
    `sheets`: the first rows of the sheets that were not read, where nothing says which one to read.
    """

    file: str
    rows: list[list[str]]
    numbers: list[int]
    notes: tuple[Note, ...] = ()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    sparse: bool = False
    header_rows: int = 0
    sheets: Mapping[str, list[list[str]]] = field(default_factory=dict)


def read(
    path: Path | str, *, encoding: str = "", separator: str = "", sheet: str = "", limits: Limits | None = None
) -> Grid:
    """Return the grid of an export file (.csv, .txt, .tsv, .xlsx, .ods; `statfiles`: .sav, .dta, .xls), only ever read.

    Raises
    ------
    InputError
        If the file is missing, too large, empty, damaged, hostile, or of another kind.
    """
    path, limits = Path(path), limits or Limits()
    if not path.is_file():
        raise InputError(f"{path.name}: no such file. Give the path of an export (.csv, .xlsx or .ods).")
    if path.stat().st_size > limits.n_bytes:
        raise InputError(f"{path.name}: more than {limits.n_bytes} bytes. A survey export is smaller: check the file.")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path.name}: cannot be read ({error.strerror}).") from error
    return read_bytes(data, path.name, encoding=encoding, separator=separator, sheet=sheet, limits=limits)


def read_bytes(
    data: bytes, file: str, *, encoding: str = "", separator: str = "", sheet: str = "", limits: Limits | None = None
) -> Grid:
    """Return the grid of the bytes of an export; the bytes, not the name, say what it is. Raises as `read`."""
    limits = limits or Limits()
    if data.startswith(b"%PDF"):
        raise InputError(f"{file}: a PDF document: export the answers as .csv, .xlsx or .ods.")
    if data[:512].lstrip().lower().startswith((b"<!doctype", b"<html", b"<table", b"<?xml")):
        raise InputError(f"{file}: a web page or XML document under another name: save it as .csv, .xlsx or .ods.")
    if data.startswith(b"PK"):
        from ptce_analysis.survey.workbooks import read_workbook

        return _unscrambled_grid(read_workbook(data, file, limits, sheet))
    from ptce_analysis.survey import statfiles

    if data.startswith(_OLD_WORKBOOK):
        return _unscrambled_grid(statfiles.read_old_workbook(data, file, limits, sheet))
    if _STATISTICS.match(data):
        return _unscrambled_grid(statfiles.read_statistics(data, file, limits, encoding))
    return _unscrambled_grid(_separated(data, file, limits, encoding, separator))


@contextmanager
def refusing(fault: str, advice: str) -> Iterator[None]:
    """Make one `InputError` of whatever a damaged or hostile file makes a library raise, which may repeat an answer."""
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        raise InputError(f"{fault} ({type(error).__name__}{if_shown(f': {error}')}). {advice}") from error


def gathered(file: str, records: Iterable[tuple[int, list[str]]], limits: Limits) -> tuple[list[list[str]], list[int]]:
    """Return the rows that hold something and their numbers; a file is refused as soon as it passes a limit."""
    rows, numbers, n_cells = list[list[str]](), list[int](), 0
    for number, cells in records:
        if not any(cell and not cell.isspace() for cell in cells):
            continue
        n_cells += len(cells)
        for what, n, limit in (
            ("rows", len(rows) + 1, limits.n_rows),
            ("columns", len(cells), limits.n_columns),
            ("cells", n_cells, limits.n_cells),
            ("characters in one cell", max(map(len, cells)), limits.n_characters),
        ):
            if n > limit:
                raise InputError(
                    f"{file}, row {number}: more than {limit} {what}. A survey export is smaller: check the file."
                )
        rows.append(cells)
        numbers.append(number)
    return rows, numbers


def number_text(value: str) -> str:
    """Return a stored number as text a reader cannot take for grouped thousands: 15 digits, never three decimals.

    >>> number_text("1.125"), number_text("12500.0"), number_text("1.7500000000000002"), number_text("1E+5")
    ('1.1250', '12500', '1.75', '100000')
    """
    if not NUMBER.fullmatch(value) or not isfinite(number := float(value)):
        return value
    text = format(Decimal(format(number, ".15g")).normalize(), "f")
    return text + "0" if len(text.partition(".")[2]) == 3 else text


# Separated text: CSV as French and English software write it.


def _separated(data: bytes, file: str, limits: Limits, encoding: str, separator: str) -> Grid:
    """Return the grid of a separated file; a message names the line."""
    text, notes = _decoded(data, file, encoding)
    if (n_lines := max(text.count("\n"), text.count("\r"))) > (limit := 4 * limits.n_rows):
        raise InputError(
            f"{file}: {n_lines} lines, and at most {limit} are read. A survey export is smaller: check it."
        )
    text = re.sub("\r+\n?", lambda end: "\n" if end[0][-1] == "\n" else "\n" * len(end[0]), text)
    if stated := _SEP_LINE.match(text):
        text = text[stated.end() :]
        notes.append(Note(1, None, stated[0].strip(), "", "separator_line"))
    mark = separator or (stated[1] if stated else _sniffed(text))
    rows, numbers = gathered(file, _records(text, mark, 2 if stated else 1, file), limits)
    if mark == ",":
        _refuse_cut_numbers(file, rows, numbers)
    else:
        notes.append(Note(0, None, mark.replace("\t", "\\t"), ",", "separator"))
    return Grid(file, rows, numbers, tuple(notes))


def _sniffed(text: str) -> str:
    """Return the separator of a text: the one that cuts its first records into the same number of cells, the most.

    The header counts: a decimal comma in a file of semicolons is not a separator.

    >>> _sniffed("id;Budget, en k€;stage\\n1;25,5;création\\n")
    ';'
    """
    start = text[:200_000].split("\n")[:30]

    def score(separator: str) -> tuple[bool, int, float]:
        try:
            widths = [
                len(cells) for cells in csv.reader([f"{line}\n" for line in start], delimiter=separator) if any(cells)
            ]
        except csv.Error:  # the reading itself names the line
            return False, 0, 0
        titles = next((position for position, width in enumerate(widths) if width > 1), 0)
        width, n = Counter(widths[titles:]).most_common(1)[0] if widths else (1, 0)
        return n >= 0.7 * len(widths[titles:]) and width > 1, -titles, n * (width - 1)

    return max((",", *SEPARATORS), key=lambda one: (score(one)[2] > 0, score(one)))


def _records(text: str, separator: str, first: int, file: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each record with the line it starts on."""
    reader = csv.reader((f"{line}\n" for line in text.split("\n")), delimiter=separator, strict=True)
    start, width, shapes = first, 0, set[str]()
    try:
        for cells in reader:
            following, width = first + reader.line_num, max(width, len(cells))
            shapes |= {shape(cells[0])} if len(cells) == 2 and start > first else set()
            if following - start > 1 and _holds_rows(cells, separator, width, shapes):
                raise InputError(
                    f"{file}, line {start}: a quoted cell holds what looks like whole rows. "
                    "A quote is missing or in excess: mend the export, or export it again."
                )
            yield start, cells
            start = following
    except csv.Error as error:
        raise InputError(
            f"{file}, line {start}: the quotes of this row do not close properly ({error}). "
            "The file is truncated or was edited by hand: export it again."
        ) from error


def _holds_rows(cells: list[str], separator: str, width: int, shapes: set[str]) -> bool:
    """Return whether a cell is rows joined by two stray quotes: k line ends, and the separators of k rows (or k + 1).

    Of two columns, an answer of several lines may look so: its lines must also start like the rows above (`shapes`).
    """
    for cell in cells:
        lines = cell.split("\n")
        n_rows = len(lines) - (len(cells) > 1)
        if len(lines) > 1 < width and cell.count(separator) == n_rows * (width - 1):
            starts = {shape(line.split(separator)[0]) for line in lines[cell != cells[0] :]}
            return width > 2 or starts <= shapes or (cell == cells[0] and len(starts) == 1)
    return False


def shape(text: str) -> str:
    """Return how a text is made, to tell whether it is like others.

    >>> shape("Pôle 12"), shape("P-2013")
    ('a 9', 'a-9')
    """
    return re.sub(r"[^\W\d_]+", "a", re.sub("[0-9]+", "9", tidy(text)))


def _refuse_cut_numbers(file: str, rows: list[list[str]], numbers: list[int]) -> None:
    """Refuse a file of commas in which an unquoted decimal comma cut a number: the row is wider than all above it."""
    width = 0
    for number, cells in zip(numbers, rows, strict=True):
        cut = [f" ({a},{b})" for a, b in pairwise(cells) if _CUT[0].fullmatch(a) and _CUT[1].match(b)]
        if cut and len(cells) > width > 0:
            raise InputError(
                f"{file}, line {number}: {len(cells)} cells where the header has {width}, and two of them may be one "
                f"number{if_shown(cut[0])}. A decimal comma must be inside quotes in a file of commas: use semicolons, "
                "or .xlsx."
            )
        width = max(width, len(cells))


# Bytes to text, by evidence: a mark, valid UTF-8, then which single-byte table the words themselves point to.


def _decoded(data: bytes, file: str, encoding: str) -> tuple[str, list[Note]]:
    """Return the text of a file and, unless it is plain UTF-8, the encoding found, as a note."""
    if not data.strip(b"\x00\t\r\n \xef\xbb\xbf\xff\xfe"):
        raise InputError(f"{file}: the file is empty. Export the answers again.")
    found = encoding or _recognised(data, file)
    try:
        text = data.decode(found).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{file}, line {line}: byte {data[error.start]:#04x} does not fit the encoding of the file ({found}). "
            "It is truncated, damaged, or joins two encodings: export it again, in UTF-8, or name its encoding "
            "(layout: encoding)."
        ) from error
    except (LookupError, ValueError) as error:  # `undefined` and its like are codecs, and of no text
        legal = "utf-8, cp1252, iso-8859-15, mac_roman or cp850"
        raise InputError(f"{file}: nothing is known of the encoding {encoding!r}. Use {legal}.") from error
    if match := _CONTROLS.search(text):
        line = text.count("\n", 0, match.start()) + 1
        raise InputError(
            f"{file}, line {line}: the character U+{ord(match[0]):04X} is not text (read as {found}). "
            "The file is damaged or in another encoding: export it again, in UTF-8."
        )
    return text, [] if found == "utf-8" else [Note(0, None, found, "utf-8", "encoding")]


def _recognised(data: bytes, file: str) -> str:
    """Return the name of the encoding the bytes point to: UTF-8, UTF-16 by its mark, ISO-8859-15 or cp1252.

    The é of a Macintosh is a capital in cp1252, that of DOS a low quote, and neither follows a small letter; nor is
    their É, ç or ê a sign before one.
    """
    if mark := next((name for start, name in _MARKS if data.startswith(start)), ""):
        return mark
    try:
        data.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        if _UTF8_LETTERS.search(data):
            return "utf-8"  # damaged, and not another encoding
    if _LATIN_9.search(data) and not re.search(rb"[\x80-\x9f]", data):
        return "iso-8859-15"
    near = Counter(re.findall(rb"[a-z]([\x80-\xff])|([\x83\x88])|([\x82\x87])[a-z]", data[:_SAMPLE]))
    letters = [(b"".join(found).decode("cp1252", "replace"), n) for found, n in near.items()]
    told = [(not letter.islower() or letter == "ƒ", n) for letter, n in letters if letter not in _SIGNS]
    if 2 * sum(n for other, n in told if other) > sum(n for _, n in told):
        raise InputError(
            f"{file}: the accents are those of an old table, mac_roman or cp850. Say which in the codebook (layout: "
            "encoding), or export it again, in UTF-8."
        )
    return "cp1252"


def unscrambled(text: str) -> str:
    """Return a text whose UTF-8 letters were read as cp1252, once or twice, put right; any other text as it is.

    >>> unscrambled("RÃ©gion"), unscrambled("RÃƒÂ©gion"), unscrambled("Région")
    ('Région', 'Région', 'Région')
    """
    while _MOJIBAKE.search(text):
        try:
            text = text.encode("cp1252").decode("utf-8")  # shorter each time
        except UnicodeError:
            break
    return text


def _unscrambled_grid(grid: Grid) -> Grid:
    """Return a grid whose letters read twice are put right, each cell noted; a workbook saved from a CSV keeps them."""
    right = {cell: better for cells in grid.rows for cell in cells if (better := unscrambled(cell)) != cell}
    if not right:
        return grid
    repairs = [
        Note(number, position, cell, right[cell], "mojibake")
        for number, cells in zip(grid.numbers, grid.rows, strict=True)
        for position, cell in enumerate(cells)
        if cell in right
    ]
    rows = [[right.get(cell, cell) for cell in cells] for cells in grid.rows]
    return replace(grid, rows=rows, notes=(*grid.notes, *repairs))


# What the columns of a grid are called, over one or several header lines.


def header_texts(grid: Grid, start: int, n_rows: int) -> list[list[str]]:
    """Return, for each column, what it may be called: its header lines joined by ` / `, then each, the lowest first."""
    block = grid.rows[start : start + n_rows]
    width = max(map(len, block), default=0)
    filled = [_spread(grid, start + i, width, i < len(block) - 1) for i in range(len(block))]
    texts = []
    for column in range(width):
        lines = list(dict.fromkeys(text for row in filled if (text := tidy(row[column]))))
        texts.append(list(dict.fromkeys([" / ".join(lines), *reversed(lines)])) if lines else [""])
    return texts


def above_texts(grid: Grid, start: int, width: int) -> list[tuple[list[str], list[str]]]:
    """Return, for each column of a header, what the lines above say over it, and the titles, which say it of none."""
    texts: list[tuple[list[str], list[str]]] = [([], []) for _ in range(width)]
    for position in range(start):
        filled = [text for cell in grid.rows[position] if (text := tidy(cell))]
        alone = len(filled) == 1 and bool(grid.rows[position][0].strip())
        spread = _spread(grid, position, max(len(grid.rows[position]), width), upper=not (alone or grid.sparse))
        for (over, titles), cell in zip(texts, spread, strict=False):
            (over if tidy(cell) else titles).append(tidy(cell) or " | ".join(filled))
    return texts


def _spread(grid: Grid, position: int, width: int, upper: bool) -> list[str]:
    """Return a header line, merged cells spread over all they cover; an upper line without any fills to the right."""
    row = [*grid.rows[position], *[""] * (width - len(grid.rows[position]))]
    number, positions = grid.numbers[position], {n: i for i, n in enumerate(grid.numbers[: 2 * SEARCHED])}
    merged = [one for one in grid.merged if one[0] <= number <= one[2] and one[0] in positions]
    for top, left, _, right in merged:
        text = grid.rows[positions[top]][left : left + 1]
        for column in range(left, min(right + 1, width)) if text else ():
            row[column] = row[column] or text[0]
    if upper and not merged:
        for column in range(1, width):
            row[column] = row[column] or row[column - 1]
    return row
