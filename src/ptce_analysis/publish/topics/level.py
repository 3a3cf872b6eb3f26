"""One level's sheet: its sentences. Nothing here is written for one level: the tables decide what is said."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import pandas as pd

from ptce_analysis.analysis.identification import QUANTITIES
from ptce_analysis.publish.language import Number, Sentence, Values, Words
from ptce_analysis.publish.sentences import joined
from ptce_analysis.publish.topics.funding import impossible_rows
from ptce_analysis.publish.topics.funding_labels import QUANTITY_LABELS, level_name, origin_of, short_name
from ptce_analysis.publish.topics.profile import links
from ptce_analysis.published_roles import Role, roles_of
from ptce_analysis.vocabulary import FUNDING_LEVELS, SCENARIOS, Label

Row = dict[str, Any]

PLACE_LABELS: dict[str, Label] = {"projects": ("number of projects", "nombre de projets")} | QUANTITY_LABELS


def own_row(table: pd.DataFrame, level: str) -> Row:
    """Return the row of a level in a table with one row per level."""
    return dict(table.set_index("level", drop=False).loc[level])


def rank(words: Words, row: Row, origin: str = "") -> Sentence:
    """Return the place of a level as far as it is known: one place, two limits, or none."""
    if pd.isna(row["best"]):
        return words("not known")
    best, worst = (Number(int(row[end]), "count", origin=origin) for end in ("best", "worst"))
    return (
        words("{rank}", rank=best)
        if row["verdict"] == "decided"
        else words("{best} to {worst}", best=best, worst=worst)
    )


def answer(words: Words, level: str, table: pd.DataFrame, found: pd.DataFrame) -> Sentence:
    """Return the page's answer: what the level is printed to give, its place among the six, what cannot be true."""
    row = own_row(table, level)
    if pd.isna(row["amount_eur"]):
        return no_amount(words, level)
    return joined([_gives(words, row), _ranks(words, found), *_warning(words, row)])


def no_amount(words: Words, level: str) -> Sentence:
    """Return what is said of a level without a published amount."""
    return words("{level}: no amount was found for this wave.", level=level_name(words, level))


def _gives(words: Words, row: Row) -> Sentence:
    said: Values = {
        "level": level_name(words, row["level"]),
        "amount": Number(row["amount_eur"], "keur", f"funding_amount_{row['level']}_{row['wave']}"),
        "wave": Number(row["wave"], "year"),
    }
    if pd.isna(row["n_projects"]) or pd.isna(row["share"]):
        return words(
            "{level}: {amount} in {wave}; what it is part of, or for how many projects, was not found.", **said
        )
    return words(
        "{level}: {amount} for {n} {n:project|projects} in {wave}, {share} of the money of the six levels.",
        n=Number(row["n_projects"], "count", f"funding_projects_{row['level']}_{row['wave']}"),
        share=Number(row["share"], "share1"),
        **said,
    )


def _ranks(words: Words, found: pd.DataFrame) -> Sentence:
    rows, origin = found.set_index("quantity", drop=False), origin_of(found)
    ranks = {name: rank(words, dict(rows.loc[name]), origin) for name in ("total", "projects", "mean", "median")}
    return words(
        "Rank among the {n} levels, from the most to the least – total amount: {total}; number of projects: {projects};"
        " mean amount: {mean}; median amount: {median}.",
        n=Number(len(FUNDING_LEVELS), "count"),
        **ranks,
    )


def _warning(words: Words, row: Row) -> list[Sentence]:
    if row["status"] != "impossible":
        return []
    return [
        words(
            "The row printed for this level cannot be true: no amounts have its number, its total and its median. Its"
            " median is not used."
        )
    ]


def row_said(words: Words, level: str, table: pd.DataFrame) -> Sentence:
    """Return whether the level's printed row can be true, with the arithmetic when it cannot."""
    row = own_row(table, level)
    if row["status"] == "possible":
        return words(
            "{level}: the printed row can be true; some amounts have its number, its total and its median.",
            level=level_name(words, level),
        )
    if row["status"] == "not found":
        return not_whole(words, level)
    return impossible_rows(words, table[table["level"] == level])


def not_whole(words: Words, level: str) -> Sentence:
    """Return why the row of a level cannot be tested."""
    return words(
        "{level}: the row was not found whole. Nothing can be said of its single amounts.",
        level=level_name(words, level),
    )


def earlier_links(words: Words, level: str, found: pd.DataFrame) -> Sentence:
    """Return the level's shares of linked poles that are printed for both surveys, and why they do not compare."""
    own = found[found["level"] == level]
    if own.empty:
        return words("No share of poles linked with this level was found for both surveys: no change can be told.")
    return links(words, own)


def sure_places(words: Words, found: pd.DataFrame) -> Sentence:
    """Return by which quantities the place is known for sure, only enclosed, or not known at all."""
    names = {
        kind: words.listing(words.label(PLACE_LABELS[name]) for name in found.loc[found["verdict"] == kind, "quantity"])
        for kind in ("decided", "bounded", "open")
    }
    said = []
    if names["decided"]:
        said.append(words("Known whatever the rounding: the place by {names}.", names=names["decided"]))
    if names["bounded"]:
        said.append(
            words("Only enclosed, because the amounts were not found: the place by {names}.", names=names["bounded"])
        )
    if names["open"]:
        said.append(words("Not known, because nothing usable was found: the place by {names}.", names=names["open"]))
    return joined(said)


