"""`ptce release`: one archive, the same bytes wherever it is made, and none when something is not as it should be."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import FIGURE, REPOSITORY, build_quietly, kept_environment, write_notebook
from ptce_analysis import __version__
from ptce_analysis.cli import main
from ptce_analysis.pipeline import release as under_test
from ptce_analysis.pipeline.release import Report
from ptce_analysis.vocabulary import LANGUAGES

pytestmark = pytest.mark.usefixtures("restored_environment")

ARCHIVE = Path("build", "release", f"ptce-analysis-{__version__}.zip")
SUMS = ARCHIVE.with_name("SHA256SUMS")
TOP = f"ptce-analysis-{__version__}/"


def with_documents(project: Path) -> Path:
    """A project with the documents that go with every release."""
    for name in under_test.DOCUMENTS:
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        if not (project / name).exists():
            shutil.copy(REPOSITORY / name, project / name)
    return project


@pytest.fixture(scope="module")
def ready_once(built_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small project, built, with everything a release needs; only to be copied."""
    folder = with_documents(Path(shutil.copytree(built_once, tmp_path_factory.mktemp("ready") / "project")))
    with kept_environment():
        build_quietly(folder)
    return folder


@pytest.fixture
def ready(ready_once: Path, tmp_path: Path) -> Path:
    """The same, to be spoilt."""
    return Path(shutil.copytree(ready_once, tmp_path / "ready"))


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> None:
    """Building again elsewhere, which takes seconds, is left to the tests that are about it."""
    monkeypatch.setattr(under_test, "verify", lambda _: Report(1, []))


def released(project: Path) -> zipfile.ZipFile:
    """The archive of a project."""
    assert main(["release", "--project", str(project)]) == 0
    return zipfile.ZipFile(io.BytesIO((project / ARCHIVE).read_bytes()))


