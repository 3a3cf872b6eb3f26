"""The sentences of the audit: templates with named values, and how English writes them.

Nothing here decides anything. A finding keeps its template and its raw values, so that another language can translate
the one and format the others; `english` is the language of the command line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from ptce_analysis.analysis.percent import runs
from ptce_analysis.published import indicator
from ptce_analysis.vocabulary import LEVELS, STATISTICS

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
    PERCENT_NOWHERE = (
        "{printed} of {n} is {exact}, but {nearest}: none rounds to {printed}, on any base from 1 to {limit}."
        " Base: {base}."
    )
    PERCENT_NO_BASE = "No base was found, nor the number of respondents of {source}: the percentage cannot be tested."
    NOT_A_COUNT = "A {statistic} of shares is no count out of a base: there is nothing to divide."

    COUNT_HOLDS = "{count} out of {n}: {count} ≤ {n}."
    COUNT_FAILS = "{count} out of {n}: {count} > {n}."

    LINK_HOLDS = (
        "{share} of {n} is at most {linked} linked, and {projects} are supported: {projects} ≤ {linked}. It takes"
        " a base of at least {least}; too small among the other bases stated: {failing}. Base: {base}."
    )
    LINK_ELSEWHERE = (
        "{share} of {n} is at most {linked} linked, but {projects} are supported: {projects} > {linked}. It takes"
        " a base of at least {least}; large enough among the other bases stated: {holding}. Base: {base}."
    )
    LINK_FAILS = (
        "{share} of {n} is at most {linked} linked, but {projects} are supported: {projects} > {linked}; no other"
        " base stated is large enough. Base: {base}."
    )

    SUM_HOLDS = "The {k} parts add up to {sum} ({low} to {high} with roundings), published {whole}."
    SUM_SUBSET = (
        "The {k} parts add up to {sum} ({low} to {high} with roundings), not {whole}; only some of them do: {subset}."
    )
    SUM_NEVER = (
        "The {k} parts add up to {sum} ({low} to {high} with roundings), not {whole}, and no grouping of rows gives it;"
        " nearest below: {below}; nearest above: {above}."
    )
    SUM_MANY_SUBSET = (
        "The {k} parts add up to {sum} ({low} to {high} with roundings), not {whole}; some of them do (found by"
        " dynamic programming, which does not name them)."
    )
    SUM_MANY_NEVER = (
        "The {k} parts add up to {sum} ({low} to {high} with roundings), not {whole}, and no grouping of rows gives it."
    )
    SUM_UNSEARCHED = (
        "The {k} parts add up to {sum} ({low} to {high} with roundings), not {whole}; too many parts, in too small"
        " steps, to try every choice of them."
    )
    SUM_OTHER_BASE = (
        "The {k} parts add up to {sum} ({low} to {high} with roundings), not {whole}; the whole is over {n} and"
        " the parts over {others}: they are not said of the same units."
    )
    SUM_PART = "A part of {whole}, which the {k} parts do not add up to: see that figure."
    SUM_PART_HOLDS = "A part of {whole}, which the {k} parts add up to: {sum} ({low} to {high} with roundings)."
    SUBSET = "{parts} = {sum}"
    NO_SUBSET = "none"

    MANY_TERMS = "The {k} parts"
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
    ROW_FEW = (
        "{n} amounts with median {median} total {n} × {median}, {low} to {high} with roundings, but {total} is"
        " published."
    )
    ROW_EMPTY = (
        "No amount at all ({n}) has no median and totals nothing, but median {median} and {total} are published."
    )
    ROW_NO_NUMBER = "{total} and median {median}, but no number was found: the smallest possible total is unknown."
    ROW_OTHER_BASE = "The total is over {n} and the median over {other}: they are not said of the same units."
    CONCENTRATION = (
        "({h} + 1) × {median_low} = {minimum} ≤ {total_high}, if total and median are said of the same {n}. They force"
        " at least: one unit with {largest}, {share} held by the largest {h}, a Gini index of {gini}."
    )
    VALUES = "{arithmetic} Number: {base}."
    VALUES_ELSEWHERE = "{arithmetic} Number: {base}. Of the numbers up to {limit}, it can be: {others}."
    VALUES_ORDER = "{order}, roundings included."
    VALUES_ORDER_FAILS = "{low} > {high}, roundings included: {lower} is above {upper}."
    VALUES_REACHED = "{least_terms} = {least} ≤ {high}: {n} values with {known} can have {stated}."
    VALUES_BETWEEN = (
        "{least_terms} = {least} ≤ {high} and {low} ≤ {most_terms} = {most}: {n} values with {known} can have {stated}."
    )
    VALUES_ABOVE = "{least_terms} = {least} > {high}: {n} values with {known} have more than {stated} allows."
    VALUES_BELOW = "{most_terms} = {most} < {low}: {n} values with {known} have less than {stated} asks."
    VALUES_FEW = (
        "No {n} values have {known}: a single value is its own total, median, mean and extremes; two total twice their"
        " median, and the sum of their extremes."
    )
    VALUES_BESIDE = "Printed with {known}, which cannot hold together: nothing is left to test it against."
    VALUES_OTHER_BASE = "The figures are published over different bases ({bases}): they are not said of the same units."
    MEAN_TOTAL_HOLDS = "{n} × {mean} = {product} ({low} to {high} with roundings), and the total is {total}."
    MEAN_TOTAL_FAILS = "{n} × {mean} = {product} ({low} to {high} with roundings), but the total is {total}."
    MEAN_NO_NUMBER = "{total} and mean {mean}, but no number is published to multiply the mean by."
    MEAN_WHOLE_HOLDS = "{k} / {n} = {exact}, which rounds to {mean}."
    MEAN_WHOLE_FAILS = (
        "{n} × {mean} = {product} ({low} to {high} with roundings), no whole number: whole numbers have a whole total."
    )
    MEDIAN_WHOLE_HOLDS = "{exact} can be the median of {n} whole numbers, and rounds to {median}."
    MEDIAN_WHOLE_FAILS = (
        "None from {low} to {high} is the median of {n} whole numbers: whole, or a half when they are even in number."
        " Printed: {median}."
    )
    NAMED = "{name} {value}"
    LISTED = "{one}, {other}"
    AT_MOST = "{one} ≤ {other}"
    TERM = "{k} × {value}"
    PLUS = "{one} + {other}"

    HEAPED = (
        "{k} of the {n} percentages that {source} gives for {wave}, typed with a finer rounding, are multiples of"
        " {step} points; by chance, so many would be less than once in {odds}. They were most likely rounded to {step}"
        " points."
    )
    RATIO = (
        "{top} / {bottom} = {ratio}, but the medians give {median_top} / {median_bottom} = {median_ratio}: {factor}"
        " times apart even with roundings. Totals and medians may not describe the same units."
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
    SUPPORTED_LINKED = "Each project that a level supports is one that it is linked with, counted once."
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


# What a sentence says of the roundings of a sum.
BAND = " ({low} to {high} with roundings)"

# How a figure is said that its source only limits in words.
LIMIT_SAID = {"minimum": Reason.SAID_AT_LEAST, "maximum": Reason.SAID_AT_MOST}


@dataclass(frozen=True)
class Quantity:
    """A raw value on its way into a sentence, with what it measures.

    `unit` is a unit of the vocabulary, or `number`, `factor`, `points` (a step of shares), `bases` (whole numbers),
    `fraction` (a count and its base), `level`, `indicator`, `statistic`, `text`. Several values are joined by `joint`;
    `None` has no limit.
    """

    value: Scalar | tuple[Scalar, ...] | tuple[tuple[int, int], ...]
    unit: str = "number"
    joint: str = ", "


@dataclass(frozen=True)
class Phrase:
    """A template and what fills it: quantities, or phrases inside the phrase."""

    key: Reason
    values: Mapping[str, Quantity | Phrase] = field(default_factory=dict)


def english(phrase: Phrase) -> str:
    """Return the phrase in English, on one line.

    >>> english(Phrase(Reason.COUNT_FAILS, {"count": Quantity(53), "n": Quantity(52)}))
    '53 out of 52: 53 > 52.'
    """
    filled = {name: english(v) if isinstance(v, Phrase) else shown(v) for name, v in phrase.values.items()}
    low, high = phrase.values.get("low"), phrase.values.get("high")
    exact = isinstance(low, Quantity) and low == high  # nothing rounds: there is no band to tell
    return (phrase.key.value.replace(BAND, "") if exact else phrase.key.value).format(**filled)


def raw_values(phrase: Phrase) -> dict[str, object]:
    """Return the values of a phrase as JSON can hold them: `{name: {value, unit}}`, `{key, values}` for a phrase."""
    return {name: _raw(value) for name, value in phrase.values.items()}


def _raw(value: Quantity | Phrase) -> dict[str, object]:
    if isinstance(value, Phrase):
        return {"key": value.key.value, "values": raw_values(value)}
    held = [_plain(one) for one in value.value] if isinstance(value.value, tuple) else _plain(value.value)
    return {"value": held, "unit": value.unit}


def _plain(value: object) -> object:
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else float(value)
    return list(value) if isinstance(value, tuple) else value


def shown(quantity: Quantity) -> str:
    """Return a quantity as English writes it; "none" when it holds no value.

    >>> shown(Quantity((44, 45, 46, 49), "bases"))
    '44–46, 49'
    """
    values = quantity.value if isinstance(quantity.value, tuple) else (quantity.value,)
    if quantity.unit == "bases":
        return runs([int(str(value)) for value in values]) or "none"
    return quantity.joint.join(_one(value, quantity.unit) for value in values) or "none"


def _one(value: object, unit: str) -> str:
    if isinstance(value, tuple):
        count, base = value
        return f"{count:,}/{base:,} = {_one(Fraction(count, base), 'share')}"
    if isinstance(value, str):
        return WORDS.get(unit, str)(value)
    return "unbounded" if not isinstance(value, Fraction | int) else NUMBERS.get(unit, _number)(Fraction(value))


def _number(value: Fraction) -> str:
    """A number in full when six decimals are enough, otherwise rounded to two decimals or three figures."""
    if value.denominator == 1:
        return f"{int(value):,}"
    if (value * 10**6).denominator == 1:
        return f"{Decimal(int(value * 10**6)).scaleb(-6):,f}".rstrip("0")
    return f"{float(value):,.2f}" if value >= 1 else f"{float(value):.3g}"


def _euros(value: Fraction) -> str:
    return f"€{_number(value / 1000)}k" if value >= 1000 else f"€{_number(value)}"


def _points(value: Fraction) -> str:
    return f"{_number(value * 100)} point{'' if value * 100 == 1 else 's'}"


NUMBERS: dict[str, Callable[[Fraction], str]] = {
    "eur": _euros,
    "share": lambda value: f"{_number(value * 100)}%",
    "points": _points,
    "factor": lambda value: f"{float(value):.1f}",
    "fte": lambda value: f"{_number(value)} FTE",
    "years": lambda value: f"{_number(value)} years",
}
WORDS: dict[str, Callable[[str], str]] = {
    "level": lambda level: LEVELS[level][0],
    "indicator": lambda name: indicator(name).label[0],
    "statistic": lambda name: STATISTICS[name][0],
}
