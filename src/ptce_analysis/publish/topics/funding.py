"""Who funds PTCE, and what adds up: the sentences of the funding notebook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from ptce_analysis.analysis.funding import Lognormal, Pooled
from ptce_analysis.publish.language import Number, Sentence, Values, Words
from ptce_analysis.publish.sentences import joined
from ptce_analysis.publish.topics.funding_labels import level_name
from ptce_analysis.vocabulary import SCENARIOS

Row = dict[str, Any]


def answer(words: Words, table: pd.DataFrame, totals: pd.DataFrame) -> Sentence:
    """Return the page's answer: which level gives most, if rounding lets it be said, and what does not add up."""
    top = table.dropna(subset="amount_eur").nlargest(2, "amount_eur").to_dict("records")
    if not top:
        return words("No amount by collectivity level was found for this wave.")
    if pd.isna(top[0]["share"]):
        return joined([_published(words, top), *_sum_of_table(words, totals)])
    return joined([_largest(words, *top), *_sum_of_table(words, totals)])


def _published(words: Words, top: Sequence[Row]) -> Sentence:
    """The largest amounts of a table that was not found whole: there are no shares of it."""
    named = ((level_name(words, row["level"]), Number(row["amount_eur"], "keur", "funding_amount")) for row in top)
    said = [words("{level} ({amount})", level=level, amount=amount) for level, amount in named]
    if len(said) < 2:
        return words("A single amount by level was found, that of {first}.", first=said[0])
    if top[0]["amount_low_eur"] > top[1]["amount_high_eur"]:
        return words(
            "Of the amounts published, the largest is that of {first}, ahead of {second}.",
            first=said[0],
            second=said[1],
        )
    return words(
        "Of the amounts published, those of {first} and {second} are too close for their rounding to tell which is larger.",
        first=said[0],
        second=said[1],
    )


def _largest(words: Words, first: Row, second: Row) -> Sentence:
    said: Values = {
        "first": level_name(words, first["level"]),
        "first_share": Number(first["share"], "share1", "funding_amount"),
        "second": level_name(words, second["level"]),
        "second_share": Number(second["share"], "share1", "funding_amount"),
    }
    if first["amount_low_eur"] > second["amount_high_eur"]:
        return words(
            "In the printed table, {first} give most ({first_share} of the six levels’ money), ahead of {second}"
            " ({second_share}).",
            **said,
        )
    return words(
        "In the printed table, {first} ({first_share} of the six levels’ money) and {second} ({second_share}) are too"
        " close for their rounding to tell which gives most.",
        **said,
    )


def _sum_of_table(words: Words, totals: pd.DataFrame) -> list[Sentence]:
    """What the six levels add up to against the printed total, when both are known."""
    rows = totals.set_index("perimeter")
    if not {"all", "printed"} <= set(rows.index):
        return []
    said = {
        "table": Number(rows.loc["all", "total_eur"], "meur", "funding_amount"),
        "printed": Number(rows.loc["printed", "total_eur"], "meur", "funding_total"),
    }
    if _meet(rows.loc["all"], rows.loc["printed"]):
        return [words("The table adds up to the printed total, {printed}.", printed=said["printed"])]
    return [
        words(
            "But the table adds up to {table} where the same slides print {printed} mobilised: shares hold within the"
            " table only.",
            **said,
        )
    ]


def _meet(one: pd.Series, other: pd.Series) -> bool:
    return bool(one["total_low_eur"] <= other["total_high_eur"] and other["total_low_eur"] <= one["total_high_eur"])


def scenario(words: Words, name: str) -> Sentence:
    """Return the scenario the page was run under."""
    return words("Scenario of this page: {scenario}.", scenario=words.label(SCENARIOS[name]))


def earlier_wave(words: Words, table: pd.DataFrame) -> Sentence:
    """Return whether amounts by level were published for an earlier wave."""
    known = int(table["amount_eur"].notna().sum())
    wave = Number(int(table["wave"].iloc[0]), "year")
    if not known:
        return words("For {wave}, no amount by level was found: none is shown, and nothing is imputed.", wave=wave)
    return words("For {wave}, amounts are known for {n} levels.", wave=wave, n=Number(known, "count"))


