"""The languages of the study: gettext catalogues, number formats, and notebooks' prose.

English is the source; `locale/fr.po` holds the French, and any language more is a catalogue more
(`docs/adding-a-language.md`). A `Words` is passed to whatever writes for a reader.
"""

import csv
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from html import escape
from numbers import Real
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, get_decimal_symbol
from pandas import NA

from ptce_analysis.errors import InputError, nearest
from ptce_analysis.published import Fact
from ptce_analysis.vocabulary import LANGUAGES, LEVEL_FORMS, Label

# The notebook whose page has a row for every published figure.
ALL_FIGURES = "10_figures"
LOCALE = Path(__file__).parent / "locale"
NOT_WORDS = re.compile(r"(```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$\n]+\$|\]\([^)]*\)|<[a-z]+:[^>]*>)", re.DOTALL)
# A name of a text, and how its value is written: `{change:points}`, `{region.amount_eur:keur}`.
NAMED = re.compile(r"\{([a-z]\w*(?:\.\w+)*)(?::([^{}]+))?\}", re.IGNORECASE)
NARROW, NO_BREAK = "\u202f", "\u00a0"
SOURCE = "en"
# Characters of Unicode's private use area, which no text of the study holds: mark, name, separator, value, end.
OPEN, THEN, CLOSE = "\ue000", "\ue001", "\ue002"
# Around a text that waits for its translation, and is shown in English: in a sentence, and in Markdown.
WAITS, WAITED = "\ue003", "\ue004"
ENGLISH = ('<div class="untranslated" lang="en">', "</div>")
MARK = re.compile(f"{OPEN}([^{THEN}]*){THEN}([^{CLOSE}]*){CLOSE}")
BOLD = re.compile(r"\*\*(.+?)\*\*")
ITALIC = re.compile(r"(?<!\*)\*([^*\s][^*]*)\*(?!\*)")
# To a page or an anchor of the site, or to a document on the web; nothing else is a link.
LINK = re.compile(r"\[([^\[\]]+)\]\(((?:https?://|#|[\w-]+\.(?:ipynb|html))[^\s()]*)\)")
LINKED = r'<a href="\2">\1</a>'
# To a source of the study, by its id.
CITED = re.compile(r"\[([^\[\]]+)\]\(([A-Z][A-Z0-9]*)\)")


@dataclass(frozen=True)
class Number:
    """A number on its way into a sentence or a cell: value, kind (a key of `KINDS`) and where it comes from.

    `origin` is a key of `vocabulary.ORIGINS`, that of the exhibit or sentence when empty; `figure` the id of the
    published figure that it is. A missing value is None.
    """

    value: float | Fraction | None
    kind: str
    source: str = ""
    origin: str = ""
    figure: str = ""

    def __post_init__(self) -> None:
        # A text is no missing number: it stays, and is refused where it would be written.
        if not isinstance(self.value, (Real, str)) or self.value != self.value:
            object.__setattr__(self, "value", None)


@dataclass(frozen=True)
class Sentence:
    """A finished text, in which every value is marked by its name, and the numbers it states by these names."""

    marked: str
    numbers: Mapping[str, Number] = field(default_factory=dict, compare=False)

    @property
    def text(self) -> str:
        """What is read."""
        return re.sub(f"[{WAITS}{WAITED}]", "", MARK.sub(r"\2", self.marked))

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def within(self, name: str) -> tuple[str, dict[str, Number]]:
        """Return the marked text and the numbers of a sentence that stands inside another one, under `name`."""
        inside = {f"{name}.{inner}": number for inner, number in self.numbers.items()}
        return self.marked.replace(OPEN, f"{OPEN}{name}."), inside


def joined(parts: Iterable[Sentence | str], separator: str = " ") -> Sentence:
    """Return several sentences as one that still knows their numbers, each under the rank of its sentence."""
    said = [part if isinstance(part, Sentence) else Sentence(part) for part in parts]
    inside = [one.within(str(rank)) for rank, one in enumerate(said, start=1)]
    numbers = {name: number for _, some in inside for name, number in some.items()}
    return Sentence(separator.join(marked for marked, _ in inside), numbers)


