"""JupyterLab as `make lab` opens it, in real Chromium: every notebook, both languages, other parameters."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request

from browsers import missing
from conftest import REPOSITORY
from lab_notebooks import kernel_transport
from ptce_analysis.publish.language import translated_prose

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

NOTEBOOKS = sorted(path.name for path in (REPOSITORY / "notebooks").glob("*.ipynb"))
PLACES = {"en": "notebooks", "fr": "notebooks-fr"}
LONG_MS, OFTEN_MS = 600_000, 200

# Prompts of the cells that show one: empty before it has run, a star while it waits or runs.
DONE = """() => {
  const prompts = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')]
    .map(prompt => prompt.textContent).filter(text => text);
  return prompts.length > 1 && prompts.every(text => /^\\[\\d+\\]:$/.test(text));
}"""
# A notebook shows itself idle before it has a kernel, and what is run then is lost: the kernel must be connected too.
READY = """async () => {
  const sessions = await (await fetch('/api/sessions?token=test')).json();
  return sessions.some(session => session.kernel.connections > 0)
    && document.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status === 'idle';
}"""
IMAGES = "images => images.map(image => image.src)"
ON_SCREEN = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-MarkdownOutput"
FAULTS = "[data-mime-type='application/vnd.jupyter.error'], [data-mime-type='application/vnd.jupyter.stderr']"


@dataclass
class Lab:
    """A server on a copy of the project, and what its page asked for elsewhere."""

    project: Path
    address: str
    log: Path
    elsewhere: list[str] = field(default_factory=list)

    def seen(self, request: Request) -> None:
        """Keep a request that leaves this machine."""
        if urlsplit(request.url).scheme.startswith("http") and urlsplit(request.url).hostname != "127.0.0.1":
            self.elsewhere.append(request.url)

    def url(self, path: str) -> str:
        """The address of something of this server, with nothing else open, for somebody who has its token."""
        return f"{self.address}{path}?reset&token=test"


def copy_project(folder: Path) -> Path:
    """What JupyterLab needs of the project: running and saving must not touch the one under test."""
    for name in ("notebooks", "data", "lab"):
        shutil.copytree(REPOSITORY / name, folder / name)
    for name in ("runs.toml", "requirements.lock"):
        shutil.copy(REPOSITORY / name, folder)
    return folder


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Lab]]:
    """Start JupyterLab in a language, once; everything ends with the tests of this file."""
    python = REPOSITORY / ".venv-lab" / "bin" / "python"
    if not python.is_file():
        missing("JupyterLab's environment was not found: `make .venv-lab/.installed` makes it")
    labs: dict[str, Lab] = {}
    servers: list[subprocess.Popen[bytes]] = []

    def start(lang: str) -> Lab:
        if lang not in labs:
            folder = tmp_path_factory.mktemp(f"lab-{lang}")
            server, labs[lang] = launched(python, folder, lang)
            servers.append(server)
        return labs[lang]

    yield start
    for server in servers:
        stop(server)


def stop(server: subprocess.Popen[bytes]) -> None:
    """End a server; one that is still busy with a kernel when it is told to stop may never do so by itself."""
    server.terminate()
    with suppress(subprocess.TimeoutExpired):
        server.wait(10)
    server.kill()
    server.wait()


def launched(python: Path, folder: Path, lang: str) -> tuple[subprocess.Popen[bytes], Lab]:
    """The command of `make lab`, without opening a browser, for a reader whose terminal speaks a language."""
    project = copy_project(folder / "project")
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(REPOSITORY / "src")}
    env |= {"LANG": {"fr": "fr_FR.UTF-8", "en": "C.UTF-8"}[lang], "JUPYTER_RUNTIME_DIR": str(folder / "runtime")}
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    (options,) = re.findall(r"@\$\(LAB_PY\) (-m jupyterlab .*)", makefile)
    command = [python, *options.split()]
    command += ["--no-browser", "--port=0", "--IdentityProvider.token=test"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=project, env=env, stdout=log, stderr=log)
    for _ in range(LONG_MS // 100):
        written = [path for path in (folder / "runtime").glob("jpserver-*.json") if path.stat().st_size]
        if written:
            port = json.loads(written[0].read_text())["port"]
            return server, Lab(project, f"http://127.0.0.1:{port}", folder / "log")
        with suppress(subprocess.TimeoutExpired):
            server.wait(0.1)
            break
    stop(server)
    raise AssertionError((folder / "log").read_text())


@pytest.fixture
def opened(browser: Browser, started: Callable[[str], Lab]) -> Iterator[Callable[..., tuple[Lab, Page]]]:
    """Open an address of JupyterLab in a language; the notebook it leads to is there, and its kernel."""
    pages: list[Page] = []

    def open_page(lang: str, path: str) -> tuple[Lab, Page]:
        lab = started(lang)
        lab.elsewhere.clear()
        page = browser.new_context(viewport={"width": 1400, "height": 1000}).new_page()
        pages.append(page)
        page.on("request", lab.seen)
        page.goto(lab.url(path))
        page.wait_for_selector(f"{ON_SCREEN} h1", timeout=LONG_MS)
        wait(page, READY)
        return lab, page

    yield open_page
    for page in pages:
        page.evaluate(
            "async () => { for (const k of await (await fetch('/api/kernels?token=test')).json())"
            " await fetch(`/api/kernels/${k.id}?token=test`, {method: 'DELETE'}); }"
        )
        page.context.close()


def run_all(page: Page, until: str = DONE) -> None:
    """Run > Run All Cells, whatever the menus' language, once JupyterLab offers it; wait for the last."""
    page.locator(".lm-MenuBar-itemLabel").nth(3).click()
    page.locator('[data-command="runmenu:run-all"]:not(.lm-mod-disabled)').click()
    wait(page, until)


