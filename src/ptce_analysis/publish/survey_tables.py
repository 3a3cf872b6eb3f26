"""What a page may show of clean answers: every table of it goes through the rules of disclosure, in one call.

The verdict on a printed figure is worked out from the figure that may be shown, not from the answers: it tells no more.
"""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from ptce_analysis.analysis import survey as answers
from ptce_analysis.analysis.emergence import STAGE, emergence_by_link
from ptce_analysis.analysis.intervals import wilson
from ptce_analysis.errors import InputError
from ptce_analysis.protect import release
from ptce_analysis.protect import rules as disclosure
from ptce_analysis.protect.cells import Measure
from ptce_analysis.protect.release import Protected
from ptce_analysis.protect.rules import MARK, Contributions, Rule
from ptce_analysis.protect.suppress import protect
from ptce_analysis.publish.site import check_parameters
from ptce_analysis.published import Fact, Facts, indicator
from ptce_analysis.survey.codebook import read_codebook
from ptce_analysis.survey.tables import Cleaned, csv_text
from ptce_analysis.survey.waves import CODEBOOKS, codebooks, read_waves
from ptce_analysis.vocabulary import FUNDING_LEVELS, STAGES, WAVES

# The levels of every table, in the study's order: those of the funding table, then the other collectivities.
SHOWN_LEVELS = tuple(dict.fromkeys((*FUNDING_LEVELS, *answers.COLLECTIVITIES)))
# Level of the intervals of the page.
CONFIDENCE = 0.95
COUNTS = ("units", "share")
# The answers that printed figures count; any other one stands as the last, whatever a respondent wrote.
OTHER_ANSWER = "other"
CHOICES = {
    "relation": ("widened", "stable", "weakened", OTHER_ANSWER),
    "legal_form": ("association", "scic", OTHER_ANSWER),
}
# What a printed figure is in the tables: the table, its rows (levels or answers), the statistic, the table of its base.
# It is read there, with its base, or not at all: the answers themselves say no more of it.
with (Path(__file__).parent / "printed.csv").open(encoding="utf-8", newline="") as _rows:
    PRINTED = {row["indicator"]: row for row in csv.DictReader(_rows)}
# The quantities whose medians are shown: the indicator of each.
QUANTITIES = {
    row["table"]: name for name, row in PRINTED.items() if row["statistic"] == "median_from" and not row["rows"]
}
# Amounts are shown to the thousand euros: a printed figure never shows them finer than the tables do.
GRAIN_EUR = 1_000.0
GRAINS = {"eur": GRAIN_EUR, "count": 1.0, "years": 1.0, "fte": 0.01, "share": 0.01}
BY_LEVEL = ("count_linked", "base_linked", "count_others", "base_others", "difference", "low", "high", "fisher")
TOLERANCE = 1e-9  # what adding up shares may be wrong by


@dataclass(frozen=True)
class ShownWaves:
    """What may be shown of some waves of one origin under `rules`.

    `tables`: the protected ones, by name. `printed`: the figures of `facts` beside what may be shown of them
    (`computed_again`). `lines`: those set aside, by reason; `flow`: how many stand in all files. `by_level`:
    emergence by link. `protected`: all that may be stated.
    """

    waves: tuple[Cleaned, ...]
    facts: Facts
    rules: tuple[Rule, ...]
    origin: str
    tables: Mapping[str, Protected]
    printed: Protected
    lines: Protected
    flow: Protected
    by_level: Protected
    protected: Protected

    @property
    def years(self) -> tuple[int, ...]:
        """The years of the waves, the oldest first."""
        return tuple(wave.year for wave in self.waves)

    @property
    def beside(self) -> list[int]:
        """The years whose printed figures may stand beside the answers, the latest first: none beside invented ones."""
        return sorted({fact.wave for fact in self.facts.values()}, reverse=True) if self.origin == "survey" else []

    @property
    def linked(self) -> set[tuple[str, str]]:
        """The waves and levels about whose links the questionnaire asked."""
        return {(str(wave.year), level) for wave in self.waves for level in wave.links}


