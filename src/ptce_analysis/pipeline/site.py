"""The site around the pages: an index per language, the register of claims, every CSV, and a choice of language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import nbformat
from jinja2 import Environment, FileSystemLoader

from ptce_analysis.pipeline.place import LIBRARY, Place
from ptce_analysis.pipeline.run import Run
from ptce_analysis.publish.appendix import family_title, furniture, summary_of
from ptce_analysis.publish.assumptions import assumptions
from ptce_analysis.publish.claims import claims_json, page_claims
from ptce_analysis.publish.downloads import FOLDER, Download, data_package, page_downloads
from ptce_analysis.publish.language import Words
from ptce_analysis.publish.stylesheet import TEMPLATES
from ptce_analysis.vocabulary import LANGUAGES

CLAIMS, PACKAGE = "claims.json", "datapackage.json"


@dataclass(frozen=True)
class Entry:
    """A page as the index shows it: its run, title, that of its family, answer, parameters, downloads and claims."""

    run: Run
    title: str
    family: str
    answer: str
    parameters: tuple[tuple[str, str], ...]
    downloads: tuple[Download, ...]
    claims: tuple[dict[str, Any], ...]


def site_files(place: Place, runs: Sequence[Run]) -> dict[Path, bytes]:
    """Return the files of the site besides its pages, by path: those of each language, and the choice between them."""
    files = {place.site / "index.html": language_choice()}
    for lang in sorted({run.lang for run in runs}):
        entries = [_entry(place, run) for run in runs if run.lang == lang]
        files |= {place.site / lang / name: data for name, data in language_files(lang, entries).items()}
    return files


def language_files(lang: str, entries: Sequence[Entry]) -> dict[str, bytes]:
    """Return the files of one language by name: index, register of claims, CSVs and their description."""
    words, downloads = Words(lang), [download for entry in entries for download in entry.downloads]
    files = {"index.html": site_index(words, entries)}
    files[CLAIMS] = claims_json([claim for entry in entries for claim in entry.claims])
    files[PACKAGE] = data_package(words, downloads)
    return files | {f"{FOLDER}/{download.name}": download.data for download in downloads}


def site_index(words: Words, entries: Sequence[Entry]) -> bytes:
    """Return the index page of a language: what each page answers, downloads, method, assumptions, accessibility."""
    return _render(
        "site.html.j2",
        **furniture(words),
        ours=True,
        title=words("French PTCE in 2013 and 2015: what the published figures determine"),
        description=words("One page per question, each with its answer and its uncertainty."),
        file="index.html",
        families=_families(entries),
        downloads=[download for entry in entries for download in entry.downloads],
        n_claims=sum(len(entry.claims) for entry in entries),
        assumptions=assumptions(LIBRARY),
    )


def language_choice() -> bytes:
    """Return the page at the root of the site, which leads to either language."""
    languages = {code: {"words": Words(code), "name": Words(code).label(label)} for code, label in LANGUAGES.items()}
    return _render("choice.html.j2", **furniture(Words("fr")), languages=languages)


def _entry(place: Place, run: Run) -> Entry:
    notebook = nbformat.read(place.notebook(run), as_version=4)  # type: ignore[no-untyped-call]
    summary = summary_of(notebook, run.name)
    return Entry(
        run,
        summary["title"],
        family_title(notebook, run.name),
        summary["description"],
        tuple(summary["parameters"]),
        tuple(page_downloads(notebook, run.name)),
        tuple(page_claims(notebook, run.name)),
    )


def _families(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """The pages by notebook: one alone speaks for itself; each of several is named by what differs, with its answer."""
    families = []
    for _, group in groupby(entries, key=lambda entry: entry.run.notebook):
        pages = list(group)
        shared = set.intersection(*(set(page.parameters) for page in pages))
        named = [_named(page, shared) for page in pages]
        families.append({"first": pages[0], "pages": named if len(named) > 1 else []})
    return families


def _named(page: Entry, shared: set[tuple[str, str]]) -> tuple[str, str, str]:
    """The address of a page, what tells it from the others of its family, and its answer, which need not repeat it."""
    name = ", ".join(value for name, value in page.parameters if (name, value) not in shared)
    answer = page.answer.removeprefix(name)
    return f"{page.run.name}.html", name, answer.lstrip(" :\u00a0") if name else answer


def _render(template: str, **values: Any) -> bytes:
    loader = FileSystemLoader(TEMPLATES / "ptce")
    environment = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template(template).render(**values).encode()
