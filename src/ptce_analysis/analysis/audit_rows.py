"""Rules of the audit on figures that depend on each other: rows of amounts, totals and parts, two sources, one twice."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ptce_analysis.analysis import amounts
from ptce_analysis.analysis.amounts import AmountsRow, can_hold, largest_n, least, smallest_sum
from ptce_analysis.analysis.audit_shares import Finding, Printed, each, ids, is_percentage, whole_numbers
from ptce_analysis.analysis.audit_words import LIMIT_SAID, Phrase, Quantity, Reason, rounded, say, with_band
from ptce_analysis.published import Fact, indicator
from ptce_analysis.vocabulary import LEVELS, Band

# Every choice of so many parts is tried when they do not add up to their total.
MOST_PARTS = 20
ADDITIVE = ("count", "sum", "share")
# How the name of a figure ends, by its statistic, after that of the quantity it is said of.
ENDINGS = {
    "count": ("_projects",), "sum": ("_amount", "_total"), "mean": ("_mean",), "median": ("_median",),
    "minimum": ("_minimum",), "maximum": ("_maximum",),
}  # fmt: skip


@dataclass(frozen=True)
class Amounts:
    """What a source prints of the same amounts: total, median, and the numbers of them that its count can stand for.

    `projects` is the printed count, when it is a figure of its own; `numbers` is empty when no number is printed.
    """

    total: Fact
    median: Fact
    projects: Fact | None
    numbers: range

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The printed figures, the number last when it is one."""
        return (self.total, self.median) + ((self.projects,) if self.projects else ())

    @property
    def can_be_tested(self) -> bool:
        """Whether a number is printed, and total and median are not over different bases."""
        return bool(self.numbers) and len({self.total.base_n, self.median.base_n} - {None}) < 2

    @property
    def n(self) -> int:
        """The number to reason with: the first that the total and median allow, else the smallest."""
        # From three amounts on, one more never helps: the smallest total only grows.
        return next((n for n in self.numbers[:4] if self.allows(n, self.median)), self.numbers[0])

    @property
    def holds(self) -> bool:
        """Whether that number of amounts can have this total and median, roundings included."""
        return self.allows(self.n, self.median)

    def allows(self, n: int, median: Fact) -> bool:
        """Return whether n amounts can have this total and that median, roundings included."""
        return can_hold(n, self.total.band, median.band)

    @property
    def bands(self) -> AmountsRow:
        """The number to reason with, and the totals and medians that round to those printed."""
        return AmountsRow(self.n, *self.total.band, *self.median.band)

    @property
    def highest_median(self) -> Fraction:
        """The highest median, printed in the steps of this one, that the amounts can have with this total.

        For 16 amounts printed 246 in whole units: (246 + 1/2) / 9 = 27.4, which prints as 27.
        """
        limit, grain = amounts.highest_median(self.bands), self.median.grain
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
    if median and (total.statistic, median.statistic, total.unit) == ("sum", "median", median.unit):
        base = total.base_n or median.base_n or 0
        numbers = whole_numbers(projects) if projects else range(base, base + bool(base))
        yield Amounts(total, median, projects, numbers)


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


def _row(row: Amounts, medians: list[Fact], holds: Reason, origin: str = "derived") -> Iterator[Finding]:
    if not row.can_be_tested:
        yield from each(row.facts, "unverifiable", untested((row.total, row.median)))
        return
    middle = () if row.n % 2 else (say(Reason.MIDDLE_TWO),)
    premises = (say(Reason.AMOUNTS, n=row.n), *middle, say(Reason.NOT_NEGATIVE), rounded(row.total, row.median))
    verdict, phrase = ("consistent", _arithmetic(row, holds)) if row.holds else ("impossible", _refusal(row, medians))
    yield from each(row.facts, verdict, phrase, premises, origin)


def untested(facts: Sequence[Fact]) -> Phrase:
    """Return why figures are not tested against each other: they have several bases, or no number at all."""
    bases = tuple(sorted({fact.base_n for fact in facts if fact.base_n}))
    if len(bases) > 1:
        return say(Reason.OTHER_BASES, bases=Quantity(bases, "bases"))
    return say(Reason.NO_NUMBER, known=with_statistic(facts))


def with_statistic(facts: Iterable[Fact], joint: str = ", ") -> Quantity:
    """Return figures of one unit, each after what it is: total €100k, median €30k."""
    facts = list(facts)
    return Quantity(tuple((fact.statistic, fact.value) for fact in facts), facts[0].unit, joint)


def _refusal(row: Amounts, medians: list[Fact]) -> Phrase:
    """Why a row is impossible: its smallest total, or what no, one or two amounts must total."""
    said = {"n": row.n, "median": row.median, "total": row.total}
    if row.n == 0:
        return say(Reason.ROW_EMPTY, **said)
    if smallest_sum(row.bands) > row.total.band[1]:
        held = tuple(median.value for median in medians if row.allows(row.n, median))
        return _arithmetic(row, Reason.ROW_FAILS, held=Quantity(held, row.median.unit))
    low, high = (Quantity(row.n * edge, row.total.unit) for edge in row.median.band)
    return say(Reason.ROW_FEW, **said, low=low, high=high)


