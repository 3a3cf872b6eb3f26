"""Every benchmark in one run: `make bench` writes build/bench.json and build/bench.md.

Only ratios taken side by side mean something on another machine; seconds are given to check them.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import build as pages

HERE = Path(__file__).parent
BUILD = HERE.parent / "build"

# Scripts that print their own lines, each in a process of its own so that its peak of memory is its own.
SCRIPTS = ("sampler", "cleaning")


def printed(name: str) -> str:
    """Return what a benchmark's script prints."""
    done = subprocess.run([sys.executable, str(HERE / f"{name}.py")], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def pages_table(found: dict[str, dict[str, float]]) -> list[str]:
    """Return the table of the ways to make the pages, in Markdown."""
    about = found["runs"]
    lines = [f"## {about['runs']} pages on {about['processors']} processors", ""]
    lines += ["| way | seconds | ours ÷ this | at most |", "|---|---:|---:|---:|"]
    for name, spent in sorted(found["seconds"].items(), key=lambda item: item[1]):
        ratio, bar = (found[key].get(name, "") for key in ("ours over", "at most"))
        lines.append(f"| {name} | {spent:.2f} | {ratio} | {bar} |")
    return lines


def report(found: dict[str, Any]) -> str:
    """Return the whole report in Markdown."""
    lines = ["# Benchmarks", "", *pages_table(found["build"])]
    for name in SCRIPTS:
        lines += ["", f"## {name}", "", "```", found[name], "```"]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure everything, print the report and keep it."""
    found: dict[str, Any] = {"build": pages.benchmark(), **{name: printed(name) for name in SCRIPTS}}
    BUILD.mkdir(exist_ok=True)
    (BUILD / "bench.json").write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    (BUILD / "bench.md").write_text(report(found), encoding="utf-8")
    print(report(found))


if __name__ == "__main__":
    main()
