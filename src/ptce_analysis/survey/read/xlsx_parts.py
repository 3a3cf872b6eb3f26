"""The small parts of an Excel workbook: its list of sheets, shared texts and number formats."""

from __future__ import annotations

import re

from ptce_analysis.errors import InputError
from ptce_analysis.survey.read.archive import Handler, local, local_attributes
from ptce_analysis.survey.read.grid import Growing, Limits

_DATE_FORMATS = {*range(14, 23), *range(45, 48)}
_ESCAPE = re.compile("_x000([9ADad])_")


class Elements(Handler):
    """The elements of a small part, by local name, in order."""

    def __init__(self) -> None:
        self.found: list[tuple[str, dict[str, str]]] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.found.append((local(tag), local_attributes(attributes)))


class Texts(Handler):
    """The shared strings: rich text joined, phonetic guides left out."""

    def __init__(self, limits: Limits, file: str) -> None:
        self.texts: list[str] = []
        self._text = Growing(file, limits)
        self._inside = self._guide = False
        self._limits, self._file = limits, file

    def start(self, tag: str, attributes: dict[str, str]) -> None:  # noqa: ARG002 (the parser's signature)
        name = local(tag)
        if name == "si":
            self._text = Growing(self._file, self._limits)
        self._guide = self._guide or name == "rPh"
        self._inside = name == "t" and not self._guide

    def data(self, text: str) -> None:
        if self._inside:
            self._text.add(text)

    def end(self, tag: str) -> None:
        name = local(tag)
        self._inside = False
        if name == "rPh":
            self._guide = False
        if name == "si":
            self.texts.append(unescaped(str(self._text)))
            if len(self.texts) > self._limits.n_cells:
                raise InputError(f"{self._file}: more than {self._limits.n_cells} shared texts. Check the file.")


class Styles(Handler):
    """For each cell style, what its number format says: `date`, or a mark written after the number (`%`, ` €`)."""

    def __init__(self) -> None:
        self.formats: list[str] = []
        self._custom: dict[str, str] = {}
        self._in_cells = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "numFmt":
            self._custom[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            self.formats.append(_format(attributes.get("numFmtId", "0"), self._custom))

    def end(self, tag: str) -> None:
        if local(tag) == "cellXfs":
            self._in_cells = False


def _format(code: str, custom: dict[str, str]) -> str:
    """Return what a number format adds to a number: `date`, `%`, the unit it displays, or nothing."""
    written = custom.get(code, "")
    if not written:
        known = code.isdigit() and int(code) in _DATE_FORMATS
        return "date" if known else ("%" if code in ("9", "10") else "")
    first = written.split(";")[0]
    units = "".join(re.findall(r'"([^"]*)"|\[\$([^\]-]+)[^\]]*\]', first)[-1]) if re.search(r'"|\[\$', first) else ""
    symbols = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.', "", first)
    if re.search("[ymdhsYMDHSaj]", symbols.replace("Standard", "").replace("General", "")):
        return "date"
    return (
        "%" if "%" in symbols else (units.strip() if re.search("[a-zA-Z€]", units) else ("€" if "€" in symbols else ""))
    )


def unescaped(text: str) -> str:
    """Return a text with Excel's escapes of line ends and tabs undone."""
    return _ESCAPE.sub(lambda match: {"9": "\t"}.get(match[1], "\n"), text)
