"""Rules of the audit on figures that depend on each other: rows of amounts, totals and parts, two sources."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ptce_analysis.analysis.amounts import (
    STATISTICS,
    AmountsRow,
    bounds,
    can_hold,
    highest_median,
    largest_n,
    smallest_sum,
)
from ptce_analysis.analysis.audit_shares import Finding, Printed, each, ids, is_percentage, whole_numbers
from ptce_analysis.analysis.audit_words import LIMIT_SAID, Phrase, Quantity, Reason, Said, rounded, say, with_band
from ptce_analysis.published import Fact, indicator
from ptce_analysis.vocabulary import LEVELS, Band

# Every choice of so many parts is tried when they do not add up to their total.
MOST_PARTS = 20
# How the name of a figure ends, by its statistic, after that of the quantity it is said of.
ENDINGS = {
    "count": ("_projects",), "sum": ("_amount", "_total"), "mean": ("_mean",), "median": ("_median",),
    "minimum": ("_minimum",), "maximum": ("_maximum",),
}  # fmt: skip


@dataclass(frozen=True)
class Amounts:
    """What a source prints of the same amounts: total, median and, as a figure of its own or beside one, their number.

    `n` is the number to reason with: of those that the count can stand for, the first that total and median allow, else
    the smallest; None where no number is printed, or total and median are printed over different bases.
    """

    total: Fact
    median: Fact
    projects: Fact | None
    n: int | None

    @property
    def bands(self) -> AmountsRow:
        """The number to reason with, and the totals and medians that round to those printed."""
        return AmountsRow(self.n or 0, *self.total.band, *self.median.band)

    @property
    def holds(self) -> bool:
        """Whether that number of amounts can have this total and median, roundings included."""
        return self.n is not None and can_hold(self.n, self.total.band, self.median.band)

    @property
    def highest_median(self) -> Fraction:
        """The highest median, printed in the steps of this one, that the amounts can have with this total.

        For 16 amounts printed 246 in whole units: (246 + 1/2) / 9 = 27.4, which prints as 27.
        """
        limit, grain = highest_median(self.bands), self.median.grain
        offset = self.median.value % grain if grain else 0
        return (limit + grain / 2 - offset) // grain * grain + offset if grain else limit


def stem(fact: Fact) -> str:
    """Return the quantity that a figure is said of, declared in the vocabulary or read in its name; empty without one.

    Total, mean and median may bear its very name. A minimum under that name is what the source says "at least" of it.
    """
    if declared := indicator(fact.indicator).quantity:
        return declared
    for end in ENDINGS.get(fact.statistic, ()):
        if fact.indicator.endswith(end):
            return fact.indicator.removesuffix(end)
    return fact.indicator if fact.statistic in ("sum", "mean", "median") else ""


def rows_of_amounts(printed: Printed) -> Iterator[Amounts]:
    """Yield the rows `<name>_amount`, `<name>_median` and `<name>_projects` (or a printed base) of one level."""
    for total in printed.figures.values():
        name = total.indicator.removesuffix("_amount")
        if name != total.indicator:
            yield from _amounts(printed, total, name, printed.beside(total, f"{name}_projects"))


def printed_totals(printed: Printed) -> Iterator[Amounts]:
    """Yield the totals said with the median of the same quantity (declared, or `<name>_total` and `<name>_median`)."""
    for total in printed.figures.values():
        if not total.indicator.endswith("_amount"):
            yield from _amounts(printed, total, stem(total), None)


def _amounts(printed: Printed, total: Fact, name: str, projects: Fact | None) -> Iterator[Amounts]:
    median = printed.beside(total, f"{name}_median")
    if not median or (total.statistic, median.statistic, total.unit) != ("sum", "median", median.unit):
        return
    bases = bases_of((total, median))
    numbers = whole_numbers(projects) if projects else bases
    # From three amounts on, one more never helps: the smallest total only grows.
    held = (n for n in numbers[:4] if can_hold(n, total.band, median.band))
    yield Amounts(total, median, projects, next(held, numbers[0]) if numbers and len(bases) < 2 else None)


def rows(printed: Printed) -> Iterator[Finding]:
    """n non-negative amounts with median m total at least (floor(n/2) + 1) × m, roundings of both included.

    (One amount is its own total, and two total twice their median.) Which figure of an impossible row is wrong cannot
    be known: total, median and number all carry the verdict.
    """
    tables: dict[Hashable, list[Amounts]] = defaultdict(list)
    for row in rows_of_amounts(printed):
        tables[row.total.indicator, row.total.wave, row.total.source].append(row)
    for table in tables.values():
        for row in table:
            yield from _row(row, [other.median for other in table], Reason.ROW_HOLDS)


def totals(printed: Printed) -> Iterator[Finding]:
    """A total over n units with median m forces concentration, and at least (floor(n/2) + 1) × m.

    The smallest maximum, top-half share and Gini index that are still possible come with it. That total and median are
    said of the same units is an assumption where the median prints no base.
    """
    for row in printed_totals(printed):
        yield from _row(row, [], Reason.CONCENTRATION, "derived" if row.median.base_n else "assumption")


def _row(row: Amounts, medians: list[Fact], reason: Reason, origin: str = "derived") -> Iterator[Finding]:
    n, total, median, unit = row.n, row.total, row.median, row.total.unit
    members = [total, median, *([row.projects] if row.projects else [])]
    if n is None:
        yield from each(members, "unverifiable", untested([total, median]))
        return
    more: dict[str, Quantity] = {}
    if row.holds and reason == Reason.CONCENTRATION:
        # Said to be the least possible: cut to what is shown, never rounded above it.
        ends, cent = bounds(row.bands), Fraction(1, 100)
        forced = {name: STATISTICS[name](end.low_data) if end.low_data else Fraction(0) for name, end in ends.items()}
        step = Fraction(1000 if unit == "eur" and forced["max"] >= 1000 else 1)
        more["largest"] = Quantity(forced["max"] // step * step, unit)
        more["share"] = Quantity(forced["top_half_share"] // cent * cent, "share")
        more["gini"] = Quantity(forced["gini"] // cent * cent)
    elif not row.holds and n == 0:
        reason = Reason.ROW_EMPTY
    elif not row.holds and smallest_sum(row.bands) > total.band[1]:
        reason = Reason.ROW_FAILS
        held = tuple(other.value for other in medians if can_hold(n, total.band, other.band))
        more["held"] = Quantity(held, median.unit)
    elif not row.holds:  # one or two amounts have no other total
        reason = Reason.ROW_FEW
        more = {"low": Quantity(n * median.band[0], unit), "high": Quantity(n * median.band[1], unit)}
    # No median is higher: where it has no last decimal, it is shown rounded up.
    highest = row.highest_median if median.grain else -(-row.highest_median * 100 // 1) / Fraction(100)
    phrase = say(
        reason,
        n=n,
        h=n // 2,
        total=total,
        median=median,
        median_low=Quantity(median.band[0], unit),
        minimum=Quantity(smallest_sum(row.bands), unit),
        total_high=Quantity(total.band[1], unit),
        highest_median=Quantity(highest, unit),
        largest_n=largest_n(row.bands),
        **more,
    )
    middle = () if n % 2 else (say(Reason.MIDDLE_TWO),)
    premises = (say(Reason.AMOUNTS, n=n), *middle, say(Reason.NOT_NEGATIVE), rounded(total, median))
    yield from each(members, "consistent" if row.holds else "impossible", phrase, premises, origin)


def bases_of(facts: Iterable[Fact]) -> tuple[int, ...]:
    """Return the bases printed beside figures, from low to high."""
    return tuple(sorted({fact.base_n for fact in facts if fact.base_n}))


def untested(facts: Sequence[Fact]) -> Phrase:
    """Return why figures are not tested against each other: they have several bases, or no number at all."""
    if (bases := bases_of(facts))[1:]:
        return say(Reason.OTHER_BASES, bases=Quantity(bases, "bases"))
    return say(Reason.NO_NUMBER, known=with_statistic(facts))


def with_statistic(facts: Iterable[Fact], joint: str = ", ") -> Quantity:
    """Return figures of one unit, each after what it is: total €100k, median €30k."""
    facts = list(facts)
    return Quantity(tuple((fact.statistic, fact.value) for fact in facts), facts[0].unit, joint)


def parts_by_whole(printed: Printed) -> Iterator[tuple[Fact, list[Fact]]]:
    """Yield every whole with a set of parts that ought to add up to it, as its own source prints them for its wave.

    A part is one by its `part_of`, else by its name (`<name>_amount` is part of `<name>_total`). For a whole of no
    level the parts are those by level; for any whole, also those of its own level. Medians, means and limits do not
    add up.
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
        yield printed.facts[whole_id], parts


