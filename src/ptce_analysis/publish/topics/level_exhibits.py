"""One level's sheet: its figures and the table of its places. One family: levels in order, the sheet's own in colour."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ptce_analysis.analysis.identification import Limits
from ptce_analysis.publish import drawings_level
from ptce_analysis.publish.exhibit import Column, Exhibit, NothingToShow, with_rows
from ptce_analysis.publish.language import Number, Sentence, Values, Words
from ptce_analysis.publish.topics import sources
from ptce_analysis.publish.topics.funding_exhibits import draw_amounts, population, shares_note
from ptce_analysis.publish.topics.funding_labels import level_name, origin_of, short_name
from ptce_analysis.publish.topics.level import PLACE_LABELS, no_amount, own_row, rank
from ptce_analysis.vocabulary import FUNDING_LEVELS

Row = dict[str, Any]

# How the limits of each quantity are written.
PLACE_KINDS = {
    "projects": "count", "total": "keur1", "mean": "keur1", "median": "keur1", "max": "keur1", "sd": "keur1",
    "gini": "number", "top_half_share": "share",
}  # fmt: skip


def _six(words: Words, level: str, table: pd.DataFrame) -> pd.DataFrame:
    """The six levels by short name, that of the sheet marked in words."""
    own = {True: words("{level} (this sheet)", level=short_name(words, level)), False: ""}
    names = [str(own[True]) if one == level else short_name(words, one) for one in table["level"]]
    return table.assign(name=names).reset_index(drop=True)


def _colours(table: pd.DataFrame, level: str) -> list[str]:
    """The sheet's level in its own colour, the others in grey."""
    return [level if one == level else "muted" for one in table["level"]]


def amounts(words: Words, level: str, table: pd.DataFrame, found: pd.DataFrame) -> Exhibit:
    """Return the figure of amounts by level, the sheet's own among the others.

    Raises `NothingToShow` where that of the sheet's level was not found.
    """
    data, own = _six(words, level, table), own_row(table, level)
    if pd.isna(own["amount_eur"]):
        raise NothingToShow(no_amount(words, level))
    said: Values = {
        "level": level_name(words, level),
        "amount": Number(own["amount_eur"], "keur"),
        "share": Number(own["share"], "share1"),
    }
    place = rank(words, dict(found.set_index("quantity").loc["total"]))
    whole = pd.notna(own["share"])
    return Exhibit(
        key="amounts",
        title=words("{level}: {share} of the money of the six levels, rank {rank} by amount", rank=place, **said)
        if whole
        else words("{level}: {amount}, rank {rank} by amount", rank=place, **said),
        measure=words(
            "Amount mobilised in {wave}, and share of the six levels", wave=Number(int(table["wave"].iloc[0]), "year")
        ),
        note=shares_note(words, table),
        reading=words("{level} mobilise {amount}, {share} of the six levels’ total.", **said)
        if whole
        else words("{level} mobilise {amount}.", **said),
        population=population(words, table),
        source=sources.computed_from_deck(words),
        origin="derived",
        alt=words(
            "Points on one scale, a level per line; only the one of this sheet is in colour. {level}: {amount}.", **said
        ),
        data=data,
        columns=(
            Column("name", str(words("Level"))),
            Column("amount_eur", str(words("Amount")), "keur"),
            Column("share", str(words("Share")), "share1"),
            Column("n_projects", str(words("Projects supported")), "count"),
        ),
        draw=lambda frame: draw_amounts(words, frame, _colours(frame, level)),
    )


