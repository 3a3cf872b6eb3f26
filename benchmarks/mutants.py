"""The mutation score of what the project exists for, from a sample of its mutants: `make mutants`, build/mutants.md.

Each mutant is one small change of the code; it is killed when a test fails. All of them would take a day: a sample is
drawn for each area, always the same for a seed, and the score comes with its Wilson interval. A mutant is tried twice:
in a process forked after the imports, with the tests that reach it; if it survives, in a fresh process with all tests
of its area, so that tables made at import are made by the mutant too.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import compress
from pathlib import Path

from bench import table

from ptce_analysis.analysis.intervals import wilson

PROJECT = Path(__file__).parents[1]
FOLDER = PROJECT / "mutants"
REPORT = PROJECT / "build" / "mutants.md"
BAR = 0.85
SAMPLE, QUICK = 400, 20
UNCHANGED = "no mutant has this name"  # makes mutmut write its mutants and learn which test reaches what, no more
SURVIVED = {0, 5, 33}  # exit codes that mutmut keeps: the tests passed; no test was found; no test reaches this code
LONGEST_S = 1800


@dataclass(frozen=True)
class Area:
    """A part of the library, and the folder of its tests."""

    module: str
    tests: str

    @property
    def name(self) -> str:
        """The part as a folder."""
        return self.module.replace(".", "/")

    def holds(self, mutant: str) -> bool:
        """Return whether a mutant is of this part."""
        return mutant.startswith(f"ptce_analysis.{self.module}.")


AREAS = (
    Area("survey.parse", "tests/survey"),
    Area("analysis", "tests/analysis"),
    Area("protect", "tests/protect"),
)


class NotRun(RuntimeError):
    """Mutants could not be written or tried."""


def surroundings(mutant: str = "") -> dict[str, str]:
    """Return the environment of the tests: the mutated library, and the same random tests each time."""
    path = os.pathsep.join([str(FOLDER / "src"), str(Path(__file__).parent)])
    given = {"PYTHONPATH": path, "CI": "true", "MUTANT_UNDER_TEST": mutant, "PYTEST_ADDOPTS": "-p same_names"}
    return os.environ | given


def mutmut(*words: str) -> subprocess.CompletedProcess[str]:
    """Run mutmut in the project."""
    command = [str(Path(sys.executable).with_name("mutmut")), *words]
    return subprocess.run(command, cwd=PROJECT, env=surroundings(), capture_output=True, text=True, check=False)


def last_words(told: subprocess.CompletedProcess[str]) -> str:
    """Return the end of what mutmut said, without its spinner."""
    said = [line for line in (told.stdout + told.stderr).splitlines() if not "\u2800" <= line[:1] <= "\u28ff"]
    return "\n".join(said[-40:])


def outcomes() -> dict[str, int | None]:
    """Return every mutant of the code as it is, and how its tests ended; None: not run."""
    files = [file for file in FOLDER.rglob("*.meta") if (PROJECT / file.relative_to(FOLDER)).with_suffix("").exists()]
    return {name: code for file in files for name, code in json.loads(file.read_text())["exit_code_by_key"].items()}


def sample(names: Iterable[str], size: int, seed: int) -> dict[Area, list[str]]:
    """Return the mutants drawn for each area: all of them where there are fewer."""
    found = {area: sorted(name for name in names if area.holds(name)) for area in AREAS}
    return {area: sorted(random.Random(seed).sample(some, min(size, len(some)))) for area, some in found.items()}


def write_mutants() -> list[str]:
    """Write the mutants, learn which test reaches what; return their names. Raises `NotRun` when that fails."""
    (FOLDER / "src").mkdir(parents=True, exist_ok=True)  # Python never looks again into a path that was missing
    told = mutmut("run", UNCHANGED)
    if not (FOLDER / "mutmut-stats.json").exists():
        raise NotRun(f"The tests do not pass on the unchanged code in {FOLDER}:\n{last_words(told)}")
    return list(outcomes())


def forked_survivors(names: Sequence[str], children: int) -> set[str]:
    """Return the mutants that survive the tests that reach them. Raises `NotRun` when one was not tried."""
    told = mutmut("run", "--max-children", str(children), *names)
    ended = outcomes()
    if told.returncode or any(ended[name] is None for name in names):
        raise NotRun(f"mutmut did not try every mutant:\n{last_words(told)}")
    return {name for name in names if ended[name] in SURVIVED}


def lives(area: Area, mutant: str) -> bool:
    """Return whether a mutant survives all tests of its area in a fresh process; one that never ends does not."""
    command = [sys.executable, "-m", "pytest", "-xq", "-p", "no:cacheprovider", "-m", "not thorough", area.tests]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    try:
        return not subprocess.run(command, cwd=FOLDER, env=surroundings(mutant), timeout=LONGEST_S, **quiet).returncode
    except subprocess.TimeoutExpired:
        return False


def survivors(drawn: Mapping[Area, Sequence[str]], children: int) -> dict[Area, list[str]]:
    """Return the mutants of each area that survive both trials. Raises `NotRun` when the tests fail without any."""
    left = forked_survivors([name for names in drawn.values() for name in names], children)
    found = {area: [name for name in names if name in left] for area, names in drawn.items()}
    with ThreadPoolExecutor(children) as pool:
        alive = {area: list(pool.map(partial(lives, area), ["", *names])) for area, names in found.items() if names}
    broken = [area.tests for area, (unchanged, *_) in alive.items() if not unchanged]
    if broken:
        raise NotRun(f"These tests fail in {FOLDER}, in a fresh process, on the unchanged code: {', '.join(broken)}")
    return {area: list(compress(names, alive.get(area, [0])[1:])) for area, names in found.items()}


def change(mutant: str) -> str:
    """Return what a mutant changes, as a list's entry in Markdown."""
    lines = mutmut("show", mutant).stdout.splitlines()
    changed = [line for line in lines if line[:1] in ("-", "+") and line[:3] not in ("---", "+++")]
    return "\n".join([f"- `{mutant}`", "", *(f"      {line}" for line in changed), ""])


