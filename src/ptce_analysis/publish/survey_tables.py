"""What a page may show of clean answers: every table of it goes through the rules of disclosure, in one call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import pandas as pd

from ptce_analysis.analysis.proportions import fisher, newcombe, wilson
from ptce_analysis.analysis.survey_levels import (
    COLLECTIVITIES,
    amounts,
    asks_amounts,
    asks_links,
    lines_by_fate,
    linked,
    staged,
    supported,
)
from ptce_analysis.errors import InputError
from ptce_analysis.publish.disclosure import Measure, protect
from ptce_analysis.publish.disclosure.release import Protected, derived, joined, of_lines, public
from ptce_analysis.publish.disclosure.rules import MARK, RULES_OF, STANDARD, Rule
from ptce_analysis.publish.parameters import check_parameters
from ptce_analysis.publish.survey_by_level import by_level
from ptce_analysis.publish.survey_printed import GRAIN_EUR, compared, counts
from ptce_analysis.published import Facts
from ptce_analysis.survey.tables import Cleaned
from ptce_analysis.vocabulary import FUNDING_LEVELS, LOCAL_LEVELS, STAGES

# The levels of every table, in the study's order: those of the funding table, then the other collectivities.
SHOWN_LEVELS = tuple(dict.fromkeys((*FUNDING_LEVELS, *COLLECTIVITIES)))
# Level of the intervals of the page.
CONFIDENCE = 0.95
COUNTS = ("units", "share")
OTHER_ANSWER = "other"
# The answers that printed figures count; any other one stands as `OTHER_ANSWER`, whatever a respondent wrote.
RELATIONS = ("widened", "stable", "weakened", OTHER_ANSWER)
LEGAL_FORMS = ("association", "scic", OTHER_ANSWER)


@dataclass(frozen=True)
class Shown:
    """The waves of a page and what may be shown of them: protected tables, by name, and what is made of those.

    `facts` are the printed figures that the answers are compared with, `rules` those of disclosure.
    """

    waves: tuple[Cleaned, ...]
    facts: Facts = field(default_factory=dict)
    rules: tuple[Rule, ...] = STANDARD

    @cached_property
    def tables(self) -> Mapping[str, Protected]:
        """The protected tables: see `_measures`."""
        return protect(*_measures(self.waves), rules=self.rules)

    @cached_property
    def printed(self) -> Protected:
        """The printed figures beside what may be shown of the same ones: see `survey_printed.compared`."""
        return compared(self.waves, self.tables, self.facts, self.rules)

    @cached_property
    def verdicts(self) -> Protected:
        """How many printed figures come out again, or not."""
        return counts(self.printed)

    @cached_property
    def lines(self) -> Protected:
        """The lines of each file, by what became of them."""
        return of_lines(lines_by_fate(self.waves))

    @cached_property
    def flow(self) -> Protected:
        """In one row, the lines of all files: how many there are, are poles, are set aside."""
        counts = [(wave.rows_in, wave.rows_kept, wave.rows_quarantined) for wave in self.waves]
        return of_lines(pd.DataFrame([tuple(map(sum, zip(*counts, strict=True)))], columns=["lines", "kept", "aside"]))

    @cached_property
    def rates(self) -> Protected:
        """The share in emergence of each wave where it may be shown, with its interval."""
        return derived(_rates, self.tables["stages"], self.tables["told"])

    @cached_property
    def change(self) -> Protected:
        """The difference of the shares in emergence of the first and last of those waves, its interval and test."""
        return derived(_change, self.rates)

    @cached_property
    def by_level(self) -> Protected:
        """Emergence among the poles linked with each level and among the others: see `survey_by_level`."""
        return by_level(self.waves, self.tables, self.rules)

    @cached_property
    def protected(self) -> Protected:
        """Everything that may be stated of these waves: what a page checks its exhibits and sentences against."""
        made = (self.printed, self.verdicts, self.lines, self.flow, self.rates, self.change, self.by_level)
        return joined(*self.tables.values(), *made, public(pd.DataFrame({"confidence": [CONFIDENCE]})))

    @property
    def origin(self) -> str:
        """The origin of the answers, the same for all waves.

        Raises `InputError` when they differ.
        """
        found = {str(origin) for wave in self.waves for origin in wave.poles["origin"]}
        if len(found) != 1:
            raise InputError(f"waves of origins {', '.join(sorted(found)) or 'unknown'} cannot be shown together.")
        return found.pop()

    @property
    def years(self) -> tuple[int, ...]:
        """The years of the waves, the oldest first."""
        return tuple(int(wave.poles["wave"].iloc[0]) for wave in self.waves)

    def asks(self, question: str) -> list[tuple[str, str]]:
        """Return the waves and levels about which a question (`links`, `amounts`) was asked."""
        asked = {"links": asks_links, "amounts": asks_amounts}[question]
        pairs = zip(self.years, self.waves, strict=True)
        return [(str(year), level) for year, wave in pairs for level in SHOWN_LEVELS if asked(wave, level)]


def shown(waves: Sequence[Cleaned], facts: Facts | None = None, rules: str = "standard") -> Shown:
    """Return the tables of some waves that may be shown under a set of rules, and what they say of printed figures.

    Raises `InputError` for a set of rules that `vocabulary.RULE_SETS` does not name.
    """
    check_parameters("shown", {"rules": rules})
    return Shown(tuple(waves), facts or {}, RULES_OF[rules])


def _rates(stages: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """The share in emergence of each wave where it may be shown, with Wilson's interval."""
    both = stages[stages["stage"] == "emergence"].merge(told, on="wave", suffixes=("", "_told"))
    counts = both[["wave", "units", "units_told"]].to_numpy().tolist()
    known = [(int(year), (n, base)) for year, n, base in counts if MARK not in (n, base) and base]
    found = [(year, *rate, wilson(rate, CONFIDENCE)) for year, rate in known]
    rows = [(year, f"{year} ({n}/{base})", n, base, one.estimate, one.low, one.high) for year, n, base, one in found]
    return pd.DataFrame(rows, columns=["wave", "name", "n", "base", "share", "low", "high"])


