"""Every benchmark in one run: `make bench` writes build/bench.json and build/bench.md.

Only ratios taken side by side mean something on another machine; seconds are given to check them. `make bench QUICK=1`
measures a little of everything in a minute, to see that it works.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import build as pages

HERE = Path(__file__).parent
BUILD = HERE.parent / "build"

# What the design asks for, beside what is measured (`build.py` has the ratios of the pages).
BARS = {
    "ours, nothing to do": "0.5 s",
    "all rows / half of them": "about 2",
    "parse cell by cell / each different text once": "at least 10",
    "peak memory, GB": "below 1",
    "draw / exponentials": "at most 25",
    "sprite / draw": "at least 1000",
}

# What is measured when it has to be quick.
QUICK = {"build": ["05_profile"], "cleaning": ["20000"], "sampler": ["europe"]}


def measured(name: str, words: Sequence[str]) -> Any:
    """Return what a benchmark's script measures, in a process of its own so that its peak of memory is its own."""
    command = [sys.executable, str(HERE / f"{name}.py"), *words]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """Return a table in Markdown: words at the left, numbers at the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return ["| " + " | ".join("" if cell is None else str(cell) for cell in line) + " |" for line in lines]


def pages_lines(found: Mapping[str, Any]) -> list[str]:
    """Return the ways to make the pages, fastest first."""
    about = found["runs"]
    ways = sorted(found["seconds"].items(), key=lambda way: way[1])
    bars = {**BARS, **found["at most"]}
    rows = [(way, f"{spent:.2f}", found["ours over"].get(way, ""), bars.get(way, "")) for way, spent in ways]
    title = f"## {about['runs']} pages on {about['processors']} processors"
    return [title, "", *table(("way", "seconds", "ours ÷ this", "at most"), rows)]


def report(found: Mapping[str, Any]) -> str:
    """Return the whole report in Markdown."""
    cleaning, sampler = found["cleaning"], found["sampler"]
    columns = list(next(iter(sampler.values())))
    bars = ("bar", *(BARS.get(name, "") for name in columns))
    draws = table(("row", *columns), [bars, *((row, *ratios.values()) for row, ratios in sampler.items())])
    cleaned = [(what, value, BARS.get(what, "")) for what, value in cleaning.items()]
    parts = ["# Benchmarks", "", *pages_lines(found["build"])]
    parts += ["", "## Cleaning and parsing", "", *table(("what", "measured", "bar"), cleaned)]
    return "\n".join([*parts, "", "## Exact sampler", "", *draws]) + "\n"


def main() -> None:
    """Measure everything, print the report and keep it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a little of everything, once")
    quick = parser.parse_args().quick
    words: Mapping[str, list[str]] = QUICK if quick else {name: [] for name in QUICK}
    found: dict[str, Any] = {"build": pages.benchmark(words["build"], 1 if quick else pages.REPEATS)}
    found |= {name: measured(name, words[name]) for name in ("cleaning", "sampler")}
    BUILD.mkdir(exist_ok=True)
    (BUILD / "bench.json").write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    (BUILD / "bench.md").write_text(report(found), encoding="utf-8")
    print(report(found))


if __name__ == "__main__":
    main()
