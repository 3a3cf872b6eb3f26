"""Workbooks (.xlsx, .ods): one sheet as text, each cell as a person saw it, but for the rounding of the display.

The parts are read here and not by a library: the formats of numbers, formulas beside their values, struck-out words and
hostile sizes are needed at once, and a damaged chart or style must not cost the answers.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime
from posixpath import basename, dirname, join, normpath
from xml.etree.ElementTree import Element, iterparse

from ptce_analysis.errors import InputError, nearest
from ptce_analysis.survey.number_formats import joined, shown
from ptce_analysis.survey.read import Grid, Limits, Note, gathered, number_text

_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_RAISED = {"super": str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"), "sub": str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")}
_WRITTEN = re.compile(r"[0-9](?:[0-9.,'’\s]*[0-9])?")
_Merged = list[tuple[int, int, int, int]]


def read_workbook(data: bytes, file: str, limits: Limits, sheet: str = "") -> Grid:
    """Return the grid of one sheet: the one named, or the first that is not hidden.

    Raises
    ------
    InputError
        If the workbook is damaged, hostile or too large, or has no such sheet.
    """
    from defusedxml.common import DefusedXmlException

    try:
        archive = _Archive(data, file, limits)
        return (_ods if "content.xml" in archive.parts else _xlsx)(archive, sheet)
    except InputError:
        raise
    except DefusedXmlException as error:
        raise InputError(f"{file}: the workbook defines entities, which no survey export needs. Refused.") from error
    except Exception as error:  # whatever a damaged zip, deflated stream or XML makes its reader raise
        raise InputError(f"{file}: the workbook is truncated or damaged ({error}). Save it again.") from error


class _Archive:
    """A zip file whose parts are measured before they are inflated, by their names in small letters."""

    def __init__(self, data: bytes, file: str, limits: Limits) -> None:
        self.file, self.limits = file, limits
        self._zip = zipfile.ZipFile(io.BytesIO(data))
        entries = self._zip.infolist()
        self.parts = {entry.filename.replace("\\", "/").lstrip("/").lower(): entry for entry in entries}
        if len(self.parts) < len(entries):
            raise InputError(f"{file}: the workbook has two parts under one name. Save it again.")
        for entry in entries:
            if entry.flag_bits & 1:
                raise InputError(f"{file}: the workbook is protected by a password. Save it without one.")
            # Deflated parts stop at the size they declare, others need not; nothing people write shrinks to 1/200.
            unusual = entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
            if unusual or entry.file_size > max(10_000_000, 200 * entry.compress_size):
                raise InputError(f"{file}: {entry.filename} inflates beyond what a survey export needs. Refused.")
        if sum(entry.file_size for entry in entries) > limits.n_inflated:
            raise InputError(f"{file}: the workbook inflates beyond what a survey export needs. Refused.")

    def elements(self, name: str, *whole: str, opened: str = "") -> Iterator[tuple[str, Element]]:
        """Yield the elements of a part that have these names once they are whole, and forget all others.

        `opened`: the name of those told as they open, for what is inside them.
        """
        from defusedxml.ElementTree import iterparse as checked

        if name.lower() not in self.parts:
            raise InputError(f"{self.file}: the workbook has no part {name}. Save it again from the spreadsheet.")
        with self._zip.open(self.parts[name.lower()]) as part:  # entities are only declared before the first element
            next(iter(checked(part, ("start",), forbid_dtd=True)), None)
        inside, path = 0, list[Element]()
        with self._zip.open(self.parts[name.lower()]) as part:
            for event, element in iterparse(part, ("start", "end")):
                tag = _local(element.tag)
                if event == "start":
                    path.append(element)
                    inside += tag in whole
                    if tag == opened and not inside:
                        yield tag, element
                    continue
                path.pop()
                inside -= tag in whole
                if not inside:
                    if tag in whole:
                        yield tag, element
                    if path:
                        del path[-1][:]

    def related(self, part: str) -> dict[str, str]:
        """Return the parts a part is related to, by the id and by the kind of each relation; "" is the workbook."""
        links, found = join(dirname(part), "_rels", f"{basename(part)}.rels"), dict[str, str]()
        for _, element in self.elements(links, "Relationship") if part or links in self.parts else ():
            target = normpath(join("/", dirname(part), element.get("Target", "").replace("\\", "/"))).lstrip("/")
            found |= {element.get("Id", ""): target, basename(element.get("Type", "")): target}
        return found

    def others(self, sheets: list[str], read: str | None, wanted: str) -> list[Note]:
        """Return what says that a workbook has sheets which were not read; one that is not there is an error."""
        if read is None:
            listed = ", ".join(sheets) or "none"
            raise InputError(f"{self.file}: no sheet {wanted!r}. Its sheets: {listed}.{nearest(wanted, sheets)}")
        names = ", ".join(name for name in sheets if name != read)
        return [Note(0, None, names, "not read", "other_sheets")] if names else []


def _xlsx(archive: _Archive, wanted: str) -> Grid:
    """Return the grid of a sheet of an Excel workbook, whatever its parts are called."""
    main = archive.related("").get("officeDocument", "xl/workbook.xml")
    if main.lower() not in archive.parts or main.lower().endswith(".bin"):
        raise InputError(f"{archive.file}: a zip file that is neither .xlsx nor .ods. Unpack it, or save it as .xlsx.")
    sheets, base = dict[str, dict[str, str]](), datetime(1899, 12, 30)  # noqa: DTZ001 (a calendar day, no time zone)
    for tag, element in archive.elements(main, "sheet", "workbookPr"):
        if tag == "sheet":
            sheets[element.get("name", "")] = _attributes(element)
        elif element.get("date1904") in ("1", "true"):
            base = datetime(1904, 1, 1)  # noqa: DTZ001
    visible = [name for name, sheet in sheets.items() if sheet.get("state", "visible") == "visible"] or [*sheets]
    chosen = next((name for name in (sheets if wanted else visible) if wanted in ("", name)), None)
    notes, merged = archive.others([*sheets], chosen, wanted), _Merged()
    parts = archive.related(main)
    texts, styles = (parts.get(kind, join(dirname(main), f"{kind}.xml")) for kind in ("sharedStrings", "styles"))
    shared = [_rich(si) for _, si in archive.elements(texts, "si")] if texts.lower() in archive.parts else []
    formats = _formats(archive, styles) if styles.lower() in archive.parts else [("General", False)]

    def records() -> Iterator[tuple[int, list[str]]]:
        number = 0
        for tag, element in archive.elements(
            parts.get(sheets[chosen or ""].get("id", ""), "of the sheet"), "row", "mergeCell"
        ):
            if tag == "mergeCell":
                if len(corners := _CELL.findall(element.get("ref", ""))) == 2:
                    (left, top), (right, bottom) = corners
                    merged.append((int(top), _column(left), int(bottom), _column(right)))
                continue
            previous, number, cells = number, int(element.get("r", number + 1)), list[str]()
            if element.get("hidden") in ("1", "true"):
                notes.append(Note(number, None, "hidden", "read", "hidden_row"))
            for cell in (child for child in element if _local(child.tag) == "c"):
                reference = cell.get("r", "")
                column = _column(reference.rstrip("0123456789")) if reference else len(cells)
                if not (previous < number <= archive.limits.n_rows and len(cells) <= column < archive.limits.n_columns):
                    raise InputError(
                        f"{archive.file}, row {number}: {reference or 'it'} is out of place or out of bounds."
                    )
                text, raw, rule = _xlsx_text(cell, shared, formats, base)
                notes.extend([Note(number, column, raw, text, rule)] if rule else [])
                cells += [""] * (column - len(cells)) + [text]
            while cells and not cells[-1]:
                cells.pop()
            yield number, cells

    rows, numbers = gathered(archive.file, records(), archive.limits)
    return Grid(archive.file, rows, numbers, tuple(notes), tuple(merged), sparse=True)


def _xlsx_text(
    cell: Element, shared: list[str], formats: list[tuple[str, bool]], base: datetime
) -> tuple[str, str, str]:
    """Return the text of a cell, what the file holds, and the rule that made one of the other, if it is to be noted."""
    inside = {_local(child.tag): child for child in cell}
    kind, formula = cell.get("t", "n"), inside.get("f")
    value = (inside["v"].text or "") if "v" in inside else ""
    code, struck = formats[int(cell.get("s", "0"))]
    if formula is not None and not value and kind != "str":
        return f"={formula.text or ''}", "", ""  # never computed
    text: str | None = value
    rule = "" if formula is None else "formula_as_stored"
    if kind == "s":
        text = shared[int(value)]
    elif kind == "inlineStr":
        text = _rich(inside.get("is", cell))
    elif kind == "b":
        text = "VRAI" if value == "1" else "FAUX"
    elif kind == "n" and value and (text := shown(value, code, base)) is None:
        text, rule = f"{number_text(value)} [{code or '?'}]", "number_format"
    raw = value if formula is None else f"={formula.text or ''}"
    return _marked(_unescaped(text or ""), "", struck), raw, rule


def _formats(archive: _Archive, part: str) -> list[tuple[str, bool]]:
    """Return, for each style of cells, the format of its numbers ("" when unknown), and whether it strikes them out."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS

    # The dollar of a built-in format is the currency of whoever looks at it.
    codes = {str(key): code for key, code in BUILTIN_FORMATS.items() if "$" not in code}
    struck, found = list[bool](), list[tuple[str, bool]]()
    for tag, element in archive.elements(part, "numFmts", "fonts", "cellXfs"):
        for one in element:
            if tag == "numFmts":
                codes[one.get("numFmtId", "")] = one.get("formatCode", "")
            elif tag == "fonts":
                struck.append(_is_on(one.find("{*}strike")))
            else:
                font = int(one.get("fontId", "0"))
                found.append((codes.get(one.get("numFmtId", "0"), ""), font < len(struck) and struck[font]))
    return found