def _change(rates: pd.DataFrame) -> pd.DataFrame:
    """The last share less the first, Newcombe's interval, Fisher's test; no row unless two waves show theirs."""
    names = ["before", "after", "difference", "low", "high", "p"]
    if len(rates) < 2:
        return pd.DataFrame(columns=names)
    first, last = ((int(row["n"]), int(row["base"])) for row in rates.iloc[[0, -1]].to_dict("records"))
    interval, test = newcombe(last, first, CONFIDENCE), fisher(first, last)
    years = (int(rates["wave"].iloc[0]), int(rates["wave"].iloc[-1]))
    row = (*years, interval.estimate, interval.low, interval.high, test.p_value)
    return pd.DataFrame([row], columns=names)


def _measures(waves: Sequence[Cleaned]) -> tuple[Measure, ...]:
    """Return everything that will be shown of the answers: one call protects it all, since tables can be subtracted."""
    stages, said, by = _all(staged, waves), _all(linked, waves), (("wave", "level"),)
    yes = said[said["linked"]].drop(columns="linked")
    # The page says how many poles each file became: nobody is left to guess how many did not say.
    everybody = _all(lambda wave: wave.poles[["wave", "pole_id"]], waves)
    return (
        Measure("poles", everybody, by=(("wave",),), known=True),
        Measure("told", stages.drop(columns="stage"), by=(("wave",),), within=("poles",)),
        Measure("stages", stages, by=(("wave", "stage"),), statistics=COUNTS, base="told"),
        Measure("said", said.drop(columns="linked"), by=by, within=("poles",)),
        Measure("links", yes, by=by, statistics=COUNTS, base="said"),
        Measure("supported", _all(supported, waves), by=by, within=("links",)),
        Measure(
            "amounts", _all(amounts, waves), by=(*by, ("wave",)), value="amount_eur",
            statistics=("units", "total", "median"), grain=GRAIN_EUR, within=("supported",),
        ),
        Measure(
            "aided", _all(_aided, waves), by=(("wave",),), value="aid_eur", statistics=("units", "median"),
            grain=GRAIN_EUR,
        ),
        *_choices("relation", RELATIONS, waves, answering="share"),
        *_choices("legal_form", LEGAL_FORMS, waves),
    )  # fmt: skip


def _choices(name: str, named: Sequence[str], waves: Sequence[Cleaned], answering: str = "") -> Iterator[Measure]:
    """Those that answered a question and their answers, in the waves where it was asked and answered.

    `answering`: "share" where a printed figure is the share of all poles that answered it.
    """
    asked = [wave for wave in waves if name in wave.poles and wave.poles[name].notna().any()]
    if asked:
        answers = _all(lambda wave: _chosen(wave, name, named), asked)
        told = Measure(f"told_{name}", answers.drop(columns=name), by=(("wave",),), within=("poles",))
        if answering:
            told = replace(told, statistics=COUNTS, base="poles")
        yield told
        yield Measure(name, answers, by=(("wave", name),), statistics=COUNTS, base=told.name)


def _chosen(wave: Cleaned, name: str, named: Sequence[str]) -> pd.DataFrame:
    """The poles that answered a question, with one of some answers or another one."""
    rows = wave.poles.loc[wave.poles[name].notna(), ["wave", "pole_id", name]]
    return rows.assign(**{name: rows[name].astype(str).where(rows[name].isin(named), OTHER_ANSWER)})


def _aided(wave: Cleaned) -> pd.DataFrame:
    """The poles that a local level supports: a pole may hold several of the amounts whose median is printed."""
    rows = amounts(wave)
    return rows[rows["level"].isin(LOCAL_LEVELS)].rename(columns={"amount_eur": "aid_eur"}).drop(columns="level")


def _all(table: Callable[[Cleaned], pd.DataFrame], waves: Sequence[Cleaned]) -> pd.DataFrame:
    """Return one table of all waves, in which every wave and level has its place, even without a row."""
    found = pd.concat([table(wave) for wave in waves], ignore_index=True)
    years = [str(wave.poles["wave"].iloc[0]) for wave in waves]
    orders = {"wave": years, "level": list(SHOWN_LEVELS), "stage": list(STAGES)}
    orders |= {"relation": list(RELATIONS), "legal_form": list(LEGAL_FORMS)}
    return found.assign(
        **{name: pd.Categorical(found[name].astype(str), categories=orders[name]) for name in orders if name in found}
    )
