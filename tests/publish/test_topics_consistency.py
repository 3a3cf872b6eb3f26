"""The consistency page: its sentences say what the audit found, and change with the figures."""

import dataclasses
from fractions import Fraction
from pathlib import Path

import pytest

from ptce_analysis.analysis.audit import RULES, audit
from ptce_analysis.analysis.audit import tables as audit_tables
from ptce_analysis.analysis.audit.records import VERDICTS
from ptce_analysis.publish.exhibit import faults
from ptce_analysis.publish.language import NO_BREAK, Words
from ptce_analysis.publish.phrases import printed
from ptce_analysis.publish.style import drawing
from ptce_analysis.publish.topics import consistency, consistency_exhibits, consistency_rows, index
from ptce_analysis.published import read_published, read_sources
from ptce_analysis.vocabulary import LANGUAGES, LOCAL_LEVELS, ORIGINS, WAVES

PUBLISHED = Path(__file__).parents[2] / "data" / "raw" / "published"
EN = Words("en")


@pytest.fixture(scope="module")
def facts():
    return read_published(PUBLISHED)


@pytest.fixture(scope="module")
def verdicts(facts):
    return consistency.of_waves(audit(facts), WAVES)


def changed(facts, **values):
    """The same figures with some other values."""
    return {id: dataclasses.replace(f, value=Fraction(values[id])) if id in values else f for id, f in facts.items()}


def exhibits(words, facts, verdicts):
    """Every exhibit of the page and of the index."""
    return [
        consistency_exhibits.attainability(words, facts, audit_tables.attainability_map(facts, 2015), 52),
        consistency_rows.minimum_sums(words, audit_tables.minimum_sums(facts, 2015)),
        consistency_rows.subset_sums(words, audit_tables.subset_sums(facts, 2015)),
        consistency_rows.permutations(words, audit_tables.median_permutations(facts, 2015, LOCAL_LEVELS)),
        consistency_rows.concentration(words, audit_tables.forced_concentrations(facts, 2015)),
        consistency_exhibits.verdict_table(words, verdicts),
        index.origins(words),
        index.sources_table(words, facts, read_sources(PUBLISHED)),
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_exhibit_can_be_shown_and_drawn(facts, verdicts, lang):
    """Nothing a reader needs is missing, in either language."""
    for exhibit in exhibits(Words(lang), facts, verdicts):
        assert faults(exhibit) == [], exhibit.key
        if exhibit.draw:
            with drawing():
                assert exhibit.draw(exhibit.data).axes


def test_every_verdict_and_rule_has_a_label():
    """A rule or verdict that the analysis adds must be named for readers."""
    assert set(consistency.VERDICT_LABELS) == set(VERDICTS)
    assert set(consistency.RULE_LABELS) == {rule.__name__ for rule in RULES}
    assert set(index.MEANINGS) == set(ORIGINS)


def test_the_answer_counts_every_figure_once(verdicts):
    """The four numbers of the answer add up to the number of figures."""
    numbers = {name: number.value for name, number in consistency.answer(EN, verdicts).numbers.items()}
    total = numbers.pop("n")
    assert sum(numbers.values()) == total == len(verdicts)


def test_an_impossible_row_is_told_with_its_arithmetic(verdicts):
    """Worked by hand: (8 + 1) × 29.5 = 265.5 > 246.5."""
    said = str(consistency.found(EN, verdicts, "rows"))
    assert "(8 + 1) × €29.5k = €265.5k > €246.5k" in said
    assert said.count("\n") == 0


def test_a_rule_that_finds_nothing_says_so(facts):
    """With a median of 15 k€ the Communes row is possible, and the page no longer objects to it."""
    mended = audit(changed(facts, funding_median_commune_2015=15_000))
    assert str(consistency.found(EN, mended, "rows")) == "This rule finds nothing to object to."


def test_titles_change_with_the_figures(facts):
    """The number of impossible rows in the title is counted, not written."""
    mended = changed(facts, funding_median_commune_2015=15_000)
    before = consistency_rows.minimum_sums(EN, audit_tables.minimum_sums(facts, 2015))
    after = consistency_rows.minimum_sums(EN, audit_tables.minimum_sums(mended, 2015))
    assert str(before.title).startswith("1 of the 6 ")
    assert str(after.title).startswith("0 of the 6 ")
    assert faults(after) == []


def test_joint_bases_are_listed_or_said_to_be_none(facts):
    """One percentage alone has bases; all of the slides together have none among the respondents."""
    one = {"emergence_share_2015": facts["emergence_share_2015"]}
    assert "41" in str(consistency.joint_bases(EN, audit_tables.common_bases(one, 2015, 52), "DECK"))
    said = str(consistency.joint_bases(EN, audit_tables.common_bases(facts, 2015, 52), "DECK"))
    assert said.startswith("No base makes")


def test_unequal_ratios_are_told(verdicts):
    """Worked by hand: 235 M€ / 22,000 jobs = 10.68 k€; 3 M€ / 88 = 34.09 k€."""
    said = str(consistency.unequal_ratios(EN, verdicts))
    assert "€10.68k" in said
    assert "€34.09k" in said


def test_the_index_counts_what_was_published(facts, verdicts):
    """The index states how many figures were typed and how many of the two waves fail."""
    numbers = index.answer(EN, facts, verdicts).numbers
    assert numbers["n"].value == len(facts)
    assert numbers["faulty"].value == sum(v.verdict in ("impossible", "other_base_only") for v in verdicts)


@pytest.mark.parametrize(
    ("fact_id", "english", "french"),
    [
        ("emergence_share_2013_s3", "at least 50%", "au moins 50 %"),
        ("call_answers_2011_s21", "at least 130", "au moins 130"),
        ("call_grant_minimum_2015", "€26k", "26 k€"),
    ],
)
def test_a_limit_in_words_is_not_printed_as_a_figure(facts, fact_id: str, english: str, french: str) -> None:
    """« En majorité » and « plus de 130 » print no number of their own; the smallest grant of a call is one."""
    assert [printed(Words(lang), facts[fact_id]).replace(NO_BREAK, " ") for lang in ("en", "fr")] == [english, french]
