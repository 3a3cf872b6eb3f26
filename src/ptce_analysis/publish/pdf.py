"""The study as one PDF, for paper and archives, from the pages of the site: tagged (PDF/UA-1), the same bytes anywhere.

Its letters are those of matplotlib, which the lock fixes: fonts of the machine are not looked at. Nothing is compressed,
since compression differs between versions of the same library.
"""

from __future__ import annotations

import base64
import io
import logging
import os
import posixpath
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any

import matplotlib as mpl

from ptce_analysis.errors import InputError
from ptce_analysis.publish.language import Words
from ptce_analysis.publish.site import Edition
from ptce_analysis.publish.style import LIGHT, TEMPLATES, drawing, rendered, stylesheet

# The letters of figures, and those of code.
FONTS = ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSans-BoldOblique", "DejaVuSansMono")
# What the style sheet and the counters of pages may write besides the text.
LETTERS = "".join(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x100)))) + "¶•–…←→"
# Drawings are made for letters of 10 points.
SCALE = 0.84
SVG, MATH = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1998/Math/MathML}"
MISSING = {
    ModuleNotFoundError: "the extra `pdf` is not installed: `make pdf` installs it, or pip install 'ptce-analysis[pdf]'",
    OSError: "the system library Pango is missing: install it (Debian: libpangoft2-1.0-0 and libharfbuzz-subset0)",
}


def study_pdf(pages: Mapping[str, str], words: Words, title: str, edition: Edition) -> bytes:
    """Return the pages of a language, HTML by address in the order of reading, as one PDF with a cover and contents.

    Links between pages lead to places of the PDF; to other files of the site, to its address, if it has one. Raises
    `InputError` when what makes PDFs is missing.
    """
    text = title + "".join(map(unescape, pages.values()))
    with _own_fonts(text):
        weasyprint = _weasyprint()
        fetcher = weasyprint.urls.URLFetcher(allowed_protocols=["data"])
        # Colours of the page as drawings need them: as values.
        light = {f"var(--{name})": value for name, value in LIGHT.items()}
        colour = re.compile("|".join(map(re.escape, light)))
        trees = {address: weasyprint.HTML(string=colour.sub(lambda found: light[found[0]], page)).etree_element
                 for address, page in pages.items()}  # fmt: skip
        mains = {address: tree.find(".//main") for address, tree in trees.items()}
        titles = {_key(address): _text(main.find(".//h1")) for address, main in mains.items()}
        lead = next((_text(found) for main in mains.values() for found in main.iterfind(".//*[@class='answer']")), "")
        html = rendered("pdf.html.j2", words=words, title=title, edition=edition, titles=titles, lead=lead)
        whole = weasyprint.HTML(string=html, url_fetcher=fetcher, media_type="screen")
        for address, main in mains.items():
            _settle(main, address, mains, f"{edition.address.rstrip('/')}/{words.lang}" if edition.address else "")
            whole.etree_element.find("body").append(main)
        styles = (stylesheet(title, edition), (TEMPLATES / "ptce" / "pdf.css").read_text(encoding="utf-8"))
        sheets = [weasyprint.CSS(string=style, media_type="screen") for style in styles]
        how: dict[str, Any] = {"pdf_variant": "pdf/ua-1", "full_fonts": True, "uncompressed_pdf": True}
        return bytes(whole.write_pdf(stylesheets=sheets, pdf_identifier=sha256(html.encode()).digest(), **how))


def _weasyprint() -> Any:
    try:
        import weasyprint
    except tuple(MISSING) as error:
        why = next(why for kind, why in MISSING.items() if isinstance(error, kind))
        raise InputError(f"no PDF can be made: {why}.") from None
    for name in ("weasyprint", "fontTools"):  # they tell of each rule and table that is not for paper
        logging.getLogger(name).setLevel(logging.ERROR)
    return weasyprint


@contextmanager
def _own_fonts(text: str) -> Iterator[None]:
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


def _settle(main: Any, address: str, known: Mapping[str, Any], site: str) -> None:
    """Make the main part of a page a chapter: anchors and links of its own, drawings that say what they show."""
    key = _key(address)
    said = {element.get("id"): _text(element) for element in main.iter() if element.get("id")}
    for element in list(main.iter()):
        if element.tag == f"{SVG}svg" and element.get("role") == "img":
            element.set("style", f"width:{float(element.get('viewBox').split()[2]) * SCALE:.1f}pt")
            element.insert(0, element.makeelement(f"{SVG}title", {}))
            element[0].text = said.get(element.get("aria-labelledby"), "")
        elif element.tag == f"{MATH}math":
            _draw(element)
        elif element.get("id") and element.tag[0] != "{":
            element.set("id", f"{key}--{element.get('id')}")
        if element.tag == "a" and not re.match(r"\w+:", element.get("href", ":")):
            file, _, anchor = element.get("href").partition("#")
            path = posixpath.normpath(posixpath.join(posixpath.dirname(address), file)) if file else address
            place = f"#{_key(path)}" + f"--{anchor}" * bool(anchor) if path in known else f"{site}/{path}" * bool(site)
            element.set("href", place)
            if not place:
                del element.attrib["href"]
    main.set("id", key)
    main.set("class", f"chapter {main.get('class', '')}")


def _draw(formula: Any) -> None:
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


def _key(address: str) -> str:
    return address.removesuffix(".html").replace("/", "-")


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split()) if element is not None else ""
