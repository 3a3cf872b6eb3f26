"""The audit in the reader's language: figures named, verdicts in a word, arithmetic translated and formatted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from types import MappingProxyType

import pandas as pd

from ptce_analysis.analysis.audit.reasons import LIMIT_SAID, Phrase, Quantity
from ptce_analysis.analysis.audit.records import Verdict, as_printed
from ptce_analysis.analysis.percent import runs
from ptce_analysis.publish.language import Number, Sentence, Words, typeset
from ptce_analysis.published import Fact, indicator
from ptce_analysis.vocabulary import LEVEL_FORMS, LEVELS, STATISTICS, VERDICT_LABELS

# How a quantity of each unit is written, most values keeping two decimals so that the arithmetic can be redone.
KINDS = {"eur": "keur2", "share": "share2", "factor": "years", "fte": "fte", "years": "years"}

# What a figure said of one level measures, the level with its article.
BY_LEVEL = {
    "link_share": "clusters linked with {level:the}",
    "funding_amount": "amount from {level:the}",
    "funding_projects": "projects supported by {level:the}",
    "funding_median": "median amount from {level:the}",
}

Sources = Mapping[str, Mapping[str, str]]


def told(words: Words, verdicts: Iterable[Verdict], sources: Sources = MappingProxyType({})) -> pd.DataFrame:
    """Return the verdicts as a table in the reader's language, a row for each figure.

    Columns: `id`, `wave`, `value` (in the stored unit), `subject`, `verdict` (codes); `label`, what the figure
    measures; `printed`, its value, and `quoted`, as its source words it; `word`, the verdict; `reason`, its
    arithmetic; `source`, by author and year where `sources` has it.
    """
    rows = [
        {
            "id": one.id,
            "wave": one.fact.wave,
            "value": float(one.fact.value),
            "subject": one.subject,
            "verdict": one.verdict,
            "label": named(words, one.fact),
            "printed": as_printed(one.fact) if _in_words(one.fact) else printed(words, one.fact),
            "quoted": as_printed(one.fact),
            "word": words.label(VERDICT_LABELS[one.verdict]),
            "reason": str(phrase(words, one.findings[0].phrase, sources)),
            "source": _author(sources, one.fact.source),
        }
        for one in verdicts
    ]
    return pd.DataFrame(rows)


def _author(sources: Sources, key: str) -> str:
    """Who wrote a source and when, or its id when it is not listed."""
    known = sources.get(key)
    return typeset(", ".join(filter(None, (known["author"], known["year"]))), "fr") if known else key


def _in_words(fact: Fact) -> bool:
    """Whether a source says a limit in words of its own, « en majorité », which no number should replace."""
    return bool(fact.limit) and fact.note.startswith("printed")


def named(words: Words, fact: Fact) -> str:
    """Return what a figure measures, with its level, as a row is named."""
    text, known = BY_LEVEL.get(fact.indicator), LEVEL_FORMS.get(words.lang, {}).get("the", {})
    if text and fact.level in known:
        said = str(words.fill(text, lambda _: fact.level))
    else:
        level = f", {words.label(LEVELS[fact.level])}" if fact.level else ""
        said = words.label(indicator(fact.indicator).label) + level
    return said[:1].upper() + said[1:]


def phrase(words: Words, said: Phrase, sources: Sources = MappingProxyType({})) -> Sentence:
    """Return a finding's arithmetic as one sentence of the reader's language; a listed source by author and year."""
    filled = {
        name: phrase(words, value, sources) if isinstance(value, Phrase) else _author(sources, quantity(words, value))
        for name, value in said.values.items()
    }
    return words(said.key.value, **filled)


def quantity(words: Words, value: Quantity) -> str:
    """Return a raw value of the audit as the reader's language writes it."""
    values = value.value if isinstance(value.value, tuple) else (value.value,)
    if value.unit == "bases":
        return runs([int(str(one)) for one in values]) or str(words("none"))
    return value.joint.join(_one(words, one, value.unit) for one in values) or str(words("none"))


def _one(words: Words, value: object, unit: str) -> str:
    if isinstance(value, tuple):
        count, base = value
        whole = f"{_one(words, count, 'number')}/{_one(words, base, 'number')}"
        return f"{whole} = {_one(words, Fraction(count, base), 'share')}"
    if isinstance(value, str):
        return _word(words, value, unit)
    if value is None:
        return str(words("unbounded"))
    if unit == "points":
        return str(words("{n} {n:point|points}", n=Number(100 * value, "number2")))  # type: ignore[operator]
    return words.number(Number(value, KINDS.get(unit, "number2")))  # type: ignore[arg-type]


def _word(words: Words, value: str, unit: str) -> str:
    tables = {
        "level": lambda: LEVELS[value],
        "indicator": lambda: indicator(value).label,
        "statistic": lambda: STATISTICS[value],
    }
    return words.label(tables[unit]()) if unit in tables else value


def printed(words: Words, fact: Fact) -> str:
    """Return a figure as its source prints it: its own unit and rounding, "at least" where it says no more."""
    value = _printed_value(words, fact)
    return str(words(LIMIT_SAID[fact.limit].value, value=value)) if fact.limit else value


def _printed_value(words: Words, fact: Fact) -> str:
    if fact.unit == "eur":
        return words.number(Number(fact.value, "meur2" if fact.grain >= 10_000 else "keur"))
    digits = max(len(str(float(fact.grain)).split(".")[1].rstrip("0")), 0)
    kind = "fte" if fact.unit == "fte" else "count"
    if fact.unit == "share":
        kind = "share" if digits <= 2 else "share1"
    return words.number(Number(fact.value, kind))
