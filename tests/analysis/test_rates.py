"""Two rates compared: each test against enumeration, R, published examples and scipy; all at once; power."""

import json
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.stats import binom, chi2_contingency

from ptce_analysis.analysis import intervals
from ptce_analysis.analysis import rates as compared
from ptce_analysis.analysis.intervals import Rate
from ptce_analysis.analysis.rates import barnard, boschloo, fisher, mid_p, pearson, power, rates, sample_size
from ptce_analysis.errors import InputError

small = st.integers(1, 12).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def exact_conditional(first: Rate, second: Rate) -> tuple[Fraction, Fraction]:
    """Fisher's p-value and mid-p in whole numbers: every table with these margins, ties exact."""
    (k1, n1), (k2, n2) = first, second
    m = k1 + k2
    weights = [math.comb(n1, x) * math.comb(n2, m - x) for x in range(max(0, m - n2), min(n1, m) + 1)]
    seen = math.comb(n1, k1) * math.comb(n2, k2)
    smaller, ties = sum(w for w in weights if w < seen), sum(w for w in weights if w == seen)
    return Fraction(smaller + ties, sum(weights)), Fraction(2 * smaller + ties, 2 * sum(weights))


@given(small, small)
@example((13, 42), (10, 52))
@example((31, 100), (29, 100))
def test_conditional_tests_equal_enumeration_in_whole_numbers(first: Rate, second: Rate) -> None:
    """Every table with the observed margins, weighed by whole binomial coefficients; Pearson: scipy, uncorrected."""
    (k1, n1), (k2, n2) = first, second
    exact, mid = exact_conditional(first, second)
    assert fisher(first, second) == pytest.approx(float(exact), rel=1e-11)
    if 0 < k1 + k2 < n1 + n2:
        assert mid_p(first, second) == pytest.approx(float(mid), rel=1e-11)
        chi2 = chi2_contingency([[k1, n1 - k1], [k2, n2 - k2]], correction=False)
        assert pearson(first, second) == pytest.approx(chi2.pvalue, rel=1e-9)


@pytest.mark.parametrize(
    ("test", "first", "second", "expected"),
    [
        # R 4.2.2: fisher.test(matrix(c(k1, n1 - k1, k2, n2 - k2), 2))$p.value
        (fisher, (13, 42), (10, 52), 0.230938209172644),
        (fisher, (5200, 10000), (4100, 10000), 7.68932579369162e-55),
        # 17/35: Fisher 1935, three of four cups of tea; 9/35: Fagerland, Lydersen & Laake 2017, ch. 4
        (fisher, (3, 4), (1, 4), 17 / 35),
        (mid_p, (3, 4), (1, 4), 9 / 35),
        # at a common share of 1/2, 16 of 2^11 outcomes are as extreme (0 or 1 and 4; 7 or 6 and 0)
        (barnard, (1, 7), (4, 4), 1 / 128),
        # R: prop.test(c(k1, k2), c(n1, n2), correct = FALSE)$p.value
        (pearson, (13, 42), (10, 52), 0.188755473128061),
        (pearson, (3100, 10000), (2900, 10000), 0.00202823114845208),
        # smaller than a number can hold: 0, and no fault
        (fisher, (9_999, 10_000), (1, 10_000), 0),
        (boschloo, (1_999, 2_000), (1, 2_000), 0),
    ],
)
def test_p_values_are_those_of_r_and_of_publications(test: Any, first: Rate, second: Rate, expected: float) -> None:
    """Up to 10,000 units a group and down to 1e-54."""
    assert test(first, second) == pytest.approx(expected, rel=1e-7)


def squared_score(k1: int, n1: int, k2: int, n2: int) -> Fraction:
    """The squared pooled score statistic, exact; 0 without variation."""
    m, total = k1 + k2, n1 + n2
    return Fraction((k1 * n2 - k2 * n1) ** 2 * total, n1 * n2 * m * (total - m)) if m % total else Fraction(0)


def brute_force(first: Rate, second: Rate, statistic: str) -> float:
    """The largest rejection probability on 4,001 common shares, all tables enumerated and compared exactly."""
    (k1, n1), (k2, n2) = first, second
    critical = np.zeros((n1 + 1, n2 + 1))
    for x in range(n1 + 1):
        for y in range(n2 + 1):
            if statistic == "score":
                critical[x, y] = squared_score(x, n1, y, n2) >= squared_score(k1, n1, k2, n2)
            else:
                critical[x, y] = exact_conditional((x, n1), (y, n2))[0] <= exact_conditional(first, second)[0]
    shares = np.linspace(0, 1, 4001)[:, None]
    one, two = binom.pmf(np.arange(n1 + 1), n1, shares), binom.pmf(np.arange(n2 + 1), n2, shares)
    return float(((one @ critical) * two).sum(axis=1).max())


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((0, 1), (1, 1)), ((0, 5), (4, 9)), ((2, 3), (3, 20)), ((13, 42), (10, 52)), ((7, 15), (12, 15)),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("test", "statistic"), [(barnard, "score"), (boschloo, "fisher")])
def test_unconditional_tests_equal_brute_force(first: Rate, second: Rate, test: Any, statistic: str) -> None:
    """Never below the maximum on a fine grid of common shares, and above it by no more than the grid can miss."""
    found, least = test(first, second), brute_force(first, second, statistic)
    assert least * (1 - 1e-9) <= found <= least * (1 + 2e-5)