def wait(page: Page, condition: str) -> None:
    """Wait until a condition holds on the page, which may ask the server; or say what the page shows instead."""
    for _ in range(LONG_MS // OFTEN_MS):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(OFTEN_MS)
    kernels = page.evaluate("async () => (await fetch('/api/kernels?token=test')).text()")
    shown = page.locator(f".jp-CodeCell .jp-InputPrompt, .jp-Dialog, {FAULTS}").all_text_contents()
    raise AssertionError(f"{page.url}: {shown}, kernels: {kernels}")


def heading(name: str, lang: str) -> str:
    """The title of a notebook of the collection in a language."""
    cells = json.loads((REPOSITORY / "notebooks" / name).read_text(encoding="utf-8"))["cells"]
    return translated_prose("".join(cells[0]["source"]), lang).splitlines()[0].removeprefix("# ")


def title(page: Page) -> str:
    """The title of the notebook on the screen."""
    return page.locator(f"{ON_SCREEN} h1").first.inner_text()


def drawn(page: Page) -> list[str]:
    """The figures on the screen, as SVG, in order."""
    sources = page.locator(".jp-RenderedSVG img").evaluate_all(IMAGES)
    return [unquote(source.split(",", 1)[1]) for source in sources]


def published(name: str, lang: str) -> set[str]:
    """The figures of the page of a notebook with its defaults, as committed."""
    folder, stem = REPOSITORY / "figures" / lang, {"07_level": "07_level-commune"}.get(name[:-6], name[:-6])
    return {path.read_text(encoding="utf-8") for path in folder.glob(f"{stem}-*.svg")}


@pytest.mark.parametrize("lang", PLACES)
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_notebook_runs_from_top_to_bottom(opened: Any, name: str, lang: str) -> None:
    """Opened and run with its defaults, without error or warning, a notebook shows the figures of its page."""
    lab, page = opened(lang, f"/lab/tree/{PLACES[lang]}/{name}")
    run_all(page)
    assert page.locator(FAULTS).all_text_contents() == []
    code = [cell for cell in json.loads((REPOSITORY / "notebooks" / name).read_text())["cells"] if "outputs" in cell]
    assert page.locator(".jp-CodeCell").count() == len(code)
    shown = drawn(page)
    expected = published(name, lang)
    assert set(shown) == expected if expected else name.startswith("08") == bool(shown)
    assert lab.elsewhere == []


def test_the_index_opens_in_a_quiet_lab(opened: Any) -> None:
    """`make lab` leads to the index; no dialog, notice, warning or request to anybody else."""
    lab, page = opened("en", "/")
    assert page.locator(".jp-NotebookPanel .jp-MarkdownOutput h1").first.inner_text() == heading("00_index.ipynb", "en")
    assert urlsplit(page.url).path == "/lab/tree/notebooks/00_index.ipynb"
    assert page.locator(".jp-Dialog, .Toastify__toast").all_inner_texts() == []
    assert lab.elsewhere == []
    # A page that closes while its kernel still speaks leaves lines of the network library, at the machine's pace.
    spoken = [line for line in lab.log.read_text().splitlines() if "Got events for" not in line]
    assert [line for line in spoken if re.search(r"(?i)\bwarn|\[[WE] ", line)] == []
    runtime = lab.log.parent / "runtime"
    (kernel,) = runtime.glob("kernel-*.json")
    assert json.loads(kernel.read_text())["transport"] == kernel_transport(runtime)


@pytest.mark.parametrize("lang", PLACES)
def test_the_index_leads_to_the_notebook_of_a_question(opened: Any, lang: str) -> None:
    """A terminal's language is that of menus, index and notebooks; a link of the index opens its question there."""
    _, page = opened(lang, "/")
    assert title(page) == heading("00_index.ipynb", lang)
    assert page.locator(".lm-MenuBar-itemLabel").first.inner_text() == {"en": "File", "fr": "Fichier"}[lang]
    assert f'lang = "{lang}"' in page.locator(".jp-CodeCell .cm-content").first.inner_text()
    run_all(page)
    page.locator(
        ".jp-OutputArea a[href*='03_funding.ipynb'], .jp-OutputArea a[data-commandlinker-args*='03_funding.ipynb']"
    ).first.click()
    wait(page, "() => location.pathname.endsWith('/03_funding.ipynb')")
    page.wait_for_selector(f"{ON_SCREEN} h1", timeout=LONG_MS)
    assert urlsplit(page.url).path == f"/lab/tree/{PLACES[lang]}/03_funding.ipynb"
    assert page.locator(".jp-Dialog").all_inner_texts() == []


def test_a_parameter_is_changed_in_place(opened: Any) -> None:
    """A legal value changes what is shown; another one is refused with what is legal, before anything is computed."""
    _, page = opened("en", "/lab/tree/notebooks/02_emergence.ipynb")
    parameters = page.locator(".jp-CodeCell .cm-content").first
    parameters.fill('lang = "french"\nconfidence = 0.9')
    run_all(page, f"() => document.querySelector(`{FAULTS}`)")
    (fault,) = page.locator(FAULTS).all_text_contents()
    assert "InputError" in fault and "Did you mean 'fr'?" in fault and drawn(page) == []
    parameters.fill('lang = "fr"\nconfidence = 0.9')
    run_all(page)
    assert "(confiance de 90\u00a0%)" in (page.locator(".jp-Notebook").text_content() or "")


def test_a_notebook_is_saved_as_git_keeps_it(opened: Any) -> None:
    """After running and saving, the file is the one that was opened, to the byte; outputs stay on the screen."""
    lab, page = opened("en", "/lab/tree/notebooks/05_profile.ipynb")
    path = lab.project / "notebooks" / "05_profile.ipynb"
    before, saved = path.read_bytes(), path.stat().st_mtime_ns
    run_all(page)
    page.keyboard.press("Control+s")
    page.wait_for_selector(".jp-mod-current:not(.jp-mod-dirty)", timeout=LONG_MS)
    assert path.stat().st_mtime_ns > saved and path.read_bytes() == before
    assert drawn(page)


def test_a_reader_s_own_values_are_typed_in_fields(opened: Any) -> None:
    """A percentage, two rates, a row of amounts: a value that is changed changes the answer below, with no cell run."""
    _, page = opened("en", "/lab/tree/notebooks/08_explore.ipynb")
    run_all(page)
    asked = page.locator(".jp-CodeCell", has=page.locator(".jupyter-widgets")).filter(has_text="percent(value, base)")
    assert page.locator(".jp-CodeCell .jupyter-widgets.widget-interact").count() == 3
    base = asked.locator("input[type=number]")
    base.fill("50")
    base.press("Enter")
    asked.get_by_text("20 / 50").wait_for(timeout=LONG_MS)
    assert "True" in asked.inner_text()


STYLED = {".title": "fontWeight", ".notes dt": "display", ".notes dd": "display", ".origin": "borderTopStyle"}
LOOK = "([part, rule]) => getComputedStyle(document.querySelector(`.jp-OutputArea-output ${part}`))[rule]"


def test_an_exhibit_looks_as_on_its_page(opened: Any) -> None:
    """Its title bold, the name of each note on the line of its text, its origin in a frame."""
    _, page = opened("en", "/lab/tree/notebooks/05_profile.ipynb")
    run_all(page)
    assert [page.evaluate(LOOK, part) for part in STYLED.items()] == ["650", "inline", "inline", "solid"]
