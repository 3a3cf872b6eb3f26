"""Did the share of emerging poles change? Every reading of the printed shares, compared in every way.

A share printed without its count can stand for several counts, and no count of the stated base may print as that share.
Each possibility is a reading; all are carried along, none is chosen. A change is the second wave less the first, as a
share between -1 and 1: a fall is negative.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

from ptce_analysis.analysis.intervals import DIFFERENCES, JEFFREYS, SINGLES, Rate, checked_pair, newcombe, prob_decrease
from ptce_analysis.analysis.percent import attainable_counts, joint_bases, nearest_counts
from ptce_analysis.analysis.rates import METHODS, POWER, TESTS, detectable, fisher, rates, sample_size
from ptce_analysis.errors import InputError
from ptce_analysis.published import Fact, Facts
from ptce_analysis.vocabulary import WAVES

INDICATOR, STAGE = "emergence_share", "emergence"

# The intervals of a change, and the tests of it: each interval is a pair of columns, `_low` and `_high`.
INTERVALS = (*(method.__name__ for method in DIFFERENCES), "bayes")
P_VALUES = tuple(test.__name__ for test in TESTS)


def wave_readings(facts: Facts, wave: int) -> pd.DataFrame:
    """Return every reading of a wave's share (every count that it can stand for), in the order of the facts.

    - `reading`: `10/52`, or `≥ 22/42`; `count`, `n`; `share`, count over n; `printed`, the share as printed; `wave`.
    - `basis` of n: `printed_base`, `respondents` (of the same source and wave), `fewer_answers` (some of them left the
      question out) or `identified` (all poles the source identifies); all but the first are assumed.
    - `prints`: whether count over n prints as the share. `at_least`: the source says more than the share, `count` being
      the smallest that is. `identified`: how many poles the source identifies, if it says so.

    Raises `InputError` when no such share is printed, or none has a base, or a count that is more than it.
    """
    found = [fact for fact in facts.values() if (fact.indicator, fact.wave, fact.level) == (INDICATOR, wave, "")]
    if not found:
        printed = sorted({fact.wave for fact in facts.values() if fact.indicator == INDICATOR})
        raise InputError(f"{INDICATOR}, wave {wave}: no figure is printed. Waves that print it: {printed or 'none'}.")
    rows = [row for fact in found for row in _fact_readings(facts, fact)]
    if not rows:
        raise InputError(f"{found[0].id}: value {found[0].value}: no count of its base is more than that share.")
    return pd.DataFrame(rows).astype({"identified": "Int64"})


def _fact_readings(facts: Facts, fact: Fact) -> Iterator[dict[str, Any]]:
    whole = [o for o in facts.values() if (o.source, o.wave, o.level) == (fact.source, fact.wave, "")]
    identified = [int(o.value) for o in whole if o.indicator == "poles_identified" and o.is_stated]
    at_least = fact.limit == "minimum"
    known = {"printed": float(fact.value), "wave": fact.wave, "identified": identified[0] if identified else None}
    for basis, n, counts in _counts_by_base(fact, whole, identified):
        printing = attainable_counts(fact.value, n, fact.grain)
        for k in counts:
            reading = {"reading": f"{'≥ ' * at_least}{k}/{n}", "count": k, "share": k / n, "basis": basis, "n": n}
            yield reading | {"prints": at_least or k in printing, "at_least": at_least} | known


def _counts_by_base(fact: Fact, whole: list[Fact], identified: list[int]) -> Iterator[tuple[str, int, Iterable[int]]]:
    respondents = [int(o.value) for o in whole if o.indicator == "respondents" and o.is_stated]
    if not fact.base_n and not respondents:
        raise InputError(
            f"{fact.id}: no base is printed. Give base_n, or a figure `respondents` of that wave and source."
        )
    # The base of a share is assumed as in the audit; a share said of more units than answered is read on those that
    # answered.
    base = min([n for n in (fact.base_n, *respondents) if n])
    basis = "printed_base" if base == fact.base_n else "respondents"
    if fact.limit == "minimum":
        # Assumption (02): “En majorité” means strictly more than half. Source: ordinary French usage. If wrong: the
        # smallest majority has one cluster fewer.
        yield basis, base, range(math.floor(fact.value * base) + 1, base + 1)[:1]
        return
    counts = attainable_counts(fact.value, base, fact.grain)
    yield basis, base, counts or nearest_counts(fact.value, base)
    others = list[tuple[str, int]]()
    if not counts:
        # Assumption (02): No question was left out by more clusters than the least answered one whose base is known.
        # Source: none; without a limit, one cluster out of five would do. If wrong: more readings are possible, on
        # smaller bases.
        least = min([base, *(o.base_n for o in whole if o.base_n)])
        smaller = reversed(joint_bases([(fact.value, fact.grain)], base))
        others = [("fewer_answers", n) for n in smaller if n >= least]
    if not counts or basis == "respondents":
        others += [("identified", n) for n in sorted({*identified, fact.base_n or 0}) if n > base]
    yield from ((name, n, attainable_counts(fact.value, n, fact.grain)) for name, n in others)


def readings(facts: Facts, confidence: float = 0.95, waves: tuple[int, int] = WAVES) -> pd.DataFrame:
    """Return one row per pair of readings of the printed shares: the counts, and every comparison of them.

    - `reading`: `13/42 → 10/52`; `in_words`: one of these counts is a lower bound.
    - The columns of `wave_readings` ending in `_before` (first wave) and `_after`; `change`, in shares (-0.12: a fall).
    - `newcombe_low`, `newcombe_high` and so on: intervals of the change at `confidence`; `bayes_…`: credible ones.
    - `prob_fall`: its posterior probability (uniform priors); `prob_fall_jeffreys`: with Jeffreys'.
    - `fisher`, `mid_p`, `barnard`, `boschloo`, `pearson`: two-sided p-values, empty where there is none.
    - `confidence`; `origin`: `derived` when both counts follow from what is printed, `assumption` otherwise.
    """
    first, second = (wave_readings(facts, wave) for wave in waves)
    pairs = first.merge(second, how="cross", suffixes=("_before", "_after"))
    counts = zip(*(pairs[name] for name in ("count_before", "n_before", "count_after", "n_after")), strict=True)
    compared = pd.DataFrame([_compared((k1, n1), (k2, n2), confidence) for k1, n1, k2, n2 in counts])
    sides = ["before", "after"]
    in_words = pairs[[f"at_least_{side}" for side in sides]].any(axis=1)
    sure = pairs[[f"prints_{side}" for side in sides]].all(axis=1) & ~in_words
    sure &= (pairs[[f"basis_{side}" for side in sides]] == "printed_base").all(axis=1)
    return pairs.join(compared.astype(dict.fromkeys(P_VALUES, "float64"))).assign(
        reading=pairs["reading_before"] + " → " + pairs["reading_after"],
        in_words=in_words,
        confidence=confidence,
        origin=sure.map({True: "derived", False: "assumption"}),
    )


def _compared(first: Rate, second: Rate, confidence: float) -> dict[str, Any]:
    found = rates(first, second, confidence)
    changes = _changes(found)
    return {
        "change": changes["newcombe"][0],
        **{f"{name}_low": low for name, (_, low, _) in changes.items()},
        **{f"{name}_high": high for name, (_, _, high) in changes.items()},
        "prob_fall": found["bayes"]["prob_decrease"],
        "prob_fall_jeffreys": prob_decrease(first, second, JEFFREYS),
        **found["tests"],
    }


def _changes(found: Mapping[str, Any]) -> dict[str, tuple[float, float, float]]:
    """The change with its bounds by each method: `rates` gives first - second."""
    given = {name: (found["difference"], ends) for name, ends in found["intervals"].items()}
    given["bayes"] = found["bayes"]["difference"], found["bayes"]["interval"]
    return {name: (0 - middle, 0 - high, 0 - low) for name, (middle, (low, high)) in given.items()}


def by_method(found: Mapping[str, Any]) -> pd.DataFrame:
    """Return what `rates` gives for two groups as a table, one row per method.

    Columns: `quantity` (`share_before`, `share_after`, `change`, `ratio`, `odds_ratio`, `test`; the second group less,
    or over, the first), `method`, `estimate`, `low`, `high`, `p_value` (empty where there is none), then `convention`
    and `published`, as in `METHODS`.
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
    columns = ["quantity", "method", "estimate", "low", "high", "p_value", "convention", "published"]
    cells = [(*row[:3], *(row[3] or (None, None)), row[4], *METHODS[row[1]]) for row in rows]
    return pd.DataFrame(cells, columns=columns).astype(dict.fromkeys(columns[2:6], "float64"))


