"""What an exhibit must say, and how it is written."""

import re
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import pandas as pd
import pytest
from matplotlib.figure import Figure

from pages import soup
from ptce_analysis.protect.release import public
from ptce_analysis.publish.exhibit import (
    Column,
    Exhibit,
    cell_text,
    csv_text,
    data_html,
    faults,
    head_html,
    notes_html,
)
from ptce_analysis.publish.language import Number, Sentence, Words

EN, FR = Words("en"), Words("fr")


def exhibit(**changes: Any) -> Exhibit:
    """A figure of two levels with everything a reader needs; `changes` are of its texts or of itself."""
    amount = Number(1239e3, "keur")
    texts: dict[str, Any] = {
        "title": EN("Régions give {amount}", amount=amount),
        "measure": Sentence("Amount, in thousands of euros"),
        "note": Sentence("Rounded to the nearest thousand."),
        "reading": EN("Régions give {amount}.", amount=amount),
        "population": EN("{n} levels", n=Number(2, "count")),
        "source": Sentence("RTES slides."),
        "alt": EN("Two points on one scale; the larger is Régions with {amount}.", amount=amount),
    }
    texts |= {name: changes.pop(name) for name in texts if name in changes}
    data = pd.DataFrame({"name": ["Régions", "=État"], "amount_eur": [1239e3, None]})
    columns = (Column("name", "Level"), Column("amount_eur", "Amount", "keur"))
    return replace(Exhibit("amounts", texts, "published", data, columns, (Figure(),)), **changes)


SURVEY = exhibit().data.assign(origin="survey", n=2)
MIXED = "fictitious data are mixed with other origins: "


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        *(({name: Sentence(" ")}, f"{name} is empty") for name in ("title", "reading", "population", "source")),
        ({"key": "Two words"}, "key 'Two words' is not made of small letters, digits, _ and -"),
        ({"origin": "guess"}, "origin 'guess': legal values: published, derived, assumption, fictitious, survey"),
        ({"alt": Sentence("")}, "alt text has 0 characters; at least 40 are needed"),
        ({"alt": Sentence("Points on one scale, a level per line, in order.")}, "alt text states no number"),
        ({"alt": exhibit().texts["title"]}, "alt text only repeats the title; say what is seen"),
        (
            {"columns": (*exhibit().columns, Column("name", "Amount"))},
            "two columns have the heading 'Amount': their file",
        ),
        ({"data": pd.DataFrame({"name": [], "amount_eur": []})}, "there are no data to show"),
        ({"columns": ()}, "there are no data to show"),
        ({"columns": (Column("level", "Level"),)}, "column 'level' is not in the data"),
        ({"reading": Sentence("Régions give much.")}, "the reading states no number"),
        (
            {"reading": EN("Régions give {amount}.", amount=Number(1240e3, "keur"))},
            "the reading states amount=1240000.0, which is not in the data",
        ),
        (
            {"reading": EN("Régions give {amount}.", amount=Number(1239e3, "meur"))},
            "the reading states amount=1239000.0, written €1.24m where the data show €1,239k",
        ),
        # Rows, the exhibit, or a number of its texts say that they are fictitious.
        ({"data": exhibit().data.assign(origin=["published", "fictitious"])}, MIXED + "fictitious, published"),
        ({"origin": "fictitious", "data": SURVEY, "protected": public(SURVEY)}, MIXED + "fictitious, survey"),
        ({"note": EN("{n}", n=Number(3, "count", origin="fictitious"))}, MIXED + "fictitious, published"),
    ],
)
def test_each_fault_is_named(changes: dict[str, Any], fault: str) -> None:
    """What is missing or wrong is said in one line, with the legal values; origins other than fictitious may meet."""
    assert [found for found in faults(exhibit(**changes)) if found.startswith(fault)]
    note = EN("{n} printed", n=Number(3, "count", origin="published"))
    assert faults(exhibit(origin="derived", note=note)) == []


def test_the_table_can_be_announced_and_read() -> None:
    """Headers have a scope, the region a name and a place in the keyboard's path, numbers their format."""
    table = soup(data_html(FR, exhibit(), "Graphique 1"))
    assert table.div["tabindex"] == "0" and "Graphique 1" in table.div["aria-label"]
    assert [head["scope"] for head in table.thead.find_all("th")] == ["col", "col"]
    assert [head["scope"] for head in table.tbody.find_all("th")] == ["row", "row"]
    assert [cell.get_text() for cell in table.find_all("td")] == ["1\u202f239\u00a0k€", "non connu"]
    cells = [("x", "keur"), (None, "text"), (float("nan"), "text"), (3, "text"), (None, "count"), ("8 to 15", "text")]
    assert [cell_text(EN, *cell) for cell in cells] == ["x", "", "", "3", "not known", "8\u00a0to\u00a015"]


