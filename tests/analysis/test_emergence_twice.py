"""Poles that answered twice: variances by enumeration, and every paired table the margins allow."""

from __future__ import annotations

import itertools
import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from ptce_analysis.analysis.emergence.twice import exact_mcnemar, frechet_limits, mcnemar_range, overlap
from ptce_analysis.analysis.proportions.intervals import newcombe
from ptce_analysis.analysis.proportions.records import Rate
from ptce_analysis.errors import InputError

tiny = st.integers(1, 7).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def joint(p1: float, p2: float, phi: float) -> dict[tuple[int, int], float]:
    """The four joint probabilities of two yes/no answers with these shares and this correlation."""
    both = p1 * p2 + phi * math.sqrt(p1 * (1 - p1) * p2 * (1 - p2))
    return {(1, 1): both, (1, 0): p1 - both, (0, 1): p2 - both, (0, 0): 1 - p1 - p2 + both}


@pytest.mark.parametrize("pair", [((13, 42), (10, 52)), ((1, 4), (7, 8)), ((3, 4), (7, 8))])
def test_frechet_limits_are_where_a_joint_probability_vanishes(pair: tuple[Rate, Rate]) -> None:
    """At each limit one of the four joint probabilities is zero and none is negative."""
    (k1, n1), (k2, n2) = pair
    for phi in frechet_limits(*pair):
        assert min(joint(k1 / n1, k2 / n2, phi).values()) == pytest.approx(0, abs=1e-15)


def test_frechet_limits_by_hand() -> None:
    """Like shares can agree fully; 1/2 and 1/2 can also oppose fully; without variation there is no correlation."""
    assert frechet_limits((1, 2), (2, 4)) == pytest.approx((-1, 1))
    assert frechet_limits((1, 4), (2, 8)) == pytest.approx((-1 / 3, 1))
    assert frechet_limits((0, 4), (2, 8)) == (0, 0)


def test_the_variance_is_that_of_every_outcome() -> None:
    """Two units a wave, one common: all sixteen outcomes with their probabilities."""
    first, second, phi = (1, 2), (1, 2), 0.5
    pairs = joint(0.5, 0.5, phi)
    expected = second_moment = 0.0
    for (x, y), alone_first, alone_second in itertools.product(pairs, (0, 1), (0, 1)):
        probability, difference = pairs[x, y] * 0.25, (x + alone_first) / 2 - (y + alone_second) / 2
        expected += probability * difference
        second_moment += probability * difference**2
    table = overlap(first, second, n_common=[1], n_correlations=5)
    row = table[table["correlation"] == phi].iloc[0]
    assert row["se"] ** 2 == pytest.approx(second_moment - expected**2)


def test_without_common_units_it_is_the_independent_interval() -> None:
    """Every correlation is worth nothing then."""
    found, free = overlap((13, 42), (10, 52), n_common=[0]), newcombe((10, 52), (13, 42))
    assert (found["change_low"] == free.low).all() and (found["change_high"] == free.high).all()
    assert list(found["share_correlation"]) == [0.0] * len(found)
    assert "-0" not in found["share_correlation"].astype(str).str.slice(0, 2).tolist()


def test_agreement_narrows_and_opposition_widens() -> None:
    """For each number of common units the interval shrinks as the correlation grows."""
    found = overlap((13, 42), (10, 52), n_common=[30], n_correlations=4, confidence=0.9)
    widths = found["change_high"] - found["change_low"]
    assert list(found["correlation"]) == sorted(found["correlation"])
    assert len(found) == 5 and (found["correlation"] == 0).sum() == 1
    assert widths.is_monotonic_decreasing
    assert (found["confidence"] == 0.9).all() and (found["origin"] == "assumption").all()
    assert list(found["with_zero"]) == list((found["change_low"] <= 0) & (found["change_high"] >= 0))
    row = found.iloc[-1]
    assert row["share_correlation"] == pytest.approx(30 * row["correlation"] / math.sqrt(42 * 52))
    free = newcombe((10, 52), (13, 42), 0.9, row["share_correlation"])
    assert (row["change_low"], row["change_high"]) == (free.low, free.high)


