"""The house rules that a machine can check: who imports whom, and what cannot be reproduced."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import REPOSITORY
from guides import script
from ptce_analysis.pipeline.runs import LIBRARY, PACKAGE

# From the words to the door; each layer may import itself and those before it.
LAYERS = (
    ("errors", "vocabulary"),
    ("published",),
    ("survey",),
    ("analysis",),
    ("protect",),
    ("publish",),
    ("pipeline",),
    ("terminal",),
    ("cli",),
    ("__main__",),
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
DRAWING = script("architecture")
GRAPH = DRAWING.import_graph(LIBRARY)


def layer(module: str) -> str:
    """The layer of a module: what comes after the package in its dotted name."""
    return module.partition(".")[2].partition(".")[0]


def own(names: tuple[str, ...]) -> Iterator[str]:
    """The names that are the library's own."""
    return (name for name in names if name.split(".")[0] == PACKAGE and layer(name) in RANK)


@pytest.mark.parametrize("module", sorted(name for name in GRAPH if name != PACKAGE))
def test_imports_go_one_way(module: str) -> None:
    """A module imports its own layer and those below, never those above; a new one takes its place in the order."""
    assert layer(module) in RANK
    above = {name for name in own(GRAPH[module][1]) if RANK[layer(name)] > RANK[layer(module)]}
    assert above == set()


def test_imports_do_not_turn_in_circles() -> None:
    """No module can be loaded by what it imports itself."""
    for module, (_, names) in GRAPH.items():
        if names and module != PACKAGE:
            below = {name for name in DRAWING.modules_used(GRAPH, names) if not module.startswith(name)}
            assert module not in below, module


def test_the_package_itself_imports_nothing() -> None:
    """`import ptce_analysis` is fast because it loads nothing, least of all pandas."""
    script = "import sys; before = set(sys.modules); import ptce_analysis; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert {name for name in done.stdout.split() if not name.startswith("_")} <= {PACKAGE, "__future__"}


ALONE = """
import importlib, os, sys, numpy, pandas, scipy.stats, matplotlib.pyplot, seaborn, pandera
for name in sys.argv[1:]:
    sys.stdout.flush()
    if os.fork() == 0:
        importlib.import_module(name)
        print(name, flush=True)
        os._exit(0)
    os.wait()
"""


def test_any_module_can_be_the_first_to_be_imported() -> None:
    """Each module is imported alone, by a fork of an interpreter that has none of ours, nor papermill or nbconvert."""
    modules = sorted(name for name in GRAPH if not name.endswith("__main__"))
    done = subprocess.run([sys.executable, "-c", ALONE, *modules], capture_output=True, text=True, check=True)
    assert done.stdout.split() == modules, done.stderr


# What ruff's list of banned names (pyproject.toml) cannot say: addresses, missing seeds, orders that are accidents.
ADDRESS = re.compile(r"id|hex|hash|object\.__repr__")
GENERATOR = re.compile(r"(?:.*\.)?(?:default_rng|Random|SeedSequence|PCG64)")
LISTING = re.compile(r"os\.(?:listdir|scandir|walk)|(?:glob\.)?i?glob|.*\.(?:glob|rglob|iterdir)")
IN_ORDER = re.compile(r"list|tuple|enumerate|(?:.*\.)?(?:join|Series|Index|DataFrame)")
ORDERLESS = ("sorted", "set", "frozenset", "any", "all", "len", "sum", "min", "max")

# The documented places: files and digests are compared by name, and the report sorts the names.
ALLOWED = {
    "pipeline/stale.py": {"os.walk", "folder.rglob", "self.place.published.glob"},
    "pipeline/verify.py": {"folder.rglob"},
}


def in_any_order(node: ast.AST, above: dict[ast.AST, ast.AST]) -> bool:
    """Whether what surrounds a node does not depend on the order in which it gives things."""
    while node in above and not isinstance(node, ast.stmt):
        node = above[node]
        if isinstance(node, ast.SetComp) or (isinstance(node, ast.Call) and ast.unparse(node.func) in ORDERLESS):
            return True
    return False


def is_set(node: ast.expr) -> bool:
    """Whether an expression is a set on the face of it."""
    made = isinstance(node, ast.Call) and ast.unparse(node.func) in ("set", "frozenset")
    return made or isinstance(node, ast.Set | ast.SetComp)


