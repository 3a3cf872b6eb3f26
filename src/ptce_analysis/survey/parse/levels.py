"""The level, or levels, of the collectivities a cell names.

`levels.csv`: words that open or are a name, read in order, the level they tell (none: they have several meanings) and
the name that may follow. `places.csv`: what a place stands for; regions and départements are of INSEE (Code officiel
géographique, 2015 and 2016), groupings of the lists of the DGCL (2013 and 2015, by Etalab, Licence Ouverte 2.0).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from ptce_analysis.survey.parse import words as parsed
from ptce_analysis.survey.parse.words import Reading, plain, stated, unstated
from ptce_analysis.vocabulary import LEVELS

_FOR_SURE = ("exact", "approximate")
_ARTICLE = re.compile(r"^(?:(?:la|le|les|notre|nos|ma|une?|des|du) |l'|[-*•·] ?)", re.I)
_OUTSIDE = r"(?![^()]*\))"
_SEPARATOR = rf"[\n;,+/•|·]{_OUTSIDE}"
# A level's word inside the name that follows another level's word: two levels without a separator between them.
_TELLING = re.compile(rf"\b{parsed.any_of('telling')}\b")
# No name of a place holds these: « CC Emploi », « Ville Solidaire » are bodies that took a level's word.
_BODY = re.compile(rf"\b{parsed.any_of('body')}\b")
_KEYWORDS = tuple(parsed.any_of("level_word")[3:-1].split("|"))
_NAME = {"none": "", "any": r"(?P<name>[ -]?[0-9]{1,3}| .+)?", "place": r"(?P<name>[ -]?[0-9]{1,3}|[ -]2[ab]| .+)?"}
# Assumption: operators of the State (ADEME, agences de l'eau, Caisse des Dépôts, Pôle emploi, ARS) are coded `etat`;
# the family benefit offices (CAF, MSA), chambers and public banks `autre`. Source: their statutes; no source that was
# read says how the published table codes them. If wrong: the codebook of the wave decides, name by name.
_WORDS = [(row, re.compile(f"(?:{row['words']}){_NAME[row['name']]}", re.I)) for row in parsed.table("levels.csv")]
_PLACED = ("commune", "epci", "pnr_petr")
_BARE = ("departement_name", "region_of_2015", "region_of_2016")
Decisions = Mapping[str, str]


def place_name(text: str) -> str:
    """Return a name of a place fit for comparison: no accents, capitals, marks between words or leading article."""
    words = re.sub("[-'/ ]+", " ", plain(text)).strip()
    return re.sub(r"^(?:le|la|les|l) ", "", words).replace("agglomeration", "agglo")


def _accents(text: str) -> int:
    return len(unicodedata.normalize("NFD", parsed.tidy(text))) - len(parsed.bare(text))


_ROWS = parsed.table("places.csv")
DEPARTEMENTS = {row["code"]: row["name"] for row in _ROWS if row["rule"] == "departement_name"}
# The levels a name stands for, as rule: level. Paris is a commune and a département; five overseas names are a region
# and a département: they stay undecided.
PLACES = {place_name(row["name"]): {r["rule"]: r["level"] for r in _ROWS if r["name"] == row["name"]} for row in _ROWS}
# How many accents the name of a region or of a département has: with more of them, a name is that of a commune.
_ACCENTS = {place_name(row["name"]): _accents(row["name"]) for row in _ROWS if row["code"]}
_REGIONS = [set(name.split()) for name, rules in PLACES.items() if "region" in rules.values()]


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
    if len(parts) == 1:
        return replace(parts[0], text=text)
    if unsure := [part for part in parts if part.status not in _FOR_SURE]:
        unreadable = all(part.status == "unreadable" for part in unsure)
        return unstated(text, "unreadable" if unreadable else "ambiguous", unsure[0].rule)
    found = in_order(code for part in parts for code in codes(part))
    status = "approximate" if any(part.status == "approximate" for part in parts) else "exact"
    one = len(found) == 1
    return stated(text, found[0] if one else found, parts[0].rule if one else "several_levels", status)


def level_parts(text: str, wave: int | None = None, decisions: Decisions | None = None) -> list[Reading]:
    """Return one reading for each collectivity a cell names.

    >>> [(part.text, part.value) for part in level_parts("Région, CDC et mairie")]
    [('Région', 'region'), ('CDC', None), ('mairie', 'commune')]
    """
    if len(text) > 500:
        return [unstated(text, rule="too_long")]
    if whole := _known(text, decisions or {}) or _place(text, place_name(text)):
        return [whole]
    pieces = [text] if _one_place(text, wave) else re.split(_SEPARATOR, text)
    parts = [part.strip() for part in pieces if part.strip(" .")]
    found = [reading for part in parts for reading in _split_softly(part, wave, decisions or {})]
    if found and _names_a_place(found[0].text) and set(re.findall(_SEPARATOR, text)) == {","}:
        # « CC Chinon, Vienne et Loire »: a list of the grouping and two départements, or the name of one grouping.
        rest = (unstated(one.text, "ambiguous", "place_in_a_name") if one.rule in _BARE else one for one in found[1:])
        found = [found[0], *rest]
    return found or [unstated(text)]


def codes(reading: Reading) -> tuple[str, ...]:
    """Return the levels of a reading as a tuple, empty when it states none."""
    if isinstance(reading.value, tuple):
        return reading.value
    return (str(reading.value),) if reading.value is not None else ()


def in_order(found: Iterable[str]) -> tuple[str, ...]:
    """Return levels once each, in the study's order."""
    present = set(found)
    return tuple(code for code in LEVELS if code in present)


