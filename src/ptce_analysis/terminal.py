"""How results are printed: JSON for machines, lines that fit a screen for people."""

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
    rows = list(_flattened(record))
    width = max((len(name) for name, _ in rows), default=0) + 2
    for name, text in rows:
        print(wrapped(f"{name:<{width}}", text).rstrip())


def wrapped(head: str, text: str) -> str:
    """Return a text on lines that fit the screen, below each other behind its head."""
    width = max(WIDTH, len(head) + 20)
    return textwrap.fill(text, width, initial_indent=head, subsequent_indent=" " * len(head)) or head


def _flattened(record: Mapping[str, Any], indent: str = "") -> Iterator[tuple[str, str]]:
    for name, value in record.items():
        # A range is one value.
        nested = isinstance(value, Mapping) and (set(value) != {"low", "high"} or isinstance(value["low"], list))
        yield f"{indent}{name}", "" if nested else cell(value)
        if nested:
            yield from _flattened(value, indent + "  ")


def print_table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print rows for people: one line each, columns as wide as their longest cell."""
    lines = [list(columns)] + [[cell(row[column]) for column in columns] for row in rows]
    widths = [max(map(len, texts)) for texts in zip(*lines, strict=True)]
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
