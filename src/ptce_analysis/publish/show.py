"""What a notebook calls: a page that numbers, explains and shows each figure, table and sentence.

JupyterLab and the HTML appendix receive the same three outputs for an exhibit: its title, the drawing, its notes.
"""

from __future__ import annotations

import ast
import os
import re
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from IPython import get_ipython
from IPython.core.pylabtools import select_figure_formats
from IPython.display import display

from ptce_analysis.errors import InputError
from ptce_analysis.publish import picture, plots
from ptce_analysis.publish.cell import (
    ShownFigures,
    ShownSentence,
    ShownTable,
    as_shown,
    condition,
    controls,
    current_cell,
    drawn,
    value_of,
)
from ptce_analysis.publish.claims import claims_of, origins_that_clash
from ptce_analysis.publish.disclosure.release import Protected, protection, unreleased
from ptce_analysis.publish.exhibit import TEXTS, Column, Exhibit, faults, table_faults
from ptce_analysis.publish.exhibit_html import head_html, note_parts, notes_html, origin_html
from ptce_analysis.publish.language import NO_BREAK, Sentence, Words, typeset
from ptce_analysis.publish.parameters import check_parameters
from ptce_analysis.publish.sentences import lead, plain_text, sentence_html, with_addresses
from ptce_analysis.publish.style import drawing, theme, watermark
from ptce_analysis.published import Figures, read_published, read_sources
from ptce_analysis.vocabulary import LEVELS, ORIGINS, SCENARIOS, STAGES, STATISTICS, UNITS, Label

# The columns of tables that hold codes in place of words.
CODES: dict[str, dict[str, Label]] = {
    "level": LEVELS,
    "stage": STAGES,
    "scenario": SCENARIOS,
    "statistic": STATISTICS,
    "unit": UNITS,
    "origin": ORIGINS,
}
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


@dataclass(frozen=True)
class _Place:
    """Where in a notebook something was shown: its cell, the execution of that cell, and the number it bears there."""

    cell: str
    execution: int
    number: int = 0


