"""The two languages of the study: gettext catalogue, number formats, and notebooks' prose.

English is the source; `locale/fr.po` holds the French. A `Words` is passed to whatever writes for a reader.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from ptce_analysis.errors import InputError
from ptce_analysis.vocabulary import LANGUAGES, Label

LOCALE = Path(__file__).parent / "locale"
NARROW, NO_BREAK = "\u202f", "\u00a0"
MISSING = {"en": "not known", "fr": "non connu"}


@dataclass(frozen=True)
class Number:
    """A number on its way into a sentence or a cell: value, kind (a key of `FORMATS`) and where it comes from."""

    value: float | Fraction | None
    kind: str
    source: str = ""


@dataclass(frozen=True)
class Sentence:
    """A finished text and the numbers it states, by the name they have in its template."""

    text: str
    numbers: Mapping[str, Number] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Words:
    """Everything that depends on the reader's language: translation, numbers, labels."""

    lang: str

    def __call__(self, text: str, /, **values: Number | str | Sentence) -> Sentence:
        """Return the translated text with its `{names}` filled; numbers are formatted for the language."""
        shown = {name: self.number(value) if isinstance(value, Number) else str(value) for name, value in values.items()}
        numbers = {name: value for name, value in values.items() if isinstance(value, Number)}
        for name, value in values.items():
            if isinstance(value, Sentence):
                numbers |= {f"{name}.{inner}": number for inner, number in value.numbers.items()}
        translated = translation(self.lang, text)
        return Sentence(typeset(translated.format(**shown) if values else translated, self.lang), numbers)

    def label(self, label: Label) -> str:
        """Return a vocabulary label in the reader's language."""
        return label[0 if self.lang == "en" else 1]

    def number(self, number: Number) -> str:
        """Return a number as a reader of this language expects it; an unknown one says so."""
        if number.value is None or number.value != number.value:
            return MISSING[self.lang]
        return FORMATS[number.kind](float(number.value), self.lang)

    def listing(self, items: Iterable[str]) -> str:
        """Return "a, b and c" in the reader's language."""
        *head, last = list(items) or [""]
        word = {"en": "and", "fr": "et"}[self.lang]
        return f"{', '.join(head)} {word} {last}" if head else last


def _decimal(value: float, lang: str, digits: int, *, least: int = 0) -> str:
    """Digits are grouped from five figures on, by narrow spaces in French and commas in English."""
    fraction = "0" * least + "#" * (digits - least)
    return str(format_decimal(value, format=f"#,##0.{fraction}" if digits else "#,##0", locale=lang)).replace("-", "−")


def _percent(value: float, lang: str, digits: int = 0) -> str:
    text = _decimal(value * 100, lang, digits, least=digits)
    return text + (f"{NO_BREAK}%" if lang == "fr" else "%")


def _signed(text: str, value: float) -> str:
    return text if value < 0 or set(text) & set("123456789") == set() else f"+{text}"


def _points(value: float, lang: str) -> str:
    text = _signed(_decimal(value * 100, lang, 1, least=1), value)
    return text + (f"{NO_BREAK}points" if lang == "fr" else " points")


def _money(value: float, lang: str, scale: float, unit: Label, digits: int, *, least: int = 0) -> str:
    text = _decimal(value / scale, lang, digits, least=least)
    return f"€{text}{unit[0]}" if lang == "en" else f"{text}{NO_BREAK}{unit[1]}"


def _p_value(value: float, lang: str) -> str:
    return _decimal(value, lang, 2, least=2) if value >= 0.0095 else _decimal(max(value, 0.001), lang, 3, least=3)


# How each kind of number is written. Money arrives in euros, shares between 0 and 1.
FORMATS: dict[str, Callable[[float, str], str]] = {
    "count": lambda value, lang: _decimal(value, lang, 0),
    "year": lambda value, _: f"{value:.0f}",
    "years": lambda value, lang: _decimal(value, lang, 1),
    "fte": lambda value, lang: _decimal(value, lang, 2),
    "number": lambda value, lang: _decimal(value, lang, 2, least=2),
    "ratio": lambda value, lang: _decimal(value, lang, 2, least=2),
    "share": lambda value, lang: _percent(value, lang),
    "share1": lambda value, lang: _percent(value, lang, 1),
    "points": _points,
    "keur": lambda value, lang: _money(value, lang, 1e3, ("k", "k€"), 0),
    "keur1": lambda value, lang: _money(value, lang, 1e3, ("k", "k€"), 1, least=1),
    "meur": lambda value, lang: _money(value, lang, 1e6, ("m", "M€"), 2, least=2),
    "eur": lambda value, lang: _money(value, lang, 1, ("", "€"), 0),
    "p": _p_value,
}


def typeset(text: str, lang: str) -> str:
    """Return the text with the no-break spaces French typography asks for; English is returned as it is.

    >>> typeset("Champ : 42 pôles ; « oui »", "fr")
    'Champ\\xa0: 42 pôles\\u202f; «\\xa0oui\\xa0»'
    """
    if lang != "fr":
        return text
    text = re.sub(r" (:|%|€|k€|M€)(?![\w-])", rf"{NO_BREAK}\1", text)
    text = re.sub(r" ([;!?])", rf"{NARROW}\1", text)
    return re.sub(r"«\s", f"«{NO_BREAK}", re.sub(r"\s»", f"{NO_BREAK}»", text))


@cache
def catalogue(lang: str) -> Catalog:
    """Return the catalogue of a language; English, the source, needs none."""
    if lang not in LANGUAGES:
        raise InputError(f"language {lang!r}: legal values: {', '.join(LANGUAGES)}.")
    path = LOCALE / f"{lang}.po"
    with path.open("rb") as stream:
        return read_po(stream, locale=lang)


def translation(lang: str, text: str) -> str:
    """Return the translation of a source text; the text itself where there is none (tests refuse such gaps)."""
    if lang == "en":
        return text
    message = catalogue(lang).get(text)
    return str(message.string) if message and message.string and not message.fuzzy else text


def paragraphs(source: str) -> list[str]:
    """Return the paragraphs of a Markdown cell: what is translated as one piece."""
    return [part.strip("\n") for part in re.split(r"\n\s*\n", source) if part.strip()]


def translated_notebook(notebook: dict[str, Any], lang: str) -> dict[str, Any]:
    """Return a copy of a notebook (as parsed JSON) with its prose in the language; its code is left alone."""
    return {**notebook, "cells": [_translated_cell(cell, lang) for cell in notebook["cells"]]}


def _translated_cell(cell: dict[str, Any], lang: str) -> dict[str, Any]:
    if cell["cell_type"] != "markdown":
        return {**cell}
    parts = [typeset(translation(lang, part), lang) for part in paragraphs("".join(cell["source"]))]
    return {**cell, "source": "\n\n".join(parts)}


def extract_notebook(
    stream: Any, _keywords: Any, _comment_tags: Any, _options: Any
) -> Iterator[tuple[int, None, str, list[str]]]:
    """Yield every paragraph of prose of a notebook, in the form Babel's extractors give."""
    for number, cell in enumerate(json.load(stream)["cells"], start=1):
        if cell["cell_type"] == "markdown":
            for part in paragraphs("".join(cell["source"])):
                yield number, None, part, [f"cell {cell.get('id', number)}"]
