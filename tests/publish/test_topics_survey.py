"""The survey page: every figure and sentence on fictitious data says so, and nothing unprotected is shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from IPython.utils.capture import capture_output

from conftest import REPOSITORY
from ptce_analysis.errors import InputError
from ptce_analysis.fictitious.verify import fictitious_waves
from ptce_analysis.publish.exhibit import Exhibit, faults
from ptce_analysis.publish.language import Words
from ptce_analysis.publish.show import open_page
from ptce_analysis.publish.style import drawing
from ptce_analysis.publish.survey_tables import Shown, emergence, shown
from ptce_analysis.publish.topics import survey, survey_emergence, survey_files, survey_levels
from ptce_analysis.published import Facts, read_published
from ptce_analysis.vocabulary import LANGUAGES
from survey_exports import cleaned

EXHIBITS = (
    survey_files.lines,
    survey_files.repairs,
    survey_files.printed_again,
    survey_files.cannot_hold,
    survey_emergence.stages,
    survey_emergence.emergence_shares,
    survey_emergence.emergence_by_level,
    survey_levels.links,
    survey_levels.funding,
    survey_levels.totals,
)
EN = Words("en")


@pytest.fixture(scope="module")
def facts() -> Facts:
    """The figures of the collection."""
    return read_published(REPOSITORY / "data" / "raw" / "published")


@pytest.fixture(scope="module")
def tables(facts: Facts) -> Shown:
    """What may be shown of the fictitious waves."""
    return shown(fictitious_waves(), facts)


def exhibit(function: object, tables: Shown, facts: Facts, words: Words = EN) -> Exhibit:
    """One exhibit of the page."""
    return function(words, replace(tables, facts=facts))  # type: ignore[operator]


@pytest.mark.parametrize("function", EXHIBITS, ids=lambda one: one.__name__)
def test_every_exhibit_is_complete_and_fictitious(function: object, tables: Shown, facts: Facts) -> None:
    """Nothing missing, origin told, no identifier of a pole, drawn without a fault in both languages."""
    for lang in LANGUAGES:
        found = exhibit(function, tables, facts, Words(lang))
        assert faults(found) == [] and found.origin == "fictitious"
        assert "FICTIF" not in found.data.to_csv()
        if found.draw:
            with drawing():
                found.draw(found.data)


def test_sentences_on_fictitious_data_say_so(tables: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mark stands in the same output as the interval and the p-value."""
    monkeypatch.setenv("PTCE_PROJECT", str(REPOSITORY))
    page = open_page("06_survey", lang="en", waves="fictitious")
    with capture_output() as captured:
        page.say(survey.change, tables, origin=tables.origin)
        page.say(survey.answer, tables, origin=tables.origin)
    for output in captured.outputs:
        assert "[fictitious data]" in output.data["text/plain"] and "fictitious data</span>" in output.data["text/html"]


def test_the_answer_counts_lines_poles_and_figures(tables: Shown) -> None:
    """105 lines, 94 poles; 55 of 58 figures hold, of which six as far as rounding shows and one is not shown at all."""
    text = str(survey.answer(EN, tables))
    assert text.startswith("Fictitious data, 2013 and 2015: 105 lines of the files became 94 poles")
    assert "Of 58 printed figures that answers can give, 48 come out again as printed, and 6 more" in text
    assert "not compared, so that no respondent can be recognised: 1." in text
    assert "nothing on this page says anything about a real pole" in text


def test_the_change_is_that_of_two_known_proportions(tables: Shown) -> None:
    """10/52 less 13/42: Newcombe by hand from both Wilson intervals (10.8 to 31.9, 19.1 to 46.0), R's fisher.test."""
    assert emergence(tables) == {2013: (13, 42), 2015: (10, 52)}
    text = str(survey.change(EN, tables))
    assert "is −11.7 points (95% interval of Newcombe: −29.0 points to +5.6 points;" in text
    assert "Fisher’s exact test: p = 0.23)" in text
    assert "Zero lies inside the interval" in text


def test_the_funding_table_keeps_unknown_and_not_asked_apart(tables: Shown) -> None:
    """2013 was not asked; 2015 has the printed totals, 16 projects of communes and 15 amounts."""
    rows = survey_levels.funding(EN, tables).data
    assert set(rows.loc[rows["wave"] == "2013", "total"]) == {"not asked"}
    communes = rows[(rows["wave"] == "2015") & (rows["name"] == "Communes")].iloc[0]
    assert (communes["projects"], communes["known"], communes["total"]) == (16, 15, 246_000)


def test_a_share_with_fewer_than_three_outside_is_not_shown(tables: Shown) -> None:
    """40 of 42 linked with their Région in 2013: the two others could be recognised."""
    rows = survey_levels.links(EN, tables).data.set_index("name")
    assert tuple(rows.loc["2013 · Régions", ["n", "share"]]) == ("s", "s")
    assert rows.loc["2015 · Régions", "share"] == pytest.approx(0.75)


def test_flow_and_waves_side_by_side(tables: Shown) -> None:
    """Counts of each wave; only the link with the Régions was asked twice, and no amount."""
    assert "2013: of 47 lines, 42 are poles" in str(survey.flow(EN, tables))
    text = str(survey.between_waves(EN, tables))
    assert "Links were asked about in several waves for: Régions." in text and "nothing is imputed" in text


