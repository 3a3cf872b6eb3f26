"""The unit a header states against its codebook's: thousands read as euros are a thousand times too small."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ptce_analysis.survey.parse.words import bare

UNITS: Mapping[str, tuple[str, ...]] = {"amount": ("eur", "keur", "meur"), "share": ("percent", "share")}
SAID = {"eur": "euros", "keur": "thousands of euros", "meur": "millions of euros", "percent": "per cent"}
_MONEY = r"(?:€(?:uros?\b)?|eur(?:os?)?\b)"
# Each is taken out of the header before the next is looked for: « k€ » holds « € ». Capitals tell M€ from m€.
_STATED: dict[str, tuple[tuple[tuple[str, ...], str], ...]] = {
    "amount": (
        ((), rf"\bM(?:ds?|rds?)\b ?{_MONEY}?|(?i:\bmilliards?\b(?: ?d[e'])? ?{_MONEY}?)"),
        (
            ("keur",),
            rf"(?i:\bk ?\.? ?{_MONEY}|€ ?k\b|\bke\b|\bkilos? ?-?euros?\b|\bmille(?:s| euros|(?: ?d')? ?€)|"
            rf"\bmilliers?\b(?: ?d[e'])? ?{_MONEY}?|\bthousands?\b|\ben k\b(?! ?[€e.])|\(k\)|"
            rf"(?:\bx ?|\ben |\()1?[ .]?000 ?{_MONEY}?(?![0-9]))",
        ),
        (("meur",), rf"\bM ?(?:d' ?)?(?i:{_MONEY})|\bM[eE]\b|(?i:\bmillions?\b(?: ?d[e'])? ?{_MONEY}?)"),
        (("keur", "meur"), rf"\bm ?(?i:{_MONEY})"),
        (("eur",), rf"(?i:{_MONEY})"),
    ),
    "share": ((("percent",), r"(?i:%|\bpour ?cents?\b|\bpourcentages?\b|\bpct\b|\bpercent(?:age)?\b)"),),
}
# A threshold of the question (« plus de 25 k€ »), or what answers are rounded to, is not their unit; a year is neither.
_ASIDE = re.compile(r"(?:[0-9][0-9 .,]*|arrondie?s? (?:au|a|en|aux) )$", re.I)
_YEAR = re.compile(r"(?<![0-9.,])(?:19|20)[0-9]{2} ?$")


def stated_units(kind: str, header: str) -> tuple[str, ...]:
    """Return the units a header of amounts or shares states, none for any other kind.

    Two of them say that the unit is one or the other.

    >>> stated_units("amount", "Montants (k€) / Région"), stated_units("amount", "Plus de 25 k€ ?")
    (('keur',), ())
    >>> stated_units("amount", "Budget en m€"), stated_units("share", "Autofinancement (%)")
    (('keur', 'meur'), ('percent',))
    """
    text, found = bare(header).replace("_", " "), dict[str, None]()
    for units, pattern in _STATED.get(kind, ()):
        for match in re.finditer(pattern, text):
            before = text[max(0, match.start() - 24) : match.start()]
            if _YEAR.search(before) or not _ASIDE.search(before):
                found |= dict.fromkeys(units)
        text = re.sub(pattern, "|", text)
    return tuple(found)


def is_unit(kind: str, text: str) -> bool:
    """Return whether a text is a unit and nothing else, as on a line of units under the questions.

    >>> is_unit("amount", "(en k€)"), is_unit("amount", "quelques milliers d'euros"), is_unit("amount", "5 k€")
    (True, False, False)
    """
    rest = bare(text)
    for _, pattern in _STATED.get(kind, ()):
        rest = re.sub(pattern, "", rest)
    return bool(stated_units(kind, text)) and not re.search(r"[0-9]|[a-z]{3}", rest, re.I)


def unit_fault(kind: str, header: str, unit: str) -> str:
    """Return what is wrong with the unit a codebook gives to a column of that header, "" if nothing is.

    >>> unit_fault("amount", "Budget (k€)", "")
    "the header 'Budget (k€)' states thousands of euros and the codebook no unit: write `unit: keur`."
    """
    stated = stated_units(kind, header)
    if unit in stated or not stated or (stated == ("eur",) and not unit):
        return ""
    said, write = (
        " or ".join(words) for words in ([SAID[one] for one in stated], [f"`unit: {one}`" for one in stated])
    )
    return f"the header {header!r} states {said} and the codebook {unit or 'no unit'}: write {write}."


def title_fault(kind: str, titles: Iterable[str], unit: str) -> str:
    """Return what is wrong with an amount without a unit under titles that state thousands or millions, or ""."""
    for title in titles if not unit else ():
        stated = [one for one in stated_units(kind, title) if one not in ("eur", "percent")]
        if stated:
            return (
                f"the line above the header {title!r} states {' or '.join(SAID[one] for one in stated)} and the "
                f"codebook no unit: write `unit: {stated[0]}`, or `unit: eur` if this column is in euros."
            )
    return ""
