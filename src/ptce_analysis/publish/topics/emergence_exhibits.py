"""The figures and tables of the emergence notebook. A change is written second wave minus first: a fall is negative."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from ptce_analysis.analysis.proportions.records import METHODS
from ptce_analysis.publish import drawings
from ptce_analysis.publish.exhibit import Column, Exhibit
from ptce_analysis.publish.language import NO_BREAK, Number, Sentence, Words
from ptce_analysis.publish.topics.emergence import population

INTERVALS = {
    "newcombe": ("Newcombe", "accent"),
    "agresti_caffo": ("Agresti–Caffo", "second"),
    "miettinen_nurminen": ("Miettinen–Nurminen", "third"),
}
TESTS = {"fisher": "Fisher", "mid_p": "mid-p", "barnard": "Barnard", "boschloo": "Boschloo", "pearson": "Pearson"}


def _reading_name(row: dict[str, Any]) -> str:
    least = "≥ " if row["at_least_first"] else ""
    star = "" if row["attainable_second"] else " *"
    name = f"{least}{row['count_first']}/{row['base_first']} → {row['count_second']}/{row['base_second']}{star}"
    return name.replace(" ", NO_BREAK)


def _as_change(table: pd.DataFrame) -> pd.DataFrame:
    """The table with changes (second minus first) and a name per pair of readings."""
    changed = {"change": -table["difference"]}
    for method in INTERVALS:
        changed |= {f"{method}_from": -table[f"{method}_high"], f"{method}_to": -table[f"{method}_low"]}
    names = [_reading_name(row) for row in table.to_dict("records")]
    return table.assign(**changed, name=names)


def forest(words: Words, table: pd.DataFrame) -> Exhibit:
    """Return the figure of the change, with every interval, for every pair of readings."""
    data = _as_change(table)
    first = data.iloc[0]
    printed = data[~data["at_least_first"]]
    with_zero = (printed["newcombe_from"] <= 0) & (printed["newcombe_to"] >= 0)
    return Exhibit(
        key="forest",
        title=words(
            "Under all {all} readings of the printed shares, a fall and a rise are both compatible with the figures",
            all=Number(len(printed), "count"),
        )
        if with_zero.all()
        else words(
            "{n} of the {all} readings of the printed shares leave the sign of the change open",
            n=Number(int(with_zero.sum()), "count"),
            all=Number(len(printed), "count"),
        ),
        measure=words(
            "Change of the share of emerging poles between 2013 and 2015, in percentage points, with its intervals"
        ),
        note=words(
            "Three intervals per reading, at {confidence}. A star: the count does not print as the published share. Readings with"
            " ≥ rest on words (“for the most part”) of another source about 2013. Methods and conventions are in the table below.",
            confidence=Number(float(first["confidence"]), "share"),
        ),
        reading=words(
            "Read as {name}, the share changes by {change}; Newcombe’s interval runs from {low} to {high}.",
            name=first["name"],
            change=Number(first["change"], "points"),
            low=Number(first["newcombe_from"], "points"),
            high=Number(first["newcombe_to"], "points"),
        ),
        population=population(words),
        source=words(
            "Computed from the shares printed in the RTES deck and, for the readings with ≥, from a note by COORACE (2014)."
        ),
        origin="assumption",
        alt=words(
            "Points with three intervals each for {n} pairs of readings; for the first, {name}, from {low} to {high}.",
            n=Number(len(data), "count"),
            name=first["name"],
            low=Number(first["newcombe_from"], "points"),
            high=Number(first["newcombe_to"], "points"),
        ),
        data=data,
        columns=(
            Column("name", str(words("Reading"))),
            Column("change", str(words("Change")), "points"),
            *(
                Column(f"{method}_{end}", f"{label}, {words(end)}", "points")
                for method, (label, _) in INTERVALS.items()
                for end in ("from", "to")
            ),
        ),
        draw=lambda frame: drawings.intervals(
            words,
            frame,
            x="change",
            methods=[(f"{m}_from", f"{m}_to", label, colour) for m, (label, colour) in INTERVALS.items()],
            kind="points",
        ),
    )


def comparison(words: Words, table: pd.DataFrame) -> Exhibit:
    """Return the p-values and the probability of a fall for every pair of readings."""
    data = _as_change(table)
    first, printed = data.iloc[0], data.loc[~data["at_least_first"], list(TESTS)]
    return Exhibit(
        key="comparison",
        title=words(
            "Whatever the reading of the printed shares and the test, the p-value lies between {low} and {high}",
            low=Number(float(printed.min(axis=None)), "p"),
            high=Number(float(printed.max(axis=None)), "p"),
        ),
        measure=words("Two-sided p-values, and probability that the share fell (flat prior)"),
        note=words("What each test counts as at least as extreme is in the table of methods."),
        reading=words(
            "Read as {name}: Fisher’s p-value is {fisher}, and the probability of a fall {fall}.",
            name=first["name"],
            fisher=Number(first["fisher"], "p"),
            fall=Number(first["prob_decrease"], "share"),
        ),
        population=population(words),
        source=words(
            "Computed from the shares printed in the RTES deck and, for the readings with ≥, from a note by COORACE (2014)."
        ),
        origin="assumption",
        data=data,
        columns=(
            Column("name", str(words("Reading"))),
            *(Column(test, label, "p") for test, label in TESTS.items()),
            Column("prob_decrease", str(words("Probability of a fall")), "share"),
        ),
    )


def methods(words: Words, found: dict[str, Any], groups: Sequence[str] = ("2013", "2015")) -> Exhibit:
    """Return every estimate for two rates with its method, convention and source; `groups` names the two."""
    data = pd.DataFrame(_method_rows(words, found, groups))
    first, second = found["first"], found["second"]
    pair = f"{first['count']}/{first['base']} → {second['count']}/{second['base']}"
    return Exhibit(
        key="methods",
        title=words(
            "{pair}: a change of {change}, from {low} to {high} by Newcombe’s interval at {confidence}",
            pair=pair.replace(" ", NO_BREAK),
            change=Number(-found["difference"], "points"),
            low=Number(-found["intervals"]["newcombe"][1], "points"),
            high=Number(-found["intervals"]["newcombe"][0], "points"),
            confidence=Number(found["confidence"], "share"),
        ),
        measure=words(
            "Estimate and interval at {confidence}, or p-value", confidence=Number(found["confidence"], "share")
        ),
        note=words(
            "Changes are second wave minus first, ratios second over first. Prior of the Bayesian line: {prior}.",
            prior=words.label(PRIOR_LABELS[found["bayes"]["prior"]["name"]]),
        ),
        reading=words(
            "Newcombe: the share changes by {change}, between {low} and {high}.",
            change=Number(-found["difference"], "number"),
            low=Number(-found["intervals"]["newcombe"][1], "number"),
            high=Number(-found["intervals"]["newcombe"][0], "number"),
        ),
        population=population(words),
        source=words("The last column names where each method was published."),
        origin="assumption",
        data=data,
        columns=(
            Column("quantity", str(words("Quantity"))),
            Column("method", str(words("Method"))),
            Column("estimate", str(words("Estimate")), "number"),
            Column("low", str(words("from")), "number"),
            Column("high", str(words("to")), "number"),
            Column("p", "p", "p"),
            Column("convention", str(words("Convention"))),
            Column("published", str(words("Published in"))),
        ),
    )


def _method_rows(words: Words, found: dict[str, Any], groups: Sequence[str]) -> list[dict[str, Any]]:
    rows = [
        _method(words, words("share, {wave}", wave=group), method, found[side]["share"], found[side][method])
        for side, group in zip(("first", "second"), groups, strict=True)
        for method in ("wilson", "clopper_pearson", "jeffreys")
    ]
    bayes, ratio, odds = found["bayes"], found["risk_ratio"], found["odds_ratio"]
    differences = {m: (found["difference"], ends) for m, ends in found["intervals"].items()}
    differences["beta_binomial"] = bayes["difference"], bayes["interval"]
    rows += [
        _method(words, words("change"), method, -difference, (-high, -low))
        for method, (difference, (low, high)) in differences.items()
    ]
    rows.append(_method(words, words("ratio of shares"), "koopman", ratio["estimate"], ratio["koopman"]))
    rows.append(_method(words, words("odds ratio"), "sample_odds_ratio", odds["sample"], (None, None)))
    rows.append(_method(words, words("odds ratio"), "conditional_odds_ratio", odds["conditional"], odds["exact"]))
    return rows + [
        {**_method(words, words("test"), test, None, (None, None)), "p": p} for test, p in found["tests"].items()
    ]


def _method(words: Words, quantity: Sentence, method: str, estimate: float | None, ends: Any) -> dict[str, Any]:
    low, high = ends or (None, None)
    about = METHODS[method]
    return {
        "quantity": str(quantity),
        "method": words.label(METHOD_LABELS[method]),
        "estimate": _cell(estimate),
        "low": _cell(low),
        "high": _cell(high),
        "p": "",
        "convention": str(words(about.convention)),
        "published": str(words(about.source)),
    }


def _cell(value: float | None) -> float | str:
    return "" if value is None else value


PRIOR_LABELS = {"uniform": ("uniform", "uniforme"), "jeffreys": ("Jeffreys", "Jeffreys")}

METHOD_LABELS = {
    "wilson": ("Wilson", "Wilson"),
    "clopper_pearson": ("Clopper–Pearson", "Clopper–Pearson"),
    "jeffreys": ("Jeffreys", "Jeffreys"),
    **{method: (label, label) for method, (label, _) in INTERVALS.items()},
    "beta_binomial": ("beta-binomial", "bêta-binomial"),
    "koopman": ("Koopman", "Koopman"),
    "sample_odds_ratio": ("sample", "échantillon"),
    "conditional_odds_ratio": ("conditional, exact interval", "conditionnel, intervalle exact"),
    **{test: (label, label) for test, label in TESTS.items()},
}
