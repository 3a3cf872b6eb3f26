"""The median of several groups together: sharp limits from each group's number, sum and median."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import linprog

from ptce_analysis.analysis.amounts import AmountsRow, highest_median, obstacle, printed_row
from ptce_analysis.analysis.pooled_median import pooled_median
from ptce_analysis.errors import InputError


def interleavings(sizes):
    """Every order in which the sorted amounts of several groups can follow each other."""
    if not sum(sizes):
        yield ()
    for group, size in enumerate(sizes):
        if size:
            left = [size - 1 if place == group else other for place, other in enumerate(sizes)]
            yield from ((group, *rest) for rest in interleavings(left))


def by_programming(rows):
    """The limits by linear programming: once one order of all amounts is fixed, the pooled median is linear."""
    sizes = [row.n for row in rows]
    starts, n = np.concatenate([[0], np.cumsum(sizes)]), sum(sizes)
    values = []
    for order in interleavings(sizes):
        ranks = [starts[group] + order[:place].count(group) for place, group in enumerate(order)]
        unit = np.eye(n)
        above = [unit[one] - unit[other] for one, other in itertools.pairwise(ranks)]
        limits = [(line, 0.0) for line in above] + list(bands(rows, starts, n))
        middle = (unit[ranks[(n - 1) // 2]] + unit[ranks[n // 2]]) / 2
        for sign in (1, -1):
            lines, ends = zip(*limits, strict=True)
            found = linprog(sign * middle, A_ub=np.array(lines), b_ub=np.array(ends))
            values += [sign * found.fun] if found.status == 0 else []
    return min(values), max(values)


def bands(rows, starts, n):
    """Sum and median of each group within their bands, as lines and ends."""
    for row, start in zip(rows, starts, strict=False):
        total, middle = np.zeros(n), np.zeros(n)
        total[start : start + row.n] = 1
        middle[start + (row.n - 1) // 2] += 0.5
        middle[start + row.n // 2] += 0.5
        yield -np.eye(n)[start], -float(row.minimum)
        for line, low, high in ((total, row.sum_low, row.sum_high), (middle, row.median_low, row.median_high)):
            yield line, float(high)
            yield -line, -float(low)


def some_rows(seed):
    """One to three small groups that are possible, a few of them without a printed median, some with a least amount."""
    chance = random.Random(seed)
    while True:
        rows = []
        for _ in range(chance.choice([1, 2, 2, 3])):
            n, median = chance.randint(1, 4), chance.randint(0, 8)
            total = (n // 2 + 1) * median + chance.randint(0, 12) if n > 2 else n * median
            row = printed_row(n, total, median, chance.choice([0, 1, 2]), chance.choice([0, 0, 0.5, 1, 2]))
            free = replace(row, median_low=Fraction(0), median_high=highest_median(row))
            rows.append(free if chance.random() < 0.2 else row)
        if sum(row.n for row in rows) <= 6 and not any(map(obstacle, rows)):
            return rows


@pytest.mark.parametrize("seed", range(120))
def test_limits_are_those_of_linear_programming_over_every_order(seed):
    """Route: one linear programme for every order in which the groups' sorted amounts can follow each other."""
    rows = some_rows(seed)
    assert [float(end) for end in pooled_median(rows)] == pytest.approx(by_programming(rows), abs=1e-7)


def test_two_groups_worked_by_hand():
    """Amounts (a, 5, b) totalling 30 and (c, 20, d) totalling 60, each in order.

    a is at most 5, so that b = 25 - a is at least 20, as d is: a, 5 and c come first, then 20. The third is 5 when c is
    at most 5, else c: the median is (5 + 20) / 2 at the least, and 20 at the most, when c is 20.
    """
    low, high = pooled_median([printed_row(3, 30, 5, grain=0), printed_row(3, 60, 20, grain=0)])
    assert (low, high) == (12.5, 20)


def test_a_group_without_median_widens_the_limits():
    """Sixteen amounts of which only the sum is used: nearly all can be zero, and the pooled median falls to zero."""
    known = [printed_row(20, 796, 17), printed_row(15, 333, 28), printed_row(29, 1239, 10)]
    communes = printed_row(16, 246, 0)
    free = AmountsRow(16, communes.sum_low, communes.sum_high, Fraction(0), highest_median(communes))
    assert pooled_median([free, *known])[0] == 0
    assert pooled_median(known)[0] == Fraction(19, 2)


def test_no_group_or_an_impossible_one_is_refused():
    """A median needs amounts that exist."""
    with pytest.raises(InputError, match="no group was given"):
        pooled_median([])
    with pytest.raises(InputError, match="a group of 16 cannot be pooled: 16 non-negative amounts"):
        pooled_median([printed_row(16, 246, 30)])
