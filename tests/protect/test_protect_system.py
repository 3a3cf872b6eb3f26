"""What an attacker is given, and what must stay possible: each line and goal of a small system, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ptce_analysis.publish.disclosure.bounds import Line
from ptce_analysis.publish.disclosure.cells import Measure, place_text
from ptce_analysis.publish.disclosure.rules import STANDARD
from ptce_analysis.publish.disclosure.system import FAR, System, goals
from ptce_analysis.publish.disclosure.tables import counts_system, totals_system

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


def told(system: System, *hidden: int) -> dict[tuple[tuple[int, float], ...], tuple[float, float]]:
    return {tuple(sorted(line.terms.items())): (line.low, line.high) for line in system.lines(hidden)}


@pytest.fixture
def totals() -> System:
    return totals_system(MEASURE, STANDARD, ())


def test_totals_are_known_within_their_rounding(totals: System) -> None:
    """5,400, 8,100 and 13,500 to the thousand: 5, 8 and 14, each ± 500.

    The median of b, 1,350 to the thousand, says that four of its six units have 500 or more; that of all seven, 1,400
    held by one, says the same, so neither raises a lower end.
    """
    a, b = ((0, 1.0),), ((1, 1.0),)
    assert told(totals) == {a: (4500, 5500), b: (7500, 8500), (*a, *b): (13_500, 14_500)}
    assert told(totals, 0) == {b: (7500, 8500), (*a, *b): (13_500, 14_500)}
    assert [line.figure for line in totals.lines(())] == [0, 1, 2]
    assert totals.unknowns.most == FAR * 13_500
    assert not totals.unknowns.whole


def test_a_median_says_how_large_a_total_is_at_least() -> None:
    """Five units of 0, 0, 700, 700, 700: the median 700 says that three have 699.5 at least, so 2,098.5 in all."""
    frame = pd.DataFrame({"pole_id": list("abcde"), "amount_eur": [0.0, 0, 700, 700, 700]})
    measure = Measure("m", frame, value="amount_eur", statistics=("total", "median"))
    assert totals_system(measure, STANDARD, ()).figures[0].least == 3 * 699.5
    assert totals_system(measure, STANDARD, {()}).figures[0].least == -np.inf
    assert (
        totals_system(Measure("m", frame, value="amount_eur", statistics=("total",)), STANDARD, ()).figures[0].least
        == -np.inf
    )
    four = Measure("m", frame.iloc[1:], value="amount_eur", statistics=("total", "median"))
    assert totals_system(four, STANDARD, ()).figures[0].least == -np.inf


def test_a_lower_end_is_the_higher_of_rounding_and_median() -> None:
    """2,100 to the thousand is 1,500 at least; three units of 675 or more (700 to the 50) make 2,025."""
    frame = pd.DataFrame({"pole_id": list("abcde"), "amount_eur": [0.0, 0, 700, 700, 700]})
    measure = Measure("m", frame, value="amount_eur", statistics=("total", "median"), grain=50.0)
    assert told(totals_system(measure, STANDARD, ())) == {((0, 1.0),): (2075, 2125)}
    wide = Measure("m", frame.assign(amount_eur=[0.0, 0, 2000, 2000, 2000]), value="amount_eur",
                   statistics=("total", "median"), grain=4000.0)  # fmt: skip
    assert told(totals_system(wide, STANDARD, ())) == {((0, 1.0),): (6000, 10_000)}


def test_respondents_know_what_they_gave_and_what_they_make_up_alone(totals: System) -> None:
    """x gave 5,400 of a, alone, and 1,100 of b; r gave 1,200 of b."""
    x = next(attacker for attacker in totals.attackers if attacker.name == "x")
    r = next(attacker for attacker in totals.attackers if attacker.name == "r")
    assert [one.name for one in totals.attackers] == ["r", "s", "t", "u", "v", "x"]
    assert (x.least.tolist(), x.known.tolist()) == ([5400, 1100], [True, False])
    assert (r.least.tolist(), r.known.tolist()) == ([0, 1200], [False, False])
    assert [end.tolist() for end in x.bounds(totals.unknowns)] == [[5400, 1100], [5400, FAR * 13_500]]


def test_a_sensitive_total_must_stay_uncertain_both_ways_for_everybody_else(totals: System) -> None:
    """a is sensitive: 5,400 ± 540 must stay possible for all but x, who knows it."""
    found = [(goal.attacker.name, goal.sign, goal.level, goal.figure) for goal in goals(totals, 0.10)]
    expected = [(name, sign, 5400 + sign * 540, 0) for name in ("", *"rstuv") for sign in (1, -1)]
    assert found == expected


def test_what_others_gave_sets_the_uncertainty_for_a_respondent() -> None:
    """Two poles of 3,000 and 1,000: to the first, only the 1,000 is unknown, so ± 100; the floor is a mean answer's."""
    frame = pd.DataFrame({"pole_id": list("ab"), "amount_eur": [3000.0, 1000]})
    system = totals_system(Measure("m", frame, value="amount_eur", statistics=("total",)), STANDARD, ())
    found = {(goal.attacker.name, goal.sign): goal.level for goal in goals(system, 0.10)}
    assert found == {
        ("", 1): 4400, ("", -1): 3600, ("a", 1): 4200, ("a", -1): 3900, ("b", 1): 4300, ("b", -1): 3700,
    }  # fmt: skip


