"""What is stale, by content and never by date: what a result was made from, what was made, whether either changed."""

import fcntl
import json
import os
import platform
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache, cached_property
from glob import iglob
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ptce_analysis.pipeline.runs import LIBRARY, PACKAGE, RUNS_FILE, Place, Run
from ptce_analysis.publish.site import CITATION
from ptce_analysis.survey.waves import WAVES, earlier_tables, supplied_folder, wave_files

# The packages whose versions a page states.
VERSIONS = ("matplotlib", "nbconvert", "numpy", "pandas", "papermill", "scipy")
# The description of the project's tables, which that of the site's data takes over.
PACKAGE_FILE = "datapackage.json"
# The licences of what is not code.
TERMS = "LICENSES/DATA.md"

# What a researcher saves beside a notebook, and the words that do.
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".pdf", ".eps")
SAVED = re.compile(r"\bsavefig\([^()]*\)")
# How code comes to answers of respondents: it names the waves, or looks through folders.
READS_WAVES = re.compile(r"waves|glob\b|iterdir|listdir|walk\b|%run|%load|^[ \t]*!", re.MULTILINE)

# What stands for the folder of supplied waves in the names of inputs.
SUPPLIED = "data/supplied/"
# The name of each file or value that something was made from, and its digest.
Digests = dict[str, str]


def digest(data: bytes) -> str:
    """Return the SHA-256 of some bytes, in hexadecimal."""
    return sha256(data).hexdigest()


def digest_of_value(value: Any) -> str:
    """Return a digest of a JSON-like value."""
    return digest(json.dumps(value, sort_keys=True, ensure_ascii=False).encode())


@cache
def versions() -> dict[str, str]:
    """Return the versions of the packages that make the numbers and the pages, and of Python."""
    return {"python": platform.python_version(), **{name: version(name) for name in VERSIONS}}


class Inputs:
    """The digests of a project's inputs by file name, as they were when first asked for."""

    def __init__(self, place: Place, library: Path = LIBRARY) -> None:
        self.place = place
        files = sorted(path for path in files_below(library) if "__pycache__" not in path.parts)
        whole = [(path.relative_to(library).as_posix(), digest(path.read_bytes())) for path in files]
        # The library as one; the lock, and what is installed: another environment may be used, pages state it.
        self._library = {PACKAGE: digest_of_value(whole)}
        installed = {"installed versions": digest_of_value(versions())}
        self._environment = self._library | self._present("requirements.lock") | installed
        self._raw = self._data("raw")

    def of_tables(self) -> Digests:
        return self._raw | self._environment

    def of_run(self, run: Run) -> Digests:
        """Return what a run's notebook, figures and page are made from.

        Answers count where code names the waves or looks through folders; what stands beside the notebook too, as it
        may be opened by its bare name: a picture only if the notebook names it other than to save it.
        """
        text = SAVED.sub("", run.notebook.read_text(encoding="utf-8"))
        beside = {n: d for n, d in self._neighbours.items() if not n.lower().endswith(PICTURES) or Path(n).name in text}
        code = [code_of(self.place.project / name) for name in beside if name.endswith(".py")]
        data = self._raw | self._processed
        if not any(map(READS_WAVES.search, [code_of(run.notebook), *code])):
            answers = (f"{WAVES.as_posix()}/", "data/processed/waves/")
            data = {name: found for name, found in data.items() if not name.startswith(answers)}
        about = self._present(CITATION, *[RUNS_FILE] * (RUNS_FILE in text))
        found = data | self._environment | beside | self._files([run.notebook]) | about
        if run.waves == "supplied":
            folder = supplied_folder(self.place.project)
            files = wave_files(folder) if folder.is_dir() else ()
            found |= {SUPPLIED + file.relative_to(folder).as_posix(): digest(file.read_bytes()) for file in files}
            earlier = earlier_tables(self.place.project, run.lang, run.name)
            found |= {f"earlier site, {name}": digest(data) for name, data in earlier.items()}
        return found | {"parameters": digest_of_value([run.parameters, run.family, run.pages])}

    def of_site(self, runs: Sequence[Run]) -> Digests:
        """Return what the indexes are made from: every executed notebook, in order, the library, the published data."""
        order = {"list of runs": digest_of_value([(run.id, run.address, run.menu) for run in runs])}
        about = self._present(CITATION, PACKAGE_FILE, TERMS)
        files = [*self.place.published.glob("*.csv"), *(self.place.notebook(run) for run in runs)]
        return self._library | order | about | self._files(files)

    @cached_property
    def _processed(self) -> Digests:  # once they are built
        return self._data("processed")

    @cached_property
    def _neighbours(self) -> Digests:
        files = (path for path in files_below(self.place.sources) if path.suffix != ".ipynb")
        scratch = (".", "__pycache__")
        return self._files(path for path in files if not any(part.startswith(scratch) for part in path.parts[-2:]))

    def _data(self, stage: str) -> Digests:
        files = files_below(self.place.project / "data" / stage)
        return self._files(path for path in files if path.suffix not in (".md", ".py", ".pyc") and path.name[0] != ".")

    def _present(self, *names: str) -> Digests:
        return self._files(path for name in names if (path := self.place.project / name).is_file())

    def _files(self, paths: Iterable[Path]) -> Digests:
        project = self.place.project
        return {path.relative_to(project).as_posix(): digest(path.read_bytes()) for path in paths}


