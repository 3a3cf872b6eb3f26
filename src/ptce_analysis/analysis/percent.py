"""Which counts a printed percentage can stand for (the GRIM test), in exact arithmetic.

A share printed with grain g over n units is possible when some whole k has |k/n - share| <= g/2, ties either way.

Source: Brown, N. J. L. & Heathers, J. A. J. (2017), The GRIM test, Social Psychological and Personality Science 8(4).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from fractions import Fraction

from ptce_analysis.errors import InputError

LARGEST_BASE = 120

# Limit: nobody asks about a survey larger than this. If wrong: raise it; it only bounds the list of counts.
LARGEST_QUESTION = 1_000_000


def count_range(share: Fraction, base: int, grain: Fraction) -> range:
    """Return the counts k out of `base` whose share prints as `share` with that grain, as an unbroken range."""
    low = max(math.ceil(base * (share - grain / 2)), 0)
    high = min(math.floor(base * (share + grain / 2)), base)
    return range(low, high + 1)


def attainable_counts(share: Fraction, base: int, grain: Fraction) -> tuple[int, ...]:
    """Return every count k out of `base` whose share prints as `share` with that grain; empty when none does.

    >>> attainable_counts(Fraction(31, 100), 42, Fraction(1, 100))
    (13,)
    >>> attainable_counts(Fraction(20, 100), 52, Fraction(1, 100))
    ()
    """
    return tuple(count_range(share, base, grain))


def attainable_bases(share: Fraction, grain: Fraction, largest: int = LARGEST_BASE) -> tuple[int, ...]:
    """Return every base from 1 to `largest` on which the share can occur."""
    low, high = share - grain / 2, share + grain / 2
    unit = math.lcm(low.denominator, high.denominator)
    least, most = max(int(low * unit), 0), min(int(high * unit), unit)
    # In whole numbers (some k with least * n <= k * unit <= most * n), because this runs for every row of a file.
    return tuple(n for n in range(1, largest + 1) if -(-n * least // unit) * unit <= n * most)


def smallest_base(share: Fraction, grain: Fraction) -> int:
    """Return the smallest base, however large, on which the share can occur.

    It is the denominator of the simplest fraction that prints as `share` (the Stern-Brocot tree).

    >>> smallest_base(Fraction(41, 100), Fraction(1, 100))
    17
    """
    return _simplest(max(share - grain / 2, Fraction(0)), min(share + grain / 2, Fraction(1))).denominator


def _simplest(low: Fraction, high: Fraction) -> Fraction:
    whole = math.ceil(low)
    if whole <= high:
        return Fraction(whole)
    return whole - 1 + 1 / _simplest(1 / (high - whole + 1), 1 / (low - whole + 1))


def joint_bases(shares: Iterable[tuple[Fraction, Fraction]], largest: int = LARGEST_BASE) -> tuple[int, ...]:
    """Return the bases on which every one of the `(share, grain)` can occur: what one common base could be.

    >>> joint_bases([(Fraction(20, 100), Fraction(1, 100)), (Fraction(41, 100), Fraction(1, 100))], largest=52)
    (41, 44, 46, 49, 51)
    """
    bases = set(range(1, largest + 1))
    for share, grain in shares:
        bases &= set(attainable_bases(share, grain, largest))
    return tuple(sorted(bases))


def nearest_counts(share: Fraction, base: int) -> tuple[int, ...]:
    """Return the whole counts just below and above `share * base`, within 0..base (one count when it is exact).

    >>> nearest_counts(Fraction(20, 100), 52)
    (10, 11)
    """
    exact = share * base
    return tuple(sorted({max(math.floor(exact), 0), min(math.ceil(exact), base)}))


def percent(value: str | int | Fraction, base: int, grain: str | int | Fraction = 1) -> dict[str, object]:
    """Return what a percentage printed over a base can be: `possible`, `counts`, `nearest`, `bases` (1 to 120).

    `value` and `grain` are in percentage points (20, "8,2"). `nearest` are the whole counts around the exact one, and
    `nearest_percent` what they amount to.

    >>> percent(20, 52)["nearest"]
    [10, 11]

    Raises `InputError` for what is not a percentage, a base or a grain.
    """
    share, step = _points("value", value), _points("grain", grain)
    if not 1 <= base <= LARGEST_QUESTION:
        raise InputError(f"base {base}: a whole number from 1 to {LARGEST_QUESTION} is expected.")
    counts, nearest = attainable_counts(share, base, step), nearest_counts(share, base)
    return {
        "possible": bool(counts),
        "counts": list(counts),
        "nearest": list(nearest),
        "nearest_percent": [round(100 * count / base, 4) for count in nearest],
        "bases": list(attainable_bases(share, step)),
    }


def _points(name: str, value: str | int | Fraction) -> Fraction:
    text = str(value).strip().removesuffix("%").strip().replace(",", ".")
    if isinstance(value, str) and not re.fullmatch(r"\d{1,9}(\.\d{1,12})?", text, re.ASCII):
        raise InputError(f"{name} {value!r}: a number of percentage points such as 20 or 8.2 is expected.")
    points = Fraction(text)
    if not 0 <= points <= 100:
        raise InputError(f"{name} {value!r}: percentage points from 0 to 100 are expected.")
    return points / 100
