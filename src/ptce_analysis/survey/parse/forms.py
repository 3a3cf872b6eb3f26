"""The grammar every written quantity shares: silences, approximations, bounds, ranges, products and sums.

A kind of answer (amount, share, staff, count) brings only the reader of one term; everything around a term is read
here, by a tuple of named rules tried in order.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import cast

from ptce_analysis.survey.parse.asides import several_years
from ptce_analysis.survey.parse.reading import Reading, simple
from ptce_analysis.survey.parse.silences import machine_text, silence
from ptce_analysis.survey.parse.wording import bare

LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Term:
    """One quantity: its value (None when it cannot be stated), status, rule, and the unit as written."""

    value: Decimal | None
    rule: str
    status: str = "exact"
    unit_text: str = ""
    low: Decimal | None = None
    high: Decimal | None = None


Rule = Callable[[str], Term | None]


@dataclass(frozen=True)
class Kind:
    """A kind of answer: its unit, the reader of one term, its own rules before and after the shared ones."""

    unit: str
    single: Rule
    before: tuple[Rule, ...] = ()
    after: tuple[Rule, ...] = ()
    addable: Callable[[list[Term]], bool] = lambda _: True
    plus: str = r"\+"


_ABOUT = (
    r"(?:(?:environs?|env\.?|approximativement|approx\.?|a peu pres|autour de|aux alentours de|pres de|presque|"
    r"quelques?|"
    r"plus ou moins|estime a|estimation ?:?|ca\.?|circa|quasi(?:ment)?|de l'ordre de)(?![a-z])|~|≈|±|\+/-)"
)
_ABOUT_AFTER = (
    r"(?:\(? ?(?:env\.?|environ|approx\.?|estimations?|estime(?:e?s?)|estimatif|previsionnel(?:le)?s?|prevu(?:e?s?)|"
    r"prev\.?|a confirmer|"
    r"a peu pres|\?+) ?\)?)"
)
_APPROXIMATE = re.compile(rf"{_ABOUT} ?(?P<before>.+)|(?P<after>.+?) ?{_ABOUT_AFTER}", re.I)
_BELOW = (
    r"<=?|≤|(?:un peu )?moins (?:de |d')|- (?:de |d')|pas plus (?:de |d')|au plus|max(?:imum|i|\.)?|jusqu'a|"
    r"inferieure? a"
)
_ABOVE = r">=?|≥|(?:un peu )?plus (?:de |d')|\+ (?:de |d')|au moins|min(?:imum|i|\.)?|superieure? a|a partir de"
_BOUND = re.compile(
    rf"(?:(?P<below>{_BELOW})|(?P<above>{_ABOVE})) ?:? ?(?P<term>.+)|"
    r"(?P<term2>.+?)(?: (?:(?P<below2>max(?:imum|i|\.)?|au plus|ou moins)|(?P<above2>min(?:imum|i|\.)?|au moins|"
    r"et plus|ou plus))|(?P<above3>(?<=[0-9])\+))",
    re.I,
)
_BETWEEN = re.compile(
    r"(?:entre|de) (?P<low>.+?) (?:et|a|-) (?P<high>.+)|(?P<low2>[^-]+?) ?(?:-| a ) ?(?P<high2>[^-]+)", re.I
)
_IN_BRACKETS = re.compile(r"\[ ?(?P<low>[^];-]+?) ?[;-] ?(?P<high>[^];-]+?) ?\]")
_SEVERAL = re.compile(r"( ou | / |(?<=[0-9kK€])/(?=[0-9]{2})| et | puis | ?; ?|, )", re.I)
_TWICE = re.compile(
    r"(?P<one>[^()=]+?) ?(?:\((?:soit |= ?|total ?:? ?)?(?P<two>[^()]+)\)|,? ?(?:=|soit |"
    r"c'est-a-dire )(?P<three>[^()=]+))",
    re.I,
)
_OF_WHICH = re.compile(r"[^()]*[0-9][^()]*?,? ?\(?\bdont .+", re.I)
_QUOTED = re.compile(r"[\"«“] ?([^\"«»“”]+?) ?[\"»”]")
_PRODUCT = re.compile(
    r"(?P<times>[0-9]{1,3}) ?(?:x|\*|×|fois) ?(?P<term>.+)|(?P<term2>.+?) ?(?:x|\*|×) ?(?P<times2>[0-9]{1,3})", re.I
)


def understand(text: str, kind: Kind) -> Reading:
    """Return the reading of a written quantity of one kind; the first rule that understands it answers."""
    written = _unquoted(bare(text))
    if len(written) > LONGEST_TEXT:
        return Reading(text, None, None, "unreadable", "too_long")
    term = _machine(written) or _silent(written) or _quantity(written, kind)
    return _reading(text, kind.unit, term or Term(None, "no_rule", "unreadable"))


def _unquoted(text: str) -> str:
    """Return a text without the quotes around it or the mark that ends it."""
    match = _QUOTED.fullmatch(text)
    return (match[1] if match else text).rstrip(";, ")


def _reading(text: str, unit: str, term: Term) -> Reading:
    """Return the public record of a term; a zero is a status of its own."""
    status = "zero" if term.value == 0 and term.status == "exact" else term.status
    value = None if term.value is None else simple(term.value)
    low, high = (None if bound is None else float(bound) for bound in (term.low, term.high))
    stated = value is not None or low is not None or high is not None
    return Reading(text, value, unit if stated else None, status, term.rule, low, high)


def _machine(text: str) -> Term | None:
    rule = machine_text(text)
    return Term(None, rule, "unreadable") if rule else None


def _silent(text: str) -> Term | None:
    found = silence(text)
    if found is None:
        return None
    return Term(Decimal(0), found[1]) if found[0] == "zero" else Term(None, found[1], found[0])


def _quantity(text: str, kind: Kind) -> Term | None:
    """Return what the first of the kind's rules and the shared rules makes of a text that is not a silence."""
    shared = (_of_several_years, _approximate, _bound, _between, _total, _stated_twice, _of_which)
    own = [cast("Rule", partial(rule, kind=kind)) for rule in (*shared, _several)]
    for rule in (*kind.before, *own[:-1], *kind.after, own[-1]):
        if term := rule(text):
            return term
    return None


