"""An exhibit: one figure or table with everything a reader needs to trust it. Nothing less can be shown."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

import pandas as pd
from matplotlib.figure import Figure

from ptce_analysis.publish.language import Number, Sentence, Words
from ptce_analysis.vocabulary import ORIGINS

LEAST_ALT = 40


@dataclass(frozen=True)
class Column:
    """A column of the data behind an exhibit: its name in the table, its heading, and how its values are written.

    `kind` is a key of `language.FORMATS`, or "text".
    """

    name: str
    heading: str
    kind: str = "text"


@dataclass(frozen=True)
class Exhibit:
    """A figure (when `draw` is given) or a table, with its texts in the reader's language.

    `reading` explains how to read one value; every number it states must stand in `data`.
    `draw` turns `data` into a matplotlib figure. `population` is the *Champ*, `measure` says what is measured in what unit.
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
    draw: Callable[[pd.DataFrame], Figure] | None = None

    @property
    def is_figure(self) -> bool:
        """Whether the exhibit is drawn; otherwise its data are shown as a table."""
        return self.draw is not None


def faults(exhibit: Exhibit) -> list[str]:
    """Return why an exhibit cannot be shown; an empty list when it can."""
    texts = ("title", "measure", "note", "reading", "population", "source")
    found = [f"{name} is empty" for name in texts if not str(getattr(exhibit, name)).strip()]
    if exhibit.origin not in ORIGINS:
        found.append(f"origin {exhibit.origin!r}: legal values: {', '.join(ORIGINS)}")
    found += [f"column {c.name!r} is not in the data" for c in exhibit.columns if c.name not in exhibit.data]
    if exhibit.is_figure:
        found += _alt_faults(str(exhibit.alt or ""))
    if not found:
        found += [f"the reading states {name}={n.value}, which is not in the data" for name, n in _absent(exhibit)]
    return found


def _alt_faults(alt: str) -> list[str]:
    short = [f"alt text has {len(alt)} characters; at least {LEAST_ALT} are needed"] if len(alt) < LEAST_ALT else []
    return short + ([] if any(c.isdigit() for c in alt) else ["alt text states no number"])


def _absent(exhibit: Exhibit) -> list[tuple[str, Number]]:
    """Numbers of the reading that no cell of the data holds."""
    columns = [column.name for column in exhibit.columns if column.kind != "text"]
    cells = pd.to_numeric(exhibit.data[columns].stack(), errors="coerce").dropna().astype(float)
    stated = ((name, n) for name, n in exhibit.reading.numbers.items() if n.value is not None)
    return [(name, n) for name, n in stated if not (cells - float(n.value or 0)).abs().lt(1e-9).any()]


def cell_text(words: Words, value: object, kind: str) -> str:
    """Return one cell as a reader of the language expects it."""
    if kind == "text" or isinstance(value, str):
        return "" if pd.isna(value) else str(value)  # type: ignore[call-overload]
    return words.number(Number(None if pd.isna(value) else value, kind))  # type: ignore[call-overload,arg-type]


def data_html(words: Words, exhibit: Exhibit) -> str:
    """Return the data as an HTML table with headers that screen readers can announce."""
    heads = "".join(f'<th scope="col">{escape(c.heading)}</th>' for c in exhibit.columns)
    rows = "".join(_row_html(words, exhibit.columns, row) for row in exhibit.data.to_dict("records"))
    caption = escape(str(exhibit.title))
    return f'<div class="scroll" tabindex="0" role="region" aria-label="{caption}"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'


def _row_html(words: Words, columns: tuple[Column, ...], row: dict[str, object]) -> str:
    first, *others = ((escape(cell_text(words, row[c.name], c.kind)), c.kind) for c in columns)
    cells = "".join(f"<td{'' if kind == 'text' else ' class=n'}>{text}</td>" for text, kind in others)
    return f'<tr><th scope="row">{first[0]}</th>{cells}</tr>'


# A spreadsheet runs a cell that starts with one of these: it is kept as text by an apostrophe.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_text(words: Words, exhibit: Exhibit) -> str:
    """Return the data as CSV for the language: `;` and decimal comma in French, `,` and point in English."""
    names = [column.name for column in exhibit.columns]
    table = exhibit.data[names].map(lambda v: f"'{v}" if isinstance(v, str) and v.startswith(FORMULA_STARTS) else v)
    table.columns = pd.Index([column.heading for column in exhibit.columns])
    separators = {"sep": ";", "decimal": ","} if words.lang == "fr" else {"sep": ",", "decimal": "."}
    return str(table.to_csv(index=False, lineterminator="\r\n", float_format="%.10g", **separators))


def csv_link(words: Words, exhibit: Exhibit, file_name: str) -> str:
    """Return a link that downloads the data as CSV from the page itself, without any request."""
    mark = "\ufeff" if words.lang == "fr" else ""
    data = base64.b64encode((mark + csv_text(words, exhibit)).encode()).decode()
    text = escape(str(words("Download the data (CSV)")))
    return f'<a class="download" download="{escape(file_name)}" href="data:text/csv;charset=utf-8;base64,{data}">{text}</a>'
