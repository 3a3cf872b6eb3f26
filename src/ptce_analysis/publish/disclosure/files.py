"""What the structure of a published file gives away: rows of respondents, outputs nobody released, missing marks."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import unquote

from ptce_analysis.errors import InputError
from ptce_analysis.publish.claims import CSV_ADDRESS, is_ours
from ptce_analysis.publish.disclosure.leaks import FICTITIOUS_ID, FICTITIOUS_MARKS, masked, matches, plain
from ptce_analysis.publish.disclosure.release import PROTECTED_ORIGINS
from ptce_analysis.publish.site import PARAMETERS, check_parameters

# Columns that only rows of respondents have.
UNIT_COLUMNS = ("pole_id", "raw_value")
TABLES = (".csv", ".tsv", ".txt", ".log")
NOTED_PATHS = ("input_path", "output_path", "environment_variables")
# The mark of an exhibit of answers; the last word says that its figures were released.
ORIGIN = re.compile(rf'class="origin ({"|".join(PROTECTED_ORIGINS)})( protected)?"')
FOREIGN = re.compile(r'class="foreign"|<img\b')
FIGURE = re.compile(r"<figure\b.*?</figure>", re.DOTALL)
UNIT_HEADING = re.compile(rf"<th[^>]*>\s*({'|'.join(UNIT_COLUMNS)})\s*</th>")
CSV_LINK = re.compile(rf'"{CSV_ADDRESS}([^"]*)"')
SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)

Found = Iterator[tuple[str, str]]


def structure_faults(name: str, text: str) -> Found:
    """Yield the rule and what was found, for each fault in the structure of a file or of a text it holds."""
    if not (name.endswith(TABLES) and _all_marked(*_cells(text)[:2])):
        yield from _fictitious(text)
    if name.endswith((".html", ".htm")):
        yield from _pages(text)
    elif name.endswith(".ipynb"):
        yield from _notebook(text)
    elif name.endswith(".json"):
        yield from (("micro_data", f"key {column}") for column in UNIT_COLUMNS if f'"{column}":' in text)
    elif name.endswith(TABLES):
        yield from _rows(text)


def _fictitious(text: str) -> Found:
    """Fictitious ids where the text says nowhere that its data are."""
    if FICTITIOUS_ID.search(text) and not any(mark in text for mark in FICTITIOUS_MARKS):
        yield "fictitious", "ids of fictitious poles, and no words that say so"


def _pages(text: str) -> Found:
    """Tables hold no respondent, and a drawing of fictitious data carries the words itself: it can be copied alone."""
    yield from (("micro_data", f"column {name}") for name in UNIT_HEADING.findall(text))
    for address in CSV_LINK.findall(text):
        yield from _rows(unquote(unescape(address)))
    for figure in FIGURE.findall(text):
        answers = ORIGIN.search(figure)
        if answers and not answers[2]:
            yield "unprotected", f"exhibit {figure[:80].partition('id=')[2].split('>')[0]}"
        if answers and answers[1] == "fictitious":
            unmarked = [image for image in SVG.findall(figure) if not any(mark in image for mark in FICTITIOUS_MARKS)]
            yield from [("fictitious", "a drawing of fictitious data without the words across it")] * bool(unmarked)
    if ORIGIN.search(text) and FOREIGN.search(text):
        yield "unprotected", "an output that no rule looked at"


def _rows(text: str) -> Found:
    """A table of respondents, unless each row says that it is fictitious; and what only its cells show, read apart."""
    header, rows, separator = _cells(text)
    named = [name for name in header if name.strip().strip("'") in UNIT_COLUMNS]
    if named and not _all_marked(header, rows):
        yield "micro_data", f"column {named[0]}"
    if separator == ",":
        cells = "\n".join(cell for row in rows for cell in row)
        yield from ((rule, masked(found)) for rule, found in matches(plain(cells)))


def _cells(text: str) -> tuple[list[str], list[list[str]], str]:
    """The header of a table, its rows, and what separates its cells."""
    lines = text.lstrip("\ufeff")
    separator = max(";,\t", key=lines.split("\n", 1)[0].count)
    header, *rows = [*csv.reader(io.StringIO(lines), delimiter=separator)] or [[]]
    return header, rows, separator


def _all_marked(header: list[str], rows: list[list[str]]) -> bool:
    """Whether each row of a table says in its column `origin` that it is fictitious."""
    marked = [("origin", "fictitious") in zip(header, row, strict=False) for row in rows]
    return bool(marked) and all(marked)


def _notebook(text: str) -> Found:
    try:
        notebook = json.loads(text)
        cells = notebook["cells"]
    except (ValueError, KeyError, TypeError):
        yield "closed", "a notebook that cannot be read"
        return
    yield from _parameters(notebook.get("metadata", {}))
    outputs = [output for cell in cells for output in cell.get("outputs", ())]
    abouts = [about for output in outputs if (about := output.get("metadata", {}).get("ptce"))]
    answers = [about for about in abouts if about.get("origin") in PROTECTED_ORIGINS]
    yield from (("unprotected", f"exhibit {a.get('key')}") for a in answers if not a.get("protected"))
    if answers:
        yield from _foreign(outputs)


def _foreign(outputs: list[dict[str, Any]]) -> Found:
    """In a notebook that shows answers, an output that the library did not write may show any of them."""
    for output in outputs:
        data = {kind: "".join(lines) for kind, lines in (output.get("data") or {}).items() if "json" not in kind}
        if not is_ours({**output, "data": data}):
            yield "unprotected", f"an output that no rule looked at ({output.get('output_type')})"


def _parameters(metadata: dict[str, Any]) -> Found:
    noted = metadata.get("papermill") or {}
    yield from (("parameter", f"papermill.{name}") for name in NOTED_PATHS if noted.get(name))
    given = {**(noted.get("parameters") or {}), **((metadata.get("ptce") or {}).get("parameters") or {})}
    try:
        check_parameters("notebook", given, PARAMETERS)
    except InputError as error:
        yield "parameter", str(error).splitlines()[0]
