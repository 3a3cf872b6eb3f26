"""The texts to translate: found in the code, the templates and the notebooks, compared with a catalogue.

`make texts` brings the catalogues up to date: finished translations are kept, new texts are added empty and listed,
texts that nothing uses any more are removed.
"""

from __future__ import annotations

import ast
import io
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from ptce_analysis.analysis.proportions.records import METHODS, REASONS
from ptce_analysis.publish import language
from ptce_analysis.publish.assumptions import assumptions
from ptce_analysis.published import INDICATORS, INDICATORS_FILE
from ptce_analysis.vocabulary import LABEL_ROWS, LANGUAGES

LIBRARY = Path(__file__).parents[1]
LABELLED = re.compile(r"\bLabel\b")
NAMES = re.compile(r"\{(\w+)(?::[^}]*)?\}")

# A class of texts says so in its docstring; its members are then texts even where no call writes them out.
TEXTS = "texts to translate"


def written_messages(project: Path, library: Path = LIBRARY) -> dict[str, str]:
    """Return every text written out in the library and in the project's notebooks, with the file where it stands."""
    found: dict[str, str] = {}
    for path in sorted(library.rglob("*.py")):
        found |= dict.fromkeys(_in_code(ast.parse(path.read_text(encoding="utf-8"))), path.name)
    for path in sorted(library.rglob("*.j2")):
        texts = extract_from_file("jinja2.ext:babel_extract", path, keywords={"words": None})
        found |= dict.fromkeys((str(message) for _, message, _, _ in texts), path.name)
    for path in sorted((project / "notebooks").glob("*.ipynb")):
        texts = extract_from_file("ptce_analysis.publish.language:extract_notebook", path)
        found |= dict.fromkeys((str(message) for _, message, _, _ in texts), path.name)
    return found


def kept_in_tables() -> dict[str, str]:
    """Return the texts that the analysis keeps in tables: methods with their sources, why nothing is estimable."""
    about = [text for method in METHODS.values() for text in (method.convention, method.source)]
    texts = [*about, *REASONS.values()]
    return dict.fromkeys(texts, "proportions/records.py")


def assumed(library: Path = LIBRARY) -> dict[str, str]:
    """Return the texts of the assumptions of the library: what is assumed, on what ground, what if it is wrong."""
    return {part: one.module for one in assumptions(library) for part in (one.text, one.source, one.if_wrong) if part}


def labels(library: Path = LIBRARY) -> dict[str, str]:
    """Return the English of every label (English, French) kept in tables, with the file where it stands.

    French stands beside it; any other language translates it in its catalogue.
    """
    found = {row["en"]: "labels.csv" for row in LABEL_ROWS}
    found |= {known.label[0]: INDICATORS_FILE for known in INDICATORS.values()}
    for path in sorted(library.rglob("*.py")):
        tables = (node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.AnnAssign))
        labelled = (table for table in tables if LABELLED.search(ast.unparse(table.annotation)))
        found |= dict.fromkeys((text for table in labelled for text in _english(table)), path.name)
    return found


def _english(table: ast.AST) -> Iterator[str]:
    for node in ast.walk(table):
        if isinstance(node, ast.Tuple) and len(texts := [text for part in node.elts for text in _constant(part)]) == 2:
            yield texts[0]


def _in_code(tree: ast.AST) -> Iterator[str]:
    """The texts given to `words(…)`, and the members of the classes that hold texts."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) == "words" and node.args:
            yield from _constant(node.args[0])
        if isinstance(node, ast.ClassDef) and TEXTS in (ast.get_docstring(node) or ""):
            for line in (line for line in node.body if isinstance(line, ast.Assign)):
                yield from _constant(line.value)


def _name(function: ast.expr) -> str:
    return getattr(function, "id", getattr(function, "attr", ""))


def _constant(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value


@contextmanager
def recording() -> Iterator[set[str]]:
    """Collect every text whose translation is asked for inside this, whoever asks."""
    used: set[str] = set()
    translation = language.translation

    def recorded(lang: str, text: str) -> str:
        if text:
            used.add(text)
        return translation(lang, text)

    language.translation = recorded
    try:
        yield used
    finally:
        language.translation = translation


def used_messages(notebook: Path, parameters: Mapping[str, Any]) -> set[str]:
    """Return every text that a notebook asks for when its cells run in its folder with these parameters."""
    cells = [cell for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
    names: dict[str, Any] = {"__name__": "__main__"}
    with recording() as used, chdir(notebook.parent), redirect_stdout(io.StringIO()):
        for cell in cells:
            exec("".join(cell["source"]), names)
            names |= parameters if "parameters" in cell["metadata"].get("tags", []) else {}
    return used


def gaps(catalogue: Catalog, wanted: Mapping[str, str]) -> list[str]:
    """Return a line for each text that is not, or not well, translated, and for each translation that nothing uses."""
    entries = {str(message.id): message for message in catalogue if message.id}
    found = [f"{place}: not translated: {text!r}" for text, place in wanted.items() if text not in entries]
    for text, message in entries.items():
        if text not in wanted:
            found.append(f"obsolete: {text!r}")
        elif message.fuzzy or not message.string:
            found.append(f"{wanted[text]}: unfinished: {text!r}")
        elif set(NAMES.findall(text)) != set(NAMES.findall(str(message.string))):
            found.append(f"{wanted[text]}: other {{names}} than the source: {message.string!r} for {text!r}")
    return found + [f"obsolete: {text!r}" for text in catalogue.obsolete]


def brought_up_to_date(catalogue: Catalog, wanted: Iterable[str], lang: str) -> bytes:
    """Return a catalogue that holds exactly the wanted texts, with the translations there are."""
    fresh = Catalog(locale=lang, fuzzy=False)
    for text in sorted(wanted):
        old = catalogue.get(text)
        fresh.add(text, old.string if old else "", flags=old.flags if old else ())
    stream = io.BytesIO()
    write_po(stream, fresh, width=100, omit_header=True)
    header = f'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Language: {lang}\\n"\n\n'
    return header.encode() + stream.getvalue()


def wanted_messages(project: Path, lang: str = "fr") -> dict[str, str]:
    """Return every text that needs a translation: written out, or asked for by a notebook of the project."""
    found = written_messages(project) | kept_in_tables() | assumed() | (labels() if lang != "fr" else {})
    for notebook in sorted((project / "notebooks").glob("*.ipynb")):
        found = dict.fromkeys(used_messages(notebook, {"lang": lang}), notebook.name) | found
    return found


def main(project: Path) -> None:
    """Bring the catalogues of the library up to date with a project and say what is left to fill in.

    A new language gets a catalogue.
    """
    for lang in (code for code in LANGUAGES if code != language.SOURCE):
        path = language.LOCALE / f"{lang}.po"
        if not path.exists():
            path.write_bytes(brought_up_to_date(Catalog(locale=lang), [], lang))
        before, wanted = _read(path, lang), wanted_messages(project, lang)
        path.write_bytes(brought_up_to_date(before, wanted, lang))
        known = {str(message.id) for message in before if message.id}
        new, gone, left = wanted.keys() - known, known - wanted.keys(), gaps(_read(path, lang), wanted)
        name = os.path.relpath(path, project)
        print(f"{name}: {len(wanted)} texts ({len(new)} new, {len(gone)} no longer used), {len(left)} to fill in")
        for line in left:
            print(f"  {line}")


def _read(path: Path, lang: str) -> Catalog:
    with path.open("rb") as stream:
        return read_po(stream, locale=lang)


if __name__ == "__main__":
    main(Path())
