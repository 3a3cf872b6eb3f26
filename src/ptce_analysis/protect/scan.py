"""The scan of what is about to be published: can this folder be handed over? What leaks, rule by rule, or why nothing does.

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
from ptce_analysis.survey.formulas import neutralised
from ptce_analysis.survey.waves import CODEBOOKS, WAVES, stated_origins, supplied_folder, wave_files
from ptce_analysis.vocabulary import FUNDING_LEVELS, LANGUAGES, ORIGINS, RULE_SETS, SCENARIOS, WAVE_SETS

MARKS = ORIGINS["fictitious"]
FICTITIOUS_ID = re.compile(r"FICTIF-\d{4}-\d+")
NOT_FOUND = '<meta name="robots" content="noindex">'
# Columns that only rows of respondents have.
UNIT_COLUMNS = ("pole_id", "raw_value")
UNIT_HEADING = re.compile(rf"<th[^<>]*>\s*({'|'.join(UNIT_COLUMNS)})\s*</th>")
# The mark of an exhibit of answers; the last word says that its figures were released.
ORIGIN = re.compile(rf'class="origin ({"|".join(PROTECTED_ORIGINS)})( protected)?"')
FOREIGN = re.compile(r'class="foreign"|<img\b')
LEGAL_VALUES = {*LANGUAGES, *FUNDING_LEVELS, *SCENARIOS, *WAVE_SETS, *RULE_SETS}
NUMBER = re.compile(r"[+-]?[\d., \u00a0\u202f]*\d[\d., \u00a0\u202f]*(?:[eE][+-]?\d+)?\s?%?")

TAG = re.compile(r"<([a-zA-Z][^<>]*)(>?)")
ATTRIBUTE = re.compile(r"""[\s/]+(?:([^\s"'/=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'=`]+))?)?""")
ANY_TAG = re.compile(r"<[a-zA-Z/!?][^<>]*>")
# Tags inside a word: what stands on both sides of one is read together.
INLINE = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|code|data|del|em|font|i|ins|kbd|mark|q|s|small|span|strong|sub|sup|tspan|u|wbr)\b[^<>]*>"
    r"|<!--(?:(?!<!--).)*?-->",
    re.IGNORECASE | re.DOTALL,
)
ESCAPED = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))")
ACTS = frozenset(
    [
        "animate",
        "animatemotion",
        "animatetransform",
        "applet",
        "base",
        "button",
        "embed",
        "form",
        "frame",
        "frameset",
        "handler",
        "iframe",
        "input",
        "listener",
        "object",
        "portal",
        "script",
        "select",
        "set",
        "textarea",
    ]
)
LOADS = frozenset(["action", "background", "data", "formaction", "href", "lowsrc", "ping", "poster", "src", "srcset"])
KEPT_LINKS = frozenset(["alternate", "author", "canonical", "license", "next", "prev"])
STYLE_LOADS = re.compile(r"(?i)@import|expression\s*\(|image-set\s*\(|url\(\s*[\"']?(?!\s|[\"']|#|data:image/)")
PIXELS = (b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"pHYs", b"bKGD", b"IDAT", b"IEND")

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
    """Return what leaks from the files of a folder, in order; an empty list when nothing does.

    `wanted` is what must not be there: the needles that `leaks.needles` takes from raw answers. Raises `InputError` if
    the folder holds no file, or a file cannot be read.
    """
    wanted = list(wanted)
    found = {finding for path in site_files(folder) for finding in _file_findings(folder, path, wanted)}
    return sorted(found)


