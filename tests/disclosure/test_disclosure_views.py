"""Whatever wraps a text, the text is read; what cannot be read says so."""

from __future__ import annotations

import base64
import gzip
import io
import json
import struct
import zipfile
import zlib
from urllib.parse import quote

import pytest

from ptce_analysis.publish.disclosure import views as disclosure_views
from ptce_analysis.publish.disclosure.views import View, decoded, unescaped, views

CANARY = "Canari Éloïse Dupont-Lévêque"


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*chunks: bytes, tail: bytes = b"") -> bytes:
    """A picture of one pixel, with other chunks."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\0\0"))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + pixels + chunk(b"IEND", b"") + tail


def zipped(name: str, data: bytes, comment: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
        archive.comment = comment
    return out.getvalue()


TEXT = CANARY.encode()
BASE64 = base64.b64encode(TEXT)
ENTITIES = "".join(f"&#{ord(c)};" for c in CANARY)
EXIF = b"Exif\0\0MM\0*\0\0\0\x08" + TEXT

WRAPPED: dict[str, bytes] = {
    "utf-8": TEXT,
    "utf-8 with a mark": b"\xef\xbb\xbf" + TEXT,
    "utf-16 with a mark": CANARY.encode("utf-16"),
    "utf-16 without": CANARY.encode("utf-16-le"),
    "utf-16, the other way": CANARY.encode("utf-16-be"),
    "windows": CANARY.encode("cp1252"),
    "entities": ENTITIES.encode(),
    "entities twice": ENTITIES.replace("&", "&amp;").encode(),
    "named entities": b"Canari &Eacute;lo&iuml;se Dupont-L&eacute;v&ecirc;que",
    "percent": quote(CANARY).encode(),
    "percent twice": quote(quote(CANARY)).encode(),
    "JSON": json.dumps({"x": CANARY}).encode(),
    "JSON in JSON": json.dumps(json.dumps(CANARY)).encode(),
    "tags inside": b"<p>Canari <b>\xc3\x89lo</b>\xc3\xafse Dupont-<i>L\xc3\xa9</i>v\xc3\xaaque</p>",
    "base64": b"<img src='data:text/plain;base64," + BASE64 + b"'>",
    "base64 on lines": b"data:x;base64," + BASE64[:20] + b"\n  " + BASE64[20:],
    "base64 for addresses": base64.urlsafe_b64encode("Canari ÿþÿþ~~~ ".encode() + TEXT),
    "base64 without padding": base64.b64encode(TEXT + b"!").rstrip(b"="),
    "base64 of base64": base64.b64encode(BASE64),
    "base64 of utf-16": base64.b64encode(CANARY.encode("utf-16")),
    "base64 of utf-16, the other way": base64.b64encode(b"\xfe\xff" + CANARY.encode("utf-16-be")),
    "base64 of lines": base64.b64encode(b"a\tb\r\n" + TEXT),
    "comment of a zip": zipped("a.txt", b"x", TEXT),
    "hexadecimal": TEXT.hex().encode(),
    "gzip": gzip.compress(TEXT, mtime=0),
    "gzip in base64": b"x = '" + base64.b64encode(gzip.compress(TEXT, mtime=0)) + b"'",
    "zip": zipped("a.txt", TEXT),
    "zip in zip": zipped("b.zip", zipped("a.txt", TEXT)),
    "name in zip": zipped(f"{CANARY}.txt", b"x"),
    "PNG tEXt": png(chunk(b"tEXt", b"Author\0" + TEXT)),
    "PNG zTXt": png(chunk(b"zTXt", b"Author\0\0" + zlib.compress(TEXT))),
    "PNG iTXt": png(chunk(b"iTXt", b"Author\0\x01\0fr\0auteur\0" + zlib.compress(TEXT))),
    "PNG iTXt, plain": png(chunk(b"iTXt", b"Author\0\0\0fr\0auteur\0" + TEXT)),
    "PNG, colour profile": png(chunk(b"iCCP", b"profile\0\0" + zlib.compress(TEXT))),
    "PNG EXIF": png(chunk(b"eXIf", EXIF)),
    "PNG, own chunk": png(chunk(b"prVt", TEXT)),
    "PNG, after the end": png(tail=TEXT),
    "PNG in base64": base64.b64encode(png(chunk(b"tEXt", b"Author\0" + TEXT))),
    "JPEG EXIF": b"\xff\xd8\xff\xe1\0\x40" + EXIF + b"\xff\xda\x01\x02\xff\xd9",
    "GIF": b"GIF89a\x01\0\x01\0" + TEXT + b"\0;",
    "binary": bytes(range(256)) + TEXT + bytes(range(256)),
}


def joined(data: bytes) -> str:
    return "\n".join(view.text for view in views("file", data))


@pytest.mark.parametrize("how", WRAPPED)
def test_a_text_is_read_through_what_wraps_it(how: str) -> None:
    """Planted once in each encoding, escape, archive and picture, the words come out whole."""
    assert CANARY in joined(WRAPPED[how]), how


# How the text is reached in each; a step a wrapping.
REACHED = {
    "PNG in base64": "a > base64 > PNG tEXt",
    "PNG, colour profile": "a > PNG iCCP",
    "PNG, own chunk": "a > PNG prVt",
    "PNG, after the end": "a > PNG after the end",
    "JPEG EXIF": "a > JPEG",
    "zip in zip": "a > b.zip > a.txt",
    "name in zip": "a > zip",
    "comment of a zip": "a > zip",
    "gzip in base64": "a > base64 > gzip",
    "hexadecimal": "a > hexadecimal",
    "percent": "a > unescaped",
    "tags inside": "a > without tags",
}


@pytest.mark.parametrize("how", REACHED)
def test_a_view_says_how_it_was_reached(how: str) -> None:
    """From the file to the text, step by step."""
    assert next(view.where for view in views("a", WRAPPED[how]) if CANARY in view.text) == REACHED[how]


def test_chunks_are_read_in_turn() -> None:
    """Every chunk but the pixels, its fields on lines of their own; a compressed one also as it stands."""
    data = png(
        chunk(b"tEXt", b"Author\0Canari"), chunk(b"zTXt", b"Title\0\0" + zlib.compress(b"La ruche")), tail=b"tail"
    )
    found = dict(reversed([(view.where, view.text.split("\n")[-1]) for view in views("a", data)]))
    assert found == {"a > PNG tEXt": "Canari", "a > PNG zTXt": "La ruche", "a > PNG after the end": "tail"}


@pytest.mark.parametrize(
    "data", [b"short", b"\x00\x01\x02\x03\x04\x05\x06\x07\x08", b"\xff\xd0\xd1" * 5, "\ue000\ue001abcd".encode()]
)
def test_what_is_no_text_is_not_unwrapped(data: bytes) -> None:
    """Runs of letters that look like base64 mostly hold nothing: those are left as they are."""
    coded = base64.b64encode(data).decode().ljust(12, "=")
    assert [view.where for view in views("a", f"base64,{coded} .".encode())] == ["a"]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"%PDF-1.7\n", "a PDF file cannot be looked into"),
        (b"wOF2abcd", "a font file cannot be looked into"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z file cannot be looked into"),
        (b"PK\x03\x04 broken", "cannot be opened (BadZipFile)"),
        (gzip.compress(TEXT, mtime=0)[:-12], "cannot be opened (EOFError)"),
    ],
)
def test_what_cannot_be_looked_into_is_said(data: bytes, why: str) -> None:
    """Nothing is passed over in silence."""
    assert [view.closed for view in views("x", data) if view.closed] == [why]


def test_a_locked_archive_is_said() -> None:
    """A member with a password hides whatever it likes."""
    data = bytearray(zipped("a.txt", TEXT))
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    found = list(views("x.zip", bytes(data)))[-1]
    assert found == View("x.zip > a.txt", "", "protected by a password")


def test_archives_that_inflate_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small file cannot fill the memory: what unfolds beyond the limits is said to be unread."""
    monkeypatch.setattr(disclosure_views, "PART_BYTES", 1000)
    for data in (zipped("a", b"0" * 5000), gzip.compress(b"0" * 5000, mtime=0)):
        assert [view.closed for view in views("x", data) if view.closed] == ["cannot be opened (TooLarge)"]
    monkeypatch.setattr(disclosure_views, "ALL_BYTES", 10)
    assert list(views("x", b"a text of more than ten characters"))[-1].closed == "more text than can be looked at"


