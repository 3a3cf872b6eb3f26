"""What the build knows of a page before it is written: its parameters, its address among the others, its edition.

Nothing heavy is imported here: declared runs are checked at every `make`.
"""

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from ptce_analysis import __version__
from ptce_analysis.errors import InputError, nearest
from ptce_analysis.vocabulary import FUNDING_LEVELS, LANGUAGES, LEVELS, ORDERS, RULE_SETS, SCENARIOS, WAVE_SETS, Label

CITATION, BIBTEX, RIS = "CITATION.cff", "data/citation.bib", "data/citation.ris"

# A link to a notebook: to the notebook where it is written, to its run where it is kept, to its page on the site. A
# notebook that makes several pages is linked to with the parameter that tells them apart: what is written
# `07_level.ipynb#level=commune`, which JupyterLab opens, is `07_level-commune.ipynb` among the executed notebooks and
# `07_level-commune.html` on the site.
ADDRESS = r"(?P<name>[\w.-]+)\.ipynb"
ONE_PAGE = re.compile(rf"\]\({ADDRESS}#\w+=(?P<value>[\w-]+)\)")
NEIGHBOUR = re.compile(rf"{ADDRESS}(?:#\w+=(?P<value>[\w-]+)|(?P<anchor>#.*))?")


# The parameters notebooks may take, with their legal values and what these are called; a confidence level is a number.
PARAMETERS: dict[str, Mapping[str, Label]] = {
    "lang": LANGUAGES,
    "confidence": {},
    "scenario": SCENARIOS,
    "level": {level: LEVELS[level] for level in FUNDING_LEVELS},
    "order": ORDERS,
    "waves": WAVE_SETS,
    "rules": RULE_SETS,
}
# Those whose values make a family of pages from one notebook, and what these values are called.
FAMILIES = ("level", "order")
VARIANTS = {value: label for name in FAMILIES for value, label in PARAMETERS[name].items()}


def check_parameters(where: str, given: Mapping[str, object], declared: Iterable[str] = PARAMETERS) -> None:
    """Raise `InputError` naming every parameter of `given` that `declared` does not know or whose value is illegal."""
    legal = tuple(declared)
    unknown = [name for name in given if name not in legal]
    found = [f"parameter {n!r} is unknown. Legal names: {', '.join(legal)}.{nearest(n, legal)}" for n in unknown]
    for name, value in ((name, value) for name, value in given.items() if name in legal):
        values = list(PARAMETERS[name])
        fault = f"legal values: {', '.join(values)}.{nearest(value, values)}"
        fault = fault if values else "a number from 0.5 to 0.999 is expected, such as 0.95."
        is_legal = value in values if values else isinstance(value, float) and 0.5 <= value <= 0.999
        found += [] if is_legal else [f"parameter {name!r}: value {value!r}: {fault}"]
    if found:
        raise InputError("\n".join(f"{where}: {fault}" for fault in found))


class SitePage(NamedTuple):
    """A page of the site: its run, its address in the folder of its language, its name in the menu, its variant."""

    name: str
    address: str
    menu: str = ""
    variant: str = ""


class Whereabouts(NamedTuple):
    """The pages of a language's site, and the address of the one that is being written."""

    pages: Sequence[SitePage]
    here: str

    def to(self, address: str) -> str:
        """Return the way from this page to another address of the language's folder."""
        return posixpath.relpath(address, posixpath.dirname(self.here) or ".")


def to_runs(prose: str) -> str:
    """Return Markdown with links to notebooks made links to their executed ones, which are named as their runs are."""
    return ONE_PAGE.sub(r"](\g<name>-\g<value>.ipynb)", prose)


def to_page(address: str, site: Whereabouts | None) -> str:
    """Return the way to the page of a notebook of the same folder; any other address, or one of no site, as it is.

    >>> site = Whereabouts((SitePage("03_funding", "03_funding.html"),), "index.html")
    >>> to_page("03_funding.ipynb#totals", site), to_page("https://example.org/a.ipynb", site)
    ('03_funding.html#totals', 'https://example.org/a.ipynb')
    """
    found = NEIGHBOUR.fullmatch(address)
    if not found or site is None:
        return address
    name = "-".join(filter(None, (found["name"], found["value"])))
    ways = {page.name: page.address for page in site.pages}
    return site.to(ways.get(name, f"{name}.html")) + (found["anchor"] or "")


