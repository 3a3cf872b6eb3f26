"""The commands on answers: `parse`, `clean`, `codebook`, `fictitious`."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import REPOSITORY, contents
from ptce_analysis.cli import main


@pytest.fixture
def waves(tmp_path: Path) -> Path:
    """The fictitious waves, written."""
    copied = shutil.ignore_patterns("make")
    return Path(shutil.copytree(REPOSITORY / "data" / "raw" / "waves", tmp_path / "waves", ignore=copied))


def test_parse_says_what_each_text_states(capsys: pytest.CaptureFixture[str]) -> None:
    """One record per text, with the five fields; null unless a value can be stated."""
    assert main(["parse", "amount", "1,2 M€", "env. 30 000", "1.500", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [list(row) for row in rows] == [["text", "value", "unit", "status", "rule"]] * 3
    assert [(row["value"], row["status"]) for row in rows] == [
        (1_200_000, "exact"), (30_000, "approximate"), (None, "ambiguous")
    ]  # fmt: skip


def test_parse_says_which_change_of_institutions_a_reading_rests_on(capsys: pytest.CaptureFixture[str]) -> None:
    """Once for each, with its date and law; nothing for a reading that rests on none, and nothing more in JSON."""
    assert main(["parse", "level", "Métropole de Lyon", "Grand Lyon (métropole de Lyon)", "commune"]) == 0
    said = capsys.readouterr().out
    assert said.count("since 2015-01-01") == 1 and "Law 2014-58" in said
    assert main(["parse", "level", "commune"]) == 0
    assert "since" not in capsys.readouterr().out


def test_parse_refuses_an_unknown_kind(capsys: pytest.CaptureFixture[str]) -> None:
    """Bad usage, with the legal kinds and the nearest one."""
    assert main(["parse", "amout", "3"]) == 2
    assert "Legal kinds: amount, level" in (message := capsys.readouterr().err) and "Did you mean 'amount'?" in message


def test_messages_repeat_an_answer_only_when_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """They end in logs: `--show-values` is of one command, and the next one is silent again."""
    export, book = tmp_path / "export.csv", REPOSITORY / "data/raw/waves/2015/codebook.yml"
    for text, answer in (("pole,amount\nAlpha,1,2 M€\n", "1,2 M€"), ("Zorglub;9137\nAlpha;5\n", "Zorglub | 9137")):
        export.write_text(text, encoding="utf-8")
        clean = ["clean", str(export), "--codebook", str(book), "--out", str(tmp_path / "out")]
        for asked in (False, True, False):
            assert main([*clean, *["--show-values"] * asked]) == 2
            assert (answer in (said := capsys.readouterr().err)) == asked and said.startswith("ptce: export.csv")


def test_clean_writes_the_four_tables(waves: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Counts as JSON; tables, ledger and quarantine as files; the export untouched."""
    export, book = waves / "2015" / "reponses_2015.xlsx", waves / "2015" / "codebook.yml"
    before = export.read_bytes()
    assert main(["clean", str(export), "--codebook", str(book), "--out", str(tmp_path / "out"), "--json"]) == 0
    counts = json.loads(capsys.readouterr().out)
    assert {name: counts[name] for name in ("rows_in", "rows_kept", "rows_quarantined")} == {
        "rows_in": 58, "rows_kept": 52, "rows_quarantined": 6
    }  # fmt: skip
    assert counts["repairs"] > 500 and export.read_bytes() == before
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"poles.csv", "supports.csv", "ledger.csv", "quarantine.csv"}


