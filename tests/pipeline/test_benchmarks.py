"""The benchmarks measure every declared run and report what they measured."""

from collections import Counter
from pathlib import Path

import pytest

from conftest import REPOSITORY, write_project
from guides import script
from ptce_analysis.pipeline.build import settle
from ptce_analysis.vocabulary import LANGUAGES

pytestmark = pytest.mark.usefixtures("restored_environment")


@pytest.mark.thorough
def test_every_declared_run_is_made_in_every_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each way makes the page of each run, or executes its cells, with its parameters."""
    log = tmp_path / "log"
    tell = f"with open({str(log)!r}, 'a') as stream:\n    print(lang, file=stream)"
    project = write_project(tmp_path / "project", {"one": [tell], "two": [tell]})
    pages = script("build", "benchmarks")
    monkeypatch.setattr(pages, "PROJECT", project)
    settle()
    found = pages.benchmark(repeats=1)
    ways = {"ours", "plain scripts", "lean loop", "naive loop"}
    assert found["runs"]["runs"] == 2 * len(LANGUAGES) and found["seconds"].keys() == ways | {"ours, nothing to do"}
    assert found["ours over"].keys() == ways - {"ours"}
    said = log.read_text().split()
    assert Counter(said) == dict.fromkeys(LANGUAGES, 2 * len(ways))


def test_a_sample_of_mutants_depends_on_the_seed_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutants of each area, all where there are few, the same whatever the order they are listed in."""
    monkeypatch.syspath_prepend(str(REPOSITORY / "benchmarks"))
    mutants = script("mutants", "benchmarks")
    names = [f"ptce_analysis.{module}.m.x_f__mutmut_{n}" for module in ("survey.parse", "analysis") for n in range(50)]
    others = ["ptce_analysis.survey.clean.m.x_f__mutmut_1", "ptce_analysis.protect.m.x_f__mutmut_1"]
    drawn = mutants.sample([*names, *others], 10, 1)
    counts = {area.name: len(found) for area, found in drawn.items()}
    assert counts == {"survey/parse": 10, "analysis": 10, "protect": 1}
    assert all(area.holds(name) for area, found in drawn.items() for name in found)
    assert drawn == mutants.sample([*others, *reversed(names)], 10, 1) != mutants.sample([*names, *others], 10, 2)
