"""Protected tables: what is hidden in small surveys that can be worked out by hand."""

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ptce_analysis.errors import InputError
from ptce_analysis.protect.cells import ALL, Measure
from ptce_analysis.protect.release import Protected
from ptce_analysis.protect.rules import MARK, STANDARD, STRICT
from ptce_analysis.protect.suppress import protect


def rows(**levels: list[float]) -> pd.DataFrame:
    """One row per amount; poles are numbered within their level, so that no pole has two."""
    found = [(f"{level}{i}", level, amount) for level, given in levels.items() for i, amount in enumerate(given)]
    return pd.DataFrame(found, columns=["pole_id", "level", "amount_eur"])


def counted(**levels: int) -> pd.DataFrame:
    """One row per pole of each level."""
    return rows(**{level: [1.0] * n for level, n in levels.items()})[["pole_id", "level"]]


def column(protected: Protected, statistic: str) -> dict[Any, Any]:
    """One statistic by the value of the table's columns."""
    table = protected.table
    keys = [name for name in ("level", "wave") if name in table]
    return {
        row[keys[0]] if len(keys) == 1 else tuple(row[k] for k in keys): row[statistic] for _, row in table.iterrows()
    }


BY_LEVEL = (("level",), ())


def one(frame: pd.DataFrame, **how: Any) -> Protected:
    rules = how.pop("rules", STANDARD)
    return protect(Measure("m", frame, **{"by": BY_LEVEL} | how), rules=rules)["m"]


