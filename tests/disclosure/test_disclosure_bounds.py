"""What linear programming says of a hidden figure, against closed forms and enumeration."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from ptce_analysis.publish.disclosure.bounds import (
    Attacker,
    Goal,
    Line,
    Unknowns,
    anybody,
    cheapest_way,
    farthest,
    fitting,
    met,
)

# A 2 × 2 table with cells a, b, c, d and its margins: rows (8, 7), columns (9, 6).
TABLE = Unknowns(np.array([5.0, 3.0, 4.0, 3.0]), most=100.0, whole=True)
MARGINS = [
    Line({0: 1, 1: 1}, 8, 8, 0),
    Line({2: 1, 3: 1}, 7, 7, 1),
    Line({0: 1, 2: 1}, 9, 9, 2),
    Line({1: 1, 3: 1}, 6, 6, 3),
]


def goal(sign: int, level: float, cell: int = 0, attacker: Attacker | None = None) -> Goal:
    return Goal(0, attacker or anybody(TABLE), {cell: 1.0}, sign, level)


def test_the_margins_of_a_table_leave_frechets_bounds() -> None:
    """A cell of a 2 × 2 table lies from max(0, r + c − n) to min(r, c): here from 2 to 8 (closed form)."""
    assert farthest(TABLE, MARGINS, goal(1, 0))[0, 0] == min(8, 9)
    assert farthest(TABLE, MARGINS, goal(-1, 0))[0, 0] == max(0, 8 + 9 - 15)


def test_a_respondent_knows_more() -> None:
    """Who gave 4 of the first cell knows that it is 4 at least; who is alone in the second knows it, so all."""
    inside = Attacker("a", np.array([4.0, 0, 0, 0]), np.zeros(4, bool))
    assert farthest(TABLE, MARGINS, goal(-1, 0, attacker=inside))[0, 0] == 4
    alone = Attacker("b", np.zeros(4), np.array([False, True, False, False]))
    assert farthest(TABLE, MARGINS, goal(1, 0, attacker=alone))[0, 0] == 5


def test_rounding_bands_widen_what_is_possible() -> None:
    """With margins known to ± 0.5 only, an amount may be half more (closed form)."""
    amounts = Unknowns(TABLE.truth, most=100.0, whole=False)
    bands = [Line(line.terms, line.low - 0.5, line.high + 0.5, line.figure) for line in MARGINS]
    assert farthest(amounts, bands, goal(1, 0))[0, 0] == pytest.approx(8.5)


def test_what_contradicts_itself_gives_no_example() -> None:
    """No data set fits two different values of one figure."""
    assert len(farthest(TABLE, [*MARGINS, Line({0: 1, 1: 1}, 9, 9)], goal(1, 0))) == 0


def test_only_data_sets_that_fit_are_kept() -> None:
    """Enumerated: of all tables with cells up to 8, those with the margins are the seven of one parameter."""
    every = np.array(list(product(range(9), repeat=4)), float)
    kept = fitting(TABLE, MARGINS, every)
    assert kept[:, 0].tolist() == [2, 3, 4, 5, 6, 7, 8]
    assert fitting(TABLE, [Line({0: 1}, 3, 4)], kept)[:, 0].tolist() == [3, 4]


def test_a_goal_is_met_by_what_its_attacker_can_believe() -> None:
    """A table with 7 in the first cell shows that 7 is possible, but not to who knows the cell to be 5."""
    points = np.array([[7.0, 1, 2, 5]])
    assert met(TABLE, goal(1, 7), points)
    assert not met(TABLE, goal(1, 8), points)
    assert met(TABLE, goal(-1, 7), points)
    assert not met(TABLE, goal(-1, 6), points)
    knows = Attacker("a", np.zeros(4), np.array([True, False, False, False]))
    assert not met(TABLE, goal(1, 7, attacker=knows), points)
    gave = Attacker("a", np.array([0.0, 2, 0, 0]), np.zeros(4, bool))
    assert not met(TABLE, goal(1, 7, attacker=gave), points)


CELLS = [Line({at: 1.0}, value, value, 4 + at) for at, value in enumerate(TABLE.truth)]


def test_the_cheapest_figures_are_chosen() -> None:
    """By hand: to move a cell inside fixed margins, the three others move too; moving margins costs more here."""
    costs = {0: 90.0, 1: 90.0, 2: 90.0, 3: 90.0, 5: 3.0, 6: 4.0, 7: 3.0}
    assert cheapest_way(TABLE, [*MARGINS, *CELLS[1:]], goal(1, 6), costs) == [5, 6, 7]


def test_cheap_margins_are_preferred_to_dear_cells() -> None:
    """By hand: with margins almost free, only those of the cell's row and column move."""
    costs = {0: 1.0, 1: 1.0, 2: 1.0, 3: 1.0, 5: 90.0, 6: 90.0, 7: 90.0}
    assert cheapest_way(TABLE, [*MARGINS, *CELLS[1:]], goal(1, 6), costs) == [0, 2]


def test_what_cannot_move_is_no_way() -> None:
    """Figures that may not be hidden hold the cell where it is."""
    assert cheapest_way(TABLE, [*MARGINS, *CELLS[1:]], goal(1, 6), {0: 1.0}) == []


def test_a_way_respects_what_the_attacker_knows() -> None:
    """By hand: who knows the second cell sees it stay, so the first can only move with its row, which is dearer."""
    alone = Attacker("b", np.zeros(4), np.array([False, True, False, False]))
    costs = {0: 90.0, 6: 1.0, 5: 1.0, 7: 1.0}
    lines = [line for line in [*MARGINS, *CELLS[1:]] if line.figure not in (2, 3)]
    assert cheapest_way(TABLE, lines, goal(1, 6), costs) == [5]
    assert cheapest_way(TABLE, lines, goal(1, 6, attacker=alone), costs) == [0]
