"""The study as a package: what describes it is valid, and says the same everywhere."""

import csv
import io
import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from bs4 import BeautifulSoup

from conftest import NOTEBOOKS, REPOSITORY, build_quietly, kept_environment, write_project
from guides import blocks, script
from pages import site
from ptce_analysis import __version__
from ptce_analysis.publish.exhibit import LICENCE
from ptce_analysis.vocabulary import LANGUAGES

PYPROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def text(name: str) -> str:
    """A file of the repository, its lines run together."""
    return " ".join((REPOSITORY / name).read_text(encoding="utf-8").split())


def of_json(path: Path) -> Any:
    """A JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


CITATION = yaml.safe_load((REPOSITORY / "CITATION.cff").read_text(encoding="utf-8"))
RECORDS = script("records")
PACKAGE = of_json(REPOSITORY / "datapackage.json")


def checked(program: str, *arguments: str | Path, folder: Path = REPOSITORY) -> subprocess.CompletedProcess[str]:
    """A validator's answer; it knows the standard by itself and asks nobody."""
    command = [sys.executable, "-W", "ignore", "-m", program, *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def citation_faults(path: Path) -> subprocess.CompletedProcess[str]:
    """CITATION.cff against the schema of the Citation File Format, which check-jsonschema carries."""
    return checked("check_jsonschema", "--builtin-schema", "vendor.citation-file-format", path)


def test_the_citation_is_valid(tmp_path: Path) -> None:
    """Against the schema of the Citation File Format 1.2.0, which also refuses a key it does not know."""
    assert CITATION["cff-version"] == "1.2.0"
    assert (found := citation_faults(REPOSITORY / "CITATION.cff")).returncode == 0, found.stdout
    wrong = tmp_path / "CITATION.cff"
    wrong.write_text(yaml.safe_dump(CITATION | {"licence": "MIT"}), encoding="utf-8")
    assert citation_faults(wrong).returncode != 0


def package_faults(path: Path) -> list[Any]:
    """What frictionless finds in a data package: its description, every file, every row against its schema."""
    done = checked("frictionless", "validate", path.name, "--json", folder=path.parent)
    report = json.loads(done.stdout)
    assert done.returncode == (not report["valid"]), done.stderr
    return [*report["errors"], *(error for task in report["tasks"] for error in task["errors"])]


@pytest.mark.parametrize("place", ["", *LANGUAGES])
def test_tables_are_a_valid_data_package(place: str) -> None:
    """Of the project and of each site: every row against the separators, types, keys and limits that are stated."""
    assert package_faults((site() / place if place else REPOSITORY) / "datapackage.json") == []
    # No CSV of the published figures or the processed tables is left out.
    tables = [path for stage in ("raw/published", "processed") for path in (REPOSITORY / "data" / stage).rglob("*.csv")]
    described = [resource["path"] for resource in PACKAGE["resources"]]
    assert sorted(described) == sorted(path.relative_to(REPOSITORY).as_posix() for path in tables)


def test_records_are_those_of_the_citation() -> None:
    """None is older than CITATION.cff; the library, its metadata and the changelog tell the same version and words."""
    made = RECORDS.records(REPOSITORY)
    assert made == {name: (REPOSITORY / name).read_text(encoding="utf-8") for name in made}
    sites = [of_json(site() / lang / "datapackage.json") for lang in LANGUAGES]
    assert {PYPROJECT["version"], CITATION["version"], *(one["version"] for one in sites)} == {__version__}
    assert f"## {__version__}" in text("CHANGELOG.md")
    assert (PYPROJECT["name"], PYPROJECT["description"]) == (CITATION["title"].split(":")[0], CITATION["abstract"])
    assert all(text(name).startswith(f"# {PYPROJECT['name']} ") for name in ("README.md", "LISEZMOI.md"))
    assert set(CITATION["keywords"]) <= set(PYPROJECT["keywords"]) and PYPROJECT["authors"] == CITATION["authors"]
    assert CITATION["authors"][0]["name"] in text("LICENSE")


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small project, built with everything that the guide says can be stated in its CITATION.cff."""
    folder = write_project(tmp_path_factory.mktemp("known"), NOTEBOOKS)
    (example,) = (block for block in blocks("archiving-a-release.md") if block.kind == "yaml")
    stated = yaml.safe_dump(CITATION | yaml.safe_load(example.text), allow_unicode=True)
    (folder / "CITATION.cff").write_text(stated, encoding="utf-8")
    for name in ("pyproject.toml", "datapackage.json"):
        shutil.copy(REPOSITORY / name, folder)
    with kept_environment():
        assert build_quietly(folder).succeeded
    return folder


def test_all_that_the_citation_may_state_is_in_every_record(known: Path) -> None:
    """Persons by their names, their ORCID and body, DOI, address, repository: each where its reader looks for it."""
    assert (found := citation_faults(known / "CITATION.cff")).returncode == 0, found.stdout
    zenodo = json.loads(RECORDS.records(known)[".zenodo.json"])
    ada = {"name": "Example, Ada", "orcid": "0000-0002-1825-0097", "affiliation": "An institute"}
    assert zenodo["creators"] == [ada, *CITATION["authors"]] and set(zenodo) <= OF_ZENODO and "doi" not in zenodo
    assert {one["relation"] for one in zenodo["related_identifiers"]} == {"references", "isSupplementTo"}
    software = json.loads(RECORDS.records(known)["codemeta.json"])
    assert software["identifier"] == "https://doi.org/10.5072/example" and software["issueTracker"].endswith("/issues")
    data = known / "build" / "site" / "fr" / "data"
    bibtex, ris = ((data / f"citation.{ending}").read_text("utf-8") for ending in ("bib", "ris"))
    body = CITATION["authors"][0]["name"]
    assert f"author = {{Example, Ada and {{{body}}}}}" in bibtex and "doi = {10.5072/example}" in bibtex
    assert ris.startswith("TY  - ") and "\nAU  - Example, Ada\nAU  - The " in ris and ris.endswith("\nER  - \n")
    page = BeautifulSoup((data.parent / "index.html").read_text("utf-8"), "html.parser")
    metas = {(one["name"], one["content"]) for one in page.select("meta[name^=citation_]")}
    assert {("citation_author", "Example, Ada"), ("citation_doi", "10.5072/example")} <= metas
    assert bibtex in page.get_text() and page.select_one(".citation a")["href"] == "https://doi.org/10.5072/example"
    report, dataset = json.loads(page.find("script", type="application/ld+json").string)["@graph"]
    assert (report["@type"], dataset["@type"]) == ("Report", "Dataset") and report["author"] == dataset["creator"]
    first = report["author"][0]
    assert (first["@id"], first["givenName"]) == ("https://orcid.org/0000-0002-1825-0097", "Ada")
    assert dataset["distribution"][0]["contentUrl"] == "https://example.org/ptce/fr/data/ptce-2013-2015-fr.zip"
    only = [path.name for path in sorted((data.parent).glob("*.html")) if "<script" in path.read_text("utf-8")]
    assert only == ["index.html"]


# The fields of a deposit that Zenodo takes.
OF_ZENODO = {
    "title", "upload_type", "description", "creators", "version", "publication_date", "access_right", "license",
    "notes", "keywords", "references", "related_identifiers",
}  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
def test_one_archive_holds_all_the_data_and_says_what_each_column_is(lang: str) -> None:
    """Every file beside it, its bytes; the README names each table and each of its columns."""
    data = site() / lang / "data"
    with zipfile.ZipFile(data / f"ptce-2013-2015-{lang}.zip") as whole:
        inside = {name.partition("/")[2]: whole.read(name) for name in whole.namelist()}
    assert inside == {path.name: path.read_bytes() for path in data.iterdir() if path.suffix != ".zip"}
    readme = inside["README.md"].decode()
    for name in (name for name in inside if name.endswith(".csv")):
        said = readme.split(f"\n## {name}\n")[1].split("\n## ")[0]
        separator = ";" if lang == "fr" and "-" in name else ","
        columns = next(csv.reader(io.StringIO(inside[name].decode("utf-8-sig")), delimiter=separator))
        assert re.findall(r"^- `(.+?)`", said, re.MULTILINE) == columns, name


# What each place must say: of the code, of what is made here, of what was transcribed.
SAID = {
    "LICENSES/DATA.md": ("MIT", "Licence Ouverte / Open Licence 2.0 (Etalab)", "chiffres © RTES et sources citées"),
    "README.md": ("Code: MIT", "Licence Ouverte 2.0", "chiffres © RTES et sources citées"),
    "LISEZMOI.md": ("Code : MIT", "Licence Ouverte 2.0", "chiffres © RTES et sources citées"),
    "en": ("Code under the MIT licence", LICENCE["title"], "© RTES and the sources cited"),
    "fr": ("Code sous licence MIT", LICENCE["title"], "© RTES et sources citées"),
}


def test_licences_and_attribution_are_the_same_everywhere() -> None:
    """MIT for the code, Licence Ouverte 2.0 for what is made here, © RTES and sources for what was transcribed."""
    assert text("LICENSE").startswith("MIT License") and PYPROJECT["license-files"] == ["LICENSE", "LICENSES/*"]
    assert {PYPROJECT["license"], CITATION["license"]} == {"MIT"}
    assert "RTES" in {author.get("name") for one in CITATION["references"] for author in one["authors"]}
    places = {name: [REPOSITORY / name] for name in SAID if "." in name}
    places |= {lang: sorted((site() / lang).glob("*.html")) for lang in LANGUAGES}
    for path, said in ((path, SAID[name]) for name, paths in places.items() for path in paths):
        whole = " ".join(path.read_text(encoding="utf-8").split())
        assert [words for words in said if words not in whole] == [], path
        assert path.suffix == ".md" or f'<link rel="license" href="{LICENCE["path"]}">' in whole, path
    for resource in PACKAGE["resources"]:
        copied = resource["name"] in ("figures", "roles")
        assert [one["path"] for one in resource["licenses"]] == ["LICENSES/DATA.md" if copied else LICENCE["path"]]
