"""Which counts a printed percentage can stand for (the GRIM test), in exact arithmetic: `ptce percent`.

A share printed with grain g over n units is possible when some whole k has |k/n - share| <= g/2, ties either way; where
percentages are cut down instead of rounded, when share <= k/n < share + g.

Source: Brown, N. J. L. & Heathers, J. A. J. (2017), The GRIM test, Social Psychological and Personality Science 8(4).
"""

import math
import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import groupby, islice
from typing import Any

from ptce_analysis.errors import InputError

LARGEST_BASE = 120
# Limit: nobody asks about a survey larger than this. If wrong: raise it; it only bounds lists and a search.
LARGEST_QUESTION = 1_000_000
ROUNDINGS = ("nearest", "down")

Points = str | int | float


def _band(share: Fraction, grain: Fraction, rounding: str) -> tuple[int, int, int, int]:
    """The lowest and highest share that print as `share`, in whole numbers of a unit (fast: every cell of a map asks).

    Then how many of this unit make 1, and 1 where the highest share itself is excluded, else 0.
    """
    whole, part = share.numerator * grain.denominator, grain.numerator * share.denominator
    unit = share.denominator * grain.denominator
    if rounding == "nearest":
        low, high, unit, excluded = 2 * whole - part, 2 * whole + part, 2 * unit, 0
    elif rounding != "down":
        raise InputError(f"rounding {rounding!r}: legal values: {', '.join(ROUNDINGS)}.")
    elif not part:
        raise InputError("grain 0: what is cut down has a step; a grain above 0 is expected, such as 1 or 0.1.")
    else:
        low, high, excluded = whole, whole + part, 1
    return (max(low, 0), high, unit, excluded) if high <= unit else (max(low, 0), unit, unit, 0)


