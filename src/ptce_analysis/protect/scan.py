"""Can this folder be handed over? What leaks from what is about to be published, rule by rule, or why nothing does.

It looks into what a site is made of, as text: pages, drawings, tables, registers, notebooks, pictures of pixels alone.
Any other kind of file, hidden files and links are refused rather than opened. Hostile files neither crash it nor hang
it: every pattern reads a text once, whatever is left open in it.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import struct
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from bs4 import BeautifulSoup

from ptce_analysis.errors import InputError
from ptce_analysis.protect.leaks import LEAKS, Needle, folded, masked, matches, needles, plain
from ptce_analysis.protect.release import PROTECTED_ORIGINS
from ptce_analysis.survey.tables import neutralised
from ptce_analysis.survey.waves import CODEBOOKS, WAVES, stated_origins, supplied_folder, wave_files
from ptce_analysis.vocabulary import FUNDING_LEVELS, LANGUAGES, ORIGINS, RULE_SETS, SCENARIOS, WAVE_SETS

MARKS = ORIGINS["fictitious"]
FICTITIOUS_ID = re.compile(r"FICTIF-\d{4}-\d+")
NOT_FOUND = '<meta name="robots" content="noindex">'
# Columns that only rows of respondents have.
UNIT_COLUMNS = ("pole_id", "raw_value")
# The mark of an exhibit of answers; the last word says that its figures were released.
ORIGIN = re.compile(rf'class="origin ({"|".join(PROTECTED_ORIGINS)})( protected)?"')
LEGAL_VALUES = {*LANGUAGES, *FUNDING_LEVELS, *SCENARIOS, *WAVE_SETS, *RULE_SETS}
NUMBER = re.compile(r"[+-]?[\d., \u00a0\u202f]+(?:[eE][+-]?\d+)?\s?%?")

TAG = re.compile(r"<([a-zA-Z][^<>\s/\"'=]*)([^<>]*)(>?)")
ATTRIBUTE = re.compile(r"""[\s/]+(?:([^\s"'/=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'=`]+))?)?""")
ANY_TAG = re.compile(r"<[a-zA-Z/!?][^<>]*>")
# Tags inside a word, and comments: what stands on both sides of one is read together.
INLINE = re.compile(
    r"(?is)</?(?:a|abbr|b|bdi|bdo|code|data|del|em|font|i|ins|kbd|mark|q|s|small|span|strong|sub|sup|tspan|u|wbr)\b[^<>]*>"
    r"|<!--(?:(?!<!--).)*?-->"
)
DRAWING = re.compile(r"data:image/svg\+xml;base64,((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)")
ESCAPED = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))")
ACTS = re.compile(
    "animate(motion|transform)?|applet|base|button|embed|form|frame(set)?|handler|iframe|input|listener|object|portal"
    "|script|select|set|textarea"
)
LOADS = re.compile("action|background|data|formaction|href|lowsrc|ping|poster|src(set)?")
KEPT_LINKS = {"alternate", "author", "canonical", "license", "next", "prev"}
STYLE_LOADS = re.compile(r"(?i)@import|expression\s*\(|image-set\s*\(|url\((?!\s*[\"']?(?:#|data:image/))")
PICTURE = "image/png"
PIXELS = (b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"pHYs", b"bKGD", b"IDAT", b"IEND")

# Rule and what was found; then also how it was reached, and the raw cell it is.
Faults = Iterator[tuple[str, str]]


@dataclass(frozen=True, order=True)
class Finding:
    """A leak: the file, its rule, what was found (masked if it is private), how it was reached, the raw cell it is."""

    file: str
    rule: str
    found: str
    where: str = ""
    raw: str = ""


def scan(folder: Path, wanted: Iterable[Needle] = ()) -> list[Finding]:
    """Return what leaks from the files of a folder, each thing once a file, in order; an empty list when nothing does.

    `wanted` is what must not be there: the needles that `leaks.needles` takes from raw answers. Raises `InputError` if
    the folder holds no file, or a file cannot be read.
    """
    wanted, found = list(wanted), dict[tuple[str, str, str], Finding]()
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