def places_table(words: Words, level: str, found: pd.DataFrame) -> Exhibit:
    """Return the table of the level's limits and places by each quantity."""
    n_sure = int((found["verdict"] == "decided").sum())
    first = dict(found.iloc[0])
    data = found.assign(
        name=[_heading(words, quantity) for quantity in found["quantity"]],
        limits=[_limits(words, row) for row in found.to_dict("records")],
        place=[str(rank(words, row)) for row in found.to_dict("records")],
    )
    return Exhibit(
        key="places",
        title=words(
            "{level}: its place is known by {n} of {all} quantities",
            level=level_name(words, level),
            n=Number(n_sure, "count", origin=origin_of(found)),
            all=Number(len(found), "count"),
        ),
        measure=words(
            "Value or limits of the level, and place among the {n} levels (1: the most)", n=str(len(FUNDING_LEVELS))
        ),
        note=words(
            "Limits hold whatever the amounts were, roundings included. “Above” and “below” count the levels that surely"
            " have more, or less; “either”, those for which both are possible or nothing is known. Means hold whether or"
            " not one supported project of each level gave no amount."
        ),
        reading=words(
            "{name}: levels surely above, {above}; surely below, {below}.",
            name=data["name"].iloc[0],
            above=Number(int(first["n_above"]), "count"),
            below=Number(int(first["n_below"]), "count"),
        ),
        population=words("The level of this sheet against each of the others, in the printed table."),
        source=sources.computed_from_deck(words),
        origin=origin_of(found),
        data=data,
        columns=(
            Column("name", str(words("Quantity"))),
            Column("limits", str(words("Value or limits"))),
            Column("place", str(words("Place"))),
            Column("n_above", str(words("Above")), "count"),
            Column("n_below", str(words("Below")), "count"),
            Column("n_either", str(words("Either")), "count"),
        ),
    )


def _heading(words: Words, quantity: str) -> str:
    label = words.label(PLACE_LABELS[quantity])
    return label[0].upper() + label[1:]


def _limits(words: Words, row: Row) -> str:
    if pd.isna(row["low"]):
        return str(words("not known"))
    kind = PLACE_KINDS[row["quantity"]]
    ends = [words.number(Number(row[end], kind)) for end in ("low", "high")]
    return ends[0] if ends[0] == ends[1] else str(words("{low} to {high}", low=ends[0], high=ends[1]))


def presence_table(words: Words, level: str, table: pd.DataFrame) -> Exhibit:
    """Return the table of poles linked with each level, beside those that it supports."""
    missing = str(words("not found"))
    names = [short_name(words, one) for one in table["level"]]
    data = table.assign(
        name=[str(words("{level} (this sheet)", level=name)) if one == level else name
              for one, name in zip(table["level"], names, strict=True)],
        joint_with=[words.listing(short_name(words, one) for one in joint) for joint in table["joint"]],
        linked=[words.number(Number(v, "share")) if pd.notna(v) else missing for v in table["link_share"]],
    )  # fmt: skip
    own = own_row(data, level)
    supported = data[data["n_projects"].notna()]
    nothing = words("No number of supported projects was found for this wave.")
    first = own if pd.notna(own["n_projects"]) else dict(with_rows(supported, nothing).iloc[0])
    said: Values = {"level": level_name(words, level), "linked": own["linked"]}
    return Exhibit(
        key="presence",
        title=words(
            "{level}: {n} {n:project|projects} supported; share of poles linked, {linked}",
            n=Number(own["n_projects"], "count"),
            **said,
        )
        if pd.notna(own["n_projects"])
        else words("{level}: share of poles linked, {linked}", **said),
        measure=words("Share of poles linked with each level, as printed, and share of poles that it supports"),
        note=words(
            "The table of amounts prints no base: the share supported is counted on all respondents, then on the poles of"
            " the printed total (our assumption). Where one figure is printed for two levels, both are named."
        ),
        reading=_supported(words, first),
        population=words("Poles that answered in 2015; the base of each share was not found."),
        source=sources.computed_from_deck(words),
        origin="assumption",
        data=data,
        columns=(
            Column("name", str(words("Level"))),
            Column("linked", str(words("Linked, as printed"))),
            Column("joint_with", str(words("Printed together with"))),
            Column("n_projects", str(words("Projects supported")), "count"),
            Column("supported_low", str(words("Supported, of all respondents")), "share"),
            Column("supported_high", str(words("Supported, of the poles of the total")), "share"),
        ),
    )


