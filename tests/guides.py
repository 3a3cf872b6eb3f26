"""Guides followed to the letter: what a page of `docs/` asks for, written and run in a copied project."""

import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from babel.messages.pofile import read_po, write_po

from conftest import REPOSITORY, cell_of, write_cells, write_project

DOCS = REPOSITORY / "docs"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
CHANGE = re.compile(r"\bIn\s+`(\S+)`,\s+change\s+`(.+?)`\s+to\s+`(.+?)`", re.DOTALL)
PATH = re.compile(r"`([\w./-]+\.\w+)`")


@dataclass(frozen=True)
class Block:
    """A block of a guide: its kind (`python`, `sh`, …), its text, and the sentence that says what to do with it.

    `changes` are those that the prose before it asks for: a file, what is there, what comes in its place.
    """

    kind: str
    text: str
    asked: str
    changes: tuple[tuple[str, str, str], ...] = ()

    @property
    def path(self) -> str:
        """The file that the sentence names last."""
        return PATH.findall(self.asked)[-1]


def blocks(guide: str) -> list[Block]:
    """The blocks of a guide, in order; one that follows another directly is asked for by the same sentence."""
    text, found, end = (DOCS / guide).read_text(encoding="utf-8"), list[Block](), 0
    for match in BLOCK.finditer(text):
        before = [part for part in re.split(r"\n\s*\n", text[end : match.start()]) if part.strip()]
        asked = " ".join(re.split(r"(?<=[.:?])\s+", before[-1].strip())[-2:]) if before else found[-1].asked
        found.append(Block(match[1], match[2], asked, tuple(CHANGE.findall(text[end : match.start()]))))
        end = match.end()
    return found


def copied_project(folder: Path, *notebooks: str) -> Path:
    """The collection with its library and tests, some of its notebooks, and a run for each of them."""
    project = write_project(folder / "project", {name: [] for name in notebooks})
    for name in ("src", "tests", "docs"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(REPOSITORY / name, project / name, ignore=ignored)
    shutil.copytree(REPOSITORY / "data" / "raw" / "waves", project / "data" / "raw" / "waves")
    shutil.copy(REPOSITORY / "pyproject.toml", project)
    (project / "notebooks").mkdir(exist_ok=True)
    for name in notebooks:
        shutil.copy(REPOSITORY / "notebooks" / f"{name}.ipynb", project / "notebooks")
    return project


def follow(project: Path, guide: str, only_tests: str, since: int = 0, upto: int | None = None) -> str:
    """Do what the blocks of a guide ask for, in order; return what is printed. `make test` runs one file of tests."""
    printed, cells = "", list[Block]()
    every = blocks(guide)[since:upto]
    for block, following in zip(every, [*every[1:], None], strict=True):
        for path, before, after in block.changes:
            change(project / path, before, after)
        if re.search(r"\bMake `notebooks/|one cell for each block", block.asked) or (
            cells and block.asked == cells[0].asked
        ):
            cells.append(block)
            continue
        if cells:
            _make_notebook(project, cells)
            cells = []
        if block.kind == "sh":
            fine = (1,) if following and re.search(r"\bThe build stops\b", following.asked) else (0,)
            printed += "".join(run(project, line, only_tests, fine) for line in block.text.splitlines())
        elif block.kind == "text":
            _compare(block.text, printed)
        else:
            write(project, block)
    return printed


def change(path: Path, before: str, after: str) -> None:
    """Replace a text that stands once in a file, or in the cells of a notebook."""
    if path.suffix != ".ipynb":
        whole = path.read_text(encoding="utf-8")
        assert whole.count(before) == 1, (path, before)
        path.write_text(whole.replace(before, after), encoding="utf-8")
        return
    notebook = json.loads(path.read_text(encoding="utf-8"))
    sources = {cell["id"]: "".join(cell["source"]) for cell in notebook["cells"]}
    (name,) = (name for name, source in sources.items() if before in source)
    assert sources[name].count(before) == 1, (path, before)
    for cell in notebook["cells"]:
        cell["source"] = sources[cell["id"]].replace(before, after)
    path.write_text(json.dumps(notebook), encoding="utf-8")


def write(project: Path, block: Block) -> None:
    """Write, append, replace, fill in or insert what a block asks for."""
    path = project / block.path
    if re.search(r"Fill in\s+`", block.asked):
        _fill_in(path, block.text)
    elif name := re.search(r"make `(\w+)` read", block.asked):
        path.write_text(re.sub(rf"(?m)^{name[1]}\b.*$", block.text.strip(), path.read_text("utf-8")), encoding="utf-8")
    elif after := re.search(r"after\s+the\s+cell\s+`(.+?)`:", block.asked):
        _insert(project / PATH.findall(block.asked)[0], after[1], block.text.strip())
    elif "Append to `" in block.asked:
        with path.open("a", encoding="utf-8") as stream:
            stream.write("\n\n" + block.text)
    else:
        assert "Write `" in block.asked, block.asked
        path.write_text(block.text, encoding="utf-8")


def run(project: Path, line: str, only_tests: str = "", fine: tuple[int, ...] = (0,)) -> str:
    """Run a command of a guide with this Python instead of `.venv`'s and the copied library; return what it prints.

    `ptce` may find something (1); so may `diff`. Of `make test`, one file of tests is run.
    """
    told, *arguments = shlex.split(line, comments=True)
    python = [sys.executable, "-m", "ptce_analysis"]
    meant = {
        "make": [*python, *(arguments or ["build"])],
        "ptce": [*python, *arguments],
        ".venv/bin/ptce": [*python, *arguments],
        ".venv/bin/python": [sys.executable, *arguments],
    }.get(told, [told, *arguments])
    if arguments == ["texts"]:
        meant = [sys.executable, "docs/texts.py"]
    if arguments == ["test"]:
        meant = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"tests/{only_tests}"]
    known = {**os.environ, "PYTHONPATH": str(project / "src"), "PTCE_WAVES": ""}
    done = subprocess.run(meant, cwd=project, env=known, capture_output=True, text=True, check=False)
    allowed = {*fine, 1} if told.endswith("ptce") or told == "diff" else set(fine)
    assert done.returncode in allowed, f"{line}\n{done.stdout}\n{done.stderr}"
    return done.stdout + (done.stderr if done.returncode else "")


