"""Marginals, links, supports and the cleaning flow, worked out by hand on four poles."""

from __future__ import annotations

import copy
import statistics
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from ptce_analysis.survey.clean.rows import ROW_RULES

from conftest import REPOSITORY
from ptce_analysis.analysis.survey import (
    COLLECTIVITIES,
    amounts,
    asks_amounts,
    asks_links,
    deviations,
    lines_by_fate,
    linked,
    marginal,
    staged,
    supported,
)
from ptce_analysis.published import Fact
from ptce_analysis.survey.clean import Cleaned, clean
from survey_exports import SMALL, cleaned

SUPPORTS: list[dict[str, Any]] = [
    {"level": "region", "link": "Région", "amount": "Montant Région"},
    {"level": "epci", "amount": "EPCI"},
]
FACT = Fact("x_2015", 2015, "respondents", "", "count", Fraction(4), "count", Fraction(1), None, "", "S", "", "", "", 1)


@pytest.fixture
def wave(tmp_path: Path) -> Cleaned:
    """Four poles: one without a stage, one support kept back, one declared zero, one link refused; and a total."""
    rows = ("P1;émergence;10;0,5;Oui;5 000;12 000;", "P2;création;30;1;Oui;NC;0;", "P3;;20;2;Non;;;",
            "P4;émergence;;;;;abc;", "Total;;60;;;;;")  # fmt: skip
    return cleaned(tmp_path, *rows, supports=copy.deepcopy(SUPPORTS))


def fact(indicator: str, value: str, level: str = "", **changes: Any) -> Fact:
    """A printed figure of these four poles."""
    return replace(FACT, indicator=indicator, value=Fraction(value), level=level, **changes)


def test_amounts_are_those_above_zero(wave: Cleaned) -> None:
    """P1 gives two; a zero, a silence and an unreadable cell are no amounts."""
    assert amounts(wave)[["pole_id", "level", "amount_eur"]].to_numpy().tolist() == [
        ["P1", "epci", 12_000], ["P1", "region", 5_000]
    ]  # fmt: skip


def test_a_support_may_have_no_amount(wave: Cleaned) -> None:
    """« NC » and what cannot be read are supports; a declared zero and a blank are not."""
    found = supported(wave)[["pole_id", "level"]].to_numpy().tolist()
    assert found == [["P1", "epci"], ["P1", "region"], ["P2", "region"], ["P4", "epci"]]


def test_only_those_who_answered_count_for_a_link(wave: Cleaned) -> None:
    """Region: two yes, one no, one blank that tells nothing."""
    rows = linked(wave)
    region = rows[rows["level"] == "region"]
    assert region[["pole_id", "linked"]].to_numpy().tolist() == [["P1", True], ["P2", True], ["P3", False]]
    assert (asks_links(wave, "region"), asks_links(wave, "commune")) == (True, False)
    assert (asks_amounts(wave, "epci"), asks_amounts(wave, "etat")) == (True, False)


def test_a_pole_without_a_stage_is_in_no_base(wave: Cleaned) -> None:
    """Three of the four told."""
    assert staged(wave)["stage"].tolist() == ["emergence", "creation", "emergence"]


CASES = [
    (fact("respondents", "4"), 4, 4, "reproduced"),
    (fact("respondents", "4", base_n=75), 4, 4, "reproduced"),
    (fact("emergence_share", "0.67", grain=Fraction("0.01"), unit="share"), 2 / 3, 3, "reproduced"),
    (fact("emergence_share", "0.67", grain=Fraction("0.01"), base_n=4, unit="share"), 2 / 3, 3, "other_base"),
    (fact("emergence_share", "0.5", statistic="minimum", grain=Fraction(0)), 2 / 3, 3, "reproduced"),
    (fact("emergence_share", "0.7", statistic="minimum", grain=Fraction(0)), 2 / 3, 3, "differs"),
    (fact("emergence_share", "0.5", statistic="maximum", grain=Fraction(0)), 2 / 3, 3, "differs"),
    (fact("emergence_share", "0.7", statistic="maximum", grain=Fraction(0)), 2 / 3, 3, "reproduced"),
    (fact("creation_share", "0.35", grain=Fraction("0.01"), unit="share"), 1 / 3, 3, "differs"),
    (fact("cell_budget_median", "20000"), 20_000, 3, "reproduced"),
    (fact("cell_fte_below_1_share", "0.33", grain=Fraction("0.01"), unit="share"), 1 / 3, 3, "reproduced"),
    (fact("link_share", "0.67", "region", grain=Fraction("0.01"), unit="share"), 2 / 3, 3, "reproduced"),
    (fact("funding_projects", "2", "region"), 2, 2, "reproduced"),
    (fact("funding_amount", "12000", "epci"), 12_000, 1, "reproduced"),
    (fact("funding_median", "5000", "region"), 5_000, 1, "reproduced"),
    (fact("funding_total", "17000"), 17_000, 1, "reproduced"),
    (fact("aid_per_collectivity_median", "8500"), 8_500, 2, "reproduced"),
]


