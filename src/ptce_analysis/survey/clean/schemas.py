"""What the clean tables must be, whatever the export: every fault is listed at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ptce_analysis.errors import InputError
from ptce_analysis.survey.clean.cells import CELL_STATUSES
from ptce_analysis.survey.clean.ledger import LEDGER, QUARANTINE
from ptce_analysis.survey.clean.supports import AMOUNT_STATUSES, LINKS
from ptce_analysis.survey.codebook import ORIGINS
from ptce_analysis.vocabulary import LEVELS, STAGES

if TYPE_CHECKING:
    import pandas as pd

    from ptce_analysis.survey.clean import Cleaned


def check(result: Cleaned) -> Cleaned:
    """Return the tables unchanged once they are what the analyses expect.

    Raises
    ------
    InputError
        Listing every fault of the four tables, and any line that is neither kept nor quarantined.
    """
    faults = []
    for name, schema in schemas().items():
        faults += [f"{name}: {fault}" for fault in _faults(getattr(result, name), schema)]
    if result.rows_in != result.rows_kept + result.rows_quarantined or result.rows_kept != len(result.poles):
        faults.append(f"rows: {result.rows_in} in, {result.rows_kept} kept, {result.rows_quarantined} quarantined.")
    if faults:
        raise InputError(f"the clean tables have {len(faults)} fault(s):\n- " + "\n- ".join(faults))
    return result


def schemas() -> dict[str, Any]:
    """Return the pandera schema of each table."""
    import pandera.pandas as pa

    def text(legal: object = None, *, nullable: bool = False, **more: Any) -> Any:
        checks = [pa.Check.isin(list(legal))] if isinstance(legal, (tuple, dict)) else []
        return pa.Column("str", checks, nullable=nullable, **more)

    whole, money = pa.Column("int64", pa.Check.ge(0)), pa.Column("float64", pa.Check.ge(0), nullable=True)
    count = pa.Column("Int64", pa.Check.ge(0), nullable=True)
    share = pa.Column("float64", pa.Check.in_range(0, 1), nullable=True)
    status = text(CELL_STATUSES, regex=True)
    poles = {
        "wave": whole, "pole_id": text(), "origin": text(ORIGINS), "stage": text(STAGES, nullable=True),
        "stage_raw": text(nullable=True), "members": count, "employees": count, "budget_eur": money,
        "cell_budget_eur": money, "cell_self_financed_share": share, "cell_fte": money,
        "legal_form": text(nullable=True),
        r"^.*_status$": status, r"^link_.*$": text(LINKS, regex=True),
    }  # fmt: skip
    supports = {
        "wave": whole, "pole_id": text(), "level": text(LEVELS), "origin": text(ORIGINS), "amount_eur": money,
        "amount_status": text(AMOUNT_STATUSES),
    }  # fmt: skip
    return {
        "poles": pa.DataFrameSchema(poles, unique=["wave", "pole_id"]),
        "supports": pa.DataFrameSchema(supports, unique=["wave", "pole_id", "level"], strict=True, ordered=True),
        "ledger": pa.DataFrameSchema(_fields(LEDGER), strict=True, ordered=True),
        "quarantine": pa.DataFrameSchema(_fields(QUARANTINE), strict=True, ordered=True),
    }


def _fields(names: tuple[str, ...]) -> dict[str, Any]:
    """Return the columns of a list of repairs: a row of the file, and texts held once each."""
    import pandera.pandas as pa

    return {name: pa.Column("int64", pa.Check.ge(0)) if name == "row" else pa.Column("category") for name in names}


def _faults(frame: pd.DataFrame, schema: Any) -> list[str]:
    """Return the faults of one table, one line each."""
    import pandera.errors

    try:
        schema.validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        cases = error.failure_cases[["column", "check", "failure_case"]].drop_duplicates().head(20)
        return [f"{case.column}: {case.failure_case!r} fails {case.check}" for case in cases.itertuples()]
    return []