def site_files(folder: Path) -> list[Path]:
    """Return everything in a folder that is no folder itself. Raises `InputError` when there is nothing."""
    found = sorted(path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    if not found:
        raise InputError(f"{folder}: no file to check. Give the folder of a built site, such as build/site.")
    return found


def _file_findings(folder: Path, path: Path, wanted: Sequence[Needle]) -> Iterator[Finding]:
    """What leaks from one file, its name included: each thing once, where it is first reached."""
    name = path.relative_to(folder).as_posix()
    first: dict[tuple[str, str], Finding] = {}
    for where, rule, found, raw in _looked_into(name, path, wanted):
        first.setdefault((rule, found), Finding(name, rule, found, where, raw))
    yield from first.values()


def _looked_into(name: str, path: Path, wanted: Sequence[Needle]) -> Iterator[tuple[str, str, str, str]]:
    for rule, found, raw in _text_findings(name.replace("_", " "), True, wanted):
        yield f"{name} > file name", rule, found, raw
    kind = path.suffix.lower()
    if why := _refused(path, name, kind):
        yield name, "closed", why, ""
        return
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}), so nothing can be said of it.") from error
    if kind == ".png":
        yield from ((name, rule, found, "") for rule, found in _picture(data))
        return
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        yield name, "closed", "no text in UTF-8", ""
        return
    for where, view, whole in _views(name, kind, text):
        yield from ((where, *found) for found in _text_findings(view, whole, wanted))
    yield from ((name, rule, found, "") for rule, found in structure_faults(kind, text))


def _refused(path: Path, name: str, kind: str) -> str:
    """Why a file is not looked into; nothing when it is."""
    if path.is_symlink():
        return "a link"
    if any(part.startswith(".") for part in name.split("/")):
        return "a hidden file"
    if not path.is_file():
        return "neither a file nor a folder"
    return "" if kind in (*STRUCTURE, ".png", ".md", ".bib") else "a kind of file that no site is made of"


def _views(name: str, kind: str, text: str) -> Iterator[tuple[str, str, bool]]:
    """A text in the forms that a reader may see it in: how it was reached, the text, whether numbers are whole in it."""
    if kind in (".json", ".ipynb"):
        text = "\n".join(_strings(text))
    elif kind in (".csv", ".tsv"):
        yield f"{name} > cells", "\n".join(cell for row in _cells(text) for cell in row), True
    yield name, _unescaped(text), True
    yield f"{name} > without tags", _unescaped(ANY_TAG.sub(" ", INLINE.sub(" ", text))), True
    yield f"{name} > without tags", _unescaped(ANY_TAG.sub(" ", INLINE.sub("", text))), False


def _unescaped(text: str) -> str:
    """A text without HTML entities, percent signs and backslash codes; a number too long for any letter is none."""
    text = ESCAPED.sub(lambda found: chr(int(found[1] or found[2], 16)), text)
    return unquote(unescape(re.sub(r"&#\d{9,}", " ", text)))


def _strings(text: str) -> Iterator[str]:
    """The keys and texts of some JSON; the whole of it where it is none (which `structure_faults` says)."""
    todo = [_json(text)]
    if todo == [None]:
        yield text
    while todo:
        one = todo.pop()
        if isinstance(one, dict):
            todo += [*one.values(), *one]
        elif isinstance(one, list):
            # A notebook holds a text as its lines.
            todo += ["".join(one)] if one and all(isinstance(line, str) for line in one) else one
        elif isinstance(one, str):
            yield one


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _text_findings(text: str, whole: bool, wanted: Sequence[Needle]) -> Iterator[tuple[str, str, str]]:
    """The rule, what was found and its raw cell, for each leak of a text."""
    if whole:
        yield from ((rule, masked(found), "") for rule, found in matches(plain(text)))
    words = folded(text) if wanted else ""
    known, compact = set(words.split()), words.replace(" ", "")
    for needle in wanted:
        parts = needle.words.split()
        run = "".join(parts)
        # Run together, a name of twelve letters or a code of eight letters and digits is still itself.
        together = len(run) >= (12 if run.isalpha() else 8) and run in compact
        if together or (parts[0] in known and parts[-1] in known and needle.words in words):
            yield "raw_value", masked(needle.words), needle.where


def structure_faults(kind: str, text: str) -> Faults:
    """Yield the rule and what was found, for each fault in the structure of a file of some kind (`.html`, …)."""
    is_table = kind in (".csv", ".tsv")
    if FICTITIOUS_ID.search(text) and not (
        (is_table and _all_marked(_cells(text))) or any(mark in text for mark in MARKS)
    ):
        yield "fictitious", "ids of fictitious poles, and no words that say so"
    if kind in STRUCTURE:
        yield from STRUCTURE[kind](text)


