"""Shares between 0 and 1, staff in full-time equivalents, and plain counts. None of them is ever negative."""

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from functools import partial

from ptce_analysis.survey.parse import numbers
from ptce_analysis.survey.parse.numbers import Reader, Term, undecided
from ptce_analysis.survey.parse.words import Reading, any_of, chosen, doubtful

_PERCENT = re.compile(
    r"(?:a )?([-+]?[0-9.,][0-9 .,]*?|[a-z]+(?:[ -][a-z]+)*?) ?(?:%|pour ?cents?|pct|p\. ?100)"
    r"(?: (?:du (?:budget|total)(?: (?:total|global|annuel))?|d'auto-?financement|de fonds propres))?",
    re.I,
)
_FRACTION = re.compile(r"([0-9]{1,3}) ?[/⁄] ?([0-9]{1,3})|([0-9]{1,3}) sur ([0-9]{1,3})", re.I)


def share(text: str, unit_hint: str | None = None, three_digits: str = "") -> Reading:
    """Return the share, between 0 and 1, that a text states, or why it states none.

    `unit_hint`: what a bare number counts, `percent` or `share`. Without it, a bare number above 1 can only be per cent
    and one below 1 is taken as a share; 1 itself stays undecided (1 % or the whole).

    >>> [share(text).value for text in ("32 %", "0,32", "32", "1/4", "trois quarts", "1")]
    [0.32, 0.32, 0.32, 0.25, 0.75, None]
    >>> share("0,32", "percent").status, share("132 %").status
    ('ambiguous', 'unreadable')
    """
    single = partial(_share, unit_hint=unit_hint or "", three_digits=three_digits)
    return numbers.Grammar("share", single, bounds=(0, 1)).read(text)


def _share(text: str, unit_hint: str, three_digits: str) -> Term | None:
    """Return one share, written as a fraction, per cent, or as a bare number read with the unit of its column."""
    text = numbers.without_year(text)
    if term := _fraction(text):
        return term
    if match := _PERCENT.fullmatch(text):  # three decimals of a per cent are decimals
        found = _whole(match[1], three_digits or "decimals")
        return Term(found.value / 100, "percent", found.status, "%") if found and found.value is not None else found
    found = numbers.number(text, three_digits)
    if found is None or found.value is None:
        return found
    value = found.value
    if value == 1 if not unit_hint else (0 < value < 1 if unit_hint == "percent" else value > 1):
        return undecided("share_or_percent")
    per_cent = unit_hint == "percent" or value > 1
    return Term(value / 100 if per_cent else value, "bare_percent" if per_cent else "bare_share")


def _fraction(text: str) -> Term | None:
    """Return `1/3`, `⅓`, « un tiers », `3 sur 4`, or None. `50/50` and `30/40` are two numbers, `01/03` is a date."""
    words = unicodedata.normalize("NFKC", text) if len(text) == 1 else text.lower()
    if spelt := chosen("fraction", words):
        words = spelt[0]
    if match := _FRACTION.fullmatch(words):
        above, below = (int(part) for part in match.groups() if part)
        if above > below:
            return Term(None, "more_than_the_whole", "unreadable")
        if match[1] and (match[1][0] == "0" or (above > 9 and below != 100)):
            return undecided("fraction_or_two_numbers")
        return Term(Decimal(above) / below, "fraction", unit="/") if below else None
    return None


def _whole(text: str, three_digits: str) -> Term | None:
    """Return a number written in digits or words, « une vingtaine » among them."""
    value, around = numbers.spelled(text), numbers.rounded_words(text)
    if around and not around[1]:
        return Term(Decimal(around[0]), "round_number", "approximate")
    return numbers.number(text, three_digits) or (None if value is None else Term(Decimal(value), "spelled_out"))


