"""Sentences that know their numbers, the register of claims, and the harvest of hypotheses."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pages import REPOSITORY
from ptce_analysis.publish.exhibit import Download, claims_of, contradicted
from ptce_analysis.publish.language import MARK, Number, Words, joined
from ptce_analysis.publish.methods_page import assumptions

EN = Words("en")


def test_each_value_of_a_sentence_is_a_claim() -> None:
    """Value and unit as stored, text as shown; a number's own origin and source come before the sentence's."""
    own = Number(1239e3, "keur", "funding_amount_region_2015", "published")
    said = EN("{own}, {other} on {bases}", own=own, other=Number(1 / 3, "share1"), bases="8 and 15")
    first, second, third = claims_of("key", said, "derived", "RTES")
    assert (first["id"], first["value"], first["unit"], first["shown"]) == ("key.own", 1239e3, "eur", "€1,239k")
    assert (first["origin"], first["source"]) == ("published", "funding_amount_region_2015")
    assert (second["value"], second["origin"], second["source"]) == (0.333333333333, "derived", "RTES")
    assert (third["value"], third["unit"]) == ("8 and 15", "text")


def test_hypotheses_are_harvested_with_their_pages_and_parts(tmp_path: Path) -> None:
    """Over several lines, in any module, in the order of their pages; what names no page is left to readers of code."""
    lines = [
        "x = '# Assumption (09): in a text. Source: none. If wrong: nothing.'",
        "# Assumption (03, 07): A rule",
        "# over lines. Source: a text. If wrong: raise it.",
        "",
        "# Assumption: no page. Source: none. If wrong: nothing.",
        "",
        "# Limit: time.",
    ]
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text("# Assumption (04): S. Source: none. If wrong: t.\n", encoding="utf-8")
    (package / "code.py").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert assumptions(package).to_numpy().tolist() == [
        [("03", "07"), "package.code", "A rule over lines.", "a text.", "raise it."],
        [("04",), "package", "S.", "none.", "t."],
    ]


def test_each_hypothesis_bears_on_pages_of_the_study() -> None:
    """Each has a notebook, and every part is a sentence or a clause that ends."""
    pages = {path.name[:2] for path in (REPOSITORY / "notebooks").glob("*.ipynb")}
    for one in assumptions().itertuples():
        assert set(one.pages) <= pages, one
        assert one.text.lstrip("“")[0].isupper(), one
        assert all(part.endswith(".") for part in (one.text, one.source, one.if_wrong)), one


def test_numbers_keep_their_names_in_other_sentences_and_in_lists() -> None:
    """Under the outer name and their own, or the rank of the sentence; a text that holds digits is a value too."""
    outer = EN("There are {what} on {bases}.", what=EN("{n} poles", n=Number(42, "count")), bases="8 and 15")
    assert MARK.findall(outer.marked) == [("what.n", "42"), ("bases", "8 and 15")] and set(outer.numbers) == {"what.n"}
    both = joined([EN("{n} a.", n=Number(1, "count")), EN("{n} b.", n=Number(2, "count")), "plain"])
    assert both.text == "1 a. 2 b. plain"
    assert {name: number.value for name, number in both.numbers.items()} == {"1.n": 1, "2.n": 2}


@pytest.mark.parametrize("missing", [None, float("nan"), np.nan, pd.NA, pd.NaT])
def test_a_missing_number_is_none_whatever_a_table_has_for_it(missing: Any) -> None:
    """A sentence then says that it is not known; a value stays what it is, and a text is refused when it is written."""
    assert Number(missing, "count").value is None
    for value in (0, 0.0, np.int64(3), np.float64(2.5), Fraction(1, 3)):
        assert Number(value, "count").value == value
    with pytest.raises(ValueError, match="could not convert"):
        Words("en")("{n}", n=Number("…", "count"))


OLD = "Tier;Units;Total\nRégion;4;80\nEurope;s;s\nÉtat;5;90\n"
# By hand: the file that follows, and why it cannot: two figures changed, or each version shows what the other hides.
VERSIONS = {
    OLD: "",
    "Tier;Units;Total\nÉtat;5;90\nRégion;4;s\n": "",
    OLD.replace("Europe;s;s", "Europe;3;10") + "Commune;6;7\n": "",
    OLD.replace("4;80", "3;60").replace("90", "91"): "rows of its tables differ",
    OLD.replace("4;80", "4;s").replace("Europe;s;s", "Europe;3;s"): "some of its rows show less and others more,",
}


@pytest.mark.parametrize("later", VERSIONS)
def test_a_later_version_must_say_the_same_and_more_or_less(later: str) -> None:
    """As under stricter rules; a table of which one version has nothing counts as hidden there."""
    downloads = [Download("a.csv", "p", "1", "T", "survey", ("\ufeff" + later).encode())]
    found = contradicted(Words("fr"), downloads, {"a.csv": OLD.encode()})
    assert found == VERSIONS[later]
    assert contradicted(Words("fr"), downloads, {}) == ""
