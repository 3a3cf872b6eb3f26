"""The study on paper: `python docs/pdf.py` writes the built pages of each language as one tagged PDF (PDF/UA-1).

The same bytes each time, in any folder: its letters are those of matplotlib, which the lock fixes, and no font of the
machine is looked at; its dates are those of CITATION.cff; nothing is compressed, since versions of zlib differ.
"""

import base64
import io
import logging
import os
import posixpath
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any

import matplotlib as mpl

from ptce_analysis import __version__
from ptce_analysis.errors import InputError
from ptce_analysis.pipeline.build import stale_runs
from ptce_analysis.pipeline.runs import SITE, TABLES, Place, Run, declared_runs
from ptce_analysis.pipeline.site import Titles
from ptce_analysis.pipeline.stale import Inputs, digest, one_at_a_time, publish, stale_because
from ptce_analysis.publish.language import Words
from ptce_analysis.publish.site import CITATION, Edition, read_edition
from ptce_analysis.publish.style import LIGHT, TEMPLATES, drawing, rendered, stylesheet
from ptce_analysis.vocabulary import LEVELS

# What files of an edition are called, and what its PDF was made from, beside it.
NAME, STAMP = f"ptce-analysis-{__version__}", "stamp.json"
# The letters of figures, and those of code.
FONTS = ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSans-BoldOblique", "DejaVuSansMono")
# What the style sheet and the counters of pages may write besides the text.
LETTERS = "".join(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x100)))) + "¶•–…←→"
SVG, MATH = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1998/Math/MathML}"
# Of drawings, whose letters have 10 points.
SIZE = 0.84
MISSING = (
    "no PDF can be made: the extra `pdf` is not installed. `make pdf` installs it, as does pip: ptce-analysis[pdf]."
)
NO_PANGO = (
    "no PDF can be made: Pango, a library of the system, is missing. Install it (Debian and Ubuntu: apt-get install"
    " libpangoft2-1.0-0; Fedora: dnf install pango; macOS: brew install pango) and try again."
)


def main(project: Path) -> list[Path]:
    """Write the PDF of each language in `build/pdf`, and what they were made from; return their paths.

    Pages made of answers stay out, and those that show the figures of another in another order; the others stand in the
    order of their notebooks. Raises `InputError` when pages are not up to date, or when what makes PDFs is missing.
    """
    place, runs = Place(project), declared_runs(project)
    with one_at_a_time(place):
        if stale := stale_pages(place, runs):
            raise InputError("\n".join(["no PDF is made of pages that are not up to date: run `make`.", *stale]))
        alone = [run for run in runs if not run.family or run.variant in LEVELS or run.name == run.family[0][0]]
        study = sorted((run for run in alone if not run.folder), key=lambda run: run.notebook)
        edition, files = read_edition(project), {}
        for words in map(Words, dict.fromkeys(run.lang for run in runs)):
            pages = {run.address: place.page(run).read_text("utf-8") for run in study if run.lang == words.lang}
            files[place.pdf / f"{NAME}-{words.lang}.pdf"] = study_pdf(pages, words, edition)
        sources = [project / CITATION, *map(place.page, study)]
        made_from = {path.relative_to(project).as_posix(): digest(path.read_bytes()) for path in sources}
        publish(place.pdf / STAMP, project, made_from, files)
    return list(files)


def stale_pages(place: Place, runs: Sequence[Run]) -> list[str]:
    """Return why tables, runs or indexes must be made again, one line each."""
    inputs = Inputs(place)
    found = {"tables": stale_because(place.stamp(TABLES), place.project, inputs.of_tables())}
    found |= {run.id: reason for run, reason in stale_runs(place, inputs, runs).items()}
    if not any(found.values()):
        found["indexes"] = stale_because(place.stamp(SITE), place.project, inputs.of_site(runs))
    return [f"{name} ({reason})" for name, reason in found.items() if reason]


def study_pdf(pages: Mapping[str, str], words: Words, edition: Edition) -> bytes:
    """Return the pages of a language, HTML by address in the order of reading, as one PDF with a cover and contents.

    Links between pages lead to places of the PDF; those to other files of the site, to its address, if it has one.
    """
    # Colours as drawings need them: as values.
    light = {name: f"var(--{name})" for name in LIGHT}
    colour = re.compile("|".join(map(re.escape, light.values())))
    pages = {address: colour.sub(lambda found: LIGHT[found[0][6:-1]], page) for address, page in pages.items()}
    with own_fonts("".join(map(unescape, pages.values()))):
        weasyprint = imported()
        mains = {address: weasyprint.HTML(string=page).etree_element.find(".//main") for address, page in pages.items()}
        titles = {key_of(address): text_of(main.find(".//h1")) for address, main in mains.items()}
        lead = next((text_of(found) for main in mains.values() for found in main.iterfind(".//*[@class='answer']")), "")
        html = rendered("pdf.html.j2", words=words, title=words(Titles.SITE), edition=edition, titles=titles, lead=lead)
        only_data = weasyprint.urls.URLFetcher(allowed_protocols=["data"])
        whole = weasyprint.HTML(string=html, url_fetcher=only_data, media_type="screen")
        site = f"{edition.address.rstrip('/')}/{words.lang}" if edition.address else ""
        for address, main in mains.items():
            settle(main, address, mains, site)
            whole.etree_element.find("body").append(main)
        styles = (stylesheet(""), (TEMPLATES / "ptce" / "pdf.css").read_text(encoding="utf-8"))
        sheets = [weasyprint.CSS(string=style, media_type="screen") for style in styles]
        how: dict[str, Any] = {"pdf_variant": "pdf/ua-1", "full_fonts": True, "uncompressed_pdf": True}
        return bytes(whole.write_pdf(stylesheets=sheets, pdf_identifier=sha256(html.encode()).digest(), **how))


