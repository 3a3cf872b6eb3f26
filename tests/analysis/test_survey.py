"""What clean answers say, worked out by hand on four poles; and how many clusters each level works with, as printed."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from printed_figures import PUBLISHED
from ptce_analysis.analysis import survey
from ptce_analysis.analysis.funding import presence
from ptce_analysis.protect.rules import MARK
from ptce_analysis.publish.survey_tables import shown, verdict
from ptce_analysis.published import Fact, read_published
from ptce_analysis.survey.tables import Cleaned
from ptce_analysis.vocabulary import FUNDING_LEVELS
from survey_exports import SMALL, cleaned

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
EUROS: dict[str, Any] = {"unit": "eur", "statistic": "sum"}
LIMIT: dict[str, Any] = {"grain": Fraction(0), "unit": "share"}


@pytest.mark.parametrize(("printed", "given", "below", "n", "expected"), [
    (fact("respondents", "4", base_n=75), 4, None, 4, "reproduced"),
    (fact("emergence_share", "0.67", **SHARE), 2 / 3, None, 3, "reproduced"),
    (fact("emergence_share", "0.67", base_n=4, **SHARE), 2 / 3, None, 3, "other_base"),
    (fact("creation_share", "0.35", **SHARE), 1 / 3, None, 3, "differs"),
    (fact("emergence_share", "0.5", statistic="minimum", **LIMIT), 2 / 3, None, 3, "reproduced"),
    (fact("emergence_share", "0.7", statistic="minimum", **LIMIT), 2 / 3, None, 3, "differs"),
    (fact("emergence_share", "0.5", statistic="maximum", **LIMIT), 2 / 3, None, 3, "differs"),
    (fact("emergence_share", "0.7", statistic="maximum", **LIMIT), 2 / 3, None, 3, "reproduced"),
    # A total is shown to the thousand euros, a median as a class: both may leave the printed figure open.
    (fact("funding_total", "17000", grain=Fraction(1000), **EUROS), 17_000, None, 9, "reproduced"),
    (fact("funding_total", "17000", **EUROS), 17_000, None, 9, "as_far_as_shown"),
    (fact("funding_total", "17600", **EUROS), 17_000, None, 9, "differs"),
    (fact("funding_total", "17400", base_n=8, **EUROS), 17_000, None, 9, "other_base"),
    (fact("members_median", "14"), 9, 27, 9, "as_far_as_shown"),
    (fact("members_median", "14", base_n=8), 9, 27, 9, "other_base"),
    (fact("members_median", "28"), 9, 27, 9, "differs"),
])  # fmt: skip
def test_what_a_figure_that_is_shown_says_of_the_printed_one(
    printed: Fact, given: float, below: float | None, n: int, expected: str
) -> None:
    """By hand: within its rounding, as far as it is shown, on another base; a limit in words excludes itself."""
    assert verdict(printed, given, below, n) == expected


def test_a_printed_figure_is_read_in_the_tables(tmp_path: Path) -> None:
    """By hand, twelve poles: what the tables show is compared, and hidden with them; what was not asked has no row."""
    told = [
        ("émergence" if i < 5 else "création", *(("Oui", f"{10 + i} 000") if i < 6 else ("Non", ""))) for i in range(12)
    ]
    rows = [f"P{i};{stage};30;1;{link};{amount};;" for i, (stage, link, amount) in enumerate(told)]
    wave = cleaned(tmp_path, *rows, supports=SMALL["supports"][:2])
    names = {"respondents": "", "emergence_share": "", "link_share": "region", "funding_amount": "region"}
    names |= {"funding_projects": "epci", "cell_budget_median": "", "members_median": "", "established_share": ""}
    names |= {"poles_identified": "", "funding_total": ""}
    printed = {name: fact(name, "5", level) for name, level in names.items()}
    printed |= {"etat": fact("funding_projects", "5", "etat"), "2013": fact("respondents", "5", wave=2013)}
    found = shown([wave], {name: replace(one, id=name) for name, one in printed.items()}).printed.table
    given = found.set_index("id")["given"].to_dict()
    assert given == {
        "respondents": 12, "emergence_share": 5 / 12, "link_share": 0.5, "funding_amount": 75_000,
        "funding_projects": 0, "cell_budget_median": MARK, "funding_total": 75_000,
    }  # fmt: skip
    assert found.set_index("id")["verdict"]["cell_budget_median"] == "hidden"


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
