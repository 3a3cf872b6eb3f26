"""What a notebook shows: three outputs per exhibit, a sentence with its claims, or a refusal."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pandas as pd
import pytest
from matplotlib.figure import Figure
from test_exhibit import exhibit

from ptce_analysis.errors import InputError
from ptce_analysis.publish import drawings, show
from ptce_analysis.publish.disclosure.release import public
from ptce_analysis.publish.exhibit import Exhibit, NothingToShow
from ptce_analysis.publish.language import Number, Sentence, Words
from ptce_analysis.publish.show import open_page, project_folder
from ptce_analysis.publish.trust import is_ours

# What the rules released: a table of its own, and that of the exhibits below.
THREE = public(pd.DataFrame({"n": [3]}))
RELEASED = public(exhibit().data.assign(n=2))


@pytest.fixture
def outputs(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is displayed, as the outputs of a notebook."""
    found: list[Any] = []

    def display(data: dict[str, Any], *, raw: bool, metadata: dict[str, Any]) -> None:
        assert raw
        found.append(nbformat.v4.new_output("display_data", data=data, metadata=metadata))

    monkeypatch.setattr(show, "display", display)
    return found


def drawn(words: Words, **changes: Any) -> Exhibit:
    """An exhibit with a real drawing."""

    def draw(data: Any) -> Figure:
        colours, labels = ["region", "etat"], ["1", "2"]
        return drawings.stems(words, data, x="amount_eur", kind="keur", colours=colours, labels=labels)

    return replace(exhibit(), **{"draw": draw, **changes})


def said(words: Words, value: float) -> Sentence:
    """A sentence with a number."""
    return words("{n} poles.", n=Number(value, "count", "respondents_2015"))


def of_fiction(words: Words) -> Sentence:
    """A sentence on fictitious data."""
    return words("{n} poles.", n=Number(3, "count", origin="fictitious"))


def test_an_exhibit_is_shown_as_head_drawing_and_notes(outputs: list[Any]) -> None:
    """JupyterLab and the page get the same three outputs, each ours; the drawing has the name of its files."""
    open_page("03_funding", lang="en").show(drawn)
    assert [output.metadata.ptce.kind for output in outputs] == ["head", "drawing", "notes"]
    assert all(map(is_ours, outputs))
    assert outputs[1].metadata.filename == "03_funding-amounts"
    assert outputs[0].data["text/plain"] == "Figure\u00a01 (published figure). Régions give €1,239k"
    assert "How to read: Régions give €1,239k." in outputs[2].data["text/plain"]
    assert outputs[1].data["text/plain"].startswith("Two points")


def test_a_drawing_of_lines_brings_its_form_for_phones(outputs: list[Any]) -> None:
    """It travels with the output, is narrower, and leaves the drawing of the notebook alone."""
    open_page("p", lang="en").show(drawn)
    assert 'viewBox="0 0 259.2 ' in outputs[1].metadata.ptce.narrow
    assert 'viewBox="0 0 518.4 ' in outputs[1].data["image/svg+xml"]


def test_figures_and_tables_are_counted_apart(outputs: list[Any]) -> None:
    """Figure 1, Table 1, Figure 2."""
    page = open_page("p", lang="en")
    page.show(drawn)
    page.show(lambda words: drawn(words, key="second", draw=None))
    page.show(lambda words: drawn(words, key="third"))
    heads = [output.metadata.ptce.number for output in outputs if output.metadata.ptce.kind == "head"]
    assert heads == ["Figure\u00a01", "Table\u00a01", "Figure\u00a02"]


def test_an_exhibit_that_says_too_little_is_refused(outputs: list[Any]) -> None:
    """Nothing is shown, and the message names every fault."""
    poor = {"source": Sentence(""), "alt": None}
    with pytest.raises(
        InputError, match=r"exhibit 'amounts' cannot be shown: source is empty; alt text has 0 characters"
    ):
        open_page("p", lang="en").show(lambda words: drawn(words, **poor))
    assert outputs == []


def not_found(words: Words) -> Exhibit:
    """An exhibit whose figures were not found."""
    raise NothingToShow(words("No amount by level was found for {wave}.", wave=Number(2013, "year")))


def test_an_exhibit_without_figures_leaves_a_sentence_in_its_place(outputs: list[Any]) -> None:
    """The page stands: it says why, and counts no figure."""
    page = open_page("p", lang="en")
    page.show(not_found)
    page.show(drawn)
    assert [output.metadata.ptce.kind for output in outputs] == ["say", "head", "drawing", "notes"]
    assert outputs[0].data["text/plain"] == "No amount by level was found for 2013."
    assert outputs[0].metadata.ptce.claims[0]["computed_by"] == "test_show.not_found"
    assert outputs[1].metadata.ptce.number == "Figure\u00a01"


def test_outside_a_page_nothing_to_show_is_an_error() -> None:
    """Its message is the sentence of the page."""
    with pytest.raises(InputError, match=r"No amount by level was found for 2013\."):
        not_found(Words("en"))


def test_a_key_is_used_once_a_page(outputs: list[Any]) -> None:
    """References and downloads need it to be one exhibit's."""
    page = open_page("p", lang="en")
    page.show(drawn)
    with pytest.raises(InputError, match="another exhibit of the page has this key: amounts"):
        page.show(drawn)
    assert len(outputs) == 3


