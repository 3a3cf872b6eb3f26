"""An attacker who reads published tables and nothing else, and tries to work out what they hide.

It shares no code with the library: it has a variable for every cell and every margin of a table, ties each margin to
its parts, takes each printed figure as exact, and asks a solver how small and how large each cell may be. It knows that
amounts are whole multiples of a thousand (`grain`), and whether none is zero. A respondent attacks with its own answers
as well. Only the judge, who knows the truth, looks at the micro-data.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

ALL, MARK = "total", "s"
FAR = 12  # beyond the thresholds of the rules
WITHIN = 0.10  # of what the others give: a number known so closely is recovered
Cell = tuple[str, ...]


@dataclass(frozen=True)
class Answers:
    """What a survey asked: rows of unit, columns and value; `base` holds every unit asked, by some of the columns.

    `grain`: what every value is a multiple of; `least`: the least that a unit gives.
    """

    rows: pd.DataFrame
    dims: tuple[str, ...]
    value: str = ""
    grain: float = 1.0
    least: float = 0.0
    base: pd.DataFrame | None = None
    base_dims: tuple[str, ...] = ()


@dataclass
class Knowledge:
    """A linear system being written: one variable per name, each with bounds, and lines over them."""

    names: dict[object, int] = field(default_factory=dict)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    lines: list[tuple[dict[int, float], float, float]] = field(default_factory=list)

    def at(self, name: object) -> int:
        if name not in self.names:
            self.names[name] = len(self.low)
            self.low.append(0.0)
            self.high.append(np.inf)
        return self.names[name]

    def between(self, name: object, low: float, high: float) -> None:
        at = self.at(name)
        self.low[at], self.high[at] = max(self.low[at], low), min(self.high[at], high)

    def line(self, terms: Mapping[object, float], low: float, high: float) -> None:
        self.lines.append(({self.at(name): sign for name, sign in terms.items()}, low, high))

    def range_of(self, terms: Mapping[object, float], *, whole: bool) -> tuple[float, float]:
        """The smallest and the largest value that a sum of variables can have.

        That they are whole numbers is used where the ends are not far apart without it.
        """
        at = [self.at(name) for name in terms]
        matrix, cost = np.zeros((len(self.lines), len(self.low))), np.zeros(len(self.low))
        for row, (line, _, _) in enumerate(self.lines):
            matrix[row, list(line)] = list(line.values())
        cost[at] = list(terms.values())
        ends = [line[1] for line in self.lines], [line[2] for line in self.lines]
        ties = [LinearConstraint(csr_array(matrix), *ends)] if self.lines else []
        box = Bounds(np.array(self.low), np.minimum(self.high, 1e9))
        for kinds in (0, 1) if whole else (0,):
            found = [
                milp(sign * cost, constraints=ties, bounds=box, integrality=np.full_like(cost, kinds))
                for sign in (1, -1)
            ]
            assert all(one.x is not None for one in found), "what is published contradicts itself"
            low, high = (float(cost @ one.x) for one in found)
            if high - low > FAR and high > FAR:
                break
        return low, high


def lattice(table: pd.DataFrame, dims: tuple[str, ...]) -> Iterator[Cell]:
    """Every cell and margin of a table, printed or not."""
    yield from product(*([*(v for v in table[name].unique() if v != ALL), ALL] for name in dims))


def parts(cell: Cell, place: int, table: pd.DataFrame, dims: tuple[str, ...]) -> list[Cell]:
    """The cells that a margin adds up along one column."""
    values = [value for value in table[dims[place]].unique() if value != ALL]
    return [(*cell[:place], value, *cell[place + 1 :]) for value in values]


def printed(table: pd.DataFrame, dims: tuple[str, ...]) -> dict[Cell, dict[str, object]]:
    """The printed figures by cell."""
    return {tuple(row[name] for name in dims): row for row in table.to_dict("records")}


def read_totals(table: pd.DataFrame, answers: Answers) -> Knowledge:
    """Everything that a table of amounts says of totals, in multiples of the grain."""
    known, least = Knowledge(), answers.least / answers.grain
    for cell in lattice(table, answers.dims):
        known.at(cell)
        for place, value in enumerate(cell):
            if value == ALL:
                terms = dict.fromkeys(parts(cell, place, table, answers.dims), 1.0)
                known.line(terms | {cell: -1.0}, 0.0, 0.0)
    for cell, row in printed(table, answers.dims).items():
        n, total = row["units"], row.get("total")
        if n == 0:
            known.between(cell, 0.0, 0.0)
        elif isinstance(total, float):
            known.between(cell, total / answers.grain, total / answers.grain)
        if ALL not in cell:
            known.between(cell, least * (n if n != MARK else "share" not in row), np.inf)
        if isinstance(row.get("median_from"), float) and n != MARK:
            known.between(cell, (n - n // 2) * row["median_from"] / answers.grain + least * (n // 2), np.inf)
    return known


def read_counts(tables: Mapping[str, pd.DataFrame], answers: Answers) -> Knowledge:
    """Everything that a table of units, and the table of its base, say of counts."""
    known, table = Knowledge(), tables["answers"]
    _read_count_table(known, "answers", table, answers.dims, answers.rows)
    if answers.base is not None:
        _read_count_table(known, "base", tables["base"], answers.base_dims, answers.base)
        shown, asked = printed(table, answers.dims), printed(tables["base"], answers.base_dims)
        for cell in lattice(table, answers.dims):
            whole = base_cell(cell, answers)
            known.line({("base", whole): 1.0, ("answers", cell): -1.0}, 0.0, np.inf)
            share, n = shown.get(cell, {}).get("share"), asked.get(whole, {}).get("units")
            if isinstance(share, float) and n != MARK:
                known.between(("answers", cell), round(share * n), round(share * n))
    return known


def _read_count_table(
    known: Knowledge, name: str, table: pd.DataFrame, dims: tuple[str, ...], rows: pd.DataFrame
) -> None:
    repeated = {dim for dim in dims if rows.groupby("pole_id")[dim].nunique().max() > 1}
    for cell in lattice(table, dims):
        known.at((name, cell))
        for place, value in enumerate(cell):
            if value == ALL:
                below = parts(cell, place, table, dims)
                terms = {(name, part): 1.0 for part in below} | {(name, cell): -1.0}
                known.line(terms, 0.0, np.inf if dims[place] in repeated else 0.0)
                for part in below:
                    known.line({(name, cell): 1.0, (name, part): -1.0}, 0.0, np.inf)
    for cell, row in printed(table, dims).items():
        if row["units"] != MARK:
            known.between((name, cell), row["units"], row["units"])
        elif "share" not in row:
            known.between((name, cell), 1.0, np.inf)


def base_cell(cell: Cell, answers: Answers) -> Cell:
    """The cell of the base that a cell is a share of."""
    return tuple(value for value, name in zip(cell, answers.dims, strict=True) if name in answers.base_dims)


def contributions(rows: pd.DataFrame, dims: tuple[str, ...], value: str) -> dict[Cell, dict[str, float]]:
    """What each unit gives to every cell and margin, from the micro-data: what the judge knows."""
    found: dict[Cell, dict[str, float]] = {}
    kept = rows.dropna(subset=[value]) if value else rows
    amounts = kept[value] if value else [1.0] * len(kept)
    for unit, cell, amount in zip(kept["pole_id"], kept[list(dims)].astype(str).to_numpy(), amounts, strict=True):
        for mask in product((True, False), repeat=len(dims)):
            units = found.setdefault(tuple(v if keep else ALL for v, keep in zip(cell, mask, strict=True)), {})
            units[unit] = units.get(unit, 0.0) + amount
    return found


def is_sensitive(values: list[float], *, strict: bool) -> bool:
    """Whether a total is one that the rules forbid, worked out anew: few units, one or two large ones, only zeros."""
    ranked, total = sorted(values, reverse=True), sum(values)
    if len(values) < (10 if strict else 3) or ranked[0] > 0.85 * total or total == 0:
        return True
    return strict and (sum(ranked[:2]) > 0.9 * total or sum(ranked[2:]) < 0.1 * ranked[0])


def recovered_totals(
    table: pd.DataFrame, answers: Answers, attackers: Iterable[str] = ("",), *, strict: bool = False
) -> list[str]:
    """The sensitive totals that an attacker knows to within a share of what the others contribute."""
    truth, shown, found = contributions(answers.rows, answers.dims, answers.value), printed(table, answers.dims), []
    targets = [
        cell
        for cell, units in truth.items()
        if (cell in shown or ALL not in cell) and is_sensitive(list(units.values()), strict=strict)
    ]
    for attacker in attackers if targets else ():
        known = read_totals(table, answers)
        for cell, units in truth.items():
            if attacker in units:
                counted = cell in shown and shown[cell]["units"] != MARK and ALL not in cell
                low = units[attacker] + answers.least * (len(units) - 1) * counted
                high = units[attacker] if len(units) == 1 else np.inf
                known.between(cell, low / answers.grain, high / answers.grain)
        for cell in (cell for cell in targets if set(truth[cell]) != {attacker}):
            total = sum(truth[cell].values())
            low, high = (end * answers.grain for end in known.range_of({cell: 1.0}, whole=True))
            if too_close(low, high, total, WITHIN * (total - truth[cell].get(attacker, 0.0))):
                found.append(f"{attacker} {cell}: total {total:g} in {low:g} to {high:g}")
    return found


def too_close(low: float, high: float, truth: float, margin: float) -> bool:
    """Whether an interval gives a number exactly, or to within a margin on both sides."""
    return high - low < 1e-6 or (low > truth - margin + 1e-6 and high < truth + margin - 1e-6)


def recovered_medians(table: pd.DataFrame, answers: Answers, attackers: Iterable[str] = ("",)) -> list[str]:
    """The shown medians that somebody knows to within a share: by trying every number of the class, in the total."""
    truth, found, unit = contributions(answers.rows, answers.dims, answers.value), [], answers.grain
    for cell, row in printed(table, answers.dims).items():
        if not isinstance(row.get("median_from"), float):
            continue
        values, n, half = truth[cell], row["units"], row["units"] // 2
        median = float(np.median(list(values.values())))
        assert row["median_from"] <= median < row["median_below"]
        for own in [None, *(values[one] for one in attackers if one in values)]:
            possible = []
            for one in range(int(np.ceil(row["median_from"] / unit)), int(np.ceil(row["median_below"] / unit))):
                # The least that the others give: as little as can be below the median, the median from it on.
                seats = [answers.least / unit] * (n - 1 - half) + [one] * (n - (n - 1 - half))
                if own is not None:
                    seats[-1 if own / unit >= one else 0] = own / unit
                possible += [one * unit] * (sum(seats) <= row["total"] / unit)
            if len(possible) < 2 or possible[-1] * (1 - WITHIN) < possible[0] * (1 + WITHIN) - 1e-6:
                found.append(f"{own} {cell}: median {median:g} in {possible[:1]} to {possible[-1:]}")
    return found


def recovered_counts(tables: Mapping[str, pd.DataFrame], answers: Answers, *, strict: bool = False) -> list[str]:
    """The counts below the threshold, or whose complement is, that are known to be."""
    known, found, least = read_counts(tables, answers), [], 10 if strict else 3
    shown, truth = printed(tables["answers"], answers.dims), contributions(answers.rows, answers.dims, "")
    asked = contributions(answers.base, answers.base_dims, "") if answers.base is not None else {}
    for cell in {**shown, **truth}:
        n = len(truth.get(cell, ()))
        goals = [({("answers", cell): 1.0}, n)] if n and (cell in shown or ALL not in cell) else []
        if asked and cell in shown:
            whole = base_cell(cell, answers)
            goals.append(({("base", whole): 1.0, ("answers", cell): -1.0}, len(asked[whole]) - n))
        for terms, value in (goal for goal in goals if goal[1] < least):
            low, high = known.range_of(terms, whole=True)
            found += [f"{cell}: count {value} in {low:g} to {high:g}"] * (high < least - 0.5)
    return found


def random_answers(seed: int) -> Answers:
    """A survey drawn at random: few or many poles, sparse or full, heavy tails, ties, zeros, poles in both waves.

    Amounts are whole units, thousands or tens of thousands; one pole may give most, or alone at a level.
    """
    rng = np.random.default_rng(seed)
    n, n_levels, n_waves = int(rng.integers(4, 26)), int(rng.integers(2, 6)), int(rng.integers(1, 4))
    heavy, zeros, both = rng.uniform(0.2, 2.5), rng.choice([0.0, 0.0, 0.15, 0.5]), rng.random() < 0.4
    grain = float(rng.choice([1.0, 1000.0, 10_000.0]))
    giver, factor = int(rng.integers(n)), float(rng.choice([1.0, 30.0]))
    rows, asked = [], []
    for wave in range(n_waves):
        for number in range(n):
            pole = f"p{number}" if both else f"w{wave}p{number}"
            asked.append((pole, f"20{13 + wave}"))
            for level in range(n_levels):
                if rng.random() < 0.75 ** (level + 1):
                    size = np.exp(rng.normal(2.5, heavy)) * (factor if number == giver else 1)
                    amount = 0.0 if rng.random() < zeros else grain * max(1.0, float(np.round(size)))
                    rows.append((pole, f"20{13 + wave}", f"L{level}", amount))
    rows = rows or [("p0", "2013", "L0", grain)]
    frame = pd.DataFrame(rows, columns=["pole_id", "wave", "level", "amount_eur"])
    base = pd.DataFrame(asked, columns=["pole_id", "wave"])
    least = grain * bool((frame["amount_eur"] > 0).all())
    return Answers(frame, ("level", "wave"), "amount_eur", grain, least, base, ("wave",))
