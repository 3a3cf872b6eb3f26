"""The parts of a zipped workbook, opened only as far as the limits allow, and their XML without entities."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from decimal import Decimal
from math import isfinite
from xml.etree.ElementTree import ParseError

from ptce_analysis.errors import InputError
from ptce_analysis.survey.read.grid import Limits

_CHUNK = 1 << 16
_SMALL = 10_000_000


class Handler:
    """What receives the events of an XML document. This one ignores them: readers override what they need."""

    def start(self, tag: str, attributes: dict[str, str]) -> None: ...
    def end(self, tag: str) -> None: ...
    def data(self, text: str) -> None: ...
    def close(self) -> None: ...


class Archive:
    """A zip file whose entries are measured before and while they are inflated."""

    def __init__(self, data: bytes, file: str, limits: Limits) -> None:
        self.file, self.limits, self.n_inflated = file, limits, 0
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise InputError(f"{file}: the workbook is truncated or damaged ({error}). Save it again.") from error
        self._check_entries()

    def _check_entries(self) -> None:
        """Refuse doubled names, encryption and entries that would inflate beyond the limits."""
        entries = self._zip.infolist()
        if len(entries) > 10_000 or len({entry.filename for entry in entries}) < len(entries):
            raise InputError(f"{self.file}: the workbook has too many parts, or two under one name. Save it again.")
        if any(entry.flag_bits & 1 for entry in entries):
            raise InputError(f"{self.file}: the workbook is protected by a password. Save it without one.")
        for entry in entries:
            if entry.file_size > _SMALL and entry.file_size > self.limits.ratio * max(1, entry.compress_size):
                raise self._too_large(entry.filename)
        if sum(entry.file_size for entry in entries) > self.limits.n_inflated:
            raise self._too_large("all parts together")

    def names(self) -> list[str]:
        return self._zip.namelist()

    def parse(self, name: str, handler: Handler) -> None:
        """Feed one part to a handler, piece by piece.

        Raises
        ------
        InputError
            If the part is missing, damaged, too large, not XML, or defines a document type or entities.
        """
        from defusedxml.common import DefusedXmlException
        from defusedxml.ElementTree import DefusedXMLParser

        parser = DefusedXMLParser(target=handler, forbid_dtd=True)
        try:
            for piece in self._pieces(name):
                parser.feed(piece)
            parser.close()
        except DefusedXmlException as error:
            raise InputError(f"{self.file}: {name} defines entities, which no survey export needs. Refused.") from error
        except InputError:
            raise
        except (ParseError, LookupError, ValueError) as error:
            raise InputError(
                f"{self.file}: {name} is not well-formed XML ({error}). Save the workbook again."
            ) from error

    def _pieces(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of one part, counting what they inflate to."""
        try:
            with self._zip.open(name) as part:
                while piece := part.read(_CHUNK):
                    self.n_inflated += len(piece)
                    if self.n_inflated > self.limits.n_inflated:
                        raise self._too_large(name)
                    yield piece
        except KeyError as error:
            raise InputError(
                f"{self.file}: the workbook has no part {name}. Save it again from the spreadsheet."
            ) from error
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise InputError(
                f"{self.file}: {name} is truncated or damaged ({error}). Save the workbook again."
            ) from error

    def _too_large(self, name: str) -> InputError:
        return InputError(f"{self.file}: {name} inflates beyond what a survey export needs. Refused before reading it.")


def local(tag: str) -> str:
    """Return a tag or attribute name without its namespace."""
    return tag.rpartition("}")[2]


def local_attributes(attributes: dict[str, str]) -> dict[str, str]:
    """Return attributes by their names without namespace."""
    return {local(name): value for name, value in attributes.items()}


def number_text(value: str) -> str:
    """Return a stored number as text a reader cannot take for grouped thousands: 15 digits, never three decimals.

    >>> number_text("1.125"), number_text("12500.0"), number_text("1.7500000000000002"), number_text("1E+5")
    ('1.1250', '12500', '1.75', '100000')
    """
    try:
        number = float(value)
    except ValueError:
        return value
    if not isfinite(number):
        return value
    text = format(Decimal(format(number, ".15g")), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text + "0" if len(text.partition(".")[2]) == 3 else text
