"""What a build makes besides its pages: the processed tables before them, and the site around them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd

from ptce_analysis.analysis import funding
from ptce_analysis.pipeline.execute import written_page
from ptce_analysis.pipeline.runs import INDEX, INDEX_RUN, Place, Run
from ptce_analysis.pipeline.stale import PACKAGE_FILE, TERMS
from ptce_analysis.protect.scan import zipped
from ptce_analysis.publish.appendix import furniture, summary_of
from ptce_analysis.publish.exhibit import FOLDER, Download, claims_json, data_package, page_claims, page_downloads
from ptce_analysis.publish.language import ALL_FIGURES, Words
from ptce_analysis.publish.site import BIBTEX, RIS, VARIANTS, read_edition
from ptce_analysis.publish.style import rendered
from ptce_analysis.publish.survey_page import fictitious_waves
from ptce_analysis.published import read_published
from ptce_analysis.survey.tables import csv_text
from ptce_analysis.survey.waves import WAVES, has_wave
from ptce_analysis.vocabulary import LANGUAGES, LEVELS, SCENARIOS

CLAIMS, PACKAGE = "claims.json", "datapackage.json"
TABLE_WAVE = 2015


class Titles:
    """What stands at the top of the site: texts to translate."""

    SITE = "French PTCE in 2013 and 2015: what the published figures determine"


@dataclass(frozen=True)
class Entry:
    """A page as the index shows it: its run, title, answer, downloads and claims."""

    run: Run
    title: str
    answer: str
    downloads: tuple[Download, ...]
    claims: tuple[dict[str, Any], ...]


def processed_tables(project: Path) -> dict[str, bytes]:
    """Return every processed table as the bytes of its CSV: UTF-8, `,`, at most ten significant digits.

    Those of the fictitious waves are what `ptce clean` writes, one wave below the other; `origin` says so in each row.
    """
    facts = read_published(project / "data" / "raw" / "published")
    levels = [funding.funding_by_level(facts, TABLE_WAVE, name).assign(scenario=name) for name in SCENARIOS]
    tables = {"by_level": pd.concat(levels, ignore_index=True), "totals": funding.totals(facts, TABLE_WAVE)}
    # Not the processor's last digits.
    how = {"index": False, "lineterminator": "\n", "float_format": "%.10g"}
    found = {f"funding_{name}.csv": str(table.to_csv(**how)).encode() for name, table in tables.items()}
    cleaned = fictitious_waves(project / WAVES) if has_wave(project / WAVES, "fictitious") else ()
    for name in ("poles", "supports") if cleaned else ():
        table = pd.concat([getattr(wave, name) for wave in cleaned])
        not_asked = {column: "not_asked" for column in table if column.endswith("_status")}
        found[f"waves/{name}.csv"] = csv_text(table.fillna(not_asked)).encode()
    return found


def site_files(place: Place, runs: Sequence[Run]) -> dict[Path, bytes]:
    """Return the files of the site besides its pages, by path: those of each language, and the choice between them."""
    files = {INDEX: language_choice(runs)}
    for lang in sorted({run.lang for run in runs}):
        entries = [_entry(place, run) for run in runs if run.lang == lang]
        files |= {f"{lang}/{name}": data for name, data in language_files(place, lang, entries).items()}
    return {place.site / name: data for name, data in files.items()}


def language_files(place: Place, lang: str, entries: Sequence[Entry]) -> dict[str, bytes]:
    """Return the files of one language by name: index, how to cite, and what is read by machines.

    Pages made of answers have a register and data of their own, in their folder. The tables typed from the sources are
    described as in the project's own data package. One archive holds all the data of the study.
    """
    words, about, terms = Words(lang), place.project / PACKAGE_FILE, place.project / TERMS
    resources = json.loads(about.read_text(encoding="utf-8"))["resources"] if about.is_file() else []
    by_name = {Path(one["path"]).name: {**one, "path": f"{FOLDER}/{Path(one['path']).name}"} for one in resources}
    typed = {path.name: path.read_bytes() for path in sorted(place.published.glob("*.csv"))}
    files = {f"{FOLDER}/{name}": data for name, data in typed.items()}
    for folder in dict.fromkeys(["", *(entry.run.folder for entry in entries)]):
        own = [entry for entry in entries if entry.run.folder == folder]
        downloads = [download for entry in own for download in entry.downloads]
        described = [] if folder else [by_name[name] for name in typed if name in by_name]
        made = {CLAIMS: claims_json([claim for entry in own for claim in entry.claims])}
        made[PACKAGE] = data_package(words, str(words(Titles.SITE)), downloads, described)
        made |= {f"{FOLDER}/{download.name}": download.data for download in downloads}
        files |= {f"{folder}/{name}" if folder else name: data for name, data in made.items()}
    edition, package = read_edition(place.project), json.loads(files[PACKAGE])
    files |= {BIBTEX: edition.bibtex().encode(), RIS: edition.ris().encode()}
    files |= {f"{FOLDER}/README.md": rendered("data.md.j2", words=words, package=package).encode()}
    files |= {f"{FOLDER}/LICENCE.md": terms.read_bytes()} if terms.is_file() else {}
    beside = {name.removeprefix(f"{FOLDER}/"): data for name, data in files.items() if name.startswith(f"{FOLDER}/")}
    files[f"{FOLDER}/{package['name']}.zip"] = zipped(package["name"], beside)
    return {**files, INDEX: index_page(place, words, entries, package["name"])}


def index_page(place: Place, words: Words, entries: Sequence[Entry], archive: str) -> bytes:
    """Return the index of a language: its notebook, or a title, then what each page answers, how to cite, downloads."""
    study = [entry for entry in entries if not entry.run.folder]
    shown = {
        "study": study,
        "pages": [entry for entry in study if entry.run.name != INDEX_RUN],
        "apart": dict.fromkeys(entry.run.folder for entry in entries if entry.run.folder),
        # Where the typed figures and their sources are shown.
        "tables": next((entry.run.address for entry in study if entry.run.name == ALL_FIGURES), ""),
    }
    names = {"variants": VARIANTS, "levels": LEVELS, "edition": read_edition(place.project), "archive": archive}
    sections = rendered("sections.html.j2", words=words, **shown, **names)
    own = next((entry.run for entry in entries if entry.run.name == INDEX_RUN), None)
    if own:
        node = nbformat.read(place.notebook(own), as_version=4)  # type: ignore[no-untyped-call]
    else:
        title = nbformat.v4.new_markdown_cell(f"# {words(Titles.SITE)}", id="title")  # type: ignore[no-untyped-call]
        about = {"ptce": {"name": INDEX_RUN, "parameters": {"lang": words.lang}}}
        node = nbformat.v4.new_notebook(cells=[title], metadata=about)  # type: ignore[no-untyped-call]
        own = Run(INDEX_RUN, Path(), words.lang, (), address=INDEX, pages=entries[0].run.pages)
    return written_page(place, own, node, sections)[0]


def language_choice(runs: Sequence[Run]) -> bytes:
    """Return the page at the root of the site, which leads to either language and to its questions."""
    languages = [
        (Words(code), label, [run for run in runs if run.lang == code and run.menu])
        for code, label in LANGUAGES.items()
    ]
    return rendered("choice.html.j2", **furniture(Words("fr")), languages=languages, site=Titles.SITE).encode()


def _entry(place: Place, run: Run) -> Entry:
    node = nbformat.read(place.notebook(run), as_version=4)  # type: ignore[no-untyped-call]
    said, claims = summary_of(node, run.name), page_claims(node, run.name, Path(run.address).name)
    return Entry(run, said["title"], said["description"], tuple(page_downloads(node, run.name)), tuple(claims))
