"""From an executed notebook to its page: everything shown, nothing that acts, in order, linked to the others."""

import base64
import re
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from pages import code, exported, notebook, shown, soup
from ptce_analysis.errors import InputError
from ptce_analysis.publish.appendix import Frame, PtceExporter, page_of, summary_of
from ptce_analysis.publish.exhibit import role
from ptce_analysis.publish.language import Words, sentence_html
from ptce_analysis.publish.prose import Outline, explained, formula, inert_html, prose_html
from ptce_analysis.publish.site import Author, Edition, SitePage, Whereabouts

PIXEL = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()
SVG = '<svg xmlns="http://www.w3.org/2000/svg" onload="x()"><script>x()</script></svg>'
EN = Words("en")


def ours(html: str, kind: str = "say", key: str = "k", **about: Any) -> Any:
    """An output as the library writes it."""
    about = {"kind": kind, "key": key, "claims": [], "text": "t", "number": "Figure\u00a01", **about}
    return shown({"text/html": html, "text/plain": html}, ptce=about)


def drawing_of(key: str = "fig", **metadata: Any) -> Any:
    """A drawing as the library shows it."""
    spoken = f'<title>T</title><desc id="{key}-alt">D</desc>'
    image = f'<svg role="img" width="5pt" height="5pt" aria-labelledby="{key}-alt">{spoken}</svg>\n'
    about = {"kind": "drawing", "key": key}
    return shown({"image/svg+xml": image, "image/png": PIXEL, "text/plain": "D"}, ptce=about, **metadata)


def exhibit_of(key: str, *between: Any, title: str = "<p>h</p>", notes: str = "<p>n</p>") -> list[Any]:
    """The outputs of an exhibit, others between its head and its notes."""
    return [ours(title, "head", key), *between, ours(notes, "notes", key)]


