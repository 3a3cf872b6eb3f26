"""The two languages of the study: gettext catalogue, number formats, and notebooks' prose.

English is the source; `locale/fr.po` holds the French. A `Words` is passed to whatever writes for a reader.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from ptce_analysis.errors import InputError
from ptce_analysis.publish.sentences import Number as Number
from ptce_analysis.publish.sentences import Sentence as Sentence
from ptce_analysis.publish.sentences import joined as joined
from ptce_analysis.publish.sentences import mark, unmarked, within
from ptce_analysis.vocabulary import LANGUAGES, Label

LOCALE = Path(__file__).parent / "locale"
NOT_WORDS = re.compile(r"(```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$\n]+\$|\]\([^)]*\)|<[a-z]+:[^>]*>)", re.DOTALL)
NARROW, NO_BREAK = "\u202f", "\u00a0"
MISSING = {"en": "not known", "fr": "non connu"}


@dataclass(frozen=True)
class Words:
    """Everything that depends on the reader's language: translation, numbers, labels."""

    lang: str

    def __call__(self, text: str, /, **values: Number | str | Sentence) -> Sentence:
        """Return the translated text with its `{names}` filled; numbers are formatted for the language."""
        shown: dict[str, str] = {}
        numbers: dict[str, Number] = {}
        for name, value in values.items():
            shown[name], inside = self._filling(name, value)
            numbers |= inside
        translated = translation(self.lang, text)
        marked = typeset(translated.format(**shown) if values else translated, self.lang)
        return Sentence(unmarked(marked), numbers, marked)

    def _filling(self, name: str, value: Number | str | Sentence) -> tuple[str, dict[str, Number]]:
        """The marked text that replaces `{name}`, and the numbers in it; a list of numbers is marked as it stands."""
        if isinstance(value, Sentence):
            return within(value, name)
        if isinstance(value, Number):
            return mark(name, self.number(value)), {name: value}
        return (mark(name, value) if any(map(str.isdigit, value)) else value), {}

    def label(self, label: Label) -> str:
        """Return a vocabulary label in the reader's language, typeset as any text."""
        return typeset(label[0 if self.lang == "en" else 1], self.lang)

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
    """Thousands are grouped by narrow no-break spaces in French and commas in English."""
    fraction = "0" * least + "#" * (digits - least)
    return str(format_decimal(value, format=f"#,##0.{fraction}" if digits else "#,##0", locale=lang)).replace("-", "−")


def _percent(value: float, lang: str, digits: int = 0, *, least: int | None = None) -> str:
    text = _decimal(value * 100, lang, digits, least=digits if least is None else least)
    return text + (f"{NO_BREAK}%" if lang == "fr" else "%")


def _signed(text: str, value: float) -> str:
    return text if value < 0 or set(text) & set("123456789") == set() else f"+{text}"


def _points(value: float, lang: str, least: int = 1) -> str:
    value = value if abs(value) >= 0.0005 else 0.0
    text = _signed(_decimal(value * 100, lang, 1, least=least), value)
    return text + (f"{NO_BREAK}points" if lang == "fr" else " points")


def _money(value: float, lang: str, scale: float, unit: Label, digits: int, *, least: int = 0) -> str:
    text = _decimal(value / scale, lang, digits, least=least)
    if lang == "fr":
        return f"{text}{NO_BREAK}{unit[1]}"
    return f"−€{text[1:]}{unit[0]}" if text.startswith("−") else f"€{text}{unit[0]}"


def _p_value(value: float, lang: str) -> str:
    """Two decimals, three below one per cent, and a bound below one per thousand."""
    if value < 0.0005:
        return f"<{NARROW if lang == 'fr' else ''}{_decimal(0.001, lang, 3)}"
    return _decimal(value, lang, 2, least=2) if value >= 0.0095 else _decimal(value, lang, 3, least=3)


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
    "number2": lambda value, lang: _decimal(value, lang, 2),
    "share2": lambda value, lang: _percent(value, lang, 2, least=0),
    "share_2": lambda value, lang: _percent(value, lang, 2),
    "keur2": lambda value, lang: _money(value, lang, 1e3, ("k", "k€"), 2),
    "points0": lambda value, lang: _points(value, lang, least=0),
    "meur2": lambda value, lang: _money(value, lang, 1e6, ("m", "M€"), 2),
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
    return {**cell, "source": translated_prose("".join(cell["source"]), lang)}


def translated_prose(source: str, lang: str) -> str:
    """Return Markdown in the language, paragraph by paragraph; one that is in it already has no translation and stays.

    Typography is for words: code, formulas and addresses stay as they are.
    """
    if lang == "en":
        return source
    parts = NOT_WORDS.split("\n\n".join(translation(lang, part) for part in paragraphs(source)))
    return "".join(part if place % 2 else typeset(part, lang) for place, part in enumerate(parts))


def extract_notebook(
    fileobj: Any,
    keywords: Any,  # noqa: ARG001 (Babel gives its extractors these four by name)
    comment_tags: Any,  # noqa: ARG001
    options: Any,  # noqa: ARG001
) -> Iterator[tuple[int, None, str, list[str]]]:
    """Yield every paragraph of prose of a notebook, in the form Babel's extractors give."""
    for number, cell in enumerate(json.load(fileobj)["cells"], start=1):
        if cell["cell_type"] == "markdown":
            for part in paragraphs("".join(cell["source"])):
                yield number, None, part, [f"cell {cell.get('id', number)}"]
