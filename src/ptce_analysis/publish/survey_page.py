"""The survey page: the waves it reads, and its tables, made of what was released, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
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
from ptce_analysis.publish.survey_tables import QUANTITIES, SHOWN_LEVELS, ShownWaves, based, with_ends
from ptce_analysis.publish.texts import MEDIANS
from ptce_analysis.published import respondents, stated
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
# The questions with few answers: the table of those who answered each, and what the answers are called.
QUESTIONS: dict[str, tuple[str, dict[str, Label]]] = {
    "stages": ("told", STAGES),
    "legal_form": ("told_legal_form", {"association": ("association", "association"), "scic": ("SCIC", "SCIC"),
                                       "other": ("another form", "autre statut")}),
    "relation": ("told_relation", {"widened": ("widened or consolidated", "élargies ou consolidées"),
                                   "stable": ("stable", "stables"), "weakened": ("weakened", "fragilisées"),
                                   "other": ("other, or too early to say", "autre, ou trop tôt pour le dire")}),
}  # fmt: skip
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


def page_stem(stem: str, waves: str) -> str:
    """Return the name that starts those of a page's files: those supplied by a reader are apart."""
    return stem if waves == "fictitious" else f"{stem}_{waves}"


class Texts:
    """What exhibits share: texts to translate."""

    SOURCE = "{answers}: {exports}."
    BESIDE = "{answers}: {exports}. Published figures: RTES (slides on the 2015 survey, [note](S2) on that of 2013)."
    EXPORT = "{title} (export of {day})"
    PRINTED = "{name}, published"
    AGE = "Age (years)"


def about(words: Words, shown: ShownWaves, *tables: Protected) -> dict[str, Any]:
    """Return what every exhibit of some tables is given: their origin, whence they come, what may be stated.

    Answers are named by the title and the date that each codebook gives, or by the year of the wave.
    """
    named = [(wave.title or str(wave.year), wave.date) for wave in shown.waves]
    exports = [str(words(Texts.EXPORT, title=title, day=words.date(day))) if day else title for title, day in named]
    answers = Sentence(words.label(ORIGINS[shown.origin]).capitalize())
    given = {"answers": answers, "exports": Sentence(words.listing(exports)), "released": shown}
    printed = any(one.table["printed"].any() for one in tables)
    return {"origin": shown.origin, "source": Texts.BESIDE if printed else Texts.SOURCE} | given


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


def seen(table: Protected | pd.DataFrame, column: str) -> pd.DataFrame:
    """Return the rows of a table whose number in `column` is shown, as numbers: those that can be drawn."""
    found = table.table if isinstance(table, Protected) else table
    numbers = pd.to_numeric(found[column], errors="coerce")
    return found.assign(**{column: numbers})[numbers.notna()].infer_objects()


def set_aside(words: Words, shown: ShownWaves) -> Protected:
    """Return the lines that are no answer of a cluster, by wave and reason (`label`, `wave`, `n`)."""
    return derived(
        lambda lines: lines.assign(label=[words.label(ROW_RULES[fate]) for fate in lines["fate"]]), shown.lines
    )


def told(words: Words, shown: ShownWaves, question: str) -> Protected:
    """Return how many poles gave each answer to a question of `QUESTIONS`, by wave, those withheld last.

    Columns: `wave`, `label`, `units`, `base` (those who answered), `share`, `interval` (Wilson's), its ends.
    """
    told_by, labels = QUESTIONS[question]

    def rows(found: pd.DataFrame, base: pd.DataFrame) -> pd.DataFrame:
        both = with_ends(based(found, base))
        both = both[both["base"] != 0]  # nobody answered in such a wave
        both = both.assign(
            label=[words.label(labels[code]) for code in both.iloc[:, 1]], interval=_intervals(words, both)
        )
        return both.sort_values("share", key=lambda share: share.eq(MARK), kind="stable", ignore_index=True)

    if question not in shown.tables:
        return derived(lambda flow: flow.iloc[:0].assign(share=0), shown.flow)
    return derived(rows, shown.tables[question], shown.tables[told_by])


def linked(words: Words, shown: ShownWaves) -> Protected:
    """Return the share of poles linked with each level whose link was asked about, among those that answered."""
    return derived(
        lambda links, said: _by_tier(words, shown, based(links, said), "links", "share"),
        shown.tables["links"], shown.tables["said"],
    )  # fmt: skip


def aided(words: Words, shown: ShownWaves) -> Protected:
    """Return the share of poles aided by each level whose amount was asked, among all that answered the survey."""
    return derived(
        lambda aid, asked: _by_tier(words, shown, based(aid, asked), "amounts", "share"),
        shown.tables["supported"], shown.tables["asked"],
    )  # fmt: skip


def funded(words: Words, shown: ShownWaves) -> Protected:
    """Return what each level gave: `base` (projects supported), `units` (amounts known), `total`, `median`."""
    return derived(
        lambda money, aid: _by_tier(words, shown, based(money, aid), "amounts", "total"),
        shown.tables["amounts"], shown.tables["supported"],
    )  # fmt: skip


