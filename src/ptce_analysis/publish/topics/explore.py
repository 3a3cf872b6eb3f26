"""Figures of the reader's own: what a researcher types in the notebook to explore, shown as the pages show theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from ptce_analysis.analysis.audit.records import Verdict
from ptce_analysis.analysis.percent import LARGEST_BASE, percent, runs
from ptce_analysis.errors import InputError
from ptce_analysis.publish.exhibit import Column, Exhibit
from ptce_analysis.publish.language import Number, Sentence, Words
from ptce_analysis.publish.phrases import told
from ptce_analysis.publish.sentences import joined
from ptce_analysis.publish.topics.emergence_exhibits import methods
from ptce_analysis.publish.topics.funding_labels import QUANTITY_LABELS

# The statistics whose bounds are shown for a row of the reader's own.
SHOWN = ("max", "sd", "gini", "top_half_share")


def percentage(words: Words, value: str | int, base: int) -> Sentence:
    """Return whether a percentage can be printed for a base, which counts give it or come near, and other bases."""
    found: dict[str, Any] = percent(value, base)
    printed = f"{value}".replace("%", "").strip().replace(*(".,", ",.")[words.lang == "en"])
    told: dict[str, Any] = {"value": printed, "base": Number(base, "count")}
    others = words(
        "Up to {largest}, it can be printed on these bases: {bases}.",
        largest=Number(LARGEST_BASE, "count"),
        bases=runs(found["bases"]) or str(words("none")),
    )
    if found["possible"]:
        counts = words.listing(map(str, found["counts"]))
        return joined(
            [words("{value}% of {base} can be printed: it stands for {counts}.", counts=counts, **told), others]
        )
    nearest = words.listing(map(str, found["nearest"]))
    return joined(
        [words("No whole number of {base} prints as {value}%; nearest: {nearest}.", nearest=nearest, **told), others]
    )


def two_rates(words: Words, found: dict[str, Any]) -> Exhibit:
    """Return every comparison of two rates (what `rates` gives), each with its method, convention and source."""
    groups = [f"{found[side]['count']}/{found[side]['base']}" for side in ("first", "second")]
    return replace(
        methods(words, found, groups),
        key="own_rates",
        note=words("Differences are second rate minus first; ratios are second over first."),
        population=words("Two groups given by the reader, taken as independent."),
    )


def row_bounds(words: Words, found: dict[str, Any]) -> Exhibit:
    """Return what a row (number, sum, median; what `feasible` gives) determines of the amounts behind it."""
    rows = [
        {"name": str(words("Smallest sum with this number and median")), "low": found["min_sum"], "high": ""},
        {"name": str(words("Highest median with this number and sum")), "low": "", "high": found["max_median"]},
    ]
    rows += [_bound(words, statistic, found["bounds"][statistic]) for statistic in SHOWN if found["possible"]]
    numbers = {
        "n": Number(found["n"], "count"),
        "total": Number(found["total"], "number2"),
        "median": Number(found["median"], "number2"),
    }
    return Exhibit(
        key="own_row",
        title=_row_title(words, found, numbers),
        measure=words("In the unit in which the row was typed; indices and shares between 0 and 1"),
        note=words(
            "Every value between two bounds is given by some amounts that round to the row, and no other value is."
            " Which of them is true cannot be known from the row."
        ),
        reading=words(
            "Amounts with this number and median add up to {least} or more.", least=Number(found["min_sum"], "number2")
        ),
        population=words("All sets of {n} amounts, none negative, that round to the row.", n=numbers["n"]),
        source=words("Figures typed in this notebook by its reader."),
        origin="assumption",
        data=pd.DataFrame(rows),
        columns=(
            Column("name", str(words("Statistic"))),
            Column("low", str(words("Bound, from")), "number2"),
            Column("high", str(words("Bound, to")), "number2"),
        ),
    )


def _row_title(words: Words, found: dict[str, Any], numbers: dict[str, Number]) -> Sentence:
    if not found["possible"]:
        return words("No {n} amounts can add up to {total} with a median of {median}", **numbers)
    bound = found["bounds"]["max"]
    return words(
        "{n} amounts that add up to {total} with a median of {median}: the largest is between {low} and {high}",
        low=Number(bound["low"], "number2"),
        high=Number(bound["high"], "number2"),
        **numbers,
    )


def _bound(words: Words, statistic: str, bound: dict[str, Any]) -> dict[str, Any]:
    """A line of the table; a bound that does not exist is left blank."""
    label = words.label(QUANTITY_LABELS[statistic])
    ends = {end: "" if bound[end] is None else bound[end] for end in ("low", "high")}
    return {"name": label[0].upper() + label[1:], **ends}


def verdicts(words: Words, found: Sequence[Verdict]) -> Exhibit:
    """Return the verdict on each figure of a report of the reader’s own, with the arithmetic that decides it.

    Refuses a report of which no figure can be tested.
    """
    data = told(words, (verdict for verdict in found if verdict.verdict != "unverifiable"))
    if data.empty:
        raise InputError(
            "none of these figures can be tested: type a percentage with its base, or number, sum and median of a row."
        )
    first = data.iloc[0]
    return Exhibit(
        key="own_verdicts",
        title=words(
            "{n} figures can be compared with others, one verdict each, with its arithmetic",
            n=Number(len(data), "count"),
        ),
        measure=words("Figure as published, verdict, arithmetic"),
        note=words(
            "Of several verdicts on a figure the worst is shown. It concerns figures together, not which is wrong."
        ),
        reading=words(
            "{name}: {verdict}. {reason}", name=first["label"], verdict=first["word"], reason=first["reason"]
        ),
        population=words("The figures of the file that can be tested."),
        source=words("The sources named in the last column, as the file names them."),
        origin="derived",
        data=data,
        columns=(
            Column("label", str(words("Published figure"))),
            Column("printed", str(words("Value"))),
            Column("word", str(words("Verdict"))),
            Column("reason", str(words("Arithmetic"))),
            Column("source", str(words("Source"))),
        ),
    )