FOREIGN = {
    "frame": ({"text/html": "<table><tr><th>head</th><td>cell</td></tr></table>", "text/plain": "no"}, "cell"),
    "svg": ({"image/svg+xml": SVG}, base64.b64encode(SVG.encode()).decode()),
    "markdown": ({"text/markdown": "some **bold** words"}, "bold"),
    "latex": ({"text/latex": r"$\displaystyle \frac{a}{b}$"}, "<mfrac>"),
    "latex document": ({"text/latex": r"\begin{tabular}{l}a\end{tab", "text/plain": "fallen back"}, "fallen back"),
    "png": ({"image/png": PIXEL + "\n", "text/plain": "<Figure size 1x1>"}, PIXEL),
    "jpeg": ({"image/jpeg": PIXEL, "text/plain": "a described picture"}, 'alt="a described picture"'),
    "unknown": ({"application/x-widget": "{}"}, "application/x-widget"),
    "only script": ({"text/html": "<script>x()</script>", "text/plain": "what it was"}, "what it was"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_every_kind_of_output_is_in_the_page(name: str) -> None:
    """Whatever a library displays appears, in the richest form that can be made inert."""
    data, expected = FOREIGN[name]
    assert expected in exported("# T", code("x", shown(data)))


def test_streams_errors_and_results_are_in_the_page() -> None:
    """What a cell prints, how it fails and what it returns, without the colours of a terminal."""
    outputs = [
        nbformat.v4.new_output("stream", name="stdout", text="\x1b[31mprinted\x1b[0m"),
        nbformat.v4.new_output("stream", name="stderr", text="warned"),
        nbformat.v4.new_output("error", ename="ValueError", evalue="bad <value>", traceback=["/home/me/x.py"]),
        nbformat.v4.new_output("execute_result", data={"text/plain": "42"}, execution_count=1),
    ]
    text = exported("# T", code("x", *outputs), nbformat.v4.new_raw_cell("raw <b>"))
    shown_text = [tag.get_text() for tag in soup(text).find_all("pre")]
    assert {"printed", "warned", "ValueError: bad <value>", "42", "raw <b>"} <= set(shown_text)
    assert "/home/me" not in text


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">a</a>',
    "<iframe src='https://example.org'></iframe>",
    "<svg onload=alert(1)><a href='javascript:x'>a</a></svg>",
    "<style>@import 'https://example.org'</style>",
    "<meta http-equiv=refresh content='0;url=https://example.org'>",
    "<!--><script>alert(1)</script>-->",
    "<table><tr><td onclick=alert(1) style='background:url(https://example.org)'>c</td></tr></table>",
]


def acting(text: str) -> list[str]:
    """Elements and attributes of a page's body that could run, load or lead away."""
    body = soup(text).body
    assert body is not None
    found = [tag.name for tag in body.find_all(["script", "style", "iframe", "object", "form", "meta", "base", "link"])]
    for tag in body.find_all(True):
        found += [f"{tag.name} {name}" for name in tag.attrs if name.startswith("on") or name == "style"]
        found += [
            str(tag[name]) for name in ("src", "href") if re.match(r"\s*(javascript|https?|//)", str(tag.get(name, "")))
        ]
    return found


@pytest.mark.parametrize("html", HOSTILE)
def test_what_others_wrote_is_inert(html: str) -> None:
    """Scripts, handlers, addresses and frames do nothing: of prose, code, an output, one that pretends to be ours."""
    outputs = [shown({kind: f"<p>kept</p>{html}"}) for kind in ("text/html", "text/markdown")]
    outputs.append(ours(f"<p>kept</p>{html}"))
    text = exported(f"kept {html}", nbformat.v4.new_raw_cell(f"kept {html}"), code(f"kept = '''{html}'''", *outputs))
    assert soup(text).main.get_text().count("kept") == 6
    assert acting(text) == []


@settings(max_examples=40, deadline=None)
@given(st.text(st.sampled_from("<>/=\"' abion:scriptjavsvgmg!-&;"), max_size=60))
def test_no_text_becomes_active(html: str) -> None:
    """Fragments of tags and handlers, in any order, neither act nor break the sanitiser."""
    assert acting(f"<body>{inert_html(html)}{prose_html(html, EN, Outline({}))}</body>") == []


def test_marks_that_reorder_text_are_shown() -> None:
    """A page cannot show another text than it holds: in code, prose, outputs alike."""
    text = exported("# T\u202e", code("x = 1 # \u2066", shown({"text/plain": "a\u202eb"})))
    assert "\u202e" not in text and "\u2066" not in text
    assert "a[U+202E]b" in text
    assert "a[U+0000]b[U+D800]" in exported("# T", "a\x00b\ud800")


def test_what_acts_is_not_shown_as_ours() -> None:
    """Whatever its metadata say: the output is another library's, and its text is still shown."""
    output = ours("<p>52 poles, <a href='#x'>here</a> and <a href='https://e.org'>there</a></p>")
    assert role(output) == "say"
    output.data["text/html"] = "<p onclick='x()'>53 poles</p>"
    assert role(output) == ""
    assert '<div class="foreign"><p>53 poles</p></div>' in exported("# T", code("x", output))
    for about in ({"kind": "other", "key": "k"}, {"kind": "drawing", "key": "k"}, {"kind": "say"}):
        assert not role(shown({"text/html": "<p>x</p>"}, ptce=about))


def prose(text: str, key: str) -> Any:
    """A cell of prose with its id."""
    cell = nbformat.v4.new_markdown_cell(text)
    return nbformat.from_dict({**cell, "id": key})


def test_headings_are_in_order_with_one_first_level_and_the_ids_of_their_cells() -> None:
    """No level is skipped, a second title is lowered; no id is that of another heading, an exhibit or of the page."""
    page = soup(exported(prose("# T\n\n### Deep\n\n# Again", "title"), prose("## Same & one", "same"), "## Same & one"))
    found = [(tag.name, tag["id"]) for tag in page.main.find_all(re.compile("^h[1-6]$"))]
    assert found[:4] == [("h1", "title"), ("h2", "title-2"), ("h2", "title-3"), ("h2", "same")]
    head = ours("<p>h</p>", "head", "fig")
    page = soup(exported("# T", prose("## A", "fig"), prose("## B", "about"), code("x", head)))
    assert [tag["id"] for tag in page.main.find_all("h2")] == ["fig-2", "about-2"]
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids)) and all(key.isascii() for key in ids)


