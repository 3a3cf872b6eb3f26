"""Four ways to make the same pages, measured side by side in one run: `python benchmarks/build.py`.

- naive loop: the commands `papermill` and `jupyter nbconvert --to html`, one run after the other;
- lean loop: one process per run, papermill and nbconvert imported once in it, as many at a time as processors;
- plain scripts: the code of the notebooks in one process, one after the other, without notebook, page or file;
- ours: `ptce build` from nothing; then again with nothing to do.
"""

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ptce_analysis.pipeline.build import processors
from ptce_analysis.pipeline.runs import Run, chosen_runs, declared_runs
from ptce_analysis.pipeline.verify import copy_inputs

PROJECT = Path(__file__).parents[1]
REPEATS = 3

# Bars of the design: at most an eighth of the naive loop, at most one and a half times the plain scripts.
BARS = {"naive loop": 1 / 8, "plain scripts": 1.5}


def seconds(work: Callable[[], object]) -> float:
    """Return how long some work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def command(*words: str, folder: Path) -> None:
    """Run a Python module in a folder, quietly."""
    subprocess.run(
        [sys.executable, "-m", *words], cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def parameters(run: Run) -> list[str]:
    """Return the parameters of a run as papermill's command takes them."""
    return [
        word for name, value in run.parameters for word in ("-r" if isinstance(value, str) else "-p", name, str(value))
    ]


def naive_loop(project: Path, runs: Sequence[Run]) -> None:
    """Two commands per run, as anybody would write them."""
    for run in runs:
        done = project / f"{run.lang}-{run.name}.ipynb"
        command("papermill", str(run.notebook), str(done), *parameters(run), folder=run.notebook.parent)
        command("jupyter", "nbconvert", "--to", "html", str(done), folder=project)


LEAN = """
import json, sys
import papermill
from nbconvert import HTMLExporter
source, done, folder, given = sys.argv[1:]
node = papermill.execute_notebook(source, done, json.loads(given), cwd=folder, progress_bar=False)
open(done + ".html", "w").write(HTMLExporter().from_notebook_node(node)[0])
"""


def lean_loop(project: Path, runs: Sequence[Run]) -> None:
    """One process per run, as many at a time as processors."""

    def one(run: Run) -> None:
        done, given = project / f"{run.lang}-{run.name}.ipynb", json.dumps(dict(run.parameters))
        words = [str(run.notebook), str(done), str(run.notebook.parent), given]
        subprocess.run([sys.executable, "-c", LEAN, *words], check=True, capture_output=True)

    with ThreadPoolExecutor(processors()) as pool:
        list(pool.map(one, runs))


def plain_scripts(runs: Sequence[Run]) -> None:
    """The code cells of every run, one after the other in this process; what they show is thrown away."""
    with contextlib.redirect_stdout(io.StringIO()):
        for run in runs:
            os.chdir(run.notebook.parent)
            names = {"__name__": "__main__"}
            for cell in json.loads(run.notebook.read_text(encoding="utf-8"))["cells"]:
                if cell["cell_type"] == "code":
                    exec("".join(cell["source"]), names)
                if "parameters" in cell["metadata"].get("tags", []):
                    names |= dict(run.parameters)


def plain_scripts_from_nothing(project: Path, names: Sequence[str]) -> None:
    """The same in a new process, imports included."""
    subprocess.run([sys.executable, __file__, "plain", str(project), *names], check=True)


def ours(project: Path, names: Sequence[str]) -> None:
    """Build everything from nothing."""
    for folder in ("build", "figures", "data/processed"):
        shutil.rmtree(project / folder, ignore_errors=True)
    command("ptce_analysis", "build", *names, folder=project)


def benchmark(names: Sequence[str] = (), repeats: int = REPEATS) -> dict[str, dict[str, float]]:
    """Return the seconds of each way, and ours over each of them; short ways are the best of a few, in turns.

    `names` are those of the runs to make; all that are declared when there are none.
    """
    with tempfile.TemporaryDirectory(prefix="ptce-bench-") as folder:
        project = Path(folder) / "project"
        copy_inputs(PROJECT, project)
        runs = chosen_runs(declared_runs(project), names)
        ways: dict[str, Callable[[], object]] = {
            "ours": lambda: ours(project, names),
            "ours, nothing to do": lambda: command("ptce_analysis", "build", *names, folder=project),
            "plain scripts": lambda: plain_scripts_from_nothing(project, names),
            "lean loop": lambda: lean_loop(project, runs),
        }
        turns = [{name: seconds(work) for name, work in ways.items()} for _ in range(repeats)]
        spent = {name: min(turn[name] for turn in turns) for name in ways}
        spent["naive loop"] = seconds(lambda: naive_loop(project, runs))
    return {
        "seconds": {name: round(value, 3) for name, value in spent.items()},
        "ours over": {name: round(spent["ours"] / value, 3) for name, value in spent.items() if "ours" not in name},
        "at most": {name: round(bar, 3) for name, bar in BARS.items()},
        "runs": {"runs": len(runs), "processors": processors()},
    }


if __name__ == "__main__":
    if sys.argv[1:2] == ["plain"]:
        plain_scripts(chosen_runs(declared_runs(Path(sys.argv[2])), sys.argv[3:]))
    else:
        print(json.dumps(benchmark(), indent=2))
