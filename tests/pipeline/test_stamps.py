"""Stamps tell what is stale and why; files are whole or absent."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from conftest import contents
from ptce_analysis.pipeline.files import remove_leftovers, write_together
from ptce_analysis.pipeline.stamps import digest, digest_of_value, made_by, publish, recorded, stale_because

INPUTS = {"a.csv": digest(b"a"), "b.csv": digest(b"b")}


@pytest.fixture
def stamp(tmp_path: Path) -> Path:
    """The stamp of one published file, `made.txt`."""
    path = tmp_path / "stamps" / "s.json"
    publish(path, tmp_path, INPUTS, {tmp_path / "made.txt": b"made"})
    return path


def test_what_was_published_is_up_to_date(stamp: Path, tmp_path: Path) -> None:
    """The same inputs and unchanged results need nothing."""
    assert stale_because(stamp, tmp_path, INPUTS) == ""


REASONS = {
    "a.csv changed": {**INPUTS, "a.csv": "x"},
    "c.csv changed": {**INPUTS, "c.csv": "x"},
    "b.csv changed": {"a.csv": INPUTS["a.csv"]},
    "a.csv and 2 more changed": {"a.csv": "x", "c.csv": "x"},
}


@pytest.mark.parametrize("reason", REASONS)
def test_a_changed_input_is_named(stamp: Path, tmp_path: Path, reason: str) -> None:
    """An input that changed, came or went makes the result stale, and is named."""
    assert stale_because(stamp, tmp_path, REASONS[reason]) == reason


def test_a_changed_result_is_named(stamp: Path, tmp_path: Path) -> None:
    """A result that is missing or altered is stale."""
    (tmp_path / "made.txt").write_text("other")
    assert stale_because(stamp, tmp_path, INPUTS) == "made.txt was altered"
    (tmp_path / "made.txt").unlink()
    assert stale_because(stamp, tmp_path, INPUTS) == "made.txt is missing"


def test_without_a_stamp_nothing_was_built(tmp_path: Path) -> None:
    """No stamp: never built."""
    assert stale_because(tmp_path / "none.json", tmp_path, INPUTS) == "never built"


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"{}", b'{"inputs": [], "outputs": {}}', b"\x00\xff"])
def test_a_stamp_that_cannot_be_read_is_stale(stamp: Path, tmp_path: Path, text: bytes) -> None:
    """A truncated or foreign stamp means building again, never an error."""
    stamp.write_bytes(text)
    assert stale_because(stamp, tmp_path, INPUTS) == "stamp unreadable"
    assert recorded(stamp) == {"inputs": {}, "outputs": {}} and made_by(stamp, tmp_path) == []


def test_a_result_no_longer_made_is_removed(stamp: Path, tmp_path: Path) -> None:
    """Publishing another file removes the old one."""
    publish(stamp, tmp_path, INPUTS, {tmp_path / "other.txt": b"other"})
    assert not (tmp_path / "made.txt").exists() and (tmp_path / "other.txt").read_bytes() == b"other"


def test_a_result_somebody_altered_is_not_removed(stamp: Path, tmp_path: Path) -> None:
    """What is not as we made it is not ours to remove."""
    (tmp_path / "made.txt").write_text("mine")
    publish(stamp, tmp_path, INPUTS, {tmp_path / "other.txt": b"other"})
    assert (tmp_path / "made.txt").read_text() == "mine"


def test_a_digest_depends_on_the_value_only() -> None:
    """The order of keys does not count; the digest of nothing is the published SHA-256 of the empty string."""
    assert digest_of_value({"a": 1, "b": "é"}) == digest_of_value({"b": "é", "a": 1})
    assert digest(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_files_are_written_together(tmp_path: Path) -> None:
    """All have their content, folders are made, and nothing else is left."""
    files = {tmp_path / "x" / "a": b"1", tmp_path / "b": b"2"}
    write_together(files)
    assert contents(tmp_path) == {f"{tmp_path.name}/b": b"2", f"{tmp_path.name}/x/a": b"1"}


def test_when_one_cannot_be_written_none_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk at the second file leaves the first as it was, names the second, and leaves nothing beside them."""
    first, second = tmp_path / "first", tmp_path / "second"
    write_together({first: b"old", second: b"old"})
    whole = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        if "second" in path.name:
            whole(path, data[:1])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return whole(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left") as raised:
        write_together({first: b"new", second: b"new"})
    assert raised.value.filename == str(second)
    assert contents(tmp_path) == {f"{tmp_path.name}/first": b"old", f"{tmp_path.name}/second": b"old"}


def test_a_file_in_place_of_a_folder_is_named(tmp_path: Path) -> None:
    """The error names the file that was to be written."""
    (tmp_path / "x").write_text("a file")
    with pytest.raises(OSError, match="x/a"):
        write_together({tmp_path / "x" / "a": b"1"})


def test_the_users_mask_is_respected(tmp_path: Path) -> None:
    """With umask 077 nobody else can read what is made."""
    before = os.umask(0o077)
    try:
        write_together({tmp_path / "private": b"1"})
    finally:
        os.umask(before)
    assert (tmp_path / "private").stat().st_mode & 0o777 == 0o600


def test_only_our_leftovers_are_removed(tmp_path: Path) -> None:
    """The temporary neighbours of a killed build and its scratch folder go; anything else stays."""
    for name in (".page.html.123.part", "page.html", ".hidden", ".x.part", "notes.123.part"):
        (tmp_path / name).write_text("x")
    (tmp_path / "scratch" / "tmp1").mkdir(parents=True)
    (tmp_path / "scratch" / "tmp1" / "executed.ipynb").write_text("half")
    remove_leftovers([tmp_path, tmp_path / "missing"], tmp_path / "scratch")
    remove_leftovers([tmp_path], tmp_path / "scratch")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".hidden", ".x.part", "notes.123.part", "page.html"]
