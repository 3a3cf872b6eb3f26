"""Who funds PTCE: the sentences, tables and figures of the funding notebook."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from ptce_analysis.publish import drawings
from ptce_analysis.publish.exhibit import Column, Exhibit
from ptce_analysis.publish.language import Number, Sentence, Words
from ptce_analysis.publish.topics import sources
from ptce_analysis.vocabulary import LEVELS, SCENARIOS


def _largest(table: pd.DataFrame) -> pd.Series:
    return table.loc[table["amount_eur"].idxmax()]


def _label(words: Words, level: str) -> str:
    return words.label(LEVELS[level])


def answer(words: Words, table: pd.DataFrame, totals: pd.DataFrame) -> Sentence:
    """Return the page's answer: the largest funders, their share, and what does not add up."""
    top = table.dropna(subset="amount_eur").nlargest(2, "amount_eur")
    if top.empty:
        return words("No amount by collectivity level was published for this wave.")
    rows = totals.set_index("perimeter")
    return words(
        "{first} give most ({first_share} of the six levels’ money), then {second} ({second_share}); but the table adds"
        " up to {table_total} where the same slides print {printed_total}, so shares hold within the table only.",
        first=_label(words, top.iloc[0]["level"]),
        first_share=Number(top.iloc[0]["share"], "share1", "funding_amount"),
        second=_label(words, top.iloc[1]["level"]),
        second_share=Number(top.iloc[1]["share"], "share1", "funding_amount"),
        table_total=Number(rows.loc["all", "total_eur"], "meur", "funding_amount"),
        printed_total=Number(rows.loc["printed", "total_eur"], "meur", "funding_total"),
    )


def scenario(words: Words, name: str) -> Sentence:
    """Return the scenario the page was run under."""
    return words("Scenario of this page: {scenario}.", scenario=words.label(SCENARIOS[name]))


def impossible_rows(words: Words, table: pd.DataFrame) -> Sentence:
    """Return, for each row that no amounts can satisfy, the arithmetic that shows it."""
    found = table[table["status"] == "impossible"]
    if found.empty:
        return words("Under this scenario every row of the table can be true: some amounts have its number, total and median.")
    parts = [str(_impossible(words, row)) for row in found.to_dict("records")]
    return Sentence(" ".join(parts))


def _impossible(words: Words, row: dict) -> Sentence:
    return words(
        "{level}: {n} amounts with a median of {median} add up to at least {minimum}, even if that median was rounded up;"
        " {amount} is printed. The row is impossible as printed, and its median is not used.",
        level=_label(words, row["level"]),
        n=Number(row["n_amounts"], "count"),
        median=Number(row["median_eur"], "keur", f"funding_median_{row['level']}"),
        minimum=Number(row["minimum_sum_eur"], "keur1"),
        amount=Number(row["amount_eur"], "keur", f"funding_amount_{row['level']}"),
    )


def _named(words: Words, table: pd.DataFrame) -> pd.DataFrame:
    names = [_label(words, level) for level in table["level"]]
    kept = table["median_eur"].where(table["median_usable"].fillna(False).astype(bool))
    return table.assign(name=names, median_used_eur=kept)


def _population(words: Words, table: pd.DataFrame) -> Sentence:
    return words(
        "Projects supported by each level in 2015, as printed ({n} level and project pairs); the table prints no base.",
        n=Number(int(table["n_projects"].sum()), "count"),
    )


def funding_table(words: Words, table: pd.DataFrame) -> Exhibit:
    """Return the table of amounts, shares, supported projects, means and medians by level."""
    top = _largest(table)
    return Exhibit(
        key="funding_table",
        title=words(
            "{level} mobilise {amount} for {n} projects, the largest amount of the six levels",
            level=_label(words, top["level"]),
            amount=Number(top["amount_eur"], "keur"),
            n=Number(top["n_projects"], "count"),
        ),
        measure=words("Amount, share of the six levels, supported projects, mean and median amount per project"),
        note=words(
            "Mean = printed amount divided by printed number of projects. A median is left out where no amounts can have"
            " the printed number, total and median."
        ),
        reading=words(
            "{level}: {n} projects receive {mean} each on average.",
            level=_label(words, top["level"]),
            n=Number(top["n_projects"], "count"),
            mean=Number(top["mean_eur"], "keur1"),
        ),
        population=_population(words, table),
        source=sources.computed_from_deck(words),
        origin="derived",
        data=_named(words, table),
        columns=(
            Column("name", str(words("Level"))),
            Column("amount_eur", str(words("Amount")), "keur"),
            Column("share", str(words("Share")), "share1"),
            Column("n_projects", str(words("Projects supported")), "count"),
            Column("mean_eur", str(words("Mean")), "keur1"),
            Column("median_used_eur", str(words("Median")), "keur"),
        ),
    )