def _rich(element: Element) -> str:
    """Return the text of runs, phonetic guides left out."""
    pieces = []
    for child in element:
        if _local(child.tag) == "t":
            pieces.append(child.text or "")
        elif _local(child.tag) == "r":
            raised = child.find("{*}rPr/{*}vertAlign")
            text = "".join(t.text or "" for t in child.iterfind("{*}t"))
            struck = _is_on(child.find("{*}rPr/{*}strike"))
            pieces.append(_marked(text, "" if raised is None else raised.get("val", ""), struck))
    return "".join(pieces)


def _ods(archive: _Archive, wanted: str) -> Grid:
    """Return the grid of a sheet of an OpenDocument spreadsheet; what is repeated never expands beyond the limits."""
    sheets, notes, merged, marks = list[str](), list[Note](), _Merged(), dict[str, tuple[str, bool]]()
    chosen: str | None = None

    def records() -> Iterator[tuple[int, list[str]]]:
        nonlocal chosen
        number, is_open = 0, False
        for tag, element in archive.elements("content.xml", "style", "table-row", opened="table"):
            found = _attributes(element)
            if tag == "style":
                words = _attributes(next(element.iterfind("{*}text-properties"), element))
                struck = words.get("text-line-through-style", "none") != "none"
                marks[found.get("name", "")] = (words.get("text-position", ""), struck)
            elif tag == "table":
                sheets.append(found.get("name", ""))
                is_open = chosen is None and wanted in ("", sheets[-1])
                chosen = sheets[-1] if is_open else chosen
            elif is_open:
                cells, blank, times = list[str](), 0, _times(found, "number-rows-repeated")
                for cell in element:
                    of_cell = _attributes(cell)
                    text, repeated = _ods_text(cell, of_cell, marks), _times(of_cell, "number-columns-repeated")
                    if not text.strip():
                        blank += repeated
                        continue
                    if len(cells) + blank + repeated > archive.limits.n_columns:
                        limit = archive.limits.n_columns
                        raise InputError(
                            f"{archive.file}, row {number + 1}: more than {limit} columns. Check the file."
                        )
                    cells += [""] * blank
                    down, right = (_times(of_cell, f"number-{what}-spanned") for what in ("rows", "columns"))
                    if down > 1 or right > 1:
                        merged.append((number + 1, len(cells), number + down, len(cells) + right - 1))
                    cells, blank = cells + [text] * repeated, 0
                for row in range(number + 1, number + times + 1) if cells else ():
                    if found.get("visibility", "visible") != "visible":
                        notes.append(Note(row, None, "hidden", "read", "hidden_row"))
                    yield row, cells
                number += times

    rows, numbers = gathered(archive.file, records(), archive.limits)
    notes = [*archive.others(sheets, chosen, wanted), *notes]
    return Grid(archive.file, rows, numbers, tuple(notes), tuple(merged), sparse=True)


