"""The figures and tables of the consistency notebook."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

import pandas as pd

from ptce_analysis.analysis.audit.records import Verdict
from ptce_analysis.publish import drawings
from ptce_analysis.publish.exhibit import Column, Exhibit, NothingToShow, with_rows
from ptce_analysis.publish.language import Number, Words
from ptce_analysis.publish.phrases import phrase, printed
from ptce_analysis.publish.topics import sources
from ptce_analysis.publish.topics.consistency import VERDICT_LABELS, name
from ptce_analysis.published import Facts, indicator
from ptce_analysis.vocabulary import LEVELS


def _short(words: Words, facts: Facts, fact_id: str) -> str:
    fact = facts[fact_id]
    level = f", {words.label(LEVELS[fact.level])}" if fact.level else ""
    return f"{words.label(indicator(fact.indicator).label)}{level}"


def attainability(words: Words, facts: Facts, table: pd.DataFrame, respondents: int | None) -> Exhibit:
    """Return the map of percentages by base: where each printed percentage can occur.

    Raises `NothingToShow` where percentages or respondents were not found.
    """
    nothing = words("The percentages or the number of respondents were not found: there is no map to draw.")
    if not respondents:
        raise NothingToShow(nothing)
    data, bases = with_rows(table, nothing).copy(), list(table)
    absent = data.index[~data[respondents]]
    data.insert(0, "name", [f"{printed(words, facts[i])} · {_short(words, facts, i)}" for i in data.index])
    data["n_bases"] = table.sum(axis=1)
    data["holds"] = [str(words("yes")) if held else str(words("no")) for held in table[respondents]]
    first = data.iloc[0]
    return Exhibit(
        key="attainability",
        title=words(
            "{absent} of the {n} printed percentages cannot occur among the {respondents} respondents",
            absent=Number(len(absent), "count"),
            n=Number(len(data), "count"),
            respondents=Number(respondents, "count"),
        ),
        measure=words("Bases on which some whole number of poles gives the printed percentage, once rounded"),
        note=words(
            "A base smaller than the number of respondents means that some of them did not answer the question."
        ),
        reading=words(
            "{figure} can occur on {n} of the bases shown.",
            figure=first["name"],
            n=Number(int(first["n_bases"]), "count"),
        ),
        population=words(
            "Percentages printed for 2015; bases from {low} to {high}.", low=str(bases[0]), high=str(bases[-1])
        ),
        source=sources.computed_from_deck(words),
        origin="derived",
        alt=words(
            "Map of {n} percentages by base. Not attainable on {respondents}: {names}.",
            n=Number(len(data), "count"),
            respondents=Number(respondents, "count"),
            names=words.listing(data.loc[absent, "name"]) or str(words("none")),
        ),
        data=data.reset_index(drop=True),
        columns=(
            Column("name", str(words("Printed figure"))),
            Column("n_bases", str(words("Bases where it can occur")), "count"),
            Column("holds", str(words("Can it occur among all respondents?"))),
        ),
        draw=lambda frame: drawings.presence_map(words, frame, bases, respondents, _map_names(words, respondents)),
    )


def _map_names(words: Words, respondents: int) -> tuple[str, str, str]:
    """What bars, crosses and line of the map are."""
    n = Number(respondents, "count")
    return str(words("possible")), str(words("impossible on this base")), str(words("all {n} respondents", n=n))


def verdict_table(words: Words, verdicts: Sequence[Verdict], titles: sources.Titles = MappingProxyType({})) -> Exhibit:
    """Return the verdicts of figures that can be tested; those that one line of arithmetic decides stand together."""
    rows = [
        {
            "name": name(words, verdict),
            "printed": printed(words, verdict.fact),
            "verdict": words.label(VERDICT_LABELS[verdict.verdict]),
            "reason": str(phrase(words, verdict.findings[0].phrase, titles)),
            "source": sources.name(titles, verdict.fact.source),
        }
        for verdict in verdicts
        if verdict.verdict != "unverifiable"
    ]
    data = with_rows(pd.DataFrame(rows), words("No figure can be tested."))
    together = data.groupby("reason", sort=False).ngroup()
    data = data.iloc[together.argsort(kind="stable")].reset_index(drop=True)
    first = data.iloc[0]
    return Exhibit(
        key="verdicts",
        title=words(
            "{n} printed figures, one verdict each, with the line of arithmetic that decides it",
            n=Number(len(data), "count"),
        ),
        measure=words("Figure as printed, verdict, arithmetic"),
        note=words(
            "The worst finding of all rules is shown. A verdict is about figures together: it does not say which one is wrong."
            " The file to download leaves the arithmetic to this table; the command ptce audit --json gives both."
        ),
        reading=words(
            "{name}: {verdict}. {reason}", name=first["name"], verdict=first["verdict"], reason=first["reason"]
        ),
        population=words("Figures printed for 2013 and 2015, whatever the source."),
        source=words("The sources named in the last column; see the list of sources of the collection."),
        origin="derived",
        data=data,
        columns=(
            Column("name", str(words("Printed figure"))),
            Column("printed", str(words("Printed"))),
            Column("verdict", str(words("Verdict"))),
            Column("reason", str(words("Arithmetic")), in_csv=False),
            Column("source", str(words("Source"))),
        ),
    )
