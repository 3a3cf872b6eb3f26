"""Did the share of emerging poles change? Every reading of the printed shares, compared in every way.

A share printed without its count can stand for several counts, and no count of the stated base may print as that share.
Each possibility is a reading; all are carried along, none is chosen. A change is the second wave less the first, as a
share between -1 and 1: a fall is negative.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ptce_analysis.analysis.intervals import Rate, checked_pair, newcombe, prob_decrease
from ptce_analysis.analysis.percent import attainable_bases, attainable_counts, nearest_counts
from ptce_analysis.analysis.power import Detectable, detectable, sample_size
from ptce_analysis.analysis.rates import DIFFERENCES, METHODS, SINGLES, TESTS, fisher, rates
from ptce_analysis.errors import InputError
from ptce_analysis.published import Fact, Facts
from ptce_analysis.vocabulary import WAVES

INDICATOR = "emergence_share"
STAGE = "emergence"

# The intervals of a change, and the tests of it: each interval is a pair of columns, `_low` and `_high`.
INTERVALS = (*(method.__name__ for method in DIFFERENCES), "bayes")
P_VALUES = tuple(test.__name__ for test in TESTS)


@dataclass(frozen=True)
class ShareReading:
    """One count a printed share can stand for.

    `basis` says what the base `n` is: `printed_base` (printed beside the share), `respondents` (of the same source and
    wave: assumed, none is printed), `fewer_answers` (fewer than these, assumed: some left the question out),
    `identified` (all poles the source identifies, though fewer answered). `printed`: the share as printed; `prints`:
    whether count over n prints so. `at_least`: the source says more than the share; `count` is the smallest that is
    more. `identified`: how many poles the source identifies for the wave.
    """

    count: int
    n: int
    printed: float
    basis: str
    prints: bool
    at_least: bool
    wave: int
    fact: str
    identified: int | None

    def __str__(self) -> str:
        return f"{'≥ ' * self.at_least}{self.count}/{self.n}"


def wave_readings(facts: Facts, wave: int, indicator: str = INDICATOR) -> tuple[ShareReading, ...]:
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


def _fact_readings(facts: Facts, fact: Fact) -> list[ShareReading]:
    whole = [o for o in facts.values() if (o.source, o.wave, o.level) == (fact.source, fact.wave, "")]
    respondents = [int(o.value) for o in whole if o.indicator == "respondents" and o.is_stated]
    identified = [int(o.value) for o in whole if o.indicator == "poles_identified" and o.is_stated]
    if not fact.base_n and not respondents:
        raise InputError(
            f"{fact.id}: no base is printed. Give base_n, or a figure `respondents` of that wave and source."
        )
    # The base of a share is assumed as in the audit; a share said of more units than answered is read on those that
    # answered.
    base = min([n for n in (fact.base_n, *respondents) if n])
    basis = "printed_base" if base == fact.base_n else "respondents"

    def read(basis: str, count: int, n: int, prints: bool = True, at_least: bool = False) -> ShareReading:
        poles = identified[0] if identified else None
        return ShareReading(count, n, float(fact.value), basis, prints, at_least, fact.wave, fact.id, poles)

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
    - `basis_…`, `prints_…`, `at_least_…`, `wave_…`, `fact_…` (id in `figures.csv`), `identified_…`: see `ShareReading`.
    - `in_words`: one of the counts is a lower bound, told in words.
    - `confidence`; `reasons`: why cells are empty (keys of `REASONS`); `origin`: `derived` when both counts follow from
      what is printed, `assumption` otherwise.
    """
    first, second = (wave_readings(facts, wave, indicator) for wave in waves)
    rows = [_pair(one, two, confidence) for one in first for two in second]
    types = dict.fromkeys(("bayes_factor", *P_VALUES), "float64")
    return pd.DataFrame(rows).astype(types | {"identified_before": "Int64", "identified_after": "Int64"})


