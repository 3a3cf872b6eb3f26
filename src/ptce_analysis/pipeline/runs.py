"""The declared runs, notebook × parameters × language (`runs.toml`), and where each thing is in a project."""

import ast
import json
import os
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from ptce_analysis.errors import InputError, nearest
from ptce_analysis.publish.site import FAMILIES, SitePage, check_parameters
from ptce_analysis.survey.waves import PREVIOUS_VARIABLE, WAVES_VARIABLE
from ptce_analysis.vocabulary import LANGUAGES

# The package itself: its folder, and its name in import lines.
LIBRARY = Path(__file__).parents[1]
PACKAGE = LIBRARY.name

RUNS_FILE = "runs.toml"
# Under which rules of disclosure the reader wants the pages on supplied waves: a key of `vocabulary.RULE_SETS`.
RULES_VARIABLE = "PTCE_RULES"
# The page of a folder of the site that is shown when no page is named; at the top, that of this run.
INDEX, INDEX_RUN = "index.html", "00_index"
# Pages made of answers stand apart from those of the published figures, and invented answers from supplied ones.
FOLDERS = {"fictitious": "demonstration", "supplied": "survey"}
# The stamps that are not a run's; no run has these names, since a run's begins with its language.
TABLES, SITE = "tables", "site"


@dataclass(frozen=True)
class Run:
    """One page to build: its name, its notebook, its language and all parameters the notebook receives.

    `family` lists the runs that make one page for each level, or order, from the same notebook, by name and variant.
    `address` is that of its page in the folder of its language, `pages` are all those of its language.
    """

    name: str
    notebook: Path
    lang: str
    parameters: tuple[tuple[str, Any], ...]
    family: tuple[tuple[str, str], ...] = ()
    menu: str = ""
    address: str = ""
    pages: tuple[SitePage, ...] = ()

    @property
    def id(self) -> str:
        return f"{self.lang}/{self.name}"

    @property
    def waves(self) -> str:
        """Whose answers its page reads: `fictitious`, `supplied`, or nobody's."""
        return str(dict(self.parameters).get("waves", ""))

    @property
    def variant(self) -> str:
        """What tells its page apart from the others of its family: a level, an order of rows."""
        return next((str(value) for name, value in self.parameters if name in FAMILIES), "")

    @property
    def folder(self) -> str:
        """The folder of the site that its page stands in: none, or that of pages made of such answers."""
        return FOLDERS.get(self.waves, "")


class Place:
    """A project's folder and every path of its build, each written here once."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self.sources = project / "notebooks"
        self.published = project / "data" / "raw" / "published"
        # Committed: figures, one folder per language, and tables.
        self.figures, self.processed = project / "figures", project / "data" / "processed"
        # Everything git does not keep.
        self.build = project / "build"
        self.notebooks, self.site, self.pdf = self.build / "notebooks", self.build / "site", self.build / "pdf"
        self.lock, self.scratch = self.build / "lock", self.build / "scratch"
        self.made = (self.figures, self.processed, self.build)

    def notebook(self, run: Run) -> Path:
        return self.notebooks / f"{run.id}.ipynb"

    def page(self, run: Run) -> Path:
        return self.site / run.lang / run.address

    def pictures(self, run: Run) -> Path:
        return self.page(run).parent / "figures"

    def figures_of(self, run: Run) -> Path:
        """The folder of a run's figures: what is made from answers supplied by a reader is never committed."""
        return (self.build / "figures" if run.waves == "supplied" else self.figures) / run.lang

    def failed(self, run: Run) -> Path:
        return self.build / "failed" / f"{run.id}.ipynb"

    def stamp(self, name: str) -> Path:
        """The record of what a result was made from: of a run, by its id, of the tables or of the site."""
        return self.build / "stamps" / f"{name}.json"


def declared_runs(project: Path) -> tuple[Run, ...]:
    """Return every declared run, French first, in the order of `runs.toml`; refuse an illegal declaration."""
    entries = _asked_for(project, _entries(project))
    runs = [_run(project, entry, lang) for lang in LANGUAGES for entry in entries]
    for name, count in Counter(run.id for run in runs).items():
        if count > 1:
            raise InputError(f"{RUNS_FILE}: run {name!r} is declared twice. Give one of them another `name`.")
    return tuple(run for lang in LANGUAGES for run in _placed([run for run in runs if run.lang == lang]))


def _placed(runs: Sequence[Run]) -> Iterator[Run]:
    """The runs of a language, each with its family and its place on the site: the first of answers opens its folder."""
    first = {run.folder: run.name for run in reversed(runs) if run.folder} | {"": INDEX_RUN}
    pages, families = dict[Run, SitePage](), defaultdict[Any, list[tuple[str, str]]](list)
    but_variant = {run: (run.notebook, *(one for one in run.parameters if one[0] not in FAMILIES)) for run in runs}
    for run in runs:
        address = str(PurePosixPath(run.folder, INDEX if first[run.folder] == run.name else f"{run.name}.html"))
        pages[run] = SitePage(run.name, address, run.menu, run.variant)
        families[but_variant[run]] += [(run.name, run.variant)] if run.variant else []
    for run, page in pages.items():
        # Answers that a reader supplies change nothing of the other pages.
        known = (run.folder, "", FOLDERS["fictitious"])
        seen = tuple(one for other, one in pages.items() if other.folder in known)
        family = families[but_variant[run]]
        yield replace(run, family=tuple(family) if len(family) > 1 else (), address=page.address, pages=seen)