def test_contents_lead_to_every_section() -> None:
    """The folded list after the answer names the second-level headings; a page of two sections needs none."""
    page = soup(exported("# T", prose("## A *b*", "a"), "### no", prose("## B", "b"), prose("## C", "c")))
    fold = page.find("details", class_="contents")
    assert [(link["href"], link.get_text()) for link in fold.find_all("a")] == [("#a", "A b"), ("#b", "B"), ("#c", "C")]
    assert soup(exported("# T", "## A", "## B")).find(class_="contents") is None
    main = soup(exported("# T", code("page.say()", ours("<p>s</p>", "answer")), "## A", "## B", "## C")).main
    assert [tag.name for tag in main.find_all(["h1", "p", "details"], recursive=False)][:3] == ["h1", "p", "details"]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["[x](#nowhere)"], "the reference #nowhere leads to nothing in this page. Its figures and tables: none"),
        (
            ["[x](#nowhere)", code("x", ours("<p>h</p>", "head", "fig"))],
            "the reference #nowhere leads to nothing in this page. Its figures and tables: fig.",
        ),
        ([r"$\bad{$"], r"the formula $\bad{$ cannot be read"),
    ],
)
def test_what_cannot_be_published_is_refused(cells: list[Any], message: str) -> None:
    """A broken reference or formula stops the export with its text; one that leads somewhere reads as its number."""
    with pytest.raises(InputError, match=re.escape(message)):
        exported("# T", *cells)
    cells = [prose("# T", "top"), "See [it](#fig) and [above](#top).", code("x", ours("<p>h</p>", "head", "fig"))]
    assert [link.get_text() for link in soup(exported(*cells)).p.find_all("a")] == ["Figure\u00a01", "above"]


def test_formulas_are_mathml() -> None:
    """Between dollars in a line, between double dollars as a block; text in them stays text, whatever it holds."""
    page = soup(exported("# T", "Here $p(1-p)/n$ and\n\n$$\n\\hat p \\pm z\n$$"))
    assert [math["display"] for math in page.find_all("math")] == ["inline", "block"]
    assert "<script" not in formula(r"\text{<script>alert(1)</script>}", "inline")
    assert not soup(formula(r"\href{javascript:x}{y}", "inline")).find(href=True)
    assert "&lt;" in formula("a<b", "inline") and "±" in formula(r"\pm", "inline")


def test_an_exhibit_is_a_figure_with_its_caption() -> None:
    """What the cell printed between stays in it; its title is a heading of the next level, under a section or none."""
    printed = nbformat.v4.new_output("stream", name="stdout", text="printed")
    first, second = (
        exhibit_of(key, *between, title=f'<h3 class="title">head {key}</h3>', notes=f"<p>notes {key}</p>")
        for key, between in (("one", (printed, drawing_of("one"))), ("two", ()))
    )
    figures = soup(exported("# T", code("x", *first), "## A", code("x", *second))).find_all("figure")
    assert [figure.select_one(".title").name for figure in figures] == ["h2", "h3"]
    assert [figure["id"] for figure in figures] == ["one", "two"]
    assert [figure.figcaption.get_text() for figure in figures] == ["head one", "head two"]
    assert all(part in figures[0].get_text() for part in ("printed", "D", "notes one"))
    # The caption gives the title, the page the width.
    assert figures[0].find("title") is None and not figures[0].svg.has_attr("width")


def test_what_is_for_jupyterlab_is_not_on_the_page() -> None:
    """A cell tagged `lab`: neither its code, nor what it shows, nor its figures among those of the page."""
    drawn = shown({"image/svg+xml": '<svg xmlns="http://www.w3.org/2000/svg"/>'}, filename="aside.svg")
    table = shown({"text/html": "<table><tr><td>aside</td></tr></table>"})
    kept = code("kept()", shown({"text/plain": "kept"}))
    written = notebook("# T", code("aside()", drawn, table, tags=["lab"]), kept)
    text, resources = PtceExporter().from_notebook_node(written)
    assert "aside" not in text and "kept()" in text and not resources["outputs"]
    assert len(written.cells) == 3


def test_the_head_says_what_the_page_is() -> None:
    """Language, title, description, policy; licence, authors and date of the data on our own pages only."""
    answer = code("x", ours("<p>s</p>", "answer", text="The answer is 42."))
    page = soup(exported("# A *title*", answer, ptce={"parameters": {"lang": "fr"}}))
    assert page.html["lang"] == "fr" and page.title.get_text() == "A title"
    meta = {tag.get("name"): tag["content"] for tag in page.find_all("meta", content=True) if tag.get("name")}
    assert meta["description"] == "The answer is 42."
    assert {"author", "dcterms.temporal"} <= set(meta) and page.find("link", rel="license")
    policy = page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert "default-src 'none'" in policy and "script-src" not in policy
    plain = exported("# T", "First words " + "word " * 100)
    assert "dcterms" not in plain and "Licence Ouverte" not in plain
    assert len(soup(plain).find("meta", attrs={"name": "description"})["content"]) <= 301


PAGES = (
    SitePage("00_index", "index.html"),
    SitePage("01_x", "01_x.html", "First"),
    SitePage("02_x", "02_x.html", "Second"),
    SitePage("03_l-region", "03_l-region.html", "By tier", "region"),
    SitePage("06_s", "demonstration/index.html"),
)


