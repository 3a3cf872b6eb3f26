"""The published figures as records: one `Fact` per printed number, read from a strict file format, and the roles.

The same format serves another report: type its figures, one row each, and `ptce audit --facts FILE` reads them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

from ptce_analysis.errors import InputError, nearest
from ptce_analysis.published_file import (
    NUMBER,
    Record,
    Rule,
    cell_faults,
    matches,
    one_of,
    read_table,
    refuse,
    some,
    wrong,
)
from ptce_analysis.vocabulary import (  # fmt: skip
    ADDRESSEES,
    LEVELS,
    LOCAL_LEVELS,
    ROLE_KINDS,
    STATISTICS,
    SUBJECTS,
    UNITS,
    Band,
    Label,
)

if TYPE_CHECKING:  # the shell asks for figures without ever seeing them as a table
    import pandas as pd

FIGURES_FILE, SOURCES_FILE, ROLES_FILE, INDICATORS_FILE = "figures.csv", "sources.csv", "roles.csv", "indicators.csv"
COLUMNS = (
    "id", "wave", "indicator", "level", "statistic", "value", "unit",
    "grain", "base_n", "base_label", "source", "locator", "note",
)  # fmt: skip
ROLE_COLUMNS = ("id", "levels", "addressee", "kind", "text_fr", "text_en", "source", "locator", "note")
SOURCE_COLUMNS = ("id", "author", "title", "year", "kind", "address", "read", "note")
INDICATOR_COLUMNS = ("id", "unit", "statistic", "label_en", "label_fr", "part_of", "quantity", "subject")

# How `roles.csv` names all local authorities at once, when a source tells none of them apart.
ALL_LOCAL = "local"
# A transcription stays a short quotation.
MOST_WORDS = 14

WHOLE = re.compile(r"[1-9]\d{0,8}", re.ASCII)
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
YEAR = re.compile(r"(19|20)\d\d", re.ASCII)


@dataclass(frozen=True)
class Indicator:
    """A printed indicator: its unit, statistic and labels, and how it relates to the other figures of its wave.

    `part_of`: the indicator of which this one is a part, when its parts ought to add up to it.
    `quantity`: for a total or a number of units, what it adds up or counts the units of, where its name does not say:
    the total of `call_budget` over its `call_laureates` is one of `call_grant`.
    `subject`: what it is about (a key of `SUBJECTS`).
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
        """Return a row for each figure, in file order, labels beside codes (English, or what `label` makes of a pair).

        Columns: `id`, `wave`, `indicator`, `indicator_label`, `level`, `level_label` (empty: no level), `statistic`,
        `statistic_label`, `value` and `grain` (in the `unit`: euros, shares between 0 and 1, counts), `base_n`,
        `base_label`, `source`, `locator`, `note`.
        """
        import pandas as pd

        found = pd.DataFrame([vars(fact) for fact in self.values()]).drop(columns=["part_of", "row"])
        labels: dict[str, Callable[[str], Label]] = {
            "indicator": lambda name: indicator(name).label,
            "level": lambda name: LEVELS.get(name, (name, name)),
            "statistic": lambda name: STATISTICS.get(name, (name, name)),
        }
        for name, known in labels.items():
            written = [self.label(known(code)) for code in found[name]]
            found.insert(found.columns.get_loc(name) + 1, f"{name}_label", written)
        return found.astype({"value": float, "grain": float, "base_n": "Int64"})


@dataclass(frozen=True)
class Role:
    """One statement of a source: to which levels it is addressed, what kind it is, its text in both languages.

    `levels` is empty when the source addresses no level. `general` when it is said of all local authorities alike;
    `stated` when the source itself names the addressee, and not our reading of it.
    """

    id: str
    levels: tuple[str, ...]
    general: bool
    stated: bool
    kind: str
    text: Label
    source: str
    locator: str
    note: str


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
    return tuple(sorted(addressed, key=lambda role: (role.general, ROLE_KINDS.index(role.kind))))