def attainable_counts(share: Fraction, base: int, grain: Fraction, rounding: str = "nearest") -> range:
    """Return the counts k out of `base` whose share prints as `share` with that grain, as an unbroken range.

    >>> list(attainable_counts(Fraction(31, 100), 42, Fraction(1, 100)))
    [13]
    """
    low, high, unit, excluded = _band(share, grain, rounding)
    return range(-(-base * low // unit), (base * high - excluded) // unit + 1)


def smallest_base(share: Fraction, grain: Fraction, rounding: str = "nearest") -> int:
    """Return the smallest base on which the share can occur: the denominator of the simplest such fraction."""
    low, high, unit, excluded = _band(share, grain, rounding)
    # Cut down, every base from 1/grain on holds a count: no base up to there has one nearer to the excluded end.
    margin = Fraction(1, unit * math.ceil(1 / grain)) if excluded else 0
    return _simplest(Fraction(low, unit), Fraction(high, unit) - margin).denominator


def _simplest(low: Fraction, high: Fraction) -> Fraction:
    whole = math.ceil(low)
    if whole <= high:
        return Fraction(whole)
    return whole - 1 + 1 / _simplest(1 / (high - whole + 1), 1 / (low - whole + 1))


def joint_bases(
    shares: Iterable[tuple[Fraction, Fraction]], largest: int = LARGEST_BASE, rounding: str = "nearest", most: int = 0
) -> tuple[int, ...]:
    """Return the bases on which every one of the `(share, grain)` can occur; the first `most` of them, if not 0."""
    found: Iterable[int] = range(1, largest + 1)
    for share, grain in shares:
        found = _fitting(found, *_band(share, grain, rounding))
    return tuple(islice(found, most or None))


def _fitting(bases: Iterable[int], low: int, high: int, unit: int, excluded: int) -> Iterable[int]:
    return (n for n in bases if -(-n * low // unit) * unit <= n * high - excluded)


def nearest_counts(share: Fraction, base: int) -> tuple[int, ...]:
    """Return the whole counts just below and above `share * base`, within 0..base (one count when it is exact)."""
    exact = share * base
    return tuple(sorted({max(math.floor(exact), 0), min(math.ceil(exact), base)}))


def runs(numbers: Iterable[int]) -> str:
    """Return counts or bases in order as people list them, unbroken runs of three or more as `first–last`."""
    unbroken = [[n for _, n in run] for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])]
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in unbroken)


def percent(
    value: Points, base: int | None = None, grain: Points | None = None, rounding: str = "nearest"
) -> dict[str, Any]:
    """Return what a printed percentage can be: `possible`, on `base` or, without one, on any base from 1 to 120.

    `value` and `grain` are in percentage points (20, "8,2 %"). Without `grain`, the decimals written are the grain (0.1
    for "20.0"); 0 is the value exactly. `rounding` is "nearest", ties either way, or "down".

    `counts` print as `value`, `nearest` are around the exact one, `nearest_percent` what they amount to: None without a
    base. `note` says when the value cannot be written at that grain.

    >>> percent(20, 52)["nearest"]
    [10, 11]
    >>> percent("8.2", 50)["possible"], percent("8.2", 50, grain=1)["counts"]
    (False, [4])

    Raises `InputError` for what is not a percentage, a base, a grain or a rounding.
    """
    share, step = _share_and_grain(value, grain)
    if base is not None and not 1 <= base <= LARGEST_QUESTION:
        raise InputError(f"base {base}: a whole number from 1 to {LARGEST_QUESTION} is expected.")
    counts = list(attainable_counts(share, base, step, rounding)) if base else None
    nearest = list(nearest_counts(share, base)) if base else None
    bases = list(joint_bases([(share, step)], rounding=rounding))
    low, high, unit, excluded = _band(share, step, rounding)
    first, last = _number(Fraction(low, unit)), _number(Fraction(high, unit))
    return {
        "possible": bool(bases if counts is None else counts),
        "counts": counts,
        "nearest": nearest,
        "nearest_percent": [round(100 * k / base, 4) for k in nearest_counts(share, base)] if base else None,
        "bases": bases,
        "smallest_base": smallest_base(share, step, rounding),
        "value": str(value).strip(),
        "base": base,
        "grain": _number(step),
        "grain_from": "decimals written" if grain is None else "given",
        "rounding": rounding,
        "reads_as": f"{first} exactly" if low == high else f"{first} to {last}" + excluded * f", {last} excluded",
        "note": f"not written at a grain of {_number(step)}" if step and share % step else None,
    }


def percentages(
    values: Sequence[Points], base: int | None = None, grain: Points | None = None, rounding: str = "nearest"
) -> dict[str, Any]:
    """Return what several percentages of one base can be: `possible` when each one is, on `base` or on a common one.

    `percentages` has what `percent` says of each; `common_bases` are those from 1 to 120 on which all can occur,
    `smallest_common_base` the first, None when there is none up to a million.

    Raises `InputError` as `percent` does.
    """
    found = [percent(value, base, grain, rounding) for value in values]
    shares = [_share_and_grain(value, grain) for value in values]
    common = joint_bases(shares, rounding=rounding)
    first = common or joint_bases(shares, LARGEST_QUESTION, rounding, most=1)
    return {
        "possible": bool(common) if base is None else all(one["possible"] for one in found),
        "percentages": found,
        "base": base,
        "grain_from": "decimals written" if grain is None else "given",
        "rounding": rounding,
        "common_bases": list(common),
        "smallest_common_base": first[0] if first else None,
        "largest_base": LARGEST_BASE,
    }


def _share_and_grain(value: Points, grain: Points | None) -> tuple[Fraction, Fraction]:
    numbers, decimals = list[Fraction](), 0
    for name, such, written in (("value", "20 or 8.2", value), ("grain", "1, 0.1 or 5", grain)):
        text = "0" if written is None else str(written).strip().removesuffix("%").strip().replace(",", ".")
        digits = re.fullmatch(r"\d{1,9}(?:\.(\d{1,12}))?", text, re.ASCII)
        if not digits or Fraction(text) > 100:
            legal = f"percentage points from 0 to 100 are expected, such as {such} (12 decimals at most)"
            raise InputError(f"{name} {str(written)!r}: {legal}.")
        numbers.append(Fraction(text) / 100)
        decimals = len(digits[1] or "") if name == "value" else decimals
    return numbers[0], Fraction(1, 10**decimals) / 100 if grain is None else numbers[1]


def _number(share: Fraction) -> int | float:
    points = share * 100
    return int(points) if points.denominator == 1 else float(points)
