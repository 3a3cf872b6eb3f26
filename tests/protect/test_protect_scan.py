"""The scan of what is about to be published: everything planted is found, nothing else, and nothing stops it."""

import base64
import json
import os
import sys
from html import escape
from pathlib import Path
from urllib.parse import quote

import pytest

from conftest import REPOSITORY
from ptce_analysis.errors import InputError
from ptce_analysis.protect.leaks import Needle, folded
from ptce_analysis.protect.scan import Finding, scan
from site_files import chunk, in_every_form, notebook, output, page, pdf, png, saved

CANARIES = ("Éloïse Canari-Dupont", "PÔLE-7F3A-Z", "note confidentielle du conseil")
NEEDLES = [Needle(folded(canary), "given") for canary in CANARIES]
STREAM = {"output_type": "stream", "name": "stdout", "text": ["  pole 1  250000"]}


def found_in(folder: Path, wanted: list[Needle] | None = None) -> list[tuple[str, str]]:
    return [(one.file, one.rule) for one in scan(folder, wanted or [])]


def in_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def clean_site(folder: Path) -> Path:
    """A small site with one file of each kind that is published, and nothing to find in any."""
    data_block = '<script type="application/ld+json">{"@type": "Dataset", "name": "9 \\u003c 10"}</script>'
    return saved(
        folder,
        en___01_page__html=page(
            f'<img alt="x" src="data:image/png;base64,{in_base64(png())}">', "<td>1 239 000</td>", data_block,
            '<a href="https://www.rtes.fr/a">a</a><a href="../fr/index.html#b">b</a><a href=\'c.csv\' download>c</a>',
            f'<a href="data:text/csv;charset=utf-8,{quote("Level,Change")}%0Aa,-12">CSV</a><input-like>',
            '<style>p{background:url("#a")}</style><svg><use xlink:href="#g"/><path style="fill: url(#h)"/></svg>',
            '<meta http-equiv="refresh" content="0; url=fr/index.html"><link rel="license" href="https://x.fr/">',
        ),
        en___data___01__csv="Level,Amount (€)\r\nCommunes,-246000\r\nRégions,+12.5\r\n",
        en___claims__json=json.dumps([{"origin": "derived", "value": 9, "kinds": ["a", "b"]}]),
        en___figure__svg='<svg xmlns="http://www.w3.org/2000/svg"><path d="M6.02 543V3L0.51 23.45"/></svg>',
        en___figure__png=png(chunk(b"pHYs", b"\0" * 9)),
        en___page__ipynb=notebook(
            output("derived"), ptce={"parameters": {"lang": "en", "confidence": 0.95}}, papermill={"parameters": None}
        ),
        build__log="built 26 runs in 7.0 s\n",
        lock="",
    )  # fmt: skip


def test_nothing_is_found_where_there_is_nothing(tmp_path: Path, built_project: Path) -> None:
    """One file of each kind, a project as built, and the committed results themselves: no false alarm."""
    for folder in (clean_site(tmp_path / "site"), *(built_project / name for name in ("build/site", "figures"))):
        assert scan(folder, NEEDLES) == [], folder
    for name in ("figures", "data/processed", "data/raw/published"):
        assert scan(REPOSITORY / name, NEEDLES) == [], name


def planted(text: str) -> dict[str, str]:
    """A text in every kind of file that a site may hold, and in every way it may be written there."""
    shown = {"output_type": "display_data", "data": {"text/html": [f"<p>{escape(text)}</p>"]}}
    return {
        "a.html": page(f"<p>{escape(text)}</p>"),
        "comment.html": page(f"<!-- {text} -->"),
        "entities.html": page("".join(f"&#x{ord(c):x};" for c in text)),
        "bold.html": page("<b>" + "</b><b>".join(text) + "</b>"),
        "drawing.html": page(f'<img src="data:image/svg+xml;base64,{in_base64(f"<svg>{text}</svg>".encode())}">'),
        "link.html": page(f'<a href="data:text/csv;charset=utf-8,{quote(f"Name;{text}")}">x</a>'),
        "output.ipynb": notebook({"output_type": "stream", "name": "stderr", "text": [text]}),
        "shown.ipynb": notebook(shown),
        "a.svg": f'<svg xmlns="http://www.w3.org/2000/svg"><desc>{escape(text)}</desc></svg>',
        "spans.svg": "<svg><text>" + "".join(f"<tspan>{c}</tspan>" for c in text) + "</text></svg>",
        "a.csv": f"Level;Name\r\nRégion;{text}\r\n",
        "a.json": json.dumps({"name": text}),
        "key.json": json.dumps({text: 1}),
        "a.log": f"reading {text} …\n",
        "capitals.txt": text.upper(),
        "decomposed.txt": text.replace("É", "E\u0301").replace("ï", "i\u0308").replace("Ô", "O\u0302"),
        "slug.bib": folded(text).strip().replace(" ", "-"),
        "together.txt": "".join(word.title() for word in folded(text).split()),
        f"{text.replace(' ', '_')}.svg": "<svg/>",
    }  # fmt: skip


