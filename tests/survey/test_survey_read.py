"""Separated files: every encoding and separator is recognised by evidence; damage is named with its line."""

from pathlib import Path

import pytest

from ptce_analysis.errors import InputError
from ptce_analysis.survey.grid import Grid, Limits
from ptce_analysis.survey.parse import amounts, kinds
from ptce_analysis.survey.read import read, read_bytes

ROWS = [["id", "Région", "Coût €"], ["1", "œuvre", "1,75"]]
TEXT = "id;Région;Coût €\n1;œuvre;1,75\n"


def rules(grid: Grid) -> list[tuple[str, str]]:
    """Return what was noted while reading."""
    return [(note.rule, note.raw_value) for note in grid.notes]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_the_encoding_is_recognised_and_noted(encoding: str) -> None:
    """The same text comes out of each encoding; all but plain UTF-8 is in the ledger."""
    text = TEXT + "2;néant, été, prêt à côté, d’été – 12 m²;2\n"
    grid = read_bytes(text.encode(encoding), "f.csv")
    assert grid.rows[:2] == ROWS and grid.rows[2][1] == "néant, été, prêt à côté, d’été – 12 m²"
    noted = [raw for rule, raw in rules(grid) if rule == "encoding"]
    assert noted == ([] if encoding == "utf-8" else [encoding])


@pytest.mark.parametrize(("text", "tables"), [
    ("néant", "mac_roman cp850"), ("Conseil général : crédité à côté", "mac_roman cp850"),
    ("mère août reçu", "mac_roman cp850"), ("même", "mac_roman cp850"), ("RÉGION", "mac_roman"), ("État", "mac_roman"),
    ("à", "mac_roman"), ("ÉTAT (Ça)", "mac_roman"),
])  # fmt: skip
def test_old_tables_are_refused_unless_they_are_named(text: str, tables: str) -> None:
    """Read as cp1252, the letters of a Macintosh and of DOS are signs or capitals that French has in no such place."""
    for table in tables.split():
        data = f"id\n{text}\n".encode(table)
        with pytest.raises(InputError, match=r"mac_roman or cp850\. Say which in the codebook \(layout: encoding\)"):
            read_bytes(data, "f.csv")
        assert read_bytes(data, "f.csv", encoding=table).rows[1] == [text]


@pytest.mark.parametrize("text", ["25 000 €", "Budget (k€)", "œuvre", "cœur"])
def test_the_euro_and_the_oe_of_latin_9_are_no_other_signs(text: str) -> None:
    """ISO-8859-15 is recognised by them and noted; the ½ of cp1252 stays a half, and ¤ beside other marks is kept."""
    found = read_bytes(f"id\n{text}\n".encode("iso-8859-15"), "f.csv")
    assert found.rows[1] == [text] and ("encoding", "iso-8859-15") in rules(found)
    assert read_bytes("id\n2½ ETP\n¼ d’été\n".encode("cp1252"), "f.csv").rows[1:] == [["2½ ETP"], ["¼ d’été"]]
    assert read_bytes("id\n5 ¤ – 6 ¤\n".encode("cp1252"), "f.csv").rows[1] == ["5 ¤ – 6 ¤"]
    assert kinds.stated_units("amount", "Budget (k¤)") == ("keur",) and amounts.amount("25 k¤").value is None


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_the_separator_is_recognised(separator: str) -> None:
    """Whatever the separator, the cells are the same; the comma needs no note, and a `sep=` line is obeyed."""
    text = f"id{separator}a{separator}b\r\n1{separator}x{separator}y\r\n"
    grid = read_bytes(text.encode(), "f.csv")
    assert grid.rows == [["id", "a", "b"], ["1", "x", "y"]]
    assert bool(rules(grid)) == (separator != ",")
    told = read_bytes(f"\ufeffsep={separator}\r\n{text}".encode(), "f.csv")
    assert (told.rows, told.numbers) == (grid.rows, [2, 3])
    assert ("separator_line", f"sep={separator}".strip()) in rules(told)


