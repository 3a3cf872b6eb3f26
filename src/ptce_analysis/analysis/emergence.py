"""Did the share of emerging poles change? Every reading of the printed shares, compared in every way.

A share printed without its count can stand for several counts, and no count of the stated base may print as that share.
Each possibility is a reading; all are carried along, none is chosen. A change is the second wave less the first, as a
share between -1 and 1: a fall is negative.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ptce_analysis.analysis.intervals import DIFFERENCES, JEFFREYS, SINGLES, Rate, checked_pair, newcombe, prob_decrease
from ptce_analysis.analysis.percent import attainable_bases, attainable_counts, nearest_counts
from ptce_analysis.analysis.rates import METHODS, TESTS, Detectable, detectable, fisher, rates, sample_size
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
    - `basis` of n: `printed_base` (printed beside the share), `respondents` (of the same source and wave: assumed, none
      is printed), `fewer_answers` (fewer than these, assumed: some left the question out), `identified` (all poles the
      source identifies, though fewer answered).
    - `prints`: whether count over n prints as the share. `at_least`: the source says more than the share, and `count`
      is the smallest that is more. `identified`: how many poles the source identifies for the wave, if it says so.

    Raises `InputError` when the wave prints no such share, prints one without any base to read it on, or says in words
    alone more than any count can be.
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
    """The counts that a share can stand for on each base, with the basis of that base."""
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
        smaller = reversed(attainable_bases(fact.value, fact.grain, base))
        others = [("fewer_answers", n) for n in smaller if n >= least]
    if not counts or basis == "respondents":
        others += [("identified", n) for n in sorted({*identified, fact.base_n or 0}) if n > base]
    yield from ((name, n, attainable_counts(fact.value, n, fact.grain)) for name, n in others)


def readings(facts: Facts, confidence: float = 0.95, waves: tuple[int, int] = WAVES) -> pd.DataFrame:
    """Return one row per pair of readings of the printed shares: the counts, and every comparison of them.

    `_before` is the first wave, `_after` the second. Shares and changes are fractions (-0.12: a fall of 12 points).

    - `reading`: the pair, `13/42 → 10/52`; `≥` before a count that is a lower bound.
    - `count_…`, `n_…`, `share_…` and so on: see `wave_readings`. `change`: `share_after` less `share_before`.
    - `newcombe_low`, `newcombe_high`, `agresti_caffo_…`, `miettinen_nurminen_…`: intervals of the change at
      `confidence`; `bayes_…`: its equal-tailed credible interval (uniform priors).
    - `prob_fall`: posterior probability that the share fell (uniform priors); `prob_fall_jeffreys`: with Jeffreys'.
    - `fisher`, `mid_p`, `barnard`, `boschloo`, `pearson`: two-sided p-values of no change, empty where there is none.
    - `in_words`: one of the counts is a lower bound, told in words.
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
    columns = ["quantity", "method", "estimate", "low", "high", "p_value", "convention", "published"]
    cells = [(*row[:3], *(row[3] or (None, None)), row[4], *METHODS[row[1]]) for row in rows]
    return pd.DataFrame(cells, columns=columns).astype(dict.fromkeys(columns[2:6], "float64"))


def first_pair(table: pd.DataFrame) -> tuple[Rate, Rate]:
    """Return counts and bases of the first pair of readings (first source, the base of all respondents)."""
    k1, n1, k2, n2 = map(int, table[["count_before", "n_before", "count_after", "n_after"]].iloc[0])
    return (k1, n1), (k2, n2)


@dataclass(frozen=True)
class ChangeVerdict:
    """What a set of pairs of readings says together; each `_low` and `_high` are the extremes over all of them.

    `interval`: every interval of the change, whatever the method. `p`: the p-values of all tests. `prob_fall`: the
    probability of a fall (both priors). `zero_inside`: every interval contains zero, so that a rise and a fall are both
    compatible with the figures. `all_lower`: the second share is the lower one under every reading.
    `fall_beyond_chance`: every interval lies below zero and every test below 1 - confidence, also for any larger count
    where a count is a lower bound.
    """

    n_readings: int
    interval_low: float
    interval_high: float
    p_low: float
    p_high: float
    prob_fall_low: float
    prob_fall_high: float
    zero_inside: bool
    all_lower: bool
    fall_beyond_chance: bool


@dataclass(frozen=True)
class ChangeConclusion:
    """What may be said of the change, in one record.

    `share_before`, `share_after`: the shares as printed (of the first pair of readings). `printed`: the verdict of the
    readings of printed shares; `in_words`: that of those that rest on words, such as « en majorité »; `None` if there
    is none. `depends_on_definition`: a fall beyond chance is found under one and not under the other. `detectable`: the
    share at or below which a fall would be detected 4 times in 5 by two surveys of this size; `needed`: the respondents
    each survey needs to tell the two shares apart with that power, `None` if no number would do; `identified`: how many
    poles the second source identifies, `None` if it does not say.
    """

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
    first = table.iloc[0]
    identified, level = first["identified_after"], round(1 - float(first["confidence"]), 12)
    shares = float(first["printed_before"]), float(first["printed_after"])
    return ChangeConclusion(
        share_before=shares[0],
        share_after=shares[1],
        printed=printed,
        in_words=words,
        depends_on_definition=len({one.fall_beyond_chance for one in (printed, words) if one}) == 2,
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
        interval_low=float(lows.min()),
        interval_high=float(highs.max()),
        p_low=float(p_values.min(axis=None)),
        p_high=float(p_values.max(axis=None)),
        prob_fall_low=float(prob_fall.min(axis=None)),
        prob_fall_high=float(prob_fall.max(axis=None)),
        zero_inside=bool(((lows <= 0) & (highs >= 0)).all()),
        all_lower=bool(table["change"].max() < 0),
        fall_beyond_chance=unlikely and bool((highs < 0).all()) and not table["at_least_after"].any(),
    )


def non_response(facts: Facts, wave: int, against: int) -> pd.DataFrame:
    """Return, for every reading of a wave's share, what its silent poles could make of the share of all poles.

    This concerns the stock of poles of one wave whose population is published, never the change between two waves. One
    row per reading of the wave and per reading of the wave it is held `against`. Shares are fractions.

    - The columns of `wave_readings`. `silent`: the poles identified less n (no answer, or not to this question); empty,
      as all that follows, when the source of the share identifies no number, or one below n.
    - `worst_low`, `worst_high`: share among all poles if no silent pole is in emergence, and if all are. They hold
      whatever the silent are, and carry no sampling error (Manski 1989, Journal of Human Resources 24).
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

    How many units answered twice, and how alike their two answers are, was not found: the table only shows how far the
    comparison of independent groups could be off. One row per number of common units (`n_common`, 0 to the smaller
    group) and per `case` of the `correlation` of a unit's two answers: `worst` and `best`, the lowest and the highest
    that the two shares allow (Fréchet's limits), and `independent`. `change_low`, `change_high`: Newcombe's interval
    when the two shares have the correlation n_common correlation / sqrt(n1 n2); `with_zero`: it contains zero.
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
    """Return, for each level, emergence among the poles linked with it and among the others.

    `told`: one row per pole and level, for poles that told both (`level`, `linked`, `stage`). Columns: `level`,
    `count_linked`, `base_linked`, `count_others`, `base_others` in emergence and in all; `difference` (linked - others)
    with Newcombe's interval `low` to `high`, `fisher` (two-sided p-value); these are empty where one of the groups has
    no pole. The table is a base for protected tables: counts can be small.
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