def test_fictitious_exhibits_are_marked_in_words_and_in_the_drawing(outputs: list[Any]) -> None:
    """The words stand in the head, its plain text, and across both forms of the drawing."""
    open_page("p", lang="fr").show(lambda words: drawn(words, origin="fictitious", protected=RELEASED))
    head, drawing, _ = outputs
    assert 'class="origin fictitious protected"' in head.data["text/html"] and head.metadata.ptce.protected
    assert "données fictives" in head.data["text/html"] and "données fictives" in head.data["text/plain"]
    for image in (drawing.data["image/svg+xml"], drawing.metadata.ptce.narrow):
        assert image.count(">données fictives<") == 2


def test_a_sentence_carries_its_claims(outputs: list[Any]) -> None:
    """Its numbers are marked in the HTML and registered: value, unit, origin, source, the function that made them."""
    open_page("p", lang="en").say(said, 52, headline=True)
    (output,) = outputs
    assert output.data["text/html"] == '<p class="answer"><data id="said.n" value="52">52</data> poles.</p>'
    (claim,) = output.metadata.ptce.claims
    assert claim == {
        "id": "said.n",
        "shown": "52",
        "value": 52.0,
        "unit": "count",
        "kind": "count",
        "origin": "derived",
        "source": "respondents_2015",
        "computed_by": "test_show.said",
        "sentence": "52 poles.",
    }


def test_a_sentence_said_twice_has_two_keys(outputs: list[Any]) -> None:
    """The second one is numbered, so that ids stay unique."""
    page = open_page("p", lang="en")
    page.say(said, 1)
    page.say(said, 2)
    assert [output.metadata.ptce.key for output in outputs] == ["said", "said-2"]


def test_a_sentence_on_fictitious_data_says_so(outputs: list[Any]) -> None:
    """The words are part of the output, in HTML and in plain text."""
    open_page("p", lang="fr").say(lambda words, _: of_fiction(words), THREE, origin="fictitious")
    assert "données fictives" in outputs[0].data["text/html"]
    assert outputs[0].data["text/plain"] == outputs[0].metadata.ptce.text == "[données fictives] 3 poles."


@pytest.mark.parametrize("origin", ["survey", "fictitious"])
def test_an_exhibit_of_answers_that_no_rule_released_is_refused(outputs: list[Any], origin: str) -> None:
    """Neither the raw table, nor a number beside a released one in its data or its texts."""
    refused = f"data of origin {origin} come from answers: give the table that disclosure.protect returns"
    with pytest.raises(InputError, match=refused):
        open_page("p", lang="en").show(lambda words: drawn(words, origin=origin))
    with pytest.raises(InputError, match=r"column 'amount_eur' holds a number, 1\.239e\+06, that was not released"):
        open_page("p", lang="en").show(lambda words: drawn(words, origin=origin, protected=THREE))
    note = Words("en")("{n} poles.", n=Number(4, "count"))
    with pytest.raises(InputError, match="a sentence holds a number, 4, that was not released"):
        open_page("p", lang="en").show(lambda words: drawn(words, origin=origin, protected=RELEASED, note=note))
    assert outputs == []


def test_a_sentence_on_answers_states_released_numbers_only(outputs: list[Any]) -> None:
    """Its tables must be protected, or hold what is, and its number must stand in them."""
    page = open_page("p", lang="en")
    with pytest.raises(InputError, match="sentence 'of_fiction' cannot be shown: data of origin fictitious come from"):
        page.say(of_fiction, origin="fictitious")
    with pytest.raises(InputError, match="a sentence holds a number, 4, that was not released"):
        page.say(lambda words, _: words("{n}", n=Number(4, "count")), THREE, origin="survey")
    assert outputs == []
    page.say(lambda words, _: words("{n}", n=Number(3, "count")), SimpleNamespace(protected=THREE), origin="survey")
    assert outputs[0].metadata.ptce.protected


def test_a_sentence_that_mixes_origins_is_refused(outputs: list[Any]) -> None:
    """A fictitious number in a sentence about printed figures raises."""
    with pytest.raises(InputError, match="sentence 'of_fiction' cannot be shown: fictitious data are mixed"):
        open_page("p", lang="en").say(of_fiction)
    assert outputs == []


def test_a_page_refuses_an_illegal_parameter() -> None:
    """As a run does, with the nearest legal value."""
    with pytest.raises(InputError, match=r"p: parameter 'lang': value 'dr': legal values: fr, en\."):
        open_page("p", lang="dr")


def test_the_project_is_found_upwards_or_by_its_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a folder below it, or by the variable; elsewhere the message says what is missing."""
    (tmp_path / "data" / "raw" / "published").mkdir(parents=True)
    (tmp_path / "notebooks").mkdir()
    monkeypatch.delenv(show.PROJECT_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path / "notebooks")
    assert project_folder() == tmp_path.resolve()
    monkeypatch.setenv(show.PROJECT_VARIABLE, str(tmp_path))
    monkeypatch.chdir("/")
    assert project_folder() == tmp_path.resolve()
    assert len(open_page("p", lang="en").stem) == 1
    monkeypatch.delenv(show.PROJECT_VARIABLE)
    with pytest.raises(InputError, match="open the notebook inside the project"):
        project_folder()


def test_the_facts_of_a_page_are_those_of_the_project() -> None:
    """Read once, from the published figures."""
    page = open_page("p", lang="en")
    assert "respondents_2015" in page.facts
    assert page.facts is page.facts
