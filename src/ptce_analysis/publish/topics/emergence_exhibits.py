"""The figures and tables of the emergence notebook. A change is written second wave minus first: a fall is negative."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from ptce_analysis.analysis.emergence import by_method
from ptce_analysis.publish import drawings
from ptce_analysis.publish.exhibit import Column, Exhibit
from ptce_analysis.publish.language import NO_BREAK, Number, Words
from ptce_analysis.publish.topics.emergence import population

INTERVALS = {
    "newcombe": ("Newcombe", "accent"),
    "agresti_caffo": ("Agresti–Caffo", "second"),
    "miettinen_nurminen": ("Miettinen–Nurminen", "third"),
}
TESTS = {"fisher": "Fisher", "mid_p": "mid-p", "barnard": "Barnard", "boschloo": "Boschloo", "pearson": "Pearson"}


def _named(table: pd.DataFrame) -> pd.DataFrame:
    """The table with a name per pair of readings, marked where the later count does not print, or is of all poles."""
    marks = table["prints_after"].map({True: "", False: " *"}) + (table["basis_after"] == "identified").map(
        {True: " †", False: ""}
    )
    return table.assign(name=(table["reading"] + marks).str.replace(" ", NO_BREAK))


def forest(words: Words, table: pd.DataFrame) -> Exhibit:
    """Return the figure of the change, with every interval, for every pair of readings."""
    data = _named(table)
    first = data.iloc[0]
    printed = data[~data["in_words"]]
    with_zero = (printed["newcombe_low"] <= 0) & (printed["newcombe_high"] >= 0)
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
            "Three intervals per reading, at {confidence}. A star: the count does not print as the published share. A dagger: a"
            " share of all poles identified, of which fewer answered. Readings with ≥ rest on words (« en majorité ») of another"
            " source about 2013. Methods and conventions are in the table below.",
            confidence=Number(float(first["confidence"]), "share"),
        ),
        reading=words(
            "Read as {name}, the share changes by {change}; Newcombe’s interval runs from {low} to {high}.",
            name=first["name"],
            change=Number(first["change"], "points"),
            low=Number(first["newcombe_low"], "points"),
            high=Number(first["newcombe_high"], "points"),
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
            low=Number(first["newcombe_low"], "points"),
            high=Number(first["newcombe_high"], "points"),
        ),
        data=data,
        columns=(
            Column("name", str(words("Reading"))),
            Column("change", str(words("Change")), "points"),
            *(
                Column(f"{method}_{bound}", f"{label}, {words(end)}", "points")
                for method, (label, _) in INTERVALS.items()
                for bound, end in (("low", "from"), ("high", "to"))
            ),
        ),
        draw=lambda frame: drawings.intervals(
            words,
            frame,
            x="change",
            methods=[(f"{m}_low", f"{m}_high", label, colour) for m, (label, colour) in INTERVALS.items()],
            kind="points",
        ),
    )


def comparison(words: Words, table: pd.DataFrame) -> Exhibit:
    """Return the p-values and the probability of a fall for every pair of readings."""
    data = _named(table)
    first, printed = data.iloc[0], data.loc[~data["in_words"], list(TESTS)]
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
            fall=Number(first["prob_fall"], "share"),
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
            Column("prob_fall", str(words("Probability of a fall")), "share"),
        ),
    )


def methods(words: Words, found: dict[str, Any], groups: Sequence[str] = ("2013", "2015")) -> Exhibit:
    """Return every estimate for two rates with its method, convention and source; `groups` names the two."""
    table = by_method(found)
    newcombe = table[table["method"] == "newcombe"].iloc[0]
    names = dict(
        zip(("share_before", "share_after"), (words("share, {wave}", wave=name) for name in groups), strict=True)
    )
    names |= {"change": words("change"), "ratio": words("ratio of shares"), "odds_ratio": words("odds ratio")}
    names["test"] = words("test")
    figures = table[["estimate", "low", "high", "p_value"]].astype(object)
    data = table.assign(
        quantity=[str(names[quantity]) for quantity in table["quantity"]],
        method=[words.label(METHOD_LABELS[method]) for method in table["method"]],
        convention=[str(words(convention)) for convention in table["convention"]],
        published=[str(words(source)) for source in table["published"]],
        **figures.where(figures.notna(), ""),
    )
    first, second = found["first"], found["second"]
    pair = f"{first['count']}/{first['base']} → {second['count']}/{second['base']}"
    return Exhibit(
        key="methods",
        title=words(
            "{pair}: a change of {change}, from {low} to {high} by Newcombe’s interval at {confidence}",
            pair=pair.replace(" ", NO_BREAK),
            change=Number(newcombe["estimate"], "points"),
            low=Number(newcombe["low"], "points"),
            high=Number(newcombe["high"], "points"),
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
            change=Number(newcombe["estimate"], "number"),
            low=Number(newcombe["low"], "number"),
            high=Number(newcombe["high"], "number"),
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
            Column("p_value", "p", "p"),
            Column("convention", str(words("Convention"))),
            Column("published", str(words("Published in"))),
        ),
    )


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