def _known(text: str, decisions: Decisions) -> Reading | None:
    """Return what the codebook decides for this spelling, or the reading of a text that names nobody."""
    if (silent := decisions.get(plain(text), "")) in ("unknown", "not_applicable"):
        return unstated(text, silent, "codebook_decision")
    if decided := in_order(re.split(r"[ ,+;]+", silent)):
        return stated(text, decided[0] if len(decided) == 1 else decided, "codebook_decision")
    nobody = parsed.chosen("nobody", plain(text).strip(" .!"))
    return unstated(text, *nobody) if nobody else parsed.no_value(text)


def _split_softly(text: str, wave: int | None, decisions: Decisions) -> list[Reading]:
    """Return the readings of « X et Y », two if both are readable; what opens the first may open both.

    « Conseil général et régional » are two, « CC Loire et Allier » is one grouping.
    """
    whole = _known(text, decisions) or _one(text, wave)
    if _one_place(text, wave) or place_name(text) in PLACES or whole.rule == "codebook_decision":
        return [whole]
    pieces = re.split(rf" (?:et|&|ainsi que|puis|-) (?:de |du |la |le |l')?{_OUTSIDE}", text)
    named = [piece.strip() for piece in pieces if piece.strip()]
    parts = [_known(piece, decisions) or _one(piece, wave) for piece in named]
    opened = [_one(f"{named[0].split()[0]} {piece}", wave) for piece in named]
    parts = [again if one.status == "unreadable" else one for one, again in zip(parts, opened, strict=True)]
    if len(parts) > 1 and _names_a_place(named[0]) and all(part.rule in _BARE for part in parts[1:]):
        several = any("region" in codes(part) for part in parts[1:])
        return [unstated(text, "ambiguous", "place_in_a_name") if several else whole]
    known = all(part.status in (*_FOR_SURE, "ambiguous") for part in parts)
    sure = all(part.status in _FOR_SURE for part in (whole, *parts))
    same = sure and {code for part in parts for code in codes(part)} == set(codes(whole))
    return parts if len(parts) > 1 and known and not same else [whole]


def _one_place(text: str, wave: int | None) -> bool:
    """Return whether a text is a council with its whole name: « Région Occitanie / Pyrénées-Méditerranée »."""
    row, name = _opener(text)
    return bool(name) and row["name"] == "place" and _one(text, wave).status == "exact"


def _names_a_place(text: str) -> bool:
    """Return whether a text may be a commune or a grouping with its name: « CC Loire », not « CC »."""
    row, name = _opener(text)
    return bool(name) and row["level"] in (*_PLACED, "")


