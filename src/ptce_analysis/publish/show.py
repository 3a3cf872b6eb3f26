"""What a notebook calls: a page that numbers, explains and shows each figure, table and sentence.

JupyterLab and the HTML appendix receive the same three outputs for an exhibit: its title, the drawing, its notes.
"""

import ast
import os
import re
import sys
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, TypeVar

import executing
import numpy as np
import pandas as pd
from IPython import get_ipython
from IPython.core.pylabtools import print_figure, select_figure_formats
from IPython.display import Image, display
from matplotlib.figure import Figure

from ptce_analysis.errors import InputError, nearest
from ptce_analysis.protect.release import Protected, protection
from ptce_analysis.publish import exhibit as exhibits
from ptce_analysis.publish import plots
from ptce_analysis.publish.exhibit import Exhibit, claims_of
from ptce_analysis.publish.language import NO_BREAK, Sentence, Words, lead, plain_text, sentence_html, with_addresses
from ptce_analysis.publish.site import check_parameters
from ptce_analysis.publish.style import drawing, framed, theme, watermark
from ptce_analysis.published import Figures, read_published, read_sources
from ptce_analysis.vocabulary import LEVELS, ORIGINS, SCENARIOS, STAGES, STATISTICS, UNITS, Label

# The columns of tables that hold codes in place of words.
CODES: dict[str, dict[str, Label]] = {"level": LEVELS, "stage": STAGES, "scenario": SCENARIOS, "origin": ORIGINS}
CODES |= {"statistic": STATISTICS, "unit": UNITS}
PROJECT_VARIABLE = "PTCE_PROJECT"
PUBLISHED = Path("data", "raw", "published")
Shown = TypeVar("Shown")


def project_folder() -> Path:
    """Return `$PTCE_PROJECT` or the nearest folder upwards that holds `data/raw/published`, else raise `InputError`."""
    start = Path(os.environ.get(PROJECT_VARIABLE) or ".").resolve()
    for folder in (start, *start.parents):
        if (folder / PUBLISHED).is_dir():
            return folder
    raise InputError(f"no folder data/raw/published found at or above {start}: open the notebook inside the project.")


def current_cell() -> tuple[str, int]:
    """Return which cell is running and the count of its execution.

    Where a front end does not say the cell, any may be one that is run again; in a build each runs once, in order.
    """
    shell = get_ipython()
    if shell is None:
        return "", 0
    asked = getattr(shell, "parent_header", None) or {}
    somebody = asked.get("content", {}).get("allow_stdin", False) or not hasattr(shell, "kernel")
    name = asked.get("metadata", {}).get("cellId") or ("" if somebody else f"In [{shell.execution_count}]")
    return str(name), int(shell.execution_count)


