"""The fictitious answers themselves, before anybody writes them down badly: one record per invented pole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from statistics import median
from types import MappingProxyType
from typing import TypeVar

from ptce_analysis.fictitious import recipe
from ptce_analysis.fictitious.incidence import funded, linked
from ptce_analysis.fictitious.whole import numbers_around, whole_amounts
from ptce_analysis.vocabulary import LOCAL_LEVELS

Value = TypeVar("Value")

# How many sets of amounts are drawn to find one with the printed local median.
CANDIDATES = 1_000

TOGETHER = ("members", "employees", "budget_eur")


@dataclass(frozen=True)
class Answers:
    """What one invented pole answers. A quantity it does not give is not in `numbers`.

    `numbers`: counts, years, thousands of euros, per cent, and hundredths of a full-time post, by variable. `links`:
    the levels it is linked with. `funders`: the levels that fund it; `amounts` in euros for those that say how much.
    """

    pole_id: str
    stage: str
    numbers: Mapping[str, int]
    links: frozenset[str]
    legal_form: str = ""
    relation: str = ""
    funders: frozenset[str] = frozenset()
    amounts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


def answers_2013() -> list[Answers]:
    """Return the 42 answers of the first wave: only what was found about it, so no amount and no other level."""
    rng, n = Random(recipe.SEED - 2), recipe.WAVE_SIZES[2013]
    stages = _shuffled(_repeated(recipe.STAGES_2013), rng)
    numbers = _numbers(recipe.NUMBERS_2013, recipe.STAFF_2013, n, rng)
    links = _shuffled([frozenset({"region"})] * recipe.REGION_LINKS_2013, rng, n, frozenset[str]())
    return [Answers(_pole_id(2013, place), stages[place], numbers[place], links[place]) for place in range(n)]


def answers_2015() -> list[Answers]:
    """Return the 52 answers of the second wave."""
    rng, n = Random(recipe.SEED), recipe.WAVE_SIZES[2015]
    stages = _shuffled(_repeated(recipe.STAGES_2015), rng)
    forms = _shuffled(_repeated(recipe.LEGAL_FORMS_2015), rng)
    relations = _shuffled(_repeated(recipe.RELATIONS_2015), rng, n, "")
    numbers = _numbers(recipe.NUMBERS_2015, recipe.STAFF_2015, n, rng)
    links = linked(_shuffled(_repeated(recipe.POLES_BY_LINKS_2015), rng), recipe.LINKS_2015, rng)
    projects = {level: row.n_projects for level, row in recipe.AMOUNTS_2015.items()}
    funders = funded(links, projects, recipe.FUNDED_POLES_2015, rng)
    amounts = _amounts(funders, rng)
    return [
        Answers(
            _pole_id(2015, place),
            stages[place],
            numbers[place],
            links[place],
            forms[place],
            relations[place],
            funders[place],
            amounts[place],
        )
        for place in range(n)
    ]


def _pole_id(wave: int, place: int) -> str:
    return f"FICTIF-{wave}-{place + 1:03}"


def _repeated(counts: Mapping[Value, int]) -> list[Value]:
    return [value for value, n in counts.items() for _ in range(n)]


def _shuffled(values: Sequence[Value], rng: Random, n: int = 0, missing: Value | None = None) -> list[Value]:
    """Return values in another order; up to n of them, the others missing."""
    made = [*values, *([missing] * (n - len(values)) if missing is not None else [])]
    rng.shuffle(made)
    return made


def _numbers(
    wanted: Mapping[str, recipe.Numbers], staff: Mapping[int, int], n: int, rng: Random
) -> list[dict[str, int]]:
    """Return what each pole answers on quantities; those of `TOGETHER` come from the same poles, as far as they go."""
    same, found = _shuffled(range(n), rng), list[dict[str, int]]({} for _ in range(n))
    for name, row in wanted.items():
        values = _shuffled(_values(name, row, rng), rng)
        poles = same if name in TOGETHER else _shuffled(range(n), rng)
        for pole, value in zip(poles, values, strict=False):
            found[pole][name] = value
    for pole, value in zip(_shuffled(range(n), rng), _shuffled(_repeated(staff), rng), strict=False):
        found[pole]["cell_fte"] = value
    return found


def _values(name: str, row: recipe.Numbers, rng: Random) -> list[int]:
    if row.total:
        return whole_amounts(row.n, row.total, row.median, recipe.SEED + len(name))[0]
    return numbers_around(row.n, row.median, row.low, row.high, rng)


def _amounts(funders: Sequence[frozenset[str]], rng: Random) -> list[dict[str, int]]:
    """Return the amounts of each pole by level, in euros: one supported pole of a level may not say how much."""
    found: list[dict[str, int]] = [{} for _ in funders]
    for level, values in _amounts_by_level().items():
        poles = _shuffled([pole for pole, levels in enumerate(funders) if level in levels], rng)
        for pole, value in zip(poles, values, strict=False):
            found[pole][level] = value
    return found


def _amounts_by_level() -> dict[str, list[int]]:
    """Return the amounts of each level in euros: the first draws whose local amounts have the printed local median."""
    rows = enumerate(recipe.AMOUNTS_2015.items(), start=recipe.SEED)
    drawn = {level: _draws(row, seed) for seed, (level, row) in rows}
    sets = ({level: rows[place] for level, rows in drawn.items()} for place in range(CANDIDATES))
    return next(found for found in sets if _local_median(found) == 1_000 * recipe.LOCAL_MEDIAN_2015)


def _draws(row: recipe.AmountRow, seed: int) -> list[list[int]]:
    scale, unit = row.per_keur, 1_000 // row.per_keur
    found = whole_amounts(row.n_amounts, row.total * scale, row.median * scale, seed, CANDIDATES)
    return [[value * unit for value in values] for values in found]


def _local_median(amounts: Mapping[str, Sequence[int]]) -> float:
    return median(value for level in LOCAL_LEVELS for value in amounts[level])