def _one(text: str, wave: int | None) -> Reading:
    """Return the reading of one collectivity, its aside in brackets set apart."""
    match = re.fullmatch(r"([^()]+)\(([^()]*)\)", text.strip())
    if not match:
        return _named(text, wave)
    outside, inside = _named(match[1].strip(), wave), level(match[2].strip(), wave)
    if parsed.doubtful(aside := plain(match[2])):
        return unstated(text, "ambiguous", "denied_or_doubtful")
    explained = inside.status in _FOR_SURE and not set(codes(inside)) <= set(codes(outside))
    named = outside.status in _FOR_SURE or re.search("name|grouping|levels", outside.rule)  # « Pays X (FSE) »: two
    if named and outside.rule != "level_not_said" and (explained or _another_level(aside, codes(outside), wave)):
        return unstated(text, "ambiguous", "another_level_in_brackets")
    return replace(inside, text=text, rule="explained_in_brackets") if explained else replace(outside, text=text)


def _named(text: str, wave: int | None) -> Reading:
    """Return the reading of one name; one slip in a level's word is put right, a denial or doubt makes it undecided."""
    found = _by_words(text.rstrip(" ?"), wave)
    corrected = parsed.misspelt(plain(text.rstrip(" ?")), _KEYWORDS) if found.status == "unreadable" else ""
    if corrected and (again := _by_words(corrected, wave)).status == "exact":
        found = replace(again, status="approximate", rule="misspelling")
    if found.status in _FOR_SURE and place_name(text) not in PLACES and parsed.doubtful(plain(text)):
        return unstated(text, "ambiguous", "denied_or_doubtful")
    return replace(found, text=text)


@lru_cache(4096)
def _opener(text: str) -> tuple[dict[str, str], str]:
    """Return the first row of `levels.csv` whose words open a text, and the name that follows them."""
    words = _ARTICLE.sub("", parsed.bare(text).strip(" .:")).strip()
    found = ((row, match) for row, pattern in _WORDS if (match := pattern.fullmatch(words)))
    row, match = next(found, ({}, None))
    return row, ((match.groupdict().get("name") if match else None) or "").strip(" -").lower()


@lru_cache(4096)
def _by_words(text: str, wave: int | None) -> Reading:
    """Return the reading of one name by the tables of places and words, the first that knows it."""
    if found := _place(text, place_name(_ARTICLE.sub("", plain(text).strip(" .:")))):
        return found
    row, name = _opener(text)
    if not row:
        return unstated(text)
    place = re.sub("^(?:(?:de|du|des|d|la|le|les|l) )+", "", place_name(name))
    stands_for = PLACES.get(place, {}).values()
    if row["rule"] == "metropole_de_lyon":  # from 2015, under its new name or in a wave of that year, a département too
        two = wave >= 2015 if wave else row["level"] == "departement"
        return stated(text, ("epci", "departement") if two else "epci", row["rule"])
    if row["rule"] == "ca_three_meanings" and "epci" in stands_for:
        return stated(text, "epci", "grouping_name")
    if not row["level"]:
        return unstated(text, "ambiguous", row["rule"])
    if _another_level(name, (row["level"],), wave):
        return unstated(text, "ambiguous", "several_levels_unseparated")
    numbered = row["level"] == "departement" and name.upper().zfill(2) in DEPARTEMENTS
    short = row["level"] == "region" and any(set(place.split()) - {"de", "la"} <= region for region in _REGIONS)
    fits = row["level"] in stands_for or numbered or short or row["name"] != "place"
    if name and (not fits or (row["level"] in (*_PLACED, "europe") and _BODY.search(name))):
        return unstated(text, "ambiguous", "name_of_no_place")
    if "petr" in row["words"] and wave is not None and wave < 2014:
        return unstated(text, "ambiguous", "petr_before_2014")
    return stated(text, row["level"], row["rule"])


def _place(text: str, name: str) -> Reading | None:
    """A name of a region, a département or a grouping stands for its council; one that is two is ambiguous."""
    rules = PLACES.get(name, {}) if _accents(text) <= _ACCENTS.get(name, len(text)) else {}  # « Loiré » is a commune
    if len(rules) > 1:
        return unstated(text, "ambiguous", "place_of_two_levels")
    return next((stated(text, code, rule) for rule, code in rules.items()), None)


def _another_level(words: str, found: tuple[str, ...], wave: int | None) -> bool:
    """Return whether the words beside a level tell of another one, or of who passes its money on.

    « CC de la Région de Suippes » does not: Suippes is no region.
    """
    starts = [match.start() for match in _TELLING.finditer(words)]
    told = (_by_words(words[start:], wave) for start in reversed(starts))  # the last, which is in all others, first
    return any(one.rule != "name_of_no_place" and set(codes(one)) != set(found) for one in told)