_NUMBER, _FTE, _HEADS = any_of("number"), any_of("fte"), any_of("heads")
_POSTS = re.compile(
    rf"(?:(?P<number>{_NUMBER}) ?)?(?:d')?(?P<unit>{_FTE})(?P<half> et demi| 1/2| ?½)?\.?|etp ?:? ?(?P<after>[0-9].*)",
    re.I,
)
_PART_TIME = re.compile(
    r"(?:(?P<times>[0-9]{1,2}|[a-z]+) )?(?:(?:postes? (?:a )?)?mi[ -]temps|"
    r"(?P<part>[0-9]/[0-9]|trois[ -]quarts?|quarts?|tiers)(?:e|emes?)?"
    r"(?: |-)?(?:de |d'un |d')?(?:temps|etp)(?: plein)?|(?P<fifths>[0-9]/[0-9])(?:e|emes?)|"
    r"demi[ -](?:etp|poste|temps|equivalent temps plein))",
    re.I,
)
_PERCENT_OF_A_POST = re.compile(
    r"(?:a )?([0-9]{1,3}(?:[.,][0-9]+)?) ?%(?: ?(?:d'un |d'|de )?(?:etp|temps(?: plein)?|poste))?", re.I
)
_BOTH = re.compile(
    rf"{_NUMBER} ?{_HEADS} ?"
    rf"(?:\((?:soit |= ?)?(?P<inside>[^()]+)\)|(?:,|-|/|=|:)? ?(?:soit|pour|=) (?P<after>[^()]+))|"
    rf"(?P<first>.+?{_FTE})"
    rf"(?: ?\( ?(?:soit )?{_NUMBER} ?{_HEADS} ?\)| (?:pour|sur|repartis? (?:sur|entre)) {_NUMBER} ?{_HEADS})|"
    rf"[0-9]{{1,3}} ?\((?P<stated>[^()]*{_FTE})\)",
    re.I,
)
# How much of a whole time each of several people works.
_EACH_AT = re.compile(
    rf"(?P<times>[0-9]{{1,2}}|[a-z]+) {_HEADS},? ?(?:a |en )?"
    rf"(?P<each>{any_of('whole_time')}|mi[ -]temps|[0-9]{{1,3}} ?%|(?<=\ba )[1-4]/[2-5])",
    re.I,
)
# Assumption: volunteers, trainees and civic service are not staff; the figure beside them is kept as approximate.
# Source: French labour law (a civic service is no employment). If wrong: the codebook decides, spelling by spelling.
_BESIDE = re.compile(rf"(?P<staff>.+?) ?\(? ?(?:\+|,(?![0-9])| et | avec |\bplus\b) ?{any_of('volunteers')}\)?", re.I)


def staff(text: str, unit_hint: str | None = None, three_digits: str = "") -> Reading:  # noqa: ARG001 (one signature)
    """Return the full-time equivalents that a text states, or why it states none. People are not full-time equivalents.

    >>> [staff(text).value for text in ("1,75", "1/2", "80 %", "2 pers. (1,6 ETP)", "mi-temps", "2 personnes")]
    [1.75, 0.5, 0.8, 1.6, 0.5, None]
    >>> staff("1 ETP + 1 service civique").status
    'approximate'
    """
    single = partial(_posts, three_digits=three_digits)
    before: tuple[Reader, ...] = (numbers.said("nobody_paid"), partial(_beside_heads, single=single))
    return numbers.Grammar("fte", single, before, (numbers.said("not_fte"),), r"\+| et | plus ", _addable).read(text)


def _posts(text: str, three_digits: str) -> Term | None:
    """Return one quantity of staff: a number, a fraction, a percentage or a part-time post."""
    text = numbers.without_year(text)
    if match := _PERCENT_OF_A_POST.fullmatch(text):  # nobody works less than a hundredth of a post: `0,8 %` may be 0.8
        percent = Decimal(match[1].replace(",", "."))
        return undecided("share_or_percent") if 0 < percent < 1 else Term(percent / 100, "percent_of_a_post", unit="%")
    if match := _PART_TIME.fullmatch(text):  # « mi-temps », « 2 mi-temps », « 3/4 temps »
        times, part = numbers.spelled(match["times"] or "1"), match["part"] or match["fifths"]
        if part and "/" in part and match["times"] and "temps" not in text.lower():  # `1 1/2 ETP`: 1.5, or 0.5
            return undecided("number_and_fraction")
        of_one = _fraction(part.replace("-", " ") if part else "1/2")
        if times is None or times >= 100 or of_one is None or of_one.value is None:
            return None
        return Term(times * of_one.value, "part_time", unit="temps")
    match = _POSTS.fullmatch(text)
    written = match["number"] or match["after"] or "1" if match else text
    if match is None and numbers.A_YEAR.fullmatch(written):
        return undecided("number_or_year")
    term = _whole(written.strip(), three_digits) or _fraction(written)
    if match is None or term is None or term.value is None:
        return term
    if match["half"] and term.value % 1:
        return undecided("half_of_what")
    return Term(term.value + Decimal("0.5") * bool(match["half"]), "fte_stated", term.status, match["unit"] or "ETP")


