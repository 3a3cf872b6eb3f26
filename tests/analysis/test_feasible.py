"""`ptce feasible`, and the feasible sets of the funding table by level and scenario."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from printed_figures import PUBLISHED, changed
from ptce_analysis.analysis import feasible as sets
from ptce_analysis.analysis.feasible import feasible
from ptce_analysis.errors import InputError
from ptce_analysis.published import read_published
from ptce_analysis.vocabulary import FUNDING_LEVELS

STATISTICS = {"max", "min", "gini", "sd", "top_half_share", "top_1_share"}
FACTS = read_published(PUBLISHED)
SUMMARY = {"mean", "q025", "q500", "q975"}


def test_record_of_a_row_has_every_promised_key():
    """The keys of the command, and those that say how, by which convention and from what kind of input."""
    record = feasible(29, 1239, 10, n_draws=100)
    promised = {"possible", "min_sum", "max_median", "bounds", "datasets", "draws"}
    beside = {"n", "total", "median", "grain", "reason", "max_n", "examples", "datasets_reason", "draws_reason"}
    assert set(record) == promised | beside | {
        "n_draws", "seed", "measure", "draws_origin", "origin", "convention", "minimum", "maximum", "even_median"
    }  # fmt: skip
    assert set(record["bounds"]) == set(record["draws"]) == set(record["examples"]) == STATISTICS
    assert all(set(interval) == {"low", "high"} for interval in record["bounds"].values())
    assert all(set(summary) == SUMMARY for summary in record["draws"].values())
    assert (record["origin"], record["draws_origin"]) == ("derived", "assumption")
    assert (record["reason"], record["draws_reason"], record["datasets_reason"]) == (None, None, None)


def test_record_within_limits_of_each_amount():
    """Three ages from 1 on with median 30 and sum 132 (Garfinkel, Abowd and Martindale): 30 sets, 72 to 101 at most."""
    record = feasible(3, 132, 30, grain=0, minimum=1, maximum=120, even_median="high", n_draws=10)
    assert [record[key] for key in ("minimum", "maximum", "even_median", "datasets")] == [1, 120, "high", 30]
    assert record["bounds"]["max"] == {"low": 72, "high": 101}
    assert 72 <= record["draws"]["max"]["q025"] <= record["draws"]["max"]["q975"] <= 101
    assert feasible(3, 132, 30, maximum=60)["reason"] == (
        "3 non-negative amounts of 60 or less with a median of at most 30.5 add up to at most 2 x 30.5 + 1 x 60 = 121;"
        " the printed total needs at least 131.5."
    )
    assert feasible(3, 132, 30, minimum=31)["reason"] == "amounts of 31 or more have no median between 29.5 and 30.5."


def test_a_measure_without_a_maximum_says_why_it_has_no_draws():
    """The record keeps its bounds, and the reason stands where the draws would."""
    record = feasible(7, 776, 70, n_draws=5, measure="maximum_entropy", maximum=300)
    assert record["bounds"] and record["draws"] is None
    assert "the maximum-entropy model has no largest amount" in record["draws_reason"]


@pytest.mark.parametrize("measure", ["uniform", "maximum_entropy"])
def test_impossible_row_has_nothing_but_its_reason(measure):
    """Communes as printed: no bounds, no data set, no draws of either measure, and the arithmetic that says why."""
    record = feasible(16, 246, 30, n_draws=10, measure=measure)
    assert record["possible"] is False
    assert (record["bounds"], record["examples"], record["datasets"], record["draws"]) == (None, None, 0, None)
    assert record["reason"].endswith("9 x 29.5 = 265.5; the printed total allows at most 246.5.")
    assert record["draws_reason"].endswith("9 x 30 = 270; the printed total allows at most 246.")


def test_row_possible_by_rounding_only_has_bounds_but_no_draws():
    """Sixteen amounts, sum 269, median 30: possible when rounded, but nothing has exactly these figures."""
    record = feasible(16, 269, 30, n_draws=10)
    assert record["possible"] is True
    assert record["bounds"]["max"]["low"] == 29.5
    assert record["draws"] is None
    assert record["draws_reason"].endswith("the printed total allows at most 269.")


def test_what_one_amount_cannot_have_is_null_with_a_reason():
    """One amount has no standard deviation; a million data sets of ten thousand amounts are not counted."""
    assert "in a larger unit" in feasible(10_000, 10**6, 20)["datasets_reason"]
    record = feasible(1, 5, 5, n_draws=3)
    reason = "not estimable: it takes two amounts"
    assert record["bounds"]["sd"] == {"low": None, "high": None, "reason": reason}
    assert record["draws"]["sd"] == dict.fromkeys(SUMMARY) | {"reason": reason}
    assert record["draws"]["max"]["mean"] == 5


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"n": 0}, "n = 0: give a whole number from 1 to 1000000"),
        ({"n_draws": -5}, "number of draws = -5"),
        ({"seed": None}, "seed = None"),
        ({"measure": "flat"}, "measure = 'flat': give one of uniform, maximum_entropy"),
        ({"n": 3000, "n_draws": 5}, r"n \(for draws\) = 3000"),
        ({"minimum": -1}, "minimum = -1 is out of range"),
        ({"maximum": "much"}, "maximum = 'much' is not a finite number"),
        ({"minimum": 5, "maximum": 4}, "maximum = 4: give a number not below the minimum, 5"),
        ({"even_median": "hig"}, "even_median = 'hig': give one of mean, low, high. Did you mean 'high'"),
        ({"n": 20_000, "maximum": 9}, "n = 20000: give a whole number from 1 to 10000"),
    ],
)
def test_argument_that_cannot_be_used_is_named(asked, message):
    """Each argument is refused by name, with its value and the legal ones, whether or not the row can hold."""
    with pytest.raises(InputError, match=message):
        feasible(**({"n": 3, "total": 1, "median": 2} | asked))


@settings(max_examples=100, deadline=None)
@given(
    st.integers(1, 40),
    st.decimals(0, 3000, places=1),
    st.decimals(0, 60, places=1),
    st.sampled_from([0, 0.1, 1, 10]),
    st.sampled_from(["uniform", "maximum_entropy"]),
)
def test_any_row_has_a_record_without_nan(n, total, median, grain, measure):
    """Whatever the row, the record is strict JSON, and draws exist exactly when the printed figures themselves hold."""
    record = feasible(n, total, median, grain=grain, n_draws=3, measure=measure)
    json.dumps(record, allow_nan=False)
    assert (record["draws"] is None) == (not feasible(n, total, median, grain=0)["possible"])
    assert (record["reason"] is None) == record["possible"] == (record["bounds"] is not None)
    for interval in (record["bounds"] or {}).values():
        assert "reason" in interval or interval["low"] <= interval["high"]


def test_an_impossible_row_has_neither_bounds_nor_draws():
    """Communes as printed is refused; under each other scenario it has bounds."""
    table = sets.feasible_levels(FACTS, 2015, n_draws=20)
    pairs = [(level, name) for level in FUNDING_LEVELS for name in sets.SHOWN]
    assert list(table[["level", "statistic"]].itertuples(index=False, name=None)) == pairs
    communes = table[table["level"] == "commune"]
    assert set(communes["status"]) == {"impossible"}
    assert communes.drop(columns=["wave", "scenario", "level", "statistic", "n", "status"]).isna().all(axis=None)
    other = sets.feasible_levels(FACTS, 2015, "communes_15", n_draws=20)
    assert set(other.loc[other["level"] == "commune", "n"]) == {15}
    assert other["low"].notna().all()


def test_a_wave_without_amounts_has_no_feasible_sets():
    """2013 printed no row: every cell is empty, nothing is imputed."""
    table = sets.feasible_levels(FACTS, 2013)
    assert set(table["status"]) == {"not found"}
    assert table[["n", "low", "high", "uniform_mid"]].isna().all(axis=None)
    assert sets.example_level(FACTS, 2013) is None


def test_money_is_in_euros():
    """Route: the command's own record in k€, times a thousand for amounts, unchanged for shares."""
    table = sets.feasible_levels(FACTS, 2015, n_draws=200, seed=3).set_index(["level", "statistic"])
    record = feasible(7, 776, 70, n_draws=200, seed=3, minimum=0.5)
    entropy = feasible(7, 776, 70, n_draws=200, seed=3, measure="maximum_entropy", minimum=0.5)
    for name, scale in (("max", 1000), ("sd", 1000), ("gini", 1), ("top_half_share", 1)):
        found = table.loc[("europe", name)]
        assert found["low"] == pytest.approx(record["bounds"][name]["low"] * scale)
        assert found["high"] == pytest.approx(record["bounds"][name]["high"] * scale)
        assert found["uniform_mid"] == pytest.approx(record["draws"][name]["q500"] * scale)
        assert found["entropy_high"] == pytest.approx(entropy["draws"][name]["q975"] * scale)


