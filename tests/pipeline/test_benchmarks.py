"""The benchmarks measure every declared run and report what they measured."""

import pytest

from conftest import REPOSITORY
from guides import script

pytestmark = pytest.mark.usefixtures("restored_environment")


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
