"""What is paid once, before children are forked: imports, fonts, templates, catalogues. It leaves no state behind."""

from __future__ import annotations

import importlib
import io
import sys
from collections.abc import Iterable
from contextlib import suppress

import nbformat

from ptce_analysis.pipeline.pages import exporter, versions
from ptce_analysis.publish.language import translation
from ptce_analysis.publish.style import drawing, new_figure


def warm_up(names: Iterable[str], langs: Iterable[str]) -> None:
    """Import what runs import, and draw and write something once.

    A module that cannot be imported is left to the run that needs it, which will say so with its cell.
    """
    for name in ("ptce_analysis.pipeline.pages", "ptce_analysis.pipeline.kernel", *names):
        module, _, inner = name.rpartition(".")
        if not hasattr(sys.modules.get(module), inner):  # `a.b` may be a module, or something that `a` holds
            _import(name) or _import(module)
    for lang in langs:
        translation(lang, "")
    _draw()
    versions()
    exporter().from_notebook_node(_notebook())  # type: ignore[no-untyped-call]


def _import(name: str) -> bool:
    with suppress(Exception):
        importlib.import_module(name)
        return True
    return False


def _draw() -> None:
    with drawing():
        figure = new_figure(1)
        figure.add_subplot().set_title("Aé 0")
        figure.draw_without_rendering()
        figure.savefig(io.BytesIO(), format="svg")


def _notebook() -> nbformat.NotebookNode:
    cells = [nbformat.v4.new_markdown_cell("# a\n\n$x$"), nbformat.v4.new_code_cell("1")]  # type: ignore[no-untyped-call]
    return nbformat.v4.new_notebook(cells=cells)  # type: ignore[no-untyped-call,no-any-return]
