"""Rules of the audit on figures that depend on each other: rows of amounts, means and extremes, parts, two sources."""

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations, permutations

from ptce_analysis.analysis.amounts import STATISTICS as SPREAD
from ptce_analysis.analysis.amounts import AmountsRow, bounds, highest_median, largest_n, obstacle, smallest_sum
from ptce_analysis.analysis.audit_shares import Base, Finding, Printed, each, ids, is_percentage, whole_numbers
from ptce_analysis.analysis.audit_words import LIMIT_SAID, Phrase, Quantity, Said, say, steps_of, with_band
from ptce_analysis.published import Fact, indicator
from ptce_analysis.vocabulary import LEVELS, Band

# Limit: every choice of parts is tried when they do not add up to their total. If wrong: more parts go untested.
MOST_PARTS = 12
# How the name of a figure ends, by its statistic, after that of the quantity it is said of.
ENDINGS = {
    "count": ("_projects",), "sum": ("_amount", "_total"), "mean": ("_mean",), "median": ("_median",),
    "minimum": ("_minimum",), "maximum": ("_maximum",),
}  # fmt: skip
Figures = dict[str, Fact]
# Some figures of a quantity by statistic, whether their number allows them, and the arithmetic.
Test = tuple[Figures, bool, Phrase]

# Assumption: a number known no better than to a thousand candidates is no number of values. Source: none; it bounds the
# search. If wrong: a mean said of it goes untested.
MOST_NUMBERS = 1000
# Of each two but median and mean, the first is never above the second, whatever the values, none of which is negative.
ASCENDING = ("minimum", "median", "mean", "maximum", "sum")


@dataclass(frozen=True)
class Amounts:
    """What a source prints of the same amounts: total, median and, as a figure of its own or beside one, their number.

    `n`: of those that the count can stand for, the first that total and median allow, else the smallest; None where no
    number is printed, or total and median are printed over different bases.
    """

    total: Fact
    median: Fact
    projects: Fact | None
    n: int | None

    @property
    def bands(self) -> AmountsRow:
        """That number, and the totals and medians that round to those printed."""
        return AmountsRow(self.n or 0, *self.total.band, *self.median.band)

    @property
    def holds(self) -> bool:
        """Whether that number of amounts can have this total and median, roundings included."""
        return bool(self.n) and obstacle(self.bands) is None

    @property
    def highest_median(self) -> Fraction:
        """The highest median, in the steps of this one, that the amounts can have with this total."""
        limit, grain, printed = highest_median(self.bands), self.median.grain, self.median.value
        return (limit + grain / 2 - printed) // grain * grain + printed if grain else limit


def stem(fact: Fact) -> str:
    """Return the quantity that a figure is said of, declared in the vocabulary or read in its name; empty without one.

    Total, mean and median may bear its very name; a minimum under that name is what a source says "at least" of it.
    """
    if declared := indicator(fact.indicator).quantity:
        return declared
    for end in ENDINGS.get(fact.statistic, ()):
        if fact.indicator.endswith(end):
            return fact.indicator.removesuffix(end)
    return fact.indicator if fact.statistic in ("sum", "mean", "median") else ""


def rows_of_amounts(printed: Printed) -> Iterator[Amounts]:
    """Yield the rows `<name>_amount`, `<name>_median` and `<name>_projects` (or a printed base) of one level.

    And the totals said with the median of the same quantity (declared, or `<name>_total` and `<name>_median`).
    """
    # Assumption (01, 05): A total and the median beside it concern the same clusters. Source: none. If wrong: nothing
    # follows on how unequal the clusters are.
    for total in printed.figures.values():
        name, table = stem(total), total.indicator.endswith("_amount")
        beside = (f"{name}_{part}" for part in ("median", "projects"))
        median, projects = (printed.figures.get((one, total.level, total.wave, total.source)) for one in beside)
        if median and (total.statistic, median.statistic, total.unit) == ("sum", "median", median.unit):
            bases, projects = bases_of((total, median)), projects if table else None
            numbers = whole_numbers(projects) if projects else bases
            # From three amounts on, one more never helps: the smallest total only grows.
            rows = [Amounts(total, median, projects, n) for n in (numbers[:4] if len(bases) < 2 else ())]
            yield next((row for row in rows if row.holds), rows[0] if rows else Amounts(total, median, projects, None))


