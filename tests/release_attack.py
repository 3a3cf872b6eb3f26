"""Random surveys for the survey page, and an attacker who reads all that it was released, tables and printed figures.

The attacker shares no code with the library: see `attacker`. Amounts are in thousands of euros, and none is zero.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from attacker import ALL, MARK, WITHIN, Answers, Knowledge, is_sensitive, recovered_medians, too_close
from survey_exports import cleaned

LEVELS = ("commune", "epci", "region", "etat", "europe")
RELATIONS = {"élargies": "widened", "stables": "stable", "fragiles": "weakened", "autre": "other"}
STAGES = ("émergence", "amorçage", "création", "fonctionnement")
MONEY: dict[str, Any] = {
    "header": "id;Stade;Relation;Statut;Lien;" + ";".join(LEVELS),
    "origin": "survey",
    "variables": {"pole_id": {"header": "id"}, "stage": {"header": "Stade"}, "legal_form": {"header": "Statut"},
                  "relation": {"header": "Relation", "kind": "choice", "answers": RELATIONS}},
    "not_asked": ["members", "employees", "budget_eur", "cell_budget_eur", "cell_self_financed_share", "cell_fte"],
    "supports": [{"level": level, "amount": level, "unit": "keur"} | ({"link": "Lien"} if level == "region" else {})
                 for level in LEVELS],
}  # fmt: skip
# The measure whose units hold those of another, and the questions with one answer.
PARENTS = {
    "told": ["poles"], "said": ["poles"], "links": ["said"], "supported": ["asked", "links"], "amounts": ["supported"],
    "stages": ["told"], "told_relation": ["poles"], "told_legal_form": ["poles"], "relation": ["told_relation"],
    "legal_form": ["told_legal_form"],
}  # fmt: skip
EXCLUSIVE = ("stages", "relation", "legal_form")


def random_money(folder: Path, seed: int) -> Any:
    """A wave of 2015: round amounts, one that may dominate, levels with one giver or none, rare answers, zeros."""
    rng = np.random.default_rng(seed)
    n, rare = int(rng.integers(6, 40)), rng.uniform(0.0, 0.4)
    unit, spread, often = int(rng.choice([1, 5, 10])), rng.uniform(0.3, 1.5), rng.uniform(0.3, 1.0)
    alone, giver = int(rng.integers(-2, 5)), int(rng.integers(-n, n))
    odds, rows = np.array([rare, rng.choice([0.0, 0.2]), 0.4, 0.35, rng.choice([0.0, 0.1])]), []
    for i in range(n):
        stage = rng.choice([*STAGES, ""], p=odds / odds.sum())
        relation = rng.choice([*RELATIONS, ""], p=[0.4, 0.3, rare / 2, 0.1, 0.2 - rare / 2])
        form = rng.choice(["association", "SCIC", "SARL"], p=[0.9 - rare, rare, 0.1])
        money = []
        for k in range(5):
            given = i == 0 if k == alone else rng.random() < often ** (k + 1)
            amount = unit * max(1, round(np.exp(rng.normal(1.5, spread)) * (40 if i == giver else 1)))
            money.append(str(amount) if given else "0" if rng.random() < 0.1 else "")
        link = rng.choice(["Oui", "Non"], p=[1 - rare, rare])
        rows.append(";".join([f"P{i}", stage, relation, form, link, *money]))
    return cleaned(folder, *rows, **MONEY)


def cells(table: pd.DataFrame) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of a table with what they are about: a level, an answer, everything; the wave aside."""
    for row in table.to_dict("records"):
        yield next((str(row[name]) for name in ("level", "stage", "relation", "legal_form") if name in row), ""), row


def read_release(tables: Mapping[str, pd.DataFrame], printed: pd.DataFrame, year: int) -> Knowledge:
    """All that is released, as lines: counts, shares of bases, totals, classes of medians, printed figures."""
    known, shown = Knowledge(), {(name, at): row for name, one in tables.items() for at, row in cells(one)}
    for (name, at), row in shown.items():
        units = (name, at)
        for parent in PARENTS.get(name, ()):
            known.line({(parent, at if (parent, at) in shown else ""): 1.0, units: -1.0}, 0.0, np.inf)
        if row["units"] != MARK:
            known.between(units, row["units"], row["units"])
        elif "share" not in row or (
            # Nobody's answer is shown, unless all gave another one.
            name in EXCLUSIVE and any(one["units"] != MARK for where, one in cells(tables[name]))
        ):
            known.between(units, 1.0, np.inf)
    for name in EXCLUSIVE:
        if name in tables:
            known.line({(name, at): 1.0 for at, _ in cells(tables[name])} | {(PARENTS[name][0], ""): -1.0}, 0.0, 0.0)
    _read_amounts(known, dict(cells(tables["amounts"])))
    for name, given, base in printed[["id", "given", "base"]].itertuples(index=False):
        if given != MARK:
            _read_printed(known, name.removesuffix(f"_{year}"), float(given), base)
    return known