@pytest.mark.parametrize(("printed", "value", "n", "verdict"), CASES)
def test_a_printed_figure_is_computed_again(wave: Cleaned, printed: Fact, value: float, n: int, verdict: str) -> None:
    """Value, number of units and outcome, by hand."""
    (row,) = deviations(wave, {printed.id: printed}).to_dict("records")
    assert (row["value"], row["n"], row["verdict"]) == (pytest.approx(value), n, verdict)
    assert (row["id"], row["indicator"], row["level"], row["unit"], row["printed"]) == (
        printed.id, printed.indicator, printed.level, printed.unit, float(printed.value)
    )  # fmt: skip


@pytest.mark.parametrize(("printed", "reason"), [
    (fact("poles_identified", "75"), "not_in_answers"), (fact("members_median", "14"), "not_asked"),
    (fact("age_median", "3"), "not_asked"), (fact("relation_stable_share", "1"), "not_asked"),
    (fact("established_share", "1"), "not_asked"), (fact("link_share", "1", "commune"), "not_asked"),
    (fact("link_2_to_6_share", "1"), "not_asked"), (fact("collectivities_involved_median", "2"), "not_asked"),
    (fact("funding_projects", "1", "etat"), "not_asked"), (fact("funding_amount", "1", "europe"), "not_asked"),
])  # fmt: skip
def test_what_was_not_asked_says_so(wave: Cleaned, printed: Fact, reason: str) -> None:
    """Neither zero nor empty: a reason."""
    found = marginal(wave, printed)
    assert (found.value, found.n, found.reason) == (None, 0, reason)
    assert deviations(wave, {"x": printed})["verdict"].tolist() == [reason]


def test_links_with_several_collectivities_are_counted_by_pole() -> None:
    """Route: the cells of the fictitious wave of 2015, pole by pole, over the four levels of collectivity."""
    folder = REPOSITORY / "data" / "raw" / "waves" / "2015"
    wave = clean(folder / "reponses_2015.xlsx", folder / "codebook.yml")
    names = [f"link_{level}" for level in COLLECTIVITIES]
    numbers = [sum(row[name] == "involved" for name in names) for row in wave.poles.to_dict("records")]
    found = marginal(wave, fact("link_2_to_6_share", "1"))
    assert (found.value, found.n) == (sum(2 <= n <= 6 for n in numbers) / len(numbers), len(numbers))
    middle = marginal(wave, fact("collectivities_involved_median", "2"))
    assert (middle.value, middle.n) == (statistics.median(numbers), len(numbers))


def test_a_pole_that_left_out_a_level_has_no_number_of_collectivities(tmp_path: Path) -> None:
    """Two poles said yes or no of each level: two links, and one. The third has one or two, the last any number."""
    links = [{"level": level, "link": f"Lien {level}"} for level in COLLECTIVITIES]
    said = ("Oui;Oui;Non;Non;Non", "Non;Non;Non;Non;Oui", "Oui;;Non;Non;Non", ";;;;")
    header = ";".join(["id", *(f"Lien {level}" for level in COLLECTIVITIES)])
    only = {"pole_id": {"header": "id"}}
    left_out = [*SMALL["not_asked"], "stage", "cell_budget_eur", "cell_fte"]
    rows = (f"P{n};{cells}" for n, cells in enumerate(said))
    wave = cleaned(tmp_path, *rows, header=header, supports=links, variables=only, not_asked=left_out)
    share = marginal(wave, fact("link_2_to_6_share", "1"))
    middle = marginal(wave, fact("collectivities_involved_median", "2"))
    assert (share.value, share.n, middle.value, middle.n) == (0.5, 2, 1.5, 2)


def test_a_wave_that_asked_nothing_about_money_or_staff(tmp_path: Path) -> None:
    """No total, no median, no share of small units; asked and unanswered is another reason."""
    header, only = "id;Stade", {"pole_id": {"header": "id"}, "stage": {"header": "Stade"}}
    listed = [*SMALL["not_asked"], "cell_budget_eur", "cell_fte"]
    empty = cleaned(tmp_path, "P1;NC", header=header, variables=only, not_asked=listed, supports=[])
    for name in ("funding_total", "aid_per_collectivity_median", "cell_fte_below_1_share", "budget_median"):
        assert marginal(empty, fact(name, "1")).reason == "not_asked"
    assert marginal(empty, fact("emergence_share", "1")).reason == "no_answer"


def test_figures_of_another_year_are_left_out(wave: Cleaned) -> None:
    """A wave answers for its own year."""
    assert deviations(wave, {"x": replace(FACT, wave=2013)}).empty


def test_the_flow_adds_up(wave: Cleaned) -> None:
    """Lines in are lines set aside and kept."""
    table = lines_by_fate([wave])
    assert table.to_numpy().tolist() == [[2015, "in", 5], [2015, "total_row", 1], [2015, "kept", 4]]


def test_every_rule_on_lines_has_words_for_readers() -> None:
    """A new rule of the cleaner needs its label on the page."""
    from ptce_analysis.publish.survey_page import FATES

    assert {rule.name for rule in ROW_RULES} == set(FATES)
