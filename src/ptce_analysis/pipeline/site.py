"""The site's entrance: one index per language, listing every page with its answer, and a choice of language."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from jinja2 import Environment, FileSystemLoader, select_autoescape

from ptce_analysis.pipeline.runs import Run
from ptce_analysis.publish.appendix import POLICY, TEMPLATES, page_of, stylesheet
from ptce_analysis.publish.language import Words
from ptce_analysis.vocabulary import LANGUAGES


def site_index(runs: tuple[Run, ...], lang: str, notebooks: Path) -> bytes:
    """Return the index page of a language: every run's title and answer, read from the executed notebooks."""
    pages = [_entry(run, notebooks) for run in runs if run.lang == lang]
    return _render("site.html.j2", lang=lang, words=Words(lang), pages=pages, other=_other(lang))


def language_choice() -> bytes:
    """Return the page at the root of the site, which leads to either language."""
    return _render("choice.html.j2", lang="fr", languages={"fr": "Français", "en": "English"})


def _entry(run: Run, notebooks: Path) -> dict[str, Any]:
    page = page_of(nbformat.read(notebooks / f"{run.id}.ipynb", as_version=4))  # type: ignore[no-untyped-call]
    return {"href": f"{run.name}.html", "title": page["title"], "answer": page["description"]}


def _other(lang: str) -> str:
    return next(code for code in LANGUAGES if code != lang)


def _render(template: str, **values: Any) -> bytes:
    loader = FileSystemLoader(TEMPLATES / "ptce")
    environment = Environment(loader=loader, autoescape=select_autoescape(["j2"]), trim_blocks=True)
    return environment.get_template(template).render(style=stylesheet(), policy=POLICY, **values).encode()