def _findings(name: str, path: Path, wanted: Sequence[Needle]) -> Iterator[Finding]:
    """What leaks from one file, its name included."""
    kind = path.suffix.lower()
    yield from _said(name, f"{name} > file name", name.replace("_", " "), wanted)
    refused = {
        "a link": path.is_symlink(),
        "a hidden file": any(part.startswith(".") for part in name.split("/")),
        "neither a file nor a folder": not path.is_file(),
        "a kind of file that no site is made of": kind not in STRUCTURE and path.is_file() and path.stat().st_size > 0,
    }
    if any(refused.values()):
        yield Finding(name, "closed", next(why for why, holds in refused.items() if holds), name)
        return
    try:
        data = path.read_bytes()
        text = "" if kind == ".png" else data.decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}), so nothing can be said of it.") from error
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        yield Finding(name, "closed", "no text in UTF-8", name)
        return
    faults = _picture(data) if kind == ".png" else structure_faults(kind, text)
    yield from (Finding(name, rule, found, name) for rule, found in faults)
    if kind in (".csv", ".tsv"):
        yield from _said(name, f"{name} > cells", "\n".join(cell for row in _cells(text) for cell in row), wanted)
    if kind in (".json", ".ipynb"):
        # A picture of a notebook is looked at as one, not as text.
        text = "\n".join(said for key, said in _strings(text) or [("", text)] if key != PICTURE or kind == ".json")
    text = _with_drawings(text)
    yield from _said(name, name, text, wanted)
    for inside in (" ", ""):
        bare = ANY_TAG.sub(" ", INLINE.sub(inside, text))
        yield from _said(name, f"{name} > without tags", bare, wanted, whole=inside == " ")


def _said(name: str, where: str, text: str, wanted: Sequence[Needle], *, whole: bool = True) -> Iterator[Finding]:
    """What a text says that it must not, once unescaped; numbers only where they are `whole` in it."""
    text = ESCAPED.sub(lambda found: chr(int(found[1] or found[2], 16)), text)
    text = unquote(unescape(re.sub(r"&#\d{9,}", " ", text)))  # a number too long for any letter is none
    if whole:
        yield from (Finding(name, rule, masked(found), where) for rule, found in matches(plain(text)))
    words = folded(text) if wanted else ""
    known, compact = set(words.split()), words.replace(" ", "")
    for needle in wanted:
        parts = needle.words.split()
        run = "".join(parts)
        # Run together, a name of twelve letters or a code of eight letters and digits is still itself.
        together = len(run) >= (12 if run.isalpha() else 8) and run in compact
        if together or (parts[0] in known and parts[-1] in known and needle.words in words):
            yield Finding(name, "raw_value", masked(needle.words), where, needle.where)


def _strings(text: str) -> list[tuple[str, str]] | None:
    """The texts of some JSON with the keys they stand under, and the keys; None where it is none."""
    try:
        todo, found = [("", json.loads(text))], list[tuple[str, str]]()
    except (ValueError, RecursionError):
        return None
    while todo:
        key, one = todo.pop()
        if isinstance(one, list) and not all(isinstance(line, str) for line in one):
            todo += [(key, inside) for inside in one]
        elif isinstance(one, dict):
            todo += [pair for name, inside in one.items() for pair in ((name, inside), ("", name))]
        elif isinstance(one, int):
            found.append((key, str(one)))
        elif isinstance(one, str | list):
            lines = [one] if isinstance(one, str) else one
            # A notebook holds a text as its lines.
            found.append((key, ("" if all(line.endswith("\n") for line in lines[:-1]) else "\n").join(lines)))
    return found


def structure_faults(kind: str, text: str) -> Faults:
    """Yield the rule and what was found, for each fault in the structure of a file of some kind (`.html`, …)."""
    marked = any(mark in text for mark in MARKS) or (kind in (".csv", ".tsv") and _all_marked(_cells(text)))
    if FICTITIOUS_ID.search(text) and not marked:
        yield "fictitious", "ids of fictitious poles, and no words that say so"
    yield from STRUCTURE.get(kind, _nothing)(text)