def first_pair(table: pd.DataFrame) -> tuple[Rate, Rate]:
    """Return counts and bases of the first pair of readings (the base of all respondents)."""
    k1, n1, k2, n2 = map(int, table[["count_before", "n_before", "count_after", "n_after"]].iloc[0])
    return (k1, n1), (k2, n2)


def conclusion(table: pd.DataFrame) -> pd.Series:
    """Return what the readings (the table of `readings`) say together, as a record.

    - `share_before`, `share_after`: as printed; `identified`: poles that the second source identifies, None if untold.
    - `printed`, `in_words`: what the readings of printed shares say, and those told in words; None where there is none.
      `depends_on_definition`: a fall beyond chance is found under one and not under the other.
    - `fall`: the share at or below which two surveys of these `sizes` detect a fall (mid-p test at `level`) with
      `power`, None without one; `needed`: respondents each needs to tell the two shares apart, None if no number would
      do; `needs_more_than_identified`.
    """
    printed, words = (_verdict(table[rows]) if rows.any() else None for rows in (~table["in_words"], table["in_words"]))
    first = table.iloc[0]
    level, sizes = round(1 - float(first["confidence"]), 12), (int(first["n_before"]), int(first["n_after"]))
    shares = float(first["printed_before"]), float(first["printed_after"])
    identified = None if pd.isna(first["identified_after"]) else int(first["identified_after"])
    needed = sample_size(shares, level=level)
    found = {
        "share_before": shares[0],
        "share_after": shares[1],
        "printed": printed,
        "in_words": words,
        "depends_on_definition": len({one.fall_beyond_chance for one in (printed, words) if one is not None}) == 2,
        "sizes": sizes,
        "level": level,
        "power": POWER,
        "fall": detectable(shares[0], sizes, level=level),
        "needed": needed,
        "identified": identified,
        "needs_more_than_identified": identified is not None and (needed is None or needed > identified),
    }
    return pd.Series(found, dtype="object")


