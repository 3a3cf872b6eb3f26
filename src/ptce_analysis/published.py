"""The published figures as records: one `Fact` per printed number, read from a strict file format, and the roles.

The same format serves another report: type its figures, one row each, and `ptce audit --facts FILE` reads them.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from fractions import Fraction
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ptce_analysis import vocabulary as words
from ptce_analysis.errors import InputError, nearest
from ptce_analysis.vocabulary import LEVELS, Band, Label

if TYPE_CHECKING:  # the shell asks for figures without ever seeing them as a table
    import pandas as pd

FIGURES_FILE, SOURCES_FILE, ROLES_FILE, INDICATORS_FILE = "figures.csv", "sources.csv", "roles.csv", "indicators.csv"
ROLE_COLUMNS = ("id", "levels", "addressee", "kind", "text_fr", "text_en", "source", "locator", "note")
SOURCE_COLUMNS = ("id", "author", "title", "year", "kind", "address", "read", "note")
INDICATOR_COLUMNS = ("id", "unit", "statistic", "label_en", "label_fr", "part_of", "quantity", "subject")

# How `roles.csv` names all local authorities at once, when a source tells none of them apart.
ALL_LOCAL = "local"
# A transcription stays a short quotation.
MOST_WORDS = 14

DECIMAL = r"\d{1,15}(\.\d{1,12})?"

Record = dict[str, str]
Rows = list[tuple[int, Record]]  # each with its line in the file
CellCheck = Callable[[str], str]  # says why a cell is illegal; nothing when it is legal


@dataclass(frozen=True)
class Indicator:
    """A printed indicator: its unit, statistic and labels, and the indicator of which it is a part.

    `quantity`: what it adds up or counts the units of, where its name does not say (`call_budget`: `call_grant`).
    """

    unit: str
    statistic: str
    label: Label
    part_of: str = ""
    quantity: str = ""
    subject: str = "survey"


@dataclass(frozen=True)
class Fact:
    """One printed figure: exact value and rounding grain, in the stored unit (euros, shares between 0 and 1, counts).

    The truth lies within half a grain of `value`; a count typed with grain 1 is exact. `base_n`: the base printed
    beside the figure, if any.
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
    row: int  # of the file

    def __repr__(self) -> str:
        return f"<{self.id}: {float(self.value):g} {self.unit}, {self.source}>"

    @property
    def band(self) -> Band:
        """The closed band of true values that round to the printed one, cut at zero; its ends are whole for counts."""
        low, high = max(self.value - self.grain / 2, Fraction(0)), self.value + self.grain / 2
        is_whole = self.unit == "count" and self.statistic not in ("median", "mean")
        return (Fraction(math.ceil(low)), Fraction(math.floor(high))) if is_whole else (low, high)

    @property
    def limit(self) -> str:
        """`minimum` or `maximum` when the source says "at least" or "at most" of a figure; empty when it prints it.

        A smallest grant is a minimum by itself: there the source prints the figure.
        """
        kind = indicator(self.indicator).statistic
        return self.statistic if self.statistic in ("minimum", "maximum") and kind not in ("", self.statistic) else ""

    @property
    def is_stated(self) -> bool:
        """Whether it can be computed with: neither a limit in words nor a count rounded to tens or hundreds."""
        return not self.limit and (self.statistic != "count" or self.unit != "count" or self.grain <= 1)


Facts = Mapping[str, Fact]
COLUMNS = tuple(field.name for field in fields(Fact))[:-2]  # all but the optional `part_of`, and `row`


class Figures(dict[str, Fact]):
    """Published figures by id, which a notebook shows as a table; `label` gives a word of the vocabulary."""

    def __init__(self, facts: Facts, label: Callable[[Label], str] = itemgetter(0)) -> None:
        super().__init__(facts)
        self.label = label

    def __repr__(self) -> str:
        return f"{len(self)} published figures: .table() shows them"

    def _repr_html_(self) -> str:
        return str(self.table()._repr_html_())

    def table(self) -> pd.DataFrame:
        """Return a row for each figure, in file order, with the `COLUMNS` of the file.

        `indicator_label`, `level_label` (empty: no level) and `statistic_label` stand beside the codes; `value` and
        `grain` are in the `unit` (euros, shares between 0 and 1, counts).
        """
        import pandas as pd

        found = pd.DataFrame([vars(fact) for fact in self.values()], columns=list(COLUMNS))
        indicators = {name: indicator(name).label for name in found["indicator"]}
        tables = {"indicator": indicators, "level": LEVELS | {"": ("", "")}, "statistic": words.STATISTICS}
        for name, labels in tables.items():
            written = [self.label(labels[code]) for code in found[name]]
            found.insert(found.columns.get_loc(name) + 1, f"{name}_label", written)
        return found.astype({"value": float, "grain": float, "base_n": "Int64"})