def _supported(words: Words, row: Row) -> Sentence:
    said: Values = {"level": row["name"], "n": Number(row["n_projects"], "count")}
    if pd.isna(row["supported_low"]) or pd.isna(row["supported_high"]):
        return words("{level}: {n} {n:project|projects} supported.", **said)
    return words(
        "{level}: {n} {n:project|projects} supported, {low} to {high} of the poles.",
        low=Number(row["supported_low"], "share", origin="assumption"),
        high=Number(row["supported_high"], "share", origin="assumption"),
        **said,
    )


def largest(words: Words, level: str, table: pd.DataFrame, limits: dict[str, dict[str, Limits | None]]) -> Exhibit:
    """Return the figure of mean amounts and of what the best supported project can have received, by level.

    Raises `NothingToShow` where the sheet's level has no mean.
    """
    data = _six(words, level, table)
    ends = [limits[one]["max"] or (None, None) for one in data["level"]]
    data = data.assign(max_low=[low for low, _ in ends], max_high=[high for _, high in ends])
    data = data.astype({"max_low": "float", "max_high": "float"})
    own = own_row(data, level)
    if pd.isna(own["mean_eur"]):
        raise NothingToShow(
            words(
                "{level}: without an amount and a number of projects there is no mean to show.",
                level=level_name(words, level),
            )
        )
    known = pd.notna(own["max_low"])
    said: Values = {
        "level": level_name(words, level),
        "low": Number(own["max_low"], "keur1", origin=origin_of(table)),
        "high": Number(own["max_high"], "keur1", origin=origin_of(table)),
        "mean": Number(own["mean_eur"], "keur1"),
    }
    mean_only: Values = {name: said[name] for name in ("level", "mean")}
    return Exhibit(
        key="largest",
        title=words(
            "{level}: the best supported project received from {low} to {high}",
            level=said["level"],
            low=said["low"],
            high=said["high"],
        )
        if known
        else _no_limits(words, own["status"], mean_only),
        measure=words("Mean amount per project, and limits of the largest amount, by level"),
        note=words(
            "Limits, not a margin of error: each end is reached by amounts that print as the row. A level without a bar"
            " has a row that no amounts can have."
        ),
        reading=words("{level}: {mean} on average; the largest amount lies between {low} and {high}.", **said)
        if known
        else words("{level}: {mean} on average.", **mean_only),
        population=population(words, table),
        source=sources.computed_from_deck(words),
        origin=origin_of(table),
        alt=words(
            "A point per level for the mean and a bar for the limits of the largest amount. {level}: mean {mean}, largest from {low} to {high}.",
            **said,
        )
        if known
        else words(
            "A point per level for the mean and a bar for the limits of the largest amount. {level}: mean {mean}, no bar.",
            **mean_only,
        ),
        data=data,
        columns=(
            Column("name", str(words("Level"))),
            Column("n_amounts", str(words("Amounts")), "count"),
            Column("mean_eur", str(words("Mean")), "keur1"),
            Column("max_low", str(words("Largest amount, at least")), "keur1"),
            Column("max_high", str(words("Largest amount, at most")), "keur1"),
        ),
        draw=lambda frame: drawings_level.point_and_limits(
            words,
            frame,
            point=("mean_eur", str(words("Mean"))),
            limits=("max_low", "max_high", str(words("Largest amount: between its limits"))),
            kind="keur",
            colours=_colours(frame, level),
            labels=[_ends(words, row) for row in frame.to_dict("records")],
        ),
    )


def _no_limits(words: Words, status: str, said: Values) -> Sentence:
    if status == "impossible":
        return words("{level}: {mean} on average, and no limits, since the row cannot be true", **said)
    return words("{level}: {mean} on average, and no limits, since the row was not found whole", **said)


def _ends(words: Words, row: Row) -> str:
    if pd.isna(row["max_low"]):
        return str(words("impossible row")) if row["status"] == "impossible" else str(words("not found"))
    low, high = (words.number(Number(row[name], "keur1")) for name in ("max_low", "max_high"))
    return str(words("{low} to {high}", low=low, high=high))
