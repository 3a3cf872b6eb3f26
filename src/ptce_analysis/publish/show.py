"""What a notebook calls: a page that numbers, explains and shows each figure, table and sentence.

JupyterLab and the HTML appendix receive the same three outputs for an exhibit: its title, the drawing, its notes.
"""

from __future__ import annotations

import ast
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, wraps
from pathlib import Path
from typing import Any

from IPython import get_ipython
from IPython.display import display

from ptce_analysis.errors import InputError
from ptce_analysis.publish.claims import claims_of, origins_that_clash
from ptce_analysis.publish.disclosure.release import protection, unreleased
from ptce_analysis.publish.exhibit import TEXTS, Exhibit, NothingToShow, faults
from ptce_analysis.publish.exhibit_html import head_html, note_parts, notes_html, origin_html
from ptce_analysis.publish.language import NO_BREAK, Sentence, Words
from ptce_analysis.publish.layout import fit, narrow
from ptce_analysis.publish.parameters import check_parameters
from ptce_analysis.publish.sentences import sentence_html
from ptce_analysis.publish.style import drawing, watermark
from ptce_analysis.publish.svg import svg, svg_again
from ptce_analysis.publish.trust import sealed
from ptce_analysis.published import Facts, read_published, read_sources
from ptce_analysis.vocabulary import ORIGINS

PROJECT_VARIABLE = "PTCE_PROJECT"
PUBLISHED = Path("data", "raw", "published")


def project_folder() -> Path:
    """Return the project's folder: `$PTCE_PROJECT`, or the nearest folder upwards that holds `data/raw/published`.

    Raises `InputError` when there is none.
    """
    start = Path(os.environ.get(PROJECT_VARIABLE) or ".").resolve()
    for folder in (start, *start.parents):
        if (folder / PUBLISHED).is_dir():
            return folder
    raise InputError(f"no folder data/raw/published found at or above {start}: open the notebook inside the project.")