def _kind(fact: Fact) -> tuple[str, bool, bool]:
    """What figures must have in common to be added up: their unit, that they add up, that they are percentages."""
    return fact.unit, fact.statistic in ("count", "sum", "share"), is_percentage(fact)


def sums(printed: Printed) -> Iterator[Finding]:
    """Parts must add up to the printed total, all figures being free within their rounding.

    The total carries the verdict, since it is the claim about the parts: `consistent` when all parts add up to it,
    `other_base_only` when only some of them do (they are named), `impossible` when no choice of them does: it is then
    of another perimeter than its parts, or a figure is wrong. Printed over other bases than its parts, a total that
    they do not give is `unverifiable`, and so is one of more than twenty parts.
    """
    for whole, parts in parts_by_whole(printed):
        if not is_percentage(whole):
            verdict, phrase = _added(whole, parts)
            premises = _cover(printed, whole, parts) if verdict != "unverifiable" else ()
            yield Finding(whole.id, verdict, phrase, ids(parts), premises)
            holds = verdict == "consistent"
            told = Phrase(Reason.SUM_PART_HOLDS if holds else Reason.SUM_PART, phrase.values)
            for part in parts:
                yield Finding(
                    part.id, verdict if holds else "unverifiable", told, (whole.id,), premises if holds else ()
                )


