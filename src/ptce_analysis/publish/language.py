"""The languages of the study: gettext catalogues, number formats, and notebooks' prose.

English is the source; `locale/fr.po` holds the French, and any language more is a catalogue more
(`docs/adding-a-language.md`). A `Words` is passed to whatever writes for a reader.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, get_decimal_symbol

from ptce_analysis.errors import InputError
from ptce_analysis.publish.sentences import Number as Number
from ptce_analysis.publish.sentences import Sentence as Sentence
from ptce_analysis.publish.sentences import Values as Values
from ptce_analysis.publish.sentences import joined as joined
from ptce_analysis.publish.sentences import mark, unmarked, within
from ptce_analysis.vocabulary import LANGUAGES, Label

LOCALE = Path(__file__).parent / "locale"
NOT_WORDS = re.compile(r"(```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$\n]+\$|\]\([^)]*\)|<[a-z]+:[^>]*>)", re.DOTALL)
NARROW, NO_BREAK = "\u202f", "\u00a0"
SOURCE = "en"


class Written:
    """How numbers and lists are written: texts to translate."""

    MISSING = "not known"
    LISTED = "{items} and {last}"
    BETWEEN = "; "
    PERCENT = "{n}%"
    POINTS = "{n} points"
    BELOW = "<{n}"
    EUR = "€{n}"
    KEUR = "€{n}k"
    MEUR = "€{n}m"


@dataclass(frozen=True)
class _Filled:
    """The text that replaces a name. `{n:project|projects}` is the word that agrees with the number `n`.

    The first word stands where the language counts the number as one (French: 0 and 1; English: 1), else the last.
    """

    text: str
    is_one: bool = False

    def __format__(self, words: str) -> str:
        return words.split("|")[0 if self.is_one else -1] if words else self.text


@dataclass(frozen=True)
class Words:
    """Everything that depends on the reader's language: translation, numbers, labels."""

    lang: str

    def __call__(self, text: str, /, **values: Number | str | Sentence) -> Sentence:
        """Return the translated text with its `{names}` filled; numbers are formatted for the language.

        `{n:project|projects}` is the word that agrees with the number `n`.
        """
        shown: dict[str, _Filled] = {}
        numbers: dict[str, Number] = {}
        for name, value in values.items():
            filling, inside = self._filling(name, value)
            shown[name] = _Filled(filling, isinstance(value, Number) and self._is_one(value))
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

    def _is_one(self, number: Number) -> bool:
        """Whether the language speaks of so many in the singular."""
        return number.value is not None and Locale.parse(self.lang).plural_form(abs(float(number.value))) == "one"

    def label(self, label: Label) -> str:
        """Return a vocabulary label in the reader's language, typeset as any text."""
        english, french = label
        return typeset(french if self.lang == "fr" else translation(self.lang, english), self.lang)

    def number(self, number: Number) -> str:
        """Return a number as a reader of this language expects it; an unknown one says so."""
        if number.value is None:
            return _written(Written.MISSING, self.lang)
        return FORMATS[number.kind](float(number.value), self.lang)

    def listing(self, items: Iterable[str]) -> str:
        """Return "a, b and c" in the reader's language."""
        *head, last = list(items) or [""]
        return _written(Written.LISTED, self.lang, items=", ".join(head), last=last) if head else last

    @property
    def semicolon(self) -> str:
        """What stands between statements of one list, with the spaces of the language."""
        return _written(Written.BETWEEN, self.lang)

    @property
    def csv_marks(self) -> tuple[str, str]:
        """The decimal mark of the language's CSV files and what separates their columns, as its spreadsheets expect."""
        return self.decimal_mark, ";" if self.decimal_mark == "," else ","

    @property
    def decimal_mark(self) -> str:
        """What stands between units and tenths."""
        return str(get_decimal_symbol(self.lang))


def _written(pattern: str, lang: str, **values: str) -> str:
    """A pattern of the language, filled, with the spaces of its typography."""
    return typeset(translation(lang, pattern), lang).format(**values)


def _decimal(value: float, lang: str, digits: int, *, least: int = 0) -> str:
    """Thousands and decimals as the language groups and marks them: narrow no-break spaces in French, for one."""
    fraction = "0" * least + "#" * (digits - least)
    return str(format_decimal(value, format=f"#,##0.{fraction}" if digits else "#,##0", locale=lang)).replace("-", "−")


def _percent(value: float, lang: str, digits: int = 0, *, least: int | None = None) -> str:
    text = _decimal(value * 100, lang, digits, least=digits if least is None else least)
    return _written(Written.PERCENT, lang, n=text)


def _signed(text: str, value: float) -> str:
    return text if value < 0 or set(text) & set("123456789") == set() else f"+{text}"


def _points(value: float, lang: str, least: int = 1) -> str:
    value = value if abs(value) >= 0.0005 else 0.0
    text = _signed(_decimal(value * 100, lang, 1, least=least), value)
    return _written(Written.POINTS, lang, n=text)


def _money(value: float, lang: str, scale: float, unit: str, digits: int, *, least: int = 0) -> str:
    """An amount in its unit; the sign comes first, also where the unit stands before the number."""
    text = _decimal(value / scale, lang, digits, least=least)
    sign = "−" if text.startswith("−") else ""
    return sign + _written(unit, lang, n=text.removeprefix("−"))


def _p_value(value: float, lang: str) -> str:
    """Two decimals, three below one per cent, and a bound below one per thousand."""
    if value < 0.0005:
        return _written(Written.BELOW, lang, n=_decimal(0.001, lang, 3))
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
    "keur": lambda value, lang: _money(value, lang, 1e3, Written.KEUR, 0),
    "keur1": lambda value, lang: _money(value, lang, 1e3, Written.KEUR, 1, least=1),
    "meur": lambda value, lang: _money(value, lang, 1e6, Written.MEUR, 2, least=2),
    "eur": lambda value, lang: _money(value, lang, 1, Written.EUR, 0),
    "number2": lambda value, lang: _decimal(value, lang, 2),
    "share2": lambda value, lang: _percent(value, lang, 2, least=0),
    "share_2": lambda value, lang: _percent(value, lang, 2),
    "keur2": lambda value, lang: _money(value, lang, 1e3, Written.KEUR, 2),
    "points0": lambda value, lang: _points(value, lang, least=0),
    "meur2": lambda value, lang: _money(value, lang, 1e6, Written.MEUR, 2),
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
    text = re.sub(r"([≤≥]) ", rf"\1{NO_BREAK}", re.sub(r" ([;!?])", rf"{NARROW}\1", text))
    return re.sub(r"«\s", f"«{NO_BREAK}", re.sub(r"\s»", f"{NO_BREAK}»", text))


@cache
def catalogue(lang: str) -> Catalog:
    """Return the catalogue of a language; English, the source, needs none.

    Raises `InputError` for a language that is not one of `LANGUAGES`, or that has no catalogue.
    """
    if lang not in LANGUAGES:
        raise InputError(f"language {lang!r}: legal values: {', '.join(LANGUAGES)}.")
    path = LOCALE / f"{lang}.po"
    if not path.exists():
        raise InputError(
            f"language {lang!r}: no catalogue {path.name}. Write one to fill: python -m ptce_analysis.publish.messages."
        )
    with path.open("rb") as stream:
        return read_po(stream, locale=lang)


def translation(lang: str, text: str) -> str:
    """Return the translation of a source text; the text itself where there is none (tests refuse such gaps)."""
    if lang == SOURCE:
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
    if lang == SOURCE:
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
