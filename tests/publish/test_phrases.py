"""The audit in the reader's language: figures named, values as published, verdicts in a word, arithmetic."""

import pytest

from printed_figures import PUBLISHED, report, share
from ptce_analysis.analysis.audit import audit
from ptce_analysis.publish.language import NO_BREAK, Words
from ptce_analysis.publish.phrases import printed, told
from ptce_analysis.published import read_published

FACTS = read_published(PUBLISHED)
SOURCES = {"DECK": {"author": "RTES", "year": "2016"}}


def test_each_figure_is_told_once_with_the_arithmetic_of_its_verdict() -> None:
    """Worked by hand: (8 + 1) × 29.5 = 265.5 > 246.5; a source that is not listed keeps its id."""
    table = told(Words("en"), audit(FACTS), SOURCES).set_index("id")
    assert list(table.index) == list(FACTS)
    row = table.loc["funding_amount_commune_2015"]
    assert (row["label"], row["printed"], row["word"], row["source"]) == (
        "Amount from communes",
        "€246k",
        "disagrees with others",
        "RTES, 2016",
    )
    assert row["reason"].startswith("(8 + 1) × €29.5k = €265.5k > €246.5k")
    assert table.at["link_share_region_2013", "source"] == "S2"


def test_a_level_has_its_article_and_an_unknown_one_its_name() -> None:
    """French says « les », « des » or « de l' »; a level without an article is named after a comma."""
    table = told(Words("fr"), audit(FACTS)).set_index("id")["label"]
    assert table["funding_median_etat_2015"] == "Montant médian de l’État"
    assert table["link_share_pnr_petr_2015"] == "Projets en lien avec les PNR et PETR"
    other = told(Words("fr"), audit(report(share("link_share", "0.5", level="autre"))))
    assert other["label"].tolist() == ["Projets en lien avec l’échelon, Autre"]


def test_what_a_source_says_in_words_is_quoted() -> None:
    """« En majorité » is no number: in neither language is one put in its place."""
    for lang in ("en", "fr"):
        table = told(Words(lang), audit(FACTS)).set_index("id")["printed"]
        assert table["emergence_share_2013_s3"] == "« en majorité au stade d’émergence »"


@pytest.mark.parametrize(
    ("fact_id", "english", "french"),
    [
        ("emergence_share_2013_s3", "at least 50%", "au moins 50 %"),
        ("call_answers_2011_s21", "at least 130", "au moins 130"),
        ("call_grant_minimum_2015", "€26k", "26 k€"),
        ("budget_total_2015", "€235m", "235 M€"),
        ("funding_total_2015", "€3.25m", "3,25 M€"),
    ],
)
def test_a_value_is_written_as_precisely_as_its_source_does(fact_id: str, english: str, french: str) -> None:
    """« Plus de 130 » states a limit, the smallest grant of a call is a figure; no decimals are added."""
    said = [printed(Words(lang), FACTS[fact_id]).replace(NO_BREAK, " ") for lang in ("en", "fr")]
    assert said == [english, french]
