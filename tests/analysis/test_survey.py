"""What clean answers say, worked out by hand on four poles; and how many clusters each level works with, as printed."""

import statistics
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from conftest import REPOSITORY
from printed_figures import PUBLISHED
from ptce_analysis.analysis import survey
from ptce_analysis.analysis.funding import presence
from ptce_analysis.published import Fact, read_published
from ptce_analysis.survey.clean import clean
from ptce_analysis.survey.tables import Cleaned
from ptce_analysis.vocabulary import FUNDING_LEVELS
from survey_exports import SMALL, cleaned, deviations

FACT = Fact("x_2015", 2015, "respondents", "", "count", Fraction(4), "count", Fraction(1), None, "", "S", "", "", "", 1)


@pytest.fixture
def wave(tmp_path: Path) -> Cleaned:
    """Four poles: one without a stage, one support kept back, one declared zero, one link refused; and a total."""
    rows = ("P1;émergence;10;0,5;Oui;5 000;12 000;", "P2;création;30;1;Oui;NC;0;", "P3;;20;2;Non;;;",
            "P4;émergence;;;;;abc;", "Total;;60;;;;;")  # fmt: skip
    return cleaned(tmp_path, *rows, supports=SMALL["supports"][:2])


def fact(indicator: str, value: str = "1", level: str = "", **changes: Any) -> Fact:
    """A printed figure of these four poles."""
    return replace(FACT, indicator=indicator, value=Fraction(value), level=level, **changes)


def test_links_supports_amounts_and_stages_of_four_poles(wave: Cleaned) -> None:
    """A zero, a silence and an unreadable cell are no amounts; « NC » is a support; who told nothing is in no base."""
    money = survey.amounts(wave)[["pole_id", "level", "amount_eur"]].to_numpy().tolist()
    assert money == [["P1", "epci", 12_000], ["P1", "region", 5_000]]
    found = survey.supported(wave)[["pole_id", "level"]].to_numpy().tolist()
    assert found == [["P1", "epci"], ["P1", "region"], ["P2", "region"], ["P4", "epci"]]
    rows = survey.linked(wave)
    region = rows.loc[rows["level"] == "region", ["pole_id", "linked"]].to_numpy().tolist()
    assert region == [["P1", True], ["P2", True], ["P3", False]]
    assert (wave.links, wave.amounts) == (("region",), ("epci", "region"))  # an amount alone asks about no link
    assert len(survey.asked_for_amounts(wave)) == 8  # four poles, two levels
    assert survey.staged(wave)["stage"].tolist() == ["emergence", "creation", "emergence"]
    assert survey.lines_set_aside([wave]).to_numpy().tolist() == [[2015, "total_row", 1]]


@pytest.mark.parametrize(("funder", "amount", "asked"), [
    # Nobody names the Région among « other » funders: its amount says all that was asked. All name it: they were asked.
    ("CDC Habitat", "5", False), ("Région", "5", True), ("Région, Ville", "", True), ("", "5", False),
])  # fmt: skip
def test_a_column_of_funders_asks_about_the_levels_that_it_names_as_a_rule(
    tmp_path: Path, funder: str, amount: str, asked: bool
) -> None:
    """Beside a column of their amounts; the levels that have none are asked about in any case."""
    rows = [f"P{i};création;;;;{amount};;{funder}" for i in range(4)]
    wave = cleaned(tmp_path, *rows, supports=[{"level": "region", "amount": "Montant Région"}, {"funder": "Autres"}])
    assert ("region" in wave.links, "commune" in wave.links, "region" in wave.amounts) == (asked, True, True)


SHARE: dict[str, Any] = {"grain": Fraction("0.01"), "unit": "share"}
LIMIT: dict[str, Any] = {"grain": Fraction(0)}


@pytest.mark.parametrize(("printed", "value", "n", "verdict"), [
    (fact("respondents", "4"), 4, 4, "reproduced"), (fact("respondents", "4", base_n=75), 4, 4, "reproduced"),
    (fact("emergence_share", "0.67", **SHARE), 2 / 3, 3, "reproduced"),
    (fact("emergence_share", "0.67", base_n=4, **SHARE), 2 / 3, 3, "other_base"),
    (fact("emergence_share", "0.5", statistic="minimum", **LIMIT), 2 / 3, 3, "reproduced"),
    (fact("emergence_share", "0.7", statistic="minimum", **LIMIT), 2 / 3, 3, "differs"),
    (fact("emergence_share", "0.5", statistic="maximum", **LIMIT), 2 / 3, 3, "differs"),
    (fact("emergence_share", "0.7", statistic="maximum", **LIMIT), 2 / 3, 3, "reproduced"),
    (fact("creation_share", "0.35", **SHARE), 1 / 3, 3, "differs"),
    (fact("cell_budget_median", "20000"), 20_000, 3, "reproduced"),
    (fact("cell_fte_below_1_share", "0.33", **SHARE), 1 / 3, 3, "reproduced"),
    (fact("link_share", "0.67", "region", **SHARE), 2 / 3, 3, "reproduced"),
    (fact("funding_projects", "2", "region"), 2, 2, "reproduced"),
    (fact("funding_amount", "12000", "epci"), 12_000, 1, "reproduced"),
    (fact("funding_median", "5000", "region"), 5_000, 1, "reproduced"),
    (fact("funding_total", "17000"), 17_000, 1, "reproduced"),
    (fact("aid_per_collectivity_median", "8500"), 8_500, 2, "reproduced"),
])  # fmt: skip
def test_a_printed_figure_is_computed_again(wave: Cleaned, printed: Fact, value: float, n: int, verdict: str) -> None:
    """Value, number of units and outcome, by hand."""
    (row,) = deviations(wave, {printed.id: printed, "x": replace(printed, wave=2013)}).to_dict("records")
    assert (row["value"], row["n"], row["verdict"]) == (pytest.approx(value), n, verdict)


