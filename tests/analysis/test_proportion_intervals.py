"""Intervals: published examples, R, the likelihood maximised numerically, and what symmetry requires."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq, minimize_scalar
from scipy.special import xlogy
from scipy.stats import binom

from ptce_analysis.analysis.proportions.intervals import (
    agresti_caffo,
    clopper_pearson,
    jeffreys,
    koopman,
    miettinen_nurminen,
    newcombe,
    score_bounds,
    wilson,
)
from ptce_analysis.analysis.proportions.records import Estimate, Rate
from ptce_analysis.errors import InputError

SINGLES = (wilson, clopper_pearson, jeffreys)
DIFFERENCES = (newcombe, agresti_caffo, miettinen_nurminen)


@st.composite
def drawn_rate(draw: st.DrawFn, largest: int = 60) -> Rate:
    n = draw(st.one_of(st.integers(1, 6), st.integers(1, largest), st.just(10_000)))
    return draw(st.one_of(st.sampled_from([0, n]), st.integers(0, n))), n


def bounds(found: Estimate) -> tuple[float, float]:
    assert found.low is not None and found.high is not None
    return found.low, found.high


@pytest.mark.parametrize(
    ("method", "rate", "expected"),
    [
        # R 4.2.2: prop.test(13, 42, correct = FALSE)$conf.int; binom.test(13, 42)$conf.int;
        # qbeta(c(.025, .975), 13.5, 29.5)
        (wilson, (13, 42), (0.190711028587949, 0.460259939360891)),
        (clopper_pearson, (13, 42), (0.176221082641955, 0.470860628932117)),
        (jeffreys, (13, 42), (0.185894065907175, 0.458400536207558)),
        # R: prop.test(10, 52, correct = FALSE)$conf.int; binom.test(10, 52)$conf.int
        (wilson, (10, 52), (0.107960460247335, 0.318988608136580)),
        (clopper_pearson, (10, 52), (0.0962675715521738, 0.3253413147162305)),
        # R: prop.test(0, 10, correct = FALSE)$conf.int; binom.test(0, 10)$conf.int
        (wilson, (0, 10), (0, 0.277532799862889)),
        (clopper_pearson, (0, 10), (0, 0.308497107818761)),
        # Newcombe 1998a, Statistics in Medicine 17:857-872, Table I, methods 3 and 5: 81/263
        (wilson, (81, 263), (0.2553, 0.3662)),
        (clopper_pearson, (81, 263), (0.2527, 0.3676)),
        # The same table: 15/148
        (wilson, (15, 148), (0.0624, 0.1605)),
        (clopper_pearson, (15, 148), (0.0578, 0.1617)),
    ],
)
def test_single_intervals_agree_with_r_and_newcombe(
    method: Callable[[Rate], Estimate], rate: Rate, expected: tuple[float, float]
) -> None:
    """R's values to twelve digits, the printed examples to the four digits they have."""
    tolerance = 6e-5 if expected[1] == round(expected[1], 4) else 1e-12
    assert bounds(method(rate)) == pytest.approx(expected, abs=tolerance)


def test_jeffreys_is_closed_at_the_ends() -> None:
    """Brown, Cai & DasGupta 2001: the bound is 0 without success and 1 without failure; the other is the quantile."""
    # R: qbeta(.975, .5, 10.5)
    assert bounds(jeffreys((0, 10))) == pytest.approx((0, 0.217196267511), abs=1e-11)
    assert bounds(jeffreys((10, 10))) == pytest.approx((1 - 0.217196267511, 1), abs=1e-11)


@pytest.mark.parametrize("rate", [(0, 1), (1, 1), (1, 3), (4, 9), (9, 9)])
def test_clopper_pearson_leaves_the_stated_tail(rate: Rate) -> None:
    """By definition, checked with the binomial distribution itself (scipy.stats.binom)."""
    k, n = rate
    low, high = bounds(clopper_pearson(rate, 0.9))
    if k > 0:
        assert binom.sf(k - 1, n, low) == pytest.approx(0.05, abs=1e-12)
    if k < n:
        assert binom.cdf(k, n, high) == pytest.approx(0.05, abs=1e-12)


