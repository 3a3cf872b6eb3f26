"""Who funds PTCE, by collectivity level: what the printed rows (n, sum, median) of the funding table say and determine.

Each row leaves a quantity (a total, a maximum, a Gini index...) between two limits, both attained by amounts that round
to the row. Rows do not constrain each other. A comparison of two levels is then `decided` when the limits leave only
one answer, `bounded` when either may have more, `open` when some level has no limits.

A row that contradicts itself counts for its number, its total and their ratio, and for nothing else; of one that is not
printed whole, each figure counts alone. A claim on funding that is not decided here is a bug.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import numpy as np
import pandas as pd

from ptce_analysis.analysis.amounts import AmountsRow, bounds, obstacle
from ptce_analysis.analysis.audit_words import as_printed
from ptce_analysis.published import Fact, Facts, respondents, stated
from ptce_analysis.vocabulary import FUNDING_LEVELS, LOCAL_LEVELS

# Perimeters over which the levels are added, from the closest to the poles to all six.
PERIMETERS: dict[str, tuple[str, ...]] = {
    "local": LOCAL_LEVELS,
    "local_and_state": (*LOCAL_LEVELS, "etat"),
    "all": FUNDING_LEVELS,
}

COLUMN_TYPES = {
    "wave": "int", "scenario": "str", "level": "str", "status": "str",
    "amount_eur": "float", "amount_low_eur": "float", "amount_high_eur": "float",
    "share": "float", "share_low": "float", "share_high": "float",
    "n_projects": "Int64", "n_amounts": "Int64",
    "mean_eur": "float", "mean_low_eur": "float", "mean_high_eur": "float",
    "median_eur": "float", "median_usable": "boolean", "minimum_sum_eur": "float",
}  # fmt: skip


@dataclass(frozen=True)
class FundingRow:
    """One level's printed row, in euros; `n`: the projects taken to have given an amount."""

    n: int
    total: Fact
    median: Fact

    @property
    def least(self) -> Fraction:
        """The least amount of a supported project."""
        # Assumption (04, 07): Each supported project received at least half the unit in which amounts are printed.
        # Source: none; it received more than nothing, and this is the least amount that prints as one. If wrong: limits
        # that rest on the smallest amounts are a little wider.
        return min(self.total.grain, self.median.grain) / 2

    @property
    def bands(self) -> AmountsRow:
        """The amounts whose total and median round to those printed."""
        return AmountsRow(self.n, *self.total.band, *self.median.band, self.least)

    @property
    def exact(self) -> AmountsRow:
        """Those that have them exactly."""
        total, median = self.total.value, self.median.value
        return AmountsRow(self.n, total, total, median, median, self.least)

    @property
    def possible(self) -> bool:
        """Whether any amounts above zero can have this number, total and median, roundings included."""
        return obstacle(self.bands) is None if self.n else self.total.band[0] == self.median.band[0] == 0


def row_figures(facts: Facts, wave: int, level: str) -> tuple[Fact | None, Fact | None, Fact | None]:
    """Return the number of projects, the total and the median of a level's row; None for one that is not stated."""
    names = (f"funding_{part}_{level}_{wave}" for part in ("projects", "amount", "median"))
    projects, total, median = (stated(facts, name) for name in names)
    return projects, total, median


def level_rows(
    facts: Facts, wave: int, scenario: str = "as_printed", levels: Sequence[str] = FUNDING_LEVELS
) -> dict[str, FundingRow]:
    """Return the rows of a wave that are fully printed, by level, in order, under a scenario of the vocabulary."""
    rows = {}
    for level in levels:
        projects, total, median = row_figures(facts, wave, level)
        if projects and total and median:
            # Assumption (01, 03, 04, 07): Each supported project gave an amount, and the median of an even number of
            # amounts is the mean of the middle two. Source: usual definitions, not stated on the slides. If wrong: the
            # row of communes can be consistent, and the limits of the other rows change.
            rows[level] = FundingRow(int(projects.value), total, median)
    if scenario == "communes_15":
        # Assumption (03, 04, 07): Variant with one amount fewer: one project supported by communes gave no amount.
        # Source: none; it is the smallest change that makes their row consistent. If wrong: their median cannot be
        # used.
        return {x: row if row.possible or row.n < 2 else replace(row, n=row.n - 1) for x, row in rows.items()}
    if scenario == "local_medians_reversed":
        # Assumption (03, 04, 07): Variant with medians reversed: the four local medians were printed in reverse order.
        # Source: none; found after looking at the figures. If wrong: these medians are those of other tiers.
        local = [level for level in LOCAL_LEVELS if level in rows]
        swapped = dict(zip(local, reversed([rows[level].median for level in local]), strict=True))
        return {level: replace(row, median=swapped.get(level, row.median)) for level, row in rows.items()}
    return rows


