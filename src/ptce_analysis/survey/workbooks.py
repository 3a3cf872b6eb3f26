"""Workbooks (.xlsx, .ods): one sheet as text, each cell as a person saw it, but for the rounding of the display.

The parts are read here and not by a library: the formats of numbers, formulas beside their values, struck-out words and
hostile sizes are needed at once, and a damaged chart or style must not cost the answers. A number whose format is not
understood keeps it (`12 [0 douzaines]`): no rule reads that, and it never is another value.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice
from math import isfinite
from posixpath import basename, dirname, join, normpath
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from ptce_analysis.errors import InputError, nearest
from ptce_analysis.survey.grid import NUMBER, SEARCHED, Grid, Limits, Note, at_most, gathered, number_text, refusing

_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_LAST_ROW = 1_048_576
_LONGEST_FORMAT = 255  # Excel's own limit
# Where an OpenDocument cell keeps what it holds.
_STORED = ("value", "string-value", "date-value", "boolean-value", "time-value")
_RAISED = {"super": str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"), "sub": str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")}


def read_workbook(data: bytes, file: str, limits: Limits, sheet: str = "") -> Grid:
    """Return the grid of one sheet: the one named, or the first that is not hidden.

    Raises `InputError` if the workbook is damaged, hostile or too large, or has no such sheet.
    """
    with refusing(f"{file}: the workbook is truncated or damaged", "Save it again."):
        archive = _Archive(data, file, limits)
        return (_ods if "content.xml" in archive.parts else _xlsx)(archive, sheet)


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

    def root(self, name: str) -> Element:
        """Return the XML of a part."""
        from defusedxml.ElementTree import iterparse

        if name.lower() not in self.parts:
            raise InputError(f"{self.file}: the workbook has no part {name}. Save it again from the spreadsheet.")
        part = self._zip.read(self.parts[name.lower()])
        next(iter(iterparse(io.BytesIO(part), ("start",), forbid_dtd=True)), None)  # entities come before all elements
        return ElementTree.fromstring(part)

    def related(self, part: str) -> dict[str, str]:
        """Return the parts a part is related to, by the id and by the kind of each relation; "" is the workbook."""
        links, found = join(dirname(part), "_rels", f"{basename(part)}.rels"), dict[str, str]()
        for one in self.root(links).iterfind("{*}Relationship") if part or links in self.parts else ():
            target = normpath(join("/", dirname(part), one.get("Target", "").replace("\\", "/"))).lstrip("/")
            found |= {one.get("Id", ""): target, basename(one.get("Type", "")): target}
        return found


Merged = list[tuple[int, int, int, int]]
# The numbered rows of a sheet; what was done while reading it, and its merged cells, are added to the lists.
Records = Callable[[str, list[Note], Merged], Iterator[tuple[int, list[str]]]]


def sheet_grid(file: str, limits: Limits, sheets: list[str], visible: list[str], wanted: str, records: Records) -> Grid:
    """Return the grid of the sheet that is wanted, or of the first that is visible and the first rows of the others.

    Raises `InputError` for a sheet that is not there, and for a sheet beyond the limits.
    """
    notes, merged = list[Note](), Merged()
    if (chosen := next((name for name in (sheets if wanted else visible) if wanted in ("", name)), None)) is None:
        listed = ", ".join(sheets) or "none"
        raise InputError(f"{file}: no sheet {wanted!r}. Its sheets: {listed}.{nearest(wanted, sheets)}")
    if others := [name for name in sheets if name != chosen]:
        notes.append(Note(0, None, ", ".join(others), "not read", "other_sheets"))
    rows, numbers = gathered(file, records(chosen, notes, merged), limits)
    at_most(limits.n_merged, len(merged), "merged cells", file)
    unread = {name: islice(records(name, [], []), 5 * SEARCHED) for name in others if not wanted}
    some = {name: gathered(file, first, limits)[0] for name, first in unread.items()}
    return Grid(file, rows, numbers, tuple(notes), tuple(merged), sparse=True, sheets=some)


def _xlsx(archive: _Archive, wanted: str) -> Grid:
    """Return the grid of a sheet of an Excel workbook, whatever its parts are called."""
    main = archive.related("").get("officeDocument", "xl/workbook.xml")
    if main.lower() not in archive.parts or main.lower().endswith(".bin"):
        raise InputError(f"{archive.file}: a zip file that is neither .xlsx nor .ods. Unpack it, or save it as .xlsx.")
    book = archive.root(main)
    sheets = {one.get("name", ""): _attributes(one) for one in book.iterfind(".//{*}sheet")}
    of_1904 = any(one.get("date1904") in ("1", "true") for one in book.iterfind("{*}workbookPr"))
    base = datetime(1904, 1, 1) if of_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 (a calendar day, no time zone)
    visible = [name for name, sheet in sheets.items() if sheet.get("state", "visible") == "visible"] or [*sheets]
    parts = archive.related(main)
    texts, styles = (parts.get(kind, join(dirname(main), f"{kind}.xml")) for kind in ("sharedStrings", "styles"))
    shared = [_rich(si) for si in archive.root(texts).iterfind("{*}si")] if texts.lower() in archive.parts else []
    formats = _formats(archive.root(styles)) if styles.lower() in archive.parts else [("General", False)]

    def records(name: str, notes: list[Note], merged: Merged) -> Iterator[tuple[int, list[str]]]:
        sheet, number = archive.root(parts.get(sheets[name].get("id", ""), "of the sheet")), 0
        corners = [_CELL.findall(one.get("ref", "")) for one in sheet.iterfind(".//{*}mergeCell")]
        ends = (one for one in corners if len(one) == 2)
        merged.extend((int(a[1]), _column(a[0]), int(b[1]), _column(b[0])) for a, b in ends)
        for row in sheet.iterfind("{*}sheetData/*"):
            previous, number, cells = number, _whole(row.get("r", str(number + 1))), list[str]()
            for cell in (one for one in row if _name(one) != "extLst"):
                reference = cell.get("r", "")
                column = _column(reference.rstrip("0123456789")) if reference else len(cells)
                where = f"{archive.file}, row {number}: {reference if _CELL.fullmatch(reference) else 'it'}"
                if not (previous < number <= _LAST_ROW and len(cells) <= column < archive.limits.n_columns):
                    raise InputError(f"{where} is out of place or out of bounds.")
                if (_name(row), _name(cell)) != ("row", "c"):
                    raise InputError(f"{where} is no cell of a row: the workbook is damaged. Save it again.")
                inside = {_name(child): child for child in cell}
                text, formula = _xlsx_text(cell, inside, shared, formats, base), inside.get("f")
                if formula is not None and not text.startswith("="):
                    notes.append(Note(number, column, f"={formula.text or ''}", text, "formula_as_stored"))
                cells += [""] * (column - len(cells)) + [text]
            while cells and not cells[-1]:
                cells.pop()
            yield number, cells

    return sheet_grid(archive.file, archive.limits, [*sheets], visible, wanted, records)


def _xlsx_text(
    cell: Element, inside: dict[str, Element], shared: list[str], formats: list[tuple[str, bool]], base: datetime
) -> str:
    """Return the text of a cell; a formula never computed stays one."""
    kind, value = cell.get("t", "n"), (inside["v"].text or "") if "v" in inside else ""
    code, struck = formats[_whole(cell.get("s", "0"))]
    formula = "f" in inside
    if formula and not value and kind != "str":
        return f"={inside['f'].text or ''}"
    if kind == "s":
        value = shared[_whole(value)]
    elif kind == "inlineStr":
        value = _rich(inside.get("is", cell))
    elif kind == "b":
        value = {"1": "VRAI", "0": "FAUX"}[value] if value else ""
    elif kind == "n" and value:
        value = as_seen(value, code, base) or f"{number_text(value)} [{code or '?'}]"
    if kind in ("s", "inlineStr", "str"):
        value = worded(value, code)
    # Of an unknown kind, or not where its kind has it. The text that a shared one is of may be blank.
    if kind not in ("s", "inlineStr", "str", "n", "b", "e", "d") or not (value.strip() or formula or kind == "s"):
        value = f"{lost} [?]" if (lost := "".join(cell.itertext()).strip()) else value
    # Excel escapes line ends and tabs.
    return marked(re.sub("_x000([9AaDd])_", lambda match: "\t" if match[1] == "9" else "\n", value), "", struck)


def _formats(styles: Element) -> list[tuple[str, bool]]:
    """Return, for each style of cells, the format of its numbers ("" when unknown), and whether it strikes them out."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS

    # The dollar of a built-in format is the currency of whoever looks at it.
    codes = {str(key): code for key, code in BUILTIN_FORMATS.items() if "$" not in code}
    codes |= {one.get("numFmtId", ""): one.get("formatCode", "") for one in styles.iterfind("{*}numFmts/{*}numFmt")}
    struck = {n for n, font in enumerate(styles.iterfind("{*}fonts/{*}font")) if _is_on(font.find("{*}strike"))}
    kinds = styles.iterfind("{*}cellXfs/{*}xf")
    return [(codes.get(one.get("numFmtId", "0"), ""), int(one.get("fontId", "0")) in struck) for one in kinds]