@dataclass
class Page:
    """One page being written: its language, its parameters, what it has shown so far."""

    stem: str
    words: Words
    parameters: dict[str, Any]
    counts: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})
    places: dict[str, _Place] = field(default_factory=dict)
    keys: Counter[str] = field(default_factory=Counter)

    @cached_property
    def facts(self) -> Figures:
        """The published figures of the project, shown with labels in the reader's language."""
        return Figures(read_published(project_folder() / PUBLISHED), self.words.label)

    @cached_property
    def sources(self) -> dict[str, dict[str, str]]:
        """The sources of the published figures, by id."""
        return read_sources(project_folder() / PUBLISHED)

    def say(
        self,
        text: str,
        *sources: Any,
        holds: Any = True,
        when: Any = True,
        answer: bool = False,
        origin: str = "derived",
        key: str = "",
        **values: Any,
    ) -> Sentence | None:
        """Show a sentence and return it. `{name:kind}` in it is the value of that name, written as that kind.

        A value comes from a keyword, else from the first of `sources` that has it (the first row of a table, or
        `{row.column:kind}` for another row), else from the published figure of that id. `**bold**` and `[text](page)`
        are as in Markdown, `[text](S3)` leads to a source; lines are the items of a list, numbered
        as in Markdown (`1. `); `> ` begins a quotation.

        `holds` is what the sentence claims, as a condition on the data; `when=False` shows nothing. `answer` marks the
        page's answer. `origin` is that of the numbers which do not say theirs.

        Raises `InputError` when `holds` is false, when a value is missing, when origins clash, or when the sentence
        states of answers what the rules did not release.
        """
        sentence = self._filled(text, sources, values, bool(np.all(when)))
        if sentence is None:
            return None
        if not np.all(holds):
            raise InputError(f"this no longer holds: “{sentence.text}” {condition()}Say what the figures now show.")
        kind, held = ("answer" if answer else "say"), protection(*sources)
        key = self._new_key(key or ("answer" if answer else f"say-{self._count()}"))
        clash = origins_that_clash(origin, {number.origin for number in sentence.numbers.values()})
        stated = [None if number.value is None else float(number.value) for number in sentence.numbers.values()]
        found = [*filter(None, [clash]), *unreleased(origin, held, numbers=stated, texts=[sentence.text])]
        if found:
            raise InputError(f"sentence {key!r} cannot be shown: {'; '.join(found)}.")
        html, plain = sentence_html(sentence, key), plain_text(sentence.text)
        if origin == "fictitious":
            html = f"{origin_html(self.words, origin, held is not None)} {html}"
            plain = f"[{self.words.label(ORIGINS[origin])}] {plain}"
        claims = claims_of(key, sentence, origin, "")
        about: dict[str, Any] = {"key": key, "kind": kind, "text": plain, "origin": origin, "claims": claims}
        about |= {"protected": held is not None, "lead": lead(sentence.text)}
        _display(_paragraph(html, kind), plain, about)
        return ShownSentence(sentence)

    def figure(
        self,
        key: str,
        data: pd.DataFrame | Protected,
        draw: Any,
        *,
        columns: Mapping[str, str],
        title: str,
        reading: str,
        alt: str,
        source: str,
        population: str,
        measure: str = "",
        note: str = "",
        when: Any = True,
        origin: str = "derived",
        **values: Any,
    ) -> Any:
        """Show a drawing with its texts and its data, and return it as a matplotlib figure; None when it is unwanted.

        `draw` is what seaborn or matplotlib made of `data` (an `Axes` or a `Figure`), a function that does when given
        the data, or a list of these: panels side by side where there is room (a list of figures is then returned).
        `columns` are those of the table behind it: `{"amount_eur:keur": "Amount"}`. Texts are filled as in `say`, from
        the keywords and from the first row of the data; `reading` reads one mark, and each of its numbers must stand
        in the data. `population` says who is counted, `measure` what, `alt` what is seen. `when=False` shows nothing.

        Raises `InputError` naming what is missing of the exhibit, or what it states of answers that was not released.
        """
        texts = {"title": title, "reading": reading, "population": population, "source": source, "alt": alt}
        exhibit = self._exhibit(key, data, columns, texts | {"measure": measure, "note": note}, origin, values, when)
        if exhibit is None:
            return None
        figures = [drawn(one, exhibit.data) for one in (draw if isinstance(draw, list) else [draw])]
        self._lay_out(replace(exhibit, draw=lambda _: figures))
        return ShownFigures(figures) if isinstance(draw, list) else as_shown(figures[0])

    def table(
        self,
        key: str,
        data: pd.DataFrame | Protected,
        columns: Mapping[str, str],
        *,
        title: str,
        reading: str,
        source: str,
        population: str,
        measure: str = "",
        note: str = "",
        when: Any = True,
        origin: str = "derived",
        collapsed: bool = False,
        **values: Any,
    ) -> pd.DataFrame | None:
        """Show a table with its texts, and return its data; the arguments are those of `figure`.

        A `collapsed` table is closed until the reader opens it; its texts are in sight.
        """
        texts = {"title": title, "reading": reading, "population": population, "source": source}
        texts |= {"measure": measure, "note": note}
        exhibit = self._exhibit(key, data, columns, texts, origin, values, when)
        if exhibit is None:
            return None
        self._lay_out(replace(exhibit, collapsed=collapsed))
        return ShownTable(exhibit.data)

    def labelled(self, table: pd.DataFrame, column: str = "level") -> pd.DataFrame:
        """Return a table with the names of its codes beside them, in the reader's language.

        Those of `column` are called `label`, those of any other column of codes (`CODES`) `stage_label`, say.
        """
        names = {name: "label" if name == column else f"{name}_label" for name in CODES if name in table}
        table = table.drop(columns=list(names.values()), errors="ignore")
        for name, beside in names.items():
            codes = {code: self.words.label(label).split(" (")[0] for code, label in CODES[name].items()}
            table.insert(list(table).index(name) + 1, beside, table[name].map(codes))
        return table

    def source(self, key: str) -> str:
        """Return a source by its id as a text may cite it: who wrote it, its title and year, linked to its address.

        A text may also link words of its own to a source: `[a note by COORACE](S3)`. One without an address is named
        and not linked.
        """
        one = self.sources[key]
        title = (one.get("title_en") if self.words.lang != "fr" else "") or typeset(one["title"], "fr")
        said = re.sub(r"[\[\]]", "", ", ".join(filter(None, (typeset(one["author"], "fr"), title, one["year"]))))
        return f"[{said}]({one['address']})" if one["address"] else said

    def named(self, table: pd.DataFrame, names: Mapping[str, tuple[str, str]]) -> pd.DataFrame:
        """Return the rows whose `indicator` has a name here, with columns `label` and `kind` (how it is written)."""
        some = table[table["indicator"].isin(names)]
        labels = [str(self._filled(names[key][0], (), {})) for key in some["indicator"]]
        return some.assign(label=labels, kind=[names[key][1] for key in some["indicator"]])

    def ask(self, function: Callable[..., Any], **values: int | float | str) -> Any:
        """Return what a function makes of some values, with a field to change each (ipywidgets) where there can be."""
        found = controls(function, values)
        if found is None:
            print(self.words("ipywidgets is not installed here: change the values in the cell and run it again."))
            return function(**values)
        return found

    def _exhibit(
        self,
        key: str,
        data: pd.DataFrame | Protected,
        columns: Mapping[str, str],
        texts: dict[str, str],
        origin: str,
        values: dict[str, Any],
        when: Any,
    ) -> Exhibit | None:
        """An exhibit whose texts are filled from keywords, its first row and published figures; None if unwanted."""
        held, wanted = protection(data, *values.values()), bool(np.all(when))
        table = data.table if isinstance(data, Protected) else data
        filled: dict[str, Any] = {
            name: (text and self._filled(text, (data,), values, wanted)) or Sentence("") for name, text in texts.items()
        }
        headings = {name: self._filled(heading, (data,), values, wanted) for name, heading in columns.items()}
        if not wanted:
            return None
        named = tuple(
            Column(name, str(heading), kind or "text")
            for (name, _, kind), heading in ((key.partition(":"), heading) for key, heading in headings.items())
        )
        return Exhibit(key, **filled, origin=origin, data=table, columns=named, protected=held)

    def _filled(
        self, text: str, sources: tuple[Any, ...], values: Mapping[str, Any], wanted: bool = True
    ) -> Sentence | None:
        """A text in the reader's language with its values; None when it is not wanted, though its translation is."""
        if not wanted:
            self.words(text)  # its translation is asked for, as that of a text that is shown
            return None
        filled = self.words.fill(text, lambda name: value_of(name, values, sources, self.facts))
        return with_addresses(filled, {key: source["address"] for key, source in self.sources.items()})

    def _count(self) -> int:
        self.keys["say-"] += 1
        return self.keys["say-"]

    def _lay_out(self, exhibit: Exhibit) -> None:
        """Display an exhibit, its parts in order; refuse one that says too little.

        A cell that is run again shows its exhibit again, under the same number.
        """
        found, cell = faults(exhibit), current_cell()
        if not exhibit.is_figure:
            found += table_faults(exhibit)
        before = self.places.get(exhibit.key)
        again = before is not None and before.cell == cell[0] and before.execution != cell[1]
        found += [f"another exhibit of the page has this key: {exhibit.key}"] if before and not again else []
        if found:
            raise InputError(f"exhibit {exhibit.key!r} cannot be shown: {'; '.join(found)}.")
        if not again:
            self.counts[exhibit.is_figure] += 1
        number = before.number if before and again else self.counts[exhibit.is_figure]
        self.places[exhibit.key] = _Place(*cell, number)
        self._head(exhibit)
        if exhibit.is_figure:
            self._drawing(exhibit)
        self._notes(exhibit)

    def _new_key(self, key: str) -> str:
        """The key itself the first time, then with a number: ids of a page are unique."""
        self.keys[key] += 1
        return key if self.keys[key] == 1 else f"{key}-{self.keys[key]}"

    def _number(self, exhibit: Exhibit) -> str:
        name = self.words("Figure") if exhibit.is_figure else self.words("Table")
        return f"{name}{NO_BREAK}{self.places[exhibit.key].number}"

    def _head(self, exhibit: Exhibit) -> None:
        number, source = self._number(exhibit), plain_text(str(exhibit.source))
        claims = [
            claim
            for part in (*TEXTS, "alt")
            for text in filter(None, [getattr(exhibit, part)])
            for claim in claims_of(f"{exhibit.key}.{part}", text, exhibit.origin, source)
        ]
        about: dict[str, Any] = {"key": exhibit.key, "kind": "head", "number": number, "origin": exhibit.origin}
        about |= {"title": str(exhibit.title), "claims": claims, "protected": exhibit.protected is not None}
        plain = f"{number} ({self.words.label(ORIGINS[exhibit.origin])}). {exhibit.title}"
        _display(head_html(self.words, exhibit, number), plain, about)

    def _drawing(self, exhibit: Exhibit) -> None:
        """Display the drawing of an exhibit; panels after the first are described with it."""
        with drawing():
            made: Any = exhibit.draw(exhibit.data)  # type: ignore[misc]
            for place, figure in enumerate(made if isinstance(made, list) else [made]):
                if exhibit.origin == "fictitious":
                    watermark(figure, self.words.label(ORIGINS["fictitious"]))
                name = f"{exhibit.key}-{place + 1}" if place else exhibit.key
                image = picture.svg(figure, str(exhibit.title), str(exhibit.alt), name, exhibit.key)
                shown = {"image/svg+xml": image, "image/png": b64encode(picture.png(figure)).decode()}
                about = {"filename": self._file(exhibit, name), "ptce": {"key": exhibit.key, "kind": "drawing"}}
                display({**shown, "text/plain": str(exhibit.alt)}, raw=True, metadata=about)  # type: ignore[no-untyped-call]

    def _file(self, exhibit: Exhibit, name: str = "") -> str:
        """The name of an exhibit's files, without their ending; those of fictitious data say so."""
        said = [str(self.words("fictitious"))] if exhibit.origin == "fictitious" else []
        return "-".join((self.stem, name or exhibit.key, *said))

    def _notes(self, exhibit: Exhibit) -> None:
        file_name = f"{self._file(exhibit)}.csv"
        html = notes_html(self.words, exhibit, self._number(exhibit), file_name)
        plain = "\n".join(f"{name}: {text}" for _, name, text in note_parts(self.words, exhibit))
        _display(html, plain, {"key": exhibit.key, "kind": "notes", "file": file_name})