# What BibTeX would read as its own.
TEX = re.compile(r"[&%$#_{}]")


class Author(NamedTuple):
    """Who made the study: a person, with `family` and `given` names, or a body; the `orcid` is an address."""

    name: str
    family: str = ""
    given: str = ""
    orcid: str = ""
    affiliation: str = ""

    @property
    def listed(self) -> str:
        """The name as bibliographies sort it."""
        return f"{self.family}, {self.given}" if self.family and self.given else self.name


@dataclass(frozen=True)
class Edition:
    """What CITATION.cff states of the study, the `date` as `2026-11-30`, the site's `address`; unknown: empty."""

    authors: tuple[Author, ...] = ()
    title: str = ""
    abstract: str = ""
    keywords: tuple[str, ...] = ()
    version: str = __version__
    date: str = ""
    doi: str = ""
    address: str = ""
    repository: str = ""

    @property
    def issues(self) -> str:
        """Where an error is reported: beside the code."""
        return f"{self.repository.rstrip('/').removesuffix('.git')}/issues" if self.repository else ""

    @property
    def link(self) -> str:
        """Where the study is found: by its DOI, else at its address, else beside its code."""
        return f"https://doi.org/{self.doi}" if self.doi else self.address or self.repository

    def bibtex(self) -> str:
        """Return the entry of the study for a bibliography in BibTeX."""
        title, *names = (TEX.sub(r"\\\g<0>", text) for text in (self.title, *(one.listed for one in self.authors)))
        authors = (name if one.family else f"{{{name}}}" for one, name in zip(self.authors, names, strict=True))
        fields = {"author": " and ".join(authors), "title": title and f"{{{title}}}", "year": self.date[:4]}
        fields |= {"date": self.date, "version": self.version, "doi": self.doi, "url": self.address or self.repository}
        lines = "".join(f",\n  {name} = {{{value}}}" for name, value in fields.items() if value)
        return f"@misc{{ptce-analysis{lines}\n}}\n"

    def ris(self) -> str:
        """Return the same as a reference manager reads it (RIS)."""
        fields = [("TY", "RPRT"), *(("AU", one.listed) for one in self.authors), ("TI", self.title)]
        fields += [("PY", self.date[:4]), ("DA", self.date.replace("-", "/")), ("ET", self.version)]
        fields += [("AB", self.abstract), *(("KW", word) for word in self.keywords)]
        fields += [("DO", self.doi), ("UR", self.link)]
        return "".join(f"{tag}  - {value}\n" for tag, value in fields if value) + "ER  - \n"

    def record(self, **more: Any) -> dict[str, Any]:
        """Return the study in the words of schema.org, and `more`; what is not known is left out."""
        authors: list[dict[str, str]] = [
            {"@type": "Person" if one.family else "Organization", "@id": one.orcid, "name": one.name,
             "givenName": one.given, "familyName": one.family, "affiliation": one.affiliation}
            for one in self.authors
        ]  # fmt: skip
        found: dict[str, Any] = {"name": self.title, "description": self.abstract, "keywords": [*self.keywords]}
        found |= {"url": self.address, "version": self.version, "datePublished": self.date}
        found |= {"identifier": self.doi and self.link}
        found |= {"author": [{key: value for key, value in one.items() if value} for one in authors], **more}
        return {key: value for key, value in found.items() if value}


def read_edition(project: Path) -> Edition:
    """Return the edition that a project's CITATION.cff states; a project without one has a version only."""
    path = project / CITATION
    if not path.is_file():
        return Edition()
    import yaml

    stated: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    authors = []
    for one in stated.get("authors", ()):
        family = " ".join(filter(None, map(one.get, ("name-particle", "family-names", "name-suffix"))))
        name = " ".join(filter(None, (one.get("given-names"), family))) or one.get("name", "")
        authors.append(Author(name, family, *(one.get(key, "") for key in ("given-names", "orcid", "affiliation"))))
    others = [one.get("value") for one in stated.get("identifiers", ()) if one.get("type") == "doi"]
    keys = {"title": "title", "version": "version", "date": "date-released", "address": "url", "abstract": "abstract"}
    known = {name: str(stated[key]) for name, key in keys.items() if key in stated}
    known |= {"repository": str(stated.get("repository-code", "")), "doi": str(stated.get("doi") or [*others, ""][0])}
    return Edition(tuple(authors), keywords=tuple(stated.get("keywords", ())), **known)