PRIVATE = {
    "email": "jean.dupont@exemple.fr", "phone": "06 12 34 56 78", "siren": "732829320", "path": "/home/jean/export.csv",
}  # fmt: skip
# Where a text stands as it was written; a pattern finds it nowhere else.
WHOLE = ("a.html", "comment.html", "entities.html", "link.html", "drawing.html", "output.ipynb", "a.svg", "a.csv",
         "a.json", "key.json", "a.log")  # fmt: skip


@pytest.mark.parametrize(("rule", "text"), [*PRIVATE.items(), *(("raw_value", canary) for canary in CANARIES)])
def test_what_is_private_is_found_in_every_file_it_is_planted_in(tmp_path: Path, rule: str, text: str) -> None:
    """Canaries in each kind of file, and its name; contacts, numbers and paths without being given; no clean file."""
    files = {name: said for name, said in planted(text).items() if rule == "raw_value" or name in WHOLE}
    clean_site(tmp_path)
    for name, said in files.items():
        (tmp_path / name).write_text(said, encoding="utf-8", newline="")
    assert {file for file, found in found_in(tmp_path, NEEDLES) if found == rule} == set(files)


def test_words_are_found_whole(tmp_path: Path) -> None:
    """A short name is not found inside a longer word, nor its words apart; codes are found without their hyphens."""
    saved(
        tmp_path, a__txt="La ruche bourdonne.", b__txt="autruches. Les ateliers", c__txt="xpole7f3azx", d__txt="abc12"
    )
    wanted = [Needle(words, "") for words in (" ruche ", " ruche ateliers ", " pole 7f3a z ", " ab c1 ")]
    assert found_in(tmp_path, wanted) == [("a.txt", "raw_value"), ("c.txt", "raw_value")]


def test_each_thing_is_reported_once_where_it_is_first_reached(tmp_path: Path) -> None:
    """A name that stands twice in a file is one finding, masked, with its raw cell."""
    saved(tmp_path, a__html=page("<p>Éloïse Canari</p>", "<p>&Eacute;lo<b>ïse</b> Canari</p>"))
    assert scan(tmp_path, [Needle(" eloise canari ", "export.csv, row 2, column Contact")]) == [
        Finding("a.html", "raw_value", "el…ri (13 characters)", "a.html", "export.csv, row 2, column Contact")
    ]


ACTIVE = (
    "<script>x()</script>", "<SCRIPT src='a.js'></SCRIPT>", "<svg:script/>", "<p onclick=x>", "<p/onmouseover=x()>",
    '<a href="java&#10;script:x">', '<img src="https://x.org/a.png">', '<img src="//x.org/a.png">', '<a href="x:y">',
    '<link rel="stylesheet" href="a.css">', "<form action='a'>", '<img srcset="a.png 1x, //x.org/a 2x">',
    "<style>@import 'a.css'</style>", "<style>a{b:u\\72l(//x)}", '<p style="background: url(\'//x.org\')">',
    '<svg><use xlink:href="https://x.org/a#b"/></svg>', '<meta http-equiv="Refresh" content="0; url=https://x.org">',
    "<!ENTITY x SYSTEM 'a'>", "<?xml-stylesheet href='a'?>", "<p title='>' onclick=\"x()\">", "<p",
    "<!-- <p title=\"--><script>x()</script>", '<a xlink:href="#" href="javascript:x">',
    '<script x:type="application/ld+json" type="text/javascript">', "<svg xml:base='https://x.org/'>",
    '<script type="application/ld+json">{"a": "<b>"}</script>', '<p title="a" b\'c onclick=x>',
)  # fmt: skip


