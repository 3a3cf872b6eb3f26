"""The scan of everything that is about to be published: what leaks, rule by rule, or why nothing does."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ptce_analysis.errors import InputError
from ptce_analysis.publish.disclosure.files import structure_faults
from ptce_analysis.publish.disclosure.leaks import FICTITIOUS_MARKS, LEAKS, folded, masked, matches, plain
from ptce_analysis.publish.disclosure.raw import Needle
from ptce_analysis.publish.disclosure.views import View, decoded, views

CLAIMS = "claims.json"
NOT_FOUND = '<meta name="robots" content="noindex">'
# An id is also found without its hyphens and spaces, when it is long enough to be no other number.
LEAST_COMPACT = 8


@dataclass(frozen=True, order=True)
class Finding:
    """A leak: the file, its rule, what was found (masked if it is private), how it was reached, the raw cell it is."""

    file: str
    rule: str
    found: str
    where: str = ""
    raw: str = ""


def scan(folder: Path, canaries: Iterable[str | Needle] = ()) -> list[Finding]:
    """Return what leaks from the files of a folder, in order; an empty list when nothing does.

    `canaries` are what must not be there: any words, or the needles that `disclosure.raw.needles` takes from answers.

    Raises
    ------
    InputError
        If the folder holds no file, a file cannot be read, or a canary has no letter and no digit.
    """
    wanted = [_needle(canary) for canary in canaries]
    found = {finding for path in site_files(folder) for finding in file_findings(folder, path, wanted)}
    return sorted(found | set(_unread(folder)) | set(_unmarked_claims(folder)))


def _needle(canary: str | Needle) -> Needle:
    if isinstance(canary, Needle):
        return canary
    if not folded(canary).strip():
        raise InputError(f"canary {canary!r}: it has no letter and no digit to look for.")
    return Needle(folded(canary), "given")


def site_files(folder: Path) -> list[Path]:
    """Return the files to look at: every one, hidden ones included; what `_unread` names is not looked at.

    Raises `InputError` when there is none.
    """
    found = sorted(path for path in folder.rglob("*") if path.is_file() and not _why_unread(folder, path))
    if not found:
        raise InputError(f"{folder}: no file to check. Give the folder of a built site, such as build/site.")
    return found


def _unread(folder: Path) -> Iterator[Finding]:
    """What stands in the folder and is no file of its own: who publishes the folder may publish what it leads to."""
    for path in sorted(folder.rglob("*")):
        if why := _why_unread(folder, path):
            name = path.relative_to(folder).as_posix()
            yield Finding(name, "closed", why, name)


def _why_unread(folder: Path, path: Path) -> str:
    if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
        return "a link that leads out of the folder"
    if path.is_symlink() and path.is_dir():
        return "a link to a folder"
    return "" if path.is_file() or path.is_dir() else "neither a file nor a folder"


def file_findings(folder: Path, path: Path, wanted: Sequence[Needle] = ()) -> Iterator[Finding]:
    """Yield what leaks from one file, its name included: each thing once, where it is first reached.

    Raises `InputError` when the file cannot be read.
    """
    name = path.relative_to(folder).as_posix()
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}), so nothing can be said of it.") from error
    first: dict[tuple[str, str], Finding] = {}
    for view in (View(f"{name} > file name", name.replace("_", " ")), *views(name, data)):
        for rule, found, raw in _view_findings(view, wanted):
            first.setdefault((rule, found), Finding(name, rule, found, view.where, raw))
    for rule, found in structure_faults(name, decoded(data)):
        first.setdefault((rule, found), Finding(name, rule, found, name))
    yield from first.values()


def _view_findings(view: View, wanted: Sequence[Needle]) -> Iterator[tuple[str, str, str]]:
    """The rule, what was found and its raw cell, for each leak of one text."""
    if view.closed:
        yield "closed", view.closed, ""
    if not view.joined:
        yield from ((rule, masked(found), "") for rule, found in matches(plain(view.text)))
    yield from (("raw_value", masked(needle.words), needle.where) for needle in _held(view.text, wanted))


def _held(text: str, wanted: Sequence[Needle]) -> Iterator[Needle]:
    """The needles that a text holds: as words, or run together where they hold digits."""
    if not wanted:
        return
    whole = folded(text)
    words, compact = set(whole.split()), whole.replace(" ", "")
    for needle in wanted:
        parts = needle.words.split()
        as_words = parts[0] in words and parts[-1] in words and needle.words in whole
        if as_words or (_is_code(needle) and "".join(parts) in compact):
            yield needle


def _is_code(needle: Needle) -> bool:
    run = needle.words.replace(" ", "")
    return len(run) >= LEAST_COMPACT and not run.isalpha()


def _unmarked_claims(folder: Path) -> Iterator[Finding]:
    """Pages that state fictitious numbers, by the register of claims, and nowhere say that they are, or may be found.

    Search engines show a page without what stands around it: one of fictitious numbers asks them to leave it out.
    """
    for register in sorted(folder.rglob(CLAIMS)):
        try:
            claims = json.loads(register.read_text(encoding="utf-8"))
            pages = {claim["href"].partition("#")[0] for claim in claims if claim["origin"] == "fictitious"}
        except (ValueError, KeyError, TypeError, AttributeError):
            yield Finding(register.relative_to(folder).as_posix(), "closed", "a register of claims that cannot be read")
            continue
        for page in sorted(pages):
            path = register.parent / Path(page).name
            text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
            name = path.relative_to(folder).as_posix()
            if text and not any(mark in text for mark in FICTITIOUS_MARKS):
                yield Finding(name, "fictitious", "a page of fictitious numbers that does not say so", name)
            elif text and NOT_FOUND not in text:
                yield Finding(name, "fictitious", "a page of fictitious numbers that search engines may show", name)


def report(folder: Path, findings: Collection[Finding], n_needles: int | None) -> dict[str, Any]:
    """Return the scan rule by rule: whether it is safe, why or what is not; `n_needles` None: no raw answers given."""
    n_files = len(site_files(folder))
    rules = []
    for leak in LEAKS:
        found = [finding for finding in findings if finding.rule == leak.name]
        looked = leak.name != "raw_value" or n_needles is not None
        verdict = "leak" if found else "safe" if looked else "not_checked"
        why = _why(leak.label[0], verdict, n_files, n_needles if leak.name == "raw_value" else None, len(found))
        rules.append({"rule": leak.name, "verdict": verdict, "why": why, "findings": [asdict(f) for f in found]})
    return {"safe": not findings, "files": n_files, "raw_values": n_needles, "rules": rules}


def _why(label: str, verdict: str, n_files: int, n_needles: int | None, n_found: int) -> str:
    if verdict == "leak":
        return f"{label}: {n_found} found"
    if verdict == "not_checked":
        return f"{label}: not looked for; give the folder of the raw answers (--raw)"
    searched = f", of {n_needles} searched for," if n_needles is not None else ""
    return f"{label}: none{searched} in {n_files} files"


def report_lines(found: dict[str, Any]) -> Iterator[str]:
    """Yield the report for people: a line per rule, then each finding below it."""
    for rule in found["rules"]:
        yield f"{rule['verdict'].replace('_', ' '):12}{rule['why']}"
        for finding in rule["findings"]:
            raw = f" = {finding['raw']}" if finding["raw"] else ""
            yield f"{'':12}- {finding['where'] or finding['file']}: {finding['found']}{raw}"
    for hidden in found.get("hidden", ()):
        yield f"{'hidden':12}{hidden['n']} figures: {hidden['label']}"
    yield "nothing found that could expose a respondent" if found["safe"] else "NOT to be published as it is"