def by_scenario(words: Words, tables: Sequence[pd.DataFrame]) -> Sentence:
    """Return the level's rank by median under each scenario, which is what the scenarios change."""
    said = [
        words(
            "{scenario}: {rank}",
            scenario=words.label(SCENARIOS[table["scenario"].iloc[0]]),
            rank=rank(words, dict(table.set_index("quantity").loc["median"]), origin_of(table)),
        )
        for table in tables
    ]
    return words("Its rank by median amount, under each scenario – {ranks}.", ranks=joined(said, words.semicolon))


def presence(words: Words, level: str, table: pd.DataFrame) -> Sentence:
    """Return the share of poles linked with the level, as printed, beside the share that it supports."""
    row = own_row(table, level)
    return joined([_linked(words, row), *_supported(words, row)])


def _linked(words: Words, row: Row) -> Sentence:
    name = level_name(words, row["level"])
    if pd.isna(row["link_share"]):
        return words("{level}: the share of poles linked with this level was not found.", level=name)
    share = Number(row["link_share"], "share", row["link_id"])
    if not row["joint"]:
        return words("{level}: {share} of the poles are linked with this level.", level=name, share=share)
    return words(
        "{level}: the slides print {share} of poles linked, a single figure shared with {others}. It may mean each of"
        " them, either or both.",
        level=name,
        share=share,
        others=words.listing(short_name(words, other) for other in row["joint"]),
    )


def _supported(words: Words, row: Row) -> list[Sentence]:
    if pd.isna(row["supported_low"]) or pd.isna(row["supported_high"]):
        return []
    return [
        words(
            "It supports {n} {n:project|projects}. The table does not say out of how many: {low} if all {respondents} respondents are"
            " counted, {high} of the {base} poles of the printed total. To be present is not to fund: the two shares do"
            " not measure the same thing.",
            n=Number(row["n_projects"], "count"),
            low=Number(row["supported_low"], "share", origin="assumption"),
            respondents=Number(row["base_high"], "count"),
            high=Number(row["supported_high"], "share", origin="assumption"),
            base=Number(row["base_low"], "count"),
        )
    ]


def spread(words: Words, level: str, table: pd.DataFrame, found: pd.DataFrame) -> Sentence:
    """Return what one project can have received from the level: limits, or why there are none."""
    row, largest = own_row(table, level), dict(found.set_index("quantity").loc["max"])
    if row["status"] == "not found":
        return not_whole(words, level)
    if row["status"] != "possible":
        return words(
            "{level}: no limits can be given, since no amounts have the printed row.", level=level_name(words, level)
        )
    return words(
        "{level}: the best supported project received at least {low} and at most {high}; nothing printed says more. Half of"
        " the {n} amounts are {median} or less, and the mean is {mean}.",
        level=level_name(words, level),
        low=Number(largest["low"], "keur1", origin=origin_of(found)),
        high=Number(largest["high"], "keur1", origin=origin_of(found)),
        n=Number(row["n_amounts"], "count"),
        median=Number(row["median_eur"], "keur"),
        mean=Number(row["mean_eur"], "keur1"),
    )


def roles_said(words: Words, level: str, roles: Collection[Role]) -> Sentence:
    """Return whether the slides single the level out, speak of all local authorities, or say nothing of it."""
    addressed = roles_of(roles, level)
    own, name = [role for role in addressed if not role.general], level_name(words, level)
    if not addressed:
        return words(
            "{level}: the slides name no role for this level. Their {n} levers address local authorities.",
            level=name,
            n=Number(sum(role.kind == "lever" for role in roles), "count"),
        )
    single = (
        words("{level} – statements about this level alone: {n}.", level=name, n=Number(len(own), "count"))
        if own
        else words("{level}: no statement of the slides is about this level alone.", level=name)
    )
    return joined([single, _general(words, roles, level)])


def _general(words: Words, roles: Collection[Role], level: str) -> Sentence:
    general = [role for role in roles if role.general]
    levers = Number(sum(role.kind == "lever" for role in general), "count")
    if any(level in role.levels for role in general):
        return words(
            "Statements for all local authorities alike: {all}, the {n} levers among them.",
            all=Number(len(general), "count"),
            n=levers,
        )
    return words("The {n} levers address local authorities, not this level.", n=levers)


def limits_of_comparison(words: Words, found: pd.DataFrame) -> Sentence:
    """Return how many comparisons with the other levels are decided, of those that could be asked."""
    asked = found[found["quantity"].isin(QUANTITIES)]
    return words(
        "Of the {all} comparisons of this level with another one, {n} are decided by what is printed.",
        all=Number(int((asked[["n_above", "n_below", "n_either"]]).to_numpy().sum()), "count", origin=origin_of(found)),
        n=Number(int(asked[["n_above", "n_below"]].to_numpy().sum()), "count", origin=origin_of(found)),
    )