def _arithmetic(row: Amounts, reason: Reason, **more: Quantity) -> Phrase:
    """The arithmetic of a row; of one that holds as a total, with the concentration that it forces."""
    unit, highest = row.total.unit, row.highest_median
    # No median is higher: where it has no last decimal, it is shown rounded up.
    highest = highest if row.median.grain else -rounded_down(-highest, Fraction(1, 100))
    if reason == Reason.CONCENTRATION:
        # Said to be the least possible: cut to what is shown, never rounded above it.
        forced, cent = least(row.bands), Fraction(1, 100)
        step = Fraction(1000 if unit == "eur" and forced["max"] >= 1000 else 1)
        more["largest"] = Quantity(rounded_down(forced["max"], step), unit)
        more["share"] = Quantity(rounded_down(forced["top_half_share"], cent), "share")
        more["gini"] = Quantity(rounded_down(forced["gini"], cent))
    return say(
        reason,
        n=row.n,
        h=row.n // 2,
        total=row.total,
        median=row.median,
        median_low=Quantity(row.median.band[0], unit),
        minimum=Quantity(smallest_sum(row.bands), unit),
        total_high=Quantity(row.total.band[1], unit),
        highest_median=Quantity(highest, unit),
        largest_n=largest_n(row.bands),
        **more,
    )


def rounded_down(value: Fraction, step: Fraction) -> Fraction:
    """Return the largest multiple of a step that is not above a value."""
    return value // step * step


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
            if whole and whole.indicator != part.indicator and _additive(part, whole):
                found[whole.id, level == part.level].append(part)
    for (whole_id, _), parts in found.items():
        yield printed.facts[whole_id], parts


def _additive(part: Fact, whole: Fact) -> bool:
    same = part.unit == whole.unit and is_percentage(part) == is_percentage(whole)
    return same and part.statistic in ADDITIVE and whole.statistic in ADDITIVE


def sums(printed: Printed) -> Iterator[Finding]:
    """Parts must add up to the printed total, all figures being free within their rounding.

    The total carries the verdict, since it is the claim about the parts: `consistent` when all parts add up to it,
    `other_base_only` when only some of them do (they are named), `impossible` when no choice of them does: it is then
    of another perimeter than its parts, or a figure is wrong. Printed over other bases than its parts, a total that
    they do not give is `unverifiable`, and so is one of more than twenty parts.
    """
    for whole, parts in parts_by_whole(printed):
        if not is_percentage(whole):
            verdict, phrase = _sum(whole, parts)
            premises = _cover(printed, whole, parts) if verdict != "unverifiable" else ()
            yield Finding(whole.id, verdict, phrase, ids(parts), premises)
            holds = verdict == "consistent"
            told = Phrase(Reason.SUM_PART_HOLDS if holds else Reason.SUM_PART, phrase.values)
            for part in parts:
                yield Finding(
                    part.id, verdict if holds else "unverifiable", told, (whole.id,), premises if holds else ()
                )


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


def _added(whole: Fact, parts: list[Fact]) -> tuple[Band, dict[str, Quantity | Fact | int]]:
    """The band of the sum of all parts, and what the sentences say of it."""
    low, high = (sum((part.band[end] for part in parts), Fraction(0)) for end in (0, 1))
    names = {"sum": sum((part.value for part in parts), Fraction(0)), "low": low, "high": high}
    said = {name: Quantity(value, whole.unit) for name, value in names.items()}
    return (low, high), {**said, "k": len(parts), "whole": whole}


def _meet(one: Band, other: Band) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _over_others(whole: Fact, parts: list[Fact]) -> tuple[int, ...]:
    """The bases printed beside the parts, where they are neither that of the whole nor the whole itself."""
    bases = {part.base_n for part in parts if part.base_n} - {whole.base_n, whole.value}
    return tuple(sorted(bases)) if whole.base_n else ()


def _sum(whole: Fact, parts: list[Fact]) -> tuple[str, Phrase]:
    band, said = _added(whole, parts)
    if _meet(band, whole.band):
        return "consistent", say(Reason.SUM_HOLDS, **said)
    if others := _over_others(whole, parts):
        return "unverifiable", say(Reason.SUM_OTHER_BASE, **said, n=whole.base_n, others=Quantity(others))
    if len(parts) > MOST_PARTS:
        return "unverifiable", say(Reason.SUM_UNSEARCHED, **said)
    fitting, *near = (_subset(parts, places) for places in choices([part.band for part in parts], whole.band))
    if fitting.key == Reason.SUBSET:
        return "other_base_only", say(Reason.SUM_SUBSET, **said, subset=fitting)
    return "impossible", say(Reason.SUM_NEVER, **said, below=near[0], above=near[1])


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


