"""The house rules that a machine can check: who imports whom, and what cannot be reproduced."""

from __future__ import annotations

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
    """A module imports its own layer and those below, never those above."""
    above = {name for name in own(GRAPH[module][1]) if RANK[layer(name)] > RANK[layer(module)]}
    assert above == set()


def test_every_module_has_a_layer() -> None:
    """A new top-level module takes its place in the order."""
    assert {layer(module) for module in GRAPH if module != PACKAGE} <= set(RANK)


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


# What gives something else at each execution, on each machine or in each process.
UNREPRODUCIBLE = {
    "the time of day": r"(?:\w+\.)*(?:datetime|date|Timestamp|time)\."
    r"(?:now|today|utcnow|time|time_ns|localtime|gmtime|ctime|asctime|strftime)",
    "the current folder": r"os\.getcwdb?|(?:pathlib\.)?Path\.(?:cwd|home)|os\.path\.(?:abspath|realpath|expanduser)",
    "numbers without a seed": r"(?:np|numpy)\.random\.(?!default_rng|Generator|PCG64|SeedSequence)\w+"
    r"|random\.(?!Random)\w+|secrets\.\w+|os\.urandom|uuid\.uuid[14]",
    "an address": r"id|hex|hash|object\.__repr__",
    "this machine": r"socket\.gethostname|platform\.(?:node|uname|platform|processor)|os\.(?:uname|getlogin)"
    r"|getpass\.getuser",
    "the reader's language": r"locale\.\w+",
}
LISTING = r"os\.(?:listdir|scandir|walk)|glob\.i?glob|.*\.(?:glob|rglob|iterdir)"
IN_ORDER = re.compile(r"list|tuple|enumerate|(?:.*\.)?(?:join|Series|Index|DataFrame)")
ORDERLESS = ("sorted", "set", "frozenset", "any", "all", "len", "sum", "min", "max")

# The documented places, each with its reason.
ALLOWED = {
    "cli.py": {"pathlib.Path.cwd"},  # a command works where it is typed
    # Files and digests are compared by name; a loop of links is known by where it leads.
    "pipeline/stale.py": {"os.walk", "os.path.realpath", "folder.rglob", "self.place.project.glob"}
    | {"self.place.published.glob"},
    "pipeline/release.py": {"folder.rglob"},  # names, which the report sorts
}


def tree(source: str) -> ast.Module:
    """A source as Python reads it, without the lines that only IPython understands."""
    lines = source.splitlines()
    return ast.parse("\n".join("" if line.lstrip().startswith(("%", "!", "?")) else line for line in lines))


def imported_as(module: ast.Module) -> dict[str, str]:
    """What each imported name stands for: `{"clock": "time.time"}` for `from time import time as clock`."""
    found = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            found |= {alias.asname: alias.name for alias in node.names if alias.asname}
        elif isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return found


