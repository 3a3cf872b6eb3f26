"""The four tables as files: deterministic CSV that a spreadsheet cannot execute, written whole or not at all."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path
from typing import TYPE_CHECKING

from ptce_analysis.errors import InputError
from ptce_analysis.survey.formulas import neutralised as neutralised
from ptce_analysis.survey.read import number_text

if TYPE_CHECKING:
    import pandas as pd

    from ptce_analysis.survey.clean import Cleaned

TABLES = ("poles", "supports", "ledger", "quarantine")
_COUNTS = ("members", "employees")


def csv_text(frame: pd.DataFrame) -> str:
    """Return a table as CSV: commas, points, line feeds; texts neutralised, missing values blank, numbers canonical."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([neutralised(str(name)) for name in frame.columns])
    writer.writerows(zip(*(_texts(frame[name]) for name in frame.columns), strict=True))
    return out.getvalue()


def _texts(column: pd.Series) -> list[str]:
    """Return the cells of a column as text, each different value written once."""
    import pandas as pd

    codes, values = pd.factorize(column, use_na_sentinel=True)
    numeric = pd.api.types.is_numeric_dtype(column.dtype)
    known = [number_text(str(value)) if numeric else neutralised(str(value)) for value in values]
    return [known[code] if code >= 0 else "" for code in codes.tolist()]


def write(result: Cleaned, out_dir: Path | str) -> list[Path]:
    """Write the four tables and return their paths; each appears whole under its name, or not at all.

    Raises
    ------
    InputError
        If the directory cannot be written to.
    """
    folder, texts = Path(out_dir), {name: csv_text(getattr(result, name)) for name in TABLES}
    written: list[tuple[Path, Path]] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            temporary = folder / f".{name}.csv.{os.getpid()}"
            written.append((temporary, folder / f"{name}.csv"))
            temporary.write_bytes(text.encode("utf-8"))
        for temporary, final in written:
            temporary.replace(final)
    except OSError as error:
        for temporary, _ in written:
            temporary.unlink(missing_ok=True)
        raise InputError(
            f"{folder}: the tables cannot be written here ({error.strerror}). Give another --out."
        ) from error
    return [final for _, final in written]


def load(folder: Path | str) -> dict[str, pd.DataFrame]:
    """Return the four tables written by `write`, with their types; a pole called NA stays a pole called NA.

    Raises
    ------
    InputError
        If a table is missing.
    """
    import pandas as pd

    found = {}
    for name in TABLES:
        path = Path(folder) / f"{name}.csv"
        if not path.is_file():
            raise InputError(f"{path}: no such table. `ptce clean EXPORT --codebook FILE --out DIR` writes it.")
        header = path.read_text(encoding="utf-8").split("\n", 1)[0].split(",")
        lists = name in ("ledger", "quarantine")
        frame = pd.read_csv(
            path, dtype={n: _type(n) for n in header}, keep_default_na=False, na_values=[] if lists else [""]
        )
        found[name] = frame
    return found


def _type(name: str) -> str:
    """Return the type a column is stored as."""
    if name in ("wave", "row"):
        return "int64"
    if name in ("file", "column", "raw_value", "value", "rule", "reason"):
        return "category"
    if name in _COUNTS or name.startswith("n_") or name.endswith("_years"):
        return "Int64"
    return "float64" if name.endswith(("_eur", "_share", "_fte")) else "str"