@pytest.mark.parametrize(("text", "widths"), [
    ("id;Budget, en k€\n1;25,5\n2;3,5\n", {2}), ("Titre, 2015\nid;Budget\n1;2,5\n2;3\n3;4\n", {1, 2}),
    ('id;a\n1;"x, y, z"\n2;"x, y, z"\n', {2}), ("p,a,b\nA,1,5\n", {3}), ("p,a,b\nA,oui,non,\n", {3, 4}),
    ('p,a\nA,"1,5"\n', {2}), ("p,a\nA,1.5\n", {2}),
])  # fmt: skip
def test_a_decimal_comma_is_not_a_separator(text: str, widths: set[int]) -> None:
    """The header and most records have one width under the right one; two numbers side by side are two answers."""
    assert {len(row) for row in read_bytes(text.encode(), "f.csv").rows} == widths


@pytest.mark.parametrize(("text", "line"), [
    ("pole,amount,link,note\nAlpha,1,2 M€,oui,\nBeta,3,5 M€,non,\n", 2), ("p,a,b\nA,12,oui\nB,25,5,non\n", 3),
    ("Titre, 2015\nid,a,b\nA,1 500,50 €,x\n", 3), ("p,a,b\nA,12,oui\nB,-1,5,\n", 3),
])  # fmt: skip
def test_a_decimal_comma_without_quotes_is_refused_in_a_file_of_commas(text: str, line: int) -> None:
    """It cuts a number in two: the row is wider than the lines above, even if its last cell is blank."""
    with pytest.raises(InputError, match=rf"f\.csv, line {line}: .*A decimal comma must be inside quotes"):
        read_bytes(text.encode(), "f.csv")


@pytest.mark.parametrize(("data", "rows", "numbers"), [
    (b'a;b\r\n1;2\n3;4\r"x\ny";2\r\n', [["a", "b"], ["1", "2"], ["3", "4"], ["x\ny", "2"]], [1, 2, 3, 4]),
    (b'a;b\r\r\n1;2\r\r\n"x\r\r\ny";4\r\r\n', [["a", "b"], ["1", "2"], ["x\ny", "4"]], [1, 2, 3]),
    (b'a;b\n\n;;\n"x\ny";1\n ; \n2;3\n', [["a", "b"], ["x\ny", "1"], ["2", "3"]], [1, 4, 7]),
    (b"id\nP1\nP2\n", [["id"], ["P1"], ["P2"]], [1, 2, 3]),  # one column is a table
])  # fmt: skip
def test_lines_end_as_they_were_meant_and_keep_their_numbers(
    data: bytes, rows: list[list[str]], numbers: list[int]
) -> None:
    """CR LF, CR and CR CR LF are one end each; a line feed inside quotes is kept; blank rows go and are counted."""
    found = read_bytes(data, "f.csv")
    assert (found.rows, found.numbers) == (rows, numbers)


def test_an_answer_of_several_lines_is_one_answer_in_two_columns() -> None:
    """Its lines do not start like the identifiers above, or do not have a separator each."""
    for text in ("1 ETP\npuis ; 2", "oui ; non\npeut-être", "deux\nlignes"):
        assert read_bytes(f'id;b\nP1;1\nP2;"{text}"\n'.encode(), "f.csv").rows[-1] == ["P2", text]


def test_letters_read_twice_are_put_right_and_noted_cell_by_cell() -> None:
    """`RÃ©gion` is the UTF-8 of Région once read as cp1252, `RÃƒÂ©gion` twice; a real Ã is kept."""
    grid = read_bytes("id;RÃ©gion;RÃƒÂ©gion\n1;Ãa;Åé\n".encode(), "f.csv")
    assert grid.rows == [["id", "Région", "Région"], ["1", "Ãa", "Åé"]]
    assert [(n.row, n.column, n.raw_value, n.value) for n in grid.notes if n.rule == "mojibake"] == [
        (1, 1, "RÃ©gion", "Région"), (1, 2, "RÃƒÂ©gion", "Région")]  # fmt: skip


