"""Everything that can be read in a file, whatever wraps it: encodings, escapes, archives, pictures' metadata."""

from __future__ import annotations

import base64
import binascii
import gzip
import io
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from html import unescape
from typing import IO
from urllib.parse import unquote

DEPTH = 5
# What is opened at most, so that a small file cannot fill the memory: bytes of one part, and of all parts of a file.
PART_BYTES, ALL_BYTES = 50_000_000, 200_000_000

PNG, JPEG, ZIP, GZIP = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"PK\x03\x04", b"\x1f\x8b"
# Kinds whose text cannot be looked at: they are refused where everything must be.
CLOSED = {
    b"%PDF": "PDF",
    b"wOFF": "font",
    b"wOF2": "font",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"\xfd7zXZ": "xz",
    b"BZh": "bzip2",
}
PICTURES = (b"GIF8", b"RIFF")

BASE64 = re.compile(r"base64,([A-Za-z0-9+/\s]{12,}={0,2})|([A-Za-z0-9+/]{12,}={0,2}|[A-Za-z0-9_-]{12,}={0,2})")
HEXADECIMAL = re.compile(r"(?:[0-9a-f]{2}){8,}|(?:[0-9A-F]{2}){8,}")
ESCAPED = re.compile(r"\\+(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))")
TAG = re.compile(r"<[a-zA-Z/!?][^<>]*>")
# Tags inside a word: what stands on both sides of one is read together.
INLINE = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|code|data|del|em|font|i|ins|kbd|mark|q|s|small|span|strong|sub|sup|tspan|u|wbr)\b[^<>]*>|<!--.*?-->",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True)
class View:
    """Some text found in a file, and how it was reached: `page.html`, `page.html > base64 > PNG tEXt`.

    `closed` says why there is none. `joined`: what stood on both sides of a tag now follows each other, which makes
    names whole again and numbers meaningless.
    """

    where: str
    text: str
    closed: str = ""
    joined: bool = False


class TooLarge(ValueError):
    """A part of a file unfolds to more than is looked at."""


def views(name: str, data: bytes) -> Iterator[View]:
    """Yield every text that a file holds, itself first; a part that cannot be looked at says so in `closed`.

    >>> [view.text for view in views("a.txt", b"caf%C3%A9")]
    ['caf%C3%A9', 'café']
    """
    seen: set[str] = set()
    size = 0
    for view in _opened(name, data, DEPTH):
        if view.closed or view.text not in seen:
            seen.add(view.text)
            size += len(view.text)
            if size > ALL_BYTES:
                yield View(view.where, "", "more text than can be looked at")
                return
            yield view


def _opened(where: str, data: bytes, depth: int) -> Iterator[View]:
    """The texts of some bytes, by what they are."""
    try:
        yield from _parts(where, data, depth)
    except (TooLarge, zipfile.BadZipFile, zlib.error, EOFError, OSError, struct.error, NotImplementedError) as error:
        yield View(where, "", f"cannot be opened ({type(error).__name__})")


def _parts(where: str, data: bytes, depth: int) -> Iterator[View]:
    closed = next((kind for start, kind in CLOSED.items() if data.startswith(start)), "")
    if closed:
        yield View(where, "", f"a {closed} file cannot be looked into")
    elif data.startswith(PNG):
        for kind, chunk in _png_chunks(data):
            yield from _deeper(f"{where} > PNG {kind}", chunk, depth)
    elif data.startswith(JPEG):
        outside = data[: data.find(b"\xff\xda")] + data[data.rfind(b"\xff\xd9") :]
        yield from (View(f"{where} > JPEG", found) for found in _printable(outside))
    elif data.startswith(ZIP):
        yield from _members(where, data, depth)
    elif data.startswith(GZIP):
        yield from _deeper(f"{where} > gzip", _limited(gzip.GzipFile(fileobj=io.BytesIO(data))), depth)
    elif data.startswith(PICTURES) or not (text := decoded(data)):
        yield from (View(where, found) for found in _printable(data))
    else:
        yield from _texts(where, text, depth)


def _deeper(where: str, data: bytes, depth: int) -> Iterator[View]:
    if depth == 0:
        yield View(where, "", "wrapped too many times")
    else:
        yield from _opened(where, data, depth - 1)


def _limited(stream: IO[bytes] | gzip.GzipFile) -> bytes:
    data = stream.read(PART_BYTES + 1)
    if len(data) > PART_BYTES:
        raise TooLarge
    return data