def unreproducible(source: str) -> list[str]:
    """What in a source cannot be reproduced, each with why; lines that only IPython understands are passed over."""
    lines = source.splitlines()
    module = ast.parse("\n".join("" if line.lstrip().startswith(("%", "!", "?")) else line for line in lines))
    above = {child: node for node in ast.walk(module) for child in ast.iter_child_nodes(node)}
    found = []
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            found += unreproducible_call(node, ast.unparse(node.func), in_any_order(node, above))
        elif isinstance(node, ast.ListComp) and is_set(node.generators[0].iter) and not in_any_order(node, above):
            found.append("a list of a set: the order of a set")
    return found


def unreproducible_call(call: ast.Call, name: str, any_order: bool) -> list[str]:
    """What is wrong with one call."""
    given = {key.arg for key in call.keywords}
    # A table's `sample(n)`; a generator's takes what to draw from and how many.
    drawn = name.endswith(".sample") and len(call.args) < 2 and not given & {"random_state", None}
    wrong = {
        "an address": ADDRESS.fullmatch(name),
        "numbers without a seed": drawn or (GENERATOR.fullmatch(name) and not (call.args or given)),
        "the order of a folder": LISTING.fullmatch(name) and not any_order,
        "the order of a set": IN_ORDER.fullmatch(name) and any(map(is_set, call.args)) and not any_order,
    }
    return [f"{name}: {why}" for why, holds in wrong.items() if holds]


@pytest.mark.parametrize("path", sorted(LIBRARY.rglob("*.py")), ids=lambda path: path.relative_to(LIBRARY).as_posix())
def test_the_library_can_be_reproduced(path: Path) -> None:
    """No address, unseeded number or accidental order in the code; of time, folder and machine, ruff sees to it."""
    allowed = ALLOWED.get(path.relative_to(LIBRARY).as_posix(), set())
    found = unreproducible(path.read_text(encoding="utf-8"))
    assert [fault for fault in found if fault.split(":")[0] not in allowed] == []


@pytest.mark.parametrize("path", sorted((REPOSITORY / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_notebooks_can_be_reproduced(path: Path) -> None:
    """The same for the cells of the notebooks."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    assert [fault for source in code for fault in unreproducible(source)] == []


# By ruff: the time of day, the current folder, numbers without a seed, this machine, the reader's language.
BANNED = (
    "import datetime\ndatetime.datetime.now(tz=datetime.UTC)", "import pandas as pd\npd.Timestamp.today()",
    "from time import time as clock\nclock()", "from os import getcwd\ngetcwd()", "import pathlib\npathlib.Path.cwd()",
    "import numpy as np\nnp.random.seed(1)", "from random import choice\nchoice('ab')", "import uuid\nuuid.uuid4()",
    "import socket\nsocket.gethostname()", "import locale\nlocale.setlocale(locale.LC_ALL, '')",
)  # fmt: skip
SEEN = {
    "np.random.default_rng()": "numbers without a seed",
    "table.sample(3)": "numbers without a seed",
    "%matplotlib inline\nid(x)": "an address",
    "for path in folder.glob('*.csv'): print(path)": "the order of a folder",
    "os.listdir(folder)": "the order of a folder",
    "', '.join({level for level in levels})": "the order of a set",
    "list(set(levels))": "the order of a set",
    "[label(level) for level in set(levels)]": "the order of a set",
}
PERMITTED = (
    "np.random.default_rng(1)", "table.sample(3, random_state=1)", "found.id", "rng.sample(poles, 3)",
    "sorted(path for path in folder.rglob('*') if path.is_file())", "len(list(set(levels)))",
    "', '.join(sorted({level for level in levels}))",
)  # fmt: skip


def test_the_lint_sees_what_it_should_and_nothing_else() -> None:
    """Each way of not being reproducible is found; seeds, elapsed time and explicit orders are fine."""
    assert {source: [fault.split(": ")[1] for fault in unreproducible(source)] for source in SEEN} == {
        source: [why] for source, why in SEEN.items()
    }
    assert [source for source in PERMITTED if unreproducible(source)] == []
    for source in (*BANNED, "import time\ntime.monotonic()"):
        command = [sys.executable, "-m", "ruff", "check", "--stdin-filename", "src/x.py", "-"]
        done = subprocess.run(command, input=f"{source}\n", cwd=REPOSITORY, capture_output=True, text=True, check=False)
        assert bool(re.search("TID251|NPY002", done.stdout)) == (source in BANNED), (source, done.stdout)
