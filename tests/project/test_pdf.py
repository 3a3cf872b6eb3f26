"""`make pdf`: the study on paper, for eyes, for a screen reader and for an archive."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader

from browsers import missing
from conftest import REPOSITORY
from pages import project, site
from pdf import NAME
from ptce_analysis.pipeline.verify import ELSEWHERE
from ptce_analysis.vocabulary import LANGUAGES

SCRIPT = REPOSITORY / "docs" / "pdf.py"
SIDES = (210 / 25.4 * 96, 297 / 25.4 * 96)  # of A4, in the pixels of a style sheet


def made(folder: Path, *prelude: str, **env: str) -> subprocess.CompletedProcess[str]:
    """What `make pdf` runs, once the pages are built; before it, these lines of Python."""
    code = "\n".join([*prelude, f"import runpy; runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"])
    known = {**os.environ, "PYTHONPATH": str(REPOSITORY / "src"), **env}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=known, capture_output=True, text=True, check=False
    )
    if not prelude and "no PDF can be made" in done.stderr:
        missing(done.stderr)
    return done


@pytest.fixture(scope="module")
def papers() -> dict[str, PdfReader]:
    """The PDF of each language."""
    done = made(project())
    assert not done.returncode, done.stderr
    return {lang: PdfReader(project() / "build" / "pdf" / f"{NAME}-{lang}.pdf") for lang in LANGUAGES}


def elements(node: Any) -> Iterator[Any]:
    """The elements that a screen reader goes through, in order."""
    children = node.get("/K", [])
    for child in children if isinstance(children, list) else [children]:
        if hasattr(one := child.get_object(), "get") and "/S" in one:
            yield one
            yield from elements(one)


def spaced(text: str) -> str:
    """A text whose spaces are all alike, as on a sheet they may be ends of lines."""
    return " ".join(text.split())


def chapters(lang: str) -> dict[str, BeautifulSoup]:
    """The pages of the study, without those of invented answers; the table of all figures in one of its orders."""
    pages = {path.name: path.read_text("utf-8") for path in sorted((site() / lang).glob("*.html"))}
    pages = {name: text for name, text in pages.items() if not name.startswith("10_figures-")}
    return {name: BeautifulSoup(text, "html.parser") for name, text in pages.items()}


@pytest.mark.thorough
@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_says_what_pdf_ua_asks_for(papers: dict[str, PdfReader], lang: str) -> None:
    """The norm, language, title, tags; each drawing is whole on its sheet and says what it shows; so do links."""
    root, told = papers[lang].trailer["/Root"], papers[lang].xmp_metadata
    assert root["/Lang"] == lang and root["/MarkInfo"]["/Marked"] and root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b'pdfuaid:part="1"' in root["/Metadata"].get_data() and told and told.dc_title["x-default"]
    found = list(elements(root["/StructTreeRoot"]))
    drawings = [one for one in found if one["/S"] == "/Figure"]
    assert len(drawings) == sum(len(page.main.select(".drawing svg, math")) for page in chapters(lang).values())
    said = {spaced(one.get_text()) for page in chapters(lang).values() for one in page("desc")}
    assert said and said <= {spaced(one["/Alt"]) for one in drawings}
    assert all(0 < one["/A"]["/BBox"][i] < one["/A"]["/BBox"][i + 2] < SIDES[i] for one in drawings for i in (0, 1))
    assert sum(one["/S"] == "/Table" for one in found) and all(
        one["/A"]["/Headers"] for one in found if one["/S"] == "/TD"
    )
    for sheet in papers[lang].pages:
        assert sheet["/Tabs"] == "/S" and all(one.get_object()["/Contents"] for one in sheet.get("/Annots", []))
    fonts = {font["/BaseFont"] for sheet in papers[lang].pages for font in sheet["/Resources"]["/Font"].values()}
    assert fonts and all("DejaVu-Sans" in name for name in fonts)


@pytest.mark.thorough
@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_is_the_study_with_contents_and_numbered_sheets(papers: dict[str, PdfReader], lang: str) -> None:
    """20 to 40 sheets, each page a chapter of the outline; links between pages stay inside; no invented answers."""
    paper, pages = papers[lang], chapters(lang)
    sheets = [spaced(sheet.extract_text()) for sheet in paper.pages]
    assert 20 <= len(sheets) <= 40 and all(f"{n} / {len(sheets)}" in text for n, text in enumerate(sheets[1:], start=2))
    assert all(f"{NAME.replace('-0', ' 0')} (20" in text for text in sheets)
    titles = [spaced(page.h1.get_text()) for page in pages.values()]
    outlined = {
        spaced(one.title): paper.get_destination_page_number(one) for one in paper.outline if not isinstance(one, list)
    }
    assert set(titles) <= set(outlined) and all(title in sheets[1] for title in titles)
    assert all(title in sheets[outlined[title]] for title in titles)
    inside, outside = set(), set()
    for link in (one.get_object() for sheet in paper.pages for one in sheet.get("/Annots", [])):
        inside |= {link["/Dest"]} if "/Dest" in link else set()
        outside |= {link["/A"]["/URI"]} if "/A" in link else set()
    ways = {a["href"] for page in pages.values() for a in page.main.find_all("a", href=True) if ".html" in a["href"]}
    study = {name.removesuffix(".html") for name in pages}
    assert {way.replace(".html", "").replace("#", "--") for way in ways if way.split(".")[0] in study} <= inside
    assert inside <= set(paper.named_destinations) and all(address.startswith("http") for address in outside)
    invented = {"en": "invented cluster", "fr": "pôle inventé"}[lang]
    assert not any("FICTI" in text or invented in text for text in sheets)


@pytest.mark.thorough
@pytest.mark.usefixtures("papers")
def test_it_has_the_same_bytes_elsewhere(tmp_path: Path) -> None:
    """In another folder, home, time zone and locale, on a machine with other fonts."""
    there = Path(shutil.copytree(project(), tmp_path / "élsewhere", ignore=shutil.ignore_patterns("pdf")))
    (tmp_path / "fonts.conf").write_text("<fontconfig/>")
    done = made(there, **ELSEWHERE, HOME=str(tmp_path), FONTCONFIG_FILE=str(tmp_path / "fonts.conf"))
    assert not done.returncode, done.stderr
    for path in (project() / "build" / "pdf").iterdir():
        assert path.read_bytes() == (there / "build" / "pdf" / path.name).read_bytes(), path.name


REFUSED = {
    "the extra": ("import sys; sys.modules['weasyprint'] = None", "the extra `pdf` is not installed"),
    "Pango": ("import sys; sys.path.insert(0, 'stub')", "Pango, a library of the system, is missing"),
    "pages": ("from pathlib import Path; Path('notebooks/plain.ipynb').unlink()", "notebook 'plain'"),
    "a page": ("from pathlib import Path; Path('build/site/fr/plain.html').unlink()", "run `make`.\nfr/plain ("),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_missing_is_said_in_a_line(built_project: Path, what: str) -> None:
    """And nothing is written."""
    (built_project / "stub").mkdir()
    (built_project / "stub" / "weasyprint.py").write_text("raise OSError('cannot load library libpango')")
    prelude, said = REFUSED[what]
    done = made(built_project, prelude)
    assert done.returncode == 1 and said in done.stderr and "Traceback" not in done.stderr
    assert not (built_project / "build" / "pdf").exists()
