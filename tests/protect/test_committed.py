"""Real answers never reach a path that git keeps, and nothing fictitious a page without its mark."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from conftest import NOTEBOOKS, REPOSITORY, build_quietly, contents, write_project
from pages import code, notebook, shown
from ptce_analysis.cli import main
from ptce_analysis.errors import InputError
from ptce_analysis.pipeline import build as committed
from ptce_analysis.pipeline.runs import Place
from ptce_analysis.protect.scan import NOT_FOUND, check_page, shows_answers
from ptce_analysis.publish import appendix
from ptce_analysis.publish.appendix import TEMPLATES
from survey_pages import project_of_the_page

REFUSED = r"answers of respondents in a path that git commits\. Move them to a folder that git ignores"
SURVEY_BOOK = "wave: 2015\norigin: survey\n"


@pytest.fixture(params=["git", "no git"])
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A small project with the fictitious waves: a git repository that has them, or no repository."""
    folder = write_project(tmp_path / "project", NOTEBOOKS)
    shutil.copytree(REPOSITORY / "data" / "raw" / "waves", folder / "data" / "raw" / "waves")
    shutil.copy(REPOSITORY / ".gitignore", folder)
    if request.param == "git":
        git(folder, "init", "-q")
        git(folder, "add", ".")
    return folder


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def wave(folder: Path) -> Path:
    """A wave of real answers in a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "codebook.yml").write_text(SURVEY_BOOK, encoding="utf-8")
    (folder / "answers.csv").write_text("id;Stade\nP1;émergence\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", ["2015/reel.xlsx", "2013/export.csv", "2017/codebook.yml", "2015/sub/x.csv"])
def test_git_ignores_whatever_is_dropped_among_the_waves(tmp_path: Path, name: str) -> None:
    """By git itself, with the project's own rules: only the four fictitious files are kept."""
    git(tmp_path, "init", "-q")
    shutil.copy(REPOSITORY / ".gitignore", tmp_path)
    path = tmp_path / "data" / "raw" / "waves" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x")
    for kept in committed.OURS:
        (path.parents[len(Path(name).parents) - 1] / kept).parent.mkdir(exist_ok=True)
        (path.parents[len(Path(name).parents) - 1] / kept).write_bytes(b"x")
    assert git(tmp_path, "check-ignore", f"data/raw/waves/{name}").strip() == f"data/raw/waves/{name}"
    listed = git(tmp_path, "ls-files", "--others", "--exclude-standard", "data").split()
    assert sorted(listed) == sorted(f"data/raw/waves/{kept}" for kept in committed.OURS)


