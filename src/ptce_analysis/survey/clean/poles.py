"""The poles: one row per respondent kept, a value and a status for every variable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ptce_analysis.survey.clean.cells import Column, repeated
from ptce_analysis.survey.codebook import NUMERIC, STANDARD, Codebook

if TYPE_CHECKING:
    import pandas as pd

# Kinds whose value alone says everything: no status column beside it.
_WITHOUT_STATUS = ("id", "text")


def poles_table(
    columns: dict[str, Column], links: Mapping[str, npt.NDArray[np.object_]], codebook: Codebook, n: int
) -> pd.DataFrame:
    """Return one row per pole: wave, pole_id, origin, every variable with its status, the raw stage, every link.

    A variable the wave did not ask is there, empty, with the status `not_asked`.
    """
    import pandas as pd

    fixed = {
        "wave": np.full(n, codebook.wave),
        "pole_id": columns["pole_id"].words(),
        "origin": repeated(codebook.origin, n),
    }
    values: dict[str, object] = {}
    statuses: dict[str, object] = {}
    for name, kind in _order(codebook).items():
        column = columns.get(name)
        values[name] = _values(column, kind, n)
        if name == "stage":
            values["stage_raw"] = _words(_raw(column, n))
        if kind not in _WITHOUT_STATUS:
            statuses[f"{name}_status"] = _statuses(column, columns, n)
    texts = {"pole_id": "str", "origin": "str"} | dict.fromkeys([*statuses, *links], "str")
    return pd.DataFrame(fixed | values | statuses | dict(links)).astype({"wave": "int64"} | texts)


def _order(codebook: Codebook) -> dict[str, str]:
    """Return the variables of the table and their kinds: those of every wave first, then the codebook's own."""
    own = {variable.name: variable.kind for variable in codebook.variables}
    return {name: standard.kind for name, standard in STANDARD.items() if name != "pole_id"} | {
        name: kind for name, kind in own.items() if name not in STANDARD
    }


def _values(column: Column | None, kind: str, n: int) -> object:
    """Return the values of a variable in the type its kind is stored as; missing where none is stated."""
    import pandas as pd

    if kind in NUMERIC:
        numbers = column.numbers() if column else np.full(n, np.nan)
        return pd.array(numbers, dtype="Int64") if kind == "count" else numbers
    return _words(column.words() if column else repeated("", n))


def _words(texts: npt.NDArray[np.object_]) -> object:
    """Return texts, missing where blank."""
    import pandas as pd

    return pd.Series(texts, dtype="str").replace("", None).astype("str").array


def _raw(column: Column | None, n: int) -> npt.NDArray[np.object_]:
    """Return what was written, row by row."""
    return np.array(column.texts, object)[column.codes] if column else repeated("", n)


def _statuses(column: Column | None, columns: dict[str, Column], n: int) -> object:
    """Return the status of each answer: a blank one is not asked where the questionnaire's filter says so."""
    if column is None:
        return repeated("not_asked", n)
    found = column.statuses()
    if column.variable.asked_if:
        name, asked = column.variable.asked_if
        filter_values = columns[name].words()
        skipped = (filter_values != "") & ~np.isin(filter_values.astype(str), asked) & (found == "not_answered")
        found[skipped] = "not_asked"
    return found