def _paragraph(html: str, kind: str) -> str:
    """A sentence as a paragraph, a quotation after "> ", or a list of its lines, numbered where they are."""
    if "\n" not in html:
        quoted = html.removeprefix("&gt; ")
        paragraph = f'<p class="{kind}">{quoted}</p>'
        return paragraph if quoted == html else f"<blockquote>{paragraph}</blockquote>"
    lines = [re.sub(r"^\d+\. ", "", line) for line in html.split("\n")]
    tag = "ul" if lines == html.split("\n") else "ol"
    return f'<{tag} class="{kind}">{"".join(f"<li>{line}</li>" for line in lines)}</{tag}>'


def open_page(stem: str, **parameters: Any) -> Page:
    """Return the page of a notebook and give its figures the theme of the study.

    Raises `InputError` for an illegal parameter, naming the legal names or values.
    `papermill -p confidense 0.9` only warns of a name that the notebook does not have: the page refuses it.
    """
    check_parameters(stem, parameters)
    check_parameters(stem, dict.fromkeys(_injected()) | parameters, parameters)
    page = Page(stem, Words(parameters["lang"]), parameters)
    # A figure that pyplot does not know is seen too.
    if shell := get_ipython():
        select_figure_formats(shell, ["png"])  # type: ignore[no-untyped-call]
    # Pandas asks the terminal, where it was imported in one, how much of a table to write.
    pd.set_option("display.max_columns", 20, "display.width", 120)
    theme()
    plots.reader = page.words
    return page


def _injected() -> list[str]:
    """The names in the cell that papermill injects below the parameters: the last one run before that of the page."""
    shell = get_ipython()
    before = shell.user_ns["In"][-2] if shell and len(shell.user_ns["In"]) > 1 else ""
    if not before.startswith("# Parameters\n"):
        return []
    names = (node for node in ast.walk(ast.parse(before)) if isinstance(node, ast.Name))
    return [node.id for node in names if isinstance(node.ctx, ast.Store)]


def _display(html: str, plain: str, about: dict[str, Any]) -> None:
    display({"text/html": html, "text/plain": plain}, raw=True, metadata={"ptce": about})  # type: ignore[no-untyped-call]
