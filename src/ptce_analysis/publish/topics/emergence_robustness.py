"""What silence, poles that answered twice and the size of the surveys could change: figures of the emergence notebook."""

from __future__ import annotations

import pandas as pd

from ptce_analysis.analysis.proportions.power import Detectable
from ptce_analysis.analysis.proportions.records import REASONS
from ptce_analysis.publish import drawings
from ptce_analysis.publish.exhibit import Column, Exhibit, with_rows
from ptce_analysis.publish.language import Number, Words
from ptce_analysis.publish.topics import sources
from ptce_analysis.publish.topics.emergence import population


def non_response(words: Words, table: pd.DataFrame) -> Exhibit:
    """Return the figure of what silent poles could make of the share: worst cases, and random response."""
    why = next(filter(None, table["reason"]), "population_not_found")
    nothing = words("Nothing bounds the share among all poles: {reason}.", reason=words(REASONS[why]))
    known = with_rows(table[table["reason"] == ""], nothing)
    data = known.drop_duplicates("reading").reset_index(drop=True)
    data = data.assign(name=data["reading"])
    first, target = data.iloc[0], float(data["target"].iloc[0])
    return Exhibit(
        key="non_response",
        title=words(
            "Those who did not answer leave the share of all poles anywhere between {low} and {high}",
            low=Number(data["worst_low"].min(), "share"),
            high=Number(data["worst_high"].max(), "share"),
        ),
        measure=words("Share of emerging poles among all poles identified in 2015, by reading of the printed share"),
        note=words(
            "The narrow band is the exact interval at {confidence} for answers drawn at random: nothing says that they were."
            " Point: share of those who answered.",
            confidence=Number(float(first["confidence"]), "share"),
        ),
        reading=words(
            "Read as {name}: between {low} and {high} of all poles, whatever the silent ones are.",
            name=first["name"],
            low=Number(first["worst_low"], "share1"),
            high=Number(first["worst_high"], "share1"),
        ),
        population=words("The {n} poles identified in 2015.", n=Number(int(first["identified"]), "count")),
        source=sources.computed_from_deck(words),
        origin="assumption",
        alt=words(
            "Bands by reading: from {low} to {high} in the worst cases, where {target} was printed for the other wave.",
            low=Number(data["worst_low"].min(), "share"),
            high=Number(data["worst_high"].max(), "share"),
            target=Number(target, "share"),
        ),
        data=data,
        columns=(
            Column("name", str(words("Reading"))),
            Column("share", str(words("Share of respondents")), "share1"),
            Column("worst_low", str(words("Worst case, from")), "share1"),
            Column("worst_high", str(words("Worst case, to")), "share1"),
            Column("random_low", str(words("Random response, from")), "share1"),
            Column("random_high", str(words("Random response, to")), "share1"),
        ),
        draw=lambda frame: drawings.bands(
            words,
            frame,
            x="share",
            wide=("worst_low", "worst_high", str(words("whatever the silent poles are"))),
            narrow=("random_low", "random_high", str(words("if answers were drawn at random"))),
            reference=(target, str(words("share printed for 2013"))),
            kind="share",
        ),
    )


# Numbers of common poles shown: every third one, and both ends, are enough to draw and to read.
OVERLAP_STEP = 3


def _thinned(table: pd.DataFrame) -> pd.DataFrame:
    """The table for some numbers of common poles, and for the lowest, no and the highest correlation."""
    counts = table["n_common"]
    some = (counts % OVERLAP_STEP == 0) | (counts == counts.max())
    return table[some & (table["case"] != "")].reset_index(drop=True)


def overlap(words: Words, table: pd.DataFrame) -> Exhibit:
    """Return the figure of the interval by number of common respondents and likeness of their answers."""
    data = _thinned(table)
    alone, best = data.iloc[0], data.iloc[-1]
    return Exhibit(
        key="overlap",
        title=words(
            "If {n} poles had answered twice, as alike as the two shares allow (a correlation of {correlation}), the interval"
            " would run from {low} to {high}",
            n=Number(int(best["n_common"]), "count"),
            correlation=Number(best["correlation"], "number2"),
            low=Number(best["change_low"], "points"),
            high=Number(best["change_high"], "points"),
        ),
        measure=words("Newcombe interval of the change, in points, by number of poles that answered both surveys"),
        note=words(
            "The correlation of a pole’s two answers runs over what the two shares allow (Fréchet limits). Common poles are assumed"
            " to have the shares of their whole group."
        ),
        reading=words(
            "With no common pole the interval runs from {low} to {high}.",
            low=Number(alone["change_low"], "points"),
            high=Number(alone["change_high"], "points"),
        ),
        population=population(words),
        source=sources.computed_from_deck(words),
        origin="assumption",
        alt=words(
            "Limits of the interval by number of common poles, for several correlations; with none, from {low} to {high}.",
            low=Number(alone["change_low"], "points"),
            high=Number(alone["change_high"], "points"),
        ),
        data=data,
        columns=(
            Column("n_common", str(words("Common poles")), "count"),
            Column("correlation", str(words("Correlation of the two answers")), "number"),
            Column("change_low", str(words("from")), "points"),
            Column("change_high", str(words("to")), "points"),
        ),
        draw=lambda frame: drawings.limits(
            words,
            frame,
            x="n_common",
            low="change_low",
            high="change_high",
            by="correlation",
            kind="points",
            name=str(words("correlation")),
            across=str(words("poles that answered both surveys")),
        ),
    )


def power(words: Words, table: pd.DataFrame, found: Detectable) -> Exhibit:
    """Return the figure of the power of the two waves, by the share the second could have had."""
    data = table.reset_index(drop=True)
    lower = data[data["share_after"] <= found.share]
    nearest = lower.loc[(lower["power"] - found.power).abs().idxmin()]
    fall = Number(found.fall, "share1")
    said = {"share": Number(found.share, "share1"), "power": Number(found.power, "share")}
    return Exhibit(
        key="power",
        title=words("Two surveys of this size may well miss a fall, unless the share drops below {fall}", fall=fall)
        if fall.value
        else words("Two surveys of this size may well miss any fall"),
        measure=words(
            "Probability of finding a change, by true share in the second wave (exact power of the mid-p test)"
        ),
        note=words(
            "True share in the first wave: {share}. Line: {power}, a usual requirement. Enumeration of all pairs of counts.",
            **said,
        ),
        reading=words(
            "If the share had become {share}, the change would have been found with probability {power}.",
            share=Number(nearest["share_after"], "share1"),
            power=Number(nearest["power"], "share"),
        ),
        population=words(
            "Two independent waves of {first} and {second} respondents.",
            first=Number(found.sizes[0], "count"),
            second=Number(found.sizes[1], "count"),
        ),
        source=words("Computed; no data but the numbers of respondents and the share printed for 2013."),
        origin="assumption",
        alt=words(
            "Curve of power by second share, lowest near {share}; it reaches {power} at {fall}.", fall=fall, **said
        )
        if fall.value
        else words("Curve of power by second share, lowest near {share}; no fall reaches {power}.", **said),
        data=data,
        columns=(
            Column("share_after", str(words("Share in the second wave")), "share1"),
            Column("power", str(words("Power")), "share"),
        ),
        draw=lambda frame: drawings.curve(
            words, frame, x="share_after", y="power", kind="share", reference=found.power, marked=found.fall
        ),
    )
