"""Kill a build at random moments, again and again: nothing may be lost, and the next build must give the same bytes.

`python benchmarks/kills.py [KILLS] [--seed N] [--project FOLDER]` works on a copy of the project and prints a report.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MADE = ("figures", "data/processed", "build/notebooks", "build/site")
TOO_LATE = "ended before the kill"
Contents = Mapping[str, bytes]


def contents(project: Path) -> dict[str, bytes]:
    """Return everything a build publishes, and every leftover, by name."""
    found = (path for folder in MADE for path in sorted((project / folder).rglob("*")) if path.is_file())
    return {path.relative_to(project).as_posix(): path.read_bytes() for path in found}


def start_build(project: Path) -> subprocess.Popen[bytes]:
    """Start a build in a process group of its own."""
    command = [sys.executable, "-m", "ptce_analysis", "build", "--project", str(project)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)


def kill_after(process: subprocess.Popen[bytes], delay_s: float, *, whole_group: bool) -> bool:
    """Kill a build after a while, alone or with its children; return whether it was still at work."""
    try:
        process.wait(delay_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL) if whole_group else process.kill()
    process.communicate()
    return process.returncode != 0


def finish(project: Path) -> str:
    """Build to the end; return what it complained of."""
    process = start_build(project)
    complaints = process.communicate()[1].decode()
    return complaints if process.returncode else ""


def partial(project: Path, before: Contents, after: Contents) -> list[str]:
    """Return the files under a final name that are neither what they were nor what they shall be."""
    now = {name: data for name, data in contents(project).items() if not name.endswith(".part")}
    return [name for name, data in now.items() if data not in (before.get(name), after.get(name))]


@dataclass(frozen=True)
class Trial:
    """A project before a build, the same built, and how long that takes."""

    start: Path
    before: Contents
    after: Contents
    seconds: float

    def kill_once(self, folder: Path, chance: random.Random) -> str:
        """Kill one build at a random moment, then build again; return what happened, in a word or two."""
        project = folder / "project"
        shutil.copytree(self.start, project)
        delay, whole = chance.uniform(0, self.seconds), chance.random() < 0.5
        interrupted = kill_after(start_build(project), delay, whole_group=whole)
        broken = partial(project, self.before, self.after)
        complaints = finish(project)
        same = contents(project) == dict(self.after)
        shutil.rmtree(project)
        if broken or complaints or not same:
            return f"LOST after {delay:.3f} s: {broken} {complaints or ('' if same else 'other bytes')}"
        return "killed, nothing lost" if interrupted else TOO_LATE


def trial(start: Path, folder: Path) -> Trial:
    """Return a trial of a project as it stands: built once, undisturbed, in a copy."""
    copy = folder / "undisturbed"
    shutil.copytree(start, copy)
    began = time.perf_counter()
    complaints = finish(copy)
    if complaints:
        raise RuntimeError(complaints)
    return Trial(start, contents(start), contents(copy), time.perf_counter() - began)


def main() -> int:
    """Kill as many builds as asked for and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kills", type=int, nargs="?", default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--project", type=Path, default=Path(__file__).parents[1], help="default: this one")
    options = parser.parse_args()
    skipped = shutil.ignore_patterns(".*", "build", "__pycache__")
    with tempfile.TemporaryDirectory(prefix="ptce-kills-") as name:
        folder, chance = Path(name), random.Random(options.seed)
        shutil.copytree(options.project, folder / "start", ignore=skipped)
        this = trial(folder / "start", folder)
        print(f"an undisturbed build takes {this.seconds:.1f} s and publishes {len(this.after)} files", flush=True)
        seen = Counter[str]()
        while seen.total() - seen[TOO_LATE] < options.kills:
            happened = this.kill_once(folder, chance)
            seen[happened] += 1
            print(f"[{seen.total() - seen[TOO_LATE]}/{options.kills}] {happened}", flush=True)
    for happened, count in seen.most_common():
        print(f"{count:5d}  {happened}")
    return int(any(happened.startswith("LOST") for happened in seen))


if __name__ == "__main__":
    raise SystemExit(main())
