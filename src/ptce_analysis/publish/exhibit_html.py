"""How an exhibit is written: its head, its notes, its data as a table and as a CSV that the page itself holds."""

from __future__ import annotations

import re
from html import escape
from typing import Any
from urllib.parse import quote

import pandas as pd

from ptce_analysis.publish.exhibit import BY_ROW, Column, Exhibit
from ptce_analysis.publish.language import NARROW, NO_BREAK, Number, Sentence, Words, typeset
from ptce_analysis.publish.sentences import linked, plain_text, sentence_html
from ptce_analysis.publish.trust import CSV_ADDRESS
from ptce_analysis.survey.tables import neutralised
from ptce_analysis.vocabulary import ORIGINS

PLAIN_SPACES = str.maketrans({NARROW: " ", NO_BREAK: " "})
LONG_TEXT = 60  # characters; a column of such texts is not squeezed by its neighbours

# What an address cannot hold as it is; letters of any alphabet can stand.
NOT_IN_ADDRESSES = re.compile(r"[\x00-\x20\"#%<>&'\[\]\\^`{|}\x7f-\xa0\u2000-\u200f\u2028-\u202f\u205f-\u206f\ufeff]")

# Numbers of a text cell, with what stands between them: a range, a fraction. Short ones keep to one line.
NUMBERS = re.compile(r"[-−+<>≤≥≈]?\s?\d.{,24}")


def origin_html(words: Words, origin: str, protected: bool = False) -> str:
    """Return the mark that says where numbers come from, and, for the scan, whether the rules released them."""
    name = f"origin {origin}{' protected' * protected}"
    return f'<span class="{escape(name)}">{escape(words.label(ORIGINS[origin]))}</span>'


def head_html(words: Words, exhibit: Exhibit, number: str) -> str:
    """Return what stands above a figure or a table: number, origin, title, what is measured."""
    title, measure = (sentence_html(getattr(exhibit, part), f"{exhibit.key}.{part}") for part in ("title", "measure"))
    mark = origin_html(words, exhibit.origin, exhibit.protected is not None)
    anchor = f'<a href="#{escape(exhibit.key)}">{escape(number)}</a>'
    said = f'<p class="measure">{measure}</p>' if measure else ""
    # A title is copied without what stands around it.
    own = f" ({escape(words.label(ORIGINS[exhibit.origin]))})" if exhibit.origin == "fictitious" else ""
    return f'<p class="number">{anchor} {mark}</p><h3 class="title">{title}{own}</h3>{said}'


def note_parts(words: Words, exhibit: Exhibit) -> list[tuple[str, str, Sentence]]:
    """Return what stands below: the name of each text, as a field of the exhibit and for the reader, and the text."""
    names = {
        "note": words("Note"),
        "reading": words("How to read"),
        "population": words("Population"),
        "source": words("Source"),
    }
    return [(field, str(name), text) for field, name in names.items() if str(text := getattr(exhibit, field))]


def notes_html(words: Words, exhibit: Exhibit, number: str, file_name: str) -> str:
    """Return what stands below a figure or a table: notes, data and their download; a table's data come first."""
    rows = "".join(
        f"<div><dt>{escape(name)}</dt> <dd>{sentence_html(text, f'{exhibit.key}.{field}')}</dd></div>"
        for field, name, text in note_parts(words, exhibit)
    )
    notes, table = f'<dl class="notes">{rows}</dl>', data_html(words, exhibit, number)
    if exhibit.collapsed:
        shown = escape(str(words("Show the {n} rows", n=Number(len(exhibit.data), "count"))))
        table = f"<details><summary>{shown}</summary>{table}</details>"
    link = csv_link(words, exhibit, number, file_name)
    if not exhibit.is_figure:
        return f'{table}{notes}<div class="tools">{link}</div>'
    summary = f"<summary>{escape(str(words('The data as a table')))}</summary>"
    return f'{notes}<div class="tools"><details>{summary}{table}</details>{link}</div>'


def cell_text(words: Words, value: Any, kind: str) -> str:
    """Return one cell as a reader of the language expects it; a range of numbers does not break."""
    if kind == "text" or isinstance(value, str):
        text = "" if pd.isna(value) else typeset(str(value), words.lang)
        return text.replace(" ", NO_BREAK) if NUMBERS.fullmatch(text) else text
    return words.number(Number(None if pd.isna(value) else value, kind))