def test_clean_finds_that_nothing_is_an_answer(waves: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file of trials only: the tables are written, and the exit code says that there is something to look at."""
    header = (waves / "2013" / "reponses_2013.csv").read_bytes().decode("cp1252").splitlines()[1]
    trial = ";".join(["1", "2013-05-02", "test", "création", *[""] * 8])
    (tmp_path / "trial.csv").write_text(f"{header}\n{trial}\n", encoding="utf-8")
    book = str(waves / "2013" / "codebook.yml")
    assert main(["clean", str(tmp_path / "trial.csv"), "--codebook", book, "--out", str(tmp_path / "out")]) == 1
    assert "rows_quarantined  1" in capsys.readouterr().out


@pytest.mark.parametrize(("export", "book", "said"), [
    ("none.csv", "2015/codebook.yml", "none.csv: no such file"),
    ("2015/reponses_2015.xlsx", "none.yml", "none.yml: no such codebook. `ptce codebook EXPORT` drafts one."),
    ("2013/reponses_2013.csv", "2015/codebook.yml", "no line holds a header of codebook.yml"),
])  # fmt: skip
def test_clean_refuses_on_one_screen(
    waves: Path, capsys: pytest.CaptureFixture[str], export: str, book: str, said: str
) -> None:
    """Bad input: exit code 2, what and where, nothing written."""
    out = waves / "out"
    assert main(["clean", str(waves / export), "--codebook", str(waves / book), "--out", str(out)]) == 2
    message = capsys.readouterr().err
    assert message.startswith("ptce: ") and said in message and len(message.splitlines()) < 40
    assert not out.exists()


def test_a_refusal_leaves_no_table_of_other_answers_and_no_export_is_written_over(
    waves: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The tables of an earlier run go first; what is not a table stays; an export called as one is refused."""
    export, book, out = waves / "2013" / "reponses_2013.csv", waves / "2013" / "codebook.yml", waves / "out"
    asked = ["--codebook", str(book), "--out", str(out)]
    assert main(["clean", str(export), *asked]) == 0
    (out / "note.txt").write_text("")
    assert main(["clean", str(waves / "2015" / "reponses_2015.xlsx"), *asked]) == 2
    assert [path.name for path in out.iterdir()] == ["note.txt"]
    shutil.copy(export, out / "poles.csv")
    assert main(["clean", str(out / "poles.csv"), *asked]) == 2
    assert "poles.csv: it would be written over" in capsys.readouterr().err
    assert (out / "poles.csv").read_bytes() == export.read_bytes()


def test_codebook_drafts_what_an_export_holds(waves: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A text to finish by hand; a file without answers is refused."""
    assert main(["codebook", str(waves / "2013" / "reponses_2013.csv")]) == 0
    draft = capsys.readouterr().out
    assert "wave: 2013" in draft and "to_finish:" in draft and "Q08. Effectif de la cellule" in draft
    (waves / "empty.csv").write_text("")
    assert main(["codebook", str(waves / "empty.csv")]) == 2
    assert "the file is empty" in capsys.readouterr().err


def test_fictitious_writes_the_waves(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The files listed are those written; for people, a line says what they are."""
    assert main(["fictitious", "--out", str(tmp_path / "a"), "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["origin"] == "fictitious" and {*map(Path, record["files"])} == {*(tmp_path / "a").rglob("*.*")}
    assert main(["fictitious", "--out", str(tmp_path / "b")]) == 0
    assert "fictitious data: nothing in these files is a real answer" in capsys.readouterr().out
    with pytest.MonkeyPatch.context() as patch:  # as in an installed wheel
        patch.setattr("ptce_analysis.cli.__file__", str(tmp_path / "lib" / "ptce_analysis" / "cli.py"))
        patch.chdir(tmp_path)
        assert main(["fictitious", "--out", str(tmp_path / "c")]) == 2
    assert "not found. Run the command inside the project" in capsys.readouterr().err
    (tmp_path / "file").write_text("")
    assert main(["fictitious", "--out", str(tmp_path / "file")]) == 1
    assert "File exists" in capsys.readouterr().err
    one, other = contents(tmp_path / "a"), contents(tmp_path / "b")
    assert list(one.values()) == list(other.values())


def test_the_commands_do_not_need_the_project(tmp_path: Path) -> None:
    """In an empty folder, another time zone and hash order: the same bytes, and they can be cleaned there."""
    surroundings = {**os.environ, "TZ": "Pacific/Auckland", "PYTHONHASHSEED": "7", "LC_ALL": "C"}
    script = (
        "import sys; from ptce_analysis.cli import main; sys.exit(main(['fictitious', '--out', 'w']) or "
        "main(['clean', 'w/2013/reponses_2013.csv', '--codebook', 'w/2013/codebook.yml', '--out', 'c']))"
    )
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env=surroundings, check=True, capture_output=True)
    ours = REPOSITORY / "data" / "raw" / "waves"
    made = {path.relative_to(tmp_path / "w"): path.read_bytes() for path in (tmp_path / "w").rglob("*.*")}
    assert len(made) == 5 and made == {name: (ours / name).read_bytes() for name in made}
    assert (tmp_path / "c" / "poles.csv").is_file()
