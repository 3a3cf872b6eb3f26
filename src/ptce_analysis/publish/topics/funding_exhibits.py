"""The figures and tables of the funding notebook."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from ptce_analysis.publish import drawings
from ptce_analysis.publish.exhibit import Column, Exhibit, with_rows
from ptce_analysis.publish.language import Number, Sentence, Values, Words
from ptce_analysis.publish.topics import sources
from ptce_analysis.publish.topics.funding_labels import level_name, origin_of, points_at_most

Row = dict[str, Any]

PERIMETER_COLOURS = {"local": "third", "local_and_state": "third", "all": "accent", "printed": "second"}


def known_amounts(words: Words, table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows whose amount was published; raise `NothingToShow` when there is none."""
    nothing = words("For {wave}, no amount by level was found: there is nothing to show.", wave=_year(table))
    return with_rows(table[table["amount_eur"].notna()], nothing)


def _largest(words: Words, table: pd.DataFrame) -> Row:
    return dict(table.loc[known_amounts(words, table)["amount_eur"].idxmax()])


def _year(table: pd.DataFrame) -> Number:
    return Number(int(table["wave"].iloc[0]), "year")


def named(words: Words, table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with the names of its levels (`name`) and, apart, the medians that may be used.

    The latter are in `median_used_eur`, empty where the row that prints a median cannot be true.
    """
    names = [level_name(words, level) for level in table["level"]]
    kept = table["median_eur"].where(table["median_usable"].fillna(False).astype(bool))
    return table.assign(name=names, median_used_eur=kept)


def population(words: Words, table: pd.DataFrame) -> Sentence:
    """Return what the table of amounts is about, and that it prints no base."""
    if table["n_projects"].isna().any():
        return words(
            "Projects supported by each level in {wave}, as printed; the table prints no base.", wave=_year(table)
        )
    return words(
        "Projects supported by each level in {wave}, as printed ({n} level and project pairs); the table prints no"
        " base.",
        wave=_year(table),
        n=Number(int(table["n_projects"].sum()), "count"),
    )


def funding_table(words: Words, table: pd.DataFrame, earlier: pd.DataFrame) -> Exhibit:
    """Return the table of amounts, shares, supported projects, means and medians by level, beside the earlier wave."""
    top = _largest(words, table)
    missing = str(words("not found"))
    before = [words.number(Number(v, "keur")) if pd.notna(v) else missing for v in earlier["amount_eur"]]
    year = words.number(_year(table))
    told = {"possible": str(words("yes")), "impossible": str(words("no")), "not found": missing}
    states = [told[status] for status in table["status"]]
    said: Values = {"level": level_name(words, top["level"]), "amount": Number(top["amount_eur"], "keur")}
    n_projects = Number(top["n_projects"], "count")
    return Exhibit(
        key="funding_table",
        title=words(
            "{level} mobilise {amount} for {n} {n:project|projects}, the largest amount printed", n=n_projects, **said
        )
        if n_projects.value
        else words("{level} mobilise {amount}, the largest amount printed", **said),
        measure=words(
            "Amount, share of the six levels with the limits that rounding leaves, supported projects, mean and median"
            " amount"
        ),
        note=words(
            "Mean = printed amount divided by the number of amounts, which is the number of projects unless the"
            " scenario says otherwise. A row cannot be true when no amounts have its number, total and median: its"
            " median is shown as printed and used nowhere."
        ),
        reading=words("{level} mobilise {amount}.", **said)
        if pd.isna(top["n_amounts"]) or pd.isna(top["mean_eur"])
        else words(
            "{level}: {n} {n:amount|amounts}, {mean} on average.",
            level=said["level"],
            n=Number(top["n_amounts"], "count"),
            mean=Number(top["mean_eur"], "keur1"),
        ),
        population=population(words, table),
        source=sources.computed_from_deck(words),
        origin=origin_of(table),
        data=named(words, table).assign(before=before, state=states, limits=_limits(words, table)),
        columns=(
            Column("name", str(words("Level"))),
            Column("before", str(words("Amount, {wave}", wave=_year(earlier)))),
            Column("amount_eur", str(words("Amount, {wave}", wave=year)), "keur"),
            Column("share", str(words("Share")), "share1"),
            Column("limits", str(words("Share, once rounding is counted"))),
            Column("n_projects", str(words("Projects supported")), "count"),
            *([Column("n_amounts", str(words("Amounts")), "count")] if _some_silent(table) else []),
            Column("mean_eur", str(words("Mean")), "keur1"),
            Column("median_eur", str(words("Median")), "keur"),
            Column("state", str(words("Possible row"))),
        ),
    )


def amounts_figure(words: Words, table: pd.DataFrame) -> Exhibit:
    """Return the figure of amounts by level, with shares and numbers of projects."""
    top = _largest(words, table)
    said: Values = {"level": level_name(words, top["level"]), "amount": Number(top["amount_eur"], "keur")}
    return Exhibit(
        key="amounts",
        title=_first(words, table, top),
        measure=words("Amount mobilised in {wave}, and share of the six levels", wave=_year(table)),
        note=shares_note(words, table),
        reading=words("{level} mobilise {amount}.", **said)
        if pd.isna(top["share"])
        else words(
            "{level} mobilise {amount}, {share} of the six levels’ total.", share=Number(top["share"], "share1"), **said
        ),
        population=population(words, table),
        source=sources.computed_from_deck(words),
        origin="derived",
        alt=words(
            "Points on one scale, a level per line: {levels}. The largest is {level} with {amount}.",
            levels=words.listing(level_name(words, level) for level in table["level"]),
            **said,
        ),
        data=named(words, table),
        columns=(
            Column("name", str(words("Level"))),
            Column("amount_eur", str(words("Amount")), "keur"),
            Column("share", str(words("Share")), "share1"),
            Column("n_projects", str(words("Projects supported")), "count"),
        ),
        draw=lambda data: draw_amounts(words, data, list(data["level"])),
    )


def shares_note(words: Words, table: pd.DataFrame) -> Sentence:
    """Return how far rounding can move the shares, or why there are none."""
    apart = pd.concat([table["share_high"] - table["share"], table["share"] - table["share_low"]])
    if apart.isna().all():
        return words("Amounts are rounded as printed. Shares would need the amounts of all six levels.")
    return words(
        "Amounts are rounded as printed: no share lies further than {width} percentage points from the one shown.",
        width=points_at_most(apart),
    )


def _limits(words: Words, table: pd.DataFrame) -> list[str]:
    """The shares that the rounding of all amounts allows, in words."""
    ends = zip(table["share_low"], table["share_high"], strict=True)
    return ["" if pd.isna(low) else _band(words, low, high) for low, high in ends]


def _band(words: Words, low: float, high: float) -> str:
    return str(words("{low} to {high}", low=Number(low, "share_2"), high=Number(high, "share_2")))


def _some_silent(table: pd.DataFrame) -> bool:
    """Whether the scenario takes some supported project to have given no amount."""
    return bool((table["n_amounts"] != table["n_projects"]).fillna(False).any())


def _first(words: Words, table: pd.DataFrame, top: Row) -> Sentence:
    """The level that gives most, when no rounding lets another one give as much."""
    others = table.loc[table["level"] != top["level"], "amount_high_eur"]
    if (others >= top["amount_low_eur"]).any():
        return words("The largest amounts are too close for their rounding to tell which level gives most")
    level = level_name(words, top["level"])
    if pd.isna(top["share"]):
        return words("{level} are first among the levels whose amount was published", level=level)
    return words(
        "{level} are first with {share} of the money of the six levels",
        level=level,
        share=Number(top["share"], "share1"),
    )


def draw_amounts(words: Words, data: pd.DataFrame, colours: list[str]) -> Figure:
    """Return the drawing of amounts by level, each line with what was published of it."""
    labels = [_amount_label(words, row) for row in data.to_dict("records")]
    return drawings.stems(words, data, x="amount_eur", kind="keur", colours=colours, labels=labels)


def _amount_label(words: Words, row: Row) -> str:
    amount, share = Number(row["amount_eur"], "keur"), Number(row["share"], "share1")
    n = Number(row["n_projects"], "count")
    if amount.value is None:
        return ""
    if share.value is None or n.value is None:
        return words.number(amount)
    return str(words("{amount} · {share} · {n} {n:project|projects}", amount=amount, share=share, n=n))


def totals_figure(words: Words, totals: pd.DataFrame) -> Exhibit:
    """Return the figure of what the levels add up to, beside the printed total."""
    names = {
        "local": words("Four local levels"),
        "local_and_state": words("Local levels and State"),
        "all": words("All six levels"),
        "printed": words("Total printed beside the table"),
    }
    nothing = words("No total and no complete table was found for this wave: there is nothing to show.")
    data = with_rows(totals, nothing).assign(name=[str(names[perimeter]) for perimeter in totals["perimeter"]])
    last = data.iloc[-1]
    numbers = {"name": last["name"], "total": Number(last["total_eur"], "keur")}
    apart = words("None of these choices of levels adds up to the printed total")
    title = apart if _none_meets(totals) else words("What the levels add up to, beside the printed total")
    return Exhibit(
        key="totals",
        title=title,
        measure=words("Total amount, by the levels added"),
        note=words(
            "Roundings move no total by more than {width}: less than the size of its point.",
            width=Number(float((data["total_high_eur"] - data["total_low_eur"]).max()) / 2, "keur1"),
        ),
        reading=words("{name}: {total}.", **numbers),
        population=words("Level and project pairs of the printed table; the printed total names another base.")
        if "printed" in set(data["perimeter"])
        else words("Level and project pairs of the printed table."),
        source=sources.computed_from_deck(words),
        origin="derived",
        alt=words("Points on one scale, one per choice of levels. The last, {name}, stands at {total}.", **numbers),
        data=data,
        columns=(
            Column("name", str(words("Levels added"))),
            Column("total_eur", str(words("Total")), "keur"),
            Column("total_low_eur", str(words("Total, from")), "keur1"),
            Column("total_high_eur", str(words("Total, to")), "keur1"),
            Column("n_supports", str(words("Level and project pairs")), "count"),
        ),
        draw=lambda frame: drawings.stems(
            words,
            frame,
            x="total_eur",
            kind="meur",
            colours=[PERIMETER_COLOURS[perimeter] for perimeter in frame["perimeter"]],
            labels=[words.number(Number(value, "keur")) for value in frame["total_eur"]],
        ),
    )


def _none_meets(totals: pd.DataFrame) -> bool:
    rows = totals.set_index("perimeter")
    if "printed" not in rows.index or len(rows) < 2:
        return False
    printed, added = rows.loc["printed"], rows.drop("printed")
    apart = (added["total_low_eur"] > printed["total_high_eur"]) | (added["total_high_eur"] < printed["total_low_eur"])
    return bool(apart.all())
