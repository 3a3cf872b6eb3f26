"""Which modules of the library a notebook uses, read from the code without running it.

A module uses whatever its import lines name, wherever they stand, and the packages above it; a notebook, what its code
cells name. An import by a computed name is not seen: `tests/pipeline/test_inputs.py` runs every notebook and finds
none.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from ptce_analysis.pipeline.place import PACKAGE

# A line that starts as an import does, up to the end of its parentheses.
IMPORT_LINE = re.compile(r"^[ \t]*(?:import|from)[ \t][^(\n]*(?:\([^)]*\))?", re.MULTILINE)

# What calculates and draws: it comes to a file only by the names of `OPENS`.
CALCULATES = frozenset({PACKAGE, "pandas", "numpy", "matplotlib", "seaborn", "fractions", "math"})

# How a cell may come to a file: by opening, reading or naming it, or with a line of IPython's own.
MAGIC = re.compile(r"^[ \t]*[%!]", re.MULTILINE)
READERS = "csv|table|fwf|excel|json|html|xml|parquet|feather|orc|pickle|hdf|sql\\w*|stata|sas|spss|clipboard"
OPENS = re.compile(
    rf"\b(?:open|glob|rglob|iterdir|exec|eval|raw|__import__|read_(?:{READERS})|load\w*|imread|from(?:file|regex)"
    r"|genfromtxt|memmap)\b"
)

# Each module of the library by its dotted name, with its file and the dotted names it imports.
Graph = Mapping[str, tuple[Path, tuple[str, ...]]]


def import_graph(library: Path) -> Graph:
    """Return every module of the library with what it imports."""
    files = {_dotted(library, path): path for path in library.rglob("*.py")}
    return {name: (path, tuple(imported_names(path.read_text(encoding="utf-8")))) for name, path in files.items()}


def modules_used(graph: Graph, names: Iterable[str]) -> set[str]:
    """Return the modules of the library that importing `names` can load, directly or not."""
    waiting, found = list(names), set[str]()
    while waiting:
        for name in _with_packages(waiting.pop()):
            if name in graph and name not in found:
                found.add(name)
                waiting += graph[name][1]
    return found


def notebook_imports(path: Path) -> list[str]:
    """Return the dotted names that a notebook's code cells import."""
    return [name for source in _code_cells(path) for name in imported_names(_python(source))]


def only_asks_the_library(path: Path) -> bool:
    """Whether a notebook imports the library and what calculates, and neither opens a file nor names one by itself."""
    own = all(name.split(".")[0] in CALCULATES for name in notebook_imports(path))
    return own and not any(MAGIC.search(source) or _opens(source) for source in _code_cells(path))


def _opens(source: str) -> bool:
    """Whether code, and not only a sentence in it, has a name or a path that leads to a file."""
    if not OPENS.search(source):  # finding words costs much less than parsing
        return False
    said = (getattr(node, kind, None) for node in _all_nodes(source) for kind in ("id", "attr", "name", "value"))
    return any(isinstance(one, str) and " " not in one and OPENS.search(one) for one in said)


def _code_cells(path: Path) -> list[str]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def imported_names(source: str) -> Iterator[str]:
    """Yield every dotted name that a source imports; `from a import b` may name the module `a.b`."""
    for node in _import_statements(source):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _import_statements(source: str) -> list[ast.AST]:
    """The import lines parsed alone, several times faster than the whole; the whole when one is not so simple."""
    try:
        return [node for line in IMPORT_LINE.findall(source) for node in ast.parse(line.strip()).body]
    except SyntaxError:
        return _all_nodes(source)


def _all_nodes(source: str) -> list[ast.AST]:
    try:
        return list(ast.walk(ast.parse(source)))
    except SyntaxError:  # whoever runs it is told
        return []


def _python(source: str) -> str:
    """A cell without the lines that only IPython understands."""
    return "\n".join("" if line.lstrip().startswith(("%", "!", "?")) else line for line in source.splitlines())


def _dotted(library: Path, path: Path) -> str:
    parts = path.relative_to(library).with_suffix("").parts
    return ".".join([PACKAGE, *(parts[:-1] if parts[-1] == "__init__" else parts)])


@cache
def _with_packages(name: str) -> list[str]:
    """`a.b.c` is loaded after `a` and `a.b`."""
    parts = name.split(".")
    return [".".join(parts[: i + 1]) for i in range(len(parts))]
