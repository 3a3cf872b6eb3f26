"""Which counts a printed percentage can stand for (the GRIM test), in exact arithmetic.

A share printed with grain g over n units is possible when some whole k has |k/n - share| <= g/2, ties either way.

Source: Brown, N. J. L. & Heathers, J. A. J. (2017), The GRIM test, Social Psychological and Personality Science 8(4).
"""

from __future__ import annotations

import math
from fractions import Fraction

LARGEST_BASE = 120


def attainable_counts(share: Fraction, base: int, grain: Fraction) -> tuple[int, ...]:
    """Return every count k out of `base` whose share prints as `share` with that grain; empty when none does.

    >>> attainable_counts(Fraction(31, 100), 42, Fraction(1, 100))
    (13,)
    >>> attainable_counts(Fraction(20, 100), 52, Fraction(1, 100))
    ()
    """
    low = max(math.ceil(base * (share - grain / 2)), 0)
    high = min(math.floor(base * (share + grain / 2)), base)
    return tuple(range(low, high + 1))


def attainable_bases(share: Fraction, grain: Fraction, largest: int = LARGEST_BASE) -> tuple[int, ...]:
    """Return every base from 1 to `largest` on which the share can occur."""
    return tuple(base for base in range(1, largest + 1) if attainable_counts(share, base, grain))


def nearest_counts(share: Fraction, base: int) -> tuple[int, ...]:
    """Return the whole counts just below and above `share * base`, within 0..base (one count when it is exact).

    >>> nearest_counts(Fraction(20, 100), 52)
    (10, 11)
    """
    exact = share * base
    return tuple(sorted({max(math.floor(exact), 0), min(math.ceil(exact), base)}))