@given(drawn_rate(), st.floats(0.01, 0.999))
def test_wilson_bounds_have_the_score_they_claim(rate: Rate, confidence: float) -> None:
    """Put back into the score statistic, each bound gives z (unless cut at 0 or 1)."""
    k, n = rate
    z = 1.3
    share, low, high = score_bounds(rate, z)
    for bound in (low, high):
        if 0 < bound < 1:
            assert abs(share - bound) == pytest.approx(z * math.sqrt(bound * (1 - bound) / n), rel=1e-9, abs=1e-12)
    assert bounds(wilson(rate, confidence))[0] <= k / n <= bounds(wilson(rate, confidence))[1]


# Newcombe 1998b, Statistics in Medicine 17:873-890, Table II: examples (a) to (h) with methods 10 and 6; the bounds of
# Agresti and Caffo for the same examples are recomputed by other programs (SAS PROC FREQ, as printed in WUSS 2016-127).
TABLE_II = [
    ((56, 70), (48, 80), (0.0524, 0.3339), (0.0525, 0.3358), (0.0528, 0.3382)),
    ((9, 10), (3, 10), (0.1705, 0.8090), (0.1600, 0.8400), (0.1700, 0.8406)),
    ((6, 7), (2, 7), (0.0582, 0.8062), (0.0338, 0.8551), (0.0342, 0.8534)),
    ((5, 56), (0, 29), (-0.0381, 0.1926), (-0.0289, 0.1712), (-0.0326, 0.1933)),
    ((0, 10), (0, 20), (-0.1611, 0.2775), (-0.1411, 0.2168), (-0.1658, 0.2844)),
    ((0, 10), (0, 10), (-0.2775, 0.2775), (-0.2212, 0.2212), (-0.2879, 0.2879)),
    ((10, 10), (0, 20), (0.6791, 1.0), (0.6922, 1.0), (0.7156, 1.0)),
    ((10, 10), (0, 10), (0.6075, 1.0), (0.6122, 1.0), (0.6636, 1.0)),
]


@pytest.mark.parametrize(("first", "second", "hybrid", "adjusted", "score"), TABLE_II)
def test_differences_agree_with_newcombes_table(
    first: Rate,
    second: Rate,
    hybrid: tuple[float, float],
    adjusted: tuple[float, float],
    score: tuple[float, float],
) -> None:
    """Every example of the table, extreme ones included, to its four printed digits."""
    assert bounds(newcombe(first, second)) == pytest.approx(hybrid, abs=6e-5)
    assert bounds(agresti_caffo(first, second)) == pytest.approx(adjusted, abs=6e-5)
    assert bounds(miettinen_nurminen(first, second)) == pytest.approx(score, abs=6e-5)


def test_differences_agree_with_other_published_values() -> None:
    """Fagerland, Lydersen & Laake 2017 (0/16 and 15/72); R: Epi::ci.pd(13, 10, 29, 42, method = "AC" and "Nc")."""
    assert bounds(miettinen_nurminen((0, 16), (15, 72))) == pytest.approx((-0.3164, -0.0056), abs=5e-5)
    assert bounds(agresti_caffo((13, 42), (10, 52))) == pytest.approx((-0.0601057759758538, 0.289062004932083))
    assert bounds(newcombe((13, 42), (10, 52))) == pytest.approx((-0.0564632751969109, 0.289946648375218))


def likeliest_pair(first: Rate, second: Rate, other: Callable[[float], float], limit: float) -> tuple[float, float]:
    """The likeliest (p1, p2) under a constraint p1 = other(p2), by direct maximisation of the log likelihood."""
    (k1, n1), (k2, n2) = first, second

    def loss(p2: float) -> float:
        p1 = min(max(other(p2), 0.0), 1.0)
        return -float(xlogy(k1, p1) + xlogy(n1 - k1, 1 - p1) + xlogy(k2, p2) + xlogy(n2 - k2, 1 - p2))

    low = max(0.0, -other(0.0)) if limit == 0 else 0.0
    high = min(1.0, 1.0 - other(0.0)) if limit == 0 else limit
    p2 = float(minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-13}).x)
    return other(p2), p2


