"""Which printed figures can be true together: one verdict per figure, each with arithmetic a reader can redo by hand.

The rules (`RULES`) read only what a figures file says and how indicators are named: they audit any report typed so.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ptce_analysis.analysis import audit_rows, audit_shares
from ptce_analysis.analysis.amounts import largest_n
from ptce_analysis.analysis.audit_shares import Finding, Printed, is_percentage
from ptce_analysis.analysis.audit_words import as_json, as_printed, english, say
from ptce_analysis.analysis.percent import attainable_counts, joint_bases
from ptce_analysis.published import Fact, Facts, indicator
from ptce_analysis.vocabulary import LEVELS, VERDICT_LABELS, WAVES

if TYPE_CHECKING:  # `ptce audit` answers without it
    import pandas as pd

# From the least to the most telling: when several rules judge a figure, the last one wins. What another source prints
# tells more than that a figure holds by itself, and less than what its own source prints beside it: two sources may
# both be right, each of its own population.
VERDICTS = ("unverifiable", "consistent", "sources_differ", "other_base_only", "impossible")
# Those that set figures against each other, or against their base.
TELLING = VERDICTS[2:]

# In the order in which their findings are kept, among findings of the same verdict.
RULES: tuple[Callable[[Printed], Iterable[Finding]], ...] = (
    audit_shares.percentages, audit_shares.counts, audit_shares.bases, audit_rows.rows, audit_rows.means,
    audit_rows.sums, audit_rows.sources, audit_shares.heaped,
)  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """The verdict on one printed figure: that of its most telling finding, the first; `inferred`: that at its grain."""

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
        return self.findings[0].reason

    def as_dict(self) -> dict[str, object]:
        """Return the verdict as JSON can hold it; `attainable_bases`: those up to 120 of a percentage."""
        first, fact, inferred = self.findings[0], self.fact, self.inferred
        told = [
            {name: getattr(one, name) for name in ("rule", "verdict", "reason")}
            | {"premises": list(map(english, one.premises))}
            for one in self.findings
        ]
        return {
            **{name: getattr(fact, name) for name in ("id", "wave", "level", "indicator")},
            **{name: getattr(self, name) for name in ("subject", "verdict", "reason")},
            "premises": told[0]["premises"],
            "grain": float(fact.grain),
            "verdict_at_inferred_grain": inferred.verdict if inferred else None,
            "reason_at_inferred_grain": inferred.reason if inferred else None,
            "inferred_grain": float(inferred.fact.grain) if inferred and fact.unit == "share" else None,
            "attainable_bases": list(joint_bases([(fact.value, fact.grain)])) if is_percentage(fact) else [],
            "printed": as_printed(fact),
            "rule": first.rule,
            "origin": first.origin,
            "sources": list(self.sources),
            "related": list(first.related),
            "reason_key": first.phrase.key,
            "values": as_json(first.phrase)["values"],
            "findings": told,
        }


def audit(facts: Facts) -> tuple[Verdict, ...]:
    """Return one verdict per printed figure, in order: the worst of its rules', or `unverifiable` where none judges it.

    Where percentages heap on a coarser step than typed, they and what is set against them have a second, `inferred`.
    """
    verdicts, coarser = _verdicts(facts), audit_shares.at_inferred_grains(facts)
    heaps = {(fact.source, fact.wave) for fact in facts.values() if coarser[fact.id] != fact}
    again = {one.id: one for one in _verdicts(coarser)} if heaps else {}
    return tuple(
        replace(one, inferred=again[one.id])
        if (one.fact.source, one.fact.wave) in heaps
        and any(is_percentage(facts[id_]) for found in one.findings for id_ in found.members)
        else one
        for one in verdicts
    )


def _verdicts(facts: Facts) -> tuple[Verdict, ...]:
    printed, findings = Printed(facts), defaultdict[str, list[Finding]](list)
    for rule in RULES:
        for finding in rule(printed):
            findings[finding.id].append(replace(finding, rule=finding.rule or rule.__name__))
    verdicts = []
    for fact in facts.values():
        found = findings[fact.id] or [Finding(fact.id, "unverifiable", say("alone"))]
        found.sort(key=lambda one: -VERDICTS.index(one.verdict))
        cited = dict.fromkeys(facts[id_].source for id_ in (fact.id, *found[0].related))
        verdicts.append(Verdict(fact, tuple(found), tuple(cited)))
    return tuple(verdicts)


def contradictions(verdicts: Iterable[Verdict]) -> tuple[Finding, ...]:
    """Return what the rules found, once for all the figures it is about (`members`), the most telling first.

    Whether one of these is at fault, or a premise, cannot be known from the figures.
    """
    found: dict[tuple[str, frozenset[str]], Finding] = {}
    for verdict in verdicts:
        for one in verdict.findings:
            if one.verdict in TELLING:
                found.setdefault((one.rule, frozenset(one.members)), one)
    return tuple(sorted(found.values(), key=lambda one: -VERDICTS.index(one.verdict)))


def audit_json(facts: Facts) -> list[dict[str, object]]:
    """Return the verdicts as JSON can hold them, one object per figure.

    `contradictions`: the numbers, from 1, of those in which the figure stands, in the order of `contradictions`.
    """
    verdicts = audit(facts)
    found = [set(one.members) for one in contradictions(verdicts)]
    return [
        {**one.as_dict(), "contradictions": [n for n, members in enumerate(found, 1) if one.id in members]}
        for one in verdicts
    ]


def verdict_counts(facts: Facts, waves: Collection[int] = WAVES) -> pd.DataFrame:
    """Return how many survey figures of some waves have each verdict: `verdict` and `n`, the most reassuring first."""
    import pandas as pd

    found = Counter(one.verdict for one in audit(facts) if one.subject == "survey" and one.fact.wave in waves)
    return pd.DataFrame({"verdict": list(VERDICT_LABELS), "n": [found[name] for name in VERDICT_LABELS]})


def attainability_map(facts: Facts, wave: int, bases: Iterable[int]) -> pd.DataFrame:
    """Return whether each percentage of a wave (rows, by `id`), at its grain, can occur on each base (columns)."""
    import pandas as pd

    shares = [fact for fact in facts.values() if fact.wave == wave and is_percentage(fact)]
    found = {n: [bool(attainable_counts(fact.value, n, fact.grain)) for fact in shares] for n in bases}
    index = pd.Index([fact.id for fact in shares], name="id", dtype="str")
    return pd.DataFrame(found, index=index, dtype="bool").rename_axis(columns="base")


def minimum_sums(facts: Facts, wave: int) -> pd.DataFrame:
    """Return one row per printed row of amounts in euros, by level: what its median asks of its total.

    `n`, `sum_eur` and its upper end, `median_eur`; `highest_median_eur` and `largest_n` still possible (missing when
    there is no limit); `verdict`.
    """
    import pandas as pd

    rows = sorted(audit_rows.rows_of_amounts(Printed(facts)), key=lambda row: ("", *LEVELS).index(row.total.level))
    cells = []
    for row in rows:
        total, median = row.total, row.median
        if (total.wave, total.unit) == (wave, "eur") and row.n is not None and total.indicator.endswith("_amount"):
            money = map(float, (total.value, total.band[1], median.value, row.highest_median))
            verdict = "consistent" if row.holds else "impossible"
            cells.append((total.level, row.n, *money, largest_n(row.bands), verdict))
    columns = ["level", "n", "sum_eur", "sum_high_eur", "median_eur", "highest_median_eur", "largest_n", "verdict"]
    return pd.DataFrame(cells, columns=columns).astype({"largest_n": "Int64"})
