"""The rule on means, medians and extremes: what they, their number and their total ask of each other.

Figures of one quantity find each other by name (`audit_rows.stem`), within a source, a wave, a level and a unit.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

from ptce_analysis.analysis.audit_rows import bases_of, stem, untested, with_statistic
from ptce_analysis.analysis.audit_shares import Base, Finding, Printed, each, whole_numbers
from ptce_analysis.analysis.audit_words import Phrase, Quantity, Reason, Said, rounded, say, with_band
from ptce_analysis.published import Fact

Figures = dict[str, Fact]
# Some figures of a quantity by statistic, whether their number allows them, and the arithmetic.
Test = tuple[Figures, bool, Phrase]

# Assumption: a number known no better than to a thousand candidates is no number of values. Source: none; it bounds the
# search. If wrong: a mean said of it goes untested.
MOST_NUMBERS = 1000
# Of each two but median and mean, the first is never above the second, whatever the values, none of which is negative.
ASCENDING = ("minimum", "median", "mean", "maximum", "sum")


def means(printed: Printed) -> Iterator[Finding]:
    """The minimum, median, mean, maximum and total printed of some values, none negative, must go together.

    Minimum ≤ median and mean ≤ maximum ≤ total; n times the mean is the total, n times the minimum at most the total, n
    times the maximum at least; whole numbers have a whole total (the GRIM test of their mean), and a median that is
    whole, or a half when their number is even. The number is printed as a figure (`<name>_projects`) or beside one,
    else assumed as for percentages: where a figure alone, or an assumed number, fails, it is `other_base_only`.
    """
    for figures, number, base in described(printed):
        facts = list(figures.values())
        if len(bases_of(facts)) > 1:
            yield from each(facts, "unverifiable", untested(facts))
            continue
        for some, holds, phrase in _ordered(figures):
            premises = (say(Reason.SAME_THING), rounded(*some.values()))
            yield from each(list(some.values()), "consistent" if holds else "impossible", phrase, premises)
        if base is None and {"sum", "mean"} <= figures.keys():
            yield from each([figures["sum"], figures["mean"]], "unverifiable", untested(facts))
        elif base and facts[0].unit != "share":  # whose mean may be weighted
            yield from _numbered(figures, number, base)


def described(printed: Printed) -> Iterator[tuple[Figures, Fact | None, Base | None]]:
    """Yield the figures that each source prints of each quantity, by statistic, once for each of its totals (if any).

    With them their number, when it is a figure of its own, and the numbers above zero that it, the base printed beside
    one of them or the respondents can stand for; None where none is known.
    """
    groups = defaultdict[tuple[object, ...], dict[str, list[Fact]]](lambda: defaultdict(list))
    counted: dict[tuple[object, ...], Fact] = {}
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
                base = Base(whole_numbers(number), int(number.value), phrase, printed=True)
            numbers = range(max(base.numbers.start, 1), base.numbers.stop) if base else range(0)
            known = 1 <= len(numbers[: MOST_NUMBERS + 1]) <= MOST_NUMBERS
            yield figures, number, replace(base, numbers=numbers) if base and known else None


def _ordered(figures: Figures) -> Iterator[Test]:
    """Which of two figures is the larger, whatever the number of values; of totals, only what fails."""
    for names in combinations([name for name in ASCENDING if name in figures], 2):
        first, last = pair = [figures[name] for name in names]
        some = dict(zip(names, pair, strict=True))
        if names != ("median", "mean") and first.band[0] > last.band[1]:
            low, high = Quantity(first.band[0], first.unit), Quantity(last.band[1], first.unit)
            ends = {"lower": with_statistic([first]), "upper": with_statistic([last])}
            yield some, False, say(Reason.ORDER_FAILS, low=low, high=high, **ends)
        elif names != ("median", "mean") and "sum" not in names:
            yield some, True, say(Reason.ORDER_HOLDS, order=with_statistic(pair, " ≤ "))


def _numbered(figures: Figures, number: Fact | None, base: Base) -> Iterator[Finding]:
    """What the number of values allows: of those that it can stand for, the first that does, else the likeliest."""
    found: dict[tuple[str, ...], tuple[int, Test]] = {}
    for n in sorted(base.numbers, key=lambda n: abs(n - base.n)):
        for test in _tests(figures, n):
            if tuple(test[0]) not in found or (test[1] and not found[tuple(test[0])][1][1]):
                found[tuple(test[0])] = n, test
    for n, (some, holds, arithmetic) in found.values():
        facts = list(some.values())
        sure = number or (base.printed and len(facts) > 1)
        verdict = "consistent" if holds else "impossible" if sure else "other_base_only"
        middle = [say(Reason.MIDDLE_TWO)] if n % 2 == 0 and "median" in some else []
        premises = (say(Reason.ALL_VALUES, n=n), *middle, say(Reason.NOT_NEGATIVE), say(Reason.UNWEIGHTED))
        phrase = say(Reason.VALUES, arithmetic=arithmetic, base=base.phrase)
        origin = "derived" if number or all(fact.base_n for fact in facts) else "assumption"
        yield from each([*facts, *([number] if number else [])], verdict, phrase, (*premises, rounded(*facts)), origin)


def _tests(figures: Figures, n: int) -> Iterator[Test]:
    total = figures.get("sum")
    for name in ("mean", "minimum", "maximum") if total else ():
        if total and (fact := figures.get(name)):
            low, high = n * fact.band[0], n * fact.band[1]
            holds = (name == "maximum" or low <= total.band[1]) and (name == "minimum" or total.band[0] <= high)
            said = _times(n, fact) | {"total": with_band(total)}
            yield {name: fact, "sum": total}, holds, say(Reason.TIMES_HOLDS if holds else Reason.TIMES_FAILS, **said)
    for name, parts in (("mean", n), ("median", 2 - n % 2)):
        fact = figures.get(name)
        if fact and fact.unit == "count" and parts * fact.grain < 1:
            low, high = (end * parts for end in fact.band)
            holds = math.ceil(low) <= high
            reason = Reason.WHOLE_HOLDS if holds else Reason.WHOLE_FAILS
            yield {name: fact}, holds, say(reason, **_times(parts, fact))


def _times(k: int, fact: Fact) -> Said:
    """A figure as many times over, with its rounding."""
    product, low, high = (Quantity(Fraction(k) * value, fact.unit) for value in (fact.value, *fact.band))
    return {"n": k, "figure": with_statistic([fact]), "product": product, "low": low, "high": high}
