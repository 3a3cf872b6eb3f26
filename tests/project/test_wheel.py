"""The library without its repository: a wheel, an environment of its own, another folder.

The environment holds the wheel and borrows the packages that the tests run with: this shows that the wheel is whole,
and that it imports nothing but what it asks for. That an index can give those packages is shown when locks are made.
"""

import ast
import json
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

from conftest import REPOSITORY
from ptce_analysis.pipeline.runs import LIBRARY

pytestmark = pytest.mark.thorough

BUILD = "import sys; from flit_core.buildapi import build_wheel; print(build_wheel(sys.argv[1]))"


@dataclass(frozen=True)
class Installed:
    """A wheel, the environment that holds it, and a folder far from the repository."""

    wheel: Path
    bin: Path
    folder: Path

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment, which knows nothing of the repository."""
        env = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LC_ALL": "C.UTF-8"}
        words = [str(self.bin / command[0]), *map(str, command[1:])]
        return subprocess.run(words, cwd=self.folder, env=env, capture_output=True, text=True, check=False)

    def answer(self, *arguments: str | Path, code: int = 0) -> object:
        """What `ptce ... --json` answers."""
        done = self.run("ptce", *arguments, "--json")
        assert done.returncode == code, done.stdout + done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel of the repository, built and installed."""
    folder = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [sys.executable, "-c", BUILD, folder], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    wheel = folder / done.stdout.split()[-1]
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "env"], check=True)
    python = folder / "env" / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-index", "--no-deps", wheel]
    subprocess.run(pip, check=True, capture_output=True)
    # Packages only: the `.pth` files of that folder, and with them the repository, are not read.
    borrowed = Path(sysconfig.get_path("purelib", vars={"base": folder / "env", "platbase": folder / "env"}))
    (borrowed / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    (folder / "elsewhere").mkdir()
    return Installed(wheel, folder / "env" / "bin", folder / "elsewhere")


def test_the_wheel_holds_every_file_of_the_library_and_nothing_else(installed: Installed) -> None:
    """Catalogue, templates, codebooks, mark of typed packages: all that the library holds; no test, no data."""
    with zipfile.ZipFile(installed.wheel) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
        metadata = {name.split("/", 1)[1] for name in wheel.namelist() if ".dist-info/" in name}
    files = (path for path in LIBRARY.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    assert names == {f"{LIBRARY.name}/{path.relative_to(LIBRARY).as_posix()}" for path in files}
    assert f"{LIBRARY.name}/py.typed" in names
    assert {"licenses/LICENSE", "licenses/LICENSES/DATA.md", "entry_points.txt"} <= metadata


QUESTIONS = (
    ("rates", "13/42", "10/52"),
    ("feasible", "--n", "29", "--sum", "1239", "--median", "10", "--draws", "100"),
    ("parse", "amount", "1,2 M€", "env. 30 000"),
)


def test_questions_are_answered_as_in_the_repository(installed: Installed) -> None:
    """The same answers, to the last digit, from an environment without the repository; a report needs its file."""
    for question in QUESTIONS:
        here = [sys.executable, "-m", "ptce_analysis", *question, "--json"]
        done = subprocess.run(here, cwd=REPOSITORY, capture_output=True, text=True, check=True)
        assert installed.answer(*question) == json.loads(done.stdout)
    report = REPOSITORY / "data" / "raw" / "published" / "figures.csv"
    verdicts: Any = installed.answer("audit", "--facts", report, code=1)
    assert {"consistent", "impossible"} <= {row["verdict"] for row in verdicts}
    done = installed.run("ptce", "audit")
    assert done.returncode == 2 and "--facts" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("wave", ["2013", "2015"])
def test_an_export_is_cleaned(installed: Installed, wave: str) -> None:
    """From the wheel alone: a wave cleaned, its codebook drafted; what writes the waves is in the project only."""
    refused = installed.run("ptce", "fictitious", "--out", "out")
    assert refused.returncode == 2 and "Run the command inside the project" in refused.stderr
    book = REPOSITORY / "data" / "raw" / "waves" / wave / "codebook.yml"
    (export,) = (path for path in book.parent.iterdir() if path.suffix in (".csv", ".xlsx"))
    summary: Any = installed.answer("clean", export, "--codebook", book, "--out", wave)
    assert summary["rows_in"] == summary["rows_kept"] + summary["rows_quarantined"] and summary["rows_kept"] > 40
    written = {path.name for path in (installed.folder / wave).iterdir()}
    assert written >= {"poles.csv", "supports.csv", "ledger.csv", "quarantine.csv"}
    assert "to_finish:" in installed.run("ptce", "codebook", export).stdout


FRENCH = """
from ptce_analysis.publish.language import Words
from ptce_analysis.publish.appendix import PtceExporter
import nbformat
print(Words("fr")("Figure"))
cells = [nbformat.v4.new_markdown_cell("# Titre")]
print(PtceExporter().from_notebook_node(nbformat.v4.new_notebook(cells=cells))[0])
"""


def test_pages_are_written_in_french(installed: Installed) -> None:
    """The catalogue and the template came along; nbconvert knows the library by its name."""
    shown = installed.run("python", "-c", FRENCH)
    assert shown.stdout.startswith("Graphique\n<!doctype html>"), shown.stderr
    known = "import nbconvert.exporters as e, papermill; print(e.get_exporter('ptce').__name__)"
    assert installed.run("python", "-c", known).stdout == "PtceExporter\n"


def test_the_library_imports_only_what_it_asks_for() -> None:
    """Every package imported is in the lock of what is declared, or in an extra: none is there by chance."""
    lock = (REPOSITORY / "requirements.lock").read_text(encoding="utf-8")
    extras = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [one for name, some in extras["optional-dependencies"].items() if name != "dev" for one in some]
    named = [*re.findall(r"(?m)^([\w.-]+)==", lock), *(re.split(r"[^\w.-]", one)[0] for one in wanted)]
    asked = {name.lower().replace("_", "-") for name in named}
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in LIBRARY.rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
    names = {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    names |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    givers = packages_distributions()
    outside = {name.split(".")[0] for name in names} - {LIBRARY.name, *sys.stdlib_module_names}
    given = {name: {one.lower().replace("_", "-") for one in givers.get(name, [name])} for name in outside}
    assert {name for name, some in given.items() if not some & asked} == set()
