"""The commands that build: exit codes, output for people and machines, and what they do not import."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import RUNS, write_notebook
from ptce_analysis import cli
from ptce_analysis.pipeline import build
from ptce_analysis.vocabulary import LANGUAGES

pytestmark = [pytest.mark.usefixtures("restored_environment"), pytest.mark.filterwarnings("default")]

Printed = pytest.CaptureFixture[str]


def test_a_build_prints_a_line_per_run_and_a_summary(project: Path, capsys: Printed) -> None:
    """People see what is built and why, and a count at the end; exit code 0; indexes wait for every page."""
    assert cli.main(["build", "fr/plain", "--project", str(project), "--jobs", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "building 1 run, 1 at a time",
        "[1/1] fr/plain (never built): done",
        "tables built (never built), 1 built",
        "2 texts wait for their translation and are shown in English: make texts",
    ]
    assert not (project / "build" / "site" / "index.html").exists()


def test_a_build_ends_on_the_page_to_open_and_on_the_texts_that_wait(built_project: Path, capsys: Printed) -> None:
    """Also when nothing was to do: titles and headings of both notebooks have no French."""
    assert cli.main(["build", "--project", str(built_project)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"0 built, {RUNS} up to date",
        "open build/site/fr/index.html",
        "4 texts wait for their translation and are shown in English: make texts",
    ]


def test_a_build_for_machines_prints_json_only(project: Path, capsys: Printed) -> None:
    """With --json, standard output is one document and progress goes to standard error."""
    write_notebook(project / "notebooks" / "plain.ipynb", ["1 / 0"])
    assert cli.main(["build", "fr/plain", "fr/drawn", "--keep-going", "--project", str(project), "--json"]) == 1
    printed = capsys.readouterr()
    found = json.loads(printed.out)
    assert found["built"] == {"fr/drawn": "never built"} and found["not_started"] == []
    (failure,) = found["failed"]
    assert (failure["run"], failure["cell"]) == ("fr/plain", "cell-0")
    assert failure["error"].startswith("ZeroDivisionError")
    assert "[2/2]" in printed.err and "to reproduce: make lab" in printed.err


@pytest.mark.parametrize(("cell", "options", "said"), [
    ("1 / 0", ["--verbose"], ("ZeroDivisionError: division by zero", "Traceback (most recent call last)")),
    ("while True: pass", ["--timeout", "1"], ("CellTimeoutError",)),
])  # fmt: skip
def test_a_failure_is_exit_code_1(
    project: Path, capsys: Printed, cell: str, options: list[str], said: tuple[str, ...]
) -> None:
    """The report goes to standard error; --verbose adds the traceback and times; --timeout ends a cell that hangs."""
    write_notebook(project / "notebooks" / "plain.ipynb", [cell])
    assert cli.main(["build", "fr/plain", *options, "--project", str(project)]) == 1
    printed = capsys.readouterr()
    assert all(text in printed.err for text in said) and (" s): FAILED" in printed.out) == ("--verbose" in options)


@pytest.mark.parametrize("arguments", [["--jobs", "0"], ["--jobs", "two"], ["--timeout", "0"], ["--joobs", "1"]])
def test_bad_usage_is_exit_code_2(project: Path, arguments: list[str], capsys: Printed) -> None:
    """Numbers below one, words and unknown options are refused."""
    assert cli.main(["build", *arguments, "--project", str(project)]) == 2
    assert arguments[0] in capsys.readouterr().err


def test_a_dry_run_says_why_and_builds_nothing(project: Path, capsys: Printed) -> None:
    """What would be built is listed with its reason."""
    assert cli.main(["build", "fr/plain", "--dry-run", "--project", str(project)]) == 0
    assert capsys.readouterr().out.split("\n")[1].split("  ") == ["fr/plain", "never built"]
    assert not (project / "build" / "site").exists()


def test_runs_are_listed_with_their_state(built_project: Path, capsys: Printed) -> None:
    """`ptce runs` says which runs are up to date and why others are not."""
    write_notebook(built_project / "notebooks" / "plain.ipynb", ["1"])
    assert cli.main(["runs", "--project", str(built_project)]) == 0
    lines = [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()[1:]]
    states = {"plain": "notebooks/plain.ipynb changed", "drawn": "up to date"}
    assert lines == [[f"{lang}/{name}", state] for lang in LANGUAGES for name, state in states.items()]
    cli.main(["runs", "--project", str(built_project), "--json"])
    assert json.loads(capsys.readouterr().out)[1] == {"run": "fr/drawn", "parameters": {"lang": "fr"}, "stale": ""}


def test_tables_can_be_built_alone(project: Path, capsys: Printed) -> None:
    """`ptce data` says why it built, or that nothing was needed."""
    for expected in ("tables: never built\n", "tables: up to date\n"):
        assert cli.main(["data", "--project", str(project)]) == 0
        assert capsys.readouterr().out == expected
    assert cli.main(["data", "--json", "--project", str(project)]) == 0
    assert json.loads(capsys.readouterr().out) == {"tables": ""}


def test_a_verification_tells_by_its_exit_code(built_project: Path, capsys: Printed) -> None:
    """0 when all is the same, 1 with each differing file otherwise."""
    (built_project / "figures" / "fr" / "drawn.svg").write_text("edited")
    assert cli.main(["verify", "--project", str(built_project), "--json"]) == 1
    (found,) = json.loads(capsys.readouterr().out)["differences"]
    assert (found["file"], found["where"], found["here"]) == ("figures/fr/drawn.svg", "line 1, column 1", "'edited'")


def test_an_interruption_is_exit_code_130(project: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed) -> None:
    """Ctrl-C is one line, not a traceback."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("ptce_analysis.pipeline.build.build", interrupted)
    assert cli.main(["build", "--project", str(project)]) == 130
    assert capsys.readouterr().err.startswith("ptce: interrupted")


HEAVY = {"pandas", "numpy", "matplotlib", "scipy", "papermill", "nbconvert", "nbclient", "nbformat", "IPython",
         "jinja2"}  # fmt: skip


@pytest.mark.parametrize("command", [["build"], ["runs"], ["data"], ["build", "--dry-run"]], ids=" ".join)
def test_nothing_to_do_imports_nothing_heavy(built_project: Path, command: list[str]) -> None:
    """Neither pandas nor papermill nor nbconvert is loaded when everything is up to date."""
    script = "import sys\nfrom ptce_analysis.cli import main\nmain(sys.argv[1:])\nprint(*sys.modules)"
    arguments = [sys.executable, "-c", script, *command, "--project", str(built_project)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    assert set(done.stdout.splitlines()[-1].split()) & HEAVY == set()


def test_a_typed_command_starts_again_in_fixed_surroundings(built_project: Path) -> None:
    """Hash order is fixed even though Python reads it only as it starts."""
    script = (
        "import sys, ptce_analysis.cli as cli\nsys.argv = ['ptce', 'build', '--project', sys.argv[1]]\n"
        "print('random:', sys.flags.hash_randomization, flush=True)\nraise SystemExit(cli.main())"
    )
    surroundings = {key: value for key, value in os.environ.items() if key not in build.FIXED}
    arguments = [sys.executable, "-c", script, str(built_project)]
    done = subprocess.run(arguments, env=surroundings, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[:3] == ["random: 1", "random: 0", f"0 built, {RUNS} up to date"]
