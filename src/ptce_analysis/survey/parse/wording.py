"""Three readings of the same written words: tidied, without accents, and fit for comparison."""

from __future__ import annotations

import re
import unicodedata

_SPACES = "\t\n\r\v\f\u00a0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_QUOTES = "\u2018\u2019\u201b\u02bc\u2032\u00b4`"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63"
# Characters people and software use for the same thing. Superscripts and bidirectional overrides are left alone on
# purpose: a footnote mark must not become a digit, and reordered digits must not be read.
_SAME = (
    dict.fromkeys(map(ord, _SPACES), " ")
    | dict.fromkeys(map(ord, _INVISIBLE), "")
    | dict.fromkeys(map(ord, _QUOTES), "'")
    | dict.fromkeys(map(ord, _DASHES), "-")
    | {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    | {ord("œ"): "oe", ord("Œ"): "OE", ord("æ"): "ae", ord("Æ"): "AE"}
)


def tidy(text: str) -> str:
    """Return the text with one kind of space, apostrophe, dash and digit, and no blanks around it.

    >>> tidy(" 25\\u202f000\\u00a0€ ")
    '25 000 €'
    """
    if text.isascii() and text.isprintable() and "`" not in text:  # nothing to translate: ten times faster
        return " ".join(text.split())
    return re.sub(" +", " ", text.translate(_SAME)).strip(" ")


def bare(text: str) -> str:
    """Return the tidied text without accents, its capitals kept (`M€` is not `m€`).

    >>> bare("Région  d’Île-de-France")
    "Region d'Ile-de-France"
    """
    tidied = tidy(text)
    if tidied.isascii():
        return tidied
    letters = unicodedata.normalize("NFD", tidied)
    return unicodedata.normalize("NFC", "".join(c for c in letters if unicodedata.category(c) != "Mn"))


def plain(text: str) -> str:
    """Return the words alone, to compare two spellings: no accents, no capitals.

    >>> plain("ÉMERGENCE ") == plain("émergence")
    True
    """
    return bare(text).lower()


def acronym(text: str) -> str:
    """Return the plain words without the dots, slashes and final marks of an abbreviation.

    >>> [acronym(text) for text in ("N.C.", "n/c", "s.o", "Sans objet.")]
    ['nc', 'nc', 'so', 'sans objet']
    """
    words = plain(text).rstrip(" .:;,!")
    return re.sub(r"[./ ]", "", words) if re.fullmatch(r"([a-z][./] ?)+[a-z]?", words) else words


def misspelt(words: str, known: tuple[str, ...]) -> str:
    """Return the words with each long one that is one slip away from a known one put right, or "" if none is.

    One slip is a letter more, less or changed, or two neighbours swapped; the first letter is always kept.

    >>> misspelt("conseil regoinal", ("conseil", "regional")), misspelt("legion", ("region",))
    ('conseil regional', '')
    """
    corrected = [_put_right(word, known) for word in words.split(" ")]
    return " ".join(corrected) if corrected != words.split(" ") else ""


def _put_right(word: str, known: tuple[str, ...]) -> str:
    """Return the one known word a slip away from this one, or the word itself."""
    if len(word) < 5 or word in known:
        return word
    near = [other for other in known if other[0] == word[0] and _one_slip(word, other)]
    return near[0] if len(near) == 1 else word


def _one_slip(a: str, b: str) -> bool:
    """Return whether one insertion, deletion, change or swap of neighbours turns a into b."""
    if abs(len(a) - len(b)) > 1:
        return False
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    rest_a, rest_b = a[start:], b[start:]
    swapped = rest_a[1::-1] == rest_b[:2] and rest_a[2:] == rest_b[2:]
    return rest_a[1:] == rest_b[1:] or rest_a[1:] == rest_b or rest_a == rest_b[1:] or swapped
