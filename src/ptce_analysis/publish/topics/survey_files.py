"""How the survey files were cleaned, and what they give of the printed figures: figures and tables."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pandas as pd

from ptce_analysis.analysis.audit import audit
from ptce_analysis.analysis.audit.records import contradictions
from ptce_analysis.fictitious.cannot_hold import CannotHold, what_cannot_hold
from ptce_analysis.publish import drawings
from ptce_analysis.publish.disclosure.release import derived, joined, public
from ptce_analysis.publish.disclosure.rules import MARK
from ptce_analysis.publish.exhibit import Column, Exhibit
from ptce_analysis.publish.language import Number, Sentence, Words
from ptce_analysis.publish.phrases import phrase, printed
from ptce_analysis.publish.survey_tables import Shown
from ptce_analysis.publish.topics.funding_labels import level_name
from ptce_analysis.publish.topics.sources import Titles
from ptce_analysis.publish.topics.sources import name as source_name
from ptce_analysis.publish.topics.survey import FATES, waves_named
from ptce_analysis.published import Fact, Facts, indicator
from ptce_analysis.vocabulary import Label

Row = dict[str, Any]

FAMILY_LABELS: dict[str, Label] = {
    "file": ("how the file is laid out", "présentation du fichier"),
    "silence": ("ways of giving no value", "façons de ne pas donner de valeur"),
    "unit": ("units: k€, %, posts", "unités : k€, %, ETP"),
    "decision": ("decisions of the codebook", "décisions du dictionnaire des codes"),
    "level": ("names of collectivities", "noms de collectivités"),
    "word": ("words of a list: stage, status, yes or no, dates", "mots d’une liste : stade, statut, oui ou non, dates"),
    "writing": ("writing of numbers and spaces", "écriture des nombres et des espaces"),
}
NO_RULE: Label = ("none that several lines needed", "aucune dont plusieurs lignes aient eu besoin")
VERDICT_LABELS: dict[str, Label] = {
    "reproduced": ("as printed", "tel que publié"),
    "differs": ("another figure", "autre valeur"),
    "as_far_as_shown": ("as printed, as far as may be shown", "tel que publié, autant qu’on puisse le montrer"),
    "other_base": ("as printed, on another base", "tel que publié, sur une autre base"),
    "hidden": ("not compared", "non comparé"),
    "nothing_printed": ("nothing printed to compare", "rien de publié à comparer"),
}
VERDICT_ORDER = tuple(VERDICT_LABELS)
HIDDEN: Label = ("not shown", "non diffusé")


def lines(words: Words, tables: Shown) -> Exhibit:
    """Return the figure of the cleaning flow: lines of each file, set aside by rule, kept."""
    found = tables.lines.table
    data = found.assign(
        wave=found["wave"].astype(str),
        said=[words.label(FATES[fate]) for fate in found["fate"]],
        name=[f"{row['wave']} · {words.label(FATES[row['fate']])}" for row in found.to_dict("records")],
        colour=["accent" if fate in ("in", "kept") else "second" for fate in found["fate"]],
    )
    first, kept = dict(data.iloc[0]), dict(data[data["fate"] == "kept"].iloc[-1])
    n_aside = int(tables.flow.table["aside"].sum())
    return Exhibit(
        key="lines",
        title=words(
            "{n} {n:line of the files is|lines of the files are} no answer of a pole; each was set aside by a named rule",
            n=Number(n_aside, "count"),
        ),
        measure=words("Number of lines of each file, by what becomes of them"),
        note=words(
            "Lines in the file are those set aside plus those kept. The first rule that concerns a line sets it aside;"
            " nothing is deleted, and the file itself is never changed."
        ),
        reading=words("{name}: {n}.", name=first["name"], n=Number(int(first["n"]), "count")),
        population=words("Every line under the header of each export."),
        source=sources(words, tables),
        origin=tables.origin,
        protected=tables.protected,
        alt=words(
            "One stem per wave and rule. {first}: {n}; {last}: {kept}.",
            first=first["name"],
            n=Number(int(first["n"]), "count"),
            last=kept["name"],
            kept=Number(int(kept["n"]), "count"),
        ),
        data=data,
        columns=(
            Column("wave", str(words("Wave"))),
            Column("said", str(words("What becomes of the lines"))),
            Column("n", str(words("Lines")), "count"),
        ),
        draw=lambda frame: drawings.stems(
            words, frame, x="n", kind="count", colours=list(frame["colour"]), labels=[f"{n}" for n in frame["n"]]
        ),
    )


def sources(words: Words, tables: Shown) -> Sentence:
    """Return the source line of everything computed from the answers of a page."""
    return words("{waves}: exports and codebooks cleaned by this library.", waves=waves_named(words, tables))


def repairs(words: Words, tables: Shown) -> Exhibit:
    """Return the table of the rules that repaired the answers, by what they are about."""
    found = tables.repairs.table
    labels = [words.label(FAMILY_LABELS[name]) for name in found["family"]]
    data = found.assign(wave=found["wave"].astype(str), family=labels)
    data = data if len(data) else pd.DataFrame([_no_rule(words, year) for year in tables.years])
    first = dict(data.iloc[0])
    return Exhibit(
        key="repairs",
        title=words("The same thing is written in many ways: rules read it, and each has a name"),
        measure=words("Rules by which the clean tables differ in writing from the files, by what the repair is about"),
        note=words(
            "A repair changes how an answer is written, never what it says: an answer that could mean two things is set"
            " aside unless the codebook decides. The rules are named as in the ledger that ptce clean writes, line by"
            " line. Those that few lines needed are left out, and no repair is counted: that would count answers, those"
            " that are not shown too."
        ),
        reading=words("{wave}, {family}: {rules}.", wave=first["wave"], family=first["family"], rules=first["rules"]),
        population=words("Cells of the poles kept, and what was done to read each file."),
        source=sources(words, tables),
        origin=tables.origin,
        protected=tables.protected,
        data=data,
        columns=(
            Column("wave", str(words("Wave"))),
            Column("family", str(words("What the repair is about"))),
            Column("rules", str(words("Rules"))),
        ),
    )


def _no_rule(words: Words, year: int) -> Row:
    return {"wave": str(year), "family": words.label(NO_RULE), "rules": "–"}


def printed_again(words: Words, tables: Shown) -> Exhibit:
    """Return the table of printed figures beside what the answers give, those that differ first."""
    found = derived(lambda table: _written(words, table, tables), tables.printed)
    data = found.table
    n, first = int(tables.verdicts.table["differs"].iloc[0]), dict(data.iloc[0])
    return Exhibit(
        key="printed_again",
        title=words("{n} printed {n:figure comes|figures come} out otherwise from the answers", n=Number(n, "count")),
        measure=words("Printed figure, and the same computed again from the clean tables"),
        note=words(
            "Each figure from the answers is shown under the rules of disclosure, or not at all; what is said of the"
            " printed one rests on it alone. Medians are rounded where they would be somebody’s own value: the printed"
            " one is then compared as far as may be shown. Totals and medians rest on those who gave a number."
        ),
        reading=words("{name}, {wave}: {said}.", name=first["name"], wave=first["wave"], said=first["said"]),
        population=words("Figures printed about these surveys that answers to a questionnaire can give."),
        source=sources(words, tables),
        origin=tables.origin,
        protected=joined(found, tables.protected),
        data=data,
        columns=(
            Column("wave", str(words("Wave"))),
            Column("name", str(words("Printed figure"))),
            Column("printed", str(words("Printed"))),
            Column("given", str(words("From the answers"))),
            Column("said", str(words("Outcome"))),
        ),
    )


def _nothing(words: Words, year: int) -> Row:
    said = words.label(VERDICT_LABELS["nothing_printed"])
    return {"wave": str(year), "name": "–", "printed": "–", "given": "–", "said": said, "verdict": "", "order": 9}


def _written(words: Words, table: pd.DataFrame, tables: Shown) -> pd.DataFrame:
    """The figures as a reader sees them: name, as printed, what the answers give, outcome; those that differ first."""
    rows = [_again(words, row, tables.facts[row["id"]]) for row in table.to_dict("records")]
    data = pd.DataFrame(rows or [_nothing(words, year) for year in tables.years])
    return data.sort_values("order", kind="stable", ignore_index=True)


def _again(words: Words, row: Row, fact: Fact) -> Row:
    hidden = row["given"] == MARK
    return {
        "wave": str(fact.wave),
        "name": figure_name(words, fact),
        "printed": printed(words, fact),
        "given": words.label(HIDDEN) if hidden else words.number(Number(row["given"], _kind(fact))),
        "said": words.label(VERDICT_LABELS[row["verdict"]]),
        "verdict": row["verdict"],
        "order": (VERDICT_ORDER.index(row["verdict"]) - 1) % len(VERDICT_ORDER),
    }


def _kind(fact: Fact) -> str:
    kinds = {"eur": "meur" if fact.grain >= 10_000 else "keur", "share": "share1", "fte": "fte", "years": "years"}
    return kinds.get(fact.unit, "count")


def figure_name(words: Words, fact: Fact) -> str:
    """Return what a printed figure measures, with its level."""
    text = words.label(indicator(fact.indicator).label)
    text = text[0].upper() + text[1:]
    return f"{text}, {level_name(words, fact.level)}" if fact.level else text


def cannot_hold(words: Words, tables: Shown, titles: Titles = MappingProxyType({})) -> Exhibit:
    """Return the table of what the printed figures ask for and no answers can hold, each with the arithmetic.

    Fictitious answers are shown with what they keep instead; real ones are left out, the arithmetic needs none.
    """
    fictitious, facts = tables.origin == "fictitious", tables.facts
    listed = _listed(facts, tables.years, fictitious)
    data = pd.DataFrame([_cannot(words, one, facts, titles) for one in listed] or [_nothing_listed(words)])
    columns = (Column("figures", str(words("Printed figures"))), Column("reason", str(words("Why not"))))
    return Exhibit(
        key="cannot_hold",
        title=words(
            "{n} statements of the sources cannot all hold in one set of answers", n=Number(len(listed), "count")
        ),
        measure=words("Printed figures, and the arithmetic that shows why they cannot hold"),
        note=words(
            "Every printed figure that answers can give either comes out of the fictitious files as printed or stands"
            " here: found by the audit of the printed figures and by reading those files back through the cleaner."
        )
        if fictitious
        else words("Found by the audit of the printed figures, without looking at any answer."),
        reading=words("{figures}: {reason}", figures=data["figures"].iloc[0], reason=data["reason"].iloc[0]),
        population=words("Figures printed about the surveys of the study."),
        source=words("The audit of the printed figures."),
        origin=tables.origin if fictitious else "derived",
        protected=public(data.assign(n=len(listed))),
        data=data,
        columns=(*columns, Column("kept", str(words("In the fictitious data")))) if fictitious else columns,
    )


def _listed(facts: Facts, years: tuple[int, ...], fictitious: bool) -> list[CannotHold]:
    if fictitious:
        return [one for one in what_cannot_hold(facts) if one.kind != "outside"]
    found = contradictions(one for one in audit(facts) if one.fact.wave in years)
    return [
        CannotHold("together", one.members, one.finding.phrase, (0,) * len(one.members))
        for one in found
        if one.verdict != "sources_differ"
    ]


def _nothing_listed(words: Words) -> Row:
    return {"figures": "–", "reason": words.label(VERDICT_LABELS["nothing_printed"]), "kept": "–"}


def _cannot(words: Words, one: CannotHold, facts: Facts, titles: Titles) -> Row:
    found = [facts[name] for name in one.ids]
    names = [f"{figure_name(words, fact)}, {fact.wave} ({source_name(titles, fact.source)})" for fact in found]
    reason = str(phrase(words, one.phrase, titles)) if one.phrase else ""
    return {"figures": " · ".join(names), "reason": reason, "kept": str(_kept(words, one, facts[one.ids[0]]))}


def _kept(words: Words, one: CannotHold, fact: Fact) -> Sentence:
    if one.kind == "together":
        bases = words.listing(dict.fromkeys(words.number(Number(n, "count")) for n in one.bases))
        return words("each of them holds, on {bases} answers", bases=bases)
    if one.kind == "other_base":
        return words("it holds, on {n} {n:answer|answers}", n=Number(one.bases[0], "count"))
    kinds = {"eur": "meur", "share": "share1"}
    return words(
        "{value}, on {n} {n:answer|answers}",
        value=Number(one.value, kinds.get(fact.unit, "count")),
        n=Number(one.bases[0], "count"),
    )
