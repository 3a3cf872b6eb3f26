"""The last look before a page is written: nothing fictitious without its mark, nothing that no rule released."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import nbformat
from bs4 import BeautifulSoup, Tag

from ptce_analysis.errors import InputError
from ptce_analysis.publish.disclosure.files import structure_faults
from ptce_analysis.publish.disclosure.leaks import FICTITIOUS_MARKS

# What the structure of a page or of a notebook may never hold, whatever template made it.
REFUSED = ("fictitious", "unprotected", "micro_data")


def check_page(name: str, notebook: Any, html: str) -> None:
    """Raise `InputError` naming what a page shows that it must not, or shows without the words that say what it is.

    `notebook` is the executed one that the page was made from: what it says is fictitious is fictitious on the page.
    """
    written = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    found = [*structure_faults(f"{name}.html", html), *structure_faults(f"{name}.ipynb", written)]
    faults = [f"{rule}: {what}" for rule, what in found if rule in REFUSED]
    faults += [f"fictitious: {what} does not say so" for what in _unmarked(_abouts(notebook, "fictitious"), html)]
    if faults:
        raise InputError(
            f"page {name} is not published: {'; '.join(dict.fromkeys(faults))}. Mend the template or the notebook: what"
            " is made of answers goes through page.show and page.say, and keeps its mark."
        )


def shows_answers(notebook: Any) -> bool:
    """Return whether an executed notebook shows anything made of real answers."""
    return bool(_abouts(notebook, "survey"))


def _abouts(notebook: Any, origin: str) -> list[Mapping[str, Any]]:
    """What the library says of each output of a notebook that has this origin."""
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", ()))
    abouts = (output.get("metadata", {}).get("ptce") or {} for output in outputs)
    return [about for about in abouts if about.get("origin") == origin]


def _unmarked(abouts: list[Mapping[str, Any]], html: str) -> Iterator[str]:
    """The exhibits and sentences of fictitious data that a page shows without the words."""
    if not abouts:
        return
    page = BeautifulSoup(html, "html.parser")
    for about in abouts:
        if about["kind"] == "head" and not _says_so(page.find(id=about["key"])):
            yield f"exhibit {about['key']}"
    sentences = [about for about in abouts if about["kind"] != "head"]
    said = [tag for tag in page.find_all(["p", "ul", "ol"], class_=["say", "answer"]) if _says_so(tag)]
    if len(said) < len(sentences):
        yield f"a sentence ({len(sentences)} are on fictitious data, {len(said)} say it)"


def _says_so(shown: object) -> bool:
    """Whether what a reader sees of an element holds the words; those of a drawing stand across it besides."""
    if not isinstance(shown, Tag):
        return False
    marks = shown.find_all(class_="origin")
    return any(words in mark.get_text() for mark in marks for words in FICTITIOUS_MARKS)