def _pair(before: ShareReading, after: ShareReading, confidence: float) -> dict[str, Any]:
    first, second = (before.count, before.n), (after.count, after.n)
    found = rates(first, second, confidence)
    changes = _changes(found)
    sure = all(one.prints and one.basis == "printed_base" and not one.at_least for one in (before, after))
    return {
        "reading": f"{before} → {after}",
        **{f"{name}_before": value for name, value in vars(before).items()},
        **{f"{name}_after": value for name, value in vars(after).items()},
        "share_before": found["first"]["share"],
        "share_after": found["second"]["share"],
        "change": changes["newcombe"][0],
        **{f"{name}_low": low for name, (_, low, _) in changes.items()},
        **{f"{name}_high": high for name, (_, _, high) in changes.items()},
        "prob_fall": found["bayes"]["prob_decrease"],
        "prob_fall_jeffreys": prob_decrease(first, second, "jeffreys"),
        "bayes_factor": found["bayes"]["bayes_factor"],
        **found["tests"],
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
    ratio, odds = found["risk_ratio"], found["odds_ratio"]
    rows = [
        (f"share_{side}", method.__name__, found[group]["share"], found[group][method.__name__], None)
        for group, side in (("first", "before"), ("second", "after"))
        for method in SINGLES
    ]
    rows += [
        ("change", "beta_binomial" if name == "bayes" else name, change, ends, None)
        for name, (change, *ends) in _changes(found).items()
    ]
    rows += [
        ("ratio", "koopman", ratio["estimate"], ratio["koopman"], None),
        ("odds_ratio", "sample_odds_ratio", odds["sample"], None, None),
        ("odds_ratio", "conditional_odds_ratio", odds["conditional"], odds["exact"], None),
        *(("test", test, None, None, p_value) for test, p_value in found["tests"].items()),
    ]
    table = pd.DataFrame(
        [
            (quantity, method, estimate, *(ends or (None, None)), p_value, *METHODS[method])
            for quantity, method, estimate, ends, p_value in rows
        ],
        columns=["quantity", "method", "estimate", "low", "high", "p_value", "convention", "published"],
    )
    return table.astype(dict.fromkeys(("estimate", "low", "high", "p_value"), "float64"))


def first_pair(table: pd.DataFrame) -> tuple[Rate, Rate]:
    """Return counts and bases of the first pair of readings (first source, the base of all respondents)."""
    counts = table[["count_before", "n_before", "count_after", "n_after"]].iloc[0]
    count_before, n_before, count_after, n_after = map(int, counts)
    return (count_before, n_before), (count_after, n_after)


@dataclass(frozen=True)
class ChangeVerdict:
    """What a set of pairs of readings says together; each `_low` and `_high` are the extremes over all of them.

    `change`: the change itself. `interval`: every interval of it, whatever the method (Newcombe, Agresti-Caffo,
    Miettinen-Nurminen, credible). `p`: the p-values of all tests. `prob_fall`: the probability of a fall (both
    priors). `zero_inside`: every interval contains zero, so that a rise and a fall are both compatible with the
    figures. `all_lower`: the second share is the lower one under every reading. `fall_beyond_chance`: every interval
    lies below zero and every test below 1 - confidence, also for any larger count where a count is a lower bound;
    `rise_beyond_chance` likewise.
    """

    n_readings: int
    change_low: float
    change_high: float
    interval_low: float
    interval_high: float
    p_low: float
    p_high: float
    prob_fall_low: float
    prob_fall_high: float
    zero_inside: bool
    all_lower: bool
    fall_beyond_chance: bool
    rise_beyond_chance: bool


@dataclass(frozen=True)
class ChangeConclusion:
    """What may be said of the change, in one record.

    `share_before`, `share_after`: the shares as printed (of the first pair of readings). `printed`: the verdict of the
    readings of printed shares; `in_words`: that of the readings that rest on words, such as « en majorité »; `None` if
    there is none. `depends_on_definition`: whether a change beyond chance is found under one and not under the other,
    so that the answer rests on what the word counted in each source. `detectable`: the share at or below which a fall
    from `share_before` would be detected with the usual power, 4 times in 5, by two surveys of this size (`.fall`,
    `None` if no fall would); `needed`: the respondents each survey needs to tell the two shares apart with that power,
    `None` if no number would do; `identified`: how many poles the second source identifies, `None` if it does not say.
    """

    confidence: float
    share_before: float
    share_after: float
    printed: ChangeVerdict | None
    in_words: ChangeVerdict | None
    depends_on_definition: bool
    detectable: Detectable
    needed: int | None
    identified: int | None

    @property
    def needs_more_than_identified(self) -> bool:
        """Whether a survey able to tell the two shares apart needs more respondents than poles are identified."""
        return self.identified is not None and (self.needed is None or self.needed > self.identified)


def conclusion(table: pd.DataFrame) -> ChangeConclusion:
    """Return what the readings (the table of `readings`) say together.

    The power is that of the mid-p test at 1 - confidence, for the printed shares and the numbers of the first pair.
    """
    printed, words = (_verdict(table[rows]) if rows.any() else None for rows in (~table["in_words"], table["in_words"]))
    beyond = [(one.fall_beyond_chance, one.rise_beyond_chance) for one in (printed, words) if one]
    first = table.iloc[0]
    confidence, identified = float(first["confidence"]), first["identified_after"]
    level = round(1 - confidence, 12)
    shares = float(first["printed_before"]), float(first["printed_after"])
    return ChangeConclusion(
        confidence=confidence,
        share_before=shares[0],
        share_after=shares[1],
        printed=printed,
        in_words=words,
        depends_on_definition=len(set(beyond)) == 2,
        detectable=detectable(shares[0], (int(first["n_before"]), int(first["n_after"])), level=level),
        needed=sample_size(shares, level=level),
        identified=None if pd.isna(identified) else int(identified),
    )


def _verdict(table: pd.DataFrame) -> ChangeVerdict:
    lows, highs = (table[[f"{name}_{bound}" for name in INTERVALS]].to_numpy() for bound in ("low", "high"))
    p_values, prob_fall = table[list(P_VALUES)], table[["prob_fall", "prob_fall_jeffreys"]]
    unlikely = bool((p_values < 1 - table["confidence"].iloc[0]).all(axis=None))
    return ChangeVerdict(
        n_readings=len(table),
        change_low=float(table["change"].min()),
        change_high=float(table["change"].max()),
        interval_low=float(lows.min()),
        interval_high=float(highs.max()),
        p_low=float(p_values.min(axis=None)),
        p_high=float(p_values.max(axis=None)),
        prob_fall_low=float(prob_fall.min(axis=None)),
        prob_fall_high=float(prob_fall.max(axis=None)),
        zero_inside=bool(((lows <= 0) & (highs >= 0)).all()),
        all_lower=bool(table["change"].max() < 0),
        fall_beyond_chance=unlikely and bool((highs < 0).all()) and not table["at_least_after"].any(),
        rise_beyond_chance=unlikely and bool((lows > 0).all()) and not table["at_least_before"].any(),
    )


def non_response(facts: Facts, wave: int, against: int, indicator: str = INDICATOR) -> pd.DataFrame:
    """Return, for every reading of a wave's share, what its silent poles could make of the share of all poles.

    This concerns the stock of poles of one wave whose population is published, never the change between two waves. One
    row per reading of the wave and per reading of the wave it is held `against`, so that each number says which reading
    it covers. Shares are fractions.

    - `reading`, such as 10/52; `share`, its count over n; the fields of `ShareReading` (`count`, `n`, `basis`...).
    - `identified`: all poles, as many as the source of the share identifies. `silent`: these less n (no answer, or not
      to this question).
    - `worst_low`, `worst_high`: share among all poles if no silent pole is in emergence, and if all are. They hold
      whatever the silent are, and carry no sampling error (Manski 1989, Journal of Human Resources 24).
    - `target_reading`, `target`: the reading of the other wave, and its share.
    - `silent_count`, `silent_share`: silent poles in emergence that would make the share of all poles the target, and
      their share of the silent.
    - `silent_reason`: why the last two, or all, are empty (a key of `REASONS`); `origin`.
    """
    one, other = (_with_shares(wave_readings(facts, year, indicator)) for year in (wave, against))
    targets = other[["reading", "share"]].set_axis(["target_reading", "target"], axis=1)
    table = one.merge(targets, how="cross")
    # Assumption (02): The clusters that could answer are those identified on the slides. Source: the slides; another
    # document speaks of more than a hundred. If wrong: every limit is wider.
    whole = table["identified"].where(table["identified"] >= table["n"])
    silent, needed = whole - table["n"], whole * table["target"] - table["count"]
    reached = (silent > 0) & needed.between(0, silent)
    reasons = {
        "population_not_found": table["identified"].isna(),
        "population_below_base": whole.isna(),
        "nobody_silent": silent == 0,
        "out_of_reach": ~reached,
    }
    return table.assign(
        identified=table["identified"].astype("Int64"),
        silent=silent.astype("Int64"),
        worst_low=table["count"] / whole,
        worst_high=(table["count"] + silent) / whole,
        silent_count=needed.where(reached),
        silent_share=(needed / silent).where(reached),
        silent_reason=np.select(list(reasons.values()), list(reasons), ""),
        origin="assumption",
    )


def _with_shares(found: Iterable[ShareReading]) -> pd.DataFrame:
    rows = [vars(one) | {"reading": str(one), "share": one.count / one.n} for one in found]
    return pd.DataFrame(rows).astype({"identified": "float64"})


def overlap(first: Rate, second: Rate, confidence: float = 0.95) -> pd.DataFrame:
    """Return the interval of the change (second - first) by number of common units and likeness of their two answers.

    How many units answered twice, and how alike their two answers are, was not found: the table only shows how far the
    comparison of independent groups could be off. One row per number of common units (0 to the smaller group) and per
    correlation: five values from the lowest to the highest that the two shares allow (Fréchet's limits), and 0.

    - `n_common`: units that answered twice.
    - `correlation`: of a unit's two answers. `case`: `worst` at the lower limit, `best` at the upper one, `independent`
      at 0, else empty. Not even the best case is two like answers from all: shares that differ forbid it.
    - `share_correlation`: of the two shares, n_common correlation / sqrt(n1 n2).
    - `change_low`, `change_high`: Newcombe's interval with that correlation, fractions; `with_zero`: it contains zero.
    - `confidence`, `origin`.
    """
    # Assumption (02): The clusters that answered both surveys have the shares of their whole group. Source: none. If
    # wrong: the interval is only an order of magnitude.
    (k1, n1), (k2, n2) = checked_pair(first, second)
    p1, p2 = k1 / n1, k2 / n2
    spread = math.sqrt(p1 * (1 - p1) * p2 * (1 - p2)) or math.inf
    lowest, highest = (max(0.0, p1 + p2 - 1) - p1 * p2) / spread, (min(p1, p2) - p1 * p2) / spread
    cases = {lowest: "worst", highest: "best", 0.0: "independent"}
    rows = []
    for m in range(min(n1, n2) + 1):
        for phi in sorted({0.0, *np.linspace(lowest, highest, 5).tolist()}):
            correlation = m * phi / math.sqrt(n1 * n2) + 0.0  # no minus zero
            found = newcombe(second, first, confidence, correlation)
            rows.append((m, phi, cases.get(phi, ""), correlation, found.low, found.high))
    names = ["n_common", "correlation", "case", "share_correlation", "change_low", "change_high"]
    table = pd.DataFrame(rows, columns=names)
    with_zero = (table["change_low"] <= 0) & (table["change_high"] >= 0)
    return table.assign(with_zero=with_zero, confidence=confidence, origin="assumption")


def emergence_by_link(told: pd.DataFrame, confidence: float = 0.95) -> pd.DataFrame:
    """Return, for each level, emergence among the poles linked with it and among the others.

    `told`: one row per pole and level, for poles that told both (`level`, `linked`, `stage`). Columns: `level`,
    `count_linked`, `base_linked`, `count_others`, `base_others` in emergence and in all; `difference` (linked - others)
    with Newcombe's interval `low` to `high`, `fisher` (two-sided p-value); these are empty with a `reason` where one of
    the groups has no pole. The table is a base for protected tables: counts can be small.
    """
    rows = []
    for level, group in told.groupby("level", sort=False):
        sides = (group.loc[group["linked"] == side, "stage"].eq(STAGE) for side in (True, False))
        yes, no = ((int(stages.sum()), len(stages)) for stages in sides)
        compared: tuple[float | None, ...] = (None, None, None, None)
        if yes[1] and no[1]:
            found = newcombe(yes, no, confidence)
            compared = found.estimate, found.low, found.high, fisher(yes, no)
        reason = "" if yes[1] and no[1] else "every_pole_linked" if yes[1] else "no_pole_linked"
        rows.append((str(level), *yes, *no, *compared, reason))
    names = ["level", "count_linked", "base_linked", "count_others", "base_others", "difference", "low", "high"]
    return pd.DataFrame(rows, columns=[*names, "fisher", "reason"])
