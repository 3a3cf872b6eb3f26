"""The outputs of an executed notebook as HTML: ours as we wrote them, all others inert, none left out."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from ptce_analysis.errors import InputError
from ptce_analysis.publish.inert import inert_html, picture_html, plain_html
from ptce_analysis.publish.language import Words
from ptce_analysis.publish.picture import in_page
from ptce_analysis.publish.prose import Outline, formula, prose_html
from ptce_analysis.publish.trust import is_ours

PICTURES = ("image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp")


def role(output: Any) -> str:
    """Return what an output of ours is (`say`, `answer`, `head`, `drawing`, `notes`); nothing for any other."""
    return str(output.metadata.ptce.kind) if is_ours(output) else ""


def output_html(output: Any, words: Words, outline: Outline) -> str:
    """Return one output as HTML."""
    if output.output_type == "stream":
        return plain_html(output.text, "stderr" if output.name == "stderr" else "")
    if output.output_type == "error":
        return plain_html(f"{output.ename}: {output.evalue}", "error")
    if is_ours(output):
        return our_html(output)
    return foreign_html(output, words, outline)


def our_html(output: Any) -> str:
    """Return an output of ours: what it says, or its drawing in the colours of the page."""
    if output.metadata.ptce.kind == "drawing":
        return f'<div class="drawing">{in_page(output.data["image/svg+xml"])}</div>'
    return str(output.data["text/html"])


def foreign_html(output: Any, words: Words, outline: Outline) -> str:
    """Return what any other library showed, in the richest form that can be made inert."""
    data, alt = output.data, _alt(output, words)
    forms: dict[str, Callable[[Any], str]] = {
        "text/html": lambda text: inert_html(str(text), alt),
        "text/markdown": lambda text: prose_html(str(text), words, outline, "output"),
        **{kind: partial(_picture, kind, alt) for kind in PICTURES},
        "text/latex": lambda text: _latex_html(str(text)),
        "application/json": lambda value: plain_html(json.dumps(value, ensure_ascii=False, indent=2)),
        "text/plain": lambda text: plain_html(str(text)),
    }
    written = (write(data[kind]) for kind, write in forms.items() if kind in data)
    nothing = words("An output that a page cannot show: {kinds}", kinds=", ".join(data))
    return next(filter(None, written), plain_html(str(nothing)))


def _picture(kind: str, alt: str, data: Any) -> str:
    return picture_html(kind, str(data), alt)


def _latex_html(text: str) -> str:
    """A formula; nothing when the LaTeX is a document that is not one, and its plain text is shown."""
    try:
        return f'<div class="scroll" tabindex="0">{formula(text.strip().strip("$"), "block")}</div>'
    except InputError:
        return ""


def _alt(output: Any, words: Words) -> str:
    """The description an author gave, or the plain text of the output when it says more than matplotlib's own."""
    given = output.get("metadata", {}).get("alt")
    plain = str(output.data.get("text/plain", ""))
    described = plain if plain and not plain.startswith("<") else ""
    return str(given or described or words("A picture that the notebook does not describe"))
