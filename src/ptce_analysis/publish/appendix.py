"""The HTML appendix: an nbconvert exporter that writes one light, self-contained, accessible page per notebook."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape, unescape
from pathlib import PurePosixPath
from typing import Any

from nbconvert.exporters import TemplateExporter
from nbconvert.preprocessors import ExtractOutputPreprocessor, Preprocessor
from traitlets import default
from traitlets.config import Config

from ptce_analysis.publish.edition import BIBTEX, Edition
from ptce_analysis.publish.inert import visible
from ptce_analysis.publish.language import Words, is_translated, paragraphs, translated_prose
from ptce_analysis.publish.links import SitePage, Whereabouts, to_runs
from ptce_analysis.publish.outputs import output_html, role
from ptce_analysis.publish.parameters import readable
from ptce_analysis.publish.prose import Outline, check_references, explained, prose_html
from ptce_analysis.publish.stylesheet import TEMPLATES, stylesheet
from ptce_analysis.publish.trust import is_ours
from ptce_analysis.vocabulary import LANGUAGES, LEVELS, PROVENANCE, WAVES

# Nothing may run and nothing may be fetched: styles and images stand in the page itself.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"

DESCRIPTION_LENGTH = 300
# A link of ours to a notebook beside this one.
NOTEBOOK = re.compile(r'href="([\w.-]+\.ipynb[^"]*)"')

# Cells that prepare the page: their code is read after it, with that of our own figures and sentences.
PREPARING_TAGS = frozenset({"parameters", "injected-parameters", "setup"})
# Cells that are seen in JupyterLab, not on the page.
LAB_TAG = "lab"


class WithoutLabCells(Preprocessor):
    """Leaves out what is seen in JupyterLab only, once every cell has run."""

    enabled = True

    def preprocess(self, nb: Any, resources: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        """Return the notebook without the cells tagged `lab`."""
        nb.cells = [cell for cell in nb.cells if LAB_TAG not in cell.metadata.get("tags", [])]
        return nb, resources


@dataclass(frozen=True)
class Frame:
    """What the site puts around a page: its place among the pages of its language, and the edition.

    `family` lists the pages that differ from this one by their level only. `untranslated` are the paragraphs of the
    notebook that wait for a translation; `sections` is HTML that follows the notebook.
    """

    site: Whereabouts
    name: str
    family: tuple[tuple[str, str], ...] = ()
    edition: Edition = field(default_factory=Edition)
    untranslated: frozenset[str] = frozenset()
    sections: str = ""


def untranslated(notebook: Any, lang: str) -> frozenset[str]:
    """Return the paragraphs of a notebook as written that have no translation, as its executed copy has them."""
    prose = ("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown")
    waiting = (part for source in prose for part in paragraphs(source) if not is_translated(lang, part))
    return frozenset(to_runs(translated_prose(part, lang)) for part in waiting)


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
        return [WithoutLabCells, ExtractOutputPreprocessor]

    @property
    def default_config(self) -> Config:
        """Only figures are extracted; pages keep everything else."""
        only_figures = Config({"ExtractOutputPreprocessor": {"extract_output_types": {"image/svg+xml", "image/png"}}})
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

        `resources["frame"]` is a `Frame` for a page of the site. Raises `InputError` when a reference of the prose
        leads nowhere or a formula cannot be read.
        """
        text, resources = super().from_notebook_node(nb, resources, **kwargs)
        return visible(text), resources

    def _preprocess(self, nb: Any, resources: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        """Read the page from the notebook once it is ready: `nbconvert --execute` runs its cells here."""
        nb, resources = super()._preprocess(nb, resources)  # type: ignore[no-untyped-call]
        return nb, {**resources, "page": page_of(nb, resources["metadata"]["name"], resources.get("frame"))}


def page_of(notebook: Any, name: str = "", frame: Frame | None = None) -> dict[str, Any]:
    """Return what the template shows: language, title, parameters, contents, blocks, code, provenance.

    `name` is the title of a notebook that has no heading. Raises `InputError` as the exporter does.
    """
    about, words = notebook.metadata.get("ptce", {}), _words(notebook)
    outline = Outline(_numbers(notebook), frame.site if frame else None)
    blocks = list(_Blocks(words, outline, frame, _parameters(notebook).get("level", "")).of(notebook))
    sections = frame.sections if frame else ""
    check_references(outline, _anchors(sections, *(block["html"] for block in blocks)))
    return {
        **furniture(words, frame),
        "title": _text(outline.headings[0][2]) if outline.headings else name,
        "titled": bool(outline.headings),
        "description": _headline(notebook) or _first_words(blocks),
        "contents": [(key, _text(text)) for level, key, text in outline.headings if level == 2] + _contents(sections),
        "parameters": readable(words, about.get("parameters", {})),
        "blocks": blocks,
        "answered": any(block.get("answer") for block in blocks),
        "sections": sections,
        "code": escape("\n\n".join(_quiet_code(notebook)), quote=False),
        "ours": bool(about) or any(map(is_ours, _outputs(notebook))),
        "fictitious": shows_fictitious(notebook),
        "provenance": _provenance(words, about.get("provenance", {})),
    }


def shows_fictitious(notebook: Any) -> bool:
    """Whether an executed notebook shows anything made of fictitious answers."""
    return any(is_ours(output) and output.metadata.ptce.get("origin") == "fictitious" for output in _outputs(notebook))


def _anchors(*parts: str) -> set[str]:
    return {key for part in parts for key in re.findall(r' id="([^"]+)"', part)}


def _contents(sections: str) -> list[tuple[str, str]]:
    """The anchors and titles of the site's own sections of a page."""
    return [(key, _text(title)) for key, title in re.findall(r'<h2 id="([^"]+)">(.*?)</h2>', sections)]


def _provenance(words: Words, about: dict[str, str]) -> dict[str, str]:
    """Where a page comes from, under names in the reader's language; a name that is not ours is kept."""
    return {words.label(PROVENANCE.get(name, (name, name))): value for name, value in about.items()}


def summary_of(notebook: Any, name: str) -> dict[str, Any]:
    """Return a page's title and what its answer says first, for the index, without writing the page."""
    words = _words(notebook)
    outline = Outline({})
    first = next((cell.source for cell in notebook.cells if cell.cell_type == "markdown"), "")
    prose_html(translated_prose(first, words.lang, _parameters(notebook).get("level", "")), words, outline)
    return {
        "title": _text(outline.headings[0][2]) if outline.headings else name,
        "description": _headline(notebook, "lead"),
    }


def _words(notebook: Any) -> Words:
    """The language of the page: the parameter of the run, else what the author says of the notebook, else English."""
    metadata = notebook.metadata
    lang = _parameters(notebook).get("lang") or metadata.get("language") or metadata.get("lang")
    return Words(lang if lang in LANGUAGES else "en")


def _parameters(notebook: Any) -> dict[str, Any]:
    """The parameters of the run, as its pipeline or papermill recorded them."""
    metadata = notebook.metadata
    return metadata.get("ptce", {}).get("parameters") or metadata.get("papermill", {}).get("parameters") or {}


def furniture(words: Words, frame: Frame | None = None) -> dict[str, Any]:
    """Return what every page of the site needs, whatever it says."""
    edition = frame.edition if frame else Edition()
    return {
        "lang": words.lang,
        "words": words,
        "policy": POLICY,
        "edition": edition,
        "authors": ", ".join(
            map(str, map(words, edition.authors)) if edition.authors else [str(words("The ptce-analysis contributors"))]
        ),
        "years": f"{min(WAVES)}/{max(WAVES)}",
        "stylesheet": stylesheet,
        **(_around(words, frame) if frame else {"others": []}),
    }


def _around(words: Words, frame: Frame) -> dict[str, Any]:
    """The ways that lead out of a page of the site: home, the questions, its family, its neighbours, its twins."""
    site, folder = frame.site, PurePosixPath(frame.site.here).parent

    def link(page: SitePage, text: str = "", own: bool = False) -> dict[str, Any]:
        level = words.label(LEVELS[page.level]).split(" (")[0] if page.level in LEVELS else ""
        return {"href": site.to(page.address), "name": text or level or page.menu or page.name, "own": own}

    pages = {page.name: page for page in site.pages}
    family = [pages[name] for name, _ in frame.family]
    order = [
        page for page in site.pages if PurePosixPath(page.address).parent == folder and page.address != "index.html"
    ]
    place = next((place for place, page in enumerate(order) if page.name == frame.name), None)
    around = (
        [] if place is None else [("prev", order[max(place - 1, 0) : place]), ("next", order[place + 1 : place + 2])]
    )
    return {
        "others": _twins(frame.site.here, words.lang),
        "home": site.to("index.html"),
        "bibtex": site.to(BIBTEX),
        "apart": folder.name,
        "address": f"{frame.edition.address.rstrip('/')}/{words.lang}/{site.here}" if frame.edition.address else "",
        "menu": [link(page, page.menu, page.name == frame.name or page in family) for page in site.pages if page.menu],
        "family": [link(page, own=page.name == frame.name) for page in family],
        "turn": [{**link(page), "rel": rel} for rel, found in around for page in found],
    }


def _twins(here: str, lang: str) -> list[tuple[str, str, str]]:
    """The other languages of a page: code, name in its own words, way."""
    up = "../" * (here.count("/") + 1)
    others = [code for code in LANGUAGES if code != lang]
    return [(code, Words(code).label(LANGUAGES[code]).capitalize(), f"{up}{code}/{here}") for code in others]


def _outputs(notebook: Any) -> Iterator[Any]:
    return (output for cell in notebook.cells for output in cell.get("outputs", []))


def _numbers(notebook: Any) -> dict[str, str]:
    """The number of every exhibit by its key: what references are replaced by."""
    heads = (output.metadata.ptce for output in _outputs(notebook) if role(output) == "head")
    return {head.key: head.number for head in heads}


@dataclass
class _Blocks:
    """What a page shows, cell by cell."""

    words: Words
    outline: Outline
    frame: Frame | None
    level: str

    def of(self, notebook: Any) -> Iterator[dict[str, Any]]:
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                yield {"kind": "prose", "html": self._prose(cell)}
            elif cell.cell_type == "raw":
                yield {"kind": "prose", "html": f'<pre tabindex="0">{escape(cell.source)}</pre>'}
            else:
                code = "" if _is_quiet(cell) else cell.source
                answer = any(role(output) == "answer" for output in cell.outputs)
                yield {"kind": "code", "code": code, "html": "\n".join(self._shown(cell.outputs)), "answer": answer}

    def _prose(self, cell: Any) -> str:
        """A cell of prose; a paragraph that waits for its translation is marked as English."""
        source = translated_prose(cell.source, self.words.lang, self.level)
        waiting = self.frame.untranslated if self.frame else frozenset()
        pieces = paragraphs(source) if waiting.intersection(paragraphs(source)) else [source]
        found = []
        for piece in pieces:
            html = prose_html(piece, self.words, self.outline, cell.get("id", "section"), cell.get("attachments"))
            html = explained(html, self.words, self.outline)
            found.append(f'<div class="untranslated" lang="en">{html}</div>' if piece in waiting else html)
        return "\n".join(found)

    def _shown(self, outputs: Iterable[Any]) -> Iterator[str]:
        """The outputs of a cell; those from the head of an exhibit to the next one are a figure with its caption."""
        opened, head, addresses = "", None, list[str]()
        for output in outputs:
            html, kind = output_html(output, self.words, self.outline), role(output)
            if kind in ("say", "answer", "head", "notes"):
                html = explained(
                    NOTEBOOK.sub(lambda found: f'href="{self.outline.way(found[1])}"', html), self.words, self.outline
                )
            if kind == "head":
                head, addresses = output.metadata.ptce, []
                key = escape(head.key)
                if self.outline.headings[-1:] and self.outline.headings[-1][0] == 1:  # no section stands between
                    html = html.replace('<h3 class="title">', '<h2 class="title">').replace("</h3>", "</h2>")
                html = f'{opened}<figure id="{key}"><figcaption id="{key}-caption">{html}</figcaption>'
                opened = "</figure>"
            elif kind == "drawing":
                addresses += sorted(output.metadata.get("filenames", {}).values(), reverse=True)
            elif kind == "notes" and head is not None:
                html = html.removesuffix("</div>") + "".join(self._ways(head, addresses)) + "</div>"
            yield html
        yield opened

    def _ways(self, head: Any, addresses: list[str]) -> Iterator[str]:
        """The files of a figure, each saying which figure it is, and which of its panels."""
        panels = len({address.rpartition(".")[0] for address in addresses})
        for place, address in enumerate(addresses):
            form = address.rpartition(".")[2].upper()
            panel = f".{place * panels // len(addresses) + 1}" if panels > 1 else ""
            said = f"{head.number}{panel} ({form})"
            yield f'<a href="{escape(address)}" download aria-label="{escape(said)}">{form}{panel}</a>'


def _quiet_code(notebook: Any) -> Iterator[str]:
    return (cell.source for cell in notebook.cells if cell.cell_type == "code" and _is_quiet(cell))


def _is_quiet(cell: Any) -> bool:
    """Whether a cell's code need not stand beside its output: it prepares the page, or the page explains its output."""
    prepares = bool(PREPARING_TAGS & set(cell.metadata.get("tags", [])))
    hidden = bool(cell.metadata.get("jupyter", {}).get("source_hidden"))
    return prepares or hidden or (bool(cell.outputs) and all(map(is_ours, cell.outputs)))


def _headline(notebook: Any, part: str = "text") -> str:
    """The answer of a page, or the part of it that stands first and in bold (`lead`)."""
    return next(
        (str(output.metadata.ptce.get(part, "")) for output in _outputs(notebook) if role(output) == "answer"), ""
    )


def _first_words(blocks: list[dict[str, Any]]) -> str:
    """The first paragraph of prose, cut at a word: what a list of search results shows."""
    prose = "".join(block["html"] for block in blocks if block["kind"] == "prose")
    found = re.search(r"<p>(.*?)</p>", prose, re.DOTALL)
    text = _text(found[1]) if found else ""
    return text if len(text) <= DESCRIPTION_LENGTH else text[:DESCRIPTION_LENGTH].rsplit(" ", 1)[0] + "…"


def _text(html: str) -> str:
    # Spaces that do not break are kept: `str.split` would take them too.
    return re.sub(r"[ \t\r\n]+", " ", unescape(re.sub(r"<[^>]+>", "", html))).strip(" ")
