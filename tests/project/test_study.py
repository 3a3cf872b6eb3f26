"""The study as a package: what describes it is valid, and says the same everywhere."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import REPOSITORY
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
CODEMETA = of_json(REPOSITORY / "codemeta.json")
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


def test_the_tables_are_a_valid_data_package() -> None:
    """Descriptions, and every row against the types, keys and limits that they state."""
    assert package_faults(REPOSITORY / "datapackage.json") == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_data_of_the_site_are_a_valid_data_package(lang: str) -> None:
    """Separators, decimal commas and types of every CSV are those that the package says."""
    assert package_faults(site() / lang / "datapackage.json") == []


def test_every_table_is_described_once() -> None:
    """No CSV of the published figures or the processed tables is left out of datapackage.json."""
    tables = [path for stage in ("raw/published", "processed") for path in (REPOSITORY / "data" / stage).rglob("*.csv")]
    described = [resource["path"] for resource in PACKAGE["resources"]]
    assert sorted(described) == sorted(path.relative_to(REPOSITORY).as_posix() for path in tables)


def test_version_title_and_authors_are_the_same_everywhere() -> None:
    """The library, its metadata, the citation, CodeMeta and the data packages tell one version, title and author."""
    sites = [of_json(site() / lang / "datapackage.json") for lang in LANGUAGES]
    versions = {PYPROJECT["version"], CITATION["version"], CODEMETA["version"], PACKAGE["version"]}
    assert versions | {one["version"] for one in sites} == {__version__}
    assert f"## {__version__}" in text("CHANGELOG.md")
    assert {CITATION["title"], PACKAGE["title"]} == {CODEMETA["name"]}
    assert {PACKAGE["name"], CODEMETA["identifier"], CITATION["title"].split(":")[0]} == {PYPROJECT["name"]}
    assert all(text(name).startswith(f"# {PYPROJECT['name']} ") for name in ("README.md", "LISEZMOI.md"))
    assert CODEMETA["description"] == PYPROJECT["description"]
    assert set(CITATION["keywords"]) <= set(PYPROJECT["keywords"]) == set(CODEMETA["keywords"])
    assert CODEMETA["runtimePlatform"] == f"Python {PYPROJECT['requires-python']}"
    (author,) = PYPROJECT["authors"]
    assert [[author["name"]]] * 3 == [
        [one["name"] for one in CITATION["authors"]],
        [one["name"] for one in CODEMETA["author"]],
        [one["title"] for one in PACKAGE["contributors"]],
    ]
    assert author["name"] in text("LICENSE")


# What each place must say: of the code, of what is made here, of what was transcribed.
SAID = {
    "LICENSES/DATA.md": ("MIT", "Licence Ouverte / Open Licence 2.0 (Etalab)", "chiffres © RTES et sources citées"),
    "README.md": ("Code: MIT", "Licence Ouverte 2.0", "chiffres © RTES et sources citées"),
    "LISEZMOI.md": ("Code : MIT", "Licence Ouverte 2.0", "chiffres © RTES et sources citées"),
}
FOOTERS = {
    "en": ("Code under the MIT licence", LICENCE["title"], "© RTES and the sources cited"),
    "fr": ("Code sous licence MIT", LICENCE["title"], "© RTES et sources citées"),
}


def test_licences_and_attribution_are_the_same_everywhere() -> None:
    """MIT for the code, Licence Ouverte 2.0 for what is made here, © RTES and sources for what was transcribed."""
    assert text("LICENSE").startswith("MIT License") and PYPROJECT["license-files"] == ["LICENSE", "LICENSES/*"]
    assert {PYPROJECT["license"], CITATION["license"]} == {"MIT"}
    assert CODEMETA["license"] == "https://spdx.org/licenses/MIT"
    assert [part["license"] for part in CODEMETA["hasPart"]] == [f"https://spdx.org/licenses/{LICENCE['name']}"]
    assert "RTES" in {author.get("name") for one in CITATION["references"] for author in one["authors"]}
    for name, said in SAID.items():
        assert [words for words in said if words not in text(name)] == [], name
    for lang, said in FOOTERS.items():
        assert of_json(site() / lang / "datapackage.json")["licenses"] == [LICENCE]
        for path in sorted((site() / lang).glob("*.html")):
            page = re.sub(r"\s", " ", path.read_text(encoding="utf-8"))
            assert [words for words in said if words not in page] == [], path
            assert f'<link rel="license" href="{LICENCE["path"]}">' in page, path
    assert PACKAGE["licenses"] == [LICENCE]
    for resource in PACKAGE["resources"]:
        copied = resource["name"] in ("figures", "roles")
        assert [one["path"] for one in resource["licenses"]] == ["LICENSES/DATA.md" if copied else LICENCE["path"]]
        assert not copied or resource["licenses"][0]["title"].startswith("Chiffres © RTES et sources citées")
