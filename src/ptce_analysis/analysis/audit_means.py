"""The rule on means, medians and extremes: with their number and total, can any values have them together?

Figures of one quantity find each other by name (`audit_rows.stem`), within a source, a wave, a level and a unit.

Sorted values are moved one at a time from their smallest total to their largest, so that n values with a minimum, a
median and a maximum within given bands have every total between two (every whole total, for whole numbers), and the
question is whether those meet the printed total and n times the printed mean.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations

from ptce_analysis.analysis.audit_rows import bases_of, printed_totals, rows_of_amounts, stem, untested, with_statistic
from ptce_analysis.analysis.audit_shares import Base, Finding, Printed, each, ids, whole_numbers
from ptce_analysis.analysis.audit_words import Phrase, Quantity, Reason, rounded, say, with_band
from ptce_analysis.analysis.percent import LARGEST_BASE
from ptce_analysis.published import Fact
from ptce_analysis.vocabulary import Band

# Values, each after how many times it stands, from low to high.
Times = tuple[tuple[int, Fraction], ...]
Bands = Mapping[str, Band]

# What no figure printed says anything of: any value that is not negative. No printed figure reaches its upper end.
ANY: Band = (Fraction(0), Fraction(10**30))
# Assumption: a number known no better than to a thousand candidates is no number of values. Source: none; it bounds the
# search. If wrong: a mean said of it goes untested.
MOST_NUMBERS = 1000
SPREAD = ("minimum", "median", "maximum")
# Of each two but median and mean, the first is never above the second, whatever the values, none of which is negative.
ASCENDING = ("minimum", "median", "mean", "maximum", "sum")


@dataclass
class Described:
    """What a source prints of the values of one quantity: figures by statistic, and how many values there are.

    `number` is the printed number of values, when it is a figure of its own; `base` is None where none is known.
    """

    figures: Mapping[str, Fact]
    number: Fact | None
    base: Base | None

    def __post_init__(self) -> None:
        """Keep the numbers to reason with, the likeliest first; none for shares, whose mean may be weighted."""
        base, self.facts = self.base, list(self.figures.values())
        self.bands = {statistic: fact.band for statistic, fact in self.figures.items()}
        self.whole = all(fact.unit == "count" for fact in self.facts)
        weighted = any(fact.unit == "share" for fact in self.facts)
        self.numbers = sorted(base.numbers, key=lambda n: abs(n - base.n)) if base and not weighted else []

    def hold_for(self) -> int | None:
        """Return the likeliest number of values that some values can have with these figures; None without any."""
        return next((n for n in self.numbers if possible(n, self.bands, self.whole)), None)

    def only(self, statistics: Collection[str]) -> Described:
        """Return the same with these figures only."""
        return replace(self, figures={s: fact for s, fact in self.figures.items() if s in statistics})

    def findings(self, verdict: str, phrase: Phrase) -> Iterator[Finding]:
        """Yield a finding of each figure, and of their number."""
        premises, stated = [say(Reason.SAME_THING)], self.number or all(fact.base_n for fact in self.facts)
        if self.numbers:
            n = self.numbers[0]
            middle = [say(Reason.MIDDLE_TWO)] if n % 2 == 0 and "median" in self.figures else []
            premises = [say(Reason.ALL_VALUES, n=n), *middle, say(Reason.NOT_NEGATIVE), say(Reason.UNWEIGHTED)]
        told = (*premises, rounded(*self.facts)) if verdict != "unverifiable" else ()
        members = self.facts + ([self.number] if self.number else [])
        yield from each(members, verdict, phrase, told, "derived" if stated or not self.numbers else "assumption")


def described(printed: Printed) -> Iterator[Described]:
    """Yield what each source prints of each quantity, once for each of its totals (if any).

    The number of values is printed as a figure, or beside one of the figures, else assumed as for percentages.
    """
    groups: dict[tuple[str, str, int, str, str], dict[str, list[Fact]]] = defaultdict(lambda: defaultdict(list))
    counted: dict[tuple[str, str, int, str], Fact] = {}
    for fact in printed.facts.values():
        of = (stem(fact), fact.level, fact.wave, fact.source)
        if stem(fact) and not fact.limit and fact.statistic == "count":
            counted.setdefault(of, fact)
        elif stem(fact) and not fact.limit:
            groups[(*of, fact.unit)][fact.statistic].append(fact)
    for key, group in groups.items():
        firsts, number = {statistic: facts[0] for statistic, facts in group.items()}, counted.get(key[:4])
        for figures in [firsts | {"sum": total} for total in group.get("sum", ())] or [firsts]:
            base = printed.base(min(figures.values(), key=lambda fact: fact.base_n is None))
            if number:
                phrase = say(Reason.BASE_COUNTED, n=number, indicator=Quantity(number.indicator, "indicator"))
                base = Base(int(number.value), whole_numbers(number), phrase, printed=True)
            numbers = base.numbers[: MOST_NUMBERS + 1] if base else range(0)
            above_zero = range(max(numbers.start, 1), numbers.stop)
            known = above_zero and len(numbers) <= MOST_NUMBERS and len(bases_of(figures.values())) < 2
            yield Described(figures, number, replace(base, numbers=above_zero) if base and known else None)


def possible(n: int, bands: Bands, whole: bool) -> bool:
    """Return whether some n values, none negative, have a minimum, median, mean, maximum and total within these bands.

    `bands` holds those that are known, by statistic; `whole`: the values are whole numbers.
    """
    reached, (low, high) = reach(n, bands, whole), allowed(n, bands, whole)
    return reached is not None and max(low, _total(reached[0])) <= min(high, _total(reached[1]))


def allowed(n: int, bands: Bands, whole: bool) -> Band:
    """Return the totals that the printed total and mean allow; the first end is above the second when none is."""
    total, (low, high) = bands.get("sum", ANY), bands.get("mean", ANY)
    return _snapped((max(total[0], n * low), min(total[1], n * high)), 1, whole)


def reach(n: int, bands: Bands, whole: bool) -> tuple[Times, Times] | None:
    """Return the n values of smallest and those of largest total with this minimum, median and maximum; None if none.

    Values as low as can be: all below the middle at the minimum, those above at the median, one at the maximum. As
    high as can be: one at the minimum, those below the middle at the median, those above at the maximum.
    """
    (low, low_end), (top, top_end) = (bands.get(name, ANY) for name in ("minimum", "maximum"))
    middle = bands.get("median", ANY)
    if any(first > last for first, last in bands.values()):  # what is exactly 2.5 is no whole number
        return None
    if n <= 2:
        # One value is all three; twice their median is what two values total, and so are their extremes.
        some = (max(low, middle[0], top), min(low_end, middle[1], top_end))
        if n == 2:
            some = max(low + max(low, top), 2 * middle[0]), min(min(low_end, top_end) + top_end, 2 * middle[1])
        first, last = _snapped(some, 1, whole)
        return (((1, first),), ((1, last),)) if low <= top_end and first <= last else None
    first, last = _snapped((max(middle[0], low), min(middle[1], top_end)), 1 + (n + 1) % 2, whole)
    if first > last or low > top_end:
        return None
    # The two middle values of an even number, as close as can be; twice the median of an odd one.
    pairs = n % 2 == 0 and whole
    (below, above), (under, over) = (
        (Fraction(math.floor(m)), Fraction(math.ceil(m))) if pairs else (m, m) for m in (first, last)
    )
    wing, odd = (n - 1) // 2, n % 2
    smallest = ((wing, low), (1 - odd, below), (1, above), (wing - 1, above), (1, max(top, above)))
    largest = ((1, min(low_end, under)), (wing - 1, under), (1 - odd, under), (1, over), (wing, top_end))
    return _merged(smallest), _merged(largest)


def _snapped(band: Band, parts: int, whole: bool) -> Band:
    """A band cut to the whole numbers of parts (halves for 2) within it, when values are whole."""
    low, high = band
    return (Fraction(math.ceil(low * parts), parts), Fraction(math.floor(high * parts), parts)) if whole else band


def _merged(runs: Times) -> Times:
    found: dict[Fraction, int] = defaultdict(int)
    for times, value in runs:
        found[value] += times
    return tuple((times, value) for value, times in found.items() if times)


def _total(runs: Times) -> Fraction:
    return sum((times * value for times, value in runs), Fraction(0))


def means(printed: Printed) -> Iterator[Finding]:
    """Some values, none negative, must have the minimum, median, mean, maximum and total printed of them together.

    Minimum ≤ median and mean ≤ maximum; n times the mean is the total; n times the minimum is at most the total, n
    times the maximum at least, more narrowly where the median is printed too; whole numbers have a whole total (the
    GRIM test of their mean), and a median that is whole, or a half when their number is even. The number is printed as
    a figure (`<name>_projects`) or beside one, else assumed as for percentages: it is then refuted itself first, as
    `other_base_only`. Only the figures that contradict each other carry the verdict.
    """
    told = (*rows_of_amounts(printed), *printed_totals(printed))
    refuted = {frozenset((row.total.id, row.median.id)) for row in told if row.n is not None and not row.holds}
    for one in described(printed):
        if len(bases_of(one.facts)) > 1:
            yield from one.findings("unverifiable", untested(one.facts))
        else:
            yield from _judged(one, refuted)


def _judged(one: Described, already: Collection[frozenset[str]]) -> Iterator[Finding]:
    """What is said of figures, unless `rows` or `totals` refuted the same ones already."""
    refuted = _out_of_order(one) or _contradictory(one)
    if not refuted:
        yield from _holding(one)
        return
    named = {id_ for finding in refuted for id_ in finding.members}
    against = one.only([s for s, fact in one.figures.items() if fact.id in named])
    if frozenset(ids(against.facts)) not in already:
        yield from refuted
    others = one.only(one.figures.keys() - against.figures.keys())
    told = {finding.id: finding for finding in _judged(others, already)} if others.figures else {}
    beside = say(Reason.VALUES_BESIDE, known=with_statistic(against.facts))
    for fact in others.facts:
        yield told.get(fact.id) or Finding(fact.id, "unverifiable", beside, ids(against.facts))


def _out_of_order(one: Described) -> list[Finding]:
    found: list[Finding] = []
    for names in combinations([name for name in ASCENDING if name in one.figures], 2):
        first, last = (one.figures[name] for name in names)
        if names != ("median", "mean") and first.band[0] > last.band[1]:
            low, high = Quantity(first.band[0], first.unit), Quantity(last.band[1], first.unit)
            ends = {"lower": with_statistic([first]), "upper": with_statistic([last])}
            phrase = say(Reason.VALUES_ORDER_FAILS, low=low, high=high, **ends)
            found += replace(one.only(names), number=None).findings("impossible", phrase)
    return found


def _contradictory(one: Described) -> list[Finding]:
    """What is said of the fewest figures that no values have together, whatever their number within its rounding."""
    base = one.base
    if base is None or not one.numbers or one.hold_for():
        return []
    for statistic in ("minimum", "maximum", "median", "mean", "sum"):
        fewer = one.only(one.figures.keys() - {statistic})
        if fewer.figures and not fewer.hold_for():
            one = fewer
    values = {"arithmetic": _refusal(one, one.numbers[0]), "base": base.phrase}
    limit, others = max(LARGEST_BASE, min(base.n, MOST_NUMBERS)), tuple[int, ...]()
    if not one.number and not (base.printed and len(one.figures) > 1):
        # Some of those it is a mean of may not have answered, as for a percentage: another number is looked for.
        others = tuple(n for n in range(1, limit + 1) if possible(n, one.bands, one.whole))
    if base.printed and not others:
        return list(one.findings("impossible", say(Reason.VALUES, **values)))
    elsewhere = say(Reason.VALUES_ELSEWHERE, **values, others=Quantity(others, "bases"), limit=limit)
    return list(one.findings("other_base_only", elsewhere))


def _refusal(one: Described, n: int) -> Phrase:
    """Why n values cannot have these figures."""
    (low, high), reached = allowed(n, one.bands, one.whole), reach(n, one.bands, one.whole)
    if low > high and "mean" in one.figures:
        return _product(one, n, Reason.MEAN_TOTAL_FAILS if "sum" in one.figures else Reason.MEAN_WHOLE_FAILS)
    if n <= 2 or reached is None or not one.figures.keys() & {"sum", "mean"}:
        return say(Reason.VALUES_NONE, n=n, known=with_statistic(one.facts))
    return _limits(one, n, Reason.VALUES_ABOVE if _total(reached[0]) > high else Reason.VALUES_BELOW)


def _product(one: Described, n: int, reason: Reason) -> Phrase:
    """The mean times the number, and the total it is compared with, if any."""
    mean = one.figures["mean"]
    product, low, high = (Quantity(n * value, mean.unit) for value in (mean.value, *mean.band))
    total = {"total": with_band(one.figures["sum"])} if "sum" in one.figures else {}
    return say(reason, n=n, mean=mean, product=product, low=low, high=high, **total)


def _limits(one: Described, n: int, reason: Reason) -> Phrase:
    """The smallest and the largest total of n values, and what the printed total or mean allows."""
    stated = one.figures.get("sum") or one.figures["mean"]
    low, high = (Quantity(end, stated.unit) for end in allowed(n, one.bands, one.whole))
    values = {"low": low, "high": high}
    for name, runs in zip(("least", "most"), reach(n, one.bands, one.whole) or ((), ()), strict=True):
        terms = tuple((times, value) for times, value in runs if value)
        values |= {name: Quantity(_total(runs), stated.unit), f"{name}_terms": Quantity(terms or 0, stated.unit, " + ")}
    known = with_statistic(fact for name, fact in one.figures.items() if name in SPREAD)
    return say(reason, n=n, stated=with_statistic([stated]), known=known, **values)


def _holding(one: Described) -> Iterator[Finding]:
    """What can be said of figures that do not contradict each other, where something could have."""
    found, n = one.figures.keys(), one.hold_for()
    if n and one.base:
        for names, arithmetic in _arithmetic(one, n):
            told = say(Reason.VALUES, arithmetic=arithmetic, base=one.base.phrase)
            yield from one.only(names).findings("consistent", told)
    if not n and {"sum", "mean"} <= found and one.number is None:
        pair = one.only(("sum", "mean"))
        yield from pair.findings("unverifiable", untested(pair.facts))
    if not n or not found & {"sum", "mean"}:
        for middle in sorted(found & {"median", "mean"}, reverse=True) or [""]:
            chain = replace(one.only({"minimum", middle, "maximum"}), number=None)
            if len(chain.facts) > 1:
                ordered = [chain.figures[name] for name in ASCENDING if name in chain.figures]
                order = say(Reason.VALUES_ORDER, order=with_statistic(ordered, " ≤ "))
                yield from chain.findings("consistent", order)


def _arithmetic(one: Described, n: int) -> Iterator[tuple[Collection[str], Phrase]]:
    """Each test that n values pass, with the statistics it is about."""
    found, spread = one.figures.keys(), one.figures.keys() & set(SPREAD)
    if {"sum", "mean"} <= found:
        yield ("sum", "mean"), _product(one, n, Reason.MEAN_TOTAL_HOLDS)
    if found & {"sum", "mean"} and spread and found != {"sum", "median"}:
        reason = Reason.VALUES_BETWEEN if "maximum" in found else Reason.VALUES_REACHED
        yield spread | {"sum" if "sum" in found else "mean"}, _limits(one, n, reason)
    halves = 1 + (n + 1) % 2
    whole = {"mean": allowed(n, one.bands, whole=True)[0] / n, "median": one.bands.get("median", ANY)[0]}
    for name, parts in (("mean", n), ("median", halves)) if one.whole else ():
        if name in found and parts * one.figures[name].grain < 1:
            exact, statistic = Fraction(math.ceil(whole[name] * parts), parts), Quantity(name, "statistic")
            told = say(Reason.WHOLE_HOLDS, n=n, exact=exact, statistic=statistic, value=one.figures[name])
            yield (name,), told
