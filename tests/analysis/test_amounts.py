"""A row (n, sum, median): which can hold, and its sharp bounds, attained by the amounts they carry."""

import random
import re
from decimal import Decimal
from fractions import Fraction
from itertools import combinations_with_replacement
from statistics import median, median_high, median_low

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog, minimize

from printed_figures import measured, sampled
from ptce_analysis.analysis import amounts as behind
from ptce_analysis.analysis.amounts import EVEN_MEDIANS, AmountsRow, amounts, obstacle, outward, printed_row
from ptce_analysis.errors import InputError


def possible(n, total, median, grain=1):
    """Whether some amounts have a row given by its figures."""
    return obstacle(printed_row(n, total, median, grain)) is None


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 6])
@pytest.mark.parametrize(("even", "middle"), [("mean", median), ("low", median_low), ("high", median_high)])
@pytest.mark.parametrize(("minimum", "maximum"), [(0, 4), (0, None), (1, None), (1, 5), (3, 3)])
def test_possible_within_limits_exactly_when_enumeration_finds_one(n, even, middle, minimum, maximum):
    """At grain 0, with whole limits and figures, a row is possible exactly when whole amounts within them have it."""
    top = 14 if maximum is None else maximum
    listed = [data for data in combinations_with_replacement(range(minimum, top + 1), n) if sum(data) <= 14]
    found = {(sum(data), Fraction(middle(list(map(Fraction, data))))) for data in listed}
    for total, m in ((total, m) for total in range(15) for m in range(15)):
        assert (obstacle(printed_row(n, total, m, 0, minimum, maximum, even)) is None) == ((total, m) in found)


def test_row_reads_floats_as_printed():
    """0.1 is one tenth: three amounts with sum 0.2 and median 0.1 exist exactly, whichever type carries the figures."""
    for total, m in [(0.2, 0.1), (Decimal("0.2"), Decimal("0.1")), (np.float64(0.2), Fraction(1, 10)), ("0.2", " 0.1")]:
        assert possible(3, total, m, 0)
    assert not possible(3, 0.1999999, 0.1, 0)
    assert possible(np.int64(5), np.int64(9), 3, 0)


NUMBER, RANGE = "is not a finite number: give 0 or a number from 1e-9 to 1e15", "is out of range: give 0 or a number"


@pytest.mark.parametrize(
    ("value", "why"),
    [
        *((value, NUMBER) for value in (float("nan"), "inf", "ten", "3,25", "", None, True, Decimal("NaN"), 1 + 2j)),
        *((value, RANGE) for value in (-1, -0.5, 1e16, 10**400, 1e-10, "1e999999999", Decimal("1e-999999999"))),
    ],
)
def test_a_figure_that_is_no_amount_is_named(value, why):
    """What is not a finite number, is negative, or too large or too small to be an amount, is refused by name."""
    for name in ("total", "median", "grain"):
        with pytest.raises(InputError, match=f"^{name} = .* {why}"):
            possible(3, **({"total": 10, "median": 2, "grain": 1} | {name: value}))


@pytest.mark.parametrize("n", [0, -1, 2.0, True, "3", None, 1_000_001])
def test_bad_n_is_named(n):
    """What is not a whole number of amounts is refused with its value and the legal ones."""
    with pytest.raises(InputError, match=re.escape(f"n = {n!r}: give a whole number from 1 to 1000000.")):
        possible(n, 10, 2)


ROWS = [(20, 796, 17), (15, 333, 28), (29, 1239, 10), (24, 1008, 33), (7, 776, 70), (15, 246, 30), (16, 270, 30)]


def bounds(*figures, **limits):
    """The bounds of a row given by its figures."""
    return behind.bounds(printed_row(*figures, **limits))


