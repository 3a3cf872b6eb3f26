"""`ptce release`: one archive, the same bytes wherever it is made; and what is rebuilt elsewhere is compared."""

import io
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
import yaml

from conftest import FIGURE, REPOSITORY, build_quietly, kept_environment, results, write_notebook
from ptce_analysis import __version__
from ptce_analysis.cli import main
from ptce_analysis.pipeline import release as under_test
from ptce_analysis.pipeline.release import Report, compare, copy_inputs, first_difference, verify
from ptce_analysis.pipeline.runs import Place
from ptce_analysis.pipeline.stale import digest, publish
from ptce_analysis.protect.scan import scan, zipped
from ptce_analysis.vocabulary import LANGUAGES

pytestmark = pytest.mark.usefixtures("restored_environment")

ORCID = "https://orcid.org/0000-0002-1825-0097"
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
        build_with_paper(folder)
    return folder


def build_with_paper(project: Path) -> None:
    """Build a project, and write a file in the place of the PDF of its pages."""
    assert build_quietly(project).succeeded
    pdf, page = Place(project).pdf, "build/site/fr/plain.html"
    inputs = {page: digest((project / page).read_bytes())}
    publish(pdf / under_test.STAMP, project, inputs, {pdf / f"{under_test.NAME}-fr.pdf": b"%PDF-1.7"})


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


@pytest.mark.usefixtures("verified")
def test_the_archive_holds_results_and_what_goes_with_them(ready: Path, tmp_path: Path) -> None:
    """Site, claims, notebooks, figures, tables, documents; no answers, nothing of the build's own or of the machine.

    In order, one date, one mode, no compression; `sha256sum -c SHA256SUMS` finds every file as it was.
    """
    (ready / "docs").mkdir()
    (ready / "docs" / "method.md").write_text("# Method\n", encoding="utf-8")
    whole = released(ready)
    names = {name.removeprefix(TOP) for name in whole.namelist()}
    expected = {*under_test.DOCUMENTS, "docs/method.md", "SHA256SUMS", "site/index.html"}
    expected |= {f"pdf/{under_test.NAME}-fr.pdf", "ro-crate-metadata.json"}
    expected |= {f"data/processed/{table}.csv" for table in ("funding_by_level", "funding_totals")}
    for lang in LANGUAGES:
        pages = ("index.html", "plain.html", "drawn.html", "claims.json", "datapackage.json", "data/README.md")
        pages += ("data/figures.csv", "data/indicators.csv", "data/roles.csv", "data/sources.csv")
        pages += ("data/citation.bib", "data/citation.ris", "data/LICENCE.md", f"data/ptce-2013-2015-{lang}.zip")
        expected |= {f"site/{lang}/{page}" for page in pages} | {f"figures/{lang}/drawn.svg"}
        expected |= {f"notebooks/{lang}/{name}.ipynb" for name in ("plain", "drawn")}
    assert names == expected
    assert whole.read(f"{TOP}site/fr/plain.html") == (ready / "build" / "site" / "fr" / "plain.html").read_bytes()
    entries = whole.infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    told = {(e.date_time, e.external_attr, e.create_system, e.compress_type, e.extra, e.comment) for e in entries}
    assert told == {((1980, 1, 1, 0, 0, 0), 0o100644 << 16, 3, zipfile.ZIP_STORED, b"", b"")}
    whole.extractall(tmp_path / "there")
    check = ["sha256sum", "--quiet", "--strict", "-c", "SHA256SUMS"]
    for folder in (tmp_path / "there" / TOP, (ready / ARCHIVE).parent):
        subprocess.run(check, cwd=folder, check=True, capture_output=True)
    listed = whole.read(f"{TOP}SHA256SUMS").decode().splitlines()
    assert len(listed) == len(whole.namelist()) - 1