def test_the_best_case_is_the_upper_limit_and_not_two_like_answers() -> None:
    """13 of 42 and 10 of 52: 10/52 of the common poles say yes twice at most, so that the correlation stops at 0.73.

    By hand, from p1 = 13/42 > p2 = 10/52: sqrt(p2 (1 - p1) / (p1 (1 - p2))) = sqrt(10/42 x 29/13) = 0.7288.
    """
    found = overlap((13, 42), (10, 52), n_common=[42])
    best = found[found["case"] == "best"].iloc[0]
    assert best["correlation"] == pytest.approx(math.sqrt(10 / 42 * 29 / 13)) and best["correlation"] < 0.73
    assert (best["change_low"], best["change_high"]) == (found["change_low"].max(), found["change_high"].min())
    assert list(found["case"]) == ["worst", "", "independent", "", "", "best"]
    alike = overlap((10, 40), (13, 52), n_common=[40]).iloc[-1]
    assert (alike["case"], alike["correlation"]) == ("best", pytest.approx(1))


def test_all_numbers_of_common_units_by_default() -> None:
    """From none to the whole of the smaller group, in both tables."""
    assert sorted(set(overlap((1, 3), (2, 5), n_correlations=2)["n_common"])) == [0, 1, 2, 3]
    assert list(mcnemar_range((1, 3), (2, 5))["n_common"]) == [0, 1, 2, 3]


def test_groups_without_variation_have_one_row_each() -> None:
    """No correlation to vary, no negative variance."""
    found = overlap((0, 3), (2, 5), n_common=[0, 3])
    assert list(found["correlation"]) == [0.0, 0.0]
    assert list(found["case"]) == ["independent", "independent"]
    assert (found["se"] >= 0).all()


@pytest.mark.parametrize(("fell", "rose"), [(0, 0), (1, 0), (5, 0), (3, 9), (9, 3), (6, 6), (13, 0)])
def test_exact_mcnemar_is_the_binomial_test(fell: int, rose: int) -> None:
    """scipy.stats.binomtest on the units that changed; R: binom.test(13, 13)$p.value is 0.000244140625."""
    expected = binomtest(fell, fell + rose).pvalue if fell + rose else 1.0
    assert exact_mcnemar(fell, rose) == pytest.approx(expected)


def all_changes(first: Rate, second: Rate, m: int) -> set[tuple[int, int]]:
    """Every (fell, rose) among m common units: all splits of both groups and all paired tables."""
    (k1, n1), (k2, n2) = first, second
    found = set()
    for one, two, both in itertools.product(range(m + 1), range(m + 1), range(m + 1)):
        alone = (0 <= k1 - one <= n1 - m) and (0 <= k2 - two <= n2 - m)
        if alone and both <= min(one, two) and one + two - both <= m:
            found.add((one - both, two - both))
    return found


@settings(deadline=None, max_examples=80)
@given(tiny, tiny, st.integers(0, 7))
def test_the_range_is_that_of_all_paired_tables(first: Rate, second: Rate, m: int) -> None:
    """Smallest p-value in each direction and largest in all, over every table the margins allow."""
    m = min(m, first[1], second[1])
    row = mcnemar_range(first, second, [m]).iloc[0]
    changes = all_changes(first, second, m)
    assert row["largest_p"] == pytest.approx(max(exact_mcnemar(*change) for change in changes))
    for name, fell in (("fall", 1), ("rise", -1)):
        values = [exact_mcnemar(b, c) for b, c in changes if (b - c) * fell > 0]
        assert row[f"largest_{name}"] == max([(b - c) * fell for b, c in changes if (b - c) * fell > 0], default=0)
        if values:
            assert row[f"smallest_p_{name}"] == pytest.approx(min(values))
        else:
            assert pd.isna(row[f"smallest_p_{name}"])


@pytest.mark.parametrize("overlaps", [[43], [-1], [2.0], [True]])
def test_an_impossible_overlap_is_refused(overlaps: list[int]) -> None:
    """No more common units than the smaller group has."""
    for table in (overlap, mcnemar_range):
        with pytest.raises(InputError, match=r"n_common: value .*: legal numbers of common units are 0 to 42"):
            table((13, 42), (10, 52), n_common=overlaps)


def test_bad_rates_are_refused_by_name() -> None:
    """The group and the value are named."""
    for table in (overlap, mcnemar_range, frechet_limits):
        with pytest.raises(InputError, match="second: value 0/0"):
            table((13, 42), (0, 0))
