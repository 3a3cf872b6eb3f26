"""What an attacker is given, what must stay possible and what can be worked out: small systems, by hand."""

import numpy as np
import pandas as pd

from ptce_analysis.protect.cells import Measure
from ptce_analysis.protect.rules import STANDARD
from ptce_analysis.protect.suppress import (
    Attacker,
    Goal,
    Line,
    System,
    Vector,
    counts_system,
    goals,
    totals_system,
)


def of(*cells: int, n: int = 4) -> Vector:
    """The terms of a sum of some of `n` unknowns."""
    return np.isin(np.arange(n), cells).astype(float)


# A 2 × 2 table with cells a, b, c, d and its margins: rows (8, 7), columns (9, 6).
TRUTH = np.array([5.0, 3.0, 4.0, 3.0])
TABLE = System(TRUTH, (), ())
MARGINS = [
    Line(of(0, 1), 8, 8, 0),
    Line(of(2, 3), 7, 7, 1),
    Line(of(0, 2), 9, 9, 2),
    Line(of(1, 3), 6, 6, 3),
]


def who(**known: float) -> Attacker:
    """An attacker who knows how much some cells (`c0`, `c1`, …) hold at least, or exactly (`all0`, …)."""
    low, high = np.zeros(4), np.full(4, 100.0)
    for name, value in known.items():
        low[int(name[-1])] = value
        high[int(name[-1])] = value if name.startswith("all") else 100
    return Attacker("a" if known else "", low, high)


def goal(sign: int, attacker: Attacker | None = None) -> Goal:
    return Goal(0, attacker or who(), of(0), sign, 0.0)


def test_the_margins_of_a_table_leave_frechets_bounds_and_less_to_a_respondent() -> None:
    """A cell of a 2 × 2 table lies from max(0, r + c − n) to min(r, c): here from 2 to 8 (closed form).

    Who gave 4 of the first cell knows that it is 4 at least; who is alone in the second knows it, so all.
    """
    assert TABLE.farthest(MARGINS, goal(1))[0, 0] == min(8, 9)
    assert TABLE.farthest(MARGINS, goal(-1))[0, 0] == max(0, 8 + 9 - 15)
    assert TABLE.farthest(MARGINS, goal(-1, who(c0=4)))[0, 0] == 4
    assert TABLE.farthest(MARGINS, goal(1, who(all1=3)))[0, 0] == 5


# Two levels: a is one pole of 5,400; b is six, of 1,100 to 1,600; pole x stands in both.
AMOUNTS = pd.DataFrame(
    {
        "pole_id": ["x", "x", "r", "s", "t", "u", "v"],
        "level": ["a", "b", "b", "b", "b", "b", "b"],
        "amount_eur": [5400.0, 1100, 1200, 1300, 1400, 1500, 1600],
    }
)
MEASURE = Measure(
    "m", AMOUNTS, by=(("level",), ()), value="amount_eur", statistics=("total", "median"), grain=1000.0
)  # fmt: skip


def told(system: System, *hidden: int) -> dict[tuple[int, ...], tuple[float, float]]:
    return {tuple(np.flatnonzero(line.terms).tolist()): (line.low, line.high) for line in system.lines(hidden)}


def test_readers_know_that_each_unit_of_a_shown_count_gives_a_thousand_at_least() -> None:
    """Whole thousands, none of them 0: two units of a give 2,000 at least, 1,000 where their number is hidden."""
    frame = pd.DataFrame({"pole_id": list("abcd"), "level": list("aabb"), "amount_eur": [3000.0, 4000, 5000, 7000]})
    how = {"by": (("level",),), "value": "amount_eur", "statistics": ("total",), "grain": 1000.0}
    place = (("level", "a"),)
    for hidden, anybody, first in (((), [2000, 2000], [4000, 2000]), ({place}, [1000, 2000], [3000, 2000])):
        attackers = totals_system(Measure("m", frame, **how), STANDARD, hidden).attackers
        assert [attackers[0].low.tolist(), attackers[1].low.tolist()] == [anybody, first]
    odd = totals_system(Measure("m", frame.assign(amount_eur=[3000.0, 4000, 5000, 7001]), **how), STANDARD, ())
    assert odd.attackers[0].low.tolist() == [0, 0]


