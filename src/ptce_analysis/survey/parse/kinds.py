"""The kinds of answers: one strict reader of one text for each, and what a header says of the answers under it."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from ptce_analysis.errors import InputError, nearest
from ptce_analysis.survey.parse.amounts import amount, header_rule
from ptce_analysis.survey.parse.choices import legal_form, stage
from ptce_analysis.survey.parse.levels import level
from ptce_analysis.survey.parse.staffs import count, share, staff
from ptce_analysis.survey.parse.words import Reading, bare, plain, table

KINDS: dict[str, Callable[[str], Reading]] = {
    reader.__name__: reader for reader in (amount, level, share, staff, stage, count, legal_form)
}


def parse_rows(kind: str, texts: Iterable[str]) -> list[dict[str, Any]]:
    """Return, for each text, what it states: text, value, unit, status, rule.

    Raises
    ------
    InputError
        If the kind is not one of `KINDS`.
    """
    if kind not in KINDS:
        raise InputError(f"nothing reads the kind {kind!r}. Legal kinds: {', '.join(KINDS)}.{nearest(kind, KINDS)}")
    fields = ("text", "value", "unit", "status", "rule")
    rows = [{name: getattr(reading, name) for name in fields} for reading in map(KINDS[kind], texts)]
    return [row | {"value": list(row["value"])} if isinstance(row["value"], tuple) else row for row in rows]


def institutional_breaks() -> dict[str, dict[str, str]]:
    """Return the changes of French institutions around the waves, by the rule of a reading that rests on each.

    Keys: `rule`, `date`, `change`, `reading` of answers because of it, `source`.
    """
    return {row["rule"]: row for row in table("breaks.csv")}


# The units of a kind of answers.
UNITS: Mapping[str, tuple[str, ...]] = {"amount": ("eur", "keur", "meur"), "share": ("percent", "share")}
# What is a subject of `headers.csv`, and no software.
_SUBJECTS = ("amount", "share", "variable", "level", "support", "any")
_MONEY = r"(?:[€¤](?:uros?\b)?|eur(?:os?)?\b)"
# A threshold of the question (« plus de 25 k€ »), or what answers are rounded to, is not their unit; a year is neither.
_ASIDE = re.compile(r"(?:[0-9][0-9 .,]*|arrondie?s? (?:au|a|en|aux) )$", re.I)
OF_MONEY = re.compile("montant|subvention|aide|financement|budget|€|euro", re.I)
_YEAR = re.compile(r"(?<![0-9.,])(?:19|20)[0-9]{2} ?$")


@cache
def header_words(*of: str) -> list[tuple[str, str, re.Pattern[str]]]:
    """Return the rows of `headers.csv` about some subjects, or all software (no subject): whose, what, its words."""
    every = [row for row in table("headers.csv") if (row["of"] in of if of else row["of"] not in _SUBJECTS)]
    return [(row["of"], row["means"], re.compile(row["words"].replace("<money>", _MONEY))) for row in every]


def names_columns(row: Iterable[str]) -> bool:
    """Return whether a line names columns that survey software adds: one more header, of codes or of labels."""
    cells = [plain(cell) for cell in row]
    known = sum(any(words.fullmatch(cell) for *_, words in header_words()) for cell in cells)
    numbers = any(re.fullmatch(r"[0-9][0-9 .,:/t+z-]*", cell) for cell in cells)
    return any(cell.startswith('{"importid"') for cell in cells) or (known > 1 and not numbers)


def stated_units(kind: str, header: str) -> tuple[str, ...]:
    """Return the units a header of amounts or shares states, two if it is one or the other, none for any other kind.

    >>> stated_units("amount", "Montants (k€) / Région"), stated_units("amount", "Plus de 25 k€ ?")
    (('keur',), ())
    """
    text, found = bare(header).replace("_", " "), dict[str, None]()
    # Capitals tell M€ from m€. What was found is taken out before the next is looked for: « k€ » holds « € ».
    for _, units, pattern in header_words(kind) if kind in UNITS else ():
        for match in pattern.finditer(text):
            before = text[max(0, match.start() - 24) : match.start()]
            if _YEAR.search(before) or not _ASIDE.search(before):
                found |= dict.fromkeys(units.split())
        text = pattern.sub("|", text)
    return tuple(found)


def is_unit(kind: str, text: str) -> bool:
    """Return whether a text is a unit and nothing else, as on a line of units under the questions."""
    rest = bare(text)
    for *_, pattern in header_words(kind):
        rest = pattern.sub("", rest)
    return bool(stated_units(kind, text)) and not re.search(r"[0-9]|[a-z]{3}", rest, re.I)


def not_of_a_year(header: str) -> str:
    """Return the rule that keeps the amounts under a header from being euros of a year, "" if none does.

    A title above (« Enquête 2013-2015 ») says nothing of the years of an amount, unless it speaks of money.

    >>> not_of_a_year("Montants 2013-2015 / Région"), not_of_a_year("Enquête 2013-2015 / Région")
    ('several_years', '')
    """
    *above, name = header.replace("_", " ").split(" / ")
    said = [*(text for text in above if header_rule(text) != "several_years" or OF_MONEY.search(text)), name]
    return next((rule for text in said if (rule := header_rule(text))), "")
