"""`make release`: one archive, the same bytes wherever it is made, or what stands against it."""

import io
import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
import yaml

import release as under_test
from conftest import FIGURE, REPOSITORY, build_quietly, kept_environment, write_notebook
from ptce_analysis.cli import main
from ptce_analysis.errors import InputError
from ptce_analysis.pipeline.runs import Place, declared_runs
from ptce_analysis.pipeline.stale import digest, publish
from ptce_analysis.protect.scan import scan, zipped
from ptce_analysis.vocabulary import LANGUAGES

pytestmark = pytest.mark.usefixtures("restored_environment")

ORCID = "https://orcid.org/0000-0002-1825-0097"
ARCHIVE = Path("build", "release", f"{under_test.NAME}.zip")
TOP = f"{under_test.NAME}/"
SAME = {"compared": 1, "differences": [], "failure": ""}


@pytest.fixture(scope="module")
def ready_once(built_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small project, built, with the documents that go with every release; only to be copied."""
    folder = Path(shutil.copytree(built_once, tmp_path_factory.mktemp("ready") / "project"))
    for name in under_test.DOCUMENTS:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / name, folder / name)
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
    monkeypatch.setattr(under_test, "verify", lambda _: SAME)


def released(project: Path) -> zipfile.ZipFile:
    """The archive of a project."""
    under_test.release(Place(project), declared_runs(project))
    return zipfile.ZipFile(io.BytesIO((project / ARCHIVE).read_bytes()))


def refused(project: Path, said: str) -> None:
    """No archive is written, and why is said."""
    with pytest.raises(InputError, match=re.escape(said)):
        released(project)
    assert not (project / ARCHIVE).exists()


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
    assert len(whole.read(f"{TOP}SHA256SUMS").decode().splitlines()) == len(entries) - 1


@pytest.mark.usefixtures("verified")
def test_the_archive_describes_itself(ready: Path) -> None:
    """RO-Crate 1.1: the study with all that CITATION.cff states, each file with its kind and size, nothing dangling."""
    ada = {"family-names": "Example", "given-names": "Ada", "orcid": ORCID, "affiliation": "An institute"}
    stated = {"authors": [ada, {"name": "B"}], "doi": "10.5072/x"}
    cited = yaml.safe_load((ready / "CITATION.cff").read_text("utf-8")) | stated
    (ready / "CITATION.cff").write_text(yaml.safe_dump(cited, allow_unicode=True), "utf-8")
    build_with_paper(ready)
    whole = released(ready)
    record = json.loads(whole.read(f"{TOP}ro-crate-metadata.json"))
    assert record["@context"] == "https://w3id.org/ro/crate/1.1/context"
    entities = {one["@id"]: one for one in record["@graph"]}
    assert len(entities) == len(record["@graph"]) and all(isinstance(one["@type"], str) for one in entities.values())
    about, root = entities["ro-crate-metadata.json"], entities["./"]
    assert (about["about"], about["conformsTo"]) == ({"@id": "./"}, {"@id": "https://w3id.org/ro/crate/1.1"})
    licence = {"@id": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"}
    assert (root["@type"], root["license"], root["identifier"]) == ("Dataset", licence, "https://doi.org/10.5072/x")
    told = tuple(root[name] for name in ("name", "description", "datePublished"))
    assert told == tuple(cited[name] for name in ("title", "abstract", "date-released"))
    assert entities[ORCID]["familyName"] == "Example"
    assert [entities[one["@id"]]["name"] for one in root["author"]] == ["Ada Example", "B"]
    sizes = {one.filename.removeprefix(TOP): str(one.file_size) for one in whole.infolist()}
    files = sizes.keys() - {"ro-crate-metadata.json", "SHA256SUMS"}
    assert {one["@id"] for one in root["hasPart"]} == files
    assert files == {name for name, one in entities.items() if one["@type"] == "File"}
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
    for name, data in (NEIGHBOURS | {"data.zip": SPOILT[what], "../page.html": b"<p>"}).items():
        (tmp_path / "data" / name).write_bytes(data)
    found = [(one.file, one.rule) for one in scan(tmp_path)]
    assert found == ([] if what == "as it was" else [("data/data.zip", "closed")])


# The file that is written (or removed) before the release, what stands in it, and what is said.
REFUSED = {
    "runs.toml": ('[[runs]]\nnotebook = "plain"\n', "not up to date: run `make`.\nfr/plain (parameters changed)"),
    "build/site/fr/index.html": ("mine", "indexes (build/site/fr/index.html was altered)"),
    "build/site/fr/a.csv": ("x", "made by no declared run: remove it, or run `make`.\nbuild/site/fr/a.csv"),
    "figures/en/old.svg": ("<svg/>", "made by no declared run: remove it, or run `make`.\nfigures/en/old.svg"),
    "build/pdf/stamp.json": ("{}", "the PDF is not that of the pages: run `make pdf`.\nstamp unreadable"),
    "SECURITY.md": ("", "a file that goes with every release is missing.\nSECURITY.md"),
    "data/processed/poles.csv": ("pole_id\nP1\n", "answers of respondents in a path that git commits"),
}


@pytest.mark.usefixtures("verified")
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_as_it_should_be_is_not_released(ready: Path, name: str) -> None:
    """Stale, altered, foreign or incomplete: the reason, the first files, and no archive."""
    text, said = REFUSED[name]
    (ready / name).write_text(text) if text else (ready / name).unlink()
    refused(ready, said)


@pytest.mark.usefixtures("verified")
def test_what_is_not_safe_is_not_released(ready: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address of somebody in what a cell printed; with PTCE_WAVES set, a site that may be made of real answers."""
    write_notebook(ready / "notebooks" / "plain.ipynb", ["print('camille.temoin@exemple.fr')"])
    assert build_quietly(ready).succeeded
    refused(ready, "not safe to publish: see `ptce check-site build/site`.\n")
    monkeypatch.setenv("PTCE_WAVES", "anywhere")
    refused(ready, "nothing is released while answers are supplied (PTCE_WAVES)")


@pytest.mark.thorough
def test_what_cannot_be_built_again_is_not_released(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """When building elsewhere gives other bytes, the report of `ptce verify` is the reason; an older archive stays."""
    shutil.copytree(REPOSITORY / "docs", ready / "docs", dirs_exist_ok=True)
    (ready / ARCHIVE).parent.mkdir(parents=True)
    (ready / ARCHIVE).write_bytes(b"older")
    write_notebook(ready / "notebooks" / "plain.ipynb", ["import os", "print(os.environ['HOME'])", FIGURE % "plain"])
    build_with_paper(ready)
    assert main(["release", "--project", str(ready)]) == 2
    assert re.search(r"(?s)`ptce verify` fails\..*plain\.ipynb: differs", capsys.readouterr().err)
    assert (ready / ARCHIVE).read_bytes() == b"older"
