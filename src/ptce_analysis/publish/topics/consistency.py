"""Which printed figures can be true together: the sentences of the consistency notebook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import pandas as pd

from ptce_analysis.analysis.audit import methods
from ptce_analysis.analysis.audit.records import Verdict
from ptce_analysis.publish.language import NO_BREAK, Number, Sentence, Words
from ptce_analysis.publish.phrases import phrase
from ptce_analysis.publish.sentences import joined
from ptce_analysis.published import Fact, indicator
from ptce_analysis.vocabulary import LEVELS

VERDICT_LABELS = {
    "consistent": ("consistent", "compatible"),
    "impossible": ("disagrees with others", "en désaccord avec d’autres"),
    "other_base_only": ("base unclear", "base à préciser"),
    "sources_differ": ("two sources differ", "deux sources différentes"),
    "unverifiable": ("nothing to compare with", "rien à quoi le comparer"),
}

# What each rule looks at, in the reader's words; its docstring in `analysis` says how.
RULE_LABELS = {
    "percentages": ("percentages and their base", "pourcentages et leur base"),
    "counts": ("counts and their base", "effectifs et leur base"),
    "rows": ("number, sum and median of a row", "nombre, somme et médiane d’une ligne"),
    "totals": ("a total against a median", "total et médiane"),
    "means": ("means, medians and extremes", "moyennes, médianes et extrêmes"),
    "sums": ("parts of a total", "parties d’un total"),
    "shares_of_a_share": ("shares said of a part", "parts d’une partie"),
    "links": ("links against supported projects", "liens et projets soutenus"),
    "repeated": ("a figure printed twice", "chiffre publié deux fois"),
    "sources": ("two sources for one figure", "deux sources pour un chiffre"),
    "ratios": ("ratios of totals against ratios of medians", "rapports de totaux et de médianes"),
    "other_shares": ("shares that are not counts", "parts qui ne sont pas des effectifs"),
    "heaped": ("the rounding of percentages", "arrondi des pourcentages"),
}


def name(words: Words, verdict: Verdict) -> str:
    """Return what a figure measures, with its level and wave, in the reader's words."""
    label = figure(words, verdict.fact)
    return f"{label[0].upper()}{label[1:]} ({verdict.fact.wave})"


def figure(words: Words, fact: Fact) -> str:
    """Return what a figure measures, with its level, as it stands inside a sentence."""
    level = f", {words.label(LEVELS[fact.level])}" if fact.level else ""
    return words.label(indicator(fact.indicator).label) + level


def of_waves(verdicts: Iterable[Verdict], waves: Sequence[int]) -> tuple[Verdict, ...]:
    """Return the verdicts on the figures of some waves."""
    return tuple(verdict for verdict in verdicts if verdict.fact.wave in waves)


def answer(words: Words, verdicts: Sequence[Verdict]) -> Sentence:
    """Return how many printed figures can be true, cannot, or only on another base than the one stated."""
    counts = Counter(verdict.verdict for verdict in verdicts)
    return words(
        "Of {n} printed figures, {consistent} can be true, {impossible} cannot all be true together,"
        " {other} can only be true on another base than the one stated, {differ} are given another number by another"
        " source, and {unverifiable} have nothing to be compared with.",
        n=Number(len(verdicts), "count"),
        consistent=Number(counts["consistent"], "count"),
        impossible=Number(counts["impossible"], "count"),
        other=Number(counts["other_base_only"], "count"),
        differ=Number(counts["sources_differ"], "count"),
        unverifiable=Number(counts["unverifiable"], "count"),
    )


def found(
    words: Words,
    verdicts: Sequence[Verdict],
    rule: str,
    sources: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
) -> Sentence:
    """Return the arithmetic of every figure that a rule found impossible or true on another base only; once each."""
    return _said(words, verdicts, rule, ("impossible", "other_base_only"), sources)


