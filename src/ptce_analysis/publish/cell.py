"""What passes between a cell of a notebook and its page: values for a text, the cell itself, what it gets back."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Mapping
from typing import Any

import executing
import pandas as pd
from IPython.core.getipython import get_ipython
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ptce_analysis.errors import InputError, nearest
from ptce_analysis.protect.release import Protected
from ptce_analysis.publish.sentences import Sentence
from ptce_analysis.published import Facts


def value_of(name: str, values: Mapping[str, Any], sources: tuple[Any, ...], facts: Facts) -> Any:
    """Return the value of a name of a text: from the keywords, else from the sources in order, else a published figure.

    Raises `InputError` that names what there is.
    """
    for place in (values, *sources, facts):
        found = _within(place, name)
        if found is not None:
            return found
    known = [*values, *(column for place in sources for column in getattr(place, "columns", ())), *facts]
    raise InputError(f"{{{name}}}: no value, column or published figure has this name.{nearest(name, map(str, known))}")


def _within(place: Any, name: str) -> Any:
    """The value of a name in a mapping, a record or a table (its first row, or the row before the point)."""
    if isinstance(place, Protected):
        return _within(place.table, name)
    if isinstance(place, pd.DataFrame):
        row, point, column = name.partition(".")
        if point:
            return place.at[row, column] if column in place and row in place.index else None
        return place[name].iloc[0] if name in place and len(place) else None
    if isinstance(place, Mapping | pd.Series):
        if name in place:
            return place[name]
        first, point, rest = name.partition(".")
        return _within(place[first], rest) if point and first in place else None
    return getattr(place, name, None) if name.isidentifier() else None


def current_cell() -> tuple[str, int]:
    """Return which cell is running and the count of its execution.

    JupyterLab and VS Code say the id of the cell. Other people's front ends do not: any cell may then be one that is
    run again, and none has a name. Where nobody can be asked, as in a build, each cell runs once, in order.
    """
    shell = get_ipython()
    if shell is None:
        return "", 0
    asked = getattr(shell, "parent_header", None) or {}
    somebody = asked.get("content", {}).get("allow_stdin", False) or not hasattr(shell, "kernel")
    name = asked.get("metadata", {}).get("cellId") or ("" if somebody else f"In [{shell.execution_count}]")
    return str(name), int(shell.execution_count)


def condition() -> str:
    """Return the source of the `holds=` that the running cell gave two calls above, as words for an error."""
    node = executing.Source.executing(sys._getframe(2)).node
    given = [word.value for word in getattr(node, "keywords", ()) if word.arg == "holds"]
    return f"False: {ast.unparse(given[0])}. " if given else ""


def controls(function: Callable[..., Any], values: Mapping[str, Any]) -> Any:
    """Return a field of its kind for each value, and below them what the function makes of what they hold.

    None where ipywidgets is not installed: only JupyterLab's own environment has it.
    """
    try:
        import ipywidgets
    except ImportError:
        return None
    fields = {int: ipywidgets.IntText, float: ipywidgets.FloatText, str: ipywidgets.Text}

    def answered(**given: Any) -> Any:
        try:
            return function(**given)
        except InputError as error:  # a value on its way to the next one
            print(error)
            return None

    return ipywidgets.interactive(
        answered,
        {"auto_display": True},
        **{name: fields[type(value)](value, description=name) for name, value in values.items()},
    )


def drawn(draw: Figure | Axes | Callable[[pd.DataFrame], Any], data: pd.DataFrame) -> Figure:
    """Return the figure that was drawn, or that a function draws of the data; pyplot forgets it.

    Raises `InputError` for what is no drawing.
    """
    made = draw if isinstance(draw, Figure | Axes) or hasattr(draw, "figure") else draw(data)
    figure = made if isinstance(made, Figure) else getattr(made, "figure", None)
    if not isinstance(figure, Figure):
        raise InputError(f"{type(made).__name__}: an Axes or a Figure of matplotlib or seaborn is expected.")
    if "matplotlib.pyplot" in sys.modules:  # or it would be shown a second time at the end of the cell
        sys.modules["matplotlib.pyplot"].close(figure)
    return figure


class _Shown:
    """What a cell shows through the page is not shown again as the value of its last line."""

    _shown_in: int

    def _ipython_display_(self) -> None:
        if self._shown_in != current_cell()[1]:
            self._show()

    def _show(self) -> None:
        raise NotImplementedError


class ShownSentence(_Shown, Sentence):
    """A sentence that the page has shown."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence.text, sentence.numbers, sentence.marked)
        object.__setattr__(self, "_shown_in", current_cell()[1])

    def _show(self) -> None:
        print(self.text)


class ShownTable(_Shown, pd.DataFrame):  # type: ignore[misc]
    """A table that the page has shown; whatever is made of it is an ordinary one."""

    _internal_names = [*pd.DataFrame._internal_names, "_shown_in"]  # noqa: RUF012 (as pandas asks of its subclasses)
    _internal_names_set = frozenset(_internal_names)

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._shown_in = current_cell()[1]

    def _show(self) -> None:
        from IPython.display import display

        display(pd.DataFrame(self))  # type: ignore[no-untyped-call]


def as_shown(figure: Figure) -> Figure:
    """Return a figure that the page has shown; changed since, it is shown again as the value of a cell."""
    shown_in = current_cell()[1]
    figure.stale = False

    def show() -> None:
        if figure.stale or current_cell()[1] != shown_in:
            from IPython.core.pylabtools import print_figure
            from IPython.display import Image, display

            display(Image(print_figure(figure)))  # type: ignore[no-untyped-call]
            figure.stale = False

    figure._ipython_display_ = show  # type: ignore[attr-defined]
    return figure


class ShownFigures(_Shown, list):  # type: ignore[type-arg]
    """The panels of a figure that the page has shown."""

    def __init__(self, figures: list[Figure]) -> None:
        super().__init__(map(as_shown, figures))
        self._shown_in = current_cell()[1]

    def _show(self) -> None:
        from IPython.display import display

        display(*self)  # type: ignore[no-untyped-call]