def test_wrappings_have_an_end() -> None:
    """A text wrapped more often than is opened is said to be."""
    data = TEXT
    for _ in range(disclosure_views.DEPTH + 1):
        data = gzip.compress(data, mtime=0)
    assert [view.closed for view in views("x", data) if view.closed] == ["wrapped too many times"]


def test_a_compressed_chunk_that_is_not_one_is_read_as_it_is() -> None:
    """A broken zTXt still shows its plain part, and breaks nothing."""
    data = png(chunk(b"zTXt", b"Author\0\0x\x9cbroken " + TEXT))
    assert CANARY in joined(data)


def test_words_that_tags_separate_are_read_apart_and_together() -> None:
    """Cells of a table stay apart for numbers; letters in bold rejoin their word, and that view says so."""
    data = b"<td>12</td><td>3<b>4</b></td>"
    found = [(view.text.split(), view.joined) for view in views("x.html", data)]
    assert (["12", "3", "4"], False) in found
    assert (["12", "34"], True) in found
    assert (["12", "34"], False) not in found


def test_each_text_is_given_once() -> None:
    """Nothing changes in a plain text, so that there is one view of it."""
    assert list(views("x", b"plain")) == [View("x", "plain")]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"\x00\x01\x02\x03\x80\xff" * 9, ""),
        ("é".encode() * 5000, "é" * 5000),
        (b"a\xe9" * 9 + b"b" * 99, "aé" * 9 + "b" * 99),
    ],
)
def test_bytes_are_text_or_not(data: bytes, text: str) -> None:
    """Text in a known encoding is decoded; anything else is not taken for text."""
    assert decoded(data) == text


def test_escapes_end() -> None:
    """However often a percent sign is escaped, the work stops."""
    assert unescaped("%" + "25" * 50 + "41").startswith("%25")
