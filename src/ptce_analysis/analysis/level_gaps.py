"""What the sources leave unknown about one level: one `Gap` per rule that finds something, none typed by hand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import pandas as pd

from ptce_analysis.analysis.audit import audit
from ptce_analysis.analysis.funding import funding_by_level
from ptce_analysis.analysis.identification import OUTSIDE, QUANTITIES, SPREADS, comparisons
from ptce_analysis.analysis.level_place import places, presence
from ptce_analysis.published import Facts, stated
from ptce_analysis.published_roles import Role, roles_of


@dataclass(frozen=True)
class Gap:
    """Something that is not known of a level, by the name of the rule that found it, and how far it is known.

    `verdict`: `bounded`, `open`, `impossible` (what is printed contradicts itself) or `missing` (nothing is printed).
    `values` are the figures that show it; `levels` the other levels concerned.
    """

    kind: str
    verdict: str
    values: Mapping[str, float] = field(default_factory=dict)
    levels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Known:
    """What the rules look at: the figures, the level, its wave and the one before, the scenario, the roles."""

    facts: Facts
    level: str
    wave: int
    earlier: int
    scenario: str
    roles: Collection[Role]


def gaps(known: Known) -> tuple[Gap, ...]:
    """Return what is not known of a level, in the order of `RULES`."""
    return tuple(gap for rule in RULES for gap in rule(known))


def _row(known: Known) -> list[Gap]:
    """A figure of the level's row that the audit finds impossible."""
    names = {f"funding_{part}_{known.level}_{known.wave}" for part in ("amount", "projects", "median")}
    wrong = [verdict for verdict in audit(known.facts) if verdict.id in names and verdict.verdict == "impossible"]
    return [Gap("row", "impossible", {"n": len(wrong)})] if wrong else []


def _amounts(known: Known) -> list[Gap]:
    """Quantities on the single amounts that lie between limits, or have none."""
    table = places(known.facts, known.wave, known.level, known.scenario).set_index("quantity").loc[list(SPREADS)]
    largest = table.loc["max"]
    if pd.isna(largest["low"]):
        return [Gap("amounts", "missing" if _own_row(known, known.wave)["status"] == "not found" else "open")]
    loose = (table["low"] < table["high"]).any()
    return [Gap("amounts", "bounded", {"low": largest["low"], "high": largest["high"]})] if loose else []


def _order(known: Known) -> list[Gap]:
    """Comparisons with another level that are not decided, over all quantities."""
    own = _own_comparisons(known)
    compared = own[own["statement"].isin(QUANTITIES)]
    undecided = compared[compared["verdict"] != "decided"]
    if undecided.empty:
        return []
    verdict = "bounded" if (undecided["verdict"] == "bounded").any() else "open"
    return [Gap("order", verdict, {"n": len(undecided), "all": len(compared)})]


def _outside(known: Known) -> list[Gap]:
    """Statements that no figure of the table bears on."""
    own = _own_comparisons(known)
    verdicts = own.set_index("statement")["verdict"]
    return [Gap(name, "open") for name in OUTSIDE if name in verdicts.index and (verdicts[[name]] == "open").all()]


def _own_comparisons(known: Known) -> pd.DataFrame:
    table = comparisons(known.facts, known.wave, known.scenario)
    return table[(table["level"] == known.level) | (table["other"] == known.level)]


def _earlier(known: Known) -> list[Gap]:
    """Waves whose amount of the level was not found."""
    waves = {"earlier": known.earlier, "current": known.wave}
    missing = {kind: wave for kind, wave in waves.items() if pd.isna(_own_row(known, wave)["amount_eur"])}
    return [Gap(kind, "missing", {"wave": wave}) for kind, wave in missing.items()]


def _own_row(known: Known, wave: int) -> pd.Series:
    return funding_by_level(known.facts, wave, known.scenario).set_index("level").loc[known.level]


def _presence(known: Known) -> list[Gap]:
    """A share of poles linked with the level that was not found, or printed for several levels at once."""
    row = presence(known.facts, known.wave).set_index("level").loc[known.level]
    if pd.isna(row["link_share"]):
        return [Gap("presence", "missing")]
    shared = {"share": float(row["link_share"])}
    return [Gap("presence_joint", "bounded", shared, row["joint"])] if row["joint"] else []


def _base(known: Known) -> list[Gap]:
    """A number of supported projects printed without the number of poles that it is part of."""
    fact = stated(known.facts, f"funding_projects_{known.level}_{known.wave}")
    return [Gap("base", "missing", {"n": float(fact.value)})] if fact and fact.base_n is None else []


def _total(known: Known) -> list[Gap]:
    """A printed total that the audit finds impossible: no choice of levels adds up to it."""
    name = f"funding_total_{known.wave}"
    wrong = [verdict for verdict in audit(known.facts) if verdict.id == name and verdict.verdict == "impossible"]
    return [Gap("total", "impossible", {"total": float(known.facts[name].value)})] if wrong else []


def _roles(known: Known) -> list[Gap]:
    """A level that no statement of the sources singles out."""
    own = roles_of(known.roles, known.level)
    return [] if any(not role.general for role in own) else [Gap("roles", "missing")]


RULES: tuple[Callable[[Known], list[Gap]], ...] = (
    _row, _amounts, _order, _outside, _earlier, _presence, _base, _total, _roles,
)  # fmt: skip