@dataclass(frozen=True)
class Role:
    """One statement of a source: to which levels it is addressed, what kind it is, its text in both languages.

    `levels` is empty when the source addresses no level. `general` when it is said of all local authorities alike.
    """

    id: str
    kind: str
    levels: tuple[str, ...]
    general: bool
    text: Label


def indicator(name: str) -> Indicator:
    """Return what is known of an indicator; one that another report brings is described by its own name."""
    label = name.replace("_", " ")
    return INDICATORS.get(name) or Indicator("", "", (label, label))


def stated(facts: Facts, id: str) -> Fact | None:
    """Return a figure to compute with; None for one that was not found, or not stated itself (`Fact.is_stated`)."""
    fact = facts.get(id)
    return fact if fact and fact.is_stated else None


def respondents(facts: Facts, wave: int) -> int | None:
    """Return how many poles answered a wave (the figure `respondents_<wave>`), None where it is not stated."""
    fact = stated(facts, f"respondents_{wave}")
    return int(fact.value) if fact else None


def roles_of(roles: Collection[Role], level: str) -> tuple[Role, ...]:
    """Return the statements addressed to a level: those that single it out, then those for all alike, by kind."""
    addressed = [role for role in roles if level in role.levels]
    return tuple(sorted(addressed, key=lambda role: (role.general, words.ROLE_KINDS.index(role.kind))))


def read_facts(path: Path, sources: Iterable[str] | None = None) -> Figures:
    """Return the figures of a file, by id, in file order; what they are about may stand in `indicators.csv` beside it.

    `sources`: the ids a row may cite (any, without it). Semicolons may separate cells with decimal commas.

    Raises `InputError` with every fault of the file, a line each: file, row, column, value and what is legal.
    """
    INDICATORS.update(read_indicators(path.parent))
    rules = FACT_RULES | ({} if sources is None else {"source": one_of(sources)})
    rows = read_table(path, COLUMNS, lambda row, all_: cell_faults(row, rules) or _fact_faults(row, all_), ("part_of",))
    if not rows:
        raise InputError(f"{path.name}: holds no figure. Type one row per printed figure below the header.")
    return Figures({row["id"]: _fact(row, number) for number, row in rows})


def read_published(folder: Path) -> Figures:
    """Return the figures of a published folder (`figures.csv`), each citing a source of its `sources.csv`."""
    return read_facts(folder / FIGURES_FILE, read_sources(folder))


def read_sources(folder: Path) -> dict[str, Record]:
    """Return the sources of a published folder, by id: author, title, year, kind, address, read, note, title_en."""
    rules = {"id": matches("a name")}
    rows = read_table(folder / SOURCES_FILE, SOURCE_COLUMNS, lambda row, _: cell_faults(row, rules), ("title_en",))
    return {row["id"]: row for _, row in rows}


def read_indicators(folder: Path) -> dict[str, Indicator]:
    """Return the indicators that a published folder declares (`indicators.csv`), by name; none without that file."""
    path = folder / INDICATORS_FILE
    if not path.is_file():
        return {}

    def faults_of(row: Record, rows: Rows) -> list[str]:
        wholes = one_of(("", *(other["id"] for _, other in rows)))
        return cell_faults(row, {"id": A_NAME, **FACT_RULES, "part_of": wholes})

    rows = read_table(path, INDICATOR_COLUMNS, faults_of)
    kept = ("unit", "statistic", "part_of", "quantity", "subject")
    return {
        row["id"]: Indicator(label=(row["label_en"], row["label_fr"]), **{key: row[key] for key in kept})
        for _, row in rows
    }


