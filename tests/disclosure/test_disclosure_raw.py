"""What is looked for from raw answers: what names somebody, and nothing that the questionnaire closes."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
import yaml
from ptce_analysis.publish.disclosure.raw import given, needles

from ptce_analysis.errors import InputError

CODEBOOK = {
    "wave": 2015,
    "origin": "survey",
    "variables": {
        "pole_id": {"header": "Nom du pôle"},
        "stage": {"header": "Stade"},
        "remark": {"header": "Remarque", "kind": "text"},
        "cell_fte": {"header": "ETP"},
    },
    "not_asked": ["members", "employees", "budget_eur", "cell_budget_eur", "cell_self_financed_share", "legal_form"],
    "supports": [],
}
EXPORT = """Nom du pôle;Stade;Remarque;ETP;Contact;Téléphone
Les Ateliers du Marais;émergence;{quote};1,5;Éloïse Canari;0612345678
PÔLE-7F3A;création;rien à dire;un mi-temps tous les jours de la semaine;Jean Témoin;
Ruche;émergence;Région;2;Oui;12
"""
QUOTE = "nous attendons depuis deux ans la réponse du conseil départemental du Nord à ZX-81-B"


def written(folder: Path, codebook: bool = True) -> Path:
    (folder / "2015").mkdir(parents=True)
    (folder / "2015" / "export.csv").write_text(EXPORT.format(quote=QUOTE), encoding="utf-8")
    if codebook:
        text = yaml.safe_dump(CODEBOOK, allow_unicode=True)
        (folder / "2015" / "codebook.yml").write_text(text, encoding="utf-8")
    return folder


def words(found: list) -> set[str]:
    return {needle.words.strip() for needle in found}


@pytest.mark.parametrize("codebook", [True, False])
def test_names_ids_contacts_and_free_text_are_looked_for(tmp_path: Path, codebook: bool) -> None:
    """Columns that name somebody, and those no question closes, whether a codebook says so or not."""
    found = words(needles(written(tmp_path, codebook)))
    wanted = {"les ateliers du marais", "pole 7f3a", "ruche", "eloise canari", "jean temoin", "0612345678", "zx 81 b"}
    assert wanted <= found
    assert "nous attendons depuis deux ans la reponse du" in found
    assert "attendons depuis deux ans la reponse du conseil" in found
    assert found.isdisjoint({"oui", "12", "2", "region", "emergence", "creation", "1 5"})
    assert ("un mi temps tous les jours de la" in found) == (not codebook)


def test_a_needle_says_where_it_comes_from(tmp_path: Path) -> None:
    """The file, the row and the column, so that a finding can be checked."""
    found = {needle.words.strip(): needle.where for needle in needles(written(tmp_path))}
    assert found["eloise canari"] == "export.csv, row 2, column Contact"


def test_what_several_rows_say_names_nobody() -> None:
    """A text of three rows is no name; the library's own words are nobody's either."""
    cells = [(f"row {i}", "Association loi 1901") for i in range(3)]
    assert given(cells) == []
    assert words(given(cells[:2])) == {"association loi 1901"}
    assert given([("row 1", "données fictives"), ("row 2", "Départements")]) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("abcd", False),
        ("abcde", True),
        ("12345678", False),
        ("123456789", True),
        ("a1234", True),
        ("--", False),
        ("", False),
    ],
)
def test_short_cells_name_nobody(text: str, found: bool) -> None:
    """Five letters or nine digits are needed, or five letters and digits together."""
    assert bool(given([("row 1", text)])) == found


def test_a_long_answer_is_looked_for_whole_and_by_every_eight_words() -> None:
    """By hand: ten words have three runs of eight; seven of them are no quotation."""
    said = "nous avons ouvert ensemble une cantine près de la halle"
    every = said.split()
    runs = {" ".join(every[start : start + 8]) for start in range(3)}
    assert words(given([("row 1", said)])) == {said.replace("è", "e"), *(run.replace("è", "e") for run in runs)}


def test_a_folder_without_answers_is_refused(tmp_path: Path) -> None:
    """Looking for nothing would look safe."""
    (tmp_path / "note.md").write_text("x")
    with pytest.raises(InputError, match=r"no export \(.csv, .tsv, .txt, .xlsx, .ods\) to take raw values from"):
        needles(tmp_path)


def test_an_export_is_read_as_its_codebook_says(tmp_path: Path) -> None:
    """Encoding, separator and sheet are those of the layout; a column without a header is named by its number."""
    (tmp_path / "export.csv").write_bytes(
        "Nom du pôle|Stade|\nLa Fabrique; du Mans|création|Ève Canari\n".encode("cp1252")
    )
    book = {
        **CODEBOOK,
        "layout": {"encoding": "cp1252", "separator": "|"},
        "variables": {name: CODEBOOK["variables"][name] for name in ("pole_id", "stage")},
        "not_asked": [*CODEBOOK["not_asked"], "cell_fte"],
    }
    (tmp_path / "codebook.yaml").write_text(yaml.safe_dump(book, allow_unicode=True), encoding="utf-8")
    assert {needle.words.strip(): needle.where for needle in needles(tmp_path)} == {
        "la fabrique du mans": "export.csv, row 2, column Nom du pôle",
        "eve canari": "export.csv, row 2, column 3",
    }


def test_the_sheet_that_the_codebook_names_is_the_one_looked_into(tmp_path: Path) -> None:
    """A workbook opens on its notice: the answers on another sheet are what must not appear."""
    book = openpyxl.Workbook()
    book.active.append(["Notice"])
    answers = book.create_sheet("Réponses")
    answers.append(["Nom du pôle", "Stade"])
    answers.append(["La Fabrique du Mans", "création"])
    book.save(tmp_path / "export.xlsx")
    names = ("pole_id", "stage")
    codebook = {
        **CODEBOOK,
        "layout": {"sheet": "Réponses"},
        "variables": {name: CODEBOOK["variables"][name] for name in names},
        "not_asked": [*CODEBOOK["not_asked"], "cell_fte"],
    }
    (tmp_path / "codebook.yaml").write_text(yaml.safe_dump(codebook, allow_unicode=True), encoding="utf-8")
    assert [needle.words.strip() for needle in needles(tmp_path)] == ["la fabrique du mans"]
