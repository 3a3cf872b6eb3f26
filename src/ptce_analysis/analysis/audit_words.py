"""The sentences of the audit: templates with named values, and what writes them, in English or another language.

A finding keeps its template and its raw values; a `Writer` fills the one and formats the others, here in English, for a
page in `publish.phrases`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from operator import itemgetter

from ptce_analysis.analysis.percent import runs
from ptce_analysis.published import Fact, indicator
from ptce_analysis.vocabulary import LEVELS, STATISTICS, Label

Scalar = Fraction | int | str | None


class Reason(StrEnum):
    """Every sentence the audit can say, with the names of its values: the texts to translate."""

    ALONE = "No other published figure bears on it."

    BASE_PRINTED = "{n} (published beside the figure)"
    BASE_SAME_UNITS = "{n} (published elsewhere in {source} for the same units)"
    BASE_RESPONDENTS = "{n} (no base found; assumed: the respondents of {source})"
    BASE_COUNTED = "{n} ({indicator})"
    BASE_ABOUT = "{low} to {high} (no base found; assumed: the respondents of {source}, about {n})"

    PERCENT_HOLDS = "{nearest}, which rounds to {printed}. Base: {base}."
    PERCENT_ELSEWHERE = (
        "{printed} of {n} is {exact}, but {nearest}: none rounds to {printed}. It can occur on {below} within the base,"
        " and on {others} of the other bases stated. Base: {base}."
    )
    PERCENT_BEYOND = (
        "{printed} of {n} is {exact}, but {nearest}: none rounds to {printed}. The smallest base where it can occur is"
        " {first}. Base: {base}."
    )
    PERCENT_NO_BASE = "No base was found, nor the number of respondents of {source}: the percentage cannot be tested."
    NOT_A_COUNT = "A {statistic} of shares is no count out of a base: there is nothing to divide."
    COUNT_HOLDS = "{count} out of {n}: {count} ≤ {n}."
    COUNT_FAILS = "{count} out of {n}: {count} > {n}."

    SUM_HOLDS = "The {k} parts add up to {sum} ({low} to {high} with roundings), published {whole}."
    SUM_SUBSET = (
        "The {k} parts add up to {sum} ({low} to {high} with roundings), not {whole}; only some of them do: {subset}."
    )
    SUM_NEVER = (
        "The {k} parts add up to {sum} ({low} to {high} with roundings), not {whole}, and no grouping of rows gives it;"
        " nearest below: {below}; nearest above: {above}."
    )
    SUM_PART = "A part of {whole}, which the {k} parts do not add up to: see that figure."
    SUBSET = "{parts} = {sum}"
    NONE = "none"
    UNBOUNDED = "unbounded"
    SHARES_HOLD = "{terms} = {sum} ({low} to {high} with roundings), said of {whole} ({least} to {most})."
    SHARES_OF_PART = (
        "{terms} = {sum} ({low} to {high} with roundings), not {whole} but 100%: they are given as shares of it."
    )
    SHARES_FAIL = (
        "{terms} = {sum} ({low} to {high} with roundings), but they are said of {whole} ({least} to {most}), and"
        " they do not add up to 100% of it either."
    )
    SHARES_NOT_ALL = "{terms} = {sum} ({low} to {high} with roundings), not {whole}."
    ROW_HOLDS = (
        "({h} + 1) × {median_low} = {minimum} ≤ {total_high}: {n} amounts with median {median} can total {total}."
        " Highest median possible: {highest_median}; largest number: {largest_n}."
    )
    ROW_FAILS = (
        "({h} + 1) × {median_low} = {minimum} > {total_high}: {n} amounts with median {median} total more than the"
        " {total} published, even with roundings. Highest median possible: {highest_median}; largest number:"
        " {largest_n}; published medians it could hold: {held}."
    )
    CONCENTRATION = (
        "({h} + 1) × {median_low} = {minimum} ≤ {total_high}, if total and median are said of the same {n}. They force"
        " at least: one unit with {largest}, {share} held by the largest {h}, a Gini index of {gini}."
    )
    NO_NUMBER = "{known}: no number of values above zero was found, without which they cannot be tested together."
    OTHER_BASES = "The figures are published over different bases ({bases}): they are not said of the same units."
    ORDER_HOLDS = "{order}, roundings included."
    ORDER_FAILS = "{low} > {high}, roundings included: {lower} is above {upper}."
    TIMES_HOLDS = "{n} × {figure} = {product} ({low} to {high} with roundings), and the total is {total}."
    TIMES_FAILS = "{n} × {figure} = {product} ({low} to {high} with roundings), but the total is {total}."
    WHOLE_HOLDS = "{n} × {figure} = {product} ({low} to {high} with roundings), which can be a whole number."
    WHOLE_FAILS = (
        "{n} × {figure} = {product} ({low} to {high} with roundings), no whole number, as whole numbers total."
    )
    VALUES = "{arithmetic} Number: {base}."
    HEAPED = (
        "{k} of the {n} percentages that {source} gives for {wave}, typed with a finer rounding, are multiples of"
        " {step} points, more than chance explains: they were most likely rounded to {step} points."
    )
    SAID = "{value} ({low} to {high})"
    SAID_AT_LEAST = "at least {value}"
    SAID_AT_MOST = "at most {value}"
    SOURCES_AGREE = "{source} gives {said} and {other_source} {other}: both can be true."
    SOURCES_DIFFER = (
        "{source} gives {said} but {other_source} {other}: not the same number; perhaps not the same population."
    )
    REPEATED_DIFFERS = "{source} gives {said} and also {other} for the same figure."

    # What an arithmetic rests on: where one of these does not hold, nothing follows from it.
    ROUNDED = "Each figure is rounded to the nearest step ({grains}): not cut down, and no more coarsely."
    EXACT = "The figures are exact, not rounded."
    ALL_OF_BASE = "The percentage is a share of all of its base, nobody left out: {base}."
    ALL_VALUES = "{n} is the number of values that these figures describe: none of them is missing."
    UNWEIGHTED = "Each unit counts for one: answers are not weighted."
    COUNTED = "What is counted is part of the {n} published beside it."
    AMOUNTS = "{n} is the number of amounts the median rests on and the total adds up: none of them is missing."
    MIDDLE_TWO = "The median of an even number of amounts is the mean of the middle two."
    NOT_NEGATIVE = "No amount is negative."
    COVER = "The parts cover the total’s base: they are of the same units."
    COVER_BASE = (
        "The parts cover the total’s base, {n}: they are of the same units, though no base is published beside them."
    )
    NOTHING_ELSE = "Nothing but these parts enters the total."
    NO_ROW = "Nothing but these parts enters the total, though {source} names what has no row among them: {levels}."
    ONE_ANSWER = "The parts are of the same units as the whole, each unit being in one of them and no more."
    SAME_THING = "The figures are said of the same units, at the same date."


# How a figure is said that its source only limits in words.
LIMIT_SAID = {"minimum": Reason.SAID_AT_LEAST, "maximum": Reason.SAID_AT_MOST}


@dataclass(frozen=True)
class Quantity:
    """A raw value on its way into a sentence, or several that `joint` joins, with what they measure.

    `unit` is a unit of the vocabulary, or `number`, `points` (a step of shares), `bases` (whole numbers), `fraction` (a
    count and its base), `level`, `indicator`, `statistic`, `source`, `text`. A pair of another unit is a value after
    its statistic ("median €30k"). `None` has no limit.
    """

    value: Scalar | tuple[Scalar | tuple[Scalar, Scalar], ...]
    unit: str = "number"
    joint: str = ", "


@dataclass(frozen=True)
class Phrase:
    """A template and what fills it: quantities, or phrases inside the phrase."""

    key: Reason
    values: Mapping[str, Quantity | Phrase] = field(default_factory=dict)


# Values on their way into a phrase, by name.
Said = dict[str, Fact | Scalar | Quantity | Phrase]


def say(key: Reason, **values: Fact | Scalar | Quantity | Phrase) -> Phrase:
    """Return a phrase, in which a figure stands for its printed value, a text for a source, a number for itself."""

    said = dict[str, Quantity | Phrase]()
    for name, value in values.items():
        if isinstance(value, Fact):
            said[name] = Quantity(value.value, value.unit)
        elif isinstance(value, Quantity | Phrase):
            said[name] = value
        else:
            said[name] = Quantity(value, "source" if isinstance(value, str) else "number")
    return Phrase(key, said)


def as_json(said: Quantity | Phrase) -> dict[str, object]:
    """Return a value of a phrase as JSON can hold it: `{value, unit}`, or `{key, values}` for a phrase inside."""
    if isinstance(said, Phrase):
        return {"key": said.key.value, "values": {name: as_json(value) for name, value in said.values.items()}}
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
    exact, template = said.values.get("low") == said.values.get("high"), said.key.value
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
            return runs([int(str(value)) for value in values]) or self(say(Reason.NONE))
        return said.joint.join(self._one(value, said.unit) for value in values) or self(say(Reason.NONE))

    def _one(self, value: Scalar | tuple[Scalar, Scalar], unit: str) -> str:
        if isinstance(value, tuple):
            first, second = value
            if unit == "fraction":
                share = Fraction(int(str(first)), int(str(second)))
                return f"{self._one(first, 'number')}/{self._one(second, 'number')} = {self._one(share, 'share')}"
            return f"{self._one(first, 'statistic')} {self._one(second, unit)}"
        if value is None:
            return self(say(Reason.UNBOUNDED))
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
    return Quantity(fact.value, fact.unit) if low == high else say(Reason.SAID, value=fact, low=low, high=high)


def rounded(*facts: Fact) -> Phrase:
    """Return the premise on the rounding of figures of one unit: the steps they were typed with."""
    grains = tuple(sorted({fact.grain for fact in facts if fact.grain}))
    unit = "points" if facts[0].unit == "share" else facts[0].unit
    return say(Reason.ROUNDED, grains=Quantity(grains, unit, " / ")) if grains else say(Reason.EXACT)