def shares_of_a_share(printed: Printed) -> Iterator[Finding]:
    """Shares said of a share must add up to it (or to 100%, when they are given as shares of the part itself).

    Which of the figures is wrong cannot be known: the whole and its parts all carry the verdict.
    """
    for whole, parts in parts_by_whole(printed):
        if is_percentage(whole):
            verdict, phrase = _shares(whole, parts)
            premises = (say(Reason.ONE_ANSWER), say(Reason.UNWEIGHTED), rounded(whole, *parts))
            yield from each([whole, *parts], verdict, phrase, premises if verdict != "unverifiable" else ())


def _shares(whole: Fact, parts: list[Fact]) -> tuple[str, Phrase]:
    band, said = _added(whole, parts)
    terms = Quantity(tuple(part.value for part in parts), "share", " + ")
    many = len(parts) > MOST_PARTS
    ends = {"least": Quantity(whole.band[0], "share"), "most": Quantity(whole.band[1], "share")}
    told = {**said, **ends, "terms": say(Reason.MANY_TERMS, k=len(parts)) if many else terms}
    if _meet(band, whole.band):
        return "consistent", say(Reason.SHARES_HOLD, **told)
    if _meet(band, (Fraction(1), Fraction(1))):
        return "consistent", say(Reason.SHARES_OF_PART, **told)
    if others := _over_others(whole, parts):
        return "unverifiable", say(Reason.SUM_OTHER_BASE, **said, n=whole.base_n, others=Quantity(others))
    return "impossible", say(Reason.SHARES_NOT_ALL if whole.value == 1 else Reason.SHARES_FAIL, **told)


def sources(printed: Printed) -> Iterator[Finding]:
    """Sources that print the same figure should print numbers that can be one; else they differ, and are named.

    Their populations may differ, so this refutes none of them. A minimum or a maximum printed against a figure of
    another kind is read as "at least" or "at most".
    """
    for compared in _same_figure(printed.figures.values()):
        for fact, other, meets in compared:
            if meets:
                phrase = _comparison(Reason.SOURCES_AGREE, fact, other)
                yield Finding(fact.id, "consistent", phrase, (other.id,), (say(Reason.SAME_THING),))
        yield from _differing("sources_differ", Reason.SOURCES_DIFFER, compared)


def repeated(printed: Printed) -> Iterator[Finding]:
    """The same source cannot print two different numbers for the same figure of the same wave, level and base."""
    by_source: dict[str, list[Fact]] = defaultdict(list)
    for fact in printed.facts.values():
        by_source[fact.source].append(fact)
    for facts in by_source.values():
        for compared in _same_figure(facts):
            if len({fact.base_n for fact, _, _ in compared} - {None}) < 2:
                yield from _differing("impossible", Reason.REPEATED_DIFFERS, compared)


Compared = list[tuple[Fact, Fact, bool]]


def _differing(verdict: str, reason: Reason, compared: Compared) -> Iterator[Finding]:
    """What is said of the figures of a group that cannot be one number with some other of it."""
    differing = {fact.id: (fact, other) for fact, other, meets in compared if not meets}
    for fact, other in differing.values():
        related = tuple(id_ for id_ in differing if id_ != fact.id)
        yield Finding(fact.id, verdict, _comparison(reason, fact, other), related, (say(Reason.SAME_THING),))


def _same_figure(facts: Iterable[Fact]) -> Iterator[Compared]:
    """Groups of figures of one indicator, level and wave: each with the one furthest from it, and whether they can meet.

    Only the figures with the highest lower end and the lowest upper end need be looked at.
    """
    groups: dict[Hashable, list[Fact]] = defaultdict(list)
    for fact in facts:
        groups[fact.indicator, fact.level, fact.wave, fact.unit].append(fact)
    for group in groups.values():
        kinds = {fact.statistic for fact in group}
        if len(group) < 2 or (len(kinds) > 1 and len(kinds - LIMIT_SAID.keys()) > 1):
            continue
        found: Compared = []
        reaches = {fact.id: _reach(fact, mixed=len(kinds) > 1) for fact in group}
        top = max(group, key=lambda fact: reaches[fact.id][0])
        bottom = min(group, key=lambda fact: reaches[fact.id][1])
        for fact in group:
            low, high = reaches[fact.id]
            far = top if high < reaches[top.id][0] else bottom if reaches[bottom.id][1] < low else None
            other = far or next(other for other in (top, bottom, *group[:3]) if other.id != fact.id)
            found.append((fact, other, far is None))
        yield found


def _reach(fact: Fact, *, mixed: bool) -> Band:
    """What a figure claims: all that rounds to it, or everything above "at least", below "at most"."""
    limit = fact.statistic if mixed else fact.limit
    if limit == "minimum":
        return fact.value, Fraction(10**30)  # no printed figure reaches it
    return (Fraction(0), fact.value) if limit == "maximum" else fact.band


def _comparison(reason: Reason, fact: Fact, other: Fact) -> Phrase:
    mixed = fact.statistic != other.statistic
    said, against = (
        say(LIMIT_SAID[limit], value=one) if (limit := one.statistic if mixed else one.limit) in LIMIT_SAID else with_band(one)
        for one in (fact, other)
    )
    return say(reason, source=fact.source, said=said, other_source=other.source, other=against)
