"""The emergence page: no sentence says more than the readings, and each says something else when they change."""

import dataclasses
from fractions import Fraction
from pathlib import Path

import pytest

from ptce_analysis.analysis import emergence as study
from ptce_analysis.analysis.emergence import conclusion, first_pair, non_response
from ptce_analysis.analysis.proportions import rates
from ptce_analysis.analysis.proportions.power import detectable, power_curve, sample_size
from ptce_analysis.publish.exhibit import faults
from ptce_analysis.publish.language import Words
from ptce_analysis.publish.style import drawing
from ptce_analysis.publish.topics import emergence, emergence_exhibits, emergence_robustness
from ptce_analysis.published import read_published
from ptce_analysis.vocabulary import LANGUAGES

PUBLISHED = Path(__file__).parents[2] / "data" / "raw" / "published"
EN = Words("en")
CONFIDENCE = 0.95


@pytest.fixture(scope="module")
def facts():
    return read_published(PUBLISHED)


@pytest.fixture(scope="module")
def readings(facts):
    return study.readings(facts, CONFIDENCE)


def printed(facts, first, second, n_first=42, n_second=52):
    """The printed shares only, with other values and bases; a count that prints so exists for both."""
    values = {"emergence_share_2013": (first, n_first), "emergence_share_2015": (second, n_second)}
    kept = {id: facts[id] for id in values}
    return {
        id: dataclasses.replace(fact, value=Fraction(values[id][0]), base_n=values[id][1]) for id, fact in kept.items()
    }


def said(facts, first, second, n=42, m=52):
    """The answer for two printed shares."""
    return str(emergence.answer(EN, conclusion(study.readings(printed(facts, first, second, n, m), CONFIDENCE))))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_exhibit_can_be_shown_and_drawn(facts, readings, lang):
    """Nothing a reader needs is missing, in either language."""
    words, pair, found = Words(lang), first_pair(readings), conclusion(readings).detectable
    for exhibit in (
        emergence_exhibits.forest(words, readings),
        emergence_exhibits.comparison(words, readings),
        emergence_exhibits.methods(words, rates(*pair, CONFIDENCE)),
        emergence_robustness.non_response(words, non_response(facts, 2015, 2013, CONFIDENCE)),
        emergence_robustness.overlap(words, study.overlap(*pair, CONFIDENCE)),
        emergence_robustness.power(words, power_curve(found.share, found.sizes), found),
    ):
        assert faults(exhibit) == [], exhibit.key
        if exhibit.draw:
            with drawing():
                assert exhibit.draw(exhibit.data).axes


def test_the_deck_allows_no_conclusion(readings):
    """Lower among respondents, compatible with a rise and a large fall, and resting on what the word meant."""
    text = str(emergence.answer(EN, conclusion(readings)))
    assert "less frequent among the respondents" in text
    assert "nothing can be concluded" in text
    assert "what “emergence” meant" in text


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("0.90", "0.10", "fell, beyond chance"),
        ("0.10", "0.90", "rose, beyond chance"),
        ("0.31", "0.31", "compatible with a rise"),
        # Newcombe's interval excludes zero for 39/100 and 26/100, Agresti-Caffo's does not.
        ("0.39", "0.26", "depends on the reading and on the method"),
    ],
)
def test_other_shares_give_other_answers(facts, first, second, expected):
    """The sentence follows from the intervals: beyond chance, open, or divided between methods."""
    assert expected in said(facts, first, second, 100, 100)


def test_no_definition_clause_without_a_share_in_words(facts):
    """The clause on what the word meant appears only when another source tells another share."""
    assert "meant" not in said(facts, "0.31", "0.25", 42, 52)


def test_readings_say_when_no_count_prints_as_the_share(facts, readings):
    """20 % of 52 does not exist: 10/52 and 11/52 are the nearest; 25 % of 52 is 13/52 and is read as such."""
    text = str(emergence.readings_listed(EN, readings))
    assert "52 respondents" in text and "10/52 and 11/52" in text
    assert "On all 75 poles identified, of which fewer answered, it can also be read as 15/75" in text
    plain = study.readings(printed(facts, "0.31", "0.25"), CONFIDENCE)
    assert str(emergence.readings_listed(EN, plain)) == "The later share is read as 13/52."


def test_silent_poles_are_counted_for_the_whole_wave(facts):
    """Worked by hand: 75 - 52 = 23 silent; 10/75 = 13 % and (11 + 23)/75 = 45 %; 12.2 and 13.2 of 23."""
    text = str(emergence.non_response(EN, non_response(facts, 2015, 2013, CONFIDENCE)))
    assert text.startswith("23 of the 75 poles")
    assert "between 13% and 45%" in text
    assert "53% to 57% of the silent poles" in text


def test_a_population_that_is_not_published_is_refused_in_words(facts):
    """For 2013 there is no bound, and the sentence says why."""
    table = non_response(facts, 2013, 2015, CONFIDENCE)
    reason = "the number of units in the population was not found"
    assert reason in str(emergence.first_wave_population(EN, table))
    assert reason in str(emergence.non_response(EN, table))


def test_power_sentences_say_what_cannot_be_detected(readings):
    """Two groups of five detect no fall from 20 %; that is said, without a number that does not exist."""
    small = {"detectable": detectable(0.2, (5, 5)), "needed": sample_size((0.2, 0.0))}
    text = str(emergence.power_said(EN, dataclasses.replace(conclusion(readings), **small)))
    assert "no fall from 20% is detected" in text


def test_a_size_above_the_poles_identified_is_said_to_be_above_them(readings):
    """Telling 31 % from 20 % takes more respondents than there are poles; 31 % from nobody does not."""
    found = conclusion(readings)
    assert str(emergence.power_said(EN, found)).endswith("That is more than the 75 poles identified.")
    easy = dataclasses.replace(found, needed=sample_size((0.31, 0.0)))
    assert "poles identified" not in str(emergence.power_said(EN, easy))
