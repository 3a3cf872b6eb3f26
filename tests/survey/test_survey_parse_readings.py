"""Answers as people and software write them, each with what a careful reader takes from it: `readings.csv`.

Its values were written by hand from what the words say: a number, a code, several joined by « + », bounds as
« low..high ». An empty value is none, an empty rule any; `\\u....` is a character that no editor shows. A word after
the kind is the unit of the column, what three digits after a mark are, or the year of the wave.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from ptce_analysis.survey.parse.amounts import amount
from ptce_analysis.survey.parse.choices import day, yes_no
from ptce_analysis.survey.parse.kinds import KINDS
from ptce_analysis.survey.parse.levels import level
from ptce_analysis.survey.parse.staffs import share
from ptce_analysis.survey.parse.words import Reading

ROWS = list(csv.DictReader(Path(__file__).with_name("readings.csv").read_text(encoding="utf-8").splitlines()))
READERS: dict[str, Callable[[str], Reading]] = {
    **KINDS, "yes_no": yes_no, "day": day,
    "amount keur": partial(amount, unit_hint="keur"), "amount meur": partial(amount, unit_hint="meur"),
    "amount thousands": partial(amount, three_digits="thousands"),
    "amount decimals": partial(amount, three_digits="decimals"),
    "share percent": partial(share, unit_hint="percent"), "share share": partial(share, unit_hint="share"),
    "level 2013": partial(level, wave=2013), "level 2014": partial(level, wave=2014),
    "level 2015": partial(level, wave=2015),
}  # fmt: skip
UNITS = {"amount": "eur", "share": "share", "staff": "fte", "count": "count"}


def written(value: object) -> str:
    """Return a value as the file writes it, numbers to fifteen digits."""
    if isinstance(value, tuple):
        return "+".join(value)
    return "" if value is None else f"{value:.15g}" if isinstance(value, (int, float)) else str(value)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['kind']}: {row['text']}")
def test_an_answer_is_read_as_a_careful_reader_would(row: dict[str, str]) -> None:
    """What is stated is read, what is approximate says so, what has two meanings has no value; the rule is named."""
    text = re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), row["text"])
    found = READERS[row["kind"]](text)
    assert (found.status, found.text) == (row["status"], text)
    assert found.rule == (row["rule"] or found.rule) != ""
    number = re.fullmatch(r"-?[0-9.]+", row["value"]) and ".." not in row["value"]
    value = "" if row["status"] == "range" else written(float(row["value"])) if number else row["value"]
    assert written(found.value) == value
    if row["status"] == "range" and row["value"]:
        assert f"{written(found.low)}..{written(found.high)}" == row["value"]
    bounds = found.value is not None or found.low is not None or found.high is not None
    assert found.unit == (UNITS.get(row["kind"].split()[0]) if bounds else None)