def funding_by_level(facts: Facts, wave: int, scenario: str = "as_printed") -> pd.DataFrame:
    """Return one row per funding level, in order, under a scenario; what was not found of it has empty cells.

    Money in euros, `_low` and `_high` being the ends of a rounding band: `amount_eur`; its `share` of the six levels
    (empty unless all amounts are printed); `n_projects` supported; `mean_eur`; `median_eur`. Of a row printed whole:
    `n_amounts` (the projects taken to have given one), `minimum_sum_eur` (the smallest total the median allows),
    `median_usable` and `status` (`possible`, `impossible` where no amounts can have the row, else `not found`).
    """
    rows, found = level_rows(facts, wave, scenario), []
    for level in FUNDING_LEVELS:
        row, (projects, total, median) = rows.get(level), row_figures(facts, wave, level)
        cells: dict[str, Any] = dict.fromkeys(COLUMN_TYPES) | {"wave": wave, "scenario": scenario, "level": level}
        cells["status"] = "not found"
        if row:
            median, possible = row.median, row.possible
            cells |= {"status": "possible" if possible else "impossible", "median_usable": possible, "n_amounts": row.n}
            cells["minimum_sum_eur"] = (row.n // 2 + 1) * median.band[0]
        cells |= {"n_projects": projects and int(projects.value), "median_eur": median and median.value}
        if total:
            cells |= {"amount_eur": total.value, "amount_low_eur": total.band[0], "amount_high_eur": total.band[1]}
        found.append(cells)
    table = pd.DataFrame(found).astype(COLUMN_TYPES)
    n, whole = table["n_amounts"].fillna(table["n_projects"]).astype("float"), table["amount_eur"].notna().all()
    for end, other in (("", ""), ("_low", "_high"), ("_high", "_low")):
        amount, others = table[f"amount{end}_eur"], table[f"amount{other}_eur"]
        table[f"mean{end}_eur"] = amount / n.where(n > 0)
        share = amount / (amount + others.sum(skipna=False) - others)
        table[f"share{end}"] = share.mask((amount == 0) & whole, 0.0)  # nothing is no part, even of nothing
    return table


def totals(facts: Facts, wave: int) -> pd.DataFrame:
    """Return the total of the table over each perimeter beside the total printed for the wave, in euros.

    Columns: `perimeter` (a key of `PERIMETERS`, or `printed`; none whose amounts were not all found), `total_eur` and
    its rounding band, `n_supports` (level × project supports, empty where a number was not found).
    """
    table, found = funding_by_level(facts, wave).set_index("level"), list[tuple[object, ...]]()
    for perimeter, levels in PERIMETERS.items():
        some = table.loc[list(levels)]
        if some["amount_eur"].notna().all():
            sums = some[["amount_eur", "amount_low_eur", "amount_high_eur"]].sum()
            found.append((perimeter, *sums, some["n_projects"].sum(skipna=False)))
    if printed := stated(facts, f"funding_total_{wave}"):
        found.append(("printed", *map(float, (printed.value, *printed.band)), None))
    columns = ["perimeter", "total_eur", "total_low_eur", "total_high_eur", "n_supports"]
    return pd.DataFrame(found, columns=columns).astype({"n_supports": "Int64"})


def pooled_local_median(facts: Facts, wave: int, scenario: str = "as_printed") -> pd.Series | None:
    """Return the sharp limits of the median of the local levels' amounts taken together: `n`, `low_eur`, `high_eur`.

    `printed` is the aid per collectivity (not quite the same: several of one level may support one project), and
    `holds_printed` whether it can lie within. A row that cannot be true counts for its number and total only. None
    where some local row was not found whole, is of no amount, or of a total too small for its number.
    """
    rows = level_rows(facts, wave, scenario, LOCAL_LEVELS)
    some = [row for row in rows.values() if row.n and row.n * row.least <= row.total.band[1]]
    if len(some) < len(LOCAL_LEVELS):
        return None
    free = [replace(row.bands, median_low=Fraction(0), median_high=row.total.band[1]) for row in some]
    low, high = pooled_median([row.bands if row.possible else any_ for row, any_ in zip(some, free, strict=True)])
    n, printed = sum(row.n for row in some), stated(facts, f"aid_per_collectivity_median_{wave}")
    holds = printed is not None and float(printed.band[0]) <= high and float(printed.band[1]) >= low
    found = {"n": n, "low_eur": low, "high_eur": high, "printed": printed, "holds_printed": holds}
    return pd.Series(found, dtype="object")


def pooled_median(rows: Sequence[AmountsRow]) -> tuple[float, float]:
    """Return the smallest and the largest median that all amounts of several possible rows can have together.

    >>> from ptce_analysis.analysis.amounts import printed_row
    >>> pooled_median([printed_row(3, 30, 5, grain=0), printed_row(3, 60, 20, grain=0)])
    (12.5, 20.0)
    """
    return -_highest_median(rows, -1), _highest_median(rows, 1)


def _highest_median(rows: Sequence[AmountsRow], sign: int) -> float:
    """The highest median of all amounts times a sign, to nine decimals.

    Of N amounts, if N is odd, N // 2 + 1 reach the median; if it is even, N / 2 reach v, one more reaches u <= v, and
    the median is (u + v) / 2. That one is in some row, with q of the N / 2. Rows do not constrain each other, so that
    the others let v be the (N / 2 - q)-th highest of what their amounts can be at most, each in its rank.
    """
    reached = [(place, _reached(row, sign, rank, 0)) for place, row in enumerate(rows) for rank in range(1, row.n + 1)]
    half, found = len(reached) // 2, []
    if len(reached) % 2:
        return round(sorted((value for _, value in reached), reverse=True)[half], 9)
    for place, row in enumerate(rows):
        limits = [np.inf, *sorted((value for other, value in reached if other != place), reverse=True)]
        for q in range(max(0, half + 1 - len(limits)), min(row.n - 1, half) + 1):
            found.append(_reached(row, sign, q, 1, limits[half - q]) / 2)
    return round(max(found), 9)


def _reached(row: AmountsRow, sign: int, q: int, weight: int, limit: float = np.inf) -> float:
    """The highest v + weight u, by linear programming: q amounts of a row times a sign reach v, one more u <= v."""
    from scipy.optimize import linprog

    unit, n = np.eye(row.n + 2), row.n  # the amounts, the highest first, then u and v
    u, v, middle, total = unit[n], unit[n + 1], unit[(n - 1) // 2] + unit[n // 2], unit[:n].sum(axis=0)
    ends = [sign * float(end) for end in (row.sum_low, row.sum_high, 2 * row.median_low, 2 * row.median_high)]
    (least, most), (low, high) = sorted(ends[:2]), sorted(ends[2:])
    lines = [total, -total, middle, -middle, u - v, *(unit[1:n] - unit[: n - 1])]
    lines += [u - unit[q]] * (q < n) + [v - unit[q - 1]] * (q > 0)
    sides = np.append([most, -least, high, -low], np.zeros(len(lines) - 4))
    bound = (float(row.minimum), None) if sign > 0 else (None, -float(row.minimum))
    within = [bound] * n + [(None, None), (None, limit)]
    return -float(linprog(-v - weight * u, A_ub=np.array(lines), b_ub=sides, bounds=within).fun)


# What a quantity can be: its lowest and its highest value; None when nothing limits it.
Limits = tuple[float, float] | None

# The quantities read straight from a row; then those that follow from its amounts (statistics of `amounts.bounds`).
SPREADS = ("max", "sd", "gini", "top_half_share")
QUANTITIES = ("total", "mean", "median", *SPREADS)


def limits_by_level(facts: Facts, wave: int, scenario: str) -> dict[str, dict[str, Limits]]:
    """Return, for each funding level and quantity, what its printed figures leave possible; None for no limits."""
    rows = level_rows(facts, wave, scenario)
    return {level: _limits(rows.get(level), *row_figures(facts, wave, level)) for level in FUNDING_LEVELS}


def _limits(
    row: FundingRow | None, projects: Fact | None, total: Fact | None, median: Fact | None
) -> dict[str, Limits]:
    n_projects = int(projects.value) if projects else 0
    n = row.n if row else n_projects
    if row:
        median = row.median if n and row.possible else None
    spreads = bounds(row.bands) if row and median else {}
    ends: dict[str, Any] = {"total": total and total.band, "median": median and median.band}
    # Assumption (03, 07): At most one project of each row gave no amount. Source: the row of communes, consistent with
    # one amount fewer. If wrong: more tiers cannot be ranked by their mean.
    ends["mean"] = (total.band[0] / n, total.band[1] / max(1, min(n, n_projects - 1))) if total and n else None
    ends |= {name: (spreads[name].low, spreads[name].high) for name in SPREADS if spreads}
    found: dict[str, Any] = {name: ends.get(name) or (None, None) for name in QUANTITIES}
    return {name: None if None in limits else (float(limits[0]), float(limits[1])) for name, limits in found.items()}


def comparisons(facts: Facts, wave: int, scenario: str) -> pd.DataFrame:
    """Return the verdict on "this level has more than that one", for every quantity and every pair of levels.

    Columns: `statement` (a quantity), `level`, `other`, `verdict`, `more` (the level that has, `neither`, or empty).
    """
    limits, found = limits_by_level(facts, wave, scenario), []
    for name, (level, other) in product(QUANTITIES, combinations(FUNDING_LEVELS, 2)):
        one, two, verdict, more = limits[level][name], limits[other][name], "open", ""
        if one and two:
            more = level if one[0] > two[1] else other if one[1] < two[0] else ""
            if one == two and one[0] == one[1]:
                more = "neither"
            verdict = "decided" if more else "bounded"
        found.append((name, level, other, verdict, more))
    return pd.DataFrame(found, columns=["statement", "level", "other", "verdict", "more"])


PRESENCE_COLUMNS = {
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
    return pd.DataFrame(rows, columns=list(PRESENCE_COLUMNS)).astype(PRESENCE_COLUMNS)