def _markup(text: str) -> Faults:
    """What acts in a page or a drawing, what it loads, and tables of respondents."""
    if re.search(r"(?i)<!entity|<\?xml-stylesheet", text):
        yield "active", "an entity or a style sheet of XML"
    for style in re.split(r"(?i)<style", text)[1:]:
        yield from _style(style[: style.lower().find("</style")])
    for found in TAG.finditer(text):
        tag, attributes = _parsed(found[1]) if found[2] else ("", None)
        if attributes is None:
            yield "active", f"a tag that browsers may read otherwise: <{found[1][:20]}"
        else:
            yield from _tag_faults(tag, attributes)
    yield from (("micro_data", f"column {name}") for name in UNIT_HEADING.findall(text))


def _parsed(body: str) -> tuple[str, dict[str, str] | None]:
    """The name and attributes of a tag; None where it is not written as every browser reads it."""
    name = re.match(r"[^\s/\"'=]+", body)
    assert name
    at, attributes = name.end(), dict[str, str]()
    while at < len(body):
        found = ATTRIBUTE.match(body, at)
        if not found:
            return name[0], None
        if found[1]:
            attributes.setdefault(found[1].lower().rpartition(":")[2], unescape(found[2] or "").strip("\"' "))
        at = found.end()
    return name[0].lower().rpartition(":")[2], attributes


def _tag_faults(tag: str, attributes: Mapping[str, str]) -> Faults:
    is_data = tag == "script" and attributes == {"type": "application/ld+json"}
    kept = tag == "link" and set(attributes.get("rel", "-").lower().split()) <= KEPT_LINKS
    if (tag in ACTS and not is_data) or (tag == "link" and not kept):
        yield "active", f"<{tag}>"
    if tag == "meta" and "refresh" in attributes.get("http-equiv", "").lower():
        if not re.fullmatch(r"\d+; *url=[\w./-]+", attributes.get("content", "")) or "//" in attributes["content"]:
            yield "active", "a page that leads elsewhere by itself"
    for name, value in attributes.items():
        address = re.sub(r"[\x00-\x20]", "", value).lower()
        scheme = re.match(r"[a-z][a-z0-9+.-]*:|[/\\]{2}", address)
        if name.startswith("on") or address.startswith(("javascript:", "vbscript:")):
            yield "active", f"{name}="
        elif address.startswith("data:") and name in LOADS:
            yield from _address(value)
        elif name in LOADS and scheme and not (tag in ("a", "area") and scheme[0] in ("http:", "https:")) and not kept:
            yield "active", f"{name}= leads elsewhere"
        else:
            yield from _style(value)


def _style(text: str) -> Faults:
    plainly = re.sub(r"\\([0-9a-fA-F]{1,5})\s?", lambda found: chr(int(found[1], 16)), text)
    if STYLE_LOADS.search(plainly):
        yield "active", "a style that loads something"


def _address(value: str) -> Faults:
    """What an address holds that is a file of its own: a table, or a picture of pixels alone."""
    head, _, body = value.partition(",")
    if head.startswith("data:text/csv"):
        yield from _table(unquote(body).lstrip("\ufeff"))
    elif head == "data:image/png;base64":
        yield from _coded(body)
    else:
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
    """A page: exhibits of answers were released, and a drawing of fictitious data carries the words itself."""
    yield from _markup(text)
    for part in text.split("<figure")[1:]:
        figure = part.partition("</figure>")[0]
        answers = ORIGIN.search(figure)
        if answers and not answers[2]:
            yield "unprotected", f"exhibit {figure[:80].partition('id=')[2].split('>')[0]}"
        if answers and answers[1] == "fictitious":
            drawings = [drawing.partition("</svg>")[0] for drawing in figure.split("<svg")[1:]]
            if not all(any(mark in drawing for mark in MARKS) for drawing in drawings):
                yield "fictitious", "a drawing of fictitious data without the words across it"
    if ORIGIN.search(text) and FOREIGN.search(text):
        yield "unprotected", "an output that no rule looked at"


