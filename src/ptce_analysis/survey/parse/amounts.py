"""Amounts of money, in euros, and the part of them that a year has."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

from ptce_analysis.survey.parse import numbers
from ptce_analysis.survey.parse.numbers import Reader, Term, undecided
from ptce_analysis.survey.parse.words import Reading, any_of, bare, word_rows

# What a bare number is worth in euros when the codebook, or the header, states the unit of a column.
SCALES = {"eur": 1, "keur": 1_000, "meur": 1_000_000}
_UNITS = word_rows("money_unit")
_UNIT = "|".join(f"(?P<u{i}>{words.pattern})" for i, (_, _, words) in enumerate(_UNITS))
_EACH_YEAR = any_of("each_year")
_DIGITS = r"[-+]?(?:[0-9][0-9 '.,]*(?:(?<=[0-9])e\+?[0-9]{1,2}(?![0-9]))?|[.,][0-9]+)"
_SINGLE = re.compile(
    rf"(?P<digits>{_DIGITS}) ?(?:{_UNIT})?(?: ?\(?{any_of('tax')}\)?)?(?: ?{_EACH_YEAR})?"
    r"(?: ?(?:en (?:19|20)[0-9]{2}|\((?:19|20)[0-9]{2}\)))?\.?",
    re.I,
)
_UNIT_FIRST = re.compile(r"(€|EUR|euros?|k ?€|keur|M ?€) ?:? ?([-+]?[0-9][0-9 '.,]*)", re.I)
_IN_KIND = re.compile(any_of("in_kind"), re.I)
_COUNT, _TIME = any_of("few"), any_of("time")
_SEVERAL_YEARS = re.compile(
    rf"(?P<term>.+?) ?,? ?(?:\(?(?:sur|pour|pendant|en|/|x|\*|×) ?(?:une (?:duree|periode) de )?"
    rf"(?P<n>{_COUNT}) ?(?P<of>{_TIME})\)?|\((?P<n2>{_COUNT}) ?(?P<of2>{_TIME})\)|"
    r"\(?(?:sur |de |pour )?(?:la periode |les annees )?(?P<first>20[0-9]{2}) ?(?:-|/|a|et) ?(?P<last>20[0-9]{2})\)?)",
    re.I,
)
_AND_PER_YEAR = re.compile(
    rf"(?P<whole>.+?) ?(?:,? soit |, | ?= ?| ?\((?:soit )?)(?P<year>[^()]+?{_EACH_YEAR})\)?", re.I
)


def amount(text: str, unit_hint: str | None = None, three_digits: str = "") -> Reading:
    """Return the amount in euros that a text states, or why it states none.

    `unit_hint`: the unit of a bare number, `eur` (also the default), `keur` or `meur`; a unit written in the text wins.
    `three_digits`: what one mark before three digits means, `thousands` or `decimals`; undecided by default.

    >>> [amount(text).value for text in ("25 k€", "1,2 M€", "2 x 15 000", "1.500")]
    [25000, 1200000, 30000, None]
    >>> amount("12,5", "keur").value, amount("entre 10 et 15 k€").status
    (12500, 'range')
    """
    single = partial(_single, scale=SCALES[unit_hint or "eur"], three_digits=three_digits)
    before: tuple[Reader, ...] = (numbers.said("amount_not_stated"), partial(_over_time, single=single))
    kind, bounds = (partial(_in_kind, single=single),), (float("-inf"), float("inf"))
    return numbers.Grammar("eur", single, before, kind, addable=_addable, bounds=bounds).read(text)


def header_rule(header: str) -> str | None:
    """Return the rule that keeps amounts under a header from being euros of a year: `per_month` for « €/mois »."""
    return next((rule for _, rule, pattern in word_rows("not_yearly") if pattern.search(bare(header))), None)


def _single(text: str, scale: int, three_digits: str) -> Term | None:
    """Return one amount: digits or words, with its unit, tax, year and purpose, in either order."""
    for *_, aside in word_rows("aside"):
        if match := aside.fullmatch(text):
            text = match["core"].strip()
    text = re.sub(r"(?<=[0-9])[.,] ?-(?= ?(?:€|eur|$))", "", text)
    text = re.sub(r"^([0-9]+) (millions?) et demi", r"\1,5 \2", text)
    if first := _UNIT_FIRST.fullmatch(text):
        text = f"{first[2]} {first[1]}"
    if not (match := _SINGLE.fullmatch(text)):
        return _words(text, scale)
    written, worth, rule = _unit(match)
    if scale == 1 and not written and numbers.A_YEAR.fullmatch(match["digits"]):
        return undecided("amount_or_year")
    # Euros have no third decimal: with « € », three digits are thousands.
    marks = "thousands" if worth == 1 and written and not three_digits else three_digits
    found = numbers.number(match["digits"].rstrip(" .,"), marks)
    if found is None or found.value is None:
        return found
    if worth is None:
        return undecided(rule)
    rule = "unit_of_the_column" if scale != 1 and not written else rule or found.rule
    return Term(found.value * (worth if written else scale), rule, found.status, written)


def _words(text: str, scale: int) -> Term | None:
    """Return the amount spelled out: « deux mille euros », « une vingtaine de k€ »."""
    around, start = numbers.rounded_words(text), numbers.spelled_start(text)
    value, rest = around or (numbers.spelled(start) or 0, text[len(start) :].strip())
    match = _SINGLE.fullmatch(f"1 {rest}".strip())
    written, worth, _ = _unit(match) if match and match["digits"].strip() == "1" else ("", None, "")
    if worth is None or not (around or start) or re.match(r"mill?(?:e|ions?|iards?)\b", rest, re.I):
        return None
    if value > 10**6 and 0 < value % 10**6 < 1_000:  # « un million deux »: tenths of a million, or euros?
        return undecided("millions_and_what")
    if scale != 1 and not written and "mill" in start.lower():  # « deux mille » in a column of k€
        if value < 10**6:
            return undecided("thousands_of_what")
        scale = 1
    rule, status = ("round_number", "approximate") if around else ("spelled_out", "exact")
    unit = written or ("M" if value >= 10**6 else "")
    return Term(Decimal(value * (worth if written else scale)), rule, status, unit)


def _unit(match: re.Match[str]) -> tuple[str, int | None, str]:
    """Return the unit as written, what it is worth in euros, and the rule that says so; no unit is worth one."""
    if (name := match.lastgroup or "") == "digits":
        return "", 1, ""
    worth, rule, _ = _UNITS[int(name[1:])]
    return match[name], int(worth) if worth else None, rule


def _addable(terms: Sequence[Term], text: str) -> bool:  # noqa: ARG001 (one signature)
    """Return whether a sum is clear: `15 + 5 k€` may be 20 k€ or 5 015 €, `15 000 + 5 k€` may not."""
    scaled = any(term.unit.lower().startswith(("k", "m")) for term in terms)
    return not (scaled and any(not term.unit and -1_000 < (term.value or 0) < 1_000 for term in terms))


def _in_kind(text: str, single: Reader) -> Term | None:
    """Support in kind has no amount; money beside it is stated and is then a part of the support only."""
    if not _IN_KIND.search(text):
        return None
    if not re.search("[0-9]", text):
        return Term(None, "in_kind", "unknown")
    sides = re.split(r" ?\+ ?| et | avec ", text)
    money = [term for side in sides if (term := single(side))]
    beside = " ".join(side for side in sides if not single(side))
    if len(money) == 1 and money[0].value is not None and _IN_KIND.search(beside) and not re.search("[0-9]", beside):
        return replace(money[0], rule="money_beside_kind", status="approximate")
    return undecided("in_kind_and_figures")


def _over_time(text: str, single: Reader) -> Term | None:
    """`30 000 sur 3 ans`, `90 000 sur 3 ans, soit 30 000 par an`: the year's amount is stated if the text says so.

    Times a number of months or years (`5 000 x 12 mois`), it is that of each of them: the total is above it.
    """
    # Assumption: a total over several years is not shared out. Source: the text does not state the part of the year.
    # If wrong: the codebook decides, spelling by spelling.
    if (both := _AND_PER_YEAR.fullmatch(text)) and (whole := _SEVERAL_YEARS.fullmatch(both["whole"])):
        total, year = single(whole["term"]), single(both["year"])
        if total and year and total.value is not None and year.value is not None:
            total_of_years = year.value * _n_years(whole)
            return replace(year, rule="per_year") if total.value == total_of_years else undecided("two_values")
    if (match := _SEVERAL_YEARS.fullmatch(text)) and (term := single(match["term"])) and term.value is not None:
        times = re.match(r" ?,? ?\(?[x*×]", text[match.end("term") :], re.I)
        if re.search(_EACH_YEAR, match["term"], re.I) or (_n_years(match) == 1 and not times):
            return replace(term, rule="per_year")
        return Term(None, "several_years", "ambiguous", low=Decimal(0), high=None if times else term.value)
    return None


def _n_years(match: re.Match[str]) -> Decimal:
    """Return the number of years an amount is spread over."""
    if match["first"]:
        return Decimal(int(match["last"]) - int(match["first"]) + 1)
    n = Decimal(numbers.spelled(match["n"] or match["n2"]) or 0)
    return n / 12 if (match["of"] or match["of2"]).lower() == "mois" else n
