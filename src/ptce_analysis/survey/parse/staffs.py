"""Staff in full-time equivalents, and plain counts."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import partial

from ptce_analysis.survey.parse.asides import doubtful, without_year
from ptce_analysis.survey.parse.forms import Kind, Rule, Term, understand
from ptce_analysis.survey.parse.numbers import counts, number, rounded, spelled
from ptce_analysis.survey.parse.reading import Reading
from ptce_analysis.survey.parse.shares import fraction

_NUMBER = r"[-+]?[0-9.,][0-9 .,']*|[0-9]{1,3} ?[/⁄] ?[0-9]{1,3}|[½⅓⅔¼¾]|[a-z]+(?:[ -][a-z]+)*?"
_WHOLE_TIME = r"temps[ -](?:pleins?|complets?)|pleins?[ -]temps"
_FTE = (
    rf"e\.?t\.?p\.?t?\.?|(?:equivalents?|equiv\.?|eq\.?)[ -](?:{_WHOLE_TIME})|(?:postes? (?:a |en ))?(?:{_WHOLE_TIME})"
)
_POSTS = re.compile(
    rf"(?:(?P<number>{_NUMBER}) ?)?(?:d')?(?P<unit>{_FTE})(?P<half> et demi| 1/2| ?½)?\.?|etp ?:? ?(?P<after>[0-9].*)",
    re.I,
)
_PART = (
    r"(?:postes? (?:a )?)?(?P<half>mi[ -]temps)|(?P<part>[0-9]/[0-9]|trois[ -]quarts?|quarts?|tiers)(?:e|emes?)?"
    r"(?: |-)?(?:de |d'un |d')?(?:temps|etp)(?: plein)?|(?P<fifths>[0-9]/[0-9])(?:e|emes?)|"
    r"(?P<demi>demi)[ -](?:etp|poste|temps|equivalent temps plein)"
)
_PART_TIME = re.compile(rf"(?:(?P<times>[0-9]{{1,2}}|[a-z]+) )?(?:{_PART})", re.I)
_PERCENT = re.compile(
    r"(?:a )?([0-9]{1,3}(?:[.,][0-9]+)?) ?%(?: ?(?:d'un |d'|de )?(?:etp|temps(?: plein)?|poste))?", re.I
)
_HEADS = (
    r"(?:pers\.?|personnes?|salarie(?:e?s?|\(e\)s?|\.e\.s)|postes?|emplois?|permanents?(?:es)?|agents?|"
    r"animateurs?|animatrices?|charge(?:e?s?) de (?:mission|developpement|projet)|contrats?(?: aides?)?|cae|cui|"
    r"emplois? d'avenir|hommes?|femmes?|coordinateurs?|coordinatrices?|cdi|cdd|employe(?:e?s?))"
)
_ONLY_HEADS = re.compile(rf"(?:{_NUMBER}) ?{_HEADS}(?: [a-z' -]+)?", re.I)
_BOTH = re.compile(
    rf"(?:{_NUMBER}) ?{_HEADS} ?"
    rf"(?:\((?:soit |= ?)?(?P<inside>[^()]+)\)|(?:,|-|/|=|:)? ?(?:soit|pour|=) (?P<after>[^()]+))|"
    rf"(?P<first>.+?{_FTE})"
    rf"(?: ?\( ?(?:soit )?(?:{_NUMBER}) ?{_HEADS} ?\)| (?:pour|sur|repartis? (?:sur|entre)) (?:{_NUMBER}) ?{_HEADS})|"
    rf"[0-9]{{1,3}} ?\((?P<stated>[^()]*{_FTE})\)",
    re.I,
)
# How much of a whole time each of several people works.
_EACH_AT = re.compile(
    rf"(?P<times>[0-9]{{1,2}}|[a-z]+) {_HEADS},? ?(?:a |en )?(?P<each>{_WHOLE_TIME}|mi[ -]temps|[0-9]{{1,3}} ?%|"
    rf"(?<=\ba )[1-4]/[2-5])",
    re.I,
)
_UNPAID = (
    r"services? civiques?|volontaires?(?: en service civique)?|vsc|stagiaires?|stages?|benevoles?|benevolat|"
    r"apprenti(?:e?s?)|alternant(?:e?s?)|mecenat de competences?"
)
_VOLUNTEERS = rf"(?:[0-9]+|un|une|deux|trois|quatre|des|quelques|que des)? ?(?:{_UNPAID})"
_BESIDE = re.compile(rf"(?P<staff>.+?) ?\(? ?(?:\+|,(?![0-9])| et | avec |\bplus\b) ?{_VOLUNTEERS}\)?", re.I)
_HOURS = re.compile(
    r"[0-9]{1,4}(?:[.,][0-9]+)? ?h(?:eures?|[0-9]{2})?(?: ?(?:/|par) ?(?:semaine|sem\.?|mois|an))?|"
    r"(?:[0-9]{1,3}(?:[.,][0-9]+)?|[a-z]+) ?jours?(?: ?(?:/|par) ?(?:semaine|sem\.?|mois|an))?",
    re.I,
)
_NO_STAFF = re.compile(r"(?:pas|aucune?|0|zero) (?:de )?(?:salarie|etp|personnel|permanent|emploi).*", re.I)
# The thing counted may be named; a word that changes the number (thousands, "per", "of which") may not be there.
_OTHER_THING = rf"(?:.* )?(?:{_FTE}|heures?|h|jours?|mois|semaines?|{_UNPAID})"
_COUNTED = re.compile(
    r"(?P<number>[-+]?[0-9.,][0-9 .,']*?|[a-z]+(?:[ -][a-z]+)*?)"
    r"(?: ?(?P<thing>(?!(?:k|m|e|ere?|n?de?|i?emes?|aines?)\b|mill|cents?\b|demi\b|.*\b(?:par|dont|sur|fois|ou|et|"
    r"chacune?s?)\b)[a-z][a-z' ()-]*))?",
    re.I,
)

# « un certain nombre », « une partie des membres »: an article, not a one.
_VAGUE = re.compile(
    r"\b(?:nombre|peu|partie|part|multitude|majorite|minorite|moitie|tiers|quart|poignee|paire|couple|serie|ensemble|"
    r"equipe|reseau|groupe\w*|collectif|tas|certaine?s?)\b",
    re.I,
)


def staff(text: str, unit_hint: str | None = None, three_digits: str = "") -> Reading:  # noqa: ARG001 (one signature)
    """Return the full-time equivalents that a text states, or why it states none. People are not full-time equivalents.

    >>> [staff(text).value for text in ("1,75", "1/2", "80 %", "2 pers. (1,6 ETP)", "mi-temps", "2 personnes")]
    [1.75, 0.5, 0.8, 1.6, 0.5, None]
    >>> staff("1 ETP + 1 service civique").status
    'approximate'
    """
    single = partial(_posts, three_digits=three_digits)
    before: tuple[Rule, ...] = (
        _no_staff,
        partial(_heads_and_posts, single=single),
        partial(_beside, single=single),
        partial(_joined, single=single),
    )
    return understand(text, Kind("fte", single, before, (_only_heads,), plus=r"\+| et | plus "))


def count(text: str, unit_hint: str | None = None, three_digits: str = "") -> Reading:  # noqa: ARG001 (one signature)
    """Return the whole number that a text states, with or without the thing counted, or why it states none.

    >>> [count(text).value for text in ("14", "1 200 salariés", "une vingtaine", "douze", "3,5")]
    [14, 1200, 20, 12, None]
    """
    return understand(text, Kind("count", partial(_counted, three_digits=three_digits)))


def _posts(text: str, three_digits: str) -> Term | None:
    """Return one quantity of staff: a number, a fraction, a percentage or a part-time post."""
    text = without_year(text)
    if match := _PERCENT.fullmatch(text):
        return _percent_of_a_post(Decimal(match[1].replace(",", ".")))
    if match := _PART_TIME.fullmatch(text):
        return _part_time(match)
    match = _POSTS.fullmatch(text)
    term = _quantity(match["number"] or match["after"] or "1", three_digits) if match else _quantity(text, three_digits)
    if match is None or term is None or term.value is None:
        return term
    if match["half"] and term.value != term.value.to_integral_value():
        return Term(None, "half_of_what", "ambiguous")
    half = Decimal("0.5") if match["half"] else 0
    return Term(term.value + half, "fte_stated", term.status, match["unit"] or "ETP")


def _quantity(text: str, three_digits: str) -> Term | None:
    """Return a number written in digits, words, or as a fraction."""
    text = text.strip()
    if found := number(text, three_digits):
        return Term(found.value, found.rule, "exact" if found.value is not None else "ambiguous")
    if (around := rounded(text)) and not around[1]:
        return Term(Decimal(around[0]), "round_number", "approximate")
    value = spelled(text)
    return Term(Decimal(value), "spelled_out") if value is not None else fraction(text)


def _percent_of_a_post(percent: Decimal) -> Term:
    """Return `80 %` of a post; nobody works less than a hundredth of one, `0,8 %` may be 0.8 of it."""
    if 0 < percent < 1:
        return Term(None, "share_or_percent", "ambiguous")
    return Term(percent / 100, "percent_of_a_post", unit_text="%")


def _part_time(match: re.Match[str]) -> Term | None:
    """Return « mi-temps », « 2 mi-temps », « 3/4 temps » in full-time equivalents."""
    written = match["times"] or "1"
    times = int(written) if written.isdigit() else spelled(written)
    share = match["part"] or match["fifths"]
    if share and "/" in share and match["times"] and "temps" not in match[0].lower():  # `1 1/2 ETP`: 1.5, or 0.5
        return Term(None, "number_and_fraction", "ambiguous")
    part = _fraction_value(share.replace("-", " ")) if share else Decimal("0.5")
    return (
        Term(times * part, "part_time", unit_text="temps")
        if times is not None and times < 100 and part is not None
        else None
    )


def _fraction_value(text: str) -> Decimal | None:
    term = fraction(text)
    return term.value if term else None


def _no_staff(text: str) -> Term | None:
    """« pas de salarié » declares nobody."""
    return Term(Decimal(0), "nothing_declared") if _NO_STAFF.fullmatch(text) else None


def _heads_and_posts(text: str, single: Callable[[str], Term | None]) -> Term | None:
    """`2 pers. (1,6 ETP)`, `2 salariés à 80 %`: the full-time equivalents are stated beside the heads."""
    if each := _EACH_AT.fullmatch(text):
        times = int(each["times"]) if each["times"].isdigit() else spelled(each["times"])
        part = single(each["each"])
        return Term(times * part.value, "part_time") if times and part and part.value is not None else None
    match = _BOTH.fullmatch(text)
    said = next(filter(None, match.groupdict().values())) if match else ""
    term = single(said.strip()) if said else None
    return term if term and term.rule in ("fte_stated", "part_time", "percent_of_a_post") else None


def _beside(text: str, single: Callable[[str], Term | None]) -> Term | None:
    """`1 ETP + 1 service civique`: the staff is stated, the volunteers are not counted."""
    # Assumption: volunteers, trainees and civic service are not staff; the figure beside them is kept as approximate.
    # Source: French labour law (a civic service is no employment). If wrong: the codebook decides, by spelling.
    if re.fullmatch(_VOLUNTEERS, text, re.I):
        return Term(None, "volunteers_only", "ambiguous")
    match = _BESIDE.fullmatch(text)
    term = single(match["staff"].strip()) if match else None
    return Term(term.value, "volunteers_not_counted", "approximate") if term and term.value is not None else None


def _joined(text: str, single: Callable[[str], Term | None]) -> Term | None:
    """`2 et 3`, `1 et 2 ETP`, « un mi-temps et demi »: joined by « et », numbers are a sum or two answers."""
    parts = text.split(" et ")
    terms = [single(part.strip()) for part in parts]
    first, last = terms[0], terms[-1]
    if len(parts) != 2 or first is None or last is None or first.value is None or single(text):
        return None
    if last.rule == "fraction":
        whole = first.value == first.value.to_integral_value() and first.rule != "part_time"
        return None if whole else Term(None, "half_of_what", "ambiguous")
    alike = not first.unit_text and (not last.unit_text or last.rule == "fte_stated")
    return Term(None, "several_values", "ambiguous") if alike else None


def _only_heads(text: str) -> Term | None:
    """`2 personnes`, `35 h`: a number is stated, but not of full-time equivalents."""
    if _HOURS.fullmatch(text):
        return Term(None, "hours", "ambiguous")
    if _ONLY_HEADS.fullmatch(text):
        return Term(None, "heads_not_fte", "ambiguous")
    return Term(None, "part_time_unsaid", "ambiguous") if re.search(r"temps partiel", text, re.I) else None


def _counted(text: str, three_digits: str) -> Term | None:
    """Return one whole number; a thing with a fraction is not a count."""
    if found := rounded(text):
        return Term(Decimal(found[0]), "round_number", "approximate")
    text = without_year(text)
    n_words = len(_spelled_start(text))
    match = _COUNTED.fullmatch("1" + text[n_words:] if n_words else text)
    thing = match["thing"] or "" if match else ""
    if re.fullmatch(_OTHER_THING, thing, re.I) or doubtful(thing):
        return Term(None, "another_thing_counted", "ambiguous")
    if match is None or any(map(counts, re.split("[ '-]", thing))):
        return None
    if text[:n_words].lower() in ("un", "une") and _VAGUE.search(thing):
        return Term(None, "vague_number", "ambiguous")
    term = _quantity(text[:n_words] or match["number"], three_digits)
    if term is None or term.value is None:
        return term
    return term if term.value == term.value.to_integral_value() else Term(None, "not_whole", "unreadable")


def _spelled_start(text: str) -> str:
    """Return the longest start of a text that spells one number: « cent vingt » of « cent vingt salariés »."""
    ends = [match.start() for match in re.finditer(r" |$", text)]
    return next((text[:end] for end in reversed(ends) if spelled(text[:end]) is not None), "")
