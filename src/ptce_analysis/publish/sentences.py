"""Sentences that know the numbers they state, and where each one stands in the text.

A sentence keeps two forms of its text: the one that is read, and the same one with every value marked by its name, from
which the page makes an element that can be linked to and the register of claims an entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from html import escape
from numbers import Real

from ptce_analysis.errors import InputError, nearest

# Characters of Unicode's private use area, which no text of the study holds: mark, name, separator, value, end.
OPEN, THEN, CLOSE = "\ue000", "\ue001", "\ue002"
# Around a text that waits for its translation, and is shown in English.
WAITS, WAITED = "\ue003", "\ue004"
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
    """A number on its way into a sentence or a cell: value, kind (a key of `language.KINDS`) and where it comes from.

    `source` names the printed figure or the table; `origin` is a key of `vocabulary.ORIGINS`, that of the exhibit or
    sentence which states it when empty. A missing value, whatever a table has for it, is None: said to be unknown.
    """

    value: float | Fraction | None
    kind: str
    source: str = ""
    origin: str = ""

    def __post_init__(self) -> None:
        # A text is no missing number: it stays, and is refused where it would be written.
        if not isinstance(self.value, (Real, str)) or self.value != self.value:
            object.__setattr__(self, "value", None)


@dataclass(frozen=True)
class Sentence:
    """A finished text and the numbers it states, by the name they have in its template; equal when the texts are."""

    text: str
    numbers: Mapping[str, Number] = field(default_factory=dict, compare=False)
    marked: str = field(default="", compare=False, repr=False)

    def __str__(self) -> str:
        return self.text


def sentence_of(marked: str, numbers: Mapping[str, Number]) -> Sentence:
    """Return the sentence of a marked text, whose own text is what is read."""
    return Sentence(MARK.sub(r"\2", marked.replace(WAITS, "").replace(WAITED, "")), numbers, marked)


def within(sentence: Sentence, name: str) -> tuple[str, dict[str, Number]]:
    """Return the marked text and the numbers of a sentence that stands inside another one, under `name`."""
    marked = (sentence.marked or sentence.text).replace(OPEN, f"{OPEN}{name}.")
    return marked, {f"{name}.{inner}": number for inner, number in sentence.numbers.items()}


def joined(parts: Iterable[Sentence | str], separator: str = " ") -> Sentence:
    """Return several sentences as one that still knows their numbers, each under the rank of its sentence."""
    marked: list[str] = []
    numbers: dict[str, Number] = {}
    for rank, part in enumerate(parts, start=1):
        text, inside = within(part if isinstance(part, Sentence) else Sentence(part), str(rank))
        marked.append(text)
        numbers |= inside
    return sentence_of(separator.join(marked), numbers)


def sentence_html(sentence: Sentence, prefix: str) -> str:
    """Return the sentence as HTML, each value in an element whose id is `prefix` and its name, for machines and links.

    A name that returns in the sentence is an element each time, with an id the first time. `**bold**` and
    `[text](address)` are as in Markdown. Machines read a number with at most ten digits, or the text of a list.
    """
    seen: set[str] = set()

    def element(found: re.Match[str]) -> str:
        name, text = found[1], found[2]
        key = "" if name in seen else f' id="{escape(prefix)}.{escape(name)}"'
        seen.add(name)
        number = sentence.numbers.get(name)
        value = text if number is None or number.value is None else f"{float(number.value):.10g}"
        return f'<data{key} value="{escape(value)}">{text}</data>'

    text = BOLD.sub(r"<strong>\1</strong>", escape(sentence.marked or sentence.text))
    text = LINK.sub(LINKED, ITALIC.sub(r"<em>\1</em>", text))
    text = text.replace(WAITS, '<span class="untranslated" lang="en">').replace(WAITED, "</span>")
    return MARK.sub(element, text)


def with_addresses(sentence: Sentence, addresses: Mapping[str, str]) -> Sentence:
    """Return a sentence whose links to sources, by their ids, lead to their addresses; one without any stays words.

    Raises `InputError` for an id that is not a source's.

    >>> with_addresses(Sentence("See [a note](S3) and [slides](DECK)."), {"S3": "https://e.org", "DECK": ""}).text
    'See [a note](https://e.org) and slides.'
    """

    def link(found: re.Match[str]) -> str:
        if found[2] not in addresses:
            raise InputError(f"({found[2]}): no source has this id.{nearest(found[2], addresses)}")
        return f"[{found[1]}]({addresses[found[2]]})" if addresses[found[2]] else found[1]

    return Sentence(CITED.sub(link, sentence.text), sentence.numbers, CITED.sub(link, sentence.marked))


def plain_text(text: str) -> str:
    """Return a text without the marks of Markdown that a sentence may have."""
    return LINK.sub(r"\1", ITALIC.sub(r"\1", BOLD.sub(r"\1", text)))


def lead(text: str) -> str:
    """Return what a text says first and in bold, as a sentence; the whole text when nothing is bold.

    >>> lead("**Not known**: see the study.")
    'Not known.'
    """
    found = BOLD.match(text)
    return plain_text(found[1]).rstrip(".") + "." if found else plain_text(text)