def called(call: ast.Call, names: dict[str, str]) -> str:
    """The dotted name of what is called, whatever it was imported as."""
    first, dot, rest = ast.unparse(call.func).partition(".")
    return names.get(first, first) + dot + rest


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
    """What in a source cannot be reproduced, each with why."""
    module = tree(source)
    names, found = imported_as(module), list[str]()
    above = {child: node for node in ast.walk(module) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            found += unreproducible_call(node, called(node, names), in_any_order(node, above))
        elif isinstance(node, ast.ListComp) and is_set(node.generators[0].iter) and not in_any_order(node, above):
            found.append("a list of a set: the order of a set")
    return found


def unreproducible_call(call: ast.Call, name: str, any_order: bool) -> list[str]:
    """What is wrong with one call."""
    given = {key.arg for key in call.keywords}
    found = [f"{name}: {why}" for why, pattern in UNREPRODUCIBLE.items() if re.fullmatch(pattern, name)]
    unseeded = re.fullmatch(r"(?:.*\.)?(?:default_rng|Random|SeedSequence|PCG64)", name) and not (call.args or given)
    # A table's `sample(n)`; a generator's takes what to draw from and how many.
    drawn = name.endswith(".sample") and len(call.args) < 2 and not given & {"random_state", None}
    found += [f"{name}: numbers without a seed"] if unseeded or drawn else []
    found += [f"{name}: the order of a folder"] if re.fullmatch(LISTING, name) and not any_order else []
    listed = IN_ORDER.fullmatch(name) and any(is_set(argument) for argument in call.args) and not any_order
    return found + ([f"{name}: the order of a set"] if listed else [])


@pytest.mark.parametrize("path", sorted(LIBRARY.rglob("*.py")), ids=lambda path: path.relative_to(LIBRARY).as_posix())
def test_the_library_can_be_reproduced(path: Path) -> None:
    """No time of day, current folder, unseeded number, address, machine or accidental order in the code."""
    allowed = ALLOWED.get(path.relative_to(LIBRARY).as_posix(), set())
    found = unreproducible(path.read_text(encoding="utf-8"))
    assert [fault for fault in found if fault.split(":")[0] not in allowed] == []


@pytest.mark.parametrize("path", sorted((REPOSITORY / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_notebooks_can_be_reproduced(path: Path) -> None:
    """The same for the cells of the notebooks."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    assert [fault for source in code for fault in unreproducible(source)] == []


FORBIDDEN = {
    "datetime.now()": "the time of day",
    "datetime.datetime.now(tz=UTC)": "the time of day",
    "pd.Timestamp.today()": "the time of day",
    "time.time()": "the time of day",
    "os.getcwd()": "the current folder",
    "Path.cwd()": "the current folder",
    "pathlib.Path.cwd()": "the current folder",
    "np.random.random(3)": "numbers without a seed",
    "np.random.seed(1)": "numbers without a seed",
    "np.random.default_rng()": "numbers without a seed",
    "random.random()": "numbers without a seed",
    "random.Random()": "numbers without a seed",
    "uuid.uuid4()": "numbers without a seed",
    "table.sample(3)": "numbers without a seed",
    "%matplotlib inline\nid(x)": "an address",
    "hash('text')": "an address",
    "from time import time as clock\nclock()": "the time of day",
    "from uuid import uuid4\nuuid4()": "numbers without a seed",
    "from os import getcwd\ngetcwd()": "the current folder",
    "import numpy.random as npr\nnpr.normal()": "numbers without a seed",
    "from random import choice\nchoice(poles)": "numbers without a seed",
    "import socket\nsocket.gethostname()": "this machine",
    "import locale\nlocale.setlocale(locale.LC_ALL, '')": "the reader's language",
    "for path in folder.glob('*.csv'): print(path)": "the order of a folder",
    "os.listdir(folder)": "the order of a folder",
    "from glob import glob\n[read(name) for name in glob('*.csv')]": "the order of a folder",
    "', '.join({level for level in levels})": "the order of a set",
    "list(set(levels))": "the order of a set",
    "[label(level) for level in set(levels)]": "the order of a set",
}


@pytest.mark.parametrize("source", FORBIDDEN)
def test_the_lint_sees(source: str) -> None:
    """Each way of not being reproducible is found."""
    assert [fault.split(": ")[1] for fault in unreproducible(source)] == [FORBIDDEN[source]]


PERMITTED = (
    "np.random.default_rng(1)",
    "time.monotonic()",
    "table.sample(3, random_state=1)",
    "Path(name).resolve()",
    "found.id",
    "rng.random(3)",
    "rng.sample(poles, 3)",
    "sorted(folder.glob('*.csv'))",
    "sorted(path for path in folder.rglob('*') if path.is_file())",
    "', '.join(sorted({level for level in levels}))",
    "len(list(set(levels)))",
    "import datetime\ndatetime.date(2015, 1, 1)",
)


@pytest.mark.parametrize("source", PERMITTED)
def test_the_lint_lets_pass(source: str) -> None:
    """Seeded generators, elapsed time and explicit paths are fine."""
    assert unreproducible(source) == []