def _verdict(table: pd.DataFrame) -> pd.Series:
    """What readings say together: the extremes of all intervals of the change, p-values and probabilities of a fall.

    `zero_inside`: of every interval. `fall_beyond_chance`: every interval is below zero and every test below
    1 - confidence, also for any larger count where a count is a lower bound.
    """
    lows, highs = (table[[f"{name}_{bound}" for name in INTERVALS]].to_numpy() for bound in ("low", "high"))
    p_values, prob_fall = table[list(P_VALUES)], table[["prob_fall", "prob_fall_jeffreys"]]
    unlikely = bool((p_values < 1 - table["confidence"].iloc[0]).all(axis=None))
    found = {
        "n_readings": len(table),
        "interval_low": lows.min(),
        "interval_high": highs.max(),
        "p_low": p_values.min(axis=None),
        "p_high": p_values.max(axis=None),
        "prob_fall_low": prob_fall.min(axis=None),
        "prob_fall_high": prob_fall.max(axis=None),
        "zero_inside": bool(((lows <= 0) & (highs >= 0)).all()),
        "all_lower": bool(table["change"].max() < 0),
        "fall_beyond_chance": unlikely and bool((highs < 0).all()) and not table["at_least_after"].any(),
    }
    return pd.Series(found, dtype="object")