def read_facts(path: Path, sources: Iterable[str] | None = None) -> Figures:
    """Return the figures of a file, by id, in file order; what they are about may stand in `indicators.csv` beside it.

    `sources`: the ids a row may cite; without it any non-empty source is accepted. A file separated by semicolons may
    write its numbers with decimal commas.

    Raises `InputError` with every fault of the file at once: one line each, naming file, row, column, value and what
    is legal. (A file that cannot be read as a table, or lacks columns, is refused for that alone.)
    """
    INDICATORS.update(read_indicators(path.parent))
    rows, faults = read_table(path, COLUMNS, ("part_of",))
    known = None if sources is None else tuple(sources)
    names = {row["indicator"] for _, row in rows}
    for number, row in rows:
        faults += [(number, fault) for fault in _fact_faults(row, known)]
        # A part of something that stands nowhere in the file would never be added up: taken for a slip.
        if (whole := row.get("part_of", "")) and whole not in names:
            faults.append((number, wrong("part_of", whole, "an indicator that stands in the file is expected.")))
    refuse(path, rows, faults)
    if not rows:
        raise InputError(f"{path.name}: holds no figure. Type one row per printed figure below the header.")
    return Figures({row["id"]: _fact(row, number) for number, row in rows})


def read_published(folder: Path) -> Figures:
    """Return the figures of a published folder (`figures.csv`), each citing a source of its `sources.csv`."""
    return read_facts(folder / FIGURES_FILE, read_sources(folder))


def read_sources(folder: Path) -> dict[str, Record]:
    """Return the sources of a published folder, by id: author, title, year, kind, address, read, note, title_en."""
    rows, faults = read_table(folder / SOURCES_FILE, SOURCE_COLUMNS, ("title_en",))
    faults += [(number, wrong("id", "", "a name is expected.")) for number, row in rows if not row["id"]]
    refuse(folder / SOURCES_FILE, rows, faults)
    return {row["id"]: row for _, row in rows}


def read_indicators(folder: Path) -> dict[str, Indicator]:
    """Return the indicators that a published folder declares (`indicators.csv`), by name; none without that file."""
    path = folder / INDICATORS_FILE
    if not path.is_file():
        return {}
    rows, faults = read_table(path, INDICATOR_COLUMNS)
    names = ("", *(row["id"] for _, row in rows))
    rules = {"id": matches(NAME, "a name in lower case"), "unit": one_of(UNITS), "statistic": one_of(STATISTICS)}
    rules |= dict.fromkeys(("label_en", "label_fr"), some("a label"))
    rules |= {"part_of": one_of(names), "subject": one_of(SUBJECTS)}
    faults += [(number, fault) for number, row in rows for fault in cell_faults(row, rules)]
    refuse(path, rows, faults)
    return {
        row["id"]: Indicator(
            label=(row["label_en"], row["label_fr"]),
            **{key: row[key] for key in ("unit", "statistic", "part_of", "quantity", "subject")},
        )
        for _, row in rows
    }


def read_roles(folder: Path) -> tuple[Role, ...]:
    """Return the statements of a published folder (`roles.csv`), in file order, each citing a source of `sources.csv`.

    Raises `InputError` with every fault of the file: file, row, column, value and what is legal.
    """
    sources, path = read_sources(folder), folder / ROLES_FILE
    rows, faults = read_table(path, ROLE_COLUMNS)
    rules = {**ROLE_RULES, "source": one_of(sources)}
    for number, row in rows:
        nobody = () if row["levels"] or row["addressee"] else ("levels", "addressee")
        asked = {name: rule for name, rule in rules.items() if name not in nobody}
        faults += [(number, fault) for fault in cell_faults(row, asked)]
    refuse(path, rows, faults)
    return tuple(
        Role(
            levels=LOCAL_LEVELS if row["levels"] == ALL_LOCAL else tuple(row["levels"].split()),
            general=row["levels"] == ALL_LOCAL,
            stated=row["addressee"] == "stated",
            text=(row["text_en"], row["text_fr"]),
            **{name: row[name] for name in ("id", "kind", "source", "locator", "note")},
        )
        for _, row in rows
    )