def _with_drawings(text: str) -> str:
    """A page followed by the drawings that its addresses hold, and those that these hold."""
    at = 0
    while found := DRAWING.search(text, at):
        at, text = found.end(), f"{text}\n{base64.b64decode(found[1]).decode('utf-8', 'replace')}"
    return text


def _markup(text: str) -> Faults:
    """What acts in a page or a drawing, what it loads, and tables of respondents."""
    text = _with_drawings(text)
    if re.search(r"(?i)<!entity|<\?xml-stylesheet", text):
        yield "active", "an entity or a style sheet of XML"
    styles = re.split(r"(?i)<(?:\w+:)?style", text)[1:]
    yield from (("active", "a style that loads from elsewhere") for style in styles if _style_loads(style))
    for tag, rest, end in TAG.findall(text):
        attributes, at = list[tuple[str, str]](), 0
        while found := ATTRIBUTE.match(rest, at) if end and at < len(rest) else None:
            at = found.end()
            attributes += [(found[1].lower(), unescape(found[2] or "").strip("\"' "))] if found[1] else []
        if at < len(rest) or not end:
            yield "active", f"a tag that browsers may read otherwise: <{tag[:20]}"
        yield from _tag_faults(tag.lower().rpartition(":")[2], attributes)
    for column in UNIT_COLUMNS:
        if re.search(rf"<th[^<>]*>\s*{column}\s*</th>", text):
            yield "micro_data", f"column {column}"


def _tag_faults(tag: str, attributes: Sequence[tuple[str, str]]) -> Faults:
    first = dict(reversed(attributes))
    is_data = tag == "script" and attributes == [("type", "application/ld+json")]
    kept = tag == "link" and set(first.get("rel", "-").lower().split()) <= KEPT_LINKS
    leads = "refresh" in first.get("http-equiv", "").lower()
    if (ACTS.fullmatch(tag) and not is_data) or (tag == "link" and not kept):
        yield "active", f"<{tag}>"
    if leads and not re.fullmatch(r"\d+; *url=(?:[\w.-]+/?)+", first.get("content", "")):
        yield "active", "a page that leads elsewhere by itself"
    for name, value in ((name.removeprefix("xlink:"), value) for name, value in attributes):
        address = re.sub(r"[\x00-\x20]", "", value).lower()
        # In a list of pictures, each is after a comma.
        scheme = re.search(r"(?:^|,)(?:[a-z][a-z0-9+.-]*:|[/\\]{2})", address)
        followed = name == "href" and (kept or (tag in ("a", "area") and address.startswith(("http://", "https://"))))
        if name.startswith("on") or address.startswith(("javascript:", "vbscript:")):
            yield "active", f"{name}="
        elif LOADS.fullmatch(name) and address.startswith("data:"):
            yield from _address(value)
        elif (LOADS.fullmatch(name) and scheme and not followed) or _style_loads(value):
            yield "active", f"{name}= loads from elsewhere"


def _style_loads(text: str) -> bool:
    text = re.sub(r"\\([0-9a-fA-F]{1,5})\s?", lambda found: chr(int(found[1], 16)), re.split("(?i)</style", text)[0])
    return bool(STYLE_LOADS.search(text))


def _address(value: str) -> Faults:
    """What an address holds that is a file of its own: a table, or a picture of pixels alone."""
    head, _, body = value.partition(",")
    if head.startswith("data:text/csv"):
        yield from _table(unquote(body).lstrip("\ufeff"))
    elif head == "data:image/png;base64":
        yield from _coded(body)
    elif not DRAWING.fullmatch(value):  # a drawing: `_with_drawings` sets its text beside the page's
        yield "closed", "an address that holds a file of another kind"


def _coded(text: str) -> Faults:
    try:
        yield from _picture(base64.b64decode("".join(text.split()), validate=True))
    except ValueError:
        yield "closed", "a picture that cannot be read"


