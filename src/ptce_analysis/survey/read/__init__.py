"""Bytes to a grid of text. Whatever the format, every cell is text and keeps the row it came from."""

from __future__ import annotations

from pathlib import Path

from ptce_analysis.errors import InputError
from ptce_analysis.survey.read.grid import Grid, Limits, Note

__all__ = ["Grid", "Limits", "Note", "read", "read_bytes"]

_REFUSED = (
    (b"\xd0\xcf\x11\xe0", "an old Excel file (.xls) or a protected one: save it as .xlsx without a password"),
    (b"%PDF", "a PDF document: export the answers as .csv, .xlsx or .ods"),
    (b"\x1f\x8b", "a compressed file: unpack it first"),
    (b"{\\rtf", "a text document: export the answers as .csv, .xlsx or .ods"),
)


def read(
    path: Path | str, *, encoding: str = "", separator: str = "", sheet: str = "", limits: Limits | None = None
) -> Grid:
    """Return the grid of an export file (.csv, .txt, .tsv, .xlsx, .ods). The file is only ever read.

    `encoding`, `separator` and `sheet` are recognised unless stated.

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
    """Return the grid of the bytes of an export; the bytes, not the name, say what it is.

    Raises
    ------
    InputError
        As `read`.
    """
    limits = limits or Limits()
    for start, what in _REFUSED:
        if data.startswith(start):
            raise InputError(f"{file}: {what}.")
    if data[:512].lstrip().lower().startswith((b"<!doctype", b"<html", b"<table", b"<?xml")):
        raise InputError(f"{file}: a web page or XML document under another name: save it as .csv, .xlsx or .ods.")
    if data.startswith(b"PK"):
        return _workbook(data, file, limits, sheet)
    from ptce_analysis.survey.read.separated import read_separated

    return read_separated(data, file, limits, encoding, separator)


def _workbook(data: bytes, file: str, limits: Limits, sheet: str) -> Grid:
    """Return the grid of a zipped workbook, by the parts it holds."""
    from ptce_analysis.survey.read.archive import Archive
    from ptce_analysis.survey.read.encoding import unscrambled_grid
    from ptce_analysis.survey.read.ods import read_ods
    from ptce_analysis.survey.read.xlsx import read_xlsx

    names = Archive(data, file, limits).names()
    if "xl/workbook.xml" in names:
        return unscrambled_grid(read_xlsx(data, file, limits, sheet))
    if "content.xml" in names:
        return unscrambled_grid(read_ods(data, file, limits, sheet))
    raise InputError(f"{file}: a zip file that is neither .xlsx nor .ods. Unpack it, or save the sheet again.")