@pytest.mark.parametrize("text", ACTIVE)
def test_what_acts_or_loads_from_elsewhere_is_found(tmp_path: Path, text: str) -> None:
    """In a page, in a drawing and in an output of a notebook, however it is written."""
    shown = {"output_type": "display_data", "metadata": {}, "data": {"text/html": [text]}}
    scripted = notebook({"output_type": "display_data", "data": {"application/javascript": ["x()"]}})
    saved(tmp_path, a__html=page(text), b__svg=f"<svg>{text}</svg>", c__ipynb=notebook(shown), d__ipynb=scripted)
    assert {file for file, rule in found_in(tmp_path) if rule == "active"} == {"a.html", "b.svg", "c.ipynb", "d.ipynb"}


@pytest.mark.parametrize("cell", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-x", "\t=1", " =1", "\uff1d1+1"])
def test_cells_that_a_spreadsheet_would_run_are_found(tmp_path: Path, cell: str) -> None:
    """A number with its sign is none, nor what an apostrophe keeps as text."""
    saved(tmp_path, a__csv=f'Level,Name\r\nx,"{cell}"\r\n', b__csv=f'Level,Name\r\n"\'{cell}",-12.5 %\r\n')
    address = quote(f"Level,Name\r\nx,{cell}", safe="")
    saved(tmp_path, c__html=page(f'<a href="data:text/csv;charset=utf-8,{address}">x</a>'))
    assert found_in(tmp_path) == [("a.csv", "formula"), ("c.html", "formula")]


PICTURES = {
    "text": png(chunk(b"tEXt", b"Author\0x")),
    "exif": png(chunk(b"eXIf", b"MM\0*")),
    "tail": png(tail=b"x"),
    "cut": png()[:-6],
    "empty": b"",
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_holds_its_pixels_alone(tmp_path: Path, name: str) -> None:
    """As a file, in a page and in a notebook; what is in another chunk is not read, but refused."""
    coded = in_base64(PICTURES[name])
    shown = {"output_type": "display_data", "data": {"image/png": coded}}
    source = f'<img src="data:image/png;base64,{coded}">'
    saved(tmp_path, a__png=PICTURES[name], b__html=page(source), c__ipynb=notebook(shown))
    assert set(found_in(tmp_path)) == {("a.png", "closed"), ("b.html", "closed"), ("c.ipynb", "closed")}


REFUSED: dict[str, tuple[bytes, str]] = {
    "a.csv.gz": (b"\x1f\x8b", "a kind of file that no site is made of"),
    ".git/config.txt": (b"x", "a hidden file"),
    "a.html": ("<p>é</p>".encode("cp1252"), "no text in UTF-8"),
    "c.csv": (b"PK\x03\x04\x00", "no text in UTF-8"),
    "d.html": (b'<img src="data:image/svg+xml,x">', "an address that holds a file of another kind"),
    "e.html": (b'<img src="data:image/png;base64,!">', "a .html file that cannot be read"),
    "f.json": (b'{"a": 1', "a .json file that cannot be read"),
    "g.ipynb": (b"[1]", "a .ipynb file that cannot be read"),
}


def test_what_no_site_is_made_of_is_refused_rather_than_opened(tmp_path: Path) -> None:
    """Other kinds, hidden files, other encodings, what cannot be read: nothing is passed over in silence."""
    for name, (data, _) in REFUSED.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    assert {one.file: (one.rule, one.found) for one in scan(tmp_path)} == {
        name: ("closed", why) for name, (_, why) in REFUSED.items()
    }


def test_links_and_pipes_are_refused(tmp_path: Path) -> None:
    """Wherever they lead: who publishes the folder may publish what they lead to."""
    outside = saved(tmp_path / "outside", name__txt="Éloïse Canari-Dupont")
    site = saved(tmp_path / "site", page__html=page(), more___page__html=page())
    for name, target in {"out.txt": outside / "name.txt", "away": outside, "broken": tmp_path / "nothing"}.items():
        (site / name).symlink_to(target)
    (site / "same.html").symlink_to("page.html")
    os.mkfifo(site / "pipe")
    links = dict.fromkeys(("out.txt", "away", "broken", "same.html"), "a link")
    assert {one.file: one.found for one in scan(site, NEEDLES)} == {**links, "pipe": "neither a file nor a folder"}


HOSTILE: dict[str, str] = {
    "long.csv": "a,b\n" + "x" * 131_073 + ",1\n",
    "deep.json": "[" * 100_000,
    "deep.ipynb": '{"cells":' * 50_000,
    "number.html": f"<p>&#{'9' * 5_000};</p>",
    "drawings.html": '<figure class="origin fictitious protected"' + "<svg" * 40_000,
    "tags.html": "<a " * 40_000,
    "quotes.html": "<a " + "b='c " * 30_000,
    "attributes.html": "<a " + "b=c/" * 30_000 + '"',
    "spaces.html": "<a b" + " " * 130_000,
    "token.txt": "-eyJ" * 30_000,
    "at.txt": "a." * 60_000 + "@",
    "escapes.txt": "\x1b[" * 60_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_neither_crash_nor_hang_it(tmp_path: Path, name: str) -> None:
    """Whatever is long, deep or left open; what quadratic reading would take minutes for ends at once."""
    (tmp_path / name).write_text(HOSTILE[name], encoding="utf-8", newline="")
    rules = {rule for _, rule in found_in(tmp_path, NEEDLES)}
    assert rules <= {"active", "closed", "fictitious", "traceback"}
    assert "closed" in rules or name not in ("deep.json", "deep.ipynb")


def test_ids_of_fictitious_poles_need_the_words_beside_them(tmp_path: Path) -> None:
    """FICTIF-2015-001 without "fictitious data" is taken for a pole; with it, in either language, it is not."""
    texts = {"a": "FICTIF-2015-001", "b": "données fictives : FICTIF-2015-001", "c": "fictitious data FICTIF-2013-002"}
    saved(tmp_path, **{f"{name}__txt": text for name, text in texts.items()})
    assert found_in(tmp_path) == [("a.txt", "fictitious")]


def figure(origin: str, *parts: str) -> str:
    head = f'<p class="number">Figure 1 <span class="origin {origin}">x</span></p>'
    return f'<figure id="amounts">{head}{"".join(parts)}</figure>'


def test_pages_of_answers_say_what_they_are(tmp_path: Path) -> None:
    """Figures were released, drawings of fictitious data carry the words, and search engines leave such pages out."""
    marked, bare = "<svg><text>fictitious data</text></svg>", "<svg><text>9</text></svg>"
    apart, foreign = '<meta name="robots" content="noindex">', '<div class="foreign"><table></table></div>'
    saved(
        tmp_path,
        a__html=page(apart, figure("fictitious protected", marked)),
        b__html=page(apart, figure("fictitious protected", marked, bare, "<p>fictitious data</p>")),
        c__html=page(figure("derived", bare), foreign),
        d__html=page(figure("fictitious protected", marked)),
        e__html=page(figure("survey protected")),
        f__html=page(figure("survey")),
        g__html=page(figure("survey protected"), foreign),
        h__html=page(figure("survey protected"), f'<img src="data:image/png;base64,{in_base64(png())}">'),
    )
    assert [(one.file, one.rule, one.found) for one in scan(tmp_path)] == [
        ("b.html", "fictitious", "a drawing of fictitious data without the words across it"),
        ("d.html", "fictitious", "a page of fictitious numbers that search engines may show"),
        ("f.html", "unprotected", 'exhibit "amounts"'),
        ("g.html", "unprotected", "an output that no rule looked at"),
        ("h.html", "unprotected", "an output that no rule looked at"),
    ]


def test_outputs_of_answers_must_have_been_released(tmp_path: Path) -> None:
    """In a notebook too: ours say that they were released, and no other output stands beside them."""
    saved(
        tmp_path,
        a__ipynb=notebook(output("survey", protected=True)),
        b__ipynb=notebook(output("survey")),
        c__ipynb=notebook(output("fictitious", protected=True), STREAM),
        d__ipynb=notebook(output("derived"), STREAM),
    )
    assert [(one.file, one.rule, one.found) for one in scan(tmp_path)] == [
        ("b.ipynb", "unprotected", "exhibit a"),
        ("c.ipynb", "unprotected", "an output that no rule looked at"),
    ]


ROWS: dict[str, tuple[str, str]] = {
    "a.csv": ("wave,pole_id,amount_eur\n2015,x,12\n", "column pole_id"),
    "c.csv": ("wave;pole_id;origin\n2015;x;fictitious\n", ""),
    "d.json": ('[{"pole_id": "x"}]', "column pole_id"),
    "e.html": (page("<table><tr><td scope='col'><b>pole_id</b></td></tr></table>"), "column pole_id"),
    "f.html": (page(f'<a href="data:text/csv,{quote("file,row,raw_value")}%0A">x</a>'), "column raw_value"),
    "h.html": (page('<code>poles[pole_id] + poles["pole_id"] + poles.pole_id</code>'), ""),
    "i.tsv": ("file\trow; or line, in the file\traw_value\na\t1\tx\n", "column raw_value"),
    "k.csv": ("\ufeffpole_id,origin,more\nx,fictitious\ny,survey,3\n", "column pole_id"),
}


def test_columns_that_only_respondents_have_are_found(tmp_path: Path) -> None:
    """In whatever kind of file; code may name them, and rows that are all fictitious may have them."""
    for name, (text, _) in ROWS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = scan(tmp_path)
    assert {one.rule for one in found} == {"micro_data"}
    assert {one.file: one.found for one in found} == {name: said for name, (_, said) in ROWS.items() if said}


HEADINGS = {
    "ids": ["pole", "year", "stage", "members", "level", "amount"], "none": [],
    "French": ["Identifiant", "Année", "Stade d’avancement", "Adhérents", "Échelon", "Montant"],
}  # fmt: skip


@pytest.mark.parametrize("names", HEADINGS)
def test_rows_of_respondents_are_found_in_every_form(tmp_path: Path, names: str) -> None:
    """With ids or without, whatever their columns are called: rows that no word tells apart are no table of totals."""
    stages, levels = ("émergence", "création", "fonctionnement"), ("Région", "Commune", "État")
    body = [[f"R-{n:02}", "2015", stages[n % 3], str(4 + n), levels[n % 3], str(1000 + 777 * n)] for n in range(9)]
    rows = [
        HEADINGS[names] or ["year", "stage", "members", "tier", "amount"],
        *[row[not HEADINGS[names] :] for row in body],
    ]
    for name, text in in_every_form(rows).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert set(found_in(tmp_path)) == {(name, "micro_data") for name in in_every_form(rows)}


def test_tables_of_totals_are_no_rows_of_respondents(tmp_path: Path) -> None:
    """By level, by level and wave, of one wave beside another, of numbers alone: a name stands before each row."""
    levels = ("Commune", "EPCI", "Département", "Région", "État", "Europe")
    by_level = [["Level", "Poles", "Amount"], *[[level, str(9 + n), str(1000 * n)] for n, level in enumerate(levels)]]
    by_wave = [["Wave", "Level", "Poles"], *[[str(2013 + n % 2), levels[n // 2], str(9 + n)] for n in range(12)]]
    numbers = [["a", "b", "c"], *[[str(n), str(n * n), "1"] for n in range(9)]]
    for number, table in enumerate((by_level, by_wave, numbers)):
        for name, text in in_every_form(table).items():
            (tmp_path / f"{number}-{name}").write_text(text, encoding="utf-8")
    assert found_in(tmp_path) == []


def test_a_pdf_is_looked_into_or_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What its pages and objects say, what acts in it; a page without text, a broken file, no reader: refused."""
    text = "BT /F 12 Tf 20 700 Td ({}) Tj ET"
    saved(
        tmp_path,
        clean__pdf=pdf(text.format("13 of 42 poles")),
        said__pdf=pdf(text.format("Canari-Dupont, Eloise Canari-Dupont")),
        link__pdf=pdf(text.format("x"), "/URI(file:///home/jean/a.html)"),
        acts__pdf=pdf(text.format("x"), "/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"),
        drawn__pdf=pdf("0 0 10 10 re f"),
        cut__pdf=b"%PDF-1.7",
    )
    assert set(found_in(tmp_path, NEEDLES)) == {
        ("said.pdf", "raw_value"), ("link.pdf", "path"), ("acts.pdf", "active"), ("drawn.pdf", "closed"),
        ("cut.pdf", "closed"),
    }  # fmt: skip
    monkeypatch.setitem(sys.modules, "pypdf", None)
    assert {(one.file, one.rule) for one in scan(tmp_path, NEEDLES) if "pypdf" in one.found} == {
        (f"{name}.pdf", "closed") for name in ("clean", "said", "link", "acts", "drawn", "cut")
    }


def test_an_unreadable_file_or_an_empty_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be looked at is never called safe."""
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(InputError, match=r"no file to check\. Give the folder of a built site"):
            scan(folder)
    saved(tmp_path, a__txt="x")

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(InputError, match=r"a\.txt: cannot be read \(Permission denied\), so nothing can be said of it"):
        scan(tmp_path)
