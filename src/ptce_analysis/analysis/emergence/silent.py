"""What the poles that did not answer could make of a share: worst cases, random response, how different they must be.

This concerns the stock of poles of one wave whose population is published, never the change between two waves.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ptce_analysis.analysis.emergence.comparison import INDICATOR, Reading, wave_readings
from ptce_analysis.analysis.proportions.records import LARGEST_GROUP, Estimate, Rate, checked_fraction, checked_rate
from ptce_analysis.analysis.proportions.tests import TIE, log_binomials, margin_pmf
from ptce_analysis.errors import InputError
from ptce_analysis.published import Facts

COLUMN_TYPES = {
    "reading": "str", "count": "int64", "n": "int64", "share": "float64", "basis": "str",
    "identified": "Int64", "silent": "Int64",
    "worst_low": "float64", "worst_high": "float64", "random_low": "float64", "random_high": "float64",
    "target_reading": "str", "target": "float64",
    "silent_count": "float64", "silent_share": "float64", "silent_odds_ratio": "float64",
    "reason": "str", "silent_reason": "str", "wave": "int64", "confidence": "float64", "origin": "str",
}  # fmt: skip


@dataclass(frozen=True)
class Silent:
    """How different the silent units must be for the whole population to have a given share.

    `silent`: how many units did not answer; `count`: successes wanted among them (not rounded), `share` this over
    `silent`; `odds_ratio`: odds among the silent over odds among those who answered. `None`, with a `reason`, where
    there is no such answer.
    """

    silent: int | None
    count: float | None = None
    odds_ratio: float | None = None
    reason: str = ""

    @property
    def share(self) -> float | None:
        """The share of successes among the silent."""
        return self.count / self.silent if self.silent and self.count is not None else None


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


def silent_odds_ratio(rate: Rate, population: int | None, target: float) -> Silent:
    """Return how different the silent units must be for the share of the whole population to be `target`."""
    k, n = checked_rate(rate, "rate")
    if population is None:
        return Silent(None, reason="population_not_found")
    silent = _checked_population(population, n) - n
    needed = population * target - k
    if silent == 0:
        return Silent(0, reason="nobody_silent")
    if not 0 <= needed <= silent:
        return Silent(silent, reason="out_of_reach")
    if needed == silent or k in (0, n):
        return Silent(silent, needed, reason="zero_cell")
    return Silent(silent, needed, needed * (n - k) / ((silent - needed) * k))


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


def non_response(
    facts: Facts, wave: int, against: int, confidence: float = 0.95, indicator: str = INDICATOR
) -> pd.DataFrame:
    """Return, for every reading of a wave's share, what its silent poles could make of the share of all poles.

    One row per reading of the wave and per reading of the wave it is held `against`, so that each number says which
    reading it covers. Shares are fractions.

    - `reading`, `count`, `n`, `share`, `basis`: the reading (`Reading`), such as 10/52.
    - `identified`: all poles, as many as the source of the share identifies. `silent`: these less n (no answer, or not
      to this question).
    - `worst_low`, `worst_high`: share among all poles if no silent pole is in emergence, and if all are.
    - `random_low`, `random_high`: exact interval of that share if those who answered had been drawn at random.
    - `target_reading`, `target`: the reading of the other wave, and its share.
    - `silent_count`, `silent_share`: silent poles in emergence that would make the share of all poles the target, and
      their share of the silent; `silent_odds_ratio`: odds among the silent over odds among those who answered.
    - `reason`, `silent_reason`: why bounds, or the last three, are empty (keys of `REASONS`).
    - `wave`, `confidence`, `origin`.
    """
    targets = wave_readings(facts, against, indicator)
    rows = [
        _row(reading, target, confidence) for reading in wave_readings(facts, wave, indicator) for target in targets
    ]
    return pd.DataFrame(rows, columns=list(COLUMN_TYPES)).astype(COLUMN_TYPES)


def _row(reading: Reading, target: Reading, confidence: float) -> dict[str, Any]:
    # Assumption (02): The clusters that could answer are those identified on the slides. Source: the slides; another
    # document speaks of more than a hundred. If wrong: every limit is wider.
    contradicted = reading.identified is not None and reading.identified < reading.n
    usable = None if contradicted else reading.identified
    worst, random = manski(reading.rate, usable), finite_exact(reading.rate, usable, confidence)
    silent = silent_odds_ratio(reading.rate, usable, target.count / target.n)
    return {
        "reading": str(reading),
        **{name: getattr(reading, name) for name in ("count", "n", "basis", "identified", "wave")},
        "share": reading.count / reading.n,
        "silent": silent.silent,
        "worst_low": worst.low,
        "worst_high": worst.high,
        "random_low": random.low,
        "random_high": random.high,
        "target_reading": str(target),
        "target": target.count / target.n,
        "silent_count": silent.count,
        "silent_share": silent.share,
        "silent_odds_ratio": silent.odds_ratio,
        "reason": "population_below_base" if contradicted else worst.reason,
        "silent_reason": "population_below_base" if contradicted else silent.reason,
        "confidence": confidence,
        "origin": "assumption",
    }


def _checked_population(population: int, base: int) -> int:
    if isinstance(population, bool) or not isinstance(population, int) or not base <= population <= LARGEST_GROUP:
        raise InputError(
            f"population: value {population!r}: a whole number from {base} (those who answered) to {LARGEST_GROUP} is"
            " expected, or None when it was not found."
        )
    return population
