"""Everything about two groups at once: the keys, plain values only, and a reason for every empty place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ptce_analysis.analysis import proportions
from ptce_analysis.analysis.proportions import Rate, rates
from ptce_analysis.analysis.proportions.records import REASONS
from ptce_analysis.errors import InputError

drawn = st.one_of(st.integers(1, 5), st.integers(1, 60)).flatmap(
    lambda n: st.tuples(st.one_of(st.sampled_from([0, n]), st.integers(0, n)), st.just(n))
)


def test_the_keys_are_those_promised() -> None:
    """A machine reading the JSON finds each value where the command's documentation says."""
    found = rates((13, 42), (10, 52))
    assert set(found) == {
        "first", "second", "confidence", "difference", "intervals", "risk_ratio", "odds_ratio", "tests", "bayes",
        "conventions", "reasons",
    }  # fmt: skip
    assert list(found["intervals"]) == ["newcombe", "agresti_caffo", "miettinen_nurminen"]
    assert list(found["risk_ratio"]) == ["estimate", "koopman"]
    assert list(found["odds_ratio"]) == ["sample", "conditional", "exact"]
    assert list(found["tests"]) == ["fisher", "mid_p", "barnard", "boschloo", "pearson"]
    assert {"prob_decrease", "interval"} <= set(found["bayes"])
    assert found["reasons"] == {}


def test_each_value_is_that_of_its_function() -> None:
    """Nothing is computed twice or swapped on the way: 22/42 and 10/52 at 90 %."""
    first, second, at = (22, 42), (10, 52), 0.9
    found = rates(first, second, at)
    for name in ("newcombe", "agresti_caffo", "miettinen_nurminen"):
        one = getattr(proportions, name)(first, second, at)
        assert found["intervals"][name] == [one.low, one.high]
    for name in ("wilson", "clopper_pearson", "jeffreys"):
        one, two = getattr(proportions, name)(first, at), getattr(proportions, name)(second, at)
        assert (found["first"][name], found["second"][name]) == ([one.low, one.high], [two.low, two.high])
    for name in ("fisher", "mid_p", "barnard", "boschloo", "pearson"):
        assert found["tests"][name] == getattr(proportions, name)(first, second).p_value
    ratio, odds = proportions.koopman(first, second, at), proportions.conditional_odds_ratio(first, second, at)
    assert found["risk_ratio"] == {"estimate": ratio.estimate, "koopman": [ratio.low, ratio.high]}
    sample = proportions.sample_odds_ratio(first, second).estimate
    assert found["odds_ratio"] == {"sample": sample, "conditional": odds.estimate, "exact": [odds.low, odds.high]}
    belief = proportions.beta_binomial(first, second, at)
    assert found["bayes"]["prob_decrease"] == belief.prob_decrease
    assert found["bayes"]["interval"] == [belief.low, belief.high]
    assert found["bayes"]["difference"] == belief.estimate
    assert found["bayes"]["bayes_factor"] == belief.bayes_factor
    assert found["bayes"]["prior"] == {"name": "uniform", "parameters": [1.0, 1.0]}


def test_directions_are_as_documented() -> None:
    """Difference is first - second, ratios are second over first: by hand for 1/2 and 1/4."""
    found = rates((1, 2), (1, 4))
    assert found["difference"] == 0.25
    assert found["risk_ratio"]["estimate"] == 0.5
    assert found["odds_ratio"]["sample"] == pytest.approx(1 / 3)
    assert (found["first"]["share"], found["second"]["count"], found["second"]["base"]) == (0.5, 1, 4)


def empty_places(value: Any, path: str = "") -> list[str]:
    """The path of every place without a value; the bounds of an interval count as the interval."""
    if isinstance(value, dict):
        return [place for name, part in value.items() for place in empty_places(part, f"{path}.{name}".lstrip("."))]
    if isinstance(value, list):
        return [path] if None in value else []
    return [path] if value is None else []


@settings(deadline=None, max_examples=60)
@given(drawn, drawn, st.floats(0.5, 0.999))
def test_every_empty_place_has_a_reason_and_no_value_is_nan(first: Rate, second: Rate, confidence: float) -> None:
    """The mapping is strict JSON (no NaN, no Infinity), and each null is explained."""
    found = rates(first, second, confidence)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    for place in empty_places(found):
        assert found["reasons"][place] in REASONS


def test_edges_are_explained() -> None:
    """No success at all; no success in the first group; every unit a success."""
    nothing = rates((0, 10), (0, 20))
    assert nothing["risk_ratio"] == {"estimate": None, "koopman": None}
    assert nothing["odds_ratio"] == {"sample": None, "conditional": None, "exact": None}
    assert nothing["tests"] == {"fisher": 1.0, "mid_p": None, "barnard": 1.0, "boschloo": 1.0, "pearson": None}
    assert nothing["reasons"]["risk_ratio.koopman"] == "no_success"
    assert nothing["reasons"]["tests.pearson"] == nothing["reasons"]["odds_ratio.exact"] == "no_variation"
    rise = rates((0, 10), (3, 20))
    assert rise["risk_ratio"]["estimate"] is None
    assert rise["risk_ratio"]["koopman"][1] is None
    assert rise["odds_ratio"]["exact"][1] is None
    assert rise["reasons"] == {
        "risk_ratio.estimate": "no_success_in_first",
        "risk_ratio.koopman": "no_success_in_first",
        "odds_ratio.sample": "zero_cell",
        "odds_ratio.conditional": "zero_cell",
        "odds_ratio.exact": "zero_cell",
    }
    everything = rates((10, 10), (20, 20))
    assert everything["risk_ratio"]["estimate"] == 1.0
    assert everything["difference"] == 0.0


def test_groups_beyond_the_exact_tests_keep_the_rest() -> None:
    """20,000 units: the unconditional tests say why they are missing, an endless factor too, the others are there."""
    found = rates((0, 20_000), (20_000, 20_000))
    assert found["tests"]["barnard"] is None and found["tests"]["boschloo"] is None
    assert found["reasons"]["tests.barnard"] == "group_too_large"
    assert found["tests"]["pearson"] == 0.0
    assert found["bayes"]["bayes_factor"] is None
    assert found["reasons"]["bayes.bayes_factor"] == "beyond_numbers"


def test_every_value_has_its_convention() -> None:
    """Tests say which two-sided convention they use, and every other method its own."""
    found = rates((1, 4), (3, 5))
    assert set(found["tests"]) | set(found["intervals"]) | {"koopman", "beta_binomial"} <= set(found["conventions"])
    assert "no more likely" in found["conventions"]["fisher"]
    assert "two-sided Fisher" in found["conventions"]["boschloo"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (((13, 0), (10, 52)), "first: value 13/0: a group without units"),
        (((13, 42), (60, 52)), "second: count 60: legal counts are 0 to 52"),
        (((13, 42), (10, 52), 95), "confidence: value 95"),
    ],
)
def test_bad_input_is_refused_by_name(arguments: tuple[Any, ...], message: str) -> None:
    """The argument, the value and what is legal."""
    with pytest.raises(InputError, match=message):
        rates(*arguments)
