"""What must not be published: what patterns find and leave alone, and what is looked for of raw answers."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ptce_analysis.errors import InputError
from ptce_analysis.protect.leaks import (
    Needle,
    column_needles,
    folded,
    is_siren,
    masked,
    matches,
    needles,
    plain,
)

FOUND: dict[str, tuple[str, ...]] = {
    "email": ("jean.dupont@exemple.fr", "jean [arobase] exemple [point] fr", "jean＠exemple.fr"),
    "phone": ("01 23 45 67 89", "06.12.34.56.78", "0612345678", "+33 (0)1 23 45 67 89", "0033 6 12 34 56 78",
              "tél. : 01\u00a023\u00a045\u00a067\u00a089.", "０１２３４５６７８９", "(+33) 6 12345678",
              "+590 590 12 34 56", "01/23/45/67/89", "tel:+33612345678"),
    "siren": ("732829320", "732 829 320", "732-829-320", "73282932000074", "732 829 320 00074."),
    "register": ("SIREN : 123 456 789", "SIRET n° 123 456 789 00012", "RCS Lille Métropole B 123456789", "W751234567",
                 "FR44 732829321"),
    "path": ("/home/jean/export.csv", "see /tmp/ipykernel_1", "C:\\Users\\jean", "D:\\\\data", "file:///srv/x",
             "c:/temp/a", "\\\\serveur\\partage", "\\\\wsl$\\Ubuntu\\home", "/mnt/c/x", "/Volumes/Disk/x",
             "file://server/x", "nas:/srv/x"),
    "iban": ("FR76 3000 6000 0112 3456 7890 189", "FR7630006000011234567890189"),
    "token": ("ghp_0123456789abcdefAB", "AKIAIOSFODNN7EXAMPLE", "eyJhbGciOiJI.eyJzdWIiOiIx.x",
              "-----BEGIN RSA PRIVATE KEY-----", "password: correcthorsebattery", "sk_live_0123456789abcdef",
              "http://localhost:8888/?token=0123456789abcdef", "https://jean:azerty@x.org",
              "mot de passe : Tr0ub4dor&3xyz"),
    "traceback": ("Traceback (most recent call last):", 'File "x.py", line 3', "<ipykernel_123>", "\x1b[31mError"),
}  # fmt: skip


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule, texts in FOUND.items() for text in texts])
def test_what_must_not_be_published_is_found(rule: str, text: str) -> None:
    """In each usual way of writing it, alone or in a sentence."""
    for around in (text, f"Écrire {text} ou demander.", f"<td>{text}</td>"):
        assert rule in {name for name, _ in matches(plain(around))}, around


LEFT_ALONE = (
    "@media print{*{color:#000}}", '"@type": "Dataset"', "d=\"M20.1 30.2L0.51 23.45\"", "1 239 000 €", "€1,239,000",
    "0.512345678", "0,612345678", "1.0612345678", "235 000 000", "235000000", "1\u202f732\u202f829\u202f320",
    "732\u202f829\u202f320", "1,732,829,320", "732829320.5", "12 732 829 320", "https://www.rtes.fr/home/jean",
    "data/raw/waves/2015", "src/ptce_analysis/cli.py", "en/home/page", "01 02 03 04", "10 12 34 56 78",
    "2013-05-02 09:12:00", "sha256 3f0612345678ab", "id-0612345678x", "fr/01_consistency.html",
    "20 % of 52", "numéro 4",    "732829321", "±0.5 ~/x",    "a file line 3", "W75",
    "user@", "@exemple", "secret : confidentialité", "01/02/2013 10:45", "0 250 500 750", "https://x.org/app/a",
    "FR76", "task-based-learning-for-all", "FR 2013–2015", "5 12 34 56 78 90",
)  # fmt: skip


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_pages_ordinarily_hold_is_left_alone(text: str) -> None:
    """Amounts, coordinates, styles, addresses and relative paths are no leak."""
    assert list(matches(plain(text))) == []


@given(st.integers(10_000_000, 99_999_999).filter(lambda start: start % 100))
def test_luhn_accepts_one_last_digit_of_ten(start: int) -> None:
    """Enumerated: whatever the first digits, exactly one last digit makes it valid; a number in thousands is none."""
    assert sum(is_siren(f"{start}{last}") for last in range(10)) == 1
    assert not is_siren(f"{start // 100}000")


def test_words_are_compared_without_accents_case_or_punctuation() -> None:
    """Letters written in other forms, or with marks between them, are the same letters."""
    same = ("Éco-Pôle d’Audruicq", "ECO POLE D AUDRUICQ", "éco\u00adpôle".replace("\u00ad", "-") + " d_audruicq",
            "E\u0301co Po\u0302le d'Audruicq", "Éco-Pôle\u200b d’Aud\u00adruicq", "Éco-Pôle d’Audruicq")  # fmt: skip
    assert {folded(text) for text in same} == {" eco pole d audruicq "}


def test_a_report_never_repeats_what_it_found() -> None:
    """Two letters at each end, and the length."""
    assert masked("jean@exemple.fr") == "je…fr (15 characters)"
    assert masked("short") == "… (5 characters)"


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


def words(found: list[Needle]) -> set[str]:
    return {needle.words.strip() for needle in found}


@pytest.mark.parametrize("codebook", [True, False])
def test_names_ids_contacts_and_free_text_are_looked_for(tmp_path: Path, codebook: bool) -> None:
    """Columns that name somebody, and those no question closes, whether a codebook says so or not."""
    found = words(needles(written(tmp_path, codebook)))
    wanted = {"les ateliers du marais", "pole 7f3a", "ruche", "eloise canari", "jean temoin", "0612345678"}
    assert wanted <= found
    assert "nous attendons depuis deux ans la reponse du" in found
    assert "attendons depuis deux ans la reponse du conseil" in found
    assert found.isdisjoint({"oui", "12", "2", "region", "emergence", "creation", "1 5"})
    assert ("un mi temps tous les jours de la" in found) == (not codebook)


LONG = "nous avons ouvert ensemble une cantine près de la halle"
EIGHT = ["nous avons ouvert ensemble une cantine pres de", "avons ouvert ensemble une cantine pres de la",
         "ouvert ensemble une cantine pres de la halle"]  # fmt: skip
FORM, OTHER = "Association loi 1901", "Autre statut"
# By hand: the header of a column, its kind, its cells, and what is looked for of it.
COLUMNS: dict[str, tuple[str, str, list[str], list[str]]] = {
    "a text of three rows of nine is an answer like another": ("", "", [FORM] * 7 + ["Ruche", "CUMA"], ["ruche"]),
    "that of two rows is not": ("", "", [FORM] * 2 + [OTHER] * 7, ["association loi 1901"]),
    "a person is looked for in both orders": (
        "Nom du contact", "", ["Ève Canari"] * 7, ["eve canari", "canari eve"],
    ),
    "where most differ, all are": (
        "", "", ["Ève Canari"] * 5 + [f"Pôle n {n}" for n in range(3, 9)],
        ["eve canari", "canari eve", *(f"pole n {n}" for n in range(3, 9))],
    ),
    "where they do not, they are not": ("", "", ["Ève Canari"] * 5 + ["Pôle Sud"] * 5, []),
    "the library's own words are nobody's, nor fictitious ids": (
        "", "", ["données fictives", "Départements", "FICTIF-2015-001"], [],
    ),
    "each part of what was typed where funders were offered": (
        "", "level", ["Région ; Fondation Canari / CAF de Lens", *["Région"] * 9],
        ["region fondation canari caf de lens", "fondation canari", "caf de lens"],
    ),
    "and where legal forms were": (
        "", "legal_form", ["SCIC / Canari"] + ["SCIC"] * 9, ["scic canari", "canari scic", "canari"],
    ),
    "five letters, nine digits, or five of both": (
        "", "", ["abcd", "abcde", "12345678", "123456789", "a1234", "--", ""], ["abcde", "123456789", "a1234"],
    ),
    "a long answer, whole and by every eight words": ("", "", [LONG], [folded(LONG).strip(), *EIGHT]),
}  # fmt: skip


@pytest.mark.parametrize("name", COLUMNS)
def test_what_names_somebody_is_looked_for(name: str) -> None:
    """Each case says why in its name."""
    header, kind, cells, wanted = COLUMNS[name]
    assert words(column_needles(header, kind, [(f"row {n}", text) for n, text in enumerate(cells)])) == set(wanted)


def test_a_folder_without_answers_is_refused(tmp_path: Path) -> None:
    """Looking for nothing would look safe."""
    (tmp_path / "note.md").write_text("x")
    with pytest.raises(InputError, match=r"no export \(.csv, .tsv, .*\) to take raw values from"):
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
        "canari eve": "export.csv, row 2, column 3",
    }
