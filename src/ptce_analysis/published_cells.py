"""What a cell of a published-figures file may hold, and what the cells of a row must say together."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from difflib import get_close_matches
from fractions import Fraction

from ptce_analysis.vocabulary import INDICATORS, LEVELS, STATISTICS, UNITS

COLUMNS = (
    "id", "wave", "indicator", "level", "statistic", "value", "unit",
    "grain", "base_n", "base_label", "source", "locator", "note",
)  # fmt: skip
OPTIONAL_COLUMNS = ("part_of",)

NUMBER = re.compile(r"\d{1,15}(\.\d{1,12})?", re.ASCII)
WHOLE = re.compile(r"[1-9]\d{0,8}", re.ASCII)
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
YEAR = re.compile(r"(19|20)\d\d", re.ASCII)

Row = dict[str, str]


def row_faults(row: Row, sources: Collection[str] | None) -> list[str]:
    """Return every fault of one row, as `column 'x': value 'y': what is legal`; `sources` are those it may cite."""
    found = {name: text for name, rule in CELL_RULES.items() if (text := rule(row.get(name, "")))}
    if sources is not None and row["source"] and row["source"] not in sources:
        found["source"] = f"legal values: {', '.join(sources)}."
    for name, needed, check in ROW_RULES:
        # Cells that are wrong by themselves are not blamed a second time for what they say together.
        if not found.keys() & needed and (text := check(row)):
            found[name] = text
    return [f"column {name!r}: value {row[name]!r}: {text}" for name, text in found.items()]


def with_decimal_points(row: Row) -> Row:
    """Return the row of a semicolon file with points for the decimal commas of its numbers; other cells unchanged."""
    pointed = {name: row[name].replace(",", ".", 1) for name in ("value", "grain") if name in row}
    return row | {name: text for name, text in pointed.items() if NUMBER.fullmatch(text)}


def one_of(legal: Iterable[str]) -> Callable[[str], str]:
    """Return what says why a cell is none of the legal values; an empty text when it is one."""
    legal = tuple(legal)
    return lambda value: "" if value in legal else f"legal values: {', '.join(v or '(empty)' for v in legal)}."


def matches(pattern: re.Pattern[str], meaning: str) -> Callable[[str], str]:
    """Return what says that a cell has not the form expected; an empty text when it has."""
    return lambda value: "" if pattern.fullmatch(value) else f"{meaning} is expected."


CELL_RULES: dict[str, Callable[[str], str]] = {
    "wave": matches(YEAR, "a year such as 2015"),
    "indicator": matches(NAME, "a name in lower case such as emergence_share"),
    "level": one_of(("", *LEVELS)),
    "statistic": one_of(STATISTICS),
    "value": matches(NUMBER, "a non-negative number such as 1239000 or 0.31"),
    "unit": one_of(UNITS),
    "grain": matches(NUMBER, "the rounding step, in the unit of the value, such as 1000 or 0.01"),
    "base_n": lambda value: "" if not value else matches(WHOLE, "a whole number above zero, or nothing")(value),
    "source": lambda value: "" if value else "every figure needs the id of its source.",
    "part_of": lambda value: "" if not value else matches(NAME, "the name of an indicator, or nothing")(value),
}


def _typo(row: Row) -> str:
    """A name that is nearly a known indicator is taken for a slip; any other new name is another report's own."""
    name = row["indicator"]
    close = [] if name in INDICATORS else get_close_matches(name, INDICATORS, n=1, cutoff=0.93)
    return f"did you mean {close[0]!r}? Give a clearly different name otherwise." if close else ""


def _unit(row: Row) -> str:
    known = INDICATORS.get(row["indicator"])
    return f"{row['indicator']} is stored in {known.unit!r}." if known and known.unit != row["unit"] else ""


def _range(row: Row) -> str:
    value = Fraction(row["value"])
    if row["unit"] == "share" and value > 1:
        return "a share lies between 0 and 1 (write 0.20 for 20 %)."
    whole = row["unit"] == "count" and row["statistic"] in ("count", "sum")
    return "a count is a whole number." if whole and value.denominator > 1 else ""


def _id(row: Row) -> str:
    stem = "_".join(part for part in (row["indicator"], row["level"], row["wave"]) if part)
    second = f"{stem}_{row['source'].lower()}"
    legal = f"{stem!r}, or {second!r} when another source prints the same figure"
    return "" if row["id"] in (stem, second) else f"the id is expected to be {legal}."


def _part(row: Row) -> str:
    return "a figure is no part of itself." if row.get("part_of") == row["indicator"] else ""


# The cell to blame, the cells that must be legal by themselves first, and the rule.
ROW_RULES: tuple[tuple[str, frozenset[str], Callable[[Row], str]], ...] = (
    ("indicator", frozenset({"indicator"}), _typo),
    ("unit", frozenset({"indicator", "unit"}), _unit),
    ("value", frozenset({"value", "unit", "statistic"}), _range),
    ("id", frozenset({"indicator", "level", "wave", "source"}), _id),
    ("part_of", frozenset({"indicator", "part_of"}), _part),
)
