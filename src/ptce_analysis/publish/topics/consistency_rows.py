"""What numbers, sums and medians ask of each other: figures and tables on amounts of the consistency notebook."""

from __future__ import annotations

import pandas as pd

from ptce_analysis.publish import drawings
from ptce_analysis.publish.exhibit import Column, Exhibit, with_rows
from ptce_analysis.publish.language import Number, Words
from ptce_analysis.publish.topics import sources
from ptce_analysis.publish.topics.consistency import no_permutation
from ptce_analysis.published import indicator
from ptce_analysis.vocabulary import LEVELS

NEAREST_SUBSETS = 8


def minimum_sums(words: Words, table: pd.DataFrame) -> Exhibit:
    """Return the figure of the smallest sum each median allows against the printed sum."""
    nothing = words("No amounts were found with their number and their median: no sum can be checked.")
    data = with_rows(table, nothing).assign(name=[words.label(LEVELS[level]) for level in table["level"]])
    wrong = data["verdict"] == "impossible"
    shown = data[wrong].iloc[0] if wrong.any() else data.iloc[0]
    return Exhibit(
        key="minimum_sums",
        title=words(
            "{n} of the {rows} rows print a sum smaller than their own median allows",
            n=Number(int(wrong.sum()), "count"),
            rows=Number(len(data), "count"),
        ),
        measure=words("Printed sum, and smallest sum that the printed number and median allow, in thousands of euros"),
        note=words(
            "Smallest sum: half of the amounts, plus one, are counted at the lowest median that rounds to the printed one,"
            " all others at zero."
        ),
        reading=words(
            "{level}: {n} amounts with that median add up to {minimum} or more; {sum} is printed. The highest median"
            " possible is {highest}.",
            level=shown["name"],
            n=Number(int(shown["n"]), "count"),
            minimum=Number(shown["minimum_sum_low_eur"], "keur1"),
            sum=Number(shown["sum_eur"], "keur"),
            highest=Number(shown["highest_median_eur"], "keur"),
        ),
        population=words("The {n} rows of the 2015 funding table.", n=Number(len(data), "count")),
        source=sources.computed_from_deck(words),
        origin="derived",
        alt=words(
            "For each level, the printed sum against the smallest sum possible. Below it: {levels} ({sum} printed, {minimum}"
            " at least).",
            levels=words.listing(data.loc[wrong, "name"]) or str(words("none")),
            sum=Number(shown["sum_eur"], "keur"),
            minimum=Number(shown["minimum_sum_low_eur"], "keur1"),
        ),
        data=data,
        columns=(
            Column("name", str(words("Level"))),
            Column("n", str(words("Number")), "count"),
            Column("median_eur", str(words("Median")), "keur"),
            Column("sum_eur", str(words("Printed sum")), "keur"),
            Column("minimum_sum_low_eur", str(words("Smallest sum")), "keur1"),
            Column("highest_median_eur", str(words("Highest median possible")), "keur"),
            Column("largest_n", str(words("Largest number possible")), "count"),
        ),
        draw=lambda frame: drawings.bounds_and_value(
            words,
            frame,
            low=("minimum_sum_low_eur", str(words("Smallest sum"))),
            value=("sum_eur", str(words("Printed sum"))),
            kind="keur",
            flagged=list(frame["verdict"] == "impossible"),
        ),
    )


def subset_sums(words: Words, table: pd.DataFrame) -> Exhibit:
    """Return the figure of the choices of levels whose sum is nearest to the printed total."""
    nothing = words("No total was found with its parts: there is nothing to add up.")
    data = with_rows(table, nothing).head(NEAREST_SUBSETS).sort_values("sum_eur", ignore_index=True)
    total = float((data["sum_eur"] - data["distance_eur"]).iloc[0])
    data["name"] = [" + ".join(words.label(LEVELS[level]).split(" (")[0] for level in parts) for parts in data["parts"]]
    nearest = data.loc[data["distance_eur"].abs().idxmin()]
    fitting = int(table["fits"].sum())
    return Exhibit(
        key="subset_sums",
        title=words(
            "{n} of the {all} ways of adding levels give the printed total",
            n=Number(fitting, "count"),
            all=Number(len(table), "count"),
        )
        if fitting
        else words("None of the {all} ways of adding levels gives the printed total", all=Number(len(table), "count")),
        measure=words("Sum of some of the levels, in thousands of euros, against the printed total"),
        note=words(
            "The {n} nearest sums are shown; roundings never move a sum by more than half a step per level.",
            n=str(len(data)),
        ),
        reading=words(
            "{parts} add up to {sum}, {distance} away from the printed total.",
            parts=nearest["name"],
            sum=Number(nearest["sum_eur"], "keur"),
            distance=Number(nearest["distance_eur"], "keur"),
        ),
        population=words("All {n} non-empty choices of the levels of the 2015 funding table.", n=str(len(table))),
        source=sources.computed_from_deck(words),
        origin="derived",
        alt=words(
            "Points for the nearest sums; the nearest is {sum} where {total} is printed.",
            sum=Number(nearest["sum_eur"], "keur"),
            total=Number(total, "keur"),
        ),
        data=data,
        columns=(
            Column("name", str(words("Levels added"))),
            Column("sum_eur", str(words("Sum")), "keur"),
            Column("distance_eur", str(words("Difference with the printed total")), "keur"),
        ),
        draw=lambda frame: drawings.points_by_line(
            words,
            frame,
            x="sum_eur",
            kind="keur",
            reference=(total, str(words("printed total: {total}", total=Number(total, "keur")))),
            labels=[words.number(Number(value, "keur")) for value in frame["sum_eur"]],
        ),
    )


