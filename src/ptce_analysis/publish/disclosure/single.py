"""Figures that stand alone: one share, median, mean, total or histogram, shown or not.

They are for what no other figure could be subtracted from; tables with margins go through `disclosure.protect`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ptce_analysis.errors import InputError
from ptce_analysis.publish.disclosure.rules import (
    BIN_UNITS,
    MEDIAN_UNITS,
    STANDARD,
    Contributions,
    Rule,
    band_grain,
    checked_values,
    failed,
    rounded,
)


@dataclass(frozen=True)
class Shown:
    """One figure: its value, or None and the name of the rule that hides it; `n` is what stands behind it."""

    value: float | None
    rule: str = ""
    n: int = 0


def protected_share(k: int, n: int, rules: Sequence[Rule] = STANDARD) -> Shown:
    """Return k/n unless too few units are in it, too few are outside it, or all answered the same.

    Raises `InputError` when the count is not between 0 and its base.

    >>> protected_share(13, 42).value, protected_share(51, 52).rule
    (0.30952380952380953, 'few_others')
    """
    if not 0 <= k <= n:
        raise InputError(f"share {k}/{n}: the count must lie between 0 and its base.")
    rule = failed(Contributions(k, others=n - k), rules, "units")
    return Shown(None if rule or n == 0 else k / n, rule.name if rule else "", n)


def protected_total(values: Iterable[float], grain: float = 1.0, rules: Sequence[Rule] = STANDARD) -> Shown:
    """Return a total rounded to a grain, unless too few units make it or one dominates it.

    >>> protected_total([400, 350, 250]), protected_total([900, 50, 50]).rule
    (Shown(value=1000.0, rule='', n=3), 'dominant_unit')
    """
    known = checked_values(values, "total")
    rule = failed(Contributions(len(known), known), rules, "total")
    hidden = bool(rule) or not known
    return Shown(None if hidden else rounded(sum(known), grain), rule.name if rule else "", len(known))


def protected_median(
    values: Iterable[float], grain: float = 1.0, rules: Sequence[Rule] = STANDARD, units: Sequence[str] = ()
) -> Shown:
    """Return the median of five units or more, rounded so that it is nobody's own value.

    `units` says whose each known value is, where a unit may have several; otherwise each is another unit's.

    >>> protected_median([10, 20, 23, 60, 90]).value, protected_median([1, 2, 3, 4]).rule
    (25.0, 'median_of_few')
    >>> protected_median([10, 20, 23, 60, 90], units="aabbc").rule
    'median_of_few'
    """
    known = checked_values(values, "median")
    n = len(set(units)) if units else len(known)
    rule = failed(Contributions(n), rules, "units")
    if rule or n < MEDIAN_UNITS:
        return Shown(None, rule.name if rule else "median_of_few" if known else "", len(known))
    return Shown(shown_median(known, grain, units)[0], "", len(known))


def shown_median(values: Sequence[float], grain: float, units: Sequence[str] = ()) -> tuple[float, float]:
    """Return the median as it is shown, and the grain it is rounded to; `units`: whose each value is.

    Fewer than three units that hold the median itself would be exposed by it, and so would the one that holds both
    middle values: it is rounded to hide 5 % of it. One that three units share, or that falls between the values of two,
    is rounded to the ordinary grain.
    """
    median = float(np.median(values))
    own = _holders(values, units or range(len(values)))
    grain = max(grain, band_grain(median)) if own < BIN_UNITS else grain
    return rounded(median, grain), grain


def _holders(values: Sequence[float], units: Sequence[object]) -> float:
    """How many units hold the median; without end where it falls between the values of two."""
    ranked = sorted(values)
    middle = {ranked[(len(ranked) - 1) // 2], ranked[len(ranked) // 2]}
    held = {unit for unit, value in zip(units, values, strict=True) if value in middle}
    return len(held) if len(middle) == 1 or len(held) == 1 else np.inf


def _joined(bins: list[tuple[float, float, int]]) -> list[tuple[float, float, int]]:
    """The bins with each small one joined to the next; what is left over at the end joins the one before."""
    found: list[tuple[float, float, int]] = []
    for low, high, n in bins:
        if found and found[-1][2] < BIN_UNITS:
            found[-1] = (found[-1][0], high, found[-1][2] + n)
        else:
            found.append((low, high, n))
    if found[-1][2] < BIN_UNITS:
        (low, _, n), (_, high, more) = found[-2:]
        found[-2:] = [(low, high, n + more)]
    return found