def test_real_answers_in_the_place_of_the_fictitious_ones_stop_the_build(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The codebook says survey, the path is committed: exit 2, the file and what to do, nothing made."""
    book = project / "data" / "raw" / "waves" / "2015" / "codebook.yml"
    book.write_text(book.read_text(encoding="utf-8").replace("origin: fictitious", "origin: survey"), encoding="utf-8")
    before = contents(project)
    for command in ("build", "data"):
        assert main([command, "--project", str(project)]) == 2
        said = capsys.readouterr().err
        assert "data/raw/waves/2015/codebook.yml: answers of respondents in a path that git commits" in said
        assert "make WAVES=DIR" in said
    assert contents(project) == before


WRITTEN = (
    "origin: survey # real", "'origin' : \"survey\"", "origin: &o survey", "{wave: 2015, origin: survey}",
    "base: &base {origin: survey}\n<<: *base", "Origin: Survey", "origin: >-\n  survey", "? origin\n: !!str survey",
    "---\nwave: 2015\n---\norigin: survey", "origin: fictitious\norigin: survey", "wave: 2015", "origin: survey\nx: [",
)  # fmt: skip


@pytest.mark.parametrize("text", WRITTEN)
def test_answers_are_recognised_however_their_codebook_is_written(tmp_path: Path, text: str) -> None:
    """By what the YAML says, and by what it does not: only answers said to be fictitious may be committed."""
    folder = tmp_path / "data" / "raw" / "waves" / "2015"
    folder.mkdir(parents=True)
    for name, said in {"codebook.yml": text, "reponses_2015.xlsx": "x"}.items():
        (folder / name).write_text(said, encoding="utf-8")
    with pytest.raises(InputError, match=rf"2015/codebook\.yml: {REFUSED}"):
        committed.refuse_committed_answers(Place(tmp_path))
    (folder / "codebook.yml").write_text("# origin: survey\n{origin: 'fictitious'}", encoding="utf-8")
    committed.refuse_committed_answers(Place(tmp_path))


def test_waves_given_inside_the_project_must_be_ignored(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`make WAVES=answers` in the project itself: git would add them."""
    wave(project / "answers" / "2017")
    monkeypatch.setenv("PTCE_WAVES", "answers")
    with pytest.raises(InputError, match=rf"answers/2017/codebook\.yml: {REFUSED}"):
        build_quietly(project)
    (project / ".gitignore").write_text("answers/\nbuild/\n", encoding="utf-8")
    if (project / ".git").exists():
        assert build_quietly(project, only="plain").succeeded


@pytest.mark.parametrize(
    ("name", "text", "real"),
    [
        ("data/processed/poles.csv", "\ufeffwave;pole_id;origin\n2015;A;fictitious\n2015;B;survey\n", True),
        ("figures/fr/ledger.csv", "file,row,column,raw_value\nx,1,a,b\n", True),
        ("data/processed/poles.csv", "wave,pole_id,origin\n2015,FICTIF-2015-001,fictitious\n", False),
        ("data/processed/levels.csv", "level,amount_eur\nregion,1\n", False),
    ],
)
def test_rows_of_respondents_in_a_committed_folder_stop_the_build(
    project: Path, name: str, text: str, real: bool
) -> None:
    """The tables that the cleaner writes, wherever they were put; each row that says it is fictitious may stay."""
    (project / name).parent.mkdir(parents=True, exist_ok=True)
    (project / name).write_text(text, encoding="utf-8")
    if real:
        with pytest.raises(InputError, match=rf"{name}: {REFUSED}"):
            build_quietly(project)
    else:
        assert build_quietly(project, only="plain").succeeded


def fictitious(kind: str, html: str, key: str = "a") -> Any:
    """An output on fictitious data."""
    return shown({"text/html": html}, ptce={"kind": kind, "key": key, "origin": "fictitious", "protected": True})


MARK = '<span class="origin fictitious protected">fictitious data</span>'
FIGURE, SAID = f'<figure id="a"><p>{MARK}</p></figure>', f'<p class="say">{MARK} 3 poles.</p>'


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        (NOT_FOUND + FIGURE + SAID, ""),
        (FIGURE + SAID, "fictitious: a page of fictitious numbers that search engines may show"),
        ('<figure id="a"><p>3</p></figure>' + SAID, "of 2 outputs on fictitious data, 1 say so"),
        (FIGURE + '<p class="say">3 poles.</p>', "of 2 outputs on fictitious data, 1 say so"),
        (FIGURE.replace("fictitious data", "données") + SAID, "of 2 outputs on fictitious data, 1 say so"),
        (FIGURE.replace("</figure>", "<svg>3</svg></figure>") + SAID, "a drawing of fictitious data without"),
        (FIGURE.replace(" protected", "") + SAID, "unprotected: exhibit"),
        (FIGURE + SAID + "<table><th>pole_id</th></table>", "micro_data: column pole_id"),
    ],
)  # fmt: skip
def test_a_page_that_does_not_say_what_it_shows_is_not_written(html: str, fault: str) -> None:
    """Whatever the template did: each exhibit and each sentence of fictitious data keeps its words."""
    executed = notebook("# T", code("1", fictitious("head", MARK), fictitious("say", SAID, "b")))
    assert not shows_answers(executed)
    if not fault:
        check_page("p", executed, html)
    else:
        with pytest.raises(InputError, match=f"page p is not published: .*{fault}.* keeps its mark.$"):
            check_page("p", executed, html)


@pytest.fixture
def survey_project(tmp_path: Path) -> Path:
    """The survey notebook alone, with the fictitious waves."""
    return project_of_the_page(tmp_path / "project")


@pytest.mark.usefixtures("restored_environment")
def test_the_build_refuses_a_fictitious_page_whose_template_lost_the_mark(
    survey_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run fails with the reason, and no page or figure is left."""
    altered = Path(shutil.copytree(TEMPLATES, tmp_path / "templates"))
    template = altered / "ptce" / "index.html.j2"
    lost = "block.html | replace('fictitious data', 'data') | replace('données fictives', 'données') | safe"
    template.write_text(template.read_text(encoding="utf-8").replace("block.html | safe", lost), encoding="utf-8")
    monkeypatch.setattr(appendix, "TEMPLATES", altered)
    outcome = build_quietly(survey_project, keep_going=True)
    assert len(outcome.failed) == 2 and not outcome.built
    said = "\n".join(outcome.complaints())
    assert "is not published" in said and "outputs on fictitious data" in said
    assert not list((survey_project / "build" / "site").rglob("*"))
    assert not list((survey_project / "figures").rglob("*.svg"))


@pytest.mark.usefixtures("restored_environment")
def test_figures_of_real_answers_are_never_written_among_the_committed_ones(
    survey_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A notebook that reads supplied waves without saying so by its parameter fails, and leaves no figure."""
    mine = Path(shutil.copytree(survey_project / "data" / "raw" / "waves" / "2013", tmp_path / "mine" / "2013")).parent
    book = mine / "2013" / "codebook.yml"
    book.write_text(book.read_text(encoding="utf-8").replace("origin: fictitious", "origin: survey"), encoding="utf-8")
    monkeypatch.setenv("PTCE_WAVES", str(mine))
    written = survey_project / "notebooks" / "06_survey.ipynb"
    text = written.read_text(encoding="utf-8")
    written.write_text(text.replace("open_waves(waves)", "open_waves('supplied')"), encoding="utf-8")
    outcome = build_quietly(survey_project, only="en/06_survey")
    assert "run en/06_survey: figures made of real answers in a path that git commits" in outcome.complaints()[0]
    assert not list((survey_project / "figures").rglob("*.svg"))
