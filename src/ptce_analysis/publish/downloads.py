"""The data of a page's exhibits as files, and the record (a data package) that describes them."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any
from urllib.parse import unquote

from ptce_analysis import __version__
from ptce_analysis.publish.language import Words
from ptce_analysis.publish.outputs import role
from ptce_analysis.publish.trust import CSV_ADDRESS
from ptce_analysis.vocabulary import ORIGINS

FOLDER = "data"
LICENCE = {
    "name": "etalab-2.0",
    "title": "Licence Ouverte 2.0",
    "path": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
}


@dataclass(frozen=True)
class Download:
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
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
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
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"ptce-2013-2015-{words.lang}",
        "title": title,
        "version": __version__,
        "licenses": [LICENCE],
        "resources": [*described, *(_resource(words, download) for download in downloads)],
    }
    return (json.dumps(package, ensure_ascii=False, indent=1) + "\n").encode()


def _resource(words: Words, download: Download) -> dict[str, Any]:
    point, delimiter = words.csv_marks
    rows = list(csv.reader(io.StringIO(download.data.decode("utf-8-sig")), delimiter=delimiter))
    return {
        "name": download.name.removesuffix(".csv").lower(),
        "path": f"{FOLDER}/{download.name}",
        "title": download.title,
        "description": f"{download.page}, {download.number}. {words.label(ORIGINS[download.origin])}",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": delimiter},
        "schema": {"fields": [_field(name, cells, point) for name, *cells in zip(*rows, strict=True)]},
    }


def _field(name: str, cells: list[str], point: str) -> dict[str, str]:
    if all(re.fullmatch(rf"-?\d+({re.escape(point)}\d+)?(e[-+]?\d+)?|", cell) for cell in cells):
        return {"name": name, "type": "number", "decimalChar": point}
    return {"name": name, "type": "string"}