def read_roles(folder: Path) -> tuple[Role, ...]:
    """Return the statements of a published folder (`roles.csv`), in file order, each citing a source of `sources.csv`.

    Raises `InputError` with every fault of the file: file, row, column, value and what is legal.
    """
    rules = {**ROLE_RULES, "source": one_of(read_sources(folder))}

    def faults_of(row: Record, _: Rows) -> list[str]:
        alone = wrong("addressee", row["addressee"], "it stands beside levels, or neither does.")
        return [alone] * (bool(row["levels"]) != bool(row["addressee"])) + cell_faults(row, rules)

    found = []
    for _, row in read_table(folder / ROLES_FILE, ROLE_COLUMNS, faults_of):
        general = row["levels"] == ALL_LOCAL
        levels = words.LOCAL_LEVELS if general else tuple(row["levels"].split())
        found.append(Role(row["id"], row["kind"], levels, general, (row["text_en"], row["text_fr"])))
    return tuple(found)


def one_of(legal: Iterable[str]) -> CellCheck:
    """Return what refuses a cell that is none of the legal values."""
    legal = tuple(legal)
    return lambda value: "" if value in legal else f"legal values: {', '.join(v or '(empty)' for v in legal)}."


def matches(meaning: str, pattern: str = r"(?s).+") -> CellCheck:
    """Return what refuses a cell that has not the form expected, here anything but nothing."""
    return lambda value: "" if re.fullmatch(pattern, value, re.ASCII) else f"{meaning} is expected."


def wrong(column: str, value: str, why: str) -> str:
    """Return what is wrong with a cell, in the words of every refusal."""
    return f"column {column!r}: value {value!r}: {why}"


def cell_faults(row: Record, rules: Mapping[str, CellCheck]) -> list[str]:
    """Return every fault of a row, as `column 'x': value 'y': what is legal`."""
    return [wrong(name, row[name], why) for name, rule in rules.items() if name in row and (why := rule(row[name]))]


def _text_fault(value: str) -> str:
    # A double sign (« : », « ! ») stands apart in French and is no word.
    n_words = sum(any(map(str.isalnum, word)) for word in value.split())
    return "" if 0 < n_words <= MOST_WORDS else f"from 1 to {MOST_WORDS} words are expected, found {n_words}."


