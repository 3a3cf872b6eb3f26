"""The figures and tables of the notebook on feasible sets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from ptce_analysis.analysis.feasible.levels import CENTRAL_SHARE, PROBABILITIES
from ptce_analysis.publish import drawings_money
from ptce_analysis.publish.drawings_money import Inner
from ptce_analysis.publish.exhibit import Column, Exhibit, NothingToShow, with_rows
from ptce_analysis.publish.language import Number, Sentence, Words
from ptce_analysis.publish.topics import sources
from ptce_analysis.publish.topics.feasible import no_example, power_of_ten, widest
from ptce_analysis.publish.topics.funding_labels import QUANTITY_LABELS, level_name, origin_of
from ptce_analysis.vocabulary import Label

Row = dict[str, Any]

# How values of each statistic are written.
KINDS = {"max": "keur1", "gini": "number", "sd": "keur1", "top_half_share": "share1"}
# Where their axes begin: the larger half of the amounts never has less than half of the money.
STARTS = {"max": 0.0, "gini": 0.0, "sd": 0.0, "top_half_share": 0.5}
STATUS_LABELS: dict[str, Label] = {
    "possible": ("possible", "possible"),
    "impossible": ("impossible row", "ligne impossible"),
    "not found": ("not found", "non trouvé"),
}
SET_LABELS: dict[str, Label] = {
    "most_equal": ("Most equal", "Le plus égal"),
    "draw": ("Drawn at random", "Tiré au hasard"),
    "least_equal": ("Least equal", "Le moins égal"),
}
SET_COLOURS = {"most_equal": "accent", "draw": "muted", "least_equal": "second"}
ENDS: dict[str, Label] = {"low": ("lowest", "plus basse"), "high": ("highest", "plus haute")}


def alike(words: Words, sets: pd.DataFrame) -> Exhibit:
    """Return the figure of very different sets of amounts that all print as the row of one level."""
    example = with_rows(sets, no_example(words)).iloc[0]
    level, n = level_name(words, example["level"]), len(example["amounts"])
    names = [words.label(SET_LABELS[kind]) for kind in sets["kind"]]
    listed = [_listed(words, amounts) for amounts in sets["amounts"]]
    data = sets.assign(name=names, listed=listed)
    first, last = dict(data.iloc[0]), dict(data.iloc[-1])
    return Exhibit(
        key="alike",
        title=words(
            "All of these print as the same row: {n} amounts, {total} in total, a median of {median}",
            n=Number(n, "count"),
            total=Number(first["total_eur"], "keur"),
            median=Number(first["median_eur"], "keur"),
        ),
        measure=words(
            "{level}: amounts that each of the {n} supported projects may have received", n=str(n), level=level
        ),
        note=words(
            "Invented amounts: none of these sets was observed. Equal amounts are stacked. The line is the median,"
            " the same for all."
        ),
        reading=words(
            "In the set named “{first}” the largest amount is {low}; in the set named “{last}” it is {high}.",
            first=first["name"],
            low=Number(first["max_eur"], "keur1"),
            last=last["name"],
            high=Number(last["max_eur"], "keur1"),
        ),
        population=words(
            "{level}: sets of {n} amounts with exactly the printed total and median.", n=str(n), level=level
        ),
        source=sources.computed_from_deck(words),
        origin="assumption",
        alt=words(
            "Dots along a scale of amounts, one line per set. The largest dot moves from {low} to {high}; total and"
            " median do not move.",
            low=Number(first["max_eur"], "keur1"),
            high=Number(last["max_eur"], "keur1"),
        ),
        data=data,
        columns=(
            Column("name", str(words("Set of amounts"))),
            Column("listed", str(words("Amounts"))),
            Column("total_eur", str(words("Total")), "keur"),
            Column("median_eur", str(words("Median")), "keur"),
            Column("max_eur", str(words("Largest amount")), "keur1"),
            Column("top_half_share", str(words("Share of the larger half")), "share"),
        ),
        draw=lambda frame: drawings_money.dots(
            words,
            frame,
            values="amounts",
            marked=("median_eur", str(words("median"))),
            kind="keur",
            colours=[SET_COLOURS[kind] for kind in frame["kind"]],
            labels=[words.number(Number(value, "keur")) for value in frame["max_eur"]],
        ),
    )


def _listed(words: Words, amounts: Sequence[float]) -> str:
    return words.semicolon.join(words.number(Number(amount, "keur1")) for amount in amounts)


def largest(words: Words, table: pd.DataFrame) -> Exhibit:
    """Return the bounds on the largest amount, by level, with the reference draws inside."""
    return _bounds(words, table, "max", words("Largest amount received by one project from each level"))


def inequality(words: Words, table: pd.DataFrame) -> Exhibit:
    """Return the bounds on the Gini index, by level, with the reference draws inside."""
    measure = words("Gini index of the amounts of each level: 0 when all are equal, near 1 when one project has all")
    return _bounds(words, table, "gini", measure)


def spread(words: Words, table: pd.DataFrame) -> Exhibit:
    """Return the bounds on the standard deviation, by level, with the reference draws inside."""
    return _bounds(words, table, "sd", words("Standard deviation of the amounts of each level"))


def top_half(words: Words, table: pd.DataFrame) -> Exhibit:
    """Return the bounds on the share of the larger half of the amounts, by level, with the reference draws inside."""
    measure = words("Share of each level’s money that goes to the larger half of its amounts")
    return _bounds(words, table, "top_half_share", measure)


def _title(words: Words, statistic: str, row: Row) -> Sentence:
    """The finding of a figure of bounds, said of the level whose bounds are the furthest apart."""
    ends = {end: Number(row[end], KINDS[statistic], origin=row["bounds_origin"]) for end in ("low", "high")}
    said = {"level": row["name"], **ends}
    if statistic == "max":
        return words("{level}: the largest amount can be anything from {low} to {high}", **said)
    if statistic == "gini":
        return words("{level}: the Gini index can be anything from {low} to {high}", **said)
    if statistic == "sd":
        return words("{level}: the standard deviation can be anything from {low} to {high}", **said)
    return words("{level}: the larger half of the amounts holds anything from {low} to {high} of the money", **said)


def _bounds(words: Words, table: pd.DataFrame, statistic: str, measure: Sentence) -> Exhibit:
    shown = widest(table, statistic)
    if shown is None:
        raise NothingToShow(words("No printed row leaves any amounts possible: there are no bounds to show."))
    kind = KINDS[statistic]
    row = {**shown, "name": level_name(words, shown["level"]), "bounds_origin": origin_of(table)}
    data = table[table["statistic"] == statistic].reset_index(drop=True)
    data = data.assign(
        name=[level_name(words, level) for level in data["level"]],
        state=[words.label(STATUS_LABELS[status]) for status in data["status"]],
    )
    ends = {"low": Number(row["low"], kind), "high": Number(row["high"], kind)}
    measures = {"uniform": str(words("uniform draws")), "entropy": str(words("maximum-entropy draws"))}
    return Exhibit(
        key=f"bounds_{statistic}",
        title=_title(words, statistic, row),
        measure=measure,
        note=words(
            "Band: every value possible with the printed number, total and median, roundings included. Marks: median and"
            " central {share} of draws under two reference measures; they are no confidence intervals, and maximum-entropy"
            " draws may leave the band.",
            share=Number(CENTRAL_SHARE, "share", origin="assumption"),
        ),
        reading=words("{level}: from {low} to {high}, whatever the amounts were.", level=row["name"], **ends),
        population=words("Projects supported by each level; a level whose row is impossible has no band."),
        source=sources.computed_from_deck(words),
        origin="assumption",
        alt=words(
            "One band per level with two bars inside. The widest, {level}, goes from {low} to {high}; levels without"
            " a band: {none}.",
            level=row["name"],
            none=words.listing(data.loc[data["low"].isna(), "name"]) or str(words("none")),
            **ends,
        ),
        data=data,
        columns=(
            Column("name", str(words("Level"))),
            Column("state", str(words("Row"))),
            Column("n", str(words("Amounts")), "count"),
            Column("low", str(words("Bound, from")), kind),
            Column("high", str(words("Bound, to")), kind),
            *(
                Column(f"{stem}_{end}", f"{label}, {words.number(Number(probability, 'share2'))}", kind)
                for stem, label in measures.items()
                for end, probability in PROBABILITIES.items()
            ),
        ),
        draw=lambda frame: drawings_money.bands_with_inner(
            words,
            frame,
            band=("low", "high", str(words("all that is possible"))),
            inner=(
                Inner("uniform", measures["uniform"], "accent", "o"),
                Inner("entropy", measures["entropy"], "second", "D"),
            ),
            kind=kind,
            start=STARTS[statistic],
            labels=[_band_label(words, row, kind) for row in frame.to_dict("records")],
        ),
    )


def _band_label(words: Words, row: Row, kind: str) -> str:
    if pd.isna(row["low"]):
        return str(row["state"])
    low, high = (words.number(Number(row[end], {"keur1": "keur"}.get(kind, kind))) for end in ("low", "high"))
    return str(words("{low} to {high}", low=low, high=high))


def attaining(words: Words, sets: pd.DataFrame) -> Exhibit:
    """Return the amounts that attain each bound of one level."""
    level = level_name(words, with_rows(sets, no_example(words))["level"].iloc[0])
    data = pd.DataFrame([_attaining_row(words, row) for row in sets.to_dict("records")])
    data["n"] = int(sets["n"].iloc[0])
    return Exhibit(
        key="attaining",
        title=words("{level}: each bound is attained by some amounts", level=level),
        measure=words("Bound, and a set of amounts that rounds to the printed row and attains it"),
        note=words(
            "“2 × A” means two amounts of A each. Total and median print as published, once rounded. Such amounts are"
            " possible, not probable."
        ),
        reading=words("All sets have {n} amounts.", n=Number(int(sets["n"].iloc[0]), "count")),
        population=words("{level}: sets of amounts that round to the printed row.", level=level),
        source=sources.computed_from_deck(words),
        origin=origin_of(sets),
        data=data,
        columns=(
            Column("name", str(words("Statistic"))),
            Column("end", str(words("End"))),
            Column("value", str(words("Bound"))),
            Column("runs", str(words("Amounts that attain it"))),
            Column("n", str(words("Amounts")), "count"),
        ),
    )


def _attaining_row(words: Words, row: Row) -> Row:
    label = words.label(QUANTITY_LABELS[row["statistic"]])
    runs = [f"{times} × {words.number(Number(value, 'keur1'))}" for value, times in row["runs"]]
    return {
        "name": label[0].upper() + label[1:],
        "end": words.label(ENDS[row["end"]]),
        "value": words.number(Number(row["value"], KINDS[row["statistic"]])),
        "runs": words.semicolon.join(runs),
    }


def counts_table(words: Words, counts: pd.DataFrame) -> Exhibit:
    """Return how many sets of whole amounts print as each row."""
    nothing = words("No whole row was found: there are no sets of amounts to count.")
    counted = with_rows(counts[counts["datasets"] != ""], nothing)
    most = dict(counted.loc[counted["datasets"].map(int).idxmax()])
    data = counts.assign(
        name=[level_name(words, level) for level in counts["level"]],
        state=[words.label(STATUS_LABELS[status]) for status in counts["status"]],
        about=[power_of_ten(words, int(count)) if count else "" for count in counts["datasets"]],
    )
    return Exhibit(
        key="counts",
        title=words(
            "{level}: about {count} different sets of amounts print as one and the same row",
            count=power_of_ten(words, int(most["datasets"])),
            level=level_name(words, most["level"]),
        ),
        measure=words(
            "Number of sets of amounts, all multiples of {unit}, with exactly the printed total and median",
            unit=Number(most["unit_eur"], "keur"),
        ),
        note=words(
            "Counted exactly, whatever the order of the projects; shown rounded, with all its digits in the last"
            " column. A row that is impossible has none."
        ),
        reading=words(
            "{level}: {n} {n:amount|amounts}, {total} in total.",
            level=level_name(words, most["level"]),
            n=Number(int(most["n"]), "count"),
            total=Number(most["total_eur"], "keur"),
        ),
        population=words("The rows of the printed table, under the scenario of the page."),
        source=sources.computed_from_deck(words),
        origin=origin_of(counts),
        data=data,
        columns=(
            Column("name", str(words("Level"))),
            Column("state", str(words("Row"))),
            Column("n", str(words("Amounts")), "count"),
            Column("total_eur", str(words("Total")), "keur"),
            Column("median_eur", str(words("Median")), "keur"),
            Column("about", str(words("Sets of amounts"))),
            Column("datasets", str(words("Exactly"))),
        ),
    )
