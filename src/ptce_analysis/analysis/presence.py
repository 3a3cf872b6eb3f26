"""How many clusters each level works with, beside how many it funds."""

from __future__ import annotations

import pandas as pd

from ptce_analysis.analysis.audit_words import as_printed
from ptce_analysis.published import Facts, respondents, stated
from ptce_analysis.vocabulary import FUNDING_LEVELS

COLUMNS = {
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
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


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
