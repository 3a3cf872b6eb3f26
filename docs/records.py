"""The records of the study, all from CITATION.cff: `python docs/records.py` (`make records`) writes them again.

codemeta.json (the software), .zenodo.json (the deposit of the archive of `make release`), the head of datapackage.json.
What CITATION.cff does not state is left out. The site and the archive make theirs each time: JSON-LD, BibTeX, RO-Crate.
"""

import json
import tomllib
from pathlib import Path
from typing import Any

import yaml

from ptce_analysis.publish.exhibit import LICENCE
from ptce_analysis.publish.site import CITATION, read_edition

TERMS = (
    "Licence Ouverte 2.0 for the tables, figures and pages made here; MIT for the code; chiffres © RTES et sources"
    " citées for the figures transcribed from the sources (LICENSES/DATA.md)."
)
SPDX = "https://spdx.org/licenses"


def records(project: Path) -> dict[str, str]:
    """Return the text of each record by file name."""
    cited = yaml.safe_load((project / CITATION).read_text(encoding="utf-8"))
    package = json.loads((project / "datapackage.json").read_text(encoding="utf-8"))
    python = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    edition = read_edition(project)
    name = edition.title.partition(":")[0]
    stated = {
        "codemeta.json": {"@context": "https://w3id.org/codemeta/3.0", "@type": "SoftwareSourceCode"}
        | edition.record(
            identifier=(edition.doi and edition.link) or name,
            license=f"{SPDX}/{cited['license']}",
            codeRepository=edition.repository,
            issueTracker=edition.issues,
            programmingLanguage="Python",
            runtimePlatform=f"Python {python}",
            developmentStatus="active",
            isAccessibleForFree=True,
            readme="README.md",
            softwareHelp={"@type": "CreativeWork", "name": "LISEZMOI.md", "inLanguage": "fr"},
            buildInstructions="README.md",
            releaseNotes="CHANGELOG.md",
            hasPart=[{"@type": "Dataset", "name": name, "description": "Tables and figures made here, and printed"
                      " figures with their sources: datapackage.json", "license": f"{SPDX}/{LICENCE['name']}"}],
        ),
        ".zenodo.json": deposit(project, cited["references"]),
        "datapackage.json": package | {
            "title": edition.title,
            "version": edition.version,
            **({"created": f"{edition.date}T00:00:00Z"} if edition.date else {}),
            "licenses": [LICENCE],
            "contributors": [{"title": one.name, "roles": ["author"]} for one in edition.authors],
            "resources": package["resources"],
        },
    }  # fmt: skip
    indent = {"datapackage.json": 1}
    return {
        name: json.dumps(record, ensure_ascii=False, indent=indent.get(name, 2)) + "\n"
        for name, record in stated.items()
    }


def deposit(project: Path, references: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what Zenodo asks about a deposit; it gives the DOI itself."""
    edition = read_edition(project)
    creators = [
        {"name": one.listed, "orcid": one.orcid.rpartition("/")[2], "affiliation": one.affiliation}
        for one in edition.authors
    ]
    related = [{"identifier": one["url"], "relation": "references"} for one in references if "url" in one]
    related += [{"identifier": edition.repository, "relation": "isSupplementTo"}] if edition.repository else []
    found = {
        "title": edition.title,
        "upload_type": "dataset",
        "description": edition.abstract,
        "creators": [{key: value for key, value in one.items() if value} for one in creators],
        "version": edition.version,
        "publication_date": edition.date,
        "access_right": "open",
        "license": LICENCE["name"],
        "notes": TERMS,
        "keywords": [*edition.keywords],
        "references": [source(one) for one in references],
        "related_identifiers": related,
    }
    return {key: value for key, value in found.items() if value}


def source(reference: dict[str, Any]) -> str:
    """Return a source in one line: authors, year, title, address."""
    authors = (one.get("name") or f"{one['family-names']}, {one['given-names']}" for one in reference["authors"])
    year = f" ({reference['year']})" if "year" in reference else ""
    return f"{', '.join(authors)}{year}. {reference['title']}. {reference.get('url', '')}".strip()


def main(project: Path) -> None:
    """Write every record whose source has changed."""
    for name, text in records(project).items():
        if not (project / name).is_file() or (project / name).read_text(encoding="utf-8") != text:
            (project / name).write_text(text, encoding="utf-8")
            print(name)


if __name__ == "__main__":
    main(Path.cwd())
