"""The HTML appendix: an nbconvert exporter that writes one light, self-contained, accessible page per notebook."""

from __future__ import annotations

import re
from html import escape, unescape
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from nbconvert.exporters import TemplateExporter
from nbconvert.filters import markdown2html
from nbconvert.preprocessors import ExtractOutputPreprocessor
from traitlets import default
from traitlets.config import Config

from ptce_analysis import __version__
from ptce_analysis.publish.language import Words
from ptce_analysis.publish.style import COLOURS
from ptce_analysis.vocabulary import LANGUAGES

TEMPLATES = Path(__file__).parent / "templates"

# Nothing may run and nothing may be fetched: styles and images stand in the page itself.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


class PtceExporter(TemplateExporter):
    """Export an executed notebook to the study's HTML page; its figures leave under the names the notebook gave them."""

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
    def _preprocessors(self) -> list[type]:
        return [ExtractOutputPreprocessor]

    @property
    def default_config(self) -> Config:
        """Only figures are extracted; pages keep everything else."""
        only_figures = Config({"ExtractOutputPreprocessor": {"extract_output_types": {"image/svg+xml"}}})
        only_figures.merge(super().default_config)
        return only_figures

    def from_notebook_node(
        self, nb: Any, resources: dict[str, Any] | None = None, **kwargs: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return the page and the resources (`outputs` holds the figures by file name)."""
        page = page_of(nb)
        given = {**(resources or {}), "page": page}
        text, resources = super().from_notebook_node(nb, given, **kwargs)
        return finished(text, page), resources


def page_of(notebook: Any) -> dict[str, Any]:
    """Return what the template needs besides the cells: language, title, parameters, links."""
    about = notebook.metadata.get("ptce", {})
    lang = about.get("parameters", {}).get("lang") or _parameters(notebook).get("lang") or "en"
    return {
        "lang": lang,
        "other_lang": next(code for code in LANGUAGES if code != lang),
        "words": Words(lang),
        "title": _title(notebook),
        "description": _headline(notebook),
        "parameters": about.get("parameters", _parameters(notebook)),
        "provenance": about.get("provenance", {}),
        "name": about.get("name", ""),
        "policy": POLICY,
        "version": __version__,
        "style": stylesheet(),
        "cells": [_cell(cell) for cell in notebook.cells],
    }


def _parameters(notebook: Any) -> dict[str, Any]:
    return dict(notebook.metadata.get("papermill", {}).get("parameters", {}))


def _title(notebook: Any) -> str:
    first = next((cell.source for cell in notebook.cells if cell.cell_type == "markdown"), "")
    return first.splitlines()[0].lstrip("# ").strip() if first else ""


def _headline(notebook: Any) -> str:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            about = output.get("metadata", {}).get("ptce", {})
            if about.get("kind") == "answer":
                return str(about["text"])
    return ""


def stylesheet() -> str:
    """Return the page's CSS, with the colours of the figures declared once for light and dark schemes."""
    text = (TEMPLATES / "ptce" / "style.css").read_text(encoding="utf-8")
    light, dark = (";".join(f"--{name}:{pair[i]}" for name, pair in COLOURS.items()) for i in (0, 1))
    return text.replace("/*light*/", light).replace("/*dark*/", dark).strip()


def _cell(cell: Any) -> dict[str, Any]:
    if cell.cell_type == "markdown":
        return {"kind": "prose", "html": markdown2html(cell.source)}
    if cell.cell_type == "raw":
        return {"kind": "prose", "html": f"<pre>{escape(cell.source)}</pre>"}
    outputs = [_output_html(output) for output in cell.outputs]
    exhibit = next((o.metadata.ptce.key for o in cell.outputs if _role(o) == "head"), "")
    hidden = "injected-parameters" in cell.metadata.get("tags", [])
    return {"kind": "code", "source": cell.source, "outputs": outputs, "exhibit": exhibit, "hidden": hidden}


def _role(output: Any) -> str:
    return str(output.get("metadata", {}).get("ptce", {}).get("kind", ""))


def _output_html(output: Any) -> str:
    """Return one output as HTML: the study's own as they are, anything else as inert text or image."""
    if output.output_type == "stream":
        return f"<pre>{escape(output.text)}</pre>"
    if output.output_type == "error":
        return f"<pre>{escape(output.ename)}: {escape(output.evalue)}</pre>"
    data = output.data
    if _role(output) and "image/svg+xml" in data:
        return f'<div class="drawing">{data["image/svg+xml"]}</div>'
    if _role(output) and "text/html" in data:
        return str(data["text/html"])
    return _foreign_html(data)


def _foreign_html(data: Any) -> str:
    """What the study did not write itself: tables lose everything but their text, images are embedded, text is escaped."""
    if "image/png" in data:
        alt = escape(data.get("text/plain", ""), quote=True)
        return f'<img alt="{alt}" src="data:image/png;base64,{escape(data["image/png"].strip(), quote=True)}">'
    if "text/html" in data:
        tables = BeautifulSoup(data["text/html"], "html.parser").find_all("table")
        if tables:
            return "".join(_bare_table(table) for table in tables)
    return f"<pre>{escape(str(data.get('text/markdown') or data.get('text/plain', '')))}</pre>"


def _bare_table(table: Any) -> str:
    rows = [[(cell.name, escape(cell.get_text())) for cell in row.find_all(["th", "td"])] for row in table.find_all("tr")]
    body = "".join("<tr>" + "".join(f"<{name}>{text}</{name}>" for name, text in row) + "</tr>" for row in rows)
    return f'<div class="scroll" tabindex="0"><table>{body}</table></div>'


def finished(text: str, page: dict[str, Any]) -> str:
    """Return the page with its contents list and with links to figures named by their number."""
    numbers = dict(re.findall(r'<figure id="([^"]+)"[^>]*>\s*<p class="number">([^<]+?) <', text))
    linked = re.sub(
        r'<a href="#([\w-]+)">[^<]*</a>',
        lambda m: f'<a href="#{m[1]}">{numbers[m[1]]}</a>' if m[1] in numbers else m[0],
        text,
    )
    return linked.replace("<!--contents-->", _contents(linked, page["words"]))


def _contents(text: str, words: Words) -> str:
    headings = re.findall(r'<h2 id="([^"]+)">(.*?)<a class="anchor-link"', text, flags=re.DOTALL)
    headings = headings or re.findall(r'<h2 id="([^"]+)">(.*?)</h2>', text, flags=re.DOTALL)
    items = "".join(
        f'<li><a href="#{escape(key, quote=True)}">{escape(unescape(re.sub("<[^>]+>", "", name)))}</a></li>'
        for key, name in headings
    )
    return f'<nav class="contents" aria-label="{words("Contents")}"><ol>{items}</ol></nav>' if items else ""