def _compare(expected: str, printed: str) -> None:
    """Every line shown is printed; one that ends with … is the beginning of a printed line. Widths do not count."""
    lines = [" ".join(line.split()) for line in printed.splitlines()]
    for line in (" ".join(line.split()) for line in expected.splitlines()):
        start = line.removesuffix("…").rstrip()
        assert any(one == line or (start != line and one.startswith(start)) for one in lines), line


def _make_notebook(project: Path, cells: list[Block]) -> None:
    """A notebook of these blocks, the first two cells of code tagged as the guide says."""
    made, tags = list[dict[str, Any]](), iter([["parameters"], ["setup"]])
    for number, block in enumerate(cells):
        kind, tagged = ("code", next(tags, [])) if block.kind == "python" else (block.kind, [])
        made.append(cell_of(f"cell-{number}", kind, block.text.strip(), tagged))
    write_cells(project / PATH.findall(cells[0].asked)[0], made)


def _insert(path: Path, after: str, source: str) -> None:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    (place,) = (i for i, cell in enumerate(notebook["cells"]) if cell["id"] == after)
    notebook["cells"].insert(place + 1, cell_of("added", "code", source))
    path.write_text(json.dumps(notebook), encoding="utf-8")


def _fill_in(path: Path, entries: str) -> None:
    """Give translations to texts that the catalogue holds already, as its command wrote it."""
    with path.open("rb") as stream:
        catalogue = read_po(stream)
    for key, text in _entries(entries):
        assert key in catalogue, f"{key!r} is not a text of the project"
        catalogue[key].string = text
    with path.open("wb") as stream:
        write_po(stream, catalogue)


def _entries(text: str) -> Iterator[tuple[str, str]]:
    for key, said in re.findall(r'^msgid "(.*)"\nmsgstr "(.*)"$', text, re.MULTILINE):
        yield key.replace('\\"', '"'), said.replace('\\"', '"')


def script(name: str, folder: str = "docs") -> ModuleType:
    """A script of `docs/` or of `benchmarks/`, as a module."""
    spec = importlib.util.spec_from_file_location(f"{folder}_{name}", REPOSITORY / folder / f"{name}.py")
    assert spec and spec.loader
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
