"""The sentences of the audit: templates with named raw values, and what writes them, in English or another language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from operator import itemgetter

from ptce_analysis.analysis.percent import runs
from ptce_analysis.published import Fact, indicator
from ptce_analysis.vocabulary import LEVELS, STATISTICS, Label, rows

Scalar = Fraction | int | str | None


# Every sentence the audit can say, with the names of its values, by a short code.
SENTENCES = {row["code"]: row["text"] for row in rows("sentences.csv")}
# How a figure is said that its source only limits in words.
LIMIT_SAID = {"minimum": "said_at_least", "maximum": "said_at_most"}


@dataclass(frozen=True)
class Quantity:
    """A raw value on its way into a sentence, or several that `joint` joins, with what they measure; None has no limit.

    `unit` is a unit of the vocabulary, or `number`, `points` (a step of shares), `bases` (whole numbers), `fraction` (a
    count and its base), `level`, `indicator`, `statistic`, `source`, `text`. A pair of another unit is a value after
    its statistic ("median €30k").
    """

    value: Scalar | tuple[Scalar | tuple[Scalar, Scalar], ...]
    unit: str = "number"
    joint: str = ", "


@dataclass(frozen=True)
class Phrase:
    """A template (`key`) and what fills it: quantities, or phrases inside the phrase."""

    key: str
    values: Mapping[str, Quantity | Phrase] = field(default_factory=dict)


# Values on their way into a phrase, by name.
Said = dict[str, Fact | Scalar | Quantity | Phrase]


def say(code: str, **values: Fact | Scalar | Quantity | Phrase) -> Phrase:
    """Return a phrase, in which a figure stands for its printed value, a text for a source, a number for itself."""
    said = dict[str, Quantity | Phrase]()
    for name, value in values.items():
        if isinstance(value, Fact):
            said[name] = Quantity(value.value, value.unit)
        elif isinstance(value, Quantity | Phrase):
            said[name] = value
        else:
            said[name] = Quantity(value, "source" if isinstance(value, str) else "number")
    return Phrase(SENTENCES[code], said)


def as_json(said: Quantity | Phrase) -> dict[str, object]:
    """Return a value of a phrase as JSON can hold it: `{value, unit}`, or `{key, values}` for a phrase inside."""
    if isinstance(said, Phrase):
        return {"key": said.key, "values": {name: as_json(value) for name, value in said.values.items()}}
    return {"value": _plain(said.value), "unit": "text" if said.unit == "source" else said.unit}


def _plain(value: object) -> object:
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else float(value)
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def _number(value: Fraction) -> str:
    """A number in full when six decimals are enough, else rounded to two decimals or three figures."""
    if value.denominator == 1:
        return f"{int(value):,}"
    if (value * 10**6).denominator == 1:
        return f"{Decimal(int(value * 10**6)).scaleb(-6):,f}".rstrip("0")
    return f"{float(value):,.2f}" if value >= 1 else f"{float(value):.3g}"


NUMBERS: dict[str, Callable[[Fraction], str]] = {
    "eur": lambda value: f"€{_number(value / 1000)}k" if value >= 1000 else f"€{_number(value)}",
    "share": lambda value: f"{_number(value * 100)}%",
    "points": lambda value: f"{_number(value * 100)} point{'' if value * 100 == 1 else 's'}",
    "fte": lambda value: f"{_number(value)} FTE",
    "years": lambda value: f"{_number(value)} years",
}
# The labels of a code, by what it is a code of.
TABLES: dict[str, Callable[[str], Label]] = {
    "level": LEVELS.__getitem__,
    "indicator": lambda name: indicator(name).label,
    "statistic": STATISTICS.__getitem__,
}


def _in_english(said: Phrase, values: Mapping[str, str]) -> str:
    """A template with its values; where nothing rounds, without the band of the rounding."""
    exact, template = said.values.get("low") == said.values.get("high"), said.key
    return (template.replace(" ({low} to {high} with roundings)", "") if exact else template).format(**values)


@dataclass(frozen=True)
class Writer:
    """What writes phrases: the order of their parts is the same in all languages, and these fields fill them."""

    filled: Callable[[Phrase, Mapping[str, str]], str] = _in_english
    number: Callable[[Fraction, str], str] = lambda value, unit: NUMBERS.get(unit, _number)(value)
    label: Callable[[Label], str] = itemgetter(0)
    source: Callable[[str], str] = str

    def __call__(self, said: Quantity | Phrase) -> str:
        """Return a phrase, or a value, on one line; "none" where there is no value."""
        if isinstance(said, Phrase):
            return self.filled(said, {name: self(value) for name, value in said.values.items()})
        values = said.value if isinstance(said.value, tuple) else (said.value,)
        if said.unit == "bases":
            return runs([int(str(value)) for value in values]) or self(say("none"))
        return said.joint.join(self._one(value, said.unit) for value in values) or self(say("none"))

    def _one(self, value: Scalar | tuple[Scalar, Scalar], unit: str) -> str:
        if isinstance(value, tuple):
            first, second = value
            if unit == "fraction":
                share = Fraction(int(str(first)), int(str(second)))
                return f"{self._one(first, 'number')}/{self._one(second, 'number')} = {self._one(share, 'share')}"
            return f"{self._one(first, 'statistic')} {self._one(second, unit)}"
        if value is None:
            return self(say("unbounded"))
        if isinstance(value, str):
            return self.label(TABLES[unit](value)) if unit in TABLES else self.source(value)
        return self.number(Fraction(value), unit)


english = Writer()

# How a note quotes the source: "printed: 20 % des projets; ..." or "printed as 152 K Euros".
PRINTED = re.compile(r"printed(?:: | as )([^;]+)")


def as_printed(fact: Fact) -> str:
    """Return the figure as its source prints it, from its note; where the note is silent, its value in words."""
    if found := PRINTED.match(fact.note):
        return found[1].strip()
    value = Quantity(fact.value, fact.unit)
    return english(say(LIMIT_SAID[fact.limit], value=value) if fact.limit else value)


def with_band(fact: Fact) -> Quantity | Phrase:
    """Return the printed value of a figure with what rounds to it; alone when it is exact."""
    low, high = (Quantity(end, fact.unit) for end in fact.band)
    return Quantity(fact.value, fact.unit) if low == high else say("said", value=fact, low=low, high=high)


def steps_of(*facts: Fact) -> Phrase:
    """Return the premise on the rounding of figures of one unit: the steps they were typed with."""
    grains = tuple(sorted({fact.grain for fact in facts if fact.grain}))
    unit = "points" if facts[0].unit == "share" else facts[0].unit
    return say("rounded", grains=Quantity(grains, unit, " / ")) if grains else say("exact")
