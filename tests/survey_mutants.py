"""Exports broken at random, by a seed: rows and cells as people break them, parts and bytes as software does."""

import csv
import io
import random
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from survey_exports import HEADER, ods, xlsx, zipped

# Words and numbers that only answers hold: no message may repeat one.
CANARY = re.compile(r"kanari|zorglub|73[0-9]1|91[0-9]7", re.I)
JUNK = ["", "kanari;x", "kanari\nx", '"', '""', "1,5", "9137 k€", "=7301", "kanari\tx", "id", "Région", "x" * 300, "é",
        "œ", "Total", "NC", "?", "\u00a0", "ÃƒÂ©", "7301 €*", "73 01,5"]  # fmt: skip
BYTES = [b"", b"\n", b"\r", b";", b'"', b"\0", b"\xe9", b"\xc3", b"=", b",", b"\x81", b"PK", b"<", b">", b"&", b"-1",
         b"9"]  # fmt: skip
# What is written over in the XML of a part.
SWAPS = [
    ('t="s"', 't="b"'), ('t="s"', ""), ('t="n"', 't="q"'), (' r="', ' q="'), ("<c ", "<cc "), ("</c>", "</cc>"),
    ("<v>", "<v>-"), ("<row", "<raw"), ('r="B', 'r="ZZ'), ('s="', 's="9'), ("<t>", "<u>"), ("</t>", "</u>"),
    ("office:value-type", "x"), ('"string"', '"odd"'), ("text:p", "text:q"), ("table:table-cell", "table:cell"),
    ("float", "time"), ("1", "99999"), ("<sheetData>", '<sheetData><row r="5"/>'), ("rId", "rID"),
    ("<table:table-row", '<table:table-row table:number-rows-repeated="7"'), ("worksheets/", "Worksheets\\"),
    ('count="', 'count="-'), ("main", "other"),
]  # fmt: skip


class Labels(list[str]):
    """A line that is no answer, whatever becomes of its cells: a title, a header."""


@dataclass(frozen=True)
class Mutant:
    """A broken export, and how many lines of answers it holds, at least and at most, where that is known."""

    data: bytes
    n_answers: range | None
    how: str


def answers(chance: random.Random) -> list[list[str]]:
    """The header, and rows of an invented wave whose every answer is a canary, or a word of a short list."""
    rows = [Labels(HEADER.split(";"))]
    for n in range(chance.randint(3, 12)):
        stage, staff = chance.choice(["création", "émergence", "kanari"]), chance.choice(["1", "kanari"])
        link, epci, others = (chance.choice(c) for c in (["Oui", "Non", ""], ["", "7301 €"], ["", "Kanari", "CG 93"]))
        rows.append([f"Zorglub {n}", stage, f"73{n % 10}1", staff, link, f"91{n % 10}7", epci, others])
    return rows


def of_rows(rows: list[list[str]], chance: random.Random) -> str:
    """Break the rows as people do; return what was done."""
    row, other = chance.choice(rows), chance.choice(rows)
    at, junk = rows.index(row), chance.choice(JUNK)
    breaks: dict[str, Callable[[], object]] = {
        "shuffled": lambda: chance.shuffle(rows),
        "sorted": rows.sort,
        "doubled": lambda: rows.insert(at, type(other)(other)),
        "cell": lambda: row.__setitem__(chance.randrange(len(row)), junk),
        "shorter": row.pop,
        "longer": lambda: row.insert(chance.randrange(8), junk),
        "title": lambda: rows.insert(0, Labels(["Enquête 2015", *[""] * 7])),
        "columns": lambda: [one.reverse() for one in rows],
    }
    how = chance.choice([*breaks, "cell"])
    breaks[how]()
    return how


def of_bytes(data: bytes, chance: random.Random) -> bytes:
    """Change, remove, double or cut off some bytes."""
    broken = bytearray(data)
    for _ in range(chance.randint(1, 3)):
        where, length = chance.randrange(len(broken) + 1), chance.choice([0, 1, 1, 20, len(broken)])
        broken[where : where + length] = chance.choice([*BYTES, bytes(broken[where : where + 30])])
    return bytes(broken)


def of_parts(data: bytes, chance: random.Random) -> bytes:
    """Write over the XML of a part, take one away, or give one another name."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    parts = {name: archive.read(name) for name in archive.namelist()}
    name, how = chance.choice([n for n in parts if n.endswith((".xml", ".rels"))]), chance.randrange(8)
    if how == 0:
        del parts[name]
    elif how == 1:
        parts[name.upper()] = parts.pop(name)
    elif how == 2:
        parts[name] = of_bytes(parts[name], chance)
    else:
        name = chance.choice([n for n in parts if "sheet1" in n or "content" in n or "Strings" in n] or [name])
        text, (old, new) = parts[name].decode(), chance.choice(SWAPS)
        places = [match.start() for match in re.finditer(re.escape(old), text)] or [0]
        where = chance.choice(places)
        once = text[:where] + text[where:].replace(old, new, 1)
        parts[name] = (once if chance.random() < 0.6 else text.replace(old, new)).encode()
    return zipped(parts)


def mutant(seed: int) -> Mutant:
    """Return the broken export of a seed."""
    chance = random.Random(seed)
    rows = answers(chance)
    how = [of_rows(rows, chance) for _ in range(chance.choice([0, 1, 1, 2]))]
    filled = [row for row in rows if any(map(str.strip, row))]
    # Titles and headers that were doubled are noted or set aside; an end of line that is not quoted makes a line more.
    ends = sum("\n" in cell for row in rows for cell in row)
    n_answers = range(sum(not isinstance(row, Labels) for row in filled), len(filled) + ends)
    kind = chance.choice(["csv", "csv", "xlsx", "ods"])
    if kind == "csv":
        out, separator = io.StringIO(), chance.choice(";,\t|")
        end = chance.choice(["\n", "\r\n", "\r\r\n", "\r"])
        csv.writer(out, delimiter=separator, lineterminator=end).writerows(rows)
        text, quotes = out.getvalue(), chance.choice([0, 0, 0, 1, 2])
        for _ in range(quotes):
            edges = [match.start() for match in re.finditer(rf"(?<=[{separator}\n])|(?=[{separator}\n])", text)]
            where = chance.choice(edges or [0])
            text = f'{text[:where]}"{text[where:]}'
        encoding = chance.choice(["utf-8", "utf-8-sig", "utf-16", "cp1252", "iso-8859-15", "mac_roman"])
        data = text.encode(encoding, "replace")
        how += [f"{quotes} quotes"] * bool(quotes)
    else:
        data = (xlsx if kind == "xlsx" else ods)(rows)
    if chance.random() < 0.5:
        broken = of_parts(data, chance) if kind != "csv" and chance.random() < 0.8 else of_bytes(data, chance)
        return Mutant(broken, None, f"{kind}: {how}, bytes")
    return Mutant(data, n_answers, f"{kind}: {how}")
