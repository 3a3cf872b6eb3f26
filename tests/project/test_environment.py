"""One list of packages, told in several files: they agree, and none of them says where packages come from."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from conftest import REPOSITORY

PYPROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = sorted([REPOSITORY / "requirements.lock", *(REPOSITORY / "requirements").glob("*.lock")])

# What conda-forge calls a package that PyPI calls otherwise: the parts without a graphical interface or a web browser.
CONDA_NAMES = {"matplotlib": "matplotlib-base", "seaborn": "seaborn-base", "nbconvert": "nbconvert-core"}

# Not on conda-forge under a name we can check; taken from PyPI there too.
FROM_PYPI = {"jupyterlab-language-pack-fr-fr", "latex2mathml", "text2num"}


def split(requirement: str) -> tuple[str, str]:
    """The name and the range of a requirement, the name as indexes compare it."""
    found = re.fullmatch(r"([A-Za-z0-9_.-]+?)\s*([<>=!~].*)?", requirement)
    assert found is not None, requirement
    return re.sub(r"[-_.]+", "-", found[1]).lower(), found[2] or ""


def locked(path: Path) -> dict[str, list[str]]:
    """Each entry of a lock with its hashes."""
    entries: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if re.match(r"[a-zA-Z0-9]", line):
            entries[line.split("\\")[0].strip()] = []
        elif "--hash=" in line:
            entries[next(reversed(entries))].append(line.strip(" \\").removeprefix("--hash="))
    return entries


def names(path: Path) -> set[str]:
    """The packages of a lock."""
    return {split(entry.split(";")[0].split("==")[0].strip())[0] for entry in locked(path)}


def test_conda_and_pip_ask_for_the_same() -> None:
    """environment.yml has the packages and ranges of pyproject.toml, JupyterLab's and the PDF's too, by conda names."""
    wanted = dict(split(text) for text in PYPROJECT["project"]["dependencies"])
    for extra in ("lab", "pdf"):
        wanted |= dict(split(text) for text in PYPROJECT["project"]["optional-dependencies"][extra])
    wanted |= dict(split(text) for text in PYPROJECT["build-system"]["requires"])
    expected = {CONDA_NAMES.get(name, name): limits for name, limits in wanted.items() if name not in FROM_PYPI}
    expected |= {"python": PYPROJECT["project"]["requires-python"], "pip": ""}
    listed = yaml.safe_load((REPOSITORY / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    assert {name.replace("_", "-"): limits for name, limits in expected.items()} == dict(
        split(entry) for entry in listed if isinstance(entry, str)
    )
    (with_pip,) = (entry["pip"] for entry in listed if isinstance(entry, dict))
    assert with_pip == [*(f"{name}{wanted[name]}" for name in sorted(FROM_PYPI)), "-e ."]


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_a_lock_is_versions_and_hashes_and_no_address(path: Path) -> None:
    """`name==version` with SHA-256 for each entry; packages come from wherever the user's installer looks."""
    entries, text = locked(path), path.read_text(encoding="utf-8")
    assert entries and not re.search(r"(?i)https?:|file:|--(?:extra-)?index|--find-links|@ ", text)
    for entry, hashes in entries.items():
        assert re.fullmatch(r"[A-Za-z0-9_.-]+==[^\s;]+( ; .+)?", entry), entry
        assert hashes and all(re.fullmatch(r"sha256:[0-9a-f]{64}", one) for one in hashes), entry


def test_every_dependency_is_locked_in_one_version() -> None:
    """What pyproject.toml asks for is in the batch lock; those of extras hold it and add their own."""
    project = PYPROJECT["project"]
    extras = project["optional-dependencies"]
    wanted = {"requirements.lock": [], "pdf.lock": ["pdf"], "dev.lock": ["dev", "pdf", "stats"], "lab.lock": ["lab"]}
    for path in (path for path in LOCKS if path.name in wanted):
        asked = [*project["dependencies"], *(text for extra in wanted[path.name] for text in extras[extra])]
        assert {split(text)[0] for text in asked} <= names(path), path.name
    assert {"uv", *(split(text)[0] for text in PYPROJECT["build-system"]["requires"])} <= names(LOCKS[0])
    versions = {path.name: {entry.split(";")[0].strip() for entry in locked(path)} for path in LOCKS}
    assert versions["requirements.lock"] <= versions["pdf.lock"] & versions["lab.lock"]
    assert versions["pdf.lock"] <= versions["dev.lock"]


def test_the_makefile_lists_itself() -> None:
    """Every target meant for people is in `make help`, which names each once."""
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    # The tests may themselves run under make, which then announces folders.
    command = ["make", "--no-print-directory", "help"]
    shown = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    assert [line.split()[0] for line in shown.splitlines()] == re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE)
    assert {line.split()[0] for line in shown.splitlines()} == set(phony.split())