def test_the_example_is_the_smallest_possible_level():
    """Europe supports seven projects; without it, the level with the fewest amounts that exist is shown."""
    assert sets.example_level(FACTS, 2015) == "europe"
    assert sets.example_level(changed(FACTS, funding_median_europe_2015=None), 2015) == "departement"


def test_sets_alike_have_the_printed_row_and_differ():
    """Route: add up and take the middle; the largest runs from (776 − 280) / 3 to 776 − 3 × 70 − 3 × 0.5."""
    table = sets.data_sets_alike(FACTS, 2015, "as_printed", "europe")
    for amounts in table["amounts"]:
        assert sum(amounts) == pytest.approx(776_000)
        assert sorted(amounts)[3] == 70_000
        assert list(amounts) == sorted(amounts)
    assert list(table["kind"]) == ["most_equal", "draw", "draw", "least_equal"]
    assert table["max_eur"].iloc[0] == pytest.approx(496_000 / 3)
    assert table["max_eur"].iloc[-1] == 564_500
    assert table["total_eur"].tolist() == [776_000] * 4
    assert table["median_eur"].tolist() == [70_000] * 4
    assert table["top_half_share"].tolist() == pytest.approx(
        [sum(sorted(one)[4:]) / 776_000 for one in table["amounts"]]
    )


@pytest.mark.parametrize("level", ["commune", "pnr_petr", None])
def test_a_row_without_exact_amounts_has_no_sets_alike(level):
    """An impossible row, or one not found, cannot be illustrated, nor the example where there is none."""
    whole, none = (sets.data_sets_alike(FACTS, 2015, "as_printed", one) for one in ("europe", level))
    assert none.empty and list(none) == list(whole)
