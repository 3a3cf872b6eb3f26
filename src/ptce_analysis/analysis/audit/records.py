"""What the audit handles: printed figures arranged for its rules, findings, and the verdict on each figure."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from ptce_analysis.analysis.audit.reasons import LIMIT_SAID, Phrase, Quantity, Reason, english, raw_values, shown
from ptce_analysis.published import Fact, indicator

# From the least to the most telling: when several rules judge a figure, the last one wins. What another source prints
# tells more than that a figure holds by itself, and less than what its own source prints beside it: two sources may
# both be right, each of its own population.
VERDICTS = ("unverifiable", "consistent", "sources_differ", "other_base_only", "impossible")
# Those that set figures against each other, or against their base.
TELLING = VERDICTS[2:]

Key = tuple[str, str, int, str]


@dataclass(frozen=True)
class Finding:
    """What one rule (by its name) says of one figure: a verdict and its arithmetic.

    `related` are the other figures of the arithmetic: where it sets several against each other, it says so of each of
    them with all the others. `origin` is `assumption` when it rests on a base that is not printed beside the figure,
    else `derived`. `premises`: what must hold for the arithmetic to say anything of the figures.
    """

    id: str
    verdict: str
    phrase: Phrase
    related: tuple[str, ...] = ()
    origin: str = "derived"
    rule: str = ""
    premises: tuple[Phrase, ...] = ()

    @property
    def reason(self) -> str:
        """The arithmetic on one line, in English."""
        return english(self.phrase)

    @property
    def members(self) -> tuple[str, ...]:
        """The figures of the arithmetic, by id."""
        return (self.id, *self.related)


@dataclass(frozen=True)
class Contradiction:
    """Printed figures that do not go together, or not with their base, if the premises of `finding` hold.

    Which of the `members` is at fault, or whether a premise is, cannot be known from the figures.
    """

    finding: Finding
    members: tuple[str, ...]

    @property
    def verdict(self) -> str:
        """One of `TELLING`."""
        return self.finding.verdict


def contradictions(verdicts: Iterable[Verdict]) -> tuple[Contradiction, ...]:
    """Return what the rules found, once for all the figures it is about, the most telling first.

    One figure may stand in several; a figure judged worse by another rule keeps its place in each.
    """
    found: dict[Hashable, Contradiction] = {}
    for verdict in verdicts:
        for one in verdict.findings:
            if one.verdict in TELLING:
                found.setdefault((one.rule, frozenset(one.members)), Contradiction(one, one.members))
    return tuple(sorted(found.values(), key=lambda one: -VERDICTS.index(one.verdict)))


@dataclass(frozen=True)
class Verdict:
    """The verdict on one printed figure: that of its most telling finding, which stands first in `findings`.

    `inferred`: the verdict at the grain that its document most likely rounded its percentages to, where they heap on a
    coarser one than typed.
    """

    fact: Fact
    findings: tuple[Finding, ...]
    attainable_bases: tuple[int, ...]
    sources: tuple[str, ...]
    inferred: Verdict | None = None

    @property
    def id(self) -> str:
        """The id of the figure."""
        return self.fact.id

    @property
    def subject(self) -> str:
        """What the figure is about: a key of `vocabulary.SUBJECTS`."""
        return indicator(self.fact.indicator).subject

    @property
    def verdict(self) -> str:
        """One of `VERDICTS`."""
        return self.findings[0].verdict

    @property
    def reason(self) -> str:
        """The deciding arithmetic on one line, in English; `reason_key` and `values` are what it is made of."""
        return self.findings[0].reason

    @property
    def reason_key(self) -> str:
        """The English template of the reason, with named placeholders."""
        return self.findings[0].phrase.key.value

    @property
    def values(self) -> Mapping[str, Quantity | Phrase]:
        """The raw values of the reason, by placeholder."""
        return self.findings[0].phrase.values

    def as_dict(self) -> dict[str, object]:
        """Return the verdict as JSON can hold it; `attainable_bases` is empty for what is not a percentage."""
        first, fact = self.findings[0], self.fact
        return {
            "id": fact.id,
            "wave": fact.wave,
            "level": fact.level,
            "indicator": fact.indicator,
            "subject": self.subject,
            "verdict": self.verdict,
            "reason": self.reason,
            "premises": [english(premise) for premise in first.premises],
            "grain": float(fact.grain),
            "verdict_at_inferred_grain": self.inferred.verdict if self.inferred else None,
            "reason_at_inferred_grain": self.inferred.reason if self.inferred else None,
            "inferred_grain": float(self.inferred.fact.grain) if self.inferred and fact.unit == "share" else None,
            "attainable_bases": list(self.attainable_bases),
            "printed": as_printed(fact),
            "rule": first.rule,
            "origin": first.origin,
            "sources": list(self.sources),
            "related": list(first.related),
            "reason_key": self.reason_key,
            "values": raw_values(first.phrase),
            "findings": [
                {
                    "rule": found.rule,
                    "verdict": found.verdict,
                    "reason": found.reason,
                    "premises": [english(premise) for premise in found.premises],
                }
                for found in self.findings
            ],
        }


@dataclass(frozen=True)
class Printed:
    """The printed figures, arranged so that every rule finds what it needs without searching."""

    facts: Mapping[str, Fact]

    @cached_property
    def figures(self) -> Mapping[Key, Fact]:
        """Figures by indicator, level, wave and source; of a figure the same source prints twice, the first."""
        found: dict[Key, Fact] = {}
        for fact in self.facts.values():
            found.setdefault((fact.indicator, fact.level, fact.wave, fact.source), fact)
        return MappingProxyType(found)

    @cached_property
    def stated_bases(self) -> Mapping[tuple[int, str], frozenset[int]]:
        """Every base a source prints in a wave."""
        found: dict[tuple[int, str], set[int]] = defaultdict(set)
        for fact in self.facts.values():
            if fact.base_n:
                found[fact.wave, fact.source].add(fact.base_n)
        return MappingProxyType({key: frozenset(bases) for key, bases in found.items()})

    @cached_property
    def unit_bases(self) -> Mapping[tuple[int, str, str], tuple[int, ...]]:
        """The bases printed beside a base label (its parentheses aside), by wave, source and label."""
        found: dict[tuple[int, str, str], set[int]] = defaultdict(set)
        for fact in self.facts.values():
            if fact.base_n and units(fact):
                found[fact.wave, fact.source, units(fact)].add(fact.base_n)
        return MappingProxyType({key: tuple(bases) for key, bases in found.items()})

    def beside(self, fact: Fact, indicator: str) -> Fact | None:
        """Return the figure of another indicator that the same source prints for the same level and wave."""
        return self.figures.get((indicator, fact.level, fact.wave, fact.source))


@dataclass(frozen=True)
class Base:
    """What a figure is said of: the possible numbers of units (one, unless printed as "about"), and how it is known."""

    n: int
    numbers: range
    phrase: Phrase
    printed: bool


def stated_base(printed: Printed, fact: Fact) -> Base | None:
    """Return the base of a figure: printed beside it, else beside the same units, else the respondents of the source.

    Several bases beside the same units, or a number of respondents printed too coarsely (more than a hundred
    candidates), are no base.
    """
    if fact.base_n:
        return _exact(fact.base_n, Reason.BASE_PRINTED, fact.source, printed=True)
    same = printed.unit_bases.get((fact.wave, fact.source, units(fact)), ())
    if len(same) == 1:
        return _exact(same[0], Reason.BASE_SAME_UNITS, fact.source, printed=False)
    # Assumption (01, 02): A percentage without a base concerns all the respondents of its source. Source: usage of
    # survey reports. If wrong: it is judged on another base than its own.
    respondents = printed.figures.get(("respondents", "", fact.wave, fact.source))
    return _respondents(respondents) if respondents else None


def _respondents(fact: Fact) -> Base | None:
    numbers = whole_numbers(fact)
    if not 1 <= len(numbers) <= 100 or numbers[-1] < 1:
        return None
    numbers = range(max(numbers[0], 1), numbers[-1] + 1)
    if len(numbers) == 1:
        return _exact(numbers[0], Reason.BASE_RESPONDENTS, fact.source, printed=False)
    n = min(max(round(fact.value), numbers[0]), numbers[-1])
    ends = {"low": Quantity(numbers[0]), "high": Quantity(numbers[-1])}
    known = {"n": Quantity(n), "source": Quantity(fact.source, "text")}
    return Base(n, numbers, Phrase(Reason.BASE_ABOUT, ends | known), printed=False)


def _exact(n: int, reason: Reason, source: str, *, printed: bool) -> Base:
    values = {"n": Quantity(n), "source": Quantity(source, "text")}
    return Base(n, range(n, n + 1), Phrase(reason, values), printed)


def whole_numbers(fact: Fact) -> range:
    """Return the whole numbers that round to a printed count; none for what is no count."""
    low, high = fact.band
    if (fact.statistic, fact.unit) != ("count", "count"):
        return range(0)
    return range(math.ceil(low), math.floor(high) + 1)


def units(fact: Fact) -> str:
    """Return the units a figure is said of, as its source words them, without what stands in parentheses."""
    return fact.base_label.split("(")[0].strip()


# How a note quotes the source: "printed: 20 % des projets; ..." or "printed as 152 K Euros".
PRINTED = re.compile(r"printed(?:: | as )([^;]+)")


def as_printed(fact: Fact) -> str:
    """Return the figure as its source prints it, from its note; where the note is silent, its value in words."""
    if found := PRINTED.match(fact.note):
        return found[1].strip()
    return english(Phrase(LIMIT_SAID[fact.limit], {"value": quantity(fact)})) if fact.limit else shown(quantity(fact))


def quantity(fact: Fact) -> Quantity:
    """Return the printed value of a figure, on its way into a sentence."""
    return Quantity(fact.value, fact.unit)


def rounded(*facts: Fact) -> Phrase:
    """Return the premise on the rounding of figures of one unit: the steps they were typed with."""
    grains = tuple(sorted({fact.grain for fact in facts if fact.grain}))
    unit = "points" if facts[0].unit == "share" else facts[0].unit
    return Phrase(Reason.ROUNDED, {"grains": Quantity(grains, unit, joint=" / ")}) if grains else Phrase(Reason.EXACT)


def with_band(fact: Fact) -> Quantity | Phrase:
    """Return the printed value of a figure with what rounds to it; alone when it is exact."""
    low, high = (Quantity(end, fact.unit) for end in fact.band)
    said = Phrase(Reason.SAID, {"value": quantity(fact), "low": low, "high": high})
    return said if low.value != high.value else quantity(fact)


def ids(facts: Iterable[Fact]) -> tuple[str, ...]:
    """Return the ids of figures, in order."""
    return tuple(fact.id for fact in facts)