def _read_amounts(known: Knowledge, rows: Mapping[str, dict[str, Any]]) -> None:
    every = [at for at in rows if at != ALL]
    known.line({("total", at): 1.0 for at in every} | {("total", ALL): -1.0}, 0.0, 0.0)
    known.line({("amounts", at): 1.0 for at in every} | {("amounts", ALL): -1.0}, 0.0, np.inf)
    for at, row in rows.items():
        known.line(
            {("amounts", at): -1.0} | {("amounts", ALL): float(at != ALL)}, -np.inf if at == ALL else 0.0, np.inf
        )
        # Nobody gives less than a thousand, and where nobody gives there is nothing.
        known.line({("total", at): 1.0, ("amounts", at): -1.0}, 0.0, np.inf)
        if row["units"] == 0:
            known.between(("total", at), 0.0, 0.0)
        if isinstance(row["total"], float):
            known.between(("total", at), row["total"] / 1000, row["total"] / 1000)
        if isinstance(row["median_from"], float):
            n = row["units"]
            known.between(("total", at), (n - n // 2) * row["median_from"] / 1000 + n // 2, np.inf)


def _read_printed(known: Knowledge, name: str, given: float, base: Any) -> None:
    """A figure computed again says what its cell in a table would."""
    kind, _, level = name.rpartition("_")
    exact = {"funding_amount": ("total", level), "funding_projects": ("supported", level)}.get(kind)
    exact = ("total", ALL) if name == "funding_total" else exact
    if exact:
        value = given / 1000 if exact[0] == "total" else given
        known.between(exact, value, value)
        if exact[0] == "total":
            known.between(("amounts", exact[1]), base, base)
    stage = {f"{stage}_share": ("stages", stage) for stage in ("emergence", "creation")}
    for share, of in (stage | {f"link_share_{level}": ("links", level)}).items():
        if share == name:
            known.between(of, round(given * base), round(given * base))
            known.between(("told", "") if name in stage else ("said", level), base, base)


def recovered(tables: Mapping[str, pd.DataFrame], printed: pd.DataFrame, wave: Any, strict: bool = False) -> list[str]:
    """The hidden figures that somebody works out: exactly, or a sensitive one within its margin; those shown wrongly.

    Respondents try for the levels with fewest givers and those that are hidden.
    """
    given = wave.supports[wave.supports["amount_eur"] > 0].astype({"level": str})
    truth = {
        level: {one: amount / 1000 for one, amount in zip(rows["pole_id"], rows["amount_eur"], strict=True)}
        for level, rows in given.groupby("level")
    }
    known, found, least = read_release(tables, printed, wave.year), list[str](), 10 if strict else 3
    # That a count is below the threshold is no secret where there are hardly more poles.
    small = least - 0.5 if len(wave.poles) >= least + len(LEVELS) else 0
    for name, at, row in ((name, at, row) for name, one in tables.items() for at, row in cells(one)):
        if row["units"] == MARK:
            low, high = known.range_of({(name, at): 1.0}, whole=True)
            found += [f"{name} {at}: units {low:g} to {high:g}"] * (high - low < 0.5 or high < small)
            if "share" in row:
                parent = (PARENTS[name][0], at if name in ("links", "supported") else "")
                low, high = known.range_of({parent: 1.0, (name, at): -1.0}, whole=True)
                found += [f"{name} {at}: others {low:g} to {high:g}"] * (high < small)
    money, answers = tables["amounts"].drop(columns="wave"), Answers(given, ("level",), "amount_eur", 1000.0, 1000.0)
    found += recovered_medians(money, answers, given["pole_id"].unique())
    found += [
        f"{at}: shown" for at, row in cells(money)
        if isinstance(row["total"], float) and at in truth and is_sensitive([*truth[at].values()], strict=strict)
    ]  # fmt: skip
    hidden = [at for at, row in cells(tables["amounts"]) if row["total"] == MARK and at != ALL]
    if any(row["total"] == MARK for at, row in cells(tables["amounts"]) if at == ALL):
        low, high = known.range_of({("total", ALL): 1.0}, whole=True)
        found += [f"total {low:g} to {high:g}"] * (high - low < 0.5)
    # The largest and the smallest giver of each hidden level, and any that is alone, try too.
    tries = {""} | {one for at in hidden for one in _tries(truth[at])}
    for attacker in sorted(tries) if hidden else ():
        known, rows = read_release(tables, printed, wave.year), dict(cells(tables["amounts"]))
        for at, units in truth.items():
            if attacker in units:
                others = 0 if rows[at]["units"] == MARK else len(units) - 1
                known.between(("total", at), units[attacker] + others, units[attacker] if len(units) == 1 else np.inf)
        for at in (at for at in hidden if set(truth[at]) != {attacker}):
            total = sum(truth[at].values())
            margin = (
                WITHIN * (total - truth[at].get(attacker, 0.0)) * is_sensitive([*truth[at].values()], strict=strict)
            )
            low, high = known.range_of({("total", at): 1.0}, whole=True)
            found += [f"{attacker} {at}: {total:g} in {low:g} to {high:g}"] * too_close(low, high, total, margin)
    return found


def _tries(units: Mapping[str, float]) -> set[str]:
    ranked = sorted(units, key=lambda one: units[one])
    return {ranked[0], ranked[-1]}
