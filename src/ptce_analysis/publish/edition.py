"""Which edition of the study a page belongs to: what CITATION.cff says of it, and how it is cited."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ptce_analysis import __version__

CITATION, BIBTEX = "CITATION.cff", "ptce-analysis.bib"
KEY = "ptce-analysis"


@dataclass(frozen=True)
class Edition:
    """The authors, version, date (`2026-11-30`) and addresses of an edition; what is not stated is empty.

    `address` is that of the site, `repository` that of the code and the data.
    """

    authors: tuple[str, ...] = ()
    title: str = ""
    version: str = __version__
    date: str = ""
    address: str = ""
    repository: str = ""

    @property
    def year(self) -> str:
        """The year of the edition."""
        return self.date[:4]

    @property
    def issues(self) -> str:
        """Where an error is reported: beside the code."""
        return f"{self.repository.rstrip('/').removesuffix('.git')}/issues" if self.repository else ""

    def bibtex(self) -> str:
        """Return the entry of the study for a bibliography."""
        fields = {
            "author": " and ".join(f"{{{author}}}" for author in self.authors),
            "title": f"{{{self.title}}}" if self.title else "",
            "year": self.year,
            "date": self.date,
            "version": self.version,
            "url": self.address or self.repository,
        }
        lines = "".join(f",\n  {name} = {{{value}}}" for name, value in fields.items() if value)
        return f"@misc{{{KEY}{lines}\n}}\n"


def read_edition(project: Path) -> Edition:
    """Return the edition that a project's CITATION.cff states; a project without one has a version only."""
    path = project / CITATION
    if not path.is_file():
        return Edition()
    import yaml

    stated: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    names = (
        one.get("name") or " ".join(filter(None, (one.get("given-names"), one.get("family-names"))))
        for one in stated.get("authors", ())
    )
    return Edition(
        authors=tuple(names),
        title=str(stated.get("title", "")),
        version=str(stated.get("version", __version__)),
        date=str(stated.get("date-released", "")),
        address=str(stated.get("url", "")),
        repository=str(stated.get("repository-code", "")),
    )