def permutations(words: Words, table: pd.DataFrame) -> Exhibit:
    """Return the figure of every order of the local medians by how widely it spreads the levels."""
    printed_place = int(with_rows(table, no_permutation(words)).index[table["is_printed"]][0])
    reversed_place = int(table.index[table["is_reversed"]][0])
    medians = [column for column in table.columns if column.startswith("median_")]
    data = table.assign(
        possible=[str(words("yes")) if held else str(words("no")) for held in table["all_possible"]],
    )
    headings = [words.label(LEVELS[column.removeprefix("median_").removesuffix("_eur")]) for column in medians]
    return Exhibit(
        key="permutations",
        title=words(
            "As printed, the local medians give spread rank {rank} of {n}; in reverse order, rank {reverse}",
            rank=Number(int(table.loc[printed_place, "rank"]), "count"),
            n=Number(len(table), "count"),
            reverse=Number(int(table.loc[reversed_place, "rank"]), "count"),
        ),
        measure=words(
            "Spread over the four local levels of log(mean / median), by rank, for every order of the medians"
        ),
        note=words(
            "A hypothesis found after looking at the data. Open points: orders that some row cannot hold. A small spread"
            " only says that levels would look alike."
        ),
        reading=words(
            "In the printed order the spread is {spread}; it is {reverse} in reverse order.",
            spread=Number(float(table.loc[printed_place, "spread"]), "number"),
            reverse=Number(float(table.loc[reversed_place, "spread"]), "number"),
        ),
        population=words("The {n} orders of the medians printed for the four local levels, 2015.", n=str(len(table))),
        source=sources.computed_from_deck(words),
        origin="assumption",
        alt=words(
            "Points by rank of spread, from {high} to {low}; the printed order and its reverse are marked.",
            high=Number(float(table["spread"].max()), "number"),
            low=Number(float(table["spread"].min()), "number"),
        ),
        data=data,
        columns=(
            Column("rank", str(words("Rank")), "count"),
            *(Column(column, heading, "keur") for column, heading in zip(medians, headings, strict=True)),
            Column("spread", str(words("Spread")), "number"),
            Column("possible", str(words("Possible for every row?"))),
        ),
        draw=lambda frame: drawings.ranked(
            words,
            frame,
            x="rank",
            y="spread",
            kind="number",
            marked=[(printed_place, str(words("as printed"))), (reversed_place, str(words("reverse order")))],
        ),
    )


def concentration(words: Words, table: pd.DataFrame) -> Exhibit:
    """Return what totals and medians force: the most equal data set still possible, and its concentration."""
    nothing = words("No total was found with its number of poles and a median: nothing follows.")
    data = with_rows(table, nothing).assign(name=[words.label(indicator(one).label) for one in table["indicator"]])
    first = data.iloc[0]
    columns = (
        Column("name", str(words("Total"))),
        Column("n", str(words("Poles")), "count"),
        Column("total", str(words("Printed total")), "number2"),
        Column("median", str(words("Printed median")), "number2"),
        Column("n_low", str(words("Poles, lower value")), "count"),
        Column("low", str(words("Lower value")), "number2"),
        Column("n_high", str(words("Poles, higher value")), "count"),
        Column("high", str(words("Higher value")), "number2"),
        Column("top_half_share", str(words("Share of the upper half")), "share"),
        Column("gini", str(words("Gini")), "number"),
    )
    return Exhibit(
        key="concentration",
        title=words(
            "With these totals and medians, the upper half holds at least {share} of the {what}",
            share=Number(first["top_half_share"], "share"),
            what=first["name"],
        ),
        measure=words(
            "The most equal data set that rounds to the printed total and median: every other one is at least as unequal"
        ),
        note=words(
            "Roundings are taken the way that leaves the most equality. Total and median are assumed to describe the same"
            " poles, which the source does not say."
        ),
        reading=words(
            "{name}: {n_low} poles at {low} and {n_high} at {high}.",
            name=first["name"],
            n_low=Number(int(first["n_low"]), "count"),
            low=Number(first["low"], "number2"),
            n_high=Number(int(first["n_high"]), "count"),
            high=Number(first["high"], "number2"),
        ),
        population=words("Totals printed over {n} poles in 2015.", n=Number(int(first["n"]), "count")),
        source=sources.computed_from_deck(words),
        origin="derived",
        data=data,
        columns=columns,
    )