def sentence_html(sentence: Sentence, prefix: str) -> str:
    """Return the sentence as HTML, each value in an element whose id, the first time, is `prefix` and its name.

    Machines read there a number with at most ten digits, or the text of a list; a published figure leads to its row in
    the table of all figures.
    """
    seen: set[str] = set()

    def element(found: re.Match[str]) -> str:
        name, text = found[1], found[2]
        key = "" if name in seen else f' id="{escape(prefix)}.{escape(name)}"'
        seen.add(name)
        number = sentence.numbers.get(name)
        value = text if number is None or number.value is None else f"{float(number.value):.10g}"
        if number and number.figure:
            text = f'<a class="self" href="{ALL_FIGURES}.ipynb#{escape(number.figure)}">{text}</a>'
        return f'<data{key} value="{escape(value)}">{text}</data>'

    text = BOLD.sub(r"<strong>\1</strong>", escape(sentence.marked))
    text = LINK.sub(LINKED, ITALIC.sub(r"<em>\1</em>", text))
    text = text.replace(WAITS, '<span class="untranslated" lang="en">').replace(WAITED, "</span>")
    return MARK.sub(element, text)


def with_addresses(sentence: Sentence, addresses: Mapping[str, str]) -> Sentence:
    """Return a sentence whose links to sources lead to their addresses, if any. Raises `InputError` for an unknown id.

    >>> with_addresses(Sentence("See [a note](S3) and [slides](DECK)."), {"S3": "https://e.org", "DECK": ""}).text
    'See [a note](https://e.org) and slides.'
    """

    def link(found: re.Match[str]) -> str:
        if found[2] not in addresses:
            raise InputError(f"({found[2]}): no source has this id.{nearest(found[2], addresses)}")
        return f"[{found[1]}]({addresses[found[2]]})" if addresses[found[2]] else found[1]

    return Sentence(CITED.sub(link, sentence.marked), sentence.numbers)


def plain_text(text: str) -> str:
    """Return a text without the marks of Markdown that a sentence may have."""
    return LINK.sub(r"\1", ITALIC.sub(r"\1", BOLD.sub(r"\1", text)))


def lead(text: str) -> str:
    """Return what a text says first and in bold, as a sentence; the whole text when nothing is bold."""
    found = BOLD.match(text)
    return plain_text(found[1]).rstrip(".") + "." if found else plain_text(text)


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
    SPELLED = "none one two three four five six seven eight nine ten eleven twelve"