def shown(waves: Sequence[Cleaned], facts: Facts | None = None, rules: str = "standard") -> ShownWaves:
    """Return what may be shown of some waves under a set of rules, and what it says of printed figures.

    Raises `InputError` for waves of several origins, for none, or for rules that `vocabulary.RULE_SETS` does not name.
    """
    check_parameters("shown", {"rules": rules})
    origins = sorted({wave.origin for wave in waves})
    if len(origins) != 1:
        raise InputError(f"waves of origins {', '.join(origins) or 'unknown'} cannot be shown together.")
    about, applied = facts or {}, disclosure.RULES_OF[rules]
    tables = protect(*_measures(waves), rules=applied)
    counts = [sum(getattr(wave, name) for wave in waves) for name in ("rows_in", "rows_kept", "rows_quarantined")]
    made = {
        "printed": computed_again(waves, tables, about),
        "lines": release.of_lines(answers.lines_set_aside(waves)),
        "flow": release.of_lines(pd.DataFrame([counts], columns=["lines", "kept", "aside"])),
        "by_level": by_level(waves, tables, applied),
    }
    every = release.joined(*tables.values(), *made.values(), release.public(pd.DataFrame({"confidence": [CONFIDENCE]})))
    return ShownWaves(tuple(waves), about, applied, origins[0], tables, **made, protected=every)


def based(table: pd.DataFrame, bases: pd.DataFrame) -> pd.DataFrame:
    """Return the counts of a table (`units`) beside those they are a part of (`base`)."""
    on = [name for name in ("wave", "level") if name in bases]
    return table.merge(bases[[*on, "units"]].rename(columns={"units": "base"}), on=on)