def _members(where: str, data: bytes, depth: int) -> Iterator[View]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        yield View(f"{where} > zip", "\n".join((archive.comment.decode("utf-8", "replace"), *archive.namelist())))
        for member in archive.infolist():
            if member.flag_bits & 1:
                yield View(f"{where} > {member.filename}", "", "protected by a password")
            elif not member.is_dir():
                with archive.open(member) as stream:
                    yield from _deeper(f"{where} > {member.filename}", _limited(stream), depth)


def _png_chunks(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The chunks of a PNG that are not its pixels, unpacked, and whatever follows its end."""
    at = len(PNG)
    while at + 8 <= len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        body, at = data[at + 8 : at + 8 + length], at + length + 12
        if kind == b"IEND":
            break
        if kind in (b"zTXt", b"iTXt", b"iCCP"):
            yield kind.decode(), body.replace(b"\0", b"\n") + b"\n" + _inflated(body)
        elif kind not in (b"IDAT", b"IHDR", b"PLTE"):
            yield kind.decode("latin-1"), body.replace(b"\0", b"\n")
    yield "after the end", data[at:]


def _inflated(body: bytes) -> bytes:
    """The compressed part of a text chunk, wherever it starts."""
    for at in (found.start() for found in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", body)):
        try:
            return zlib.decompressobj().decompress(body[at:], PART_BYTES)
        except zlib.error:
            continue
    return b""


def _printable(data: bytes) -> Iterator[str]:
    """The readable runs of what is not text."""
    found = b"\n".join(re.findall(rb"[\x20-\x7e\xc2-\xf4\x80-\xbf]{6,}", data))
    yield found.decode("utf-8", "replace")
    yield data.decode("utf-16-le", "ignore") if len(data) < PART_BYTES else ""


def decoded(data: bytes) -> str:
    """Return bytes as text, in the encoding that they seem to be in; an empty text when they are none."""
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    sample = data[:4000]
    for place, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if len(sample) >= 4 and sample[place::2].count(0) > 0.4 * len(sample):
            return data.decode(encoding, "replace")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace") if sample.isascii() or _is_mostly_text(sample) else ""
    return text if sum(unicodedata.category(c) == "Cc" and c not in "\t\n\r\x1b\f" for c in text[:4000]) < 5 else ""


def _is_mostly_text(sample: bytes) -> bool:
    plain = sum(32 <= byte < 127 or byte in b"\t\n\r" for byte in sample)
    return plain > 0.85 * len(sample)


def _texts(where: str, text: str, depth: int) -> Iterator[View]:
    """A text, the same without its escapes and tags, and what is wrapped in it."""
    plain = unescaped(text)
    yield View(where, text)
    yield View(f"{where} > unescaped", plain)
    for inside, joined in ((" ", False), ("", True)):
        bare, later = (TAG.sub(" ", INLINE.sub(inside, source)) for source in (text, plain))
        yield View(f"{where} > without tags", unescaped(bare), joined=joined)
        yield View(f"{where} > without tags", later, joined=joined)
    held = {data: name for source in (text, plain) for name, data in _wrapped(source)}
    for data, name in held.items():
        yield from _deeper(f"{where} > {name}", data, depth)


def unescaped(text: str) -> str:
    """Return a text without HTML entities, percent signs and backslash codes, however often they were applied.

    >>> unescaped("Jos%25C3%25A9 &amp;eacute; \\\\u00e9")
    'José é é'
    """
    for _ in range(DEPTH):
        before = text
        text = unquote(unescape(ESCAPED.sub(lambda found: chr(int(found[1] or found[2], 16)), text)))
        if text == before:
            break
    return text


def _wrapped(text: str) -> Iterator[tuple[str, bytes]]:
    """What base64 and hexadecimal runs of a text hold, when that is text or a kind of file that can be opened."""
    for found in BASE64.finditer(text):
        run = "".join((found[1] or found[2]).split()).rstrip("=").translate({ord("-"): "+", ord("_"): "/"})
        with suppress(binascii.Error):
            data = base64.b64decode(run[: len(run) - (len(run) % 4 == 1)] + "=" * (-len(run) % 4))
            if _is_something(data):
                yield "base64", data
    for found in HEXADECIMAL.finditer(text):
        data = bytes.fromhex(found[0])
        if _is_something(data):
            yield "hexadecimal", data


def _is_something(data: bytes) -> bool:
    if data.startswith((PNG, JPEG, ZIP, GZIP, *PICTURES, *CLOSED)):
        return True
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8")
    except UnicodeDecodeError:
        return False
    return len(text) >= 6 and all(unicodedata.category(c) not in ("Cc", "Cn", "Co") or c in "\t\n\r" for c in text)
