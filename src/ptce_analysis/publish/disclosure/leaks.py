"""What no published file may hold, as data: each rule with what it looks for and when a match counts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ptce_analysis.vocabulary import ORIGINS, Label

# Marks that only change how a text is laid out: letters on both sides of one are read together.
INVISIBLE = dict.fromkeys(
    (0xAD, 0x34F, 0x61C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF)
)
# The narrow space groups thousands in our French numbers: such a number is no identifier, so the space is kept.
OURS, KEPT = "\u202f", "\ue000"
FICTITIOUS_MARKS: Label = ORIGINS["fictitious"]
FICTITIOUS_ID = re.compile(r"FICTIF-\d{4}-\d+")


def plain(text: str) -> str:
    """Return a text for patterns: one form of each letter, no invisible mark, ordinary spaces but in our thousands."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", text.translate(INVISIBLE).replace(OURS, KEPT)).replace(KEPT, OURS)


def folded(text: str) -> str:
    """Return a text for comparing words: small letters without accents, anything else one space.

    >>> folded("  L’Éco-Pôle   d’AUDRUICQ")
    ' l eco pole d audruicq '
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(INVISIBLE)).casefold()
        text = re.sub(r"[\u0300-\u036f]+", "", text)
    return f" {re.sub(r'[^0-9a-z]+', ' ', text.lower()).strip()} "


def luhn(digits: str) -> bool:
    """Return whether digits have the check digit of a SIREN or SIRET.

    >>> luhn("732829320"), luhn("732829321")
    (True, False)
    """
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def _is_identifier(found: re.Match[str]) -> bool:
    """A SIREN or SIRET by its check digit; a round number is an amount."""
    digits = re.sub(r"\D", "", found[0])
    return luhn(digits) and not digits.endswith("000")


def _always(_: re.Match[str]) -> bool:
    return True


@dataclass(frozen=True)
class Leak:
    """A rule: its name, what it says is absent, the patterns that find it, and when a match counts."""

    name: str
    label: Label
    patterns: tuple[str, ...] = ()
    counts: Callable[[re.Match[str]], bool] = _always


_PAIRS = r"(?:(?P<sep>[ .\-\u00a0]?)\d{2})(?:(?P=sep)\d{2}){3}"
_NOT_IN_A_NUMBER = r"(?<![\w\u202f])(?<!\d[.,])(?<!\d[ \u00a0])"
_NOT_BEFORE_MORE = r"(?![\w\u202f]|[.,]\d|[ \u00a0]\d)"

LEAKS: tuple[Leak, ...] = (
    Leak(
        "raw_value",
        ("names, ids and free text of the raw answers", "noms, identifiants et textes libres des réponses brutes"),
    ),
    Leak(
        "email",
        ("e-mail addresses", "adresses électroniques"),
        (
            r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63})+",
            r"(?i)\b[\w.+-]{2,64} ?[\[({] ?(?:at|chez|arobase) ?[\])}] ?"
            r"[\w-]+(?:\.| ?[\[({] ?(?:dot|point) ?[\])}] ?)\w+",
        ),
    ),
    Leak(
        "phone",
        ("French telephone numbers", "numéros de téléphone français"),
        (
            rf"(?<![\w+])(?<!\d[.,])0[1-9]{_PAIRS}(?![\w]|[.,]\d)",
            rf"(?<!\w)(?<!\d[.,])(?:\+|00)33[ .\-\u00a0]?(?:\(0\))? ?[1-9]{_PAIRS}(?!\w)",
        ),
    ),
    Leak(
        "siren",
        ("SIREN and SIRET numbers", "numéros SIREN et SIRET"),
        (
            rf"{_NOT_IN_A_NUMBER}\d{{3}}(?P<sep>[ .\u00a0]?)\d{{3}}(?P=sep)\d{{3}}"
            rf"(?:[ .\u00a0]?\d{{5}})?{_NOT_BEFORE_MORE}",
        ),
        _is_identifier,
    ),
    Leak(
        "register",
        ("numbers said to be those of a register", "numéros dits d’un registre"),
        (
            r"(?i)\b(?:siren|siret|rna|rcs)\b[^\w]{0,12}(?:n[°o.]{0,2} ?)?(?:[a-z]+ )?W?\d(?:[\W_]?\d){8,13}",
            r"(?<!\w)W\d{9}(?!\w)",
        ),
    ),
    Leak(
        "path",
        ("absolute paths", "chemins absolus"),
        (
            r"(?<![\w.:/~])/(?:home|Users|root|tmp|var|mnt|media|private|opt|srv|work|usr|etc)/[\w.~-]+",
            r"(?<!\w)[A-Za-z]:\\{1,2}[\w~.$-]+|(?<!\w)\\\\[\w.-]+\\[\w$.-]+|file:/{2,3}[\w.]",
        ),
    ),
    Leak(
        "traceback",
        ("traces of a failure", "traces d’un échec"),
        (
            r"Traceback \(most recent call last\)|File \"[^\"\n]{1,200}\", line \d+|ipykernel_\d+",
            r"\x1b\[[0-9;]*m",
        ),
    ),
    Leak(
        "parameter",
        ("parameters outside the closed set, and paths papermill notes", "paramètres hors liste, chemins de papermill"),
    ),
    Leak("fictitious", ("fictitious data without their mark", "données fictives sans leur mention")),
    Leak("micro_data", ("rows of respondents", "lignes de répondants")),
    Leak(
        "unprotected",
        ("figures of answers that the rules did not release", "chiffres de réponses que les règles n’ont pas libérés"),
    ),
    Leak("closed", ("files that cannot be looked into", "fichiers qui ne peuvent être examinés")),
)
_COMPILED = [(leak, re.compile(pattern)) for leak in LEAKS for pattern in leak.patterns]


def matches(text: str) -> Iterator[tuple[str, str]]:
    """Yield the name of each rule whose pattern a text holds, and what was found.

    >>> list(matches("écrire à jean@exemple.fr ou au 01 23 45 67 89"))
    [('email', 'jean@exemple.fr'), ('phone', '01 23 45 67 89')]
    """
    for leak, pattern in _COMPILED:
        yield from ((leak.name, found[0]) for found in pattern.finditer(text) if leak.counts(found))


def masked(text: str) -> str:
    """Return what was found so that a report can be read by anybody: its ends and its length.

    >>> masked("jean@exemple.fr")
    'je…fr (15 characters)'
    """
    text = " ".join(text.split())
    return f"{text[:2]}…{text[-2:]} ({len(text)} characters)" if len(text) > 6 else f"… ({len(text)} characters)"