def imported() -> Any:
    """Return WeasyPrint, silenced: it tells of each rule of the style sheet that is for screens only."""
    try:
        import weasyprint
    except ModuleNotFoundError:
        raise InputError(MISSING) from None
    except OSError:
        raise InputError(NO_PANGO) from None
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    return weasyprint


@contextmanager
def own_fonts(text: str) -> Iterator[None]:
    """Show the makers of text nothing but our fonts, reduced to the letters of a text."""
    from fontTools import subset, ttLib

    before = os.environ.get("FONTCONFIG_FILE")
    with tempfile.TemporaryDirectory() as folder:
        for name in FONTS:
            font = ttLib.TTFont(Path(mpl.get_data_path(), "fonts", "ttf", f"{name}.ttf"), recalcTimestamp=False)
            kept = subset.Subsetter(subset.Options(hinting=False, drop_tables=["FFTM", "GPOS", "GSUB"]))
            kept.populate(text=LETTERS + text)
            kept.subset(font)
            font.save(Path(folder, f"{name}.ttf"))
        config = Path(folder, "fonts.conf")
        config.write_text(f"<fontconfig><dir>{folder}</dir><cachedir>{folder}/cache</cachedir></fontconfig>")
        os.environ["FONTCONFIG_FILE"] = str(config)
        try:
            yield
        finally:
            os.environ.pop("FONTCONFIG_FILE")
            os.environ |= {"FONTCONFIG_FILE": before} if before else {}


def settle(main: Any, address: str, known: Mapping[str, Any], site: str) -> None:
    """Make the main part of a page a chapter: anchors and links of its own, drawings that say what they show."""
    key = key_of(address)
    said = {element.get("id"): text_of(element) for element in main.iter() if element.get("id")}
    for element in list(main.iter()):
        if element.tag == f"{SVG}svg" and element.get("role") == "img":
            element.set("style", f"width:{float(element.get('viewBox').split()[2]) * SIZE:.1f}pt")
            element.insert(0, element.makeelement(f"{SVG}title", {}))
            element[0].text = said.get(element.get("aria-labelledby"), "")
        elif element.tag == f"{MATH}math":
            draw(element)
        elif element.get("id") and element.tag[0] != "{":
            element.set("id", f"{key}--{element.get('id')}")
        if element.tag == "a" and not re.match(r"\w+:", element.get("href", ":")):
            file, _, anchor = element.get("href").partition("#")
            path = posixpath.normpath(posixpath.join(posixpath.dirname(address), file)) if file else address
            place = (
                f"#{key_of(path)}" + f"--{anchor}" * bool(anchor) if path in known else f"{site}/{path}" * bool(site)
            )
            element.set("href", place)
            if not place:
                del element.attrib["href"]
    main.set("id", key)
    main.set("class", f"chapter {main.get('class', '')}")


def draw(formula: Any) -> None:
    """Make a formula a picture that says its LaTeX; what cannot be drawn is shown as LaTeX."""
    from matplotlib.mathtext import math_to_image

    source, tail, display = formula.get("alttext", ""), formula.tail, formula.get("display", "")
    formula.clear()
    formula.tag, formula.tail = "img", tail
    stream = io.BytesIO()
    try:
        with drawing():
            math_to_image(f"${source}$", stream, format="svg")
    except ValueError:
        formula.tag, formula.text = "code", source
    else:
        image = f"data:image/svg+xml;base64,{base64.b64encode(stream.getvalue()).decode()}"
        formula.attrib |= {"src": image, "alt": source, "class": f"formula {display}"}


def key_of(address: str) -> str:
    return address.removesuffix(".html").replace("/", "-")


def text_of(element: Any) -> str:
    return re.sub(r"[ \t\r\n]+", " ", "".join(element.itertext())).strip(" ") if element is not None else ""


if __name__ == "__main__":
    try:
        print(*(path.relative_to(Path.cwd()) for path in main(Path.cwd())), sep="\n")
    except InputError as error:
        sys.exit(f"docs/pdf.py: {error}")
