"""How the typical pole differs between the two surveys: the sentences of the profile notebook."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ptce_analysis.publish.language import Number, Sentence, Words
from ptce_analysis.publish.sentences import joined
from ptce_analysis.publish.topics import sources as source_lines
from ptce_analysis.publish.topics.funding_labels import level_name
from ptce_analysis.published import indicator

Sources = Mapping[str, Mapping[str, str]]


def label(words: Words, name: str) -> str:
    """Return what an indicator measures."""
    return words.label(indicator(name).label)


def answer(words: Words, pairs: pd.DataFrame) -> Sentence:
    """Return the page's answer: which medians differ whatever their rounding, and that no change follows."""
    if pairs.empty:
        return words("No median was found for both surveys.")
    counts = pairs["direction"].value_counts()
    said = [
        words(
            "{n} medians are printed for both surveys. In the second one, {lower} of them stand lower and {higher}"
            " higher; for {undecided}, the two figures cannot be told apart once their rounding is counted.",
            n=Number(len(pairs), "count"),
            lower=Number(int(counts.get("lower", 0)), "count"),
            higher=Number(int(counts.get("higher", 0)), "count"),
            undecided=Number(int(counts.get("rounding", 0) + counts.get("equal", 0)), "count"),
        ),
        words(
            "They describe two groups of respondents that are not the same poles, and without the answers no median"
            " can be tested: this is no evidence that the typical pole changed."
        ),
    ]
    return joined(said)


def directions(words: Words, pairs: pd.DataFrame) -> Sentence:
    """Return which medians are lower, higher, or not told apart by their rounding."""
    names = {kind: words.listing(_labels(words, pairs, kind)) for kind in ("lower", "higher", "rounding", "equal")}
    said = []
    if names["lower"]:
        said.append(words("Lower in the second survey, whatever the rounding: {names}.", names=names["lower"]))
    if names["higher"]:
        said.append(words("Higher in the second survey, whatever the rounding: {names}.", names=names["higher"]))
    if names["rounding"]:
        said.append(words("Rounding alone could explain the difference for: {names}.", names=names["rounding"]))
    if names["equal"]:
        said.append(words("The same in both surveys: {names}.", names=names["equal"]))
    return joined(said) if said else words("No median was found for both surveys.")


def _labels(words: Words, pairs: pd.DataFrame, kind: str) -> list[str]:
    return [label(words, name) for name in pairs.loc[pairs["direction"] == kind, "indicator"]]


def not_one_source(words: Words, pairs: pd.DataFrame, sources: Sources) -> Sentence:
    """Return who printed the medians of each survey."""
    first, second = (
        words.listing(sorted({source_lines.name(sources, one) for one in pairs[side]}))
        for side in ("first_source", "second_source")
    )
    if pairs.empty:
        return words("No median was found for both surveys.")
    if first == second:
        return words("Both sides are printed by {source}.", source=first)
    return words(
        "The first survey’s medians are told by {first}, those of the second by {second}: the questions may have been"
        " worded or computed differently.",
        first=first,
        second=second,
    )


def links(words: Words, found: pd.DataFrame) -> Sentence:
    """Return the shares of poles linked with a level that are printed for both surveys, and why they do not compare."""
    if found.empty:
        return words("No share of poles linked with a level was found for both surveys.")
    said = [
        words(
            "{level}: {first} of the poles in the first survey, {second} in the second.",
            level=level_name(words, row["level"]),
            first=Number(row["first"], "share", row["first_id"]),
            second=Number(row["second"], "share", row["second_id"]),
        )
        for row in found.to_dict("records")
    ]
    return joined([*said, *_link_cautions(words, found)])


def _link_cautions(words: Words, found: pd.DataFrame) -> list[Sentence]:
    """What the labels of the printed shares say, where it is known that they differ."""
    if "link_share_region_2015" not in set(found["second_id"]):
        return []
    return [
        words(
            "The first is about support by Régions; the second is printed once for « Région et interco », which may"
            " mean each, either or both. The two shares do not measure the same thing, and their difference is no"
            " fall."
        )
    ]


def per_job(words: Words, found: pd.DataFrame) -> Sentence:
    """Return the budget beside one job in totals and in medians of one survey, and what their gap allows to say."""
    by_kind = {kind: some.set_index("wave") for kind, some in found.groupby("kind")}
    both = [wave for wave in found["wave"].drop_duplicates() if all(wave in some.index for some in by_kind.values())]
    if len(by_kind) < 2 or not both:
        return words("Budget and jobs were not found both as totals and as medians of one survey.")
    return joined(_per_job(words, wave, by_kind["totals"].loc[wave], by_kind["medians"].loc[wave]) for wave in both)


def _per_job(words: Words, wave: int, totals: pd.Series, medians: pd.Series) -> Sentence:
    said = {
        "wave": Number(wave, "year"),
        "totals": Number(totals["value_eur"], "keur1"),
        "medians": Number(medians["value_eur"], "keur1"),
    }
    if totals["low_eur"] <= medians["high_eur"] and medians["low_eur"] <= totals["high_eur"]:
        return words(
            "In {wave}, {totals} of budget stand beside one job in totals, {medians} in medians: they agree.", **said
        )
    # Were every pole's budget per job between a and b, both ratios would be too: b / a is at least their ratio.
    apart = max(medians["low_eur"] / totals["high_eur"], totals["low_eur"] / medians["high_eur"])
    return words(
        "In {wave}, {totals} of budget stand beside one job in totals, {medians} in medians, and no rounding closes"
        " the gap. If both describe the same poles, some pole has at least {times} times as much budget per job as"
        " another; if not, jobs, budgets and medians were not counted on the same poles or in the same way. The"
        " printed figures do not say which.",
        times=Number(apart, "years"),
        **said,
    )
