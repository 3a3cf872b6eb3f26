"""What no published file may hold: rules as data, and what to look for that only the raw answers hold."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ptce_analysis import vocabulary
from ptce_analysis.errors import InputError
from ptce_analysis.survey.waves import EXPORTS

# Marks that only change how a text is laid out: letters on both sides of one are read together.
INVISIBLE = dict.fromkeys(
    (0xAD, 0x34F, 0x61C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF)
)
# The narrow space groups thousands in our French numbers: such a number is no identifier, so the space is kept.
OURS, KEPT = "\u202f", "\ue000"


def plain(text: str) -> str:
    """Return a text for patterns: one form of each letter, no invisible mark, ordinary spaces but in our thousands."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", text.translate(INVISIBLE).replace(OURS, KEPT)).replace(KEPT, OURS)


def folded(text: str) -> str:
    """Return a text for comparing words: small letters without accents, anything else one space, one at each end."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(INVISIBLE)).casefold()
        text = re.sub(r"[\u0300-\u036f]+", "", text)
    return f" {re.sub(r'[^0-9a-z]+', ' ', text.lower()).strip()} "


def is_siren(found: str) -> bool:
    """Return whether digits have the check digit (Luhn) of a SIREN or SIRET; a round number is an amount."""
    digits = re.sub(r"\D", "", found)
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0 and not digits.endswith("000")


# Each rule, and what it says is absent.
LEAKS = {
    "raw_value": "names, ids and free text of the raw answers",
    "email": "e-mail addresses",
    "phone": "French telephone numbers",
    "siren": "SIREN and SIRET numbers",
    "register": "numbers said to be those of a register",
    "iban": "bank account numbers (IBAN)",
    "token": "keys and tokens of a machine",
    "path": "absolute paths",
    "traceback": "traces of a failure",
    "active": "scripts, forms and anything loaded from elsewhere",
    "formula": "cells that a spreadsheet would run",
    "fictitious": "fictitious data without their mark",
    "micro_data": "rows of respondents",
    "unprotected": "figures of answers that the rules did not release",
    "closed": "files that cannot be looked into",
}
_PAIRS = r"(?:(?P<sep>[ .\-\u00a0]?)\d{2})(?:(?P=sep)\d{2}){3}"
# What finds some of them. A SIREN also has a check digit.
PATTERNS = [(name, re.compile(pattern)) for name, pattern in (
    ("email", r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63})+"),
    ("email", r"(?i)\b[\w.+-]{2,64} ?[\[({] ?(?:at|chez|arobase) ?[\])}] ?"
              r"[\w-]+(?:\.| ?[\[({] ?(?:dot|point) ?[\])}] ?)\w+"),
    ("phone", rf"(?<![\w+])(?<!\d[.,])0[1-9]{_PAIRS}(?![\w]|[.,]\d)"),
    ("phone", rf"(?<!\w)(?<!\d[.,])(?:\+|00)33[ .\-\u00a0]?(?:\(0\))? ?[1-9]{_PAIRS}(?!\w)"),
    ("siren", r"(?<![\w\u202f])(?<!\d[.,])(?<!\d[ \u00a0])\d{3}(?P<sep>[ .\u00a0]?)\d{3}(?P=sep)\d{3}"
              r"(?:[ .\u00a0]?\d{5})?(?![\w\u202f]|[.,]\d|[ \u00a0]\d)"),
    ("register", r"(?i)\b(?:siren|siret|rna|rcs)\b[^\w]{0,12}(?:n[°o.]{0,2} ?)?(?:[a-z]{1,20} )?W?"
                 r"\d(?:[\W_]?\d){8,13}"),
    ("register", r"(?<!\w)W\d{9}(?!\w)"),
    ("iban", r"(?<!\w)[A-Z]{2}\d{2}(?:[ \u00a0-]?[A-Z0-9]{4}){2,7}(?:[ \u00a0-]?[A-Z0-9]{1,3})?(?!\w)"),
    ("token", r"(?<!\w)(?:gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|hf_|npm_|pypi-|sk-)[\w-]{16,}"),
    ("token", r"(?<!\w)AKIA[0-9A-Z]{16}(?!\w)|-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----"),
    ("token", r"(?<!\w)eyJ[\w-]{8,500}\.[\w-]{8,500}\."),
    ("token", r"(?i)\b(?:api[_-]?key|access[_-]?token|secret|password|passwd)[\"']?\s{0,3}[:=]"
              r"\s{0,3}[\"']?[\w+/.-]{12,}"),
    ("path", r"(?<![\w.:/~])/(?:home|Users|root|tmp|var|mnt|media|private|opt|srv|work|usr|etc)/[\w.~-]+"),
    ("path", r"(?<!\w)[A-Za-z]:\\{1,2}[\w~.$-]+|(?<!\w)\\\\[\w.-]+\\[\w$.-]+|file:/{2,3}[\w.]"),
    ("traceback", r"Traceback \(most recent call last\)|File \"[^\"\n]{1,200}\", line \d+|ipykernel_\d"),
    ("traceback", r"\x1b\[[0-9;]*m"),
)]  # fmt: skip


def is_iban(found: str) -> bool:
    """Return whether letters (10 and on) and digits, the first four signs last, are one more than a multiple of 97."""
    signs = re.sub(r"\W", "", found).upper()
    return 15 <= len(signs) <= 34 and int("".join(str(int(sign, 36)) for sign in signs[4:] + signs[:4])) % 97 == 1


# Numbers with a check digit of their own.
CHECKED = {"siren": is_siren, "iban": is_iban}


def matches(text: str) -> Iterator[tuple[str, str]]:
    """Yield the name of each rule whose pattern a text holds, and what was found."""
    for name, pattern in PATTERNS:
        found = (one[0] for one in pattern.finditer(text))
        yield from ((name, one) for one in found if CHECKED.get(name, bool)(one))


def masked(text: str) -> str:
    """Return what was found so that a report can be read by anybody: its ends and its length."""
    text = " ".join(text.split())
    return f"{text[:2]}…{text[-2:]} ({len(text)} characters)" if len(text) > 6 else f"… ({len(text)} characters)"


@cache
def own_words() -> str:
    """Return every text of the library in every language, folded: finding one of them again exposes nobody."""
    from babel.messages.pofile import read_po

    published = Path(vocabulary.__file__).parent / "publish"
    found = [repr(getattr(vocabulary, name)) for name in dir(vocabulary) if name.isupper()]
    found += [path.read_text(encoding="utf-8") for path in sorted(published.glob("templates/*/*"))]  # styles and tags
    for path in sorted(published.glob("locale/*.po")):
        with path.open("rb") as stream:
            found += [str(text) for message in read_po(stream) for text in (message.id, message.string)]
    return folded(" ".join(found))


# Kinds of answers whose cells are text: those of no kind (a column that the codebook does not name), and those where a
# list was offered but respondents typed what they liked, each part of which may name somebody.
FREE, TYPED = ("", "id", "text"), ("level", "legal_form")
PERSON = re.compile(r"\b(?:contact|nom|prenom|name|courriel|mail|email|telephone|phone|adresse|address)\b")
PARTS = re.compile(r"[;,/|+\n]|\s[-–]\s|\bet\b")

# Assumption: a cell names somebody when it has 5 letters or 9 digits and stands in at most 2 rows, or in a column of
# persons, or in one where most answers differ; a longer text is quoted when 8 words of it follow each other.
# Source: the fields of survey exports. If wrong: some respondent's short name or quotation is not searched for.
LEAST_LETTERS, LEAST_DIGITS, MOST_ROWS, QUOTED_WORDS = 5, 9, 2, 8


@dataclass(frozen=True)
class Needle:
    """Something to look for: the words, folded, and the raw cell that they come from."""

    words: str
    where: str


def needles(folder: Path) -> list[Needle]:
    """Return what to look for from every export below a folder; a codebook beside an export says what its columns are.

    Raises `InputError` if there is no export, or one cannot be read.
    """
    if not (paths := sorted(path for path in folder.rglob("*") if path.suffix.lower() in EXPORTS and path.is_file())):
        raise InputError(f"{folder}: no export ({', '.join(EXPORTS)}) to take raw values from. Give their folder.")
    found = [needle for path in paths for column in _columns(path) for needle in column_needles(*column)]
    return list({needle.words: needle for needle in reversed(found)}.values())[::-1]


def column_needles(header: str, kind: str, cells: Sequence[tuple[str, str]]) -> list[Needle]:
    """Return what to look for from the cells of a column, given as (where, text); `kind` is that of the codebook."""
    rows = Counter(folded(text) for _, text in cells)
    every = bool(PERSON.search(folded(header))) or 2 * len(rows) > len(cells)
    found = dict[str, Needle]()
    for where, text in cells:
        if every or rows[folded(text)] <= MOST_ROWS:
            parts = PARTS.split(text) if kind in TYPED else []
            for words in (*_distinctive(text), *(folded(part) for part in parts if _names(folded(part)))):
                found.setdefault(words, Needle(words, where))
    # An id that says itself that it is fictitious is nobody's.
    return [one for words, one in found.items() if words not in own_words() and not words.startswith(" fictif ")]


def _distinctive(text: str) -> Iterator[str]:
    """The words of a cell that name somebody: the whole, and each quotation of a long one."""
    whole = folded(text)
    words = whole.split()
    if _names(whole):
        yield whole
    if len(words) == 2 and _names(whole) and whole not in own_words():  # a surname is as often written first
        yield f" {words[1]} {words[0]} "
    for start in range(len(words) - QUOTED_WORDS + 1):
        yield f" {' '.join(words[start : start + QUOTED_WORDS])} "


def _names(words: str) -> bool:
    letters, digits = sum(map(str.isalpha, words)), sum(map(str.isdigit, words))
    return letters >= LEAST_LETTERS or digits >= LEAST_DIGITS or (letters > 0 and letters + digits >= LEAST_LETTERS)


def _columns(path: Path) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """The columns of an export whose cells are text: the header, the kind, and each cell with where it stands."""
    from ptce_analysis.survey.clean import laid_out
    from ptce_analysis.survey.codebook import Layout, read_codebook
    from ptce_analysis.survey.read import read

    book = next((read_codebook(one) for one in sorted(path.parent.glob("*.y*ml"))), None)
    layout = book.layout if book else Layout()
    grid = read(path, encoding=layout.encoding, separator=layout.separator, sheet=layout.sheet)
    names, rows, numbers = [*grid.rows[:1], []][0], grid.rows[1:], grid.numbers[1:]
    if book:
        answers = laid_out(grid, book)
        names, rows, numbers = list(answers.names), answers.whole, answers.numbers
    kinds = {folded(header): one.kind for one in (book.columns() if book else ()) for header in one.headers}
    for column in range(max(map(len, [names, *rows]))):
        name = names[column] if column < len(names) else ""
        kind = kinds.get(folded(name), "")
        cells = [(number, row[column]) for number, row in zip(numbers, rows, strict=True) if column < len(row)]
        where = f"column {name or column + 1}"
        if kind in (*FREE, *TYPED):
            yield name, kind, [(f"{path.name}, row {n}, {where}", text) for n, text in cells if text.strip()]
