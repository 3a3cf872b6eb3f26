"""One strict reader of written numbers. What two careful readers could read differently is left undecided."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_WHOLE = re.compile(r"[0-9]+|[0-9]{1,3}(?: [0-9]{3})+|[0-9]{1,3}(?:'[0-9]{3})+")
_POINTED = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3}){2,}|[0-9]{1,3}(?:,[0-9]{3}){2,}")
_POINTED_DECIMAL = re.compile(r"([0-9]{1,3}(?:\.[0-9]{3})+),([0-9]+)|([0-9]{1,3}(?:,[0-9]{3})+)\.([0-9]+)")
_DECIMAL = re.compile(r"([0-9]*|[0-9]{1,3}(?:[ '][0-9]{3})+)[.,]([0-9]+)")
_SCIENTIFIC = re.compile(r"([0-9]+(?:[.,][0-9]+)?)[eE]\+?([0-9]{1,2})")
_LONGEST, _LARGEST = 40, 10**15


@dataclass(frozen=True)
class Number:
    """A written number: its value, None when it has two plausible ones, and the rule that read it."""

    value: Decimal | None
    rule: str


def number(text: str, three_digits: str = "") -> Number | None:
    """Return the number a tidied text writes, or None when it writes none.

    `three_digits` says what one mark before exactly three digits means (`1.500`, `12,500`): `thousands`, `decimals`,
    or nothing, and then it stays undecided.

    >>> [number(text).value for text in ("25 000", "1.500,50", "1.500.000", "0,250", "1.500")]
    [Decimal('25000'), Decimal('1500.50'), Decimal('1500000'), Decimal('0.250'), None]
    """
    sign, digits = (text[0], text[1:]) if text[:1] in ("-", "+") else ("", text)
    found = _unsigned(digits, three_digits)
    if found is None or len(digits) > _LONGEST or (found.value or 0) >= _LARGEST:
        return None
    return Number(-found.value, "negative") if sign == "-" and found.value else found


def _unsigned(text: str, three_digits: str) -> Number | None:
    """Return a number without its sign, by the first form that fits."""
    if _WHOLE.fullmatch(text):
        return Number(Decimal(re.sub("[ ']", "", text)), "grouped_digits" if not text.isdigit() else "digits")
    if _POINTED.fullmatch(text):
        return Number(Decimal(re.sub("[.,]", "", text)), "grouped_digits")
    if match := _POINTED_DECIMAL.fullmatch(text):
        whole, decimals = match[1] or match[3], match[2] or match[4]
        return Number(Decimal(re.sub("[.,]", "", whole) + "." + decimals), "grouped_digits")
    if match := _SCIENTIFIC.fullmatch(text):
        return Number(Decimal(match[1].replace(",", ".")).scaleb(int(match[2])), "scientific")
    match = _DECIMAL.fullmatch(text)
    return _decimal(re.sub("[ ']", "", match[1]), match[2], three_digits) if match else None


def _decimal(whole: str, decimals: str, three_digits: str) -> Number:
    """Return a number with one mark; three digits after it may be thousands, unless zero or nothing is before it."""
    grouping_possible = len(decimals) == 3 and whole.strip("0") != ""
    if not grouping_possible or three_digits == "decimals":
        return Number(Decimal(f"{whole or '0'}.{decimals}"), "decimal")
    if three_digits == "thousands" and len(whole) <= 3:
        return Number(Decimal(whole + decimals), "mark_of_thousands")
    return Number(None, "three_digits_after_a_mark")


_UNITS = "zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
_SMALL = {word: value for value, word in enumerate(_UNITS.split())} | {
    "une": 1, "vingt": 20, "vingts": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60, "septante": 70,
    "huitante": 80, "octante": 80, "nonante": 90,
}  # fmt: skip
_LARGE = {"mille": 1_000, "million": 10**6, "millions": 10**6, "milliard": 10**9, "milliards": 10**9}
_ROUND = {
    "dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30, "quarantaine": 40,
    "cinquantaine": 50, "soixantaine": 60, "centaine": 100, "millier": 1_000,
}  # fmt: skip


_WORD = "|".join(sorted({*_SMALL, *_LARGE, "cent", "cents", "et"}, key=len, reverse=True))
# Words of numbers up to their last one: « mille » and « million » belong to the number, not to the unit after it.
SPELLED = rf"(?:{_WORD})(?:[ -](?:{_WORD}))*+"


def spelled(text: str) -> int | None:
    """Return a number spelled out in French, or None.

    >>> [spelled(text) for text in ("quatre-vingt-dix-sept", "deux mille cinq cents", "trente", "deux trois")]
    [97, 2500, 30, None]
    """
    total, current, last = 0, 0, 10**12
    for word in re.split("[ -]+", text.lower()):
        if word in _LARGE:
            if _LARGE[word] >= last:
                return None
            total, current, last = total + max(1, current) * _LARGE[word], 0, _LARGE[word]
        elif (following := _hundreds(current, word)) is None:
            return None
        else:
            current = following
    return total + current


def _hundreds(current: int, word: str) -> int | None:
    """Return a number below one thousand after one more word, or None when the word cannot follow."""
    if word == "et":
        return current if current % 100 >= 20 else None
    if word in ("cent", "cents"):
        return max(1, current) * 100 if current < 10 else None
    if word in ("vingt", "vingts") and current % 100 == 4:
        return current + 76
    small = _SMALL.get(word)
    if small is None:
        return None
    tens = current % 100
    after_ten = small in (7, 8, 9) and tens in (10, 70, 90)
    after_tens = small < 10 and tens >= 20 and tens % 10 == 0
    after_sixty = 10 <= small <= 16 and tens in (60, 80)
    return current + small if tens == 0 or after_ten or after_tens or after_sixty else None


def counts(word: str) -> bool:
    """Return whether a word beside a number changes it: another number, or a round one. « un » is an article too.

    >>> counts("vingt"), counts("centaines"), counts("une"), counts("structures")
    (True, True, False, False)
    """
    plain = word.lower()
    return plain.removesuffix("s") in _ROUND or (plain not in ("un", "une", "neuf") and spelled(plain) is not None)


def rounded(text: str) -> tuple[int, str] | None:
    """Return the number in « une vingtaine de k€ » and the words after it, or None.

    >>> rounded("une vingtaine de k€"), rounded("deux centaines"), rounded("vingt")
    ((20, 'k€'), (200, ''), None)
    """
    match = re.fullmatch(rf"(?:([a-z]+|[0-9]+) )?({'|'.join(_ROUND)})(s?)(?: (?:de |d')(.*))?", text, re.I)
    if not match or (match[3] and not match[1]):
        return None
    times = spelled(match[1]) if match[1] and not match[1].isdigit() else int(match[1] or 1)
    return (times * _ROUND[match[2].lower()], match[4] or "") if times else None