def _beside_heads(text: str, single: Reader) -> Term | None:
    """`2 pers. (1,6 ETP)`, `2 salariés à 80 %`, `1 ETP + 1 stagiaire`: the staff is stated beside people."""
    if each := _EACH_AT.fullmatch(text):
        times, part = numbers.spelled(each["times"]), single(each["each"])
        return Term(times * part.value, "part_time") if times and part and part.value is not None else None
    if match := _BOTH.fullmatch(text):
        term = single(next(filter(None, match.groups())).strip())
        return term if term and term.rule in ("fte_stated", "part_time", "percent_of_a_post") else None
    match = _BESIDE.fullmatch(text)
    term = single(match["staff"].strip()) if match else None
    return Term(term.value, "volunteers_not_counted", "approximate") if term and term.value is not None else None


def _addable(terms: Sequence[Term], text: str) -> bool:
    """Return whether a sum is clear: `2 et 3` or `1 et 2 ETP` may be two answers, « un mi-temps et demi » a quarter."""
    first, last = terms[0], terms[-1]
    if last.rule == "fraction":
        return first.rule != "part_time" and (first.value or 0) % 1 == 0
    return " et " not in text.lower() or bool(first.unit) or bool(last.unit and last.rule != "fte_stated")


# The thing counted may be named; a word that changes the number (thousands, "per", "of which") may not be there.
_OTHER_THING = re.compile(rf"(?:.* )?(?:{_FTE}|heures?|h|jours?|mois|semaines?|{any_of('unpaid')})", re.I)
_COUNTED = re.compile(
    r"(?P<number>[-+]?[0-9.,][0-9 .,']*?)(?: ?(?P<thing>(?!(?:k|m|e|ere?|n?de?|i?emes?|aines?)\b|mill|cents?\b|demi\b|"
    r".*\b(?:par|dont|sur|fois|ou|et|chacune?s?)\b)[a-z][a-z' ()-]*))?",
    re.I,
)
# « un certain nombre », « une partie des membres »: an article, not a one.
_VAGUE = re.compile(rf"\b{any_of('vague')}\b", re.I)


def count(text: str, unit_hint: str | None = None, three_digits: str = "") -> Reading:  # noqa: ARG001 (one signature)
    """Return the whole number that a text states, with or without the thing counted, or why it states none.

    >>> [count(text).value for text in ("14", "1 200 salariés", "une vingtaine", "douze", "3,5", "2014")]
    [14, 1200, 20, 12, None, None]
    """
    return numbers.Grammar("count", partial(_counted, three_digits=three_digits)).read(text)


def _counted(text: str, three_digits: str) -> Term | None:
    """Return one whole number; a thing with a fraction is not a count."""
    if found := numbers.rounded_words(text):
        return Term(Decimal(found[0]), "round_number", "approximate")
    text = numbers.without_year(text)
    start = numbers.spelled_start(text)
    match = _COUNTED.fullmatch("1" + text[len(start) :] if start else text)
    if match is None:
        return None
    written, thing = start or match["number"], match["thing"] or ""
    if not thing and numbers.A_YEAR.fullmatch(written):
        return undecided("number_or_year")
    if _OTHER_THING.fullmatch(thing) or doubtful(thing):
        return undecided("another_thing_counted")
    # Another number beside it changes it; « un » is an article, « neuf » is new.
    words = [word for word in re.split("[ '-]", thing.lower()) if word not in ("un", "une", "neuf", "neufs")]
    if any(numbers.spelled(word) is not None or numbers.rounded_words(f"2 {word}") for word in words):
        return None
    if start.lower() in ("un", "une") and _VAGUE.search(thing):
        return undecided("vague_number")
    term = _whole(written, three_digits)
    fraction = term is not None and term.value is not None and term.value % 1
    return Term(None, "not_whole", "unreadable") if fraction else term
