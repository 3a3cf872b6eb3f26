"""The audit in the reader's language: figures named, verdicts in a word, arithmetic translated and formatted."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

import pandas as pd

from ptce_analysis.analysis.audit import Verdict
from ptce_analysis.analysis.audit_words import LIMIT_SAID, SENTENCES, Writer, as_printed
from ptce_analysis.publish.language import Number, Words, typeset
from ptce_analysis.published import Fact, indicator
from ptce_analysis.vocabulary import LEVEL_FORMS, LEVELS, VERDICT_LABELS

# How a quantity of each unit is written, most values keeping two decimals so that the arithmetic can be redone.
UNIT_KINDS = {"eur": "keur2", "share": "share2", "fte": "fte", "years": "years"}

# What a figure said of one level measures, the level with its article.
BY_LEVEL = {
    "link_share": "clusters linked with {level:the}",
    "funding_amount": "amount from {level:the}",
    "funding_projects": "projects supported by {level:the}",
    "funding_median": "median amount from {level:the}",
}


def writer(words: Words, sources: Mapping[str, Mapping[str, str]]) -> Writer:
    """Return what writes the phrases of the audit in the reader's language; a listed source by author and year."""

    def number(value: Fraction, unit: str) -> str:
        if unit == "points":
            return str(words("{n} {n:point|points}", n=Number(100 * value, "number2")))
        return words.number(Number(value, UNIT_KINDS.get(unit, "number2")))

    def source(name: str) -> str:
        known = sources.get(name)
        return typeset(", ".join(filter(None, (known["author"], known["year"]))), "fr") if known else name

    return Writer(lambda said, values: str(words(said.key, **values)), number, words.label, source)


def told(
    words: Words, verdicts: Iterable[Verdict], sources: Mapping[str, Mapping[str, str]] | None = None
) -> pd.DataFrame:
    """Return the verdicts as a table in the reader's language, a row for each figure.

    Columns: `id`, `wave`, `value` (in the stored unit), `subject`, `verdict` (codes); `label`, what the figure
    measures; `printed`, its value, and `quoted`, as its source words it; `word`, the verdict; `reason`, its
    arithmetic; `source`, by author and year where `sources` has it.
    """
    write = writer(words, sources or {})
    rows = [
        {
            "id": one.id,
            "wave": one.fact.wave,
            "value": float(one.fact.value),
            "subject": one.subject,
            "verdict": one.verdict,
            "label": named(words, one.fact),
            # What a source says in words of its own, « en majorité », no number should replace.
            "printed": as_printed(one.fact)
            if one.fact.limit and one.fact.note.startswith("printed")
            else printed(words, one.fact),
            "quoted": as_printed(one.fact),
            "word": words.label(VERDICT_LABELS[one.verdict]),
            "reason": write(one.findings[0].phrase),
            "source": write.source(one.fact.source),
        }
        for one in verdicts
    ]
    return pd.DataFrame(rows)


def named(words: Words, fact: Fact) -> str:
    """Return what a figure measures, with its level, as a row is named."""
    text, known = BY_LEVEL.get(fact.indicator), LEVEL_FORMS.get(words.lang, {}).get("the", {})
    if text and fact.level in known:
        said = str(words.fill(text, lambda _: fact.level))
    else:
        level = f", {words.label(LEVELS[fact.level])}" if fact.level else ""
        said = words.label(indicator(fact.indicator).label) + level
    return said[:1].upper() + said[1:]


def printed(words: Words, fact: Fact) -> str:
    """Return a figure as its source prints it: its own unit and rounding, "at least" where it says no more."""
    kind = {
        "eur": "meur2" if fact.grain >= 10_000 else "keur",
        "share": "share" if (100 * fact.grain).denominator == 1 else "share1",
        "fte": "fte",
    }.get(fact.unit, "count")
    value = words.number(Number(fact.value, kind))
    return str(words(SENTENCES[LIMIT_SAID[fact.limit]], value=value)) if fact.limit else value
