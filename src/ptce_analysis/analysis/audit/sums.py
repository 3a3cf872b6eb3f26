"""Rules on parts and wholes: amounts by level that ought to add up to a total, shares said of a share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from ptce_analysis.analysis.audit.reasons import Phrase, Quantity, Reason
from ptce_analysis.analysis.audit.records import Finding, Printed, ids, quantity
from ptce_analysis.analysis.audit.shares import Values, is_percentage
from ptce_analysis.analysis.subset_sum import (
    MOST_NAMED,
    fitting_choice,
    meet,
    nearest_choices,
    some_choice_fits,
    total_band,
)
from ptce_analysis.published import Fact

Parts = tuple[Fact, ...]

ADDITIVE = ("count", "sum", "share")


def parts_by_whole(printed: Printed) -> Iterator[tuple[Fact, Parts]]:
    """Yield every whole with a set of parts that ought to add up to it, as its own source prints them for its wave.

    A part is one by its `part_of`, else by its name (`<name>_amount` is part of `<name>_total`). For a whole of no
    level the parts are those by level; for any whole, also those of its own level. Medians, means and limits do not
    add up.
    """
    found: dict[str, dict[bool, list[Fact]]] = defaultdict(lambda: defaultdict(list))
    for part in printed.figures.values():
        for level in dict.fromkeys((part.level, "")):
            whole = printed.figures.get((_whole_name(part), level, part.wave, part.source))
            if whole and whole.indicator != part.indicator and _additive(part, whole):
                found[whole.id][level == part.level].append(part)
    for whole_id, sets in found.items():
        for parts in sets.values():
            yield printed.facts[whole_id], tuple(parts)


def _whole_name(part: Fact) -> str:
    stem = part.indicator.removesuffix("_amount")
    return part.part_of or (f"{stem}_total" if stem != part.indicator else "")


def _additive(part: Fact, whole: Fact) -> bool:
    same = part.unit == whole.unit and is_percentage(part) == is_percentage(whole)
    return same and part.statistic in ADDITIVE and whole.statistic in ADDITIVE


def sums(printed: Printed) -> Iterator[Finding]:
    """Parts must add up to the printed total, all figures being free within their rounding.

    The total carries the verdict, since it is the claim about the parts: `consistent` when all parts add up to it,
    `other_base_only` when only some of them do (they are named), `impossible` when no choice of them does.
    """
    for whole, parts in parts_by_whole(printed):
        if not is_percentage(whole):
            yield from _sum(whole, parts)


def _sum(whole: Fact, parts: Parts) -> Iterator[Finding]:
    values = _summed(parts) | {"k": Quantity(len(parts)), "whole": quantity(whole)}
    bands = [part.band for part in parts]
    holds = meet(total_band(bands), whole.band)
    verdict, phrase = ("consistent", Phrase(Reason.SUM_HOLDS, values)) if holds else _choices(whole, parts, values)
    yield Finding(whole.id, verdict, phrase, ids(parts))
    part_verdict = "consistent" if holds else "unverifiable"
    part_phrase = Phrase(Reason.SUM_PART_HOLDS if holds else Reason.SUM_PART, values)
    for part in parts:
        yield Finding(part.id, part_verdict, part_phrase, (whole.id,))


def _choices(whole: Fact, parts: Parts, values: Values) -> tuple[str, Phrase]:
    """What can be said of a total that all its parts together do not give."""
    bands = [part.band for part in parts]
    if len(parts) > MOST_NAMED:
        return MANY_PARTS[some_choice_fits(bands, whole.band)](values)
    if chosen := fitting_choice(bands, whole.band):
        return "other_base_only", Phrase(Reason.SUM_SUBSET, values | {"subset": _subset(parts, chosen)})
    below, above = nearest_choices(bands, whole.band)
    nearest: Values = {"below": _subset(parts, below), "above": _subset(parts, above)}
    return "impossible", Phrase(Reason.SUM_NEVER, values | nearest)


MANY_PARTS: dict[bool | None, Callable[[Values], tuple[str, Phrase]]] = {
    True: lambda values: ("other_base_only", Phrase(Reason.SUM_MANY_SUBSET, values)),
    False: lambda values: ("impossible", Phrase(Reason.SUM_MANY_NEVER, values)),
    None: lambda values: ("unverifiable", Phrase(Reason.SUM_UNSEARCHED, values)),
}


def _subset(parts: Parts, chosen: Sequence[int]) -> Phrase:
    if not chosen:
        return Phrase(Reason.NO_SUBSET)
    some = tuple(parts[place] for place in chosen)
    unit = "level" if all(part.level for part in some) else "indicator"
    names = Quantity(tuple(part.level or part.indicator for part in some), unit, joint=" + ")
    return Phrase(Reason.SUBSET, {"parts": names, "sum": Quantity(_added(some), some[0].unit)})


def _added(parts: Parts) -> Fraction:
    return sum((part.value for part in parts), Fraction(0))


def _summed(parts: Parts) -> Values:
    low, high = total_band([part.band for part in parts])
    unit = parts[0].unit
    return {"sum": Quantity(_added(parts), unit), "low": Quantity(low, unit), "high": Quantity(high, unit)}


def shares_of_a_share(printed: Printed) -> Iterator[Finding]:
    """Shares said of a share must add up to it (or to 100%, when they are given as shares of the part itself).

    Which of the figures is wrong cannot be known: the whole and its parts all carry the verdict.
    """
    for whole, parts in parts_by_whole(printed):
        if is_percentage(whole):
            verdict, reason = _shares_verdict(whole, parts)
            phrase = Phrase(reason, _share_values(whole, parts))
            yield Finding(whole.id, verdict, phrase, ids(parts))
            for part in parts:
                yield Finding(part.id, verdict, phrase, (whole.id,))


def _shares_verdict(whole: Fact, parts: Parts) -> tuple[str, Reason]:
    added = total_band([part.band for part in parts])
    if meet(added, whole.band):
        return "consistent", Reason.SHARES_HOLD
    if meet(added, (Fraction(1), Fraction(1))):
        return "consistent", Reason.SHARES_OF_PART
    return "impossible", Reason.SHARES_FAIL


def _share_values(whole: Fact, parts: Parts) -> Values:
    least, most = whole.band
    return _summed(parts) | {
        "terms": _terms(parts),
        "whole": quantity(whole),
        "least": Quantity(least, "share"),
        "most": Quantity(most, "share"),
    }


def _terms(parts: Parts) -> Quantity | Phrase:
    if len(parts) > MOST_NAMED:
        return Phrase(Reason.MANY_TERMS, {"k": Quantity(len(parts))})
    return Quantity(tuple(part.value for part in parts), "share", joint=" + ")
