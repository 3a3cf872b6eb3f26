"""The readings of the printed shares, their table, and what the table says."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ptce_analysis.analysis.emergence.twice import frechet_limits
from ptce_analysis.analysis.percent import attainable_bases, attainable_counts, nearest_counts
from ptce_analysis.analysis.proportions import DIFFERENCES, TESTS, Rate, newcombe, prob_decrease, rates
from ptce_analysis.analysis.proportions.power import Detectable, SampleSize, detectable, sample_size
from ptce_analysis.analysis.proportions.records import METHODS
from ptce_analysis.errors import InputError
from ptce_analysis.published import Fact, Facts
from ptce_analysis.vocabulary import WAVES

INDICATOR = "emergence_share"

# The intervals of a change, and the tests of it: each interval is a pair of columns, `_low` and `_high`.
INTERVALS = (*(method.__name__ for method in DIFFERENCES), "bayes")
P_VALUES = tuple(test.__name__ for test in TESTS)

COLUMN_TYPES = {
    "reading": "str",
    **{f"{name}_{side}": "int64" for side in ("before", "after") for name in ("count", "n")},
    **{f"{name}_{side}": "float64" for name in ("share", "printed") for side in ("before", "after")},
    "change": "float64",
    **{f"{name}_{bound}": "float64" for name in INTERVALS for bound in ("low", "high")},
    "prob_fall": "float64", "prob_fall_jeffreys": "float64", "bayes_factor": "float64",
    **dict.fromkeys(P_VALUES, "float64"),
    "best_case_correlation": "float64", "best_case_low": "float64", "best_case_high": "float64",
    **{
        f"{name}_{side}": kind
        for name, kind in {
            "basis": "str", "prints": "bool", "at_least": "bool", "wave": "int64", "fact": "str", "identified": "Int64",
        }.items()
        for side in ("before", "after")
    },
    "in_words": "bool", "confidence": "float64", "reasons": "str", "origin": "str",
}  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """One count a printed share can stand for.

    `basis` says what the base `n` is: `printed_base` (printed beside the share), `respondents` (of the same source and
    wave: assumed, none is printed), `fewer_answers` (fewer than these, assumed: some left the question out),
    `identified` (all poles the source identifies, though fewer answered). `printed`: the share as printed; `prints`:
    whether count over n prints so. `at_least`: the source says more than the share; `count` is the smallest that is
    more. `identified`: how many poles the source identifies for the wave.
    """

    wave: int
    fact: str
    printed: float
    basis: str
    count: int
    n: int
    prints: bool
    at_least: bool
    identified: int | None

    @property
    def rate(self) -> Rate:
        """Count and base."""
        return self.count, self.n

    def __str__(self) -> str:
        return f"{'≥ ' * self.at_least}{self.count}/{self.n}"


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
    whole = [o for o in facts.values() if (o.source, o.wave, o.level) == (fact.source, fact.wave, "")]
    respondents = [int(o.value) for o in whole if o.indicator == "respondents" and o.is_stated]
    identified = [int(o.value) for o in whole if o.indicator == "poles_identified" and o.is_stated]
    if not fact.base_n and not respondents:
        raise InputError(
            f"{fact.id}: no base is printed. Give base_n, or a figure `respondents` of that wave and source."
        )
    # The base of a share is assumed as in the audit (`audit.records.stated_base`); a share said of more units than
    # answered is read on those that answered.
    base = min([n for n in (fact.base_n, *respondents) if n])
    basis = "printed_base" if base == fact.base_n else "respondents"

    def read(basis: str, count: int, n: int, prints: bool = True, at_least: bool = False) -> Reading:
        poles = identified[0] if identified else None
        return Reading(fact.wave, fact.id, float(fact.value), basis, count, n, prints, at_least, poles)

    if fact.limit == "minimum":
        # Assumption (02): “En majorité” means strictly more than half. Source: ordinary French usage. If wrong: the
        # smallest majority has one cluster fewer.
        least = math.floor(fact.value * base) + 1
        return [read(basis, least, base, at_least=True)] if least <= base else []
    if fact.statistic != "share":
        raise InputError(f"{fact.id}: statistic {fact.statistic!r}: a share or a minimum is expected to read a count.")
    found = [read(basis, count, base) for count in attainable_counts(fact.value, base, fact.grain)]
    if found and basis == "printed_base":
        return found
    others: list[tuple[str, int]] = []
    if not found:
        found = [read(basis, count, base, prints=False) for count in nearest_counts(fact.value, base)]
        # Assumption (02): No question was left out by more clusters than the least answered one whose base is known.
        # Source: none; without a limit, one cluster out of five would do. If wrong: more readings are possible, on
        # smaller bases.
        least = min([base, *(o.base_n for o in whole if o.base_n)])
        smaller = reversed(attainable_bases(fact.value, fact.grain, base))
        others += [("fewer_answers", n) for n in smaller if n >= least]
    others += [("identified", n) for n in sorted({*identified, fact.base_n or 0}) if n > base]
    return found + [
        read(name, count, n) for name, n in others for count in attainable_counts(fact.value, n, fact.grain)
    ]


def readings(
    facts: Facts, confidence: float = 0.95, waves: tuple[int, int] = WAVES, indicator: str = INDICATOR
) -> pd.DataFrame:
    """Return one row per pair of readings of the printed shares: the counts, and every comparison of them.

    `_before` is the first wave, `_after` the second. Shares and changes are fractions (-0.12: a fall of 12 points).

    - `reading`: the pair, `13/42 → 10/52`; `≥` before a count that is a lower bound.
    - `count_before`, `n_before`, `count_after`, `n_after`: poles in emergence, and poles they are counted among.
    - `share_before`, `share_after`: count over n. `printed_before`, `printed_after`: the shares as printed.
    - `change`: `share_after` less `share_before`.
    - `newcombe_low`, `newcombe_high`, `agresti_caffo_…`, `miettinen_nurminen_…`: intervals of the change at
      `confidence`; `bayes_…`: its equal-tailed credible interval (uniform priors).
    - `prob_fall`: posterior probability that the share fell (uniform priors); `prob_fall_jeffreys`: with Jeffreys'.
    - `bayes_factor`: how many times likelier the counts are if the shares differ than if they are one share.
    - `fisher`, `mid_p`, `barnard`, `boschloo`, `pearson`: two-sided p-values of no change.
    - `best_case_correlation`, `best_case_low`, `best_case_high`: Newcombe's interval if all poles of the smaller group
      had answered both surveys, their answers as alike as the two shares allow (highest correlation, Fréchet's limit).
    - `basis_before`, `basis_after`: what n is, `printed_base`, `respondents`, `fewer_answers` or `identified`
      (`Reading`).
    - `prints_before`, `prints_after`: whether count over n prints as the printed share.
    - `at_least_before`, `at_least_after`: whether the count is a lower bound, told in words; `in_words`: either is.
    - `wave_before`, `wave_after`: years. `fact_before`, `fact_after`: ids in `figures.csv`.
    - `identified_before`, `identified_after`: poles the source of the share identifies for the wave; empty if not said.
    - `confidence`; `reasons`: why cells are empty (keys of `REASONS`); `origin`: `derived` when both counts follow from
      what is printed, `assumption` otherwise.
    """
    first, second = (wave_readings(facts, wave, indicator) for wave in waves)
    rows = [_row(one, two, confidence) for one in first for two in second]
    return pd.DataFrame(rows, columns=list(COLUMN_TYPES)).astype(COLUMN_TYPES)


def _row(before: Reading, after: Reading, confidence: float) -> dict[str, Any]:
    found = rates(before.rate, after.rate, confidence)
    changes = _changes(found)
    limit = frechet_limits(before.rate, after.rate)[1]
    likeness = limit * math.sqrt(min(before.n, after.n) / max(before.n, after.n))
    best = newcombe(after.rate, before.rate, confidence, likeness)
    sure = all(one.prints and one.basis == "printed_base" and not one.at_least for one in (before, after))
    names = ("count", "n", "printed", "basis", "prints", "at_least", "wave", "fact", "identified")
    return {
        "reading": f"{before} → {after}",
        **{f"{name}_before": getattr(before, name) for name in names},
        **{f"{name}_after": getattr(after, name) for name in names},
        "share_before": found["first"]["share"],
        "share_after": found["second"]["share"],
        "change": changes["newcombe"][0],
        **{f"{name}_low": low for name, (_, low, _) in changes.items()},
        **{f"{name}_high": high for name, (_, _, high) in changes.items()},
        "prob_fall": found["bayes"]["prob_decrease"],
        "prob_fall_jeffreys": prob_decrease(before.rate, after.rate, "jeffreys"),
        "bayes_factor": found["bayes"]["bayes_factor"],
        **found["tests"],
        "best_case_correlation": limit,
        "best_case_low": best.low,
        "best_case_high": best.high,
        "in_words": before.at_least or after.at_least,
        "confidence": confidence,
        "reasons": " ".join(sorted(set(found["reasons"].values()))),
        "origin": "derived" if sure else "assumption",
    }


def _changes(found: Mapping[str, Any]) -> dict[str, tuple[float, float, float]]:
    """The change with its bounds by each method: what `rates` gives (first - second) turned to second - first."""
    given = {name: (found["difference"], ends) for name, ends in found["intervals"].items()}
    given["bayes"] = found["bayes"]["difference"], found["bayes"]["interval"]
    return {name: (0 - middle, 0 - high, 0 - low) for name, (middle, (low, high)) in given.items()}


def by_method(found: Mapping[str, Any]) -> pd.DataFrame:
    """Return what `rates` gives for two groups as a table, one row per method.

    Columns: `quantity` (`share_before`, `share_after`; `change`, second group less first; `ratio` and `odds_ratio`,
    second over first; `test`), `method` (key of `METHODS`), `estimate`, `low`, `high`, `p_value` (empty where the
    method has none, or the data allow none), `convention` (what the method does where methods differ), `published`.
    """
    none, ratio, odds = (None, None), found["risk_ratio"], found["odds_ratio"]
    rows = [
        (f"share_{side}", method, found[group]["share"], found[group][method], None)
        for group, side in (("first", "before"), ("second", "after"))
        for method in ("wilson", "clopper_pearson", "jeffreys")
    ]
    rows += [
        ("change", "beta_binomial" if name == "bayes" else name, change, ends, None)
        for name, (change, *ends) in _changes(found).items()
    ]
    rows += [
        ("ratio", "koopman", ratio["estimate"], ratio["koopman"], None),
        ("odds_ratio", "sample_odds_ratio", odds["sample"], none, None),
        ("odds_ratio", "conditional_odds_ratio", odds["conditional"], odds["exact"], None),
        *(("test", test, None, none, p_value) for test, p_value in found["tests"].items()),
    ]
    table = pd.DataFrame(
        [
            (quantity, method, estimate, *(ends or none), p_value, METHODS[method].convention, METHODS[method].source)
            for quantity, method, estimate, ends, p_value in rows
        ],
        columns=["quantity", "method", "estimate", "low", "high", "p_value", "convention", "published"],
    )
    return table.astype(dict.fromkeys(("estimate", "low", "high", "p_value"), "float64"))


def first_pair(table: pd.DataFrame) -> tuple[Rate, Rate]:
    """Return counts and bases of the first pair of readings (first source, the base of all respondents)."""
    count_before, n_before, count_after, n_after = map(
        int, table[["count_before", "n_before", "count_after", "n_after"]].iloc[0]
    )
    return (count_before, n_before), (count_after, n_after)


@dataclass(frozen=True)
class Verdict:
    """What a set of pairs of readings says together; each `_low` and `_high` are the extremes over all of them.

    `change`: the change itself. `interval`: every interval of it, whatever the method (Newcombe, Agresti-Caffo,
    Miettinen-Nurminen, credible). `n_intervals`, `n_with_zero`: how many these are, and how many contain zero.
    `best_case`: the intervals if as many poles as possible had answered twice, as alike as can be. `p`: the p-values of
    all tests. `prob_fall`: the probability of a fall (both priors). `fall_beyond_chance`: every interval lies below
    zero and every test below 1 - confidence, also for any larger count where a count is a lower bound;
    `rise_beyond_chance` likewise.
    """

    n_readings: int
    change_low: float
    change_high: float
    interval_low: float
    interval_high: float
    n_intervals: int
    n_with_zero: int
    best_case_low: float
    best_case_high: float
    p_low: float
    p_high: float
    prob_fall_low: float
    prob_fall_high: float
    fall_beyond_chance: bool
    rise_beyond_chance: bool

    @property
    def zero_inside(self) -> bool:
        """Whether every interval contains zero: a rise and a fall are both compatible with the figures."""
        return self.n_with_zero == self.n_intervals

    @property
    def all_lower(self) -> bool:
        """Whether the second share is the lower one under every reading."""
        return self.change_high < 0


@dataclass(frozen=True)
class Conclusion:
    """What may be said of the change, in one record.

    `share_before`, `share_after`: the shares as printed (of the first pair of readings). `printed`: the verdict of the
    readings of printed shares; `in_words`: that of the readings that rest on words, such as « en majorité »; `None` if
    there is none. `depends_on_definition`: whether a change beyond chance is found under one and not under the other,
    so that the answer rests on what the word counted in each source. `detectable`: the share at or below which a fall
    from `share_before` would be detected with the usual power, 4 times in 5, by two surveys of this size (`.fall`,
    `None` if no fall would); `needed`: the respondents each survey needs to tell the two shares apart with that power
    (`.n`); `identified`: how many poles the second source identifies, `None` if it does not say.
    """

    confidence: float
    share_before: float
    share_after: float
    printed: Verdict | None
    in_words: Verdict | None
    depends_on_definition: bool
    detectable: Detectable
    needed: SampleSize
    identified: int | None

    @property
    def needs_more_than_identified(self) -> bool:
        """Whether a survey able to tell the two shares apart needs more respondents than poles are identified."""
        return self.identified is not None and (self.needed.n is None or self.needed.n > self.identified)


def conclusion(table: pd.DataFrame) -> Conclusion:
    """Return what the readings (the table of `readings`) say together.

    The power is that of the mid-p test at 1 - confidence, for the printed shares and the numbers of the first pair.
    """
    printed, words = (_verdict(table[rows]) if rows.any() else None for rows in (~table["in_words"], table["in_words"]))
    first = table.iloc[0]
    confidence, identified = float(first["confidence"]), first["identified_after"]
    level = round(1 - confidence, 12)
    shares = float(first["printed_before"]), float(first["printed_after"])
    sizes = int(first["n_before"]), int(first["n_after"])
    return Conclusion(
        confidence=confidence,
        share_before=shares[0],
        share_after=shares[1],
        printed=printed,
        in_words=words,
        depends_on_definition=bool(printed and words and _beyond_chance(printed) != _beyond_chance(words)),
        detectable=detectable(shares[0], sizes, level=level),
        needed=sample_size(shares, level=level),
        identified=None if pd.isna(identified) else int(identified),
    )


def _beyond_chance(verdict: Verdict) -> tuple[bool, bool]:
    return verdict.fall_beyond_chance, verdict.rise_beyond_chance


def _verdict(table: pd.DataFrame) -> Verdict:
    lows, highs = (table[[f"{name}_{bound}" for name in INTERVALS]] for bound in ("low", "high"))
    with_zero = (lows.to_numpy() <= 0) & (highs.to_numpy() >= 0)
    p_values, prob_fall = table[list(P_VALUES)], table[["prob_fall", "prob_fall_jeffreys"]]
    unlikely = bool((p_values < 1 - table["confidence"].iloc[0]).all(axis=None))
    return Verdict(
        n_readings=len(table),
        change_low=float(table["change"].min()),
        change_high=float(table["change"].max()),
        interval_low=float(lows.min(axis=None)),
        interval_high=float(highs.max(axis=None)),
        n_intervals=with_zero.size,
        n_with_zero=int(with_zero.sum()),
        best_case_low=float(table["best_case_low"].min()),
        best_case_high=float(table["best_case_high"].max()),
        p_low=float(p_values.min(axis=None)),
        p_high=float(p_values.max(axis=None)),
        prob_fall_low=float(prob_fall.min(axis=None)),
        prob_fall_high=float(prob_fall.max(axis=None)),
        fall_beyond_chance=unlikely and bool((highs < 0).all(axis=None)) and not table["at_least_after"].any(),
        rise_beyond_chance=unlikely and bool((lows > 0).all(axis=None)) and not table["at_least_before"].any(),
    )
