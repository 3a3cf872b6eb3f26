"""What the number format of a spreadsheet shows of a number, but for its rounding.

A format that is not understood gives None: the cell is then left undecided, and never is another value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from math import isfinite
from operator import eq, ge, gt, le, lt, ne

from ptce_analysis.survey.read import number_text

_COMPARED = {"<": lt, "<=": le, "=": eq, "<>": ne, ">": gt, ">=": ge}
# The pieces of a number format (ECMA-376, part 1, 18.8.31); French software also writes jj/mm/aaaa and Standard.
_TOKENS = re.compile(
    r"""(?P<literal>"[^"]*"|\\.|[ $+\-/():!^&'~{}<>=€£¥\u00a0\u202f])|(?P<pad>_.|\*\ )|\[(?P<bracket>[^\]]*)\]|
    (?P<number>General|Standard|[@0\#?.,]+(?:E[+-][0\#?]+)?)|(?P<percent>%)|(?P<date>AM/PM|A/P|[ymdhsaj]+)|
    (?P<section>;)|(?P<unknown>.)""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_COLOUR = re.compile(r"black|blue|cyan|green|magenta|red|white|yellow|colou?r ?[0-9]+", re.I)


@dataclass
class _Section:
    """One of the formats of a code: what is around the number, how it is written, when it applies."""

    around: list[str] = field(default_factory=lambda: ["", ""])
    number: str = ""
    percents: int = 0
    dates: str = ""
    condition: tuple[str, float] | None = None
    unknown: bool = False


@lru_cache(1_000)
def _sections(code: str) -> list[_Section]:
    """Return the sections of a format code."""
    sections = [_Section()]
    for match in _TOKENS.finditer(code):
        kind, token, now, text = match.lastgroup, match[0], sections[-1], ""
        if kind == "section":
            sections.append(_Section())
        elif kind == "literal":
            text = token[1:-1] if token[0] == '"' else token[-1]
        elif kind == "pad":
            text = " "
        elif kind == "percent":
            now.percents, text = now.percents + 1, " %"
        elif kind == "number":
            now.unknown |= bool(now.around[1].strip()) and not now.dates  # words in the middle of a number
            now.number, now.around[1] = now.number + token, ""
        elif kind == "date":
            now.dates += "h" if "/" in token else token.lower()
        elif kind == "unknown":
            now.unknown = True
        elif (inside := match["bracket"]).startswith("$"):
            text = inside[1:].partition("-")[0]  # a currency, or only a language
        elif compared := re.fullmatch(r"([<>=]{1,2})(-?[0-9.]+)", inside):
            now.condition = (compared[1], float(compared[2]))
        elif re.fullmatch("h+|m+|s+", inside, re.I):
            now.dates += "[" + inside.lower()
        else:
            now.unknown |= not _COLOUR.fullmatch(inside)
        now.around[bool(now.number)] += text
    return sections


def _section(code: str, number: float) -> tuple[_Section | None, bool]:
    """Return the section of a code that writes a number, and whether it is the one of negative numbers."""
    every = _sections(code)
    sections = [one for one in every if one.number != "@"] or every
    if any(one.condition for one in sections):
        for one in sections if number >= 0 else ():
            if not one.condition or _COMPARED[one.condition[0]](number, one.condition[1]):
                return one, False
        return None, False
    if number < 0 and len(sections) > 1:
        return sections[1], True
    return sections[2 if number == 0 and len(sections) > 2 else 0], False


def shown(value: str, code: str, base: datetime) -> str | None:
    """Return what a format code shows of a stored number but for its rounding, None when it cannot be told.

    `base`: the day 0 of dates.

    >>> day = datetime(1899, 12, 30)
    >>> shown("250000", '#,##0,"k€"', day), shown("0.32", "0%", day), shown("42005", "[$-40C]d mmmm yyyy", day)
    ('250 k€', '32 %', '2015-01-01')
    """
    try:
        number = float(value)
    except ValueError:
        return value
    if not isfinite(number) or code == "General":
        return number_text(value)
    section, of_negatives = _section(code, number)
    if section is None or section.unknown or section.percents > 1 or not code:
        return None
    if section.dates:
        return _moment(number, section.dates, base)
    (before, after), form = section.around, section.number
    words = f"{before}{after}".strip()
    if not form or (words and not form.strip("?")):  # words in the place of a number; an accountant's dash is a zero
        dash = re.match("[-–—] *", words)
        return f"0 {words[dash.end() :]}".strip() if dash and number == 0 else words or None
    thousands = re.search(r"(,+)(?:\.|E|$)", form, re.I)
    digits = number_text(repr(abs(number) * 100**section.percents / 1000 ** len(thousands[1] if thousands else "")))
    whole = re.split("[.E]", form.replace(",", ""))[0]
    if "0" in whole and "." not in digits:
        digits = digits.zfill(len(whole) - whole.index("0"))
    if number < 0 and not of_negatives:
        before = f"-{before.strip()}"
    elif number < 0 and "(" in before and ")" in after:
        before, after = before.replace("(", "-"), after.replace(")", "")
    elif number < 0 and not re.search("[-−–]", before):
        return None
    return joined(before, digits, after)


def joined(before: str, digits: str, after: str) -> str:
    """Return a number with the words around it, a unit set apart from the digits."""
    before, after = before.strip(), after.strip()
    apart = [" " if text.isalnum() or text in "%€$£¥" else "" for text in (before[-1:] or "(", after[:1] or ")")]
    return f"{before}{apart[0]}{digits}{apart[1]}{after}"


def _moment(number: float, letters: str, base: datetime) -> str | None:
    """Return a day, a moment, a time or a year in ISO 8601, rounded to the second as a spreadsheet does."""
    seconds, used = round(number * 86_400), set(letters)
    if number < 0:
        return None
    if "[" in used or (number < 1 and not used & set("ydaj")):
        return f"{seconds // 3600}:{seconds // 60 % 60:02}" + (f":{seconds % 60:02}" if seconds % 60 else "")
    try:
        moment = base + timedelta(seconds=seconds)
    except OverflowError:
        return None
    return (
        str(moment.year) if used in ({"y"}, {"a"}) else moment.isoformat(timespec="seconds").removesuffix("T00:00:00")
    )
