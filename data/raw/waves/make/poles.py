"""The fictitious answers themselves, before anybody writes them down badly: one record per invented pole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from statistics import median
from typing import TypeVar

import recipe

from ptce_analysis.analysis.amounts import printed_row
from ptce_analysis.analysis.draws import draws

Value = TypeVar("Value")
Links = list[frozenset[str]]

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
    amounts: Mapping[str, int] = field(default_factory=dict)


def answers_2013() -> list[Answers]:
    """Return the 42 answers of the first wave: only what was found about it, so no amount and no other level."""
    rng, n = Random(recipe.SEED - 2), recipe.WAVE_SIZES[2013]
    stages = _shuffled(_repeated(recipe.STAGES_2013), rng)
    numbers = _numbers(recipe.NUMBERS_2013, recipe.STAFF_2013, n, rng)
    links = _shuffled([frozenset({"region"})] * recipe.REGION_LINKS_2013, rng, n, frozenset[str]())
    ids = [f"FICTIF-2013-{place + 1:03}" for place in range(n)]
    return [Answers(*row) for row in zip(ids, stages, numbers, links, strict=True)]


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
    amounts: list[dict[str, int]] = [{} for _ in funders]
    for level, values in _amounts_by_level().items():  # one supported pole of a level may not say how much
        poles = _shuffled([pole for pole, levels in enumerate(funders) if level in levels], rng)
        for pole, value in zip(poles, values, strict=False):
            amounts[pole][level] = value
    ids = [f"FICTIF-2015-{place + 1:03}" for place in range(n)]
    return [Answers(*row) for row in zip(ids, stages, numbers, links, forms, relations, funders, amounts, strict=True)]


def _repeated(counts: Mapping[Value, int]) -> list[Value]:
    return [value for value, n in counts.items() for _ in range(n)]


def _shuffled(values: Sequence[Value], rng: Random, n: int = 0, missing: Value | None = None) -> list[Value]:
    """Values in another order; up to n of them, the others missing."""
    made = [*values, *([missing] * (n - len(values)) if missing is not None else [])]
    rng.shuffle(made)
    return made


def _numbers(
    wanted: Mapping[str, recipe.Numbers], staff: Mapping[int, int], n: int, rng: Random
) -> list[dict[str, int]]:
    """What each pole answers on quantities; those of `TOGETHER` come from the same poles, as far as they go."""
    same, found = _shuffled(range(n), rng), list[dict[str, int]]({} for _ in range(n))
    for name, row in wanted.items():
        if row.total:
            drawn = whole_amounts(row.n, row.total, row.median, recipe.SEED + len(name))[0]
        else:
            drawn = numbers_around(row.n, row.median, row.low, row.high, rng)
        values = _shuffled(drawn, rng)
        poles = same if name in TOGETHER else _shuffled(range(n), rng)
        for pole, value in zip(poles, values, strict=False):
            found[pole][name] = value
    for pole, value in zip(_shuffled(range(n), rng), _shuffled(_repeated(staff), rng), strict=False):
        found[pole]["cell_fte"] = value
    return found


def _amounts_by_level() -> dict[str, list[int]]:
    """The amounts of each level in euros: the first draws whose local amounts have the printed local median."""
    drawn = {}
    for seed, (level, row) in enumerate(recipe.AMOUNTS_2015.items(), start=recipe.SEED):
        scale, unit = row.per_keur, 1_000 // row.per_keur
        sets = whole_amounts(row.n_amounts, row.total * scale, row.median * scale, seed, CANDIDATES)
        drawn[level] = [[value * unit for value in values] for values in sets]
    for place in range(CANDIDATES):
        found = {level: rows[place] for level, rows in drawn.items()}
        local = [value for level in recipe.LOCAL_LEVELS for value in found[level]]
        if median(local) == 1_000 * recipe.LOCAL_MEDIAN_2015:
            return found
    raise ValueError("no draw has the printed local median")


def linked(row_sums: Sequence[int], column_sums: Mapping[str, int], rng: Random) -> Links:
    """Return, for each pole, the levels it is linked with: `row_sums` by pole and `column_sums` by level hold exactly.

    The poles that still need most links come first, which finds a table whenever one exists (Gale and Ryser); swaps of
    two links between two poles then take it away from that order without touching a margin.

    Raises `ValueError` when no table has these margins.
    """
    needed, rows = list(row_sums), [set[str]() for _ in row_sums]
    for level in sorted(column_sums, key=lambda name: (-column_sums[name], name)):
        order = sorted(range(len(rows)), key=lambda pole: (-needed[pole], rng.random()))
        for pole in order[: column_sums[level]]:
            rows[pole].add(level)
            needed[pole] -= 1
    if any(needed):
        raise ValueError("no table of links has these numbers of links by pole and of poles by level")
    for _ in range(40 * len(rows)):
        first, second = rng.sample(rows, 2)
        ours, theirs = sorted(first - second), sorted(second - first)
        if ours and theirs:
            exchanged = {rng.choice(ours), rng.choice(theirs)}
            first ^= exchanged
            second ^= exchanged
    return [frozenset(row) for row in rows]


def funded(links: Links, wanted: Mapping[str, int], n_poles: int, rng: Random) -> Links:
    """Return, for each pole, the levels that fund it: `wanted` poles by level, `n_poles` in all, none by nobody.

    A level whose links are known only funds poles linked with it; a level nobody was asked about may fund any pole.

    Raises `ValueError` when no such choice is found.
    """
    known = frozenset().union(*links)
    for _ in range(1_000):
        chosen = set(rng.sample(range(len(links)), n_poles))
        rows = [set[str]() for _ in links]
        for level in sorted(wanted, key=lambda name: (name not in known, -wanted[name], name)):
            may = [pole for pole in sorted(chosen) if level not in known or level in links[pole]]
            # Poles that nobody funds yet come first where the level may fund any.
            order = sorted(may, key=lambda pole: (bool(rows[pole]) and level not in known, rng.random()))
            for pole in order[: wanted[level]]:
                rows[pole].add(level)
        counts = {level: sum(level in row for row in rows) for level in wanted}
        if counts == dict(wanted) and sum(map(bool, rows)) == n_poles:
            return [frozenset(row) for row in rows]
    raise ValueError("no choice of funded poles has these numbers of projects by level")


def whole_amounts(n: int, total: int, middle: int, seed: int, size: int = 1) -> list[list[int]]:
    """Return `size` data sets of n whole numbers from 1 on, sorted, with exactly that sum and that median.

    Reference draws, uniform on all such amounts, moved to whole numbers: at most a unit away, but for the sum.
    """
    # A support of nothing is no support.
    sample = draws(printed_row(n, total, middle, 0, minimum=1), size, seed)
    return [_whole(list(map(float, row)), total, middle) for row in sample]


def _whole(sample: Sequence[float], total: int, middle: int) -> list[int]:
    """One draw moved to whole numbers: the upper wing takes what the others leave of the sum, by largest remainders."""
    n, wing = len(sample), (len(sample) - 1) // 2
    spread = 0 if n % 2 else round(middle - sample[wing])
    centre = [middle] if n % 2 else [middle - spread, middle + spread]
    lower, edge = [min(round(value), centre[0]) for value in sample[:wing]], centre[-1]
    room = total - sum(centre) - edge * wing
    while sum(lower) > room:  # rounding took more than there is: the largest of the lower wing give it back
        lower[lower.index(max(lower))] -= 1
    left, weights = room - sum(lower), [max(value - edge, 0.0) for value in sample[n - wing :]]
    scale = sum(weights)
    quotas = [left * weight / scale if scale else left / wing for weight in weights]
    above = [int(quota) for quota in quotas]
    for place in sorted(range(wing), key=lambda place: (above[place] - quotas[place], place))[: left - sum(above)]:
        above[place] += 1
    return sorted([*lower, *centre, *(edge + more for more in above)])


def numbers_around(n: int, middle: int, low: int, high: int, rng: Random) -> list[int]:
    """Return n whole numbers from `low` to `high` with exactly that median, many small and few large."""
    half = n // 2
    below = [rng.randint(low, middle) for _ in range(half)]
    above = [middle + round((high - middle) * rng.random() ** 3) for _ in range(half)]
    if n % 2 == 0:
        below[below.index(max(below))] = above[above.index(min(above))] = middle
    return sorted([*below, *([middle] * (n % 2)), *above])
