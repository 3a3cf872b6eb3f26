"""The survey page on waves of a test: small waves of many kinds, and the cells of the notebook, run as they are."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from conftest import REPOSITORY, write_project
from ptce_analysis.publish import show
from ptce_analysis.publish import survey_page as page06
from ptce_analysis.survey.tables import Cleaned
from ptce_analysis.vocabulary import FUNDING_LEVELS
from survey_exports import cleaned

CELLS = [
    cell
    for cell in json.loads((REPOSITORY / "notebooks" / "06_survey.ipynb").read_text(encoding="utf-8"))["cells"]
    if cell["cell_type"] == "code"
]
# What a wave may ask of a pole besides its stage: the header, what pole number i answers, how the codebook reads it.
ASKED: dict[str, tuple[str, Any, dict[str, Any]]] = {
    "stage": ("Stade", lambda i: ("émergence", "création", "amorçage", "fonctionnement")[i % 4], {}),
    "members": ("Membres", lambda i: 5 + i % 9, {}),
    "employees": ("Salariés", lambda i: 40 + i, {}),
    "budget_eur": ("Budget", lambda i: 900_000 + 10_000 * i, {"unit": "eur"}),
    "cell_budget_eur": ("Budget de la cellule", lambda i: 60_000 + 1_000 * i, {"unit": "eur"}),
    "cell_fte": ("ETP", lambda i: 1 + i % 3, {}),
    "cell_self_financed_share": ("Autofinancement", lambda i: f"{10 + i % 50} %", {"unit": "percent"}),
    "legal_form": ("Statut", lambda i: ("association", "SCIC", "SARL")[i % 3], {}),
}


def wave(
    folder: Path,
    year: int = 2019,
    n: int = 40,
    *,
    asked: Sequence[str] = tuple(ASKED),
    links: Sequence[str] = FUNDING_LEVELS,
    amounts: Sequence[str] = FUNDING_LEVELS,
    funder: str = "",
    **changes: Any,
) -> Cleaned:
    """Return a wave of n poles, half of them linked with each level: of forty, hardly anything has to be hidden.

    Most of those linked have an amount. `funder`: what all wrote in a column of funders.
    """
    variables = {"pole_id": {"header": "id"}} | {name: {"header": ASKED[name][0]} | ASKED[name][2] for name in asked}
    supports = {level: {"level": level} for level in (*links, *amounts)}
    supports = {level: one | ({"link": f"Lien {level}"} if level in links else {}) for level, one in supports.items()}
    supports = {level: one | ({"amount": level} if level in amounts else {}) for level, one in supports.items()}
    named, rows = [{"funder": "Qui vous aide ?"}] * bool(funder), []
    for i in range(n):
        yes = {level: (i // 4 + at) % 2 == 0 for at, level in enumerate(supports)}
        told = [str(ASKED[name][1](i)) for name in asked]
        told += ["Oui" if yes[level] else "Non" for level in links]
        told += [str(20_000 + 500 * i) if yes[level] and i % 8 != 1 else "" for level in amounts]
        rows.append(";".join([f"P{i}", *told, funder]))
    titles = ["id", *(ASKED[name][0] for name in asked), *(f"Lien {one}" for one in links), *amounts, "Qui vous aide ?"]
    book: dict[str, Any] = {"wave": str(year), "origin": "survey", "variables": variables}
    book |= {"supports": [*supports.values(), *named], "not_asked": [name for name in ASKED if name not in asked]}
    place = folder / str(year)
    place.mkdir()
    return cleaned(place, *rows, header=";".join(titles), **book | changes)


def project_of_the_page(folder: Path) -> Path:
    """A project of the survey notebook alone, with the fictitious waves."""
    write_project(folder, {})
    shutil.copytree(REPOSITORY / "data" / "raw" / "waves", folder / "data" / "raw" / "waves")
    (folder / "notebooks").mkdir()
    shutil.copy(REPOSITORY / "notebooks" / "06_survey.ipynb", folder / "notebooks")
    (folder / "runs.toml").write_text('[[runs]]\nnotebook = "06_survey"\n', encoding="utf-8")
    return folder


def survey_page(
    given: Sequence[Cleaned], monkeypatch: pytest.MonkeyPatch, lang: str = "en", rules: str = "standard"
) -> dict[str, Any]:
    """Return what the page shows of some waves, by key: sentences and heads as text, drawings and notes as `key.kind`.

    `claims` are those of all of them, `tables` the HTML below each exhibit, by key.
    """
    outputs: dict[str, Any] = {"claims": [], "tables": {}}

    def display(data: dict[str, str], *, raw: bool, metadata: dict[str, Any]) -> None:
        about = metadata["ptce"]
        outputs["claims"] += about.get("claims", [])
        outputs["tables"] |= {about["key"]: data["text/html"]} if about["kind"] == "notes" else {}
        assert raw and about.get("protected", True), about
        outputs[about["key"] if about["kind"] in ("head", "say", "answer") else f"{about['key']}.{about['kind']}"] = (
            data.get("image/svg+xml") or data.get("text/html") if about["kind"] == "drawing" else data["text/plain"]
        )

    monkeypatch.setenv(show.PROJECT_VARIABLE, str(REPOSITORY))
    monkeypatch.setattr(show, "display", display)
    monkeypatch.setattr(page06, "open_waves", lambda _: tuple(given))
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in CELLS:
        exec("".join(cell["source"]), names)
        if "parameters" in cell["metadata"].get("tags", []):
            names |= {"lang": lang, "rules": rules}
    return outputs
