"""Written numbers, and the grammar every quantity shares: approximations, bounds, ranges, products, sums, years.

A kind of answer (amount, share, staff, count) brings only the reader of one term; what is around it is read here, by
named rules tried in order. What two careful readers could read differently is left undecided.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from text_to_num import text2num  # type: ignore[import-untyped]

from ptce_analysis.survey.parse.words import Reading, any_of, bare, chosen, silence, unstated, word_rows


@dataclass(frozen=True, slots=True)
class Term:
    """One quantity: its value (None when it cannot be stated), rule, status, and the unit as written."""

    value: Decimal | None
    rule: str
    status: str = "exact"
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None


Reader = Callable[[str], Term | None]


def undecided(rule: str) -> Term:
    """Return the term of a text that two careful readers could read differently."""
    return Term(None, rule, "ambiguous")


def _told(found: tuple[str, str] | None) -> Term | None:
    return Term(Decimal(0) if found[0] == "zero" else None, found[1], found[0]) if found else None


def said(kind: str) -> Reader:
    """Return the rule that gives the status of the first row of a kind of `words.csv` that is the whole text."""
    return lambda text: _told(chosen(kind, text))


def _silent(text: str) -> Term | None:
    return _told(silence(text))


_GROUPED = re.compile(r"[0-9]{1,3}(?:([ '])[0-9]{3}(?:\1[0-9]{3})*|(?:\.[0-9]{3}){2,}|(?:,[0-9]{3}){2,})")
_GROUPED_DECIMAL = re.compile(r"[0-9]{1,3}(?:(?:\.[0-9]{3})+,|(?:,[0-9]{3})+\.)[0-9]+")
_DECIMAL = re.compile(r"([0-9]*|[0-9]{1,3}(?:[ '][0-9]{3})+)[.,]([0-9]+)")
_SCIENTIFIC = re.compile(r"([0-9]+(?:[.,][0-9]+)?)[eE]\+?([0-9]{1,2})")
_LONGEST, _LONGEST_TEXT, _LARGEST = 40, 200, 10**15
# Assumption: four digits without a unit or a mark, from 1990 to 2039 and not round, may be a year rather than a number.
# Source: amounts asked of poles are round, counts small. If wrong: the codebook decides, spelling by spelling.
A_YEAR = re.compile(r"(?:199|20[0-3])[0-9](?<!00)")


def number(text: str, three_digits: str = "") -> Term | None:
    """Return the number a tidied text writes, or None when it writes none.

    `three_digits` says what one mark before exactly three digits means (`1.500`, `12,500`): `thousands`, `decimals`,
    or nothing, and then it stays undecided.

    >>> [number(text).value for text in ("25 000", "1.500,50", "1.500.000", "0,250", "1.500")]
    [Decimal('25000'), Decimal('1500.50'), Decimal('1500000'), Decimal('0.250'), None]
    """
    found = _unsigned(text.removeprefix(text[0]) if text[:1] in ("-", "+") else text, three_digits)
    if found is None or len(text) > _LONGEST or (found.value or 0) >= _LARGEST:
        return None
    return Term(-found.value, "negative") if text[0] == "-" and found.value else found


def _unsigned(text: str, three_digits: str) -> Term | None:
    """Return a number without its sign, by the first form that fits."""
    if re.fullmatch("[0-9]+", text):
        return Term(Decimal(text), "digits")
    if _GROUPED.fullmatch(text):
        return Term(Decimal(re.sub("[ '.,]", "", text)), "grouped_digits")
    if _GROUPED_DECIMAL.fullmatch(text):
        return Term(Decimal(".".join(re.sub("[.,](?=.*[.,])", "", text).split(","))), "grouped_digits")
    if match := _SCIENTIFIC.fullmatch(text):
        return Term(Decimal(match[1].replace(",", ".")).scaleb(int(match[2])), "scientific", "approximate")
    if not (match := _DECIMAL.fullmatch(text)):
        return None
    whole, decimals = re.sub("[ ']", "", match[1]), match[2]
    # Three digits after a mark may be thousands, unless zero or nothing is before it.
    if len(decimals) != 3 or not whole.strip("0") or three_digits == "decimals":
        return Term(Decimal(f"{whole}.{decimals}"), "decimal")
    if three_digits == "thousands" and len(whole) <= 3:
        return Term(Decimal(whole + decimals), "mark_of_thousands")
    return undecided("three_digits_after_a_mark")


_ROUND = {words.pattern: int(code) for code, _, words in word_rows("round")}
_ROUND_NUMBER = re.compile(rf"(?:([a-z]+|[0-9]+) )?({'|'.join(_ROUND)})(s?)(?: (?:de |d')(.*))?", re.I)


def spelled(text: str) -> int | None:
    """Return a whole number spelled out in French without accents, or in digits alone, else None."""
    if text == "zero" or re.fullmatch("[0-9]{1,15}", text):
        return int(text.replace("zero", "0"))
    try:
        return int(text2num(text.lower(), "fr")) if re.fullmatch("[a-z]+(?:[ -][a-z]+)*", text, re.I) else None
    except ValueError:
        return None


def spelled_start(text: str) -> str:
    """Return the longest start of a text that spells one number: « cent vingt » of « cent vingt salariés »."""
    if not text[:1].isalpha() or spelled(re.split("[ -]", text)[0]) is None:
        return ""
    ends = [match.start() for match in re.finditer(r"(?= )|$", text)]
    return next((text[:end] for end in reversed(ends[:12]) if spelled(text[:end]) is not None), "")


def rounded_words(text: str) -> tuple[int, str] | None:
    """Return the number in « une vingtaine de k€ » and the words after it, or None."""
    match = _ROUND_NUMBER.fullmatch(text)
    times = spelled(match[1] or "1") if match and (match[1] or not match[3]) else None
    return (times * _ROUND[match[2].lower()], match[4] or "") if match and times else None


# « 25 000 €* », « 25 000 (a) »: a note that is not in the cell may say anything. « 25 (k) » is a unit.
_APPROXIMATE = re.compile(
    rf"(?:{any_of('about')}(?![a-z])|~|≈|±|\+/-) ?(?P<term>.+)|(?P<term2>.+?) ?(?:\(? ?{any_of('about_after')} ?\)?|"
    r"(?P<note>\*{1,3}|\((?:\*{1,3}|[a-jln-z])\)))",
    re.I,
)
_BOUND = re.compile(
    rf"(?:(?P<below>{any_of('below')})|{any_of('above')}) ?:? ?(?P<term>.+)|(?P<term2>.+?)(?: (?:(?P<below2>"
    r"max(?:imum|i|\.)?|au plus|ou moins)|(?:min(?:imum|i|\.)?|au moins|et plus|ou plus))|(?<=[0-9])\+)",
    re.I,
)
_BETWEEN = re.compile(
    r"(?:entre|de) (?P<low>.+?) (?:et|a|-) (?P<high>.+)|\[ ?(?P<low2>[^];-]+?) ?[;-] ?(?P<high2>[^];-]+?) ?\]|"
    r"(?P<low3>[^-]+?) ?(?:- |-(?![a-z])|(?<![a-z])-| a ) ?(?P<high3>[^-]+)",  # « vingt-cinq mille » is one number
    re.I,
)
_TWICE = re.compile(
    r"(?P<term>[^()=]+?) ?(?:\((?:soit |= ?|total ?:? ?)?(?P<again>[^()]+)\)|,? ?(?:=|soit |"
    r"c'est-a-dire )(?P<again2>[^()=]+))",
    re.I,
)
_QUOTED = re.compile(r"^[\"«“] ?([^\"«»“”]+?) ?[\"»”]$")
_PRODUCT = re.compile(
    r"(?P<times>[0-9]{1,3}) ?(?:x|\*|×|fois) ?(?P<term>.+)|(?P<term2>.+?) ?(?:x|\*|×) ?(?P<times2>[0-9]{1,3})", re.I
)
_NAMED_YEAR = re.compile(
    r"(?:\ben |\((?:en )?|\bpour |^|[;,+/] ?|\bet )(20[0-9]{2})(?= ?(?::|\)|,|;|\+|$| et | puis ))", re.I
)


def without_year(text: str) -> str:
    """Return a quantity without the year it is for: `2,5 ETP` of `2,5 ETP en 2014`."""
    return re.sub(r" (?:en (?:19|20)[0-9]{2}|\((?:en )?(?:19|20)[0-9]{2}\))$", "", text, flags=re.I)


def _several_years(text: str) -> Term | None:
    """`1 ETP en 2014 et 2 en 2015`: figures of different years; neither their sum nor one of them is the answer."""
    told = len(set(_NAMED_YEAR.findall(text))) > 1 and re.search("[0-9]", _NAMED_YEAR.sub("", text))
    return undecided("several_years") if told else None


def _part(match: re.Match[str] | None, name: str) -> str:
    """Return what the filled one of the groups `name`, `name2`, `name3` holds, "" if none or nothing matched."""
    groups = match.groupdict() if match else {}
    return next((text.strip() for key, text in groups.items() if text and key.rstrip("23") == name), "")


@dataclass(frozen=True)
class Grammar:
    """How a quantity is written: unit, reader of one term, own rules around the shared, what joins terms, bounds."""

    unit: str
    single: Reader
    before: tuple[Reader, ...] = ()
    after: tuple[Reader, ...] = ()
    plus: str = r"\+"
    addable: Callable[[Sequence[Term], str], bool] = lambda terms, text: True  # noqa: ARG005
    bounds: tuple[float, float] = (0, float("inf"))

    def read(self, text: str) -> Reading:
        """Return the reading of a written quantity; the first rule that understands it answers."""
        written = _QUOTED.sub(r"\1", bare(text)).rstrip(";, ")
        if len(written) > _LONGEST_TEXT:
            return unstated(text, rule="too_long")
        rules = (*self.before, _several_years, self._approximate, self._bound, self._between, self._total)
        rules = (_silent, *rules, self._stated_twice, said("of_which"), *self.after)
        term = next(filter(None, (rule(written) for rule in rules)), None)
        if term is None:
            return unstated(text)
        low, high = (None if bound is None else float(bound) for bound in (term.low, term.high))
        value = term.value if term.value is None else float(term.value) if term.value % 1 else int(term.value)
        if any(one is not None and not self.bounds[0] <= one <= self.bounds[1] for one in (value, low, high)):
            return unstated(text, rule="out_of_range" if self.bounds[1] == 1 else "negative")
        status = "zero" if value == 0 and term.status == "exact" else term.status
        unit = None if value is low is high is None else self.unit
        return Reading(text, value, unit, status, term.rule, low, high)

    def _approximate(self, text: str) -> Term | None:
        """`env. 30 000`, `30 000 ?`, `30 000 €*`: the number is stated, and so is that it is not exact, or not all."""
        match = _APPROXIMATE.fullmatch(text)
        inner = _part(match, "term")
        term = self._between(inner) or self._total(inner)
        rule = "noted" if match and match["note"] else "approximate"
        return replace(term, rule=rule, status="approximate") if term and term.status == "exact" else term

    def _bound(self, text: str) -> Term | None:
        """`< 10 000`, `plus de 50 k€`, `15 000 maximum`: one bound, no value."""
        match = _BOUND.fullmatch(text)
        term = self._total(_part(match, "term"))
        if term is None or term.value is None:
            return term
        low, high = (None, term.value) if _part(match, "below") else (term.value, None)
        return Term(None, "bound", "range", low=low, high=high)

    def _between(self, text: str) -> Term | None:
        """`10-15 k€`, `entre 10 et 15 k€`: two bounds; the unit of the second serves both where the order allows."""
        if not (match := _BETWEEN.fullmatch(text)):
            return None
        lower, (low, high) = _part(match, "low"), (self.single(_part(match, side)) for side in ("low", "high"))
        if low is None or high is None or low.value is None or high.value is None:
            return None
        unit = (re.search(r"\b(?:mille|millions?|milliards?)\b.*", _part(match, "high"), re.I) or [high.unit])[0]
        shared = self.single(f"{lower} {unit}") if not low.unit and unit else None
        least = shared.value if shared and shared.value is not None and shared.value <= high.value else low.value
        if least > high.value:
            return undecided("difference_or_range")
        return Term(None, "between", "range", low=least, high=high.value)

    def _stated_twice(self, text: str) -> Term | None:
        """`15 000 + 5 000 = 20 000`, `150 000 € (cent cinquante mille)`: one value said twice, or two that differ."""
        sides = [_part(_TWICE.fullmatch(text), side) for side in ("term", "again")]
        one, two = (_silent(side) or self._total(side) for side in sides) if all(sides) else (None, None)
        if one is None or two is None or one.value is None or two.value is None:
            return None
        return one if one.value == two.value else undecided("two_values")

    def _total(self, text: str) -> Term | None:
        """`15 000 + 5 000`: the sum of terms that can all be stated; one term is the simplest sum."""
        if not text:
            return None
        first = self._product(text)
        parts = re.split(self.plus, text[1:], flags=re.I)
        if first is not None or len(parts) == 1:
            return first
        terms = [self._product(part.strip()) for part in (text[0] + parts[0], *parts[1:])]
        read = [term for term in terms if term is not None]
        if len(read) < len(terms):
            return None
        values = [term.value for term in read if term.value is not None]
        if len(values) < len(terms) or min(values) < self.bounds[0] or not self.addable(read, text):
            return undecided("sum_of_unlike_terms")
        status = "exact" if all(term.status == "exact" for term in read) else "approximate"
        return Term(sum(values, Decimal(0)), "sum", status)

    def _product(self, text: str) -> Term | None:
        """Return a single term, or a product of a small whole number and one."""
        if term := self.single(text):
            return term
        match = _PRODUCT.fullmatch(text)
        term = self.single(_part(match, "term"))
        if term is None or term.value is None:
            return term
        return replace(term, value=term.value * int(_part(match, "times")), rule="product")