def _ods_text(cell: Element, found: dict[str, str], marks: dict[str, tuple[str, bool]]) -> str:
    """Return what a cell says: the text it shows, but for dates and truth values."""
    kind, stored = found.get("value-type", ""), found.get("value", "")
    seen = "\n".join(_paragraph(child, marks) for child in cell if _local(child.tag) == "p")
    text = seen or found.get("string-value", "")
    if "formula" in found and not kind:
        return found["formula"].partition(":")[2] or "="  # never computed
    if kind == "boolean":
        text = "VRAI" if found.get("boolean-value") == "true" else "FAUX"
    elif kind == "date" and not re.fullmatch("[12][0-9]{3}", seen):
        text = found.get("date-value", "")
    elif kind in ("float", "currency", "percentage") and stored:
        text = _with_its_marks(stored, seen, kind == "percentage")
    return _marked(text, "", marks.get(found.get("style-name", ""), ("", False))[1])


def _with_its_marks(stored: str, seen: str, percent: bool) -> str:
    """Return the number a cell shows; what its points and commas mean is said by the stored one, where it is the same.

    >>> _with_its_marks("1750.5", "1,750.50 €", False), _with_its_marks("250000", "250 k€", False)
    ('1750.5 €', '250 k€')
    """
    try:
        number = float(stored)
    except ValueError:
        return seen or stored
    if not seen:
        return f"{number_text(repr(number * 100))} %" if percent else number_text(stored)
    match = _WRITTEN.search(seen)
    if not match or (re.fullmatch(r"\d{1,3}[.,]\d{3}", match[0]) and re.match(r"\s*[kKmM]", seen[match.end() :])):
        return seen  # thousands of a unit that the format may have scaled: the mark is for a person to decide
    digits = re.sub(r"['’\s]", "", match[0]).replace(",", ".")
    whole, mark, decimals = digits.rpartition(".")
    readings = {digits.replace(".", ""), *([f"{whole.replace('.', '')}.{decimals}"] if mark else [])}
    for value in (number, number * 100) if "%" in seen else (number,):
        for reading in readings:
            if float(reading) == float(number_text(repr(abs(value)))):
                return joined(seen[: match.start()], number_text(reading), seen[match.end() :])
    return seen


