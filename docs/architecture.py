"""Draw who imports whom from the imports themselves: `python docs/architecture.py` writes `docs/architecture.svg`."""

import ast
from collections.abc import Iterable, Mapping
from pathlib import Path

from ptce_analysis.pipeline.runs import LIBRARY, PACKAGE

PICTURE = Path(__file__).with_suffix(".svg")

# From the words to the door: what stands above imports what stands below. The same order is enforced by the tests.
ORDER = (
    "errors",
    "vocabulary",
    "published",
    "survey",
    "analysis",
    "protect",
    "publish",
    "pipeline",
    "terminal",
    "cli",
)

# Each module of the library by its dotted name, with its file and the dotted names it imports, wherever they stand.
Graph = Mapping[str, tuple[Path, tuple[str, ...]]]

STEP, WIDTH, HEIGHT, LEFT, TOP = 58, 250, 40, 330, 16


def import_graph(library: Path) -> Graph:
    """Every module of a package with what it imports; `from a import b` may name the module `a.b`."""
    graph = {}
    for path in sorted(library.rglob("*.py")):
        parts = path.relative_to(library).with_suffix("").parts
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
        froms = [node for node in nodes if isinstance(node, ast.ImportFrom)]
        names += [f"{node.module}.{alias.name}" for node in froms for alias in node.names]
        dotted = ".".join([PACKAGE, *(parts[:-1] if parts[-1] == "__init__" else parts)])
        graph[dotted] = path, tuple(names)
    return graph


def modules_used(graph: Graph, names: Iterable[str]) -> set[str]:
    """The modules of the library that importing `names` can load, directly or not; `a.b.c` loads `a` and `a.b` too."""
    waiting, found = list(names), set[str]()
    while waiting:
        parts = waiting.pop().split(".")
        for name in (".".join(parts[: i + 1]) for i in range(len(parts))):
            if name in graph and name not in found:
                found.add(name)
                waiting += graph[name][1]
    return found


def part(module: str) -> str:
    """The part of the library that a module belongs to: its package, or its name at the top."""
    name = module.partition(".")[2].partition(".")[0]
    return next((one for one in ORDER if name == one or name.startswith(f"{one}_")), "")


def edges(graph: Graph) -> set[tuple[str, str]]:
    """Every pair of parts of which the first imports the second."""
    pairs = {
        (part(name), part(used)) for name, (_, names) in graph.items() for used in names if used.startswith(PACKAGE)
    }
    return {(one, other) for one, other in pairs if one and other and one != other}


def sizes(graph: Graph) -> dict[str, int]:
    """How many modules each part has."""
    return {one: sum(part(name) == one for name in graph) for one in ORDER}


def picture(graph: Graph) -> str:
    """The drawing: a box per part with its number of modules, an arc from each part to those it imports."""
    places = {one: TOP + STEP * rank for rank, one in enumerate(reversed(ORDER))}
    counts, height = sizes(graph), 2 * TOP + STEP * len(ORDER) - (STEP - HEIGHT)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 20} {height}" font-family="sans-serif" '
        'font-size="15" role="img" aria-labelledby="title">',
        '<title id="title">The parts of ptce_analysis; an arc goes from each to those it imports</title>',
        f'<rect width="{LEFT + WIDTH + 20}" height="{height}" fill="white"/>',
        *(_arc(one, other, places) for one, other in sorted(edges(graph))),
        *(_box(one, places[one], counts[one]) for one in reversed(ORDER)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _box(name: str, y: int, count: int) -> str:
    modules = f"{count} module{'s' if count > 1 else ''}"
    return (
        f'<rect x="{LEFT}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="6" fill="#eef3f7" stroke="#1b2a33"/>'
        f'<text x="{LEFT + 14}" y="{y + 26}" font-weight="bold">{name}</text>'
        f'<text x="{LEFT + WIDTH - 14}" y="{y + 26}" text-anchor="end" fill="#1b2a33">{modules}</text>'
    )


def _arc(one: str, other: str, places: dict[str, int]) -> str:
    """An arc on the left of the boxes, the wider the further it goes, with its head at the part imported."""
    start, end = places[one] + HEIGHT // 2 + 6, places[other] + HEIGHT // 2 - 6
    bend = LEFT - 20 - (end - start) * 11 // 20
    return (
        f'<path data-from="{one}" data-to="{other}" d="M{LEFT},{start} C{bend},{start} {bend},{end} {LEFT - 6},{end}" '
        f'fill="none" stroke="#5b7282"/><path d="M{LEFT},{end} l-9,-4 v8 z" fill="#5b7282"/>'
    )


if __name__ == "__main__":
    PICTURE.write_text(picture(import_graph(LIBRARY)), encoding="utf-8")
