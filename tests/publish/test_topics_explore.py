"""The notebook to explore: a reader's own percentage, rates, row and report are shown like ours, and never as ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from ptce_analysis.analysis.audit import audit
from ptce_analysis.analysis.feasible import feasible
from ptce_analysis.analysis.proportions import rates
from ptce_analysis.errors import InputError
from ptce_analysis.publish.exhibit import Exhibit, faults
from ptce_analysis.publish.language import Words
from ptce_analysis.publish.topics import explore
from ptce_analysis.published import read_facts

EN, FR = Words("en"), Words("fr")
HEADER = "id,wave,indicator,level,statistic,value,unit,grain,base_n,base_label,source,locator,note\n"


def report(folder: Path, *rows: str) -> Path:
    """A reader's own report."""
    path = folder / "report.csv"
    path.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    return path


THIRD = "third_share_2020,2020,third_share,,share,0.33,share,0.01,4,answers,MINE,page 1,"
UNKNOWN = "age_median_2020,2020,age_median,,median,3,years,1,,answers,MINE,page 1,"


# By hand: 33 % of 4 is 1.32, and neither 1/4 = 25 % nor 2/4 = 50 % prints as 33 %; 1/3 does, and 2/6, 3/9, ...
@pytest.mark.parametrize("value", ["33", "33 %", " 33%", 33])
def test_a_percentage_that_no_count_gives_names_the_nearest(value: str | int) -> None:
    """However it is typed, the reader sees it written once, with the counts around it and the bases that allow it."""
    said = str(explore.percentage(EN, value, 4))
    assert said.startswith("No whole number of 4 prints as 33%; nearest: 1 and 2. Up to 120, ")
    assert "on these bases: 3, 6, 9, 12" in said


def test_a_percentage_that_a_count_gives_names_it() -> None:
    """13 of 42 is 30.95 %, printed as 31 %; decimals are written as the language writes them."""
    assert str(explore.percentage(EN, "31", 42)).startswith("31% of 42 can be printed: it stands for 13.")
    assert str(explore.percentage(FR, "12.5", 8)).startswith("12,5\u00a0% de 8 est possible")
    assert str(explore.percentage(EN, "12,5", 8)).startswith("12.5% of 8 can be printed")


def test_a_percentage_that_is_none_is_refused() -> None:
    """The error names the value and what is expected."""
    with pytest.raises(InputError, match=r"value 'a third': percentage points from 0 to 100 .* 20 or 8\.2"):
        explore.percentage(EN, "a third", 3)


def exhibits(words: Words, folder: Path) -> list[Exhibit]:
    """One of each kind, with a possible and an impossible row."""
    return [
        explore.two_rates(words, rates((13, 42), (11, 52))),
        explore.two_rates(words, rates((0, 5), (0, 7))),
        explore.row_bounds(words, feasible(15, 246, 30)),
        explore.row_bounds(words, feasible(16, 246, 30)),
        explore.row_bounds(words, feasible(1, 5, 5)),
        explore.row_bounds(words, feasible(4, 0, 0, grain=0)),
        explore.verdicts(words, audit(read_facts(report(folder, THIRD, UNKNOWN)))),
    ]


@pytest.mark.parametrize("words", [EN, FR], ids=["en", "fr"])
def test_every_exhibit_can_be_shown(words: Words, tmp_path: Path) -> None:
    """Nothing a reader needs is missing, also for rates of nothing, one amount, no money and an impossible row."""
    assert [(one.key, faults(one)) for one in exhibits(words, tmp_path) if faults(one)] == []


def test_what_a_reader_types_is_never_said_to_come_from_our_sources(tmp_path: Path) -> None:
    """Neither source nor population names the surveys of the collection."""
    for one in exhibits(EN, tmp_path):
        told = f"{one.source} {one.population}"
        assert "RTES" not in told and "2013" not in told, one.key


def test_the_two_rates_have_their_own_names() -> None:
    """Shares are those of the counts given, not of the two surveys."""
    found = explore.two_rates(EN, rates((13, 42), (11, 52)))
    assert set(found.data["quantity"].iloc[:6]) == {"share, 13/42", "share, 11/52"}


def test_an_impossible_row_says_how_far_it_is_from_holding() -> None:
    """By hand: 16 amounts with a median of 29.5 or more add up to 9 x 29.5 = 265.5; 246.5 allows 246.5 / 9 = 27.39."""
    found = explore.row_bounds(EN, feasible(16, 246, 30))
    assert str(found.title) == "No 16 amounts can add up to 246 with a median of 30"
    assert list(found.data["low"])[:1] == [265.5]
    assert [round(value, 2) for value in found.data["high"].iloc[1:]] == [27.39]


def test_a_possible_row_gives_its_bounds() -> None:
    """By hand: three amounts of sum 12 and median 3, exactly: 3 + 3 + 6 at the most equal, 0 + 3 + 9 at the least."""
    found = explore.row_bounds(EN, feasible(3, 12, 3, grain=0))
    largest = found.data.set_index("name").loc["Largest amount"]
    assert (largest["low"], largest["high"]) == (6, 9)
    assert str(found.title).endswith("the largest is between 6 and 9")


def test_a_report_with_nothing_to_test_says_what_to_type(tmp_path: Path) -> None:
    """A median alone is unverifiable; the error says what could be tested."""
    with pytest.raises(InputError, match=r"none of these figures can be tested: type a percentage with its base"):
        explore.verdicts(EN, audit(read_facts(report(tmp_path, UNKNOWN))))


def test_a_report_of_the_reader_is_audited(tmp_path: Path) -> None:
    """33 % of 4 cannot be; what cannot be tested is left out."""
    found = explore.verdicts(EN, audit(read_facts(report(tmp_path, THIRD, UNKNOWN))))
    assert list(found.data["word"]) == ["base unclear"] and list(found.data["source"]) == ["MINE"]
