"""The house rules that a machine can check: who imports whom, and what cannot be reproduced."""

import ast
import json
import re
import subprocess
import sys
from collections import Counter
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


# Functions, classes, types and tables of a module.
DEFINED = re.compile(r"^(?:(?:def|class) (\w+)|([A-Z]\w+)(?:: [^=\n]+)? = )", re.MULTILINE)


def test_a_name_means_one_thing_or_two() -> None:
    """Searching for a name leads to the line that defines it, or to two: three would say nothing."""
    found = Counter(
        "".join(names) for path in LIBRARY.rglob("*.py") for names in DEFINED.findall(path.read_text("utf-8"))
    )
    assert found["protect"] == 1 and [name for name, times in found.items() if times > 2] == []


def test_the_package_itself_imports_nothing() -> None:
    """`import ptce_analysis` is fast because it loads nothing, least of all pandas."""
    script = "import sys; before = set(sys.modules); import ptce_analysis; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert {name for name in done.stdout.split() if not name.startswith("_")} <= {PACKAGE, "__future__"}


# What ruff's list of banned names (pyproject.toml) cannot say: missing seeds, the order in which a disk lists files.
UNSEEDED = re.compile(r"(?:.*\.)?(?:default_rng|Random|SeedSequence|PCG64)")
LISTING = re.compile(r"os\.(?:listdir|scandir|walk)|(?:glob\.)?i?glob|.*\.(?:glob|rglob|iterdir)")
ORDERLESS = ("sorted", "set", "frozenset", "any", "all", "len", "sum", "min", "max")

# The documented places: files and digests are compared by name, and the report sorts the names.
ALLOWED = {
    "pipeline/stale.py": {"iglob", "folder.rglob", "self.place.published.glob"},
    "pipeline/verify.py": {"folder.rglob"},
}
NOTEBOOKS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))


def unreproducible(source: str) -> set[str]:
    """The calls of a source that cannot be reproduced; lines that only IPython understands are passed over."""
    lines = source.splitlines()
    module = ast.parse("\n".join("" if line.lstrip().startswith(("%", "!", "?")) else line for line in lines))
    above = {child: node for node in ast.walk(module) for child in ast.iter_child_nodes(node)}
    found = set()
    for call in (node for node in ast.walk(module) if isinstance(node, ast.Call)):
        name, node, in_any_order = ast.unparse(call.func), above[call], False
        while isinstance(node, ast.expr | ast.comprehension):
            orderless = isinstance(node, ast.Call) and ast.unparse(node.func) in ORDERLESS
            in_any_order |= orderless or isinstance(node, ast.SetComp)
            node = above[node]
        unseeded = UNSEEDED.fullmatch(name) and not (call.args or call.keywords)
        found |= {name} if unseeded or (LISTING.fullmatch(name) and not in_any_order) else set()
    return found


@pytest.mark.parametrize("path", sorted(LIBRARY.rglob("*.py")), ids=lambda path: path.relative_to(LIBRARY).as_posix())
def test_the_library_can_be_reproduced(path: Path) -> None:
    """No unseeded number and no order of a disk in the code; of time, folder and machine, ruff sees to it."""
    allowed = ALLOWED.get(path.relative_to(LIBRARY).as_posix(), set())
    assert unreproducible(path.read_text(encoding="utf-8")) <= allowed


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_can_be_reproduced(path: Path) -> None:
    """The same for the cells of the notebooks."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    assert [fault for source in code for fault in unreproducible(source)] == []


def test_what_cannot_be_reproduced_is_seen() -> None:
    """A generator without a seed, a folder in the order of the disk; with a seed, or sorted, either is fine."""
    seen = unreproducible("%cd x\nrng = default_rng()\nfor path in folder.glob('*'): print(path)")
    assert seen == {"default_rng", "folder.glob"}
    assert unreproducible("rng = default_rng(1)\nnames = sorted(path.name for path in folder.glob('*'))") == set()