@dataclass
class Page:
    """One page being written; `places` has the cell in which each exhibit was shown, its execution, and its number."""

    stem: str
    words: Words
    parameters: dict[str, Any]
    places: dict[str, tuple[str, int, str]] = field(default_factory=dict)
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
        self, text: str, *sources: Any, holds: Any = True, when: Any = True, origin: str = "derived", **values: Any
    ) -> Sentence | None:
        """Show a sentence and return it. `{name:kind}` in it is the value of that name, written as that kind.

        A value comes from a keyword, else from the first of `sources` that has it (the first row of a table, or
        `{row.column:kind}` for another row), else from the published figure of that id. `**bold**`, `[text](page)`,
        `> ` and `1. ` are as in Markdown, `[text](S3)` leads to a source; several lines are the items of a list.

        `holds` is what the sentence claims, as a condition on the data; `when=False` shows nothing. `answer=True` marks
        the page's answer, `key` names a sentence; `origin` is that of the numbers which do not say theirs. Raises
        `InputError` when `holds` is false, a value is missing, origins clash, or the sentence states of answers what
        the rules did not release.
        """
        if not np.all(when):
            self.words(text)  # its translation is asked for, as that of a text that is shown
            return None
        kind, said = "answer" if values.pop("answer", False) else "say", values.pop("key", "")
        sentence = self._filled(text, sources, values)
        if not np.all(holds):
            node = executing.Source.executing(sys._getframe(1)).node
            given = [ast.unparse(word.value) for word in getattr(node, "keywords", ()) if word.arg == "holds"]
            reason = f"False: {given[0]}. " if given else ""
            raise InputError(f"this no longer holds: “{sentence.text}” {reason}Say what the figures now show.")
        held, said = protection(*sources), said or kind
        self.keys[said] += 1  # ids of a page are unique
        key = f"{said}-{self.keys[said]}" if said == "say" or self.keys[said] > 1 else said
        found = exhibits.stated_faults(origin, held, [sentence])
        if found:
            raise InputError(f"sentence {key!r} cannot be shown: {'; '.join(found)}.")
        html, plain = sentence_html(sentence, key), plain_text(sentence.text)
        if origin == "fictitious":
            html = f"{exhibits.origin_html(self.words, origin, held is not None)} {html}"
            plain = f"[{self.words.label(ORIGINS[origin])}] {plain}"
        about: dict[str, Any] = {"text": plain, "origin": origin, "claims": claims_of(key, sentence, origin, "")}
        about |= {"protected": held is not None, "lead": lead(sentence.text)}
        _display(_paragraph(html, kind), plain, key=key, kind=kind, **about)
        return _shown_once(sentence, lambda: print(sentence.text))

    def figure(
        self, key: str, data: pd.DataFrame | Protected, draw: Any, *, columns: Mapping[str, str], alt: str, **said: Any
    ) -> Any:
        """Show a drawing with its texts and its data, and return it as a matplotlib figure; None when it is unwanted.

        `draw` is what seaborn or matplotlib made of `data` (an `Axes` or a `Figure`), a function that does when given
        the data, or a list of these: panels side by side where there is room (a list of figures is then returned).
        `columns` are those of the table behind it: `{"amount_eur:keur": "Amount"}`; `alt` is what is seen.

        `said` are its texts: `title`; `reading`, how one mark is read, each of whose numbers must stand in the data;
        `population`, who is counted; `source`; where wanted `measure` and `note`. They are filled as in `say`, from
        further keywords and the first row of the data. `when=False` shows nothing; `origin` is that of the data; `file`
        gives the columns of the CSV where they are not those shown (two numbers for a range that is read as a text).
        Raises `InputError` naming what is missing of the exhibit, or what it states of answers that was not released.
        """
        exhibit = self._exhibit(key, data, columns, alt=alt, **said)
        if exhibit is None:
            return None
        figures: list[Any] = []
        for one in draw if isinstance(draw, list) else [draw]:
            made = one(exhibit.data) if callable(one) else one
            figures.append(made if isinstance(made, Figure) else getattr(made, "figure", None))
            if not isinstance(figures[-1], Figure):
                raise InputError(f"{type(made).__name__}: an Axes or a Figure of matplotlib or seaborn is expected.")
            if "matplotlib.pyplot" in sys.modules:  # or it would be shown a second time at the end of the cell
                sys.modules["matplotlib.pyplot"].close(figures[-1])
        self._show(replace(exhibit, figures=tuple(figures)))
        panels = _Panels(figures) if isinstance(draw, list) else figures[0]

        def show() -> None:
            for one in figures:
                display(Image(print_figure(one)))  # type: ignore[no-untyped-call]

        return _shown_once(panels, show, *figures)

    def table(
        self, key: str, data: pd.DataFrame | Protected, columns: Mapping[str, str], collapsed: Any = False, **said: Any
    ) -> pd.DataFrame | None:
        """Show a table, `said` as for a `figure`, and return its data; `collapsed` folds it, `anchors` names rows."""
        exhibit = self._exhibit(key, data, columns, **said)
        if exhibit is None:
            return None
        self._show(replace(exhibit, collapsed=collapsed))
        return _shown_once(pd.DataFrame(exhibit.data), partial(display, pd.DataFrame(exhibit.data)))

    def labelled(self, table: pd.DataFrame, column: str = "level") -> pd.DataFrame:
        """Return a table with the names of its codes (`CODES`) beside them: those of `column` are called `label`."""
        names = {name: "label" if name == column else f"{name}_label" for name in CODES if name in table}
        table = table.drop(columns=list(names.values()), errors="ignore")
        for name, beside in names.items():
            codes = {code: self.words.label(label).split(" (")[0] for code, label in CODES[name].items()}
            table.insert(list(table).index(name) + 1, beside, table[name].map(codes))
        return table

    def named(self, table: pd.DataFrame, names: Mapping[str, tuple[str, str]]) -> pd.DataFrame:
        """Return the rows whose `indicator` has a name here, with columns `label` and `kind` (how it is written)."""
        some = table[table["indicator"].isin(names)]
        label, kind = zip(*(names[key] for key in some["indicator"]), strict=True)
        return some.assign(label=[str(self._filled(text, (), {})) for text in label], kind=kind)

    def _filled(self, text: str, sources: tuple[Any, ...], values: Mapping[str, Any]) -> Sentence:
        """A text with its values: those of keywords, else of the sources in order, else of published figures."""

        def value_of(name: str) -> Any:
            for place in (values, *sources, self.facts):
                if (found := _within(place, name)) is not None:
                    return found
            columns = (column for place in sources for column in getattr(place, "columns", ()))
            near = nearest(name, map(str, (*values, *columns, *self.facts)))
            raise InputError(f"{{{name}}}: no value, column or published figure has this name.{near}")

        addresses = {key: source["address"] for key, source in self.sources.items()}
        return with_addresses(self.words.fill(text, value_of), addresses)

    def _exhibit(
        self, key: str, data: Any, columns: Mapping[str, str], when: Any = True, origin: str = "derived", **said: Any
    ) -> Exhibit | None:
        """An exhibit whose texts are filled from keywords, its first row and published figures; None if unwanted."""
        texts = {name: said.pop(name, "") for name in exhibits.TEXTS}
        file, anchors = said.pop("file", {}), said.pop("anchors", "")
        if not np.all(when):
            for text in (*texts.values(), *columns.values(), *file.values()):
                self.words(text)
            return None
        filled = {name: self._filled(text, (data,), said) for name, text in texts.items()}
        named, filed = (
            tuple(
                exhibits.Column(name, str(self._filled(heading, (data,), said)), kind or "text")
                for (name, _, kind), heading in ((key.partition(":"), heading) for key, heading in some.items())
            )
            for some in (columns, file)
        )
        table, held = data.table if isinstance(data, Protected) else data, protection(data, *said.values())
        return Exhibit(key, filled, origin, table, named, protected=held, file=filed, anchors=anchors)

    def _show(self, exhibit: Exhibit) -> None:
        """Display an exhibit, its parts in order, or refuse it; a cell that is run again keeps its number."""
        found, key, (cell, execution) = exhibits.faults(exhibit), exhibit.key, current_cell()
        name = str(self.words("Figure") if exhibit.figures else self.words("Table"))
        number = f"{name}{NO_BREAK}{1 + sum(place[2].startswith(name) for place in self.places.values())}"
        if before := self.places.get(key):
            number = before[2]
            again = before[0] == cell and before[1] != execution
            found += [] if again else [f"another exhibit of the page has this key: {key}"]
        if found:
            raise InputError(f"exhibit {key!r} cannot be shown: {'; '.join(found)}.")
        self.places[key] = (cell, execution, number)
        title, origin, cited = str(exhibit.texts["title"]), exhibit.origin, plain_text(str(exhibit.texts["source"]))
        signed = f"{self.words('Source')}{self.words(': {text}', text=cited.rstrip('.'))} · ptce-analysis"
        texts = exhibit.texts.items()
        claims = [one for part, text in texts for one in claims_of(f"{key}.{part}", text, origin, cited)]
        about = {"number": number, "origin": origin, "title": title, "claims": claims}
        plain = f"{number} ({self.words.label(ORIGINS[origin])}). {title}"
        html = exhibits.head_html(self.words, exhibit, number)
        _display(html, plain, key=key, kind="head", **about, protected=exhibit.protected is not None)
        # The files of fictitious data say so in their names.
        invented = origin == "fictitious"
        said = "-" + str(self.words("fictitious")) if invented else ""
        with drawing():
            for place, figure in enumerate(exhibit.figures):
                if invented:
                    watermark(figure, self.words.label(ORIGINS["fictitious"]))
                name = f"{key}-{place + 1}" if place else key  # panels after the first are described with it
                image, picture = framed(figure, title, signed, str(exhibit.texts["alt"]), name, key)
                forms = {"image/svg+xml": image, "image/png": b64encode(picture).decode()}
                shown: Any = {"filename": f"{self.stem}-{name}{said}", "ptce": {"key": key, "kind": "drawing"}}
                display({**forms, "text/plain": str(exhibit.texts["alt"])}, raw=True, metadata=shown)  # type: ignore[no-untyped-call]
        file, notes = f"{self.stem}-{key}{said}.csv", exhibits.note_parts(self.words, exhibit)
        plain = "\n".join(f"{name}: {exhibit.texts[part]}" for part, name in notes.items())
        _display(exhibits.notes_html(self.words, exhibit, number, file), plain, key=key, kind="notes", file=file)


