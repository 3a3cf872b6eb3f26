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

    Columns: `link_share` and its id (empty when not found), `joint` (other levels of the same figure), `n_projects`,
    then the share supported, from all respondents (`supported_low` on `base_high`) to the poles of the printed total.
    """
    # Assumption (03, 07): “Projet” means a cluster, and the table covers at least the clusters of the published total,
    # at most all respondents. Source: none. If wrong: the shares of clusters supported are other ones.
    total, high = stated(facts, f"funding_total_{wave}"), respondents(facts, wave) or None
    low = (total.base_n if total else None) or None
    links = {level: stated(facts, f"link_share_{level}_{wave}") for level in FUNDING_LEVELS}
    words = {level: (link.source, link.locator, as_printed(link)) for level, link in links.items() if link}
    rows = []
    for level, link in links.items():
        projects = stated(facts, f"funding_projects_{level}_{wave}")
        n = int(projects.value) if projects else None
        joint = [other for other in words if other != level and link and link.note and words[other] == words[level]]
        # No share goes beyond one: more projects than poles would only show that the base is another one.
        shares = [n / base if n is not None and base and n <= base else None for base in (high, low)]
        share, known_as = (float(link.value), link.id) if link else (None, "")
        rows.append((level, share, known_as, tuple(joint), n, *shares, low, high))
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)
