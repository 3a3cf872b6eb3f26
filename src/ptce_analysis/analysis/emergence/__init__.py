"""Did the share of emerging poles change? Every reading of the printed shares, compared in every way.

A share printed without its count can stand for several counts, and no count of the stated base may print as that share.
Each possibility is a reading; all are carried along, none is chosen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ptce_analysis.analysis.percent import attainable_bases, attainable_counts, nearest_counts
from ptce_analysis.analysis.proportions import DIFFERENCES, TESTS, Rate, prob_decrease, rates
from ptce_analysis.errors import InputError
from ptce_analysis.published import Fact, Facts
from ptce_analysis.vocabulary import WAVES

INDICATOR = "emergence_share"

COLUMN_TYPES = {
    **{
        f"{name}_{side}": kind
        for side in ("first", "second")
        for name, kind in {
            "wave": "int64", "fact": "str", "source": "str", "status": "str", "at_least": "bool",
            "count": "int64", "base": "int64", "share": "float64", "attainable": "bool",
            "wilson_low": "float64", "wilson_high": "float64",
        }.items()
    },
    "difference": "float64",
    **{f"{method.__name__}_{bound}": "float64" for method in DIFFERENCES for bound in ("low", "high")},
    **{test.__name__: "float64" for test in TESTS},
    "prob_decrease": "float64", "prob_decrease_jeffreys": "float64", "bayes_factor": "float64",
    "bayes_low": "float64", "bayes_high": "float64",
    "confidence": "float64", "reasons": "str", "origin": "str",
}  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """One count a printed share can stand for.

    `status`: `as_printed` (a count of the stated base prints so), `nearest_count` (none does; one of the two nearest),
    `smaller_base` (a count of a smaller base prints so: not every respondent answered the question), `in_words` (a
    source says more than a share; `count` is the smallest that is more, and `at_least` is true).
    """

    wave: int
    fact: str
    source: str
    status: str
    count: int
    base: int

    @property
    def rate(self) -> Rate:
        """Count and base."""
        return self.count, self.base

    @property
    def at_least(self) -> bool:
        """Whether the count is a lower bound."""
        return self.status == "in_words"

    @property
    def attainable(self) -> bool:
        """Whether the count, on its base, prints as the source prints."""
        return self.status != "nearest_count"


def wave_readings(facts: Facts, wave: int, indicator: str = INDICATOR) -> tuple[Reading, ...]:
    """Return every reading of a wave's share, in the order of the facts.

    Raises `InputError` when the wave prints no such share, prints one without any base to read it on, or says in words
    alone more than any count can be.
    """
    found = [fact for fact in facts.values() if (fact.indicator, fact.wave, fact.level) == (indicator, wave, "")]
    if not found:
        printed = sorted({fact.wave for fact in facts.values() if fact.indicator == indicator})
        raise InputError(f"{indicator}, wave {wave}: no figure is printed. Waves that print it: {printed or 'none'}.")
    readings = tuple(reading for fact in found for reading in _fact_readings(facts, fact))
    if not readings:
        raise InputError(f"{found[0].id}: value {found[0].value}: no count of its base is more than that share.")
    return readings


def _fact_readings(facts: Facts, fact: Fact) -> list[Reading]:
    base = _base(facts, fact)
    if fact.limit == "minimum":
        # Assumption: words such as « en majorité » mean strictly more than the share. Source: ordinary French usage. If
        # wrong: the smallest count is one lower when share times base is whole.
        least = math.floor(fact.value * base) + 1
        return [_reading(fact, "in_words", least, base)] if least <= base else []
    if fact.statistic != "share":
        raise InputError(f"{fact.id}: statistic {fact.statistic!r}: a share or a minimum is expected to read a count.")
    counts = attainable_counts(fact.value, base, fact.grain)
    if counts:
        return [_reading(fact, "as_printed", count, base) for count in counts]
    return [_reading(fact, "nearest_count", count, base) for count in nearest_counts(fact.value, base)] + [
        _reading(fact, "smaller_base", count, smaller)
        for smaller in reversed(attainable_bases(fact.value, fact.grain, base))
        if smaller >= _smallest_base(facts, fact, base)
        for count in attainable_counts(fact.value, smaller, fact.grain)
    ]


def _reading(fact: Fact, status: str, count: int, base: int) -> Reading:
    return Reading(fact.wave, fact.id, fact.source, status, count, base)


def _base(facts: Facts, fact: Fact) -> int:
    """The stated base, never above the respondents the same source prints for the wave."""
    same = [other for other in facts.values() if (other.source, other.wave) == (fact.source, fact.wave)]
    respondents = [int(other.value) for other in same if other.indicator == "respondents" and other.is_stated]
    stated = [fact.base_n] if fact.base_n else []
    if not stated + respondents:
        raise InputError(
            f"{fact.id}: no base is printed. Give base_n, or a figure `respondents` of that wave and source."
        )
    return min(stated + respondents)


def _smallest_base(facts: Facts, fact: Fact, base: int) -> int:
    # Assumption: the question was left out by no more respondents than the least answered question whose base the same
    # source prints for the whole wave (37 poles in the 2015 deck). Source: none; without a limit 1 out of 5 would do.
    # If wrong: more readings, on smaller bases, with wider intervals.
    whole = (fact.source, fact.wave, "")
    same = [other for other in facts.values() if (other.source, other.wave, other.level) == whole]
    return min([base, *(other.base_n for other in same if other.base_n)])


def readings(
    facts: Facts, confidence: float = 0.95, waves: tuple[int, int] = WAVES, indicator: str = INDICATOR
) -> pd.DataFrame:
    """Return one row per pair of readings, earlier wave first: the counts, and every comparison of them.

    Columns: for each wave (`_first`, `_second`) the wave, the fact and its source, `status`, `at_least`, `count`,
    `base`, `share`, `attainable` and Wilson's bounds; `difference` (first - second) with the bounds of each method; the
    p-value of each test; the posterior of the difference (uniform prior; `prob_decrease` also under Jeffreys'). A cell
    that cannot be stated is empty and `reasons` says why. `origin` is `derived` when both counts follow from what is
    printed, `assumption` otherwise.
    """
    first, second = (wave_readings(facts, wave, indicator) for wave in waves)
    rows = [_row(one, two, confidence) for one in first for two in second]
    return pd.DataFrame(rows, columns=list(COLUMN_TYPES)).astype(COLUMN_TYPES)


def _row(first: Reading, second: Reading, confidence: float) -> dict[str, Any]:
    found = rates(first.rate, second.rate, confidence)
    derived = first.status == second.status == "as_printed"
    return {
        **_side(first, found["first"], "first"),
        **_side(second, found["second"], "second"),
        "difference": found["difference"],
        **{f"{name}_low": interval[0] for name, interval in found["intervals"].items()},
        **{f"{name}_high": interval[1] for name, interval in found["intervals"].items()},
        **found["tests"],
        "prob_decrease": found["bayes"]["prob_decrease"],
        "prob_decrease_jeffreys": prob_decrease(first.rate, second.rate, "jeffreys"),
        "bayes_factor": found["bayes"]["bayes_factor"],
        "bayes_low": found["bayes"]["interval"][0],
        "bayes_high": found["bayes"]["interval"][1],
        "confidence": confidence,
        "reasons": " ".join(sorted(set(found["reasons"].values()))),
        "origin": "derived" if derived else "assumption",
    }


def _side(reading: Reading, group: dict[str, Any], side: str) -> dict[str, Any]:
    names = ("wave", "fact", "source", "status", "at_least", "count", "base", "attainable")
    cells = {f"{name}_{side}": getattr(reading, name) for name in names}
    low, high = group["wilson"]
    return cells | {f"share_{side}": group["share"], f"wilson_low_{side}": low, f"wilson_high_{side}": high}
