"""Mean against median amount by level, and what the gap between them forces."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ptce_analysis.analysis.identification import Limits
from ptce_analysis.publish import drawings
from ptce_analysis.publish.exhibit import Column, Exhibit, NothingToShow
from ptce_analysis.publish.language import Number, Sentence, Words
from ptce_analysis.publish.topics import sources
from ptce_analysis.publish.topics.funding_exhibits import Row, known_amounts, named, population
from ptce_analysis.publish.topics.funding_labels import at_least, origin_of


def mean_median_figure(words: Words, table: pd.DataFrame, limits: Mapping[str, Mapping[str, Limits | None]]) -> Exhibit:
    """Return the figure of mean against median amount by level, and what the widest gap forces.

    Raises `NothingToShow` where no amount was found, or no median can be used.
    """
    known_amounts(words, table)
    data = named(words, table)
    ratios = (data["mean_eur"] / data["median_used_eur"].where(data["median_used_eur"] > 0)).dropna()
    if ratios.empty:
        raise NothingToShow(words("No level has a median that can be used: there is no mean to set against one."))
    widest = dict(data.loc[ratios.idxmax()])
    numbers = {
        "level": widest["name"],
        "median": Number(widest["median_used_eur"], "keur"),
        "mean": Number(widest["mean_eur"], "keur1"),
    }
    return Exhibit(
        key="mean_median",
        title=_gap_title(words, widest, limits[widest["level"]]["top_half_share"]),
        measure=words("Mean and median amount per supported project"),
        note=words(
            "A median is drawn only where some amounts can have the printed number, total and median. The gap does"
            " not say which level is more unequal: a few amounts far above the others, or many a little above, give"
            " the same."
        ),
        reading=words(
            "{level}: at least half of the {n} amounts are {median} or less; the mean is {mean}.",
            n=Number(widest["n_amounts"], "count"),
            **numbers,
        ),
        population=population(words, table),
        source=sources.computed_from_deck(words),
        origin=origin_of(table),
        alt=words(
            "Two points per level, median and mean amount per project. Widest gap: {level}, median {median}, mean"
            " {mean}.",
            **numbers,
        ),
        data=data.assign(used=[_yes_no(words, pd.notna(value)) for value in data["median_used_eur"]]),
        columns=(
            Column("name", str(words("Level"))),
            Column("n_amounts", str(words("Amounts")), "count"),
            Column("median_eur", str(words("Median, as printed")), "keur"),
            Column("used", str(words("Is it drawn?"))),
            Column("mean_eur", str(words("Mean")), "keur1"),
        ),
        draw=lambda frame: drawings.pairs(
            words,
            frame,
            first=("median_used_eur", str(words("Median"))),
            second=("mean_eur", str(words("Mean"))),
            kind="keur",
            missing=str(words("median not usable")),
        ),
    )


def _yes_no(words: Words, said: bool) -> str:
    return str(words("yes") if said else words("no"))


def _gap_title(words: Words, widest: Row, top_half: Limits | None) -> Sentence:
    ratio = widest["mean_eur"] / widest["median_used_eur"]
    if ratio <= 1 or top_half is None:
        return words("No mean is above the median where the median can be used")
    return words(
        "For {level} the mean is {times} times the printed median: the {k} largest of the {n} amounts make up at least"
        " {share} of the money",
        level=widest["name"],
        times=Number(ratio, "years"),
        k=Number(int(widest["n_amounts"]) // 2, "count"),
        n=Number(widest["n_amounts"], "count"),
        share=at_least(top_half[0]),
    )
