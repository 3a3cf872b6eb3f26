"""What the survey answers say level by level, links and money: figures and tables, protected."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ptce_analysis.publish import drawings
from ptce_analysis.publish.disclosure.rules import MARK_LABEL
from ptce_analysis.publish.exhibit import Column, Exhibit
from ptce_analysis.publish.language import Number, Sentence, Words
from ptce_analysis.publish.survey_tables import Shown
from ptce_analysis.publish.topics.funding_labels import level_name, short_name
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
from ptce_analysis.vocabulary import FUNDING_LEVELS


def _support_reading(words: Words, row: Row) -> Sentence:
    if not is_number(row["projects"]):
        return words("{wave}, {name}: not shown.", wave=row["wave"], name=row["name"])
    n = Number(float(row["projects"]), "count")
    return words("In {wave}, projects supported by the level {name}: {n}.", wave=row["wave"], name=row["name"], n=n)


def links(words: Words, tables: Shown) -> Exhibit:
    """Return the figure of the share of poles linked with each level, wave by wave."""
    asked = set(tables.asks("links")) - money_only(tables)
    found = tables.tables["links"].table
    rows = [_link(words, row) for row in found.to_dict("records") if (str(row["wave"]), row["level"]) in asked]
    data = pd.DataFrame(rows or [_no_link(words, tables)])
    known = data[data["share"].map(is_number)].reset_index(drop=True)
    first = first_shown(data, "share")
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
        protected=with_lines(tables, known),
        alt=words(
            "One stem per wave and level. First, {name}; {n} lines can be drawn.",
            name=first["name"],
            n=Number(len(known), "count"),
        ),
        data=data,
        columns=shown_columns(
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
    if not is_number(row["share"]):
        return words("{name}: not shown.", name=row["name"])
    return words("{name}: {share} of the poles.", name=row["name"], share=Number(row["share"], "share1"))


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
    first = first_shown(data, "projects")
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
        columns=shown_columns(
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
    known = {"known": given["units"], "total": given["total"], "median": given["median"]}
    return where | {"projects": projects[wave, level]["units"], **known}


def totals(words: Words, tables: Shown) -> Exhibit:
    """Return the figure of the amounts by level of the last wave that asked for them; a table where none did."""
    asked = [(int(wave), level) for wave, level in tables.asks("amounts")]
    year = str(max((wave for wave, _ in asked), default=tables.years[-1]))
    money = _by_place(tables.tables["amounts"].table)
    rows = [{"name": level_name(words, level), "level": level, **money[year, level]} for level in FUNDING_LEVELS]
    data = pd.DataFrame(rows)
    known = data[data["total"].map(is_number)].reset_index(drop=True)
    first = first_shown(data, "total")
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
        protected=with_lines(tables, known),
        alt=words(
            "One stem per level, in the study’s order. First, {name}; {n} levels can be drawn.",
            name=first["name"],
            n=Number(len(known), "count"),
        ),
        data=data,
        columns=shown_columns(
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
