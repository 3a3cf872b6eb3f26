"""How results are printed: JSON for machines, lines that fit a screen for people."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

WIDTH = 100
ABSENT = "–"
DIGITS = 7  # of a number that is not whole: more than any figure was printed with; --json has them all


def print_json(value: Any) -> None:
    """Print a value as JSON; one that JSON cannot hold (NaN, infinity) is an error."""
    print(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False))


def print_record(record: Mapping[str, Any], as_json: bool) -> None:
    """Print one result: JSON for machines, a name and its value per line for people, nested names indented."""
    if as_json:
        print_json(record)
        return
    rows = list(_lines(record))
    width = max(len(name) for name, _ in rows) + 2
    for name, text in rows:
        first, *others = textwrap.wrap(text, max(20, WIDTH - width)) or [""]
        print("\n".join([f"{name:<{width}}{first}".rstrip(), *(" " * width + line for line in others)]))


def _lines(record: Mapping[str, Any], indent: str = "") -> Iterator[tuple[str, str]]:
    for name, value in record.items():
        if isinstance(value, Mapping) and not _is_range(value):
            yield f"{indent}{name}", ""
            yield from _lines(value, indent + "  ")
        else:
            yield f"{indent}{name}", cell(value)


def _is_range(value: Mapping[str, Any]) -> bool:
    return set(value) == {"low", "high"} and not isinstance(value["low"], list)


def print_table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print rows for people: one line each, columns as wide as their longest cell."""
    lines = [list(columns)] + [[cell(row[column]) for column in columns] for row in rows]
    widths = [max(len(line[place]) for line in lines) for place in range(len(columns))]
    for line in lines:
        print("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


def cell(value: Any) -> str:
    """Return a value as people read it in a terminal; what is not there is a dash, never an empty place.

    >>> cell({"low": 77.2143, "high": 1106.5}), cell([10, 11]), cell(None), cell(True)
    ('77.2143 to 1106.5', '10, 11', '–', 'yes')
    >>> cell([[10.5, 15], [77.2143, 14]])
    '(10.5, 15), (77.2143, 14)'
    """
    if value is None or value == []:
        return ABSENT
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.{DIGITS}g}"
    if isinstance(value, Mapping):
        return " to ".join(map(cell, value.values()))
    if isinstance(value, (list, tuple)):
        return ", ".join(f"({cell(one)})" if isinstance(one, (list, tuple)) else cell(one) for one in value)
    return str(value)