def amounts_figure(words: Words, table: pd.DataFrame) -> Exhibit:
    """Return the figure of amounts by level, with shares and numbers of projects."""
    top = _largest(table)
    return Exhibit(
        key="amounts",
        title=words(
            "{level} are first with {share} of the money of the six levels",
            level=_label(words, top["level"]),
            share=Number(top["share"], "share1"),
        ),
        measure=words("Amount mobilised in 2015, in thousands of euros, and share of the six levels"),
        note=words("Amounts are printed to the nearest thousand euros: the band is narrower than the point."),
        reading=words(
            "{level} mobilise {amount}, {share} of the six levels’ total.",
            level=_label(words, top["level"]),
            amount=Number(top["amount_eur"], "keur"),
            share=Number(top["share"], "share1"),
        ),
        population=_population(words, table),
        source=sources.computed_from_deck(words),
        origin="derived",
        alt=words(
            "Points on one scale, a level per line: {levels}. The largest is {level} with {amount}.",
            levels=words.listing(_label(words, level) for level in table["level"]),
            level=_label(words, top["level"]),
            amount=Number(top["amount_eur"], "keur"),
        ),
        data=_named(words, table),
        columns=(
            Column("name", str(words("Level"))),
            Column("amount_eur", str(words("Amount")), "keur"),
            Column("share", str(words("Share")), "share1"),
            Column("n_projects", str(words("Projects supported")), "count"),
        ),
        draw=lambda data: _draw_amounts(words, data),
    )


def _draw_amounts(words: Words, data: pd.DataFrame) -> Figure:
    labels = [
        str(
            words(
                "{amount} · {share} · {n} projects",
                amount=Number(row["amount_eur"], "keur"),
                share=Number(row["share"], "share1"),
                n=Number(row["n_projects"], "count"),
            )
        )
        for row in data.to_dict("records")
    ]
    return drawings.stems(words, data, x="amount_eur", kind="keur", colours=list(data["level"]), labels=labels)


def mean_median_figure(words: Words, table: pd.DataFrame) -> Exhibit:
    """Return the figure of mean against median amount by level: far apart where a few projects receive much."""
    usable = _named(words, table).dropna(subset="median_used_eur")
    gap = (usable["mean_eur"] / usable["median_used_eur"]).idxmax()
    widest = usable.loc[gap]
    return Exhibit(
        key="mean_median",
        title=words(
            "In {level} the mean is {times} times the median: a few projects receive much more than the others",
            level=_label(words, widest["level"]),
            times=Number(widest["mean_eur"] / widest["median_used_eur"], "years"),
        ),
        measure=words("Mean and median amount per supported project, in thousands of euros"),
        note=words(
            "A median is drawn only where some amounts can have the printed number, total and median. The gap says that"
            " amounts are unequal within a level, not which level is more unequal."
        ),
        reading=words(
            "{level}: half of the {n} projects receive {median} or less; the mean is {mean}.",
            level=_label(words, widest["level"]),
            n=Number(widest["n_amounts"], "count"),
            median=Number(widest["median_used_eur"], "keur"),
            mean=Number(widest["mean_eur"], "keur1"),
        ),
        population=_population(words, table),
        source=sources.computed_from_deck(words),
        origin="derived",
        alt=words(
            "Two points per level, median and mean amount per project. Widest gap: {level}, median {median}, mean {mean}.",
            level=_label(words, widest["level"]),
            median=Number(widest["median_used_eur"], "keur"),
            mean=Number(widest["mean_eur"], "keur1"),
        ),
        data=_named(words, table),
        columns=(
            Column("name", str(words("Level"))),
            Column("n_amounts", str(words("Amounts")), "count"),
            Column("median_used_eur", str(words("Median")), "keur"),
            Column("mean_eur", str(words("Mean")), "keur1"),
        ),
        draw=lambda data: drawings.pairs(
            words,
            data,
            first=("median_used_eur", str(words("Median"))),
            second=("mean_eur", str(words("Mean"))),
            kind="keur",
            missing=str(words("median not usable")),
        ),
    )


def totals_sentence(words: Words, totals: pd.DataFrame) -> Sentence:
    """Return what the table adds up to over each perimeter, beside the printed total."""
    rows = totals.set_index("perimeter")["total_eur"]
    return words(
        "The four local levels add up to {local}, with the State {local_and_state}, all six {all}. The slides print"
        " {printed} mobilised: none of these is that total.",
        local=Number(rows["local"], "keur"),
        local_and_state=Number(rows["local_and_state"], "keur"),
        all=Number(rows["all"], "keur"),
        printed=Number(rows["printed"], "meur"),
    )
