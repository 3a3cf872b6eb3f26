"""Files of statistical software (SPSS .sav, Stata .dta) and old workbooks (.xls), as a person saw their cells there.

The libraries of the extra `stats` read them. The names of variables and the questions (their labels) are two header
lines, a value with a label is its label, and one that the file declares missing is a blank, which the ledger lists.
"""

import io
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from importlib import import_module
from typing import Any

from ptce_analysis.errors import InputError
from ptce_analysis.survey.grid import Grid, Limits, Note, at_most, gathered, number_text, refusing
from ptce_analysis.survey.workbooks import Merged, as_seen, marked, sheet_grid, worded

# What a format says of a number: days since the first day of the software, or something before or after the number.
_SPSS, _STATA = datetime(1582, 10, 14), datetime(1960, 1, 1)  # noqa: DTZ001 (calendar days)
_FORMATS: tuple[tuple[str, Callable[[float], str | None]], ...] = (
    (r"(?:F|COMMA|DOT|E|)[0-9.]*|%-?[1-9][0-9]*[.,]?[0-9]*[fge]c?|%ty", lambda n: number_text(repr(n))),
    (r"PCT[0-9.]*", lambda n: f"{number_text(repr(n))} %"),
    (r"DOLLAR[0-9.]*", lambda n: f"$ {number_text(repr(n))}"),
    (r"(?:[AEJS]?DATE|DATETIME|YMDHMS)[0-9.]*", lambda n: as_seen(repr(n / 86_400), "y-m-d", _SPSS)),
    (r"%-?t?d.*", lambda n: as_seen(repr(n), "y-m-d", _STATA)),
    (r"%-?t[cC].*", lambda n: as_seen(repr(n / 86_400_000), "y-m-d", _STATA)),
)


def read_statistics(data: bytes, file: str, limits: Limits, encoding: str = "") -> Grid:
    """Return the grid of an SPSS or Stata file: two header lines, then a row per case, numbered from 1.

    Raises `InputError` if the extra is not installed, or the file is damaged or too large.
    """
    _library("pyreadstat", file)
    most = {"rows": limits.n_rows, "columns": limits.n_columns}
    fault = f"{file}: truncated, damaged or in another encoding"
    with refusing(fault, "Save it again, or name its encoding (layout: encoding)."):
        # A damaged file may end the process that reads it: another one does.
        code = f"from ptce_analysis.survey import statfiles; statfiles.print_statistics({most}, {encoding!r})"
        where = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, input=data, env=where, capture_output=True, check=True, timeout=600)
        found = json.loads(done.stdout)
        for what, limit in most.items():
            at_most(limit, found[what] or 0, what, file)
        notes, names, labels = list[Note](), list(found["cells"]), [label or "" for label in found["labels"]]
        columns = [list(_column(name, found, notes, at)) for at, name in enumerate(names)]
        records = [(0, names), (0, labels), *enumerate(map(list, zip(*columns, strict=True)), 1)]
        rows, numbers = gathered(file, records, limits)
        return Grid(file, rows, numbers, tuple(notes), header_rows=2 if any(labels) else 1)


def print_statistics(most: Mapping[str, int], encoding: str) -> None:
    """Print, as JSON, what the library reads in the file of the standard input; no cells if there are too many."""
    data, library = sys.stdin.buffer.read(), import_module("pyreadstat")
    read = library.read_sav if data.startswith(b"$FL") else library.read_dta
    how: dict[str, Any] = {"encoding": encoding or None, "user_missing": True, "disable_datetime_conversion": True}
    cells, about = read(io.BytesIO(data), metadataonly=True, encoding=encoding or None)
    found = {"rows": about.number_rows, "columns": about.number_columns, "cells": {}, "labels": about.column_labels}
    if all((found[what] or 0) <= n for what, n in most.items()):
        cells, about = read(io.BytesIO(data), output_format="dict", row_limit=most["rows"] + 1, **how)
        found |= {"cells": {name: list(values) for name, values in cells.items()}, "missing": about.missing_ranges}
        found |= {"formats": about.original_variable_types, "types": about.readstat_variable_types}
        found["values"] = {name: list(pairs.items()) for name, pairs in about.variable_value_labels.items()}
    json.dump(found, sys.stdout)


