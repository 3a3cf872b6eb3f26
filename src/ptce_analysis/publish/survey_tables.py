"""What a page may show of clean answers: every table of it goes through the rules of disclosure, in one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from ptce_analysis.analysis.survey_levels import (
    COLLECTIVITIES,
    amounts,
    asks_amounts,
    asks_links,
    linked,
    staged,
    supported,
)
from ptce_analysis.errors import InputError
from ptce_analysis.publish.disclosure import Measure, protect
from ptce_analysis.publish.disclosure_release import Protected
from ptce_analysis.publish.disclosure_rules import MARK
from ptce_analysis.survey.clean import Cleaned
from ptce_analysis.vocabulary import FUNDING_LEVELS, STAGES

# The levels of every table, in the study's order: those of the funding table, then the other collectivities.
SHOWN_LEVELS = tuple(dict.fromkeys((*FUNDING_LEVELS, *COLLECTIVITIES)))
# Amounts are shown to the thousand euros.
GRAIN_EUR = 1_000.0


@dataclass(frozen=True)
class Shown:
    """The waves of a page and the tables of them that may be shown, by name: see `_measures`."""

    waves: tuple[Cleaned, ...]

    @cached_property
    def tables(self) -> Mapping[str, Protected]:
        """The protected tables: `told`, `stages`, `said`, `links`, `supported`, `amounts`."""
        return protect(*_measures(self.waves))

    @property
    def origin(self) -> str:
        """The origin of the answers, the same for all waves."""
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


def shown(waves: Sequence[Cleaned]) -> Shown:
    """Return the tables of some waves that may be shown."""
    return Shown(tuple(waves))


def emergence(tables: Shown) -> dict[int, tuple[int, int]]:
    """Return how many poles are in emergence and how many told their stage, for the waves where both may be shown."""
    stages, told = tables.tables["stages"].table, tables.tables["told"].table
    n_told = dict(zip(told["wave"], told["units"], strict=True))
    found = stages.loc[stages["stage"] == "emergence", ["wave", "units"]].to_numpy()
    rates = {int(wave): (units, n_told[wave]) for wave, units in found}
    return {year: rate for year, rate in rates.items() if MARK not in rate and rate[1]}


def _measures(waves: Sequence[Cleaned]) -> tuple[Measure, ...]:
    """Return everything that will be shown of the answers: one call protects it all, since tables can be subtracted."""
    stages, said, by = _all(staged, waves), _all(linked, waves), (("wave", "level"),)
    yes = said[said["linked"]].drop(columns="linked")
    counts = ("units", "share")
    return (
        Measure("told", stages.drop(columns="stage"), by=(("wave",),)),
        Measure("stages", stages, by=(("wave", "stage"),), statistics=counts, base="told"),
        Measure("said", said.drop(columns="linked"), by=by),
        Measure("links", yes, by=by, statistics=counts, base="said"),
        Measure("supported", _all(supported, waves), by=by, within=("links",)),
        Measure(
            "amounts", _all(amounts, waves), by=by, value="amount_eur", statistics=("units", "total", "median"),
            grain=GRAIN_EUR, within=("supported",),
        ),
    )  # fmt: skip


def _all(table: Callable[[Cleaned], pd.DataFrame], waves: Sequence[Cleaned]) -> pd.DataFrame:
    """Return one table of all waves, in which every wave and level has its place, even without a row."""
    found = pd.concat([table(wave) for wave in waves], ignore_index=True)
    years = [str(wave.poles["wave"].iloc[0]) for wave in waves]
    orders = {"wave": years, "level": list(SHOWN_LEVELS), "stage": list(STAGES)}
    return found.assign(
        **{name: pd.Categorical(found[name].astype(str), categories=orders[name]) for name in orders if name in found}
    )
