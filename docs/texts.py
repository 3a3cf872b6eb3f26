"""The texts to translate: found in the code, the templates and the notebooks, compared with a catalogue.

`make texts` brings the catalogues up to date: finished translations are kept, new texts are added empty and listed,
texts that nothing uses any more are removed.
"""

import ast
import io
import json
import os
import re
from collections.abc import Iterable, Mapping
from contextlib import chdir, redirect_stdout
from pathlib import Path
from typing import Any
from unittest.mock import patch

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from ptce_analysis.analysis.audit_words import SENTENCES
from ptce_analysis.analysis.rates import METHODS, REASONS
from ptce_analysis.publish import language
from ptce_analysis.publish.methods_page import LIBRARY, assumptions
from ptce_analysis.published import INDICATORS
from ptce_analysis.vocabulary import GLOSSARY, LABEL_ROWS, LANGUAGES

# What finds the texts of a kind of file: `words(…)` of code and templates.
EXTRACTORS = {".py": "python", ".j2": "jinja2.ext:babel_extract"}
NAMES = re.compile(r"\{(\w+)(?::[^}]*)?\}")
# A class of texts says so in its docstring; its members are then texts even where no call writes them out.
TEXTS = "texts to translate"


def written_messages(project: Path, library: Path = LIBRARY) -> dict[str, str]:
    """Return every text written out in the library and in the project's notebooks, with the file where it stands."""
    found: dict[str, str] = {}
    for path in (path for path in sorted(library.rglob("*")) if path.suffix in EXTRACTORS):
        texts = [one[1] for one in extract_from_file(EXTRACTORS[path.suffix], path, keywords={"words": None})]
        for node in ast.parse(path.read_text(encoding="utf-8")).body if path.suffix == ".py" else ():
            if isinstance(node, ast.ClassDef) and TEXTS in (ast.get_docstring(node) or ""):
                texts += [ast.literal_eval(line.value) for line in node.body if isinstance(line, ast.Assign)]
        found |= dict.fromkeys(map(str, texts), path.name)
    for path in sorted((project / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        prose = ("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
        found |= {part: path.name for source in prose for part in language.paragraphs(source)}
    return found


def labels(library: Path = LIBRARY) -> dict[str, str]:
    """Return the English of every label (English, French) kept in tables, with its file: other languages need it."""
    found = {row["en"]: "labels.csv" for row in LABEL_ROWS}
    found |= {label[0]: "glossary.csv" for term in GLOSSARY for label in term.values()}
    found |= {one.label[0]: "indicators.csv" for one in INDICATORS.values()}
    for path in sorted(library.rglob("*.py")):
        tables = (one for one in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(one, ast.AnnAssign))
        pairs = (node for table in tables if "Label" in ast.unparse(table.annotation) for node in ast.walk(table))
        for node in (node for node in pairs if isinstance(node, ast.Tuple) and len(node.elts) == 2):
            text, other = (getattr(one, "value", None) for one in node.elts)
            found |= {text: path.name} if isinstance(text, str) and isinstance(other, str) else {}
    return found


def wanted_messages(project: Path, lang: str = "fr") -> dict[str, str]:
    """Return every text that needs a translation: written out, in a table, or asked for as a notebook runs."""
    found = written_messages(project) | (labels() if lang != "fr" else {})
    kept = [text for method in METHODS.values() for text in (method.convention, method.source)]
    found |= dict.fromkeys([*kept, *REASONS.values()], "rates.py") | dict.fromkeys(SENTENCES.values(), "sentences.csv")
    found |= {part: module for _, module, *parts in assumptions().to_numpy() for part in parts if part}
    for notebook in sorted((project / "notebooks").glob("*.ipynb")):
        names: dict[str, Any] = {"__name__": "__main__"}
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        asked = patch.object(language, "translation", wraps=language.translation)
        with asked as translation, chdir(notebook.parent), redirect_stdout(io.StringIO()):
            for cell in (cell for cell in cells if cell["cell_type"] == "code"):
                exec("".join(cell["source"]), names)
                names |= {"lang": "fr"} if "parameters" in cell["metadata"].get("tags", []) else {}
        found = {call.args[1]: notebook.name for call in translation.call_args_list if call.args[1]} | found
    return found


def gaps(catalogue: Catalog, wanted: Mapping[str, str]) -> list[str]:
    """Return a line for each text that is not, or not well, translated, and for each translation that nothing uses."""
    entries = {str(message.id): message for message in catalogue if message.id}
    found = [f"obsolete: {text!r}" for text in (*entries, *catalogue.obsolete) if text not in wanted]
    for text, place in wanted.items():
        said = str(entries[text].string) if text in entries and not entries[text].fuzzy else ""
        if not said:
            found.append(f"{place}: not translated: {text!r}")
        elif set(NAMES.findall(text)) != set(NAMES.findall(said)):
            found.append(f"{place}: other {{names}} than the source: {said!r} for {text!r}")
    return found


def brought_up_to_date(catalogue: Catalog, wanted: Iterable[str], lang: str) -> bytes:
    """Return a catalogue that holds exactly the wanted texts, with the translations there are."""
    fresh, stream = Catalog(locale=lang, fuzzy=False), io.BytesIO()
    for text in sorted(wanted):
        old = catalogue.get(text)
        fresh.add(text, old.string if old else "", flags=old.flags if old else ())
    write_po(stream, fresh, width=100, omit_header=True)
    header = f'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Language: {lang}\\n"\n\n'
    return header.encode() + stream.getvalue()


def main(project: Path) -> None:
    """Bring the catalogues of the languages, new ones too, up to date with a project; say what is left to fill in."""
    for lang in (code for code in LANGUAGES if code != language.SOURCE):
        path, wanted = language.LOCALE / f"{lang}.po", wanted_messages(project, lang)
        before = read_po(io.BytesIO(path.read_bytes()), locale=lang) if path.exists() else Catalog(locale=lang)
        after, known = brought_up_to_date(before, wanted, lang), {str(message.id) for message in before if message.id}
        path.write_bytes(after)
        left = gaps(read_po(io.BytesIO(after), locale=lang), wanted)
        moved = f"{len(wanted.keys() - known)} new, {len(known - wanted.keys())} no longer used"
        print(f"{os.path.relpath(path, project)}: {len(wanted)} texts ({moved}), {len(left)} to fill in")
        for line in left:
            print(f"  {line}")


if __name__ == "__main__":
    main(Path())