def rows(printed: Printed) -> Iterator[Finding]:
    """n non-negative amounts with median m total at least (floor(n/2) + 1) × m, roundings of both included.

    All carry the verdict. A total that is no row of a table also forces concentration, whose least is said; that its
    median is of the same units is an assumption where the median prints no base.
    """
    found = list(rows_of_amounts(printed))
    for row in found:
        n, total, median, unit = row.n, row.total, row.median, row.total.unit
        members = [total, median, *([row.projects] if row.projects else [])]
        if not n:
            yield from each(members, "unverifiable", untested([total, median]))
            continue
        # No median is higher: where it has no last decimal, it is shown rounded up.
        highest = row.highest_median if median.grain else Fraction(math.ceil(row.highest_median * 100), 100)
        said: Said = {"n": n, "h": n // 2, "total": total, "median": median, "largest_n": largest_n(row.bands)}
        ends = {"median_low": median.band[0], "total_high": total.band[1], "minimum": smallest_sum(row.bands)}
        said |= {name: Quantity(end, unit) for name, end in (ends | {"highest_median": highest}).items()}
        reason, origin, table = "row_holds", "derived", total.indicator.endswith("_amount")
        if not row.holds:
            of = total.indicator, total.wave, total.source
            others = [it.median for it in found if (it.total.indicator, it.total.wave, it.total.source) == of]
            held = [it.value for it in others if replace(row, median=it).holds] if table else []
            reason, said["held"] = "row_fails", Quantity(tuple(held), unit)
            if smallest_sum(row.bands) <= total.band[1]:  # one or two amounts have no other total
                reason, said = "times_fails", _times(n, median) | {"total": with_band(total)}
        elif not table:
            reason, origin = "concentration", "derived" if median.base_n else "assumption"
            said |= _forced(row)
        middle = () if n % 2 else (say("middle_two"),)
        premises = (say("amounts", n=n), *middle, say("not_negative"), steps_of(total, median))
        yield from each(members, "consistent" if row.holds else "impossible", say(reason, **said), premises, origin)


def _forced(row: Amounts) -> Said:
    """The least possible concentration, cut to what is shown and never rounded above it."""
    least = {name: SPREAD[name](end.low_data) if end.low_data else 0 for name, end in bounds(row.bands).items()}
    step, cent = 1000 if row.total.unit == "eur" and least["max"] >= 1000 else 1, Fraction(1, 100)
    shares = {"share": Quantity(least["top_half_share"] // cent * cent, "share")}
    return {**shares, "largest": Quantity(Fraction(least["max"] // step * step), row.total.unit),
            "gini": Quantity(least["gini"] // cent * cent)}  # fmt: skip


def bases_of(facts: Iterable[Fact]) -> tuple[int, ...]:
    """Return the bases printed beside figures, from low to high."""
    return tuple(sorted({fact.base_n for fact in facts if fact.base_n}))


def untested(facts: Sequence[Fact]) -> Phrase:
    """Return why figures are not tested against each other: they have several bases, or no number at all."""
    if (bases := bases_of(facts))[1:]:
        return say("other_bases", bases=Quantity(bases, "bases"))
    return say("no_number", known=with_statistic(facts))


def with_statistic(facts: Iterable[Fact], joint: str = ", ") -> Quantity:
    """Return figures of one unit, each after what it is: total €100k, median €30k."""
    facts = list(facts)
    return Quantity(tuple((fact.statistic, fact.value) for fact in facts), facts[0].unit, joint)


def means(printed: Printed) -> Iterator[Finding]:
    """The minimum, median, mean, maximum and total printed of some values, none negative, must go together.

    Minimum ≤ median and mean ≤ maximum ≤ total; n times the mean is the total, n times the minimum no more, n times the
    maximum no less; whole numbers have a whole total (GRIM), and a median that is whole or, for an even n, a half. What
    fails alone, or by a number that is assumed, is `other_base_only`.
    """
    for figures, number, base in described(printed):
        facts = list(figures.values())
        if len(bases_of(facts)) > 1:
            yield from each(facts, "unverifiable", untested(facts))
            continue
        for some, holds, phrase in _ordered(figures):
            premises = (say("same_thing"), steps_of(*some.values()))
            yield from each(list(some.values()), "consistent" if holds else "impossible", phrase, premises)
        if base is None and {"sum", "mean"} <= figures.keys():
            yield from each([figures["sum"], figures["mean"]], "unverifiable", untested(facts))
        elif base and facts[0].unit != "share":  # whose mean may be weighted
            yield from _numbered(figures, number, base)


def described(printed: Printed) -> Iterator[tuple[Figures, Fact | None, Base | None]]:
    """Yield the figures that each source prints of each quantity, by statistic, once for each of its totals (if any).

    With their number, when it is a figure of its own, and the base they are said of: it, one printed beside them, or
    the respondents (None where none is known).
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
                phrase = say("base_counted", n=number, indicator=Quantity(number.indicator, "indicator"))
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
            yield some, False, say("order_fails", low=low, high=high, **ends)
        elif names != ("median", "mean") and "sum" not in names:
            yield some, True, say("order_holds", order=with_statistic(pair, " ≤ "))


def _numbered(figures: Figures, number: Fact | None, base: Base) -> Iterator[Finding]:
    found: dict[tuple[str, ...], tuple[int, Test]] = {}
    for n in sorted(base.numbers, key=lambda n: abs(n - base.n)):
        for test in _tests(figures, n):
            if tuple(test[0]) not in found or (test[1] and not found[tuple(test[0])][1][1]):
                found[tuple(test[0])] = n, test
    for n, (some, holds, arithmetic) in found.values():
        facts = list(some.values())
        sure = number or (base.printed and len(facts) > 1)
        verdict = "consistent" if holds else "impossible" if sure else "other_base_only"
        middle = [say("middle_two")] if n % 2 == 0 and "median" in some else []
        premises = (say("all_values", n=n), *middle, say("not_negative"), say("unweighted"))
        phrase = say("values", arithmetic=arithmetic, base=base.phrase)
        origin = "derived" if number or all(fact.base_n for fact in facts) else "assumption"
        yield from each([*facts, *([number] if number else [])], verdict, phrase, (*premises, steps_of(*facts)), origin)


def _tests(figures: Figures, n: int) -> Iterator[Test]:
    total = figures.get("sum")
    for name in ("mean", "minimum", "maximum") if total else ():
        if total and (fact := figures.get(name)):
            low, high = n * fact.band[0], n * fact.band[1]
            holds = (name == "maximum" or low <= total.band[1]) and (name == "minimum" or total.band[0] <= high)
            said = _times(n, fact) | {"total": with_band(total)}
            yield {name: fact, "sum": total}, holds, say("times_holds" if holds else "times_fails", **said)
    for name, parts in (("mean", n), ("median", 2 - n % 2)):
        fact = figures.get(name)
        if fact and fact.unit == "count" and parts * fact.grain < 1:
            low, high = (end * parts for end in fact.band)
            holds = math.ceil(low) <= high
            reason = "whole_holds" if holds else "whole_fails"
            yield {name: fact}, holds, say(reason, **_times(parts, fact))


def _times(k: int, fact: Fact) -> Said:
    """A figure as many times over, with its rounding."""
    product, low, high = (Quantity(Fraction(k) * value, fact.unit) for value in (fact.value, *fact.band))
    return {"n": k, "figure": with_statistic([fact]), "product": product, "low": low, "high": high}


def parts_by_whole(printed: Printed) -> Iterator[tuple[Fact, list[Fact]]]:
    """Yield every whole with a set of parts that ought to add up to it, as its own source prints them for its wave.

    A part is one by its `part_of`, else by its name (`<name>_amount` of `<name>_total`). The parts of a whole are those
    of its own level and, if it has none, those by level.
    """
    found: dict[tuple[str, bool], list[Fact]] = defaultdict(list)
    for part in printed.figures.values():
        name = part.indicator.removesuffix("_amount")
        of = part.part_of or (f"{name}_total" if name != part.indicator else "")
        for level in dict.fromkeys((part.level, "")):
            whole = printed.figures.get((of, level, part.wave, part.source))
            if whole and whole.indicator != part.indicator and _kind(part) == _kind(whole) and _kind(whole)[1]:
                found[whole.id, level == part.level].append(part)
    for (whole_id, _), parts in found.items():
        if len(parts) <= MOST_PARTS:
            yield printed.facts[whole_id], parts


def _kind(fact: Fact) -> tuple[str, bool, bool]:
    """What figures must have in common to be added up: their unit, that they add up, that they are percentages."""
    return fact.unit, fact.statistic in ("count", "sum", "share"), is_percentage(fact)


def sums(printed: Printed) -> Iterator[Finding]:
    """Parts must add up to the printed total, all figures being free within their rounding.

    The total carries the verdict: `other_base_only` when only some parts add up to it, `impossible` when no choice of
    them does. Of shares said of a share, which may also add up to 100%, all carry it.
    """
    for whole, parts in parts_by_whole(printed):
        verdict, phrase = _added(whole, parts)
        if is_percentage(whole):
            told = (say("one_answer"), say("unweighted"), steps_of(whole, *parts))
            for finding in each([whole, *parts], verdict, phrase, told if verdict != "unverifiable" else ()):
                yield replace(finding, rule="shares_of_a_share")
            continue
        premises = _cover(printed, whole, parts) if verdict != "unverifiable" else ()
        yield Finding(whole.id, verdict, phrase, ids(parts), premises)
        holds = verdict == "consistent"
        see = phrase if holds else say("sum_part", whole=whole, k=len(parts))
        for part in parts:
            yield Finding(part.id, verdict if holds else "unverifiable", see, (whole.id,), premises * holds)


def _cover(printed: Printed, whole: Fact, parts: list[Fact]) -> tuple[Phrase, ...]:
    """What must hold for parts to add up to a whole: one base, and nothing in the whole that is in no part."""
    beside = whole.base_n is not None and all(part.base_n is None for part in parts)
    base = say("cover_base", n=whole.base_n) if beside else say("cover")
    of_source = [fact for fact in printed.facts.values() if (fact.wave, fact.source) == (whole.wave, whole.source)]
    absent = {fact.level for fact in of_source} - {part.level for part in parts}
    levels, other = tuple(level for level in LEVELS if level in absent), say("nothing_else")
    if levels and not whole.level and all(part.level for part in parts):
        other = say("no_row", levels=Quantity(levels, "level"), source=whole.source)
    return base, other, steps_of(whole, *parts)


def _added(whole: Fact, parts: list[Fact]) -> tuple[str, Phrase]:
    """The verdict on a whole and what is said of its parts, added up."""
    shares, (least, most) = is_percentage(whole), whole.band
    low, high = (sum(part.band[end] for part in parts) for end in (0, 1))
    numbers = {"sum": sum(part.value for part in parts), "low": low, "high": high, "least": least, "most": most}
    said: Said = {"k": len(parts), "whole": whole, "terms": Quantity(tuple(p.value for p in parts), whole.unit, " + ")}
    said |= {name: Quantity(one, whole.unit) for name, one in numbers.items()}
    if low <= most and least <= high:
        return "consistent", say("shares_hold" if shares else "sum_holds", **said)
    if shares and low <= 1 <= high:
        return "consistent", say("shares_of_part", **said)
    # The bases printed beside the parts, where they are neither that of the whole nor the whole itself.
    others = tuple(n for n in bases_of(parts) if n not in (whole.base_n, whole.value))
    if whole.base_n and others:
        return "unverifiable", untested([whole, *parts])
    if shares:
        return "impossible", say("shares_not_all" if whole.value == 1 else "shares_fail", **said)
    fitting, below, above = choices([part.band for part in parts], whole.band)
    if fitting:
        return "other_base_only", say("sum_subset", **said, subset=_subset(parts, fitting))
    return "impossible", say("sum_never", **said, below=_subset(parts, below), above=_subset(parts, above))


def choices(parts: Sequence[Band], target: Band) -> list[tuple[int, ...]]:
    """Return the positions of some parts whose sum can meet the target, then of those nearest below and above it."""
    every = [chosen for size in range(1, len(parts) + 1) for chosen in combinations(range(len(parts)), size)]
    lows, highs = ({chosen: sum(parts[i][end] for i in chosen) for chosen in every} for end in (0, 1))
    fitting = (chosen for chosen in every if lows[chosen] <= target[1] and highs[chosen] >= target[0])
    below = max((chosen for chosen in every if highs[chosen] < target[0]), key=highs.__getitem__, default=())
    above = min((chosen for chosen in every if lows[chosen] > target[1]), key=lows.__getitem__, default=())
    return [next(fitting, ()), below, above]


def _subset(parts: list[Fact], places: tuple[int, ...]) -> Phrase:
    some = [parts[place] for place in places]
    unit = "level" if all(part.level for part in some) else "indicator"
    names = Quantity(tuple(part.level or part.indicator for part in some), unit, " + ")
    total = Quantity(sum(part.value for part in some), parts[0].unit)
    return say("subset", parts=names, sum=total) if some else say("none")


def sources(printed: Printed) -> Iterator[Finding]:
    """Sources that print the same figure should print numbers that can be one; else they differ, and none is refuted.

    One source cannot print two numbers for one figure of one base. A minimum or a maximum printed against a figure of
    another kind is read as "at least" or "at most".
    """
    groups = defaultdict[Hashable, list[Fact]](list)
    for fact in printed.facts.values():
        groups[fact.indicator, fact.level, fact.wave, fact.unit].append(fact)
    for group in groups.values():
        kinds = {fact.statistic for fact in group}
        if len(kinds) == 1 or len(kinds - LIMIT_SAID.keys()) < 2:
            claims = {fact.id: _claim(fact, fact.statistic if len(kinds) > 1 else fact.limit) for fact in group}
            for same_source in (False, True):
                pairs = [
                    (one, other)
                    for one, other in permutations(group, 2)
                    if (one.source == other.source) is same_source and len(bases_of((one, other)) * same_source) < 2
                ]
                yield from _compared(pairs, claims, same_source)


def _claim(fact: Fact, limit: str) -> tuple[Band, Quantity | Phrase]:
    """What a figure claims, and in words: all that rounds to it, or everything above "at least", below "at most"."""
    if limit not in LIMIT_SAID:
        return fact.band, with_band(fact)
    most = Fraction(10**30)  # no printed figure reaches it
    return (fact.value, most) if limit == "minimum" else (Fraction(0), fact.value), say(LIMIT_SAID[limit], value=fact)


def _compared(
    pairs: list[tuple[Fact, Fact]], claims: Mapping[str, tuple[Band, Quantity | Phrase]], same_source: bool
) -> Iterator[Finding]:
    """What is said of each figure: the first other that it cannot be, else the first that it can."""
    told = dict[str, tuple[Fact, Fact, bool]]()
    for one, other in pairs:
        (low, high), (least, most) = claims[one.id][0], claims[other.id][0]
        apart = high < least or most < low
        if one.id not in told or apart > told[one.id][2]:
            told[one.id] = one, other, apart
    differing = [id_ for id_, (_, _, apart) in told.items() if apart]
    for id_, (one, other, apart) in told.items():
        related: tuple[str, ...] = (other.id,)
        verdict, code = "consistent", "sources_agree"
        if apart:
            verdict, code = ("impossible", "repeated_differs") if same_source else ("sources_differ", "sources_differ")
            related = tuple(it for it in differing if it != id_)
        if apart or not same_source:
            said, against = claims[id_][1], claims[other.id][1]
            phrase = say(code, source=one.source, said=said, other_source=other.source, other=against)
            yield Finding(id_, verdict, phrase, related, (say("same_thing"),))