ONE_LEVEL = f"({'|'.join(LEVELS)})"
A_NAME = matches("a name in lower case such as emergence_share", r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
ROLE_RULES: dict[str, CellCheck] = {
    "id": A_NAME,
    "levels": matches(
        f"{ALL_LOCAL}, or some of {', '.join(LEVELS)}, separated by spaces, or nothing",
        f"({ALL_LOCAL}|{ONE_LEVEL}( {ONE_LEVEL})*)?",
    ),
    "addressee": one_of(("", *words.ADDRESSEES)),
    "kind": one_of(words.ROLE_KINDS),
    "text_fr": _text_fault,
    "text_en": matches("a translation"),
    "locator": matches("the place in the source"),
}
# Of figures and of indicators, as far as a file has these columns.
FACT_RULES: dict[str, CellCheck] = {
    "wave": matches("a year such as 2015", r"(19|20)\d\d"),
    "indicator": A_NAME,
    "level": one_of(("", *LEVELS)),
    "statistic": one_of(words.STATISTICS),
    "value": matches("a non-negative number such as 1239000 or 0.31", DECIMAL),
    "unit": one_of(words.UNITS),
    "grain": matches("the rounding step, in the unit of the value, such as 1000 or 0.01,", DECIMAL),
    "base_n": matches("a whole number above zero, or nothing", r"([1-9]\d{0,8})?"),
    "source": matches("the id of a source"),
    "subject": one_of(words.SUBJECTS),
    "label_en": matches("a label"),
    "label_fr": matches("a label"),
}


def _fact_faults(row: Record, rows: Rows) -> list[str]:
    """What the cells of a row, each of them legal, say wrongly together, or of the indicators of the file."""
    name, value, known = row["indicator"], Fraction(row["value"]), INDICATORS.get(row["indicator"])
    stem = "_".join(part for part in (name, row["level"], row["wave"]) if part)
    second, whole = f"{stem}_{row['source'].lower()}", row.get("part_of", "")
    # Nearly a known name is taken for a slip; any other new name is another report's own.
    close = [] if known else get_close_matches(name, INDICATORS, n=1, cutoff=0.93)
    half = row["unit"] == "count" and row["statistic"] in ("count", "sum") and value.denominator > 1
    found = {
        "indicator": f"did you mean {close[0]!r}? Give a clearly different name otherwise." if close else "",
        "unit": f"{name} is stored in {known.unit!r}." if known and known.unit != row["unit"] else "",
        "value": "a count is a whole number." if half else "",
        "id": f"the id is expected to be {stem!r}, or {second!r} when another source prints the same figure.",
        # A part of something that stands nowhere in the file would never be added up.
        "part_of": "another indicator that stands in the file is expected."
        if whole and not any(other["indicator"] == whole != name for _, other in rows)
        else "",
    }
    if row["unit"] == "share" and value > 1:
        found["value"] = "a share lies between 0 and 1 (write 0.20 for 20 %)."
    if row["id"] in (stem, second):
        del found["id"]
    return [wrong(column, row[column], why) for column, why in found.items() if why]


def _fact(row: Record, number: int) -> Fact:
    numbers: dict[str, Any] = {
        "wave": int(row["wave"]),
        "value": Fraction(row["value"]),
        # Assumption (01, 02): Percentages are rounded to the nearest point. Source: they have no decimals, but nearly
        # all those of the slides are multiples of five. If wrong: if they were rounded to five points, fewer figures
        # disagree.
        "grain": Fraction(row["grain"]),
        "base_n": int(row["base_n"]) if row["base_n"] else None,
        "row": number,
    }
    return Fact(**row | numbers | {"part_of": row.get("part_of") or indicator(row["indicator"]).part_of})


def read_table(
    path: Path, columns: Sequence[str], faults_of: Callable[[Record, Rows], list[str]], optional: Sequence[str] = ()
) -> Rows:
    """Return the rows of a file as text, with their line in it; blank lines and the `sep=;` of Excel are left out.

    `faults_of`: what is wrong with a row, beside all rows. Raises `InputError` with every fault, a line each in the
    order of the rows, or when the file is no table.
    """
    delimiter, lines = _csv_lines(path)
    known = f"Legal columns: {', '.join(columns)}" + f"; optional: {', '.join(optional)}" * bool(optional)
    if not lines:
        raise InputError(f"{path.name}: is empty. {known}.")
    (start, names), legal = lines[0], (*columns, *optional)
    found = [f"column {name!r} is missing" for name in columns if name not in names]
    found += [f"column {name!r} is unknown.{nearest(name, legal)}" for name in names if name not in legal]
    found += [f"column {name!r} stands twice" for name in sorted({name for name in names if names.count(name) > 1})]
    if found:
        raise InputError("\n".join(f"{path.name}, row {start}: {fault}" for fault in found) + f"\n{known}.")
    rows = [(number, dict(zip(names, cells, strict=True))) for number, cells in lines[1:] if len(cells) == len(names)]
    for _, row in rows if delimiter == ";" else ():  # points for decimal commas
        for name in {"value", "grain"} & set(row):
            pointed = row[name].replace(",", ".", 1)
            row[name] = pointed if re.fullmatch(DECIMAL, pointed, re.ASCII) else row[name]
    expected = f"cells: {len(names)} cells are expected, as many as columns; quote the cells that hold a {delimiter!r}."
    faults = [(n, f"{len(cells)} {expected}") for n, cells in lines[1:] if len(cells) != len(names)]
    first = dict[str, int]()
    for number, row in rows:
        faults += [(number, fault) for fault in faults_of(row, rows)]
        if first.setdefault(row["id"], number) != number:
            faults.append(
                (number, wrong("id", row["id"], f"already stands in row {first[row['id']]}; ids are unique."))
            )
    if faults:
        faults.sort(key=itemgetter(0))
        raise InputError("\n".join(f"{path.name}, row {number}, {fault}" for number, fault in faults))
    return rows


def _csv_lines(path: Path) -> tuple[str, list[tuple[int, list[str]]]]:
    """The delimiter of a file, and the cells of each line that is not blank, with its number."""
    try:
        data = path.read_bytes()
        text = re.sub(r"\A\"?sep=.\"?(?=[\r\n])", "", data.decode("utf-8-sig"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}). Give the path of a CSV file.") from None
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(f"{path.name}, line {line}: not UTF-8. Save the file as UTF-8 CSV.") from None
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
    return delimiter, lines


# What is known of the indicators of the study, where its data stand beside this library, and of the reports read since.
INDICATORS = read_indicators(Path(__file__).parents[2] / "data" / "raw" / "published")
