"""How the audit's sentences are written in English, and what they keep for other languages."""

from fractions import Fraction

import pytest
from ptce_analysis.analysis.audit.reasons import Phrase, Quantity, Reason, english, raw_values, shown


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        (Quantity(Fraction(246_000), "eur"), "€246k"),
        (Quantity(Fraction(29_500), "eur"), "€29.5k"),
        (Quantity(Fraction(235_000_000), "eur"), "€235,000k"),
        (Quantity(Fraction("15.50"), "eur"), "€15.5"),
        (Quantity(Fraction(1, 5), "share"), "20%"),
        (Quantity(Fraction(10, 52), "share"), "19.23%"),
        (Quantity(Fraction(1, 100_000), "share"), "0.001%"),
        (Quantity(Fraction(1, 3_000), "share"), "0.0333%"),
        (Quantity(Fraction(0)), "0"),
        (Quantity(Fraction("123456789012345.5")), "123,456,789,012,345.5"),
        (Quantity(22_000), "22,000"),
        (Quantity(None), "unbounded"),
        (Quantity(Fraction("1.75"), "fte"), "1.75 FTE"),
        (Quantity(Fraction(3), "years"), "3 years"),
        (Quantity(Fraction(7, 3), "factor"), "2.3"),
        (Quantity(((10, 52), (11, 52)), "fraction"), "10/52 = 19.23%, 11/52 = 21.15%"),
        (Quantity((1, 2, 3, 5, 6, 9), "bases"), "1–3, 5, 6, 9"),
        (Quantity((), "bases"), "none"),
        (Quantity(()), "none"),
        (Quantity(("commune", "etat"), "level", joint=" + "), "Communes + Central government"),
        (Quantity("scic_share", "indicator"), "coordinating teams run as SCIC"),
        (Quantity("loans_amount", "indicator"), "loans amount"),
        (Quantity("S3", "text"), "S3"),
    ],
)
def test_quantities_in_english(quantity: Quantity, text: str) -> None:
    """Money in thousands, shares in per cent, runs of bases, names of levels: as a reader expects them."""
    assert shown(quantity) == text


def test_phrases_hold_phrases() -> None:
    """A phrase inside a phrase is written, and kept for translation, in its place."""
    base = Phrase(Reason.BASE_PRINTED, {"n": Quantity(52)})
    nearest = Quantity(((13, 52),), "fraction")
    phrase = Phrase(
        Reason.PERCENT_HOLDS, {"nearest": nearest, "printed": Quantity(Fraction(1, 4), "share"), "base": base}
    )
    assert english(phrase) == "13/52 = 25%, which rounds to 25%. Base: 52 (published beside the figure)."
    assert raw_values(phrase) == {
        "nearest": {"value": [[13, 52]], "unit": "fraction"},
        "printed": {"value": 0.25, "unit": "share"},
        "base": {"key": "{n} (published beside the figure)", "values": {"n": {"value": 52, "unit": "number"}}},
    }


def test_texts_to_translate_are_told_apart() -> None:
    """No two sentences are the same text: a catalogue has one entry for each."""
    assert len({reason.value for reason in Reason}) == len(list(Reason)) == len(Reason.__members__)
