"""The survey page: the waves it reads, and its tables, made of what was released, in the reader's language."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from ptce_analysis.analysis.audit import audit
from ptce_analysis.errors import InputError
from ptce_analysis.protect.release import Protected, derived
from ptce_analysis.protect.rules import MARK, MARK_LABEL, threshold
from ptce_analysis.protect.scan import FICTITIOUS_ID
from ptce_analysis.publish.language import Number, Sentence, Words
from ptce_analysis.publish.phrases import named, printed
from ptce_analysis.publish.show import project_folder
from ptce_analysis.publish.survey_tables import ShownWaves
from ptce_analysis.survey.clean import ROW_RULES
from ptce_analysis.survey.tables import Cleaned
from ptce_analysis.survey.waves import WAVES, read_waves, supplied_folder
from ptce_analysis.vocabulary import LEVEL_FORMS, LEVELS, ORIGINS, STAGES, Label

# What becomes of a published figure, in the order of the table: those that the answers do not give stand first.
OUTCOMES: dict[str, Label] = {
    "differs": ("another value", "autre valeur"),
    "other_base": ("found again, on another base", "retrouvé, sur une autre base"),
    "as_far_as_shown": ("found again, up to rounding", "retrouvé, à l’arrondi près"),
    "reproduced": ("found again", "retrouvé"),
}


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


def page_stem(stem: str, waves: str) -> str:
    """Return the name that starts those of a page's files: those supplied by a reader are apart."""
    return stem if waves == "fictitious" else f"{stem}_{waves}"


class Texts:
    """What exhibits share: texts to translate."""

    SOURCE = "{answers}, {years}: exports and codebooks cleaned by this library."


def about(words: Words, shown: ShownWaves) -> dict[str, Any]:
    """Return what every exhibit of the page is given: their origin, whence they come, what may be stated."""
    answers = Sentence(words.label(ORIGINS[shown.origin]).capitalize())
    years = Sentence(words.listing(map(str, shown.years)))
    return {"origin": shown.origin, "source": Texts.SOURCE, "answers": answers, "years": years, "released": shown}


def marked(words: Words, *tables: Protected) -> Sentence:
    """Return what the mark of a withheld figure means, where some tables have one."""
    is_marked = any((one.table == MARK).any(axis=None) for one in tables)
    return Sentence(words.label(MARK_LABEL) + "." if is_marked else "")


def withheld(shown: ShownWaves, *tables: Protected) -> Protected:
    """Return in one row how many cells bear the mark (`n`), and the fewest poles behind a shown one (`fewest`)."""
    fewest = threshold(shown.rules)
    return derived(
        lambda *found: pd.DataFrame({"n": [sum(int((one == MARK).sum().sum()) for one in found)], "fewest": fewest}),
        *tables,
    )


def seen(table: Protected, column: str) -> pd.DataFrame:
    """Return the rows of a table whose number in `column` is shown, as numbers: those that can be drawn."""
    numbers = pd.to_numeric(table.table[column], errors="coerce")
    return table.table.assign(**{column: numbers})[numbers.notna()].infer_objects()


def set_aside(words: Words, shown: ShownWaves) -> Protected:
    """Return the lines that are no answer of a cluster, by wave and reason (`label`, `wave`, `n`)."""
    return derived(
        lambda lines: lines.assign(label=[words.label(ROW_RULES[fate]) for fate in lines["fate"]]), shown.lines
    )


