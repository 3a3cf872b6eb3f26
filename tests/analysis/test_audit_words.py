"""How the audit's sentences are written in English, and what they keep for other languages."""

from fractions import Fraction

import pytest

from printed_figures import count, euros
from ptce_analysis.analysis.audit_words import Phrase, Quantity, Reason, as_json, as_printed, english


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        (Quantity(Fraction(246_000), "eur"), "€246k"),
        (Quantity(Fraction(29_500), "eur"), "€29.5k"),
        (Quantity(Fraction(1, 5), "share"), "20%"),
        (Quantity(Fraction(10, 52), "share"), "19.23%"),
        (Quantity(Fraction(1, 3_000), "share"), "0.0333%"),
        (Quantity(Fraction(0)), "0"),
        (Quantity(Fraction("123456789012345.5")), "123,456,789,012,345.5"),
        (Quantity(22_000), "22,000"),
        (Quantity(None), "unbounded"),
        (Quantity(Fraction("1.75"), "fte"), "1.75 FTE"),
        (Quantity((("median", Fraction(30)), ("sum", Fraction(246))), "eur"), "median €30, total €246"),
        (Quantity(((10, 52), (11, 52)), "fraction"), "10/52 = 19.23%, 11/52 = 21.15%"),
        (Quantity((1, 2, 3, 5, 6, 9), "bases"), "1–3, 5, 6, 9"),
        (Quantity((), "bases"), "none"),
        (Quantity(("commune", "etat"), "level", joint=" + "), "Communes + Central government"),
        (Quantity("scic_share", "indicator"), "coordinating teams run as SCIC"),
        (Quantity("S3", "text"), "S3"),
    ],
)
def test_quantities_in_english(quantity: Quantity, text: str) -> None:
    """Money in thousands, shares in per cent, runs of bases, names of levels: as a reader expects them."""
    assert english(quantity) == text


def test_phrases_hold_phrases() -> None:
    """A phrase inside a phrase is written, and kept for translation, in its place."""
    base = Phrase(Reason.BASE_PRINTED, {"n": Quantity(52)})
    nearest = Quantity(((13, 52),), "fraction")
    phrase = Phrase(
        Reason.PERCENT_HOLDS, {"nearest": nearest, "printed": Quantity(Fraction(1, 4), "share"), "base": base}
    )
    assert english(phrase) == "13/52 = 25%, which rounds to 25%. Base: 52 (published beside the figure)."
    assert as_json(phrase)["values"] == {
        "nearest": {"value": [[13, 52]], "unit": "fraction"},
        "printed": {"value": 0.25, "unit": "share"},
        "base": {"key": "{n} (published beside the figure)", "values": {"n": {"value": 52, "unit": "number"}}},
    }


@pytest.mark.parametrize(
    ("note", "text"),
    [
        ("printed: 20 % des projets en émergence", "20 % des projets en émergence"),
        ("printed: 1500 entreprises; rounded to the hundred (assumption)", "1500 entreprises"),
        ("printed as 152 K Euros", "152 K Euros"),
        ("about 130 k€ each", "€152k"),
        ("printed:", "€152k"),
        ("", "€152k"),
    ],
)
def test_figures_are_shown_as_printed(note: str, text: str) -> None:
    """The note quotes the source; without a quotation the value is written out."""
    assert as_printed(euros("cell_budget_median", 152_000, note=note)) == text


def test_a_count_without_a_quotation() -> None:
    """A count is written as a number."""
    assert as_printed(count("respondents", 52)) == "52"
