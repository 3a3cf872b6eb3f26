"""Sentences that know their numbers."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from ptce_analysis.publish.language import Number, Sentence, Words, joined
from ptce_analysis.publish.sentences import MARK, sentence_html

EN = Words("en")


def test_sentences_with_one_text_are_equal_and_hashable() -> None:
    """Two sentences that read the same are one key of a dictionary, whatever numbers they carry."""
    first, second = EN("It is {n}.", n=Number(1, "count")), Sentence("It is 1.")
    assert len({first: 0, second: 1}) == 1


def test_values_keep_their_names_through_nesting() -> None:
    """A number of an inner sentence is found under the outer name and its own."""
    inner = EN("{n} poles", n=Number(42, "count"))
    outer = EN("There are {what}.", what=inner)
    assert MARK.findall(outer.marked) == [("what.n", "42")]
    assert outer.numbers["what.n"].value == 42


def test_joined_sentences_keep_every_number_under_the_rank_of_its_sentence() -> None:
    """Two sentences with the same name for a number lose neither."""
    both = joined([EN("{n} a.", n=Number(1, "count")), EN("{n} b.", n=Number(2, "count")), "plain"])
    assert both.text == "1 a. 2 b. plain"
    assert {name: number.value for name, number in both.numbers.items()} == {"1.n": 1, "2.n": 2}


def test_a_list_of_numbers_given_as_text_is_a_value_too() -> None:
    """A text that holds digits is marked; one without is not."""
    said = EN("{name}: {bases}", name="Bases", bases="8, 15 and 23")
    assert MARK.findall(said.marked) == [("bases", "8, 15 and 23")]
    assert said.numbers == {}


def test_html_wraps_each_value_and_escapes_the_rest() -> None:
    """The element's id is the sentence's key and the value's name, its value what machines read."""
    said = EN("{a} < {b}", a=Number(Fraction(1, 3), "share1"), b=Number(1239000, "keur"))
    assert sentence_html(said, "page") == (
        '<data id="page.a" value="0.3333333333">33.3%</data> &lt; <data id="page.b" value="1239000">€1,239k</data>'
    )


def test_a_value_said_twice_has_one_id() -> None:
    """Ids of a page are unique: the second time the element has none."""
    said = EN("{n} and {n}", n=Number(3, "count"))
    assert sentence_html(said, "k") == '<data id="k.n" value="3">3</data> and <data value="3">3</data>'


def test_an_unknown_number_is_read_as_its_text() -> None:
    """Not estimable is a value with words, for machines as well."""
    said = EN("{n}", n=Number(None, "keur"))
    assert sentence_html(said, "k") == '<data id="k.n" value="not known">not known</data>'


@pytest.mark.parametrize("missing", [None, float("nan"), np.nan, pd.NA, pd.NaT])
def test_a_missing_number_is_none_whatever_a_table_has_for_it(missing) -> None:
    """A sentence then says that it is not known; a value stays what it is, and a text is refused when it is written."""
    assert Number(missing, "count").value is None
    for value in (0, 0.0, np.int64(3), np.float64(2.5), Fraction(1, 3)):
        assert Number(value, "count").value == value
    with pytest.raises(ValueError, match="could not convert"):
        Words("en")("{n}", n=Number("…", "count"))
