"""Can this folder be handed over? What leaks from what is about to be published, rule by rule, or why nothing does.

It looks into what a site is made of, as text: pages, drawings, tables, registers, notebooks, pictures of pixels alone.
Any other kind of file, hidden files and links are refused rather than opened. Hostile files neither crash it nor hang
it: every pattern reads a text once, whatever is left open in it.
"""

import base64
import io
import json
import re
import struct
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from ptce_analysis.errors import InputError
from ptce_analysis.protect import leaks
from ptce_analysis.protect.leaks import ACTIVE, MARKUP
from ptce_analysis.protect.release import PROTECTED_ORIGINS
from ptce_analysis.survey.tables import neutralised
from ptce_analysis.survey.waves import CODEBOOKS, READ_FROM, WAVES, stated_origins, supplied_folder, wave_files
from ptce_analysis.vocabulary import ORIGINS

MARKS = ORIGINS["fictitious"]
FICTITIOUS_ID = re.compile(r"FICTIF-\d{4}-\d+")
NOT_FOUND = '<meta name="robots" content="noindex">'
# The mark of an exhibit of answers; the last word says that its figures were released.
ORIGIN = re.compile(rf'class="origin ({"|".join(PROTECTED_ORIGINS)})( protected)?"')
WRITTEN_NUMBER = re.compile(r"[+-]?[\d., \u00a0\u202f]+(?:[eE][+-]?\d+)?\s?%?")

BINARY = (".png", ".pdf", ".zip")
PNG, SVG = "data:image/png;base64", "data:image/svg+xml;base64"
PIXELS = (b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"pHYs", b"bKGD", b"IDAT", b"IEND")

# Rule and what was found; the rule `TEXT` is no fault, but what else the file says, `WORDS` what is no table.
Faults = Iterator[tuple[str, str]]
TEXT, WORDS = "text", "words"


@dataclass(frozen=True, order=True)
class Finding:
    """A leak: the file, its rule, what was found (masked if it is private), how it was reached, the raw cell it is."""

    file: str
    rule: str
    found: str
    where: str = ""
    raw: str = ""


def scan(folder: Path, wanted: Sequence[leaks.Needle] = ()) -> list[Finding]:
    """Return what leaks from the files of a folder, each thing once a file, in order; an empty list when nothing does.

    `wanted` is what must not be there: the needles that `leaks.needles` takes from raw answers. Raises `InputError` if
    the folder holds no file, or a file cannot be read.
    """
    found = dict[tuple[str, str, str], Finding]()
    for path in site_files(folder):
        for one in _findings(path.relative_to(folder).as_posix(), path, wanted):
            found.setdefault((one.file, one.rule, one.found), one)
    return sorted(found.values())


