"""The examples of docstrings and of `docs/` are true, and say what the library really gives."""

import doctest
import importlib
import os
import pkgutil
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import papermill  # noqa: F401 (loads this library's engine by its entry point: the engine cannot be loaded before)
import pytest

import ptce_analysis
from conftest import REPOSITORY

MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(ptce_analysis.__path__, "ptce_analysis.")
    if not module.name.endswith("__main__")
)
PAGES = sorted((REPOSITORY / "docs").glob("*.md"))


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_docstrings_are_true(name: str) -> None:
    """Each `>>>` gives what is written under it."""
    runner = doctest.DocTestRunner()
    for test in doctest.DocTestFinder(exclude_empty=True).find(importlib.import_module(name)):
        runner.run(test)
    assert runner.failures == 0, name


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_examples_of_the_pages_are_true(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for the documentation, whose paths start at the project."""
    monkeypatch.chdir(REPOSITORY)
    assert doctest.testfile(str(path), module_relative=False, encoding="utf-8").failed == 0


def test_each_claim_of_the_method_is_computed_and_names_its_tests() -> None:
    """Each section of the note on feasible sets that claims something computes it; the tests it names exist, once."""
    method = (REPOSITORY / "docs" / "feasible-sets.md").read_text(encoding="utf-8")
    claiming = [part for part in method.split("\n## ")[1:] if part[0] in "12345"]
    assert len(claiming) == 5 and all(">>> " in part for part in claiming)
    named = re.findall(r"`(test_\w+)`", method)
    sources = [path.read_text(encoding="utf-8") for path in (REPOSITORY / "tests").rglob("test_*.py")]
    defined = Counter(name for source in sources for name in re.findall(r"^def (test_\w+)", source, re.MULTILINE))
    assert len(named) > 10 and {name: defined[name] for name in named} == dict.fromkeys(named, 1)


@pytest.mark.thorough
def test_the_reference_has_a_page_for_each_module_and_asks_for_nothing(tmp_path: Path) -> None:
    """`make docs`: one page per public module with its docstring; no script, style, font or image from elsewhere."""
    script, source = REPOSITORY / "docs" / "reference.py", str(REPOSITORY / "src")
    command = [sys.executable, str(script), str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PYTHONPATH": source})
    pages = {path.relative_to(tmp_path).as_posix(): path.read_text("utf-8") for path in tmp_path.rglob("*.html")}
    assert {f"{name.replace('.', '/')}.html" for name in MODULES} <= set(pages)
    asking = r"""<(?:script|img|link)\b[^>]*(?:src|href)=["']?(?:https?:)?//|url\(["']?http"""
    assert [name for name, page in pages.items() if re.search(asking, page)] == []
    assert "smallest_sum" in pages["ptce_analysis/analysis/amounts.html"]