def _rich(element: Element) -> str:
    """Return the text of runs, phonetic guides left out."""
    pieces = [one.text or "" for one in element.iterfind("{*}t")]
    for run in element.iterfind("{*}r"):
        raised, struck = run.find("{*}rPr/{*}vertAlign"), _is_on(run.find("{*}rPr/{*}strike"))
        text = "".join(one.text or "" for one in run.iterfind("{*}t"))
        pieces.append(marked(text, "" if raised is None else raised.get("val", ""), struck))
    return "".join(pieces)


# The pieces of a number format (ECMA-376, part 1, 18.8.31).
_TOKENS = re.compile(
    r"""(?P<literal>"[^"]*"|\\.|[ $+\-/():!^&'~{}<>=€£¥\u00a0\u202f])|(?P<pad>_.|\*\ )|\[\$(?P<money>[^\]-]*)[^\]]*\]|
    (?P<colour>\[(?:black|blue|cyan|green|magenta|red|white|yellow|color\ ?[0-9]+)\])|(?P<letters>AM/PM|[ymdhs]+)|
    (?P<digits>General|[@0\#?.,]+(?:E[+-][0#?]+)?)|(?P<percent>%)|(?P<unknown>.)""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)


@lru_cache(1_000)
def _sections(code: str) -> tuple[list[str], str]:
    """Return the sections of a format for numbers, and the one for texts, "@" where it has none."""
    found = re.findall(r'(?:^|;)((?:"[^"]*"|\\.|[^;])*)', code)
    n = 3 if len(found) > 3 or "@" not in re.sub(r'"[^"]*"|\\.', "", found[-1]) else len(found) - 1
    return found[:n], found[n] if n < len(found) else "@"


@lru_cache(1_000)
def _section(text: str) -> tuple[str, str, str, int, str] | None:
    """The words around the number of a format, its digits, its number of `%`, date letters; None: not understood."""
    words, digits, letters, n_percent = ["", ""], "", "", 0
    for match in _TOKENS.finditer(text):
        kind, token, word = match.lastgroup, match[0], ""
        if kind == "unknown" or (kind == "digits" and words[1].strip() and not letters):  # words inside the number
            return None
        if kind == "literal":
            word = token[1:-1] if token[0] == '"' else token[-1]
        elif kind == "digits":
            digits, words[1] = digits + token, ""
        elif kind == "letters":
            letters += "h" if "/" in token else token.lower()
        elif kind == "percent":
            n_percent, word = n_percent + 1, " %"
        elif kind != "colour":
            word = " " if kind == "pad" else match["money"]
        words[bool(digits)] += word
    return words[0], words[1], digits, n_percent, letters


def as_seen(value: str, code: str, base: datetime) -> str | None:
    """Return what a format code shows of a stored number but for its rounding, None when it cannot be told.

    `base`: the day 0 of dates.

    >>> day = datetime(1899, 12, 30)
    >>> as_seen("250000", '#,##0,"k€"', day), as_seen("0.32", "0%", day), as_seen("42005", "[$-40C]d mmmm yyyy", day)
    ('250 k€', '32 %', '2015-01-01')
    """
    if not NUMBER.fullmatch(value) or not isfinite(number := float(value)) or code in ("General", "@"):
        return number_text(value)
    sections, _ = _sections(code) if len(code) <= _LONGEST_FORMAT else ([], "")
    position = 2 if number == 0 else int(number < 0)
    own = position == 1 and len(sections) > 1  # the section of negative numbers says where their sign is
    section = _section(sections[position if position < len(sections) else 0]) if sections and code else None
    if section is None or re.search(r"\[[<>=]", code):
        return None
    before, after, form, n_percent, letters = section
    if letters or n_percent > 1:
        return _moment(number, letters, base) if letters else None
    words = f"{before}{after}".strip()
    if not form or (words and not form.strip("?")):  # words in the place of a number; an accountant's dash is a zero
        dash = re.match("[-–—] *", words)
        return f"0 {words[dash.end() :]}".strip() if dash and number == 0 else words or None
    thousands = re.search(r"(,+)(?:\.|E|$)", form, re.I)
    digits = number_text(repr(abs(number) * 100**n_percent / 1000 ** len(thousands[1] if thousands else "")))
    whole = re.split("[.E]", form.replace(",", ""))[0]
    if "0" in whole and "." not in digits:
        digits = digits.zfill(len(whole) - whole.index("0"))
    if number < 0 and not own:
        before = f"-{before.strip()}"
    elif number < 0 and "(" in before and ")" in after:
        before, after = before.replace("(", "-"), after.replace(")", "")
    elif number < 0 and not re.search("[-−–]", before):
        return None
    return _joined(before, digits, after)


def worded(text: str, code: str) -> str:
    """Return what a format code shows of a text; one that hides it or is not understood leaves it to no rule.

    >>> worded("25", '@" k€"'), worded("25", "0.00"), worded("25", ";;;")
    ('25 k€', '25', '25 [;;;]')
    """
    own = _sections(code)[1] if len(code) <= _LONGEST_FORMAT else ""
    section = _section(own) if own and text.strip() else None
    if own == "@" or not text.strip():
        return text
    if section is None or section[2] not in ("", "@") or section[3] or section[4]:
        return f"{text} [{code[:_LONGEST_FORMAT]}]"
    return f"{section[0]}{text if section[2] else ''}{section[1]}"


def _joined(before: str, digits: str, after: str) -> str:
    """Return a number with the words around it, a unit set apart from the digits."""
    before, after = before.strip(), after.strip()
    apart = [" " if text.isalnum() or text in "%€$£¥" else "" for text in (before[-1:] or "(", after[:1] or ")")]
    return f"{before}{apart[0]}{digits}{apart[1]}{after}"


def _moment(number: float, letters: str, base: datetime) -> str | None:
    """Return a day, a moment or a year in ISO 8601, rounded to the second; an hour alone is no answer asked for."""
    if number < 1:
        return None
    try:
        moment = base + timedelta(seconds=round(number * 86_400))
    except OverflowError:
        return None
    return str(moment.year) if {*letters} == {"y"} else moment.isoformat(timespec="seconds").removesuffix("T00:00:00")


def _ods(archive: _Archive, wanted: str) -> Grid:
    """Return the grid of a sheet of an OpenDocument spreadsheet; what is repeated never expands beyond the limits."""
    root, marks = archive.root("content.xml"), dict[str, tuple[str, bool]]()
    sheets, formatted = {_attributes(one).get("name", ""): one for one in root.iterfind(".//{*}table")}, set[str]()
    for style in root.iterfind(".//{*}style"):
        words, own = _attributes(next(style.iterfind("{*}text-properties"), style)), _attributes(style)
        struck = words.get("text-line-through-style", "none") != "none"
        marks[own.get("name", "")] = (words.get("text-position", ""), struck)
        formatted |= {own.get("name", "")} if own.get("data-style-name", "N0") != "N0" else set()

    def records(name: str, _: list[Note], merged: Merged) -> Iterator[tuple[int, list[str]]]:
        number = 0
        for row in sheets[name].iterfind(".//{*}table-row"):
            cells, blank, times = list[str](), 0, _times(_attributes(row), "number-rows-repeated")
            for cell in row:
                if _name(cell) not in ("table-cell", "covered-table-cell"):
                    fault = f"{archive.file}, row {number + 1}: it holds what is no cell: the workbook is damaged."
                    raise InputError(f"{fault} Save it again.")
                found = _attributes(cell)
                text, repeated = _ods_text(cell, found, marks, formatted), _times(found, "number-columns-repeated")
                if not text.strip():
                    blank += repeated
                    continue
                width, where = len(cells) + blank + repeated, f"{archive.file}, row {number + 1}"
                at_most(archive.limits.n_columns, width, "columns", where)
                cells += [""] * blank
                down, right = (_times(found, f"number-{what}-spanned") for what in ("rows", "columns"))
                if down > 1 or right > 1:
                    merged.append((number + 1, len(cells), number + down, len(cells) + right - 1))
                cells, blank = cells + [text] * repeated, 0
            yield from ((n, cells) for n in range(number + 1, number + times + 1) if cells)
            number += times

    return sheet_grid(archive.file, archive.limits, [*sheets], [*sheets], wanted, records)


def _ods_text(cell: Element, found: dict[str, str], marks: dict[str, tuple[str, bool]], formatted: set[str]) -> str:
    """Return the text a cell shows, but for dates and truth values; what is stored where nothing is shown."""
    kind, style = found.get("value-type", ""), found.get("style-name", "")
    text = "\n".join(_paragraph(child, marks) for child in cell if ":text:" in child.tag)
    stored = number_text(next((found[name] for name in _STORED if name in found), ""))
    if "formula" in found and not kind:
        return found["formula"].partition(":")[2] or "="  # never computed
    if kind == "boolean":
        text = {"true": "VRAI", "false": "FAUX"}.get(stored, f"{stored} [?]")
    elif kind == "date" and not re.fullmatch("[12][0-9]{3}", text):
        text = found.get("date-value", "")
    elif stored and not text and kind == "percentage" and NUMBER.fullmatch(stored):
        text = f"{number_text(repr(100 * float(stored)))} %"
    elif stored and not text and (kind not in ("float", "string", "") or style in formatted):  # not as it would be seen
        text = f"{stored} [{found.get('currency', kind)}]"
    return marked(text or stored, "", marks.get(style, ("", False))[1])


def _paragraph(element: Element, marks: dict[str, tuple[str, bool]]) -> str:
    """Return the text of a paragraph or a span of it, comments left out."""
    pieces = [element.text or ""]
    for child in element:
        tag, found = _name(child), _attributes(child)
        if tag in ("s", "tab", "line-break"):
            pieces.append({"s": " " * min(_times(found, "c"), 100), "tab": "\t"}.get(tag, "\n"))
        elif tag != "annotation":
            pieces.append(marked(_paragraph(child, marks), *marks.get(found.get("style-name", ""), ("", False))))
        pieces.append(child.tail or "")
    return "".join(pieces)


def marked(text: str, raised: str, struck: bool) -> str:
    """Return a text with its raised digits as such, and between ~~ when it is struck out: no rule reads either."""
    if raised:
        text = next((text.translate(table) for name, table in _RAISED.items() if raised.startswith(name)), text)
    return f"~~{text}~~" if struck and text.strip() else text


def _is_on(element: Element | None) -> bool:
    return element is not None and element.get("val", "1") not in ("0", "false")


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _attributes(element: Element) -> dict[str, str]:
    """Return attributes by their names without namespace."""
    return {name.rpartition("}")[2]: value for name, value in element.items()}


def _times(found: dict[str, str], name: str) -> int:
    return max(1, _whole(found.get(name, "1")))


def _whole(written: str) -> int:
    """Return a whole number of the XML; nothing else is one, not even what Python reads as one."""
    if not re.fullmatch("[0-9]{1,9}", written):
        raise ValueError("no whole number")
    return int(written)


def _column(letters: str) -> int:
    """Return the position of a column, `A` being 0."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1
