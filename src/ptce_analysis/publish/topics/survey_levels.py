"""What the survey answers say by stage and by level: figures and tables, protected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ptce_analysis.publish import drawings, drawings_survey
from ptce_analysis.publish.disclosure.release import Protected, joined, public
from ptce_analysis.publish.disclosure.rules import MARK, MARK_LABEL
from ptce_analysis.publish.exhibit import Column, Exhibit
from ptce_analysis.publish.language import Number, Sentence, Words
from ptce_analysis.publish.survey_by_level import FIGURES
from ptce_analysis.publish.survey_tables import CONFIDENCE, Shown
from ptce_analysis.publish.topics.funding_labels import level_name, short_name
from ptce_analysis.publish.topics.survey_files import sources
from ptce_analysis.vocabulary import FUNDING_LEVELS, STAGES, Label

Row = dict[str, Any]
SILENT: dict[str, Label] = {
    "not_asked": ("not asked", "non demandé"),
    "nobody": ("nobody", "personne"),
}


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
    first = _first(data, "n")
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
        columns=_columns(
            data,
            "n",
            Column("wave", str(words("Wave"))),
            Column("name", str(words("Stage"))),
            Column("n", str(words("Poles")), "count"),
            Column("base", str(words("Poles that told")), "count"),
            Column("share", str(words("Share")), "share1"),
        ),
    )


def _is_number(cell: object) -> bool:
    """Whether a cell holds a number that is shown: neither a mark, nor a word, nor nothing."""
    return isinstance(cell, (int, float)) and cell == cell


def _columns(data: pd.DataFrame, main: str, *columns: Column) -> tuple[Column, ...]:
    """Return columns as they can be shown: one in which every number is hidden holds words, and all do with `main`."""
    numeric = {column.name for column in columns if data[column.name].map(_is_number).any()}
    numeric = numeric if main in numeric else set()
    return tuple(column if column.name in numeric else Column(column.name, column.heading) for column in columns)


def _first(data: pd.DataFrame, column: str) -> Row:
    """Return the first row whose number is shown, else the first one: what the reader is shown how to read."""
    known = data[data[column].map(_is_number)]
    return dict((known if len(known) else data).iloc[0])


def _stage_reading(words: Words, row: Row) -> Sentence:
    if not _is_number(row["n"]):
        return words("{wave}, {name}: not shown.", wave=row["wave"], name=row["name"])
    n = Number(float(row["n"]), "count")
    return words("In {wave}, poles that gave their stage as “{name}”: {n}.", wave=row["wave"], name=row["name"], n=n)


def _support_reading(words: Words, row: Row) -> Sentence:
    if not _is_number(row["projects"]):
        return words("{wave}, {name}: not shown.", wave=row["wave"], name=row["name"])
    n = Number(float(row["projects"]), "count")
    return words("In {wave}, projects supported by the level {name}: {n}.", wave=row["wave"], name=row["name"], n=n)


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
        columns=_columns(
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


def links(words: Words, tables: Shown) -> Exhibit:
    """Return the figure of the share of poles linked with each level, wave by wave."""
    asked = set(tables.asks("links")) - _money_only(tables)
    found = tables.tables["links"].table
    rows = [_link(words, row) for row in found.to_dict("records") if (str(row["wave"]), row["level"]) in asked]
    data = pd.DataFrame(rows or [_no_link(words, tables)])
    known = data[data["share"].map(_is_number)].reset_index(drop=True)
    first = _first(data, "share")
    return Exhibit(
        key="links",
        title=words("Share of poles linked with each level of collectivity"),
        measure=words("Poles that say they are linked with the level, among those that answered about it"),
        note=words(
            "{mark}. A level that the questionnaire of a wave did not name has no line: not asked is not a no.",
            mark=words.label(MARK_LABEL),
        ),
        reading=_share_reading(words, first),
        population=words("Poles that answered about the level."),
        source=sources(words, tables),
        origin=tables.origin,
        protected=_with_lines(tables, known),
        alt=words(
            "One stem per wave and level. First, {name}; {n} lines can be drawn.",
            name=first["name"],
            n=Number(len(known), "count"),
        ),
        data=data,
        columns=_columns(
            data,
            "share",
            Column("name", str(words("Wave and level"))),
            Column("n", str(words("Poles linked")), "count"),
            Column("share", str(words("Share")), "share1"),
        ),
        draw=None if known.empty else lambda _: drawings.stems(
            words, known, x="share", kind="share", colours=list(known["colour"]),
            labels=[words.number(Number(share, "share")) for share in known["share"]],
        ),
    )  # fmt: skip


def _with_lines(tables: Shown, drawn: pd.DataFrame, *counted: int) -> Protected:
    """What may be stated, and how many lines are drawn or counted: whoever sees the released figures can count them."""
    return joined(tables.protected, public(pd.DataFrame({"n": [len(drawn), *counted]})))


def _money_only(tables: Shown) -> set[tuple[str, str]]:
    """Waves and levels asked about through amounts alone: who is not funded did not say whether it is linked."""
    return {pair for pair in tables.asks("amounts") if pair[1] in ("etat", "europe")}


def _link(words: Words, row: Row) -> Row:
    colour = row["level"] if row["level"] in FUNDING_LEVELS else "accent"
    name = f"{row['wave']} · {short_name(words, row['level'])}"
    return {"name": name, "n": row["units"], "share": row["share"], "colour": colour}


def _no_link(words: Words, tables: Shown) -> Row:
    return {
        "name": f"{tables.years[0]} · {words.label(SILENT['not_asked'])}",
        "n": None,
        "share": None,
        "colour": "accent",
    }


def _share_reading(words: Words, row: Row) -> Sentence:
    if not _is_number(row["share"]):
        return words("{name}: not shown.", name=row["name"])
    return words("{name}: {share} of the poles.", name=row["name"], share=Number(row["share"], "share1"))


def emergence_by_level(words: Words, tables: Shown) -> Exhibit:
    """Return the table of emergence among the poles linked with each level and among the others, wave by wave."""
    asked = set(tables.asks("links")) - _money_only(tables)
    found = tables.by_level.table
    rows = [_compared(words, row) for row in found.to_dict("records") if (row["wave"], row["level"]) in asked]
    data = pd.DataFrame(rows or [_none_compared(words, tables)])
    known = data[data["difference"].map(_is_number)]
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
        reading=_compared_reading(words, _first(data, "difference")),
        population=words("Poles that told their stage and whether they are linked with the level."),
        source=sources(words, tables),
        origin=tables.origin,
        protected=_with_lines(tables, known, int(_excludes_zero(known).sum())),
        data=data,
        columns=_columns(
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
    if not _is_number(row["difference"]):
        return words("{name}: not shown.", name=row["name"])
    counts = {name: Number(int(row[name]), "count") for name in FIGURES[:4]}
    return words(
        "{name}: {count_linked} of {base_linked} linked poles are in emergence, {count_others} of {base_others} others;"
        " a difference of {difference}.",
        name=row["name"],
        difference=Number(float(row["difference"]), "points"),
        **counts,
    )


def funding(words: Words, tables: Shown) -> Exhibit:
    """Return the table of supports by wave and level: projects, amounts known, total, median, or not asked."""
    asked = set(tables.asks("amounts"))
    projects, money = (_by_place(tables.tables[name].table) for name in ("supported", "amounts"))
    rows = [
        _funding(words, str(year), level, projects, money, (str(year), level) in asked)
        for year in tables.years
        for level in FUNDING_LEVELS
    ]
    data = pd.DataFrame(rows)
    first = _first(data, "projects")
    return Exhibit(
        key="funding",
        title=words("Who funds, and how much, wave by wave"),
        measure=words("Projects supported by the level, amounts that are known, their total and their median"),
        note=words(
            "{mark}. A project whose amount was kept back counts as supported. Medians are rounded where they would be"
            " somebody’s own amount. Amounts that a wave did not ask for stay empty: nothing is imputed.",
            mark=words.label(MARK_LABEL),
        ),
        reading=_support_reading(words, first),
        population=words("Supports declared for the year of the wave."),
        source=sources(words, tables),
        origin=tables.origin,
        protected=tables.protected,
        data=data,
        columns=_columns(
            data,
            "projects",
            Column("wave", str(words("Wave"))),
            Column("name", str(words("Level"))),
            Column("projects", str(words("Projects supported")), "count"),
            Column("known", str(words("Amounts known")), "count"),
            Column("total", str(words("Total")), "keur"),
            Column("median", str(words("Median")), "keur"),
        ),
    )


def _by_place(table: pd.DataFrame) -> Mapping[tuple[str, str], Row]:
    return {(str(row["wave"]), str(row["level"])): row for row in table.to_dict("records")}


def _funding(
    words: Words,
    wave: str,
    level: str,
    projects: Mapping[tuple[str, str], Row],
    money: Mapping[tuple[str, str], Row],
    asked: bool,
) -> Row:
    where: Row = {"wave": wave, "name": level_name(words, level)}
    if not asked:
        return where | dict.fromkeys(("projects", "known", "total", "median"), words.label(SILENT["not_asked"]))
    given = money[wave, level]
    total, median = (MARK if given[name] == MARK else given[name] for name in ("total", "median"))
    return where | {
        "projects": projects[wave, level]["units"],
        "known": given["units"],
        "total": total,
        "median": median,
    }


def totals(words: Words, tables: Shown) -> Exhibit:
    """Return the figure of the amounts by level of the last wave that asked for them; a table where none did."""
    asked = [(int(wave), level) for wave, level in tables.asks("amounts")]
    year = str(max((wave for wave, _ in asked), default=tables.years[-1]))
    money = _by_place(tables.tables["amounts"].table)
    rows = [{"name": level_name(words, level), "level": level, **money[year, level]} for level in FUNDING_LEVELS]
    data = pd.DataFrame(rows)
    known = data[data["total"].map(_is_number)].reset_index(drop=True)
    first = _first(data, "total")
    return Exhibit(
        key="totals",
        title=words("Amounts by level, {wave}", wave=year),
        measure=words("Total of the amounts that poles gave, by level"),
        note=words("{mark}.", mark=words.label(MARK_LABEL)),
        reading=words("{name}: {total} in all.", name=first["name"], total=Number(first["total"], "keur"))
        if len(known)
        else words("No total may be shown."),
        population=words("Supports whose amount is known."),
        source=sources(words, tables),
        origin=tables.origin,
        protected=_with_lines(tables, known),
        alt=words(
            "One stem per level, in the study’s order. First, {name}; {n} levels can be drawn.",
            name=first["name"],
            n=Number(len(known), "count"),
        ),
        data=data,
        columns=_columns(
            data,
            "total",
            Column("name", str(words("Level"))),
            Column("units", str(words("Amounts known")), "count"),
            Column("total", str(words("Total")), "keur"),
        ),
        draw=None if known.empty else lambda _: drawings.stems(
            words, known, x="total", kind="keur", colours=list(known["level"]),
            labels=[f"{words.number(Number(r['total'], 'keur'))} ({r['units']})" for r in known.to_dict("records")],
        ),
    )  # fmt: skip