def on_site(name: str, *cells: Any, **frame: Any) -> BeautifulSoup:
    """A page of a small site."""
    here = next(page.address for page in PAGES if page.name == name)
    about = {"name": name, "parameters": {"lang": "en"}} | frame.pop("ptce", {})
    resources = {"frame": Frame(Whereabouts(PAGES, here), name, **frame), "output_files_dir": "figures"}
    text, _ = PtceExporter().from_notebook_node(notebook(*cells, ptce=about), resources)
    return soup(text)


def test_a_page_of_the_site_leads_to_its_neighbours_and_says_how_it_was_made() -> None:
    """By its frame; a notebook exported by hand has none and leads nowhere."""
    parameters = {"lang": "en", "confidence": 0.9, "scenario": "as_printed"}
    page = on_site("02_x", "# T", ptce={"parameters": parameters, "provenance": {"Command": "make"}})
    ways = [(link["href"], link.get_text()) for link in page.header.find_all("a")]
    assert ways[0] == ("index.html", "PTCE 2013–2015") and ways[-1] == ("../fr/02_x.html", "Français")
    assert [link.get_text() for link in page.select("nav.turn a")] == ["← First", "Regions →"]
    shown_parameters = page.find("dl", class_="parameters").get_text(" ", strip=True)
    assert shown_parameters == "Confidence level 90% Scenario published figures, without the Communes median"
    assert page.footer.find("td").get_text() == "make"
    assert soup(exported("# T")).header is None


def test_a_page_apart_leads_back_and_gives_nothing_to_cite() -> None:
    """Its addresses start one folder higher; one of fictitious data has a band across it, on the site or not."""
    page = on_site("06_s", "# T\n\n[a](02_x.ipynb)")
    assert page.p.a["href"] == "../02_x.html" and page.header.a["href"] == "../index.html"
    assert page.find("a", hreflang="fr")["href"] == "../../fr/demonstration/index.html"
    said = ours('<p class="say">3</p>', origin="fictitious")
    page = soup(exported("# T", code("x", said), ptce={"name": "n"}))
    assert page.body.find("aside", class_="band").get_text().startswith("FICTITIOUS DATA:")
    assert "invented" in page.footer.get_text() and "To cite" not in page.footer.get_text()


def test_the_foot_says_who_when_and_how_to_report_an_error() -> None:
    """Authors, date of the data and of the edition, address; without a repository, whom to tell what."""
    known = {"date": "2026-11-30", "address": "https://e.org/ptce", "repository": "https://e.org/code.git"}
    page = on_site("02_x", "# T", edition=Edition((Author("A. Nonymous"),), "The study", version="1.2", **known))
    ways = {link.get_text(): link["href"] for link in page.footer.find_all("a")}
    assert ways == {
        "https://e.org/ptce/en/02_x.html": "https://e.org/ptce/en/02_x.html",
        "Cite the study": "index.html#cite",
        "Report an error": "https://e.org/code/issues",
    }
    said = "Edition 1.2 of 30 November 2026, by A. Nonymous."
    foot = f"T – {said} – Data: surveys of 2013 and 2015, as published. – https://e.org/ptce/en/02_x.html"
    assert said in page.footer.get_text() and f'"{foot}"' in page.style.get_text()
    alone = on_site("02_x", "# T")
    assert "as published. – ptce-analysis, en/02_x.html" in alone.style.get_text()
    assert "Report an error: tell the authors the title of the page" in alone.footer.get_text()


def test_links_to_notebooks_become_links_to_pages_on_the_site_only() -> None:
    """In prose and in sentences; by hand a page has no other pages beside it: what it links to is the notebook."""
    written = "[a](01_x.ipynb) [b](01_x.ipynb#Part) [c](https://e.org/d.ipynb) [d](03_l.ipynb#level=region)"
    said = ours('<p><a href="06_s.ipynb#x">s</a></p>')
    ways = [[link["href"] for link in page.main.find_all("a")] for page in (
        on_site("02_x", f"# T\n\n{written}", code("x", said)), soup(exported(f"# T\n\n{written}", code("x", said)))
    )]  # fmt: skip
    assert ways == [
        ["01_x.html", "01_x.html#Part", "https://e.org/d.ipynb", "03_l-region.html", "demonstration/index.html#x"],
        ["01_x.ipynb", "01_x.ipynb#Part", "https://e.org/d.ipynb", "03_l.ipynb#level=region", "06_s.ipynb#x"],
    ]


