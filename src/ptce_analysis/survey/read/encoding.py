"""Bytes to text, by evidence: a mark, valid UTF-8, then which single-byte table the bytes themselves point to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ptce_analysis.errors import InputError
from ptce_analysis.survey.read.grid import Grid, Note

_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# French letters as UTF-8: never seen as two or three neighbouring letters of a single-byte French text.
_UTF8_LETTERS = re.compile(rb"\xc3[\x80-\xbf]|\xc2[\xa0-\xbf]|\xe2\x80[\x80-\xbf]|\xe2\x82\xac|\xc5[\x92\x93\xb8]")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
MOJIBAKE = re.compile("[ÃÂâÅ][\u0080-\uffff]")


def decoded(data: bytes, file: str, encoding: str = "") -> tuple[str, tuple[Note, ...]]:
    """Return the text of a file and, unless it is plain UTF-8, the encoding found, as a note.

    `encoding`: the one the codebook states; otherwise it is recognised.

    Raises
    ------
    InputError
        If the file is empty, or the bytes are not text; the message names the line.
    """
    if not data.strip(b"\x00\t\r\n \xef\xbb\xbf\xff\xfe"):
        raise InputError(f"{file}: the file is empty. Export the answers again.")
    found = encoding or _recognised(data, file)
    try:
        text = data.decode(found)
    except LookupError as error:
        legal = "utf-8, cp1252 or iso-8859-15"
        raise InputError(f"{file}: nothing is known of the encoding {encoding!r}. Use {legal}.") from error
    except UnicodeDecodeError as error:
        raise _undecodable(data, error.start, file, found) from error
    text = text.removeprefix("\ufeff")
    if match := _CONTROLS.search(text):
        line = text.count("\n", 0, match.start()) + 1
        raise InputError(
            f"{file}, line {line}: the character U+{ord(match[0]):04X} is not text (read as {found}). "
            "The file is damaged or in another encoding: export it again, in UTF-8."
        )
    return text, () if found == "utf-8" else (Note(0, None, found, "utf-8", "encoding"),)


def unscrambled(text: str) -> str:
    """Return a text whose UTF-8 letters were once read as cp1252 (`RÃ©gion`) put right, any other text as it is.

    >>> unscrambled("RÃ©gion"), unscrambled("Région")
    ('Région', 'Région')
    """
    if not MOJIBAKE.search(text):
        return text
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text


def unscrambled_grid(grid: Grid) -> Grid:
    """Return a grid whose letters read twice are put right, each cell noted: a CSV opened wrongly and saved as a
    workbook keeps them."""
    texts = {cell for cells in grid.rows for cell in cells if not cell.isascii()}
    right = {text: better for text in texts if (better := unscrambled(text)) != text}
    if not right:
        return grid
    rows, repairs = [], list[Note]()
    for number, cells in zip(grid.numbers, grid.rows, strict=True):
        rows.append([right.get(cell, cell) for cell in cells])
        repairs += scrambled_cells(number, cells, rows[-1])
    return replace(grid, rows=rows, notes=(*grid.notes, *repairs))


def scrambled_cells(number: int, cells: list[str], right: list[str]) -> Iterator[Note]:
    """Yield the cells whose letters had been read twice."""
    for position, (cell, better) in enumerate(zip(cells, right, strict=True)):
        if cell != better:
            yield Note(number, position, cell, better, "mojibake")


def _recognised(data: bytes, file: str) -> str:
    """Return the name of the encoding the bytes point to."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    if wide := _wide(data):
        return wide
    if (position := data.find(b"\0")) >= 0:
        raise InputError(
            f"{file}, line {_line(data, position)}: a NUL byte. The file is damaged or not a text: export it again, "
            "or save it as UTF-8."
        )
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        if _UTF8_LETTERS.search(data):
            raise _undecodable(data, error.start, file, "utf-8") from error
        return _single_byte(data)
    return "utf-8"


def _wide(data: bytes) -> str:
    """Return the UTF-16 of a file without its mark, or "": every line end and separator then has a zero on one side.

    A byte of a European text in UTF-16 is a zero in every pair but those of a few signs (`€`, `œ`, long dashes).
    """
    if len(data) % 2 or b"\0" not in data[:200]:
        return ""
    for name, zeros, letters in (("utf-16-le", data[1::2], data[::2]), ("utf-16-be", data[::2], data[1::2])):
        if zeros.count(0) >= 0.9 * len(zeros) and not letters.count(0):
            return name
    return ""


def _single_byte(data: bytes) -> str:
    """Return the single-byte table: bytes 80-9F exist in cp1252 only; A4 is the euro and BD an œ in ISO-8859-15."""
    if re.search(rb"[\x80-\x9f]", data):
        return "cp1252"
    return "iso-8859-15" if re.search(rb"\xa4|[A-Za-z]\xbd|[\xbc\xbd][a-z]", data) else "cp1252"


def _undecodable(data: bytes, position: int, file: str, encoding: str) -> InputError:
    """Return the error that names the first byte that does not fit."""
    return InputError(
        f"{file}, line {_line(data, position)}: byte {data[position]:#04x} does not fit the encoding of the file "
        f"({encoding}). The file is truncated, damaged, or joins two encodings: export it again, in UTF-8."
    )


def _line(data: bytes, position: int) -> int:
    return data.count(b"\n", 0, position) + 1
