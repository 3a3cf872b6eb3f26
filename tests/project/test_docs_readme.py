"""README and LISEZMOI: the same text in two languages, and commands that work when copied."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from conftest import REPOSITORY
from guides import run
from ptce_analysis.cli import main, ptce

README, LISEZMOI = ((REPOSITORY / name).read_text(encoding="utf-8") for name in ("README.md", "LISEZMOI.md"))
NOT_OURS = {".venv", ".venv-lab", "build", "mutants", "explorations"}
PAGES = [path for path in REPOSITORY.rglob("*.md") if not NOT_OURS & set(path.parts)]
BIN = Path(sys.executable).parent


def commands(text: str) -> list[str]:
    """Every command shown, without its comment."""
    lines = "".join(re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)).splitlines()
    return [shlex.join(shlex.split(line, comments=True)) for line in lines]


SHOWN = commands(README)


SHAPES = {
    "titles, lists, blocks, images, rows": lambda text: re.findall(r"(?m)^(?:#+|\d+\.|!|```\w*|\|)", text),
    "links": lambda text: re.findall(r"\]\(((?!README|LISEZMOI)[^)]+(?<!\.svg))\)", text),
    "numbers": lambda text: sorted(re.findall(r"\b\d+(?:\.\d+)?\b", re.sub(r"(?s)\]\([^)]*\)|```.*?```", "", text))),
    "commands": commands,
}


@pytest.mark.parametrize("shape", SHAPES)
def test_both_files_say_the_same(shape: str) -> None:
    """Sections, blocks, figures, commands follow each other alike, lead to the same places, state the same numbers."""
    assert SHAPES[shape](README) == SHAPES[shape](LISEZMOI) and len(SHAPES[shape](README)) > 10


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(REPOSITORY).as_posix())
def test_every_link_leads_somewhere(path: Path) -> None:
    """A link to a file of the project names one that is there."""
    prose = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL)
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", prose)
    assert [link for link in links if not re.match(r"\w+:", link) and not (path.parent / link).exists()] == []


@pytest.mark.parametrize("command", [command for command in SHOWN if command.startswith("make")])
def test_a_make_command_names_a_target_and_says_what_it_would_do(command: str) -> None:
    """`make -n` accepts it; the environments count as installed, so that nothing is fetched."""
    names = (".venv/.installed", ".venv/.tools", ".venv/.pdf", ".venv-lab/.installed")
    old = [word for name in names for word in ("-o", name)]
    done = subprocess.run([*command.split(), "-n", *old], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr


PRINTS = {
    "percent 20": (1, "possible         no"),
    "percent 70": (0, "23, 40, 46"),
    "rates 13/42": (0, "newcombe"),
    "feasible --n": (0, "max_median"),
    "audit": (1, "impossible"),
    "parse amount": (0, "1200000"),
    "runs": (0, "fr/02_emergence"),
    "check-site build/site": (0, "safe        files that cannot be looked into"),
}
TYPED = [command.split(maxsplit=1)[1] for command in SHOWN if command.startswith(".venv/bin/ptce")]
ASKED = {" ".join(command.split()[:2]): command for command in TYPED}


def test_every_command_shown_is_run_by_a_test() -> None:
    """Nothing is shown that nobody tries."""
    assert set(ASKED) == set(PRINTS) and {name.split()[0] for name in ASKED} <= set(ptce.commands)


@pytest.mark.parametrize("name", PRINTS)
def test_a_command_answers_as_said(
    name: str, built_project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It prints what its comment announces, with the exit code that the text gives it; a site is checked once built."""
    monkeypatch.chdir(built_project if "site" in name else REPOSITORY)
    code, part = PRINTS[name]
    assert main(shlex.split(ASKED[name])) == code
    assert part in capsys.readouterr().out


@pytest.mark.parametrize(
    "text", [README, pytest.param(LISEZMOI, marks=pytest.mark.thorough)], ids=["README", "LISEZMOI"]
)
def test_three_lines_read_a_table_draw_it_and_save_the_picture(text: str, tmp_path: Path) -> None:
    """As printed, in the place of notebooks of one's own: a picture of the six levels."""
    (block,) = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert len(block.replace("\n\n", "\n").splitlines()) == 3
    shutil.copytree(REPOSITORY / "data" / "processed", tmp_path / "data" / "processed")
    (tmp_path / "explorations").mkdir()
    command = [sys.executable, "-W", "error", "-c", block]
    subprocess.run(command, cwd=tmp_path / "explorations", env={**os.environ, "MPLBACKEND": "agg"}, check=True)
    assert (tmp_path / "explorations" / "levels.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.thorough
def test_a_notebook_becomes_a_page_by_hand(tmp_path: Path) -> None:
    """papermill, then nbconvert, by the words of the README: the page is French and has the level asked for."""
    for name in ("data", "notebooks"):
        shutil.copytree(REPOSITORY / name, tmp_path / name)
    (tmp_path / "build").mkdir()
    by_hand = [command for command in SHOWN if re.match(r"\.venv/bin/(papermill|jupyter)", command)]
    assert len(by_hand) == 2 and all(after.split()[0] != before for before, after in pairwise(by_hand))
    for command in by_hand:
        run(tmp_path, command.replace(".venv/bin", str(BIN)))
    page = (tmp_path / "build" / "out.html").read_text(encoding="utf-8")
    assert '<html lang="fr"' in page and "90\u00a0%" in page
    executed = json.loads((tmp_path / "build" / "out.ipynb").read_text(encoding="utf-8"))
    assert executed["metadata"]["papermill"]["parameters"] == {"lang": "fr", "confidence": 0.9}
