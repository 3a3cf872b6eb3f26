"""Power: enumeration with the tests themselves, R, and what must hold of sizes."""

from __future__ import annotations

import pytest
from scipy.stats import binom

from ptce_analysis.analysis.power import Detectable, detectable, power, power_curve, sample_size
from ptce_analysis.analysis.rates import mid_p
from ptce_analysis.errors import InputError


@pytest.mark.parametrize(
    ("shares", "sizes", "level"), [((0.7, 0.2), (9, 6), 0.05), ((0.5, 0.5), (7, 7), 0.2), ((0.0, 1.0), (3, 4), 0.1)]
)
def test_power_is_the_probability_of_rejecting(
    shares: tuple[float, float], sizes: tuple[int, int], level: float
) -> None:
    """Every pair of counts, tested one by one and weighed by scipy's binomial probabilities."""
    (n1, n2), (p1, p2) = sizes, shares
    expected = sum(
        binom.pmf(x, n1, p1) * binom.pmf(y, n2, p2)
        for x in range(n1 + 1)
        for y in range(n2 + 1)
        if (mid_p((x, n1), (y, n2)) or 1) <= level
    )
    assert power(shares, sizes, level) == pytest.approx(expected, abs=1e-12)


def test_the_curve_has_one_row_for_each_share() -> None:
    """Shares in the order given, and the power of each."""
    curve = power_curve(0.3, (42, 52), [0.1, 0.3])
    assert curve.to_numpy().tolist() == [[0.1, power((0.3, 0.1), (42, 52))], [0.3, power((0.3, 0.3), (42, 52))]]


def test_the_smallest_detectable_change_has_the_wanted_power() -> None:
    """At the share returned the power is the wanted one; nearer to the first share it is not reached."""
    fall = detectable(13 / 42, (42, 52)).fall
    assert fall is not None and fall < 13 / 42
    assert power((13 / 42, fall), (42, 52)) == pytest.approx(0.8, abs=1e-9)
    assert power((13 / 42, fall + 0.005), (42, 52)) < 0.8
    # Three units against three: even from 0.3 to 0 is missed.
    assert detectable(0.3, (3, 3), 0.9) == Detectable((3, 3), 0.05, 0.9, None)


def test_the_size_for_a_next_wave() -> None:
    """R: power.prop.test(p1 = 13/42, p2 = .2, power = .8) gives 247.3 by normal approximation."""
    n = sample_size((13 / 42, 0.2))
    assert n is not None and abs(n - 248) <= 4
    powers = [power((13 / 42, 0.2), (size, size)) for size in range(n - 1, n + 11)]
    assert powers[0] < 0.8 <= min(powers[1:])


def test_a_small_size_is_found_by_trying_all() -> None:
    """From 5 % to 95 %: the smallest size from which eleven in a row reach the power, all sizes from 1 tried.

    20 % against 80 %: 6 units reach half, 7 fail, 8 and more reach it; up to 7 none is steady. One can be enough.
    """
    enough = [power((0.05, 0.95), (n, n)) >= 0.8 for n in range(1, 40)]
    expected = next(n for n in range(1, 29) if all(enough[n - 1 : n + 10]))
    assert sample_size((0.05, 0.95)) == expected
    halves = [power((0.2, 0.8), (n, n)) >= 0.5 for n in range(1, 19)]
    assert halves == [False] * 5 + [True, False] + [True] * 11
    assert sample_size((0.2, 0.8), 0.5) == 8
    assert sample_size((0.0, 1.0), 0.9, level=0.6) == 1


def test_no_size_tells_equal_shares_apart_and_a_limit_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Equal shares: none; sizes up to 64 do not tell 31 % from 20 %; up to 7, none is steady for 20 % and 80 %."""
    assert sample_size((0.3, 0.3)) is None
    monkeypatch.setattr("ptce_analysis.analysis.power.LARGEST_SIZE", 64)
    assert sample_size((0.31, 0.2)) is None
    monkeypatch.setattr("ptce_analysis.analysis.power.LARGEST_SIZE", 7)
    assert sample_size((0.2, 0.8), 0.5) is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (((0.5, 1.2), (4, 4)), r"shares: value \(0.5, 1.2\): legal values lie between 0 and 1"),
        (((0.5, 0.2), (0, 4)), r"sizes: value \(0, 4\): legal sizes are the whole numbers 1 to 2000"),
        (((0.5, 0.2), (4, 2001)), "sizes: value"),
        (((0.5, 0.2), (4, 4), 5), "level: value 5"),
    ],
)
def test_bad_input_is_refused_by_name(arguments: tuple[object, ...], message: str) -> None:
    """The argument, the value and what is legal."""
    with pytest.raises(InputError, match=message):
        power(*arguments)  # type: ignore[arg-type]
