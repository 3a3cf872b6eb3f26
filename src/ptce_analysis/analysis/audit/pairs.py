"""Rules that set a figure beside another of its kind: ratios of totals, two sources, one source twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from fractions import Fraction

from ptce_analysis.analysis.audit.reasons import LIMIT_SAID, Phrase, Quantity, Reason
from ptce_analysis.analysis.audit.records import Finding, Printed, ids, quantity, with_band
from ptce_analysis.analysis.audit.rows import Amounts, printed_totals, rounded_down
from ptce_analysis.analysis.audit.shares import Values
from ptce_analysis.published import Fact
from ptce_analysis.vocabulary import Band

# Assumption: totals over the same units whose ratio is twice that of the medians, or half of it, deserve a word.
# Source: none; inequality alone moves the two apart. If wrong: a note is missing or superfluous, no verdict changes.
REMARKABLE_FACTOR = 2


def ratios(printed: Printed) -> Iterator[Finding]:
    """The ratio of two totals over the same units and the ratio of their medians should be of the same order.

    A note, never a refutation: reported when they differ by a factor of two or more, whatever the roundings.
    """
    groups: dict[Hashable, list[Amounts]] = defaultdict(list)
    for row in printed_totals(printed):
        if row.total.base_n and row.total.band[0] and row.median.band[0]:
            groups[row.total.wave, row.total.source, row.total.level, row.total.base_n].append(row)
    for group in groups.values():
        # Only the two extremes need be looked at: a row stands furthest from one of them.
        ends = min(group, key=lambda row: _times_median(row)[1]), max(group, key=lambda row: _times_median(row)[0])
        for row in group:
            factor, other = max(((_factor(row, end), end) for end in ends), key=lambda pair: pair[0])
            if factor >= REMARKABLE_FACTOR:
                related = (other.total.id, row.median.id, other.median.id)
                yield Finding(row.total.id, "unverifiable", _ratio(row, other, factor), related, "assumption")


def _times_median(row: Amounts) -> Band:
    """How many times its median a total is, at the least and at the most."""
    return row.total.band[0] / row.median.band[1], row.total.band[1] / row.median.band[0]


def _factor(row: Amounts, other: Amounts) -> Fraction:
    """The smallest factor between the ratio of the totals and the ratio of the medians."""
    one, two = _times_median(row), _times_median(other)
    return max(one[0] / two[1], two[0] / one[1])


def _ratio(row: Amounts, other: Amounts, factor: Fraction) -> Phrase:
    top, bottom = sorted((row, other), key=lambda one: one.total.value, reverse=True)
    unit = "number" if top.total.unit == bottom.total.unit else top.total.unit
    values: Values = {
        "top": quantity(top.total),
        "bottom": quantity(bottom.total),
        "ratio": Quantity(top.total.value / bottom.total.value, unit),
        "median_top": quantity(top.median),
        "median_bottom": quantity(bottom.median),
        "median_ratio": Quantity(top.median.value / bottom.median.value, unit),
        "factor": Quantity(rounded_down(factor, Fraction(1, 10)), "factor"),
    }
    return Phrase(Reason.RATIO, values)


def sources(printed: Printed) -> Iterator[Finding]:
    """Sources that print the same figure should print numbers that can be one; else they differ, and are named.

    Their populations may differ, so this refutes none of them. A minimum or a maximum printed against a figure of
    another kind is read as "at least" or "at most".
    """
    for group in _same_figure(printed.figures.values()):
        compared = _furthest(group)
        for fact, other, meets in compared:
            if meets:
                agreement = _comparison(Reason.SOURCES_AGREE, fact, other)
                yield Finding(fact.id, "consistent", agreement, (other.id,), premises=SAME_THING)
        yield from _differing("sources_differ", Reason.SOURCES_DIFFER, compared)


def repeated(printed: Printed) -> Iterator[Finding]:
    """The same source cannot print two different numbers for the same figure of the same wave, level and base."""
    by_source: dict[str, list[Fact]] = defaultdict(list)
    for fact in printed.facts.values():
        by_source[fact.source].append(fact)
    for facts in by_source.values():
        for group in _same_figure(facts):
            if len({fact.base_n for fact in group} - {None}) < 2:
                yield from _differing("impossible", Reason.REPEATED_DIFFERS, _furthest(group))


def _differing(verdict: str, reason: Reason, compared: list[Compared]) -> Iterator[Finding]:
    """What is said of the figures of a group that cannot be one number with some other of it."""
    differing = [(fact, other) for fact, other, meets in compared if not meets]
    for fact, other in differing:
        related = ids(one for one, _ in differing if one is not fact)
        yield Finding(fact.id, verdict, _comparison(reason, fact, other), related, premises=SAME_THING)


Compared = tuple[Fact, Fact, bool]

SAME_THING = (Phrase(Reason.SAME_THING),)


def _same_figure(facts: Iterable[Fact]) -> Iterator[list[Fact]]:
    """Groups of two or more figures of one indicator, level and wave whose statistics can be compared."""
    groups: dict[Hashable, list[Fact]] = defaultdict(list)
    for fact in facts:
        groups[fact.indicator, fact.level, fact.wave, fact.unit].append(fact)
    for group in groups.values():
        kinds = {fact.statistic for fact in group}
        if len(group) > 1 and (len(kinds) == 1 or len(kinds - LIMITS.keys()) <= 1):
            yield group


def _furthest(group: list[Fact]) -> list[Compared]:
    """Each figure of a group with the one furthest from it, and whether both can be true.

    Only the figures with the highest lower end and the lowest upper end need be looked at.
    """
    found: list[Compared] = []
    mixed = len({fact.statistic for fact in group}) > 1
    reaches = {fact.id: _reach(fact, mixed) for fact in group}
    top = max(group, key=lambda fact: reaches[fact.id][0])
    bottom = min(group, key=lambda fact: reaches[fact.id][1])
    for fact in group:
        low, high = reaches[fact.id]
        if high < reaches[top.id][0]:
            found.append((fact, top, False))
        elif reaches[bottom.id][1] < low:
            found.append((fact, bottom, False))
        else:
            other = next(other for other in (top, bottom, *group[:3]) if other.id != fact.id)
            found.append((fact, other, True))
    return found


def _reach(fact: Fact, mixed: bool) -> Band:
    limit = fact.statistic if mixed else fact.limit
    return LIMITS[limit](fact.value) if limit in LIMITS else fact.band


# What "at least" and "at most" claim: everything above, everything below. No printed figure reaches the upper end.
LIMITS: dict[str, Callable[[Fraction], Band]] = {
    "minimum": lambda value: (value, Fraction(10**30)),
    "maximum": lambda value: (Fraction(0), value),
}


def _comparison(reason: Reason, fact: Fact, other: Fact) -> Phrase:
    mixed = fact.statistic != other.statistic
    values: Values = {
        "source": Quantity(fact.source, "text"),
        "said": _said(fact, mixed),
        "other_source": Quantity(other.source, "text"),
        "other": _said(other, mixed),
    }
    return Phrase(reason, values)


def _said(fact: Fact, mixed: bool) -> Quantity | Phrase:
    """What a source says of a figure: its value with the band of its rounding, or a limit."""
    limit = fact.statistic if mixed else fact.limit
    return Phrase(LIMIT_SAID[limit], {"value": quantity(fact)}) if limit in LIMIT_SAID else with_band(fact)
