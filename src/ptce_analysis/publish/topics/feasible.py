"""What the amounts behind the printed rows could be: the sentences of the notebook on feasible sets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from ptce_analysis.analysis.feasible.levels import N_DRAWS, PROBABILITIES
from ptce_analysis.publish.language import NO_BREAK, Number, Sentence, Words
from ptce_analysis.publish.sentences import joined
from ptce_analysis.publish.topics.funding_labels import level_name, origin_of

SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
SHORT_COUNT = 6  # digits of a number of data sets that are written out


def of_statistic(table: pd.DataFrame, statistic: str) -> pd.DataFrame:
    """Return the rows of one statistic that have bounds, with the columns of `feasible_levels`."""
    return table[(table["statistic"] == statistic) & table["low"].notna()]


def widest(table: pd.DataFrame, statistic: str) -> dict[str, Any] | None:
    """Return the level whose bounds on a statistic are the furthest apart, or None when no level has bounds."""
    rows = of_statistic(table, statistic)
    return None if rows.empty else dict(rows.loc[(rows["high"] - rows["low"]).idxmax()])


def power_of_ten(words: Words, count: int) -> str:
    r"""Return a whole number as readers can take it in: written out when short, else as a power of ten, rounded.

    >>> power_of_ten(Words("en"), 8991628548688797528220177), power_of_ten(Words("en"), 65)
    ('9.0\xa0×\xa010²⁴', '65')
    """
    digits = str(count)
    if len(digits) <= SHORT_COUNT:
        return words.number(Number(count, "count"))
    exponent, tenths = len(digits) - 1, round(int(digits[:3]) / 10)
    exponent, tenths = (exponent + 1, 10) if tenths == 100 else (exponent, tenths)
    mantissa = f"{tenths // 10}{words.decimal_mark}{tenths % 10}"
    return f"{mantissa}{NO_BREAK}×{NO_BREAK}10{str(exponent).translate(SUPERSCRIPTS)}"


def answer(words: Words, table: pd.DataFrame, counts: pd.DataFrame) -> Sentence:
    """Return the page's answer: how little, and how much, the printed rows say of the amounts behind them."""
    largest = widest(table, "max")
    if largest is None:
        return words("No printed row leaves any set of amounts possible: nothing can be said of the amounts.")
    gini = table[(table["statistic"] == "gini") & (table["level"] == largest["level"])].iloc[0]
    known = counts.set_index("level").loc[largest["level"]]
    origin = origin_of(table)
    said = [
        words(
            "The amounts were not found, and the printed rows leave room for very different ones. {level}, for"
            " instance: the largest amount can be anything from {low} to {high}, and the Gini index anything from"
            " {gini_low} to {gini_high}.",
            level=level_name(words, largest["level"]),
            low=Number(largest["low"], "keur1", origin=origin),
            high=Number(largest["high"], "keur1", origin=origin),
            gini_low=Number(gini["low"], "number", origin=origin),
            gini_high=Number(gini["high"], "number", origin=origin),
        )
    ]
    if known["datasets"]:
        said.append(
            words(
                "Counting only multiples of {unit}, about {count} sets of amounts print as that one row.",
                unit=Number(known["unit_eur"], "keur"),
                count=power_of_ten(words, int(known["datasets"])),
            )
        )
    return joined([*said, *_refused(words, table)])


def _refused(words: Words, table: pd.DataFrame) -> list[Sentence]:
    levels = _levels(table, "impossible")
    if not levels:
        return []
    names = words.listing(level_name(words, level) for level in levels)
    return [words("{levels}: no amounts at all have the printed row, which is refused, not repaired.", levels=names)]


def _levels(table: pd.DataFrame, status: str) -> Iterable[str]:
    return list(dict.fromkeys(table.loc[table["status"] == status, "level"]))


def refused(words: Words, table: pd.DataFrame) -> Sentence:
    """Return which levels have neither bounds nor draws, and why."""
    said = _refused(words, table)
    missing = _levels(table, "not found")
    if missing:
        names = words.listing(level_name(words, level) for level in missing)
        said.append(words("{levels}: the row was not found, or not whole.", levels=names))
    return joined(said) if said else words("Under this scenario every printed row leaves some amounts possible.")


def dependence(words: Words, table: pd.DataFrame) -> Sentence:
    """Return how far apart the two reference measures are, and where the second one leaves the bounds."""
    rows = of_statistic(table, "max").dropna(subset=["uniform_high", "entropy_high"])
    rows = rows[rows["uniform_high"] > 0]  # amounts of nothing leave nothing to draw
    if rows.empty:
        return words("No row has draws under both measures.")
    gap = (rows["entropy_high"] / rows["uniform_high"]).idxmax()
    most = rows.loc[gap]
    said = [
        words(
            "{level}: the largest amount is {uniform} or less in {share} of the uniform draws, and {entropy} or less"
            " in as many draws of the other measure. One printed row, two answers.",
            share=Number(PROBABILITIES["high"], "share1", origin="assumption"),
            level=level_name(words, most["level"]),
            uniform=Number(most["uniform_high"], "keur", origin="assumption"),
            entropy=Number(most["entropy_high"], "keur", origin="assumption"),
        )
    ]
    outside = rows[(rows["entropy_high"] > rows["high"]) | (rows["entropy_low"] < rows["low"])]
    if not outside.empty:
        names = words.listing(level_name(words, level) for level in outside["level"])
        said.append(
            words(
                "Maximum-entropy draws even leave the bounds ({levels}): their total is the printed one on average"
                " only.",
                levels=names,
            )
        )
    return joined(said)


def draws_made(words: Words) -> Sentence:
    """Return how many draws stand behind each mark."""
    return words(
        "{n} draws per level and measure, from one fixed seed: the same on every machine.",
        n=Number(N_DRAWS, "count", origin="assumption"),
    )


def no_example(words: Words) -> Sentence:
    """Return why no level can serve as an example."""
    return words("No level has a row that three amounts or more can have exactly: there is no example to show.")


def same_sets(words: Words, sets: pd.DataFrame) -> Sentence:
    """Return how many different sets of amounts attain all the bounds of a level."""
    if sets.empty:
        return no_example(words)
    n = sets["runs"].nunique()
    return words(
        "{level}: {n} sets of amounts are enough to attain all {all} bounds.",
        all=Number(len(sets), "count"),
        level=level_name(words, sets["level"].iloc[0]),
        n=Number(n, "count"),
    )