def apart(words: Words, shown: ShownWaves) -> Protected:
    """Return emergence among the poles linked with a level and among the others, where it may be shown or is not."""
    return derived(lambda table: _by_tier(words, shown, table, "links", "difference"), shown.by_level)


def leading(words: Words, table: Protected, column: str) -> Protected:
    """Return the largest figure that the last wave shows by tier: `wave`, `tiers`, the column; no row if none does."""

    def rows(found: pd.DataFrame) -> pd.DataFrame:
        own = seen(found[found["printed"].eq(False)], column)
        last = own[own["wave"] == own["wave"].max()]
        most = last[last[column] == last[column].max()]
        return most.head(1).assign(tiers=words.listing(most["tier"]))

    return derived(rows, table)


def profile(words: Words, shown: ShownWaves) -> Protected:
    """Return the median of each quantity by wave, then as printed: `name`, `units` (answers), `median`, `kind`."""
    names = {"age_median": (Texts.AGE, "years"), **MEDIANS}

    def rows(*tables: pd.DataFrame) -> pd.DataFrame:
        found = list[dict[str, Any]]()
        for indicator, table in zip(asked.values(), tables, strict=True):
            text, kind = names[indicator]
            facts = [fact for year in _years(shown) if (fact := stated(shown.facts, f"{indicator}_{year}"))]
            printed = [{"wave": str(one.wave), "median": float(one.value), "printed": True} for one in facts]
            every = [*table.assign(printed=False).to_dict("records"), *printed]
            named = {"kind": kind, "label": str(words(text))}
            found += [{"units": NOTHING} | row | named | {"name": _name(words, named["label"], row)} for row in every]
        return pd.DataFrame(
            found, columns=["name", "label", "wave", "units", "median", "kind", "printed"], dtype=object
        )

    asked = {column: indicator for column, indicator in QUANTITIES.items() if column in shown.tables}
    return (
        derived(rows, *(shown.tables[column] for column in asked)) if asked else derived(lambda _: rows(), shown.flow)
    )


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


def _years(shown: ShownWaves) -> list[int]:
    """The years of the printed figures that may stand beside the answers: none beside invented ones."""
    return sorted({fact.wave for fact in shown.facts.values()}) if shown.origin == "survey" else []


def _printed(shown: ShownWaves, question: str, column: str) -> Iterator[dict[str, Any]]:
    """The printed figures by level that stand beside a table, in its columns."""
    for year, level in product(_years(shown), SHOWN_LEVELS):
        names = ("link_share", "funding_projects", "funding_amount", "funding_median")
        found = [stated(shown.facts, f"{name}_{level}_{year}") for name in names]
        link, aid, total, median = (float(one.value) if one else None for one in found)
        row, poles = {"wave": str(year), "level": level, "printed": True}, respondents(shown.facts, year) or 0
        if (question, column) == ("links", "share") and found[0]:
            yield row | {"share": link, "base": found[0].base_n}
        if (question, column) == ("amounts", "share") and aid and aid <= poles:
            yield row | {"share": aid / poles, "units": int(aid), "base": poles}
        if column == "total" and total is not None:
            yield row | {"base": aid, "total": total, "median": median}


def _by_tier(words: Words, shown: ShownWaves, table: pd.DataFrame, question: str, column: str) -> pd.DataFrame:
    """The rows of the waves and levels asked about and those printed, named: the level with the most first."""
    asked = set(shown.asks(question))
    own = table.loc[[pair in asked for pair in zip(table["wave"], table["level"], strict=True)]]
    beside = [row for row in _printed(shown, question, column) if row["level"] in set(own["level"])]
    rows = [*own.assign(printed=False).to_dict("records"), *beside]
    every = pd.DataFrame(rows, columns=[*own, "printed"], dtype=object)
    every = every.where(every.notna(), NOTHING)
    if column == "share":
        every = with_ends(every).assign(interval=lambda ended: _intervals(words, ended))
    most = seen(every[every["printed"].eq(False)], column).groupby("level")[column].max()
    order = {"most": -every["level"].map(most).astype(float), "rank": every["level"].map(SHOWN_LEVELS.index)}
    every = every.assign(**order).sort_values(["most", "rank", "wave", "printed"], ignore_index=True)
    labels = {level: words.label(LEVELS[level]).split(" (")[0] for level in SHOWN_LEVELS}
    names = [_name(words, labels[row["level"]], row) for row in every.to_dict("records")]
    tiers = every["level"].map(LEVEL_FORMS[words.lang]["the"])
    return every.assign(name=names, tier=tiers).drop(columns=list(order))


def _name(words: Words, label: str, row: Mapping[str, Any]) -> str:
    """What a row is called: what it is about, its year, and whether it is a printed figure."""
    name = f"{label} {row['wave']}"
    return str(words(Texts.PRINTED, name=name)) if row["printed"] else name


def _intervals(words: Words, table: pd.DataFrame) -> list[str]:
    """Each interval in words, rounded outwards."""
    ends = zip(table["low"], table["high"], strict=True)
    written = (
        [words.number(Number(low, "share1_down")), words.number(Number(high, "share1_up"))] for low, high in ends
    )
    return [" – ".join(both) if low == low else NOTHING for low, both in zip(table["low"], written, strict=True)]