def _picture(data: bytes) -> Faults:
    """A PNG holds its pixels and how to show them, and nothing else."""
    at, kind = 8 if data.startswith(b"\x89PNG\r\n\x1a\n") else len(data), b""
    while kind != b"IEND" and at + 12 <= len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        at += length + 12
        if kind not in PIXELS:
            yield "closed", f"a picture that holds more than pixels ({kind.decode('latin-1')!a})"
    if kind != b"IEND" or at != len(data):
        yield "closed", "a picture that is not whole, or is followed by something"


def _page(text: str) -> Faults:
    """A page: its exhibits of answers were released, and what is fictitious says so wherever it may be seen alone."""
    yield from _markup(text)
    for figure in (part.partition("</figure>")[0] for part in text.split("<figure")[1:]):
        answers = ORIGIN.search(figure)
        drawings = [part.partition("</svg>")[0] for part in figure.split("<svg")[1:]]
        if answers and not answers[2]:
            yield "unprotected", f"exhibit {figure[:80].partition('id=')[2].split('>')[0]}"
        if answers and answers[1] == "fictitious" and not all(any(m in one for m in MARKS) for one in drawings):
            yield "fictitious", "a drawing of fictitious data without the words across it"
    if 'class="origin fictitious' in text and NOT_FOUND not in text:
        yield "fictitious", "a page of fictitious numbers that search engines may show"
    if ORIGIN.search(text) and re.search(r'class="foreign"|<img\b', text):
        yield "unprotected", "an output that no rule looked at"


def _cells(text: str) -> list[list[str]]:
    """The rows of a table; what separates their cells is what the first line holds most of."""
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    separator = max(";,\t", key=re.split(r"[\r\n]", text, maxsplit=1)[0].count)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator)) or [[]]


def _all_marked(rows: Sequence[Sequence[str]]) -> bool:
    """Whether each row of a table says in its column `origin` that it is fictitious."""
    return len(rows) > 1 and all(("origin", "fictitious") in zip(rows[0], row, strict=False) for row in rows[1:])


def _table(text: str) -> Faults:
    """A table of respondents, unless each row says that it is fictitious; and cells that a spreadsheet would run."""
    rows = _cells(text)
    named = [name for name in rows[0] if name.strip().strip("'") in UNIT_COLUMNS]
    if named and not _all_marked(rows):
        yield "micro_data", f"column {named[0]}"
    odd = (cell for row in rows for cell in row if neutralised(cell) != cell and not NUMBER.fullmatch(cell.strip()))
    yield from (("formula", masked(cell)) for cell in odd)


def _register(text: str) -> Faults:
    if _strings(text) is None:
        yield "closed", "JSON that cannot be read"
    yield from (("micro_data", f"key {column}") for column in UNIT_COLUMNS if f'"{column}":' in text)


def _notebook(text: str) -> Faults:
    """Parameters of the closed set; outputs of answers that were released, and no other output beside them."""
    try:
        notebook = json.loads(text)
        abouts = _abouts(notebook)
        noted, ours = ({**(notebook.get("metadata", {}).get(name) or {})} for name in ("papermill", "ptce"))
        given = {**(noted.get("parameters") or {}), **(ours.get("parameters") or {})}
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        yield "closed", "a notebook that cannot be read"
        return
    paths = [name for name in ("input_path", "output_path", "environment_variables") if noted.get(name)]
    odd = [name for name, value in given.items() if not isinstance(value, float) and value not in LEGAL_VALUES]
    yield from (("parameter", name) for name in [*(f"papermill.{path}" for path in paths), *odd])
    answers = [about for about in abouts if about.get("origin") in PROTECTED_ORIGINS]
    yield from (("unprotected", f"exhibit {about.get('key')}") for about in answers if not about.get("protected"))
    if answers and not all("key" in about for about in abouts):
        yield "unprotected", "an output that no rule looked at"
    for kind, said in _strings(text) or ():
        if kind in ("text/html", "image/svg+xml"):
            yield from _markup(said)
        elif kind == PICTURE:
            yield from _coded(said)
        elif "javascript" in kind:
            yield "active", f"an output of kind {kind}"


def _abouts(notebook: Any) -> list[Mapping[str, Any]]:
    """What the library says of each output of a notebook; nothing of those of others."""
    outputs = (output for cell in notebook["cells"] for output in cell.get("outputs", ()))
    return [output.get("metadata", {}).get("ptce") or {} for output in outputs]


