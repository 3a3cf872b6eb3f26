"""Separated files: every encoding and separator is recognised by evidence; damage is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from ptce_analysis.errors import InputError
from ptce_analysis.survey.read import Grid, Limits, read, read_bytes
from ptce_analysis.survey.read import grid as grid_module

ROWS = [["id", "Région", "Coût €"], ["1", "œuvre", "1,75"]]
TEXT = "id;Région;Coût €\n1;œuvre;1,75\n"


def rules(grid: Grid) -> list[tuple[str, str]]:
    """Return what was noted while reading."""
    return [(note.rule, note.raw_value) for note in grid.notes]


@pytest.mark.parametrize(("encoding", "noted"), [("utf-8", None), ("utf-8-sig", "utf-8-sig"), ("cp1252", "cp1252"),
    ("iso-8859-15", "iso-8859-15"),
                                                 ("utf-16", "utf-16"), ("utf-32", "utf-32"),
    ("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be")])  # fmt: skip
def test_the_encoding_is_recognised_and_noted(encoding: str, noted: str | None) -> None:
    """The same text comes out of each encoding, UTF-16 without its mark too; all but plain UTF-8 is in the ledger."""
    grid = read_bytes(TEXT.encode(encoding), "f.csv")
    assert grid.rows == ROWS
    assert [raw for rule, raw in rules(grid) if rule == "encoding"] == ([noted] if noted else [])


@pytest.mark.parametrize(("raw", "text"), [(b"a\x80", "a€"), (b"c\x9cur", "cœur"), (b"10 \xa4", "10 €"),
    (b"c\xbdur", "cœur"),
                                           (b"1\xbd", "1½"), (b"caf\xe9", "café")])  # fmt: skip
def test_single_bytes_point_to_their_table(raw: bytes, text: str) -> None:
    """80-9F exist in cp1252 only, A4 is the euro of ISO-8859-15, BD between letters its œ (code charts of both)."""
    assert read_bytes(b"id\n" + raw + b"\n", "f.csv").rows[1] == [text]


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_the_separator_is_recognised(separator: str) -> None:
    """Whatever the separator, the cells are the same; the comma needs no note."""
    grid = read_bytes(f"id{separator}a{separator}b\n1{separator}x{separator}y\n".encode(), "f.csv")
    assert grid.rows == [["id", "a", "b"], ["1", "x", "y"]]
    assert bool(rules(grid)) == (separator != ",")


@pytest.mark.parametrize("text", ["id;Budget, en k€\n1;25,5\n2;3,5\n", "Titre, 2015\nid;Budget\n1;2,5\n2;3\n3;4\n",
                                  'id;a\n1;"x, y, z"\n2;"x, y, z"\n'])  # fmt: skip
def test_a_decimal_comma_is_not_a_separator(text: str) -> None:
    """The header and most records have one width under the right separator."""
    assert {len(row) for row in read_bytes(text.encode(), "f.csv").rows if len(row) > 1} == {2}


def test_a_stated_separator_or_encoding_wins() -> None:
    """The codebook may say what cannot be recognised."""
    assert read_bytes(b"a,b;c\n", "f.csv", separator=";").rows == [["a,b", "c"]]
    assert read_bytes(b"a\xa4", "f.csv", encoding="cp1252").rows == [["a¤"]]


def test_a_sep_line_is_obeyed_and_line_numbers_still_count_it() -> None:
    """`sep=;` is for the spreadsheet, not an answer."""
    grid = read_bytes("\ufeffsep=;\r\nid;x\r\n1;2\r\n".encode(), "f.csv")
    assert (grid.rows, grid.numbers) == ([["id", "x"], ["1", "2"]], [2, 3])
    assert ("separator_line", "sep=;") in rules(grid)


def test_mixed_line_ends_are_read_and_noted() -> None:
    """Lines end in one way; a line feed inside quotes of a CRLF file is not a mixture."""
    mixed, quoted = read_bytes(b"a;b\r\n1;2\n3;4\r", "f.csv"), read_bytes(b'a;b\r\n"x\ny";2\r\n', "f.csv")
    assert mixed.rows == [["a", "b"], ["1", "2"], ["3", "4"]]
    assert "line_ends" in dict(rules(mixed)) and "line_ends" not in dict(rules(quoted))
    assert quoted.rows[1] == ["x\ny", "2"]


def test_letters_read_twice_are_put_right_and_noted_cell_by_cell() -> None:
    """`RÃ©gion` is the UTF-8 of Région once read as cp1252; a real Ã is kept."""
    grid = read_bytes("id;RÃ©gion\n1;Ãa\n".encode(), "f.csv")
    assert grid.rows == [["id", "Région"], ["1", "Ãa"]]
    assert [(n.row, n.column, n.raw_value, n.value) for n in grid.notes if n.rule == "mojibake"] == [
        (1, 1, "RÃ©gion", "Région")
    ]


def test_blank_rows_go_and_row_numbers_stay() -> None:
    """A cell with line breaks makes the next row start further down."""
    grid = read_bytes(b'a;b\n\n;;\n"x\ny";1\n ; \n2;3\n', "f.csv")
    assert grid.numbers == [1, 4, 7]


def test_one_column_is_a_table_too() -> None:
    """Without any separator there is one cell a line."""
    assert read_bytes(b"id\nP1\nP2\n", "f.csv").rows == [["id"], ["P1"], ["P2"]]


@pytest.mark.parametrize(("data", "message"), [
    (b"", "the file is empty"), (b"\xef\xbb\xbf\r\n", "the file is empty"), (b"\x00\x00", "the file is empty"),
    (b"id;x\n1;\x002\n", "line 2: a NUL byte.* save it as UTF-8"),
    ("id;x\n1;2\n".encode("utf-16-le")[:-1], "line 1: a NUL byte"),
    ("id;x\n1;2\n".encode("utf-16-le") + b"\0\0", "line 1: a NUL byte"),
    ("id;é\n1;é\n".encode() + b"2;\xc3", "line 3: byte 0xc3 does not fit .*utf-8.*truncated"),
    ("é\n".encode() + b"\xe9\n", "line 2: byte 0xe9 .*joins two encodings"),
    (b"id;\x81\xe9", "line 1: byte 0x81 does not fit .*cp1252"),
    ("id\na\x85\n".encode(), r"line 2: the character U\+0085 is not text"),
    (b"id;a\n1;\x1b\n", r"line 2: the character U\+001B"),
    ("id;x".encode("utf-16")[:-1], "utf-16"),
    (b'a;b\n1;"x\n', "line 2: the quotes of this row do not close"), (b'a;b\n"x"y;2\n', "line 2: the quotes"),
    (b'a;b;c\n1;"x;y\n2;z";t\n', "line 2: a quoted cell holds what looks like whole rows"),
    (b'a;b\n1;"' + b"x" * 200_000, "line 2: the quotes"),
    (b"\xd0\xcf\x11\xe0abc", "an old Excel file"), (b"%PDF-1.4", "a PDF document"),
    (b"\x1f\x8b\x08", "a compressed file"),
    (b"{\\rtf1", "a text document"), (b" <html><table>", "a web page"), (b"<?xml version='1.0'?>", "a web page or XML"),
])  # fmt: skip
def test_damage_is_named_with_its_line(data: bytes, message: str) -> None:
    """Nothing damaged is read as something else: the message names the file, the line and what to do."""
    with pytest.raises(InputError, match=rf"^f\.csv.*{message}"):
        read_bytes(data, "f.csv")


@pytest.mark.parametrize(("limits", "message"), [(Limits(n_rows=2), "row 3: more than 2 rows"),
    (Limits(n_columns=1), "row 1: more than 1 columns"),
    (Limits(n_cells=3), "row 2: more than 3 cells"),
    (Limits(n_characters=3), "more than 3 characters in one cell")])  # fmt: skip
def test_limits_stop_the_reading(limits: Limits, message: str) -> None:
    """Each limit has its message."""
    with pytest.raises(InputError, match=message):
        read_bytes(b"a;b\n1;2\n3;4444\n", "f.csv", limits=limits)


def test_an_unknown_encoding_names_the_usual_ones() -> None:
    """A typing slip in the codebook is told."""
    with pytest.raises(InputError, match=r"nothing is known of the encoding 'latin-99'\. Use utf-8"):
        read_bytes(b"a", "f.csv", encoding="latin-99")


def test_a_missing_or_too_large_file_is_refused_before_reading(tmp_path: Path) -> None:
    """The size is looked at first; a directory is no file."""
    (tmp_path / "f.csv").write_bytes(b"a;b\n1;2\n")
    assert read(tmp_path / "f.csv").rows[0] == ["a", "b"]
    with pytest.raises(InputError, match="more than 3 bytes"):
        read(tmp_path / "f.csv", limits=Limits(n_bytes=3))
    for name in ("missing.csv", "."):
        with pytest.raises(InputError, match="no such file"):
            read(tmp_path / name)


def test_a_file_the_system_refuses_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A permission is not a traceback."""
    (tmp_path / "f.csv").write_bytes(b"a")
    monkeypatch.setattr(Path, "read_bytes", lambda _: (_ for _ in ()).throw(PermissionError(13, "Permission denied")))
    with pytest.raises(InputError, match=r"f\.csv: cannot be read \(Permission denied"):
        read(tmp_path / "f.csv")


def test_repeated_texts_are_held_once_and_the_store_never_grows_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A repeated text is one object; beyond the limit the store is emptied and the rows are the same."""
    rows = read_bytes(b"a;b\nxy;xy\n", "f.csv").rows
    assert rows[1][0] is rows[1][1]
    monkeypatch.setattr(grid_module, "HELD", 3)
    assert [row[0] for row in read_bytes(b"\n".join(b"%d" % n for n in range(9)), "f.csv").rows] == list("012345678")