@pytest.mark.parametrize(("data", "message"), [
    (b"", "the file is empty"), (b"\xef\xbb\xbf\r\n", "the file is empty"),
    (b"id;x\n1;\x002\n", r"line 2: the character U\+0000 is not text"),
    ("id;é\n1;é\n".encode() + b"2;\xc3", "line 3: byte 0xc3 does not fit .*utf-8.*truncated"),
    ("é\n".encode() + b"\xe9\n", "line 2: byte 0xe9 .*joins two encodings"),
    (b"id;\x81\xe9", "line 1: byte 0x81 does not fit .*cp1252.*layout: encoding"),
    ("id\na\x85\n".encode(), r"line 2: the character U\+0085 is not text"),
    (b'a;b\n1;"x\n', "line 2: the quotes of this row do not close"), (b'a;b\n"x"y;2\n', "line 2: the quotes"),
    (b'a;b;c\n1;"x;y\n2;z";t\n', "line 2: a quoted cell holds what looks like whole rows"),
    (b'a;b;c\n1;"x;y\n2;z\n3;4;5\n6;7";t\n', "line 2: a quoted cell holds what looks like whole rows"),  # one short
    (b'a;b\nP1;"1\nP2;2\nP3;3"\n', "line 2: a quoted cell holds what looks like whole rows"),  # of two columns alike
    (b'a;b;c\n1;2;3\n"\n4;5;6\n7;8;9\n"\n', "line 3: a quoted cell holds what looks like whole rows"),
    (b'a;b\nP0;0\n"P1;1\nP2";2\n', "line 3: a quoted cell"), (b'a,b\nP0,0\n"P1,1\nP2,2"\n', "line 3: a quoted cell"),
    (b'a;b\n1;"' + b"x" * 200_000, "line 2: the quotes"),
    (b"%PDF-1.4", "a PDF document"),
    (b" <html><table>", "a web page"), (b"<?xml version='1.0'?>", "a web page or XML"),
])  # fmt: skip
def test_damage_is_named_with_its_line(data: bytes, message: str) -> None:
    """Nothing damaged is read as something else: the message names the file, the line and what to do."""
    with pytest.raises(InputError, match=rf"^f\.csv.*{message}"):
        read_bytes(data, "f.csv")


@pytest.mark.parametrize(("limits", "message"), [
    (Limits(n_rows=2), "row 3: more than 2 rows"), (Limits(n_rows=0), "more than 0 lines"),
    (Limits(n_columns=1), "row 1: more than 1 columns"), (Limits(n_cells=3), "row 2: more than 3 cells"),
    (Limits(n_characters=3), "more than 3 characters in one cell"),
])  # fmt: skip
def test_limits_stop_the_reading(limits: Limits, message: str) -> None:
    """Each limit has its message."""
    with pytest.raises(InputError, match=message):
        read_bytes(b"a;b\n1;2\n3;4444\n", "f.csv", limits=limits)


@pytest.mark.parametrize("encoding", ["latin-99", "undefined", "hex", "utf\0"])
def test_a_stated_separator_or_encoding_wins_and_a_wrong_one_is_told(encoding: str) -> None:
    """The codebook may say what cannot be recognised; what Python knows as a codec of no text is refused alike."""
    assert read_bytes(b"a,b;c\n", "f.csv", separator=";").rows == [["a,b", "c"]]
    assert read_bytes(b"a\xa4", "f.csv", encoding="cp1252").rows == [["a¤"]]
    with pytest.raises(InputError, match=r"nothing is known of the encoding .*Use utf-8, cp1252"):
        read_bytes(b"a\xe9", "f.csv", encoding=encoding)


def test_a_file_that_cannot_be_opened_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The size is looked at first; a directory is no file; a permission is no traceback."""
    (tmp_path / "f.csv").write_bytes(b"a;b\n1;2\n")
    assert read(tmp_path / "f.csv").rows[0] == ["a", "b"]
    with pytest.raises(InputError, match="more than 3 bytes"):
        read(tmp_path / "f.csv", limits=Limits(n_bytes=3))
    for name in ("missing.csv", "."):
        with pytest.raises(InputError, match="no such file"):
            read(tmp_path / name)
    monkeypatch.setattr(Path, "read_bytes", lambda _: (_ for _ in ()).throw(PermissionError(13, "Permission denied")))
    with pytest.raises(InputError, match=r"f\.csv: cannot be read \(Permission denied"):
        read(tmp_path / "f.csv")
