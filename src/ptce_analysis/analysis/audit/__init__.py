"""Which printed figures can be true together: one verdict per figure, each with arithmetic a reader can redo by hand.

The rules read only what a figures file says of its figures (indicator, statistic, unit, level, wave, base, source,
grain, `part_of`) and how indicators are named, so that they audit any report typed in that format:

    verdicts = audit(read_facts(Path("figures.csv")))
    for found in contradictions(verdicts):
        print(found.finding.reason, found.members)

`RULES` is the list of methods: their docstrings are printed as such.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from ptce_analysis.analysis.audit.grains import at_inferred_grains, heaped
from ptce_analysis.analysis.audit.means import means
from ptce_analysis.analysis.audit.pairs import ratios, repeated, sources
from ptce_analysis.analysis.audit.reasons import Phrase, Reason
from ptce_analysis.analysis.audit.records import VERDICTS, Finding, Printed, Verdict
from ptce_analysis.analysis.audit.records import contradictions as contradictions
from ptce_analysis.analysis.audit.rows import rows, totals
from ptce_analysis.analysis.audit.shares import counts, is_percentage, links, other_shares, percentages
from ptce_analysis.analysis.audit.sums import shares_of_a_share, sums
from ptce_analysis.analysis.percent import attainable_bases
from ptce_analysis.published import Fact

Rule = Callable[[Printed], Iterable[Finding]]

# In the order in which their findings are kept, among findings of the same verdict.
RULES: tuple[Rule, ...] = (
    percentages,
    counts,
    rows,
    totals,
    means,
    sums,
    shares_of_a_share,
    links,
    repeated,
    sources,
    ratios,
    other_shares,
    heaped,
)


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
        replace(one, inferred=again[one.id]) if _document(one) in heaps and _reads(facts, one) else one
        for one in verdicts
    )


def _document(one: Verdict) -> tuple[str, int]:
    return one.fact.source, one.fact.wave


def _verdicts(facts: Mapping[str, Fact]) -> tuple[Verdict, ...]:
    """One verdict per figure, at the grains that the figures carry."""
    findings: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings_of(Printed(facts)):
        findings[finding.id].append(finding)
    return tuple(_verdict(facts, fact, findings[fact.id]) for fact in facts.values())


def _reads(facts: Mapping[str, Fact], one: Verdict) -> bool:
    """Whether a verdict rests on a percentage: the figure itself, or one that it is set against."""
    return any(is_percentage(facts[id_]) for found in one.findings for id_ in (one.id, *found.related))


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


def methods() -> dict[str, str]:
    """Return what each rule does, by its name, in the order of the rules."""
    return {rule.__name__: " ".join((rule.__doc__ or "").split()) for rule in RULES}


def findings_of(printed: Printed) -> Iterator[Finding]:
    """Yield what every rule says of every figure, each finding signed with the name of its rule."""
    for rule in RULES:
        for finding in rule(printed):
            yield replace(finding, rule=rule.__name__)


def _verdict(facts: Mapping[str, Fact], fact: Fact, findings: list[Finding]) -> Verdict:
    found = findings or [Finding(fact.id, "unverifiable", Phrase(Reason.ALONE))]
    worst_first = tuple(sorted(found, key=lambda finding: -VERDICTS.index(finding.verdict)))
    bases = attainable_bases(fact.value, fact.grain) if is_percentage(fact) else ()
    related = (facts[id_].source for id_ in worst_first[0].related)
    return Verdict(fact, worst_first, bases, tuple(dict.fromkeys((fact.source, *related))))
