"""Rules on what counts allow: percentages of a base, counts of a base, links against supported projects."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

from ptce_analysis.analysis.audit.reasons import Phrase, Quantity, Reason
from ptce_analysis.analysis.audit.records import Base, Finding, Printed, quantity, rounded, stated_base, whole_numbers
from ptce_analysis.analysis.percent import (
    LARGEST_BASE,
    attainable_bases,
    count_range,
    nearest_counts,
    smallest_base,
)
from ptce_analysis.published import Fact

Values = dict[str, Quantity | Phrase]


def is_percentage(fact: Fact) -> bool:
    """Return whether a figure is a share of a number of units, rather than a median, mean or limit of shares."""
    return fact.unit == "share" and fact.statistic == "share"


def percentages(printed: Printed) -> Iterator[Finding]:
    """A percentage printed with grain g over n units must be within g/2 of k/n for some whole k (the GRIM test).

    The base is the one printed beside it, else (assumptions, named in the reason) the one its source prints for the
    same units, else the respondents of its source. Where the percentage cannot occur on its base but can on another,
    it is `other_base_only`; `impossible` needs a printed base, and no base up to it nor up to 120.
    """
    for fact in printed.facts.values():
        if is_percentage(fact):
            yield _percentage(printed, fact)


def other_shares(printed: Printed) -> Iterator[Finding]:
    """A median, a mean or a limit of shares is not a count out of a base: no base can be tested."""
    for fact in printed.facts.values():
        if fact.unit == "share" and not is_percentage(fact):
            statistic = Quantity(fact.statistic, "statistic")
            yield Finding(fact.id, "unverifiable", Phrase(Reason.NOT_A_COUNT, {"statistic": statistic}))


def _percentage(printed: Printed, fact: Fact) -> Finding:
    base = stated_base(printed, fact)
    if base is None:
        known = {"source": Quantity(fact.source, "text")}
        return Finding(fact.id, "unverifiable", Phrase(Reason.PERCENT_NO_BASE, known))
    origin = "derived" if base.printed else "assumption"
    for n in sorted(base.numbers, key=lambda number: abs(number - base.n)):
        if counts := count_range(fact.value, n, fact.grain):
            count = min(max(round(fact.value * n), counts[0]), counts[-1])
            values: Values = {
                "nearest": Quantity(((count, n),), "fraction"),
                "printed": quantity(fact),
                "base": base.phrase,
            }
            holds = Phrase(Reason.PERCENT_HOLDS, values)
            return Finding(fact.id, "consistent", holds, origin=origin, premises=_premises(fact, base))
    verdict, phrase = _not_on_its_base(printed, fact, base)
    return Finding(fact.id, verdict, phrase, origin=origin, premises=_premises(fact, base))


def _premises(share: Fact, base: Base) -> tuple[Phrase, ...]:
    """What a share must be to be a count out of its base."""
    return Phrase(Reason.ALL_OF_BASE, {"base": base.phrase}), Phrase(Reason.UNWEIGHTED), rounded(share)


def _not_on_its_base(printed: Printed, fact: Fact, base: Base) -> tuple[str, Phrase]:
    values: Values = {
        "printed": quantity(fact),
        "n": Quantity(base.n),
        "exact": Quantity(fact.value * base.n),
        "nearest": Quantity(tuple((count, base.n) for count in nearest_counts(fact.value, base.n)), "fraction"),
        "base": base.phrase,
    }
    limit, first = max(LARGEST_BASE, base.numbers[-1]), smallest_base(fact.value, fact.grain)
    if bases := attainable_bases(fact.value, fact.grain):
        stated = printed.stated_bases.get((fact.wave, fact.source), frozenset())
        values["below"] = Quantity(tuple(n for n in bases if n <= base.numbers[-1]), "bases")
        values["others"] = Quantity(tuple(n for n in bases if n in stated), "bases")
        return "other_base_only", Phrase(Reason.PERCENT_ELSEWHERE, values)
    if base.printed and first > limit:
        return "impossible", Phrase(Reason.PERCENT_NOWHERE, values | {"limit": Quantity(limit)})
    return "other_base_only", Phrase(Reason.PERCENT_BEYOND, values | {"first": Quantity(first)})


def counts(printed: Printed) -> Iterator[Finding]:
    """A count cannot exceed the base printed beside it."""
    for fact in printed.facts.values():
        if fact.statistic == "count" and fact.unit == "count" and fact.base_n:
            holds = fact.band[0] <= fact.base_n
            values = {"count": quantity(fact), "n": Quantity(fact.base_n)}
            reason = Reason.COUNT_HOLDS if holds else Reason.COUNT_FAILS
            counted = (Phrase(Reason.COUNTED, {"n": values["n"]}),)
            yield Finding(fact.id, "consistent" if holds else "impossible", Phrase(reason, values), premises=counted)


def links(printed: Printed) -> Iterator[Finding]:
    """A level cannot support more projects (`<name>_projects`) than are linked with it (`link_share`), on one base.

    Skipped when the projects are printed over another base than the links, or when the links have no base.
    """
    for projects in printed.facts.values():
        if projects.indicator.endswith("_projects"):
            link = printed.beside(projects, "link_share")
            base = stated_base(printed, link) if link and is_percentage(link) else None
            numbers = whole_numbers(projects)
            if link and base and numbers and projects.base_n in (None, base.n):
                yield from _link(printed, link, projects, base)


def _link(printed: Printed, link: Fact, projects: Fact, base: Base) -> Iterator[Finding]:
    supported, largest = whole_numbers(projects)[0], base.numbers[-1]
    most = min(link.band[1], Fraction(1))
    least = max(math.ceil(supported / most), 1) if most else None
    stated = printed.stated_bases.get((link.wave, link.source), frozenset())
    nearby = [n for n in range(1, LARGEST_BASE + 1) if n in stated and n != base.n]
    holding = tuple(n for n in nearby if least is not None and n >= least)
    values: Values = {
        "share": quantity(link),
        "n": Quantity(largest),
        "linked": Quantity(math.floor(largest * most)),
        "projects": Quantity(supported),
        "least": Quantity(least),
        "failing": Quantity(tuple(n for n in nearby if n not in holding), "bases"),
        "holding": Quantity(holding, "bases"),
        "base": base.phrase,
    }
    verdict, reason = _link_verdict(base, least, supported, bool(holding))
    origin = "derived" if base.printed else "assumption"
    pair = (link.id, projects.id)
    premises = (Phrase(Reason.SUPPORTED_LINKED), *_premises(link, base))
    for id_, other in (pair, pair[::-1]):
        yield Finding(id_, verdict, Phrase(reason, values), (other,), origin, premises=premises)


def _link_verdict(base: Base, least: int | None, supported: int, elsewhere: bool) -> tuple[str, Reason]:
    """An assumed base refutes nothing by itself: a larger one might hold, unless nobody at all is linked."""
    if supported == 0 or (least is not None and least <= base.numbers[-1]):
        return "consistent", Reason.LINK_HOLDS
    if least is not None and (elsewhere or not base.printed):
        return "other_base_only", Reason.LINK_ELSEWHERE
    return "impossible", Reason.LINK_FAILS
