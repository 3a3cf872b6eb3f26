"""The benchmarks measure every declared run and report what they measured."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from conftest import REPOSITORY, write_project
from ptce_analysis.pipeline.build import settle
from ptce_analysis.vocabulary import LANGUAGES

pytestmark = pytest.mark.usefixtures("restored_environment")


def benchmark(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A script of `benchmarks/` as a module."""
    monkeypatch.syspath_prepend(str(REPOSITORY / "benchmarks"))
    spec = importlib.util.spec_from_file_location(name, REPOSITORY / "benchmarks" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)
    return module


@pytest.mark.thorough
def test_every_declared_run_is_made_in_every_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each way makes the page of each run, or executes its cells, with its parameters."""
    log = tmp_path / "log"
    tell = f"with open({str(log)!r}, 'a') as stream:\n    print(lang, file=stream)"
    project = write_project(tmp_path / "project", {"one": [tell], "two": [tell]})
    pages = benchmark("build", monkeypatch)
    monkeypatch.setattr(pages, "PROJECT", project)
    settle()
    found = pages.benchmark(repeats=1)
    ways = {"ours", "plain scripts", "lean loop", "naive loop"}
    assert found["runs"]["runs"] == 2 * len(LANGUAGES) and found["seconds"].keys() == ways | {"ours, nothing to do"}
    assert found["ours over"].keys() == ways - {"ours"}
    said = log.read_text().split()
    assert Counter(said) == dict.fromkeys(LANGUAGES, 2 * len(ways))


FOUND = {
    "build": {
        "seconds": {"ours": 2.0, "naive loop": 20.0, "ours, nothing to do": 0.2},
        "ours over": {"naive loop": 0.1},
        "at most": {"naive loop": 0.143},
        "runs": {"runs": 26, "processors": 2},
    },
    "cleaning": {"rows": 10, "peak memory, GB": 0.2},
    "sampler": {"europe": {"draw / exponentials": 15.4, "rejection / draw": None}},
}


def test_the_report_is_tables_and_the_file_is_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line per way, ratio beside bar; the same numbers in both files."""
    bench = benchmark("bench", monkeypatch)
    monkeypatch.setattr(bench, "BUILD", tmp_path / "build")
    monkeypatch.setattr(bench.pages, "benchmark", lambda *_: FOUND["build"])
    monkeypatch.setattr(bench, "measured", lambda name, _: FOUND[name])
    monkeypatch.setattr(sys, "argv", ["bench.py"])
    bench.main()
    assert json.loads((tmp_path / "build" / "bench.json").read_text()) == FOUND
    lines = (tmp_path / "build" / "bench.md").read_text().splitlines()
    assert lines[2:9] == [
        "## 26 pages on 2 processors",
        "",
        "| way | seconds | ours ÷ this | at most |",
        "| --- | ---: | ---: | ---: |",
        "| ours, nothing to do | 0.20 |  | 0.5 s |",
        "| ours | 2.00 |  |  |",
        "| naive loop | 20.00 | 0.1 | 0.143 |",
    ]
    assert "| peak memory, GB | 0.2 | below 1 |" in lines
    assert lines[-2:] == ["| bar | at most 25 |  |", "| europe | 15.4 |  |"]


@pytest.fixture
def mutants(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script that measures the tests."""
    return benchmark("mutants", monkeypatch)


def test_a_sample_of_mutants_depends_on_the_seed_alone(mutants: ModuleType) -> None:
    """Mutants of each area, all where there are few, the same whatever the order they are listed in."""
    names = [f"ptce_analysis.{module}.m.x_f__mutmut_{n}" for module in ("survey.parse", "analysis") for n in range(50)]
    others = ["ptce_analysis.survey.clean.m.x_f__mutmut_1", "ptce_analysis.protect.m.x_f__mutmut_1"]
    drawn = mutants.sample([*names, *others], 10, 1)
    assert {area.name: len(found) for area, found in drawn.items()} == {
        "survey/parse": 10,
        "analysis": 10,
        "protect": 1,
    }
    assert all(area.holds(name) for area, found in drawn.items() for name in found)
    assert drawn == mutants.sample([*others, *reversed(names)], 10, 1) != mutants.sample([*names, *others], 10, 2)


PARSED = """
def double(number):
    return number * 2

TABLE = {number: double(number) for number in (1, 2)}

def tripled(number):
    return number * 3

def idle(number):
    return number - 1
"""
TRIED = """
from ptce_analysis.survey.parse import small

def test_table():
    assert small.TABLE == {1: 2, 2: 4}

def test_tripled():
    assert small.tripled(2) == 6
"""
MUTATED = """
[tool.mutmut]
source_paths = ["src"]
pytest_add_cli_args = ["-p", "no:cacheprovider"]
pytest_add_cli_args_test_selection = ["tests/survey"]
"""


@pytest.mark.thorough
def test_what_survives_is_what_no_test_sees(
    mutants: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mutant of a table made at import is killed like that of a function; that of code without a test survives."""
    packages = ("", "survey/", "survey/parse/")
    for place, text in {
        **{f"src/ptce_analysis/{package}__init__.py": "" for package in packages},
        "src/ptce_analysis/survey/parse/small.py": PARSED,
        "tests/survey/test_small.py": TRIED,
        "pyproject.toml": MUTATED,
    }.items():
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(text, encoding="utf-8")
    monkeypatch.setattr(mutants, "PROJECT", tmp_path)
    monkeypatch.setattr(mutants, "FOLDER", tmp_path / "mutants")
    drawn = mutants.sample(mutants.write_mutants(), 100, 1)
    lived = mutants.survivors(drawn, children=2)
    functions = {name.rpartition(".")[2].partition("__")[0] for names in drawn.values() for name in names}
    assert functions == {"x_double", "x_tripled", "x_idle"}
    assert {name.rpartition(".")[2].partition("__")[0] for names in lived.values() for name in names} == {"x_idle"}
    assert "      +    return number + 1" in "".join(map(mutants.change, lived[mutants.AREAS[0]])).splitlines()