@dataclass
class Page:
    """One page being written: its language, its parameters, what it has shown so far."""

    stem: str
    words: Words
    parameters: dict[str, Any]
    counts: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})
    keys: Counter[str] = field(default_factory=Counter)

    @cached_property
    def facts(self) -> Facts:
        """The published figures of the project."""
        return read_published(project_folder() / PUBLISHED)

    @cached_property
    def sources(self) -> dict[str, dict[str, str]]:
        """The sources of the published figures, by id."""
        return read_sources(project_folder() / PUBLISHED)

    def say(
        self, sentences: Callable[..., Sentence], *tables: Any, headline: bool = False, origin: str = "derived"
    ) -> None:
        """Show the sentence that a function writes from tables; `headline` marks the page's answer.

        `origin` is that of the numbers which do not say theirs; a sentence on fictitious data says so.

        Raises `InputError` when origins clash, or when it states of answers what the rules did not release.
        """
        sentence = sentences(self.words, *tables)
        key, made_by = self._new_key(sentences.__name__), _name_of(sentences)
        clash = origins_that_clash(origin, {number.origin for number in sentence.numbers.values()})
        held = protection(*tables)
        stated = [None if number.value is None else float(number.value) for number in sentence.numbers.values()]
        found = [*filter(None, [clash]), *unreleased(origin, held, numbers=stated, texts=[sentence.text])]
        if found:
            raise InputError(f"sentence {key!r} cannot be shown: {'; '.join(found)}.")
        kind = "answer" if headline else "say"
        html, text = sentence_html(sentence, key), sentence.text
        if origin == "fictitious":
            html = f"{origin_html(self.words, origin, held is not None)} {html}"
            text = f"[{self.words.label(ORIGINS[origin])}] {text}"
        claims = claims_of(key, sentence, origin, "", made_by)
        about: dict[str, Any] = {"key": key, "kind": kind, "text": text, "origin": origin, "claims": claims}
        about["protected"] = held is not None
        _display(_paragraph(html, kind), text, about)

    def show(self, exhibits: Callable[..., Exhibit], *tables: Any) -> None:
        """Show the figure or table that a function composes from tables, or say why there is none.

        Raises `InputError` naming what is missing of an exhibit, or what it states of answers that was not released.
        """
        try:
            exhibit = exhibits(self.words, *tables)
        except NothingToShow as nothing:
            why = nothing.why
            self.say(wraps(exhibits)(lambda _words: why))
        else:
            self._lay_out(exhibit, _name_of(exhibits))

    def _lay_out(self, exhibit: Exhibit, made_by: str) -> None:
        """Display an exhibit, its parts in order; refuse one that says too little."""
        found = faults(exhibit)
        found += [f"another exhibit of the page has this key: {exhibit.key}"] if self.keys[exhibit.key] else []
        if found:
            raise InputError(f"exhibit {exhibit.key!r} cannot be shown: {'; '.join(found)}.")
        self._new_key(exhibit.key)
        self.counts[exhibit.is_figure] += 1
        self._head(exhibit, made_by)
        if exhibit.is_figure:
            self._drawing(exhibit)
        self._notes(exhibit)

    def _new_key(self, key: str) -> str:
        """The key itself the first time, then with a number: ids of a page are unique."""
        self.keys[key] += 1
        return key if self.keys[key] == 1 else f"{key}-{self.keys[key]}"

    def _number(self, exhibit: Exhibit) -> str:
        name = self.words("Figure") if exhibit.is_figure else self.words("Table")
        return f"{name}{NO_BREAK}{self.counts[exhibit.is_figure]}"

    def _head(self, exhibit: Exhibit, made_by: str) -> None:
        number, source = self._number(exhibit), str(exhibit.source)
        claims = [
            claim
            for part in (*TEXTS, "alt")
            for text in filter(None, [getattr(exhibit, part)])
            for claim in claims_of(f"{exhibit.key}.{part}", text, exhibit.origin, source, made_by)
        ]
        about: dict[str, Any] = {"key": exhibit.key, "kind": "head", "number": number, "origin": exhibit.origin}
        about |= {"title": str(exhibit.title), "claims": claims, "protected": exhibit.protected is not None}
        plain = f"{number} ({self.words.label(ORIGINS[exhibit.origin])}). {exhibit.title}"
        _display(head_html(self.words, exhibit, number), plain, about)

    def _drawing(self, exhibit: Exhibit) -> None:
        with drawing():
            figure = exhibit.draw(exhibit.data)  # type: ignore[misc]
            if exhibit.origin == "fictitious":
                watermark(figure, self.words.label(ORIGINS["fictitious"]))
            fit(figure)
            image = svg(figure, str(exhibit.title), str(exhibit.alt), exhibit.key)
            small = svg_again(figure, exhibit.key) if narrow(figure) else ""
        about = {"key": exhibit.key, "kind": "drawing", "narrow": small}
        metadata = {"filename": f"{self.stem}-{exhibit.key}.svg", **sealed(about, image, *filter(None, [small]))}
        display({"image/svg+xml": image, "text/plain": str(exhibit.alt)}, raw=True, metadata=metadata)  # type: ignore[no-untyped-call]

    def _notes(self, exhibit: Exhibit) -> None:
        file_name = f"{self.stem}-{exhibit.key}.csv"
        html = notes_html(self.words, exhibit, self._number(exhibit), file_name)
        plain = "\n".join(f"{name}: {text}" for _, name, text in note_parts(self.words, exhibit))
        _display(html, plain, {"key": exhibit.key, "kind": "notes", "file": file_name})


def _paragraph(html: str, kind: str) -> str:
    """A sentence as a paragraph; one of several lines as a list."""
    if "\n" not in html:
        return f'<p class="{kind}">{html}</p>'
    lines = "".join(f"<li>{line}</li>" for line in html.split("\n"))
    return f'<ul class="{kind}">{lines}</ul>'


def open_page(stem: str, **parameters: Any) -> Page:
    """Return the page of a notebook, or refuse an illegal parameter naming the legal names or values.

    `papermill -p confidense 0.9` only warns of a name that the notebook does not have: the page refuses it.
    """
    check_parameters(stem, parameters)
    check_parameters(stem, dict.fromkeys(_injected()) | parameters, parameters)
    return Page(stem, Words(parameters["lang"]), parameters)


def _injected() -> list[str]:
    """The names in the cell that papermill injects below the parameters: the last one run before that of the page."""
    shell = get_ipython()
    before = shell.user_ns["In"][-2] if shell and len(shell.user_ns["In"]) > 1 else ""
    if not before.startswith("# Parameters\n"):
        return []
    names = (node for node in ast.walk(ast.parse(before)) if isinstance(node, ast.Name))
    return [node.id for node in names if isinstance(node.ctx, ast.Store)]


def _name_of(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__qualname__}"


def _display(html: str, plain: str, about: dict[str, Any]) -> None:
    display({"text/html": html, "text/plain": plain}, raw=True, metadata=sealed(about, html))  # type: ignore[no-untyped-call]