def _column(name: str, found: Mapping[str, Any], notes: list[Note], at: int) -> Iterator[str]:
    """Yield what each value of a variable shows; those declared missing are noted, and blank."""
    labels: dict[Any, str] = dict(found["values"].get(name, ()))
    doubled = {label for label, n in Counter(labels.values()).items() if n > 1}
    ranges, form = found["missing"].get(name, ()), found["formats"][name] or ""
    is_text = found["types"][name] == "string"
    for row, value in enumerate(found["cells"][name], 1):
        if value is None or value != value or (is_text and not value.strip()):
            yield ""
            continue
        tagged = isinstance(value, str) and not is_text  # Stata's .a to .z
        text = f".{value}" if tagged else value if is_text else _shown(value, form)
        label = labels.get(value, "").strip()
        if tagged or any(type(value) is type(one["lo"]) and one["lo"] <= value <= one["hi"] for one in ranges):
            notes.append(Note(row, at, f"{text} ({label})" if label else text, "", "declared_missing"))
            yield ""
        else:  # two codes of one label are told apart by none: no rule reads them
            yield f"{label} [{text}]" if label in doubled else label or text


def _shown(value: float, form: str) -> str:
    """Return what SPSS or Stata shows of a number in a format; one that is not known leaves it to no rule."""
    written = next((write(value) for pattern, write in _FORMATS if re.fullmatch(pattern, form)), None)
    return written or f"{number_text(repr(value))} [{form}]"


def read_old_workbook(data: bytes, file: str, limits: Limits, sheet: str = "") -> Grid:
    """Return the grid of one sheet of an .xls workbook. Raises `InputError` as `workbooks.read_workbook`."""
    library = _library("xlrd", file)
    fault = f"{file}: an old workbook (.xls), damaged or protected"
    with refusing(fault, "Save it as .xlsx, without a password."):
        book = library.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
        visible = [one.name for one in book.sheets() if not one.visibility] or book.sheet_names()

        def records(name: str, _: list[Note], merged: Merged) -> Iterator[tuple[int, list[str]]]:
            found = book.sheet_by_name(name)
            merged.extend((top + 1, left, bottom, right - 1) for top, bottom, left, right in found.merged_cells)
            for row in range(found.nrows):
                yield row + 1, [_old_text(book, found, row, column) for column in range(found.row_len(row))]

        return sheet_grid(file, limits, book.sheet_names(), visible, sheet, records)


def _old_text(book: Any, sheet: Any, row: int, column: int) -> str:
    """Return the text a cell of an .xls workbook shows."""
    kind, value = sheet.cell_type(row, column), sheet.cell_value(row, column)
    style = book.xf_list[sheet.cell_xf_index(row, column)]
    code = book.format_map[style.format_key].format_str
    if kind in (2, 3):
        # The dollar of a built-in format is the currency of whoever looks at it.
        known = "" if style.format_key < 164 and "$" in code else code
        day_0 = datetime(1904, 1, 1) if book.datemode else datetime(1899, 12, 30)  # noqa: DTZ001
        text = as_seen(repr(value), known, day_0) or f"{number_text(repr(value))} [{code or '?'}]"
    elif kind == 1:
        runs = [(0, style.font_index), *sheet.rich_text_runlist_map.get((row, column), ())]
        ends = [start for start, _ in runs[1:]] + [len(value)]
        pieces = [(value[start:end], book.font_list[font]) for (start, font), end in zip(runs, ends, strict=True)]
        raised = {1: "super", 2: "sub"}
        text = "".join(marked(piece, raised.get(font.escapement, ""), font.struck_out) for piece, font in pieces)
        return worded(text, code)
    else:
        text = {4: "VRAI" if value else "FAUX", 5: "#N/A"}.get(kind, "")
    return marked(text, "", book.font_list[style.font_index].struck_out)


def _library(name: str, file: str) -> Any:
    """Return a library of the extra `stats`."""
    try:
        return import_module(name)
    except ImportError as error:
        raise InputError(
            f"{file}: reading it needs {name}, of the extra `stats`: in the project's folder, .venv/bin/python -m pip "
            "install -e '.[stats]'. Or export the answers as .csv or .xlsx."
        ) from error