def test_the_csv_is_that_of_the_language() -> None:
    """French: BOM, semicolon and decimal comma; English: comma and point; raw values in both, with their unit."""
    shown = exhibit(data=pd.DataFrame({"name": ["Régions", "=État"], "amount_eur": [15375.5, None]}))
    assert csv_text(FR, shown) == "\ufeffLevel;Amount (euros)\r\nRégions;15375,5\r\n'=État;\r\n"
    assert csv_text(EN, shown) == "Level,Amount (euros)\r\nRégions,15375.5\r\n'=État,\r\n"


def test_a_file_has_numbers_where_the_page_has_words_and_a_unit_for_each_row_that_has_its_own() -> None:
    """What is read as a range is two columns of numbers; columns of a file are those of the data, or refused."""
    data = pd.DataFrame({"name": ["a", "b"], "said": ["1 to 2", "20% to 30%"], "low": [1.0, 0.2], "high": [2, 0.3]})
    file = (Column("name", "Name"), Column("low", "Low", "by_row"), Column("high", "High", "by_row"))
    columns, reading = (Column("name", "Name"), Column("said", "Range")), EN("{n}", n=Number(1, "count"))
    shown = exhibit(data=data.assign(kind=["count", "share"]), columns=columns, file=file, reading=reading)
    assert csv_text(EN, shown) == "Name,Low,High,Unit\r\na,1,2,number\r\nb,0.2,0.3,1 = 100%\r\n"
    assert "Range" in data_html(EN, shown, "Table 1") and faults(shown) == []
    assert faults(replace(shown, file=(Column("mid", "Middle"),))) == ["column 'mid' is not in the data"]


@pytest.mark.parametrize(
    ("columns", "fault"),
    [
        (2, ""),
        (6, ""),
        (7, "7 columns; at most 6 can be read"),
        (-2, "column 'C1' says the same on each row: say it once, above or below"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(columns: int, fault: str) -> None:
    """At most six columns, and none that says the same on each row; one row alone says what it says."""
    data = pd.DataFrame({f"c{i}": [i, i if columns < 0 and i else i + 1] for i in range(abs(columns))})
    named = tuple(Column(name, name.upper(), "count") for name in data)
    table = exhibit(figures=(), data=data, columns=named, reading=EN("{n}", n=Number(data.iloc[0, 0], "count")))
    assert faults(table) == ([fault] if fault else [])
    assert faults(replace(table, data=data.head(1), columns=named[:6])) == []


def test_the_link_holds_the_very_csv() -> None:
    """The address decodes to the CSV, and holds nothing that an address or an attribute cannot."""
    awkward = exhibit(data=pd.DataFrame({"name": ['a "b" <c> #1 & 50 %', "é\u202f'"], "amount_eur": [1.0, 2.0]}))
    link = soup(notes_html(FR, awkward, "Tableau 1", "x.csv")).find(class_="download")
    address = str(link["href"]).removeprefix("data:text/csv;charset=utf-8,")
    assert unquote(address) == csv_text(FR, awkward)
    assert not re.search(r'[\s"<>#&]', address)
    assert link["download"] == "x.csv" and link["aria-label"] == "Tableau 1\u00a0: données (CSV)"


def test_head_and_notes_say_everything_with_every_number_marked() -> None:
    """Number, origin, title, measure above; the four notes, data and download below; a table's data come first."""
    head = soup(head_html(FR, exhibit(), "Graphique 1"))
    assert head.find(class_="number").get_text() == "Graphique 1 chiffre publié"
    assert head.find(id="amounts.title.amount")["value"] == "1239000"
    notes = soup(notes_html(EN, exhibit(), "Figure 1", "x.csv"))
    assert [name.get_text() for name in notes.find_all("dt")] == ["Note", "How to read", "Population", "Source"]
    assert notes.find(id="amounts.reading.amount") and notes.details.table and notes.find("a", download=True)
    table = soup(notes_html(EN, exhibit(figures=()), "Table 1", "x.csv"))
    assert table.find("table").find_next("dl") and not table.details