def site_files(folder: Path) -> list[Path]:
    """Return everything in a folder that is no folder itself. Raises `InputError` when there is nothing."""
    found = sorted(path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    if not found:
        raise InputError(f"{folder}: no file to check. Give the folder of a built site, such as build/site.")
    return found


def _findings(name: str, path: Path, wanted: Sequence[leaks.Needle]) -> Iterator[Finding]:
    """What leaks from one file, its name included."""
    kind, texts = path.suffix.lower(), list[str]()
    yield from _said(name, f"{name} > file name", name.replace("_", " "), wanted)
    refused = {
        "a link": path.is_symlink(),
        "a hidden file": any(part.startswith(".") for part in name.split("/")),
        "neither a file nor a folder": not path.is_file(),
        "a kind of file that no site is made of": kind not in SCANNERS and path.is_file() and path.stat().st_size > 0,
    }
    if any(refused.values()):
        yield Finding(name, "closed", next(why for why, holds in refused.items() if holds), name)
        return
    try:
        data = path.read_bytes()
        text = data.decode("latin-1" if kind in BINARY else "utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}), so nothing can be said of it.") from error
    if "\0" in text and kind not in BINARY:
        yield Finding(name, "closed", "no text in UTF-8", name)
        return
    if kind == ".zip":  # files beside it, looked into themselves, and to the byte as the library packs them
        named = (one for one in sorted(path.parent.iterdir()) if f"{path.stem}/{one.name}".encode() in data)
        if data != zipped(path.stem, {one.name: one.read_bytes() for one in named if one.is_file()}):
            yield Finding(name, "closed", "an archive that holds something else than files beside it", name)
        return
    marked = leaks.all_marked(kind, text)
    for rule, found in structure_faults(kind, text):
        if rule not in (TEXT, WORDS):
            yield Finding(name, rule, found, name)
            continue
        texts.append(found)
        for why in leaks.respondents(_decoded(found)) if rule == TEXT and not marked else ():
            yield Finding(name, "micro_data", why, name)
    text = "\n".join(texts)
    yield from _said(name, name, text, wanted)
    for inside in (" ", ""):
        bare = MARKUP["any_tag"].sub(" ", MARKUP["inline"].sub(inside, text))
        yield from _said(name, f"{name} > without tags", bare, wanted, whole=inside == " ")


def zipped(top: str, files: Mapping[str, bytes]) -> bytes:
    """Return a zip archive of files by name, in a folder `top`: the same bytes for the same files, on any machine.

    They stand in order, without date, owner or mode, and without compression, which differs between versions of zlib.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as whole:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{top}/{name}")  # of the earliest date there can be
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            whole.writestr(entry, data)
    return stream.getvalue()


def _said(name: str, where: str, text: str, wanted: Sequence[leaks.Needle], *, whole: bool = True) -> Iterator[Finding]:
    """What a text says that it must not, once unescaped; numbers only where they are `whole` in it."""
    text = _decoded(text)
    if whole:
        yield from (Finding(name, rule, leaks.masked(found), where) for rule, found in leaks.matches(leaks.plain(text)))
    words = leaks.folded(text) if wanted else ""
    known, compact = set(words.split()), words.replace(" ", "")
    for needle in wanted:
        parts = needle.words.split()
        run = "".join(parts)
        # Run together, a name of twelve letters or a code of eight letters and digits is still itself.
        together = len(run) >= (12 if run.isalpha() else 8) and run in compact
        if together or (parts[0] in known and parts[-1] in known and needle.words in words):
            yield Finding(name, "raw_value", leaks.masked(needle.words), where, needle.where)


def _decoded(text: str) -> str:
    text = _unescaped(MARKUP["escape"].sub(lambda found: chr(int(found[1] or found[2], 16)), text))
    return unquote(_unescaped(text))  # an entity may have been written as the text of another


def _unescaped(text: str) -> str:
    return unescape(re.sub(r"&#\d{9,}", " ", text))  # a number too long for any letter is none


def structure_faults(kind: str, text: str) -> Faults:
    """Yield the rule and what was found, for each fault of a file of some kind (`.html`, …), and what to look into."""
    marked = any(mark in text for mark in MARKS) or leaks.all_marked(kind, text)
    if FICTITIOUS_ID.search(text) and not marked:
        yield "fictitious", "ids of fictitious poles, and no words that say so"
    try:
        yield from SCANNERS.get(kind, _plain)(text)
    except Exception:  # whatever a hostile file makes its reader raise
        yield from [("closed", f"a {kind} file that cannot be read"), (TEXT, text)]


def _plain(text: str) -> Faults:
    yield TEXT, text


def _markup(text: str) -> Faults:
    """What acts in a page or a drawing, and what it loads."""
    yield TEXT, text
    if ACTIVE["xml"].search(text):
        yield "active", "an entity or a style sheet of XML"
    styles = re.sub(r"\\([0-9a-fA-F]{1,5})\s?", lambda found: chr(int(found[1], 16)), _unescaped(text))
    if ACTIVE["style"].search(styles):
        yield "active", "a style that loads from elsewhere"
    for name_of_tag, rest, end in MARKUP["tag"].findall(text):
        tag = name_of_tag.lower().rpartition(":")[2]
        if not end or MARKUP["attribute"].sub("", rest):
            yield "active", f"a tag that browsers may read otherwise: <{tag[:20]}"
        if ACTIVE["tag"].fullmatch(tag):
            yield "active", f"<{tag}>"
        if "refresh" in _unescaped(rest).lower() and not ACTIVE["redirection"].fullmatch(rest):
            yield "active", "a page that leads elsewhere by itself"
        for name, value in MARKUP["attribute"].findall(rest):
            address = re.sub(r"[\x00-\x20]", "", _unescaped(value).strip("\"'"))
            if ACTIVE["attribute"].fullmatch(f"{tag} {name}={address}"):
                yield "active", f"{name}= acts or loads from elsewhere"
            elif name.lower().removeprefix("xlink:") in ("href", "src") and address.lower().startswith("data:"):
                yield from _address(address)


def _address(address: str) -> Faults:
    """What an address holds that is a file of its own: a table, a drawing, or a picture of pixels alone."""
    head, _, body = address.partition(",")
    if head.startswith("data:text/csv"):
        yield from _table(unquote(body).lstrip("\ufeff"))
    elif head not in (PNG, SVG):
        yield "closed", "an address that holds a file of another kind"
    else:
        data = base64.b64decode("".join(body.split()), validate=True)
        yield from _markup(data.decode()) if head == SVG else _picture(data.decode("latin-1"))


def _picture(text: str) -> Faults:
    """A PNG holds its pixels and how to show them, and nothing else."""
    data, kind = text.encode("latin-1"), b""
    at = 8 if data.startswith(b"\x89PNG\r\n\x1a\n") else len(data)
    while kind != b"IEND" and at + 12 <= len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        at += length + 12
        if kind not in PIXELS:
            yield "closed", f"a picture that holds more than pixels ({kind.decode('latin-1')!a})"
    if kind != b"IEND" or at != len(data):
        yield "closed", "a picture that is not whole, or is followed by something"


def _page(text: str) -> Faults:
    """A page: its exhibits of answers were released, and what is fictitious says so wherever it may be seen alone."""
    for figure in (part.partition("</figure>")[0] for part in text.split("<figure")[1:]):
        answers = ORIGIN.search(figure)
        if answers and not answers[2]:
            yield "unprotected", f"exhibit {figure[:80].partition('id=')[2].split('>')[0]}"
        drawings = [part.partition("</svg>")[0] for part in figure.split("<svg")[1:]]
        if answers and answers[1] == "fictitious" and not all(any(m in one for m in MARKS) for one in drawings):
            yield "fictitious", "a drawing of fictitious data without the words across it"
    if 'class="origin fictitious' in text and NOT_FOUND not in text:
        yield "fictitious", "a page of fictitious numbers that search engines may show"
    if ORIGIN.search(text) and re.search(r'class="foreign"|<img\b', text):
        yield "unprotected", "an output that no rule looked at"
    yield from _markup(MARKUP["data"].sub(r" \1 ", text))


def _document(text: str) -> Faults:
    """The texts of a PDF, page by page and object by object; what acts in it, or is attached to it."""
    try:
        from pypdf import PdfReader
    except ImportError:
        yield "closed", "a PDF: pypdf is needed to look into it (pip install pypdf)"
        return
    reader = PdfReader(io.BytesIO(text.encode("latin-1")))
    pages = [page.extract_text() for page in reader.pages]
    numbers = sorted({*reader.xref.get(0, ()), *reader.xref_objStm})
    objects: list[Any] = [reader.get_object(number) for number in numbers]
    about = [one.get_data().decode() for one in objects if "/Metadata" in str(one) and hasattr(one, "get_data")]
    yield from ((TEXT, page) for page in pages)
    yield from ((WORDS, said) for said in (*about, *map(str, objects)))
    yield from (("active", f"{found} in a PDF") for one in objects for found in ACTIVE["document"].findall(str(one)))
    if not all(map(str.strip, pages)):
        yield "closed", "a page of a PDF that holds no text"


def _table(text: str) -> Faults:
    """Cells that a spreadsheet would run."""
    rows = leaks.table_rows(text)
    cells = [cell for row in rows for cell in row]
    yield from ((TEXT, said) for said in (text, "\n".join(cells)))
    odd = (cell for cell in cells if neutralised(cell) != cell and not WRITTEN_NUMBER.fullmatch(cell.strip()))
    yield from (("formula", leaks.masked(cell)) for cell in odd)


def _texts(one: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """The texts of some JSON with the keys they stand under, and the keys; a notebook holds a text as its lines."""
    if isinstance(one, dict):
        for name, inside in one.items():
            yield from (("", name), *_texts(inside, name))
    elif isinstance(one, list) and one and all(isinstance(line, str) for line in one):
        yield key, "\n".join(one)
    elif isinstance(one, list):
        for inside in one:
            yield from _texts(inside, key)
    else:
        yield key, str(one)


def _register(text: str) -> Faults:
    whole = json.loads(text)
    yield TEXT, json.dumps(whole, ensure_ascii=False)
    for kind, said in _texts(whole):
        if "javascript" in kind:
            yield "active", f"an output of kind {kind}"
        yield from OUTPUTS.get(kind, _plain)(said)


def _notebook(text: str) -> Faults:
    """Outputs of answers were released, and no other output stands beside them."""
    abouts = _abouts(json.loads(text))
    answers = [about for about in abouts if about.get("origin") in PROTECTED_ORIGINS]
    yield from (("unprotected", f"exhibit {about.get('key')}") for about in answers if not about.get("protected"))
    if answers and not all("key" in about for about in abouts):
        yield "unprotected", "an output that no rule looked at"
    yield from _register(text)


def _abouts(notebook: Any) -> list[Mapping[str, Any]]:
    """What the library says of each output of a notebook; nothing of those of others."""
    outputs = (output for cell in notebook["cells"] for output in cell.get("outputs", ()))
    return [output.get("metadata", {}).get("ptce") or {} for output in outputs]


# What is looked at in the structure of each kind of file, the others being refused; and of each output of a notebook.
SCANNERS: dict[str, Callable[[str], Faults]] = {
    ".html": _page, ".svg": _markup, ".csv": _table, ".tsv": _table, ".json": _register, ".ipynb": _notebook,
    ".png": _picture, ".pdf": _document, ".txt": _plain, ".log": _plain, ".md": _plain, ".bib": _plain,
    ".ris": _plain, ".zip": _plain,
}  # fmt: skip
OUTPUTS: dict[str, Callable[[str], Faults]] = {
    "text/html": _markup, "image/svg+xml": _markup, "image/png": lambda text: _address(f"{PNG},{text}"),
}  # fmt: skip


def checked(folder: Path, raw: Path | None = None, project: Path = Path()) -> dict[str, Any]:
    """Return whether a folder can be handed over: `safe`, `files`, `raw_values`, and `rules`, one by one.

    `raw_values` is how many values of the raw answers were looked for: those below `raw`, else of the waves of the
    project and of those that its last pages of answers were made from; None when they could not be found, or when none
    of these is real and the site shows real answers.
    """
    noted = [Path(note.read_text(encoding="utf-8"))] if (note := project / READ_FROM).is_file() else []
    places = (project / WAVES, supplied_folder(project), *noted)
    waves = list({where.resolve(): where for where in places if where.is_dir()}.values())
    found = [raw] if raw else [where for where in waves if wave_files(where)]
    wanted = [needle for where in found for needle in leaks.needles(where)]
    real = any("survey" in stated_origins(one) for where in found for one in wave_files(where) if one.name in CODEBOOKS)
    pages = (path.read_text("utf-8", "replace") for path in sorted(folder.rglob("*.html")) if path.is_file())
    answers = any('class="origin survey' in page for page in pages)
    known = raw or (found and all(where.is_dir() for where in noted) and (real or not answers))
    findings, n_files, rules = scan(folder, wanted), len(site_files(folder)), list[dict[str, Any]]()
    for rule, label in leaks.LEAKS.items():
        some = [asdict(finding) for finding in findings if finding.rule == rule]
        verdict, why = ("leak", f"{len(some)} found") if some else ("safe", f"none in {n_files} files")
        if rule == "raw_value" and known and not some:
            why = f"none, of {len(wanted)} searched for, in {n_files} files"
        elif rule == "raw_value" and not some:
            verdict, why = "not_checked", "not looked for; give the folder of the raw answers (--raw)"
        rules.append({"rule": rule, "verdict": verdict, "why": f"{label}: {why}", "findings": some})
    return {"safe": not findings, "files": n_files, "raw_values": len(wanted) if known else None, "rules": rules}


def report_lines(found: dict[str, Any]) -> Iterator[str]:
    """Yield the report for people: a line per rule, then each finding below it, and what to conclude."""
    for rule in found["rules"]:
        yield f"{rule['verdict'].replace('_', ' '):12}{rule['why']}"
        for one in rule["findings"]:
            yield f"{'':12}- {one['where']}: {one['found']}{' = ' if one['raw'] else ''}{one['raw']}"
    yield from (f"{'hidden':12}{hidden['n']} figures: {hidden['label']}" for hidden in found.get("hidden", ()))
    if not found["safe"]:
        yield "NOT to be published as it is"
    elif found["raw_values"] is None:
        yield "NOT known to be safe: the raw answers it was made from were not looked for (give --raw DIR)"
    else:
        yield "nothing found that could expose a respondent"


def check_page(name: str, notebook: Any, html: str) -> None:
    """Raise `InputError` naming what a page shows that it must not, or shows without the words that say what it is.

    `notebook` is the executed one that the page was made from: each output on fictitious data says so on the page.
    """
    found = [*structure_faults(".html", html), *structure_faults(".ipynb", json.dumps(notebook))]
    found += [("micro_data", f"column {name}") for name in re.findall(r"<th[^<>]*>\s*(pole_id|raw_value)\b", html)]
    faults = [f"{rule}: {what}" for rule, what in found if rule in ("fictitious", "unprotected", "micro_data")]
    abouts = [about for about in _abouts(notebook) if about.get("origin") == "fictitious"]
    said = re.findall(rf'class="origin fictitious[^"<>]*">(?:{"|".join(MARKS)})<', html)
    if len(said) < len(abouts):
        faults.append(f"fictitious: of {len(abouts)} outputs on fictitious data, {len(said)} say so")
    if faults:
        raise InputError(
            f"page {name} is not published: {'; '.join(dict.fromkeys(faults))}. Mend the template or the notebook: what"
            " is made of answers goes through page.show and page.say, and keeps its mark."
        )


def shows_answers(notebook: Any) -> bool:
    """Return whether an executed notebook shows anything made of real answers."""
    return any(about.get("origin") == "survey" for about in _abouts(notebook))
