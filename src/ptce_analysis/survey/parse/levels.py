"""The level, or levels, of the collectivities a cell names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache

from ptce_analysis.survey.parse import level_names as names
from ptce_analysis.survey.parse.asides import doubtful
from ptce_analysis.survey.parse.places import PLACES, part_of_a_region, place_name
from ptce_analysis.survey.parse.reading import Reading
from ptce_analysis.survey.parse.silences import machine_text, silence
from ptce_analysis.survey.parse.wording import bare, misspelt, plain
from ptce_analysis.vocabulary import LEVELS

_LONGEST = 500
_ARTICLE = re.compile(r"^(?:(?:la|le|les|notre|nos|ma|une?|des|du) |l'|[-*•·] ?)")
_FOR_SURE = ("exact", "approximate")
Decisions = Mapping[str, str]


def level(text: str, wave: int | None = None, decisions: Decisions | None = None) -> Reading:
    """Return the level a cell names, a tuple in the study's order when it names several, or why none is stated.

    `wave` dates names that changed hands; `decisions` gives the codebook's reading of a spelling (plain text -> level).
    One doubtful part makes the whole cell doubtful: see `level_parts` for what the others say.

    >>> [level(text).value for text in ("CG 93", "Région + interco", "Gironde", "CDC", "CdC")]
    ['departement', ('epci', 'region'), 'departement', None, 'epci']
    """
    return together(text, level_parts(text, wave, decisions))


def together(text: str, parts: list[Reading]) -> Reading:
    """Return the reading of a cell from those of the collectivities it names; one doubtful part makes it doubtful."""
    doubtful = [part for part in parts if part.status not in _FOR_SURE]
    if len(parts) == 1:
        return Reading(text, parts[0].value, None, parts[0].status, parts[0].rule)
    if doubtful:
        status = "unreadable" if all(part.status == "unreadable" for part in doubtful) else "ambiguous"
        return Reading(text, None, None, status, doubtful[0].rule)
    found = in_order(code for part in parts for code in codes(part))
    status = "approximate" if any(part.status == "approximate" for part in parts) else "exact"
    if len(found) == 1:
        return Reading(text, found[0], None, status, parts[0].rule)
    return Reading(text, found, None, status, "several_levels")


def level_parts(text: str, wave: int | None = None, decisions: Decisions | None = None) -> list[Reading]:
    """Return one reading for each collectivity a cell names.

    >>> [(part.text, part.value) for part in level_parts("Région, CDC et mairie")]
    [('Région', 'region'), ('CDC', None), ('mairie', 'commune')]
    """
    if len(text) > _LONGEST:
        return [Reading(text, None, None, "unreadable", "too_long")]
    chosen = decisions or {}
    whole = _decided(text, chosen) or _quiet(text)
    if whole:
        return [whole]
    parts = [part for part in _outside_brackets(text, r"[\n;,+/•|·]") if part.strip(" .")]
    return [reading for part in parts for reading in _split_softly(part.strip(), wave, chosen)] or [_unread(text)]


def codes(reading: Reading) -> tuple[str, ...]:
    """Return the levels of a reading as a tuple, empty when it states none."""
    if isinstance(reading.value, tuple):
        return reading.value
    return (str(reading.value),) if reading.value is not None else ()


def in_order(found: Iterable[str]) -> tuple[str, ...]:
    """Return levels once each, in the study's order."""
    present = set(found)
    return tuple(code for code in LEVELS if code in present)


def _decided(text: str, decisions: Decisions) -> Reading | None:
    """Return what the codebook decides for this spelling."""
    chosen = decisions.get(plain(text))
    if chosen is None:
        return None
    found = in_order(re.split(r"[ ,+;]+", chosen))
    return Reading(text, found[0] if len(found) == 1 else found, None, "exact", "codebook_decision") if found else None


def _quiet(text: str) -> Reading | None:
    """Return the reading of a cell that names nobody, or that only a spreadsheet writes."""
    if rule := machine_text(bare(text)):
        return Reading(text, None, None, "unreadable", rule)
    found = silence(bare(text))
    return Reading(text, None, None, *found) if found else None


def _outside_brackets(text: str, separator: str) -> list[str]:
    """Return the parts of a text, a separator inside brackets not counting."""
    parts, depth, last = [], 0, 0
    for match in re.finditer(rf"[()]|{separator}", text):
        depth = max(0, depth + {"(": 1, ")": -1}.get(match[0], 0))
        if depth == 0 and match[0] not in "()":
            parts.append(text[last : match.start()])
            last = match.end()
    return [*parts, text[last:]]


def _split_softly(text: str, wave: int | None, decisions: Decisions) -> list[Reading]:
    """Return the readings of « X et Y »: two collectivities only if both are readable and the whole is not one name.

    A word said once may open both: « conseil général et régional ».
    """
    whole = _decided(text, decisions) or _quiet(text) or _one(text, wave)
    if plain(text) in PLACES or place_name(text) in PLACES or whole.rule == "codebook_decision":
        return [whole]
    pieces = _outside_brackets(text, " (?:et|&|ainsi que|puis|-) (?:de |du |la |le |l')?")
    named = [piece.strip() for piece in pieces if piece.strip()]
    parts = [_decided(piece, decisions) or _one(piece, wave) for piece in named]
    opened = [_one(f"{named[0].split()[0]} {piece}", wave) for piece in named]
    parts = [again if one.status == "unreadable" else one for one, again in zip(parts, opened, strict=True)]
    known = all(part.status in (*_FOR_SURE, "ambiguous") for part in parts)
    sure = all(part.status in _FOR_SURE for part in (whole, *parts))
    same = sure and {code for part in parts for code in codes(part)} == set(codes(whole))
    return parts if len(parts) > 1 and known and not same else [whole]


