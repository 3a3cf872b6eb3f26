"""The three verbs of a notebook: a sentence, a figure, a table, with their words and numbers in the cell."""

from pathlib import Path
from typing import Any
from unittest.mock import patch

import matplotlib.pyplot as plt
import nbformat
import pandas as pd
import pytest
import seaborn as sns
from IPython.core.interactiveshell import InteractiveShell

from ptce_analysis.errors import InputError
from ptce_analysis.protect.release import public
from ptce_analysis.publish import language, plots, show
from ptce_analysis.publish.exhibit import role
from ptce_analysis.publish.language import Number
from ptce_analysis.publish.show import Page, open_page

LEVELS = pd.DataFrame({"level": ["region", "etat"], "amount_eur": [1_239_000.0, 1_008_000.0], "n": [29, 1]})
TEXTS = {
    "title": "{amount_eur:keur} at most",
    "reading": "The first gave {amount_eur:keur}.",
    "alt": "Two bars; the longer one, of regions, stands at {amount_eur:keur}.",
    "source": "RTES.",
    "population": "Two levels.",
}
TABLE_TEXTS = {name: text for name, text in TEXTS.items() if name != "alt"}
COLUMNS = {"level": "Level", "amount_eur:keur": "Amount"}


@pytest.fixture
def outputs(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is displayed, as the outputs of a notebook."""
    found: list[Any] = []

    def display(data: dict[str, Any], *, raw: bool, metadata: dict[str, Any]) -> None:
        assert raw
        found.append(nbformat.v4.new_output("display_data", data=data, metadata=metadata))

    monkeypatch.setattr(show, "display", display)
    return found


@pytest.fixture
def page(outputs: list[Any]) -> Page:  # noqa: ARG001 (nothing is shown elsewhere)
    """A page in English."""
    return open_page("p", lang="en")


def bars() -> Any:
    """What a cell draws."""
    return plots.bars(LEVELS, "amount_eur", "level", "keur", xlabel="k€")


def test_a_sentence_takes_its_numbers_from_keywords_then_tables_then_published_figures(
    page: Page, outputs: list[Any]
) -> None:
    """The nearest wins; a row other than the first is named before the point; the register knows where from."""
    said = page.say(
        "{n:count}, {amount_eur:keur}, {etat.amount_eur:keur}, {respondents_2013:count}.",
        LEVELS.set_index("level"),
        n=7,
    )
    assert str(said) == "7, €1,239k, €1,008k, 42."
    claims = {claim["id"]: claim for claim in outputs[0].metadata.ptce.claims}
    printed, computed = claims["say-1.respondents_2013"], claims["say-1.amount_eur"]
    assert (printed["origin"], printed["source"], computed["origin"]) == ("published", "DECK", "derived")
    assert (computed["value"], computed["unit"]) == (1_239_000, "eur")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{amout_eur:keur}", r"\{amout_eur\}: no value, column .* Did you mean 'amount_eur'\?"),
        ("{amount_eur:kuer}", r"kind 'kuer': legal values: count, .*_down or _up"),
        ("{nothing:count}", r"\{nothing:count\} has no value, in the text"),
    ],
)
def test_a_value_that_is_not_there_is_named(page: Page, text: str, fault: str) -> None:
    """A misspelt name or kind, an unknown number: the author reads which, and what is legal."""
    with pytest.raises(InputError, match=fault):
        page.say(text, LEVELS, nothing=float("nan"))


def test_a_sentence_that_no_longer_holds_stops_the_notebook(page: Page, outputs: list[Any]) -> None:
    """The error has the sentence with its numbers and the condition as it stands in the cell."""
    code = 'page.say("Regions give {amount_eur:keur}.", LEVELS, holds=LEVELS["amount_eur"] > 1_100_000)'
    shell = InteractiveShell.instance()
    shell.user_ns |= {"page": page, "LEVELS": LEVELS}
    result = shell.run_cell(code)
    assert isinstance(result.error_in_exec, InputError)
    assert str(result.error_in_exec) == (
        "this no longer holds: “Regions give €1,239k.” False: LEVELS['amount_eur'] > 1100000. Say what the figures now"
        " show."
    )
    assert not outputs
    InteractiveShell.clear_instance()


def test_a_sentence_may_be_bold_linked_a_list_and_a_quotation(page: Page, outputs: list[Any]) -> None:
    """Bold and links as in Markdown, to pages and to the web and nowhere else; what others wrote stays text."""
    page.say(
        "**Not known**: see [the study](04_feasible.ipynb#max), [RTES](https://example.org/a) or [x](javascript:a)."
    )
    html = outputs[0].data["text/html"]
    assert "<strong>Not known</strong>" in html and '<a href="04_feasible.ipynb#max">the study</a>' in html
    assert '<a href="https://example.org/a">RTES</a>' in html and "[x](javascript:a)" in html
    assert outputs[0].data["text/plain"].startswith("Not known: see the study, RTES")
    page.say("One, <script>.\nTwo.")
    assert outputs[1].data["text/html"] == '<ul class="say"><li>One, &lt;script&gt;.</li><li>Two.</li></ul>'
    page.say("1. One.\n2. Two.")
    assert outputs[2].data["text/html"] == '<ol class="say"><li>One.</li><li>Two.</li></ol>'
    page.say("> How much?")
    assert outputs[3].data["text/html"] == '<blockquote><p class="say">How much?</p></blockquote>'
    assert all(map(role, outputs))


def test_a_figure_comes_with_its_texts_and_may_be_drawn_by_anything(page: Page, outputs: list[Any]) -> None:
    """Seaborn on axes of one's own, pyplot, a function of the data; pyplot keeps no figure to show again."""
    plt.close("all")
    by_seaborn = sns.barplot(LEVELS, x="amount_eur", y="level", ax=plots.axes(2))
    page.figure("one", LEVELS, by_seaborn, columns=COLUMNS, **TEXTS)
    _, by_pyplot = plt.subplots()
    by_pyplot.plot([1, 2])
    page.figure("two", LEVELS, by_pyplot, columns=COLUMNS, **TEXTS)
    page.figure(
        "three", LEVELS, lambda data: sns.scatterplot(data, x="n", y="n", ax=plots.axes(2)), columns=COLUMNS, **TEXTS
    )
    assert not plt.get_fignums() and all(map(role, outputs))
    assert [output.metadata.ptce.kind for output in outputs] == ["head", "drawing", "notes"] * 3
    assert outputs[0].data["text/plain"] == "Figure\u00a01 (computed from published figures). €1,239k at most"
    with pytest.raises(InputError, match=r"str: an Axes or a Figure of matplotlib or seaborn is expected"):
        page.figure("four", LEVELS, lambda _: "drawn", columns=COLUMNS, **TEXTS)


def test_an_exhibit_that_says_too_little_is_refused(page: Page, outputs: list[Any]) -> None:
    """Nothing is shown of it; a number from elsewhere is no reading of a mark, and a text left out is named."""
    with pytest.raises(InputError, match="'a' cannot be shown: title is empty; alt text has 0 characters"):
        page.figure("a", LEVELS, bars(), columns=COLUMNS, **TEXTS | {"title": "", "alt": ""})
    with pytest.raises(InputError, match="the reading states other=5, which is not in the data"):
        page.figure("a", LEVELS, bars(), columns=COLUMNS, **TEXTS | {"reading": "It is {other:keur}."}, other=5)
    with pytest.raises(InputError, match="'a' cannot be shown: reading is empty"):
        page.table("a", LEVELS, COLUMNS, title="T", source="S", population="P")
    assert not outputs


def test_a_table_is_returned_as_the_data_it_shows(page: Page, outputs: list[Any]) -> None:
    """It can be sliced and sorted; collapsed, its rows stand in a fold that says how many, its reading outside."""
    table = page.table("levels", LEVELS, COLUMNS, collapsed=True, **TABLE_TEXTS)
    assert [output.metadata.ptce.kind for output in outputs] == ["head", "notes"]
    fold, rest = outputs[-1].data["text/html"].split("</details>")
    assert fold.startswith("<details><summary>Show the 2 rows</summary>") and "€1,008k" in fold
    assert "The first gave" in rest
    assert type(table.sort_values("n")) is pd.DataFrame and table["n"].tolist() == [29, 1]


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_an_unwanted_exhibit_is_neither_drawn_nor_shown(outputs: list[Any], lang: str) -> None:
    """Its values need not exist, nor its drawing; its texts are asked for, so that their translation is known."""
    page = open_page("p", lang=lang)
    with patch.object(language, "translation", wraps=language.translation) as asked:
        assert page.say("{no_such_name:count}", when=False) is None
        assert page.figure("a", LEVELS, lambda _: 1 / 0, columns={"x": "{no_name:count}"}, when=False, **TEXTS) is None
        assert page.table("b", LEVELS.iloc[:0], COLUMNS, when=0, **TABLE_TEXTS) is None
    assert not outputs and set(TEXTS.values()) <= {call.args[1] for call in asked.call_args_list}


def test_a_protected_table_is_shown_as_what_was_released_of_it(page: Page, outputs: list[Any]) -> None:
    """Its texts are in the reader's language: none is asked for as a translation."""
    answers = public(LEVELS.assign(level=["Régions", "État"]))
    with patch.object(language, "translation", wraps=language.translation) as asked:
        page.figure("a", answers, bars(), columns=COLUMNS, origin="survey", **TEXTS | {"note": "{level} first."})
    assert "Régions first." in outputs[2].data["text/plain"]
    assert "Régions" not in {call.args[1] for call in asked.call_args_list}
    assert outputs[0].metadata.ptce.protected


RELEASED = public(LEVELS)


@pytest.mark.parametrize("origin", ["survey", "fictitious"])
def test_answers_that_no_rule_released_are_refused(page: Page, outputs: list[Any], origin: str) -> None:
    """Neither the raw table, nor a number beside a released one in a text."""
    with pytest.raises(InputError, match=f"data of origin {origin} come from answers"):
        page.figure("a", LEVELS, bars(), columns=COLUMNS, origin=origin, **TEXTS)
    with pytest.raises(InputError, match=f"data of origin {origin} come from answers"):
        page.say("{n:count}.", LEVELS, origin=origin)
    with pytest.raises(InputError, match="a sentence holds a number, 4, that was not released"):
        page.figure("a", RELEASED, lambda _: bars(), columns=COLUMNS, origin=origin, note="{k:count}", k=4, **TEXTS)
    with pytest.raises(InputError, match="a sentence holds a number, 4, that was not released"):
        page.say("{k:count}.", RELEASED, k=4, origin=origin)
    with pytest.raises(InputError, match="fictitious data are mixed with other origins"):
        page.say("{k:count} of {respondents_2013:count}.", k=Number(3, "count", origin="fictitious"))
    assert not outputs


def test_the_project_is_found_upwards_or_by_its_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a folder below it, or by the variable; elsewhere the message says what is missing."""
    (tmp_path / "data" / "raw" / "published").mkdir(parents=True)
    monkeypatch.delenv(show.PROJECT_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path / "data")
    assert show.project_folder() == tmp_path.resolve()
    monkeypatch.chdir("/")
    with pytest.raises(InputError, match="open the notebook inside the project"):
        show.project_folder()
    monkeypatch.setenv(show.PROJECT_VARIABLE, str(tmp_path))
    assert show.project_folder() == tmp_path.resolve()