def test_groups_that_are_equal_do_not_vary_or_cannot_be() -> None:
    """The least extreme table: p = 1, but mid-p counts ties by half. One table with its margins: p = 1, or 0/0."""
    for test in (*compared.TESTS, rates):
        with pytest.raises(InputError, match="second: count 60: legal counts are 0 to 52"):
            test((13, 42), (60, 52))
    for base in (1, 2, 40):
        first, second = (base, 2 * base), (2 * base, 4 * base)
        assert [test(first, second) for test in (fisher, barnard, boschloo, pearson)] == [1] * 4
        assert 0.5 < mid_p(first, second) < 1
    for pair in (((0, 3), (0, 9)), ((3, 3), (9, 9))):
        assert [test(*pair) for test in compared.TESTS] == [1, None, 1, 1, None]


@pytest.mark.parametrize("text", ["13", "13/", "/42", "13/42/2", "1.5/3", "-1/3", "13:42", "٣/٤", ""])
def test_a_text_that_is_no_rate_is_refused_with_an_example(text: str) -> None:
    """The message shows a legal one; a rate read backwards is named whole; spaces and leading zeros do not matter."""
    assert [compared.parse_rate(legal) for legal in ("13/42", " 13 / 42 ", "013/42")] == [(13, 42)] * 3
    with pytest.raises(InputError, match=r"a count, a slash and a base .* such as 13/42"):
        compared.parse_rate(text)
    with pytest.raises(InputError, match=r"rate '42/13': count 42: legal counts are 0 to 13"):
        compared.parse_rate("42/13")


def test_the_keys_are_those_promised() -> None:
    """A machine reading the JSON finds each value where the command's documentation says; each has its convention."""
    found = rates((13, 42), (10, 52))
    keys = {
        "first": "count base share wilson clopper_pearson jeffreys",
        "intervals": "newcombe agresti_caffo miettinen_nurminen",
        "risk_ratio": "estimate koopman",
        "odds_ratio": "sample conditional exact",
        "tests": "fisher mid_p barnard boschloo pearson",
        "bayes": "prob_decrease interval difference bayes_factor prior",
    }
    assert {name: " ".join(found[name]) for name in keys} == keys and found["reasons"] == {}
    assert list(found) == ["first", "second", "confidence", "difference", *list(keys)[1:], "conventions", "reasons"]
    methods = {*found["tests"], *found["intervals"], *list(found["first"])[3:], "koopman", "sample_odds_ratio"}
    assert set(found["conventions"]) == methods | {"conditional_odds_ratio", "beta_binomial"}
    assert all(method.source for method in compared.METHODS.values()) and all(compared.REASONS.values())


def test_each_value_is_that_of_its_function() -> None:
    """Nothing is computed twice or swapped on the way: 22/42 and 10/52 at 90 %, each method by its name."""
    first, second, at = (22, 42), (10, 52), 0.9
    found = rates(first, second, at)

    def ends(name: str, *groups: Rate) -> list[float | None]:
        one = getattr(intervals, name)(*groups, at)
        return [one.low, one.high]

    assert found["intervals"] == {name: ends(name, first, second) for name in found["intervals"]}
    for name in ("wilson", "clopper_pearson", "jeffreys"):
        assert (found["first"][name], found["second"][name]) == (ends(name, first), ends(name, second))
    assert found["risk_ratio"]["koopman"] == ends("koopman", first, second)
    assert found["odds_ratio"]["exact"] == ends("conditional_odds_ratio", first, second)
    assert found["odds_ratio"]["conditional"] == intervals.conditional_odds_ratio(first, second).estimate
    assert found["bayes"]["interval"] == ends("beta_binomial", first, second)
    assert found["bayes"]["difference"] == intervals.beta_binomial(first, second).estimate
    assert found["bayes"]["prior"] == {"name": "uniform", "parameters": [1.0, 1.0]}
    # By hand: a difference is first - second, ratios are second over first.
    found = rates((1, 2), (1, 4))
    assert (found["difference"], found["risk_ratio"]["estimate"]) == (0.25, 0.5)
    assert found["odds_ratio"]["sample"] == pytest.approx(1 / 3) and rates((1, 4), (3, 4))["odds_ratio"]["sample"] == 9


def empty_places(value: Any, path: str = "") -> list[str]:
    """The path of every place without a value; the bounds of an interval count as the interval."""
    if isinstance(value, dict):
        return [place for name, part in value.items() for place in empty_places(part, f"{path}.{name}".lstrip("."))]
    if isinstance(value, list):
        return [path] if None in value else []
    return [path] if value is None else []


