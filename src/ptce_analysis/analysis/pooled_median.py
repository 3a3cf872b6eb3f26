"""Between which limits the median of several groups together must lie, when each has its number, sum and median.

An average of the groups' medians is no median. What the printed rows determine is an interval, sharp: both ends are
attained by amounts that round to every row.

The largest pooled median of N amounts, N even, is the largest (u + v) / 2 such that N/2 amounts reach v and one more
reaches u <= v. That one belongs to some group, together with q of the N/2; the other groups then need N/2 - q amounts
that reach v. Groups do not constrain each other, so that

- the other groups allow v up to the (N/2 - q)-th largest of all "largest values that the j-th amount of a group can
  take", j = 1, 2, ...;
- in its own group, the cheapest amounts with q at least v and one at least u add up to a maximum of linear functions of
  u and v: that the sum allows them is a few half-planes.

Each group and each q is thus a linear programme in two unknowns, solved exactly at its corners. N odd needs one value
only: u = v. The smallest pooled median is the same with "at most" for "at least". All of it is said of what amounts
have above the minimum of their group. A group's maximum is not used, and its median is the mean of two middle amounts
when their number is even.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from ptce_analysis.analysis.amounts import AmountsRow, obstacle
from ptce_analysis.errors import InputError
from ptce_analysis.vocabulary import Band

# A linear function of the two unknowns, exact: what stands before u, before v, and alone.
Form = NDArray[np.object_]
U, V, ONE = (np.array([Fraction(i == j) for j in range(3)], dtype=object) for i in range(3))

# A group's conditions, as functions that must not be negative, for q amounts that reach (or stay below) the first
# value and one more that reaches (or stays below) the second.
Conditions = Callable[[AmountsRow, int], list[Form]]


def _reaching(row: AmountsRow, q: int) -> list[Form]:
    """Conditions for q amounts of at least v and one more of at least u, u <= v: the cheapest such amounts.

    The `heavy` largest amounts are at least the median on average; in an even group the middle two are only tied by
    their sum. Each part of the cheapest amounts is a number of times the largest of some functions.
    """
    row, u, v = _from_minimum(row)
    k, low, high = row.below, row.median_low * ONE, row.median_high * ONE
    over = (v, low)
    parts: list[tuple[int, tuple[Form, ...]]]
    if q >= row.heavy:
        parts, cap = [(row.heavy, over), (q - row.heavy, (v,)), (1, (u,))], high - v
    elif q < k or row.n % 2:
        parts, cap = [(q, over), (1, (u, low)), (row.heavy - 1 - q, (low,))], 0 * ONE if q < k else high - u
    else:
        middle = u if q == k else u + v
        parts, cap = [(k, over), (1, (middle, 2 * low))], 2 * high - middle
    times = [number for number, _ in parts]
    within = [
        row.sum_high * ONE - sum(number * form for number, form in zip(times, chosen, strict=True))
        for chosen in product(*(forms for _, forms in parts))
    ]
    return [cap, *within, v - u, u]


def _staying(row: AmountsRow, q: int) -> list[Form]:
    """Conditions for q amounts of at most u and one more of at most v, u <= v.

    The lower wing can be at the minimum and the largest amount takes what is left, so that little is asked: the median
    itself, the room for an uneven middle pair, and the sum when even the largest amount is limited.
    """
    row, u, v = _from_minimum(row)
    k, low, high, pair = row.below, row.median_low * ONE, row.median_high * ONE, row.pair
    found = [u if q else v, V - U]
    if q >= k + 1 + pair:
        found.append(u - low)
    elif q == k + pair:
        found.append(v + u - 2 * low if pair else v - low)
    if pair and q == k:
        found.append(row.sum_high * ONE - 2 * low - k * (2 * low - v))
    if q == row.n - 1:
        found += [row.heavy * filled + (k - 1) * u + v - row.sum_low * ONE for filled in (u, high)]
    return found


def _from_minimum(row: AmountsRow) -> tuple[AmountsRow, Form, Form]:
    """A group, and the two unknowns, as what amounts have above the minimum of the group."""
    least, (low, high) = row.minimum, row.medians
    spare = AmountsRow(row.n, row.sum_low - row.n * least, row.sum_high - row.n * least, low - least, high - least)
    return spare, U - least * ONE, V - least * ONE


def _corner(conditions: Sequence[Form], aim: Form) -> Fraction | None:
    """Return the largest value of a linear function where no condition is negative, or None if there is no such place.

    It is attained at a corner: two conditions that are zero together.
    """
    found: list[Fraction] = []
    forms = [tuple(form) for form in conditions]
    for (a, b, c), (d, e, f) in combinations(forms, 2):
        if slope := a * e - b * d:
            u, v = (b * f - e * c) / slope, (d * c - a * f) / slope
            if all(on_u * u + on_v * v + alone >= 0 for on_u, on_v, alone in forms):
                found.append(aim[0] * u + aim[1] * v + aim[2])
    return max(found, default=None)


def _extreme_median(rows: Sequence[AmountsRow], conditions: Conditions, aim: Form, shared: Form) -> Fraction:
    """Return the largest pooled value of `aim`, in which `shared` is the unknown that all groups must reach."""
    n = sum(row.n for row in rows)
    # The extreme value of each amount of a group: two equal unknowns.
    reached = [[_corner([*conditions(row, q), U - V], shared) for q in range(row.n)] for row in rows]
    alone = [[value for value in values if value is not None] for values in reached]
    if n % 2:
        return sorted((value for values in alone for value in values), reverse=True)[n // 2]
    found = []
    for place, row in enumerate(rows):
        others = sorted((v for i, values in enumerate(alone) if i != place for v in values), reverse=True)
        for q in range(max(0, n // 2 - len(others)), min(row.n, n // 2 + 1)):
            needed = n // 2 - q
            limit = [others[needed - 1] * ONE - shared] if needed else []
            found.append(_corner([*conditions(row, q), *limit], aim))
    return max(value for value in found if value is not None)


def pooled_median(rows: Sequence[AmountsRow]) -> Band:
    """Return the smallest and the largest median that all amounts of several groups can have together.

    Raises `InputError` when there is no group, or when no amounts can have one of the rows.

    >>> from ptce_analysis.analysis.amounts import printed_row
    >>> low, high = pooled_median([printed_row(3, 30, 5, grain=0), printed_row(3, 60, 20, grain=0)])
    >>> float(low), float(high)
    (12.5, 20.0)
    """
    if not rows:
        raise InputError("no group was given: a median needs amounts.")
    for row in rows:
        if reason := obstacle(row):
            raise InputError(f"a group of {row.n} cannot be pooled: {reason}")
    tied = [_tied(row) for row in rows]
    middle = Fraction(1, 2) * (U + V)
    return -_extreme_median(tied, _staying, -middle, -U), _extreme_median(tied, _reaching, middle, V)


def _tied(row: AmountsRow) -> AmountsRow:
    """The row with the median band that the sum leaves: one or two amounts have no other sum than n medians."""
    if row.n > 2:
        return row
    low, high = max(row.medians[0], row.sum_low / row.n), min(row.medians[1], row.sum_high / row.n)
    return replace(row, median_low=low, median_high=high)
