"""The survey page on waves of a test: the cells of the notebook, run as they are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from conftest import REPOSITORY
from ptce_analysis.publish import show
from ptce_analysis.publish import survey_page as page06
from ptce_analysis.survey.tables import Cleaned

CELLS = [
    cell
    for cell in json.loads((REPOSITORY / "notebooks" / "06_survey.ipynb").read_text(encoding="utf-8"))["cells"]
    if cell["cell_type"] == "code"
]


def survey_page(
    given: Sequence[Cleaned], monkeypatch: pytest.MonkeyPatch, lang: str = "en", rules: str = "standard"
) -> dict[str, Any]:
    """Return what the page shows of some waves, by key: sentences and heads as text, drawings and notes as `key.kind`.

    `claims` are those of all of them.
    """
    outputs: dict[str, Any] = {"claims": []}

    def display(data: dict[str, str], *, raw: bool, metadata: dict[str, Any]) -> None:
        about = metadata["ptce"]
        outputs["claims"] += about.get("claims", [])
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
