"""The published figures as records: one `Fact` per printed number, read from a strict file format.

The same format serves another report: type its figures, one row each, and `ptce audit --facts FILE` reads them.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

from ptce_analysis.errors import InputError, nearest
from ptce_analysis.published_cells import COLUMNS, OPTIONAL_COLUMNS, row_faults, with_decimal_points
from ptce_analysis.vocabulary import INDICATORS, LEVELS, STATISTICS, Band, Indicator, Label

if TYPE_CHECKING:  # the shell asks for figures without ever seeing them as a table
    import pandas as pd

FIGURES_FILE, SOURCES_FILE = "figures.csv", "sources.csv"
SOURCE_COLUMNS = ("id", "author", "title", "year", "kind", "address", "read", "note")
# English of a title that is our description of a document, and not its own.
SOURCE_OPTIONAL = ("title_en",)

# Limit: a file of printed figures never needs more than this. If wrong: raise it; it only guards memory.
MAX_BYTES = 50_000_000

Row = dict[str, str]
# The line where a fault stands, and what it is.
Fault = tuple[int, str]


@dataclass(frozen=True)
class Fact:
    """One printed figure: exact value and rounding grain, in the stored unit (euros, shares between 0 and 1, counts).

    The source rounded the true value to a multiple of `grain`, so the truth lies within half a grain of `value`. What
    is counted, or adds up counts, is a whole number: typed with grain 1, it is exact.
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

    def __repr__(self) -> str:
        return f"<{self.id}: {float(self.value):g} {self.unit}, {self.source}>"

    @property
    def band(self) -> Band:
        """The closed band of true values that round to the printed one, cut at zero; its ends are whole for counts."""
        low, high = max(self.value - self.grain / 2, Fraction(0)), self.value + self.grain / 2
        return (Fraction(math.ceil(low)), Fraction(math.floor(high))) if self.is_whole else (low, high)

    @property
    def is_whole(self) -> bool:
        """Whether the true value is a whole number: a count, its sums and limits, but not its medians and means."""
        return self.unit == "count" and self.statistic not in ("median", "mean")

    @property
    def limit(self) -> str:
        """`minimum` or `maximum` when the source says "at least" or "at most" of a figure; empty when it prints it.

        A smallest grant is a minimum by itself: there the source prints the figure.
        """
        kind = indicator(self.indicator).statistic
        return self.statistic if self.statistic in ("minimum", "maximum") and kind not in ("", self.statistic) else ""

    @property
    def is_stated(self) -> bool:
        """Whether the source states the figure itself, and not a limit in words or a count rounded to tens or hundreds.

        Limits and tens can be audited; a share or a mean computed with one would claim more than is printed.
        """
        return not self.limit and (self.statistic != "count" or self.unit != "count" or self.grain <= 1)


Facts = Mapping[str, Fact]


@dataclass(frozen=True, eq=False, repr=False)
class Figures(Facts):
    """Published figures by id, which a notebook shows as a table; `label` gives a word of the vocabulary."""

    facts: Mapping[str, Fact]
    label: Callable[[Label], str] = itemgetter(0)

    def __getitem__(self, id: str) -> Fact:
        return self.facts[id]

    def __iter__(self) -> Iterator[str]:
        return iter(self.facts)

    def __len__(self) -> int:
        return len(self.facts)

    def __or__(self, other: Facts) -> dict[str, Fact]:
        return {**self, **other}

    def __repr__(self) -> str:
        return f"{len(self)} published figures: .table() shows them"

    def _repr_html_(self) -> str:
        return str(self.table()._repr_html_())

    def table(self) -> pd.DataFrame:
        """Return a row for each figure, with labels beside codes: `table`."""
        return table(self.facts, self.label)