def test_a_total_of_nothing_must_look_as_if_it_could_be_something() -> None:
    """Two poles gave 0: upwards, a grain must stay possible; downwards there is nothing to hide."""
    frame = pd.DataFrame({"pole_id": list("ab"), "amount_eur": [0.0, 0]})
    system = totals_system(Measure("m", frame, value="amount_eur", statistics=("total",), grain=10.0), STANDARD, ())
    assert {(goal.sign, goal.level) for goal in goals(system, 0.10)} == {(1, 10.0)}


def test_empty_cells_tell_their_total_where_their_count_is_shown() -> None:
    """A level without an amount is known to total 0, unless its count is hidden."""
    frame = AMOUNTS.assign(level=pd.Categorical(AMOUNTS["level"], ["a", "b", "none"]))
    measure = Measure("m", frame, by=(("level",),), value="amount_eur", statistics=("total",))
    assert told(totals_system(measure, STANDARD, ()))[(2, 1.0),] == (0, 0)
    assert ((2, 1.0),) not in told(totals_system(measure, STANDARD, {(("level", "none"),)}))


WAVES = pd.DataFrame(
    {"pole_id": ["p", "p", "q", "r", "s", "t"], "wave": ["2013", "2015", "2013", "2013", "2015", "2015"]}
)


def test_counts_of_units_that_stand_in_several_cells_are_tied_by_what_is_always_true() -> None:
    """3 in each wave, 5 in all: the union is at least each wave, at most their sum, and no sum of cells."""
    system = counts_system([Measure("m", WAVES, by=(("wave",), ()))], STANDARD)
    assert system.unknowns.truth.tolist() == [5, 3, 3]
    ties = {tuple(sorted((at, sign) for at, sign in line.terms.items() if sign)) for line in system.always}
    assert ties == {((0, -1), (1, 1), (2, 1)), ((0, 1), (1, -1)), ((0, 1), (2, -1))}
    assert {(line.low, line.high) for line in system.always} == {(0, np.inf)}
    assert [figure.terms for figure in system.figures] == [{1: 1}, {2: 1}, {0: 1}]


def test_counts_of_units_that_stand_once_add_up() -> None:
    """Without the pole that answered twice, the margin is the sum of the waves."""
    system = counts_system([Measure("m", WAVES.iloc[1:], by=(("wave",), ()))], STANDARD)
    assert system.unknowns.truth.tolist() == [2, 3]
    assert system.always == ()
    assert [figure.terms for figure in system.figures] == [{0: 1}, {1: 1}, {0: 1, 1: 1}]


def test_a_hidden_count_is_known_not_to_be_zero_where_zeros_are_shown() -> None:
    """Alone, a count of 2 is hidden and known to be 1 or more; as a share of a base it could be 0, which is hidden."""
    base, part = Measure("base", WAVES), Measure("part", WAVES.iloc[[0, 2]], base="base")
    alone = counts_system([Measure("m", WAVES.iloc[[0, 2]])], STANDARD)
    assert alone.lines([0]) == [Line({0: 1.0}, 1.0, np.inf)]
    assert alone.lines([]) == [Line({0: 1.0}, 2.0, 2.0, 0)]
    both = counts_system([base, part], STANDARD)
    hidden = [at for at, figure in enumerate(both.figures) if figure.measure == "part"]
    assert [line for line in both.lines(hidden) if line.low == 1] == []
    only_few = tuple(rule for rule in STANDARD if rule.name != "same_answer")
    told_more = counts_system([base, part], only_few).lines(hidden)
    assert [line.high for line in told_more if line.low == 1] == [np.inf]


def test_small_counts_and_small_complements_must_be_able_to_reach_the_threshold() -> None:
    """2 of 5 and the 3 others: only the 2 must seem to be 3. Of 4 of 5, only the one other."""
    for units, (terms, others) in {2: (True, False), 4: (False, True)}.items():
        part = Measure("part", WAVES.drop_duplicates("pole_id").iloc[:units], base="base")
        system = counts_system([Measure("base", WAVES), part], STANDARD)
        found = goals(system, 0.10)
        figure = system.figures[-1]
        assert [(goal.terms, goal.sign, goal.level) for goal in found] == [
            (one, 1, 3.0) for one, wanted in ((figure.terms, terms), (figure.others, others)) if wanted
        ]


def test_the_cells_of_a_part_are_at_most_those_of_its_base() -> None:
    """Known to everybody: of the poles of a wave, no more can be linked than answered."""
    base = Measure("base", WAVES, by=(("wave",),))
    part = Measure("part", WAVES.iloc[[0, 4]], by=(("wave",),), within=("base",))
    system = counts_system([base, part], STANDARD)
    within = [line for line in system.always if any(at >= 2 for at in line.terms)]
    assert [{at: sign for at, sign in line.terms.items() if sign} for line in within] == [{0: 1, 2: -1}, {1: 1, 3: -1}]


def test_places_read_as_words() -> None:
    """In the ledger, the whole is called total."""
    assert place_text(()) == "total"
    assert place_text((("level", "a"), ("wave", "2015"))) == "level a, wave 2015"
