"""The figures and tables of the profile notebook."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ptce_analysis.publish import drawings
from ptce_analysis.publish.exhibit import Column, Exhibit, with_rows
from ptce_analysis.publish.language import Number, Words
from ptce_analysis.publish.phrases import printed
from ptce_analysis.publish.topics import sources as source_lines
from ptce_analysis.publish.topics.profile import Sources, label
from ptce_analysis.published import Fact, Facts, indicator
from ptce_analysis.vocabulary import Label

Row = dict[str, Any]

MILLION = 1_000_000
DIRECTION_COLOURS = {"lower": "second", "higher": "third", "rounding": "muted", "equal": "muted"}
DIRECTION_LABELS: dict[str, Label] = {
    "lower": ("lower, whatever the rounding", "plus basse, quel que soit l’arrondi"),
    "higher": ("higher, whatever the rounding", "plus haute, quel que soit l’arrondi"),
    "rounding": ("not told apart by the rounding", "que l’arrondi ne permet pas de départager"),
    "equal": ("equal", "égale"),
}


def _name(words: Words, measured: str) -> str:
    text = label(words, measured)
    return text[0].upper() + text[1:]


def _as_printed(words: Words, fact: Fact) -> str:
    """A printed figure, whole millions without decimals."""
    whole_millions = fact.unit == "eur" and fact.grain >= MILLION
    return words.number(Number(fact.value, "meur2")) if whole_millions else printed(words, fact)


def medians(words: Words, pairs: pd.DataFrame, facts: Facts, sources: Sources) -> Exhibit:
    """Return the figure of each median's relative change, with what rounding allows and both printed values."""
    nothing = words("No median was found for both surveys: there is nothing to compare.")
    data = with_rows(pairs, nothing).assign(**_told(words, pairs, facts, sources))
    first, last = dict(data.iloc[0]), dict(data.iloc[-1])
    n_apart = int(data["direction"].isin(["lower", "higher"]).sum())
    waves = {"first": str(facts[first["first_id"]].wave), "second": str(facts[first["second_id"]].wave)}
    return Exhibit(
        key="medians",
        title=words(
            "{n} of the {all} medians differ by more than their rounding, among respondents that are not the same",
            n=Number(n_apart, "count"),
            all=Number(len(data), "count"),
        ),
        measure=words("Median printed for {second} against {first}: relative difference", **waves),
        note=words(
            "Bar: every difference that the rounding of both medians allows. It is no confidence interval: what"
            " chance may do to a median is not known without the answers. Each label gives both printed values; staff"
            " is in full-time equivalents."
        ),
        reading=words(
            "{name}: {before}, then {after}, a difference of {change}; with roundings, from {low} to {high}.",
            name=first["name"],
            before=first["before"],
            after=first["after"],
            change=Number(first["change"], "share1"),
            low=Number(first["change_low"], "share1"),
            high=Number(first["change_high"], "share1"),
        ),
        population=words(
            "Respondents of the surveys of {first} (chosen, not drawn) and {second}; how many answered both is not"
            " known.",
            **waves,
        ),
        source=words("The sources named in the table of the data, one for each survey."),
        origin="derived",
        alt=words(
            "One point per median with a bar for rounding, around a line at no difference. First, {first}: {change};"
            " last, {last}: {last_change}.",
            first=first["name"],
            change=Number(first["change"], "share1"),
            last=last["name"],
            last_change=Number(last["change"], "share1"),
        ),
        data=data,
        columns=(
            Column("name", str(words("Median"))),
            Column("before", waves["first"]),
            Column("first_told", str(words("Source, {wave}", wave=waves["first"]))),
            Column("after", waves["second"]),
            Column("second_told", str(words("Source, {wave}", wave=waves["second"]))),
            Column("change", str(words("Relative difference")), "share1"),
            Column("change_low", str(words("With roundings, from")), "share1"),
            Column("change_high", str(words("With roundings, to")), "share1"),
            Column("said", str(words("In the second survey"))),
        ),
        draw=lambda frame: drawings.forest(
            words,
            frame,
            x="change",
            low="change_low",
            high="change_high",
            kind="share",
            colours=[DIRECTION_COLOURS[direction] for direction in frame["direction"]],
            labels=[f"{row['before']} → {row['after']}" for row in frame.to_dict("records")],
        ),
    )


def _told(words: Words, pairs: pd.DataFrame, facts: Facts, sources: Sources) -> dict[str, list[str]]:
    """Names, printed values, sources and verdicts as readers see them."""
    return {
        "name": [_name(words, one) for one in pairs["indicator"]],
        "before": [_as_printed(words, facts[key]) for key in pairs["first_id"]],
        "after": [_as_printed(words, facts[key]) for key in pairs["second_id"]],
        "first_told": [source_lines.name(sources, key) for key in pairs["first_source"]],
        "second_told": [source_lines.name(sources, key) for key in pairs["second_source"]],
        "said": [words.label(DIRECTION_LABELS[direction]) for direction in pairs["direction"]],
    }


def totals(words: Words, found: pd.DataFrame, facts: Facts, wave: int) -> Exhibit:
    """Return what each total forces when its median is that of the same poles."""
    nothing = words("No total was found with its number of poles and a median: nothing follows.")
    data = with_rows(found, nothing).assign(
        name=[_name(words, one) for one in found["indicator"]],
        printed=[_as_printed(words, facts[f"{one}_{wave}"]) for one in found["indicator"]],
        middle=[_in_unit(words, row, "median") for row in found.to_dict("records")],
        average=[_in_unit(words, row, "mean") for row in found.to_dict("records")],
    )
    top = dict(data.loc[data["top_half_share"].idxmax()])
    return Exhibit(
        key="totals_and_medians",
        title=words(
            "{name}: the upper half of the poles would hold at least {share} of it",
            name=top["name"],
            share=Number(top["top_half_share"], "share"),
        ),
        measure=words("Printed total and median, mean per pole, and the least concentration that they force"),
        note=words(
            "Total and median are taken to describe the same poles, which no source says. Shares and Gini indices are"
            " the smallest possible, roundings included."
        ),
        reading=words(
            "{name}: on {n} poles the mean is {times} times the median; the {half} largest hold {share} or more.",
            name=top["name"],
            n=Number(int(top["n"]), "count"),
            times=Number(top["mean_to_median"], "years"),
            half=Number(int(top["n_half"]), "count"),
            share=Number(top["top_half_share"], "share"),
        ),
        population=words("Poles whose totals were printed for {wave}.", wave=Number(wave, "year")),
        source=source_lines.computed_from_deck(words),
        origin="derived",
        data=data,
        columns=(
            Column("name", str(words("Total"))),
            Column("printed", str(words("Printed total"))),
            Column("n", str(words("Poles")), "count"),
            Column("average", str(words("Mean per pole"))),
            Column("middle", str(words("Printed median"))),
            Column("mean_to_median", str(words("Mean over median")), "years"),
            Column("n_half", str(words("Poles of the upper half")), "count"),
            Column("top_half_share", str(words("Share of the upper half, at least")), "share"),
            Column("gini", str(words("Gini index, at least")), "number"),
        ),
    )


def _in_unit(words: Words, row: Row, column: str) -> str:
    """A mean or a median in the unit of its total."""
    return words.number(Number(row[column], "keur" if indicator(row["indicator"]).unit == "eur" else "years"))
