"""What people read in a terminal, and what machines do."""

from __future__ import annotations

import doctest
import json

import pytest

from ptce_analysis import terminal
from ptce_analysis.cli import main
from ptce_analysis.terminal import WIDTH, print_json, print_record


def test_examples_run() -> None:
    """The examples of the docstrings are true."""
    assert doctest.testmod(terminal).failed == 0


def test_nested_names_are_indented_below_their_own(capsys: pytest.CaptureFixture[str]) -> None:
    """One value per line; a range is one value; what is absent is a dash."""
    print_record({"n": 3, "bounds": {"max": {"low": 1.0, "high": 2.5}, "sd": None}}, as_json=False)
    assert capsys.readouterr().out.splitlines() == ["n       3", "bounds", "  max   1 to 2.5", "  sd    –"]


@pytest.mark.parametrize(
    "command",
    [
        ["rates", "0/10", "5/12"],
        ["percent", "20", "--base", "52"],
        ["percent", "8.21"],
        ["feasible", "--n", "29", "--sum", "1239", "--median", "10", "--draws", "50"],
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_a_result_fits_a_screen_and_is_the_same_for_machines(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """No line is wider than the screen, and every name of the JSON has its line."""
    main(command)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= WIDTH
    main([*command, "--json"])
    record = json.loads(capsys.readouterr().out)
    assert set(record) <= {line.split()[0] for line in lines if line[0] != " "}


def test_what_json_cannot_hold_is_refused() -> None:
    """NaN is no JSON: printing it would break whoever reads it."""
    with pytest.raises(ValueError, match="JSON"):
        print_json({"share": float("nan")})
