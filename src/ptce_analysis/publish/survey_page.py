"""The survey page: the waves it reads, and its tables, made of what was released, in the reader's language."""

from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd

from ptce_analysis.errors import InputError
from ptce_analysis.protect.release import Protected, derived
from ptce_analysis.protect.rules import MARK, MARK_LABEL
from ptce_analysis.protect.scan import FICTITIOUS_ID
from ptce_analysis.publish.language import Number, Sentence, Words
from ptce_analysis.publish.show import project_folder
from ptce_analysis.publish.survey_tables import QUANTITIES, SHOWN_LEVELS, ShownWaves, based, with_ends
from ptce_analysis.publish.texts import MEDIANS
from ptce_analysis.published import respondents, stated
from ptce_analysis.survey.tables import Cleaned
from ptce_analysis.survey.waves import WAVES, read_waves, supplied_folder
from ptce_analysis.vocabulary import ANSWER_LABELS, LEVEL_FORMS, LEVELS, ORIGINS, STAGES

# The tables by tier: the measure, that of its base, the column that ranks the levels.
TIERS = {
    "links": ("links", "said", "share"),
    "aided": ("supported", "asked", "share"),
    "funded": ("amounts", "supported", "total"),
}
NOTHING = "–"  # stands where nothing was given, or printed


def open_waves(waves: str) -> tuple[Cleaned, ...]:
    """Return the clean waves of a set (`fictitious`, `supplied`), the oldest first.

    Raises `InputError` if there are none, or one cannot be cleaned.
    """
    if waves == "fictitious":
        return fictitious_waves(project_folder() / WAVES)
    folder = supplied_folder(project_folder())
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder of waves. Give one: make WAVES=DIR.")
    return read_waves(folder, "survey")


def fictitious_waves(folder: Path) -> tuple[Cleaned, ...]:
    """Return the clean fictitious waves of a folder, the oldest first.

    Raises `InputError` as `open_waves` does, and for ids that may be names (they are not repeated).
    """
    found = read_waves(folder, "fictitious")
    for wave in found:
        if real := sum(not FICTITIOUS_ID.fullmatch(one) for one in wave.poles["pole_id"]):
            raise InputError(
                f"wave {wave.year}: {real} of {len(wave.poles)} poles have no id such as FICTIF-2015-001,"
                " yet the codebook says `origin: fictitious`. If the answers are real, say `origin: survey` and keep"
                " them in a folder that git ignores; `ptce fictitious --out data/raw/waves` writes the fictitious ones."
            )
    return found


class Texts:
    """What exhibits share: texts to translate."""

    SOURCE = "{answers}, {years}."
    BESIDE = (
        "{answers}, {years}; published figures: RTES (slides, 2015 survey; [note](S2), 2013), [COORACE](S3) (2013)."
    )
    AGE = "Age (years)"


def about(words: Words, shown: ShownWaves, *tables: Protected) -> dict[str, Any]:
    """Return what every exhibit of some tables is given: their origin, whence they come, what may be stated.

    `mark` says what the mark of a withheld figure means, where one of the tables has it.
    """
    given = {"answers": Sentence(words.label(ORIGINS[shown.origin]).capitalize()), "released": shown}
    given |= {"years": Sentence(words.listing(map(str, shown.years)))}
    is_marked = any((one.table == MARK).any(axis=None) for one in tables)
    given |= {"mark": Sentence(words.label(MARK_LABEL) + "." if is_marked else "")}
    printed = any(one.table.get("printed", pd.Series()).any() for one in tables)
    return {"origin": shown.origin, "source": Texts.BESIDE if printed else Texts.SOURCE} | given


def seen(table: Protected | pd.DataFrame, column: str) -> pd.DataFrame:
    """Return the rows of a table whose number in `column` is shown, as numbers: those that can be drawn."""
    found = table.table if isinstance(table, Protected) else table
    numbers = pd.to_numeric(found[column], errors="coerce")
    return found.assign(**{column: numbers})[numbers.notna()].infer_objects()


def told(words: Words, shown: ShownWaves, question: str) -> Protected:
    """Return how many poles gave each answer to a question (`stage`, `legal_form`, `relation`), the latest wave first.

    Columns: `wave`, `label`, `units`, `base` (those who answered), `share`, `interval` (Wilson's), its ends.
    """
    labels = STAGES if question == "stage" else ANSWER_LABELS
    name, told_by = ("stages", "told") if question == "stage" else (question, f"told_{question}")

    def rows(found: pd.DataFrame, base: pd.DataFrame) -> pd.DataFrame:
        both = with_ends(based(found, base))
        both = both[both["base"] != 0]  # nobody answered in such a wave
        named = both.assign(label=[words.label(labels[code]) for code in both[question]])
        named = named.assign(interval=_intervals(words, named), hidden=named["share"].eq(MARK))
        return named.sort_values(["hidden", "wave"], ascending=[True, False], ignore_index=True)

    if name not in shown.tables:
        return derived(lambda flow: flow.iloc[:0].assign(share=0), shown.flow)
    return derived(rows, shown.tables[name], shown.tables[told_by])


def by_tier(words: Words, shown: ShownWaves, name: str) -> Protected:
    """Return a table of `TIERS` by wave and level, with the printed figures beside the answers of a survey.

    Columns: `name`, `tier`, `wave`, `printed`, `units` of `base`; `share`, `interval` and its ends, or `total` (euros)
    and `median`. The level with the most stands first, of its rows those of the survey, the latest first.
    """
    measure, base, column = TIERS[name]

    def rows(table: pd.DataFrame, bases: pd.DataFrame) -> pd.DataFrame:
        beside = pd.DataFrame(_printed(shown, name), dtype=object)
        own = based(table, bases)
        if name == "links":
            own = own.loc[[pair in shown.linked for pair in zip(own["wave"], own["level"], strict=True)]]
        every = _ranked(words, pd.concat([own.assign(printed=False), beside]), column)
        if column == "share":
            every = with_ends(every)
            return every.assign(interval=_intervals(words, every))
        ends = zip(every["median_from"], every["median_below"], strict=True)
        return every.assign(median=[in_words(words, low, below, "keur") for low, below in ends])

    return derived(rows, shown.tables[measure], shown.tables[base])


