"""An attacker who reads published tables and nothing else, and tries to work out what they hide.

It shares no code with the library: it has a variable for every cell and every margin of a table, ties each margin to
its parts, reads each printed figure within its rounding, and asks a solver how small and how large each cell may be.
A respondent attacks with its own answers as well. Only the judge, who knows the truth, looks at the micro-data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp

ALL, MARK = "total", "s"
Cell = tuple[str, ...]


@dataclass(frozen=True)
class Answers:
    """What a survey asked: rows of unit, columns and value; `base` holds every unit asked, by some of the columns."""

    rows: pd.DataFrame
    dims: tuple[str, ...]
    value: str = ""
    grain: float = 1.0
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

    def tied(self) -> list[LinearConstraint]:
        """The lines as the solver wants them."""
        matrix = np.zeros((len(self.lines), len(self.low)))
        for row, (line, _, _) in enumerate(self.lines):
            matrix[row, list(line)] = list(line.values())
        ends = [line[1] for line in self.lines], [line[2] for line in self.lines]
        return [LinearConstraint(matrix, *ends)] if self.lines else []

    def range_of(self, terms: Mapping[object, float], *, whole: bool) -> tuple[float, float]:
        """The smallest and the largest value that a sum of variables can have."""
        cost, kinds = np.zeros(len(self.low)), np.full(len(self.low), int(whole))
        cost[[self.at(name) for name in terms]] = list(terms.values())
        box = Bounds(np.array(self.low), np.minimum(self.high, 1e9))
        found = [milp(sign * cost, constraints=self.tied(), bounds=box, integrality=kinds) for sign in (1, -1)]
        assert all(one.x is not None for one in found), "what is published contradicts itself"
        return float(cost @ found[0].x), float(cost @ found[1].x)


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
    """Everything that a table of amounts says of totals."""
    known, half = Knowledge(), answers.grain / 2
    for cell in lattice(table, answers.dims):
        known.at(cell)
        for place, value in enumerate(cell):
            if value == ALL:
                terms = dict.fromkeys(parts(cell, place, table, answers.dims), 1.0)
                known.line(terms | {cell: -1.0}, 0.0, 0.0)
    shown = printed(table, answers.dims)
    for cell, row in shown.items():
        n, total = row["units"], row.get("total")
        if n == 0:
            known.between(cell, 0.0, 0.0)
        elif isinstance(total, float):
            known.between(cell, total - half, total + half)
        if isinstance(row.get("median"), float) and n != MARK:
            known.between(cell, (n // 2 + 1) * 0.85 * (row["median"] - half), np.inf)
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


@dataclass(frozen=True)
class Recovered:
    """A hidden figure that was worked out: by whom, where, between what, and the truth."""

    attacker: str
    statistic: str
    cell: Cell
    low: float
    high: float
    truth: float


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


def is_sensitive(values: list[float], least_units: int) -> bool:
    """Whether a total is one that the rules forbid: few units, one above 85 %, or nothing but zeros."""
    return len(values) < least_units or max(values) > 0.85 * sum(values) or sum(values) == 0


def recovered_totals(
    table: pd.DataFrame, answers: Answers, within: float, attackers: Iterable[str] = ("",), least_units: int = 3
) -> list[Recovered]:
    """The sensitive totals that an attacker knows to within a share of what the others contribute."""
    truth, shown, found = contributions(answers.rows, answers.dims, answers.value), printed(table, answers.dims), []
    targets = [
        cell
        for cell, units in truth.items()
        if (cell in shown or ALL not in cell) and is_sensitive(list(units.values()), least_units)
    ]
    for attacker in attackers if targets else ():
        known = read_totals(table, answers)
        for cell, units in truth.items():
            if attacker in units:
                known.between(cell, units[attacker], units[attacker] if len(units) == 1 else np.inf)
        for cell in (cell for cell in targets if set(truth[cell]) != {attacker}):
            total = sum(truth[cell].values())
            margin = within * (total - truth[cell].get(attacker, 0.0)) * (1 - 1e-6) - 1e-4
            low, high = known.range_of({cell: 1.0}, whole=False)
            if high < total + margin or (margin > 0 and low > total - margin):
                found.append(Recovered(attacker, "total", cell, low, high, total))
    return found


def recovered_counts(tables: Mapping[str, pd.DataFrame], answers: Answers, least_units: int = 3) -> list[Recovered]:
    """The counts below the threshold, or whose complement is, that are known to be."""
    known, found = read_counts(tables, answers), []
    shown, truth = printed(tables["answers"], answers.dims), contributions(answers.rows, answers.dims, "")
    asked = contributions(answers.base, answers.base_dims, "") if answers.base is not None else {}
    for cell in {**shown, **truth}:
        n = len(truth.get(cell, ()))
        goals = [("units", {("answers", cell): 1.0}, n)] if n and (cell in shown or ALL not in cell) else []
        if asked and cell in shown:
            whole = base_cell(cell, answers)
            terms = {("base", whole): 1.0, ("answers", cell): -1.0}
            goals += [("others", terms, len(asked[whole]) - n)]
        for statistic, terms, value in goals:
            if value < least_units:
                low, high = known.range_of(terms, whole=True)
                found += [Recovered("", statistic, cell, low, high, value)] if high < least_units - 0.5 else []
    return found


def random_answers(seed: int) -> Answers:
    """A survey drawn at random: few or many poles, sparse or full, heavy tails, ties, zeros, poles in both waves."""
    rng = np.random.default_rng(seed)
    n, n_levels, n_waves = int(rng.integers(4, 26)), int(rng.integers(2, 6)), int(rng.integers(1, 4))
    heavy, zeros, both = rng.uniform(0.2, 2.5), rng.choice([0.0, 0.15, 0.5]), rng.random() < 0.4
    rows, asked = [], []
    for wave in range(n_waves):
        for number in range(n):
            pole = f"p{number}" if both else f"w{wave}p{number}"
            asked.append((pole, f"20{13 + wave}"))
            for level in range(n_levels):
                if rng.random() < 0.75 ** (level + 1):
                    amount = 0.0 if rng.random() < zeros else float(np.round(np.exp(rng.normal(9, heavy))))
                    rows.append((pole, f"20{13 + wave}", f"L{level}", amount))
    rows = rows or [("p0", "2013", "L0", 10.0)]
    frame = pd.DataFrame(rows, columns=["pole_id", "wave", "level", "amount_eur"])
    base = pd.DataFrame(asked, columns=["pole_id", "wave"])
    grain = float(rng.choice([1.0, 100.0, 1000.0]))
    return Answers(frame, ("level", "wave"), "amount_eur", grain, base, ("wave",))
