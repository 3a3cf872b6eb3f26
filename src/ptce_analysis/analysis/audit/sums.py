"""Rules on parts and wholes: amounts by level that ought to add up to a total, shares said of a share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from ptce_analysis.analysis.audit.reasons import Phrase, Quantity, Reason
from ptce_analysis.analysis.audit.records import Finding, Printed, ids, quantity, rounded
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
from ptce_analysis.vocabulary import LEVELS

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
    `other_base_only` when only some of them do (they are named), `impossible` when no choice of them does: it is then
    of another perimeter than its parts, or a figure is wrong. Printed over other bases than its parts, a total that
    they do not give is `unverifiable`.
    """
    for whole, parts in parts_by_whole(printed):
        if not is_percentage(whole):
            yield from _sum(printed, whole, parts)


def _sum(printed: Printed, whole: Fact, parts: Parts) -> Iterator[Finding]:
    values = _summed(parts) | {"k": Quantity(len(parts)), "whole": quantity(whole)}
    bands = [part.band for part in parts]
    holds = meet(total_band(bands), whole.band)
    verdict, phrase = ("consistent", Phrase(Reason.SUM_HOLDS, values)) if holds else _choices(whole, parts, values)
    premises = _cover(printed, whole, parts) if verdict != "unverifiable" else ()
    yield Finding(whole.id, verdict, phrase, ids(parts), premises=premises)
    part_verdict = "consistent" if holds else "unverifiable"
    part_phrase = Phrase(Reason.SUM_PART_HOLDS if holds else Reason.SUM_PART, values)
    for part in parts:
        yield Finding(part.id, part_verdict, part_phrase, (whole.id,), premises=premises if holds else ())


def _cover(printed: Printed, whole: Fact, parts: Parts) -> tuple[Phrase, ...]:
    """What must hold for parts to add up to a whole: one base, and nothing in the whole that is in no part."""
    beside = whole.base_n is not None and all(part.base_n is None for part in parts)
    base = Phrase(Reason.COVER_BASE, {"n": Quantity(whole.base_n)}) if beside else Phrase(Reason.COVER)
    rows = {part.level for part in parts}
    named = {fact.level for fact in printed.facts.values() if (fact.wave, fact.source) == (whole.wave, whole.source)}
    absent = tuple(level for level in LEVELS if level in named - rows and "" not in rows and not whole.level)
    values: Values = {"levels": Quantity(absent, "level"), "source": Quantity(whole.source, "text")}
    return base, Phrase(Reason.NO_ROW, values) if absent else Phrase(Reason.NOTHING_ELSE), rounded(whole, *parts)


def _other_bases(whole: Fact, parts: Parts) -> tuple[int, ...]:
    """The bases printed beside the parts, where they are neither that of the whole nor the whole itself."""
    bases = sorted({part.base_n for part in parts if part.base_n} - {whole.base_n, whole.value})
    return tuple(bases) if whole.base_n else ()


def _apart(whole: Fact, others: tuple[int, ...], values: Values) -> tuple[str, Phrase]:
    """What is said of a whole that its parts do not give, where they are printed over other bases."""
    bases: Values = {"n": Quantity(whole.base_n), "others": Quantity(others)}
    return "unverifiable", Phrase(Reason.SUM_OTHER_BASE, values | bases)


def _choices(whole: Fact, parts: Parts, values: Values) -> tuple[str, Phrase]:
    """What can be said of a total that all its parts together do not give."""
    if others := _other_bases(whole, parts):
        return _apart(whole, others, values)
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
            verdict, phrase = _shares_verdict(whole, parts)
            told = verdict != "unverifiable"
            premises = (Phrase(Reason.ONE_ANSWER), Phrase(Reason.UNWEIGHTED), rounded(whole, *parts)) if told else ()
            for fact in (whole, *parts):
                related = ids(other for other in (whole, *parts) if other is not fact)
                yield Finding(fact.id, verdict, phrase, related, premises=premises)


def _shares_verdict(whole: Fact, parts: Parts) -> tuple[str, Phrase]:
    added, values = total_band([part.band for part in parts]), _share_values(whole, parts)
    if meet(added, whole.band):
        return "consistent", Phrase(Reason.SHARES_HOLD, values)
    if meet(added, (Fraction(1), Fraction(1))):
        return "consistent", Phrase(Reason.SHARES_OF_PART, values)
    if others := _other_bases(whole, parts):
        return _apart(whole, others, values)
    return "impossible", Phrase(Reason.SHARES_NOT_ALL if whole.value == 1 else Reason.SHARES_FAIL, values)


def _share_values(whole: Fact, parts: Parts) -> Values:
    least, most = whole.band
    return _summed(parts) | {
        "k": Quantity(len(parts)),
        "terms": _terms(parts),
        "whole": quantity(whole),
        "least": Quantity(least, "share"),
        "most": Quantity(most, "share"),
    }


def _terms(parts: Parts) -> Quantity | Phrase:
    if len(parts) > MOST_NAMED:
        return Phrase(Reason.MANY_TERMS, {"k": Quantity(len(parts))})
    return Quantity(tuple(part.value for part in parts), "share", joint=" + ")
