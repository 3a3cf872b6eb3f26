"""Which printed figures can be true together: one verdict per figure, each with arithmetic a reader can redo by hand.

The rules read only what a figures file says of its figures (indicator, statistic, unit, level, wave, base, source,
grain, `part_of`) and how indicators are named, so that they audit any report typed in that format:

    verdicts = audit(read_facts(Path("figures.csv")))
    for found in contradictions(verdicts):
        print(english(found.phrase), found.members)

The docstrings of `RULES` say what each rule does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from ptce_analysis.analysis.audit_means import means
from ptce_analysis.analysis.audit_rows import repeated, rows, shares_of_a_share, sources, sums, totals
from ptce_analysis.analysis.audit_shares import (
    Finding,
    Printed,
    at_inferred_grains,
    counts,
    heaped,
    is_percentage,
    links,
    other_shares,
    percentages,
)
from ptce_analysis.analysis.audit_words import Reason, as_json, as_printed, english, say
from ptce_analysis.analysis.percent import attainable_bases
from ptce_analysis.published import Fact, indicator

# From the least to the most telling: when several rules judge a figure, the last one wins. What another source prints
# tells more than that a figure holds by itself, and less than what its own source prints beside it: two sources may
# both be right, each of its own population.
VERDICTS = ("unverifiable", "consistent", "sources_differ", "other_base_only", "impossible")
# Those that set figures against each other, or against their base.
TELLING = VERDICTS[2:]

# In the order in which their findings are kept, among findings of the same verdict.
RULES: tuple[Callable[[Printed], Iterable[Finding]], ...] = (
    percentages, counts, rows, totals, means, sums, shares_of_a_share, links, repeated, sources, other_shares, heaped,
)  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """The verdict on one printed figure: that of its most telling finding, which stands first in `findings`.

    `inferred`: the verdict at the grain that its document most likely rounded its percentages to, where they heap on a
    coarser one than typed.
    """

    fact: Fact
    findings: tuple[Finding, ...]
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
        """The deciding arithmetic on one line, in English."""
        return english(self.findings[0].phrase)

    @property
    def attainable_bases(self) -> tuple[int, ...]:
        """The bases up to 120 on which a percentage can occur; none for what is not a percentage."""
        return attainable_bases(self.fact.value, self.fact.grain) if is_percentage(self.fact) else ()

    def as_dict(self) -> dict[str, object]:
        """Return the verdict as JSON can hold it."""
        first, fact = self.findings[0], self.fact
        told = [
            {
                "rule": one.rule,
                "verdict": one.verdict,
                "reason": english(one.phrase),
                "premises": list(map(english, one.premises)),
            }
            for one in self.findings
        ]
        return {
            "id": fact.id,
            "wave": fact.wave,
            "level": fact.level,
            "indicator": fact.indicator,
            "subject": self.subject,
            "verdict": self.verdict,
            "reason": self.reason,
            "premises": told[0]["premises"],
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
            "reason_key": first.phrase.key.value,
            "values": as_json(first.phrase)["values"],
            "findings": told,
        }


def audit(facts: Mapping[str, Fact]) -> tuple[Verdict, ...]:
    """Return one verdict per printed figure, in the order of the figures.

    When several rules judge a figure the worst verdict wins (`impossible`, then `other_base_only`, `sources_differ`,
    `consistent`, `unverifiable`); every finding is kept. A figure that no rule judges is `unverifiable`.

    Where percentages heap on a coarser step than they were typed with, they and what is set against them carry a
    second verdict, `inferred`, at that grain.
    """
    verdicts, coarser = _verdicts(facts), at_inferred_grains(facts)
    heaps = {(fact.source, fact.wave) for fact in facts.values() if coarser[fact.id] != fact}
    again = {one.id: one for one in _verdicts(coarser)} if heaps else {}
    return tuple(
        replace(one, inferred=again[one.id])
        if (one.fact.source, one.fact.wave) in heaps
        and any(is_percentage(facts[id_]) for found in one.findings for id_ in found.members)
        else one
        for one in verdicts
    )


def _verdicts(facts: Mapping[str, Fact]) -> tuple[Verdict, ...]:
    """One verdict per figure, at the grains that the figures carry."""
    printed, findings = Printed(facts), defaultdict[str, list[Finding]](list)
    for rule in RULES:
        for finding in rule(printed):
            findings[finding.id].append(replace(finding, rule=rule.__name__))
    verdicts = []
    for fact in facts.values():
        found = findings[fact.id] or [Finding(fact.id, "unverifiable", say(Reason.ALONE))]
        found.sort(key=lambda one: -VERDICTS.index(one.verdict))
        cited = dict.fromkeys(facts[id_].source for id_ in (fact.id, *found[0].related))
        verdicts.append(Verdict(fact, tuple(found), tuple(cited)))
    return tuple(verdicts)


def contradictions(verdicts: Iterable[Verdict]) -> tuple[Finding, ...]:
    """Return what the rules found, once for all the figures it is about (`members`), the most telling first.

    They do not go together, or not with their base, if its premises hold; which of them is at fault, or whether a
    premise is, cannot be known from the figures. One figure may stand in several; a figure judged worse by another rule
    keeps its place in each.
    """
    found: dict[tuple[str, frozenset[str]], Finding] = {}
    for verdict in verdicts:
        for one in verdict.findings:
            if one.verdict in TELLING:
                found.setdefault((one.rule, frozenset(one.members)), one)
    return tuple(sorted(found.values(), key=lambda one: -VERDICTS.index(one.verdict)))


def audit_json(facts: Mapping[str, Fact]) -> list[dict[str, object]]:
    """Return the verdicts as JSON can hold them, one object per figure.

    `contradictions`: the numbers, from 1, of those in which the figure stands, in the order of `contradictions`.
    """
    verdicts = audit(facts)
    found = [set(one.members) for one in contradictions(verdicts)]
    return [
        {**one.as_dict(), "contradictions": [n for n, members in enumerate(found, 1) if one.id in members]}
        for one in verdicts
    ]
