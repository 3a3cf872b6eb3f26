"""Files as a site holds them: pictures, notebooks and pages of a few bytes, clean or with something planted."""

import json
import struct
import zlib
from pathlib import Path
from typing import Any
from urllib.parse import quote


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*chunks: bytes, tail: bytes = b"") -> bytes:
    """A picture of one pixel, with other chunks."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\0\0"))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + pixels + chunk(b"IEND", b"") + tail


def saved(folder: Path, **files: str | bytes) -> Path:
    """A folder with these files; in a name, two underscores are a dot and three a slash."""
    for name, content in files.items():
        path = folder / name.replace("___", "/").replace("__", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def notebook(*outputs: dict[str, Any], **metadata: Any) -> str:
    cells = [{"cell_type": "code", "id": "a", "metadata": {}, "source": "", "outputs": list(outputs)}]
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def output(origin: str, html: str = "<p>9</p>", **about: Any) -> dict[str, Any]:
    """An output of ours of that origin, as a notebook file holds it: its text in lines."""
    metadata = {"ptce": {"kind": "head", "key": "a", "origin": origin, **about}}
    return {"output_type": "display_data", "metadata": metadata, "data": {"text/html": html.splitlines(True)}}


def page(*figures: str) -> str:
    return f'<!doctype html><html lang="en"><body><p>13 of 42 poles</p>{"".join(figures)}</body></html>'


def pdf(content: str, more: str = "") -> bytes:
    """A PDF of one page with these operators, and this in its catalogue."""
    parts = (
        f"<</Type/Catalog/Pages 2 0 R{more}>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        f"<</Length {len(content)}>>stream\n{content}\nendstream", "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )  # fmt: skip
    body, starts = "%PDF-1.7\n", ""
    for number, part in enumerate(parts, start=1):
        starts += f"{len(body):010} 00000 n \n"
        body += f"{number} 0 obj{part}endobj\n"
    end = f"trailer<</Size 6/Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF"
    return f"{body}xref\n0 6\n0000000000 65535 f \n{starts}{end}".encode()


def in_every_form(rows: list[list[str]]) -> dict[str, str]:
    """A table, whose first row are its headings, in every form that people give one."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    records = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    data = json.dumps(records, ensure_ascii=False)

    def lines(separator: str, table: list[list[str]] = rows) -> str:
        return "".join(separator.join(row) + "\n" for row in table)

    def cells(form: str, table: list[list[str]] = rows) -> str:
        return "<table>" + "".join(f"<tr>{''.join(map(form.format, row))}</tr>" for row in table) + "</table>"

    def each(form: str, pair: str) -> str:
        return "".join(form.format("".join(pair.format(*item) for item in one.items())) for one in records)

    texts = ((x, y, cell) for x, column in enumerate(columns) for y, cell in enumerate(column))
    drawn = "".join(f'<text x="{x}" y="{y}">{cell}</text>' for x, y, cell in texts)
    shown = {"json": {"application/json": records}, "html": {"text/html": [cells("<td>{}</td>")]},
             "plain": {"text/plain": lines("  ")}}  # fmt: skip
    return {
        "a.csv": lines(","), "b.csv": lines(";"), "c.csv": lines("|"), "turned.csv": lines(",", columns),
        "quoted.csv": lines('","').replace("\n", '"\n"'), "titled.csv": "What they said\n\n" + lines(","),
        "a.tsv": lines("\t"), "a.txt": lines("  "), "a.log": lines(" , "),
        "a.md": lines(" | ", [rows[0], ["---"] * len(columns), *rows[1:]]),
        "list.json": data, "indented.json": json.dumps(records, indent=2),
        "columns.json": json.dumps(dict(zip(rows[0], columns, strict=True))),
        "split.json": json.dumps({"columns": rows[0], "data": rows[1:]}),
        "index.json": json.dumps(dict(enumerate(records))),
        "th.html": page(cells("<th scope=col>{}</th>")), "turned.html": page(cells("<td><b>{}</b></td>", columns)),
        "pre.html": page(f"<pre>{lines('  ')}</pre>"), "comment.html": page(f"<!--\n{lines(',')}-->"),
        "dl.html": page(each("<dl>{}</dl>", "<dt>{}</dt><dd>{}</dd>")),
        "li.html": page(f"<ul>{each('<li>{}</li>', '{}: {}, ')}</ul>"),
        "attributes.html": page(each("<p{}>x</p>", ' data-{}="{}"')), "all.html": page(f"<p data-all='{data}'>x</p>"),
        "link.html": page(f'<a href="data:text/csv;charset=utf-8,{quote(lines(","))}">x</a>'),
        "block.html": page(f'<script type="application/ld+json">{data}</script>'),
        "text.svg": f"<svg>{drawn}</svg>", "desc.svg": f"<svg><desc>{lines(',')}</desc></svg>",
        "title.svg": f"<svg>{each('<circle><title>{}</title></circle>', '{}: {}, ')}</svg>",
        **{f"{name}.ipynb": notebook({"output_type": "display_data", "data": one}) for name, one in shown.items()},
    }  # fmt: skip
