"""The figure as its source prints it."""

import pytest
from ptce_analysis.analysis.audit.records import as_printed

from printed_figures import count, euros


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