def open_page(stem: str, **parameters: Any) -> Page:
    """Return the page of a notebook and give its figures the theme of the study.

    Raises `InputError` for an illegal parameter, one that papermill injected too, naming the legal names or values.
    """
    check_parameters(stem, parameters)
    shell = get_ipython()
    # What papermill injects below the parameters: the last cell run before that of the page.
    before = shell.user_ns["In"][-2] if shell and len(shell.user_ns["In"]) > 1 else ""
    if before.startswith("# Parameters\n"):
        names = (node for node in ast.walk(ast.parse(before)) if isinstance(node, ast.Name))
        injected = [node.id for node in names if isinstance(node.ctx, ast.Store)]
        check_parameters(stem, dict.fromkeys(injected) | parameters, parameters)
    page = Page(stem, Words(parameters["lang"]), parameters)
    if shell:  # a figure that pyplot does not know is seen too
        select_figure_formats(shell, ["png"])  # type: ignore[no-untyped-call]
    # Pandas asks the terminal, where it was imported in one, how much of a table to write.
    pd.set_option("display.max_columns", 20, "display.width", 120)
    theme()
    plots.reader = page.words
    return page


def _within(place: Any, name: str) -> Any:
    """The value of a name in a mapping, a record or a table (its first row, or the row before the point)."""
    place, (row, point, column) = place.table if isinstance(place, Protected) else place, name.partition(".")
    if isinstance(place, pd.DataFrame):
        if point:
            return place.at[row, column] if column in place and row in place.index else None
        return place[name].iloc[0] if name in place and len(place) else None
    if isinstance(place, Mapping | pd.Series):
        inner = _within(place[row], column) if point and row in place else None
        return place.get(name, inner)
    return getattr(place, name, None) if name.isidentifier() else None