def test_a_sensitive_total_must_stay_uncertain_both_ways_for_everybody_else() -> None:
    """a is sensitive: 5,400 ± 540 must stay possible for all but x, who knows it."""
    found = [
        (goal.attacker.name, goal.sign, goal.level, goal.figure)
        for goal in goals(totals_system(MEASURE, STANDARD, ()), 0.10)
    ]
    expected = [(name, sign, 5400 + sign * 540, 0) for name in ("", *"rstuv") for sign in (1, -1)]
    assert found == expected


def test_what_others_gave_sets_the_uncertainty_for_a_respondent() -> None:
    """Two poles of 3,000 and 1,000: to the first, only the 1,000 is unknown, so ± 100; the floor is a mean answer's.

    A third gives nothing elsewhere: amounts are not known to be positive.
    """
    frame = pd.DataFrame({"pole_id": list("abc"), "level": list("aab"), "amount_eur": [3000.0, 1000, 0]})
    measure = Measure("m", frame, by=(("level",),), value="amount_eur", statistics=("total",))
    system = totals_system(measure, STANDARD, ())
    found = {(goal.attacker.name, goal.sign): goal.level for goal in goals(system, 0.10) if goal.figure == 0}
    del found["c", 1], found["c", -1]
    assert found == {
        ("", 1): 4400, ("", -1): 3600, ("a", 1): 4200, ("a", -1): 3900, ("b", 1): 4300, ("b", -1): 3700,
    }  # fmt: skip


WAVES = pd.DataFrame(
    {"pole_id": ["p", "p", "q", "r", "s", "t"], "wave": ["2013", "2015", "2013", "2013", "2015", "2015"]}
)


def test_counts_of_units_that_stand_in_several_cells_are_tied_by_what_is_always_true() -> None:
    """3 in each wave, 5 in all: the union is at least each wave, at most their sum. Without the pole of both, a sum."""
    system = counts_system([Measure("m", WAVES, by=(("wave",), ()))], STANDARD)
    assert system.truth.tolist() == [5, 3, 3]
    assert {tuple(line.terms) for line in system.always} == {(-1, 1, 1), (1, -1, 0), (1, 0, -1)}
    assert {(line.low, line.high) for line in system.always} == {(0, np.inf)}
    assert [figure.terms.tolist() for figure in system.figures] == [[0, 1, 0], [0, 0, 1], [1, 0, 0]]
    once = counts_system([Measure("m", WAVES.iloc[1:], by=(("wave",), ()))], STANDARD)
    assert (once.truth.tolist(), once.always) == ([2, 3], [])
    assert [figure.terms.tolist() for figure in once.figures] == [[1, 0], [0, 1], [1, 1]]


def test_a_hidden_count_is_known_not_to_be_zero_where_zeros_are_shown() -> None:
    """Alone, a count of 2 is hidden and known to be 1 or more; as a share of a base it could be 0, which is hidden."""
    base, part = Measure("base", WAVES), Measure("part", WAVES.iloc[[0, 2]], base="base")
    alone = counts_system([Measure("m", WAVES.iloc[[0, 2]])], STANDARD)
    assert told(alone, 0) == {(0,): (1.0, np.inf)}
    assert told(alone) == {(0,): (2.0, 2.0)}
    both = counts_system([base, part], STANDARD)
    hidden = [at for at, figure in enumerate(both.figures) if figure.key[0] == "part"]
    assert [line for line in both.lines(hidden) if line.low == 1] == []
    only_few = tuple(rule for rule in STANDARD if rule.name != "same_answer")
    assert [line.high for line in counts_system([base, part], only_few).lines(hidden) if line.low == 1] == [np.inf]


def test_small_counts_and_small_complements_must_be_able_to_reach_the_threshold() -> None:
    """2 of 5 and the 3 others: only the 2 must seem to be 3. Of 4 of 5, only the one other."""
    for units, (terms, others) in {2: (True, False), 4: (False, True)}.items():
        part = Measure("part", WAVES.drop_duplicates("pole_id").iloc[:units], base="base")
        system = counts_system([Measure("base", WAVES), part], STANDARD)
        found = goals(system, 0.10)
        figure = system.figures[-1]
        assert [(goal.terms.tolist(), goal.sign, goal.level) for goal in found] == [
            (one.tolist(), 1, 3.0) for one, wanted in ((figure.terms, terms), (figure.others, others)) if wanted
        ]