def table(facts: Facts, label: Callable[[Label], str] = itemgetter(0)) -> pd.DataFrame:
    """Return a row for each figure, in file order, labels beside codes (English, or what `label` makes of a pair).

    Columns: `id`, `wave`, `indicator`, `indicator_label`, `level`, `level_label` (empty: no level), `statistic`,
    `statistic_label`, `value` and `grain` (in the `unit`: euros, shares between 0 and 1, counts), `base_n`,
    `base_label`, `source`, `locator`, `note`.
    """
    import pandas as pd

    rows = [
        {
            "id": fact.id,
            "wave": fact.wave,
            "indicator": fact.indicator,
            "indicator_label": label(indicator(fact.indicator).label),
            "level": fact.level,
            "level_label": label(LEVELS.get(fact.level, (fact.level, fact.level))),
            "statistic": fact.statistic,
            "statistic_label": label(STATISTICS.get(fact.statistic, (fact.statistic, fact.statistic))),
            "value": float(fact.value),
            "unit": fact.unit,
            "grain": float(fact.grain),
            "base_n": fact.base_n,
            "base_label": fact.base_label,
            "source": fact.source,
            "locator": fact.locator,
            "note": fact.note,
        }
        for fact in facts.values()
    ]
    return pd.DataFrame(rows).astype({"base_n": "Int64"})


def stated(facts: Facts, id: str) -> Fact | None:
    """Return a figure to compute with; None for one that was not found, or not stated itself (`Fact.is_stated`)."""
    fact = facts.get(id)
    return fact if fact and fact.is_stated else None


def read_facts(path: Path, sources: Iterable[str] | None = None) -> Figures:
    """Return the figures of a file, by id, in file order.

    `sources`: the ids a row may cite; without it any non-empty source is accepted. A file separated by semicolons may
    write its numbers with decimal commas.

    Raises `InputError` with every fault of the file at once: one line each, naming file, row, column, value and what
    is legal. (A file that cannot be read as a table, or lacks columns, is refused for that alone.)
    """
    rows, faults = read_table(path, COLUMNS, OPTIONAL_COLUMNS)
    known = None if sources is None else dict.fromkeys(sources)
    faults += [(number, fault) for number, row in rows for fault in row_faults(row, known)]
    faults += [*repeated(rows), *_unknown_wholes(rows)]
    refuse(path, faults)
    if not rows:
        raise InputError(f"{path.name}: holds no figure. Type one row per printed figure below the header.")
    return Figures({row["id"]: _fact(row, number) for number, row in rows})


def read_published(folder: Path) -> Figures:
    """Return the figures of a published folder (`figures.csv`), each citing a source of its `sources.csv`."""
    return read_facts(folder / FIGURES_FILE, read_sources(folder))


def read_sources(folder: Path) -> dict[str, Row]:
    """Return the sources of a published folder, by id: author, title, year, kind, address, read, note, title_en."""
    path = folder / SOURCES_FILE
    rows, faults = read_table(path, SOURCE_COLUMNS, SOURCE_OPTIONAL)
    faults += [(number, "column 'id': value '': a name is expected.") for number, row in rows if not row["id"]]
    refuse(path, faults + repeated(rows))
    return {row["id"]: row for _, row in rows}


def respondents(facts: Facts, wave: int) -> int | None:
    """Return how many poles answered a wave (the figure `respondents_<wave>`), None where it is not stated."""
    fact = stated(facts, f"respondents_{wave}")
    return int(fact.value) if fact else None


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


def read_table(
    path: Path, columns: Sequence[str], optional: Sequence[str] = ()
) -> tuple[list[tuple[int, Row]], list[Fault]]:
    """Rows of a file as text, with their line in it, and a fault for each row that is not as wide as the header.

    Raises `InputError` when the file is empty.
    """
    text, delimiter = _without_separator_line(path)
    lines = list(_lines(path, text, delimiter))
    if not lines:
        raise InputError(f"{path.name}: is empty. Legal columns: {', '.join((*columns, *optional))}.")
    names = _columns(path, lines[0], columns, optional)
    ragged = (
        f"{len(names)} cells are expected, as many as columns; quote the cells that hold a {delimiter!r}, or check the"
        " quotes above."
    )
    rows = [
        (number, dict(zip(names, (cell.strip() for cell in cells), strict=True)))
        for number, cells in lines[1:]
        if len(cells) == len(names)
    ]
    faults = [(number, f"{len(cells)} cells: {ragged}") for number, cells in lines[1:] if len(cells) != len(names)]
    pointed = [(number, with_decimal_points(row)) for number, row in rows] if delimiter == ";" else rows
    return pointed, faults


