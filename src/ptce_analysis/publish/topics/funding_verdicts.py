"""What the printed figures decide between levels: the sentences and the two tables of verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from ptce_analysis.analysis.identification import OUTSIDE, QUANTITIES, ranking
from ptce_analysis.publish.exhibit import Column, Exhibit
from ptce_analysis.publish.language import Number, Sentence, Words
from ptce_analysis.publish.sentences import joined
from ptce_analysis.publish.topics import sources
from ptce_analysis.publish.topics.funding_labels import (
    OUTSIDE_LABELS,
    QUANTITY_HEADINGS,
    QUANTITY_LABELS,
    origin_of,
    short_name,
)
from ptce_analysis.vocabulary import SCENARIOS

Row = dict[str, Any]


def identified(words: Words, decided: pd.DataFrame) -> Sentence:
    """Return by which quantities the printed figures decide between two levels: always, sometimes, never."""
    counts = _decided_counts(decided)
    n = Number(_pairs(decided), "count")
    always = [name for name in QUANTITIES if counts[name] == n.value]
    never = [name for name in QUANTITIES if not counts[name]]
    said = []
    if always:
        said.append(
            words(
                "The printed figures decide all {n} comparisons of two levels by {all}.", n=n, all=_names(words, always)
            )
        )
    said += [
        words(
            "By {quantity}, they decide {decided} of {n}.",
            quantity=words.label(QUANTITY_LABELS[name]),
            decided=Number(counts[name], "count", origin=origin_of(decided)),
            n=n,
        )
        for name in QUANTITIES
        if name not in always + never
    ]
    if never:
        said.append(words("They decide none by {none}: any level may have more.", none=_names(words, never)))
    return joined(said, "\n")


def _decided_counts(decided: pd.DataFrame) -> dict[str, int]:
    counts = decided[decided["verdict"] == "decided"]["statement"].value_counts()
    return {name: int(counts.get(name, 0)) for name in QUANTITIES}


def _pairs(decided: pd.DataFrame) -> int:
    return int((decided["statement"] == QUANTITIES[0]).sum())


def _names(words: Words, quantities: Iterable[str]) -> str:
    return words.listing(words.label(QUANTITY_LABELS[name]) for name in quantities)


def survivors(words: Words, comparisons: pd.DataFrame, levels: pd.DataFrame) -> Sentence:
    """Return the conclusions that hold under every scenario: orders of levels, then statements on one level."""
    if comparisons.empty and levels.empty:
        return words("No conclusion holds under all the scenarios.")
    orders = {name: ranking(comparisons, name) for name in QUANTITIES}
    said = [
        words(
            "By {quantity}, the order of the levels is the same under all {n} scenarios, from the most to the least:"
            " {levels}.",
            quantity=words.label(QUANTITY_LABELS[name]),
            n=Number(len(SCENARIOS), "count"),
            levels=words.listing(short_name(words, level) for level in order),
        )
        for name, order in orders.items()
        if order
    ]
    said += _partly(words, comparisons, [name for name, order in orders.items() if not order])
    return joined([*said, *_hold(words, levels)], "\n")


def _partly(words: Words, comparisons: pd.DataFrame, names: Sequence[str]) -> list[Sentence]:
    """By which quantities some comparisons are decided alike under every scenario, and by which none is."""
    counts = comparisons["statement"].value_counts()
    said = [
        words(
            "By {quantity}, {n} comparisons of two levels come out the same under all of them.",
            quantity=words.label(QUANTITY_LABELS[name]),
            n=Number(int(counts[name]), "count"),
        )
        for name in names
        if name in counts
    ]
    never = [name for name in names if name not in counts]
    return [*said, words("By {none}, none does.", none=_names(words, never))] if never else said


def _hold(words: Words, levels: pd.DataFrame) -> list[Sentence]:
    """The statements on one level that hold under every scenario, one sentence each."""
    true = levels[levels["holds"].fillna(False).astype(bool)]
    groups = true.groupby(["statement", "threshold"], sort=False)["level"]
    return [_above(words, name, value, list(some)) for (name, value), some in groups]


def _above(words: Words, quantity: str, value: float, levels: list[str]) -> Sentence:
    names = words.listing(short_name(words, level) for level in levels)
    if quantity == "max":
        return words(
            "Under all of them, one project at least received more than {value} from: {levels}.",
            value=Number(value, "keur"),
            levels=names,
        )
    return words(
        "Under all of them, the larger half of the amounts makes up more than {value} of the money for: {levels}.",
        value=Number(value, "share"),
        levels=names,
    )


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
            " missing or impossible, and gives no limits. Means are compared whether or not one supported project of"
            " each level gave no amount.",
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
            "Decided: one answer is possible. Bounded: both are, within known limits. Open: nothing that was found bears on"
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