def chosen_runs(runs: tuple[Run, ...], names: Iterable[str]) -> tuple[Run, ...]:
    """Return the runs with these names (`02_emergence` for both languages, `fr/02_emergence` for one); all for none.

    Raises `InputError` for a name that is not declared, with the legal ones and the nearest.
    """
    names = list(names)
    legal = sorted({run.name for run in runs} | {run.id for run in runs})
    for name in names:
        if name not in legal:
            raise InputError(f"run {name!r} is not declared. Legal names: {', '.join(legal)}.{nearest(name, legal)}")
    return tuple(run for run in runs if not names or run.name in names or run.id in names)


def _entries(project: Path) -> list[dict[str, Any]]:
    path = project / RUNS_FILE
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise InputError(f"{path}: not found. Run the command inside the project, or give --project.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"{RUNS_FILE}: {error}. Mend the file.") from None
    entries: Any = table.get("runs")
    if set(table) != {"runs"} or not entries or not isinstance(entries, list) or not isinstance(entries[0], dict):
        raise InputError(f"{RUNS_FILE}: only [[runs]] tables are expected, one at least.")
    for key, value in (item for entry in entries for item in ({"notebook": None} | entry).items()):
        if key not in KEYS:
            legal = ", ".join(KEYS)
            raise InputError(f"{RUNS_FILE}: key {key!r} is unknown. Legal keys: {legal}.{nearest(key, KEYS)}")
        expected, is_legal = KEYS[key]
        if not is_legal(value):
            raise InputError(f"{RUNS_FILE}: {key} = {value!r}: {expected} is expected.")
    return list(entries)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and value != "index" and bool(re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,99}", value))


def _is_menu(value: Any) -> bool:
    known = isinstance(value, dict) and "en" in value and value.keys() <= LANGUAGES.keys()
    return known and all(name and isinstance(name, str) for name in value.values())


# What a [[runs]] table may hold: what to say when a value is wrong, and whether it is right.
KEYS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "notebook": ("the name of a notebook of `notebooks/`, without its ending,", lambda value: isinstance(value, str)),
    "name": ("a name of small letters, digits, - and _, at most 100 and other than 'index',", _is_name),
    "parameters": ("a table of names and values, without lang,", lambda v: isinstance(v, dict) and "lang" not in v),
    "menu": ("a name in English (en) and in any other language of the pages", _is_menu),
}


def _asked_for(project: Path, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entries, with what a reader asks for (`make WAVES=DIR`, `RULES=`); rules that protect nothing are refused."""
    supplied = [entry for entry in entries if entry.get("parameters", {}).get("waves") == "supplied"]
    if os.environ.get(WAVES_VARIABLE):
        told = {entry["notebook"] for entry in supplied}
        stems = dict.fromkeys(entry["notebook"] for entry in entries if entry["notebook"] not in told)
        reading = [stem for stem in stems if "waves" in notebook_parameters(_notebook_path(project, stem))]
        more = [{"notebook": s, "name": f"{s}_supplied", "parameters": {"waves": "supplied"}} for s in reading]
        entries, supplied = entries + more, supplied + more
    if rules := os.environ.get(RULES_VARIABLE):
        check_parameters(RULES_VARIABLE, {"rules": rules})
        for entry in supplied:
            if (declared := entry["parameters"].setdefault("rules", rules)) != rules:
                where = f"{RUNS_FILE}, run {entry.get('name', '')}: rules = {declared!r}"
                raise InputError(f"{where}, but {RULES_VARIABLE} asks for {rules!r}. Give one of them.")
    for variable in (RULES_VARIABLE, PREVIOUS_VARIABLE):
        if (value := os.environ.get(variable)) and not supplied:
            asked = f"{variable.removeprefix('PTCE_')}={value}"
            raise InputError(
                f"{variable}={value}: no page is made of waves that you supply, so that nothing would change."
                f" Give the waves too ({WAVES_VARIABLE}=DIR, or make WAVES=DIR {asked}) or unset it."
            )
    return entries


def _run(project: Path, entry: dict[str, Any], lang: str) -> Run:
    notebook, given = _notebook_path(project, entry["notebook"]), {"lang": lang, **entry.get("parameters", {})}
    defaults, name = notebook_parameters(notebook), entry.get("name", notebook.stem)
    check_parameters(f"{RUNS_FILE}, run {name}", given, defaults)
    menu = entry.get("menu", {})
    return Run(name, notebook, lang, tuple(sorted((defaults | given).items())), menu=menu.get(lang, menu.get("en", "")))


def _notebook_path(project: Path, stem: str) -> Path:
    legal = sorted(path.stem for path in (project / "notebooks").glob("*.ipynb"))
    if stem not in legal:
        raise InputError(f"{RUNS_FILE}: notebook {stem!r}: legal values: {', '.join(legal)}.{nearest(stem, legal)}")
    return project / "notebooks" / f"{stem}.ipynb"


def notebook_parameters(path: Path) -> dict[str, Any]:
    """Return the names and default values assigned in the notebook's cell tagged `parameters`.

    Raises `InputError` when the file is no notebook, when not one cell is tagged, or when it does anything else.
    """
    fault = "is not a notebook. Open it in JupyterLab and save it again."
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        tagged = ["".join(cell["source"]) for cell in cells if "parameters" in cell["metadata"].get("tags", [])]
        fault = "needs one cell tagged `parameters`, which may only assign plain values to names."
        (source,) = tagged
        assigned = [node for node in ast.parse(source).body if isinstance(node, ast.Assign)]
        values = [(node.targets, ast.literal_eval(node.value)) for node in assigned]
    except (ValueError, KeyError, TypeError, SyntaxError):
        raise InputError(f"{path.name} {fault}") from None
    return {target.id: value for targets, value in values for target in targets if isinstance(target, ast.Name)}
