"""`ptce percent` at the shell, and `ptce` alone: answers, exit codes, refusals."""

import json
from typing import Any

import pytest

from ptce_analysis.analysis.percent import percent, percentages
from ptce_analysis.cli import main, ptce

Shown = pytest.CaptureFixture[str]


@pytest.mark.parametrize(
    ("typed", "code", "answer"),
    [
        (["8.2", "--base", "50"], 1, percent("8.2", 50)),
        (["8.2", "--base", "50", "--grain", "1"], 0, percent("8.2", 50, "1")),
        (["70", "57", "48", "43", "17", "--base", "23"], 0, percentages(["70", "57", "48", "43", "17"], 23)),
        (["20", "41", "--base", "52"], 1, percentages(["20", "41"], 52)),
        (["20", "41,0%"], 0, percentages(["20", "41,0%"])),
        (["33.3", "66.6", "--base", "3", "--rounding", "down"], 0, percentages(["33.3", "66.6"], 3, rounding="down")),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else "",
)
def test_the_answer_is_the_librarys_and_its_exit_code_the_finding(
    typed: list[str], code: int, answer: dict[str, Any], capsys: Shown
) -> None:
    """1 when a percentage cannot occur on the base, or when no base up to 120 holds them all; machines read it all."""
    assert main(["percent", *typed, "--json"]) == main(["percent", *typed]) == code
    out = capsys.readouterr().out
    assert json.JSONDecoder().raw_decode(out)[0] == answer
    assert "grain_from" in out.rsplit("}", 1)[1]


def test_people_read_one_line_for_each_of_several(capsys: Shown) -> None:
    """Its counts by their ends, however many, and what does not fit its grain."""
    main(["percent", "41", "20", "--grain", "5", "--base", "1000"])
    lines = capsys.readouterr().out.splitlines()
    assert [" ".join(line.split()) for line in lines[:3]] == [
        "value grain possible counts nearest smallest_base note",
        "41 5 yes 385–435 410 5 not written at a grain of 5",
        "20 5 yes 175–225 200 5 –",
    ]
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize("base", ["0", "52.0", "1e2", "fifty", "", "1000001", 5000 * "9"])
def test_a_base_is_a_whole_number_from_one_on(base: str, capsys: Shown) -> None:
    """Anything else is refused by its name."""
    assert main(["percent", "20", "--base", base]) == 2
    assert base in capsys.readouterr().err


@pytest.mark.parametrize("value", ["-8,2", "-5%", "120", "1e2", ""])
def test_what_is_no_percentage_is_refused_by_its_name(value: str, capsys: Shown) -> None:
    """Also a negative one, which could be taken for an option; as a grain too."""
    assert main(["percent", "20", value]) == main(["percent", "20", f"--grain={value}"]) == 2
    shown = capsys.readouterr()
    assert not shown.out
    assert [line.split(": percentage points from 0 to 100")[0] for line in shown.err.splitlines()] == [
        f"ptce: value '{value}'",
        f"ptce: grain '{value}'",
    ]


def test_without_a_command_there_is_help(capsys: Shown) -> None:
    """All commands are listed, where help is expected; nothing was asked, which is bad usage."""
    assert main([]) == 2
    shown = capsys.readouterr()
    assert not shown.err and set(ptce.commands) <= set(shown.out.split())
