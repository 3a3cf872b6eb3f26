"""The texts to translate: found in the code, the templates and the notebooks, compared with a catalogue.

`make texts` brings the catalogues up to date: finished translations are kept, new texts are added empty and listed,
texts that nothing uses any more are removed.

The hypotheses that bear on results are texts too, read from the comments of the code that makes them:
`# Assumption (02, 03): … Source: … If wrong: …` is one that these pages rest on, and the page of methods lists it.
`# Assumption: …`, without pages, bears on no published figure (how an answer is read, say), and `# Limit: …` bounds
time or memory: both are for whoever reads the code.
"""

from __future__ import annotations

import ast
import io
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from ptce_analysis.analysis.rates import METHODS, REASONS
from ptce_analysis.publish import language
from ptce_analysis.publish.language import Sentence, Words
from ptce_analysis.published import INDICATORS, INDICATORS_FILE
from ptce_analysis.vocabulary import LABEL_ROWS, LANGUAGES, Label

LIBRARY = Path(__file__).parents[1]
LABELLED = re.compile(r"\bLabel\b")
NAMES = re.compile(r"\{(\w+)(?::[^}]*)?\}")
# A class of texts says so in its docstring; its members are then texts even where no call writes them out.
TEXTS = "texts to translate"

COMMENT = re.compile(r"^[ \t]*# Assumption \(.*(?:\n[ \t]*#.*)*", re.MULTILINE)
PARTS = re.compile(
    r"Assumption \((?P<pages>[\d, ]+)\):\s*(?P<text>.*?)\s*Source:\s*(?P<source>.*?)\s*If wrong:\s*(?P<if_wrong>.*)"
)
# What the pages are called in the line of links (`menu` of `runs.toml`), by the number of their notebook.
PAGES: dict[str, Label] = {
    "01": ("Consistency", "Concordance"),
    "02": ("Emergence", "Émergence"),
    "03": ("Funders", "Financeurs"),
    "04": ("Grants", "Subventions"),
    "05": ("Median cluster", "Pôle médian"),
    "07": ("By tier", "Par échelon"),
    "09": ("Methods", "Méthodes"),
}


@dataclass(frozen=True)
class Assumption:
    """One hypothesis: the pages it bears on, the module that makes it, and its three parts, the first a sentence."""

    pages: tuple[str, ...]
    module: str
    text: str
    source: str
    if_wrong: str


def assumptions(library: Path = LIBRARY) -> list[Assumption]:
    """Return every hypothesis of a package, in the order of the pages they bear on."""
    found: list[Assumption] = []
    for path in sorted(library.rglob("*.py")):
        module = ".".join(path.relative_to(library.parent).with_suffix("").parts).removesuffix(".__init__")
        for comment in COMMENT.findall(path.read_text(encoding="utf-8")):
            one = PARTS.search(" ".join(line.strip("# \t") for line in comment.split("\n")))
            if one:
                found.append(
                    Assumption(tuple(one["pages"].split(", ")), module, *one.group("text", "source", "if_wrong"))
                )
    return sorted(found, key=lambda one: one.pages)


def hypotheses(words: Words) -> list[Sentence]:
    """Return each hypothesis as the line of a list: its pages by name, what is assumed, its ground, if it is wrong."""
    return [
        words(
            "**{pages}.** {text} Ground: {source} If wrong: {if_wrong}",
            pages=Sentence(", ".join(words.label(PAGES[page]) for page in one.pages)),
            text=words(one.text),
            source=words(one.source),
            if_wrong=words(one.if_wrong),
        )
        for one in assumptions()
    ]


def written_messages(project: Path, library: Path = LIBRARY) -> dict[str, str]:
    """Return every text written out in the library and in the project's notebooks, with the file where it stands."""
    found: dict[str, str] = {}
    for path in sorted(library.rglob("*.py")):
        found |= dict.fromkeys(_in_code(ast.parse(path.read_text(encoding="utf-8"))), path.name)
    notebooks = sorted((project / "notebooks").glob("*.ipynb"))
    for path in (*sorted(library.rglob("*.j2")), *notebooks):
        method = "jinja2.ext:babel_extract" if path.suffix == ".j2" else f"{language.__name__}:extract_notebook"
        texts = extract_from_file(method, path, keywords={"words": None})
        found |= dict.fromkeys((str(message) for _, message, _, _ in texts), path.name)
    return found


