"""Who is linked with whom, and who is funded by whom: tables of yes and no with exact margins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from ptce_analysis.errors import InputError

Links = list[frozenset[str]]


def linked(row_sums: Sequence[int], column_sums: Mapping[str, int], rng: Random) -> Links:
    """Return, for each pole, the levels it is linked with: `row_sums` by pole and `column_sums` by level hold exactly.

    The poles that still need most links come first, which finds a table whenever one exists (Gale and Ryser); swaps of
    two links between two poles then take it away from that order without touching a margin.

    Raises `InputError` when no table has these margins.
    """
    needed, rows = list(row_sums), [set[str]() for _ in row_sums]
    for level in sorted(column_sums, key=lambda name: (-column_sums[name], name)):
        order = sorted(range(len(rows)), key=lambda pole: (-needed[pole], rng.random()))
        for pole in order[: column_sums[level]]:
            rows[pole].add(level)
            needed[pole] -= 1
    if any(needed):
        raise InputError("no table of links has these numbers of links by pole and of poles by level.")
    for _ in range(40 * len(rows)):
        first, second = rng.sample(rows, 2)
        _swap(first, second, rng)
    return [frozenset(row) for row in rows]


def _swap(first: set[str], second: set[str], rng: Random) -> None:
    """Exchange one level of each of two poles that the other does not have."""
    ours, theirs = sorted(first - second), sorted(second - first)
    if ours and theirs:
        given, taken = rng.choice(ours), rng.choice(theirs)
        first.symmetric_difference_update({given, taken})
        second.symmetric_difference_update({given, taken})


def funded(links: Links, wanted: Mapping[str, int], n_poles: int, rng: Random) -> Links:
    """Return, for each pole, the levels that fund it: `wanted` poles by level, `n_poles` in all, none by nobody.

    A level whose links are known only funds poles linked with it; a level nobody was asked about may fund any pole.

    Raises `InputError` when no such choice is found.
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
    raise InputError("no choice of funded poles has these numbers of projects by level.")
