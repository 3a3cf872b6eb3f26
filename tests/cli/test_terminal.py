"""What people read in a terminal, and what machines do."""

import json

import pytest

from ptce_analysis.cli import main
from ptce_analysis.terminal import WIDTH, print_json


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


def test_bounds_are_read_rounded_outwards_and_exact_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Lower bounds are floored and upper ones ceiled: amounts to the rounding step, indices and shares to 0.01."""
    row = ["feasible", "--n", "29", "--sum", "1239", "--median", "10", "--min", "0.5"]
    assert main(row) == 0
    said = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines() if " to " in line)
    assert said == {
        "max": "77 to 1100", "min": "0 to 11", "gini": "0.39 to 0.91", "sd": "33 to 204",
        "top_half_share": "0.87 to 0.99", "top_1_share": "0.06 to 0.89",
    }  # fmt: skip
    assert main([*row, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["bounds"]["max"] == {"low": (1238.5 - 15 * 10.5) / 14, "high": 1099.5}
    assert (found["minimum"], found["maximum"], found["even_median"]) == (0.5, None, "mean")


def test_limits_and_the_even_median_are_options(capsys: pytest.CaptureFixture[str]) -> None:
    """Communes hold when the median is the upper of two middle amounts; 300 is the most that one amount can be."""
    row = ["feasible", "--n", "16", "--sum", "246", "--median", "30"]
    assert [main([*row, "--even-median", which, "--json"]) for which in ("mean", "low", "high")] == [1, 1, 0]
    capsys.readouterr()
    assert main(["feasible", "--n", "29", "--sum", "1239", "--median", "10", "--max", "300", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["bounds"]["max"]["high"] == 300
    assert main([*row, "--min", "31", "--max", "30"]) == 2
    assert "maximum = '30': give a number not below the minimum, 31." in capsys.readouterr().err
