"""An exhibit: one figure or table with everything a reader needs to trust it. Nothing less can be shown.

It is written as a head, notes, its data as a table and as a CSV that the page itself holds. Machines read the register
of claims (numbers in published sentences, with value, unit, origin, source and place) and the package of data, both
collected from executed notebooks: they are what the pages say and nothing else.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape, unescape
from pathlib import PurePath
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure

from ptce_analysis import __version__
from ptce_analysis.protect.release import Protected, unreleased
from ptce_analysis.protect.rules import MARK as HIDDEN_MARK
from ptce_analysis.publish import language
from ptce_analysis.publish.language import Number, Sentence, Words, plain_text, sentence_html
from ptce_analysis.publish.style import rendered
from ptce_analysis.survey.tables import neutralised
from ptce_analysis.vocabulary import FILE_UNITS, ORIGINS

FOLDER = "data"
LICENCE = {"name": "etalab-2.0", "title": "Licence Ouverte 2.0"}
LICENCE["path"] = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
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

LEAST_ALT = 40
MOST_COLUMNS = 6
REQUIRED = ("title", "reading", "population", "source")
TEXTS = (*REQUIRED, "measure", "note", "alt")
# The kind of a column whose rows are in different units: that of each row stands in the table's column `kind`.
BY_ROW = "by_row"
KEY = re.compile(r"[a-z][a-z0-9_-]*")

PLAIN_SPACES = str.maketrans({language.NARROW: " ", language.NO_BREAK: " "})
LONG_TEXT = 60  # characters; a column of such texts is not squeezed by its neighbours
# What an address cannot hold as it is; letters of any alphabet can stand.
NOT_IN_ADDRESSES = re.compile(r"[\x00-\x20\"#%<>&'\[\]\\^`{|}\x7f-\xa0\u2000-\u200f\u2028-\u202f\u205f-\u206f\ufeff]")
# Numbers of a text cell, with what stands between them: a range, a fraction. Short ones keep to one line.
NUMBERS = re.compile(r"[-−+<>≤≥≈]?\s?\d.{,24}")


class Column(NamedTuple):
    """A column of the data behind an exhibit: its name in the table, its heading, and its kind (`language.KINDS`)."""

    name: str
    heading: str
    kind: str = "text"


@dataclass(frozen=True)
class Exhibit:
    """A figure (of one panel or several) or a table, with its texts (`TEXTS`) in the reader's language.

    `reading` explains how to read one value; every number it states must stand in `data`, written the same way. `file`
    are the columns of the CSV, where these are not those shown: a range shown as a text is two numbers there.
    `anchors` is the column that names the rows of a table, to which other pages can lead.
    `protected` is what the rules of disclosure released; data of answers cannot be shown without it.
    """

    key: str
    texts: Mapping[str, Sentence]
    origin: str
    data: pd.DataFrame
    columns: tuple[Column, ...]
    figures: tuple[Figure, ...] = ()
    protected: Protected | None = None
    collapsed: bool = False
    file: tuple[Column, ...] = ()
    anchors: str = ""


def faults(exhibit: Exhibit) -> list[str]:
    """Return why an exhibit cannot be shown; an empty list when it can."""
    data, columns, alt = exhibit.data, exhibit.columns, str(exhibit.texts["alt"])
    found = [] if KEY.fullmatch(exhibit.key) else [f"key {exhibit.key!r} is not made of small letters, digits, _ and -"]
    found += [f"{name} is empty" for name in REQUIRED if not str(exhibit.texts[name]).strip()]
    found += ["there are no data to show"] if data.empty or not columns else []
    headings = [column.heading for column in columns]
    twice = sorted({heading for heading in headings if headings.count(heading) > 1})
    found += [f"two columns have the heading {heading!r}: their file could not be read by name" for heading in twice]
    named = (*columns, *exhibit.file)
    found += [f"column {column.name!r} is not in the data" for column in named if column.name not in data]
    if exhibit.figures:
        short = f"alt text has {len(alt)} characters; at least {LEAST_ALT} are needed"
        found += [short] if len(alt) < LEAST_ALT else []
        found += ["alt text only repeats the title; say what is seen"] if alt == str(exhibit.texts["title"]) else []
        found += ["alt text states no number"] if not any(map(str.isdigit, alt)) else []
    if found:
        return found
    # The data behind a figure are folded away, and may be as wide as what is drawn. What answers say on each row is not
    # known when their page is written.
    if not exhibit.figures:
        for column in columns if len(data) > 1 and exhibit.protected is None else ():
            if data[column.name].nunique(False) == 1:
                found.append(f"column {column.heading!r} says the same on each row: say it once, above or below")
        found += [f"{len(columns)} columns; at most {MOST_COLUMNS} can be read"] if len(columns) > MOST_COLUMNS else []
    found += stated_faults(exhibit.origin, exhibit.protected, exhibit.texts.values(), data)
    # Each number of the reading must stand in the data, written there as the reading writes it; words have none.
    stated = {name: number for name, number in exhibit.texts["reading"].numbers.items() if number.value is not None}
    columns, words = tuple(one for one in named if one.kind != "text"), Words("en")
    numbers = [(one.kind, pd.to_numeric(data[one.name], errors="coerce").astype(float)) for one in columns]
    is_asked = any(column.kind != "text" for column in exhibit.columns)
    found += ["the reading states no number"] if is_asked and not stated else []
    for name, number in stated.items():
        value = float(number.value or 0)
        held = [kind for kind, cells in numbers if ((cells - value).abs() <= 1e-9 * max(1.0, abs(value))).any()]
        kinds = {number.kind if kind == BY_ROW else kind for kind in held}
        said, shown = words.number(number), sorted(words.number(Number(number.value, kind)) for kind in kinds)
        fault = f"written {said} where the data show {' or '.join(shown)}" if held else "which is not in the data"
        found += [] if said in shown else [f"the reading states {name}={number.value}, {fault}"]
    return found


def stated_faults(
    origin: str, protected: Protected | None, texts: Iterable[Sentence], table: pd.DataFrame | None = None
) -> list[str]:
    """Return why texts (and a table) cannot be shown as of an origin: others mixed in, answers no rule released."""
    said = list(texts)
    numbers = [number for text in said for number in text.numbers.values()]
    of_rows = table["origin"].dropna() if table is not None and "origin" in table else ()
    origins = sorted({origin, *of_rows, *(number.origin for number in numbers)} - {""})
    found = [f"origin {one!r}: legal values: {', '.join(ORIGINS)}" for one in origins if one not in ORIGINS]
    if "fictitious" in origins and len(origins) > 1 and not found:
        found.append(f"fictitious data are mixed with other origins: {', '.join(origins)}")
    values = [None if number.value is None else float(number.value) for number in numbers]
    return found + unreleased(origin, protected, table, values, map(str, said))


def origin_html(words: Words, origin: str, protected: bool = False) -> str:
    """Return the mark that says where numbers come from, and, for the scan, whether the rules released them."""
    name = f"origin {origin}{' protected' * protected}"
    return f'<span class="{name}">{escape(words.label(ORIGINS[origin]))}</span>'


def head_html(words: Words, exhibit: Exhibit, number: str) -> str:
    """Return what stands above a figure or a table: number, origin, title, what is measured."""
    return _part(words, exhibit, "head", number=number)


def notes_html(words: Words, exhibit: Exhibit, number: str, file_name: str) -> str:
    """Return what stands below an exhibit: notes, data (a table's come first) and a link that holds them as CSV."""
    address = CSV_ADDRESS + NOT_IN_ADDRESSES.sub(lambda found: quote(found[0]), csv_text(words, exhibit))
    table = Markup(data_html(words, exhibit, number))
    return _part(words, exhibit, "notes", number=number, table=table, file_name=file_name, address=address)


def note_parts(words: Words, exhibit: Exhibit) -> dict[str, str]:
    """Return what each text that stands below is called for the reader, by the name of its field."""
    names = {"note": words("Note"), "reading": words("How to read"), "population": words("Population")}
    return {part: str(name) for part, name in (names | {"source": words("Source")}).items() if str(exhibit.texts[part])}


def _part(words: Words, exhibit: Exhibit, part: str, **values: Any) -> str:
    mark = Markup(origin_html(words, exhibit.origin, exhibit.protected is not None))
    texts = {name: Markup(sentence_html(text, f"{exhibit.key}.{name}")) for name, text in exhibit.texts.items()}
    values |= {"words": words, "part": part, "exhibit": exhibit, "mark": mark, "texts": texts}
    # A title, and a table, are copied without what stands around them.
    values["own"] = words.label(ORIGINS[exhibit.origin]) if exhibit.origin == "fictitious" else ""
    fold = words("Show the {n} rows", n=Number(len(exhibit.data), "count")) if exhibit.collapsed else ""
    return rendered("exhibit.html.j2", names=note_parts(words, exhibit), fold=fold, **values)


def cell_text(words: Words, value: Any, kind: str) -> str:
    """Return one cell as a reader of the language expects it; a range of numbers does not break."""
    if kind == "text" or isinstance(value, str):
        text = "" if pd.isna(value) else language.typeset(str(value), words.lang)
        return text.replace(" ", language.NO_BREAK) if NUMBERS.fullmatch(text) else text
    return words.number(Number(None if pd.isna(value) else value, kind))


def data_html(words: Words, exhibit: Exhibit, number: str) -> str:
    """Return the data as an HTML table in a region that can scroll; on a phone, cells need their column's heading."""
    mixed, heads = any(column.kind != "text" for column in exhibit.columns), []
    # Of answers it is not known, when their page is written, which column says the same on each row: it is said once.
    known = exhibit.protected is None or len(exhibit.data) < 2
    once = [column for column in exhibit.columns if not known and exhibit.data[column.name].nunique(False) == 1]
    once = once[: len(exhibit.columns) - 2]  # one column alone would be no table
    columns = [column for column in exhibit.columns if column not in once]
    for name, heading, kind in columns:
        lengths = exhibit.data[name].dropna().astype(str).str.len()
        is_text, long = mixed and kind == "text", kind == "text" and bool(lengths.gt(LONG_TEXT).any())
        classes = " ".join(["t"] * is_text + ["long"] * long)
        heads.append({"heading": heading, "is_text": is_text, "classes": classes})

    def cell(row: Mapping[str, Any], column: Column) -> Markup:
        kind = str(row["kind"]) if column.kind == BY_ROW else column.kind
        text = language.ITALIC.sub(r"<em>\1</em>", escape(cell_text(words, row[column.name], kind)))
        return Markup(language.LINK.sub(language.LINKED, text))

    records = exhibit.data.to_dict("records")
    rows = [[cell(row, column) for column in columns] for row in records]
    same = words.listing(f"{column.heading} ({cell(records[0], column)})" for column in once)
    ids = list(exhibit.data[exhibit.anchors]) if exhibit.anchors else []
    return _part(words, exhibit, "data", number=number, mixed=mixed, columns=heads, rows=rows, ids=ids, same=same)


def csv_text(words: Words, exhibit: Exhibit) -> str:
    """Return the data as CSV with the marks of the language: `;` and decimal comma in French, `,` and point in English.

    Numbers are as stored, to six decimals, their unit in the heading, or in a column of its own where rows differ.
    A file travels without its page: each row of fictitious data says so. Its spaces are plain ones, for programs.
    """
    (decimal, sep), columns = words.csv_marks, exhibit.file or exhibit.columns

    def unit(kind: str) -> str:
        known = language.kind_of(kind)
        return words.label(FILE_UNITS[known[0].unit]) if known and known[0].unit in FILE_UNITS else ""

    def cell(value: object) -> object:
        # Pandas itself rounds, and marks decimals, only in columns that hold nothing else.
        if isinstance(value, float) and not pd.isna(value):
            return f"{round(value, 6):.10g}".replace(".", decimal)
        return neutralised(plain_text(value).translate(PLAIN_SPACES)) if isinstance(value, str) else value

    headings = (f"{one.heading} ({unit(one.kind)})" if unit(one.kind) else one.heading for one in columns)
    table = exhibit.data[[column.name for column in columns]].map(cell)
    table.columns = pd.Index([heading.translate(PLAIN_SPACES) for heading in headings])
    if BY_ROW in (column.kind for column in columns):
        table[str(words("Unit"))] = exhibit.data["kind"].map(unit).str.translate(PLAIN_SPACES)
    if exhibit.origin == "fictitious":
        table = table.assign(**{str(words("Origin")): words.label(ORIGINS[exhibit.origin])})
    # Spreadsheets that expect `;` take a file without this mark for Windows-1252.
    mark = "\ufeff" if sep == ";" else ""
    return mark + str(table.to_csv(index=False, lineterminator="\r\n", sep=sep))


def role(output: Any) -> str:
    """Return what an output of ours is (`say`, `answer`, `head`, `drawing`, `notes`); nothing for any other."""
    about = output.get("metadata", {}).get("ptce") or {}
    data, kind = output.get("data") or {}, str(about.get("kind"))
    shown = [str(data[form]) for form in dict.fromkeys(FORMS.values()) if form in data]
    ours = "key" in about and FORMS.get(kind) in data and not any(map(ACTIVE.search, shown))
    return kind if ours else ""


def own_outputs(notebook: Any) -> Iterator[tuple[Any, Any]]:
    """Yield what each output of ours in a notebook is (`metadata.ptce`), in order, and its forms."""
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", []))
    return ((output.metadata.ptce, output.data) for output in outputs if role(output))


def claims_of(key: str, sentence: Sentence, origin: str, source: str) -> list[dict[str, Any]]:
    """Return the claims of one sentence, whose ids start with `key`; `source` is that of numbers which say none.

    A value that is no number (a list of bases, say) is of kind "text". Twelve digits are the same on every processor.
    """
    found = []
    for name, shown in dict(language.MARK.findall(sentence.marked)).items():
        number = sentence.numbers.get(name)
        kind = number.kind if number else "text"
        unit = (language.kind_of(kind) or (language.KINDS["text"],))[0].unit
        exact = None if number is None or number.value is None else float(f"{float(number.value):.12g}")
        claim = {"id": f"{key}.{name}", "shown": shown, "value": exact if number else shown, "unit": unit, "kind": kind}
        claim |= {"origin": (number and number.origin) or origin, "source": (number and number.source) or source}
        found.append({**claim, "sentence": sentence.text})
    return found


def page_claims(notebook: Any, page: str, address: str) -> Iterator[dict[str, Any]]:
    """Yield the claims of an executed notebook, with their places at its `address`."""
    made_in = notebook.metadata.get("ptce", {}).get("notebook", page)
    outputs = ((cell, output.get("metadata", {})) for cell in notebook.cells for output in cell.get("outputs", []))
    for cell, claim in ((cell, claim) for cell, said in outputs for claim in said.get("ptce", {}).get("claims", [])):
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
    for about, forms in own_outputs(notebook):
        if about.kind == "head":
            head = about
        if about.kind == "notes" and head is not None:
            address = re.search(rf'href="{re.escape(CSV_ADDRESS)}([^"]*)"', forms["text/html"])
            data = unquote(unescape(address[1])).encode() if address else b""
            yield Download(PurePath(about.file).name, page, head.number, head.title, head.origin, data)


def contradicted(words: Words, downloads: Iterable[Download], earlier: Mapping[str, bytes]) -> str:
    """Return why the data of a page cannot follow those of an `earlier` version (files by name); nothing if they can.

    Who reads both must learn no more than from one of them: each figure that both show is the same, and one of the two
    shows everything that the other does, as under stricter rules. What changed with the answers can be subtracted.
    """
    later = {one.name: one.data for one in downloads}
    more, fewer = bool(later.keys() - earlier.keys()), bool(earlier.keys() - later.keys())
    for name in later.keys() & earlier.keys():
        new, old = _read_rows(words, later[name]), _read_rows(words, earlier[name])
        in_both = {row[0] for row in new} & {row[0] for row in old}
        for row in new:
            found = next((one for one in sorted(old, key=row.__ne__) if _same(row, one)), None)
            if found is None and row[0] in in_both:
                return "rows of its tables differ"
            old = [one for one in old if one is not found]
            pairs = [*zip(found or [""] * len(row), row, strict=True)]
            more |= any(now and not was for was, now in pairs)
            fewer |= any(was and not now for was, now in pairs)
        if any(row[0] in in_both for row in old):
            return "rows of its tables differ"
        fewer |= bool(old)
    return "some of its rows show less and others more," if more and fewer else ""


def _read_rows(words: Words, data: bytes) -> list[list[str]]:
    """The rows of a CSV that `csv_text` wrote; a figure that is hidden is an empty text."""
    rows = csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=words.csv_marks[1])
    return [["" if cell == HIDDEN_MARK else cell for cell in row] for row in rows]


def _same(row: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two rows say the same wherever both say something."""
    return len(row) == len(other) and all(not (a and b) or a == b for a, b in zip(row, other, strict=True))


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
    table = pd.read_csv(io.BytesIO(download.data), sep=delimiter, decimal=point, encoding="utf-8-sig")
    number = {"type": "number", "decimalChar": point}
    said = f"{download.page}, {download.number}. {words.label(ORIGINS[download.origin])}"
    found = {"name": download.name.removesuffix(".csv").lower(), "path": f"{FOLDER}/{download.name}"}
    found |= {"title": download.title, "description": said}
    found |= {"format": "csv", "mediatype": "text/csv", "encoding": "utf-8"}
    columns = table.dtypes.map(pd.api.types.is_numeric_dtype).items()
    fields = [{"name": name} | (number if numeric else {"type": "string"}) for name, numeric in columns]
    return {**found, "dialect": {"delimiter": delimiter}, "schema": {"fields": fields}}