def score_line(area: Area, drawn: int, lived: int) -> tuple[object, ...]:
    """Return a line of the table of scores."""
    score = wilson((drawn - lived, drawn))
    return area.name, drawn, drawn - lived, f"{score.estimate:.3f}", f"{score.low:.3f} to {score.high:.3f}", BAR


def report(drawn: Mapping[Area, Sequence[str]], lived: Mapping[Area, Sequence[str]], seed: int) -> str:
    """Return the scores, and what survived with its change, in Markdown."""
    head = ("area", "mutants drawn", "killed", "score", "95 % interval", "at least")
    scores = table(head, [score_line(area, len(names), len(lived[area])) for area, names in drawn.items() if names])
    parts = [f"# Mutants, drawn with seed {seed}", "", *scores]
    for area, names in lived.items():
        parts += ["", f"## Survivors in {area.name}", "", *map(change, names)]
    return "\n".join(parts).rstrip() + "\n"


def options() -> argparse.Namespace:
    """Return what was asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, default=SAMPLE, help=f"mutants of each area (default: {SAMPLE})")
    parser.add_argument("--seed", type=int, default=1, help="another seed draws other mutants (default: 1)")
    parser.add_argument("--children", type=int, default=os.cpu_count(), help="at a time (default: one per processor)")
    parser.add_argument("--keep", action="store_true", help="mutants/ as the last run left it, with what changed since")
    parser.add_argument("--quick", action="store_true", help=f"a sample of {QUICK}, to see that it works")
    return parser.parse_args()


def main() -> None:
    """Draw, try, report."""
    asked = options()
    if not asked.keep:
        shutil.rmtree(FOLDER, ignore_errors=True)
    drawn = sample(write_mutants(), QUICK if asked.quick else asked.sample, asked.seed)
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(report(drawn, survivors(drawn, asked.children), asked.seed), encoding="utf-8")
    print(REPORT.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
