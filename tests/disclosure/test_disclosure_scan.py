"""The scan of what is about to be published: everything planted is found, and nothing else."""

from __future__ import annotations

import base64
import gzip
import json
import os
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from test_disclosure_views import chunk, png, zipped

from conftest import REPOSITORY
from ptce_analysis.errors import InputError
from ptce_analysis.publish.disclosure.raw import Needle
from ptce_analysis.publish.disclosure.scan import Finding, report, report_lines, scan

CANARIES = ("Éloïse Canari-Dupont", "PÔLE-7F3A-Z", "note confidentielle du conseil")
CLAIM = {"id": "a.n", "page": "01_page", "origin": "derived", "value": 9}


def file_name(name: str) -> str:
    return name.replace("___", "/").replace("__", ".")


def saved(folder: Path, **files: str | bytes) -> Path:
    """A folder with these files; in a name, two underscores are a dot and three a slash."""
    for name, content in files.items():
        path = folder / file_name(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def notebook(*outputs: dict[str, Any], **metadata: Any) -> str:
    cells = [{"cell_type": "code", "id": "a", "metadata": {}, "source": "", "outputs": list(outputs)}]
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def output(origin: str, html: str = "<p>9</p>", **about: Any) -> dict[str, Any]:
    """An output of ours of that origin, as a notebook file holds it: its text in lines."""
    metadata = {"ptce": {"kind": "head", "key": "a", "origin": origin, **about}}
    return {"output_type": "display_data", "metadata": metadata, "data": {"text/html": html.splitlines(True)}}


def page(*figures: str) -> str:
    return f'<!doctype html><html lang="en"><body><p>13 of 42 poles</p>{"".join(figures)}</body></html>'


def clean_site(folder: Path) -> Path:
    """A small site with one file of each kind that is published, and nothing to find in any."""
    picture = base64.b64encode(png(chunk(b"tEXt", b"Software\0matplotlib"))).decode()
    return saved(
        folder,
        en___01_page__html=page(f'<img alt="x" src="data:image/png;base64,{picture}">', "<td>1 239 000</td>"),
        en___data___01__csv="Level,Amount (€)\r\nCommunes,246000\r\nRégions,1239000\r\n",
        en___claims__json=json.dumps([CLAIM]),
        en___figure__svg='<svg xmlns="http://www.w3.org/2000/svg"><path d="M6.02 543V3L0.51 23.45"/></svg>',
        en___page__ipynb=notebook(output("derived"), ptce={"parameters": {"lang": "en", "confidence": 0.95}}),
        build__log="built 26 runs in 7.0 s\n",
    )


def test_nothing_is_found_where_there_is_nothing(tmp_path: Path) -> None:
    """One file of each kind, no finding."""
    assert scan(clean_site(tmp_path), CANARIES) == []


def test_nothing_is_found_in_a_site_that_this_library_built(built_project: Path) -> None:
    """Pages, figures, tables and register of a project as built: no false alarm."""
    for folder in ("build/site", "figures", "data/raw/published"):
        assert scan(built_project / folder, CANARIES) == []


@pytest.mark.parametrize("folder", ["figures", "data/processed", "data/raw/published"])
def test_nothing_is_found_in_what_is_committed(folder: str) -> None:
    """The committed results themselves."""
    assert scan(REPOSITORY / folder, CANARIES) == []


def in_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def planted(text: str) -> dict[str, str | bytes]:
    """A text hidden in every kind of file that a site may hold, and in every way it may be written there."""
    data = text.encode()
    picture = png(chunk(b"tEXt", b"a\0" + data))
    return {
        "a__html": page(f"<p>{escape(text)}</p>"),
        "attribute__html": page(f'<p title="{escape(text)}">x</p>'),
        "comment__html": page(f"<!-- {text} -->"),
        "entities__html": page("".join(f"&#x{ord(c):x};" for c in text)),
        "bold__html": page("<b>" + "</b><b>".join(text) + "</b>"),
        "link__html": page(f'<a href="data:text/csv;charset=utf-8,{quote(f"Name;{text}")}">x</a>'),
        "picture__html": page(f'<img src="data:image/svg+xml;base64,{in_base64(f"<svg>{text}</svg>".encode())}">'),
        "png_in_page__html": page(f'<img src="data:image/png;base64,{in_base64(picture)}">'),
        "source__ipynb": notebook(text=text),
        "output__ipynb": notebook({"output_type": "stream", "name": "stderr", "text": [text]}),
        "png__ipynb": notebook(
            {"output_type": "display_data", "data": {"image/png": in_base64(png(chunk(b"eXIf", data)))}}
        ),
        "a__svg": f'<svg xmlns="http://www.w3.org/2000/svg"><desc>{escape(text)}</desc></svg>',
        "spans__svg": "<svg><text>" + "".join(f"<tspan>{c}</tspan>" for c in text) + "</text></svg>",
        "metadata__svg": f"<svg><metadata><creator>{escape(text)}</creator></metadata></svg>",
        "text__png": png(chunk(b"tEXt", b"Author\0" + data)),
        "exif__png": png(chunk(b"eXIf", b"MM\0*" + data)),
        "a__csv": f"Level;Name\r\nRégion;{text}\r\n",
        "windows__csv": f"Level;Name\r\nRégion;{text}\r\n".encode("cp1252"),
        "utf16__csv": f"Level;Name\r\nRégion;{text}\r\n".encode("utf-16"),
        "a__json": json.dumps({"name": text}),
        "b__json": json.dumps({"name": json.dumps(text)}, ensure_ascii=False),
        "a__log": f"reading {text} …\n",
        "a__txt": text.upper(),
        "decomposed__txt": text.replace("É", "E\u0301").replace("ï", "i\u0308").replace("Ô", "O\u0302"),
        "soft__txt": "\u00ad".join(text),
        "base64__txt": f"x={in_base64(data)}",
        "gzip__txt__gz": gzip.compress(data),
        "a__zip": zipped("a.txt", data),
        "xlsx__xlsx": zipped("xl/sharedStrings.xml", f"<t>{escape(text)}</t>".encode()),
        "hidden___.cache": text,
        f"{text.replace(' ', '_')}__svg": "<svg/>",
    }  # fmt: skip


@pytest.mark.parametrize("canary", CANARIES)
def test_canaries_are_found_in_every_file_they_are_planted_in(tmp_path: Path, canary: str) -> None:
    """Each file of each kind, and its name, is reported; the clean files beside them are not."""
    files = planted(canary)
    saved(clean_site(tmp_path), **files)
    found = scan(tmp_path, CANARIES)
    reported = {finding.file for finding in found if finding.rule == "raw_value"}
    assert reported == set(map(file_name, files))


PRIVATE = {
    "email": "jean.dupont@exemple.fr",
    "phone": "06 12 34 56 78",
    "siren": "732829320",
    "path": "/home/jean/x.csv",
}


# Where letters are written one by one, or in capitals; the name of a file holds no path.
NOT_SEEN = {"bold.html", "spans.svg"}


@pytest.mark.parametrize("rule", PRIVATE)
def test_contacts_numbers_and_paths_are_found_without_being_given(tmp_path: Path, rule: str) -> None:
    """In each kind of file, and in names of files."""
    files = {file_name(name): text for name, text in planted(PRIVATE[rule]).items() if not name.startswith("/")}
    unseen = NOT_SEEN | ({"a.txt"} if rule == "path" else set())
    for name, text in files.items():
        saved(clean_site(tmp_path), **{name: text})
    reported = {finding.file for finding in scan(tmp_path) if finding.rule == rule}
    assert reported == set(files) - unseen


def test_numbers_are_found_between_commas(tmp_path: Path) -> None:
    """In a table with commas, a telephone number after a number is read as a cell, not as decimals."""
    saved(tmp_path, a__csv="wave,contact\n2015,0612345678\n", b__csv="wave;share\n2015;12,0612345678\n")
    assert [(f.file, f.rule) for f in scan(tmp_path)] == [("a.csv", "phone")]


def test_ids_are_found_without_their_hyphens(tmp_path: Path) -> None:
    """A code of eight letters and digits is found run together; a short one, or a word, only as it is."""
    saved(tmp_path, a__txt="xpole7f3azx", b__txt="abc12", c__txt="unmotsansespace")
    assert [finding.file for finding in scan(tmp_path, ["PÔLE-7F3A-Z", "AB-C1", "mot sans"])] == ["a.txt"]


def test_words_are_found_whole(tmp_path: Path) -> None:
    """A name is not found inside a longer word."""
    saved(tmp_path, a__txt="La ruche bourdonne. Les ateliers.", b__txt="autruches")
    assert [f.file for f in scan(tmp_path, ["Ruche"])] == ["a.txt"]
    assert scan(tmp_path, ["ruche ateliers"]) == []


def test_each_thing_is_reported_once_where_it_is_first_reached(tmp_path: Path) -> None:
    """A name that stands twice in a file, plain and coded, is one finding, masked, with its raw cell."""
    saved(
        tmp_path,
        a__html=page(
            "<p>Éloïse Canari</p><p>Éloïse Canari</p>", base64.b64encode("Éloïse Canari ici".encode()).decode()
        ),
    )
    assert scan(tmp_path, [Needle(" eloise canari ", "export.csv, row 2, column Contact")]) == [
        Finding("a.html", "raw_value", "el…ri (13 characters)", "a.html", "export.csv, row 2, column Contact")
    ]


def test_ids_of_fictitious_poles_need_the_words_beside_them(tmp_path: Path) -> None:
    """FICTIF-2015-001 without "fictitious data" is taken for a pole; with it, in either language, it is not."""
    saved(
        tmp_path,
        a__txt="FICTIF-2015-001",
        b__txt="données fictives : FICTIF-2015-001",
        c__txt="fictitious data FICTIF-2013-002",
    )
    assert [(f.file, f.rule) for f in scan(tmp_path)] == [("a.txt", "fictitious")]


def figure(origin: str, *parts: str) -> str:
    head = f'<p class="number">Figure 1 <span class="origin {origin}">x</span></p>'
    return f'<figure id="amounts">{head}{"".join(parts)}</figure>'


def test_a_drawing_of_fictitious_data_carries_the_words(tmp_path: Path) -> None:
    """Each drawing of the exhibit, not only its caption."""
    marked, bare = "<svg><text>fictitious data</text></svg>", "<svg><text>9</text></svg>"
    saved(
        tmp_path,
        a__html=page(figure("fictitious protected", marked)),
        b__html=page(figure("fictitious protected", marked, bare)),
        c__html=page(figure("derived", bare)),
    )
    said = "a drawing of fictitious data without the words across it"
    assert scan(tmp_path) == [Finding("b.html", "fictitious", said, "b.html")]


def test_figures_of_answers_must_have_been_released(tmp_path: Path) -> None:
    """In a page, the mark of an exhibit says so; nothing else may stand in a page of answers."""
    saved(
        tmp_path,
        a__html=page(figure("survey protected")),
        b__html=page(figure("survey")),
        c__html=page(figure("survey protected"), '<div class="foreign"><table></table></div>'),
        d__html=page(figure("derived"), '<div class="foreign"><table></table></div>'),
        e__html=page(figure("survey protected"), '<img src="data:image/png;base64,AAAA">'),
    )
    assert [(f.file, f.rule, f.found) for f in scan(tmp_path)] == [
        ("b.html", "unprotected", 'exhibit "amounts"'),
        ("c.html", "unprotected", "an output that no rule looked at"),
        ("e.html", "unprotected", "an output that no rule looked at"),
    ]


def test_outputs_of_answers_must_have_been_released(tmp_path: Path) -> None:
    """In a notebook too: ours say that they were released, and no other output stands beside them."""
    stream = {"output_type": "stream", "name": "stdout", "text": ["  pole 1  250000"]}
    active = output("survey", "<script>x()</script>", protected=True)
    saved(
        tmp_path,
        a__ipynb=notebook(output("survey", protected=True)),
        b__ipynb=notebook(output("survey")),
        c__ipynb=notebook(output("fictitious", protected=True), stream),
        d__ipynb=notebook(output("derived"), stream),
        e__ipynb=notebook(active),
    )
    assert [(f.file, f.rule, f.found) for f in scan(tmp_path)] == [
        ("b.ipynb", "unprotected", "exhibit a"),
        ("c.ipynb", "unprotected", "an output that no rule looked at (stream)"),
        ("e.ipynb", "unprotected", "an output that no rule looked at (display_data)"),
    ]


def test_rows_of_respondents_are_found(tmp_path: Path) -> None:
    """By the columns only they have, in CSV, JSON, HTML tables and downloads; rows that are all fictitious are not."""
    saved(
        tmp_path,
        a__csv="wave,pole_id,amount_eur\n2015,x,12\n",
        b__csv="wave;pole_id;origin\n2015;x;fictitious\n2015;y;survey\n",
        c__csv="wave;pole_id;origin\n2015;x;fictitious\n",
        d__json='[{"pole_id": "x"}]',
        e__html=page("<table><tr><th scope='col'>pole_id</th></tr></table>"),
        f__html=page(f'<a href="data:text/csv;charset=utf-8,{quote("file,row,raw_value")}%0A">x</a>'),
        g__csv="Level,Amount\npole_id,3\n",
        h__html=page("<code>poles[pole_id]</code>"),
        i__tsv="file\trow; or line, in the file\traw_value\na\t1\tx\n",
        j__csv="\ufeff'pole_id';amount\nx;1,5\n",
        k__csv="\ufeffpole_id,origin,more\nx,fictitious\ny,survey,3\n",
        l__csv="pole_id,origin\nx,fictitious,4\ny,fictitious\n",
    )
    found = scan(tmp_path)
    assert {f.rule for f in found} == {"micro_data"}
    assert {f.file: f.found for f in found} == {
        "a.csv": "column pole_id",
        "b.csv": "column pole_id",
        "d.json": "key pole_id",
        "e.html": "column pole_id",
        "f.html": "column raw_value",
        "i.tsv": "column raw_value",
        "j.csv": "column 'pole_id'",
        "k.csv": "column pole_id",
    }


def test_parameters_outside_the_closed_set_are_found(tmp_path: Path) -> None:
    """An unknown name, an illegal value, or the paths that papermill notes."""
    saved(
        tmp_path,
        a__ipynb=notebook(papermill={"parameters": {"lang": "fr"}}),
        b__ipynb=notebook(papermill={"parameters": {"contact": "x"}}),
        c__ipynb=notebook(ptce={"parameters": {"lang": "de"}}),
        d__ipynb=notebook(papermill={"parameters": {}, "input_path": "notebooks/a.ipynb"}),
    )
    found = scan(tmp_path)
    assert [(f.file, f.rule) for f in found] == [(name, "parameter") for name in ("b.ipynb", "c.ipynb", "d.ipynb")]
    assert found[0].found.startswith("notebook: parameter 'contact' is unknown. Legal names: lang")
    assert found[1].found.startswith("notebook: parameter 'lang': value 'de': legal values: fr, en")
    assert found[2].found == "papermill.input_path"


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ('<meta name="robots" content="noindex"><p>fictitious data</p>', ""),
        ('<meta name="robots" content="noindex"><p>data</p>', "that does not say so"),
        ("<p>fictitious data</p>", "that search engines may show"),
    ],
)
def test_pages_of_fictitious_numbers_say_so_and_are_not_to_be_found(tmp_path: Path, said: str, found: str) -> None:
    """The register of claims knows which pages state fictitious numbers."""
    claims = [
        CLAIM,
        {**CLAIM, "href": "index.html#a.n", "origin": "fictitious"},
        {**CLAIM, "href": "gone.html#a.n", "origin": "fictitious"},
    ]
    files = {"apart___claims__json": json.dumps(claims), "apart___01_page__html": page()}
    saved(tmp_path, **files, apart___index__html=page(said))
    name = "apart/index.html"
    expected = [Finding(name, "fictitious", f"a page of fictitious numbers {found}", name)] if found else []
    assert scan(tmp_path) == expected