def middle_weights(n: int, even: str = "mean") -> np.ndarray:
    """The weights that make the median out of sorted amounts."""
    low, high = np.eye(n)[(n - 1) // 2], np.eye(n)[n // 2]
    return {"mean": (low + high) / 2, "low": low, "high": high}[even]


def smallest(weights, n, sums, medians, relative, minimum=0, maximum=None, even="mean") -> float | None:
    """The least value of a linear statistic, or of a ratio to the sum, within bands and limits; None where none is."""
    (s0, s1), (m0, m1), mid, one = sums, medians, middle_weights(n, even), np.ones(n)
    rows = [np.append(one, -s1), np.append(-one, s0), np.append(mid, -m1), np.append(-mid, m0)]
    rows += [np.append(np.eye(n)[i] - np.eye(n)[i + 1], 0) for i in range(n - 1)]
    rows += [np.append(-np.eye(n)[0], minimum)]
    rows += [] if maximum is None else [np.append(np.eye(n)[-1], -maximum)]
    fixed = np.append(one, 0) if relative else np.append(0 * one, 1)
    found = linprog(np.append(weights, 0), A_ub=rows, b_ub=np.zeros(len(rows)), A_eq=[fixed], b_eq=[1])
    return found.fun if found.status == 0 else None


def linear(n: int) -> dict[str, np.ndarray]:
    """The weights that make each linear statistic, or the numerator of each ratio, out of sorted amounts."""
    ranks, top = (2 * np.arange(1, n + 1) - n - 1) / n, np.arange(n) >= n - n // 2
    largest, least = np.eye(n)[-1], np.eye(n)[0]
    return {"max": largest, "min": least, "gini": ranks, "top_half_share": top, "top_1_share": largest}


def limited_row(seed: int) -> AmountsRow:
    """A row whose sum and median are rounded apart from each other, whose amounts have limits, whose median is any."""
    chance = random.Random(seed)
    n, even = chance.randint(1, 8), chance.choice(EVEN_MEDIANS)
    minimum, median = chance.choice([0, 0.5, 1, 3]), chance.choice([0.5, 2, 3, 5, 8])
    maximum = chance.choice([None, 6, 9, 9.5, 20])
    total = n * median * chance.uniform(0.5, 2) // 0.5 / 2
    halves = [chance.choice([0, 0.25, 0.5, 2]) for _ in range(2)]
    bands = zip((total, median), halves, strict=True)
    ends = [Fraction(max(0, value + sign * half)) for value, half in bands for sign in (-1, 1)]
    return AmountsRow(n, *ends, Fraction(minimum), None if maximum is None else Fraction(maximum), even)


# Two whose largest share is where lower amounts are full too.
LIMITED = [printed_row(6, 42, 4, 1, 3, 12), printed_row(8, 64, 7, 1, 2, 10), *map(limited_row, range(240))]


@pytest.mark.parametrize("row", sampled(LIMITED, 62))
def test_bounds_with_limits_are_those_of_linear_programming(row):
    """With any least and greatest amount, rounding and even median: emptiness and linear bounds are scipy's."""
    sums, medians = (float(row.sum_low), float(row.sum_high)), (float(row.median_low), float(row.median_high))
    limits = float(row.minimum), None if row.maximum is None else float(row.maximum), row.even_median
    exists = smallest(np.zeros(row.n), row.n, sums, medians, False, *limits) is not None
    assert (obstacle(row) is None) == exists
    if not exists:
        with pytest.raises(InputError, match="the row has no bounds"):
            behind.bounds(row)
        return
    for name, weight in linear(row.n).items():
        found, relative = behind.bounds(row)[name], name not in ("max", "min")
        if found.reason is None:
            ends = [smallest(sign * weight, row.n, sums, medians, relative, *limits) for sign in (1.0, -1.0)]
            assert [found.low, -found.high] == pytest.approx(ends, abs=1e-7)


@pytest.mark.parametrize("row", [(5, 60, 10, 2, 30), (6, 60, 10, 1, 20), (7, 24, 5, 0, 6), (8, 60, 10, 4, None)])
@pytest.mark.parametrize("even", EVEN_MEDIANS)
def test_smallest_sd_with_limits_is_that_of_quadratic_programming(row, even):
    """The smallest sd within limits is what scipy's SLSQP finds over the sorted amounts that round to the row."""
    n, total, median, *limits = row
    found = bounds(n, total, median, minimum=limits[0], maximum=limits[1], even_median=even)

    def room(x):
        middle = middle_weights(n, even) @ x
        return [x.sum() - total + 0.5, total + 0.5 - x.sum(), middle - median + 0.5, median + 0.5 - middle, *np.diff(x)]

    inside = {"bounds": [limits] * n, "constraints": [{"type": "ineq", "fun": room}], "options": {"ftol": 1e-12}}
    start = np.array(amounts(found["max"].high_data))
    best = minimize(lambda x: np.var(x, ddof=1), start, method="SLSQP", **inside)
    assert found["sd"].low == pytest.approx(np.sqrt(max(best.fun, 0)), abs=1e-4)


@settings(deadline=None)
@given(st.floats(0, 1e6), st.floats(0, 1e6), st.sampled_from([0.01, 0.5, 1, 7]))
def test_rounding_outwards_never_cuts(low, high, step):
    """What comes out contains what went in, by less than a step at each end."""
    found = outward(low, high, step)
    assert 0 <= Fraction(repr(low)) - found[0] < Fraction(str(step))
    assert 0 <= found[1] - Fraction(repr(high)) < Fraction(str(step))


@pytest.mark.parametrize("grain", [0, 1, 5])
@pytest.mark.parametrize("row", [*ROWS, (1, 5, 5), (2, 10, 5), (3, 1e15, 1e-9), (10_000, 10**6, 20), (999_999, 5, 0)])
def test_every_bound_is_attained(row, grain):
    """The amounts that come with a bound are in the row's bands and have the value announced, by the definitions."""
    n, total, median = row
    for name, bound in bounds(*row, grain).items():
        ends = [] if bound.reason else [(bound.low, bound.low_data), (bound.high, bound.high_data)]
        for value, runs in ends:
            assert sum(count for _, count in runs) == n
            assert abs(sum(v * c for v, c in runs) - Fraction(total)) * 2 <= grain
            values = [v for v, _ in runs]
            assert values == sorted(set(values))
            assert values[0] >= 0
            if n <= 100:
                data = amounts(runs)
                assert abs(middle_weights(n) @ data - median) <= grain / 2 + 1e-9
                assert measured(data)[name] == pytest.approx(value, rel=1e-9, abs=1e-6)


AMOUNT = st.one_of(st.just(Fraction(0)), st.fractions(0, 40, max_denominator=4), st.integers(0, 3000).map(Fraction))
AMOUNTS = st.lists(AMOUNT, min_size=1, max_size=14)


@settings(max_examples=80, deadline=None)
@given(
    AMOUNTS, st.sampled_from([0, Fraction(1, 10), 1, 10]), st.sampled_from(EVEN_MEDIANS), st.booleans(), st.booleans()
)
def test_any_amounts_are_inside_the_bounds_of_their_own_row(data, grain, even, least_known, most_known):
    """Any amounts make a possible row, and their statistics are inside its bounds, exact or rounded to the grain."""
    data = sorted(data)
    n = len(data)
    middle = {"mean": (data[(n - 1) // 2] + data[n // 2]) / 2, "low": data[(n - 1) // 2], "high": data[n // 2]}
    total, median = sum(data), middle[even]
    if grain:
        total, median = round(total / grain) * grain, round(median / grain) * grain
    limits = {"minimum": data[0] if least_known else 0, "maximum": data[-1] if most_known else None}
    for name, bound in bounds(n, total, median, grain, even_median=even, **limits).items():
        if bound.reason is None and not (sum(data) == 0 and behind.not_estimable(name, n, 0)):
            value, room = measured([float(v) for v in data])[name], 1e-9 * (1 + abs(bound.high))
            assert bound.low - room <= value <= bound.high + room, name


def test_zero_total_has_no_shares():
    """Amounts that are all zero have a standard deviation of 0 and no share, with the reason."""
    found = bounds(4, 0, 0, 0)
    assert (found["max"].high, found["sd"].low, found["sd"].high) == (0, 0, 0)
    for name in ("gini", "top_half_share", "top_1_share"):
        assert found[name].high is None
        assert found[name].reason == "not estimable: every amount is zero, so there is no share of the total"