def test_a_figure_leads_to_its_files() -> None:
    """Under the name the notebook gave, untouched; each link says of which figure it is, and of which of its panels."""
    first, second = drawing_of(filename="02_x-fig"), drawing_of(filename="02_x-fig-2")
    figure, panels = (
        exhibit_of("fig", *drawn, notes='<div class="tools"></div>') for drawn in ([first], [first, second])
    )
    _, resources = PtceExporter().from_notebook_node(notebook("# T", code("x", *figure)))
    image = first.data["image/svg+xml"].encode()
    assert resources["outputs"] == {"02_x-fig.svg": image, "02_x-fig.png": base64.b64decode(PIXEL)}
    for outputs, said in ((figure, ["SVG", "PNG"]), (panels, ["SVG\u00a01", "PNG\u00a01", "SVG\u00a02", "PNG\u00a02"])):
        links = on_site("02_x", "# T", code("x", *outputs)).select(".tools a")
        assert [link.get_text() for link in links] == said and links[0]["href"] == "figures/02_x-fig.svg"
        assert [link["aria-label"] for link in links] == [f"Figure\u00a01 ({text})" for text in said]


def test_a_term_of_the_glossary_is_explained_where_it_first_stands() -> None:
    """Once on a page, in any of its forms, not in titles, code or folds, nor inside a longer word."""
    folded = "<details><table><td>EPCI</td></table></details>"
    html = f"<h2>RTES</h2><p><code>RTES</code> PTCEs RTES, PTCE.</p>{folded}<p>Médianes, médiane</p>"
    outline = Outline({})
    found = soup(explained(html, Words("fr"), outline)).find_all("abbr")
    said = [(tag.get_text(), tag["title"].partition(" ")[0]) for tag in found]
    assert said == [("RTES", "Réseau"), ("PTCE", "pôle"), ("Médianes", "valeur")]
    assert explained("<p>PTCE</p>", Words("fr"), outline) == "<p>PTCE</p>"


@pytest.mark.parametrize(
    ("lang", "html", "marked"),
    [
        ("en", "<p>« en <b>majorité</b> », <em>pôle</em> and “most”</p>", [("fr", "pôle")]),
        ("en", "<td data-label='« a »'>row « Régions »</td>", [("fr", "« Régions »")]),
        ("fr", "<p><em>Biometrika</em>, “most” et « en majorité »</p>", [("en", "Biometrika"), ("en", "“most”")]),
    ],
)
def test_words_of_another_language_are_marked(lang: str, html: str, marked: list[tuple[str, str]]) -> None:
    """Italics, and what stands between the quotation marks of the other language: a screen reader changes its voice."""
    found = soup(explained(html, Words(lang), Outline({}))).find_all(lang=True)
    assert [(tag["lang"], tag.get_text()) for tag in found] == marked


def test_a_text_without_its_translation_is_shown_in_english_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a French page: its paragraph, or its sentence, is marked as English; what is translated is not."""
    texts = {"A cat.": "Un chat."}
    monkeypatch.setattr("ptce_analysis.publish.language._finished", lambda _, text: texts.get(text, ""))
    said = ours(f"<p>{sentence_html(Words('fr')('A dog.'), 'k')} {sentence_html(Words('fr')('A cat.'), 'l')}</p>")
    cells = "# A cat.\n\nA bird.\n\nA cat.", code("x", said)
    page = soup(exported(*cells, papermill={"parameters": {"lang": "fr"}}))
    marked = [(tag["lang"], tag.get_text(strip=True)) for tag in page.find_all(class_="untranslated")]
    assert marked == [("en", "A cat."), ("en", "A bird."), ("en", "A dog.")]
    assert page.h1.get_text() == "A cat." and "&lt;div" not in str(page.main)


def test_the_summary_is_the_title_of_a_page_and_what_its_answer_says_first() -> None:
    """Its words in bold; a notebook without a heading has the name of its file."""
    answer = ours("<p>s</p>", "answer", text="They do. And more.", lead="They do.")
    nb = notebook("# A *title*", code("x", answer), ptce={"parameters": {"level": "etat"}})
    assert summary_of(nb, "n") == {"title": page_of(nb)["title"], "description": "They do."}
    assert page_of(nb)["parameters"] == [("Level", "Central government")]
    assert summary_of(notebook(code("1")), "n")["title"] == "n"
    for about in ({"papermill": {"parameters": {"lang": "fr"}}}, {"language": "fr"}, {"language": "xx"}):
        assert page_of(notebook("# T", **about))["lang"] == ("en" if "xx" in about.values() else "fr")
    page = soup(exported("only prose", code("1")))
    assert page.title.get_text() == page.h1.get_text() == "by-hand"