def _of_several_years(text: str, kind: Kind) -> Term | None:  # noqa: ARG001 (one signature)
    """`1 ETP en 2014 et 2 en 2015`: neither their sum nor one of them is the answer."""
    return Term(None, "several_years", "ambiguous") if several_years(text) else None


def _inner(text: str, kind: Kind) -> Term | None:
    """Return a sum, a product or a single term: what may stand beside an approximation or inside a range."""
    return _between(text, kind) or _total(text, kind)


def _approximate(text: str, kind: Kind) -> Term | None:
    """`env. 30 000`, `~30k`, `30 000 ?`: the number is stated, and so is that it is not exact."""
    match = _APPROXIMATE.fullmatch(text)
    term = _inner(match["before"] or match["after"], kind) if match else None
    if term is None or term.status != "exact":
        return term
    return Term(term.value, "approximate", "approximate", term.unit_text)


def _bound(text: str, kind: Kind) -> Term | None:
    """`< 10 000`, `plus de 50 k€`, `15 000 maximum`: one bound, no value."""
    match = _BOUND.fullmatch(text)
    term = _total(match["term"] or match["term2"], kind) if match else None
    if match is None or term is None or term.value is None:
        return None
    upper = match["below"] or match["below2"]
    return Term(None, "bound", "range", low=None if upper else term.value, high=term.value if upper else None)


def _between(text: str, kind: Kind) -> Term | None:
    """`10-15 k€`, `entre 10 et 15 k€`: two bounds; the unit of the second serves both where the order allows."""
    bracketed = _IN_BRACKETS.fullmatch(text)
    match = _BETWEEN.fullmatch(f"entre {bracketed['low']} et {bracketed['high']}" if bracketed else text)
    hyphen = match and match["low2"] and " a " not in text and not any(c.isdigit() for c in text)
    if not match or (hyphen and kind.single(text)):  # « vingt-cinq mille » is one number
        return None
    low, high = (kind.single((match[name] or match[name + "2"]).strip()) for name in ("low", "high"))
    if low is None or high is None or low.value is None or high.value is None:
        return None
    shared = kind.single(f"{(match['low'] or match['low2']).strip()} {high.unit_text}") if not low.unit_text else None
    if shared is not None and shared.value is not None and shared.value <= high.value:
        low = shared
    if low.value is None or low.value > high.value:
        return Term(None, "difference_or_range", "ambiguous")
    return Term(None, "between", "range", low=low.value, high=high.value)


def _several(text: str, kind: Kind) -> Term | None:
    """`10 000 ou 15 000`, `10 000 et 15 000`, `10/15 k€`: several values are given, none of them alone."""
    parts = _SEVERAL.split(text)
    if len(parts) < 3 or not all(_approximate(part, kind) or _total(part, kind) for part in parts[::2]):
        return None
    offered = any(mark.strip().lower() in ("ou", "/") for mark in parts[1::2])
    return Term(None, "alternatives" if offered else "several_values", "ambiguous")


def _stated_twice(text: str, kind: Kind) -> Term | None:
    """`15 000 + 5 000 = 20 000`, `150 000 € (cent cinquante mille)`: one value said twice, or two that differ."""
    match = _TWICE.fullmatch(text)
    sides = [match["one"], match["two"] or match["three"]] if match else []
    one, two = [_silent(side.strip()) or _total(side.strip(), kind) for side in sides] or (None, None)
    if one is None or two is None or one.value is None or two.value is None:
        return None
    return one if one.value == two.value else Term(None, "two_values", "ambiguous")


def _of_which(text: str, kind: Kind) -> Term | None:  # noqa: ARG001 (one signature)
    """`20 000 dont 5 000 de FSE`: whether the part belongs to the answer is not said."""
    return Term(None, "of_which", "ambiguous") if _OF_WHICH.fullmatch(text) else None


def _total(text: str, kind: Kind) -> Term | None:
    """`15 000 + 5 000`: the sum of terms that can all be stated; one term is the simplest sum."""
    first = _term(text, kind)
    parts = [part.strip() for part in re.split(kind.plus, text[1:], flags=re.I)]
    if first is not None or len(parts) == 1:
        return first
    terms = [_term(part, kind) for part in (text[0] + parts[0], *parts[1:])]
    read = [term for term in terms if term is not None]
    if len(read) < len(terms):
        return None
    if any(term.value is None for term in read) or not kind.addable(read):
        return Term(None, "sum_of_unlike_terms", "ambiguous")
    status = "exact" if all(term.status == "exact" for term in read) else "approximate"
    return Term(sum((term.value for term in read if term.value is not None), Decimal(0)), "sum", status)


def _term(text: str, kind: Kind) -> Term | None:
    """Return a single term, or a product of a small whole number and one."""
    if term := kind.single(text):
        return term
    match = _PRODUCT.fullmatch(text)
    term = kind.single(match["term"] or match["term2"]) if match else None
    if match is None or term is None or term.value is None:
        return term
    return Term(term.value * int(match["times"] or match["times2"]), "product", term.status, term.unit_text)
