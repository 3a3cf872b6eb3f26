"""Answers out of a short list (`words.csv`): the stage of a pole, its legal form, yes or no; and dates."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from ptce_analysis.survey.parse import words as parsed
from ptce_analysis.survey.parse.words import Reading, acronym, chosen, no_value, plain, stated, unstated

_STAGE_WORDS = tuple(parsed.any_of("stage_word")[3:-1].split("|"))
_STAGE_OPENING = re.compile("^" + parsed.any_of("stage_opening"))
_STAGE_ENDING = re.compile(parsed.any_of("stage_ending"))
_AND = re.compile(r" ?(?:/|\+|;| puis | et | ou |->|,|(?<=[a-z])-(?=[a-z])) ?")


def stage(text: str) -> Reading:
    """Return the stage code of a pole, or why none is stated. Neighbouring words are never merged.

    >>> [stage(text).value for text in ("En émergence", "phase d'amorçage", "Création", "projet")]
    ['emergence', 'amorcage', 'creation', None]
    """
    # Assumption: only words of the stage itself are mapped. Source: the deck prints 20 % « en émergence » and 25 % « en
    # création »: near words are not synonyms. If wrong: the codebook's answers decide (« projet », « consolidation »…).
    words = acronym(text)
    whole = _stage(words)
    if not (whole and not whole[0]) and (quiet := no_value(text)):
        return quiet
    parts = {whole} if whole else {_stage(part.strip(" ()")) for part in _AND.split(words)}
    found = next(iter(parts))
    if len(parts) > 1:
        return unstated(text, "ambiguous", "several_stages")
    if found:
        return stated(text, *found) if found[0] else unstated(text, "ambiguous", "near_stage")
    corrected = parsed.misspelt(words, _STAGE_WORDS) if words.isascii() and not parsed.doubtful(words) else ""
    if (right := _stage(corrected)) and right[0]:
        return stated(text, right[0], "misspelling", "approximate")
    return unstated(text)


def _stage(words: str) -> tuple[str, str] | None:
    """Return the code and rule of a stage, a code of "" for a word that only resembles one, or None."""
    return chosen("stage", words) or chosen("stage", _STAGE_OPENING.sub("", _STAGE_ENDING.sub("", words)))


def legal_form(text: str) -> Reading:
    """Return the family of a legal form; the law of 1908 (Alsace-Moselle) and that of 1901 both make associations."""
    found = chosen("legal_form", " ".join(re.sub("[().]", " ", acronym(text)).split()))
    return stated(text, *found) if found else no_value(text) or unstated(text)


def yes_no(text: str) -> Reading:
    """Return `oui` or `non`: a tick is a yes, a blank says nothing."""
    found = chosen("yes_no", plain(text).rstrip(" .!"))
    return stated(text, *found) if found else no_value(text) or unstated(text)


_DATE = re.compile(
    r"(?:(?:lun|mar|mer|jeu|ven|sam|dim|mon|tue|wed|thu|fri|sat|sun)[a-z]*[.,]* )?"
    r"(?:(?P<y>[0-9]{4})(?P<mark>[/-])(?P<m>[0-9]{1,2})(?P=mark)(?P<d>[0-9]{1,2})|"
    r"(?P<one>[0-9]{1,2})(?:er)?[/.-](?P<two>[0-9]{1,2})(?:[/.-](?P<year>[0-9]{4})|/(?P<short>[0-9]{2})))"
    r"(?:(?:t| a |,? (?:- )?)(?P<hour>[0-9]{1,2})[:h](?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?(?:[.,][0-9]+)?"
    r"(?: ?(?P<half>[ap])\.?m\.?)?(?: ?(?:z|utc|gmt))?"
    r"(?: ?(?P<sign>[+-])(?P<ahead>[0-9]{1,2})(?::?(?P<more>[0-9]{2}))?)?)?"
)


def day(text: str, month_first: bool | None = False) -> Reading:
    """Return a date as ISO text, in universal time where a zone is written. French order: the day comes first.

    `month_first`: the column writes the month first, None if it writes both (see `months_first`). A number of days is
    a spreadsheet's date.

    >>> [day(text).value for text in ("12/03/2015 14:05", "2015-03-12", "42005,5", "31/02/2015")]
    ['2015-03-12T14:05:00', '2015-03-12', '2015-01-01T12:00:00', None]
    >>> day("2024/03/12 2:05:33 PM UTC+1").value
    '2024-03-12T13:05:33'
    """
    # Assumption: 12/03/2015 and 12/03/15 are 12 March 2015. Source: the surveys are French. If wrong: the dates of the
    # ledger show it.
    words = plain(text)
    if (named := re.search(r" ([a-z]+)\.? (?=[0-9]{4})", words)) and (in_words := chosen("month", named[1])):
        words, month_first = words.replace(named[0], f"/{in_words[0]}/"), False
    if re.fullmatch(r"[1-9][0-9]{4}(?:[.,][0-9]+)?", words):
        seconds = round(float(words.replace(",", ".")) * 86_400)
        when = datetime(1899, 12, 30) + timedelta(seconds=seconds)  # noqa: DTZ001
        return stated(text, when.isoformat() if seconds % 86_400 else str(when.date()), "spreadsheet_date")
    if not (found := _DATE.fullmatch(words)):
        return no_value(text) or unstated(text)
    part = {name: int(said) for name, said in found.groupdict("0").items() if said.isdigit()}
    part["year"] = part["year"] or 2000 + part["short"]
    hour = part["hour"]
    if found["half"]:  # 24 is no hour
        hour = hour % 12 + 12 * (found["half"] == "p") if 1 <= hour <= 12 else 24
    if month_first is None:
        if part["one"] <= 12 >= part["two"] != part["one"]:
            return unstated(text, "ambiguous", "day_or_month")
        month_first = part["two"] > 12
    order = ("year", *(("one", "two") if month_first else ("two", "one"))) if found["one"] else ("y", "m", "d")
    ahead = timedelta(hours=part["ahead"], minutes=part["more"])
    try:
        year, month, of_month = (part[name] for name in order)
        when = datetime(year, month, of_month, hour, part["minute"], part["second"])  # noqa: DTZ001
        when += ahead if found["sign"] == "-" else -ahead
    except (ValueError, OverflowError):  # no such day in the calendar, or no such hour
        return unstated(text)
    return stated(text, when.isoformat() if found["hour"] else str(when.date()), "date")


def months_first(texts: Iterable[str]) -> bool | None:
    """Return whether the dates of a column have the month first: one has a day above 12 second. None if they differ."""
    # Assumption: beside am and pm the month comes first. Source: American software writes so. If wrong: one day above
    # 12 in the column says so.
    found = [match for match in map(_DATE.fullmatch, map(plain, texts)) if match and match["one"]]
    first, second = (any(int(match[place]) > 12 for match in found) for place in ("one", "two"))
    return None if first and second else second or (not first and any(match["half"] for match in found))


def split_labels(text: str, labels: Iterable[str], separator: str = "") -> list[str]:
    """Return the answers in one cell: known labels first, because a label may hold the separator itself."""
    known = {plain(label) for label in labels}
    mark = re.escape(separator.strip() or separator) if separator else r"[;,|\n]" if known else r"[;|\n]"
    most = 2 * max((len(re.findall(mark, label)) for label in known), default=0)
    pieces, parts, at = re.split(f"({mark})", text), list[str](), 0  # a separator stands between two pieces
    while at < len(pieces):
        ends = range(min(at + most, len(pieces) - 1), at, -2)
        end = next((end for end in ends if plain("".join(pieces[at : end + 1])) in known), at)
        parts.append("".join(pieces[at : end + 1]).strip())
        at = end + 2
    return [part for part in parts if part]
