"""What each result is made from, down to the file: the digests that decide whether it is stale."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ptce_analysis.pipeline.imports import (
    Graph,
    import_graph,
    modules_used,
    notebook_imports,
    only_asks_the_library,
)
from ptce_analysis.pipeline.place import LIBRARY, PACKAGE, Place
from ptce_analysis.pipeline.run import Run
from ptce_analysis.pipeline.stamps import digest, digest_of_value
from ptce_analysis.pipeline.versions import versions
from ptce_analysis.publish.site import CITATION
from ptce_analysis.survey.waves import WAVES, supplied_folder, wave_files

# What turns any notebook into its page, besides what the notebook itself imports. Papermill finds the engine by its
# entry point, not by an import.
MAKES_PAGES = (f"{PACKAGE}.pipeline.pages", f"{PACKAGE}.pipeline.entry")
MAKES_TABLES = (f"{PACKAGE}.pipeline.tables",)

# What a researcher saves beside a notebook, and the words that do.
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".pdf", ".eps")
SAVED = re.compile(r"\bsavefig\([^()]*\)")

# What reads respondents' answers: who does not use it, and opens nothing by itself, is not made from them.
READS_ANSWERS = f"{PACKAGE}/survey/read.py"

# What reads the library's own comments: who uses it is made from every module.
READS_COMMENTS = f"{PACKAGE}/publish/messages.py"

# The description of the project's tables, which that of the site's data takes over.
PACKAGE_FILE = "datapackage.json"

Digests = dict[str, str]


@dataclass(frozen=True)
class Inputs:
    """The digests of a project's inputs by file name, as they were when first asked for."""

    place: Place
    library: Path = LIBRARY

    def of_tables(self) -> Digests:
        """Return what the processed tables are made from."""
        code = self._code(MAKES_TABLES)
        return self._raw | self._locked | code

    def of_run(self, run: Run) -> Digests:
        """Return what a run's notebook, figures and page are made from."""
        own = [run.notebook, *(path for pattern in run.reads for path in self._matching(pattern))]
        code = self._code([*MAKES_PAGES, *notebook_imports(run.notebook)])
        data = self._data_for(code) if only_asks_the_library(run.notebook) else self._raw | self._processed
        if READS_COMMENTS in code:
            code |= {name: found for name, found in self._library_files.items() if name.endswith(".py")}
        beside = self._beside(run.notebook)
        found = data | self._locked | beside | self._resources([run.lang]) | code
        if dict(run.parameters).get("waves") == "supplied":
            found |= self._supplied
        found |= self._files([*own, *self._matching(CITATION)])
        return found | {"parameters": digest_of_value([run.parameters, run.family, run.pages])}

    def of_site(self, runs: Sequence[Run]) -> Digests:
        """Return what the indexes are made from: every executed notebook, in order, the library, the published data."""
        order = {"list of runs": digest_of_value([(run.id, run.address, run.menu) for run in runs])}
        about = [path for name in (CITATION, PACKAGE_FILE) for path in self._matching(name)]
        published = (path for path in files_below(self.place.published) if path.suffix == ".csv")
        notebooks = (self.place.notebook(run) for run in runs)
        return self._library_files | order | self._files([*about, *published, *notebooks])

    def imports(self, runs: Iterable[Run]) -> list[str]:
        """Return every name that runs import: modules of the library, and all that these import, wherever it stands."""
        used = modules_used(self._graph, {name for run in runs for name in notebook_imports(run.notebook)})
        return sorted(used | {name for module in used for name in self._graph[module][1]})

    @cached_property
    def _graph(self) -> Graph:
        return import_graph(self.library)

    @cached_property
    def _file_of(self) -> dict[str, str]:
        """The name of each module's file."""
        return {module: path.relative_to(self.library.parent).as_posix() for module, (path, _) in self._graph.items()}

    @cached_property
    def _raw(self) -> Digests:
        return self._data("raw")

    @cached_property
    def _processed(self) -> Digests:
        """The tables, asked for once they are built."""
        return self._data("processed")

    def _data_for(self, code: Digests) -> Digests:
        """The data that a notebook reads through the library: answers only if its code can read them."""
        answers = () if READS_ANSWERS in code else (f"{WAVES.as_posix()}/", "data/processed/waves/")
        found = self._raw | self._processed
        return {name: digest for name, digest in found.items() if not name.startswith(answers)}

    @cached_property
    def _supplied(self) -> Digests:
        """The files of waves supplied by a reader, wherever they are."""
        folder = supplied_folder(self.place.project)
        files = wave_files(folder) if folder.is_dir() else ()
        return {f"data/supplied/{path.relative_to(folder).as_posix()}": digest(path.read_bytes()) for path in files}

    @cached_property
    def _locked(self) -> Digests:
        """The lock, and what is installed: another environment may be used, and pages state its versions."""
        return self._files(self._matching("requirements.lock")) | {"installed versions": digest_of_value(versions())}

    @cached_property
    def _library_files(self) -> Digests:
        files = (path for path in self.library.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
        return {path.relative_to(self.library.parent).as_posix(): digest(path.read_bytes()) for path in files}

    def _code(self, names: Iterable[str]) -> Digests:
        used = (self._file_of[module] for module in modules_used(self._graph, names))
        return {name: self._library_files[name] for name in used}

    def _resources(self, langs: Iterable[str]) -> Digests:
        """Templates, styles and the catalogues of some languages."""
        catalogues = {f"{lang}.po" for lang in langs}
        wanted = (name for name in self._library_files if not name.endswith(".py"))
        return {
            name: self._library_files[name]
            for name in wanted
            if not name.endswith(".po") or Path(name).name in catalogues
        }

    def _data(self, stage: str) -> Digests:
        files = files_below(self.place.project / "data" / stage)
        return self._files(path for path in files if path.suffix != ".md" and not path.name.startswith("."))

    def _beside(self, notebook: Path) -> Digests:
        """What stands beside the notebooks: one may import it or open it by its bare name.

        A picture counts only for a notebook that names it, other than to save it there.
        """
        text = SAVED.sub("", notebook.read_text(encoding="utf-8"))
        pictures = (name for name in self._stand_beside if Path(name).suffix.lower() in PICTURES)
        saved = {name for name in pictures if Path(name).name not in text}
        return {name: found for name, found in self._stand_beside.items() if name not in saved}

    @cached_property
    def _stand_beside(self) -> Digests:
        files = files_below(self.place.sources)
        return self._files(path for path in files if path.suffix != ".ipynb" and not _is_scratch(path))

    def _matching(self, pattern: str) -> list[Path]:
        return [path for path in self.place.project.glob(pattern) if path.is_file()]

    def _files(self, paths: Iterable[Path]) -> Digests:
        project = self.place.project
        return {path.relative_to(project).as_posix(): digest(path.read_bytes()) for path in paths}


def files_below(folder: Path) -> Iterator[Path]:
    """Yield every file below a folder, those of linked folders too: whoever opens them does not see the link."""
    seen = set[Path]()
    for name, folders, files in os.walk(folder, followlinks=True):
        place = Path(name).resolve()
        if place in seen:  # a link to a folder above
            folders.clear()
            continue
        seen.add(place)
        yield from (path for file in files if (path := Path(name, file)).is_file())


def _is_scratch(path: Path) -> bool:
    """Whether a file was left by a tool: caches, checkpoints."""
    return any(part.startswith(".") or part == "__pycache__" for part in path.parts[-2:])