def unequal_ratios(words: Words, verdicts: Sequence[Verdict]) -> Sentence:
    """Return every ratio of totals that lies far from the ratio of the medians."""
    return _said(words, verdicts, "ratios", tuple(VERDICT_LABELS))


def _said(
    words: Words,
    verdicts: Sequence[Verdict],
    rule: str,
    kinds: tuple[str, ...],
    sources: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
) -> Sentence:
    """What a rule says, one line per arithmetic, each after the first figure it is about."""
    lines: dict[str, Sentence] = {}
    for verdict in verdicts:
        for finding in verdict.findings:
            if finding.rule == rule and finding.verdict in kinds:
                arithmetic = phrase(words, finding.phrase, sources)
                line = words("{figure} — {arithmetic}", figure=Sentence(name(words, verdict)), arithmetic=arithmetic)
                lines.setdefault(str(arithmetic), line)
    return joined(lines.values(), "\n") if lines else words("This rule finds nothing to object to.")


def joint_bases(words: Words, common: pd.DataFrame, source: str) -> Sentence:
    """Return the bases on which all the percentages of a source can occur at once."""
    own = common[common["source"] == source]
    if own.empty:
        return words("No percentage of this source was found.")
    row = own.iloc[0]
    if not row["bases"]:
        return words(
            "No base makes the {n} percentages of this source attainable at once: they were not all asked of the same poles.",
            n=Number(int(row["n_figures"]), "count"),
        )
    return words(
        "The {n} percentages of this source are attainable at once on these bases: {bases}.",
        n=Number(int(row["n_figures"]), "count"),
        bases=words.listing(str(base) for base in row["bases"]),
    )


def rules(words: Words) -> Sentence:
    """Return the list of the rules, in the order in which they are applied."""
    labels = words.semicolon.join(words.label(RULE_LABELS[rule]) for rule in methods())
    return words("{n} rules are applied: {rules}.", n=Number(len(methods()), "count"), rules=labels)


def no_permutation(words: Words) -> Sentence:
    """Return why the medians of some rows cannot be exchanged."""
    return words("The rows of the local levels were not all found whole: their medians cannot be exchanged.")


def permutation(words: Words, table: pd.DataFrame) -> Sentence:
    """Return where the printed order of the local medians and its reverse stand among all orders."""
    if table.empty:
        return no_permutation(words)
    printed = table[table["is_printed"]].iloc[0]
    reverse = table[table["is_reversed"]].iloc[0]
    return words(
        "Of the {n} ways of giving the local medians to the local rows, the printed one spreads the levels’ ratios of mean to"
        " median most widely at rank {printed} of {n}; its exact reverse is at rank {reverse}, and {possible} of the {n} are"
        " possible for every row. This was found after looking at the data: a hypothesis to ask the authors about, not a"
        " correction.",
        n=Number(len(table), "count"),
        printed=Number(int(printed["rank"]), "count"),
        reverse=Number(int(reverse["rank"]), "count"),
        possible=Number(int(table["all_possible"].sum()), "count"),
    )


def untested(words: Words, verdicts: Sequence[Verdict]) -> Sentence:
    """Return the names of the figures that nothing printed elsewhere can test, one line per year."""
    facts = [verdict.fact for verdict in verdicts if verdict.verdict == "unverifiable"]
    if not facts:
        return words("Every figure can be tested.")
    years = {year: [fact for fact in facts if fact.wave == year] for year in sorted({fact.wave for fact in facts})}
    lines = [
        words(
            "For {year}, {n} figures are too alone to be tested: {names}.",
            year=str(year),
            n=Number(len(some), "count"),
            names=_counted(words, some),
        )
        for year, some in years.items()
    ]
    return joined(lines, "\n")


def _counted(words: Words, facts: Iterable[Fact]) -> str:
    """What some figures measure; one that several sources print is named once, with their number."""
    counts = Counter(figure(words, fact) for fact in facts)
    return words.listing(f"{name} (×{NO_BREAK}{n})" if n > 1 else name for name, n in counts.items())
