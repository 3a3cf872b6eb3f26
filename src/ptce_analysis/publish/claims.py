"""What machines read of a page: the register of claims, the data of its exhibits, the package that describes them.

An output carries its claims and its data; both are collected from executed notebooks, so that they are what the pages
say and nothing else. A claim is a number in a published sentence, with its value, unit, origin and source; its `href`
leads to the number in the page.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Any, NamedTuple
from urllib.parse import unquote

from ptce_analysis import __version__
from ptce_analysis.errors import InputError
from ptce_analysis.publish.language import KINDS, MARK, Sentence, Words, kind_of
from ptce_analysis.vocabulary import ORIGINS

FOLDER = "data"
LICENCE = {
    "name": "etalab-2.0",
    "title": "Licence Ouverte 2.0",
    "path": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
}
CSV_ADDRESS = "data:text/csv;charset=utf-8,"

# What an output of ours can be, and the form it is shown in.
FORMS = dict.fromkeys(("say", "answer", "head", "notes"), "text/html") | {"drawing": "image/svg+xml"}
# What none of them holds. The policy of a page lets none of it act: such an output is shown as another library's.
OUTSIDE = r"(?![\"']?(?:#|data:(?:text/csv|image/png)|https?:|[\w.-]+\.(?:ipynb|html)))"
ACTIVE = re.compile(
    r"<(?:script|style|iframe|object|embed|form|input|meta|link|base|math|foreignobject|template|!)"
    rf"|<[^>]*[\s/\"'](?:on\w+\s*=|(?:xlink:)?(?:href|src)\s*=\s*{OUTSIDE})|url\((?!#)",
    re.IGNORECASE,
)


def role(output: Any) -> str:
    """Return what an output of ours is (`say`, `answer`, `head`, `drawing`, `notes`); nothing for any other."""
    about = output.get("metadata", {}).get("ptce") or {}
    data, kind = output.get("data") or {}, str(about.get("kind"))
    shown = [str(data[form]) for form in set(FORMS.values()) if form in data]
    ours = "key" in about and FORMS.get(kind) in data and not any(map(ACTIVE.search, shown))
    return kind if ours else ""


def outputs_of(notebook: Any) -> Iterator[Any]:
    """Yield the outputs of a notebook in order."""
    return (output for cell in notebook.cells for output in cell.get("outputs", []))


def claims_of(key: str, sentence: Sentence, origin: str, source: str) -> list[dict[str, Any]]:
    """Return the claims of one sentence, whose ids start with `key`; `source` is that of numbers which say none.

    A value that is no number (a list of bases, say) is of kind "text". Twelve digits are the same on every processor.
    """
    found = []
    for name, shown in dict(MARK.findall(sentence.marked)).items():
        number = sentence.numbers.get(name)
        kind = number.kind if number else "text"
        unit = (kind_of(kind) or (KINDS["text"],))[0].unit
        exact = None if number is None or number.value is None else float(f"{float(number.value):.12g}")
        found.append(
            {
                "id": f"{key}.{name}",
                "shown": shown,
                "value": exact if number else shown,
                "unit": unit,
                "kind": kind,
                "origin": (number.origin if number else "") or origin,
                "source": (number.source if number else "") or source,
                "sentence": sentence.text,
            }
        )
    return found


def page_claims(notebook: Any, page: str, address: str) -> Iterator[dict[str, Any]]:
    """Yield the claims of an executed notebook, each with its page and where it stands at the page's `address`.

    Raises `InputError` when two claims of a page have one id.
    """
    seen: set[str] = set()
    made_in = notebook.metadata.get("ptce", {}).get("notebook", page)
    outputs = ((cell, output.get("metadata", {})) for cell in notebook.cells for output in cell.get("outputs", []))
    for cell, claim in ((cell, claim) for cell, said in outputs for claim in said.get("ptce", {}).get("claims", [])):
        if claim["id"] in seen:
            raise InputError(f"{page}: two claims have the id {claim['id']!r}. Give one exhibit another key.")
        seen.add(claim["id"])
        # The description of a drawing holds no elements: its numbers stand at the whole of it.
        anchor = re.sub(r"^([^.]*)\.alt\..*", r"\1-alt", claim["id"])
        computed = f"{made_in}.ipynb, cell {cell.id}"
        yield {"page": page, "href": f"{address}#{anchor}", **claim, "computed_by": computed}


def claims_json(claims: list[dict[str, Any]]) -> bytes:
    """Return the register as JSON, one claim per line so that a diff shows which one moved."""
    lines = ",\n".join(json.dumps(claim, ensure_ascii=False, allow_nan=False) for claim in claims)
    return f"[\n{lines}\n]\n".encode()


class Download(NamedTuple):
    """The data of one exhibit: file name, the page it stands in, number, title, origin, bytes of the CSV."""

    name: str
    page: str
    number: str
    title: str
    origin: str
    data: bytes


def page_downloads(notebook: Any, page: str) -> Iterator[Download]:
    """Yield the data of every exhibit of an executed notebook: the very bytes that its page offers."""
    head: Any = None
    for output in outputs_of(notebook):
        kind, about = role(output), output.get("metadata", {}).get("ptce")
        if kind == "head":
            head = about
        if kind == "notes" and head is not None:
            address = re.search(rf'href="{re.escape(CSV_ADDRESS)}([^"]*)"', output.data["text/html"])
            data = unquote(html.unescape(address[1])).encode() if address else b""
            yield Download(PurePath(about.file).name, page, head.number, head.title, head.origin, data)


def data_package(
    words: Words, title: str, downloads: Sequence[Download], described: Sequence[dict[str, Any]] = ()
) -> bytes:
    """Return the `datapackage.json` of a language's CSV files (Data Package, version 2), after others `described`."""
    package: dict[str, Any] = {"$schema": "https://datapackage.org/profiles/2.0/datapackage.json"}
    package |= {"name": f"ptce-2013-2015-{words.lang}", "title": title, "version": __version__, "licenses": [LICENCE]}
    package |= {"resources": [*described, *(_resource(words, download) for download in downloads)]}
    return (json.dumps(package, ensure_ascii=False, indent=1) + "\n").encode()


def _resource(words: Words, download: Download) -> dict[str, Any]:
    point, delimiter = words.csv_marks
    rows = list(csv.reader(io.StringIO(download.data.decode("utf-8-sig")), delimiter=delimiter))
    is_number = re.compile(rf"-?\d+({re.escape(point)}\d+)?(e[-+]?\d+)?|").fullmatch
    number = {"type": "number", "decimalChar": point}
    return {
        "name": download.name.removesuffix(".csv").lower(),
        "path": f"{FOLDER}/{download.name}",
        "title": download.title,
        "description": f"{download.page}, {download.number}. {words.label(ORIGINS[download.origin])}",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": delimiter},
        "schema": {
            "fields": [
                {"name": name} | (number if all(map(is_number, cells)) else {"type": "string"})
                for name, *cells in zip(*rows, strict=True)
            ]
        },
    }
