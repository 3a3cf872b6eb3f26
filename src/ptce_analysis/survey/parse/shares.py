"""Shares between 0 and 1."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from functools import partial

from ptce_analysis.survey.parse.asides import without_year
from ptce_analysis.survey.parse.forms import Kind, Term, understand
from ptce_analysis.survey.parse.numbers import number, spelled
from ptce_analysis.survey.parse.reading import Reading

_OF_WHAT = r"(?: (?:du (?:budget|total)(?: (?:total|global|annuel))?|d'auto-?financement|de fonds propres))?"
_PERCENT = re.compile(
    r"(?:a )?(?:(?P<digits>[-+]?[0-9.,][0-9 .,]*?)|(?P<words>[a-z]+(?:[ -][a-z]+)*?)) ?"
    rf"(?:%|pour ?cents?|pct|p\. ?100){_OF_WHAT}",
    re.I,
)
_FRACTION = re.compile(r"([0-9]{1,3}) ?[/⁄] ?([0-9]{1,3})|([0-9]{1,3}) sur ([0-9]{1,3})", re.I)
_PARTS = {
    "demi": 2,
    "tiers": 3,
    "quart": 4,
    "quarts": 4,
    "cinquieme": 5,
    "cinquiemes": 5,
    "dixieme": 10,
    "dixiemes": 10,
}
_WRITTEN = re.compile(rf"(?:(un|une|deux|trois|quatre|sept|neuf|le|la) )?({'|'.join(_PARTS)})", re.I)
_ALL = {"la moitie": Decimal("0.5"), "moitie": Decimal("0.5"), "la totalite": Decimal(1), "totalite": Decimal(1),
        "en totalite": Decimal(1), "tout": Decimal(1)}  # fmt: skip
_GLYPHS = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5", "⅖": "2/5", "⅗": "3/5", "⅘": "4/5"}


def share(text: str, unit_hint: str | None = None, three_digits: str = "") -> Reading:
    """Return the share, between 0 and 1, that a text states, or why it states none.

    `unit_hint`: what a bare number counts, `percent` or `share`. Without it, a bare number above 1 can only be per cent
    and one below 1 is taken as a share; 1 itself stays undecided (1 % or the whole).

    >>> [share(text).value for text in ("32 %", "0,32", "32", "1/4", "trois quarts", "1")]
    [0.32, 0.32, 0.32, 0.25, 0.75, None]
    >>> share("0,32", "percent").status, share("132 %").status
    ('ambiguous', 'unreadable')
    """
    return understand(text, Kind("share", partial(_bounded, unit_hint=unit_hint or "", three_digits=three_digits)))


def fraction(text: str) -> Term | None:
    """Return `1/3`, `⅓`, « un tiers », `3 sur 4`, or None."""
    words = _GLYPHS.get(text, text)
    if words.lower() in _ALL:
        return Term(_ALL[words.lower()], "fraction", unit_text=words)
    if match := _FRACTION.fullmatch(words):
        above, below = (int(part) for part in match.groups() if part)
        if above > below:
            return Term(None, "more_than_the_whole", "unreadable")
        if match[1] and not _one_number(match[1], above, below):
            return Term(None, "fraction_or_two_numbers", "ambiguous")
        return Term(Decimal(above) / below, "fraction", unit_text="/") if below else None
    match = _WRITTEN.fullmatch(words)
    if not match:
        return None
    times = 1 if (match[1] or "le").lower() in ("le", "la") else spelled(match[1]) or 1
    return Term(Decimal(times) / _PARTS[match[2].lower()], "fraction", unit_text=match[2])


def _one_number(written: str, above: int, below: int) -> bool:
    """Return whether `a/b` can only be a fraction: `50/50` and `30/40` are two numbers, `01/03` is a date."""
    return written[0] != "0" and (above < 10 or below == 100)


def _bounded(text: str, unit_hint: str, three_digits: str) -> Term | None:
    """Return one share; what is below 0 or above 1 is not one."""
    text = without_year(text)
    term = fraction(text) or _percent(text, three_digits) or _plain(text, unit_hint, three_digits)
    if term and term.value is not None and not 0 <= term.value <= 1:
        return replace(term, value=None, status="unreadable", rule="out_of_range")
    return term


def _percent(text: str, three_digits: str) -> Term | None:
    """Return a share written with its sign, `32,5 %`; three decimals of a per cent are decimals."""
    match = _PERCENT.fullmatch(text)
    if match and match["words"]:
        value = spelled(match["words"])
        return None if value is None else Term(Decimal(value) / 100, "percent", unit_text="%")
    found = number(match["digits"], three_digits or "decimals") if match else None
    return Term(found.value / 100, "percent", unit_text="%") if found and found.value is not None else None


def _plain(text: str, unit_hint: str, three_digits: str) -> Term | None:
    """Return a share written as a bare number, read with the unit of its column."""
    found = number(text, three_digits)
    if found is None or found.value is None:
        return Term(None, found.rule, "ambiguous") if found else None
    value = found.value
    undecided = value == 1 if not unit_hint else (0 < value < 1 if unit_hint == "percent" else value > 1)
    if undecided:
        return Term(None, "share_or_percent", "ambiguous")
    per_cent = unit_hint == "percent" or value > 1
    return Term(value / 100 if per_cent else value, "bare_percent" if per_cent else "bare_share")
