"""An exhibit: one figure or table with everything a reader needs to trust it. Nothing less can be shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure

from ptce_analysis.protect.release import Protected, unreleased
from ptce_analysis.publish.claims import origins_that_clash
from ptce_analysis.publish.language import Number, Sentence, Words

LEAST_ALT = 40
MOST_COLUMNS = 6
REQUIRED = ("title", "reading", "population", "source")
TEXTS = (*REQUIRED, "measure", "note")
# The kind of a column whose rows are in different units: that of each row stands in the table's column `kind`.
BY_ROW = "by_row"
KEY = re.compile(r"[a-z][a-z0-9_-]*")


@dataclass(frozen=True)
class Column:
    """A column of the data behind an exhibit: its name in the table, its heading, and how its values are written.

    `kind` is a key of `language.KINDS`, or "text".
    """

    name: str
    heading: str
    kind: str = "text"


@dataclass(frozen=True)
class Exhibit:
    """A figure (when `draw` is given) or a table, with its texts in the reader's language.

    `reading` explains how to read one value; every number it states must stand in `data`, written the same way.
    `draw` turns `data` into a matplotlib figure, or into several panels. `population` is the *Champ*, `measure` what is
    measured, in what unit.
    `protected` is what the rules of disclosure released; data of answers cannot be shown without it. A `collapsed`
    table opens when the reader asks for it.
    """

    key: str
    title: Sentence
    measure: Sentence
    note: Sentence
    reading: Sentence
    population: Sentence
    source: Sentence
    origin: str
    data: pd.DataFrame
    columns: tuple[Column, ...]
    alt: Sentence | None = None
    draw: Callable[[pd.DataFrame], Figure | list[Figure]] | None = None
    protected: Protected | None = None
    collapsed: bool = False

    @property
    def is_figure(self) -> bool:
        """Whether the exhibit is drawn; otherwise its data are shown as a table."""
        return self.draw is not None


def faults(exhibit: Exhibit) -> list[str]:
    """Return why an exhibit cannot be shown; an empty list when it can."""
    found = [] if KEY.fullmatch(exhibit.key) else [f"key {exhibit.key!r} is not made of small letters, digits, _ and -"]
    found += [f"{name} is empty" for name in REQUIRED if not str(getattr(exhibit, name)).strip()]
    found += _data_faults(exhibit)
    if exhibit.is_figure:
        found += _alt_faults(str(exhibit.alt or ""), str(exhibit.title))
    return found or _origin_faults(exhibit) + _reading_faults(exhibit) + _release_faults(exhibit)


def _data_faults(exhibit: Exhibit) -> list[str]:
    if exhibit.data.empty or not exhibit.columns:
        return ["there are no data to show"]
    headings = [column.heading for column in exhibit.columns]
    twice = dict.fromkeys(heading for heading in headings if headings.count(heading) > 1)
    found = [f"two columns have the heading {heading!r}: their file could not be read by name" for heading in twice]
    return found + [f"column {c.name!r} is not in the data" for c in exhibit.columns if c.name not in exhibit.data]


def table_faults(exhibit: Exhibit) -> list[str]:
    """Return why the columns of a table cannot be read: too many, or one that says the same on each row.

    The data behind a figure are folded away, and may be as wide as what is drawn. What answers say on each row is not
    known when their page is written.
    """
    asked = exhibit.columns if len(exhibit.data) > 1 and exhibit.protected is None else ()
    found = [column.heading for column in asked if exhibit.data[column.name].nunique(False) == 1]
    faults = [f"column {heading!r} says the same on each row: say it once, above or below" for heading in found]
    if len(exhibit.columns) > MOST_COLUMNS:
        faults.append(f"{len(exhibit.columns)} columns; at most {MOST_COLUMNS} can be read")
    return faults


def _alt_faults(alt: str, title: str) -> list[str]:
    short = [f"alt text has {len(alt)} characters; at least {LEAST_ALT} are needed"] if len(alt) < LEAST_ALT else []
    short += ["alt text only repeats the title; say what is seen"] if alt == title else []
    return short + ([] if any(c.isdigit() for c in alt) else ["alt text states no number"])


def _origin_faults(exhibit: Exhibit) -> list[str]:
    """The origin of the exhibit against that of its rows (column `origin`, if any) and of the numbers of its texts."""
    stated = set(exhibit.data["origin"].dropna()) if "origin" in exhibit.data else set()
    sentences = [getattr(exhibit, name) for name in (*TEXTS, "alt")]
    stated |= {number.origin for sentence in sentences if sentence for number in sentence.numbers.values()}
    clash = origins_that_clash(exhibit.origin, stated)
    return [clash] if clash else []


def _release_faults(exhibit: Exhibit) -> list[str]:
    """What the data, or the numbers of the texts, hold of answers that the rules did not release."""
    stated = [text for name in (*TEXTS, "alt") if (text := getattr(exhibit, name))]
    numbers = [None if n.value is None else float(n.value) for text in stated for n in text.numbers.values()]
    return unreleased(exhibit.origin, exhibit.protected, exhibit.data, numbers, map(str, stated))


def _reading_faults(exhibit: Exhibit) -> list[str]:
    """Each number of the reading must stand in the data, written there as the reading writes it; words have none."""
    stated = {name: number for name, number in exhibit.reading.numbers.items() if number.value is not None}
    if not stated and any(column.kind != "text" for column in exhibit.columns):
        return ["the reading states no number"]
    faults = ((name, number, _reading_fault(exhibit, number)) for name, number in stated.items())
    return [f"the reading states {name}={number.value}, {fault}" for name, number, fault in faults if fault]


def _reading_fault(exhibit: Exhibit, number: Number) -> str:
    columns = [column for column in exhibit.columns if column.kind != "text"]
    held = [column for column in columns if _holds(exhibit.data[column.name], float(number.value or 0))]
    if not held:
        return "which is not in the data"
    words = Words("en")
    kinds = [number.kind if column.kind == BY_ROW else column.kind for column in held]
    shown = [words.number(Number(number.value, kind)) for kind in kinds]
    said = words.number(number)
    return "" if said in shown else f"written {said} where the data show {' or '.join(sorted(set(shown)))}"


def _holds(column: pd.Series, value: float) -> bool:
    cells = pd.to_numeric(column, errors="coerce").dropna().astype(float)
    return bool(((cells - value).abs() <= 1e-9 * max(1.0, abs(value))).any())