@pytest.mark.parametrize("text", ["not JSON", '{"a": 1}', "[1]"])
def test_what_cannot_be_understood_is_said(tmp_path: Path, text: str) -> None:
    """A register or a notebook that cannot be read is a finding: nothing can be said of it."""
    saved(tmp_path, claims__json=text, a__ipynb=text, b___claims__json=text)
    assert [(f.file, f.rule, f.found) for f in scan(tmp_path)] == [
        ("a.ipynb", "closed", "a notebook that cannot be read"),
        ("b/claims.json", "closed", "a register of claims that cannot be read"),
        ("claims.json", "closed", "a register of claims that cannot be read"),
    ]


def test_files_that_cannot_be_looked_into_are_said(tmp_path: Path) -> None:
    """A PDF may hold anything."""
    saved(tmp_path, a__pdf=b"%PDF-1.7")
    assert [(f.file, f.rule, f.where) for f in scan(tmp_path)] == [("a.pdf", "closed", "a.pdf")]


def test_what_is_no_file_of_the_folder_is_said(tmp_path: Path) -> None:
    """Links that lead out or to a folder, broken links and pipes are named; a link to a file of the folder is one."""
    outside = saved(tmp_path / "outside", name__txt="Éloïse Canari-Dupont")
    site = saved(tmp_path / "site", page__html=page(), more___page__html=page())
    links = {"out": outside / "name.txt", "away": outside, "broken": tmp_path / "nothing", "inner": site / "more"}
    for name, target in links.items():
        (site / name).symlink_to(target)
    (site / "same").symlink_to("page.html")
    os.mkfifo(site / "pipe")
    assert {finding.file: finding.found for finding in scan(site, CANARIES)} == {
        "out": "a link that leads out of the folder",
        "away": "a link that leads out of the folder",
        "broken": "a link that leads out of the folder",
        "inner": "a link to a folder",
        "pipe": "neither a file nor a folder",
    }