def impossible_rows(words: Words, table: pd.DataFrame) -> Sentence:
    """Return, for each row that no amounts can satisfy, the arithmetic that shows it."""
    found = table[table["status"] == "impossible"]
    if (table["status"] == "not found").all():
        return words("No whole row was found: there is none to test.")
    if found.empty:
        return words(
            "Under this scenario every printed row can be true: some amounts have its number, total and median."
        )
    return joined(_impossible(words, row) for row in found.to_dict("records"))


def _impossible(words: Words, row: Row) -> Sentence:
    said: Values = {
        "level": level_name(words, row["level"]),
        "n": Number(row["n_amounts"], "count"),
        "median": Number(row["median_eur"], "keur", f"funding_median_{row['level']}"),
        "amount": Number(row["amount_eur"], "keur", f"funding_amount_{row['level']}"),
    }
    if row["minimum_sum_eur"] <= row["amount_high_eur"]:
        return words("{level}: {n} amounts with a median of {median} cannot add up to {amount}.", **said)
    return words(
        "{level}: {n} amounts with a median of {median} add up to at least {minimum}, even if that median was rounded"
        " up; {amount} is printed. The row is impossible as printed, and its median is not used.",
        minimum=Number(row["minimum_sum_eur"], "keur1"),
        **said,
    )


def totals_sentence(words: Words, totals: pd.DataFrame) -> Sentence:
    """Return what the table adds up to over each perimeter, beside the printed total."""
    rows = totals.set_index("perimeter")
    if not {"local", "local_and_state", "all", "printed"} <= set(rows.index):
        return words("The table and the printed total are not both known for this wave.")
    sums = {name: Number(rows.loc[name, "total_eur"], "keur") for name in ("local", "local_and_state", "all")}
    added = words("The four local levels add up to {local}, with the State {local_and_state}, all six {all}.", **sums)
    printed = {"printed": Number(rows.loc["printed", "total_eur"], "meur", "funding_total")}
    if any(_meet(rows.loc[name], rows.loc["printed"]) for name in sums):
        return joined([added, words("One of these is the total that the slides print, {printed}.", **printed)])
    return joined([added, words("The slides print {printed} mobilised: none of these is that total.", **printed)])


def pooled(words: Words, found: Pooled | None) -> Sentence:
    """Return the limits of the pooled local median, and how the printed overall median compares."""
    if found is None:
        return words("The four local rows were not all found: nothing can be said of the median of all local amounts.")
    said = [
        words(
            "The median of all {n} local amounts together lies between {low} and {high}: both are possible, and nothing"
            " printed narrows it.",
            n=Number(found.n, "count"),
            low=Number(found.low_eur, "keur1"),
            high=Number(found.high_eur, "keur1"),
        )
    ]
    if found.without_median:
        levels = words.listing(level_name(words, level) for level in found.without_median)
        said.append(
            words("{levels}: only the number and the total are used, since the row is impossible.", levels=levels)
        )
    return joined([*said, *_printed_median(words, found)])


def _printed_median(words: Words, found: Pooled) -> list[Sentence]:
    if found.printed is None:
        return []
    value = Number(found.printed.value, "keur", found.printed.id)
    if found.holds_printed:
        return [
            words(
                "The slides print a median aid of {printed} per collectivity: it lies within these limits, which"
                " neither confirms nor refutes it, the more so as several collectivities of one level may support one"
                " project.",
                printed=value,
            )
        ]
    return [
        words(
            "The slides print a median aid of {printed} per collectivity: outside these limits, so that it was not"
            " computed on these amounts.",
            printed=value,
        )
    ]


def lognormal(words: Words, fits: Sequence[Lognormal]) -> Sentence:
    """Return for which levels a lognormal law cannot be written down, and why none is used for the others."""
    if not fits:
        return words("No whole row was found: no law of amounts can be written down.")
    refused = {
        reason: words.listing(level_name(words, fit.level) for fit in fits if fit.refusal == reason)
        for reason in ("impossible", "not_above")
    }
    said = []
    if refused["impossible"]:
        said.append(words("It cannot exist for {levels}: the row is impossible.", levels=refused["impossible"]))
    if refused["not_above"]:
        said.append(
            words("It cannot exist for {levels}: the mean is not above the median.", levels=refused["not_above"])
        )
    fitted = words.listing(level_name(words, fit.level) for fit in fits if not fit.refusal)
    if fitted:
        said.append(words("It could be written down for {levels}, but nothing printed supports it.", levels=fitted))
    return joined(
        [words("A lognormal law, the usual model of amounts, has its mean above its median."), *said,
         words("No result of this page uses it.")]
    )  # fmt: skip
