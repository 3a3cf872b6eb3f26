"""An export as text: every cell is text and keeps the row it came from, whatever the file it was in."""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from ptce_analysis.errors import InputError, if_shown
from ptce_analysis.survey.grid import Grid, Limits, Note, at_most, gathered, shape
from ptce_analysis.survey.statfiles import read_old_workbook, read_statistics
from ptce_analysis.survey.workbooks import read_workbook

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
# What LimeSurvey writes in a VV export in the place of signs that would break its lines (`vvexport` of its code).
_VV_SIGNS = {"{newline}": "\n", "{cr}": "\r", "{tab}": "\t", "{quote}": '"', "{lbrace}": "{"}
_VV_SIGN = re.compile("|".join(_VV_SIGNS))
_SAMPLE = 4_000_000  # bytes that are enough to tell
# ISO-8859-15 writes € where cp1252 has ¤, œ where it has ½: no word holds either.
_LATIN_9 = re.compile(rb"\xa4|[a-z]\xbd[a-z]|\xbduvr")
# `1` and `2 M€` side by side: an amount of 1,2 M€ that a comma may have cut.
_CUT = (re.compile(r"\s*-?[0-9][0-9 \u00a0\u202f]*"), re.compile(r"[0-9]"))


def read(
    path: Path | str, *, encoding: str = "", separator: str = "", sheet: str = "", limits: Limits | None = None
) -> Grid:
    """Return the grid of an export file (.csv, .txt, .tsv, .xlsx, .ods; `statfiles`: .sav, .dta, .xls), only ever read.

    Raises `InputError` if the file is missing, too large, empty, damaged, hostile, or of another kind.
    """
    path, limits = Path(path), limits or Limits()
    if not path.is_file():
        raise InputError(f"{path.name}: no such file. Give the path of an export (.csv, .xlsx or .ods).")
    at_most(limits.n_bytes, path.stat().st_size, "bytes", path.name)
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
        grid = read_workbook(data, file, limits, sheet)
    elif data.startswith(_OLD_WORKBOOK):
        grid = read_old_workbook(data, file, limits, sheet)
    elif _STATISTICS.match(data):
        grid = read_statistics(data, file, limits, encoding)
    else:
        grid = _separated(data, file, limits, encoding, separator)
    return _mended(grid, unscrambled, "mojibake")


# Separated text: CSV as French and English software write it.


def _separated(data: bytes, file: str, limits: Limits, encoding: str, separator: str) -> Grid:
    """Return the grid of a separated file; a message names the line."""
    text, notes = _decoded(data, file, encoding)
    at_most(4 * limits.n_rows, max(text.count("\n"), text.count("\r")), "lines", file)
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
    grid = Grid(file, rows, numbers, tuple(notes))
    return _mended(grid, _typed, "limesurvey_sign") if mark == "\t" else grid


def _sniffed(text: str) -> str:
    """Return the separator of a text: the one that cuts its first records into the same number of cells, the most.

    The header counts: a decimal comma in a file of semicolons is not a separator.

    >>> _sniffed("id;Budget, en k€;stage\\n1;25,5;création\\n")
    ';'
    """
    start = [f"{line}\n" for line in text[:200_000].split("\n")[:30]]

    def score(separator: str) -> tuple[bool, int, float]:
        try:
            widths = [len(cells) for cells in csv.reader(start, delimiter=separator) if any(cells)]
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
            # What two quotes join has more cells than a row, or less: both widths are looked for.
            following, widths, width = first + reader.line_num, {width, len(cells)}, max(width, len(cells))
            shapes |= {shape(cells[0])} if len(cells) == 2 and start > first else set()
            if following - start > 1 and any(_holds_rows(cells, separator, one, shapes) for one in widths):
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
    """Return whether a cell is rows joined by two stray quotes: a line of it is a whole row, it has separators in a row
    that is too short or too long, or about those of as many rows as line ends, or as lines that are not blank.

    Of two columns, an answer of several lines may look so: its lines must also start like the rows above (`shapes`).
    """
    for cell in (one for one in cells if "\n" in one):
        lines = cell.split("\n")
        # What separates words in a sentence has a space behind it.
        within = [line.count(separator) - line.count(f"{separator} ") for line in lines]
        long = max(within[1:-1], default=0) >= max(3, (width - 1) / 2)  # most of a row, which may be cut short
        if width > 2 and (width - 1 in within or long or (len(cells) != width and any(within))):
            return True
        rows = {len(lines) - 1, sum(1 for line in lines if line.strip())} - {0}
        if width > 1 and any(abs(cell.count(separator) - n * (width - 1)) < n / 2 for n in rows):
            starts = {shape(line.split(separator)[0]) for line in lines[cell != cells[0] :] if line.strip()}
            return width > 2 or starts <= shapes or (cell == cells[0] and len(starts) == 1)
    return False


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


def _typed(text: str) -> str:
    """Return an answer of a VV export of LimeSurvey as it was typed, its lines, tabs and braces written out."""
    return _VV_SIGN.sub(lambda found: _VV_SIGNS[found[0]], text) if "{" in text else text


def _mended(grid: Grid, mend: Callable[[str], str], rule: str) -> Grid:
    """Return a grid whose cells are put right, each noted; a workbook saved from a CSV keeps letters read twice."""
    right = {cell: better for cells in grid.rows for cell in cells if (better := mend(cell)) != cell}
    if not right:
        return grid
    repairs = [
        Note(number, position, cell, right[cell], rule)
        for number, cells in zip(grid.numbers, grid.rows, strict=True)
        for position, cell in enumerate(cells)
        if cell in right
    ]
    rows = [[right.get(cell, cell) for cell in cells] for cells in grid.rows]
    return replace(grid, rows=rows, notes=(*grid.notes, *repairs))
