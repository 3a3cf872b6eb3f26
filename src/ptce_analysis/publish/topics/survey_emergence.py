"""What the survey answers say of emergence, wave by wave and by level: figures and tables, protected."""

from __future__ import annotations

import pandas as pd

from ptce_analysis.publish import drawings_survey
from ptce_analysis.publish.disclosure.rules import MARK_LABEL
from ptce_analysis.publish.exhibit import Column, Exhibit
from ptce_analysis.publish.language import Number, Sentence, Words
from ptce_analysis.publish.survey_by_level import FIGURES
from ptce_analysis.publish.survey_tables import CONFIDENCE, Shown
from ptce_analysis.publish.topics.funding_labels import short_name
from ptce_analysis.publish.topics.survey_cells import (
    SILENT,
    Row,
    first_shown,
    is_number,
    money_only,
    shown_columns,
    with_lines,
)
from ptce_analysis.publish.topics.survey_files import sources
from ptce_analysis.vocabulary import STAGES


def stages(words: Words, tables: Shown) -> Exhibit:
    """Return the table of poles by stage and wave."""
    found = tables.tables["stages"].table
    data = pd.DataFrame(
        {
            "wave": found["wave"].astype(str),
            "name": [words.label(STAGES[stage]) for stage in found["stage"]],
            "n": found["units"],
            "share": found["share"],
        }
    )
    told = dict(zip(tables.tables["told"].table["wave"], tables.tables["told"].table["units"], strict=True))
    data = data.assign(base=[told[wave] for wave in data["wave"]])
    first = first_shown(data, "n")
    return Exhibit(
        key="stages",
        title=words("Poles by stage, as they told it"),
        measure=words("Number and share of poles by stage"),
        note=words("{mark}.", mark=words.label(MARK_LABEL)),
        reading=_stage_reading(words, first),
        population=words("Poles that told their stage."),
        source=sources(words, tables),
        origin=tables.origin,
        protected=tables.protected,
        data=data,
        columns=shown_columns(
            data,
            "n",
            Column("wave", str(words("Wave"))),
            Column("name", str(words("Stage"))),
            Column("n", str(words("Poles")), "count"),
            Column("base", str(words("Poles that told")), "count"),
            Column("share", str(words("Share")), "share1"),
        ),
    )


def _stage_reading(words: Words, row: Row) -> Sentence:
    if not is_number(row["n"]):
        return words("{wave}, {name}: not shown.", wave=row["wave"], name=row["name"])
    n = Number(float(row["n"]), "count")
    return words("In {wave}, poles that gave their stage as “{name}”: {n}.", wave=row["wave"], name=row["name"], n=n)


def emergence_shares(words: Words, tables: Shown) -> Exhibit:
    """Return the figure of the share in emergence of each wave, with its interval; a table where none may be shown."""
    rates = {row["wave"]: row for row in tables.rates.table.to_dict("records")}
    rows = [_rate(year, rates.get(year, {})) for year in tables.years]
    data = pd.DataFrame(rows)
    known = data.dropna(subset=["share"]).reset_index(drop=True)
    return Exhibit(
        key="emergence",
        title=words("Share of poles in emergence, wave by wave"),
        measure=words(
            "Share of the poles that told their stage; interval of Wilson, {level}", level=Number(CONFIDENCE, "share")
        ),
        note=words(
            "The intervals say what chance alone may do if those who answered were drawn at random, which they were"
            " not. The two sets of respondents are not the same, and may overlap."
        ),
        reading=_rate_reading(words, known),
        population=words("Poles that told their stage."),
        source=sources(words, tables),
        origin=tables.origin,
        protected=tables.protected,
        alt=words(
            "One point per wave with its interval: {shares}.",
            shares=words.listing(
                f"{row['name']}: {words.number(Number(row['share'], 'share1'))}" for row in known.to_dict("records")
            ),
        ),
        data=data,
        columns=shown_columns(
            data,
            "share",
            Column("name", str(words("Wave"))),
            Column("n", str(words("In emergence")), "count"),
            Column("base", str(words("Poles that told")), "count"),
            Column("share", str(words("Share")), "share1"),
            Column("low", str(words("From")), "share1"),
            Column("high", str(words("To")), "share1"),
        ),
        draw=None if known.empty else lambda _: drawings_survey.rates(
            words, known, labels=[f"{r['n']:.0f}/{r['base']:.0f}" for r in known.to_dict("records")]
        ),
    )  # fmt: skip


