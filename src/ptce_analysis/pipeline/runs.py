"""The declared runs: notebook × parameters × language, read from `runs.toml` and checked before anything starts."""

from __future__ import annotations

import ast
import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ptce_analysis.errors import InputError, nearest
from ptce_analysis.publish.parameters import check_parameters
from ptce_analysis.vocabulary import LANGUAGES

RUNS_FILE = "runs.toml"


@dataclass(frozen=True)
class Run:
    """One page to build: its name, its notebook, its language and all parameters the notebook receives."""

    name: str
    notebook: Path
    lang: str
    parameters: tuple[tuple[str, Any], ...]

    @property
    def id(self) -> str:
        """`lang/name`, which also says where its page is."""
        return f"{self.lang}/{self.name}"


def declared_runs(project: Path) -> tuple[Run, ...]:
    """Return every declared run, French first, in the order of `runs.toml`; refuse an illegal declaration."""
    entries = _entries(project)
    runs = tuple(_run(project, entry, lang) for lang in LANGUAGES for entry in entries)
    doubled = sorted({run.id for run in runs if sum(other.id == run.id for other in runs) > 1})
    if doubled:
        raise InputError(f"{RUNS_FILE}: run {doubled[0]!r} is declared twice. Give one of them another `name`.")
    return runs


def chosen_runs(runs: tuple[Run, ...], names: Iterable[str]) -> tuple[Run, ...]:
    """Return the runs with these names (`02_emergence` for both languages, `fr/02_emergence` for one); all for none."""
    names = list(names)
    legal = sorted({run.name for run in runs} | {run.id for run in runs})
    for name in names:
        if name not in legal:
            raise InputError(f"run {name!r} is not declared. Legal names: {', '.join(legal)}.{nearest(name, legal)}")
    return tuple(run for run in runs if not names or run.name in names or run.id in names)


def _entries(project: Path) -> list[dict[str, Any]]:
    path = project / RUNS_FILE
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: not found. Run the command inside the project, or give --project.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{RUNS_FILE}: {error}. Mend the file.") from None
    entries = table.get("runs")
    if not isinstance(entries, list) or set(table) != {"runs"}:
        raise InputError(f"{RUNS_FILE}: only [[runs]] tables are expected.")
    return entries


def _run(project: Path, entry: dict[str, Any], lang: str) -> Run:
    legal = ("notebook", "name", "parameters")
    unknown = [key for key in entry if key not in legal]
    if unknown or not isinstance(entry.get("notebook"), str):
        wrong = unknown[0] if unknown else "notebook"
        raise InputError(f"{RUNS_FILE}: key {wrong!r} is missing or unknown. Legal keys: {', '.join(legal)}.")
    notebook = notebook_path(project, entry["notebook"])
    given = {"lang": lang, **entry.get("parameters", {})}
    defaults = notebook_parameters(notebook)
    check_parameters(f"{RUNS_FILE}, run {entry.get('name', entry['notebook'])}", given, defaults)
    return Run(entry.get("name", notebook.stem), notebook, lang, tuple(sorted((defaults | given).items())))


def notebook_path(project: Path, stem: str) -> Path:
    """Return the path of a notebook of the project; a name that is not one of them is refused."""
    legal = sorted(path.stem for path in (project / "notebooks").glob("*.ipynb"))
    if stem not in legal:
        raise InputError(f"{RUNS_FILE}: notebook {stem!r}: legal values: {', '.join(legal)}.{nearest(stem, legal)}")
    return project / "notebooks" / f"{stem}.ipynb"


def notebook_parameters(path: Path) -> dict[str, Any]:
    """Return the names and default values assigned in the notebook's cell tagged `parameters`."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    tagged = ["".join(cell["source"]) for cell in cells if "parameters" in cell["metadata"].get("tags", [])]
    if len(tagged) != 1:
        raise InputError(f"{path.name}: {len(tagged)} cells are tagged `parameters`; one is expected.")
    assigned = [node for node in ast.parse(tagged[0]).body if isinstance(node, ast.Assign)]
    return {target.id: ast.literal_eval(node.value) for node in assigned for target in node.targets if isinstance(target, ast.Name)}