@pytest.mark.usefixtures("verified")
def test_the_archive_describes_itself(ready: Path) -> None:
    """RO-Crate 1.1: the study with all that CITATION.cff states, each file with its kind and size, nothing dangling."""
    authors = [
        {"family-names": "Example", "given-names": "Ada", "orcid": ORCID, "affiliation": "An institute"},
        {"name": "B"},
    ]
    cited = yaml.safe_load((ready / "CITATION.cff").read_text("utf-8")) | {"authors": authors, "doi": "10.5072/x"}
    (ready / "CITATION.cff").write_text(yaml.safe_dump(cited, allow_unicode=True), "utf-8")
    build_with_paper(ready)
    whole = released(ready)
    record = json.loads(whole.read(f"{TOP}ro-crate-metadata.json"))
    assert record["@context"] == "https://w3id.org/ro/crate/1.1/context"
    entities = {one["@id"]: one for one in record["@graph"]}
    assert len(entities) == len(record["@graph"]) and all(isinstance(one["@type"], str) for one in entities.values())
    about, root = entities["ro-crate-metadata.json"], entities["./"]
    assert (about["about"], about["conformsTo"]) == ({"@id": "./"}, {"@id": "https://w3id.org/ro/crate/1.1"})
    assert root["@type"] == "Dataset" and root["license"] == {
        "@id": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
    }
    assert (root["name"], root["description"], root["datePublished"]) == (
        cited["title"], cited["abstract"], cited["date-released"],
    )  # fmt: skip
    assert root["identifier"] == "https://doi.org/10.5072/x" and entities[ORCID]["familyName"] == "Example"
    assert [entities[one["@id"]]["name"] for one in root["author"]] == ["Ada Example", "B"]
    files = {name.removeprefix(TOP) for name in whole.namelist()} - {"ro-crate-metadata.json", "SHA256SUMS"}
    assert (
        {one["@id"] for one in root["hasPart"]} == files == {k for k, one in entities.items() if one["@type"] == "File"}
    )
    sizes = {one.filename.removeprefix(TOP): str(one.file_size) for one in whole.infolist()}
    assert all(entities[name]["contentSize"] == sizes[name] and entities[name]["encodingFormat"] for name in files)
    used = [value for one in record["@graph"] for value in one.values() if isinstance(value, dict)]
    assert {one["@id"] for one in used} <= {*entities, "https://w3id.org/ro/crate/1.1"}


NEIGHBOURS = {"a.csv": b"c\n1\n", "README.md": b"# Data\n"}
REPEATED = zipped("data", NEIGHBOURS)
SPOILT = {
    "as it was": REPEATED,
    "a file that is not beside it": zipped("data", NEIGHBOURS | {"more.csv": b"x"}),
    "a file from above": zipped("data", NEIGHBOURS | {"../page.html": b"<p>"}),
    "other bytes of a file": zipped("data", NEIGHBOURS | {"a.csv": b"c\n2\n"}),
    "something at its end": REPEATED + b"x",
    "something before it": b"x" + REPEATED,
    "no archive": b"PK",
}


@pytest.mark.parametrize("what", SPOILT)
def test_an_archive_of_a_site_holds_files_beside_it_and_nothing_else(tmp_path: Path, what: str) -> None:
    """`check-site` accepts the one that repeats its neighbours to the byte, and refuses any other."""
    (tmp_path / "data").mkdir()
    for name, data in NEIGHBOURS.items():
        (tmp_path / "data" / name).write_bytes(data)
    (tmp_path / "page.html").write_text("<p>")
    (tmp_path / "data" / "data.zip").write_bytes(SPOILT[what])
    found = [(one.file, one.rule) for one in scan(tmp_path)]
    assert found == ([] if what == "as it was" else [("data/data.zip", "closed")])


# The file that is written (or removed) before the release, what stands in it, and what is said.
REFUSED = {
    "runs.toml": ('[[runs]]\nnotebook = "plain"\n', "not up to date: run `make`.\nfr/plain (parameters changed)"),
    "figures/fr/drawn.svg": ("<svg/>", "not up to date: run `make`.\nfr/drawn (figures/fr/drawn.svg was altered)"),
    "build/site/fr/index.html": ("mine", "indexes (build/site/fr/index.html was altered)"),
    "build/site/fr/a.csv": ("x", "made by no declared run: remove it, or run `make`.\nbuild/site/fr/a.csv"),
    "figures/en/old.svg": ("<svg/>", "made by no declared run: remove it, or run `make`.\nfigures/en/old.svg"),
    "build/pdf/stamp.json": ("{}", "the PDF is not that of the pages: run `make pdf`.\nstamp unreadable"),
    "SECURITY.md": ("", "a file that goes with every release is missing.\nSECURITY.md"),
    "data/processed/poles.csv": ("pole_id\nP1\n", "answers of respondents in a path that git commits"),
}


