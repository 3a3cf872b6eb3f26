"""Rules of the audit on figures that depend on each other: rows of amounts, totals and parts, two sources."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations, permutations

from ptce_analysis.analysis.amounts import STATISTICS as SPREAD
from ptce_analysis.analysis.amounts import AmountsRow, bounds, highest_median, largest_n, obstacle, smallest_sum
from ptce_analysis.analysis.audit_shares import Finding, Printed, each, ids, is_percentage, whole_numbers
from ptce_analysis.analysis.audit_words import LIMIT_SAID, Phrase, Quantity, Reason, Said, rounded, say, with_band
from ptce_analysis.published import Fact, indicator
from ptce_analysis.vocabulary import LEVELS, Band

# Limit: every choice of parts is tried when they do not add up to their total. If wrong: more parts go untested.
MOST_PARTS = 12
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
        return bool(self.n) and obstacle(self.bands) is None

    @property
    def highest_median(self) -> Fraction:
        """The highest median, printed in the steps of this one, that the amounts can have with this total.

        For 16 amounts printed 246 in whole units: (246 + 1/2) / 9 = 27.4, which prints as 27.
        """
        limit, grain, printed = highest_median(self.bands), self.median.grain, self.median.value
        return (limit + grain / 2 - printed) // grain * grain + printed if grain else limit


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
    """Yield the rows `<name>_amount`, `<name>_median` and `<name>_projects` (or a printed base) of one level.

    And the totals said with the median of the same quantity (declared, or `<name>_total` and `<name>_median`).
    """
    for total in printed.figures.values():
        name, table = stem(total), total.indicator.endswith("_amount")
        median, projects = printed.beside(total, f"{name}_median"), printed.beside(total, f"{name}_projects")
        if median and (total.statistic, median.statistic, total.unit) == ("sum", "median", median.unit):
            bases, projects = bases_of((total, median)), projects if table else None
            numbers = whole_numbers(projects) if projects else bases
            # From three amounts on, one more never helps: the smallest total only grows.
            rows = [Amounts(total, median, projects, n) for n in (numbers[:4] if len(bases) < 2 else ())]
            yield next((row for row in rows if row.holds), rows[0] if rows else Amounts(total, median, projects, None))


def rows(printed: Printed) -> Iterator[Finding]:
    """n non-negative amounts with median m total at least (floor(n/2) + 1) × m, roundings of both included.

    Which figure of an impossible row is wrong cannot be known: total, median and number all carry the verdict. A total
    that is no row of a table also forces concentration: the smallest maximum, top-half share and Gini index that are
    still possible come with it. That total and median are then said of the same units is an assumption where the median
    prints no base.
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
        reason, origin, table = Reason.ROW_HOLDS, "derived", total.indicator.endswith("_amount")
        if not row.holds:
            of = total.indicator, total.wave, total.source
            others = [it.median for it in found if (it.total.indicator, it.total.wave, it.total.source) == of]
            held = [it.value for it in others if replace(row, median=it).holds] if table else []
            reason, said["held"] = Reason.ROW_FAILS, Quantity(tuple(held), unit)
            if smallest_sum(row.bands) <= total.band[1]:  # one or two amounts have no other total
                reason, said["low"], said["high"] = Reason.ROW_FEW, *(Quantity(n * end, unit) for end in median.band)
        elif not table:
            reason, origin = Reason.CONCENTRATION, "derived" if median.base_n else "assumption"
            said |= _forced(row)
        middle = () if n % 2 else (say(Reason.MIDDLE_TWO),)
        premises = (say(Reason.AMOUNTS, n=n), *middle, say(Reason.NOT_NEGATIVE), rounded(total, median))
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
    add up, and more than twelve parts are left alone.
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

    The total carries the verdict, since it is the claim about the parts: `consistent` when all parts add up to it,
    `other_base_only` when only some of them do (they are named), `impossible` when no choice of them does: it is then
    of another perimeter than its parts, or a figure is wrong. Printed over other bases than its parts, a total that
    they do not give is `unverifiable`.
    """
    for whole, parts in parts_by_whole(printed):
        if not is_percentage(whole):
            verdict, phrase = _added(whole, parts)
            premises = _cover(printed, whole, parts) if verdict != "unverifiable" else ()
            yield Finding(whole.id, verdict, phrase, ids(parts), premises)
            holds = verdict == "consistent"
            told = phrase if holds else Phrase(Reason.SUM_PART, phrase.values)
            for part in parts:
                yield Finding(part.id, verdict if holds else "unverifiable", told, (whole.id,), premises * holds)


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
    levels, other = tuple(level for level in LEVELS if level in absent), say(Reason.NOTHING_ELSE)
    if levels and not whole.level and all(part.level for part in parts):
        other = say(Reason.NO_ROW, levels=Quantity(levels, "level"), source=whole.source)
    return base, other, rounded(whole, *parts)


def _added(whole: Fact, parts: list[Fact]) -> tuple[str, Phrase]:
    """The verdict on a whole and what is said of its parts, added up."""
    shares, (least, most) = is_percentage(whole), whole.band
    low, high = (sum(part.band[end] for part in parts) for end in (0, 1))
    numbers = {"sum": sum(part.value for part in parts), "low": low, "high": high, "least": least, "most": most}
    said: Said = {"k": len(parts), "whole": whole, "terms": Quantity(tuple(p.value for p in parts), whole.unit, " + ")}
    said |= {name: Quantity(one, whole.unit) for name, one in numbers.items()}
    if low <= most and least <= high:
        return "consistent", say(Reason.SHARES_HOLD if shares else Reason.SUM_HOLDS, **said)
    if shares and low <= 1 <= high:
        return "consistent", say(Reason.SHARES_OF_PART, **said)
    # The bases printed beside the parts, where they are neither that of the whole nor the whole itself.
    others = tuple(n for n in bases_of(parts) if n not in (whole.base_n, whole.value))
    if whole.base_n and others:
        return "unverifiable", say(Reason.SUM_OTHER_BASE, **said, n=whole.base_n, others=Quantity(others))
    if shares:
        return "impossible", say(Reason.SHARES_NOT_ALL if whole.value == 1 else Reason.SHARES_FAIL, **said)
    fitting, below, above = (_subset(parts, places) for places in choices([part.band for part in parts], whole.band))
    if fitting.key == Reason.SUBSET:
        return "other_base_only", say(Reason.SUM_SUBSET, **said, subset=fitting)
    return "impossible", say(Reason.SUM_NEVER, **said, below=below, above=above)


def choices(parts: Sequence[Band], target: Band) -> list[tuple[int, ...]]:
    """Return the positions of some parts whose sum can meet the target, and of those nearest below and above it.

    Each is empty where there is none (the empty choice is none). Every choice is tried.
    """
    every = [chosen for size in range(1, len(parts) + 1) for chosen in combinations(range(len(parts)), size)]
    lows, highs = ({chosen: sum(parts[i][end] for i in chosen) for chosen in every} for end in (0, 1))
    fitting = (chosen for chosen in every if lows[chosen] <= target[1] and highs[chosen] >= target[0])
    below = max((chosen for chosen in every if highs[chosen] < target[0]), key=highs.__getitem__, default=())
    above = min((chosen for chosen in every if lows[chosen] > target[1]), key=lows.__getitem__, default=())
    return [next(fitting, ()), below, above]


def _subset(parts: list[Fact], places: tuple[int, ...]) -> Phrase:
    some = [parts[place] for place in places]
    if not some:
        return say(Reason.NONE)
    unit = "level" if all(part.level for part in some) else "indicator"
    names = Quantity(tuple(part.level or part.indicator for part in some), unit, " + ")
    return say(Reason.SUBSET, parts=names, sum=Quantity(sum(part.value for part in some), some[0].unit))


def sources(printed: Printed) -> Iterator[Finding]:
    """Sources that print the same figure should print numbers that can be one; else they differ, and are named.

    Their populations may differ, so this refutes none of them; but one source cannot print two numbers for one figure
    of one base. A minimum or a maximum printed against a figure of another kind is read as "at least" or "at most".
    """
    groups: dict[Hashable, list[Fact]] = defaultdict(list)
    for fact in printed.facts.values():
        groups[fact.indicator, fact.level, fact.wave, fact.unit].append(fact)
    for group in groups.values():
        kinds = {fact.statistic for fact in group}
        if len(kinds) == 1 or len(kinds - LIMIT_SAID.keys()) < 2:
            limits = {
                fact.id: fact.statistic if len(kinds) > 1 and fact.statistic in LIMIT_SAID else fact.limit
                for fact in group
            }
            for same_source in (False, True):
                pairs = [
                    (one, other)
                    for one, other in permutations(group, 2)
                    if (one.source == other.source) is same_source and len(bases_of((one, other)) * same_source) < 2
                ]
                yield from _compared(pairs, limits, same_source)


def _compared(pairs: list[tuple[Fact, Fact]], limits: Mapping[str, str], same_source: bool) -> Iterator[Finding]:
    """What is said of each figure: the first other that it cannot be, else the first that it can."""
    premise, told = (say(Reason.SAME_THING),), dict[str, tuple[Fact, Fact, bool]]()
    for one, other in pairs:
        (low, high), (least, most) = _reach(one, limits[one.id]), _reach(other, limits[other.id])
        apart = high < least or most < low
        if one.id not in told or apart > told[one.id][2]:
            told[one.id] = one, other, apart
    differing = [id_ for id_, (_, _, apart) in told.items() if apart]
    for id_, (one, other, apart) in told.items():
        said, against = (
            say(LIMIT_SAID[limits[it.id]], value=it) if limits[it.id] else with_band(it) for it in (one, other)
        )
        values: Said = {"source": one.source, "said": said, "other_source": other.source, "other": against}
        if apart:
            reason = Reason.REPEATED_DIFFERS if same_source else Reason.SOURCES_DIFFER
            related = tuple(it for it in differing if it != id_)
            yield Finding(
                id_, "impossible" if same_source else "sources_differ", say(reason, **values), related, premise
            )
        elif not same_source:
            yield Finding(id_, "consistent", say(Reason.SOURCES_AGREE, **values), (other.id,), premise)


def _reach(fact: Fact, limit: str) -> Band:
    """What a figure claims: all that rounds to it, or everything above "at least", below "at most"."""
    if limit == "minimum":
        return fact.value, Fraction(10**30)  # no printed figure reaches it
    return (Fraction(0), fact.value) if limit == "maximum" else fact.band
