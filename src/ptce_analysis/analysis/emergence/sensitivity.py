"""What the poles that did not answer could make of a share: worst cases, random response, how different they must be.

This concerns the stock of poles of one wave whose population is published, never the change between two waves.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ptce_analysis.analysis.emergence import INDICATOR, Reading, wave_readings
from ptce_analysis.analysis.proportions.intervals import score_bounds
from ptce_analysis.analysis.proportions.records import (
    LARGEST_GROUP,
    Estimate,
    Rate,
    checked_fraction,
    checked_rate,
    normal_quantile,
)
from ptce_analysis.analysis.proportions.tests import TIE, log_binomials, margin_pmf
from ptce_analysis.errors import InputError
from ptce_analysis.published import Facts

POPULATION = "poles_identified"

STOCK_TYPES = {
    "wave": "int64", "source": "str", "status": "str", "count": "int64", "base": "int64", "share": "float64",
    "population": "Int64", "silent": "Int64", "manski_low": "float64", "manski_high": "float64",
    "finite_wilson_low": "float64", "finite_wilson_high": "float64",
    "finite_exact_low": "float64", "finite_exact_high": "float64",
    "target_count": "int64", "target_base": "int64", "target": "float64",
    "needed": "float64", "silent_odds_ratio": "float64",
    "reason": "str", "silent_reason": "str", "confidence": "float64", "origin": "str",
}  # fmt: skip


@dataclass(frozen=True)
class SilentOdds:
    """How different the silent units must be for the whole population to have a given share.

    `needed`: successes wanted among the silent (not rounded); `odds_ratio`: odds among the silent over odds among those
    who answered; both `None` with a `reason` when there is no such answer.
    """

    silent: int | None
    needed: float | None
    odds_ratio: float | None
    reason: str = ""


def manski(rate: Rate, population: int | None) -> Estimate:
    """Return the worst-case bounds of the share in the whole population, those who did not answer included.

    They hold whatever the silent units are, and carry no sampling error: the population is counted entirely.

    >>> result = manski((10, 52), 75)
    >>> round(result.low, 4), round(result.high, 4)
    (0.1333, 0.44)
    """
    k, n = checked_rate(rate, "rate")
    if population is None:
        return Estimate("manski", None, None, None, reason="population_not_found")
    whole = _checked_population(population, n)
    return Estimate("manski", None, k / whole, (k + whole - n) / whole)


def silent_odds_ratio(rate: Rate, population: int | None, target: float) -> SilentOdds:
    """Return how different the silent units must be for the share of the whole population to be `target`."""
    k, n = checked_rate(rate, "rate")
    if population is None:
        return SilentOdds(None, None, None, "population_not_found")
    silent = _checked_population(population, n) - n
    needed = population * target - k
    if silent == 0:
        return SilentOdds(0, None, None, "nobody_silent")
    if not 0 <= needed <= silent:
        return SilentOdds(silent, None, None, "out_of_reach")
    if needed == silent or k in (0, n):
        return SilentOdds(silent, needed, None, "zero_cell")
    return SilentOdds(silent, needed, needed * (n - k) / ((silent - needed) * k))


def finite_wilson(rate: Rate, population: int | None, confidence: float = 0.95) -> Estimate:
    """Return the share in a finite population with a score interval, if who answered was a matter of chance."""
    k, n = checked_rate(rate, "rate")
    z = normal_quantile(confidence)
    if population is None:
        return Estimate("finite_wilson", k / n, None, None, confidence, "population_not_found")
    whole = _checked_population(population, n)
    share, low, high = score_bounds((k, n), z * math.sqrt((whole - n) / max(whole - 1, 1)))
    return Estimate("finite_wilson", share, low, high, confidence)


def finite_exact(rate: Rate, population: int | None, confidence: float = 0.95) -> Estimate:
    """Return the share in a finite population with the exact hypergeometric interval, under random response."""
    k, n = checked_rate(rate, "rate")
    tail = (1 - checked_fraction(confidence, "confidence")) / 2
    if population is None:
        return Estimate("finite_exact", k / n, None, None, confidence, "population_not_found")
    whole = _checked_population(population, n)
    low, high = _fewest(k, n, whole, tail), whole - _fewest(n - k, n, whole, tail)
    return Estimate("finite_exact", k / n, low / whole, high / whole, confidence)


def _fewest(k: int, n: int, whole: int, tail: float) -> int:
    """The fewest successes in the population under which k or more in the sample keep a probability above `tail`.

    A probability equal to `tail`, rounding apart, is not above it: what the interval leaves out stays within its level.
    """
    one, two = log_binomials(n), log_binomials(whole - n)

    def plausible(total: int) -> bool:
        low, high = max(0, total - whole + n), min(n, total)
        return bool(margin_pmf(one, two, low, high, total)[max(k - low, 0) :].sum() > tail * (1 + TIE))

    candidates = range(k, whole - n + k + 1)
    return candidates[bisect_left(candidates, True, key=plausible)]


def stock(facts: Facts, wave: int, against: int, confidence: float = 0.95, indicator: str = INDICATOR) -> pd.DataFrame:
    """Return, for every reading of a wave, what its silent poles could make of the share of all poles identified.

    One row per reading of the wave and per reading of the wave it is held `against`, whose share is the `target`.
    Columns: the reading; `population` (poles the same source identifies) and `silent` (the rest: no answer, or not to
    this question); worst-case bounds; bounds under random response (score, exact); `needed` successes among the silent
    for the share of all to be the target, and the odds ratio this means. Cells are empty where nothing can be stated:
    `reason` (bounds), `silent_reason` (odds ratio).
    """
    targets = wave_readings(facts, against, indicator)
    rows = [
        _stock_row(reading, _population(facts, reading), target, confidence)
        for reading in wave_readings(facts, wave, indicator)
        for target in targets
    ]
    return pd.DataFrame(rows, columns=list(STOCK_TYPES)).astype(STOCK_TYPES)


def _stock_row(reading: Reading, population: int | None, target: Reading, confidence: float) -> dict[str, Any]:
    contradicted = population is not None and population < reading.base
    usable = None if contradicted else population
    worst = manski(reading.rate, usable)
    score = finite_wilson(reading.rate, usable, confidence)
    exact = finite_exact(reading.rate, usable, confidence)
    silent = silent_odds_ratio(reading.rate, usable, target.count / target.base)
    return {
        **{name: getattr(reading, name) for name in ("wave", "source", "status", "count", "base")},
        "share": reading.count / reading.base,
        "population": population,
        "silent": silent.silent,
        **{f"{found.method}_low": found.low for found in (worst, score, exact)},
        **{f"{found.method}_high": found.high for found in (worst, score, exact)},
        "target_count": target.count,
        "target_base": target.base,
        "target": target.count / target.base,
        "needed": silent.needed,
        "silent_odds_ratio": silent.odds_ratio,
        "reason": "population_below_base" if contradicted else worst.reason,
        "silent_reason": "population_below_base" if contradicted else silent.reason,
        "confidence": confidence,
        "origin": "assumption",
    }


def _population(facts: Facts, reading: Reading) -> int | None:
    # Assumption: the poles that could answer are those the same source says were identified. Source: the 2015 deck; an
    # account of 2016 speaks of more than a hundred. If wrong: more poles are silent and every bound is wider.
    wanted = (POPULATION, reading.wave, reading.source)
    same = (fact for fact in facts.values() if (fact.indicator, fact.wave, fact.source) == wanted)
    found = [int(fact.value) for fact in same if fact.is_stated]
    return found[0] if found else None


def _checked_population(population: int, base: int) -> int:
    if isinstance(population, bool) or not isinstance(population, int) or not base <= population <= LARGEST_GROUP:
        raise InputError(
            f"population: value {population!r}: a whole number from {base} (those who answered) to {LARGEST_GROUP} is"
            " expected, or None when it was not found."
        )
    return population
