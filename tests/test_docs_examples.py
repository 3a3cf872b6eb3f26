"""The examples of docstrings and of `docs/` are true, and say what the library really gives."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path
from types import ModuleType

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


def examples(module: ModuleType) -> list[doctest.DocTest]:
    """The docstrings of a module that hold examples."""
    return [test for test in doctest.DocTestFinder(exclude_empty=True).find(module) if test.examples]


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_docstrings_are_true(name: str) -> None:
    """Each `>>>` gives what is written under it."""
    runner = doctest.DocTestRunner()
    for test in examples(importlib.import_module(name)):
        runner.run(test)
    assert runner.failures == 0, name


def test_examples_are_found() -> None:
    """The search above sees examples in each part of the library that computes: it cannot pass by finding none."""
    with_some = {name.split(".")[1] for name in MODULES if examples(importlib.import_module(name))}
    assert {"analysis", "survey", "publish", "fictitious", "errors"} <= with_some


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_examples_of_the_pages_are_true(path: Path) -> None:
    """The same for the documentation."""
    assert doctest.testfile(str(path), module_relative=False, encoding="utf-8").failed == 0


def test_the_method_is_checked_at_every_step() -> None:
    """The note on feasible sets computes in each of its sections that claims something."""
    text = (REPOSITORY / "docs" / "feasible-sets.md").read_text(encoding="utf-8")
    sections = {part.splitlines()[0]: part for part in text.split("\n## ")[1:]}
    claiming = [part for title, part in sections.items() if title[0] in "123456"]
    assert len(claiming) == 6 and all(">>> " in part for part in claiming)
