"""The rule on means, medians and extremes: with their number and total, can any values have them together?

Figures of one quantity find each other by name (`audit_rows.stem`), within a source, a wave, a level and a unit:
`grant_mean`, `grant_median`, `grant_minimum`, `grant_maximum`, `grant_total` or `grant_amount`, and their number,
`grant_projects`.

Sorted values are moved one at a time from their smallest total to their largest, so that n values with a minimum, a
median and a maximum within given bands have every total between two (every whole total, for whole numbers), and the
question is whether those meet the printed total and n times the printed mean.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from ptce_analysis.analysis.audit_rows import printed_totals, rows_of_amounts, stem, untested, with_statistic
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

# The first is never above the second, whatever the values (a total is that of values none of which is negative).
ORDERED = (
    *(("minimum", other) for other in ("median", "mean", "maximum", "sum")),
    *((other, "maximum") for other in ("median", "mean")),
    *((other, "sum") for other in ("median", "mean", "maximum")),
)
SPREAD = ("minimum", "median", "maximum")
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
    def facts(self) -> list[Fact]:
        """The printed figures."""
        return list(self.figures.values())

    @property
    def bands(self) -> Bands:
        """The band of each figure, by statistic."""
        return {statistic: fact.band for statistic, fact in self.figures.items()}

    @property
    def whole(self) -> bool:
        """Whether the values are whole numbers."""
        return all(fact.unit == "count" for fact in self.facts)

    @property
    def numbers(self) -> Sequence[int]:
        """The numbers of values to reason with, the likeliest first; none for shares, whose mean may be weighted."""
        if self.base is None or any(fact.unit == "share" for fact in self.facts):
            return ()
        likeliest = self.base.n
        return sorted(self.base.numbers, key=lambda n: abs(n - likeliest))

    @property
    def holds_for(self) -> int | None:
        """The likeliest number of values that some values can have with these figures; None when there is none."""
        return next((n for n in self.numbers if possible(n, self.bands, self.whole)), None)

    def only(self, *statistics: str) -> Described:
        """The same with these figures only."""
        return replace(self, figures={s: fact for s, fact in self.figures.items() if s in statistics})

    def findings(self, verdict: str, phrase: Phrase) -> Iterator[Finding]:
        """Yield a finding of each figure, and of their number."""
        stated = self.number or all(fact.base_n for fact in self.facts)
        premises = [rounded(*self.facts)]
        if self.numbers:
            n = self.numbers[0]
            middle = [say(Reason.MIDDLE_TWO)] if n % 2 == 0 and "median" in self.figures else []
            known = [say(Reason.ALL_VALUES, n=n), *middle, say(Reason.NOT_NEGATIVE), say(Reason.UNWEIGHTED)]
            premises = [*known, *premises]
        else:
            premises = [say(Reason.SAME_THING), *premises]
        origin = "derived" if stated or not self.numbers else "assumption"
        members = [*self.facts, *([self.number] if self.number else [])]
        yield from each(members, verdict, phrase, tuple(premises) if verdict != "unverifiable" else (), origin)


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
        phrase = say(Reason.BASE_COUNTED, n=number, indicator=Quantity(number.indicator, "indicator"))
        base: Base | None = Base(int(number.value), whole_numbers(number), phrase, printed=True)
    else:
        base = printed.base(min(figures.values(), key=lambda fact: fact.base_n is None))
    if base is None or _over_several(figures.values()) or len(base.numbers[: MOST_NUMBERS + 1]) > MOST_NUMBERS:
        return None
    numbers = range(max(base.numbers.start, 1), base.numbers.stop)
    return replace(base, numbers=numbers) if numbers else None


def _over_several(facts: Collection[Fact]) -> bool:
    """Whether figures are printed over different bases."""
    return len({fact.base_n for fact in facts} - {None}) > 1


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


def reach(n: int, bands: Bands, whole: bool) -> tuple[Times, Times] | None:
    """Return the n values of smallest and those of largest total with this minimum, median and maximum; None if none.

    Values as low as can be: all below the middle at the minimum, those above at the median, one at the maximum. As
    high as can be: one at the minimum, those below the middle at the median, those above at the maximum.
    """
    (low, low_end), (top, top_end) = (bands.get(name, ANY) for name in ("minimum", "maximum"))
    middle = bands.get("median", ANY)
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
    (below, above), (under, over) = ((math.floor(m), math.ceil(m)) if pairs else (m, m) for m in (first, last))
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
        found[Fraction(value)] += times
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
    refuted = {frozenset((row.total.id, row.median.id)) for row in told if row.can_be_tested and not row.holds}
    for one in described(printed):
        if _over_several(one.facts):
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
    against = one.only(*(s for s, fact in one.figures.items() if fact.id in named))
    if frozenset(ids(against.facts)) not in already:
        yield from refuted
    others = one.only(*(one.figures.keys() - against.figures.keys()))
    told = {finding.id: finding for finding in _judged(others, already)} if others.figures else {}
    beside = say(Reason.VALUES_BESIDE, known=with_statistic(against.facts))
    for fact in others.facts:
        yield told.get(fact.id) or Finding(fact.id, "unverifiable", beside, ids(against.facts))


def _out_of_order(one: Described) -> list[Finding]:
    found: list[Finding] = []
    for lower, upper in ORDERED:
        pair = replace(one.only(lower, upper), number=None)
        if len(pair.figures) == 2 and pair.bands[lower][0] > pair.bands[upper][1]:
            first, last = pair.figures[lower], pair.figures[upper]
            low, high = Quantity(first.band[0], first.unit), Quantity(last.band[1], first.unit)
            names = {"lower": with_statistic([first]), "upper": with_statistic([last])}
            found += pair.findings("impossible", say(Reason.VALUES_ORDER_FAILS, low=low, high=high, **names))
    return found


def _contradictory(one: Described) -> list[Finding]:
    """What is said of the fewest figures that no values have together, whatever their number within its rounding."""
    if one.base is None or not one.numbers or one.holds_for is not None:
        return []
    for statistic in LEFT_OUT_FIRST:
        fewer = one.only(*(one.figures.keys() - {statistic}))
        if fewer.figures and fewer.holds_for is None:
            one = fewer
    values = {"arithmetic": _refusal(one, one.numbers[0]), "base": one.base.phrase}
    phrase = say(Reason.VALUES, **values)
    if one.number or (one.base.printed and len(one.figures) > 1):
        return list(one.findings("impossible", phrase))
    # Some of those it is a mean of may not have answered, as for a percentage: another number is looked for.
    limit = max(LARGEST_BASE, min(one.base.n, MOST_NUMBERS))
    others = tuple(n for n in range(1, limit + 1) if possible(n, one.bands, one.whole))
    if one.base.printed and not others:
        return list(one.findings("impossible", phrase))
    elsewhere = say(Reason.VALUES_ELSEWHERE, **values, others=Quantity(others, "bases"), limit=limit)
    return list(one.findings("other_base_only", elsewhere))


def _refusal(one: Described, n: int) -> Phrase:
    """Why n values cannot have these figures."""
    low, high = allowed(n, one.bands, one.whole)
    reached = reach(n, one.bands, one.whole)
    if low > high and "mean" in one.figures:
        reason = Reason.MEAN_TOTAL_FAILS if "sum" in one.figures else Reason.MEAN_WHOLE_FAILS
        return _product(one, n, reason)
    if n <= 2 or reached is None or not one.figures.keys() & {"sum", "mean"}:
        known = with_statistic(one.facts)
        return say(Reason.VALUES_FEW if n <= 2 else Reason.VALUES_WHOLE, n=n, known=known)
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
    reached, (low, high) = reach(n, one.bands, one.whole), allowed(n, one.bands, one.whole)
    values: dict[str, Quantity] = {}
    for name, runs in zip(("least", "most"), reached or ((), ()), strict=True):
        terms = tuple((times, value) for times, value in runs if value)
        values |= {name: Quantity(_total(runs), stated.unit), f"{name}_terms": Quantity(terms or 0, stated.unit, " + ")}
    known = with_statistic(fact for name, fact in one.figures.items() if name in SPREAD)
    ends = {"low": Quantity(low, stated.unit), "high": Quantity(high, stated.unit)}
    return say(reason, n=n, stated=with_statistic([stated]), known=known, **values, **ends)


def _holding(one: Described) -> Iterator[Finding]:
    """What can be said of figures that do not contradict each other, where something could have."""
    found, n = one.figures.keys(), one.holds_for
    if n is not None and one.base is not None:
        for names, arithmetic in _arithmetic(one, n):
            phrase = say(Reason.VALUES, arithmetic=arithmetic, base=one.base.phrase)
            yield from one.only(*names).findings("consistent", phrase)
    if n is None or not found & {"sum", "mean"}:
        for middle in [name for name in ("median", "mean") if name in found] or [""]:
            chain = [one.figures[name] for name in ("minimum", middle, "maximum") if name in found]
            if len(chain) > 1:
                of = replace(one.only("minimum", middle, "maximum"), number=None)
                order = say(Reason.VALUES_ORDER, order=with_statistic(chain, " ≤ "))
                yield from of.findings("consistent", order)
    if n is None and {"sum", "mean"} <= found and one.number is None:
        pair = one.only("sum", "mean")
        yield from pair.findings("unverifiable", untested(pair.facts))


def _arithmetic(one: Described, n: int) -> Iterator[tuple[Collection[str], Phrase]]:
    """Each test that n values pass, with the statistics it is about."""
    found = one.figures.keys()
    spread = found & set(SPREAD)
    if {"sum", "mean"} <= found:
        yield ("sum", "mean"), _product(one, n, Reason.MEAN_TOTAL_HOLDS)
    if found & {"sum", "mean"} and spread and found != {"sum", "median"}:
        reason = Reason.VALUES_BETWEEN if "maximum" in found else Reason.VALUES_REACHED
        yield spread | {"sum" if "sum" in found else "mean"}, _limits(one, n, reason)
    if one.whole and "mean" in found and n * one.figures["mean"].grain < 1:
        k = allowed(n, one.bands, one.whole)[0]
        yield ("mean",), say(Reason.MEAN_WHOLE_HOLDS, k=k, n=n, exact=k / n, mean=one.figures["mean"])
    halves = 1 + (n + 1) % 2
    if one.whole and "median" in found and halves * one.figures["median"].grain < 1:
        exact = _snapped(one.bands["median"], halves, one.whole)[0]
        yield ("median",), say(Reason.MEDIAN_WHOLE_HOLDS, exact=exact, n=n, median=one.figures["median"])