def code_of(path: Path) -> str:
    """Return the code of a module, or of a notebook's cells."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return text
    return "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "code")


def files_below(folder: Path) -> Iterator[Path]:
    """Yield every file below a folder, those of linked folders too: whoever opens them does not see the link."""
    names = iglob("**", root_dir=folder, recursive=True, include_hidden=True)  # noqa: PTH207 (Path follows no link)
    return (path for name in names if (path := folder / name).is_file())


def publish(stamp: Path, root: Path, inputs: Mapping[str, str], files: Mapping[Path, bytes]) -> None:
    """Write results, remove those no longer made, and record last what they were made from."""
    made = {path.relative_to(root).as_posix(): digest(data) for path, data in files.items()}
    record = json.dumps({"inputs": dict(inputs), "outputs": made}, indent=1, sort_keys=True).encode()
    write_together({**files, stamp: record}, [path for path in made_by(stamp, root) if path not in files])


def made_by(stamp: Path, root: Path) -> list[Path]:
    """Return the files a stamp says were made, and that nobody has altered since."""
    outputs = recorded(stamp)["outputs"].items()
    return [root / name for name, expected in outputs if not _state_of(root / name, expected)]


def recorded(stamp: Path) -> dict[str, dict[str, str]]:
    """Return the `inputs` and `outputs` of a stamp; both empty when there is none that can be read."""
    try:
        found = json.loads(stamp.read_bytes())
        return {key: dict(found[key]) for key in ("inputs", "outputs")}
    except (OSError, ValueError, KeyError, TypeError):
        return {"inputs": {}, "outputs": {}}


def stale_because(stamp: Path, root: Path, inputs: Mapping[str, str]) -> str:
    """Return why results must be made again, in a few words; an empty string when they are up to date."""
    record = recorded(stamp)
    if not record["outputs"]:
        return "stamp unreadable" if stamp.exists() else "never built"
    made = record["inputs"]
    changed = sorted(name for name in made.keys() | inputs.keys() if made.get(name) != inputs.get(name))
    if changed:
        others = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        return f"{changed[0]}{others} changed"
    states = ((name, _state_of(root / name, expected)) for name, expected in record["outputs"].items())
    return next((f"{name} {state}" for name, state in states if state), "")


def _state_of(path: Path, expected: str) -> str:
    if not path.is_file():
        return "is missing"
    return "" if digest(path.read_bytes()) == expected else "was altered"


def write_together(files: Mapping[Path, bytes], dropped: Iterable[Path] = ()) -> None:
    """Write files beside their final names, drop others, then rename all; raises `OSError` naming the final path."""
    parts = {path: path.with_name(f".{path.name}.{os.getpid()}.part") for path in files}
    path = Path()
    try:
        for path, part in parts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            # Not forced to the disk: after a power cut, what was not wholly written no longer matches its stamp.
            part.write_bytes(files[path])
        for path in dropped:
            path.unlink(missing_ok=True)
        for path, part in parts.items():
            part.replace(path)
    except OSError as error:  # of the file that somebody asked for, not of its temporary neighbour
        raise OSError(error.errno, error.strerror, str(path)) from None
    finally:
        for part in parts.values():
            with suppress(OSError):
                part.unlink(missing_ok=True)


@contextmanager
def one_at_a_time(place: Place) -> Iterator[None]:
    """Hold the project's lock, which ends with its process, while the body runs; remove what a killed build left."""
    place.lock.parent.mkdir(parents=True, exist_ok=True)
    with place.lock.open("a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("another build is at work in this project: waiting until it ends", file=sys.stderr, flush=True)
            fcntl.flock(stream, fcntl.LOCK_EX)
        shutil.rmtree(place.scratch, ignore_errors=True)
        for path in (path for folder in place.made for path in folder.rglob(".*.part")):
            if re.fullmatch(r"\..+\.\d+\.part", path.name):
                path.unlink(missing_ok=True)
        yield