@pytest.mark.usefixtures("verified")
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_as_it_should_be_is_not_released(
    ready: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Stale, altered, foreign or incomplete: the reason, the first files, exit code 2, and no archive."""
    text, said = REFUSED[name]
    (ready / name).write_text(text) if text else (ready / name).unlink()
    assert main(["release", "--project", str(ready)]) == 2
    assert said in capsys.readouterr().err
    assert not (ready / ARCHIVE).exists()


@pytest.mark.usefixtures("verified")
def test_what_is_not_safe_is_not_released(
    ready: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An address of somebody in what a cell printed; with PTCE_WAVES set, a site that may be made of real answers."""
    write_notebook(ready / "notebooks" / "plain.ipynb", ["print('camille.temoin@exemple.fr')"])
    assert build_quietly(ready).succeeded
    assert main(["release", "--project", str(ready)]) == 2
    assert "not safe to publish: see `ptce check-site build/site`.\n" in capsys.readouterr().err
    monkeypatch.setenv("PTCE_WAVES", "anywhere")
    assert main(["release", "--project", str(ready)]) == 2
    assert "nothing is released while answers are supplied (PTCE_WAVES)" in capsys.readouterr().err


@pytest.mark.thorough
def test_what_cannot_be_built_again_is_not_released(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """When building elsewhere gives other bytes, the report of `ptce verify` is the reason; an older archive stays."""
    (ready / ARCHIVE).parent.mkdir(parents=True)
    (ready / ARCHIVE).write_bytes(b"older")
    chance = ["import os", "print(os.environ['HOME'])"]
    write_notebook(ready / "notebooks" / "plain.ipynb", [*chance, FIGURE % "plain"])
    build_with_paper(ready)
    assert main(["release", "--project", str(ready)]) == 2
    said = capsys.readouterr().err
    assert "`ptce verify` fails" in said and "plain.ipynb: differs" in said
    assert (ready / ARCHIVE).read_bytes() == b"older"


def place(folder: Path, files: dict[str, str]) -> Place:
    """A project that holds these files."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return Place(folder)


def test_everything_is_the_same_elsewhere(built_project: Path) -> None:
    """Another folder, home, time zone, locale, hash order and file mask give the same bytes; nothing here changes."""
    before = results(built_project)
    report = verify(built_project)
    assert report.succeeded, report.text()
    assert report.compared >= len([name for name in before if not name.startswith("site/index")])
    assert report.text() == f"{report.compared} of {report.compared} files are the same"
    assert results(built_project) == before


def test_each_difference_is_named(tmp_path: Path) -> None:
    """Differing, missing and superfluous files are found; pages count only where they were built here."""
    here = place(tmp_path / "here", {
        "figures/fr/a.svg": "<svg>\n1 239 k€\n", "figures/fr/old.svg": "x", "figures/README.md": "x",
        "data/processed/t.csv": "same", "build/site/fr/a.html": "here", "build/site/fr/mine.html": "x",
    })  # fmt: skip
    rebuilt = place(tmp_path / "rebuilt", {
        "figures/fr/a.svg": "<svg>\n1 240 k€\n", "figures/fr/new.svg": "x",
        "data/processed/t.csv": "same", "build/site/fr/a.html": "there", "build/site/fr/b.html": "x",
    })  # fmt: skip
    report = compare(here, rebuilt)
    assert report.compared == 5 and not report.succeeded
    assert [(one.file, one.kind) for one in report.differences] == [
        ("build/site/fr/a.html", "differs"),
        ("figures/fr/a.svg", "differs"),
        ("figures/fr/new.svg", "is built but not here"),
        ("figures/fr/old.svg", "is here but no run makes it"),
    ]
    assert report.text().splitlines()[3:] == [
        "figures/fr/a.svg: differs first at line 2, column 4",
        "  here:    '1 239 k€\\n'",
        "  rebuilt: '1 240 k€\\n'",
        "figures/fr/new.svg: is built but not here",
        "figures/fr/old.svg: is here but no run makes it",
        "1 of 5 files are the same",
    ]


def test_the_first_difference_is_found() -> None:
    """Line and column are counted from one, also where one file ends, or is no text."""
    assert first_difference(b"a\n", b"a\nb")[0] == "line 2, column 1"
    assert first_difference(b"a\r\n", b"a\n")[0] == "line 1, column 2"
    assert first_difference(b"\xff\x00", b"\xff\x01")[0] == "line 1, column 5"


def test_only_inputs_are_copied(built_project: Path, tmp_path: Path) -> None:
    """The copy holds the notebooks, the raw data and the library that runs, and nothing that was made."""
    (built_project / ".venv").mkdir()
    copy_inputs(built_project, tmp_path / "copy")
    names = {path.relative_to(tmp_path / "copy").as_posix() for path in (tmp_path / "copy").rglob("*")}
    assert {"runs.toml", "notebooks/plain.ipynb", "data/raw/published/figures.csv"} <= names
    assert "src/ptce_analysis/pipeline/release.py" in names
    assert not {name for name in names if name.startswith(("build", "figures", "data/processed", "."))}
