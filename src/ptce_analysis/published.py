"""The published figures as records: one `Fact` per printed number, read from a strict file format.

The same format serves another report: type its figures, one row each, and `ptce audit --facts FILE` reads them.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

from ptce_analysis.errors import InputError, nearest
from ptce_analysis.vocabulary import INDICATORS, LEVELS, STATISTICS, UNITS, Indicator

COLUMNS = (
    "id", "wave", "indicator", "level", "statistic", "value", "unit",
    "grain", "base_n", "base_label", "source", "locator", "note",
)  # fmt: skip
OPTIONAL_COLUMNS = ("part_of",)
FIGURES_FILE, SOURCES_FILE = "figures.csv", "sources.csv"

# Assumption: a file of printed figures never needs more than this. If wrong: raise it; it only guards memory.
MAX_BYTES = 50_000_000


@dataclass(frozen=True)
class Fact:
    """One printed figure: exact value and rounding grain, in the stored unit (euros, shares between 0 and 1, counts).

    The source rounded the true value to a multiple of `grain`, so the truth lies within half a grain of `value`.
    `base_n` is the base printed beside the figure, `None` when none is printed.
    """

    id: str
    wave: int
    indicator: str
    level: str
    statistic: str
    value: Fraction
    unit: str
    grain: Fraction
    base_n: int | None
    base_label: str
    source: str
    locator: str
    note: str
    part_of: str
    row: int

    @property
    def band(self) -> tuple[Fraction, Fraction]:
        """The closed band of true values that round to the printed one, cut at zero."""
        return max(self.value - self.grain / 2, Fraction(0)), self.value + self.grain / 2


Facts = Mapping[str, Fact]


def read_facts(path: Path, sources: Iterable[str] | None = None) -> Facts:
    """Return the figures of a file, by id, in file order.

    `sources`: the ids a row may cite; without it any non-empty source is accepted.

    Raises `InputError` with every fault of the file at once: one line each, naming file, row, column, value and what
    is legal.
    """
    rows = _rows(path)
    known = None if sources is None else tuple(sources)
    faults = [f"{path.name}, row {number}, {fault}" for number, row in rows for fault in _faults(row, known)]
    faults += [f"{path.name}, {fault}" for fault in _repeated(rows)]
    if faults:
        raise InputError("\n".join(faults))
    return MappingProxyType({row["id"]: _fact(row, number) for number, row in rows})


def read_published(folder: Path) -> Facts:
    """Return the figures of a published folder (`figures.csv`), each citing a source of its `sources.csv`."""
    return read_facts(folder / FIGURES_FILE, read_sources(folder))


def read_sources(folder: Path) -> dict[str, dict[str, str]]:
    """Return the sources of a published folder, by id: author, title, year, kind, address, read, note."""
    reader = csv.DictReader(io.StringIO(_text(folder / SOURCES_FILE)))
    return {row["id"]: row for row in reader}


def indicator(name: str) -> Indicator:
    """Return what is known of an indicator; one that another report brings is described by its own name."""
    label = name.replace("_", " ")
    return INDICATORS.get(name) or Indicator("", "", (label, label))


def _text(path: Path) -> str:
    try:
        data = path.read_bytes() if path.stat().st_size <= MAX_BYTES else None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}). Give the path of a CSV file.") from None
    if data is None:
        raise InputError(f"{path}: larger than {MAX_BYTES} bytes. Split the file.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(f"{path.name}, line {line}: not UTF-8. Save the file as UTF-8 CSV.") from None


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Rows of a file as text with their line in the file; a semicolon file may use decimal commas."""
    text = _text(path)
    if "\0" in text:
        raise InputError(f"{path.name}: holds a NUL character. Export the file again.")
    header = text.split("\n", 1)[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        lines = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise InputError(f"{path.name}, line {reader.line_num}: {error}. Check the quotes of that line.") from None
    names = _columns(path, lines[0][1] if lines else [])
    ragged = [number for number, cells in lines if len(cells) != len(names)]
    if ragged:
        raise InputError(
            f"{path.name}, row {ragged[0]}: as many cells as columns ({len(names)}) are expected; quote the cells that"
            f" hold a {delimiter!r}."
        )
    return [(number, _cells(names, cells, delimiter)) for number, cells in lines[1:]]


def _columns(path: Path, cells: list[str]) -> list[str]:
    names = [cell.strip() for cell in cells]
    missing = [name for name in COLUMNS if name not in names]
    unknown = [name for name in names if name not in COLUMNS + OPTIONAL_COLUMNS]
    doubled = sorted({name for name in names if names.count(name) > 1})
    faults = [f"column {name!r} is missing" for name in missing]
    faults += [f"column {name!r} is unknown.{nearest(name, COLUMNS + OPTIONAL_COLUMNS)}" for name in unknown]
    faults += [f"column {name!r} stands twice" for name in doubled]
    if faults:
        legal = f"Legal columns: {', '.join(COLUMNS)}; optional: {', '.join(OPTIONAL_COLUMNS)}."
        raise InputError("\n".join(f"{path.name}, row 1: {fault}" for fault in faults) + f"\n{legal}")
    return names


def _cells(names: list[str], cells: list[str], delimiter: str) -> dict[str, str]:
    row = {name: cell.strip() for name, cell in zip(names, cells, strict=True)}
    if delimiter == ";":
        row |= {name: row[name].replace(",", ".") for name in ("value", "grain")}
    return row


NUMBER = re.compile(r"\d{1,15}(\.\d{1,12})?")
WHOLE = re.compile(r"[1-9]\d{0,8}")
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
YEAR = re.compile(r"(19|20)\d\d")


def _one_of(legal: Iterable[str]) -> Callable[[str], str]:
    legal = tuple(legal)
    return lambda value: "" if value in legal else f"legal values: {', '.join(v or '(empty)' for v in legal)}."


def _matches(pattern: re.Pattern[str], meaning: str) -> Callable[[str], str]:
    return lambda value: "" if pattern.fullmatch(value) else f"{meaning} is expected."


CELL_RULES: dict[str, Callable[[str], str]] = {
    "wave": _matches(YEAR, "a year such as 2015"),
    "indicator": _matches(NAME, "a name in lower case such as emergence_share"),
    "level": _one_of(("", *LEVELS)),
    "statistic": _one_of(STATISTICS),
    "value": _matches(NUMBER, "a non-negative number such as 1239000 or 0.31"),
    "unit": _one_of(UNITS),
    "grain": _matches(NUMBER, "the rounding step, in the unit of the value, such as 1000 or 0.01"),
    "base_n": lambda value: "" if not value else _matches(WHOLE, "a whole number above zero, or nothing")(value),
    "source": lambda value: "" if value else "every figure needs the id of its source.",
}


def _faults(row: dict[str, str], sources: tuple[str, ...] | None) -> list[str]:
    """Every fault of one row, as `column 'x': value 'y': what is legal`."""
    found = {name: rule(row[name]) for name, rule in CELL_RULES.items()}
    found = {name: text for name, text in found.items() if text}
    checks = (("indicator", _typo), ("unit", _unit), ("value", _range), ("id", _id))
    for name, check in checks:
        if not found.keys() & {name, "indicator", "unit", "wave", "level", "value"}:
            found |= {name: text} if (text := check(row)) else {}
    if sources is not None and row["source"] and row["source"] not in sources:
        found["source"] = f"legal values: {', '.join(sources)}."
    return [f"column {name!r}: value {row[name]!r}: {text}" for name, text in found.items()]


def _typo(row: dict[str, str]) -> str:
    """A name that is nearly a known indicator is taken for a slip; any other new name is another report's own."""
    from difflib import get_close_matches

    name = row["indicator"]
    close = get_close_matches(name, INDICATORS, n=1, cutoff=0.93)
    return f"did you mean {close[0]!r}? Give a clearly different name otherwise." if close and close[0] != name else ""


def _unit(row: dict[str, str]) -> str:
    unit = indicator(row["indicator"]).unit
    return "" if unit in ("", row["unit"]) else f"{row['indicator']} is stored in {unit!r}."


def _range(row: dict[str, str]) -> str:
    value = Fraction(row["value"])
    if row["unit"] == "share" and value > 1:
        return "a share lies between 0 and 1 (write 0.20 for 20 %)."
    whole = row["unit"] == "count" and row["statistic"] in ("count", "sum")
    return "a count is a whole number." if whole and value.denominator > 1 else ""


def _id(row: dict[str, str]) -> str:
    stem = "_".join(part for part in (row["indicator"], row["level"], row["wave"]) if part)
    second = f"{stem}_{row['source'].lower()}"
    legal = f"{stem!r}, or {second!r} when another source prints the same figure"
    return "" if row["id"] in (stem, second) else f"the id is expected to be {legal}."


def _repeated(rows: list[tuple[int, dict[str, str]]]) -> list[str]:
    first: dict[str, int] = {}
    found = []
    for number, row in rows:
        if row["id"] in first:
            found.append(
                f"row {number}, column 'id': value {row['id']!r}: already stands in row {first[row['id']]}; ids are unique."
            )
        first.setdefault(row["id"], number)
    return found


def _fact(row: dict[str, str], number: int) -> Fact:
    return Fact(
        **{name: row[name] for name in ("id", "indicator", "level", "statistic", "unit", "base_label")},
        **{name: row[name] for name in ("source", "locator", "note")},
        wave=int(row["wave"]),
        value=Fraction(row["value"]),
        grain=Fraction(row["grain"]),
        base_n=int(row["base_n"]) if row["base_n"] else None,
        part_of=row.get("part_of", "") or indicator(row["indicator"]).part_of,
        row=number,
    )