@dataclass(frozen=True)
class Words:
    """Everything that depends on the reader's language: translation, numbers, labels."""

    lang: str

    def __call__(self, text: str, /, **values: Number | str | Sentence) -> Sentence:
        """Return the translated text with its `{names}` filled as by `fill`; an unknown number says so."""
        return self.fill(text, values.__getitem__ if values else None)

    def fill(self, text: str, find: Callable[[str], Any] | None) -> Sentence:
        """Return a translated text with its names filled by what `find` returns for them.

        `{n:count}` is written as that kind of number (`KINDS`), `{n}` as the kind of a `Number`, `{n:project|projects}`
        is the word that agrees with the number `n` (French counts 0 as one), `{level:of}` a level in that form
        (`LEVEL_FORMS`), `{name}` a text in the reader's language, or a label. Raises `InputError` naming a number that
        is missing where a kind asks for it.
        """
        numbers: dict[str, Number] = {}
        forms = LEVEL_FORMS.get(self.lang, LEVEL_FORMS[SOURCE])

        def written(found: re.Match[str]) -> str:
            name, spec = found[1], found[2] or ""
            value = find(name)  # type: ignore[misc]
            if "|" in spec:
                n = _as_number(value, "count").value
                one = n is not None and Locale.parse(self.lang).plural_form(abs(float(n))) == "one"
                return spec.split("|")[0 if one else -1]
            if spec in forms:
                return forms[spec][str(value)]
            if isinstance(value, tuple):
                value = self.label(value)
            if isinstance(value, Sentence):
                marked, inside = value.within(name)
                numbers.update(inside)
                return marked
            if isinstance(value, str):
                return f"{OPEN}{name}{THEN}{value}{CLOSE}" if any(map(str.isdigit, value)) else value
            number = value if isinstance(value, Number) and not spec else _as_number(value, spec)
            if number.value is None and (spec or number is not value):
                raise InputError(f"{{{name}:{spec}}} has no value, in the text {text!r}.")
            if name in numbers and numbers[name].kind != number.kind:
                name = f"{name}-{number.kind}"
            numbers[name] = number
            return f"{OPEN}{name}{THEN}{self.number(number)}{CLOSE}"

        translated = translation(self.lang, text)
        marked = typeset(NAMED.sub(written, translated) if find else translated, self.lang)
        return Sentence(marked if is_translated(self.lang, text) else f"{WAITS}{marked}{WAITED}", numbers)

    def label(self, label: Label) -> str:
        """Return a vocabulary label in the reader's language, typeset as any text."""
        english, french = label
        return typeset(french if self.lang == "fr" else translation(self.lang, english), self.lang)

    def number(self, number: Number) -> str:
        """Return a number as a reader of this language expects it; an unknown one says so.

        `spelled`: a small whole number in words, a larger one in digits. `p`: two decimals, three below one per cent,
        and a bound below one per thousand. Raises `InputError` naming the legal kinds.
        """
        kind, lang = number.kind, self.lang
        if number.value is None:
            return _written(Written.MISSING, lang)
        value, found = float(number.value), kind_of(kind)
        if not found:
            raise InputError(f"kind {kind!r}: legal values: {', '.join(KINDS)}, each also with _down or _up.")
        if kind == "year":
            return f"{value:.0f}"
        if kind in ("spelled", "Spelled") and value in range(len(names := translation(lang, Written.SPELLED).split())):
            return names[int(value)].capitalize() if kind == "Spelled" else names[int(value)]
        if kind == "p" and value < 0.0005:
            return _written(Written.BELOW, lang, n=KINDS["p"].write(0.001, lang))
        shape = KINDS["number"] if kind == "p" and value >= 0.0095 else found[0]
        return shape.write(value, lang, found[1])

    def listing(self, items: Iterable[str]) -> str:
        """Return "a, b and c" in the reader's language."""
        *head, last = list(items) or [""]
        return _written(Written.LISTED, self.lang, items=", ".join(head), last=last) if head else last

    def date(self, day: str) -> str:
        """Return a day (`2026-11-30`) as a reader writes it (`30 November 2026`)."""
        return str(format_date(date.fromisoformat(day), "d MMMM y", locale=self.lang))

    @property
    def csv_marks(self) -> tuple[str, str]:
        """The decimal mark of the language's CSV files and what separates their columns, as its spreadsheets expect."""
        decimal = str(get_decimal_symbol(self.lang))
        return decimal, ";" if decimal == "," else ","


def _as_number(value: Any, kind: str) -> Number:
    """A value on its way into a text: a number as it is, or a published figure with its source."""
    if isinstance(value, Number):
        return replace(value, kind=kind)
    if isinstance(value, Fact):
        return Number(value.value, kind, value.source, "published", value.id)
    return Number(None if value is None or value is NA else value, kind)


def _written(pattern: str, lang: str, **values: str) -> str:
    """A pattern of the language, filled, with the spaces of its typography."""
    return typeset(translation(lang, pattern), lang).format(**values)


@dataclass(frozen=True)
class Kind:
    """How a number of a `unit` is written: divided by `scale`, `least` to `most` decimals, in `pattern`."""

    unit: str
    scale: float = 1
    most: int = 0
    least: int = 0
    pattern: str = ""
    signed: bool = False

    def write(self, value: float, lang: str, rounding: str = "") -> str:
        """Return the number in a language; `rounding` is `down` or `up` for a limit, which stays one when rounded."""
        # Twelve digits: what a computed number can rest on. A tie goes away from zero, as readers expect.
        exact = Decimal(f"{value:.12g}") / Decimal(str(self.scale))
        scaled = exact.quantize(Decimal(1).scaleb(-self.most), ROUNDINGS[rounding])
        decimals = "." + "0" * self.least + "#" * (self.most - self.least) if self.most else ""
        text = str(format_decimal(scaled, format=f"#,##0{decimals}", locale=lang)).replace("-", "−")
        if not set(text) & set("123456789"):
            text = text.removeprefix("−")
        elif self.signed and value > 0:
            text = f"+{text}"
        # The sign comes first, also where the unit stands before the number.
        sign = "−" if text.startswith("−") else ""
        return sign + _written(self.pattern, lang, n=text.removeprefix("−")) if self.pattern else text


