"""One level's sheet: every level, scenario and language from the same rules, and nothing the tables do not say."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest

from printed_figures import PUBLISHED
from ptce_analysis.analysis import level_place
from ptce_analysis.analysis.funding import funding_by_level
from ptce_analysis.analysis.identification import limits_by_level
from ptce_analysis.analysis.level_gaps import RULES, Known, gaps
from ptce_analysis.analysis.profile import paired_links
from ptce_analysis.errors import InputError
from ptce_analysis.publish.exhibit import Exhibit, faults
from ptce_analysis.publish.language import Sentence, Words
from ptce_analysis.publish.layout import fit, narrow
from ptce_analysis.publish.show import open_page
from ptce_analysis.publish.style import LIGHT, drawing
from ptce_analysis.publish.topics import level as sheet
from ptce_analysis.publish.topics import level_exhibits, level_tables
from ptce_analysis.published import Fact, read_published, read_sources
from ptce_analysis.published_roles import Role, read_roles
from ptce_analysis.vocabulary import FUNDING_LEVELS, LANGUAGES, LEVELS, SCENARIOS

EN = Words("en")
FACTS = read_published(PUBLISHED)
ROLES = read_roles(PUBLISHED)
SOURCES = read_sources(PUBLISHED)


def changed(**values: float) -> dict[str, Fact]:
    """The same figures with some other values."""
    return {i: dataclasses.replace(f, value=Fraction(values[i])) if i in values else f for i, f in FACTS.items()}


def exhibits(
    words: Words, level: str, facts: Mapping[str, Fact] = FACTS, scenario: str = "as_printed"
) -> dict[str, Exhibit]:
    """Every exhibit of a sheet by its key."""
    table, found = funding_by_level(facts, 2015, scenario), level_place.places(facts, 2015, level, scenario)
    shown = [
        level_exhibits.amounts(words, level, table, found),
        level_exhibits.places_table(words, level, found),
        level_exhibits.presence_table(words, level, level_place.presence(facts, 2015)),
        level_exhibits.largest(words, level, table, limits_by_level(facts, 2015, scenario)),
        level_tables.roles_table(words, level, ROLES, SOURCES),
        level_tables.gaps_table(words, level, gaps(Known(facts, level, 2015, 2013, scenario, ROLES))),
    ]
    return {exhibit.key: exhibit for exhibit in shown}


def answer(level: str, facts: Mapping[str, Fact] = FACTS, scenario: str = "as_printed") -> str:
    """The headline of a sheet."""
    table = funding_by_level(facts, 2015, scenario)
    return str(sheet.answer(EN, level, table, level_place.places(facts, 2015, level, scenario)))


@pytest.mark.parametrize("level", FUNDING_LEVELS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_exhibit_of_every_sheet_can_be_shown(lang: str, level: str) -> None:
    """Nothing a reader needs is missing, every reading's number is in its data, under every scenario."""
    for scenario in SCENARIOS:
        shown = exhibits(Words(lang), level, scenario=scenario)
        assert [(key, faults(exhibit)) for key, exhibit in shown.items() if faults(exhibit)] == []
        name = Words(lang).label(LEVELS[level])
        assert all(name in str(exhibit.title) for exhibit in shown.values())
        origin = "derived" if scenario == "as_printed" else "assumption"
        assert shown["places"].origin == shown["largest"].origin == origin


@pytest.mark.parametrize("level", FUNDING_LEVELS)
def test_a_sheet_s_level_alone_is_in_its_colour_and_is_named_so(level: str) -> None:
    """The others are grey; words say which one it is, so that colour is never alone; a phone has its own form."""
    shown = exhibits(EN, level)
    for key in ("amounts", "largest"):
        exhibit = shown[key]
        assert exhibit.draw
        with drawing():
            figure = exhibit.draw(exhibit.data)
            used = {line.get_color() for line in figure.axes[0].lines if len(line.get_xdata())}
            assert {LIGHT[level], LIGHT["muted"]} == used
            fit(figure)
            assert narrow(figure), key
        marked = [name for name in exhibit.data["name"] if name.endswith(" (this sheet)")]
        assert marked == [f"{LEVELS[level][0].split(' (')[0]} (this sheet)"]


def test_the_headline_is_the_place_with_what_is_not_known() -> None:
    """Worked by hand: 246 of 4,398 k€; rank 6 by total, 4 by projects, 6 by mean; the row contradicts itself."""
    assert answer("commune") == (
        "Communes: €246k for 16 projects in 2015, 5.6% of the money of the six levels. Rank among the 6 levels, from"
        " the most to the least – total amount: 6; number of projects: 4; mean amount: 6; median amount: not known."
        " The row printed for this level cannot be true: no amounts have its number, its total and its median. Its"
        " median is not used."
    )
    assert answer("region").endswith(
        "total amount: 1; number of projects: 1; mean amount: 2 to 3; median amount: 5 to 6."
    )
    assert answer("commune", scenario="communes_15").endswith("median amount: 3.")


def test_the_headline_changes_with_the_figures() -> None:
    """A possible median takes the warning away; another amount moves the rank; nothing published says so."""
    assert "cannot be true" not in answer("commune", changed(funding_median_commune_2015=15_000))
    assert "total amount: 1;" in answer("europe", changed(funding_amount_europe_2015=5_000_000))
    none = {i: fact for i, fact in FACTS.items() if not i.startswith("funding_amount_etat")}
    assert answer("etat", none) == "State: no amount was found for this wave."
    with pytest.raises(InputError, match="State: no amount was found for this wave"):
        exhibits(EN, "etat", none)