def shares_of_a_share(printed: Printed) -> Iterator[Finding]:
    """Shares said of a share must add up to it (or to 100%, when they are given as shares of the part itself).

    Which of the figures is wrong cannot be known: the whole and its parts all carry the verdict.
    """
    for whole, parts in parts_by_whole(printed):
        if is_percentage(whole):
            verdict, phrase = _added(whole, parts)
            premises = (say(Reason.ONE_ANSWER), say(Reason.UNWEIGHTED), rounded(whole, *parts))
            yield from each([whole, *parts], verdict, phrase, premises if verdict != "unverifiable" else ())


def _cover(printed: Printed, whole: Fact, parts: list[Fact]) -> tuple[Phrase, ...]:
    """What must hold for parts to add up to a whole: one base, and nothing in the whole that is in no part."""
    beside = whole.base_n is not None and all(part.base_n is None for part in parts)
    base = say(Reason.COVER_BASE, n=whole.base_n) if beside else say(Reason.COVER)
    of_source = [fact for fact in printed.facts.values() if (fact.wave, fact.source) == (whole.wave, whole.source)]
    absent = {fact.level for fact in of_source} - {part.level for part in parts}
    levels = tuple(level for level in LEVELS if level in absent)
    if not levels or whole.level or any(not part.level for part in parts):
        return base, say(Reason.NOTHING_ELSE), rounded(whole, *parts)
    return base, say(Reason.NO_ROW, levels=Quantity(levels, "level"), source=whole.source), rounded(whole, *parts)


def _added(whole: Fact, parts: list[Fact]) -> tuple[str, Phrase]:
    """The verdict on a whole and what is said of its parts, added up."""
    bands, shares, many = [part.band for part in parts], is_percentage(whole), len(parts) > MOST_PARTS
    low, high = (sum((band[end] for band in bands), Fraction(0)) for end in (0, 1))
    terms = Quantity(tuple(part.value for part in parts), whole.unit, " + ")
    numbers = {"sum": sum((part.value for part in parts), Fraction(0)), "low": low, "high": high}
    numbers |= dict(zip(("least", "most"), whole.band, strict=True)) if shares else {}
    said: Said = {"k": len(parts), "whole": whole}
    said |= {name: Quantity(one, whole.unit) for name, one in numbers.items()}
    if shares:
        said["terms"] = say(Reason.MANY_TERMS, k=len(parts)) if many else terms
    if low <= whole.band[1] and whole.band[0] <= high:
        return "consistent", say(Reason.SHARES_HOLD if shares else Reason.SUM_HOLDS, **said)
    if shares and low <= 1 <= high:
        return "consistent", say(Reason.SHARES_OF_PART, **said)
    # The bases printed beside the parts, where they are neither that of the whole nor the whole itself.
    others = tuple(n for n in bases_of(parts) if n not in (whole.base_n, whole.value))
    if whole.base_n and others:
        bases = Quantity(others)
        return "unverifiable", say(Reason.SUM_OTHER_BASE, **said, n=whole.base_n, others=bases)
    if shares:
        return "impossible", say(Reason.SHARES_NOT_ALL if whole.value == 1 else Reason.SHARES_FAIL, **said)
    if many:
        return "unverifiable", say(Reason.SUM_UNSEARCHED, **said)
    subset, below, above = (_subset(parts, places) for places in choices(bands, whole.band))
    if subset.key == Reason.SUBSET:
        return "other_base_only", say(Reason.SUM_SUBSET, **said, subset=subset)
    return "impossible", say(Reason.SUM_NEVER, **said, below=below, above=above)