@pytest.mark.parametrize(
    ("first", "second"), [((13, 42), (10, 52)), ((2, 7), (6, 9)), ((3, 5), (40, 300)), ((22, 42), (11, 52))]
)
def test_miettinen_nurminen_is_the_root_of_the_score(first: Rate, second: Rate) -> None:
    """A root-finder on the score statistic, the restricted maximum found by direct search of the likelihood."""
    (k1, n1), (k2, n2) = first, second
    difference, z = k1 / n1 - k2 / n2, 1.959963984540054

    def score(gap: float) -> float:
        p1, p2 = likeliest_pair(first, second, lambda p: p + gap, 0)
        variance = (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2) * (n1 + n2) / (n1 + n2 - 1)
        return (difference - gap) ** 2 / variance - z * z

    expected = brentq(score, -0.999, difference), brentq(score, difference, 0.999)
    assert bounds(miettinen_nurminen(first, second)) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("first", "second"), [((13, 42), (10, 52)), ((2, 7), (6, 9)), ((3, 5), (40, 300)), ((22, 42), (11, 52))]
)
def test_koopman_is_the_root_of_pearsons_statistic(first: Rate, second: Rate) -> None:
    """Koopman's own form: chi-square of the four counts at the likeliest shares with that ratio, by direct search."""
    (k1, n1), (k2, n2) = first, second
    ratio, z = (k2 / n2) / (k1 / n1), 1.959963984540054

    def excess(theta: float) -> float:
        p1, p2 = likeliest_pair(first, second, lambda p: p / theta, min(theta, 1.0))
        parts = ((k - n * p) ** 2 / (n * p * (1 - p)) for k, n, p in ((k1, n1, p1), (k2, n2, p2)))
        return sum(parts) - z * z

    found = koopman(first, second)
    expected = brentq(excess, ratio / 50, ratio), brentq(excess, ratio, ratio * 50)
    assert found.estimate == pytest.approx(ratio)
    assert bounds(found) == pytest.approx(expected, rel=1e-5)


def test_koopman_agrees_with_published_examples() -> None:
    """Koopman 1984 (36/40 over 16/80: 2.94 to 7.15); Fagerland et al. 2017 (7/34 over 1/34: 1.2209 to 42.5757)."""
    assert bounds(koopman((16, 80), (36, 40))) == pytest.approx((2.94, 7.15), abs=5e-3)
    assert bounds(koopman((1, 34), (7, 34))) == pytest.approx((1.2209, 42.5757), abs=5e-5)


def test_koopman_has_closed_forms_at_the_ends() -> None:
    """All successes: m/(m + z^2) to (n + z^2)/n. No success in the first group: no upper bound; in neither: nothing."""
    square = 1.959963984540054**2
    assert bounds(koopman((8, 8), (5, 5))) == pytest.approx((5 / (5 + square), (8 + square) / 8))
    none_in_first = koopman((0, 10), (3, 10))
    assert (none_in_first.estimate, none_in_first.high) == (None, math.inf)
    assert none_in_first.reason == "no_success_in_first"
    none_in_second = koopman((3, 10), (0, 10))
    assert (none_in_second.estimate, none_in_second.low, none_in_second.reason) == (0.0, 0.0, "")
    assert koopman((0, 10), (0, 7)) == Estimate("koopman", None, None, None, 0.95, "no_success")


@settings(deadline=None)
@given(drawn_rate(), drawn_rate(), st.floats(0.93, 0.999))
def test_differences_follow_swaps_and_hold_their_estimate(first: Rate, second: Rate, confidence: float) -> None:
    """Swapping groups, or success and failure, changes the sign; the bounds stay in -1..1 and hold the difference."""
    (k1, n1), (k2, n2) = first, second
    for method in DIFFERENCES:
        low, high = bounds(method(first, second, confidence))
        assert -1 <= low <= k1 / n1 - k2 / n2 + 1e-15 and k1 / n1 - k2 / n2 - 1e-15 <= high <= 1
        assert bounds(method(second, first, confidence)) == pytest.approx((-high, -low), abs=1e-9)
        failures = method((n1 - k1, n1), (n2 - k2, n2), confidence)
        assert bounds(failures) == pytest.approx((-high, -low), abs=1e-9)


@settings(deadline=None)
@given(drawn_rate(), drawn_rate(), st.floats(0.02, 0.98), st.floats(1.01, 1.9))
def test_more_confidence_never_narrows(first: Rate, second: Rate, confidence: float, times: float) -> None:
    """Every interval at a higher confidence holds the one at a lower confidence."""
    more = 1 - (1 - confidence) / times
    results = [(method(first, confidence), method(first, more)) for method in SINGLES]
    results += [(method(first, second, confidence), method(first, second, more)) for method in (*DIFFERENCES, koopman)]
    for narrow, wide in results:
        if narrow.low is not None:
            (low, high), (lower, higher) = bounds(narrow), bounds(wide)
            assert lower <= low + 1e-12
            assert higher >= high * (1 - 1e-12) - 1e-12


