"""What a notebook calls: a page that numbers, explains and shows each figure, table and sentence.

JupyterLab and the HTML appendix receive the same three outputs for an exhibit: its title, the drawing, its notes.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

from IPython.display import display

from ptce_analysis.errors import InputError
from ptce_analysis.publish.exhibit import Exhibit, csv_link, data_html, faults
from ptce_analysis.publish.language import Sentence, Words
from ptce_analysis.publish.parameters import check_parameters
from ptce_analysis.publish.style import drawing, svg
from ptce_analysis.published import Facts, read_published
from ptce_analysis.vocabulary import ORIGINS

PROJECT_VARIABLE = "PTCE_PROJECT"


def project_folder() -> Path:
    """Return the project's folder: `$PTCE_PROJECT`, or the nearest folder upwards that holds `data/raw/published`."""
    start = Path(os.environ.get(PROJECT_VARIABLE) or ".").resolve()
    for folder in (start, *start.parents):
        if (folder / "data" / "raw" / "published").is_dir():
            return folder
    raise InputError(f"no folder data/raw/published found at or above {start}: open the notebook inside the project.")


@dataclass
class Page:
    """One page being written: its language, its parameters, and the count of its figures and tables."""

    stem: str
    words: Words
    parameters: dict[str, Any]
    counts: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})

    @cached_property
    def facts(self) -> Facts:
        """The published figures of the project."""
        return read_published(project_folder() / "data" / "raw" / "published")

    def say(self, sentences: Callable[..., Sentence], *tables: Any, headline: bool = False) -> None:
        """Show the sentence that a function writes from tables; `headline` marks the page's answer."""
        sentence = sentences(self.words, *tables)
        kind = "answer" if headline else "say"
        numbers = {name: _stated(number) for name, number in sentence.numbers.items()}
        about = {"key": sentences.__name__, "kind": kind, "text": sentence.text, "numbers": numbers}
        _display(f'<p class="{kind}">{escape(sentence.text)}</p>', sentence.text, {"ptce": about})

    def show(self, exhibits: Callable[..., Exhibit], *tables: Any) -> None:
        """Show the figure or table that a function composes from tables, or refuse it naming what is missing."""
        exhibit = exhibits(self.words, *tables)
        found = faults(exhibit)
        if found:
            raise InputError(f"exhibit {exhibit.key!r} cannot be shown: {'; '.join(found)}.")
        self.counts[exhibit.is_figure] += 1
        self._head(exhibit)
        if exhibit.is_figure:
            self._drawing(exhibit)
        self._notes(exhibit)

    def _number(self, exhibit: Exhibit) -> str:
        name = self.words("Figure") if exhibit.is_figure else self.words("Table")
        return f"{name}{chr(0xA0)}{self.counts[exhibit.is_figure]}"

    def _head(self, exhibit: Exhibit) -> None:
        number = self._number(exhibit)
        html = (
            f'<p class="number">{number} <span class="origin {exhibit.origin}">{self._origin(exhibit)}</span></p>'
            f'<p class="title">{escape(str(exhibit.title))}</p><p class="measure">{escape(str(exhibit.measure))}</p>'
        )
        _display(html, f"{number}. {exhibit.title}", {"ptce": {"key": exhibit.key, "kind": "head", "number": number}})

    def _origin(self, exhibit: Exhibit) -> str:
        return escape(self.words.label(ORIGINS[exhibit.origin]))

    def _drawing(self, exhibit: Exhibit) -> None:
        with drawing():
            figure = exhibit.draw(exhibit.data)  # type: ignore[misc]
            image = svg(figure, str(exhibit.title), str(exhibit.alt), exhibit.key)
        metadata = {"filename": f"{self.stem}-{exhibit.key}.svg", "ptce": {"key": exhibit.key, "kind": "drawing"}}
        display({"image/svg+xml": image, "text/plain": str(exhibit.alt)}, raw=True, metadata=metadata)

    def _notes(self, exhibit: Exhibit) -> None:
        words = self.words
        parts = ((words("Note"), exhibit.note), (words("How to read"), exhibit.reading))
        parts += ((words("Population"), exhibit.population), (words("Source"), exhibit.source))
        rows = "".join(f"<dt>{escape(str(name))}</dt><dd>{escape(str(text))}</dd>" for name, text in parts)
        table = data_html(words, exhibit)
        if exhibit.is_figure:
            table = f"<details><summary>{escape(str(words('The data as a table')))}</summary>{table}</details>"
        link = csv_link(words, exhibit, f"{self.stem}-{exhibit.key}.csv")
        plain = "\n".join(f"{name}: {text}" for name, text in parts)
        after = f'<dl class="notes">{rows}</dl>'
        html = f"{table}{after}<p>{link}</p>" if not exhibit.is_figure else f"{after}{table}<p>{link}</p>"
        _display(html, plain, {"ptce": {"key": exhibit.key, "kind": "notes"}})


def open_page(stem: str, **parameters: Any) -> Page:
    """Return the page of a notebook, or refuse an illegal parameter naming the legal values."""
    check_parameters(stem, parameters)
    return Page(stem, Words(parameters["lang"]), parameters)


def _stated(number: Any) -> dict[str, Any]:
    value = None if number.value is None else round(float(number.value), 12)
    return {"value": value, "kind": number.kind, "source": number.source}


def _display(html: str, plain: str, metadata: dict[str, Any]) -> None:
    display({"text/html": html, "text/plain": plain}, raw=True, metadata=metadata)
