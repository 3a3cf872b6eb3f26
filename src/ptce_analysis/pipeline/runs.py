"""The declared runs: notebook × parameters × language, read from `runs.toml` and checked before anything starts."""

from __future__ import annotations

import ast
import json
import os
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ptce_analysis.errors import InputError, nearest
from ptce_analysis.pipeline.run import FOLDERS, INDEX, INDEX_RUN, Run
from ptce_analysis.publish.site import SitePage, check_parameters
from ptce_analysis.survey.waves import WAVES_VARIABLE
from ptce_analysis.vocabulary import LANGUAGES

RUNS_FILE = "runs.toml"
# Under which rules of disclosure the reader wants the pages on supplied waves: a key of `vocabulary.RULE_SETS`.
RULES_VARIABLE = "PTCE_RULES"


def declared_runs(project: Path) -> tuple[Run, ...]:
    """Return every declared run, French first, in the order of `runs.toml`; refuse an illegal declaration."""
    entries = _with_supplied(project, _entries(project))
    runs = tuple(_run(project, entry, lang) for lang in LANGUAGES for entry in entries)
    doubled = sorted({run.id for run in runs if sum(other.id == run.id for other in runs) > 1})
    if doubled:
        raise InputError(f"{RUNS_FILE}: run {doubled[0]!r} is declared twice. Give one of them another `name`.")
    return tuple(run for lang in LANGUAGES for run in _placed([run for run in runs if run.lang == lang]))


def _placed(runs: Sequence[Run]) -> Iterator[Run]:
    """The runs of a language, each with its family and its place on the site: the first of answers opens its folder."""
    first = {run.folder: run.name for run in reversed(runs) if run.folder} | {"": INDEX_RUN}
    pages = [
        SitePage(
            run.name,
            "/".join(filter(None, (run.folder, INDEX if first[run.folder] == run.name else f"{run.name}.html"))),
            run.menu,
            str(dict(run.parameters).get("level", "")),
        )
        for run in runs
    ]
    for run, page in zip(runs, pages, strict=True):
        # Answers that a reader supplies change nothing of the other pages.
        known = [
            one
            for one, other in zip(pages, runs, strict=True)
            if other.folder in (run.folder, "", FOLDERS["fictitious"])
        ]
        yield replace(run, family=_family(run, runs), address=page.address, pages=tuple(known))


def _family(run: Run, runs: Iterable[Run]) -> tuple[tuple[str, str], ...]:
    """The runs that differ from this one by their level only, when there are several: its page leads to theirs."""
    same = [one for one in runs if (one.notebook, _but_level(one)) == (run.notebook, _but_level(run))]
    levels = [(one.name, str(dict(one.parameters)["level"])) for one in same if "level" in dict(one.parameters)]
    return tuple(levels) if len(levels) > 1 else ()


def _but_level(run: Run) -> dict[str, Any]:
    return {name: value for name, value in run.parameters if name != "level"}


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
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: not found. Run the command inside the project, or give --project.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{RUNS_FILE}: {error}. Mend the file.") from None
    entries = table.get("runs")
    if not isinstance(entries, list) or set(table) != {"runs"}:
        raise InputError(f"{RUNS_FILE}: only [[runs]] tables are expected.")
    return entries