def _cells(text: str) -> list[list[str]]:
    """The rows of a table; what separates their cells is what the first line holds most of."""
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    separator = max(";,\t", key=re.split(r"[\r\n]", text, maxsplit=1)[0].count)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def _all_marked(rows: Sequence[Sequence[str]]) -> bool:
    """Whether each row of a table says in its column `origin` that it is fictitious."""
    marked = [("origin", "fictitious") in zip(rows[0], row, strict=False) for row in rows[1:]]
    return bool(marked) and all(marked)


def _table(text: str) -> Faults:
    """A table of respondents, unless each row says that it is fictitious; and cells that a spreadsheet would run."""
    rows = _cells(text) or [[]]
    named = [name for name in rows[0] if name.strip().strip("'") in UNIT_COLUMNS]
    if named and not _all_marked(rows):
        yield "micro_data", f"column {named[0]}"
    for cell in (cell for row in rows for cell in row):
        if neutralised(cell) != cell and not NUMBER.fullmatch(cell.strip()):
            yield "formula", masked(cell)


def _register(text: str) -> Faults:
    if _json(text) is None:
        yield "closed", "JSON that cannot be read"
    yield from (("micro_data", f"key {column}") for column in UNIT_COLUMNS if f'"{column}":' in text)


def _notebook(text: str) -> Faults:
    """Parameters of the closed set; outputs of answers that were released, and no other output beside them."""
    notebook = _json(text)
    try:
        outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", ())]
        abouts = [(output.get("metadata", {}).get("ptce") or {}, output) for output in outputs]
        noted = notebook.get("metadata", {}).get("papermill") or {}
        ours = (notebook.get("metadata", {}).get("ptce") or {}).get("parameters") or {}
        given = {**(noted.get("parameters") or {}), **ours}
        shown = [(kind, "".join(lines)) for output in outputs for kind, lines in (output.get("data") or {}).items()]
    except (KeyError, TypeError, AttributeError):
        yield "closed", "a notebook that cannot be read"
        return
    paths = ("input_path", "output_path", "environment_variables")
    yield from (("parameter", f"papermill.{name}") for name in paths if noted.get(name))
    yield from (
        ("parameter", f"{name}: a value of no parameter of this library")
        for name, value in given.items()
        if not isinstance(value, float) and value not in LEGAL_VALUES
    )
    answers = [about for about, _ in abouts if about.get("origin") in PROTECTED_ORIGINS]
    yield from (("unprotected", f"exhibit {a.get('key')}") for a in answers if not a.get("protected"))
    for about, output in abouts if answers else ():
        if "key" not in about:
            yield "unprotected", f"an output that no rule looked at ({output.get('output_type')})"
    for kind, content in shown:
        if kind in ("text/html", "image/svg+xml"):
            yield from _markup(content)
        elif kind == "image/png":
            yield from _coded(content)
        elif "script" in kind:
            yield "active", f"an output of kind {kind}"


# What is looked at in the structure of each kind of file.
STRUCTURE: dict[str, Callable[[str], Faults]] = {
    ".html": _page, ".htm": _page, ".svg": _markup, ".csv": _table, ".tsv": _table, ".txt": _table, ".log": _table,
    ".json": _register, ".ipynb": _notebook,
}  # fmt: skip


def checked(folder: Path, raw: Path | None = None, project: Path = Path()) -> dict[str, Any]:
    """Return whether a folder can be handed over, rule by rule.

    `safe`: nothing was found; `files`: how many were looked at; `raw_values`: how many values of the raw answers were
    looked for, None when those that the site was made from could not be found; `rules`: for each, `rule`, `verdict`
    (`safe`, `leak`, `not_checked`), `why`, `findings`. The raw answers are those below `raw`, else the waves of the
    project: they are not those of a site of real answers when none of them is said to be real.
    """
    found = (
        [raw]
        if raw
        else [one for one in {project / WAVES, supplied_folder(project)} if one.is_dir() and wave_files(one)]
    )
    wanted = [needle for one in sorted(found) for needle in needles(one)]
    real = any("survey" in stated_origins(path) for one in found for path in wave_files(one) if path.name in CODEBOOKS)
    shown = any(
        'class="origin survey' in path.read_text("utf-8", "replace")
        for path in folder.rglob("*.html")
        if path.is_file()
    )
    return report(folder, scan(folder, wanted), len(wanted) if raw or (found and (real or not shown)) else None)


