"""Amounts of money, in euros."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import partial

from ptce_analysis.survey.parse.asides import not_granted, without_purpose
from ptce_analysis.survey.parse.forms import Kind, Rule, Term, understand
from ptce_analysis.survey.parse.numbers import SPELLED, number, rounded, spelled
from ptce_analysis.survey.parse.reading import Reading
from ptce_analysis.survey.parse.years import EACH_YEAR, over_time

# What a bare number is worth in euros when the codebook, or the header, states the unit of a column.
SCALES = {"eur": 1, "keur": 1_000, "meur": 1_000_000}

# A capital M is a million. A small one is written for « mille » as well as for « million »: it is not guessed.
_UNITS: tuple[tuple[str, int | None], ...] = (
    (r"Mds? ?(?:€|EUR|E|euros?)?|milliards?(?: (?:d'|de )?(?:euros?|€))?|Mrds? ?€?", 10**9),
    (
        r"(?-i:M) ?(?:d'|d' )?(?:€(?:uros?)?|EUR|E|euros?)?|(?-i:Meuros?|MEUR|Meur)|millions?(?: (?:d'|"
        r"de )?(?:euros?|€|EUR))?",
        10**6,
    ),
    (r"k ?(?:€(?:uros?)?|eur|euros?|e)?|kilos? ?-?euros?|mill(?:e|iers?)(?: (?:d'|de )?(?:euros?|€|EUR))?", 1_000),
    (r"(?-i:m) ?(?:€|eur|euros?|e)", None),
    (r"(?:d'|d' )?(?:€(?:uros?)?|euros?|eur|e)", 1),
)
_UNIT = "|".join(f"(?P<u{i}>{pattern})" for i, (pattern, _) in enumerate(_UNITS))
_TAX = r"(?: ?\(?(?:H\.?T\.?|T\.?T\.?C\.?|hors taxes?|toutes taxes comprises|nets?(?: de taxes?)?|bruts?)\)?)?"
_YEARLY = rf"(?: ?(?:{EACH_YEAR}))?"
_YEAR = r"(?: ?(?:en (?:19|20)[0-9]{2}|\((?:19|20)[0-9]{2}\)))?"
_DIGITS = r"[-+]?(?:[0-9][0-9 '.,]*(?:(?<=[0-9])e\+?[0-9]{1,2}(?![0-9]))?|[.,][0-9]+)"
_SINGLE = re.compile(rf"(?P<digits>{_DIGITS}?) ?(?:{_UNIT})?{_TAX}{_YEARLY}{_YEAR}\.?", re.I)
_SPELLED = re.compile(rf"(?P<words>{SPELLED})(?: (?:{_UNIT}))?{_TAX}{_YEARLY}", re.I)
_UNIT_FIRST = re.compile(r"(€|EUR|euros?|k ?€|keur|M ?€) ?:? ?([-+]?[0-9][0-9 '.,]*)", re.I)
_YEAR_FIRST = re.compile(r"(?:en )?(?:19|20)[0-9]{2} ?: ?(.+)", re.I)

_OTHER_MONEY = re.compile(
    r".*(?:\$|£|¥|\bUSD\b|\bGBP\b|\bCHF\b|[0-9 ]k?F(?:F|CFA|rs?)?\b|\bfrancs?\b|\blivres?\b|\bdollars?\b).*", re.I
)
_DATE = re.compile(
    r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-](?:[0-9]{2}|[0-9]{4})(?: .*)?|[0-9]{4}[/-][0-9]{2}[/-][0-9]{2}(?:[T ].*)?|"
    r"(?:19|20)[0-9]{2} ?[-/] ?(?:19|20)[0-9]{2}|(?:[0-9]{1,2}(?:er)? )?(?:janvier|fevrier|mars|avril|mai|juin|juillet|"
    r"aout|septembre|octobre|novembre|decembre)(?: [0-9]{4})?",
    re.I,
)
# Assumption: four digits without a unit or a mark, from 1990 to 2039 and not round, may be the year of a support rather
# than its amount. Source: amounts asked of poles are round. If wrong: the codebook decides, spelling by spelling.
_A_YEAR = re.compile(r"(?:199|20[0-3])[0-9](?<!00)")
_MILLIONS = re.compile(
    r"(?P<millions>.+? millions?) (?:(?P<half>et demi)(?: (?:d')?(?:euros?|€))?|(?P<rest>[0-9].*))", re.I
)
_IN_KIND = re.compile(
    r"mises? a disposition|\bnature\b|benevol|gratui|\blocaux\b|\blocal\b|prets? de|pret d'|valoris|heberge|"
    r"temps d'agent|temps de travail|moyens humains|ingenierie|"
    r"(?:appui|soutien|aide|accompagnement|assistance) (?:technique|moral|logistique|politique|humain|materiel)",
    re.I,
)
_TICKED = re.compile(r"x+|oui|ok|✓|✔|☑|☒|[vV]rai|true|o|y|yes", re.I)
_REFUSED = re.compile(r"non|faux|false|no|n|refus|refuse", re.I)


def amount(text: str, unit_hint: str | None = None, three_digits: str = "") -> Reading:
    """Return the amount in euros that a text states, or why it states none.

    `unit_hint`: the unit of a bare number, `eur` (also the default), `keur` or `meur`; a unit written in the text wins.
    `three_digits`: what one mark before three digits means, `thousands` or `decimals`; undecided by default.

    >>> [amount(text).value for text in ("25 k€", "1,2 M€", "2 x 15 000", "1.500")]
    [25000, 1200000, 30000, None]
    >>> amount("12,5", "keur").value, amount("entre 10 et 15 k€").status
    (12500, 'range')
    """
    scale = SCALES[unit_hint or "eur"]
    single = partial(_single, scale=scale, three_digits=three_digits)
    before: tuple[Rule, ...] = (_not_money, _yes_or_no, partial(over_time, single=single))
    return understand(text, Kind("eur", single, before, (partial(_in_kind, single=single),), _addable))


def _single(text: str, scale: int, three_digits: str) -> Term | None:
    """Return one amount: digits or words, with its unit, tax, year and purpose, in either order."""
    text = re.sub(r"(?<=[0-9])[.,] ?-(?= ?(?:€|eur|$))", "", without_purpose(text))
    if match := _YEAR_FIRST.fullmatch(text):
        text = match[1]
    if match := _UNIT_FIRST.fullmatch(text):
        text = f"{match[2]} {match[1]}"
    match = _SINGLE.fullmatch(text)
    if match and match["digits"]:
        return _figures(match, scale, three_digits)
    return _words(text, scale) or _millions(text)


def _millions(text: str) -> Term | None:
    """Return « 1 million et demi », « 3 millions 500 000 € »: millions and what follows them."""
    match = _MILLIONS.fullmatch(text)
    whole, rest = (
        (_single(match["millions"], 1, ""), _single(match["rest"] or "500 000", 1, "")) if match else (None, None)
    )
    if whole is None or rest is None or whole.value is None or rest.value is None or rest.value >= 10**6:
        return None
    if rest.value < 1_000:  # « 1 million 5 », « un million deux »: tenths of a million, or euros?
        return Term(None, "millions_and_what", "ambiguous")
    return Term(whole.value + rest.value, "millions_of_euros", "exact", "€")


def _figures(match: re.Match[str], scale: int, three_digits: str) -> Term | None:
    """Return the amount written in digits. Euros have no third decimal: with « € », three digits are thousands."""
    unit, worth = _unit(match)
    if scale == 1 and not unit and _A_YEAR.fullmatch(match["digits"]):
        return Term(None, "amount_or_year", "ambiguous")
    marks = "thousands" if worth == 1 and unit and not three_digits else three_digits
    found = number(match["digits"].rstrip(" .,"), marks)
    if found is None:
        return None
    if found.value is None or worth is None:
        return Term(None, found.rule if found.value is None else "small_m", "ambiguous", unit)
    status = "approximate" if found.rule == "scientific" else "exact"
    rule = "unit_of_the_column" if scale != 1 and not unit else _named(found.rule, worth)
    return Term(found.value * (worth if unit else scale), rule, status, unit)


def _words(text: str, scale: int) -> Term | None:
    """Return the amount spelled out: « deux mille euros », « une vingtaine de k€ »."""
    if found := rounded(text):
        unit = _SINGLE.fullmatch(f"1 {found[1]}".strip())
        written, worth = _unit(unit) if unit else ("", None)
        if worth is None or unit is None:
            return None
        return Term(Decimal(found[0] * (worth if written else scale)), "round_number", "approximate", written)
    match = _SPELLED.fullmatch(text)
    value = spelled(match["words"]) if match else None
    if match is None or value is None:
        return None
    if value > 10**6 and 0 < value % 10**6 < 1_000:
        return Term(None, "millions_and_what", "ambiguous")
    unit_text, worth = _unit(match)
    return Term(Decimal(value * (worth if unit_text else scale)), "spelled_out", "exact", unit_text) if worth else None


def _unit(match: re.Match[str]) -> tuple[str, int | None]:
    """Return the unit as written and what it is worth in euros; no unit is worth one."""
    for position, (_, worth) in enumerate(_UNITS):
        if written := match[f"u{position}"]:
            return written, worth
    return "", 1


def _named(rule: str, worth: int) -> str:
    """Return the rule that read an amount: the unit it multiplied by, or how its digits are written."""
    return {1_000: "thousands_of_euros", 10**6: "millions_of_euros", 10**9: "billions_of_euros"}.get(worth, rule)


def _addable(terms: list[Term]) -> bool:
    """Return whether a sum is clear: `15 + 5 k€` may be 20 k€ or 5 015 €, `15 000 + 5 k€` may not."""
    scaled = any(term.unit_text.lower().startswith(("k", "m")) for term in terms)
    return not (scaled and any(not term.unit_text and abs(term.value or Decimal(0)) < 1_000 for term in terms))


def _not_money(text: str) -> Term | None:
    """Dates, shares, other currencies, sums asked for, figures in brackets (an aside, or an accountant's minus)."""
    if text.startswith("(") and text.endswith(")") and any(c.isdigit() for c in text):
        return Term(None, "brackets", "ambiguous")
    if any(c.isdigit() for c in text) and not_granted(text):
        return Term(None, "not_granted", "ambiguous")
    if re.fullmatch(r"- [0-9].*", text):
        return Term(None, "dash_or_minus", "ambiguous")
    for rule, pattern in (
        ("date", _DATE),
        ("other_currency", _OTHER_MONEY),
        ("share", re.compile(r"[^a-z]*[0-9] ?%.*")),
    ):
        if pattern.fullmatch(text):
            return Term(None, rule, "unreadable")
    return None


def _yes_or_no(text: str) -> Term | None:
    """A tick or « oui » in a column of amounts: there is one, unknown; « non »: the question does not apply."""
    if _TICKED.fullmatch(text):
        return Term(None, "ticked", "unknown")
    return Term(None, "answered_no", "not_applicable") if _REFUSED.fullmatch(text) else None


def _in_kind(text: str, single: Callable[[str], Term | None]) -> Term | None:
    """Support in kind has no amount; money beside it is stated and is then a part of the support only."""
    if not _IN_KIND.search(text):
        return None
    if not any(c.isdigit() for c in text):
        return Term(None, "in_kind", "unknown")
    sides = re.sub(r" et | avec ", " + ", text, count=1).split("+")
    money = [side.strip() for side in sides if any(c.isdigit() for c in side) and not _IN_KIND.search(side)]
    kinds = [side for side in sides if not any(c.isdigit() for c in side)]
    term = single(money[0]) if len(money) == 1 and len(money) + len(kinds) == len(sides) == 2 else None
    if term is None or term.value is None:
        return Term(None, "in_kind_and_figures", "ambiguous")
    return Term(term.value, "money_beside_kind", "approximate", term.unit_text)