def choices(parts: Sequence[Band], target: Band) -> list[tuple[int, ...]]:
    """Return the positions of some parts whose sum can meet the target, and of those nearest below and above it.

    Each is empty where there is none (the empty choice is none). Every choice is tried, for `MOST_PARTS` or fewer.
    """
    unit = math.lcm(*(edge.denominator for band in (*parts, target) for edge in band))
    whole = [(int(low * unit), int(high * unit)) for low, high in parts]
    low, high = (int(edge * unit) for edge in target)
    lows = np.zeros(1, object if max(sum(edge for _, edge in whole), high) > 2**62 else np.int64)
    highs = lows
    for part_low, part_high in whole:
        lows, highs = np.append(lows, lows + part_low), np.append(highs, highs + part_high)
    fits, below, above = (lows <= high) & (highs >= low), highs < low, lows > high
    fits[0] = below[0] = False  # choice k takes the parts whose bits are set in k: the empty one is none
    chosen = np.argmax(fits), np.argmax(np.where(below, highs, -1)), np.argmin(np.where(above, lows, lows.max() + 1))
    return [tuple(i for i in range(len(parts)) if int(k) >> i & 1) for k in chosen]


def _subset(parts: list[Fact], places: tuple[int, ...]) -> Phrase:
    some = [parts[place] for place in places]
    if not some:
        return say(Reason.NONE)
    unit = "level" if all(part.level for part in some) else "indicator"
    names = Quantity(tuple(part.level or part.indicator for part in some), unit, " + ")
    added = Quantity(sum((part.value for part in some), Fraction(0)), some[0].unit)
    return say(Reason.SUBSET, parts=names, sum=added)


def sources(printed: Printed) -> Iterator[Finding]:
    """Sources that print the same figure should print numbers that can be one; else they differ, and are named.

    Their populations may differ, so this refutes none of them. A minimum or a maximum printed against a figure of
    another kind is read as "at least" or "at most".
    """
    for group in _same_figure(printed.figures.values()):
        yield from _compared(group, "sources_differ", Reason.SOURCES_DIFFER)


def repeated(printed: Printed) -> Iterator[Finding]:
    """The same source cannot print two different numbers for the same figure of the same wave, level and base."""
    by_source: dict[str, list[Fact]] = defaultdict(list)
    for fact in printed.facts.values():
        by_source[fact.source].append(fact)
    for facts in by_source.values():
        for group in _same_figure(facts):
            if not bases_of(group)[1:]:
                yield from _compared(group, "impossible", Reason.REPEATED_DIFFERS)


def _same_figure(facts: Iterable[Fact]) -> Iterator[list[Fact]]:
    """Groups of two or more figures of one indicator, level and wave whose statistics can be compared."""
    groups: dict[Hashable, list[Fact]] = defaultdict(list)
    for fact in facts:
        groups[fact.indicator, fact.level, fact.wave, fact.unit].append(fact)
    for group in groups.values():
        kinds = {fact.statistic for fact in group}
        if len(group) > 1 and (len(kinds) == 1 or len(kinds - LIMIT_SAID.keys()) < 2):
            yield group


def _compared(group: list[Fact], verdict: str, reason: Reason) -> Iterator[Finding]:
    """What is said of each figure of a group, set against the one furthest from it.

    Only the figures with the highest lower end and the lowest upper end need be looked at.
    """
    mixed = len({fact.statistic for fact in group}) > 1
    reaches = {fact.id: _reach(fact, fact.statistic if mixed else fact.limit) for fact in group}
    top = max(group, key=lambda fact: reaches[fact.id][0])
    bottom = min(group, key=lambda fact: reaches[fact.id][1])
    apart, near = {}, {}
    for fact in group:
        low, high = reaches[fact.id]
        if high < reaches[top.id][0] or reaches[bottom.id][1] < low:
            apart[fact.id] = fact, top if high < reaches[top.id][0] else bottom
        else:
            near[fact.id] = fact, next(other for other in (top, bottom, *group[:3]) if other.id != fact.id)
    for id_, (fact, other) in apart.items():
        related = tuple(one for one in apart if one != id_)
        yield Finding(id_, verdict, _comparison(reason, fact, other), related, (say(Reason.SAME_THING),))
    for id_, (fact, other) in near.items() if verdict == "sources_differ" else ():
        phrase = _comparison(Reason.SOURCES_AGREE, fact, other)
        yield Finding(id_, "consistent", phrase, (other.id,), (say(Reason.SAME_THING),))


def _reach(fact: Fact, limit: str) -> Band:
    """What a figure claims: all that rounds to it, or everything above "at least", below "at most"."""
    if limit == "minimum":
        return fact.value, Fraction(10**30)  # no printed figure reaches it
    return (Fraction(0), fact.value) if limit == "maximum" else fact.band


def _comparison(reason: Reason, fact: Fact, other: Fact) -> Phrase:
    limits = [one.limit if fact.statistic == other.statistic else one.statistic for one in (fact, other)]
    said, against = (
        say(LIMIT_SAID[limit], value=one) if limit in LIMIT_SAID else with_band(one)
        for one, limit in zip((fact, other), limits, strict=True)
    )
    return say(reason, source=fact.source, said=said, other_source=other.source, other=against)