@given(drawn_rate(), st.floats(0.3, 0.999))
def test_single_intervals_mirror_success_and_failure(rate: Rate, confidence: float) -> None:
    """The share of failures has the mirrored interval, and each interval is in 0..1 with the estimate inside."""
    k, n = rate
    for method in (wilson, clopper_pearson):
        low, high = bounds(method(rate, confidence))
        assert 0 <= low <= k / n <= high <= 1
        assert bounds(method((n - k, n), confidence)) == pytest.approx((1 - high, 1 - low), abs=1e-11)
    low, high = bounds(jeffreys(rate, confidence))
    assert 0 <= low < high <= 1
    assert bounds(jeffreys((n - k, n), confidence)) == pytest.approx((1 - high, 1 - low), abs=1e-11)


@settings(deadline=None)
@given(drawn_rate(), drawn_rate())
def test_the_ratio_is_inverted_by_a_swap(first: Rate, second: Rate) -> None:
    """Second over first and first over second have inverse bounds, 0 facing no upper bound."""
    if first[0] + second[0] > 0:
        (low, high), (low_back, high_back) = bounds(koopman(first, second)), bounds(koopman(second, first))
        assert low * high_back == pytest.approx(1, rel=1e-9) if low else high_back == math.inf
        assert low_back * high == pytest.approx(1, rel=1e-9) if low_back else high == math.inf


def test_correlated_newcombe_reduces_and_narrows() -> None:
    """With no correlation it is the independent interval; like groups fully correlated have no width left at all."""
    assert newcombe((13, 42), (10, 52), 0.95, 0.0) == newcombe((13, 42), (10, 52))
    # Zou & Donner 2008 by hand: p = 1/2, n = 4, reach below and above r = p - low; 2r^2 - 2r^2 = 0.
    assert bounds(newcombe((2, 4), (2, 4), 0.95, 1.0)) == pytest.approx((0.0, 0.0), abs=1e-7)
    reach = 0.5 - score_bounds((2, 4), 1.959963984540054)[1]
    assert bounds(newcombe((2, 4), (2, 4), 0.95, -0.5)) == pytest.approx((-reach * 3**0.5, reach * 3**0.5))


@pytest.mark.parametrize("method", SINGLES)
def test_single_intervals_refuse_bad_input(method: Callable[..., Estimate]) -> None:
    """Counts and confidence are checked by each function."""
    with pytest.raises(InputError, match="rate: count 5"):
        method((5, 4))
    with pytest.raises(InputError, match="confidence: value 95"):
        method((1, 4), 95)


@pytest.mark.parametrize("method", [*DIFFERENCES, koopman])
def test_comparisons_name_the_wrong_group(method: Callable[..., Estimate]) -> None:
    """The message says which of the two groups is wrong."""
    with pytest.raises(InputError, match="second: value 0/0"):
        method((1, 4), (0, 0))
    with pytest.raises(InputError, match="first: count 5"):
        method((5, 4), (1, 4))
    with pytest.raises(InputError, match=r"confidence: value 1\.5"):
        method((1, 4), (1, 4), 1.5)


@pytest.mark.parametrize("method", [wilson, clopper_pearson, jeffreys])
def test_the_result_says_its_method(method: Callable[[Rate], Estimate]) -> None:
    """Method and confidence travel with the numbers, and the share is the sample's."""
    found = method((1, 4))
    assert (found.method, found.estimate, found.confidence, found.reason) == (method.__name__, 0.25, 0.95, "")


@pytest.mark.parametrize("method", [newcombe, agresti_caffo, miettinen_nurminen, koopman])
def test_a_comparison_says_its_method(method: Callable[[Rate, Rate], Estimate]) -> None:
    """So does a comparison: of 1 in 4 and 1 in 2, a difference of -1/4 or a ratio of 2."""
    found = method((1, 4), (1, 2))
    assert (found.method, found.confidence, found.reason) == (method.__name__, 0.95, "")
    assert abs(found.estimate) == pytest.approx(2.0 if method is koopman else 0.25)