def _paragraph(element: Element, marks: dict[str, tuple[str, bool]]) -> str:
    """Return the text of a paragraph or a span of it, comments left out."""
    pieces = [element.text or ""]
    for child in element:
        tag, found = _local(child.tag), _attributes(child)
        if tag in ("s", "tab", "line-break"):
            pieces.append({"s": " " * min(_times(found, "c"), 100), "tab": "\t"}.get(tag, "\n"))
        elif tag != "annotation":
            pieces.append(_marked(_paragraph(child, marks), *marks.get(found.get("style-name", ""), ("", False))))
        pieces.append(child.tail or "")
    return "".join(pieces)


def _marked(text: str, raised: str, struck: bool) -> str:
    """Return a text with its raised digits as such, and between ~~ when it is struck out: no rule reads either."""
    if raised:
        text = next((text.translate(table) for name, table in _RAISED.items() if raised.startswith(name)), text)
    return f"~~{text}~~" if struck and text.strip() else text


def _unescaped(text: str) -> str:
    """Return a text with Excel's escapes of line ends and tabs undone."""
    return re.sub("_x000([9AaDd])_", lambda match: "\t" if match[1] == "9" else "\n", text) if "_x" in text else text


def _is_on(element: Element | None) -> bool:
    return element is not None and element.get("val", "1") not in ("0", "false")


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _attributes(element: Element) -> dict[str, str]:
    """Return attributes by their names without namespace."""
    return {_local(name): value for name, value in element.items()}


def _times(found: dict[str, str], name: str) -> int:
    """Return how often something is repeated, at least once."""
    written = found.get(name, "1")
    return max(1, int(written)) if re.fullmatch("[0-9]{1,9}", written) else 1


def _column(letters: str) -> int:
    """Return the position of a column, `A` being 0."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1