def report(folder: Path, findings: Collection[Finding], n_needles: int | None) -> dict[str, Any]:
    """Return the scan rule by rule; `n_needles` None: the raw answers were not looked for."""
    n_files = len(site_files(folder))
    rules = []
    for rule, leak in LEAKS.items():
        found = [asdict(finding) for finding in findings if finding.rule == rule]
        n_searched = n_needles if rule == "raw_value" else 0
        if found:
            verdict, why = "leak", f"{len(found)} found"
        elif n_searched is None:
            verdict, why = "not_checked", "not looked for; give the folder of the raw answers (--raw)"
        else:
            searched = f", of {n_searched} searched for," if n_searched else ""
            verdict, why = "safe", f"none{searched} in {n_files} files"
        rules.append({"rule": rule, "verdict": verdict, "why": f"{leak.label}: {why}", "findings": found})
    return {"safe": not findings, "files": n_files, "raw_values": n_needles, "rules": rules}


def report_lines(found: dict[str, Any]) -> Iterator[str]:
    """Yield the report for people: a line per rule, then each finding below it, and what to conclude."""
    for rule in found["rules"]:
        yield f"{rule['verdict'].replace('_', ' '):12}{rule['why']}"
        for finding in rule["findings"]:
            raw = f" = {finding['raw']}" if finding["raw"] else ""
            yield f"{'':12}- {finding['where'] or finding['file']}: {finding['found']}{raw}"
    for hidden in found.get("hidden", ()):
        yield f"{'hidden':12}{hidden['n']} figures: {hidden['label']}"
    if not found["safe"]:
        yield "NOT to be published as it is"
    elif found["raw_values"] is None:
        yield "NOT known to be safe: the raw answers it was made from were not looked for (give --raw DIR)"
    else:
        yield "nothing found that could expose a respondent"


def check_page(name: str, notebook: Any, html: str) -> None:
    """Raise `InputError` naming what a page shows that it must not, or shows without the words that say what it is.

    `notebook` is the executed one that the page was made from: what it says is fictitious is fictitious on the page.
    """
    found = [*structure_faults(".html", html), *structure_faults(".ipynb", json.dumps(notebook))]
    faults = [f"{rule}: {what}" for rule, what in found if rule in ("fictitious", "unprotected", "micro_data")]
    faults += [f"fictitious: {what} does not say so" for what in _unmarked(_abouts(notebook, "fictitious"), html)]
    if faults:
        raise InputError(
            f"page {name} is not published: {'; '.join(dict.fromkeys(faults))}. Mend the template or the notebook: what"
            " is made of answers goes through page.show and page.say, and keeps its mark."
        )


def shows_answers(notebook: Any) -> bool:
    """Return whether an executed notebook shows anything made of real answers."""
    return bool(_abouts(notebook, "survey"))


def _abouts(notebook: Any, origin: str) -> list[Mapping[str, Any]]:
    """What the library says of each output of a notebook that has this origin."""
    outputs = (output for cell in notebook["cells"] for output in cell.get("outputs", ()))
    abouts = (output.get("metadata", {}).get("ptce") or {} for output in outputs)
    return [about for about in abouts if about.get("origin") == origin]


def _unmarked(abouts: list[Mapping[str, Any]], html: str) -> Iterator[str]:
    """The exhibits and sentences of fictitious data that a page shows without the words."""
    page = BeautifulSoup(html if abouts else "", "html.parser")
    marked = [mark for mark in page.find_all(class_="origin") if any(words in mark.get_text() for words in MARKS)]
    exhibits = {about["key"] for about in abouts if about["kind"] == "head"}
    yield from (f"exhibit {key}" for key in sorted(exhibits - {up.get("id") for one in marked for up in one.parents}))
    sentences = len([about for about in abouts if about["kind"] != "head"])
    said = {id(up) for one in marked for up in one.parents if {"say", "answer"} & set(up.get("class") or ())}
    if len(said) < sentences:
        yield f"a sentence ({sentences} are on fictitious data, {len(said)} say it)"