edges = st.one_of(st.integers(1, 5), st.integers(1, 60)).flatmap(
    lambda n: st.tuples(st.one_of(st.sampled_from([0, n]), st.integers(0, n)), st.just(n))
)


@settings(deadline=None, max_examples=40)
@given(edges, edges, st.floats(0.5, 0.999))
def test_every_empty_place_has_a_reason_and_no_value_is_nan(first: Rate, second: Rate, confidence: float) -> None:
    """The mapping is strict JSON (no NaN, no Infinity), and each null is explained."""
    found = rates(first, second, confidence)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    for place in empty_places(found):
        assert found["reasons"][place] in compared.REASONS


def test_edges_are_explained() -> None:
    """No success at all; none in the first group; groups beyond the exact tests, where others go on."""
    nothing, rise = rates((0, 10), (0, 20)), rates((0, 10), (3, 20))
    assert nothing["risk_ratio"] == {"estimate": None, "koopman": None}
    assert nothing["tests"] == {"fisher": 1.0, "mid_p": None, "barnard": 1.0, "boschloo": 1.0, "pearson": None}
    assert nothing["reasons"]["risk_ratio.koopman"] == "no_success"
    assert nothing["reasons"]["tests.pearson"] == nothing["reasons"]["odds_ratio.exact"] == "no_variation"
    assert rise["reasons"] == {
        **dict.fromkeys(("risk_ratio.estimate", "risk_ratio.koopman"), "no_success_in_first"),
        **dict.fromkeys(("odds_ratio.sample", "odds_ratio.conditional", "odds_ratio.exact"), "zero_cell"),
    }
    large = rates((0, 20_000), (20_000, 20_000))
    assert large["tests"]["barnard"] is large["tests"]["boschloo"] is large["bayes"]["bayes_factor"] is None
    assert large["reasons"]["tests.barnard"] == large["reasons"]["tests.boschloo"] == "group_too_large"
    assert large["reasons"]["bayes.bayes_factor"] == "beyond_numbers" and large["tests"]["pearson"] == 0.0
    # At the limit the unconditional tests agree with Pearson's within four percent, shares being in the middle.
    first, second = (1100, 2_000), (1000, 2_000)
    for test in (barnard, boschloo):
        assert test(first, second) == pytest.approx(pearson(first, second), rel=0.04)
        assert test((1100, 2_001), second) is None


@pytest.mark.parametrize(
    ("shares", "sizes", "level"), [((0.7, 0.2), (9, 6), 0.05), ((0.5, 0.5), (7, 7), 0.2), ((0.0, 1.0), (3, 4), 0.1)]
)
def test_power_is_the_probability_of_rejecting(shares: Rate, sizes: Rate, level: float) -> None:
    """Every pair of counts, tested one by one and weighed by scipy's binomial probabilities."""
    (n1, n2), (p1, p2) = sizes, shares
    expected = sum(
        binom.pmf(x, n1, p1) * binom.pmf(y, n2, p2)
        for x in range(n1 + 1)
        for y in range(n2 + 1)
        if (mid_p((x, n1), (y, n2)) or 1) <= level
    )
    assert power(shares, sizes, level) == pytest.approx(expected, abs=1e-12)


def test_the_smallest_detectable_change_has_the_wanted_power() -> None:
    """At the share returned the power is the wanted one; nearer to the first share it is not reached."""
    fall = compared.detectable(13 / 42, (42, 52))
    assert fall < 13 / 42
    assert power((13 / 42, fall), (42, 52)) == pytest.approx(0.8, abs=1e-9)
    assert power((13 / 42, fall + 0.005), (42, 52)) < 0.8
    # Three units against three: even from 0.3 to 0 is missed.
    assert compared.detectable(0.3, (3, 3), 0.9) is None


def test_a_small_size_is_found_by_trying_all() -> None:
    """20 % against 80 %: 6 units reach half, 7 fail, 8 and more reach it. One can be enough."""
    halves = [power((0.2, 0.8), (n, n)) >= 0.5 for n in range(1, 19)]
    assert halves == [False] * 5 + [True, False] + [True] * 11
    assert sample_size((0.2, 0.8), 0.5) == 8
    assert sample_size((0.0, 1.0), 0.9, level=0.6) == 1
    # R: power.prop.test(p1 = 13/42, p2 = .2, power = .8) gives 247.3 by normal approximation.
    assert abs(sample_size((13 / 42, 0.2)) - 248) <= 4


def test_no_size_tells_equal_shares_apart_and_a_limit_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Equal shares: none; sizes up to 64 do not tell 31 % from 20 %; up to 7, none is steady for 20 % and 80 %."""
    assert sample_size((0.3, 0.3)) is None
    monkeypatch.setattr("ptce_analysis.analysis.rates.LARGEST_SIZE", 64)
    assert sample_size((0.31, 0.2)) is None
    monkeypatch.setattr("ptce_analysis.analysis.rates.LARGEST_SIZE", 7)
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
        power(*arguments)
