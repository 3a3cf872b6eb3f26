"""The HTML appendix: an nbconvert exporter that writes one light, self-contained, accessible page per notebook."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape, unescape
from typing import Any

from nbconvert.exporters import TemplateExporter
from nbconvert.preprocessors import ExtractOutputPreprocessor
from traitlets import default
from traitlets.config import Config

from ptce_analysis import __version__
from ptce_analysis.publish.inert import visible
from ptce_analysis.publish.language import Words, translated_prose
from ptce_analysis.publish.outputs import output_html, role
from ptce_analysis.publish.parameters import readable
from ptce_analysis.publish.prose import Outline, check_references, prose_html
from ptce_analysis.publish.stylesheet import TEMPLATES, stylesheet
from ptce_analysis.publish.trust import is_ours
from ptce_analysis.vocabulary import LANGUAGES, LEVELS, PROVENANCE, WAVES

# Nothing may run and nothing may be fetched: styles and images stand in the page itself.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"

DESCRIPTION_LENGTH = 300

# Cells that prepare the page: their code is read after it, with that of our own figures and sentences.
PREPARING_TAGS = frozenset({"parameters", "injected-parameters", "setup"})


class PtceExporter(TemplateExporter):
    """Exports an executed notebook to the study's HTML page; figures leave under the names the notebook gave them."""

    export_from_notebook = "PTCE appendix"
    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension(self) -> str:
        return ".html"

    @default("template_name")
    def _template_name(self) -> str:
        return "ptce"

    @default("template_file")
    def _template_file(self) -> str:
        return "index.html.j2"

    @default("extra_template_basedirs")
    def _template_folders(self) -> list[str]:
        return [str(TEMPLATES)]

    @default("preprocessors")
    def _preprocessors(self) -> list[Any]:
        return [ExtractOutputPreprocessor]

    @property
    def default_config(self) -> Config:
        """Only figures are extracted; pages keep everything else."""
        only_figures = Config({"ExtractOutputPreprocessor": {"extract_output_types": {"image/svg+xml"}}})
        only_figures.merge(super().default_config)
        return only_figures

    def _create_environment(self) -> Any:
        environment = super()._create_environment()  # type: ignore[no-untyped-call]
        environment.autoescape = True
        environment.trim_blocks = environment.lstrip_blocks = True
        return environment

    def from_notebook_node(  # type: ignore[override]
        self, nb: Any, resources: dict[str, Any] | None = None, **kwargs: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return the page and the resources (`outputs` holds the figures by file name).

        Raises `InputError` when a reference of the prose leads nowhere or a formula cannot be read.
        """
        text, resources = super().from_notebook_node(nb, resources, **kwargs)
        return visible(text), resources

    def _preprocess(self, nb: Any, resources: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        """Read the page from the notebook once it is ready: `nbconvert --execute` runs its cells here."""
        nb, resources = super()._preprocess(nb, resources)  # type: ignore[no-untyped-call]
        return nb, {**resources, "page": page_of(nb, resources["metadata"]["name"])}


def page_of(notebook: Any, name: str = "") -> dict[str, Any]:
    """Return what the template shows: language, title, parameters, contents, blocks, code, provenance.

    `name` is the title of a notebook that has no heading. Raises `InputError` as the exporter does.
    """
    about = notebook.metadata.get("ptce", {})
    words = _words(notebook)
    outline = Outline(_numbers(notebook), subject_of(notebook, words), on_site="name" in about)
    blocks = list(_blocks(notebook, words, outline))
    family = [_sibling(words, about["name"], **one) for one in about.get("family", ())]
    check_references(outline, {key for block in blocks for key in re.findall(r' id="([^"]+)"', block["html"])})
    return {
        **furniture(words),
        "title": _text(outline.headings[0][2]) if outline.headings else name,
        "titled": bool(outline.headings),
        "description": _headline(notebook) or _first_words(blocks),
        "contents": [(key, _text(text)) for level, key, text in outline.headings if level == 2],
        "parameters": readable(words, about.get("parameters", {})),
        "blocks": blocks,
        "answered": any(block.get("answer") for block in blocks),
        "code": escape("\n\n".join(_quiet_code(notebook)), quote=False),
        "ours": bool(about) or any(map(is_ours, _outputs(notebook))),
        "name": about.get("name", ""),
        "family": family,
        "turn": _turn(family),
        "provenance": _provenance(words, about.get("provenance", {})),
    }


def _provenance(words: Words, about: dict[str, str]) -> dict[str, str]:
    """Where a page comes from, under names in the reader's language; a name that is not ours is kept."""
    return {words.label(PROVENANCE.get(name, (name, name))): value for name, value in about.items()}


def family_title(notebook: Any, name: str) -> str:
    """Return what all the pages of a notebook are called: the title of a page without whom it is about."""
    outline = _outlined(notebook, _words(notebook), "")
    return _text(outline.headings[0][2]) if outline.headings else name


def _outlined(notebook: Any, words: Words, subject: str) -> Outline:
    """The headings of the first prose of a notebook."""
    outline = Outline({}, subject)
    first = next((cell.source for cell in notebook.cells if cell.cell_type == "markdown"), "")
    prose_html(translated_prose(first, words.lang), words, outline)
    return outline


def subject_of(notebook: Any, words: Words) -> str:
    """Return whom a page is about when its notebook makes one page for each level: the level's name, or nothing."""
    level = notebook.metadata.get("ptce", {}).get("parameters", {}).get("level")
    return words.label(LEVELS[level]) if level in LEVELS else ""


def _sibling(words: Words, own: str, name: str, level: str) -> dict[str, Any]:
    """A page of the same family: its address, the short name of its level, and whether it is this page."""
    return {"href": f"{name}.html", "name": words.label(LEVELS[level]).split(" (")[0], "own": name == own}


def _turn(family: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The pages before and after this one in its family."""
    place = next((place for place, one in enumerate(family) if one["own"]), None)
    if place is None:
        return []
    before, after = family[max(place - 1, 0) : place], family[place + 1 : place + 2]
    return [{**one, "rel": "prev"} for one in before] + [{**one, "rel": "next"} for one in after]


def summary_of(notebook: Any, name: str) -> dict[str, Any]:
    """Return a page's title, answer and readable parameters, for the index, without writing the page."""
    words = _words(notebook)
    outline = _outlined(notebook, words, subject_of(notebook, words))
    return {
        "title": _text(outline.headings[0][2]) if outline.headings else name,
        "description": _headline(notebook),
        "parameters": readable(words, notebook.metadata.get("ptce", {}).get("parameters", {})),
    }


def _words(notebook: Any) -> Words:
    """The language of the page: the parameter of the run, else what the author says of the notebook, else English."""
    metadata = notebook.metadata
    given = metadata.get("ptce", {}).get("parameters") or metadata.get("papermill", {}).get("parameters") or {}
    lang = given.get("lang") or metadata.get("language") or metadata.get("lang")
    return Words(lang if lang in LANGUAGES else "en")


def furniture(words: Words) -> dict[str, Any]:
    """Return what every page of the site needs, whatever it says."""
    others = [code for code in LANGUAGES if code != words.lang]
    return {
        "lang": words.lang,
        "others": [(code, Words(code).label(LANGUAGES[code]).capitalize()) for code in others],
        "words": words,
        "policy": POLICY,
        "version": __version__,
        "years": f"{min(WAVES)}/{max(WAVES)}",
        "stylesheet": stylesheet,
    }


def _outputs(notebook: Any) -> Iterator[Any]:
    return (output for cell in notebook.cells for output in cell.get("outputs", []))


def _numbers(notebook: Any) -> dict[str, str]:
    """The number of every exhibit by its key: what references are replaced by."""
    heads = (output.metadata.ptce for output in _outputs(notebook) if role(output) == "head")
    return {head.key: head.number for head in heads}


def _blocks(notebook: Any, words: Words, outline: Outline) -> Iterator[dict[str, Any]]:
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            source = translated_prose(cell.source, words.lang)
            yield {"kind": "prose", "html": prose_html(source, words, outline, cell.get("attachments"))}
        elif cell.cell_type == "raw":
            yield {"kind": "prose", "html": f'<pre tabindex="0">{escape(cell.source)}</pre>'}
        else:
            code = "" if _is_quiet(cell) else cell.source
            html = "\n".join(_with_figures(cell.outputs, words, outline))
            answer = any(role(output) == "answer" for output in cell.outputs)
            yield {"kind": "code", "code": code, "html": html, "answer": answer}


def _quiet_code(notebook: Any) -> Iterator[str]:
    return (cell.source for cell in notebook.cells if cell.cell_type == "code" and _is_quiet(cell))


def _is_quiet(cell: Any) -> bool:
    """Whether a cell's code need not stand beside its output: it prepares the page, or the page explains its output."""
    prepares = bool(PREPARING_TAGS & set(cell.metadata.get("tags", [])))
    hidden = bool(cell.metadata.get("jupyter", {}).get("source_hidden"))
    return prepares or hidden or (bool(cell.outputs) and all(map(is_ours, cell.outputs)))


def _with_figures(outputs: Iterable[Any], words: Words, outline: Outline) -> Iterator[str]:
    """The outputs of a cell; those from the head of an exhibit to the next one are a figure with its caption."""
    opened = ""
    for output in outputs:
        html = output_html(output, words, outline)
        if role(output) == "head":
            key = escape(output.metadata.ptce.key)
            html = f'{opened}<figure id="{key}"><figcaption id="{key}-caption">{html}</figcaption>'
            opened = "</figure>"
        yield html
    yield opened


def _headline(notebook: Any) -> str:
    return next((str(output.metadata.ptce.text) for output in _outputs(notebook) if role(output) == "answer"), "")


def _first_words(blocks: list[dict[str, Any]]) -> str:
    """The first paragraph of prose, cut at a word: what a list of search results shows."""
    prose = "".join(block["html"] for block in blocks if block["kind"] == "prose")
    found = re.search(r"<p>(.*?)</p>", prose, re.DOTALL)
    text = _text(found[1]) if found else ""
    return text if len(text) <= DESCRIPTION_LENGTH else text[:DESCRIPTION_LENGTH].rsplit(" ", 1)[0] + "…"


def _text(html: str) -> str:
    # Spaces that do not break are kept: `str.split` would take them too.
    return re.sub(r"[ \t\r\n]+", " ", unescape(re.sub(r"<[^>]+>", "", html))).strip(" ")
