"""The rule on means, medians and extremes: with their number and total, can any values have them together?

Figures of one quantity find each other by name (`rows.stem`), within a source, a wave, a level and a unit:
`grant_mean`, `grant_median`, `grant_minimum`, `grant_maximum`, `grant_total` or `grant_amount`, and their number,
`grant_projects`.

Sorted values are moved one at a time from their smallest total to their largest, so that n values with a minimum, a
median and a maximum within given bands have every total between two (every whole total, for whole numbers), and the
question is whether those meet the printed total and n times the printed mean.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce

from ptce_analysis.analysis.audit.reasons import Phrase, Quantity, Reason
from ptce_analysis.analysis.audit.records import (
    Base,
    Finding,
    Printed,
    ids,
    quantity,
    rounded,
    stated_base,
    whole_numbers,
    with_band,
)
from ptce_analysis.analysis.audit.rows import refuted_rows, stem
from ptce_analysis.analysis.audit.shares import Values
from ptce_analysis.analysis.percent import LARGEST_BASE
from ptce_analysis.published import Fact
from ptce_analysis.vocabulary import Band

# Values, each with how many times it stands, from low to high.
Runs = tuple[tuple[int, Fraction], ...]
Bands = Mapping[str, Band]

# What no figure printed says anything of: any value that is not negative. No printed figure reaches its upper end.
ANY: Band = (Fraction(0), Fraction(10**30))
# Assumption: a number known no better than to a thousand candidates is no number of values. Source: none; it bounds the
# search. If wrong: a mean said of it goes untested.
MOST_NUMBERS = 1000

# The first is never above the second, whatever the values (a total is that of values none of which is negative).
ORDERED = (
    *(("minimum", other) for other in ("median", "mean", "maximum", "sum")),
    *((other, "maximum") for other in ("median", "mean")),
    *((other, "sum") for other in ("median", "mean", "maximum")),
)
# Figures are left out in this order while those that stay still contradict each other.
LEFT_OUT_FIRST = ("minimum", "maximum", "median", "mean", "sum")


@dataclass(frozen=True)
class Described:
    """What a source prints of the values of one quantity: figures by statistic, and how many values there are.

    `number` is the printed number of values, when it is a figure of its own; `base` is None where none is known.
    """

    figures: Mapping[str, Fact]
    number: Fact | None
    base: Base | None

    @property
    def members(self) -> tuple[Fact, ...]:
        """The printed figures, the number last when it is one."""
        return (*self.figures.values(), *([self.number] if self.number else []))

    @property
    def bands(self) -> Bands:
        """The band of each figure, by statistic."""
        return {statistic: fact.band for statistic, fact in self.figures.items()}

    @property
    def whole(self) -> bool:
        """Whether the values are whole numbers."""
        return all(fact.unit == "count" for fact in self.figures.values())

    @property
    def numbers(self) -> Sequence[int]:
        """The numbers of values to reason with, the likeliest first; none for shares, whose mean may be weighted."""
        if self.base is None or any(fact.unit == "share" for fact in self.figures.values()):
            return ()
        likeliest = self.base.n
        return sorted(self.base.numbers, key=lambda n: abs(n - likeliest))

    def only(self, statistics: Collection[str]) -> Described:
        """The same with these figures only."""
        return replace(self, figures={s: fact for s, fact in self.figures.items() if s in statistics})

    @property
    def holds_for(self) -> int | None:
        """The likeliest number of values that some values can have with these figures; None when there is none."""
        return next((n for n in self.numbers if possible(n, self.bands, self.whole)), None)


def described(printed: Printed) -> Iterator[Described]:
    """Yield what each source prints of each quantity, once for each of its totals (if any)."""
    groups: dict[tuple[str, str, int, str, str], dict[str, list[Fact]]] = defaultdict(lambda: defaultdict(list))
    numbers: dict[tuple[str, str, int, str], Fact] = {}
    for fact in printed.facts.values():
        of = (stem(fact), fact.level, fact.wave, fact.source)
        if stem(fact) and not fact.limit and fact.statistic == "count":
            numbers.setdefault(of, fact)
        elif stem(fact) and not fact.limit:
            groups[(*of, fact.unit)][fact.statistic].append(fact)
    for key, group in groups.items():
        firsts = {statistic: facts[0] for statistic, facts in group.items()}
        number = numbers.get(key[:4])
        for figures in [firsts | {"sum": total} for total in group.get("sum", ())] or [firsts]:
            yield Described(figures, number, _base(printed, figures, number))


def _base(printed: Printed, figures: Mapping[str, Fact], number: Fact | None) -> Base | None:
    """The number of values: printed as a figure, beside one of the figures, or assumed as for percentages."""
    if number:
        known: Values = {"n": quantity(number), "indicator": Quantity(number.indicator, "indicator")}
        numbers = whole_numbers(number)
        base: Base | None = Base(int(number.value), numbers, Phrase(Reason.BASE_COUNTED, known), printed=True)
    else:
        beside = sorted(figures.values(), key=lambda fact: fact.base_n is None)
        base = stated_base(printed, beside[0])
    if base is None or len(_bases(figures)) > 1 or len(base.numbers) > MOST_NUMBERS:
        return None
    numbers = range(max(base.numbers.start, 1), base.numbers.stop)
    return replace(base, numbers=numbers) if numbers else None


def _bases(figures: Mapping[str, Fact]) -> tuple[int, ...]:
    """The bases printed beside figures."""
    return tuple(sorted({fact.base_n for fact in figures.values() if fact.base_n}))


def possible(n: int, bands: Bands, whole: bool) -> bool:
    """Return whether some n values, none negative, have a minimum, median, mean, maximum and total within these bands.

    `bands` holds those that are known, by statistic; `whole`: the values are whole numbers.
    """
    reached = reach(n, bands, whole)
    low, high = allowed(n, bands, whole)
    return reached is not None and max(low, _total(reached[0])) <= min(high, _total(reached[1]))


def allowed(n: int, bands: Bands, whole: bool) -> Band:
    """Return the totals that the printed total and mean allow; the first end is above the second when none is."""
    total, (low, high) = bands.get("sum", ANY), bands.get("mean", ANY)
    return _snapped((max(total[0], n * low), min(total[1], n * high)), 1, whole)


def reach(n: int, bands: Bands, whole: bool) -> tuple[Runs, Runs] | None:
    """Return the n values of smallest and those of largest total with this minimum, median and maximum; None if none.

    Values as low as can be: all below the middle at the minimum, those above at the median, one at the maximum. As
    high as can be: one at the minimum, those below the middle at the median, those above at the maximum.
    """
    (low, low_end), (top, top_end) = (bands.get(name, ANY) for name in ("minimum", "maximum"))
    middle = bands.get("median", ANY)
    wing = (n - 1) // 2
    if n == 1:
        one = _snapped((max(low, middle[0], top), min(low_end, middle[1], top_end)), 1, whole)
        return (((1, one[0]),), ((1, one[1]),)) if one[0] <= one[1] else None
    if n == 2:
        # Twice their median is what two values total.
        two = max(low + max(low, top), 2 * middle[0]), min(min(low_end, top_end) + top_end, 2 * middle[1])
        two = _snapped(two, 1, whole)
        return (((1, two[0]),), ((1, two[1]),)) if low <= top_end and two[0] <= two[1] else None
    first, last = _snapped((max(middle[0], low), min(middle[1], top_end)), 1 + (n + 1) % 2, whole)
    if first > last or low > top_end:
        return None
    (below, above), (under, over) = (_middle_two(median, n, whole) for median in (first, last))
    smallest = ((wing, low), *_middle(n, below, above), (wing - 1, above), (1, max(top, above)))
    largest = ((1, min(low_end, under)), (wing - 1, under), *_middle(n, under, over), (wing, top_end))
    return _merged(smallest), _merged(largest)


def _snapped(band: Band, parts: int, whole: bool) -> Band:
    """A band cut to the whole numbers of parts (halves for 2) within it, when values are whole."""
    low, high = band
    ends = Fraction(math.ceil(low * parts), parts), Fraction(math.floor(high * parts), parts)
    return ends if whole else band


def _middle_two(median: Fraction, n: int, whole: bool) -> Band:
    """The two middle values of an even number, as close as can be; twice the median of an odd one."""
    if n % 2 or not whole:
        return median, median
    return Fraction(math.floor(median)), Fraction(math.ceil(median))


def _middle(n: int, lower: Fraction, upper: Fraction) -> Runs:
    return ((1, upper),) if n % 2 else ((1, lower), (1, upper))


def _merged(runs: Iterable[tuple[int, Fraction]]) -> Runs:
    found: dict[Fraction, int] = defaultdict(int)
    for times, value in runs:
        found[value] += times
    return tuple((times, value) for value, times in found.items() if times)


def _total(runs: Runs) -> Fraction:
    return sum((times * value for times, value in runs), Fraction(0))


def means(printed: Printed) -> Iterator[Finding]:
    """Some values, none negative, must have the minimum, median, mean, maximum and total printed of them together.

    Minimum ≤ median and mean ≤ maximum; n times the mean is the total; n times the minimum is at most the total, n
    times the maximum at least, more narrowly where the median is printed too; whole numbers have a whole total (the
    GRIM test of their mean), and a median that is whole, or a half when their number is even. The number is printed as
    a figure (`<name>_projects`) or beside one, else assumed as for percentages: it is then refuted itself first, as
    `other_base_only`. Only the figures that contradict each other carry the verdict.
    """
    refuted = {frozenset((row.total.id, row.median.id)) for row in refuted_rows(printed)}
    for one in described(printed):
        if len(_bases(one.figures)) > 1:
            bases: Values = {"bases": Quantity(_bases(one.figures), "bases")}
            yield from _each(one, "unverifiable", Phrase(Reason.VALUES_OTHER_BASE, bases))
        else:
            yield from _judged(one, refuted)


def _judged(one: Described, already: Collection[frozenset[str]]) -> Iterator[Finding]:
    """What is said of figures, unless `rows` or `totals` refuted the same ones already."""
    refuted = _out_of_order(one) or _contradictory(one)
    if not refuted:
        yield from _holding(one)
        return
    named = {id_ for finding in refuted for id_ in (finding.id, *finding.related)}
    against = one.only([s for s, fact in one.figures.items() if fact.id in named])
    if frozenset(ids(against.figures.values())) not in already:
        yield from refuted
    others = one.only(one.figures.keys() - against.figures.keys())
    told = {finding.id: finding for finding in _judged(others, already)} if others.figures else {}
    beside = Phrase(Reason.VALUES_BESIDE, {"known": _listed(against.figures.values())})
    for fact in others.figures.values():
        yield told.get(fact.id) or Finding(fact.id, "unverifiable", beside, ids(against.figures.values()))


def _out_of_order(one: Described) -> list[Finding]:
    found: list[Finding] = []
    for lower, upper in ORDERED:
        pair = one.only((lower, upper))
        if len(pair.figures) == 2 and pair.bands[lower][0] > pair.bands[upper][1]:
            found += _each(replace(pair, number=None), "impossible", _order_fails(pair, lower, upper))
    return found


def _order_fails(pair: Described, lower: str, upper: str) -> Phrase:
    low, high, unit = pair.bands[lower][0], pair.bands[upper][1], pair.figures[lower].unit
    values: Values = {
        "low": Quantity(low, unit),
        "high": Quantity(high, unit),
        "lower": _named(pair.figures[lower]),
        "upper": _named(pair.figures[upper]),
    }
    return Phrase(Reason.VALUES_ORDER_FAILS, values)


def _each(one: Described, verdict: str, phrase: Phrase) -> Iterator[Finding]:
    stated = one.number or all(fact.base_n for fact in one.figures.values())
    origin = "derived" if stated or not one.numbers else "assumption"
    premises = _premises(one) if verdict != "unverifiable" else ()
    for fact in one.members:
        others = ids(other for other in one.members if other is not fact)
        yield Finding(fact.id, verdict, phrase, others, origin, premises=premises)


def _premises(one: Described) -> tuple[Phrase, ...]:
    """What figures must be for the arithmetic to say anything of them."""
    steps = rounded(*one.figures.values())
    if not one.numbers:
        return Phrase(Reason.SAME_THING), steps
    n = one.numbers[0]
    middle = (Phrase(Reason.MIDDLE_TWO),) if n % 2 == 0 and "median" in one.figures else ()
    values = Phrase(Reason.ALL_VALUES, {"n": Quantity(n)})
    return (values, *middle, Phrase(Reason.NOT_NEGATIVE), Phrase(Reason.UNWEIGHTED), steps)


def _contradictory(one: Described) -> list[Finding]:
    """What is said of the fewest figures that no values have together, whatever their number within its rounding."""
    if not one.numbers or one.holds_for is not None:
        return []
    for statistic in LEFT_OUT_FIRST:
        fewer = one.only(one.figures.keys() - {statistic})
        if fewer.figures and fewer.holds_for is None:
            one = fewer
    assert one.base is not None
    values: Values = {"arithmetic": _refusal(one, one.numbers[0]), "base": one.base.phrase}
    if one.number or (one.base.printed and len(one.figures) > 1):
        return list(_each(one, "impossible", Phrase(Reason.VALUES, values)))
    # Some of those it is a mean of may not have answered, as for a percentage: another number is looked for.
    limit = max(LARGEST_BASE, min(one.base.n, MOST_NUMBERS))
    others = tuple(n for n in range(1, limit + 1) if possible(n, one.bands, one.whole))
    if one.base.printed and not others:
        return list(_each(one, "impossible", Phrase(Reason.VALUES, values)))
    elsewhere: Values = {"others": Quantity(others, "bases"), "limit": Quantity(limit)}
    return list(_each(one, "other_base_only", Phrase(Reason.VALUES_ELSEWHERE, values | elsewhere)))


def _refusal(one: Described, n: int) -> Phrase:
    """Why n values cannot have these figures."""
    low, high = allowed(n, one.bands, one.whole)
    reached = reach(n, one.bands, one.whole)
    if low > high:
        reason = Reason.MEAN_TOTAL_FAILS if "sum" in one.figures else Reason.MEAN_WHOLE_FAILS
        return Phrase(reason, _product(one, n))
    if n > 2 and reached is None:
        ends = {name: Quantity(end) for name, end in zip(("low", "high"), one.bands["median"], strict=True)}
        return Phrase(Reason.MEDIAN_WHOLE_FAILS, ends | {"n": Quantity(n), "median": quantity(one.figures["median"])})
    if n <= 2 or reached is None:
        return Phrase(Reason.VALUES_FEW, {"n": Quantity(n), "known": _listed(one.figures.values())})
    reason = Reason.VALUES_ABOVE if _total(reached[0]) > high else Reason.VALUES_BELOW
    return Phrase(reason, _limits(one, n))


def _product(one: Described, n: int) -> Values:
    """The mean times the number, and the total it is compared with, if any."""
    mean = one.figures["mean"]
    product, low, high = (Quantity(n * value, mean.unit) for value in (mean.value, *mean.band))
    total: Values = {"total": with_band(one.figures["sum"])} if "sum" in one.figures else {}
    return total | {"n": Quantity(n), "mean": quantity(mean), "product": product, "low": low, "high": high}


def _limits(one: Described, n: int) -> Values:
    """The smallest and the largest total of n values, and what the printed total or mean allows."""
    stated = one.figures.get("sum") or one.figures["mean"]
    reached, (low, high) = reach(n, one.bands, one.whole), allowed(n, one.bands, one.whole)
    assert reached is not None
    unit = stated.unit
    values: Values = {"n": Quantity(n), "stated": _named(stated)}
    for name, runs in zip(("least", "most"), reached, strict=True):
        values |= {name: Quantity(_total(runs), unit), f"{name}_terms": _terms(runs, unit)}
    known = _listed(fact for name, fact in one.figures.items() if name in ("minimum", "median", "maximum"))
    return values | {"known": known, "low": Quantity(low, unit), "high": Quantity(high, unit)}


def _terms(runs: Runs, unit: str) -> Quantity | Phrase:
    """Values as terms to add: 13 × €26k + 1 × €290k."""
    terms = [
        Phrase(Reason.TERM, {"k": Quantity(times), "value": Quantity(value, unit)}) for times, value in runs if value
    ]
    return _folded(Reason.PLUS, terms) if terms else Quantity(0, unit)


def _named(fact: Fact) -> Phrase:
    return Phrase(Reason.NAMED, {"name": Quantity(fact.statistic, "statistic"), "value": quantity(fact)})


def _listed(facts: Iterable[Fact]) -> Phrase:
    return _folded(Reason.LISTED, [_named(fact) for fact in facts])


def _folded(reason: Reason, phrases: Sequence[Phrase]) -> Phrase:
    return reduce(lambda one, other: Phrase(reason, {"one": one, "other": other}), phrases)


def _holding(one: Described) -> Iterator[Finding]:
    """What can be said of figures that do not contradict each other, where something could have."""
    found = one.figures.keys()
    n = one.holds_for
    if n is None or one.base is None:
        yield from _in_order(one)
        if {"sum", "mean"} <= found and one.number is None:
            pair: Values = {"total": quantity(one.figures["sum"]), "mean": quantity(one.figures["mean"])}
            phrase = Phrase(Reason.MEAN_NO_NUMBER, pair)
            yield from _each(one.only(("sum", "mean")), "unverifiable", phrase)
        return
    for names, arithmetic in _arithmetic(one, n):
        values: Values = {"arithmetic": arithmetic, "base": one.base.phrase}
        yield from _each(one.only(names), "consistent", Phrase(Reason.VALUES, values))
    if not found & {"sum", "mean"}:
        yield from _in_order(one)


def _in_order(one: Described) -> Iterator[Finding]:
    """Extremes and what lies between them, when no number or total says more."""
    for middle in [name for name in ("median", "mean") if name in one.figures] or [""]:
        chain = replace(one.only(("minimum", middle, "maximum")), number=None)
        ordered = [_named(chain.figures[name]) for name in ("minimum", middle, "maximum") if name in chain.figures]
        if len(ordered) > 1:
            order = _folded(Reason.AT_MOST, ordered)
            yield from _each(chain, "consistent", Phrase(Reason.VALUES_ORDER, {"order": order}))


def _arithmetic(one: Described, n: int) -> Iterator[tuple[Collection[str], Phrase]]:
    """Each test that n values pass, with the statistics it is about."""
    found = one.figures.keys()
    spread = found & {"minimum", "median", "maximum"}
    if {"sum", "mean"} <= found:
        yield ("sum", "mean"), Phrase(Reason.MEAN_TOTAL_HOLDS, _product(one, n))
    if found & {"sum", "mean"} and spread and found != {"sum", "median"}:
        reason = Reason.VALUES_BETWEEN if "maximum" in found else Reason.VALUES_REACHED
        yield spread | {"sum" if "sum" in found else "mean"}, Phrase(reason, _limits(one, n))
    if one.whole and "mean" in found and n * one.figures["mean"].grain < 1:
        whole = allowed(n, one.bands, one.whole)[0]
        fraction: Values = {"k": Quantity(whole), "exact": Quantity(whole / n)}
        yield ("mean",), Phrase(Reason.MEAN_WHOLE_HOLDS, _product(one, n) | fraction)
    if one.whole and "median" in found and (1 + (n + 1) % 2) * one.figures["median"].grain < 1:
        whole = _snapped(one.bands["median"], 1 + (n + 1) % 2, whole=True)[0]
        known: Values = {"n": Quantity(n), "median": quantity(one.figures["median"]), "exact": Quantity(whole)}
        yield ("median",), Phrase(Reason.MEDIAN_WHOLE_HOLDS, known)