def test_an_unreadable_file_or_an_empty_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be looked at is never called safe."""
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(InputError, match=r"no file to check\. Give the folder of a built site"):
            scan(folder)
    saved(tmp_path, a__txt="x")
    with pytest.raises(InputError, match="canary '!': it has no letter and no digit to look for"):
        scan(tmp_path, ["!"])

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(InputError, match=r"a\.txt: cannot be read \(Permission denied\), so nothing can be said of it"):
        scan(tmp_path)


def test_the_report_says_rule_by_rule_why_it_is_safe(tmp_path: Path) -> None:
    """A verdict and a reason for each rule; what was not looked for is not called safe."""
    folder = saved(tmp_path, a__txt="nothing")
    found = report(folder, [], None)
    assert found["safe"]
    lines = list(report_lines(found))
    assert lines[0] == (
        "not checked names, ids and free text of the raw answers: "
        "not looked for; give the folder of the raw answers (--raw)"
    )
    assert lines[1] == "safe        e-mail addresses: none in 1 files"
    assert lines[-1] == "nothing found that could expose a respondent"
    assert next(report_lines(report(folder, [], 12))).endswith(": none, of 12 searched for, in 1 files")


def test_the_report_says_what_is_not_safe(tmp_path: Path) -> None:
    """Each finding below its rule, masked, with where it is and which raw cell it comes from."""
    folder = saved(tmp_path, a__txt="Éloïse Canari, jean@exemple.fr")
    found = report(folder, scan(folder, [Needle(" eloise canari ", "export.csv, row 2")]), 1)
    assert not found["safe"]
    assert list(report_lines(found))[:4] == [
        "leak        names, ids and free text of the raw answers: 1 found",
        "            - a.txt: el…ri (13 characters) = export.csv, row 2",
        "leak        e-mail addresses: 1 found",
        "            - a.txt: je…fr (15 characters)",
    ]
    assert list(report_lines(found))[-1] == "NOT to be published as it is"
    assert "canari" not in json.dumps(found).lower()