def _with_supplied(project: Path, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the entries with one more for each notebook on waves, when a reader supplies some (`make WAVES=DIR`)."""
    if not os.environ.get(WAVES_VARIABLE):
        return _under_rules(entries)
    known = [entry for entry in entries if isinstance(entry, dict) and "notebook" in entry]
    told = {entry["notebook"] for entry in known if _is_supplied(entry)}
    stems = dict.fromkeys(entry["notebook"] for entry in known if entry["notebook"] not in told)
    reading = [stem for stem in stems if "waves" in notebook_parameters(notebook_path(project, stem))]
    supplied = ({"notebook": s, "name": f"{s}_supplied", "parameters": {"waves": "supplied"}} for s in reading)
    return _under_rules([*entries, *supplied])


def _is_supplied(entry: Any) -> bool:
    """Whether an entry is a page on waves that a reader supplies."""
    given = entry.get("parameters") if isinstance(entry, dict) else None
    return isinstance(given, dict) and given.get("waves") == "supplied"


def _under_rules(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the entries with the rules of disclosure that a reader asks for (`make RULES=strict`), if any.

    Stricter rules that would protect nothing are refused: who asks for them would believe that they did.
    """
    rules = os.environ.get(RULES_VARIABLE)
    if not rules:
        return entries
    check_parameters(RULES_VARIABLE, {"rules": rules})
    if not any(map(_is_supplied, entries)):
        raise InputError(
            f"{RULES_VARIABLE}={rules}: no page is made of waves that you supply, so that nothing would change."
            f" Give the waves too ({WAVES_VARIABLE}=DIR, or make WAVES=DIR RULES={rules}), or unset {RULES_VARIABLE}."
        )
    return [_under(rules, entry) if _is_supplied(entry) else entry for entry in entries]


def _under(rules: str, entry: dict[str, Any]) -> dict[str, Any]:
    """An entry with the rules of disclosure asked for; one that declares others is refused, not overruled."""
    declared = entry["parameters"].get("rules", rules)
    if declared != rules:
        raise InputError(
            f"{RUNS_FILE}, run {entry.get('name', '')}: rules = {declared!r}, but {RULES_VARIABLE} asks for {rules!r}."
            " Give one of them."
        )
    return {**entry, "parameters": {**entry["parameters"], "rules": rules}}


def _run(project: Path, entry: Any, lang: str) -> Run:
    _check_entry(entry)
    notebook = notebook_path(project, entry["notebook"])
    given = {"lang": lang, **entry.get("parameters", {})}
    defaults = notebook_parameters(notebook)
    name = entry.get("name", notebook.stem)
    check_parameters(f"{RUNS_FILE}, run {name}", given, defaults)
    for pattern in entry.get("reads", ()):
        if not any(project.glob(pattern)):
            raise InputError(f"{RUNS_FILE}, run {name}: reads {pattern!r}: no such file in the project.")
    menu = entry.get("menu", {})
    parameters, reads = tuple(sorted((defaults | given).items())), tuple(entry.get("reads", ()))
    return Run(name, notebook, lang, parameters, reads, menu=menu.get(lang, menu.get("en", "")))


def _check_entry(entry: Any) -> None:
    """Refuse a [[runs]] table with an unknown key or a value of another type than expected."""
    if not isinstance(entry, dict):
        raise InputError(f"{RUNS_FILE}: only [[runs]] tables are expected, not {entry!r}.")
    if "notebook" not in entry:
        raise InputError(f"{RUNS_FILE}: a run without `notebook`: {entry!r}. Name the notebook it executes.")
    for key, value in entry.items():
        if key not in KEYS:
            raise InputError(f"{RUNS_FILE}: key {key!r} is unknown. Legal keys: {', '.join(KEYS)}.{nearest(key, KEYS)}")
        expected, legal = KEYS[key]
        if not legal(value):
            raise InputError(f"{RUNS_FILE}: {key} = {value!r}: {expected} is expected.")


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[a-z0-9][a-z0-9_-]*", value) is not None and value != "index"


def _inside(value: Any) -> bool:
    """Whether a value is a list of patterns that stay inside the project."""
    return isinstance(value, list) and all(
        isinstance(text, str) and text and not text.startswith("/") and ".." not in text.split("/") for text in value
    )


def _is_named(value: Any) -> bool:
    """Whether a value is a text for each of some languages, English among them."""
    return isinstance(value, dict) and "en" in value and value.keys() <= LANGUAGES.keys() and all(value.values())


# What a [[runs]] table may hold: what to say when a value is wrong, and whether it is right.
KEYS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "notebook": ("the name of a notebook of `notebooks/`, without its ending,", lambda value: isinstance(value, str)),
    "name": ("a name of small letters, digits, - and _, other than 'index',", _is_name),
    "parameters": ("a table of names and values, without lang,", lambda v: isinstance(v, dict) and "lang" not in v),
    "reads": ("a list of patterns of files inside the project", _inside),
    "menu": ("a name in English (en) and in any other language of the pages", _is_named),
}


def notebook_path(project: Path, stem: str) -> Path:
    """Return the path of a notebook of the project; a name that is not one of them is refused."""
    legal = sorted(path.stem for path in (project / "notebooks").glob("*.ipynb"))
    if stem not in legal:
        raise InputError(f"{RUNS_FILE}: notebook {stem!r}: legal values: {', '.join(legal)}.{nearest(stem, legal)}")
    return project / "notebooks" / f"{stem}.ipynb"


def notebook_parameters(path: Path) -> dict[str, Any]:
    """Return the names and default values assigned in the notebook's cell tagged `parameters`.

    Raises `InputError` when no cell, or more than one, is tagged, or when the cell does anything else.
    """
    tagged = [code for tags, code in _cells(path) if "parameters" in tags]
    if len(tagged) != 1:
        raise InputError(f"{path.name}: {len(tagged)} cells are tagged `parameters`; one is expected.")
    try:
        assigned = [node for node in ast.parse(tagged[0]).body if isinstance(node, ast.Assign)]
        values = [(node.targets, ast.literal_eval(node.value)) for node in assigned]
    except (SyntaxError, ValueError):
        raise InputError(f"{path.name}: the cell tagged `parameters` may only assign plain values to names.") from None
    return {target.id: value for targets, value in values for target in targets if isinstance(target, ast.Name)}


def _cells(path: Path) -> list[tuple[list[str], str]]:
    """The tags and the source of each cell; a file that is not a notebook is refused."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return [(cell["metadata"].get("tags", []), "".join(cell["source"])) for cell in cells]
    except (ValueError, KeyError, TypeError):
        raise InputError(f"{path.name}: not a notebook. Open it in JupyterLab and save it again.") from None