def _one(text: str, wave: int | None) -> Reading:
    """Return the reading of one collectivity, its aside in brackets set apart."""
    match = re.fullmatch(r"([^()]+)\(([^()]*)\)", text.strip())
    if not match:
        return _named(text, wave)
    outside, inside = _named(match[1].strip(), wave), level(match[2].strip(), wave)
    says, aside = outside.status in _FOR_SURE and outside.rule != "level_not_said", plain(match[2])
    if doubtful(aside):
        return Reading(text, None, None, "ambiguous", "denied_or_doubtful")
    if says and _another_level(aside, codes(outside), wave):
        return Reading(text, None, None, "ambiguous", "another_level_in_brackets")
    if inside.status not in _FOR_SURE or set(codes(inside)) <= set(codes(outside)):
        return Reading(text, outside.value, None, outside.status, outside.rule)
    if says:
        return Reading(text, None, None, "ambiguous", "another_level_in_brackets")
    return Reading(text, inside.value, None, inside.status, "explained_in_brackets")


def _named(text: str, wave: int | None) -> Reading:
    """Return the reading of one name; beside a denial or a doubt it is undecided."""
    found = _spelt(text.rstrip(" ?"), wave)
    if found.status in _FOR_SURE and plain(text) not in PLACES and doubtful(plain(text)):
        return Reading(text, None, None, "ambiguous", "denied_or_doubtful")
    return replace(found, text=text)


def _spelt(text: str, wave: int | None) -> Reading:
    """Return the reading of one name; a level's word misspelt by one letter is read, and said to be approximate."""
    found = _by_words(text, wave)
    if found.status != "unreadable":
        return found
    corrected = misspelt(plain(text), names.KEYWORDS)
    again = _by_words(corrected, wave) if corrected else found
    return Reading(text, again.value, None, "approximate", "misspelling") if again.status == "exact" else found


def _by_words(text: str, wave: int | None) -> Reading:
    """Return the reading of one name by the tables of places and words, the first that knows it."""
    words = _ARTICLE.sub("", plain(text).strip(" .:")).strip()
    if re.fullmatch(r"CdC(?: .+)?", bare(text)):
        return Reading(text, "epci", None, "exact", "grouping_word")
    if found := _lyon(text, words, wave) or _place(text, words):
        return found
    if words.startswith("pays") and part_of_a_region(words[4:]):  # « Pays de Loire »: the region, cut short?
        return Reading(text, None, None, "ambiguous", "pays_or_region")
    for rule, pattern in names.UNDECIDED:
        if _compiled(pattern).fullmatch(words):
            return Reading(text, None, None, "ambiguous", rule)
    return _alone(text, words) or _opening(text, words, wave) or _unread(text)


def _lyon(text: str, words: str, wave: int | None) -> Reading | None:
    """Lyon's grouping: an epci, and from 2015, under its new name or in a wave of that year, a département as well."""
    name = place_name(words)
    renamed = _compiled(names.LYON_METROPOLE).fullmatch(name)
    if not renamed and not _compiled(names.GRAND_LYON).fullmatch(name):
        return None
    two = wave >= 2015 if wave else bool(renamed)
    return Reading(text, ("epci", "departement") if two else "epci", None, "exact", "metropole_de_lyon")


def _place(text: str, words: str) -> Reading | None:
    """A name of a region or a département stands for its council; one that is both is ambiguous."""
    rules = PLACES.get(place_name(words), ())
    if len(rules) > 1:
        return Reading(text, None, None, "ambiguous", "place_of_two_levels")
    return Reading(text, rules[0].split("_")[0], None, "exact", rules[0]) if rules else None


def _alone(text: str, words: str) -> Reading | None:
    """Words that say the level alone, or after the name of a place: « Lille Métropole »."""
    for rule, code, pattern in names.ALONE:
        match = _compiled(pattern).fullmatch(words)
        if match and not _another_level(match.groupdict().get("name") or "", (code,), None):
            return Reading(text, code, None, "exact", rule)
    return None


def _opening(text: str, words: str, wave: int | None) -> Reading | None:
    """Words that open the name of a collectivity: « conseil général de … », « mairie de … », « CG 93 »."""
    for rule, code, pattern in names.NAMED:
        match = _compiled(rf"(?:{pattern})(?P<name>[ -]?[0-9]{{1,3}}|[ -]2[ab]| .+)?").fullmatch(words)
        if match and _another_level(match["name"] or "", (code,), wave):
            return Reading(text, None, None, "ambiguous", "several_levels_unseparated")
        if match and rule == "petr" and wave is not None and wave < 2014:
            return Reading(text, None, None, "ambiguous", "petr_before_2014")
        if match:
            return Reading(text, code, None, "exact", "pays_petr" if rule == "petr" else rule)
    return None


def _another_level(words: str, found: tuple[str, ...], wave: int | None) -> bool:
    """Return whether the words beside a level tell of another one, or of who passes its money on."""
    return any(set(codes(_by_words(told, wave))) != set(found) for told in re.findall(names.TELLING, words))


def _unread(text: str) -> Reading:
    return Reading(text, None, None, "unreadable", "no_rule")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
