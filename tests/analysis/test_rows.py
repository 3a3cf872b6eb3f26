"""Rows (n, sum, median): the smallest sum, and the named scenarios."""

import dataclasses
import itertools
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptce_analysis.analysis.amounts import AmountsRow, minimum_sum
from ptce_analysis.analysis.rows import SCENARIO_RULES, printed_rows, scenario_rows
from ptce_analysis.published import read_published
from ptce_analysis.vocabulary import FUNDING_LEVELS, LOCAL_LEVELS, SCENARIOS

PUBLISHED = Path(__file__).parents[2] / "data" / "raw" / "published"


@pytest.fixture(scope="module")
def rows():
    return printed_rows(read_published(PUBLISHED), 2015, FUNDING_LEVELS)


def median(values):
    """Middle value, or the middle of the two middle ones: the definition, written out."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return Fraction(ordered[half]) if len(ordered) % 2 else Fraction(ordered[half - 1] + ordered[half], 2)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_minimum_sum_is_the_smallest_of_all_data_sets(n):
    """The closed form equals enumeration of every multiset of whole amounts up to 8 with a whole median."""
    sets = list(itertools.combinations_with_replacement(range(9), n))
    for m in range(5):
        assert minimum_sum(n, m) == min(sum(values) for values in sets if median(values) == m)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=60))
def test_no_data_set_is_below_its_own_minimum(values):
    """Whatever the amounts, their sum is at least the minimum their median allows."""
    assert sum(values) >= minimum_sum(len(values), median(values))


def test_every_scenario_of_the_vocabulary_has_a_rule():
    """The scenarios readers can ask for are those the analysis knows."""
    assert set(SCENARIO_RULES) == set(SCENARIOS)


def test_rows_follow_the_order_asked_for(rows):
    """Levels come in the order of the vocabulary, whatever the order of the file."""
    assert list(rows) == list(FUNDING_LEVELS)


def test_one_amount_missing_touches_only_impossible_rows(rows):
    """One project fewer gives an amount where the row is impossible; the others stay as printed."""
    found = scenario_rows(rows, "communes_15")
    for level, row in rows.items():
        assert found[level].n == row.n - (0 if row.possible else 1)
        assert found[level].n_projects == row.n_projects


def test_reversed_medians_only_move_local_medians(rows):
    """The four local medians stand in reverse order; State and Europe, totals and numbers are untouched."""
    found = scenario_rows(rows, "local_medians_reversed")
    assert [found[x].median.value for x in LOCAL_LEVELS] == [rows[x].median.value for x in reversed(LOCAL_LEVELS)]
    assert {x: found[x] for x in ("etat", "europe")} == {x: rows[x] for x in ("etat", "europe")}
    assert [row.total for row in found.values()] == [row.total for row in rows.values()]


def test_as_printed_changes_nothing(rows):
    """The first scenario is the table itself."""
    assert scenario_rows(rows, "as_printed") == rows


def test_a_row_that_is_not_fully_printed_is_left_out():
    """Without its median a level has no row: nothing is imputed."""
    facts = dict(read_published(PUBLISHED))
    del facts["funding_median_epci_2015"]
    assert "epci" not in printed_rows(facts, 2015, FUNDING_LEVELS)
    assert printed_rows(facts, 2013, FUNDING_LEVELS) == {}


def row_of(rows, n, total, median):
    """The Europe row with other figures, in euros."""
    europe = rows["europe"]
    figures = {"total": Fraction(total), "median": Fraction(median)}
    facts = {name: dataclasses.replace(getattr(europe, name), value=value) for name, value in figures.items()}
    return dataclasses.replace(europe, n=n, **facts)


@pytest.mark.parametrize(
    ("n", "total", "median", "possible"),
    [(1, 70_000, 70_000, True), (1, 90_000, 70_000, False), (2, 140_000, 70_000, True), (2, 150_000, 70_000, False),
     (0, 0, 0, True), (0, 5_000, 0, False), (3, 10_000_000, 70_000, True)],
)  # fmt: skip
def test_one_or_two_amounts_have_no_other_total_than_their_medians(rows, n, total, median, possible):
    """One amount is its own median, two total twice theirs, none totals nothing; three may total anything above."""
    assert row_of(rows, n, total, median).possible is possible


def test_bands_hold_what_rounds_to_the_printed_figures(rows):
    """776 k€ and 70 k€ stand for 775.5–776.5 and 69.5–70.5; without its median, any that the total allows.

    A supported project received something: half a unit at least, so that 3 of 7 leave (776.5 − 3 × 0.5) / 4 to it.
    """
    europe, least = rows["europe"], Fraction(500)
    sums = Fraction(775_500), Fraction(776_500)
    assert europe.bands == AmountsRow(7, *sums, Fraction(69_500), Fraction(70_500), least)
    assert europe.bands_without_median == AmountsRow(7, *sums, Fraction(0), Fraction(775_000, 4), least)
    assert europe.exact == AmountsRow(
        7, Fraction(776_000), Fraction(776_000), Fraction(70_000), Fraction(70_000), least
    )


def test_amounts_of_nothing_are_no_support(rows):
    """3 projects, 5 k€ and a median of 0 k€ hold with amounts of half a unit, 10 projects and 4 k€ do not."""
    assert row_of(rows, 3, 5_000, 0).possible
    assert not row_of(rows, 10, 4_000, 0).possible


def test_a_row_of_one_amount_is_not_left_without_any(rows):
    """The scenario takes one amount away from an impossible row, never the only one."""
    alone = {"europe": row_of(rows, 1, 90_000, 70_000)}
    assert scenario_rows(alone, "communes_15")["europe"].n == 1