def _levels_fault(value: str) -> str:
    names, legal = value.split(), (ALL_LOCAL, *LEVELS)
    unknown = [name for name in names if name not in legal]
    if unknown or not names:
        guess = nearest(unknown[0], legal) if unknown else ""
        return f"one or several of {', '.join(legal)} are expected, separated by spaces; none, for no addressee.{guess}"
    return f"{ALL_LOCAL!r} stands alone." if ALL_LOCAL in names and len(names) > 1 else ""


def _text_fault(value: str) -> str:
    # A double sign (« : », « ! ») stands apart in French and is no word.
    n_words = sum(any(map(str.isalnum, word)) for word in value.split())
    return "" if 0 < n_words <= MOST_WORDS else f"from 1 to {MOST_WORDS} words are expected, found {n_words}."


ROLE_RULES: dict[str, Rule] = {
    "id": matches(NAME, "a name in lower case such as lever_1"),
    "levels": _levels_fault,
    "addressee": one_of(ADDRESSEES),
    "kind": one_of(ROLE_KINDS),
    "text_fr": _text_fault,
    "text_en": some("a translation"),
    "locator": some("the place in the source"),
}
FACT_RULES: dict[str, Rule] = {
    "wave": matches(YEAR, "a year such as 2015"),
    "indicator": matches(NAME, "a name in lower case such as emergence_share"),
    "level": one_of(("", *LEVELS)),
    "statistic": one_of(STATISTICS),
    "value": matches(NUMBER, "a non-negative number such as 1239000 or 0.31"),
    "unit": one_of(UNITS),
    "grain": matches(NUMBER, "the rounding step, in the unit of the value, such as 1000 or 0.01"),
    "base_n": matches(WHOLE, "a whole number above zero", ", or nothing"),
    "source": lambda value: "" if value else "every figure needs the id of its source.",
    "part_of": matches(NAME, "the name of an indicator", ", or nothing"),
}


def _fact_faults(row: Record, sources: Collection[str] | None) -> list[str]:
    """Every fault of one row: of each cell, then of what the legal ones say together."""
    rules = FACT_RULES | ({"source": one_of(sources)} if sources is not None and row["source"] else {})
    found = cell_faults(row, rules)
    name, known, illegal = row["indicator"], INDICATORS.get(row["indicator"]), {fault.split("'")[1] for fault in found}
    value = Fraction(row["value"]) if "value" not in illegal else Fraction(0)
    stem = "_".join(part for part in (name, row["level"], row["wave"]) if part)
    second = f"{stem}_{row['source'].lower()}"
    if not known and not illegal & {"indicator"} and (close := get_close_matches(name, INDICATORS, n=1, cutoff=0.93)):
        # Nearly a known name is taken for a slip; any other new name is another report's own.
        slip = f"did you mean {close[0]!r}? Give a clearly different name otherwise."
        found.append(wrong("indicator", name, slip))
    if known and known.unit != row["unit"] and not illegal & {"unit"}:
        found.append(wrong("unit", row["unit"], f"{name} is stored in {known.unit!r}."))
    if row["unit"] == "share" and value > 1:
        found.append(wrong("value", row["value"], "a share lies between 0 and 1 (write 0.20 for 20 %)."))
    if row["unit"] == "count" and row["statistic"] in ("count", "sum") and value.denominator > 1:
        found.append(wrong("value", row["value"], "a count is a whole number."))
    if row["id"] not in (stem, second) and not illegal & {"indicator", "level", "wave", "source"}:
        legal = f"the id is expected to be {stem!r}, or {second!r} when another source prints the same figure."
        found.append(wrong("id", row["id"], legal))
    return found + ([wrong("part_of", name, "a figure is no part of itself.")] if row.get("part_of") == name else [])


def _fact(row: Record, number: int) -> Fact:
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


# What is known of the indicators of the study, where its data stand beside this library, and of the reports read since.
INDICATORS = read_indicators(Path(__file__).parents[2] / "data" / "raw" / "published")
