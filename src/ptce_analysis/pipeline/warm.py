"""What is paid once, before children are forked: imports, fonts, templates, catalogues. It leaves no state behind."""

from __future__ import annotations

import importlib
import io
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import nbformat

from ptce_analysis.pipeline.pages import exporter
from ptce_analysis.publish import plots
from ptce_analysis.publish.language import translation
from ptce_analysis.publish.style import drawing

# What libraries import only as they are used: by the library, if it is imported at all.
LATE = {
    "IPython": ("IPython.core.application", "IPython.core.completerlib", "IPython.core.logger"),
    "pandas": ("pandas.core.methods.to_dict", "pandas.core.reshape.reshape", "pandas.io.formats.csvs"),
}


def warm_up(names: Iterable[str], langs: Iterable[str]) -> None:
    """Import what runs import, and draw and write something once.

    A module that cannot be imported is left to the run that needs it, which will say so with its cell.
    """
    for name in ("ptce_analysis.pipeline.pages", "ptce_analysis.pipeline.kernel", *names):
        module, _, inner = name.rpartition(".")
        if not hasattr(sys.modules.get(module), inner):  # `a.b` may be a module, or something that `a` holds
            _import(name) or _import(module)
    for name in (name for library, names in LATE.items() if library in sys.modules for name in names):
        _import(name)
    for lang in langs:
        translation(lang, "")
    _check()
    _draw()
    exporter().from_notebook_node(_notebook())


def _import(name: str) -> bool:
    with suppress(Exception):
        importlib.import_module(name)
        return True
    return False


def _check() -> None:
    """Check a table, where anything does: pandera imports most of what it needs, and registers it, the first time."""
    if "pandera" in sys.modules:
        schemas = importlib.import_module("pandera.pandas")
        schemas.DataFrameSchema({"a": schemas.Column(int)}).validate(
            importlib.import_module("pandas").DataFrame({"a": [1]})
        )


def _draw() -> None:
    with drawing():
        figure: Any = plots.axes(1, title="Aé 0").figure
        figure.savefig(io.BytesIO(), format="svg")
        figure.savefig(io.BytesIO(), format="png")


def _notebook() -> nbformat.NotebookNode:
    cells = [nbformat.v4.new_markdown_cell("# a\n\n$x$"), nbformat.v4.new_code_cell("1")]  # type: ignore[no-untyped-call]
    return nbformat.v4.new_notebook(cells=cells)  # type: ignore[no-untyped-call,no-any-return]