# Money arrives in euros, shares between 0 and 1. A kind is also written `keur_down` or `keur_up`: a limit, rounded
# outwards.
with (Path(__file__).parent / "kinds.csv").open(encoding="utf-8", newline="") as _rows:
    KINDS = {
        name: Kind(unit, float(scale), int(most), int(least), getattr(Written, pattern, ""), bool(signed))
        for name, unit, scale, most, least, pattern, signed in list(csv.reader(_rows))[1:]
    }
ROUNDINGS = {"": ROUND_HALF_UP, "down": ROUND_FLOOR, "up": ROUND_CEILING}


def kind_of(name: str) -> tuple[Kind, str] | None:
    """Return the kind that a name stands for and how it is rounded; None for a name that is no kind."""
    base, _, rounding = name.rpartition("_") if name.endswith(("_down", "_up")) else (name, "", "")
    return (KINDS[base], rounding) if base in KINDS and base != "text" else None


def typeset(text: str, lang: str) -> str:
    """Return the text with the no-break spaces and hyphens French typography asks for; English is returned as it is."""
    if lang != "fr":
        return text
    text = re.sub(r"-t-(?=(?:ils?|elles?|on)\b)", "\u2011t\u2011", text)
    text = re.sub(r" (:|%|€|k€|M€)(?![\w-])", rf"{NO_BREAK}\1", text)
    text = re.sub(r"([≤≥]) ", rf"\1{NO_BREAK}", re.sub(r" ([;!?])", rf"{NARROW}\1", text))
    return re.sub(r"«\s", f"«{NO_BREAK}", re.sub(r"\s»", f"{NO_BREAK}»", text))


@cache
def catalogue(lang: str) -> Catalog:
    """Return the catalogue of a language. Raises `InputError` for one that is not of `LANGUAGES` or has none."""
    if lang not in LANGUAGES:
        raise InputError(f"language {lang!r}: legal values: {', '.join(LANGUAGES)}.")
    path = LOCALE / f"{lang}.po"
    if not path.exists():
        raise InputError(f"language {lang!r}: no catalogue {path.name}. Write one to fill: make texts.")
    with path.open("rb") as stream:
        return read_po(stream, locale=lang)


def translation(lang: str, text: str) -> str:
    """Return the translation of a source text; the text itself where there is none (tests refuse such gaps)."""
    return text if lang == SOURCE else _finished(lang, text) or text


def is_translated(lang: str, text: str) -> bool:
    """Whether a source text has a finished translation; one without words needs none."""
    return lang == SOURCE or not re.search(r"[^\W\d_]{2}", NAMED.sub("", text)) or bool(_finished(lang, text))


def _finished(lang: str, text: str) -> str:
    message = catalogue(lang).get(text)
    return str(message.string) if message and message.string and not message.fuzzy else ""


def paragraphs(source: str) -> list[str]:
    """Return the paragraphs of a Markdown cell: what is translated as one piece."""
    return [part.strip("\n") for part in re.split(r"\n\s*\n", source) if part.strip()]


def translated_notebook(notebook: dict[str, Any], lang: str, level: str = "", marked: bool = False) -> dict[str, Any]:
    """Return a copy of a notebook (as parsed JSON) with its prose in the language; its code is left alone."""
    cells = [{**cell} for cell in notebook["cells"]]
    for cell in (cell for cell in cells if cell["cell_type"] == "markdown"):
        cell["source"] = translated_prose("".join(cell["source"]), lang, level, marked)
    return {**notebook, "cells": cells}


def translated_prose(source: str, lang: str, level: str = "", marked: bool = False) -> str:
    """Return English Markdown in the language, paragraph by paragraph, code and formulas left alone.

    `{level:The}` in it is the level that the page is about, in that form (`LEVEL_FORMS`). Paragraphs that wait for
    their translation may be `marked`: they stand between `ENGLISH`.
    """
    if lang != SOURCE:
        said = [
            "\n\n".join((ENGLISH[0], part, ENGLISH[1]))
            if marked and not is_translated(lang, part)
            else translation(lang, part)
            for part in paragraphs(source)
        ]
        parts = NOT_WORDS.split("\n\n".join(said))
        source = "".join(part if place % 2 else typeset(part, lang) for place, part in enumerate(parts))
    forms = LEVEL_FORMS.get(lang, LEVEL_FORMS[SOURCE])
    return re.sub(r"\{level:(\w+)\}", lambda found: forms.get(found[1], {}).get(level, found[0]), source)
