"""The benchmarks measure every declared run and report what they measured."""

from __future__ import annotations

import importlib.util
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
