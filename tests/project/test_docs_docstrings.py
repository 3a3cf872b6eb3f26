"""What docstrings of the library owe to whoever calls it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ptce_analysis.pipeline.runs import LIBRARY

FILES = sorted(LIBRARY.rglob("*.py"))


def public(path: Path, inside: bool = False) -> Iterator[tuple[str, ast.FunctionDef]]:
    """The functions that others may call, without a leading `_`; `inside`, the described methods of public classes."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    classes = [node for node in body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")]
    for node in (one for part in classes for one in part.body) if inside else body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and (said(node) or not inside):
            yield node.name, node


def said(node: ast.FunctionDef) -> str:
    """The docstring of a function."""
    return ast.get_docstring(node) or ""


def raised(node: ast.FunctionDef) -> set[str]:
    """The errors that a function raises itself."""
    errors = [one.exc for one in ast.walk(node) if isinstance(one, ast.Raise) and isinstance(one.exc, ast.Call)]
    return {ast.unparse(error.func) for error in errors}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(LIBRARY).as_posix())
def test_docstrings_say_what_callers_need(path: Path) -> None:
    """Each module and public function has one; it announces the errors that it raises, and names a table's columns."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not tree.body or ast.get_docstring(tree) or path.name == "__main__.py"
    assert [name for name, node in public(path) if not said(node)] == []
    raising = [(name, node) for name, node in [*public(path), *public(path, inside=True)] if raised(node)]
    assert [name for name, node in raising if not re.search("(?i)raise|refuse", said(node))] == []
    tables = [(name, node) for name, node in public(path) if node.returns and "DataFrame" in ast.unparse(node.returns)]
    assert [name for name, node in tables if not re.search(r"`|\(columns\b", said(node))] == []
