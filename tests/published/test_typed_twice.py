"""The published figures, typed a second time from the sources: one unit more or less in `figures.csv` is noticed."""

import csv
from fractions import Fraction
from pathlib import Path

from printed_figures import PUBLISHED
from ptce_analysis.published import read_published

UNITS = {"": Fraction(1), "%": Fraction(1, 100), "k€": Fraction(1000), "M€": Fraction(10**6)}


def test_each_figure_is_the_one_its_source_prints() -> None:
    """Slides, table and the other sources, read a second time: the same figures, no more and no fewer.

    `typed_twice.csv` has the wave, the indicator (and its source, after `@`) and what is printed, with its unit.
    """
    expected = {}
    for row in csv.DictReader(Path(__file__).with_name("typed_twice.csv").read_text(encoding="utf-8").splitlines()):
        stem, _, source = row["figure"].partition("@")
        number, _, unit = row["printed"].partition(" ")
        expected["_".join(filter(None, (stem, row["wave"], source)))] = Fraction(number) * UNITS[unit]
    assert {fact.id: fact.value for fact in read_published(PUBLISHED).values()} == expected