def _paragraph(html: str, kind: str) -> str:
    """A sentence as a paragraph, a quotation after "> ", or a list of its lines, numbered where they are."""
    if "\n" not in html:
        quoted = html.removeprefix("&gt; ")
        paragraph = f'<p class="{kind}">{quoted}</p>'
        return paragraph if quoted == html else f"<blockquote>{paragraph}</blockquote>"
    lines = [re.sub(r"^\d+\. ", "", line) for line in html.split("\n")]
    tag = "ul" if lines == html.split("\n") else "ol"
    return f'<{tag} class="{kind}">{"".join(f"<li>{line}</li>" for line in lines)}</{tag}>'


def _display(html: str, plain: str, **about: Any) -> None:
    display({"text/html": html, "text/plain": plain}, raw=True, metadata={"ptce": about})  # type: ignore[no-untyped-call]


class _Panels(list[Figure]):
    """The panels of a figure: a list that can say how it is shown."""


def _shown_once(value: Shown, show: Callable[[], Any], *figures: Figure) -> Shown:
    """A value that the page has shown: as the last line of the same cell it is not shown again, unless it changed."""
    execution = current_cell()[1]

    def shown_again() -> None:
        if current_cell()[1] != execution or any(figure.stale for figure in figures):
            show()
        for figure in figures:
            figure.stale = False

    for figure in figures:
        figure.stale = False
    object.__setattr__(value, "_ipython_display_", shown_again)
    return value