@pytest.mark.parametrize(("indicator", "level"), [("poles_identified", ""), ("members_median", ""), ("age_median", ""),
    ("relation_stable_share", ""), ("established_share", ""), ("link_share", "commune"), ("link_2_to_6_share", ""),
    ("collectivities_involved_median", ""), ("funding_projects", "etat"), ("funding_amount", "europe")])  # fmt: skip
def test_what_was_not_asked_is_not_computed(wave: Cleaned, indicator: str, level: str) -> None:
    """Neither zero nor empty: nothing."""
    assert survey.marginal(wave, fact(indicator, level=level)) is None


def test_a_wave_that_asked_nothing_about_money_or_staff(tmp_path: Path) -> None:
    """No total, no median, no share of small units; nor what was asked, and not answered."""
    only = {"pole_id": {"header": "id"}, "stage": {"header": "Stade"}}
    listed = [*SMALL["not_asked"], "cell_budget_eur", "cell_fte"]
    empty = cleaned(tmp_path, "P1;NC", header="id;Stade", variables=only, not_asked=listed, supports=[])
    names = "funding_total aid_per_collectivity_median cell_fte_below_1_share budget_median emergence_share"
    assert [survey.marginal(empty, fact(name)) for name in names.split()] == [None] * 5


def test_links_with_several_collectivities_are_counted_by_pole(tmp_path: Path) -> None:
    """Route: the cells of the fictitious wave of 2015, pole by pole. A pole that left out a level has no number."""
    folder = REPOSITORY / "data" / "raw" / "waves" / "2015"
    wave = clean(folder / "reponses_2015.xlsx", folder / "codebook.yml")
    names = [f"link_{level}" for level in survey.COLLECTIVITIES]
    numbers = [sum(row[name] == "involved" for name in names) for row in wave.poles.to_dict("records")]
    indicators = ("link_2_to_6_share", "collectivities_involved_median")

    def given(of: Cleaned) -> list[tuple[float, int]]:
        return [(one.value, len(one.parts)) for name in indicators if (one := survey.marginal(of, fact(name)))]

    share = sum(2 <= n <= 6 for n in numbers) / len(numbers)
    assert given(wave) == [(share, len(numbers)), (statistics.median(numbers), len(numbers))]

    links = [{"level": level, "link": f"Lien {level}"} for level in survey.COLLECTIVITIES]
    said = ("Oui;Oui;Non;Non;Non", "Non;Non;Non;Non;Oui", "Oui;;Non;Non;Non", ";;;;")
    changes: dict[str, Any] = {"variables": {"pole_id": {"header": "id"}}, "supports": links}
    changes["not_asked"] = [*SMALL["not_asked"], "stage", "cell_budget_eur", "cell_fte"]
    header = ";".join(["id", *(f"Lien {level}" for level in survey.COLLECTIVITIES)])
    small = cleaned(tmp_path, *(f"P{n};{cells}" for n, cells in enumerate(said)), header=header, **changes)
    assert given(small) == [(0.5, 2), (1.5, 2)]


FACTS = read_published(PUBLISHED)


def test_presence_is_told_with_the_levels_it_is_printed_with() -> None:
    """One figure for Région and interco, one for Départements and Villes, none for State and Europe."""
    table = presence(FACTS, 2015).set_index("level")
    assert {level: table.loc[level, "joint"] for level in ("region", "epci", "commune", "etat")} == {
        "region": ("epci",), "epci": ("region",), "commune": ("departement",), "etat": ()
    }  # fmt: skip
    assert table["link_share"].isna().to_dict() == {level: level in ("etat", "europe") for level in FUNDING_LEVELS}
    assert table.loc["epci", "supported_low"] == 20 / 52 and table.loc["epci", "supported_high"] == 20 / 37


def test_the_share_supported_needs_a_base_and_stays_a_share() -> None:
    """Without printed bases there is none, with one there is one."""

    def changed(*without: str, **values: float) -> pd.DataFrame:
        facts = {i: replace(f, value=Fraction(values.get(i, f.value))) for i, f in FACTS.items() if i not in without}
        return presence(facts, 2015).set_index("level")

    silent = changed("funding_total_2015", "respondents_2015")
    assert silent["supported_low"].isna().all() and silent["base_high"].isna().all()
    one = changed("funding_total_2015").loc["epci"]
    assert one["supported_low"] == 20 / 52 and pd.isna(one["supported_high"]) and pd.isna(one["base_low"])
    crowded = changed(funding_projects_region_2015=40).loc["region"]
    assert pd.isna(crowded["supported_high"]) and crowded["supported_low"] == 40 / 52