def test_a_joint_figure_is_never_said_of_one_level_alone() -> None:
    """Région and interco share one figure; a figure of its own is said as such; a missing one is not made up."""
    table = level_place.presence(FACTS, 2015)
    assert "a single figure shared with EPCI" in str(sheet.presence(EN, "region", table))
    assert "was not found" in str(sheet.presence(EN, "etat", table))
    alone = {
        i: dataclasses.replace(f, note="printed: 60 %") if i == "link_share_epci_2015" else f for i, f in FACTS.items()
    }
    said = str(sheet.presence(EN, "epci", level_place.presence(alone, 2015)))
    assert "75% of the poles are linked with this level" in said and "To be present is not to fund" in said
    baseless = {i: fact for i, fact in FACTS.items() if i not in ("funding_total_2015", "respondents_2015")}
    assert "It supports" not in str(sheet.presence(EN, "epci", level_place.presence(baseless, 2015)))


def test_limits_are_said_only_where_the_row_can_be_true() -> None:
    """Europe: 164.5 to 566.5 k€ (from the printed 7, 776 and 70, rounded, none zero); Communes: none."""
    tables = {level: level_place.places(FACTS, 2015, level) for level in ("europe", "commune")}
    money = funding_by_level(FACTS, 2015)
    assert "at least €164.5k and at most €566.5k" in str(sheet.spread(EN, "europe", money, tables["europe"]))
    assert "no limits can be given" in str(sheet.spread(EN, "commune", money, tables["commune"]))
    assert str(sheet.row_said(EN, "europe", money)).startswith("Europe: the printed row can be true")
    assert "add up to at least €265.5k" in str(sheet.row_said(EN, "commune", money))
    assert (
        "impossible row"
        in exhibits(EN, "commune")["largest"].draw(exhibits(EN, "commune")["largest"].data).axes[0].texts[0].get_text()
    )


def test_places_are_told_by_how_far_they_are_known() -> None:
    """Known, enclosed and unknown quantities are named; an exact table has only the first kind."""
    said = str(sheet.sure_places(EN, level_place.places(FACTS, 2015, "region")))
    assert said.startswith("Known whatever the rounding: the place by number of projects and total amount.")
    assert "Only enclosed" in said and "Not known" not in said
    none = str(sheet.sure_places(EN, level_place.places(FACTS, 2013, "region")))
    assert none.startswith("Not known, because nothing usable was found")
    compared = str(sheet.limits_of_comparison(EN, level_place.places(FACTS, 2015, "commune")))
    assert compared == "Of the 35 comparisons of this level with another one, 10 are decided by what is printed."


def test_what_the_scenarios_change_is_said() -> None:
    """Three ranks for Communes, one each."""
    said = str(sheet.by_scenario(EN, level_place.places_by_scenario(FACTS, 2015, "commune")))
    assert said.endswith(": 6.") and "not used): not known" in said and "gave an amount: 3" in said


ROLE_SENTENCES = {
    "region": "Régions – statements about this level alone: 2. Statements for all local authorities alike: 28,",
    "departement": "Départements: no statement of the slides is about this level alone. Statements for all local",
    "europe": "Europe – statements about this level alone: 2. The 8 levers address local authorities, not this level.",
    "etat": "State: the slides name no role for this level. Their 8 levers address local authorities.",
}


@pytest.mark.parametrize("level", ROLE_SENTENCES)
def test_roles_are_those_of_the_slides_and_absence_is_said(level: str) -> None:
    """From the rows of the file: singled out, all local authorities alike, or nothing."""
    assert str(sheet.roles_said(EN, level, ROLES)).startswith(ROLE_SENTENCES[level])
    data = exhibits(EN, level)["roles"].data
    assert len(data) == max(sum(level in role.levels for role in ROLES), 1)


def test_a_new_statement_changes_the_sheet_without_code() -> None:
    """One more row for the State, from another source, and the sheet names it and its source."""
    new = Role("new", ("etat",), False, True, "role", ("A text", "Un texte"), "S1", "p. 3", "")
    shown = level_tables.roles_table(Words("fr"), "etat", [*ROLES, new], SOURCES)
    assert list(shown.data["text"]) == ["Un texte"] and faults(shown) == []
    assert "Cornu" in str(shown.source)
    assert str(sheet.roles_said(EN, "etat", [*ROLES, new])).startswith("State – statements about this level alone: 1.")


def test_links_of_both_surveys_are_for_the_level_that_has_them() -> None:
    """2013 printed Régions only."""
    found = paired_links(FACTS)
    assert "95% of the poles in the first survey" in str(sheet.earlier_links(EN, "region", found))
    assert str(sheet.earlier_links(EN, "epci", found)).startswith("No share of poles linked with this level")


def test_every_gap_has_its_words_and_a_question() -> None:
    """Whatever a rule can find is told with what would close it, in both languages."""
    missing = {i: fact for i, fact in FACTS.items() if i != "funding_amount_europe_2015"}
    kinds: dict[str, Any] = {}
    for facts in (FACTS, missing):
        for level in FUNDING_LEVELS:
            kinds |= {gap.kind: gap for gap in gaps(Known(facts, level, 2015, 2013, "as_printed", ROLES))}
    assert set(kinds) == set(level_tables.QUESTIONS) and len(RULES) <= len(kinds)
    for words in (EN, Words("fr")):
        assert all(isinstance(level_tables.unknown(words, gap), Sentence) for gap in kinds.values())
        assert all(words.label(level_tables.QUESTIONS[kind]) for kind in kinds)


def test_an_illegal_level_is_refused_with_the_nearest() -> None:
    """By hand as in a run: before anything is computed."""
    with pytest.raises(InputError, match=r"parameter 'level': value 'regon': legal values: .*Did you mean 'region'\?"):
        open_page("07_level-regon", lang="en", level="regon", scenario="as_printed")