def _in_code(tree: ast.AST) -> Iterator[str]:
    """The texts given to `words(…)`, and the members of the classes that hold texts."""
    for node in ast.walk(tree):
        held: list[ast.expr] = []
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "words":
            held = node.args[:1]
        if isinstance(node, ast.ClassDef) and TEXTS in (ast.get_docstring(node) or ""):
            held = [line.value for line in node.body if isinstance(line, ast.Assign)]
        yield from (one.value for one in held if isinstance(one, ast.Constant) and isinstance(one.value, str))


def labels(library: Path = LIBRARY) -> dict[str, str]:
    """Return the English of every label (English, French) kept in tables, with the file where it stands.

    French stands beside it; any other language translates it in its catalogue.
    """
    found = {row["en"]: "labels.csv" for row in LABEL_ROWS}
    found |= {known.label[0]: INDICATORS_FILE for known in INDICATORS.values()}
    for path in sorted(library.rglob("*.py")):
        tables = (node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.AnnAssign))
        for table in (table for table in tables if LABELLED.search(ast.unparse(table.annotation))):
            for node in (node for node in ast.walk(table) if isinstance(node, ast.Tuple)):
                texts = [one.value for one in node.elts if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                found |= {texts[0]: path.name} if len(texts) == 2 else {}
    return found


@contextmanager
def recording() -> Iterator[set[str]]:
    """Collect every text whose translation is asked for inside this, whoever asks."""
    used: set[str] = set()
    translation = language.translation

    def recorded(lang: str, text: str) -> str:
        used.update(filter(None, [text]))
        return translation(lang, text)

    language.translation = recorded
    try:
        yield used
    finally:
        language.translation = translation


def wanted_messages(project: Path, lang: str = "fr") -> dict[str, str]:
    """Return every text that needs a translation: written out, in a table, or asked for as a notebook runs."""
    found = written_messages(project) | (labels() if lang != "fr" else {})
    kept = [text for method in METHODS.values() for text in (method.convention, method.source)]
    found |= dict.fromkeys([*kept, *REASONS.values()], "rates.py")
    found |= {part: one.module for one in assumptions() for part in (one.text, one.source, one.if_wrong) if part}
    for notebook in sorted((project / "notebooks").glob("*.ipynb")):
        names: dict[str, Any] = {"__name__": "__main__"}
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        with recording() as used, chdir(notebook.parent), redirect_stdout(io.StringIO()):
            for cell in (cell for cell in cells if cell["cell_type"] == "code"):
                exec("".join(cell["source"]), names)
                names |= {"lang": lang} if "parameters" in cell["metadata"].get("tags", []) else {}
        found = dict.fromkeys(used, notebook.name) | found
    return found


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


def main(project: Path) -> None:
    """Bring the catalogues of the library up to date with a project and say what is left to fill in.

    A new language gets a catalogue.
    """
    for lang in (code for code in LANGUAGES if code != language.SOURCE):
        path = language.LOCALE / f"{lang}.po"
        if not path.exists():
            path.write_bytes(brought_up_to_date(Catalog(locale=lang), [], lang))
        before, wanted = read_po(io.BytesIO(path.read_bytes()), locale=lang), wanted_messages(project, lang)
        path.write_bytes(brought_up_to_date(before, wanted, lang))
        known = {str(message.id) for message in before if message.id}
        new, gone = wanted.keys() - known, known - wanted.keys()
        left, name = gaps(read_po(io.BytesIO(path.read_bytes()), locale=lang), wanted), os.path.relpath(path, project)
        print(f"{name}: {len(wanted)} texts ({len(new)} new, {len(gone)} no longer used), {len(left)} to fill in")
        for line in left:
            print(f"  {line}")


if __name__ == "__main__":
    main(Path())