def stages(words: Words, shown: ShownWaves) -> Protected:
    """Return how many poles told each stage, by wave (`label`, `wave`, `units`, `base`, `share`)."""

    def rows(found: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
        both = found.merge(told.rename(columns={"units": "base"}), on="wave")
        both = both[both["base"] != 0]  # nobody told in such a wave
        both = both.assign(label=[words.label(STAGES[stage]) for stage in both["stage"]])
        return both.sort_values("units", key=lambda units: units.eq(MARK), kind="stable", ignore_index=True)

    return derived(rows, shown.tables["stages"], shown.tables["told"])


def linked(words: Words, shown: ShownWaves) -> Protected:
    """Return the share of poles linked with each level that was asked about, the largest first, then the withheld."""

    def rows(links: pd.DataFrame, said: pd.DataFrame) -> pd.DataFrame:
        both = links.merge(said.rename(columns={"units": "base"}), on=["wave", "level"])
        return _ranked(words, both, _asked_of_links(shown), "share")

    return derived(rows, shown.tables["links"], shown.tables["said"])


def funded(words: Words, shown: ShownWaves) -> Protected:
    """Return what each level gave (`projects`, `units` amounts known, `total`, `median`), the largest total first."""

    def rows(amounts: pd.DataFrame, supported: pd.DataFrame) -> pd.DataFrame:
        both = amounts.merge(supported.rename(columns={"units": "projects"}), on=["wave", "level"])
        return _ranked(words, both, set(shown.asks("amounts")), "total")

    return derived(rows, shown.tables["amounts"], shown.tables["supported"])


def apart(words: Words, shown: ShownWaves) -> Protected:
    """Return emergence among the poles linked with a level and among the others, where it may be shown or is not."""
    asked = _asked_of_links(shown)
    return derived(lambda table: _ranked(words, table.drop(columns="fisher"), asked, "difference"), shown.by_level)


def compared(words: Words, shown: ShownWaves) -> Protected:
    """Return the published figures that the answers do not give, or that other published figures contradict.

    Columns: `name`, `printed`, `given` by the answers, `base` (how many answers), `said` (the outcome).
    """
    rank, kind = list(OUTCOMES).index, {"share": "share1", "fte": "fte", "years": "years", "count": "count"}
    doubted = {one.id for one in audit(shown.facts) if one.verdict not in ("consistent", "unverifiable")}

    def rows(table: pd.DataFrame) -> pd.DataFrame:
        told = table[table["verdict"].isin(OUTCOMES)]
        told = told[told["id"].isin(doubted) | told["verdict"].isin(("differs", "other_base"))]
        told = told.sort_values("verdict", key=lambda one: one.map(rank), kind="stable", ignore_index=True)
        facts = [shown.facts[name] for name in told["id"]]
        kinds = [("meur" if one.grain >= 10_000 else "keur") if one.unit == "eur" else kind[one.unit] for one in facts]
        return told.assign(
            name=[f"{named(words, fact)}, {fact.wave}" for fact in facts],
            printed=[printed(words, fact) for fact in facts],
            given=[words.number(Number(*one)) for one in zip(told["given"], kinds, strict=True)],
            said=[words.label(OUTCOMES[verdict]) for verdict in told["verdict"]],
        )

    return derived(rows, shown.printed)


def asked_twice(words: Words, shown: ShownWaves, question: str) -> Sentence:
    """Return the levels about which several waves asked (`links`, `amounts`); nothing when there is none."""
    levels = [level for _, level in shown.asks(question)]
    both = [level for level in dict.fromkeys(levels) if levels.count(level) > 1]
    return Sentence(words.listing(LEVEL_FORMS[words.lang]["the"][level] for level in both))


def _asked_of_links(shown: ShownWaves) -> set[tuple[str, str]]:
    """Waves and levels asked about links, and not through amounts alone: who has none did not say it is not linked."""
    by_money = {(wave, level) for wave, level in shown.asks("amounts") if level in ("etat", "europe")}
    return set(shown.asks("links")) - by_money


def _ranked(words: Words, table: pd.DataFrame, asked: set[tuple[str, str]], column: str) -> pd.DataFrame:
    """The rows of the waves and levels asked about, named, the largest first."""
    pairs = pd.Series(zip(table["wave"].astype(str), table["level"].astype(str), strict=True), index=table.index)
    kept = pairs[pairs.isin(asked)]
    names = [f"{words.label(LEVELS[level]).split(' (')[0]} {wave}" for wave, level in kept]
    table = table.loc[kept.index].assign(name=names, tier=[LEVEL_FORMS[words.lang]["the"][level] for _, level in kept])
    return table.sort_values(
        column, key=lambda one: -pd.to_numeric(one, errors="coerce"), kind="stable", ignore_index=True
    )