def test_the_lines_set_aside_in_several_waves_are_added_up(tmp_path: Path, facts: Facts) -> None:
    """By hand: nine totals and ten are nineteen lines, a number that no wave has of its own."""
    rows = [f"P{i};création;10;1;Oui;5;;" for i in range(20)]
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    first = cleaned(tmp_path / "a", *rows, *["Total;;;;;;;"] * 9, wave="2013")
    both = shown([first, cleaned(tmp_path / "b", *rows, *["Total;;;;;;;"] * 10, wave="2015")])
    found = exhibit(survey_files.lines, both, facts)
    assert faults(found) == [] and str(found.title).startswith("19 lines of the files")


def test_figures_that_differ_stand_first(tables: Shown) -> None:
    """The three that do not hold, with what the answers give, under the rules of disclosure."""
    rows = survey_files.printed_again(EN, tables).data
    assert rows["verdict"].tolist()[:5] == ["differs"] * 3 + ["as_far_as_shown"] * 2
    assert rows["given"].tolist()[:3] == ["31.0%", "19.2%", "€4.40m"]


@pytest.fixture
def small(tmp_path: Path) -> Shown:
    """A real wave of 2017 with two poles: hardly anything may be shown of it, and nothing is printed about it."""
    wave = cleaned(tmp_path, "P1;création;10;1;Oui;5;;", "P2;émergence;10;1;Oui;7;;", wave="2017", origin="survey")
    return shown([wave])


@pytest.mark.parametrize("function", EXHIBITS, ids=lambda one: one.__name__)
def test_a_wave_of_which_nothing_may_be_shown(function: object, small: Shown, facts: Facts) -> None:
    """The page still stands: tables with marks instead of figures, the origin of a survey."""
    found = exhibit(function, small, facts)
    assert faults(found) == [] and found.origin == ("derived" if found.key == "cannot_hold" else "survey")
    if found.key in ("emergence", "links", "totals"):
        assert found.draw is None
    if found.draw:
        with drawing():
            found.draw(found.data)


def test_sentences_on_a_single_small_wave(small: Shown, facts: Facts) -> None:
    """Nothing to compare, nothing printed, and no word of fiction."""
    assert "nothing can be compared" in str(survey.change(EN, small))
    assert "one wave only" in str(survey.between_waves(EN, small))
    text = str(survey.answer(EN, replace(small, facts=facts)))
    assert text == "Survey answers, 2017: 2 lines of the files became 2 poles, each line set aside with its reason."


def test_waves_with_the_same_questions_can_be_compared(tmp_path: Path) -> None:
    """Two waves that asked alike: levels named for links and amounts; a difference beyond the interval says so."""
    early = [f"P{i};émergence;10;1;Oui;5;;" for i in range(30)] + [f"Q{i};création;10;1;Oui;5;;" for i in range(4)]
    late = [f"P{i};création;10;1;Oui;5;;" for i in range(30)] + [f"Q{i};émergence;10;1;Oui;5;;" for i in range(4)]
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    pair = shown([cleaned(tmp_path / "a", *early, wave="2013"), cleaned(tmp_path / "b", *late, wave="2015")])
    assert "Amounts were asked for in several waves for:" in str(survey.between_waves(EN, pair))
    assert "Zero lies outside the interval." in str(survey.change(EN, pair))


def test_waves_without_common_questions(tmp_path: Path) -> None:
    """No level asked twice."""
    (tmp_path / "a").mkdir()
    first = cleaned(tmp_path, "P1;création;10;1;Oui;5;;", wave="2013")
    second = cleaned(tmp_path / "a", "P1;création;10;1;Oui;5;;", wave="2015", supports=[])
    text = str(survey.between_waves(EN, shown([first, second])))
    assert "links cannot be compared" in text and "nothing is imputed" in text


def test_two_origins_are_never_shown_together(tmp_path: Path) -> None:
    """Fictitious and real answers on one page are refused."""
    (tmp_path / "a").mkdir()
    real = cleaned(tmp_path / "a", "P1;création;10;1;Oui;5;;", wave="2017", origin="survey")
    both = shown([cleaned(tmp_path, "P1;création;10;1;Oui;5;;"), real])
    with pytest.raises(InputError, match="waves of origins fictitious, survey cannot be shown together"):
        _ = both.origin


def test_nothing_asked_about_levels_still_makes_a_page(tmp_path: Path, facts: Facts) -> None:
    """No link, no amount: tables say that it was not asked."""
    bare = shown([cleaned(tmp_path, *(f"P{i};création;10;1;;;;" for i in range(5)), supports=[])])
    assert survey_levels.links(EN, bare).data["name"].tolist() == ["2015 · not asked"]
    assert faults(survey_levels.totals(EN, bare)) == []
    assert set(survey_levels.funding(EN, bare).data["known"]) == {"not asked"}
    assert isinstance(survey_files.printed_again(EN, replace(bare, facts=facts)).data, pd.DataFrame)


def test_real_answers_are_not_needed_to_say_what_cannot_hold(tmp_path: Path, facts: Facts) -> None:
    """On a page of real answers the arithmetic stands alone: nothing fictitious beside it."""
    wave = cleaned(tmp_path, "P1;création;10;1;Oui;5;;", origin="survey")
    found = survey_files.cannot_hold(EN, shown([wave], facts))
    assert (found.origin, [column.name for column in found.columns]) == ("derived", ["figures", "reason"])
    assert any("(8 + 1) × €29.5k" in reason for reason in found.data["reason"])
