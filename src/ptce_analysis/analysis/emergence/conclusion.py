"""What the readings of the emergence shares say together: booleans and numbers, no sentence."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ptce_analysis.analysis.proportions import DIFFERENCES, TESTS

INTERVALS = (*(method.__name__ for method in DIFFERENCES), "bayes")


@dataclass(frozen=True)
class Verdict:
    """What a set of readings says together; every number is over all its readings, and over all methods where many.

    `largest_rise`: the largest rise an interval contains (0 when none contains a rise); `largest_fall` likewise.
    `fall_beyond_chance`: every interval lies above zero and every test below 1 - confidence, also for any larger count
    where a count is a lower bound; `rise_beyond_chance` likewise.
    """

    n_readings: int
    n_lower: int
    all_lower: bool
    smallest_difference: float
    largest_difference: float
    n_intervals: int
    n_intervals_with_zero: int
    all_intervals_with_zero: bool
    largest_rise: float
    largest_fall: float
    smallest_p: float
    largest_p: float
    smallest_prob_decrease: float
    largest_prob_decrease: float
    fall_beyond_chance: bool
    rise_beyond_chance: bool


@dataclass(frozen=True)
class Conclusion:
    """What may be said of the change under the printed shares, and under a share told in words (`None` if none is).

    `depends_on_definition`: whether the change is beyond chance differs between the two, so that the answer rests on
    what the word counted in each source.
    """

    confidence: float
    printed: Verdict | None
    in_words: Verdict | None
    depends_on_definition: bool


def conclusion(table: pd.DataFrame) -> Conclusion:
    """Return what the readings (the table of `emergence.readings`) say together."""
    in_words = table["at_least_first"] | table["at_least_second"]
    printed, words = (_verdict(table[rows]) if rows.any() else None for rows in (~in_words, in_words))
    return Conclusion(
        confidence=float(table["confidence"].iloc[0]),
        printed=printed,
        in_words=words,
        depends_on_definition=bool(printed and words and _beyond_chance(printed) != _beyond_chance(words)),
    )


def _beyond_chance(verdict: Verdict) -> tuple[bool, bool]:
    return verdict.fall_beyond_chance, verdict.rise_beyond_chance


def _verdict(table: pd.DataFrame) -> Verdict:
    lows, highs = (pd.concat([table[f"{name}_{bound}"] for name in INTERVALS]) for bound in ("low", "high"))
    with_zero = (lows <= 0) & (highs >= 0)
    p_values = pd.concat([table[test.__name__] for test in TESTS])
    difference, decrease = table["difference"], pd.concat([table["prob_decrease"], table["prob_decrease_jeffreys"]])
    unlikely = bool((p_values < 1 - table["confidence"].iloc[0]).all())
    return Verdict(
        n_readings=len(table),
        n_lower=int((difference > 0).sum()),
        all_lower=bool((difference > 0).all()),
        smallest_difference=float(difference.min()),
        largest_difference=float(difference.max()),
        n_intervals=len(lows),
        n_intervals_with_zero=int(with_zero.sum()),
        all_intervals_with_zero=bool(with_zero.all()),
        largest_rise=max(-float(lows.min()), 0.0),
        largest_fall=max(float(highs.max()), 0.0),
        smallest_p=float(p_values.min()),
        largest_p=float(p_values.max()),
        smallest_prob_decrease=float(decrease.min()),
        largest_prob_decrease=float(decrease.max()),
        fall_beyond_chance=unlikely and bool((lows > 0).all()) and not table["at_least_second"].any(),
        rise_beyond_chance=unlikely and bool((highs < 0).all()) and not table["at_least_first"].any(),
    )