def apart(words: Words, shown: ShownWaves) -> Protected:
    """Return emergence among the poles linked with a level and among the others, where it may be shown or is not."""

    def rows(table: pd.DataFrame) -> pd.DataFrame:
        asked = [pair in shown.linked for pair in zip(table["wave"], table["level"], strict=True)]
        return _ranked(words, table.loc[asked].assign(printed=False), "difference")

    return derived(rows, shown.by_level)


def profile(words: Words, shown: ShownWaves) -> Protected:
    """Return the median of each quantity by wave, then as printed: `name`, `units` (answers), `median`, `printed`."""
    asked = {column: indicator for column, indicator in QUANTITIES.items() if column in shown.tables}

    def rows(_: pd.DataFrame, *tables: pd.DataFrame) -> pd.DataFrame:
        found = list[dict[str, Any]]()
        for indicator, table in zip(asked.values(), tables, strict=True):
            text, kind = {"age_median": (Texts.AGE, "years"), **MEDIANS}[indicator]
            facts = filter(None, (stated(shown.facts, f"{indicator}_{year}") for year in shown.beside))
            own = table.sort_values("wave", ascending=False).assign(printed=False).to_dict("records")
            printed = [{"wave": str(one.wave), "median_from": float(one.value), "printed": True} for one in facts]
            for row in [*own, *printed]:
                said = in_words(words, row["median_from"], row.get("median_below"), kind)
                named = {"label": str(words(text)), "name": _name(words, str(words(text)), row)}
                found.append({"units": NOTHING, **row, **named, "median": said})
        columns = ["name", "label", "wave", "units", "median_from", "median", "printed"]
        return pd.DataFrame(found, columns=columns, dtype=object)

    return derived(rows, shown.flow, *(shown.tables[column] for column in asked))


def _printed(shown: ShownWaves, name: str) -> Iterator[dict[str, Any]]:
    """The printed figures that stand beside a table of `TIERS`, in its columns."""
    for year, level in product(shown.beside, SHOWN_LEVELS):
        names = ("link_share", "funding_projects", "funding_amount", "funding_median")
        found = (stated(shown.facts, f"{one}_{level}_{year}") for one in names)
        link, aid, total, median = (float(one.value) if one else None for one in found)
        row, poles = {"wave": str(year), "level": level, "printed": True}, respondents(shown.facts, year) or 0
        if name == "links" and link is not None:
            yield row | {"share": link}
        if name == "aided" and aid is not None and aid <= poles:
            yield row | {"units": aid, "base": poles, "share": aid / poles}
        if name == "funded" and total is not None:
            yield row | {"base": aid, "total": total, "median_from": median}


def _ranked(words: Words, table: pd.DataFrame, column: str) -> pd.DataFrame:
    """The rows of the levels of which somebody spoke, named: the level with the most first, printed figures last."""
    nobody = table["units"].eq(0) & (table["base"].eq(0) | (column == "share")) if "base" in table else False
    own = table[~(table["printed"].astype(bool) | nobody)]
    every = pd.concat([own, table[table["printed"].astype(bool) & table["level"].isin(own["level"])]])
    most = every["level"].map(seen(own, column).groupby("level")[column].max()).astype(float)
    order = {"most": False, "rank": True, "printed": True, "wave": False}
    every = every.astype(object).assign(most=most, rank=every["level"].map(SHOWN_LEVELS.index))
    every = every.sort_values([*order], ascending=[*order.values()], ignore_index=True).drop(columns=["most", "rank"])
    every = every.where(every.notna(), NOTHING)
    kind = {"share": "share", "total": "keur", "difference": "points"}[column]
    labels = [words.label(LEVELS[level]).split(" (")[0] for level in every["level"]]
    names = [_name(words, *one) for one in zip(labels, every.to_dict("records"), strict=True)]
    figures = [one if isinstance(one, str) else words.number(Number(one, kind)) for one in every[column]]
    said = [" · ".join(both) for both in zip(names, figures, strict=True)]
    return every.assign(name=names, said=said, tier=every["level"].map(LEVEL_FORMS[words.lang]["the"]))


def _name(words: Words, label: str, row: Mapping[str, Any]) -> str:
    """What a row is called: what it is about, its year, and whether it is a printed figure."""
    name = f"{label} {row['wave']}"
    return str(words("{name}, published", name=name)) if row["printed"] else name


def in_words(words: Words, low: Any, below: Any, kind: str) -> str:
    """Return a figure in words: the class that it is shown as, or its value where it has no end; a mark stays one."""
    if isinstance(low, str) or pd.isna(low):
        return low if isinstance(low, str) else NOTHING
    if isinstance(below, str) or pd.isna(below):
        return words.number(Number(low, kind))
    return str(words("{low} to under {below}", low=Number(low, kind), below=Number(below, kind)))


def _intervals(words: Words, table: pd.DataFrame) -> list[str]:
    """Each interval in words, rounded outwards."""
    ends = zip(table["low"], table["high"], strict=True)
    return [f"{words.number(Number(low, 'share_down'))} – {words.number(Number(high, 'share_up'))}" if low == low
            else NOTHING for low, high in ends]  # fmt: skip