ALONE = {"by": (("level",),)}
# By hand. What each level gave, how it is protected, and what is shown of one statistic, level by level then in all.
CASES: dict[str, tuple[dict[str, list[float]], dict[str, Any], str, list[Any]]] = {
    "without a margin nothing can be subtracted from": (
        {"a": [1] * 9, "b": [1] * 2, "c": [1] * 5}, ALONE, "units", [9, MARK, 5],
    ),
    "1 + 2 hidden of 12 would say that neither reaches 3: hidden counts are not 0": (
        {"a": [1] * 9, "b": [1] * 2, "c": [1]}, {}, "units", [MARK, MARK, MARK, 12],
    ),
    "2 and 1 of 3: as neither is 0, each would be known to be below 3": (
        {"a": [1] * 2, "b": [1]}, {}, "units", [MARK, MARK, MARK],
    ),
    "b is 30,000 alone: a and d, whose units give 2,000 at least, cannot hide ± 3,000 of it, c can": (
        {"a": [4000, 2000, 2000, 2000], "b": [30_000], "c": [8000, 6000, 6000], "d": [4000, 2000, 2000, 2000]}, {},
        "total", [10_000, MARK, MARK, 10_000, 70_000],
    ),
    "a and b are one unit each: were only they hidden, each would read the other": (
        {"a": [400], "b": [600], "c": [300] * 3, "d": [500] * 3}, {}, "total", [MARK, MARK, MARK, 1500, 3400],
    ),
    "a margin rounded to 1,000 € protects no answer of 400 €: amounts may be round": (
        {"a": [400], "b": [3000] * 3}, {"grain": 1000}, "total", [MARK, MARK, 9000],
    ),
    "the whole is given up before a level where it is said to be spare": (
        {"a": [20_000], "b": [3000, 4000, 5000]}, {"spare": ((),)}, "total", [MARK, 12_000, MARK],
    ),
    "five thousands of five poles are one each": (
        {"a": [1000] * 5, "b": [3000, 4000, 5000]}, {"grain": 1000} | ALONE, "total", [MARK, 12_000],
    ),
    "behind a of 150, b may seem 25 larger (answers of 250 on average)": (
        {"a": [40, 50, 60], "b": [100], "c": [500, 500, 500]}, {}, "total", [MARK, MARK, 1500, 1750],
    ),
    "and its total is not": ({"a": [2000, 2000, 1000], "b": [9000, 500, 500]}, ALONE, "total", [5000, MARK]),
    "amounts that are unknown are no contribution": (
        {"a": [10, 20, 30], "b": [float("nan")] * 3}, {}, "total", [60, None, 60],
    ),
    "medians need no total, and five units": (
        {"a": [1, 1, 10, 11, 12, 20, 90_000], "b": [1, 2, 3, 4]}, {}, "median", [9, MARK, MARK],
    ),
    "a median is hidden with the count it needs": (
        {"a": [1, 2, 2, 5, 9] * 2, "b": [10] * 5, "c": [1]}, {}, "median", [1, MARK, MARK, MARK],
    ),
    "what the usual rules hide of s, 7,000, stays hidden though y and w would do under the stricter ones": (
        {"s": [5000], "x": [700] * 10, "y": [2500] * 4, "w": [2600] * 4, "z": [4000] * 12}, {"rules": STRICT},
        "total", [MARK, MARK, MARK, MARK, 48_000, 80_400],
    ),
    "b and c share 9,000 and each unit gives 1,000: neither could be the ten of the stricter rules, so d is hidden": (
        {"a": [3000] * 20, "b": [2000, 2000], "c": [2000, 3000], "d": [1000, 2000] * 6},
        {"rules": STRICT, "grain": 1000}, "total", [60_000, MARK, MARK, MARK, 87_000],
    ),
    "and too few for the stricter rules": ({"a": [1] * 9, "b": [1] * 20}, {"rules": STRICT}, "units", [MARK, MARK, 29]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_is_hidden_can_be_worked_out_by_hand(name: str) -> None:
    """Just enough, and the cheapest: each case says why in its name."""
    levels, how, statistic, expected = CASES[name]
    frame = rows(**{level: list(map(float, given)) for level, given in levels.items()})
    amounts = {} if statistic == "units" else {"value": "amount_eur", "statistics": (statistic,)}
    found = column(one(frame, **amounts, **how), {"median": "median_from"}.get(statistic, statistic))
    assert list(found.values()) == expected


def test_a_margin_hides_a_second_cell_the_smallest() -> None:
    """17 − 9 − 5 would give 3 − 1: the cheapest other cell that leaves 3 possible is hidden too."""
    found = one(counted(a=9, b=2, c=5))
    assert column(found, "units") == {"a": 9, "b": MARK, "c": MARK, ALL: 16}
    assert found.ledger.to_numpy().tolist() == [
        ["m", "level b", "units", "few_units", ""],
        ["m", "level c", "units", "recoverable", "m, level b, units"],
    ]
    assert (found.table == MARK).to_numpy().sum() == 2


def two_way(cells: dict[tuple[str, str], list[float]], shared: bool = False) -> pd.DataFrame:
    """One row per amount, by level and wave; `shared` poles answer in both waves."""
    found = [
        (f"{level}{i}" if shared else f"{level}{wave}{i}", level, wave, amount)
        for (level, wave), given in cells.items()
        for i, amount in enumerate(given)
    ]
    return pd.DataFrame(found, columns=["pole_id", "level", "wave", "amount_eur"])


CROSSED = (("level", "wave"), ("level",), ("wave",), ())


def test_a_two_way_table_hides_a_rectangle() -> None:
    """A cell between two margins needs another in its row, one in its column, and the fourth corner."""
    cells = {(level, wave): [100.0] * 4 for level in "abc" for wave in ("2013", "2015")}
    found = column(one(two_way(cells | {("a", "2013"): [100.0]}), by=CROSSED), "units")
    hidden = {key for key, value in found.items() if value == MARK}
    assert len(hidden) == 4
    assert {level for level, _ in hidden} == {"a", *({level for level, _ in hidden} - {"a"})}
    assert all((level, wave) in hidden for level in {level for level, _ in hidden} for wave in ("2013", "2015"))


def test_a_sensitive_total_must_seem_smaller_too() -> None:
    """By hand: 104, of which one gave 100, cannot seem 10 smaller at the cost of a corner of 6: hiding it is no use."""
    cells = {("a", "2013"): [100.0, 1, 1, 1, 1], ("a", "2015"): [200.0] * 5, ("b", "2013"): [200.0] * 5}
    cells |= {("c", wave): [300.0] * 5 for wave in ("2013", "2015")}
    for corner, expected in (([2.0, 1, 1, 1, 1], 6), ([30.0] * 5, MARK)):
        frame = two_way(cells | {("b", "2015"): corner})
        found = column(one(frame, by=CROSSED, value="amount_eur", statistics=("total",)), "total")
        assert (found["a", "2013"], found["b", "2015"]) == (MARK, expected)


def test_cells_that_no_table_shows_are_protected_too() -> None:
    """b gave 83, so 82 of the 500 of 2013 at most: the 420 of the only other unit would be known to be 418 or more."""
    cells = {("a", "2013"): [420.0], ("a", "2015"): [100.0] * 3, ("b", "2013"): [40.0] * 2, ("b", "2015"): [3.0]}
    found = one(two_way(cells), by=(("level",), ("wave",)), value="amount_eur", statistics=("total",))
    assert list(column(found, "total").values()) == [720, MARK, MARK, MARK]
    assert found.ledger["protects"].str.fullmatch("m, level ., wave 2013, total").all()


def poles(n: int) -> pd.DataFrame:
    return pd.DataFrame({"pole_id": [f"p{i}" for i in range(n)]})


def links(**levels: int) -> pd.DataFrame:
    """The first poles of the base are linked with each level."""
    return pd.DataFrame(
        [(f"p{i}", level) for level, n in levels.items() for i in range(n)], columns=["pole_id", "level"]
    )


def test_the_complement_of_a_share_is_protected_and_so_is_all_or_none() -> None:
    """38 of 40 tells who the two others are not, 40 or none what each answered: count and share are hidden."""
    frame = links(a=10, b=38, c=40)
    frame["level"] = pd.Categorical(frame["level"], [*"abc", "none"])
    share = Measure("links", frame, by=(("level",),), statistics=("share",), base="poles")
    found = protect(Measure("poles", poles(40)), share)["links"]
    assert column(found, "units") == {"a": 10, "b": MARK, "c": MARK, "none": MARK}
    assert column(found, "share") == {"a": 0.25, "b": MARK, "c": MARK, "none": MARK}
    assert found.ledger["rule"].tolist() == [*["few_others"] * 2, *["same_answer"] * 4]


def test_a_share_is_hidden_with_the_count_it_is_a_share_of() -> None:
    """9 and 2 of 11 told, the 2 are hidden, so the 9 too: 5 linked poles at 56 % would give them again."""
    told = pd.DataFrame({"pole_id": [f"p{i}" for i in range(11)], "wave": ["2013"] * 9 + ["2015"] * 2})
    share = Measure("links", told.head(5), by=(("wave",),), statistics=("share",), base="told")
    found = protect(Measure("told", told, by=(("wave",), ())), share)
    assert column(found["told"], "units") == {"2013": MARK, "2015": MARK, ALL: 11}
    assert found["links"].table[["units", "share"]].to_numpy().tolist()[0] == [5, MARK]


def test_units_that_stand_in_several_cells_are_added_up_as_far_as_anybody_can() -> None:
    """By hand: of 21 linked poles, 3 are in 2015, so 18 or more of the 20 of 2013: another count is hidden too."""

    def asked(*waves: tuple[str, range]) -> pd.DataFrame:
        return pd.DataFrame([(f"p{i}", wave) for wave, some in waves for i in some], columns=["pole_id", "wave"])

    base = Measure("poles", asked(("2013", range(20)), ("2015", range(5, 25))), by=(("wave",), ()), known=True)
    linked = asked(("2013", range(19)), ("2015", range(18, 21)))
    found = protect(base, Measure("links", linked, by=(("wave",), ()), base="poles"))["links"]
    assert column(found, "units")["2013"] == MARK and list(found.table["units"]).count(MARK) == 2


def test_a_measure_within_another_uses_what_that_one_shows() -> None:
    """Of 4 links shown, at most 4 gave an amount: a hidden 1 stays possible as 3 or more only because of that."""
    found = protect(
        Measure("links", links(a=4, b=9), by=(("level",),)),
        Measure("gave", links(a=1, b=9), by=(("level",),), within=("links",)),
    )
    assert column(found["gave"], "units") == {"a": MARK, "b": 9}
    assert column(found["links"], "units") == {"a": 4, "b": 9}
    # Nobody is linked with c, which is shown: that nobody gave there tells nothing more.
    frame = links(b=9).assign(level=pd.Categorical(["b"] * 9, ["b", "c"]))
    linked = Measure("links", frame, by=(("level",),))
    gave = Measure("gave", frame, by=(("level",),), base="poles", within=("links",))
    assert column(protect(Measure("poles", poles(40)), linked, gave)["gave"], "units") == {"b": 9, "c": 0}


AMOUNTS = st.lists(st.integers(0, 10_000).map(float), min_size=0, max_size=6)


@settings(max_examples=30, deadline=None)
@given(st.lists(AMOUNTS, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_the_answers_does_not_matter(cells: list[list[float]], random: Any) -> None:
    """The same answers in another order give the same table and ledger; what is shown is right to the unit."""
    frame = rows(**{f"l{i}": amounts for i, amounts in enumerate(cells)})
    order = list(range(len(frame)))
    random.shuffle(order)
    how: dict[str, Any] = {"value": "amount_eur", "statistics": ("total", "median")}
    first, second = one(frame, **how), one(frame.iloc[order], **how)
    pd.testing.assert_frame_equal(first.table, second.table)
    pd.testing.assert_frame_equal(first.ledger, second.ledger)
    truth = frame.groupby("level")["amount_eur"].sum()
    for level, total in column(first, "total").items():
        if total not in (MARK, None) and level != ALL:
            assert total == truth[level]


LINKS, AMOUNTS_A = links(a=2), rows(a=[1.0])
REFUSED: dict[str, list[dict[str, Any]]] = {
    "measure 'm': column 'level' has missing values: name them": [{"rows": counted(a=3).assign(level=None)}],
    "measure 'm': statistic 'maximum' is not shown: units, share": [{"statistics": ("maximum",)}],
    "measure 'm': statistic 'median' needs `value`": [{"statistics": ("median",)}],
    "measure 'm': statistic 'share' needs `base`": [{"statistics": ("share",)}],
    "measure 'm': value -5: contributions must be finite and not negative": [
        {"rows": rows(a=[-5]), "value": "amount_eur"},
    ],
    "two measures have the name 'm'": [{}, {}],
    "two measures have the value 'amount_eur': give every table of it in one measure's `by`": [
        {"name": name, "rows": AMOUNTS_A, "value": "amount_eur"} for name in "xy"
    ],
    "measure 'm', total: 1 units are not in 'poles'": [
        {"rows": LINKS, "base": "poles"}, {"name": "poles", "rows": poles(1), "by": ((),)},
    ],
    "measure 'm': shares need a table of 'poles' by level: add it to `by`": [
        {"rows": LINKS, "base": "poles"},
        {"name": "poles", "rows": poles(2).assign(level="a", other="x"), "by": (("other", "level"),)},
    ],
}  # fmt: skip


@pytest.mark.parametrize("message", REFUSED)
def test_measures_that_cannot_be_protected_together_are_refused(message: str) -> None:
    """The message names the measure, the column or statistic, what is legal, or what to do."""
    measures = [Measure(**{"name": "m", "rows": counted(a=3), "by": BY_LEVEL} | how) for how in REFUSED[message]]
    with pytest.raises(InputError, match=message):
        protect(*measures)