def _nothing(_: str) -> Faults:
    return iter(())


# What is looked at in the structure of each kind of file; the others are refused.
STRUCTURE: dict[str, Callable[[Any], Faults]] = {
    ".html": _page, ".htm": _page, ".svg": _markup, ".csv": _table, ".tsv": _table, ".json": _register,
    ".ipynb": _notebook, ".png": _picture, ".txt": _nothing, ".log": _nothing, ".md": _nothing, ".bib": _nothing,
}  # fmt: skip


def checked(folder: Path, raw: Path | None = None, project: Path = Path()) -> dict[str, Any]:
    """Return whether a folder can be handed over: `safe`, `files`, `raw_values`, and `rules`, one by one.

    `raw_values` is how many values of the raw answers were looked for: those below `raw`, else of the waves of the
    project; None when they could not be found, or when none of these is real and the site shows real answers.
    """
    waves = sorted({where for where in (project / WAVES, supplied_folder(project)) if where.is_dir()})
    found = [raw] if raw else [where for where in waves if wave_files(where)]
    wanted = [needle for where in found for needle in needles(where)]
    real = any("survey" in stated_origins(one) for where in found for one in wave_files(where) if one.name in CODEBOOKS)
    findings = scan(folder, wanted)
    pages = (path.read_text("utf-8", "replace") for path in folder.rglob("*.html") if path.is_file())
    known = raw or (found and (real or not any('class="origin survey' in page for page in pages)))
    return report(folder, findings, len(wanted) if known else None)


def report(folder: Path, findings: Collection[Finding], n_needles: int | None) -> dict[str, Any]:
    """Return the scan rule by rule; `n_needles` None: the raw answers were not looked for."""
    n_files, rules = len(site_files(folder)), list[dict[str, Any]]()
    for rule, label in LEAKS.items():
        found = [asdict(finding) for finding in findings if finding.rule == rule]
        of = f", of {n_needles} searched for," if rule == "raw_value" else ""
        verdict, why = ("leak", f"{len(found)} found") if found else ("safe", f"none{of} in {n_files} files")
        if not found and rule == "raw_value" and n_needles is None:
            verdict, why = "not_checked", "not looked for; give the folder of the raw answers (--raw)"
        rules.append({"rule": rule, "verdict": verdict, "why": f"{label}: {why}", "findings": found})
    return {"safe": not findings, "files": n_files, "raw_values": n_needles, "rules": rules}


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

    `notebook` is the executed one that the page was made from: each exhibit and each sentence that it says to be
    fictitious says so on the page.
    """
    found = [*structure_faults(".html", html), *structure_faults(".ipynb", json.dumps(notebook))]
    faults = [f"{rule}: {what}" for rule, what in found if rule in ("fictitious", "unprotected", "micro_data")]
    abouts = [about for about in _abouts(notebook) if about.get("origin") == "fictitious"]
    page = BeautifulSoup(html if abouts else "", "html.parser")
    marked = [mark for mark in page.find_all(class_="origin") if any(words in mark.get_text() for words in MARKS)]
    around = [up for mark in marked for up in mark.parents]
    exhibits = {about["key"] for about in abouts if about["kind"] == "head"} - {up.get("id") for up in around}
    faults += [f"fictitious: exhibit {key} does not say so" for key in sorted(exhibits)]
    sentences = sum(about["kind"] != "head" for about in abouts)
    said = len({id(up) for up in around if {"say", "answer"} & set(up.get("class") or ())})
    if said < sentences:
        faults.append(f"fictitious: a sentence ({sentences} are on fictitious data, {said} say it) does not say so")
    if faults:
        raise InputError(
            f"page {name} is not published: {'; '.join(dict.fromkeys(faults))}. Mend the template or the notebook: what"
            " is made of answers goes through page.show and page.say, and keeps its mark."
        )


def shows_answers(notebook: Any) -> bool:
    """Return whether an executed notebook shows anything made of real answers."""
    return any(about.get("origin") == "survey" for about in _abouts(notebook))
