"""What the printed figures decide between levels: the two tables of verdicts of the funding notebook."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ptce_analysis.analysis.identification import OUTSIDE, QUANTITIES
from ptce_analysis.publish.exhibit import Column, Exhibit
from ptce_analysis.publish.language import Number, Words
from ptce_analysis.publish.topics import sources
from ptce_analysis.publish.topics.funding_labels import (
    OUTSIDE_LABELS,
    QUANTITY_HEADINGS,
    QUANTITY_LABELS,
    origin_of,
    short_name,
)

Row = dict[str, Any]


def pairs_table(words: Words, decided: pd.DataFrame) -> Exhibit:
    """Return, for every pair of levels and every quantity, the level that has more, or that it is not decided."""
    compared = decided[decided["statement"].isin(QUANTITIES)]
    data = pd.DataFrame([_pair_row(words, pair, some) for pair, some in _by_pair(compared)])
    first = data.loc[data["n_decided"].idxmax()]
    n_decided = int(data["n_decided"].sum())
    return Exhibit(
        key="pairs",
        title=words(
            "{n} of the {all} comparisons of two levels are decided by the printed figures",
            n=Number(n_decided, "count"),
            all=Number(len(compared), "count"),
        ),
        measure=words("For each pair of levels, the level that has more, whatever the amounts were"),
        note=words(
            "“{either}”: the printed rows allow both orders, within known limits. “{unknown}”: a row of the pair is"
            " missing or impossible, and gives no limits.",
            either=words("either"),
            unknown=words("not known"),
        ),
        reading=words(
            "{pair}: {n} of the comparisons are decided.",
            pair=first["name"],
            n=Number(int(first["n_decided"]), "count"),
        ),
        population=words("The six levels of the printed table, two by two."),
        source=sources.computed_from_deck(words),
        origin=origin_of(decided),
        data=data,
        columns=(
            Column("name", str(words("Pair of levels"))),
            *(Column(name, words.label(QUANTITY_HEADINGS[name])) for name in QUANTITIES),
            Column("n_decided", str(words("Decided")), "count"),
        ),
    )


def _by_pair(compared: pd.DataFrame) -> list[tuple[tuple[str, str], list[Row]]]:
    groups = compared.groupby(["level", "other"], sort=False)
    return [((str(pair[0]), str(pair[1])), some.to_dict("records")) for pair, some in groups]


def _pair_row(words: Words, pair: tuple[str, str], some: list[Row]) -> Row:
    name = str(words("{one} – {other}", one=short_name(words, pair[0]), other=short_name(words, pair[1])))
    cells = {row["statement"]: _verdict(words, row) for row in some}
    return {"name": name, **cells, "n_decided": sum(row["verdict"] == "decided" for row in some)}


def _verdict(words: Words, row: Row) -> str:
    if row["verdict"] == "bounded":
        return str(words("either"))
    if row["verdict"] == "open":
        return str(words("not known"))
    return str(words("equal")) if row["more"] == "neither" else short_name(words, row["more"])


def _heading(words: Words, name: str) -> str:
    label = words.label((QUANTITY_LABELS | OUTSIDE_LABELS)[name])
    return label[0].upper() + label[1:]


def conclusions_table(words: Words, decided: pd.DataFrame, surviving: pd.DataFrame) -> Exhibit:
    """Return, for every quantity, how many comparisons are decided, and how many alike under every scenario."""
    compared = decided[decided["statement"].isin(QUANTITIES)]
    counts = pd.crosstab(decided["statement"], decided["verdict"])
    alike = surviving["statement"].value_counts()
    names = (*QUANTITIES, *OUTSIDE)
    data = pd.DataFrame(
        {
            "name": [_heading(words, name) for name in names],
            **{
                kind: [int(counts.get(kind, {}).get(name, 0)) for name in names]
                for kind in ("decided", "bounded", "open")
            },
            "alike": [int(alike.get(name, 0)) for name in names],
        }
    )
    best = data.loc[data["alike"].idxmax()]
    return Exhibit(
        key="conclusions",
        title=words(
            "{n} of the {all} comparisons come out the same under every scenario",
            n=Number(int(data["alike"].sum()), "count"),
            all=Number(len(compared), "count"),
        ),
        measure=words(
            "Number of pairs of levels, by what the printed figures say of “this level has more than that one”"
        ),
        note=words(
            "Decided: one answer is possible. Bounded: both are, within known limits. Open: nothing printed bears on"
            " it. The last rows are questions that no figure of the table can answer: poles are not a random sample,"
            " those without support are not counted, and the two surveys are not those of the same poles."
        ),
        reading=words(
            "{name}: {decided} pairs are decided under this scenario, {alike} alike under all.",
            name=best["name"],
            decided=Number(int(best["decided"]), "count"),
            alike=Number(int(best["alike"]), "count"),
        ),
        population=words("The six levels of the printed table, two by two."),
        source=sources.computed_from_deck(words),
        origin=origin_of(decided),
        data=data,
        columns=(
            Column("name", str(words("Is there more of…"))),
            Column("decided", str(words("Decided")), "count"),
            Column("bounded", str(words("Bounded")), "count"),
            Column("open", str(words("Open")), "count"),
            Column("alike", str(words("Decided alike under every scenario")), "count"),
        ),
    )
