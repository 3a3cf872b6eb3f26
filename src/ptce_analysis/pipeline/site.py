"""The site around the pages: an index per language, the register of claims, every CSV, and a choice of language."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from jinja2 import Environment, FileSystemLoader

from ptce_analysis.pipeline.inputs import PACKAGE_FILE
from ptce_analysis.pipeline.pages import written_page
from ptce_analysis.pipeline.place import Place
from ptce_analysis.pipeline.run import INDEX, INDEX_RUN, Run
from ptce_analysis.publish.appendix import furniture, summary_of
from ptce_analysis.publish.claims import FOLDER, Download, claims_json, data_package, page_claims, page_downloads
from ptce_analysis.publish.language import Words
from ptce_analysis.publish.site import BIBTEX, SitePage, read_edition
from ptce_analysis.publish.style import TEMPLATES
from ptce_analysis.vocabulary import LANGUAGES, LEVELS

CLAIMS, PACKAGE = "claims.json", "datapackage.json"


class Titles:
    """What stands at the top of the index, and what the tables of the sources are: texts to translate."""

    SITE = "French PTCE in 2013 and 2015: what the published figures determine"
    figures = "the figures typed from the sources"
    roles = "what the slides say of public levels"
    sources = "the sources, with their addresses"


@dataclass(frozen=True)
class Entry:
    """A page as the index shows it: its run, title, answer, downloads and claims."""

    run: Run
    title: str
    answer: str
    downloads: tuple[Download, ...]
    claims: tuple[dict[str, Any], ...]


def site_files(place: Place, runs: Sequence[Run]) -> dict[Path, bytes]:
    """Return the files of the site besides its pages, by path: those of each language, and the choice between them."""
    files = {place.site / INDEX: language_choice(runs)}
    for lang in sorted({run.lang for run in runs}):
        entries = [_entry(place, run) for run in runs if run.lang == lang]
        folder = place.site / lang
        files |= {folder / name: data for name, data in language_files(place, lang, entries).items()}
    return files


def language_files(place: Place, lang: str, entries: Sequence[Entry]) -> dict[str, bytes]:
    """Return the files of one language by name: index, how to cite, and what is read by machines.

    Pages made of answers have a register and data of their own, in their folder.
    """
    words = Words(lang)
    study = [entry for entry in entries if not entry.run.folder]
    published = _published(place)
    files = {f"{FOLDER}/{name}": data for name, (data, _) in published.items()}
    files |= {INDEX: index_page(place, words, entries), BIBTEX: read_edition(place.project).bibtex().encode()}
    files |= _machine_files(words, study, [resource for _, resource in published.values() if resource])
    for folder in dict.fromkeys(entry.run.folder for entry in entries if entry.run.folder):
        apart = _machine_files(words, [entry for entry in entries if entry.run.folder == folder])
        files |= {f"{folder}/{name}": data for name, data in apart.items()}
    return files


def _machine_files(
    words: Words, entries: Sequence[Entry], described: Sequence[dict[str, Any]] = ()
) -> dict[str, bytes]:
    """The register of claims of some pages, their CSVs, and the description of these and of others `described`."""
    downloads = [download for entry in entries for download in entry.downloads]
    files = {CLAIMS: claims_json([claim for entry in entries for claim in entry.claims])}
    files[PACKAGE] = data_package(words, str(words(Titles.SITE)), downloads, described)
    return files | {f"{FOLDER}/{download.name}": download.data for download in downloads}


def _published(place: Place) -> dict[str, tuple[bytes, dict[str, Any]]]:
    """The tables typed from the sources: their bytes, and how the project's own data package describes them."""
    about = place.project / PACKAGE_FILE
    resources = json.loads(about.read_text(encoding="utf-8"))["resources"] if about.is_file() else []
    described = {Path(one["path"]).name: {**one, "path": f"{FOLDER}/{Path(one['path']).name}"} for one in resources}
    return {
        path.name: (path.read_bytes(), described.get(path.name, {})) for path in sorted(place.published.glob("*.csv"))
    }


def index_page(place: Place, words: Words, entries: Sequence[Entry]) -> bytes:
    """Return the index of a language: its notebook, then what each page answers, downloads and accessibility.

    A project without such a notebook has the site's own sections under a title.
    """
    sections = _render("sections.html.j2", words=words, **_sections(words, entries))
    own = next((entry.run for entry in entries if entry.run.name == INDEX_RUN), None)
    if own:
        node = nbformat.read(place.notebook(own), as_version=4)  # type: ignore[no-untyped-call]
    else:
        about = {"name": INDEX_RUN, "parameters": {"lang": words.lang}}
        cell = {"cell_type": "markdown", "id": "title", "metadata": {}, "source": f"# {words(Titles.SITE)}"}
        whole = {"cells": [cell], "metadata": {"ptce": about}, "nbformat": 4, "nbformat_minor": 5}
        node = nbformat.from_dict(whole)  # type: ignore[no-untyped-call]
        pages = entries[0].run.pages if entries else ()
        own = Run(INDEX_RUN, Path(), words.lang, (), address=INDEX, pages=pages)
    return written_page(place, own, node, sections)[0]


def _sections(words: Words, entries: Sequence[Entry]) -> dict[str, Any]:
    """What the site's own sections of the index show: pages of one notebook in one line, those of answers apart."""
    study = [entry for entry in entries if not entry.run.folder and entry.run.name != INDEX_RUN]
    families: dict[tuple[tuple[str, str], ...], list[dict[str, str]]] = {}
    for entry in (entry for entry in study if entry.run.family):
        level = words.label(LEVELS[dict(entry.run.family)[entry.run.name]]).split(" (")[0]
        families.setdefault(entry.run.family, []).append({"href": entry.run.address, "name": level})
    apart = {entry.run.folder: entry.run.address for entry in reversed(entries) if entry.run.folder}
    titles = {name: text for name, text in vars(Titles).items() if name.islower() and not name.startswith("_")}
    return {
        "questions": [
            {"href": entry.run.address, "title": entry.title, "answer": entry.answer}
            for entry in study
            if not entry.run.family
        ],
        "families": list(families.values()),
        "published": [{"name": f"{name}.csv", "title": str(words(text))} for name, text in titles.items()],
        "downloads": [download for entry in entries if not entry.run.folder for download in entry.downloads],
        "n_claims": sum(len(entry.claims) for entry in entries if not entry.run.folder),
        "apart": [{"folder": folder, "href": address} for folder, address in apart.items()],
    }


def language_choice(runs: Sequence[Run]) -> bytes:
    """Return the page at the root of the site, which leads to either language and to its questions."""
    menus: dict[str, list[SitePage]] = {}
    for run in runs:
        if run.menu:
            menus.setdefault(run.lang, []).append(SitePage(run.name, run.address, run.menu))
    languages = {
        code: {"name": Words(code).label(label), "title": str(Words(code)(Titles.SITE)), "menu": menus.get(code)}
        for code, label in LANGUAGES.items()
    }
    return _render("choice.html.j2", **furniture(Words("fr")), languages=languages).encode()


def _entry(place: Place, run: Run) -> Entry:
    notebook = nbformat.read(place.notebook(run), as_version=4)  # type: ignore[no-untyped-call]
    summary = summary_of(notebook, run.name)
    return Entry(
        run,
        summary["title"],
        summary["description"],
        tuple(page_downloads(notebook, run.name)),
        tuple(page_claims(notebook, run.name, Path(run.address).name)),
    )


def _render(template: str, **values: Any) -> str:
    loader = FileSystemLoader(TEMPLATES / "ptce")
    environment = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template(template).render(**values)
