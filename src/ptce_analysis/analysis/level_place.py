"""One level among the six: the places it can have by each quantity, and how presence compares with funding."""

from __future__ import annotations

import pandas as pd

from ptce_analysis.analysis.audit.records import as_printed
from ptce_analysis.analysis.identification import QUANTITIES, Limits, comparisons, limits_by_level
from ptce_analysis.published import Facts, respondents, stated
from ptce_analysis.vocabulary import FUNDING_LEVELS, SCENARIOS

PLACE_COLUMNS = {
    "scenario": "str", "quantity": "str", "low": "float", "high": "float", "n_above": "Int64", "n_below": "Int64",
    "n_either": "Int64", "best": "Int64", "worst": "Int64", "verdict": "str", "reason": "str",
}  # fmt: skip


def places(facts: Facts, wave: int, level: str, scenario: str = "as_printed") -> pd.DataFrame:
    """Return the places a level can have among the funding levels, by number of projects and by each quantity.

    Columns: `quantity` (`projects`, then `QUANTITIES`), `low` and `high` (limits of the level, empty when it has none),
    how many levels are surely above and below it, of how many others either can be said, `best` and `worst` place (1
    for the most), `verdict`: `decided` (one place), `bounded`, or `open` (the level has no limits: no place is known),
    `reason` (`amount_missing` where one project without an amount can turn the order of two means, else empty).
    """
    limits = limits_by_level(facts, wave, scenario)[level]
    decided = comparisons(facts, wave, scenario)
    own = decided[(decided["level"] == level) | (decided["other"] == level)]
    found = [_by_projects(facts, wave, level)]
    for quantity in QUANTITIES:
        said = own[own["statement"] == quantity]
        verdicts = said.loc[said["verdict"] == "decided", "more"]
        n_above = int((~verdicts.isin([level, "neither"])).sum())
        place = _place(quantity, limits[quantity], n_above, int((verdicts == level).sum()))
        found.append(place | {"reason": said["reason"].max()})
    table = pd.DataFrame(found).assign(scenario=scenario).fillna({"reason": ""})
    return table[list(PLACE_COLUMNS)].astype(PLACE_COLUMNS)


def places_by_scenario(facts: Facts, wave: int, level: str) -> tuple[pd.DataFrame, ...]:
    """Return the places of a level under each scenario, in the order of `SCENARIOS`."""
    return tuple(places(facts, wave, level, scenario) for scenario in SCENARIOS)


def _place(quantity: str, limits: Limits | None, n_above: int, n_below: int) -> dict[str, object]:
    others = len(FUNDING_LEVELS) - 1
    known = {"quantity": quantity, "n_above": n_above, "n_below": n_below, "n_either": others - n_above - n_below}
    if limits is None:
        return {**known, "low": None, "high": None, "best": None, "worst": None, "verdict": "open"}
    best, worst = 1 + n_above, len(FUNDING_LEVELS) - n_below
    verdict = "decided" if best == worst else "bounded"
    return {**known, "low": limits[0], "high": limits[1], "best": best, "worst": worst, "verdict": verdict}


def _by_projects(facts: Facts, wave: int, level: str) -> dict[str, object]:
    """The place by number of supported projects, which are printed exactly."""
    printed = {name: stated(facts, f"funding_projects_{name}_{wave}") for name in FUNDING_LEVELS}
    numbers = {name: int(fact.value) for name, fact in printed.items() if fact}
    if level not in numbers:
        return _place("projects", None, 0, 0)
    own = numbers[level]
    n_above, n_below = sum(n > own for n in numbers.values()), sum(n < own for n in numbers.values())
    return _place("projects", (own, own), n_above, n_below)


PRESENCE_COLUMNS = {
    "level": "str", "link_share": "float", "link_id": "str", "joint": "object", "n_projects": "Int64",
    "supported_low": "float", "supported_high": "float", "base_low": "Int64", "base_high": "Int64",
}  # fmt: skip


def presence(facts: Facts, wave: int) -> pd.DataFrame:
    """Return, per funding level, the printed share of poles linked with it beside the share that it supports.

    Columns: `link_share` and its id (empty when not found), `joint` (the other levels that the source prints in the
    same words: one figure for several), `n_projects`, then the share supported, which has no printed base: from all
    respondents (`supported_low` on `base_high`) to the poles of the printed total (`supported_high` on `base_low`).
    """
    # Assumption (03, 07): “Projet” means a cluster, and the table covers at least the clusters of the published total,
    # at most all respondents. Source: none. If wrong: the shares of clusters supported are other ones.
    bases = _bases(facts, wave)
    rows = [_present(facts, wave, level, bases) for level in FUNDING_LEVELS]
    return pd.DataFrame(rows, columns=list(PRESENCE_COLUMNS)).astype(PRESENCE_COLUMNS)


def _bases(facts: Facts, wave: int) -> tuple[int | None, int | None]:
    """The poles of the printed total and the respondents; None for one that was not found, or when they contradict."""
    total, everybody = stated(facts, f"funding_total_{wave}"), respondents(facts, wave) or None
    base = (total.base_n if total else None) or None
    return (None, None) if base and everybody and base > everybody else (base, everybody)


def _present(facts: Facts, wave: int, level: str, bases: tuple[int | None, int | None]) -> dict[str, object]:
    link, projects = stated(facts, f"link_share_{level}_{wave}"), stated(facts, f"funding_projects_{level}_{wave}")
    low, high = bases
    n = int(projects.value) if projects else None
    return {
        "level": level,
        "link_share": float(link.value) if link else None,
        "link_id": link.id if link else "",
        "joint": _printed_with(facts, wave, level),
        "n_projects": n,
        # No share goes beyond one: more projects than poles would only show that the base is another one.
        "supported_low": n / high if n is not None and high and n <= high else None,
        "supported_high": n / low if n is not None and low and n <= low else None,
        "base_low": low,
        "base_high": high,
    }


def _printed_with(facts: Facts, wave: int, level: str) -> tuple[str, ...]:
    """The other levels whose share the same source prints in the same words."""
    links = {name: stated(facts, f"link_share_{name}_{wave}") for name in FUNDING_LEVELS}
    own = links[level]
    if own is None or not own.note:
        return ()
    same = (own.source, own.locator, as_printed(own))
    others = {name: fact for name, fact in links.items() if fact and name != level}
    return tuple(name for name, fact in others.items() if (fact.source, fact.locator, as_printed(fact)) == same)