def with_ends(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of `units` and their `base` with the ends of Wilson's interval, `low` and `high`, where shown."""
    numbers = table[["units", "base"]].apply(pd.to_numeric, errors="coerce").to_numpy(float).tolist()
    found = [wilson((int(n), int(base)), CONFIDENCE) if n >= 0 and base > 0 else None for n, base in numbers]
    return table.assign(**{end: [getattr(one, end, float("nan")) for one in found] for end in ("low", "high")})


def _measures(waves: Sequence[Cleaned]) -> tuple[Measure, ...]:
    """Return everything that will be shown of the answers: one call protects it all, since tables can be subtracted."""
    stages, said, by = _all(answers.staged, waves), _all(answers.linked, waves), (("wave", "level"),)
    yes = said[said["linked"]].drop(columns="linked")
    # The page says how many poles each file became: nobody is left to guess how many did not say.
    everybody = _all(lambda wave: wave.poles[["wave", "pole_id"]], waves)
    return (
        Measure("poles", everybody, by=(("wave",),), known=True),
        Measure("told", stages.drop(columns="stage"), by=(("wave",),), within=("poles",)),
        Measure("stages", stages, by=(("wave", "stage"),), statistics=COUNTS, base="told"),
        Measure("said", said.drop(columns="linked"), by=by, within=("poles",)),
        Measure("links", yes, by=by, statistics=COUNTS, base="said"),
        Measure("asked", _all(answers.asked_for_amounts, waves), by=by, within=("poles",), known=True),
        Measure("supported", _all(answers.supported, waves), by=by, statistics=COUNTS, base="asked", within=("links",)),
        Measure(
            "amounts", _all(answers.amounts, waves), by=(*by, ("wave",)), value="amount_eur",
            statistics=("units", "total", "median"), grain=GRAIN_EUR, within=("supported",), spare=(("wave",),),
        ),
        *_choices("relation", waves, base="poles"),  # a printed figure is the share of all poles that answered it
        *_choices("legal_form", waves),
        *(one for name in QUANTITIES for one in _quantity(name, waves)),
    )  # fmt: skip


def _choices(name: str, waves: Sequence[Cleaned], base: str = "") -> Iterator[Measure]:
    """Those that answered a question, as a share of `base`, and their answers."""
    for rows in _answers(name, waves):
        told = Measure(f"told_{name}", rows.drop(columns=name), by=(("wave",),), within=("poles",))
        yield replace(told, statistics=COUNTS, base=base) if base else told
        yield Measure(name, rows, by=(("wave", name),), statistics=COUNTS, base=told.name)


def _quantity(name: str, waves: Sequence[Cleaned]) -> Iterator[Measure]:
    """The median of a quantity, and how many gave it."""
    for rows in _answers(name, waves):
        how: dict[str, Any] = {"statistics": ("units", "median"), "grain": GRAINS[indicator(QUANTITIES[name]).unit]}
        yield Measure(name, rows.astype({name: float}), by=(("wave",),), value=name, within=("poles",), **how)


def _answers(name: str, waves: Sequence[Cleaned]) -> Iterator[pd.DataFrame]:
    """The answers to a question of the poles, in the waves where some answered it; no table where nobody did."""
    if asked := [wave for wave in waves if name in wave.poles and wave.poles[name].notna().any()]:
        yield _all(lambda wave: wave.poles.loc[wave.poles[name].notna(), ["wave", "pole_id", name]], asked)


def _all(table: Callable[[Cleaned], pd.DataFrame], waves: Sequence[Cleaned]) -> pd.DataFrame:
    """Return one table of all waves, in which every wave and level has its place, even without a row."""
    found = pd.concat([table(wave) for wave in waves], ignore_index=True)
    orders: dict[str, Sequence[str]] = {"level": SHOWN_LEVELS, "stage": list(STAGES), **CHOICES}
    orders |= {"wave": [str(wave.year) for wave in waves]}
    for name in CHOICES.keys() & set(found):
        found[name] = found[name].where(found[name].isin(CHOICES[name]), OTHER_ANSWER)
    kept = {name: pd.Categorical(found[name].astype(str), list(orders[name])) for name in orders if name in found}
    return found.assign(**kept)


def by_level(waves: Sequence[Cleaned], tables: Mapping[str, Protected], rules: Sequence[Rule]) -> Protected:
    """Return, for each wave and level asked about, emergence among linked poles and among the others (`BY_LEVEL`).

    A level is shown or hidden as a whole: with `tables`, its counts give every group of poles by stage and link, those
    that told neither included. Each group must pass the rules. Nothing else is about stages and links together.
    """
    rows, ledger = list[dict[str, Any]](), list[tuple[str, ...]]()
    for wave in waves:
        staged, year = answers.staged(wave).drop(columns="wave"), str(wave.year)
        told = answers.linked(wave).merge(staged, on="pole_id")
        for row in emergence_by_link(told).to_dict("records"):
            level = str(row["level"])
            poles = wave.poles[["pole_id"]].merge(staged, "left").merge(answers.linked_with(wave, level), "left")
            stage = poles["stage"].eq(STAGE).where(poles["stage"].notna(), "untold").astype(str)
            groups = pd.crosstab(stage, poles["linked"].fillna("untold").astype(str))
            rule = _hiding(groups, rules) or _untold_elsewhere(tables, wave.year, level)
            rows.append({"wave": year, "level": level} | {name: MARK if rule else row[name] for name in BY_LEVEL})
            ledger += [("emergence_by_level", f"{year}, {level}", "units", rule, "")] * bool(rule)
    table = pd.DataFrame(rows, columns=["wave", "level", *BY_LEVEL], dtype=object)
    return release.released(table, release.ledger_table(ledger))


def _hiding(table: pd.DataFrame, rules: Sequence[Rule]) -> str:
    """The rule that hides a level: one that a group fails against its stage or its link, or that two are needed.

    `table`: the number of poles by emergence and by link (`True`, `False`, `untold`), if any.
    """
    if not {"True", "False"} <= {*table.index} & {*table.columns}:
        return "withheld"
    counts = table.to_numpy()
    cells = [
        Contributions(int(counts[at]), others=int(whole - counts[at]))
        for at in zip(*counts.nonzero(), strict=True)
        for whole in (counts[at[0], :].sum(), counts[:, at[1]].sum())
    ]
    # An empty group says of everybody in its row, or column, what they did not answer.
    cells += [] if counts.all() else [Contributions(0, others=1)]
    return next((rule for cell in cells if (rule := disclosure.failed(cell, rules, "units"))), "")


def _untold_elsewhere(tables: Mapping[str, Protected], year: int, level: str) -> str:
    """Why a level is hidden although its groups pass: a count that it would give is hidden elsewhere on the page."""
    cells = [_cells(tables, year, name, (STAGE, level), "units") for name in ("told", "stages", "said", "links")]
    return "recoverable" if any(MARK in found or not found for found in cells) else ""


def _cells(tables: Mapping[str, Protected], year: int, name: str, values: Sequence[str], statistic: str) -> list[Any]:
    """The figures of a table about some levels or answers, marks included; none when the page has no such table."""
    if name not in tables or statistic not in tables[name].table:
        return []
    table = tables[name].table
    rows = table[table["wave"] == str(year)]
    for column in table.columns.intersection(["level", "stage", *CHOICES]):
        rows = rows[rows[column].isin(values)]
    return list(rows[statistic])


def computed_again(waves: Sequence[Cleaned], tables: Mapping[str, Protected], facts: Facts) -> Protected:
    """Return the printed figures that the tables show too: `id`, `wave`, `given`, `below`, `base`, `verdict`.

    `given` is what a table shows (of a median: the class from `given` up to `below`), for `base` answers; what is not
    asked, or answered, in a wave has no row.
    """
    columns, rows = ["id", "wave", "given", "below", "base", "verdict"], list[list[Any]]()
    for year, fact in ((one.year, fact) for one in waves for fact in facts.values() if fact.wave == one.year):
        if year not in WAVES or not (at := PRINTED.get(fact.indicator)):
            continue
        name, statistic = at["table"], at["statistic"]
        codes = [fact.level if row == "level" else row for row in at["rows"].split()]
        cells, bases = _cells(tables, year, name, codes, statistic), _cells(tables, year, at["base"], codes, "units")
        is_asked = cells and bases and not pd.isna([*cells, *_cells(tables, year, name, codes, "share")]).any()
        if is_asked and MARK in (*cells, *bases):
            rows.append([fact.id, str(year), MARK, MARK, MARK, "hidden"])
        elif is_asked:
            below = _cells(tables, year, name, codes, "median_below") if statistic == "median_from" else [None]
            given, base = sum(map(float, cells)), int(bases[0])
            rows.append([fact.id, str(year), given, below[0], float(base), verdict(fact, given, below[0], base)])
    return release.derived(lambda *_: pd.DataFrame(rows, columns=columns, dtype=object), *tables.values())


def verdict(fact: Fact, given: float, below: float | None, n: int) -> str:
    """Return what becomes of a printed figure for which n answers give a value, or a class up to `below`.

    `reproduced` (within its rounding), `as_far_as_shown` (the class, or thousands of euros, do not tell), `differs`, or
    `other_base` (reproduced, on another number of answers).
    """
    low, high = (float(end) for end in fact.band)
    # A total of euros is shown to the thousand, whatever the printed one is.
    slack = GRAIN_EUR / 2 if below is None and fact.unit == "eur" and float(fact.grain) < GRAIN_EUR else TOLERANCE
    holds = low - slack <= given <= high + slack if below is None else low < below and given <= high
    if fact.limit:
        # Assumption: such words (« plus de 130 », « en majorité ») exclude the limit itself. Source: ordinary French
        # usage. If wrong: a value equal to the limit is said to differ.
        holds = given > float(fact.value) if fact.limit == "minimum" else given < float(fact.value)
    if not holds:
        return "differs"
    # Respondents are counted out of a frame: their base is not a number of answers.
    if fact.base_n not in (None, n) and fact.indicator != "respondents":
        return "other_base"
    return "reproduced" if slack == TOLERANCE and below is None else "as_far_as_shown"


def ledger(folder: Path, facts: Facts, rules: str = "standard") -> pd.DataFrame:
    """Return what is hidden of the waves of a folder, by which rule: `ledger_table`, and `origin`.

    Raises `InputError` if the folder holds no wave (an export and its codebook), or one cannot be cleaned.
    """
    origins = dict.fromkeys(read_codebook(path).origin for path in codebooks(folder))
    if not origins:
        raise InputError(f"{folder}: no wave in it. A wave is a folder with an export and its {CODEBOOKS[0]}.")
    made = ((origin, shown(read_waves(folder, origin), facts, rules)) for origin in origins)
    return pd.concat([one.protected.ledger.assign(origin=origin) for origin, one in made], ignore_index=True)


def by_rule(found: pd.DataFrame) -> list[dict[str, Any]]:
    """Return how many figures each rule hides: `rule`, `label`, `n`, the most frequent first."""
    counts = found["rule"].value_counts(sort=False).sort_values(ascending=False, kind="stable")
    return [{"rule": str(rule), "label": disclosure.LABELS[str(rule)], "n": int(n)} for rule, n in counts.items()]


def write_ledger(found: pd.DataFrame, path: Path, site: Path) -> None:
    """Write the ledger as CSV. Raises `InputError` for a path inside the site: it tells more than the marks do."""
    if path.resolve().is_relative_to(site.resolve()):
        raise InputError(f"{path}: the ledger is for the team that holds the answers. Write it outside {site}.")
    path.write_text(csv_text(found.astype("str")), encoding="utf-8")