def _rate(year: int, rate: Row) -> Row:
    return {"name": str(year)} | {name: rate.get(name) for name in ("n", "base", "share", "low", "high")}


def _rate_reading(words: Words, known: pd.DataFrame) -> Sentence:
    if known.empty:
        return words("No share may be shown.")
    row = dict(known.iloc[0])
    said = {name: Number(float(row[name]), "share1") for name in ("share", "low", "high")}
    return words(
        "In {wave}, {share} of the poles that told their stage are in emergence; interval from {low} to {high}.",
        wave=row["name"],
        **said,
    )


def emergence_by_level(words: Words, tables: Shown) -> Exhibit:
    """Return the table of emergence among the poles linked with each level and among the others, wave by wave."""
    asked = set(tables.asks("links")) - money_only(tables)
    found = tables.by_level.table
    rows = [_compared(words, row) for row in found.to_dict("records") if (row["wave"], row["level"]) in asked]
    data = pd.DataFrame(rows or [_none_compared(words, tables)])
    known = data[data["difference"].map(is_number)]
    return Exhibit(
        key="emergence_by_level",
        title=_title_compared(words, known),
        measure=words("Poles in emergence among those linked with the level and among the others, and difference"),
        note=words(
            "{mark}. A level is shown when every group of poles by stage and link is large enough. The intervals"
            " (Newcombe, {confidence}) say what chance alone may do if poles were drawn at random, which they were not;"
            " of many differences, some would exclude zero by chance.",
            mark=words.label(MARK_LABEL),
            confidence=Number(CONFIDENCE, "share"),
        ),
        reading=_compared_reading(words, first_shown(data, "difference")),
        population=words("Poles that told their stage and whether they are linked with the level."),
        source=sources(words, tables),
        origin=tables.origin,
        protected=with_lines(tables, known, int(_excludes_zero(known).sum())),
        data=data,
        columns=shown_columns(
            data,
            "difference",
            Column("name", str(words("Wave and level"))),
            Column("count_linked", str(words("Linked, in emergence")), "count"),
            Column("base_linked", str(words("Linked")), "count"),
            Column("count_others", str(words("Others, in emergence")), "count"),
            Column("base_others", str(words("Others")), "count"),
            Column("difference", str(words("Difference")), "points"),
            Column("low", str(words("from")), "points"),
            Column("high", str(words("to")), "points"),
            Column("fisher", str(words("Fisher’s p")), "p"),
        ),
    )


def _compared(words: Words, row: Row) -> Row:
    return row | {"name": f"{row['wave']} · {short_name(words, row['level'])}"}


def _none_compared(words: Words, tables: Shown) -> Row:
    silent = dict.fromkeys(FIGURES, words.label(SILENT["not_asked"]))
    return {"name": str(tables.years[-1]), **silent}


def _excludes_zero(known: pd.DataFrame) -> pd.Series:
    return (known["low"].astype(float) > 0) | (known["high"].astype(float) < 0)


def _title_compared(words: Words, known: pd.DataFrame) -> Sentence:
    if known.empty:
        return words("Emergence by level: no comparison may be shown")
    return words(
        "Emergence among linked poles and the others: {n} differences may be shown, {apart} of them beyond chance",
        n=Number(len(known), "count"),
        apart=Number(int(_excludes_zero(known).sum()), "count"),
    )


def _compared_reading(words: Words, row: Row) -> Sentence:
    if not is_number(row["difference"]):
        return words("{name}: not shown.", name=row["name"])
    counts = {name: Number(int(row[name]), "count") for name in FIGURES[:4]}
    return words(
        "{name}: {count_linked} of {base_linked} linked poles are in emergence, {count_others} of {base_others} others;"
        " a difference of {difference}.",
        name=row["name"],
        difference=Number(float(row["difference"]), "points"),
        **counts,
    )
