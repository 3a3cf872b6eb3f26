"""The benchmarks measure every declared run and report what they measured."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from conftest import REPOSITORY, write_project
from ptce_analysis.pipeline import environment

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


def test_every_declared_run_is_made_in_every_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each way makes the page of each run, or executes its cells, with its parameters."""
    log = tmp_path / "log"
    tell = f"with open({str(log)!r}, 'a') as stream:\n    print(lang, file=stream)"
    project = write_project(tmp_path / "project", {"one": [tell], "two": [tell]})
    pages = benchmark("build", monkeypatch)
    monkeypatch.setattr(pages, "PROJECT", project)
    environment.settle()
    found = pages.benchmark(repeats=1)
    ways = {"ours", "plain scripts", "lean loop", "naive loop"}
    assert found["runs"]["runs"] == 4 and found["seconds"].keys() == ways | {"ours, nothing to do"}
    assert found["ours over"].keys() == ways - {"ours"}
    said = log.read_text().split()
    assert (said.count("fr"), said.count("en")) == (2 * len(ways), 2 * len(ways))


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