def non_response(facts: Facts, wave: int, against: int) -> pd.DataFrame:
    """Return what the silent poles of a wave could make of the share of all: a row per reading of it and of `against`.

    - The columns of `wave_readings`; `silent`: the poles identified less n (empty, as all that follows, when the source
      of the share identifies no number, or one below n).
    - `worst_low`, `worst_high`: the share among all poles if no silent one is in emergence, and if all are. Source:
      Manski 1989, Journal of Human Resources 24.
    - `target_reading`, `target`: the reading of the other wave, and its share. `silent_share`: the share of the silent
      in emergence that would make the share of all poles the target; empty when none would.
    """
    one, other = wave_readings(facts, wave), wave_readings(facts, against)
    targets = other[["reading", "share"]].set_axis(["target_reading", "target"], axis=1)
    table = one.merge(targets, how="cross")
    # Assumption (02): The clusters that could answer are those identified on the slides. Source: the slides; another
    # document speaks of more than a hundred. If wrong: every limit is wider.
    whole = table["identified"].astype("float64").where(table["identified"] >= table["n"])
    silent = whole - table["n"]
    needed = (whole * table["target"] - table["count"]) / silent
    return table.assign(
        silent=silent.astype("Int64"),
        worst_low=table["count"] / whole,
        worst_high=(table["count"] + silent) / whole,
        silent_share=needed.where(needed.between(0, 1)),
    )


def overlap(first: Rate, second: Rate, confidence: float = 0.95) -> pd.DataFrame:
    """Return the interval of the change (second - first) by number of common units and likeness of their two answers.

    One row per `n_common` (from 0 to the smaller group) and `case` of the `correlation` of a unit's two answers:
    `worst` and `best`, the lowest and highest that the shares allow (Fréchet's limits), and `independent`. Newcombe's
    interval, `change_low` to `change_high`, is for shares with the correlation n_common correlation / sqrt(n1 n2);
    `with_zero`: it contains zero.
    """
    # Assumption (02): The clusters that answered both surveys have the shares of their whole group. Source: none. If
    # wrong: the interval is only an order of magnitude.
    (k1, n1), (k2, n2) = checked_pair(first, second)
    p1, p2 = k1 / n1, k2 / n2
    spread = math.sqrt(p1 * (1 - p1) * p2 * (1 - p2)) or math.inf
    lowest, highest = (max(0.0, p1 + p2 - 1) - p1 * p2) / spread, (min(p1, p2) - p1 * p2) / spread
    cases = {lowest: "worst", 0.0: "independent", highest: "best"}  # one case where the shares allow no correlation
    rows = []
    for m in range(min(n1, n2) + 1):
        for phi in sorted(cases):
            found = newcombe(second, first, confidence, m * phi / math.sqrt(n1 * n2))
            rows.append((m, cases[phi], phi, found.low, found.high))
    table = pd.DataFrame(rows, columns=["n_common", "case", "correlation", "change_low", "change_high"])
    return table.assign(with_zero=(table["change_low"] <= 0) & (table["change_high"] >= 0))


def emergence_by_link(told: pd.DataFrame, confidence: float = 0.95) -> pd.DataFrame:
    """Return, for each level, emergence among the poles linked with it and among the others; counts can be small.

    `told`: one row per pole and level (`level`, `linked`, `stage`). Columns: `level`, `count_linked`, `base_linked`,
    `count_others`, `base_others` in emergence and in all; `difference` (linked - others) with Newcombe's interval `low`
    to `high`, `fisher` (two-sided p-value); these are empty where a group has no pole.
    """
    rows = []
    for level, group in told.groupby("level", sort=False):
        sides = (group.loc[group["linked"] == side, "stage"].eq(STAGE) for side in (True, False))
        yes, no = ((int(stages.sum()), len(stages)) for stages in sides)
        compared: tuple[float | None, ...] = (None, None, None, None)
        if yes[1] and no[1]:
            found = newcombe(yes, no, confidence)
            compared = found.estimate, found.low, found.high, fisher(yes, no)
        rows.append((str(level), *yes, *no, *compared))
    names = ["level", "count_linked", "base_linked", "count_others", "base_others", "difference", "low", "high"]
    return pd.DataFrame(rows, columns=[*names, "fisher"])