def data_html(words: Words, exhibit: Exhibit, number: str) -> str:
    """Return the data as an HTML table with headers that screen readers can announce, in a region that can scroll.

    Cells repeat the heading of their column: on a phone each row is a card, where no heading stands above them. The
    table says itself that its data are fictitious, so that a copy of it does.
    """
    mixed = any(column.kind != "text" for column in exhibit.columns)
    heads = "".join(
        f'<th scope="col"{_head_class(column, mixed, exhibit.data[column.name])}>{escape(column.heading)}</th>'
        for column in exhibit.columns
    )
    rows = "".join(_row_html(words, exhibit.columns, row, mixed) for row in exhibit.data.to_dict("records"))
    name = escape(str(words("Data: {number}", number=number)))
    said = f"{number} – {words.label(ORIGINS[exhibit.origin]).upper()}" if exhibit.origin == "fictitious" else ""
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{name}">'
        f'<table class="cards {"data" if mixed else "words"}">{f"<caption>{escape(said)}</caption>" * bool(said)}'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _head_class(column: Column, mixed: bool, cells: pd.Series) -> str:
    """The class of a heading: that of its cells, and whether they hold long texts, which need width."""
    long = column.kind == "text" and any(len(text) > LONG_TEXT for text in cells.dropna().astype(str))
    names = ["t"] * (mixed and column.kind == "text") + ["long"] * long
    return f' class="{" ".join(names)}"' if names else ""


def _row_html(words: Words, columns: tuple[Column, ...], row: dict[str, object], mixed: bool) -> str:
    kinds = [str(row["kind"]) if column.kind == BY_ROW else column.kind for column in columns]
    said = (cell_text(words, row[column.name], kind) for column, kind in zip(columns, kinds, strict=True))
    texts = [linked(escape(text)) for text in said]
    cells = "".join(
        f'<td data-label="{escape(column.heading)}"{_text_class(column, mixed)}>{text}</td>'
        for column, text in zip(columns[1:], texts[1:], strict=True)
    )
    return f'<tr><th scope="row">{texts[0]}</th>{cells}</tr>'


def _text_class(column: Column, mixed: bool) -> str:
    return ' class="t"' if mixed and column.kind == "text" else ""


def csv_text(words: Words, exhibit: Exhibit) -> str:
    """Return the data as CSV with the marks of the language: `;` and decimal comma in French, `,` and point in English.

    A file travels without its page: on every row of fictitious data it says so. Its spaces are plain ones: what keeps
    words together on a page hinders who reads a table by program.
    """
    columns = exhibit.columns
    decimal, sep = words.csv_marks
    table = exhibit.data[[column.name for column in columns]].map(lambda value: _csv_cell(value, decimal))
    table.columns = pd.Index([column.heading.translate(PLAIN_SPACES) for column in columns])
    if exhibit.origin == "fictitious":
        table = table.assign(**{str(words("Origin")): words.label(ORIGINS[exhibit.origin])})
    # Spreadsheets that expect `;` take a file without this mark for Windows-1252.
    mark = "\ufeff" if sep == ";" else ""
    return mark + str(table.to_csv(index=False, lineterminator="\r\n", sep=sep))


def _csv_cell(value: object, decimal: str) -> object:
    """A cell as a CSV holds it; pandas itself rounds, and marks decimals, only in columns that hold nothing else."""
    if isinstance(value, str):
        return neutralised(plain_text(value).translate(PLAIN_SPACES))
    if isinstance(value, float) and not pd.isna(value):
        return f"{value:.10g}".replace(".", decimal)
    return value


def csv_link(words: Words, exhibit: Exhibit, number: str, file_name: str) -> str:
    """Return a link that downloads the data as CSV from the page itself, without any request."""
    address = CSV_ADDRESS + NOT_IN_ADDRESSES.sub(lambda found: quote(found[0]), csv_text(words, exhibit))
    name = escape(str(words("{number}: data (CSV)", number=number)))
    return f'<a class="download" download="{escape(file_name)}" href="{address}" aria-label="{name}">CSV</a>'