def in_another_place(project: Path, zone: str, umask: int) -> bytes:
    """The archive of a project built and released by commands of their own, in other surroundings."""
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY / "src"), "HOME": str(project), "TZ": zone}
    for command in ("build", "release"):
        run = [sys.executable, "-m", "ptce_analysis", command]
        done = subprocess.run(run, cwd=project, env=env, umask=umask, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    return (project / ARCHIVE).read_bytes()


@pytest.mark.thorough
def test_two_folders_give_the_same_bytes(project: Path, tmp_path: Path) -> None:
    """Another folder, time zone, umask, other modes and dates of files: the same bytes, `ptce verify` included."""
    with_documents(project)
    other = Path(shutil.copytree(project, tmp_path / "un autre dossier, à côté"))
    for path in other.rglob("*"):
        path.chmod(0o755)
        os.utime(path, (1e9, 1e9))
    assert in_another_place(project, "Asia/Tokyo", 0o077) == in_another_place(other, "America/Lima", 0o002)


@pytest.mark.usefixtures("verified")
def test_the_archive_holds_results_and_what_goes_with_them(ready: Path) -> None:
    """Site, claims, notebooks, figures, tables, documents, sums; no answers, nothing of the build's own."""
    (ready / "docs").mkdir()
    (ready / "docs" / "method.md").write_text("# Method\n", encoding="utf-8")
    whole = released(ready)
    names = {name.removeprefix(TOP) for name in whole.namelist()}
    expected = {*under_test.DOCUMENTS, "docs/method.md", "SHA256SUMS", "site/index.html"}
    expected |= {f"data/processed/{table}.csv" for table in ("funding_by_level", "funding_totals")}
    for lang in LANGUAGES:
        pages = ("index.html", "plain.html", "drawn.html", "claims.json", "datapackage.json", "ptce-analysis.bib")
        pages += ("data/figures.csv", "data/indicators.csv", "data/roles.csv", "data/sources.csv")
        expected |= {f"site/{lang}/{page}" for page in pages} | {f"figures/{lang}/drawn.svg"}
        expected |= {f"notebooks/{lang}/{name}.ipynb" for name in ("plain", "drawn")}
    assert names == expected
    assert whole.read(f"{TOP}site/fr/plain.html") == (ready / "build" / "site" / "fr" / "plain.html").read_bytes()


@pytest.mark.usefixtures("verified")
def test_entries_say_nothing_of_the_machine(ready: Path) -> None:
    """In order, one date, one mode, no compression: what could differ between two machines is not there."""
    entries = released(ready).infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    told = {(e.date_time, e.external_attr, e.create_system, e.compress_type, e.extra, e.comment) for e in entries}
    assert told == {((1980, 1, 1, 0, 0, 0), 0o100644 << 16, 3, zipfile.ZIP_STORED, b"", b"")}


@pytest.mark.usefixtures("verified")
def test_every_file_has_its_digest(ready: Path, tmp_path: Path) -> None:
    """`sha256sum -c SHA256SUMS` finds every file of the archive as it was; the archive has its digest beside it."""
    whole = released(ready)
    whole.extractall(tmp_path / "there")
    check = ["sha256sum", "--quiet", "--strict", "-c", "SHA256SUMS"]
    for folder in (tmp_path / "there" / TOP, (ready / ARCHIVE).parent):
        subprocess.run(check, cwd=folder, check=True, capture_output=True)
    listed = whole.read(f"{TOP}SHA256SUMS").decode().splitlines()
    assert len(listed) == len(whole.namelist()) - 1


@pytest.mark.usefixtures("verified")
def test_the_command_says_what_it_wrote(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The path counted from the project, the digest of the archive and the number of its files."""
    assert main(["release", "--project", str(ready), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    data = (ready / ARCHIVE).read_bytes()
    assert said["archive"] == ARCHIVE.as_posix() and said["sha256"] == hashlib.sha256(data).hexdigest()
    assert said["files"] == len(zipfile.ZipFile(io.BytesIO(data)).namelist())


def _edit_notebook(project: Path) -> None:
    write_notebook(project / "notebooks" / "plain.ipynb", ["print('edited')"])


def _alter_figure(project: Path) -> None:
    (project / "figures" / "fr" / "drawn.svg").write_text("<svg/>")


def _alter_index(project: Path) -> None:
    (project / "build" / "site" / "fr" / "index.html").write_text("mine")


def _add_page(project: Path) -> None:
    (project / "build" / "site" / "fr" / "answers.csv").write_text("pole_id\n1\n")


def _add_figure(project: Path) -> None:
    (project / "figures" / "en" / "old.svg").write_text("<svg/>")


def _lose_document(project: Path) -> None:
    (project / "SECURITY.md").unlink()


def _show_an_address(project: Path) -> None:
    write_notebook(project / "notebooks" / "plain.ipynb", ["print('camille.temoin@exemple.fr')"])
    assert build_quietly(project).succeeded


def _keep_answers(project: Path) -> None:
    (project / "data" / "processed" / "poles.csv").write_text("wave,pole_id,origin\n2015,P1,survey\n")


REFUSED: dict[str, tuple[Callable[[Path], None], str]] = {
    "stale": (_edit_notebook, "not up to date: run `make`.\nfr/plain (notebooks/plain.ipynb changed)\nen/plain"),
    "altered": (_alter_figure, "not up to date: run `make`.\nfr/drawn (figures/fr/drawn.svg was altered)"),
    "altered index": (_alter_index, "indexes (build/site/fr/index.html was altered)"),
    "foreign page": (_add_page, "made by no declared run: remove it, or run `make`.\nbuild/site/fr/answers.csv"),
    "foreign figure": (_add_figure, "made by no declared run: remove it, or run `make`.\nfigures/en/old.svg"),
    "document": (_lose_document, "a file that goes with every release is missing.\nSECURITY.md"),
    "unsafe": (_show_an_address, "not safe to publish: see `ptce check-site build/site`.\n"),
    "answers": (_keep_answers, "answers of respondents in a path that git commits"),
}


@pytest.mark.usefixtures("verified")
@pytest.mark.parametrize("why", REFUSED)
def test_what_is_not_as_it_should_be_is_not_released(ready: Path, why: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Stale, altered, foreign, unsafe or incomplete: the reason, the first files, exit code 2, and no archive."""
    spoil, said = REFUSED[why]
    spoil(ready)
    assert main(["release", "--project", str(ready)]) == 2
    assert said in capsys.readouterr().err
    assert not (ready / ARCHIVE).exists()


@pytest.mark.usefixtures("verified")
def test_nothing_is_released_while_answers_are_supplied(
    ready: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With PTCE_WAVES set the site may be made of real answers: it is handed over by hand, or not at all."""
    monkeypatch.setenv("PTCE_WAVES", str(tmp_path))
    assert main(["release", "--project", str(ready)]) == 2
    assert "nothing is released while answers are supplied (PTCE_WAVES)" in capsys.readouterr().err


@pytest.mark.thorough
def test_what_cannot_be_built_again_is_not_released(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """When building elsewhere gives other bytes, the report of `ptce verify` is the reason; an older archive stays."""
    (ready / ARCHIVE).parent.mkdir(parents=True)
    (ready / ARCHIVE).write_bytes(b"older")
    chance = ["import os", "print(os.environ['HOME'])"]
    write_notebook(ready / "notebooks" / "plain.ipynb", [*chance, FIGURE % "plain"])
    assert build_quietly(ready).succeeded
    assert main(["release", "--project", str(ready)]) == 2
    said = capsys.readouterr().err
    assert "`ptce verify` fails" in said and "plain.ipynb: differs" in said
    assert (ready / ARCHIVE).read_bytes() == b"older"


def test_a_long_list_is_cut_short() -> None:
    """Eight names, then how many more."""
    with pytest.raises(under_test.InputError, match=r"(?s)name7\n\.\.\. and 3 more$"):
        under_test._refuse("why", [f"name{number}" for number in range(11)])
