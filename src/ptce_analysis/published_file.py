"""A table typed by hand, read strictly: every fault is told at once, with its row, its column and what is legal."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from ptce_analysis.errors import InputError, nearest

NUMBER = re.compile(r"\d{1,15}(\.\d{1,12})?", re.ASCII)

Record = dict[str, str]
# The line where a fault stands, and what it is.
Fault = tuple[int, str]
# What says why a cell is illegal: nothing when it is legal.
Rule = Callable[[str], str]


def one_of(legal: Iterable[str]) -> Rule:
    """Return what refuses a cell that is none of the legal values."""
    legal = tuple(legal)
    return lambda value: "" if value in legal else f"legal values: {', '.join(v or '(empty)' for v in legal)}."


def matches(pattern: re.Pattern[str], meaning: str, optional: str = "") -> Rule:
    """Return what refuses a cell that has not the form expected; nothing is legal too where `optional` says so."""
    legal = f"{meaning}{optional} is expected."
    return lambda value: "" if pattern.fullmatch(value) or (optional and not value) else legal


def some(what: str) -> Rule:
    """Return what refuses an empty cell."""
    return lambda text: "" if text else f"{what} is expected."


def wrong(column: str, value: str, why: str) -> str:
    """Return what is wrong with a cell, in the words of every refusal."""
    return f"column {column!r}: value {value!r}: {why}"


def cell_faults(row: Record, rules: Mapping[str, Rule]) -> list[str]:
    """Return every fault of a row, as `column 'x': value 'y': what is legal`."""
    return [wrong(name, row[name], why) for name, rule in rules.items() if (why := rule(row.get(name, "")))]


def read_table(
    path: Path, columns: Sequence[str], optional: Sequence[str] = ()
) -> tuple[list[tuple[int, Record]], list[Fault]]:
    """Return the rows of a file as text, with their line in it, and a fault for each row not as wide as the header.

    Blank lines and the `sep=;` line that Excel writes are left out. Raises `InputError` when the file is no such table.
    """
    text = re.sub(r"\A\"?sep=.\"?(?=[\r\n])", "", _text(path))
    header = re.search(r"[^\r\n]*\S[^\r\n]*", text)
    delimiter = ";" if header and header[0].count(";") > header[0].count(",") else ","
    reader, start, lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), 1, []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                lines.append((start, [cell.strip() for cell in cells]))
            start = reader.line_num + 1
    except csv.Error as error:
        raise InputError(f"{path.name}, line {start}: {error}. Check the quotes of that line.") from None
    known = f"Legal columns: {', '.join(columns)}" + f"; optional: {', '.join(optional)}" * bool(optional)
    if not lines:
        raise InputError(f"{path.name}: is empty. {known}.")
    (first, names), legal = lines[0], (*columns, *optional)
    found = [f"column {name!r} is missing" for name in columns if name not in names]
    found += [f"column {name!r} is unknown.{nearest(name, legal)}" for name in names if name not in legal]
    found += [f"column {name!r} stands twice" for name in sorted({name for name in names if names.count(name) > 1})]
    if found:
        raise InputError("\n".join(f"{path.name}, row {first}: {fault}" for fault in found) + f"\n{known}.")
    rows = [(number, dict(zip(names, cells, strict=True))) for number, cells in lines[1:] if len(cells) == len(names)]
    for _, row in rows:  # points for decimal commas
        for name in ("value", "grain") if delimiter == ";" else ():
            if NUMBER.fullmatch(pointed := row.get(name, "").replace(",", ".", 1)):
                row[name] = pointed
    ragged = (
        f"cells: {len(names)} cells are expected, as many as columns; quote the cells that hold a {delimiter!r}, or"
    )
    wide = [(number, len(cells)) for number, cells in lines[1:] if len(cells) != len(names)]
    return rows, [(number, f"{width} {ragged} check the quotes above.") for number, width in wide]


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
        return data.decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}). Give the path of a CSV file.") from None
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(f"{path.name}, line {line}: not UTF-8. Save the file as UTF-8 CSV.") from None


def refuse(path: Path, rows: Iterable[tuple[int, Record]], faults: Iterable[Fault]) -> None:
    """Raise `InputError` with every fault of a file, a line each in the order of its rows; ids are unique."""
    first, found = dict[str, int](), list(faults)
    for number, row in rows:
        if first.setdefault(row["id"], number) != number:
            again = f"already stands in row {first[row['id']]}; ids are unique."
            found.append((number, wrong("id", row["id"], again)))
    if found:
        found.sort(key=lambda fault: fault[0])
        raise InputError("\n".join(f"{path.name}, row {number}, {fault}" for number, fault in found))
