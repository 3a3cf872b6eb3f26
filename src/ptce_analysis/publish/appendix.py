"""The HTML appendix: an nbconvert exporter that writes one light, self-contained, accessible page per notebook."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape, unescape
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Any

import nbformat
from nbconvert.exporters import TemplateExporter
from nbconvert.preprocessors import ExtractOutputPreprocessor, TagRemovePreprocessor
from traitlets.config import Config

from ptce_analysis.errors import InputError
from ptce_analysis.publish.exhibit import own_outputs, role
from ptce_analysis.publish.language import Number, Words, translated_notebook
from ptce_analysis.publish.prose import Outline, explained, output_html, prose_html, terms
from ptce_analysis.publish.site import PARAMETERS, VARIANTS, Edition, SitePage, Whereabouts, to_page
from ptce_analysis.publish.style import TEMPLATES, stylesheet
from ptce_analysis.vocabulary import LANGUAGES, LEVELS, ORDERS, PARAMETER_NAMES, PROVENANCE, WAVES

# Nothing may run and nothing may be fetched: styles and images stand in the page itself.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"

# What no page can hold, and marks that reverse the order of text (a page would show what it does not say): named.
REORDERING = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
UNWRITABLE = re.compile(rf"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f{REORDERING}\ud800-\udfff\ufffe\uffff]")
# A link of ours to a notebook beside this one.
NOTEBOOK = re.compile(r'href="([\w.-]+\.ipynb[^"]*)"')
ID, SECTION = re.compile(r' id="([^"]+)"'), re.compile(r'<h2 id="([^"]+)">(.*?)</h2>')

# Cells that prepare the page: their code is read after it, with that of our own figures and sentences.
PREPARING_TAGS = frozenset({"parameters", "injected-parameters", "setup"})
LAB_TAG = "lab"  # of cells that are seen in JupyterLab, not on the page


@dataclass(frozen=True)
class Frame:
    """What the site puts around a page: its place among the pages of its language, and the edition; by hand, nothing.

    `family` lists the pages that differ from this one by their variant only (level, order); `sections` is HTML that
    follows the notebook.
    """

    site: Whereabouts | None = None
    name: str = ""
    family: tuple[tuple[str, str], ...] = ()
    edition: Edition = field(default_factory=Edition)
    sections: str = ""


ALONE = Frame()


class PtceExporter(TemplateExporter):
    """Exports an executed notebook to the study's HTML page; figures leave under the names the notebook gave them."""

    export_from_notebook = "PTCE appendix"
    output_mimetype = "text/html"

    @property
    def default_config(self) -> Config:
        """Our templates; only figures are extracted, pages keep everything else."""
        ours: Any = {"file_extension": ".html", "template_name": "ptce", "template_file": "index.html.j2"}
        ours |= {"extra_template_basedirs": [str(TEMPLATES)]}
        ours |= {"preprocessors": [TagRemovePreprocessor, ExtractOutputPreprocessor]}  # once every cell has run
        ours = {"PtceExporter": ours, "TagRemovePreprocessor": {"remove_cell_tags": {LAB_TAG}}}
        config = Config(ours | {"ExtractOutputPreprocessor": {"extract_output_types": {"image/svg+xml", "image/png"}}})
        config.merge(super().default_config)
        return config

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
        return UNWRITABLE.sub(lambda found: f"[U+{ord(found[0]):04X}]", text), resources

    def _preprocess(self, nb: Any, resources: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        """Read the page from the notebook once it is ready: `nbconvert --execute` runs its cells here."""
        nb, resources = super()._preprocess(nb, resources)  # type: ignore[no-untyped-call]
        return nb, {**resources, "page": page_of(nb, resources["metadata"]["name"], resources.get("frame", ALONE))}


def page_of(notebook: Any, name: str = "", frame: Frame = ALONE) -> dict[str, Any]:
    """Return what the template shows; `name` is the title of a notebook without a heading. Raises as the exporter."""
    about, (words, level) = notebook.metadata.get("ptce", {}), _run(notebook)
    if "papermill" in notebook.metadata:  # run by hand: a build translates a notebook before it runs
        translated = translated_notebook(notebook, words.lang, level, marked=True)
        notebook = nbformat.from_dict(translated)  # type: ignore[no-untyped-call]
    made, ours = about.get("provenance", {}).items(), [one for one, _ in own_outputs(notebook)]
    # What references are replaced by: the number of each exhibit by its key.
    outline = Outline({one.key: one.number for one in ours if one.kind == "head"}, frame.site)
    blocks = [_block(cell, words, outline) for cell in notebook.cells]
    html = "".join(block["html"] for block in blocks) + frame.sections
    anchors = {*ID.findall(html), *outline.exhibits}
    if lost := [key for key in outline.references if key not in anchors]:
        exhibits = ", ".join(outline.exhibits) or "none: has the notebook been executed?"
        raise InputError(f"the reference #{lost[0]} leads to nothing in this page. Its figures and tables: {exhibits}.")
    headings = [*outline.headings, *((2, key, title) for key, title in SECTION.findall(frame.sections))]
    quiet = (cell.source for cell in notebook.cells if cell.cell_type == "code" and _is_quiet(cell))
    order = dict(frame.family).get(frame.name, "")
    title = _text(outline.headings[0][2]) if outline.headings else name
    first = _text((re.findall(r"(?s)<p>(.*?)</p>", html) or [""])[0])
    return {
        **furniture(words, frame),
        # Pages with the same rows in another order have one heading.
        "title": f"{title} – {words.label(ORDERS[order])}" if order in ORDERS else title,
        "titled": bool(outline.headings),
        "description": _headline(notebook) or (first if len(first) <= 300 else first[:300].rsplit(" ", 1)[0] + "…"),
        "contents": [(key, _text(text)) for depth, key, text in headings if depth == 2],
        "parameters": _readable(words, about.get("parameters", {})),
        "blocks": blocks,
        "answered": any(block.get("answer") for block in blocks),
        "sections": frame.sections,
        "code": escape("\n\n".join(quiet), quote=False),
        "ours": bool(about or ours),
        "fictitious": shows_fictitious(notebook),
        "provenance": [(words.label(PROVENANCE.get(name, (name, name))), value) for name, value in made],
    }


def shows_fictitious(notebook: Any) -> bool:
    """Whether an executed notebook shows anything made of fictitious answers."""
    return any(one.get("origin") == "fictitious" for one, _ in own_outputs(notebook))


def _readable(words: Words, parameters: dict[str, Any]) -> list[tuple[str, str]]:
    """The name and value of each parameter as a reader understands them; the language shows itself."""
    found = []
    for name, value in ((name, value) for name, value in parameters.items() if name != "lang"):
        shown = words.number(Number(value, "share2")) if isinstance(value, float) else str(value)
        shown = words.label(PARAMETERS[name][shown]) if PARAMETERS.get(name) else shown
        found.append((words.label(PARAMETER_NAMES.get(name, (name, name))), shown))
    return found


def summary_of(notebook: Any, name: str) -> dict[str, Any]:
    """Return a page's title and what its answer says first, for the index, without writing the page."""
    (words, _), outline = _run(notebook), Outline({})
    prose_html(next((cell.source for cell in notebook.cells if cell.cell_type == "markdown"), ""), words, outline)
    title = _text(outline.headings[0][2]) if outline.headings else name
    return {"title": title, "description": _headline(notebook, "lead")}


def _run(notebook: Any) -> tuple[Words, str]:
    """The language and the level of a page: parameters of the run, as its pipeline or papermill recorded them."""
    about = notebook.metadata
    given = about.get("ptce", {}).get("parameters") or about.get("papermill", {}).get("parameters") or {}
    lang = given.get("lang") or about.get("language")
    return Words(lang if lang in LANGUAGES else "en"), given.get("level", "")


def furniture(words: Words, frame: Frame = ALONE) -> dict[str, Any]:
    """Return what every page of the site needs, whatever it says."""
    edition = frame.edition
    names = [words(one.name) for one in edition.authors] or [words("The ptce-analysis contributors")]
    authors = ", ".join(map(str, names))
    said = {"version": edition.version, "authors": authors}
    issued = words("Edition {version}, by {authors}.", **said)
    if edition.date:
        issued = words("Edition {version} of {date}, by {authors}.", date=words.date(edition.date), **said)
    return {
        "lang": words.lang,
        "words": words,
        "policy": POLICY,
        "edition": edition,
        "authors": authors,
        "issued": issued,
        "years": f"{min(WAVES)}/{max(WAVES)}",
        "stylesheet": stylesheet,
        **(_around(words, frame, frame.site) if frame.site else {"others": []}),
    }


def _around(words: Words, frame: Frame, site: Whereabouts) -> dict[str, Any]:
    """The ways that lead out of a page of the site: home, the questions, its family, its neighbours, its twins."""
    folder = PurePosixPath(site.here).parent

    def link(page: SitePage, text: str = "", own: bool = False) -> dict[str, Any]:
        variant = words.label(VARIANTS[page.variant]).split(" (")[0] if page.variant in VARIANTS else ""
        return {"href": site.to(page.address), "name": text or variant or page.menu or page.name, "own": own}

    family = [page for page in site.pages if page.name in dict(frame.family)]
    beside = [one for one in site.pages if PurePosixPath(one.address).parent == folder and one.address != "index.html"]
    steps = [(one, two) for one, two in pairwise(beside) if frame.name in (one.name, two.name)]
    turn = [("prev", one) if two.name == frame.name else ("next", two) for one, two in steps]
    up, codes = "../" * (site.here.count("/") + 1), [code for code in LANGUAGES if code != words.lang]
    return {
        # The other languages of the page: code, name in its own words, way.
        "others": [(one, Words(one).label(LANGUAGES[one]).capitalize(), f"{up}{one}/{site.here}") for one in codes],
        "home": site.to("index.html"),
        "apart": folder.name,
        "place": f"{words.lang}/{site.here}",
        "address": f"{frame.edition.address.rstrip('/')}/{words.lang}/{site.here}" if frame.edition.address else "",
        "menu": [link(page, page.menu, page.name == frame.name or page in family) for page in site.pages if page.menu],
        "family": [link(page, own=page.name == frame.name) for page in family],
        "sheet": any(page.variant in LEVELS for page in family),
        "turn": [{**link(page), "rel": rel} for rel, page in turn],
    }


def _block(cell: Any, words: Words, outline: Outline) -> dict[str, Any]:
    """What a page shows of a cell."""
    if cell.cell_type == "raw":
        return {"kind": "prose", "html": f'<pre tabindex="0">{escape(cell.source)}</pre>'}
    if cell.cell_type == "code":
        answer = any(role(output) == "answer" for output in cell.outputs)
        html = "\n".join(_shown(cell.outputs, words, outline))
        return {"kind": "code", "code": "" if _is_quiet(cell) else cell.source, "html": html, "answer": answer}
    html = prose_html(cell.source, words, outline, cell.get("id", "section"))
    return {"kind": "prose", "html": explained(html, words, outline)}


def _shown(outputs: Iterable[Any], words: Words, outline: Outline) -> Iterator[str]:
    """The outputs of a cell; those from the head of an exhibit to the next one are a figure with its caption."""
    opened, head, panels = "", None, list[list[str]]()
    for output in outputs:
        html, kind = output_html(output, words, outline), role(output)
        if kind == "say" and output.metadata.ptce.key == "glossary":  # which explains every term itself
            outline.explained.update(terms(words.lang)[1].values())
        if kind in ("say", "answer", "head", "notes"):
            html = explained(NOTEBOOK.sub(lambda way: f'href="{to_page(way[1], outline.site)}"', html), words, outline)
        if kind == "head":
            head, panels, key = output.metadata.ptce, [], escape(output.metadata.ptce.key)
            if outline.headings[-1:] and outline.headings[-1][0] == 1:  # no section stands between
                html = html.replace('<h3 class="title">', '<h2 class="title">').replace("</h3>", "</h2>")
            html = f'{opened}<figure id="{key}"><figcaption id="{key}-caption">{html}</figcaption>'
            opened = "</figure>"
        elif kind == "drawing":
            panels.append(sorted(output.metadata.get("filenames", {}).values(), reverse=True))
        elif kind == "notes" and head is not None:
            # The files of the figure, each saying which figure it is, and which of its panels.
            html = html.removesuffix("</div>")
            for rank, address in ((rank, address) for rank, files in enumerate(panels, start=1) for address in files):
                form = address.rpartition(".")[2].upper() + (f"\u00a0{rank}" if len(panels) > 1 else "")
                said = escape(f"{head.number} ({form})")
                html += f'<a href="{escape(address)}" download aria-label="{said}">{form}</a>'
            html += "</div>"
        yield html
    yield opened


def _is_quiet(cell: Any) -> bool:
    """Whether a cell's code need not stand beside its output: it prepares the page, or the page explains its output."""
    about = cell.metadata
    hidden = PREPARING_TAGS.intersection(about.get("tags", [])) or about.get("jupyter", {}).get("source_hidden")
    return bool(hidden or (cell.outputs and all(map(role, cell.outputs))))


def _headline(notebook: Any, part: str = "text") -> str:
    """The answer of a page, or the part of it that stands first and in bold (`lead`)."""
    return next((str(one.get(part, "")) for one, _ in own_outputs(notebook) if one.kind == "answer"), "")


def _text(html: str) -> str:
    return re.sub(r"[ \t\r\n]+", " ", unescape(re.sub(r"<[^>]+>", "", html))).strip(" ")