def _without_separator_line(path: Path) -> tuple[str, str]:
    """The text, the `sep=;` line that Excel writes left blank, and the delimiter its header uses."""
    text = _text(path)
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise InputError(f"{path.name}, line {line}: holds a NUL character. Export the file again.")
    text = re.sub(r"\A\"?sep=.\"?(?=[\r\n])", "", text)
    header = re.search(r"[^\r\n]*\S[^\r\n]*", text)
    several = header is not None and header[0].count(";") > header[0].count(",")
    return text, ";" if several else ","


def _lines(path: Path, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Cells of every line that is not blank, with the line of the file where they start."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        raise InputError(f"{path.name}, line {start}: {error}. Check the quotes of that line.") from None


def _columns(path: Path, header: tuple[int, list[str]], columns: Sequence[str], optional: Sequence[str]) -> list[str]:
    names, legal = [cell.strip() for cell in header[1]], (*columns, *optional)
    faults = [f"column {name!r} is missing" for name in columns if name not in names]
    faults += [f"column {name!r} is unknown.{nearest(name, legal)}" for name in names if name not in legal]
    faults += [f"column {name!r} stands twice" for name in sorted({name for name in names if names.count(name) > 1})]
    if faults:
        known = f"Legal columns: {', '.join(columns)}" + (f"; optional: {', '.join(optional)}." if optional else ".")
        raise InputError("\n".join(f"{path.name}, row {header[0]}: {fault}" for fault in faults) + f"\n{known}")
    return names


def refuse(path: Path, faults: Iterable[Fault]) -> None:
    """Raise `InputError` with every fault of a file, a line each in the order of its rows, if there is any."""
    lines = [f"{path.name}, row {number}, {fault}" for number, fault in sorted(faults, key=lambda fault: fault[0])]
    if lines:
        raise InputError("\n".join(lines))


def repeated(rows: Iterable[tuple[int, Row]]) -> list[Fault]:
    """Return a fault for each row whose id stands in an earlier one."""
    first: dict[str, int] = {}
    found = []
    for number, row in rows:
        if first.setdefault(row["id"], number) != number:
            fault = f"already stands in row {first[row['id']]}; ids are unique."
            found.append((number, f"column 'id': value {row['id']!r}: {fault}"))
    return found


def _unknown_wholes(rows: Sequence[tuple[int, Row]]) -> list[Fault]:
    """A part of something that stands nowhere in the file would never be added up: taken for a slip."""
    names = {row["indicator"] for _, row in rows}
    asked = [(number, row.get("part_of", "")) for number, row in rows]
    return [
        (number, f"column 'part_of': value {name!r}: an indicator that stands in the file is expected.")
        for number, name in asked
        if name and name not in names
    ]


def _fact(row: dict[str, str], number: int) -> Fact:
    return Fact(
        **{name: row[name] for name in ("id", "indicator", "level", "statistic", "unit", "base_label")},
        **{name: row[name] for name in ("source", "locator", "note")},
        wave=int(row["wave"]),
        value=Fraction(row["value"]),
        # Assumption (01, 02): Percentages are rounded to the nearest point. Source: they have no decimals, but nearly
        # all those of the slides are multiples of five. If wrong: if they were rounded to five points, fewer figures
        # disagree.
        grain=Fraction(row["grain"]),
        base_n=int(row["base_n"]) if row["base_n"] else None,
        part_of=row.get("part_of", "") or indicator(row["indicator"]).part_of,
        row=number,
    )
